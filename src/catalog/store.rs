//! Where the catalog keeps its entities: one buffer of text and tables of places in it.

use rustc_hash::FxHashMap;

use super::error::CatalogError;
use super::names::NameScope;
use super::provenance::SourceTable;
use crate::formats::catalog_tsv::values;
use crate::model::{Curie, Entity, EntitySource, EntityType, Synonym, SynonymScope};

/// The most bytes of text of a catalog held in memory.
const TEXT_BYTES_LIMIT: usize = 1 << 31;

/// The most names of one entity.
pub(super) const ENTITY_NAMES_LIMIT: usize = 4_096;

/// A handle to an entity of one catalog; it says nothing to another catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityIndex(pub(super) u32);

impl EntityIndex {
    /// Its place in the order of the catalog, from 0.
    pub const fn position(self) -> usize {
        self.0 as usize
    }
}

/// A place in the store's text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slice {
    start: u32,
    length: u32,
}

impl Slice {
    const EMPTY: Self = Self { start: 0, length: 0 };
}

#[derive(Debug)]
struct Record {
    id: Slice,
    taxon_id: Slice,
    /// CURIEs joined by `|`.
    xrefs: Slice,
    parent_ids: Slice,
    replaced_by: Slice,
    description: Slice,
    /// The label is the first of the names up to the next record's.
    first_name: u32,
    source: u16,
    entity_type: EntityType,
    obsolete: bool,
}

/// What an index of another catalog may lead to.
const NO_RECORD: Record = Record {
    id: Slice::EMPTY,
    taxon_id: Slice::EMPTY,
    xrefs: Slice::EMPTY,
    parent_ids: Slice::EMPTY,
    replaced_by: Slice::EMPTY,
    description: Slice::EMPTY,
    first_name: u32::MAX,
    source: u16::MAX,
    entity_type: EntityType::Other,
    obsolete: false,
};

#[derive(Debug, Clone, Copy)]
pub(super) struct NameRecord {
    pub(super) entity: EntityIndex,
    pub(super) scope: NameScope,
    text: Slice,
}

/// What an entity is made of, as its reader has it.
#[derive(Default)]
pub(super) struct NewEntity<'a> {
    pub(super) id: &'a str,
    pub(super) label: &'a str,
    pub(super) taxon_id: &'a str,
    pub(super) xrefs: &'a str,
    pub(super) parent_ids: &'a str,
    pub(super) replaced_by: &'a str,
    pub(super) description: &'a str,
    pub(super) obsolete: bool,
    pub(super) source: u16,
}

/// Entities in the order they were added.
#[derive(Debug, Default)]
pub(super) struct Store {
    text: String,
    records: Vec<Record>,
    names: Vec<NameRecord>,
    pub(super) sources: SourceTable,
}

/// Names to add to entities, by their id.
pub(super) type AddedNames = FxHashMap<String, Vec<(SynonymScope, String)>>;

impl Store {
    /// An empty one with room for that many entities, names and bytes of text.
    pub(super) fn with_capacity(entities: usize, names: usize, text_bytes: usize) -> Self {
        Self {
            text: String::with_capacity(text_bytes),
            records: Vec::with_capacity(entities),
            names: Vec::with_capacity(names),
            sources: SourceTable::default(),
        }
    }

    /// An empty one with room for all that those have.
    pub(super) fn with_room_for(others: &[Self]) -> Self {
        let sum = |count: fn(&Self) -> usize| others.iter().map(count).sum();
        let entities = sum(|store| store.records.len());
        Self::with_capacity(entities, sum(|store| store.names.len()), sum(|store| store.text.len()))
    }

    /// Adds an entity with its other names. A name that it has already, letter by letter, is left out.
    pub(super) fn push<'n>(
        &mut self,
        entity_type: EntityType,
        new: &NewEntity<'_>,
        names: impl Iterator<Item = (SynonymScope, &'n str)>,
    ) -> Result<EntityIndex, CatalogError> {
        self.push_within(entity_type, new, names, TEXT_BYTES_LIMIT)
    }

