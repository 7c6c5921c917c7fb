//! How long this machine itself stands still: no tail of latencies is shorter than that.

use std::time::{Duration, Instant};

/// From how long on a thread that only looks at the clock was kept from it: no slice of the system's is in between, as each
/// core has one such thread and nothing else to do.
const STALL: Duration = Duration::from_millis(1);

/// What the cores had of stalls, all together.
#[derive(Debug, Default)]
pub struct Stalls {
    /// How many there were.
    pub count: usize,
    /// The longest.
    pub longest: Duration,
    /// All of them.
    pub all: Duration,
}

impl Stalls {
    /// Counts those among what passed between one look at the clock and the next.
    fn of(steps: impl Iterator<Item = Duration>) -> Self {
        steps
            .filter(|step| *step >= STALL)
            .fold(Self::default(), |so_far, step| so_far.and(&Self { count: 1, longest: step, all: step }))
    }

    fn and(&self, other: &Self) -> Self {
        Self {
            count: self.count + other.count,
            longest: self.longest.max(other.longest),
            all: self.all + other.all,
        }
    }
}

/// Watches the clock on every core for `time`. The machine should have nothing else to do.
pub fn watch(time: Duration) -> Stalls {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let watch_one = || {
        let began = Instant::now();
        let mut last = began;
        Stalls::of(std::iter::from_fn(|| {
            let now = Instant::now();
            let step = now - last;
            last = now;
            (now - began < time).then_some(step)
        }))
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(watch_one)).collect();
        // A thread that only looks at the clock does not panic.
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .fold(Stalls::default(), |all, own| all.and(&own))
    })
}
