//! The folded names in their order, each written without what it shares with the one before.
//!
//! Keys stand in blocks of [`BLOCK_KEYS`]. The first of a block is written whole: its length and its bytes; each other one
//! as the number of bytes that it shares with the one before, the number of its other bytes, and these.

use super::file::{ByteReader, U32s, put_varint};
use crate::text::{Spare, prefetch};

/// How many keys a block has; the last block may have fewer.
pub(super) const BLOCK_KEYS: usize = 8;

/// In so many parts blocks are cut in each step of a search, until there are few.
const WAYS: usize = 8;
const FEW_BLOCKS: usize = 2 * WAYS;

/// The most bytes of a key; names that fold to more are found by their entity's identifier only.
pub(super) const KEY_BYTES_LIMIT: usize = 512;

/// Sorted keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keys<'a> {
    bytes: &'a [u8],
    blocks: U32s<'a>,
    count: u32,
}

impl<'a> Keys<'a> {
    /// Keys of these bytes, with the place of each block; `count` of them.
    pub(super) const fn new(bytes: &'a [u8], blocks: &'a [u8], count: u32) -> Self {
        Self { bytes, blocks: U32s::new(blocks), count }
    }

    /// How many keys there are.
    pub(super) const fn len(self) -> u32 {
        self.count
    }

