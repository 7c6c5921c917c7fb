//! The readings of one name, apart from any document.

use super::answer::Names;
use super::definitions::apply_definitions;
use super::evidence::{better_first, rank_mentions};
use super::find_variants;
use super::known_names::KnownNames;
use super::link::entities::Entities;
use super::matches::{find_names, find_whole, walk};
use super::mention::{Mention, Reading};
use super::models::Models;
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::reasons::Reasons;
use super::recognise::view::definitions;
use super::vocabulary::Vocabulary;
use crate::model::{AnnotateOptions, Candidate, Curie, EntityType, Span};

/// The most bytes of a name that are looked at.
const NAME_BYTES_LIMIT: usize = AnnotateOptions::TERM_BYTES_LIMIT;

/// See [`super::Annotator::resolve_name`].
pub(super) fn resolve_name(
    vocabulary: Vocabulary<'_>,
    models: &Models,
    name: &str,
    types: &[EntityType],
    taxa: &[Curie],
    context: &str,
    limit: usize,
) -> Vec<Candidate> {
    let options = AnnotateOptions {
        types: types.to_vec(),
        taxa: taxa.iter().filter(|taxon| super::options::number_of_taxon(taxon).is_some()).cloned().collect(),
        ..AnnotateOptions::default()
    };
    // a list of taxa without any that is one asks for nothing that exists
    let nothing = name.len() > NAME_BYTES_LIMIT || options.taxa.is_empty() && !taxa.is_empty();
    let Some(options) = PreparedOptions::new(&options).ok().filter(|_| !nothing) else { return Vec::new() };
    let passages = [PassageText::new(name.trim()), PassageText::new(context)];
    let mut mentions: Vec<Mention> = Vec::new();
    let mut known = KnownNames::default();
    for (index, passage) in passages.iter().enumerate() {
        mentions.extend(find_names(
            vocabulary,
            (index, passage),
            |first| walk(vocabulary, passage, first, 0),
            0..passage.folded.tokens().len(),
            &options,
            &mut known,
        ));
    }
    let tokens = passages[0].folded.tokens().len();
    let is_whole = |mention: &Mention| mention.passage == 0 && mention.tokens == (0..tokens);
    if !mentions.iter().any(is_whole) {
        mentions.extend(find_whole(vocabulary, &passages[0], 0));
    }
    let definitions = if options.options().abbreviations { definitions(&passages) } else { Vec::new() };
    apply_definitions(vocabulary, &passages, &definitions, &mut mentions, &options);
    rank_mentions(&mut mentions, vocabulary, &passages, &options, &models.names);
    let whole = mentions.into_iter().find(is_whole);
    let mut readings: Vec<Reading> = whole.map(|mention| mention.readings).unwrap_or_default();
    let all = Span { start: 0, end: passages[0].text.len() };
    let variants = find_variants(&passages[0], 0, &options);
    readings.extend(variants.into_iter().filter(|found| found.span == all).flat_map(|found| found.readings));
    readings.sort_by(better_first);
    let mut entities = Entities::default();
    let mut reasons = Reasons::default();
    let mut names = Names::new(vocabulary, models, &mut entities, &mut reasons);
    readings
        .iter()
        .filter(|reading| options.wants(reading.entity_type))
        .take(limit)
        .map(|reading| names.candidate(reading, &options))
        .collect()
}
