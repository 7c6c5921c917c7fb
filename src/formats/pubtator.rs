//! PubTator files: `id|t|title`, `id|a|abstract`, then a line a mention, then an empty line.

use crate::model::{AnnotatedDocument, Annotation, Document, Passage, Span};

use super::input::{
    DOCUMENT_BYTES_LIMIT, Draft, FormatError, FormatProblem, InputDocument, RECORD_BYTES_LIMIT,
};
use super::positions::Positions;
use super::source::{Bytes, Line, read_line};

/// The most bytes of an id; longer ones are no ids.
const ID_BYTES_LIMIT: usize = 1024;

/// Whether a line is the title or the abstract of a document.
pub(super) fn is_text_line(line: &str) -> bool {
    text_line(line).is_some()
}

/// The id, `t` or `a`, and the text.
fn text_line(line: &str) -> Option<(&str, char, &str)> {
    let (id, rest) = line.split_once('|')?;
    let good = id.len() <= ID_BYTES_LIMIT && !id.contains(['\t', ' ']);
    let kind = if rest.starts_with("t|") { 't' } else { 'a' };
    let text = rest.strip_prefix("t|").or_else(|| rest.strip_prefix("a|"))?;
    good.then_some((id, kind, text))
}

/// The id of a line of a mention or a relation, which are passed over.
fn mention_line(line: &str) -> Option<&str> {
    let (id, rest) = line.split_once('\t')?;
    (rest.contains('\t') && id.len() <= ID_BYTES_LIMIT).then_some(id)
}

/// A line of a mention or a relation.
pub(super) struct MentionLine {
    /// Its number in the file, from 1.
    pub(super) line: usize,
    /// The whole line.
    pub(super) text: String,
}

/// The documents of a PubTator file. Mentions in it are copied by [`MarkedDocuments`] only.
pub(super) struct Documents {
    file: String,
    bytes: Bytes,
    line: usize,
    buffer: Vec<u8>,
    /// The first line of a document that began without an empty line before it.
    held: Option<(usize, String)>,
    ended: bool,
    keep_mentions: bool,
}

/// What a document's lines have said so far.
#[derive(Default)]
struct Block {
    line: usize,
    id: Option<String>,
    title: Option<String>,
    abstract_text: Option<String>,
    /// The lines of mentions, where they are wanted, and their bytes.
    mentions: Option<(Vec<MentionLine>, usize)>,
    problem: Option<(usize, FormatProblem)>,
}

impl Block {
    fn is_empty(&self) -> bool {
        self.line == 0
    }

    fn fail(&mut self, line: usize, problem: FormatProblem) {
        self.problem.get_or_insert((line, problem));
    }

    fn take(&mut self, line: usize, text: &str) {
        if self.line == 0 {
            self.line = line;
        }
        if let Some((id, kind, text)) = text_line(text) {
            if *self.id.get_or_insert_with(|| id.to_owned()) != id {
                return self.fail(line, FormatProblem::OtherDocument(id.to_owned()));
            }
            let (place, name) = match kind {
                't' => (&mut self.title, "title"),
                _ => (&mut self.abstract_text, "abstract"),
            };
            if place.replace(text.to_owned()).is_some() {
                self.fail(line, FormatProblem::Twice(name));
            }
        } else {
            match (mention_line(text), &self.id) {
                (Some(id), Some(own)) if id == own => self.take_mention(line, text),
                (Some(id), Some(_)) => self.fail(line, FormatProblem::OtherDocument(id.to_owned())),
                _ => self.fail(line, FormatProblem::NotPubtator),
            }
        }
    }

    fn take_mention(&mut self, line: usize, text: &str) {
        let Some((mentions, bytes)) = &mut self.mentions else { return };
        *bytes += text.len();
        if *bytes > RECORD_BYTES_LIMIT {
            return self.fail(line, FormatProblem::RecordTooLong);
        }
        mentions.push(MentionLine { line, text: text.to_owned() });
    }

    fn finish(self, file: &str) -> Result<InputDocument, FormatError> {
        let fail = |line, id: Option<String>, problem| FormatError {
            file: file.to_owned(),
            line,
            document: id.filter(|id| !id.is_empty()),
            problem,
        };
        if let Some((line, problem)) = self.problem {
            return Err(fail(line, self.id, problem));
        }
        let mut draft = Draft::named(self.id.unwrap_or_default());
        // An abstract without a title still counts from after the title's separator.
        let title = self.title.or_else(|| self.abstract_text.is_some().then(String::new));
        let parts = [("title", title), ("abstract", self.abstract_text)];
        for (kind, text) in parts.into_iter().filter_map(|(kind, text)| Some((kind, text?))) {
            let passage = Passage { kind: kind.to_owned(), title: String::new(), text };
            if let Err(problem) = draft.push(passage, None) {
                return Err(fail(self.line, Some(draft.id), problem));
            }
        }
        Ok(draft.finish())
    }
}

impl Documents {
    pub(super) const fn new(file: String, bytes: Bytes) -> Self {
        Self { file, bytes, line: 0, buffer: Vec::new(), held: None, ended: false, keep_mentions: false }
    }

