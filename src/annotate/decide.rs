//! The decision: which of the mentions that overlap stay.
//!
//! The request's own terms go first, then what the sequence models recognised, then names that the dictionary found of types
//! without a model: "breast" is no word against "breast cancer".
//!
//! Under `LONGEST`, of all sets of mentions that do not overlap the one of the greatest weight stays ([`heaviest`]). Between
//! mentions that the dictionary found, the squares of their lengths are summed first and their scores after, so that one
//! long name outweighs two short ones that cover a little more. Between mentions that a sequence model has recognised, the
//! weight is the score, and length adds to it: a long guess does not win over a short mention that is certain. Sums are of
//! integers, so the outcome does not depend on the order of adding.

use std::ops::Add;

use super::intervals::heaviest;
use crate::model::{EntityType, OverlapPolicy, Span};
use crate::text::pauses::{work_done, worked};
use crate::text::{Spare, spared};

/// A mention as the decision sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contender {
    /// Where.
    pub span: Span,
    /// The type of its best reading.
    pub entity_type: EntityType,
    /// The score of its best reading, in millionths.
    pub score: u64,
    /// Whether it is a term of the request's own, which wins where it matches.
    pub extra: bool,
    /// Whether a sequence model recognised it.
    pub recognised: bool,
}

spared!(Vec<Contender>);

/// Who goes first where mentions overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Extra,
    Recognised,
    Found,
}

impl Contender {
    const fn rank(&self) -> Rank {
        match (self.extra, self.recognised) {
            (true, _) => Rank::Extra,
            (_, true) => Rank::Recognised,
            _ => Rank::Found,
        }
    }
}

/// Length first, then score; or score, to which length adds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Weight(u64, u64);

spared!(Vec<Weight>);

impl Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0), self.1.saturating_add(other.1))
    }
}

/// How many bytes of length add as much to a weight as the score itself.
const LENGTH_SHARE_BYTES: u64 = 32;

/// What a mention adds to the weight of a set.
const fn weight(contender: &Contender, by_score: bool) -> Weight {
    let length = contender.span.len() as u64;
    if by_score {
        Weight(contender.score.saturating_mul(LENGTH_SHARE_BYTES + length), 0)
    } else {
        Weight(length.saturating_mul(length), contender.score)
    }
}

/// Which of `contenders` stay, in ascending order of their index. All are of one passage. O(n log n).
pub(super) fn decide(contenders: &[Contender], policy: OverlapPolicy) -> Spare<Vec<usize>> {
    let mut kept: Spare<Vec<usize>> = Spare::take();
    let all = 0..contenders.len();
    match policy {
        OverlapPolicy::All => kept.extend(all),
        OverlapPolicy::Longest if contenders.is_sorted_by_key(|own| own.span.start) => {
            schedule_apart(contenders, &mut kept);
        }
        OverlapPolicy::Longest => schedule_by_rank(contenders, &all, &mut kept),
        OverlapPolicy::LongestPerType => {
            for entity_type in EntityType::ALL {
                let own = all.clone().filter(|&at| contenders[at].entity_type == entity_type);
                schedule_by_rank(contenders, &own, &mut kept);
            }
        }
    }
    if policy != OverlapPolicy::Longest {
        leave_covered(contenders, &mut kept);
    }
    kept.sort_unstable();
    kept
}

/// Leaves out the mentions whose very span is an extra term's.
fn leave_covered(contenders: &[Contender], kept: &mut Vec<usize>) {
    let mut extra: Vec<Span> =
        kept.iter().filter(|&&at| contenders[at].extra).map(|&at| contenders[at].span).collect();
    extra.sort_unstable();
    kept.retain(|&at| contenders[at].extra || extra.binary_search(&contenders[at].span).is_err());
}

/// Adds the best set of mentions that stand by their starts: what does not reach into each other is decided apart, and mostly
/// one stands alone or two meet.
fn schedule_apart(contenders: &[Contender], kept: &mut Vec<usize>) {
    let mut from = 0;
    while let Some(first) = contenders.get(from) {
        let mut reach = first.span.end;
        let joins = |next: &&Contender| {
            let joins = next.span.start < reach;
            reach = reach.max(next.span.end);
            joins
        };
        let to = from + 1 + contenders[from + 1..].iter().take_while(joins).count();
        work_done(to - from);
        match &contenders[from..to] {
            [alone] => kept.extend(weighs(alone).then_some(from)),
            [one, other] if weighs(one) && weighs(other) => {
                kept.push(from + usize::from(goes_before(other, one)));
            }
            _ => schedule_by_rank(contenders, &(from..to), kept),
        }
        from = to;
    }
}

