//! The passages of a document, folded once for all stages.

use super::surface;
use crate::model::{Document, Span};
use crate::text::{Spare, SpareText, Token, sentence_starts, spared};

/// A passage as the stages see it.
pub(crate) struct PassageText<'d> {
    /// The text as it came.
    pub(crate) text: &'d str,
    /// Its tokens.
    pub folded: SpareText,
    /// Where its sentences begin, in bytes, ascending.
    sentence_starts: Spare<Vec<usize>>,
    /// Whether it is in upper case throughout.
    pub shouted: bool,
}

spared!('d: Vec<PassageText<'d>>, Vec<PassageText<'static>>);

impl<'d> PassageText<'d> {
    /// Folds a passage.
    pub(crate) fn new(text: &'d str) -> Self {
        let mut folded = SpareText::take();
        folded.fold(text);
        Self { text, folded, sentence_starts: sentence_starts(text), shouted: surface::is_shouted(text) }
    }

    /// All passages of a document.
    pub(crate) fn of_document(document: &'d Document) -> Spare<Vec<Self>> {
        let mut passages: Spare<Vec<Self>> = Spare::take();
        passages.extend(document.passages.iter().map(|passage| Self::new(&passage.text)));
        passages
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

fn token_span(first: &Token, last: &Token) -> Span {
    Span { start: first.start as usize, end: last.end as usize }
}

#[cfg(test)]
mod tests {
    use super::*;

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
