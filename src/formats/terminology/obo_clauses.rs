//! The clauses of OBO: the lines of the head and of terms' frames.

use rustc_hash::{FxHashMap, FxHashSet};

use super::obo_syntax::{clause, first_word, quoted, says_equivalent, unescape, value};
use super::parts::{add_category, add_id, add_xref, record_id, told};
use super::term::{NameKind, Term};
use crate::model::SynonymScope;

/// The tags of OBO 1.0 for synonyms of a scope.
const SCOPED_SYNONYM_TAGS: [(&str, SynonymScope); 4] = [
    ("exact_synonym", SynonymScope::Exact),
    ("narrow_synonym", SynonymScope::Narrow),
    ("broad_synonym", SynonymScope::Broad),
    ("related_synonym", SynonymScope::Related),
];

/// What the head of a file says.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// Its version; empty when it tells none.
    pub(super) data_version: String,
    /// The namespace of terms that have none of their own.
    pub(super) default_namespace: String,
    /// The descriptions of the types of synonyms.
    synonym_types: FxHashMap<String, String>,
    /// The prefixes whose cross-references all mean the same thing.
    equivalent_prefixes: FxHashSet<String>,
}

impl Header {
    /// Reads one line of the head.
    pub(super) fn add(&mut self, line: &str) {
        let Some((tag, text)) = clause(line) else {
            return;
        };
        let text = value(text).text;
        match tag {
            "data-version" => self.data_version = unescape(text).into_owned(),
            "default-namespace" => self.default_namespace = unescape(text).into_owned(),
            "treat-xrefs-as-equivalent" => {
                self.equivalent_prefixes.insert(first_word(text).into_owned());
            }
            "synonymtypedef" => {
                let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
                if let Ok((description, _)) = quoted(rest.trim_start()) {
                    self.synonym_types.insert(unescape(name).into_owned(), description.into_owned());
                }
            }
            _ => {}
        }
    }

    /// Reads one line of a term's frame; the error says what is wrong.
    pub(super) fn read_clause(&self, line: &str, term: &mut Term) -> Result<(), String> {
        let Some((tag, rest)) = clause(line) else {
            return Err(format!("\"{}\" is no clause; \"tag: value\" is expected", told(line)));
        };
        let value = value(rest);
        match tag {
            "id" if !term.id.is_empty() => return Err("the term has two ids".to_owned()),
            "id" if is_rank(value.text) => value.text.clone_into(&mut term.id),
            "id" => term.id = record_id(&unescape(value.text))?,
            "name" if !term.label.is_empty() => return Err("the term has two names".to_owned()),
            "name" => term.label = unescape(value.text).trim().to_owned(),
            "def" => quoted(value.text)?.0.trim().clone_into(&mut term.description),
            "namespace" | "subset" => add_category(term, &first_word(value.text)),
            "alt_id" => add_id(&mut term.retired_ids, &first_word(value.text)),
            "is_a" | "part_of" => add_id(&mut term.parent_ids, &first_word(value.text)),
            "replaced_by" => add_id(&mut term.replaced_by, &first_word(value.text)),
            "is_obsolete" => term.obsolete = value.text == "true",
            "relationship" => add_relationship(term, value.text),
            "property_value" => add_property(term, value.text),
            "synonym" => self.add_synonym(term, value.text, None)?,
            "xref" | "xref_analog" | "xref_unk" => {
                let id = first_word(value.text);
                let prefix = id.split_once(':').map_or("", |(prefix, _)| prefix);
                let equivalent =
                    says_equivalent(value.modifiers) || self.equivalent_prefixes.contains(prefix);
                add_xref(term, &id, equivalent);
            }
            _ => {
                if let Some((_, scope)) = SCOPED_SYNONYM_TAGS.iter().find(|(name, _)| *name == tag) {
                    self.add_synonym(term, value.text, Some(*scope))?;
                }
            }
        }
        Ok(())
    }

