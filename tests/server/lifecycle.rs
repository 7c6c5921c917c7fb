//! Start, sockets, drain, shutdown, settings, logs.

use std::io::Write;
use std::process::Command;

use glossator::api::proto::annotate_stream_response::Result as StreamAnswer;
use glossator::api::proto::{AnnotateRequest, GetPaperRequest};
use tokio::io::AsyncReadExt;
use tokio_stream::StreamExt;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt;

use crate::harness::{PATIENCE, TestServer, document, document_item, requests, soon};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/papers/PMC12808468.md");

fn paper() -> GetPaperRequest {
    GetPaperRequest { id: "PMC12808468".to_owned(), read_mask: None }
}

#[tokio::test]
async fn a_unix_socket_serves_like_tcp_and_is_removed_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("glossator.sock");
    let mut server = TestServer::start(&["--listen", &format!("unix:{}", path.display())]);
    let found = server.papers().await.get_paper(paper()).await.unwrap().into_inner();
    assert_eq!(found.paper.unwrap().id, "PMC12808468");
    let (sender, stream) = requests();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    sender.send(document_item("a", "malaria")).await.unwrap();
    assert!(soon(answers.message()).await.unwrap().is_some());
    drop(sender);
    assert!(soon(answers.message()).await.unwrap().is_none());
    server.signal("TERM");
    assert!(server.ended().await.success());
    assert!(!path.exists());
}

#[tokio::test]
async fn until_its_data_is_read_a_server_is_not_serving() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("page.md");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Reading the pipe blocks until this test writes into it.
    let server = TestServer::start_loading(&["--papers", pipe.to_str().unwrap()]);
    let mut health = HealthClient::new(server.channel().await);
    let mut watch = health.watch(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(soon(watch.next()).await.unwrap().unwrap().status(), ServingStatus::NotServing);
    let status = server.papers().await.get_paper(paper()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.get_details_error_info().unwrap().reason, "LOADING");
    assert!(status.get_details_retry_info().is_some());

    let page = std::fs::read(PAGE).unwrap();
    tokio::task::spawn_blocking(move || std::fs::OpenOptions::new().write(true).open(pipe)?.write_all(&page))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(soon(watch.next()).await.unwrap().unwrap().status(), ServingStatus::Serving);
    assert!(server.papers().await.get_paper(paper()).await.is_ok());
}

#[tokio::test]
async fn a_draining_server_says_so_answers_what_is_under_way_and_ends_well() {
    for signal in ["TERM", "INT"] {
        let mut server = TestServer::start(&["--drain-wait-ms", "0", "--drain-timeout-ms", "60000"]);
        let mut health = HealthClient::new(server.channel().await);
        let request = HealthCheckRequest { service: "glossator.v1.PaperService".to_owned() };
        let mut watch = health.watch(request).await.unwrap().into_inner();
        assert_eq!(soon(watch.next()).await.unwrap().unwrap().status(), ServingStatus::Serving);
        let (sender, stream) = requests();
        let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
        sender.send(document_item("before", "malaria")).await.unwrap();
        assert!(soon(answers.message()).await.unwrap().is_some());

        server.signal(signal);
        assert_eq!(soon(watch.next()).await.unwrap().unwrap().status(), ServingStatus::NotServing);
        // A watch would last for ever; the server ends it.
        let status = soon(watch.next()).await.unwrap().unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        sender.send(document_item("after", "malaria")).await.unwrap();
        let answer = soon(answers.message()).await.unwrap().unwrap();
        assert!(matches!(answer.result, Some(StreamAnswer::Document(document)) if document.id == "after"));
        drop(sender);
        assert!(soon(answers.message()).await.unwrap().is_none());
        assert!(server.ended().await.success());
        server.logged("\"message\":\"stopped\"").await;
    }
}

#[tokio::test]
async fn a_connection_that_does_not_begin_is_closed_and_makes_room() {
    let server = TestServer::start(&["--handshake-timeout-ms", "50", "--connections-limit", "1"]);
    let mut silent = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    let mut buffer = [0; 1_024];
    // Closed by the server, after what it had to say.
    while soon(silent.read(&mut buffer)).await.is_ok_and(|bytes| bytes > 0) {}
    assert!(soon(server.papers()).await.get_paper(paper()).await.is_ok());
}

