//! Long work stands still now and then, where who runs it wants that: a large document gives way to small ones.
//!
//! The stages tell what they have done, in units of about what one token costs one of them. After some hundred the pause is
//! called that the thread was given; without one, telling costs next to nothing and does nothing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The units between two pauses: less than half a millisecond of work.
const UNITS_BETWEEN: usize = 1_024;

type Pause = Rc<dyn Fn()>;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    static PAUSE: RefCell<Option<Pause>> = const { RefCell::new(None) };
}

/// Takes the pause away when the work is done or has failed.
struct TakeAway;

impl Drop for TakeAway {
    fn drop(&mut self) {
        PAUSE.with_borrow_mut(Option::take);
        LEFT.set(usize::MAX);
    }
}

/// Does `work`, with `pause` called in it now and then. Work within work has the pause of the inner one.
pub fn with_pauses<R>(pause: impl Fn() + 'static, work: impl FnOnce() -> R) -> R {
    PAUSE.with_borrow_mut(|own| *own = Some(Rc::new(pause)));
    LEFT.set(0);
    let _take_away = TakeAway;
    work()
}

/// Tells that so many units of work are done.
#[inline]
pub fn work_done(units: usize) {
    match LEFT.get().checked_sub(units) {
        Some(left) => LEFT.set(left),
        None => stand_still(),
    }
}

/// Tells of one unit of work and gives `value`: for the keys that a sort compares, as a sort is long work as well.
#[inline]
pub fn worked<T>(value: T) -> T {
    work_done(1);
    value
}

#[cold]
fn stand_still() {
    let pause = PAUSE.with_borrow(Clone::clone);
    LEFT.set(if pause.is_some() { UNITS_BETWEEN } else { usize::MAX });
    if let Some(pause) = pause {
        pause();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn work_pauses_now_and_then_and_only_where_it_is_wanted() {
        let pauses = Rc::new(Cell::new(0));
        let count = Rc::clone(&pauses);
        work_done(10 * UNITS_BETWEEN);
        let result = with_pauses(
            move || count.set(count.get() + 1),
            || {
                (0..10 * (UNITS_BETWEEN + 1)).for_each(|_| work_done(1));
                5
            },
        );
        assert_eq!((result, pauses.get()), (5, 10));
        work_done(10 * UNITS_BETWEEN);
        assert_eq!(pauses.get(), 10);
    }

    #[test]
    fn work_that_fails_leaves_no_pause() {
        let pauses = Rc::new(Cell::new(0));
        let count = Rc::clone(&pauses);
        let work = || with_pauses(move || count.set(count.get() + 1), || panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(work)).is_err());
        work_done(usize::MAX);
        work_done(usize::MAX);
        assert_eq!(pauses.get(), 0);
    }
}
