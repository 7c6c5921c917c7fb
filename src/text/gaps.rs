//! What stands between two tokens.

use super::characters::{Class, classify};

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gap {
    /// Nothing: the two are one word, cut where letters meet digits or Greek letters.
    None,
    /// One character of `- ‐ ‑ – − / . ' ’ _ · : *` and no white space.
    Joiner,
    /// Other characters (brackets, commas, `+`, several joiners), at most [`Gap::TIGHT_BYTES_LIMIT`] bytes, no white space.
    Tight,
    /// White space with at most one line break, as text that is wrapped has it.
    Space,
    /// A full stop and then white space without a line break: `E. coli`, or the end of a sentence.
    Stop,
    /// A comma and then white space without a line break: `leukemia, myeloid`.
    Comma,
    /// Anything else without a line break: brackets and semicolons with white space, dashes with white space.
    Other,
    /// An empty line, a line break beside punctuation, or the beginning of the text.
    Break,
}

impl Gap {
    /// The most bytes of a [`Gap::Tight`].
    pub const TIGHT_BYTES_LIMIT: usize = 8;

    /// Whether the two tokens touch or are held together by punctuation without white space.
    pub const fn is_tight(self) -> bool {
        matches!(self, Self::None | Self::Joiner | Self::Tight)
    }
}

/// The most bytes of a gap that is told by its signs.
pub(super) const SHORT_GAP_BYTES: usize = 2;

/// What stands between two tokens, from the byte `start` up to `end`, where the later one begins.
pub(super) fn gap_between(text: &str, start: usize, end: usize) -> Gap {
    let behind = text.as_bytes().get(start..).and_then(|rest| rest.first_chunk());
    let known = if end - start <= SHORT_GAP_BYTES { behind.and_then(|pair| short_gap(*pair)) } else { None };
    known.unwrap_or_else(|| gap_of(&text[start..end]))
}

/// What stands between two tokens by the bytes behind the first, where the second begins after no more than these; `None` for what is not
/// told by them.
#[inline]
pub(super) fn short_gap([first, second]: [u8; SHORT_GAP_BYTES]) -> Option<Gap> {
    // a letter or digit, with which the later token begins, counts as nothing
    GAPS[SIGNS[usize::from(first)] as usize][SIGNS[usize::from(second)] as usize]
}

/// What an ASCII character is to a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// A letter or a digit: the gap ends before it.
    Nothing,
    Blank,
    LineFeed,
    CarriageReturn,
    OtherBreak,
    Joiner,
    Stop,
    Comma,
    Other,
    /// A byte beyond ASCII.
    Wide,
}

impl Sign {
    const ALL: [Self; 10] = [
        Self::Nothing,
        Self::Blank,
        Self::LineFeed,
        Self::CarriageReturn,
        Self::OtherBreak,
        Self::Joiner,
        Self::Stop,
        Self::Comma,
        Self::Other,
        Self::Wide,
    ];

    const fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => Self::Nothing,
            b' ' | b'\t' => Self::Blank,
            b'\n' => Self::LineFeed,
            b'\r' => Self::CarriageReturn,
            b'\x0b' | b'\x0c' => Self::OtherBreak,
            b'-' | b'/' | b'\'' | b'_' | b':' | b'*' => Self::Joiner,
            b'.' => Self::Stop,
            b',' => Self::Comma,
            0x80.. => Self::Wide,
            _ => Self::Other,
        }
    }

    const fn is_space(self) -> bool {
        matches!(self, Self::Blank) || self.is_break()
    }

    const fn is_break(self) -> bool {
        matches!(self, Self::LineFeed | Self::CarriageReturn | Self::OtherBreak)
    }
}

/// What each byte is.
const SIGNS: [Sign; 256] = {
    let mut signs = [Sign::Nothing; 256];
    let mut byte = 0;
    while byte < signs.len() {
        signs[byte] = Sign::of(byte as u8);
        byte += 1;
    }
    signs
};

const SIGNS_ROOM: usize = 16;

