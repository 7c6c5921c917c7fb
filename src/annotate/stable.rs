//! Sorting in room that the thread keeps.

use crate::text::Spare;
use crate::text::pauses::worked;

/// Sorts by a key; those of one key stay in their order. The standard library's stable sort takes room from the heap for it. O(n log n).
pub(super) fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    if list.is_sorted_by(|one, next| worked(key(one) <= key(next))) {
        return;
    }
    let mut order: Spare<Vec<usize>> = (0..list.len()).collect();
    order.sort_unstable_by_key(|at| worked((key(&list[*at]), *at)));
    // each goes to its place along the cycle that it is in
    for first in 0..list.len() {
        let mut at = first;
        loop {
            let from = std::mem::replace(&mut order[at], at);
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
