//! Files of terminologies, opened and unpacked, and their lines with bounds.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::archive;
use super::term::TermError;
use crate::formats::source::{Bytes, Line, read_line, unpack};

/// The most bytes of one line, its end not included.
pub const LINE_BYTES_LIMIT: usize = 1 << 20;
/// The most bytes of the lines of one record.
pub const RECORD_BYTES_LIMIT: usize = 16 << 20;

/// How many bytes of a file have been read, packed as it is.
#[derive(Debug, Clone, Default)]
pub struct BytesRead(Arc<AtomicU64>);

impl BytesRead {
    /// The count so far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// `input`, counted here as well.
    pub(super) fn counting(&self, input: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(CountingRead { inner: input, count: self.clone() })
    }
}

struct CountingRead {
    inner: Box<dyn Read + Send>,
    count: BytesRead,
}

impl Read for CountingRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// A file that is open: its name for errors and its bytes, unpacked where they are gzip (of one member or several).
pub struct Source {
    pub(super) file: String,
    pub(super) bytes: Bytes,
    pub(super) bytes_read: BytesRead,
}

impl Source {
    /// Opens a file, or where `member` is not empty the file of that name in the zip archive at `path`.
    ///
    /// # Errors
    /// A file that cannot be read; an archive that is none or has no such member.
    pub fn open(path: &Path, member: &str) -> Result<Self, TermError> {
        let name = path.display().to_string();
        let input = open_file(path)?;
        if member.is_empty() {
            return Self::new(&name, Box::new(input));
        }
        let bytes_read = BytesRead::default();
        let input = archive::zip_member(&name, input, member, &bytes_read)?;
        let source = Self::new(&format!("{name}/{member}"), input)?;
        Ok(Self { bytes_read, ..source })
    }

    /// Reads from `input`; `file` is its name in errors.
    ///
    /// # Errors
    /// An input that cannot be read.
    pub fn new(file: &str, input: Box<dyn Read + Send>) -> Result<Self, TermError> {
        let bytes_read = BytesRead::default();
        let bytes = unpack(bytes_read.counting(input)).map_err(|source| TermError::Read {
            file: file.to_owned(),
            line: 1,
            source,
        })?;
        Ok(Self { file: file.to_owned(), bytes, bytes_read })
    }
}

/// Opens the file at `path`.
pub(super) fn open_file(path: &Path) -> Result<File, TermError> {
    File::open(path).map_err(|source| TermError::Read { file: path.display().to_string(), line: 0, source })
}

/// The lines of a file. A line that is no UTF-8 or too long is an error of its own; the next call goes on behind it.
pub struct LineReader {
    source: Source,
    buffer: Vec<u8>,
    line: u64,
    record_bytes: usize,
    ended: bool,
}

impl LineReader {
    /// The lines of `source`.
    pub const fn new(source: Source) -> Self {
        Self { source, buffer: Vec::new(), line: 0, record_bytes: 0, ended: false }
    }

    /// The next line without its end (LF or CRLF) and, for the first, without a byte order mark; `None` at the end.
    ///
    /// # Errors
    /// [`TermError::Malformed`] for a line over [`LINE_BYTES_LIMIT`], a line that is no UTF-8, and the first line with
    /// which a record ([`Self::begin_record`]) is over [`RECORD_BYTES_LIMIT`]; [`TermError::Read`] ends the file.
    pub fn next_line(&mut self) -> Result<Option<&str>, TermError> {
        if self.ended {
            return Ok(None);
        }
        self.line += 1;
        match read_line(&mut self.source.bytes, &mut self.buffer, LINE_BYTES_LIMIT) {
            Ok(Line::Whole) => {}
            Ok(Line::End) => {
                self.ended = true;
                self.line -= 1;
                return Ok(None);
            }
            Ok(Line::TooLong) => {
                return Err(self.malformed(format!("the line has more than {LINE_BYTES_LIMIT} bytes")));
            }
            Err(source) => {
                self.ended = true;
                return Err(TermError::Read { file: self.source.file.clone(), line: self.line, source });
            }
        }
        let was_over = self.record_is_over_limit();
        self.record_bytes = self.record_bytes.saturating_add(self.buffer.len());
        if self.record_is_over_limit() && !was_over {
            return Err(self.malformed(format!("the record has more than {RECORD_BYTES_LIMIT} bytes")));
        }
        let bytes = if self.line == 1 { without_mark(&self.buffer) } else { &self.buffer };
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(self.malformed("the line is not UTF-8; save the file as UTF-8")),
        }
    }

    /// A new record begins with the next line, or has begun with the last: it has the whole limit of bytes.
    pub const fn begin_record(&mut self) {
        self.record_bytes = 0;
    }

    /// Whether the record is over its limit, which has been told once: what follows of it is not to be kept.
    pub const fn record_is_over_limit(&self) -> bool {
        self.record_bytes > RECORD_BYTES_LIMIT
    }

    /// The number of the line that was read last, from 1; 0 before the first.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes of the file, packed as it is, have been read.
    pub fn bytes_read(&self) -> u64 {
        self.source.bytes_read.get()
    }

    /// The file's name in errors.
    pub fn file(&self) -> &str {
        &self.source.file
    }

    /// The error of a record that is malformed in the line that was read last.
    pub fn malformed(&self, problem: impl Into<String>) -> TermError {
        TermError::Malformed { file: self.source.file.clone(), line: self.line, problem: problem.into() }
    }

    /// The error of a file that is not of its format.
    pub fn not_the_format(&self, problem: impl Into<String>) -> TermError {
        TermError::NotTheFormat { file: self.source.file.clone(), problem: problem.into() }
    }
}

fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line)
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use super::*;

    /// `bytes` as one gzip member.
    pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// The lines of `bytes`; errors as texts.
    fn lines(bytes: Vec<u8>) -> Vec<String> {
        let mut reader = LineReader::new(Source::new("f", Box::new(io::Cursor::new(bytes))).unwrap());
        let mut seen = Vec::new();
        loop {
            match reader.next_line() {
                Ok(Some(line)) => seen.push(line.to_owned()),
                Ok(None) => return seen,
                Err(error) => seen.push(error.to_string()),
            }
        }
    }

    #[test]
    fn lines_are_read_from_plain_and_packed_files() {
        for (bytes, expected) in [
            (Vec::new(), vec![]),
            (b"a\r\n\nb".to_vec(), vec!["a", "", "b"]),
            ("\u{feff}a\n\u{feff}b\n".as_bytes().to_vec(), vec!["a", "\u{feff}b"]),
            ([gzip(b"a\nb"), gzip(b"c\nd\n")].concat(), vec!["a", "bc", "d"]),
            (
                b"a\n\xff\nb\n".to_vec(),
                vec!["a", "f, line 2: the line is not UTF-8; save the file as UTF-8", "b"],
            ),
        ] {
            assert_eq!(lines(bytes), expected);
        }
        let cut = gzip(b"a\nb\n")[..12].to_vec();
        let seen = lines(cut);
        assert!(seen.len() == 1 && seen[0].starts_with("f, line 1: "), "{seen:?}");
    }

    #[test]
    fn a_line_at_the_limit_is_read_and_a_longer_one_passed_over() {
        let at = "x".repeat(LINE_BYTES_LIMIT);
        assert!(lines(at.clone().into_bytes()).iter().eq([&at]));
        assert_eq!(
            lines(format!("{at}x\ny").into_bytes()),
            ["f, line 1: the line has more than 1048576 bytes", "y"]
        );
    }

    #[test]
    fn a_record_at_the_limit_is_read_and_a_longer_one_told_once() {
        let mut bytes = "x\n".repeat(3).into_bytes();
        bytes.splice(0..0, [vec![b'x'; LINE_BYTES_LIMIT], vec![b'\n']].concat().repeat(16));
        let mut reader = LineReader::new(Source::new("f", Box::new(io::Cursor::new(bytes))).unwrap());
        for _ in 0..16 {
            assert!(reader.next_line().is_ok());
        }
        let error = reader.next_line().unwrap_err();
        assert_eq!(error.to_string(), "f, line 17: the record has more than 16777216 bytes");
        assert_eq!(reader.next_line().unwrap(), Some("x"));
        reader.begin_record();
        assert_eq!(reader.next_line().unwrap(), Some("x"));
        assert_eq!(reader.next_line().unwrap(), None);
        assert_eq!(reader.line(), 19);
    }

    #[test]
    fn bytes_are_counted_as_they_are_packed() {
        let packed = gzip(&b"line\n".repeat(1000));
        let size = packed.len() as u64;
        let mut reader = LineReader::new(Source::new("f", Box::new(io::Cursor::new(packed))).unwrap());
        while reader.next_line().unwrap().is_some() {}
        assert_eq!((reader.line(), reader.bytes_read()), (1000, size));
    }
}
