//! Numbers and texts in bytes. Numbers are little-endian; a varint is LEB128 of at most 32 bits; a text is its length in
//! bytes as a varint and then UTF-8.
//!
//! Bytes may be damaged in ways that no checksum shows, as when somebody wrote them with another program: what is not
//! there reads as 0 and as empty, never as a panic.

/// A row of 32-bit numbers.
#[derive(Debug, Clone, Copy)]
pub(in crate::catalog) struct U32s<'a>(&'a [[u8; 4]]);

impl<'a> U32s<'a> {
    /// Bytes at the end that make no whole number are left out.
    #[inline]
    pub(in crate::catalog) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.as_chunks().0)
    }

    #[inline]
    pub(in crate::catalog) const fn len(self) -> usize {
        self.0.len()
    }

    /// 0 where there is none.
    #[inline]
    pub(in crate::catalog) fn get(self, place: usize) -> u32 {
        self.0.get(place).map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }

    /// Has a number come nearer.
    #[inline]
    pub(in crate::catalog) fn look_towards(self, place: usize) {
        crate::text::prefetch(self.0.get(place));
    }
}

/// A row of 64-bit numbers.
#[derive(Debug, Clone, Copy)]
pub(in crate::catalog) struct U64s<'a>(&'a [[u8; 8]]);

impl<'a> U64s<'a> {
    /// Bytes at the end that make no whole number are left out.
    #[inline]
    pub(in crate::catalog) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.as_chunks().0)
    }

    #[inline]
    pub(in crate::catalog) const fn len(self) -> usize {
        self.0.len()
    }

    /// 0 where there is none.
    #[inline]
    pub(in crate::catalog) fn get(self, place: usize) -> u64 {
        self.0.get(place).map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// The numbers before a place and those from it on.
    #[inline]
    pub(in crate::catalog) fn split(self, place: usize) -> (Self, Self) {
        let (before, behind) = self.0.split_at(place.min(self.0.len()));
        (Self(before), Self(behind))
    }

    /// The numbers, in order.
    #[inline]
    pub(in crate::catalog) fn iter(self) -> impl Iterator<Item = u64> + use<'a> {
        self.0.iter().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// Has a number come nearer.
    #[inline]
    pub(in crate::catalog) fn look_towards(self, place: usize) {
        crate::text::prefetch(self.0.get(place));
    }
}

/// Reads on from a place.
#[derive(Debug, Clone, Copy)]
pub(in crate::catalog) struct ByteReader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> ByteReader<'a> {
    #[inline]
    pub(in crate::catalog) const fn new(bytes: &'a [u8], position: usize) -> Self {
        Self { bytes, position }
    }

    pub(in crate::catalog) const fn is_at_end(&self) -> bool {
        self.position >= self.bytes.len()
    }

    #[inline]
    pub(in crate::catalog) fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.position).copied().unwrap_or(0);
        self.position = self.position.saturating_add(1);
        byte
    }

    #[inline]
    pub(in crate::catalog) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    #[inline]
    pub(in crate::catalog) fn varint(&mut self) -> u32 {
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte();
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }

    /// That many bytes, or as many as there are.
    pub(in crate::catalog) fn take(&mut self, count: usize) -> &'a [u8] {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let taken = &rest[..count.min(rest.len())];
        self.position = self.position.saturating_add(taken.len());
        taken
    }

    pub(in crate::catalog) fn text(&mut self) -> &'a str {
        let count = self.varint() as usize;
        std::str::from_utf8(self.take(count)).unwrap_or("")
    }
}

pub(in crate::catalog) fn put_varint(output: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        output.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    output.push(value as u8);
}

/// Texts of a catalog are far shorter than 4 GiB.
pub(in crate::catalog) fn put_text(output: &mut Vec<u8>, text: &str) {
    put_varint(output, u32::try_from(text.len()).unwrap_or(0));
    output.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_there_is_nothing() {
        let mut reader = ByteReader::new(&[0x85, 0x01, b'a'], 0);
        assert_eq!(reader.varint(), 133);
        assert_eq!(reader.text(), "");
        assert_eq!((reader.varint(), reader.byte(), reader.u32(), reader.text()), (0, 0, 0, ""));
        assert!(reader.is_at_end());
        let row = U32s::new(&[1, 0, 0, 0, 2]);
        assert_eq!((row.len(), row.get(0), row.get(1)), (1, 1, 0));
        assert_eq!(U64s::new(&[1, 0, 0, 0, 0, 0, 0, 1]).get(0), 1 << 56 | 1);
        assert_eq!(ByteReader::new(&[1, 0xff], 0).text(), "");
    }

    proptest! {
        #[test]
        fn what_is_put_is_read(numbers in prop::collection::vec(any::<u32>(), 0..9), text in "\\PC{0,200}") {
            let mut bytes = Vec::new();
            for number in &numbers {
                put_varint(&mut bytes, *number);
            }
            put_text(&mut bytes, &text);
            let mut reader = ByteReader::new(&bytes, 0);
            for number in &numbers {
                prop_assert_eq!(reader.varint(), *number);
            }
            prop_assert_eq!(reader.text(), text);
            prop_assert!(reader.is_at_end());
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..40), at in 0_usize..50) {
            let mut reader = ByteReader::new(&bytes, at);
            let _ = (reader.varint(), reader.text(), reader.u32(), reader.take(usize::MAX));
        }
    }
}
