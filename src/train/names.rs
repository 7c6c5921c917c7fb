//! Training of what ranks names of types without a sequence model: how often gold data marks a name where it stands, and the
//! weights of what speaks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::calibrate::{Judged, best_threshold, calibration, reliability};
use super::corpora::TrainingDocument;
use super::look::fit;
use super::ranker::GoldIds;
use super::{FOLDS, Material, Reliability, TrainError};
use crate::annotate::Annotator;
use crate::annotate::learning::{
    MODEL_TYPES, Models, NAME_FEATURES, NameFeatures, NameModel, NameRanker, SeenName, Told,
};
use crate::catalog::Catalog;
use crate::formats::gold::GoldMention;
use crate::model::{AnnotateOptions, EntityType, Span};

/// How many models of types are learnt at most.
const TYPES: usize = EntityType::ALL.len();

/// A name that stands in a document.
struct Name {
    seen: SeenName,
    /// Whether gold marks the place as a mention of the type.
    marked: bool,
    /// Whether the reading is right; `None` where gold does not tell.
    right: Option<bool>,
}

/// The least examples to learn a type of.
const EXAMPLES_MIN: usize = 1_000;

/// What the ranker sees of a name, and whether it is right.
type Example = (NameFeatures, bool);

/// The names of a document of a corpus that teaches types without a sequence model.
struct NamesOf {
    fold: usize,
    names: Vec<Name>,
    /// How many mentions of each type there are to find.
    gold: [usize; TYPES],
}

/// What is learnt of names.
pub(super) struct Names {
    documents: Vec<NamesOf>,
    judged: Vec<Vec<Judged>>,
    /// The rankers that have not seen the documents of each fold.
    folds: Vec<NameRanker>,
}

/// The types of a document that have no sequence model.
fn taught(document: &TrainingDocument) -> impl Iterator<Item = EntityType> + '_ {
    document.teaches.iter().copied().filter(|own| !MODEL_TYPES.contains(own))
}

impl Names {
    /// Reads the names of all documents that teach such types, and trains a ranker for each fold.
    pub(super) fn new(material: &Material) -> Result<Self, TrainError> {
        let models = Models::of_spelling(material.spelling.clone());
        let annotator = Annotator::with_models(Arc::clone(&material.catalog), Arc::new(models));
        let options = annotator.prepare(&AnnotateOptions::default())?;
        let types = MODEL_TYPES.iter().fold(u16::MAX, |types, own| types & !(1 << *own as u16));
        let documents: Vec<&TrainingDocument> =
            material.corpora.documents.iter().filter(|document| taught(document).next().is_some()).collect();
        let documents: Vec<NamesOf> = documents
            .par_iter()
            .map(|document| {
                let seen = annotator.seen_names(&document.gold.document, types, &options);
                judge_names(document, seen, &material.catalog, &material.gold_ids)
            })
            .collect();
        let mut names = Self { documents, judged: vec![Vec::new(); TYPES], folds: Vec::new() };
        names.folds = (0..FOLDS).into_par_iter().map(|fold| names.train(|other| other != fold)).collect();
        for fold in 0..FOLDS {
            names.judge(fold);
        }
        let calibrated = names.folds.iter().map(|ranker| names.calibrate(ranker)).collect();
        names.folds = calibrated;
        Ok(names)
    }

    /// The ranker that has seen all documents but those of a fold.
    pub(super) fn without(&self, fold: usize) -> NameRanker {
        self.folds[fold].clone()
    }

    /// The ranker that has seen all documents.
    pub(super) fn finish(&self) -> NameRanker {
        self.calibrate(&self.train(|_| true))
    }

    /// How often scores of each tenth are right, by type.
    pub(super) fn reliability(&self, ranker: &NameRanker) -> Vec<Reliability> {
        let own = EntityType::ALL.into_iter().zip(&self.judged).filter(|(_, judged)| !judged.is_empty());
        own.filter_map(|(entity_type, judged)| {
            let model = ranker.of(entity_type)?;
            let scored: Vec<Judged> =
                judged.iter().map(|(chance, marked)| (model.score(*chance), *marked)).collect();
            Some(Reliability { entity_type, rows: reliability(&scored) })
        })
        .collect()
    }

