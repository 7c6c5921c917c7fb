//! The sections that are made of the sorted keys.

use super::Workspace;
use super::sorter::{KeyUse, Sorter};
use super::spool::Spool;
use crate::catalog::bags::{self, Bearer, is_paraphrased};
use crate::catalog::error::CatalogError;
use crate::catalog::file::Section;
use crate::catalog::keys::{KeyWriter, Keys};
use crate::catalog::names::{NameScope, SEVERAL_NAMES};
use crate::catalog::records::EntityRecord;
use crate::catalog::search::{peaks, priority};
use crate::catalog::{trie, words};
use crate::model::EntityType;

/// A key that more entities than this of one type and taxon share is not looked for in texts, as it tells too little.
pub(in crate::catalog) const SHARED_KEY_LIMIT: usize = 100;

/// Sections and their counts.
pub(super) struct Index {
    pub(super) sections: Vec<(Section, Spool)>,
    pub(super) key_count: u32,
    pub(super) keys_for_texts: u32,
    pub(super) word_count: u32,
}

/// What grows key by key.
#[derive(Default)]
struct Groups {
    keys: KeyWriter,
    groups: Vec<u8>,
    group_names: Vec<u8>,
    priorities: Vec<u8>,
    /// Whether each key is looked for in texts.
    for_texts: Vec<bool>,
    /// Whose each key is that is to be found in other words.
    bearers: Vec<Bearer>,
}

/// A key with its names.
#[derive(Default)]
struct Group {
    key: Vec<u8>,
    /// Scope, entity, place, whether it is for texts.
    names: Vec<(u8, u32, u32, bool)>,
}

pub(super) fn build(sorter: Sorter, entities: &[u8], workspace: &Workspace) -> Result<Index, CatalogError> {
    let mut groups = Groups::default();
    let mut group = Group::default();
    let taken = sorter.finish(|used: &KeyUse<'_>| {
        if group.key != used.key {
            groups.push(&group, entities)?;
            group.key.clear();
            group.key.extend_from_slice(used.key);
            group.names.clear();
        }
        group.names.push((used.scope, used.entity, used.name, used.for_texts));
        Ok::<(), Failure>(())
    });
    let ended = taken.and_then(|()| groups.push(&group, entities));
    ended.map_err(|failure| match failure {
        Failure::Write(source) => workspace.failed(source),
        Failure::Catalog(error) => error,
    })?;
    groups.finish()
}

/// What may go wrong while keys are taken.
enum Failure {
    Write(std::io::Error),
    Catalog(CatalogError),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<CatalogError> for Failure {
    fn from(error: CatalogError) -> Self {
        Self::Catalog(error)
    }
}

impl Groups {
    fn push(&mut self, group: &Group, entities: &[u8]) -> Result<(), Failure> {
        let Some((_, _, first, _)) = group.names.first() else { return Ok(()) };
        let full = || CatalogError::Full { what: "names" };
        self.keys.push(&group.key).ok_or_else(full)?;
        let value = if group.names.len() == 1 {
            *first
        } else {
            let list =
                u32::try_from(self.group_names.len() / 4).ok().filter(|list| list & SEVERAL_NAMES == 0);
            let list = list.ok_or_else(full)?;
            self.group_names.extend((group.names.len() as u32).to_le_bytes());
            self.group_names.extend(group.names.iter().flat_map(|(_, _, name, _)| name.to_le_bytes()));
            list | SEVERAL_NAMES
        };
        self.groups.extend(value.to_le_bytes());
        let records = || {
            group.names.iter().map(|(scope, entity, _, _)| {
                let scope = NameScope::ALL.get(usize::from(*scope)).copied().unwrap_or(NameScope::Related);
                (scope, EntityRecord::read(entities, *entity as usize))
            })
        };
        let live = records().filter(|(_, record)| !record.obsolete);
        let best = live.map(|(scope, record)| priority(scope, record.prominence)).max();
        self.priorities.push(best.unwrap_or(0));
        let for_texts = is_for_texts(group, entities);
        self.for_texts.push(for_texts);
        self.bearers.push(if for_texts { bearer(group, entities) } else { Bearer::None });
        Ok(())
    }

