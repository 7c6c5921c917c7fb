//! What a short form stands for that the document defines: what its long form is linked to, whatever else is called so
//! elsewhere. "Periodontal disease (PD)" is no Parkinson disease.
//!
//! Gold data says the commonest short forms of their commonest meanings hundreds of times; what a document says itself goes
//! before that. Which gene a short form names is left to the ranker, which knows the species; that it names none is told here.

use std::cell::LazyCell;

use super::super::recognise::table::MODEL_TYPES;
use super::super::recognise::words::hash;
use super::candidates::{self, Asked, Candidate, Route};
use super::{Document, Linked, OtherForm, Target, Texts, features, rank};
use crate::catalog::EntityIndex;
use crate::model::EntityType;
use crate::text::pauses::{work_done, worked};
use crate::text::{Spare, SpareText};

/// The least letters of a word that tells what a name is about.
const WORD_BYTES_MIN: usize = 4;
/// Folded words that names of all kinds share.
const COMMON: &[&str] = &[
    "acid",
    "acute",
    "binding",
    "cell",
    "chronic",
    "deficiency",
    "disease",
    "disorder",
    "domain",
    "factor",
    "gene",
    "human",
    "like",
    "protein",
    "receptor",
    "syndrome",
    "type",
    "virus",
    "with",
];
/// Folded words that tell what a name is about where it has no other.
const VAGUE: &[&str] = &[
    "acquired",
    "adult",
    "advanced",
    "associated",
    "autosomal",
    "benign",
    "calcium",
    "cancer",
    "carcinoma",
    "chloride",
    "congenital",
    "dominant",
    "early",
    "failure",
    "familial",
    "generalized",
    "hereditary",
    "idiopathic",
    "induced",
    "infantile",
    "infection",
    "inherited",
    "juvenile",
    "late",
    "linked",
    "malignant",
    "metastatic",
    "multiple",
    "neoplasm",
    "onset",
    "potassium",
    "primary",
    "progressive",
    "recessive",
    "recurrent",
    "related",
    "secondary",
    "severe",
    "sodium",
    "sporadic",
    "tumor",
];

/// Has short forms speak of what their long forms do. `targets` stand by place.
pub(super) fn follow_long_forms(document: &Document<'_>, targets: &[Target], texts: &mut Texts) {
    if document.definitions.is_empty() {
        return;
    }
    let Texts { firsts, of_mention, linked: linked_texts, .. } = texts;
    let firsts = &**firsts;
    let name = |text: usize| {
        let target = &targets[firsts[text]];
        (target.entity_type, target.written(document.passages))
    };
    let by_name = LazyCell::new(|| {
        let mut texts: Spare<Vec<usize>> = (0..firsts.len()).collect();
        texts.sort_unstable_by_key(|text| worked(name(*text)));
        texts
    });
    for (text, first) in firsts.iter().enumerate() {
        let target = &targets[*first];
        let follows =
            matches!(target.entity_type, EntityType::Disease | EntityType::Chemical | EntityType::Species);
        if !follows && target.entity_type != EntityType::Gene {
            continue;
        }
        let written = target.written(document.passages);
        match document.other_form(written) {
            // "progressive disease (PD)" is no Parkinson disease either
            Some(OtherForm::Short(_)) if follows => {
                let by_short_form = |own: &Candidate| own.route == Route::ShortForm;
                keep_alike(document, written, &mut linked_texts[text], by_short_form);
            }
            Some(OtherForm::Long(long)) => {
                work_done(8);
                if follows {
                    let long_name = (target.entity_type, long);
                    let place = by_name.binary_search_by_key(&long_name, |text| name(*text));
                    let of_name = place.ok().map(|place| by_name[place]);
                    let of_place = || around_long_form(document, targets, target);
                    let other = of_name.or_else(|| of_place().map(|mention| of_mention[mention]));
                    let linked = match other {
                        Some(other) => linked_texts[other].clone(),
                        None => link_name(document, target.entity_type, long),
                    };
                    follow(document, (linked, long), &mut linked_texts[text]);
                }
                deny(document, targets, (target, long), &mut linked_texts[text]);
            }
            _ => {}
        }
    }
}

/// The mention of the type of a short form that its long form is the end of: of "sodium 2-mercaptoethane sulphonate (MESNA)" the
/// letters are found in the end alone.
fn around_long_form(document: &Document<'_>, targets: &[Target], short: &Target) -> Option<usize> {
    let (passage, long) = &document.definitions.of_short(short.written(document.passages))?.place;
    let after = targets.partition_point(|other| (other.passage, other.span.start) <= (*passage, long.start));
    // mentions of one type do not overlap, so that few reach into the long form from before it
    (0..after).rev().take(MODEL_TYPES.len()).find(|at| {
        let other = &targets[*at];
        work_done(1);
        other.passage == *passage && other.span.end == long.end && other.entity_type == short.entity_type
    })
}

