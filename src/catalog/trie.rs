//! A hash table of the beginnings of keys, token by token, which text is walked with.
//!
//! A beginning's hash is XXH3 of its last token, seeded with the hash of the beginning before it; the empty one's hash is
//! the table's seed. A slot holds, from the lowest bit: the key that ends there plus one, or 0 (32 bits); whether longer
//! keys go on from there (1 bit); the low 31 bits of the hash. Its place is the high half of the hash, scaled to the
//! number of slots, or the next free one after it. So a step costs one cache line, whatever the number of names. Beginnings
//! that are not there may be taken for ones that are, once in about 2^31 steps: the key at the end is compared with the
//! text. The seed is such that no two beginnings of the catalog are taken for each other.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::file::U64s;
use super::keys::Keys;

/// Slots are this many for `SLOTS_OF` beginnings.
const SLOTS_FOR: u64 = 5;
const SLOTS_OF: u64 = 4;

/// How many seeds are tried. With ten million names, one in about 50 fails.
const SEEDS_LIMIT: u64 = 64;

/// A table in the catalog's bytes: the seed, then the slots.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trie<'a> {
    /// The seed is the first.
    slots: U64s<'a>,
}

/// What a walk has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// The hash of what was read.
    pub(super) hash: u64,
    /// The key that ends here, if the text is really it.
    pub(super) key: Option<u32>,
    /// Whether longer keys go on from here.
    pub(super) continues: bool,
}

const CONTINUES: u64 = 1 << 32;
const CHECK_SHIFT: u32 = 33;
/// All bits of a slot below those of the hash.
const BELOW_CHECK: u64 = (1 << CHECK_SHIFT) - 1;

/// The hash of a token behind what `before` stands for.
#[inline]
pub(super) fn hash_behind(before: u64, token: &[u8]) -> u64 {
    xxh3_64_with_seed(token, before)
}

const fn check(hash: u64) -> u64 {
    hash & 0x7fff_ffff
}

/// The first slot of a hash, of `count` slots.
const fn home(hash: u64, count: u64) -> u64 {
    ((hash >> 32) * count) >> 32
}

impl<'a> Trie<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { slots: U64s::new(bytes) }
    }

    /// Before anything is read.
    pub(super) fn root(self) -> u64 {
        self.slots.get(0)
    }

    /// Reads a token behind what `hash` stands for. `None` when no key begins so.
    #[inline]
    pub(super) fn step(self, hash: u64, token: &[u8]) -> Option<Step> {
        self.find(hash_behind(hash, token))
    }

    /// Has the place where the search for a hash begins come nearer.
    #[inline]
    pub(super) fn look_towards(self, hash: u64) {
        let count = (self.slots.len() as u64).saturating_sub(1);
        self.slots.look_towards(home(hash, count) as usize + 1);
    }

    /// The beginning of that hash. `None` when no key begins so.
    #[inline]
    pub(super) fn find(self, hash: u64) -> Option<Step> {
        let count = (self.slots.len() as u64).checked_sub(1)?;
        let (before, behind) = self.slots.split(home(hash, count) as usize + 1);
        // mostly it does not come to the end of the table; the first number of all is the seed
        find_among(behind, hash).or_else(|| find_among(before.split(1).1, hash))?
    }
}

/// The beginning of a hash, or that there is none; `None` where all slots are taken by others.
#[inline]
fn find_among(slots: U64s<'_>, hash: u64) -> Option<Option<Step>> {
    let wanted = check(hash) << CHECK_SHIFT;
    // a free slot is less than any other
    let value = slots.iter().find(|value| *value <= wanted | BELOW_CHECK)?;
    if value < wanted || value == 0 {
        return Some(None);
    }
    let key = (value as u32).checked_sub(1);
    Some(Some(Step { hash, key, continues: value & CONTINUES != 0 }))
}

/// A beginning: its hash, the key that ends there plus one, whether longer keys go on.
struct Beginning {
    hash: u64,
    value: u64,
}

/// The table of those keys of `keys` that `is_wanted`. `None` when no seed of many keeps the beginnings apart.
pub(super) fn build(keys: Keys<'_>, is_wanted: impl Fn(u32) -> bool) -> Option<Vec<u8>> {
    (0..SEEDS_LIMIT).find_map(|seed| table(&beginnings(keys, &is_wanted, seed), seed))
}

fn beginnings(keys: Keys<'_>, is_wanted: &impl Fn(u32) -> bool, seed: u64) -> Vec<Beginning> {
    let mut all: Vec<Beginning> = Vec::new();
    // Those of the last key: where each ends in it, and its place in `all`.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    let mut scan = keys.scan(0);
    while let Some(place) = scan.advance() {
        if !is_wanted(place) {
            continue;
        }
        let key = scan.key();
        let shared = super::keys::agreement(&last, key);
        let ends_token = |end: usize| key.get(end).is_none_or(|byte| *byte == b' ');
        open.retain(|(end, _)| *end <= shared && ends_token(*end));
        if let Some((_, parent)) = open.last() {
            all[*parent].value |= CONTINUES;
        }
        let mut start = open.last().map_or(0, |(end, _)| end + 1);
        while start < key.len() {
            let end =
                key[start..].iter().position(|byte| *byte == b' ').map_or(key.len(), |length| start + length);
            let before = open.last().map_or(seed, |(_, parent)| all[*parent].hash);
            let ending = if end == key.len() { u64::from(place) + 1 } else { CONTINUES };
            open.push((end, all.len()));
            all.push(Beginning { hash: xxh3_64_with_seed(&key[start..end], before), value: ending });
            start = end + 1;
        }
        last.clear();
        last.extend_from_slice(key);
    }
    all
}

