//! Paper pages: one paper as a Markdown page for people, with the facts in fixed places.
//!
//! A page has a title (`# …`), an authors line, a line of identifiers, venue and date parted by ` · `, and sections
//! (`## …`): `TL;DR`, `Contribution`, `Key findings`, `Abstract`, `Linked entities`, `Full-text entities`, `Full text`,
//! `Figures` and `References`, then a rule and `Source: address`. Sections of other names are kept as text, so nothing
//! on a page is lost.
//!
//! [`read`] takes every fact of a page into a [`Paper`]; [`write`] gives a page of which [`read`] makes the same
//! paper again. Where a name would be misread (a comma and a space, brackets of its own, a heading's name), a backslash
//! before the character says that it is meant literally.

mod list;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use crate::model::{EntityType, PaperIdError, PublicationDateError};

pub use reader::read;
pub use writer::write;

/// The most bytes of a page.
pub const PAGE_BYTES_LIMIT: usize = 8 << 20;
/// The most items of one list: authors, findings, the entities of a group, the aliases of an entity.
pub const LIST_ITEMS_LIMIT: usize = 20_000;
/// The most sections of a page.
pub const SECTIONS_LIMIT: usize = 1_000;

/// Why a page is none, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct PaperPageError {
    /// The file's name, as given to [`read`].
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: PaperPageProblem,
}

/// What is wrong with a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperPageProblem {
    /// Longer than [`PAGE_BYTES_LIMIT`].
    #[error("the page has {bytes} bytes; at most {PAGE_BYTES_LIMIT} are accepted")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// A list longer than [`LIST_ITEMS_LIMIT`].
    #[error("the list has more than {LIST_ITEMS_LIMIT} items")]
    TooManyItems,
    /// More sections than [`SECTIONS_LIMIT`].
    #[error("the page has more than {SECTIONS_LIMIT} sections")]
    TooManySections,
    /// The page does not start with a title.
    #[error("a paper page starts with its title: a line of \"# \" and the title")]
    NoTitle,
    /// Neither a PMC id, nor a PMID, nor a DOI.
    #[error(
        "the page gives no identifier; write a line such as \"PMC · PMID: 123 · DOI: 10.1000/x · Venue\""
    )]
    NoIdentifier,
    /// An identifier of the second line that is none.
    #[error(transparent)]
    BadIdentifier(#[from] PaperIdError),
    /// A date that does not exist.
    #[error(transparent)]
    BadDate(#[from] PublicationDateError),
    /// A fact that the page gives twice.
    #[error("the page gives {0} twice; keep one")]
    Twice(String),
    /// A line above the first section that says nothing known.
    #[error("expected the authors, the identifiers or a section (\"## …\") here")]
    UnknownHeaderLine,
    /// A line in a list of entities that is no group.
    #[error(
        "expected a group of entities here, such as \"- **Genes:** IL7 (interleukin 7) [NCBI Gene 3574]\""
    )]
    NotAGroup,
}

/// The headings whose sections hold facts rather than text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    Summary,
    Contribution,
    KeyFindings,
    LinkedEntities,
    MentionedEntities,
    FullText,
    Figures,
    References,
}

impl Fact {
    const ALL: [Self; 8] = [
        Self::Summary,
        Self::Contribution,
        Self::KeyFindings,
        Self::LinkedEntities,
        Self::MentionedEntities,
        Self::FullText,
        Self::Figures,
        Self::References,
    ];

    const fn heading(self) -> &'static str {
        match self {
            Self::Summary => "TL;DR",
            Self::Contribution => "Contribution",
            Self::KeyFindings => "Key findings",
            Self::LinkedEntities => "Linked entities",
            Self::MentionedEntities => "Full-text entities",
            Self::FullText => "Full text",
            Self::Figures => "Figures",
            Self::References => "References",
        }
    }

    fn of(heading: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.heading().eq_ignore_ascii_case(heading))
    }
}

/// The ranks of the NCBI Taxonomy, by which `(human, species)` is told from a name with a comma.
const RANKS: &[&str] = &[
    "species",
    "subspecies",
    "strain",
    "serotype",
    "serovar",
    "serogroup",
    "isolate",
    "genotype",
    "variety",
    "varietas",
    "forma",
    "forma specialis",
    "biotype",
    "pathogroup",
    "morph",
    "genus",
    "subgenus",
    "species group",
    "species subgroup",
    "section",
    "series",
    "tribe",
    "subtribe",
    "family",
    "subfamily",
    "superfamily",
    "order",
    "suborder",
    "infraorder",
    "parvorder",
    "superorder",
    "class",
    "subclass",
    "infraclass",
    "superclass",
    "cohort",
    "subcohort",
    "phylum",
    "subphylum",
    "superphylum",
    "kingdom",
    "subkingdom",
    "superkingdom",
    "domain",
    "realm",
    "acellular root",
    "cellular root",
    "clade",
    "no rank",
];

/// The headings that groups of entities go under, the type's own first.
const GROUPS: &[(EntityType, &[&str])] = &[
    (EntityType::Gene, &["Genes", "Proteins", "Genes and proteins", "Gene products"]),
    (EntityType::Disease, &["Diseases", "Disorders", "Conditions"]),
    (EntityType::Chemical, &["Chemicals", "Drugs", "Compounds", "Small molecules"]),
    (EntityType::Species, &["Species", "Organisms", "Taxa"]),
    (EntityType::CellLine, &["Cell lines"]),
    (EntityType::Variant, &["Mutations", "Variants", "DNA mutations", "Protein mutations", "SNPs"]),
    (EntityType::Phenotype, &["Phenotypes"]),
    (EntityType::CellType, &["Cell types", "Cells"]),
    (EntityType::Anatomy, &["Anatomy", "Tissues", "Organs"]),
    (EntityType::BiologicalProcess, &["Biological processes"]),
    (EntityType::MolecularFunction, &["Molecular functions"]),
    (EntityType::CellularComponent, &["Cellular components"]),
    (EntityType::Other, &["Other"]),
];

/// The type of the entities under a group's heading; [`EntityType::Other`] when it is not known.
fn type_of_group(group: &str) -> EntityType {
    let known = GROUPS.iter().find(|(_, names)| names.iter().any(|name| name.eq_ignore_ascii_case(group)));
    known
        .map(|(entity_type, _)| *entity_type)
        .or_else(|| EntityType::from_name(group))
        .unwrap_or(EntityType::Other)
}

/// The heading to write for a type that comes without one.
fn group_of_type(wanted: EntityType) -> &'static str {
    let known = GROUPS.iter().find(|(entity_type, _)| *entity_type == wanted);
    known.and_then(|(_, names)| names.first()).copied().unwrap_or("Other")
}

/// A section's kind, told from its heading: `Materials and methods` is `materials-and-methods`.
fn kind_of_heading(heading: &str) -> String {
    let words: Vec<String> = heading
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() { "other".to_owned() } else { words.join("-") }
}

/// Whether a line of text would be taken for the page's structure.
fn is_structure(line: &str) -> bool {
    line == "##" || line.starts_with("## ") || line.trim() == "---"
}
