//! Writing a catalog: entities go in one after the other, the sections come out.
//!
//! Texts and details are put aside in temporary files when they grow, and the folded names are sorted outside of memory,
//! so that a catalog may be larger than memory.

mod image;
mod index;
mod sorter;
mod spool;

use std::path::PathBuf;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::about::{About, Origin};
use super::error::CatalogError;
use super::file::{Section, put_text, put_varint};
use super::hierarchy;
use super::identifiers::{self, IdentifierEntry, identifier_hash};
use super::keys::KEY_BYTES_LIMIT;
use super::names::NameScope;
use super::provenance::PrefixCounts;
use super::records::{ENTITY_NAMES_LIMIT, EntityRecord, IdentifierRole, NameRecord, put_identifier};
use crate::formats::terminology::NameKind;
use crate::model::EntityType;
use crate::text::NameFolder;
pub(super) use image::{Image, sealed_bytes};
use sorter::{KeyUse, Sorter};
use spool::Spool;

/// How many names are folded at a time, by all threads together.
const NAMES_A_BATCH: usize = 16_384;
/// How many names one thread folds at a time.
const NAMES_A_CHUNK: usize = 1_024;

/// A name of an entity, the label's scope being [`NameScope::Label`].
#[derive(Debug, Clone, Copy)]
pub(super) struct NewName<'a> {
    pub(super) text: &'a str,
    pub(super) scope: NameScope,
    pub(super) kind: NameKind,
    pub(super) source: u8,
}

/// What an entity is made of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NewEntity<'a> {
    /// A CURIE.
    pub(super) id: &'a str,
    /// A CURIE, or empty.
    pub(super) taxon_id: &'a str,
    pub(super) description: &'a str,
    /// CURIEs.
    pub(super) equivalents: &'a [&'a str],
    pub(super) retired: &'a [&'a str],
    pub(super) references: &'a [&'a str],
    pub(super) replaced_by: &'a [&'a str],
    pub(super) parents: &'a [&'a str],
    pub(super) obsolete: bool,
    /// Whether it is named in the namespace that is wanted most for its type.
    pub(super) preferred: bool,
    pub(super) source: u8,
}

/// Where intermediate data goes.
#[derive(Debug, Clone)]
pub(super) struct Workspace {
    /// About how many bytes of folded names are held in memory.
    pub(super) sort_memory_bytes: usize,
    /// How many bytes of a section are held in memory before it goes to a file.
    pub(super) section_memory_bytes: usize,
    /// The folder of temporary files.
    pub(super) folder: PathBuf,
}

impl Workspace {
    /// For catalogs that fit memory.
    pub(super) fn in_memory() -> Self {
        Self { sort_memory_bytes: 1 << 31, section_memory_bytes: usize::MAX, folder: std::env::temp_dir() }
    }
}

/// A name that is still to be folded.
struct Unfolded {
    /// Where its text is in the batch's.
    text: std::ops::Range<usize>,
    entity: u32,
    scope: NameScope,
    /// Where its record is.
    name: u32,
    for_texts: bool,
}

/// Takes entities in the order of the catalog.
pub(super) struct CatalogWriter {
    workspace: Workspace,
    entities: Vec<u8>,
    names: Spool,
    details: Spool,
    name_count: u32,
    prefixes: Vec<String>,
    prefix_numbers: FxHashMap<String, u32>,
    prefix_counts: PrefixCounts,
    own_ids: FxHashSet<u64>,
    identifiers: Vec<IdentifierEntry>,
    /// An entity and the hash of its parent's identifier.
    parents: Vec<(u32, u64)>,
    batch: String,
    unfolded: Vec<Unfolded>,
    sorter: Sorter,
    scratch: Vec<u8>,
}

impl CatalogWriter {
    pub(super) fn new(workspace: Workspace) -> Self {
        Self {
            entities: Vec::new(),
            names: Spool::new(&workspace),
            details: Spool::new(&workspace),
            name_count: 0,
            prefixes: Vec::new(),
            prefix_numbers: FxHashMap::default(),
            prefix_counts: PrefixCounts::default(),
            own_ids: FxHashSet::default(),
            identifiers: Vec::new(),
            parents: Vec::new(),
            batch: String::new(),
            unfolded: Vec::new(),
            sorter: Sorter::new(workspace.sort_memory_bytes, workspace.folder.clone()),
            scratch: Vec::new(),
            workspace,
        }
    }

