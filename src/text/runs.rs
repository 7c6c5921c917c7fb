//! Runs of letters and of digits in a text: what its tokens are made of.

use super::characters::{Class, classify, classify_ascii};
use super::masks::{BLOCK_BYTES, Masks, block_at};
use super::word_hash::{word_hash, word_hash_within};

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
    while position < text.len() && runs.len() < BLOCK_RUNS {
        position = find_within_block(text, position, runs);
    }
    position
}

/// Adds the runs of the block that begins at the byte `base`, up to one that it cuts or that has characters beyond ASCII;
/// gives where the search goes on.
fn find_within_block(text: &str, base: usize, runs: &mut Vec<Run>) -> usize {
    let bytes = text.as_bytes();
    let Masks { letters, digits, wide } = Masks::of(&block_at(bytes, base));
    let mut rest = letters | digits | wide;
    while rest != 0 {
        let at = rest.trailing_zeros();
        let (class, own) =
            if letters >> at & 1 == 1 { (Class::Letter, letters) } else { (Class::Digit, digits) };
        let end = at + (!(own >> at)).trailing_zeros();
        let start = base + at as usize;
        if wide >> at & 1 == 1 || end == u64::BITS && at == 0 || wide.unbounded_shr(end) & 1 == 1 {
            return add_other(text, start, runs);
        }
        if end == u64::BITS || runs.len() == BLOCK_RUNS {
            return start;
        }
        let end_byte = base + end as usize;
        let key = word_hash_within(bytes, start..end_byte);
        let characters = end_byte - start;
        runs.push(Run { class, start, end: end_byte, next: end_byte, ascii: true, characters, key });
        rest &= u64::MAX << end;
    }
    text.len().min(base + BLOCK_BYTES)
}

/// Adds the run that begins at a byte, if one does; gives where the search goes on.
fn add_other(text: &str, start: usize, runs: &mut Vec<Run>) -> usize {
    let Some((class, length)) = class_at(text, start) else { return text.len() };
    if !matches!(class, Class::Letter | Class::Greek | Class::Digit) {
        return start + length;
    }
    if runs.len() == BLOCK_RUNS {
        return start;
    }
    let run = run_at(text, start, class);
    runs.push(run);
    run.next
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
        Class::Letter => bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count(),
        Class::Digit => bytes.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let end = start + plain;
    let mut run = Run { class, start, end, next: end, ascii: true, characters: plain, key: 0 };
    if !bytes.get(plain).is_none_or(u8::is_ascii) {
        go_on(text, &mut run);
    }
    if run.ascii {
        run.key = word_hash(&text.as_bytes()[start..run.end]);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The runs of a text, block by block.
    fn all_runs(text: &str) -> Vec<Run> {
        let (mut runs, mut from, mut all) = (Vec::new(), 0, Vec::new());
        loop {
            from = find_runs(text, from, &mut runs);
            assert!(runs.len() <= BLOCK_RUNS);
            all.extend(&runs);
            if runs.is_empty() {
                return all;
            }
        }
    }

    /// The runs of a text, character by character.
    fn one_by_one(text: &str) -> Vec<Run> {
        let (mut at, mut all) = (0, Vec::new());
        while let Some((class, length)) = class_at(text, at) {
            let is_run = matches!(class, Class::Letter | Class::Greek | Class::Digit);
            all.extend(is_run.then(|| run_at(text, at, class)));
            at = if is_run { all[all.len() - 1].next } else { at + length };
        }
        all
    }

    proptest! {
        #[test]
        fn runs_are_found_as_one_by_one(
            text in "([a-zA-Z]{0,9}|[a-z]{60,70}|[0-9]{1,3}|[ .,-]{1,3}|[αéß\u{301}\u{200b}中١]){0,60}",
        ) {
            let told = |runs: Vec<Run>| runs.iter().map(|run| format!("{run:?}")).collect::<Vec<_>>();
            prop_assert_eq!(told(all_runs(&text)), told(one_by_one(&text)));
        }
    }

    #[test]
    fn runs_come_in_blocks() {
        let text = "IL-2 ".repeat(BLOCK_RUNS);
        let all: Vec<_> = all_runs(&text).iter().map(|run| (run.class, run.start, run.end)).collect();
        assert_eq!(all.len(), 2 * BLOCK_RUNS);
        assert_eq!(all[2..4], [(Class::Letter, 5, 7), (Class::Digit, 8, 9)]);
        let mut runs = Vec::new();
        assert_eq!(find_runs(&text, 0, &mut runs), BLOCK_RUNS / 2 * 5, "at the next run");
        assert_eq!(find_runs("a ", 0, &mut runs), 2);
    }
}
