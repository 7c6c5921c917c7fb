//! From ranked mentions to the annotations of the answer.

use super::decide::{Contender, decide};
use super::evidence::better_first;
use super::link::entities::Entities;
use super::mention::{Mention, Reading, Subject};
use super::models::Models;
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::rank::{self, SCORE_FLOOR, Support};
use super::species::{Evidence as SpeciesEvidence, Taxon};
use super::surface::Agreement;
use super::vocabulary::Vocabulary;
use crate::model::{Annotation, Candidate, EntityType, Method, OverlapPolicy, SynonymScope};
use crate::text::pauses::{work_done, worked};

/// A reading that may be annotated.
#[derive(Clone, Copy)]
struct Choice {
    mention: usize,
    reading: usize,
}

/// The annotations of all passages, sorted as an answer is. The decision is the same whatever types and scores are asked
/// for; these choose from its outcome, so that asking for less never brings up anything else.
pub(super) fn annotations(
    mut names: Names<'_>,
    passages: &[PassageText<'_>],
    mentions: &[Mention],
    options: &PreparedOptions,
) -> Vec<Annotation> {
    let choices = eligible(mentions, options);
    let mut annotations = Vec::new();
    let mut from = 0;
    while let Some(first) = choices.get(from) {
        let passage = mentions[first.mention].passage;
        let count = choices[from..].iter().take_while(|c| mentions[c.mention].passage == passage).count();
        let own = &choices[from..from + count];
        let contenders: Vec<Contender> = own.iter().map(|choice| contender(mentions, *choice)).collect();
        for kept in decide(&contenders, options.options().overlap) {
            work_done(8);
            let reading = &mentions[own[kept].mention].readings[own[kept].reading];
            if options.wants(reading.entity_type) && reading.score >= options.options().min_score {
                annotations.push(annotation(&mut names, passages, mentions, own[kept], options));
            }
        }
        from += count;
    }
    annotations.sort_by(|one, other| {
        let key =
            |a: &Annotation| (a.passage_index, a.span.start, std::cmp::Reverse(a.span.end), a.entity_type);
        worked(key(one).cmp(&key(other))).then_with(|| one.entity_id.cmp(&other.entity_id))
    });
    annotations
}

/// The readings that are good enough, of every type, as many of a mention as the policy has use for.
fn eligible(mentions: &[Mention], options: &PreparedOptions) -> Vec<Choice> {
    let mut choices = Vec::new();
    for (mention, found) in mentions.iter().enumerate() {
        work_done(2);
        let mut types = 0_u32;
        for (reading, of) in found.readings.iter().enumerate() {
            // sorted best first
            let taken = match options.options().overlap {
                OverlapPolicy::Longest => reading > 0,
                OverlapPolicy::LongestPerType => types >> of.entity_type as u32 & 1 == 1,
                OverlapPolicy::All => false,
            };
            types |= 1 << of.entity_type as u32;
            let is_enough = of.score >= SCORE_FLOOR || of.recognised;
            if !taken && is_enough {
                choices.push(Choice { mention, reading });
            }
        }
    }
    choices
}

fn contender(mentions: &[Mention], choice: Choice) -> Contender {
    let mention = &mentions[choice.mention];
    let reading = &mention.readings[choice.reading];
    Contender {
        span: mention.span,
        entity_type: reading.entity_type,
        score: rank::millionths(reading.score),
        extra: reading.method == Method::ExtraTerm,
        recognised: reading.recognised,
    }
}

fn annotation(
    names: &mut Names<'_>,
    passages: &[PassageText<'_>],
    mentions: &[Mention],
    choice: Choice,
    options: &PreparedOptions,
) -> Annotation {
    let mention = &mentions[choice.mention];
    let reading = &mention.readings[choice.reading];
    let (entity_id, label) = names.of(reading, options);
    let most = options.options().max_candidates.min(mention.readings.len());
    let mut candidates: Vec<Candidate> = Vec::with_capacity(most);
    let wanted = |other: &&Reading| {
        let is_one = other.subject != reading.subject && other.subject != Subject::Unlinked;
        is_one && options.wants(other.entity_type)
    };
    for other in mention.readings.iter().filter(wanted) {
        if candidates.len() >= options.options().max_candidates {
            break;
        }
        let reason = why_not(names, reading, other);
        let candidate = names.candidate(other, reason, options);
        // two entities of the catalog may answer by one identifier of the namespace asked for
        let known = candidate.entity_id == entity_id
            || candidates.iter().any(|listed| listed.entity_id == candidate.entity_id);
        if !known {
            candidates.push(candidate);
        }
    }
    Annotation {
        passage_index: mention.passage,
        span: mention.span,
        text: passages[mention.passage].slice(mention.span).to_owned(),
        entity_type: reading.entity_type,
        entity_id,
        label,
        score: reading.score,
        method: reading.method,
        candidates,
    }
}

/// Why another reading was not chosen.
fn why_not(names: &mut Names<'_>, chosen: &Reading, other: &Reading) -> String {
    let [kind, surface, support, common] = how_named(other);
    let named = |one: &str, two: &str| [one, two, "; ", kind, surface, support, common].concat();
    if chosen.method == Method::ExtraTerm {
        return "the request's own term wins".to_owned();
    }
    if chosen.subject == Subject::Unlinked {
        return named("too far from what stands in the text", "");
    }
    if other.contradicted {
        return "the document defines the short form as something else".to_owned();
    }
    if other.entity_type != chosen.entity_type {
        return named(type_name(other.entity_type), " of the same name");
    }
    if let Some((evidence, false)) = other.evidence.and_then(|evidence| evidence.species) {
        return other_species(names, chosen, other.taxon, evidence);
    }
    ["another ", type_name(other.entity_type), " of the same name; ", kind, surface, support, common].concat()
}

/// Why a gene of another species was not chosen.
fn other_species(
    names: &mut Names<'_>,
    chosen: &Reading,
    taxon: Option<Taxon>,
    evidence: SpeciesEvidence,
) -> String {
    let mut reason = std::mem::take(&mut names.room);
    reason.clear();
    reason.push_str("gene of the same name in ");
    names.push_species(taxon, &mut reason);
    reason.push_str("; ");
    if let Some(foreign) = chosen.foreign {
        names.push_no_gene_in(foreign, &mut reason);
    } else {
        let assumed = matches!(evidence, SpeciesEvidence::Default | SpeciesEvidence::None);
        if !assumed {
            reason.push_str("the text speaks of ");
        }
        names.push_species(chosen.taxon, &mut reason);
        reason.push_str(if assumed { " is assumed: " } else { ": " });
        reason.push_str(evidence.reason());
    }
    // as long as it is, not as long as the room
    let own = reason.as_str().to_owned();
    names.room = reason;
    own
}

/// The names of the catalog, and what is kept of them.
pub(super) struct Names<'a> {
    vocabulary: Vocabulary<'a>,
    /// The models that tell what is kept.
    models: &'a Models,
    entities: &'a mut Entities,
    /// Room for a reason.
    room: String,
}

impl<'a> Names<'a> {
    /// Those of a vocabulary.
    pub(super) const fn new(
        vocabulary: Vocabulary<'a>,
        models: &'a Models,
        entities: &'a mut Entities,
    ) -> Self {
        Self { vocabulary, models, entities, room: String::new() }
    }

    /// The identifier to answer for a reading, and its label.
    fn of(&mut self, reading: &Reading, options: &PreparedOptions) -> (String, String) {
        let vocabulary = self.vocabulary;
        match &reading.subject {
            Subject::Entity(entity) => {
                let namespaces = options.namespaces(reading.entity_type);
                let id = if namespaces.is_empty() {
                    self.entities.answer_id(vocabulary, self.models, *entity).to_owned()
                } else {
                    vocabulary.answer_id(*entity, namespaces)
                };
                (id, vocabulary.label(*entity).to_owned())
            }
            Subject::Variant(id) => (id.clone(), id.strip_prefix("dbSNP:").unwrap_or(id).to_owned()),
            Subject::ExtraTerm(index) => match options.options().extra_terms.get(*index) {
                Some(term) => (term.entity_id.clone(), term.text.clone()),
                None => (String::new(), String::new()),
            },
            Subject::Unlinked => (String::new(), String::new()),
        }
    }

    /// A reading as a candidate of an answer.
    pub(super) fn candidate(
        &mut self,
        reading: &Reading,
        reason: String,
        options: &PreparedOptions,
    ) -> Candidate {
        let (entity_id, label) = self.of(reading, options);
        Candidate { entity_id, label, entity_type: reading.entity_type, score: reading.score, reason }
    }

    /// Adds the name of a taxon, or its identifier where the catalog does not know it.
    fn push_species(&mut self, taxon: Option<Taxon>, reason: &mut String) {
        let Some(taxon) = taxon else {
            reason.push_str("another species");
            return;
        };
        match self.entities.taxon_label(self.vocabulary, taxon) {
            Some(label) => reason.push_str(label),
            None => {
                reason.push_str("NCBITaxon:");
                reason.push_str(&taxon.to_string());
            }
        }
    }

    /// Adds why a gene of another species than the text's is all there is.
    fn push_no_gene_in(&mut self, taxon: Taxon, reason: &mut String) {
        reason.push_str("the text speaks of ");
        self.push_species(Some(taxon), reason);
        reason.push_str(", of which the catalog has no gene of this name");
    }

    /// What speaks for a reading by itself.
    pub(super) fn why(&mut self, reading: &Reading) -> String {
        let mut reason = String::new();
        if let Some((evidence, chosen)) = reading.evidence.and_then(|evidence| evidence.species) {
            reason.push_str("gene");
            if reading.taxon.is_some() {
                reason.push_str(" in ");
                self.push_species(reading.taxon, &mut reason);
            }
            reason.push_str("; ");
            match reading.foreign {
                Some(foreign) => self.push_no_gene_in(foreign, &mut reason),
                None if chosen => reason.push_str(evidence.reason()),
                None => reason.push_str("another species is spoken of"),
            }
            reason.push_str("; ");
        }
        how_named(reading).iter().for_each(|part| reason.push_str(part));
        if reading.contradicted {
            reason.push_str("; the context defines the short form as something else");
        }
        reason
    }
}

/// How a reading is named in the catalog, in parts that follow each other.
fn how_named(reading: &Reading) -> [&'static str; 4] {
    let Some(evidence) = reading.evidence else { return ["by its form", "", "", ""] };
    let kind = match (evidence.label, evidence.scope) {
        (true, _) => "its preferred name",
        (_, SynonymScope::Exact) => "one of its names",
        (_, SynonymScope::Related) => "a related name",
        (_, SynonymScope::Narrow) => "a narrower name",
        (_, SynonymScope::Broad) => "a broader name",
    };
    let surface = match evidence.agreement {
        Agreement::Identical | Agreement::SameCase | Agreement::FirstLetter => "",
        Agreement::Spelling => " in another spelling",
        Agreement::Raised | Agreement::Lowered | Agreement::MixedCase => " in another case",
    };
    let support = match evidence.support {
        Support::Defined => ", defined in the document",
        Support::OtherName => ", whose longer name stands in the document",
        Support::None => "",
    };
    let common = if evidence.common_word { ", which is also a common word" } else { "" };
    [kind, surface, support, common]
}

/// A type as it stands inside a sentence.
const fn type_name(entity_type: EntityType) -> &'static str {
    match entity_type {
        EntityType::Gene => "gene",
        EntityType::Disease => "disease",
        EntityType::Chemical => "chemical",
        EntityType::Species => "organism",
        EntityType::CellLine => "cell line",
        EntityType::Variant => "variant",
        EntityType::Phenotype => "phenotype",
        EntityType::CellType => "cell type",
        EntityType::Anatomy => "anatomical structure",
        EntityType::BiologicalProcess => "biological process",
        EntityType::MolecularFunction => "molecular function",
        EntityType::CellularComponent => "cellular component",
        EntityType::Other => "term",
    }
}

/// Merges mentions of one span, so that each span has one list of readings, best first.
pub(super) fn merge_spans(mentions: &mut Vec<Mention>) {
    mentions.sort_by_key(|mention| worked(mention.place()));
    mentions.dedup_by(|later, earlier| {
        let same = later.passage == earlier.passage && later.span == earlier.span;
        if same {
            earlier.readings.append(&mut later.readings);
        }
        same
    });
    for mention in mentions {
        work_done(1);
        mention.readings.sort_by(better_first);
    }
}
