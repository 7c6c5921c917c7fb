//! What the bytes of a text are, 64 of them at a time: a bit for each byte, the lowest for the first.

use wide::u8x16;

/// The bytes of a block.
pub(crate) const BLOCK_BYTES: usize = 64;
const LANES: usize = 16;

/// What the bytes of a block are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Masks {
    /// Letters in ASCII.
    pub letters: u64,
    /// Digits in ASCII.
    pub digits: u64,
    /// Bytes of characters beyond ASCII.
    pub wide: u64,
}

/// The block of a text that begins at a byte, or as many bytes as are wanted, filled up with zeros behind the end of the text.
#[inline]
pub(crate) fn block_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut block = [0; N];
        block[..rest.len()].copy_from_slice(rest);
        block
    })
}

impl Masks {
    /// Those of a block.
    #[inline]
    pub(crate) fn of(block: &[u8; BLOCK_BYTES]) -> Self {
        Self {
            letters: bits(block, |bytes| is_between(bytes | u8x16::splat(0x20), b'a', b'z')),
            digits: between(block, b'0', b'9'),
            wide: bits(block, |bytes| bytes),
        }
    }
}

/// The bytes of a block from one to another.
#[inline]
pub(crate) fn between(block: &[u8; BLOCK_BYTES], from: u8, to: u8) -> u64 {
    bits(block, |bytes| is_between(bytes, from, to))
}

#[inline]
fn is_between(bytes: u8x16, from: u8, to: u8) -> u8x16 {
    let above = bytes - u8x16::splat(from);
    above.min(u8x16::splat(to - from)).simd_eq(above)
}

/// The bytes of a block that are one of some.
#[inline]
pub(crate) fn any_of<const N: usize>(block: &[u8; BLOCK_BYTES], wanted: [u8; N]) -> u64 {
    bits(block, |bytes| {
        wanted.iter().fold(u8x16::ZERO, |any, wanted| any | bytes.simd_eq(u8x16::splat(*wanted)))
    })
}

/// The bytes of a block of which some bits are as wanted.
#[inline]
pub(crate) fn with_bits(block: &[u8; BLOCK_BYTES], bits_asked: u8, wanted: u8) -> u64 {
    bits(block, |bytes| (bytes & u8x16::splat(bits_asked)).simd_eq(u8x16::splat(wanted)))
}

/// The highest bit of what `test` makes of each byte.
#[inline]
fn bits(block: &[u8; BLOCK_BYTES], test: impl Fn(u8x16) -> u8x16) -> u64 {
    let (chunks, _) = block.as_chunks::<LANES>();
    (0..).zip(chunks).fold(0, |all, (at, chunk)| {
        all | u64::from(test(u8x16::new(*chunk)).to_bitmask()) << (at * LANES as u32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_as_one_by_one() {
        let all: Vec<u8> = (0..=u8::MAX).chain(0..=u8::MAX).collect();
        for at in 0..=all.len() {
            let block = block_at(&all, at);
            let told = |is: fn(&u8) -> bool| {
                (0..).zip(&block).fold(0_u64, |all, (bit, byte)| all | u64::from(is(byte)) << bit)
            };
            let expected = Masks {
                letters: told(u8::is_ascii_alphabetic),
                digits: told(u8::is_ascii_digit),
                wide: told(|byte| !byte.is_ascii()),
            };
            assert_eq!(Masks::of(&block), expected, "{at}");
            assert_eq!(any_of(&block, [b'(', b'-']), told(|byte| matches!(byte, b'(' | b'-')), "{at}");
            assert_eq!(between(&block, b'A', b'Z'), told(u8::is_ascii_uppercase), "{at}");
        }
        assert_eq!(block_at(b"ab", 1), [b'b', 0]);
        assert_eq!(block_at(b"ab", 3), [0; BLOCK_BYTES]);
    }
}
