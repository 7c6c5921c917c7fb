//! A hash table from the hashes of bags ([`crate::text::Bag`]) to the keys that have them: names that mean the same in
//! other words.
//!
//! A key stands under its strict and its loose hash, once where the two are one. A slot is a 64-bit number: the low half
//! of the hash as a check in its high half; in its low half the key plus one, or, with the highest bit set, the place of a
//! list of keys. 0 is free. Its place is the high half of the hash, scaled to the number of slots, or the next free one.
//! Before the slots stands the hash of the rules by which bags were made: to other rules the table is empty. A list is its
//! length and then its keys: those whose strict hash it is first, then by priority, then by place. A key whose one entity
//! a key before it has is left out.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::file::{U32s, U64s};
use super::keys::Keys;
use crate::model::EntityType;
use crate::text::{bag_rules, bags, has_other_forms};

/// The most keys that are listed under one hash.
pub(super) const BAG_KEYS_LIMIT: usize = 16;

/// Slots are this many for `SLOTS_OF` hashes.
const SLOTS_FOR: u64 = 5;
const SLOTS_OF: u64 = 4;

/// The bit of a slot that says that its keys are listed, as there are several.
const SEVERAL_KEYS: u32 = 1 << 31;

/// How many keys one thread puts into bags at a time; whole blocks of keys.
const KEYS_A_CHUNK: u32 = 4_096;

const fn check(hash: u64) -> u64 {
    hash & 0xffff_ffff
}

/// The first slot of a hash, of `count` slots.
const fn home(hash: u64, count: u64) -> u64 {
    ((hash >> 32) * count) >> 32
}

/// The table and its lists in the catalog's bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct BagTable<'a> {
    /// The hash of the rules is the first.
    slots: U64s<'a>,
    lists: U32s<'a>,
}

impl<'a> BagTable<'a> {
    pub(super) const fn new(slots: &'a [u8], lists: &'a [u8]) -> Self {
        Self { slots: U64s::new(slots), lists: U32s::new(lists) }
    }

    /// The keys that stand under a hash, at most [`BAG_KEYS_LIMIT`].
    pub(super) fn keys(self, hash: u64) -> impl Iterator<Item = u32> + use<'a> {
        let value = if self.slots.get(0) == bag_rules() { self.value(hash) } else { 0 };
        let list = (value & !SEVERAL_KEYS) as usize;
        let count = match value {
            0 => 0,
            _ if value & SEVERAL_KEYS == 0 => 1,
            // A damaged count ends where the lists do.
            _ => (self.lists.get(list) as usize).min(self.lists.len().saturating_sub(list + 1)),
        };
        (0..count.min(BAG_KEYS_LIMIT)).map(move |number| {
            if value & SEVERAL_KEYS == 0 { value - 1 } else { self.lists.get(list + 1 + number) }
        })
    }

    /// The low half of the slot of a hash; 0 when there is none.
    fn value(self, hash: u64) -> u32 {
        let count = (self.slots.len() as u64).saturating_sub(1);
        let mut slot = home(hash, count);
        // A table with a free slot ends the search by it; a damaged one may have none.
        for _ in 0..count {
            let value = self.slots.get(slot as usize + 1);
            if value == 0 || value >> 32 == check(hash) {
                return value as u32;
            }
            slot = if slot + 1 == count { 0 } else { slot + 1 };
        }
        0
    }
}

/// Whether names of the type are put in other words in texts. Symbols of genes and of cell lines are not.
pub(super) const fn is_paraphrased(entity_type: EntityType) -> bool {
    use EntityType::*;
    matches!(
        entity_type,
        Disease
            | Phenotype
            | Chemical
            | Anatomy
            | CellType
            | BiologicalProcess
            | MolecularFunction
            | CellularComponent
            | Species
    )
}

/// Whose a key is, to be put into bags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearer {
    /// It is not to be put into bags.
    None,
    /// One entity's.
    One(u32),
    /// Several entities'.
    Several,
}

/// A key under a hash. Their order is that of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    hash: u64,
    is_loose: bool,
    /// 255 less the priority.
    rank: u8,
    key: u32,
}

