//! Sequence variants by their written forms: HGVS (`c.76A>T`, `p.(Gly12Asp)`), bare protein and DNA changes (`G12D`,
//! `Gly12Asp`, `308G>A`, `35delG`), and dbSNP numbers (`rs1800562`).
//!
//! The forms are those of the HGVS nomenclature (hgvs-nomenclature.org) with what papers write instead. Scanners are
//! written by hand over bytes: each looks at a bounded number of them from the start of a word, so the whole is linear.

mod scanner;

use crate::model::Span;
use scanner::Scanner;

/// From this position on, a bare change between two of A, C, G, T is read as one of DNA (`C677T`), below it as one of
/// the protein (`G12C`). Papers write both; most proteins' known changes lie below, most legacy cDNA names above.
const BARE_DNA_POSITION_MIN: u64 = 600;
/// The most bytes of a gene's symbol that a change is written to.
const SYMBOL_BYTES_LIMIT: usize = 10;
/// Words that have the shape of a protein change and mean something else: cell lines, protein families, haemoglobin.
const LOOKALIKES: &[&str] = &["T47D", "S100A", "S100P", "C57L", "A20P", "R01A", "L929C"];

/// How sure a form is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// The shape alone, such as `V600E`.
    Shape,
    /// A form that means nothing else.
    Certain,
}

/// A variant in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VariantMention {
    /// Where, in bytes.
    pub span: Span,
    /// `dbSNP:rs…`, or the form as HGVS would write it with one-letter residues, such as `p.V600E`.
    pub id: String,
    /// How sure the form is.
    pub certainty: Certainty,
}

/// The variants in `text`, in order, not overlapping. Linear in the text's length.
pub(super) fn find_variants(text: &str) -> Vec<VariantMention> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let mention = if starts_form(text, at) { variant_at(text, at) } else { after_symbol(text, at) };
        match mention {
            Some(mention) => {
                at = mention.span.end;
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

/// Whether a form may begin at `at`: a letter, digit or sign there, and nothing of a word before it.
fn starts_form(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let byte = bytes[at];
    let signed = matches!(byte, b'-' | b'+' | b'*');
    if !(byte.is_ascii_alphanumeric() || signed && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)) {
        return false;
    }
    match text[..at].chars().next_back() {
        None => true,
        Some(before) if before.is_alphanumeric() => false,
        // 1.5A>G, 3-5delA and 1,234delC hold numbers of another kind
        Some('.' | ',' | '-' | '+' | '_') if byte.is_ascii_digit() => false,
        Some('-' | '+' | '*') if signed => false,
        Some(_) => true,
    }
}

/// A protein change that is written to the symbol of its gene: the `V617F` of `JAK2V617F`. Three digits at least, as
/// symbols themselves have one or two inside.
fn after_symbol(text: &str, at: usize) -> Option<VariantMention> {
    let bytes = text.as_bytes();
    let digits = bytes.get(at + 1..at + 4).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
    if !digits || !bytes[at].is_ascii_uppercase() {
        return None;
    }
    let symbol_byte = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let symbol = bytes[..at].iter().rev().take(SYMBOL_BYTES_LIMIT + 1).take_while(symbol_byte).count();
    let starts = text.get(at - symbol..)?.starts_with(|c: char| c.is_ascii_uppercase());
    let apart = !text[..at - symbol].chars().next_back().is_some_and(char::is_alphanumeric);
    if !(3..=SYMBOL_BYTES_LIMIT).contains(&symbol) || !starts || !apart {
        return None;
    }
    let (id, end, certainty) = bare_protein(text, at).filter(|form| form.0.starts_with("p."))?;
    Some(VariantMention { span: Span { start: at, end }, id, certainty })
}

fn variant_at(text: &str, at: usize) -> Option<VariantMention> {
    let bytes = text.as_bytes();
    let (id, end, certainty) = match bytes[at] {
        b'r' | b'R' if bytes.get(at + 1).is_some_and(|b| b.eq_ignore_ascii_case(&b's')) => ref_snp(text, at)?,
        b'c' | b'g' | b'm' | b'n' | b'r' if bytes.get(at + 1) == Some(&b'.') => nucleotide(text, at)?,
        b'p' if bytes.get(at + 1) == Some(&b'.') => protein(text, at)?,
        b'I' if bytes[at..].starts_with(b"IVS") => intron(text, at)?,
        b'A'..=b'Z' => legacy_nucleotide(text, at).or_else(|| bare_protein(text, at))?,
        b'0'..=b'9' | b'-' | b'+' | b'*' => bare_nucleotide(text, at)?,
        _ => return None,
    };
    let span = Span { start: at, end };
    Some(VariantMention { span, id, certainty })
}

type Form = (String, usize, Certainty);

/// `rs` and at least three digits.
fn ref_snp(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at: at + 2 };
    let digits = scanner.digits(10)?;
    let good = digits.len() >= 3 && !digits.starts_with('0') && scanner.ends_word();
    good.then(|| (format!("dbSNP:rs{digits}"), scanner.at, Certainty::Certain))
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
    scanner.ends_word().then(|| (format!("{kind}.{change}"), scanner.at, Certainty::Certain))
}

