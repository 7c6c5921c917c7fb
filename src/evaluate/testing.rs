//! Documents for the tests of this room, written as `passage:start-end Type ids`.

use smol_str::SmolStr;

use crate::formats::gold::{GoldDocument, GoldMention, canonical_ids};
use crate::model::{AnnotatedDocument, Annotation, Candidate, Document, EntityType, Method, Passage, Span};

/// Both passages of every document.
pub(super) const TEXT: &str = "alpha beta gamma delta";

struct Spot<'s> {
    passage: usize,
    span: Span,
    kind: &'s str,
    ids: Vec<&'s str>,
}

fn spot(text: &str) -> Spot<'_> {
    let mut words = text.split(' ');
    let (passage, range) = words.next().unwrap().split_once(':').unwrap();
    let (start, end) = range.split_once('-').unwrap();
    let span = Span { start: start.parse().unwrap(), end: end.parse().unwrap() };
    Spot { passage: passage.parse().unwrap(), span, kind: words.next().unwrap(), ids: words.collect() }
}

/// A document with those marks.
pub(super) fn gold(marks: &[&str]) -> GoldDocument {
    let passage = Passage { text: TEXT.to_owned(), ..Passage::default() };
    let mentions = marks.iter().map(|mark| {
        let Spot { passage, span, kind, ids } = spot(mark);
        let neutral = matches!(kind, "FamilyName" | "DomainMotif");
        let entity_type = if neutral { EntityType::Gene } else { EntityType::from_name(kind).unwrap() };
        let ids = canonical_ids(ids.first().copied().unwrap_or_default());
        GoldMention { passage, span, entity_type, neutral, ids, raw_type: kind.to_owned() }
    });
    let document = Document { id: "1".to_owned(), passages: vec![passage.clone(), passage] };
    GoldDocument { document, mentions: mentions.collect() }
}

/// An answer with those annotations; identifiers after the first are candidates.
pub(super) fn found(answers: &[&str]) -> AnnotatedDocument {
    let annotations = answers.iter().map(|answer| {
        let Spot { passage, span, kind, ids } = spot(answer);
        let entity_type = EntityType::from_name(kind).unwrap();
        let candidate = |id: &&str| Candidate {
            entity_id: (*id).into(),
            label: SmolStr::default(),
            entity_type,
            score: 0.5,
            reason: SmolStr::default(),
        };
        Annotation {
            passage_index: passage,
            span,
            text: TEXT[span.start..span.end].into(),
            entity_type,
            entity_id: ids.first().copied().unwrap_or_default().into(),
            label: SmolStr::default(),
            score: 0.9,
            method: Method::Dictionary,
            candidates: ids.iter().skip(1).map(candidate).collect(),
            composite: None,
        }
    });
    AnnotatedDocument { id: "1".to_owned(), annotations: annotations.collect(), abbreviations: Vec::new() }
}
