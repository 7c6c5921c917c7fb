//! Words that were read before, with the sums of the weights of the features that each gives.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::models::Models;
use super::chunks::Chunks;
use super::features::{
    DISTANCES, beyond, each_repetition_feature, each_space_feature, each_word_feature, of_word_itself,
};
use super::numbers::Numbers;
use super::table::{SLOT_BYTES, Sums, Table};
use super::words::{Form, Word};
use crate::text::prefetch;

/// The most words that are kept; then they are forgotten, which changes no answer.
const WORDS_LIMIT: usize = 1 << 17;

/// How many kinds of spaces and of repetitions there are.
pub(crate) const SPACES: usize = 4;
const REPETITIONS: usize = 4;

/// What is looked at again and again of a word.
#[derive(Debug, Clone, Copy, Default)]
struct Hot {
    form: Form,
    /// Among the sums of shapes.
    shape: u32,
    /// Whether the model knows the word itself.
    known: bool,
}

/// What a shape's features sum up to by spaces and by repetitions.
#[derive(Debug, Clone, Copy)]
struct ShapeSums {
    spaces: [Sums; SPACES],
    repetitions: [Sums; REPETITIONS],
}

/// The words.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    numbers: Numbers,
    hot: Vec<Hot>,
    /// What is known of each word, where it is kept.
    words: Vec<Word>,
    keeps_words: bool,
    /// What the own features of a word sum up to at each distance.
    sums: Vec<[Sums; DISTANCES]>,
    chunks: Chunks,
    shape_numbers: FxHashMap<u64, u32>,
    shapes: Vec<ShapeSums>,
    /// The sums of the places beyond the ends of a sentence.
    beyond: [Sums; DISTANCES],
}

impl Lexicon {
    /// Forgets all words, for another model. Numbers given before are void then.
    pub(crate) fn clear(&mut self, table: &Table) {
        *self = Self { keeps_words: self.keeps_words, ..Self::default() };
        for (distance, sums) in self.beyond.iter_mut().enumerate() {
            table.add(beyond(distance), sums);
        }
    }

    /// Whether there are too many words, and [`Lexicon::clear`] is due.
    pub(crate) const fn is_full(&self) -> bool {
        self.hot.len() >= WORDS_LIMIT
    }

    /// Forgets the words as white space cuts them when there are too many. Numbers given before are void then.
    pub(crate) fn make_room_for_chunks(&mut self) {
        self.chunks.make_room();
    }

    /// Keeps what is known of each word from now on, for [`Lexicon::word`].
    pub(crate) const fn keep_words(&mut self) {
        self.keeps_words = true;
    }

