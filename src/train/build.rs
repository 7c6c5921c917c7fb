//! From gold documents to models.

use rayon::prelude::*;

use super::corpora::{FOLDS, TrainingDocument};
use super::examples::{Examples, Sentence};
use super::sequence::{self, Weights};
use super::{DISEASE_SCHEDULE, GENE_SCHEDULE, Material, SCHEDULE, SPECIES_SCHEDULE, focus, ranker};
use crate::annotate::learning::{ChainModel, FocusModel, MODEL_TYPES, Models, ROW, Table, place_in_row};
use crate::model::EntityType;

/// The most features of a model: those that say most, by their largest weight and how often they stand.
const FEATURES_LIMIT: usize = 480_000;
/// Spans of a lower probability are not annotated by default, until a calibration says better.
const THRESHOLD: f32 = 0.45;
/// Mentions are linked from this score on, until documents held out say better.
const LINKED_THRESHOLD: f32 = 0.3;
/// Rounds of training the ranker: the later ones see the species that the earlier ones linked.
const RANKER_ROUNDS: usize = 2;

/// Trains models on the documents that `is_wanted`.
pub(super) fn build(material: &Material, is_wanted: impl Fn(&TrainingDocument) -> bool + Sync) -> Models {
    let Material { corpora, examples, catalog, spelling, gold_ids, .. } = material;
    let weights: Vec<Option<Weights>> = (0..MODEL_TYPES.len())
        .into_par_iter()
        .map(|of| {
            let taught = corpora.documents.iter().any(|document| document.teaches.contains(&MODEL_TYPES[of]));
            let times = |sentence: &Sentence| {
                let document = &corpora.documents[sentence.document];
                if is_wanted(document) { document.times } else { 0 }
            };
            let schedule = match MODEL_TYPES[of] {
                EntityType::Gene => GENE_SCHEDULE,
                EntityType::Disease => DISEASE_SCHEDULE,
                EntityType::Species => SPECIES_SCHEDULE,
                _ => SCHEDULE,
            };
            taught.then(|| sequence::train(examples, of, &schedule, times))
        })
        .collect();
    let (table, chains) = quantise(examples, &weights);
    let taught = corpora.documents.iter().filter(|document| document.teaches_sequences());
    let documents: Vec<&TrainingDocument> = taught.filter(|document| is_wanted(document)).collect();
    let mut models = Models { table, chains, ..Models::of_spelling(spelling.clone()) };
    models.aliases = ranker::aliases(documents.iter().copied(), gold_ids);
    let focus =
        |fold: usize| focus::train(&material.focus, corpora, |own| is_wanted(own) && own.fold != fold);
    // what the ranker learns by has not seen the document
    let held: Vec<FocusModel> = (0..FOLDS).into_par_iter().map(focus).collect();
    for _ in 0..RANKER_ROUNDS {
        models.linking = ranker::train(catalog, &models, &held, &documents, gold_ids);
    }
    models.focus = focus::train(&material.focus, corpora, is_wanted);
    models
}

/// Weights as whole numbers of 8 bits, each type on its own scale.
fn quantise(examples: &Examples, weights: &[Option<Weights>]) -> (Table, Vec<Option<ChainModel>>) {
    let largest =
        |weights: &Weights| weights.features.iter().flatten().fold(0.1_f32, |most, w| most.max(w.abs()));
    let chains: Vec<Option<ChainModel>> = weights
        .iter()
        .map(|weights| {
            let weights = weights.as_ref()?;
            let scale = largest(weights) / 127.0;
            let transitions = weights.transitions;
            let (calibration, look) = (Vec::new(), Vec::new());
            let (threshold, linked_threshold) = (THRESHOLD, LINKED_THRESHOLD);
            Some(ChainModel { scale, transitions, calibration, threshold, linked_threshold, look })
        })
        .collect();
    let mut rows: Vec<(f32, u64, [i8; ROW])> = (0..examples.features.len())
        .into_par_iter()
        .filter_map(|number| {
            let (row, most) = row(number, weights, &chains)?;
            #[expect(clippy::cast_precision_loss, reason = "counts of places")]
            let places = examples.counts[number] as f32;
            Some((most * places.ln_1p(), examples.features[number], row))
        })
        .collect();
    rows.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    rows.truncate(FEATURES_LIMIT);
    rows.sort_unstable_by_key(|(_, feature, _)| *feature);
    let rows: Vec<(u64, [i8; ROW])> = rows.into_iter().map(|(_, feature, row)| (feature, row)).collect();
    (Table::build(&rows), chains)
}

/// The weights of a feature as whole numbers, and the largest of them; `None` where all are nothing.
fn row(
    number: usize,
    weights: &[Option<Weights>],
    chains: &[Option<ChainModel>],
) -> Option<([i8; ROW], f32)> {
    let mut row = [0_i8; ROW];
    let mut most = 0.0_f32;
    for (of, (weights, chain)) in weights.iter().zip(chains).enumerate() {
        if let (Some(weights), Some(chain)) = (weights, chain) {
            for (label, weight) in weights.features[number].into_iter().enumerate() {
                #[expect(clippy::cast_possible_truncation, reason = "scaled to the range")]
                let whole = (weight / chain.scale).round() as i8;
                row[place_in_row(of, label > 0)] = whole;
                most = most.max(weight.abs());
            }
        }
    }
    (row != [0; ROW]).then_some((row, most))
}
