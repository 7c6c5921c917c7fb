//! The weights of each piece of a sentence: sums of what its words, shapes and tags were found to give once, and of the
//! features that only they together give.

use std::ops::Range;

use super::super::models::Models;
use super::chunks::Chunks;
use super::features::{REACH, around_of, each_frequent_feature, pair_of, spaces_of};
use super::lexicon::{Hot, Lexicon};
use super::table::{SUM_LANES, Sums, Weights, add_sums};
use super::tag_book::TagBook;
use super::view::{CHUNK_PIECES_LIMIT, PassageView};
use super::words::PAIR_PLACES;
use crate::text::listed::keep;

/// What summing needs again and again.
#[derive(Debug, Default)]
pub(crate) struct Summing {
    /// The sums of each piece of the sentence, with [`REACH`] more before and behind, which mean nothing: what a word gives
    /// its neighbours is added without asking whether there are any.
    sums: Vec<Sums>,
    /// What features of several words look at in each word of the sentence, with [`REACH`] more before and behind.
    words: Vec<Hot>,
    /// Pairs of words that may give the piece between them anything.
    around: Vec<Asked>,
    /// Pairs of words that follow each other and may give the pieces around them anything.
    pairs: Vec<Asked>,
}

impl Summing {
    /// The sums of each piece of the sentence.
    pub(crate) fn of_pieces(&self) -> &[Sums] {
        let count = self.sums.len().saturating_sub(2 * REACH);
        self.sums.get(REACH..REACH + count).unwrap_or_default()
    }

    /// Sums up what words, shapes and tags give each piece of a sentence by themselves.
    // stages put into one another have too few registers
    #[inline(never)]
    pub(crate) fn of_chain(
        &mut self,
        models: &Models,
        view: &PassageView,
        (lexicon, book): (&Lexicon, &mut TagBook),
        chain: &Range<usize>,
    ) {
        let words = &view.words[chain.clone()];
        words.iter().for_each(|word| lexicon.look_towards(*word));
        for parted in view.parted_in(chain) {
            lexicon.chunks().look_towards(view.chunks[parted.start].0);
        }
        // what was there before is overwritten
        self.sums.resize(words.len() + 2 * REACH, [0; SUM_LANES]);
        let row = |place: usize| match words.get(place) {
            Some(word) => lexicon.sums(*word),
            None => lexicon.beyond(),
        };
        // those of the words around a piece, from two before to two behind
        let [mut two_before, mut before, mut own, mut after] =
            [lexicon.beyond(), lexicon.beyond(), row(0), row(1)];
        let (pieces, repeated) = (&view.pieces.pieces[chain.clone()], &view.repeated[chain.clone()]);
        // whether white space stands before a piece, and before the next one
        let mut is_spaced = true;
        for (place, (repeated, sums)) in repeated.iter().zip(&mut self.sums[REACH..]).enumerate() {
            let two_after = row(place + REACH);
            let mut all = *two_before.row(0);
            add_sums(&mut all, before.row(1));
            add_sums(&mut all, own.row(2));
            add_sums(&mut all, after.row(3));
            add_sums(&mut all, two_after.row(4));
            let is_next_spaced = pieces.get(place + 1).is_none_or(|piece| piece.spaced);
            let spaces = spaces_of(is_spaced, is_next_spaced);
            add_sums(&mut all, lexicon.shape_sums(own, spaces, *repeated));
            *sums = all;
            is_spaced = is_next_spaced;
            (two_before, before, own, after) = (before, own, after, two_after);
        }
        self.add_chunks(view, lexicon, chain);
        for at in view.tagged_in(chain) {
            let number = book.number(&models.table, &view.tags[at]);
            let rows = book.rows(number);
            let around = self.sums[at - chain.start + REACH - 1..].first_chunk_mut();
            if let Some([before, own, after]) = around {
                add_sums(before, rows.row(2));
                add_sums(own, rows.row(1));
                add_sums(after, rows.row(0));
            }
        }
    }

