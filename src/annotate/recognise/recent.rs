//! Weights of features that were asked for before. Of those that several things give together some come again and again; what was
//! found of them is near, where the table is not.

use wide::bytemuck::cast;

use super::table::{FIRST_WEIGHT, SUM_LANES, Sums, Weights, add_sums};
use crate::text::prefetch;

/// The bits of a place; there are so many that they fill a small part of a cache.
const PLACE_BITS: u32 = 12;
/// What mixes a key.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// A key, in the lanes that mean nothing, and the weights.
type Entry = [u64; SUM_LANES * size_of::<i16>() / size_of::<u64>()];
const _: () = assert!(FIRST_WEIGHT * size_of::<i16>() == size_of::<u64>());

/// The features, each at the place that its key gives it: the last that was asked for. It has room for `1 << PLACE_BITS`.
#[derive(Debug, Default)]
pub(super) struct Recent {
    entries: Vec<Entry>,
}

impl Recent {
    /// Has the weights of a feature come nearer.
    #[inline]
    pub(super) fn look_towards(&self, key: u64) {
        prefetch(self.entries.get(place_of(key)));
    }

    /// Adds the weights of a feature to sums where it was asked for lately, and tells whether it was. The key is no other feature's.
    #[inline]
    pub(super) fn add(&self, key: u64, sums: &mut Sums) -> bool {
        match self.entries.get(place_of(key)) {
            Some(entry) if entry[0] == key => {
                add_sums(sums, &cast(*entry));
                true
            }
            _ => false,
        }
    }

    /// Adds the weights of a feature to sums, and keeps them. `feature` tells where it has to be looked for.
    #[inline]
    pub(super) fn find(&mut self, table: &Weights<'_>, key: u64, feature: u64, sums: &mut Sums) {
        let mut found = [0; SUM_LANES];
        table.add(feature, &mut found);
        add_sums(sums, &found);
        if self.entries.is_empty() {
            self.make();
        }
        let mut entry: Entry = cast(found);
        entry[0] = key;
        if let Some(place) = self.entries.get_mut(place_of(key)) {
            *place = entry;
        }
    }

    #[cold]
    fn make(&mut self) {
        // no key but 0 leads to the first place by itself, and that one has no weights
        self.entries.resize(1 << PLACE_BITS, Entry::default());
    }
}

/// The place that a key gives a feature.
#[inline]
const fn place_of(key: u64) -> usize {
    (key.wrapping_mul(MIX) >> (u64::BITS - PLACE_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::super::table::{ROW, Table};
    use super::*;

    #[test]
    fn weights_are_those_of_the_table_whatever_was_asked_before() {
        let known = |key: u64| !key.is_multiple_of(3);
        let feature = |key: u64| key.wrapping_mul(0xff51_afd7_ed55_8ccd);
        let keys = 1..20_000_u64;
        let rows: Vec<(u64, [i8; ROW])> = keys
            .clone()
            .filter(|key| known(*key))
            .map(|key| (feature(key), [(key % 100) as i8; ROW]))
            .collect();
        let table = Table::build(&rows);
        let mut recent = Recent::default();
        for key in keys.clone().chain(keys.clone().rev()).chain(keys.flat_map(|key| [key, key / 7 + 1])) {
            let mut sums = [1; SUM_LANES];
            if !recent.add(key, &mut sums) {
                recent.find(&table.weights(), key, feature(key), &mut sums);
            }
            let expected = if known(key) { (key % 100) as i16 } else { 0 };
            assert_eq!(sums[FIRST_WEIGHT..], [1 + expected; ROW], "{key}");
        }
        assert_eq!(recent.entries.len(), 1 << PLACE_BITS);
    }
}
