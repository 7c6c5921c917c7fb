//! Words as white space cuts them, of several pieces each ("IL-2"), that were read before, with the sums of the weights of
//! the features that they give their pieces and the pieces beside them.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::features::{each_chunk_feature, each_feature_beside_chunk};
use super::table::{SLOT_BYTES, Sums, Table};
use super::words::Word;

/// The most that are kept; then they are forgotten, which changes no answer. Most stand in one document only.
const CHUNKS_LIMIT: usize = 1 << 16;
/// The places that a piece may have, see [`super::view::PassageView::chunks`].
const PLACES: usize = 3;
/// What tells their numbers from those of other words.
const MARK: u32 = 1 << 31;

/// The words.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    numbers: FxHashMap<u64, u32>,
    /// For the own pieces by their place, then for the pieces of the words after it and before it.
    sums: Vec<[Sums; PLACES + 2]>,
    /// What is known of each, where it is kept.
    words: Vec<Word>,
}

impl Chunks {
    /// Forgets all when there are too many. Numbers given before are void then.
    pub(super) fn make_room(&mut self) {
        if self.sums.len() >= CHUNKS_LIMIT {
            *self = Self::default();
        }
    }

    /// The number of a word, which is no other word's.
    pub(super) fn number(&mut self, table: &Table, written: &str, keeps_words: bool) -> u32 {
        let next = self.sums.len() as u32 | MARK;
        let number = *self.numbers.entry(xxh3_64(written.as_bytes())).or_insert(next);
        if number == next {
            let word = Word::form(written);
            let mut all = [[0; SLOT_BYTES]; PLACES + 2];
            for (at, sums) in (0_u8..).zip(&mut all) {
                let add = |feature| table.add(feature, sums);
                match usize::from(at) {
                    0..PLACES => each_chunk_feature(&word, 1 + at, add),
                    place => each_feature_beside_chunk(&word, place == PLACES, add),
                }
            }
            self.sums.push(all);
            if keeps_words {
                self.words.push(word);
            }
        }
        number
    }

    /// What is known of one of them, where it is kept.
    pub(super) fn word(&self, number: u32) -> Option<&Word> {
        if number & MARK == 0 { None } else { self.words.get((number ^ MARK) as usize) }
    }

    /// What a word sums up to for its piece at `place`, from 1.
    pub(crate) fn sums(&self, number: u32, place: u8) -> &Sums {
        &self.of(number)[(usize::from(place).max(1) - 1) % PLACES]
    }

    /// What a word sums up to for the pieces of the word after it (`is_before`) or before it.
    pub(crate) fn sums_beside(&self, number: u32, is_before: bool) -> &Sums {
        &self.of(number)[PLACES + usize::from(!is_before)]
    }

    fn of(&self, number: u32) -> &[Sums; PLACES + 2] {
        &self.sums[(number ^ MARK) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_forgotten_at_the_bound() {
        let table = Table::build(&[]);
        let mut chunks = Chunks::default();
        for number in 1..CHUNKS_LIMIT {
            chunks.number(&table, &format!("a-{number}"), false);
        }
        chunks.make_room();
        assert_eq!(chunks.sums.len(), CHUNKS_LIMIT - 1);
        let last = chunks.number(&table, "a-0", false);
        assert_eq!((last ^ MARK) as usize, CHUNKS_LIMIT - 1);
        chunks.make_room();
        assert!(chunks.sums.is_empty() && chunks.numbers.is_empty());
        assert_eq!(chunks.number(&table, "a-0", false), MARK);
    }
}
