//! Compiling terminologies into a catalog, as a recipe says.
//!
//! Every source is read once, as a stream, into statements: what one source says of one identifier ([`gather`]).
//! Statements whose identifiers mean the same become one entity ([`classes`]), which is written with the names of all of
//! them ([`assemble`]).

mod assemble;
mod classes;
mod error;
mod gather;
mod interner;
mod names_in_common;
mod statements;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use error::BuildError;
pub use gather::SourceReport;

use super::file::MAGIC;
use super::recipe::Recipe;
use super::write::Workspace;

/// The most malformed records, of all sources together, unless configured.
pub const MALFORMED_LIMIT: usize = 1_000;
/// How many malformed records of a source are named in its report.
pub const MALFORMED_NAMED_LIMIT: usize = 20;
/// About how many bytes of folded names are sorted in memory, unless configured; the rest is sorted in files.
pub const SORT_MEMORY_BYTES: usize = 256 << 20;
/// How many bytes of names and of details are each held in memory before they go to files.
const SECTION_MEMORY_BYTES: usize = 64 << 20;

/// How a catalog is built.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The most malformed records before the build stops.
    pub malformed_limit: usize,
    /// About how many bytes of folded names are sorted in memory. The result does not depend on it.
    pub sort_memory_bytes: usize,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self { malformed_limit: MALFORMED_LIMIT, sort_memory_bytes: SORT_MEMORY_BYTES }
    }
}

/// How far a build is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildStep<'s> {
    /// A source is read: so many bytes of it, packed as it is, of all.
    Reading {
        /// Its name.
        source: &'s str,
        /// Its file.
        file: &'s str,
        /// How many bytes have been read.
        bytes: u64,
        /// How many there are.
        of: u64,
    },
    /// A source has been read.
    Read(&'s SourceReport),
    /// Entities are put together: so many of all.
    Assembling {
        /// How many have been.
        entities: usize,
        /// How many there are.
        of: usize,
    },
    /// Names are sorted and indexed.
    Indexing,
    /// The file is written.
    Writing,
}

/// What became of a build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildReport {
    /// What became of each source, in the recipe's order.
    pub sources: Vec<SourceReport>,
    /// The new catalog's version.
    pub version: String,
    /// How many entities it has.
    pub entities: usize,
    /// How many names it has, labels among them.
    pub names: usize,
    /// How many bytes its file has.
    pub bytes: usize,
    /// The pairs of identifiers that were not joined although a source says that they mean the same, since that would
    /// make one of two entities of a namespace, or of two types.
    pub contradictions: Vec<(String, String)>,
}

/// A recipe or a source is easily named by mistake.
fn check_output(output: &Path) -> Result<(), BuildError> {
    let mut magic = Vec::with_capacity(MAGIC.len());
    let there = File::open(output).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut magic));
    match there {
        Ok(_) if magic != MAGIC => Err(BuildError::InTheWay { path: output.display().to_string() }),
        _ => Ok(()),
    }
}

/// Reads the recipe's files in `from` and writes the catalog to `output`, aside first and then renamed, so that whoever
/// has an older one open keeps it. The same inputs give the same bytes. `progress` is told of every step.
///
/// # Errors
/// A file that is missing or cannot be read, too many malformed records, a catalog that cannot be written. `output` then
/// stays as it was.
pub fn build(
    recipe: &Recipe,
    from: &Path,
    output: &Path,
    options: &BuildOptions,
    progress: &mut dyn FnMut(BuildStep<'_>),
) -> Result<BuildReport, BuildError> {
    check_output(output)?;
    let (statements, sources) = gather::gather(recipe, from, options.malformed_limit, progress)?;
    let classes = classes::classes(&statements, recipe);
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty());
    let workspace = Workspace {
        sort_memory_bytes: options.sort_memory_bytes,
        section_memory_bytes: SECTION_MEMORY_BYTES,
        folder: folder.map_or_else(|| PathBuf::from("."), Path::to_owned),
    };
    let text = |id: u32| statements.ids.text(id).to_owned();
    let contradictions =
        classes.contradictions.iter().map(|(one, other)| (text(*one), text(*other))).collect();
    let (image, entities, names) = assemble::assemble(&statements, &classes, recipe, workspace, progress)?;
    let (version, bytes) = (format!("catalog-{:016x}", image.content_hash()), image.file_bytes());
    progress(BuildStep::Writing);
    image.into_file(output)?;
    Ok(BuildReport { sources, version, entities, names, bytes, contradictions })
}
