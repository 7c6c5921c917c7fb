//! The folded forms of words that a thread has met before.

use std::cell::RefCell;

use smol_str::SmolStr;

use super::prefetch::prefetch;

/// The most words whose forms a thread keeps; a new one takes the place of another.
const WORDS_LIMIT: usize = 1 << 16;
/// The most bytes of a form that is kept, with the space behind it; as many as fit beside its key.
const KEPT_BYTES_LIMIT: usize = 23;
/// How many words share a place, so that two common ones do not push each other out.
const WAYS: usize = 2;

/// A word's form by the hash of the word; an empty one for none.
#[derive(Debug, Clone, Default)]
struct Kept {
    key: u64,
    form: SmolStr,
}

/// The words of a place, which is as large as what memory gives at once.
#[derive(Debug, Clone, Default)]
#[repr(align(64))]
struct Place([Kept; WAYS]);

/// The forms of words in ASCII that are one token, each with the space that stands behind it among others, by the hashes of the words: most
/// words of a text were met before.
#[derive(Debug, Default)]
pub(super) struct WordMemory {
    /// Empty until the first word is kept.
    places: Vec<Place>,
}

thread_local! {
    static MEMORY: RefCell<WordMemory> = RefCell::new(WordMemory::default());
}

impl WordMemory {
    /// Calls `work` with what this thread remembers.
    pub(super) fn with<R>(work: impl FnOnce(&mut Self) -> R) -> R {
        MEMORY.with_borrow_mut(work)
    }

    /// The form of a word.
    #[inline]
    pub(super) fn get(&self, key: u64) -> Option<&str> {
        let place = self.places.get(place(key))?;
        place.0.iter().find(|kept| kept.key == key && !kept.form.is_empty()).map(|kept| kept.form.as_str())
    }

    /// Has the form of a word come nearer.
    #[inline]
    pub(super) fn look_towards(&self, key: u64) {
        prefetch(self.places.get(place(key)));
    }

    /// Keeps the form of a word that is not kept, if it is short, in the place of the one kept longest there.
    pub(super) fn insert(&mut self, key: u64, form: &str) {
        if form.len() > KEPT_BYTES_LIMIT {
            return;
        }
        if self.places.is_empty() {
            self.places.resize(WORDS_LIMIT / WAYS, Place::default());
        }
        if let Some(Place(ways)) = self.places.get_mut(place(key)) {
            ways.rotate_right(1);
            ways[0] = Kept { key, form: form.into() };
        }
    }
}

/// The place of a key.
const fn place(key: u64) -> usize {
    key as usize % (WORDS_LIMIT / WAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_kept_up_to_the_bounds() {
        assert_eq!(size_of::<Place>(), 64);
        let mut memory = WordMemory::default();
        assert_eq!(memory.get(0), None);
        memory.insert(7, &"a".repeat(KEPT_BYTES_LIMIT + 1));
        assert_eq!(memory.get(7), None);
        memory.insert(7, &"a".repeat(KEPT_BYTES_LIMIT));
        assert_eq!((memory.get(7), memory.get(0)), (Some("a".repeat(KEPT_BYTES_LIMIT).as_str()), None));
        for key in 0..2 * WORDS_LIMIT as u64 {
            memory.insert(key, "form");
            assert_eq!(memory.get(key), Some("form"));
        }
        let kept = (0..2 * WORDS_LIMIT as u64).filter(|key| memory.get(*key).is_some()).count();
        assert_eq!((kept, memory.get(0)), (WORDS_LIMIT, None));
    }

    #[test]
    fn words_of_one_place_push_out_the_oldest() {
        let mut memory = WordMemory::default();
        let keys = [1, 1 + WORDS_LIMIT as u64, 1 + 2 * WORDS_LIMIT as u64];
        for (key, form) in keys.iter().zip(["a", "b", "c"]) {
            memory.insert(*key, form);
        }
        assert_eq!(keys.map(|key| memory.get(key)), [None, Some("b"), Some("c")]);
    }
}
