//! Words that were read before, with the sums of their own features' weights.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::features::{DISTANCES, beyond, each_word_feature, of_word_itself};
use super::table::{ROW, Sums, Table};
use super::words::Word;
use super::super::models::Models;

/// The most words that are kept; then they are forgotten, which changes no answer.
const WORDS_LIMIT: usize = 1 << 16;

/// A word and what its own features sum up to at each distance.
#[derive(Debug)]
struct Entry {
    word: Word,
    /// Whether the model knows the word itself.
    known: bool,
    sums: [Sums; DISTANCES],
}

/// The words.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    numbers: FxHashMap<u64, u32>,
    entries: Vec<Entry>,
    /// The sums of the places beyond the ends of a sentence.
    beyond: [Sums; DISTANCES],
}

impl Lexicon {
    /// Forgets all words, for another model.
    pub(crate) fn clear(&mut self, table: &Table) {
        self.numbers.clear();
        self.entries.clear();
        self.beyond = [[0; ROW]; DISTANCES];
        for (distance, sums) in self.beyond.iter_mut().enumerate() {
            table.add(beyond(distance), sums);
        }
    }

    /// Forgets the words when there are too many. Numbers given before are void then.
    pub(crate) fn make_room(&mut self, table: &Table) {
        if self.entries.len() >= WORDS_LIMIT {
            self.clear(table);
        }
    }

    /// The number of a word.
    pub(crate) fn number(&mut self, models: &Models, written: &str, folded: &str) -> u32 {
        let key = xxh3_64_with_seed(folded.as_bytes(), xxh3_64_with_seed(written.as_bytes(), 0));
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let word = Word::new(written, folded, &models.spelling);
        let mut sums = [[0; ROW]; DISTANCES];
        for (distance, sums) in sums.iter_mut().enumerate() {
            each_word_feature(&word, distance, |feature| models.table.add(feature, sums));
        }
        let known = models.table.knows(of_word_itself(&word));
        self.entries.push(Entry { word, known, sums });
        self.numbers.insert(key, number);
        number
    }

    /// A word by its number.
    pub(crate) fn word(&self, number: u32) -> &Word {
        &self.entries[number as usize].word
    }

    /// Whether the model knows a word itself.
    pub(crate) fn is_known(&self, number: u32) -> bool {
        self.entries[number as usize].known
    }

    /// What the word's own features sum up to when it stands at a distance; without a word, the place beyond an end.
    pub(crate) fn sums(&self, number: Option<u32>, distance: usize) -> &Sums {
        match number {
            Some(number) => &self.entries[number as usize].sums[distance],
            None => &self.beyond[distance],
        }
    }
}
