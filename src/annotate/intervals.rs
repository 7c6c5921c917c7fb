//! Of spans that overlap the set that weighs most.

use std::ops::Add;

use crate::model::Span;
use crate::text::pauses::work_done;
use crate::text::{Spare, Spared};

/// Which of `spans` make the set of the greatest weight in which none overlap, by their places, the last first: weighted
/// interval scheduling (Kleinberg and Tardos, Algorithm Design, 6.1). `of` gives the span and the weight of each. They stand by
/// their ends and none is empty; the default of a weight is nothing. Of two sets of one weight that with the earlier spans is
/// taken. O(n log n).
pub(super) fn heaviest<T, W>(spans: &[T], of: impl Fn(&T) -> (Span, W)) -> Spare<Vec<usize>>
where
    W: Copy + Ord + Default + Add<Output = W>,
    Vec<W>: Spared,
{
    let mut kept: Spare<Vec<usize>> = Spare::take();
    if all_stay(spans, &of) {
        work_done(spans.len());
        kept.extend((0..spans.len()).rev());
        return kept;
    }
    // best[n]: the greatest weight among the first n
    let mut best: Spare<Vec<W>> = Spare::take();
    best.push(W::default());
    let mut fits_after: Spare<Vec<usize>> = Spare::take();
    for (index, own) in spans.iter().enumerate() {
        work_done(1);
        let (span, weight) = of(own);
        let room = spans[..index].partition_point(|other| of(other).0.end <= span.start);
        let greatest = best[index].max(best[room] + weight);
        best.push(greatest);
        fits_after.push(room);
    }
    let mut count = spans.len();
    while count > 0 {
        if best[count] == best[count - 1] {
            count -= 1;
        } else {
            kept.push(count - 1);
            count = fits_after[count - 1];
        }
    }
    kept
}

/// Whether no spans overlap, as mostly none do, and each weighs something. They stand by their ends.
pub(super) fn all_stay<T, W: Ord + Default>(spans: &[T], of: impl Fn(&T) -> (Span, W)) -> bool {
    spans.is_sorted_by(|one, next| of(one).0.end <= of(next).0.start)
        && spans.iter().all(|own| of(own).1 > W::default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans() -> impl Strategy<Value = Vec<(Span, u64)>> {
        let one = (0_usize..30, 1_usize..8, 0_u64..5)
            .prop_map(|(start, length, weight)| (Span { start, end: start + length }, weight));
        prop::collection::vec(one, 0..9).prop_map(|mut spans| {
            spans.sort_unstable_by_key(|(span, _)| span.end);
            spans
        })
    }

    proptest! {
        #[test]
        fn no_set_without_overlaps_weighs_more(all in spans()) {
            let overlaps = |set: &[usize]| {
                set.iter().any(|&a| set.iter().any(|&b| a != b && all[a].0.overlaps(all[b].0)))
            };
            let total = |set: &[usize]| set.iter().map(|&at| all[at].1).sum::<u64>();
            let chosen = heaviest(&all, |own| *own);
            prop_assert!(!overlaps(&chosen) && chosen.is_sorted_by(|one, other| one > other));
            let best = (0..1_u32 << all.len())
                .map(|mask| (0..all.len()).filter(|at| mask >> at & 1 == 1).collect::<Vec<_>>())
                .filter(|set| !overlaps(set))
                .map(|set| total(&set))
                .max();
            prop_assert_eq!(Some(total(&chosen)), best);
        }
    }
}
