use std::io::Cursor;
use std::path::PathBuf;

use proptest::prelude::*;

use super::super::input::RECORD_BYTES_LIMIT;
use super::*;

fn read(content: &str) -> Result<Vec<GoldDocument>, GoldError> {
    read_documents("gold", Box::new(Cursor::new(content.as_bytes().to_vec())))
}

/// The mentions of a document as `text@passage type=ids`, with `~` before a neutral one.
fn shown(document: &GoldDocument) -> Vec<String> {
    let show = |mention: &GoldMention| {
        let mark = if mention.neutral { "~" } else { "" };
        let GoldMention { passage, entity_type, ids, .. } = mention;
        format!("{mark}{}@{passage} {entity_type}={}", document.text_of(mention), ids.join("|"))
    };
    document.mentions.iter().map(show).collect()
}

#[test]
fn mentions_are_read_by_code_points_with_their_types_and_identifiers() {
    let content = "1|t|α-Synuclein 😀 IL-7\n1|a|kinases in naïve Mice.\n\
        1\t23\t27\tMice\tOrganism Taxon\t10090\n1\t0\t11\tα-Synuclein\tGene\t6622\n\
        1\t14\t18\tIL-7\tGeneOrGeneProduct\tNCBIGene:3574,3574\n1\t8\t9\tx\tChromosomeLocation\t1\n\
        1\tCID\tD1\tD2\n1\tAssociation\tD1\t3\tNovel\n1\t19\t26\tkinases\tFamilyName\n\n\
        2|t|\n2|a|Fever\n2\t1\t6\tFever\tmodifier\t-\n";
    let content = content.replace("1\t23\t27\tMice", "1\t36\t40\tMice");
    let documents = read(&content).unwrap();
    assert_eq!(
        shown(&documents[0]),
        ["α-Synuclein@0 Gene=6622", "IL-7@0 Gene=3574", "~kinases@1 Gene=", "Mice@1 Species=10090"]
    );
    assert_eq!(documents[0].mentions[3].raw_type, "Organism Taxon");
    assert_eq!(documents[0].mentions[0].span, Span { start: 0, end: 12 });
    assert_eq!(shown(&documents[1]), ["Fever@1 Disease="]);
    assert_eq!(documents.len(), 2);
}

#[test]
fn what_is_wrong_names_its_line_and_what_to_do() {
    for (lines, expected) in [
        (
            "1\t0\t3\tIL7\tGene\t1",
            ":3: document 1: the offsets say \"IL-\" and the line says \"IL7\"; correct",
        ),
        ("1\t2\t8\t-7 In \tGene\t1", ":3: document 1: the mention from 2 to 8 is not inside the title or"),
        ("1\t4\t5\t \tGene\t1", ":3: document 1: the mention from 4 to 5 is not inside"),
        ("1\t5\t5\t\tGene\t1", ":3: document 1: no text from 5 to 5; offsets are code points"),
        ("1\t5\t99\tx\tGene\t1", ":3: document 1: no text from 5 to 99"),
        ("1\t5\t99999999999999999999\tx\tGene\t1", ":3: document 1: not a mention; write id, start"),
        ("1\t5\tend\tx\tGene\t1", ":3: document 1: not a mention"),
        ("1\t0\t4\tIL-7", ":3: document 1: not a mention"),
        ("2\t0\t4\tIL-7\tGene\t1", ":3: document 1: the line is of document 2"),
        ("\n1|t|Again", ":4: document 1: a document of that id stands before it"),
    ] {
        let error = read(&format!("1|t|IL-7\n1|a|In mice\n{lines}\n")).unwrap_err().to_string();
        assert!(error.contains(expected), "{lines:?}: {error}");
    }
    let missing = read_gold(Path::new("no-such.pubtator")).unwrap_err().to_string();
    assert!(missing.starts_with("no-such.pubtator: cannot be read: "), "{missing}");
}

