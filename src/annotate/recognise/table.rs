//! The weights of features, those of all types and labels side by side, so that a feature costs one cache line.
//!
//! A slot has 16 bytes: the lower half of the feature's number (its lowest bit set, so that 0 is a free slot), then
//! a weight of 8 bits for B of each type, and one for I of each. Its place is the upper half of the number scaled to the number of
//! slots, or one after it. From that place on to its slot the lower halves fall (Amble and Knuth, "Ordered hash tables",
//! 1974), so that a search for what is not there is as short as another. A feature that is not there may be taken for one
//! that is, once in some billion.

use std::borrow::Cow;

use super::words::PAIR_PLACES;
use crate::model::EntityType;
use crate::text::prefetch;

/// The types that have a sequence model, in the order of their weights.
pub(crate) const MODEL_TYPES: [EntityType; 6] = [
    EntityType::Gene,
    EntityType::Disease,
    EntityType::Chemical,
    EntityType::Species,
    EntityType::CellLine,
    EntityType::Variant,
];
/// Weights of a feature: B of each type, I of each type ([`place_in_row`]).
pub(crate) const ROW: usize = 2 * MODEL_TYPES.len();
/// The bytes of a slot.
pub(crate) const SLOT_BYTES: usize = 16;
/// Slots are this many for `SLOTS_OF` features.
const SLOTS_FOR: usize = 5;
const SLOTS_OF: usize = 4;
/// How many slots after its first a search ends mostly: less than a line of memory has.
const SLOTS_AHEAD: usize = 2;
/// The least bits of the sieve for each slot.
const SIEVE_BITS_PER_SLOT: usize = 8;

/// The place of the first weight among the bytes of a slot and the lanes of sums.
pub(crate) const FIRST_WEIGHT: usize = SLOT_BYTES - ROW;

/// Sums of quantised weights: a lane for each byte of a slot, so that a whole slot is added at once; what is in the lanes
/// before [`FIRST_WEIGHT`] means nothing. A place has at most [`FEATURES_LIMIT`] features of at most 127 each, so that
/// nothing overflows.
pub(crate) type Sums = [i16; SLOT_BYTES];

/// The most features of one place.
#[cfg(test)]
pub(crate) const FEATURES_LIMIT: usize = 256;

/// Adds sums to sums.
pub(crate) fn add_sums(sums: &mut Sums, other: &Sums) {
    *sums = std::array::from_fn(|lane| sums[lane].wrapping_add(other[lane]));
}

/// How many lanes that many [`SumRows`] have.
pub(crate) const fn lanes_of(rows: usize) -> usize {
    FIRST_WEIGHT + rows * ROW
}

/// Sums of several places that are kept for long, side by side in as few lines of memory as they fill. The lanes before the
/// first weight of each are the last of the sums before, which mean nothing there.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct SumRows<const LANES: usize>([i16; LANES]);

impl<const LANES: usize> Default for SumRows<LANES> {
    fn default() -> Self {
        Self([0; LANES])
    }
}

impl<const LANES: usize> SumRows<LANES> {
    /// The lanes of a line of memory.
    const LINE: usize = 64 / size_of::<i16>();

    /// How many sums there are.
    const fn rows() -> usize {
        (LANES - FIRST_WEIGHT) / ROW
    }

    /// What `add` adds at each place.
    pub(crate) fn summed(mut add: impl FnMut(usize, &mut Sums)) -> Self {
        let mut all = Self::default();
        for (at, row) in all.0[FIRST_WEIGHT..].chunks_exact_mut(ROW).enumerate() {
            let mut sums = [0; SLOT_BYTES];
            add(at, &mut sums);
            row.copy_from_slice(&sums[FIRST_WEIGHT..]);
        }
        all
    }

    /// With a number kept in the lanes before the first weight, which mean nothing.
    pub(crate) fn with_mark(mut self, mark: u32) -> Self {
        self.0[0] = mark as i16;
        self.0[1] = (mark >> 16) as i16;
        self
    }

    /// The number that is kept there.
    #[inline]
    pub(crate) const fn mark(&self) -> u32 {
        self.0[0] as u16 as u32 | (self.0[1] as u16 as u32) << 16
    }

    /// The sums at a place; the first for a place that is not there.
    #[inline]
    pub(crate) fn row(&self, at: usize) -> &Sums {
        let first = if at < Self::rows() { at * ROW } else { 0 };
        self.0[first..].first_chunk().unwrap_or(&[0; SLOT_BYTES])
    }

    /// Has all of them come nearer.
    #[inline]
    pub(crate) fn look_towards(all: &[Self], at: usize) {
        if let Some(rows) = all.get(at) {
            rows.0.iter().step_by(Self::LINE).for_each(|lane| prefetch(Some(lane)));
        }
    }
}

/// The place of a weight in a row: all types' weights of B stand before all of I.
pub(crate) const fn place_in_row(model_type: usize, is_inside: bool) -> usize {
    model_type + if is_inside { MODEL_TYPES.len() } else { 0 }
}