    /// The number of a word that stands in a sentence. `hash` is that of the word where it alone decides the form, else 0;
    /// `word` is what is written and its folded form.
    #[inline]
    pub(crate) fn number<'w>(
        &mut self,
        models: &Models,
        hash: u64,
        word: impl Fn() -> (&'w str, &'w str),
    ) -> u32 {
        let key = if hash == 0 { hash_of_form(word()) } else { hash };
        let (number, is_new) = self.place(key);
        if is_new {
            let (written, folded) = word();
            let word = Word::new(written, folded, &models.spelling);
            self.sum_word(number as usize, &word, &models.table);
            self.keep(number as usize, word);
        }
        number
    }

    fn sum_word(&mut self, at: usize, word: &Word, table: &Table) {
        let mut sums = [[0; SLOT_BYTES]; DISTANCES];
        for (distance, sums) in sums.iter_mut().enumerate() {
            each_word_feature(word, distance, |feature| table.add(feature, sums));
        }
        let form = word.joint_form();
        let next = self.shapes.len() as u32;
        let shape = *self.shape_numbers.entry(form.short_shape).or_insert(next);
        if shape == next {
            self.shapes.push(sum_shape(table, form.short_shape));
        }
        self.hot[at] = Hot { form, shape, known: table.knows(of_word_itself(word)) };
        self.sums[at] = sums;
    }

    /// Has the number of a word come nearer; `hash` as in [`Lexicon::number`].
    #[inline]
    pub(crate) fn look_towards_number(&self, hash: u64) {
        self.numbers.look_towards(hash);
    }

    /// The number of a word as white space cuts it, by its hash ([`Chunks::hash`]); only its form is looked at.
    pub(crate) fn chunk<'w>(&mut self, models: &Models, hash: u64, written: impl Fn() -> &'w str) -> u32 {
        self.chunks.number(&models.table, hash, written, self.keeps_words)
    }

    /// The number of a word by its key, and whether it has just been given.
    #[inline]
    fn place(&mut self, key: u64) -> (u32, bool) {
        let (number, is_new) = self.numbers.number(key);
        if is_new {
            self.hot.push(Hot::default());
            self.sums.push([[0; SLOT_BYTES]; DISTANCES]);
        }
        (number, is_new)
    }

    /// Has what is asked of a word for its sums come nearer.
    #[inline]
    pub(crate) fn look_towards(&self, number: u32) {
        prefetch(self.hot.get(number as usize));
        // a word's sums lie over several lines of memory
        let sums = self.sums.get(number as usize);
        [0, 2, 4].into_iter().for_each(|at| prefetch(sums.map(|sums| &sums[at])));
    }

    fn keep(&mut self, at: usize, word: Word) {
        if self.keeps_words {
            self.words.resize_with(self.words.len().max(at + 1), Word::default);
            self.words[at] = word;
        }
    }

    /// What is known of a word, where that is kept ([`Lexicon::keep_words`]).
    pub(crate) fn word(&self, number: u32) -> &Word {
        self.chunks.word(number).unwrap_or_else(|| &self.words[number as usize])
    }

    /// Whether the model knows a word itself.
    pub(crate) fn is_known(&self, number: u32) -> bool {
        self.hot[number as usize].known
    }

    /// What features of several words look at in a word that stands in a sentence.
    pub(crate) fn form(&self, number: u32) -> Form {
        self.hot[number as usize].form
    }

    /// What the own features of a word that stands in a sentence sum up to, by distance.
    pub(crate) fn sums(&self, number: u32) -> &[Sums; DISTANCES] {
        &self.sums[number as usize]
    }

    /// What a place beyond an end of a sentence sums up to at each distance.
    pub(crate) const fn beyond(&self) -> &[Sums; DISTANCES] {
        &self.beyond
    }

    /// What the shape of a word with spaces and repetitions as in [`super::features`] sums up to.
    pub(crate) fn shape_sums(&self, number: u32, spaces: u8, repeated: u8) -> [&Sums; 2] {
        let shape = &self.shapes[self.hot[number as usize].shape as usize];
        [&shape.spaces[usize::from(spaces) % SPACES], &shape.repetitions[usize::from(repeated) % REPETITIONS]]
    }

    /// The words as white space cuts them.
    pub(crate) const fn chunks(&self) -> &Chunks {
        &self.chunks
    }
}

/// The hash of what is written and its folded form.
fn hash_of_form((written, folded): (&str, &str)) -> u64 {
    match written.as_bytes() {
        // a sign in ASCII stands for itself
        [byte] if folded.is_empty() => {
            (u64::from(*byte) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32)
        }
        written => xxh3_64_with_seed(folded.as_bytes(), xxh3_64_with_seed(written, 0)),
    }
}

fn sum_shape(table: &Table, short_shape: u64) -> ShapeSums {
    let mut sums =
        ShapeSums { spaces: [[0; SLOT_BYTES]; SPACES], repetitions: [[0; SLOT_BYTES]; REPETITIONS] };
    for (at, sums) in (0..).zip(&mut sums.spaces) {
        each_space_feature(short_shape, at, |feature| table.add(feature, sums));
    }
    for (at, sums) in (0..).zip(&mut sums.repetitions) {
        each_repetition_feature(short_shape, at, |feature| table.add(feature, sums));
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_forgotten_at_the_bound() {
        let table = Table::build(&[]);
        let mut lexicon = Lexicon::default();
        for number in 1..WORDS_LIMIT {
            lexicon.place(number as u64);
        }
        assert!(!lexicon.is_full());
        assert_eq!(lexicon.place(1), (0, false), "a word has one number");
        lexicon.place(0);
        assert!(lexicon.is_full());
        lexicon.clear(&table);
        assert!(!lexicon.is_full() && lexicon.numbers.len() == 0);
        assert_eq!(lexicon.place(0), (0, true));
    }
}
