//! Documents in: which formats there are, how one is told, and a reader that gives documents one at a time.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use crate::model::{Document, Passage};

use super::paper_page::PaperPageError;
use super::source::{self, Bytes, OverLimit};
use super::{bioc_json, bioc_xml, jats, plain, pubmed_xml, pubtator};

/// The most bytes of text in a document.
pub const DOCUMENT_BYTES_LIMIT: usize = 4 << 20;
/// The most bytes a document may take in its file, markup and existing annotations included.
pub const RECORD_BYTES_LIMIT: usize = 64 << 20;
/// The most passages of a document.
pub const PASSAGES_LIMIT: usize = 10_000;
/// How deep the elements of an XML file may be nested.
pub const XML_DEPTH_LIMIT: usize = 256;
/// How many of a file's first bytes tell its format.
const DETECT_BYTES: usize = 4096;

/// A format that documents are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InputFormat {
    /// One document a file.
    Text,
    /// One document a line; its id is the line's number.
    Lines,
    /// PubTator: `id|t|title`, `id|a|abstract`, and mentions, which are passed over.
    Pubtator,
    /// A BioC collection in XML.
    BiocXml,
    /// A BioC collection, document or list of documents in JSON; also one document a line.
    BiocJson,
    /// Articles in the Journal Article Tag Suite, as PubMed Central has them.
    Jats,
    /// A `PubmedArticleSet` or a `MedlineCitationSet`.
    PubmedXml,
    /// A [paper page](super::paper_page).
    PaperPage,
}

impl InputFormat {
    /// Every format.
    pub const ALL: [Self; 8] = [
        Self::Text,
        Self::Lines,
        Self::Pubtator,
        Self::BiocXml,
        Self::BiocJson,
        Self::Jats,
        Self::PubmedXml,
        Self::PaperPage,
    ];

    /// The name that the command line gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Lines => "lines",
            Self::Pubtator => "pubtator",
            Self::BiocXml => "bioc-xml",
            Self::BiocJson => "bioc-json",
            Self::Jats => "jats",
            Self::PubmedXml => "pubmed-xml",
            Self::PaperPage => "paper-page",
        }
    }
}

impl fmt::Display for InputFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A name that no format has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{name}\" is not a format; write one of {known}")]
pub struct UnknownFormat {
    /// What was given.
    pub name: String,
    /// The names there are.
    pub known: String,
}

impl FromStr for InputFormat {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownFormat {
            name: name.chars().take(40).collect(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}

/// Tells a format from a file's name and its first bytes (unpacked). Text that looks like no other format is
/// [`InputFormat::Text`]; `None` for XML and JSON of unknown kinds.
pub fn detect(file_name: &str, first_bytes: &[u8]) -> Option<InputFormat> {
    let head = String::from_utf8_lossy(&first_bytes[..first_bytes.len().min(DETECT_BYTES)]);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let name = file_name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    if head.starts_with('<') {
        return detect_xml(head).or_else(|| name.ends_with(".nxml").then_some(InputFormat::Jats));
    }
    if head.starts_with(['{', '['])
        && (name.ends_with(".json") || name.ends_with(".jsonl") || looks_like_json(head))
    {
        let bioc = ["\"documents\"", "\"passages\"", "\"infons\"", "\"PubTator3\"", "\"source\""];
        return bioc.iter().any(|key| head.contains(key)).then_some(InputFormat::BiocJson);
    }
    if head.lines().next().is_some_and(pubtator::is_text_line) {
        return Some(InputFormat::Pubtator);
    }
    let page_line = |line: &str| {
        ["**Authors:**", "PMC · ", "PubMed · ", "## TL;DR", "## Abstract"]
            .iter()
            .any(|mark| line.starts_with(mark))
    };
    if head.starts_with("# ") && head.lines().any(page_line) {
        return Some(InputFormat::PaperPage);
    }
    Some(InputFormat::Text)
}

fn looks_like_json(head: &str) -> bool {
    let rest = head.trim_start_matches(['[', '{']).trim_start();
    rest.starts_with(['"', '{', '}', ']'])
}

fn detect_xml(head: &str) -> Option<InputFormat> {
    // The earliest element decides: an article may quote a collection, and not the other way round.
    let roots = [
        ("<collection", InputFormat::BiocXml),
        ("<PubmedArticle", InputFormat::PubmedXml),
        ("<PubmedBookArticle", InputFormat::PubmedXml),
        ("<MedlineCitation", InputFormat::PubmedXml),
        ("<article", InputFormat::Jats),
        ("<pmc-articleset", InputFormat::Jats),
    ];
    let found = roots.iter().filter_map(|(root, format)| head.find(root).map(|at| (at, *format)));
    found.min_by_key(|(at, _)| *at).map(|(_, format)| format)
}

/// A document as it came, with what a writer needs to give it back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InputDocument {
    /// What is annotated.
    pub document: Document,
    /// For every passage where it starts in the document, in code points. BioC files say it themselves; elsewhere
    /// passages are one separator apart.
    pub passage_offsets: Vec<usize>,
}

impl InputDocument {
    /// A document whose passages are one separator apart.
    pub fn new(document: Document) -> Self {
        let passage_offsets = Self::starts(&document);
        Self { document, passage_offsets }
    }

