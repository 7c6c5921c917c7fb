//! The weights of the ranker.

use super::super::recognise::numbers::Numbers;
use crate::model::EntityType;

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

/// How many weights are known by what they are told by, as a power of two.
const KNOWN_BITS: u32 = 10;
/// The bits of a value by which a weight is known.
const VALUE_BITS: u32 = 48;

/// Weights by what features are told by, which are asked for again and again: no feature is hashed to find them.
#[derive(Debug)]
pub(super) struct KnownWeights {
    /// What tells a feature, and its weight; 0 tells none.
    slots: [(u64, f32); 1 << KNOWN_BITS],
}

impl Default for KnownWeights {
    fn default() -> Self {
        Self { slots: [(0, 0.0); 1 << KNOWN_BITS] }
    }
}

impl KnownWeights {
    /// The weight of a feature that a kind, from 0 on, a value and a type tell, as `find` told it the first time.
    #[inline(always)]
    pub(super) fn of(
        &mut self,
        (kind, value, entity_type): (u8, u64, EntityType),
        find: impl FnOnce() -> f32,
    ) -> f32 {
        if value >> VALUE_BITS != 0 {
            return find();
        }
        let told =
            (u64::from(kind) + 1) << (VALUE_BITS + u8::BITS) | (entity_type as u64) << VALUE_BITS | value;
        let place = told.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - KNOWN_BITS);
        let slot = &mut self.slots[place as usize];
        if slot.0 != told {
            *slot = (told, find());
        }
        slot.1
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
    fn weights_are_known_by_all_that_tells_them() {
        let mut known = KnownWeights::default();
        let values = || [0, 1, 7 << 40, (1 << VALUE_BITS) - 1, 1 << VALUE_BITS, u64::MAX].into_iter();
        let types = [EntityType::ALL[0], EntityType::ALL[1]];
        let told = || (0..=u8::MAX).flat_map(move |kind| values().map(move |value| (kind, value)));
        let all = || told().flat_map(|(kind, value)| types.map(|own| (kind, value, own)));
        for _ in 0..2 {
            for (at, told) in all().enumerate() {
                assert_eq!(known.of(told, || at as f32), at as f32);
            }
        }
        let mut known = KnownWeights::default();
        assert_eq!(known.of((0, 0, types[0]), || 5.0), 5.0);
        assert_eq!(known.of((0, 0, types[0]), || unreachable!("it is known")), 5.0);
    }

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
