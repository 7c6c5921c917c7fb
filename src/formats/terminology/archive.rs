//! The files inside archives, as streams that own what they read from.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

use flate2::Crc;
use zip::{CompressionMethod, ZipArchive};

use super::input::{BytesRead, Source};
use super::term::TermError;

/// How many names of an archive's files an error tells.
const NAMES_TOLD: usize = 10;

/// The bytes of `member` of the zip archive `input`, unpacked and checked; `file` is the archive's name in errors. Packed
/// bytes are counted in `bytes_read`.
pub(super) fn zip_member(
    file: &str,
    input: File,
    member: &str,
    bytes_read: &BytesRead,
) -> Result<Box<dyn Read + Send>, TermError> {
    let not_the_format = |problem: String| TermError::NotTheFormat { file: file.to_owned(), problem };
    let read = |source: io::Error| TermError::Read { file: file.to_owned(), line: 0, source };
    let mut archive =
        ZipArchive::new(input).map_err(|error| not_the_format(format!("not a zip archive: {error}")))?;
    let Some(index) = archive.index_for_name(member) else {
        let names: Vec<String> =
            archive.file_names().take(NAMES_TOLD).flatten().map(|name| name.into_owned()).collect();
        return Err(not_the_format(format!("it has no file \"{member}\"; it has {}", names.join(", "))));
    };
    let entry = archive.by_index_raw(index).map_err(|error| not_the_format(error.to_string()))?;
    if entry.encrypted() {
        return Err(not_the_format(format!("{member} is encrypted; unpack it first")));
    }
    let (method, size, crc) = (entry.compression(), entry.compressed_size(), entry.crc32());
    let Some(start) = entry.data_start() else {
        return Err(not_the_format(format!("where {member} lies cannot be told")));
    };
    drop(entry);
    // The archive's own reader borrows the archive; a stream of the packed bytes needs the file alone.
    let mut input = archive.into_inner();
    input.seek(SeekFrom::Start(start)).map_err(read)?;
    let packed = io::BufReader::new(bytes_read.counting(Box::new(input.take(size))));
    match method {
        CompressionMethod::Stored => Ok(Box::new(Checked { inner: packed, crc: Crc::new(), expected: crc })),
        CompressionMethod::DEFLATE => {
            let inner = flate2::bufread::DeflateDecoder::new(packed);
            Ok(Box::new(Checked { inner, crc: Crc::new(), expected: crc }))
        }
        other => Err(not_the_format(format!("{member} is packed with {other}; deflate is read"))),
    }
}

/// Where a file lies in a tar archive.
pub(super) struct TarMember {
    /// Its name without folders.
    pub(super) name: String,
    /// Its place in the archive, unpacked.
    start: u64,
    bytes: u64,
}

/// Where the files of those names lie in a tar archive, packed by gzip or not. Names that it does not have are left out.
pub(super) fn tar_members(path: &Path, names: &[&str]) -> Result<Vec<TarMember>, TermError> {
    let file = path.display().to_string();
    let source = Source::open(path, "")?;
    let not_the_format = |error: io::Error| TermError::NotTheFormat {
        file: file.clone(),
        problem: format!("not a tar archive: {error}"),
    };
    let mut archive = tar::Archive::new(source.bytes);
    let mut members = Vec::new();
    for entry in archive.entries().map_err(not_the_format)? {
        let entry = entry.map_err(not_the_format)?;
        let entry_path = entry.path_bytes();
        let name = entry_path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        if let Some(name) = names.iter().find(|wanted| wanted.as_bytes() == name) {
            let (start, bytes) = (entry.raw_file_position(), entry.size());
            members.push(TarMember { name: (*name).to_owned(), start, bytes });
        }
        if members.len() == names.len() {
            break;
        }
    }
    Ok(members)
}

impl TarMember {
    /// A stream of the file alone, which owns what it reads from.
    pub(super) fn open(&self, path: &Path) -> Result<Source, TermError> {
        let Source { file, mut bytes, bytes_read } = Source::open(path, "")?;
        let file = format!("{file}/{}", self.name);
        io::copy(&mut (&mut bytes).take(self.start), &mut io::sink()).map_err(|source| TermError::Read {
            file: file.clone(),
            line: 0,
            source,
        })?;
        Ok(Source { file, bytes: Box::new(bytes.take(self.bytes)), bytes_read })
    }
}

/// A stream that fails at its end when its check sum is not the expected one.
struct Checked<R> {
    inner: R,
    crc: Crc,
    expected: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && self.crc.sum() != self.expected {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the archive is damaged: wrong check sum",
            ));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::PathBuf;

    use super::*;

    /// A zip archive of one file; `deflated` or stored, with its check sum.
    fn archive(name: &str, text: &[u8], deflated: bool, crc: u32) -> Vec<u8> {
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text).unwrap();
        let data = if deflated { packed.finish().unwrap() } else { text.to_vec() };
        let mut common = Vec::new();
        for field in [20, 0, if deflated { 8u16 } else { 0 }, 0, 0x21] {
            common.extend(field.to_le_bytes());
        }
        for field in [crc, data.len() as u32, text.len() as u32] {
            common.extend(field.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0u16.to_le_bytes());
        let local = [b"PK\x03\x04".as_slice(), &common, name.as_bytes(), &data].concat();
        let central = [b"PK\x01\x02\x14\0".as_slice(), &common, &[0; 14], name.as_bytes()].concat();
        let mut end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0".to_vec();
        end.extend((central.len() as u32).to_le_bytes());
        end.extend((local.len() as u32).to_le_bytes());
        end.extend([0, 0]);
        [local, central, end].concat()
    }

    fn read(bytes: &[u8], member: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path: PathBuf = folder.path().join("a.zip");
        std::fs::write(&path, bytes).unwrap();
        let mut source = Source::open(&path, member).map_err(|error| error.to_string())?;
        let mut text = String::new();
        source.bytes.read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }

    #[test]
    fn a_member_is_read_and_checked() {
        let text = b"id: X:1\n".repeat(100);
        let mut crc = Crc::new();
        crc.update(&text);
        for deflated in [true, false] {
            let bytes = archive("x.obo", &text, deflated, crc.sum());
            assert_eq!(read(&bytes, "x.obo").unwrap().as_bytes(), text);
            let error = read(&archive("x.obo", &text, deflated, 7), "x.obo").unwrap_err();
            assert!(error.contains("wrong check sum"), "{error}");
        }
    }

    #[test]
    fn what_is_no_archive_or_has_no_such_member_is_refused() {
        let bytes = archive("x.obo", b"", false, 0);
        let error = read(&bytes, "y.obo").unwrap_err();
        assert!(error.ends_with("a.zip: it has no file \"y.obo\"; it has x.obo"), "{error}");
        let error = read(b"id: X:1", "x.obo").unwrap_err();
        assert!(error.contains("not a zip archive"), "{error}");
    }
}
