//! The arrows between the rooms point one way, and the wire stays at the edge.

// A test that cannot go on says so by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each room may use of the others.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &["model"]),
    ("formats", &["model", "text"]),
    ("catalog", &["model", "text", "formats"]),
    ("annotate", &["model", "text", "formats", "catalog"]),
    ("evaluate", &["model", "text", "formats", "catalog", "annotate"]),
    ("train", &["model", "text", "formats", "catalog", "annotate", "evaluate"]),
    ("corpus", &["model", "text", "formats", "catalog"]),
    ("api", &["model", "text", "formats", "catalog", "annotate", "corpus"]),
    ("server", &["model", "text", "formats", "catalog", "annotate", "corpus", "api"]),
    (
        "cli",
        &["model", "text", "formats", "catalog", "annotate", "evaluate", "train", "corpus", "api", "server"],
    ),
];
/// The rooms that may know the wire and may be async.
const EDGE: &[&str] = &["api", "server"];
/// What only the edge may name.
const WIRE: &[&str] =
    &["tonic", "prost", "prost_types", "tonic_types", "tokio", "hyper", "h2", "http", "tower"];
/// The crate that goes to the network, and the one folder that may name it.
const NETWORK: (&str, &str) = ("ureq", "catalog/fetch");
/// The files that may hold unsafe code, and how much: one maps a catalog, one asks the system for the slice of a thread, one has
/// memory come nearer.
const UNSAFE: [(&str, usize); 3] =
    [("catalog/file/data.rs", 1), ("server/time_slices.rs", 2), ("text/prefetch.rs", 1)];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Code without comments and string literals, so that prose names nothing.
fn code_of(line: &str) -> String {
    let line = line.split("//").next().unwrap_or_default();
    let mut code = String::new();
    let mut inside = false;
    for part in line.split('"') {
        if !inside {
            code.push_str(part);
        }
        inside = !inside;
    }
    code
}

/// The names that follow `prefix` as a path, such as `text` in `crate::text::fold`, and all of `crate::{a, b}`.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    code.match_indices(prefix)
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
        .flat_map(|(at, _)| {
            let rest = &code[at + prefix.len()..];
            match rest.strip_prefix('{') {
                Some(list) => list.split(',').map(|item| name(item.trim())).collect::<Vec<_>>(),
                None => vec![name(rest)],
            }
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// What a line of a room's code does that it may not.
fn offences(room: &str, line: &str) -> Vec<String> {
    let allowed = MAY_USE.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, uses)| *uses);
    let is_room = |name: &String| MAY_USE.iter().any(|(room, _)| room == name);
    let code = code_of(line);
    let mut offences: Vec<String> = names_after(&code, "crate::")
        .into_iter()
        .filter(|name| is_room(name) && name != room && !allowed.contains(&name.as_str()))
        .map(|name| format!("{room} uses {name}"))
        .collect();
    if !EDGE.contains(&room) {
        let wire = WIRE.iter().filter(|name| !names_after(&code, &format!("{name}::")).is_empty());
        offences.extend(wire.map(|name| format!("{room} knows {name}")));
        if code.contains("async ") || code.contains(".await") {
            offences.push(format!("{room} is async"));
        }
    }
    offences
}

/// Whether a line outside of the folder for it goes to the network.
fn is_network(file: &str, line: &str) -> bool {
    let (name, folder) = NETWORK;
    let code = code_of(line);
    let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    !file.starts_with(&format!("{folder}/")) && words.into_iter().any(|word| word == name)
}

/// Whether a line outside of the files for it is unsafe code or allows it.
fn is_unsafe(file: &str, line: &str) -> bool {
    let code = code_of(line);
    let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    UNSAFE.iter().all(|(own, _)| file != *own) && words.any(|word| matches!(word, "unsafe" | "unsafe_code"))
}

