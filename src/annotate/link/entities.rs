//! What linking asks of an entity again and again, kept from document to document.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_64;

use super::super::models::Models;
use super::super::recognise::words::hash;
use super::super::species::Taxon;
use super::super::vocabulary::Vocabulary;
use super::aliases::HeldOut;
use super::defined::telling_words;
use super::kept::{KeptNames, NAMES_KEPT_LIMIT, Named, Table};
use super::weights::KnownWeights;
use crate::catalog::EntityIndex;
use crate::text::Spare;

/// The most entities that are kept; then they are forgotten, which changes no answer.
const ENTITIES_LIMIT: usize = 1 << 16;
/// The most names of an entity that are held against a long form.
const TOLD_NAMES_LIMIT: usize = 24;

/// An entity.
#[derive(Debug)]
pub(crate) struct Known {
    /// Its identifier.
    id: SmolStr,
    /// Of the prefix of its identifier.
    pub namespace: u64,
    /// How often the gold data speaks of it.
    total: u32,
    /// Of the words of its names that tell what it is about ([`telling_words`]), where they were asked for.
    telling: Option<Box<[u64]>>,
}

impl Known {
    /// How often the gold data speaks of it, less what is held out.
    pub(super) fn total(&self, models: &Models, held_out: Option<&HeldOut>) -> u32 {
        if held_out.is_none() { self.total } else { models.aliases.total(&self.id, held_out) }
    }
}

/// The form of a variant.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// The identifier or form that its pattern gives.
    pub id: SmolStr,
    /// Whether it means nothing else.
    pub certain: bool,
}

/// The entities that were asked for before.
#[derive(Debug, Default)]
pub(crate) struct Entities {
    known: FxHashMap<EntityIndex, Known>,
    /// What entities are called.
    named: Table<Named>,
    /// What names are by themselves and their candidates.
    pub(super) names: KeptNames,
    /// What each folded name that nothing else fits is a slip of the pen away from.
    slips: FxHashMap<u64, Option<Box<str>>>,
    /// The weights of the ranker that are known.
    weights: Option<Box<KnownWeights>>,
    /// What the form of each text that was recognised as a variant is.
    forms: FxHashMap<u64, Option<Form>>,
    /// Whether each taxon is of a group whose genes are called alike.
    of_like_symbols: FxHashMap<Taxon, bool>,
}

impl Entities {
    /// Forgets all, for another catalog or other models.
    pub(crate) fn clear(&mut self) {
        self.known.clear();
        self.named = Table::default();
        self.names = KeptNames::default();
        self.slips.clear();
        self.weights = None;
        self.forms.clear();
        self.of_like_symbols.clear();
    }

    /// The weights that are known, to be given back.
    pub(super) fn take_weights(&mut self) -> Box<KnownWeights> {
        self.weights.take().unwrap_or_default()
    }

    /// Keeps the weights that are known.
    pub(super) fn keep_weights(&mut self, weights: Box<KnownWeights>) {
        self.weights = Some(weights);
    }

    /// The form of a text that was recognised as a variant, as `find` told it the first time.
    pub(crate) fn form_of(&mut self, written: &str, find: impl FnOnce() -> Option<Form>) -> Option<&Form> {
        let text = xxh3_64(written.as_bytes());
        if self.forms.len() >= NAMES_KEPT_LIMIT && !self.forms.contains_key(&text) {
            self.forms.clear();
        }
        self.forms.entry(text).or_insert_with(find).as_ref()
    }

    /// What a name, told by its hash and type, is a slip of the pen away from, as `find` told it the first time.
    pub(super) fn slip_of(&mut self, name: u64, find: impl FnOnce() -> Option<Box<str>>) -> Option<&str> {
        if self.slips.len() >= NAMES_KEPT_LIMIT && !self.slips.contains_key(&name) {
            self.slips.clear();
        }
        self.slips.entry(name).or_insert_with(find).as_deref()
    }

    /// The identifier to answer for an entity where the request asks for no namespace, and its preferred name.
    pub(crate) fn named(&mut self, vocabulary: Vocabulary<'_>, entity: EntityIndex) -> (SmolStr, SmolStr) {
        let key = entity.position() as u64;
        if let Some(Named { id, label, .. }) = self.named.get(key) {
            return (id.clone(), label.clone());
        }
        self.name(vocabulary, entity)
    }

