//! Where in a text a form may begin. Most of prose is passed over here, 64 bytes at a time.

use super::scanner::SEQUENCE_LETTERS_LIMIT;
use super::stems::{after_stem, is_of_number, is_short, is_stem};
use crate::annotate::amino_acids;
use crate::text::masks::{BLOCK_BYTES, Masks, any_of, between, block_at};
use crate::text::pauses::work_done;

/// The most bytes of a number, with its signs, that are passed to see what it is of.
pub(super) const NUMBER_BYTES_LIMIT: usize = 24;
/// The most letters of a number in words.
const NUMBER_LETTERS_LIMIT: usize = 8;
/// The characters beyond ASCII that begin a form.
const WIDE_STARTS: &[&str] = &["Δ", "∆", "δ", "−", "–"];
/// The first bytes of [`WIDE_STARTS`].
const WIDE_FIRST_BYTES: [u8; 2] = [0xce, 0xe2];
/// Between these bytes lie the signs that begin a form with what follows them, and two others.
const FIRST_SIGN: u8 = b'(';
const LAST_SIGN: u8 = b'-';

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

    /// Finds where something may begin in a block: at the first byte of a word that may be one of a form, a number, two digits
    /// behind a letter, a sign before what it may stand before, or a character beyond ASCII.
    fn open_block(&mut self) {
        work_done(BLOCK_BYTES / 8);
        let bytes = self.text.as_bytes();
        let block = block_at(bytes, self.block);
        let Masks { letters, digits, wide } = Masks::of(&block);
        let upper = between(&block, b'A', b'Z');
        let lower = letters & !upper;
        let before = self.block.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
        let behind = |mask: u64, is: bool| mask << 1 | u64::from(is);
        let words = letters | digits;
        let begin = words & !behind(words, before.is_ascii_alphanumeric());
        let (first, second, third) = (begin & letters, lower >> 1, lower >> 2);
        let words = words_at(bytes, self.block, &block);
        self.open = of_those(first & second & third, |at| is_stem(word_at(&words, at)))
            | of_those(first & second & !third & !LAST_TWO, |at| is_short(word_at(&words, at)))
            | first & (!second | upper >> 2 | LAST_TWO)
            | begin & digits
            | digits & (digits >> 1 | LAST) & behind(letters, before.is_ascii_alphabetic())
            | between(&block, FIRST_SIGN, LAST_SIGN) & ((upper | digits) >> 1 | LAST);
        if wide != 0 {
            self.open |= any_of(&block, WIDE_FIRST_BYTES);
        }
    }
}

/// The last bytes of a block, of which it is not known what follows.
const LAST: u64 = 1 << (BLOCK_BYTES - 1);
const LAST_TWO: u64 = LAST | LAST >> 1;

/// The bytes of a block and the next few, in which its last words go on.
type Words = [u8; BLOCK_BYTES + WORD_BYTES];
/// How many bytes of a word are looked at.
const WORD_BYTES: usize = 4;

#[inline]
fn words_at(bytes: &[u8], at: usize, block: &[u8; BLOCK_BYTES]) -> Words {
    if let Some(words) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        return *words;
    }
    let mut words = [0; BLOCK_BYTES + WORD_BYTES];
    words[..BLOCK_BYTES].copy_from_slice(block);
    let behind = bytes.get(at + BLOCK_BYTES..).unwrap_or_default();
    words[BLOCK_BYTES..][..behind.len()].copy_from_slice(behind);
    words
}

/// The first bytes of the word at a place of the block.
#[inline]
fn word_at(words: &Words, at: usize) -> [u8; WORD_BYTES] {
    let at = at % BLOCK_BYTES;
    [words[at], words[at + 1], words[at + 2], words[at + 3]]
}

/// The bits among those of `places` that the test holds of.
#[inline]
fn of_those(places: u64, test: impl Fn(usize) -> bool) -> u64 {
    let (mut rest, mut found) = (places, 0);
    while rest != 0 {
        let at = rest.trailing_zeros() as usize;
        // the lowest bit, or none
        found |= (rest & rest.wrapping_neg()) * u64::from(test(at));
        rest &= rest - 1;
    }
    found
}

/// Where a form may begin that is told by the byte `at`.
fn start_at(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_inside = || is_inside_word(text, at);
    let begins = match bytes[at] {
        // what is asked last holds mostly
        byte if byte.is_ascii_alphabetic() => begins_word_of_form(bytes, at) && !is_inside(),
        byte if byte.is_ascii_digit() && is_inside() => return change_before_digits(text, at),
        byte if byte.is_ascii_digit() => begins_with_number(bytes, at),
        byte if byte.is_ascii() => begins_with_mark(bytes, at, is_inside()),
        _ => begins_with_wide(&bytes[at..]) && !is_inside(),
    };
    begins.then_some(at)
}

