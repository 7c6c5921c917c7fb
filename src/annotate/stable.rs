//! Sorting in room that the thread keeps.

use crate::text::pauses::worked;
use crate::text::{Spare, Spared};

/// Sorts by a key; those of one key stay in their order. The standard library's stable sort takes room from the heap for it. O(n) where two
/// sorted lists stand behind each other, as mostly what models and what the dictionary found, else O(n log n).
pub(super) fn sort_by_key<T, K: Ord>(list: &mut Vec<T>, key: impl Fn(&T) -> K)
where
    Vec<T>: Spared + Default,
{
    let is_in_order = |own: &[T]| own.is_sorted_by(|one, next| worked(key(one) <= key(next)));
    let in_order = list.windows(2).take_while(|own| is_in_order(own)).count() + 1;
    if in_order >= list.len() {
        return;
    }
    if is_in_order(&list[in_order..]) {
        merge(list, in_order, key);
    } else {
        sort_by_places(list, key);
    }
}

/// Sorts a list of which what stands before a place is sorted, and what stands behind it.
fn merge<T, K: Ord>(list: &mut Vec<T>, place: usize, key: impl Fn(&T) -> K)
where
    Vec<T>: Spared + Default,
{
    let (mut before, mut behind): (Spare<Vec<T>>, Spare<Vec<T>>) = (Spare::take(), Spare::take());
    behind.extend(list.drain(place..));
    before.append(list);
    let (mut before, mut behind) = (before.drain(..).peekable(), behind.drain(..).peekable());
    while let (Some(one), Some(other)) = (before.peek(), behind.peek()) {
        let first = if worked(key(one) <= key(other)) { before.next() } else { behind.next() };
        list.extend(first);
    }
    list.extend(before);
    list.extend(behind);
}

fn sort_by_places<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
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
    use crate::text::spared;

    type Own = (u8, usize);
    spared!(Vec<Own>);

    fn check(keys: impl Iterator<Item = u8>) -> Result<(), TestCaseError> {
        let mut list: Vec<Own> = keys.zip(0..).collect();
        let mut expected = list.clone();
        expected.sort_by_key(|own| own.0);
        sort_by_key(&mut list, |own| own.0);
        prop_assert_eq!(list, expected);
        Ok(())
    }

    proptest! {
        #[test]
        fn what_has_one_key_stays_in_its_order(
            keys in prop::collection::vec(0_u8..9, 0..40),
            mut others in prop::collection::vec(0_u8..9, 0..40),
        ) {
            check(keys.iter().copied())?;
            let mut sorted = keys;
            sorted.sort_unstable();
            others.sort_unstable();
            check(sorted.into_iter().chain(others))?;
        }
    }
}