/// The table and the lists of those keys that somebody of `bearers` bears, with the priorities of all keys. `None` when
/// there is no room for so many.
pub(super) fn build(keys: Keys<'_>, bearers: &[Bearer], priorities: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let chunks: Vec<Vec<Entry>> = (0..keys.len().div_ceil(KEYS_A_CHUNK))
        .into_par_iter()
        .map(|chunk| entries(keys, chunk * KEYS_A_CHUNK, bearers, priorities))
        .collect();
    let mut entries = chunks.concat();
    entries.sort_unstable();
    let (mut values, mut lists) = (Vec::new(), Vec::new());
    let (mut listed, mut seen) = (Vec::new(), FxHashSet::default());
    for same in entries.chunk_by(|one, other| one.hash == other.hash) {
        listed.clear();
        seen.clear();
        listed.extend(same.iter().map(|entry| entry.key).filter(|key| match bearers.get(*key as usize) {
            Some(Bearer::One(entity)) => seen.insert(*entity),
            _ => true,
        }));
        listed.truncate(BAG_KEYS_LIMIT);
        values.push((same[0].hash, value_of(&listed, &mut lists)?));
    }
    Some((table(&values), lists))
}

fn entries(keys: Keys<'_>, first: u32, bearers: &[Bearer], priorities: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut scan = keys.scan(first);
    while let Some(key) = scan.advance().filter(|key| key - first < KEYS_A_CHUNK) {
        if bearers.get(key as usize).is_none_or(|bearer| *bearer == Bearer::None) {
            continue;
        }
        let text = std::str::from_utf8(scan.key()).unwrap_or("");
        if !text.contains(' ') && !has_other_forms(text) {
            continue;
        }
        let Some(bags) = bags(text.split(' ')) else { continue };
        let rank = u8::MAX - priorities.get(key as usize).copied().unwrap_or(0);
        let entry = |hash, is_loose| Entry { hash, is_loose, rank, key };
        entries.push(entry(bags.strict, false));
        entries.extend((bags.loose != bags.strict).then(|| entry(bags.loose, true)));
    }
    entries
}

/// The low half of a slot. Lists go into `lists`.
fn value_of(keys: &[u32], lists: &mut Vec<u8>) -> Option<u32> {
    if let [key] = keys {
        return key.checked_add(1).filter(|value| value & SEVERAL_KEYS == 0);
    }
    let list = u32::try_from(lists.len() / 4).ok().filter(|list| list & SEVERAL_KEYS == 0)?;
    lists.extend((keys.len() as u32).to_le_bytes());
    lists.extend(keys.iter().flat_map(|key| key.to_le_bytes()));
    Some(list | SEVERAL_KEYS)
}

