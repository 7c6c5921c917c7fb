//! XML, pulled: elements and text with bounds on depth and on the bytes of a record.
//!
//! Only the five standard entities and character references are resolved; others stay as they are written. DTDs are
//! passed over and nothing is fetched. Also the escaping of text that is written.

use std::cell::Cell;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::input::{FormatError, FormatProblem, InputDocument, RECORD_BYTES_LIMIT, XML_DEPTH_LIMIT};
use super::source::{Bytes, Counted};

/// What comes next in a file.
pub(super) enum Node {
    /// An element begins. Empty elements end at once.
    Open(BytesStart<'static>),
    /// An element ends.
    Close,
    /// Text, or a part of it.
    Text(String),
    /// The file ends; no element is open.
    End,
}

/// The value of an attribute, by its local name.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .map(|attribute| match attribute.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            Err(_) => attribute.value.to_string(),
        })
}

/// A file of XML records.
pub(super) struct Xml {
    file: String,
    reader: Reader<Counted>,
    buffer: Vec<u8>,
    depth: usize,
    ended: bool,
}

impl Xml {
    pub(super) fn new(file: String, bytes: Bytes) -> Self {
        Self::with_limit(file, bytes, RECORD_BYTES_LIMIT)
    }

    /// `limit` is the most bytes of a record.
    pub(super) fn with_limit(file: String, bytes: Bytes, limit: usize) -> Self {
        let mut reader = Reader::from_reader(Counted::new(bytes, limit));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { file, reader, buffer: Vec::new(), depth: 0, ended: false }
    }

    /// How many elements are open.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// The line that has been read to, from 1.
    pub(super) fn line(&self) -> usize {
        self.reader.get_ref().line()
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// A new record begins: it has the whole limit of bytes.
    pub(super) fn refill(&mut self) {
        self.reader.get_mut().refill();
    }

    /// The next node. Comments, processing instructions and DTDs are passed over.
    pub(super) fn next(&mut self) -> Result<Node, FormatProblem> {
        loop {
            self.buffer.clear();
            match self.reader.read_event_into(&mut self.buffer).map_err(problem)? {
                Event::Comment(_) | Event::PI(_) | Event::DocType(_) | Event::Decl(_) => {}
                Event::Start(element) => {
                    self.depth += 1;
                    if self.depth > XML_DEPTH_LIMIT {
                        return Err(FormatProblem::TooDeep);
                    }
                    return Ok(Node::Open(element.into_owned()));
                }
                Event::Empty(_) | Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Node::Close);
                }
                Event::Text(text) => return Ok(Node::Text(text.xml10_content().into_owned())),
                Event::CData(text) => return Ok(Node::Text(text.xml10_content().into_owned())),
                Event::GeneralRef(name) => return Ok(Node::Text(reference(&name.into_inner()))),
                Event::Eof if self.depth > 0 => return Err(cut_off()),
                Event::Eof => return Ok(Node::End),
            }
        }
    }

    /// All text inside the element that has just begun, to its end.
    pub(super) fn element_text(&mut self) -> Result<String, FormatProblem> {
        let outside = self.depth.saturating_sub(1);
        let mut text = String::new();
        while self.depth > outside {
            match self.next()? {
                Node::Text(part) => text.push_str(&part),
                Node::Open(_) | Node::Close | Node::End => {}
            }
        }
        Ok(text)
    }

    /// Passes over everything until no more than `depth` elements are open.
    pub(super) fn skip_to(&mut self, depth: usize) -> Result<(), FormatProblem> {
        while self.depth > depth {
            self.next()?;
        }
        Ok(())
    }

    /// Passes over the element that has just begun.
    pub(super) fn skip(&mut self) -> Result<(), FormatProblem> {
        self.skip_to(self.depth.saturating_sub(1))
    }

    pub(super) fn error(&self, document: &str, problem: FormatProblem) -> FormatError {
        FormatError {
            file: self.file.clone(),
            line: self.line(),
            document: (!document.is_empty()).then(|| document.to_owned()),
            problem,
        }
    }

    /// The next record: an element whose name `is_record`, read by `read`.
    ///
    /// `read` is called with the element when it has begun, and need not read to its end. It gives the record and, with
    /// an error, the id as far as it is known.
    pub(super) fn next_record<T>(
        &mut self,
        is_record: impl Fn(&str) -> bool,
        read: impl FnOnce(&mut Self, &BytesStart<'_>) -> Result<T, (String, FormatProblem)>,
    ) -> Option<Result<T, FormatError>> {
        if self.ended {
            return None;
        }
        let element = loop {
            self.refill();
            match self.next() {
                Ok(Node::Open(element)) if is_record(element.local_name().as_ref()) => break element,
                Ok(Node::End) => {
                    self.ended = true;
                    return None;
                }
                Ok(_) => {}
                Err(problem) => {
                    self.ended = true;
                    return Some(Err(self.error("", problem)));
                }
            }
        };
        let outside = self.depth.saturating_sub(1);
        let mut record = read(self, &element).map_err(|(id, problem)| self.error(&id, problem));
        if record.as_ref().is_err_and(|error| error.problem.ends_file()) {
            self.ended = true;
        } else if let Err(problem) = self.skip_to(outside) {
            self.ended = true;
            record = record.and_then(|_| Err(self.error("", problem)));
        }
        Some(record)
    }
}