    /// Where the passages of a document start, in code points, when they are one separator apart.
    pub(super) fn starts(document: &Document) -> Vec<usize> {
        let mut next = 0;
        let starts = document.passages.iter().map(|passage| {
            let start = next;
            next = start + passage.text.chars().count() + 1;
            start
        });
        starts.collect()
    }
}

/// Why a document, or the rest of a file, could not be read.
#[derive(Debug, thiserror::Error)]
pub struct FormatError {
    /// The file's name.
    pub file: String,
    /// The line at or after which it went wrong, from 1; 0 when it does not matter.
    pub line: usize,
    /// The document's id, where it is known.
    pub document: Option<String>,
    /// What is wrong.
    #[source]
    pub problem: FormatProblem,
}

impl fmt::Display for FormatError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A page's error names file and line itself.
        if let FormatProblem::PaperPage(error) = &self.problem {
            return error.fmt(formatter);
        }
        formatter.write_str(&self.file)?;
        if self.line > 0 {
            write!(formatter, ":{}", self.line)?;
        }
        if let Some(id) = &self.document {
            write!(formatter, ": document {id}")?;
        }
        write!(formatter, ": {}", self.problem)
    }
}

/// What is wrong with a document or a file.
#[derive(Debug, thiserror::Error)]
pub enum FormatProblem {
    /// The file cannot be read, or its gzip data is damaged.
    #[error("cannot be read: {0}")]
    Io(io::Error),
    /// No format can be told.
    #[error("its format cannot be told; name it with --input-format")]
    Unknown,
    /// Bytes that are no UTF-8.
    #[error("the text is not valid UTF-8; convert it first")]
    NotUtf8,
    /// More text than [`DOCUMENT_BYTES_LIMIT`].
    #[error("the document has more than {DOCUMENT_BYTES_LIMIT} bytes of text; split it")]
    DocumentTooLong,
    /// More bytes than [`RECORD_BYTES_LIMIT`].
    #[error("the document takes more than {RECORD_BYTES_LIMIT} bytes in its file")]
    RecordTooLong,
    /// More passages than [`PASSAGES_LIMIT`].
    #[error("the document has more than {PASSAGES_LIMIT} passages")]
    TooManyPassages,
    /// Elements deeper than [`XML_DEPTH_LIMIT`].
    #[error("elements are nested more than {XML_DEPTH_LIMIT} deep")]
    TooDeep,
    /// A file without a record of its format.
    #[error("it holds no record of this format; name another with --input-format")]
    NoRecord,
    /// XML that is not well-formed.
    #[error("not well-formed XML: {0}")]
    Xml(String),
    /// JSON that is damaged, or holds something else.
    #[error("not a BioC document: {0}")]
    Json(String),
    /// JSON whose brackets are not closed.
    #[error("not well-formed JSON: the file ends inside an object or a list")]
    CutOff,
    /// JSON whose brackets are nested too deep.
    #[error("brackets are nested more than 128 deep")]
    Nesting,
    /// An offset that is no number.
    #[error("\"{0}\" is not an offset; write a number of code points")]
    BadOffset(String),
    /// A line that PubTator files do not have.
    #[error(
        "not a PubTator line; write \"id|t|title\", \"id|a|abstract\" or the tab-separated fields of a mention"
    )]
    NotPubtator,
    /// An abstract or mention of another document.
    #[error("the line is of document {0}")]
    OtherDocument(String),
    /// A second title or abstract.
    #[error("the document has two {0}s")]
    Twice(&'static str),
    /// A paper page that is none.
    #[error(transparent)]
    PaperPage(PaperPageError),
}