    fn wanted(&self, is_wanted: impl Fn(usize) -> bool) -> impl Iterator<Item = &NamesOf> {
        self.documents.iter().filter(move |document| is_wanted(document.fold))
    }

    fn train(&self, is_wanted: impl Fn(usize) -> bool + Copy) -> NameRanker {
        let told = told(self.wanted(is_wanted));
        let wanted: Vec<(&NamesOf, Vec<NameFeatures>)> =
            self.wanted(is_wanted).map(|document| (document, describe_held_out(document, &told))).collect();
        let mut choices: Vec<Vec<Example>> = vec![Vec::new(); TYPES];
        for (document, features) in &wanted {
            for (name, features) in document.names.iter().zip(features) {
                if let Some(right) = name.right {
                    choices[name.seen.entity_type as usize].push((*features, right));
                }
            }
        }
        let choices = fit_types(&choices);
        // the chance is learnt of the entities that are chosen
        let chosen = NameRanker::new(models(&choices, &choices), FxHashMap::default());
        let mut chances: Vec<Vec<Example>> = vec![Vec::new(); TYPES];
        for (document, features) in &wanted {
            for (at, entity_type) in best_names(document, features, &chosen) {
                chances[entity_type as usize].push((features[at], document.names[at].marked));
            }
        }
        NameRanker::new(models(&choices, &fit_types(&chances)), told)
    }

    /// Has the ranker of a fold judge the documents that it has not seen: of each place the best reading of a type.
    fn judge(&mut self, fold: usize) {
        let ranker = &self.folds[fold];
        for document in self.documents.iter().filter(|own| own.fold == fold) {
            let describe = |name: &Name| name.seen.describe(ranker.told_by_key(name.seen.key));
            let features: Vec<NameFeatures> = document.names.iter().map(describe).collect();
            for (at, entity_type) in best_names(document, &features, ranker) {
                if let Some(model) = ranker.of(entity_type) {
                    let judged = (model.chance(&features[at]), document.names[at].marked);
                    self.judged[entity_type as usize].push(judged);
                }
            }
        }
    }

    /// A ranker whose scores say how often names of documents held out are right, with the threshold of the best F1 of each
    /// type; what ranks the other types has learnt both of all.
    fn calibrate(&self, ranker: &NameRanker) -> NameRanker {
        let gold = |at: usize| self.documents.iter().map(|document| document.gold[at]).sum::<usize>();
        let all: Vec<Judged> = self.judged.iter().flatten().copied().collect();
        let models = ranker.models().iter().cloned().map(|model| {
            let (judged, gold) = match EntityType::from_name(&model.entity_type) {
                Some(own) => (&self.judged[own as usize], gold(own as usize)),
                None => (&all, (0..TYPES).map(gold).sum()),
            };
            let model = NameModel { calibration: calibration(judged), ..model };
            let threshold = model.score(best_threshold(judged, gold));
            NameModel { threshold, ..model }
        });
        NameRanker::new(models.collect(), ranker.told().into_iter().collect())
    }
}

/// The weights of each type, and behind them those of all types together; none where there is too little to learn from.
fn fit_types(examples: &[Vec<Example>]) -> Vec<Vec<f32>> {
    let own = examples.iter().map(|examples| fit(&examples.iter(), EXAMPLES_MIN));
    own.chain([fit(&examples.iter().flatten(), EXAMPLES_MIN)]).collect()
}

/// The models of the types that both weights were learnt of.
fn models(choices: &[Vec<f32>], chances: &[Vec<f32>]) -> Vec<NameModel> {
    let names = EntityType::ALL.iter().map(|own| own.name()).chain([""]);
    let all = names
        .zip(choices)
        .zip(chances)
        .filter(|((_, choice), chance)| choice.len() == NAME_FEATURES && chance.len() == NAME_FEATURES);
    all.map(|((name, choice), chance)| NameModel {
        entity_type: name.to_owned(),
        choice: choice.clone(),
        chance: chance.clone(),
        calibration: Vec::new(),
        threshold: 0.5,
    })
    .collect()
}