    fn finish(self) -> Result<Index, CatalogError> {
        let full = |what| CatalogError::Full { what };
        let keys = Keys::new(&self.keys.bytes, &self.keys.blocks, self.keys.len());
        let wanted = |key: u32| self.for_texts.get(key as usize).copied().unwrap_or(false);
        let bags = || bags::build(keys, &self.bearers, &self.priorities);
        let ((trie, bags), words) =
            rayon::join(|| rayon::join(|| trie::build(keys, wanted), bags), || words::build(keys));
        let (bags, bag_keys) = bags.ok_or_else(|| full("names in other words"))?;
        let trie = trie.ok_or_else(|| full("beginnings of names"))?;
        let (words, lists) = words.ok_or_else(|| full("words"))?;
        let (key_count, word_count) = (self.keys.len(), words.len());
        let peaks = peaks(&self.priorities);
        let sections = [
            (Section::Keys, self.keys.bytes),
            (Section::KeyBlocks, self.keys.blocks),
            (Section::KeyShares, self.keys.shares),
            (Section::Groups, self.groups),
            (Section::GroupNames, self.group_names),
            (Section::Trie, trie),
            (Section::Bags, bags),
            (Section::BagKeys, bag_keys),
            (Section::Priorities, self.priorities),
            (Section::PriorityPeaks, peaks),
            (Section::Words, words.bytes),
            (Section::WordBlocks, words.blocks),
            (Section::WordKeys, lists),
        ];
        let keys_for_texts = self.for_texts.iter().filter(|for_texts| **for_texts).count() as u32;
        let sections = sections.map(|(section, bytes)| (section, Spool::of(bytes))).into();
        Ok(Index { sections, key_count, keys_for_texts, word_count })
    }
}

/// Whose a key is that is looked for in texts, if its names are put in other words there.
fn bearer(group: &Group, entities: &[u8]) -> Bearer {
    let is_wanted = |(_, entity, _, for_texts): &(u8, u32, u32, bool)| {
        *for_texts && is_paraphrased(EntityRecord::read(entities, *entity as usize).entity_type)
    };
    let mut bearers = group.names.iter().map(|(_, entity, _, _)| *entity);
    match bearers.next() {
        Some(first) if group.names.iter().any(is_wanted) => {
            if bearers.all(|other| other == first) {
                Bearer::One(first)
            } else {
                Bearer::Several
            }
        }
        _ => Bearer::None,
    }
}

/// Whether a key says enough to be looked for in a text: more than one character, not digits alone, a name that is for
/// texts, and not shared by very many entities of one type and taxon.
fn is_for_texts(group: &Group, entities: &[u8]) -> bool {
    let key = std::str::from_utf8(&group.key).unwrap_or("");
    let says_little =
        key.chars().nth(1).is_none() || key.bytes().all(|byte| byte == b' ' || byte.is_ascii_digit());
    if says_little || !group.names.iter().any(|(_, _, _, for_texts)| *for_texts) {
        return false;
    }
    if group.names.len() <= SHARED_KEY_LIMIT {
        return true;
    }
    let mut sharing: Vec<(EntityType, u32, u32)> = (group.names.iter())
        .map(|(_, entity, _, _)| {
            let record = EntityRecord::read(entities, *entity as usize);
            let taxon = if record.entity_type == EntityType::Species { 0 } else { record.taxon };
            (record.entity_type, taxon, *entity)
        })
        .collect();
    sharing.sort_unstable();
    sharing.dedup();
    sharing
        .chunk_by(|one, other| (one.0, one.1) == (other.0, other.1))
        .all(|same| same.len() <= SHARED_KEY_LIMIT)
}