/// `IVS10+12G>A`.
fn intron(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at: at + 3 };
    scanner.eat("-");
    scanner.space();
    let number = scanner.digits(3)?;
    scanner.space();
    let sign = if scanner.eat("+") {
        '+'
    } else if scanner.eat("-") || scanner.eat("–") || scanner.eat("−") {
        '-'
    } else {
        return None;
    };
    let offset = scanner.digits(6)?;
    let change = scanner.change(true)?;
    let id = format!("IVS{number}{sign}{offset}{change}");
    scanner.ends_word().then_some((id, scanner.at, Certainty::Certain))
}

/// `308G>A`, `-1082A/G` is left alone: a slash is also a choice of alleles without a direction; `35delG`, `5382insC`.
fn bare_nucleotide(text: &str, at: usize) -> Option<Form> {
    let mut scanner = Scanner { text, at };
    let change = scanner.nucleotide_change()?;
    let written = &text[at..scanner.at];
    // a bare number with "del" or "ins" needs its bases: "3 del" is no variant
    let last = change.chars().next_back()?;
    let good = matches!(last, 'A' | 'C' | 'G' | 'T' | 'U') && !written.contains("inv") && scanner.ends_word();
    let certainty = if change.contains('>') { Certainty::Certain } else { Certainty::Shape };
    good.then(|| (format!("c.{change}"), scanner.at, certainty))
}

