//! The pieces of a passage that labels are given to: its tokens, and each character of punctuation between them.

use std::ops::Range;

use super::super::passages::PassageText;
use super::lexicon::hash_of_sign;
use crate::model::Span;
use crate::text::pauses::work_done;
use crate::text::{Gap, Token, to_u32};

/// The most pieces of one chain; a longer sentence is cut, which keeps memory within bounds.
pub(crate) const CHAIN_PIECES_LIMIT: usize = 1_024;
/// The tokens whose work is told together.
const BLOCK_TOKENS: usize = 64;
/// The most pieces of punctuation between two tokens; what follows is passed over.
const PUNCTUATION_LIMIT: usize = 16;

/// A piece and where it stands: four to a line of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    start: u32,
    end: u32,
    /// [`NO_TOKEN`] for punctuation.
    token: u32,
    /// Whether white space stands before it, or nothing.
    pub spaced: bool,
}

/// In the place of a token's number. Tokens are fewer, as [`TEXT_BYTES_LIMIT`](crate::text::TEXT_BYTES_LIMIT) bounds them and what
/// stands between them.
const NO_TOKEN: u32 = u32::MAX;

impl Piece {
    /// The first byte in the passage.
    #[inline]
    pub(crate) const fn start(&self) -> usize {
        self.start as usize
    }

    /// The first byte after it.
    #[inline]
    pub(crate) const fn end(&self) -> usize {
        self.end as usize
    }

    /// Its token; `None` for punctuation.
    #[inline]
    pub(crate) const fn token(&self) -> Option<usize> {
        if self.token == NO_TOKEN { None } else { Some(self.token as usize) }
    }
}

/// The pieces of a passage.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    /// In the order of the text.
    pub pieces: Vec<Piece>,
    /// The hash of each piece's source where that alone decides its form ([`Token::source_hash`](crate::text::Token::source_hash)), and of
    /// most signs; else 0.
    pub hashes: Vec<u64>,
    /// The pieces of each sentence, or part of one.
    pub chains: Vec<Range<usize>>,
    /// The first piece of each token.
    of_token: Vec<u32>,
}

impl Pieces {
    /// Cuts a passage.
    #[cfg(test)]
    pub(crate) fn of(passage: &PassageText<'_>) -> Self {
        let mut cut = Self::default();
        cut.read(passage);
        cut
    }

    /// Cuts a passage; what was cut before is overwritten.
    pub(crate) fn read(&mut self, passage: &PassageText<'_>) {
        self.pieces.clear();
        self.hashes.clear();
        self.chains.clear();
        let text = passage.text;
        let tokens = passage.folded.tokens();
        // some punctuation stands between them
        self.pieces.reserve(tokens.len() + tokens.len() / 4);
        self.hashes.reserve(tokens.len() + tokens.len() / 4);
        let mut of_token = std::mem::take(&mut self.of_token);
        of_token.resize(tokens.len(), 0);
        let (mut end, mut number) = (0, 0);
        for (block, firsts) in tokens.chunks(BLOCK_TOKENS).zip(of_token.chunks_mut(BLOCK_TOKENS)) {
            work_done(BLOCK_TOKENS);
            for (token, first) in block.iter().zip(firsts) {
                let spaced = self.gap(text, end, token);
                *first = to_u32(self.pieces.len());
                self.pieces.push(Piece { start: token.start, end: token.end, token: number, spaced });
                self.hashes.push(token.source_hash);
                end = token.end as usize;
                number += 1;
            }
        }
        self.of_token = of_token;
        self.punctuation(text, end, text.len().min(end + PUNCTUATION_LIMIT));
        self.find_chains(passage);
    }

    /// Adds the punctuation between the byte `start` and a token; whether white space stands before that.
    #[inline]
    fn gap(&mut self, text: &str, start: usize, token: &Token) -> bool {
        let end = token.start as usize;
        match (end.wrapping_sub(start), token.gap) {
            // only at the beginning of a text is nothing as good as space
            (0, _) => end == 0,
            // mostly there is one space
            (1, Gap::Space) => true,
            (1, Gap::Joiner | Gap::Tight) => {
                self.push_ascii(text, start, false);
                false
            }
            (2, Gap::Stop | Gap::Comma) => {
                self.push_ascii(text, start, false);
                true
            }
            _ => self.punctuation(text, start, end),
        }
    }

    /// Adds the sign in ASCII at a byte.
    #[inline]
    fn push_ascii(&mut self, text: &str, at: usize, spaced: bool) {
        let hash = text.as_bytes().get(at).map_or(0, |byte| hash_of_sign(*byte));
        self.push_sign((at, at + 1), spaced, hash);
    }

    /// Adds the punctuation between two tokens; whether white space stands before what follows.
    fn punctuation(&mut self, text: &str, start: usize, end: usize) -> bool {
        let between = text.as_bytes().get(start..end).unwrap_or_default();
        if between.len() > PUNCTUATION_LIMIT {
            return self.any_punctuation(text, start, end);
        }
        let (first, mut spaced) = (self.pieces.len(), start == 0);
        for (at, byte) in (start..).zip(between) {
            match byte {
                b' ' => spaced = true,
                // signs in ASCII are mostly all that there is
                b'!'..=b'/' | b':'..=b'@' | b'['..=b'`' | b'{'..=b'~' => {
                    self.push_ascii(text, at, spaced);
                    spaced = false;
                }
                _ => {
                    self.pieces.truncate(first);
                    self.hashes.truncate(first);
                    return self.any_punctuation(text, start, end);
                }
            }
        }
        spaced
    }

