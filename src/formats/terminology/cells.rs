//! The cells of a line: quoted as CSV has it, or plain.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

/// The most cells of a line.
pub const CELLS_LIMIT: usize = 4_096;

/// Splits lines whose cells may be quoted: `"a, b"`, with `""` for a quote. A cell ends on its line.
pub(super) struct QuotedCells {
    core: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    found: usize,
}

impl QuotedCells {
    pub(super) fn new(separator: u8) -> Self {
        let core = ReaderBuilder::new().delimiter(separator).terminator(Terminator::Any(b'\n')).build();
        Self { core, text: Vec::new(), ends: vec![0; 64], found: 0 }
    }

    /// Splits `line`, in place of the line before. The error says what is wrong.
    pub(super) fn split(&mut self, line: &str) -> Result<(), String> {
        self.core.reset();
        self.found = 0;
        self.text.resize((line.len() + 2).max(self.text.len()), 0);
        // A line that is empty is no record for the crate.
        if line.is_empty() {
            return Ok(());
        }
        let (mut read, mut written) = (0, 0);
        let bytes = line.as_bytes();
        loop {
            // The end of the line goes in behind it: without that an open quote would pass for a closed one.
            let input = if read < bytes.len() { &bytes[read..] } else { b"\n" };
            let (result, taken, out, ends) =
                self.core.read_record(input, &mut self.text[written..], &mut self.ends[self.found..]);
            written += out;
            self.found += ends;
            match result {
                ReadRecordResult::Record => return Ok(()),
                ReadRecordResult::InputEmpty if read >= bytes.len() => {
                    return Err("a quoted cell is not closed; cells end on their line".to_owned());
                }
                ReadRecordResult::InputEmpty => read = bytes.len(),
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= CELLS_LIMIT => {
                    return Err(format!("the line has more than {CELLS_LIMIT} cells"));
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::End => return Ok(()),
            }
            if !matches!(result, ReadRecordResult::InputEmpty) {
                read += taken;
            }
        }
    }

    /// How many cells the line has.
    pub(super) const fn len(&self) -> usize {
        self.found
    }

    /// The cell at `place`, from 0, without white space around it; empty where the line has none.
    pub(super) fn cell(&self, place: usize) -> &str {
        if place >= self.found {
            return "";
        }
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        let bytes = self.text.get(start..self.ends[place]).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or("").trim()
    }
}

/// The values of a cell, without white space around them and without empty ones.
pub(super) fn values(cell: &str, separator: char) -> impl Iterator<Item = &str> {
    cell.split(separator).map(str::trim).filter(|value| !value.is_empty())
}

/// The places of the named columns in a header; `None` for one that is not there. Case does not matter.
pub(super) fn places<const N: usize>(header: &[&str], names: [&str; N]) -> [Option<usize>; N] {
    names.map(|name| header.iter().position(|column| column.trim().eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(line: &str, separator: u8) -> Result<Vec<String>, String> {
        let mut cells = QuotedCells::new(separator);
        // What a line before left does not matter.
        let _ = cells.split("\"open");
        cells.split(line)?;
        Ok((0..cells.len()).map(|place| cells.cell(place).to_owned()).collect())
    }

    #[test]
    fn cells_are_split_where_they_are_not_quoted() {
        for (line, expected) in [
            ("", vec![]),
            ("a", vec!["a"]),
            ("a,b,", vec!["a", "b", ""]),
            (",,", vec!["", "", ""]),
            ("\"a, b\", c ,\"d \"\"e\"\"\"", vec!["a, b", "c", "d \"e\""]),
            ("a \"b\",c", vec!["a \"b\"", "c"]),
            ("é,\"ü\"", vec!["é", "ü"]),
            ("\"\",x", vec!["", "x"]),
            ("a\rb,c", vec!["a\rb", "c"]),
        ] {
            assert_eq!(split(line, b',').unwrap(), expected, "{line}");
        }
        assert_eq!(split("\"a\tb\"\tc,d", b'\t').unwrap(), ["a\tb", "c,d"]);
        assert!(split("a,\"b", b',').unwrap_err().contains("not closed"));
    }

    #[test]
    fn a_line_at_the_limit_of_cells_is_read_and_a_longer_one_refused() {
        assert_eq!(split(&",".repeat(CELLS_LIMIT - 1), b',').unwrap().len(), CELLS_LIMIT);
        assert!(split(&",".repeat(CELLS_LIMIT), b',').unwrap_err().contains("4096 cells"));
    }

    proptest! {
        #[test]
        fn any_line_is_split_or_refused(line in "[a\",é ]{0,40}") {
            if let Ok(cells) = split(&line, b',') {
                prop_assert!(cells.iter().map(String::len).sum::<usize>() <= line.len());
            }
            if !line.contains('"') && !line.is_empty() {
                let expected: Vec<&str> = line.split(',').map(str::trim).collect();
                prop_assert_eq!(split(&line, b',').unwrap(), expected);
            }
        }
    }
}
