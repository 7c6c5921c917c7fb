//! What the dictionary says of each piece: for every type the longest names that cover it, and how they match.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::matches::{fits_its_place, is_possible_text};
use super::super::passages::PassageText;
use super::super::surface::{self, Agreement};
use super::super::vocabulary::Vocabulary;
use super::beginnings::{Beginning, Glance};
use super::numbers::Numbers;
use super::outside;
use super::pieces::Pieces;
use super::studied;
use super::tags::{QUALITIES_ROOM, Tag, Tags};
use super::token_blocks::{BLOCK_TOKENS, Begun, Block, ROOM_TOKENS};
use crate::catalog::{GroupIndex, NameIndex, NameStep};
use crate::model::{EntityType, SynonymScope};
use crate::text::pauses::work_done;
use crate::text::{FoldedText, Gap, prefetch};

/// How many types there are.
pub(crate) const TYPES: usize = EntityType::ALL.len();
/// The most entities of a name that are looked at.
const BEARERS_LIMIT: usize = 48;
/// In the place of the hash of a word that no name goes on from.
const NOT_AHEAD: u64 = 0;
/// The most names of several words that are kept; then they are forgotten, which changes no answer.
const NAMES_LIMIT: usize = 1 << 16;

/// How a name matches as one of a type: bits for another case than the name's, the scope (2), whether the entity's own
/// namespace is the wanted one, how many entities share it (2), and one that is always set.
pub(crate) type Quality = u8;
pub(crate) const PRESENT: Quality = 1 << 7;
/// The bit of a name in the case that the text has it in.
pub(crate) const SAME_CASE: Quality = 1;

/// Whether a name is there in the case that the text has it in.
pub(crate) const fn is_in_case(quality: Quality) -> bool {
    quality & PRESENT != 0 && quality & SAME_CASE != 0
}

/// Whether it is so, and a label or an exact name.
pub(crate) const fn is_close(quality: Quality) -> bool {
    is_in_case(quality) && quality >> 1 & 3 > 0
}

/// What the names of one key are, as the text writes it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Profile {
    /// By type; 0 where no entity of the type has the name.
    pub qualities: [Quality; QUALITIES_ROOM],
    /// The types, as bits.
    pub types: u16,
    /// Those that it is a listed common name of ([`studied`]), as bits.
    pub studied: u16,
    /// Whether it is one of an organism beside others ([`studied::is_beside`]).
    pub beside: bool,
    /// What else it may speak for, as bits ([`outside::speaks_for`]); 0 for most names.
    pub speaks: u8,
}

/// A name that stands in a passage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameMatch {
    /// Its first token.
    pub first: usize,
    /// The token after its last.
    pub end: usize,
    /// The names of its key.
    pub group: GroupIndex,
    /// What they are.
    pub profile: Profile,
}

/// A name of one word, in half a line of memory.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Own {
    group: GroupIndex,
    profile: Profile,
}

/// A name by the words that it is written in.
type Known = Option<(GroupIndex, Profile)>;

/// The same in half a line of memory.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Kept(Known);

const _: () = assert!(size_of::<Own>() == 32 && size_of::<Kept>() == 32);

/// A token from which names go on with the next one.
#[derive(Debug, Clone, Copy)]
struct Going {
    /// Those names.
    step: NameStep,
    /// The key of the name that both are ([`key_at`]).
    name: Option<u64>,
    /// The hash of both with the word behind, where a name may go on with it; else [`NOT_AHEAD`].
    behind: u64,
}

