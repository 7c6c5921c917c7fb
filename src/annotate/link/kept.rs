//! What names and entities come to by themselves, kept from document to document in tables that are looked towards before they are
//! asked, so that the waits for memory overlap.

use smol_str::SmolStr;

use super::Chances;
use super::candidates::{ByItself, Candidate};
use crate::catalog::EntityIndex;
use crate::text::prefetch;

/// The most names whose candidates are kept; then they are forgotten, which changes no answer.
pub(super) const NAMES_KEPT_LIMIT: usize = 1 << 16;
/// The most candidates of all these names, as a name may have [`super::candidates::CANDIDATES_LIMIT`]: some 15 MB.
pub(super) const CANDIDATES_KEPT_LIMIT: usize = 1 << 18;
/// The most words of the names of all these candidates, with their counts: 16 MB.
pub(super) const WORDS_KEPT_LIMIT: usize = 1 << 21;
/// The slots of the first table.
const SLOTS_MIN: usize = 1 << 8;
/// The lines of memory of candidates, and of words, that are looked towards.
const LINES_AHEAD: usize = 8;
/// How many words a line of memory has.
const WORDS_OF_LINE: usize = 8;

/// What is found by a number.
pub(super) trait Keyed {
    /// The number.
    fn key(&self) -> u64;
}

/// A table with open addressing, of which at most half is taken.
#[derive(Debug)]
pub(super) struct Table<S> {
    /// Their count is a power of two.
    slots: Vec<Option<S>>,
    taken: usize,
}

impl<S> Default for Table<S> {
    fn default() -> Self {
        Self { slots: Vec::new(), taken: 0 }
    }
}

impl<S: Keyed> Table<S> {
    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.taken
    }

    /// Has what a key leads to come nearer.
    #[inline]
    pub(super) fn look_towards(&self, key: u64) {
        prefetch(self.slots.get(self.home(key)));
    }

    /// What has a key.
    #[inline]
    pub(super) fn get(&self, key: u64) -> Option<&S> {
        let mut at = self.home(key);
        loop {
            let own = self.slots.get(at)?.as_ref()?;
            if own.key() == key {
                return Some(own);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Adds what has a key that nothing has.
    pub(super) fn insert(&mut self, own: S) {
        self.taken += 1;
        if self.slots.len() < 2 * self.taken {
            let more = (2 * self.slots.len()).max(SLOTS_MIN);
            let before =
                std::mem::replace(&mut self.slots, std::iter::repeat_with(|| None).take(more).collect());
            before.into_iter().flatten().for_each(|own| self.put(own));
        }
        self.put(own);
    }

    fn put(&mut self, own: S) {
        let mut at = self.home(own.key());
        while self.slots[at].is_some() {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = Some(own);
    }

    /// Where the search for a key begins.
    #[inline]
    const fn home(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & self.slots.len().wrapping_sub(1)
    }
}

/// What an entity is called: a line of memory.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Named {
    pub entity: EntityIndex,
    /// Its identifier.
    pub id: SmolStr,
    /// Its preferred name.
    pub label: SmolStr,
}

impl Keyed for Named {
    #[inline]
    fn key(&self) -> u64 {
        self.entity.position() as u64
    }
}

/// Where what is kept of a name stands: a line of memory.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Place {
    name: u64,
    by_itself: ByItself,
    settled: Option<[Chances; 2]>,
    /// The first of its candidates, and how many there are.
    first: u32,
    count: u32,
    /// The first of the words of their names, and how many there are.
    first_word: u32,
    words: u32,
}

impl Keyed for Place {
    #[inline]
    fn key(&self) -> u64 {
        self.name
    }
}

/// What was kept of a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeptName<'k> {
    /// What it is by itself.
    pub by_itself: ByItself,
    /// Its candidates, before the document has a say.
    pub candidates: &'k [Candidate],
    /// The words of the names of these, where they are several ([`super::document_words::Words::ask`]).
    pub words: &'k [u64],
    /// What comes of them where no more has a say than whether the document supports them.
    pub settled: Option<[Chances; 2]>,
}

/// What names are by themselves and their candidates, by the hashes of the names.
#[derive(Debug, Default)]
pub(super) struct KeptNames {
    places: Table<Place>,
    /// Those of a name stand together.
    candidates: Vec<Candidate>,
    words: Vec<u64>,
}

impl KeptNames {
    /// Has the place of a name come nearer.
    #[inline]
    pub(super) fn look_towards(&self, name: u64) {
        self.places.look_towards(name);
    }

