//! Forms that are written in one piece, with their marks or by their shape alone.

use smol_str::{SmolStr, format_smolstr};

use super::scanner::SEQUENCE_LETTERS_LIMIT;
use super::{Certainty, Class, Form, Scanner};
use crate::annotate::amino_acids;
use crate::model::Span;

/// From this position on, a bare change between two of A, C, G, T is read as one of DNA (`C677T`), below it as one of
/// the protein (`G12C`). Papers write both; most proteins' known changes lie below, most legacy cDNA names above.
const BARE_DNA_POSITION_MIN: u64 = 600;
/// The most bytes of a gene's symbol that a change is written to.
const SYMBOL_BYTES_LIMIT: usize = 10;
/// Words that have the shape of a protein change and mean something else: cell lines, protein families, haemoglobin.
const LOOKALIKES: &[&str] = &["T47D", "S100A", "S100P", "C57L", "A20P", "R01A", "L929C"];

/// The form that is written in one piece from `at`.
pub(super) fn compact(text: &str, at: usize) -> Option<Form> {
    let bytes = text.as_bytes();
    match bytes[at] {
        b'r' | b'R' if bytes.get(at + 1).is_some_and(|b| b.eq_ignore_ascii_case(&b's')) => ref_snp(text, at),
        b'c' | b'g' | b'm' | b'n' | b'r' if bytes.get(at + 1) == Some(&b'.') => nucleotide(text, at),
        b'p' if bytes.get(at + 1) == Some(&b'.') => protein(text, at),
        b'I' if bytes[at..].starts_with(b"IVS") => intron(text, at),
        b'A'..=b'Z' => legacy_nucleotide(text, at).or_else(|| bare_protein(text, at)),
        b'0'..=b'9' | b'-' | b'+' | b'*' | 0xE2 => {
            bare_nucleotide(text, at).or_else(|| number_and_residues(text, at))
        }
        _ => None,
    }
}

/// A change that is written to the symbol of its gene: the `V617F` of `JAK2V617F`, the `G12D` of `KrasG12D`, the `-863C>A`
/// of `TNFA-863C>A`. Three digits at least after an upper-case symbol, as symbols themselves have one or two inside.
pub(super) fn after_symbol(text: &str, at: usize) -> Option<Form> {
    let bytes = text.as_bytes();
    let symbol = bytes[..at]
        .iter()
        .rev()
        .take(SYMBOL_BYTES_LIMIT + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let start = at - symbol;
    let apart = !text.get(..start)?.chars().next_back().is_some_and(char::is_alphanumeric);
    if !(1..=SYMBOL_BYTES_LIMIT).contains(&symbol) || !apart || !bytes[start].is_ascii_alphabetic() {
        return None;
    }
    if bytes[at] == b'-' {
        return bare_nucleotide(text, at).filter(|form| symbol > 2 && form.id.contains('>'));
    }
    let lower = bytes[at - 1].is_ascii_lowercase();
    let digits = bytes[at + 1..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let upper = bytes[start..at].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let good = if lower {
        !matches!(&text[start..at], "mi" | "si" | "sh")
    } else {
        upper && symbol > 2 && digits > 2
    };
    good.then(|| bare_protein(text, at)).flatten().filter(|form| form.id.starts_with("p."))
}

/// `rs` and at least three digits.
fn ref_snp(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at: at + 2 };
    scanner.eat_any(&["#", "-"]);
    let digits = scanner.digits(10)?;
    let good = digits.len() >= 3 && !digits.starts_with('0') && scanner.ends_word();
    good.then(|| form(format_smolstr!("dbSNP:rs{digits}"), scanner.at, Certainty::Certain, Class::RefSnp))
}

/// `c.`, `g.`, `m.`, `n.`, `r.` and a change.
fn nucleotide(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at: at + 2 };
    scanner.space();
    let bracket = scanner.eat("(");
    // c.A76T, the form before HGVS settled
    let old = scanner.old_substitution();
    let change = match old {
        Some((change, end)) => {
            scanner.at = end;
            change
        }
        None => scanner.nucleotide_change()?,
    };
    if bracket {
        scanner.eat(")");
    }
    let kind = &text[at..=at];
    scanner
        .ends_word()
        .then(|| form(format_smolstr!("{kind}.{change}"), scanner.at, Certainty::Certain, Class::Hgvs))
}

