//! What the ranker weighs of a candidate.

use super::super::recognise::words::{both, feature};
use super::super::species::{Evidence, SpeciesWords, Taxon};
use super::aliases::HeldOut;
use super::candidates::{Candidate, OfTaxon, Route};
use super::focus::{CLASSES, class_of};
use super::weights::KnownWeights;
use super::{Document, LinkModel, Linked};
use crate::catalog::EntityIndex;
use crate::model::EntityType;
use crate::text::{Spare, spared};

/// The most words of a name that are told apart.
const WORDS_LIMIT: usize = 5;

/// Kinds of features. Their numbers are part of a model.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Kind {
    Route,
    Name,
    Symbol,
    Namespace,
    Prominence,
    Known,
    Said,
    SaidOfOther,
    Rivals,
    Support,
    Words,
    Species,
    Share,
    Convention,
    Taxon,
    Place,
    None,
    Letters,
    Label,
    Together,
    Focus,
}

/// The features of one candidate, or of none: the sum of their weights, and a list of them for training.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weighed {
    /// The sum of the weights.
    pub logit: f32,
    /// The features, where one trains.
    pub features: Option<Box<Features>>,
}

impl Weighed {
    /// The features; none where nothing is trained.
    pub(crate) fn features(&self) -> Vec<u32> {
        self.features.as_ref().map(|own| own.0.clone()).unwrap_or_default()
    }
}

/// A list of features.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features(pub Vec<u32>);

/// Features of one candidate of a type while they are added.
struct List<'l> {
    entity_type: EntityType,
    model: &'l LinkModel,
    /// Whether the features themselves are kept.
    kept: bool,
    /// The weights that are known.
    known: Option<&'l mut KnownWeights>,
    weighed: &'l mut Weighed,
}

impl List<'_> {
    #[inline(always)]
    fn add(&mut self, kind: Kind, value: u64) {
        let (told, entity_type, model) =
            ((kind as u8, value, self.entity_type), self.entity_type, self.model);
        self.weighed.logit += match &mut self.known {
            Some(known) => known.of(told, || weight(model, entity_type, kind, value)),
            None => weight(model, entity_type, kind, value),
        };
        if self.kept {
            let feature = feature_of(entity_type, kind, value);
            self.weighed.features.get_or_insert_default().0.push(feature);
        }
    }
}

/// The feature that a kind and a value tell of a type.
fn feature_of(entity_type: EntityType, kind: Kind, value: u64) -> u32 {
    (feature(kind as u32 + 1_000, both(value, entity_type as u64)) >> 32) as u32
}

// what is mostly known is not put in line
#[inline(never)]
fn weight(model: &LinkModel, entity_type: EntityType, kind: Kind, value: u64) -> f32 {
    model.weight(feature_of(entity_type, kind, value)).unwrap_or(0.0)
}

/// A number as its level on a rising scale.
fn level(value: u32, steps: &[u32]) -> u64 {
    steps.iter().take_while(|step| value >= **step).count() as u64
}

/// What is told of all candidates of a mention.
struct Among {
    said_total: u32,
    most_prominent: u8,
    count: u32,
    routes: Vec<Route>,
    /// Whether one has a name of the very letters.
    some_same_letters: bool,
}

/// Writes the features that the candidates of a name have by themselves, whatever the document.
pub(super) fn describe_alone(
    document: &Document<'_>,
    (entity_type, written): (EntityType, &str),
    candidates: &mut [Candidate],
    held_out: Option<&HeldOut>,
) {
    let among = Among {
        said_total: candidates.iter().map(|candidate| candidate.said).sum(),
        most_prominent: candidates.iter().map(|candidate| candidate.prominence).max().unwrap_or(0),
        count: u32::try_from(candidates.len()).unwrap_or(u32::MAX),
        routes: candidates.iter().map(|candidate| candidate.route).collect(),
        some_same_letters: candidates.iter().any(|candidate| candidate.same_letters),
    };
    for (place, candidate) in candidates.iter_mut().enumerate() {
        let mut weighed = Weighed::default();
        let model = &document.models.linking;
        let mut list =
            List { entity_type, model, kept: held_out.is_some(), known: None, weighed: &mut weighed };
        describe_one(document, candidate, &among, place, held_out, &mut list);
        candidate.weighed = weighed;
        if entity_type == EntityType::Species {
            candidate.label_like = like(document.vocabulary.label(candidate.entity), written);
        }
    }
    if entity_type == EntityType::Gene {
        count_taxa(candidates);
    }
}

