//! The features of a piece: the one code path that training and use share.
//!
//! A word's own features depend on the word and on how far away it stands, so their weights are summed once a distinct
//! word ([`super::lexicon`]). All others depend on the neighbours, the dictionary and the document.

use super::super::binomials::Part;
use super::dictionary::{TYPES, Tags};
use super::lexicon::Lexicon;
use super::view::{PassageView, ShortTag};
use super::words::{Word, both, feature};

/// How far a word's own features reach to each side.
pub(crate) const REACH: usize = 2;
/// The distances at which a word's own features are looked at: from two before to two behind.
pub(crate) const DISTANCES: usize = 2 * REACH + 1;

/// Kinds of features. Their numbers are part of a model; new ones come at the end.
mod kind {
    pub(super) const LOWER: u32 = 0;
    pub(super) const FOLDED: u32 = 1;
    pub(super) const SHAPE: u32 = 2;
    pub(super) const SHORT_SHAPE: u32 = 3;
    pub(super) const PREFIX: u32 = 4;
    pub(super) const SUFFIX: u32 = 8;
    pub(super) const LENGTH: u32 = 12;
    pub(super) const COMMON: u32 = 13;
    pub(super) const CLUSTER: u32 = 14;
    pub(super) const GRAM: u32 = 15;
    pub(super) const SPELLING: u32 = 16;
    /// Kinds of a word's own features are below this, once for each distance.
    pub(super) const OF_WORD: u32 = 20;
    pub(super) const PAIR_BEFORE: u32 = 128;
    pub(super) const PAIR_AFTER: u32 = 129;
    pub(super) const PAIR_AROUND: u32 = 130;
    pub(super) const SHAPES: u32 = 131;
    pub(super) const SPACES: u32 = 132;
    pub(super) const CHUNK: u32 = 133;
    pub(super) const CHUNK_SHAPE: u32 = 134;
    pub(super) const CHUNK_PLACE: u32 = 135;
    pub(super) const CHUNK_SUFFIX: u32 = 136;
    pub(super) const TWO_BEFORE: u32 = 137;
    pub(super) const TWO_AFTER: u32 = 138;
    pub(super) const CHUNK_BEFORE: u32 = 139;
    pub(super) const CHUNK_AFTER: u32 = 140;
    pub(super) const NAME_PLACE: u32 = 144;
    pub(super) const NAME_QUALITY: u32 = 147;
    pub(super) const NAME_TYPES: u32 = 148;
    pub(super) const NAME_AND_WORD: u32 = 149;
    pub(super) const SHORT_FORM: u32 = 152;
    pub(super) const SHORT_TYPE: u32 = 153;
    pub(super) const SHORT_HEAD: u32 = 154;
    pub(super) const IN_LONG_FORM: u32 = 155;
    pub(super) const SHORT_FIRST: u32 = 156;
    pub(super) const PATTERN: u32 = 160;
    pub(super) const BIAS: u32 = 163;
    pub(super) const REPEATED: u32 = 164;
    pub(super) const BINOMIAL: u32 = 168;
    pub(super) const DOCUMENT: u32 = 171;
    pub(super) const NAME_TYPES_BEFORE: u32 = 165;
    pub(super) const NAME_TYPES_AFTER: u32 = 166;
}

/// Where a feature comes from. What the dictionary says is left out at random in training, so that a model does not lean
/// on it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The text.
    Text,
    /// The catalog's names.
    Dictionary,
}

/// Calls `take` with each feature that a word has by itself when it stands at `distance` (0 to 4, the piece itself at 2).
pub(crate) fn each_word_feature(word: &Word, distance: usize, mut take: impl FnMut(u64)) {
    let base = distance_base(distance);
    let mut give = |kind: u32, value: u64| take(feature(base + kind, value));
    give(kind::FOLDED, word.folded);
    give(kind::SHORT_SHAPE, word.short_shape);
    give(kind::CLUSTER, word.cluster);
    if let Some(levels) = word.spelling.filter(|_| distance.abs_diff(REACH) < 2) {
        for (at, level) in (0_u64..).zip(levels).filter(|(_, level)| *level > 0) {
            give(kind::SPELLING, at << 8 | u64::from(level));
        }
    }
    match distance.abs_diff(REACH) {
        0 => {
            give(kind::LOWER, word.lower);
            give(kind::SHAPE, word.shape);
            for (at, (prefix, suffix)) in (0..).zip(word.prefixes.iter().zip(&word.suffixes)) {
                give(kind::PREFIX + at, *prefix);
                give(kind::SUFFIX + at, *suffix);
            }
            give(kind::LENGTH, word.length);
            give(kind::COMMON, u64::from(word.common));
            for gram in &word.grams {
                give(kind::GRAM, *gram);
            }
        }
        1 => {
            give(kind::LOWER, word.lower);
            give(kind::PREFIX + 1, word.prefixes[1]);
            give(kind::SUFFIX + 1, word.suffixes[1]);
            give(kind::SUFFIX + 2, word.suffixes[2]);
        }
        _ => give(kind::SUFFIX + 1, word.suffixes[1]),
    }
}

