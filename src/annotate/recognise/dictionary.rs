//! What the dictionary says of each piece: for every type the longest names that cover it, and how they match.

use std::ops::Range;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::passages::PassageText;
use super::super::surface::{self, Agreement};
use super::super::vocabulary::Vocabulary;
use super::beginnings::Beginning;
use super::pieces::Pieces;
use super::studied;
use super::tags::{Tag, Tags};
use crate::catalog::{GroupIndex, NameIndex, NameStep};
use crate::model::{EntityType, SynonymScope};
use crate::text::listed::list_places;
use crate::text::pauses::work_done;
use crate::text::{FoldedText, Gap, prefetch};

/// How many types there are.
pub(crate) const TYPES: usize = EntityType::ALL.len();
/// The most entities of a name that are looked at.
const BEARERS_LIMIT: usize = 48;
/// In the place of the hash of a word that no name goes on from.
const NOT_AHEAD: u64 = 0;
/// The tokens whose beginnings are looked for together.
const BLOCK_TOKENS: usize = 64;
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
    pub qualities: [Quality; TYPES],
    /// The types, as bits.
    pub types: u16,
    /// Those that it is a listed common name of ([`studied`]), as bits.
    pub studied: u16,
    /// Whether it is one of an organism beside others ([`studied::is_beside`]).
    pub beside: bool,
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

/// A name by the words that it is written in.
type Known = Option<(GroupIndex, Profile)>;

/// A word of a block with what it begins.
#[derive(Debug, Clone, Copy)]
struct Ahead {
    /// See [`Beginning::name`].
    name: u32,
    /// The hash of it with the next word, where a name may go on so; then, where one does, that with the word behind as well. Else
    /// [`NOT_AHEAD`].
    hash: u64,
    /// The names that go on with the next word.
    step: Option<NameStep>,
}

/// The names that were met before.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By the number of the word.
    beginnings: Vec<Beginning>,
    /// The names of one word.
    own: Vec<(GroupIndex, Profile)>,
    /// Names of several words, by what was read and how it is written.
    known: FxHashMap<u64, Known>,
    /// Room for the words of a block.
    ahead: Vec<Ahead>,
    /// Those of them that may go on with the next one.
    going: Vec<u32>,
    /// Those of them that begin anything.
    active: Vec<u32>,
}

impl Names {
    /// Forgets all, for another catalog.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets the numbers of words.
    pub(crate) fn forget_words(&mut self) {
        self.beginnings.clear();
        self.own.clear();
    }

    /// Whether it is known what the word of that number begins.
    #[inline]
    fn has_met(&self, number: usize) -> bool {
        self.beginnings.get(number).is_some_and(Beginning::is_known)
    }

    #[cold]
    fn meet(&mut self, names: NameIndex<'_>, vocabulary: Vocabulary<'_>, at: usize, word: Written<'_>) {
        let mut own = Beginning::of(word.folded);
        if let Some(step) = names.step(names.root(), word.folded) {
            (own.hash, own.continues) = (step.hash, step.continues);
            if let Some(name) = read(names, vocabulary, step, word) {
                self.own.push(name);
                own.name = u32::try_from(self.own.len()).unwrap_or(0);
            }
        }
        if self.beginnings.len() <= at {
            self.beginnings.resize(at + 1, Beginning::UNKNOWN);
        }
        self.beginnings[at] = own;
    }

    // what XXH3 makes of its seed would be made for every token there, were this put into the walk
    #[inline(never)]
    fn of(
        &mut self,
        names: NameIndex<'_>,
        vocabulary: Vocabulary<'_>,
        step: NameStep,
        name: Written<'_>,
    ) -> Known {
        let key = xxh3_64_with_seed(name.text.as_bytes(), step.hash);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if self.known.len() >= NAMES_LIMIT {
            self.known.clear();
        }
        let known = read(names, vocabulary, step, name);
        self.known.insert(key, known);
        known
    }
}

/// A name as the text writes it, and folded.
#[derive(Debug, Clone, Copy)]
struct Written<'t> {
    text: &'t str,
    folded: &'t str,
}

