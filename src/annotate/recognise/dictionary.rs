//! What the dictionary says of each piece: for every type the longest names that cover it, and how they match.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::matches::{fits_its_place, is_possible_text};
use super::super::passages::PassageText;
use super::super::surface::{self, Agreement};
use super::super::vocabulary::Vocabulary;
use super::beginnings::Beginning;
use super::outside;
use super::pieces::Pieces;
use super::studied;
use super::tags::{QUALITIES_ROOM, Tag, Tags};
use crate::catalog::{GroupIndex, NameIndex, NameStep};
use crate::model::{EntityType, SynonymScope};
use crate::text::pauses::work_done;
use crate::text::{FoldedText, Gap, Token, prefetch};

/// How many types there are.
pub(crate) const TYPES: usize = EntityType::ALL.len();
/// The most entities of a name that are looked at.
const BEARERS_LIMIT: usize = 48;
/// In the place of the hash of a word that no name goes on from.
const NOT_AHEAD: u64 = 0;
/// The tokens whose beginnings are looked for together: a bit for each.
const BLOCK_TOKENS: usize = u64::BITS as usize;
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

/// A name by the words that it is written in.
type Known = Option<(GroupIndex, Profile)>;

/// A token from which names go on with the next one.
#[derive(Debug, Clone, Copy)]
struct Going {
    /// Those names.
    step: NameStep,
    /// The hash of both with the word behind, where a name may go on with it; else [`NOT_AHEAD`].
    behind: u64,
}

