//! The documents that are sent: abstracts of the corpora beside the repository, or pieces of the starter corpus.

use std::fs;
use std::path::{Path, PathBuf};

use glossator::api::proto;
use glossator::corpus::Corpus;
use glossator::formats::input::{DocumentReader, InputFormat};
use glossator::model::Document;

/// Where abstracts are, seen from the repository, unless `GLOSSATOR_BENCH_TEXTS` says.
const ABSTRACTS: &str = "../shared/corpora";
/// The bytes of text of an abstract that are sent: not notes, not full papers.
const ABSTRACT_BYTES: std::ops::RangeInclusive<usize> = 600..=4_000;
/// The most documents that are sent in turn.
const DOCUMENTS_LIMIT: usize = 1_500;
/// The text of a large document; the server's own limit is a little above.
const LARGE_BYTES: usize = 4_000_000;

/// Abstracts, in an order that is always the same. Without corpora, the sections of the starter papers.
pub fn abstracts() -> Vec<Document> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join(ABSTRACTS);
    let folder = std::env::var_os("GLOSSATOR_BENCH_TEXTS").map_or_else(beside, PathBuf::from);
    let mut documents = Vec::new();
    for file in pubtator_files(&folder) {
        let Ok(opened) = fs::File::open(&file) else { continue };
        let name = file.to_string_lossy();
        let Ok(reader) = DocumentReader::open(&name, Box::new(opened), Some(InputFormat::Pubtator)) else {
            continue;
        };
        documents.extend(reader.filter_map(|read| Some(read.ok()?.document)));
    }
    if documents.is_empty() {
        documents = sections();
    }
    documents.retain(|document| ABSTRACT_BYTES.contains(&document.text_bytes()));
    // Every corpus has its share.
    let step = documents.len().div_ceil(DOCUMENTS_LIMIT).max(1);
    documents.into_iter().step_by(step).collect()
}

fn pubtator_files(folder: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let mut paths: Vec<_> =
            fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        paths
    };
    let files = entries(folder).into_iter().flat_map(|folder| entries(&folder));
    files.filter(|file| file.extension().is_some_and(|extension| extension == "pubtator")).collect()
}

fn sections() -> Vec<Document> {
    let corpus = Corpus::embedded().ok();
    let papers = corpus.iter().flat_map(|corpus| corpus.papers());
    papers
        .flat_map(|paper| paper.to_document().passages)
        .map(|passage| Document { id: String::new(), passages: vec![passage] })
        .collect()
}

/// Documents as long as `documents` that hold no word: what they cost is the wire's.
pub fn blank(documents: &[Document]) -> Vec<Document> {
    let bytes = documents.iter().map(Document::text_bytes).sum::<usize>() / documents.len().max(1);
    vec![Document::from_text("blank", " ".repeat(bytes))]
}

/// One document of about 4 MB, made of all of them.
pub fn large(documents: &[Document]) -> Document {
    let mut text = String::with_capacity(LARGE_BYTES + 8_192);
    let passages = || documents.iter().flat_map(|document| &document.passages);
    while text.len() < LARGE_BYTES && passages().any(|passage| !passage.text.is_empty()) {
        for passage in passages() {
            if text.len() >= LARGE_BYTES {
                break;
            }
            text.push_str(&passage.text);
            text.push('\n');
        }
    }
    Document::from_text("large", text)
}

/// A document for the wire.
pub fn wire(document: &Document) -> proto::Document {
    let passages = document.passages.iter().map(|passage| proto::Passage {
        kind: passage.kind.clone(),
        title: passage.title.clone(),
        text: passage.text.clone(),
    });
    proto::Document { id: document.id.clone(), text: String::new(), passages: passages.collect() }
}
