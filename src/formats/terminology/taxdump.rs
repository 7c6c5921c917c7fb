//! NCBI's taxonomy: `names.dmp`, `nodes.dmp` and `merged.dmp`, in a folder or in `taxdump.tar.gz`.
//!
//! Parents, ranks and merged identifiers are kept in sorted lists of numbers; the names are streamed.

use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;

use super::archive::{self, TarMember};
use super::input::{BytesRead, LineReader, Source};
use super::parts::finish;
use super::taxdump_rows::{Name, Taxa};
use super::term::{Term, TermError, TermReader};

/// The most taxa, and the most merged ones.
pub const TAXA_LIMIT: usize = 16 << 20;

/// The files in the order in which they are read. The last holds the names; `merged.dmp` may be missing.
const FILES: [(&str, Part); 3] =
    [("nodes.dmp", Part::Nodes), ("merged.dmp", Part::Merged), ("names.dmp", Part::Names)];

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Nodes,
    Merged,
    Names,
}

/// Reads a dump of the taxonomy.
pub struct TaxdumpReader {
    /// The files that are still to be read, the first of which is being read.
    files: VecDeque<(Part, LineReader)>,
    taxa: Taxa,
    /// The name that was read last, of the taxon that comes next.
    next_name: Option<Name>,
    /// The taxon in whose names a line is malformed, as far as it was read.
    begun: Option<(u32, Term)>,
    bytes_read: Vec<BytesRead>,
}

impl TaxdumpReader {
    /// Opens a folder or a tar archive.
    ///
    /// # Errors
    /// What cannot be read, or has no `names.dmp` or `nodes.dmp`.
    pub fn open(path: &Path) -> Result<Self, TermError> {
        let sources = if path.is_dir() { in_folder(path) } else { in_archive(path) }?;
        for (name, part) in FILES.iter().filter(|(_, part)| *part != Part::Merged) {
            if !sources.iter().any(|(there, _)| there == part) {
                let problem = format!("it has no {name}; a folder or a tar archive with it is expected");
                return Err(TermError::NotTheFormat { file: path.display().to_string(), problem });
            }
        }
        Ok(Self::from_sources(sources))
    }

    /// Reads from any inputs.
    ///
    /// # Errors
    /// An input that cannot be read.
    pub fn from_readers(
        names: Box<dyn Read + Send>,
        nodes: Box<dyn Read + Send>,
        merged: Box<dyn Read + Send>,
    ) -> Result<Self, TermError> {
        let inputs = [nodes, merged, names];
        let sources = FILES.iter().zip(inputs);
        let sources = sources.map(|((name, part), input)| Ok((*part, Source::new(name, input)?)));
        Ok(Self::from_sources(sources.collect::<Result<_, _>>()?))
    }

    fn from_sources(sources: Vec<(Part, Source)>) -> Self {
        let bytes_read = sources.iter().map(|(_, source)| source.bytes_read.clone()).collect();
        let files = sources.into_iter().map(|(part, source)| (part, LineReader::new(source))).collect();
        Self { files, taxa: Taxa::new(TAXA_LIMIT), next_name: None, begun: None, bytes_read }
    }

    /// Reads the files before the names. A malformed line is an error of its own; the next call goes on behind it.
    fn load(&mut self) -> Result<(), TermError> {
        while let Some((part, lines)) = self.files.front_mut().filter(|(part, _)| *part != Part::Names) {
            while let Some(line) = lines.next_line()? {
                let read = match part {
                    Part::Merged => self.taxa.add_merged(line),
                    _ => self.taxa.add_node(line),
                };
                if let Err(problem) = read {
                    return Err(lines.malformed(problem));
                }
                if self.taxa.is_over_limit() {
                    let limit = self.taxa.limit;
                    return Err(lines.not_the_format(format!("it has more than {limit} taxa")));
                }
                lines.begin_record();
            }
            self.files.pop_front();
            if self.files.len() == 1 {
                self.taxa.sort();
            }
        }
        Ok(())
    }

