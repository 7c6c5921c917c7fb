//! Training of what links mentions: the aliases that the gold data gives, and the weights of the ranker.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::corpora::TrainingDocument;
use crate::annotate::learning::{
    Agreement, Aliases, Candidate, Document, FocusModel, HeldOut, LinkModel, Linked, MODEL_TYPES, Memory,
    Models, PassageText, Route, Row, Target, Vocabulary, alias_key, best, each_part, features, link, prepare,
    recognise,
};
use crate::catalog::Catalog;
use crate::formats::gold::{GoldMention, canonical_ids};
use crate::model::{EntityType, SynonymScope};
use crate::text::fold_to_string;
use fastrand::Rng;

/// How often all mentions are seen.
const PASSES: usize = 12;
/// In how many orders they are seen, each by itself; the weights are the means, so that no order decides.
const ORDERS: u8 = 5;
/// How far the first step of a weight goes.
const RATE: f32 = 0.15;
/// How much weights are drawn to zero at each step.
const SHRINK: f32 = 1e-4;
/// The most gold mentions of one name and one entity that count.
const ALIAS_COUNT_LIMIT: u32 = 60_000;

/// The entities of the catalog by the identifiers that gold data writes.
#[derive(Debug)]
pub(super) struct GoldIds {
    ids: FxHashMap<(EntityType, String), String>,
}

impl GoldIds {
    /// Finds the entities that the gold mentions of documents name, as the identifiers that the annotator answers.
    pub(super) fn new(catalog: &Catalog, documents: &[TrainingDocument]) -> Self {
        let mut ids = FxHashMap::default();
        for mention in documents.iter().flat_map(|document| &document.gold.mentions) {
            for id in &mention.ids {
                let key = (mention.entity_type, id.clone());
                if let std::collections::hash_map::Entry::Vacant(place) = ids.entry(key) {
                    let found = curies(mention.entity_type, id)
                        .filter_map(|curie| catalog.find(&curie.parse().ok()?))
                        .map(|entity| catalog.answer_id(entity, &[] as &[String]))
                        .next();
                    place.insert(found.unwrap_or_default());
                }
            }
        }
        Self { ids }
    }

    /// The identifiers that the annotator answers for a mention.
    pub(super) fn of<'a>(&'a self, mention: &'a GoldMention) -> impl Iterator<Item = &'a str> + 'a {
        let own = move |id: &String| self.ids.get(&(mention.entity_type, id.clone())).map(String::as_str);
        mention.ids.iter().filter_map(own).filter(|id| !id.is_empty())
    }
}

/// An identifier without its prefix as the CURIEs that it may stand for.
fn curies(entity_type: EntityType, id: &str) -> impl Iterator<Item = String> {
    let prefixes: &[&str] = match entity_type {
        EntityType::Gene => &["NCBIGene"],
        EntityType::Species => &["NCBITaxon"],
        EntityType::CellLine => &["cellosaurus"],
        _ => &["MESH"],
    };
    let whole = id.contains(':').then(|| id.to_owned());
    let id = id.to_owned();
    whole.into_iter().chain(prefixes.iter().map(move |prefix| format!("{prefix}:{id}")))
}

