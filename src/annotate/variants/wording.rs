//! Substitutions in words: "G to A at nucleotide 2607", "arginine to cysteine substitution at position 158", "codon 26,
//! GAG-->GCG", "Gly-->Asp".

use smol_str::{SmolStr, format_smolstr};

use super::places::{Counted, Place};
use super::scanner::Scanner;
use super::terms::{Kind, Term};
use super::{Certainty, Class, Form};
use crate::annotate::amino_acids;

/// What joins what was and what is.
const TO: &[&str] = &[
    "-to-",
    " to ",
    " into ",
    " by ",
    " was replaced by ",
    " is replaced by ",
    " replaced by ",
    " replaced with ",
    " was replaced with ",
    " is replaced with ",
    " was substituted by ",
    " was substituted with ",
    " substituted by ",
    " substituted with ",
    " is substituted by ",
    " changed to ",
    " was changed to ",
    " is changed to ",
    " with ",
    "-for-",
];
/// What joins what is and what was.
const FOR: &[&str] = &[
    " for ",
    " instead of ",
    " rather than ",
    " substituted for ",
    " in place of ",
    " was substituted for ",
];
/// What a change is called.
const NOUNS: &[&str] = &[
    "substitutions",
    "substitution",
    "transition",
    "transversion",
    "mutation",
    "change",
    "polymorphism",
    "variation",
    "variant",
    "replacement",
    "exchange",
    "conversion",
    "snp",
    "missense",
    "point",
    "single",
    "nucleotide",
    "base",
    "nonsense",
    "amino",
    "acid",
    "alteration",
    "base-pair",
];
/// How far around a change without a place the words are looked at that tell it.
pub(super) const NEAR_BYTES: usize = 60;
/// The most words of what a change is called: "missense point mutation".
pub(super) const NOUN_WORDS_LIMIT: usize = 3;

/// A substitution in words that begins where the scanner stands.
pub(super) fn substitution(scanner: Scanner<'_>) -> Option<Form> {
    place_first(scanner)
        .or_else(|| number_and_residue(scanner))
        .or_else(|| terms_first(scanner))
        .or_else(|| letters(scanner))
}

/// "codon 26, GAG-->GCG", "nucleotide 2607 (G to A)", "-3279, A/C".
fn place_first(mut scanner: Scanner<'_>) -> Option<Form> {
    let word =
        scanner.word(&["codons", "codon", "nucleotide", "position", "nt", "residue", "amino acid", "base"]);
    let place = match word {
        Some(word) => {
            scanner.eat_any(&[" (CD)", " position", " number"]);
            scanner.eat(" ");
            Place {
                position: scanner.place_number()?,
                counted: if word.starts_with("codon") { Counted::Codons } else { Counted::Bases },
            }
        }
        None => Place { position: signed_place(&mut scanner)?, counted: Counted::Bases },
    };
    scanner.eat_any(&[",", ":", ";"]);
    scanner.eat(" ");
    scanner.eat_any(&["from ", "a ", "an "]);
    let bracket = scanner.eat("(");
    let pair = scanner.pair()?;
    let closed = !bracket || scanner.eat(")");
    closed.then(|| pair.form(Some(&place), scanner.at, Certainty::Certain)).flatten()
}

/// "272gly----stop", "158 Arg-to-His": a number and a residue before an arrow.
fn number_and_residue(mut scanner: Scanner<'_>) -> Option<Form> {
    let position = scanner.digits(5).filter(|digits| !digits.starts_with('0'))?;
    scanner.gap();
    let from = amino_acids::from_three_letters_of_any_case(scanner.rest().get(..3)?)?;
    scanner.at += 3;
    if !scanner.arrow() && !scanner.eat("-to-") {
        return None;
    }
    let to = match scanner.rest().get(..3).and_then(amino_acids::from_three_letters_of_any_case) {
        Some(letter) => {
            scanner.at += 3;
            letter.into()
        }
        None => scanner.term().filter(|term| !term.kind.is_of_dna())?.symbol,
    };
    let id = format_smolstr!("p.{from}{position}{to}");
    scanner.ends_word().then_some(Form {
        id,
        end: scanner.at,
        certainty: Certainty::Certain,
        class: Class::Wording,
    })
}

/// "R to G mutation at position 76": residues by their letters, which what they are called and a place must tell.
fn letters(mut scanner: Scanner<'_>) -> Option<Form> {
    let from = scanner.one_letter_residue()?;
    (scanner.arrow() || scanner.eat_any(&["-to-", " to "])).then_some(())?;
    let to = scanner.one_letter_residue()?;
    let called = scanner.noun();
    let place = scanner.place_after()?;
    let base = |letter: char| matches!(letter, 'A' | 'C' | 'G' | 'T');
    let good = called && !(base(from) && base(to));
    let id = format_smolstr!("p.{from}{}{to}", place.position);
    good.then_some(Form { id, end: scanner.at, certainty: Certainty::Certain, class: Class::Wording })
}

/// `-3279`, `+25`, `-603/604`.
fn signed_place(scanner: &mut Scanner<'_>) -> Option<SmolStr> {
    let first = scanner.next_byte()?;
    if first.is_ascii_alphabetic() || first == b'(' {
        return None;
    }
    scanner.place_number()
}

