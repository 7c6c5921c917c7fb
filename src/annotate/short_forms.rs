//! The short forms of a document, found in its folded text.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::recognise::words::hash;
use crate::text::{FoldedText, Gap, Spare, SpareText, Token, spared};

/// The most short forms that are searched without a table of their first tokens.
const SEARCHED_LIMIT: usize = 64;

/// Short forms by their folded tokens. They are made for a document and have a few tokens at most, so that a sorted list is enough.
#[derive(Debug)]
pub(super) struct ShortForms {
    /// The first bytes that first tokens have as they are written, as bits of their lowest six, by the lowest three bits of the lengths
    /// of their forms: most tokens of a text begin nothing, as "the" does not begin "TNF".
    beginnings: [u64; 8],
    /// The folded tokens of all of them.
    folded: Spare<String>,
    /// Where those of each, joined, are there, by its number: its key.
    keys: Spare<Vec<Range<usize>>>,
    /// The numbers of those that have a token, by their keys.
    sorted: Spare<Vec<usize>>,
    /// Where those of a first token stand there, by its hash, as the space between tokens is the least byte of a key; where tokens share
    /// a hash, from the first of them to the last. Empty where there are few.
    by_first: Spare<FxHashMap<u64, Range<usize>>>,
    /// The most tokens that one has.
    tokens_max: usize,
}

spared!(Vec<Range<usize>>, FxHashMap<u64, Range<usize>>);

