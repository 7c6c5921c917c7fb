//! Another catalog is taken up while the server serves.

mod load;

use std::collections::HashMap;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use glossator::api::proto::annotate_stream_response::Result as StreamAnswer;
use glossator::api::proto::{GetCatalogRequest, ReloadCatalogRequest, SearchEntitiesRequest};
use glossator::catalog::Catalog;
use tempfile::TempDir;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::harness::{PATIENCE, TestServer, document_item, requests, soon, write_catalog, write_table};

const ADMIN_TOKEN: &str = "admin-token-0123456789";
const PLAIN_TOKEN: &str = "plain-token-0123456789";
/// A page of the starter corpus.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/papers/PMC12808468.md");

/// What a catalog says of the same ids and names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edition {
    version: String,
    /// The labels of MESH:D000001 and MESH:D000002.
    labels: [&'static str; 2],
    /// What "commonitis" is.
    common: &'static str,
}

/// Two catalogs that differ in all that is asked for, bad ones, and the link that the server is told to read.
struct Shelf {
    folder: TempDir,
    editions: [Edition; 2],
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let edition = |name: &str, labels: [&'static str; 2], common: usize| {
            let path = folder.path().join(name);
            let names = |number| if number == common { "commonitis" } else { "" };
            let rows = [["MESH:D000001", labels[0], names(0)], ["MESH:D000002", labels[1], names(1)]];
            write_catalog(&path, &rows);
            let version = Catalog::open(&path).unwrap().version().to_owned();
            Edition { version, labels, common: ["MESH:D000001", "MESH:D000002"][common] }
        };
        let editions = [edition("0", ["alphosis", "betosis"], 0), edition("1", ["gammosis", "deltosis"], 1)];
        assert_ne!(editions[0].version, editions[1].version);
        let shelf = Self { folder, editions };
        shelf.put("0");
        shelf
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes the link lead there, at one stroke.
    fn put(&self, name: &str) {
        let next = self.path("next");
        symlink(self.path(name), &next).unwrap();
        std::fs::rename(next, self.path("current")).unwrap();
    }

    /// The flags of a server that reads the link and knows both tokens.
    fn flags(&self) -> Vec<String> {
        let tokens = self.path("tokens");
        std::fs::write(&tokens, format!("{ADMIN_TOKEN} admin\n{PLAIN_TOKEN}\n")).unwrap();
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        vec!["--catalog".into(), path(self.path("current")), "--token-file".into(), path(tokens)]
    }

