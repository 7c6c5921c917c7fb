//! Runs of letters and of digits in a text: what its tokens are made of.

use super::characters::{Class, classify, classify_ascii};
use super::fold::{TokenKind, to_u32};
use super::gaps::{Gap, short_gap};
use super::known_forms::WordMemory;
use super::masks::{BLOCK_BYTES, Masks, block_at};
use super::word_hash::{SHORT_BYTES, short_word_hash, word_hash};

/// When so many runs are found, those of the block of the text are the last that are found together.
pub(super) const BLOCK_RUNS: usize = 64;
/// The most runs that are found together: a block of the text may have one for each byte.
pub(super) const RUNS_LIMIT: usize = BLOCK_RUNS + BLOCK_BYTES;
/// The bytes of a block and what is read behind it, whatever the length of a run.
const WINDOW_BYTES: usize = BLOCK_BYTES + SHORT_BYTES;

/// A run in ASCII that no other character belongs to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Run {
    /// The hash of it.
    pub key: u64,
    /// Its first byte.
    pub start: u32,
    /// The first byte after it.
    pub end: u32,
    /// Letters or digits.
    pub kind: TokenKind,
    /// What stands behind it where the next run begins after at most [`SHORT_GAP_BYTES`](super::gaps::SHORT_GAP_BYTES) bytes, if that is known.
    pub gap: Option<Gap>,
}

/// Characters of one class, which may be any.
#[derive(Debug, Clone, Copy)]
pub(super) struct OtherRun {
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

/// Where runs end that are found together.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundUpTo {
    /// How many there are.
    pub count: usize,
    /// The byte where the search goes on.
    pub next: usize,
    /// The run before it that is not like the others.
    pub other: Option<OtherRun>,
}

/// Fills `runs` with those that follow the byte `from`, up to one that is not like them, and has the memory of them come nearer.
pub(super) fn find_runs(
    text: &str,
    from: usize,
    runs: &mut [Run; RUNS_LIMIT],
    memory: &WordMemory,
) -> FoundUpTo {
    let mut found = FoundUpTo { count: 0, next: from, other: None };
    while found.next < text.len() && found.other.is_none() && found.count < BLOCK_RUNS {
        found = find_within_block(text, found, runs, memory);
    }
    found
}

/// Adds the runs of the next block, up to one that it cuts or that characters beyond ASCII may belong to.
fn find_within_block(
    text: &str,
    FoundUpTo { mut count, next: base, .. }: FoundUpTo,
    runs: &mut [Run; RUNS_LIMIT],
    memory: &WordMemory,
) -> FoundUpTo {
    let bytes = text.as_bytes();
    let filled;
    let window: &[u8; WINDOW_BYTES] = match bytes.get(base..).and_then(|rest| rest.first_chunk()) {
        Some(window) => window,
        None => {
            filled = block_at(bytes, base);
            &filled
        }
    };
    let (block, _) = window.split_first_chunk().unwrap_or((&[0; BLOCK_BYTES], &[]));
    let Masks { letters, digits, wide } = Masks::of(block);
    let (plain, gap_end) = if wide == 0 { (u64::BITS, base) } else { before_other(text, base, wide) };
    let (letters, digits) = (letters & below(plain), digits & below(plain));
    // the run that stands there
    let open = |class: u64| (!class.unbounded_shl(u64::BITS - plain)).leading_zeros();
    let open = open(letters).max(open(digits));
    let stop = plain - open;
    let mut starts = (letters & !(letters << 1) | digits & !(digits << 1)) & below(stop);
    let mut ends = letters & !(letters >> 1) | digits & !(digits >> 1);
    while starts != 0 {
        let (at, end) = (starts.trailing_zeros() as usize, ends.trailing_zeros() as usize + 1);
        let key = key_within(window, at, end);
        memory.look_towards(key);
        let kind = if digits >> at & 1 == 1 { TokenKind::Digits } else { TokenKind::Letters };
        let gap = window.get(end..).and_then(|behind| behind.first_chunk()).and_then(|pair| short_gap(*pair));
        if let Some(run) = runs.get_mut(count) {
            *run = Run { key, start: to_u32(base + at), end: to_u32(base + end), kind, gap };
        }
        count += 1;
        starts &= starts - 1;
        ends &= ends.wrapping_sub(1);
    }
    let stop = base + stop as usize;
    if plain < u64::BITS || open == u64::BITS {
        return FoundUpTo { count, ..other_at(text, stop) };
    }
    FoundUpTo { count, next: if open == 0 { gap_end.max(stop).min(text.len()) } else { stop }, other: None }
}

/// The [`word_hash`] of a part of a window.
#[inline]
fn key_within(window: &[u8; WINDOW_BYTES], start: usize, end: usize) -> u64 {
    let read = window.get(start..).and_then(|rest| rest.first_chunk());
    let short = read.and_then(|read| short_word_hash(read, end.wrapping_sub(start)));
    short.unwrap_or_else(|| word_hash(window.get(start..end).unwrap_or_default()))
}

