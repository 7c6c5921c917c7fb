//! Terminologies of one term a line.

use super::input::LineReader;
use super::parts::{NAMES_LIMIT, finish};
use super::term::{NameKind, Term, TermError, TermReader};
use crate::model::SynonymScope;

/// What a line of a format says.
pub trait RowFormat: Send {
    /// Reads a line into `term`, which is empty; `false` when the line is no record. The error says what is wrong with it.
    ///
    /// # Errors
    /// A line that is malformed.
    fn read_row(&mut self, line: &str, term: &mut Term) -> Result<bool, String>;
}

/// Reads the terms of a file with a term a line.
pub struct RowReader<F> {
    lines: LineReader,
    format: F,
}

impl<F: RowFormat> RowReader<F> {
    /// The header of `lines` has been read.
    pub(super) const fn with_format(lines: LineReader, format: F) -> Self {
        Self { lines, format }
    }
}

impl<F: RowFormat> TermReader for RowReader<F> {
    fn next_term(&mut self, term: &mut Term) -> Result<bool, TermError> {
        loop {
            term.clear();
            self.lines.begin_record();
            let Some(line) = self.lines.next_line()? else {
                return Ok(false);
            };
            match self.format.read_row(line, term) {
                Ok(true) => break,
                Ok(false) => {}
                Err(problem) => return Err(self.lines.malformed(problem)),
            }
        }
        term.line = self.lines.line();
        finish(term, self.lines.file())?;
        Ok(true)
    }

    fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }
}

/// Adds a name unless it is the label or there already: the first stands.
pub(super) fn add_new_name(term: &mut Term, text: &str, scope: SynonymScope, kind: NameKind) {
    let text = text.trim();
    // One over the limit is enough to have the record refused.
    if term.names.len() <= NAMES_LIMIT
        && text != term.label
        && !term.names.iter().any(|name| name.text == text)
    {
        term.add_name(text, scope, kind);
    }
}

/// The first line that is not empty and no comment, which is the header: `read` takes it. The error of `read` says what is
/// wrong with it.
pub(super) fn read_header<T>(
    lines: &mut LineReader,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, TermError> {
    loop {
        match lines.next_line() {
            Ok(Some(line)) if line.trim().is_empty() || line.starts_with('#') => lines.begin_record(),
            Ok(Some(line)) => return read(line).map_err(|problem| lines.not_the_format(problem)),
            Ok(None) => return Err(lines.not_the_format("the file has no header")),
            Err(TermError::Malformed { problem, .. }) => return Err(lines.not_the_format(problem)),
            Err(error) => return Err(error),
        }
    }
}
