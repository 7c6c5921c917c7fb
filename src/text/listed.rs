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

#[cfg(test)]
mod tests {
    use super::*;

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
