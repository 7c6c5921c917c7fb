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
    /// How many times it counts.
    pub times: usize,
    /// The types that the corpus annotates everywhere.
    pub teaches: Vec<EntityType>,
    /// Places that teach nothing, by the place of the type.
    pub unsure: [Vec<(usize, Span)>; MODEL_TYPES.len()],
    /// Places that are no mention of a type that the corpus does not teach, by the place of the type.
    pub denied: [Vec<(usize, Span)>; MODEL_TYPES.len()],
}

impl TrainingDocument {
    /// Whether it teaches a type that has a sequence model.
    pub(super) fn teaches_sequences(&self) -> bool {
        self.teaches.iter().any(|own| MODEL_TYPES.contains(own))
    }
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
                    let (unsure, denied) = (unsure(corpus, &gold)?, denied(corpus, &gold)?);
                    let (times, teaches) = (corpus.times, teaches.clone());
                    let corpus = corpora.names.len();
                    let document = TrainingDocument { gold, corpus, fold, times, teaches, unsure, denied };
                    corpora.documents.push(document);
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
        for document in self.documents.iter().filter(|document| document.teaches_sequences()) {
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

/// Where mentions stand that the corpus says are none of a type.
fn denied(
    corpus: &CorpusRecipe,
    gold: &GoldDocument,
) -> Result<[Vec<(usize, Span)>; MODEL_TYPES.len()], TrainError> {
    let mut places: [Vec<(usize, Span)>; MODEL_TYPES.len()] = Default::default();
    for (name, others) in &corpus.denies {
        let denied = type_of(&corpus.name, name)?;
        let Some(of) = MODEL_TYPES.iter().position(|own| *own == denied) else { continue };
        for other in others {
            let other = type_of(&corpus.name, other)?;
            let own = gold.mentions.iter().filter(|mention| mention.entity_type == other && !mention.neutral);
            let alone = own
                .filter(|mention| stands_alone(&gold.document.passages[mention.passage].text, mention.span));
            places[of].extend(alone.map(|mention| (mention.passage, mention.span)));
        }
    }
    Ok(places)
}

/// The beginnings of words before which a name is a part of a gene's name.
const GENE_HEADS: &[&str] = &["receptor", "transporter", "channel", "exchanger", "carrier", "pump", "bind"];
/// The beginnings of words before which an organism is a part of a disease's name.
const DISEASE_HEADS: &[&str] = &[
    "infect",
    "disease",
    "bacter",
    "sep",
    "syndrome",
    "pneumonia",
    "menin",
    "enceph",
    "positiv",
    "sero",
    "carri",
    "coloni",
];

/// Whether a mention is a code or a name with a capital ("NRA0160") and no part of a longer name ("NMDA receptor",
/// "GABA(A)", "HIV infection").
fn stands_alone(text: &str, span: Span) -> bool {
    let is_code = text[span.start..span.end].chars().any(|c| c.is_uppercase() || c.is_numeric());
    let free_before = text[..span.start].chars().next_back().is_none_or(|c| c.is_whitespace() || c == '(');
    let behind = &text[span.end..];
    let free_behind =
        behind.chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | ')'));
    let next = behind.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_part =
        GENE_HEADS.iter().chain(DISEASE_HEADS).any(|head| next.starts_with(head)) || next.ends_with("ase");
    is_code && free_before && free_behind && !is_part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_longer_names_do_not_stand_alone() {
        for (text, name, alone) in [
            ("We gave NRA0160 to rats.", "NRA0160", true),
            ("simvastatin (SRL) rose", "SRL", true),
            ("the NMDA receptor", "NMDA", false),
            ("a NO synthase", "NO", false),
            ("the GABA(A) site", "GABA", false),
            ("anti-SRL was", "SRL", false),
            ("strain KMM 3851 grew", "KMM 3851", true),
            ("S. aureus bacteraemia", "S. aureus", false),
            ("HIV infection", "HIV", false),
            ("the drug aspirin rose", "aspirin", false),
        ] {
            let start = text.find(name).unwrap();
            assert_eq!(stands_alone(text, Span { start, end: start + name.len() }), alone, "{text}");
        }
    }
}
