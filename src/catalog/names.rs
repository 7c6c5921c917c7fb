//! The index of names: from folded keys to the entities that bear them.
//!
//! Keys are sorted, so that those that begin with the same tokens stand together. A [`NameCursor`] holds the range of
//! keys that continue what was read; the first token's range comes from a hash table, so that a word which begins no
//! name costs one lookup, and each later token narrows the range by binary search.

use std::ops::Range;

use rayon::prelude::*;

use super::store::{EntityIndex, NameRecord, Store};
use super::table::TextTable;
use crate::model::SynonymScope;
use crate::text::{NameFolder, name_keys};

/// The most bytes of a key; names that fold to more are found by their entity's identifier only.
pub(super) const KEY_BYTES_LIMIT: usize = 512;

/// How many names one thread folds at a time.
const NAMES_A_CHUNK: usize = 2_048;

/// What a name is to its entity, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameScope {
    /// The preferred name.
    Label,
    /// A name of the same thing.
    Exact,
    /// A name of something narrower.
    Narrow,
    /// A name of something broader.
    Broad,
    /// A name used for it without meaning quite the same.
    Related,
}

impl NameScope {
    /// The scope as a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Exact => "exact",
            Self::Narrow => "narrow",
            Self::Broad => "broad",
            Self::Related => "related",
        }
    }

    /// The synonym's scope; `None` for a label.
    pub const fn synonym_scope(self) -> Option<SynonymScope> {
        match self {
            Self::Label => None,
            Self::Exact => Some(SynonymScope::Exact),
            Self::Narrow => Some(SynonymScope::Narrow),
            Self::Broad => Some(SynonymScope::Broad),
            Self::Related => Some(SynonymScope::Related),
        }
    }
}

impl From<SynonymScope> for NameScope {
    fn from(scope: SynonymScope) -> Self {
        match scope {
            SynonymScope::Exact => Self::Exact,
            SynonymScope::Narrow => Self::Narrow,
            SynonymScope::Broad => Self::Broad,
            SynonymScope::Related => Self::Related,
        }
    }
}

/// A handle to the names that fold to one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupIndex(pub(super) u32);

/// One name of one entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameEntry<'a> {
    /// Whose name it is.
    pub entity: EntityIndex,
    /// What the name is to it.
    pub scope: NameScope,
    /// The name as its source writes it.
    pub surface: &'a str,
}

/// The sorted keys and, for each, the names.
#[derive(Debug, Default)]
pub(super) struct KeyIndex {
    /// All keys in order, one after the other.
    keys: String,
    /// Where each key begins, and after them where the last one ends.
    key_starts: Vec<u32>,
    /// Where the names of each key begin in `names`, and after them where the last ones end.
    name_starts: Vec<u32>,
    /// Places in the store's names: by scope, then by entity.
    names: Vec<u32>,
    /// The keys that begin with a first token, each range up to the next one's beginning.
    first_starts: Vec<u32>,
    first_tokens: TextTable,
}

/// The names of a catalog.
#[derive(Debug, Clone, Copy)]
pub struct NameIndex<'a> {
    pub(super) index: &'a KeyIndex,
    pub(super) store: &'a Store,
}

impl<'a> NameIndex<'a> {
    /// A cursor that has read nothing.
    pub fn cursor(self) -> NameCursor<'a> {
        NameCursor { index: self.index, first: 0, end: 0, depth: None }
    }

    /// The names of a group: by scope, then in the order of the catalog's entities.
    pub fn entries(self, group: GroupIndex) -> impl ExactSizeIterator<Item = NameEntry<'a>> + use<'a> {
        let Self { index, store } = self;
        let place = group.0 as usize;
        let range = match index.name_starts.get(place..place + 2) {
            Some(ends) => ends[0] as usize..ends[1] as usize,
            None => 0..0,
        };
        index.names[range].iter().map(move |name| {
            let name = &store.names()[*name as usize];
            NameEntry { entity: name.entity, scope: name.scope, surface: store.name_text(name) }
        })
    }

    /// The folded key of a group; empty for a group of another catalog.
    pub fn key(self, group: GroupIndex) -> &'a str {
        if group.0 as usize >= self.index.len() { "" } else { self.index.key(group.0) }
    }

    /// The group whose key is that text, folded already.
    pub fn group_of_key(self, key: &str) -> Option<GroupIndex> {
        let place = self.index.lower_bound(key);
        let found = (place as usize) < self.index.len() && self.index.key(place) == key;
        found.then_some(GroupIndex(place))
    }

    /// The group of a name as a user writes it: of its folded form or else of the first of its other keys that is there
    /// (see [`NameFolder::each_key`]). Numbers and single letters are found here, though a cursor's walk passes them
    /// over.
    pub fn exact(self, name: &str) -> Option<GroupIndex> {
        name_keys(name).iter().find_map(|key| self.group_of_key(key))
    }

    /// How many keys there are.
    pub fn len(self) -> usize {
        self.index.len()
    }

    /// Whether there is no name.
    pub fn is_empty(self) -> bool {
        self.index.len() == 0
    }
}

