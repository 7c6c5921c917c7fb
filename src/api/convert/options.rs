//! Options of annotating.

use super::entity::{entity_type, entity_types, taxa};
use crate::api::error::ApiError;
use crate::api::proto;
use crate::model::{AnnotateOptions, EntityType, ExtraTerm, NamespacePreference, OffsetUnit, OverlapPolicy};

/// The most prefixes of a namespace preference.
const PREFIXES_LIMIT: usize = 32;
/// The most bytes of an extra term's identifier.
const ENTITY_ID_BYTES_LIMIT: usize = 512;

/// Options from the wire; what is absent becomes the default.
///
/// # Errors
/// A field that is out of its bounds, named by its path below `options`.
pub fn options(options: proto::AnnotateOptions) -> Result<AnnotateOptions, ApiError> {
    let defaults = AnnotateOptions::default();
    let max_candidates = match options.max_candidates {
        None => defaults.max_candidates,
        Some(count) => usize::try_from(count).unwrap_or(usize::MAX),
    };
    if max_candidates > AnnotateOptions::MAX_CANDIDATES_LIMIT {
        let limit = AnnotateOptions::MAX_CANDIDATES_LIMIT;
        return Err(ApiError::invalid("options.max_candidates", format!("must be 0 to {limit}")));
    }
    if !(0.0..=1.0).contains(&options.min_score) {
        return Err(ApiError::invalid("options.min_score", "must be 0 to 1"));
    }
    limit_list("options.extra_terms", options.extra_terms.len())?;
    limit_list("options.blocked_terms", options.blocked_terms.len())?;
    Ok(AnnotateOptions {
        types: entity_types(&options.types, "options.types")?,
        namespaces: namespaces(options.namespaces)?,
        taxa: taxa(&options.taxa, "options.taxa")?,
        min_score: options.min_score,
        overlap: overlap(options.overlap)?,
        offset_unit: offset_unit(options.offset_unit)?,
        max_candidates,
        extra_terms: options
            .extra_terms
            .into_iter()
            .enumerate()
            .map(|(index, term)| extra_term(index, term))
            .collect::<Result<_, _>>()?,
        blocked_terms: options.blocked_terms,
        abbreviations: options.abbreviations.unwrap_or(defaults.abbreviations),
    })
}

fn limit_list(field: &str, length: usize) -> Result<(), ApiError> {
    let limit = AnnotateOptions::TERMS_LIMIT;
    if length > limit {
        return Err(ApiError::invalid(field, format!("{length} terms; at most {limit} are accepted")));
    }
    Ok(())
}

fn namespaces(preferences: Vec<proto::NamespacePreference>) -> Result<Vec<NamespacePreference>, ApiError> {
    let mut answer: Vec<NamespacePreference> = Vec::new();
    for (index, preference) in preferences.into_iter().enumerate() {
        let field = |name: &str| format!("options.namespaces[{index}].{name}");
        let Some(entity_type) = entity_type(preference.r#type) else {
            return Err(ApiError::invalid(field("type"), "is missing or unknown"));
        };
        if answer.iter().any(|other| other.entity_type == entity_type) {
            return Err(ApiError::invalid(field("type"), format!("{entity_type} is named twice")));
        }
        if preference.prefixes.len() > PREFIXES_LIMIT {
            return Err(ApiError::invalid(
                field("prefixes"),
                format!("at most {PREFIXES_LIMIT} are accepted"),
            ));
        }
        answer.push(NamespacePreference { entity_type, prefixes: preference.prefixes });
    }
    Ok(answer)
}

fn overlap(value: i32) -> Result<OverlapPolicy, ApiError> {
    use proto::OverlapPolicy as Wire;
    match Wire::try_from(value) {
        Ok(Wire::Unspecified | Wire::Longest) => Ok(OverlapPolicy::Longest),
        Ok(Wire::LongestPerType) => Ok(OverlapPolicy::LongestPerType),
        Ok(Wire::All) => Ok(OverlapPolicy::All),
        Err(_) => Err(ApiError::invalid("options.overlap", format!("{value} is no overlap policy"))),
    }
}

