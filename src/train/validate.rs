//! Cross-validation: each document is annotated by models that have not seen it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::build::build;
use super::calibrate::{JudgedByType, best_threshold, calibration, reliability};
use super::corpora::{FOLDS, TrainingDocument};
use super::linked::best_scores;
use super::look::{Seen, fit};
use super::names::Names;
use super::{CorpusFigures, Material, Reliability, TrainError};
use crate::annotate::Annotator;
use crate::annotate::learning::{
    MODEL_TYPES, Memory, Models, PassageText, Vocabulary, best, describe_spans, prepare, recognise,
};
use crate::evaluate::{DocumentFigures, score_document};
use crate::formats::gold::GoldMention;
use crate::model::{AnnotateOptions, EntityType, Span};

/// The least spans that the second look of a type is learnt of.
const LOOK_SPANS_MIN: usize = 4_000;

/// What documents held out say of the models.
pub(super) struct Validation {
    /// The models of each fold.
    folds: Vec<Models>,
    judged: JudgedByType,
    gold: [usize; MODEL_TYPES.len()],
    /// What the second look of all documents sees, a list a fold.
    seen: Vec<SeenByType>,
    /// From which score on mentions of each type are linked.
    linked: [Option<f32>; MODEL_TYPES.len()],
}

/// The figures of the documents of each corpus, by type.
pub(super) type FiguresByCorpus = BTreeMap<(EntityType, usize), Vec<DocumentFigures>>;

/// What the second look sees of each type.
type SeenByType = [Vec<Seen>; MODEL_TYPES.len()];

impl Validation {
    /// Trains models for each fold and has them judge the documents that they have not seen.
    ///
    /// # Errors
    /// When the default options do not hold.
    pub(super) fn new(
        material: &Material,
        names: &Names,
        mut on_step: impl FnMut(&str),
    ) -> Result<Self, TrainError> {
        let (judged, gold, linked) = Default::default();
        let mut validation = Self { folds: Vec::new(), judged, gold, seen: Vec::new(), linked };
        for fold in 0..FOLDS {
            let mut models = build(material, |document| document.fold != fold);
            models.names = names.without(fold);
            validation.seen.push(see(material, fold, &models));
            validation.folds.push(models);
            on_step("a fifth of the documents held out");
        }
        // what looks a second time has not seen the documents either
        for fold in 0..FOLDS {
            let mut models = validation.folds[fold].clone();
            validation.teach_look(&mut models, |other| other != fold);
            validation.judge(material, fold, &models);
            validation.folds[fold] = models;
        }
        let mut folds = std::mem::take(&mut validation.folds);
        folds.iter_mut().for_each(|models| validation.calibrate(models));
        validation.linked = best_scores(|score| {
            folds.iter_mut().for_each(|models| set_linked(models, [Some(score); MODEL_TYPES.len()]));
            annotate(material, &folds)
        })?;
        folds.iter_mut().for_each(|models| set_linked(models, validation.linked));
        validation.folds = folds;
        Ok(validation)
    }

    /// Teaches models to look a second time by what the folds that are wanted saw.
    fn teach_look(&self, models: &mut Models, is_wanted: impl Fn(usize) -> bool + Copy) {
        for (at, chain) in models.chains.iter_mut().enumerate() {
            let wanted = self.seen.iter().enumerate().filter(|(fold, _)| is_wanted(*fold));
            if let Some(chain) = chain {
                chain.look = fit(&wanted.flat_map(|(_, seen)| &seen[at]), LOOK_SPANS_MIN);
            }
        }
    }

    fn judge(&mut self, material: &Material, fold: usize, models: &Models) {
        let held: Vec<&TrainingDocument> = material.held_out(fold).collect();
        let judged: Vec<(JudgedByType, [usize; MODEL_TYPES.len()])> = held
            .par_chunks(32)
            .flat_map_iter(|documents| {
                let mut memory = Memory::new(models);
                let own = |document: &&TrainingDocument| judge(material, models, document, &mut memory);
                documents.iter().map(own).collect::<Vec<_>>()
            })
            .collect();
        for (judged, gold) in judged {
            for (at, own) in judged.into_iter().enumerate() {
                self.judged[at].extend(own);
                self.gold[at] += gold[at];
            }
        }
    }

    /// Gives models trained on all documents what the documents held out have taught.
    pub(super) fn finish(&self, models: &mut Models) {
        self.teach_look(models, |_| true);
        self.calibrate(models);
    }