/// Up to which byte of a block no character beyond ASCII may belong to a run, and where the last one ends that belongs to none.
#[inline(never)]
fn before_other(text: &str, base: usize, wide: u64) -> (u32, usize) {
    let (mut rest, mut gap_end) = (wide, base);
    while rest != 0 {
        let at = rest.trailing_zeros();
        match class_at(text, base + at as usize) {
            Some((Class::Gap, length)) => {
                gap_end = base + at as usize + length;
                rest &= u64::MAX.unbounded_shl(at + length as u32);
            }
            _ => return (at, gap_end),
        }
    }
    (u64::BITS, gap_end)
}

/// The lowest bits, so many.
#[inline]
const fn below(count: u32) -> u64 {
    u64::MAX.unbounded_shr(u64::BITS - count)
}

/// The run that begins at a byte, if one does.
#[inline(never)]
fn other_at(text: &str, start: usize) -> FoundUpTo {
    let found = |next, other| FoundUpTo { count: 0, next, other };
    match class_at(text, start) {
        Some((class @ (Class::Letter | Class::Greek | Class::Digit), _)) => {
            let run = run_at(text, start, class);
            found(run.next, Some(run))
        }
        Some((_, length)) => found(start + length, None),
        None => found(text.len(), None),
    }
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

fn run_at(text: &str, start: usize, class: Class) -> OtherRun {
    let bytes = &text.as_bytes()[start..];
    let plain = match class {
        Class::Letter => bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count(),
        Class::Digit => bytes.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let end = start + plain;
    let mut run = OtherRun { class, start, end, next: end, ascii: true, characters: plain, key: 0 };
    if !bytes.get(plain).is_none_or(u8::is_ascii) {
        go_on(text, &mut run);
    }
    if run.ascii {
        run.key = word_hash(&text.as_bytes()[start..run.end]);
    }
    run
}

/// Reads a run on from its first character beyond ASCII.
fn go_on(text: &str, run: &mut OtherRun) {
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

    /// What is told of a run: digits or not, its borders and its hash.
    type Told = (bool, usize, usize, u64);

    const fn told(run: &OtherRun) -> Told {
        (matches!(run.class, Class::Digit), run.start, run.end, run.key)
    }

    /// The runs of a text, block by block.
    fn all_runs(text: &str) -> Vec<Told> {
        let (mut runs, mut from, mut all) = ([Run::default(); RUNS_LIMIT], 0, Vec::new());
        while from < text.len() {
            let found = find_runs(text, from, &mut runs, &WordMemory::default());
            assert!(found.count <= RUNS_LIMIT && found.next > from);
            from = found.next;
            all.extend(
                runs[..found.count].iter().map(|run| {
                    (run.kind == TokenKind::Digits, run.start as usize, run.end as usize, run.key)
                }),
            );
            all.extend(found.other.iter().map(told));
        }
        all
    }

    /// The runs of a text, character by character.
    fn one_by_one(text: &str) -> Vec<Told> {
        let (mut at, mut all) = (0, Vec::new());
        while let Some((class, length)) = class_at(text, at) {
            let is_run = matches!(class, Class::Letter | Class::Greek | Class::Digit);
            let run = is_run.then(|| run_at(text, at, class));
            all.extend(run.iter().map(told));
            at = run.map_or(at + length, |run| run.next);
        }
        all
    }

    proptest! {
        #[test]
        fn runs_are_found_as_one_by_one(
            text in "([a-zA-Z]{0,9}|[a-z]{60,70}|[0-9]{1,3}|[ .,-]{1,3}|[αéß\u{301}\u{200b}中١–±]){0,60}",
        ) {
            prop_assert_eq!(all_runs(&text), one_by_one(&text));
        }
    }

    #[test]
    fn runs_come_in_blocks() {
        let text = "IL-2 ".repeat(BLOCK_RUNS);
        let all: Vec<_> = all_runs(&text).iter().map(|run| (run.0, run.1, run.2)).collect();
        assert_eq!(all.len(), 2 * BLOCK_RUNS);
        assert_eq!(all[2..4], [(false, 5, 7), (true, 8, 9)]);
        let mut runs = [Run::default(); RUNS_LIMIT];
        let mut find = |text: &str| {
            let found = find_runs(text, 0, &mut runs, &WordMemory::default());
            (found.count, found.next)
        };
        let (count, next) = find(&text);
        assert!(count >= BLOCK_RUNS && next >= count / 2 * 5, "{count} {next}");
        assert_eq!(find("a "), (1, 2));
        assert_eq!(find(&"a1".repeat(BLOCK_RUNS)).0, 2 * (BLOCK_BYTES - 1));
    }

    #[test]
    fn runs_know_what_stands_behind_them() {
        let mut runs = [Run::default(); RUNS_LIMIT];
        find_runs("a b, c7-d (e", 0, &mut runs, &WordMemory::default());
        let gaps = [Gap::Space, Gap::Comma, Gap::None, Gap::Joiner, Gap::Other].map(Some);
        assert_eq!(runs.map(|run| run.gap)[..gaps.len()], gaps);
    }
}