/// Calls `take` with the place of each bit.
#[inline]
fn each_bit(mut bits: u64, mut take: impl FnMut(usize)) {
    while bits != 0 {
        take(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

/// The names that were met before.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By the number of the word.
    beginnings: Vec<Beginning>,
    /// What is asked of these first.
    glances: Vec<Glance>,
    /// The names of one word.
    own: Vec<Own>,
    /// The numbers of names of several words, by what was read and how it is written.
    numbers: Numbers,
    /// Those names.
    known: Vec<Kept>,
    /// Room for the tokens of a block from which names go on.
    going: Vec<Going>,
}

impl Names {
    /// Forgets all, for another catalog.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets the numbers of words.
    pub(crate) fn forget_words(&mut self) {
        self.beginnings.clear();
        self.glances.clear();
        self.own.clear();
    }

    fn glance(&self, number: u32) -> Glance {
        self.glances.get(number as usize).copied().unwrap_or_default()
    }

    #[cold]
    fn meet(&mut self, names: NameIndex<'_>, vocabulary: Vocabulary<'_>, at: usize, word: Written<'_>) {
        let mut own = Beginning::of(word.folded);
        if let Some(step) = names.step(names.root(), word.folded) {
            (own.hash, own.continues) = (step.hash, step.continues);
            if let Some((group, profile)) = read(names, vocabulary, step, word) {
                self.own.push(Own { group, profile });
                own.name = u32::try_from(self.own.len()).unwrap_or(0);
            }
        }
        if self.beginnings.len() <= at {
            self.beginnings.resize(at + 1, Beginning::UNKNOWN);
            self.glances.resize(at + 1, Glance::default());
        }
        self.beginnings[at] = own;
        self.glances[at] = own.glance();
    }

    /// Adds the names of one word that some tokens of a block are, of which `start` is the first.
    #[inline]
    fn add_own(&self, block: &Block, (start, tokens): (usize, u64), matches: &mut Vec<NameMatch>) {
        each_bit(tokens, |at| {
            if let Some(Own { group, profile }) = self.own.get(block.own[at] as usize).copied() {
                matches.push(NameMatch { first: start + at, end: start + at + 1, group, profile });
            }
        });
    }

    /// The names of a key ([`key_at`]), which a step has read.
    #[inline]
    fn of(
        &mut self,
        (names, vocabulary): (NameIndex<'_>, Vocabulary<'_>),
        (key, step): (u64, NameStep),
        name: Written<'_>,
    ) -> Known {
        let number = self.numbers.get(key).filter(|number| self.numbers.is(*number, key));
        match number.and_then(|number| self.known.get(number as usize)) {
            Some(Kept(known)) => *known,
            None => self.meet_several((names, vocabulary), (key, step), name),
        }
    }

    #[cold]
    fn meet_several(
        &mut self,
        (names, vocabulary): (NameIndex<'_>, Vocabulary<'_>),
        (key, step): (u64, NameStep),
        name: Written<'_>,
    ) -> Known {
        if self.known.len() >= NAMES_LIMIT {
            self.numbers = Numbers::default();
            self.known.clear();
        }
        let known = read(names, vocabulary, step, name);
        // one that is taken for another is not kept
        if let (_, true) = self.numbers.number(key) {
            self.known.push(Kept(known));
        }
        known
    }
}

/// A name as the text writes it, and folded.
#[derive(Debug, Clone, Copy)]
struct Written<'t> {
    text: &'t str,
    folded: &'t str,
}

/// The name that a step has read, where the text may be one.
fn read(names: NameIndex<'_>, vocabulary: Vocabulary<'_>, step: NameStep, name: Written<'_>) -> Known {
    if !is_possible_text(name.text) {
        return None;
    }
    let group = names.group_at(step, name.folded)?;
    let mut profile = profile(vocabulary, group, name.text);
    profile.studied = profile.types & studied::types_of(name.folded);
    profile.beside = profile.types >> EntityType::Species as u16 & 1 == 1 && studied::is_beside(name.folded);
    profile.speaks = outside::speaks_for(&profile);
    Some((group, profile))
}

fn profile(vocabulary: Vocabulary<'_>, group: GroupIndex, written: &str) -> Profile {
    // (same case, scope, preferred, count) of the best bearer of each type
    let mut best: [Option<(bool, u8, bool)>; TYPES] = [None; TYPES];
    let mut counts = [0_u8; TYPES];
    for bearer in vocabulary.bearers(group).take(BEARERS_LIMIT) {
        let facts = vocabulary.facts(bearer.entity);
        let agreement = surface::agreement(written, bearer.name);
        let symbol = surface::is_symbol(facts.entity_type, bearer.name);
        let same = match agreement {
            Agreement::Identical | Agreement::SameCase => true,
            Agreement::FirstLetter | Agreement::Spelling => !symbol,
            Agreement::Raised | Agreement::Lowered | Agreement::MixedCase => false,
        };
        let scope = match (bearer.label, bearer.scope) {
            (true, _) => 2,
            (_, SynonymScope::Exact) => 1,
            _ => 0,
        };
        let own = facts.entity_type as usize;
        counts[own] = counts[own].saturating_add(1);
        let rank = (same, scope, facts.preferred);
        best[own] = best[own].max(Some(rank));
    }
    let mut profile = Profile::default();
    for (at, best) in best.iter().enumerate() {
        if let Some((same, scope, preferred)) = *best {
            let many = match counts[at] {
                0..=1 => 0,
                2..=3 => 1,
                _ => 2,
            };
            profile.qualities[at] =
                PRESENT | u8::from(same) | scope << 1 | u8::from(preferred) << 3 | many << 4;
            profile.types |= 1 << at;
        }
    }
    profile
}

/// Finds every name that stands in a passage as whole words, from the start of a word on: by its first token, the shortest
/// first. `words` gives the numbers of the words of some tokens.
// stages put into one another have too few registers
#[inline(never)]
pub(crate) fn find_matches<W: Iterator<Item = u32>>(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    words: impl Fn(Range<usize>) -> W,
    memory: &mut Names,
    matches: &mut Vec<NameMatch>,
) {
    let (names, tokens) = (vocabulary.names(), passage.folded.tokens());
    matches.clear();
    let mut block = Block::EMPTY;
    for start in (0..tokens.len()).step_by(BLOCK_TOKENS) {
        work_done(2 * BLOCK_TOKENS.min(tokens.len() - start));
        let own = &tokens[start..tokens.len().min(start + BLOCK_TOKENS + 1)];
        block.read(own, words(start..start + own.len()), (&memory.beginnings, &memory.glances));
        let behind = own.get(BLOCK_TOKENS).map(|token| token.gap);
        let mut begun = block.begun(own.len(), behind);
        if !begun.is_known {
            meet_all(vocabulary, passage, memory, start..start + own.len(), &mut block);
            begun = block.begun(own.len(), behind);
        }
        let Begun { single, going, .. } = begun;
        each_bit(single, |at| {
            let name = memory.beginnings.get(block.words[at] as usize).map_or(0, |own| own.name);
            block.own[at] = name.wrapping_sub(1);
            prefetch(memory.own.get(block.own[at] as usize));
        });
        let going = look_ahead(names, passage, memory, (start, going), &block);
        let mut single = single;
        let mut next = 0;
        each_bit(going, |at| {
            // one word is shorter than several
            let before = single & u64::MAX >> (BLOCK_TOKENS - 1 - at);
            single ^= before;
            memory.add_own(&block, (start, before), matches);
            let begun = memory.going[next];
            next += 1;
            go_on((names, vocabulary), passage, memory, (start + at, begun), matches);
        });
        memory.add_own(&block, (start, single), matches);
    }
}

/// Makes what the words of some tokens begin known.
#[cold]
fn meet_all(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    memory: &mut Names,
    tokens: Range<usize>,
    block: &mut Block,
) {
    for (at, first) in tokens.enumerate() {
        let word = block.words[at];
        if !memory.glance(word).is_known() {
            memory.meet(vocabulary.names(), vocabulary, word as usize, written(passage, first, first + 1));
        }
        block.put(at, word, memory.glance(word), passage.folded.tokens()[first].gap);
    }
}

/// Finds the names of several words that begin at a token.
fn go_on(
    (names, vocabulary): (NameIndex<'_>, Vocabulary<'_>),
    passage: &PassageText<'_>,
    memory: &mut Names,
    (first, Going { mut step, mut name, mut behind }): (usize, Going),
    matches: &mut Vec<NameMatch>,
) {
    let folded = &passage.folded;
    let mut end = first + 2;
    loop {
        if let Some(key) = name
            && let Some((group, profile)) =
                memory.of((names, vocabulary), (key, step), written(passage, first, end))
        {
            matches.push(NameMatch { first, end, group, profile });
        }
        if behind == NOT_AHEAD {
            return;
        }
        let Some(next) = names.step_to(behind) else { return };
        behind = hash_with(folded, next, end + 1);
        step = next;
        end += 1;
        name = key_at(passage, step, first, end);
    }
}

/// What tells the name that a step has read, as some tokens are written, from others; `None` where they may be none.
fn key_at(passage: &PassageText<'_>, step: NameStep, first: usize, end: usize) -> Option<u64> {
    let may_be_name =
        step.may_end() && passage.folded.ends_word(end - 1) && fits_its_place(passage, first, end);
    may_be_name.then(|| key_of(passage.slice(passage.span(first, end)), step))
}

// what XXH3 makes of its seed would be made for every token there, were this put into the walk
#[inline(never)]
fn key_of(written: &str, step: NameStep) -> u64 {
    xxh3_64_with_seed(written.as_bytes(), step.hash)
}

/// The hash of what was read with the token `next`, where a name may go on with it; else [`NOT_AHEAD`].
#[inline]
fn hash_with(folded: &FoldedText, step: NameStep, next: usize) -> u64 {
    let goes_on = step.continues && folded.tokens().get(next).is_some_and(|next| next.gap != Gap::Break);
    if goes_on { NameIndex::hash_behind(step.hash, folded.folded_bytes(next)) } else { NOT_AHEAD }
}

fn written<'p>(passage: &'p PassageText<'_>, first: usize, end: usize) -> Written<'p> {
    Written { text: passage.slice(passage.span(first, end)), folded: passage.folded.key(first, end) }
}

/// Tells from which tokens of a block, of which `start` is the first, names go on with the next one, of those that are `asked` for.
/// `memory` has these names then, in order. The catalog looks towards what it will be asked.
fn look_ahead(
    names: NameIndex<'_>,
    passage: &PassageText<'_>,
    memory: &mut Names,
    (start, asked): (usize, u64),
    Block { words, glances, .. }: &Block,
) -> u64 {
    let folded = &passage.folded;
    let Names { beginnings, numbers, going: goes_on, .. } = memory;
    let mut possible = 0;
    each_bit(asked, |at| {
        let own = beginnings.get(words[at] as usize);
        let may_go_on = own.is_some_and(|own| own.may_go_on_with(glances[at + 1]));
        possible |= u64::from(may_go_on) << at;
    });
    let mut hashes = [NOT_AHEAD; ROOM_TOKENS];
    each_bit(possible, |at| {
        let Some(own) = beginnings.get_mut(words[at] as usize) else { return };
        let hash = NameIndex::hash_behind(own.hash, folded.folded_bytes(start + at + 1));
        names.look_towards(hash);
        hashes[at] = hash;
        if own.is_asked() {
            own.learn(names, folded.folded(start + at));
        }
    });
    goes_on.clear();
    let mut going = 0;
    each_bit(possible, |at| {
        let Some(step) = names.step_to(hashes[at]) else { return };
        let behind = hash_with(folded, step, start + at + 2);
        if behind != NOT_AHEAD {
            names.look_towards(behind);
        }
        let name = key_at(passage, step, start + at, start + at + 2);
        if let Some(key) = name {
            numbers.look_towards(key);
        }
        goes_on.push(Going { step, name, behind });
        going |= 1 << at;
    });
    going
}

/// Where in a name a piece stands.
pub(crate) const SINGLE: u8 = 1;
const FIRST: u8 = 2;
const MIDDLE: u8 = 3;
const LAST: u8 = 4;

/// Writes the tags of a passage's pieces: of each type the longest names from the left. `tagged` are the pieces that have any,
/// before and after: no others are cleared.
// stages put into one another have too few registers
#[inline(never)]
pub(crate) fn tag(pieces: &Pieces, matches: &[NameMatch], tags: &mut Vec<Tags>, tagged: &mut Vec<u32>) {
    for piece in tagged.drain(..) {
        if let Some(tags) = tags.get_mut(piece as usize) {
            *tags = Tags::default();
        }
    }
    tags.resize(pieces.pieces.len(), Tags::default());
    let mut free_from = [0_usize; TYPES];
    // where all types are free, and the first piece that is not listed yet
    let (mut all_free_from, mut unlisted) = (0, 0);
    // matches stand by their first token; of one first token the longest come last
    let (mut rest, mut passed) = (matches, 0);
    while let Some((only, behind)) = rest.split_first() {
        if passed % BLOCK_TOKENS == 0 {
            work_done(BLOCK_TOKENS);
        }
        passed += 1;
        let is_alone = behind.first().is_none_or(|next| next.first != only.first);
        // mostly it is one word that no longer name has
        if is_alone && only.end == only.first + 1 && only.first >= all_free_from && only.profile.types != 0 {
            let piece = pieces.of_token(only.first);
            tags[piece].add_all(only.profile.types, SINGLE, only.profile.qualities);
            tagged.push(piece as u32);
            unlisted = piece + 1;
            rest = behind;
            continue;
        }
        let count = 1 + behind.iter().take_while(|next| next.first == only.first).count();
        let (names, others) = rest.split_at(count);
        rest = others;
        for found in names.iter().rev() {
            let mut types = found.profile.types;
            let mut is_written = false;
            while types != 0 {
                let at = types.trailing_zeros() as usize;
                types &= types - 1;
                if found.first >= free_from[at] {
                    free_from[at] = found.end;
                    write_tag(pieces, found, at, tags);
                    is_written = true;
                }
            }
            if is_written {
                // what stands before was listed by a name that reaches to here
                let (first, last) = (pieces.of_token(found.first), pieces.of_token(found.end - 1));
                tagged.extend((first.max(unlisted)..=last).map(|piece| piece as u32));
                unlisted = unlisted.max(last + 1);
                all_free_from = all_free_from.max(found.end);
            }
        }
    }
}

fn write_tag(pieces: &Pieces, found: &NameMatch, at: usize, tags: &mut [Tags]) {
    let quality = found.profile.qualities[at];
    let (first, last) = (pieces.of_token(found.first), pieces.of_token(found.end - 1));
    for (piece, tags) in (first..).zip(&mut tags[first..=last]) {
        let place = match (piece == first, piece == last) {
            (true, true) => SINGLE,
            (true, false) => FIRST,
            (false, true) => LAST,
            (false, false) => MIDDLE,
        };
        tags.add(at, Tag { place, quality });
    }
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashMap;

    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn names_are_forgotten_at_the_bound() {
        let catalog = Catalog::embedded().unwrap();
        let vocabulary = Vocabulary::of_types(&catalog, 0);
        let names = catalog.names();
        let step = names.step(names.root(), "insulin").expect("a starter catalog has insulin");
        let mut memory = Names::default();
        for number in 0..=NAMES_LIMIT {
            let text = number.to_string();
            let name = Written { text: &text, folded: "insulin" };
            memory.of((names, vocabulary), (key_of(&text, step), step), name);
            assert!(memory.known.len() <= NAMES_LIMIT);
        }
        assert_eq!(memory.known.len(), 1);
        memory.beginnings.resize(3, Beginning::UNKNOWN);
        memory.forget_words();
        assert!(memory.beginnings.is_empty() && memory.known.len() == 1);
        memory.clear();
        assert!(memory.known.is_empty());
    }

    #[test]
    fn what_is_learnt_of_words_changes_no_match() {
        let catalog = Catalog::embedded().unwrap();
        let vocabulary = Vocabulary::new(&catalog);
        let labels: Vec<&str> =
            catalog.indices().step_by(40).map(|entity| vocabulary.label(entity)).collect();
        let text = labels.join(" and the ");
        let passage = PassageText::new(&text);
        let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
        let words: Vec<u32> = (0..passage.folded.tokens().len())
            .map(|at| {
                let next = numbers.len() as u32;
                *numbers.entry(passage.slice(passage.span(at, at + 1))).or_insert(next)
            })
            .collect();
        let (mut memory, mut matches) = (Names::default(), Vec::new());
        let mut find = || {
            let words = |tokens: Range<usize>| words[tokens].iter().copied();
            find_matches(vocabulary, &passage, words, &mut memory, &mut matches);
            matches.iter().map(|own| (own.first, own.end, own.group)).collect::<Vec<_>>()
        };
        let first = find();
        assert!(first.iter().filter(|(first, end, _)| end - first > 1).count() > labels.len() / 4);
        for time in 0..20 {
            assert!(find() == first, "{time}");
        }
        assert!(memory.beginnings.iter().any(|own| !own.may_go_on_with(Beginning::of("zzz").glance())));
    }
}
