//! The weights of features, those of all types and labels side by side, so that a feature costs one cache line.
//!
//! A block is a line of memory, 64 bytes with room for four features: first their checks, which are the lower halves of
//! their numbers (the lowest bit set, so that 0 is a free place), the largest first, then of each in turn a weight of 8 bits for B of each type, and
//! one for I of each. A feature's block is the upper half of its number scaled to the number of blocks, the same for all features of a pair of words, or
//! one after it. From that block on to its own the least checks are larger than its own (Amble and Knuth, "Ordered hash tables",
//! 1974), so that a search for what is not there is as short as another. A feature that is not there may be taken for one
//! that is, once in some hundred millions.

use std::borrow::Cow;

use wide::bytemuck::cast;
use wide::{i8x16, i16x16, i32x4};

use super::words::{PAIR_BITS, PAIR_PLACES, pair_behind, place_in_pair};
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
/// The features of a block.
const BLOCK_FEATURES: usize = 4;
/// The bytes of a block, which are a line of memory.
pub(crate) const BLOCK_BYTES: usize = BLOCK_FEATURES * (size_of::<u32>() + ROW);
/// There is room for this many features where there are `ROOM_OF`.
const ROOM_FOR: usize = 4;
const ROOM_OF: usize = 3;
/// The least bits of the sieve for each feature that there is room for.
const SIEVE_BITS_PER_FEATURE: usize = 8;

/// The lanes of sums.
pub(crate) const SUM_LANES: usize = 16;
/// The lane of the first weight.
pub(crate) const FIRST_WEIGHT: usize = SUM_LANES - ROW;

/// Sums of quantised weights: four lanes that mean nothing and one for each weight, so that sixteen bytes are added at once.
/// A place has at most [`FEATURES_LIMIT`] features of at most 127 each, so that nothing overflows.
pub(crate) type Sums = [i16; SUM_LANES];

/// A block of the table.
type Block = [u8; BLOCK_BYTES];

/// The most features of one place.
#[cfg(test)]
pub(crate) const FEATURES_LIMIT: usize = 256;

/// Adds sums to sums.
pub(crate) fn add_sums(sums: &mut Sums, other: &Sums) {
    *sums = std::array::from_fn(|lane| sums[lane].wrapping_add(other[lane]));
}

