//! BioC in JSON: collections, lists of documents, single documents, or a document a line. Existing annotations and
//! relations are passed over.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::model::{AnnotatedDocument, Span};

use super::bioc_xml::PassageParts;
use super::input::{Draft, FormatError, FormatProblem, InputDocument};
use super::json_records::Records;
use super::positions::Positions;
use super::source::Bytes;

/// The documents of a BioC file in JSON.
pub(super) struct Documents {
    file: String,
    records: Records,
    any: bool,
    ended: bool,
}

#[derive(Deserialize)]
struct DocumentFields {
    #[serde(default)]
    id: Value,
    passages: Vec<PassageFields>,
}

#[derive(Deserialize)]
struct PassageFields {
    offset: Option<u32>,
    #[serde(default)]
    infons: serde_json::Map<String, Value>,
    text: Option<String>,
    sentences: Option<Vec<SentenceFields>>,
}

#[derive(Deserialize)]
struct SentenceFields {
    offset: Option<u32>,
    text: Option<String>,
}

/// A string or a number as text; nothing for other values.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn read_document(record: &[u8]) -> Result<InputDocument, (String, FormatProblem)> {
    let fields: DocumentFields = serde_json::from_slice(record).map_err(|error| {
        let id = serde_json::from_slice::<Value>(record)
            .map_or_else(|_| String::new(), |value| text_of(&value["id"]));
        (id, FormatProblem::Json(error.to_string()))
    })?;
    let mut draft = Draft::named(text_of(&fields.id));
    for passage in fields.passages {
        let size = |offset: Option<u32>| offset.and_then(|offset| usize::try_from(offset).ok());
        let mut parts = PassageParts { offset: size(passage.offset), ..PassageParts::default() };
        for (key, value) in &passage.infons {
            parts.infon(key, text_of(value));
        }
        // Passages that give sentences may have an empty text besides.
        let sentences = passage.sentences.unwrap_or_default();
        parts.text = passage.text.filter(|text| !text.is_empty() || sentences.is_empty());
        parts.sentences =
            sentences.into_iter().map(|each| (size(each.offset), each.text.unwrap_or_default())).collect();
        let (passage, offset) = parts.finish();
        if let Err(problem) = draft.push(passage, offset) {
            return Err((draft.id, problem));
        }
    }
    Ok(draft.finish())
}

impl Documents {
    pub(super) fn new(file: String, bytes: Bytes) -> Self {
        Self { file, records: Records::new(bytes), any: false, ended: false }
    }

    fn error(&self, line: usize, document: String, problem: FormatProblem) -> FormatError {
        let document = Some(document).filter(|id| !id.is_empty());
        FormatError { file: self.file.clone(), line, document, problem }
    }
}

impl Iterator for Documents {
    type Item = Result<InputDocument, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.records.next() {
            Ok(Some((line, record))) => {
                self.any = true;
                Some(read_document(&record).map_err(|(id, problem)| self.error(line, id, problem)))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(problem) => {
                self.ended = true;
                Some(Err(self.error(self.records.line(), String::new(), problem)))
            }
        }
    }
}

/// What stands behind the last document.
pub(super) const TAIL: &str = "\n]}\n";

/// The collection up to its first document.
pub(super) fn head(catalog_version: &str) -> String {
    let infons = json!({"catalog_version": catalog_version});
    format!(
        "{{\"source\":\"glossator\",\"date\":\"\",\"key\":\"glossator\",\"infons\":{infons},\"documents\":[\n"
    )
}

/// A document with its annotations; offsets are code points of the document.
pub(super) fn document(input: &InputDocument, annotated: &AnnotatedDocument) -> String {
    let positions = Positions::new(&input.document, &input.passage_offsets);
    let mut annotations: Vec<Vec<Value>> = vec![Vec::new(); input.document.passages.len()];
    for (number, annotation) in annotated.annotations.iter().enumerate() {
        let Some(Span { start, end }) = positions.of(annotation) else { continue };
        annotations[annotation.passage_index].push(json!({
            "id": (number + 1).to_string(),
            "infons": {
                "identifier": annotation.entity_id.as_str(),
                "type": annotation.entity_type.name(),
                "label": annotation.label.as_str(),
                "score": annotation.score.to_string(),
            },
            "text": annotation.text.as_str(),
            "locations": [{"offset": start, "length": end - start}],
        }));
    }
    let passages = input.document.passages.iter().zip(&input.passage_offsets).zip(annotations);
    let passages: Vec<Value> = passages
        .map(|((passage, offset), annotations)| {
            let mut infons = serde_json::Map::new();
            for (key, value) in [("type", &passage.kind), ("heading", &passage.title)] {
                if !value.is_empty() {
                    infons.insert(key.to_owned(), value.as_str().into());
                }
            }
            json!({
                "offset": offset,
                "infons": infons,
                "text": passage.text,
                "sentences": [],
                "annotations": annotations,
                "relations": [],
            })
        })
        .collect();
    let id = &input.document.id;
    json!({"id": id, "infons": {}, "passages": passages, "annotations": [], "relations": []}).to_string()
}