/// Whether one of [`WIDE_STARTS`] may begin a form: one for a deletion before what is deleted, or a minus before a number.
fn begins_with_wide(rest: &[u8]) -> bool {
    let Some(sign) = WIDE_STARTS.iter().find(|sign| rest.starts_with(sign.as_bytes())) else { return false };
    let after = &rest[sign.len()..];
    match *sign {
        "−" | "–" => after.first().is_some_and(u8::is_ascii_digit) && goes_on_behind_signed_number(after),
        _ => goes_on_behind_delta(after),
    }
}

/// Whether a letter or digit stands directly before.
#[inline]
pub(super) fn is_inside_word(text: &str, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| text.as_bytes().get(before)) else { return false };
    before.is_ascii_alphanumeric() || !before.is_ascii() && is_behind_letter(text, at)
}

/// Whether the character before is a letter or digit, of whatever script.
#[cold]
fn is_behind_letter(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|text| text.ends_with(char::is_alphanumeric))
}

/// Whether an upper-case letter stands directly before a digit, as in `V600E`.
pub(super) fn is_letter_and_digit(text: &str, at: usize) -> bool {
    matches!(text.as_bytes().get(at..at + 2), Some([letter, digit]) if letter.is_ascii_uppercase() && digit.is_ascii_digit())
}

