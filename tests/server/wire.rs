//! Messages that are worked on together, batches that are cut, large documents beside small ones: nobody sees it in the
//! answers.

use futures_util::StreamExt;
use glossator::api::proto::annotate_result::Result as ItemAnswer;
use glossator::api::proto::annotate_stream_request::Item;
use glossator::api::proto::annotate_stream_response::Result as StreamAnswer;
use glossator::api::proto::{
    AnnotateOptions, AnnotateRequest, AnnotateStreamResponse, AnnotatedDocument, DocumentBatch, OffsetUnit,
};

use crate::harness::{TestServer, document, document_item, item, requests, soon};

/// Text that makes a document a large one.
fn large_text() -> String {
    "Mice with multiple myeloma had malaria. ".repeat(2_000)
}

fn document_of(answer: AnnotateStreamResponse) -> AnnotatedDocument {
    match answer.result {
        Some(StreamAnswer::Document(document)) => document,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_that_are_sent_at_once_are_answered_one_by_one_in_order() {
    let server = TestServer::start(&["--workers", "1"]);
    // All are there before the first is answered; options stand between them, and a bad message.
    let mut messages = Vec::new();
    for number in 0..300 {
        if number % 7 == 0 {
            let unit = if number % 2 == 0 { OffsetUnit::Utf8Byte } else { OffsetUnit::CodePoint };
            let options = AnnotateOptions { offset_unit: unit as i32, ..AnnotateOptions::default() };
            messages.push(item(Item::Options(options)));
        }
        messages.push(document_item(&number.to_string(), "é malaria"));
    }
    let stream = tokio_stream::iter(messages);
    let answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    let answers: Vec<_> = soon(answers.collect::<Vec<_>>()).await;
    assert_eq!(answers.len(), 300);
    for (number, answer) in answers.into_iter().enumerate() {
        let answer = answer.unwrap();
        assert_eq!(answer.sequence, number as u64);
        let found = document_of(answer);
        assert_eq!(found.id, number.to_string());
        let in_bytes = (number - number % 7) % 2 == 0;
        let unit = if in_bytes { OffsetUnit::Utf8Byte } else { OffsetUnit::CodePoint };
        assert_eq!(found.offset_unit, unit as i32);
        assert_eq!(found.annotations[0].span.unwrap().start, if in_bytes { 3 } else { 2 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_document_among_many_answers_its_own_error() {
    let server = TestServer::start(&["--workers", "1", "--document-limit-bytes", "1000"]);
    let long = "malaria ".repeat(200);
    let text = |number: usize| if number % 5 == 3 { long.as_str() } else { "malaria" };
    let messages: Vec<_> = (0..100).map(|number| document_item(&number.to_string(), text(number))).collect();
    let stream = tokio_stream::iter(messages);
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    for number in 0..100 {
        let answer = soon(answers.message()).await.unwrap().unwrap();
        assert_eq!(answer.sequence, number as u64);
        match answer.result.unwrap() {
            StreamAnswer::Error(error) => {
                assert_eq!(number % 5, 3);
                assert_eq!(error.code, tonic::Code::ResourceExhausted as i32);
            }
            StreamAnswer::Document(document) => assert_eq!(document.id, number.to_string()),
            other => panic!("{other:?}"),
        }
    }
    assert!(soon(answers.message()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_that_is_cut_is_answered_as_one_in_the_order_of_its_documents() {
    let server = TestServer::start(&["--workers", "2", "--document-limit-bytes", "100000"]);
    let mut documents: Vec<_> =
        (0..200).map(|number| document(&number.to_string(), &"malaria ".repeat(number))).collect();
    documents[50].text = "x".repeat(100_001);
    documents[100].text = large_text();
    let check = |results: Vec<glossator::api::proto::AnnotateResult>| {
        assert_eq!(results.len(), 200);
        for (number, result) in results.into_iter().enumerate() {
            match result.result.unwrap() {
                ItemAnswer::Error(error) => {
                    assert_eq!((number, error.code), (50, tonic::Code::ResourceExhausted as i32));
                }
                ItemAnswer::Document(document) => {
                    assert_eq!(document.id, number.to_string());
                    assert!(number == 100 || document.annotations.len() == number);
                }
            }
        }
    };
    let mut client = server.annotation().await;
    let request = AnnotateRequest { documents: documents.clone(), options: None };
    check(soon(client.annotate(request)).await.unwrap().into_inner().results);
    let (sender, stream) = requests();
    let mut answers = client.annotate_stream(stream).await.unwrap().into_inner();
    sender.send(item(Item::Batch(DocumentBatch { documents }))).await.unwrap();
    match soon(answers.message()).await.unwrap().unwrap().result {
        Some(StreamAnswer::Batch(batch)) => check(batch.results),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_documents_are_answered_beside_large_ones_and_each_stream_keeps_its_order() {
    let server = TestServer::start(&["--workers", "1"]);
    let large = large_text();
    let (large_sender, stream) = requests();
    let mut large_answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    // Behind the large ones of its own stream a small document waits.
    for id in ["0", "1", "2"] {
        large_sender.send(document_item(id, &large)).await.unwrap();
    }
    large_sender.send(document_item("3", "malaria")).await.unwrap();
    drop(large_sender);

    // With one worker, a small document of another stream would wait for all of them.
    let (sender, stream) = requests();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    for number in 0..3 {
        sender.send(document_item(&number.to_string(), "malaria")).await.unwrap();
        assert_eq!(document_of(soon(answers.message()).await.unwrap().unwrap()).id, number.to_string());
    }
    drop(sender);
    assert!(soon(answers.message()).await.unwrap().is_none());

    for (sequence, annotations) in [(0, 6_000), (1, 6_000), (2, 6_000), (3, 1)] {
        let answer = soon(large_answers.message()).await.unwrap().unwrap();
        assert_eq!(answer.sequence, sequence);
        let found = document_of(answer);
        assert_eq!((found.id, found.annotations.len()), (sequence.to_string(), annotations));
    }
    assert!(soon(large_answers.message()).await.unwrap().is_none());
}
