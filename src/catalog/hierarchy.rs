//! Parents and children: pairs of an entity and another, sorted by the one and then the other.

use super::file::U32s;
use super::store::EntityIndex;

/// The most entities that a walk up or down the hierarchy answers.
pub const RELATIVES_LIMIT: usize = 100_000;

/// For each entity some others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Relation<'a> {
    pairs: U32s<'a>,
    /// How many entities there are; a damaged table may name others.
    entities: u32,
}

impl<'a> Relation<'a> {
    pub(super) const fn new(bytes: &'a [u8], entities: u32) -> Self {
        Self { pairs: U32s::new(bytes), entities }
    }

    /// The others of an entity, sorted.
    pub(super) fn of(self, entity: EntityIndex) -> impl Iterator<Item = EntityIndex> + use<'a> {
        let count = self.pairs.len() / 2;
        let (mut start, mut end) = (0, count);
        while start < end {
            let middle = start + (end - start) / 2;
            if self.pairs.get(middle * 2) < entity.0 {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        (start..count)
            .take_while(move |pair| self.pairs.get(pair * 2) == entity.0)
            .map(move |pair| EntityIndex(self.pairs.get(pair * 2 + 1)))
            .filter(move |other| other.0 < self.entities)
    }

    /// Everything that can be reached, without the entity itself, sorted; at most `limit`, the nearest first to be kept.
    pub(super) fn reach(self, entity: EntityIndex, limit: usize) -> Vec<EntityIndex> {
        let mut seen = rustc_hash::FxHashSet::default();
        seen.insert(entity);
        let mut found = Vec::new();
        let mut level = vec![entity];
        while !level.is_empty() && found.len() < limit {
            let mut next = Vec::new();
            for other in level.iter().flat_map(|entity| self.of(*entity)) {
                if found.len() < limit && seen.insert(other) {
                    found.push(other);
                    next.push(other);
                }
            }
            level = next;
        }
        found.sort_unstable();
        found
    }
}

/// The bytes of those pairs.
pub(super) fn build(pairs: &mut Vec<(u32, u32)>) -> Vec<u8> {
    pairs.sort_unstable();
    pairs.dedup();
    pairs.iter().flat_map(|(entity, other)| [*entity, *other]).flat_map(u32::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_end_in_circles_and_at_the_limit() {
        let index = |number| EntityIndex(number);
        // 0 -> 1 -> 2 -> 0, 2 -> 3, 2 -> 4, and 3 -> 9, which is not there
        let bytes = build(&mut vec![(2, 4), (0, 1), (1, 2), (2, 0), (2, 3), (0, 1), (3, 9)]);
        let relation = Relation::new(&bytes, 5);
        assert_eq!(relation.of(index(2)).collect::<Vec<_>>(), [0, 3, 4].map(index));
        assert_eq!(
            relation.of(index(3)).count() + relation.of(index(4)).count() + relation.of(index(9)).count(),
            0
        );
        assert_eq!(relation.reach(index(0), 10), [1, 2, 3, 4].map(index));
        assert_eq!(relation.reach(index(0), 4), [1, 2, 3, 4].map(index));
        assert_eq!(relation.reach(index(0), 3), [1, 2, 3].map(index));
        assert_eq!(relation.reach(index(0), 0), []);
    }
}
