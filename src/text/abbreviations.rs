//! Abbreviations that a text defines: "tumour necrosis factor (TNF)" and "TNF (tumour necrosis factor)".
//!
//! The algorithm is that of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
//! biomedical text", Pacific Symposium on Biocomputing 2003: every character of the short form must stand, in order, in
//! the words before it, the first of them at the start of a word. Added to it are square brackets, Greek letters, which
//! match the first letter of their names, and that words whose initials are the short form's go before fewer words that have
//! all its letters: "multiple myeloma (MM)" is not defined by "myeloma" alone.

use std::ops::Range;

use super::long_forms::{Starts, starts_at_end};
use super::pauses::work_done;

/// The most characters of a short form (from the paper).
const SHORT_FORM_CHARS_LIMIT: usize = 10;
/// The most words of a short form (from the paper).
const SHORT_FORM_WORDS_LIMIT: usize = 2;
/// How far a closing bracket may be from its opening one, and a long form may reach, in bytes. It keeps the search
/// linear: every bracket costs at most that much.
const WINDOW_BYTES_LIMIT: usize = 300;

/// A definition in a text, as byte ranges of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The short form, without brackets.
    pub short_form: Range<usize>,
    /// The words it stands for.
    pub long_form: Range<usize>,
}

/// The definitions in `text`, in order of their brackets. Linear in the text's length.
pub fn find_definitions(text: &str) -> impl Iterator<Item = Definition> {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'(', b'[', bytes).filter_map(move |open| {
        work_done(4);
        let close = closing_bracket(bytes, open)?;
        definition_at(text, open, open + 1..close)
    })
}

