//! BioC in XML: collections of documents of passages. Existing annotations and relations are passed over.

use crate::model::{AnnotatedDocument, Annotation, Passage, Span};

use super::input::{Draft, FormatProblem, InputDocument};
use super::positions::Positions;
use super::source::Bytes;
use super::xml::{Node, Records, Xml, attribute, escape};

/// The most spaces that stand for a gap between two sentences of a passage.
const GAP_LIMIT: usize = 1_000;

/// The documents of a BioC collection.
pub(super) fn documents(file: String, bytes: Bytes) -> Records {
    Records::new(file, bytes, ("collection", |name| name == "document"), read_draft)
}

fn read_draft(xml: &mut Xml) -> Result<InputDocument, (String, FormatProblem)> {
    Draft::filled_by(|draft| read_document(xml, draft))
}

/// Reads to the end of the document that has begun.
fn read_document(xml: &mut Xml, draft: &mut Draft) -> Result<(), FormatProblem> {
    loop {
        match xml.next()? {
            Node::Open(element) => match element.local_name().as_ref() {
                "id" => draft.id = xml.element_text()?.trim().to_owned(),
                "passage" => {
                    let (passage, offset) = read_passage(xml)?;
                    draft.push(passage, offset)?;
                }
                _ => xml.skip()?,
            },
            Node::Close | Node::End => return Ok(()),
            Node::Text(_) => {}
        }
    }
}

/// A passage put together from what its elements or fields say.
#[derive(Default)]
pub(super) struct PassageParts {
    pub(super) kind: Option<String>,
    pub(super) section: Option<String>,
    pub(super) offset: Option<usize>,
    pub(super) text: Option<String>,
    /// Of sentences: their offsets and texts.
    pub(super) sentences: Vec<(Option<usize>, String)>,
}

impl PassageParts {
    pub(super) fn infon(&mut self, key: &str, value: String) {
        match key {
            "type" => self.kind = Some(value),
            "section_type" => self.section = Some(value),
            _ => {}
        }
    }

    /// The passage and its offset. Without a text of its own it has that of its sentences, apart as their offsets say.
    pub(super) fn finish(self) -> (Passage, Option<usize>) {
        let offset = self.offset.or_else(|| self.sentences.first().and_then(|(offset, _)| *offset));
        let text = self.text.unwrap_or_else(|| {
            let (mut text, mut at) = (String::new(), offset.unwrap_or(0));
            for (start, sentence) in &self.sentences {
                let gap = start.map_or(1, |start| start.saturating_sub(at)).min(GAP_LIMIT);
                let gap = if text.is_empty() { 0 } else { gap };
                text.extend(std::iter::repeat_n(' ', gap));
                text.push_str(sentence);
                at = at.saturating_add(gap + sentence.chars().count());
            }
            text
        });
        let kind = self.kind.or(self.section).unwrap_or_default();
        (Passage { kind, title: String::new(), text }, offset)
    }
}

fn read_passage(xml: &mut Xml) -> Result<(Passage, Option<usize>), FormatProblem> {
    let mut parts = PassageParts::default();
    loop {
        match xml.next()? {
            Node::Open(element) => match element.local_name().as_ref() {
                "infon" => {
                    let key = attribute(&element, "key").unwrap_or_default();
                    let value = xml.element_text()?;
                    parts.infon(&key, value);
                }
                "offset" => parts.offset = offset(&xml.element_text()?)?,
                "text" => parts.text = Some(xml.element_text()?),
                "sentence" => {
                    parts.sentences.push(read_sentence(xml)?);
                }
                _ => xml.skip()?,
            },
            Node::Close | Node::End => return Ok(parts.finish()),
            Node::Text(_) => {}
        }
    }
}

fn read_sentence(xml: &mut Xml) -> Result<(Option<usize>, String), FormatProblem> {
    let (mut start, mut text) = (None, String::new());
    loop {
        match xml.next()? {
            Node::Open(element) => match element.local_name().as_ref() {
                "offset" => start = offset(&xml.element_text()?)?,
                "text" => text = xml.element_text()?,
                _ => xml.skip()?,
            },
            Node::Close | Node::End => return Ok((start, text)),
            Node::Text(_) => {}
        }
    }
}

/// An offset of at most 32 bits, which is far beyond any document's end.
fn offset(text: &str) -> Result<Option<usize>, FormatProblem> {
    match text.trim() {
        "" => Ok(None),
        number => match number.parse::<u32>() {
            Ok(number) => Ok(usize::try_from(number).ok()),
            Err(_) => Err(FormatProblem::BadOffset(number.chars().take(40).collect())),
        },
    }
}

/// What stands behind the last document.
pub(super) const TAIL: &str = "</collection>\n";

/// The collection up to its first document.
pub(super) fn head(catalog_version: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE collection SYSTEM \"BioC.dtd\">\n<collection>\
         <source>glossator</source><date></date><key>glossator</key>{}\n",
        infon("catalog_version", catalog_version)
    )
}

fn infon(key: &str, value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    format!("<infon key=\"{key}\">{}</infon>", escape(value))
}

/// A document with its annotations; offsets are code points of the document.
pub(super) fn document(input: &InputDocument, annotated: &AnnotatedDocument) -> String {
    let positions = Positions::new(&input.document, &input.passage_offsets);
    let mut annotations = vec![String::new(); input.document.passages.len()];
    for (number, found) in annotated.annotations.iter().enumerate() {
        if let Some(span) = positions.of(found) {
            annotations[found.passage_index].push_str(&annotation(number + 1, found, span));
        }
    }
    let mut text = format!("<document><id>{}</id>\n", escape(&input.document.id));
    let passages = input.document.passages.iter().zip(&input.passage_offsets).zip(annotations);
    for ((passage, offset), annotations) in passages {
        let infons = infon("type", &passage.kind) + &infon("heading", &passage.title);
        text.push_str(&format!(
            "<passage>{infons}<offset>{offset}</offset><text>{}</text>",
            escape(&passage.text)
        ));
        text.push_str(&annotations);
        text.push_str("</passage>\n");
    }
    text.push_str("</document>\n");
    text
}

fn annotation(number: usize, annotation: &Annotation, span: Span) -> String {
    let infons = [
        infon("identifier", &annotation.entity_id),
        infon("type", annotation.entity_type.name()),
        infon("label", &annotation.label),
        infon("score", &annotation.score.to_string()),
    ];
    format!(
        "\n<annotation id=\"{number}\">{}<location offset=\"{}\" length=\"{}\"/><text>{}</text></annotation>",
        infons.concat(),
        span.start,
        span.len(),
        escape(&annotation.text)
    )
}