    fn push_within<'n>(
        &mut self,
        entity_type: EntityType,
        new: &NewEntity<'_>,
        names: impl Iterator<Item = (SynonymScope, &'n str)>,
        text_bytes_limit: usize,
    ) -> Result<EntityIndex, CatalogError> {
        let entity = EntityIndex(to_u32(self.records.len()));
        let first = self.names.len();
        let record = Record {
            id: self.keep(new.id),
            taxon_id: self.keep(new.taxon_id),
            xrefs: self.keep(new.xrefs),
            parent_ids: self.keep(new.parent_ids),
            replaced_by: self.keep(new.replaced_by),
            description: self.keep(new.description),
            first_name: to_u32(first),
            source: new.source,
            entity_type,
            obsolete: new.obsolete,
        };
        self.records.push(record);
        let label = self.keep(new.label);
        self.names.push(NameRecord { entity, scope: NameScope::Label, text: label });
        for (scope, name) in names {
            if self.names[first..].iter().any(|known| self.slice(known.text) == name) {
                continue;
            }
            if self.names.len() - first >= ENTITY_NAMES_LIMIT {
                return Err(CatalogError::TooManyNames { id: new.id.to_owned(), limit: ENTITY_NAMES_LIMIT });
            }
            let text = self.keep(name);
            self.names.push(NameRecord { entity, scope: scope.into(), text });
        }
        if self.text.len() > text_bytes_limit {
            return Err(CatalogError::TooLarge { limit: text_bytes_limit });
        }
        Ok(entity)
    }

    /// Adds the entities of another store after its own.
    pub(super) fn append(&mut self, other: Self) -> Result<(), CatalogError> {
        self.append_within(other, TEXT_BYTES_LIMIT)
    }

    fn append_within(&mut self, other: Self, text_bytes_limit: usize) -> Result<(), CatalogError> {
        if self.text.len() + other.text.len() > text_bytes_limit {
            return Err(CatalogError::TooLarge { limit: text_bytes_limit });
        }
        let offset = to_u32(self.text.len());
        let (entities, names) = (to_u32(self.records.len()), to_u32(self.names.len()));
        let moved = |slice: Slice| Slice { start: slice.start + offset, ..slice };
        let sources: Vec<u16> = other.sources.iter().map(|source| self.sources.number(source)).collect();
        self.text.push_str(&other.text);
        self.records.extend(other.records.into_iter().map(|record| Record {
            id: moved(record.id),
            taxon_id: moved(record.taxon_id),
            xrefs: moved(record.xrefs),
            parent_ids: moved(record.parent_ids),
            replaced_by: moved(record.replaced_by),
            description: moved(record.description),
            first_name: record.first_name + names,
            source: sources.get(usize::from(record.source)).copied().unwrap_or_default(),
            ..record
        }));
        self.names.extend(other.names.into_iter().map(|name| NameRecord {
            entity: EntityIndex(name.entity.0 + entities),
            text: moved(name.text),
            ..name
        }));
        Ok(())
    }

    fn keep(&mut self, text: &str) -> Slice {
        let slice = Slice { start: to_u32(self.text.len()), length: to_u32(text.len()) };
        self.text.push_str(text);
        slice
    }

    fn slice(&self, slice: Slice) -> &str {
        let start = slice.start as usize;
        &self.text[start..start + slice.length as usize]
    }

    fn record(&self, entity: EntityIndex) -> &Record {
        self.records.get(entity.position()).unwrap_or(&NO_RECORD)
    }

    /// How many entities there are.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Every handle, in order.
    pub(super) fn indices(&self) -> impl Iterator<Item = EntityIndex> + use<> {
        (0..to_u32(self.records.len())).map(EntityIndex)
    }

    pub(super) fn id(&self, entity: EntityIndex) -> &str {
        self.slice(self.record(entity).id)
    }

    pub(super) fn entity_type(&self, entity: EntityIndex) -> EntityType {
        self.record(entity).entity_type
    }

    /// Empty when there is none.
    pub(super) fn taxon_id(&self, entity: EntityIndex) -> &str {
        self.slice(self.record(entity).taxon_id)
    }

    pub(super) fn xrefs(&self, entity: EntityIndex) -> impl Iterator<Item = &str> {
        values(self.slice(self.record(entity).xrefs))
    }

    pub(super) fn parent_ids(&self, entity: EntityIndex) -> impl Iterator<Item = &str> {
        values(self.slice(self.record(entity).parent_ids))
    }

    pub(super) fn label(&self, entity: EntityIndex) -> &str {
        let label = self.names.get(self.record(entity).first_name as usize);
        label.map_or("", |name| self.slice(name.text))
    }

