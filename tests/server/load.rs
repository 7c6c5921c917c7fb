//! Bounds under load: slow readers, clients that leave, many streams.

use glossator::api::proto::annotate_stream_response::Result as StreamAnswer;
use glossator::api::proto::{AnnotateRequest, LookupEntitiesRequest, LookupPapersRequest};
use tokio::runtime::Runtime;
use tokio::time::{Duration, timeout};

use crate::harness::{TestServer, document, document_item, requests, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_costs_bounded_memory_and_loses_nothing() {
    let server = TestServer::start(&[]);
    let (sender, stream) = requests();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    // Warm, so that what is measured is the stream's own.
    sender.send(document_item("0", "malaria")).await.unwrap();
    assert!(soon(answers.message()).await.unwrap().is_some());
    let before = server.resident_bytes();

    let text = "Patients with multiple myeloma had malaria. ".repeat(1_500);
    let writing = tokio::spawn(async move {
        let mut sent = 0_u64;
        // The server stops taking: nothing moves for a while though there is more to send.
        while sent < 10_000 {
            let item = document_item(&sent.to_string(), &text);
            match timeout(Duration::from_secs(3), sender.send(item)).await {
                Ok(sending) => sending.unwrap(),
                Err(_) => break,
            }
            sent += 1;
        }
        sent
    });
    let sent = writing.await.unwrap();
    assert!(sent < 500, "the server took {sent} documents of 66 kB that nobody reads the answers of");
    println!("taken: {sent} documents");
    if let (Some(before), Some(after)) = (before, server.resident_bytes()) {
        let growth = after.saturating_sub(before);
        println!("memory: {growth} bytes more");
        assert!(growth < 64 << 20, "{growth} bytes for one stream that is not read");
    }

    // What was taken is answered, in order, once the client reads.
    let mut sequence = 1;
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        assert_eq!(answer.sequence, sequence);
        assert!(matches!(answer.result, Some(StreamAnswer::Document(_))));
        sequence += 1;
    }
    assert_eq!(sequence, sent + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_sends_small_messages_far_ahead_of_the_answers_is_not_cut_off() {
    let server = TestServer::start(&[]);
    let (sender, stream) = requests();
    let mut answers = server.entities().await.lookup_entities(stream).await.unwrap().into_inner();
    let writing = tokio::spawn(async move {
        let mut sent = 0_u64;
        // A message at a time, so that each is a frame of its own; until the server takes no more.
        while sent < 200_000 {
            let request = LookupEntitiesRequest { id: "D009101".to_owned() };
            match timeout(Duration::from_secs(3), sender.send(request)).await {
                Ok(sending) => sending.expect("the connection stays"),
                Err(_) => break,
            }
            sent += 1;
        }
        sent
    });
    let sent = writing.await.unwrap();
    println!("taken: {sent} messages");
    assert!(sent < 200_000, "the server takes without bound");
    let mut answered = 0;
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        assert_eq!(answer.sequence, answered);
        answered += 1;
    }
    assert_eq!(answered, sent);
}

#[test]
fn a_client_that_leaves_stops_the_work_of_its_stream() {
    let server = TestServer::start(&["--workers", "1"]);
    let leaving = Runtime::new().unwrap();
    leaving.block_on(async {
        let (sender, stream) = requests();
        let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
        let text = "Patients with multiple myeloma had malaria. ".repeat(2_000);
        tokio::spawn(async move {
            for number in 0..500 {
                if sender.send(document_item(&number.to_string(), &text)).await.is_err() {
                    break;
                }
            }
        });
        assert!(soon(answers.message()).await.unwrap().is_some());
    });
    // As when the client's process dies: its connection is gone.
    leaving.shutdown_background();
    Runtime::new().unwrap().block_on(async {
        let line = server.logged("AnnotationService/AnnotateStream").await;
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["code"], "Cancelled");
        assert!(line["items_out"].as_u64().unwrap() < 100, "{line}");
        // The only worker is free for others.
        let request = AnnotateRequest { documents: vec![document("", "malaria")], options: None };
        assert!(soon(server.annotation().await.annotate(request)).await.is_ok());
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unary_call_whose_client_leaves_frees_its_worker() {
    let server = TestServer::start(&["--workers", "1"]);
    let dense = document("", &"Patients with multiple myeloma had malaria. ".repeat(2_000));
    let request = AnnotateRequest { documents: vec![dense; 300], options: None };
    let mut client = server.annotation().await;
    // Dropping the call sends a reset.
    assert!(timeout(Duration::from_millis(300), client.annotate(request)).await.is_err());
    server.logged("\"code\":\"Cancelled\"").await;
    let request = AnnotateRequest { documents: vec![document("", "malaria")], options: None };
    assert!(soon(server.annotation().await.annotate(request)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_streams_at_once_are_all_answered() {
    let server = TestServer::start(&[]);
    let annotation = server.annotation().await;
    let papers = server.papers().await;
    let mut open = Vec::new();
    for number in 0..1_000 {
        let (sender, stream) = requests();
        let answers = soon(annotation.clone().annotate_stream(stream)).await.unwrap().into_inner();
        sender.send(document_item(&number.to_string(), "malaria and IL-7")).await.unwrap();
        open.push((sender, answers));
    }
    // All are open now; each answers, then ends when its client half-closes.
    for (number, (sender, answers)) in open.iter_mut().enumerate() {
        let answer = soon(answers.message()).await.unwrap().unwrap();
        match answer.result.unwrap() {
            StreamAnswer::Document(document) => assert_eq!(document.id, number.to_string()),
            other => panic!("{other:?}"),
        }
        sender.send(document_item("again", "malaria")).await.unwrap();
    }
    // A connection of their own works beside them.
    let (sender, stream) = requests();
    let mut lookups = papers.clone().lookup_papers(stream).await.unwrap().into_inner();
    sender.send(LookupPapersRequest { id: "PMC12808468".to_owned(), read_mask: None }).await.unwrap();
    assert!(soon(lookups.message()).await.unwrap().is_some());
    for (sender, mut answers) in open {
        drop(sender);
        assert_eq!(soon(answers.message()).await.unwrap().unwrap().sequence, 1);
        assert!(soon(answers.message()).await.unwrap().is_none());
    }
}
