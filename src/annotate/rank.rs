//! The score of a reading: how likely it is right.
//!
//! A linear model in log-odds with weights set by hand, one table for all; the logistic function makes a probability of
//! their sum. It is all there is without models; with them, its sum is one of the features of [`super::name_ranker`].

use crate::model::{EntityType, SynonymScope};

use super::species::Evidence as SpeciesEvidence;
use super::surface::Agreement;

/// Readings that score less are never annotated, whatever `min_score` asks: less than even odds is a guess.
pub(super) const SCORE_FLOOR: f32 = 0.5;
/// Scores end here, as no dictionary is always right.
const SCORE_CEILING: f32 = 0.995;
/// What a score is multiplied with when the document says that the mention stands for something else.
pub(super) const CONTRADICTED_FACTOR: f32 = 0.2;
/// The score of a term of the request's own.
pub(super) const EXTRA_TERM_SCORE: f32 = 1.0;

/// The weights, in log-odds: what each piece of evidence adds to the sum.
mod weight {
    /// Where each reading begins.
    pub(super) const BASE: f32 = 1.2;
    /// Added for an organism: organisms have names that mean little else.
    pub(super) const SPECIES: f32 = 0.8;
    /// Added for a gene: symbols of genes are short and many.
    pub(super) const GENE: f32 = -0.2;
    /// Added for a cell line: its codes are short and look like other codes.
    pub(super) const CELL_LINE: f32 = -0.4;
    /// The entity is named in a namespace that is not wanted most: likely another of the same name is meant.
    pub(super) const OTHER_NAMESPACE: f32 = -0.9;
    /// The name is the preferred one.
    pub(super) const LABEL: f32 = 0.6;
    /// The name is used for the entity without meaning quite the same.
    pub(super) const RELATED: f32 = -0.2;
    /// The name means something narrower.
    pub(super) const NARROW: f32 = -0.3;
    /// The name means something broader.
    pub(super) const BROAD: f32 = -1.0;
    /// A symbol, byte for byte.
    pub(super) const SYMBOL_IDENTICAL: f32 = 1.0;
    /// A symbol but for hyphens and spaces: "IL-7" for IL7.
    pub(super) const SYMBOL_SAME_CASE: f32 = 0.7;
    /// A symbol in another case that no word has: "BRAF" for Braf, "c-myc" for c-Myc.
    pub(super) const SYMBOL_OTHER_CASE: f32 = -0.4;
    /// A symbol with digits, in lower case: "il7".
    pub(super) const SYMBOL_LOWERED: f32 = -1.6;
    /// A symbol of four letters or more in mixed case: "Braf" for BRAF.
    pub(super) const SYMBOL_CAPITALISED: f32 = -1.2;
    /// A symbol of letters only in the case of a word: "cat", "Was".
    pub(super) const SYMBOL_AS_A_WORD: f32 = -3.0;
    /// A word as the catalog writes it, but for the case of its first letter.
    pub(super) const WORD_IDENTICAL: f32 = 0.8;
    /// A word in another spelling or number: "tumours".
    pub(super) const WORD_OTHER_SPELLING: f32 = 0.2;
    /// A word of six letters or more in upper case.
    pub(super) const WORD_RAISED: f32 = -0.3;
    /// A word of five letters or fewer in upper case, which is an acronym: "PEA".
    pub(super) const SHORT_WORD_RAISED: f32 = -3.5;
    /// A genus in lower case is an English word: "cancer", "this".
    pub(super) const GENUS_IN_LOWER_CASE: f32 = -4.0;
    /// Two letters or digits, which the document does not define.
    pub(super) const TWO_CHARACTERS: f32 = -2.8;
    /// Three letters that nothing in the document supports.
    pub(super) const THREE_CHARACTERS: f32 = -0.7;
    /// A gene's alias of three letters, of which there are thousands: "UTI".
    pub(super) const ALIAS_OF_THREE_LETTERS: f32 = -2.5;
    /// A gene's alias of four letters.
    pub(super) const ALIAS_OF_FOUR_LETTERS: f32 = -1.0;
    /// Eight letters or digits and more.
    pub(super) const MANY_CHARACTERS: f32 = 0.6;
    /// Several words.
    pub(super) const SEVERAL_WORDS: f32 = 0.8;
    /// A word of English.
    pub(super) const COMMON_WORD: f32 = -3.6;
    /// A word of English in upper case: "MET" is hardly the word "met".
    pub(super) const COMMON_WORD_IN_UPPER_CASE: f32 = -1.0;
    /// "This" begins a sentence more often than it is a genus of bees.
    pub(super) const COMMON_WORD_AS_GENUS: f32 = -5.0;
    /// The document defines it as a name of the entity.
    pub(super) const DEFINED: f32 = 3.0;
    /// A longer name of the entity stands in the document.
    pub(super) const SUPPORTED: f32 = 1.5;
    /// Each other entity of the type with as good a right to the name, up to six.
    pub(super) const RIVAL: f32 = -0.35;
    /// The text speaks of the gene's species.
    pub(super) const SPECIES_TOLD: f32 = 0.5;
    /// A human gene where no species is told.
    pub(super) const SPECIES_NOT_TOLD: f32 = -0.3;
    /// The text speaks of another species than the gene's.
    pub(super) const OTHER_SPECIES: f32 = -3.0;
    /// No species is told, there is no human gene of the name, and it stands as a word does: "humeral" of flies.
    pub(super) const NO_SPECIES: f32 = -3.0;
    /// The same for what is written as a symbol.
    pub(super) const NO_SPECIES_BUT_A_SYMBOL: f32 = -0.8;
    /// A disease vocabulary names an organism only for the disease it makes.
    pub(super) const DISEASE_OF_THE_NAME: f32 = 1.2;
    /// A chemical vocabulary names proteins as well; the gene tells more.
    pub(super) const CHEMICAL_OF_A_PROTEIN: f32 = -1.6;
    /// A gene's alias that is a word, where the word is the name of a disease or an organism: "diabetes" of mice.
    pub(super) const ALIAS_IS_A_WORD_OF_ANOTHER_TYPE: f32 = -4.0;
    /// A word beside it that tells its type ("gene", "expression").
    pub(super) const TYPE_WORD: f32 = 0.8;
    /// A pattern that means nothing else: "c.76A>T".
    pub(super) const CERTAIN_PATTERN: f32 = 3.5;
    /// A pattern by its shape alone: "V600E".
    pub(super) const PATTERN_SHAPE: f32 = 1.6;
}

