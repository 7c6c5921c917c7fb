//! Common names that papers speak of and the gold data hardly has: "ferret", "measles", "copper". Where the dictionary has such a name, it
//! is a witness of its own.

use std::ops::Range;
use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use super::super::passages::PassageText;
use super::super::surface;
use super::table::model_type;
use crate::model::EntityType;
use crate::text::fold_to_string;

/// The names of a type, one a line; see the notes at the top of each.
const LISTS: [(EntityType, &str); 3] = [
    (EntityType::Species, include_str!("../../../data/lexicon/studied_species.txt")),
    (EntityType::Disease, include_str!("../../../data/lexicon/studied_diseases.txt")),
    (EntityType::Chemical, include_str!("../../../data/lexicon/studied_chemicals.txt")),
];
/// The bytes of the longest of them in its plural.
const BYTES_MAX: usize = 24;

/// The types, by their places among the models, that the tokens `name` are a listed common name of, of those that the dictionary
/// has the name for, as bits; it is written as one, not as an acronym is.
pub(super) fn types_of<'p>(
    passage: &'p PassageText<'_>,
    name: Range<usize>,
    types: u16,
) -> impl Iterator<Item = usize> + use<'p> {
    let has = move |of: EntityType| types >> of as u32 & 1 == 1;
    let any = LISTS.iter().any(|(of, _)| has(*of)) && is_common(passage, name.clone());
    let key = if any { passage.folded.key(name.start, name.end) } else { "" };
    let listed = lists().iter().zip(LISTS).filter(move |(list, (of, _))| has(*of) && list.contains(key));
    listed.filter_map(|(_, (of, _))| model_type(of))
}

/// Whether a name is written in small letters, but for the first of all.
fn is_common(passage: &PassageText<'_>, name: Range<usize>) -> bool {
    let written = passage.slice(passage.span(name.start, name.end));
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

    /// Whether the whole text is a listed name of a type that the dictionary has it for.
    fn is_told(text: &str, of: EntityType) -> bool {
        let passage = PassageText::new(text);
        let found: Vec<usize> =
            types_of(&passage, 0..passage.folded.tokens().len(), 1 << of as u16).collect();
        assert!(found.iter().all(|at| Some(*at) == model_type(of)));
        !found.is_empty()
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
    }
}