    /// `"text" SCOPE TYPE [sources]`, where all but the text may be missing.
    fn add_synonym(&self, term: &mut Term, text: &str, scope: Option<SynonymScope>) -> Result<(), String> {
        let (name, rest) = quoted(text)?;
        let mut words = rest.split('[').next().unwrap_or_default().split_whitespace().peekable();
        let told_scope = words.peek().and_then(|word| match *word {
            "EXACT" => Some(SynonymScope::Exact),
            "NARROW" => Some(SynonymScope::Narrow),
            "BROAD" => Some(SynonymScope::Broad),
            "RELATED" => Some(SynonymScope::Related),
            _ => None,
        });
        if told_scope.is_some() {
            words.next();
        }
        let kind = words.next().map_or(Some(NameKind::Plain), |name| self.kind_of(name));
        if let Some(kind) = kind.filter(|_| !is_number(&name)) {
            term.add_name(&name, scope.or(told_scope).unwrap_or(SynonymScope::Related), kind);
        }
        Ok(())
    }

    /// The kind of name that a type of synonyms stands for; `None` where they are no names.
    fn kind_of(&self, synonym_type: &str) -> Option<NameKind> {
        // ChEBI writes types as addresses; others write identifiers whose description tells them.
        let last = synonym_type.rsplit(['/', '#', ':']).next().unwrap_or(synonym_type);
        let described = || known_type(self.synonym_types.get(synonym_type)?);
        known_type(last).or_else(described).unwrap_or(Some(NameKind::Plain))
    }
}

/// What a type of synonyms stands for, by its name or description; `Some(None)` where they are no names.
fn known_type(name: &str) -> Option<Option<NameKind>> {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    Some(match plain.as_str() {
        "formula" => Some(NameKind::Formula),
        "abbreviation" | "acronym" | "genbankacronym" => Some(NameKind::Abbreviation),
        "iupacname" => Some(NameKind::Systematic),
        "misspelling" | "misnomer" | "deprecated" => Some(NameKind::Former),
        "mass" | "monoisotopicmass" | "charge" | "smiles" | "inchi" | "inchikey" | "authority" => None,
        _ => return None,
    })
}

/// Whether the text is only a number, such as a charge or a mass.
fn is_number(text: &str) -> bool {
    let digits = text.trim().trim_start_matches(['+', '-']).trim_end_matches(['+', '-']);
    digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
}

/// `part_of X:1`; other relationships say nothing that a hierarchy needs.
fn add_relationship(term: &mut Term, text: &str) {
    let mut words = text.split_whitespace();
    if let (Some("part_of" | "BFO:0000050"), Some(parent)) = (words.next(), words.next()) {
        add_id(&mut term.parent_ids, &unescape(parent));
    }
}

/// Ranks of taxa and exact matches.
fn add_property(term: &mut Term, text: &str) {
    let mut words = text.split_whitespace();
    let (Some(relation), Some(object)) = (words.next(), words.next()) else {
        return;
    };
    let object = unescape(object.trim_matches('"'));
    match relation.rsplit(['/', '#', ':']).next() {
        Some("has_rank") => add_category(term, object.rsplit([':', '/', '#']).next().unwrap_or_default()),
        Some("exactMatch") => add_xref(term, &object, true),
        _ => {}
    }
}

/// Whether a term is one of the ranks (`NCBITaxon:species`) that NCBITaxon has among its taxa: they are passed over.
pub(super) fn is_rank(id: &str) -> bool {
    id.strip_prefix("NCBITaxon:").is_some_and(|rank| rank.starts_with(|c: char| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_no_names() {
        for (text, expected) in [
            ("0", true),
            ("+1", true),
            ("2-", true),
            ("331.34", true),
            ("5-HT", false),
            ("-", false),
            ("", false),
        ] {
            assert_eq!(is_number(text), expected, "{text}");
        }
    }
}