    /// Has the candidates of a name come nearer, of which the place is near.
    #[inline]
    pub(super) fn look_towards_candidates(&self, name: u64) {
        let Some(kept) = self.get(name) else { return };
        kept.candidates.iter().take(LINES_AHEAD).for_each(|own| prefetch(Some(own)));
        kept.words.iter().step_by(WORDS_OF_LINE).take(LINES_AHEAD).for_each(|word| prefetch(Some(word)));
    }

    /// What was kept of a name.
    #[inline]
    pub(super) fn get(&self, name: u64) -> Option<KeptName<'_>> {
        let Place { by_itself, settled, first, count, first_word, words, .. } = *self.places.get(name)?;
        Some(KeptName {
            by_itself,
            settled,
            candidates: self.candidates.get(first as usize..)?.get(..count as usize)?,
            words: self.words.get(first_word as usize..)?.get(..words as usize)?,
        })
    }

    /// Keeps what a name is by itself, its candidates and their words, where nothing is kept of it.
    pub(super) fn keep(&mut self, name: u64, found: KeptName<'_>) {
        let KeptName { by_itself, candidates, words, settled } = found;
        if self.places.len() >= NAMES_KEPT_LIMIT
            || self.candidates.len() + candidates.len() > CANDIDATES_KEPT_LIMIT
            || self.words.len() + words.len() > WORDS_KEPT_LIMIT
        {
            *self = Self::default();
        }
        if words.len() > WORDS_KEPT_LIMIT {
            return;
        }
        let (first, first_word) = (self.candidates.len() as u32, self.words.len() as u32);
        self.candidates.extend(candidates.iter().map(Candidate::by_itself));
        self.words.extend_from_slice(words);
        let (count, words) = (candidates.len() as u32, words.len() as u32);
        self.places.insert(Place { name, by_itself, settled, first, count, first_word, words });
    }
}

#[cfg(test)]
mod tests {
    use super::super::candidates::CANDIDATES_LIMIT;
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn names_are_forgotten_at_the_bounds() {
        let catalog = Catalog::embedded().unwrap();
        let mut names = KeptNames::default();
        let nothing = KeptName { by_itself: ByItself::default(), candidates: &[], words: &[], settled: None };
        for name in 0..=NAMES_KEPT_LIMIT as u64 {
            names.keep(name, nothing);
            assert!(names.places.len() <= NAMES_KEPT_LIMIT && names.get(name).is_some());
        }
        assert!(names.get(0).is_none() && names.places.len() == 1);
        let many = vec![Candidate::named(catalog.indices().next().unwrap()); CANDIDATES_LIMIT];
        for name in 0..=(CANDIDATES_KEPT_LIMIT / CANDIDATES_LIMIT) as u64 {
            names.keep(name, KeptName { candidates: &many, ..nothing });
            assert!(names.candidates.len() <= CANDIDATES_KEPT_LIMIT);
        }
        assert_eq!(names.candidates.len(), CANDIDATES_LIMIT);
        let words = vec![7; WORDS_KEPT_LIMIT / 2];
        for name in 1 << 20..(1 << 20) + 4 {
            names.keep(name, KeptName { words: &words, ..nothing });
            assert!(names.words.len() <= WORDS_KEPT_LIMIT);
            assert_eq!(names.get(name).unwrap().words, words);
        }
    }

    #[test]
    fn names_have_their_own() {
        let catalog = Catalog::embedded().unwrap();
        let entities: Vec<EntityIndex> = catalog.indices().take(2_000).collect();
        let mut names = KeptNames::default();
        for (name, entity) in (0..).zip(entities.iter().copied()) {
            let count = name as usize % 3;
            let candidates = vec![Candidate::named(entity); count];
            let by_itself = ByItself { none: name as f32, common_word: count == 1 };
            let words = &[count as u64];
            names.keep(name << 40, KeptName { by_itself, candidates: &candidates, words, settled: None });
        }
        for (name, entity) in (0..).zip(entities) {
            names.look_towards(name << 40);
            names.look_towards_candidates(name << 40);
            let kept = names.get(name << 40).unwrap();
            assert_eq!((kept.by_itself.none, kept.words), (name as f32, &[name % 3][..]));
            assert_eq!(kept.candidates.len(), name as usize % 3);
            assert!(kept.candidates.iter().all(|own| own.entity == entity));
        }
        assert!(names.get(1).is_none() && KeptNames::default().get(1).is_none());
    }
}
