//! The features of a piece: the one code path that training and use share.
//!
//! A word's own features depend on the word and on how far away it stands, so their weights are summed once a distinct
//! word ([`super::lexicon`]). All others depend on the neighbours, the dictionary and the document.

use std::ops::Range;

use super::super::binomials::Part;
use super::dictionary::TYPES;
use super::lexicon::Lexicon;
use super::tags::Tags;
use super::view::PassageView;
use super::words::{Form, PAIR_PLACES, Word, both, feature, of_pair, of_pair_at};

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
    pub(super) const ORGANISM: u32 = 14;
    pub(super) const GRAM: u32 = 15;
    pub(super) const SPELLING: u32 = 16;
    /// Kinds of a word's own features are below this, once for each distance.
    pub(super) const OF_WORD: u32 = 20;
    pub(super) const PAIR_AROUND: u32 = 130;
    pub(super) const SHAPES: u32 = 131;
    pub(super) const SPACES: u32 = 132;
    pub(super) const CHUNK: u32 = 133;
    pub(super) const CHUNK_SHAPE: u32 = 134;
    pub(super) const CHUNK_PLACE: u32 = 135;
    pub(super) const CHUNK_SUFFIX: u32 = 136;
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
    if distance == REACH {
        take(feature(kind::BIAS, 0));
    }
    let mut give = |kind: u32, value: u64| take(feature(base + kind, value));
    give(kind::FOLDED, word.folded);
    give(kind::SHORT_SHAPE, word.short_shape);
    give(kind::ORGANISM, word.organism);
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

/// Calls `take` with each feature of a piece of a word, as white space cuts it, by what the word is; `place` is the
/// piece's place in it (see [`PassageView::chunks`]).
pub(crate) fn each_chunk_feature(chunk: &Word, place: u8, mut take: impl FnMut(u64)) {
    let place = u64::from(place);
    take(feature(kind::CHUNK, both(chunk.lower, place)));
    take(feature(kind::CHUNK_SHAPE, both(chunk.short_shape, place)));
    take(feature(kind::CHUNK_SUFFIX, both(chunk.suffixes[1], place)));
    take(feature(kind::CHUNK_PLACE, place));
}

/// Calls `take` with each feature of a piece that has such a word, as white space cuts it, before or after its own:
/// "IL-2" before "receptor".
pub(crate) fn each_feature_beside_chunk(chunk: &Word, is_before: bool, mut take: impl FnMut(u64)) {
    let kind = if is_before { kind::CHUNK_BEFORE } else { kind::CHUNK_AFTER };
    take(feature(kind, chunk.lower));
    take(feature(kind, chunk.short_shape));
}

/// Calls `take` with the feature of a piece of that short shape that has white space before it (1) and after it (2).
pub(crate) fn each_space_feature(short_shape: u64, spaces: u8, mut take: impl FnMut(u64)) {
    take(feature(kind::SPACES, both(u64::from(spaces), short_shape)));
}

/// Calls `take` with the feature of a piece of that short shape whose word the document has that often.
pub(crate) fn each_repetition_feature(short_shape: u64, repeated: u8, mut take: impl FnMut(u64)) {
    take(feature(kind::REPEATED, both(u64::from(repeated), short_shape)));
}

/// Calls `take` with each feature that the dictionary alone gives a piece.
pub(crate) fn each_tag_feature(tags: &Tags, mut take: impl FnMut(u64)) {
    for (of, tag) in tags.each() {
        let place = (of as u64) << 8 | u64::from(tag.place);
        take(feature(kind::NAME_PLACE + 1, place));
        take(feature(kind::NAME_QUALITY, place << 8 | u64::from(tag.quality)));
    }
    take(feature(kind::NAME_TYPES, tags.places()));
}

/// Calls `take` with each feature of a piece beside one with those tags.
pub(crate) fn each_feature_beside_tags(tags: &Tags, is_before: bool, mut take: impl FnMut(u64)) {
    let kind = kind::NAME_PLACE + if is_before { 0 } else { 2 };
    for (of, tag) in tags.each() {
        take(feature(kind, (of as u64) << 8 | u64::from(tag.place)));
    }
}

