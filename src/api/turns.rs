//! Whose turn it is on the cores: small work goes at once, large work takes the cores that it leaves.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long large work stands still for small work at most; then it takes a step, so that it comes to its end under any
/// load.
const PATIENCE: Duration = Duration::from_millis(50);
/// For how long large work goes on once it has a core: to begin again takes the system some of that.
const STEP: Duration = Duration::from_millis(2);
/// For how long after the last small work a core more than that takes is kept free: for what comes next, and for the threads
/// that read and write for it.
const KEPT_FREE: Duration = Duration::from_millis(200);

/// Who works.
#[derive(Debug)]
pub struct Turns {
    cores: usize,
    /// Small jobs that are queued or run.
    small: AtomicUsize,
    /// Large jobs that stand still.
    waiting: AtomicUsize,
    large: Mutex<Large>,
    free: Condvar,
}

#[derive(Debug, Default)]
struct Large {
    /// Large jobs that run.
    running: usize,
    /// When small work was last seen.
    small_seen: Option<Instant>,
}

/// A small job, from when it is asked for until it is done.
#[derive(Debug)]
pub struct SmallTurn(Arc<Turns>);

impl Drop for SmallTurn {
    fn drop(&mut self) {
        self.0.small.fetch_sub(1, Ordering::SeqCst);
        if self.0.waiting.load(Ordering::SeqCst) > 0 {
            self.0.free.notify_one();
        }
    }
}

/// A large job while it is worked on.
#[derive(Debug)]
pub struct LargeTurn {
    turns: Arc<Turns>,
    /// When its step began.
    began: Cell<Instant>,
}

impl Drop for LargeTurn {
    fn drop(&mut self) {
        self.turns.state().running -= 1;
        self.turns.free.notify_one();
    }
}

impl Turns {
    /// Turns on that many cores, at least one.
    pub fn new(cores: usize) -> Self {
        Self {
            cores: cores.max(1),
            small: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            large: Mutex::default(),
            free: Condvar::new(),
        }
    }

    /// A small job is asked for.
    pub fn small(self: &Arc<Self>) -> SmallTurn {
        self.small.fetch_add(1, Ordering::SeqCst);
        SmallTurn(Arc::clone(self))
    }

    /// A large job begins, when it is its turn.
    pub fn large(self: &Arc<Self>) -> LargeTurn {
        drop(self.wait(self.state()));
        LargeTurn { turns: Arc::clone(self), began: Cell::new(Instant::now()) }
    }

    fn state(&self) -> MutexGuard<'_, Large> {
        // Nothing panics while it holds the lock.
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a large job more may run.
    fn has_room(&self, large: &mut Large) -> bool {
        let small = self.small.load(Ordering::SeqCst);
        if small > 0 {
            large.small_seen = Some(Instant::now());
        }
        let kept = usize::from(large.small_seen.is_some_and(|seen| seen.elapsed() < KEPT_FREE));
        // one at least where no small work is there at all, as a server may have one core
        let most = self.cores.saturating_sub(small + kept).max(usize::from(small == 0));
        large.running < most
    }

    /// Waits until there is room for a large job, which runs then.
    fn wait<'l>(&'l self, mut large: MutexGuard<'l, Large>) -> MutexGuard<'l, Large> {
        let until = Instant::now() + PATIENCE;
        self.waiting.fetch_add(1, Ordering::SeqCst);
        while !self.has_room(&mut large) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            large = self.free.wait_timeout(large, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        large.running += 1;
        large
    }
}

impl LargeTurn {
    /// Lets small work have the core, if there is any that needs it.
    pub fn give_way(&self) {
        if self.turns.small.load(Ordering::SeqCst) == 0 || self.began.get().elapsed() < STEP {
            return;
        }
        let mut large = self.turns.state();
        large.running -= 1;
        drop(self.turns.wait(large));
        self.began.set(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a large job more would have to wait.
    fn is_full(turns: &Turns) -> bool {
        !turns.has_room(&mut turns.state())
    }

    #[test]
    fn large_work_takes_what_small_work_leaves() {
        let turns = Arc::new(Turns::new(4));
        assert!(!is_full(&turns));
        let (one, two) = (turns.small(), turns.small());
        let large = turns.large();
        assert!(is_full(&turns), "two small ones, a large one and a core kept free, of four");
        drop(two);
        assert!(!is_full(&turns));
        let other = turns.large();
        assert!(is_full(&turns));
        drop(one);
        let third = turns.large();
        assert!(is_full(&turns), "a core is kept free for a while");
        drop((large, other, third));
        assert_eq!(turns.state().running, 0);
    }

    #[test]
    fn one_core_is_enough_for_all() {
        let turns = Arc::new(Turns::new(1));
        let small = turns.small();
        assert!(is_full(&turns));
        drop(small);
        let large = turns.large();
        assert!(is_full(&turns));
        drop(large);
        assert!(!is_full(&turns));
    }

    #[test]
    fn large_work_goes_on_in_steps_beside_small_work_that_never_ends() {
        let turns = Arc::new(Turns::new(1));
        let _small = turns.small();
        let large = turns.large();
        (0..3).for_each(|_| large.give_way());
        assert_eq!(turns.state().running, 1);
        assert_eq!(turns.waiting.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn what_ends_lets_others_begin() {
        let turns = Arc::new(Turns::new(1));
        let small = turns.small();
        let waiting = std::thread::spawn({
            let turns = Arc::clone(&turns);
            move || drop(turns.large())
        });
        drop(small);
        waiting.join().unwrap();
        assert_eq!(turns.state().running, 0);
    }
}
