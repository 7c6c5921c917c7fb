//! What the dictionary says of each piece: for every type the longest names that cover it, and how they match.

use std::hint::black_box;
use std::ops::Range;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::passages::PassageText;
use super::super::surface::{self, Agreement};
use super::super::vocabulary::Vocabulary;
use super::pieces::Pieces;
use crate::catalog::{GroupIndex, NameIndex, NameStep};
use crate::model::{EntityType, SynonymScope};
use crate::text::pauses::work_done;
use crate::text::{FoldedText, Gap};

/// How many types there are.
pub(crate) const TYPES: usize = EntityType::ALL.len();
/// The most entities of a name that are looked at.
const BEARERS_LIMIT: usize = 48;
/// In the place of the hash of a word that was not met before.
const NOT_AHEAD: u64 = 0;
/// The tokens whose beginnings are looked for together.
const BLOCK_TOKENS: usize = 64;
/// The most names of several words that are kept; then they are forgotten, which changes no answer.
const NAMES_LIMIT: usize = 1 << 16;

/// How a name matches as one of a type: bits for another case than the name's, the scope (2), whether the entity's own
/// namespace is the wanted one, how many entities share it (2), and one that is always set.
type Quality = u8;
pub(crate) const PRESENT: Quality = 1 << 7;
/// The bit of a name in the case that the text has it in.
pub(crate) const SAME_CASE: Quality = 1;

/// What the names of one key are, as the text writes it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Profile {
    /// By type; 0 where no entity of the type has the name.
    pub qualities: [Quality; TYPES],
    /// The types, as bits.
    pub types: u16,
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

/// What a word begins and is by itself.
#[derive(Debug, Clone, Copy)]
struct Start {
    step: Option<NameStep>,
    name: Known,
}

/// The names that were met before.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By the number of the word.
    starts: Vec<Option<Start>>,
    /// Names of several words, by what was read and how it is written.
    known: FxHashMap<u64, Known>,
    /// Room for the hashes of two words each.
    ahead: Vec<u64>,
}

impl Names {
    /// Forgets all, for another catalog.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets the numbers of words.
    pub(crate) fn forget_words(&mut self) {
        self.starts.clear();
    }

    #[inline]
    fn start<'t>(
        &mut self,
        names: NameIndex<'_>,
        vocabulary: Vocabulary<'_>,
        number: u32,
        word: impl FnOnce() -> Written<'t>,
    ) -> Start {
        match self.starts.get(number as usize) {
            Some(Some(start)) => *start,
            _ => self.new_start(names, vocabulary, number as usize, word()),
        }
    }

    fn new_start(
        &mut self,
        names: NameIndex<'_>,
        vocabulary: Vocabulary<'_>,
        at: usize,
        word: Written<'_>,
    ) -> Start {
        if self.starts.len() <= at {
            self.starts.resize(at + 1, None);
        }
        let step = names.step(names.root(), word.folded);
        let name = step.and_then(|step| read(names, vocabulary, step, word));
        let start = Start { step, name };
        self.starts[at] = Some(start);
        start
    }

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
    Some((group, profile(vocabulary, group, name.text)))
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
    let written = |first: usize, end: usize| Written {
        text: passage.slice(passage.span(first, end)),
        folded: folded.key(first, end),
    };
    matches.clear();
    for block in (0..tokens.len()).step_by(BLOCK_TOKENS) {
        let block = block..(block + BLOCK_TOKENS).min(tokens.len());
        work_done(2 * block.len());
        look_ahead(vocabulary, folded, &number, memory, block.clone());
        for first in block.clone().filter(|&first| folded.begins_word(first)) {
            let start = memory.start(names, vocabulary, number(first), || written(first, first + 1));
            if let Some((group, profile)) = start.name
                && folded.ends_word(first)
                && is_usable(first, first + 1)
            {
                matches.push(NameMatch { first, end: first + 1, group, profile });
            }
            let mut last = start.step;
            for (at, token) in tokens.iter().enumerate().skip(first + 1) {
                let Some(before) = last.filter(|step| step.continues && token.gap != Gap::Break) else {
                    break;
                };
                let ahead = if at == first + 1 { memory.ahead[first - block.start] } else { NOT_AHEAD };
                last = match ahead {
                    NOT_AHEAD => names.step(before.hash, folded.folded(at)),
                    hash => names.step_to(hash),
                };
                if let Some(step) = last.filter(|step| step.may_end())
                    && folded.ends_word(at)
                    && is_usable(first, at + 1)
                    && let Some((group, profile)) = memory.of(names, vocabulary, step, written(first, at + 1))
                {
                    matches.push(NameMatch { first, end: at + 1, group, profile });
                }
            }
        }
    }
}

