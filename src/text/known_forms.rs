//! The folded forms of words that a thread has met before.

use std::cell::RefCell;

use super::masks::block_at;
use super::prefetch::prefetch;

/// The most words whose forms a thread keeps; a new one takes the place of another.
const WORDS_LIMIT: usize = 1 << 16;
/// The bytes of a form that is kept: those of the form with the space behind it, what fills it up, and how many there are. With the
/// key it has half a line of memory.
pub(super) const KEPT_BYTES: usize = 24;
/// How many words share a place, so that two common ones do not push each other out.
const WAYS: usize = 2;
const PLACES: usize = WORDS_LIMIT / WAYS;

/// A word's form by the hash of the word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    key: u64,
    /// In whole words of memory; the last byte is the count.
    form: [u64; KEPT_BYTES / 8],
}

impl Kept {
    /// The form, the space behind it and bytes that mean nothing: as many whatever the length, so that it is copied at once.
    #[inline]
    pub(super) fn copy_to(&self, room: &mut [u8; KEPT_BYTES]) {
        let (words, _) = room.as_chunks_mut();
        for (word, own) in words.iter_mut().zip(self.form) {
            *word = own.to_le_bytes();
        }
    }

    /// How many bytes the form has, with the space behind it.
    #[inline]
    pub(super) const fn length(&self) -> usize {
        (self.form[self.form.len() - 1] >> (u64::BITS - u8::BITS)) as usize
    }
}

/// The words of a place, which is as large as what memory gives at once.
#[derive(Debug, Clone)]
#[repr(align(64))]
struct Place([Kept; WAYS]);

/// The forms of words and numbers in ASCII that are one token, each with the space that stands behind it among others, by the hashes of
/// the words: most words of a text were met before.
#[derive(Debug, Default)]
pub(super) struct WordMemory {
    /// `None` until the first word is kept.
    places: Option<Box<[Place; PLACES]>>,
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
    pub(super) fn get(&self, key: u64) -> Option<&Kept> {
        let Place(ways) = &self.places.as_ref()?[place(key)];
        // which of the two it is cannot be foretold
        let own = &ways[usize::from(ways[0].key != key)];
        (own.key == key).then_some(own)
    }

    /// Has the form of a word come nearer.
    #[inline]
    pub(super) fn look_towards(&self, key: u64) {
        prefetch(self.places.as_ref().map(|places| &places[place(key)]));
    }

    /// Keeps the form of a word that is not kept, if it is short, in the place of the one kept longest there.
    pub(super) fn insert(&mut self, key: u64, form: &[u8]) {
        let mut filled = [0; KEPT_BYTES];
        let Some((count, room)) = filled.split_last_mut() else { return };
        let Some(room) = room.get_mut(..form.len()) else { return };
        room.copy_from_slice(form);
        *count = form.len() as u8;
        let form = std::array::from_fn(|at| u64::from_le_bytes(block_at(&filled, 8 * at)));
        if self.places.is_none() {
            self.places = empty_places();
        }
        if let Some(places) = &mut self.places {
            let Place(ways) = &mut places[place(key)];
            ways.rotate_right(1);
            ways[0] = Kept { key, form };
        }
    }
}

/// Places without words: what stands there has a key that has another place.
fn empty_places() -> Option<Box<[Place; PLACES]>> {
    let nothing = |at: usize| Place([Kept { key: u64::from(at == 0), form: Default::default() }; WAYS]);
    let places: Box<[Place]> = (0..PLACES).map(nothing).collect();
    places.try_into().ok()
}

/// The place of a key.
const fn place(key: u64) -> usize {
    key as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form of a key, with the space behind it.
    fn form(memory: &WordMemory, key: u64) -> Option<String> {
        let known = memory.get(key)?;
        let mut room = [0; KEPT_BYTES];
        known.copy_to(&mut room);
        Some(str::from_utf8(&room[..known.length()]).unwrap().to_owned())
    }

    #[test]
    fn forms_of_all_lengths_come_back() {
        let mut memory = WordMemory::default();
        for length in 1..KEPT_BYTES - 1 {
            let word = format!("{} ", "a".repeat(length));
            memory.insert(7, word.as_bytes());
            assert_eq!(form(&memory, 7), Some(word));
        }
    }

    #[test]
    fn forms_are_kept_up_to_the_bounds() {
        assert_eq!(size_of::<Place>(), 64);
        let mut memory = WordMemory::default();
        assert_eq!(form(&memory, 0), None);
        let word = |length: usize| format!("{} ", "a".repeat(length - 1));
        memory.insert(7, word(KEPT_BYTES).as_bytes());
        assert_eq!(form(&memory, 7), None);
        memory.insert(7, word(KEPT_BYTES - 1).as_bytes());
        assert_eq!((form(&memory, 7), form(&memory, 0)), (Some(word(KEPT_BYTES - 1)), None));
        for key in 0..2 * WORDS_LIMIT as u64 {
            memory.insert(key, b"form ");
            assert_eq!(form(&memory, key).as_deref(), Some("form "));
        }
        let kept = (0..2 * WORDS_LIMIT as u64).filter(|key| memory.get(*key).is_some()).count();
        assert_eq!((kept, form(&memory, 0)), (WORDS_LIMIT, None));
    }

    #[test]
    fn words_of_one_place_push_out_the_oldest() {
        let mut memory = WordMemory::default();
        let keys = [1, 1 + WORDS_LIMIT as u64, 1 + 2 * WORDS_LIMIT as u64];
        for (key, form) in keys.iter().zip(["a ", "b ", "c "]) {
            memory.insert(*key, form.as_bytes());
        }
        assert_eq!(keys.map(|key| form(&memory, key)), [None, Some("b ".to_owned()), Some("c ".to_owned())]);
    }
}
