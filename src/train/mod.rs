//! Training of the models on gold corpora, and their cross-validation.
//!
//! A recipe says which corpora teach which types. Features come from the annotator's own code; [`train`] learns the
//! sequence models, the aliases and the ranker of them, and what scores mean from documents held out.

mod build;
mod calibrate;
mod corpora;
mod examples;
mod focus;
mod linked;
mod look;
mod names;
mod ranker;
mod recipe;
mod sequence;
mod slot;
mod spelling;
mod validate;

use std::path::{Path, PathBuf};

use std::sync::Arc;

use crate::annotate::learning::spelling::Spelling;
use crate::annotate::{ModelCorpus, Models, OptionsError};
use crate::catalog::Catalog;
use crate::evaluate::DocumentFigures;
use crate::formats::gold::GoldError;
use crate::model::EntityType;
use corpora::{Corpora, FOLDS, TrainingDocument};
use examples::Examples;
use names::Names;
use ranker::GoldIds;
use recipe::Recipe;
use sequence::Schedule;
use slot::Steps;
use validate::Validation;

/// Why models cannot be trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The recipe cannot be read.
    #[error("cannot read {file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The recipe says something that it cannot say.
    #[error("{file} is no recipe of models: {problem}")]
    Recipe {
        /// The file.
        file: String,
        /// What is wrong, and where.
        problem: String,
    },
    /// A type that there is not.
    #[error("corpus {corpus}: there is no type \"{name}\"; write one such as Gene or CellLine")]
    UnknownType {
        /// The corpus.
        corpus: String,
        /// What it says.
        name: String,
    },
    /// A file of a corpus is not there.
    #[error("{file} is in none of the folders given by --gold")]
    Missing {
        /// The file, as the recipe names it.
        file: String,
    },
    /// A gold file is bad.
    #[error(transparent)]
    Gold(#[from] GoldError),
    /// The default options do not hold.
    #[error(transparent)]
    Options(#[from] OptionsError),
}

/// How the sequence models are trained; the values did best on documents held out (docs/MODELS.md).
const SCHEDULE: Schedule = Schedule {
    passes: 8,
    steps: Steps { rate: 0.05, squares: 0.0, shrink: 3e-4 },
    without_dictionary: 0.1,
    without_together: 0.0,
    unmet: 0.2,
    unmet_places_min: 100,
};
/// That of diseases, which gain a quarter of a point by it; chemicals and cell lines lose as much.
const DISEASE_SCHEDULE: Schedule = Schedule { without_together: 0.1, ..SCHEDULE };
/// That of organisms, which are told by their very words more than others: S800 loses half a point by leaving out so many.
const SPECIES_SCHEDULE: Schedule = Schedule { unmet: 0.1, unmet_places_min: 30, ..SCHEDULE };
/// That of genes, which are told more by their spelling and less by single words than others (BioRED gains one point);
/// variants and chemicals lose by it.
const GENE_SCHEDULE: Schedule =
    Schedule { steps: Steps { rate: 0.06, squares: 0.1, shrink: 3e-4 }, ..SCHEDULE };

/// What is trained on, read once.
struct Material {
    recipe: Recipe,
    corpora: Corpora,
    catalog: Arc<Catalog>,
    spelling: Spelling,
    examples: Examples,
    gold_ids: GoldIds,
    focus: Vec<focus::Example>,
}

impl Material {
    fn read(recipe: &Path, gold: &[PathBuf], catalog: Arc<Catalog>) -> Result<Self, TrainError> {
        let recipe = Recipe::read(recipe)?;
        let corpora = Corpora::read(&recipe, gold)?;
        let spelling = spelling::train(&catalog, corpora.plain_words().into_iter());
        let examples = examples::extract(&corpora, &catalog, &Models::of_spelling(spelling.clone()));
        let gold_ids = GoldIds::new(&catalog, &corpora.documents);
        let focus = focus::examples(&corpora, &catalog, &gold_ids);
        Ok(Self { recipe, corpora, catalog, spelling, examples, gold_ids, focus })
    }

    fn held_out(&self, fold: usize) -> impl Iterator<Item = &TrainingDocument> {
        self.corpora.documents.iter().filter(move |document| document.fold == fold)
    }
}

/// The figures of a type in a corpus, a document each.
#[derive(Debug, Clone)]
pub struct CorpusFigures {
    /// The corpus.
    pub corpus: String,
    /// The type.
    pub entity_type: EntityType,
    /// Its documents.
    pub documents: Vec<DocumentFigures>,
}

/// How often scores of a type are right on documents held out.
#[derive(Debug, Clone)]
pub struct Reliability {
    /// The type.
    pub entity_type: EntityType,
    /// By tenths of the score: the least score, how many spans, their mean score, and the share that is right.
    pub rows: Vec<(f32, usize, f32, f32)>,
}

/// What training gives.
#[derive(Debug)]
pub struct Trained {
    /// The models.
    pub models: Models,
    /// What the scores mean.
    pub reliability: Vec<Reliability>,
    /// The figures of the cross-validation, if it was asked for.
    pub figures: Vec<CorpusFigures>,
}

/// How many steps [`train`] tells of.
pub const STEPS: usize = FOLDS + 2;

/// Trains models as a recipe says. Documents are held out in five parts to learn what scores mean; with
/// `cross_validate` they are annotated and measured as well. The same recipe, files and catalog give the same models.
///
/// # Errors
/// When the recipe or a gold file cannot be used.
pub fn train(
    recipe: &Path,
    gold: &[PathBuf],
    catalog: Arc<Catalog>,
    cross_validate: bool,
    mut on_step: impl FnMut(&str),
) -> Result<Trained, TrainError> {
    let material = Material::read(recipe, gold, catalog)?;
    on_step("the corpora read");
    let names = Names::new(&material)?;
    let validation = Validation::new(&material, &names, &mut on_step)?;
    let mut models = build::build(&material, |_| true);
    models.name.clone_from(&material.recipe.name);
    models.corpora = material.recipe.used().map(ModelCorpus::from).collect();
    validation.finish(&mut models);
    models.names = names.finish();
    on_step("the models trained");
    let mut reliability = validation.reliability(&models);
    reliability.extend(names.reliability(&models.names));
    let figures = if cross_validate { validation.figures(&material)? } else { Vec::new() };
    Ok(Trained { models, reliability, figures })
}
