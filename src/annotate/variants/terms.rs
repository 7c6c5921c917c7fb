//! What a change in words is of: a base, a residue, a codon or a stop, with its code in brackets.

use smol_str::SmolStr;

use super::scanner::{Meanings, Scanner};
use crate::annotate::amino_acids;

/// The most letters of bases that stand for one side of a change in words.
pub(super) const TERM_BASES_LIMIT: usize = 12;
const BASES: Meanings = Meanings::new(&[
    ("adenine", "A"),
    ("adenosine", "A"),
    ("cytosine", "C"),
    ("cytidine", "C"),
    ("guanine", "G"),
    ("guanosine", "G"),
    ("thymine", "T"),
    ("thymidine", "T"),
    ("uracil", "U"),
]);
const STOPS: &[&str] = &["stop", "termination", "terminator", "term", "nonsense", "amber", "ochre", "opal"];

/// What a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Bases by their letters.
    Bases,
    /// A base by its name.
    NamedBase,
    /// A residue by three letters or its name.
    Residue,
    /// A stop codon.
    Stop,
}

impl Kind {
    pub(super) const fn is_of_dna(self) -> bool {
        matches!(self, Self::Bases | Self::NamedBase)
    }
}

/// One side of a change.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) kind: Kind,
    /// Bases, or the residue in one letter.
    pub(super) symbol: SmolStr,
    /// The position that is written to it: "arginine 150".
    pub(super) position: Option<SmolStr>,
}

impl<'t> Scanner<'t> {
    /// "arginine", "Arg", "arginine (Arg)", "adenine (A)", "A", "TAC", "stop codon".
    pub(super) fn term(&mut self) -> Option<Term> {
        self.stop_term().or_else(|| self.residue_term()).or_else(|| self.base_term())
    }

    /// A term that may have an article: "the proline", "a premature stop codon".
    pub(super) fn term_with_article(&mut self) -> Option<Term> {
        let mut scanner = *self;
        scanner.eat_any(&["a ", "an ", "the "]);
        scanner.eat_any(&["premature ", "new ", "in-frame "]);
        let term = scanner.term().or_else(|| {
            scanner = *self;
            scanner.term()
        })?;
        *self = scanner;
        Some(term)
    }

    /// " residue", " codon", " nucleotide": what the term before it is said to be.
    pub(super) fn term_tail(&mut self) {
        self.next_word(&["residues", "residue", "codon", "nucleotide"]);
        self.code_in_brackets();
    }

    fn stop_term(&mut self) -> Option<Term> {
        let mut scanner = *self;
        scanner.word(STOPS)?;
        scanner.next_word(&["codons", "codon", "signal"]);
        scanner.code_in_brackets();
        *self = scanner;
        Some(Term { kind: Kind::Stop, symbol: SmolStr::new_static("*"), position: None })
    }

    fn residue_term(&mut self) -> Option<Term> {
        let mut scanner = *self;
        let symbol = scanner.residue_name()?;
        let mut term = Term { kind: Kind::Residue, symbol: symbol.into(), position: None };
        scanner.code_in_brackets();
        let mut placed = scanner;
        placed.gap();
        if let Some(digits) = placed.digits(5)
            && placed.ends_word()
            && !digits.starts_with('0')
        {
            term.position = Some(digits.into());
            scanner = placed;
        }
        *self = scanner;
        Some(term)
    }

    /// A residue by its name or three letters, and no letter after it.
    pub(super) fn residue_name(&mut self) -> Option<char> {
        let mut scanner = *self;
        let letter = match amino_acids::from_name_at(scanner.rest()) {
            Some((letter, length)) => {
                scanner.at += length;
                let _ = scanner.next_byte() == Some(b's') && scanner.eat("s");
                letter
            }
            None => scanner.three_letter_residue()?,
        };
        if scanner.next_byte().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            return None;
        }
        *self = scanner;
        Some(letter)
    }

    fn base_term(&mut self) -> Option<Term> {
        let mut scanner = *self;
        if let Some(symbol) = scanner.base_name() {
            scanner.code_in_brackets();
            *self = scanner;
            return Some(Term { kind: Kind::NamedBase, symbol: symbol.into(), position: None });
        }
        let symbol = scanner.short_bases()?.into();
        *self = scanner;
        Some(Term { kind: Kind::Bases, symbol, position: None })
    }

    /// A base by its name.
    pub(super) fn base_name(&mut self) -> Option<&'static str> {
        self.meaning(&BASES)
    }

    /// A few bases in upper case that are a word, or one in lower case before an arrow.
    ///
    /// Nothing is read where it is `None`.
    pub(super) fn short_bases(&mut self) -> Option<&'t str> {
        let ends = |scanner: &Self| !scanner.next_byte().is_some_and(|byte| byte.is_ascii_alphanumeric());
        let mut scanner = *self;
        if let Some(bases) = scanner.upper_bases()
            && bases.len() <= TERM_BASES_LIMIT
            && ends(&scanner)
        {
            *self = scanner;
            return Some(bases);
        }
        let base = match self.next_byte()? {
            b'a' => "A",
            b'c' => "C",
            b'g' => "G",
            b't' => "T",
            _ => return None,
        };
        let mut scanner = Self { text: self.text, at: self.at + 1 };
        let after_arrow = self.text.as_bytes()[..self.at].ends_with(b">");
        let mut arrow = scanner;
        let beside_arrow = after_arrow || arrow.arrow();
        if !beside_arrow || !ends(&scanner) {
            return None;
        }
        scanner.at = self.at + 1;
        *self = scanner;
        Some(base)
    }

    /// "(Arg)", "(R)", "(CGA)": the code of what stands before it.
    fn code_in_brackets(&mut self) -> bool {
        let mut scanner = *self;
        scanner.space();
        if !scanner.eat("(") {
            return false;
        }
        let length = scanner.rest().bytes().take(5).take_while(u8::is_ascii_alphabetic).count();
        scanner.at += length;
        let good = (1..=4).contains(&length) && scanner.eat(")");
        if good {
            *self = scanner;
        }
        good
    }
}