/// `IVS10+12G>A`, `IVS-II-1 (G>A)`, `IVS9+459, A/G`, and the allele `IVS10+4G`.
fn intron(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at: at + 3 };
    let number = scanner.intron_number()?;
    scanner.space();
    let sign = scanner.sign()?;
    scanner.space();
    let offset = scanner.digits(6)?;
    let mut range = scanner;
    let second = if range.eat("_") { range.digits(6) } else { None };
    let place = match second {
        Some(second) => {
            scanner = range;
            format_smolstr!("IVS{number}{sign}{offset}_{second}")
        }
        None => format_smolstr!("IVS{number}{sign}{offset}"),
    };
    let mut changed = scanner;
    changed.eat(",");
    if let Some(change) = changed.change(true) {
        return changed.ends_word().then(|| {
            form(format_smolstr!("{place}{change}"), changed.at, Certainty::Certain, Class::Intron)
        });
    }
    scanner.space();
    let bases = scanner.upper_bases().filter(|bases| bases.len() <= 2)?;
    let mut second = scanner;
    if bases.len() == 2 && second.eat("+") && second.upper_bases().is_some_and(|letters| letters.len() == 2) {
        scanner = second;
    }
    scanner
        .ends_word()
        .then(|| form(format_smolstr!("{place}{bases}"), scanner.at, Certainty::Certain, Class::Allele))
}

/// `308G>A`, `-1082A/G`, `35delG`, `5382insC`, `1494del6`.
fn bare_nucleotide(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at };
    let change = scanner.nucleotide_change()?;
    let written = &text[at..scanner.at];
    // a bare number with "del" or "ins" needs its bases or their number: "3 del" is no variant
    let last = written.chars().next_back()?;
    let good = (last.is_ascii_digit() || !last.is_ascii_lowercase() || written.contains('>'))
        && !written.contains("inv")
        && scanner.ends_word();
    let certainty =
        if change.contains('>') && !written.contains('/') { Certainty::Certain } else { Certainty::Shape };
    let change = change.trim_start_matches('+');
    good.then(|| form(format_smolstr!("c.{change}"), scanner.at, certainty, Class::DnaBare))
}

/// `192Q/R`, and `157delMTTTVP` of at least two residues.
fn number_and_residues(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at };
    let number = scanner.digits(4).filter(|number| number.len() > 1)?;
    if scanner.eat("del") {
        let length =
            scanner.rest().bytes().take(SEQUENCE_LETTERS_LIMIT).take_while(u8::is_ascii_uppercase).count();
        let residues =
            scanner.rest().get(..length).filter(|letters| letters.chars().all(amino_acids::is_one_letter))?;
        scanner.at += length;
        let good = length > 1 && scanner.ends_word();
        return good.then(|| {
            form(format_smolstr!("p.{number}del{residues}"), scanner.at, Certainty::Shape, Class::ProteinBare)
        });
    }
    let from = scanner.one_letter_residue()?;
    let to = scanner.eat("/").then(|| scanner.one_letter_residue()).flatten()?;
    scanner.ends_word().then(|| {
        form(format_smolstr!("p.{from}{number}{to}"), scanner.at, Certainty::Shape, Class::ProteinBare)
    })
}

/// `G-308A`, and `T1270533G` with more digits than a protein has residues.
fn legacy_nucleotide(text: &str, at: usize) -> Option<Form> {
    let scanner = Scanner { text, at };
    let (change, end) = scanner.old_substitution()?;
    let end = with_other_allele(text, end);
    let digits = change.bytes().filter(u8::is_ascii_digit).count();
    let by_place = change.starts_with(['-', '+']) && digits > 1 || digits > 4;
    let by_word = text[at..end].contains([' ', '/', '>', '(']) && digits > 1;
    let good = by_place || by_word;
    let change = change.trim_start_matches('+');
    (good && Scanner { text, at: end }.ends_word())
        .then(|| form(format_smolstr!("c.{change}"), end, Certainty::Shape, Class::DnaBare))
}