impl ShortForms {
    /// Those texts, numbered in their order. What has no token is not found.
    pub(super) fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut forms = Self {
            beginnings: [0; 8],
            folded: Spare::take(),
            keys: Spare::take(),
            sorted: Spare::take(),
            by_first: Spare::take(),
            tokens_max: 0,
        };
        let mut own = SpareText::take();
        for (number, text) in texts.enumerate() {
            own.fold(text);
            let from = forms.folded.len();
            forms.folded.push_str(own.text());
            forms.keys.push(from..forms.folded.len());
            if let Some(token) = own.tokens().first() {
                forms.add_beginning(text.as_bytes(), token);
                forms.sorted.push(number);
                forms.tokens_max = forms.tokens_max.max(own.tokens().len());
            }
        }
        let Self { folded, keys, sorted, .. } = &mut forms;
        sorted.sort_unstable_by_key(|number| (&folded[keys[*number].clone()], *number));
        if forms.sorted.len() > SEARCHED_LIMIT {
            forms.list_by_first();
        }
        forms
    }

    fn list_by_first(&mut self) {
        let Self { folded, keys, sorted, by_first, .. } = self;
        for (at, number) in sorted.iter().enumerate() {
            let first = folded[keys[*number].clone()].split(' ').next().unwrap_or_default();
            by_first.entry(hash(first)).or_insert(at..at).end = at + 1;
        }
    }

    /// Those that may begin with that token, by their keys.
    fn beginning_with(&self, first: &str) -> &[usize] {
        if self.by_first.is_empty() {
            return &self.sorted;
        }
        self.by_first.get(&hash(first)).map_or(&[], |range| &self.sorted[range.clone()])
    }

    fn key(&self, number: usize) -> &str {
        &self.folded[self.keys[number].clone()]
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Lets a short form be found by the first token of it.
    fn add_beginning(&mut self, written: &[u8], first: &Token) {
        let (at, bit) = Self::bit(written.get(first.start as usize).copied().unwrap_or(0), first);
        // what is spelled out or has other letters may begin otherwise
        let is_plain = written.iter().take(first.start as usize + 1).all(u8::is_ascii);
        self.beginnings[at] |= if is_plain { bit } else { u64::MAX };
    }

    /// Where a first token is told, by the first byte that is written and the length of its form.
    #[inline]
    const fn bit(written: u8, token: &Token) -> (usize, u64) {
        ((token.folded_end.wrapping_sub(token.folded_start) % 8) as usize, 1 << (written % 64))
    }

    /// Whether one that has the same letters in the same case may begin with a token of a text in bytes: surely not for most.
    #[inline]
    pub(super) fn may_begin_with(&self, text: &[u8], token: &Token) -> bool {
        let written = text.get(token.start as usize).copied().unwrap_or(0);
        let (at, bit) = Self::bit(written, token);
        (self.beginnings[at] & bit != 0) | !written.is_ascii()
    }

    /// Calls `found` with the number of tokens and the numbers, in order, of the short forms of each length that stand from the
    /// token `first` on; those that have other letters, or in another case, may be left out. An empty line ends a short form.
    pub(super) fn each_at(
        &self,
        (written, text): (&str, &FoldedText),
        first: usize,
        mut found: impl FnMut(usize, &[usize]),
    ) {
        if !text.tokens().get(first).is_some_and(|token| self.may_begin_with(written.as_bytes(), token)) {
            return;
        }
        let mut forms = self.beginning_with(text.folded(first));
        let most = self.tokens_max.min(text.tokens().len() - first);
        for tokens in 1..=most {
            if tokens > 1 && text.tokens()[first + tokens - 1].gap == Gap::Break {
                return;
            }
            // those of more tokens stand behind
            let key = text.key(first, first + tokens);
            forms = &forms[forms.partition_point(|number| self.key(*number) < key)..];
            if !forms.first().is_some_and(|number| self.key(*number).starts_with(key)) {
                return;
            }
            let count = forms.iter().take_while(|number| self.key(**number) == key).count();
            if count > 0 {
                found(tokens, &forms[..count]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_short_forms_are_found_as_few_are() {
        let texts: Vec<String> = (0..=SEARCHED_LIMIT)
            .flat_map(|at| {
                [format!("AB{at}"), format!("AB-{at}-C"), format!("X{at}"), "AB".to_owned(), "()".to_owned()]
            })
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let many = ShortForms::of(texts.iter().copied());
        assert!(!many.is_empty() && !many.by_first.is_empty());
        let mut folded = FoldedText::new();
        for text in &texts {
            let few = ShortForms::of([*text].into_iter());
            folded.fold(text);
            assert!(few.by_first.is_empty() && few.is_empty() == folded.tokens().is_empty());
            let places = |forms: &ShortForms| {
                let mut places = Vec::new();
                forms.each_at((text, &folded), 0, |tokens, found| {
                    places.push((tokens, found.to_vec()));
                });
                places
            };
            let whole = (folded.tokens().len(), vec![0]);
            assert_eq!(places(&few), if few.is_empty() { vec![] } else { vec![whole] }, "{text}");
            let same: Vec<usize> = (0..texts.len()).filter(|at| texts[*at] == *text).collect();
            let whole = (folded.tokens().len(), same);
            assert!(few.is_empty() || places(&many).contains(&whole), "{text}");
        }
        folded.fold("AC12");
        many.each_at(("AC12", &folded), 0, |_, _| panic!("nothing is called so"));
    }

    #[test]
    fn an_empty_line_ends_a_short_form() {
        let forms = ShortForms::of(["A-B"].into_iter());
        let mut folded = FoldedText::new();
        for (text, expected) in [("A B", 1), ("A\n\nB", 0), ("A", 0)] {
            folded.fold(text);
            let mut found = 0;
            forms.each_at((text, &folded), 0, |_, _| found += 1);
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn short_forms_are_found_as_they_are_written() {
        let found = |form: &str, text: &str| {
            let mut folded = FoldedText::new();
            folded.fold(text);
            let mut found = 0;
            ShortForms::of([form].into_iter()).each_at((text, &folded), 0, |_, _| found += 1);
            found
        };
        assert_eq!((found("TNF", "TNF"), found("TNF", "tnf")), (1, 0));
        assert_eq!((found("ABC", "ABCs"), found("p53", "p53"), found("7SK", "7SK")), (1, 1, 1));
        // what begins with a letter of another alphabet may be spelled out
        assert_eq!((found("αMSH", "alpha-MSH"), found("Alpha-MSH", "αMSH")), (1, 1));
    }
}
