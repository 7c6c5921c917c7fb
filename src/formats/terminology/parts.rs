//! What readers do with the parts of a term: identifiers in the preferred form, and bounds.

use std::borrow::Cow;

use super::term::{Term, TermError, Xref};
use crate::model::Curie;

/// The most names of a term beside its label.
pub const NAMES_LIMIT: usize = 4_096;
/// The most entries of each other list of a term: cross-references, parents, retired identifiers, categories.
pub const ENTRIES_LIMIT: usize = 10_000;
/// The most bytes of a description; what is over is cut at a character.
pub const DESCRIPTION_BYTES_LIMIT: usize = 64 << 10;
/// The characters of a malformed value that an error tells.
const TOLD_CHARS: usize = 80;

/// The identifier in its preferred form; `None` where it is none.
pub(super) fn curie(text: &str) -> Option<String> {
    text.parse::<Curie>().ok().map(|curie| curie.as_str().to_owned())
}

/// The identifier of a record in its preferred form, or what is wrong with it.
pub(super) fn record_id(text: &str) -> Result<String, String> {
    text.parse::<Curie>().map(|curie| curie.as_str().to_owned()).map_err(|error| error.to_string())
}

/// Adds an identifier in its preferred form; one that does not parse is passed over.
pub(super) fn add_id(list: &mut Vec<String>, text: &str) {
    list.extend(curie(text));
}

/// Adds a cross-reference; one whose identifier does not parse is passed over.
pub(super) fn add_xref(term: &mut Term, text: &str, equivalent: bool) {
    term.xrefs.extend(curie(text).map(|id| Xref { id, equivalent }));
}

/// Adds a category unless it is empty or there already.
pub(super) fn add_category(term: &mut Term, text: &str) {
    let text = text.trim();
    if !text.is_empty() && !term.categories.iter().any(|category| category == text) {
        term.categories.push(text.to_owned());
    }
}

/// The beginning of a value, for errors.
pub(super) fn told(text: &str) -> String {
    text.chars().take(TOLD_CHARS).collect()
}

/// The end of every record: cuts the description and refuses a term that is over the limits.
pub(super) fn finish(term: &mut Term, file: &str) -> Result<(), TermError> {
    cut(&mut term.description, DESCRIPTION_BYTES_LIMIT);
    let Term { names, xrefs, retired_ids, parent_ids, categories, replaced_by, .. } = &*term;
    let over = [
        ("names", names.len(), NAMES_LIMIT),
        ("cross-references", xrefs.len(), ENTRIES_LIMIT),
        ("retired identifiers", retired_ids.len(), ENTRIES_LIMIT),
        ("parents", parent_ids.len(), ENTRIES_LIMIT),
        ("categories", categories.len(), ENTRIES_LIMIT),
        ("replacements", replaced_by.len(), ENTRIES_LIMIT),
    ]
    .into_iter()
    .find(|(_, count, limit)| count > limit);
    over.map_or(Ok(()), |(what, count, limit)| {
        let problem = format!("{} has {count} {what}; at most {limit} are read", told(&term.id));
        Err(TermError::Malformed { file: file.to_owned(), line: term.line, problem })
    })
}

fn cut(text: &mut String, limit: usize) {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit));
    }
}

