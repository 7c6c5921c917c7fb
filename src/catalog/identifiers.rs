//! From identifiers to entities, and the hierarchy between them.

use super::error::CatalogError;
use super::store::{EntityIndex, Store};
use super::table::TextTable;

/// The most entities that a walk up or down the hierarchy answers.
pub const RELATIVES_LIMIT: usize = 100_000;

/// Every identifier, the entities' own and their cross-references.
#[derive(Debug, Default)]
pub(super) struct IdentifierIndex {
    /// Places in `owners`.
    table: TextTable,
    /// The entity, and which of its identifiers it is: 0 its own, n its nth cross-reference.
    owners: Vec<(EntityIndex, u32)>,
}

impl IdentifierIndex {
    /// An entity's own identifier wins over a cross-reference; among cross-references the first entity's.
    pub(super) fn build(store: &Store) -> Result<Self, CatalogError> {
        let count = store.len() + store.indices().map(|entity| store.xrefs(entity).count()).sum::<usize>();
        let mut index = Self { table: TextTable::with_capacity(count), owners: Vec::with_capacity(count) };
        for entity in store.indices() {
            let id = store.id(entity);
            if !index.add(store, id, (entity, 0)) {
                return Err(CatalogError::DuplicateId { id: id.to_owned() });
            }
        }
        for entity in store.indices() {
            for (number, xref) in (1..).zip(store.xrefs(entity)) {
                index.add(store, xref, (entity, number));
            }
        }
        Ok(index)
    }

    /// Whether the identifier was new.
    fn add(&mut self, store: &Store, id: &str, owner: (EntityIndex, u32)) -> bool {
        let value = u32::try_from(self.owners.len()).unwrap_or(u32::MAX - 1);
        let owners = &self.owners;
        let before = self.table.insert(id, value, |value| identifier(store, owners[value as usize]) == id);
        if before.is_none() {
            self.owners.push(owner);
        }
        before.is_none()
    }

    pub(super) fn find(&self, store: &Store, id: &str) -> Option<EntityIndex> {
        let value = self.table.get(id, |value| identifier(store, self.owners[value as usize]) == id)?;
        self.owners.get(value as usize).map(|(entity, _)| *entity)
    }
}

fn identifier(store: &Store, (entity, number): (EntityIndex, u32)) -> &str {
    match number.checked_sub(1) {
        None => store.id(entity),
        Some(xref) => store.xrefs(entity).nth(xref as usize).unwrap_or(""),
    }
}

/// Direct parents and children.
#[derive(Debug, Default)]
pub(super) struct Hierarchy {
    parents: Relation,
    children: Relation,
}

/// For each entity some others.
#[derive(Debug, Default)]
struct Relation {
    /// Where those of each entity begin in `others`, and after them where the last ones end.
    starts: Vec<u32>,
    others: Vec<EntityIndex>,
}

impl Relation {
    /// From pairs (entity, other).
    fn new(entities: usize, pairs: &mut Vec<(EntityIndex, EntityIndex)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = Vec::with_capacity(entities + 1);
        let mut next = pairs.iter().map(|(entity, _)| entity.position()).peekable();
        let mut count = 0;
        for entity in 0..entities {
            starts.push(count);
            while next.next_if_eq(&entity).is_some() {
                count += 1;
            }
        }
        starts.push(count);
        Self { starts, others: pairs.iter().map(|(_, other)| *other).collect() }
    }

    fn of(&self, entity: EntityIndex) -> &[EntityIndex] {
        let place = entity.position();
        match self.starts.get(place..place + 2) {
            Some(ends) => &self.others[ends[0] as usize..ends[1] as usize],
            None => &[],
        }
    }

    /// Everything that can be reached, without the entity itself, sorted; at most `limit`, the nearest first to be kept.
    fn reach(&self, entity: EntityIndex, limit: usize) -> Vec<EntityIndex> {
        let mut seen = rustc_hash::FxHashSet::default();
        seen.insert(entity);
        let mut found = Vec::new();
        let mut level = vec![entity];
        while !level.is_empty() && found.len() < limit {
            let mut next = Vec::new();
            for other in level.iter().flat_map(|entity| self.of(*entity)) {
                if found.len() < limit && seen.insert(*other) {
                    found.push(*other);
                    next.push(*other);
                }
            }
            level = next;
        }
        found.sort_unstable();
        found
    }
}

impl Hierarchy {
    /// Parents that the catalog does not have are left out.
    pub(super) fn build(store: &Store, identifiers: &IdentifierIndex) -> Self {
        let mut up = Vec::new();
        for entity in store.indices() {
            let parents = store.parent_ids(entity).filter_map(|id| identifiers.find(store, id));
            up.extend(parents.filter(|parent| *parent != entity).map(|parent| (entity, parent)));
        }
        let mut down: Vec<_> = up.iter().map(|(entity, parent)| (*parent, *entity)).collect();
        Self { parents: Relation::new(store.len(), &mut up), children: Relation::new(store.len(), &mut down) }
    }

    pub(super) fn parents(&self, entity: EntityIndex) -> &[EntityIndex] {
        self.parents.of(entity)
    }

    pub(super) fn children(&self, entity: EntityIndex) -> &[EntityIndex] {
        self.children.of(entity)
    }

    pub(super) fn ancestors(&self, entity: EntityIndex) -> Vec<EntityIndex> {
        self.parents.reach(entity, RELATIVES_LIMIT)
    }

    pub(super) fn descendants(&self, entity: EntityIndex) -> Vec<EntityIndex> {
        self.children.reach(entity, RELATIVES_LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_end_in_circles_and_at_the_limit() {
        let index = |number| EntityIndex(number);
        // 0 -> 1 -> 2 -> 0, 2 -> 3, 2 -> 4
        let mut pairs =
            [(2, 4), (0, 1), (1, 2), (2, 0), (2, 3), (0, 1)].map(|(a, b)| (index(a), index(b))).to_vec();
        let relation = Relation::new(5, &mut pairs);
        assert_eq!(relation.of(index(2)), [0, 3, 4].map(index));
        assert_eq!(relation.of(index(4)), []);
        assert_eq!(relation.of(index(9)), []);
        assert_eq!(relation.reach(index(0), 10), [1, 2, 3, 4].map(index));
        assert_eq!(relation.reach(index(0), 4), [1, 2, 3, 4].map(index));
        assert_eq!(relation.reach(index(0), 3), [1, 2, 3].map(index));
        assert_eq!(relation.reach(index(0), 0), []);
    }
}
