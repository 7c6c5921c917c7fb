//! Lists without a branch for each thing that may be in them: whether a word of a text is one of some cannot be foretold, and a
//! branch that is foretold wrongly costs as much as some twenty instructions.

/// Fills `places` with the numbers below `count` of which `is_one` holds, in order.
#[inline]
pub(crate) fn list_places(count: usize, places: &mut Vec<u32>, mut is_one: impl FnMut(usize) -> bool) {
    // what was there before is overwritten, or cut off
    places.resize(count, 0);
    let mut listed = 0;
    for at in 0..count {
        if let Some(place) = places.get_mut(listed) {
            *place = at as u32;
        }
        listed += usize::from(is_one(at));
    }
    places.truncate(listed);
}

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
    fn what_holds_is_listed_in_order() {
        let mut places = vec![9; 30];
        for (count, expected) in [(10, vec![0, 3, 6, 9]), (0, vec![]), (1, vec![0])] {
            list_places(count, &mut places, |at| at % 3 == 0);
            assert_eq!(places, expected);
        }
        list_places(5, &mut places, |_| true);
        assert_eq!(places, [0, 1, 2, 3, 4]);
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
