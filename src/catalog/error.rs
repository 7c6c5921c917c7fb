//! Why a catalog cannot be had.

use crate::formats::catalog_tsv::CatalogTsvError;

/// Why a catalog cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// A file is not as it should be.
    #[error(transparent)]
    File(#[from] CatalogTsvError),
    /// A file or directory cannot be read.
    #[error("the catalog {path} cannot be read: {source}")]
    Read {
        /// The file or directory.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A directory without a catalog file.
    #[error("the directory {path} holds no catalog file; one of these is needed: {expected}")]
    NoFiles {
        /// The directory.
        path: String,
        /// The names of files.
        expected: String,
    },
    /// A file whose name does not tell the type of its entities.
    #[error("the name of {path} does not tell the type of its entities; it must be one of these: {expected}")]
    UnknownFile {
        /// The file.
        path: String,
        /// The names of files.
        expected: String,
    },
    /// One identifier stands for two entities.
    #[error("{id} is there twice; an identifier names one entity")]
    DuplicateId {
        /// The identifier.
        id: String,
    },
    /// A name is added to an entity that is not there.
    #[error("{file} adds names to {id}, which no file of the catalog has")]
    AddedNameWithoutEntity {
        /// The file of added names.
        file: String,
        /// The first such identifier.
        id: String,
    },
    /// An entity has too many names.
    #[error("entity {id} has more than {limit} names")]
    TooManyNames {
        /// The entity.
        id: String,
        /// The bound.
        limit: usize,
    },
    /// Not a catalog at all.
    #[error("{file} is no catalog of glossator; make one by `glossator catalog build`")]
    NotACatalog {
        /// The file.
        file: String,
    },
    /// A catalog of another version of the format.
    #[error(
        "{file} has version {found} of the catalog format and this program reads version {expected}; build it anew by `glossator catalog build`"
    )]
    OtherFormat {
        /// The file.
        file: String,
        /// Its version.
        found: u32,
        /// The version that is read.
        expected: u32,
    },
    /// A catalog that has been cut short.
    #[error("the catalog {file} is cut short: it has {found} of {expected} bytes; copy or build it anew")]
    Truncated {
        /// The file.
        file: String,
        /// How many bytes it has.
        found: u64,
        /// How many it should have at least.
        expected: u64,
    },
    /// A catalog whose bytes have changed.
    #[error("the catalog {file} is damaged in its section \"{section}\"; copy or build it anew")]
    Damaged {
        /// The file.
        file: String,
        /// The part that is damaged.
        section: String,
    },
    /// Intermediate data or the catalog cannot be written.
    #[error("the catalog {path} cannot be written: {source}")]
    Write {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// More than the format has room for.
    #[error("the catalog has more {what} than the format has room for")]
    Full {
        /// What there is too much of.
        what: &'static str,
    },
}