/// Whether white space stands before a piece (1) and after it (2), or an end of its sentence.
pub(crate) fn spaces(view: &PassageView, chain: &Range<usize>, at: usize) -> u8 {
    let spaced = |place: usize| !chain.contains(&place) || view.pieces.pieces[place].spaced;
    spaces_of(spaced(at), spaced(at + 1))
}

/// [`spaces`] of what stands before a piece and what stands before the next.
#[inline]
pub(crate) const fn spaces_of(before: bool, after: bool) -> u8 {
    before as u8 | (after as u8) << 1
}

/// The words, as white space cuts them, before and after the one that a piece is a part of, where they have parts.
pub(crate) fn neighbouring_chunks(
    view: &PassageView,
    chain: &Range<usize>,
    at: usize,
) -> (Option<u32>, Option<u32>) {
    let of = |place: usize| Some(view.chunks[place]).filter(|(_, place)| *place > 0).map(|(chunk, _)| chunk);
    let (own, _) = view.chunks[at];
    let first = view.chunk_starts[at] as usize;
    let before = if first > chain.start { of(first - 1) } else { None };
    let mut rest = (at + 1..chain.end).take(super::view::CHUNK_PIECES_LIMIT);
    let after = rest.find(|&place| view.chunks[place].0 != own).and_then(of);
    (before, after)
}

/// Calls `take` with each feature of the piece `at` of a chain that is no word's own and that one thing gives, such as
/// [`each_tag_feature`]. `chain` are the pieces of the sentence.
pub(crate) fn each_context_feature(
    view: &PassageView,
    lexicon: &Lexicon,
    chain: &Range<usize>,
    at: usize,
    take: &mut impl FnMut(Origin, u64),
) {
    let shape = lexicon.word(view.words[at]).short_shape;
    let mut text = |feature| take(Origin::Text, feature);
    each_space_feature(shape, spaces(view, chain, at), &mut text);
    each_repetition_feature(shape, view.repeated[at], &mut text);
    let (chunk, place) = view.chunks[at];
    if place > 0 {
        each_chunk_feature(lexicon.word(chunk), place, &mut text);
    }
    let (before, after) = neighbouring_chunks(view, chain, at);
    for (chunk, is_before) in [(before, true), (after, false)] {
        if let Some(chunk) = chunk {
            each_feature_beside_chunk(lexicon.word(chunk), is_before, &mut text);
        }
    }
    let mut dictionary = |feature| take(Origin::Dictionary, feature);
    each_tag_feature(&view.tags[at], &mut dictionary);
    for (place, is_before) in [(at.checked_sub(1), true), (Some(at + 1), false)] {
        if let Some(place) = place.filter(|place| chain.contains(place)) {
            each_feature_beside_tags(&view.tags[place], is_before, &mut dictionary);
        }
    }
}

/// Calls `take` with each feature of the piece `at` of a chain that several things give together.
pub(crate) fn each_feature_together(
    view: &PassageView,
    lexicon: &Lexicon,
    chain: &Range<usize>,
    at: usize,
    take: &mut impl FnMut(Origin, u64),
) {
    let form = |place: &usize| lexicon.form(view.words[*place]);
    let around: [Form; DISTANCES] = std::array::from_fn(|distance| {
        let place = (at + distance).checked_sub(REACH).filter(|place| chain.contains(place));
        place.as_ref().map_or(Form::BEYOND, form)
    });
    for (place, pair) in (0..PAIR_PLACES).zip(around.windows(2)) {
        take(Origin::Text, of_pair_at(pair_of(pair[0].folded, pair[1].folded), place));
    }
    let [_, before, own, after, _] = around;
    take(Origin::Text, around_of(before.folded, after.folded));
    take(Origin::Text, shapes_of([before, own, after].map(|form| form.short_shape)));
    each_frequent_feature(view, chain, at, (own.folded, own.living), take);
}

/// What two words that follow each other give together: from the two before a piece to the two after it, at the places 0 to
/// 3 of [`of_pair_at`]; by the hashes of their folded forms.
#[inline]
pub(crate) const fn pair_of(one: u64, other: u64) -> u64 {
    of_pair(one, other)
}

