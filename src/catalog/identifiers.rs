//! From identifiers to entities: a hash table of the entities' own identifiers, those that mean the same, those that were
//! retired in an entity's favour, and cross-references.
//!
//! A slot is a 32-bit number: the entity plus one in as few low bits as hold the number of entities plus one, and above
//! it as many of the hash's low half's highest bits as there is room for; 0 is free. The hash is XXH3 of the whole CURIE
//! with A to Z in lower case; a slot's place is the high half of it, scaled to the number of slots, or the next free one.
//! Entities of one identifier stand in the order of their right to it.

use xxhash_rust::xxh3::xxh3_64;

use super::file::U32s;
use super::records::IdentifierRole;

/// Slots are this many for `SLOTS_OF` identifiers.
const SLOTS_FOR: usize = 4;
const SLOTS_OF: usize = 3;

/// The most entities of a catalog, so that a slot has bits left for the hash.
pub(super) const ENTITIES_LIMIT: u32 = 1 << 28;

/// The most bytes of an identifier that is looked up.
const IDENTIFIER_BYTES_LIMIT: usize = 1_024;

/// The hash of an identifier, whatever its case.
pub(super) fn identifier_hash(id: &str) -> u64 {
    let mut buffer = [0; IDENTIFIER_BYTES_LIMIT];
    let Some(lower) = buffer.get_mut(..id.len()) else { return 0 };
    lower.copy_from_slice(id.as_bytes());
    lower.make_ascii_lowercase();
    xxh3_64(lower)
}

/// The bits that hold an entity plus one.
const fn entity_bits(entities: u32) -> u32 {
    u32::BITS - (entities + 1).leading_zeros()
}

const fn home(hash: u64, count: usize) -> usize {
    (((hash >> 32) * count as u64) >> 32) as usize
}

/// The table in the catalog's bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identifiers<'a> {
    slots: U32s<'a>,
    entities: u32,
}

impl<'a> Identifiers<'a> {
    pub(super) const fn new(bytes: &'a [u8], entities: u32) -> Self {
        Self { slots: U32s::new(bytes), entities }
    }

    /// Those entities that may have the identifier, those with the best right first.
    pub(super) fn candidates(self, id: &str) -> impl Iterator<Item = u32> + use<'a> {
        let hash = identifier_hash(id);
        let (count, bits) = (self.slots.len(), entity_bits(self.entities));
        let check = (hash as u32).unbounded_shr(bits);
        let start = home(hash, count);
        (0..count)
            .map(move |offset| self.slots.get((start + offset) % count))
            .take_while(|slot| *slot != 0)
            .filter(move |slot| slot.unbounded_shr(bits) == check)
            .filter_map(move |slot| (slot & !u32::MAX.unbounded_shl(bits)).checked_sub(1))
    }
}

/// One identifier of one entity, to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IdentifierEntry {
    pub(super) hash: u64,
    pub(super) role: IdentifierRole,
    pub(super) entity: u32,
}

/// The table of those identifiers, sorted.
pub(super) fn build(sorted: &[IdentifierEntry], entities: u32) -> Vec<u8> {
    let mut slots = vec![0_u32; sorted.len() * SLOTS_FOR / SLOTS_OF + 1];
    let bits = entity_bits(entities);
    let mut last = None;
    for IdentifierEntry { hash, entity, .. } in sorted {
        if last == Some((hash, entity)) {
            continue;
        }
        last = Some((hash, entity));
        let mut slot = home(*hash, slots.len());
        while slots[slot] != 0 {
            slot = (slot + 1) % slots.len();
        }
        let check = (*hash as u32).unbounded_shr(bits);
        slots[slot] = check.unbounded_shl(bits) | (entity + 1);
    }
    slots.iter().flat_map(|slot| slot.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_found_in_any_case_by_the_right_of_their_entities() {
        let entry = |id: &str, role, entity| IdentifierEntry { hash: identifier_hash(id), role, entity };
        let mut entries = vec![
            entry("MESH:D1", IdentifierRole::Reference, 0),
            entry("MESH:D1", IdentifierRole::Own, 2),
            entry("MESH:D1", IdentifierRole::Own, 2),
            entry("OMIM:7", IdentifierRole::Retired, 1),
        ];
        entries.extend((0..200).map(|number| entry(&format!("A:{number}"), IdentifierRole::Own, number)));
        entries.sort_unstable();
        for entities in [200, 1 << 20, u32::MAX - 1] {
            let bytes = build(&entries, entities);
            let table = Identifiers::new(&bytes, entities);
            let first = |id: &str| table.candidates(id).next();
            if entities < 1 << 24 {
                assert_eq!(table.candidates("mesh:d1").collect::<Vec<_>>(), [2, 0]);
                assert_eq!(first("OMIM:7"), Some(1));
            }
            for number in 0..200 {
                assert!(table.candidates(&format!("a:{number}")).any(|entity| entity == number));
            }
        }
        assert_eq!(Identifiers::new(&[], 3).candidates("A:1").count(), 0);
        assert_eq!(Identifiers::new(&[1; 40], 3).candidates("A:1").count() % 10, 0);
        let long = "A".repeat(IDENTIFIER_BYTES_LIMIT + 1);
        assert_eq!(Identifiers::new(&[], 3).candidates(&long).count(), 0);
    }
}