/// The place of a type among [`MODEL_TYPES`].
pub(crate) fn model_type(entity_type: EntityType) -> Option<usize> {
    MODEL_TYPES.iter().position(|own| *own == entity_type)
}

/// The table in bytes: embedded, or made by training.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    bytes: Cow<'static, [u8]>,
    sieve: Sieve,
}

/// Tells of most features that are not in a table that they are not, without a look at it, as most features of a text are
/// not: a bit for each hash of a feature's lower half. The lowest of its bits that differ are the place in a word of bits,
/// so that the features of a pair stand beside each other.
#[derive(Debug, Clone)]
struct Sieve {
    words: Vec<u64>,
    shift: u32,
}

/// The bits of a feature that tell its place in a word of the sieve, above the one that is always set.
const IN_WORD: u32 = 6;

impl Sieve {
    fn of(slots: &[[u8; SLOT_BYTES]]) -> Self {
        let bits = (slots.len() * SIEVE_BITS_PER_SLOT).next_power_of_two().max(64);
        let words = (bits / 64).max(2);
        let mut sieve = Self { words: vec![0; words], shift: 64 - words.trailing_zeros() };
        for found in slots.iter().map(check_of).filter(|found| *found != 0) {
            let (word, bit) = sieve.place(found);
            sieve.words[word] |= 1 << bit;
        }
        sieve
    }

    fn place(&self, check: u32) -> (usize, u32) {
        place_in_sieve(check, self.shift)
    }
}

/// The word of a sieve and the bit in it that tell of a feature, by its lower half.
#[inline]
const fn place_in_sieve(check: u32, shift: u32) -> (usize, u32) {
    let place = ((check >> (IN_WORD + 1)) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift;
    (place as usize, check >> 1 & ((1 << IN_WORD) - 1))
}

const fn check(feature: u64) -> u32 {
    feature as u32 | 1
}

const fn home(feature: u64, count: usize) -> usize {
    (((feature >> 32) * count as u64) >> 32) as usize
}

const fn check_of(slot: &[u8; SLOT_BYTES]) -> u32 {
    u32::from_le_bytes([slot[0], slot[1], slot[2], slot[3]])
}

fn add_weights(slot: &[u8; SLOT_BYTES], sums: &mut Sums) {
    *sums = std::array::from_fn(|lane| sums[lane].wrapping_add(i16::from(slot[lane].cast_signed())));
}

impl Table {
    /// A table of those bytes; what is over a whole number of slots is passed over.
    pub(crate) fn new(bytes: Cow<'static, [u8]>) -> Self {
        let sieve = Sieve::of(bytes.as_chunks::<SLOT_BYTES>().0);
        Self { bytes, sieve }
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
            let mut rest = [0; SLOT_BYTES];
            rest[..4].copy_from_slice(&check(*feature).to_le_bytes());
            for (byte, weight) in rest[4..].iter_mut().zip(row) {
                *byte = weight.to_le_bytes()[0];
            }
            // what is less goes on to the next
            while check_of(&rest) != 0 {
                if check_of(&slots[slot]) < check_of(&rest) {
                    std::mem::swap(&mut slots[slot], &mut rest);
                }
                slot = (slot + 1) % count;
            }
        }
        Self::new(Cow::Owned(bytes))
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What is asked of it again and again.
    #[inline]
    pub(crate) fn weights(&self) -> Weights<'_> {
        let Sieve { words, shift } = &self.sieve;
        Weights { slots: self.bytes.as_chunks::<SLOT_BYTES>().0, sieve: words, shift: *shift }
    }

    /// Adds the weights of a feature to sums.
    pub(crate) fn add(&self, feature: u64, sums: &mut Sums) {
        let weights = self.weights();
        if weights.may_have(feature) {
            weights.add_likely(feature, sums);
        }
    }

    /// Whether there are weights of a feature.
    pub(crate) fn knows(&self, feature: u64) -> bool {
        self.weights().find(feature).is_some()
    }
}

/// A table as it is asked: its parts by themselves, so that they are not fetched from it for each feature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights<'t> {
    slots: &'t [[u8; SLOT_BYTES]],
    sieve: &'t [u64],
    shift: u32,
}

impl<'t> Weights<'t> {
    /// Has the weights of a feature come nearer.
    #[inline]
    pub(crate) fn look_towards(self, feature: u64) {
        let home = home(feature, self.slots.len());
        prefetch(self.slots.get(home));
        // half of the searches go on in the next line of memory
        prefetch(self.slots.get(home + SLOTS_AHEAD));
    }

    /// Has what tells whether there may be weights of a feature come nearer.
    #[inline]
    pub(crate) fn look_towards_sieve(self, feature: u64) {
        prefetch(self.sieve.get(place_in_sieve(check(feature), self.shift).0));
    }

