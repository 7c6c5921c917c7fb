//! A passage as the sequence models see it: its pieces with their words, what the dictionary says of each, the short
//! forms that the document defines, and the patterns of variants.

use std::ops::Range;

use super::super::binomials::{Binomials, Part, find_ends_of_binomials};
use super::super::models::Models;
use super::super::passages::PassageText;
use super::super::short_forms::ShortForms;
use super::super::surface::{self, Agreement};
use super::super::variants::{Certainty, VariantMention, find_variants};
use super::chunks::Chunks;
use super::dictionary::{NameMatch, tag};
use super::lexicon::Lexicon;
use super::pieces::Pieces;
use super::tags::Tags;
use super::words::hash;
use crate::model::EntityType;
use crate::text::abbreviations::{Definition, find_definitions};
use crate::text::pauses::work_done;
use crate::text::{FoldedText, Gap, NO_NUMBER, Spare, Token, keep_numbers, spared};

/// The most definitions of a document that are used, by their order; a page of abbreviations has some hundred.
pub(crate) const DEFINITIONS_LIMIT: usize = 2_000;
/// The most pieces that are looked at on the way to the next word.
pub(crate) const CHUNK_PIECES_LIMIT: usize = 32;
/// The pieces that are gone through together.
const BLOCK_PIECES: usize = 64;
/// The most bytes of a word, as white space cuts it, that is looked at as a whole.
const CHUNK_BYTES_LIMIT: usize = 64;

/// What a piece is to the document's abbreviations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ShortPlace {
    /// 1 for the first piece of a short form, 2 for a further one, 0 for others.
    pub place: u8,
    /// Whether the piece is a part of a long form where it is defined.
    pub in_long_form: bool,
    /// What its long form is like, among those of the passage.
    tag: u32,
}

/// What the long form of an abbreviation is like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ShortTag {
    /// The last word of its long form.
    pub head: u64,
    /// The first word of its long form.
    pub begin: u64,
    /// The types of the name that ends the long form, as bits.
    pub types: u16,
}

/// A passage with all that its features are made of.
#[derive(Debug, Default)]
pub(crate) struct PassageView {
    /// What labels are given to.
    pub pieces: Pieces,
    /// The number of each piece's word.
    pub words: Vec<u32>,
    /// The number of the word that white space cuts and the piece is a part of, and where in it: 0 where it is the whole,
    /// 1 for its first piece, 2 for its last, 3 between them.
    pub chunks: Vec<(u32, u8)>,
    /// The first piece of the same.
    pub chunk_starts: Vec<u32>,
    /// The pieces of each of these words that has several and is looked at as a whole, in order.
    pub parted: Vec<Range<usize>>,
    /// Room for their hashes.
    parted_hashes: Vec<u64>,
    /// Room for the words, by their hashes, whose numbers are learnt.
    learnt: Vec<(u64, u32)>,
    /// How often the document has each piece's word: 1, 2 to 3, 4 to 7, more, as 0 to 3.
    pub repeated: Vec<u8>,
    /// What each piece is to the name of an organism in two words.
    pub binomials: Vec<Part>,
    /// The tokens that end such names.
    binomial_ends: Vec<usize>,
    /// Whether any piece is something to such a name, or to a variant.
    pub has_forms: bool,
    /// What the dictionary says.
    pub tags: Vec<Tags>,
    /// The pieces of which it says anything.
    tagged: Vec<u32>,
    /// What the abbreviations say.
    pub short_forms: Vec<ShortPlace>,
    /// Whether they say anything.
    has_short_forms: bool,
    /// What the long forms of the short forms in it are like, one for each place where one stands.
    short_tags: Vec<ShortTag>,
    /// What the patterns of variants say; 0 for nothing.
    pub patterns: Vec<u8>,
    /// The variants that patterns find, weak forms among them.
    pub variants: Vec<VariantMention>,
    /// Of what kind the document is ([`mark_kind`]).
    pub kind: [u64; KINDS],
}

