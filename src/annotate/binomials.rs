//! Names of organisms in two words: "Escherichia coli", and "E. coli" after it.

use rustc_hash::FxHashMap;

use super::passages::PassageText;
use super::surface;
use crate::text::{Gap, TokenKind};

/// The most binomials of a document that are remembered.
const BINOMIALS_LIMIT: usize = 2_000;
/// The least letters of a genus and of an epithet.
const WORD_BYTES_MIN: u32 = 4;

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
}

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
    const LATIN_ENDINGS: &[&str] =
        &["us", "um", "is", "a", "ae", "i", "ii", "ens", "ans", "or", "ensis", "oides"];
    word.len() > 3
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && LATIN_ENDINGS.iter().any(|ending| word.ends_with(ending))
        && !word.ends_with("sis")
        && !NO_EPITHETS.contains(&word)
        && !surface::is_common_word(word)
}

fn word<'d>(passage: &PassageText<'d>, at: usize) -> &'d str {
    let token = &passage.folded.tokens()[at];
    &passage.text[token.start as usize..token.end as usize]
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
        let mut found = Self::default();
        for passage in passages {
            for (at, token) in passage.folded.tokens().iter().enumerate().skip(1) {
                let epithet = word(passage, at);
                if token.gap != Gap::Space || !is_genus(passage, at - 1) || !is_epithet(epithet) {
                    continue;
                }
                let genus = passage.folded.tokens()[at - 1].start as usize;
                let full = &passage.text[genus..token.end as usize];
                if let Some(initial) = full.chars().next().filter(|_| found.full.len() < BINOMIALS_LIMIT) {
                    found.full.entry((initial, epithet)).or_insert(full);
                }
            }
        }
        found
    }

    /// The full form of "E. coli".
    pub(crate) fn full(&self, written: &str) -> Option<&'d str> {
        let (initial, epithet) = written.split_once(['.', ' '])?;
        let epithet = epithet.trim_start_matches(['.', ' ']);
        let first = initial.chars().next().filter(|_| initial.len() <= 2)?;
        self.full.get(&(first, epithet)).copied()
    }

    /// What each token of a passage is to a binomial.
    pub(crate) fn parts(&self, passage: &PassageText<'d>) -> Vec<Part> {
        let tokens = passage.folded.tokens();
        let mut parts = vec![Part::None; tokens.len()];
        for at in 1..tokens.len() {
            let own = word(passage, at);
            match tokens[at].gap {
                Gap::Space if is_genus(passage, at - 1) && is_epithet(own) => {
                    (parts[at - 1], parts[at]) = (Part::Genus, Part::Epithet);
                }
                Gap::Stop | Gap::Joiner if is_initial(passage, at - 1) && is_short_epithet(passage, at) => {
                    let known = word(passage, at - 1)
                        .chars()
                        .next()
                        .is_some_and(|initial| self.full.contains_key(&(initial, own)));
                    (parts[at - 1], parts[at]) = match known {
                        true => (Part::KnownInitial, Part::KnownEpithet),
                        false => (Part::Initial, Part::ShortEpithet),
                    };
                }
                _ => {}
            }
        }
        parts
    }
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
            PassageText::new("Escherichia coli and Chromera velia."),
            PassageText::new("E. coli, S. aureus; Ch. velia"),
        ];
        let binomials = Binomials::find(&passages);
        assert_eq!(binomials.full("E. coli"), Some("Escherichia coli"));
        assert_eq!(binomials.full("E.coli"), Some("Escherichia coli"));
        for other in ["S. aureus", "coli", "Escherichia coli", ""] {
            assert_eq!(binomials.full(other), None, "{other}");
        }
        assert_eq!(binomials.parts(&passages[0])[..2], [Part::Genus, Part::Epithet]);
        let parts = binomials.parts(&passages[1]);
        assert_eq!(parts[..2], [Part::KnownInitial, Part::KnownEpithet]);
        assert_eq!(parts[2..4], [Part::Initial, Part::ShortEpithet]);
    }
}