/// Whether a mention has a weight, as one of no length or score has not.
fn weighs(contender: &Contender) -> bool {
    !contender.span.is_empty() && weight(contender, contender.recognised) > Weight::default()
}

/// Whether of two mentions that overlap and weigh something `other` stays, as [`schedule_by_rank`] has it.
fn goes_before(other: &Contender, one: &Contender) -> bool {
    if other.rank() != one.rank() {
        return other.rank() < one.rank();
    }
    let by_score = other.recognised || one.recognised;
    let (own, others) = (weight(one, by_score), weight(other, by_score));
    let ends_later = |one: &Contender, other: &Contender| {
        let key = |own: &Contender| (own.span.end, own.span.start, own.score, own.entity_type);
        key(one) > key(other)
    };
    // of one weight the one that ends earlier
    others > own || others == own && ends_later(one, other)
}

/// Adds the best set of extra terms, then the best set of what the models recognised in the room that these leave, then that
/// of the dictionary's names.
fn schedule_by_rank(
    contenders: &[Contender],
    among: &(impl Iterator<Item = usize> + Clone),
    all_kept: &mut Vec<usize>,
) {
    let (mut kept, mut free): (Spare<Vec<usize>>, Spare<Vec<usize>>) = (Spare::take(), Spare::take());
    for rank in [Rank::Extra, Rank::Recognised, Rank::Found] {
        let own = among.clone().filter(|&at| contenders[at].rank() == rank);
        free.clear();
        free.extend(own.filter(|&at| {
            let span = contenders[at].span;
            // the kept do not overlap, so the last that begins before the end is the only one that can reach in
            let before = kept.partition_point(|&own| contenders[own].span.start < span.end);
            before == 0 || !contenders[kept[before - 1]].span.overlaps(span)
        }));
        if free.is_empty() {
            continue;
        }
        schedule(contenders, &mut free, &mut kept);
        kept.sort_unstable_by_key(|&at| worked(contenders[at].span));
    }
    all_kept.append(&mut kept);
}

