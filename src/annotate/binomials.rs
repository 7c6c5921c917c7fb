//! Names of organisms in two words: "Escherichia coli", and "E. coli" after it.

use std::ops::Range;

use super::passages::PassageText;
use super::surface;
use crate::text::masks::{BLOCK_BYTES, between, block_at};
use crate::text::pauses::{work_done, worked};
use crate::text::{Gap, Spare, Token, TokenKind, spared};

/// The most binomials of a document that are remembered.
const BINOMIALS_LIMIT: usize = 2_000;
/// The most genera of one initial that are remembered.
const GENERA_LIMIT: usize = 8;
/// The least letters of a genus and of an epithet.
const WORD_BYTES_MIN: u32 = 4;
/// The most bytes of a genus' initial.
const INITIAL_BYTES_LIMIT: u32 = 2;

/// What a token is to a binomial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Part {
    /// Nothing.
    None,
    /// What may be a genus.
    Genus,
    /// What may be an epithet behind it.
    Epithet,
    /// A genus' initial before an epithet.
    Initial,
    /// The epithet behind it.
    ShortEpithet,
    /// An initial of a binomial that the document has in full.
    KnownInitial,
    /// The epithet behind it.
    KnownEpithet,
}

/// A binomial by its initial and epithet.
type Full<'d> = ((char, &'d str), &'d str);
/// The one species of a genus; `None` where there are several.
type OnlySpecies<'d> = (&'d str, Option<&'d str>);
/// An initial and a genus.
type Genus<'d> = (char, &'d str);

spared!('d: Vec<Full<'d>>, Vec<Full<'static>>);
spared!('d: Vec<OnlySpecies<'d>>, Vec<OnlySpecies<'static>>);
spared!('d: Vec<Genus<'d>>, Vec<Genus<'static>>);

/// The binomials that a document has in full.
#[derive(Debug, Default)]
pub(crate) struct Binomials<'d> {
    /// Sorted; few.
    full: Spare<Vec<Full<'d>>>,
    /// Sorted.
    only_species: Spare<Vec<OnlySpecies<'d>>>,
    /// Sorted by initials; the genera of each are in the order of the text.
    genera: Spare<Vec<Genus<'d>>>,
}

/// How epithets end.
const LATIN_ENDINGS: &[&str] = &[
    "us", "um", "is", "a", "ae", "i", "ens", "ans", "or", "oides", "ense", "io", "ax", "ex", "ix", "gaster",
    "ifer", "iger",
];

/// Whether a word is such as the second of a binomial.
pub(super) fn is_epithet(word: &str) -> bool {
    const NO_EPITHETS: &[&str] = &[
        "alga",
        "bacteria",
        "bacterium",
        "data",
        "genera",
        "genus",
        "infection",
        "insertion",
        "larva",
        "larvae",
        "media",
        "medium",
        "pupae",
        "serum",
        "virus",
        "was",
        "has",
        "is",
        "mutant",
        "mutants",
        "isolates",
    ];
    word.len() > 3
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && LATIN_ENDINGS.iter().any(|ending| word.ends_with(ending))
        && (!word.ends_with("sis") || word.ends_with("ensis"))
        && !NO_EPITHETS.contains(&word)
        && !surface::is_common_word(word)
}

fn word<'d>(passage: &PassageText<'d>, at: usize) -> &'d str {
    let token = &passage.folded.tokens()[at];
    &passage.text[token.start as usize..token.end as usize]
}

/// Finds the tokens that end what is written like a binomial, in full or with an initial: its [epithets](is_epithet).
#[inline(never)]
pub(crate) fn find_ends_of_binomials(passage: &PassageText<'_>, ends: &mut Vec<usize>) {
    let (bytes, tokens) = (passage.text.as_bytes(), passage.folded.tokens());
    ends.clear();
    let mut near = 0;
    for base in (0..bytes.len()).step_by(BLOCK_BYTES) {
        work_done(BLOCK_BYTES / 8);
        let mut capitals = capitals_of(&block_at(bytes, base));
        while capitals != 0 {
            let start = base + capitals.trailing_zeros() as usize;
            capitals &= capitals - 1;
            if !may_begin(bytes, start) {
                continue;
            }
            near = passage.folded.tokens_within_from(near, start, start).start;
            let begins = tokens.get(near).is_some_and(|token| token.start as usize == start);
            if begins && may_end(bytes, tokens, near + 1) && is_end(passage, near + 1) {
                ends.push(near + 1);
            }
        }
    }
}

