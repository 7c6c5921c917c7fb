use std::io::Cursor;

use proptest::prelude::*;

use super::super::input::tests::gzip;
use super::super::parts::tests::shown;
use super::*;

fn read(bytes: impl Into<Vec<u8>>) -> Vec<String> {
    match OboReader::from_reader("f.obo", Box::new(Cursor::new(bytes.into()))) {
        Ok(mut reader) => shown(&mut reader),
        Err(error) => vec![error.to_string()],
    }
}

const FILE: &str = "\
format-version: 1.2
data-version: 2026-01-01 ! a comment
! a comment
synonymtypedef: X:9 \"acronym\"
treat-xrefs-as-equivalent: EQ

[Term]
id: mondo:0000001 ! comment
name: a \\\"good\\\" disease {source=\"X:1\"} ! comment
namespace: some_space
subset: slim {source=\"X:1\"}
alt_id: MONDO:0000009
def: \"Said in\\ntwo \\\"lines\\\".\" [url:http\\://x, X\\:1] {a=\"b\"}
synonym: \"one\" EXACT [X:1]
synonym: \"two\" BROAD ABBREVIATION []
synonym: \"three\" X:9 []
synonym: \"C2H6\" RELATED http://purl.obolibrary.org/obo/chebi/formula [ChEBI]
synonym: \"CC\" RELATED http://purl.obolibrary.org/obo/chebi/smiles [ChEBI]
synonym: \"ethan\" NARROW misspelling []
synonym: \"eth\\
ane\" EXACT IUPAC_NAME []
synonym: \"331.1\" RELATED []
exact_synonym: \"four\" [X:1]
xref: MSH:D000001 {source=\"MONDO:equivalentTo\", source=\"X:2\"}
xref: Y\\:2 \"a title\"
xref: EQ:5
xref: no identifier
xref_analog: MIM:100000
is_a: MONDO:0000002 {source=\"X:1\"} ! parent
relationship: part_of MONDO:0000003 ! whole
relationship: has_part MONDO:0000004
property_value: has_rank NCBITaxon:species
property_value: skos:exactMatch http://identifiers.org/mesh/D000002
consider: MONDO:0000008

[Typedef]
id: part_of
name: part of

[Term]
id: NCBITaxon:species
name: species

[Term]
id: X:2
name: obsolete old thing
is_obsolete: true
replaced_by: X:3
";

#[test]
fn terms_are_read_with_all_their_clauses() {
    let expected = [
        "7: MONDO:0000001 \"a \"good\" disease\" Exact/Plain=one Broad/Abbreviation=two \
         Related/Abbreviation=three Related/Formula=C2H6 Narrow/Former=ethan Exact/Systematic=ethane \
         Exact/Plain=four ==MESH:D000001 ~Y:2 ==EQ:5 ~OMIM:100000 ==MESH:D000002 ^MONDO:0000002 \
         ^MONDO:0000003 -MONDO:0000009 #some_space #slim #species (Said in\ntwo \"lines\".)",
        "44: X:2 \"old thing\" >X:3 obsolete",
    ];
    assert_eq!(read(FILE), expected);
    assert_eq!(read(FILE.replace('\n', "\r\n")), expected);
    let (head, tail) = FILE.as_bytes().split_at(200);
    assert_eq!(read([gzip(head), gzip(tail)].concat()), expected);
    let reader = OboReader::from_reader("f", Box::new(Cursor::new(FILE))).unwrap();
    assert_eq!(reader.data_version(), "2026-01-01");
}

#[test]
fn terms_without_a_namespace_have_the_default_one() {
    let text = "default-namespace: here\n[Term]\nid: X:1\nsubset: s\n[Term]\nid: X:2\nnamespace: there\n";
    assert_eq!(read(text), ["2: X:1 \"\" #s #here", "5: X:2 \"\" #there"]);
}

#[test]
fn a_malformed_term_is_told_with_its_line_and_the_next_is_read() {
    let good = "\n[Term]\nid: X:2\nname: b\n";
    for (bad, problem) in [
        ("name: a", "line 2: the term has no id"),
        ("id: nothing", "line 3: \"nothing\" has no prefix"),
        ("id: X:1\nid: X:1", "line 4: the term has two ids"),
        ("id: X:1\nname: a\nname: b", "line 5: the term has two names"),
        ("id: X:1\nwhat is this", "line 4: \"what is this\" is no clause"),
        ("id: X:1\ndef: \"open", "line 4: the text has no closing double quote"),
        ("id: X:1\nsynonym: open", "line 4: a text in double quotes is missing"),
    ] {
        let seen = read(format!("format-version: 1.2\n[Term]\n{bad}\n{good}"));
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert!(seen[0].starts_with(&format!("f.obo, {problem}")), "{seen:?}");
        assert!(seen[1].ends_with(": X:2 \"b\""), "{seen:?}");
    }
    let seen = read([b"[Term]\nid: X:1\nname: \xff\n".as_slice(), good.as_bytes()].concat());
    assert_eq!(seen, ["f.obo, line 3: the line is not UTF-8; save the file as UTF-8", "5: X:2 \"b\""]);
    let seen = read([b"remark: \xff\n[Typedef]\nname: \xff\n".as_slice(), good.as_bytes()].concat());
    assert_eq!(seen, ["f.obo, line 1: the line is not UTF-8; save the file as UTF-8", "5: X:2 \"b\""]);
}

#[test]
fn a_line_that_goes_on_over_the_limit_of_a_record_loses_only_its_term() {
    let part = format!("{}\\\n", "x".repeat(super::super::input::LINE_BYTES_LIMIT - 1));
    let seen = read(format!("[Term]\nid: X:1\nname: \\\n{}a\n[Term]\nid: X:2\n", part.repeat(20)));
    assert_eq!(seen, ["f.obo, line 19: the record has more than 16777216 bytes", "25: X:2 \"\""]);
}

#[test]
fn what_is_no_obo_is_refused() {
    for (text, problem) in [
        ("", "f.obo: the file is empty; OBO is expected"),
        ("<!DOCTYPE html>\n", "f.obo: not OBO: it begins with \"<!DOCTYPE html>\""),
        ("id\tname\n", "f.obo: not OBO: it begins with \"id\tname\""),
    ] {
        assert_eq!(read(text), [problem]);
    }
    assert_eq!(read("format-version: 1.2\n"), Vec::<String>::new());
    let cut = gzip(FILE.as_bytes());
    assert!(read(&cut[..cut.len() / 2]).last().unwrap().starts_with("f.obo, line "));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read([b"a: b\n[Term]\n".as_slice(), &bytes].concat());
        read(bytes);
    }

    #[test]
    fn any_clauses_are_read_or_refused(
        lines in proptest::collection::vec("(id|name|def|synonym|xref|relationship|property_value|\\[Term\\]): ?[X:1\"\\\\ {}=!\\[a]{0,16}", 0..20)
    ) {
        read(format!("[Term]\n{}", lines.join("\n")));
    }
}