/// Whether a mark of HGVS stands there, as in `c.76A>T`.
pub(super) fn is_mark(text: &str, at: usize) -> bool {
    matches!(text.as_bytes().get(at..at + 2), Some([letter, b'.']) if letter.is_ascii_alphabetic())
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
fn begins_word_of_form(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    let second = rest.get(1).copied().unwrap_or(b' ');
    match rest[0] {
        b'A'..=b'Z' if second.is_ascii_uppercase() => begins_with_capitals(rest),
        b'A'..=b'Z' if !second.is_ascii_lowercase() => begins_with_capital(rest),
        b'a' | b'c' | b'g' | b't' if matches!(second, b'-' | b'>') => {
            begins_arrow(&rest[1..]) || bytes[..at].ends_with(b">")
        }
        b'c' | b'g' | b'm' | b'n' | b'p' | b'r' if second == b'.' => begins_behind_mark(&rest[2..]),
        b'n' if second == b't' => goes_on_behind_place_word(&rest[2..]),
        b'r' | b'R' if second == b's' => rest.get(2).is_some_and(|byte| !byte.is_ascii_lowercase()),
        _ => begins_with_stem(rest),
    }
}

/// Whether what stands behind a mark of HGVS, "c." or "p.", may be a change: a position, a base or a residue, in brackets
/// or not.
fn begins_behind_mark(rest: &[u8]) -> bool {
    let change = rest.strip_prefix(b" ").unwrap_or(rest);
    matches!(
        change,
        [b'(' | b'[' | b'*' | b'+' | b'-' | 0xe2 | b'0'..=b'9' | b'A'..=b'Z', ..]
            | [b'a' | b'c' | b'g' | b't' | b'u' | b'n', ..]
    )
}

/// Whether one letter in upper case, with no letter behind it, may be a base or a residue: not in "T. brucei", "P = 0.05",
/// "A study", "B cell". A residue by its letter alone is a form with a number, an arrow or "to" behind it.
fn begins_with_capital(rest: &[u8]) -> bool {
    let after = &rest[1..];
    match rest[0] {
        b'B' | b'J' | b'O' | b'X' | b'Z' => false,
        _ if after.first().is_some_and(u8::is_ascii_digit) => true,
        b'A' | b'C' | b'G' | b'T' | b'U' => !after.starts_with(b",") && goes_on_behind_bases(after),
        // "N-308A"
        b'N' if matches!(after, [b'(' | b'+' | b'-' | b'*', ..]) => true,
        // not in "P>0.05" and "P > 0.05"
        _ if matches!(after, [b'>', digit, ..] | [b' ', b'>', b' ', digit, ..] if digit.is_ascii_digit()) => {
            false
        }
        _ => begins_arrow(after) || after.starts_with(b" to ") || after.starts_with(b"-to-"),
    }
}

/// Whether a word in upper case is of bases, a residue or an intron.
fn begins_with_capitals(rest: &[u8]) -> bool {
    let start = rest.get(..3).unwrap_or(rest);
    let ends = |length: usize| !rest.get(length).is_some_and(u8::is_ascii_alphabetic);
    let residue =
        || str::from_utf8(start).is_ok_and(|start| amino_acids::from_three_letters(start).is_some());
    start == b"IVS"
        || matches!(&rest[..2], b"DD" | b"RS")
        || bases_length(rest).is_some_and(|length| length > 2 && goes_on_behind_bases(&rest[length..]))
        || ends(3) && residue() && goes_on_behind_term(&rest[3..])
}

/// How many letters a word has that is of bases in upper case.
fn bases_length(rest: &[u8]) -> Option<usize> {
    let base = |byte: &&u8| matches!(byte, b'A' | b'C' | b'G' | b'T' | b'U');
    let length = rest.iter().take(SEQUENCE_LETTERS_LIMIT).take_while(base).count();
    let ends = !rest.get(length).is_some_and(u8::is_ascii_alphabetic);
    (length > 0 && ends).then_some(length)
}

/// Whether bases go on as they do in a form: with what they are replaced by, an event, a place or a bracket.
fn goes_on_behind_bases(after: &[u8]) -> bool {
    match after {
        [b'/' | b'(' | b',', ..] => true,
        // "G-308A"
        [b'+' | b'-' | b'*', digit, ..] if digit.is_ascii_digit() => true,
        [b' ' | b'-', rest @ ..] => {
            rest.starts_with(b"(") || is_word_behind_bases(rest) || begins_arrow(after)
        }
        _ => begins_arrow(after),
    }
}

/// Whether a word that stands behind bases may be of a form, by its first three bytes: what joins them to others, an event
/// with its qualities, what an allele is called, or the preposition of a place.
fn is_word_behind_bases(word: &[u8]) -> bool {
    word.first_chunk::<3>().is_some_and(|start| {
        matches!(
            &start.map(|byte| byte | 0x20),
            b"to "
                | b"to-"
                | b"int"
                | b"by "
                | b"was"
                | b"is "
                | b"rep"
                | b"sub"
                | b"cha"
                | b"wit"
                | b"for"
                | b"ins"
                | b"rat"
                | b"in "
                | b"in-"
                | b"nuc"
                | b"bas"
                | b"tet"
                | b"din"
                | b"tri"
                | b"tan"
                | b"fra"
                | b"hom"
                | b"het"
                | b"var"
                | b"del"
                | b"dup"
                | b"ind"
                | b"inv"
                | b"res"
                | b"cod"
                | b"all"
                | b"gen"
                | b"mut"
                | b"at "
                | b"at-"
                | b"of "
                | b"of-"
                | b"on "
                | b"fro"
                | b"bet"
        )
    })
}

/// Whether what stands behind the name of a residue, a base or a stop goes on as in a form: as behind bases, or with a number.
fn goes_on_behind_term(after: &[u8]) -> bool {
    let behind_gap = match after {
        [b' ' | b'-', rest @ ..] => rest,
        _ => after,
    };
    behind_gap.first().is_some_and(u8::is_ascii_digit)
        || goes_on_behind_bases(after)
        // "aspartic acid", "stop signal"
        || behind_gap.starts_with(b"acid")
        || behind_gap.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"sig"))
}

/// Whether what stands behind "codon" or "position" may be a number.
fn goes_on_behind_place_word(after: &[u8]) -> bool {
    let number = after.strip_prefix(b" ").unwrap_or(after);
    matches!(number, [b'0'..=b'9' | b'-' | b'+' | b'#' | 0xe2, ..] | [b'c' | b'g', b'.', ..])
        || [&b"(CD)"[..], b"position", b"number"].into_iter().any(|word| number.starts_with(word))
}

/// Whether what stands behind a deletion or another event may say of what or where it is.
fn goes_on_behind_event(after: &[u8]) -> bool {
    match after {
        [b',' | b'/', ..] => true,
        [b' ' | b'-', b'(' | b'A' | b'C' | b'G' | b'T' | b'U', ..] => true,
        [b' ' | b'-', rest @ ..] => {
            is_word_behind_bases(rest)
                || rest.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"pol"))
        }
        _ => false,
    }
}

/// Whether an arrow may begin here, with a space before it or not.
fn begins_arrow(after: &[u8]) -> bool {
    matches!(
        after.strip_prefix(b" ").unwrap_or(after),
        [b'>' | 0xe2, ..] | [b'=', b'>', ..] | [b'&', b'g', ..] | [b'-', b'-' | b' ' | b'&' | b'>', ..]
    )
}

