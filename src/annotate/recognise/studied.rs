//! Common names that papers speak of and the gold data hardly has: "ferret", "measles", "copper". Where the dictionary has such a name, it
//! is a witness of its own. "Onion" and "tiger" are of everyday texts as well, and witnesses where the document names organisms in Latin.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use super::super::surface;
use crate::model::EntityType;
use crate::text::fold_to_string;

/// The names of a type, one a line; see the notes at the top of each.
const LISTS: [(EntityType, &str); 3] = [
    (EntityType::Species, include_str!("../../../data/lexicon/studied_species.txt")),
    (EntityType::Disease, include_str!("../../../data/lexicon/studied_diseases.txt")),
    (EntityType::Chemical, include_str!("../../../data/lexicon/studied_chemicals.txt")),
];
/// Common names of organisms that are of everyday texts as well.
const BESIDE: &str = include_str!("../../../data/lexicon/species_beside.txt");
/// The bytes of the longest of them in its plural.
const BYTES_MAX: usize = 26;

/// The types, as bits, that a folded name is a listed common name of.
pub(super) fn types_of(key: &str) -> u16 {
    let listed = lists().iter().zip(LISTS).filter(|(list, _)| list.contains(key));
    listed.fold(0, |types, (_, (of, _))| types | 1 << of as u16)
}

/// Whether a folded name is a listed common name of an organism, where the document names others in Latin.
pub(crate) fn is_beside(key: &str) -> bool {
    static NAMES: OnceLock<FxHashSet<String>> = OnceLock::new();
    NAMES.get_or_init(|| surface::lines(BESIDE).map(fold_to_string).collect()).contains(key)
}

/// Whether a name is written as a common name is: in small letters, but for the first of all, not as an acronym.
pub(super) fn is_written_so(written: &str) -> bool {
    let is_small = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b' ' | b'-');
    let is_word = written.bytes().skip(1).all(is_small) || written == "COVID-19";
    written.len() <= BYTES_MAX && is_word
}

fn lists() -> &'static [FxHashSet<String>; LISTS.len()] {
    static NAMES: OnceLock<[FxHashSet<String>; LISTS.len()]> = OnceLock::new();
    NAMES.get_or_init(|| LISTS.map(|(_, list)| surface::lines(list).map(fold_to_string).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a text is a listed name of a type, and written as one.
    fn is_told(text: &str, of: EntityType) -> bool {
        types_of(&fold_to_string(text)) >> of as u16 & 1 == 1 && is_written_so(text)
    }

    #[test]
    fn common_names_are_told_in_the_case_of_words() {
        let (species, disease, chemical) = (EntityType::Species, EntityType::Disease, EntityType::Chemical);
        for text in ["zebrafish", "Zebrafish", "dogs", "guinea pigs", "Guinea-pigs", "rhesus monkey"] {
            assert!(is_told(text, species), "{text}");
        }
        for text in
            ["DOG", "Guinea Pigs", "cat", "dog rose", "pig-tailed", "african green monkeys of the forest"]
        {
            assert!(!is_told(text, species), "{text}");
        }
        for text in ["influenza", "Measles", "COVID-19", "dengue fever", "mumps"] {
            assert!(is_told(text, disease) && !is_told(text, chemical), "{text}");
        }
        assert!(is_told("copper", chemical) && !is_told("lead", chemical));
    }

    #[test]
    fn lists_are_sorted_and_every_name_is_told() {
        for (of, list) in LISTS {
            let names: Vec<&str> = surface::lines(list).collect();
            assert!(names.is_sorted(), "{of:?}");
            for name in names {
                assert!(is_told(name, of), "{name}");
            }
        }
        let beside: Vec<&str> = surface::lines(BESIDE).collect();
        assert!(beside.is_sorted() && !beside.is_empty());
        for name in beside {
            assert!(is_beside(&fold_to_string(name)) && is_written_so(name), "{name}");
            // one that is a witness anywhere needs no other
            assert!(!is_told(name, EntityType::Species), "{name}");
        }
    }
}
