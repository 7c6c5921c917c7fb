//! `catalog fetch` against a server that behaves badly.

// A test that cannot go on says so by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "catalog_fetch/server.rs"]
mod server;

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use glossator::catalog::fetch::{
    ATTEMPTS_LIMIT, FetchError, FetchEvent, FetchOptions, FetchReport, FileError, MANIFEST_BYTES_LIMIT,
    RETRY_AFTER_LIMIT, fetch,
};
use glossator::catalog::recipe::Recipe;
use server::{Ask, Server, reply};

const BODY: &[u8] = b"0123456789";
/// Of [`BODY`].
const BODY_SHA256: &str = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882";

fn recipe_text(server: &Server, files: &[&str]) -> String {
    let mut text = "name = \"test\"\n".to_owned();
    for file in files {
        let path = file.replace(' ', "%20");
        text.push_str(&format!(
            "[[sources]]\nname = \"T\"\nversion = \"1\"\nlicense = \"CC0-1.0\"\nformat = \"obo\"\n\
             namespace = \"DOID\"\ntype = \"Disease\"\nfile = \"{file}\"\nurl = \"{}/publisher/{path}\"\n",
            server.address()
        ));
    }
    text
}

/// A fetch of some files, and how long it would have waited.
fn fetched(
    server: &Server,
    files: &[&str],
    folder: &Path,
    options: FetchOptions<'_>,
) -> (FetchReport, Vec<u64>) {
    let recipe = Recipe::parse(&recipe_text(server, files), "test.toml").unwrap();
    let waits = RefCell::new(Vec::new());
    let sleep = |wait: Duration| waits.borrow_mut().push(wait.as_secs());
    let options = FetchOptions { sleep: &sleep, ..options };
    let report = fetch(&recipe, folder, &options, &mut |_| {}).unwrap();
    (report, waits.into_inner())
}

fn fetched_one(server: &Server, folder: &Path) -> (FetchReport, Vec<u64>) {
    fetched(server, &["a"], folder, FetchOptions::default())
}

/// The one file is whole, and nothing else is in the folder but the manifest.
fn assert_whole(report: &FetchReport, folder: &Path) {
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(report.fetched[0].sha256, BODY_SHA256);
    assert_eq!(report.fetched[0].bytes, 10);
    assert_eq!(fs::read(folder.join("a")).unwrap(), BODY);
    assert_eq!(names_in(folder), ["a", "manifest.json"]);
}

fn names_in(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn failure(report: &FetchReport) -> &FileError {
    assert_eq!((report.fetched.len(), report.failed.len()), (0, 1));
    &report.failed[0].error
}

/// The first bytes of the body, with the length of all of it.
fn cut(etag: &str, bytes: usize) -> Vec<u8> {
    reply(200, &[&format!("ETag: {etag}"), "Content-Length: 10"], &BODY[..bytes])
}

fn rest(etag: &str, first: usize, last: usize) -> Vec<u8> {
    let range = format!("Content-Range: bytes {first}-{}/10", last - 1);
    let length = format!("Content-Length: {}", last - first);
    reply(206, &[&format!("ETag: {etag}"), &range, &length], &BODY[first..last])
}

/// A server that gives one answer after the other.
fn in_turn(answers: Vec<Vec<u8>>) -> Server {
    Server::start(move |number, _| answers.get(number).cloned().unwrap_or_else(|| reply(500, &[], b"")))
}

fn leave_part(folder: &Path, server: &Server, part: &[u8], validator: &str) {
    fs::write(folder.join("a.part"), part).unwrap();
    let state = format!("{{\"url\":\"{}/publisher/a\",{validator}}}", server.address());
    fs::write(folder.join("a.part.json"), state).unwrap();
}

#[test]
fn a_truncated_body_is_resumed_until_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let server = in_turn(vec![cut("\"1\"", 4), rest("\"1\"", 4, 7), rest("\"1\"", 7, 10)]);
    let (report, waits) = fetched_one(&server, folder.path());
    assert_whole(&report, folder.path());
    let asked: Vec<Ask> = server.asked();
    assert_eq!(asked[0].header("range"), None);
    assert_eq!(asked[0].header("accept-encoding"), Some("identity"));
    assert_eq!((asked[1].header("range"), asked[1].header("if-range")), (Some("bytes=4-"), Some("\"1\"")));
    assert_eq!(asked[2].header("range"), Some("bytes=7-"));
    assert_eq!(waits, [1, 2]);
}