impl FormatProblem {
    /// Whether nothing after it can be read.
    pub(super) const fn ends_file(&self) -> bool {
        matches!(
            self,
            Self::Io(_)
                | Self::Unknown
                | Self::RecordTooLong
                | Self::TooDeep
                | Self::Xml(_)
                | Self::CutOff
                | Self::Nesting
        )
    }
}

impl From<io::Error> for FormatProblem {
    fn from(error: io::Error) -> Self {
        if error.get_ref().is_some_and(|inner| inner.is::<OverLimit>()) {
            Self::RecordTooLong
        } else {
            Self::Io(error)
        }
    }
}

/// A document that grows, within its limits.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) id: String,
    passages: Vec<Passage>,
    offsets: Vec<usize>,
    bytes: usize,
}

impl Draft {
    pub(super) fn named(id: String) -> Self {
        Self { id, ..Self::default() }
    }

    /// Adds a passage; `offset` is where its file says that it starts.
    pub(super) fn push(&mut self, passage: Passage, offset: Option<usize>) -> Result<(), FormatProblem> {
        if self.passages.len() >= PASSAGES_LIMIT {
            return Err(FormatProblem::TooManyPassages);
        }
        self.bytes += passage.text.len();
        if self.bytes > DOCUMENT_BYTES_LIMIT {
            return Err(FormatProblem::DocumentTooLong);
        }
        let next = match (self.offsets.last(), self.passages.last()) {
            (Some(start), Some(last)) => start.saturating_add(last.text.chars().count() + 1),
            _ => 0,
        };
        self.offsets.push(offset.unwrap_or(next));
        self.passages.push(passage);
        Ok(())
    }

    /// The document that `fill` makes of an empty draft; with an error the id as far as it is known.
    pub(super) fn filled_by(
        fill: impl FnOnce(&mut Self) -> Result<(), FormatProblem>,
    ) -> Result<InputDocument, (String, FormatProblem)> {
        let mut draft = Self::default();
        match fill(&mut draft) {
            Ok(()) => Ok(draft.finish()),
            Err(problem) => Err((draft.id, problem)),
        }
    }

    pub(super) fn finish(self) -> InputDocument {
        let document = Document { id: self.id, passages: self.passages };
        InputDocument { document, passage_offsets: self.offsets }
    }
}

/// The documents of one file, in its order. A document that cannot be read is an error that names it, and the next ones
/// follow where the format lets them be found.
pub struct DocumentReader {
    format: InputFormat,
    documents: Box<dyn Iterator<Item = Result<InputDocument, FormatError>> + Send>,
}

impl DocumentReader {
    /// Opens a stream of the format given, or else of the one that its name and first bytes tell. Gzip is unpacked.
    ///
    /// # Errors
    /// When the stream cannot be read or its format cannot be told.
    pub fn open(
        file: &str,
        input: Box<dyn Read + Send>,
        format: Option<InputFormat>,
    ) -> Result<Self, FormatError> {
        let fail = |problem| FormatError { file: file.to_owned(), line: 0, document: None, problem };
        let mut bytes = source::unpack(input).map_err(|error| fail(error.into()))?;
        // A format that is named needs no look ahead, which would wait for more than a slow pipe has given.
        let (format, bytes) = match format {
            Some(format) => (format, bytes),
            None => {
                let head = source::peek(&mut bytes, DETECT_BYTES).map_err(|error| fail(error.into()))?;
                let format = detect(file, &head).ok_or_else(|| fail(FormatProblem::Unknown))?;
                (format, Box::new(io::Cursor::new(head).chain(bytes)) as Bytes)
            }
        };
        let name = file.to_owned();
        let documents: Box<dyn Iterator<Item = _> + Send> = match format {
            InputFormat::Text => Box::new(plain::whole(name, bytes)),
            InputFormat::Lines => Box::new(plain::Lines::new(name, bytes)),
            InputFormat::PaperPage => Box::new(plain::page(name, bytes)),
            InputFormat::Pubtator => Box::new(pubtator::Documents::new(name, bytes)),
            InputFormat::BiocXml => Box::new(bioc_xml::documents(name, bytes)),
            InputFormat::BiocJson => Box::new(bioc_json::Documents::new(name, bytes)),
            InputFormat::Jats => Box::new(jats::documents(name, bytes)),
            InputFormat::PubmedXml => Box::new(pubmed_xml::documents(name, bytes)),
        };
        Ok(Self { format, documents })
    }

    /// The format that is read.
    pub const fn format(&self) -> InputFormat {
        self.format
    }
}

impl Iterator for DocumentReader {
    type Item = Result<InputDocument, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.documents.next()
    }
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
