//! From the spans that the sequence models found, with what they were linked to, to mentions with their readings.

use std::cmp::Reverse;

use super::link::candidates::{Candidate, Route};
use super::link::entities::{Entities, Form};
use super::link::parts::{each_part, with_elements_before, with_elements_behind};
use super::link::{Document, Linked, Target, ToldSpecies, link};
use super::mention::{Mention, Reading, Readings, Subject, Whole};
use super::models::Models;
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::rank::{NameEvidence, Support};
use super::recognise::lexicon::Lexicon;
use super::recognise::table::MODEL_TYPES;
use super::recognise::view::PassageView;
use super::recognise::{Found, Prepared, keep_best};
use super::stable;
use super::vocabulary::Vocabulary;
use crate::model::{EntityType, Method, OverlapPolicy, Span};
use crate::text::pauses::{work_done, worked};
use crate::text::{Spare, spared};

/// The least score of a mention that nothing in the catalog fits, in a document that names nothing that the catalog has, and
/// no organism in two words: such a document is likely of another field.
const ALONE_SCORE_MIN: f32 = 0.75;
/// An entity that is this likely to be meant, of whatever mention, is named wherever the mention is answered.
const CERTAIN_ENTITY: f32 = 0.95;
/// Scores are over zero, whatever a model says.
const SCORE_MIN: f32 = 1e-4;

