//! Annotated documents.

use crate::api::proto;
use crate::model::{AnnotatedDocument, Annotation, Candidate, Document, Method, OffsetUnit, Span};
use crate::text::offsets::Offsets;
use crate::text::pauses::work_done;

/// An annotated document for the wire, its spans in `unit`.
///
/// `document` is the one that was annotated: spans in bytes become spans in `unit` by its text.
pub fn annotated_document(
    document: &Document,
    annotated: AnnotatedDocument,
    unit: OffsetUnit,
    catalog_version: &str,
) -> proto::AnnotatedDocument {
    let AnnotatedDocument { id, annotations, abbreviations } = annotated;
    let mut offsets: Option<(usize, Offsets<'_>)> = None;
    let annotations = annotations
        .into_iter()
        .map(|found| {
            work_done(4);
            let passage = found.passage_index;
            // Annotations come passage by passage, so that each text is measured once.
            let span = match &mut offsets {
                Some((index, offsets)) if *index == passage => offsets.convert(found.span),
                other => {
                    let text = document.passages.get(passage).map_or("", |passage| passage.text.as_str());
                    let (_, offsets) = other.insert((passage, Offsets::new(text, unit)));
                    offsets.convert(found.span)
                }
            };
            annotation(found, span)
        })
        .collect();
    proto::AnnotatedDocument {
        id,
        annotations,
        abbreviations: abbreviations
            .into_iter()
            .map(|found| proto::Abbreviation { short_form: found.short_form, long_form: found.long_form })
            .collect(),
        offset_unit: offset_unit(unit) as i32,
        catalog_version: catalog_version.to_owned(),
    }
}

fn annotation(found: Annotation, span: Span) -> proto::Annotation {
    // Documents are limited to far less than 4 GiB.
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    proto::Annotation {
        span: Some(proto::Span { start: number(span.start), end: number(span.end) }),
        text: found.text,
        r#type: proto::EntityType::from(found.entity_type) as i32,
        entity_id: found.entity_id,
        label: found.label,
        score: found.score,
        method: method(found.method) as i32,
        passage_index: number(found.passage_index),
        candidates: found.candidates.into_iter().map(candidate).collect(),
    }
}

/// A reading for the wire.
pub fn candidate(candidate: Candidate) -> proto::Candidate {
    proto::Candidate {
        entity_id: candidate.entity_id,
        label: candidate.label,
        r#type: proto::EntityType::from(candidate.entity_type) as i32,
        score: candidate.score,
        reason: candidate.reason,
    }
}

const fn method(method: Method) -> proto::AnnotationMethod {
    match method {
        Method::Dictionary => proto::AnnotationMethod::Dictionary,
        Method::Abbreviation => proto::AnnotationMethod::Abbreviation,
        Method::Pattern => proto::AnnotationMethod::Pattern,
        Method::ExtraTerm => proto::AnnotationMethod::ExtraTerm,
        Method::Model => proto::AnnotationMethod::Model,
    }
}

const fn offset_unit(unit: OffsetUnit) -> proto::OffsetUnit {
    match unit {
        OffsetUnit::Utf8Byte => proto::OffsetUnit::Utf8Byte,
        OffsetUnit::Utf16CodeUnit => proto::OffsetUnit::Utf16CodeUnit,
        OffsetUnit::CodePoint => proto::OffsetUnit::CodePoint,
    }
}
