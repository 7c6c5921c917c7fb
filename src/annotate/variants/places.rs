//! Where a change in words is: "at nucleotide 2607", "in codon 38", "(nucleotides 763-766)".

use smol_str::{SmolStr, SmolStrBuilder};

use super::scanner::{POSITION_DIGITS_LIMIT, Scanner};

/// The most words between a preposition and its number.
pub(super) const PLACE_WORDS_LIMIT: usize = 6;
/// What is counted.
const COUNTED: &[&str] = &[
    "nucleotides",
    "nucleotide",
    "nts",
    "nt",
    "nucleotide-position",
    "positions",
    "position",
    "pos",
    "codons",
    "codon",
    "residues",
    "residue",
    "bases",
    "base",
    "bp",
    "amino",
    "acids",
    "acid",
    "aa",
    "cdna",
    "genomic",
    "mrna",
    "coding",
    "dna",
    "sequence",
    "site",
    "number",
    "numbers",
    "pair",
    "the",
    "a",
    "its",
    "polymorphic",
    "amino-acid",
    "no",
    "cd",
];
/// What lies between a change and its place.
const PREPOSITIONS: &[&str] = &["at", "in", "of", "on", "for", "from", "between", "to"];

/// What a position counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Bases, or what is not said.
    Bases,
    Codons,
    Residues,
}

impl Counted {
    /// What a place is of that these words say.
    fn of_words(counted: Self, word: &str) -> Self {
        match word {
            "codon" | "codons" => Self::Codons,
            "amino" | "amino-acid" | "aa" | "residue" | "residues" => Self::Residues,
            _ => counted,
        }
    }
}

/// A place: the position, and what it counts.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) position: SmolStr,
    pub(super) counted: Counted,
}

impl<'t> Scanner<'t> {
    /// " at position 158", ", position 1277", " (base 308)", " in exon 4 (base 308)". Nothing is read where it is `None`.
    pub(super) fn place_after(&mut self) -> Option<Place> {
        let mut scanner = *self;
        let exon = scanner.exon();
        let comma = scanner.eat(",");
        if !scanner.eat(" ") && !scanner.eat("-") {
            return None;
        }
        let bracket = scanner.eat("(");
        let preposition = scanner.word(PREPOSITIONS);
        if preposition.is_some() && !scanner.eat(" ") {
            return None;
        }
        let (place, words) = scanner.counted_place()?;
        // "at 33468" is a place, "of 12" and ", 12" are not
        let bare = match preposition {
            Some("at") => true,
            None => bracket && !comma && (exon || place.position.starts_with('-')),
            _ => place.position.starts_with('-') && place.position.len() > 2,
        };
        let introduced = preposition.is_some() || bracket || comma;
        if !introduced || words == 0 && !bare || bracket && !scanner.eat(")") {
            return None;
        }
        *self = scanner;
        Some(place)
    }

    /// " in exon 4", " at exon 8"; whether there was one.
    fn exon(&mut self) -> bool {
        let mut scanner = *self;
        let found = scanner.eat(" ")
            && scanner.word(&["in", "at", "of"]).is_some()
            && scanner.next_word(&["exon", "intron"]).is_some()
            && scanner.eat(" ")
            && scanner.digits(3).is_some();
        if found {
            *self = scanner;
        }
        found
    }

    /// "nucleotide position 2607", "the -308", "the 620 position", and how many words say what is counted.
    pub(super) fn counted_place(&mut self) -> Option<(Place, usize)> {
        let (mut words, mut counted) = (0, Counted::Bases);
        for _ in 0..PLACE_WORDS_LIMIT {
            let Some(word) = self.word(COUNTED) else { break };
            counted = Counted::of_words(counted, word);
            words += usize::from(!matches!(word, "the" | "a" | "its"));
            self.eat_any(&[". ", " ", "-"]);
        }
        let position = self.place_number()?;
        let mut after = *self;
        if after.next_word(&["positions", "position", "codon", "residue", "site"]).is_some() {
            words += 1;
            *self = after;
        }
        Some((Place { position, counted }, words))
    }

    /// `2607`, `-308`, `+387`, `c.898`, `13,910`, `763-766`, "7916 and 7917".
    pub(super) fn place_number(&mut self) -> Option<SmolStr> {
        self.eat_any(&["c.", "#", "g."]);
        let mut number = SmolStrBuilder::new();
        if let Some(sign) = self.sign().filter(|sign| *sign == '-') {
            number.push(sign);
        }
        number.push_str(&self.grouped_digits()?);
        let mut range = *self;
        let second = range.eat_any(&["_", "-", "–", " to ", " and ", "/", " through "]).then(|| {
            range.eat("-");
            range.grouped_digits().filter(|_| range.ends_word())
        });
        if let Some(Some(second)) = second {
            number.push('_');
            number.push_str(&second);
            *self = range;
        }
        let unit = !self.next_byte().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'%');
        unit.then(|| number.finish())
    }

    /// Digits with or without a comma between the thousands.
    pub(super) fn grouped_digits(&mut self) -> Option<SmolStr> {
        let mut number = SmolStrBuilder::new();
        number.push_str(self.digits(POSITION_DIGITS_LIMIT)?);
        let mut group = *self;
        while number.len() + 3 <= POSITION_DIGITS_LIMIT
            && group.eat(",")
            && let Some(digits) = group.digits(3)
            && digits.len() == 3
        {
            number.push_str(digits);
            *self = group;
        }
        Some(number.finish())
    }
}
