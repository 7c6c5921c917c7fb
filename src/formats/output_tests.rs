use proptest::prelude::*;

use super::*;
use crate::formats::input::{DocumentReader, InputFormat};
use crate::model::{Abbreviation, Annotation, Candidate, Document, Method, Passage, Span};

fn passage(kind: &str, text: &str) -> Passage {
    Passage { kind: kind.to_owned(), title: String::new(), text: text.to_owned() }
}

/// An annotation of the first place where `text` stands in a passage.
fn annotation(
    document: &Document,
    passage_index: usize,
    text: &str,
    entity_type: EntityType,
    id: &str,
) -> Annotation {
    let start = document.passages[passage_index].text.find(text).unwrap();
    Annotation {
        passage_index,
        span: Span { start, end: start + text.len() },
        text: text.into(),
        entity_type,
        entity_id: id.into(),
        label: format!("label of {text}").into(),
        score: 0.5,
        method: Method::Dictionary,
        candidates: Vec::new(),
        composite: None,
    }
}

fn sample() -> (InputDocument, AnnotatedDocument) {
    let passages = vec![passage("title", "Wörm 😀 IL-7"), passage("abstract", "A <b> V600E in\nHeLa\u{1}.")];
    let document = Document { id: "d|1 & <x>".to_owned(), passages };
    let mut gene = annotation(&document, 0, "IL-7", EntityType::Gene, "NCBIGene:3574");
    gene.candidates.push(Candidate {
        entity_id: "NCBIGene:16196".into(),
        label: "Il7".into(),
        entity_type: EntityType::Gene,
        score: 0.25,
        reason: "of the mouse".into(),
    });
    let annotations = vec![
        gene,
        annotation(&document, 1, "V600E", EntityType::Variant, "p.V600E"),
        annotation(&document, 1, "in\nHeLa", EntityType::CellLine, "cellosaurus:CVCL_0030"),
    ];
    let abbreviations =
        vec![Abbreviation { short_form: "IL".to_owned(), long_form: "inter<leukin".to_owned() }];
    let annotated = AnnotatedDocument { id: document.id.clone(), annotations, abbreviations };
    (InputDocument::new(document), annotated)
}

