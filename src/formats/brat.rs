//! Brat's standoff format in one stream: each document is headed by its id and its text, then its annotations.
//!
//! ```text
//! # document "12"
//! # text "IL-7 in sparrows"
//! T1<TAB>Gene 0 4<TAB>IL-7
//! N1<TAB>Reference T1 NCBIGene:3574<TAB>IL7
//! #1<TAB>AnnotatorNotes T1<TAB>score 0.98
//! ```
//! The strings of the heading are JSON, so that a line of a script makes the `.txt` file; the lines behind it are the
//! `.ann` file. Offsets count code points of that text, in which passages are apart by one line break.

use std::fmt::Write as _;

use crate::model::{AnnotatedDocument, Curie, Document, Span};

use super::input::InputDocument;
use super::positions::Positions;

/// The heading and the annotations of a document.
pub(super) fn document(document: &Document, annotated: &AnnotatedDocument) -> String {
    let texts: Vec<&str> = document.passages.iter().map(|passage| passage.text.as_str()).collect();
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut lines = format!("# document {}\n# text {}\n", quoted(&document.id), quoted(&texts.join("\n")));
    let starts = InputDocument::starts(document);
    let positions = Positions::new(document, &starts);
    let mut references = 0;
    for (index, annotation) in annotated.annotations.iter().enumerate() {
        let Some(span) = positions.of(annotation) else { continue };
        let number = index + 1;
        let text = annotation.text.replace(['\n', '\r', '\t'], " ");
        let parts = fragments(&annotation.text, span);
        let _ = writeln!(lines, "T{number}\t{} {parts}\t{text}", annotation.entity_type.name());
        let mut note = format!("score {}", annotation.score);
        if annotation.entity_id.parse::<Curie>().is_ok() {
            references += 1;
            let label = annotation.label.replace(['\n', '\r', '\t'], " ");
            let _ = writeln!(lines, "N{references}\tReference T{number} {}\t{label}", annotation.entity_id);
        } else {
            note = format!("{note}; {}", annotation.entity_id.replace(['\n', '\r', '\t'], " "));
        }
        let _ = writeln!(lines, "#{number}\tAnnotatorNotes T{number}\t{note}");
    }
    lines
}

/// The span of a mention, in parts where it runs over line breaks, which the format does not allow inside one.
fn fragments(text: &str, span: Span) -> String {
    let mut at = span.start;
    let parts = text.split('\n').filter_map(|part| {
        let (start, end) = (at, at + part.chars().count());
        at = end + 1;
        (end > start).then(|| format!("{start} {end}"))
    });
    parts.collect::<Vec<_>>().join(";")
}
