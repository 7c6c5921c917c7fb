//! The weights of each piece of a sentence: sums of what its words, shapes and tags were found to give once, and of the
//! features that only they together give.

use std::ops::Range;

use super::super::models::Models;
use super::features::{DISTANCES, REACH, each_joint_feature, neighbouring_chunks, spaces};
use super::lexicon::Lexicon;
use super::table::{SLOT_BYTES, Sums, add_sums};
use super::tag_book::TagBook;
use super::view::PassageView;

/// What summing needs again and again.
#[derive(Debug, Default)]
pub(crate) struct Summing {
    /// The sums of each piece of the sentence.
    pub sums: Vec<Sums>,
    features: Vec<u64>,
    tags: Vec<u32>,
}

impl Summing {
    /// Sums up the weights of each piece of a sentence.
    pub(crate) fn of_chain(
        &mut self,
        models: &Models,
        view: &PassageView,
        (lexicon, book): (&Lexicon, &mut TagBook),
        chain: &Range<usize>,
    ) {
        self.tags.clear();
        self.tags.extend(view.tags[chain.clone()].iter().map(|tags| book.number(&models.table, tags)));
        self.sums.clear();
        for at in chain.clone() {
            let mut own: Sums = [0; SLOT_BYTES];
            add_words(view, lexicon, chain, at, &mut own);
            let place = at - chain.start;
            for (tags, side) in [(place.checked_sub(1), 0), (Some(place), 1), (Some(place + 1), 2)] {
                if let Some(number) = tags.and_then(|tags| self.tags.get(tags)) {
                    add_sums(&mut own, book.sums(*number, side));
                }
            }
            self.features.clear();
            let form = |place: usize| lexicon.form(view.words[place]);
            each_joint_feature(view, form, chain, at, &mut |_, feature| self.features.push(feature));
            models.table.add_all(&self.features, &mut own);
            self.sums.push(own);
        }
    }
}

/// Adds what the words around a piece give, its shape, and the words as white space cuts them.
fn add_words(view: &PassageView, lexicon: &Lexicon, chain: &Range<usize>, at: usize, own: &mut Sums) {
    for distance in 0..DISTANCES {
        let place = (at + distance).checked_sub(REACH).filter(|place| chain.contains(place));
        add_sums(own, lexicon.sums(place.map(|place| view.words[place]), distance));
    }
    for sums in lexicon.shape_sums(view.words[at], spaces(view, chain, at), view.repeated[at]) {
        add_sums(own, sums);
    }
    let (chunk, place) = view.chunks[at];
    if place > 0 {
        add_sums(own, lexicon.chunk_sums(chunk, place));
    }
    let (before, after) = neighbouring_chunks(view, chain, at);
    for (chunk, is_before) in [(before, true), (after, false)] {
        if let Some(chunk) = chunk {
            add_sums(own, lexicon.sums_beside_chunk(chunk, is_before));
        }
    }
}