/// What one or two signs amount to; `None` for what is not told by them.
const GAPS: [[Option<Gap>; SIGNS_ROOM]; SIGNS_ROOM] = {
    let mut gaps = [[None; SIGNS_ROOM]; SIGNS_ROOM];
    let mut at = 0;
    while at < Sign::ALL.len() * Sign::ALL.len() {
        let (first, second) = (at / Sign::ALL.len(), at % Sign::ALL.len());
        gaps[first][second] = gap_of_signs(Sign::ALL[first], Sign::ALL[second]);
        at += 1;
    }
    gaps
};

const fn gap_of_signs(first: Sign, second: Sign) -> Option<Gap> {
    Some(match (first, second) {
        (Sign::Nothing, _) => Gap::None,
        (Sign::Wide, _) | (_, Sign::Wide) => return None,
        (Sign::OtherBreak, _) | (_, Sign::OtherBreak) => Gap::Break,
        (Sign::CarriageReturn, Sign::LineFeed) => Gap::Space,
        (one, other) if one.is_break() && other.is_break() => Gap::Break,
        (one, Sign::Nothing) if one.is_space() => Gap::Space,
        (one, other) if one.is_space() && other.is_space() => Gap::Space,
        (one, other) if one.is_break() || other.is_break() => Gap::Break,
        (Sign::Joiner | Sign::Stop, Sign::Nothing) => Gap::Joiner,
        (Sign::Stop, Sign::Blank) => Gap::Stop,
        (Sign::Comma, Sign::Blank) => Gap::Comma,
        (one, other) if one.is_space() || other.is_space() => Gap::Other,
        _ => Gap::Tight,
    })
}

/// The same, character by character.
fn gap_of(between: &str) -> Gap {
    match between {
        "-" | "." | "/" | "'" | "_" | ":" | "*" => return Gap::Joiner,
        _ => {}
    }
    let mut visible = between.chars().filter(|c| !matches!(classify(*c), Class::Invisible | Class::Mark));
    let Some(first) = visible.next() else { return Gap::None };
    let breaks = |c: char| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' | '\u{85}');
    let (mut count, mut spaces, mut line_break) = (1, usize::from(first.is_whitespace()), breaks(first));
    for character in visible {
        count += 1;
        spaces += usize::from(character.is_whitespace());
        line_break |= breaks(character);
    }
    match (first, count - spaces) {
        (_, 0) if line_break && is_wrapped(between) => Gap::Space,
        _ if line_break => Gap::Break,
        (_, 0) => Gap::Space,
        ('-' | '‐' | '‑' | '–' | '−' | '/' | '.' | '\'' | '’' | '_' | '·' | ':' | '*', 1) if spaces == 0 => {
            Gap::Joiner
        }
        _ if spaces == 0 && between.len() <= Gap::TIGHT_BYTES_LIMIT => Gap::Tight,
        ('.', 1) => Gap::Stop,
        (',', 1) => Gap::Comma,
        _ => Gap::Other,
    }
}

/// Whether white space is that of a text that goes on in the next line: one line break, LF, CR or CRLF.
fn is_wrapped(between: &str) -> bool {
    let ends = between.matches(['\n', '\r']).count() - between.matches("\r\n").count();
    ends == 1 && !between.contains(['\u{2028}', '\u{2029}', '\u{b}', '\u{c}', '\u{85}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_gaps_are_told_as_character_by_character() {
        let signs: Vec<char> = (0_u8..0x80)
            .filter(|byte| !byte.is_ascii_alphanumeric())
            .map(char::from)
            .chain(['–', '\u{a0}'])
            .collect();
        let held = |between: &str| {
            for (before, behind) in [("ab", "cd"), ("7", "x"), ("α", "é")] {
                let text = format!("{before}{between}{behind}");
                let end = before.len() + between.len();
                assert_eq!(gap_between(&text, before.len(), end), gap_of(between), "{text:?}");
            }
        };
        held("");
        for first in &signs {
            held(&first.to_string());
            for second in &signs {
                held(&format!("{first}{second}"));
                held(&format!("{first}{second} "));
            }
        }
        assert_eq!(gap_between("a", 1, 1), Gap::None);
    }
}