    /// Whether there may be weights of a feature; of most that have none, there may not.
    #[inline]
    pub(crate) fn may_have(self, feature: u64) -> bool {
        let (word, bit) = place_in_sieve(check(feature), self.shift);
        self.sieve.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }

    /// Which features of a pair there may be weights of ([`super::words::of_pair_at`]): a bit for each place.
    #[inline]
    pub(crate) fn places_of_pair(self, pair: u64) -> u8 {
        let (word, bit) = place_in_sieve(check(pair), self.shift);
        self.sieve.get(word).map_or(0, |word| (word >> bit) as u8 & ((1 << PAIR_PLACES) - 1))
    }

    /// Adds the weights of a feature that there may be weights of.
    #[inline]
    pub(crate) fn add_likely(self, feature: u64, sums: &mut Sums) {
        if let Some(slot) = self.find(feature) {
            add_weights(slot, sums);
        }
    }

    /// The slot of a feature.
    #[inline]
    fn find(self, feature: u64) -> Option<&'t [u8; SLOT_BYTES]> {
        let wanted = check(feature);
        for slot in self.slots.get(home(feature, self.slots.len())..)? {
            let own = check_of(slot);
            // a free slot is less than any other
            if own <= wanted {
                return (own == wanted).then_some(slot);
            }
        }
        self.find_from_start(wanted)
    }

    /// The slot of a feature whose search has come to the end of the table, as few do.
    #[cold]
    fn find_from_start(self, wanted: u32) -> Option<&'t [u8; SLOT_BYTES]> {
        let slot = self.slots.iter().find(|slot| check_of(slot) <= wanted)?;
        (check_of(slot) == wanted).then_some(slot)
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
            let mut sums = [1_i16; SLOT_BYTES];
            table.add(*feature, &mut sums);
            assert_eq!(sums[FIRST_WEIGHT..], row.map(|weight| i16::from(weight) + 1));
        }
        let mut sums = [0_i16; SLOT_BYTES];
        table.add(super::super::words::feature(2, 5), &mut sums);
        assert_eq!(sums, [0; SLOT_BYTES]);
        Table::build(&[]).add(5, &mut sums);
        Table::new(Cow::Owned(vec![0xff; SLOT_BYTES * 3])).add(5, &mut sums);
        assert_eq!(sums, [0; SLOT_BYTES]);
    }

    #[test]
    fn rows_are_as_they_were_put() {
        let sums = |at: usize| -> Sums { std::array::from_fn(|lane| (100 * at + lane) as i16) };
        let rows = SumRows::<{ lanes_of(5) }>::summed(|at, own| *own = sums(at));
        assert_eq!((size_of_val(&rows), align_of_val(&rows)), (128, 64));
        for at in 0..5 {
            assert_eq!(rows.row(at)[FIRST_WEIGHT..], sums(at)[FIRST_WEIGHT..], "{at}");
        }
        assert_eq!(rows.row(5), rows.row(0));
    }

    #[test]
    fn searches_end_where_lower_halves_fall_below() {
        let rows: Vec<(u64, [i8; ROW])> =
            (0..3_000).map(|number| (super::super::words::feature(3, number), [1; ROW])).collect();
        let table = Table::build(&rows);
        let slots = table.bytes.as_chunks::<SLOT_BYTES>().0;
        let mut displaced = 0;
        for (feature, _) in &rows {
            let home = home(*feature, slots.len());
            let mut places = (home..slots.len()).chain(0..home);
            let own = places.find(|place| check_of(&slots[*place]) <= check(*feature)).unwrap();
            assert_eq!(check_of(&slots[own]), check(*feature));
            displaced += usize::from(own != home);
        }
        assert!(displaced > 1_000, "{displaced}");
        let mut others = rows;
        others.reverse();
        assert_eq!(Table::build(&others).bytes(), table.bytes(), "their order is no matter");
    }

    #[test]
    fn all_places_of_a_pair_are_told_at_once() {
        use super::super::words::{of_pair, of_pair_at};
        let places = |number: u64| (number % 16) as u8;
        let has = |number: u64, place: usize| places(number) >> place & 1 == 1;
        let rows: Vec<(u64, [i8; ROW])> = (0..500)
            .flat_map(|number| {
                let own = (0..PAIR_PLACES).filter(move |place| has(number, *place));
                own.map(move |place| (of_pair_at(of_pair(number, 7), place), [1; ROW]))
            })
            .collect();
        let table = Table::build(&rows);
        let mut more = 0;
        for number in 0..500 {
            let pair = of_pair(number, 7);
            let told = table.weights().places_of_pair(pair);
            assert_eq!(told & places(number), places(number), "{number}");
            more += (told & !places(number)).count_ones();
            for place in 0..PAIR_PLACES {
                assert_eq!(table.knows(of_pair_at(pair, place)), has(number, place), "{number} {place}");
            }
        }
        assert!(more < 200, "{more} of 1,000 that are not there");
    }
}
