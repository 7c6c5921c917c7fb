//! Spans that open a bracket and leave it open take in the one that closes it right behind: "CaCl(2)" rather than "CaCl(2".
//! Those that are a bracket as a whole leave it: "CHO" of "(CHO)".

use super::{Found, SpanPlaces};
use crate::model::Span;
use crate::text::pauses::{work_done, worked};
use crate::text::{Spare, spared};

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

/// The spans that become others and are looked for among all; those of more are found by their places.
const MOVED_FEW: usize = 8;
/// The spans whose work is told together.
const SPANS_TOGETHER: usize = 64;

/// Completes the spans of one passage, which stand in `found` from the place `from` on. Of a type no two spans that overlap
/// can both be mentions, so that the probability of a span that becomes another adds to the other's.
pub(super) fn complete(text: &str, from: usize, found: &mut Vec<Found>) {
    let mut moved: Spare<Vec<(usize, Span)>> = Spare::take();
    for (at, own) in (from..).zip(&found[from..]) {
        if at % SPANS_TOGETHER == 0 {
            work_done(SPANS_TOGETHER);
        }
        // mostly there is no bracket at its ends
        if may_change(text.as_bytes(), own.span)
            && let Some(completed) = completed(text, own.span)
        {
            moved.push((at, completed));
        }
    }
    if moved.is_empty() {
        return;
    }
    let mut places = Places::of((from, found), moved.len());
    let mut merged: Spare<Vec<usize>> = Spare::take();
    for &(at, span) in moved.iter() {
        let Some(own) = found.get(at).copied() else { continue };
        match places.find(found, (own.model_type, span)) {
            Some(other) => {
                found[other].probability = (found[other].probability + own.probability).min(1.0);
                merged.push(at);
            }
            None => {
                found[at].span = span;
                places.moves(&own, span, at);
            }
        }
    }
    let mut place = 0;
    found.retain(|_| {
        place += 1;
        merged.binary_search(&(place - 1)).is_err()
    });
}

/// The places of spans by their types and bounds, also by those that they had before they moved.
enum Places {
    /// Those of few, which are looked for among all: the first of the spans, and what has moved.
    Few(usize, Spare<Vec<((usize, Span), usize)>>),
    Many(Spare<SpanPlaces>),
}

spared!(Vec<(usize, Span)>, Vec<((usize, Span), usize)>);

impl Places {
    /// Those of the spans from the place `from` on, of which so many may move.
    fn of((from, found): (usize, &[Found]), moving: usize) -> Self {
        if moving <= MOVED_FEW {
            return Self::Few(from, Spare::take());
        }
        let mut places: Spare<SpanPlaces> = Spare::take();
        let own = (from..).zip(&found[from..]);
        places.extend(own.map(|(at, own)| worked(((own.model_type, own.span), at))));
        Self::Many(places)
    }

    fn find(&self, found: &[Found], wanted: (usize, Span)) -> Option<usize> {
        match self {
            Self::Few(from, moved) => {
                work_done((found.len() - from) / 8);
                let is_wanted = |own: &Found| (own.model_type, own.span) == wanted;
                let standing = found[*from..].iter().rposition(is_wanted).map(|at| from + at);
                let before = || moved.iter().find(|(own, _)| *own == wanted).map(|(_, at)| *at);
                standing.or_else(before)
            }
            Self::Many(places) => places.get(&wanted).copied(),
        }
    }

    /// Tells that the span at `at` is `span` now.
    fn moves(&mut self, own: &Found, span: Span, at: usize) {
        match self {
            Self::Few(_, moved) => moved.push(((own.model_type, own.span), at)),
            Self::Many(places) => {
                places.insert((own.model_type, span), at);
            }
        }
    }
}

/// Whether a span may become another: a bracket stands beside it, or at its beginning.
#[inline]
fn may_change(text: &[u8], span: Span) -> bool {
    let kind = |at: usize| text.get(at).map_or(0, |byte| KINDS[usize::from(*byte)]);
    (kind(span.start.wrapping_sub(1)) | kind(span.start)) & OPENING | kind(span.end) & CLOSING != 0
}

/// What a span becomes: with the bracket that it lacks, where that stands right before or behind it, and without those that hold it as
/// a whole. `None` where it stays.
fn completed(text: &str, span: Span) -> Option<Span> {
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
            assert!(found.is_none() || may_change(text.as_bytes(), Span { start, end: start + own.len() }));
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

    #[test]
    fn many_that_move_are_found_as_few_are() {
        let text = "a(2) ".repeat(2 * MOVED_FEW);
        let one = |start, end, probability| Found {
            passage: 0,
            span: Span { start, end },
            model_type: 1,
            probability,
        };
        let own = |at: usize| [one(5 * at, 5 * at + 3, 0.25), one(5 * at, 5 * at + 4, 0.5)];
        for count in [MOVED_FEW, 2 * MOVED_FEW] {
            let mut found: Vec<Found> = (0..count).flat_map(own).collect();
            complete(&text, 0, &mut found);
            let expected: Vec<Found> = (0..count).map(|at| one(5 * at, 5 * at + 4, 0.75)).collect();
            assert_eq!(found, expected);
        }
    }
}
