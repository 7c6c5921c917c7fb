//! `glossator catalog`.

mod build;
mod fetch;
mod info;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::catalog::CatalogError;
use crate::catalog::build::{BuildError, MALFORMED_LIMIT, SORT_MEMORY_BYTES};
use crate::catalog::fetch::{FetchError, check_mirror};
use crate::catalog::recipe::RecipeError;

const EXAMPLES: &str = "\
Examples:
  glossator catalog fetch --recipe recipes/biomedical.toml --to vocabularies
  glossator catalog build --recipe recipes/biomedical.toml --from vocabularies --output biomedical.catalog
  glossator catalog info biomedical.catalog";

const FETCH_EXAMPLES: &str = "\
A file that is there and still the newest is not fetched again; one that was left half is gone on with. \
The folder's manifest.json tells where each file came from, when, its length and its SHA-256.

Examples:
  glossator catalog fetch --recipe recipes/biomedical.toml --to vocabularies
  glossator catalog fetch --recipe recipes/biomedical.toml --to vocabularies --mirror https://mirror.example/v";

const BUILD_EXAMPLES: &str = "\
Records that are malformed are counted and named, and the others are taken. The same recipe and files give the same \
catalog, byte by byte. A server takes the new one at its next reload; one that has the old file open keeps it.

Example:
  glossator catalog build --recipe recipes/biomedical.toml --from vocabularies --output biomedical.catalog";

const INFO_EXAMPLES: &str = "\
The whole file is read and held against its checksums first.

Example:
  glossator catalog info biomedical.catalog";

/// The flags of `catalog`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CatalogArguments {
    #[command(subcommand)]
    command: CatalogCommand,
}

#[derive(Debug, Subcommand)]
enum CatalogCommand {
    /// Download the files of a recipe from their publishers, or from a mirror
    Fetch(FetchArguments),
    /// Build a catalog of the files of a recipe
    Build(BuildArguments),
    /// Show what a catalog holds and where it comes from
    Info(InfoArguments),
}

/// The flags of `catalog fetch`.
#[derive(Debug, Args)]
#[command(after_help = FETCH_EXAMPLES)]
struct FetchArguments {
    /// The recipe, which names the files, their addresses and licences
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// The folder that the files come into
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Where to take every file from instead of its publisher: a copy of such a folder, over https or http; files are
    /// held against its manifest.json where it has one
    #[arg(long, value_name = "URL", value_parser = mirror)]
    mirror: Option<String>,
}

/// The flags of `catalog build`.
#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES)]
struct BuildArguments {
    /// The recipe, which names the files and how each is read
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// The folder of the files [default: the recipe's own]
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// The catalog to write; the file appears when it is whole
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// How many malformed records, of all files together, are passed over before the build stops
    #[arg(long, value_name = "N", default_value_t = MALFORMED_LIMIT)]
    malformed_limit: usize,
    /// About how much memory the sorting of names takes; the rest is sorted in files beside the output
    #[arg(long, value_name = "BYTES", default_value_t = SORT_MEMORY_BYTES)]
    sort_memory_bytes: usize,
}

/// The flags of `catalog info`.
#[derive(Debug, Args)]
#[command(after_help = INFO_EXAMPLES)]
struct InfoArguments {
    /// The catalog
    #[arg(value_name = "FILE")]
    catalog: PathBuf,
}

fn mirror(address: &str) -> Result<String, String> {
    check_mirror(address).map(|()| address.to_owned())
}

/// Why a command of `catalog` failed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogCommandError {
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("{failed} of {all} files could not be fetched: {names}")]
    Files { failed: usize, all: usize, names: String },
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error("cannot write: {0}")]
    Write(#[from] std::io::Error),
}

/// Runs one of the commands.
pub fn run(arguments: &CatalogArguments) -> Result<(), CatalogCommandError> {
    match &arguments.command {
        CatalogCommand::Fetch(arguments) => fetch::run(arguments),
        CatalogCommand::Build(arguments) => build::run(arguments),
        CatalogCommand::Info(arguments) => info::run(arguments),
    }
}