fn offset_unit(value: i32) -> Result<OffsetUnit, ApiError> {
    use proto::OffsetUnit as Wire;
    match Wire::try_from(value) {
        Ok(Wire::Unspecified | Wire::CodePoint) => Ok(OffsetUnit::CodePoint),
        Ok(Wire::Utf8Byte) => Ok(OffsetUnit::Utf8Byte),
        Ok(Wire::Utf16CodeUnit) => Ok(OffsetUnit::Utf16CodeUnit),
        Err(_) => Err(ApiError::invalid("options.offset_unit", format!("{value} is no unit of offsets"))),
    }
}

fn extra_term(index: usize, term: proto::ExtraTerm) -> Result<ExtraTerm, ApiError> {
    let field = |name: &str| format!("options.extra_terms[{index}].{name}");
    let entity_type = match term.r#type {
        0 => EntityType::Other,
        value => entity_type(value)
            .ok_or_else(|| ApiError::invalid(field("type"), format!("{value} is no type")))?,
    };
    if term.entity_id.is_empty() || term.entity_id.len() > ENTITY_ID_BYTES_LIMIT {
        let problem = format!("must have 1 to {ENTITY_ID_BYTES_LIMIT} bytes");
        return Err(ApiError::invalid(field("entity_id"), problem));
    }
    Ok(ExtraTerm { text: term.text, entity_type, entity_id: term.entity_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_the_default() {
        assert_eq!(options(proto::AnnotateOptions::default()), Ok(AnnotateOptions::default()));
    }

    #[test]
    fn bounds_are_kept_and_named() {
        let wire = proto::AnnotateOptions::default;
        let term = |id: &str, entity_type: i32| proto::ExtraTerm {
            text: "x".to_owned(),
            r#type: entity_type,
            entity_id: id.to_owned(),
        };
        let preference = |entity_type: i32, prefixes: usize| proto::NamespacePreference {
            r#type: entity_type,
            prefixes: vec!["MONDO".to_owned(); prefixes],
        };
        for (bad, wanted) in [
            (proto::AnnotateOptions { min_score: 1.5, ..wire() }, "options.min_score"),
            (proto::AnnotateOptions { min_score: f32::NAN, ..wire() }, "options.min_score"),
            (proto::AnnotateOptions { max_candidates: Some(101), ..wire() }, "options.max_candidates"),
            (proto::AnnotateOptions { overlap: 9, ..wire() }, "options.overlap"),
            (proto::AnnotateOptions { offset_unit: 9, ..wire() }, "options.offset_unit"),
            (proto::AnnotateOptions { types: vec![0], ..wire() }, "options.types[0]"),
            (proto::AnnotateOptions { taxa: vec!["x".to_owned()], ..wire() }, "options.taxa[0]"),
            (
                proto::AnnotateOptions { extra_terms: vec![term("", 1)], ..wire() },
                "options.extra_terms[0].entity_id",
            ),
            (
                proto::AnnotateOptions { extra_terms: vec![term("x", 99)], ..wire() },
                "options.extra_terms[0].type",
            ),
            (
                proto::AnnotateOptions { extra_terms: vec![term("x", 1); 10_001], ..wire() },
                "options.extra_terms",
            ),
            (
                proto::AnnotateOptions { blocked_terms: vec!["x".to_owned(); 10_001], ..wire() },
                "options.blocked_terms",
            ),
            (
                proto::AnnotateOptions { namespaces: vec![preference(0, 1)], ..wire() },
                "options.namespaces[0].type",
            ),
            (
                proto::AnnotateOptions { namespaces: vec![preference(2, 1), preference(2, 1)], ..wire() },
                "options.namespaces[1].type",
            ),
            (
                proto::AnnotateOptions { namespaces: vec![preference(2, 33)], ..wire() },
                "options.namespaces[0].prefixes",
            ),
        ] {
            match options(bad).unwrap_err() {
                ApiError::InvalidField { field, .. } => assert_eq!(field, wanted),
                other => panic!("{other}"),
            }
        }
        let good = proto::AnnotateOptions {
            extra_terms: vec![term("x", 0); 10_000],
            max_candidates: Some(100),
            min_score: 1.0,
            ..wire()
        };
        assert_eq!(options(good).unwrap().extra_terms[0].entity_type, EntityType::Other);
    }
}
