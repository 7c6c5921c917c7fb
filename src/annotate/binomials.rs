//! Names of organisms in two words: "Escherichia coli", and "E. coli" after it.

use rustc_hash::FxHashMap;

use super::passages::PassageText;
use super::surface;
use crate::text::masks::{BLOCK_BYTES, between, block_at};
use crate::text::pauses::work_done;
use crate::text::{Gap, Token, TokenKind};

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

/// The binomials that a document has in full, by initial and epithet.
#[derive(Debug, Default)]
pub(crate) struct Binomials<'d> {
    full: FxHashMap<(char, &'d str), &'d str>,
    /// The genera of each initial, in the order of the text.
    genera: FxHashMap<char, Vec<&'d str>>,
    /// The species of each genus; `None` of one that the document has several of.
    only_species: FxHashMap<&'d str, Option<&'d str>>,
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
    /// Finds the binomials of a document that stand in it in full.
    pub(crate) fn find(passages: &[PassageText<'d>]) -> Self {
        let ends = |passage: &PassageText<'d>| {
            let mut ends = Vec::new();
            find_ends_of_binomials(passage, &mut ends);
            ends.into_iter()
        };
        Self::among(passages.iter().map(|passage| (passage, ends(passage))))
    }

    /// [`Binomials::find`] in passages of which it is known where binomials end ([`find_ends_of_binomials`]).
    pub(crate) fn among<'p, T: Iterator<Item = usize>>(
        passages: impl Iterator<Item = (&'p PassageText<'d>, T)>,
    ) -> Self
    where
        'd: 'p,
    {
        let mut found = Self::default();
        for (passage, ends) in passages {
            for at in ends {
                let token = &passage.folded.tokens()[at];
                if token.gap != Gap::Space {
                    continue;
                }
                let epithet = word(passage, at);
                let genus = passage.folded.tokens()[at - 1].start as usize;
                let full = &passage.text[genus..token.end as usize];
                if let Some(initial) = full.chars().next().filter(|_| found.full.len() < BINOMIALS_LIMIT) {
                    found.full.entry((initial, epithet)).or_insert(full);
                    let genera = found.genera.entry(initial).or_default();
                    let genus = word(passage, at - 1);
                    let only = found.only_species.entry(genus).or_insert(Some(full));
                    *only = only.filter(|known| *known == full);
                    if genera.len() < GENERA_LIMIT && !genera.contains(&genus) {
                        genera.push(genus);
                    }
                }
            }
        }
        found
    }

    /// What "E. fergusonii" may stand for in a document that has other species of genera in E: their genus and its epithet.
    pub(crate) fn of_known_genera<'s>(&'s self, written: &'s str) -> impl Iterator<Item = String> + 's {
        let parts = initial_and_epithet(written);
        let genera = parts.and_then(|(initial, _)| self.genera.get(&initial)).into_iter().flatten();
        genera.filter_map(move |genus| parts.map(|(_, epithet)| format!("{genus} {epithet}")))
    }

    /// The full form of "E. coli", also of "E. coli K12" and "E. coli (Migula)": the strain and the author say no more of
    /// the species.
    pub(crate) fn full(&self, written: &str) -> Option<&'d str> {
        self.full.get(&initial_and_epithet(written)?).copied()
    }

    /// Whether there is anything of a name in it.
    pub(crate) fn speak_of(&self, written: &str) -> bool {
        !self.full.is_empty()
            && (self.full(written).is_some()
                || self.only_species(written).is_some()
                || self.of_known_genera(written).next().is_some())
    }

    /// The one species of a genus that the document names.
    pub(crate) fn only_species(&self, genus: &str) -> Option<&'d str> {
        self.only_species.get(genus).copied().flatten()
    }

    /// Calls `take` with each token of a passage that is a part of a binomial, and what it is; the last time holds. `ends` is where
    /// binomials end in it ([`find_ends_of_binomials`]).
    pub(crate) fn each_part(
        &self,
        passage: &PassageText<'d>,
        ends: impl Iterator<Item = usize>,
        mut take: impl FnMut(usize, Part),
    ) {
        let tokens = passage.folded.tokens();
        for at in ends {
            let (first, second) = if tokens[at].gap == Gap::Space {
                (Part::Genus, Part::Epithet)
            } else {
                let initial = word(passage, at - 1).chars().next();
                match initial.is_some_and(|initial| self.full.contains_key(&(initial, word(passage, at)))) {
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
    fn initials_find_their_genus() {
        let passages = [
            PassageText::new("Escherichia coli and Chromera velia, Vibrio fischeri or Vibrio natriegens."),
            PassageText::new("E. coli, S. aureus; Ch. velia"),
        ];
        let binomials = Binomials::find(&passages);
        assert_eq!(binomials.full("E. coli"), Some("Escherichia coli"));
        assert_eq!(binomials.full("E.coli"), Some("Escherichia coli"));
        assert_eq!(binomials.full("E. coli K12 (DSM 1)"), Some("Escherichia coli"));
        let of_genera: Vec<String> = binomials.of_known_genera("E. fergusonii").collect();
        assert_eq!(of_genera, ["Escherichia fergusonii"]);
        assert_eq!(binomials.of_known_genera("S. aureus").count(), 0);
        assert_eq!(binomials.only_species("Chromera"), Some("Chromera velia"));
        assert_eq!((binomials.only_species("Vibrio"), binomials.only_species("velia")), (None, None));
        for other in ["S. aureus", "coli", "Escherichia coli", ""] {
            assert_eq!(binomials.full(other), None, "{other}");
        }
        let parts = |passage: &PassageText<'_>| {
            let mut parts = vec![Part::None; passage.folded.tokens().len()];
            let mut ends = vec![9];
            find_ends_of_binomials(passage, &mut ends);
            binomials.each_part(passage, ends.into_iter(), |at, part| parts[at] = part);
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
