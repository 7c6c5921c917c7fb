//! The trained models: what recognition and linking weigh evidence with.

mod file;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::link::LinkModel;
use super::link::aliases::Aliases;
use super::link::focus::FocusModel;
use super::name_ranker::{NameModel, NameRanker};
use super::recognise::chain::Transitions;
use super::recognise::spelling::Spelling;
use super::recognise::table::{MODEL_TYPES, Table};
use crate::model::EntityType;

/// The sequence model of one type.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct ChainModel {
    /// What a quantised weight of one stands for.
    pub scale: f32,
    /// From label to label.
    pub transitions: Transitions,
    /// How often spans of a probability are right: points of both, rising. Between them lines.
    pub calibration: Vec<(f32, f32)>,
    /// The least score that gives the best F1.
    pub threshold: f32,
    /// The least chance that both a mention and its entity are right for the entity to be named, by the surest mention of
    /// the document that is linked alike.
    #[serde(default)]
    pub linked_threshold: f32,
    /// What the second look weighs, by its features; empty where there is none.
    #[serde(default)]
    pub look: Vec<f32>,
}

/// A corpus that models were trained on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ModelCorpus {
    /// What it is called.
    pub name: String,
    /// Where it comes from.
    pub source: String,
    /// Its licence.
    pub license: String,
}

/// What a file of models says of itself, and its smaller parts.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct About {
    name: String,
    corpora: Vec<ModelCorpus>,
    chains: Vec<Option<ChainModel>>,
    names: Vec<NameModel>,
}

/// Why models cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// The file cannot be read.
    #[error("cannot read the models {file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is something else.
    #[error("this is no file of models; `glossator train` makes one")]
    NoModels,
    /// The models are of another version of the program.
    #[error("the models are of version {found} and this program reads version {expected}; train them anew")]
    OtherVersion {
        /// Their version.
        found: u32,
        /// The version that is read.
        expected: u32,
    },
    /// The checksum or a length is wrong.
    #[error("the file of models is damaged; copy it or train the models anew")]
    Damaged,
    /// One of these of a file.
    #[error("{file}: {source}")]
    InFile {
        /// The file.
        file: String,
        /// What is wrong with it.
        source: Box<ModelsError>,
    },
}

/// The models that are embedded.
static EMBEDDED: &Lines<[u8]> = &Lines(*include_bytes!("../../../data/models/biomedical.models"));

/// Bytes that begin with a line of memory.
#[repr(C, align(64))]
struct Lines<B: ?Sized>(B);

/// All models.
#[derive(Debug, Clone)]
pub struct Models {
    /// What they are called.
    pub(crate) name: String,
    /// What they were trained on.
    pub(crate) corpora: Vec<ModelCorpus>,
    /// The weights of features.
    pub(crate) table: Table,
    /// What words are by their spelling.
    pub(crate) spelling: Spelling,
    /// What mentions of the gold data were linked to.
    pub(crate) aliases: Aliases,
    /// The weights of the ranker.
    pub(crate) linking: LinkModel,
    /// What words say of the species that a document is about.
    pub(crate) focus: FocusModel,
    /// The sequence models, by the places of their types; types without one are found by the dictionary alone.
    pub(crate) chains: Vec<Option<ChainModel>>,
    /// What ranks names of the other types.
    pub(crate) names: NameRanker,
}

impl Models {
    /// No model at all.
    pub fn none() -> Self {
        Self {
            name: String::new(),
            corpora: Vec::new(),
            table: Table::new(Cow::Borrowed(&[])),
            spelling: Spelling::new(Cow::Borrowed(&[])),
            aliases: Aliases::default(),
            linking: LinkModel::default(),
            focus: FocusModel::default(),
            chains: Vec::new(),
            names: NameRanker::default(),
        }
    }

    /// No model but that of spelling.
    pub(crate) fn of_spelling(spelling: Spelling) -> Self {
        Self { spelling, ..Self::none() }
    }

    /// The models in the binary. A program whose models are damaged, which a test rules out, has none.
    pub fn embedded() -> Arc<Self> {
        static LOADED: OnceLock<Arc<Models>> = OnceLock::new();
        let load = || file::from_bytes(Cow::Borrowed(&EMBEDDED.0)).unwrap_or_else(|_| Self::none());
        Arc::clone(LOADED.get_or_init(|| Arc::new(load())))
    }

