//! Where in a text a form may begin. Most of prose is passed over here, 64 bytes at a time.

use super::scanner::SEQUENCE_LETTERS_LIMIT;
use crate::annotate::amino_acids;
use crate::text::masks::{BLOCK_BYTES, Masks, any_of, block_at};
use crate::text::pauses::work_done;

/// The most bytes of a number, with its signs, that are passed to see what it is of.
pub(super) const NUMBER_BYTES_LIMIT: usize = 24;
/// The most letters of a number in words.
const NUMBER_LETTERS_LIMIT: usize = 8;
/// The characters beyond ASCII that begin a form.
const WIDE_STARTS: &[&str] = &["Δ", "∆", "δ", "−", "–"];
/// The signs that begin a form with what follows them, and the first bytes of [`WIDE_STARTS`].
const STARTING_BYTES: [u8; 6] = [b'-', b'+', b'*', b'(', 0xce, 0xe2];

/// The places of a text where a form may begin, in order.
pub(super) struct Starts<'t> {
    text: &'t str,
    /// Where the block begins that is looked at.
    block: usize,
    /// Bytes of the block at which something may begin that is not looked at yet.
    open: u64,
}

impl<'t> Starts<'t> {
    /// Those of a text.
    pub(super) fn of(text: &'t str) -> Self {
        let mut starts = Self { text, block: 0, open: 0 };
        starts.open_block();
        starts
    }

    /// The first from the byte `from` on, which never is less than it was before.
    pub(super) fn next_from(&mut self, from: usize) -> Option<usize> {
        if let Some(blocks @ 1..) = from.checked_sub(self.block).map(|bytes| bytes / BLOCK_BYTES) {
            self.block += blocks * BLOCK_BYTES;
            self.open_block();
        }
        // what begins at a digit behind letters begins before it
        self.open &= u64::MAX << from.saturating_sub(self.block).min(BLOCK_BYTES - 1);
        loop {
            while self.open != 0 {
                let at = self.block + self.open.trailing_zeros() as usize;
                let start = start_at(self.text, at).filter(|start| *start >= from);
                if start.is_some() {
                    return start;
                }
                self.open &= self.open - 1;
            }
            self.block += BLOCK_BYTES;
            if self.block >= self.text.len() {
                return None;
            }
            self.open_block();
        }
    }

    /// Finds where something may begin in a block: at the first byte of a word, a digit behind a letter, a sign, or a
    /// character beyond ASCII.
    fn open_block(&mut self) {
        work_done(BLOCK_BYTES / 8);
        let bytes = self.text.as_bytes();
        let block = block_at(bytes, self.block);
        let Masks { letters, digits, .. } = Masks::of(&block);
        let before = self.block.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let behind = |mask: u64, is: bool| mask << 1 | u64::from(is);
        let words = letters | digits;
        let begin = words & !behind(words, before.is_ascii_alphanumeric());
        let numbers = digits & behind(letters, before.is_ascii_alphabetic());
        self.open = begin & !other_words(bytes, self.block, begin & letters)
            | numbers
            | any_of(&block, STARTING_BYTES);
    }
}

/// Where a form may begin that is told by the byte `at`.
fn start_at(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let inside = is_inside_word(text, at);
    let begins = match bytes[at] {
        byte if byte.is_ascii_alphabetic() => !inside && begins_word_of_form(&bytes[at..]),
        byte if byte.is_ascii_digit() && inside => return change_before_digits(text, at),
        byte if byte.is_ascii_digit() => begins_with_number(bytes, at),
        byte if byte.is_ascii() => begins_with_mark(bytes, at, inside),
        _ => WIDE_STARTS.iter().any(|sign| bytes[at..].starts_with(sign.as_bytes())),
    };
    begins.then_some(at)
}

/// Whether a letter or digit stands directly before.
pub(super) fn is_inside_word(text: &str, at: usize) -> bool {
    match text.as_bytes()[..at].last() {
        None => false,
        Some(before) if before.is_ascii() => before.is_ascii_alphanumeric(),
        Some(_) => {
            text.get(..at).and_then(|text| text.chars().next_back()).is_some_and(char::is_alphanumeric)
        }
    }
}

/// Whether an upper-case letter stands directly before a digit, as in `V600E`.
pub(super) fn is_letter_and_digit(text: &str, at: usize) -> bool {
    matches!(text.as_bytes().get(at..at + 2), Some([letter, digit]) if letter.is_ascii_uppercase() && digit.is_ascii_digit())
}

/// Whether two digits stand from `at` on.
fn is_two_digits(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..at + 2).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
}

