//! The hash of a word by which it is known again within a thread. Most words are short, so that two reads and one
//! multiplication tell them apart, as in wyhash (Wang Yi); long ones have XXH3.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

/// What texts are joined to before they are multiplied. With the length, each has bytes beyond ASCII, so that no factor is zero for a word
/// in ASCII, which would hide the other.
const ONE: u64 = 0xa076_9bd4_e785_8fc3;
const OTHER: u64 = 0xe703_f7ba_9a8d_83c9;
const LENGTH: u64 = 0x9e37_79b9_7f4a_7c15;

/// The longest text that two reads have the whole of.
pub(super) const SHORT_BYTES: usize = 16;

/// The hash of a text in bytes.
#[inline]
pub(crate) fn word_hash(text: &[u8]) -> u64 {
    if text.len() > SHORT_BYTES {
        return xxh3_64(text);
    }
    let first = match (text.first_chunk(), text.first_chunk(), text.last_chunk()) {
        (Some(first), ..) => u64::from_le_bytes(*first),
        (_, Some(first), Some(last)) => {
            let rest = u64::from(u32::from_le_bytes(*last)) << (8 * (text.len() - 4));
            u64::from(u32::from_le_bytes(*first)) | rest
        }
        _ => text.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    };
    let last = text.last_chunk().map_or(0, |last| u64::from_le_bytes(*last));
    mixed(first, last.unbounded_shr(bits(SHORT_BYTES - text.len())), text.len())
}

/// [`word_hash`] of a part of a text, of which what stands behind is read as well where there is as much, whatever its length.
#[inline]
pub(crate) fn word_hash_within(text: &[u8], part: Range<usize>) -> u64 {
    let read = text.get(part.start..).and_then(|rest| rest.first_chunk());
    let short = read.and_then(|read| short_word_hash(read, part.len()));
    short.unwrap_or_else(|| word_hash(text.get(part).unwrap_or_default()))
}

/// [`word_hash`] of the first bytes of what was read, so many, if it is that long.
#[inline]
pub(super) fn short_word_hash(read: &[u8; SHORT_BYTES], length: usize) -> Option<u64> {
    let own = OWN_BITS.get(length)?;
    let read = u128::from_le_bytes(*read);
    Some(mixed(read as u64 & own[0], (read >> u64::BITS) as u64 & own[1], length))
}

/// The bits of the first bytes, so many, of [`SHORT_BYTES`].
const OWN_BITS: [[u64; 2]; SHORT_BYTES + 1] = {
    let mut own = [[0; 2]; SHORT_BYTES + 1];
    let mut length = 0;
    while length < own.len() {
        let all = u128::MAX.unbounded_shr(bits(SHORT_BYTES - length));
        own[length] = [all as u64, (all >> u64::BITS) as u64];
        length += 1;
    }
    own
};

/// The hash of a text of that length by its first eight bytes and those behind, filled up with zeros.
#[inline]
fn mixed(first: u64, last: u64, length: usize) -> u64 {
    let length = (length as u64).wrapping_mul(LENGTH);
    let product = u128::from(first ^ ONE) * u128::from(last ^ OTHER ^ length);
    (product as u64) ^ (product >> 64) as u64
}

const fn bits(bytes: usize) -> u32 {
    8 * bytes as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_that_differ_have_hashes_that_differ(texts in prop::collection::btree_set("[a-zA-Z0-9α -]{0,20}", 2..60)) {
            let hashes: BTreeSet<u64> = texts.iter().map(|text| word_hash(text.as_bytes())).collect();
            prop_assert_eq!(hashes.len(), texts.len());
        }

        #[test]
        fn parts_have_the_hash_that_they_have_alone(text in "[a-z α]{0,40}", from in 0_usize..50, length in 0_usize..30) {
            let bytes = text.as_bytes();
            let part = from.min(bytes.len())..(from + length).min(bytes.len());
            prop_assert_eq!(word_hash_within(bytes, part.clone()), word_hash(&bytes[part]));
        }
    }

    #[test]
    fn no_factor_is_zero_for_words_in_ascii() {
        const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;
        assert_ne!(ONE & BEYOND_ASCII, 0);
        for length in 0..=16_u64 {
            assert_ne!((OTHER ^ length.wrapping_mul(LENGTH)) & BEYOND_ASCII, 0, "{length}");
        }
    }

    #[test]
    fn words_of_all_lengths_and_places_differ() {
        let mut hashes = BTreeSet::new();
        let mut count = 0;
        for length in 0..=40 {
            let word = vec![b'a'; length];
            for at in 0..length {
                for letter in b'b'..=b'z' {
                    let mut other = word.clone();
                    other[at] = letter;
                    hashes.insert(word_hash(&other));
                    count += 1;
                }
            }
            hashes.insert(word_hash(&word));
            count += 1;
        }
        assert_eq!(hashes.len(), count);
        // both halves, as tables look at either
        for shift in [0, 32] {
            let halves: BTreeSet<u32> = hashes.iter().map(|hash| (hash >> shift) as u32).collect();
            assert!(count - halves.len() < 5, "{shift}");
        }
    }
}