/// "G to A at nucleotide 2607", "(G-->A) at position 6", "Glu29 to Lys", "C to T".
fn terms_first(mut scanner: Scanner<'_>) -> Option<Form> {
    let start = scanner.at;
    let bracket = scanner.eat("(");
    let mut pair = scanner.pair()?;
    if bracket && !scanner.eat(")") {
        return None;
    }
    let mut named = scanner;
    named.term_tail();
    let nouns = named.noun();
    let mut placed = named;
    if let Some(place) = placed.place_after() {
        return pair.form(Some(&place), placed.at, Certainty::Certain);
    }
    if bracket {
        return None;
    }
    let place = pair.from.position.take().map(|position| Place { position, counted: Counted::Bases });
    let certainty = match (&place, pair.from.kind) {
        (Some(_), _) => Certainty::Certain,
        (None, _) if pair.joined == Joined::Arrow || nouns => Certainty::Shape,
        (None, Kind::Residue)
            if pair.joined == Joined::Word && is_among_change_words(scanner.text, start, scanner.at) =>
        {
            Certainty::Shape
        }
        _ => Certainty::Weak,
    };
    pair.form(place.as_ref(), scanner.at, certainty)
}

/// Whether something near by says that residues are changed: "conversion of glutamine to glutamate" may be chemistry.
fn is_among_change_words(text: &str, start: usize, end: usize) -> bool {
    const STEMS: &[&[u8]] =
        &[b"ubstitut", b"utation", b"mutant", b"olymorphism", b"issense", b"codon", b"exon", b"SNP"];
    let bytes = text.as_bytes();
    let before = &bytes[start.saturating_sub(NEAR_BYTES)..start];
    let after = &bytes[end..bytes.len().min(end + NEAR_BYTES)];
    let holds = |part: &[u8]| STEMS.iter().any(|stem| part.windows(stem.len()).any(|window| window == *stem));
    holds(before) || holds(after)
}

/// How two terms are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joined {
    Arrow,
    Slash,
    Word,
}

/// What was and what is.
struct Pair {
    from: Term,
    to: Term,
    joined: Joined,
}

impl Pair {
    /// The form it is with its place, if its two sides are of one kind.
    fn form(&self, place: Option<&Place>, end: usize, certainty: Certainty) -> Option<Form> {
        let (from, to) = (&self.from, &self.to);
        let dna = from.kind.is_of_dna() && to.kind.is_of_dna();
        let protein = !from.kind.is_of_dna() && !to.kind.is_of_dna() && from.kind != Kind::Stop
            || from.kind == Kind::Stop && to.kind == Kind::Residue;
        if !(dna || protein) || dna && from.symbol == to.symbol && place.is_none() {
            return None;
        }
        let (from, to) = (&from.symbol, &to.symbol);
        let id = match place {
            Some(place) if dna && place.counted == Counted::Codons => {
                format_smolstr!("codon{}{from}>{to}", place.position)
            }
            Some(place) if dna => format_smolstr!("c.{}{from}>{to}", place.position),
            Some(place) => format_smolstr!("p.{from}{}{to}", place.position),
            None if dna => format_smolstr!("c.{from}>{to}"),
            None => format_smolstr!("p.{from}>{to}"),
        };
        let class = if place.is_some() { Class::Wording } else { Class::Change };
        Some(Form { id, end, certainty, class })
    }
}

impl<'t> Scanner<'t> {
    /// Two terms and what joins them, the one that was first.
    fn pair(&mut self) -> Option<Pair> {
        let mut from = self.term()?;
        if from.kind == Kind::Residue {
            self.term_tail();
        }
        // "tyrosine codon at amino acid position 67 into a stop"
        let mut placed = *self;
        if from.position.is_none()
            && from.kind == Kind::Residue
            && let Some(place) = placed.place_after()
            && TO.iter().any(|word| placed.rest().starts_with(word))
        {
            from.position = Some(place.position);
            *self = placed;
        }
        let joined = self.join(&from)?;
        let to = self.term_with_article()?;
        let ends = self.ends_word() || self.next_byte().is_some_and(|byte| byte == b'-');
        if !ends || matches!(joined, (Joined::Slash, _)) && !from.kind.is_of_dna() && from.kind != to.kind {
            return None;
        }
        let (from, to) = if joined.1 { (to, from) } else { (from, to) };
        Some(Pair { from, to, joined: joined.0 })
    }

    /// What joins two terms, and whether it turns them round.
    fn join(&mut self, from: &Term) -> Option<(Joined, bool)> {
        if self.arrow() {
            return Some((Joined::Arrow, false));
        }
        if self.eat("/") {
            return Some((Joined::Slash, false));
        }
        if self.eat_any(TO) {
            return Some((Joined::Word, false));
        }
        if self.eat_any(FOR) {
            return Some((Joined::Word, true));
        }
        (from.position.is_some() && self.gap()).then_some((Joined::Word, false))
    }

    /// What a change is called, in up to three words; whether there was any.
    fn noun(&mut self) -> bool {
        let mut found = false;
        for _ in 0..NOUN_WORDS_LIMIT {
            if self.next_word(NOUNS).is_none() {
                break;
            }
            found = true;
        }
        found
    }
}
