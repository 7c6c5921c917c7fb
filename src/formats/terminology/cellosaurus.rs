//! Cellosaurus' text file: records of lines that begin with a two-letter code and three spaces, each ended by `//`.
//!
//! The codes are told in the head of the file, which is passed over: `ID` the name, `AC` the accession, `AS` secondary
//! accessions, `SY` synonyms, `OX` the species, `HI` the parent, `CA` the category, `CC` comments.

use std::io::Read;

use super::cells::values;
use super::input::{LineReader, Source};
use super::parts::{add_category, add_id, finish, record_id, told};
use super::rows::add_new_name;
use super::term::{NameKind, Term, TermError, TermReader};
use crate::model::SynonymScope;

/// What a comment begins with when a cell line is not what it was taken for.
const PROBLEMATIC: &str = "Problematic cell line";

/// Reads Cellosaurus.
pub struct CellosaurusReader {
    lines: LineReader,
    /// The name and line of a record whose first line has been read already.
    begun: Option<(String, u64)>,
    /// Whether lines are passed over to the end of the record.
    skipping: bool,
}

impl CellosaurusReader {
    /// Reads `source`.
    ///
    /// # Errors
    /// None yet; the file is read by [`TermReader::next_term`].
    pub const fn new(source: Source) -> Result<Self, TermError> {
        Ok(Self { lines: LineReader::new(source), begun: None, skipping: false })
    }

    /// As [`Self::new`], from any input; `file` is its name in errors.
    ///
    /// # Errors
    /// An input that cannot be read.
    pub fn from_reader(file: &str, input: Box<dyn Read + Send>) -> Result<Self, TermError> {
        Self::new(Source::new(file, input)?)
    }

    /// Reads to the line that begins the next record; `false` at the end.
    fn begin(&mut self, term: &mut Term) -> Result<bool, TermError> {
        if let Some((label, line)) = self.begun.take() {
            (term.label, term.line) = (label, line);
            return Ok(true);
        }
        loop {
            self.lines.begin_record();
            let Some(line) = self.lines.next_line()? else {
                return Ok(false);
            };
            if let Some(("ID", name)) = coded(line) {
                name.clone_into(&mut term.label);
                term.line = self.lines.line();
                return Ok(true);
            }
        }
    }

    fn problem(&self, term: &Term, problem: impl Into<String>) -> TermError {
        TermError::Malformed { file: self.lines.file().to_owned(), line: term.line, problem: problem.into() }
    }

