//! What a thread remembers from document to document, so that work is not done twice. It changes no answer.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::known_names::KnownNames;
use super::link::entities::Entities;
use super::models::Models;
use super::reasons::Reasons;
use super::recognise::dictionary::{NameMatch, Names};
use super::recognise::lexicon::Lexicon;
use super::recognise::tag_book::TagBook;
use super::recognise::view::{PassageView, WordCounts};
use super::recognise::{Chains, Prepared, Workspace};

/// The most passages whose room is kept: papers at length have some hundred.
const ROOM_PASSAGES_LIMIT: usize = 256;
/// The most pieces of all passages whose room is kept.
const ROOM_PIECES_LIMIT: usize = 1 << 16;

/// What is remembered.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The annotator whose words and names these are; 0 for none.
    owner: u64,
    /// Words and their sums.
    pub lexicon: Lexicon,
    /// What the dictionary says of words, and its sums.
    pub tags: TagBook,
    /// The names of the dictionary.
    pub names: Names,
    /// The entities that names were linked to.
    pub entities: Entities,
    /// Why readings were not chosen.
    pub reasons: Reasons,
    /// The names that the dictionary has found.
    pub known_names: KnownNames,
    /// What the models of all types are told by, made when first asked for.
    pub chains: Option<Chains>,
    /// Room for passages.
    pub room: Vec<(PassageView, Vec<NameMatch>)>,
    /// Room for sums.
    pub workspace: Workspace,
    /// How often a document has each word, by its number.
    pub counts: WordCounts,
}

impl Memory {
    /// An empty one for those models.
    pub(crate) fn new(models: &Models) -> Self {
        let mut memory = Self::default();
        memory.clear(models);
        memory
    }

    /// An empty one that keeps what is known of words, which training asks for.
    pub(crate) fn for_training(models: &Models) -> Self {
        let mut memory = Self::new(models);
        memory.lexicon.keep_words();
        memory
    }

    fn clear(&mut self, models: &Models) {
        self.names.clear();
        self.entities.clear();
        self.reasons.clear();
        self.known_names.clear();
        self.chains = None;
        self.lexicon.clear(&models.table);
        self.tags.clear();
    }

    /// Keeps the room of a document for others.
    pub(crate) fn keep_room(&mut self, mut prepared: Prepared) {
        let mut pieces: usize = self.room.iter().map(|(view, _)| view.room()).sum();
        for (view, matches) in prepared.views.drain(..).zip(prepared.matches.drain(..)).rev() {
            if self.room.len() < ROOM_PASSAGES_LIMIT && pieces + view.room() <= ROOM_PIECES_LIMIT {
                pieces += view.room();
                self.room.push((view, matches));
            }
        }
        // a larger one stays the next to be taken
        if let [.., before, last] = &mut self.room[..]
            && before.0.room() > last.0.room()
        {
            std::mem::swap(before, last);
        }
    }

    /// Forgets words when there are too many. Their numbers are void then.
    pub(crate) fn make_room(&mut self, models: &Models) {
        if self.lexicon.is_full() {
            self.lexicon.clear(&models.table);
            self.names.forget_words();
        }
        self.lexicon.make_room_for_chunks();
        self.tags.make_room();
    }
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::new(Memory::default());
}

/// A number that no other annotator of this process has.
pub(super) fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Calls `work` with what this thread remembers of the annotator `owner`.
pub(super) fn with<R>(owner: u64, models: &Models, work: impl FnOnce(&mut Memory) -> R) -> R {
    MEMORY.with_borrow_mut(|memory| {
        if memory.owner != owner {
            memory.owner = owner;
            memory.clear(models);
        }
        work(memory)
    })
}

#[cfg(test)]
mod tests {
    use super::super::passages::PassageText;
    use super::super::prepare::prepare;
    use super::super::vocabulary::Vocabulary;
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn room_is_kept_for_so_many_passages_of_so_many_pieces() {
        let catalog = Catalog::embedded().unwrap();
        let models = Models::embedded();
        let mut memory = Memory::new(&models);
        let long = "a ".repeat(ROOM_PIECES_LIMIT + 1);
        let half = "a ".repeat(ROOM_PIECES_LIMIT / 2 + 1);
        for (text, count, kept) in [
            (long.as_str(), 1, 0),
            (half.as_str(), 2, 1),
            ("BRCA1 and mice", ROOM_PASSAGES_LIMIT + 1, ROOM_PASSAGES_LIMIT),
        ] {
            memory.room.clear();
            let passages: Vec<PassageText<'_>> = (0..count).map(|_| PassageText::new(text)).collect();
            let prepared = prepare(Vocabulary::new(&catalog), &models, &passages, true, &mut memory);
            memory.keep_room(prepared);
            assert_eq!(memory.room.len(), kept);
        }
        let passages = [PassageText::new("BRCA1 and mice")];
        let again = prepare(Vocabulary::new(&catalog), &models, &passages, true, &mut memory);
        let anew = prepare(Vocabulary::new(&catalog), &models, &passages, true, &mut Memory::new(&models));
        assert_eq!(memory.room.len(), ROOM_PASSAGES_LIMIT - 1);
        assert_eq!(again.views[0].tags, anew.views[0].tags);
        assert_eq!(again.matches[0].len(), anew.matches[0].len());
    }
}