    /// Adds an entity with its names, the label first. A name that it has already, letter by letter, is left out.
    pub(super) fn push<'n>(
        &mut self,
        entity_type: EntityType,
        new: &NewEntity<'_>,
        names: impl Iterator<Item = NewName<'n>>,
    ) -> Result<(), CatalogError> {
        let place = u32::try_from(self.entities.len() / EntityRecord::BYTES)
            .ok()
            .filter(|place| *place < identifiers::ENTITIES_LIMIT)
            .ok_or(CatalogError::Full { what: "entities" })?;
        if !self.own_ids.insert(xxhash_rust::xxh3::xxh3_64(new.id.as_bytes())) {
            return Err(CatalogError::DuplicateId { id: new.id.to_owned() });
        }
        let names_at = self.names.position("names")?;
        let details_at = self.details.position("details")?;
        let name_count = self.push_names(place, new, names)?;
        let other_ids = self.push_details(place, new, u64::from(name_count))?;
        let known = 1 + u32::from(name_count) + 3 * other_ids;
        let taxon = if entity_type == EntityType::Species { new.id } else { new.taxon_id };
        EntityRecord {
            names: names_at,
            details: details_at,
            taxon: taxon_number(taxon),
            name_count,
            source: new.source,
            entity_type,
            obsolete: new.obsolete,
            preferred: new.preferred,
            prominence: prominence(known),
        }
        .write(&mut self.entities);
        if self.unfolded.len() >= NAMES_A_BATCH {
            self.fold_batch()?;
        }
        Ok(())
    }

    fn push_names<'n>(
        &mut self,
        entity: u32,
        new: &NewEntity<'_>,
        names: impl Iterator<Item = NewName<'n>>,
    ) -> Result<u16, CatalogError> {
        let first = self.unfolded.len();
        for NewName { text, scope, kind, source } in names {
            if self.unfolded[first..].iter().any(|known| &self.batch[known.text.clone()] == text) {
                continue;
            }
            let name = self.names.position("names")?;
            let for_texts = kind.is_for_texts() && !new.obsolete;
            self.scratch.clear();
            NameRecord { entity, scope, kind, for_texts, source, text }.write(&mut self.scratch);
            self.write(Section::Names)?;
            let start = self.batch.len();
            self.batch.push_str(text);
            self.unfolded.push(Unfolded { text: start..self.batch.len(), entity, scope, name, for_texts });
        }
        let count = self.unfolded.len() - first;
        // The label is no more than a name.
        let limit = ENTITY_NAMES_LIMIT;
        let fits = u16::try_from(count).ok().filter(|_| count <= limit);
        let count = fits.ok_or_else(|| CatalogError::TooManyNames { id: new.id.to_owned(), limit })?;
        self.name_count += u32::from(count);
        Ok(count)
    }

    /// Writes the details; how many other identifiers there are that mean the entity.
    fn push_details(&mut self, entity: u32, new: &NewEntity<'_>, names: u64) -> Result<u32, CatalogError> {
        let mut details = std::mem::take(&mut self.scratch);
        details.clear();
        let own = self.put_id(&mut details, entity, new.id, IdentifierRole::Own);
        let mut prefixes = Vec::new();
        for role in IdentifierRole::LISTS {
            let ids = match role {
                IdentifierRole::Equivalent => new.equivalents,
                IdentifierRole::Retired => new.retired,
                IdentifierRole::Reference => new.references,
                _ => new.replaced_by,
            };
            put_varint(&mut details, u32::try_from(ids.len()).unwrap_or(u32::MAX));
            for id in ids {
                let prefix = self.put_id(&mut details, entity, id, role);
                if matches!(role, IdentifierRole::Equivalent | IdentifierRole::Reference) {
                    prefixes.push(prefix);
                }
            }
        }
        put_text(&mut details, if taxon_number(new.taxon_id) == 0 { new.taxon_id } else { "" });
        put_text(&mut details, new.description);
        self.parents.extend(new.parents.iter().map(|parent| (entity, identifier_hash(parent))));
        self.prefix_counts.count(own, prefixes.into_iter(), names);
        self.scratch = details;
        self.write(Section::Details)?;
        Ok(u32::try_from(new.equivalents.len() + new.references.len()).unwrap_or(u32::MAX / 8))
    }

    /// Writes an identifier, remembers it for the index, and gives its prefix's number.
    fn put_id(&mut self, output: &mut Vec<u8>, entity: u32, id: &str, role: IdentifierRole) -> u32 {
        let (prefix, local) = id.split_once(':').unwrap_or(("", id));
        let number = match self.prefix_numbers.get(prefix) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.prefixes.len()).unwrap_or(u32::MAX);
                self.prefixes.push(prefix.to_owned());
                self.prefix_numbers.insert(prefix.to_owned(), number);
                number
            }
        };
        put_identifier(output, number, local);
        // What replaces an entity is another entity's own.
        if role != IdentifierRole::Replacement {
            self.identifiers.push(IdentifierEntry { hash: identifier_hash(id), role, entity });
        }
        number
    }

    /// Writes what is in the scratch memory.
    fn write(&mut self, section: Section) -> Result<(), CatalogError> {
        let spool = if section == Section::Names { &mut self.names } else { &mut self.details };
        spool.write(&self.scratch)
    }

    fn fold_batch(&mut self) -> Result<(), CatalogError> {
        let batch = &self.batch;
        let chunks: Vec<(String, Vec<(usize, usize)>)> = self
            .unfolded
            .par_chunks(NAMES_A_CHUNK)
            .map(|names| {
                let mut folder = NameFolder::new();
                let (mut text, mut keys) = (String::new(), Vec::with_capacity(names.len() + names.len() / 4));
                for (number, name) in names.iter().enumerate() {
                    folder.each_key(&batch[name.text.clone()], |key| {
                        if key.len() <= KEY_BYTES_LIMIT {
                            text.push_str(key);
                            keys.push((text.len(), number));
                        }
                    });
                }
                (text, keys)
            })
            .collect();
        for ((text, keys), names) in chunks.iter().zip(self.unfolded.chunks(NAMES_A_CHUNK)) {
            let mut start = 0;
            for (end, number) in keys {
                let Unfolded { entity, scope, name, for_texts, .. } = names[*number];
                let key = &text.as_bytes()[start..*end];
                let used = KeyUse { key, scope: scope as u8, entity, name, for_texts };
                self.sorter.push(&used).map_err(|source| self.workspace.failed(source))?;
                start = *end;
            }
        }
        self.batch.clear();
        self.unfolded.clear();
        Ok(())
    }

    /// Puts the catalog together. `sources` are those that names and entities have the numbers of, `stated` the
    /// terminologies of prefixes that a recipe tells of.
    pub(super) fn finish(
        mut self,
        name: &str,
        embedded: bool,
        sources: Vec<Origin>,
        stated: &[(String, Origin)],
    ) -> Result<Image, CatalogError> {
        self.fold_batch()?;
        let entity_count = (self.entities.len() / EntityRecord::BYTES) as u32;
        self.identifiers.sort_unstable();
        let owner = |hash: u64| {
            let at = self.identifiers.partition_point(|entry| entry.hash < hash);
            self.identifiers.get(at).filter(|entry| entry.hash == hash).map(|entry| entry.entity)
        };
        let up = self.parents.iter().filter_map(|(child, parent)| Some((*child, owner(*parent)?)));
        let mut up: Vec<(u32, u32)> = up.filter(|(child, parent)| child != parent).collect();
        let mut down: Vec<(u32, u32)> = up.iter().map(|(child, parent)| (*parent, *child)).collect();
        let sorter = std::mem::replace(&mut self.sorter, Sorter::new(0, PathBuf::new()));
        let index = index::build(sorter, &self.entities, &self.workspace)?;
        let about = About {
            name: name.to_owned(),
            embedded,
            counts: super::about::Counts {
                entities: entity_count,
                names: self.name_count,
                keys: index.key_count,
                keys_for_texts: index.keys_for_texts,
                words: index.word_count,
                identifiers: u32::try_from(self.identifiers.len()).unwrap_or(u32::MAX),
            },
            terminologies: self.prefix_counts.listed(&self.prefixes, stated, embedded),
            prefixes: self.prefixes,
            sources,
        };
        let about = serde_json::to_vec(&about).map_err(|error| self.workspace.failed(error.into()))?;
        let mut sections: Vec<(Section, Spool)> = vec![
            (Section::About, Spool::of(about)),
            (Section::Entities, Spool::of(self.entities)),
            (Section::Names, self.names),
            (Section::Details, self.details),
            (Section::Identifiers, Spool::of(identifiers::build(&self.identifiers, entity_count))),
            (Section::Parents, Spool::of(hierarchy::build(&mut up))),
            (Section::Children, Spool::of(hierarchy::build(&mut down))),
        ];
        sections.extend(index.sections);
        Image::new(sections)
    }
}

