//! Folded texts that are used for a moment, such as that of a name: their room is kept by the thread, so that it need not be made
//! for each.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

use super::fold::FoldedText;

/// The most of them that a thread keeps.
const KEPT_LIMIT: usize = 4;
/// The most bytes of forms that one that is kept has room for.
const ROOM_BYTES_LIMIT: usize = 1 << 16;

thread_local! {
    static KEPT: RefCell<Vec<FoldedText>> = const { RefCell::new(Vec::new()) };
}

/// A folded text whose room goes back to the thread when it is dropped. What it holds at first means nothing.
#[derive(Debug)]
pub(crate) struct SpareText(FoldedText);

impl SpareText {
    /// One that has been used, or a new one.
    pub(crate) fn take() -> Self {
        Self(KEPT.with_borrow_mut(Vec::pop).unwrap_or_default())
    }
}

impl Drop for SpareText {
    fn drop(&mut self) {
        if self.0.room_bytes() <= ROOM_BYTES_LIMIT {
            KEPT.with_borrow_mut(|kept| {
                if kept.len() < KEPT_LIMIT {
                    kept.push(std::mem::take(&mut self.0));
                }
            });
        }
    }
}

impl Deref for SpareText {
    type Target = FoldedText;

    fn deref(&self) -> &FoldedText {
        &self.0
    }
}

impl DerefMut for SpareText {
    fn deref_mut(&mut self) -> &mut FoldedText {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_within_bounds() {
        let kept = || KEPT.with_borrow(|kept| kept.iter().map(FoldedText::room_bytes).collect::<Vec<_>>());
        let mut one = SpareText::take();
        one.fold("renal failure");
        assert_eq!((one.text(), kept().len()), ("renal failure", 0));
        let room = one.room_bytes();
        drop(one);
        assert_eq!(kept(), [room]);
        let mut again = SpareText::take();
        again.fold("p53");
        assert_eq!((again.text(), again.room_bytes()), ("p 53", room));
        again.fold(&"a ".repeat(ROOM_BYTES_LIMIT));
        drop(again);
        assert!(kept().is_empty(), "too large");
        let many: Vec<SpareText> = (0..2 * KEPT_LIMIT).map(|_| SpareText::take()).collect();
        drop(many);
        assert_eq!(kept().len(), KEPT_LIMIT);
    }
}