    /// The next line's text; `None` at the end.
    fn next_line(&mut self) -> Result<Option<&str>, FormatProblem> {
        self.line += 1;
        match read_line(&mut self.bytes, &mut self.buffer, DOCUMENT_BYTES_LIMIT + ID_BYTES_LIMIT)? {
            Line::End => Ok(None),
            Line::TooLong => Err(FormatProblem::DocumentTooLong),
            Line::Whole => {
                let text = std::str::from_utf8(&self.buffer).map_err(|_| FormatProblem::NotUtf8)?;
                Ok(Some(if self.line == 1 { text.trim_start_matches('\u{feff}') } else { text }))
            }
        }
    }

    /// Reads the lines of one document.
    fn block(&mut self) -> Block {
        let mut block = Block { mentions: self.keep_mentions.then(Default::default), ..Block::default() };
        if let Some((line, text)) = self.held.take() {
            block.take(line, &text);
        }
        while !self.ended {
            let line = self.line + 1;
            match self.next_line() {
                Ok(None) => self.ended = true,
                Ok(Some(text)) if text.trim().is_empty() => {
                    if !block.is_empty() {
                        break;
                    }
                }
                Ok(Some(text)) => {
                    // Some files have no empty line between documents.
                    let next = !block.is_empty() && text_line(text).is_some_and(|(_, kind, _)| kind == 't');
                    let same = text_line(text).is_some_and(|(id, ..)| block.id.as_deref() == Some(id));
                    if next && !same {
                        self.held = Some((line, text.to_owned()));
                        break;
                    }
                    block.take(line, text);
                }
                Err(problem) => {
                    self.ended = problem.ends_file();
                    block.line = block.line.max(1);
                    block.fail(line, problem);
                }
            }
        }
        block
    }
}

impl Iterator for Documents {
    type Item = Result<InputDocument, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.block();
        (!block.is_empty()).then(|| block.finish(&self.file))
    }
}

/// A document with the lines of its mentions and relations.
pub(super) struct Marked {
    pub(super) input: InputDocument,
    /// Its first line, from 1.
    pub(super) line: usize,
    pub(super) mentions: Vec<MentionLine>,
}

/// The documents of a PubTator file, each with its mentions.
pub(super) struct MarkedDocuments(Documents);

impl MarkedDocuments {
    pub(super) const fn new(file: String, bytes: Bytes) -> Self {
        let mut documents = Documents::new(file, bytes);
        documents.keep_mentions = true;
        Self(documents)
    }
}

impl Iterator for MarkedDocuments {
    type Item = Result<Marked, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut block = self.0.block();
        let ((mentions, _), line) = (block.mentions.take().unwrap_or_default(), block.line);
        (!block.is_empty()).then(|| Ok(Marked { input: block.finish(&self.0.file)?, line, mentions }))
    }
}

/// A document as PubTator has it: its title, everything else as its abstract, and a line a mention. One of several entities
/// ("BRCA1/2") has one line with all their identifiers. Line breaks and tabs in the text become spaces, which keeps offsets as they
/// are.
pub(super) fn document(document: &Document, annotated: &AnnotatedDocument) -> String {
    let is_title =
        |passage: &Passage| matches!(passage.kind.to_ascii_lowercase().as_str(), "title" | "front");
    let has_title = document.passages.first().is_some_and(is_title);
    let id = one_word(&document.id);
    let mut text = format!("{id}|t|");
    let (mut starts, mut next) = (Vec::with_capacity(document.passages.len()), 0);
    for (index, passage) in document.passages.iter().enumerate() {
        let first_of_abstract = index == usize::from(has_title);
        if first_of_abstract {
            text.push_str(&format!("\n{id}|a|"));
            // The separator stands even where there is no title.
            next = next.max(1);
        } else if index > 0 {
            text.push(' ');
        }
        starts.push(next);
        next += passage.text.chars().count() + 1;
        text.push_str(&one_line(&passage.text));
    }
    text.push('\n');
    let positions = Positions::new(document, &starts);
    for parts in annotated.annotations.chunk_by(are_of_one_mention) {
        let Some(first) = parts.first() else { continue };
        let own = first.composite.unwrap_or(first.span);
        let Some(Span { start, end }) = positions.of_span(first.passage_index, own) else { continue };
        let written = document.passages[first.passage_index].text.get(own.start..own.end);
        let mention = one_line(written.unwrap_or(&first.text));
        let mut ids: Vec<&str> = parts.iter().map(|part| part.entity_id.as_str()).collect();
        ids.retain(|id| !id.is_empty());
        ids.dedup();
        let (name, ids) = (first.entity_type.name(), one_line(&ids.join(";")));
        text.push_str(&format!("{id}\t{start}\t{end}\t{mention}\t{name}\t{ids}\n"));
    }
    text
}

/// Whether two annotations that follow each other are parts of one mention.
fn are_of_one_mention(one: &Annotation, next: &Annotation) -> bool {
    let mention = |part: &Annotation| (part.passage_index, part.composite, part.entity_type);
    one.composite.is_some() && mention(one) == mention(next)
}

/// Every character that would end a line or a field as a space; one for one, so that offsets hold.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ")
}

/// An id as this format can have it: without white space and `|`.
fn one_word(id: &str) -> String {
    id.replace(|c: char| c == '|' || c.is_whitespace(), "_")
}
