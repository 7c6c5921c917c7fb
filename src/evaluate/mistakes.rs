//! What went wrong in a document, each mistake with its kind.

use std::collections::BTreeMap;

use super::marks::{Marks, Place, found_places, ids_of, overlap, place_of};
use crate::catalog::{Catalog, EntityIndex};
use crate::formats::gold::{GoldDocument, GoldMention, canonical_ids, curie_of};
use crate::model::{AnnotatedDocument, Annotation, Curie, EntityType};

/// The kinds of mistakes. A mention that is not found as it is marked is missed; a mention that is found as it is marked
/// may have the wrong identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MistakeKind {
    /// An answer of the type overlaps the mention.
    MissedBoundary,
    /// An answer of another type overlaps the mention.
    MissedType,
    /// Nothing was answered there, and the catalog has none of the mention's identifiers; also a mention without any.
    MissedNotInVocabulary,
    /// Nothing was answered there, though the catalog has one of the identifiers.
    MissedRankedDown,
    /// An answer that overlaps no mention of the type.
    Spurious,
    /// The catalog has none of the mention's identifiers.
    IdNotInVocabulary,
    /// The answer has no identifier.
    IdNotGiven,
    /// The catalog knows the identifier answered as one of the same entity, by another namespace or a retired one.
    IdOfSameEntity,
    /// The identifier is that of a candidate.
    IdAmongCandidates,
    /// The identifier is in the catalog and neither answered nor a candidate.
    IdNotAmongCandidates,
}

impl MistakeKind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 10] = [
        Self::MissedBoundary,
        Self::MissedType,
        Self::MissedNotInVocabulary,
        Self::MissedRankedDown,
        Self::Spurious,
        Self::IdNotInVocabulary,
        Self::IdNotGiven,
        Self::IdOfSameEntity,
        Self::IdAmongCandidates,
        Self::IdNotAmongCandidates,
    ];

    /// What reports call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MissedBoundary => "missed: boundary",
            Self::MissedType => "missed: type",
            Self::MissedNotInVocabulary => "missed: not in the vocabulary",
            Self::MissedRankedDown => "missed: ranked down",
            Self::Spurious => "spurious",
            Self::IdNotInVocabulary => "id not in the vocabulary",
            Self::IdNotGiven => "no id given",
            Self::IdOfSameEntity => "another id of the same entity",
            Self::IdAmongCandidates => "id among the candidates",
            Self::IdNotAmongCandidates => "id not among the candidates",
        }
    }
}

/// A mistake and where it was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mistake<'a> {
    /// What went wrong.
    pub kind: MistakeKind,
    /// The document's id.
    pub document: &'a str,
    /// The text of the mention, or of the answer where there is none.
    pub text: &'a str,
    /// The mention; of a spurious answer one of another type that it overlaps.
    pub gold: Option<&'a GoldMention>,
    /// The answer in its place.
    pub found: Option<&'a Annotation>,
    /// The place of the right identifier among the readings, where the answer is the first and its first candidate the
    /// second.
    pub rank: Option<usize>,
}

/// What went wrong with a type in a document: what was missed, what is spurious, and which mentions have the wrong
/// identifier, each in the order of the text. A mention with several identifiers is right with any of them.
pub fn find_mistakes<'a>(
    gold: &'a GoldDocument,
    found: &'a AnnotatedDocument,
    entity_type: EntityType,
    catalog: &Catalog,
) -> Vec<Mistake<'a>> {
    let marks = Marks::of(gold, entity_type);
    let answers = found_places(found, entity_type);
    let case = Case { gold, found, entity_type, catalog, marks, answers };
    let mut mistakes: Vec<Mistake<'a>> = case.missed().collect();
    mistakes.extend(case.spurious());
    mistakes.extend(case.wrong_ids());
    mistakes
}

/// A type in a document.
struct Case<'a, 'c> {
    gold: &'a GoldDocument,
    found: &'a AnnotatedDocument,
    entity_type: EntityType,
    catalog: &'c Catalog,
    marks: Marks<'a>,
    answers: BTreeMap<Place, Vec<&'a Annotation>>,
}