/// The capitals of a block that no other follows, and where it is not all ASCII any that may be.
#[inline]
fn capitals_of(block: &[u8; BLOCK_BYTES]) -> u64 {
    if block.is_ascii() {
        let upper = between(block, b'A', b'Z');
        upper & !(upper >> 1)
    } else {
        between(block, b'A', 0xff) & !between(block, b'[', 0x7f)
    }
}

/// Whether a capital may begin a binomial by what stands behind it: as many small letters as a genus has at least, or a full stop, or
/// a letter and a full stop. Beyond ASCII it may be any.
#[inline]
fn may_begin(bytes: &[u8], at: usize) -> bool {
    // an epithet has as many bytes, or more
    let Some([first, behind @ ..]) = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) else {
        return false;
    };
    let are_small = behind.map(|byte| byte.is_ascii_lowercase());
    behind[0] == b'.'
        || are_small[0] & (are_small[1] & are_small[2] | (behind[1] == b'.'))
        || !(first | behind[0] | behind[1] | behind[2]).is_ascii()
}

/// The last letters of [`LATIN_ENDINGS`], as bits.
const LAST_LETTERS: u32 = {
    let mut letters = 0;
    let mut at = 0;
    while at < LATIN_ENDINGS.len() {
        let ending = LATIN_ENDINGS[at].as_bytes();
        letters |= 1 << (ending[ending.len() - 1] % 32);
        at += 1;
    }
    letters
};

/// Whether a token may end a binomial by its length, its first and last bytes and what stands before it.
fn may_end(bytes: &[u8], tokens: &[Token], at: usize) -> bool {
    let Some([before, token]) = tokens.get(at - 1..=at) else { return false };
    let length_before = before.end - before.start;
    let byte = |at: u32| bytes.get(at as usize).copied().unwrap_or(0);
    let fits = match token.gap {
        Gap::Space => {
            length_before >= WORD_BYTES_MIN && LAST_LETTERS >> (byte(token.end.wrapping_sub(1)) % 32) & 1 != 0
        }
        Gap::Stop | Gap::Joiner => length_before <= INITIAL_BYTES_LIMIT,
        _ => false,
    };
    fits && token.end - token.start >= WORD_BYTES_MIN && byte(token.start).is_ascii_lowercase()
}

/// Whether a token ends what is written like a binomial.
fn is_end(passage: &PassageText<'_>, at: usize) -> bool {
    work_done(8);
    match passage.folded.tokens()[at].gap {
        Gap::Space => is_genus(passage, at - 1) && is_epithet(word(passage, at)),
        Gap::Stop | Gap::Joiner => is_initial(passage, at - 1) && is_short_epithet(passage, at),
        _ => false,
    }
}

fn is_genus(passage: &PassageText<'_>, at: usize) -> bool {
    let token = &passage.folded.tokens()[at];
    token.kind == TokenKind::Letters
        && token.end - token.start >= WORD_BYTES_MIN
        && surface::is_capitalised_word(word(passage, at))
}

/// Whether a token is the initial of a genus: one letter, or two such as in "Ch. velia".
fn is_initial(passage: &PassageText<'_>, at: usize) -> bool {
    let word = word(passage, at);
    let mut letters = word.chars();
    letters.next().is_some_and(|first| first.is_ascii_uppercase())
        && letters.clone().count() < 2
        && letters.all(|letter| letter.is_ascii_lowercase())
}

