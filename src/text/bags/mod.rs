//! Names as bags of meanings: "failure of the kidney", "kidney failures" and "renal failure" are one bag.
//!
//! A bag leaves out the order of the words, their inflection and words such as "of", and takes words that mean the same
//! in medicine for one ([`equivalents`]). It has two hashes. The strict one is that of all its meanings; the loose one
//! leaves out weak words ("syndrome", "type") and takes near meanings for one ("carcinoma" for "neoplasm"). Words that
//! tell severity and course apart ("acute", "chronic") stay in both.
//!
//! Catalogs hold hashes of bags, so that a change of the tables or of the stems calls for catalogs that are built anew:
//! [`bag_rules`] tells.

mod compounds;
mod equivalents;
mod levels;
mod stem;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use compounds::{COMBINED, COMBINING};
use equivalents::EQUIVALENTS;
use levels::{GENERAL, LOOSELY, STOP_WORDS, WEAK};
use stem::stem;

use super::fold_to_string;

/// The most tokens of a name that has a bag, those among them that are left out.
pub const BAG_TOKENS_LIMIT: usize = 8;

/// The most tokens of digits of a name that has a bag: with two, their order tells things apart.
pub const BAG_NUMBERS_LIMIT: usize = 1;

/// The most meanings of one word.
const MEANINGS_LIMIT: usize = 2;

/// The most meanings of a bag.
const BAG_WORDS_LIMIT: usize = BAG_TOKENS_LIMIT * MEANINGS_LIMIT;

/// Counts changes of the code that change hashes. Changes of the tables tell themselves.
const CODE_VERSION: u64 = 1;

/// The fewest bytes of a stem of the tables by which other forms of the word are known.
const TABLE_STEM_BYTES_LEAST: usize = 6;

/// The most bytes of a word that says too little when nothing else is left of a name: numbers and letters.
const LITTLE_BYTES_LIMIT: usize = 2;

/// The longest stem that is put together of two parts; a longer one is its beginning.
const STEM_BYTES_LIMIT: usize = 64;

/// The hashes of a bag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bags {
    /// Of all its meanings.
    pub strict: u64,
    /// Without weak words and with near meanings taken for one; the same as `strict` where there is neither.
    pub loose: u64,
    /// How many meanings it has, each counted once.
    pub words: u8,
}

/// One meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Meaning {
    strict: u64,
    /// The near meaning that it is taken for; `None` for a weak word.
    loose: Option<u64>,
    /// Whether it says too little when nothing else is there.
    general: bool,
}

/// The meanings of a word; none of a stop word.
type Meanings = [Option<Meaning>; MEANINGS_LIMIT];

/// A meaning of a name, and which token tells it.
#[derive(Debug, Clone, Copy, Default)]
struct Word {
    meaning: Meaning,
    token: u8,
}

/// The meanings of a name.
#[derive(Debug, Clone, Copy)]
pub struct Bag {
    /// By their strict hash, each once; the first token that tells it.
    words: [Word; BAG_WORDS_LIMIT],
    count: usize,
}

/// What the tables say of words.
#[derive(Default)]
struct Vocabulary {
    words: FxHashMap<Box<str>, Meanings>,
    /// The same by the hash of their stem, for their forms that the tables lack.
    stems: FxHashMap<u64, Meanings>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::new);

/// The hash of a stem.
fn stem_hash((beginning, end): (&str, &str)) -> u64 {
    let length = beginning.len() + end.len();
    let mut buffer = [0; STEM_BYTES_LIMIT];
    match buffer.get_mut(..length) {
        Some(whole) if !end.is_empty() => {
            whole[..beginning.len()].copy_from_slice(beginning.as_bytes());
            whole[beginning.len()..].copy_from_slice(end.as_bytes());
            xxh3_64(whole)
        }
        _ => xxh3_64(beginning.as_bytes()),
    }
}

const fn says_little(word: &str) -> bool {
    word.len() <= LITTLE_BYTES_LIMIT
}

/// What a word of a row's meaning stands for.
fn meaning(word: &str) -> Meaning {
    let near = LOOSELY.iter().find(|(one, _)| *one == word).map_or(word, |(_, other)| other);
    Meaning {
        strict: stem_hash(stem(word)),
        loose: Some(stem_hash(stem(near))),
        general: says_little(word) || GENERAL.split_whitespace().any(|general| general == word),
    }
}

fn meanings<'t>(words: impl Iterator<Item = &'t str>) -> Meanings {
    let mut meanings = [None; MEANINGS_LIMIT];
    for (word, place) in words.zip(&mut meanings) {
        *place = Some(meaning(word));
    }
    meanings
}

impl Vocabulary {
    fn new() -> Self {
        let mut vocabulary = Self::default();
        let ends: Vec<(&str, Meaning)> = COMBINED.iter().map(|(end, what)| (*end, meaning(what))).collect();
        for (beginning, organ) in COMBINING {
            let organ = meaning(organ);
            for (end, what) in &ends {
                let word = fold_to_string(&format!("{beginning}{end}"));
                vocabulary.add(&word, [Some(organ), Some(*what)]);
            }
        }
        for (meaning, words) in EQUIVALENTS {
            let meanings = meanings(meaning.split(' '));
            words.split_whitespace().for_each(|word| vocabulary.add(word, meanings));
        }
        for word in WEAK.split_whitespace() {
            let weak = Meaning { strict: stem_hash(stem(word)), loose: None, general: true };
            vocabulary.words.insert(word.into(), [Some(weak), None]);
        }
        for word in STOP_WORDS.split_whitespace() {
            vocabulary.words.insert(word.into(), [None; MEANINGS_LIMIT]);
        }
        vocabulary
    }

