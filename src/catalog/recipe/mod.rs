//! Recipes: which terminologies a catalog is built of, and how. TOML.
//!
//! A recipe has a `name`, a table `[namespaces]` (for each type the namespaces that its entities are named in) and one
//! `[[sources]]` a file. Its keys are the fields of [`Source`], with two of its own for [`Source::types`]:
//! `types = [{ category = "C", type = "Disease" }]` and, as the last resort, `type = "Gene"`.

mod address;
mod error;
mod parse;
mod source;

pub use address::is_loopback;
pub use error::RecipeError;

pub(super) use address::check_address;

use crate::formats::terminology::{TableLayout, TermFormat};
use crate::model::EntityType;

/// The most bytes of a recipe.
pub const RECIPE_BYTES_LIMIT: usize = 1 << 20;

/// The most sources of a recipe: a name keeps its source in one byte.
pub const SOURCES_LIMIT: usize = 255;

/// What picks an entity's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRule {
    /// The beginning of a category ([`crate::formats::terminology::Term::categories`]) that it takes; empty takes all.
    pub category: String,
    /// The beginnings of identifiers that it takes; none takes all.
    pub id_prefixes: Vec<String>,
    /// The endings of labels that it takes; none takes all.
    pub label_endings: Vec<String>,
    /// The type.
    pub entity_type: EntityType,
}

/// One file of one terminology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The terminology's name, such as `MeSH`; several sources may share it.
    pub name: String,
    /// Its version or date.
    pub version: String,
    /// Its licence, an SPDX identifier where there is one.
    pub license: String,
    /// The publisher's address of the file; empty when it cannot be fetched.
    pub url: String,
    /// The file (or folder), relative to the folder of the build.
    pub file: String,
    /// The file inside the file where that is a zip archive; empty when it is none.
    pub member: String,
    /// How it is written.
    pub format: TermFormat,
    /// Which columns a [`TermFormat::Table`] has; empty for other formats.
    pub table: TableLayout,
    /// The first rule that fits picks the type; a term that none fits is left out.
    pub types: Vec<TypeRule>,
    /// Whether the type gives way to that of a thing it is equivalent to.
    pub type_gives_way: bool,
    /// The namespace of its identifiers; terms of others are left out.
    pub namespace: String,
    /// The taxon of all its terms, a CURIE; empty where the file tells it or there is none.
    pub taxon: String,
    /// The namespaces whose cross-references mean the same thing, beside those that the file says are equivalent.
    pub equivalents: Vec<String>,
    /// The namespaces whose cross-references are kept without meaning the same thing.
    pub references: Vec<String>,
    /// Whether it names no entities and only says more of those that other sources name.
    pub only_adds: bool,
    /// Whether its terms are joined to the one thing of an earlier source, of their type, that has their label as its
    /// label or an exact name: for terminologies that nobody maps.
    pub joins_by_name: bool,
    /// What is left out.
    pub leave_out: LeaveOut,
}

/// What of a source is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LeaveOut {
    /// Identifiers.
    pub ids: Vec<String>,
    /// Terms, and everything that stands below them in the source.
    pub below: Vec<String>,
    /// Terms with a category that begins so.
    pub categories: Vec<String>,
    /// Names, in any case.
    pub names: Vec<String>,
    /// Names that begin so, as placeholders do (`LOC`, `obsolete `).
    pub name_prefixes: Vec<String>,
    /// Scopes of names (`broad`, `related`, ...).
    pub scopes: Vec<String>,
    /// Whether terms that the source has retired are left out.
    pub obsolete: bool,
}

/// A recipe: sources in the order of their authority, and the namespaces that entities are named in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipe {
    /// Its name.
    pub name: String,
    /// For each type the namespaces that its entities are named in, the most wanted first.
    pub namespaces: Vec<(EntityType, Vec<String>)>,
    /// Whether the names that the project collected itself ("patients" for human) are added to the entities that are
    /// there.
    pub curated_names: bool,
    /// The sources. Where two say different things, the earlier one is believed.
    pub sources: Vec<Source>,
}
