//! Spans that open a bracket and leave it open take in the one that closes it right behind: "CaCl(2)" rather than "CaCl(2".
//! Those that are a bracket as a whole leave it: "CHO" of "(CHO)".

use rustc_hash::FxHashMap;

use super::Found;
use crate::model::Span;
use crate::text::pauses::{work_done, worked};

/// The pairs of brackets that names have.
const PAIRS: [(u8, u8); 2] = [(b'(', b')'), (b'[', b']')];

/// What a byte is to [`PAIRS`], as bits.
const OPENING: u8 = 1;
const CLOSING: u8 = 2;
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut at = 0;
    while at < PAIRS.len() {
        kinds[PAIRS[at].0 as usize] = OPENING;
        kinds[PAIRS[at].1 as usize] = CLOSING;
        at += 1;
    }
    kinds
};

/// The spans whose work is told together.
const SPANS_TOGETHER: usize = 64;

/// Completes the spans of one passage, which stand in `found` from the place `from` on. Of a type no two spans that overlap
/// can both be mentions, so that the probability of a span that becomes another adds to the other's.
pub(super) fn complete(text: &str, from: usize, found: &mut Vec<Found>) {
    let mut moved: Vec<(usize, Span)> = Vec::new();
    for (block, own) in found[from..].chunks(SPANS_TOGETHER).enumerate() {
        work_done(own.len());
        let first = from + block * SPANS_TOGETHER;
        let completed = |(at, own): (usize, &Found)| Some((at, completed(text, own.span)?));
        moved.extend((first..).zip(own).filter_map(completed));
    }
    if moved.is_empty() {
        return;
    }
    let mut places: FxHashMap<(usize, Span), usize> =
        (from..).zip(&found[from..]).map(|(at, own)| worked(((own.model_type, own.span), at))).collect();
    let mut merged = Vec::new();
    for (at, span) in moved {
        let Some(own) = found.get(at).copied() else { continue };
        match places.get(&(own.model_type, span)).copied() {
            Some(other) => {
                found[other].probability = (found[other].probability + own.probability).min(1.0);
                merged.push(at);
            }
            None => {
                found[at].span = span;
                places.insert((own.model_type, span), at);
            }
        }
    }
    let mut place = 0;
    found.retain(|_| {
        place += 1;
        merged.binary_search(&(place - 1)).is_err()
    });
}

/// What a span becomes: with the bracket that it lacks, where that stands right before or behind it, and without those that hold it as
/// a whole. `None` where it stays.
#[inline]
fn completed(text: &str, span: Span) -> Option<Span> {
    let bytes = text.as_bytes();
    let kind = |at: usize| bytes.get(at).map_or(0, |byte| KINDS[usize::from(*byte)]);
    let (before, behind) = (kind(span.start.wrapping_sub(1)), kind(span.end));
    // mostly there is none beside it, nor at its beginning
    if (before | kind(span.start)) & OPENING == 0 && behind & CLOSING == 0 {
        return None;
    }
    completed_at(text, span)
}

fn completed_at(text: &str, span: Span) -> Option<Span> {
    let whole = with_bracket(text, span);
    let of = whole.unwrap_or(span);
    let own = text.as_bytes().get(of.start..of.end)?;
    let inner = PAIRS.into_iter().find_map(|pair| inside(own, pair));
    inner.map(|inner| Span { start: of.start + inner.start, end: of.start + inner.end }).or(whole)
}

/// The span with the bracket that it lacks.
fn with_bracket(text: &str, span: Span) -> Option<Span> {
    let bytes = text.as_bytes();
    let own = bytes.get(span.start..span.end)?;
    let before = span.start.checked_sub(1).and_then(|before| bytes.get(before));
    let behind = bytes.get(span.end);
    PAIRS.into_iter().find_map(|(opening, closing)| {
        if before != Some(&opening) && behind != Some(&closing) {
            return None;
        }
        // how many stand open at the end, and how many close what is not open
        let (mut open, mut unopened) = (0_u32, 0_u32);
        for &byte in own {
            if byte == opening {
                open += 1;
            } else if byte == closing {
                match open.checked_sub(1) {
                    Some(left) => open = left,
                    None => unopened += 1,
                }
            }
        }
        if open == 1 && unopened == 0 && behind == Some(&closing) {
            return Some(Span { end: span.end + 1, ..span });
        }
        (open == 0 && unopened == 1 && before == Some(&opening))
            .then(|| Span { start: span.start - 1, ..span })
    })
}

/// What is within the brackets that begin and end `own`, where no other of them is in it.
fn inside(own: &[u8], (opening, closing): (u8, u8)) -> Option<Span> {
    let [first, inner @ .., last] = own else { return None };
    let whole = *first == opening && *last == closing && !inner.is_empty();
    (whole && !inner.iter().any(|byte| [opening, closing].contains(byte)))
        .then_some(Span { start: 1, end: own.len() - 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_completed_where_they_stand_next_to_the_span() {
        for (text, own, expected) in [
            ("CaCl(2) rose", "CaCl(2", Some("CaCl(2)")),
            ("CaCl(2) rose", "CaCl", None),
            ("CaCl(2) rose", "CaCl(2)", None),
            ("(R)-nicotine", "R)-nicotine", Some("(R)-nicotine")),
            ("[3H]spiperone", "3H]spiperone", Some("[3H]spiperone")),
            ("calcium (Ca rose)", "calcium (Ca", None),
            ("cells (CHO) grew", "(CHO)", Some("CHO")),
            ("cells (CHO) grew", "(CHO", Some("CHO")),
            ("[3H] rose", "[3H]", Some("3H")),
            ("()", "()", None),
            ("((a) (b))", "((a) (b))", None),
            ("((a)", "((a", None),
            ("a) b", "a) b", None),
        ] {
            let start = text.find(own).unwrap();
            let found = completed(text, Span { start, end: start + own.len() });
            assert_eq!(found.map(|span| &text[span.start..span.end]), expected, "{text} {own}");
        }
    }

    #[test]
    fn a_span_that_becomes_another_adds_to_it() {
        let one = |start, end, probability| Found {
            passage: 0,
            span: Span { start, end },
            model_type: 1,
            probability,
        };
        let text = "CaCl(2) and MgCl(2)";
        let mut found = vec![one(0, 4, 0.1), one(0, 6, 0.5), one(0, 7, 0.25), one(12, 18, 0.5)];
        complete(text, 0, &mut found);
        assert_eq!(found, [one(0, 4, 0.1), one(0, 7, 0.75), one(12, 19, 0.5)]);
    }
}