    fn block(self, block: usize) -> ByteReader<'a> {
        ByteReader::new(self.bytes, self.blocks.get(block) as usize)
    }

    /// The first key of a block.
    pub(super) fn head(self, block: usize) -> &'a [u8] {
        let mut reader = self.block(block);
        let length = reader.varint() as usize;
        reader.take(length)
    }

    /// A walk over the keys from `place` on.
    pub(super) fn scan(self, place: u32) -> KeyScan<'a> {
        let place = place.min(self.count);
        let block = place as usize / BLOCK_KEYS;
        let first = (block * BLOCK_KEYS) as u32;
        let mut scan =
            KeyScan { keys: self, reader: self.block(block), next: first, key: Spare::take(), shared: 0 };
        while scan.next < place {
            scan.advance();
        }
        scan
    }

    /// The key at a place; empty when there is none.
    pub(super) fn key(self, place: u32) -> String {
        let mut scan = self.scan(place);
        if scan.advance().is_none() {
            return String::new();
        }
        str::from_utf8(&scan.key).unwrap_or_default().to_owned()
    }

    /// Whether the key at a place is `text`. Allocates nothing.
    pub(super) fn is(self, place: u32, text: &[u8]) -> bool {
        if place >= self.count {
            return false;
        }
        let mut reader = self.block(place as usize / BLOCK_KEYS);
        // How many bytes of the text the key at hand begins with, and how long that key is.
        let (mut agreed, mut length) = (0, 0);
        for index in 0..=place as usize % BLOCK_KEYS {
            let shared = if index == 0 { 0 } else { reader.varint() as usize };
            let rest = reader.varint() as usize;
            let rest = reader.take(rest);
            if shared <= agreed {
                agreed = shared + agreement(rest, text.get(shared..).unwrap_or_default());
            }
            length = shared + rest.len();
        }
        agreed == text.len() && length == text.len()
    }

    /// The first block whose first key is not less than `text`.
    fn block_from(self, text: &[u8]) -> usize {
        let (mut start, mut end) = (0, (self.count as usize).div_ceil(BLOCK_KEYS));
        // each is elsewhere in memory; of those looked towards together the waits overlap
        while end - start >= FEW_BLOCKS {
            let step = (end - start) / WAYS;
            let tried: [usize; WAYS - 1] = std::array::from_fn(|way| start + (way + 1) * step);
            tried.iter().for_each(|block| self.blocks.look_towards(*block));
            tried.iter().for_each(|block| prefetch(self.bytes.get(self.blocks.get(*block) as usize)));
            let less = tried.partition_point(|block| self.head(*block) < text);
            start = less.checked_sub(1).and_then(|last| tried.get(last)).map_or(start, |block| block + 1);
            end = tried.get(less).copied().unwrap_or(end);
        }
        while start < end {
            let middle = start + (end - start) / 2;
            if self.head(middle) < text {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        start
    }

    /// The first place whose key is not less than `text`.
    pub(super) fn lower_bound(self, text: &[u8]) -> u32 {
        let start = self.block_from(text);
        // The block before may end in keys that are not less.
        let Some(block) = start.checked_sub(1) else { return 0 };
        let mut scan = self.scan((block * BLOCK_KEYS) as u32);
        let end = ((start * BLOCK_KEYS) as u32).min(self.count);
        while let Some(place) = scan.advance().filter(|place| *place < end) {
            if scan.key.as_slice() >= text {
                return place;
            }
        }
        end
    }

    /// The place of a key.
    pub(super) fn find(self, text: &[u8]) -> Option<u32> {
        let place = self.lower_bound(text);
        self.is(place, text).then_some(place)
    }

    /// The places of the keys that begin with `prefix`.
    pub(super) fn range_of_prefix(self, prefix: &[u8]) -> std::ops::Range<u32> {
        let start = self.lower_bound(prefix);
        let mut after: Spare<Vec<u8>> = Spare::take();
        after.extend_from_slice(prefix);
        while let Some(last) = after.pop() {
            if last < u8::MAX {
                after.push(last + 1);
                return start..self.lower_bound(&after).max(start);
            }
        }
        start..self.count
    }
}

/// How many bytes two texts begin with alike.
pub(super) fn agreement(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// A walk over keys.
#[derive(Debug)]
pub(super) struct KeyScan<'a> {
    keys: Keys<'a>,
    reader: ByteReader<'a>,
    next: u32,
    key: Spare<Vec<u8>>,
    shared: usize,
}

impl KeyScan<'_> {
    /// Goes to the next key and gives its place.
    pub(super) fn advance(&mut self) -> Option<u32> {
        if self.next >= self.keys.count {
            return None;
        }
        let place = self.next;
        self.next += 1;
        let heads = (place as usize).is_multiple_of(BLOCK_KEYS);
        let shared = if heads { 0 } else { (self.reader.varint() as usize).min(self.key.len()) };
        let rest = self.reader.varint() as usize;
        let rest = self.reader.take(rest);
        // The first key of a block is written whole, but shares all the same.
        self.shared = if heads { agreement(&self.key, rest) } else { shared };
        self.key.truncate(shared);
        self.key.extend_from_slice(rest);
        Some(place)
    }

    /// Lets the next key gone to be the first of a block further on. The key gone to stays, so that what the two share
    /// is told. A block that is begun or passed is not gone back to.
    pub(super) fn jump(&mut self, block: usize) {
        let first = u32::try_from(block * BLOCK_KEYS).unwrap_or(u32::MAX);
        if first > self.next {
            self.reader = self.keys.block(block);
            self.next = first;
        }
    }

    /// Goes to the key at a place, which is read from the first of its block on unless the walk is before it in it.
    pub(super) fn go_to(&mut self, place: u32) {
        let block = place as usize / BLOCK_KEYS;
        let first = u32::try_from(block * BLOCK_KEYS).unwrap_or(u32::MAX);
        if self.next > place || self.next <= first {
            self.reader = self.keys.block(block);
            self.next = first;
        }
        while self.next <= place && self.advance().is_some() {}
    }

    /// The key gone to.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// How many bytes it shares with the one gone to before.
    pub(super) const fn shared(&self) -> usize {
        self.shared
    }
}

/// Writes keys in their order.
#[derive(Debug, Default)]
pub(super) struct KeyWriter {
    pub(super) bytes: Vec<u8>,
    pub(super) blocks: Vec<u8>,
    /// For each block how many bytes its first key shares with that of the block before, at most 255.
    pub(super) shares: Vec<u8>,
    head: Vec<u8>,
    last: Vec<u8>,
    count: u32,
}

