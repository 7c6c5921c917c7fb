//! The trained part of the ranking of names: two logistic regressions a type, for types that have gold data and no sequence
//! model, and two learnt of all of them for types without either. The first says which entity a name stands for, the second
//! how likely the text speaks of such an entity there. They weigh what speaks for a name and what the gold data says of
//! it; what the weights set by hand say ([`rank::log_odds`]) is a feature among others.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::counts::CountLogs;
use super::mention::{Mention, Reading, Subject};
use super::models::calibrated;
use super::passages::PassageText;
use super::rank::{self, CONTRADICTED_FACTOR, NameEvidence, SCORE_FLOOR, Support};
use super::ranked_names::{Ranked, RankedBy, RankedNames};
use super::recognise::table::MODEL_TYPES;
use super::surface::Agreement;
use super::told_names::ToldNames;
use crate::catalog::EntityIndex;
use crate::model::{EntityType, Span, SynonymScope};
use crate::text::Spare;
use crate::text::pauses::worked;

/// How many features a name has.
pub(crate) const NAME_FEATURES: usize = 42;

/// What the ranker sees of a name.
pub(crate) type NameFeatures = [f32; NAME_FEATURES];

/// In how many documents of the gold data a name of a type was marked, and in how many it stood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// In how many most of its places were marked.
    pub marked: u16,
    /// In how many it stood.
    pub stood: u16,
}

/// What is known of a name besides the evidence.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct NameUse {
    /// What the gold data says of it.
    pub told: Told,
    /// How often the document has it.
    pub times: u32,
    /// How known the entity is.
    pub prominence: u8,
}

/// The hash of a folded name of a type.
pub(super) fn name_key(entity_type: EntityType, key: &str) -> u64 {
    xxh3_64_with_seed(key.as_bytes(), 0x006e_616d_6500 + entity_type as u64)
}

/// The ranker of one type.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct NameModel {
    /// The type's name; empty for the one that all other types are ranked by.
    pub entity_type: String,
    /// What a feature says for an entity against others of the name.
    pub choice: Vec<f32>,
    /// What a feature of the best entity says for a mention of its type.
    pub chance: Vec<f32>,
    /// How often names of a chance are right: points of both, rising.
    pub calibration: Vec<(f32, f32)>,
    /// The least score that gives the best F1.
    pub threshold: f32,
}

/// The rankers of all types.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameRanker {
    models: Vec<NameModel>,
    /// The place of each type's model, by the type's value.
    places: Vec<Option<usize>>,
    told: ToldNames,
}

impl NameRanker {
    /// A ranker of those models, and what the gold data says of names. Models of types that there are not are passed over.
    pub(crate) fn new(models: Vec<NameModel>, told: FxHashMap<u64, Told>) -> Self {
        let place = |name: &str| models.iter().position(|model| model.entity_type == name && model.fits());
        let others = place("");
        // names of types with a sequence model stand beside what that found, by other weights
        let of = |own: &EntityType| place(own.name()).or(others.filter(|_| !MODEL_TYPES.contains(own)));
        let places = EntityType::ALL.iter().map(of).collect();
        Self { models, places, told: ToldNames::new(told) }
    }

    /// The models of the types.
    pub(crate) fn models(&self) -> &[NameModel] {
        &self.models
    }

    /// What the gold data says of names, sorted by their hashes.
    pub(crate) fn told(&self) -> Vec<(u64, Told)> {
        let mut rows: Vec<(u64, Told)> = self.told.each().collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        rows
    }

    /// What the gold data says of a name of a type.
    pub(super) fn told_of(&self, entity_type: EntityType, key: &str) -> Told {
        self.told_by_key(name_key(entity_type, key))
    }

    /// What the gold data says of a name, by its hash ([`name_key`]).
    pub(crate) fn told_by_key(&self, key: u64) -> Told {
        self.told.of(key)
    }

    /// Has what the gold data says of a name of a type come nearer, where that will be asked.
    pub(super) fn look_towards(&self, entity_type: EntityType, key: &str) {
        if self.of(entity_type).is_some() {
            self.told.look_towards(name_key(entity_type, key));
        }
    }

    /// The model of a type; none where nothing was learnt.
    pub(crate) fn of(&self, entity_type: EntityType) -> Option<&NameModel> {
        self.places.get(entity_type as usize).copied().flatten().and_then(|at| self.models.get(at))
    }
}