/// A walk over the keys, token by token. Copies go their own ways.
#[derive(Debug, Clone, Copy)]
pub struct NameCursor<'a> {
    index: &'a KeyIndex,
    first: u32,
    end: u32,
    /// The bytes read; `None` before the first token.
    depth: Option<u32>,
}

impl NameCursor<'_> {
    /// Reads a folded token. Whether any name begins with what was read so far; once it is `false`, it stays so.
    pub fn push_token(&mut self, token: &str) -> bool {
        let range = match self.depth {
            None => self.index.first_token(token),
            Some(depth) => self.index.narrow(self.first..self.end, depth as usize, token),
        };
        let read = self.depth.map_or(0, |depth| depth + 1);
        self.depth = Some(read + u32::try_from(token.len()).unwrap_or(u32::MAX >> 1));
        (self.first, self.end) = (range.start, range.end);
        self.first < self.end
    }

    /// The names that end here. Keys of digits alone and of one character are no names in a text: `None`.
    pub fn group(&self) -> Option<GroupIndex> {
        if self.first >= self.end {
            return None;
        }
        let key = self.index.key(self.first);
        (key.len() == self.depth? as usize && is_name_in_text(key)).then_some(GroupIndex(self.first))
    }

    /// Whether a longer name goes on from here.
    pub fn continues(&self) -> bool {
        let whole =
            self.first < self.end && Some(self.index.key(self.first).len()) == self.depth.map(|d| d as usize);
        self.end - self.first > u32::from(whole)
    }
}

/// Whether a key says enough to be looked for in a text.
fn is_name_in_text(key: &str) -> bool {
    key.chars().nth(1).is_some() && !key.bytes().all(|byte| byte == b' ' || byte.is_ascii_digit())
}

impl KeyIndex {
    /// Folds and sorts all names of a store.
    pub(super) fn build(store: &Store) -> Self {
        let chunks: Vec<Chunk> = store
            .names()
            .par_chunks(NAMES_A_CHUNK)
            .enumerate()
            .map(|(number, names)| Chunk::fold(store, names, number * NAMES_A_CHUNK))
            .collect();
        let mut keys = Vec::with_capacity(chunks.iter().map(|chunk| chunk.keys.len()).sum());
        keys.extend(chunks.iter().flat_map(Chunk::sort_keys));
        keys.par_sort_unstable_by(|one, other| {
            one.head.cmp(&other.head).then_with(|| one.key.cmp(other.key)).then_with(|| {
                let order = |name: u32| {
                    let record = &store.names()[name as usize];
                    (record.scope, record.entity, name)
                };
                order(one.name).cmp(&order(other.name))
            })
        });
        let mut index = Self::from_sorted(&keys);
        index.index_first_tokens();
        index
    }