/// Adds the set of the greatest weight without overlaps to what is kept.
fn schedule(contenders: &[Contender], among: &mut Vec<usize>, kept: &mut Vec<usize>) {
    among.retain(|&at| !contenders[at].span.is_empty());
    among.sort_unstable_by_key(|&at| {
        let contender = &contenders[at];
        worked((contender.span.end, contender.span.start, contender.score, contender.entity_type, at))
    });
    let by_score = among.iter().any(|&at| contenders[at].recognised);
    let own = heaviest(among, |&at| (contenders[at].span, weight(&contenders[at], by_score)));
    kept.extend(own.iter().map(|&place| among[place]));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contender(start: usize, end: usize, score: u64) -> Contender {
        Contender {
            span: Span { start, end },
            entity_type: EntityType::Gene,
            score,
            extra: false,
            recognised: false,
        }
    }

    fn kept(contenders: &[Contender], policy: OverlapPolicy) -> Vec<(usize, usize)> {
        let kept = decide(contenders, policy);
        let spans = kept.iter().map(|&at| contenders[at].span);
        spans.map(|span| (span.start, span.end)).collect()
    }

    #[test]
    fn longer_mentions_win_and_then_better_ones() {
        let all = [contender(0, 4, 900), contender(0, 11, 500), contender(5, 11, 900), contender(20, 24, 1)];
        assert_eq!(kept(&all, OverlapPolicy::Longest), [(0, 11), (20, 24)]);
        assert_eq!(kept(&all, OverlapPolicy::All).len(), 4);
        // one of 20 outweighs its two neighbours of 10 and 12
        let all = [contender(0, 10, 1), contender(5, 25, 1), contender(20, 32, 1)];
        assert_eq!(kept(&all, OverlapPolicy::Longest), [(5, 25)]);
        let same =
            [contender(3, 6, 10), Contender { entity_type: EntityType::Disease, ..contender(3, 6, 20) }];
        assert_eq!(*decide(&same, OverlapPolicy::Longest), [1]);
        assert_eq!(*decide(&same, OverlapPolicy::LongestPerType), [0, 1]);
        // nested ones of two types stay, of one type do not
        let nested =
            [contender(0, 9, 1), Contender { entity_type: EntityType::Disease, ..contender(0, 4, 1) }];
        assert_eq!(*decide(&nested, OverlapPolicy::LongestPerType), [0, 1]);
        assert_eq!(*decide(&nested, OverlapPolicy::Longest), [0]);
    }

    #[test]
    fn a_certain_mention_wins_over_a_longer_guess() {
        let recognised = |start, end, score| Contender { recognised: true, ..contender(start, end, score) };
        assert_eq!(
            kept(&[recognised(0, 12, 500_000), recognised(0, 5, 950_000)], OverlapPolicy::Longest),
            [(0, 5)]
        );
        assert_eq!(
            kept(&[recognised(0, 12, 900_000), recognised(0, 5, 950_000)], OverlapPolicy::Longest),
            [(0, 12)]
        );
        let found = contender(6, 12, 900_000);
        assert_eq!(kept(&[recognised(0, 5, 950_000), found], OverlapPolicy::Longest), [(0, 5), (6, 12)]);
    }

    #[test]
    fn what_a_model_recognised_goes_before_names_of_other_types() {
        let recognised = |start, end, score| Contender { recognised: true, ..contender(start, end, score) };
        type Case<'c> = (&'c [Contender], &'c [(usize, usize)]);
        let cases: &[Case<'_>] = &[
            (&[recognised(0, 13, 500_000), contender(0, 6, 990_000)], &[(0, 13)]),
            (&[recognised(0, 5, 300_000), contender(0, 16, 990_000)], &[(0, 5)]),
            (
                &[recognised(7, 9, 300_000), contender(0, 6, 1), contender(9, 12, 1)],
                &[(0, 6), (7, 9), (9, 12)],
            ),
        ];
        for (all, expected) in cases {
            let mut spans = kept(all, OverlapPolicy::Longest);
            spans.sort_unstable();
            assert_eq!(&spans, expected, "{all:?}");
        }
    }

    #[test]
    fn extra_terms_win_where_they_match() {
        let extra = |start, end| Contender { extra: true, ..contender(start, end, 1_000_000) };
        let all = [contender(0, 11, 900), extra(5, 8), contender(0, 4, 100), contender(12, 14, 100)];
        assert_eq!(kept(&all, OverlapPolicy::Longest), [(5, 8), (0, 4), (12, 14)]);
        let same = [contender(5, 8, 900), extra(5, 8)];
        for policy in [OverlapPolicy::Longest, OverlapPolicy::LongestPerType, OverlapPolicy::All] {
            assert_eq!(*decide(&same, policy), [1]);
        }
    }

    #[test]
    fn many_nested_mentions_are_decided() {
        let all: Vec<Contender> = (0..200_000).map(|at| contender(at, at + 1 + at % 50, 1)).collect();
        assert!(!decide(&all, OverlapPolicy::Longest).is_empty());
    }

    fn of_ranks() -> impl Strategy<Value = Vec<Contender>> {
        let one = (0_usize..24, 0_usize..7, 0_u64..4, 0..4).prop_map(|(at, length, score, rank)| Contender {
            extra: rank == 0,
            recognised: rank == 1 || rank == 2,
            entity_type: if score % 2 == 0 { EntityType::Gene } else { EntityType::Disease },
            ..contender(at, at + length, score)
        });
        prop::collection::vec(one, 0..9).prop_map(|mut all| {
            all.sort_by_key(|own| (own.span.start, std::cmp::Reverse(own.span.end)));
            all
        })
    }

    fn contenders() -> impl Strategy<Value = Vec<Contender>> {
        let one =
            (0_usize..30, 1_usize..8, 0_u64..5).prop_map(|(at, len, score)| contender(at, at + len, score));
        prop::collection::vec(one, 0..9)
    }

    fn total(contenders: &[Contender], chosen: &[usize]) -> Weight {
        let squares = chosen.iter().map(|&at| (contenders[at].span.len() as u64).pow(2)).sum();
        Weight(squares, chosen.iter().map(|&at| contenders[at].score).sum())
    }

    proptest! {
        #[test]
        fn what_is_decided_apart_is_decided_alike(all in of_ranks()) {
            let (mut together, mut apart) = (Vec::new(), Vec::new());
            schedule_by_rank(&all, &(0..all.len()), &mut together);
            together.sort_unstable();
            schedule_apart(&all, &mut apart);
            prop_assert_eq!(apart, together);
        }

        #[test]
        fn the_set_is_the_best_of_all_sets(all in contenders()) {
            let chosen = decide(&all, OverlapPolicy::Longest);
            let overlaps = |set: &[usize]| {
                set.iter().any(|&a| set.iter().any(|&b| a != b && all[a].span.overlaps(all[b].span)))
            };
            prop_assert!(!overlaps(&chosen));
            let best = (0..1_u32 << all.len())
                .map(|mask| (0..all.len()).filter(|at| mask >> at & 1 == 1).collect::<Vec<_>>())
                .filter(|set| !overlaps(set))
                .map(|set| total(&all, &set))
                .max();
            prop_assert_eq!(Some(total(&all, &chosen)), best);
        }
    }
}
