//! `glossator lookup`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::catalog::{Catalog, CatalogError};
use crate::corpus::{Corpus, CorpusError};
use crate::formats::{paper_page, record};
use crate::model::{Curie, PaperId};
use crate::server::{open_catalog, open_corpus};

const EXAMPLES: &str = "\
Examples:
  glossator lookup PMC12808468
  glossator lookup NCBIGene:3574 MESH:D009101 --format json
  glossator lookup PMC12808468 --papers papers/ --format markdown";

/// The flags of `lookup`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct LookupArguments {
    /// Identifiers of papers and entities, in any form that people paste
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// The catalog: a file that `glossator catalog build` made, or a folder of catalog tables, or one table [default: the
    /// embedded starter catalog]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// Papers: paper pages or folders of them; may be repeated [default: the embedded starter corpus]
    #[arg(long, value_name = "PATH")]
    papers: Vec<PathBuf>,
    /// How to show what is found
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One object a line
    Json,
    /// A paper as its page
    Markdown,
}

/// Why `lookup` failed.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
    #[error("{}", missing_message(ids))]
    Missing { ids: Vec<String> },
}

fn missing_message(ids: &[String]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    let verb =
        if ids.len() == 1 { "is neither a paper nor an entity" } else { "are neither papers nor entities" };
    format!("{} {verb} of the data at hand", quoted.join(", "))
}

/// Shows every identifier's paper or entity; those that are unknown are named at the end.
pub fn run(arguments: &LookupArguments) -> Result<(), LookupError> {
    let corpus = open_corpus(&arguments.papers)?;
    let catalog = open_catalog(arguments.catalog.as_ref())?;
    let mut output = io::stdout().lock();
    let mut missing = Vec::new();
    for id in &arguments.ids {
        match found(id, &corpus, &catalog, arguments.format) {
            Some(text) => match output.write_all(text.as_bytes()) {
                // Whoever reads the output has seen enough.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                written => written?,
            },
            None => missing.push(id.clone()),
        }
    }
    output.flush()?;
    if missing.is_empty() { Ok(()) } else { Err(LookupError::Missing { ids: missing }) }
}

fn found(id: &str, corpus: &Corpus, catalog: &Catalog, format: Format) -> Option<String> {
    // A bare number is a PMID, hence papers first.
    if let Some(paper) = id.parse::<PaperId>().ok().and_then(|id| corpus.get(&id)) {
        return Some(match format {
            Format::Table => record::paper_table(paper),
            Format::Json => record::paper_json(paper),
            Format::Markdown => paper_page::write(paper),
        });
    }
    let index = catalog.find(&id.parse::<Curie>().ok()?)?;
    let entity = catalog.entity(index);
    Some(match format {
        Format::Table => record::entity_table(&entity),
        Format::Json => record::entity_json(&entity),
        Format::Markdown => record::entity_markdown(&entity),
    })
}
