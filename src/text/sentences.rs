//! Sentences of a text.

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
    let (mut start, mut position) = (0, 0);
    let bytes = text.as_bytes();
    let mut line = next_line(bytes, 0);
    while let Some(mark) = next_mark(bytes, position, &mut line) {
        let (end, ends) = if bytes[mark] == b'\n' {
            (mark + 1, is_blank_line(&bytes[mark + 1..]))
        } else {
            sentence_end(text, mark)
        };
        if ends {
            push_trimmed(text, start, end, &mut found);
            start = end;
        }
        position = end;
    }
    push_trimmed(text, start, text.len(), &mut found);
    found
}

fn next_line(bytes: &[u8], from: usize) -> usize {
    memchr::memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |offset| from + offset)
}

/// The next mark or line break; `line` is the next line break that was found.
fn next_mark(bytes: &[u8], from: usize, line: &mut usize) -> Option<usize> {
    if *line < from {
        *line = next_line(bytes, from);
    }
    let mark = memchr::memchr3(b'.', b'!', b'?', &bytes[from..*line]).map(|offset| from + offset);
    mark.or_else(|| (*line < bytes.len()).then_some(*line))
}

fn push_trimmed(text: &str, start: usize, end: usize, found: &mut Vec<Span>) {
    let sentence = &text[start..end];
    let trimmed = sentence.trim_start();
    let start = start + sentence.len() - trimmed.len();
    let trimmed = trimmed.trim_end();
    if !trimmed.is_empty() {
        found.push(Span { start, end: start + trimmed.len() });
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
    let word_start = |end: usize| {
        let from = super::floor_boundary(text, end.saturating_sub(WORD_BYTES_LIMIT));
        text[from..end]
            .rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | ',' | ';'))
            .map_or(from, |at| from + at + text[from + at..].chars().next().map_or(1, char::len_utf8))
    };
    let word = &text[word_start(mark)..mark];
    let mut letters = word.chars();
    let initial = matches!((letters.next(), letters.next()), (Some(only), None) if only.is_uppercase());
    if initial {
        return false;
    }
    // none of those below is longer
    if word.len() > ABBREVIATION_BYTES_LIMIT && word.is_ascii() {
        return true;
    }
    let is_one = |of: &[&str]| match word.is_ascii() {
        true => of.iter().any(|own| own.eq_ignore_ascii_case(word)),
        false => of.contains(&word.to_lowercase().as_str()),
    };
    if is_one(&["no"]) {
        return !next.is_ascii_digit();
    }
    !is_one(ABBREVIATIONS) || is_one(MAY_END) && next.is_uppercase()
}

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
