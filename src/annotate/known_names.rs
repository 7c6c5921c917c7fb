//! What names of the dictionary are by themselves, whatever stands around them; kept from document to document, as papers
//! speak of the same things.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::ranked_names::RankedNames;
use super::recognise::numbers::Numbers;
use super::surface::{self, Agreement};
use super::vocabulary::{Bearer, Facts, Vocabulary};
use crate::catalog::{EntityIndex, GroupIndex};
use crate::model::{EntityType, SynonymScope};
use crate::text::prefetch;

/// The most entities of one name that are looked at, the closest names first: names such as "p25" have hundreds in a whole Entrez Gene.
pub(super) const BEARERS_LIMIT: usize = 100;
/// The most names that are kept; then they are forgotten, which changes no answer.
const NAMES_LIMIT: usize = 1 << 16;
/// The most bearers of all these names: some 10 MB.
const BEARERS_KEPT_LIMIT: usize = 1 << 18;

/// The types that words beside a name may speak for.
pub(super) const TYPES_WITH_WORDS: [EntityType; 4] =
    [EntityType::Gene, EntityType::CellLine, EntityType::Disease, EntityType::Species];

/// What a text is like by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// Whether it has a digit.
    pub digit: bool,
    /// Whether it has several words.
    pub several_words: bool,
    /// Whether it is a common word.
    pub common_word: bool,
    /// Whether nothing in it is in upper case.
    pub no_upper_case: bool,
    /// Whether nothing in it is in lower case.
    pub no_lower_case: bool,
    /// Whether all behind its first character is in lower case.
    pub goes_on_in_lower_case: bool,
    /// Whether it is of letters only, and none of them Greek: a Greek letter is a part of its own, as its name is after a
    /// hyphen.
    pub plain: bool,
    /// Letters and digits, Greek letters spelled out.
    pub characters: u32,
    /// Whether it has the form of a chemical formula.
    pub formula: bool,
    /// Whether it is no name, whatever the catalog says.
    pub is_never_a_name: bool,
}

impl Form {
    /// The form of a text.
    pub(super) fn of(written: &str) -> Self {
        let spelled = surface::spelled_out(written);
        Self {
            digit: written.chars().any(char::is_numeric),
            several_words: written.contains(char::is_whitespace),
            common_word: surface::is_common_word(written),
            no_upper_case: !written.chars().any(char::is_uppercase),
            no_lower_case: !written.chars().any(char::is_lowercase),
            goes_on_in_lower_case: written.chars().skip(1).all(char::is_lowercase),
            plain: matches!(spelled, Cow::Borrowed(_)) && written.chars().all(char::is_alphabetic),
            characters: u32::try_from(surface::characters(&spelled)).unwrap_or(u32::MAX),
            formula: surface::is_formula(written),
            is_never_a_name: surface::is_never_a_name(written),
        }
    }
}

/// An entity with its name as it stands in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownBearer {
    /// The entity.
    pub entity: EntityIndex,
    /// What is known of it.
    pub facts: Facts,
    /// Whether the name is the preferred one.
    pub label: bool,
    /// How near the name is when it is not.
    pub scope: SynonymScope,
    /// How name and text agree.
    pub agreement: Agreement,
    /// Whether the name is a symbol.
    pub symbol: bool,
    /// Whether the name is one capitalised word.
    pub capitalised: bool,
}

impl KnownBearer {
    /// What a bearer of a name is where a text has the name as `written`.
    pub(super) fn of(vocabulary: Vocabulary<'_>, written: &str, bearer: &Bearer<'_>) -> Self {
        let facts = vocabulary.facts(bearer.entity);
        Self {
            entity: bearer.entity,
            facts,
            label: bearer.label,
            scope: bearer.scope,
            agreement: surface::agreement(written, bearer.name),
            symbol: surface::is_symbol(facts.entity_type, bearer.name),
            capitalised: surface::is_capitalised_word(bearer.name),
        }
    }

    /// Whether it is an organism by the name of a genus.
    pub(super) fn is_genus(&self) -> bool {
        self.facts.entity_type == EntityType::Species && self.capitalised
    }
}

/// A name as it stands in a text.
#[derive(Debug)]
pub(super) struct KnownName {
    /// The form of the text.
    pub form: Form,
    /// Who bears the name, at most [`BEARERS_LIMIT`].
    pub bearers: Box<[KnownBearer]>,
    /// Whether a bearer's name begins or ends with punctuation.
    pub punctuated: bool,
    /// What they ask of the place that it stands in.
    pub asks: Asks,
}

/// What of the place of a name matters to any of its bearers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asks {
    /// Whether it is a part of a longer symbol: of symbols.
    pub symbol: bool,
    /// Whether an epithet follows: of genera.
    pub epithet: bool,
    /// Whether it is a part of a term of another kind: of chemicals.
    pub other_term: bool,
    /// The types that the words beside it speak for: of any of these.
    pub type_words: bool,
}

impl Asks {
    /// All of it.
    pub(super) const ALL: Self = Self { symbol: true, epithet: true, other_term: true, type_words: true };

    fn of(form: &Form, bearers: &[KnownBearer]) -> Self {
        let any = |is: fn(&KnownBearer) -> bool| bearers.iter().any(is);
        let is_type_with_words = |bearer: &KnownBearer| TYPES_WITH_WORDS.contains(&bearer.facts.entity_type);
        Self {
            symbol: !form.several_words && any(|bearer| bearer.symbol),
            epithet: any(KnownBearer::is_genus),
            other_term: any(|bearer| bearer.facts.entity_type == EntityType::Chemical),
            type_words: any(is_type_with_words),
        }
    }
}

