//! Bytes of a file or stream: unpacked, counted by line, and with a bound on what one record may take.

use std::io::{self, BufRead, BufReader, Read};

/// The bytes that are read at once.
const BUFFER_BYTES: usize = 64 << 10;
/// The first bytes of a gzip file.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A stream of bytes that may move between threads.
pub(super) type Bytes = Box<dyn BufRead + Send>;

/// Unpacks `input` when it is gzip, of one member or several.
pub(super) fn unpack(input: Box<dyn Read + Send>) -> io::Result<Bytes> {
    let mut buffered = BufReader::with_capacity(BUFFER_BYTES, input);
    // A pipe may give its first byte alone.
    let head = peek(&mut buffered, GZIP_MAGIC.len())?;
    if head != GZIP_MAGIC {
        return Ok(Box::new(io::Cursor::new(head).chain(buffered)));
    }
    let packed = io::Cursor::new(head).chain(buffered);
    Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, flate2::bufread::MultiGzDecoder::new(packed))))
}

/// The first bytes of `input`, at most `count`. They are taken from it.
pub(super) fn peek(input: &mut impl BufRead, count: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.take(count as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The error of a [`Counted`] whose record is over its limit.
#[derive(Debug, thiserror::Error)]
#[error("the record is over its limit")]
pub(super) struct OverLimit;

/// A stream that counts lines and fails when a record takes more bytes than it may.
pub(super) struct Counted {
    inner: Bytes,
    limit: usize,
    left: usize,
    lines: usize,
}

impl Counted {
    /// `limit` is the most bytes between two calls of [`Self::refill`].
    pub(super) fn new(inner: Bytes, limit: usize) -> Self {
        Self { inner, limit, left: limit, lines: 0 }
    }

    /// A new record begins.
    pub(super) fn refill(&mut self) {
        self.left = self.limit;
    }

    /// The line that the next byte is on, from 1.
    pub(super) fn line(&self) -> usize {
        self.lines + 1
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Counted {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let available = self.inner.fill_buf()?;
        if self.left == 0 && !available.is_empty() {
            return Err(io::Error::other(OverLimit));
        }
        Ok(&available[..available.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        if let Ok(available) = self.inner.fill_buf() {
            self.lines += memchr::memchr_iter(b'\n', &available[..count.min(available.len())]).count();
        }
        self.left = self.left.saturating_sub(count);
        self.inner.consume(count);
    }
}

/// A line and what became of it.
pub(super) enum Line {
    /// Its bytes are in the buffer, without the line break.
    Whole,
    /// It was longer than its limit; it has been passed over.
    TooLong,
    /// There are no more.
    End,
}

/// Reads a line of at most `limit` bytes into `buffer`; a longer one is passed over to its end.
pub(super) fn read_line(input: &mut impl BufRead, buffer: &mut Vec<u8>, limit: usize) -> io::Result<Line> {
    buffer.clear();
    let mut too_long = false;
    let mut any = false;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            break;
        }
        any = true;
        let end = memchr::memchr(b'\n', available);
        let part = &available[..end.unwrap_or(available.len())];
        too_long |= buffer.len() + part.len() > limit;
        if !too_long {
            buffer.extend_from_slice(part);
        }
        let count = part.len() + usize::from(end.is_some());
        input.consume(count);
        if end.is_some() {
            break;
        }
    }
    if buffer.last() == Some(&b'\r') {
        buffer.pop();
    }
    Ok(match (any, too_long) {
        (false, _) => Line::End,
        (true, true) => Line::TooLong,
        (true, false) => Line::Whole,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gzip_of_several_members_is_unpacked_and_plain_bytes_are_left() {
        for (bytes, expected) in [
            (b"plain".to_vec(), "plain"),
            (Vec::new(), ""),
            (b"\x1f".to_vec(), "\x1f"),
            ([gzip(b"one "), gzip(b"two")].concat(), "one two"),
        ] {
            let mut text = String::new();
            unpack(Box::new(io::Cursor::new(bytes))).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_record_may_have_its_limit_and_no_byte_more() {
        let read = |bytes: &'static [u8]| {
            let mut counted = Counted::new(Box::new(bytes), 4);
            let mut text = String::new();
            counted.read_to_string(&mut text).map(|_| (text, counted.line()))
        };
        assert_eq!(read(b"a\nb\n").unwrap(), ("a\nb\n".to_owned(), 3));
        assert!(read(b"a\nb\nc").unwrap_err().get_ref().unwrap().is::<OverLimit>());
    }

    #[test]
    fn lines_over_the_limit_are_passed_over() {
        let mut input: &[u8] = b"abc\r\nabcd\n\nab";
        let mut buffer = Vec::new();
        let mut seen = Vec::new();
        loop {
            match read_line(&mut input, &mut buffer, 4).unwrap() {
                Line::Whole => seen.push(String::from_utf8(buffer.clone()).unwrap()),
                Line::TooLong => seen.push("too long".to_owned()),
                Line::End => break,
            }
        }
        assert_eq!(seen, ["abc", "abcd", "", "ab"]);
        let mut input: &[u8] = b"abcde\nx";
        assert!(matches!(read_line(&mut input, &mut buffer, 4).unwrap(), Line::TooLong));
        assert!(matches!(read_line(&mut input, &mut buffer, 4).unwrap(), Line::Whole));
    }
}
