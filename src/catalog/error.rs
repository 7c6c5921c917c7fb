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
    /// An identifier that cannot be kept.
    #[error("entity {id}: the identifier {value} holds the character |")]
    BadIdentifier {
        /// The entity.
        id: String,
        /// Its identifier, cross-reference or parent.
        value: String,
    },
    /// An entity has too many names.
    #[error("entity {id} has more than {limit} names")]
    TooManyNames {
        /// The entity.
        id: String,
        /// The bound.
        limit: usize,
    },
    /// Too much text for one catalog in memory.
    #[error("the catalog holds more than {limit} bytes of text")]
    TooLarge {
        /// The bound.
        limit: usize,
    },
}
