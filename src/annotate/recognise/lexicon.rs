//! Words that were read before, with the sums of the weights of the features that each gives.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::link::focus;
use super::super::models::Models;
use super::super::species::is_of_people;
use super::chunks::Chunks;
use super::features::{
    DISTANCES, beyond, each_repetition_feature, each_space_feature, each_tag_feature, each_word_feature,
    of_word_itself, shapes_of,
};
use super::numbers::Numbers;
use super::pieces::SIGNS;
use super::recent::Recent;
use super::table::{SumRows, Sums, Table, Weights, lanes_of};
use super::tags::Tags;
use super::words::{Form, Word};
use crate::text::{NO_NUMBER, new_owner, prefetch};

/// The most words that are kept; then they are forgotten, which changes no answer.
const WORDS_LIMIT: usize = 1 << 17;

/// The number that stands for the places beyond the ends of a sentence.
pub(crate) const BEYOND: u32 = 0;
/// What no word is known by.
const NO_HASH: u64 = 0;

/// How many kinds of spaces and of repetitions there are.
pub(crate) const SPACES: usize = 4;
const REPETITIONS: usize = 4;

/// What is looked at again and again of a word: four to a line of memory.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hot {
    /// See [`Form::folded`].
    pub folded: u64,
    /// Among the shapes; [`NO_SHAPE`] of a place beyond an end of the sentence.
    shape: u32,
    /// See [`Form::living`].
    pub living: bool,
    organism_level: Option<u8>,
    /// Whether the model knows the word itself.
    known: bool,
}

/// The shape of a place beyond an end of the sentence.
const NO_SHAPE: u32 = u32::MAX;
/// The bits of a shape's number in a key of three.
const SHAPE_BITS: u32 = 21;
const _: () = assert!(3 * SHAPE_BITS < u64::BITS);

impl Hot {
    /// That of a place beyond an end of the sentence.
    pub(crate) const BEYOND: Self = Self {
        folded: Form::BEYOND.folded,
        shape: NO_SHAPE,
        living: Form::BEYOND.living,
        organism_level: Form::BEYOND.organism_level,
        known: false,
    };
}

/// A feature that is not among those that were asked for lately, by what it is known there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Missed {
    key: u64,
    pub feature: u64,
    is_of_shapes: bool,
}

/// What the own features of a word sum up to at each distance.
pub(crate) type WordSums = SumRows<{ lanes_of(DISTANCES) }>;
/// What a shape's features sum up to, by spaces and repetitions ([`place_of_shape`]).
type ShapeSums = SumRows<{ lanes_of(SPACES * REPETITIONS) }>;

/// Of a word that speaks of people, beside its place in the model of species.
const OF_PEOPLE: u16 = 1 << 15;
const _: () = assert!(focus::WORDS_LIMIT < OF_PEOPLE as usize);

/// The place of spaces and repetitions together.
const fn place_of_shape(spaces: u8, repeated: u8) -> usize {
    spaces as usize % SPACES * REPETITIONS + repeated as usize % REPETITIONS
}

/// The words.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// Whose the numbers are that are kept beside the forms of words: nobody has it twice.
    owner: u64,
    numbers: Numbers,
    /// The numbers of signs in ASCII, or [`NO_NUMBER`].
    signs: [u32; SIGNS],
    hot: Vec<Hot>,
    /// What is known of each word, where it is kept.
    words: Vec<Word>,
    keeps_words: bool,
    /// What each word says of the species that a document is about, by its place in that model; 0 for nothing. And whether it speaks
    /// of people ([`OF_PEOPLE`]).
    focus: Vec<u16>,
    /// By the number of the word.
    sums: Vec<WordSums>,
    chunks: Chunks,
    shape_numbers: FxHashMap<u64, u32>,
    /// The short shapes by their numbers, and what they sum up to.
    shapes: Vec<u64>,
    shape_sums: Vec<ShapeSums>,
    /// The weights of three shapes that stand together, by their numbers.
    recent_shapes: Recent,
    /// The weights of other features of several things together.
    recent: Recent,
}

impl Default for Lexicon {
    fn default() -> Self {
        Self {
            owner: new_owner(),
            numbers: Numbers::default(),
            signs: [NO_NUMBER; SIGNS],
            hot: Vec::new(),
            words: Vec::new(),
            keeps_words: false,
            focus: Vec::new(),
            sums: Vec::new(),
            chunks: Chunks::default(),
            shape_numbers: FxHashMap::default(),
            shapes: Vec::new(),
            shape_sums: Vec::new(),
            recent_shapes: Recent::default(),
            recent: Recent::default(),
        }
    }
}

