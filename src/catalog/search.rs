//! Search for entities whose names begin with what the user typed.

use rustc_hash::FxHashMap;

use super::names::NameScope;
use super::{Catalog, EntityIndex, GroupIndex};
use crate::model::{Curie, EntityType};
use crate::text::unfinished_keys;

/// The most keys that one search looks at, in their order; later ones are not found. It bounds the work of a query of
/// one letter.
pub const SEARCH_KEYS_LIMIT: usize = 50_000;

/// How well a name fits, less being better: whether it goes on after the query, its scope, how far it goes on.
type Rank = (bool, NameScope, usize);

impl Catalog {
    /// Entities with a name whose folded form begins with that of `query`, each once, the best first: whole names before
    /// longer ones, labels before exact names before others, then the shorter remainder, then the catalog's order. The
    /// last word may be unfinished (see [`unfinished_keys`]). Types and taxa limit it where they are not empty; an entity
    /// without a taxon passes any limit of taxa. Skips `offset` entities and answers at most `limit`, and whether there
    /// are more.
    pub fn search_prefix(
        &self,
        query: &str,
        types: &[EntityType],
        taxa: &[Curie],
        offset: usize,
        limit: usize,
    ) -> (Vec<EntityIndex>, bool) {
        let ranks = self.ranks_of_prefix(query, SEARCH_KEYS_LIMIT);
        let wanted = |entity: &EntityIndex| {
            let taxon = self.taxon_id(*entity);
            (types.is_empty() || types.contains(&self.entity_type(*entity)))
                && (taxa.is_empty()
                    || taxon.is_none_or(|taxon| taxa.iter().any(|wanted| wanted.as_str() == taxon)))
        };
        let mut found: Vec<(Rank, EntityIndex)> = ranks
            .into_iter()
            .filter(|(entity, _)| wanted(entity))
            .map(|(entity, rank)| (rank, entity))
            .collect();
        found.sort_unstable();
        let more = found.len() > offset.saturating_add(limit);
        (found.into_iter().skip(offset).take(limit).map(|(_, entity)| entity).collect(), more)
    }

    /// The best rank, less being better, of each entity with a name that begins so; looks at `keys_limit` keys at most.
    fn ranks_of_prefix(&self, query: &str, keys_limit: usize) -> FxHashMap<EntityIndex, Rank> {
        let mut ranks: FxHashMap<EntityIndex, Rank> = FxHashMap::default();
        let mut left = keys_limit;
        for prefix in unfinished_keys(query) {
            for (group, key) in self.names.keys_from(&prefix).take(left) {
                let Some(rest) = key.strip_prefix(prefix.as_str()) else { break };
                left -= 1;
                for entry in self.names().entries(group) {
                    let rank = (!rest.is_empty(), entry.scope, rest.len());
                    ranks.entry(entry.entity).and_modify(|best| *best = rank.min(*best)).or_insert(rank);
                }
            }
        }
        ranks
    }
}

impl super::names::KeyIndex {
    /// The keys from the first one that is not less than `key`.
    fn keys_from(&self, key: &str) -> impl Iterator<Item = (GroupIndex, &str)> {
        let all = u32::try_from(self.len()).unwrap_or(u32::MAX);
        (self.lower_bound(key)..all).map(|place| (GroupIndex(place), self.key(place)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entity, EntitySource};

    #[test]
    fn keys_up_to_the_limit_are_looked_at() {
        let entity = |number: usize| Entity {
            id: Curie::new("MESH", &format!("D{number}")).unwrap(),
            entity_type: EntityType::Chemical,
            label: format!("crystal {number}"),
            synonyms: Vec::new(),
            description: String::new(),
            taxon_id: None,
            xrefs: Vec::new(),
            parent_ids: Vec::new(),
            obsolete: false,
            replaced_by: Vec::new(),
            source: EntitySource::default(),
        };
        let entities: Vec<Entity> = (1..=9).map(entity).collect();
        let catalog = Catalog::from_entities(&entities).unwrap();
        for (limit, found) in [(0, 0), (8, 8), (9, 9), (10, 9)] {
            assert_eq!(catalog.ranks_of_prefix("crystal", limit).len(), found, "{limit}");
        }
        // "crys" is looked for as "cry" as well: the bound holds for both together.
        assert_eq!(catalog.ranks_of_prefix("crys", 9).len(), 9);
    }
}
