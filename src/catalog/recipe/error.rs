//! Why a recipe cannot be used.

/// Why a recipe cannot be used. Each is one sentence that names the file.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The file cannot be read.
    #[error("the recipe {file} cannot be read: {source}")]
    Read {
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// More bytes than a recipe may have.
    #[error("the recipe {file} has more than {limit} bytes")]
    TooLong {
        /// The file.
        file: String,
        /// The bound.
        limit: usize,
    },
    /// Not TOML, or TOML with a key or value that a recipe has not.
    #[error("the recipe {file}, line {line}: {problem}")]
    Syntax {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A value that cannot be used.
    #[error("the recipe {file}, {place}: {problem}")]
    Value {
        /// The file.
        file: String,
        /// The source and the field, such as `source 3 (MeSH), url`.
        place: String,
        /// What is wrong and what to do.
        problem: String,
    },
}
