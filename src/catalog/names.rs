//! The index of names: from folded keys to the entities that bear them.

use super::bags::BagTable;
use super::file::{ByteReader, U32s};
use super::keys::Keys;
use super::records::NameRecord;
use super::store::EntityIndex;
use super::trie::{Step, Trie, hash_behind};
use crate::formats::terminology::NameKind;
use crate::model::SynonymScope;
use crate::text::{FoldedText, Gap, Spare, name_keys};

/// What a name is to its entity, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
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
    /// Every scope, in the order of their numbers.
    pub(super) const ALL: [Self; 5] = [Self::Label, Self::Exact, Self::Narrow, Self::Broad, Self::Related];

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

impl GroupIndex {
    /// Its number, in the order of the keys.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// One name of one entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameEntry<'a> {
    /// Whose name it is.
    pub entity: EntityIndex,
    /// What the name is to it.
    pub scope: NameScope,
    /// What kind of name it is.
    pub kind: NameKind,
    /// Whether it is looked for in texts; others only answer lookups.
    pub for_texts: bool,
    /// The number of the source that gives the name ([`super::Catalog::source`]).
    pub source: u8,
    /// The name as its source writes it.
    pub surface: &'a str,
}

impl<'a> From<NameRecord<'a>> for NameEntry<'a> {
    fn from(record: NameRecord<'a>) -> Self {
        let NameRecord { entity, scope, kind, for_texts, source, text } = record;
        Self { entity: EntityIndex(entity), scope, kind, for_texts, source, surface: text }
    }
}

/// The bit of a group that says that its names are listed, as there are several.
pub(super) const SEVERAL_NAMES: u32 = 1 << 31;

/// The names of a catalog.
#[derive(Debug, Clone, Copy)]
pub struct NameIndex<'a> {
    pub(super) keys: Keys<'a>,
    pub(super) trie: Trie<'a>,
    pub(super) groups: U32s<'a>,
    pub(super) group_names: U32s<'a>,
    pub(super) bags: BagTable<'a>,
    /// The section of names.
    pub(super) names: &'a [u8],
    /// How many entities there are; a damaged name may be another's.
    pub(super) entities: u32,
}

/// What has been read of names on the way through a text, token by token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameStep {
    /// Tells it from all others; [`NameIndex::step`] goes on from it.
    pub hash: u64,
    /// Whether longer names go on from here.
    pub continues: bool,
    key: Option<u32>,
}

impl NameStep {
    /// Whether a name may end here; [`NameIndex::group_at`] tells whether one does.
    pub const fn may_end(self) -> bool {
        self.key.is_some()
    }
}

impl<'a> NameIndex<'a> {
    /// The hash before anything is read.
    pub fn root(self) -> u64 {
        self.trie.root()
    }

    /// Reads a folded token behind what `hash` stands for; `None` when no name begins so.
    pub fn step(self, hash: u64, token: &str) -> Option<NameStep> {
        self.step_to(Self::hash_behind(hash, token.as_bytes()))
    }

    /// The hash of a folded token behind what `before` stands for.
    pub fn hash_behind(before: u64, token: &[u8]) -> u64 {
        hash_behind(before, token)
    }

    /// What that hash stands for; `None` when no name begins so.
    pub fn step_to(self, hash: u64) -> Option<NameStep> {
        let Step { hash, key, continues } = self.trie.find(hash)?;
        Some(NameStep { hash, continues, key })
    }

    /// Has what [`NameIndex::step_to`] reads of that hash come nearer.
    pub fn look_towards(self, hash: u64) {
        self.trie.look_towards(hash);
    }

    /// Calls `take` with the second token of each key that begins with the token `first`, in the order of the keys. Where more than
    /// `limit` keys do, tells none and returns false.
    pub fn each_second_token(self, first: &str, limit: usize, mut take: impl FnMut(&[u8])) -> bool {
        let mut before: Spare<Vec<u8>> = Spare::take();
        before.extend_from_slice(first.as_bytes());
        before.push(b' ');
        let places = self.keys.range_of_prefix(&before);
        if places.len() > limit {
            return false;
        }
        let mut scan = self.keys.scan(places.start);
        while scan.advance().is_some_and(|place| place < places.end) {
            let rest = scan.key().get(before.len()..).unwrap_or_default();
            take(rest.split(|byte| *byte == b' ').next().unwrap_or_default());
        }
        true
    }

    /// The names whose key is `text`, which a step has read.
    pub fn group_at(self, step: NameStep, text: &str) -> Option<GroupIndex> {
        step.key.filter(|place| self.keys.is(*place, text.as_bytes())).map(GroupIndex)
    }