impl NameRanker {
    /// The least score of a reading that was not recognised: what gives the best F1 where that was learnt, or less where a
    /// request asks for less. `asked` is 0 where it asks for nothing.
    pub(super) fn least_score(&self, reading: &Reading, asked: f32) -> f32 {
        match self.of(reading.entity_type).filter(|_| reading.evidence.is_some()) {
            Some(model) if asked > 0.0 => model.threshold.min(asked),
            Some(model) => model.threshold,
            None => SCORE_FLOOR,
        }
    }

    /// Scores the readings of a mention that there is a model for: of each type the one that the name most likely stands for
    /// gets the score of such a mention, others their share of it. `times` is how often the document has the name.
    pub(super) fn score(&self, readings: &mut [Reading], name: &str, times: u32, ranked: &mut RankedNames) {
        let mut scored = 0_u16;
        for at in 0..readings.len() {
            let entity_type = readings[at].entity_type;
            let bit = 1 << entity_type as u16;
            let Some(model) = self.of(entity_type).filter(|_| scored & bit == 0) else { continue };
            scored |= bit;
            let told = self.told_of(entity_type, name);
            let alone = readings[at + 1..].iter().all(|other| other.entity_type != entity_type);
            if alone {
                model.score_alone(&mut readings[at], (told, times), ranked);
            } else {
                model.score_several(readings, entity_type, (told, times), ranked);
            }
        }
    }
}

impl NameModel {
    fn fits(&self) -> bool {
        self.choice.len() == NAME_FEATURES && self.chance.len() == NAME_FEATURES
    }

    /// How likely a name stands for an entity, beside others of the name.
    pub(crate) fn choice(&self, features: &NameFeatures) -> f32 {
        probability(&self.choice, features)
    }

    /// How likely the text speaks of an entity of the type, by the best of those that have the name.
    pub(crate) fn chance(&self, features: &NameFeatures) -> f32 {
        probability(&self.chance, features)
    }

    /// The score of a chance: how often such names are right.
    pub(crate) fn score(&self, chance: f32) -> f32 {
        calibrated(&self.calibration, chance)
    }
}

impl NameModel {
    /// What a reading is ranked as; `None` of one that is not by a name.
    fn ranked(
        &self,
        reading: &Reading,
        (told, times): (Told, u32),
        ranked: &mut RankedNames,
    ) -> Option<Ranked> {
        let of = NameUse { told, times, prominence: reading.prominence };
        let evidence = reading.evidence.as_ref()?;
        Some(ranked.of(RankedBy::of(reading.entity_type, evidence, of), || self.rank(evidence, of)))
    }

    #[inline(never)]
    fn rank(&self, evidence: &NameEvidence, of: NameUse) -> Ranked {
        let features = describe_name(evidence, of);
        Ranked { choice: self.choice(&features), score: self.score(self.chance(&features)) }
    }

    fn score_alone(&self, reading: &mut Reading, of: (Told, u32), ranked: &mut RankedNames) {
        if let Some(Ranked { score, .. }) = self.ranked(reading, of, ranked) {
            reading.score = score * contradiction(reading);
        }
    }

    fn score_several(
        &self,
        readings: &mut [Reading],
        entity_type: EntityType,
        of: (Told, u32),
        ranked: &mut RankedNames,
    ) {
        let is_own = |own: &&mut Reading| own.entity_type == entity_type && own.evidence.is_some();
        let mut best: Option<((bool, f32, u8), f32)> = None;
        for reading in readings.iter_mut().filter(is_own) {
            let Some(Ranked { choice, score }) = self.ranked(reading, of, ranked) else { continue };
            // kept there until the best is known
            reading.score = choice;
            let right = (!reading.contradicted, reading.score, reading.prominence);
            if best.as_ref().is_none_or(|(most, _)| right > *most) {
                best = Some((right, score));
            }
        }
        let Some(((_, most, _), score)) = best else { return };
        for reading in readings.iter_mut().filter(is_own) {
            reading.score = score * (reading.score / most).min(1.0) * contradiction(reading);
        }
    }
}

/// What a score is multiplied with where the document says that the mention stands for something else.
const fn contradiction(reading: &Reading) -> f32 {
    if reading.contradicted { CONTRADICTED_FACTOR } else { 1.0 }
}

fn probability(weights: &[f32], features: &NameFeatures) -> f32 {
    // their number is known where there are as many weights, as there are ([`NameModel::fits`])
    let sum = match weights.first_chunk::<NAME_FEATURES>() {
        Some(weights) => weights.iter().zip(features).map(|(weight, value)| weight * value).sum(),
        None => weights.iter().zip(features).map(|(weight, value)| weight * value).sum(),
    };
    rank::logistic(sum)
}

