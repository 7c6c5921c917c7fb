//! Everyday prose holds next to nothing to annotate: sentences of our own about cooking, law, sport and software, fifty each. What
//! is found in them are plants, animals and substances; `.ci/accuracy` asks the same of the development catalog.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that cannot read its data has failed

use std::sync::Arc;

use glossator::annotate::Annotator;
use glossator::catalog::Catalog;
use glossator::model::{AnnotateOptions, Document, EntityType};

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
            let entity_type = annotation.entity_type;
            let is_there = matches!(entity_type, EntityType::Species | EntityType::Chemical);
            assert!(is_there, "{} is no {entity_type:?} in: {sentence}", annotation.text);
            found.push(format!("{} ({}) in: {sentence}", annotation.text, annotation.entity_id));
        }
    }
    assert_eq!(SENTENCES.lines().count(), 200);
    assert!(found.len() <= ANNOTATIONS_MAX, "{} annotations:\n{}", found.len(), found.join("\n"));
}
