//! The weights of each piece of a sentence: sums of what its words, shapes and tags were found to give once, and of the
//! features that only they together give.

use std::ops::Range;

use super::super::models::Models;
use super::block::{AHEAD, Block, Sentence, Within};
use super::chunks::Chunks;
use super::features::{REACH, around_of, each_frequent_feature, pair_of, spaces_of};
use super::lexicon::{BEYOND, Hot, Lexicon, Missed};
use super::table::{SUM_LANES, Sums, Weights, add_sums};
use super::tag_book::TagBook;
use super::view::{CHUNK_PIECES_LIMIT, PassageView};
use super::words::PAIR_PLACES;
use crate::text::listed::keep;

/// What summing needs again and again.
#[derive(Debug, Default)]
pub(crate) struct Summing {
    /// The sentences that are summed up together.
    block: Block,
    /// The sums of each place of their row; those of the places between sentences mean nothing.
    sums: Vec<Sums>,
    /// The numbers of what the dictionary says of pieces, in order.
    tags: Vec<u32>,
    /// What features of several words look at in each word of the row, where it is asked for.
    words: Vec<Hot>,
    /// Pairs of words that may give the piece between them anything.
    around: Vec<Asked>,
    /// What the shapes around open pieces are known by.
    shapes: Vec<Asked>,
    /// Pairs of words that follow each other and may give the pieces around them anything.
    pairs: Vec<Asked>,
    /// What has to be looked for in the table, with its place.
    missed: Vec<(Missed, u32)>,
}

impl Summing {
    /// The sums of each place of the row.
    pub(crate) fn sums(&self) -> &[Sums] {
        self.sums.get(..self.block.len()).unwrap_or_default()
    }

    /// The sentences that were summed up last.
    pub(crate) const fn block(&self) -> &Block {
        &self.block
    }

    /// Sums up what words, shapes and tags give each piece of some sentences by themselves.
    // stages put into one another have too few registers
    #[inline(never)]
    pub(crate) fn of_sentences(
        &mut self,
        models: &Models,
        view: &PassageView,
        (lexicon, book): (&Lexicon, &mut TagBook),
        sentences: &[Range<usize>],
    ) {
        let Self { block, sums, tags, .. } = self;
        block.read(&view.words, sentences);
        let pieces = block.pieces();
        let parted = view.parted_in(&pieces);
        parted.iter().for_each(|parted| lexicon.chunks().look_towards(view.chunks[parted.start].0));
        let tagged = view.tagged_in(&pieces);
        tags.resize(tagged.len(), 0);
        for (number, at) in tags.iter_mut().zip(tagged) {
            *number = book.look_towards(&models.table, &view.tags[*at as usize]);
        }
        // what was there before is overwritten
        sums.resize(sums.len().max(block.len()), [0; SUM_LANES]);
        let words = block.words();
        words[..AHEAD + REACH].iter().for_each(|word| lexicon.look_towards(*word));
        let mut parted = parted;
        for sentence in block.sentences() {
            let Sentence { pieces, places } = sentence;
            let own = &mut sums[places.clone()];
            add_words(own, &words[places.start..], view, lexicon, pieces);
            let passed = parted.iter().take_while(|parted| parted.end <= pieces.start).count();
            parted = &parted[passed..];
            add_chunks(own, view, lexicon, pieces, parted);
        }
        let mut within = block.sentences().iter();
        // how far the places of a sentence are from its pieces, and where those end
        let (mut apart, mut end) = (0, 0);
        for (at, number) in tagged.iter().map(|at| *at as usize).zip(tags) {
            while at >= end {
                let Some(Sentence { pieces, places }) = within.next() else { return };
                (apart, end) = (places.start.wrapping_sub(pieces.start), pieces.end);
            }
            let rows = book.rows(*number);
            let around =
                sums.get_mut(at.wrapping_add(apart).wrapping_sub(1)..).and_then(<[Sums]>::first_chunk_mut);
            if let Some([before, own, after]) = around {
                add_sums(before, rows.row(2));
                add_sums(own, rows.row(1));
                add_sums(after, rows.row(0));
            }
        }
    }

