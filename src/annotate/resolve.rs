//! The readings of one name, apart from any document.
//!
//! Types with a sequence model are linked as mentions are, by the trained ranker; how likely a name alone is of such a type the
//! sequence model says. Names of other types are found by the dictionary.

use super::answer::Names;
use super::definitions::apply_definitions;
use super::evidence::{better_first, rank_mentions};
use super::find_variants;
use super::known_names::KnownNames;
use super::link::{Document, Target, link};
use super::matches::{find_names, find_whole, walk};
use super::memory::Memory;
use super::mention::{Mention, Readings, Subject};
use super::mentions::{reading_of, targets};
use super::models::Models;
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::prepare::prepare;
use super::recognise::table::MODEL_TYPES;
use super::recognise::{Found, Prepared, recognise};
use super::surface;
use super::vocabulary::Vocabulary;
use crate::model::{AnnotateOptions, Candidate, Curie, EntityType, Span};

/// The most bytes of a name that are looked at.
const NAME_BYTES_LIMIT: usize = AnnotateOptions::TERM_BYTES_LIMIT;
/// What is added to how likely a name alone is of a type, before types are weighed against each other: names without a
/// sentence are often not recognised.
const TYPE_CHANCE_ADDED: f32 = 0.2;
/// How many places of the context that have the letters of the name are looked at for it.
const OCCURRENCES_LOOKED_AT: usize = 64;
/// The place of the name among the passages, before its context: of mentions of one text the first tells the candidates.
const NAME: usize = 0;

/// What is asked of a name.
pub(super) struct Question<'q> {
    pub name: &'q str,
    /// The types that are wanted; all where none are given.
    pub types: &'q [EntityType],
    /// The taxa of genes and cell lines that are wanted; all where none are given.
    pub taxa: &'q [Curie],
    /// Text that the name stands in or belongs to.
    pub context: &'q str,
    /// The most readings.
    pub limit: usize,
}

/// See [`super::Annotator::resolve_name`].
pub(super) fn resolve_name(
    vocabulary: Vocabulary<'_>,
    models: &Models,
    memory: &mut Memory,
    question: &Question<'_>,
) -> Vec<Candidate> {
    let Question { name, types, taxa, context, limit } = *question;
    let options = AnnotateOptions {
        types: types.to_vec(),
        taxa: taxa.iter().filter(|taxon| super::options::number_of_taxon(taxon).is_some()).cloned().collect(),
        ..AnnotateOptions::default()
    };
    // a list of taxa without any that is one asks for nothing that exists
    let nothing = name.len() > NAME_BYTES_LIMIT || options.taxa.is_empty() && !taxa.is_empty();
    let Some(options) = PreparedOptions::new(&options).ok().filter(|_| !nothing) else { return Vec::new() };
    let passages = [PassageText::new(name.trim()), PassageText::new(context)];
    let prepared = prepare(vocabulary, models, &passages, options.options().abbreviations, memory);
    let mut readings = linked(vocabulary, models, memory, (&passages, &prepared), &options);
    let known = &mut memory.known_names;
    readings.append(&mut of_dictionary(vocabulary, models, (&passages, &prepared), &options, known));
    let all = Span { start: 0, end: passages[NAME].text.len() };
    let variants = find_variants(&passages[NAME], NAME, &options);
    let whole = variants.into_iter().filter(|found| found.span == all);
    whole.for_each(|mut found| readings.append(&mut found.readings));
    memory.keep_room(prepared);
    readings.sort_by(better_first);
    let mut names = Names::new(vocabulary, models, &mut memory.entities, &mut memory.reasons);
    readings
        .iter()
        .filter(|reading| options.wants(reading.entity_type))
        .take(limit)
        .map(|reading| names.candidate(reading, &options))
        .collect()
}