    /// Reads the lines behind the first, to the end of the record.
    fn read_record(&mut self, term: &mut Term) -> Result<(), TermError> {
        loop {
            let line = match self.lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => return Err(self.problem(term, "the record has no end; records end with //")),
                Err(error) => {
                    self.skipping = true;
                    return Err(error);
                }
            };
            if line.starts_with("//") {
                return Ok(());
            }
            match coded(line) {
                Some(("ID", name)) => {
                    let begun = name.to_owned();
                    self.lines.begin_record();
                    self.begun = Some((begun, self.lines.line()));
                    return Err(
                        self.problem(term, "the record has no end before the next one; records end with //")
                    );
                }
                Some((code, value)) => {
                    if let Err(problem) = read_line(code, value, term) {
                        self.skipping = true;
                        return Err(self.lines.malformed(problem));
                    }
                }
                None => {}
            }
        }
    }

    /// Passes over what is left of a record that was malformed.
    fn skip(&mut self) -> Result<(), TermError> {
        while self.skipping {
            match self.lines.next_line() {
                Ok(Some(line)) if line.starts_with("//") => self.skipping = false,
                Ok(Some(line)) => {
                    if let Some(("ID", name)) = coded(line) {
                        let name = name.to_owned();
                        self.begun = Some((name, self.lines.line()));
                        self.skipping = false;
                    }
                }
                Ok(None) => self.skipping = false,
                // The record has been told already.
                Err(error) if error.is_of_one_record() => {}
                Err(error) => {
                    self.skipping = false;
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

impl TermReader for CellosaurusReader {
    fn next_term(&mut self, term: &mut Term) -> Result<bool, TermError> {
        term.clear();
        self.skip()?;
        self.lines.begin_record();
        if !self.begin(term)? {
            return Ok(false);
        }
        self.read_record(term)?;
        if term.id.is_empty() {
            return Err(
                self.problem(term, "the record has no accession; write a line such as AC   CVCL_0224")
            );
        }
        if term.label.is_empty() {
            return Err(self.problem(term, format!("{} has no name in its line ID", term.id)));
        }
        finish(term, self.lines.file())?;
        Ok(true)
    }

    fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }
}

/// A line's code and value; `None` for a line of another shape, as the head of the file has them.
fn coded(line: &str) -> Option<(&str, &str)> {
    let (code, value) = line.split_once("   ")?;
    (code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())).then_some((code, value.trim()))
}

fn read_line(code: &str, value: &str, term: &mut Term) -> Result<(), String> {
    match code {
        "AC" => term.id = record_id(&format!("cellosaurus:{value}"))?,
        "AS" => {
            for accession in values(value, ';') {
                add_id(&mut term.retired_ids, &format!("cellosaurus:{accession}"));
            }
        }
        "SY" => {
            for synonym in value.split("; ") {
                add_new_name(term, synonym, SynonymScope::Exact, NameKind::Plain);
            }
        }
        // A hybrid has several; the first is the species that it is listed under.
        "OX" if term.taxon_id.is_empty() => {
            let number = value.strip_prefix("NCBI_TaxID=").and_then(|rest| rest.split([';', ' ']).next());
            let Some(number) = number else {
                return Err(format!("\"{}\" is no species; write NCBI_TaxID=9606;", told(value)));
            };
            term.taxon_id = record_id(&format!("NCBITaxon:{number}"))?;
        }
        "HI" => {
            let accession = value.split_whitespace().next().unwrap_or("");
            add_id(&mut term.parent_ids, &format!("cellosaurus:{accession}"));
        }
        "CA" => add_category(term, value),
        "CC" if value.starts_with(PROBLEMATIC) => add_category(term, "problematic"),
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::terminology::input::tests::gzip;
    use crate::formats::terminology::parts::tests::shown;

    const HEAD: &str = "------\n        CELLOSAURUS\n\n ID         Identifier   Once\n------\n\n";
    const JURKAT: &str = "ID   Jurkat\nAC   CVCL_0065\nAS   CVCL_A001; CVCL_A002\nSY   JURKAT; Jurkat FHCRC; JURKAT\nDR   CLO; CLO_0007043\nOX   NCBI_TaxID=9606; ! Homo sapiens (Human)\nHI   CVCL_0367 ! Jurkat FHCRC\nOI   CVCL_1; ! x\nCA   Cancer cell line\nCC   Problematic cell line: Contaminated. Is x.\nCC   Other: y\n//\n";

    fn read(text: impl Into<Vec<u8>>) -> Vec<String> {
        shown(&mut CellosaurusReader::from_reader("c", Box::new(Cursor::new(text.into()))).unwrap())
    }

    #[test]
    fn cell_lines_are_read() {
        let text = format!("{HEAD}{JURKAT}ID   HEL\nAC   CVCL_0001\n//\n");
        let expected = [
            "7: cellosaurus:CVCL_0065 \"Jurkat\" Exact/Plain=JURKAT Exact/Plain=Jurkat FHCRC ^cellosaurus:CVCL_0367 \
             -cellosaurus:CVCL_A001 -cellosaurus:CVCL_A002 #Cancer cell line #problematic",
            "19: cellosaurus:CVCL_0001 \"HEL\"",
        ];
        assert_eq!(read(text.as_str()), expected);
        assert_eq!(read(gzip(text.as_bytes())), expected);
        assert_eq!(read(text.replace('\n', "\r\n")), expected);
        let mut term = Term::default();
        let mut reader = CellosaurusReader::from_reader("c", Box::new(Cursor::new(JURKAT))).unwrap();
        assert!(reader.next_term(&mut term).unwrap());
        assert_eq!(term.taxon_id, "NCBITaxon:9606");
        assert!(reader.bytes_read() > 0);
    }

    #[test]
    fn malformed_records_are_told_and_passed_over() {
        for (bad, place, problem) in [
            ("ID   X\nSY   x\n//\n", 1, "the record has no accession"),
            ("ID   \nAC   CVCL_1\n//\n", 1, "cellosaurus:CVCL_1 has no name"),
            ("ID   X\nAC   a b\nSY   x\n//\n", 2, "not an identifier of cellosaurus"),
            ("ID   X\nAC   CVCL_1\nOX   human\nSY   x\n//\n", 3, "\"human\" is no species"),
            ("ID   X\nAC   a b\n", 2, "not an identifier of cellosaurus"),
            ("ID   X\nAC   CVCL_1\n", 1, "no end before the next one"),
        ] {
            let seen = read(format!("{bad}ID   HEL\nAC   CVCL_0001\n//\n"));
            assert!(seen[0].starts_with(&format!("c, line {place}: ")), "{seen:?}");
            assert!(seen[0].contains(problem), "{seen:?}");
            let line = bad.lines().count() + 1;
            assert_eq!(seen[1..], [format!("{line}: cellosaurus:CVCL_0001 \"HEL\"")]);
        }
        let seen = read(b"ID   X\nSY   \xff\nSY   \xff\n//\nID   HEL\nAC   CVCL_0001\n//\nID   Y\n".to_vec());
        assert_eq!(
            seen,
            [
                "c, line 2: the line is not UTF-8; save the file as UTF-8",
                "5: cellosaurus:CVCL_0001 \"HEL\"",
                "c, line 8: the record has no end; records end with //"
            ]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            read(bytes);
        }

        #[test]
        fn any_lines_are_read(text in "((ID|AC|AS|SY|OX|HI|CA|CC|//)(   )?[a-zA-Z0-9_;= é]{0,9}\n){0,20}") {
            read(text);
        }
    }
}
