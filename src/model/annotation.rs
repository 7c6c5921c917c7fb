//! Annotations: what the annotator says of a document, and what it may be asked.

use smol_str::SmolStr;

use super::{Curie, EntityType};

/// A half-open range, in bytes of UTF-8 from the start of a passage unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first unit inside.
    pub start: usize,
    /// The first unit after.
    pub end: usize,
}

impl Span {
    /// Whether the two share at least one unit.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// How many units it holds.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it holds nothing.
    pub const fn is_empty(self) -> bool {
        self.end == self.start
    }
}

/// How a mention was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// A name of the catalog stands in the text.
    Dictionary,
    /// A short form that the document itself defines.
    Abbreviation,
    /// A pattern, such as an HGVS form.
    Pattern,
    /// A term of the request's own.
    ExtraTerm,
    /// A sequence model recognised it, and no name of the catalog stands there as it is.
    Model,
}

/// Another reading of a mention, or its chosen one among the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// A CURIE, or a form without one for a variant that has none.
    pub entity_id: SmolStr,
    /// The entity's preferred name.
    pub label: SmolStr,
    /// Its type.
    pub entity_type: EntityType,
    /// In (0, 1]; comparable within a type.
    pub score: f32,
    /// Why it has its place, in a few plain words.
    pub reason: SmolStr,
}

/// One mention read as one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Annotation {
    /// The passage it stands in.
    pub passage_index: usize,
    /// Where, in bytes from the passage's start.
    pub span: Span,
    /// The exact slice of the passage.
    pub text: SmolStr,
    /// The type of the chosen reading.
    pub entity_type: EntityType,
    /// A CURIE, or a form without one for a variant that has none.
    pub entity_id: SmolStr,
    /// The entity's preferred name.
    pub label: SmolStr,
    /// In (0, 1]; comparable within a type.
    pub score: f32,
    /// How it was found.
    pub method: Method,
    /// The other readings, best first; at most `AnnotateOptions::max_candidates`.
    pub candidates: Vec<Candidate>,
    /// The mention of several entities ("BRCA1/2") that it is a part of, for formats that have one line for all of them.
    pub composite: Option<Span>,
}

/// A short form and what the document says it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abbreviation {
    /// As defined in the document.
    pub short_form: String,
    /// The words it stands for, as in the document.
    pub long_form: String,
}

/// A document with what it speaks of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AnnotatedDocument {
    /// The document's id.
    pub id: String,
    /// Sorted by passage, start, then longer first, then type and entity.
    pub annotations: Vec<Annotation>,
    /// The abbreviations it defines, in order of their definition.
    pub abbreviations: Vec<Abbreviation>,
}

/// What to do with readings that overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OverlapPolicy {
    /// No two annotations overlap; longer and likelier mentions win.
    #[default]
    Longest,
    /// No two annotations of one type overlap.
    LongestPerType,
    /// Every reading that passes `min_score`, nested ones as well.
    All,
}

/// The unit that offsets count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OffsetUnit {
    /// Bytes of UTF-8: Rust, Go.
    Utf8Byte,
    /// Code units of UTF-16: Java, JavaScript, C#.
    Utf16CodeUnit,
    /// Unicode code points: Python, PubTator, BioC.
    #[default]
    CodePoint,
}

/// The order of namespaces to answer in for a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespacePreference {
    /// The type it holds for.
    pub entity_type: EntityType,
    /// Prefixes, the most wanted first.
    pub prefixes: Vec<String>,
}

/// A term of the request's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraTerm {
    /// The words to find; folded as catalog names are.
    pub text: String,
    /// The type to answer.
    pub entity_type: EntityType,
    /// The identifier to answer, any text.
    pub entity_id: String,
}

/// How to annotate.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnotateOptions {
    /// The types wanted; all when empty.
    pub types: Vec<EntityType>,
    /// The namespaces wanted, in order, by type; the catalog's own order for a type that is missing.
    pub namespaces: Vec<NamespacePreference>,
    /// Genes and cell lines of other taxa are left out; no limit when empty.
    pub taxa: Vec<Curie>,
    /// Annotations that score less are left out. In 0..=1.
    pub min_score: f32,
    /// What to do with overlapping readings.
    pub overlap: OverlapPolicy,
    /// The unit that replies count in. Spans inside the program are always bytes.
    pub offset_unit: OffsetUnit,
    /// The most other readings an annotation carries.
    pub max_candidates: usize,
    /// Terms to find besides the catalog's; they win where they match.
    pub extra_terms: Vec<ExtraTerm>,
    /// Mentions that are never annotated; folded as catalog names are.
    pub blocked_terms: Vec<String>,
    /// Whether abbreviations that the document defines are used.
    pub abbreviations: bool,
}

impl AnnotateOptions {
    /// The default of `max_candidates`.
    pub const DEFAULT_MAX_CANDIDATES: usize = 5;
    /// The most that `max_candidates` may be.
    pub const MAX_CANDIDATES_LIMIT: usize = 100;
    /// The most extra terms, and the most blocked terms, of a request.
    pub const TERMS_LIMIT: usize = 10_000;
    /// The most bytes of one extra or blocked term.
    pub const TERM_BYTES_LIMIT: usize = 1_000;
}

impl Default for AnnotateOptions {
    fn default() -> Self {
        Self {
            types: Vec::new(),
            namespaces: Vec::new(),
            taxa: Vec::new(),
            min_score: 0.0,
            overlap: OverlapPolicy::default(),
            offset_unit: OffsetUnit::default(),
            max_candidates: Self::DEFAULT_MAX_CANDIDATES,
            extra_terms: Vec::new(),
            blocked_terms: Vec::new(),
            abbreviations: true,
        }
    }
}