    #[inline]
    fn push_sign(&mut self, (start, end): (usize, usize), spaced: bool, hash: u64) {
        self.pieces.push(Piece { start: to_u32(start), end: to_u32(end), token: NO_TOKEN, spaced });
        self.hashes.push(hash);
    }

    /// [`Pieces::punctuation`] character by character.
    #[cold]
    fn any_punctuation(&mut self, text: &str, start: usize, end: usize) -> bool {
        let mut spaced = start == 0;
        if start >= end {
            return spaced;
        }
        let mut count = 0;
        let mut word: Option<usize> = None;
        let Some(between) = text.get(start..end) else { return spaced };
        for (offset, character) in between.char_indices() {
            let (at, after) = (start + offset, start + offset + character.len_utf8());
            if character.is_whitespace() {
                spaced = true;
                word = None;
                continue;
            }
            // the letters of a possessive are one piece
            if let Some(piece) = word.filter(|_| character.is_alphanumeric()) {
                self.pieces[piece].end = to_u32(after);
                continue;
            }
            if count == PUNCTUATION_LIMIT {
                continue;
            }
            count += 1;
            word = character.is_alphanumeric().then_some(self.pieces.len());
            self.push_sign((at, after), spaced, 0);
            spaced = false;
        }
        spaced
    }

    fn find_chains(&mut self, passage: &PassageText<'_>) {
        let mut first = 0;
        while let Some(piece) = self.pieces.get(first) {
            let sentence = passage.sentence(piece.start());
            let end = if sentence.end < passage.text.len() {
                self.first_from(first, passage, sentence.end)
            } else {
                self.pieces.len()
            };
            let end = end.clamp(first + 1, first + CHAIN_PIECES_LIMIT);
            self.chains.push(first..end);
            first = end;
        }
    }

    /// The first piece behind the piece `after` that begins at the byte `at` or behind it.
    fn first_from(&self, after: usize, passage: &PassageText<'_>, at: usize) -> usize {
        // the token that is there or behind, and what punctuation stands before it
        let token = passage.folded.tokens_within(at, at).start;
        let behind = self.of_token.get(token).map_or(self.pieces.len(), |piece| *piece as usize);
        if self.pieces.get(behind).is_some_and(|piece| piece.start() < at) {
            return behind + 1;
        }
        let before = self.pieces[after..behind.max(after)].iter().rev();
        behind - before.take_while(|piece| piece.start() >= at).count()
    }

    /// The first piece of a token.
    #[inline]
    pub(crate) fn of_token(&self, token: usize) -> usize {
        self.of_token[token] as usize
    }

    /// [`Pieces::within`] a span that covers those tokens.
    pub(crate) fn of_tokens(&self, tokens: &Range<usize>, span: Span) -> Range<usize> {
        if tokens.is_empty() {
            return self.within(span.start, span.end);
        }
        let (first, end) = (self.of_token(tokens.start), self.of_token(tokens.end - 1) + 1);
        let before = self.pieces[..first].iter().rev().take_while(|piece| piece.end() > span.start).count();
        let behind = self.pieces[end..].iter().take_while(|piece| piece.start() < span.end).count();
        first - before..end + behind
    }

    /// The pieces from the one that holds the byte `start` up to `end`.
    pub(crate) fn within(&self, start: usize, end: usize) -> Range<usize> {
        let first = self.pieces.partition_point(|piece| piece.end() <= start);
        let last = self.pieces.partition_point(|piece| piece.start() < end);
        first..last.max(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let passage = PassageText::new(text);
        Pieces::of(&passage).pieces.iter().map(|piece| &text[piece.start()..piece.end()]).collect()
    }

    #[test]
    fn tokens_and_punctuation_are_pieces() {
        for (text, expected) in [
            ("IL-7Rα (CD127).", &["IL", "-", "7", "R", "α", "(", "CD", "127", ")", "."][..]),
            ("Crohn's disease", &["Crohn", "'", "s", "disease"]),
            ("(+)-x", &["(", "+", ")", "-", "x"]),
            ("", &[]),
            (" ... ", &[".", ".", "."]),
        ] {
            assert_eq!(cut(text), expected, "{text}");
        }
    }

    #[test]
    fn pieces_of_tokens_are_those_within_their_span() {
        let text = "((IL-7Rα), Crohn's disease. (+)-x \"p53\" ... end)";
        let passage = PassageText::new(text);
        let pieces = Pieces::of(&passage);
        assert_eq!(pieces.hashes.len(), pieces.pieces.len());
        for start in 0..text.len() {
            for end in start..=text.len() {
                let span = Span { start, end };
                let tokens = passage.folded.tokens_within(start, end);
                assert_eq!(pieces.of_tokens(&tokens, span), pieces.within(start, end), "{start} {end}");
            }
        }
    }

    #[test]
    fn chains_are_sentences_and_bounded() {
        let passage = PassageText::new("Mice died. Rats lived.");
        assert_eq!(Pieces::of(&passage).chains, [0..3, 3..6]);
        let text = "a ".repeat(CHAIN_PIECES_LIMIT + 1);
        let pieces = Pieces::of(&PassageText::new(&text));
        assert_eq!(pieces.chains, [0..CHAIN_PIECES_LIMIT, CHAIN_PIECES_LIMIT..CHAIN_PIECES_LIMIT + 1]);
        assert_eq!(pieces.within(2, 5), 1..3);
        let text = format!("a{}b", "(".repeat(PUNCTUATION_LIMIT + 1));
        assert_eq!(Pieces::of(&PassageText::new(&text)).pieces.len(), PUNCTUATION_LIMIT + 2);
    }
}
