//! The forms of variants, in tables.

use proptest::prelude::*;

use super::events::QUALITY_WORDS_LIMIT;
use super::places::PLACE_WORDS_LIMIT;
use super::scanner::{POSITION_DIGITS_LIMIT, SEQUENCE_LETTERS_LIMIT};
use super::starts::NUMBER_BYTES_LIMIT;
use super::terms::TERM_BASES_LIMIT;
use super::wording::{NEAR_BYTES, NOUN_WORDS_LIMIT};
use super::*;

fn find_variants(text: &str) -> Vec<VariantMention> {
    let mut found = Vec::new();
    super::find_variants(text, &mut found);
    found
}

/// What is found that is more than weak.
fn found(text: &str) -> Vec<(&str, String)> {
    let strong = find_variants(text).into_iter().filter(|v| v.certainty > Certainty::Weak);
    strong.map(|v| (&text[v.span.start..v.span.end], v.id.to_string())).collect()
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
        ("c.1521_1523delCTT", "c.1521_1523delCTT"),
        ("p.Phe508del", "p.F508del"),
        ("p.Cys817Valfs X15", "p.C817Vfs*15"),
        ("p.T3708fs3769", "p.T3708fs*3769"),
        ("p.E947stop", "p.E947*"),
        ("p.Val657_Gly726", "p.V657_G726"),
        ("c.1706-1715del.ATCTC", "c.1706_1715delATCTC"),
        ("c.304ins(GCG)(7)", "c.304insGCG[7]"),
        ("1278insTATC", "c.1278insTATC"),
        ("1494del6", "c.1494del6"),
        ("2238-9del AG", "c.2238-9delAG"),
        ("677C/T", "c.677C>T"),
        ("-308G/A", "c.-308G>A"),
        ("-369 (C>G)", "c.-369C>G"),
        ("-3279, A/C", "c.-3279A>C"),
        ("+3100 T/G", "c.3100T>G"),
        ("G1915T/A", "c.1915G>T"),
        ("CAC(3543)TAC", "c.3543CAC>TAC"),
        ("192Q/R", "p.Q192R"),
        ("157delMTTTVP", "p.157delMTTTVP"),
        ("IVS4+1G>A", "IVS4+1G>A"),
        ("IVS-II-1(G>A)", "IVS2-1G>A"),
        ("IVS9+459, A/G", "IVS9+459A>G"),
        ("IVS10+1, g-->t", "IVS10+1G>T"),
        ("IVS10 + 4G", "IVS10+4G"),
        ("Pro-12-Ala", "p.P12A"),
        ("Glu29 to Lys", "p.E29K"),
        ("Arg 3500 Gln", "p.R3500Q"),
        ("272gly----stop", "p.G272*"),
        ("ΔF508", "p.F508del"),
        ("DeltaF508", "p.F508del"),
        ("delta F508", "p.F508del"),
        ("Delta32", "del32bp"),
        ("delTTCA", "delTTCA"),
        ("dup24bp", "dup24bp"),
        ("(CCTTT)10", "CCTTT[10]"),
        ("T(-13,910)", "c.-13910T"),
        ("-308A", "c.-308A"),
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
fn changes_in_words_are_read_with_their_place() {
    for (written, id) in [
        ("G to A at nucleotide 2607", "c.2607G>A"),
        ("G-to-A mutation at codon 456", "codon456G>A"),
        ("A-->G transition at position 6", "c.6A>G"),
        ("C to T at 33468", "c.33468C>T"),
        ("(G-->A) at nucleotide position 2141", "c.2141G>A"),
        ("G to C point mutation in exon 4 (base 308)", "c.308G>C"),
        ("A>G polymorphism at position -670", "c.-670A>G"),
        ("guanine to cytosine at position 263", "c.263G>C"),
        ("adenine (A) to guanine (G) substitution at position -670", "c.-670A>G"),
        ("codon 104 G --> A", "codon104G>A"),
        ("Arg to Trp at codon 249", "p.R249W"),
        ("arginine to cysteine substitution at position 158", "p.R158C"),
        ("arginine residue for the proline residue at position 158", "p.P158R"),
        ("arginine (CGA) by a stop (TGA) at amino-acid 469", "p.R469*"),
        ("codon 358, tyrosine to histidine", "p.Y358H"),
        ("arginine 150 proline", "p.R150P"),
        ("R to G mutation at position 76", "p.R76G"),
        ("Gly-->Asp", "p.G>D"),
        ("C-->T", "c.C>T"),
    ] {
        assert_eq!(found(&format!("We saw ({written}), too.")), [(written, id.to_owned())]);
    }
}

#[test]
fn events_in_words_are_read_with_what_they_are_of() {
    for (written, id) in [
        ("C deletion at nucleotide position 4548", "c.4548delC"),
        ("deletion of C at nucleotide 888", "c.888delC"),
        ("T insertion at 7916 and 7917", "c.7916_7917insT"),
        ("adenine deletion at nucleotide 202", "c.202delA"),
        ("adenine 474 deletion", "c.474delA"),
        ("202 adenine deletion", "c.202delA"),
        ("TGAG deletion", "delTGAG"),
        ("deletion (TGAG)", "delTGAG"),
        ("insertion of the four nucleotides CCCC", "insCCCC"),
        ("insertion of 13 nucleotides", "ins13bp"),
        ("32-bp deletion", "del32bp"),
        ("four-basepair deletion", "del4bp"),
        ("5.5 kb deletion", "del5.5kb"),
        ("deletion of 22,230 bp", "del22230bp"),
        ("44 base pair insertion/deletion", "delins44bp"),
        ("28-bp tandem repeat", "dup28bp"),
        ("codon 138 deletion", "codon138del"),
        ("deletion of amino acids 809-852", "p.809_852del"),
        ("deletion of nucleotides 12-15", "c.12_15del"),
        ("stop codon at position 372", "p.*372"),
    ] {
        assert_eq!(found(&format!("We saw a {written}, too.")), [(written, id.to_owned())]);
    }
}

#[test]
fn what_only_context_can_tell_is_weak() {
    for (written, class) in [
        ("Thr124", Class::Allele),
        ("Leu(541)", Class::Allele),
        ("arginine 714", Class::Allele),
        ("lysine at residue 223", Class::Allele),
        ("K65", Class::Allele),
        ("573X", Class::Allele),
        ("C to T", Class::Change),
        ("Gln/Arg", Class::Change),
        ("exon 7 deletion", Class::Event),
        ("single-base deletion", Class::Size),
        ("CAG repeat", Class::Repeat),
    ] {
        let text = format!("We saw {written}, too.");
        let found = find_variants(&text);
        let read: Vec<_> =
            found.iter().map(|v| (&text[v.span.start..v.span.end], v.class, v.certainty)).collect();
        assert_eq!(read, [(written, class, Certainty::Weak)]);
    }
}

#[test]
fn chemistry_and_prose_are_not_read_as_changes() {
    for text in [
        "The enzyme turns asparagine into aspartate.",
        "A to Z of baking, from A to B at number 7",
        "a deletion of the file, an insertion of one line",
        "insertion sequence 6110",
        "two base camps; 12 bases in the delta11th hour",
        "the serine/threonine kinase and 14C-triolein",
        "Deletion of the C-terminal tail",
        "del6/del6",
        "miR34A",
        "a tyrosine kinase, position 12, codon usage",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_change_may_be_written_to_a_symbol_in_small_letters_or_by_a_hyphen() {
    for (text, written) in [
        ("KrasG12D", "G12D"),
        ("rtM204V", "M204V"),
        ("TNFA-863C > A", "-863C > A"),
        ("IL1B-31TT", "-31TT"),
        ("CCR5Delta32", "Delta32"),
    ] {
        assert_eq!(found(text).iter().map(|f| f.0).collect::<Vec<_>>(), [written]);
    }
}

#[test]
fn the_surer_of_two_that_overlap_stands() {
    let text = "A deletion of C at nucleotide 888";
    assert_eq!(found(text), [("deletion of C at nucleotide 888", "c.888delC".to_owned())]);
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
fn the_bounds_on_words_and_numbers_hold_at_the_bound() {
    let place = |words: usize| format!("G to A at {}2607", "nucleotide ".repeat(words));
    assert_eq!(found(&place(PLACE_WORDS_LIMIT)).len(), 1);
    assert_eq!(found(&place(PLACE_WORDS_LIMIT + 1)).len(), 0);
    let called = |words: usize| format!("G to A{} at nucleotide 2607", " point".repeat(words));
    assert_eq!(
        found(&called(NOUN_WORDS_LIMIT)),
        [(called(NOUN_WORDS_LIMIT).as_str(), "c.2607G>A".to_owned())]
    );
    assert!(!found(&called(NOUN_WORDS_LIMIT + 1)).iter().any(|f| f.1 == "c.2607G>A"));
    let sized = |words: usize| format!("32-bp{} deletion", " gene".repeat(words));
    assert_eq!(found(&sized(QUALITY_WORDS_LIMIT)).len(), 1);
    assert_eq!(found(&sized(QUALITY_WORDS_LIMIT + 1)).len(), 0);
    let bases = |letters: usize| format!("{} deletion", "A".repeat(letters));
    assert_eq!(found(&bases(TERM_BASES_LIMIT)).len(), 1);
    assert_eq!(found(&bases(TERM_BASES_LIMIT + 1)).len(), 0);
    let number = |spaces: usize| format!("12{}C > T", " ".repeat(spaces));
    assert_eq!(found(&number(1)), [("12 C > T", "c.12C>T".to_owned())]);
    assert_eq!(found(&number(NUMBER_BYTES_LIMIT)), [("C > T", "c.C>T".to_owned())]);
    let near = |bytes: usize| format!("glycine to serine{}exon", " ".repeat(bytes));
    assert_eq!(found(&near(NEAR_BYTES - "exon".len())).len(), 1);
    assert_eq!(found(&near(NEAR_BYTES)).len(), 0);
}

#[test]
fn lookalikes_without_end_end() {
    for unit in
        ["1", "c.", "A", "A1", "p.(", "del", "c.1_", "A ", "1 ", "AAA123", "(A", "glycine ", "codon ", "Δ"]
    {
        let text = unit.repeat((1 << 18) / unit.len());
        assert_eq!(found(&text), [], "{unit}");
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
