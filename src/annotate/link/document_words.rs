//! The longer words of a document, which the names of entities are held against.

use std::cell::Cell;
use std::hint::select_unpredictable;

use super::super::recognise::lexicon::Lexicon;
use super::super::recognise::numbers::Numbers;
use super::super::recognise::pieces::Piece;
use super::super::recognise::view::PassageView;
use super::PIECES_TOGETHER;
use super::entities::WORD_BYTES_MIN;
use crate::text::pauses::work_done;

/// The words of a document of fewer pieces stand in lists by some of their bits.
const PIECES_LISTED_LIMIT: usize = 1 << 10;
/// The bits of a word that tell its list, as a power of two.
const LIST_BITS: u32 = 10;

/// The longer words of a document, by the hashes of their folded forms.
pub(super) struct Words {
    /// Those of a short document; `None` of a long one.
    short: Option<Box<Room>>,
    /// All of them, of a long document.
    all: Option<Numbers>,
}

/// Room for the words of a short document.
struct Room {
    /// The word that was met last of those of each list, from 1; 0 for none.
    lists: [u16; 1 << LIST_BITS],
    /// The words as they were met, each with the one before it in its list. What no list leads to is of another document.
    words: [(u64, u16); PIECES_LISTED_LIMIT],
}

thread_local! {
    /// The room of the document before.
    static SPARE: Cell<Option<Box<Room>>> = const { Cell::new(None) };
}

impl Drop for Words {
    fn drop(&mut self) {
        // a thread that ends keeps nothing
        let _ = SPARE.try_with(|spare| spare.set(self.short.take()));
    }
}

impl Words {
    pub(super) fn of(views: &[PassageView], lexicon: &Lexicon) -> Self {
        let pieces = views.iter().map(|view| view.words.len()).sum::<usize>();
        if pieces < PIECES_LISTED_LIMIT {
            let mut room = SPARE.take().unwrap_or_else(Room::new);
            room.list(views, lexicon);
            return Self { short: Some(room), all: None };
        }
        let long = || {
            let pieces = views.iter().flat_map(|view| view.pieces.pieces.iter().zip(&view.words));
            pieces.filter(|(piece, _)| is_long(piece)).map(|(_, number)| lexicon.folded(*number))
        };
        let mut all = Numbers::with_room(pieces.min(lexicon.len()));
        long().for_each(|word| {
            work_done(1);
            all.number(word);
        });
        Self { short: None, all: Some(all) }
    }

    /// Whether a word is among them.
    pub(super) fn contains(&self, word: u64) -> bool {
        match (&self.short, &self.all) {
            (Some(room), _) => room.contains(word),
            (None, Some(all)) => all.get(word).is_some(),
            (None, None) => false,
        }
    }
}

impl Room {
    fn new() -> Box<Self> {
        Box::new(Self { lists: [0; 1 << LIST_BITS], words: [(0, 0); PIECES_LISTED_LIMIT] })
    }

    /// Lists the words of a document of fewer pieces than there are places. Which pieces are long cannot be foretold: the place that
    /// a short one is written to is written again.
    fn list(&mut self, views: &[PassageView], lexicon: &Lexicon) {
        let Self { lists, words } = self;
        lists.fill(0);
        let mut count = 0_u16;
        for view in views {
            let blocks = view.pieces.pieces.chunks(PIECES_TOGETHER).zip(view.words.chunks(PIECES_TOGETHER));
            for (pieces, numbers) in blocks {
                work_done(pieces.len());
                for (piece, number) in pieces.iter().zip(numbers) {
                    let (word, is_long) = (lexicon.folded(*number), is_long(piece));
                    let last = &mut lists[list_of(word)];
                    words[usize::from(count) % PIECES_LISTED_LIMIT] = (word, *last);
                    count += u16::from(is_long);
                    *last = select_unpredictable(is_long, count, *last);
                }
            }
        }
    }

    fn contains(&self, word: u64) -> bool {
        let mut at = self.lists[list_of(word)];
        while let Some((own, before)) = usize::from(at).checked_sub(1).and_then(|place| self.words.get(place))
        {
            if *own == word {
                return true;
            }
            at = *before;
        }
        false
    }
}

/// Whether a piece is a word that tells what a document is about, by its length.
fn is_long(piece: &Piece) -> bool {
    piece.token().is_some() & (piece.end() - piece.start() >= WORD_BYTES_MIN)
}

/// The list of a word.
const fn list_of(word: u64) -> usize {
    (word >> (u64::BITS - LIST_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::super::super::memory::Memory;
    use super::super::super::models::Models;
    use super::super::super::passages::PassageText;
    use super::super::super::prepare::prepare;
    use super::super::super::recognise::words::hash;
    use super::super::super::vocabulary::Vocabulary;
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn a_document_has_its_longer_words_however_long_it_is() {
        let (catalog, models) = (Catalog::embedded().unwrap(), Models::embedded());
        for (repeated, seldom) in [(0, "rare"), (0, "usual"), (PIECES_LISTED_LIMIT, "rare")] {
            let text = format!("Renal failure is not {seldom}. {}", "and so ".repeat(repeated));
            let passages = [PassageText::new(&text)];
            let mut memory = Memory::new(&models);
            let prepared = prepare(Vocabulary::new(&catalog), &models, &passages, true, &mut memory);
            let words = Words::of(&prepared.views, &memory.lexicon);
            assert_eq!(words.all.is_some(), repeated > 0);
            let has = |word: &str| words.contains(hash(word));
            assert!(has("renal") && has("failure"), "{repeated}");
            assert_eq!((has("rare"), has("usual")), (seldom == "rare", seldom == "usual"), "{repeated}");
            assert!(!has("not") && !has("heart") && !has("."), "{repeated}");
        }
    }
}
