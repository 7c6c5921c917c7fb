//! The longer words of a document, which the names of entities are held against.

use std::cell::Cell;

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
const LIST_BITS: u32 = 8;
/// The bits of a word that tell whether it may have been asked for, as a power of two.
const ASKED_BITS: u32 = 12;

/// Of the longer words of a document those that are asked for, by the hashes of their folded forms. Most words of a document are in
/// no name of its candidates, and most words of these are not in it. A long document is gone through once, for all of its words, as it
/// has many names.
pub(super) struct Words {
    /// [`Some`] until it is given back.
    room: Option<Box<Room>>,
    /// All of a long document, which stand in no lists.
    all: Option<Numbers>,
    /// Whether all that were asked for were looked for.
    is_listed: bool,
}

/// Whether words with some bits are asked for.
type Asked = [u64; 1 << (ASKED_BITS - u64::BITS.ilog2())];

/// Room for the words of a document.
struct Room {
    asked: Asked,
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
        let _ = SPARE.try_with(|spare| spare.set(self.room.take()));
    }
}

impl Words {
    /// None, as none is asked for.
    pub(super) fn new() -> Self {
        let mut room = SPARE.take().unwrap_or_else(|| Box::new(Room::EMPTY));
        room.asked.fill(0);
        Self { room: Some(room), all: None, is_listed: true }
    }

    /// Asks for words; then they are to be listed.
    pub(super) fn ask(&mut self, words: impl Iterator<Item = u64>) {
        let Some(room) = self.room.as_mut().filter(|_| self.all.is_none()) else { return };
        for word in words {
            let (block, bit) = asked_bit(word);
            room.asked[block] |= bit;
            self.is_listed = false;
        }
    }

    /// Looks for the words that were asked for in a document, where that was not done.
    pub(super) fn list(&mut self, views: &[PassageView], lexicon: &Lexicon) {
        let Some(room) = self.room.as_mut().filter(|_| !self.is_listed) else { return };
        self.is_listed = true;
        let pieces = views.iter().map(|view| view.words.len()).sum::<usize>();
        if pieces < PIECES_LISTED_LIMIT {
            room.list(views, lexicon);
            return;
        }
        let mut all = Numbers::default();
        Room::each_asked(&Room::ALL_ASKED, (views, lexicon), |_, word| {
            all.number(word);
        });
        self.all = Some(all);
    }

    /// Whether a word that was asked for is among them.
    #[inline]
    pub(super) fn contains(&self, word: u64) -> bool {
        match (&self.all, &self.room) {
            (Some(all), _) => all.get(word).is_some(),
            (None, Some(room)) => room.contains(word),
            (None, None) => false,
        }
    }
}

/// Where it stands whether a word may have been asked for.
#[inline]
const fn asked_bit(word: u64) -> (usize, u64) {
    let place = word >> (u64::BITS - ASKED_BITS);
    ((place / u64::BITS as u64) as usize, 1 << (place % u64::BITS as u64))
}

impl Room {
    const ALL_ASKED: Asked = [u64::MAX; 1 << (ASKED_BITS - u64::BITS.ilog2())];
    const EMPTY: Self = Self {
        asked: [0; 1 << (ASKED_BITS - u64::BITS.ilog2())],
        lists: [0; 1 << LIST_BITS],
        words: [(0, 0); PIECES_LISTED_LIMIT],
    };

    /// Calls `take` with each long word of a document that may have been asked for, and how many there were before it.
    fn each_asked(
        asked: &Asked,
        (views, lexicon): (&[PassageView], &Lexicon),
        mut take: impl FnMut(usize, u64),
    ) {
        let mut count = 0;
        for view in views {
            for (block, numbers) in view.words.chunks(PIECES_TOGETHER).enumerate() {
                work_done(numbers.len());
                let first = block * PIECES_TOGETHER;
                for (at, number) in numbers.iter().enumerate() {
                    let word = lexicon.folded(*number);
                    let (block, bit) = asked_bit(word);
                    if asked[block] & bit != 0 && is_long(&view.pieces.pieces[first + at]) {
                        take(count, word);
                        count += 1;
                    }
                }
            }
        }
    }

    /// Lists the words of a document of fewer pieces than there are places.
    fn list(&mut self, views: &[PassageView], lexicon: &Lexicon) {
        let Self { asked, lists, words } = self;
        lists.fill(0);
        Self::each_asked(asked, (views, lexicon), |count, word| {
            if let Some(place) = words.get_mut(count) {
                let last = &mut lists[list_of(word)];
                *place = (word, *last);
                *last = count as u16 + 1;
            }
        });
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
            let mut words = Words::new();
            words.list(&prepared.views, &memory.lexicon);
            assert!(words.all.is_none(), "nothing was asked for");
            let all = ["renal", "failure", "rare", "usual", "not", "heart", "."];
            // what is asked for later is looked for as well
            for asked in [&all[..2], &all[..]] {
                words.ask(asked.iter().map(|word| hash(word)));
                words.list(&prepared.views, &memory.lexicon);
            }
            assert_eq!(words.all.is_some(), repeated > 0);
            let has = |word: &&&str| words.contains(hash(word));
            let expected = ["renal", "failure", seldom];
            assert_eq!(all.iter().filter(has).copied().collect::<Vec<_>>(), expected, "{repeated}");
        }
    }
}
