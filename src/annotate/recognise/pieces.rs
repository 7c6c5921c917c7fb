//! The pieces of a passage that labels are given to: its tokens, and each character of punctuation between them.

use std::ops::Range;

use super::super::passages::PassageText;
use crate::model::Span;
use crate::text::pauses::work_done;
use crate::text::{Gap, NO_NUMBER, Token, to_u32};

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
    /// Punctuation.
    #[inline]
    const fn sign(start: usize, end: usize, spaced: bool) -> Self {
        Self { start: to_u32(start), end: to_u32(end), token: NO_TOKEN, spaced }
    }

    /// A token.
    #[inline]
    const fn of(token: &Token, number: usize, spaced: bool) -> Self {
        Self { start: token.start, end: token.end, token: to_u32(number), spaced }
    }

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

/// The bytes that may be signs.
pub(crate) const SIGNS: usize = 128;

/// The number of a sign in ASCII.
#[inline]
fn number_of_sign(signs: &[u32; SIGNS], byte: u8) -> u32 {
    signs.get(usize::from(byte)).copied().unwrap_or(NO_NUMBER)
}

/// The pieces that are cut before they are taken over.
const ROOM_PIECES: usize = 128;

/// Where a passage is cut.
struct Cut<'t> {
    text: &'t str,
    signs: &'t [u32; SIGNS],
    /// The last pieces and their numbers, so many; what stands behind them means nothing.
    pieces: [Piece; ROOM_PIECES],
    numbers: [u32; ROOM_PIECES],
    count: usize,
    /// How many pieces were taken over.
    before: usize,
    /// Where the last token ends.
    end: usize,
}

impl<'t> Cut<'t> {
    const fn new(text: &'t str, signs: &'t [u32; SIGNS]) -> Self {
        let nothing = Piece { start: 0, end: 0, token: 0, spaced: false };
        let (pieces, numbers) = ([nothing; ROOM_PIECES], [0; ROOM_PIECES]);
        Self { text, signs, pieces, numbers, count: 0, before: 0, end: 0 }
    }

    /// Whether there may be no room for what stands before a token and the token.
    const fn is_full(&self) -> bool {
        self.count + PUNCTUATION_LIMIT + 1 > ROOM_PIECES
    }

    /// Adds the first of some tokens while there is no more before them than a space or a sign, and room; gives how many.
    // stages put into one another have too few registers
    #[inline(never)]
    fn add_plain(&mut self, number: usize, (tokens, firsts): (&[Token], &mut [u32])) -> usize {
        let Self { pieces, numbers, signs, before, .. } = self;
        let (bytes, before) = (self.text.as_bytes(), *before);
        let (mut count, mut end, mut done) = (self.count, self.end, 0);
        for (token, first) in tokens.iter().zip(firsts) {
            let between = (token.start as usize).wrapping_sub(end);
            let common = COMMON[token.gap as usize % COMMON.len()][between.min(COMMON_BYTES)];
            if common == OTHER || count >= ROOM_PIECES - 1 {
                break;
            }
            if common & SIGN != 0 {
                pieces[count] = Piece::sign(end, end + 1, false);
                numbers[count] = number_of_sign(signs, bytes.get(end).copied().unwrap_or(0));
                count += 1;
            }
            pieces[count] = Piece::of(token, number + done, common & SPACED != 0);
            numbers[count] = token.number;
            *first = to_u32(before + count);
            count += 1;
            done += 1;
            end = token.end as usize;
        }
        (self.count, self.end) = (count, end);
        done
    }

    /// Adds a piece, for which there is room.
    #[inline]
    fn push(&mut self, piece: Piece, number: u32) {
        if let (Some(place), Some(own)) = (self.pieces.get_mut(self.count), self.numbers.get_mut(self.count))
        {
            (*place, *own) = (piece, number);
            self.count += 1;
        }
    }

    /// Adds the punctuation between two bytes; whether white space stands before what follows.
    fn punctuation(&mut self, start: usize, end: usize) -> bool {
        let between = self.text.as_bytes().get(start..end).unwrap_or_default();
        if between.len() > PUNCTUATION_LIMIT {
            return self.any_punctuation(start, end);
        }
        let (first, mut spaced) = (self.count, start == 0);
        for (at, byte) in (start..).zip(between) {
            match byte {
                b' ' => spaced = true,
                // signs in ASCII are mostly all that there is
                b'!'..=b'/' | b':'..=b'@' | b'['..=b'`' | b'{'..=b'~' => {
                    self.push(Piece::sign(at, at + 1, spaced), number_of_sign(self.signs, *byte));
                    spaced = false;
                }
                _ => {
                    self.count = first;
                    return self.any_punctuation(start, end);
                }
            }
        }
        spaced
    }

