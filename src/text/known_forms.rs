//! The folded forms of words that a thread has met before, and the numbers that others have given them.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

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

/// The number of a word that has none here. Those that are as large are not kept.
pub(crate) const NO_NUMBER: u32 = (1 << NUMBER_BITS) - 1;
/// Bits of a number, which take the place of the lowest of a hash. All but two of these tell the place, so that words are told apart by 62
/// bits of their hashes.
const NUMBER_BITS: u32 = 17;
const NUMBER_MASK: u64 = NO_NUMBER as u64;
const _: () = assert!(PLACES <= 1 << NUMBER_BITS);

/// A word's form by the hash of the word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    /// The hash, but for its lowest bits, and there the number of the word.
    key: u64,
    /// In whole words of memory; the last byte is the count.
    form: [u64; KEPT_BYTES / 8],
}

impl Kept {
    /// The number of the word, if it was given one.
    #[inline]
    pub(super) const fn number(&self) -> u32 {
        (self.key & NUMBER_MASK) as u32
    }

    /// Whether what is kept here is the word of that hash, if anything is ([`Kept::is_taken`]).
    #[inline]
    const fn is(&self, key: u64) -> bool {
        (self.key ^ key) >> NUMBER_BITS == 0
    }

    /// Whether a word is kept here: its form has a length.
    #[inline]
    const fn is_taken(&self) -> bool {
        self.form[self.form.len() - 1] != 0
    }

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
    /// Who has given the numbers ([`keep_numbers`]); 0 for nobody.
    owner: u64,
}

/// Somebody who keeps numbers: nobody in this process was given the same before.
pub(crate) fn new_owner() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Keeps the numbers of words by their hashes, where these are kept, until another owner's are. No owner is 0.
pub(crate) fn keep_numbers(owner: u64, words: &[(u64, u32)]) {
    WordMemory::with(|memory| memory.keep_numbers(owner, words));
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
        let own = &ways[usize::from(!ways[0].is(key))];
        (own.is(key) && own.is_taken()).then_some(own)
    }

    /// Who has given the numbers of words; 0 for nobody.
    pub(super) const fn owner(&self) -> u64 {
        self.owner
    }

    fn keep_numbers(&mut self, owner: u64, words: &[(u64, u32)]) {
        let places = self.places.iter_mut().flat_map(|places| places.iter_mut());
        if self.owner != owner {
            self.owner = owner;
            places.flat_map(|Place(ways)| ways).for_each(|kept| kept.key |= NUMBER_MASK);
        }
        let Some(places) = &mut self.places else { return };
        for (key, number) in words.iter().filter(|(_, number)| *number < NO_NUMBER) {
            let Place(ways) = &mut places[place(*key)];
            if let Some(kept) = ways.iter_mut().find(|kept| kept.is(*key)) {
                kept.key = key & !NUMBER_MASK | u64::from(*number);
            }
        }
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
            ways[0] = Kept { key: key | NUMBER_MASK, form };
        }
    }
}

/// Places without words.
fn empty_places() -> Option<Box<[Place; PLACES]>> {
    let nothing = Place([Kept { key: 0, form: Default::default() }; WAYS]);
    let places: Box<[Place]> = vec![nothing; PLACES].into();
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
        let keys =
            || (0..2 * WORDS_LIMIT as u64).map(|number| (number << NUMBER_BITS) | (number % PLACES as u64));
        for key in keys() {
            memory.insert(key, b"form ");
            assert_eq!(form(&memory, key).as_deref(), Some("form "));
        }
        let kept = keys().filter(|key| memory.get(*key).is_some()).count();
        assert_eq!((kept, form(&memory, 0)), (WORDS_LIMIT, None));
    }

    #[test]
    fn words_of_one_place_push_out_the_oldest() {
        let mut memory = WordMemory::default();
        let keys = [1, 1 + (1 << NUMBER_BITS), 1 + (2 << NUMBER_BITS)];
        for (key, form) in keys.iter().zip(["a ", "b ", "c "]) {
            memory.insert(*key, form.as_bytes());
        }
        assert_eq!(keys.map(|key| form(&memory, key)), [None, Some("b ".to_owned()), Some("c ".to_owned())]);
    }

    #[test]
    fn numbers_are_kept_of_one_owner() {
        let mut memory = WordMemory::default();
        let (one, other) = (u64::MAX - 4, 3 << 40);
        memory.keep_numbers(1, &[(one, 7)]);
        let number = |memory: &WordMemory, key| memory.get(key).map(Kept::number);
        assert_eq!((memory.owner(), number(&memory, one)), (1, None));
        memory.insert(one, b"one ");
        memory.insert(other, b"other ");
        memory.keep_numbers(1, &[(one, 7), (other, NO_NUMBER), (5, 5)]);
        assert_eq!([one, other, 5].map(|key| number(&memory, key)), [Some(7), Some(NO_NUMBER), None]);
        memory.keep_numbers(2, &[(other, 0)]);
        assert_eq!([one, other].map(|key| number(&memory, key)), [Some(NO_NUMBER), Some(0)]);
        assert_eq!((memory.owner(), form(&memory, one)), (2, Some("one ".to_owned())));
    }
}