/// The readings of the types that have a sequence model, linked as mentions are. Species words and clear names of the context
/// are evidence.
fn linked(
    vocabulary: Vocabulary<'_>,
    models: &Models,
    memory: &mut Memory,
    (passages, prepared): (&[PassageText<'_>], &Prepared),
    options: &PreparedOptions,
) -> Readings {
    let found = recognise(models, passages, prepared, memory);
    let whole = (NAME, Span { start: 0, end: passages[NAME].text.len() });
    let in_context = place_in_context(passages);
    let types = linked_types(models, options);
    let context: Vec<Found> = found.iter().filter(|found| found.passage != NAME).cloned().collect();
    let asked =
        |(passage, span)| types.iter().map(move |(_, own)| Target::new(passages, passage, span, *own));
    let mut all: Vec<Target> = asked(whole).collect();
    all.append(&mut targets(vocabulary, models, passages, &context, options));
    all.extend(in_context.into_iter().flat_map(asked));
    all[types.len()..].sort_by_key(|target| (target.passage, target.span, target.entity_type));
    let (abbreviations, known) = (options.options().abbreviations, (&memory.lexicon, &mut memory.entities));
    let mut document = Document::new(vocabulary, models, passages, prepared, abbreviations, known);
    let linked = link(&mut document, &all, None);
    let chances = type_chances(models, &found, &[Some(whole), in_context], &types);
    let common_word = surface::is_common_word(passages[NAME].text);
    let mut readings = Readings::take();
    for ((target, alone), chance) in all.iter().zip(linked.each()).take(types.len()).zip(chances) {
        // what stands around the name in the context tells the species of a gene
        let there = all.iter().zip(linked.each()).find(|(other, linked)| {
            let same =
                in_context == Some((other.passage, other.span)) && other.entity_type == target.entity_type;
            same && linked.candidates.first().is_some_and(|first| first.probability >= linked.none)
        });
        let linked = there.map_or(alone, |(_, linked)| linked);
        let of_taxon = matches!(target.entity_type, EntityType::Gene | EntityType::CellLine);
        let wanted = linked.candidates.iter().filter(|own| !of_taxon || options.wants_taxon(own.taxon));
        readings.extend(wanted.map(|candidate| {
            let score = chance * candidate.probability;
            reading_of(target, (candidate, linked.species), score, common_word)
        }));
    }
    readings
}

/// The types that are wanted and linked, by their places.
fn linked_types(models: &Models, options: &PreparedOptions) -> Vec<(usize, EntityType)> {
    let has_model = |at: usize| models.chains.get(at).is_some_and(Option::is_some);
    let types = MODEL_TYPES.into_iter().enumerate();
    types.filter(|(at, own)| *own != EntityType::Variant && has_model(*at) && options.wants(*own)).collect()
}

/// Where the context has the name first.
fn place_in_context(passages: &[PassageText<'_>]) -> Option<(usize, Span)> {
    let name = passages[NAME].text;
    let contexts = passages.iter().enumerate().skip(NAME + 1).filter(|_| !name.is_empty());
    contexts.filter_map(|(index, passage)| Some((index, first_whole(passage, name)?))).next()
}

/// Where a passage has whole words that are a name first.
fn first_whole(passage: &PassageText<'_>, name: &str) -> Option<Span> {
    let spans = passage.text.match_indices(name).map(|(start, _)| Span { start, end: start + name.len() });
    spans.take(OCCURRENCES_LOOKED_AT).find(|span| {
        let tokens = passage.folded.tokens_within(span.start, span.end);
        !tokens.is_empty()
            && passage.folded.begins_word(tokens.start)
            && passage.folded.ends_word(tokens.end - 1)
    })
}

/// How likely a name is of each of the types where it stands, the likeliest having a chance of 1.
fn type_chances(
    models: &Models,
    found: &[Found],
    places: &[Option<(usize, Span)>],
    types: &[(usize, EntityType)],
) -> Vec<f32> {
    let chance = |at: usize| {
        let own = found.iter().filter(|f| f.model_type == at && places.contains(&Some((f.passage, f.span))));
        let score = own.map(|found| models.score(at, found.probability)).fold(0.0, f32::max);
        score + TYPE_CHANCE_ADDED
    };
    let chances: Vec<f32> = types.iter().map(|(at, _)| chance(*at)).collect();
    let most = chances.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    chances.into_iter().map(|chance| chance / most).collect()
}

/// The readings of the other types, by names of the catalog.
fn of_dictionary(
    vocabulary: Vocabulary<'_>,
    models: &Models,
    (passages, prepared): (&[PassageText<'_>], &Prepared),
    options: &PreparedOptions,
    known: &mut KnownNames,
) -> Readings {
    let vocabulary = vocabulary.with_types(models.types_without());
    let mut mentions: Vec<Mention> = Vec::new();
    for (index, passage) in passages.iter().enumerate() {
        let names_at = |first| walk(vocabulary, passage, first, 0);
        let firsts = 0..passage.folded.tokens().len();
        find_names((vocabulary, options), (index, passage), names_at, firsts, known, &mut mentions);
    }
    let tokens = passages[NAME].folded.tokens().len();
    let is_whole = |mention: &Mention| mention.passage == NAME && mention.tokens == (0..tokens);
    if !mentions.iter().any(is_whole) {
        mentions.extend(find_whole(vocabulary, &passages[NAME], NAME));
    }
    apply_definitions(vocabulary, passages, &prepared.definitions, &mut mentions, options);
    rank_mentions(&mut mentions, vocabulary, passages, options, &models.names, &mut known.ranked);
    let whole = mentions.into_iter().find(is_whole);
    let mut readings: Readings = whole.map(|mention| mention.readings).unwrap_or_default();
    readings.retain(|reading| matches!(reading.subject, Subject::Entity(_)));
    readings
}