impl<'d> Binomials<'d> {
    /// The binomials of a document that stand in it in full, of passages with the tokens that end binomials in each
    /// ([`find_ends_of_binomials`]).
    pub(crate) fn among<'p>(passages: impl Iterator<Item = (&'p PassageText<'d>, &'p [usize])>) -> Self
    where
        'd: 'p,
    {
        let mut found = Self { full: Spare::take(), only_species: Spare::take(), genera: Spare::take() };
        for (passage, ends) in passages {
            let tokens = passage.folded.tokens();
            for &at in ends.iter().filter(|at| tokens[**at].gap == Gap::Space) {
                if found.full.len() < BINOMIALS_LIMIT {
                    let full = &passage.text[tokens[at - 1].start as usize..tokens[at].end as usize];
                    found.add(full, word(passage, at - 1), word(passage, at));
                }
            }
        }
        let Self { only_species, .. } = &mut found;
        only_species.sort_unstable_by_key(|own| worked(*own));
        // those of a genus stand together
        only_species.dedup_by(|next, first| {
            let same = next.0 == first.0;
            first.1 = first.1.filter(|full| !same || next.1 == Some(*full));
            same
        });
        found
    }

    fn add(&mut self, full: &'d str, genus: &'d str, epithet: &'d str) {
        let Some(initial) = full.chars().next() else { return };
        if let Err(at) = self.full.binary_search_by_key(&(initial, epithet), |own| own.0) {
            self.full.insert(at, ((initial, epithet), full));
        }
        self.only_species.push((genus, Some(full)));
        let others = self.genera_of(initial);
        if others.len() < GENERA_LIMIT && !self.genera[others.clone()].contains(&(initial, genus)) {
            self.genera.insert(others.end, (initial, genus));
        }
    }

    /// Where the genera of an initial are.
    fn genera_of(&self, initial: char) -> Range<usize> {
        let start = self.genera.partition_point(|own| own.0 < initial);
        let own = self.genera[start..].iter().take_while(|own| own.0 == initial);
        start..start + own.count()
    }

    /// Calls `take` with what "E. fergusonii" may stand for in a document that has other species of genera in E: their genus and its
    /// epithet.
    pub(crate) fn of_known_genera(&self, written: &str, mut take: impl FnMut(&str)) {
        let Some((initial, epithet)) = initial_and_epithet(written) else { return };
        let mut name: Spare<String> = Spare::take();
        for (_, genus) in &self.genera[self.genera_of(initial)] {
            name.clear();
            name.extend([genus, " ", epithet]);
            take(&name);
        }
    }

    /// The full form of "E. coli", also of "E. coli K12" and "E. coli (Migula)": the strain and the author say no more of
    /// the species.
    pub(crate) fn full(&self, written: &str) -> Option<&'d str> {
        self.full_of(initial_and_epithet(written)?)
    }

    fn full_of(&self, wanted: (char, &str)) -> Option<&'d str> {
        let at = self.full.binary_search_by(|own| own.0.cmp(&wanted)).ok()?;
        self.full.get(at).map(|own| own.1)
    }

    /// Whether there is anything of a name in it.
    pub(crate) fn speak_of(&self, written: &str) -> bool {
        let has_genera = |(initial, _)| !self.genera_of(initial).is_empty();
        !self.full.is_empty()
            && (self.full(written).is_some()
                || self.only_species(written).is_some()
                || initial_and_epithet(written).is_some_and(has_genera))
    }

    /// The one species of a genus that the document names.
    pub(crate) fn only_species(&self, genus: &str) -> Option<&'d str> {
        let at = self.only_species.binary_search_by(|own| own.0.cmp(genus)).ok()?;
        self.only_species.get(at).and_then(|own| own.1)
    }

    /// Calls `take` with each token of a passage that is a part of a binomial, and what it is; the last time holds. `ends` is where
    /// binomials end in it ([`find_ends_of_binomials`]).
    pub(crate) fn each_part(
        &self,
        passage: &PassageText<'d>,
        ends: &[usize],
        mut take: impl FnMut(usize, Part),
    ) {
        let tokens = passage.folded.tokens();
        for &at in ends {
            let (first, second) = if tokens[at].gap == Gap::Space {
                (Part::Genus, Part::Epithet)
            } else {
                let initial = word(passage, at - 1).chars().next();
                match initial.is_some_and(|initial| self.full_of((initial, word(passage, at))).is_some()) {
                    true => (Part::KnownInitial, Part::KnownEpithet),
                    false => (Part::Initial, Part::ShortEpithet),
                }
            };
            take(at - 1, first);
            take(at, second);
        }
    }
}

/// The initial of a genus and the epithet behind it; what follows them is left out.
fn initial_and_epithet(written: &str) -> Option<(char, &str)> {
    let (initial, epithet) = written.split_once(['.', ' '])?;
    let epithet = epithet.trim_start_matches(['.', ' ']);
    let epithet = epithet.split([' ', '(', ',']).next().unwrap_or(epithet);
    let first = initial.chars().next().filter(|_| initial.len() <= 2)?;
    Some((first, epithet))
}