    /// Calls `found` with the end of each name that begins at the token `first` without its first `skipped` bytes, the
    /// shortest first, and the names of its key. A name does not reach over a [`Gap::Break`]. Keys of digits alone, keys
    /// of one character, and names that very many entities share are not found so.
    pub fn each_match(
        self,
        text: &FoldedText,
        first: usize,
        skipped: usize,
        mut found: impl FnMut(usize, GroupIndex),
    ) {
        let mut hash = self.trie.root();
        for at in first..text.tokens().len() {
            let from = if at == first { skipped } else { 0 };
            let token = text.folded(at).as_bytes().get(from..).unwrap_or_default();
            if at > first && text.tokens()[at].gap == Gap::Break {
                return;
            }
            let Some(step) = self.trie.step(hash, token) else { return };
            let read = || text.key(first, at + 1).as_bytes().get(skipped..).unwrap_or_default();
            if let Some(place) = step.key.filter(|place| self.keys.is(*place, read())) {
                found(at + 1, GroupIndex(place));
            }
            if !step.continues {
                return;
            }
            hash = step.hash;
        }
    }

    /// The names of a group: by scope, then in the order of the catalog's entities.
    pub fn entries(self, group: GroupIndex) -> impl Iterator<Item = NameEntry<'a>> + use<'a> {
        let Self { groups, group_names, names, entities, .. } = self;
        let value =
            if (group.0 as usize) < groups.len() { groups.get(group.0 as usize) } else { SEVERAL_NAMES };
        let list = (value & !SEVERAL_NAMES) as usize;
        let count = match (value & SEVERAL_NAMES == 0, (group.0 as usize) < groups.len()) {
            (_, false) => 0,
            (true, _) => 1,
            (false, _) => group_names.get(list) as usize,
        };
        // A damaged count ends where the lists do.
        let most = if value & SEVERAL_NAMES == 0 { 1 } else { group_names.len().saturating_sub(list + 1) };
        let places = (0..count.min(most)).map(move |number| {
            if value & SEVERAL_NAMES == 0 { value } else { group_names.get(list + 1 + number) }
        });
        places
            .map(move |place| NameEntry::from(NameRecord::read(&mut ByteReader::new(names, place as usize))))
            .filter(move |entry| entry.entity.0 < entities)
    }

    /// The folded key of a group; empty for a group of another catalog.
    pub fn key(self, group: GroupIndex) -> String {
        self.keys.key(group.0)
    }

    /// The group whose key is that text, folded already.
    pub fn group_of_key(self, key: &str) -> Option<GroupIndex> {
        // The table of beginnings costs a cache line a token, the search among all keys one for each halving.
        self.group_for_texts(key).or_else(|| self.keys.find(key.as_bytes()).map(GroupIndex))
    }

    /// The same of keys that are looked for in texts only, which is cheaper.
    pub fn group_for_texts(self, key: &str) -> Option<GroupIndex> {
        let mut hash = self.trie.root();
        let mut last = None;
        for token in key.split(' ') {
            let step = self.trie.step(hash, token.as_bytes())?;
            (hash, last) = (step.hash, step.key);
        }
        last.filter(|place| self.keys.is(*place, key.as_bytes())).map(GroupIndex)
    }

    /// The groups that mean the same in other words: rearranged, inflected, paraphrased. `hash` is one of a
    /// [`crate::text::Bag`]. Groups whose strict hash it is come first, then those whose loose hash it is, both the best
    /// known first; groups of an entity that a group before has may be left out. Only keys of at most
    /// [`crate::text::BAG_TOKENS_LIMIT`] tokens that are looked for in texts are found so, and those of genes, cell lines
    /// and variants are not. About once in 2^32 times what is not there is taken for something else.
    pub fn with_bag(self, hash: u64) -> impl Iterator<Item = GroupIndex> + use<'a> {
        let count = self.keys.len();
        self.bags.keys(hash).filter(move |key| *key < count).map(GroupIndex)
    }

    /// The group of a name as a user writes it: of its folded form or else of the first of its other keys that is there
    /// (see [`crate::text::NameFolder::each_key`]). Numbers and single letters are found here, though a walk passes them
    /// over.
    pub fn exact(self, name: &str) -> Option<GroupIndex> {
        let mut folded = FoldedText::new();
        folded.fold(name);
        let own = Some(folded.text()).filter(|key| !key.is_empty()).and_then(|key| self.group_of_key(key));
        own.or_else(|| name_keys(name).iter().skip(1).find_map(|key| self.group_of_key(key)))
    }

    /// How many keys there are.
    pub const fn len(self) -> usize {
        self.keys.len() as usize
    }

    /// Whether there is no name.
    pub const fn is_empty(self) -> bool {
        self.keys.len() == 0
    }
}
