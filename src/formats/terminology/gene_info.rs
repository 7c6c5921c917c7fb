//! NCBI Gene's `gene_info`: a gene a line, 16 columns with tabs between them, `-` for nothing, `|` between values.
//!
//! The columns are told at <https://ftp.ncbi.nlm.nih.gov/gene/DATA/README>. Lines that begin with `#` are headers.

use std::io::Read;

use super::cells::values;
use super::input::{LineReader, Source};
use super::parts::{add_category, add_xref, record_id, told};
use super::rows::{RowFormat, RowReader, add_new_name};
use super::term::{NameKind, Term, TermError};
use crate::model::SynonymScope;

/// The columns; files from before 2018 lack the last.
const COLUMNS: usize = 16;
/// The symbol of a record that stands for genes that have none of their own yet.
const PLACEHOLDER: &str = "NEWENTRY";

/// Reads `gene_info`. Records with the placeholder `NEWENTRY` are passed over.
pub type GeneInfoReader = RowReader<GeneInfo>;

/// The format of `gene_info`.
#[derive(Debug)]
pub struct GeneInfo(());

impl RowReader<GeneInfo> {
    /// Reads `source`.
    ///
    /// # Errors
    /// None yet; the file is read by [`super::TermReader::next_term`].
    pub const fn new(source: Source) -> Result<Self, TermError> {
        Ok(Self::with_format(LineReader::new(source), GeneInfo(())))
    }

    /// As [`Self::new`], from any input; `file` is its name in errors.
    ///
    /// # Errors
    /// An input that cannot be read.
    pub fn from_reader(file: &str, input: Box<dyn Read + Send>) -> Result<Self, TermError> {
        Self::new(Source::new(file, input)?)
    }
}

