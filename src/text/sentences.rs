//! Sentences of a text.

use super::Spare;
use super::masks::{BLOCK_BYTES, any_of, block_at};
use crate::model::Span;

/// Words before a full stop that ends no sentence, without the stop and in lower case.
const ABBREVIATIONS: &[&str] = &[
    "approx", "ca", "cf", "e.g", "eg", "eq", "eqs", "esp", "et al", "al", "fig", "figs", "i.e", "ie", "incl",
    "nos", "p", "pp", "ref", "refs", "resp", "suppl", "tab", "viz", "vs", "v", "vol", "dr", "drs", "mr",
    "mrs", "ms", "prof", "st", "jr", "sr", "inc", "ltd", "co", "corp", "dept", "univ", "sp", "spp", "subsp",
    "ssp", "var", "cv", "str", "bv", "pv", "sect", "sec", "min", "max", "temp", "wt", "mol", "ph.d", "m.d",
    "u.s", "u.k", "w/v", "v/v", "n.b",
];

/// The bytes of the longest of them.
const ABBREVIATION_BYTES_LIMIT: usize = 6;

/// Abbreviations that end a sentence when a capital follows: they often stand last.
const MAY_END: &[&str] = &[
    "al", "et al", "inc", "ltd", "co", "corp", "sp", "spp", "min", "max", "u.s", "u.k", "ph.d", "m.d", "nos",
    "p", "v", "wt", "mol", "sec", "jr", "sr",
];

/// The most bytes of a word that is looked at before a full stop.
const WORD_BYTES_LIMIT: usize = 32;

/// Most sentences have more bytes.
const SENTENCE_BYTES: usize = 64;

/// The sentences of `text`, as spans of bytes in order, without the white space around them; those of white space alone
/// are left out. A sentence ends at `.`, `!` or `?` (with closing brackets and quotes after it) before white space and what may begin a
/// sentence (anything but a lower-case letter), and at an empty line or a line break after such a mark. A full stop after
/// an abbreviation ("e.g.", "Fig."), an initial ("E. coli", "J. Smith") or within a number ends none.
pub fn sentences(text: &str) -> Vec<Span> {
    let mut found = Vec::with_capacity(1 + text.len() / SENTENCE_BYTES);
    each_sentence(text, |start, end| found.push(Span { start, end }));
    found
}

/// Where the [`sentences`] begin.
pub(crate) fn sentence_starts(text: &str) -> Spare<Vec<usize>> {
    let mut found: Spare<Vec<usize>> = Spare::take();
    each_sentence(text, |start, _| found.push(start));
    found
}

fn each_sentence(text: &str, mut found: impl FnMut(usize, usize)) {
    let bytes = text.as_bytes();
    // where the sentence begins, and up to where marks have been looked at
    let (mut start, mut looked_at) = (0, 0);
    for base in (0..bytes.len()).step_by(BLOCK_BYTES) {
        let mut marks = any_of(&block_at(bytes, base), [b'.', b'!', b'?', b'\n']);
        while marks != 0 {
            let mark = base + marks.trailing_zeros() as usize;
            marks &= marks - 1;
            if mark < looked_at || is_within_word(bytes, mark) {
                continue;
            }
            let (end, ends) = mark_end(text, mark);
            if ends {
                trimmed(text, start, end, &mut found);
                start = end;
            }
            looked_at = end;
        }
    }
    trimmed(text, start, text.len(), &mut found);
}

/// Whether a letter or digit follows a mark, as in "3.5" and "e.g", so that it ends nothing.
#[inline]
fn is_within_word(bytes: &[u8], mark: usize) -> bool {
    bytes[mark] != b'\n' && bytes.get(mark + 1).is_some_and(u8::is_ascii_alphanumeric)
}