fn read(names: NameIndex<'_>, vocabulary: Vocabulary<'_>, step: NameStep, name: Written<'_>) -> Known {
    let group = names.group_at(step, name.folded)?;
    let mut profile = profile(vocabulary, group, name.text);
    profile.studied = profile.types & studied::types_of(name.folded);
    profile.beside = profile.types >> EntityType::Species as u16 & 1 == 1 && studied::is_beside(name.folded);
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
/// first. `number` gives the number of a token's word.
pub(crate) fn find_matches(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    number: impl Fn(usize) -> u32,
    memory: &mut Names,
    is_usable: impl Fn(usize, usize) -> bool,
    matches: &mut Vec<NameMatch>,
) {
    let names = vocabulary.names();
    let folded = &passage.folded;
    let tokens = folded.tokens();
    matches.clear();
    for block in (0..tokens.len()).step_by(BLOCK_TOKENS) {
        let block = block..(block + BLOCK_TOKENS).min(tokens.len());
        work_done(2 * block.len());
        look_ahead(vocabulary, passage, &number, memory, block.clone());
        step_ahead(names, passage, memory, block.start);
        for at in 0..memory.active.len() {
            let at = memory.active[at] as usize;
            let Ahead { name, hash, step } = memory.ahead[at];
            let first = block.start + at;
            if let Some((group, profile)) = name.checked_sub(1).map(|name| memory.own[name as usize])
                && folded.ends_word(first)
                && is_usable(first, first + 1)
            {
                matches.push(NameMatch { first, end: first + 1, group, profile });
            }
            let (mut last, mut behind) = (step, hash);
            let mut at = first + 1;
            while let Some(step) = last {
                if step.may_end()
                    && folded.ends_word(at)
                    && is_usable(first, at + 1)
                    && let Some((group, profile)) =
                        memory.of(names, vocabulary, step, written(passage, first, at + 1))
                {
                    matches.push(NameMatch { first, end: at + 1, group, profile });
                }
                at += 1;
                if behind == NOT_AHEAD {
                    break;
                }
                last = names.step_to(behind);
                behind = last.map_or(NOT_AHEAD, |step| hash_with(folded, step, at + 1));
            }
        }
    }
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

/// Tells what each token of a block begins, hashes each that may go on with the next one, and has the catalog look towards
/// them.
fn look_ahead(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    number: impl Fn(usize) -> u32,
    memory: &mut Names,
    block: Range<usize>,
) {
    let names = vocabulary.names();
    let folded = &passage.folded;
    let tokens = folded.tokens();
    memory.ahead.clear();
    let ahead = block.start..(block.end + 1).min(tokens.len());
    ahead.for_each(|first| prefetch(memory.beginnings.get(number(first) as usize)));
    for first in block.clone() {
        let at = number(first) as usize;
        if !memory.has_met(at) {
            memory.meet(names, vocabulary, at, written(passage, first, first + 1));
        }
        // no name begins within a word
        let begins = tokens[first].gap != Gap::None;
        let name = if begins { memory.beginnings[at].name } else { 0 };
        memory.ahead.push(Ahead { name, hash: NOT_AHEAD, step: None });
    }
    let Names { beginnings, ahead, going, active, .. } = memory;
    list_places(ahead.len(), going, |at| {
        let first = block.start + at;
        let Some(next) = tokens.get(first + 1) else { return false };
        let own = &beginnings[number(first) as usize];
        let second = beginnings.get(number(first + 1) as usize).unwrap_or(&Beginning::UNKNOWN);
        (tokens[first].gap != Gap::None) & (next.gap != Gap::Break) & own.may_go_on_with(second)
    });
    for at in going.iter().map(|at| *at as usize) {
        let first = block.start + at;
        let own = &mut beginnings[number(first) as usize];
        let hash = NameIndex::hash_behind(own.hash, folded.folded_bytes(first + 1));
        names.look_towards(hash);
        ahead[at].hash = hash;
        if own.is_asked() {
            own.learn(names, folded.folded(first));
        }
    }
    list_places(ahead.len(), active, |at| (ahead[at].name != 0) | (ahead[at].hash != NOT_AHEAD));
}

/// Goes on from the tokens of a block, of which `start` is the first, with the next ones, and has the catalog look towards what may follow.
fn step_ahead(names: NameIndex<'_>, passage: &PassageText<'_>, memory: &mut Names, start: usize) {
    for at in memory.going.iter().map(|at| *at as usize) {
        let Ahead { hash, step, .. } = &mut memory.ahead[at];
        *step = names.step_to(*hash);
        *hash = step.map_or(NOT_AHEAD, |step| hash_with(&passage.folded, step, start + at + 2));
        if *hash != NOT_AHEAD {
            names.look_towards(*hash);
        }
    }
}

/// Where in a name a piece stands.
pub(crate) const SINGLE: u8 = 1;
const FIRST: u8 = 2;
const MIDDLE: u8 = 3;
const LAST: u8 = 4;

/// Writes the tags of a passage's pieces: of each type the longest names from the left.
pub(crate) fn tag(pieces: &Pieces, matches: &[NameMatch], tags: &mut Vec<Tags>) {
    tags.clear();
    tags.resize(pieces.pieces.len(), Tags::default());
    let mut free_from = [0_usize; TYPES];
    // matches stand by their first token; of one first token the longest come last
    for names in matches.chunk_by(|one, other| one.first == other.first) {
        work_done(names.len());
        for found in names.iter().rev() {
            let mut types = found.profile.types;
            while types != 0 {
                let at = types.trailing_zeros() as usize;
                types &= types - 1;
                if found.first >= free_from[at] {
                    free_from[at] = found.end;
                    write_tag(pieces, found, at, tags);
                }
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
            memory.of(names, vocabulary, step, Written { text: &text, folded: "insulin" });
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
            find_matches(vocabulary, &passage, |at| words[at], &mut memory, |_, _| true, &mut matches);
            matches.iter().map(|own| (own.first, own.end, own.group)).collect::<Vec<_>>()
        };
        let first = find();
        assert!(first.iter().filter(|(first, end, _)| end - first > 1).count() > labels.len() / 4);
        for time in 0..20 {
            assert!(find() == first, "{time}");
        }
        assert!(
            memory.beginnings.iter().any(|own| own.continues && !own.may_go_on_with(&Beginning::of("zzz")))
        );
    }
}
