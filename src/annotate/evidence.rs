//! Ranking of all mentions of a document: what it says elsewhere, which species its genes belong to, and the scores.

use std::cmp::{Ordering, Reverse};

use super::mention::{Mention, Reading, Subject};
use super::name_ranker::{NameRanker, NameTimes};
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::rank::{self, CONTRADICTED_FACTOR, NameEvidence, SCORE_FLOOR, Support};
use super::ranked_names::RankedNames;
use super::species::{Evidence, HUMAN, SpeciesWord, SpeciesWords, Taxon};
use super::surface::Agreement;
use super::vocabulary::Vocabulary;
use crate::catalog::EntityIndex;
use crate::model::{EntityType, Span, SynonymScope};
use crate::text::pauses::{work_done, worked};
use crate::text::{Spare, spared};

/// The least letters and digits of a name of one word that supports shorter names of its entity.
const SUPPORTING_CHARACTERS_MIN: u32 = 9;
/// The most species of a document that are held against genes of others.
const FOREIGN_TAXA_LIMIT: usize = 32;
/// Chordates, fungi, plants and fruit flies: papers on them name genes by symbols that others' genes have as well. Papers
/// that name bacteria, viruses or mites mostly speak of their host's genes.
const GROUPS_OF_LIKE_SYMBOLS: &[Taxon] = &[7711, 4751, 33090, 7215];
/// What a gene's score is multiplied with when the text speaks of a species that has no gene of the name. A human gene
/// falls only a third of the way to even odds: the mention is one of a gene, as the gold corpora have it, and of the human
/// one the reader learns at least the name.
const FOREIGN_FACTOR: f32 = 0.7;