/// Whether a word begins as one of the words of forms does, or is a residue by its three letters, and goes on as a form.
fn begins_with_stem(rest: &[u8]) -> bool {
    let Some(stem) = rest.first_chunk::<4>().map(|stem| stem.map(|byte| byte.to_ascii_lowercase())) else {
        return begins_with_code(rest);
    };
    match after_stem(&stem) {
        Some(after) => {
            let goes_on = rest.get(4..4 + after.len()).is_some_and(|next| next.eq_ignore_ascii_case(after));
            goes_on && goes_on_behind_stem(&stem, rest)
        }
        None => begins_with_code(rest),
    }
}

/// The most letters of a word that is passed to see what stands behind it; words of forms have fewer.
const WORD_LETTERS_LIMIT: usize = 32;

/// Whether behind the word of a stem stands what a form may go on with.
fn goes_on_behind_stem(stem: &[u8; 4], rest: &[u8]) -> bool {
    let letters = rest.iter().take(WORD_LETTERS_LIMIT).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let behind = |length: usize| rest.get(length..).unwrap_or_default();
    match stem {
        b"dele" | b"inse" | b"dupl" | b"inde" | b"inve" => goes_on_behind_event(behind(letters)),
        b"codo" | b"exon" | b"posi" | b"resi" | b"nucl" => goes_on_behind_place_word(behind(letters)),
        b"base" => goes_on_behind_place_word(behind(b"base".len())),
        b"amin" => goes_on_behind_place_word(behind(b"amino acid".len())),
        b"ins/" | b"del/" => true,
        b"delt" => rest[3] == b'T' || goes_on_behind_delta(behind(b"delta".len())),
        b"thre" if !rest.get(4).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'o')) => may_be_size(rest),
        _ if is_of_number(stem) => may_be_size(rest),
        _ => goes_on_behind_term(behind(letters)),
    }
}

/// Whether behind "delta" stands a residue or a number.
fn goes_on_behind_delta(after: &[u8]) -> bool {
    let behind_gap = match after {
        [b' ' | b'-', rest @ ..] => rest,
        _ => after,
    };
    behind_gap.first().is_some_and(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Whether behind the number in words that a text begins with stands what may be the unit of a size.
fn may_be_size(rest: &[u8]) -> bool {
    let letters =
        rest.iter().take(NUMBER_LETTERS_LIMIT).take_while(|byte| byte.is_ascii_alphabetic()).count();
    matches!(rest.get(letters..), Some([b' ' | b'-', unit @ ..]) if may_be_unit(unit))
}

/// Whether a word may be the unit of a size.
fn may_be_unit(word: &[u8]) -> bool {
    let [first, second, third] = first_folded(word);
    matches!(&[first, second], b"bp" | b"nt" | b"kb" | b"mb")
        || matches!(&[first, second, third], b"bas" | b"nuc" | b"kil" | b"meg" | b"ami")
}

/// The first letters of a word in lower case, and blanks behind its end.
fn first_folded<const N: usize>(word: &[u8]) -> [u8; N] {
    std::array::from_fn(|at| word.get(at).map_or(b' ', u8::to_ascii_lowercase))
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
                && goes_on_behind_term(&rest[3..])
        }
        _ => false,
    }
}

/// Whether a number may begin a form: one that is no part of another, with what may be counted behind it.
fn begins_with_number(bytes: &[u8], at: usize) -> bool {
    // 1.5A>G, 3-5delA and 1,234delC hold numbers of another kind
    let part = at > 0 && matches!(bytes[at - 1], b'.' | b',' | b'-' | b'+' | b'_');
    !part
        && behind_number(&bytes[at..], true).is_some_and(|(_, after)| match after {
            [b'A'..=b'Z', ..] => may_be_counted_by_letter(after),
            // signs beyond ASCII
            [0xe2, ..] => true,
            // "76a>t"
            [b'a'..=b'z', b'-' | b'>', ..] => true,
            // the beginnings of units, bases, residues and events
            [first @ b'a'..=b'z', second, ..] => {
                matches!(
                    &[*first, *second],
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
                ) && may_be_counted(after)
            }
            _ => false,
        })
}