impl KeyWriter {
    /// Adds a key that is greater than all before it. `None` when there is no room for more.
    pub(super) fn push(&mut self, key: &[u8]) -> Option<u32> {
        let place = self.count;
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(0);
        if (place as usize).is_multiple_of(BLOCK_KEYS) {
            self.blocks.extend(u32::try_from(self.bytes.len()).ok()?.to_le_bytes());
            self.shares.push(u8::try_from(agreement(&self.head, key)).unwrap_or(u8::MAX));
            self.head.clear();
            self.head.extend_from_slice(key);
            put_varint(&mut self.bytes, length(key));
            self.bytes.extend_from_slice(key);
        } else {
            let shared = agreement(&self.last, key);
            put_varint(&mut self.bytes, shared as u32);
            put_varint(&mut self.bytes, length(&key[shared..]));
            self.bytes.extend_from_slice(&key[shared..]);
        }
        self.last.clear();
        self.last.extend_from_slice(key);
        self.count = place.checked_add(1)?;
        Some(place)
    }

    /// How many keys there are.
    pub(super) const fn len(&self) -> u32 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn written(keys: &BTreeSet<String>) -> KeyWriter {
        let mut writer = KeyWriter::default();
        for key in keys {
            writer.push(key.as_bytes()).unwrap();
        }
        writer
    }

    proptest! {
        #[test]
        fn keys_are_found_where_they_are(
            keys in prop::collection::btree_set("[a-c ]{0,6}", 0..400),
            others in prop::collection::vec("[a-d ]{0,4}", 0..10),
        ) {
            let writer = written(&keys);
            let read = Keys::new(&writer.bytes, &writer.blocks, writer.len());
            let sorted: Vec<&String> = keys.iter().collect();
            for (place, key) in (0..).zip(&sorted) {
                prop_assert_eq!(&&read.key(place), key);
                prop_assert_eq!(read.find(key.as_bytes()), Some(place));
                prop_assert!(read.is(place, key.as_bytes()));
                prop_assert!(!read.is(place, [key, "a"].concat().as_bytes()));
            }
            for other in others.iter().chain(sorted.iter().copied()) {
                let expected = sorted.partition_point(|key| *key < other) as u32;
                prop_assert_eq!(read.lower_bound(other.as_bytes()), expected);
                let range = read.range_of_prefix(other.as_bytes());
                let begin = sorted.iter().filter(|key| key.starts_with(other.as_str())).count() as u32;
                prop_assert_eq!(range, expected..expected + begin);
                prop_assert_eq!(read.find(other.as_bytes()).is_some(), keys.contains(other));
            }
            let mut scan = read.scan(0);
            let mut before = String::new();
            for key in &sorted {
                prop_assert!(scan.advance().is_some());
                prop_assert_eq!(scan.key(), key.as_bytes());
                prop_assert_eq!(scan.shared(), agreement(before.as_bytes(), key.as_bytes()));
                before.clone_from(key);
            }
            prop_assert!(scan.advance().is_none());
            for place in others.iter().flat_map(|other| [other.len() * 7, other.len()]) {
                let place = place % sorted.len().max(1);
                if let Some(key) = sorted.get(place) {
                    scan.go_to(place as u32);
                    prop_assert_eq!(scan.key(), key.as_bytes());
                }
            }
        }

        #[test]
        fn damaged_keys_never_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            blocks in prop::collection::vec(any::<u8>(), 0..12),
            count in 0_u32..40,
        ) {
            let read = Keys::new(&bytes, &blocks, count);
            for place in 0..count + 2 {
                let _ = (read.key(place), read.is(place, b"a b"));
            }
            let _ = (read.lower_bound(b"a"), read.range_of_prefix(b"\xff"), read.find(b""));
        }
    }
}
