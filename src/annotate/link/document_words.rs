//! The longer words of a document, which the names of entities are held against.

use std::hint::select_unpredictable;

use super::super::recognise::lexicon::Lexicon;
use super::super::recognise::numbers::Numbers;
use super::super::recognise::pieces::Piece;
use super::super::recognise::view::PassageView;
use super::PIECES_TOGETHER;
use super::entities::WORD_BYTES_MIN;
use crate::text::pauses::work_done;

/// The most pieces of a document whose words stand in lists by some of their bits.
const PIECES_LISTED_LIMIT: usize = 1 << 10;
/// The bits of a word that tell its list, as a power of two.
const LIST_BITS: u32 = 10;

/// The longer words of a document, by the hashes of their folded forms.
pub(super) struct Words {
    /// The word that was met last of those of each list, from 1; 0 for none.
    lists: [u16; 1 << LIST_BITS],
    /// The words as they were met, each with the one before it in its list.
    words: Vec<(u64, u16)>,
    /// All of them, of a long document.
    all: Option<Numbers>,
}

impl Words {
    pub(super) fn of(views: &[PassageView], lexicon: &Lexicon) -> Self {
        let pieces = views.iter().map(|view| view.words.len()).sum::<usize>();
        let is_short = pieces <= PIECES_LISTED_LIMIT;
        let room = if is_short { pieces + 1 } else { 0 };
        let mut words = Self { lists: [0; 1 << LIST_BITS], words: vec![(0, 0); room], all: None };
        let long = || {
            let pieces = views.iter().flat_map(|view| view.pieces.pieces.iter().zip(&view.words));
            pieces.filter(|(piece, _)| is_long(piece)).map(|(_, number)| lexicon.folded(*number))
        };
        if is_short {
            words.list(views, lexicon);
        } else {
            let mut all = Numbers::with_room(pieces.min(lexicon.len()));
            long().for_each(|word| {
                work_done(1);
                all.number(word);
            });
            words.all = Some(all);
        }
        words
    }

    /// Lists the words of a short document. Which pieces are long cannot be foretold: the place that a short one is written to is
    /// written again.
    fn list(&mut self, views: &[PassageView], lexicon: &Lexicon) {
        let mut count = 0_u16;
        for view in views {
            let blocks = view.pieces.pieces.chunks(PIECES_TOGETHER).zip(view.words.chunks(PIECES_TOGETHER));
            for (pieces, numbers) in blocks {
                work_done(pieces.len());
                for (piece, number) in pieces.iter().zip(numbers) {
                    let (word, is_long) = (lexicon.folded(*number), is_long(piece));
                    let last = &mut self.lists[list_of(word)];
                    self.words[usize::from(count)] = (word, *last);
                    count += u16::from(is_long);
                    *last = select_unpredictable(is_long, count, *last);
                }
            }
        }
    }

    /// Whether a word is among them.
    pub(super) fn contains(&self, word: u64) -> bool {
        if let Some(all) = &self.all {
            return all.get(word).is_some();
        }
        let mut at = self.lists[list_of(word)];
        while let Some((own, before)) = usize::from(at).checked_sub(1).map(|place| self.words[place]) {
            if own == word {
                return true;
            }
            at = before;
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
        for repeated in [0, PIECES_LISTED_LIMIT] {
            let text = format!("Renal failure is not rare. {}", "and so ".repeat(repeated));
            let passages = [PassageText::new(&text)];
            let mut memory = Memory::new(&models);
            let prepared = prepare(Vocabulary::new(&catalog), &models, &passages, true, &mut memory);
            let words = Words::of(&prepared.views, &memory.lexicon);
            assert_eq!(words.all.is_some(), repeated > 0);
            let has = |word: &str| words.contains(hash(word));
            assert!(has("renal") && has("failure") && has("rare"), "{repeated}");
            assert!(!has("not") && !has("heart") && !has("."), "{repeated}");
        }
    }
}
