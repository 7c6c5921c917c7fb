//! The texts that speed is measured over.

use std::fs;
use std::path::{Path, PathBuf};

use glossator::corpus::Corpus;
use glossator::model::Document;

/// The papers of the starter corpus, and the titles and abstracts of the PubTator files in `beside`.
pub fn documents(beside: &Path) -> Vec<Document> {
    let papers =
        Corpus::embedded().map(|corpus| corpus.papers().iter().map(|paper| paper.to_document()).collect());
    let mut documents: Vec<Document> = papers.unwrap_or_default();
    documents.extend(of_folder(beside));
    documents.retain(|document| document.text_bytes() > 0);
    documents
}

/// The titles and abstracts of the PubTator files in a folder and the folders in it, file by file.
pub fn of_folder(folder: &Path) -> Vec<Document> {
    let mut files = Vec::new();
    find_files(folder, &mut files);
    files.sort();
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap_or_default());
    let mut documents: Vec<Document> = texts.flat_map(|text| abstracts(&text)).collect();
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
