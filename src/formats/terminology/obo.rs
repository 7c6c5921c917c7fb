//! OBO 1.0 to 1.4: the `[Term]` frames of an ontology. Other frames are passed over.

use std::io::Read;

use super::input::{LineReader, Source};
use super::obo_clauses::{Header, is_rank};
use super::obo_syntax::{clause, frame_head, goes_on};
use super::parts::{add_category, finish, told};
use super::term::{Term, TermError, TermReader};

/// Reads an ontology in OBO.
pub struct OboReader {
    lines: LineReader,
    header: Header,
    /// The line, with those it goes on in.
    line: String,
    /// The line of the head of the `[Term]` frame that comes next.
    next_frame: Option<u64>,
    /// What is wrong with the head of the file, until it is told.
    header_problem: Option<TermError>,
}

impl OboReader {
    /// Reads the head of the file.
    ///
    /// # Errors
    /// A file that cannot be read, or is no OBO.
    pub fn new(source: Source) -> Result<Self, TermError> {
        let mut reader = Self {
            lines: LineReader::new(source),
            header: Header::default(),
            line: String::new(),
            next_frame: None,
            header_problem: None,
        };
        reader.read_header()?;
        Ok(reader)
    }

    /// As [`Self::new`], from any input; `file` is its name in errors.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_reader(file: &str, input: Box<dyn Read + Send>) -> Result<Self, TermError> {
        Self::new(Source::new(file, input)?)
    }

    /// The version that the head of the file tells; empty when it tells none.
    pub fn data_version(&self) -> &str {
        &self.header.data_version
    }

    fn read_header(&mut self) -> Result<(), TermError> {
        let mut any = false;
        loop {
            match self.next_filled_line() {
                Ok(false) if any => return Ok(()),
                Ok(false) => return Err(self.lines.not_the_format("the file is empty; OBO is expected")),
                Ok(true) => {}
                Err(error) if !error.is_of_one_record() => return Err(error),
                Err(error) => {
                    self.header_problem.get_or_insert(error);
                    continue;
                }
            }
            let is_head = self.enter_frame();
            if is_head && self.next_frame.is_none() {
                self.find_term()?;
            }
            if is_head {
                return Ok(());
            }
            if clause(&self.line).is_none() && !any {
                let problem = format!("not OBO: it begins with \"{}\"", told(&self.line));
                return Err(self.lines.not_the_format(problem));
            }
            any = true;
            if self.header_problem.is_none() {
                self.header.add(&self.line);
            }
        }
    }

    /// Whether the line is the head of a frame; notes it when it is a term's.
    fn enter_frame(&mut self) -> bool {
        let head = frame_head(&self.line);
        if let Some(name) = head {
            self.next_frame = (name == "Term").then(|| self.lines.line());
            self.lines.begin_record();
        }
        head.is_some()
    }

    /// Passes over frames that are no terms'.
    fn find_term(&mut self) -> Result<(), TermError> {
        while self.next_frame.is_none() {
            match self.next_filled_line() {
                Ok(true) => {
                    self.enter_frame();
                }
                Ok(false) => break,
                Err(error) if error.is_of_one_record() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Fills the line with the next that holds something; `false` at the end.
    fn next_filled_line(&mut self) -> Result<bool, TermError> {
        self.line.clear();
        loop {
            if self.lines.record_is_over_limit() {
                self.line.clear();
            }
            let Some(line) = self.lines.next_line()? else {
                return Ok(!self.line.is_empty());
            };
            let line = line.trim();
            let going_on = goes_on(line);
            self.line.push_str(if going_on { &line[..line.len() - 1] } else { line });
            if going_on {
                continue;
            }
            if !self.line.is_empty() && !self.line.starts_with('!') {
                return Ok(true);
            }
            self.line.clear();
        }
    }

    /// Reads the clauses of the frame that has begun, to the head of the next.
    fn read_frame(&mut self, term: &mut Term) -> Result<(), TermError> {
        let mut problem = None;
        let mut has_namespace = false;
        loop {
            match self.next_filled_line() {
                Ok(true) if self.enter_frame() => break,
                Ok(false) => break,
                Ok(true) if problem.is_some() => {}
                Ok(true) => {
                    has_namespace |= self.line.starts_with("namespace:");
                    if let Err(text) = self.header.read_clause(&self.line, term) {
                        problem = Some(self.lines.malformed(text));
                    }
                }
                Err(error) if error.is_of_one_record() => {
                    problem.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        if !has_namespace {
            add_category(term, &self.header.default_namespace);
        }
        problem.map_or(Ok(()), Err)
    }
}

impl TermReader for OboReader {
    fn next_term(&mut self, term: &mut Term) -> Result<bool, TermError> {
        if let Some(problem) = self.header_problem.take() {
            return Err(problem);
        }
        let line = loop {
            term.clear();
            self.find_term()?;
            let Some(line) = self.next_frame.take() else {
                return Ok(false);
            };
            term.line = line;
            self.read_frame(term)?;
            if !is_rank(&term.id) {
                break line;
            }
        };
        let file = self.lines.file();
        if term.id.is_empty() {
            let problem = "the term has no id".to_owned();
            return Err(TermError::Malformed { file: file.to_owned(), line, problem });
        }
        strip_obsolete(term);
        finish(term, file)?;
        Ok(true)
    }

    fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }
}

/// Takes the word that ontologies put before the names of retired terms.
fn strip_obsolete(term: &mut Term) {
    let head = "obsolete ";
    if term.obsolete && term.label.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head)) {
        term.label = term.label[head.len()..].trim().to_owned();
    }
}

#[cfg(test)]
#[path = "obo_tests.rs"]
mod tests;
