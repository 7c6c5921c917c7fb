//! The bytes of a catalog: mapped from a file, in the program, or in memory.

use std::fs::File;
use std::io;
use std::ops::Range;

use memmap2::Mmap;

/// How many bytes of a mapped file are read at once to be checked.
const READ_BYTES: usize = 256 << 10;

/// Bytes that do not change.
#[derive(Debug)]
pub(in crate::catalog) enum Data {
    /// Of a file. The file is kept open: checks read it, so that no page of the mapping is touched for them.
    Mapped(Mmap, File),
    /// In the program.
    Static(&'static [u8]),
    /// In memory.
    Owned(Vec<u8>),
}

impl Data {
    /// Maps a file.
    #[expect(unsafe_code, reason = "mapping a file is unsafe in any form, as others may write to it")]
    pub(in crate::catalog) fn map(file: File) -> io::Result<Self> {
        // SAFETY: the mapping is read-only and private to this value. Catalogs are replaced by renaming and never
        // written in place, which docs/CATALOG.md asks of every writer. Should somebody do so all the same, numbers and
        // texts change under the readers, who check every place and every text that they read and rely on nothing that
        // they read before; cutting the file short ends the process with SIGBUS, as with any mapped file.
        let mapped = unsafe { Mmap::map(&file)? };
        Ok(Self::Mapped(mapped, file))
    }

    pub(in crate::catalog) fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(mapped, _) => mapped,
            Self::Static(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }

    /// Gives `take` the bytes of a range, piece by piece.
    pub(in crate::catalog) fn each_piece(
        &self,
        range: Range<usize>,
        mut take: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        match self {
            #[cfg(unix)]
            Self::Mapped(_, file) => {
                use std::os::unix::fs::FileExt;
                let mut buffer = vec![0; READ_BYTES.min(range.len())];
                let mut position = range.start;
                while position < range.end {
                    let count = buffer.len().min(range.end - position);
                    file.read_exact_at(&mut buffer[..count], position as u64)?;
                    take(&buffer[..count]);
                    position += count;
                }
                Ok(())
            }
            _ => {
                for piece in self.bytes().get(range).unwrap_or_default().chunks(READ_BYTES) {
                    take(piece);
                }
                Ok(())
            }
        }
    }
}