/// Has each candidate know of those of its taxon.
fn count_taxa(candidates: &mut [Candidate]) {
    let said_of: Vec<(Option<Taxon>, u32)> =
        candidates.iter().map(|candidate| (candidate.taxon, candidate.said)).collect();
    for candidate in candidates {
        let own = said_of.iter().filter(|(taxon, _)| *taxon == candidate.taxon);
        candidate.of_taxon = own.fold(OfTaxon::default(), |OfTaxon { said, count }, own| OfTaxon {
            said: said + own.1,
            count: count + 1,
        });
    }
}

/// Adds those that the document gives the candidates of a mention, wherever in it that stands; `supports` tells whether a clear name
/// in it speaks of an entity.
pub(super) fn describe(
    document: &Document<'_>,
    entity_type: EntityType,
    Linked { candidates, words: word, .. }: &mut Linked,
    supports: impl Fn(EntityIndex) -> bool,
    held_out: Option<&HeldOut>,
) {
    let several = candidates.len() > 1;
    let words = document.words.borrow();
    let mut word = *word;
    let mut known = document.entities.borrow_mut().take_weights();
    for candidate in candidates {
        let mut weighed = std::mem::take(&mut candidate.weighed);
        let model = &document.models.linking;
        let known = Some(&mut *known);
        let mut list = List { entity_type, model, kept: held_out.is_some(), known, weighed: &mut weighed };
        if supports(candidate.entity) {
            list.add(Kind::Support, u64::from(candidate.symbol));
        }
        if several {
            list.add(Kind::Words, words.as_ref().map_or(0, |words| words.shared(&mut word)));
        }
        if entity_type == EntityType::Species {
            let value = u64::from(candidate.label_like);
            list.add(Kind::Label, value);
            list.add(Kind::Label, 1 << 32 | (candidate.route as u64) << 24 | value);
        }
        candidate.weighed = weighed;
    }
    document.entities.borrow_mut().keep_weights(known);
}

