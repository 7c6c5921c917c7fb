//! The weights of features, those of all types and labels side by side, so that a feature costs one cache line.
//!
//! A slot has 16 bytes: the lower half of the feature's number (its lowest bit set, so that 0 is a free slot), then a
//! weight of 8 bits for B and for I of each type. Its place is the upper half of the number scaled to the number of
//! slots, or the next free one. A feature that is not there may be taken for one that is, once in some billion.

use std::borrow::Cow;

use crate::model::EntityType;

/// The types that have a sequence model, in the order of their weights.
pub(crate) const MODEL_TYPES: [EntityType; 6] = [
    EntityType::Gene,
    EntityType::Disease,
    EntityType::Chemical,
    EntityType::Species,
    EntityType::CellLine,
    EntityType::Variant,
];
/// Weights of a feature: B and I of each type.
pub(crate) const ROW: usize = 2 * MODEL_TYPES.len();
/// The bytes of a slot.
pub(crate) const SLOT_BYTES: usize = 16;
/// Slots are this many for `SLOTS_OF` features.
const SLOTS_FOR: usize = 5;
const SLOTS_OF: usize = 4;

/// Sums of quantised weights. A sentence's place has some hundred features of at most 127 each.
pub(crate) type Sums = [i16; ROW];

/// The place of a type among [`MODEL_TYPES`].
pub(crate) fn model_type(entity_type: EntityType) -> Option<usize> {
    MODEL_TYPES.iter().position(|own| *own == entity_type)
}

/// The table in bytes: embedded, or made by training.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    bytes: Cow<'static, [u8]>,
}

const fn check(feature: u64) -> u32 {
    feature as u32 | 1
}

const fn home(feature: u64, count: usize) -> usize {
    (((feature >> 32) * count as u64) >> 32) as usize
}

impl Table {
    /// A table of those bytes; what is over a whole number of slots is passed over.
    pub(crate) const fn new(bytes: Cow<'static, [u8]>) -> Self {
        Self { bytes }
    }

    /// A table of features and their weights. The same features give the same bytes.
    pub(crate) fn build(rows: &[(u64, [i8; ROW])]) -> Self {
        if rows.is_empty() {
            return Self::new(Cow::Borrowed(&[]));
        }
        let count = rows.len() * SLOTS_FOR / SLOTS_OF + 1;
        let mut bytes = vec![0_u8; count * SLOT_BYTES];
        let slots = bytes.as_chunks_mut::<SLOT_BYTES>().0;
        for (feature, row) in rows {
            let mut slot = home(*feature, count);
            while slots[slot][..4] != [0; 4] {
                slot = (slot + 1) % count;
            }
            slots[slot][..4].copy_from_slice(&check(*feature).to_le_bytes());
            for (byte, weight) in slots[slot][4..].iter_mut().zip(row) {
                *byte = weight.to_le_bytes()[0];
            }
        }
        Self::new(Cow::Owned(bytes))
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds the weights of a feature to sums.
    pub(crate) fn add(&self, feature: u64, sums: &mut Sums) {
        if let Some(slot) = self.find(feature) {
            for (sum, byte) in sums.iter_mut().zip(&slot[4..]) {
                *sum = sum.saturating_add(i16::from(i8::from_le_bytes([*byte])));
            }
        }
    }

    /// Whether there are weights of a feature.
    pub(crate) fn knows(&self, feature: u64) -> bool {
        self.find(feature).is_some()
    }

    fn find(&self, feature: u64) -> Option<&[u8; SLOT_BYTES]> {
        let slots = self.bytes.as_chunks::<SLOT_BYTES>().0;
        let count = slots.len();
        if count == 0 {
            return None;
        }
        let wanted = check(feature);
        let mut slot = home(feature, count);
        // a damaged table may have no free slot
        for _ in 0..count {
            let bytes = &slots[slot];
            let found = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            if found == wanted {
                return Some(bytes);
            }
            if found == 0 {
                return None;
            }
            slot = if slot + 1 == count { 0 } else { slot + 1 };
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_come_back_with_their_weights() {
        let rows: Vec<(u64, [i8; ROW])> = (0..1_000_u64)
            .map(|number| {
                let mut row = [0_i8; ROW];
                row[(number % 12) as usize] = (number % 250) as u8 as i8;
                (super::super::words::feature(1, number), row)
            })
            .collect();
        let table = Table::build(&rows);
        for (feature, row) in &rows {
            let mut sums = [1_i16; ROW];
            table.add(*feature, &mut sums);
            assert_eq!(sums, row.map(|weight| i16::from(weight) + 1));
        }
        let mut sums = [0_i16; ROW];
        table.add(super::super::words::feature(2, 5), &mut sums);
        assert_eq!(sums, [0; ROW]);
        Table::build(&[]).add(5, &mut sums);
        Table::new(Cow::Owned(vec![0xff; SLOT_BYTES * 3])).add(5, &mut sums);
        assert_eq!(sums, [0; ROW]);
    }
}