    fn from_sorted(sorted: &[SortKey<'_>]) -> Self {
        let to_u32 = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let bytes = sorted.iter().map(|sorted| sorted.key.len()).sum();
        let mut index = Self {
            keys: String::with_capacity(bytes),
            key_starts: Vec::with_capacity(sorted.len() + 1),
            name_starts: Vec::with_capacity(sorted.len() + 1),
            names: Vec::with_capacity(sorted.len()),
            ..Self::default()
        };
        let mut last = None;
        for SortKey { key, name, .. } in sorted {
            if last != Some(*key) {
                last = Some(*key);
                index.key_starts.push(to_u32(index.keys.len()));
                index.name_starts.push(to_u32(index.names.len()));
                index.keys.push_str(key);
            }
            index.names.push(*name);
        }
        index.key_starts.push(to_u32(index.keys.len()));
        index.name_starts.push(to_u32(index.names.len()));
        index
    }

    fn index_first_tokens(&mut self) {
        let mut starts: Vec<u32> = Vec::new();
        let mut last = None;
        for place in 0..u32::try_from(self.len()).unwrap_or(u32::MAX) {
            let token = self.first_token_of(place);
            if last != Some(token) {
                last = Some(token);
                starts.push(place);
            }
        }
        let mut table = TextTable::with_capacity(starts.len());
        for (number, start) in (0..).zip(&starts) {
            let token = self.first_token_of(*start);
            table.insert(token, number, |other| self.first_token_of(starts[other as usize]) == token);
        }
        starts.push(u32::try_from(self.len()).unwrap_or(u32::MAX));
        self.first_starts = starts;
        self.first_tokens = table;
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.key_starts.len().saturating_sub(1)
    }

    pub(super) fn key(&self, place: u32) -> &str {
        let place = place as usize;
        &self.keys[self.key_starts[place] as usize..self.key_starts[place + 1] as usize]
    }

    fn first_token_of(&self, place: u32) -> &str {
        let key = self.key(place);
        key.split_once(' ').map_or(key, |(token, _)| token)
    }

    /// The first key that is not less than `key`.
    pub(super) fn lower_bound(&self, key: &str) -> u32 {
        let all = 0..u32::try_from(self.len()).unwrap_or(u32::MAX);
        partition_point(all, |place| self.key(place) < key)
    }

    fn first_token(&self, token: &str) -> Range<u32> {
        let starts = |number: u32| self.first_starts[number as usize];
        let found = self.first_tokens.get(token, |number| self.first_token_of(starts(number)) == token);
        found.map_or(0..0, |number| starts(number)..starts(number + 1))
    }

    /// Of the keys of `range`, which share their first `depth` bytes, those that go on with a space and `token`.
    fn narrow(&self, range: Range<u32>, depth: usize, token: &str) -> Range<u32> {
        // The key that ends at `depth` is less than those that go on.
        let rest = |place: u32| self.key(place).get(depth + 1..).unwrap_or("");
        let start = partition_point(range.clone(), |place| rest(place) < token);
        let continues = |place: u32| {
            rest(place).strip_prefix(token).is_some_and(|after| after.is_empty() || after.starts_with(' '))
        };
        let end = partition_point(start..range.end, continues);
        start..end
    }
}

/// The first place of `range` where `before` is false; it is true for all before it and false for all after.
fn partition_point(range: Range<u32>, before: impl Fn(u32) -> bool) -> u32 {
    let (mut start, mut end) = (range.start, range.end);
    while start < end {
        let middle = start + (end - start) / 2;
        if before(middle) {
            start = middle + 1;
        } else {
            end = middle;
        }
    }
    start
}

/// The keys of some names.
struct Chunk {
    text: String,
    /// The end of each key in `text`, and its name.
    keys: Vec<(usize, u32)>,
}

/// A key with its first eight bytes as a number, which most comparisons need only.
struct SortKey<'a> {
    head: u64,
    key: &'a str,
    name: u32,
}

impl Chunk {
    fn fold(store: &Store, names: &[NameRecord], first: usize) -> Self {
        let bytes = names.iter().map(|name| store.name_text(name).len()).sum::<usize>();
        // A little more than the names themselves, as some have several keys.
        let (text, keys) =
            (String::with_capacity(bytes + bytes / 4), Vec::with_capacity(names.len() + names.len() / 4));
        let mut chunk = Self { text, keys };
        let mut folder = NameFolder::new();
        for (offset, name) in names.iter().enumerate() {
            let number = u32::try_from(first + offset).unwrap_or(u32::MAX);
            folder.each_key(store.name_text(name), |key| {
                if key.len() <= KEY_BYTES_LIMIT {
                    chunk.text.push_str(key);
                    chunk.keys.push((chunk.text.len(), number));
                }
            });
        }
        chunk
    }

    fn sort_keys(&self) -> impl Iterator<Item = SortKey<'_>> {
        let mut start = 0;
        self.keys.iter().map(move |(end, name)| {
            let key = &self.text[start..*end];
            start = *end;
            let mut head = [0; 8];
            let length = key.len().min(8);
            head[..length].copy_from_slice(&key.as_bytes()[..length]);
            SortKey { head: u64::from_be_bytes(head), key, name: *name }
        })
    }
}
