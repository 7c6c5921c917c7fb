//! The catalog as the stages of the annotator ask it.

use super::mention::Subject;
use super::options::number_of_taxon;
use super::species::Taxon;
use crate::catalog::{Catalog, EntityIndex, GroupIndex, NameEntry, NameIndex, NameScope};
use crate::model::{Curie, EntityType, SynonymScope};
use crate::text::{FoldedText, SpareText};

/// The least share of words that a long form and a name must have in common to mean the same.
const RESEMBLANCE_MIN: f32 = 0.5;
/// The most names of an entity that are compared with a long form.
const COMPARED_NAMES_LIMIT: usize = 64;

/// The most names with an epithet in them that are looked at.
const BINOMIALS_LOOKED_AT: usize = 512;

/// A name of an entity.
pub(super) struct Bearer<'c> {
    /// The entity.
    pub entity: EntityIndex,
    /// Whether it is the preferred name.
    pub label: bool,
    /// How near it is when it is not.
    pub scope: SynonymScope,
    /// The name as the catalog writes it.
    pub name: &'c str,
}

impl<'c> From<NameEntry<'c>> for Bearer<'c> {
    fn from(entry: NameEntry<'c>) -> Self {
        Self {
            entity: entry.entity,
            label: entry.scope == NameScope::Label,
            scope: entry.scope.synonym_scope().unwrap_or(SynonymScope::Exact),
            name: entry.surface,
        }
    }
}

/// What the stages need to know of an entity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// Its type.
    pub entity_type: EntityType,
    /// The taxon of a gene or a cell line; of an organism, itself.
    pub taxon: Option<Taxon>,
    /// Whether it is named in the namespace that is wanted most for its type.
    pub preferred: bool,
    /// How known it is.
    pub prominence: u8,
}

/// A view of a catalog.
#[derive(Clone, Copy)]
pub(crate) struct Vocabulary<'c> {
    catalog: &'c Catalog,
    /// The types whose names are seen, as bits by their values.
    types: u16,
}