/// What is known of a reading of a mention by a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameEvidence {
    /// The type of the entity.
    pub entity_type: EntityType,
    /// Whether the entity is named in the namespace that is wanted most for its type.
    pub preferred: bool,
    /// Whether the name is the entity's preferred one.
    pub label: bool,
    /// How near a name that is not the preferred one is.
    pub scope: SynonymScope,
    /// How name and text agree.
    pub agreement: Agreement,
    /// Whether the name is a symbol.
    pub symbol: bool,
    /// Letters and digits in the text.
    pub characters: u32,
    /// Whether the text has a digit.
    pub digit: bool,
    /// Whether the text has several words.
    pub several_words: bool,
    /// Whether the text is a common word.
    pub common_word: bool,
    /// Whether the text is all in lower case.
    pub lower_case: bool,
    /// Whether the text is of letters only: neither "CD4" nor "c-Myc".
    pub plain: bool,
    /// Whether the text heads a sentence and has no upper case but its first letter, which tells nothing there.
    pub heads_sentence: bool,
    /// Whether the text is all in upper case.
    pub upper_case: bool,
    /// Whether the name is a genus or another organism's name of one capitalised word.
    pub genus: bool,
    /// Whether case tells nothing here: the passage is in upper case.
    pub shouted: bool,
    /// Whether the text defines it, or uses a longer name of the same entity.
    pub support: Support,
    /// How many other entities of the type have the name; for genes those of the chosen species.
    pub rivals: u32,
    /// For genes: what tells the species, and whether it is this one's.
    pub species: Option<(SpeciesEvidence, bool)>,
    /// Whether an organism has the same name as this disease.
    pub organism_of_the_name: bool,
    /// Whether a gene has the same name as this chemical.
    pub protein_of_the_name: bool,
    /// Whether the text stands as a word does and is the name of something that is neither gene nor chemical.
    pub word_of_another_type: bool,
    /// Whether the text has the form of a chemical formula: "CO2".
    pub formula: bool,
    /// Whether a word beside the mention tells its type.
    pub type_word: bool,
}

impl NameEvidence {
    /// Evidence of a type that says nothing.
    pub(super) const fn of_type(entity_type: EntityType) -> Self {
        Self {
            entity_type,
            preferred: false,
            label: false,
            scope: SynonymScope::Exact,
            agreement: Agreement::Spelling,
            symbol: false,
            characters: 0,
            digit: false,
            several_words: false,
            common_word: false,
            lower_case: false,
            plain: false,
            heads_sentence: false,
            upper_case: false,
            genus: false,
            shouted: false,
            support: Support::None,
            rivals: 0,
            species: None,
            organism_of_the_name: false,
            protein_of_the_name: false,
            word_of_another_type: false,
            formula: false,
            type_word: false,
        }
    }
}

/// What the document itself says for a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Support {
    /// Nothing.
    None,
    /// Another, longer name of the entity stands in it.
    OtherName,
    /// It defines the short form as a name of the entity.
    Defined,
}

