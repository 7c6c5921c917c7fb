//! A JSON object a document and line, with the field names that the wire's messages have in JSON.

use serde::Serialize;

use crate::model::{AnnotatedDocument, Annotation, Document, Method, OffsetUnit};
use crate::text::offsets::Offsets;

use super::record::wire_type_name;

#[derive(Serialize)]
struct DocumentFields<'a> {
    id: &'a str,
    annotations: Vec<AnnotationFields<'a>>,
    abbreviations: Vec<AbbreviationFields<'a>>,
    offset_unit: &'static str,
    catalog_version: &'a str,
}

#[derive(Serialize)]
struct AnnotationFields<'a> {
    span: SpanFields,
    text: &'a str,
    r#type: String,
    entity_id: &'a str,
    label: &'a str,
    score: f32,
    method: &'static str,
    passage_index: usize,
    candidates: Vec<CandidateFields<'a>>,
}

#[derive(Serialize)]
struct SpanFields {
    start: usize,
    end: usize,
}

#[derive(Serialize)]
struct CandidateFields<'a> {
    entity_id: &'a str,
    label: &'a str,
    r#type: String,
    score: f32,
    reason: &'a str,
}

#[derive(Serialize)]
struct AbbreviationFields<'a> {
    short_form: &'a str,
    long_form: &'a str,
}

const fn method_name(method: Method) -> &'static str {
    match method {
        Method::Dictionary => "ANNOTATION_METHOD_DICTIONARY",
        Method::Abbreviation => "ANNOTATION_METHOD_ABBREVIATION",
        Method::Pattern => "ANNOTATION_METHOD_PATTERN",
        Method::ExtraTerm => "ANNOTATION_METHOD_EXTRA_TERM",
        Method::Model => "ANNOTATION_METHOD_MODEL",
    }
}

const fn unit_name(unit: OffsetUnit) -> &'static str {
    match unit {
        OffsetUnit::Utf8Byte => "OFFSET_UNIT_UTF8_BYTE",
        OffsetUnit::Utf16CodeUnit => "OFFSET_UNIT_UTF16_CODE_UNIT",
        OffsetUnit::CodePoint => "OFFSET_UNIT_CODE_POINT",
    }
}

fn fields<'a>(annotation: &'a Annotation, offsets: &Offsets<'_>) -> AnnotationFields<'a> {
    let span = offsets.convert(annotation.span);
    let candidates = annotation.candidates.iter().map(|candidate| CandidateFields {
        entity_id: &candidate.entity_id,
        label: &candidate.label,
        r#type: wire_type_name(candidate.entity_type),
        score: candidate.score,
        reason: &candidate.reason,
    });
    AnnotationFields {
        span: SpanFields { start: span.start, end: span.end },
        text: &annotation.text,
        r#type: wire_type_name(annotation.entity_type),
        entity_id: &annotation.entity_id,
        label: &annotation.label,
        score: annotation.score,
        method: method_name(annotation.method),
        passage_index: annotation.passage_index,
        candidates: candidates.collect(),
    }
}

/// The line of a document; spans count from their passage's start, in `unit`.
pub(super) fn document(
    document: &Document,
    annotated: &AnnotatedDocument,
    unit: OffsetUnit,
    catalog_version: &str,
) -> String {
    let offsets: Vec<Offsets<'_>> =
        document.passages.iter().map(|passage| Offsets::new(&passage.text, unit)).collect();
    let annotations = annotated
        .annotations
        .iter()
        .filter_map(|annotation| Some(fields(annotation, offsets.get(annotation.passage_index)?)));
    let abbreviations = annotated
        .abbreviations
        .iter()
        .map(|found| AbbreviationFields { short_form: &found.short_form, long_form: &found.long_form });
    let fields = DocumentFields {
        id: &annotated.id,
        annotations: annotations.collect(),
        abbreviations: abbreviations.collect(),
        offset_unit: unit_name(unit),
        catalog_version,
    };
    // Strings and numbers always serialise.
    let mut line = serde_json::to_string(&fields).unwrap_or_default();
    line.push('\n');
    line
}
