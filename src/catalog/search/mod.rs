//! Search for entities by what a user typed of their names.

mod full;
mod fuzzy;
mod prefix;

pub(super) use prefix::{peak_count, peaks, priority};

use rustc_hash::FxHashSet;

use super::names::NameScope;
use super::{Catalog, EntityIndex, GroupIndex};
use crate::model::{Curie, EntityType};

/// The most keys that one search ranks; of more, those are taken that its kind of search has first. It bounds the work
/// of a query that fits very many names.
pub const SEARCH_KEYS_LIMIT: usize = 50_000;

/// What of the catalog a search is limited to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'w> {
    pub(super) types: &'w [EntityType],
    pub(super) taxa: &'w [Curie],
}

impl Wanted<'_> {
    /// An entity without a taxon passes any limit of taxa.
    fn holds(&self, catalog: &Catalog, entity: EntityIndex) -> bool {
        (self.types.is_empty() || self.types.contains(&catalog.entity_type(entity)))
            && (self.taxa.is_empty()
                || catalog
                    .taxon_id(entity)
                    .is_none_or(|taxon| self.taxa.iter().any(|wanted| wanted.as_str() == taxon)))
    }
}

/// How well a key fits a query, less being better; what it counts depends on the search.
type Fit = u32;

/// Entities on one page, and whether there are more.
pub(super) type Page = (Vec<EntityIndex>, bool);

impl Catalog {
    /// Entities with a name whose folded form begins with that of `query`, each once, the best first: whole names before
    /// longer ones, then by the name's scope and how known its entity is ([`Catalog::prominence`]), then in the order of
    /// the folded names; retired ones behind others that fit as well. The last word may be unfinished (see [`crate::text::unfinished_keys`]). Types and taxa limit it
    /// where they are not empty; an entity without a taxon passes any limit of taxa. Skips `offset` entities and answers
    /// at most `limit`, and whether there are more.
    pub fn search_prefix(
        &self,
        query: &str,
        types: &[EntityType],
        taxa: &[Curie],
        offset: usize,
        limit: usize,
    ) -> (Vec<EntityIndex>, bool) {
        prefix::search(self, query, Wanted { types, taxa }, offset, limit)
    }

    /// The same for names whose folded form is that of `query` but for a few edits (a letter more, less or another, two
    /// neighbours swapped): two from six bytes on, one from three bytes on, none below. Fewer edits come first, then the
    /// order of [`Self::search_prefix`].
    pub fn search_fuzzy(
        &self,
        query: &str,
        types: &[EntityType],
        taxa: &[Curie],
        offset: usize,
        limit: usize,
    ) -> (Vec<EntityIndex>, bool) {
        self.ranked(fuzzy::candidates(self, query), Wanted { types, taxa }, offset, limit)
    }

    /// The same for names that have every word of `query`, in any order, of which the last may be unfinished. Names with
    /// fewer other words come first, then the order of [`Self::search_prefix`]. Where no name has every word, those that
    /// have the most telling ones are answered.
    pub fn search_full(
        &self,
        query: &str,
        types: &[EntityType],
        taxa: &[Curie],
        offset: usize,
        limit: usize,
    ) -> (Vec<EntityIndex>, bool) {
        self.ranked(full::candidates(self, query), Wanted { types, taxa }, offset, limit)
    }

    /// The entities of keys, by fit, those that are retired behind others, by scope, prominence, key and place in the
    /// catalog. Keys that fit worse than those that
    /// fill the page are not looked into.
    fn ranked(&self, mut keys: Vec<(Fit, u32)>, wanted: Wanted<'_>, offset: usize, limit: usize) -> Page {
        keys.sort_unstable();
        let end = offset.saturating_add(limit);
        let mut seen = FxHashSet::default();
        let mut ranked: Vec<EntityIndex> = Vec::new();
        let mut found: Vec<(bool, NameScope, u8, u32, EntityIndex)> = Vec::new();
        for same_fit in keys.chunk_by(|one, other| one.0 == other.0) {
            found.clear();
            for (_, key) in same_fit {
                let entries = self.names().entries(GroupIndex(*key));
                for entry in entries.filter(|entry| wanted.holds(self, entry.entity)) {
                    let record = self.record(entry.entity);
                    let known = u8::MAX - record.prominence;
                    found.push((record.obsolete, entry.scope, known, *key, entry.entity));
                }
            }
            found.sort_unstable();
            ranked.extend(found.iter().map(|found| found.4).filter(|entity| seen.insert(*entity)));
            if ranked.len() > end {
                break;
            }
        }
        let more = ranked.len() > end;
        (ranked.into_iter().take(end).skip(offset).collect(), more)
    }
}