/// The score of a reading by a name, in (0, 1).
pub(super) fn score_name(evidence: &NameEvidence) -> f32 {
    logistic(log_odds(evidence))
}

/// The log-odds of a reading by a name.
pub(super) fn log_odds(evidence: &NameEvidence) -> f32 {
    weight::BASE
        + of_type(evidence)
        + of_scope(evidence)
        + of_surface(evidence)
        + of_length(evidence)
        + of_document(evidence)
        + of_species(evidence)
}

/// The score of a pattern.
pub(super) fn score_pattern(certain: bool) -> f32 {
    logistic(if certain { weight::CERTAIN_PATTERN } else { weight::PATTERN_SHAPE })
}

fn of_type(evidence: &NameEvidence) -> f32 {
    let mut sum = match evidence.entity_type {
        EntityType::Species => weight::SPECIES,
        EntityType::Gene => weight::GENE,
        EntityType::CellLine => weight::CELL_LINE,
        _ => 0.0,
    };
    if evidence.entity_type == EntityType::Disease && evidence.organism_of_the_name {
        sum += weight::DISEASE_OF_THE_NAME;
    }
    if evidence.entity_type == EntityType::Chemical && evidence.protein_of_the_name && !evidence.formula {
        sum += weight::CHEMICAL_OF_A_PROTEIN;
    }
    if evidence.entity_type == EntityType::Gene && evidence.word_of_another_type && !evidence.label {
        sum += weight::ALIAS_IS_A_WORD_OF_ANOTHER_TYPE;
    }
    if evidence.type_word {
        sum += weight::TYPE_WORD;
    }
    if !evidence.preferred {
        sum += weight::OTHER_NAMESPACE;
    }
    sum
}

fn of_scope(evidence: &NameEvidence) -> f32 {
    if evidence.label {
        return weight::LABEL;
    }
    match evidence.scope {
        SynonymScope::Exact => 0.0,
        SynonymScope::Related => weight::RELATED,
        SynonymScope::Narrow => weight::NARROW,
        SynonymScope::Broad => weight::BROAD,
    }
}

fn of_surface(evidence: &NameEvidence) -> f32 {
    if evidence.shouted {
        return 0.0;
    }
    if !evidence.symbol {
        return match evidence.agreement {
            _ if evidence.genus && evidence.lower_case => weight::GENUS_IN_LOWER_CASE,
            Agreement::Identical | Agreement::SameCase | Agreement::FirstLetter => weight::WORD_IDENTICAL,
            // "PEA" and "GEMS" are acronyms
            Agreement::Raised | Agreement::MixedCase if evidence.characters <= 5 => weight::SHORT_WORD_RAISED,
            Agreement::Raised => weight::WORD_RAISED,
            _ => weight::WORD_OTHER_SPELLING,
        };
    }
    match evidence.agreement {
        Agreement::Identical => weight::SYMBOL_IDENTICAL,
        Agreement::SameCase => weight::SYMBOL_SAME_CASE,
        // "masses" is no plural of "MASS"
        Agreement::Spelling if evidence.lower_case && !evidence.digit => weight::SYMBOL_AS_A_WORD,
        Agreement::Spelling => 0.0,
        Agreement::Lowered if evidence.digit => weight::SYMBOL_LOWERED,
        // "c-myc"
        Agreement::Lowered if !evidence.plain => weight::SYMBOL_OTHER_CASE,
        Agreement::Lowered => weight::SYMBOL_AS_A_WORD,
        _ if evidence.digit => weight::SYMBOL_OTHER_CASE,
        _ if evidence.common_word => weight::SYMBOL_AS_A_WORD,
        // "BRAF" of mice, whose symbol is "Braf"
        Agreement::Raised => weight::SYMBOL_OTHER_CASE,
        _ if evidence.characters > 3 => weight::SYMBOL_CAPITALISED,
        _ => weight::SYMBOL_AS_A_WORD,
    }
}

fn of_length(evidence: &NameEvidence) -> f32 {
    let alias =
        evidence.entity_type == EntityType::Gene && evidence.symbol && !evidence.label && evidence.plain;
    let mut sum = match evidence.characters {
        3 if alias && evidence.support == Support::None => weight::ALIAS_OF_THREE_LETTERS,
        4 if alias && evidence.support == Support::None => weight::ALIAS_OF_FOUR_LETTERS,
        0..=2 if evidence.support != Support::Defined => weight::TWO_CHARACTERS,
        3 if evidence.support == Support::None && !evidence.digit => weight::THREE_CHARACTERS,
        0..=7 => 0.0,
        _ => weight::MANY_CHARACTERS,
    };
    if evidence.several_words {
        sum += weight::SEVERAL_WORDS;
    }
    sum
}