/// Takes sums away from sums.
pub(crate) fn subtract_sums(sums: &mut Sums, other: &Sums) {
    *sums = std::array::from_fn(|lane| sums[lane].wrapping_sub(other[lane]));
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
            let mut sums = [0; SUM_LANES];
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
        self.0[first..].first_chunk().unwrap_or(&[0; SUM_LANES])
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
    fn of(blocks: &[Block]) -> Self {
        let bits = (blocks.len() * BLOCK_FEATURES * SIEVE_BITS_PER_FEATURE).next_power_of_two().max(64);
        let words = (bits / 64).max(2);
        let mut sieve = Self { words: vec![0; words], shift: 64 - words.trailing_zeros() };
        for found in blocks.iter().flat_map(checks_of).filter(|found| *found != 0) {
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

/// The first block that a feature may stand in, of that many.
const fn home(feature: u64, count: usize) -> usize {
    home_of_pair(pair_behind(feature), count)
}

/// The first block that the features of a pair may stand in, of that many.
const fn home_of_pair(pair: u64, count: usize) -> usize {
    (((pair >> 32) * count as u64) >> 32) as usize
}

/// The checks of a block's features.
#[inline]
fn checks_of(block: &Block) -> [u32; BLOCK_FEATURES] {
    std::array::from_fn(|at| block[4 * at..].first_chunk().copied().map_or(0, u32::from_le_bytes))
}

/// Which of a block's checks are `wanted`, as bits.
#[inline]
fn hits(checks: [u32; BLOCK_FEATURES], wanted: u32) -> u32 {
    let checks = i32x4::new(checks.map(u32::cast_signed));
    checks.simd_eq(i32x4::splat(wanted.cast_signed())).to_bitmask()
}

/// Places of a pair that are wanted, by their bits.
#[derive(Debug, Clone, Copy)]
struct Places {
    /// The bits of the first.
    first: u32,
    /// A number that the bits of the last are less than, less the first.
    range: u32,
    /// How many there are.
    count: u32,
}

impl Places {
    const fn of(wanted: u32) -> Self {
        let shift = PAIR_BITS.trailing_zeros();
        if wanted == 0 {
            return Self { first: 0, range: 0, count: 0 };
        }
        let first = wanted.trailing_zeros() << shift;
        let end = (u32::BITS - wanted.leading_zeros()) << shift;
        Self { first, range: end - first, count: wanted.count_ones() }
    }
}

/// The places of all bits.
const PLACES: [Places; 1 << PAIR_PLACES] = {
    let mut all = [Places::of(0); 1 << PAIR_PLACES];
    let mut wanted = 0;
    while wanted < all.len() {
        all[wanted] = Places::of(wanted as u32);
        wanted += 1;
    }
    all
};

/// Which of a block's checks are those of a pair's features, from the first of some places to the last, as bits.
/// `least` is the check of the pair's first place.
#[inline]
fn hits_of_pair(checks: [u32; BLOCK_FEATURES], least: u32, places: Places) -> u32 {
    // how far each is behind the first; the sign is turned, as vectors compare signed numbers
    const SIGN: u32 = 1 << 31;
    let first = i32x4::splat(((least + places.first) ^ SIGN).cast_signed());
    let behind = i32x4::new(checks.map(u32::cast_signed)) - first;
    behind.simd_lt(i32x4::splat((places.range ^ SIGN).cast_signed())).to_bitmask()
}

/// The check of one of a block's features.
#[inline]
fn check_at(block: &Block, at: usize) -> u32 {
    let first = at % BLOCK_FEATURES * size_of::<u32>();
    block[first..].first_chunk().copied().map_or(0, u32::from_le_bytes)
}

/// The weights of one of a block's features, with lanes before them that mean nothing.
#[inline]
fn weights_at(block: &Block, at: usize) -> i16x16 {
    let first = BLOCK_BYTES - BLOCK_FEATURES * ROW + at % BLOCK_FEATURES * ROW - FIRST_WEIGHT;
    let own = block[first..].first_chunk::<SUM_LANES>().copied().unwrap_or_default();
    i16x16::from_i8x16(cast::<[u8; SUM_LANES], i8x16>(own))
}

/// Adds weights to sums.
#[inline]
fn add_weights(sums: &mut Sums, weights: i16x16) {
    *sums = (i16x16::new(*sums) + weights).to_array();
}

/// The bytes of a block with those features, the largest check first.
fn to_bytes(features: &[(u32, &[i8; ROW])]) -> Block {
    let mut block = [0; BLOCK_BYTES];
    let (checks, rows) = block.split_at_mut(BLOCK_FEATURES * size_of::<u32>());
    for ((check, row), (own_check, own_row)) in
        features.iter().zip(checks.chunks_exact_mut(4).zip(rows.chunks_exact_mut(ROW)))
    {
        own_check.copy_from_slice(&check.to_le_bytes());
        own_row.copy_from_slice(&row.map(i8::cast_unsigned));
    }
    block
}

impl Table {
    /// A table of those bytes; what is over a whole number of blocks is passed over. Blocks are lines of memory where the bytes begin
    /// with one, as those that are embedded do.
    pub(crate) fn new(bytes: Cow<'static, [u8]>) -> Self {
        let sieve = Sieve::of(bytes.as_chunks().0);
        Self { bytes, sieve }
    }

    /// A table of features and their weights. The same features give the same bytes.
    pub(crate) fn build(rows: &[(u64, [i8; ROW])]) -> Self {
        if rows.is_empty() {
            return Self::new(Cow::Borrowed(&[]));
        }
        let count = (rows.len() * ROOM_FOR / ROOM_OF).div_ceil(BLOCK_FEATURES) + 1;
        let mut blocks: Vec<Vec<(u32, &[i8; ROW])>> = vec![Vec::new(); count];
        for (feature, row) in rows {
            let mut own = (check(*feature), row);
            let mut at = home(*feature, count);
            loop {
                let block = &mut blocks[at];
                block.insert(block.partition_point(|(check, _)| *check >= own.0), own);
                if block.len() <= BLOCK_FEATURES {
                    break;
                }
                // what is least goes on to the next
                own = block.pop().unwrap_or(own);
                at = (at + 1) % count;
            }
        }
        let bytes: Vec<u8> = blocks.iter().flat_map(|block| to_bytes(block)).collect();
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
        Weights { blocks: self.bytes.as_chunks().0, sieve: words, shift: *shift }
    }

    /// Adds the weights of a feature to sums.
    pub(crate) fn add(&self, feature: u64, sums: &mut Sums) {
        self.weights().add(feature, sums);
    }

    /// Whether there are weights of a feature.
    pub(crate) fn knows(&self, feature: u64) -> bool {
        self.weights().find(feature).1 != 0
    }
}

/// A table as it is asked: its parts by themselves, so that they are not fetched from it for each feature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights<'t> {
    blocks: &'t [Block],
    sieve: &'t [u64],
    shift: u32,
}

impl<'t> Weights<'t> {
    /// Has the weights of a feature come nearer.
    #[inline]
    pub(crate) fn look_towards(self, feature: u64) {
        self.look_towards_pair(pair_behind(feature));
    }

    /// Has the weights of a pair come nearer. Half of them go on in the block behind their own.
    #[inline]
    pub(crate) fn look_towards_pair(self, pair: u64) {
        let home = home_of_pair(pair, self.blocks.len());
        prefetch(self.blocks.get(home));
        prefetch(self.blocks.get(home + 1));
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
    pub(crate) fn places_of_pair(self, pair: u64) -> u32 {
        let (word, bit) = place_in_sieve(check(pair), self.shift);
        self.sieve.get(word).map_or(0, |word| (word >> bit) as u32 & ((1 << PAIR_PLACES) - 1))
    }

    /// Adds the weights of a feature that there may be weights of.
    #[inline]
    pub(crate) fn add_likely(self, feature: u64, sums: &mut Sums) {
        let (block, hits) = self.find(feature);
        // there are some or not, which cannot be foretold
        let mask = i16::from(hits == 0).wrapping_sub(1);
        add_weights(sums, weights_at(block, hits.trailing_zeros() as usize) & i16x16::splat(mask));
    }

    /// Adds the weights of a pair's features, at those of its places that are wanted: those of the first place to the sums at
    /// `first`, of each further place to the sums one before. The wanted places are bits, and none that is known ([`Weights::places_of_pair`])
    /// may be left out between two of them.
    #[inline]
    pub(crate) fn add_pair(self, pair: u64, wanted: u32, sums: &mut [Sums], first: usize) {
        let least = check(pair);
        let places = PLACES[wanted as usize % PLACES.len()];
        let mut missing = places.count;
        let mut at = home_of_pair(pair, self.blocks.len());
        for _ in 0..self.blocks.len() {
            let block = &self.blocks[at];
            let mut hits = hits_of_pair(checks_of(block), least, places);
            while hits != 0 {
                let own = hits.trailing_zeros() as usize;
                hits &= hits - 1;
                let place = place_in_pair(check_at(block, own).into());
                if let Some(sums) = sums.get_mut(first.wrapping_sub(place)) {
                    add_weights(sums, weights_at(block, own));
                }
                missing = missing.wrapping_sub(1);
            }
            if missing == 0 || check_at(block, BLOCK_FEATURES - 1) <= least {
                return;
            }
            at = self.next(at);
        }
    }

    /// Adds the weights of a feature to sums.
    pub(crate) fn add(self, feature: u64, sums: &mut Sums) {
        if self.may_have(feature) {
            self.add_likely(feature, sums);
        }
    }

    /// The block of a feature, and which of its features it is, as bits of which the lowest counts; none where it is not there.
    #[inline]
    fn find(self, feature: u64) -> (&'t Block, u32) {
        let wanted = check(feature);
        let mut at = home(feature, self.blocks.len());
        for _ in 0..self.blocks.len() {
            let block = &self.blocks[at];
            let checks = checks_of(block);
            let hits = hits(checks, wanted);
            // a free place is less than any check; one sum, as two conditions would be two branches
            if hits + u32::from(checks[BLOCK_FEATURES - 1] < wanted) != 0 {
                return (block, hits);
            }
            at = self.next(at);
        }
        (&[0; BLOCK_BYTES], 0)
    }

    /// The block that a search goes on with: the first after the last.
    #[inline]
    const fn next(self, at: usize) -> usize {
        if at + 1 < self.blocks.len() { at + 1 } else { 0 }
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
            let mut sums = [1_i16; SUM_LANES];
            table.add(*feature, &mut sums);
            assert_eq!(sums[FIRST_WEIGHT..], row.map(|weight| i16::from(weight) + 1));
        }
        let mut sums = [0_i16; SUM_LANES];
        table.add(super::super::words::feature(2, 5), &mut sums);
        assert_eq!(sums, [0; SUM_LANES]);
        Table::build(&[]).add(5, &mut sums);
        Table::new(Cow::Owned(vec![0xff; BLOCK_BYTES * 3])).add(5, &mut sums);
        assert_eq!(sums, [0; SUM_LANES]);
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
    fn searches_end_where_checks_fall_below() {
        let rows: Vec<(u64, [i8; ROW])> =
            (0..3_000).map(|number| (super::super::words::feature(3, number), [1; ROW])).collect();
        let table = Table::build(&rows);
        let Weights { blocks, .. } = table.weights();
        let mut displaced = 0;
        for (feature, _) in &rows {
            let home = home(*feature, blocks.len());
            let mut places = (home..blocks.len()).chain(0..home);
            let least = |place: &usize| checks_of(&blocks[*place])[BLOCK_FEATURES - 1];
            let own = places.find(|place| least(place) <= check(*feature)).unwrap();
            assert!(checks_of(&blocks[own]).contains(&check(*feature)));
            displaced += usize::from(own != home);
        }
        assert!((100..1_000).contains(&displaced), "{displaced}");
        assert!(blocks.iter().map(checks_of).all(|checks| checks.is_sorted_by(|one, other| one >= other)));
        let mut others = rows;
        others.reverse();
        assert_eq!(Table::build(&others).bytes(), table.bytes(), "their order is no matter");
    }

    #[test]
    fn all_places_of_a_pair_are_told_at_once() {
        use super::super::words::{of_pair, of_pair_at};
        let places = |number: u64| (number % 16) as u32;
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
            for wanted in [0, 1, 3, 7, 15, 14, 12, 8, 2, 4, 6].map(|range| range & told) {
                let mut sums = [[0; SUM_LANES]; PAIR_PLACES];
                let first = sums.len() - 1;
                table.weights().add_pair(pair, wanted, &mut sums, first);
                let added = |place: usize| sums[first - place][FIRST_WEIGHT] == 1;
                let bits =
                    (0..PAIR_PLACES).filter(|place| added(*place)).fold(0, |all, place| all | 1 << place);
                assert_eq!(bits, places(number) & wanted, "{number} {wanted}");
            }
        }
        assert!(more < 200, "{more} of 1,000 that are not there");
    }
}