/// The letter before two digits that may begin a form inside of a word, as in the `V617F` of `JAK2V617F` and the `Delta32` of
/// `CCR5Delta32`.
fn change_before_digits(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if !is_two_digits(bytes, at) {
        return None;
    }
    let start = match &bytes[..at] {
        [.., b'd' | b'D', b'e', b'l', b't', b'a'] => at - 5,
        [.., b'A'..=b'Z'] => at - 1,
        _ => return None,
    };
    is_inside_word(text, start).then_some(start)
}

/// Whether a word that begins here may begin a form: a mark of HGVS, one of the words for bases, residues, places, numbers
/// and events, or a letter in upper case with what follows one in a form.
fn begins_word_of_form(rest: &[u8]) -> bool {
    let second = rest.get(1).copied().unwrap_or(b' ');
    match rest[0] {
        b'A'..=b'Z' if second.is_ascii_uppercase() => begins_with_capitals(rest),
        b'A'..=b'Z' if !second.is_ascii_lowercase() => begins_with_capital(rest),
        b'a' | b'c' | b'g' | b't' if matches!(second, b'-' | b'>') => true,
        b'c' | b'g' | b'm' | b'n' | b'p' | b'r' if second == b'.' => true,
        b'n' if second == b't' => true,
        b'r' | b'R' if second == b's' => rest.get(2).is_some_and(|byte| !byte.is_ascii_lowercase()),
        _ => begins_with_stem(rest),
    }
}

/// Whether one letter in upper case, with no letter behind it, may be a base or a residue: not in "T. brucei", "P = 0.05", "B cell".
fn begins_with_capital(rest: &[u8]) -> bool {
    match rest {
        [b'B' | b'J' | b'O' | b'Z', ..] | [_, b'.' | b',', ..] | [_, b' ', b'<', ..] => false,
        [_, b' ', b'=', after, ..] => *after == b'>',
        _ => true,
    }
}

/// Whether a word in upper case is of bases, a residue or an intron.
fn begins_with_capitals(rest: &[u8]) -> bool {
    let start = rest.get(..3).unwrap_or(rest);
    let base = |byte: &u8| matches!(byte, b'A' | b'C' | b'G' | b'T' | b'U');
    let ends = |length: usize| !rest.get(length).is_some_and(u8::is_ascii_alphabetic);
    let residue =
        || str::from_utf8(start).is_ok_and(|start| amino_acids::from_three_letters(start).is_some());
    start == b"IVS"
        || matches!(&rest[..2], b"DD" | b"RS")
        || start.iter().all(base)
            && ends(rest.iter().take(SEQUENCE_LETTERS_LIMIT).take_while(|byte| base(byte)).count())
        || ends(3) && residue()
}

/// The first three letters of the stems of [`after_stem`], of residues by three letters and of events.
const BEGINNINGS: &[&[u8; 3]] = &[
    b"ade", b"ala", b"amb", b"ami", b"arg", b"asn", b"asp", b"bas", b"cod", b"cys", b"cyt", b"del", b"dup",
    b"eig", b"exo", b"fiv", b"fou", b"gln", b"glu", b"gly", b"gua", b"his", b"ile", b"ind", b"ins", b"inv",
    b"iso", b"leu", b"lys", b"met", b"nin", b"non", b"nuc", b"och", b"one", b"opa", b"phe", b"pos", b"pro",
    b"res", b"ser", b"sev", b"sin", b"six", b"sto", b"ten", b"ter", b"thr", b"thy", b"trp", b"try", b"two",
    b"tyr", b"ura", b"val",
];

/// The words of a form that may have no third letter.
const SHORT: [&[u8; 2]; 2] = [b"nt", b"rs"];

/// For each two letters the letters that may follow them in [`BEGINNINGS`], as bits; all where they are one of [`SHORT`].
const FOLLOWING: [[u32; LETTERS]; LETTERS] = following();
/// A power of two that has room for the letters.
const LETTERS: usize = 32;

const fn following() -> [[u32; LETTERS]; LETTERS] {
    let mut following = [[0; LETTERS]; LETTERS];
    let mut at = 0;
    while at < BEGINNINGS.len() {
        let [first, second, third] = BEGINNINGS[at];
        following[(*first - b'a') as usize][(*second - b'a') as usize] |= 1 << (*third - b'a');
        at += 1;
    }
    let mut at = 0;
    while at < SHORT.len() {
        let [first, second] = SHORT[at];
        following[(*first - b'a') as usize][(*second - b'a') as usize] = u32::MAX;
        at += 1;
    }
    following
}

/// Whether the letters, as numbers from 0, are one of [`BEGINNINGS`] or begin with one of [`SHORT`].
#[inline]
fn follows([first, second, third]: [u8; 3]) -> bool {
    FOLLOWING[usize::from(first) % LETTERS][usize::from(second) % LETTERS] >> (third % 32) & 1 == 1
}