#[test]
fn a_body_that_stays_short_is_given_up_with_both_lengths_named() {
    let folder = tempfile::tempdir().unwrap();
    let short = || reply(200, &["Content-Length: 99"], BODY);
    let server = Server::start(move |_, _| short());
    let (report, waits) = fetched_one(&server, folder.path());
    let error = failure(&report).to_string();
    assert!(error.contains("after 10 of 99 bytes") && error.contains("6 attempts"), "{error}");
    assert_eq!(server.asked().len(), ATTEMPTS_LIMIT as usize);
    assert_eq!(waits, [1, 2, 4, 8, 16]);
    assert!(!folder.path().join("a").exists());
}

#[test]
fn a_body_that_is_longer_than_told_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let long = reply(206, &["ETag: \"1\"", "Content-Range: bytes 4-9/10", "Content-Length: 60"], &[b'x'; 60]);
    let server = in_turn(vec![cut("\"1\"", 4), long]);
    let (report, _) = fetched_one(&server, folder.path());
    let error = failure(&report);
    assert!(matches!(error, FileError::TooLong { bytes: 64, expected: 10, .. }), "{error}");
    assert_eq!(names_in(folder.path()), [""; 0]);
    // A chunked rest has no length of its own.
    let folder = tempfile::tempdir().unwrap();
    let chunked = b"HTTP/1.1 206 Partial\r\nETag: \"1\"\r\nContent-Range: bytes 4-9/10\r\n\
        Transfer-Encoding: chunked\r\n\r\n8\r\nxxxxxxxx\r\n0\r\n\r\n";
    let server = in_turn(vec![cut("\"1\"", 4), chunked.to_vec()]);
    let (report, _) = fetched_one(&server, folder.path());
    assert!(matches!(failure(&report), FileError::TooLong { bytes: 12, expected: 10, .. }));
}

#[test]
fn a_file_that_is_not_there_is_named_and_the_others_come() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_, ask| match ask.path.as_str() {
        "/publisher/sub/b" => reply(404, &[], b"no such file"),
        _ => reply(200, &["Content-Length: 10"], BODY),
    });
    let (report, waits) = fetched(&server, &["a", "sub/b", "c"], folder.path(), FetchOptions::default());
    let names: Vec<&str> = report.fetched.iter().map(|file| file.file.as_str()).collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(report.failed[0].file, "sub/b");
    let error = &report.failed[0].error;
    assert!(matches!(error, FileError::Status { status: 404, .. }), "{error}");
    assert!(error.to_string().contains("/publisher/sub/b"), "{error}");
    assert_eq!((server.asked().len(), waits), (3, vec![]));
    assert_eq!(names_in(&folder.path().join("sub")), [""; 0]);
}

#[test]
fn passing_faults_are_tried_again_and_lasting_ones_are_not() {
    for (status, header, waits) in [
        (503, "X: y", Some(vec![1, 2])),
        (500, "X: y", Some(vec![1, 2])),
        (408, "X: y", Some(vec![1, 2])),
        (429, "Retry-After: 7", Some(vec![7, 7])),
        (503, "Retry-After: 99999", Some(vec![RETRY_AFTER_LIMIT.as_secs(); 2])),
        (503, "Retry-After: Mon, 01 Jan 2001 00:00:00 GMT", Some(vec![])),
        (403, "Retry-After: 7", None),
        (410, "X: y", None),
        (204, "X: y", None),
        (206, "Content-Range: bytes 0-9/10", None),
        (304, "X: y", None),
        (416, "X: y", None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let bad = || reply(status, &[header], b"");
        let server = in_turn(vec![bad(), bad(), cut("\"1\"", 10)]);
        let (report, waited) = fetched_one(&server, folder.path());
        match waits {
            Some(waits) => {
                assert_whole(&report, folder.path());
                assert_eq!(waited, waits, "{status} {header}");
            }
            None => {
                assert!(matches!(failure(&report), FileError::Status { .. }), "{status}");
                assert_eq!(server.asked().len(), 1, "{status}");
            }
        }
    }
}

#[test]
fn a_server_that_is_away_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = in_turn(vec![Vec::new(), b"HTTP/1.1 200".to_vec(), cut("\"1\"", 10)]);
    let (report, waits) = fetched_one(&server, folder.path());
    assert_whole(&report, folder.path());
    assert_eq!(waits, [1, 2]);
}