    fn start(&self) -> TestServer {
        TestServer::start(&self.flags().iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn by_version(&self) -> HashMap<String, Edition> {
        self.editions.iter().map(|edition| (edition.version.clone(), edition.clone())).collect()
    }
}

/// The message with a token.
fn with_token<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("every error carries ErrorInfo").reason
}

async fn version_of(server: &TestServer) -> String {
    let request = with_token(PLAIN_TOKEN, GetCatalogRequest {});
    server.catalog().await.get_catalog(request).await.unwrap().into_inner().version
}

#[tokio::test]
async fn a_reload_says_what_is_in_force_now() {
    let shelf = Shelf::new();
    let server = shelf.start();
    let [before, after] = &shelf.editions;
    let mut client = server.catalog().await;
    let reload = || with_token(ADMIN_TOKEN, ReloadCatalogRequest {});
    // Nothing has changed, and so the version has not.
    let same = client.reload_catalog(reload()).await.unwrap().into_inner();
    assert_eq!((&same.version, &same.previous_version), (&before.version, &before.version));
    assert_eq!((same.entities, same.names), (2, 3));
    assert!(same.duration.unwrap().nanos > 0);
    shelf.put("1");
    let reloaded = client.reload_catalog(reload()).await.unwrap().into_inner();
    assert_eq!((&reloaded.version, &reloaded.previous_version), (&after.version, &before.version));
    assert_eq!(version_of(&server).await, after.version);
    let line: serde_json::Value =
        serde_json::from_str(&server.logged(&format!("\"catalog_version\":\"{}\"", after.version)).await)
            .unwrap();
    assert_eq!((line["message"].as_str(), line["entities"].as_u64()), (Some("reloaded"), Some(2)));
}

#[tokio::test]
async fn a_page_token_of_another_catalog_is_refused() {
    let shelf = Shelf::new();
    let rows = [
        ["MESH:D000001", "crystal one", ""],
        ["MESH:D000002", "crystal two", ""],
        ["MESH:D000003", "crystal three", ""],
    ];
    write_catalog(&shelf.path("0"), &rows);
    let server = shelf.start();
    let mut client = server.entities().await;
    let search = |page_token: &str| {
        let (query, page_token) = ("crystal".to_owned(), page_token.to_owned());
        with_token(
            PLAIN_TOKEN,
            SearchEntitiesRequest { query, page_size: 1, page_token, ..Default::default() },
        )
    };
    let reload = || with_token(ADMIN_TOKEN, ReloadCatalogRequest {});
    let token = client.search_entities(search("")).await.unwrap().into_inner().next_page_token;
    server.catalog().await.reload_catalog(reload()).await.unwrap();
    assert!(client.search_entities(search(&token)).await.is_ok(), "the same catalog, read again");
    shelf.put("1");
    server.catalog().await.reload_catalog(reload()).await.unwrap();
    let status = client.search_entities(search(&token)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "page_token");
}

#[tokio::test]
async fn a_catalog_that_is_not_good_is_refused_with_the_reason() {
    let shelf = Shelf::new();
    let server = shelf.start();
    let mut client = server.catalog().await;
    std::fs::create_dir(shelf.path("empty")).unwrap();
    std::fs::create_dir(shelf.path("other")).unwrap();
    std::fs::write(shelf.path("other").join("genes.tsv"), "no header\n").unwrap();
    let row = ["MESH:D000001", "twice", "", "", ""];
    write_table(&shelf.path("double"), "diseases.tsv", &[row, row]);
    let whole = std::fs::read(shelf.path("1")).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let mut newer = whole.clone();
    newer[8] += 1;
    for (name, bytes) in [
        ("flipped", flipped),
        ("short", whole[..whole.len() - 1].to_vec()),
        ("newer", newer),
        ("text", b"?".to_vec()),
    ] {
        std::fs::write(shelf.path(name), bytes).unwrap();
    }
    for (name, part) in [
        ("flipped", "is damaged in its section \\\"word_keys\\\""),
        ("short", "is cut short"),
        ("newer", "has version 4 of the catalog format"),
        ("text", "is no catalog of glossator"),
        ("empty", "holds no catalog file"),
        ("other", "genes.tsv: the first line must be the header"),
        ("double", "MESH:D000001 is there twice"),
        ("missing", "current"),
    ] {
        shelf.put(name);
        let status =
            client.reload_catalog(with_token(ADMIN_TOKEN, ReloadCatalogRequest {})).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "CATALOG_BAD"));
        assert!(status.message().contains(&part.replace('\\', "")), "{name}: {}", status.message());
        assert_eq!(version_of(&server).await, shelf.editions[0].version, "{name}");
        server.logged(part).await;
    }
    // The next good one is taken up.
    shelf.put("1");
    assert!(client.reload_catalog(with_token(ADMIN_TOKEN, ReloadCatalogRequest {})).await.is_ok());
    assert_eq!(version_of(&server).await, shelf.editions[1].version);
}

