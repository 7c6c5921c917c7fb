//! The texts that speed is measured over.

use std::fs;
use std::path::{Path, PathBuf};

use glossator::corpus::Corpus;
use glossator::model::Document;

/// The papers of the starter corpus, and the titles and abstracts of the PubTator files in the folders of `beside`.
pub fn documents(beside: &Path) -> Vec<Document> {
    let papers =
        Corpus::embedded().map(|corpus| corpus.papers().iter().map(|paper| paper.to_document()).collect());
    let mut documents: Vec<Document> = papers.unwrap_or_default();
    let mut files = Vec::new();
    find_files(beside, &mut files);
    files.sort();
    for file in files {
        documents.extend(abstracts(&fs::read_to_string(file).unwrap_or_default()));
    }
    documents.retain(|document| document.text_bytes() > 0);
    documents
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            find_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "pubtator") {
            files.push(path);
        }
    }
}

/// The texts of a PubTator file, one document of title and abstract each; its annotations are passed over.
fn abstracts(file: &str) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    for line in file.lines() {
        let mut fields = line.splitn(3, '|');
        let (Some(id), Some(kind), Some(text)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let passage = Document::from_text(id, text).passages;
        match (kind, documents.last_mut().filter(|last| last.id == id)) {
            ("a", Some(last)) => last.passages.extend(passage),
            ("t" | "a", _) => documents.push(Document { id: id.to_owned(), passages: passage }),
            _ => {}
        }
    }
    documents
}