/// Whether a token behind an initial and a full stop may be an epithet.
fn is_short_epithet(passage: &PassageText<'_>, at: usize) -> bool {
    let token = &passage.folded.tokens()[at];
    let before = passage.folded.tokens()[at - 1].end as usize;
    let own = word(passage, at);
    passage.text[before..].starts_with('.')
        && token.end - token.start >= WORD_BYTES_MIN
        && own.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_genera_may_have_one_epithet() {
        let letters = || (b'a'..=b'z').map(char::from);
        let genera: Vec<String> =
            letters().flat_map(|one| letters().map(move |two| format!("Ba{one}{two}ella"))).collect();
        let text = genera.iter().rev().map(|genus| format!("{genus} coli")).collect::<Vec<_>>().join(", ")
            + " and Baabella alba.";
        let passages = [PassageText::new(&text)];
        let mut ends = Vec::new();
        find_ends_of_binomials(&passages[0], &mut ends);
        assert!(ends.len() > genera.len() / 2, "{}", ends.len());
        let binomials = Binomials::among(passages.iter().zip([ends.as_slice()]));
        assert_eq!(binomials.full("B. coli"), Some("Bazzella coli"));
        assert_eq!(binomials.only_species("Bamnella"), Some("Bamnella coli"));
        assert_eq!(binomials.only_species("Baabella"), None, "of several species");
        let mut others = Vec::new();
        binomials.of_known_genera("B. fragilis", |name| others.push(name.to_owned()));
        assert_eq!((others.len(), others[0].as_str()), (GENERA_LIMIT, "Bazzella fragilis"));
    }

    #[test]
    fn initials_find_their_genus() {
        let passages = [
            PassageText::new("Escherichia coli and Chromera velia, Vibrio fischeri or Vibrio natriegens."),
            PassageText::new("E. coli, S. aureus; Ch. velia"),
        ];
        let ends = |passage: &PassageText<'_>| {
            let mut ends = vec![9];
            find_ends_of_binomials(passage, &mut ends);
            ends
        };
        let all = [ends(&passages[0]), ends(&passages[1])];
        let binomials = Binomials::among(passages.iter().zip(all.iter().map(Vec::as_slice)));
        assert_eq!(binomials.full("E. coli"), Some("Escherichia coli"));
        assert_eq!(binomials.full("E.coli"), Some("Escherichia coli"));
        assert_eq!(binomials.full("E. coli K12 (DSM 1)"), Some("Escherichia coli"));
        let mut of_genera = Vec::new();
        binomials.of_known_genera("E. fergusonii", |name| of_genera.push(name.to_owned()));
        binomials.of_known_genera("S. aureus", |name| of_genera.push(name.to_owned()));
        assert_eq!(of_genera, ["Escherichia fergusonii"]);
        assert_eq!(binomials.only_species("Chromera"), Some("Chromera velia"));
        assert_eq!((binomials.only_species("Vibrio"), binomials.only_species("velia")), (None, None));
        for other in ["S. aureus", "coli", "Escherichia coli", ""] {
            assert_eq!(binomials.full(other), None, "{other}");
        }
        let parts = |passage: &PassageText<'_>| {
            let mut parts = vec![Part::None; passage.folded.tokens().len()];
            binomials.each_part(passage, &ends(passage), |at, part| parts[at] = part);
            parts
        };
        assert_eq!(parts(&passages[0])[..2], [Part::Genus, Part::Epithet]);
        let parts = parts(&passages[1]);
        assert_eq!(parts[..2], [Part::KnownInitial, Part::KnownEpithet]);
        assert_eq!(parts[2..4], [Part::Initial, Part::ShortEpithet]);
    }

    #[test]
    fn epithets_are_told_by_their_endings() {
        for word in ["coli", "aureus", "brasiliensis", "kyonggiense", "hominivorax", "pernix", "collurio"] {
            assert!(is_epithet(word), "{word}");
        }
        for word in ["analysis", "sepsis", "larvae", "studies", "Coli", "was"] {
            assert!(!is_epithet(word), "{word}");
        }
    }

    #[test]
    fn ends_are_found_wherever_they_stand() {
        let found = |text: &str| {
            let passage = PassageText::new(text);
            let mut ends = vec![7];
            find_ends_of_binomials(&passage, &mut ends);
            let one_by_one = (1..passage.folded.tokens().len()).filter(|at| is_end(&passage, *at));
            assert_eq!(ends, one_by_one.collect::<Vec<_>>(), "{text}");
            ends.len()
        };
        for before in 0..=2 * BLOCK_BYTES {
            let filled = format!("{}. ", "x".repeat(before));
            let text =
                "Escherichia coli (E. coli) and Ch. velia or E.coli, Chloë pernix; The genus Ébola coli";
            assert_eq!(found(&format!("{filled}{text}")), 6);
            assert_eq!(found(&format!("{filled}{}", text.split(',').next().unwrap())), 4);
        }
    }
}
