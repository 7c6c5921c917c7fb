//! Words that were read before, with the sums of their own features' weights.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::models::Models;
use super::features::{DISTANCES, beyond, each_word_feature, of_word_itself};
use super::table::{ROW, Sums, Table};
use super::words::Word;

/// The most words that are kept; then they are forgotten, which changes no answer.
const WORDS_LIMIT: usize = 1 << 16;

/// The place of the sums of a word that was only seen as a part of white space's words.
const NO_SUMS: u32 = u32::MAX;

/// A word and where its sums are.
#[derive(Debug)]
struct Entry {
    word: Word,
    /// Whether the model knows the word itself.
    known: bool,
    sums: u32,
}

/// The words.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    numbers: FxHashMap<u64, u32>,
    entries: Vec<Entry>,
    /// What the own features of a word sum up to at each distance.
    sums: Vec<[Sums; DISTANCES]>,
    features: Vec<u64>,
    /// The sums of the places beyond the ends of a sentence.
    beyond: [Sums; DISTANCES],
}

impl Lexicon {
    /// Forgets all words, for another model.
    pub(crate) fn clear(&mut self, table: &Table) {
        self.numbers.clear();
        self.entries.clear();
        self.sums.clear();
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

    /// The number of a word that stands in a sentence.
    pub(crate) fn number(&mut self, models: &Models, written: &str, folded: &str) -> u32 {
        let (number, new) = self.place(written, folded, || Word::new(written, folded, &models.spelling));
        let entry = &mut self.entries[number as usize];
        if entry.sums == NO_SUMS {
            if !new {
                entry.word = Word::new(written, folded, &models.spelling);
            }
            entry.known = models.table.knows(of_word_itself(&entry.word));
            entry.sums = u32::try_from(self.sums.len()).unwrap_or(NO_SUMS);
            let mut sums = [[0; ROW]; DISTANCES];
            for (distance, sums) in sums.iter_mut().enumerate() {
                self.features.clear();
                each_word_feature(&entry.word, distance, |feature| self.features.push(feature));
                models.table.add_all(&self.features, sums);
            }
            self.sums.push(sums);
        }
        number
    }

    /// The number of a word as white space cuts it, of which only the form is looked at.
    pub(crate) fn chunk(&mut self, written: &str) -> u32 {
        self.place(written, "", || Word::form(written)).0
    }

    /// The number of a word, and whether it is new and `word` was asked for it.
    fn place(&mut self, written: &str, folded: &str, word: impl FnOnce() -> Word) -> (u32, bool) {
        let key = xxh3_64_with_seed(folded.as_bytes(), xxh3_64_with_seed(written.as_bytes(), 0));
        if let Some(number) = self.numbers.get(&key) {
            return (*number, false);
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { word: word(), known: false, sums: NO_SUMS });
        self.numbers.insert(key, number);
        (number, true)
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
            Some(number) => &self.sums[self.entries[number as usize].sums as usize][distance],
            None => &self.beyond[distance],
        }
    }
}
