//! `glossator evaluate`.

mod names;
pub(super) mod report;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use rayon::prelude::*;

use super::annotate::entity_type;
use crate::annotate::{Annotator, ModelsError, OptionsError};
use crate::catalog::CatalogError;
use crate::evaluate::{DocumentFigures, Mistake, find_mistakes, group, intervals, score_document};
use crate::formats::gold::{GoldDocument, GoldError, read_gold};
use crate::model::{AnnotateOptions, AnnotatedDocument, EntityType};
use crate::server::open_catalog;

const EXAMPLES: &str = "\
Examples:
  glossator evaluate corpora/biored/dev.pubtator
  glossator evaluate biored/dev.pubtator ncbi_disease/dev.pubtator --catalog biomedical.catalog --types disease
  glossator evaluate biored/dev.pubtator --types gene --errors --examples 20
  glossator evaluate biored/dev.pubtator --names

A mention counts as found when its start and end agree (strict) or when an answer of its own overlaps it (overlap). Concept
compares the identifiers of each document, each once and without its prefix. Behind each F1 stand the values between which
it lies in 95 % of 1,000 draws of as many documents.";

/// The most examples of a kind of mistakes that may be asked for.
const EXAMPLES_LIMIT: u64 = 10_000;

/// The flags of `evaluate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct EvaluateArguments {
    /// Gold corpora: PubTator files with the mentions that people marked, or tables of mentions as CRAFT's (.tsv) with the texts
    /// in txt/ beside them, packed with gzip or not
    #[arg(required = true, value_name = "GOLD")]
    paths: Vec<PathBuf>,
    /// The catalog: a file that `glossator catalog build` made, or a folder of catalog tables, or one table [default: the
    /// embedded starter catalog]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// The models, a file that `glossator train` made [default: the embedded ones]
    #[arg(long, value_name = "FILE")]
    models: Option<PathBuf>,
    /// The types to measure, parted by commas, such as gene,cell-line [default: those that a corpus has mentions of]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = entity_type)]
    types: Vec<EntityType>,
    /// Resolve the names that people marked instead of annotating the texts: how often the first reading is right, of the name
    /// alone and with its document as context
    #[arg(long, conflicts_with = "errors")]
    names: bool,
    /// Show the mistakes by kind, the most frequent first
    #[arg(long)]
    errors: bool,
    /// How many mistakes of a kind to show
    #[arg(
        long, value_name = "N", default_value_t = 5, requires = "errors",
        value_parser = clap::value_parser!(u64).range(..=EXAMPLES_LIMIT)
    )]
    examples: u64,
}

/// Why `evaluate` failed.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Models(#[from] ModelsError),
    #[error(transparent)]
    Gold(#[from] GoldError),
    #[error("{0}: no mentions of known types; give a PubTator file with the mentions that people marked")]
    NoMentions(String),
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error("cannot write standard output: {0}")]
    Write(#[from] io::Error),
}

/// A gold corpus with the answers to its documents, in their order.
struct Corpus {
    name: String,
    gold: Vec<GoldDocument>,
    found: Vec<AnnotatedDocument>,
}

/// Annotates every corpus with the default options and shows how well that went.
pub fn run(arguments: &EvaluateArguments) -> Result<(), EvaluateError> {
    // What is wrong with a corpus is told before any is annotated.
    let golds = arguments.paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let annotator = super::annotator(open_catalog(arguments.catalog.as_ref())?, arguments.models.as_deref())?;
    if arguments.names {
        return write(&names_of(&golds, &arguments.types, &annotator));
    }
    let corpora = annotate(golds, &annotator)?;
    let mut rows = Vec::new();
    let mut mistakes = Vec::new();
    for corpus in &corpora {
        for entity_type in types(&corpus.gold, &arguments.types) {
            rows.push(row(corpus, entity_type));
            if arguments.errors {
                let found = mistakes_of(corpus, entity_type, &annotator);
                let groups = group(&found, usize::try_from(arguments.examples).unwrap_or(usize::MAX));
                mistakes.push(report::mistakes(&corpus.name, entity_type, &groups));
            }
        }
    }
    write(&(report::table(&rows) + &mistakes.concat()))
}

