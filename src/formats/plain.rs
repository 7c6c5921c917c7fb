//! Plain text: a document a file, or a document a line; and paper pages, a document each.

use std::io::Read as _;

use crate::model::Document;

use super::input::{DOCUMENT_BYTES_LIMIT, FormatError, FormatProblem, InputDocument};
use super::paper_page::{self, PAGE_BYTES_LIMIT};
use super::source::{Bytes, Line, read_line};

/// One document of the whole stream; its id is the file's name.
pub(super) fn whole(
    file: String,
    bytes: Bytes,
) -> impl Iterator<Item = Result<InputDocument, FormatError>> + Send {
    std::iter::once_with(move || {
        let text = read_all(bytes, DOCUMENT_BYTES_LIMIT);
        text.map(|text| InputDocument::new(Document::from_text(file.clone(), text)))
            .map_err(|problem| FormatError { file, line: 0, document: None, problem })
    })
}

/// One document of a paper page.
pub(super) fn page(
    file: String,
    bytes: Bytes,
) -> impl Iterator<Item = Result<InputDocument, FormatError>> + Send {
    std::iter::once_with(move || {
        read_all(bytes, PAGE_BYTES_LIMIT)
            .and_then(|text| paper_page::read(&text, &file).map_err(FormatProblem::PaperPage))
            .map(|paper| paper.to_document())
            .and_then(|document| match document.text_bytes() {
                0..=DOCUMENT_BYTES_LIMIT => Ok(InputDocument::new(document)),
                _ => Err(FormatProblem::DocumentTooLong),
            })
            .map_err(|problem| FormatError { file, line: 0, document: None, problem })
    })
}

/// The text of a stream of at most `limit` bytes, without a byte order mark.
pub(super) fn read_all(bytes: Bytes, limit: usize) -> Result<String, FormatProblem> {
    let mut text = Vec::new();
    bytes.take(limit as u64 + 1).read_to_end(&mut text)?;
    if text.len() > limit {
        return Err(FormatProblem::DocumentTooLong);
    }
    let text = String::from_utf8(text).map_err(|_| FormatProblem::NotUtf8)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// A document a line; its id is the line's number, from 1.
pub(super) struct Lines {
    file: String,
    bytes: Bytes,
    line: usize,
    buffer: Vec<u8>,
    ended: bool,
}

impl Lines {
    pub(super) const fn new(file: String, bytes: Bytes) -> Self {
        Self { file, bytes, line: 0, buffer: Vec::new(), ended: false }
    }

    fn text(&self) -> Result<&str, FormatProblem> {
        let text = std::str::from_utf8(&self.buffer).map_err(|_| FormatProblem::NotUtf8)?;
        Ok(if self.line == 1 { text.trim_start_matches('\u{feff}') } else { text })
    }
}

impl Iterator for Lines {
    type Item = Result<InputDocument, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        self.line += 1;
        let read = match read_line(&mut self.bytes, &mut self.buffer, DOCUMENT_BYTES_LIMIT) {
            Ok(Line::End) => {
                self.ended = true;
                return None;
            }
            Ok(Line::TooLong) => Err(FormatProblem::DocumentTooLong),
            Ok(Line::Whole) => self.text().map(str::to_owned),
            Err(error) => {
                self.ended = true;
                Err(error.into())
            }
        };
        let id = self.line.to_string();
        Some(match read {
            Ok(text) => Ok(InputDocument::new(Document::from_text(id, text))),
            Err(problem) => {
                Err(FormatError { file: self.file.clone(), line: self.line, document: Some(id), problem })
            }
        })
    }
}