fn refill<T>(room: &mut Vec<T>, items: impl Iterator<Item = T>) {
    room.clear();
    room.extend(items);
}

/// Makes a room hold `count` times what says nothing. Where nothing else was written into it, what is there stays.
fn renew<T: Copy>(room: &mut Vec<T>, count: usize, nothing: T, is_used: bool) {
    if is_used {
        room.clear();
    }
    room.resize(count, nothing);
}

impl PassageView {
    /// Cuts a passage into pieces and words. What was in the view before is overwritten, here and by the marks.
    // stages put into one another have too few registers
    #[inline(never)]
    pub(crate) fn read(&mut self, passage: &PassageText<'_>, lexicon: &mut Lexicon, models: &Models) {
        self.pieces.read(passage, lexicon.signs());
        std::mem::swap(&mut self.words, &mut self.pieces.numbers);
        // numbers of others mean nothing
        if passage.folded.owner() != lexicon.owner() {
            self.words.fill(NO_NUMBER);
        }
        self.number_others(passage, lexicon, models);
        self.find_chunks(passage, models, lexicon);
    }

    /// Gives the words their numbers that the passage does not know.
    fn number_others(&mut self, passage: &PassageText<'_>, lexicon: &mut Lexicon, models: &Models) {
        let Self { pieces: Pieces { pieces, .. }, words, learnt, .. } = self;
        for (pieces, words) in pieces.chunks(BLOCK_PIECES).zip(words.chunks_mut(BLOCK_PIECES)) {
            work_done(pieces.len());
            for (piece, word) in pieces.iter().zip(words).filter(|(_, word)| **word == NO_NUMBER) {
                let token = piece.token().and_then(|token| passage.folded.tokens().get(token));
                let hash = token.map_or(0, |token| token.source_hash);
                let folded = piece.token().map_or("", |token| passage.folded.folded(token));
                *word = lexicon.number(models, hash, (&passage.text[piece.start()..piece.end()], folded));
                if hash != 0 {
                    learnt.push((hash, *word));
                }
            }
        }
        if !learnt.is_empty() {
            keep_numbers(lexicon.owner(), learnt);
            learnt.clear();
        }
    }

    /// Those of [`PassageView::parted`] that have any of some pieces.
    pub(crate) fn parted_in(&self, pieces: &Range<usize>) -> &[Range<usize>] {
        let from = self.parted.partition_point(|parted| parted.end <= pieces.start);
        let end = self.parted.partition_point(|parted| parted.start < pieces.end);
        self.parted.get(from..end).unwrap_or_default()
    }

    /// Those of some pieces that the dictionary says anything of.
    pub(crate) fn tagged_in(&self, pieces: &Range<usize>) -> &[u32] {
        let place = |piece: usize| self.tagged.partition_point(|at| (*at as usize) < piece);
        self.tagged.get(place(pieces.start)..place(pieces.end)).unwrap_or_default()
    }

    /// For how many pieces there is room.
    pub(crate) const fn room(&self) -> usize {
        self.pieces.pieces.capacity()
    }

    /// What a piece is to the document's abbreviations, and what the long form is like where it is a short one's.
    #[inline]
    pub(crate) fn short_form(&self, at: usize) -> (ShortPlace, ShortTag) {
        let place = self.short_forms[at];
        let tag = if place.place > 0 { self.short_tags.get(place.tag as usize).copied() } else { None };
        (place, tag.unwrap_or_default())
    }

    /// Whether anything in it may be an organism's name in two words.
    pub(crate) fn names_binomial(&self) -> bool {
        self.binomials.iter().fold(false, |any, part| any | (*part as u8 == Part::Genus as u8))
    }

    /// The numbers of the words of some tokens.
    #[inline]
    pub(crate) fn words_of_tokens(&self, tokens: Range<usize>) -> impl Iterator<Item = u32> {
        let pieces = self.pieces.firsts_of(tokens).iter();
        pieces.map(|piece| self.words.get(*piece as usize).copied().unwrap_or_default())
    }