impl Workspace {
    fn failed(&self, source: std::io::Error) -> CatalogError {
        CatalogError::Write { path: self.folder.display().to_string(), source }
    }
}

/// The number of a taxon of the NCBI taxonomy; 0 for anything else.
fn taxon_number(taxon_id: &str) -> u32 {
    let number = taxon_id.strip_prefix("NCBITaxon:").filter(|number| !number.starts_with(['0', '+']));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// How known an entity is: sixteen times the logarithm to the base of two of how much there is to say of it.
fn prominence(known: u32) -> u8 {
    let exponent = known.max(1).ilog2();
    let fraction = (u64::from(known.max(1)) << 4 >> exponent) & 15;
    u8::try_from(u64::from(exponent) * 16 + fraction).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prominence_grows_with_what_there_is_to_say() {
        assert_eq!([0, 1, 2, 3, 4, 1_000, u32::MAX].map(prominence), [0, 0, 16, 24, 32, 159, 255]);
        assert!((1..5_000).all(|known| prominence(known) <= prominence(known + 1)));
    }

    #[test]
    fn taxa_are_numbers_of_the_taxonomy() {
        for (id, number) in [("NCBITaxon:9606", 9606), ("NCBITaxon:0096", 0), ("MESH:D1", 0), ("", 0)] {
            assert_eq!(taxon_number(id), number, "{id}");
        }
    }
}