/// Whether a word begins at a byte as most words do that begin no form: with a letter and two in lower case that begin no
/// stem.
#[inline]
fn is_other_word(bytes: &[u8], at: usize) -> bool {
    let Some(&[first, second, third]) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else {
        return false;
    };
    let letters = [first | 0x20, second, third].map(|byte| byte.wrapping_sub(b'a'));
    (letters[0].max(letters[1]).max(letters[2]) < 26) & !follows(letters)
}

/// Which of those words of a block are other words ([`is_other_word`]), by the bits of their first letters.
#[inline]
fn other_words(bytes: &[u8], block: usize, words: u64) -> u64 {
    let (mut rest, mut others) = (words, 0);
    while rest != 0 {
        let at = rest.trailing_zeros();
        others |= u64::from(is_other_word(bytes, block + at as usize)) << at;
        rest &= rest - 1;
    }
    others
}

/// Whether a word begins as one of the words of forms does, or is a residue by its three letters.
fn begins_with_stem(rest: &[u8]) -> bool {
    let Some(stem) = rest.first_chunk::<4>().map(|stem| stem.map(|byte| byte.to_ascii_lowercase())) else {
        return begins_with_code(rest);
    };
    match after_stem(&stem) {
        Some(after) => {
            let goes_on = rest.get(4..4 + after.len()).is_some_and(|next| next.eq_ignore_ascii_case(after));
            goes_on && (!is_of_number(&stem) || may_be_size(rest))
        }
        None => begins_with_code(rest),
    }
}

/// Whether a stem of [`after_stem`] is that of a number alone, by which a size may begin ("four base pairs") and nothing else.
const fn is_of_number(stem: &[u8; 4]) -> bool {
    matches!(
        stem,
        b"sing"
            | b"seve"
            | b"eigh"
            | b"four"
            | b"five"
            | b"nine"
            | b"one "
            | b"two "
            | b"six "
            | b"ten "
            | b"one-"
            | b"two-"
            | b"six-"
            | b"ten-"
    )
}

/// Whether behind the number in words that a text begins with stands what may be the unit of a size.
fn may_be_size(rest: &[u8]) -> bool {
    let letters =
        rest.iter().take(NUMBER_LETTERS_LIMIT).take_while(|byte| byte.is_ascii_alphabetic()).count();
    matches!(
        rest.get(letters..),
        Some([b' ' | b'-', b'a' | b'b' | b'k' | b'm' | b'n' | b'A' | b'B' | b'K' | b'M' | b'N', ..])
    )
}

/// What follows the first four letters of a word that begins a form.
const fn after_stem(stem: &[u8; 4]) -> Option<&'static [u8]> {
    Some(match stem {
        b"aden" | b"alan" | b"aspa" | b"cyti" | b"guan" | b"stop" | b"codo" | b"exon" | b"delt" | b"thre" => {
            b""
        }
        b"argi" => b"nine",
        b"cyst" => b"ein",
        b"cyto" | b"tyro" => b"sine",
        b"glut" => b"am",
        b"glyc" | b"prol" => b"ine",
        b"hist" | b"thym" => b"i",
        b"isol" => b"eu",
        b"leuc" => b"ine",
        b"lysi" | b"seri" | b"vali" => b"ne",
        b"meth" => b"ionine",
        b"phen" => b"ylalanine",
        b"tryp" => b"top",
        b"urac" => b"il",
        b"term" | b"nons" | b"ambe" | b"ochr" | b"opal" => b"",
        b"nucl" => b"eotide",
        b"posi" => b"tion",
        b"resi" => b"due",
        b"amin" => b"o",
        b"base" => b" ",
        b"dele" => b"t",
        b"inse" => b"rt",
        b"dupl" => b"icat",
        b"inde" => b"l",
        b"inve" => b"rsion",
        b"sing" => b"le",
        b"seve" => b"n",
        b"eigh" => b"t",
        b"one " | b"two " | b"six " | b"ten " | b"one-" | b"two-" | b"six-" | b"ten-" => b"",
        b"four" | b"five" | b"nine" | b"ins/" | b"del/" => b"",
        _ => return None,
    })
}

/// Whether a word is a residue by three letters, or one of the short names of events with what it is of.
fn begins_with_code(rest: &[u8]) -> bool {
    let Some(code) = rest.first_chunk::<3>() else { return false };
    let ends = !rest.get(3).is_some_and(u8::is_ascii_lowercase);
    match code {
        _ if !ends => false,
        b"del" | b"dup" | b"ins" => true,
        [b'A'..=b'Z', ..] => {
            str::from_utf8(code).is_ok_and(|code| amino_acids::from_three_letters(code).is_some())
        }
        _ => false,
    }
}