/// The bracket that closes the one at `open`, when it is near.
fn closing_bracket(bytes: &[u8], open: usize) -> Option<usize> {
    let (opening, closing) = if bytes[open] == b'(' { (b'(', b')') } else { (b'[', b']') };
    let window = bytes[open..].get(..WINDOW_BYTES_LIMIT).unwrap_or(&bytes[open..]);
    let first = memchr::memchr(closing, window)?;
    // mostly there is no other
    if memchr::memchr(opening, &window[1..first]).is_none() {
        return Some(open + first);
    }
    let mut depth = 0_usize;
    for (at, &byte) in (open..).zip(window) {
        if byte == opening {
            depth += 1;
        } else if byte == closing {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// The definition that the bracket at `open` with the content `inside` makes.
fn definition_at(text: &str, open: usize, inside: Range<usize>) -> Option<Definition> {
    // "(TNF; Sigma)", "(TNF, also cachectin)", "(PB: 15 mg)": the first part is the short form
    let content = &text[inside.clone()];
    let mut marks = memchr::memchr3_iter(b';', b',', b':', content.as_bytes());
    let cut = marks.find(|mark| content.as_bytes().get(mark + 1) == Some(&b' ')).unwrap_or(content.len());
    let short_form = trimmed(text, inside.start..inside.start + cut);
    if is_short_form(&text[short_form.clone()]) {
        let long_form = long_form_in_sentence(text, open, &text[short_form.clone()])?;
        return Some(Definition { short_form, long_form });
    }
    // most brackets hold and follow no short form, whatever sentence they stand in
    let short_form = short_form_before(text, open)?;
    let whole = trimmed(text, inside);
    let long_form = long_form_before(text, whole.clone(), &text[short_form.clone()])?;
    // the words in brackets are the long form only when all of them are
    let is_whole = long_form.start == whole.start;
    (is_whole && sentence_start(text, open) <= short_form.start)
        .then_some(Definition { short_form, long_form })
}

/// The word before `at`, if it is a short form, of this sentence or the one before.
fn short_form_before(text: &str, at: usize) -> Option<Range<usize>> {
    let word = word_before(text.as_bytes(), at);
    let word = if text.as_bytes()[word.clone()].is_ascii() {
        word
    } else {
        let before = trimmed_end(text, 0..at);
        let floor = window_start(text, before.end);
        let word = text[floor..before.end].rsplit(char::is_whitespace).next().unwrap_or("");
        before.end - word.len()..before.end
    };
    let word = trimmed_opening(text, word);
    is_short_form(&text[word.clone()]).then_some(word)
}

/// The last word before `at` as white space in ASCII cuts it.
fn word_before(bytes: &[u8], at: usize) -> Range<usize> {
    let spaces = bytes[..at].iter().rev().take_while(|byte| is_ascii_space(**byte)).count();
    let end = at - spaces;
    let window = &bytes[end.saturating_sub(WINDOW_BYTES_LIMIT)..end];
    end - window.iter().rev().take_while(|byte| !is_ascii_space(**byte)).count()..end
}

/// Where the window before `at` begins.
fn window_start(text: &str, at: usize) -> usize {
    let mut floor = at.saturating_sub(WINDOW_BYTES_LIMIT);
    while !text.is_char_boundary(floor) {
        floor += 1;
    }
    floor
}

/// The words before `open` in its sentence that `short_form` stands for.
fn long_form_in_sentence(text: &str, open: usize, short_form: &str) -> Option<Range<usize>> {
    let floor = open.saturating_sub(WINDOW_BYTES_LIMIT);
    let window = &text.as_bytes()[floor..open];
    let spaces = window.iter().rev().take_while(|byte| is_ascii_space(**byte)).count();
    let end = open - spaces;
    // where it begins is looked for first: mostly that is near, or nowhere
    let Some(starts) = ascii_starts(&window[..end - floor], short_form.as_bytes()) else {
        let before = trimmed_end(text, sentence_start(text, open)..open);
        return long_form_before(text, before, short_form);
    };
    let Starts { start, initials } = starts?;
    let first = initials.map_or(start, |initials| initials.min(start));
    let sentence = sentence_start_from(text, floor + first, open);
    let start = [first, start].into_iter().find(|start| floor + start >= sentence)?;
    good_long_form(text, floor + start..end, short_form)
}

/// Where the sentence that holds `at` begins, looking back at most the window.
fn sentence_start(text: &str, at: usize) -> usize {
    sentence_start_from(text, window_start(text, at), at)
}

/// Where the sentence that holds `at` begins, or `floor` where that is before it.
fn sentence_start_from(text: &str, floor: usize, at: usize) -> usize {
    let window = &text[floor..at];
    let bytes = window.as_bytes();
    let mut end = bytes.len();
    while let Some(mark) =
        memchr::memrchr3(b'.', b'?', b'!', &bytes[..end]).max(memchr::memrchr2(b';', b'\n', &bytes[..end]))
    {
        let behind = &window[mark + 1..];
        let spaced = behind.chars().next().is_none_or(char::is_whitespace);
        let is_capital = || behind.trim_start().chars().next().is_some_and(char::is_uppercase);
        if bytes[mark] == b'\n' || spaced && (bytes[mark] == b';' || is_capital()) {
            return floor + mark + 1;
        }
        end = mark;
    }
    floor
}

/// Whether `text` has the shape of a short form: 2 to 10 characters, at most two words, a letter, and a letter or digit
/// first.
fn is_short_form(text: &str) -> bool {
    if text.len() > SHORT_FORM_CHARS_LIMIT * char::MAX.len_utf8() {
        return false;
    }
    if text.is_ascii() {
        return is_ascii_short_form(text.as_bytes());
    }
    let characters = text.chars().count();
    (2..=SHORT_FORM_CHARS_LIMIT).contains(&characters)
        && text.split_whitespace().count() <= SHORT_FORM_WORDS_LIMIT
        && text.chars().any(char::is_alphabetic)
        && text.chars().next().is_some_and(char::is_alphanumeric)
        && !text.contains(['(', ')', '[', ']', '=', '<', '>', '%'])
}

/// [`is_short_form`] of a text in ASCII.
fn is_ascii_short_form(text: &[u8]) -> bool {
    if !(2..=SHORT_FORM_CHARS_LIMIT).contains(&text.len()) || !text[0].is_ascii_alphanumeric() {
        return false;
    }
    let (mut has_letter, mut has_sign, mut words, mut inside_word) = (false, false, 0, false);
    for byte in text {
        has_letter |= byte.is_ascii_alphabetic();
        has_sign |= matches!(byte, b'(' | b')' | b'[' | b']' | b'=' | b'<' | b'>' | b'%');
        let is_letter = !is_ascii_space(*byte);
        words += usize::from(is_letter & !inside_word);
        inside_word = is_letter;
    }
    has_letter & !has_sign & (words <= SHORT_FORM_WORDS_LIMIT)
}

/// The most words that a short form of so many letters and digits stands for (from the paper).
fn words_limit(characters: usize) -> usize {
    (characters + 5).min(characters * 2)
}

/// The words at the end of `before` that `short_form` stands for.
fn long_form_before(text: &str, before: Range<usize>, short_form: &str) -> Option<Range<usize>> {
    if let Some(starts) = ascii_starts(&text.as_bytes()[before.clone()], short_form.as_bytes()) {
        let Starts { start, initials } = starts?;
        let start = before.start + initials.map_or(start, |initials| initials.min(start));
        return good_long_form(text, start..before.end, short_form);
    }
    let characters = short_form.chars().filter(|c| c.is_alphanumeric()).count();
    let window = last_words(text, before, words_limit(characters));
    let start = best_start(&text[window.clone()], short_form)?;
    let start =
        initials_start(&text[window.clone()], short_form).map_or(start, |initials| initials.min(start));
    good_long_form(text, window.start + start..window.end, short_form)
}

/// What may be a long form, without opening brackets, if it is longer than the short form and has it for none of its words.
fn good_long_form(text: &str, found: Range<usize>, short_form: &str) -> Option<Range<usize>> {
    let long_form = trimmed_opening(text, found);
    let long = &text[long_form.clone()];
    let good = long.chars().count() > short_form.chars().count() && !has_word(long, short_form);
    good.then_some(long_form)
}

/// Whether a text has a word, as white space cuts it.
fn has_word(text: &str, wanted: &str) -> bool {
    if text.is_ascii() {
        return text.as_bytes().split(|byte| is_ascii_space(*byte)).any(|word| word == wanted.as_bytes());
    }
    text.split(char::is_whitespace).any(|word| word == wanted)
}

/// The last `words_limit` words of a range.
fn last_words(text: &str, range: Range<usize>, words_limit: usize) -> Range<usize> {
    let mut words = 0;
    let mut inside_word = false;
    for (offset, character) in text[range.clone()].char_indices().rev() {
        if character.is_whitespace() {
            inside_word = false;
        } else if !inside_word {
            inside_word = true;
            words += 1;
            if words > words_limit {
                return range.start + offset + character.len_utf8()..range.end;
            }
        }
    }
    range
}

/// Schwartz and Hearst's match from right to left: where in `window` the long form of `short_form` begins.
fn best_start(window: &str, short_form: &str) -> Option<usize> {
    let mut before = window.char_indices().rev().peekable();
    let mut short = short_form.chars().rev().filter(|c| c.is_alphanumeric()).peekable();
    let mut start = window.len();
    while let Some(wanted) = short.next() {
        let first = short.peek().is_none();
        start = loop {
            let (at, character) = before.next()?;
            let starts_word = before.peek().is_none_or(|(_, previous)| !previous.is_alphanumeric());
            if same(wanted, character) && (!first || starts_word) {
                break at;
            }
        };
    }
    // from the start of the whole, possibly hyphenated, word
    let word = window[..start].rsplit(char::is_whitespace).next().unwrap_or("");
    (start < window.len()).then_some(start - word.len())
}

/// Where in `window` the long form of `short_form` begins that ends with it; `None` where what is to be read of them is not all in ASCII.
fn ascii_starts(window: &[u8], short_form: &[u8]) -> Option<Option<Starts>> {
    if !short_form.is_ascii() {
        return None;
    }
    let limit = words_limit(short_form.iter().filter(|byte| byte.is_ascii_alphanumeric()).count());
    if let Some(starts) = starts_at_end(window, short_form, limit) {
        return Some(starts);
    }
    let Some(start) = best_ascii_start(window, short_form, limit)? else { return Some(None) };
    let initials = initials_ascii_start(window, short_form)?;
    Some(Some(Starts { start, initials }))
}

/// The letters and digits of a short form in ASCII from the last one on, in lower case.
fn wanted_letters(short_form: &[u8]) -> impl Iterator<Item = u8> {
    short_form.iter().rev().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase)
}

/// [`best_start`] among the last words of a window, so many, byte by byte; `None` where a byte beyond ASCII is met.
fn best_ascii_start(window: &[u8], short_form: &[u8], words_limit: usize) -> Option<Option<usize>> {
    let mut letters = wanted_letters(short_form);
    let Some(mut wanted) = letters.next() else { return Some(None) };
    let mut next = letters.next();
    let (mut words, mut inside_word) = (0, false);
    for (at, byte) in window.iter().enumerate().rev() {
        let is_sign = !is_ascii_space(*byte);
        words += usize::from(is_sign & !inside_word);
        inside_word = is_sign;
        if !byte.is_ascii() {
            return None;
        }
        if words > words_limit {
            break;
        }
        if byte.to_ascii_lowercase() != wanted {
            continue;
        }
        if let Some(letter) = next {
            wanted = letter;
            next = letters.next();
            continue;
        }
        // the first one stands at the start of a word
        let before = at.checked_sub(1).map_or(b' ', |before| window[before]);
        if !before.is_ascii() {
            return None;
        }
        if !before.is_ascii_alphanumeric() {
            return word_start(window, at).map(Some);
        }
    }
    Some(None)
}

/// Where the word begins, as white space cuts it, that goes on at the byte `at`; `None` where it is not all ASCII.
fn word_start(window: &[u8], at: usize) -> Option<usize> {
    let before = window[..at].iter().rev().take_while(|byte| !is_ascii_space(**byte));
    let mut is_ascii = true;
    let length = before.inspect(|byte| is_ascii &= byte.is_ascii()).count();
    is_ascii.then_some(at - length)
}

/// [`initials_start`], byte by byte; `None` where a byte beyond ASCII is met.
fn initials_ascii_start(window: &[u8], short_form: &[u8]) -> Option<Option<usize>> {
    let is_border = |byte: &u8| is_ascii_space(*byte) || *byte == b'-';
    let mut start = window.len();
    for wanted in wanted_letters(short_form) {
        let between = window[..start].iter().rev().take_while(|byte| is_border(byte)).count();
        let end = start - between;
        let length = window[..end].iter().rev().take_while(|byte| !is_border(byte)).count();
        start = end - length;
        if !window[start..end].is_ascii() {
            return None;
        }
        if window[start..end].first().map(u8::to_ascii_lowercase) != Some(wanted) {
            return Some(None);
        }
    }
    word_start(window, start).map(Some)
}

/// Whether a byte is one of the characters in ASCII that are white space.
const fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Where in `window` its last words begin whose initials are the characters of `short_form`, if there are as many.
fn initials_start(window: &str, short_form: &str) -> Option<usize> {
    let mut start = window.len();
    for wanted in short_form.chars().rev().filter(|c| c.is_alphanumeric()) {
        let before = window[..start].trim_end_matches(|c: char| c.is_whitespace() || c == '-');
        let word = before.rsplit(|c: char| c.is_whitespace() || c == '-').next().unwrap_or("");
        if !word.chars().next().is_some_and(|initial| same(wanted, initial)) {
            return None;
        }
        start = before.len() - word.len();
    }
    let word = window[..start].rsplit(char::is_whitespace).next().unwrap_or("");
    Some(start - word.len())
}

/// Whether a character of the short form stands for one of the long form.
fn same(short: char, long: char) -> bool {
    if short.is_ascii() && long.is_ascii() {
        return short.eq_ignore_ascii_case(&long);
    }
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    let (short, long) = (lower(short), lower(long));
    short == long || greek_initial(short) == Some(long) || greek_initial(long) == Some(short)
}

/// The first letter of a Greek letter's English name.
const fn greek_initial(character: char) -> Option<char> {
    Some(match character {
        'α' => 'a',
        'β' => 'b',
        'γ' => 'g',
        'δ' => 'd',
        'ε' => 'e',
        'ζ' => 'z',
        'η' => 'e',
        'θ' | 'τ' => 't',
        'ι' => 'i',
        'κ' => 'k',
        'λ' => 'l',
        'μ' | 'µ' => 'm',
        'ν' => 'n',
        'ξ' => 'x',
        'π' | 'φ' | 'ψ' => 'p',
        'ρ' => 'r',
        'σ' => 's',
        'χ' => 'c',
        'ω' | 'ο' => 'o',
        _ => return None,
    })
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let start = range.end - text[range.clone()].trim_start().len();
    trimmed_end(text, start..range.end)
}

fn trimmed_end(text: &str, range: Range<usize>) -> Range<usize> {
    let length = text[range.clone()].trim_end().len();
    range.start..range.start + length
}

/// Without white space, quotes and opening brackets at the start.
fn trimmed_opening(text: &str, range: Range<usize>) -> Range<usize> {
    let opening =
        |c: char| c.is_whitespace() || matches!(c, '(' | '[' | '{' | '"' | '\'' | '“' | '‘' | '«' | ',');
    let start = range.end - text[range.clone()].trim_start_matches(opening).len();
    start..range.end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(text: &str) -> Vec<(&str, &str)> {
        find_definitions(text).map(|d| (&text[d.short_form], &text[d.long_form])).collect()
    }

    #[test]
    fn definitions_of_both_orders_are_found() {
        for (text, expected) in [
            ("We saw heat shock protein (HSP) rise.", vec![("HSP", "heat shock protein")]),
            ("HSP (heat shock protein) rises", vec![("HSP", "heat shock protein")]),
            ("Many natural killer cells (NKCs) came", vec![("NKCs", "natural killer cells")]),
            ("interferon gamma (IFN-γ)", vec![("IFN-γ", "interferon gamma")]),
            ("interleukin-6 (IL-6; Sigma)", vec![("IL-6", "interleukin-6")]),
            ("phenobarbital (PB: 15 mg per rat)", vec![("PB", "phenobarbital")]),
            ("non-small cell lung cancer [NSCLC]", vec![("NSCLC", "non-small cell lung cancer")]),
            ("a gene transcription factor 1 (GTF-1)", vec![("GTF-1", "gene transcription factor 1")]),
            ("It failed. Multiple sclerosis (MS)", vec![("MS", "Multiple sclerosis")]),
            ("a multiple myeloma (MM)", vec![("MM", "multiple myeloma")]),
            ("in minimal medium [MM]", vec![("MM", "minimal medium")]),
            ("mouse mammary tumours (MM)", vec![("MM", "mammary tumours")]),
            ("a T-cell-type tumour (TCTT)", vec![("TCTT", "T-cell-type tumour")]),
            (
                "atrial fibrillation (AF) and heart failure (HF)",
                vec![("AF", "atrial fibrillation"), ("HF", "heart failure")],
            ),
            ("blood (\"acute kidney injury (AKI)\")", vec![("AKI", "acute kidney injury")]),
        ] {
            assert_eq!(pairs(text), expected, "{text}");
        }
    }

    #[test]
    fn brackets_that_define_nothing_give_nothing() {
        for text in [
            "the mice (n = 12) died",
            "the score (95% CI) rose",
            "patients (12) were",
            "see (Figure 2a)",
            "a drop (by half) came",
            "It grew. Then (TNF) fell",
            "(TNF)",
            "TNF (TNF)",
            "()",
            "(",
            "((((((",
            "]])([(",
            "cells (which we had grown for seven long days)",
        ] {
            assert!(pairs(text).is_empty(), "{text}: {:?}", pairs(text));
        }
    }

    #[test]
    fn a_sentence_ends_what_a_long_form_may_hold() {
        assert!(pairs("Blood pressure. High values (BPH) were seen").is_empty());
        assert!(pairs("blood pressure\nhigh (BPH)").is_empty());
    }

    #[test]
    fn the_bound_on_brackets_holds_at_the_bound() {
        let long = |bytes: usize| {
            let filler = "x".repeat(bytes);
            format!("ab ({filler})")
        };
        let text = long(WINDOW_BYTES_LIMIT - 2);
        assert!(closing_bracket(text.as_bytes(), 3).is_some());
        let text = long(WINDOW_BYTES_LIMIT - 1);
        assert!(closing_bracket(text.as_bytes(), 3).is_none());
    }

    #[test]
    fn the_bounds_on_short_forms_hold_at_the_bound() {
        assert!(is_short_form(&"A".repeat(SHORT_FORM_CHARS_LIMIT)));
        assert!(!is_short_form(&"A".repeat(SHORT_FORM_CHARS_LIMIT + 1)));
        assert!(is_short_form(&["A"; SHORT_FORM_WORDS_LIMIT].join(" ")));
        assert!(!is_short_form(&["A"; SHORT_FORM_WORDS_LIMIT + 1].join(" ")));
    }

    #[test]
    fn brackets_without_end_end() {
        assert!(find_definitions(&"(".repeat(1 << 18)).next().is_none());
        assert!(find_definitions(&"(a".repeat(1 << 17)).next().is_none());
        assert!(find_definitions(&"()".repeat(1 << 17)).next().is_none());
    }

    proptest! {
        #[test]
        fn what_is_ascii_is_read_as_all_text_is(
            text in "[a-zA-C0-2 \\t\\n.-]{0,60}|([a-e]{1,9}[ -]){0,20}",
            short in "[a-zA-C0-2 -]{2,6}",
        ) {
            for limit in 0..6 {
                let window = last_words(&text, 0..text.len(), limit);
                let expected = best_start(&text[window.clone()], &short).map(|start| window.start + start);
                let start = best_ascii_start(text.as_bytes(), short.as_bytes(), limit);
                prop_assert_eq!(start, Some(expected), "{:?} {}", text, short);
            }
            let initials = initials_ascii_start(text.as_bytes(), short.as_bytes());
            prop_assert_eq!(initials, Some(initials_start(&text, &short)), "{:?} {}", text, short);
            for limit in 0..6 {
                let start = best_ascii_start(text.as_bytes(), short.as_bytes(), limit).flatten();
                let expected = start.map(|start| Starts { start, initials: initials.flatten() });
                if let Some(starts) = starts_at_end(text.as_bytes(), short.as_bytes(), limit) {
                    prop_assert_eq!(starts, expected, "{:?} {}", text, short);
                } else {
                    prop_assert!(text.len() > 64);
                }
            }
        }

        #[test]
        fn what_is_partly_ascii_is_read_as_all_text_is(
            text in "[a-cA-C0-2é\u{a0} .;-]{0,40}|[a-cé ]{250,320}|[a-c ]{280,330}",
            short in "[a-cA-C0-2 -]{2,6}",
        ) {
            // by the sentence alone, and by all before it
            let of_sentence = || {
                let before = trimmed_end(&text, sentence_start(&text, text.len())..text.len());
                let limit = words_limit(short.chars().filter(|c| c.is_alphanumeric()).count());
                let window = last_words(&text, before, limit);
                let start = best_start(&text[window.clone()], &short)?;
                let initials = initials_start(&text[window.clone()], &short);
                let start = initials.map_or(start, |initials| initials.min(start));
                good_long_form(&text, window.start + start..window.end, &short)
            };
            let found = long_form_in_sentence(&text, text.len(), &short);
            prop_assert_eq!(found, of_sentence(), "{:?} {}", text, short);
            let expected = {
                let before = trimmed_end(&text, 0..text.len());
                let word = text[before.clone()].rsplit(char::is_whitespace).next().unwrap_or("");
                let word = trimmed_opening(&text, before.end - word.len()..before.end);
                is_short_form(&text[word.clone()]).then_some(word)
            };
            prop_assert_eq!(short_form_before(&text, text.len()), expected);
        }

        #[test]
        fn ranges_are_slices_of_the_text(text in "[a-zA-Zγβ(\\[\\]). ,;\\n-]{0,80}") {
            for definition in find_definitions(&text) {
                prop_assert!(text.get(definition.short_form).is_some());
                prop_assert!(text.get(definition.long_form).is_some());
            }
        }

        #[test]
        fn short_forms_in_ascii_are_those_of_all_text(text in "[aB1 =(%\\t-]{0,12}") {
            let is_one = (2..=SHORT_FORM_CHARS_LIMIT).contains(&text.len())
                && text.split_whitespace().count() <= SHORT_FORM_WORDS_LIMIT
                && text.contains(char::is_alphabetic)
                && text.starts_with(char::is_alphanumeric)
                && !text.contains(['(', '=', '%']);
            prop_assert_eq!(is_short_form(&text), is_one);
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,60}") {
            find_definitions(&text).for_each(drop);
        }
    }
}
