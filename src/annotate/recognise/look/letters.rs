//! What stands in the text of a span.

/// What joins names that are mostly mentions of their own, each with a space at its end; besides a slash.
const JOINTS: [&[u8]; 3] = [b" and ", b" or ", b", "];

/// What stands in a text.
struct Letters {
    opened: usize,
    closed: usize,
    spaced: bool,
    /// Whether a slash or one of [`JOINTS`] stands in it.
    joined: bool,
    digit: bool,
    upper: bool,
    lower: bool,
}

/// What a byte of each kind tells, as bits.
const SPACE: u8 = 1;
const SLASH: u8 = 2;
const DIGIT: u8 = 4;
const UPPER: u8 = 8;
const LOWER: u8 = 16;
const BRACKET: u8 = 32;

/// The kind of each byte.
const KINDS: [u8; 256] = kinds();

const fn kinds() -> [u8; 256] {
    let mut kinds = [0; 256];
    let mut at = 0;
    while at < kinds.len() {
        kinds[at] = match at as u8 {
            b' ' => SPACE,
            b'/' => SLASH,
            b'(' | b')' => BRACKET,
            b'0'..=b'9' => DIGIT,
            b'A'..=b'Z' => UPPER,
            b'a'..=b'z' => LOWER,
            _ => 0,
        };
        at += 1;
    }
    kinds
}

/// What stands in a text as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Form(u8);

/// How many numbers tell the form of a text.
pub(super) const NUMBERS_OF_FORM: usize = 7;

impl Form {
    /// Set where the others are told.
    const TOLD: u8 = 1 << NUMBERS_OF_FORM;

    /// That of a text, where it is not told yet.
    #[inline]
    pub(super) fn or_of(self, text: &[u8]) -> Self {
        if self.0 & Self::TOLD == 0 { Self::of(text) } else { self }
    }

    fn of(text: &[u8]) -> Self {
        let letters = Letters::of(text);
        let told = [
            letters.opened != letters.closed,
            letters.opened == letters.closed && letters.opened > 0,
            letters.joined,
            !letters.spaced,
            letters.digit,
            !letters.upper,
            !letters.lower,
        ];
        Self(told.iter().rev().fold(1, |bits, told| bits << 1 | u8::from(*told)))
    }

    /// What is told, as numbers.
    #[inline]
    pub(super) fn numbers(self) -> &'static [f32; NUMBERS_OF_FORM] {
        &NUMBERS[usize::from(self.0 & (Self::TOLD - 1))]
    }
}

/// The numbers of each form.
static NUMBERS: [[f32; NUMBERS_OF_FORM]; 1 << NUMBERS_OF_FORM] = {
    let mut numbers = [[0.0; NUMBERS_OF_FORM]; 1 << NUMBERS_OF_FORM];
    let mut form = 0;
    while form < numbers.len() {
        let mut at = 0;
        while at < NUMBERS_OF_FORM {
            if form >> at & 1 == 1 {
                numbers[form][at] = 1.0;
            }
            at += 1;
        }
        form += 1;
    }
    numbers
};

impl Letters {
    fn of(text: &[u8]) -> Self {
        let (mut kinds, mut joined) = (0, false);
        for (at, byte) in text.iter().enumerate() {
            let kind = KINDS[usize::from(*byte)];
            kinds |= kind;
            // what joins names ends with a space
            joined = joined || kind == SPACE && JOINTS.iter().any(|joint| text[..=at].ends_with(joint));
        }
        let has = |kind: u8| kinds & kind != 0;
        let count =
            |wanted: u8| if has(BRACKET) { text.iter().filter(|byte| **byte == wanted).count() } else { 0 };
        Self {
            opened: count(b'('),
            closed: count(b')'),
            spaced: has(SPACE),
            joined: has(SLASH) || joined,
            digit: has(DIGIT),
            upper: has(UPPER),
            lower: has(LOWER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_told_by_their_kinds() {
        let told = |text: &str| {
            let Letters { opened, closed, spaced, joined, digit, upper, lower } =
                Letters::of(text.as_bytes());
            (opened, closed, [spaced, joined, digit, upper, lower])
        };
        for (text, brackets, expected) in [
            ("", (0, 0), [false; 5]),
            ("BRCA1/2", (0, 0), [false, true, true, true, false]),
            ("a (b", (1, 0), [true, false, false, false, true]),
            ("Ca(2+))", (1, 2), [false, false, true, true, true]),
            ("A and B", (0, 0), [true, true, false, true, true]),
            ("A,B", (0, 0), [false, false, false, true, false]),
            ("A, B", (0, 0), [true, true, false, true, false]),
            ("A or B", (0, 0), [true, true, false, true, true]),
            ("and B", (0, 0), [true, false, false, true, true]),
            ("A and", (0, 0), [true, false, false, true, true]),
            ("é", (0, 0), [false; 5]),
        ] {
            assert_eq!(told(text), (brackets.0, brackets.1, expected), "{text}");
        }
    }

    #[test]
    fn forms_are_told_as_numbers() {
        let form = Form::default().or_of(b"Ca(2+)/(");
        assert_eq!(*form.numbers(), [1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!(form.or_of(b"another"), form);
        assert_eq!(*Form::default().or_of(b"(a) b").numbers(), [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(*Form::default().or_of(b"").numbers(), [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
    }
}
