//! The forms of variants, in tables.

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
