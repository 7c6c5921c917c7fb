//! The records of a JSON file, one at a time: the objects of a `documents` list, of a list, or of the file itself.
//!
//! Records are found by counting brackets outside strings, so that one bad record does not lose the next.

use std::io::{self, BufRead as _};

use super::input::{FormatProblem, RECORD_BYTES_LIMIT};
use super::source::{Bytes, Counted};

/// The names that lists of documents have.
const LISTS: [&str; 2] = ["documents", "PubTator3"];
/// How deep a record's brackets may be nested; the parser's own bound is 128.
const NESTING_LIMIT: usize = 128;

/// Splits a file into records.
pub(super) struct Records {
    bytes: Counted,
    /// Inside an object that holds a list of documents.
    in_list: bool,
    /// The rest of an object whose list has ended.
    in_tail: bool,
}

/// A record's bytes and the line that it begins on.
pub(super) type Record = (usize, Vec<u8>);

impl Records {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self { bytes: Counted::new(bytes, RECORD_BYTES_LIMIT), in_list: false, in_tail: false }
    }

    /// The line that is read next.
    pub(super) fn line(&self) -> usize {
        self.bytes.line()
    }

    /// The next record; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Record>, FormatProblem> {
        loop {
            self.bytes.refill();
            if self.in_tail {
                self.pass_tail()?;
                continue;
            }
            let Some(byte) = self.peek()? else {
                return if self.in_list { Err(cut_off()) } else { Ok(None) };
            };
            match byte {
                b'{' => {
                    let line = self.line();
                    if let Some(record) = self.object()? {
                        return Ok(Some((line, record)));
                    }
                }
                b']' if self.in_list => {
                    self.bytes.consume(1);
                    (self.in_list, self.in_tail) = (false, true);
                }
                b'[' | b']' | b',' => self.bytes.consume(1),
                byte if byte.is_ascii_whitespace() => self.bytes.consume(1),
                // A byte-order mark.
                0xef | 0xbb | 0xbf => self.bytes.consume(1),
                _ => return Err(FormatProblem::Json("expected an object of a document".to_owned())),
            }
        }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        self.bytes.fill_buf().map(|bytes| bytes.first().copied())
    }

    /// Reads an object. `None` when it holds a list of documents, which is then entered.
    fn object(&mut self) -> Result<Option<Vec<u8>>, FormatProblem> {
        let mut record = Vec::new();
        let mut scan = Scan::default();
        while let Some(byte) = self.peek()? {
            self.bytes.consume(1);
            record.push(byte);
            match scan.step(byte, &record) {
                Step::Inside => {}
                Step::TooDeep => {
                    return Err(FormatProblem::Nesting);
                }
                Step::Whole => return Ok(Some(record)),
                Step::List if !self.in_list => {
                    self.in_list = true;
                    return Ok(None);
                }
                Step::List => {}
            }
        }
        Err(cut_off())
    }

    /// Passes over what follows a list of documents in its object.
    fn pass_tail(&mut self) -> Result<(), FormatProblem> {
        let mut scan = Scan { depth: 1, ..Scan::default() };
        while let Some(byte) = self.peek()? {
            self.bytes.consume(1);
            match scan.step(byte, &[]) {
                Step::Whole => {
                    self.in_tail = false;
                    return Ok(());
                }
                Step::TooDeep => return Err(FormatProblem::Nesting),
                Step::Inside | Step::List => {}
            }
        }
        Err(cut_off())
    }
}

fn cut_off() -> FormatProblem {
    FormatProblem::CutOff
}

/// Where a scan stands in an object.
#[derive(Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Where the last string at depth 1 began and ended.
    string: (usize, usize),
    /// That string is a key: a colon followed it.
    after_colon: bool,
}

enum Step {
    Inside,
    /// The object has ended.
    Whole,
    /// A list of documents has begun.
    List,
    TooDeep,
}

impl Scan {
    /// Takes a byte, which is the last of `record`.
    fn step(&mut self, byte: u8, record: &[u8]) -> Step {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.in_string = false;
                    self.string.1 = record.len().saturating_sub(1);
                }
                _ => {}
            }
            return Step::Inside;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                if self.depth == 1 && !self.after_colon {
                    self.string.0 = record.len();
                }
            }
            b'{' | b'[' => {
                if byte == b'[' && self.depth == 1 && self.after_colon && self.key_is_list(record) {
                    return Step::List;
                }
                self.depth += 1;
                if self.depth > NESTING_LIMIT {
                    return Step::TooDeep;
                }
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Step::Whole;
                }
            }
            b':' if self.depth == 1 => self.after_colon = true,
            b',' if self.depth == 1 => self.after_colon = false,
            _ => {}
        }
        Step::Inside
    }

    fn key_is_list(&self, record: &[u8]) -> bool {
        let key = record.get(self.string.0..).unwrap_or_default();
        LISTS
            .iter()
            .any(|list| key.strip_prefix(list.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'"')))
    }
}
