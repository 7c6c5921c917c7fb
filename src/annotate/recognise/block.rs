//! Sentences of a passage that are read together: their words in one row, with places between that are beyond the ends of both
//! sentences beside them, so that whatever a word gives its neighbours is added without asking whether there are any, and what is done
//! for each of some words is one loop over all of them.

use std::ops::Range;

use super::features::REACH;
use super::lexicon::BEYOND;

/// The most pieces that are read together, but for a sentence that has more by itself.
const PIECES_LIMIT: usize = 512;
/// How many words before it is asked for the sums of a word come nearer.
pub(super) const AHEAD: usize = 24;

/// A sentence, or a part of a long one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sentence {
    /// Its pieces in the passage.
    pub pieces: Range<usize>,
    /// Their places in the row.
    pub places: Range<usize>,
}

impl Sentence {
    /// The piece at a place of the row.
    #[inline]
    pub(super) const fn piece(&self, place: usize) -> usize {
        place - self.places.start + self.pieces.start
    }
}

/// The sentences and the row.
#[derive(Debug, Default)]
pub(crate) struct Block {
    sentences: Vec<Sentence>,
    /// The number of the word at each place, [`BEYOND`] between sentences, and [`AHEAD`] more that are beyond the last.
    words: Vec<u32>,
}

/// The sentences of a passage, as many together as are read together.
pub(super) fn blocks(mut sentences: &[Range<usize>]) -> impl Iterator<Item = &[Range<usize>]> {
    std::iter::from_fn(move || {
        let first = sentences.first()?.start;
        let fitting = sentences.partition_point(|pieces| pieces.end - first <= PIECES_LIMIT);
        let (own, rest) = sentences.split_at_checked(fitting.max(1))?;
        sentences = rest;
        Some(own)
    })
}

impl Block {
    /// Takes up sentences in place of those before. `words` are those of the passage.
    pub(super) fn read(&mut self, words: &[u32], sentences: &[Range<usize>]) {
        self.sentences.clear();
        self.words.clear();
        for pieces in sentences {
            self.words.extend_from_slice(&[BEYOND; REACH]);
            let first = self.words.len();
            self.words.extend_from_slice(&words[pieces.clone()]);
            self.sentences.push(Sentence { pieces: pieces.clone(), places: first..self.words.len() });
        }
        self.words.extend_from_slice(&[BEYOND; REACH + AHEAD]);
    }

    /// The sentences.
    pub(super) fn sentences(&self) -> &[Sentence] {
        &self.sentences
    }

    /// Their pieces in the passage.
    pub(super) fn pieces(&self) -> Range<usize> {
        let first = self.sentences.first().map_or(0, |first| first.pieces.start);
        first..self.sentences.last().map_or(first, |last| last.pieces.end)
    }

    /// How many places the row has.
    pub(super) const fn len(&self) -> usize {
        self.words.len().saturating_sub(AHEAD)
    }

    /// The words of the row, with [`AHEAD`] more.
    pub(super) fn words(&self) -> &[u32] {
        &self.words
    }

    /// Whether some places begin and end their sentence.
    #[inline]
    pub(super) fn ends(&self, places: &Range<usize>) -> [bool; 2] {
        [places.start.wrapping_sub(1), places.end].map(|place| self.words.get(place) == Some(&BEYOND))
    }
}

/// The sentences of places that are asked for in order.
#[derive(Debug, Clone)]
pub(super) struct Within<'b> {
    own: Sentence,
    rest: std::slice::Iter<'b, Sentence>,
}

impl<'b> Within<'b> {
    /// Those of some sentences.
    pub(super) fn new(sentences: &'b [Sentence]) -> Self {
        Self { own: Sentence::default(), rest: sentences.iter() }
    }

    /// The sentence of a place of the row that is not before the last that was asked for.
    #[inline]
    pub(super) fn at(&mut self, place: usize) -> &Sentence {
        while place >= self.own.places.end {
            let Some(next) = self.rest.next() else { break };
            self.own = next.clone();
        }
        &self.own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_stand_apart() {
        let words: Vec<u32> = (10..20).collect();
        let mut block = Block::default();
        block.read(&words, &[0..1, 1..2]);
        block.read(&words, &[2..5, 5..7]);
        assert_eq!(block.words()[..block.len()], [0, 0, 12, 13, 14, 0, 0, 15, 16, 0, 0]);
        assert_eq!(block.words().len(), block.len() + AHEAD);
        assert_eq!(block.pieces(), 2..7);
        let [first, second] = block.sentences() else { panic!() };
        assert_eq!((first.places.clone(), second.places.clone()), (2..5, 7..9));
        assert_eq!((first.piece(4), second.piece(7)), (4, 5));
        assert_eq!(
            [2..5, 3..5, 7..8, 8..8].map(|places| block.ends(&places)),
            [[true, true], [false, true], [true, false], [false, false]]
        );
        let mut within = Within::new(block.sentences());
        let starts = [2, 4, 7, 8].map(|place| within.at(place).places.start);
        assert_eq!(starts, [2, 2, 7, 7]);
        assert_eq!(Block::default().pieces(), 0..0);
    }

    #[test]
    fn as_many_are_read_together_as_fit() {
        let sentences = [0..500, 500..512, 512..513, 513..2_000, 2_000..2_100];
        let together: Vec<usize> = blocks(&sentences).map(<[_]>::len).collect();
        assert_eq!(together, [2, 1, 1, 1]);
        assert_eq!(blocks(&[]).count(), 0);
    }
}
