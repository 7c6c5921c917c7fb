//! Words of everyday language: "liver", "sleep" and "memory" name what a paper speaks of, and are words like others in a text
//! about cooking. They count where the document names anything else.

use super::mention::{Mention, Reading, Subject};
use super::models::Models;

/// Takes the readings of common words by the dictionary from the mentions of a document that names nothing else: no
/// recognised mention that is linked, and no name that is not a common word and scores enough.
pub(super) fn drop_common_words(mentions: &mut Vec<Mention>, models: &Models) {
    let is_word = |reading: &Reading| {
        !reading.recognised && reading.evidence.is_some_and(|evidence| evidence.common_word)
    };
    if !mentions.iter().any(|mention| mention.readings.iter().any(is_word)) {
        return;
    }
    let names_something = |mention: &Mention| {
        mention.readings.first().is_some_and(|first| {
            let enough = || first.score >= models.names.least_score(first, 0.0);
            !is_word(first) && first.subject != Subject::Unlinked && (first.recognised || enough())
        })
    };
    if mentions.iter().any(names_something) {
        return;
    }
    for mention in mentions.iter_mut() {
        mention.readings.retain(|reading| !is_word(reading));
    }
    mentions.retain(|mention| !mention.readings.is_empty());
}

#[cfg(test)]
mod tests {
    use super::super::rank::NameEvidence;
    use super::*;
    use crate::catalog::Catalog;
    use crate::model::{EntityType, Method, Span};

    /// A mention of anatomy by the dictionary.
    fn mention(common_word: bool, score: f32) -> Mention {
        let catalog = Catalog::embedded().unwrap();
        let entity = catalog.indices().next().unwrap();
        let evidence = NameEvidence { common_word, ..NameEvidence::of_type(EntityType::Anatomy) };
        let reading = Reading::new(Subject::Entity(entity), EntityType::Anatomy, Method::Dictionary, score);
        let readings = vec![Reading { evidence: Some(evidence), ..reading }];
        Mention { passage: 0, span: Span { start: 0, end: 5 }, tokens: 0..1, prefix: None, readings }
    }

    fn recognised(subject: Subject) -> Mention {
        let reading = Reading::new(subject, EntityType::Gene, Method::Model, 0.9);
        Mention { readings: vec![Reading { recognised: true, ..reading }], ..mention(false, 0.0) }
    }

    #[test]
    fn common_words_count_where_something_else_is_named() {
        let models = Models::embedded();
        let linked = recognised(mention(true, 0.9).readings[0].subject.clone());
        for (other, kept) in [
            (None, 0),
            (Some(mention(true, 0.9)), 0),
            (Some(mention(false, 0.001)), 1),
            (Some(mention(false, 0.99)), 2),
            (Some(recognised(Subject::Unlinked)), 1),
            (Some(linked), 2),
        ] {
            let mut mentions: Vec<Mention> = [mention(true, 0.9)].into_iter().chain(other.clone()).collect();
            drop_common_words(&mut mentions, &models);
            assert_eq!(mentions.len(), kept, "{other:?}");
        }
    }
}