    /// The names of an entity, the label first.
    pub(super) fn names_of(&self, entity: EntityIndex) -> impl Iterator<Item = (NameScope, &str)> {
        let next = self.records.get(entity.position() + 1);
        let end = next.map_or(self.names.len(), |next| next.first_name as usize);
        let names = self.names.get(self.record(entity).first_name as usize..end).unwrap_or_default();
        names.iter().map(|name| (name.scope, self.slice(name.text)))
    }

    /// Every name, in the order of the entities.
    pub(super) fn names(&self) -> &[NameRecord] {
        &self.names
    }

    pub(super) fn name_text(&self, name: &NameRecord) -> &str {
        self.slice(name.text)
    }

    /// The whole entity, built from its parts.
    pub(super) fn entity(&self, entity: EntityIndex) -> Entity {
        let record = self.record(entity);
        let curies = |slice: Slice| values(self.slice(slice)).filter_map(curie).collect();
        let synonyms = self.names_of(entity).filter_map(|(scope, text)| {
            Some(Synonym { text: text.to_owned(), scope: scope.synonym_scope()? })
        });
        let Some(id) = curie(self.id(entity)) else {
            unreachable!("identifiers are checked when they are read; the index is another catalog's")
        };
        Entity {
            id,
            entity_type: record.entity_type,
            label: self.label(entity).to_owned(),
            synonyms: synonyms.collect(),
            description: self.slice(record.description).to_owned(),
            taxon_id: curie(self.taxon_id(entity)),
            xrefs: curies(record.xrefs),
            parent_ids: curies(record.parent_ids),
            obsolete: record.obsolete,
            replaced_by: curies(record.replaced_by),
            source: self.sources.get(record.source).cloned().unwrap_or_default(),
        }
    }

    /// A hash of all there is to know, in order: two catalogs of the same entities have the same.
    pub(super) fn content_hash(&self) -> u64 {
        let mut hash = ContentHash::new();
        let unknown = EntitySource::default();
        for (index, record) in self.records.iter().enumerate() {
            let source = self.sources.get(record.source).unwrap_or(&unknown);
            for text in [&source.name, &source.version, &source.license] {
                hash.add(text);
            }
            hash.add(record.entity_type.name());
            hash.add(if record.obsolete { "obsolete" } else { "" });
            let slices = [
                record.id,
                record.taxon_id,
                record.xrefs,
                record.parent_ids,
                record.replaced_by,
                record.description,
            ];
            for slice in slices {
                hash.add(self.slice(slice));
            }
            for (scope, name) in self.names_of(EntityIndex(to_u32(index))) {
                hash.add(scope.name());
                hash.add(name);
            }
        }
        hash.state
    }
}

/// Places and counts fit 32 bits as [`TEXT_BYTES_LIMIT`] bounds the text, and every entity and name has some.
fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A CURIE whose parts have been checked when it was read.
fn curie(text: &str) -> Option<Curie> {
    let (prefix, local) = text.split_once(':')?;
    Curie::new(prefix, local)
}

/// FNV-1a of 64 bits over words of eight bytes, the last one filled with zeros, each text followed by its length.
struct ContentHash {
    state: u64,
}

impl ContentHash {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    const fn new() -> Self {
        Self { state: Self::OFFSET_BASIS }
    }

    fn add(&mut self, text: &str) {
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        for word in words {
            self.add_word(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let last = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.add_word(last);
        }
        self.add_word(text.len() as u64);
    }

    fn add_word(&mut self, word: u64) {
        // The multiplication alone never brings high bits down.
        self.state = (self.state ^ word).wrapping_mul(Self::PRIME);
        self.state ^= self.state >> 32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_up_to_the_limit_is_kept() {
        let new = NewEntity { id: "A:1", label: "one", ..NewEntity::default() };
        let push = |limit| {
            let mut store = Store::default();
            store.push_within(EntityType::Other, &new, [(SynonymScope::Exact, "two")].into_iter(), limit)?;
            Ok::<_, CatalogError>(store)
        };
        assert!(push(9).is_ok());
        assert!(matches!(push(8), Err(CatalogError::TooLarge { limit: 8 })));
        let append = |limit| push(9)?.append_within(push(9)?, limit);
        assert!(append(18).is_ok());
        assert!(matches!(append(17), Err(CatalogError::TooLarge { limit: 17 })));
    }
}
