//! What the dictionary says of each piece: for every type the longest names that cover it, and how they match.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::passages::PassageText;
use super::super::surface::{self, Agreement};
use super::super::vocabulary::Vocabulary;
use super::pieces::Pieces;
use crate::catalog::GroupIndex;
use crate::model::{EntityType, SynonymScope};

/// How many types there are.
pub(crate) const TYPES: usize = EntityType::ALL.len();
/// The most entities of a name that are looked at.
const BEARERS_LIMIT: usize = 48;
/// The most profiles that are kept; then they are forgotten, which changes no answer.
const PROFILES_LIMIT: usize = 1 << 16;

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

/// The profiles that were asked for before.
#[derive(Debug, Default)]
pub(crate) struct Profiles {
    known: FxHashMap<(GroupIndex, u64), Profile>,
}

impl Profiles {
    /// Forgets all, for another catalog.
    pub(crate) fn clear(&mut self) {
        self.known.clear();
    }

    fn of(&mut self, vocabulary: Vocabulary<'_>, group: GroupIndex, written: &str) -> Profile {
        let key = (group, xxh3_64_with_seed(written.as_bytes(), 0));
        if let Some(profile) = self.known.get(&key) {
            return *profile;
        }
        if self.known.len() >= PROFILES_LIMIT {
            self.known.clear();
        }
        let profile = profile(vocabulary, group, written);
        self.known.insert(key, profile);
        profile
    }
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

/// Finds every name that stands in a passage as whole words, from the start of a word on.
pub(crate) fn find_matches(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    profiles: &mut Profiles,
    mut is_usable: impl FnMut(usize, usize) -> bool,
) -> Vec<NameMatch> {
    let folded = &passage.folded;
    let mut matches = Vec::new();
    for first in (0..folded.tokens().len()).filter(|&first| folded.begins_word(first)) {
        vocabulary.each_match(folded, first, 0, |end, group| {
            if folded.ends_word(end - 1) && is_usable(first, end) {
                let written = passage.slice(passage.span(first, end));
                let profile = profiles.of(vocabulary, group, written);
                matches.push(NameMatch { first, end, group, profile });
            }
        });
    }
    matches
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

/// Writes the tags of a passage's pieces: of each type the longest names from the left.
pub(crate) fn tag(pieces: &Pieces, matches: &[NameMatch], tags: &mut Vec<Tags>) {
    tags.clear();
    tags.resize(pieces.pieces.len(), Tags::default());
    let mut free_from = [0_usize; TYPES];
    // matches stand by their first token; of one first token the longest come last
    let mut from = 0;
    while let Some(head) = matches.get(from) {
        let count = matches[from..].iter().take_while(|other| other.first == head.first).count();
        for found in matches[from..from + count].iter().rev() {
            for (at, quality) in
                found.profile.qualities.iter().enumerate().filter(|(_, quality)| **quality != 0)
            {
                if found.first >= free_from[at] {
                    free_from[at] = found.end;
                    write_tag(pieces, found, at, *quality, tags);
                }
            }
        }
        from += count;
    }
}

fn write_tag(pieces: &Pieces, found: &NameMatch, at: usize, quality: Quality, tags: &mut [Tags]) {
    let (first, last) = (pieces.of_token[found.first], pieces.of_token[found.end - 1]);
    for (piece, tags) in (first..).zip(&mut tags[first..=last]) {
        let place = match (piece == first, piece == last) {
            (true, true) => SINGLE,
            (true, false) => FIRST,
            (false, true) => LAST,
            (false, false) => MIDDLE,
        };
        tags[at] = Tag { place, quality };
    }
}