/// The feature of a word itself, in lower case: a model that does not know it has never met the word, or too seldom.
pub(crate) const fn of_word_itself(word: &Word) -> u64 {
    feature(distance_base(REACH) + kind::LOWER, word.lower)
}

const fn distance_base(distance: usize) -> u32 {
    distance as u32 * kind::OF_WORD
}

/// The feature that stands for the place beyond an end of the sentence.
pub(crate) const fn beyond(distance: usize) -> u64 {
    feature(distance_base(distance) + kind::FOLDED, 1)
}

/// Calls `take` with each feature of the piece `at` of a chain that is no word's own. `chain` are the pieces of the
/// sentence.
pub(crate) fn each_context_feature(
    view: &PassageView,
    lexicon: &Lexicon,
    chain: &std::ops::Range<usize>,
    at: usize,
    take: &mut impl FnMut(Origin, u64),
) {
    let word = |distance: isize| {
        let place = at.checked_add_signed(distance).filter(|place| chain.contains(place));
        place.map(|place| lexicon.word(view.words[place]))
    };
    let lower = |distance: isize| word(distance).map_or(1, |word| word.folded);
    let shape = |distance: isize| word(distance).map_or(1, |word| word.short_shape);
    let mut text = |kind: u32, value: u64| take(Origin::Text, feature(kind, value));
    let (before, own, after) = (lower(-1), lower(0), lower(1));
    text(kind::BIAS, 0);
    text(kind::PAIR_BEFORE, both(before, own));
    text(kind::PAIR_AFTER, both(own, after));
    text(kind::PAIR_AROUND, both(before, after));
    text(kind::TWO_BEFORE, both(lower(-2), before));
    text(kind::TWO_AFTER, both(after, lower(2)));
    text(kind::SHAPES, both(both(shape(-1), shape(0)), shape(1)));
    let spaced = |place: usize| !chain.contains(&place) || view.pieces.pieces[place].spaced;
    let spaces = u64::from(spaced(at)) | u64::from(spaced(at + 1)) << 1;
    text(kind::SPACES, both(spaces, shape(0)));
    text(kind::REPEATED, both(u64::from(view.repeated[at]), shape(0)));
    // names mean the same in every document, such words do not
    if word(0).is_some_and(|word| word.living) {
        for (number, kind) in (0..).zip(view.kind) {
            text(kind::DOCUMENT + number, both(own, kind));
        }
    }
    for (distance, place) in [(0, at.checked_sub(1)), (1, Some(at)), (2, Some(at + 1))] {
        let part =
            place.filter(|place| chain.contains(place)).map_or(Part::None, |place| view.binomials[place]);
        if part != Part::None {
            text(kind::BINOMIAL + distance, part as u64);
        }
    }
    let (chunk, place) = view.chunks[at];
    if place > 0 {
        let chunk = lexicon.word(chunk);
        text(kind::CHUNK, both(chunk.lower, u64::from(place)));
        text(kind::CHUNK_SHAPE, both(chunk.short_shape, u64::from(place)));
        text(kind::CHUNK_SUFFIX, both(chunk.suffixes[1], u64::from(place)));
        text(kind::CHUNK_PLACE, u64::from(place));
    }
    neighbouring_chunks(view, lexicon, chain, at, &mut text);
    dictionary(view, chain, at, own, take);
    short_forms(view, chain, at, take);
}

