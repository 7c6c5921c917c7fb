//! The spans that overlap one, and those beside it.

use std::hint::select_unpredictable;

use crate::annotate::recognise::Found;
use crate::text::pauses::{work_done, worked};

/// The most bytes between neighbours of a list.
pub(super) const GAP_BYTES_LIMIT: usize = 6;

/// So many spans are sorted without a pause.
const SORTED_AT_ONCE: usize = 1_024;

/// The likeliest of the spans that overlap one; 0 where there is none. And the nearest of its type beside it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rivals {
    /// Of its own type.
    pub(super) same_type: f32,
    /// Of its own type, by what the document says of them elsewhere.
    pub(super) same_elsewhere: f32,
    /// Of another type and the same place.
    pub(super) same_span: f32,
    /// Of another type and place.
    pub(super) other_type: f32,
    /// Before it in a list.
    pub(super) before: Beside,
    /// Behind it in a list.
    pub(super) after: Beside,
}

/// The nearest span on one side; of two as near the likelier.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside {
    /// The bytes between; 0 for none, as there are some between neighbours.
    gap: usize,
    probability: f32,
}

impl Beside {
    fn meet(&mut self, gap: usize, other: &Found) {
        if self.gap == 0 || gap < self.gap {
            *self = Self { gap, probability: other.probability };
        } else if gap == self.gap {
            self.probability = self.probability.max(other.probability);
        }
    }

    /// How likely it is, if there is one.
    pub(super) fn probability(self) -> Option<f32> {
        (self.gap > 0).then_some(self.probability)
    }
}

/// The rivals of each span. `elsewhere` is what the document says of each at other places.
pub(super) fn rivals(found: &[Found], elsewhere: &[f32]) -> Vec<Rivals> {
    // what they are ordered by stands beside their places, so that they are compared without a look at them
    let key = |own: &Found| {
        let span = (own.span.start as u64) << 32 | own.span.end as u64 & 0xffff_ffff;
        (own.passage as u64, span, own.model_type)
    };
    let mut order: Vec<_> = found.iter().enumerate().map(|(at, own)| (key(own), at)).collect();
    if order.len() <= SORTED_AT_ONCE {
        order.sort_unstable();
    } else {
        // those of one type and sentence stand in order already, which a stable sort makes use of
        order.sort_by_key(|own| worked(*own));
    }
    let order: Vec<usize> = order.into_iter().map(|(_, at)| at).collect();
    let mut rivals = vec![Rivals::default(); found.len()];
    for (index, &one) in order.iter().enumerate() {
        work_done(1);
        let own = &found[one];
        let reaches = |other: &Found| {
            other.passage == own.passage && other.span.start <= own.span.end + GAP_BYTES_LIMIT
        };
        for &other in order[index + 1..].iter().take_while(|&&other| reaches(&found[other])) {
            match found[other].span.start.checked_sub(own.span.end) {
                None => {
                    rivals[one].meet(own, &found[other], elsewhere[other]);
                    rivals[other].meet(&found[other], own, elsewhere[one]);
                }
                Some(gap) if gap > 0 && found[other].model_type == own.model_type => {
                    rivals[one].after.meet(gap, &found[other]);
                    rivals[other].before.meet(gap, own);
                }
                Some(_) => {}
            }
        }
    }
    rivals
}

impl Rivals {
    pub(super) fn meet(&mut self, own: &Found, other: &Found, elsewhere: f32) {
        // which it is cannot be foretold, so that all are written; none is less than 0
        let (is_same, is_at_span) = (own.model_type == other.model_type, own.span == other.span);
        let where_holds = |holds: bool, probability: f32| select_unpredictable(holds, probability, 0.0);
        self.same_type = self.same_type.max(where_holds(is_same, other.probability));
        self.same_elsewhere = self.same_elsewhere.max(where_holds(is_same, elsewhere));
        self.same_span = self.same_span.max(where_holds(!is_same & is_at_span, other.probability));
        self.other_type = self.other_type.max(where_holds(!is_same & !is_at_span, other.probability));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    #[test]
    fn rivals_are_told_apart_by_type_and_place() {
        let one = |start, end, model_type, probability| Found {
            passage: 0,
            span: Span { start, end },
            model_type,
            probability,
        };
        let own = one(0, 4, 0, 0.5);
        let mut rivals = Rivals::default();
        for (other, elsewhere) in
            [(one(0, 9, 0, 0.3), 0.8), (one(0, 4, 1, 0.6), 0.0), (one(2, 9, 1, 0.7), 0.0)]
        {
            rivals.meet(&own, &other, elsewhere);
        }
        let Rivals { same_type, same_elsewhere, same_span, other_type, .. } = rivals;
        assert_eq!([same_type, same_elsewhere, same_span, other_type], [0.3, 0.8, 0.6, 0.7]);
    }

    #[test]
    fn the_nearest_of_a_type_are_beside_a_span() {
        let one = |passage, start, end, model_type, probability| Found {
            passage,
            span: Span { start, end },
            model_type,
            probability,
        };
        let (own, far) = (one(0, 20, 24, 0, 0.5), 25 + GAP_BYTES_LIMIT);
        let all = [
            own,
            one(0, 10, 17, 0, 0.9),
            one(0, 10, 18, 0, 0.3),
            one(0, 12, 18, 0, 0.4),
            one(0, 14, 20, 0, 0.8),
            one(0, 10, 19, 1, 0.7),
            one(0, 26, 30, 0, 0.2),
            one(0, 26, 28, 0, 0.1),
            one(1, 25, 26, 0, 0.9),
            one(0, far, far + 1, 0, 0.6),
        ];
        let rivals = rivals(&all, &[0.0; 10]);
        let beside = |at: usize| [rivals[at].before.probability(), rivals[at].after.probability()];
        assert_eq!(beside(0), [Some(0.4), Some(0.2)]);
        assert_eq!(beside(1), [None, Some(0.5)]);
        assert_eq!(beside(5), [None, None]);
        assert_eq!(beside(8), [None, None]);
        assert_eq!(beside(9), [Some(0.2), None], "it is too far from the first");
    }
}
