//! Words of everyday language: "liver", "sleep" and "memory" name what a paper speaks of, and are words like others in a text
//! about cooking; "tin" and "app" are genes in some papers. They count where the document names anything else.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use super::mention::{Mention, Reading, Subject};
use super::models::Models;
use super::passages::PassageText;
use super::recognise::studied::is_beside;
use super::surface;
use crate::model::EntityType;
use crate::text::{Spare, SpareText};

/// Words that are names only where a document names something else, one a line; see the notes at its top.
const EVERYDAY_WORDS: &str = include_str!("../../data/lexicon/everyday_words.txt");

/// Those of the words that organisms are called by and other things as well.
const THINGS: &[&str] = &["bass", "bat", "crane", "python", "seal"];
/// From which score on a plant or an animal of everyday language ("onion", "tiger") is one that a paper speaks of.
const SURE_ORGANISM: f32 = 0.8;
/// The most bytes of a text that is a name or a query and nothing more.
const QUERY_BYTES_MAX: usize = 30;

/// Takes common words from the mentions of a document that names nothing else: no recognised mention that is linked, and no
/// name that scores enough, but for such words. Organisms and chemicals that a model has recognised stay, but for what is in every
/// kitchen and zoo where the model is not sure.
pub(super) fn drop_common_words(passages: &[PassageText<'_>], mentions: &mut Vec<Mention>, models: &Models) {
    let names_something = |mention: &Mention| {
        mention.readings.first().is_some_and(|first| {
            let enough = || first.score >= models.names.least_score(first, 0.0);
            let counts = first.subject != Subject::Unlinked && (first.recognised || enough());
            counts
                && !is_common(first)
                && !is_everyday(passages, mention)
                && !is_unsure_organism(passages, mention, first)
        })
    };
    if mentions.iter().any(names_something) {
        return;
    }
    for mention in mentions.iter_mut() {
        let mut readings = std::mem::take(&mut mention.readings);
        let everyday = is_everyday(passages, mention);
        let is_word = |reading: &Reading| {
            is_common(reading)
                || everyday && may_be_a_word(reading)
                || is_unsure_organism(passages, mention, reading)
        };
        readings.retain(|reading| !is_word(reading));
        mention.readings = readings;
    }
    mentions.retain(|mention| !mention.readings.is_empty());
}

/// Whether a reading is a name of the dictionary that is a common word.
fn is_common(reading: &Reading) -> bool {
    !reading.recognised && reading.evidence.is_some_and(|evidence| evidence.common_word)
}

/// Whether a reading is of a type whose names are not what everyday language calls things by.
const fn may_be_a_word(reading: &Reading) -> bool {
    !reading.recognised || !matches!(reading.entity_type, EntityType::Species | EntityType::Chemical)
}

/// Whether a reading is of a plant or an animal that everyday language speaks of as well, or of what a thing is called, and not sure;
/// a text that is nothing but its name asks for it.
fn is_unsure_organism(passages: &[PassageText<'_>], mention: &Mention, reading: &Reading) -> bool {
    let passage = &passages[mention.passage];
    let written = passage.slice(mention.span);
    let is_query = passages.len() == 1 && passage.text.len() <= QUERY_BYTES_MAX;
    let is_told_beside = || {
        let mut folded = SpareText::take();
        folded.fold(written);
        is_beside(folded.text())
    };
    let is_unsure = || reading.score < SURE_ORGANISM && is_told_beside();
    reading.entity_type == EntityType::Species && !is_query && (THINGS.contains(&written) || is_unsure())
}

/// Whether a mention is written as everyday language writes one of its words: in lower case but for the first word of a
/// sentence, in upper case where it is a short form.
fn is_everyday(passages: &[PassageText<'_>], mention: &Mention) -> bool {
    let passage = &passages[mention.passage];
    let written = passage.slice(mention.span);
    if is_listed(written) {
        return true;
    }
    let is_capitalised = written.starts_with(|first: char| first.is_ascii_uppercase());
    if !is_capitalised
        || written.len() > WORD_BYTES_MAX
        || !begins_sentence(&passage.text[..mention.span.start])
    {
        return false;
    }
    let mut word: Spare<String> = Spare::take();
    word.push_str(written);
    word[..1].make_ascii_lowercase();
    is_listed(&word)
}

/// The bytes of the longest word that is looked up.
const WORD_BYTES_MAX: usize = 24;

/// Whether what stands before leaves the next word the first of its sentence.
fn begins_sentence(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(['"', '\'', '(', '\u{201c}', '\u{2018}']).trim_end();
    before.is_empty() || before.ends_with(['.', '!', '?', ':'])
}

/// Whether a word, or what it is the plural of, is in the list.
fn is_listed(word: &str) -> bool {
    static WORDS: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
    let words = WORDS.get_or_init(|| surface::lines(EVERYDAY_WORDS).collect());
    let singular = |end: &str| word.strip_suffix(end).is_some_and(|singular| words.contains(singular));
    word.len() <= WORD_BYTES_MAX && (words.contains(word) || singular("s") || singular("es"))
}

#[cfg(test)]
mod tests {
    use super::super::rank::NameEvidence;
    use super::*;
    use crate::catalog::Catalog;
    use crate::model::{Document, EntityType, Method, Span};

    /// A mention of anatomy by the dictionary.
    fn mention(common_word: bool, score: f32) -> Mention {
        let catalog = Catalog::embedded().unwrap();
        let entity = catalog.indices().next().unwrap();
        let evidence = NameEvidence { common_word, ..NameEvidence::of_type(EntityType::Anatomy) };
        let reading = Reading::new(Subject::Entity(entity), EntityType::Anatomy, Method::Dictionary, score);
        let readings = std::iter::once(Reading { evidence: Some(evidence), ..reading }).collect();
        Mention { passage: 0, span: Span { start: 0, end: 5 }, tokens: 0..1, prefix: None, readings }
    }

    fn recognised(subject: Subject, entity_type: EntityType) -> Mention {
        let reading = Reading::new(subject, entity_type, Method::Model, 0.9);
        let readings = std::iter::once(Reading { recognised: true, ..reading }).collect();
        Mention { readings, ..mention(false, 0.0) }
    }

    /// How many of `mentions`, of the first word of `text`, stay.
    fn left(text: &str, mentions: Vec<Mention>) -> usize {
        let document = Document::from_text("t", text);
        let passages = PassageText::of_document(&document);
        let end = text.find([' ', ',']).unwrap_or(text.len());
        let mut mentions: Vec<Mention> =
            mentions.into_iter().map(|mention| Mention { span: Span { start: 0, end }, ..mention }).collect();
        drop_common_words(&passages, &mut mentions, &Models::embedded());
        mentions.len()
    }

    #[test]
    fn common_words_count_where_something_else_is_named() {
        let linked = recognised(mention(true, 0.9).readings[0].subject.clone(), EntityType::Gene);
        for (other, kept) in [
            (None, 0),
            (Some(mention(true, 0.9)), 0),
            (Some(mention(false, 0.001)), 1),
            (Some(mention(false, 0.99)), 2),
            (Some(recognised(Subject::Unlinked, EntityType::Gene)), 1),
            (Some(linked), 2),
        ] {
            let mentions = [mention(true, 0.9)].into_iter().chain(other.clone()).collect();
            assert_eq!(left("liver cells", mentions), kept, "{other:?}");
        }
    }

    #[test]
    fn everyday_words_are_no_genes_where_nothing_else_is_named() {
        let entity = mention(true, 0.9).readings[0].subject.clone();
        for (text, entity_type, kept) in [
            ("tin", EntityType::Gene, 0),
            ("tins of it", EntityType::Gene, 0),
            ("Tin of it", EntityType::Gene, 0),
            ("TIN of it", EntityType::Gene, 1),
            ("API calls", EntityType::Gene, 0),
            ("api calls", EntityType::Gene, 1),
            ("tinman", EntityType::Gene, 1),
            ("jar", EntityType::CellLine, 0),
            ("cello", EntityType::Disease, 0),
            ("garlic", EntityType::Species, 1),
            ("bat", EntityType::Species, 1),
            ("bat and ball on the green of the village", EntityType::Species, 0),
            ("bat and ball on the green of the village", EntityType::Chemical, 1),
            ("bats that fly at night and sleep by day", EntityType::Species, 1),
            ("gold", EntityType::Chemical, 1),
        ] {
            let alone = vec![recognised(entity.clone(), entity_type)];
            assert_eq!(left(text, alone), kept, "{text}");
        }
        assert!(!begins_sentence("of the "));
        assert!(begins_sentence("It ended. \u{201c}"));
    }

    #[test]
    fn what_every_kitchen_has_is_an_organism_where_it_is_sure_or_asked_for() {
        let entity = mention(true, 0.9).readings[0].subject.clone();
        let long = "quinoa was chopped with the bread and the butter";
        for (text, score, kept) in [
            (long, 0.7, 0),
            (long, SURE_ORGANISM, 1),
            ("quinoa for you", 0.7, 1),
            ("zebrafish and the rest of the lot", 0.7, 1),
        ] {
            let mut alone = recognised(entity.clone(), EntityType::Species);
            alone.readings[0].score = score;
            assert_eq!(left(text, vec![alone.clone()]), kept, "{text} {score}");
            let gene = recognised(entity.clone(), EntityType::Gene);
            assert_eq!(left(text, vec![alone, gene]), 2, "{text} {score}: beside a gene");
        }
    }

    #[test]
    fn the_list_is_sorted_and_has_each_word_once() {
        let words: Vec<&str> = surface::lines(EVERYDAY_WORDS).collect();
        assert!(words.len() > 1_500 && words.is_sorted());
        assert!(words.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(words.iter().all(|word| word.len() <= WORD_BYTES_MAX));
        assert!(THINGS.iter().all(|word| is_listed(word)));
    }
}