#[tokio::test]
async fn the_drain_timeout_cuts_calls_that_do_not_end() {
    let mut server = TestServer::start(&["--drain-timeout-ms", "50"]);
    let (_sender, stream) = requests();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    server.signal("TERM");
    assert_cut(&soon(answers.message()).await.unwrap_err());
    assert!(server.ended().await.success());
    server.logged("stopped by the drain timeout").await;
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let long = PATIENCE.as_millis().to_string();
    let mut server = TestServer::start(&["--drain-wait-ms", &long, "--drain-timeout-ms", &long]);
    let (_sender, stream) = requests();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    server.signal("INT");
    server.logged("\"message\":\"draining\"").await;
    server.signal("INT");
    server.signal("INT");
    server.signal("TERM");
    assert_cut(&soon(answers.message()).await.unwrap_err());
    assert!(server.ended().await.success());
}

/// A call that a shutdown cuts is told so, and not left with a broken connection.
fn assert_cut(status: &tonic::Status) {
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert_eq!(status.get_details_error_info().unwrap().reason, "DRAINING");
}

#[tokio::test]
async fn the_log_has_a_line_a_call_with_counts_and_code_and_never_text() {
    let server = TestServer::start(&[]);
    let documents = vec![document("secret-id", "malaria in a secret sentence"), document("b", "HIV")];
    let request = AnnotateRequest { documents, options: None };
    server.annotation().await.annotate(request).await.unwrap();
    let missing = GetPaperRequest { id: "PMC77".to_owned(), read_mask: None };
    assert!(server.papers().await.get_paper(missing).await.is_err());
    let line = server.logged("AnnotationService/Annotate").await;
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["span"]["rpc"], "glossator.v1.AnnotationService/Annotate");
    assert_eq!(line["code"], "Ok");
    assert_eq!((&line["items_in"], &line["items_out"], &line["results"]), (&2.into(), &2.into(), &2.into()));
    assert!(line["duration_us"].as_u64().unwrap() > 0);
    let line = server.logged("PaperService/GetPaper").await;
    assert!(line.contains("\"code\":\"NotFound\""), "{line}");
    let log = server.log_lines().join("\n");
    assert!(!log.contains("secret") && !log.contains("malaria"), "{log}");
}

#[test]
fn settings_come_from_flags_environment_and_file_in_that_order() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("glossator.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\nworkers = 1\ncalls_limit = 1\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_glossator"))
        .args(["serve", "--print-config", "--listen", "127.0.0.1:3", "--config"])
        .arg(&file)
        .env("GLOSSATOR_LISTEN", "127.0.0.1:2")
        .env("GLOSSATOR_WORKERS", "2")
        .output()
        .unwrap();
    assert!(output.status.success());
    let settings = String::from_utf8(output.stdout).unwrap();
    for line in
        ["listen = \"127.0.0.1:3\"", "workers = 2", "calls_limit = 1", "document_limit_bytes = 4194304"]
    {
        assert!(settings.lines().any(|found| found == line), "{line} in\n{settings}");
    }
}

#[test]
fn failures_are_one_sentence_and_exit_codes_tell_usage_from_failure() {
    for (arguments, code, part) in [
        (vec!["serve", "--listen", "nowhere"], 2, "nowhere"),
        (vec!["serve", "--listen", "127.0.0.1:0", "--papers", "no/such/folder"], 1, "no/such/folder"),
        (vec!["serve", "--listen", "127.0.0.1:0", "--catalog", "no/such/catalog"], 1, "no/such/catalog"),
        (vec!["serve", "--config", "no/such/file.toml"], 2, "no/such/file.toml"),
        (vec!["serve", "--calls-limit", "0"], 2, "calls_limit"),
        (vec!["serve", "--calls-limit", "many"], 2, "many"),
        (vec!["serve", "--log", "x=y=z"], 2, "x=y=z"),
        (vec!["conjure"], 2, "conjure"),
        (vec!["lookup", "PMC1", "--format", "json"], 1, "PMC1"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_glossator")).args(&arguments).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        assert!(errors.contains(part), "{arguments:?}: {errors}");
    }
}
