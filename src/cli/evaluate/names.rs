//! `glossator evaluate --names`: how often the names that people marked are resolved to what they were marked with.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::annotate::Annotator;
use crate::formats::gold::{GoldDocument, GoldMention, canonical_ids};
use crate::model::{Candidate, EntityType};

/// The most readings of a name that are looked at for the right one.
const READINGS: usize = 10;

/// How often names of a type were resolved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::cli) struct NameCounts {
    /// Names asked: each once a document and identifier.
    pub names: usize,
    /// Where the first reading of the name alone is right.
    pub alone: usize,
    /// Where the first reading is right when the document is given as context.
    pub in_context: usize,
    /// Where one of the first ten readings is, with the context.
    pub among_ten: usize,
}

/// Asks for the names of a type in a corpus, by their type. Mentions of several identifiers or of none are passed over, and
/// variants, whose identifiers corpora do not share.
pub(in crate::cli) fn count(
    gold: &[GoldDocument],
    entity_type: EntityType,
    annotator: &Annotator,
) -> NameCounts {
    let counts = gold.par_iter().map(|document| of_document(document, entity_type, annotator));
    counts.reduce(NameCounts::default, |one, other| NameCounts {
        names: one.names + other.names,
        alone: one.alone + other.alone,
        in_context: one.in_context + other.in_context,
        among_ten: one.among_ten + other.among_ten,
    })
}

fn of_document(document: &GoldDocument, entity_type: EntityType, annotator: &Annotator) -> NameCounts {
    let texts: Vec<&str> = document.document.passages.iter().map(|passage| passage.text.as_str()).collect();
    let context = texts.join("\n");
    let mut asked: HashSet<(&str, &str)> = HashSet::new();
    let mut counts = NameCounts::default();
    let is_wanted = |mention: &&GoldMention| {
        mention.entity_type == entity_type && entity_type != EntityType::Variant && !mention.neutral
    };
    for mention in document.mentions.iter().filter(is_wanted) {
        let (name, [id]) = (document.text_of(mention), mention.ids.as_slice()) else { continue };
        if !asked.insert((name, id)) {
            continue;
        }
        let resolve = |context: &str| annotator.resolve_name(name, &[entity_type], &[], context, READINGS);
        let is_right = |candidate: &Candidate| canonical_ids(&candidate.entity_id).contains(id);
        let (alone, there) = (resolve(""), resolve(&context));
        counts.names += 1;
        counts.alone += usize::from(alone.first().is_some_and(is_right));
        counts.in_context += usize::from(there.first().is_some_and(is_right));
        counts.among_ten += usize::from(there.iter().any(is_right));
    }
    counts
}