    /// Adds to each piece of some stretches of the row what several things give it together.
    // stages put into one another have too few registers
    #[inline(never)]
    pub(crate) fn add_joint(
        &mut self,
        models: &Models,
        view: &PassageView,
        lexicon: &mut Lexicon,
        stretches: &[Range<usize>],
    ) {
        let table = &models.table.weights();
        self.missed.clear();
        let (open, pairs) = self.list_pairs(table, lexicon, stretches);
        // the sieve comes nearer in the meantime
        self.add_shapes(table, lexicon, open);
        let around = keep(&mut self.around[..open], |asked| table.may_have(asked.feature)).len();
        let pairs = keep(&mut self.pairs[..pairs], |asked| {
            asked.wanted &= table.places_of_pair(asked.feature);
            asked.wanted != 0
        })
        .len();
        self.around[..around].iter().for_each(|asked| table.look_towards(asked.feature));
        self.pairs[..pairs].iter().for_each(|asked| table.look_towards_pair(asked.feature));
        // and the table
        self.add_frequent(table, view, lexicon, open);
        let Self { sums, around: listed_around, pairs: listed_pairs, missed, .. } = self;
        missed.iter().for_each(|(missed, _)| table.look_towards(missed.feature));
        for Asked { feature, place, .. } in &listed_around[..around] {
            table.add_likely(*feature, &mut sums[*place as usize]);
        }
        for Asked { feature, place, wanted } in &listed_pairs[..pairs] {
            table.add_pair(*feature, *wanted, sums, *place as usize);
        }
        for (missed, place) in missed {
            lexicon.add_missed(table, *missed, &mut sums[*place as usize]);
        }
    }

    /// Lists which pairs of words may give the pieces of stretches anything, of words around a piece and of words that follow each other, and
    /// has what tells whether they do come nearer. Gives how many there are.
    fn list_pairs(
        &mut self,
        table: &Weights<'_>,
        lexicon: &Lexicon,
        stretches: &[Range<usize>],
    ) -> (usize, usize) {
        let Self { block, words, around, shapes, pairs, .. } = self;
        let numbers = block.words();
        for stretch in stretches {
            let near = stretch.start - REACH..stretch.end + REACH;
            numbers[near].iter().for_each(|number| lexicon.look_towards_hot(*number));
        }
        // what was there before is overwritten, and what is between looked at by nobody
        let more = stretches.len() * (PAIR_PLACES - 1);
        words.resize(words.len().max(block.len()), Hot::BEYOND);
        around.resize(around.len().max(block.len()), Asked::default());
        shapes.resize(around.len(), Asked::default());
        pairs.resize(pairs.len().max(block.len() + more), Asked::default());
        let (mut around_count, mut pair_count) = (0, 0);
        for stretch in stretches {
            let near = stretch.start - REACH..stretch.end + REACH;
            let words = &mut words[near.clone()];
            words.iter_mut().zip(&numbers[near]).for_each(|(word, number)| *word = lexicon.hot(*number));
            let listed = around[around_count..][..stretch.len()].iter_mut();
            let listed = listed.zip(&mut shapes[around_count..]);
            let between = words[REACH - 1..].windows(3).zip(stretch.start as u32..);
            for ((asked, shapes), (words, place)) in listed.zip(between) {
                let [before, own, after] = words else { continue };
                let feature = around_of(before.folded, after.folded);
                table.look_towards_sieve(feature);
                *asked = Asked { feature, place, wanted: 1 };
                let key = lexicon.look_towards_shapes([before, own, after]);
                *shapes = Asked { feature: key, place, wanted: 1 };
            }
            around_count += stretch.len();
            let count = stretch.len() + PAIR_PLACES - 1;
            let listed = pairs[pair_count..][..count].iter_mut();
            let following = words.windows(2).zip(stretch.start as u32..).zip(0..);
            let mut wanted = 0;
            for (asked, ((words, place), before)) in listed.zip(following) {
                let feature = pair_of(words[0].folded, words[1].folded);
                table.look_towards_sieve(feature);
                // each piece is at the next place of the next pair
                wanted = (wanted << 1 | u32::from(before < stretch.len())) & ALL_PLACES;
                *asked = Asked { feature, place, wanted };
            }
            pair_count += count;
        }
        (around_count, pair_count)
    }

    /// Adds to each of so many open pieces what the shapes around it give it.
    #[inline]
    fn add_shapes(&mut self, table: &Weights<'_>, lexicon: &Lexicon, open: usize) {
        let Self { words, sums, shapes, missed, .. } = self;
        for Asked { feature: key, place, .. } in &shapes[..open] {
            let at = *place as usize;
            if lexicon.add_shapes(*key, &mut sums[at]) {
                continue;
            }
            if let Some([before, own, after]) = words.get(at - 1..at + 2) {
                let shapes = lexicon.missed_shapes(*key, [before, own, after]);
                table.look_towards_sieve(shapes.feature);
                missed.push((shapes, *place));
            }
        }
    }