fn of_document(evidence: &NameEvidence) -> f32 {
    let mut sum = match evidence.support {
        Support::Defined => weight::DEFINED,
        Support::OtherName => weight::SUPPORTED,
        Support::None => 0.0,
    };
    if evidence.common_word {
        sum += match () {
            () if evidence.genus => weight::COMMON_WORD_AS_GENUS,
            () if evidence.upper_case && !evidence.shouted => weight::COMMON_WORD_IN_UPPER_CASE,
            () => weight::COMMON_WORD,
        };
    }
    if evidence.support != Support::Defined {
        let rivals = u8::try_from(evidence.rivals.min(6)).unwrap_or(6);
        sum += weight::RIVAL * f32::from(rivals);
    }
    sum
}

fn of_species(evidence: &NameEvidence) -> f32 {
    match evidence.species {
        None => 0.0,
        Some((_, false)) => weight::OTHER_SPECIES,
        // "Humeral" heads a sentence in a text that speaks of no fly
        Some((SpeciesEvidence::None, true)) if evidence.lower_case || evidence.heads_sentence => {
            weight::NO_SPECIES
        }
        Some((SpeciesEvidence::None, true)) => weight::NO_SPECIES_BUT_A_SYMBOL,
        Some((SpeciesEvidence::Default, true)) => weight::SPECIES_NOT_TOLD,
        Some((_, true)) => weight::SPECIES_TOLD,
    }
}

/// The probability of log-odds, never quite 0 or 1.
pub(super) fn logistic(sum: f32) -> f32 {
    (1.0 / (1.0 + (-sum).exp())).clamp(f32::MIN_POSITIVE, SCORE_CEILING)
}

/// A score in millionths, for sums that do not depend on their order.
pub(super) fn millionths(score: f32) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is in 0..=1")]
    let millionths = (score * 1e6) as u64;
    millionths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence() -> NameEvidence {
        NameEvidence {
            entity_type: EntityType::Gene,
            preferred: true,
            label: true,
            scope: SynonymScope::Exact,
            agreement: Agreement::Identical,
            symbol: true,
            characters: 4,
            digit: true,
            several_words: false,
            common_word: false,
            lower_case: false,
            plain: false,
            heads_sentence: false,
            upper_case: true,
            genus: false,
            shouted: false,
            support: Support::None,
            rivals: 0,
            species: Some((SpeciesEvidence::Default, true)),
            organism_of_the_name: false,
            protein_of_the_name: false,
            word_of_another_type: false,
            formula: false,
            type_word: false,
        }
    }

    #[test]
    fn every_piece_of_evidence_moves_the_score_its_way() {
        let plain = score_name(&evidence());
        assert!(plain > SCORE_FLOOR && plain < SCORE_CEILING);
        for better in [
            NameEvidence { support: Support::OtherName, ..evidence() },
            NameEvidence { type_word: true, ..evidence() },
            NameEvidence { species: Some((SpeciesEvidence::SentenceBefore, true)), ..evidence() },
        ] {
            assert!(score_name(&better) > plain, "{better:?}");
        }
        for worse in [
            NameEvidence { agreement: Agreement::Lowered, ..evidence() },
            NameEvidence { common_word: true, upper_case: false, ..evidence() },
            NameEvidence { agreement: Agreement::Lowered, digit: false, plain: true, ..evidence() },
            NameEvidence { common_word: true, ..evidence() },
            NameEvidence { characters: 2, ..evidence() },
            NameEvidence { rivals: 3, ..evidence() },
            NameEvidence { species: Some((SpeciesEvidence::Focus, false)), ..evidence() },
            NameEvidence { label: false, scope: SynonymScope::Broad, ..evidence() },
            NameEvidence { label: false, word_of_another_type: true, ..evidence() },
        ] {
            assert!(score_name(&worse) < plain, "{worse:?}");
        }
    }

    #[test]
    fn what_must_not_be_annotated_is_below_the_floor() {
        let lowered = NameEvidence {
            agreement: Agreement::Lowered,
            digit: false,
            plain: true,
            characters: 3,
            lower_case: true,
            ..evidence()
        };
        for bad in [
            lowered,
            NameEvidence { common_word: true, ..lowered },
            NameEvidence { species: Some((SpeciesEvidence::Focus, false)), ..evidence() },
            NameEvidence { characters: 2, species: Some((SpeciesEvidence::None, true)), ..evidence() },
        ] {
            assert!(score_name(&bad) < SCORE_FLOOR, "{bad:?}");
        }
        assert!(score_pattern(false) >= SCORE_FLOOR && score_pattern(true) > score_pattern(false));
    }

    #[test]
    fn scores_are_probabilities_at_the_extremes() {
        for sum in [-1e9, -100.0, 0.0, 100.0, 1e9] {
            let score = logistic(sum);
            assert!(score > 0.0 && score <= SCORE_CEILING, "{sum}: {score}");
        }
        assert_eq!(millionths(0.5), 500_000);
    }
}
