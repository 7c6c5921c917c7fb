//! The words of the folded names, and the names that have each.
//!
//! Words stand as keys do ([`super::keys`]). The lists begin with where each word's list begins, counted from the end of
//! these numbers, and where the last one ends; a list holds the places of keys, each as the difference to the one before
//! (the first to 0), as varints.

use super::file::{ByteReader, U32s, put_varint};
use super::keys::{KeyWriter, Keys};

/// Words and their lists in the catalog's bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    words: Keys<'a>,
    starts: U32s<'a>,
    lists: &'a [u8],
}

impl<'a> Words<'a> {
    pub(super) fn new(words: Keys<'a>, section: &'a [u8]) -> Self {
        let (starts, lists) =
            section.split_at_checked((words.len() as usize + 1) * 4).unwrap_or((section, &[]));
        Self { words, starts: U32s::new(starts), lists }
    }

    /// The number of a word.
    pub(super) fn find(self, word: &str) -> Option<u32> {
        self.words.find(word.as_bytes())
    }

    /// The numbers of the words that begin so.
    pub(super) fn beginning_with(self, beginning: &str) -> impl Iterator<Item = u32> + use<> {
        self.words.range_of_prefix(beginning.as_bytes())
    }

    fn list(self, word: u32) -> &'a [u8] {
        let (start, end) = (self.starts.get(word as usize), self.starts.get(word as usize + 1));
        self.lists.get(start as usize..end as usize).unwrap_or_default()
    }

    /// How many bytes a word's list has, which tells how many names have it.
    pub(super) fn list_bytes(self, word: u32) -> usize {
        self.list(word).len()
    }

    /// The keys that have a word, sorted.
    pub(super) fn keys(self, word: u32) -> impl Iterator<Item = u32> + use<'a> {
        let mut reader = ByteReader::new(self.list(word), 0);
        let mut key = 0_u32;
        std::iter::from_fn(move || {
            if reader.is_at_end() {
                return None;
            }
            key = key.saturating_add(reader.varint());
            Some(key)
        })
    }
}

/// The sections of words, their blocks and their lists. `None` when there is no room for so many.
pub(super) fn build(keys: Keys<'_>) -> Option<(KeyWriter, Vec<u8>)> {
    let mut numbers: rustc_hash::FxHashMap<Box<[u8]>, u32> = rustc_hash::FxHashMap::default();
    // (word, key), the keys ascending
    let mut uses: Vec<(u32, u32)> = Vec::new();
    let mut scan = keys.scan(0);
    while let Some(key) = scan.advance() {
        let first = uses.len();
        for word in scan.key().split(|byte| *byte == b' ') {
            let number = match numbers.get(word) {
                Some(number) => *number,
                None => {
                    let number = u32::try_from(numbers.len()).ok()?;
                    numbers.insert(word.into(), number);
                    number
                }
            };
            if uses[first..].iter().all(|(known, _)| *known != number) {
                uses.push((number, key));
            }
        }
    }
    let mut sorted: Vec<(Box<[u8]>, u32)> = numbers.into_iter().collect();
    sorted.sort_unstable();
    let lists = lists(&sorted, &uses)?;
    let mut writer = KeyWriter::default();
    for (word, _) in &sorted {
        writer.push(word)?;
    }
    Some((writer, lists))
}

fn lists(sorted: &[(Box<[u8]>, u32)], uses: &[(u32, u32)]) -> Option<Vec<u8>> {
    // The uses by word, by counting: places of each word's uses, then the keys in them.
    let mut ends = vec![0_u32; sorted.len() + 1];
    for (word, _) in uses {
        ends[*word as usize + 1] += 1;
    }
    for word in 0..sorted.len() {
        ends[word + 1] += ends[word];
    }
    let mut places = ends.clone();
    let mut keys = vec![0_u32; uses.len()];
    for (word, key) in uses {
        let place = &mut places[*word as usize];
        keys[*place as usize] = *key;
        *place += 1;
    }
    let mut starts = Vec::with_capacity((sorted.len() + 1) * 4);
    let mut lists = Vec::new();
    for (_, word) in sorted {
        starts.extend(u32::try_from(lists.len()).ok()?.to_le_bytes());
        let mut last = 0;
        for key in &keys[ends[*word as usize] as usize..ends[*word as usize + 1] as usize] {
            put_varint(&mut lists, key - last);
            last = *key;
        }
    }
    starts.extend(u32::try_from(lists.len()).ok()?.to_le_bytes());
    starts.extend(lists);
    Some(starts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_word_lists_the_keys_that_have_it(keys in prop::collection::btree_set("[a-c]{1,2}( [a-c]{1,2}){0,3}", 0..50)) {
            let mut writer = KeyWriter::default();
            for key in &keys {
                writer.push(key.as_bytes()).unwrap();
            }
            let read = Keys::new(&writer.bytes, &writer.blocks, writer.len());
            let (words, lists) = build(read).unwrap();
            let words = Words::new(Keys::new(&words.bytes, &words.blocks, words.len()), &lists);
            for word in ["a", "b", "c", "ab", "cc", "bb", "d"] {
                let expected: Vec<u32> = (0..)
                    .zip(&keys)
                    .filter(|(_, key)| key.split(' ').any(|other| other == word))
                    .map(|(place, _)| place)
                    .collect();
                let found: Vec<u32> = words.find(word).into_iter().flat_map(|word| words.keys(word)).collect();
                prop_assert_eq!(found, expected);
            }
            prop_assert_eq!(words.beginning_with("").count() > 0, !keys.is_empty());
        }

        #[test]
        fn damaged_lists_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), count in 0_u32..9) {
            let words = Words::new(Keys::new(&bytes, &bytes, count), &bytes);
            for word in 0..count + 2 {
                prop_assert!(words.keys(word).count() <= bytes.len());
            }
        }
    }
}