impl<'a> Case<'a, '_> {
    fn at_mention(
        &self,
        kind: MistakeKind,
        mention: &'a GoldMention,
        found: Option<&'a Annotation>,
    ) -> Mistake<'a> {
        let (document, text) = (self.gold.document.id.as_str(), self.gold.text_of(mention));
        Mistake { kind, document, text, gold: Some(mention), found, rank: None }
    }

    fn missed(&self) -> impl Iterator<Item = Mistake<'a>> {
        let missed = self.marks.mentions.iter().filter(|(place, _)| !self.answers.contains_key(*place));
        missed.filter_map(|(place, mentions)| {
            let near = self.found.annotations.iter().filter(|found| overlap(place_of(found), *place));
            let own = near.clone().find(|found| found.entity_type == self.entity_type);
            let other = near.clone().next();
            let kind = match (own, other) {
                (Some(_), _) => MistakeKind::MissedBoundary,
                (None, Some(_)) => MistakeKind::MissedType,
                _ if self.entities(mentions).is_empty() => MistakeKind::MissedNotInVocabulary,
                _ => MistakeKind::MissedRankedDown,
            };
            Some(self.at_mention(kind, mentions.first()?, own.or(other)))
        })
    }

    fn spurious(&self) -> impl Iterator<Item = Mistake<'a>> {
        let alone = self
            .answers
            .iter()
            .filter(|(place, _)| !self.marks.has_near(**place) && !self.marks.is_neutral(**place));
        alone.filter_map(|(place, answers)| {
            let found = *answers.first()?;
            let mut mentions = self.gold.mentions.iter();
            let gold = mentions.find(|mention| overlap((mention.passage, mention.span), *place));
            let (document, text) = (self.gold.document.id.as_str(), found.text.as_str());
            let kind = MistakeKind::Spurious;
            Some(Mistake { kind, document, text, gold, found: Some(found), rank: None })
        })
    }

    fn wrong_ids(&self) -> impl Iterator<Item = Mistake<'a>> {
        let both = self
            .marks
            .mentions
            .iter()
            .filter_map(|(place, mentions)| Some((mentions, self.answers.get(place)?)));
        both.filter_map(|(mentions, answers)| self.wrong_id(mentions, answers))
    }

    fn wrong_id(&self, mentions: &[&'a GoldMention], answers: &[&'a Annotation]) -> Option<Mistake<'a>> {
        let found_ids = ids_of(answers.iter().copied());
        let wanted = |id: &String| mentions.iter().any(|mention| mention.ids.contains(id));
        let without = mentions.iter().all(|mention| mention.ids.is_empty());
        if without || found_ids.iter().any(wanted) {
            return None;
        }
        let entities = self.entities(mentions);
        let is_right = |id: &str| {
            canonical_ids(id).iter().any(wanted) || self.entity(id).is_some_and(|one| entities.contains(&one))
        };
        let ranks = answers.iter().filter_map(|answer| {
            answer.candidates.iter().position(|candidate| is_right(&candidate.entity_id))
        });
        let rank = ranks.min().map(|position| position + 2);
        let kind = if entities.is_empty() && rank.is_none() {
            MistakeKind::IdNotInVocabulary
        } else if found_ids.is_empty() {
            MistakeKind::IdNotGiven
        } else if answers.iter().any(|answer| is_right(&answer.entity_id)) {
            MistakeKind::IdOfSameEntity
        } else if rank.is_some() {
            MistakeKind::IdAmongCandidates
        } else {
            MistakeKind::IdNotAmongCandidates
        };
        Some(Mistake { rank, ..self.at_mention(kind, mentions.first()?, answers.first().copied()) })
    }

    /// The entities that the identifiers of mentions name.
    fn entities(&self, mentions: &[&GoldMention]) -> Vec<EntityIndex> {
        let ids = mentions.iter().flat_map(|mention| &mention.ids);
        let curies = ids.filter_map(|id| curie_of(id, self.entity_type));
        curies.filter_map(|curie| self.catalog.find(&curie)).collect()
    }

    fn entity(&self, id: &str) -> Option<EntityIndex> {
        self.catalog.find(&id.parse::<Curie>().ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{found, gold};
    use super::*;

    /// A catalog of the disease D009101, also OMIM:254500, and the diseases D003643 and D001943.
    fn catalog() -> Catalog {
        let entity = |id: &str, xrefs: &[&str]| crate::model::Entity {
            xrefs: xrefs.iter().map(|id| id.parse().unwrap()).collect(),
            ..crate::model::Entity::named(id.parse().unwrap(), EntityType::Disease, id)
        };
        let entities = [
            entity("MESH:D009101", &["OMIM:254500"]),
            entity("MESH:D003643", &[]),
            entity("MESH:D001943", &[]),
        ];
        Catalog::from_entities(&entities).unwrap()
    }

    #[test]
    fn every_mistake_has_its_kind() {
        let catalog = catalog();
        let cases: &[(&[&str], &[&str], &[&str])] = &[
            (&["0:0-5 Disease D009101"], &["0:0-5 Disease MESH:D009101"], &[]),
            (&["0:0-5 Disease D009101"], &["0:0-9 Disease MESH:D009101"], &["missed: boundary alpha"]),
            (&["0:0-5 Disease D009101"], &["0:0-9 Gene NCBIGene:1"], &["missed: type alpha"]),
            (&["0:0-5 Disease D000001"], &[], &["missed: not in the vocabulary alpha"]),
            (&["0:0-5 Disease"], &[], &["missed: not in the vocabulary alpha"]),
            (&["0:0-5 Disease D009101"], &["1:0-5 Gene NCBIGene:1"], &["missed: ranked down alpha"]),
            (&["0:0-5 Disease OMIM:254500|D5"], &[], &["missed: ranked down alpha"]),
            (&["0:0-5 Gene 1"], &["0:0-5 Disease MESH:D003643"], &["spurious alpha"]),
            (
                &["0:0-5 Disease D000001"],
                &["0:0-5 Disease MESH:D003643"],
                &["id not in the vocabulary alpha"],
            ),
            (&["0:0-5 Disease D009101"], &["0:0-5 Disease"], &["no id given alpha"]),
            (
                &["0:0-5 Disease OMIM:254500"],
                &["0:0-5 Disease MESH:D009101"],
                &["another id of the same entity alpha"],
            ),
            (
                &["0:0-5 Disease D009101"],
                &["0:0-5 Disease MESH:D003643 MESH:D001943 MESH:D009101"],
                &["id among the candidates alpha 3"],
            ),
            (
                &["0:0-5 Disease D009101"],
                &["0:0-5 Disease MESH:D003643 MESH:D001943"],
                &["id not among the candidates alpha"],
            ),
            // One of several identifiers will do; a mention without any has no wrong one.
            (&["0:0-5 Disease D009101|D5"], &["0:0-5 Disease MESH:D009101"], &[]),
            (&["0:0-5 Disease"], &["0:0-5 Disease MESH:D009101"], &[]),
        ];
        for (marked, answered, expected) in cases {
            let (gold, found) = (gold(marked), found(answered));
            let mistakes = find_mistakes(&gold, &found, EntityType::Disease, &catalog);
            let show = |mistake: &Mistake<'_>| {
                let rank = mistake.rank.map_or_else(String::new, |rank| format!(" {rank}"));
                format!("{} {}{rank}", mistake.kind.name(), mistake.text)
            };
            let shown: Vec<String> = mistakes.iter().map(show).collect();
            assert_eq!(&shown, expected, "{marked:?} {answered:?}");
        }
    }

    #[test]
    fn neutral_mentions_are_neither_missed_nor_spurious() {
        let (gold, found) = (gold(&["0:0-5 FamilyName", "1:0-5 DomainMotif 7"]), found(&["0:0-3 Gene 5"]));
        assert_eq!(find_mistakes(&gold, &found, EntityType::Gene, &catalog()), []);
    }
}
