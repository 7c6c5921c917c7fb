//! Offsets in all three units, against an independent computation, for text that is hard to count.

use glossator::api::proto::annotate_result::Result as ItemAnswer;
use glossator::api::proto::{
    AnnotateOptions, AnnotateRequest, AnnotatedDocument, Document, OffsetUnit, Passage,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::harness::TestServer;

/// The slice of `text` between two offsets, counted the slow way; `None` when they cut a character.
fn slice(text: &str, unit: OffsetUnit, start: usize, end: usize) -> Option<String> {
    match unit {
        OffsetUnit::Utf8Byte => String::from_utf8(text.bytes().skip(start).take(end - start).collect()).ok(),
        OffsetUnit::Utf16CodeUnit => {
            let units: Vec<u16> = text.encode_utf16().collect();
            String::from_utf16(units.get(start..end)?).ok()
        }
        _ => Some(text.chars().skip(start).take(end - start).collect()),
    }
}

/// Names that the starter catalog knows, with Greek letters among them.
const NAMES: &[&str] =
    &["IL-7", "multiple myeloma", "TNF-α", "HIV", "patients", "β-catenin", "COVID-19", "V600E", "malaria"];
/// Text that is hard to count: emoji, joined emoji, combining marks, flags, CRLF, ligatures, wide and invisible characters.
const HARD: &[&str] = &[
    "😀",
    "👩\u{200D}🔬",
    "e\u{301}",
    "\u{1F1E9}\u{1F1EA}",
    "\r\n",
    "\r\n\r\n",
    "ﬁ",
    "µ",
    "Å",
    "中文",
    "\u{200B}",
    "\u{FEFF}",
    "\0",
];
const GLUE: &[&str] = &[" ", ", ", ". ", " (", ") ", "; ", "-"];

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(NAMES).prop_map(str::to_owned),
        4 => prop::sample::select(HARD).prop_map(str::to_owned),
        4 => prop::sample::select(GLUE).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

#[test]
fn slices_are_exact_in_every_unit() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = TestServer::start(&[]);
    let client = runtime.block_on(server.annotation());
    let annotate = |texts: &[String], unit: OffsetUnit| -> AnnotatedDocument {
        let passages =
            texts.iter().map(|text| Passage { text: text.clone(), ..Passage::default() }).collect();
        let document = Document { passages, ..Document::default() };
        let options = AnnotateOptions { offset_unit: unit as i32, ..AnnotateOptions::default() };
        let request = AnnotateRequest { documents: vec![document], options: Some(options) };
        let response = runtime.block_on(client.clone().annotate(request)).unwrap().into_inner();
        match response.results.into_iter().next().unwrap().result.unwrap() {
            ItemAnswer::Document(document) => document,
            ItemAnswer::Error(error) => panic!("{error:?}"),
        }
    };
    let mut found = 0;
    let mut runner = TestRunner::new(Config { cases: 200, ..Config::default() });
    let passages = vec(vec(piece(), 0..20).prop_map(|pieces| pieces.concat()), 1..4);
    let outcome = runner.run(&passages, |texts| {
        let mut answers = Vec::new();
        for unit in [OffsetUnit::Utf8Byte, OffsetUnit::Utf16CodeUnit, OffsetUnit::CodePoint] {
            let answer = annotate(&texts, unit);
            prop_assert_eq!(answer.offset_unit, unit as i32);
            for annotation in &answer.annotations {
                let span = annotation.span.unwrap();
                let text = &texts[annotation.passage_index as usize];
                let expected = slice(text, unit, span.start as usize, span.end as usize);
                prop_assert_eq!(Some(&annotation.text), expected.as_ref());
            }
            answers.push(
                answer.annotations.iter().map(|a| (a.text.clone(), a.entity_id.clone())).collect::<Vec<_>>(),
            );
        }
        prop_assert_eq!(&answers[0], &answers[1]);
        prop_assert_eq!(&answers[0], &answers[2]);
        Ok(())
    });
    outcome.unwrap();
    for unit in [OffsetUnit::Utf8Byte, OffsetUnit::Utf16CodeUnit, OffsetUnit::CodePoint] {
        let text = "😀 e\u{301}\r\nTNF-α, IL-6 and IL-7 in 👩‍🔬 patients".to_owned();
        found += annotate(&[text], unit).annotations.len();
    }
    assert_eq!(found, 9, "three mentions in each unit, and none of a woman");
}
