//! Why readings have their place, in a few words for people.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::mention::{Reading, Subject};
use super::rank::Support;
use super::species::{Evidence as SpeciesEvidence, Taxon};
use super::surface::Agreement;
use crate::model::{EntityType, Method, SynonymScope};

/// The most reasons that are kept; then they are forgotten, which changes no answer.
const REASONS_LIMIT: usize = 1 << 12;

/// The reasons that were told before.
#[derive(Debug, Default)]
pub(crate) struct Reasons(FxHashMap<Key, SmolStr>);

/// A reason in numbers, by which it is found faster: its kind and what tells it, and its taxa.
type Key = (u64, u64);

impl Reasons {
    /// Forgets all, for another catalog.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The words of a reason; `name` gives the name of a taxon.
    pub(super) fn words(&mut self, reason: WhyNot, name: impl FnMut(Taxon) -> String) -> SmolStr {
        let key = reason.key();
        if let Some(words) = self.0.get(&key) {
            return words.clone();
        }
        if self.0.len() >= REASONS_LIMIT {
            self.0.clear();
        }
        let words = SmolStr::from(reason.words(name));
        self.0.insert(key, words.clone());
        words
    }
}

/// Why another reading was not chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhyNot {
    ExtraTerm,
    TooFar(Naming),
    DefinedOtherwise,
    OfOtherType(EntityType, Naming),
    Another(EntityType, Naming),
    OtherSpecies { taxon: Option<Taxon>, chosen: Option<Taxon>, evidence: SpeciesEvidence },
    NoGeneIn { taxon: Option<Taxon>, foreign: Taxon },
}

impl WhyNot {
    /// Why `chosen` and not `other`.
    pub(super) fn of(chosen: &Reading, other: &Reading) -> Self {
        if chosen.method == Method::ExtraTerm {
            return Self::ExtraTerm;
        }
        if chosen.subject == Subject::Unlinked {
            return Self::TooFar(Naming::of(other));
        }
        if other.contradicted {
            return Self::DefinedOtherwise;
        }
        if other.entity_type != chosen.entity_type {
            return Self::OfOtherType(other.entity_type, Naming::of(other));
        }
        match (other.evidence.and_then(|evidence| evidence.species), chosen.foreign) {
            (Some((_, false)), Some(foreign)) => Self::NoGeneIn { taxon: other.taxon, foreign },
            (Some((evidence, false)), None) => {
                Self::OtherSpecies { taxon: other.taxon, chosen: chosen.taxon, evidence }
            }
            _ => Self::Another(other.entity_type, Naming::of(other)),
        }
    }

    /// A number that no other reason has.
    fn key(self) -> Key {
        let taxa = |one: Option<Taxon>, other: Option<Taxon>| {
            let has = u64::from(one.is_some()) << 1 | u64::from(other.is_some());
            (has, u64::from(one.unwrap_or(0)) << 32 | u64::from(other.unwrap_or(0)))
        };
        let (kind, entity_type, told, (has, taxa)) = match self {
            Self::ExtraTerm => (0, 0, 0, (0, 0)),
            Self::DefinedOtherwise => (1, 0, 0, (0, 0)),
            Self::TooFar(naming) => (2, 0, naming.key(), (0, 0)),
            Self::OfOtherType(own, naming) => (3, own as u64, naming.key(), (0, 0)),
            Self::Another(own, naming) => (4, own as u64, naming.key(), (0, 0)),
            Self::OtherSpecies { taxon, chosen, evidence } => (5, 0, evidence as u64, taxa(taxon, chosen)),
            Self::NoGeneIn { taxon, foreign } => (6, 0, 0, taxa(taxon, Some(foreign))),
        };
        (told << 32 | entity_type << 16 | has << 8 | kind, taxa)
    }

