//! From ranked mentions to the annotations of the answer.

use std::cmp::Reverse;

use smol_str::SmolStr;

use super::decide::{Contender, decide};
use super::evidence::better_first;
use super::link::entities::Entities;
use super::mention::{Mention, Reading, Readings, Subject, Whole};
use super::models::Models;
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::rank;
use super::reasons::{self, Reasons, WhyNot};
use super::species::Taxon;
use super::stable;
use super::vocabulary::Vocabulary;
use crate::model::{Annotation, Candidate, Method, OverlapPolicy};
use crate::text::pauses::{work_done, worked};
use crate::text::{Spare, spared};

/// A reading that may be annotated.
#[derive(Clone, Copy)]
struct Choice {
    mention: usize,
    reading: usize,
}

spared!(Vec<Choice>);

/// The annotations of all passages, sorted as an answer is. The decision among names of the dictionary is the same whatever
/// types are asked for and however much of a score; these choose from its outcome, so that asking for less never brings up
/// anything else. A score below the usual one lets more take part. Mentions that are answered give up their readings.
pub(super) fn annotations(
    mut names: Names<'_>,
    passages: &[PassageText<'_>],
    mentions: &mut [Mention],
    options: &PreparedOptions,
) -> Vec<Annotation> {
    let choices = eligible(mentions, names.models, options);
    for Choice { mention, reading } in choices.iter() {
        names.look_towards(&mentions[*mention].readings[*reading..], options);
    }
    let stay = decided(&choices, mentions, options);
    let mut annotations: Vec<Annotation> = Vec::with_capacity(stay.len());
    annotations.extend(stay.iter().enumerate().map(|(at, choice)| {
        work_done(8);
        let found = annotation(&mut names, passages, mentions, *choice, options);
        // a document may have very many mentions: what is done with makes room for the answer
        if stay.get(at + 1).is_none_or(|next| next.mention != choice.mention) {
            mentions[choice.mention].readings = Readings::default();
        }
        found
    }));
    let order = |one: &Annotation, other: &Annotation| {
        let key = |a: &Annotation| (a.passage_index, a.span.start, Reverse(a.span.end), a.entity_type);
        worked(key(one).cmp(&key(other))).then_with(|| one.entity_id.cmp(&other.entity_id))
    };
    // mostly they are, and to sort takes room
    if !annotations.is_sorted_by(|one, other| order(one, other).is_le()) {
        annotations.sort_by(order);
    }
    annotations
}

/// Those of the choices that stay and are asked for.
fn decided(choices: &[Choice], mentions: &[Mention], options: &PreparedOptions) -> Spare<Vec<Choice>> {
    let mut stay: Spare<Vec<Choice>> = Spare::take();
    let mut contenders: Spare<Vec<Contender>> = Spare::take();
    let passage = |choice: &Choice| mentions[choice.mention].passage;
    for own in choices.chunk_by(|one, other| passage(one) == passage(other)) {
        contenders.clear();
        contenders.extend(own.iter().map(|choice| contender(mentions, *choice)));
        let kept = decide(&contenders, options.options().overlap);
        stay.extend(kept.iter().map(|&kept| own[kept]).filter(|choice| {
            let reading = &mentions[choice.mention].readings[choice.reading];
            options.wants(reading.entity_type) && reading.score >= options.options().min_score
        }));
    }
    stay
}

/// The readings that are good enough, of every type, as many of a mention as the policy has use for.
fn eligible(mentions: &[Mention], models: &Models, options: &PreparedOptions) -> Spare<Vec<Choice>> {
    let mut choices: Spare<Vec<Choice>> = Spare::take();
    for (mention, found) in mentions.iter().enumerate() {
        work_done(2);
        let mut types = 0_u32;
        for (reading, of) in found.readings.iter().enumerate() {
            // sorted best first
            let taken = match options.options().overlap {
                OverlapPolicy::Longest => reading > 0,
                OverlapPolicy::LongestPerType => types >> of.entity_type as u32 & 1 == 1,
                OverlapPolicy::All => false,
            };
            types |= 1 << of.entity_type as u32;
            let least = || models.names.least_score(of, options.options().min_score);
            let is_enough = of.recognised || of.score >= least();
            if !taken && is_enough {
                choices.push(Choice { mention, reading });
            }
        }
    }
    choices
}

fn contender(mentions: &[Mention], choice: Choice) -> Contender {
    let mention = &mentions[choice.mention];
    let reading = &mention.readings[choice.reading];
    Contender {
        span: mention.span,
        entity_type: reading.entity_type,
        score: rank::millionths(reading.score),
        extra: reading.method == Method::ExtraTerm,
        recognised: reading.recognised,
    }
}

fn annotation(
    names: &mut Names<'_>,
    passages: &[PassageText<'_>],
    mentions: &[Mention],
    choice: Choice,
    options: &PreparedOptions,
) -> Annotation {
    let mention = &mentions[choice.mention];
    let reading = &mention.readings[choice.reading];
    let (entity_id, label) = names.of(reading, options);
    let most = options.options().max_candidates.min(mention.readings.len() - 1);
    let mut candidates: Vec<Candidate> = Vec::new();
    let wanted = |other: &&Reading| {
        let is_one = other.subject != reading.subject && other.subject != Subject::Unlinked;
        is_one && options.wants(other.entity_type)
    };
    for other in mention.readings.iter().filter(wanted) {
        if candidates.len() >= options.options().max_candidates {
            break;
        }
        let candidate = names.other(reading, other, options);
        // two entities of the catalog may answer by one identifier of the namespace asked for
        let known = candidate.entity_id == entity_id
            || candidates.iter().any(|listed| listed.entity_id == candidate.entity_id);
        if !known {
            if candidates.is_empty() {
                candidates.reserve_exact(most);
            }
            candidates.push(candidate);
        }
    }
    Annotation {
        passage_index: mention.passage,
        span: mention.span,
        text: passages[mention.passage].slice(mention.span).into(),
        entity_type: reading.entity_type,
        entity_id,
        label,
        score: reading.score,
        method: reading.method,
        candidates,
        composite: reading.composite.map(Whole::span),
    }
}

/// The names of the catalog, and what is kept of them.
pub(super) struct Names<'a> {
    vocabulary: Vocabulary<'a>,
    /// The models that tell what is kept.
    models: &'a Models,
    entities: &'a mut Entities,
    reasons: &'a mut Reasons,
}

impl<'a> Names<'a> {
    /// Those of a vocabulary.
    pub(super) const fn new(
        vocabulary: Vocabulary<'a>,
        models: &'a Models,
        entities: &'a mut Entities,
        reasons: &'a mut Reasons,
    ) -> Self {
        Self { vocabulary, models, entities, reasons }
    }

    /// Has what readings and the others that are told beside the first answer come nearer.
    fn look_towards(&self, readings: &[Reading], options: &PreparedOptions) {
        for reading in readings.iter().take(1 + options.options().max_candidates) {
            if let Subject::Entity(entity) = reading.subject {
                self.entities.look_towards(entity);
            }
        }
    }

    /// The identifier to answer for a reading, and its label.
    fn of(&mut self, reading: &Reading, options: &PreparedOptions) -> (SmolStr, SmolStr) {
        match &reading.subject {
            Subject::Entity(entity) => {
                let (id, label) = self.entities.named(self.vocabulary, *entity);
                let namespaces = options.namespaces(reading.entity_type);
                let id = if namespaces.is_empty() {
                    id
                } else {
                    self.vocabulary.answer_id(*entity, namespaces).into()
                };
                (id, label)
            }
            Subject::Variant(id) => (id.clone(), id.strip_prefix("dbSNP:").unwrap_or(id).into()),
            Subject::ExtraTerm(index) => match options.options().extra_terms.get(*index) {
                Some(term) => ((&term.entity_id).into(), (&term.text).into()),
                None => (SmolStr::default(), SmolStr::default()),
            },
            Subject::Unlinked => (SmolStr::default(), SmolStr::default()),
        }
    }

    /// A reading as a candidate of an answer, by what speaks for it.
    pub(super) fn candidate(&mut self, reading: &Reading, options: &PreparedOptions) -> Candidate {
        let (entity_id, label) = self.of(reading, options);
        let reason = reasons::why(reading, |taxon| species(self.vocabulary, taxon));
        Candidate { entity_id, label, entity_type: reading.entity_type, score: reading.score, reason }
    }

    /// Another reading as a candidate of an answer, by why it was not chosen.
    fn other(&mut self, chosen: &Reading, other: &Reading, options: &PreparedOptions) -> Candidate {
        let (entity_id, label) = self.of(other, options);
        let vocabulary = self.vocabulary;
        let reason = self.reasons.words(WhyNot::of(chosen, other), |taxon| species(vocabulary, taxon));
        Candidate { entity_id, label, entity_type: other.entity_type, score: other.score, reason }
    }
}

/// The name of a taxon, or its identifier where the catalog does not know it.
fn species(vocabulary: Vocabulary<'_>, taxon: Taxon) -> String {
    vocabulary.taxon_label(taxon).unwrap_or_else(|| format!("NCBITaxon:{taxon}"))
}

/// Merges mentions of one span, so that each span has one list of readings, best first. What the models recognised and linked goes
/// before what the dictionary found, as the decision has it ([`super::decide`]): a chance of 0.9 that "depression" is a
/// disease is of another scale than the dictionary's score for a process of that name. Of a type that a model recognised there, what
/// the dictionary found is known to the model's ranker already, and is left out.
pub(super) fn merge_spans(mentions: &mut Vec<Mention>) {
    stable::sort_by_key(mentions, Mention::place);
    mentions.dedup_by(|later, earlier| {
        let same = later.passage == earlier.passage && later.span == earlier.span;
        if same {
            earlier.readings.append(&mut later.readings);
        }
        same
    });
    for Mention { readings, .. } in mentions {
        work_done(1);
        if readings.len() < 2 {
            continue;
        }
        let types = readings.iter().filter(|reading| reading.recognised);
        let types = types.fold(0_u32, |types, reading| types | 1 << reading.entity_type as u32);
        readings.retain(|reading| {
            reading.recognised
                || reading.method == Method::ExtraTerm
                || types >> reading.entity_type as u32 & 1 == 0
        });
        readings.sort_by(better_first);
        let recognised = readings.iter().find(|reading| reading.recognised);
        if recognised.is_some_and(|first| first.subject != Subject::Unlinked) {
            readings.sort_by_key(|reading| (reading.method != Method::ExtraTerm, !reading.recognised));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::model::{EntityType, Span};

    #[test]
    fn what_was_recognised_and_linked_goes_before_what_the_dictionary_found() {
        let catalog = Catalog::embedded().unwrap();
        let entity = Subject::Entity(catalog.indices().next().unwrap());
        let reading = |entity_type, score, recognised, subject: &Subject| Reading {
            recognised,
            ..Reading::new(subject.clone(), entity_type, Method::Model, score)
        };
        let mention = |readings: &[Reading]| Mention {
            passage: 0,
            span: Span { start: 0, end: 10 },
            tokens: 0..1,
            prefix: None,
            readings: readings.iter().cloned().collect(),
        };
        let (disease, process, own) = (EntityType::Disease, EntityType::BiologicalProcess, EntityType::Other);
        let found = reading(process, 0.95, false, &entity);
        let extra = Reading { method: Method::ExtraTerm, ..reading(own, 1.0, false, &Subject::ExtraTerm(0)) };
        let linked = vec![reading(disease, 0.9, true, &entity), reading(disease, 0.1, true, &entity)];
        let unlinked =
            vec![reading(disease, 0.9, true, &Subject::Unlinked), reading(disease, 0.1, true, &entity)];
        for (recognised, others, expected) in [
            (&linked, vec![found.clone()], vec![disease, disease, process]),
            (&unlinked, vec![found.clone()], vec![process, disease, disease]),
            (&linked, vec![], vec![disease, disease]),
            (&linked, vec![found, extra], vec![own, disease, disease, process]),
            // a reading of the same type is the ranker's own once more
            (&linked, vec![reading(disease, 0.99, false, &entity)], vec![disease, disease]),
        ] {
            let mut mentions = vec![mention(recognised)];
            mentions.extend(others.into_iter().map(|other| mention(&[other])));
            mentions.reverse();
            merge_spans(&mut mentions);
            let [merged] = &mentions[..] else { panic!("{mentions:?}") };
            let types: Vec<EntityType> = merged.readings.iter().map(|reading| reading.entity_type).collect();
            assert_eq!(types, expected);
        }
    }
}