impl Lexicon {
    /// Forgets all words, for another model. Numbers given before are void then.
    pub(crate) fn clear(&mut self, table: &Table) {
        *self = Self { keeps_words: self.keeps_words, ..Self::default() };
        let (number, _) = self.place(NO_HASH);
        self.sums[number as usize] = WordSums::summed(|distance, sums| table.add(beyond(distance), sums));
        self.hot[number as usize] = Hot::BEYOND;
    }

    /// How many words there are, with what stands for the places beyond ([`BEYOND`]).
    pub(crate) const fn len(&self) -> usize {
        self.hot.len()
    }

    /// Whether there are too many words, and [`Lexicon::clear`] is due.
    pub(crate) const fn is_full(&self) -> bool {
        self.len() >= WORDS_LIMIT
    }

    /// Forgets the words as white space cuts them when there are too many. Numbers given before are void then.
    pub(crate) fn make_room_for_chunks(&mut self) {
        self.chunks.make_room();
    }

    /// Keeps what is known of each word from now on, for [`Lexicon::word`].
    pub(crate) const fn keep_words(&mut self) {
        self.keeps_words = true;
    }

    /// Whose the numbers of words are, for [`keep_numbers`](crate::text::keep_numbers).
    pub(crate) const fn owner(&self) -> u64 {
        self.owner
    }

    /// The numbers of signs in ASCII, or [`NO_NUMBER`] for those that have none yet.
    pub(crate) const fn signs(&self) -> &[u32; SIGNS] {
        &self.signs
    }

    /// The number of a word that stands in a sentence. `hash` is that of the word where it alone decides the form, else 0; `word` is what is
    /// written and its folded form.
    pub(crate) fn number(&mut self, models: &Models, hash: u64, word: (&str, &str)) -> u32 {
        let key = if hash == NO_HASH { hash_of_form(word) } else { hash };
        self.numbers.get(key).unwrap_or_else(|| self.new_number(models, key, word))
    }

    /// The number of a word that has not been read before.
    #[cold]
    #[inline(never)]
    fn new_number(&mut self, models: &Models, key: u64, (written, folded): (&str, &str)) -> u32 {
        let (number, _) = self.place(key);
        let people = if is_of_people(folded) { OF_PEOPLE } else { 0 };
        let word = Word::new(written, folded, &models.spelling);
        self.sum_word(number as usize, &word, &models.table);
        self.focus[number as usize] = models.focus.place(word.folded) | people;
        self.keep(number as usize, word);
        if let ([byte], "") = (written.as_bytes(), folded)
            && let Some(sign) = self.signs.get_mut(usize::from(*byte))
        {
            *sign = number;
        }
        number
    }

