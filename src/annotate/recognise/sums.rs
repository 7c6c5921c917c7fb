//! The weights of each piece of a sentence: sums of what its words, shapes and tags were found to give once, and of the
//! features that only they together give.

use std::ops::Range;

use super::super::models::Models;
use super::features::{REACH, each_joint_feature, neighbouring_chunks, spaces};
use super::lexicon::Lexicon;
use super::table::{SLOT_BYTES, Sums, add_sums};
use super::tag_book::TagBook;
use super::view::PassageView;

/// What summing needs again and again.
#[derive(Debug, Default)]
pub(crate) struct Summing {
    /// The sums of each piece of the sentence.
    pub sums: Vec<Sums>,
}

impl Summing {
    /// Sums up what words, shapes and tags give each piece of a sentence by themselves.
    pub(crate) fn of_chain(
        &mut self,
        models: &Models,
        view: &PassageView,
        (lexicon, book): (&Lexicon, &mut TagBook),
        chain: &Range<usize>,
    ) {
        self.sums.clear();
        self.sums.resize(chain.len(), [0; SLOT_BYTES]);
        self.add_words(view, lexicon, chain);
        self.add_shapes(view, lexicon, chain);
        let untagged = *book.untagged(&models.table);
        for (place, at) in chain.clone().enumerate() {
            if view.types[at] == 0 {
                add_sums(&mut self.sums[place], &untagged);
                continue;
            }
            let number = book.number(&models.table, &view.tags[at]);
            for (side, place) in [(2, place.checked_sub(1)), (1, Some(place)), (0, Some(place + 1))] {
                if let Some(sums) = place.and_then(|place| self.sums.get_mut(place)) {
                    add_sums(sums, book.sums(number, side));
                }
            }
        }
    }

    /// Adds what each word gives itself and the pieces around it.
    fn add_words(&mut self, view: &PassageView, lexicon: &Lexicon, chain: &Range<usize>) {
        let count = self.sums.len();
        for (place, word) in view.words[chain.clone()].iter().enumerate() {
            // at the piece before, the word stands one behind
            for (distance, sums) in lexicon.sums(*word).iter().enumerate() {
                if let Some(own) = (place + REACH).checked_sub(distance).and_then(|at| self.sums.get_mut(at))
                {
                    add_sums(own, sums);
                }
            }
        }
        for beyond in 1..=REACH {
            // before the first piece, and behind the last
            for place in 0..(REACH + 1 - beyond).min(count) {
                add_sums(&mut self.sums[place], lexicon.beyond(REACH - place - beyond));
                add_sums(&mut self.sums[count - 1 - place], lexicon.beyond(REACH + place + beyond));
            }
        }
    }

    /// Adds what shapes give, and the words as white space cuts them.
    fn add_shapes(&mut self, view: &PassageView, lexicon: &Lexicon, chain: &Range<usize>) {
        for (place, at) in chain.clone().enumerate() {
            let own = &mut self.sums[place];
            for sums in lexicon.shape_sums(view.words[at], spaces(view, chain, at), view.repeated[at]) {
                add_sums(own, sums);
            }
            let (chunk, part) = view.chunks[at];
            if part > 0 {
                add_sums(own, lexicon.chunk_sums(chunk, part));
            }
            let (before, after) = neighbouring_chunks(view, chain, at);
            for (chunk, is_before) in [(before, true), (after, false)] {
                if let Some(chunk) = chunk {
                    add_sums(own, lexicon.sums_beside_chunk(chunk, is_before));
                }
            }
        }
    }

    /// Adds to the piece `at` what several things give it together.
    pub(crate) fn add_joint(
        &mut self,
        models: &Models,
        view: &PassageView,
        lexicon: &Lexicon,
        chain: &Range<usize>,
        at: usize,
    ) {
        let form = |place: usize| lexicon.form(view.words[place]);
        let sums = &mut self.sums[at - chain.start];
        each_joint_feature(view, form, chain, at, &mut |_, feature| models.table.add(feature, sums));
    }
}
