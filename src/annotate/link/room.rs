//! Room that linking takes for a document, kept from document to document.

use std::cell::Cell;

use super::Linked;
use super::candidates::Candidate;

/// The most lists of candidates whose room is kept.
const LISTS_LIMIT: usize = 256;
/// The most candidates that a list has room for which is kept.
const CANDIDATES_ROOM_LIMIT: usize = 64;
/// The most mentions whose room is kept.
const MENTIONS_LIMIT: usize = 1 << 12;

/// What is kept, all of it empty.
#[derive(Debug, Default)]
struct Kept {
    candidates: Vec<Vec<Candidate>>,
    lists: Lists,
}

/// The lists of a document's texts and mentions.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// The first mention of each text.
    pub firsts: Vec<usize>,
    /// How many mentions each text has.
    pub times: Vec<u32>,
    /// Something of each mention, by its place.
    pub places: Vec<usize>,
    /// What mentions are linked to.
    pub linked: Vec<Linked>,
}

thread_local! {
    static SPARE: Cell<Option<Box<Kept>>> = const { Cell::new(None) };
}

/// The room of a document.
#[derive(Debug)]
pub(super) struct Room {
    /// [`Some`] until it is given back.
    kept: Option<Box<Kept>>,
}

impl Room {
    /// That of the document before, if there was one.
    pub(super) fn take() -> Self {
        Self { kept: Some(SPARE.take().unwrap_or_default()) }
    }

    /// An empty list for some candidates.
    pub(super) fn candidates(&mut self) -> Vec<Candidate> {
        self.kept.as_mut().and_then(|kept| kept.candidates.pop()).unwrap_or_default()
    }

    /// Empty lists for mentions.
    pub(super) fn lists(&mut self) -> Lists {
        self.kept.as_mut().map(|kept| std::mem::take(&mut kept.lists)).unwrap_or_default()
    }

    /// Keeps the room of lists for others.
    pub(super) fn keep(&mut self, mut lists: Lists) {
        let Some(kept) = &mut self.kept else { return };
        for Linked { mut candidates, .. } in lists.linked.drain(..) {
            let is_small = (1..=CANDIDATES_ROOM_LIMIT).contains(&candidates.capacity());
            if is_small && kept.candidates.len() < LISTS_LIMIT {
                candidates.clear();
                kept.candidates.push(candidates);
            }
        }
        if lists.places.capacity().max(lists.firsts.capacity()) <= MENTIONS_LIMIT {
            lists.firsts.clear();
            lists.times.clear();
            lists.places.clear();
            kept.lists = lists;
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // a thread that ends keeps nothing
        let _ = SPARE.try_with(|spare| spare.set(self.kept.take()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_for_so_many_lists_of_so_many() {
        let linked = |count: usize| {
            let linked = |_| Linked { candidates: Vec::with_capacity(count), ..Linked::default() };
            (0..=LISTS_LIMIT).map(linked).collect::<Vec<_>>()
        };
        SPARE.set(None);
        let mut room = Room::take();
        room.keep(Lists { linked: linked(CANDIDATES_ROOM_LIMIT + 1), ..Lists::default() });
        assert_eq!(room.candidates().capacity(), 0);
        room.keep(Lists { places: vec![0; MENTIONS_LIMIT + 1], ..Lists::default() });
        assert_eq!(room.lists().places.capacity(), 0);
        room.keep(Lists { linked: linked(1), places: vec![1, 2], ..Lists::default() });
        drop(room);
        let mut room = Room::take();
        assert_eq!(room.kept.as_ref().map(|kept| kept.candidates.len()), Some(LISTS_LIMIT));
        assert!(room.candidates().capacity() >= 1);
        let Lists { places, linked, .. } = room.lists();
        assert!(places.is_empty() && places.capacity() >= 2 && linked.is_empty());
    }
}
