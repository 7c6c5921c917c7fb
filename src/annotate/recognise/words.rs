//! What a word is like, apart from where it stands: the hashes that features are made of.

use xxhash_rust::xxh3::xxh3_64;

use super::super::surface::is_common_word;
use super::organisms::organism_kind;
use super::spelling::{KINDS, Spelling, kind};
use crate::model::EntityType;
use crate::text::Spare;

/// The most characters of a shape.
const SHAPE_CHARACTERS_LIMIT: usize = 12;
/// The most characters, with two for the ends, of which parts are made.
const GRAM_CHARACTERS_LIMIT: usize = 24;
/// The lengths of the beginnings and ends of words that are features.
const AFFIX_LENGTHS: [usize; 4] = [2, 3, 4, 5];

/// A feature of that kind with that value. Features are numbers of 64 bits; two that differ are the same number once in
/// far more cases than a model has features.
pub(crate) const fn feature(kind: u32, value: u64) -> u64 {
    let mixed =
        (value ^ (kind as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    (mixed ^ mixed >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53)
}

/// How many features two words that follow each other give, by where they stand to a piece.
pub(crate) const PAIR_PLACES: usize = 4;
/// The bits of a pair's feature that tell its place.
pub(crate) const PAIR_BITS: u64 = 0b110;

/// What the features of two words that follow each other have in common ([`of_pair_at`]).
#[inline]
pub(crate) const fn of_pair(one: u64, other: u64) -> u64 {
    feature(u32::MAX - 1, both(one, other)) & !PAIR_BITS
}

/// The feature of such a pair at one of [`PAIR_PLACES`]. The lower halves differ in two bits alone, so that the table of
/// weights tells of all of them at once whether it may have them ([`super::table::Weights::places_of_pair`]).
#[inline]
pub(crate) const fn of_pair_at(pair: u64, place: usize) -> u64 {
    pair ^ (place as u64).wrapping_mul(0x9e37_79b9 << 32 | 1 << PAIR_BITS.trailing_zeros())
}

/// The place of a pair's feature.
#[inline]
pub(crate) const fn place_in_pair(feature: u64) -> usize {
    ((feature & PAIR_BITS) >> PAIR_BITS.trailing_zeros()) as usize
}

/// What a pair's feature has in common with those of its other places; of another feature some number.
#[inline]
pub(crate) const fn pair_behind(feature: u64) -> u64 {
    of_pair_at(feature, place_in_pair(feature))
}

/// Two values as one; the order counts.
pub(crate) const fn both(one: u64, other: u64) -> u64 {
    (one.rotate_left(23) ^ other).wrapping_mul(0x9fb2_1c65_1e98_df25) ^ one
}

/// Words of people, and of animals, plants and pathogens that papers speak of in passing. Whether they stand for a species
/// is a matter of the kind of paper: "patients" in a trial, "yeast" as a method's name.
const LIVING: &[&str] = &[
    "adult",
    "adults",
    "arabidopsis",
    "boy",
    "boys",
    "child",
    "children",
    "drosophila",
    "girl",
    "girls",
    "human",
    "humans",
    "individuals",
    "infant",
    "infants",
    "inpatients",
    "man",
    "men",
    "mice",
    "mouse",
    "murine",
    "outpatients",
    "participant",
    "participants",
    "patient",
    "patients",
    "people",
    "person",
    "persons",
    "rat",
    "rats",
    "rice",
    "rodent",
    "rodents",
    "subjects",
    "viral",
    "virus",
    "volunteers",
    "woman",
    "women",
    "yeast",
];

/// What features of several words together look at in each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// See [`Word::folded`].
    pub folded: u64,
    /// See [`Word::short_shape`].
    pub short_shape: u64,
    /// See [`Word::living`].
    pub living: bool,
    /// See [`Word::organism_level`].
    pub organism_level: Option<u8>,
}

/// What is known of a word by its letters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Word {
    /// Of its letters in lower case.
    pub lower: u64,
    /// Of its folded form.
    pub folded: u64,
    /// Of its characters as `A`, `a`, `0` and others as they are.
    pub shape: u64,
    /// The same with runs taken together: "Aa" for "Tumor".
    pub short_shape: u64,
    /// Of its first letters, by [`AFFIX_LENGTHS`]; 0 where it is not longer.
    pub prefixes: [u64; 4],
    /// Of its last letters.
    pub suffixes: [u64; 4],
    /// Its parts of three and four letters, its ends marked.
    pub grams: Vec<u64>,
    /// How many characters it has, at most 15.
    pub length: u64,
    /// The kind of organism that it stands for ("finch"); 0 where it is no such word.
    pub organism: u64,
    /// Whether it is a common word of English.
    pub common: bool,
    /// Whether it speaks of people or of animals and plants of everyday and laboratory life.
    pub living: bool,
    /// How likely it is a part of each kind of name by its spelling.
    pub spelling: Option<[u8; KINDS]>,
}

impl Form {
    /// That of a place beyond an end of the sentence.
    pub(crate) const BEYOND: Self = Self { folded: 1, short_shape: 1, living: false, organism_level: None };
}

