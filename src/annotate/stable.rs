//! Sorting in room that the thread keeps.

use crate::text::pauses::worked;
use crate::text::{Spare, Spared};

/// Sorts by a key; those of one key stay in their order. The standard library's stable sort takes room from the heap for it. O(n log n).
pub(super) fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K)
where
    Vec<(K, usize)>: Spared,
{
    if list.is_sorted_by_key(&key) {
        return;
    }
    let mut order: Spare<Vec<(K, usize)>> = Spare::take();
    order.extend(list.iter().enumerate().map(|(at, own)| (key(own), at)));
    order.sort_unstable_by(|one, other| worked(one.cmp(other)));
    // each goes to its place along the cycle that it is in
    for first in 0..list.len() {
        let mut at = first;
        loop {
            let from = std::mem::replace(&mut order[at].1, at);
            if from == first {
                break;
            }
            list.swap(at, from);
            at = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::spared;

    spared!(Vec<(u8, usize)>);

    proptest! {
        #[test]
        fn what_has_one_key_stays_in_its_order(keys in prop::collection::vec(0_u8..9, 0..40)) {
            let mut list: Vec<(u8, usize)> = keys.into_iter().zip(0..).collect();
            let mut expected = list.clone();
            expected.sort_by_key(|own| own.0);
            sort_by_key(&mut list, |own| own.0);
            prop_assert_eq!(list, expected);
        }
    }
}
