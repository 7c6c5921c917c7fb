//! The weights of the ranker.

/// The weights of the ranker, by feature: a table with open addressing, as each candidate asks for some twenty.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinkModel {
    /// A power of two of slots, of which at most half are taken; none of no weights.
    slots: Vec<Option<(u32, f32)>>,
}

impl LinkModel {
    /// A model of those weights; of several of one feature it takes the last.
    pub(crate) fn new(weights: impl IntoIterator<Item = (u32, f32)>) -> Self {
        let weights: Vec<(u32, f32)> = weights.into_iter().collect();
        let room = if weights.is_empty() { 0 } else { (2 * weights.len()).next_power_of_two() };
        let mut model = Self { slots: vec![None; room] };
        for (feature, weight) in weights {
            let at = model.slot_of(feature);
            model.slots[at] = Some((feature, weight));
        }
        model
    }

    /// The weights, by feature.
    pub(crate) fn weights(&self) -> Vec<(u32, f32)> {
        let mut weights: Vec<(u32, f32)> = self.slots.iter().copied().flatten().collect();
        weights.sort_unstable_by_key(|(feature, _)| *feature);
        weights
    }

    #[inline]
    pub(super) fn weight(&self, feature: u32) -> Option<f32> {
        let slot = self.slots.get(self.slot_of(feature))?;
        slot.map(|(_, weight)| weight)
    }

    /// The slot of a feature, or the free one where the search for it ends.
    #[inline]
    fn slot_of(&self, feature: u32) -> usize {
        // features are hashes, so that any of their bits will do
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = feature as usize & mask;
        while let Some(Some((own, _))) = self.slots.get(at)
            && *own != feature
        {
            at = (at + 1) & mask;
        }
        at
    }
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
