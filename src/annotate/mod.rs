//! The annotator: from a document to what it speaks of.
//!
//! [`Annotator::annotate`] reads like the pipeline: fold the passages, find the catalog's names, apply what the document
//! defines, rank the readings with species evidence, add variants and the request's own terms, decide. Each stage is one
//! file; they hand [`mention::Mention`]s on.

mod amino_acids;
mod answer;
mod binomials;
mod composites;
mod coordinations;
mod counts;
mod decide;
mod definitions;
mod everyday;
mod evidence;
mod heads;
mod intervals;
mod known_names;
mod link;
mod matches;
mod memory;
mod mention;
mod mentions;
mod models;
mod name_ranker;
mod notations;
mod options;
mod passages;
mod prepare;
mod rank;
mod ranked_names;
mod reasons;
mod recognise;
mod resolve;
mod short_forms;
mod species;
mod stable;
mod surface;
mod told_names;
mod variants;
mod vocabulary;

#[cfg(test)]
mod models_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::model::{
    Abbreviation, AnnotateOptions, AnnotatedDocument, Candidate, Curie, Document, EntityType, Method,
    OverlapPolicy,
};
use crate::text::Spare;
use crate::text::pauses::worked;
use mention::{Mention, Reading, Subject};
use passages::PassageText;
use recognise::dictionary::NameMatch;
use vocabulary::Vocabulary;

pub use models::{ModelCorpus, Models, ModelsError};
pub use options::{OptionsError, PreparedOptions};

/// Annotates documents with the entities of one catalog. Many threads may share it.
#[derive(Debug, Clone)]
pub struct Annotator {
    catalog: Arc<Catalog>,
    models: Arc<Models>,
    /// Tells what a thread remembers of this annotator from what it remembers of others.
    number: u64,
}

