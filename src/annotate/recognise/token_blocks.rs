//! The tokens of a text in blocks, and what these begin: told of all tokens of a block at once, by bits.

use super::beginnings::{Beginning, Glance};
use crate::text::masks::with_bits;
use crate::text::{Gap, Token, prefetch};

/// The tokens whose beginnings are looked for together: a bit for each.
pub(super) const BLOCK_TOKENS: usize = u64::BITS as usize;
/// Room for what is told of the tokens of a block and of the one behind, with one to spare so that the place behind any bit's is one.
pub(super) const ROOM_TOKENS: usize = BLOCK_TOKENS + 2;
/// Where the gap before a token begins in its signs, above those of its word.
const GAP_SHIFT: u32 = 3;
const GAP_SIGNS: u8 = 7 << GAP_SHIFT;

/// A gap as it is among the signs of a token.
#[inline]
const fn gap_signs(gap: Gap) -> u8 {
    (gap as u8) << GAP_SHIFT
}

/// The tokens of a block and the one behind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// The numbers of their words.
    pub words: [u32; ROOM_TOKENS],
    /// What is asked first of what these begin.
    pub glances: [Glance; ROOM_TOKENS],
    /// What these say, but for the bit as a second word, and the gap before each.
    signs: [u8; ROOM_TOKENS],
    /// The places of the names of one word, of those that are such.
    pub own: [u32; BLOCK_TOKENS],
}

/// What the tokens of a block begin, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Begun {
    /// Those that are whole words and names by themselves.
    pub single: u64,
    /// Those that names go on from, where the next token belongs to the same text.
    pub going: u64,
    /// Whether all of them are known.
    pub is_known: bool,
}

impl Block {
    /// One without tokens.
    pub(super) const EMPTY: Self = Self {
        words: [0; ROOM_TOKENS],
        glances: [Glance::UNKNOWN; ROOM_TOKENS],
        signs: [0; ROOM_TOKENS],
        own: [0; BLOCK_TOKENS],
    };

    /// Takes the tokens of a block and the one behind with their words, and looks towards what these begin.
    // a loop of its own has registers enough
    #[inline(never)]
    pub(super) fn read(
        &mut self,
        tokens: &[Token],
        words: impl Iterator<Item = u32>,
        (beginnings, glances): (&[Beginning], &[Glance]),
    ) {
        // of one length, which is asked for once then
        let count = beginnings.len().min(glances.len());
        let (beginnings, glances) = (&beginnings[..count], &glances[..count]);
        let room = self.words.iter_mut().zip(&mut self.glances).zip(&mut self.signs);
        for ((token, word), ((own, glance), signs)) in tokens.iter().zip(words).zip(room) {
            *own = word;
            let known = glances.get(word as usize).zip(beginnings.get(word as usize));
            prefetch(known.map(|(_, beginning)| beginning));
            *glance = known.map_or(Glance::UNKNOWN, |(glance, _)| *glance);
            *signs = glance.signs() | gap_signs(token.gap);
        }
    }

    /// Puts a token at a place.
    pub(super) fn put(&mut self, at: usize, word: u32, glance: Glance, gap: Gap) {
        self.words[at] = word;
        self.glances[at] = glance;
        self.signs[at] = glance.signs() | gap_signs(gap);
    }

    /// Tells what the first `count` tokens begin; the one behind a whole block has `behind` before it.
    #[inline]
    pub(super) fn begun(&self, count: usize, behind: Option<Gap>) -> Begun {
        let Some(last) = count.min(BLOCK_TOKENS).checked_sub(1) else { return Begun::default() };
        let signs = self.signs.first_chunk().unwrap_or(&[0; BLOCK_TOKENS]);
        let all = u64::MAX >> (BLOCK_TOKENS - 1 - last);
        // no name begins within a word
        let begins = !with_bits(signs, GAP_SIGNS, gap_signs(Gap::None)) & all;
        let follows = !with_bits(signs, GAP_SIGNS, gap_signs(Gap::Break)) & all;
        let ends = begins >> 1 | u64::from(behind.is_none_or(|gap| gap != Gap::None)) << last;
        let goes_on = follows >> 1 | u64::from(behind.is_some_and(|gap| gap != Gap::Break)) << last;
        let has = |sign: u8| with_bits(signs, sign, sign);
        Begun {
            single: begins & ends & has(Glance::NAMED_SIGN),
            going: begins & goes_on & has(Glance::CONTINUES_SIGN),
            is_known: (has(Glance::KNOWN_SIGN) | !all) == u64::MAX
                && (behind.is_none() || self.glances[BLOCK_TOKENS].is_known()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_block_begins_is_told_as_token_by_token() {
        let gaps = [Gap::Break, Gap::Space, Gap::None, Gap::Joiner, Gap::None, Gap::Break, Gap::Space];
        let glance = |bits: u32| {
            let mut own = Beginning::of("a");
            (own.name, own.continues) = (bits & 1, bits & 2 != 0);
            own.glance()
        };
        let glances: Vec<Glance> = (0..8).map(glance).collect();
        for count in [1, 2, 7, 63, 64, 65] {
            let tokens: Vec<(Glance, Gap)> =
                (0..count).map(|at| (glances[at * 5 % 8], gaps[at % 7])).collect();
            let mut block = Block::EMPTY;
            for (at, (glance, gap)) in tokens.iter().enumerate() {
                block.put(at, 0, *glance, *gap);
            }
            let mut expected = Begun { is_known: true, ..Begun::default() };
            for (at, (glance, gap)) in tokens.iter().take(BLOCK_TOKENS).enumerate() {
                let (begins, next) = (*gap != Gap::None, tokens.get(at + 1).map(|next| next.1));
                let single = begins && next.is_none_or(|gap| gap != Gap::None) && glance.is_named();
                let going = begins && next.is_some_and(|gap| gap != Gap::Break) && glance.continues();
                expected.single |= u64::from(single) << at;
                expected.going |= u64::from(going) << at;
            }
            let behind = tokens.get(BLOCK_TOKENS).map(|behind| behind.1);
            assert_eq!(block.begun(count, behind), expected, "{count}");
            block.put(count - 1, 0, Glance::UNKNOWN, Gap::Space);
            assert!(!block.begun(count, behind).is_known, "{count}");
        }
        assert_eq!(Block::EMPTY.begun(0, None), Begun::default());
    }
}
