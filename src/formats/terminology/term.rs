//! What a terminology says of one thing, whatever its format.

use crate::model::SynonymScope;

/// What kind of name a name is, beside its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum NameKind {
    /// A name as people write it.
    #[default]
    Plain,
    /// An official symbol, as genes have.
    Symbol,
    /// An abbreviation or acronym, as its source marks it.
    Abbreviation,
    /// A name that its source has given up: a previous symbol, a misspelling kept for lookups.
    Former,
    /// Words of another name in another order, made by its source (MeSH's permuted terms).
    Permuted,
    /// A systematic name (IUPAC).
    Systematic,
    /// A chemical formula: for lookups, not looked for in texts.
    Formula,
    /// A registry's code (a CAS number, a clone's code): for lookups, not looked for in texts.
    Code,
}

impl NameKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Plain,
        Self::Symbol,
        Self::Abbreviation,
        Self::Former,
        Self::Permuted,
        Self::Systematic,
        Self::Formula,
        Self::Code,
    ];

    /// Whether names of the kind are looked for in texts; others only answer lookups.
    pub const fn is_for_texts(self) -> bool {
        !matches!(self, Self::Formula | Self::Code)
    }
}

/// A name of a term, beside its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermName {
    /// The name as the source writes it.
    pub text: String,
    /// How its meaning relates to the term.
    pub scope: SynonymScope,
    /// What kind of name it is.
    pub kind: NameKind,
}

/// Another identifier that a term is given with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xref {
    /// A CURIE in the preferred form where its namespace is known ([`crate::model::Curie`]), else as it stands.
    pub id: String,
    /// Whether the source says that it means the same thing (`equivalentTo`, `skos:exactMatch`).
    pub equivalent: bool,
}

/// What a file says of one thing. Empty texts and lists stand for nothing said. A term without a label says something of
/// a thing that another file names (a mapping, a parent, a replaced identifier).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Term {
    /// Its identifier, a CURIE in the preferred form.
    pub id: String,
    /// Its preferred name.
    pub label: String,
    /// What kind of name the label is.
    pub label_kind: NameKind,
    /// Its other names.
    pub names: Vec<TermName>,
    /// The same thing, or one near it, in other namespaces.
    pub xrefs: Vec<Xref>,
    /// Identifiers that were retired in favour of this one (OBO `alt_id`, taxonomy merges), CURIEs.
    pub retired_ids: Vec<String>,
    /// Its direct parents, CURIEs.
    pub parent_ids: Vec<String>,
    /// The taxon it belongs to, a CURIE; empty when there is none.
    pub taxon_id: String,
    /// A description in prose.
    pub description: String,
    /// What a recipe's rules may ask for: MeSH tree numbers (`C04.588`), OBO namespaces and subsets, types of genes
    /// (`protein-coding`), ranks of taxa (`species`), categories of cell lines.
    pub categories: Vec<String>,
    /// Whether the source has retired it.
    pub obsolete: bool,
    /// What replaces it when it is retired, CURIEs.
    pub replaced_by: Vec<String>,
    /// The line that its record begins on, from 1; in a file without lines the number of the record.
    pub line: u64,
}

impl Term {
    /// Empties it for the next record and keeps the lists' memory.
    pub fn clear(&mut self) {
        let Self { id, label, names, xrefs, retired_ids, parent_ids, taxon_id, description, .. } = self;
        for text in [id, label, taxon_id, description] {
            text.clear();
        }
        names.clear();
        xrefs.clear();
        for list in [retired_ids, parent_ids, &mut self.categories, &mut self.replaced_by] {
            list.clear();
        }
        self.label_kind = NameKind::Plain;
        self.obsolete = false;
        self.line = 0;
    }

    /// Adds a name unless it is empty.
    pub fn add_name(&mut self, text: &str, scope: SynonymScope, kind: NameKind) {
        let text = text.trim();
        if !text.is_empty() {
            self.names.push(TermName { text: text.to_owned(), scope, kind });
        }
    }
}

/// Why a record or a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TermError {
    /// A record is not as its format has it. The reader goes on behind it.
    #[error("{file}, line {line}: {problem}")]
    Malformed {
        /// The file, as it was named.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong and what is expected.
        problem: String,
    },
    /// The file cannot be read any further.
    #[error("{file}, line {line}: {source}")]
    Read {
        /// The file, as it was named.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not of its format at all, such as one without the format's header.
    #[error("{file}: {problem}")]
    NotTheFormat {
        /// The file, as it was named.
        file: String,
        /// What is wrong and what is expected.
        problem: String,
    },
}

impl TermError {
    /// Whether the reader has more to give behind it.
    pub const fn is_of_one_record(&self) -> bool {
        matches!(self, Self::Malformed { .. })
    }
}

/// A stream of terms.
pub trait TermReader: Send {
    /// Reads the next record into `term`, in place of what it held; `false` at the end.
    ///
    /// # Errors
    /// [`TermError::Malformed`] for one record, behind which the next call goes on; any other ends the file.
    fn next_term(&mut self, term: &mut Term) -> Result<bool, TermError>;

    /// How many bytes of the file, packed as it is, have been read so far: for progress.
    fn bytes_read(&self) -> u64;
}