/// The mentions of the types that have a model.
// stages put into one another have too few registers
#[inline(never)]
pub(super) fn recognised(
    vocabulary: Vocabulary<'_>,
    models: &Models,
    passages: &[PassageText<'_>],
    prepared: &Prepared,
    found: &[Found],
    options: &PreparedOptions,
    memory: (&Lexicon, &mut Entities),
) -> Spare<Vec<Mention>> {
    let mut targets = targets(vocabulary, models, passages, found, options);
    let abbreviations = options.options().abbreviations;
    let mut document = Document::new(vocabulary, models, passages, prepared, abbreviations, memory);
    let linked = link(&mut document, &targets, None);
    for (target, linked) in targets.iter().zip(linked.each()) {
        linked.most.set(linked.most.get().max(target.score));
    }
    let mut mentions: Spare<Vec<Mention>> = Spare::take();
    let mut chosen = Spare::take();
    for (target, linked) in targets.drain(..).zip(linked.each()) {
        work_done(4);
        if linked.denied {
            continue;
        }
        let readings = if target.entity_type == EntityType::Variant {
            let form = document.form_of(passages[target.passage].slice(target.span));
            std::iter::once(variant(form, target.score)).collect()
        } else {
            let least = models.linked_threshold(target.entity_type);
            readings(&target, (linked, least), options, &mut chosen)
        };
        if !readings.is_empty() {
            let Target { passage, span, tokens, .. } = target;
            mentions.push(Mention { passage, span, tokens, prefix: None, readings });
        }
    }
    let is_unlinked =
        |mention: &Mention| mention.readings.first().is_some_and(|r| r.subject == Subject::Unlinked);
    if mentions.iter().all(is_unlinked) && !prepared.views.iter().any(PassageView::names_binomial) {
        mentions.retain(|mention| mention.readings.first().is_some_and(|r| r.score >= ALONE_SCORE_MIN));
    }
    mentions
}

/// The spans that score enough, of those that overlap the likeliest of each type, by place; of mentions of several entities each
/// part.
pub(super) fn targets(
    vocabulary: Vocabulary<'_>,
    models: &Models,
    passages: &[PassageText<'_>],
    found: &[Found],
    options: &PreparedOptions,
) -> Spare<Vec<Target>> {
    let chosen = chosen(models, passages, found, options);
    let mut targets: Spare<Vec<Target>> = Spare::take();
    let mut free = (0, 0);
    for (at, Chosen { passage, span, entity_type, score }) in chosen.iter().copied().enumerate() {
        work_done(2);
        let next = chosen.get(at + 1).filter(|next| next.passage == passage);
        let to = next.map_or(usize::MAX, |next| next.span.start);
        let from = if free.0 == passage { free.1 } else { 0 };
        free = (passage, span.end.max(from));
        let target = Target { score, ..Target::new(passages, passage, span, entity_type) };
        let whole = with_elements_before(vocabulary, passages, target, from);
        let whole = with_elements_behind(vocabulary, passages, whole, to);
        each_part(vocabulary, passages, whole, |part| {
            if !options.is_blocked_text(part.written(passages)) {
                targets.push(part);
            }
        });
    }
    // parts may stand behind what another type has within their mention
    stable::sort_by_key(&mut targets, |target| (target.passage, target.span, target.entity_type));
    targets
}

/// So many spans are sorted without a pause.
const SORTED_AT_ONCE_LIMIT: usize = 1 << 8;

/// A span that scores enough.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    passage: usize,
    span: Span,
    entity_type: EntityType,
    score: f32,
}

spared!(Vec<Chosen>);

impl Chosen {
    /// What sorts those of a passage by start, end and type.
    const fn place(&self) -> (usize, usize) {
        (self.span.start, self.span.end << u8::BITS | self.entity_type as usize)
    }
}

/// The spans that score enough, of those that overlap the likeliest of each type, by place.
fn chosen(
    models: &Models,
    passages: &[PassageText<'_>],
    found: &[Found],
    options: &PreparedOptions,
) -> Spare<Vec<Chosen>> {
    let mut chosen: Spare<Vec<Chosen>> = Spare::take();
    let least: [f32; MODEL_TYPES.len()] = std::array::from_fn(|at| least_score(models, at, options));
    let asked = options.options().min_score > 0.0;
    let bounds: [Bounds; MODEL_TYPES.len()] =
        std::array::from_fn(|at| Bounds::new(models, at, least[at], asked));
    let mut own: Spare<Vec<(Span, f32)>> = Spare::take();
    let mut enough: Spare<Vec<Enough>> = Spare::take();
    // they stand by passage
    for here in found.chunk_by(|one, next| one.passage == next.passage) {
        work_done(here.len());
        let from = chosen.len();
        let passage = here.first().map_or(0, |found| found.passage);
        let types = score_likely(models, here, &bounds, &mut enough);
        for (at, entity_type) in MODEL_TYPES.into_iter().enumerate() {
            if types >> at & 1 == 0 {
                continue;
            }
            own.clear();
            own.extend(enough.iter().filter(|own| own.0 == at).map(|own| own.1));
            let is_open = own.iter().any(|(_, score)| *score < bounds[at].least);
            let is_of_type = |found: &&Found| found.model_type == at;
            if is_open && here.iter().filter(is_of_type).count() <= SPLIT_SPANS_LIMIT {
                own.retain(|own| own.1 >= bounds[at].least || stands_for_all(models, (here, at), *own));
            } else if is_open {
                own.clear();
                let scored = here.iter().filter(is_of_type);
                own.extend(scored.map(|found| (found.span, models.score(at, found.probability))));
                keep_good(&mut own, &bounds[at]);
            }
            keep_best(&mut own);
            let good = own.iter().filter(|(span, _)| !is_blocked(passages, passage, *span, options));
            chosen.extend(good.map(|(span, score)| Chosen {
                passage,
                span: *span,
                entity_type,
                score: *score,
            }));
        }
        // those of a type do not overlap, so that none stand alike
        let own = &mut chosen[from..];
        if own.len() <= SORTED_AT_ONCE_LIMIT {
            work_done(8 * own.len());
            own.sort_unstable_by_key(Chosen::place);
        } else {
            own.sort_unstable_by_key(|own| worked(own.place()));
        }
    }
    chosen
}

/// The place of a type, a span that may be kept, and its score.
type Enough = (usize, (Span, f32));

spared!(Vec<Enough>);

/// Gives the spans of a passage that may be kept with their types and scores, and the types as bits by their places.
fn score_likely(
    models: &Models,
    here: &[Found],
    bounds: &[Bounds; MODEL_TYPES.len()],
    enough: &mut Vec<Enough>,
) -> u32 {
    let mut types = 0;
    enough.clear();
    for found in here {
        let Bounds { low, too_little, .. } = bounds[found.model_type];
        if found.probability > too_little {
            let score = models.score(found.model_type, found.probability);
            if score >= low {
                types |= 1 << found.model_type;
                enough.push((found.model_type, (found.span, score)));
            }
        }
    }
    types
}

/// What spans of a type have to score.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// To be kept.
    least: f32,
    /// To stand for all that it overlaps.
    low: f32,
    /// What is not likelier scores less than that.
    too_little: f32,
}

impl Bounds {
    /// Those of the type at `at`. Where the least score is `asked` for, nothing falls short of it.
    fn new(models: &Models, at: usize, least: f32, asked: bool) -> Self {
        let low = if asked { least } else { least * SPLIT_SHARE };
        Self { least, low, too_little: models.scores_less(at, low) }
    }
}

/// What a span scores at least, as a share of what is asked, that stands for all that it overlaps.
const SPLIT_SHARE: f32 = 0.6;
/// What the spans that overlap one score at least in all for it to stand for them.
const SPLIT_TOGETHER_MIN: f32 = 0.7;
/// The most spans to each side that are held against one.
const SPLIT_SPANS_LIMIT: usize = 24;

/// Whether a span stands for all that it overlaps, as [`keep_good`] has it, of a passage with so few that all are held against it.
fn stands_for_all(models: &Models, (here, at): (&[Found], usize), (span, score): (Span, f32)) -> bool {
    let place = |span: Span| (span.start, span.end);
    let rivals = here.iter().filter(|found| {
        found.model_type == at && found.span.overlaps(span) && place(found.span) != place(span)
    });
    let mut rivals: Spare<Vec<(Span, f32)>> =
        rivals.map(|found| (found.span, models.score(at, found.probability))).collect();
    let is_better = |(other, own): &(Span, f32)| *own > score || *own >= score && place(*other) < place(span);
    if rivals.iter().any(is_better) {
        return false;
    }
    rivals.sort_unstable_by_key(|(other, _)| place(*other));
    let (before, behind) = rivals.split_at(rivals.partition_point(|(other, _)| place(*other) < place(span)));
    let together = before.iter().rev().chain(behind).fold(score, |together, (_, other)| together + other);
    together >= SPLIT_TOGETHER_MIN
}

/// Keeps the spans of a passage that score enough. Where there is surely a mention and its bounds are open ("Serinicoccus profundi",
/// with and without "sp. nov."), each of its spans may score too little: the likeliest stands for all.
fn keep_good(spans: &mut Vec<(Span, f32)>, Bounds { least, low, .. }: &Bounds) {
    let (least, low) = (*least, *low);
    let is_good = |score: f32| score >= least;
    if !spans.iter().any(|(_, score)| (low..least).contains(score)) {
        return spans.retain(|(_, score)| is_good(*score));
    }
    let mut all: Spare<Vec<(Span, f32)>> = Spare::take();
    all.append(spans);
    all.sort_unstable_by_key(|(span, _)| worked((span.start, span.end)));
    let stands_for_all = |at: usize| {
        let (span, score) = all[at];
        let others = all[..at].iter().rev().take(SPLIT_SPANS_LIMIT).map(|other| (true, other));
        let others = others.chain(all[at + 1..].iter().take(SPLIT_SPANS_LIMIT).map(|other| (false, other)));
        let mut together = score;
        let rivals = others.filter(|(_, (other, _))| other.overlaps(span));
        for (is_before, (_, other)) in rivals {
            together += other;
            if *other > score || is_before && *other >= score {
                return false;
            }
        }
        together >= SPLIT_TOGETHER_MIN
    };
    let is_kept = |at: &usize| {
        work_done(1);
        is_good(all[*at].1) || all[*at].1 >= low && stands_for_all(*at)
    };
    spans.extend((0..all.len()).filter(is_kept).map(|at| all[at]));
}

/// The least score of an annotation: what the request asks, else what gives the best F1 of the type.
fn least_score(models: &Models, at: usize, options: &PreparedOptions) -> f32 {
    let asked = options.options().min_score;
    if asked > 0.0 { asked } else { models.threshold(at) }
}

fn is_blocked(passages: &[PassageText<'_>], passage: usize, span: Span, options: &PreparedOptions) -> bool {
    options.is_blocked_text(passages[passage].slice(span))
}

spared!('l: Vec<&'l Candidate>, Vec<&'static Candidate>);

/// The readings of a mention that an answer may need, the best first: its score is the mention's, those of the others their
/// share of it. It is linked from the chance `linked_min` on that both are right. `chosen` is room for their candidates.
fn readings<'l>(
    target: &Target,
    (linked, linked_min): (&'l Linked, f32),
    options: &PreparedOptions,
    chosen: &mut Vec<&'l Candidate>,
) -> Readings {
    let score = target.score;
    let Linked { candidates, none, species, most, .. } = linked;
    let of_taxon = matches!(target.entity_type, EntityType::Gene | EntityType::CellLine);
    let asks_taxa = of_taxon && !options.options().taxa.is_empty();
    let common_word = linked.by_itself.common_word;
    let score_of = |candidate: &Candidate| (score * candidate.probability).max(SCORE_MIN);
    chosen.clear();
    if asks_taxa {
        chosen.extend(candidates.iter().filter(|candidate| options.wants_taxon(candidate.taxon)));
    } else {
        chosen.extend(candidates.iter());
    }
    keep_needed(chosen, score_of, target.entity_type, options);
    let reading =
        |candidate: &&Candidate| reading_of(target, (candidate, *species), score_of(candidate), common_word);
    let linked = chosen.first().is_some_and(|first| {
        let enough = first.probability >= CERTAIN_ENTITY || first.probability * most.get() >= linked_min;
        first.probability >= *none && enough
    });
    let names_nothing = !linked && !asks_taxa;
    let mut readings = Readings::with_room(usize::from(names_nothing) + chosen.len());
    if names_nothing {
        readings.push(Reading {
            composite: target.composite.and_then(Whole::of),
            ..unlinked(target.entity_type, score)
        });
    }
    readings.extend(chosen.iter().map(reading));
    if linked {
        readings[0].score = score;
    }
    readings
}

/// The reading of a mention by a candidate, with the species that was told of a gene.
pub(super) fn reading_of(
    target: &Target,
    (candidate, species): (&Candidate, ToldSpecies),
    score: f32,
    common_word: bool,
) -> Reading {
    Reading {
        subject: Subject::Entity(candidate.entity),
        entity_type: target.entity_type,
        taxon: candidate.taxon,
        method: method(candidate.route),
        evidence: Some(evidence(target.entity_type, candidate, common_word, species)),
        score,
        foreign: None,
        contradicted: false,
        recognised: true,
        prominence: candidate.prominence,
        composite: target.composite.and_then(Whole::of),
    }
}

/// How many readings there are to spare, should several be of one entity.
const READINGS_SPARE: usize = 3;

/// Keeps the candidates of a mention that an answer may need, in their order: all where each is an answer of its own, or where
/// several may answer by the same identifier; else the first and the others that are told, and some to spare.
fn keep_needed(
    candidates: &mut Vec<&Candidate>,
    score_of: impl Fn(&Candidate) -> f32,
    entity_type: EntityType,
    options: &PreparedOptions,
) {
    let asked = options.options();
    let count = 1 + asked.max_candidates + READINGS_SPARE;
    if asked.overlap == OverlapPolicy::All || !options.namespaces(entity_type).is_empty() {
        return;
    }
    if let Some(last) = candidates.get(count - 1).map(|candidate| score_of(candidate)) {
        // of those that score alike the ones that the ranking would put first
        let end = candidates.partition_point(|candidate| score_of(candidate) >= last);
        let known = |candidate: &&Candidate| (Reverse(candidate.prominence), candidate.entity.position());
        let from = candidates.partition_point(|candidate| score_of(candidate) > last).max(1);
        let (alike, needed) = (&mut candidates[from..end], count - from);
        if alike.len() > needed {
            alike.select_nth_unstable_by_key(needed, known);
        }
        let needed = needed.min(alike.len());
        alike[..needed].sort_unstable_by_key(known);
        candidates.truncate(count);
    }
}

const fn method(route: Route) -> Method {
    match route {
        Route::Name => Method::Dictionary,
        Route::LongForm | Route::Binomial | Route::ShortForm => Method::Abbreviation,
        _ => Method::Model,
    }
}

/// The reading of a mention that no entity of the catalog fits.
fn unlinked(entity_type: EntityType, score: f32) -> Reading {
    Reading { recognised: true, ..Reading::new(Subject::Unlinked, entity_type, Method::Model, score) }
}

/// What speaks for a candidate, as the reasons of an answer tell it.
fn evidence(
    entity_type: EntityType,
    candidate: &Candidate,
    common_word: bool,
    species: ToldSpecies,
) -> NameEvidence {
    NameEvidence {
        preferred: candidate.preferred,
        label: candidate.label,
        scope: candidate.scope,
        agreement: candidate.agreement,
        symbol: candidate.symbol,
        common_word,
        support: if matches!(candidate.route, Route::LongForm | Route::Binomial) {
            Support::Defined
        } else {
            Support::None
        },
        species: species.map(|(taxon, evidence)| (evidence, candidate.taxon == Some(taxon))),
        ..NameEvidence::of_type(entity_type)
    }
}

/// The reading of a variant: by its form, where a pattern knows it.
fn variant(form: Option<Form>, score: f32) -> Reading {
    match form {
        Some(Form { id, certain }) => Reading {
            subject: Subject::Variant(id),
            method: Method::Pattern,
            prominence: u8::from(certain),
            ..unlinked(EntityType::Variant, score)
        },
        None => unlinked(EntityType::Variant, score),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::model::{AnnotateOptions, NamespacePreference};

    #[test]
    fn the_likeliest_of_spans_that_share_a_chance_stands_for_all() {
        let kept = |spans: &[(usize, usize, f32)], asked: bool| -> Vec<usize> {
            let span =
                |(start, end, score): &(usize, usize, f32)| (Span { start: *start, end: *end }, *score);
            let all: Vec<(Span, f32)> = spans.iter().map(span).collect();
            let models = Models::none();
            let bounds = Bounds::new(&models, 0, 0.5, asked);
            let mut kept = all.clone();
            keep_good(&mut kept, &bounds);
            if all.len() <= SPLIT_SPANS_LIMIT {
                // few are told by themselves, without a model by their probabilities
                let found = |(span, probability): &(Span, f32)| Found {
                    passage: 0,
                    span: *span,
                    model_type: 0,
                    probability: *probability,
                };
                let here: Vec<Found> = all.iter().map(found).collect();
                let mut few = all;
                few.retain(|own| {
                    own.1 >= bounds.least
                        || own.1 >= bounds.low && stands_for_all(&models, (&here[..], 0), *own)
                });
                few.sort_unstable_by_key(|(span, _)| (span.start, span.end));
                assert_eq!(few, kept);
            }
            kept.iter().map(|(span, _)| span.end).collect()
        };
        let split = [(0, 5, 0.3), (0, 9, 0.35), (0, 12, 0.1)];
        assert_eq!(kept(&split, false), [9]);
        assert!(kept(&split, true).is_empty());
        // too little in all, too little each, two alike, and one that scores enough
        assert!(kept(&[(0, 5, 0.3), (0, 9, 0.35)], false).is_empty());
        assert!(kept(&[(0, 5, 0.29), (0, 9, 0.25), (0, 12, 0.25)], false).is_empty());
        assert_eq!(kept(&[(0, 5, 0.4), (0, 9, 0.4)], false), [5]);
        assert_eq!(kept(&[(0, 5, 0.3), (0, 9, 0.6), (6, 9, 0.45)], false), [9]);
        // spans that only stand beside each other share nothing
        assert!(kept(&[(0, 5, 0.4), (5, 9, 0.4)], false).is_empty());
        // as many as the bound tells are held against it, however many there are
        let many = |score: f32, count: usize| -> Vec<(usize, usize, f32)> {
            let others = (0..count).map(|at| (0, 100 + at, score));
            std::iter::once((0, 9, 0.4)).chain(others).collect()
        };
        assert_eq!(kept(&many(0.013, SPLIT_SPANS_LIMIT), false), [9]);
        assert!(kept(&many(0.013, SPLIT_SPANS_LIMIT - 1), false).is_empty());
        assert!(kept(&many(0.012, 10 * SPLIT_SPANS_LIMIT), false).is_empty());
    }

    #[test]
    fn an_answer_has_the_candidates_that_the_ranking_would_put_first() {
        let catalog = Catalog::embedded().unwrap();
        let options = |options: AnnotateOptions| PreparedOptions::new(&options).unwrap();
        let usual = options(AnnotateOptions::default());
        let count = 1 + AnnotateOptions::DEFAULT_MAX_CANDIDATES + READINGS_SPARE;
        // beyond the first three all score alike, and the more known ones come last
        let one = |(at, entity): (usize, _)| Candidate {
            probability: [0.5, 0.2, 0.1].get(at).copied().unwrap_or(0.0),
            prominence: u8::try_from(at / 2).unwrap(),
            ..Candidate::named(entity)
        };
        let candidates: Vec<Candidate> = catalog.indices().take(3 * count).enumerate().map(one).collect();
        let score_of = |candidate: &Candidate| candidate.probability.max(SCORE_MIN);
        let places = |of: usize, options: &PreparedOptions| -> Vec<usize> {
            let mut own = candidates[..of].iter().collect();
            keep_needed(&mut own, score_of, EntityType::Gene, options);
            let place = |own: &&Candidate| candidates.iter().position(|other| other.entity == own.entity);
            own.iter().filter_map(place).collect()
        };
        for few in [0, 1, count - 1] {
            assert_eq!(places(few, &usual), (0..few).collect::<Vec<_>>());
        }
        let mut expected: Vec<usize> = (3..3 * count).collect();
        expected.sort_by_key(|at| (Reverse(at / 2), *at));
        let expected: Vec<usize> = (0..3).chain(expected).take(count).collect();
        assert_eq!(places(3 * count, &usual), expected);
        let every = AnnotateOptions { overlap: OverlapPolicy::All, ..AnnotateOptions::default() };
        let prefixes = vec!["HGNC".to_owned()];
        let namespaces = vec![NamespacePreference { entity_type: EntityType::Gene, prefixes }];
        let other_ids = AnnotateOptions { namespaces, ..AnnotateOptions::default() };
        for all in [every, other_ids] {
            assert_eq!(places(3 * count, &options(all)).len(), 3 * count);
        }
    }
}