/// How many bytes at the beginning of a text are a number with its signs, and what stands behind them. `None` where a full stop
/// ends the number, over which no form goes: one that is neither before a digit of a fraction, where there may be one, nor
/// of "...".
fn behind_number(rest: &[u8], fractions: bool) -> Option<(usize, &[u8])> {
    let mut length = 0;
    while length < NUMBER_BYTES_LIMIT
        && let Some(byte) = rest.get(length)
    {
        let next = rest.get(length + 1).copied().unwrap_or(b' ');
        match byte {
            b'0'..=b'9' | b',' | b'+' | b'-' | b'_' | b' ' | b'(' | b'/' => {}
            b'.' if next == b'.' || length > 0 && rest[length - 1] == b'.' => {}
            b'.' if fractions && next.is_ascii_digit() => {}
            b'.' => return None,
            _ => break,
        }
        length += 1;
    }
    Some((length, &rest[length..]))
}

/// Whether a word in upper case behind a number may be of a form: by one letter a base or a stop, or a residue before another
/// ("192Q/R").
fn may_be_counted_by_letter(word: &[u8]) -> bool {
    let second = word.get(1).copied().unwrap_or(b' ');
    match word[0] {
        _ if second.is_ascii_alphabetic() => may_be_counted(word),
        b'A' | b'C' | b'G' | b'T' | b'U' | b'X' => true,
        b'B' | b'J' | b'O' | b'Z' => false,
        _ => second == b'/',
    }
}

/// Whether a word behind a number may be of a form: the unit of a size, an event, bases, the name of a residue or a stop.
fn may_be_counted(word: &[u8]) -> bool {
    let start @ [first, second, third, _] = first_folded(word);
    let base = |letter: u8| matches!(letter, b'a' | b'c' | b'g' | b't' | b'u' | b'n');
    may_be_unit(word)
        || matches!(&[first, second, third], b"del" | b"ins" | b"dup" | b"inv")
        || base(first) && base(second)
        || &[first, second, third] != b"ind" && is_stem(start)
}

/// Whether a sign before a number or a bracket before bases may begin a form.
fn begins_with_mark(bytes: &[u8], at: usize, inside: bool) -> bool {
    let next = bytes.get(at + 1).copied().unwrap_or(b' ');
    match bytes[at] {
        b'(' => begins_with_bracket(&bytes[at + 1..]),
        b')' | b',' => false,
        // the "-863C>A" of "TNFA-863C>A"
        b'-' if inside => {
            next.is_ascii_digit()
                && bytes.get(at + 2).is_some_and(u8::is_ascii_digit)
                && goes_on_behind_signed_number(&bytes[at + 1..])
        }
        _ if inside => false,
        _ => {
            next.is_ascii_digit()
                && !(at > 0 && matches!(bytes[at - 1], b'-' | b'+' | b'_'))
                && goes_on_behind_signed_number(&bytes[at + 1..])
        }
    }
}

/// Whether a bracket with that in it may begin a form: "(C>T)", "(CCTTT)10", "(Gly-->Asp)".
fn begins_with_bracket(inside: &[u8]) -> bool {
    let (first, second) = (inside.first(), inside.get(1));
    if !matches!(first, Some(b'A' | b'C' | b'G' | b'T')) {
        return false;
    }
    match bases_length(inside).map(|length| &inside[length..]) {
        Some([b')', after @ ..]) => matches!(after, [b'0'..=b'9' | b'n', ..]) || goes_on_behind_bases(after),
        Some(after) => goes_on_behind_bases(after),
        None => second.is_some_and(u8::is_ascii_alphabetic) && is_stem(first_folded(inside)),
    }
}

/// Whether a number behind a sign goes on as in a form: with what may be counted, or a second number.
fn goes_on_behind_signed_number(number: &[u8]) -> bool {
    let Some((length, after)) = behind_number(number, false) else { return false };
    let base = |letter: u8| matches!(letter, b'a' | b'c' | b'g' | b't' | b'u' | b'n');
    match after {
        [b'A'..=b'Z', ..] => may_be_counted_by_letter(after),
        [first @ b'a'..=b'z', second, ..] if base(*first) && !second.is_ascii_alphabetic() => true,
        [b'a'..=b'z', ..] => {
            let [first, second, third] = first_folded(after);
            may_be_counted(after)
                || matches!(&[first, second, third], b"to " | b"and" | b"thr" | b"fro" | b"an ")
        }
        [b':' | b';' | b'*' | 0xe2, ..] => true,
        _ => length == NUMBER_BYTES_LIMIT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_of_wide_starts_are_listed() {
        for sign in WIDE_STARTS {
            assert!(WIDE_FIRST_BYTES.contains(&sign.as_bytes()[0]), "{sign}");
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
}
