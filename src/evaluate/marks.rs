//! A document's marks and answers of one type, by their places.

use std::collections::{BTreeMap, BTreeSet};

use crate::formats::gold::{GoldDocument, GoldMention, canonical_ids};
use crate::model::{AnnotatedDocument, Annotation, EntityType, Span};

/// A passage and a span in it. Their order is that of the text.
pub(super) type Place = (usize, Span);

/// Whether two places share text.
pub(super) fn overlap((passage, span): Place, (other_passage, other): Place) -> bool {
    passage == other_passage && span.overlaps(other)
}

/// The place of an answer: of a part of a mention of several entities that of the whole, as people mark these.
pub(super) fn place_of(annotation: &Annotation) -> Place {
    (annotation.passage_index, annotation.composite.unwrap_or(annotation.span))
}

/// What people marked. A place that is marked twice counts once.
pub(super) struct Marks<'g> {
    /// The mentions to be found.
    pub(super) mentions: BTreeMap<Place, Vec<&'g GoldMention>>,
    /// Those that may be found.
    pub(super) neutral: Vec<&'g GoldMention>,
}

impl<'g> Marks<'g> {
    pub(super) fn of(gold: &'g GoldDocument, entity_type: EntityType) -> Self {
        let mut marks = Self { mentions: BTreeMap::new(), neutral: Vec::new() };
        for mention in gold.mentions.iter().filter(|mention| mention.entity_type == entity_type) {
            if mention.neutral {
                marks.neutral.push(mention);
            } else {
                marks.mentions.entry((mention.passage, mention.span)).or_default().push(mention);
            }
        }
        marks
    }

    /// Whether a mention to be found shares text with that place.
    pub(super) fn has_near(&self, place: Place) -> bool {
        self.mentions.keys().any(|marked| overlap(*marked, place))
    }

    /// Whether an answer at that place counts for nothing: it meets neutral mentions and no others.
    pub(super) fn is_neutral(&self, place: Place) -> bool {
        let meets_neutral =
            self.neutral.iter().any(|mention| overlap((mention.passage, mention.span), place));
        meets_neutral && !self.has_near(place)
    }
}

/// What was found of a type, by place; several answers may have one.
pub(super) fn found_places(
    found: &AnnotatedDocument,
    entity_type: EntityType,
) -> BTreeMap<Place, Vec<&Annotation>> {
    let mut places: BTreeMap<Place, Vec<&Annotation>> = BTreeMap::new();
    for annotation in found.annotations.iter().filter(|annotation| annotation.entity_type == entity_type) {
        places.entry(place_of(annotation)).or_default().push(annotation);
    }
    places
}

/// All identifiers of some answers, as they are compared.
pub(super) fn ids_of<'a>(annotations: impl IntoIterator<Item = &'a Annotation>) -> BTreeSet<String> {
    annotations.into_iter().flat_map(|annotation| canonical_ids(&annotation.entity_id)).collect()
}