impl KnownName {
    fn of(vocabulary: Vocabulary<'_>, name: GroupIndex, written: &str) -> Self {
        let bearers = || vocabulary.bearers(name).take(BEARERS_LIMIT);
        let punctuated = |bearer: Bearer<'_>| {
            let is_mark = |c: char| !c.is_alphanumeric();
            bearer.name.starts_with(is_mark) || bearer.name.ends_with(is_mark)
        };
        let form = Form::of(written);
        let own: Box<[_]> = bearers().map(|bearer| KnownBearer::of(vocabulary, written, &bearer)).collect();
        Self { form, asks: Asks::of(&form, &own), bearers: own, punctuated: bearers().any(punctuated) }
    }
}

/// The names that were met before.
#[derive(Debug, Default)]
pub(crate) struct KnownNames {
    /// Their numbers by their keys.
    numbers: Numbers,
    known: Vec<KnownName>,
    /// The last one whose key is taken for another's.
    stray: Option<KnownName>,
    /// How many bearers they have in all.
    bearers_kept: usize,
    /// Room for the numbers of names that are looked towards.
    awaited: Vec<u64>,
    /// How names were ranked.
    pub(super) ranked: RankedNames,
}

impl KnownNames {
    /// Forgets all, for another catalog or other models.
    pub(crate) fn clear(&mut self) {
        self.forget();
        self.ranked.clear();
    }

    fn forget(&mut self) {
        self.numbers = Numbers::default();
        self.known.clear();
        self.stray = None;
        self.bearers_kept = 0;
    }

    /// What tells a name as a text has it from others.
    #[inline]
    fn key_of(vocabulary: Vocabulary<'_>, name: GroupIndex, written: &str) -> u64 {
        xxh3_64_with_seed(written.as_bytes(), vocabulary.seed_of(name))
    }

    /// Has what is known of some names come nearer.
    pub(super) fn look_towards<'t>(
        &mut self,
        vocabulary: Vocabulary<'_>,
        names: impl Iterator<Item = (GroupIndex, &'t str)>,
    ) {
        let Self { numbers, known, awaited, .. } = self;
        awaited.clear();
        awaited.extend(names.map(|(name, written)| {
            let key = Self::key_of(vocabulary, name, written);
            numbers.look_towards(key);
            key
        }));
        let find = |key: &u64| numbers.get(*key).and_then(|number| known.get(number as usize));
        awaited.iter().for_each(|key| prefetch(find(key)));
        awaited.iter().for_each(|key| prefetch(find(key).and_then(|own| own.bearers.first())));
    }

    /// What a name is as a text has it.
    pub(super) fn of(&mut self, vocabulary: Vocabulary<'_>, name: GroupIndex, written: &str) -> &KnownName {
        let key = Self::key_of(vocabulary, name, written);
        if self.known.len() >= NAMES_LIMIT || self.bearers_kept + BEARERS_LIMIT > BEARERS_KEPT_LIMIT {
            self.forget();
        }
        if let Some(number) = self.numbers.get(key).filter(|number| self.numbers.is(*number, key)) {
            return &self.known[number as usize];
        }
        let known = KnownName::of(vocabulary, name, written);
        self.bearers_kept += known.bearers.len();
        match self.numbers.number(key) {
            (number, true) => {
                self.known.push(known);
                &self.known[number as usize]
            }
            (_, false) => self.stray.insert(known),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn names_are_the_same_when_they_are_met_again() {
        let catalog = Catalog::embedded().unwrap();
        let vocabulary = Vocabulary::new(&catalog);
        let group = vocabulary.group_of_key("insulin").expect("a starter catalog has insulin");
        let mut names = KnownNames::default();
        names.look_towards(vocabulary, [(group, "Insulin")].into_iter());
        names.of(vocabulary, group, "Insulin");
        names.look_towards(vocabulary, [(group, "Insulin")].into_iter());
        assert!(names.of(vocabulary, group, "INSULIN").form.no_lower_case && names.known.len() == 2);
        let first = names.of(vocabulary, group, "Insulin");
        assert!(!first.bearers.is_empty() && first.form.goes_on_in_lower_case && !first.form.no_upper_case);
        let types = |of: EntityType| first.bearers.iter().any(|bearer| bearer.facts.entity_type == of);
        assert_eq!(first.asks.other_term, types(EntityType::Chemical));
        assert_eq!(first.asks.type_words, TYPES_WITH_WORDS.into_iter().any(types));
        assert_eq!(names.known.len(), 2);
        let none = names.of(Vocabulary::of_types(&catalog, 0), group, "Insulin");
        assert!(none.bearers.is_empty(), "a view of no type sees nobody");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let catalog = Catalog::embedded().unwrap();
        let vocabulary = Vocabulary::new(&catalog);
        let group = vocabulary.group_of_key("insulin").expect("a starter catalog has insulin");
        let mut names = KnownNames::default();
        for number in 0..=NAMES_LIMIT {
            names.of(Vocabulary::of_types(&catalog, 0), group, &number.to_string());
            assert!(names.known.len() <= NAMES_LIMIT);
        }
        assert_eq!(names.known.len(), 1);
        let count = names.of(vocabulary, group, "insulin").bearers.len();
        assert_eq!(names.bearers_kept, count);
        names.bearers_kept = BEARERS_KEPT_LIMIT - BEARERS_LIMIT;
        names.of(vocabulary, group, "Insulin");
        assert_eq!(names.known.len(), 3);
        names.of(vocabulary, group, "INSULIN");
        assert_eq!((names.known.len(), names.bearers_kept), (1, count));
    }
}
