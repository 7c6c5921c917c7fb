//! Words as white space cuts them, of several pieces each ("IL-2"), that were read before, with the sums of the weights of
//! the features that they give their pieces and the pieces beside them.

use std::ops::Range;

use super::features::{each_chunk_feature, each_feature_beside_chunk};
use super::numbers::Numbers;
use super::table::{SumRows, Sums, Table, lanes_of};
use super::words::Word;
use crate::text::word_hash_within;

/// The most that are kept; then they are forgotten, which changes no answer. Most stand in one document only.
const CHUNKS_LIMIT: usize = 1 << 16;
/// The places that a piece may have, see [`super::view::PassageView::chunks`].
const PLACES: usize = 3;
/// What tells their numbers from those of other words.
const MARK: u32 = 1 << 31;

/// What a word sums up to for its own pieces by their places, then for the pieces of the words after it and before it.
pub(crate) type ChunkSums = SumRows<{ lanes_of(PLACES + 2) }>;

/// The words.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    numbers: Numbers,
    /// By the number of the word.
    sums: Vec<ChunkSums>,
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

    /// The hash of the word that stands in a text at those bytes.
    #[inline]
    pub(super) fn hash(text: &str, span: Range<usize>) -> u64 {
        word_hash_within(text.as_bytes(), span)
    }

    /// Has the number of a word come nearer, by its hash.
    #[inline]
    pub(super) fn look_towards_number(&self, hash: u64) {
        self.numbers.look_towards(hash);
    }

    /// Has what a word sums up to come nearer.
    #[inline]
    pub(super) fn look_towards(&self, number: u32) {
        ChunkSums::look_towards(&self.sums, (number ^ MARK) as usize);
    }

    /// The number of a word by its hash, which is no other word's.
    pub(super) fn number<'w>(
        &mut self,
        table: &Table,
        hash: u64,
        written: impl Fn() -> &'w str,
        keeps_words: bool,
    ) -> u32 {
        self.numbers.get(hash).unwrap_or_else(|| self.new_number(table, hash, written(), keeps_words)) | MARK
    }

    /// The number of a word that has not been read before.
    #[cold]
    #[inline(never)]
    fn new_number(&mut self, table: &Table, hash: u64, written: &str, keeps_words: bool) -> u32 {
        let (number, _) = self.numbers.number(hash);
        let word = Word::form(written);
        self.sums.push(ChunkSums::summed(|at, sums| {
            let add = |feature| table.add(feature, sums);
            match at {
                0..PLACES => each_chunk_feature(&word, 1 + at as u8, add),
                place => each_feature_beside_chunk(&word, place == PLACES, add),
            }
        }));
        if keeps_words {
            self.words.push(word);
        }
        number
    }

    /// What is known of one of them, where it is kept.
    pub(super) fn word(&self, number: u32) -> Option<&Word> {
        if number & MARK == 0 { None } else { self.words.get((number ^ MARK) as usize) }
    }

    /// What a word sums up to.
    #[inline]
    pub(crate) fn rows(&self, number: u32) -> &ChunkSums {
        &self.sums[(number ^ MARK) as usize]
    }

    /// What it sums up to for its piece at `place`, from 1.
    #[inline]
    pub(crate) fn own(rows: &ChunkSums, place: u8) -> &Sums {
        rows.row(usize::from(place).saturating_sub(1))
    }

    /// What it sums up to for the pieces of the word after it (`is_before`) or before it.
    #[inline]
    pub(crate) fn beside(rows: &ChunkSums, is_before: bool) -> &Sums {
        rows.row(PLACES + usize::from(!is_before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_forgotten_at_the_bound() {
        let table = Table::build(&[]);
        let mut chunks = Chunks::default();
        let hash = |written: &str| Chunks::hash(written, 0..written.len());
        for number in 1..CHUNKS_LIMIT {
            let written = format!("a-{number}");
            chunks.number(&table, hash(&written), || written.as_str(), false);
        }
        chunks.make_room();
        assert_eq!(chunks.sums.len(), CHUNKS_LIMIT - 1);
        let mut number = || chunks.number(&table, hash("a-0"), || "a-0", false);
        let last = number();
        assert_eq!((last ^ MARK) as usize, CHUNKS_LIMIT - 1);
        chunks.make_room();
        assert!(chunks.sums.is_empty() && chunks.numbers.len() == 0);
        assert_eq!(chunks.number(&table, hash("a-0"), || "a-0", false), MARK);
    }
}
