//! The spans that overlap one, and those beside it.

use super::said::Likeliest;
use crate::model::Span;
use crate::text::pauses::{work_done, worked};

/// The most bytes between neighbours of a list.
pub(super) const GAP_BYTES_LIMIT: usize = 6;

/// So many spans are put in order one after the other; more are sorted.
const INSERTED_AT_ONCE: usize = 128;
/// So many are sorted without a pause.
const SORTED_AT_ONCE: usize = 1_024;

/// Above a probability and its place: how near a span is.
const NEARNESS_SHIFT: u32 = 61;

/// The likeliest of the spans that overlap one; and the nearest of its type beside it, of two as near the likelier: by these places.
pub(super) type Rivals = [Likeliest; 8];
/// Of its own type.
pub(super) const SAME_TYPE: usize = 0;
/// Of its own type, by what the document says of them elsewhere.
pub(super) const SAME_ELSEWHERE: usize = 1;
/// Of another type and the same place.
pub(super) const SAME_SPAN: usize = 2;
/// Of another type and place.
pub(super) const OTHER_TYPE: usize = 3;
/// Before it in a list.
pub(super) const BEFORE: usize = 4;
/// Behind it in a list.
pub(super) const AFTER: usize = 5;
/// For what is nothing to it.
const NOTHING: usize = 7;

/// What two spans are to each other, by the bits of [`relation`]: the later one to the earlier, that one to it, and what the document says of each
/// elsewhere to the other.
const MET: [[usize; 3]; 8] = [
    [NOTHING; 3],
    [NOTHING; 3],
    [AFTER, BEFORE, NOTHING],
    [NOTHING; 3],
    [OTHER_TYPE, OTHER_TYPE, NOTHING],
    [SAME_SPAN, SAME_SPAN, NOTHING],
    [SAME_TYPE, SAME_TYPE, SAME_ELSEWHERE],
    [SAME_TYPE, SAME_TYPE, SAME_ELSEWHERE],
];

/// A span of a passage with its rivals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    span: Span,
    model_type: usize,
    /// How likely it is, with its place.
    own: Likeliest,
    /// What the document says of it elsewhere.
    elsewhere: Likeliest,
    pub(super) rivals: Rivals,
}

impl Standing {
    pub(super) fn new(span: Span, model_type: usize, own: Likeliest, elsewhere: Likeliest) -> Self {
        Self { span, model_type, own, elsewhere, rivals: Rivals::default() }
    }
}

/// Puts spans in order, by numbers whose upper bits are where they begin.
pub(super) fn sort(order: &mut [u64]) {
    if order.len() > SORTED_AT_ONCE {
        // those of one type and sentence stand in order already, which a stable sort makes use of
        order.sort_by_key(|own| worked(*own));
    } else if order.len() > INSERTED_AT_ONCE {
        order.sort_unstable();
    } else {
        // those of a sentence stand together, so that few have far to go
        for at in 1..order.len() {
            let own = order[at];
            let mut to = at;
            while to > 0 && order[to - 1] > own {
                order[to] = order[to - 1];
                to -= 1;
            }
            order[to] = own;
        }
    }
}

/// Has the spans of a passage meet, which stand by where they begin.
pub(super) fn meet(standing: &mut [Standing]) {
    for index in 0..standing.len() {
        work_done(1);
        let Some((own, others)) = standing[index..].split_first_mut() else { break };
        let reach = own.span.end + GAP_BYTES_LIMIT;
        for other in others.iter_mut().take_while(|other| other.span.start <= reach) {
            // which it is cannot be foretold, so that all are written
            let [to_own, to_other, elsewhere] = MET[relation(own, other)];
            let gap = other.span.start.wrapping_sub(own.span.end);
            let is_beside = gap <= GAP_BYTES_LIMIT;
            let nearness = if is_beside { (GAP_BYTES_LIMIT + 1 - gap) as u64 } else { 0 };
            let near = |of: Likeliest| Likeliest(of.0 | nearness << NEARNESS_SHIFT);
            hold(&mut own.rivals, to_own, near(other.own));
            hold(&mut other.rivals, to_other, near(own.own));
            hold(&mut own.rivals, elsewhere, other.elsewhere);
            hold(&mut other.rivals, elsewhere, own.elsewhere);
        }
    }
}