fn table(values: &[(u64, u32)]) -> Vec<u8> {
    // One at least stays free.
    let count = values.len() as u64 * SLOTS_FOR / SLOTS_OF + 1;
    let mut slots = vec![0_u64; count as usize];
    for (hash, value) in values {
        let mut slot = home(*hash, count) as usize;
        while slots[slot] != 0 {
            slot = (slot + 1) % slots.len();
        }
        slots[slot] = check(*hash) << 32 | u64::from(*value);
    }
    let rules = std::iter::once(bag_rules());
    rules.chain(slots).flat_map(u64::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::keys::KeyWriter;
    use super::*;

    fn written(keys: &[&str]) -> KeyWriter {
        let mut writer = KeyWriter::default();
        for key in keys {
            writer.push(key.as_bytes()).unwrap();
        }
        writer
    }

    /// The keys that are found with the strict hash of `name`.
    fn found(keys: &[&str], bearers: &[Bearer], priorities: &[u8], name: &str) -> Vec<u32> {
        let writer = written(keys);
        let read = Keys::new(&writer.bytes, &writer.blocks, writer.len());
        let (slots, lists) = build(read, bearers, priorities).unwrap();
        BagTable::new(&slots, &lists).keys(bags(name.split(' ')).unwrap().strict).collect()
    }

    #[test]
    fn keys_are_found_strict_ones_first_then_by_priority_then_by_place() {
        use Bearer::{None as Nobody, One, Several};
        let keys = ["aml", "breast cancer", "breast carcinoma", "breast tumor", "cancer of breast", "lung"];
        let find =
            |bearers: [Bearer; 6], priorities: [u8; 6], name| found(&keys, &bearers, &priorities, name);
        let all = [One(0), One(1), One(2), One(3), Several, One(5)];
        for (bearers, priorities, name, expected) in [
            (all, [0; 6], "breast cancer", &[1, 3, 4, 2][..]),
            (all, [0, 1, 9, 2, 3, 0], "mammary tumor", &[4, 3, 1, 2]),
            (all, [0; 6], "breast carcinoma", &[2]),
            (all, [0; 6], "pulmonary", &[5]),
            (all, [0; 6], "aml", &[]),
            (all, [0; 6], "eye", &[]),
            ([One(0), One(1), One(2), One(1), One(1), Nobody], [0; 6], "breast cancer", &[1, 2]),
            ([One(0), One(1), One(1), Nobody, Several, Nobody], [0; 6], "breast cancer", &[1, 4]),
            ([Nobody; 6], [0; 6], "pulmonary", &[]),
        ] {
            assert_eq!(find(bearers, priorities, name), expected, "{name}");
        }
    }

    #[test]
    fn the_best_keys_of_a_bag_are_listed_up_to_the_limit() {
        for count in [BAG_KEYS_LIMIT, BAG_KEYS_LIMIT + 1] {
            let words = "an and as at by due for from in its of on or other the to with".split(' ');
            let keys: Vec<String> = words.take(count).map(|word| format!("lung {word}")).collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let bearers = vec![Bearer::Several; count];
            let priorities: Vec<u8> = (0..count as u8).collect();
            let listed = found(&keys, &bearers, &priorities, "pulmonary");
            assert_eq!(listed.len(), BAG_KEYS_LIMIT.min(count));
            assert_eq!(listed[0], count as u32 - 1);
        }
    }

    #[test]
    fn tables_of_other_rules_are_empty() {
        let writer = written(&["lung"]);
        let read = Keys::new(&writer.bytes, &writer.blocks, writer.len());
        let (mut slots, lists) = build(read, &[Bearer::One(0)], &[0]).unwrap();
        let hash = bags(["pulmonary"].into_iter()).unwrap().strict;
        assert_eq!(BagTable::new(&slots, &lists).keys(hash).collect::<Vec<_>>(), [0]);
        slots[0] ^= 1;
        assert_eq!(BagTable::new(&slots, &lists).keys(hash).count(), 0);
    }

    #[test]
    fn keys_of_several_chunks_are_all_found() {
        let keys: Vec<String> =
            (10_000..10_000 + 2 * KEYS_A_CHUNK).map(|number| format!("factor {number}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let writer = written(&keys);
        let read = Keys::new(&writer.bytes, &writer.blocks, writer.len());
        let (slots, lists) = build(read, &vec![Bearer::Several; keys.len()], &[]).unwrap();
        let table = BagTable::new(&slots, &lists);
        for (place, key) in (0..).zip(&keys) {
            let hash = bags(key.split(' ').rev()).unwrap().strict;
            assert_eq!(table.keys(hash).collect::<Vec<_>>(), [place], "{key}");
        }
    }

    #[test]
    fn a_table_without_a_free_slot_ends_its_search() {
        let slots: Vec<u8> = [bag_rules(), 1, 1, 1].into_iter().flat_map(u64::to_le_bytes).collect();
        assert_eq!(BagTable::new(&slots, &[]).keys(7).count(), 0);
        assert_eq!(BagTable::new(&[], &[]).keys(7).count(), 0);
    }

    proptest! {
        #[test]
        fn damaged_tables_never_panic(
            slots in prop::collection::vec(prop_oneof![any::<u64>(), Just(0), Just(7 << 32 | 1 << 31)], 0..9),
            lists in prop::collection::vec(any::<u8>(), 0..90),
        ) {
            let slots: Vec<u8> = std::iter::once(bag_rules()).chain(slots).flat_map(u64::to_le_bytes).collect();
            for hash in [7, u64::MAX, 1 << 63] {
                prop_assert!(BagTable::new(&slots, &lists).keys(hash).count() <= BAG_KEYS_LIMIT);
            }
        }
    }
}