    fn sum_word(&mut self, at: usize, word: &Word, table: &Table) {
        let sums = WordSums::summed(|distance, sums| {
            each_word_feature(word, distance, |feature| table.add(feature, sums));
        });
        let Form { folded, short_shape, living, organism_level } = word.joint_form();
        let next = self.shapes.len() as u32;
        let shape = *self.shape_numbers.entry(short_shape).or_insert(next);
        if shape == next {
            self.shapes.push(short_shape);
            self.shape_sums.push(sum_shape(table, short_shape));
        }
        self.sums[at] = sums.with_mark(shape);
        self.hot[at] =
            Hot { folded, shape, living, organism_level, known: table.knows(of_word_itself(word)) };
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
            self.focus.push(0);
            self.sums.push(WordSums::default());
        }
        (number, is_new)
    }

    /// Has what is asked of a word for its sums come nearer.
    #[inline]
    pub(crate) fn look_towards(&self, number: u32) {
        WordSums::look_towards(&self.sums, number as usize);
    }

    /// Has what features of several words look at in a word come nearer.
    #[inline]
    pub(crate) fn look_towards_hot(&self, number: u32) {
        prefetch(self.hot.get(number as usize));
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

    /// What is looked at again and again of a word that stands in a sentence.
    #[inline]
    pub(crate) fn hot(&self, number: u32) -> Hot {
        self.hot[number as usize]
    }

    /// What the shapes of three words that follow each other are known by; what they give the one between comes nearer.
    #[inline]
    pub(crate) fn look_towards_shapes(&self, words: [&Hot; 3]) -> u64 {
        // beyond an end it is 0
        let [before, own, after] = words.map(|word| u64::from(word.shape.wrapping_add(1)));
        // a document without end may have more shapes than there is room for
        let key = match (before | own | after) >> SHAPE_BITS {
            0 => before << (2 * SHAPE_BITS) | own << SHAPE_BITS | after,
            _ => self.feature_of_shapes(words) | 1 << (u64::BITS - 1),
        };
        self.recent_shapes.look_towards(key);
        key
    }

    fn feature_of_shapes(&self, words: [&Hot; 3]) -> u64 {
        let short_shape =
            |word: &Hot| self.shapes.get(word.shape as usize).copied().unwrap_or(Form::BEYOND.short_shape);
        shapes_of(words.map(short_shape))
    }

    /// Adds what three shapes give to sums where it was asked for lately, and tells whether it was.
    #[inline]
    pub(crate) fn add_shapes(&self, key: u64, sums: &mut Sums) -> bool {
        self.recent_shapes.add(key, sums)
    }

    /// What has to be looked for in the table for the shapes of three words.
    pub(crate) fn missed_shapes(&self, key: u64, words: [&Hot; 3]) -> Missed {
        Missed { key, feature: self.feature_of_shapes(words), is_of_shapes: true }
    }

    /// Adds the weights of a feature that others had before, mostly, to sums, or gives what has to be looked for in the table.
    #[inline]
    pub(crate) fn add_frequent(&self, feature: u64, sums: &mut Sums) -> Option<Missed> {
        let is_known = self.recent.add(feature, sums);
        (!is_known).then_some(Missed { key: feature, feature, is_of_shapes: false })
    }

    /// Adds the weights of what had to be looked for in the table, and keeps them.
    #[inline]
    pub(crate) fn add_missed(&mut self, table: &Weights<'_>, missed: Missed, sums: &mut Sums) {
        let Missed { key, feature, is_of_shapes } = missed;
        let recent = if is_of_shapes { &mut self.recent_shapes } else { &mut self.recent };
        recent.find(table, key, feature, sums);
    }

    /// What features of several words look at in a word that stands in a sentence.
    pub(crate) fn form(&self, number: u32) -> Form {
        let Hot { folded, shape, living, organism_level, .. } = self.hot[number as usize];
        Form {
            folded,
            short_shape: self.shapes.get(shape as usize).copied().unwrap_or(0),
            living,
            organism_level,
        }
    }

    /// The hash of the folded form of a word that stands in a sentence, or of what is written where it has none.
    #[inline]
    pub(crate) fn folded(&self, number: u32) -> u64 {
        self.hot[number as usize].folded
    }

    /// The place of a word in the model of what species a document is about; 0 for one that says nothing.
    #[inline]
    pub(crate) fn focus(&self, number: u32) -> u16 {
        self.focus[number as usize] & !OF_PEOPLE
    }

    /// Whether a word speaks of people.
    #[inline]
    pub(crate) fn is_of_people(&self, number: u32) -> bool {
        self.focus[number as usize] & OF_PEOPLE != 0
    }

    /// What the own features of a word that stands in a sentence sum up to, by distance.
    #[inline]
    pub(crate) fn sums(&self, number: u32) -> &WordSums {
        &self.sums[number as usize]
    }

    /// What the shape of a word with these sums, with spaces and repetitions as in [`super::features`], sums up to, and with it what a
    /// piece without tags is given.
    #[inline]
    pub(crate) fn shape_sums(&self, word: &WordSums, spaces: u8, repeated: u8) -> &Sums {
        // the number of the shape is kept beside the sums
        let shape = &self.shape_sums[word.mark() as usize];
        shape.row(place_of_shape(spaces, repeated))
    }

    /// The words as white space cuts them.
    pub(crate) const fn chunks(&self) -> &Chunks {
        &self.chunks
    }
}

/// The hash of a sign in ASCII, which has no folded form.
#[inline]
fn hash_of_sign(byte: u8) -> u64 {
    (u64::from(byte) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32)
}

/// The hash of what is written and its folded form.
fn hash_of_form((written, folded): (&str, &str)) -> u64 {
    match written.as_bytes() {
        // a sign in ASCII stands for itself
        [byte] if folded.is_empty() => hash_of_sign(*byte),
        written => xxh3_64_with_seed(folded.as_bytes(), xxh3_64_with_seed(written, 0)),
    }
}

fn sum_shape(table: &Table, short_shape: u64) -> ShapeSums {
    ShapeSums::summed(|place, sums| {
        let mut add = |feature| table.add(feature, sums);
        each_space_feature(short_shape, (place / REPETITIONS) as u8, &mut add);
        each_repetition_feature(short_shape, (place % REPETITIONS) as u8, &mut add);
        // taken away again where there are tags
        each_tag_feature(&Tags::default(), &mut add);
    })
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
        assert!(!lexicon.is_full() && lexicon.numbers.len() == 1);
        assert_eq!(lexicon.place(NO_HASH), (BEYOND, false));
        assert_eq!(lexicon.place(1), (1, true));
    }
}