    /// Adds to each of so many open pieces what others were given before, mostly.
    #[inline]
    fn add_frequent(&mut self, table: &Weights<'_>, view: &PassageView, lexicon: &Lexicon, open: usize) {
        let Self { block, words, sums, shapes, missed, .. } = self;
        let mut within = Within::new(block.sentences());
        for Asked { place, .. } in &shapes[..open] {
            let at = *place as usize;
            let (sentence, sums) = (within.at(at), &mut sums[at]);
            let own = (words[at].folded, words[at].living);
            each_frequent_feature(view, &sentence.pieces, sentence.piece(at), own, &mut |_, feature| {
                if let Some(frequent) = lexicon.add_frequent(feature, sums) {
                    table.look_towards_sieve(feature);
                    missed.push((frequent, *place));
                }
            });
        }
    }
}

/// Puts together what the words around each piece of a sentence and its shape give it. `words` are those of the row from the first piece on.
#[inline]
fn add_words(sums: &mut [Sums], words: &[u32], view: &PassageView, lexicon: &Lexicon, pieces: &Range<usize>) {
    // those of the words around a piece, from two before to two behind
    let beyond = lexicon.sums(BEYOND);
    let [mut two_before, mut before] = [beyond; 2];
    let [mut own, mut after] = [0, 1].map(|place: usize| lexicon.sums(words[place]));
    let behind = words[REACH..].iter().zip(&words[AHEAD..]);
    let (pieces, repeated) = (&view.pieces.pieces[pieces.clone()], &view.repeated[pieces.clone()]);
    // whether white space stands before a piece, and before the next one
    let mut is_spaced = true;
    for (place, ((repeated, sums), (word, ahead))) in repeated.iter().zip(sums).zip(behind).enumerate() {
        lexicon.look_towards(*ahead);
        let two_after = lexicon.sums(*word);
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
}

/// Adds what each word of several parts, as white space cuts them, gives its pieces and those beside it
/// ([`super::features::neighbouring_chunks`]). `parted` are the pieces of such words from the first of a sentence on, `chain` its own.
#[inline]
fn add_chunks(
    sums: &mut [Sums],
    view: &PassageView,
    lexicon: &Lexicon,
    chain: &Range<usize>,
    parted: &[Range<usize>],
) {
    let (chunks, starts) = (&view.chunks[chain.clone()], &view.chunk_starts[chain.clone()]);
    for pieces in parted.iter().take_while(|pieces| pieces.start < chain.end) {
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
    use super::super::block::blocks;
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
            "Aspirin. No. It is said of mice that they had renal failure. IL-6 and TNF-alpha were not found.",
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
        for view in prepared.views.iter() {
            for chains in blocks(&view.pieces.chains) {
                let Memory { lexicon, tags, .. } = &mut memory;
                summing.of_sentences(&models, view, (lexicon, tags), chains);
                for Sentence { pieces, places } in summing.block().sentences().to_vec() {
                    for (at, place) in pieces.clone().zip(places) {
                        let own = place..place + 1;
                        summing.add_joint(&models, view, lexicon, std::slice::from_ref(&own));
                        let (expected, count) = one_by_one(&models, view, lexicon, &pieces, at);
                        assert_eq!(summing.sums()[place][FIRST_WEIGHT..], expected[FIRST_WEIGHT..], "{at}");
                        assert!(count <= FEATURES_LIMIT, "{count}");
                        known += usize::from(expected[FIRST_WEIGHT..] != [0; SUM_LANES - FIRST_WEIGHT]);
                    }
                }
            }
        }
        assert!(known > 50, "{known}");
        // stretches of several sentences together, of one piece and of more
        for (view, length) in prepared.views.iter().flat_map(|view| (1..5).map(move |length| (view, length)))
        {
            for chains in blocks(&view.pieces.chains) {
                let Memory { lexicon, tags, .. } = &mut memory;
                summing.of_sentences(&models, view, (lexicon, tags), chains);
                let sentences = summing.block().sentences().to_vec();
                let parts = |Sentence { places, .. }: &Sentence| {
                    let end = places.end;
                    let parts =
                        places.clone().step_by(length + 1).map(move |first| first..end.min(first + length));
                    parts.collect::<Vec<_>>()
                };
                let stretches: Vec<Range<usize>> = sentences.iter().flat_map(parts).collect();
                summing.add_joint(&models, view, lexicon, &stretches);
                for Sentence { pieces, places } in &sentences {
                    let read = pieces.clone().zip(places.clone());
                    for (at, place) in
                        read.filter(|(_, place)| stretches.iter().any(|own| own.contains(place)))
                    {
                        let (expected, _) = one_by_one(&models, view, lexicon, pieces, at);
                        assert_eq!(
                            summing.sums()[place][FIRST_WEIGHT..],
                            expected[FIRST_WEIGHT..],
                            "{length} {at}"
                        );
                    }
                }
            }
        }
    }
}