/// The table of names resolved, of all corpora.
fn names_of(golds: &[(String, Vec<GoldDocument>)], wanted: &[EntityType], annotator: &Annotator) -> String {
    let rows = golds.iter().flat_map(|(name, gold)| {
        let own = move |entity_type| (name.as_str(), entity_type, names::count(gold, entity_type, annotator));
        types(gold, wanted).into_iter().map(own)
    });
    report::names(&rows.filter(|(.., counts)| counts.names > 0).collect::<Vec<_>>())
}

fn write(text: &str) -> Result<(), EvaluateError> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        // Whoever reads the output has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<(String, Vec<GoldDocument>), EvaluateError> {
    let gold = read_gold(path)?;
    if gold.iter().all(|document| document.mentions.is_empty()) {
        return Err(EvaluateError::NoMentions(path.display().to_string()));
    }
    Ok((name_of(path), gold))
}

/// The folder and the file's name without its endings, such as `biored/dev`.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = [".pubtator", ".tsv"].iter().find_map(|end| stem.strip_suffix(end)).unwrap_or(stem);
    match path.parent().and_then(Path::file_name) {
        Some(folder) => format!("{}/{stem}", folder.to_string_lossy()),
        None => stem.to_owned(),
    }
}

fn annotate(
    golds: Vec<(String, Vec<GoldDocument>)>,
    annotator: &Annotator,
) -> Result<Vec<Corpus>, EvaluateError> {
    let options = annotator.prepare(&AnnotateOptions::default())?;
    let documents: usize = golds.iter().map(|(_, gold)| gold.len()).sum();
    let bar = super::progress(documents as u64, "documents");
    let corpora = golds.into_iter().map(|(name, gold)| {
        let answer = |document: &GoldDocument| {
            let found = annotator.annotate(&document.document, &options);
            bar.inc(1);
            found
        };
        let found = gold.par_iter().map(answer).collect();
        Corpus { name, gold, found }
    });
    let corpora = corpora.collect();
    bar.finish_and_clear();
    Ok(corpora)
}

/// The types to measure: those asked for, or else those that the corpus has mentions of.
fn types(gold: &[GoldDocument], wanted: &[EntityType]) -> Vec<EntityType> {
    let mentions = || gold.iter().flat_map(|document| &document.mentions);
    let is_marked = |own: EntityType| mentions().any(|one| !one.neutral && one.entity_type == own);
    let known = EntityType::ALL.into_iter();
    known.filter(|own| if wanted.is_empty() { is_marked(*own) } else { wanted.contains(own) }).collect()
}

fn row(corpus: &Corpus, entity_type: EntityType) -> report::Row<'_> {
    let pairs = corpus.gold.iter().zip(&corpus.found);
    let documents: Vec<DocumentFigures> =
        pairs.map(|(gold, found)| score_document(gold, found, entity_type)).collect();
    report::Row {
        corpus: &corpus.name,
        entity_type,
        documents: documents.len(),
        figures: documents.iter().sum(),
        intervals: intervals(&documents),
    }
}

fn mistakes_of<'c>(corpus: &'c Corpus, entity_type: EntityType, annotator: &Annotator) -> Vec<Mistake<'c>> {
    let pairs = corpus.gold.iter().zip(&corpus.found);
    pairs.flat_map(|(gold, found)| find_mistakes(gold, found, entity_type, annotator.catalog())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corpus_is_named_by_its_folder_and_stem() {
        for (path, expected) in [
            ("corpora/biored/dev.pubtator", "biored/dev"),
            ("dev.pubtator.gz", "dev"),
            ("craft/annotations.tsv.gz", "craft/annotations"),
            ("../gold/x.txt", "gold/x.txt"),
            ("../dev.pubtator", "dev"),
        ] {
            assert_eq!(name_of(Path::new(path)), expected, "{path}");
        }
    }
}