fn table(beginnings: &[Beginning], seed: u64) -> Option<Vec<u8>> {
    // One at least stays free.
    let count = beginnings.len() as u64 * SLOTS_FOR / SLOTS_OF + 1;
    let mut slots = vec![0_u64; usize::try_from(count).ok()?];
    for Beginning { hash, value } in beginnings {
        let mut slot = home(*hash, count) as usize;
        let mut rest = value | check(*hash) << CHECK_SHIFT;
        // what is less goes on to the next
        while rest != 0 {
            if slots[slot] >> CHECK_SHIFT == rest >> CHECK_SHIFT && slots[slot] != 0 {
                return None;
            }
            if slots[slot] < rest {
                std::mem::swap(&mut slots[slot], &mut rest);
            }
            slot = (slot + 1) % slots.len();
        }
    }
    let mut bytes = Vec::with_capacity((slots.len() + 1) * 8);
    bytes.extend(seed.to_le_bytes());
    bytes.extend(slots.iter().flat_map(|slot| slot.to_le_bytes()));
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::keys::KeyWriter;
    use super::*;

    /// The places of the keys that `text` begins with, token by token, and whether it could go on at its end.
    fn walk(trie: Trie<'_>, text: &str) -> (Vec<u32>, bool) {
        let mut hash = trie.root();
        let (mut found, mut continues) = (Vec::new(), true);
        for token in text.split(' ') {
            let Some(step) = trie.step(hash, token.as_bytes()) else { return (found, false) };
            found.extend(step.key);
            (hash, continues) = (step.hash, step.continues);
        }
        (found, continues)
    }

    proptest! {
        #[test]
        fn walks_find_every_key_that_a_text_begins_with(
            keys in prop::collection::btree_set("[ab]{1,2}( [ab]{1,2}){0,3}", 0..40),
            text in "[ab]{1,2}( [ab]{1,2}){0,4}",
        ) {
            let mut writer = KeyWriter::default();
            for key in &keys {
                writer.push(key.as_bytes()).unwrap();
            }
            let read = Keys::new(&writer.bytes, &writer.blocks, writer.len());
            let odd = |place: u32| place % 3 != 1;
            let bytes = build(read, odd).unwrap();
            let wanted: BTreeSet<&String> =
                (0..).zip(&keys).filter(|(place, _)| odd(*place)).map(|(_, key)| key).collect();
            let begins = |text: &str, key: &str| text == key || text.starts_with(&format!("{key} "));
            let (found, continues) = walk(Trie::new(&bytes), &text);
            let found: Vec<String> = found.into_iter().map(|place| read.key(place)).collect();
            let expected: Vec<String> = wanted.iter().filter(|key| begins(&text, key)).map(ToString::to_string).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(continues, wanted.iter().any(|key| *key != &text && begins(key, &text)));
        }

        #[test]
        fn damaged_tables_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..90), token in "[ab]{0,3}") {
            let trie = Trie::new(&bytes);
            let _ = trie.step(trie.root(), token.as_bytes());
        }
    }

    #[test]
    fn hashes_fall_up_to_each_beginning() {
        let mut writer = KeyWriter::default();
        for number in 0..2_000 {
            writer.push(format!("a{number:04}").as_bytes()).unwrap();
        }
        let keys = Keys::new(&writer.bytes, &writer.blocks, writer.len());
        let bytes = build(keys, |_| true).unwrap();
        let slots: Vec<u64> =
            bytes.as_chunks::<8>().0[1..].iter().map(|slot| u64::from_le_bytes(*slot)).collect();
        let trie = Trie::new(&bytes);
        let mut displaced = 0;
        for number in 0..2_000 {
            let hash = hash_behind(trie.root(), format!("a{number:04}").as_bytes());
            let home = home(hash, slots.len() as u64) as usize;
            let places = (home..slots.len()).chain(0..home);
            let on_the_way = places.take_while(|place| slots[*place] >> CHECK_SHIFT > check(hash));
            let last = on_the_way.last();
            displaced += usize::from(last.is_some());
            let own = last.map_or(home, |place| (place + 1) % slots.len());
            assert_eq!(slots[own] >> CHECK_SHIFT, check(hash), "{number}");
        }
        assert!(displaced > 500, "{displaced}");
    }

    #[test]
    fn a_table_without_a_free_slot_ends_its_search() {
        let trie = [[1_u8; 8]; 5].concat();
        assert_eq!(Trie::new(&trie).step(0, b"a"), None);
        assert_eq!(Trie::new(&[]).step(0, b"a"), None);
    }
}