    /// Adds what the dictionary and patterns say of its text; abbreviations come last ([`mark_short_forms`]).
    // stages put into one another have too few registers
    #[inline(never)]
    pub(crate) fn mark(&mut self, matches: &[NameMatch], text: &str) {
        let count = self.pieces.pieces.len();
        tag(&self.pieces, matches, &mut self.tags, &mut self.tagged);
        renew(&mut self.short_forms, count, ShortPlace::default(), self.has_short_forms);
        self.has_short_forms = false;
        self.short_tags.clear();
        renew(&mut self.patterns, count, 0, !self.variants.is_empty());
        find_variants(text, &mut self.variants);
        for variant in &self.variants {
            let form = (variant.class as u8) * 3 + variant.certainty as u8;
            for (index, place) in self.pieces.within(variant.span.start, variant.span.end).enumerate() {
                self.patterns[place] = 1 + 2 * form + u8::from(index > 0);
            }
        }
    }

    fn find_chunks(&mut self, passage: &PassageText<'_>, models: &Models, lexicon: &mut Lexicon) {
        let Self {
            pieces: Pieces { pieces, .. }, words, chunks, chunk_starts, parted, parted_hashes, ..
        } = self;
        // mostly a word is one piece
        refill(chunks, words.iter().map(|word| (*word, 0)));
        chunk_starts.clear();
        parted.clear();
        let span_of = |own: &Range<usize>| pieces[own.start].start()..pieces[own.end - 1].end();
        let mut keep_parted = |own: Range<usize>| {
            work_done(1);
            let span = span_of(&own);
            if own.len() > 1 && span.len() <= CHUNK_BYTES_LIMIT {
                let hash = Chunks::hash(passage.text, span);
                lexicon.chunks().look_towards_number(hash);
                parted.push(own);
                parted_hashes.push(hash);
            }
        };
        let (mut first, mut goes_on) = (0, 0);
        for (base, block) in (0..).step_by(BLOCK_PIECES).zip(pieces.chunks(BLOCK_PIECES)) {
            work_done(block.len());
            // the pieces without white space before them, as bits
            let mut joined = 0_u64;
            chunk_starts.extend(block.iter().enumerate().map(|(bit, piece)| {
                first = if piece.spaced { (base + bit) as u32 } else { first };
                joined |= u64::from(!piece.spaced) << bit;
                first
            }));
            // the words of several pieces end there
            let mut ends = !joined & (joined << 1 | goes_on) & u64::MAX >> (BLOCK_PIECES - block.len());
            goes_on = joined >> (BLOCK_PIECES - 1);
            while ends != 0 {
                let end = base + ends.trailing_zeros() as usize;
                keep_parted(chunk_starts[end - 1] as usize..end);
                ends &= ends - 1;
            }
        }
        if let Some(last) = chunk_starts.last() {
            keep_parted(*last as usize..pieces.len());
        }
        for (own, hash) in parted.iter().zip(parted_hashes.drain(..)) {
            work_done(1);
            let number = lexicon.chunk(models, hash, || &passage.text[span_of(own)]);
            chunks[own.clone()].fill((number, 3));
            chunks[own.start].1 = 1;
            chunks[own.end - 1].1 = 2;
        }
    }
}

/// The names of organisms in two words that a document has in full, where they were [marked](mark_binomials).
pub(crate) fn binomials<'d>(passages: &[PassageText<'d>], views: &[PassageView]) -> Binomials<'d> {
    if views.iter().all(|view| view.binomial_ends.is_empty()) {
        return Binomials::default();
    }
    Binomials::among(passages.iter().zip(views.iter().map(|view| &view.binomial_ends[..])))
}