/// Hashes each word of a block that may go on with the next one, and has the catalog look towards them.
fn look_ahead(
    vocabulary: Vocabulary<'_>,
    folded: &FoldedText,
    number: impl Fn(usize) -> u32,
    memory: &mut Names,
    block: Range<usize>,
) {
    let names = vocabulary.names();
    let tokens = folded.tokens();
    memory.ahead.clear();
    let known = |first: usize| memory.starts.get(number(first) as usize).is_some_and(Option::is_some);
    let mut seen = block.clone().fold(0, |seen, first| seen ^ u64::from(known(first)));
    black_box(seen);
    for first in block {
        let start = memory.starts.get(number(first) as usize).copied().flatten().and_then(|start| start.step);
        let goes_on = tokens.get(first + 1).is_some_and(|next| next.gap != Gap::Break);
        let step = start.filter(|step| step.continues && goes_on && folded.begins_word(first));
        let hash = step.map_or(NOT_AHEAD, |step| NameIndex::hash_behind(step.hash, folded.folded(first + 1)));
        if step.is_some() {
            seen ^= names.peek(hash);
        }
        memory.ahead.push(hash);
    }
    black_box(seen);
}

/// Where in a name a piece stands.
pub(crate) const SINGLE: u8 = 1;
const FIRST: u8 = 2;
const MIDDLE: u8 = 3;
const LAST: u8 = 4;

/// What the dictionary says of one piece as one of a type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Tag {
    /// Where in the name it stands; 0 where no name covers it.
    pub place: u8,
    /// How the name matches.
    pub quality: Quality,
}

/// The tags of a piece, by type.
pub(crate) type Tags = [Tag; TYPES];

/// The places in names of all types as one number, three bits each.
pub(crate) fn packed_places(tags: &Tags) -> u64 {
    tags.iter().enumerate().map(|(of, tag)| u64::from(tag.place) << (3 * of)).sum()
}

/// Writes the tags of a passage's pieces: of each type the longest names from the left.
/// `types` are [`packed_places`] of each.
pub(crate) fn tag(pieces: &Pieces, matches: &[NameMatch], tags: &mut Vec<Tags>, types: &mut Vec<u64>) {
    tags.clear();
    tags.resize(pieces.pieces.len(), Tags::default());
    types.clear();
    types.resize(pieces.pieces.len(), 0);
    let mut free_from = [0_usize; TYPES];
    // matches stand by their first token; of one first token the longest come last
    let mut from = 0;
    while let Some(head) = matches.get(from) {
        let count = matches[from..].iter().take_while(|other| other.first == head.first).count();
        work_done(count);
        for found in matches[from..from + count].iter().rev() {
            for (at, quality) in
                found.profile.qualities.iter().enumerate().filter(|(_, quality)| **quality != 0)
            {
                if found.first >= free_from[at] {
                    free_from[at] = found.end;
                    write_tag(pieces, found, (at, *quality), tags, types);
                }
            }
        }
        from += count;
    }
}

fn write_tag(
    pieces: &Pieces,
    found: &NameMatch,
    (at, quality): (usize, Quality),
    tags: &mut [Tags],
    types: &mut [u64],
) {
    let (first, last) = (pieces.of_token[found.first], pieces.of_token[found.end - 1]);
    let own = tags[first..=last].iter_mut().zip(&mut types[first..=last]);
    for (piece, (tags, types)) in (first..).zip(own) {
        let place = match (piece == first, piece == last) {
            (true, true) => SINGLE,
            (true, false) => FIRST,
            (false, true) => LAST,
            (false, false) => MIDDLE,
        };
        tags[at] = Tag { place, quality };
        *types |= u64::from(place) << (3 * at);
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
        memory.starts.resize(3, None);
        memory.forget_words();
        assert!(memory.starts.is_empty() && memory.known.len() == 1);
        memory.clear();
        assert!(memory.known.is_empty());
    }
}
