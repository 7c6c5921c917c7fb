//! The formats of terminologies, and what opens them.

use std::path::Path;

use super::cellosaurus::CellosaurusReader;
use super::drugbank::DrugbankReader;
use super::famplex::FamplexReader;
use super::gene_info::GeneInfoReader;
use super::hgnc::HgncReader;
use super::input::Source;
use super::mesh_ascii::MeshAsciiReader;
use super::mesh_xml::MeshXmlReader;
use super::obo::OboReader;
use super::sssom::SssomReader;
use super::table::TableReader;
use super::taxdump::TaxdumpReader;
use super::term::{TermError, TermReader};
use super::terms::TermsReader;

/// The formats that terminologies come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TermFormat {
    /// NCBI Gene's `gene_info`: 16 columns.
    GeneInfo,
    /// HGNC's complete set.
    Hgnc,
    /// MeSH descriptors or supplementary records in XML.
    MeshXml,
    /// MeSH records in ASCII (`*NEWRECORD`).
    MeshAscii,
    /// OBO 1.2 and 1.4.
    Obo,
    /// NCBI's `taxdump.tar.gz`, or a folder with `names.dmp`, `nodes.dmp` and, if there, `merged.dmp`, each may be gzip.
    Taxdump,
    /// Cellosaurus' text file.
    Cellosaurus,
    /// DrugBank's open vocabulary, CSV.
    Drugbank,
    /// SSSOM mappings, TSV.
    Sssom,
    /// A folder with FamPlex's CSV files.
    Famplex,
    /// A table of columns that the source names ([`TableLayout`]).
    Table,
    /// The project's own TSV: type, id, name and more.
    Terms,
}

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TableLayout {
    /// What separates the columns: `,` or a tab (the default).
    pub separator: Option<char>,
    /// Lines at the top that are no records.
    pub header_lines: usize,
    /// What separates the values of one cell.
    pub list_separator: Option<char>,
    /// The column of the identifier, from 1.
    pub id: usize,
    /// The column of the preferred name; 0 for none.
    pub label: usize,
    /// The columns of other names.
    pub names: Vec<usize>,
    /// The columns of identifiers in other namespaces, each with its namespace (`ENSEMBL`) or none where the cell has it.
    pub xrefs: Vec<(usize, String)>,
    /// The columns of the parents' identifiers.
    pub parents: Vec<usize>,
    /// The columns of categories.
    pub categories: Vec<usize>,
}

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct OpenOptions<'o> {
    /// Its format.
    pub format: TermFormat,
    /// The file inside the file where that is a zip archive; empty when it is none.
    pub member: &'o str,
    /// The columns of a [`TermFormat::Table`].
    pub table: &'o TableLayout,
    /// The namespace of identifiers that the file writes without one.
    pub namespace: &'o str,
}

/// Opens a terminology's file.
///
/// # Errors
/// A file that cannot be read or is not of the format.
pub fn open(path: &Path, options: &OpenOptions<'_>) -> Result<Box<dyn TermReader>, TermError> {
    let source = || Source::open(path, options.member);
    Ok(match options.format {
        TermFormat::MeshXml => Box::new(MeshXmlReader::new(source()?)?),
        TermFormat::MeshAscii => Box::new(MeshAsciiReader::new(source()?)?),
        TermFormat::Obo => Box::new(OboReader::new(source()?)?),
        TermFormat::Sssom => Box::new(SssomReader::new(source()?)?),
        TermFormat::Taxdump => Box::new(TaxdumpReader::open(path)?),
        TermFormat::Cellosaurus => Box::new(CellosaurusReader::new(source()?)?),
        TermFormat::Drugbank => Box::new(DrugbankReader::new(source()?)?),
        TermFormat::Famplex => Box::new(FamplexReader::open(path)?),
        TermFormat::GeneInfo => Box::new(GeneInfoReader::new(source()?)?),
        TermFormat::Hgnc => Box::new(HgncReader::new(source()?)?),
        TermFormat::Table => Box::new(TableReader::new(source()?, options.table, options.namespace)?),
        TermFormat::Terms => Box::new(TermsReader::new(source()?, options.namespace)?),
    })
}
