//! The hash of a word by which it is known again within a thread. Most words are short, so that two reads and one
//! multiplication tell them apart, as in wyhash (Wang Yi); long ones have XXH3.

use xxhash_rust::xxh3::xxh3_64;

/// What texts are joined to before they are multiplied. With the length, each has bytes beyond ASCII, so that no factor is zero for a word
/// in ASCII, which would hide the other.
const ONE: u64 = 0xa076_9bd4_e785_8fc3;
const OTHER: u64 = 0xe703_f7ba_9a8d_83c9;
const LENGTH: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of a text in bytes.
#[inline]
pub(crate) fn word_hash(text: &[u8]) -> u64 {
    let (first, last) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        _ if text.len() > 16 => return xxh3_64(text),
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (short(text), 0),
    };
    let length = (text.len() as u64).wrapping_mul(LENGTH);
    let product = u128::from(first ^ ONE) * u128::from(last ^ OTHER ^ length);
    (product as u64) ^ (product >> 64) as u64
}

/// A text of less than eight bytes as a number that no other of its length has.
#[inline]
fn short(text: &[u8]) -> u64 {
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        _ => text.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    }
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