    /// Adds what each word of several parts, as white space cuts them, gives its pieces and those beside it
    /// ([`super::features::neighbouring_chunks`]).
    fn add_chunks(&mut self, view: &PassageView, lexicon: &Lexicon, chain: &Range<usize>) {
        let sums = &mut self.sums[REACH..][..chain.len()];
        let (chunks, starts) = (&view.chunks[chain.clone()], &view.chunk_starts[chain.clone()]);
        for pieces in view.parted_in(chain) {
            let (number, _) = view.chunks[pieces.start];
            let rows = lexicon.chunks().rows(number);
            // the places in the chain; a long sentence may have been cut within the word
            let first = pieces.start.saturating_sub(chain.start);
            let end = pieces.end.min(chain.end) - chain.start;
            for (sums, (_, place)) in sums[first..end].iter_mut().zip(&chunks[first..end]) {
                add_sums(sums, Chunks::own(rows, *place));
            }
            let next = sums[end..].iter_mut().zip(&starts[end..]);
            for (sums, _) in next.take_while(|(_, start)| **start as usize == pieces.end) {
                add_sums(sums, Chunks::beside(rows, true));
            }
            // the same word said twice is one
            let before = pieces.start.checked_sub(1).map_or(number, |at| view.chunks[at].0);
            if before == number {
                continue;
            }
            let from = first.saturating_sub(CHUNK_PIECES_LIMIT);
            let last = sums[from..first].iter_mut().zip(&chunks[from..first]).rev();
            for (sums, _) in last.take_while(|(_, (chunk, _))| *chunk == before) {
                add_sums(sums, Chunks::beside(rows, false));
            }
        }
    }

    /// Adds to each piece of some stretches of the sentence what several things give it together.
    // stages put into one another have too few registers
    #[inline(never)]
    pub(crate) fn add_joint(
        &mut self,
        models: &Models,
        view: &PassageView,
        lexicon: &mut Lexicon,
        chain: &Range<usize>,
        stretches: &[Range<usize>],
    ) {
        let numbers = &view.words[chain.clone()];
        // those between are filled where they are looked at
        self.words.resize(numbers.len() + 2 * REACH, Hot::BEYOND);
        self.words[..REACH].fill(Hot::BEYOND);
        self.words[REACH + numbers.len()..].fill(Hot::BEYOND);
        // what was there before is overwritten
        let between = stretches.len() * (PAIR_PLACES - 1);
        self.around.resize(self.around.len().max(numbers.len()), Asked::default());
        self.pairs.resize(self.pairs.len().max(numbers.len() + between), Asked::default());
        let table = &models.table.weights();
        let (mut around, mut pairs) = (0, 0);
        for stretch in stretches {
            let near = stretch.start.saturating_sub(REACH)..(stretch.end + REACH).min(numbers.len());
            let words = self.words[near.start + REACH..].iter_mut();
            words.zip(&numbers[near]).for_each(|(word, number)| *word = lexicon.hot(*number));
            self.list_pairs(table, stretch, (around, pairs));
            around += stretch.len();
            pairs += stretch.len() + PAIR_PLACES - 1;
        }
        // the sieve comes nearer in the meantime
        for stretch in stretches {
            self.add_frequent(table, view, lexicon, chain, stretch);
        }
        let around = keep(&mut self.around[..around], |asked| table.may_have(asked.feature));
        let pairs = keep(&mut self.pairs[..pairs], |asked| {
            asked.wanted &= table.places_of_pair(asked.feature);
            asked.wanted != 0
        });
        around.iter().for_each(|asked| table.look_towards(asked.feature));
        pairs.iter().for_each(|asked| table.look_towards_pair(asked.feature));
        for Asked { feature, place, .. } in around {
            table.add_likely(*feature, &mut self.sums[*place as usize + REACH]);
        }
        for Asked { feature, place, wanted } in pairs {
            table.add_pair(*feature, *wanted, &mut self.sums, *place as usize + REACH);
        }
    }

    /// Lists which pairs of words may give the pieces of a stretch anything, from those places in both lists on, and has what tells
    /// whether they do come nearer.
    #[inline]
    fn list_pairs(&mut self, table: &Weights<'_>, stretch: &Range<usize>, (around, pairs): (usize, usize)) {
        let near = &self.words[stretch.start..stretch.end + 2 * REACH];
        let between = near[REACH - 1..].windows(3).zip(stretch.start as u32..);
        for (asked, (words, place)) in self.around[around..].iter_mut().zip(between) {
            let feature = around_of(words[0].folded, words[2].folded);
            table.look_towards_sieve(feature);
            *asked = Asked { feature, place, wanted: 1 };
        }
        let count = near.len() - 1;
        let following = near.windows(2).zip(stretch.start as u32..).enumerate();
        for (asked, (before, (words, place))) in self.pairs[pairs..].iter_mut().zip(following) {
            let feature = pair_of(words[0].folded, words[1].folded);
            table.look_towards_sieve(feature);
            *asked = Asked { feature, place, wanted: wanted_places(before, count - 1 - before) };
        }
    }

