//! The sections of a catalog, ready to be written.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::spool::Spool;
use crate::catalog::error::CatalogError;
use crate::catalog::file::{Layout, Section};

/// Every section, and where it goes.
#[derive(Debug)]
pub(in crate::catalog) struct Image {
    layout: Layout,
    sections: Vec<Spool>,
}

impl Image {
    /// Of all sections, each once.
    pub(super) fn new(mut given: Vec<(Section, Spool)>) -> Result<Self, CatalogError> {
        given.sort_by_key(|(section, _)| *section);
        let failed = |source| CatalogError::Write { path: "a temporary file".to_owned(), source };
        let mut table = [(0, 0); Section::ALL.len()];
        let mut sections = Vec::with_capacity(table.len());
        for ((_, mut spool), entry) in given.into_iter().zip(&mut table) {
            let mut checksum = Xxh3::new();
            spool
                .each_piece(|piece| {
                    checksum.update(piece);
                    Ok(())
                })
                .map_err(failed)?;
            *entry = (spool.len(), checksum.digest());
            sections.push(spool);
        }
        Ok(Self { layout: Layout::of_sections(table), sections })
    }

    /// A hash of the content.
    pub(in crate::catalog) const fn content_hash(&self) -> u64 {
        self.layout.content_hash
    }

    /// How many bytes the file has.
    pub(in crate::catalog) fn file_bytes(&self) -> usize {
        self.layout.file_bytes()
    }

    fn write(&mut self, output: &mut impl Write) -> io::Result<()> {
        output.write_all(&self.layout.head())?;
        let gaps: Vec<_> = self.layout.gaps().map(|(_, gap)| gap.len()).collect();
        for (gap, section) in gaps.into_iter().zip(&mut self.sections) {
            output.write_all(&vec![0; gap])?;
            section.each_piece(|piece| output.write_all(piece))?;
        }
        Ok(())
    }

    /// The whole in memory.
    pub(in crate::catalog) fn into_bytes(mut self) -> Result<Vec<u8>, CatalogError> {
        let mut bytes = Vec::with_capacity(self.layout.file_bytes());
        self.write(&mut bytes).map_err(|source| CatalogError::Write { path: "memory".to_owned(), source })?;
        Ok(bytes)
    }

    /// Writes the file: aside first, then renamed, so that whoever has the old one open keeps it, and nobody ever sees a
    /// part of the new one.
    pub(in crate::catalog) fn into_file(mut self, path: &Path) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::Write { path: path.display().to_string(), source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let aside = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        let mut output = io::BufWriter::with_capacity(1 << 20, aside);
        self.write(&mut output).map_err(failed)?;
        let aside = output.into_inner().map_err(|error| failed(error.into_error()))?;
        let permissions = fs::metadata(path).map(|old| old.permissions());
        set_permissions(aside.as_file(), permissions.ok()).map_err(failed)?;
        aside.as_file().sync_all().map_err(failed)?;
        aside.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// The bytes of a catalog of those sections, in the order of the file.
pub(in crate::catalog) fn sealed_bytes(sections: &[&[u8]; Section::ALL.len()]) -> Vec<u8> {
    let layout = Layout::of_sections(sections.map(|section| (section.len() as u64, xxh3_64(section))));
    let mut bytes = layout.head();
    for (section, (_, gap)) in sections.iter().zip(layout.gaps()) {
        bytes.resize(gap.end, 0);
        bytes.extend_from_slice(section);
    }
    bytes
}

/// Temporary files are their owner's alone; a catalog is for all who may read, or as the one that it replaces.
#[cfg(unix)]
fn set_permissions(file: &fs::File, old: Option<fs::Permissions>) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(old.unwrap_or_else(|| fs::Permissions::from_mode(0o644)))
}

#[cfg(not(unix))]
fn set_permissions(_: &fs::File, _: Option<fs::Permissions>) -> io::Result<()> {
    Ok(())
}