/// What the ranker sees of a name.
pub(super) fn describe_name(evidence: &NameEvidence, of: NameUse) -> NameFeatures {
    let is = |yes: bool| f32::from(u8::from(yes));
    let agrees = |agreement: Agreement| is(evidence.agreement == agreement);
    let characters = evidence.characters;
    let told = of.told;
    let is_told = told.stood > 0;
    let (marked, stood) = (f32::from(told.marked), f32::from(told.stood));
    let share = (marked + 0.5) / (stood + 1.0);
    let logs = CountLogs::new();
    let (rivals, times) = (logs.of(evidence.rivals), logs.of(of.times));
    [
        1.0,
        rank::log_odds(evidence),
        is(evidence.preferred),
        is(evidence.label),
        is(!evidence.label && evidence.scope == SynonymScope::Related),
        is(!evidence.label && evidence.scope == SynonymScope::Narrow),
        is(!evidence.label && evidence.scope == SynonymScope::Broad),
        agrees(Agreement::Identical),
        agrees(Agreement::SameCase),
        agrees(Agreement::FirstLetter),
        agrees(Agreement::Raised),
        agrees(Agreement::Lowered),
        agrees(Agreement::MixedCase),
        is(evidence.symbol),
        is(evidence.symbol && evidence.agreement == Agreement::Identical),
        is(characters <= 2),
        is(characters == 3),
        is(characters == 4),
        is((5..=6).contains(&characters)),
        is((11..=15).contains(&characters)),
        is(characters > 15),
        is(evidence.digit),
        is(evidence.several_words),
        is(evidence.several_words && evidence.label),
        is(evidence.common_word),
        is(evidence.common_word && evidence.label),
        is(evidence.lower_case),
        is(evidence.plain),
        is(evidence.heads_sentence),
        is(evidence.upper_case),
        is(evidence.shouted),
        is(evidence.support == Support::OtherName),
        is(evidence.support == Support::Defined),
        rivals,
        is(evidence.word_of_another_type),
        is(evidence.type_word),
        times,
        logs.of(of.prominence.into()),
        is(is_told),
        if is_told { (share / (1.0 - share)).ln() } else { 0.0 },
        is(is_told && told.marked == 0),
        is(is_told && told.stood > 2 && told.marked == told.stood),
    ]
}

/// How often a document has each name: the names of its mentions, sorted.
pub(super) struct NameTimes<'p>(Spare<Vec<&'p str>>);

impl<'p> NameTimes<'p> {
    /// That of a document's mentions.
    pub(super) fn of(mentions: &[Mention], passages: &'p [PassageText<'_>]) -> Self {
        let mut names: Spare<Vec<&str>> = Spare::take();
        names.extend(mentions.iter().map(|mention| mention.name(passages)));
        names.sort_unstable_by(|one, other| worked(one.cmp(other)));
        Self(names)
    }

    /// How often the document has a name.
    pub(super) fn of_name(&self, name: &str) -> u32 {
        let from = &self.0[self.0.partition_point(|own| *own < name)..];
        u32::try_from(from.partition_point(|own| *own == name)).unwrap_or(u32::MAX)
    }
}

/// A reading by a name, as training sees it.
#[derive(Debug)]
pub(crate) struct SeenName {
    /// The passage it stands in.
    pub passage: usize,
    /// Where, in bytes.
    pub span: Span,
    /// What it is read as.
    pub entity: EntityIndex,
    /// The hash of type and folded name ([`name_key`]).
    pub key: u64,
    /// The type of the entity.
    pub entity_type: EntityType,
    /// Whether the entity is named in the namespace that is wanted most for its type.
    pub preferred: bool,
    evidence: NameEvidence,
    /// How known the entity is.
    pub prominence: u8,
    times: u32,
}

impl SeenName {
    /// What the ranker sees of it where the gold data says `told`.
    pub(crate) fn describe(&self, told: Told) -> NameFeatures {
        describe_name(&self.evidence, NameUse { told, times: self.times, prominence: self.prominence })
    }
}

