//! HGNC's complete set: a human gene a line, with tabs, cells in quotes where they hold several values joined by `|`.
//!
//! Columns are found by their names in the header, whatever their order.

use std::io::Read;

use super::cells::{QuotedCells, places, values};
use super::input::{LineReader, Source};
use super::parts::{add_category, add_xref, record_id};
use super::rows::{RowFormat, RowReader, add_new_name, read_header};
use super::term::{NameKind, Term, TermError};
use crate::model::SynonymScope;

/// The columns that must be there, and those that are read where they are.
const NEEDED: [&str; 2] = ["hgnc_id", "symbol"];
const NAMES: [(&str, SynonymScope, NameKind); 5] = [
    ("alias_symbol", SynonymScope::Exact, NameKind::Symbol),
    ("name", SynonymScope::Exact, NameKind::Plain),
    ("alias_name", SynonymScope::Exact, NameKind::Plain),
    ("prev_symbol", SynonymScope::Related, NameKind::Former),
    ("prev_name", SynonymScope::Related, NameKind::Former),
];
/// Columns of identifiers, their namespace, and whether they mean the same thing: a protein may be of several genes, and
/// the mouse's and rat's genes are others.
const XREFS: [(&str, &str, bool); 4] = [
    ("entrez_id", "NCBIGene", true),
    ("ensembl_gene_id", "ENSEMBL", true),
    ("omim_id", "OMIM", true),
    ("uniprot_ids", "UniProt", false),
];
const CATEGORIES: [&str; 2] = ["locus_group", "locus_type"];
/// The human: HGNC names no other genes.
const TAXON_ID: &str = "NCBITaxon:9606";

/// Reads HGNC's complete set. Genes whose status is withdrawn are obsolete.
pub type HgncReader = RowReader<Hgnc>;

/// The format of HGNC's complete set: where its columns are.
pub struct Hgnc {
    cells: QuotedCells,
    columns: usize,
    id: usize,
    symbol: usize,
    status: Option<usize>,
    names: [Option<usize>; NAMES.len()],
    xrefs: [Option<usize>; XREFS.len()],
    categories: [Option<usize>; CATEGORIES.len()],
}

impl RowReader<Hgnc> {
    /// Reads the header of `source`.
    ///
    /// # Errors
    /// A file that cannot be read, or has no header with the columns `hgnc_id` and `symbol`.
    pub fn new(source: Source) -> Result<Self, TermError> {
        let mut lines = LineReader::new(source);
        let format = read_header(&mut lines, Hgnc::of_header)?;
        Ok(Self::with_format(lines, format))
    }

    /// As [`Self::new`], from any input; `file` is its name in errors.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_reader(file: &str, input: Box<dyn Read + Send>) -> Result<Self, TermError> {
        Self::new(Source::new(file, input)?)
    }
}

impl Hgnc {
    fn of_header(line: &str) -> Result<Self, String> {
        let mut cells = QuotedCells::new(b'\t');
        cells.split(line)?;
        let header: Vec<&str> = (0..cells.len()).map(|place| cells.cell(place)).collect();
        let [Some(id), Some(symbol)] = places(&header, NEEDED) else {
            return Err("not HGNC's complete set: its header lacks hgnc_id or symbol".to_owned());
        };
        let [status] = places(&header, ["status"]);
        let names = places(&header, NAMES.map(|(name, ..)| name));
        let xrefs = places(&header, XREFS.map(|(name, ..)| name));
        let categories = places(&header, CATEGORIES);
        let columns = header.len();
        Ok(Self { columns, id, symbol, status, names, xrefs, categories, cells })
    }
}

