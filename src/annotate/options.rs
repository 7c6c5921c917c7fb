//! Options, checked and compiled once for many documents.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::species::Taxon;
use crate::model::{AnnotateOptions, Curie, EntityType};
use crate::text::{FoldedText, fold_to_string};

/// Options that cannot be used; each names its field as the wire does.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OptionsError {
    /// A number outside its range.
    #[error("{field} is {value}; it must be between {least} and {most}")]
    OutOfRange {
        /// The field.
        field: String,
        /// What was asked.
        value: String,
        /// The least that is accepted.
        least: u32,
        /// The most that is accepted.
        most: usize,
    },
    /// More items than a request may have.
    #[error("{field} has {count} items; at most {limit} are accepted")]
    TooMany {
        /// The field.
        field: String,
        /// How many there are.
        count: usize,
        /// The bound.
        limit: usize,
    },
    /// A text that is longer than it may be, in bytes.
    #[error("{field} has {bytes} bytes; at most {limit} are accepted")]
    TooLong {
        /// The field.
        field: String,
        /// Its length.
        bytes: usize,
        /// The bound.
        limit: usize,
    },
    /// A term that can match nothing.
    #[error("{field} has no letter and no digit, so it can match nothing")]
    NoLetters {
        /// The field.
        field: String,
    },
    /// Nothing there where something must be.
    #[error("{field} is empty; {advice}")]
    Empty {
        /// The field.
        field: String,
        /// What to write.
        advice: &'static str,
    },
    /// A taxon in another namespace.
    #[error("{field} is {id}, which names no taxon; write an NCBI taxon such as NCBITaxon:9606")]
    NotATaxon {
        /// The field.
        field: String,
        /// What was given.
        id: String,
    },
}

impl OptionsError {
    /// The field at fault, such as `extra_terms[3].text`.
    pub fn field(&self) -> &str {
        match self {
            Self::OutOfRange { field, .. }
            | Self::TooMany { field, .. }
            | Self::TooLong { field, .. }
            | Self::NoLetters { field }
            | Self::Empty { field, .. }
            | Self::NotATaxon { field, .. } => field,
        }
    }
}

/// Options that were checked and compiled. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PreparedOptions {
    inner: Arc<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    options: AnnotateOptions,
    types: Option<Vec<EntityType>>,
    taxa: Vec<Taxon>,
    extra_terms: TermTrie,
    blocked_terms: FxHashSet<String>,
}

impl PreparedOptions {
    /// Checks and compiles.
    ///
    /// # Errors
    /// The first field that is out of its bounds.
    pub(super) fn new(options: &AnnotateOptions) -> Result<Self, OptionsError> {
        check_numbers(options)?;
        let taxa = options.taxa.iter().enumerate().map(taxon).collect::<Result<_, _>>()?;
        let extra_terms = extra_terms(options)?;
        let blocked_terms = blocked_terms(options)?;
        let types = (!options.types.is_empty()).then(|| options.types.clone());
        let compiled = Compiled { options: options.clone(), types, taxa, extra_terms, blocked_terms };
        Ok(Self { inner: Arc::new(compiled) })
    }

    /// The options as they were given.
    pub fn options(&self) -> &AnnotateOptions {
        &self.inner.options
    }

    /// Whether annotations of the type are wanted.
    pub(super) fn wants(&self, entity_type: EntityType) -> bool {
        self.inner.types.as_ref().is_none_or(|types| types.contains(&entity_type))
    }

    /// Whether entities of the taxon are wanted.
    pub(super) fn wants_taxon(&self, taxon: Option<Taxon>) -> bool {
        self.inner.taxa.is_empty() || taxon.is_some_and(|taxon| self.inner.taxa.contains(&taxon))
    }

    /// The namespaces wanted for a type, most wanted first; empty for the catalog's own order.
    pub(super) fn namespaces(&self, entity_type: EntityType) -> &[String] {
        let preferences = &self.inner.options.namespaces;
        preferences.iter().find(|p| p.entity_type == entity_type).map_or(&[], |p| &p.prefixes)
    }

    /// Whether a mention of that key is never annotated.
    pub(super) fn is_blocked(&self, key: &str) -> bool {
        !self.inner.blocked_terms.is_empty() && self.inner.blocked_terms.contains(key)
    }

    /// Whether a mention of that text is never annotated.
    pub(super) fn is_blocked_text(&self, text: &str) -> bool {
        !self.inner.blocked_terms.is_empty() && self.inner.blocked_terms.contains(&fold_to_string(text))
    }

    /// The request's own terms.
    pub(super) fn extra_terms(&self) -> &TermTrie {
        &self.inner.extra_terms
    }
}