/// Scores all readings and sorts each mention's, best first.
pub(super) fn rank_mentions(
    mentions: &mut [Mention],
    vocabulary: Vocabulary<'_>,
    passages: &[PassageText<'_>],
    options: &PreparedOptions,
    ranker: &NameRanker,
    ranked: &mut RankedNames,
) {
    let times = NameTimes::of(mentions, passages);
    let supported = supported_entities(mentions);
    // only genes are told by the species that is spoken of
    let is_gene = |reading: &Reading| reading.entity_type == EntityType::Gene;
    let has_genes = mentions.iter().any(|mention| mention.readings.iter().any(is_gene));
    for mention in mentions.iter_mut() {
        work_done(4);
        add_support(mention, &supported);
        if let Some(first) = mention.readings.first() {
            ranker.look_towards(first.entity_type, mention.name(passages));
        }
        if !has_genes {
            continue;
        }
        for reading in mention.readings.iter_mut().filter(|reading| reading.entity_type != EntityType::Gene) {
            score(reading);
        }
    }
    let words = if has_genes { species_words(mentions) } else { SpeciesWords::default() };
    let foreign = foreign_taxa(vocabulary, mentions, &words);
    let mut rights: Spare<Vec<Rights>> = Spare::take();
    for mention in mentions.iter_mut() {
        work_done(4);
        drop_unwanted(mention, options);
        if has_genes {
            choose_species(mention, passages, (&words, &foreign), options);
        }
        count_rivals(mention, &mut rights);
        let by_hand = |reading: &&mut Reading| ranker.of(reading.entity_type).is_none();
        mention.readings.iter_mut().filter(by_hand).for_each(score);
        let name = mention.name(passages);
        ranker.score(&mut mention.readings, name, times.of_name(name), ranked);
        if mention.readings.iter().any(|reading| reading.foreign.is_some()) {
            // the name is a protein's whatever its species, so its chemical gains nothing by that
            let chemicals = mention.readings.iter_mut().filter(|r| r.entity_type == EntityType::Chemical);
            chemicals.for_each(|reading| reading.score = nearer_to_even(reading.score));
        }
        mention.readings.sort_by(better_first);
    }
}

/// The entities that a long, clear name in the document speaks of, sorted; none where no symbol could be supported by that.
fn supported_entities(mentions: &[Mention]) -> Spare<Vec<EntityIndex>> {
    let mut supported: Spare<Vec<EntityIndex>> = Spare::take();
    let is_symbol = |reading: &Reading| reading.evidence.as_ref().is_some_and(|evidence| evidence.symbol);
    if !mentions.iter().any(|mention| mention.readings.iter().any(is_symbol)) {
        return supported;
    }
    for mention in mentions {
        for reading in &mention.readings {
            if let (Subject::Entity(entity), Some(evidence)) = (&reading.subject, &reading.evidence) {
                let clear = evidence.several_words || evidence.characters >= SUPPORTING_CHARACTERS_MIN;
                if clear && !evidence.symbol && !evidence.common_word && !reading.contradicted {
                    supported.push(*entity);
                }
            }
        }
    }
    supported.sort_unstable_by_key(|entity| worked(*entity));
    supported.dedup();
    supported
}

/// `supported` are sorted.
fn add_support(mention: &mut Mention, supported: &[EntityIndex]) {
    let has = |wanted: EntityType| mention.readings.iter().any(|reading| reading.entity_type == wanted);
    let (organism, protein) = (has(EntityType::Species), has(EntityType::Gene));
    let word = mention.readings.iter().any(is_word_of_no_molecule);
    for reading in &mut mention.readings {
        let Subject::Entity(entity) = reading.subject else { continue };
        let Some(evidence) = &mut reading.evidence else { continue };
        if evidence.symbol && evidence.support == Support::None && supported.binary_search(&entity).is_ok() {
            evidence.support = Support::OtherName;
        }
        evidence.protein_of_the_name = protein;
        evidence.word_of_another_type = word;
        evidence.organism_of_the_name = organism && reading.entity_type == EntityType::Disease;
    }
}

/// Whether a reading takes the mention as a word that names a disease, an organism or a part of one. Names of chemicals
/// are no witnesses, as vocabularies of chemicals name the proteins as well.
fn is_word_of_no_molecule(reading: &Reading) -> bool {
    let witness = matches!(
        reading.entity_type,
        EntityType::Disease
            | EntityType::Species
            | EntityType::Phenotype
            | EntityType::CellType
            | EntityType::Anatomy
    );
    witness
        && reading.evidence.is_some_and(|evidence| {
            let close = evidence.label || evidence.scope == SynonymScope::Exact;
            let as_a_word = evidence.plain && (evidence.lower_case || evidence.heads_sentence);
            close && as_a_word && !evidence.symbol && evidence.agreement != Agreement::Lowered
        })
}

/// Scores a reading by the weights that were set by hand.
fn score(reading: &mut Reading) {
    if let Some(evidence) = &reading.evidence {
        reading.score = rank::score_name(evidence);
        if reading.foreign.is_some() {
            reading.score = match evidence.species {
                Some((Evidence::Default, true)) => nearer_to_even(reading.score),
                _ => reading.score * FOREIGN_FACTOR,
            };
        }
    }
    if reading.contradicted {
        reading.score *= CONTRADICTED_FACTOR;
    }
}

/// A score that is over the floor, a third of the way nearer to it.
fn nearer_to_even(score: f32) -> f32 {
    score - (score - SCORE_FLOOR).max(0.0) / 3.0
}

/// The places that speak of a species: the best reading is an organism, or a cell line, which has one.
fn species_words(mentions: &[Mention]) -> SpeciesWords {
    let words = mentions.iter().filter_map(|mention| {
        let others = mention.readings.iter().filter(|reading| reading.entity_type != EntityType::Gene);
        let best = others.min_by(|one, other| better_first(one, other))?;
        let taxon = best.taxon.filter(|_| best.score >= SCORE_FLOOR)?;
        Some(SpeciesWord { passage: mention.passage, span: mention.span, taxon })
    });
    SpeciesWords::new(words.collect())
}

/// The species that the document speaks of whose genes it would call as the catalog calls those of others: "p53" of rats.
/// A name of a wider group ("rodents") is no word against the genes of a species in it.
fn foreign_taxa(vocabulary: Vocabulary<'_>, mentions: &[Mention], words: &SpeciesWords) -> Vec<Taxon> {
    let genes = mentions.iter().flat_map(|mention| &mention.readings);
    let mut known: Vec<Taxon> = genes
        .filter(|reading| reading.entity_type == EntityType::Gene)
        .filter_map(|reading| reading.taxon)
        .collect();
    known.sort_unstable();
    known.dedup();
    let mut wider: Vec<Taxon> =
        known.iter().flat_map(|&taxon| vocabulary.ancestors_of_taxon(taxon)).collect();
    wider.sort_unstable();
    words.most(FOREIGN_TAXA_LIMIT, |taxon| {
        wider.binary_search(&taxon).is_err()
            && vocabulary.ancestors_of_taxon(taxon).iter().any(|above| GROUPS_OF_LIKE_SYMBOLS.contains(above))
    })
}

/// Leaves out genes and cell lines of other taxa than those asked for.
fn drop_unwanted(mention: &mut Mention, options: &PreparedOptions) {
    mention.readings.retain(|reading| {
        let has_taxon = matches!(reading.entity_type, EntityType::Gene | EntityType::CellLine)
            && matches!(reading.subject, Subject::Entity(_));
        !has_taxon || options.wants_taxon(reading.taxon)
    });
}

/// Tells which of a mention's genes are of the species that the text speaks of.
fn choose_species(
    mention: &mut Mention,
    passages: &[PassageText<'_>],
    (words, foreign): (&SpeciesWords, &[Taxon]),
    options: &PreparedOptions,
) {
    let genes = || mention.readings.iter().filter(|reading| reading.entity_type == EntityType::Gene);
    let mut taxa: Vec<Taxon> = genes().filter_map(|reading| reading.taxon).collect();
    taxa.sort_unstable();
    taxa.dedup();
    let sentence = passages[mention.passage].sentence(mention.span.start);
    let told = mention.prefix.map(|taxon| (taxon, Evidence::Prefix));
    let Some(mut chosen) = told.or_else(|| words.choose(mention.passage, mention.span, sentence, &taxa))
    else {
        return;
    };
    let far = chosen.1 > Evidence::Focus || chosen.1 == Evidence::Focus && chosen.0 == HUMAN;
    let other_clause = || {
        chosen.1 == Evidence::SentenceAfter
            && is_official_of_another(mention, chosen.0)
            && words.next(mention.passage, mention.span, chosen.0).is_some_and(|word| {
                passages[mention.passage]
                    .slice(Span { start: mention.span.end, end: word.start })
                    .contains(';')
            })
    };
    if taxa.len() > 1 && (far || other_clause()) {
        // no species word is near, or only in another clause: a symbol in the case of a mouse's tells more, one in upper case is written for all
        let exact = |reading: &&Reading| reading.evidence.is_some_and(|e| e.agreement <= Agreement::SameCase);
        let mut same_case: Vec<Taxon> = genes().filter(exact).filter_map(|reading| reading.taxon).collect();
        same_case.sort_unstable();
        same_case.dedup();
        chosen = words.choose(mention.passage, mention.span, sentence, &same_case).unwrap_or(chosen);
    }
    let requested = !options.options().taxa.is_empty();
    if requested && chosen.1 > Evidence::Requested {
        chosen.1 = Evidence::Requested;
    }
    let foreign = match chosen.1 {
        Evidence::Default | Evidence::None => words.choose(mention.passage, mention.span, sentence, foreign),
        _ => None,
    };
    // without a word for any of them, the choice tells nothing
    let foreign = foreign.filter(|found| found.1 <= Evidence::Focus).map(|found| found.0);
    for reading in mention.readings.iter_mut().filter(|reading| reading.entity_type == EntityType::Gene) {
        if let Some(evidence) = &mut reading.evidence {
            evidence.species = Some((chosen.1, reading.taxon == Some(chosen.0)));
            reading.foreign = foreign;
        }
    }
}

/// Whether the mention is, letter by letter, the preferred symbol of a gene of another taxon, and of none of `taxon`:
/// "BRAF" is the human gene's, "Braf" that of the mouse.
fn is_official_of_another(mention: &Mention, taxon: Taxon) -> bool {
    let mut official = false;
    for reading in &mention.readings {
        if let Some(evidence) = reading.evidence.filter(|_| reading.entity_type == EntityType::Gene) {
            if reading.taxon == Some(taxon) && evidence.agreement <= Agreement::SameCase {
                return false;
            }
            official |= evidence.label && evidence.agreement == Agreement::Identical;
        }
    }
    official
}

/// In how good a right a reading has its name, the better the greater.
type Right = (Support, bool, Reverse<SynonymScope>, Reverse<Agreement>);

/// The type of a reading, and the right that counts against others.
type Rights = (EntityType, Option<Right>);

spared!(Vec<Rights>);

/// Counts for each reading the others of its type that have the name in as good a right. `rights` is room for these.
fn count_rivals(mention: &mut Mention, rights: &mut Vec<Rights>) {
    if let [Reading { evidence, .. }] = &mut mention.readings[..] {
        if let Some(evidence) = evidence {
            evidence.rivals = 0;
        }
        return;
    }
    let right = |evidence: &NameEvidence| -> Right {
        (evidence.support, evidence.label, Reverse(evidence.scope), Reverse(evidence.agreement))
    };
    rights.clear();
    rights.extend(mention.readings.iter().map(|reading| {
        let own =
            reading.evidence.as_ref().filter(|e| !reading.contradicted && e.species.is_none_or(|s| s.1));
        (reading.entity_type, own.map(right))
    }));
    for (index, reading) in mention.readings.iter_mut().enumerate() {
        if let Some(evidence) = &mut reading.evidence {
            let own = right(evidence);
            let rivals = rights
                .iter()
                .enumerate()
                .filter(|(other, (entity_type, right))| {
                    *other != index
                        && *entity_type == reading.entity_type
                        && right.is_some_and(|right| right >= own)
                })
                .count();
            evidence.rivals = u32::try_from(rivals).unwrap_or(u32::MAX);
        }
    }
}

/// The order of what readings speak of, where all else is equal.
fn subject_key(reading: &Reading) -> (u8, usize, &str) {
    match &reading.subject {
        Subject::ExtraTerm(index) => (0, *index, ""),
        Subject::Variant(id) => (1, 0, id),
        Subject::Entity(entity) => (2, entity.position(), ""),
        Subject::Unlinked => (3, 0, ""),
    }
}

/// The order of readings: by score, then by how known the entity is, then by type and subject, so that it never depends on how they were found.
pub(super) fn better_first(one: &Reading, other: &Reading) -> Ordering {
    other
        .score
        .total_cmp(&one.score)
        .then_with(|| other.prominence.cmp(&one.prominence))
        .then_with(|| one.entity_type.cmp(&other.entity_type))
        .then_with(|| subject_key(one).cmp(&subject_key(other)))
}