/// `p.` and a change.
fn protein(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at: at + 2 };
    scanner.space();
    let bracket = scanner.eat("(") || scanner.eat("[");
    let change = scanner.protein_change(true)?;
    if bracket && !(scanner.eat(")") || scanner.eat("]")) {
        return None;
    }
    scanner
        .ends_word()
        .then(|| form(format_smolstr!("p.{change}"), scanner.at, Certainty::Certain, Class::Hgvs))
}

/// `V600E`, `Val600Glu`, `R97*`, `F508del`.
fn bare_protein(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at };
    let three_letters = { scanner }.three_letter_residue().is_some();
    let change = scanner.protein_change(three_letters)?;
    if !scanner.ends_word() {
        return None;
    }
    let written = &text[at..scanner.at];
    if three_letters {
        // "Ser 473 Ala" is one; "His 6 fs" is not written
        return Some(form(format_smolstr!("p.{change}"), scanner.at, Certainty::Certain, Class::ProteinBare));
    }
    let mut letters = change.chars();
    let (from, to) = (letters.next()?, letters.next_back()?);
    let digits = letters.as_str().split(|c: char| !c.is_ascii_digit()).next()?;
    let plain = change.len() == digits.len() + 2;
    if LOOKALIKES.contains(&written) || from == to {
        return None;
    }
    if digits.len() < 2 && !(plain && is_change_of_one_digit(text, Span { start: at, end: scanner.at })) {
        return None;
    }
    let end = if plain { with_other_allele(text, scanner.at) } else { scanner.at };
    let position: u64 = digits.parse().ok()?;
    let base = |letter: char| matches!(letter, 'A' | 'C' | 'G' | 'T');
    if plain && base(from) && base(to) && position >= BARE_DNA_POSITION_MIN {
        return Some(form(format_smolstr!("c.{digits}{from}>{to}"), end, Certainty::Shape, Class::DnaBare));
    }
    (digits.len() <= 4)
        .then(|| form(format_smolstr!("p.{change}"), end, Certainty::Shape, Class::ProteinBare))
}

/// Where a change ends that names two new alleles, such as `G1915T/A`.
fn with_other_allele(text: &str, end: usize) -> usize {
    let mut scanner = Scanner { text, at: end };
    let found = scanner.eat("/") && scanner.one_letter_residue().is_some() && scanner.ends_word();
    if found { scanner.at } else { end }
}

/// Whether a letter, a digit and a letter are a change: "E6V". The shape is that of many other names as well, most of
/// which end in the initial of what they are: a receptor ("D2R"), a kinase ("S6K"), a phosphate ("M6P"), a subunit
/// ("C4A"), a factor ("E2F").
fn is_change_of_one_digit(text: &str, span: Span) -> bool {
    let [from, digit, to] = text.as_bytes()[span.start..span.end] else { return false };
    // the first residue is methionine; "H2N" and "C3N" are formulae
    let impossible = digit == b'1' && from != b'M' || matches!(from, b'C' | b'H') && to == b'N';
    match to {
        _ if impossible => false,
        b'I' | b'L' | b'N' | b'T' | b'V' => true,
        b'C' | b'E' | b'G' | b'H' | b'M' | b'Q' | b'S' | b'W' | b'Y' => stands_beside_change_word(text, span),
        _ => false,
    }
}

/// Whether the word directly before or after a span says that it is a change: "the R6Q mutation".
fn stands_beside_change_word(text: &str, span: Span) -> bool {
    const CHANGE_WORDS: &[&str] =
        &["mutation", "mutant", "substitution", "variant", "polymorphism", "missense", "allele"];
    let words = |word: &str| CHANGE_WORDS.contains(&word.strip_suffix('s').unwrap_or(word));
    let letter = |c: char| !c.is_ascii_alphabetic();
    let after = text[span.end..].strip_prefix([' ', '-']).and_then(|rest| rest.split(letter).next());
    let before = text[..span.start].strip_suffix([' ', '-']).and_then(|rest| rest.rsplit(letter).next());
    after.is_some_and(words) || before.is_some_and(words)
}

/// A form of these parts.
const fn form(id: SmolStr, end: usize, certainty: Certainty, class: Class) -> Form {
    Form { id, end, certainty, class }
}