/// The words around the one that the piece is a part of, as white space cuts them: "IL-2" before "receptor".
fn neighbouring_chunks(
    view: &PassageView,
    lexicon: &Lexicon,
    chain: &std::ops::Range<usize>,
    at: usize,
    text: &mut impl FnMut(u32, u64),
) {
    let (own, _) = view.chunks[at];
    let first = view.chunk_starts[at];
    if first > chain.start && view.chunks[first - 1].1 > 0 {
        let (chunk, _) = view.chunks[first - 1];
        text(kind::CHUNK_BEFORE, lexicon.word(chunk).lower);
        text(kind::CHUNK_BEFORE, lexicon.word(chunk).short_shape);
    }
    let next =
        (at + 1..chain.end).take(super::view::CHUNK_PIECES_LIMIT).find(|&place| view.chunks[place].0 != own);
    if let Some(next) = next.filter(|&next| view.chunks[next].1 > 0) {
        let (chunk, _) = view.chunks[next];
        text(kind::CHUNK_AFTER, lexicon.word(chunk).lower);
        text(kind::CHUNK_AFTER, lexicon.word(chunk).short_shape);
    }
}

fn dictionary(
    view: &PassageView,
    chain: &std::ops::Range<usize>,
    at: usize,
    own: u64,
    take: &mut impl FnMut(Origin, u64),
) {
    let mut give = |kind: u32, value: u64| take(Origin::Dictionary, feature(kind, value));
    let none = Tags::default();
    let tags = &view.tags[at];
    let mut types = 0_u64;
    if tags != &none {
        for (of, tag) in tags.iter().enumerate().filter(|(_, tag)| tag.place > 0) {
            let place = (of as u64) << 8 | u64::from(tag.place);
            give(kind::NAME_PLACE + 1, place);
            give(kind::NAME_QUALITY, place << 8 | u64::from(tag.quality));
            give(kind::NAME_AND_WORD, both(place, own));
            types |= u64::from(tag.place) << (3 * of);
        }
    }
    give(kind::NAME_TYPES, types);
    for (distance, place) in [(0, at.checked_sub(1)), (2, Some(at + 1))] {
        let Some(place) = place.filter(|place| chain.contains(place)) else { continue };
        let tags = &view.tags[place];
        if tags == &none {
            continue;
        }
        let packed = tags.iter().enumerate().map(|(of, tag)| u64::from(tag.place) << (3 * of)).sum();
        give(
            if distance == 0 { kind::NAME_TYPES_BEFORE } else { kind::NAME_TYPES_AFTER },
            both(packed, types),
        );
        for (of, tag) in tags.iter().enumerate().take(TYPES).filter(|(_, tag)| tag.place > 0) {
            give(kind::NAME_PLACE + distance, (of as u64) << 8 | u64::from(tag.place));
        }
    }
}

fn short_forms(
    view: &PassageView,
    chain: &std::ops::Range<usize>,
    at: usize,
    take: &mut impl FnMut(Origin, u64),
) {
    let short = &view.short_forms[at];
    if *short != ShortTag::default() {
        if short.place > 0 {
            let place = u64::from(short.place);
            take(Origin::Text, feature(kind::SHORT_FORM, place));
            take(Origin::Text, feature(kind::SHORT_HEAD, both(short.head, place)));
            take(Origin::Text, feature(kind::SHORT_FIRST, both(short.begin, place)));
            take(Origin::Dictionary, feature(kind::SHORT_TYPE, u64::from(short.types) << 8 | place));
            for of in (0..TYPES).filter(|of| short.types >> of & 1 == 1) {
                take(Origin::Dictionary, feature(kind::SHORT_TYPE, 1 << 32 | (of as u64) << 8 | place));
            }
        }
        if short.in_long_form {
            take(Origin::Text, feature(kind::IN_LONG_FORM, 0));
        }
    }
    for (distance, place) in [(0, at.checked_sub(1)), (1, Some(at)), (2, Some(at + 1))] {
        if let Some(place) = place.filter(|place| chain.contains(place)) {
            let pattern = view.patterns[place];
            if pattern > 0 {
                take(Origin::Text, feature(kind::PATTERN + distance, u64::from(pattern)));
                // how certain it is, whatever its class, and whether it begins there
                let certainty = u64::from((pattern - 1) % 6);
                take(Origin::Text, feature(kind::PATTERN + distance, 1 << 8 | certainty));
            }
        }
    }
}
