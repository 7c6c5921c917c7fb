//! Byte offsets of a text in the units that other languages count in.
//!
//! In UTF-8 every code point has one byte that is no continuation byte (`10xxxxxx`), and a code point that takes two code
//! units of UTF-16 begins with a byte of `11110xxx`. So both units are sums over bytes, and need no decoding.

use crate::model::{OffsetUnit, Span};

/// The bytes between two offsets that are known beforehand.
const BLOCK_BYTES: usize = 256;

/// Converts byte offsets of one text. Making it reads the text once, each offset costs at most [`BLOCK_BYTES`] bytes more,
/// in any order; an ASCII text costs nothing.
#[derive(Debug, Clone)]
pub struct Offsets<'t> {
    text: &'t str,
    unit: OffsetUnit,
    /// The offset in the unit of each block's first byte; empty where bytes and units are the same.
    blocks: Vec<usize>,
}

impl<'t> Offsets<'t> {
    /// Offsets of `text` in `unit`.
    pub fn new(text: &'t str, unit: OffsetUnit) -> Self {
        let mut offsets = Self { text, unit, blocks: Vec::new() };
        if unit == OffsetUnit::Utf8Byte || text.is_ascii() {
            return offsets;
        }
        let mut count = 0;
        let blocks = text.as_bytes().chunks(BLOCK_BYTES).map(|block| {
            let first = count;
            count += offsets.units(block);
            first
        });
        offsets.blocks = blocks.collect();
        offsets
    }

    /// The offset in the unit of a byte offset. Past the text's end it is that of the end, and inside a character that of
    /// its end.
    pub fn offset(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        // The text's end may be where a block would begin.
        let number = (byte / BLOCK_BYTES).min(self.blocks.len().saturating_sub(1));
        match self.blocks.get(number) {
            Some(first) => first + self.units(&self.text.as_bytes()[number * BLOCK_BYTES..byte]),
            None => byte,
        }
    }

    /// A span of bytes in the unit.
    pub fn convert(&self, span: Span) -> Span {
        Span { start: self.offset(span.start), end: self.offset(span.end) }
    }

    fn units(&self, bytes: &[u8]) -> usize {
        let code_points = bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count();
        match self.unit {
            OffsetUnit::Utf8Byte => bytes.len(),
            OffsetUnit::CodePoint => code_points,
            OffsetUnit::Utf16CodeUnit => {
                code_points + bytes.iter().filter(|byte| **byte >= 0b1111_0000).count()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_decoding(text: &str, unit: OffsetUnit, byte: usize) -> usize {
        let before = &text[..byte];
        match unit {
            OffsetUnit::Utf8Byte => byte,
            OffsetUnit::CodePoint => before.chars().count(),
            OffsetUnit::Utf16CodeUnit => before.encode_utf16().count(),
        }
    }

    fn check(text: &str) {
        for unit in [OffsetUnit::Utf8Byte, OffsetUnit::CodePoint, OffsetUnit::Utf16CodeUnit] {
            let offsets = Offsets::new(text, unit);
            for byte in (0..=text.len()).rev().filter(|byte| text.is_char_boundary(*byte)) {
                assert_eq!(offsets.offset(byte), by_decoding(text, unit, byte), "{text:?} {unit:?} {byte}");
            }
        }
    }

    #[test]
    fn offsets_agree_with_decoding() {
        for text in ["", "plain", "α-synuclein", "e\u{301}e\r\n😀x", "👩‍🔬 IL‑7\u{feff}"] {
            check(text);
            check(&text.repeat(60));
        }
        for bytes in [BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES] {
            check(&format!("{}é", "x".repeat(bytes - 2)));
        }
    }

    #[test]
    fn spans_are_converted_in_any_order() {
        let spans = [Span { start: 5, end: 9 }, Span { start: 0, end: 4 }, Span { start: 9, end: 99 }];
        let offsets = Offsets::new("😀 αβ!", OffsetUnit::Utf16CodeUnit);
        let converted = spans.map(|span| offsets.convert(span));
        assert_eq!(
            converted,
            [Span { start: 3, end: 5 }, Span { start: 0, end: 2 }, Span { start: 5, end: 6 }]
        );
    }

    proptest! {
        #[test]
        fn any_text_agrees_with_decoding(text in "([a-z]{0,200}|[αβ😀é\r\n\u{301}]{0,30}){0,6}") {
            check(&text);
        }
    }
}