/// The gold mentions of one identifier, with their number in the document and the key of their name.
fn said<'d: 'p, 'p>(
    document: &'d TrainingDocument,
    passages: &'p [PassageText<'p>],
) -> impl Iterator<Item = (usize, &'d GoldMention, u64)> + 'p {
    let of_one = |(_, mention): &(usize, &GoldMention)| !mention.neutral && mention.ids.len() == 1;
    document.gold.mentions.iter().enumerate().filter(of_one).map(|(at, mention)| {
        let target = Target::new(passages, mention.passage, mention.span, mention.entity_type);
        let key = passages[mention.passage].folded.key(target.tokens.start, target.tokens.end);
        (at, mention, alias_key(mention.entity_type, key))
    })
}

/// Which of the times it is that a document says a name of an entity: its corpus, and the number of the mention.
type Time = (usize, usize);

/// Of genes, organisms and cell lines a document counts once, whatever corpora have it: one that takes TGF-beta1 for LTBP1 ten
/// times is wrong once. Of diseases and chemicals each mention counts, as what a name stands for is a matter of guidelines there, and
/// what is said often is surer.
const fn time(document: &TrainingDocument, mention: &GoldMention, at: usize) -> Time {
    match mention.entity_type {
        EntityType::Disease | EntityType::Chemical => (document.corpus, at),
        _ => (0, 0),
    }
}

/// What well-known names stand for that the texts of the gold data do not have, or say of other things.
const MEANINGS: &str = include_str!("../../data/lexicon/meanings.tsv");
/// How many times that a name was said each of them counts.
const MEANING_TIMES: u32 = 10;
/// In how many documents what is known was said: as many as can be told.
const KNOWN_DOCUMENTS: u32 = u8::MAX as u32;

/// The lines of the list: type, name, identifier.
fn meanings() -> impl Iterator<Item = (EntityType, &'static str, &'static str)> {
    let lines = MEANINGS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (entity_type, rest) = line.split_once('\t')?;
        let (name, id) = rest.split_once('\t')?;
        Some((EntityType::from_name(entity_type)?, name, id))
    })
}

/// What the gold mentions of one identifier were written as, and how often ([`time`]).
pub(super) fn aliases<'a>(
    documents: impl Iterator<Item = &'a TrainingDocument>,
    gold_ids: &GoldIds,
) -> Aliases {
    let mut times: BTreeSet<(u64, &str, &str, Time)> = BTreeSet::new();
    for document in documents {
        let passages = PassageText::of_document(&document.gold.document);
        for (at, mention, key) in said(document, &passages) {
            let time = time(document, mention, at);
            times.extend(gold_ids.of(mention).map(|id| (key, id, document.gold.document.id.as_str(), time)));
        }
    }
    // how often, and in how many documents
    let mut counts: BTreeMap<(u64, String), (u32, u32)> = BTreeMap::new();
    let mut last = None;
    for (key, id, document, _) in times {
        let own = counts.entry((key, id.to_owned())).or_default();
        own.0 += 1;
        own.1 += u32::from(last != Some((key, id, document)));
        last = Some((key, id, document));
    }
    for (entity_type, name, id) in meanings() {
        let own = counts.entry((alias_key(entity_type, &fold_to_string(name)), id.to_owned())).or_default();
        *own = (own.0 + MEANING_TIMES, KNOWN_DOCUMENTS);
    }
    let mut places: BTreeMap<&str, u32> = counts.keys().map(|(_, id)| (id.as_str(), 0)).collect();
    for (number, place) in (0..).zip(places.values_mut()) {
        *place = number;
    }
    let rows: Vec<Row> = counts
        .iter()
        .map(|((key, id), (count, documents))| {
            let documents = u8::try_from(*documents).unwrap_or(u8::MAX);
            (*key, places[id.as_str()], (*count).min(ALIAS_COUNT_LIMIT) as u16, documents)
        })
        .collect();
    Aliases::new(places.keys().map(|id| (*id).to_owned()).collect(), &rows)
}