/// `G-308A`, and `T1270533G` with more digits than a protein has residues.
fn legacy_nucleotide(text: &str, at: usize) -> Option<Form> {
    let scanner = Scanner { text, at };
    let (change, end) = scanner.old_substitution()?;
    let digits = change.bytes().filter(u8::is_ascii_digit).count();
    let good = change.starts_with('-') && digits > 1 || digits > 5;
    (good && Scanner { text, at: end }.ends_word()).then(|| (format!("c.{change}"), end, Certainty::Shape))
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
    scanner.ends_word().then(|| (format!("p.{change}"), scanner.at, Certainty::Certain))
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
        return Some((format!("p.{change}"), scanner.at, Certainty::Certain));
    }
    let mut letters = change.chars();
    let (from, to) = (letters.next()?, letters.next_back()?);
    let digits: String = change.chars().skip(1).take_while(char::is_ascii_digit).collect();
    let plain = change.len() == digits.len() + 2;
    if LOOKALIKES.contains(&written) || from == to {
        return None;
    }
    if digits.len() < 2 && !(plain && is_change_of_one_digit(text, Span { start: at, end: scanner.at })) {
        return None;
    }
    let position: u64 = digits.parse().ok()?;
    let base = |letter: char| matches!(letter, 'A' | 'C' | 'G' | 'T');
    if plain && base(from) && base(to) && position >= BARE_DNA_POSITION_MIN {
        return Some((format!("c.{digits}{from}>{to}"), scanner.at, Certainty::Shape));
    }
    (digits.len() <= 4).then(|| (format!("p.{change}"), scanner.at, Certainty::Shape))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::scanner::{POSITION_DIGITS_LIMIT, SEQUENCE_LETTERS_LIMIT};
    use super::*;

    fn found(text: &str) -> Vec<(&str, String)> {
        find_variants(text).into_iter().map(|v| (&text[v.span.start..v.span.end], v.id)).collect()
    }

    #[test]
    fn one_form_of_each_kind_is_read_and_normalised() {
        for (written, id) in [
            ("rs1800562", "dbSNP:rs1800562"),
            ("RS1800562", "dbSNP:rs1800562"),
            ("c.76A>T", "c.76A>T"),
            ("c.76A&gt;T", "c.76A>T"),
            ("c.76 A > T", "c.76A>T"),
            ("c.76A→T", "c.76A>T"),
            ("c.A76T", "c.76A>T"),
            ("c.-14G>C", "c.-14G>C"),
            ("c.*46T>A", "c.*46T>A"),
            ("c.88+1G>T", "c.88+1G>T"),
            ("c.89-2A>C", "c.89-2A>C"),
            ("c.20_23del", "c.20_23del"),
            ("c.20_23del4", "c.20_23del"),
            ("c.35delG", "c.35delG"),
            ("c.76_77insT", "c.76_77insT"),
            ("c.112_117delinsTG", "c.112_117delinsTG"),
            ("c.77_79dup", "c.77_79dup"),
            ("g.1234567C>A", "g.1234567C>A"),
            ("m.3243A>G", "m.3243A>G"),
            ("n.58G>A", "n.58G>A"),
            ("r.76a>u", "r.76A>U"),
            ("p.Val600Glu", "p.V600E"),
            ("p.(Val600Glu)", "p.V600E"),
            ("p.V600E", "p.V600E"),
            ("Val600Glu", "p.V600E"),
            ("Val 600 Glu", "p.V600E"),
            ("Val600→Glu", "p.V600E"),
            ("V600E", "p.V600E"),
            ("p.Arg97ProfsTer23", "p.R97Pfs*23"),
            ("p.R97Pfs*23", "p.R97Pfs*23"),
            ("p.Arg97fs", "p.R97fs"),
            ("R97*", "p.R97*"),
            ("R97X", "p.R97*"),
            ("p.Trp24Ter", "p.W24*"),
            ("p.Lys23_Val25del", "p.K23_V25del"),
            ("E746_A750del", "p.E746_A750del"),
            ("F508del", "p.F508del"),
            ("p.Leu54=", "p.L54="),
            ("308G>A", "c.308G>A"),
            ("-308G>A", "c.-308G>A"),
            ("35delG", "c.35delG"),
            ("5382insC", "c.5382insC"),
            ("C677T", "c.677C>T"),
            ("G12C", "p.G12C"),
            ("IVS10+12G>A", "IVS10+12G>A"),
            ("G-308A", "c.-308G>A"),
            ("T1270533G", "c.1270533T>G"),
            ("p.Ser119fsX", "p.S119fs"),
            ("E6V", "p.E6V"),
            ("M1V", "p.M1V"),
        ] {
            for text in [written.to_owned(), format!("the ({written}), too"), format!("of {written}.")] {
                let expected = vec![(written, id.to_owned())];
                assert_eq!(found(&text), expected, "{text}");
            }
        }
    }

    #[test]
    fn what_only_looks_like_a_variant_is_left_alone() {
        for text in [
            "E2F1",
            "H1N1",
            "T47D",
            "IL-7",
            "CD4",
            "S100A8",
            "S100A",
            "A1C",
            "B12A",
            "V0600E",
            "xV600E",
            "V600Ex",
            "rs12",
            "rs",
            "c.",
            "p.",
            "c.76",
            "p.Val",
            "Ser473",
            "n. 12",
            "G12G",
            "2.5A>G",
            "3 del",
            "H3K27M",
            "C57BL",
            "IVS",
            "vitamin B12",
            "W12345678F",
            "p53",
            "5-HT2A",
            "W12-3A",
            "10del",
            "12C",
            "76A",
            "D2R",
            "S6K",
            "M6P",
            "C4A",
            "E2F",
            "T2D",
            "Y2H",
            "Q2W",
            "M6G",
            "H2S",
            "H2N",
            "A1T",
            "D2R variants",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_list_gives_each_of_its_variants() {
        let ids: Vec<String> =
            found("G12D, G13D and rs999 (c.35G>A; p.Gly12Asp)").into_iter().map(|f| f.1).collect();
        assert_eq!(ids, ["p.G12D", "p.G13D", "dbSNP:rs999", "c.35G>A", "p.G12D"]);
    }

    #[test]
    fn a_word_beside_it_tells_a_change_of_one_digit() {
        for (text, expected) in [
            ("the R6Q mutation", true),
            ("substitutions R6Q", true),
            ("R6Q-mutant cells", true),
            ("the R6Q test", false),
            ("mutation of R6Q", false),
            ("the S6K mutation", false),
        ] {
            assert_eq!(!found(text).is_empty(), expected, "{text}");
        }
    }

    #[test]
    fn a_change_may_be_written_to_its_gene() {
        assert_eq!(found("the JAK2V617F clone"), [("V617F", "p.V617F".to_owned())]);
        assert_eq!(found("BRAFV600E"), [("V600E", "p.V600E".to_owned())]);
        for text in ["CYP2C19X", "AV617F", "jak2V617F", "éJAK2V617F", "JAK2V617FX", "ABCDEFGHIJKV617F"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn the_bounds_on_positions_and_sequences_hold_at_the_bound() {
        assert_eq!(found(&format!("c.{}A>G", "1".repeat(POSITION_DIGITS_LIMIT))).len(), 1);
        assert_eq!(found(&format!("c.{}A>G", "1".repeat(POSITION_DIGITS_LIMIT + 1))).len(), 0);
        assert_eq!(found(&format!("c.1_2ins{}", "A".repeat(SEQUENCE_LETTERS_LIMIT))).len(), 1);
        assert_eq!(found(&format!("c.1_2ins{}", "A".repeat(SEQUENCE_LETTERS_LIMIT + 1))).len(), 0);
    }

    #[test]
    fn lookalikes_without_end_end() {
        for unit in ["1", "c.", "A", "A1", "p.(", "del", "c.1_", "A ", "1 ", "AAA123", "A-1"] {
            assert_eq!(find_variants(&unit.repeat((1 << 18) / unit.len())), []);
        }
    }

    proptest! {
        #[test]
        fn spans_are_slices_in_order(text in "[cgp.A-GVX0-9>_*() a-pµ→-]{0,60}") {
            let mut last = 0;
            for mention in find_variants(&text) {
                prop_assert!(mention.span.start >= last);
                prop_assert!(text.get(mention.span.start..mention.span.end).is_some());
                last = mention.span.end;
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,60}") {
            let _ = find_variants(&text);
        }
    }
}
