//! A section while it is written: in memory, and in a temporary file when it grows.

use std::io::{self, BufWriter, Read, Seek, Write};

use tempfile::SpooledTempFile;

use super::Workspace;
use crate::catalog::error::CatalogError;

/// How many bytes are gathered before they are put to the others: a file is written in large pieces.
const PIECE_BYTES: usize = 256 << 10;

/// Bytes to be read again.
#[derive(Debug)]
pub(in crate::catalog) struct Spool {
    inner: Inner,
    bytes: u64,
}

#[derive(Debug)]
enum Inner {
    Memory(Vec<u8>),
    Spooled(Box<BufWriter<SpooledTempFile>>),
}

impl Spool {
    /// An empty one.
    pub(super) fn new(workspace: &Workspace) -> Self {
        let inner = match workspace.section_memory_bytes {
            usize::MAX => Inner::Memory(Vec::new()),
            bytes => {
                let file = tempfile::spooled_tempfile_in(bytes, &workspace.folder);
                Inner::Spooled(Box::new(BufWriter::with_capacity(PIECE_BYTES, file)))
            }
        };
        Self { inner, bytes: 0 }
    }

    /// One that holds those bytes.
    pub(super) const fn of(bytes: Vec<u8>) -> Self {
        let count = bytes.len() as u64;
        Self { inner: Inner::Memory(bytes), bytes: count }
    }

    /// How many bytes there are.
    pub(super) const fn len(&self) -> u64 {
        self.bytes
    }

    /// Where the next bytes go.
    pub(super) fn position(&self, what: &'static str) -> Result<u32, CatalogError> {
        // The highest bit of a name's place is taken (`SEVERAL_NAMES`).
        u32::try_from(self.bytes).ok().filter(|bytes| bytes >> 31 == 0).ok_or(CatalogError::Full { what })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), CatalogError> {
        self.bytes += bytes.len() as u64;
        match &mut self.inner {
            Inner::Memory(memory) => {
                memory.extend_from_slice(bytes);
                Ok(())
            }
            Inner::Spooled(file) => file
                .write_all(bytes)
                .map_err(|source| CatalogError::Write { path: "a temporary file".to_owned(), source }),
        }
    }

    /// Gives `take` all bytes, piece by piece.
    pub(super) fn each_piece(&mut self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match &mut self.inner {
            Inner::Memory(memory) => take(memory),
            Inner::Spooled(file) => {
                file.flush()?;
                let file = file.get_mut();
                file.rewind()?;
                let mut buffer = vec![0; PIECE_BYTES];
                loop {
                    match file.read(&mut buffer)? {
                        0 => return Ok(()),
                        count => take(&buffer[..count])?,
                    }
                }
            }
        }
    }
}