impl RowFormat for Hgnc {
    fn read_row(&mut self, line: &str, term: &mut Term) -> Result<bool, String> {
        if line.trim().is_empty() {
            return Ok(false);
        }
        let Self { cells, columns, .. } = self;
        cells.split(line)?;
        if cells.len() != *columns {
            return Err(format!("{} columns; the header has {columns}", cells.len()));
        }
        let cells = &*cells;
        let cell = |place: Option<usize>| place.map_or("", |place| cells.cell(place));
        let id = cells.cell(self.id);
        // Files for download by column give the number alone.
        term.id = if id.contains(':') { record_id(id)? } else { record_id(&format!("HGNC:{id}"))? };
        if cells.cell(self.symbol).is_empty() {
            return Err(format!("{} has no symbol", term.id));
        }
        cells.cell(self.symbol).clone_into(&mut term.label);
        term.label_kind = NameKind::Symbol;
        TAXON_ID.clone_into(&mut term.taxon_id);
        for ((_, scope, kind), place) in NAMES.iter().zip(self.names) {
            for name in values(cell(place), '|') {
                add_new_name(term, name, *scope, *kind);
            }
        }
        for ((_, namespace, equivalent), place) in XREFS.iter().zip(self.xrefs) {
            for id in values(cell(place), '|') {
                add_xref(term, &format!("{namespace}:{id}"), *equivalent);
            }
        }
        for place in self.categories {
            add_category(term, cell(place));
        }
        term.obsolete = cell(self.status).to_ascii_lowercase().contains("withdrawn");
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::terminology::input::tests::gzip;
    use crate::formats::terminology::parts::tests::shown;

    const HEADER: &str = "symbol\thgnc_id\tname\tlocus_group\tlocus_type\tstatus\talias_symbol\talias_name\tprev_symbol\tprev_name\tentrez_id\tensembl_gene_id\tuniprot_ids\tmgd_id\trgd_id\tomim_id\n";
    const IL7R: &str = "IL7R\tHGNC:6024\tinterleukin 7 receptor\tprotein-coding gene\tgene with protein product\tApproved\tCD127\t\t\"ILRA|IL7R-A\"\told name\t3575\tENSG00000168685\tP16871\tMGI:96562\tRGD:735186\t146661\n";

    fn read(text: impl Into<Vec<u8>>) -> Vec<String> {
        match HgncReader::from_reader("h", Box::new(Cursor::new(text.into()))) {
            Ok(mut reader) => shown(&mut reader),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn genes_are_read_by_the_names_of_columns() {
        let gone = "GONE\t77\tentry withdrawn\t\t\tEntry Withdrawn\t\t\t\t\t\t\t\t\t\t\n";
        let text = format!("{HEADER}{IL7R}{gone}");
        let expected = [
            "2: HGNC:6024 \"IL7R\" Exact/Symbol=CD127 Exact/Plain=interleukin 7 receptor Related/Former=ILRA \
             Related/Former=IL7R-A Related/Former=old name ==NCBIGene:3575 ==ENSEMBL:ENSG00000168685 ==OMIM:146661 \
             ~UniProt:P16871 #protein-coding gene #gene with protein product",
            "3: HGNC:77 \"GONE\" Exact/Plain=entry withdrawn obsolete",
        ];
        assert_eq!(read(text.as_str()), expected);
        assert_eq!(read(gzip(text.as_bytes())), expected);
        assert_eq!(read("hgnc_id\tsymbol\nHGNC:5\tA1BG\n"), ["2: HGNC:5 \"A1BG\""]);
    }

    #[test]
    fn malformed_lines_are_told_and_passed_over() {
        for (bad, problem) in [
            ("HGNC:1\n", "1 columns; the header has 16"),
            (&IL7R.replace("HGNC:6024", "x"), "\"x\" is not an identifier of HGNC"),
            (&IL7R.replace("IL7R\tHGNC", "\tHGNC"), "HGNC:6024 has no symbol"),
            (&IL7R.replace("IL7R-A\"", "IL7R-A"), "a quoted cell is not closed"),
        ] {
            let seen = read(format!("{HEADER}{bad}{IL7R}"));
            assert!(seen[0].starts_with("h, line 2: ") && seen[0].contains(problem), "{seen:?}");
            assert!(seen.len() == 2 && seen[1].starts_with("3: HGNC:6024 "), "{seen:?}");
        }
        for (text, problem) in [
            ("", "h: the file has no header"),
            ("id\tsymbol\n", "h: not HGNC's complete set: its header lacks"),
        ] {
            assert!(read(text)[0].starts_with(problem));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            read([HEADER.as_bytes(), &bytes].concat());
            read(bytes);
        }

        #[test]
        fn any_cells_are_read(text in "([a-zA-Z0-9|:\"é]{0,4}\t){0,17}\n") {
            read(format!("{HEADER}{text}"));
        }
    }
}
