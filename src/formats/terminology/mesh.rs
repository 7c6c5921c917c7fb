//! What both formats of MeSH share.

use super::parts::{add_category, is_cas_number};
use super::term::{NameKind, Term};
use crate::model::SynonymScope;

/// The namespace of MeSH's unique identifiers.
pub(super) const PREFIX: &str = "MESH:";

/// The scope that a semantic relation gives the terms of a concept. `EQV` says that they share the preferred concept.
pub(super) fn scope_of(relation: &str) -> Option<SynonymScope> {
    match relation {
        "EQV" => Some(SynonymScope::Exact),
        "NRW" => Some(SynonymScope::Narrow),
        "BRD" => Some(SynonymScope::Broad),
        "REL" => Some(SynonymScope::Related),
        _ => None,
    }
}

/// The kind of a term by its lexical tag. `ABX` and `ACX` are terms in which an abbreviation or acronym is embedded ("GATA
/// Transcription Factors"), and some of `ABB` and `ACR` are of several words too: an abbreviation is one word. Laboratory
/// codes (`LAB`, "A-23187") are written in papers as other names are.
pub(super) fn kind_of(lexical_tag: &str, text: &str) -> NameKind {
    match lexical_tag {
        "ABB" | "ACR" | "ABX" | "ACX" if !text.contains(char::is_whitespace) => NameKind::Abbreviation,
        _ => NameKind::Plain,
    }
}

/// Adds a registry number where it is a CAS number: others are EC numbers, UNIIs, or 0 for none. What follows the number
/// says what it is of: `54063-54-6 (reproterol)`.
pub(super) fn add_registry_number(term: &mut Term, text: &str, scope: SynonymScope) {
    let number = text.split_whitespace().next().unwrap_or_default();
    if is_cas_number(number) && !term.names.iter().any(|name| name.text == number) {
        term.add_name(number, scope, NameKind::Code);
    }
}

/// Adds the category of a descriptor that a supplementary record is mapped to; a star marks the major ones.
pub(super) fn add_mapped_heading(term: &mut Term, heading: &str) {
    let heading = heading.trim().trim_start_matches('*');
    if !heading.is_empty() {
        add_category(term, &format!("mapped-{heading}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_one_word() {
        for (tag, text, expected) in [
            ("ABB", "hESCs", NameKind::Abbreviation),
            ("ABB", "RNA Drugs", NameKind::Plain),
            ("ACR", "TAMIS", NameKind::Abbreviation),
            ("ABX", "GATA4", NameKind::Abbreviation),
            ("ACX", "GATA Factors", NameKind::Plain),
            ("LAB", "A-23187", NameKind::Plain),
            ("NON", "x", NameKind::Plain),
        ] {
            assert_eq!(kind_of(tag, text), expected, "{tag} {text}");
        }
    }
}