#[inline]
fn hold(rivals: &mut Rivals, kind: usize, other: Likeliest) {
    let kind = kind % rivals.len();
    rivals[kind] = rivals[kind].max(other);
}

/// Bits for whether a span overlaps an earlier one, is of its type, and stands at its place or without a gap behind it.
#[inline]
fn relation(own: &Standing, other: &Standing) -> usize {
    let overlaps = other.span.start < own.span.end;
    let touches = (other.span == own.span) | (other.span.start == own.span.end);
    usize::from(overlaps) << 2 | usize::from(own.model_type == other.model_type) << 1 | usize::from(touches)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places of the rivals of the first of some spans: their bounds, types and probabilities, and what is said of them elsewhere.
    fn rivals_of(at: usize, spans: &[(usize, usize, usize, f32, f32)]) -> [Option<usize>; 6] {
        let mut order: Vec<u64> =
            spans.iter().zip(0..).map(|(own, place)| (own.0 as u64) << 32 | place).collect();
        sort(&mut order);
        let places: Vec<usize> = order.iter().map(|own| (own & 0xffff_ffff) as usize).collect();
        let standing = |place: &usize| {
            let (start, end, model_type, probability, elsewhere) = spans[*place];
            let said = Likeliest::new(elsewhere, 100 + place);
            Standing::new(Span { start, end }, model_type, Likeliest::new(probability, *place), said)
        };
        let mut standing: Vec<Standing> = places.iter().map(standing).collect();
        meet(&mut standing);
        let index = places.iter().position(|place| *place == at).unwrap();
        std::array::from_fn(|kind| standing[index].rivals[kind].place())
    }

    #[test]
    fn rivals_are_told_apart_by_type_and_place() {
        let all = [
            (0, 4, 0, 0.5, 0.1),
            (0, 9, 0, 0.3, 0.8),
            (0, 4, 1, 0.6, 0.0),
            (2, 9, 1, 0.7, 0.0),
            (2, 9, 0, 0.2, 0.3),
            (4, 9, 0, 0.9, 0.0),
        ];
        assert_eq!(rivals_of(0, &all), [Some(1), Some(101), Some(2), Some(3), None, None]);
        assert_eq!(rivals_of(2, &all), [Some(3), None, Some(0), Some(1), None, None]);
    }

    #[test]
    fn the_nearest_of_a_type_are_beside_a_span() {
        let one = |start, end, model_type, probability| (start, end, model_type, probability, 0.0);
        let far = 25 + GAP_BYTES_LIMIT;
        let all = [
            one(20, 24, 0, 0.5),
            one(10, 17, 0, 0.9),
            one(10, 18, 0, 0.3),
            one(12, 18, 0, 0.4),
            one(14, 20, 0, 0.8),
            one(10, 19, 1, 0.7),
            one(26, 30, 0, 0.2),
            one(26, 28, 0, 0.1),
            one(far, far + 1, 0, 0.6),
        ];
        let beside = |at: usize| {
            let rivals = rivals_of(at, &all);
            [rivals[BEFORE], rivals[AFTER]]
        };
        assert_eq!(beside(0), [Some(3), Some(6)]);
        assert_eq!(beside(1), [None, Some(0)]);
        assert_eq!(beside(5), [None, None]);
        assert_eq!(beside(8), [Some(6), None], "it is too far from the first");
    }

    #[test]
    fn spans_are_put_in_order_however_many_there_are() {
        for count in [0, 1, INSERTED_AT_ONCE, INSERTED_AT_ONCE + 1, SORTED_AT_ONCE + 1] {
            let mut order: Vec<u64> = (0..count as u64).map(|at| (at * 7_919 % 1_009) << 32 | at).collect();
            sort(&mut order);
            assert!(order.is_sorted());
        }
    }
}