fn check_numbers(options: &AnnotateOptions) -> Result<(), OptionsError> {
    let out_of_range = |field: &str, value: String, most| {
        Err(OptionsError::OutOfRange { field: field.to_owned(), value, least: 0, most })
    };
    if !(0.0..=1.0).contains(&options.min_score) {
        return out_of_range("min_score", options.min_score.to_string(), 1);
    }
    let limit = AnnotateOptions::MAX_CANDIDATES_LIMIT;
    if options.max_candidates > limit {
        return out_of_range("max_candidates", options.max_candidates.to_string(), limit);
    }
    Ok(())
}

fn taxon((index, id): (usize, &Curie)) -> Result<Taxon, OptionsError> {
    number_of_taxon(id)
        .ok_or_else(|| OptionsError::NotATaxon { field: format!("taxa[{index}]"), id: id.to_string() })
}

/// The number of an NCBI taxon; `None` for an identifier of another kind.
pub(super) fn number_of_taxon(id: &Curie) -> Option<Taxon> {
    (id.prefix() == "NCBITaxon").then(|| id.local().parse().ok()).flatten()
}

fn check_count(field: &str, count: usize) -> Result<(), OptionsError> {
    let limit = AnnotateOptions::TERMS_LIMIT;
    if count > limit {
        return Err(OptionsError::TooMany { field: field.to_owned(), count, limit });
    }
    Ok(())
}

fn check_term(field: impl Fn() -> String, text: &str) -> Result<(), OptionsError> {
    let limit = AnnotateOptions::TERM_BYTES_LIMIT;
    if text.is_empty() {
        return Err(OptionsError::Empty { field: field(), advice: "write the words to find" });
    }
    if text.len() > limit {
        return Err(OptionsError::TooLong { field: field(), bytes: text.len(), limit });
    }
    Ok(())
}

fn extra_terms(options: &AnnotateOptions) -> Result<TermTrie, OptionsError> {
    check_count("extra_terms", options.extra_terms.len())?;
    let mut trie = TermTrie::default();
    let mut folded = FoldedText::new();
    for (index, term) in options.extra_terms.iter().enumerate() {
        let field = || format!("extra_terms[{index}].text");
        check_term(field, &term.text)?;
        let entity_id = || format!("extra_terms[{index}].entity_id");
        if term.entity_id.is_empty() {
            return Err(OptionsError::Empty { field: entity_id(), advice: "write the identifier to answer" });
        }
        let (bytes, limit) = (term.entity_id.len(), AnnotateOptions::TERM_BYTES_LIMIT);
        if bytes > limit {
            return Err(OptionsError::TooLong { field: entity_id(), bytes, limit });
        }
        folded.fold(&term.text);
        if !trie.insert(&folded, index) {
            return Err(OptionsError::NoLetters { field: field() });
        }
    }
    Ok(trie)
}

fn blocked_terms(options: &AnnotateOptions) -> Result<FxHashSet<String>, OptionsError> {
    check_count("blocked_terms", options.blocked_terms.len())?;
    let mut keys = FxHashSet::default();
    for (index, term) in options.blocked_terms.iter().enumerate() {
        let field = || format!("blocked_terms[{index}]");
        check_term(field, term)?;
        let key = fold_to_string(term);
        if key.is_empty() {
            return Err(OptionsError::NoLetters { field: field() });
        }
        keys.insert(key);
    }
    Ok(keys)
}

/// Terms as paths of folded tokens.
#[derive(Debug, Default)]
pub(super) struct TermTrie {
    /// The first bytes of first tokens, as bits of their lowest six, by the lowest three bits of the tokens' lengths: most
    /// tokens of a text begin nothing.
    beginnings: [u64; 8],
    /// The number of each folded token.
    tokens: FxHashMap<String, u32>,
    /// From a node over a token to the next node; node 0 is the root.
    edges: FxHashMap<(u32, u32), u32>,
    /// The terms that end at a node, in the order of the request.
    ends: FxHashMap<u32, Vec<usize>>,
}

impl TermTrie {
    /// Adds a term; whether it has a token.
    pub(super) fn insert(&mut self, term: &FoldedText, index: usize) -> bool {
        if let Some((at, bit)) = Self::beginning(term.folded_bytes(0)) {
            self.beginnings[at] |= bit;
        }
        let mut node = 0;
        for at in 0..term.tokens().len() {
            let next_token = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
            let token = *self.tokens.entry(term.folded(at).to_owned()).or_insert(next_token);
            let next_node = u32::try_from(self.edges.len() + 1).unwrap_or(u32::MAX);
            node = *self.edges.entry((node, token)).or_insert(next_node);
        }
        if node != 0 {
            self.ends.entry(node).or_default().push(index);
        }
        node != 0
    }

