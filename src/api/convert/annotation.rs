//! Annotated documents, straight into the bytes of their messages, and readings.

use super::bytes::type_number;
use crate::api::encoded::{Field, Writer};
use crate::api::proto;
use crate::model::{AnnotatedDocument, Annotation, Candidate, Document, Method, OffsetUnit, Span};
use crate::text::offsets::Offsets;
use crate::text::pauses::work_done;

use Field::{Float, Number, Text};

/// `glossator.v1.AnnotatedDocument`, its spans in `unit`.
///
/// `document` is the one that was annotated: spans in bytes become spans in `unit` by its text.
pub fn write_annotated_document(
    writer: &mut Writer<'_>,
    document: &Document,
    annotated: &AnnotatedDocument,
    unit: OffsetUnit,
    catalog_version: &str,
) {
    writer.field(Text(1, &annotated.id));
    let mut offsets: Option<(usize, Offsets<'_>)> = None;
    for found in &annotated.annotations {
        work_done(8);
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
        writer.message(2, |writer| write_annotation(writer, found, span));
    }
    for found in &annotated.abbreviations {
        writer.fields(3, &[Text(1, &found.short_form), Text(2, &found.long_form)]);
    }
    writer.field(Number(4, offset_unit(unit) as u64));
    writer.field(Text(5, catalog_version));
}

fn write_annotation(writer: &mut Writer<'_>, found: &Annotation, span: Span) {
    writer.fields(1, &[Number(1, span.start as u64), Number(2, span.end as u64)]);
    writer.field(Text(2, &found.text));
    writer.field(Number(3, type_number(found.entity_type)));
    writer.field(Text(4, &found.entity_id));
    writer.field(Text(5, &found.label));
    writer.field(Float(6, found.score));
    writer.field(Number(7, method(found.method) as u64));
    writer.field(Number(8, found.passage_index as u64));
    for other in &found.candidates {
        writer.message(9, |writer| write_candidate(writer, other));
    }
}

fn write_candidate(writer: &mut Writer<'_>, candidate: &Candidate) {
    writer.field(Text(1, &candidate.entity_id));
    writer.field(Text(2, &candidate.label));
    writer.field(Number(3, type_number(candidate.entity_type)));
    writer.field(Float(4, candidate.score));
    writer.field(Text(5, &candidate.reason));
}

/// A reading for the wire.
pub fn candidate(candidate: Candidate) -> proto::Candidate {
    proto::Candidate {
        entity_id: candidate.entity_id.into(),
        label: candidate.label.into(),
        r#type: proto::EntityType::from(candidate.entity_type) as i32,
        score: candidate.score,
        reason: candidate.reason.into(),
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

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::api::encoded::written;
    use crate::model::{Abbreviation, EntityType};

    fn annotation(passage_index: usize, span: Span, candidates: usize) -> Annotation {
        let candidate = |number: usize| Candidate {
            entity_id: format!("NCBIGene:{number}").into(),
            label: "x".repeat(number * 60).into(),
            entity_type: EntityType::Gene,
            score: 0.25,
            reason: "another gene of the same name; one of its names".into(),
        };
        Annotation {
            passage_index,
            span,
            text: "α-TNF".into(),
            entity_type: EntityType::Gene,
            entity_id: "NCBIGene:7124".into(),
            label: "TNF".into(),
            score: 0.75,
            method: Method::Model,
            candidates: (0..candidates).map(candidate).collect(),
            composite: None,
        }
    }

    #[test]
    fn a_written_answer_is_the_message_of_its_fields() {
        let document = Document::from_text("PMID:1", "α-TNF and αα-TNF");
        let [first, second] = [Span { start: 0, end: 6 }, Span { start: 13, end: 19 }];
        let annotations = vec![annotation(0, first, 0), annotation(0, second, 7)];
        let abbreviations = vec![Abbreviation {
            short_form: "TNF".to_owned(),
            long_form: "tumor necrosis factor".to_owned(),
        }];
        let annotated = AnnotatedDocument { id: "PMID:1".to_owned(), annotations, abbreviations };
        for (unit, start) in
            [(OffsetUnit::CodePoint, 11), (OffsetUnit::Utf8Byte, 13), (OffsetUnit::Utf16CodeUnit, 11)]
        {
            let bytes =
                written(|writer| write_annotated_document(writer, &document, &annotated, unit, "2026-11"));
            let message = proto::AnnotatedDocument::decode(bytes.clone()).unwrap();
            assert_eq!(message.encode_to_vec(), bytes, "as prost writes it");
            assert_eq!((message.id.as_str(), message.catalog_version.as_str()), ("PMID:1", "2026-11"));
            assert_eq!(message.offset_unit, offset_unit(unit) as i32);
            assert_eq!(message.abbreviations[0].long_form, "tumor necrosis factor");
            let [one, two] = message.annotations.as_slice() else { panic!("{message:?}") };
            assert_eq!((one.span.unwrap().start, two.span.unwrap().start), (0, start));
            assert_eq!((one.candidates.len(), two.candidates.len()), (0, 7));
            assert_eq!(two.r#type, proto::EntityType::Gene as i32);
            assert_eq!(
                (two.text.as_str(), two.entity_id.as_str(), two.label.as_str()),
                ("α-TNF", "NCBIGene:7124", "TNF")
            );
            assert_eq!(
                (two.score, two.method, two.passage_index),
                (0.75, proto::AnnotationMethod::Model as i32, 0)
            );
            assert_eq!(two.candidates[6], candidate(annotated.annotations[1].candidates[6].clone()));
        }
        let empty = AnnotatedDocument::default();
        let empty = written(|writer| {
            write_annotated_document(writer, &document, &empty, OffsetUnit::CodePoint, "");
        });
        let message = proto::AnnotatedDocument::decode(empty).unwrap();
        assert_eq!(
            message,
            proto::AnnotatedDocument { offset_unit: message.offset_unit, ..Default::default() }
        );
    }
}
