//! The gold corpora of a recipe.

use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::TrainError;
use super::recipe::{CorpusRecipe, Recipe, type_of};
use crate::annotate::learning::MODEL_TYPES;
use crate::formats::gold::{GoldDocument, read_gold};
use crate::model::{EntityType, Span};

/// A document with what its corpus teaches.
#[derive(Debug)]
pub(super) struct TrainingDocument {
    /// The document and its gold mentions.
    pub gold: GoldDocument,
    /// Its corpus, by its place in the recipe.
    pub corpus: usize,
    /// The fold that it is held out in; documents of one id are held out together, whatever their corpus.
    pub fold: usize,
    /// The types that the corpus annotates everywhere.
    pub teaches: Vec<EntityType>,
    /// Places that teach nothing, by the place of the type.
    pub unsure: [Vec<(usize, Span)>; MODEL_TYPES.len()],
}

/// All documents of a recipe.
#[derive(Debug)]
pub(super) struct Corpora {
    /// The names of the corpora.
    pub names: Vec<String>,
    /// In the order of the recipe.
    pub documents: Vec<TrainingDocument>,
}

/// Into how many parts documents are divided, each held out once.
pub(super) const FOLDS: usize = 5;

impl Corpora {
    /// Reads the corpora of a recipe that are not left out, from the first of `folders` that has each file.
    pub(super) fn read(recipe: &Recipe, folders: &[PathBuf]) -> Result<Self, TrainError> {
        let mut corpora = Self { names: Vec::new(), documents: Vec::new() };
        for corpus in recipe.used() {
            let teaches = corpus.types()?;
            for file in &corpus.files {
                let path = find(folders, file)?;
                for gold in read_gold(&path)? {
                    let fold = xxh3_64(gold.document.id.as_bytes()) as usize % FOLDS;
                    let unsure = unsure(corpus, &gold)?;
                    let (corpus, teaches) = (corpora.names.len(), teaches.clone());
                    corpora.documents.push(TrainingDocument { gold, corpus, fold, teaches, unsure });
                }
            }
            corpora.names.push(corpus.name.clone());
        }
        Ok(corpora)
    }
}

impl Corpora {
    /// The words of the texts that are in no mention of any type, each once a document, in lower case as they stand.
    pub(super) fn plain_words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for document in &self.documents {
            let mut own: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
            for (index, passage) in document.gold.document.passages.iter().enumerate() {
                let mut start = 0;
                for word in passage.text.split(|c: char| !c.is_ascii_alphabetic()) {
                    let span = Span { start, end: start + word.len() };
                    let plain = word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
                    let mentions = &document.gold.mentions;
                    if plain && !mentions.iter().any(|m| m.passage == index && m.span.overlaps(span)) {
                        own.insert(word.to_owned());
                    }
                    start = span.end + passage.text[span.end..].chars().next().map_or(0, char::len_utf8);
                }
            }
            words.extend(own);
        }
        words
    }
}

fn find(folders: &[PathBuf], file: &Path) -> Result<PathBuf, TrainError> {
    let places =
        folders.iter().map(|folder| if folder.ends_with(file) { folder.clone() } else { folder.join(file) });
    places
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| TrainError::Missing { file: file.display().to_string() })
}

/// Where the words stand that the corpus says nothing reliable of.
fn unsure(
    corpus: &CorpusRecipe,
    gold: &GoldDocument,
) -> Result<[Vec<(usize, Span)>; MODEL_TYPES.len()], TrainError> {
    let mut places: [Vec<(usize, Span)>; MODEL_TYPES.len()] = Default::default();
    for (name, words) in &corpus.unsure {
        let entity_type = type_of(&corpus.name, name)?;
        let Some(of) = MODEL_TYPES.iter().position(|own| *own == entity_type) else { continue };
        for (passage, text) in gold.document.passages.iter().map(|passage| passage.text.as_str()).enumerate()
        {
            let mut start = 0;
            for word in text.split(|c: char| !c.is_alphanumeric()) {
                let span = Span { start, end: start + word.len() };
                if !word.is_empty() && words.contains(&word.to_lowercase()) {
                    places[of].push((passage, span));
                }
                start = span.end + text[span.end..].chars().next().map_or(0, char::len_utf8);
            }
        }
    }
    Ok(places)
}