impl RowFormat for GeneInfo {
    fn read_row(&mut self, line: &str, term: &mut Term) -> Result<bool, String> {
        if line.starts_with('#') || line.trim().is_empty() {
            return Ok(false);
        }
        let mut cells = [""; COLUMNS];
        let mut found = 0;
        for cell in line.split('\t') {
            if let Some(place) = cells.get_mut(found) {
                *place = if cell == "-" { "" } else { cell.trim() };
            }
            found += 1;
        }
        if found + 1 < COLUMNS {
            return Err(format!("{found} columns; gene_info has {COLUMNS}, with tabs between them"));
        }
        let [taxon, id, symbol, locus_tag, synonyms, xrefs, _, _, description, category, official, full, ..] =
            cells;
        if symbol == PLACEHOLDER {
            return Ok(false);
        }
        if symbol.is_empty() {
            return Err(format!("gene {} has no symbol (column 3)", told(id)));
        }
        term.id = record_id(&format!("NCBIGene:{id}"))?;
        term.taxon_id = record_id(&format!("NCBITaxon:{taxon}"))?;
        symbol.clone_into(&mut term.label);
        term.label_kind = NameKind::Symbol;
        add_new_name(term, official, SynonymScope::Exact, NameKind::Symbol);
        for synonym in values(synonyms, '|') {
            add_new_name(term, synonym, SynonymScope::Exact, NameKind::Symbol);
        }
        for name in [full, description] {
            add_new_name(term, name, SynonymScope::Exact, NameKind::Plain);
        }
        for name in values(cells[13], '|') {
            add_new_name(term, name, SynonymScope::Related, NameKind::Plain);
        }
        add_new_name(term, locus_tag, SynonymScope::Exact, NameKind::Code);
        // The Alliance only repeats the identifiers of the model organisms' databases.
        for xref in values(xrefs, '|').filter(|xref| !xref.starts_with("AllianceGenome:")) {
            add_xref(term, xref, true);
        }
        add_category(term, category);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::terminology::TermReader as _;
    use crate::formats::terminology::input::tests::gzip;
    use crate::formats::terminology::parts::tests::shown;

    const HEADER: &str = "#tax_id\tGeneID\tSymbol\n";

    fn read(text: impl Into<Vec<u8>>) -> Vec<String> {
        shown(&mut GeneInfoReader::from_reader("g", Box::new(Cursor::new(text.into()))).unwrap())
    }

    /// A line of those columns: taxon, id, symbol, locus tag, synonyms, xrefs, description, type, official, full, others.
    fn line(columns: [&str; 11]) -> String {
        let [taxon, id, symbol, tag, synonyms, xrefs, description, kind, official, full, others] = columns;
        format!(
            "{taxon}\t{id}\t{symbol}\t{tag}\t{synonyms}\t{xrefs}\t5\t5p13\t{description}\t{kind}\t{official}\t{full}\tO\t{others}\t20210708\t-\n"
        )
    }

    #[test]
    fn genes_are_read() {
        let il7r = line([
            "9606",
            "3575",
            "IL7R",
            "-",
            "CD127|IL7R|CD127",
            "MIM:146661|HGNC:HGNC:6024|Ensembl:ENSG00000168685|AllianceGenome:HGNC:6024|IMGT/GENE-DB:X",
            "interleukin 7 receptor",
            "protein-coding",
            "IL7R",
            "interleukin 7 receptor",
            "IL-7R subunit alpha|CD127",
        ]);
        let fly = line(["7227", "30971", "G9a", "Dmel_CG2995", "-", "-", "-", "-", "g9A", "-", "-"]);
        let new = line(["7", "9", "NEWENTRY", "-", "-", "-", "x", "other", "-", "-", "-"]);
        let text = format!("{HEADER}{il7r}{new}\n{fly}");
        let expected = [
            "2: NCBIGene:3575 \"IL7R\" Exact/Symbol=CD127 Exact/Plain=interleukin 7 receptor \
             Related/Plain=IL-7R subunit alpha ==OMIM:146661 ==HGNC:6024 ==ENSEMBL:ENSG00000168685 #protein-coding",
            "5: NCBIGene:30971 \"G9a\" Exact/Symbol=g9A Exact/Code=Dmel_CG2995",
        ];
        assert_eq!(read(text.as_str()), expected);
        assert_eq!(read(gzip(text.as_bytes())), expected);
        assert_eq!(read(text.replace('\n', "\r\n")), expected);
    }

    #[test]
    fn the_taxon_and_the_kind_of_label_are_told() {
        let text = line(["9606", "3575", "IL7R", "-", "-", "-", "-", "-", "-", "-", "-"]);
        let mut reader = GeneInfoReader::from_reader("g", Box::new(Cursor::new(text.into_bytes()))).unwrap();
        let mut term = Term::default();
        assert!(reader.next_term(&mut term).unwrap());
        assert_eq!((term.taxon_id.as_str(), term.label_kind), ("NCBITaxon:9606", NameKind::Symbol));
        assert!(reader.bytes_read() > 0);
    }

    #[test]
    fn malformed_lines_are_told_and_passed_over() {
        let good = line(["9606", "1", "A1BG", "-", "-", "-", "-", "-", "-", "-", "-"]);
        for (bad, problem) in [
            ("9606\t1\tA\n".to_owned(), "3 columns; gene_info has 16"),
            (
                line(["9606", "x1", "A", "-", "-", "-", "-", "-", "-", "-", "-"]),
                "\"x1\" is not an identifier of NCBIGene",
            ),
            (
                line(["-", "1", "A", "-", "-", "-", "-", "-", "-", "-", "-"]),
                "\"\" is not an identifier of NCBITaxon",
            ),
            (line(["9606", "1", "-", "-", "-", "-", "-", "-", "-", "-", "-"]), "gene 1 has no symbol"),
        ] {
            let seen = read(format!("{HEADER}{bad}{good}"));
            assert!(seen[0].starts_with("g, line 2: ") && seen[0].contains(problem), "{seen:?}");
            assert_eq!(seen[1..], ["3: NCBIGene:1 \"A1BG\""]);
        }
        let many = (0..5_000).map(|number| format!("s{number}")).collect::<Vec<_>>().join("|");
        let seen = read(line(["9606", "1", "A", "-", &many, "-", "-", "-", "-", "-", "-"]) + &good);
        assert_eq!(seen[0], "g, line 1: NCBIGene:1 has 4097 names; at most 4096 are read");
        assert_eq!(seen[1], "2: NCBIGene:1 \"A1BG\"");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            read(bytes);
        }

        #[test]
        fn any_cells_are_read(text in "([a-z0-9|:\\-é]{0,4}\t){0,18}\n") {
            read(text);
        }
    }
}
