//! Runs of letters and of digits in a text: what its tokens are made of.

use xxhash_rust::xxh3::xxh3_64;

use super::characters::{Class, classify, classify_ascii};

/// The most runs that are found together.
pub(super) const BLOCK_RUNS: usize = 64;

/// Characters of one class.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// Letters, Greek letters or digits.
    pub class: Class,
    /// Its first byte.
    pub start: usize,
    /// After its last character and the marks on it.
    pub end: usize,
    /// After invisible characters that follow it as well: where reading goes on.
    pub next: usize,
    /// Whether all of it is ASCII.
    pub ascii: bool,
    /// How many characters are of the class.
    pub characters: usize,
    /// The hash of it where all of it is ASCII, else 0.
    pub key: u64,
}

/// Fills `runs` with those that follow the byte `from`, at most [`BLOCK_RUNS`]; gives where the search goes on.
pub(super) fn find_runs(text: &str, from: usize, runs: &mut Vec<Run>) -> usize {
    runs.clear();
    let mut position = from;
    while runs.len() < BLOCK_RUNS {
        let Some((class, length)) = class_at(text, position) else { break };
        if !matches!(class, Class::Letter | Class::Greek | Class::Digit) {
            position += length;
            continue;
        }
        let run = run_at(text, position, class);
        position = run.next;
        runs.push(run);
    }
    position
}

/// The class and the length in bytes of the character at `position`.
#[inline]
pub(super) fn class_at(text: &str, position: usize) -> Option<(Class, usize)> {
    let byte = *text.as_bytes().get(position)?;
    if byte.is_ascii() {
        return Some((classify_ascii(byte), 1));
    }
    let character = text[position..].chars().next()?;
    Some((classify(character), character.len_utf8()))
}

fn run_at(text: &str, start: usize, class: Class) -> Run {
    let bytes = &text.as_bytes()[start..];
    let plain = match class {
        Class::Letter => letters(bytes),
        Class::Digit => bytes.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let end = start + plain;
    let mut run = Run { class, start, end, next: end, ascii: true, characters: plain, key: 0 };
    if !bytes.get(plain).is_none_or(u8::is_ascii) {
        go_on(text, &mut run);
    }
    if run.ascii {
        run.key = xxh3_64(&text.as_bytes()[start..run.end]);
    }
    run
}

/// Reads a run on from its first character beyond ASCII.
fn go_on(text: &str, run: &mut Run) {
    while let Some((next, length)) = class_at(text, run.next) {
        match next {
            _ if next == run.class => run.characters += 1,
            Class::Mark if run.next == run.end => {}
            Class::Invisible => {
                run.next += length;
                continue;
            }
            _ => break,
        }
        run.ascii &= length == 1 && run.next == run.end;
        run.next += length;
        run.end = run.next;
    }
}

/// How many letters in ASCII `bytes` begin with, eight at a time.
#[inline]
pub(crate) fn letters(bytes: &[u8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let mut count = 0;
    while let Some(chunk) = bytes[count..].first_chunk::<8>() {
        let chunk = u64::from_le_bytes(*chunk);
        // in lower case, where it is a letter; sums of seven bits do not reach the next byte
        let lower = (chunk | (0x20 * EACH)) & !HIGH;
        let from_a = lower + (0x80 - b'a' as u64) * EACH;
        let beyond_z = lower + (0x80 - b'z' as u64 - 1) * EACH;
        let others = !(from_a & !beyond_z & !chunk) & HIGH;
        if others != 0 {
            return count + others.trailing_zeros() as usize / 8;
        }
        count += 8;
    }
    count + bytes[count..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn letters_are_counted_as_one_by_one(bytes in prop::collection::vec(any::<u8>(), 0..30), word in "[A-Za-z]{0,20}") {
            let one_by_one = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            prop_assert_eq!(letters(&bytes), one_by_one(&bytes));
            let all = [word.as_bytes(), &bytes].concat();
            prop_assert_eq!(letters(&all), one_by_one(&all));
        }
    }

    #[test]
    fn every_byte_is_a_letter_or_not() {
        for byte in 0..=u8::MAX {
            let expected = usize::from(byte.is_ascii_alphabetic()) * 9;
            assert_eq!(letters(&[byte; 9]), expected, "{byte}");
        }
    }

    #[test]
    fn runs_come_in_blocks() {
        let text = "IL-2 ".repeat(BLOCK_RUNS);
        let (mut runs, mut from, mut all) = (Vec::new(), 0, Vec::new());
        loop {
            from = find_runs(&text, from, &mut runs);
            if runs.is_empty() {
                break;
            }
            assert!(runs.len() <= BLOCK_RUNS);
            all.extend(runs.iter().map(|run| (run.class, run.start, run.end)));
        }
        assert_eq!(all.len(), 2 * BLOCK_RUNS);
        assert_eq!(all[2..4], [(Class::Letter, 5, 7), (Class::Digit, 8, 9)]);
        assert_eq!(from, text.len());
    }
}
