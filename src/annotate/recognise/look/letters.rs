//! What stands in the text of a span.

/// What joins names that are mostly mentions of their own, each with a space; besides a slash.
const JOINTS: [&[u8]; 3] = [b" and ", b" or ", b", "];

/// What stands in a text.
#[derive(Default)]
pub(super) struct Letters {
    pub(super) opened: usize,
    pub(super) closed: usize,
    pub(super) spaced: bool,
    /// Whether a slash or one of [`JOINTS`] stands in it.
    pub(super) joined: bool,
    pub(super) digit: bool,
    pub(super) upper: bool,
    pub(super) lower: bool,
}

impl Letters {
    pub(super) fn of(text: &[u8]) -> Self {
        let mut letters = Self::default();
        for (at, byte) in text.iter().enumerate() {
            match byte {
                b'(' => letters.opened += 1,
                b')' => letters.closed += 1,
                b'/' => letters.joined = true,
                b' ' | b',' => {
                    letters.spaced |= *byte == b' ';
                    letters.joined |= JOINTS.iter().any(|joint| text[at..].starts_with(joint));
                }
                b'0'..=b'9' => letters.digit = true,
                b'A'..=b'Z' => letters.upper = true,
                b'a'..=b'z' => letters.lower = true,
                _ => {}
            }
        }
        letters
    }
}