    #[cold]
    fn name(&mut self, vocabulary: Vocabulary<'_>, entity: EntityIndex) -> (SmolStr, SmolStr) {
        if self.named.len() >= ENTITIES_LIMIT {
            self.named = Table::default();
        }
        let id = SmolStr::from(vocabulary.answer_id(entity, &[] as &[String]));
        let label = SmolStr::from(vocabulary.label(entity));
        self.named.insert(Named { entity, id: id.clone(), label: label.clone() });
        (id, label)
    }

    /// Has what an entity is called come nearer.
    #[inline]
    pub(crate) fn look_towards(&self, entity: EntityIndex) {
        self.named.look_towards(entity.position() as u64);
    }

    /// Whether a taxon is one of `groups`, which are always the same, or lies in one.
    pub(super) fn is_of_groups(
        &mut self,
        vocabulary: Vocabulary<'_>,
        taxon: Taxon,
        groups: &[Taxon],
    ) -> bool {
        if self.of_like_symbols.len() >= ENTITIES_LIMIT {
            self.of_like_symbols.clear();
        }
        *self.of_like_symbols.entry(taxon).or_insert_with(|| {
            let above = vocabulary.ancestors_of_taxon(taxon);
            groups.iter().any(|group| *group == taxon || above.contains(group))
        })
    }

    /// What is known of an entity.
    pub(super) fn of(
        &mut self,
        vocabulary: Vocabulary<'_>,
        models: &Models,
        entity: EntityIndex,
    ) -> &mut Known {
        if self.known.len() >= ENTITIES_LIMIT && !self.known.contains_key(&entity) {
            self.known.clear();
        }
        self.known.entry(entity).or_insert_with(|| {
            let id = vocabulary.answer_id(entity, &[] as &[String]);
            let namespace = hash(id.split_once(':').map_or("", |(prefix, _)| prefix));
            let total = models.aliases.total(&id, None);
            Known { id: id.into(), namespace, total, telling: None }
        })
    }

    /// The hashes of the words of an entity's names that tell what it is about.
    pub(super) fn telling_words(
        &mut self,
        vocabulary: Vocabulary<'_>,
        models: &Models,
        entity: EntityIndex,
    ) -> &[u64] {
        self.of(vocabulary, models, entity).telling.get_or_insert_with(|| {
            let mut all: Spare<Vec<u64>> = Spare::take();
            for name in vocabulary.names_of(entity).take(TOLD_NAMES_LIMIT) {
                all.append(&mut telling_words(name));
            }
            all.as_slice().into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn what_is_kept_is_bounded() {
        let catalog = Catalog::embedded().unwrap();
        let vocabulary = Vocabulary::new(&catalog);
        let mut entities = Entities::default();
        for name in 0..=NAMES_KEPT_LIMIT as u64 {
            assert_eq!(entities.slip_of(name, || Some("name".into())), Some("name"));
            assert!(entities.slips.len() <= NAMES_KEPT_LIMIT);
        }
        assert_eq!(entities.slip_of(NAMES_KEPT_LIMIT as u64, || None), Some("name"), "it is kept");
        let form = |id: &str| Form { id: id.into(), certain: true };
        for text in 0..=NAMES_KEPT_LIMIT {
            let text = text.to_string();
            assert_eq!(entities.form_of(&text, || Some(form(&text))).map(|own| &*own.id), Some(&*text));
            assert!(entities.forms.len() <= NAMES_KEPT_LIMIT);
        }
        assert!(entities.form_of(&NAMES_KEPT_LIMIT.to_string(), || None).is_some(), "it is kept");
        for taxon in 0..=ENTITIES_LIMIT as Taxon {
            entities.is_of_groups(vocabulary, taxon, &[7711]);
            assert!(entities.of_like_symbols.len() <= ENTITIES_LIMIT);
        }
        assert_eq!(entities.of_like_symbols.len(), 1);
        assert!(entities.is_of_groups(vocabulary, 9606, &[7711]));
        entities.clear();
        assert!(entities.slips.is_empty());
        assert!(entities.of_like_symbols.is_empty());
    }

    #[test]
    fn entities_are_forgotten_and_known_again() {
        let catalog = Catalog::embedded().unwrap();
        let vocabulary = Vocabulary::new(&catalog);
        let mut entities = Entities::default();
        for entity in catalog.indices().chain(catalog.indices().take(1)) {
            let (id, label) = entities.named(vocabulary, entity);
            assert_eq!(id, vocabulary.answer_id(entity, &[] as &[String]));
            assert_eq!(label, vocabulary.label(entity));
            assert!(entities.named.len() <= ENTITIES_LIMIT);
        }
    }
}
