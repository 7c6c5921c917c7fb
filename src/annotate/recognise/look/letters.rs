//! What stands in the text of a span.

use wide::u8x16;

/// What joins names that are mostly mentions of their own, each with a space at its end; besides a slash.
const JOINTS: [&[u8]; 3] = [b" and ", b" or ", b", "];

/// The bytes that are looked at together.
const LANES: usize = 16;

/// What stands in a text.
#[derive(Default)]
struct Letters {
    opened: u32,
    closed: u32,
    spaced: bool,
    /// Whether a slash or one of [`JOINTS`] stands in it.
    joined: bool,
    digit: bool,
    upper: bool,
    lower: bool,
}

/// What stands in a text as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form(u8);

/// How many numbers tell the form of a text.
pub(super) const NUMBERS_OF_FORM: usize = 7;

impl Form {
    /// Before it is told.
    pub(super) const NEW: Self = Self(0);
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
        let mut letters = Self::default();
        let (chunks, rest) = text.as_chunks::<LANES>();
        for (at, chunk) in chunks.iter().enumerate() {
            letters.add(text, at * LANES, chunk);
        }
        // filled up with what tells nothing
        let mut last = [0; LANES];
        last[..rest.len()].copy_from_slice(rest);
        letters.add(text, chunks.len() * LANES, &last);
        letters
    }

    /// Adds what some bytes tell that stand in a text at the place `from`.
    #[inline]
    fn add(&mut self, text: &[u8], from: usize, bytes: &[u8; LANES]) {
        let bytes = u8x16::new(*bytes);
        let are = |wanted: u8| bytes.simd_eq(u8x16::splat(wanted));
        let within = |first: u8, last: u8| {
            let above = bytes - u8x16::splat(first);
            above.min(u8x16::splat(last - first)).simd_eq(above).to_bitmask() != 0
        };
        self.digit |= within(b'0', b'9');
        self.upper |= within(b'A', b'Z');
        self.lower |= within(b'a', b'z');
        self.joined |= are(b'/').to_bitmask() != 0;
        if (are(b'(') | are(b')')).to_bitmask() != 0 {
            self.opened += are(b'(').to_bitmask().count_ones();
            self.closed += are(b')').to_bitmask().count_ones();
        }
        let mut spaces = are(b' ').to_bitmask();
        self.spaced |= spaces != 0;
        while spaces != 0 && !self.joined {
            let space = from + spaces.trailing_zeros() as usize;
            self.joined = JOINTS.iter().any(|joint| text[..=space].ends_with(joint));
            spaces &= spaces - 1;
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
            ("sixteen bytes ((, then (1) or B", (3, 1), [true, true, true, true, true]),
            ("thirty-two bytes with no capital", (0, 0), [true, false, false, false, true]),
            ("a joint at an end and ", (0, 0), [true, true, false, false, true]),
        ] {
            assert_eq!(told(text), (brackets.0, brackets.1, expected), "{text}");
        }
    }

    #[test]
    fn forms_are_told_as_numbers() {
        let form = Form::NEW.or_of(b"Ca(2+)/(");
        assert_eq!(*form.numbers(), [1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!(form.or_of(b"another"), form);
        assert_eq!(*Form::NEW.or_of(b"(a) b").numbers(), [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(*Form::NEW.or_of(b"").numbers(), [0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
    }
}
