//! Why a catalog cannot be built.

use crate::catalog::error::CatalogError;
use crate::formats::terminology::TermError;

/// Why a catalog cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A source cannot be read.
    #[error("the source {source_name}: {error}")]
    Source {
        /// Its name in the recipe.
        source_name: String,
        /// What is wrong.
        error: TermError,
    },
    /// Files of sources are not there.
    #[error(
        "the recipe needs files that are not there: {paths}; get them by `glossator catalog fetch`, or name their folder with --from"
    )]
    Missing {
        /// The files.
        paths: String,
    },
    /// What is to be written over is no catalog.
    #[error("{path} is there and is no catalog; name another file with --output, or remove it")]
    InTheWay {
        /// The file.
        path: String,
    },
    /// Too many records are malformed.
    #[error(
        "more than {limit} records are malformed, the first: {first}; mend the files or raise --malformed-limit"
    )]
    TooManyMalformed {
        /// The bound.
        limit: usize,
        /// What is wrong with the first.
        first: String,
    },
    /// The recipe's sources hold nothing.
    #[error("the recipe's sources name no entity")]
    Nothing,
    /// More than there is room for while sources are read.
    #[error("the sources hold more {what} than there is room for")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
    },
    /// The catalog cannot be made.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