    /// [`Cut::punctuation`] character by character.
    #[cold]
    fn any_punctuation(&mut self, start: usize, end: usize) -> bool {
        let mut spaced = start == 0;
        if start >= end {
            return spaced;
        }
        let mut count = 0;
        let mut word: Option<usize> = None;
        let Some(between) = self.text.get(start..end) else { return spaced };
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
            word = character.is_alphanumeric().then_some(self.count);
            self.push(Piece::sign(at, after, spaced), NO_NUMBER);
            spaced = false;
        }
        spaced
    }
}

/// What stands between two tokens where that is common: a sign, white space behind it, neither or both.
const SIGN: u8 = 1;
const SPACED: u8 = 2;
const OTHER: u8 = 4;
/// The bytes of what is not common, or more.
const COMMON_BYTES: usize = 3;

/// What is common by the gap, and by how many bytes it has.
const COMMON: [[u8; COMMON_BYTES + 1]; 8] = {
    let mut common = [[0, OTHER, OTHER, OTHER]; 8];
    // only at the beginning of a text is nothing as good as space
    common[Gap::Break as usize][0] = OTHER;
    common[Gap::Space as usize][1] = SPACED;
    common[Gap::Joiner as usize][1] = SIGN;
    common[Gap::Tight as usize][1] = SIGN;
    common[Gap::Stop as usize][2] = SIGN | SPACED;
    common[Gap::Comma as usize][2] = SIGN | SPACED;
    common
};

/// The pieces of a passage.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    /// In the order of the text.
    pub pieces: Vec<Piece>,
    /// The number of each piece's word, where the passage knows it, else [`NO_NUMBER`]; until the view takes them over.
    pub numbers: Vec<u32>,
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
        cut.read(passage, &[NO_NUMBER; SIGNS]);
        cut
    }

    /// Cuts a passage; what was cut before is overwritten. `signs` are the numbers of signs in ASCII, as far as they are known.
    // stages put into one another have too few registers
    #[inline(never)]
    pub(crate) fn read(&mut self, passage: &PassageText<'_>, signs: &[u32; SIGNS]) {
        self.pieces.clear();
        self.numbers.clear();
        self.chains.clear();
        let (text, tokens) = (passage.text, passage.folded.tokens());
        let mut of_token = std::mem::take(&mut self.of_token);
        of_token.resize(tokens.len(), 0);
        let mut cut = Cut::new(text, signs);
        let blocks = tokens.chunks(BLOCK_TOKENS).zip(of_token.chunks_mut(BLOCK_TOKENS));
        for (base, (block, firsts)) in (0..).step_by(BLOCK_TOKENS).zip(blocks) {
            work_done(BLOCK_TOKENS);
            let mut done = 0;
            loop {
                done += cut.add_plain(base + done, (&block[done..], &mut firsts[done..]));
                if cut.is_full() {
                    self.take(&mut cut);
                    continue;
                }
                let (Some(token), Some(first)) = (block.get(done), firsts.get_mut(done)) else { break };
                let spaced = cut.punctuation(cut.end, token.start as usize);
                *first = to_u32(cut.before + cut.count);
                cut.push(Piece::of(token, base + done, spaced), token.number);
                cut.end = token.end as usize;
                done += 1;
            }
        }
        self.of_token = of_token;
        cut.punctuation(cut.end, text.len().min(cut.end + PUNCTUATION_LIMIT));
        self.take(&mut cut);
        self.find_chains(passage);
    }

    /// Takes over the pieces that were cut.
    fn take(&mut self, cut: &mut Cut<'_>) {
        self.pieces.extend_from_slice(cut.pieces.get(..cut.count).unwrap_or_default());
        self.numbers.extend_from_slice(cut.numbers.get(..cut.count).unwrap_or_default());
        cut.before += cut.count;
        cut.count = 0;
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

    /// The first pieces of some tokens.
    #[inline]
    pub(crate) fn firsts_of(&self, tokens: Range<usize>) -> &[u32] {
        self.of_token.get(tokens).unwrap_or_default()
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
        assert_eq!(pieces.numbers.len(), pieces.pieces.len());
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