impl<'c> Vocabulary<'c> {
    /// A view of that catalog.
    pub(crate) const fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, types: u16::MAX }
    }

    /// A view that sees names of those types only, given as bits by their values.
    pub(super) const fn of_types(catalog: &'c Catalog, types: u16) -> Self {
        Self { catalog, types }
    }

    /// The same catalog by those types only, given as bits by their values.
    pub(super) const fn with_types(self, types: u16) -> Self {
        Self { types, ..self }
    }

    /// A number that tells a name as this view sees it from others.
    pub(super) fn seed_of(self, name: GroupIndex) -> u64 {
        u64::from(name.number()) << 16 | u64::from(self.types)
    }

    fn sees(self, entity: EntityIndex) -> bool {
        self.types == u16::MAX || self.types >> self.catalog.entity_type(entity) as u16 & 1 == 1
    }

    /// Calls `found` with the end of each name that begins at the token `first` without its first `skipped` bytes, the
    /// shortest first.
    pub(super) fn each_match(
        self,
        text: &FoldedText,
        first: usize,
        skipped: usize,
        found: impl FnMut(usize, GroupIndex),
    ) {
        self.catalog.names().each_match(text, first, skipped, found);
    }

    /// The names of the catalog, of every type.
    pub(super) fn names(self) -> NameIndex<'c> {
        self.catalog.names()
    }

    /// The names of a folded key.
    pub(super) fn group_of_key(self, key: &str) -> Option<GroupIndex> {
        self.catalog.names().group_for_texts(key)
    }

    /// Every entity that bears a name of the group that is looked for in texts, by scope and then in the catalog's order.
    pub(super) fn bearers(self, group: GroupIndex) -> impl Iterator<Item = Bearer<'c>> {
        self.catalog
            .names()
            .entries(group)
            .filter(move |entry| entry.for_texts && self.sees(entry.entity))
            .map(Bearer::from)
    }

    /// The names of a folded key, looked for in texts or not.
    pub(super) fn any_group_of_key(self, key: &str) -> Option<GroupIndex> {
        self.catalog.names().group_of_key(key)
    }

    /// The names that mean the same in other words, by the hash of a bag.
    pub(super) fn groups_with_bag(self, hash: u64) -> impl Iterator<Item = GroupIndex> + use<'c> {
        self.catalog.names().with_bag(hash)
    }

    /// The names of two words, of which the second is `epithet`, folded, and the first begins with `initial`, in lower
    /// case: what "E. coli" may stand for.
    pub(super) fn binomials(self, initial: char, epithet: &str) -> Vec<GroupIndex> {
        let names = self.catalog.names();
        let is_it = |key: &str| {
            let mut words = key.split(' ');
            words.next().is_some_and(|genus| genus.len() > 2 && genus.starts_with(initial))
                && words.next() == Some(epithet)
                && words.next().is_none()
        };
        let groups = self.catalog.groups_with_word(epithet, BINOMIALS_LOOKED_AT);
        groups.filter(|group| is_it(&names.key(*group))).collect()
    }

    /// Every entity that bears a name of the group, looked for in texts or not.
    pub(super) fn all_bearers(self, group: GroupIndex) -> impl Iterator<Item = Bearer<'c>> {
        self.catalog.names().entries(group).map(Bearer::from)
    }

    /// The names of an entity, the preferred one first.
    pub(super) fn names_of(self, entity: EntityIndex) -> impl Iterator<Item = &'c str> {
        self.catalog.names_of(entity).map(|(_, name)| name)
    }

    /// The entity of an identifier.
    pub(super) fn find(self, id: &Curie) -> Option<EntityIndex> {
        self.catalog.find(id)
    }

    /// Every entity that bears a name, looked for in texts or not.
    pub(super) fn bearers_of_name(self, name: &str) -> impl Iterator<Item = Bearer<'c>> {
        let names = self.catalog.names();
        let entries = names.exact(name).into_iter().flat_map(move |group| names.entries(group));
        entries.filter(move |entry| self.sees(entry.entity)).map(Bearer::from)
    }

    /// What the stages need to know of an entity.
    pub(super) fn facts(self, entity: EntityIndex) -> Facts {
        Facts {
            entity_type: self.catalog.entity_type(entity),
            taxon: self.catalog.taxon_number(entity),
            preferred: self.catalog.is_preferred(entity),
            prominence: self.catalog.prominence(entity),
        }
    }

    /// The preferred name of an entity.
    pub(crate) fn label(self, entity: EntityIndex) -> &'c str {
        self.catalog.label(entity)
    }

    /// The preferred name of what a reading speaks of; empty for what is not of the catalog.
    pub(super) fn label_of(self, subject: &Subject) -> &'c str {
        match subject {
            Subject::Entity(entity) => self.label(*entity),
            Subject::Variant(_) | Subject::ExtraTerm(_) | Subject::Unlinked => "",
        }
    }

    /// The identifier to answer, in the first of `namespaces` that the entity has one in.
    pub(crate) fn answer_id(self, entity: EntityIndex, namespaces: &[String]) -> String {
        self.catalog.answer_id(entity, namespaces)
    }

    /// The name of a taxon that the catalog knows.
    pub(super) fn taxon_label(self, taxon: Taxon) -> Option<String> {
        let id = Curie::new("NCBITaxon", &taxon.to_string())?;
        debug_assert_eq!(number_of_taxon(&id), Some(taxon));
        self.catalog.find(&id).map(|entity| self.catalog.label(entity).to_owned())
    }

    /// The taxa that a taxon lies in, as far as the catalog knows them.
    pub(super) fn ancestors_of_taxon(self, taxon: Taxon) -> Vec<Taxon> {
        let id = Curie::new("NCBITaxon", &taxon.to_string());
        let entity = id.and_then(|id| self.catalog.find(&id));
        let above = entity.map(|entity| self.catalog.ancestors(entity)).unwrap_or_default();
        above.into_iter().filter_map(|entity| self.facts(entity).taxon).collect()
    }

    /// What an entity lies in directly.
    pub(super) fn parents(self, entity: EntityIndex) -> Vec<EntityIndex> {
        self.catalog.parents(entity)
    }

    /// Whether an entity has a name that shares most of its words with a folded text.
    pub(super) fn resembles(self, entity: EntityIndex, text: &FoldedText) -> bool {
        let mut folded = SpareText::take();
        let words = text.tokens().len();
        let has = |word: &str| (0..words).any(|at| text.folded(at) == word);
        // a name of one word shares one at most
        let has_words = |name: &str| !name.bytes().all(|byte| byte.is_ascii_alphabetic());
        self.catalog.names_of(entity).take(COMPARED_NAMES_LIMIT).any(|(_, name)| {
            if !has_words(name) {
                return false;
            }
            folded.fold(name);
            let count = folded.tokens().len();
            let shared = (0..count).filter(|&at| has(folded.folded(at))).count();
            let most = u16::try_from(count.max(words)).unwrap_or(u16::MAX);
            let shared = u16::try_from(shared).unwrap_or(u16::MAX);
            shared > 1 && f32::from(shared) >= RESEMBLANCE_MIN * f32::from(most)
        })
    }
}
