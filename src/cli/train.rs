//! `glossator train`.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use super::evaluate::report;
use crate::catalog::CatalogError;
use crate::evaluate::intervals;
use crate::server::open_catalog;
use crate::train::{CorpusFigures, Reliability, STEPS, TrainError, train};

const EXAMPLES: &str = "\
Examples:
  glossator train --recipe recipes/models.toml --gold corpora --catalog development.catalog --output biomedical.models
  glossator train --recipe recipes/models.toml --gold corpora --catalog development.catalog --cross-validate
  glossator evaluate corpora/biored/dev.pubtator --models biomedical.models

Documents are held out in five parts, so that scores mean how often they are right. The same files give the same models.";

/// The flags of `train`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TrainArguments {
    /// The recipe: which corpora teach which types
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Folders that the recipe's files are in
    #[arg(long, value_name = "PATH", required = true, num_args = 1..)]
    gold: Vec<PathBuf>,
    /// The catalog whose names are evidence: a file that `glossator catalog build` made, or a folder of catalog tables
    /// [default: the embedded starter catalog]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// Where to write the models
    #[arg(long, value_name = "FILE", required_unless_present = "cross_validate")]
    output: Option<PathBuf>,
    /// Print how well documents are annotated by models that have not seen them
    #[arg(long)]
    cross_validate: bool,
}

/// Why `train` failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainCommandError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error("cannot write {file}: {source}")]
    Write { file: String, source: io::Error },
}

/// Trains models, and writes them or what documents held out say of them.
pub fn run(arguments: &TrainArguments) -> Result<(), TrainCommandError> {
    let began = Instant::now();
    let catalog = open_catalog(arguments.catalog.as_ref())?;
    let bar = super::progress(STEPS as u64, "steps");
    let shown = io::stderr().is_terminal();
    let on_step = |step: &str| {
        bar.inc(1);
        if !shown {
            eprintln!("glossator: {step} after {} s", began.elapsed().as_secs());
        }
    };
    let trained = train(&arguments.recipe, &arguments.gold, catalog, arguments.cross_validate, on_step)?;
    bar.finish_and_clear();
    let mut text = String::new();
    if arguments.cross_validate {
        text.push_str(&table(&trained.figures));
        text.push('\n');
    }
    text.push_str(&reliability(&trained.reliability));
    let write = |file: String, source| TrainCommandError::Write { file, source };
    io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .map_err(|source| write("standard output".to_owned(), source))?;
    if let Some(path) = &arguments.output {
        let bytes = trained.models.to_bytes();
        std::fs::write(path, &bytes).map_err(|source| write(path.display().to_string(), source))?;
        eprintln!("glossator: {} holds {} bytes of models", path.display(), bytes.len());
    }
    Ok(())
}

fn table(figures: &[CorpusFigures]) -> String {
    let rows: Vec<report::Row<'_>> = figures
        .iter()
        .map(|own| report::Row {
            corpus: &own.corpus,
            entity_type: own.entity_type,
            documents: own.documents.len(),
            figures: own.documents.iter().sum(),
            intervals: intervals(&own.documents),
        })
        .collect();
    report::table(&rows)
}

/// How often scores of each tenth are right.
fn reliability(types: &[Reliability]) -> String {
    let mut text = String::from("type       score       spans   mean score   right\n");
    for Reliability { entity_type, rows } in types {
        for (low, count, mean, right) in rows {
            let line = format!(
                "{:10} {low:.1} to {:.1}  {count:6}   {mean:10.3}   {right:.3}\n",
                entity_type.name(),
                low + 0.1
            );
            text.push_str(&line);
        }
    }
    text
}
