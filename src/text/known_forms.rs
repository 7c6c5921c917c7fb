//! The folded forms of words that a thread has met before.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

/// The most words whose forms a thread keeps; then they are forgotten, which changes nothing.
const WORDS_LIMIT: usize = 1 << 16;
/// The most bytes of a form that is kept.
const KEPT_BYTES_LIMIT: usize = 64;

/// The forms of words in ASCII that are one token, by the hashes of the words: most words of a text were met before.
#[derive(Debug, Default)]
pub(super) struct WordMemory {
    places: FxHashMap<u64, (u32, u32)>,
    forms: String,
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
    pub(super) fn get(&self, key: u64) -> Option<&str> {
        self.places.get(&key).map(|(start, end)| &self.forms[*start as usize..*end as usize])
    }

    /// Keeps the form of a word, if it is short.
    pub(super) fn insert(&mut self, key: u64, form: &str) {
        if form.len() > KEPT_BYTES_LIMIT {
            return;
        }
        if self.places.len() >= WORDS_LIMIT {
            *self = Self::default();
        }
        let start = place(&self.forms);
        self.forms.push_str(form);
        self.places.insert(key, (start, place(&self.forms)));
    }
}

/// The end of the forms, which [`WORDS_LIMIT`] and [`KEPT_BYTES_LIMIT`] keep within 32 bits.
fn place(forms: &str) -> u32 {
    u32::try_from(forms.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_kept_up_to_the_bounds() {
        let mut memory = WordMemory::default();
        memory.insert(0, &"a".repeat(KEPT_BYTES_LIMIT + 1));
        assert_eq!(memory.get(0), None);
        memory.insert(0, &"a".repeat(KEPT_BYTES_LIMIT));
        for key in 0..=WORDS_LIMIT as u64 {
            memory.insert(key, "form");
            assert!(memory.places.len() <= WORDS_LIMIT);
        }
        assert_eq!((memory.places.len(), memory.forms.as_str()), (1, "form"));
        assert_eq!((memory.get(0), memory.get(WORDS_LIMIT as u64)), (None, Some("form")));
    }
}
