//! The folded forms of words that a thread has met before.

use std::cell::RefCell;

use smol_str::SmolStr;
use wide::u8x16;

use super::prefetch::prefetch;

/// The most words whose forms a thread keeps; a new one takes the place of another.
const WORDS_LIMIT: usize = 1 << 16;
/// The most bytes of a form that is kept, with the space behind it; as many as fit beside its key.
const KEPT_BYTES_LIMIT: usize = 23;
/// Forms are filled up with spaces to this many bytes, so that most are copied as a whole, whatever their length.
const FILLED_BYTES: usize = 16;
/// How many words share a place, so that two common ones do not push each other out.
const WAYS: usize = 2;

/// A word's form, filled up, by the hash of the word; an empty one for none.
#[derive(Debug, Clone, Default)]
struct Kept {
    key: u64,
    form: SmolStr,
}

/// A form that is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownForm<'m> {
    filled: &'m str,
}

impl KnownForm<'_> {
    /// Adds it to a text, with the space behind it.
    #[inline]
    pub(super) fn add_to(self, text: &mut String) {
        let Some(first) = self.filled.get(..FILLED_BYTES) else { return };
        let bytes: [u8; FILLED_BYTES] = first.as_bytes().try_into().unwrap_or_default();
        let spaces = u8x16::new(bytes).simd_eq(u8x16::splat(b' ')).to_bitmask();
        if spaces == 0 {
            text.push_str(self.filled);
        } else {
            let end = text.len() + spaces.trailing_zeros() as usize + 1;
            text.push_str(first);
            text.truncate(end);
        }
    }
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
    pub(super) fn get(&self, key: u64) -> Option<KnownForm<'_>> {
        let Place(ways) = self.places.get(place(key))?;
        // which of the two it is cannot be foretold
        let own = &ways[usize::from(ways[0].key != key)];
        let is_own = own.key == key && !own.form.is_empty();
        is_own.then(|| KnownForm { filled: own.form.as_str() })
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
            ways[0] = Kept { key, form: smol_str::format_smolstr!("{form:FILLED_BYTES$}") };
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

    /// The form of a key, with the space behind it.
    fn form(memory: &WordMemory, key: u64) -> Option<String> {
        let mut text = String::from("x ");
        memory.get(key)?.add_to(&mut text);
        Some(text.split_off(2))
    }

    #[test]
    fn forms_of_all_lengths_come_back() {
        let mut memory = WordMemory::default();
        for length in 1..KEPT_BYTES_LIMIT {
            let word = format!("{} ", "a".repeat(length));
            memory.insert(7, &word);
            assert_eq!(form(&memory, 7), Some(word));
        }
    }

    #[test]
    fn forms_are_kept_up_to_the_bounds() {
        assert_eq!(size_of::<Place>(), 64);
        let mut memory = WordMemory::default();
        assert_eq!(form(&memory, 0), None);
        let word = |length: usize| format!("{} ", "a".repeat(length - 1));
        memory.insert(7, &word(KEPT_BYTES_LIMIT + 1));
        assert_eq!(form(&memory, 7), None);
        memory.insert(7, &word(KEPT_BYTES_LIMIT));
        assert_eq!((form(&memory, 7), form(&memory, 0)), (Some(word(KEPT_BYTES_LIMIT)), None));
        for key in 0..2 * WORDS_LIMIT as u64 {
            memory.insert(key, "form ");
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
            memory.insert(*key, form);
        }
        assert_eq!(keys.map(|key| form(&memory, key)), [None, Some("b ".to_owned()), Some("c ".to_owned())]);
    }
}