/// The feature of a piece between two words, by the hashes of their folded forms.
#[inline]
pub(crate) const fn around_of(before: u64, after: u64) -> u64 {
    feature(kind::PAIR_AROUND, both(before, after))
}

/// The feature of a piece by the short shapes of the word before, its own and the one after.
pub(crate) const fn shapes_of([before, own, after]: [u64; 3]) -> u64 {
    feature(kind::SHAPES, both(both(before, own), after))
}

/// Calls `take` with each feature of the piece `at` of a chain that several things give together, but for those of
/// [`pair_of`], [`around_of`] and [`shapes_of`]. Mostly they are ones that other pieces had before. `own` is the hash of its folded form, and
/// whether it is a word of [`Form::living`].
#[inline]
pub(crate) fn each_frequent_feature(
    view: &PassageView,
    chain: &Range<usize>,
    at: usize,
    (own, living): (u64, bool),
    take: &mut impl FnMut(Origin, u64),
) {
    // names mean the same in every document, such words do not
    if living {
        for (number, kind) in (0..).zip(view.kind) {
            take(Origin::Text, feature(kind::DOCUMENT + number, both(own, kind)));
        }
    }
    if view.has_forms {
        forms_around(view, chain, at, take);
    }
    joint_tags(view, chain, at, own, take);
    short_forms(view, at, take);
}

/// What a piece and those beside it are to the names of organisms in two words and to variants.
fn forms_around(view: &PassageView, chain: &Range<usize>, at: usize, take: &mut impl FnMut(Origin, u64)) {
    let mut text = |kind: u32, value: u64| take(Origin::Text, feature(kind, value));
    let around = [(0, at.checked_sub(1)), (1, Some(at)), (2, Some(at + 1))];
    let around = around.map(|(kind, place)| (kind, place.filter(|place| chain.contains(place))));
    for (distance, place) in around {
        let part = place.map_or(Part::None, |place| view.binomials[place]);
        if part != Part::None {
            text(kind::BINOMIAL + distance, part as u64);
        }
        let pattern = place.map_or(0, |place| view.patterns[place]);
        if pattern > 0 {
            text(kind::PATTERN + distance, u64::from(pattern));
            // how certain it is, whatever its class, and whether it begins there
            text(kind::PATTERN + distance, 1 << 8 | u64::from((pattern - 1) % 6));
        }
    }
}

fn joint_tags(
    view: &PassageView,
    chain: &Range<usize>,
    at: usize,
    own: u64,
    take: &mut impl FnMut(Origin, u64),
) {
    let mut give = |kind: u32, value: u64| take(Origin::Dictionary, feature(kind, value));
    let own_types = view.tags[at].places();
    for (of, tag) in view.tags[at].each() {
        give(kind::NAME_AND_WORD, both((of as u64) << 8 | u64::from(tag.place), own));
    }
    for (kind, place) in
        [(kind::NAME_TYPES_BEFORE, at.checked_sub(1)), (kind::NAME_TYPES_AFTER, Some(at + 1))]
    {
        let beside = place.filter(|place| chain.contains(place)).map_or(0, |place| view.tags[place].places());
        if beside != 0 {
            give(kind, both(beside, own_types));
        }
    }
}

fn short_forms(view: &PassageView, at: usize, take: &mut impl FnMut(Origin, u64)) {
    let (short, tag) = view.short_form(at);
    if short.place > 0 {
        let place = u64::from(short.place);
        take(Origin::Text, feature(kind::SHORT_FORM, place));
        take(Origin::Text, feature(kind::SHORT_HEAD, both(tag.head, place)));
        take(Origin::Text, feature(kind::SHORT_FIRST, both(tag.begin, place)));
        take(Origin::Dictionary, feature(kind::SHORT_TYPE, u64::from(tag.types) << 8 | place));
        for of in (0..TYPES).filter(|of| tag.types >> of & 1 == 1) {
            take(Origin::Dictionary, feature(kind::SHORT_TYPE, 1 << 32 | (of as u64) << 8 | place));
        }
    }
    if short.in_long_form {
        take(Origin::Text, feature(kind::IN_LONG_FORM, 0));
    }
}