    /// Adds to each piece of a stretch what others were given before, mostly.
    fn add_frequent(
        &mut self,
        table: &Weights<'_>,
        view: &PassageView,
        lexicon: &mut Lexicon,
        chain: &Range<usize>,
        stretch: &Range<usize>,
    ) {
        let Self { words, sums, .. } = self;
        let near = words[stretch.start + REACH - 1..].windows(3);
        for ((words, sums), place) in near.zip(&mut sums[stretch.start + REACH..]).zip(stretch.clone()) {
            let [before, own, after] = words else { continue };
            lexicon.add_shapes(table, [before, own, after], sums);
            let at = chain.start + place;
            each_frequent_feature(view, chain, at, (own.folded, own.living), &mut |_, feature| {
                lexicon.add_frequent(table, feature, sums);
            });
        }
    }
}

/// Of the places of a pair those whose piece is one of a stretch, as bits, by how many pairs of the stretch stand before it and behind it.
#[inline]
const fn wanted_places(before: usize, behind: usize) -> u32 {
    const LAST: usize = PAIR_PLACES - 1;
    (ALL_PLACES >> LAST.saturating_sub(before)) & (ALL_PLACES << LAST.saturating_sub(behind))
}

/// The places of a pair, as bits.
const ALL_PLACES: u32 = (1 << PAIR_PLACES) - 1;

/// Two words, by what they give pieces.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    /// Their feature; what those of words that follow each other have in common.
    feature: u64,
    /// The piece between them; the piece after both, which is the first place's, and that of each further place stands one before.
    place: u32,
    /// The places whose piece is looked at, as bits.
    wanted: u32,
}

#[cfg(test)]
mod tests {
    use super::super::super::memory::Memory;
    use super::super::super::passages::PassageText;
    use super::super::super::prepare::prepare;
    use super::super::super::vocabulary::Vocabulary;
    use super::super::features::{
        DISTANCES, beyond, each_context_feature, each_feature_together, each_word_feature,
    };
    use super::super::table::{FEATURES_LIMIT, FIRST_WEIGHT};
    use super::*;
    use crate::catalog::Catalog;

    /// The sums of a piece by the list of features that training uses, and how many features there are.
    fn one_by_one(
        models: &Models,
        view: &PassageView,
        lexicon: &Lexicon,
        chain: &Range<usize>,
        at: usize,
    ) -> (Sums, usize) {
        let (mut sums, mut count) = ([0; SUM_LANES], 0);
        let mut add = |feature| {
            models.table.add(feature, &mut sums);
            count += 1;
        };
        for distance in 0..DISTANCES {
            match (at + distance).checked_sub(REACH).filter(|place| chain.contains(place)) {
                Some(place) => each_word_feature(lexicon.word(view.words[place]), distance, &mut add),
                None => add(beyond(distance)),
            }
        }
        each_context_feature(view, lexicon, chain, at, &mut |_, feature| add(feature));
        each_feature_together(view, lexicon, chain, at, &mut |_, feature| add(feature));
        (sums, count)
    }

    #[test]
    fn what_is_summed_once_is_what_training_counts_one_by_one() {
        let long_name = format!("the p{} protein", "35S-labelled-".repeat(9));
        let texts = [
            "Interleukin-7 receptor (IL-7R, CD127) in E. coli and Escherichia coli; TNF-α-induced p.Val600Glu.",
            "Aspirin. No.",
            "(",
            "breast and ovarian cancer (BC): BRCA1/2 in MCF-7 cells, rs1800562 and c.76A>T; the mice, the mice",
            &long_name,
            "IL-2 IL-2 receptor-1 and the the p-1 p-1 p-1 x-2, x-2 x-2.",
        ];
        let catalog = Catalog::embedded().unwrap();
        let models = Models::embedded();
        let passages: Vec<PassageText<'_>> = texts.map(PassageText::new).into();
        let mut memory = Memory::for_training(&models);
        let prepared = prepare(Vocabulary::new(&catalog), &models, &passages, true, &mut memory);
        let (mut summing, mut known) = (Summing::default(), 0);
        for view in &prepared.views {
            for chain in &view.pieces.chains {
                let Memory { lexicon, tags, .. } = &mut memory;
                summing.of_chain(&models, view, (lexicon, tags), chain);
                for at in chain.clone() {
                    let place = at - chain.start;
                    let own = place..place + 1;
                    summing.add_joint(&models, view, lexicon, chain, std::slice::from_ref(&own));
                    let (expected, count) = one_by_one(&models, view, lexicon, chain, at);
                    assert_eq!(summing.of_pieces()[place][FIRST_WEIGHT..], expected[FIRST_WEIGHT..], "{at}");
                    assert!(count <= FEATURES_LIMIT, "{count}");
                    known += usize::from(expected[FIRST_WEIGHT..] != [0; SUM_LANES - FIRST_WEIGHT]);
                }
            }
        }
        assert!(known > 50, "{known}");
    }
}