    /// The place and the bit of a first token.
    fn beginning(token: &[u8]) -> Option<(usize, u64)> {
        token.first().map(|first| (token.len() & 7, 1 << (first & 63)))
    }

    /// Whether there is no term.
    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Calls `found` with the number of tokens and the terms of each path that matches from the token `first` on. A
    /// match stops at an empty line.
    pub(super) fn walk(&self, text: &FoldedText, first: usize, mut found: impl FnMut(usize, &[usize])) {
        if Self::beginning(text.folded_bytes(first)).is_none_or(|(at, bit)| self.beginnings[at] & bit == 0) {
            return;
        }
        let mut node = 0;
        for at in first..text.tokens().len() {
            if at > first && text.tokens()[at].gap == crate::text::Gap::Break {
                return;
            }
            let next = self.tokens.get(text.folded(at)).and_then(|token| self.edges.get(&(node, *token)));
            let Some(&next) = next else { return };
            node = next;
            if let Some(terms) = self.ends.get(&node) {
                found(at + 1 - first, terms);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ExtraTerm;

    fn term(text: &str) -> ExtraTerm {
        ExtraTerm { text: text.to_owned(), entity_type: EntityType::Other, entity_id: "MINE:1".to_owned() }
    }

    fn refused(change: impl FnOnce(&mut AnnotateOptions)) -> String {
        let mut options = AnnotateOptions::default();
        change(&mut options);
        PreparedOptions::new(&options).err().map(|error| error.field().to_owned()).unwrap_or_default()
    }

    #[test]
    fn errors_name_their_field() {
        assert_eq!(refused(|o| o.min_score = 1.01), "min_score");
        assert_eq!(refused(|o| o.min_score = -0.1), "min_score");
        assert_eq!(refused(|o| o.min_score = f32::NAN), "min_score");
        assert_eq!(refused(|o| o.max_candidates = 101), "max_candidates");
        assert_eq!(refused(|o| o.extra_terms = vec![term("a"), term("()")]), "extra_terms[1].text");
        assert_eq!(refused(|o| o.extra_terms = vec![term("")]), "extra_terms[0].text");
        let nameless = ExtraTerm { entity_id: String::new(), ..term("x") };
        assert_eq!(refused(|o| o.extra_terms = vec![nameless]), "extra_terms[0].entity_id");
        assert_eq!(refused(|o| o.blocked_terms = vec!["a".to_owned(), "?".to_owned()]), "blocked_terms[1]");
        let taxa: Vec<Curie> =
            ["NCBITaxon:9606", "MESH:D009369"].iter().map(|id| id.parse().unwrap()).collect();
        assert_eq!(refused(|o| o.taxa = taxa), "taxa[1]");
    }

    #[test]
    fn the_bounds_hold_at_the_bound() {
        let limit = AnnotateOptions::TERM_BYTES_LIMIT;
        assert_eq!(refused(|o| o.min_score = 1.0), "");
        assert_eq!(refused(|o| o.max_candidates = AnnotateOptions::MAX_CANDIDATES_LIMIT), "");
        assert_eq!(refused(|o| o.blocked_terms = vec!["x".repeat(limit)]), "");
        assert_eq!(refused(|o| o.blocked_terms = vec!["x".repeat(limit + 1)]), "blocked_terms[0]");
        assert_eq!(refused(|o| o.extra_terms = vec![term("x"); AnnotateOptions::TERMS_LIMIT]), "");
        assert_eq!(
            refused(|o| o.extra_terms = vec![term("x"); AnnotateOptions::TERMS_LIMIT + 1]),
            "extra_terms"
        );
        let many = vec!["x".to_owned(); AnnotateOptions::TERMS_LIMIT + 1];
        assert_eq!(refused(|o| o.blocked_terms = many), "blocked_terms");
    }

    #[test]
    fn terms_are_found_as_they_fold() {
        let terms = vec![term("Compound 7"), term("compound"), term("compound-7 salts")];
        let options = AnnotateOptions { extra_terms: terms, ..AnnotateOptions::default() };
        let prepared = PreparedOptions::new(&options).unwrap();
        let mut text = FoldedText::new();
        text.fold("the compounds-7 salt, Compound\n\n7");
        let mut found = Vec::new();
        for first in 0..text.tokens().len() {
            prepared
                .extra_terms()
                .walk(&text, first, |tokens, terms| found.push((first, tokens, terms.to_vec())));
        }
        assert_eq!(found, [(1, 1, vec![1]), (1, 2, vec![0]), (1, 3, vec![2]), (4, 1, vec![1])]);
    }
}