    fn add(&mut self, word: &str, meanings: Meanings) {
        self.words.insert(word.into(), meanings);
        let (beginning, end) = stem(word);
        if beginning.len() + end.len() >= TABLE_STEM_BYTES_LEAST {
            self.stems.insert(stem_hash((beginning, end)), meanings);
        }
    }

    fn of_token(&self, token: &str) -> Meanings {
        if let Some(meanings) = self.words.get(token) {
            return *meanings;
        }
        let strict = stem_hash(stem(token));
        if let Some(meanings) = self.stems.get(&strict) {
            return *meanings;
        }
        [Some(Meaning { strict, loose: Some(strict), general: says_little(token) }), None]
    }
}

impl Bag {
    /// The bag of the tokens of a key, as [`super::FoldedText`] folds them. `None` when there are more than
    /// [`BAG_TOKENS_LIMIT`] tokens or more than [`BAG_NUMBERS_LIMIT`] of digits, and when nothing stays in it.
    pub fn of<'t>(tokens: impl Iterator<Item = &'t str>) -> Option<Self> {
        let vocabulary = &*VOCABULARY;
        let mut bag = Self { words: [Word::default(); BAG_WORDS_LIMIT], count: 0 };
        let mut numbers = 0;
        for (place, token) in tokens.enumerate() {
            numbers += usize::from(token.bytes().all(|byte| byte.is_ascii_digit()));
            if place >= BAG_TOKENS_LIMIT || numbers > BAG_NUMBERS_LIMIT {
                return None;
            }
            for meaning in vocabulary.of_token(token).into_iter().flatten() {
                bag.insert(Word { meaning, token: place as u8 });
            }
        }
        (bag.count > 0).then_some(bag)
    }

    /// Puts a word in its place unless its meaning is there.
    fn insert(&mut self, word: Word) {
        let known = &self.words[..self.count];
        let place = known.partition_point(|known| known.meaning.strict < word.meaning.strict);
        if known.get(place).is_some_and(|known| known.meaning.strict == word.meaning.strict) {
            return;
        }
        self.words.copy_within(place..self.count, place + 1);
        self.words[place] = word;
        self.count += 1;
    }

    /// Its hashes.
    pub fn hashes(&self) -> Bags {
        self.hashes_without(None)
    }

    /// The hashes of the bag without what one token tells, for each token that tells something, in the order of the
    /// tokens: the place of the token and the hashes. Tokens without which only what says little stays ("disease",
    /// numbers) are passed over.
    pub fn without_each(&self) -> impl Iterator<Item = (usize, Bags)> + '_ {
        (0..BAG_TOKENS_LIMIT).filter_map(|token| {
            let is_told = |word: &Word| usize::from(word.token) == token;
            let words = &self.words[..self.count];
            let stays = words.iter().any(|word| !is_told(word) && !word.meaning.general);
            (stays && words.iter().any(is_told)).then(|| (token, self.hashes_without(Some(token))))
        })
    }

    fn hashes_without(&self, token: Option<usize>) -> Bags {
        let kept = self.words[..self.count].iter().filter(|word| Some(usize::from(word.token)) != token);
        let (mut strict, mut loose) = ([0; BAG_WORDS_LIMIT], [0; BAG_WORDS_LIMIT]);
        let (mut words, mut near) = (0, 0);
        for Word { meaning, .. } in kept {
            strict[words] = meaning.strict;
            words += 1;
            if let Some(meaning) = meaning.loose {
                loose[near] = meaning;
                near += 1;
            }
        }
        let whole = hash(&mut strict[..words]);
        let loose = if near == 0 { whole } else { hash(&mut loose[..near]) };
        Bags { strict: whole, loose, words: words as u8 }
    }
}

/// The hash of a set of meanings, which is left sorted.
fn hash(meanings: &mut [u64]) -> u64 {
    meanings.sort_unstable();
    let mut bytes = [[0; 8]; BAG_WORDS_LIMIT];
    let mut count = 0;
    for same in meanings.chunk_by(|one, other| one == other) {
        bytes[count] = same[0].to_le_bytes();
        count += 1;
    }
    xxh3_64(bytes[..count].as_flattened())
}

/// The hashes of the bag of those tokens, see [`Bag::of`].
pub fn bags<'t>(tokens: impl Iterator<Item = &'t str>) -> Option<Bags> {
    Bag::of(tokens).map(|bag| bag.hashes())
}

/// Whether a bag may help a name of this one token to be found: not when the token is short and not in the tables, as it
/// then is the only one that means what it means.
pub fn has_other_forms(token: &str) -> bool {
    token.len() > stem::STEM_BYTES_LEAST || VOCABULARY.words.contains_key(token)
}

/// A hash of the rules by which bags are made. Hashes of bags that other rules made are not to be compared.
pub fn bag_rules() -> u64 {
    static RULES: LazyLock<u64> = LazyLock::new(|| {
        let mut hasher = Xxh3::new();
        hasher.update(&CODE_VERSION.to_le_bytes());
        stem::KEPT.iter().for_each(|word| hasher.update(word.as_bytes()));
        let tables = [EQUIVALENTS, COMBINING, COMBINED, LOOSELY, &[(STOP_WORDS, WEAK), (GENERAL, "")]];
        for (one, other) in tables.into_iter().chain(stem::ENDINGS.iter().map(|(_, ends)| *ends)).flatten() {
            hasher.update(one.as_bytes());
            hasher.update(b":");
            hasher.update(other.as_bytes());
            hasher.update(b"\n");
        }
        hasher.digest()
    });
    *RULES
}
