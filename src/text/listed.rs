//! Lists without a branch for each thing that may be in them: whether a word of a text is one of some cannot be foretold, and a
//! branch that is foretold wrongly costs as much as some twenty instructions.

/// Puts those of some items that `is_kept` holds of first, in order, and gives them.
#[inline]
pub(crate) fn keep<T: Copy>(items: &mut [T], mut is_kept: impl FnMut(&mut T) -> bool) -> &mut [T] {
    let mut kept = 0;
    for at in 0..items.len() {
        let mut item = items[at];
        let stays = is_kept(&mut item);
        items[kept.min(at)] = item;
        kept += usize::from(stays);
    }
    let count = kept.min(items.len());
    &mut items[..count]
}

/// How many items stand before the first that `holds` does not hold of, where it holds of none behind. `FEW` are asked at a time without a
/// branch for each, as where the first stands cannot be foretold.
#[inline]
pub(crate) fn count_before<T, const FEW: usize>(items: &[T], holds: impl Fn(&T) -> bool) -> usize {
    let (chunks, rest) = items.as_chunks::<FEW>();
    let of = |items: &[T]| items.iter().map(|item| usize::from(holds(item))).sum::<usize>();
    let mut before = 0;
    for chunk in chunks {
        let count = of(chunk);
        before += count;
        if count < FEW {
            return before;
        }
    }
    before + rest.iter().take_while(|item| holds(item)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_is_counted() {
        let items: Vec<usize> = (0..20).collect();
        for end in 0..=20 {
            for first in 0..=25 {
                assert_eq!(count_before::<_, 4>(&items[..end], |item| *item < first), first.min(end));
            }
        }
    }

    #[test]
    fn what_is_kept_may_be_changed() {
        let mut items: Vec<u8> = (0..10).collect();
        let kept = keep(&mut items, |item| {
            *item *= 2;
            *item % 3 != 0
        });
        assert_eq!(kept, [2, 4, 8, 10, 14, 16]);
        assert!(keep(kept, |_| false).is_empty());
        assert!(keep(&mut items[..0], |_| true).is_empty());
    }
}