/// Links a short form to what its long form is linked to, or to nothing that has no name like the long form.
fn follow(document: &Document<'_>, (linked, long): (Linked, &str), own: &mut Linked) {
    let known = linked.candidates.first().is_some_and(|best| best.probability >= linked.none);
    if known {
        own.none = linked.none;
        own.candidates = linked.candidates;
        own.candidates.iter_mut().filter(|own| own.route == Route::Name).for_each(of_long_form);
    } else {
        keep_alike(document, long, own, |_| true);
    }
}

/// Denies a short form that neither the models nor the catalog's names take for what they take its long form for: the "CAT" of
/// "cell attachment time (CAT)" is no gene.
fn deny(document: &Document<'_>, targets: &[Target], (target, long): (&Target, &str), own: &mut Linked) {
    let Some(defined) = document.definitions.of_short(target.written(document.passages)) else { return };
    let (passage, place) = &defined.place;
    let first = targets.partition_point(|other| (other.passage, other.span.start) < (*passage, place.start));
    let within = targets[first..].iter().take_while(|other| {
        work_done(1);
        other.passage == *passage && other.span.start < place.end
    });
    // mentions of one type do not overlap, so that few reach into the long form from before it
    let before = targets[..first].iter().rev().take(MODEL_TYPES.len());
    let reaching = before.filter(|other| other.passage == *passage && other.span.end > place.start);
    if !within.chain(reaching).any(|other| other.entity_type == target.entity_type) {
        let words = most_telling_words(long);
        // a long form without such words speaks against nothing
        let is_alike = |own: &Candidate| words.is_empty() || is_alike(document, own.entity, &words);
        own.denied = !own.candidates.iter().any(is_alike);
    }
}

fn of_long_form(candidate: &mut Candidate) {
    candidate.route = Route::LongForm;
}

/// What a name is linked to that is no mention.
fn link_name(document: &Document<'_>, entity_type: EntityType, name: &str) -> Linked {
    let asked = Asked::by_itself(entity_type, name);
    let kept = candidates::look_towards(document, &asked, None);
    let mut linked = candidates::candidates(document, &asked, kept, None);
    document.look_for_words();
    features::describe(document, entity_type, &mut linked, |own| document.supports(own), None);
    rank(&mut linked);
    keep_alike(document, name, &mut linked, |own| own.route == Route::ShortForm);
    linked
}

/// Of the candidates in question keeps those that have a name with a word of the long form.
fn keep_alike(
    document: &Document<'_>,
    long: &str,
    linked: &mut Linked,
    is_in_question: impl Fn(&Candidate) -> bool,
) {
    if !linked.candidates.iter().any(&is_in_question) {
        return;
    }
    let words = most_telling_words(long);
    if words.is_empty() {
        return;
    }
    linked
        .candidates
        .retain(|candidate| !is_in_question(candidate) || is_alike(document, candidate.entity, &words));
    let all = linked.none + linked.candidates.iter().map(|candidate| candidate.probability).sum::<f32>();
    let all = all.max(f32::MIN_POSITIVE);
    linked.none /= all;
    linked.candidates.iter_mut().for_each(|candidate| candidate.probability /= all);
}

/// Whether an entity has a name with one of some words.
fn is_alike(document: &Document<'_>, entity: EntityIndex, words: &[u64]) -> bool {
    let mut entities = document.entities.borrow_mut();
    let own = entities.telling_words(document.vocabulary, document.models, entity);
    own.iter().any(|word| words.contains(word))
}

/// The hashes of the words of a name that tell what it is about; some ten at most, as long forms are short.
pub(super) fn telling_words(name: &str) -> Spare<Vec<u64>> {
    words_told(name, |word| !COMMON.contains(&word))
}

/// Those of them that are not vague, or else all: "familial amyloidotic polyneuropathy" is not like all that is familial,
/// "progressive disease" like what is progressive.
fn most_telling_words(name: &str) -> Spare<Vec<u64>> {
    let words = words_told(name, |word| !COMMON.contains(&word) && !VAGUE.contains(&word));
    if words.is_empty() { telling_words(name) } else { words }
}

fn words_told(name: &str, tells: impl Fn(&str) -> bool) -> Spare<Vec<u64>> {
    let mut folded = SpareText::take();
    folded.fold(name);
    let words = (0..folded.tokens().len()).map(|at| folded.folded(at));
    words.filter(|word| word.len() >= WORD_BYTES_MIN && tells(word)).map(hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vague_words_tell_where_there_is_no_other() {
        let words = |names: &[&str]| names.iter().map(|name| hash(name)).collect::<Vec<_>>();
        for (name, told, most) in [
            (
                "familial amyloidotic polyneuropathy",
                &["familial", "amyloidotic", "polyneuropathy"][..],
                &["amyloidotic", "polyneuropathy"][..],
            ),
            ("progressive disease", &["progressive"], &["progressive"]),
            ("lung cancer", &["lung", "cancer"], &["lung"]),
            ("a disease", &[], &[]),
        ] {
            assert_eq!(*telling_words(name), words(told), "{name}");
            assert_eq!(*most_telling_words(name), words(most), "{name}");
        }
        assert!(COMMON.is_sorted() && VAGUE.is_sorted() && VAGUE.iter().all(|word| !COMMON.contains(word)));
    }
}
