//! The catalog: entities with their names, identifiers and hierarchy, immutable and shared.
//!
//! A catalog is one row of bytes, whose format docs/CATALOG.md tells: mapped from a file that `glossator catalog build`
//! made ([`Catalog::open`]), or made in memory of the project's own tables ([`Catalog::open`]), of the starter data in
//! the binary ([`Catalog::embedded`]) or of entities at hand ([`Catalog::from_entities`]). Everything is read where it
//! stands; an entity is put together when it is asked for. The order of the entities is that of their sources, and every
//! answer that has an order follows from it, so that the same inputs give the same answers.

mod about;
mod bags;
pub mod build;
mod check;
#[doc(hidden)]
pub mod damage;
#[cfg(test)]
mod damage_tests;
mod error;
pub mod fetch;
mod file;
mod hierarchy;
mod identifiers;
mod keys;
mod load;
mod names;
mod provenance;
pub mod recipe;
mod records;
mod search;
mod store;
#[cfg(test)]
mod tests;
mod trie;
mod words;
mod write;

use std::ops::Range;

pub use error::CatalogError;
pub use hierarchy::RELATIVES_LIMIT;
pub use names::{GroupIndex, NameEntry, NameIndex, NameScope, NameStep};
pub use provenance::Terminology;
pub use search::SEARCH_KEYS_LIMIT;
pub use store::{CurieParts, EntityIndex, EntityParts};

use about::About;
use bags::BagTable;
use file::{Data, Layout, Section, U32s};
use hierarchy::Relation;
use identifiers::Identifiers;
use keys::Keys;
use records::{Identifier, IdentifierRole};
use trie::Trie;
use words::Words;

use crate::model::{Curie, Entity, EntityType};

/// How often a retired identifier is followed to what replaces it.
const REPLACEMENTS_LIMIT: usize = 8;

/// Entities, immutable. An [`EntityIndex`] of another catalog is no error: where this one has an entity at that place, it
/// is that entity, else there is nothing (empty texts, no names, no relatives, the type [`EntityType::Other`]); only
/// [`Catalog::entity`] panics then.
///
/// Share it in an `Arc`.
#[derive(Debug)]
pub struct Catalog {
    data: Data,
    layout: Layout,
    about: About,
    version: String,
    /// What errors call it.
    file: String,
}

/// How large a part of a catalog is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionSize {
    /// Its name, as docs/CATALOG.md has it.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: usize,
    /// Whether it leads from a text to the names of entities in it.
    pub for_matching: bool,
}

/// The namespaces that a type's entities answer in by default, the most wanted first.
pub const fn default_namespaces(entity_type: EntityType) -> &'static [&'static str] {
    match entity_type {
        EntityType::Gene => &["NCBIGene"],
        EntityType::Disease => &["MESH", "OMIM", "MONDO", "DOID"],
        EntityType::Chemical => &["MESH", "CHEBI"],
        EntityType::Species => &["NCBITaxon"],
        EntityType::CellLine => &["cellosaurus"],
        EntityType::Variant => &["dbSNP"],
        _ => &[],
    }
}

/// Whether an identifier is in the namespace of `wanted` that comes first; where nothing is wanted, any is.
fn is_in_first(wanted: &[impl AsRef<str>], id: &str) -> bool {
    let prefix = id.split_once(':').map_or("", |(prefix, _)| prefix);
    wanted.first().is_none_or(|first| first.as_ref() == prefix)
}

impl Catalog {
    /// A hash of the content, after `starter-` for the embedded catalog and `catalog-` for others.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What its recipe calls it; empty for a catalog without a recipe.
    pub fn name(&self) -> &str {
        &self.about.name
    }

    /// The terminologies behind the entities' identifiers, in a fixed order.
    pub fn terminologies(&self) -> Vec<Terminology> {
        self.about.terminologies.iter().map(Terminology::from).collect()
    }

    /// How many entities there are.
    pub const fn entity_count(&self) -> usize {
        self.about.counts.entities as usize
    }

    /// How many names there are, labels among them.
    pub const fn name_count(&self) -> usize {
        self.about.counts.names as usize
    }

    /// Every entity's handle, in the catalog's order.
    pub fn indices(&self) -> impl Iterator<Item = EntityIndex> + use<> {
        (0..self.about.counts.entities).map(EntityIndex)
    }

    /// The whole entity, put together anew.
    ///
    /// # Panics
    ///
    /// When the catalog has no entity of that index, which then is another catalog's.
    pub fn entity(&self, entity: EntityIndex) -> Entity {
        let Some(entity) = self.try_entity(entity) else { unreachable!("the index is another catalog's") };
        entity
    }

