//! What is measured: an annotator and the texts that it reads.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use glossator::annotate::{Annotator, PreparedOptions};
use glossator::catalog::Catalog;
use glossator::model::{AnnotateOptions, Document};

use super::texts;

/// What is measured, as the command line tells it.
#[derive(Debug, Args)]
pub struct Source {
    /// The catalog [default: the starter catalog]
    #[arg(value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// Where PubTator files lie, whose texts alone are read [default: the starter corpus and the corpora at hand]
    #[arg(long, value_name = "FOLDER")]
    texts: Option<PathBuf>,
}

/// An annotator with the default options, and documents.
pub struct Subject {
    pub annotator: Annotator,
    pub options: PreparedOptions,
    pub documents: Vec<Document>,
}

impl Subject {
    /// That of a source.
    pub fn open(source: &Source) -> Result<Self, Box<dyn Error>> {
        let catalog = source.catalog.as_deref().map_or_else(Catalog::embedded, Catalog::open)?;
        let annotator = Annotator::new(Arc::new(catalog));
        let options = annotator.prepare(&AnnotateOptions::default())?;
        let at_hand = || {
            let corpora = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora"));
            texts::documents(corpora)
        };
        let documents = source.texts.as_deref().map_or_else(at_hand, texts::of_folder);
        if documents.is_empty() {
            return Err("there are no texts: --texts names a folder of PubTator files".into());
        }
        Ok(Self { annotator, options, documents })
    }
}
