//! One residue or base at a place: "Thr124", "arginine 714", "K65", "-308A", "A allele of -588", "stop codon at position
//! 372".

use smol_str::{SmolStr, format_smolstr};

use super::scanner::Scanner;
use super::terms::{Kind, Term};
use super::{Certainty, Class, Form};

/// The most digits of a residue's number by one letter.
const NUMBER_DIGITS_LIMIT: usize = 4;

/// An allele that begins where the scanner stands.
pub(super) fn allele(scanner: Scanner<'_>) -> Option<Form> {
    let first = scanner.next_byte()?;
    let by_number = if first.is_ascii_alphabetic() { None } else { number_first(scanner) };
    by_number
        .or_else(|| marked_residue(scanner))
        .or_else(|| term_first(scanner))
        .or_else(|| letter_and_number(scanner))
}

/// The genotype `-31TT` of `IL1B-31TT`, and `-573X` in the like place.
pub(super) fn after_symbol(scanner: Scanner<'_>) -> Option<Form> {
    let found = (scanner.next_byte()? == b'-').then(|| number_first(scanner)).flatten()?;
    let genotype = found.id.ends_with(|c: char| c.is_ascii_uppercase())
        && found.id.bytes().rev().take(2).all(|byte| byte.is_ascii_uppercase());
    genotype.then_some(found)
}

/// `p.Arg104`, `p.Val657_Gly726`.
pub(super) fn marked_residue(mut scanner: Scanner<'_>) -> Option<Form> {
    if !scanner.eat("p.") {
        return None;
    }
    let letter = scanner.three_letter_residue().or_else(|| scanner.one_letter_residue())?;
    let digits = scanner.digits(NUMBER_DIGITS_LIMIT)?;
    let id = if scanner.eat("_") {
        let last = scanner.three_letter_residue().or_else(|| scanner.one_letter_residue())?;
        let last_digits = scanner.digits(NUMBER_DIGITS_LIMIT)?;
        format_smolstr!("p.{letter}{digits}_{last}{last_digits}")
    } else {
        format_smolstr!("p.{letter}{digits}")
    };
    scanner.ends_word().then(|| form(id, scanner.at, Certainty::Certain))
}

/// "arginine 714", "Ser39", "Leu(541)", "lysine at residue 223", "T allele at -31", "stop at codon 1129".
fn term_first(mut scanner: Scanner<'_>) -> Option<Form> {
    let start = scanner;
    let term = scanner.term()?;
    if let Some(position) = &term.position {
        return Some(form(format_smolstr!("p.{}{position}", term.symbol), scanner.at, Certainty::Weak));
    }
    if let Some(glued) = residue_and_bracket(start).or_else(|| base_and_bracket(start)) {
        return Some(glued);
    }
    scanner.term_tail();
    let allele = scanner.next_word(&["alleles", "allele", "variant", "genotype", "mutation"]).is_some();
    let place = scanner.place_after()?;
    let certainty = match term.kind {
        Kind::Stop => Certainty::Shape,
        Kind::Bases if allele => Certainty::Shape,
        _ => Certainty::Weak,
    };
    Some(form(allele_id(&term, &place.position), scanner.at, certainty))
}

fn allele_id(term: &Term, position: &str) -> SmolStr {
    if term.kind.is_of_dna() {
        format_smolstr!("c.{position}{}", term.symbol)
    } else {
        format_smolstr!("p.{}{position}", term.symbol)
    }
}

/// `Leu(541)`, `Arg104`.
fn residue_and_bracket(mut scanner: Scanner<'_>) -> Option<Form> {
    let letter = scanner.residue_name()?;
    scanner.eat("(").then_some(())?;
    let digits = scanner.digits(NUMBER_DIGITS_LIMIT)?;
    (scanner.eat(")") && scanner.ends_word())
        .then(|| form(format_smolstr!("p.{letter}{digits}"), scanner.at, Certainty::Weak))
}

/// `T(-13,910)`.
fn base_and_bracket(mut scanner: Scanner<'_>) -> Option<Form> {
    let base = scanner.upper_bases().filter(|bases| bases.len() == 1)?;
    scanner.eat("(").then_some(())?;
    let number = scanner.place_number().filter(|number| number.starts_with('-'))?;
    (scanner.eat(")") && scanner.ends_word())
        .then(|| form(format_smolstr!("c.{number}{base}"), scanner.at, Certainty::Shape))
}

/// `-308A`, `111G`, `-3279 AC`, `-308 adenine`, `573X`, "399 Gln".
fn number_first(mut scanner: Scanner<'_>) -> Option<Form> {
    let signed = scanner.next_byte().is_some_and(|byte| !byte.is_ascii_digit());
    let number = scanner.position().filter(|number| number.len() > 1)?;
    let number = number.trim_start_matches('+');
    let mut spaced = scanner;
    let space = spaced.eat(" ");
    let mut bases = spaced;
    if let Some(letters) = bases.upper_bases().filter(|letters| letters.len() <= 2)
        && bases.ends_word()
        && (signed || !space)
    {
        let mut second = bases;
        if letters.len() == 2
            && second.eat("+")
            && second.upper_bases().is_some_and(|letters| letters.len() == 2)
        {
            bases = second;
        }
        let certainty = if signed && number.len() > 2 { Certainty::Shape } else { Certainty::Weak };
        return Some(form(format_smolstr!("c.{number}{letters}"), bases.at, certainty));
    }
    let mut named = spaced;
    if signed && let Some(base) = named.base_name() {
        return Some(form(format_smolstr!("c.{number}{base}"), named.at, Certainty::Shape));
    }
    if signed {
        return None;
    }
    let mut residue = spaced;
    if let Some(letter) = residue.residue_name() {
        return residue
            .ends_word()
            .then(|| form(format_smolstr!("p.{letter}{number}"), residue.at, Certainty::Weak));
    }
    let stop = number.len() > 1 && scanner.eat("X") && scanner.ends_word();
    stop.then(|| form(format_smolstr!("p.{number}*"), scanner.at, Certainty::Weak))
}

/// `K65`, `A1166`, `C35322`: two digits at least.
pub(super) fn letter_and_number(mut scanner: Scanner<'_>) -> Option<Form> {
    let letter = scanner.one_letter_residue()?;
    let digits = scanner.digits(6).filter(|digits| digits.len() >= 2 && !digits.starts_with('0'))?;
    if !scanner.ends_word() {
        return None;
    }
    let dna = digits.len() > NUMBER_DIGITS_LIMIT;
    let id = if dna { format_smolstr!("c.{digits}{letter}") } else { format_smolstr!("p.{letter}{digits}") };
    Some(form(id, scanner.at, Certainty::Weak))
}

const fn form(id: SmolStr, end: usize, certainty: Certainty) -> Form {
    Form { id, end, certainty, class: Class::Allele }
}
