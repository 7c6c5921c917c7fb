//! Counting one document.

use std::collections::BTreeSet;

use super::figures::{DocumentFigures, Figures};
use super::marks::{Marks, Place, found_places, ids_of, overlap};
use crate::formats::gold::{GoldDocument, GoldMention};
use crate::model::{AnnotatedDocument, EntityType};

/// Counts what was found of a type in a document against what people marked.
///
/// Strict: places that agree. Overlap: every answer, in the order of the text, takes the first mention that it shares
/// text with and that no other took. Concept: the identifiers of the document, each once, without their prefixes. An
/// answer that meets a neutral mention and no other counts for nothing, and so do identifiers that the corpus gives to
/// neutral mentions only. An answer without an identifier counts by its place alone.
pub fn score_document(
    gold: &GoldDocument,
    found: &AnnotatedDocument,
    entity_type: EntityType,
) -> DocumentFigures {
    let marks = Marks::of(gold, entity_type);
    let gold_ids: BTreeSet<String> = ids(marks.mentions.values().flatten().copied());
    let mut neutral_ids: BTreeSet<String> = ids(marks.neutral.iter().copied());
    let (mut places, mut found_ids) = (Vec::new(), BTreeSet::new());
    for (place, annotations) in found_places(found, entity_type) {
        let own = ids_of(annotations);
        if marks.is_neutral(place) {
            neutral_ids.extend(own);
        } else {
            places.push(place);
            found_ids.extend(own);
        }
    }
    // What a mention to be found has is not neutral.
    found_ids.retain(|id| gold_ids.contains(id) || !neutral_ids.contains(id));
    let mentions: Vec<Place> = marks.mentions.keys().copied().collect();
    let of_places = |tp| Figures { tp, predicted: places.len(), gold: mentions.len() };
    DocumentFigures {
        strict: of_places(places.iter().filter(|place| marks.mentions.contains_key(*place)).count()),
        overlap: of_places(pairs(&mentions, &places)),
        concept: Figures {
            tp: gold_ids.intersection(&found_ids).count(),
            predicted: found_ids.len(),
            gold: gold_ids.len(),
        },
    }
}

fn ids<'g>(mentions: impl Iterator<Item = &'g GoldMention>) -> BTreeSet<String> {
    mentions.flat_map(|mention| mention.ids.iter().cloned()).collect()
}

/// How many answers find a mention of their own, both in the order of the text.
fn pairs(mentions: &[Place], places: &[Place]) -> usize {
    let mut left = mentions.to_vec();
    let mut takes_one = |place: &&Place| {
        let hit = left.iter().position(|mention| overlap(*mention, **place));
        hit.map(|at| left.remove(at)).is_some()
    };
    places.iter().filter(|place| takes_one(place)).count()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, gold};
    use super::*;
    use crate::model::Span;

    /// The figures as `tp/predicted/gold` for strict, overlap and concept.
    fn shown(marked: &[&str], answered: &[&str]) -> String {
        let DocumentFigures { strict, overlap, concept } =
            score_document(&gold(marked), &found(answered), EntityType::Gene);
        let show = |Figures { tp, predicted, gold }: Figures| format!("{tp}/{predicted}/{gold}");
        [strict, overlap, concept].map(show).join(" ")
    }

    #[test]
    fn parts_of_a_mention_are_counted_as_the_whole() {
        let mut answered = found(&["0:0-4 Gene 1", "0:5-6 Gene 2", "0:9-12 Gene 3"]);
        for part in &mut answered.annotations[..2] {
            part.composite = Some(Span { start: 0, end: 6 });
        }
        let figures =
            score_document(&gold(&["0:0-6 Gene 1|2", "0:9-12 Gene 3"]), &answered, EntityType::Gene);
        let all = |count| Figures { tp: count, predicted: count, gold: count };
        assert_eq!(figures, DocumentFigures { strict: all(2), overlap: all(2), concept: all(3) });
    }

    #[test]
    fn documents_are_counted_as_the_shared_scorer_does() {
        let cases: &[(&[&str], &[&str], &str)] = &[
            // The same place and identifier; another type counts for nothing.
            (&["0:0-4 Gene 1"], &["0:0-4 Gene NCBIGene:1", "0:6-9 Disease MESH:D1"], "1/1/1 1/1/1 1/1/1"),
            // An identifier counts once, a place too.
            (
                &["0:0-4 Gene 1", "0:0-4 Gene 2", "1:0-4 Gene 1"],
                &["0:0-4 Gene 1", "1:0-4 Gene 1"],
                "2/2/2 2/2/2 1/1/2",
            ),
            // A place in another passage does not overlap.
            (&["0:0-4 Gene 1"], &["1:0-4 Gene 1"], "0/1/1 0/1/1 1/1/1"),
            // Each answer takes one mention, the first that is left, even where another order would pair more.
            (&["0:0-9 Gene 1"], &["0:0-4 Gene 1", "0:5-9 Gene 2"], "0/2/1 1/2/1 1/2/1"),
            (&["0:0-4 Gene 1", "0:5-9 Gene 2"], &["0:0-9 Gene 1"], "0/1/2 1/1/2 1/1/2"),
            (&["0:0-2 Gene 1", "0:3-9 Gene 2"], &["0:0-9 Gene 1", "0:1-2 Gene 1"], "0/2/2 1/2/2 1/1/2"),
            // Touching is not overlapping.
            (&["0:0-4 Gene 1"], &["0:4-9 Gene 1"], "0/1/1 0/1/1 1/1/1"),
            // What meets a neutral mention alone counts for nothing, nor does its identifier anywhere.
            (&["0:0-9 FamilyName 7"], &["0:0-4 Gene 3"], "0/0/0 0/0/0 0/0/0"),
            (&["0:0-9 FamilyName"], &["0:0-4 Gene 3", "1:0-4 Gene 3"], "0/1/0 0/1/0 0/0/0"),
            (&["0:0-9 DomainMotif 7"], &["1:0-4 Gene 7"], "0/1/0 0/1/0 0/0/0"),
            // What meets a mention to be found as well counts, and so does the identifier of one.
            (&["0:0-9 FamilyName 7", "0:2-4 Gene 1"], &["0:0-4 Gene 3"], "0/1/1 1/1/1 0/1/1"),
            (&["0:0-9 FamilyName 1", "1:2-4 Gene 1"], &["0:0-4 Gene 1", "1:2-4 Gene 1"], "1/1/1 1/1/1 1/1/1"),
            (&["0:0-9 FamilyName 1", "0:0-9 Gene 2"], &["0:0-9 Gene 2"], "1/1/1 1/1/1 1/1/1"),
            // A mention without an identifier, and an answer without one.
            (&["0:0-4 Gene -", "1:0-4 Gene 1"], &["0:0-4 Gene", "1:0-4 Gene"], "2/2/2 2/2/2 0/0/1"),
            // Several identifiers of a mention count each.
            (&["0:0-4 Gene 1|2"], &["0:0-4 Gene 2"], "1/1/1 1/1/1 1/1/2"),
            (&[], &[], "0/0/0 0/0/0 0/0/0"),
        ];
        for (marked, answered, expected) in cases {
            assert_eq!(&shown(marked, answered), expected, "{marked:?} {answered:?}");
        }
    }
}