/// Marks the names of organisms in two words.
// stages put into one another have too few registers
#[inline(never)]
pub(crate) fn mark_binomials(passages: &[PassageText<'_>], views: &mut [PassageView]) {
    for (passage, view) in passages.iter().zip(views.iter_mut()) {
        find_ends_of_binomials(passage, &mut view.binomial_ends);
    }
    let binomials = binomials(passages, views);
    for (passage, view) in passages.iter().zip(views) {
        let PassageView { pieces, binomials: parts, binomial_ends, has_forms, variants, .. } = view;
        renew(parts, pieces.pieces.len(), Part::None, *has_forms);
        *has_forms = !variants.is_empty();
        binomials.each_part(passage, binomial_ends, |token, part| {
            parts[pieces.of_token(token)] = part;
            *has_forms = true;
        });
    }
}

/// In how many ways a document is told to be of a kind.
pub(crate) const KINDS: usize = 4;
/// From so many pieces on a document is more than an abstract.
const LONG_PIECES_MIN: usize = 1_000;

/// Tells of what kind the document is: papers at length or abstracts, with variants or without; of diseases and chemicals,
/// by the share of their names; of organisms, by those named in two words. What is said of "patients" in a trial differs
/// from what is said of them in a paper of fungi.
pub(crate) fn mark_kind(views: &mut [PassageView]) {
    let (mut pieces, mut variants, mut binomials) = (0_usize, 0_usize, 0_usize);
    let (mut diseases, mut chemicals, mut genes) = (0_usize, 0_usize, 0_usize);
    for view in views.iter() {
        pieces += view.pieces.pieces.len();
        variants += view.variants.iter().filter(|form| form.certainty > Certainty::Weak).count();
        if view.has_forms {
            binomials +=
                view.binomials.iter().filter(|part| matches!(part, Part::Genus | Part::Initial)).count();
        }
        for tags in view.tagged.iter().map(|at| &view.tags[*at as usize]) {
            let has = |of: EntityType| usize::from(tags.has(of as usize));
            diseases += has(EntityType::Disease);
            chemicals += has(EntityType::Chemical);
            genes += has(EntityType::Gene);
        }
    }
    let thousandths = |count: usize| count * 1_000 / pieces.max(1);
    let level = |value: usize, steps: [usize; 2]| steps.iter().filter(|step| value >= **step).count() as u64;
    let kind = [
        u64::from(pieces >= LONG_PIECES_MIN) << 8 | level(variants, [1, 3]),
        level(thousandths(diseases), [20, 60]) << 8 | level(thousandths(chemicals), [20, 60]),
        level(thousandths(binomials), [1, 15]),
        level(thousandths(genes), [15, 40]) << 8 | level(variants, [1, 3]),
    ];
    for view in views {
        view.kind = kind;
    }
}

/// How often a document has each word, without a table to clear for each document.
#[derive(Debug, Default)]
pub(crate) struct WordCounts {
    /// By the number of a word: how often the document has it and [`WordCounts::before`]; what is not more than that is of documents
    /// before.
    counts: Vec<u32>,
    /// How many words those had.
    before: u32,
}

impl WordCounts {
    /// Counts how often the document has each of `known` words.
    // stages put into one another have too few registers
    #[inline(never)]
    pub(crate) fn count(&mut self, views: &mut [PassageView], known: usize) {
        let words: usize = views.iter().map(|view| view.words.len()).sum();
        let words = u32::try_from(words).unwrap_or(u32::MAX);
        if self.before.checked_add(words).is_none() {
            *self = Self::default();
        }
        let Self { counts, before } = self;
        let before_here = *before;
        if counts.len() < known {
            counts.resize(known, 0);
        }
        for words in views.iter().flat_map(|view| view.words.chunks(BLOCK_PIECES)) {
            work_done(words.len());
            for word in words {
                let own = &mut counts[*word as usize];
                *own = (*own).max(before_here).wrapping_add(1);
            }
        }
        for view in views {
            // the twos that it may be divided by, up to three
            let level =
                |word: &u32| (counts[*word as usize].wrapping_sub(before_here).min(8) | 1).ilog2() as u8;
            view.repeated.clear();
            view.repeated.reserve(view.words.len());
            for words in view.words.chunks(BLOCK_PIECES) {
                work_done(words.len());
                view.repeated.extend(words.iter().map(level));
            }
        }
        *before += words;
    }
}

/// A short form with what its long form is like.
struct ShortForm<'d> {
    text: &'d str,
    tag: ShortTag,
}