/// Whether a number may begin a form: one that is no part of another, and a letter, a sign or a bracket soon after it.
fn begins_with_number(bytes: &[u8], at: usize) -> bool {
    // 1.5A>G, 3-5delA and 1,234delC hold numbers of another kind
    let part = at > 0 && matches!(bytes[at - 1], b'.' | b',' | b'-' | b'+' | b'_');
    let in_number = |byte: &&u8| {
        byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'+' | b'-' | b'_' | b' ' | b'(' | b'/')
    };
    let length = bytes[at..].iter().take(NUMBER_BYTES_LIMIT).take_while(in_number).count();
    let after = bytes.get(at + length).copied().unwrap_or(b' ');
    let second = bytes.get(at + length + 1).copied().unwrap_or(b' ');
    !part
        && match after {
            b'A'..=b'Z' | 128.. => true,
            // the beginnings of units, bases, residues and events
            b'a'..=b'z' => {
                matches!(
                    &[after, second],
                    b"bp"
                        | b"ba"
                        | b"nt"
                        | b"nu"
                        | b"kb"
                        | b"mb"
                        | b"am"
                        | b"ki"
                        | b"me"
                        | b"de"
                        | b"in"
                        | b"du"
                        | b"ad"
                        | b"al"
                        | b"ar"
                        | b"as"
                        | b"cy"
                        | b"gl"
                        | b"gu"
                        | b"hi"
                        | b"is"
                        | b"le"
                        | b"ly"
                        | b"ph"
                        | b"pr"
                        | b"se"
                        | b"st"
                        | b"th"
                        | b"tr"
                        | b"ty"
                        | b"va"
                ) || second == b'-'
                    || second == b'>'
            }
            _ => false,
        }
}

/// Whether a sign before a number or a bracket before bases may begin a form.
fn begins_with_mark(bytes: &[u8], at: usize, inside: bool) -> bool {
    let next = bytes.get(at + 1).copied().unwrap_or(b' ');
    match bytes[at] {
        b'(' => matches!(next, b'A' | b'C' | b'G' | b'T'),
        // the "-863C>A" of "TNFA-863C>A"
        b'-' if inside => next.is_ascii_digit() && bytes.get(at + 2).is_some_and(u8::is_ascii_digit),
        _ if inside => false,
        _ => next.is_ascii_digit() && !(at > 0 && matches!(bytes[at - 1], b'-' | b'+' | b'_')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_of_wide_starts_are_listed() {
        for sign in WIDE_STARTS {
            assert!(STARTING_BYTES.contains(&sign.as_bytes()[0]), "{sign}");
        }
    }

    #[test]
    fn starts_are_found_wherever_blocks_end() {
        for (form, expected) in [
            ("V600E", 0),
            ("JAK2V617F", 4),
            ("CCR5Delta32", 4),
            ("(C>T)", 0),
            ("-863C>A", 0),
            ("Δ32", 0),
            ("rs1800562", 0),
            ("308G>A", 0),
        ] {
            for before in (0..2 * BLOCK_BYTES).step_by(2).chain([1]) {
                let text = format!("{}{form} of", ". ".repeat(before / 2) + &" ".repeat(before % 2));
                let mut starts = Starts::of(&text);
                assert_eq!(starts.next_from(0), Some(before + expected), "{text}");
                assert_eq!(starts.next_from(text.len()), None, "{text}");
            }
        }
    }

    #[test]
    fn the_first_letters_of_all_that_begins_a_form_are_listed() {
        let bytes: Vec<u8> = (b'a'..=b'z').chain(*b" -/").collect();
        let mut stems = 0;
        for first in b'a'..=b'z' {
            for second in b'a'..=b'z' {
                for third in &bytes {
                    let letters = [first, second, *third];
                    let code = [first.to_ascii_uppercase(), second, *third];
                    let is_residue =
                        amino_acids::from_three_letters(str::from_utf8(&code).unwrap()).is_some();
                    let begins_stem =
                        bytes.iter().any(|fourth| after_stem(&[first, second, *third, *fourth]).is_some());
                    stems += usize::from(begins_stem);
                    let is_event = matches!(&letters, b"del" | b"dup" | b"ins");
                    let expected = is_residue || begins_stem || is_event;
                    let passed = is_other_word(&letters, 0);
                    let is_word = third.is_ascii_lowercase() && !SHORT.contains(&&[first, second]);
                    assert_eq!(passed, is_word && !expected, "{letters:?}");
                }
            }
        }
        assert!(stems > 30, "{stems}");
    }
}