impl Word {
    /// How likely it is a part of an organism's name by its spelling, from 0 to 4; `None` of common and of short words.
    pub(crate) fn organism_level(&self) -> Option<u8> {
        let levels = self.spelling.filter(|_| !self.common)?;
        Some(levels[kind(EntityType::Species)])
    }

    /// What features of several words together look at.
    pub(crate) fn joint_form(&self) -> Form {
        Form {
            folded: self.folded,
            short_shape: self.short_shape,
            living: self.living,
            organism_level: self.organism_level(),
        }
    }

    /// Reads a word; `folded` is its folded form, empty for punctuation.
    pub(crate) fn new(written: &str, folded: &str, spelling: &Spelling) -> Self {
        let lower = written.to_lowercase();
        let form = Self::of_lower(written, &lower);
        Self {
            folded: if folded.is_empty() { form.lower } else { hash(folded) },
            grams: grams(&lower),
            common: is_common_word(written),
            living: LIVING.contains(&lower.as_str()),
            organism: organism_kind(&lower),
            spelling: spelling.levels(&lower),
            ..form
        }
    }

    /// Reads the form of a word: its letters, shapes and ends, but no parts, and nothing that a list or a model tells.
    pub(crate) fn form(written: &str) -> Self {
        if !written.is_ascii() {
            return Self::of_lower(written, &written.to_lowercase());
        }
        let mut lower: Spare<String> = Spare::take();
        lower.push_str(written);
        lower.make_ascii_lowercase();
        Self::of_lower(written, &lower)
    }

    fn of_lower(written: &str, lower: &str) -> Self {
        let (mut shape, mut short_shape) = (ShortText::default(), ShortText::default());
        for character in written.chars() {
            let class = class(character);
            shape.push(class);
            if short_shape.last != Some(class) {
                short_shape.push(class);
            }
        }
        let count = lower.chars().count();
        let at = |place: usize| lower.char_indices().nth(place).map_or(lower.len(), |(at, _)| at);
        let prefix = |length: usize| if count > length { hash(&lower[..at(length)]) } else { 0 };
        let suffix = |length: usize| if count > length { hash(&lower[at(count - length)..]) } else { 0 };
        Self {
            lower: hash(lower),
            folded: hash(lower),
            shape: hash(shape.text()),
            short_shape: hash(short_shape.text()),
            prefixes: AFFIX_LENGTHS.map(prefix),
            suffixes: AFFIX_LENGTHS.map(suffix),
            grams: Vec::new(),
            length: count.min(15) as u64,
            organism: 0,
            common: false,
            living: false,
            spelling: None,
        }
    }
}

/// The beginning of a text of classes, without memory of its own.
#[derive(Default)]
struct ShortText {
    bytes: [u8; SHAPE_CHARACTERS_LIMIT + 4],
    length: usize,
    last: Option<char>,
}

impl ShortText {
    /// Adds a class while there is room.
    fn push(&mut self, class: char) {
        if self.length < SHAPE_CHARACTERS_LIMIT {
            self.length += class.encode_utf8(&mut self.bytes[self.length..]).len();
            self.last = Some(class);
        }
    }

    fn text(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or("")
    }
}

/// The parts of three and four letters of a word; none of one shorter than that.
fn grams(lower: &str) -> Vec<u64> {
    let marked = format!("^{lower}$");
    let starts: Vec<usize> =
        marked.char_indices().map(|(at, _)| at).chain([marked.len()]).take(GRAM_CHARACTERS_LIMIT).collect();
    let mut grams = Vec::new();
    for length in [3, 4] {
        if starts.len() > length + 1 {
            grams.extend(starts.windows(length + 1).map(|window| hash(&marked[window[0]..window[length]])));
        }
    }
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// The hash of a text.
pub(crate) fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

const fn is_greek(character: char) -> bool {
    matches!(character, 'α'..='ω' | 'Α'..='Ω' | 'µ')
}

fn class(character: char) -> char {
    match character {
        _ if is_greek(character) => 'g',
        _ if character.is_uppercase() => 'A',
        _ if character.is_alphabetic() => 'a',
        _ if character.is_numeric() => '0',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_kind_share_what_they_share() {
        let spelling = Spelling::new(std::borrow::Cow::Borrowed(&[]));
        let word = |written: &str, folded: &str| Word::new(written, folded, &spelling);
        let (one, other) = (word("Tumours", "tumor"), word("Cancers", "cancer"));
        assert_eq!((one.shape, one.short_shape), (other.shape, other.short_shape));
        assert_eq!(one.suffixes[0], other.suffixes[0]);
        assert_ne!(one.lower, other.lower);
        assert_eq!(word("tumor", "tumor").folded, one.folded);
        assert_eq!(word("IL", "il").prefixes, [0; 4]);
        assert_eq!(word("(", "").folded, word("(", "").lower);
    }

    #[test]
    fn kinds_and_orders_make_features_differ() {
        assert_ne!(feature(1, 7), feature(2, 7));
        assert_ne!(feature(1, 7), feature(1, 8));
        assert_ne!(both(1, 2), both(2, 1));
    }
}
