//! The weights of the ranker.

use super::super::recognise::numbers::Numbers;

/// The weights of the ranker, by feature.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinkModel {
    numbers: Numbers,
    /// The features and their weights, by number.
    weights: Vec<(u32, f32)>,
}

impl LinkModel {
    /// A model of those weights; of several of one feature it takes the last.
    pub(crate) fn new(weights: impl IntoIterator<Item = (u32, f32)>) -> Self {
        let mut model = Self::default();
        for (feature, weight) in weights {
            let (number, is_new) = model.numbers.number(hash_of(feature));
            if is_new {
                model.weights.push((feature, weight));
            } else {
                model.weights[number as usize].1 = weight;
            }
        }
        model
    }

    /// The weights, by feature.
    pub(crate) fn weights(&self) -> Vec<(u32, f32)> {
        let mut weights = self.weights.clone();
        weights.sort_unstable_by_key(|(feature, _)| *feature);
        weights
    }

    #[inline]
    pub(super) fn weight(&self, feature: u32) -> Option<f32> {
        self.numbers.get(hash_of(feature)).map(|number| self.weights[number as usize].1)
    }
}

/// A feature as [`Numbers`] want it, whose halves both tell it: features are hashes already.
const fn hash_of(feature: u32) -> u64 {
    (feature as u64) << 32 | feature as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_its_weight() {
        // many of them begin at one slot
        let weights: Vec<(u32, f32)> = (0..300).map(|at| (at * 512, at as f32)).collect();
        let model = LinkModel::new(weights.iter().rev().copied());
        assert_eq!(model.weights(), weights);
        assert!(weights.iter().all(|(feature, weight)| model.weight(*feature) == Some(*weight)));
        assert!((0..300).all(|at| model.weight(at * 512 + 1).is_none()));
        assert_eq!(LinkModel::new([(7, 0.5), (7, 1.5)]).weights(), [(7, 1.5)]);
        assert_eq!(LinkModel::default().weight(0), None);
        assert_eq!(LinkModel::new([(0, 2.0)]).weight(0), Some(2.0));
    }
}
