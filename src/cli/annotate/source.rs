//! The documents of the paths that a command names.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::formats::input::{DocumentReader, FormatError, FormatProblem, InputDocument, InputFormat};

/// What standard input is called in errors and as a document.
const STANDARD_INPUT: &str = "stdin";

/// What is to be read.
pub(super) struct Input {
    paths: Vec<PathBuf>,
    format: Option<InputFormat>,
    /// The bytes of files that have been read, packed as they are.
    pub(super) bytes_read: Arc<AtomicU64>,
}

impl Input {
    /// The paths of a command; none is standard input.
    pub(super) fn new(paths: &[PathBuf], format: Option<InputFormat>) -> Self {
        let paths = if paths.is_empty() { vec![PathBuf::from("-")] } else { paths.to_vec() };
        Self { paths, format, bytes_read: Arc::default() }
    }

    /// The bytes of all files; `None` when that cannot be known.
    pub(super) fn bytes(&self) -> Option<u64> {
        let mut sum = 0;
        for path in &self.paths {
            let files = if path.is_dir() { files_of(path).ok()? } else { vec![path.clone()] };
            for file in files {
                let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
                sum += metadata.len();
            }
        }
        Some(sum)
    }

    /// Hands every document, and every failure in its place, to `take`, until that says false.
    pub(super) fn read(&self, mut take: impl FnMut(Result<InputDocument, FormatError>) -> bool) {
        for path in &self.paths {
            let go_on = match path.to_str() {
                Some("-") => self.read_stream(STANDARD_INPUT, Box::new(io::stdin()), &mut take),
                _ if path.is_dir() => match files_of(path) {
                    Ok(files) => files.iter().all(|file| self.read_file(file, &mut take)),
                    Err(error) => take(Err(failure(path, error))),
                },
                _ => self.read_file(path, &mut take),
            };
            if !go_on {
                return;
            }
        }
    }

    fn read_file(
        &self,
        path: &Path,
        take: &mut impl FnMut(Result<InputDocument, FormatError>) -> bool,
    ) -> bool {
        match File::open(path) {
            Ok(file) => {
                let counted = CountedFile { file, bytes_read: Arc::clone(&self.bytes_read) };
                self.read_stream(&path.to_string_lossy(), Box::new(counted), take)
            }
            Err(error) => take(Err(failure(path, error))),
        }
    }

    fn read_stream(
        &self,
        name: &str,
        stream: Box<dyn Read + Send>,
        take: &mut impl FnMut(Result<InputDocument, FormatError>) -> bool,
    ) -> bool {
        match DocumentReader::open(name, stream, self.format) {
            Ok(mut documents) => documents.all(take),
            Err(error) => take(Err(error)),
        }
    }
}

fn failure(path: &Path, error: io::Error) -> FormatError {
    let file = path.to_string_lossy().into_owned();
    FormatError { file, line: 0, document: None, problem: FormatProblem::Io(error) }
}

/// The files of a folder by name, without hidden ones and without those of folders in it.
fn files_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// A file whose bytes are counted for the progress bar.
struct CountedFile {
    file: File,
    bytes_read: Arc<AtomicU64>,
}

impl Read for CountedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.bytes_read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
