//! DrugBank's open vocabulary: a drug a line, CSV with the header
//! `DrugBank ID,Accession Numbers,Common name,CAS,UNII,Synonyms,Standard InChI Key`, ` | ` between values.

use std::io::Read;

use super::cells::{QuotedCells, places, values};
use super::input::{LineReader, Source};
use super::parts::{add_xref, is_cas_number, record_id};
use super::rows::{RowFormat, RowReader, add_new_name, read_header};
use super::term::{NameKind, Term, TermError};
use crate::model::SynonymScope;

const NEEDED: [&str; 2] = ["DrugBank ID", "Common name"];
const OTHERS: [&str; 4] = ["Accession Numbers", "CAS", "UNII", "Synonyms"];

/// Reads DrugBank's open vocabulary.
pub type DrugbankReader = RowReader<Drugbank>;

/// The format of DrugBank's open vocabulary: where its columns are.
pub struct Drugbank {
    cells: QuotedCells,
    columns: usize,
    id: usize,
    name: usize,
    others: [Option<usize>; OTHERS.len()],
}

impl RowReader<Drugbank> {
    /// Reads the header of `source`.
    ///
    /// # Errors
    /// A file that cannot be read, or has no header with the columns `DrugBank ID` and `Common name`.
    pub fn new(source: Source) -> Result<Self, TermError> {
        let mut lines = LineReader::new(source);
        let format = read_header(&mut lines, Drugbank::of_header)?;
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

impl Drugbank {
    fn of_header(line: &str) -> Result<Self, String> {
        let mut cells = QuotedCells::new(b',');
        cells.split(line)?;
        let header: Vec<&str> = (0..cells.len()).map(|place| cells.cell(place)).collect();
        let [Some(id), Some(name)] = places(&header, NEEDED) else {
            return Err("not DrugBank's vocabulary: its header lacks DrugBank ID or Common name".to_owned());
        };
        let others = places(&header, OTHERS);
        Ok(Self { columns: header.len(), id, name, others, cells })
    }
}

impl RowFormat for Drugbank {
    fn read_row(&mut self, line: &str, term: &mut Term) -> Result<bool, String> {
        if line.trim().is_empty() {
            return Ok(false);
        }
        self.cells.split(line)?;
        let cells = &self.cells;
        if cells.len() != self.columns {
            return Err(format!("{} columns; the header has {}", cells.len(), self.columns));
        }
        let [accessions, cas, unii, synonyms] =
            self.others.map(|place| place.map_or("", |place| cells.cell(place)));
        term.id = record_id(&format!("DRUGBANK:{}", cells.cell(self.id)))?;
        cells.cell(self.name).clone_into(&mut term.label);
        if term.label.is_empty() {
            return Err(format!("{} has no common name", term.id));
        }
        for synonym in values(synonyms, '|') {
            add_new_name(term, synonym, SynonymScope::Exact, NameKind::Plain);
        }
        for accession in values(accessions, '|') {
            if !is_drugbank_id(accession) {
                add_new_name(term, accession, SynonymScope::Exact, NameKind::Code);
            } else if accession != cells.cell(self.id) {
                term.retired_ids.push(format!("DRUGBANK:{accession}"));
            }
        }
        if is_cas_number(cas) {
            add_new_name(term, cas, SynonymScope::Exact, NameKind::Code);
            add_xref(term, &format!("CAS:{cas}"), true);
        }
        if !unii.is_empty() {
            add_xref(term, &format!("UNII:{unii}"), true);
        }
        Ok(true)
    }
}

/// Whether it is an identifier of a drug, `DB00001`, and none of the older numbers or of a salt.
fn is_drugbank_id(text: &str) -> bool {
    text.strip_prefix("DB")
        .is_some_and(|digits| digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::terminology::input::tests::gzip;
    use crate::formats::terminology::parts::tests::shown;

    const HEADER: &str = "DrugBank ID,Accession Numbers,Common name,CAS,UNII,Synonyms,Standard InChI Key\n";
    const ASPIRIN: &str = "DB00945,APRD00264 | EXPT00475 | DB00945 | DB08884 | DBSALT000087,Aspirin,50-78-2,R16CO5Y76E,\"2-acetoxybenzoic acid | Aspirin | o-acetoxy, acid | 2-acetoxybenzoic acid\",BSYNRYMUTXBXSQ\n";

    fn read(text: impl Into<Vec<u8>>) -> Vec<String> {
        match DrugbankReader::from_reader("d", Box::new(Cursor::new(text.into()))) {
            Ok(mut reader) => shown(&mut reader),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn drugs_are_read() {
        let text = format!("{HEADER}{ASPIRIN}DB00002,\"\",Cetuximab,x,,,\n");
        let expected = [
            "2: DRUGBANK:DB00945 \"Aspirin\" Exact/Plain=2-acetoxybenzoic acid Exact/Plain=o-acetoxy, acid \
             Exact/Code=APRD00264 Exact/Code=EXPT00475 Exact/Code=DBSALT000087 Exact/Code=50-78-2 ==CAS:50-78-2 \
             ==UNII:R16CO5Y76E -DRUGBANK:DB08884",
            "3: DRUGBANK:DB00002 \"Cetuximab\"",
        ];
        assert_eq!(read(text.as_str()), expected);
        assert_eq!(read(gzip(text.as_bytes())), expected);
    }

    #[test]
    fn malformed_lines_are_told_and_passed_over() {
        for (bad, problem) in [
            ("DB00001,x\n", "2 columns; the header has 7"),
            ("a b,,x,,,,\n", "not an identifier of DRUGBANK"),
            ("DB00001,,,,,,\n", "DRUGBANK:DB00001 has no common name"),
            ("DB00001,,\"x,,,,\n", "a quoted cell is not closed"),
        ] {
            let seen = read(format!("{HEADER}{bad}{ASPIRIN}"));
            assert!(seen[0].starts_with("d, line 2: ") && seen[0].contains(problem), "{seen:?}");
            assert!(seen.len() == 2 && seen[1].starts_with("3: DRUGBANK:DB00945 "), "{seen:?}");
        }
        assert_eq!(
            read("id,name\n"),
            ["d: not DrugBank's vocabulary: its header lacks DrugBank ID or Common name"]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            read([HEADER.as_bytes(), &bytes].concat());
            read(bytes);
        }

        #[test]
        fn any_cells_are_read(text in "([DB0-9| \"é-]{0,6},){0,8}\n") {
            read(format!("{HEADER}{text}"));
        }
    }
}