/// What the tokens of a block begin, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Begun {
    /// Those that are whole words and names by themselves.
    single: u64,
    /// Those that a name may go on from with the next token.
    going: u64,
    /// Those of which nothing is known yet.
    unknown: u64,
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
        self.own.clear();
    }

    /// What the word of that number begins.
    #[inline]
    fn beginning(&self, number: u32) -> &Beginning {
        self.beginnings.get(number as usize).unwrap_or(&Beginning::UNKNOWN)
    }

    /// Tells what the tokens of a block begin. `tokens` are these and the one behind them, where there is one; `words` the numbers of
    /// their words.
    #[inline]
    fn begun(&self, tokens: &[Token], words: &[u32]) -> Begun {
        let mut begun = Begun::default();
        let ([first, tokens @ ..], [word, words @ ..]) = (tokens, words) else { return begun };
        let mut own = self.beginning(*word);
        // no name begins within a word
        let mut begins = first.gap != Gap::None;
        // no branch by branch: none can be foretold
        for (at, (next, word)) in tokens.iter().zip(words).enumerate() {
            let (second, ends) = (self.beginning(*word), next.gap != Gap::None);
            let goes_on = begins & (next.gap != Gap::Break) & own.may_go_on_with(second);
            begun.single |= u64::from(begins & ends & (own.name != 0)) << at;
            begun.going |= u64::from(goes_on) << at;
            begun.unknown |= u64::from(!own.is_known()) << at;
            (own, begins) = (second, ends);
        }
        if let Some(last) = Some(tokens.len()).filter(|last| *last < BLOCK_TOKENS) {
            begun.single |= u64::from(begins & (own.name != 0)) << last;
            begun.unknown |= u64::from(!own.is_known()) << last;
        }
        begun
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
/// first. `number` gives the number of a token's word.
pub(crate) fn find_matches(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    number: impl Fn(usize) -> u32,
    memory: &mut Names,
    matches: &mut Vec<NameMatch>,
) {
    let tokens = passage.folded.tokens();
    matches.clear();
    let mut room = [0; BLOCK_TOKENS + 1];
    for start in (0..tokens.len()).step_by(BLOCK_TOKENS) {
        work_done(2 * BLOCK_TOKENS.min(tokens.len() - start));
        for (first, word) in (start..tokens.len()).zip(&mut room) {
            *word = number(first);
            prefetch(memory.beginnings.get(*word as usize));
        }
        let words = &room[..room.len().min(tokens.len() - start)];
        let (single, going) = look_ahead(vocabulary, passage, memory, start, words);
        let mut active = single | going;
        let mut next = 0;
        while active != 0 {
            let at = active.trailing_zeros() as usize;
            active &= active - 1;
            let first = start + at;
            let own = memory.beginning(words[at]).name.wrapping_sub(1);
            if single >> at & 1 == 1
                && let Some((group, profile)) = memory.own.get(own as usize).copied()
            {
                matches.push(NameMatch { first, end: first + 1, group, profile });
            }
            if going >> at & 1 == 1 {
                let begun = memory.going[next];
                next += 1;
                go_on(vocabulary, passage, memory, (first, begun), matches);
            }
        }
    }
}

/// Finds the names of several words that begin at a token.
fn go_on(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    memory: &mut Names,
    (first, Going { mut step, mut behind }): (usize, Going),
    matches: &mut Vec<NameMatch>,
) {
    let (names, folded) = (vocabulary.names(), &passage.folded);
    let mut end = first + 2;
    loop {
        if step.may_end()
            && folded.ends_word(end - 1)
            && fits_its_place(passage, first, end)
            && let Some((group, profile)) = memory.of(names, vocabulary, step, written(passage, first, end))
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

/// Tells which tokens of a block, of which `start` is the first, are names by themselves, and from which names go on with the next
/// one, which `memory` has then in order. The catalog looks towards what it will be asked.
fn look_ahead(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    memory: &mut Names,
    start: usize,
    words: &[u32],
) -> (u64, u64) {
    let (names, folded) = (vocabulary.names(), &passage.folded);
    let tokens = &folded.tokens()[start..start + words.len()];
    let mut begun = memory.begun(tokens, words);
    if begun.unknown != 0 {
        for at in (0..BLOCK_TOKENS).filter(|at| begun.unknown >> at & 1 == 1) {
            let first = start + at;
            // it may have been met in the block itself
            if memory.beginning(words[at]).is_known() {
                continue;
            }
            memory.meet(names, vocabulary, words[at] as usize, written(passage, first, first + 1));
        }
        begun = memory.begun(tokens, words);
    }
    let Begun { single, going, .. } = begun;
    let mut hashes = [NOT_AHEAD; BLOCK_TOKENS];
    let mut left = going;
    while left != 0 {
        let at = left.trailing_zeros() as usize;
        left &= left - 1;
        let Some(own) = memory.beginnings.get_mut(words[at] as usize) else { continue };
        let hash = NameIndex::hash_behind(own.hash, folded.folded_bytes(start + at + 1));
        names.look_towards(hash);
        hashes[at] = hash;
        if own.is_asked() {
            own.learn(names, folded.folded(start + at));
        }
    }
    memory.going.clear();
    let (mut left, mut going) = (going, 0);
    while left != 0 {
        let at = left.trailing_zeros() as usize;
        left &= left - 1;
        let Some(step) = names.step_to(hashes[at]) else { continue };
        let behind = hash_with(folded, step, start + at + 2);
        if behind != NOT_AHEAD {
            names.look_towards(behind);
        }
        memory.going.push(Going { step, behind });
        going |= 1 << at;
    }
    (single, going)
}

/// Where in a name a piece stands.
pub(crate) const SINGLE: u8 = 1;
const FIRST: u8 = 2;
const MIDDLE: u8 = 3;
const LAST: u8 = 4;

/// Writes the tags of a passage's pieces: of each type the longest names from the left. `tagged` are the pieces that have any.
pub(crate) fn tag(pieces: &Pieces, matches: &[NameMatch], tags: &mut Vec<Tags>, tagged: &mut Vec<u32>) {
    tags.clear();
    tags.resize(pieces.pieces.len(), Tags::default());
    tagged.clear();
    let mut free_from = [0_usize; TYPES];
    // where all types are free, and the first piece that is not listed yet
    let (mut all_free_from, mut unlisted) = (0, 0);
    // matches stand by their first token; of one first token the longest come last
    for (number, names) in matches.chunk_by(|one, other| one.first == other.first).enumerate() {
        if number % BLOCK_TOKENS == 0 {
            work_done(BLOCK_TOKENS);
        }
        // mostly it is one word that no longer name has
        if let [only] = names
            && only.end == only.first + 1
            && only.first >= all_free_from
            && only.profile.types != 0
        {
            let piece = pieces.of_token(only.first);
            tags[piece].add_all(only.profile.types, SINGLE, only.profile.qualities);
            tagged.push(piece as u32);
            unlisted = piece + 1;
            continue;
        }
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
            find_matches(vocabulary, &passage, |at| words[at], &mut memory, &mut matches);
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