#[test]
fn identifiers_are_compared_without_what_corpora_leave_out() {
    for (field, expected) in [
        ("MESH:D003693", "D003693"),
        ("mesh:D1|D0,D1;OMIM:5+ C9 ", "C9 D0 D1 OMIM:5"),
        ("3574(Tax:9606)", "3574"),
        ("((a)b)", "b)"),
        ("7(", "7("),
        ("*1634*", "1634"),
        ("*-1", ""),
        ("-1,None, NULL ,na,-,", ""),
        ("NCBI Gene:7", "7"),
        ("cellosaurus:CVCL_0224", "CVCL_0224"),
        ("c|SUB|C|677|T", "677 C SUB T c"),
        ("", ""),
    ] {
        assert_eq!(canonical_ids(field).join(" "), expected, "{field}");
    }
}

#[test]
fn identifiers_get_their_namespace_from_the_type() {
    for (id, entity_type, expected) in [
        ("3574", EntityType::Gene, Some("NCBIGene:3574")),
        ("9606", EntityType::Species, Some("NCBITaxon:9606")),
        ("9606", EntityType::CellLine, None),
        ("CVCL_0224", EntityType::CellLine, Some("cellosaurus:CVCL_0224")),
        ("D009101", EntityType::Disease, Some("MESH:D009101")),
        ("C012345", EntityType::Chemical, Some("MESH:C012345")),
        ("OMIM:114480", EntityType::Disease, Some("OMIM:114480")),
        ("rs113488022", EntityType::Variant, None),
        ("", EntityType::Disease, None),
    ] {
        let curie = curie_of(id, entity_type);
        assert_eq!(curie.as_ref().map(Curie::as_str), expected, "{id} {entity_type}");
    }
}

#[test]
fn the_mentions_of_a_document_may_take_the_limit_and_no_byte_more() {
    let (head, relation) = ("1|t|Fever\n1|a|\n", "1\tCID\t");
    let lines = |bytes: usize| {
        // In lines that are short enough by themselves.
        let line = format!("{relation}{}\n", "x".repeat((1 << 20) - relation.len()));
        let last = bytes % (1 << 20);
        let rest =
            if last > 0 { format!("{relation}{}", "x".repeat(last - relation.len())) } else { String::new() };
        format!("{head}{}{rest}", line.repeat(bytes >> 20))
    };
    assert_eq!(read(&lines(RECORD_BYTES_LIMIT)).unwrap().len(), 1);
    let error = read(&lines(RECORD_BYTES_LIMIT + relation.len())).unwrap_err();
    let expected = "gold:67: document 1: the document takes more than 67108864 bytes in its file";
    assert_eq!(error.to_string(), expected);
}

proptest! {
    #[test]
    fn any_mentions_are_read_or_refused(
        title in "[aé😀 ]{0,6}",
        text in "[bα ]{0,6}",
        columns in prop::collection::vec("([0-9]{1,2}|[aé😀bα ]{0,3}|Gene|FamilyName|-1)", 0..8),
    ) {
        if let Ok(documents) = read(&format!("1|t|{title}\n1|a|{text}\n1\t{}\n", columns.join("\t"))) {
            for mention in &documents[0].mentions {
                prop_assert!(!documents[0].text_of(mention).is_empty());
            }
        }
    }
}

#[test]
fn every_shared_corpus_reads() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let Ok(folders) = corpora.read_dir() else {
        println!("skipped: {} is not there", corpora.display());
        return;
    };
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let inside = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
        files.extend(inside.filter(|path| path.extension().is_some_and(|ending| ending == "pubtator")));
    }
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let documents = read_gold(&file).unwrap();
        let mentions: usize = documents.iter().map(|document| document.mentions.len()).sum();
        println!("{}: {} documents, {mentions} mentions", file.display(), documents.len());
        assert!(mentions > 100, "{}", file.display());
    }
}