/// The readings of mentions by names of the catalog.
pub(super) fn seen_names(mentions: &[Mention], passages: &[PassageText<'_>]) -> Vec<SeenName> {
    let times = NameTimes::of(mentions, passages);
    let mut seen = Vec::new();
    for mention in mentions {
        let name = mention.name(passages);
        for reading in mention.readings.iter().filter(|reading| !reading.contradicted) {
            if let (Subject::Entity(entity), Some(evidence)) = (&reading.subject, reading.evidence) {
                seen.push(SeenName {
                    passage: mention.passage,
                    span: mention.span,
                    entity: *entity,
                    key: name_key(reading.entity_type, name),
                    entity_type: reading.entity_type,
                    preferred: evidence.preferred,
                    evidence,
                    times: times.of_name(name),
                    prominence: reading.prominence,
                });
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(entity_type: &str, bias: f32) -> NameModel {
        let mut weights = vec![0.0; NAME_FEATURES];
        weights[0] = bias;
        let calibration = vec![(0.0, 0.0), (1.0, 1.0)];
        let (entity_type, choice) = (entity_type.to_owned(), weights.clone());
        NameModel { entity_type, choice, chance: weights, calibration, threshold: 0.5 }
    }

    #[test]
    fn types_have_their_own_model_or_that_of_others() {
        let told = [(name_key(EntityType::Anatomy, "liver"), Told { marked: 3, stood: 4 })];
        let ranker = NameRanker::new(
            vec![model("Anatomy", 2.0), model("", -1.0), model("Nonsense", 0.0)],
            told.into_iter().collect(),
        );
        let evidence = NameEvidence::of_type(EntityType::Anatomy);
        let features = describe_name(&evidence, NameUse::default());
        let score = |entity_type| ranker.of(entity_type).unwrap().chance(&features);
        assert!(score(EntityType::Anatomy) > 0.85 && score(EntityType::Phenotype) < 0.3);
        assert_eq!(ranker.told_of(EntityType::Anatomy, "liver"), Told { marked: 3, stood: 4 });
        assert_eq!(ranker.told_of(EntityType::CellType, "liver"), Told::default());
        assert_eq!(ranker.told().len(), 1);
        assert!(ranker.of(EntityType::Gene).is_none());
        assert!(NameRanker::default().of(EntityType::Anatomy).is_none());
        let short = NameModel { chance: vec![1.0], ..model("Anatomy", 1.0) };
        assert!(NameRanker::new(vec![short], FxHashMap::default()).of(EntityType::Anatomy).is_none());
    }

    #[test]
    fn features_tell_what_the_gold_data_says() {
        let evidence = NameEvidence::of_type(EntityType::Anatomy);
        let of = |marked, stood| {
            let told = Told { marked, stood };
            describe_name(&evidence, NameUse { told, times: 1, prominence: 0 })
        };
        assert!(of(3, 3)[NAME_FEATURES - 3] > 0.0 && of(0, 3)[NAME_FEATURES - 3] < 0.0);
        assert_eq!(of(0, 0)[NAME_FEATURES - 4..], [0.0; 4]);
        assert!(of(3, 3).iter().all(|value| value.is_finite()));
    }

    #[test]
    fn readings_of_a_name_share_its_score() {
        let catalog = crate::catalog::Catalog::embedded().unwrap();
        let entity = |at| Subject::Entity(catalog.indices().nth(at).unwrap());
        let reading = |at, label, entity_type| {
            let evidence = NameEvidence { label, ..NameEvidence::of_type(entity_type) };
            let method = crate::model::Method::Dictionary;
            Reading { evidence: Some(evidence), ..Reading::new(entity(at), entity_type, method, 0.1) }
        };
        // whether the name is the label is the fourth feature
        let mut choosing = model("Anatomy", 0.0);
        choosing.choice[3] = 3.0;
        choosing.chance[0] = 1.0;
        let ranker = NameRanker::new(vec![choosing], FxHashMap::default());
        let mut readings = [
            reading(0, false, EntityType::Anatomy),
            reading(1, true, EntityType::Anatomy),
            reading(2, false, EntityType::Gene),
        ];
        let mut ranked = RankedNames::default();
        ranker.score(&mut readings, "liver", 1, &mut ranked);
        let score = rank::logistic(1.0);
        assert!((readings[1].score - score).abs() < 1e-6 && readings[0].score < 0.6 * score);
        assert!((readings[2].score - 0.1).abs() < 1e-6, "genes have no such model");
        let mut alone = [Reading { contradicted: true, ..reading(0, false, EntityType::Anatomy) }];
        ranker.score(&mut alone, "liver", 1, &mut ranked);
        assert!((alone[0].score - score * CONTRADICTED_FACTOR).abs() < 1e-6);
    }
}