/// What the ranker sees of a document's names, which do not learn from what the document says itself.
fn describe_held_out(document: &NamesOf, told: &FxHashMap<u64, Told>) -> Vec<NameFeatures> {
    let own = told_by(document);
    let describe = |name: &Name| {
        let all = told.get(&name.seen.key).copied().unwrap_or_default();
        let own = own.get(&name.seen.key).copied().unwrap_or_default();
        let told = Told {
            marked: all.marked.saturating_sub(own.marked),
            stood: all.stood.saturating_sub(own.stood),
        };
        name.seen.describe(told)
    };
    document.names.iter().map(describe).collect()
}

/// The name of each place and type that the ranker chooses.
fn best_names(
    document: &NamesOf,
    features: &[NameFeatures],
    ranker: &NameRanker,
) -> Vec<(usize, EntityType)> {
    let mut best: BTreeMap<(usize, Span, EntityType), (f32, u8, usize)> = BTreeMap::new();
    for (at, (name, features)) in document.names.iter().zip(features).enumerate() {
        let Some(model) = ranker.of(name.seen.entity_type) else { continue };
        let place = (name.seen.passage, name.seen.span, name.seen.entity_type);
        let own = (model.choice(features), name.seen.prominence, at);
        let best = best.entry(place).or_insert(own);
        if (own.0, own.1) > (best.0, best.1) {
            *best = own;
        }
    }
    best.into_iter().map(|((.., entity_type), (.., at))| (at, entity_type)).collect()
}

/// The names of a document with what gold says of them.
fn judge_names(
    document: &TrainingDocument,
    seen: Vec<SeenName>,
    catalog: &Catalog,
    gold_ids: &GoldIds,
) -> NamesOf {
    let gold = &document.gold.mentions;
    let names = seen.into_iter().filter_map(|seen| {
        let entity_type = seen.entity_type;
        taught(document).find(|own| *own == entity_type)?;
        let here = || gold.iter().filter(|m| m.entity_type == entity_type && m.passage == seen.passage);
        let exact = here().find(|mention| !mention.neutral && mention.span == seen.span);
        if exact.is_none() && here().any(|mention| mention.neutral && mention.span.overlaps(seen.span)) {
            return None;
        }
        let id = catalog.answer_id(seen.entity, &[] as &[String]);
        let fits = |mention: &GoldMention| gold_ids.of(mention).any(|own| own == id);
        let right = match exact {
            None => Some(false),
            Some(mention) if fits(mention) => Some(true),
            // gold data does not know the identifiers of other namespaces
            Some(_) => seen.preferred.then_some(false),
        };
        Some(Name { seen, marked: exact.is_some(), right })
    });
    let mut names: Vec<Name> = names.collect();
    // an identifier of another namespace is wrong where one that gold data knows was to be had
    let place = |name: &Name| (name.seen.passage, name.seen.span, name.seen.entity_type);
    let told: BTreeSet<_> = names.iter().filter(|name| name.right == Some(true)).map(place).collect();
    for name in names.iter_mut().filter(|name| name.right.is_none()) {
        name.right = told.contains(&place(name)).then_some(false);
    }
    let mut counts = [0; TYPES];
    for mention in gold.iter().filter(|mention| !mention.neutral) {
        let is_taught = taught(document).any(|own| own == mention.entity_type);
        counts[mention.entity_type as usize] += usize::from(is_taught);
    }
    NamesOf { fold: document.fold, names, gold: counts }
}

/// In how many documents names were marked, and in how many they stood.
fn told<'n>(documents: impl Iterator<Item = &'n NamesOf>) -> FxHashMap<u64, Told> {
    let mut all: FxHashMap<u64, Told> = FxHashMap::default();
    for document in documents {
        for (key, own) in told_by(document) {
            let told = all.entry(key).or_default();
            told.marked = told.marked.saturating_add(own.marked);
            told.stood = told.stood.saturating_add(own.stood);
        }
    }
    all
}

/// What one document says of its names.
fn told_by(document: &NamesOf) -> FxHashMap<u64, Told> {
    let mut places: FxHashMap<u64, BTreeMap<(usize, Span), bool>> = FxHashMap::default();
    for name in &document.names {
        let own = places.entry(name.seen.key).or_default();
        own.insert((name.seen.passage, name.seen.span), name.marked);
    }
    let told = |places: BTreeMap<_, bool>| {
        let marked = places.values().filter(|marked| **marked).count();
        Told { marked: u16::from(2 * marked > places.len()), stood: 1 }
    };
    places.into_iter().map(|(key, places)| (key, told(places))).collect()
}