/// Whether the text is a CAS registry number as it is written: `50-78-2`.
pub(super) fn is_cas_number(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut digits = |least: usize, most: usize| {
        parts.next().is_some_and(|part| {
            (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    digits(2, 7) && digits(2, 2) && digits(1, 1) && parts.next().is_none()
}

/// The letters that names of substances and genes have as HTML's entities.
const GREEK_ENTITIES: &[(&str, &str)] = &[
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("omega", "ω"),
    ("sigma", "σ"),
    ("theta", "θ"),
];

/// A name without the escapes of XML and HTML that some publishers leave in it (`Alzheimer&apos;s`, `&#946;`). What is no
/// escape stays.
pub fn unescaped(name: &str) -> Cow<'_, str> {
    if !name.contains('&') || !name.contains(';') {
        return Cow::Borrowed(name);
    }
    let resolve = |entity: &str| {
        let greek = GREEK_ENTITIES.iter().find(|(name, _)| *name == entity).map(|(_, letter)| *letter);
        greek.or_else(|| quick_xml::escape::resolve_predefined_entity(entity))
    };
    quick_xml::escape::unescape_with(name, resolve).unwrap_or(Cow::Borrowed(name))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::formats::terminology::{NameKind, TermReader};
    use crate::model::SynonymScope;

    /// Every record that `reader` gives, in short; errors as texts. Ends at an error that ends the file.
    pub(crate) fn shown(reader: &mut dyn TermReader) -> Vec<String> {
        let mut term = Term::default();
        let mut seen = Vec::new();
        loop {
            match reader.next_term(&mut term) {
                Ok(true) => seen.push(show(&term)),
                Ok(false) => return seen,
                Err(error) => {
                    seen.push(error.to_string());
                    if !error.is_of_one_record() {
                        assert!(matches!(reader.next_term(&mut term), Ok(false)), "it ends behind {error}");
                        return seen;
                    }
                }
            }
        }
    }

    /// A term in one line: only what it has.
    pub(crate) fn show(term: &Term) -> String {
        let mut text = format!("{}: {} \"{}\"", term.line, term.id, term.label);
        for name in &term.names {
            text.push_str(&format!(" {:?}/{:?}={}", name.scope, name.kind, name.text));
        }
        for xref in &term.xrefs {
            text.push_str(&format!(" {}{}", if xref.equivalent { "==" } else { "~" }, xref.id));
        }
        for (sign, list) in [
            ("^", &term.parent_ids),
            ("-", &term.retired_ids),
            ("#", &term.categories),
            (">", &term.replaced_by),
        ] {
            for entry in list {
                text.push_str(&format!(" {sign}{entry}"));
            }
        }
        if !term.description.is_empty() {
            text.push_str(&format!(" ({})", term.description));
        }
        text + if term.obsolete { " obsolete" } else { "" }
    }

    #[test]
    fn escapes_that_publishers_leave_are_read() {
        for (name, expected) in [
            ("Alzheimer&apos;s disease", "Alzheimer's disease"),
            ("TGF-&#946;; &gamma;", "TGF-β; γ"),
            ("A & B; C", "A & B; C"),
            ("R&D", "R&D"),
        ] {
            assert_eq!(unescaped(name), expected, "{name}");
        }
    }

    #[test]
    fn a_term_at_the_limits_is_taken_and_one_over_refused() {
        for (names, xrefs, error) in [
            (NAMES_LIMIT, ENTRIES_LIMIT, ""),
            (NAMES_LIMIT + 1, 0, "f, line 7: X:1 has 4097 names; at most 4096 are read"),
            (0, ENTRIES_LIMIT + 1, "f, line 7: X:1 has 10001 cross-references; at most 10000 are read"),
        ] {
            let mut term = Term { id: "X:1".to_owned(), line: 7, ..Term::default() };
            for _ in 0..names {
                term.add_name("n", SynonymScope::Exact, NameKind::Plain);
            }
            for _ in 0..xrefs {
                add_xref(&mut term, "Y:1", false);
            }
            assert_eq!(
                finish(&mut term, "f").map_or_else(|error| error.to_string(), |()| String::new()),
                error
            );
        }
    }

    #[test]
    fn descriptions_are_cut_at_a_character() {
        for (text, bytes) in [
            ("x".repeat(DESCRIPTION_BYTES_LIMIT), DESCRIPTION_BYTES_LIMIT),
            ("x".repeat(DESCRIPTION_BYTES_LIMIT + 1), DESCRIPTION_BYTES_LIMIT),
            (format!("x{}", "é".repeat(DESCRIPTION_BYTES_LIMIT)), DESCRIPTION_BYTES_LIMIT - 1),
        ] {
            let mut term = Term { description: text, ..Term::default() };
            finish(&mut term, "f").unwrap();
            assert_eq!(term.description.len(), bytes);
        }
    }

    #[test]
    fn cas_numbers_are_told_by_their_shape() {
        for (text, expected) in [
            ("50-78-2", true),
            ("1234567-89-0", true),
            ("12345678-90-1", false),
            ("5-78-2", false),
            ("50-78-22", false),
            ("50-78-2-1", false),
            ("0", false),
            ("EC 3.1.1.1", false),
            ("R16CO5Y76E", false),
            ("", false),
        ] {
            assert_eq!(is_cas_number(text), expected, "{text}");
        }
    }
}