/// Reads the document of a record that has begun; with an error the id as far as it is known.
type ReadRecord = fn(&mut Xml) -> Result<InputDocument, (String, FormatProblem)>;

/// The documents of an XML file, one a record.
pub(super) struct Records {
    xml: Xml,
    /// The element of a file that may have no record.
    set: &'static str,
    is_record: fn(&str) -> bool,
    read: ReadRecord,
    /// Whether any such element, or a record, was met.
    known: bool,
}

impl Records {
    /// Those of a file: elements that are records, in one that may have none.
    pub(super) fn new(
        file: String,
        bytes: Bytes,
        (set, is_record): (&'static str, fn(&str) -> bool),
        read: ReadRecord,
    ) -> Self {
        Self { xml: Xml::new(file, bytes), set, is_record, read, known: false }
    }
}

impl Iterator for Records {
    type Item = Result<InputDocument, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Self { xml, set, is_record, read, known } = self;
        let seen = Cell::new(*known);
        let is_known_record = |name: &str| {
            let is_record = is_record(name);
            seen.set(seen.get() || is_record || name == *set);
            is_record
        };
        let record = xml.next_record(is_known_record, |xml, _| read(xml));
        let first_end = record.is_none() && !seen.get();
        *known = true;
        if first_end { Some(Err(xml.error("", FormatProblem::NoRecord))) } else { record }
    }
}

fn cut_off() -> FormatProblem {
    FormatProblem::Xml("the file ends inside an element".to_owned())
}

fn problem(error: quick_xml::Error) -> FormatProblem {
    match error {
        quick_xml::Error::Io(error) => match std::sync::Arc::try_unwrap(error) {
            Ok(error) => error.into(),
            Err(shared) => std::io::Error::new(shared.kind(), shared.to_string()).into(),
        },
        quick_xml::Error::Encoding(_) => FormatProblem::Xml("the text is not valid UTF-8".to_owned()),
        other => FormatProblem::Xml(other.to_string()),
    }
}

/// The text of an entity or character reference.
fn reference(name: &str) -> String {
    let known = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32).filter(|c| *c != '\0')
        }),
    };
    known.map_or_else(|| format!("&{name};"), String::from)
}

/// `text` with runs of white space as one space, and none at its ends.
pub(super) fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()) {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// `text` for the inside of an element or of an attribute in double quotes. What XML cannot hold becomes U+FFFD, one
/// character for one, so that offsets hold; carriage returns are kept from becoming line feeds.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' | '\n' => escaped.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(c),
        }
    }
    escaped
}
