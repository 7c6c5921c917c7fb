//! What kind of name a word is a part of, told by its spelling alone: a linear model over its letters, learnt of the words
//! of the vocabularies' names. It knows "cefazolin" for a drug and "Xanthobacter" for an organism without ever having
//! seen them.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::model::EntityType;

/// The kinds of words: parts of names of these types, of any other type's names, and words of plain English.
pub(crate) const KINDS: usize = 7;
/// Rows of weights that the parts of words are shared out to.
pub(crate) const ROWS: usize = 1 << 17;
/// The bytes of a row: a weight of 8 bits a kind, and one unused.
pub(crate) const ROW_BYTES: usize = 8;
/// What a quantised weight of one stands for.
pub(crate) const SCALE: f32 = 1.0 / 24.0;
/// The lengths of the parts.
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=5;
/// The most characters of a word, its ends marked, that are looked at.
const CHARACTERS_LIMIT: usize = 26;
/// The least characters of a word that is looked at.
const CHARACTERS_MIN: usize = 3;

/// The kind of the words of a type's names.
pub(crate) const fn kind(entity_type: EntityType) -> usize {
    match entity_type {
        EntityType::Gene => 0,
        EntityType::Disease => 1,
        EntityType::Chemical => 2,
        EntityType::Species => 3,
        EntityType::CellLine => 4,
        _ => 5,
    }
}

/// Words of plain English.
pub(crate) const PLAIN: usize = 6;

/// The model.
#[derive(Debug, Clone)]
pub(crate) struct Spelling {
    bytes: Cow<'static, [u8]>,
}

impl Spelling {
    /// A model of those bytes: [`ROWS`] rows, or none.
    pub(crate) const fn new(bytes: Cow<'static, [u8]>) -> Self {
        Self { bytes }
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How likely a word is of each kind, as levels: 0 unlikely to 4 almost certain. `None` for words that are too
    /// short or have digits.
    pub(crate) fn levels(&self, lower: &str) -> Option<[u8; KINDS]> {
        let rows = self.bytes.as_chunks::<ROW_BYTES>().0;
        if rows.len() != ROWS {
            return None;
        }
        let mut sums = [0_i32; KINDS];
        let mut any = false;
        each_part(lower, |part| {
            any = true;
            for (sum, weight) in sums.iter_mut().zip(rows[part]) {
                *sum += i32::from(i8::from_le_bytes([weight]));
            }
        });
        any.then(|| {
            #[expect(clippy::cast_precision_loss, reason = "sums of some hundred weights")]
            let logits = sums.map(|sum| sum as f32 * SCALE);
            probabilities(logits).map(level)
        })
    }
}

/// The softmax of logits.
pub(crate) fn probabilities(logits: [f32; KINDS]) -> [f32; KINDS] {
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let powers = logits.map(|logit| (logit - most).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|power| power / sum)
}

const fn level(probability: f32) -> u8 {
    match probability {
        0.9.. => 4,
        0.6.. => 3,
        0.25.. => 2,
        0.05.. => 1,
        _ => 0,
    }
}

/// Calls `take` with the row of each part of a word; with none for a word that is not looked at.
pub(crate) fn each_part(lower: &str, mut take: impl FnMut(usize)) {
    if lower.chars().count() < CHARACTERS_MIN || !lower.chars().all(char::is_alphabetic) {
        return;
    }
    let marked = format!("^{lower}$");
    let starts: Vec<usize> =
        marked.char_indices().map(|(at, _)| at).take(CHARACTERS_LIMIT).chain([marked.len()]).collect();
    for length in LENGTHS {
        for window in starts.windows(length + 1) {
            let part = &marked.as_bytes()[window[0]..window[length]];
            take(xxh3_64_with_seed(part, 11) as usize % ROWS);
        }
    }
    take(xxh3_64_with_seed(marked.as_bytes(), 12) as usize % ROWS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_parts_and_other_texts_have_none() {
        let count = |word: &str| {
            let mut count = 0;
            each_part(word, |row| {
                assert!(row < ROWS);
                count += 1;
            });
            count
        };
        assert_eq!(count("cat"), 4 + 3 + 2 + 1 + 1);
        for word in ["il", "il7", "", "-"] {
            assert_eq!(count(word), 0, "{word}");
        }
        assert!(count(&"long".repeat(1_000)) < 200);
        assert_eq!(Spelling::new(Cow::Borrowed(&[])).levels("cat"), None);
        let levels = Spelling::new(Cow::Owned(vec![0; ROWS * ROW_BYTES])).levels("cat");
        assert_eq!(levels, Some([1; KINDS]));
    }
}
