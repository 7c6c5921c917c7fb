//! What is measured: an annotator and the texts that it reads.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use glossator::annotate::{Annotator, PreparedOptions};
use glossator::catalog::Catalog;
use glossator::model::{AnnotateOptions, Document};

use super::texts;

/// An annotator with the default options, and documents.
pub struct Subject {
    pub annotator: Annotator,
    pub options: PreparedOptions,
    pub documents: Vec<Document>,
}

impl Subject {
    /// That of a catalog, or the starter catalog, and of the PubTator files in a folder, or the texts at hand.
    pub fn open(catalog: Option<&Path>, folder: Option<&Path>) -> Result<Self, Box<dyn Error>> {
        let catalog = catalog.map_or_else(Catalog::embedded, Catalog::open)?;
        let annotator = Annotator::new(Arc::new(catalog));
        let options = annotator.prepare(&AnnotateOptions::default())?;
        let at_hand = || {
            let corpora = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpora"));
            texts::documents(corpora)
        };
        let documents = folder.map_or_else(at_hand, texts::of_folder);
        if documents.is_empty() {
            return Err("there are no texts: --texts names a folder of PubTator files".into());
        }
        Ok(Self { annotator, options, documents })
    }
}