#[test]
fn unsafe_code_stands_in_few_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut blocks) = (Vec::new(), UNSAFE.map(|(file, _)| (file, 0)));
    for file in sources(&root) {
        let relative = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            if is_unsafe(&relative, line) {
                found.push(format!("src/{relative}:{}", number + 1));
            }
            for (_, count) in blocks.iter_mut().filter(|(own, _)| relative == *own) {
                *count += usize::from(code_of(line).contains("unsafe {"));
            }
        }
    }
    assert!(found.is_empty(), "unsafe code outside of the files for it:\n{}", found.join("\n"));
    assert_eq!(blocks, UNSAFE, "what is unsafe, and nothing else");
}

#[test]
fn every_arrow_points_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for file in sources(&root) {
        let relative = file.strip_prefix(&root).unwrap();
        let room = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        if matches!(room.as_str(), "lib.rs" | "main.rs") {
            continue;
        }
        *seen.entry(room.clone()).or_default() += 1;
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            for offence in offences(&room, line) {
                found.push(format!("src/{}:{}: {offence}", relative.display(), number + 1));
            }
            if is_network(&relative.to_string_lossy().replace('\\', "/"), line) {
                found.push(format!("src/{}:{}: goes to the network", relative.display(), number + 1));
            }
        }
    }
    assert!(found.is_empty(), "arrows that run the wrong way:\n{}", found.join("\n"));
    let rooms: Vec<&str> = MAY_USE.iter().map(|(room, _)| *room).collect();
    for room in seen.keys() {
        assert!(rooms.contains(&room.as_str()), "src/{room} is a room that this test does not know");
    }
    assert_eq!(seen.len(), rooms.len(), "a room is missing: {seen:?}");
}

#[test]
fn the_check_sees_what_it_should() {
    for (room, line, expected) in [
        ("text", "use crate::catalog::Catalog;", vec!["text uses catalog"]),
        ("corpus", "    crate::annotate::run();", vec!["corpus uses annotate"]),
        ("model", "use crate::{text, model};", vec!["model uses text"]),
        ("model", "use tonic::Status;", vec!["model knows tonic"]),
        ("catalog", "    let x = tokio::spawn(y);", vec!["catalog knows tokio"]),
        ("annotate", "use crate::evaluate::Figures;", vec!["annotate uses evaluate"]),
        ("api", "use crate::evaluate::Figures;", vec!["api uses evaluate"]),
        ("annotate", "use crate::train::Recipe;", vec!["annotate uses train"]),
        ("annotate", "pub async fn annotate() {}", vec!["annotate is async"]),
        ("api", "use crate::server::settings::Settings;", vec!["api uses server"]),
        ("api", "use tonic::Status;", vec![]),
        ("catalog", "use crate::text::fold::FoldedText;", vec![]),
        ("model", "// crate::api is far above, and tonic::Status too", vec![]),
        ("model", "let text = \"tonic::Status\";", vec![]),
        ("cli", "use crate::server::run;", vec![]),
    ] {
        assert_eq!(offences(room, line), expected, "{line}");
    }
}

#[test]
fn the_check_for_unsafe_code_sees_what_it_should() {
    for (file, line, expected) in [
        ("catalog/trie.rs", "    let value = unsafe { *pointer };", true),
        ("text/fold.rs", "unsafe fn read() {}", true),
        ("lib.rs", "#![allow(unsafe_code)]", true),
        ("catalog/file/data.rs", "        let mapped = unsafe { Mmap::map(&file)? };", false),
        ("server/time_slices.rs", "        unsafe { libc::syscall(libc::SYS_gettid) };", false),
        ("catalog/mod.rs", "// no unsafe code", false),
        ("catalog/mod.rs", "let text = \"unsafe\";", false),
    ] {
        assert_eq!(is_unsafe(file, line), expected, "{file}: {line}");
    }
}

#[test]
fn the_network_check_sees_what_it_should() {
    for (file, line, expected) in [
        ("catalog/recipe/mod.rs", "use ureq::Agent;", true),
        ("catalog/fetcher.rs", "    let agent = ureq::agent();", true),
        ("cli/catalog.rs", "use {ureq as client};", true),
        ("catalog/fetch/client.rs", "use ureq::{Agent, Error};", false),
        ("cli/catalog.rs", "// ureq is named elsewhere", false),
        ("cli/catalog.rs", "let bureq = 1;", false),
    ] {
        assert_eq!(is_network(file, line), expected, "{file}: {line}");
    }
}