#[tokio::test]
async fn only_a_token_with_the_admin_right_reloads() {
    let shelf = Shelf::new();
    let server = shelf.start();
    let open = TestServer::start(&["--catalog", shelf.path("current").to_str().unwrap()]);
    let admin = with_token(ADMIN_TOKEN, ReloadCatalogRequest {});
    let plain = with_token(PLAIN_TOKEN, ReloadCatalogRequest {});
    for (server, request, code, expected) in [
        (&server, Request::new(ReloadCatalogRequest {}), Code::Unauthenticated, "UNAUTHENTICATED"),
        (&server, plain, Code::PermissionDenied, "ADMIN_ONLY"),
        (&open, Request::new(ReloadCatalogRequest {}), Code::PermissionDenied, "ADMIN_ONLY"),
        (&open, admin, Code::PermissionDenied, "ADMIN_ONLY"),
    ] {
        let status = server.catalog().await.reload_catalog(request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (code, expected));
        if expected == "ADMIN_ONLY" {
            assert!(status.message().contains("--token-file"), "{}", status.message());
        }
    }
    // The admin's token is good for all else as well.
    let request = with_token(ADMIN_TOKEN, GetCatalogRequest {});
    assert!(server.catalog().await.get_catalog(request).await.is_ok());
}

#[tokio::test]
async fn the_catalog_in_the_program_has_no_file_to_read_again() {
    let shelf = Shelf::new();
    let flags = shelf.flags();
    let server = TestServer::start(&flags[2..].iter().map(String::as_str).collect::<Vec<_>>());
    let request = with_token(ADMIN_TOKEN, ReloadCatalogRequest {});
    let status = server.catalog().await.reload_catalog(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "NO_CATALOG_FILE"));
    server.signal("HUP");
    server.logged("\"trigger\":\"Signal\"").await;
    assert!(version_of(&server).await.starts_with("starter-"));
}

#[tokio::test]
async fn a_hangup_reloads_and_a_bad_catalog_leaves_the_old_one() {
    let shelf = Shelf::new();
    let server = TestServer::start(&["--catalog", shelf.path("current").to_str().unwrap()]);
    let [first, second] = &shelf.editions;
    shelf.put("1");
    server.signal("HUP");
    let line = server.logged(&format!("\"previous_version\":\"{}\"", first.version)).await;
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((line["message"].as_str(), line["trigger"].as_str()), (Some("reloaded"), Some("Signal")));
    assert_eq!(line["catalog_version"].as_str(), Some(second.version.as_str()));
    assert_eq!(version_of(&server).await, second.version);
    shelf.put("missing");
    server.signal("HUP");
    let line = server.logged("\"message\":\"catalog not reloaded\"").await;
    assert!(line.contains("current"), "{line}");
    assert_eq!(version_of(&server).await, second.version);
}

#[tokio::test]
async fn a_hangup_during_start_or_drain_does_not_end_the_process() {
    let shelf = Shelf::new();
    let pipe = shelf.path("page.md");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let long = PATIENCE.as_millis().to_string();
    // Reading the pipe blocks until this test writes into it.
    let mut server = TestServer::start_loading(&[
        "--catalog",
        &path(&shelf.path("current")),
        "--papers",
        &path(&pipe),
        "--drain-wait-ms",
        &long,
    ]);
    server.signal("HUP");
    let page = std::fs::read(PAGE).unwrap();
    tokio::task::spawn_blocking(move || std::fs::OpenOptions::new().write(true).open(pipe)?.write_all(&page))
        .await
        .unwrap()
        .unwrap();
    // What was asked for before there was anything to reload is done once there is.
    server.logged("\"message\":\"reloaded\"").await;
    assert_eq!(version_of(&server).await, shelf.editions[0].version);

    let (sender, stream) = requests();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    server.signal("TERM");
    server.logged("\"message\":\"draining\"").await;
    server.signal("HUP");
    sender.send(document_item("after", "commonitis")).await.unwrap();
    let answer = soon(answers.message()).await.unwrap().unwrap();
    assert!(matches!(answer.result, Some(StreamAnswer::Document(document)) if document.id == "after"));
    drop(sender);
    assert!(soon(answers.message()).await.unwrap().is_none());
    server.signal("TERM");
    assert!(server.ended().await.success());
}
