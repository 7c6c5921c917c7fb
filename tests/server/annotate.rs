//! AnnotationService: what is found, the options, order and sequence.

use glossator::api::proto::annotate_papers_response::Result as PaperAnswer;
use glossator::api::proto::annotate_result::Result as ItemAnswer;
use glossator::api::proto::annotate_stream_request::Item;
use glossator::api::proto::annotate_stream_response::Result as StreamAnswer;
use glossator::api::proto::{
    AnnotateOptions, AnnotatePapersRequest, AnnotateRequest, AnnotatedDocument, Document, DocumentBatch,
    EntityType, ExtraTerm, NamespacePreference, OffsetUnit, OverlapPolicy, Passage,
};

use crate::harness::{TestServer, document, document_item, ids, item, requests, soon};

const TEXT: &str = "Interleukin 7 (IL-7) helps patients with multiple myeloma. IL-7 acts on CD4 cells; see V600E and rs113488022.";

async fn annotate(server: &TestServer, text: &str, options: AnnotateOptions) -> AnnotatedDocument {
    let request = AnnotateRequest { documents: vec![document("d", text)], options: Some(options) };
    let response = server.annotation().await.annotate(request).await.unwrap().into_inner();
    match response.results.into_iter().next().unwrap().result.unwrap() {
        ItemAnswer::Document(document) => document,
        ItemAnswer::Error(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn a_text_is_annotated_with_ids_types_and_exact_slices() {
    let server = TestServer::start(&[]);
    let answer = annotate(&server, TEXT, AnnotateOptions::default()).await;
    let found: Vec<(&str, &str, i32)> = answer
        .annotations
        .iter()
        .map(|found| (found.text.as_str(), found.entity_id.as_str(), found.r#type))
        .collect();
    let expected = [
        ("Interleukin 7", "NCBIGene:3574", EntityType::Gene as i32),
        ("IL-7", "NCBIGene:3574", EntityType::Gene as i32),
        ("patients", "NCBITaxon:9606", EntityType::Species as i32),
        ("multiple myeloma", "MESH:D009101", EntityType::Disease as i32),
        ("IL-7", "NCBIGene:3574", EntityType::Gene as i32),
        ("CD4", "NCBIGene:920", EntityType::Gene as i32),
        ("V600E", "p.V600E", EntityType::Variant as i32),
        ("rs113488022", "dbSNP:rs113488022", EntityType::Variant as i32),
    ];
    assert_eq!(found, expected);
    for annotation in &answer.annotations {
        let span = annotation.span.unwrap();
        assert_eq!(&TEXT[span.start as usize..span.end as usize], annotation.text);
        assert!(annotation.score > 0.0 && annotation.score <= 1.0 && !annotation.label.is_empty());
    }
    assert_eq!(answer.id, "d");
    assert_eq!(answer.offset_unit, OffsetUnit::CodePoint as i32);
    assert_eq!(answer.abbreviations.len(), 1);
    assert_eq!(answer.abbreviations[0].short_form, "IL-7");
    assert!(!answer.catalog_version.is_empty());
}

#[tokio::test]
async fn every_option_has_its_effect() {
    let server = TestServer::start(&[]);
    let options = AnnotateOptions::default;
    let with = |options: AnnotateOptions| annotate(&server, TEXT, options);

    let diseases = with(AnnotateOptions { types: vec![EntityType::Disease as i32], ..options() }).await;
    assert_eq!(ids(&diseases.annotations), ["MESH:D009101"]);

    let preference =
        NamespacePreference { r#type: EntityType::Disease as i32, prefixes: vec!["mondo".to_owned()] };
    let mondo = AnnotateOptions {
        types: vec![EntityType::Disease as i32],
        namespaces: vec![preference],
        ..options()
    };
    assert_eq!(ids(&with(mondo).await.annotations), ["MONDO:0009693"]);

    let mice = AnnotateOptions { taxa: vec!["taxon 10090".to_owned()], ..options() };
    let mouse_genes: Vec<_> = with(mice).await.annotations;
    assert!(mouse_genes.iter().all(|found| found.entity_id != "NCBIGene:3574"), "{:?}", ids(&mouse_genes));

    let certain = with(AnnotateOptions { min_score: 1.0, ..options() }).await.annotations;
    let all = with(options()).await.annotations;
    assert!(certain.len() < all.len() && certain.iter().all(|found| found.score >= 1.0));

    let blocked =
        AnnotateOptions { blocked_terms: vec!["il 7".to_owned(), "Patient".to_owned()], ..options() };
    assert!(
        with(blocked).await.annotations.iter().all(|found| found.text != "IL-7" && found.text != "patients")
    );

    let term = ExtraTerm {
        text: "CD4 cells".to_owned(),
        r#type: EntityType::CellType as i32,
        entity_id: "lab:42".to_owned(),
    };
    let extra = with(AnnotateOptions { extra_terms: vec![term], ..options() }).await.annotations;
    assert!(extra.iter().any(|found| found.text == "CD4 cells" && found.entity_id == "lab:42"));
    assert!(extra.iter().all(|found| found.entity_id != "NCBIGene:920"));

    let none = AnnotateOptions { max_candidates: Some(0), ..options() };
    assert!(with(none).await.annotations.iter().all(|found| found.candidates.is_empty()));

    let off = with(AnnotateOptions { abbreviations: Some(false), ..options() }).await;
    assert!(off.abbreviations.is_empty());

    let nested = AnnotateOptions { overlap: OverlapPolicy::All as i32, ..options() };
    let nested = annotate(&server, "acute myeloid leukemia", nested).await.annotations;
    let longest = annotate(&server, "acute myeloid leukemia", options()).await.annotations;
    assert_eq!(longest.len(), 1);
    assert!(nested.len() > 1 && nested.iter().any(|found| found.text == "leukemia"), "{:?}", ids(&nested));
}

#[tokio::test]
async fn a_document_that_fails_loses_no_other() {
    let server = TestServer::start(&["--document-limit-bytes", "200"]);
    let both = Document {
        passages: vec![Passage { text: "x".to_owned(), ..Passage::default() }],
        ..document("both", "x")
    };
    let documents =
        vec![document("a", TEXT), document("large", &"x".repeat(201)), both, document("b", "malaria")];
    let request = AnnotateRequest { documents, options: None };
    let results = server.annotation().await.annotate(request).await.unwrap().into_inner().results;
    let codes: Vec<i32> = results
        .iter()
        .map(|result| match result.result.as_ref().unwrap() {
            ItemAnswer::Document(_) => 0,
            ItemAnswer::Error(error) => error.code,
        })
        .collect();
    let (exhausted, invalid) = (tonic::Code::ResourceExhausted as i32, tonic::Code::InvalidArgument as i32);
    assert_eq!(codes, [0, exhausted, invalid, 0]);
    match results[1].result.as_ref().unwrap() {
        ItemAnswer::Error(error) => assert!(error.message.contains("200"), "{}", error.message),
        ItemAnswer::Document(_) => unreachable!(),
    }
}

#[tokio::test]
async fn a_stream_answers_every_item_in_order_and_ends_after_half_close() {
    let server = TestServer::start(&[]);
    let (sender, stream) = requests();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    let diseases = AnnotateOptions { types: vec![EntityType::Disease as i32], ..AnnotateOptions::default() };
    let bad = AnnotateOptions { min_score: 2.0, ..AnnotateOptions::default() };
    let batch = DocumentBatch {
        documents: vec![document("b0", "malaria"), document("b1", "HIV"), document("b2", "")],
    };
    let items = vec![
        document_item("first", "IL-7 and malaria"),
        item(Item::Options(diseases)),
        document_item("second", "IL-7 and malaria"),
        item(Item::Options(bad)),
        item(Item::Batch(batch)),
        item(Item::Batch(DocumentBatch::default())),
        glossator::api::proto::AnnotateStreamRequest { item: None },
        document_item("last", "IL-7 and malaria"),
    ];
    let writing = tokio::spawn(async move {
        for item in items {
            sender.send(item).await.unwrap();
        }
    });
    let mut seen = Vec::new();
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        assert_eq!(answer.sequence, seen.len() as u64);
        seen.push(match answer.result.unwrap() {
            StreamAnswer::Document(document) => format!("{} {}", document.id, document.annotations.len()),
            StreamAnswer::Error(error) => format!("error {}", error.code),
            StreamAnswer::Batch(batch) => format!("batch of {}", batch.results.len()),
        });
    }
    writing.await.unwrap();
    // The bad options changed nothing: the last document is still read for diseases only.
    assert_eq!(seen, ["first 2", "second 1", "error 3", "batch of 3", "error 3", "error 3", "last 1"]);
}

#[tokio::test]
async fn one_stream_uses_every_worker_and_still_answers_in_order() {
    let server = TestServer::start(&["--workers", "4"]);
    let (sender, stream) = requests();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    // Large and small documents in turn: were they answered as they are done, the small ones would come first.
    let texts: Vec<String> = (0..40).map(|n| TEXT.repeat(if n % 4 == 0 { 200 } else { 1 })).collect();
    let expected = texts.len();
    let writing = tokio::spawn(async move {
        for (number, text) in texts.iter().enumerate() {
            sender.send(document_item(&number.to_string(), text)).await.unwrap();
        }
    });
    let mut count = 0;
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        match answer.result.unwrap() {
            StreamAnswer::Document(document) => assert_eq!(document.id, count.to_string()),
            other => panic!("{other:?}"),
        }
        count += 1;
    }
    assert_eq!(count, expected);
    writing.await.unwrap();
}

#[tokio::test]
async fn papers_are_annotated_by_id_and_by_query() {
    let server = TestServer::start(&[]);
    let mut client = server.annotation().await;
    let paper_ids = ["https://doi.org/10.3389/fimmu.2025.1736931", "PMC1", "no paper", "PMC12808468"];
    let request = AnnotatePapersRequest {
        paper_ids: paper_ids.map(str::to_owned).to_vec(),
        ..AnnotatePapersRequest::default()
    };
    let mut answers = client.annotate_papers(request).await.unwrap().into_inner();
    let mut seen = Vec::new();
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        seen.push(match answer.result.unwrap() {
            PaperAnswer::Document(document) => {
                assert_eq!(document.id, answer.paper_id);
                assert!(ids(&document.annotations).contains(&"NCBIGene:3574"));
                answer.paper_id
            }
            PaperAnswer::Error(error) => format!("{} {}", answer.paper_id, error.code),
        });
    }
    assert_eq!(seen, ["PMC12808468", "PMC1 5", "no paper 3", "PMC12808468"]);

    let request =
        AnnotatePapersRequest { query: "IL-7 adjuvant".to_owned(), ..AnnotatePapersRequest::default() };
    let mut answers = client.annotate_papers(request).await.unwrap().into_inner();
    assert_eq!(soon(answers.message()).await.unwrap().unwrap().paper_id, "PMC12808468");

    for (ids, query) in [(vec![], ""), (vec!["PMC1".to_owned()], "il7"), (vec!["PMC1".to_owned(); 1_001], "")]
    {
        let request = AnnotatePapersRequest { paper_ids: ids, query: query.to_owned(), options: None };
        assert_eq!(client.annotate_papers(request).await.unwrap_err().code(), tonic::Code::InvalidArgument);
    }
}

#[tokio::test]
async fn a_query_annotates_no_more_papers_than_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=1_001 {
        let page = format!(
            "# Malaria, part {number}\n\n**Authors:** A. Author\n\nPubMed · PMID: {number} · Journal · 2001\n"
        );
        std::fs::write(folder.path().join(format!("PMID-{number}.md")), page).unwrap();
    }
    let server = TestServer::start(&["--papers", folder.path().to_str().unwrap()]);
    let request = AnnotatePapersRequest { query: "malaria".to_owned(), ..AnnotatePapersRequest::default() };
    let mut answers = server.annotation().await.annotate_papers(request).await.unwrap().into_inner();
    let mut count = 0;
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        assert!(matches!(answer.result, Some(PaperAnswer::Document(_))));
        count += 1;
    }
    assert_eq!(count, 1_000);
}