    /// Fills `next_name` unless it is filled; `false` at the end.
    fn read_name(&mut self) -> Result<bool, TermError> {
        if self.next_name.is_some() {
            return Ok(true);
        }
        let Some((_, lines)) = self.files.front_mut() else {
            return Ok(false);
        };
        let Some(line) = lines.next_line()? else {
            return Ok(false);
        };
        let name = Name::read(line);
        self.next_name = Some(name.map_err(|problem| lines.malformed(problem))?.at(lines.line()));
        Ok(true)
    }

    /// Reads the names of the taxon that comes next; `false` at the end. A malformed line among them loses only itself:
    /// it is told first, and the next call goes on with the taxon.
    fn read_taxon(&mut self, term: &mut Term) -> Result<bool, TermError> {
        let id = match self.begun.take() {
            Some((id, begun)) => {
                *term = begun;
                id
            }
            None if !self.read_name()? => return Ok(false),
            None => {
                let first = self.next_name.as_ref().map_or((0, 0), |name| (name.id, name.line));
                term.line = first.1;
                self.begin_record();
                first.0
            }
        };
        loop {
            match self.read_name() {
                Ok(true) if self.next_name.as_ref().is_some_and(|name| name.id == id) => {}
                Ok(_) => break,
                Err(error) => {
                    self.begun = Some((id, std::mem::take(term)));
                    return Err(error);
                }
            }
            if let Some(name) = self.next_name.take().filter(|_| !self.record_is_over_limit()) {
                name.add_to(term);
            }
        }
        self.taxa.describe(id, term);
        Ok(true)
    }

    fn begin_record(&mut self) {
        if let Some((_, lines)) = self.files.front_mut() {
            lines.begin_record();
        }
    }

    fn record_is_over_limit(&self) -> bool {
        self.files.front().is_some_and(|(_, lines)| lines.record_is_over_limit())
    }
}

impl TermReader for TaxdumpReader {
    fn next_term(&mut self, term: &mut Term) -> Result<bool, TermError> {
        term.clear();
        let read = self.load().and_then(|()| self.read_taxon(term));
        if read.as_ref().is_err_and(|error| !error.is_of_one_record()) {
            self.files.clear();
            self.next_name = None;
            self.begun = None;
        }
        if !read? {
            return Ok(false);
        }
        let file = self.files.front().map_or("", |(_, lines)| lines.file());
        finish(term, file)?;
        Ok(true)
    }

    fn bytes_read(&self) -> u64 {
        self.bytes_read.iter().map(BytesRead::get).sum()
    }
}

/// The files of a folder, each packed or not.
fn in_folder(path: &Path) -> Result<Vec<(Part, Source)>, TermError> {
    let mut sources = Vec::new();
    for (name, part) in FILES {
        let file = [name.to_owned(), format!("{name}.gz")].map(|name| path.join(name));
        if let Some(file) = file.iter().find(|file| file.is_file()) {
            sources.push((part, Source::open(file, "")?));
        }
    }
    Ok(sources)
}

/// The files of a tar archive, each a stream of its own that begins where the file lies.
fn in_archive(path: &Path) -> Result<Vec<(Part, Source)>, TermError> {
    let names = FILES.map(|(name, _)| name);
    let members: Vec<TarMember> = archive::tar_members(path, &names)?;
    let mut sources = Vec::new();
    for (name, part) in FILES {
        if let Some(member) = members.iter().find(|member| member.name == name) {
            sources.push((part, member.open(path)?));
        }
    }
    // Each stream passes over the archive again: only the last is progress.
    for (_, source) in sources.iter_mut().rev().skip(1) {
        source.bytes_read = BytesRead::default();
    }
    Ok(sources)
}

#[cfg(test)]
#[path = "taxdump_tests.rs"]
mod tests;