impl Annotator {
    /// An annotator of that catalog, with the models in the binary.
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Self::with_models(catalog, Models::embedded())
    }

    /// An annotator of that catalog with those models.
    pub fn with_models(catalog: Arc<Catalog>, models: Arc<Models>) -> Self {
        Self { catalog, models, number: memory::next_number() }
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

    /// What `document` speaks of. Spans count bytes; the same document, catalog, models and options always give the same
    /// answer. Takes time linear in the text, and never fails: a text that nothing is found in has no annotations.
    pub fn annotate(&self, document: &Document, options: &PreparedOptions) -> AnnotatedDocument {
        let passages = PassageText::of_document(document);
        let vocabulary = Vocabulary::new(&self.catalog);
        memory::with(self.number, &self.models, |memory| {
            let own = options.options().abbreviations;
            let prepared = prepare::prepare(vocabulary, &self.models, &passages, own, memory);
            let found = recognise::recognise(&self.models, &passages, &prepared, memory);
            let mut mentions = mentions::recognised(
                vocabulary,
                &self.models,
                &passages,
                &prepared,
                &found,
                options,
                (&memory.lexicon, &mut memory.entities),
            );
            // where every reading is wanted, names stand beside what was recognised
            let all = options.options().overlap == OverlapPolicy::All;
            let types = if all { u16::MAX } else { self.models.types_without() };
            let (mut dictionary_mentions, defined) =
                self.dictionary_mentions(&passages, &prepared, types, options, &mut memory.known_names);
            mentions.append(&mut dictionary_mentions);
            notations::drop_notations(&passages, &mut mentions);
            everyday::drop_common_words(&passages, &mut mentions, &self.models);
            for place in passages.iter().enumerate() {
                matches::find_extra_terms(place, options, &mut mentions);
            }
            answer::merge_spans(&mut mentions);
            let names =
                answer::Names::new(vocabulary, &self.models, &mut memory.entities, &mut memory.reasons);
            let annotations = answer::annotations(names, &passages, &mut mentions, options);
            let abbreviations = abbreviations(&passages, &prepared, defined);
            memory.keep_room(prepared);
            AnnotatedDocument { id: document.id.clone(), annotations, abbreviations }
        })
    }

    /// The mentions of `types`, which are those that have no sequence model: names of the catalog that stand in the text, and
    /// patterns; and the abbreviations that they are read with.
    fn dictionary_mentions(
        &self,
        passages: &[PassageText<'_>],
        prepared: &recognise::Prepared,
        types: u16,
        options: &PreparedOptions,
        known: &mut known_names::KnownNames,
    ) -> (Spare<Vec<Mention>>, Vec<Abbreviation>) {
        let vocabulary = Vocabulary::of_types(&self.catalog, types);
        let mut mentions: Spare<Vec<Mention>> = Spare::take();
        let mut names: Spare<Vec<Mention>> = Spare::take();
        let mut firsts: Spare<Vec<usize>> = Spare::take();
        for place @ (index, passage) in passages.iter().enumerate() {
            let matches = &prepared.matches[index];
            let wanted = matches.iter().filter(|found| found.profile.types & types != 0);
            firsts.clear();
            firsts.extend(wanted.map(|found| found.first));
            firsts.dedup();
            if types & 1 << EntityType::Gene as u16 != 0 {
                // a letter before a gene's symbol may stand for its species
                firsts.clear();
                firsts.extend(0..passage.folded.tokens().len());
            }
            if firsts.is_empty() {
                continue;
            }
            let wanted = matches.iter().filter(|found| found.profile.types & types != 0);
            let written = |found: &NameMatch| passage.slice(passage.span(found.first, found.end));
            known.look_towards(vocabulary, wanted.map(|found| (found.group, written(found))));
            let names_at = |first: usize| {
                let from = matches.partition_point(|found| found.first < first);
                let here = matches[from..].iter().take_while(move |found| found.first == first);
                here.map(|found| (found.end, found.group))
            };
            let firsts = firsts.iter().copied();
            matches::find_names((vocabulary, options), place, names_at, firsts, known, &mut names);
            coordinations::find_coordinations(vocabulary, place, &mut names, options, &mut mentions);
            names.retain(|name| !name.readings.is_empty());
            composites::find_composites(vocabulary, place, &names, options, &mut mentions);
            mentions.append(&mut names);
        }
        if mentions.is_empty() && types & 1 << EntityType::Variant as u16 == 0 {
            // without names there is nothing that a short form could stand for
            return (mentions, Vec::new());
        }
        let defined = definitions::apply_definitions(
            vocabulary,
            passages,
            &prepared.definitions,
            &mut mentions,
            options,
        );
        let (ranker, ranked) = (&self.models.names, &mut known.ranked);
        evidence::rank_mentions(&mut mentions, vocabulary, passages, options, ranker, ranked);
        if types & 1 << EntityType::Variant as u16 != 0 {
            for (index, passage) in passages.iter().enumerate() {
                mentions.extend(find_variants(passage, index, options));
            }
        }
        (mentions, defined)
    }

    /// The readings by names of `types`, given as bits by their values, that stand in a document, whatever they score.
    pub(crate) fn seen_names(
        &self,
        document: &Document,
        types: u16,
        options: &PreparedOptions,
    ) -> Vec<name_ranker::SeenName> {
        let passages = PassageText::of_document(document);
        memory::with(self.number, &self.models, |memory| {
            let prepared =
                prepare::prepare(Vocabulary::new(&self.catalog), &self.models, &passages, true, memory);
            let known = &mut memory.known_names;
            let (mentions, _) = self.dictionary_mentions(&passages, &prepared, types, options, known);
            name_ranker::seen_names(&mentions, &passages)
        })
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
        let question = resolve::Question { name, types, taxa, context, limit };
        memory::with(self.number, &self.models, |memory| {
            resolve::resolve_name(Vocabulary::new(&self.catalog), &self.models, memory, &question)
        })
    }
}

/// The definitions of a document, each pair once, and then those that only the dictionary's names have told.
fn abbreviations(
    passages: &[PassageText<'_>],
    prepared: &recognise::Prepared,
    defined: Vec<Abbreviation>,
) -> Vec<Abbreviation> {
    let pair = |at: usize| {
        let (index, definition) = &prepared.definitions[at];
        let text = passages[*index].text;
        (&text[definition.short_form.clone()], &text[definition.long_form.clone()])
    };
    // the first of each pair, by the pairs
    let mut pairs: Spare<Vec<usize>> = (0..prepared.definitions.len()).collect();
    pairs.sort_unstable_by_key(|at| worked((pair(*at), *at)));
    pairs.dedup_by_key(|at| pair(*at));
    let mut firsts = pairs.clone();
    firsts.sort_unstable();
    let mut abbreviations: Vec<Abbreviation> = Vec::with_capacity(pairs.len() + defined.len());
    abbreviations.extend(firsts.iter().map(|at| {
        let (short, long) = pair(*at);
        Abbreviation { short_form: short.to_owned(), long_form: long.to_owned() }
    }));
    for own in defined {
        let told = (own.short_form.as_str(), own.long_form.as_str());
        let is_known = pairs.binary_search_by(|at| pair(*at).cmp(&told)).is_ok();
        if !is_known && !abbreviations[pairs.len()..].contains(&own) {
            abbreviations.push(own);
        }
    }
    abbreviations
}

/// The variants of a passage as mentions.
fn find_variants(passage: &PassageText<'_>, passage_index: usize, options: &PreparedOptions) -> Vec<Mention> {
    let mut found = Vec::new();
    variants::find_variants(passage.text, &mut found);
    let wanted = found.into_iter().filter(|variant| {
        let written = &passage.text[variant.span.start..variant.span.end];
        // what needs its context to be told waits for who can read that
        variant.certainty > variants::Certainty::Weak && !options.is_blocked_text(written)
    });
    wanted
        .map(|variant| {
            let score = rank::score_pattern(variant.certainty == variants::Certainty::Certain);
            let subject = Subject::Variant(variant.id);
            let reading = Reading::new(subject, EntityType::Variant, Method::Pattern, score);
            Mention {
                passage: passage_index,
                span: variant.span,
                tokens: 0..0,
                prefix: None,
                readings: std::iter::once(reading).collect(),
            }
        })
        .collect()
}

/// What training needs of the annotator: the one code path for features.
pub(crate) mod learning {
    pub(crate) use super::link::aliases::{Aliases, HeldOut, Row, alias_key};
    #[cfg(test)]
    pub(crate) use super::link::candidates::CANDIDATES_LIMIT;
    pub(crate) use super::link::candidates::{Candidate, Route};
    pub(crate) use super::link::focus::{self, FocusModel};
    pub(crate) use super::link::parts::each_part;
    pub(crate) use super::link::{Document, LinkModel, Linked, Target, features, link};
    pub(crate) use super::memory::Memory;
    pub(crate) use super::models::{ChainModel, Models};
    pub(crate) use super::name_ranker::{NAME_FEATURES, NameFeatures, NameModel, NameRanker, SeenName, Told};
    pub(crate) use super::passages::PassageText;
    pub(crate) use super::prepare::prepare;
    pub(crate) use super::recognise::chain::{
        ANY_LABEL, BEGIN, Factors, INSIDE, LABELS, Lattice, OUTSIDE, Transitions,
    };
    pub(crate) use super::recognise::features::{
        DISTANCES, Origin, REACH, beyond, each_context_feature, each_feature_together, each_word_feature,
    };
    #[cfg(test)]
    pub(crate) use super::recognise::look::LOOK_FEATURES;
    pub(crate) use super::recognise::look::{Look, describe as describe_spans};
    pub(crate) use super::recognise::spelling;
    pub(crate) use super::recognise::table::{MODEL_TYPES, ROW, Table, place_in_row};
    pub(crate) use super::recognise::words::hash;
    pub(crate) use super::recognise::{Prepared, best, recognise};
    pub(crate) use super::surface::{Agreement, common_words};
    pub(crate) use super::vocabulary::Vocabulary;
}