fn written(
    format: OutputFormat,
    unit: OffsetUnit,
    documents: &[(InputDocument, AnnotatedDocument)],
) -> String {
    let renderer = Renderer::new(format, unit, "v\"1");
    let mut writer = OutputWriter::begin(Vec::new(), &renderer).unwrap();
    for (input, annotated) in documents {
        writer.document(input, annotated).unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

fn one(format: OutputFormat) -> String {
    written(format, OffsetUnit::CodePoint, &[sample()])
}

#[test]
fn jsonl_has_the_wire_s_names_and_the_unit_asked_for() {
    for (unit, name, span) in [
        (OffsetUnit::CodePoint, "CODE_POINT", r#"{"start":7,"end":11}"#),
        (OffsetUnit::Utf16CodeUnit, "UTF16_CODE_UNIT", r#"{"start":8,"end":12}"#),
        (OffsetUnit::Utf8Byte, "UTF8_BYTE", r#"{"start":11,"end":15}"#),
    ] {
        let line = written(OutputFormat::Jsonl, unit, &[sample()]);
        let head = format!(
            r#"{{"id":"d|1 & <x>","annotations":[{{"span":{span},"text":"IL-7","type":"ENTITY_TYPE_GENE","#
        );
        assert!(line.starts_with(&head), "{line}");
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["offset_unit"], format!("OFFSET_UNIT_{name}"));
        assert_eq!(value["catalog_version"], "v\"1");
        assert_eq!(value["abbreviations"][0]["long_form"], "inter<leukin");
        let gene = &value["annotations"][0];
        assert_eq!((&gene["entity_id"], &gene["score"]), (&"NCBIGene:3574".into(), &0.5.into()));
        assert_eq!(
            (&gene["method"], &gene["passage_index"]),
            (&"ANNOTATION_METHOD_DICTIONARY".into(), &0.into())
        );
        assert_eq!(gene["candidates"][0]["reason"], "of the mouse");
        assert_eq!(value["annotations"][2]["type"], "ENTITY_TYPE_CELL_LINE");
    }
    assert_eq!(written(OutputFormat::Jsonl, OffsetUnit::CodePoint, &[sample(), sample()]).lines().count(), 2);
}

#[test]
fn pubtator_has_one_line_for_a_mention_of_several_entities() {
    let document =
        Document { id: "1".to_owned(), passages: vec![passage("abstract", "Wörm BRCA1/2 BRCA1")] };
    let whole = Span { start: 6, end: 13 };
    let part = |text: &str, span: Span, id: &str, composite| Annotation {
        span,
        composite,
        ..annotation(&document, 0, text, EntityType::Gene, id)
    };
    let one = |id: &str| part("BRCA1", Span { start: 6, end: 11 }, id, Some(whole));
    let two = |id: &str| part("2", Span { start: 12, end: 13 }, id, Some(whole));
    let alone = part("BRCA1", Span { start: 14, end: 19 }, "NCBIGene:672", None);
    let cases = [
        (one("NCBIGene:672"), two("NCBIGene:675"), "NCBIGene:672;NCBIGene:675"),
        (one(""), two("NCBIGene:675"), "NCBIGene:675"),
        (one(""), two(""), ""),
    ];
    for (one, two, ids) in cases {
        let annotations = vec![one, two, alone.clone(), alone.clone()];
        let annotated = AnnotatedDocument { id: "1".to_owned(), annotations, abbreviations: Vec::new() };
        let input = InputDocument::new(document.clone());
        let text = written(OutputFormat::Pubtator, OffsetUnit::CodePoint, &[(input, annotated)]);
        let lines: Vec<&str> = text.lines().skip(2).collect();
        let own = "1\t14\t19\tBRCA1\tGene\tNCBIGene:672";
        assert_eq!(lines, [&format!("1\t6\t13\tBRCA1/2\tGene\t{ids}"), own, own], "{ids}");
    }
}

#[test]
fn pubtator_counts_code_points_over_title_and_abstract() {
    assert_eq!(
        one(OutputFormat::Pubtator),
        "d_1_&_<x>|t|Wörm 😀 IL-7\nd_1_&_<x>|a|A <b> V600E in HeLa\u{1}.\n\
         d_1_&_<x>\t7\t11\tIL-7\tGene\tNCBIGene:3574\n\
         d_1_&_<x>\t18\t23\tV600E\tVariant\tp.V600E\n\
         d_1_&_<x>\t24\t31\tin HeLa\tCellLine\tcellosaurus:CVCL_0030\n"
    );
    // Without a title the abstract starts behind the separator; several passages are one abstract.
    let document = Document { id: "2".to_owned(), passages: vec![passage("", "IL-7"), passage("x", "HeLa")] };
    let annotations = vec![annotation(&document, 1, "HeLa", EntityType::CellLine, "c")];
    let annotated = AnnotatedDocument { id: "2".to_owned(), annotations, abbreviations: Vec::new() };
    let two = written(
        OutputFormat::Pubtator,
        OffsetUnit::CodePoint,
        &[(InputDocument::new(document), annotated), sample()],
    );
    assert!(two.starts_with("2|t|\n2|a|IL-7 HeLa\n2\t6\t10\tHeLa\tCellLine\tc\n\nd_1_"), "{two}");
}

fn read_back(text: &str, format: InputFormat) -> Vec<InputDocument> {
    let reader = DocumentReader::open("x", Box::new(io::Cursor::new(text.as_bytes().to_vec())), Some(format));
    reader.unwrap().map(|read| read.unwrap_or_else(|error| panic!("{error}\n{text}"))).collect()
}

#[test]
fn bioc_is_read_back_with_its_offsets() {
    let mut documents = [sample(), sample()];
    // A file's own offsets are kept.
    documents[1].0.passage_offsets = vec![100, 1000];
    let json = written(OutputFormat::BiocJson, OffsetUnit::CodePoint, &documents);
    let expected: Vec<InputDocument> = documents.iter().map(|(input, _)| input.clone()).collect();
    assert_eq!(read_back(&json, InputFormat::BiocJson), expected);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let variant = &value["documents"][1]["passages"][1]["annotations"][0];
    assert_eq!(variant["locations"][0], serde_json::json!({"offset": 1006, "length": 5}));
    assert_eq!(
        variant["infons"],
        serde_json::json!({"identifier": "p.V600E", "type": "Variant", "label": "label of V600E", "score": "0.5"})
    );

    let xml = written(OutputFormat::BiocXml, OffsetUnit::CodePoint, &documents);
    assert!(xml.contains("<location offset=\"1006\" length=\"5\"/><text>V600E</text>"), "{xml}");
    assert!(xml.contains("<infon key=\"catalog_version\">v&quot;1</infon>"), "{xml}");
    let back = read_back(&xml, InputFormat::BiocXml);
    assert_eq!(back.len(), 2);
    assert_eq!(back[1].passage_offsets, [100, 1000]);
    // XML cannot hold the control character.
    assert_eq!(back[0].document.passages[1].text, "A <b> V600E in\nHeLa\u{fffd}.");
    assert_eq!(back[0].document.id, "d|1 & <x>");
}

#[test]
fn brat_gives_text_and_standoff_lines() {
    assert_eq!(
        one(OutputFormat::Brat),
        "# document \"d|1 & <x>\"\n# text \"Wörm 😀 IL-7\\nA <b> V600E in\\nHeLa\\u0001.\"\n\
         T1\tGene 7 11\tIL-7\nN1\tReference T1 NCBIGene:3574\tlabel of IL-7\n#1\tAnnotatorNotes T1\tscore 0.5\n\
         T2\tVariant 18 23\tV600E\n#2\tAnnotatorNotes T2\tscore 0.5; p.V600E\n\
         T3\tCellLine 24 26;27 31\tin HeLa\nN2\tReference T3 cellosaurus:CVCL_0030\tlabel of in HeLa\n\
         #3\tAnnotatorNotes T3\tscore 0.5\n"
    );
}

#[test]
fn the_table_is_aligned() {
    let table = one(OutputFormat::Table);
    assert_eq!(
        table,
        "d|1 & <x>: 3 annotations\n\
         \x20 passage start end text    type     id                    label            score\n\
         \x20       0     7  11 IL-7    Gene     NCBIGene:3574         label of IL-7     0.50\n\
         \x20       1     6  11 V600E   Variant  p.V600E               label of V600E    0.50\n\
         \x20       1    12  19 in HeLa CellLine cellosaurus:CVCL_0030 label of in HeLa  0.50\n"
    );
    let empty = (InputDocument::new(Document::from_text("e", "x")), AnnotatedDocument::default());
    assert_eq!(written(OutputFormat::Table, OffsetUnit::CodePoint, &[empty]), "e: 0 annotations\n");
}

/// A page's text without its tags, still escaped.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}

#[test]
fn the_page_escapes_counts_and_needs_nothing_else() {
    let page = written(OutputFormat::Html, OffsetUnit::CodePoint, &[sample(), sample()]);
    assert!(page.starts_with("<!doctype html>"));
    assert!(page.contains("<h2>d|1 &amp; &lt;x&gt;</h2>"));
    assert!(page.contains("A &lt;b&gt; <mark class=\"variant\""));
    assert!(page.contains("title=\"label of IL-7 · NCBIGene:3574 · Gene · score 0.50\">IL-7</mark>"));
    assert!(page.contains("<dd>inter&lt;leukin</dd>"));
    assert!(page.contains("<code>v&quot;1</code>"));
    // Two documents, each with one mention of three types.
    let footer = &page[page.find("<footer>").unwrap()..];
    assert!(footer.contains("2 documents") && footer.contains("Cell line</span> 2</li>"), "{footer}");
    for foreign in ["http://", "https://", "<script", "url(", "@import", "src="] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(one(OutputFormat::Html).contains("1 document<"));
}

#[test]
fn names_of_formats_read_back() {
    for format in OutputFormat::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert!("csv".parse::<OutputFormat>().unwrap_err().to_string().contains("jsonl, pubtator"));
}

fn documents() -> impl Strategy<Value = (InputDocument, AnnotatedDocument)> {
    let text = prop::collection::vec(prop_oneof![
        4 => "[a-zA-Z0-9 ]{1,5}",
        1 => prop::sample::select(vec!["é", "😀", "&", "<b>", "\n", "\t", "\"", "\r", "|", "\\", "白", "\u{301}", "\u{b}"])
            .prop_map(str::to_owned),
    ], 0..12).prop_map(|parts| parts.concat());
    let spans = prop::collection::vec(
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..13_usize),
        0..6,
    );
    prop::collection::vec((text, spans), 1..4).prop_map(|passages| {
        let mut document = Document { id: "7".to_owned(), passages: Vec::new() };
        let mut annotations = Vec::new();
        for (index, (text, spans)) in passages.into_iter().enumerate() {
            let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let mut here: Vec<Annotation> = Vec::new();
            for (start, end, kind) in spans {
                let (start, end) = (*start.get(&bounds), *end.get(&bounds));
                if start < end {
                    here.push(Annotation {
                        passage_index: index,
                        span: Span { start, end },
                        text: text[start..end].into(),
                        entity_type: EntityType::ALL[kind],
                        entity_id: "X:1".into(),
                        label: "<l>".into(),
                        score: 1.0,
                        method: Method::Pattern,
                        candidates: Vec::new(),
                        composite: None,
                    });
                }
            }
            here.sort_by_key(|annotation| (annotation.span.start, std::cmp::Reverse(annotation.span.end)));
            annotations.extend(here);
            let kind = if index == 0 { "title" } else { "" };
            document.passages.push(passage(kind, &text));
        }
        let annotated = AnnotatedDocument { id: "7".to_owned(), annotations, abbreviations: Vec::new() };
        (InputDocument::new(document), annotated)
    })
}

fn slice(text: &[char], start: usize, end: usize) -> String {
    text[start..end].iter().collect()
}

proptest! {
    #[test]
    fn pubtator_offsets_fall_on_their_mentions((input, annotated) in documents()) {
        let text = written(OutputFormat::Pubtator, OffsetUnit::CodePoint, &[(input, annotated.clone())]);
        let read = read_back(&text, InputFormat::Pubtator);
        let texts: Vec<&str> = read[0].document.passages.iter().map(|passage| passage.text.as_str()).collect();
        let whole: Vec<char> = texts.join(" ").chars().collect();
        let mentions: Vec<Vec<&str>> =
            text.split('\n').map(|line| line.split('\t').collect()).filter(|fields: &Vec<_>| fields.len() == 6).collect();
        prop_assert_eq!(mentions.len(), annotated.annotations.len());
        for fields in mentions {
            let (start, end) = (fields[1].parse().unwrap(), fields[2].parse().unwrap());
            prop_assert_eq!(slice(&whole, start, end), fields[3]);
        }
    }

    #[test]
    fn bioc_offsets_fall_on_their_mentions((input, annotated) in documents()) {
        let text = written(OutputFormat::BiocJson, OffsetUnit::CodePoint, &[(input.clone(), annotated.clone())]);
        prop_assert_eq!(&read_back(&text, InputFormat::BiocJson)[0], &input);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for passage in value["documents"][0]["passages"].as_array().unwrap() {
            let characters: Vec<char> = passage["text"].as_str().unwrap().chars().collect();
            let offset = passage["offset"].as_u64().unwrap();
            for found in passage["annotations"].as_array().unwrap() {
                let number = |key: &str| found["locations"][0][key].as_u64().unwrap();
                let start = usize::try_from(number("offset") - offset).unwrap();
                let end = start + usize::try_from(number("length")).unwrap();
                prop_assert_eq!(slice(&characters, start, end), found["text"].as_str().unwrap());
            }
        }
        let xml = written(OutputFormat::BiocXml, OffsetUnit::CodePoint, &[(input.clone(), annotated)]);
        let back = read_back(&xml, InputFormat::BiocXml).remove(0);
        for (one, other) in back.document.passages.iter().zip(&input.document.passages) {
            prop_assert_eq!(&one.text, &other.text.replace('\u{b}', "\u{fffd}"));
        }
        prop_assert_eq!(back.passage_offsets, input.passage_offsets);
    }

    #[test]
    fn brat_offsets_fall_on_their_mentions((input, annotated) in documents()) {
        let text = written(OutputFormat::Brat, OffsetUnit::CodePoint, &[(input, annotated)]);
        let mut lines = text.split('\n').skip(1);
        let json = lines.next().unwrap().strip_prefix("# text ").unwrap();
        let whole: Vec<char> = serde_json::from_str::<String>(json).unwrap().chars().collect();
        for fields in lines.filter(|line| line.starts_with('T')).map(|line| line.split('\t').collect::<Vec<_>>()) {
            let (_, places) = fields[1].split_once(' ').unwrap();
            for place in places.split(';').filter(|place| !place.is_empty()) {
                let (start, end) = place.split_once(' ').unwrap();
                let part = slice(&whole, start.parse().unwrap(), end.parse().unwrap());
                prop_assert!(!part.contains('\n') && fields[2].contains(&part.replace(['\r', '\t'], " ")));
            }
        }
    }

    #[test]
    fn the_page_shows_the_whole_text_whatever_overlaps((input, annotated) in documents()) {
        let page = written(OutputFormat::Html, OffsetUnit::CodePoint, &[(input.clone(), annotated.clone())]);
        for line in page.split("<p class=\"text").skip(1).zip(&input.document.passages) {
            let (start, end) = (line.0.find('>').unwrap() + 1, line.0.find("</p>").unwrap());
            prop_assert_eq!(without_tags(&line.0[start..end]), crate::formats::xml::escape(&line.1.text));
        }
        let marks = page.matches("<mark ").count();
        prop_assert!(marks >= usize::from(!annotated.annotations.is_empty()));
    }
}