fn describe_one(
    document: &Document<'_>,
    candidate: &Candidate,
    among: &Among,
    place: usize,
    held_out: Option<&HeldOut>,
    list: &mut List<'_>,
) {
    let route = candidate.route as u64;
    let scope = if candidate.label { 4 } else { candidate.scope as u64 };
    let (namespace, seen) = document.known(candidate.entity, held_out);
    list.add(Kind::Route, route);
    list.add(Kind::Name, route << 16 | scope << 8 | candidate.agreement as u64);
    list.add(Kind::Symbol, u64::from(candidate.symbol) << 8 | candidate.agreement as u64);
    list.add(Kind::Namespace, namespace);
    list.add(Kind::Namespace, both(namespace, route << 8 | scope));
    let below = u32::from(among.most_prominent - candidate.prominence);
    list.add(Kind::Prominence, level(below, &[1, 8, 16, 32, 48]));
    list.add(Kind::Prominence, 1 << 16 | level(u32::from(candidate.prominence), &[16, 32, 48, 64, 80, 96]));
    list.add(Kind::Known, level(seen, &[1, 2, 5, 20, 100]));
    list.add(
        Kind::Said,
        said(candidate.said, among.said_total) << 8 | level(among.said_total, &[1, 2, 4, 10]),
    );
    if candidate.said == 0 && among.said_total > 0 {
        list.add(Kind::SaidOfOther, route);
        // one document may mean another thing by the very name of an entity
        let name = route << 16 | scope << 8 | candidate.agreement as u64;
        list.add(Kind::SaidOfOther, 1 << 32 | name << 8 | level(among.said_total, &[2, 4, 10, 30]));
    }
    list.add(Kind::Rivals, level(among.count, &[2, 3, 5, 10]) << 8 | route);
    list.add(Kind::Place, level(u32::try_from(place).unwrap_or(u32::MAX), &[1, 2, 4]));
    let closer = among.routes.iter().filter(|other| **other < candidate.route).count();
    list.add(Kind::Place, 1 << 16 | u64::from(closer > 0) << 8 | route);
    // "ergotamine" is rather Ergotamine than Ergotamines, whose name folds to the same
    let letters = u64::from(among.some_same_letters) << 1 | u64::from(candidate.same_letters);
    list.add(Kind::Letters, letters << 8 | route);
    if list.entity_type == EntityType::Species {
        let alike = among.routes.iter().filter(|other| **other == candidate.route).count();
        let alike = level(u32::try_from(alike).unwrap_or(u32::MAX), &[2, 3, 5]);
        list.add(Kind::Rivals, 2 << 32 | alike << 16 | u64::from(candidate.said > 0) << 8 | route);
    }
    // an entity that the gold data never spoke of may well be meant by its very name
    if matches!(list.entity_type, EntityType::Disease | EntityType::Chemical) {
        let known = level(seen, &[1, 5]) << 4 | said(candidate.said, among.said_total);
        let name = route << 16 | scope << 12 | (candidate.agreement as u64) << 8 | letters << 4;
        list.add(Kind::Together, both(namespace, known << 32 | name));
        list.add(Kind::Together, both(1, known << 32 | name | level(among.count, &[2, 3, 5])));
    }
}

/// The words of an organism's preferred name beside those of the mention: a name of two words is rather a species' than one
/// of its strains', whose preferred name is longer or has digits.
fn like(label: &str, written: &str) -> u32 {
    let words = |name: &str| name.split(' ').take(WORDS_LIMIT).count() as u32;
    let has_digit = |name: &str| u32::from(name.bytes().any(|byte| byte.is_ascii_digit()));
    let digits = has_digit(label) << 1 | has_digit(written);
    words(label) << 16 | words(written) << 8 | digits
}

/// How many of the times that a name was said it was said of an entity.
fn said(own: u32, total: u32) -> u64 {
    match (own, total) {
        (_, 0) => 0,
        (0, _) => 1,
        _ if own == total => 6,
        _ if own * 10 >= total * 9 => 5,
        _ if own * 2 >= total => 4,
        _ if own * 5 >= total => 3,
        _ => 2,
    }
}

/// What a document tells of the species of a gene.
pub(super) struct Told<'t> {
    /// Its words for species.
    pub words: &'t SpeciesWords,
    /// In whose symbols' case it writes.
    pub conventions: &'t Conventions,
    /// How likely it is about each class of species, by all its words.
    pub focus: Option<&'t [f32; CLASSES]>,
    /// What words for species beside the gene tell.
    pub chosen: Option<(Taxon, Evidence)>,
}

