//! The folded keys that a name of the catalog is indexed under.

use super::fold::FoldedText;

/// The most keys of one name.
pub const NAME_KEYS_LIMIT: usize = 6;

/// The most parts of an inverted name ("Leukemia, Myeloid, Acute" has three).
const INVERTED_PARTS_LIMIT: usize = 4;

/// Words that show that a comma does not invert: full names of genes, enumerations.
const NOT_INVERTED: &[&str] = &[
    "member",
    "subunit",
    "family",
    "subfamily",
    "polypeptide",
    "and",
    "or",
    "isoform",
    "homolog",
    "candidate",
];

/// Names of Greek letters that folding does not cut from the word before them, so that both forms need a key.
const SHORT_GREEK_NAMES: &[&str] =
    &["zeta", "eta", "iota", "mu", "nu", "xi", "omicron", "pi", "rho", "tau", "upsilon", "phi", "chi", "psi"];

/// The most bytes of a symbol that is also written joined to a Greek letter's name after it ("IFNtau").
const SYMBOL_BYTES_LIMIT: usize = 6;

/// Makes the keys of names; holds the buffers.
#[derive(Debug, Clone, Default)]
pub struct NameFolder {
    folded: FoldedText,
    rewritten: String,
    keys: Vec<String>,
}

impl NameFolder {
    /// One with empty buffers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives `take` each key of `name`, its own first, none twice, at most [`NAME_KEYS_LIMIT`]: the folded name; without
    /// "NOS" or a bracketed qualifier at its end; in the natural order where a comma inverts it ("Leukemia, Myeloid,
    /// Acute": "acute myeloid leukemia"); and, where the name of a Greek letter ends a symbol that folding does not cut,
    /// joined. A name without letters and digits has none.
    pub fn each_key(&mut self, name: &str, mut take: impl FnMut(&str)) {
        self.folded.fold(name);
        if self.folded.tokens().is_empty() {
            return;
        }
        take(self.folded.text());
        let bare = without_qualifier(name);
        let inverted = bare.as_bytes().windows(2).any(|pair| pair == b", ");
        let greek = self.ends_in_short_greek();
        if bare.len() == name.len() && !inverted && !greek {
            return;
        }
        self.keys.clear();
        self.keys.push(self.folded.text().to_owned());
        if greek {
            let key = self.joined_greek();
            self.keys.push(key);
        }
        if bare.len() != name.len() {
            self.fold_key(bare);
        }
        if inverted && natural_order(bare, &mut self.rewritten) {
            let rewritten = std::mem::take(&mut self.rewritten);
            self.fold_key(&rewritten);
            self.rewritten = rewritten;
        }
        for (index, key) in self.keys.iter().enumerate().take(NAME_KEYS_LIMIT).skip(1) {
            if !key.is_empty() && !self.keys[..index].contains(key) {
                take(key);
            }
        }
    }

    fn fold_key(&mut self, text: &str) {
        self.folded.fold(text);
        self.keys.push(self.folded.text().to_owned());
    }

    /// Whether the name is a short symbol and a Greek letter's name.
    fn ends_in_short_greek(&self) -> bool {
        let count = self.folded.tokens().len();
        count == 2
            && self.folded.folded(0).len() <= SYMBOL_BYTES_LIMIT
            && self.folded.tokens()[1].gap.is_tight()
            && SHORT_GREEK_NAMES.contains(&self.folded.folded(1))
    }

    fn joined_greek(&self) -> String {
        // Folded once more, as a key always is what folding gives.
        super::fold_to_string(&format!("{}{}", self.folded.folded(0), self.folded.folded(1)))
    }
}

/// The keys of one name, see [`NameFolder::each_key`].
pub fn name_keys(name: &str) -> Vec<String> {
    let mut keys = Vec::new();
    NameFolder::new().each_key(name, |key| keys.push(key.to_owned()));
    keys
}

/// The name without "NOS" and without one bracketed qualifier at its end.
fn without_qualifier(name: &str) -> &str {
    let name = name.trim_end();
    for ending in [", NOS", " NOS", ", nos", " [NOS]", " (NOS)"] {
        if let Some(bare) = name.strip_suffix(ending).filter(|bare| !bare.is_empty()) {
            return bare;
        }
    }
    let open = match name.as_bytes().last() {
        Some(b')') => " (",
        Some(b']') => " [",
        _ => return name,
    };
    match name.rfind(open) {
        Some(at) if !name[..at].trim().is_empty() => name[..at].trim_end(),
        _ => name,
    }
}

/// Writes the parts of an inverted name in their natural order; whether there is one.
fn natural_order(name: &str, output: &mut String) -> bool {
    output.clear();
    let parts = name.split(", ").count();
    if parts > INVERTED_PARTS_LIMIT || name.split(", ").any(|part| part.trim().is_empty()) {
        return false;
    }
    let word = |word: &str| NOT_INVERTED.iter().any(|plain| word.eq_ignore_ascii_case(plain));
    if name.split([' ', ',']).any(word) {
        return false;
    }
    for part in name.rsplit(", ") {
        if !output.is_empty() {
            output.push(' ');
        }
        output.push_str(part);
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::fold_to_string;

    #[test]
    fn names_have_the_keys_they_are_met_under() {
        for (name, keys) in [
            ("Leukemia, Myeloid, Acute", &["leukemia myeloid acute", "acute myeloid leukemia"][..]),
            ("Diabetes Mellitus, Type 2", &["diabete mellitus type 2", "type 2 diabete mellitus"]),
            ("2,4-D", &["2 4 d"]),
            ("anemia, NOS", &["anemia nos", "anemia"]),
            ("Cold (disorder)", &["cold disorder", "cold"]),
            (
                "lymphoma, large cell [NOS]",
                &["lymphoma large cell nos", "lymphoma large cell", "large cell lymphoma"],
            ),
            ("solute carrier family 2, member 1", &["solute carrier family 2 member 1"]),
            ("IFN-tau", &["ifn tau", "ifntau"]),
            ("IFN-γ", &["ifn gamma"]),
            ("(1)", &["1"]),
            ("--", &[]),
            ("", &[]),
        ] {
            assert_eq!(name_keys(name), keys, "{name}");
        }
    }

    #[test]
    fn a_name_of_too_many_parts_is_not_turned_round() {
        assert_eq!(name_keys("a, b, c, d").len(), 2);
        assert_eq!(name_keys("a, b, c, d, e").len(), 1);
    }

    proptest! {
        #[test]
        fn keys_are_folded_few_and_distinct(name in "[A-Za-zα-ω0-9 ,()\\[\\]-]{0,40}") {
            let keys = name_keys(&name);
            prop_assert!(keys.len() <= NAME_KEYS_LIMIT);
            for (index, key) in keys.iter().enumerate() {
                prop_assert!(!keys[..index].contains(key));
                prop_assert_eq!(&fold_to_string(key), key);
            }
        }
    }
}