#[test]
fn a_server_that_falls_silent_is_left_and_tried_again() {
    for (said, part) in [(Vec::new(), None), (cut("\"1\"", 4), Some("bytes=4-"))] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::silent_once(said, vec![rest("\"1\"", 4, 10), cut("\"1\"", 10)]);
        let options = FetchOptions { silence_limit: Duration::from_millis(50), ..FetchOptions::default() };
        let (report, waits) = fetched(&server, &["a"], folder.path(), options);
        assert_whole(&report, folder.path());
        assert_eq!(waits, [1]);
        assert_eq!(server.asked()[1].header("range"), part);
    }
}

#[test]
fn a_server_that_cannot_encrypt_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::babbling();
    let text = recipe_text(&server, &["a"]).replace("http://", "https://");
    let recipe = Recipe::parse(&text, "test.toml").unwrap();
    let options = FetchOptions { sleep: &|_| panic!("it waits"), ..FetchOptions::default() };
    let report = fetch(&recipe, folder.path(), &options, &mut |_| {}).unwrap();
    let error = failure(&report);
    assert!(matches!(error, FileError::Unreachable { .. }), "{error}");
}

#[test]
fn what_an_earlier_fetch_left_is_gone_on_with() {
    for (validator, sent) in [
        ("\"etag\":\"\\\"1\\\"\"", "\"1\""),
        ("\"last_modified\":\"Mon, 23 Nov 2026 10:00:00 GMT\"", "Mon, 23 Nov 2026 10:00:00 GMT"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = in_turn(vec![rest("\"1\"", 6, 10)]);
        leave_part(folder.path(), &server, &BODY[..6], validator);
        let (report, _) = fetched_one(&server, folder.path());
        assert_whole(&report, folder.path());
        let asked = server.asked();
        assert_eq!((asked[0].header("range"), asked[0].header("if-range")), (Some("bytes=6-"), Some(sent)));
    }
}

#[test]
fn what_cannot_be_gone_on_with_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let whole = || cut("\"2\"", 10);
    for (case, answers) in [
        // It ignores the range, or the file is another one.
        ("ignored", vec![whole()]),
        ("refused", vec![reply(416, &["Content-Range: bytes */3"], b""), whole()]),
        ("elsewhere", vec![rest("\"1\"", 4, 10), whole()]),
        ("another", vec![rest("\"2\"", 6, 10), whole()]),
        ("unnamed", vec![reply(206, &["Content-Length: 4"], b"6789"), whole()]),
    ] {
        let server = in_turn(answers);
        leave_part(folder.path(), &server, b"xxxxxx", "\"etag\":\"\\\"1\\\"\"");
        let (report, waits) = fetched_one(&server, folder.path());
        assert_whole(&report, folder.path());
        assert!(waits.is_empty(), "{case}");
        fs::remove_file(folder.path().join("a")).unwrap();
        fs::remove_file(folder.path().join("manifest.json")).unwrap();
    }
}

#[test]
fn a_file_that_changes_under_way_is_never_mixed() {
    let folder = tempfile::tempdir().unwrap();
    let old = reply(200, &["ETag: \"old\"", "Content-Length: 10"], b"abcd");
    let server = in_turn(vec![old, cut("\"new\"", 3), rest("\"new\"", 3, 10)]);
    let (report, _) = fetched_one(&server, folder.path());
    assert_whole(&report, folder.path());
    let asked = server.asked();
    assert_eq!(asked[1].header("if-range"), Some("\"old\""));
    assert_eq!((asked[2].header("range"), asked[2].header("if-range")), (Some("bytes=3-"), Some("\"new\"")));
}

#[test]
fn the_second_run_asks_only_whether_there_is_another_version() {
    let folder = tempfile::tempdir().unwrap();
    let date = "Last-Modified: Mon, 23 Nov 2026 10:00:00 GMT";
    let first = reply(200, &["ETag: \"1\"", date, "Content-Length: 10"], BODY);
    let newer = reply(200, &["ETag: \"2\"", "Content-Length: 3"], b"new");
    let server = in_turn(vec![
        first,
        reply(304, &["ETag: \"1\""], b""),
        // One that does not know conditions, but says the same.
        cut("\"1\"", 10),
        newer,
        // The file was touched: it is fetched without a condition.
        cut("\"3\"", 10),
    ]);
    let kept = |report: &FetchReport| report.fetched[0].kept;
    let (report, _) = fetched_one(&server, folder.path());
    assert!(!kept(&report));
    for _ in 0..2 {
        let (report, _) = fetched_one(&server, folder.path());
        assert!(kept(&report));
        assert_whole(&report, folder.path());
    }
    let (report, _) = fetched_one(&server, folder.path());
    assert!(!kept(&report));
    assert_eq!(fs::read(folder.path().join("a")).unwrap(), b"new");
    fs::write(folder.path().join("a"), "odd").unwrap();
    let (report, _) = fetched_one(&server, folder.path());
    assert!(!kept(&report));
    assert_whole(&report, folder.path());
    let asked = server.asked();
    assert_eq!(asked[1].header("if-none-match"), Some("\"1\""));
    assert_eq!(asked[1].header("if-modified-since"), Some("Mon, 23 Nov 2026 10:00:00 GMT"));
    assert_eq!(asked[4].header("if-none-match"), None);
}