    fn words(self, mut name: impl FnMut(Taxon) -> String) -> String {
        let mut species =
            |taxon: Option<Taxon>| taxon.map_or_else(|| "another species".to_owned(), &mut name);
        match self {
            Self::ExtraTerm => "the request's own term wins".to_owned(),
            Self::TooFar(naming) => format!("too far from what stands in the text; {}", naming.words()),
            Self::DefinedOtherwise => "the document defines the short form as something else".to_owned(),
            Self::OfOtherType(own, naming) => {
                format!("{} of the same name; {}", type_name(own), naming.words())
            }
            Self::Another(own, naming) => {
                format!("another {} of the same name; {}", type_name(own), naming.words())
            }
            Self::OtherSpecies { taxon, chosen, evidence } => {
                let (taxon, chosen, told) = (species(taxon), species(chosen), evidence.reason());
                if matches!(evidence, SpeciesEvidence::Default | SpeciesEvidence::None) {
                    format!("gene of the same name in {taxon}; {chosen} is assumed: {told}")
                } else {
                    format!("gene of the same name in {taxon}; the text speaks of {chosen}: {told}")
                }
            }
            Self::NoGeneIn { taxon, foreign } => {
                let (taxon, foreign) = (species(taxon), species(Some(foreign)));
                format!("gene of the same name in {taxon}; {}", no_gene_in(&foreign))
            }
        }
    }
}

fn no_gene_in(species: &str) -> String {
    format!("the text speaks of {species}, of which the catalog has no gene of this name")
}

/// What speaks for a reading by itself; `name` gives the name of a taxon.
pub(super) fn why(reading: &Reading, mut name: impl FnMut(Taxon) -> String) -> SmolStr {
    let mut reason = String::new();
    if let Some((evidence, chosen)) = reading.evidence.and_then(|evidence| evidence.species) {
        reason.push_str("gene");
        if let Some(taxon) = reading.taxon {
            reason.push_str(" in ");
            reason.push_str(&name(taxon));
        }
        reason.push_str("; ");
        match reading.foreign {
            Some(foreign) => reason.push_str(&no_gene_in(&name(foreign))),
            None if chosen => reason.push_str(evidence.reason()),
            None => reason.push_str("another species is spoken of"),
        }
        reason.push_str("; ");
    }
    reason.push_str(&Naming::of(reading).words());
    if reading.contradicted {
        reason.push_str("; the context defines the short form as something else");
    }
    reason.into()
}

/// How a reading is named in the catalog; nothing of what has no name there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Naming(Option<Named>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Named {
    label: bool,
    scope: SynonymScope,
    surface: Surface,
    support: Support,
    common_word: bool,
}

/// How a name stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surface {
    Alike,
    OtherSpelling,
    OtherCase,
}

impl Surface {
    const fn words(self) -> &'static str {
        match self {
            Self::Alike => "",
            Self::OtherSpelling => " in another spelling",
            Self::OtherCase => " in another case",
        }
    }
}

impl Naming {
    fn of(reading: &Reading) -> Self {
        Self(reading.evidence.map(|evidence| Named {
            label: evidence.label,
            scope: evidence.scope,
            surface: match evidence.agreement {
                Agreement::Identical | Agreement::SameCase | Agreement::FirstLetter => Surface::Alike,
                Agreement::Spelling => Surface::OtherSpelling,
                Agreement::Raised | Agreement::Lowered | Agreement::MixedCase => Surface::OtherCase,
            },
            support: evidence.support,
            common_word: evidence.common_word,
        }))
    }

    /// A number that no other has.
    fn key(self) -> u64 {
        let Some(Named { label, scope, surface, support, common_word }) = self.0 else { return 0 };
        let told = [scope as u64, surface as u64, support as u64, u64::from(label), u64::from(common_word)];
        told.iter().fold(1, |key, told| key << 4 | told)
    }