    /// The entity with that identifier, in any case: its own wins, then one that means the same, then one that was
    /// retired in its favour, then a cross-reference; among several the first entity's. What has been replaced by one
    /// other entity answers with that one.
    pub fn find(&self, id: &Curie) -> Option<EntityIndex> {
        let mut found = self.find_as_is(id.as_str())?;
        for _ in 0..REPLACEMENTS_LIMIT {
            if !self.record(found).obsolete {
                break;
            }
            let ids = self.identifiers_of(found).into_iter();
            let replacements: Vec<_> = ids.filter(|(role, _)| *role == IdentifierRole::Replacement).collect();
            let [(_, replacement)] = replacements.as_slice() else { break };
            let Some(next) = self.find_as_is(&replacement.to_string()) else { break };
            found = next;
        }
        Some(found)
    }

    fn find_as_is(&self, id: &str) -> Option<EntityIndex> {
        let table = Identifiers::new(self.section(Section::Identifiers), self.about.counts.entities);
        let has = |entity: &u32| {
            let is_it = |role, own: Identifier<'_>| {
                (role != IdentifierRole::Replacement && own.equals(id)).then_some(())
            };
            self.find_identifier(EntityIndex(*entity), is_it).is_some()
        };
        table.candidates(id).find(has).map(EntityIndex)
    }

    /// The identifier to answer: in the first namespace of `preferences` that the entity has an identifier in (prefixes in
    /// any case; [`Curie::preferred_prefix`] knows their variants), else its own. Without preferences the type's
    /// [`default_namespaces`] hold.
    pub fn answer_id<S: AsRef<str>>(&self, entity: EntityIndex, preferences: &[S]) -> String {
        let of_prefix = |wanted: &str| {
            self.find_identifier(entity, |role, id| {
                let means_it = matches!(role, IdentifierRole::Own | IdentifierRole::Equivalent);
                (means_it && id.prefix.eq_ignore_ascii_case(wanted)).then_some(id)
            })
        };
        let chosen = if preferences.is_empty() {
            default_namespaces(self.entity_type(entity)).iter().find_map(|prefix| of_prefix(prefix))
        } else {
            preferences.iter().find_map(|prefix| of_prefix(prefix.as_ref()))
        };
        chosen.map_or_else(|| self.id(entity), Identifier::to_curie)
    }

    /// Its direct parents, sorted. Parents that the catalog does not have are none.
    pub fn parents(&self, entity: EntityIndex) -> Vec<EntityIndex> {
        self.relation(Section::Parents).of(entity).collect()
    }

    /// Its direct children, sorted.
    pub fn children(&self, entity: EntityIndex) -> Vec<EntityIndex> {
        self.relation(Section::Children).of(entity).collect()
    }

    /// Everything above it, sorted, without itself; at most [`RELATIVES_LIMIT`], the nearest.
    pub fn ancestors(&self, entity: EntityIndex) -> Vec<EntityIndex> {
        self.relation(Section::Parents).reach(entity, RELATIVES_LIMIT)
    }

    /// Everything below it, sorted, without itself; at most [`RELATIVES_LIMIT`], the nearest.
    pub fn descendants(&self, entity: EntityIndex) -> Vec<EntityIndex> {
        self.relation(Section::Children).reach(entity, RELATIVES_LIMIT)
    }

    fn relation(&self, section: Section) -> Relation<'_> {
        Relation::new(self.section(section), self.about.counts.entities)
    }

    /// Its names, by their folded form.
    pub fn names(&self) -> NameIndex<'_> {
        NameIndex {
            keys: self.keys(),
            trie: Trie::new(self.section(Section::Trie)),
            groups: U32s::new(self.section(Section::Groups)),
            group_names: U32s::new(self.section(Section::GroupNames)),
            bags: BagTable::new(self.section(Section::Bags), self.section(Section::BagKeys)),
            names: self.section(Section::Names),
            entities: self.about.counts.entities,
        }
    }

    fn keys(&self) -> Keys<'_> {
        Keys::new(self.section(Section::Keys), self.section(Section::KeyBlocks), self.about.counts.keys)
    }

    fn words(&self) -> Words<'_> {
        let (words, blocks) = (self.section(Section::Words), self.section(Section::WordBlocks));
        Words::new(Keys::new(words, blocks, self.about.counts.words), self.section(Section::WordKeys))
    }

    /// The names that have a folded word in them, at most `limit`, in the order of the keys.
    pub fn groups_with_word(&self, word: &str, limit: usize) -> impl Iterator<Item = GroupIndex> + use<'_> {
        let words = self.words();
        let count = self.about.counts.keys;
        let keys = words.find(word).into_iter().flat_map(move |word| words.keys(word));
        keys.take(limit).filter(move |key| *key < count).map(GroupIndex)
    }

    /// How large its parts are, in the order of the file.
    pub fn sections(&self) -> Vec<SectionSize> {
        let size = |section: Section| SectionSize {
            name: section.name(),
            bytes: self.layout.entry(section).range.len(),
            for_matching: section.is_for_matching(),
        };
        Section::ALL.into_iter().map(size).collect()
    }

    /// The whole as a file holds it.
    pub fn as_bytes(&self) -> &[u8] {
        self.data.bytes()
    }

    fn section(&self, section: Section) -> &[u8] {
        let range: Range<usize> = self.layout.entry(section).range.clone();
        self.data.bytes().get(range).unwrap_or_default()
    }
}
