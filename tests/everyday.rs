//! Everyday prose holds next to nothing to annotate: sentences of our own about cooking, law, sport and software, fifty each.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that cannot read its data has failed

use std::sync::Arc;

use glossator::annotate::Annotator;
use glossator::catalog::Catalog;
use glossator::model::{AnnotateOptions, Document};

/// The sentences, one a line.
const SENTENCES: &str = include_str!("everyday/sentences.txt");
/// The most annotations in all of them: one in twenty sentences.
const ANNOTATIONS_MAX: usize = 10;

#[test]
fn everyday_prose_is_left_alone() {
    let annotator = Annotator::new(Arc::new(Catalog::embedded().unwrap()));
    let options = annotator.prepare(&AnnotateOptions::default()).unwrap();
    let mut found = Vec::new();
    for sentence in SENTENCES.lines() {
        let annotated = annotator.annotate(&Document::from_text("everyday", sentence), &options);
        for annotation in annotated.annotations {
            found.push(format!("{} ({}) in: {sentence}", annotation.text, annotation.entity_id));
        }
    }
    assert_eq!(SENTENCES.lines().count(), 200);
    assert!(found.len() <= ANNOTATIONS_MAX, "{} annotations:\n{}", found.len(), found.join("\n"));
}
