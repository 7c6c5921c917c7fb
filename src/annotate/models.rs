//! The trained models: what recognition and linking weigh evidence with.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::link::LinkModel;
use super::link::aliases::Aliases;
use super::recognise::chain::Transitions;
use super::recognise::spelling::Spelling;
use super::recognise::table::{MODEL_TYPES, Table};

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
}

/// All models.
#[derive(Debug, Clone)]
pub struct Models {
    /// The weights of features.
    pub(crate) table: Table,
    /// What words are by their spelling.
    pub(crate) spelling: Spelling,
    /// What mentions of the gold data were linked to.
    pub(crate) aliases: Aliases,
    /// The weights of the ranker.
    pub(crate) linking: LinkModel,
    /// The sequence models, by the places of their types; types without one are found by the dictionary alone.
    pub(crate) chains: Vec<Option<ChainModel>>,
}

impl Models {
    /// No model at all.
    pub fn none() -> Self {
        Self { table: Table::new(Cow::Borrowed(&[])), spelling: Spelling::new(Cow::Borrowed(&[])), aliases: Aliases::default(), linking: LinkModel::default(), chains: Vec::new() }
    }

    /// The models in the binary.
    pub fn embedded() -> Arc<Self> {
        static EMBEDDED: OnceLock<Arc<Models>> = OnceLock::new();
        Arc::clone(EMBEDDED.get_or_init(|| Arc::new(Self::none())))
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
        let points = &chain.calibration;
        let after = points.partition_point(|(from, _)| *from <= probability);
        let score = match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
            (Some(one), Some(other)) => {
                one.1 + (other.1 - one.1) * (probability - one.0) / (other.0 - one.0).max(f32::MIN_POSITIVE)
            }
            (Some(last), None) => last.1,
            (None, Some(first)) => first.1,
            (None, None) => probability,
        };
        score.clamp(1e-4, 1.0)
    }

    /// The least score of an annotation of the type at `at` by default.
    pub(crate) fn threshold(&self, at: usize) -> f32 {
        self.chains.get(at).and_then(Option::as_ref).map_or(0.5, |chain| chain.threshold)
    }
}