    /// Gives models the calibration that the judgements make, and the thresholds of the best F1.
    fn calibrate(&self, models: &mut Models) {
        for at in 0..MODEL_TYPES.len() {
            let threshold = best_threshold(&self.judged[at], self.gold[at]);
            if let Some(Some(chain)) = models.chains.get_mut(at) {
                chain.calibration = calibration(&self.judged[at]);
            }
            let score = models.score(at, threshold);
            if let Some(Some(chain)) = models.chains.get_mut(at) {
                chain.threshold = score;
            }
        }
        set_linked(models, self.linked);
    }

    /// How often scores of each tenth are right, by type.
    pub(super) fn reliability(&self, models: &Models) -> Vec<Reliability> {
        let types = MODEL_TYPES.into_iter().enumerate();
        types
            .map(|(at, entity_type)| {
                let own = self.judged[at]
                    .iter()
                    .map(|(probability, right)| (models.score(at, *probability), *right));
                Reliability { entity_type, rows: reliability(&own.collect::<Vec<_>>()) }
            })
            .collect()
    }

    /// The figures of each corpus and type, every document annotated by the calibrated models of its fold.
    pub(super) fn figures(&self, material: &Material) -> Result<Vec<CorpusFigures>, TrainError> {
        let names = &material.corpora.names;
        let figures = annotate(material, &self.folds)?.into_iter();
        Ok(figures
            .map(|((entity_type, corpus), documents)| CorpusFigures {
                corpus: names[corpus].clone(),
                entity_type,
                documents,
            })
            .collect())
    }
}

/// Annotates every document by the models of the fold that it is held out of.
fn annotate(material: &Material, folds: &[Models]) -> Result<FiguresByCorpus, TrainError> {
    let mut figures = FiguresByCorpus::new();
    for (fold, models) in folds.iter().enumerate() {
        let annotator = Annotator::with_models(Arc::clone(&material.catalog), Arc::new(models.clone()));
        let options = annotator.prepare(&AnnotateOptions::default())?;
        let held: Vec<&TrainingDocument> = material.held_out(fold).collect();
        let found: Vec<_> =
            held.par_iter().map(|document| annotator.annotate(&document.gold.document, &options)).collect();
        for (document, found) in held.iter().zip(&found) {
            for entity_type in &document.teaches {
                let own = figures.entry((*entity_type, document.corpus)).or_default();
                own.push(score_document(&document.gold, found, *entity_type));
            }
        }
    }
    Ok(figures)
}

/// Sets from which score on mentions are linked, for the types that have one.
fn set_linked(models: &mut Models, scores: [Option<f32>; MODEL_TYPES.len()]) {
    for (chain, score) in models.chains.iter_mut().zip(scores) {
        if let (Some(chain), Some(score)) = (chain, score) {
            chain.linked_threshold = score;
        }
    }
}

/// What the second look of the documents of a fold sees.
fn see(material: &Material, fold: usize, models: &Models) -> SeenByType {
    let held: Vec<&TrainingDocument> = material.held_out(fold).collect();
    let seen: Vec<SeenByType> = held
        .par_chunks(32)
        .flat_map_iter(|documents| {
            let mut memory = Memory::default();
            memory.lexicon.clear(&models.table);
            let own = |document: &&TrainingDocument| see_document(material, models, document, &mut memory);
            documents.iter().map(own).collect::<Vec<_>>()
        })
        .collect();
    let mut all = SeenByType::default();
    for own in seen {
        for (all, own) in all.iter_mut().zip(own) {
            all.extend(own);
        }
    }
    all
}

fn see_document(
    material: &Material,
    models: &Models,
    document: &TrainingDocument,
    memory: &mut Memory,
) -> SeenByType {
    let passages = PassageText::of_document(&document.gold.document);
    let prepared = prepare(Vocabulary::new(&material.catalog), models, &passages, true, memory);
    let found = recognise(models, &passages, &prepared, memory);
    let mut seen = SeenByType::default();
    for (place, look) in describe_spans(models, &passages, &prepared, &found) {
        let own = &found[place];
        let entity_type = MODEL_TYPES[own.model_type];
        if !document.teaches.contains(&entity_type)
            || is_unsure(document, own.model_type, own.passage, own.span)
        {
            continue;
        }
        let mentions = document.gold.mentions.iter();
        let mut here = mentions.filter(|m| m.entity_type == entity_type && m.passage == own.passage);
        let right = here.clone().any(|mention| !mention.neutral && mention.span == own.span);
        if right || !here.any(|mention| mention.neutral && mention.span.overlaps(own.span)) {
            seen[own.model_type].push((look, right));
        }
    }
    seen
}