fn held_out(document: &TrainingDocument, passages: &[PassageText<'_>], gold_ids: &GoldIds) -> HeldOut {
    let mut times: BTreeSet<(u64, &str, Time)> = BTreeSet::new();
    for (at, mention, key) in said(document, passages) {
        times.extend(gold_ids.of(mention).map(|id| (key, id, time(document, mention, at))));
    }
    let mut held = HeldOut::default();
    times.into_iter().for_each(|(key, id, _)| held.add(key, id));
    held
}

/// A mention as the ranker learns from it: the features of each candidate and of none, and which are right.
struct Example {
    choices: Vec<(Vec<u32>, bool)>,
    /// How many times it counts.
    times: f32,
}

/// Trains the weights of the ranker with what `models` know; `focus` are the models of what species a document is about, by the
/// fold that each has not seen.
pub(super) fn train(
    catalog: &Catalog,
    models: &Models,
    focus: &[FocusModel],
    documents: &[&TrainingDocument],
    gold_ids: &GoldIds,
) -> LinkModel {
    let mut all: Vec<Example> = Vec::new();
    for (fold, focus) in focus.iter().enumerate() {
        let models = Models { focus: focus.clone(), ..models.clone() };
        let own: Vec<&TrainingDocument> =
            documents.iter().copied().filter(|document| document.fold == fold).collect();
        all.par_extend(own.par_chunks(32).flat_map_iter(|documents| {
            let mut memory = Memory::new(&models);
            let own =
                |document: &&TrainingDocument| examples(catalog, &models, document, gold_ids, &mut memory);
            documents.iter().flat_map(own).collect::<Vec<_>>()
        }));
    }
    let mut mean: FxHashMap<u32, f32> = FxHashMap::default();
    for order in 0..ORDERS {
        for (feature, weight) in weights_of_order(&mut all, order) {
            *mean.entry(feature).or_default() += weight / f32::from(ORDERS);
        }
    }
    LinkModel::new(mean)
}

/// The weights that one order of the mentions gives.
fn weights_of_order(examples: &mut [Example], order: u8) -> impl Iterator<Item = (u32, f32)> + use<> {
    let mut weights: FxHashMap<u32, (f32, f32, f32)> = FxHashMap::default();
    let mut random = Rng::with_seed(17 + u64::from(order));
    let mut count = 1.0_f32;
    for _ in 0..PASSES {
        random.shuffle(examples);
        for example in &*examples {
            learn(example, &mut weights, count);
            count += 1.0;
        }
    }
    weights.into_iter().map(move |(feature, (weight, _, lag))| (feature, weight - lag / count))
}

/// One step towards the right choices of a mention; weights with their squared gradients and the lag of their average.
fn learn(example: &Example, weights: &mut FxHashMap<u32, (f32, f32, f32)>, count: f32) {
    let weigh =
        |features: &[u32]| features.iter().filter_map(|f| weights.get(f)).map(|slot| slot.0).sum::<f32>();
    let logits: Vec<f32> = example.choices.iter().map(|(features, _)| weigh(features)).collect();
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let powers: Vec<f32> = logits.iter().map(|logit| (logit - most).exp()).collect();
    let all: f32 = powers.iter().sum();
    let right: f32 =
        powers.iter().zip(&example.choices).filter(|(_, choice)| choice.1).map(|(power, _)| power).sum();
    for (power, (features, is_right)) in powers.iter().zip(&example.choices) {
        let target = if *is_right { power / right.max(f32::MIN_POSITIVE) } else { 0.0 };
        let gradient = (target - power / all) * example.times;
        if gradient.abs() < 1e-4 {
            continue;
        }
        for feature in features {
            let slot = weights.entry(*feature).or_default();
            let gradient = gradient - SHRINK * slot.0;
            slot.1 += gradient * gradient;
            let change = RATE * gradient / (slot.1.sqrt() + 1e-6);
            slot.0 += change;
            slot.2 += change * count;
        }
    }
}

fn examples(
    catalog: &Catalog,
    models: &Models,
    document: &TrainingDocument,
    gold_ids: &GoldIds,
    memory: &mut Memory,
) -> Vec<Example> {
    let vocabulary = Vocabulary::new(catalog);
    let passages = PassageText::of_document(&document.gold.document);
    let prepared = prepare(vocabulary, models, &passages, true, memory);
    let found = recognise(models, &passages, &prepared, memory);
    let mut targets: Vec<(Target, Option<&GoldMention>)> = Vec::new();
    for mention in document.gold.mentions.iter().filter(|mention| !mention.neutral) {
        if document.teaches.contains(&mention.entity_type) && mention.entity_type != EntityType::Variant {
            let target = Target::new(&passages, mention.passage, mention.span, mention.entity_type);
            each_part(vocabulary, &passages, target, |part| targets.push((part, Some(mention))));
        }
    }
    for passage in 0..passages.len() {
        for (at, entity_type) in MODEL_TYPES.into_iter().enumerate() {
            if !document.teaches.contains(&entity_type) {
                let own = found
                    .iter()
                    .filter(|f| f.passage == passage && f.model_type == at && f.probability > 0.5);
                let spans = best(own.map(|found| (found.span, found.probability)).collect());
                let targets_of =
                    spans.into_iter().map(|(span, _)| Target::new(&passages, passage, span, entity_type));
                targets.extend(targets_of.map(|target| (target, None)));
            }
        }
    }
    targets.sort_by_key(|(target, _)| (target.passage, target.span, target.entity_type));
    let (targets, golds): (Vec<Target>, Vec<Option<&GoldMention>>) = targets.into_iter().unzip();
    let held = held_out(document, &passages, gold_ids);
    let words = (&memory.lexicon, &mut memory.entities);
    let mut view = Document::new(vocabulary, models, &passages, &prepared, true, words);
    let linked = link(&mut view, &targets, Some(&held));
    let pairs = targets.iter().zip(golds).zip(linked.each());
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let times = document.times as f32;
    let own = |((target, gold), linked): ((&Target, Option<&GoldMention>), &Linked)| {
        let gold = gold?;
        if is_outdated(vocabulary, gold, gold_ids, &linked.candidates) {
            return None;
        }
        example(vocabulary, target, gold, linked, times)
    };
    pairs.filter_map(own).collect()
}

/// Whether the gold data gives a mention identifiers that the catalog does not have, while an entity of the namespace that
/// they are of bears the very name. Mostly they have been replaced since by that entity's, as a supplementary record of MeSH
/// by a heading: that none is meant is not to be learnt of them. A chemical's name may be that of another concept of the heading,
/// as quetiapine is of Quetiapine Fumarate. Of genes and organisms the entities of one name are several.
fn is_outdated(
    vocabulary: Vocabulary<'_>,
    gold: &GoldMention,
    gold_ids: &GoldIds,
    candidates: &[Candidate],
) -> bool {
    let replaces = matches!(gold.entity_type, EntityType::Disease | EntityType::Chemical);
    if !replaces || gold.ids.is_empty() || gold_ids.of(gold).next().is_some() {
        return false;
    }
    let prefix = curies(gold.entity_type, "").next().unwrap_or_default();
    candidates.iter().any(|candidate| {
        candidate.route <= Route::LongForm
            && (candidate.scope == SynonymScope::Exact || gold.entity_type == EntityType::Chemical)
            && candidate.agreement <= Agreement::MixedCase
            && vocabulary.answer_id(candidate.entity, &[] as &[String]).starts_with(&prefix)
    })
}

fn example(
    vocabulary: Vocabulary<'_>,
    target: &Target,
    gold: &GoldMention,
    linked: &Linked,
    times: f32,
) -> Option<Example> {
    let none = features::none((&LinkModel::default(), true), target.entity_type, &linked.candidates);
    let is_right = |entity| {
        let ids = canonical_ids(&vocabulary.answer_id(entity, &[] as &[String]));
        ids.iter().any(|id| gold.ids.contains(id))
    };
    let mut choices: Vec<(Vec<u32>, bool)> = linked
        .candidates
        .iter()
        .map(|candidate| (candidate.weighed.features(), is_right(candidate.entity)))
        .collect();
    if choices.is_empty() {
        return None;
    }
    let unknown = !choices.iter().any(|(_, right)| *right);
    choices.push((none.features(), unknown));
    Some(Example { choices, times })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::gold::GoldDocument;
    use crate::model::Span;

    #[test]
    fn genes_count_once_a_document_and_diseases_each_time() {
        let text = "ABC1 fever, ABC1 fever";
        let mention = |start, end, entity_type, id: &str| GoldMention {
            passage: 0,
            span: Span { start, end },
            entity_type,
            neutral: false,
            ids: vec![id.to_owned()],
            raw_type: String::new(),
        };
        let (gene, disease) = (EntityType::Gene, EntityType::Disease);
        let document = |id: &str, corpus| TrainingDocument {
            gold: GoldDocument {
                document: crate::model::Document::from_text(id, text),
                mentions: vec![
                    mention(0, 4, gene, "1"),
                    mention(5, 10, disease, "D1"),
                    mention(12, 16, gene, "1"),
                    mention(17, 22, disease, "D1"),
                ],
            },
            corpus,
            fold: 0,
            times: 1,
            teaches: vec![gene, disease],
            unsure: Default::default(),
            denied: Default::default(),
        };
        let ids = [((gene, "1".to_owned()), "NCBIGene:1"), ((disease, "D1".to_owned()), "MESH:D1")];
        let gold_ids = GoldIds { ids: ids.map(|(id, answer)| (id, answer.to_owned())).into_iter().collect() };
        // one document that two corpora have, and another
        let documents = [document("7", 0), document("7", 1), document("8", 0)];
        let aliases = aliases(documents.iter(), &gold_ids);
        let passages = PassageText::of_document(&documents[0].gold.document);
        let held = held_out(&documents[0], &passages, &gold_ids);
        for (entity_type, key, all, left) in [(gene, "abc 1", 2, 1), (disease, "fever", 6, 4)] {
            let said = |held| aliases.of(alias_key(entity_type, key), held).collect::<Vec<_>>();
            let count = |held| said(held).iter().map(|said| said.count).sum::<u32>();
            assert_eq!((count(None), count(Some(&held))), (all, left), "{key}");
            assert!(said(None).iter().all(|said| said.documents == 2), "{key}");
        }
    }

    #[test]
    fn meanings_are_of_types_with_a_model_and_name_entities() {
        let lines: Vec<_> = meanings().collect();
        assert!(lines.is_sorted());
        assert_eq!(lines.len(), MEANINGS.lines().filter(|line| !line.starts_with('#')).count());
        for (entity_type, name, id) in lines {
            assert!(MODEL_TYPES.contains(&entity_type) && !name.is_empty(), "{name}");
            assert_eq!(id.parse::<crate::model::Curie>().map(|curie| curie.to_string()), Ok(id.to_owned()));
        }
    }

    #[test]
    fn identifiers_that_were_replaced_are_told() {
        let catalog = Catalog::embedded().unwrap();
        let entity = catalog.find(&"MESH:D001241".parse().unwrap()).expect("a starter catalog has aspirin");
        let candidate =
            |route, scope, agreement| Candidate { route, scope, agreement, ..Candidate::named(entity) };
        let gold = |entity_type, ids: &[&str]| GoldMention {
            passage: 0,
            span: Span { start: 0, end: 7 },
            entity_type,
            neutral: false,
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            raw_type: String::new(),
        };
        let known = [("C000001", ""), ("D001241", "MESH:D001241")];
        let known = known.map(|(id, answer)| ((EntityType::Chemical, id.to_owned()), answer.to_owned()));
        let gold_ids = GoldIds { ids: known.into_iter().collect() };
        let (exact, same) = (SynonymScope::Exact, Agreement::FirstLetter);
        let by_name = candidate(Route::Name, exact, same);
        let (chemical, disease, gene) = (EntityType::Chemical, EntityType::Disease, EntityType::Gene);
        for (mention, candidate, expected) in [
            (gold(chemical, &["C000001"]), by_name.clone(), true),
            (gold(chemical, &["C000001", "D001241"]), by_name.clone(), false),
            (gold(chemical, &[]), by_name.clone(), false),
            (gold(gene, &["C000001"]), by_name.clone(), false),
            (gold(chemical, &["C000001"]), candidate(Route::Alias, exact, same), false),
            (gold(chemical, &["C000001"]), candidate(Route::Name, SynonymScope::Related, same), true),
            (gold(disease, &["C000001"]), candidate(Route::Name, SynonymScope::Related, same), false),
            (gold(disease, &["C000001"]), by_name, true),
            (gold(chemical, &["C000001"]), candidate(Route::Name, exact, Agreement::Spelling), false),
        ] {
            let told = is_outdated(Vocabulary::new(&catalog), &mention, &gold_ids, &[candidate]);
            assert_eq!(told, expected, "{mention:?}");
        }
    }
}