spared!('d: Vec<ShortForm<'d>>, Vec<ShortForm<'static>>);

/// A definition and the passage that it stands in.
pub(crate) type Placed = (usize, Definition);

/// The definitions of all passages, in order.
pub(crate) fn definitions(passages: &[PassageText<'_>]) -> Spare<Vec<Placed>> {
    let mut found: Spare<Vec<Placed>> = Spare::take();
    for (index, passage) in passages.iter().enumerate() {
        let own = find_definitions(passage.text).take(DEFINITIONS_LIMIT - found.len());
        found.extend(own.map(|definition| (index, definition)));
    }
    found
}

/// Marks the short forms that the document defines, wherever they stand, and their long forms.
pub(crate) fn mark_short_forms(
    passages: &[PassageText<'_>],
    matches: &[Vec<NameMatch>],
    definitions: &[Placed],
    views: &mut [PassageView],
) {
    if definitions.is_empty() {
        return;
    }
    let mut known: Spare<Vec<ShortForm<'_>>> = Spare::take();
    for (index, definition) in definitions {
        let passage = &passages[*index];
        let text = &passage.text[definition.short_form.clone()];
        let tag = long_form_tag(passage, &matches[*index], definition);
        known.push(ShortForm { text, tag });
        let view = &mut views[*index];
        for place in view.pieces.within(definition.long_form.start, definition.long_form.end) {
            view.short_forms[place].in_long_form = true;
            view.has_short_forms = true;
        }
    }
    let short_forms = ShortForms::of(known.iter().map(|form| form.text));
    for (passage, view) in passages.iter().zip(views) {
        mark_places(passage, &short_forms, &known, view);
    }
}

// stages put into one another have too few registers
#[inline(never)]
fn mark_places(
    passage: &PassageText<'_>,
    short_forms: &ShortForms,
    known: &[ShortForm<'_>],
    view: &mut PassageView,
) {
    let folded: &FoldedText = &passage.folded;
    let bytes = passage.text.as_bytes();
    let may_begin = |token: &Token| short_forms.may_begin_with(bytes, token) && token.gap != Gap::None;
    for (first, token) in folded.tokens().iter().enumerate() {
        if first % BLOCK_PIECES == 0 {
            work_done(BLOCK_PIECES);
        }
        if !may_begin(token) {
            continue;
        }
        short_forms.each_at((passage.text, folded), first, |tokens, found| {
            let end = first + tokens;
            if !folded.ends_word(end - 1) {
                return;
            }
            let span = passage.span(first, end);
            let written = passage.slice(span);
            let same =
                |index: &&usize| surface::agreement(written, known[**index].text) <= Agreement::SameCase;
            let Some(&index) = found.iter().find(same) else { return };
            let tag = view.short_tags.len() as u32;
            view.short_tags.push(known[index].tag);
            view.has_short_forms = true;
            for (number, place) in view.pieces.of_tokens(&(first..end), span).enumerate() {
                let short = &mut view.short_forms[place];
                (short.place, short.tag) = (if number == 0 { 1 } else { 2 }, tag);
            }
        });
    }
}

/// What a long form is like: its last word, its first, and the types of the longest name that ends it.
fn long_form_tag(passage: &PassageText<'_>, matches: &[NameMatch], definition: &Definition) -> ShortTag {
    let folded = &passage.folded;
    let tokens = folded.tokens();
    let first = tokens.partition_point(|token| (token.start as usize) < definition.long_form.start);
    let end = tokens.partition_point(|token| (token.start as usize) < definition.long_form.end);
    if first >= end {
        return ShortTag::default();
    }
    let from = matches.partition_point(|found| found.first < first);
    let ending = matches[from..].iter().take_while(|found| found.first < end).find(|found| found.end == end);
    ShortTag {
        head: hash(folded.folded(end - 1)),
        begin: hash(folded.folded(first)),
        types: ending.map_or(0, |found| found.profile.types),
    }
}