/// Adds what the species of the text say of the candidates of a gene; keeps the features where `kept`.
pub(super) fn describe_species(
    (model, kept, known): (&LinkModel, bool, &mut KnownWeights),
    told: &Told<'_>,
    candidates: &mut [Candidate],
) {
    let Told { words, conventions, focus, chosen } = told;
    for candidate in candidates {
        let Some(taxon) = candidate.taxon else { continue };
        let mut weighed = std::mem::take(&mut candidate.weighed);
        let known = Some(&mut *known);
        let mut list = List { entity_type: EntityType::Gene, model, kept, known, weighed: &mut weighed };
        let class = 1 + class_of(taxon) as u64;
        let mut named = u64::from(words.is_empty()) << 16;
        if let Some((best, evidence)) = *chosen {
            named |= (evidence as u64) << 8 | u64::from(best == taxon);
            list.add(Kind::Species, (evidence as u64) << 8 | u64::from(best == taxon));
            list.add(
                Kind::Species,
                1 << 32 | class << 16 | (evidence as u64) << 8 | u64::from(best == taxon),
            );
        }
        if let Some(focus) = focus {
            let chance = chance_level(focus[class_of(taxon)]);
            list.add(Kind::Focus, chance);
            list.add(Kind::Focus, 1 << 32 | class << 8 | chance);
            list.add(Kind::Focus, 2 << 32 | named << 8 | chance);
        }
        let share = share_level(words.share(taxon));
        list.add(Kind::Share, share);
        list.add(Kind::Share, 1 << 16 | class << 8 | share);
        list.add(Kind::Convention, share_level(conventions.share(taxon)));
        list.add(Kind::Convention, 1 << 16 | (candidate.agreement as u64) << 8 | class);
        list.add(Kind::Taxon, class << 8 | u64::from(words.is_empty()));
        // "COX-2" is said of PTGS2 of every species
        let OfTaxon { said: taxon_total, count: same } = candidate.of_taxon;
        let own = said(candidate.said, taxon_total);
        list.add(Kind::Said, 1 << 32 | own << 8 | level(taxon_total, &[1, 2, 5]));
        list.add(Kind::Said, 2 << 32 | own << 8 | u64::from(candidate.label));
        list.add(Kind::Rivals, 1 << 32 | level(same, &[2, 3, 5]));
        candidate.weighed = weighed;
    }
}

/// A chance as its level on a rising scale.
fn chance_level(chance: f32) -> u64 {
    const STEPS: [f32; 10] = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97];
    STEPS.iter().take_while(|step| chance >= **step).count() as u64
}

fn share_level(share: f32) -> u64 {
    match share {
        0.9.. => 5,
        0.6.. => 4,
        0.3.. => 3,
        0.1.. => 2,
        _ if share > 0.0 => 1,
        _ => 0,
    }
}

/// The features of nothing: that none of the candidates is meant. Keeps them where `kept`.
pub(crate) fn none(
    (model, kept): (&LinkModel, bool),
    entity_type: EntityType,
    candidates: &[Candidate],
) -> Weighed {
    let mut weighed = Weighed::default();
    let mut list = List { entity_type, model, kept, known: None, weighed: &mut weighed };
    list.add(Kind::None, 0);
    list.add(Kind::None, 1 + level(u32::try_from(candidates.len()).unwrap_or(u32::MAX), &[1, 2, 5]));
    if let Some(first) = candidates.first() {
        list.add(Kind::None, 100 + first.route as u64);
    }
    let said: u32 = candidates.iter().map(|candidate| candidate.said).sum();
    list.add(Kind::None, 200 + level(said, &[1, 2, 5]));
    weighed
}

/// In whose symbols' case the document writes its genes.
#[derive(Debug)]
pub(crate) struct Conventions {
    counts: Spare<Vec<(Taxon, u32)>>,
    total: u32,
}

spared!(Vec<(Taxon, u32)>);

impl Conventions {
    /// None of a gene yet.
    pub(crate) fn new() -> Self {
        Self { counts: Spare::take(), total: 0 }
    }

    /// Counts the taxa that have a mention, letter by letter, as a gene's preferred symbol, so many `times`.
    pub(crate) fn count(&mut self, candidates: &[Candidate], times: u32) {
        let exact = |candidate: &&Candidate| {
            candidate.label && candidate.agreement == super::super::surface::Agreement::Identical
        };
        let mut taxa: Spare<Vec<Taxon>> = candidates.iter().filter(exact).filter_map(|c| c.taxon).collect();
        taxa.sort_unstable();
        taxa.dedup();
        self.total += u32::from(!taxa.is_empty()) * times;
        for taxon in taxa.drain(..) {
            match self.counts.iter_mut().find(|(own, _)| *own == taxon) {
                Some((_, count)) => *count += times,
                None => self.counts.push((taxon, times)),
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of mentions")]
    fn share(&self, taxon: Taxon) -> f32 {
        let own = self.counts.iter().find(|(own, _)| *own == taxon).map_or(0, |(_, count)| *count);
        own as f32 / self.total.max(1) as f32
    }
}