/// Whether a span is a word that the recipe takes for unsure in this corpus: whether it is right is not asked.
fn is_unsure(document: &TrainingDocument, at: usize, passage: usize, span: Span) -> bool {
    document.unsure[at].contains(&(passage, span))
}

/// The spans of each type that the document's corpus judges, with whether they are right, and how many there are to find.
fn judge(
    material: &Material,
    models: &Models,
    document: &TrainingDocument,
    memory: &mut Memory,
) -> (JudgedByType, [usize; MODEL_TYPES.len()]) {
    let passages = PassageText::of_document(&document.gold.document);
    let prepared = prepare(Vocabulary::new(&material.catalog), models, &passages, true, memory);
    let found = recognise(models, &passages, &prepared, memory);
    let (mut judged, mut gold): (JudgedByType, [usize; MODEL_TYPES.len()]) = Default::default();
    for (at, entity_type) in MODEL_TYPES.into_iter().enumerate() {
        if !document.teaches.contains(&entity_type) {
            continue;
        }
        let marked =
            || document.gold.mentions.iter().filter(move |mention| mention.entity_type == entity_type);
        let counts = |mention: &&GoldMention| {
            !mention.neutral && !is_unsure(document, at, mention.passage, mention.span)
        };
        gold[at] += marked().filter(counts).count();
        for passage in 0..passages.len() {
            let own = found.iter().filter(|found| found.passage == passage && found.model_type == at);
            for (span, probability) in best(own.map(|found| (found.span, found.probability)).collect()) {
                let here = || marked().filter(move |mention| mention.passage == passage);
                let right = here().any(|mention| !mention.neutral && mention.span == span);
                let open = here().any(|mention| mention.neutral && mention.span.overlaps(span));
                if (right || !open) && !is_unsure(document, at, passage, span) {
                    judged[at].push((probability, right));
                }
            }
        }
    }
    (judged, gold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::train::Material;

    /// A corpus of one document, of which the recipe takes those words for unsure.
    fn material(unsure: &str) -> Material {
        let folder = tempfile::tempdir().unwrap();
        let text = "1|t|Children with melanoma\n1|a|The patients and their children took part.\n";
        let mentions = "1\t0\t8\tChildren\tSpecies\t9606\n1\t27\t35\tpatients\tSpecies\t9606\n";
        let recipe = format!(
            "name = \"m\"\n[[corpora]]\nname = \"c\"\nfiles = [\"c.pubtator\"]\nsource = \"s\"\nlicense = \"l\"\n\
             teaches = [\"Species\"]\nunsure = {{ Species = [{unsure}] }}\n"
        );
        std::fs::write(folder.path().join("c.pubtator"), [text, mentions].concat()).unwrap();
        let path = folder.path().join("recipe.toml");
        std::fs::write(&path, recipe).unwrap();
        let gold = [folder.path().to_owned()];
        Material::read(&path, &gold, Arc::new(Catalog::embedded().unwrap())).unwrap()
    }

    #[test]
    fn unsure_words_teach_the_second_look_nothing_and_do_not_count() {
        let species = MODEL_TYPES.iter().position(|own| *own == EntityType::Species).unwrap();
        // as in training, where no second look was learnt yet
        let mut models = Models::clone(&Models::embedded());
        models.chains.iter_mut().flatten().for_each(|chain| chain.look.clear());
        let told = |unsure: &str| {
            let material = material(unsure);
            let document = &material.corpora.documents[0];
            let mut memory = Memory::new(&models);
            let seen = see_document(&material, &models, document, &mut memory);
            let (judged, gold) = judge(&material, &models, document, &mut memory);
            (seen[species].len(), judged[species].len(), gold[species])
        };
        let (all, without) = (told("\"nobody\""), told("\"children\""));
        // "children" stands there twice, once as a mention
        assert_eq!(all.0, without.0 + 2, "{all:?} {without:?}");
        assert_eq!((all.2, without.2), (2, 1));
        assert!(all.1 > without.1 && without.1 > 0, "{all:?} {without:?}");
    }
}
