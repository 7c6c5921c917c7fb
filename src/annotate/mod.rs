//! The annotator: from a document to what it speaks of.
//!
//! [`Annotator::annotate`] reads like the pipeline: fold the passages, find the catalog's names, apply what the document
//! defines, rank the readings with species evidence, add variants and the request's own terms, decide. Each stage is one
//! file; they hand [`mention::Mention`]s on.

mod amino_acids;
mod answer;
mod composites;
mod coordinations;
mod decide;
mod definitions;
mod evidence;
mod heads;
mod matches;
mod mention;
mod options;
mod passages;
mod rank;
mod resolve;
mod species;
mod surface;
mod variants;
mod vocabulary;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::model::{AnnotateOptions, AnnotatedDocument, Candidate, Curie, Document, EntityType, Method};
use mention::{Mention, Reading, Subject};
use passages::PassageText;
use vocabulary::Vocabulary;

pub use options::{OptionsError, PreparedOptions};

/// Annotates documents with the entities of one catalog. Many threads may share it.
#[derive(Debug, Clone)]
pub struct Annotator {
    catalog: Arc<Catalog>,
}

impl Annotator {
    /// An annotator of that catalog.
    pub const fn new(catalog: Arc<Catalog>) -> Self {
        Self { catalog }
    }

    /// The catalog it reads with.
    pub const fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Checks options and compiles them for many documents.
    ///
    /// # Errors
    /// The first field that is out of its bounds; [`OptionsError::field`] names it.
    pub fn prepare(&self, options: &AnnotateOptions) -> Result<PreparedOptions, OptionsError> {
        PreparedOptions::new(options)
    }

    /// What `document` speaks of. Spans count bytes; the same document, catalog and options always give the same answer.
    /// Takes time linear in the text, and never fails: a text that nothing is found in has no annotations.
    pub fn annotate(&self, document: &Document, options: &PreparedOptions) -> AnnotatedDocument {
        let vocabulary = Vocabulary::new(&self.catalog);
        let passages = PassageText::of_document(document);
        let mut mentions: Vec<Mention> = Vec::new();
        for (index, passage) in passages.iter().enumerate() {
            let mut names = matches::find_names(vocabulary, passage, index, options);
            let shared = coordinations::find_coordinations(vocabulary, passage, index, &mut names, options);
            names.retain(|name| !name.readings.is_empty());
            mentions.extend(shared);
            mentions.extend(composites::find_composites(vocabulary, passage, index, &names, options));
            mentions.extend(names);
        }
        let abbreviations = definitions::apply_definitions(vocabulary, &passages, &mut mentions, options);
        evidence::rank_mentions(&mut mentions, vocabulary, &passages, options);
        for (index, passage) in passages.iter().enumerate() {
            mentions.extend(find_variants(passage, index, options));
            mentions.extend(matches::find_extra_terms(passage, index, options));
        }
        answer::merge_spans(&mut mentions);
        let annotations = answer::annotations(vocabulary, &passages, &mentions, options);
        AnnotatedDocument { id: document.id.clone(), annotations, abbreviations }
    }

    /// The readings of one name, best first, at most `limit`: of the given types and, for genes and cell lines, taxa; all
    /// where none are given. `context` is text that the name stands in or belongs to: its species words and abbreviations
    /// count as evidence. Readings of any score are given, as the caller knows that it is a name.
    pub fn resolve_name(
        &self,
        name: &str,
        types: &[EntityType],
        taxa: &[Curie],
        context: &str,
        limit: usize,
    ) -> Vec<Candidate> {
        resolve::resolve_name(Vocabulary::new(&self.catalog), name, types, taxa, context, limit)
    }
}

/// The variants of a passage as mentions.
fn find_variants(passage: &PassageText<'_>, passage_index: usize, options: &PreparedOptions) -> Vec<Mention> {
    let found = variants::find_variants(passage.text).into_iter();
    let wanted = found.filter(|variant| {
        let written = &passage.text[variant.span.start..variant.span.end];
        // what needs its context to be told waits for who can read that
        variant.certainty > variants::Certainty::Weak && !options.is_blocked_text(written)
    });
    wanted
        .map(|variant| {
            let reading = Reading {
                subject: Subject::Variant(variant.id),
                entity_type: EntityType::Variant,
                taxon: None,
                method: Method::Pattern,
                evidence: None,
                score: rank::score_pattern(variant.certainty == variants::Certainty::Certain),
                foreign: None,
                contradicted: false,
                prominence: 0,
            };
            Mention {
                passage: passage_index,
                span: variant.span,
                tokens: 0..0,
                prefix: None,
                readings: vec![reading],
            }
        })
        .collect()
}
