//! Where in a text a form may begin. Most of prose is passed over here, so this looks at each byte once.

use super::scanner::SEQUENCE_LETTERS_LIMIT;
use crate::annotate::amino_acids;
use crate::text::letters;

/// The most bytes of a number, with its signs, that are passed to see what it is of.
pub(super) const NUMBER_BYTES_LIMIT: usize = 24;
/// The characters beyond ASCII that begin a form.
const WIDE_STARTS: &[&str] = &["Δ", "∆", "δ", "−", "–"];

/// What a byte is to the search for starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing begins here and no word goes on.
    Other,
    Letter,
    Digit,
    /// A sign or an opening bracket, which begins a form with what follows it.
    Mark,
    /// A byte of a character beyond ASCII.
    Wide,
}

const KINDS: [Kind; 256] = kinds();

const fn kinds() -> [Kind; 256] {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Kind::Letter,
            b'0'..=b'9' => Kind::Digit,
            b'-' | b'+' | b'*' | b'(' => Kind::Mark,
            128.. => Kind::Wide,
            _ => Kind::Other,
        };
        byte += 1;
    }
    kinds
}

/// The first place from `from` on where a form may begin.
pub(super) fn next_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut inside = is_inside_word(text, from);
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        let (begins, goes_on) = match KINDS[usize::from(*byte)] {
            Kind::Letter => {
                if !inside && begins_word_of_form(bytes, at) {
                    return Some(at);
                }
                let end = at + letters(&bytes[at..]);
                let change = change_before_digits(bytes, at + usize::from(!inside), end);
                if change.is_some() {
                    return change;
                }
                (inside, at) = (true, end);
                continue;
            }
            Kind::Digit => (!inside && begins_with_number(bytes, at), true),
            Kind::Mark => (begins_with_mark(bytes, at, inside), false),
            Kind::Wide => {
                let begins = WIDE_STARTS.iter().any(|sign| bytes[at..].starts_with(sign.as_bytes()));
                (begins, is_inside_word(text, at + 1))
            }
            Kind::Other => (false, false),
        };
        if begins {
            return Some(at);
        }
        (inside, at) = (goes_on, at + 1);
    }
    None
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
/// `CCR5Delta32`, of the letters from `from` up to `end`.
fn change_before_digits(bytes: &[u8], from: usize, end: usize) -> Option<usize> {
    if !is_two_digits(bytes, end) {
        return None;
    }
    let letters = &bytes[from..end];
    match letters {
        [.., b'd' | b'D', b'e', b'l', b't', b'a'] => Some(end - 5),
        [.., b'A'..=b'Z'] => Some(end - 1),
        _ => None,
    }
}

/// Whether a word that begins here may begin a form: a mark of HGVS, one of the words for bases, residues, places, numbers
/// and events, or a letter in upper case with what follows one in a form.
#[inline]
fn begins_word_of_form(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    match rest {
        // so most words begin
        [first, second @ b'a'..=b'z', b'a'..=b'z', ..]
            if !matches!(&[first.to_ascii_lowercase(), *second], b"nt" | b"rs") =>
        {
            may_begin_with_stem(rest) && begins_with_stem(rest)
        }
        _ => begins_other_word_of_form(rest),
    }
}

fn begins_other_word_of_form(rest: &[u8]) -> bool {
    let second = rest.get(1).copied().unwrap_or(b' ');
    match rest[0] {
        b'A'..=b'Z' if second.is_ascii_uppercase() => begins_with_capitals(rest),
        b'A'..=b'Z' if !second.is_ascii_lowercase() => second != b'.' && second != b',',
        b'a' | b'c' | b'g' | b't' if matches!(second, b'-' | b'>') => true,
        b'c' | b'g' | b'm' | b'n' | b'p' | b'r' if second == b'.' => true,
        b'n' if second == b't' => true,
        b'r' | b'R' if second == b's' => rest.get(2).is_some_and(|byte| !byte.is_ascii_lowercase()),
        _ => may_begin_with_stem(rest) && begins_with_stem(rest),
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

/// For each two letters the letters that may follow them in [`BEGINNINGS`], as bits.
const FOLLOWING: [[u32; 26]; 26] = following();

const fn following() -> [[u32; 26]; 26] {
    let mut following = [[0; 26]; 26];
    let mut at = 0;
    while at < BEGINNINGS.len() {
        let [first, second, third] = BEGINNINGS[at];
        following[(*first - b'a') as usize][(*second - b'a') as usize] |= 1 << (*third - b'a');
        at += 1;
    }
    following
}

/// Whether a word begins with the first three letters of a stem, in any case.
#[inline]
fn may_begin_with_stem(rest: &[u8]) -> bool {
    let Some(letters) = rest.first_chunk::<3>() else { return false };
    let [first, second, third] = letters.map(|byte| byte.to_ascii_lowercase().wrapping_sub(b'a'));
    let following = FOLLOWING.get(usize::from(first)).and_then(|row| row.get(usize::from(second)));
    following.is_some_and(|following| third < 26 && following >> third & 1 == 1)
}

/// Whether a word begins as one of the words of forms does, or is a residue by its three letters.
fn begins_with_stem(rest: &[u8]) -> bool {
    let Some(stem) = rest.first_chunk::<4>().map(|stem| stem.map(|byte| byte.to_ascii_lowercase())) else {
        return begins_with_code(rest);
    };
    match after_stem(&stem) {
        Some(after) => rest.get(4..4 + after.len()).is_some_and(|next| next.eq_ignore_ascii_case(after)),
        None => begins_with_code(rest),
    }
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
                    assert_eq!(may_begin_with_stem(&letters), expected, "{letters:?}");
                }
            }
        }
        assert!(stems > 30, "{stems}");
    }
}