#[test]
fn a_file_that_cannot_be_told_from_newer_ones_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = in_turn(vec![reply(200, &["Content-Length: 10"], BODY)]);
    assert!(!fetched_one(&server, folder.path()).0.fetched[0].kept);
    assert!(fetched_one(&server, folder.path()).0.fetched[0].kept);
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn what_was_there_stays_when_the_server_fails() {
    let folder = tempfile::tempdir().unwrap();
    let server = in_turn(vec![cut("\"1\"", 10), reply(404, &[], b"")]);
    fetched_one(&server, folder.path());
    let (report, _) = fetched_one(&server, folder.path());
    assert!(matches!(failure(&report), FileError::Status { status: 404, .. }));
    assert_eq!(fs::read(folder.path().join("a")).unwrap(), BODY);
}

#[test]
fn an_endless_body_ends_at_the_limit() {
    for (limit, good) in [(10, true), (9, false)] {
        let folder = tempfile::tempdir().unwrap();
        let server = in_turn(vec![cut("\"1\"", 10)]);
        let options = FetchOptions { file_bytes_limit: limit, ..FetchOptions::default() };
        let (report, _) = fetched(&server, &["a"], folder.path(), options);
        assert_eq!(report.failed.is_empty(), good, "{limit}");
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::endless();
    let options = FetchOptions { file_bytes_limit: 100_000, ..FetchOptions::default() };
    let (report, _) = fetched(&server, &["a"], folder.path(), options);
    let error = failure(&report);
    assert!(matches!(error, FileError::TooLarge { limit: 100_000, .. }), "{error}");
    assert_eq!(names_in(folder.path()), [""; 0]);
}

fn mirror_manifest(sha256: &str) -> Vec<u8> {
    let text = format!(
        "{{\"version\":1,\"files\":{{\"sub dir/a\":{{\"url\":\"https://example.org/a\",\"bytes\":10,\
         \"sha256\":\"{sha256}\",\"fetched\":\"Mon, 23 Nov 2026 10:00:00 GMT\"}}}}}}"
    );
    reply(200, &[&format!("Content-Length: {}", text.len())], text.as_bytes())
}

#[test]
fn a_mirror_is_held_against_its_manifest() {
    let other = "0".repeat(64);
    for (manifest, good) in
        [(mirror_manifest(BODY_SHA256), true), (reply(404, &[], b""), true), (mirror_manifest(&other), false)]
    {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(move |_, ask| match ask.path.as_str() {
            "/copy/manifest.json" => manifest.clone(),
            "/copy/sub%20dir/a" => reply(200, &["Content-Length: 10"], BODY),
            _ => reply(500, &[], b""),
        });
        let address = format!("{}/copy/", server.address());
        let options = FetchOptions { mirror: Some(&address), ..FetchOptions::default() };
        let (report, _) = fetched(&server, &["sub dir/a"], folder.path(), options);
        if good {
            assert_eq!(fs::read(folder.path().join("sub dir/a")).unwrap(), BODY);
            let (report, _) = fetched(&server, &["sub dir/a"], folder.path(), options);
            assert!(report.fetched[0].kept);
        } else {
            let error = failure(&report).to_string();
            assert!(error.contains(BODY_SHA256) && error.contains(&other), "{error}");
            assert_eq!(names_in(&folder.path().join("sub dir")), [""; 0]);
        }
    }
}

#[test]
fn a_mirror_or_manifest_that_cannot_be_used_ends_the_fetch() {
    let folder = tempfile::tempdir().unwrap();
    let limit = usize::try_from(MANIFEST_BYTES_LIMIT).unwrap();
    for (answer, part) in [
        (reply(200, &["Content-Length: 1"], b"{"), "manifest.json"),
        (reply(403, &[], b""), "403"),
        (reply(200, &[], &vec![b' '; limit + 1]), "more than 1048576 bytes"),
    ] {
        let server = Server::start(move |_, _| answer.clone());
        let address = server.address();
        let recipe = Recipe::parse(&recipe_text(&server, &["a"]), "test.toml").unwrap();
        let options = FetchOptions { mirror: Some(&address), ..FetchOptions::default() };
        let error = fetch(&recipe, folder.path(), &options, &mut |_| {}).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let server = in_turn(Vec::new());
    let recipe = Recipe::parse(&recipe_text(&server, &["a"]), "test.toml").unwrap();
    for mirror in ["ftp://example.org", "https://example.org/?a", "https://a@example.org"] {
        let options = FetchOptions { mirror: Some(mirror), ..FetchOptions::default() };
        let error = fetch(&recipe, folder.path(), &options, &mut |_| {}).unwrap_err();
        assert!(matches!(error, FetchError::Mirror { .. }), "{error}");
    }
    fs::write(folder.path().join("manifest.json"), "[]").unwrap();
    let error = fetch(&recipe, folder.path(), &FetchOptions::default(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("manifest.json"), "{error}");
    assert!(server.asked().is_empty());
}

#[test]
fn progress_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = in_turn(vec![cut("\"1\"", 4), rest("\"1\"", 4, 10)]);
    let recipe = Recipe::parse(&recipe_text(&server, &["a"]), "test.toml").unwrap();
    let options = FetchOptions { sleep: &|_| {}, ..FetchOptions::default() };
    let mut told = Vec::new();
    fetch(&recipe, folder.path(), &options, &mut |event| {
        told.push(match event {
            FetchEvent::Begins { file, .. } => format!("begins {file}"),
            FetchEvent::Bytes { done, total, .. } => format!("{done}/{}", total.unwrap()),
            FetchEvent::Waits { wait, .. } => format!("waits {}", wait.as_secs()),
            FetchEvent::Ends(fetched) => format!("ends {}", fetched.bytes),
            FetchEvent::Fails(failed) => panic!("{failed:?}"),
        });
    })
    .unwrap();
    told.dedup();
    assert_eq!(told, ["begins a", "0/10", "4/10", "waits 1", "4/10", "10/10", "ends 10"]);
}

#[test]
fn a_recipe_names_no_address_without_encryption_but_on_this_machine() {
    let text = "name = \"x\"\n[[sources]]\nname = \"T\"\nversion = \"1\"\nlicense = \"CC0-1.0\"\nformat = \"obo\"\n\
                namespace = \"DOID\"\ntype = \"Disease\"\nfile = \"a\"\nurl = \"http://example.org/a\"\n";
    let error = Recipe::parse(text, "test.toml").unwrap_err().to_string();
    assert!(error.contains("url") && error.contains("https://"), "{error}");
}

fn run(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_glossator")).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_command_names_what_failed_and_tells_it_by_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_, ask| match ask.path.as_str() {
        "/publisher/b" => reply(404, &[], b""),
        _ => reply(200, &["Content-Length: 10"], BODY),
    });
    let recipe = folder.path().join("r.toml");
    let to = folder.path().join("to");
    let (recipe, to) = (recipe.to_str().unwrap(), to.to_str().unwrap());
    fs::write(recipe, recipe_text(&server, &["a"])).unwrap();
    let (code, said) = run(&["catalog", "fetch", "--recipe", recipe, "--to", to]);
    assert_eq!((code, said.as_str()), (0, "glossator: a is fetched, 10 bytes\n"));
    fs::write(recipe, recipe_text(&server, &["a", "b"])).unwrap();
    let (code, said) = run(&["catalog", "fetch", "--recipe", recipe, "--to", to]);
    assert_eq!(code, 1);
    assert!(said.contains("a is still the newest, 10 bytes") && said.contains("404"), "{said}");
    assert!(said.ends_with("glossator: 1 of 2 files could not be fetched: b\n"), "{said}");
    fs::write(recipe, "name = \"x\"\n").unwrap();
    let (code, said) = run(&["catalog", "fetch", "--recipe", recipe, "--to", to]);
    assert_eq!((code, said.lines().count()), (1, 1));
    assert!(said.contains("r.toml"), "{said}");
    for arguments in [
        &["catalog", "fetch", "--recipe", recipe][..],
        &["catalog", "fetch", "--recipe", recipe, "--to", to, "--mirror", "ftp://example.org"],
        &["catalog"],
    ] {
        assert_eq!(run(arguments).0, 2, "{arguments:?}");
    }
}