/// The end of a mark or line break with what belongs to it, and whether it ends a sentence.
fn mark_end(text: &str, mark: usize) -> (usize, bool) {
    match text.as_bytes()[mark..] {
        [b'\n', ref rest @ ..] => (mark + 1, is_blank_line(rest)),
        [b'.', b' ', b'A'..=b'Z', ..] if is_behind_long_word(text.as_bytes(), mark) => (mark + 1, true),
        _ => sentence_end(text, mark),
    }
}

/// Whether a word in ASCII stands before a full stop that is longer than any abbreviation.
#[inline]
fn is_behind_long_word(bytes: &[u8], mark: usize) -> bool {
    let word = bytes[..mark].last_chunk::<{ ABBREVIATION_BYTES_LIMIT + 1 }>();
    word.is_some_and(|word| word.iter().all(u8::is_ascii_alphanumeric))
}

/// Tells of the sentence from `start` up to `end`, if there is more than white space.
fn trimmed(text: &str, start: usize, end: usize, found: &mut impl FnMut(usize, usize)) {
    let is_sign = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let sentence = &text[start..end];
    // mostly one space stands before it, and nothing behind
    let own = sentence.strip_prefix(' ').unwrap_or(sentence);
    let own = if is_sign(own.as_bytes().first()) { own } else { own.trim_start() };
    let start = end - own.len();
    let own = if is_sign(own.as_bytes().last()) { own } else { own.trim_end() };
    if !own.is_empty() {
        found(start, start + own.len());
    }
}

/// Whether only white space stands before the end of the line that `rest` begins with.
fn is_blank_line(rest: &[u8]) -> bool {
    rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) == Some(&b'\n')
}

/// The end of the mark at `mark` and of the marks, brackets and quotes after it, and whether they close a sentence.
fn sentence_end(text: &str, mark: usize) -> (usize, bool) {
    let closing = |c: char| matches!(c, ')' | ']' | '"' | '\'' | '”' | '’' | '.' | '!' | '?');
    let after = text[mark + 1..].trim_start_matches(closing);
    let end = text.len() - after.len();
    let rest = after.trim_start();
    let Some(next) = rest.chars().next() else { return (end, true) };
    let begins = rest.len() < after.len() && (!next.is_lowercase() || begins_symbol(rest));
    let lone_stop = end == mark + 1 && text.as_bytes()[mark] == b'.';
    (end, begins && (!lone_stop || stop_ends(text, mark, next)))
}

/// Whether a word begins that is no plain word though it begins in lower case: "mRNA", "p53", "α-synuclein".
fn begins_symbol(rest: &str) -> bool {
    let word = rest.split(char::is_whitespace).next().unwrap_or("");
    word.chars().take(WORD_BYTES_LIMIT).any(|c| c.is_uppercase() || c.is_ascii_digit())
}

/// Whether the lone full stop at `mark`, before white space and `next`, ends a sentence.
fn stop_ends(text: &str, mark: usize, next: char) -> bool {
    let word = &text[word_start(text, mark)..mark];
    let mut letters = word.chars();
    let initial = matches!((letters.next(), letters.next()), (Some(only), None) if only.is_uppercase());
    if initial {
        return false;
    }
    // none of those below is longer
    if !may_be_abbreviation(word) && word.is_ascii() {
        return true;
    }
    let is_one = |of: &[&str]| match word.is_ascii() {
        true => of.iter().any(|own| own.eq_ignore_ascii_case(word)),
        false => of.iter().any(|own| word.chars().flat_map(char::to_lowercase).eq(own.chars())),
    };
    if is_one(&["no"]) {
        return !next.is_ascii_digit();
    }
    !is_one(ABBREVIATIONS) || is_one(MAY_END) && next.is_uppercase()
}

/// Where the word begins that ends with the byte `end`.
fn word_start(text: &str, end: usize) -> usize {
    let from = super::floor_boundary(text, end.saturating_sub(WORD_BYTES_LIMIT));
    let parts = |c: char| c.is_whitespace() || matches!(c, '(' | '[' | ',' | ';');
    let before = &text.as_bytes()[from..end];
    // mostly it is short and in ASCII
    let other = before.iter().rev().position(|byte| !byte.is_ascii() || parts(char::from(*byte)));
    match other.map(|behind| end - behind) {
        Some(start) if text.as_bytes()[start - 1].is_ascii() => start,
        None => from,
        _ => text[from..end]
            .rfind(parts)
            .map_or(from, |at| from + at + text[from + at..].chars().next().map_or(1, char::len_utf8)),
    }
}

