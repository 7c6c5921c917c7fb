//! The catalog: entities with their names, identifiers and hierarchy, in memory, immutable and shared.
//!
//! A catalog is built from the project's own files ([`Catalog::open`]), from the starter data in the binary
//! ([`Catalog::embedded`]) or from entities at hand ([`Catalog::from_entities`]). Texts stand once, in one buffer; an
//! entity is put together when it is asked for. The order of the entities is that of their files, and every answer that
//! has an order follows from it, so that the same files give the same answers.
//!
//! Names have no prior probabilities yet; they will stand beside the names of a group.

mod error;
mod identifiers;
mod load;
mod names;
mod provenance;
mod search;
mod store;
mod table;
#[cfg(test)]
mod tests;

pub use error::CatalogError;
pub use identifiers::RELATIVES_LIMIT;
pub use names::{GroupIndex, NameCursor, NameEntry, NameIndex, NameScope};
pub use provenance::Terminology;
pub use search::SEARCH_KEYS_LIMIT;
pub use store::EntityIndex;

use identifiers::{Hierarchy, IdentifierIndex};
use names::KeyIndex;
use store::Store;

use crate::model::{Curie, Entity, EntityType};

/// Entities, immutable. An [`EntityIndex`] of another catalog is no error: where this one has an entity at that place, it
/// is that entity, else there is nothing (empty texts, no names, no relatives, the type [`EntityType::Other`]); only
/// [`Catalog::entity`] panics then.
///
/// Share it in an `Arc`.
#[derive(Debug)]
pub struct Catalog {
    store: Store,
    names: KeyIndex,
    identifiers: IdentifierIndex,
    hierarchy: Hierarchy,
    version: String,
    embedded: bool,
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

impl Catalog {
    /// Indexes the names and identifiers of a store.
    fn build(store: Store, embedded: bool) -> Result<Self, CatalogError> {
        let (names, (links, hash)) = rayon::join(
            || KeyIndex::build(&store),
            || {
                let links = IdentifierIndex::build(&store).map(|identifiers| {
                    let hierarchy = Hierarchy::build(&store, &identifiers);
                    (identifiers, hierarchy)
                });
                (links, store.content_hash())
            },
        );
        let (identifiers, hierarchy) = links?;
        let kind = if embedded { "starter" } else { "catalog" };
        let version = format!("{kind}-{hash:016x}");
        Ok(Self { store, names, identifiers, hierarchy, version, embedded })
    }

    /// A hash of the content, after `starter-` for the embedded catalog and `catalog-` for others.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The terminologies behind the entities' identifiers, in a fixed order.
    pub fn terminologies(&self) -> Vec<Terminology> {
        provenance::terminologies(&self.store, self.embedded)
    }

    /// How many entities there are.
    pub fn entity_count(&self) -> usize {
        self.store.len()
    }

    /// How many names there are, labels among them.
    pub fn name_count(&self) -> usize {
        self.store.names().len()
    }

    /// Every entity's handle, in the catalog's order.
    pub fn indices(&self) -> impl Iterator<Item = EntityIndex> + use<> {
        self.store.indices()
    }

    /// The whole entity, put together anew.
    ///
    /// # Panics
    ///
    /// When the catalog has no entity of that index, which then is another catalog's.
    pub fn entity(&self, entity: EntityIndex) -> Entity {
        self.store.entity(entity)
    }

    /// Its identifier, a CURIE.
    pub fn id(&self, entity: EntityIndex) -> &str {
        self.store.id(entity)
    }

    /// Its preferred name.
    pub fn label(&self, entity: EntityIndex) -> &str {
        self.store.label(entity)
    }

    /// Its type.
    pub fn entity_type(&self, entity: EntityIndex) -> EntityType {
        self.store.entity_type(entity)
    }

    /// The CURIE of the taxon it belongs to.
    pub fn taxon_id(&self, entity: EntityIndex) -> Option<&str> {
        Some(self.store.taxon_id(entity)).filter(|taxon| !taxon.is_empty())
    }

    /// Its names, the label first.
    pub fn names_of(&self, entity: EntityIndex) -> impl Iterator<Item = (NameScope, &str)> {
        self.store.names_of(entity)
    }

    /// Its identifiers in other namespaces, CURIEs.
    pub fn xrefs(&self, entity: EntityIndex) -> impl Iterator<Item = &str> {
        self.store.xrefs(entity)
    }

    /// The entity with that identifier, its own or a cross-reference: its own wins, then the first entity's.
    pub fn find(&self, id: &Curie) -> Option<EntityIndex> {
        self.identifiers.find(&self.store, id.as_str())
    }

    /// The identifier to answer: in the first namespace of `preferences` that the entity has an identifier in (prefixes in
    /// any case; [`Curie::preferred_prefix`] knows their variants), else its own. Without preferences the type's
    /// [`default_namespaces`] hold.
    pub fn answer_id<S: AsRef<str>>(&self, entity: EntityIndex, preferences: &[S]) -> &str {
        let own = self.store.id(entity);
        let of_prefix = |wanted: &str| {
            let fits =
                |id: &&str| id.split_once(':').is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(wanted));
            std::iter::once(own).chain(self.store.xrefs(entity)).find(fits)
        };
        let chosen = if preferences.is_empty() {
            default_namespaces(self.entity_type(entity)).iter().find_map(|prefix| of_prefix(prefix))
        } else {
            preferences.iter().find_map(|prefix| of_prefix(prefix.as_ref()))
        };
        chosen.unwrap_or(own)
    }

    /// Its direct parents, sorted.
    pub fn parents(&self, entity: EntityIndex) -> &[EntityIndex] {
        self.hierarchy.parents(entity)
    }

    /// Its direct children, sorted.
    pub fn children(&self, entity: EntityIndex) -> &[EntityIndex] {
        self.hierarchy.children(entity)
    }

    /// Everything above it, sorted, without itself; at most [`RELATIVES_LIMIT`], the nearest.
    pub fn ancestors(&self, entity: EntityIndex) -> Vec<EntityIndex> {
        self.hierarchy.ancestors(entity)
    }

    /// Everything below it, sorted, without itself; at most [`RELATIVES_LIMIT`], the nearest.
    pub fn descendants(&self, entity: EntityIndex) -> Vec<EntityIndex> {
        self.hierarchy.descendants(entity)
    }

    /// Its names, by their folded form.
    pub fn names(&self) -> NameIndex<'_> {
        NameIndex { index: &self.names, store: &self.store }
    }
}
