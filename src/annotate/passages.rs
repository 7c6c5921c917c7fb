//! The passages of a document, folded once for all stages.

use std::cell::RefCell;

use super::surface;
use crate::model::{Document, Span};
use crate::text::{FoldedText, Token, sentence_starts};

/// A passage as the stages see it.
pub(crate) struct PassageText<'d> {
    /// The text as it came.
    pub(crate) text: &'d str,
    /// Its tokens.
    pub folded: FoldedText,
    /// Where its sentences begin, in bytes, ascending.
    sentence_starts: Vec<usize>,
    /// Whether it is in upper case throughout.
    pub shouted: bool,
}

impl<'d> PassageText<'d> {
    /// Folds a passage.
    pub(crate) fn new(text: &'d str) -> Self {
        let mut folded = ROOM.with_borrow_mut(Vec::pop).unwrap_or_default();
        folded.fold(text);
        Self { text, folded, sentence_starts: sentence_starts(text), shouted: surface::is_shouted(text) }
    }

    /// All passages of a document.
    pub(crate) fn of_document(document: &'d Document) -> Vec<Self> {
        document.passages.iter().map(|passage| Self::new(&passage.text)).collect()
    }

    /// The bytes that the tokens from `first` up to `end` cover; empty for a range without tokens.
    pub(super) fn span(&self, first: usize, end: usize) -> Span {
        match self.folded.tokens().get(first..end) {
            Some([only]) => token_span(only, only),
            Some([first, .., last]) => token_span(first, last),
            _ => Span { start: 0, end: 0 },
        }
    }

    /// The text of a span that lies on the boundaries of tokens.
    pub(super) fn slice(&self, span: Span) -> &'d str {
        self.text.get(span.start..span.end).unwrap_or("")
    }

    /// The sentence that holds the byte `at`.
    pub(super) fn sentence(&self, at: usize) -> Span {
        let next = self.sentence_starts.partition_point(|&start| start <= at);
        let start =
            next.checked_sub(1).and_then(|index| self.sentence_starts.get(index)).copied().unwrap_or(0);
        Span { start, end: self.sentence_starts.get(next).copied().unwrap_or(self.text.len()) }
    }
}

/// The most folded texts whose room a thread keeps for others.
const ROOM_LIMIT: usize = 16;
/// The most bytes of one whose room is kept.
const ROOM_BYTES_LIMIT: usize = 1 << 16;

thread_local! {
    static ROOM: RefCell<Vec<FoldedText>> = const { RefCell::new(Vec::new()) };
}

impl Drop for PassageText<'_> {
    fn drop(&mut self) {
        let folded = std::mem::take(&mut self.folded);
        if folded.room_bytes() <= ROOM_BYTES_LIMIT {
            // a thread that ends keeps nothing
            let _ = ROOM.try_with(|room| {
                let mut room = room.borrow_mut();
                if room.len() < ROOM_LIMIT {
                    room.push(folded);
                }
            });
        }
    }
}

fn token_span(first: &Token, last: &Token) -> Span {
    Span { start: first.start as usize, end: last.end as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_for_so_many_texts_of_so_many_bytes() {
        let kept = || ROOM.with_borrow(Vec::len);
        let before = kept();
        drop(PassageText::new(&"a".repeat(ROOM_BYTES_LIMIT + 1)));
        assert!(kept() <= before);
        let many: Vec<PassageText<'_>> = (0..=ROOM_LIMIT).map(|_| PassageText::new("mice")).collect();
        drop(many);
        assert_eq!(kept(), ROOM_LIMIT);
        assert_eq!(PassageText::new("two mice").folded.tokens().len(), 2);
    }

    #[test]
    fn sentences_hold_their_words() {
        let text = "Mice had E. coli. Rats (none) did.\nWe saw 1.5 mg. it ended! Men";
        let passage = PassageText::new(text);
        let sentence = |word: &str| {
            let span = passage.sentence(text.find(word).unwrap());
            text[span.start..span.end].trim()
        };
        assert_eq!(sentence("coli"), "Mice had E. coli.");
        assert_eq!(sentence("none"), "Rats (none) did.");
        assert_eq!(sentence("it ended"), "We saw 1.5 mg. it ended!");
        assert_eq!(sentence("Men"), "Men");
        assert_eq!(PassageText::new("").sentence(0), Span { start: 0, end: 0 });
    }
}