/// Whether a word in ASCII has the length and the first letter of any abbreviation, or of "no".
fn may_be_abbreviation(word: &str) -> bool {
    let letters = FIRST_LETTERS.get(word.len());
    let first = word.as_bytes().first().map_or(0, |first| 1_u32 << (first & LETTER_BITS));
    letters.is_some_and(|letters| letters & first != 0)
}

/// The bits by which letters of either case are told apart.
const LETTER_BITS: u8 = 31;

/// The first letters of abbreviations, as bits, by their length.
const FIRST_LETTERS: [u32; ABBREVIATION_BYTES_LIMIT + 1] = {
    let mut letters = [0; ABBREVIATION_BYTES_LIMIT + 1];
    // "no"
    letters[2] = 1 << (b'n' & LETTER_BITS);
    let mut at = 0;
    while at < ABBREVIATIONS.len() {
        let own = ABBREVIATIONS[at].as_bytes();
        letters[own.len()] |= 1 << (own[0] & LETTER_BITS);
        at += 1;
    }
    letters
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_abbreviation_is_longer_than_the_longest() {
        let longest = ABBREVIATIONS.iter().chain(MAY_END).map(|own| own.len()).max();
        assert_eq!(longest, Some(ABBREVIATION_BYTES_LIMIT));
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        for (text, expected) in [
            ("", &[][..]),
            (" \n ", &[]),
            ("One", &["One"]),
            ("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]),
            ("E. coli grew. J. B. Smith saw it.", &["E. coli grew.", "J. B. Smith saw it."]),
            (
                "Drugs (e.g. aspirin) vs. none, i.e. Placebo.",
                &["Drugs (e.g. aspirin) vs. none, i.e. Placebo."],
            ),
            ("Doe et al. found 3.5 mg. See Fig. 2.", &["Doe et al. found 3.5 mg.", "See Fig. 2."]),
            ("As shown by Doe et al. Later it rose.", &["As shown by Doe et al.", "Later it rose."]),
            ("Dr. Roe left. mRNA rose. p53 fell.", &["Dr. Roe left.", "mRNA rose.", "p53 fell."]),
            (
                "It rose (see below.) Then \"it fell.\" End",
                &["It rose (see below.)", "Then \"it fell.\"", "End"],
            ),
            ("Streptococcus sp. were seen.", &["Streptococcus sp. were seen."]),
            (
                "Sample no. 5 was bad. We say no. But why?",
                &["Sample no. 5 was bad.", "We say no.", "But why?"],
            ),
            ("Wait... what? Yes.", &["Wait... what?", "Yes."]),
            (
                "A title\n\nThe text.\r\n \r\nMore\nhere.\nNext.",
                &["A title", "The text.", "More\nhere.", "Next."],
            ),
            ("Ångström. Élan α. Ωmega", &["Ångström.", "Élan α.", "Ωmega"]),
        ] {
            let found: Vec<&str> = sentences(text).iter().map(|span| &text[span.start..span.end]).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn sentences_hold_all_that_is_not_white_space(text in "([A-Za-zéα]{1,4}|[.!?\n \r()\"]|e\\.g\\.|\\PC){0,60}") {
            let mut end = 0;
            for span in sentences(&text) {
                prop_assert!(span.start < span.end && span.start >= end);
                prop_assert!(text[end..span.start].trim().is_empty());
                let sentence = &text[span.start..span.end];
                prop_assert_eq!(sentence.trim(), sentence);
                end = span.end;
            }
            prop_assert!(text[end..].trim().is_empty());
        }
    }
}
