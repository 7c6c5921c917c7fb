//! Reading text: tokens, folding with an offset map, the keys of names, bags of meanings, sentences, abbreviations, offset units.

pub mod abbreviations;
mod bags;
mod characters;
mod cuts;
mod fold;
mod gaps;
mod known_forms;
pub(crate) mod listed;
mod long_forms;
pub(crate) mod masks;
mod names;
pub mod offsets;
pub mod pauses;
mod prefetch;
mod runs;
mod sentences;
pub(crate) mod spare;
mod unfinished;
mod word_hash;
mod words;

pub use bags::{BAG_NUMBERS_LIMIT, BAG_TOKENS_LIMIT, Bag, Bags, bag_rules, bags, has_other_forms};
pub use characters::spelled_greek;
pub(crate) use fold::to_u32;
pub use fold::{FoldedText, TEXT_BYTES_LIMIT, Token, TokenKind, fold_to_string};
pub use gaps::Gap;
pub(crate) use known_forms::{NO_NUMBER, keep_numbers, new_owner};
pub use names::{NAME_KEYS_LIMIT, NameFolder, name_keys};
pub(crate) use prefetch::prefetch;
pub(crate) use sentences::sentence_starts;
pub use sentences::sentences;
pub(crate) use spare::{Spare, SpareText, Spared, spared};
pub use unfinished::{UNFINISHED_KEYS_LIMIT, unfinished_keys};
pub(crate) use word_hash::word_hash_within;

/// The last character boundary of `text` at or before `offset`.
fn floor_boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