    fn words(self) -> String {
        let Some(Named { label, scope, surface, support, common_word }) = self.0 else {
            return "by its form".to_owned();
        };
        let kind = match (label, scope) {
            (true, _) => "its preferred name",
            (_, SynonymScope::Exact) => "one of its names",
            (_, SynonymScope::Related) => "a related name",
            (_, SynonymScope::Narrow) => "a narrower name",
            (_, SynonymScope::Broad) => "a broader name",
        };
        let support = match support {
            Support::Defined => ", defined in the document",
            Support::OtherName => ", whose longer name stands in the document",
            Support::None => "",
        };
        let common = if common_word { ", which is also a common word" } else { "" };
        [kind, surface.words(), support, common].concat()
    }
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

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashSet;

    use super::super::rank::NameEvidence;
    use super::*;

    #[test]
    fn reasons_are_forgotten_at_the_bound() {
        let mut reasons = Reasons::default();
        let name = |taxon: Taxon| taxon.to_string();
        for taxon in 0..=REASONS_LIMIT {
            let reason = WhyNot::NoGeneIn { taxon: Some(taxon as Taxon), foreign: 9 };
            let words = reasons.words(reason, name);
            assert!(words.contains(&format!("in {taxon}; the text speaks of 9,")), "{words}");
            assert_eq!(reasons.words(reason, |_| unreachable!("it was told before")), words);
            assert!(reasons.0.len() <= REASONS_LIMIT);
        }
        assert_eq!(reasons.0.len(), 1);
    }

    #[test]
    fn every_reason_has_a_key_of_its_own() {
        let evidence = NameEvidence::of_type(EntityType::Gene);
        let mut readings = vec![None];
        for scope in [SynonymScope::Exact, SynonymScope::Related, SynonymScope::Narrow, SynonymScope::Broad] {
            for support in [Support::None, Support::OtherName, Support::Defined] {
                for agreement in [Agreement::Identical, Agreement::Spelling, Agreement::Raised] {
                    for (label, common_word) in [(false, false), (false, true), (true, false), (true, true)] {
                        let own = NameEvidence { scope, support, agreement, label, common_word, ..evidence };
                        readings.push(Some(own));
                    }
                }
            }
        }
        let named = |evidence| {
            let reading = Reading::new(Subject::Unlinked, EntityType::Gene, Method::Model, 0.5);
            Naming::of(&Reading { evidence, ..reading })
        };
        let mut reasons = vec![WhyNot::ExtraTerm, WhyNot::DefinedOtherwise];
        for naming in readings.into_iter().map(named) {
            let types = EntityType::ALL.into_iter();
            reasons.extend(
                types.flat_map(|own| [WhyNot::OfOtherType(own, naming), WhyNot::Another(own, naming)]),
            );
            reasons.push(WhyNot::TooFar(naming));
        }
        for taxon in [None, Some(0), Some(1), Some(Taxon::MAX)] {
            reasons.extend([0, 1].map(|foreign| WhyNot::NoGeneIn { taxon, foreign }));
            for chosen in [None, Some(0), Some(1), Some(Taxon::MAX)] {
                for evidence in [SpeciesEvidence::Prefix, SpeciesEvidence::Earlier, SpeciesEvidence::None] {
                    reasons.push(WhyNot::OtherSpecies { taxon, chosen, evidence });
                }
            }
        }
        let keys: FxHashSet<Key> = reasons.iter().map(|reason| reason.key()).collect();
        assert_eq!(keys.len(), reasons.len());
    }

    #[test]
    fn other_species_are_told_from_the_text_s() {
        let name = |taxon: Taxon| format!("taxon {taxon}");
        let words =
            |evidence| WhyNot::OtherSpecies { taxon: Some(10_090), chosen: Some(9606), evidence }.words(name);
        assert_eq!(
            words(SpeciesEvidence::Earlier),
            "gene of the same name in taxon 10090; the text speaks of taxon 9606: named before"
        );
        assert_eq!(
            words(SpeciesEvidence::Default),
            "gene of the same name in taxon 10090; taxon 9606 is assumed: no species with a gene of that name is named"
        );
    }
}