    /// Reads models from a file and checks the whole.
    ///
    /// # Errors
    /// When the file cannot be read, holds something else, is of another version or damaged.
    pub fn open(path: &Path) -> Result<Self, ModelsError> {
        let file = || path.display().to_string();
        let bytes = std::fs::read(path).map_err(|source| ModelsError::Read { file: file(), source })?;
        Self::from_bytes(bytes).map_err(|error| ModelsError::InFile { file: file(), source: Box::new(error) })
    }

    /// Reads the models of a file's bytes and checks the whole.
    ///
    /// # Errors
    /// When they are something else, of another version or damaged.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ModelsError> {
        file::from_bytes(Cow::Owned(bytes))
    }

    /// The bytes of a file of models with the checksum that what follows it has, for tests with damaged ones.
    #[doc(hidden)]
    pub fn resealed(bytes: Vec<u8>) -> Vec<u8> {
        file::resealed(bytes)
    }

    /// The models as a file holds them. The same models give the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        file::to_bytes(self)
    }

    /// What they are called; empty for none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What they were trained on.
    pub fn corpora(&self) -> &[ModelCorpus] {
        &self.corpora
    }

    fn about(&self) -> About {
        let names = self.names.models().to_vec();
        About { name: self.name.clone(), corpora: self.corpora.clone(), chains: self.chains.clone(), names }
    }

    /// The types without a model, as bits by their values.
    pub(crate) fn types_without(&self) -> u16 {
        let mut types = u16::MAX;
        for (entity_type, chain) in MODEL_TYPES.iter().zip(&self.chains) {
            if chain.is_some() {
                types &= !(1 << *entity_type as u16);
            }
        }
        types
    }

    /// The score of a span that the model at `at` gives a probability: how often such spans are right.
    pub(crate) fn score(&self, at: usize, probability: f32) -> f32 {
        let Some(Some(chain)) = self.chains.get(at) else { return probability };
        calibrated(&chain.calibration, probability)
    }

    /// A probability that gives the spans of the type at `at` that are not likelier a lower score than `low`.
    pub(crate) fn scores_less(&self, at: usize, low: f32) -> f32 {
        let points = self.chains.get(at).and_then(Option::as_ref).map_or(&[][..], |chain| &chain.calibration);
        // what stands between two points is no more than the higher of them, but for how it is rounded
        let less = points.iter().take_while(|(_, score)| score.max(SCORE_MIN) < low * SURELY_LESS);
        less.last().map_or(f32::MIN, |(probability, _)| *probability)
    }

    /// The least score of an annotation of the type at `at` by default.
    pub(crate) fn threshold(&self, at: usize) -> f32 {
        self.chains.get(at).and_then(Option::as_ref).map_or(0.5, |chain| chain.threshold)
    }

    /// The least chance that a mention of a type and its entity are right for the entity to be named.
    pub(crate) fn linked_threshold(&self, entity_type: EntityType) -> f32 {
        let at = MODEL_TYPES.iter().position(|own| *own == entity_type);
        let chain = at.and_then(|at| self.chains.get(at)).and_then(Option::as_ref);
        chain.map_or(0.0, |chain| chain.linked_threshold)
    }
}

/// No span scores less.
const SCORE_MIN: f32 = 1e-4;
/// What is less than this share of a score stays less however it is rounded.
const SURELY_LESS: f32 = 0.999;

/// How often what gets a probability is right, by the points of a calibration and the lines between them; the probability
/// itself where there are none.
pub(super) fn calibrated(points: &[(f32, f32)], probability: f32) -> f32 {
    let after = points.partition_point(|(from, _)| *from <= probability);
    let score = match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some(one), Some(other)) => {
            one.1 + (other.1 - one.1) * (probability - one.0) / (other.0 - one.0).max(f32::MIN_POSITIVE)
        }
        (Some(last), None) => last.1,
        (None, Some(first)) => first.1,
        (None, None) => probability,
    };
    score.clamp(SCORE_MIN, 1.0)
}
