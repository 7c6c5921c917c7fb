//! The starter corpus: its facts are right, its words are our own, and pages survive being written and read.

// A test that cannot go on says so by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::MultiGzDecoder;
use glossator::catalog::Catalog;
use glossator::corpus::Corpus;
use glossator::formats::paper_page;
use glossator::model::{Curie, Paper};

/// This many words in a row are a sentence, or most of one. Shorter runs are names and turns of phrase.
const COPIED_RUN_WORDS: usize = 8;

/// The development data, where it is at hand.
fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = std::env::var_os("GLOSSATOR_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

fn words(text: &str) -> Vec<String> {
    let folded: String =
        text.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    folded.split_whitespace().map(str::to_owned).collect()
}

fn runs(words: &[String]) -> impl Iterator<Item = u64> {
    words.windows(COPIED_RUN_WORDS).map(|run| {
        let mut hasher = DefaultHasher::new();
        run.hash(&mut hasher);
        hasher.finish()
    })
}

/// Text without tags; markup between words becomes a space.
fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut inside = false;
    for letter in text.chars() {
        match letter {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                plain.push(' ');
            }
            _ if inside => {}
            _ => plain.push(letter),
        }
    }
    plain
}

/// The texts of every file that the starter papers' facts come from.
fn sources(shared: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for folder in ["papers", "corpora/craft/nxml", "corpora/text/jats", "corpora/text/pubmed_xml"] {
        for entry in fs::read_dir(shared.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let mut text = String::new();
            if path.extension().is_some_and(|extension| extension == "gz") {
                MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
            } else {
                text = String::from_utf8(bytes).unwrap();
            }
            texts.push(without_tags(&text));
        }
    }
    texts
}

/// What we wrote ourselves of a paper.
fn own_words(paper: &Paper) -> Vec<&str> {
    let single = [paper.summary.as_str(), paper.contribution.as_str()];
    let sections = paper.sections.iter().map(|section| section.text.as_str());
    single.into_iter().chain(paper.key_findings.iter().map(String::as_str)).chain(sections).collect()
}

#[test]
fn no_sentence_is_copied_and_every_title_is_a_real_one() {
    let Some(shared) = shared() else { return };
    let sources = sources(&shared);
    let known: HashSet<u64> =
        sources.iter().flat_map(|text| runs(&words(text)).collect::<Vec<_>>()).collect();
    assert!(known.len() > 500_000, "{} runs of words to compare with", known.len());
    // The titles, by their plain letters and digits only: markup and character references stand inside some.
    let letters = |text: &str| -> String {
        let mut plain = String::new();
        for (number, part) in text.split('&').enumerate() {
            let rest = if number == 0 { part } else { part.split_once(';').map_or(part, |(_, rest)| rest) };
            plain.extend(rest.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
        }
        plain
    };
    let all_letters: Vec<String> = sources.iter().map(|text| letters(text)).collect();
    for paper in Corpus::embedded().unwrap().papers() {
        let name = paper.id().unwrap();
        let copied: Vec<&str> = own_words(paper)
            .into_iter()
            .filter(|text| runs(&words(text)).any(|run| known.contains(&run)))
            .collect();
        assert!(
            copied.is_empty(),
            "{name} repeats {COPIED_RUN_WORDS} words of a source in a row: {copied:?}"
        );
        let title = letters(&paper.title);
        assert!(
            all_letters.iter().any(|text| text.contains(&title)),
            "{name}: \"{}\" is no title at hand",
            paper.title
        );
    }
}

#[test]
fn most_entities_of_the_papers_are_in_the_starter_catalog() {
    let catalog = Catalog::embedded().unwrap();
    let corpus = Corpus::embedded().unwrap();
    let (mut known, mut unknown) = (0, Vec::new());
    for paper in corpus.papers() {
        for entity in &paper.mentioned_entities {
            let Ok(id) = entity.entity_id.parse::<Curie>() else { continue };
            match catalog.find(&id) {
                Some(_) => known += 1,
                None => unknown.push(format!("{} {} {}", paper.id().unwrap(), entity.entity_id, entity.text)),
            }
        }
    }
    println!("{known} known, {} unknown:\n{}", unknown.len(), unknown.join("\n"));
    assert!(known > 150 && known > 4 * unknown.len(), "{known} known, {} unknown", unknown.len());
}

fn lookup(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_glossator")).arg("lookup").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn looked_up_as_markdown_a_paper_reads_back_the_same() {
    for paper in Corpus::embedded().unwrap().papers() {
        let page = paper_page::write(paper);
        assert_eq!(paper_page::read(&page, "page.md").unwrap(), **paper, "{}", paper.title);
    }
    let page = lookup(&["PMC12808468", "--format", "markdown"]);
    let corpus = Corpus::embedded().unwrap();
    assert_eq!(
        paper_page::read(&page, "page.md").unwrap(),
        **corpus.get(&"PMC12808468".parse().unwrap()).unwrap()
    );
    let Some(shared) = shared() else { return };
    let file = shared.join("papers/PMC12808468.md");
    let first = paper_page::read(&fs::read_to_string(&file).unwrap(), "PMC12808468.md").unwrap();
    let folder = shared.join("papers");
    let page = lookup(&["PMC12808468", "--papers", folder.to_str().unwrap(), "--format", "markdown"]);
    assert_eq!(paper_page::read(&page, "PMC12808468.md").unwrap(), first);
}

#[test]
fn every_form_of_a_lookup_shows_the_record() {
    let table = lookup(&["PMC12808468", "ncbigene:3574"]);
    assert!(
        table.contains("title         IL-7: a potential") && table.contains("label         IL7\n"),
        "{table}"
    );
    let json = lookup(&["10.3389/fimmu.2025.1736931", "MONDO:0009693", "--format", "json"]);
    let records: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&records[0]["id"], &records[1]["id"]), (&"PMC12808468".into(), &"MESH:D009101".into()));
    assert!(lookup(&["CVCL_0030", "--format", "markdown"]).starts_with("# HeLa\n"));
}
