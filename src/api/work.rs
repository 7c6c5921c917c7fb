//! The bounded pool that CPU work runs on, off the reactor's threads.
//!
//! It has two lanes, each with its threads and its queue: one for small work, in the order of the calls, and one for large
//! documents, whose threads give way to all others. So a large document takes what small ones leave, and stalls none: it
//! stands still in its middle where small work needs the threads' cores ([`super::turns`]). To be nice is not enough, as
//! a system that spreads threads over cores counts the nice ones as well.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;

use tokio::sync::{Semaphore, oneshot};

use super::error::ApiError;
use super::turns::Turns;
use crate::text::pauses::with_pauses;

/// How many jobs may wait for each thread before callers wait themselves.
const QUEUED_JOBS_PER_THREAD: usize = 4;
/// Text from which on a job is a large one, in bytes: some milliseconds of work.
pub const LARGE_BYTES: usize = 64 << 10;
/// How much nicer than the process the threads for large documents are. By 10 a thread has a tenth of the share of one that
/// does not give way, and all of a core that nobody else wants.
#[cfg(target_os = "linux")]
const LARGE_NICENESS: i32 = 10;

type Job = Box<dyn FnOnce() + Send>;

/// A pool of threads that is never handed more than it can hold.
///
/// Dropping the future of [`WorkPool::run`] takes its job back if it has not begun; a job that has begun ends by itself.
#[derive(Clone)]
pub struct WorkPool {
    lanes: Arc<Lanes>,
    threads: usize,
}

struct Lanes {
    small: Arc<Lane>,
    large: Arc<Lane>,
    turns: Arc<Turns>,
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.small.close();
        self.large.close();
    }
}

/// Jobs, the threads that take them, and the places of jobs that are queued or run.
struct Lane {
    queue: Mutex<Queue>,
    places: Arc<Semaphore>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    /// Threads that wait for a job, the one that has waited least last: it is woken first, as what it knows of words is still near.
    idle: Vec<Thread>,
    closed: bool,
}

impl Lane {
    fn start(threads: usize, name: &str, begin: fn()) -> Result<Arc<Self>, WorkPoolError> {
        let places = Arc::new(Semaphore::new(threads * (1 + QUEUED_JOBS_PER_THREAD)));
        let lane = Arc::new(Self { queue: Mutex::default(), places });
        for index in 0..threads {
            let own = Arc::clone(&lane);
            let work = move || {
                begin();
                own.work();
            };
            let thread = std::thread::Builder::new().name(format!("{name}-{index}"));
            if let Err(source) = thread.spawn(work) {
                lane.close();
                return Err(WorkPoolError { threads, source });
            }
        }
        Ok(lane)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it holds the lock.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        while let Some(job) = self.next() {
            job();
        }
    }

    fn next(&self) -> Option<Job> {
        let own = std::thread::current();
        let mut queue = self.queue();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            if queue.closed {
                return None;
            }
            queue.idle.push(own.clone());
            drop(queue);
            std::thread::park();
            queue = self.queue();
            // it is still among them where nobody has woken it
            queue.idle.retain(|idle| idle.id() != own.id());
        }
    }

    fn push(&self, job: Job) {
        let mut queue = self.queue();
        queue.jobs.push_back(job);
        let awaited = queue.idle.pop();
        drop(queue);
        if let Some(thread) = awaited {
            thread.unpark();
        }
    }

    fn close(&self) {
        let mut queue = self.queue();
        queue.closed = true;
        queue.idle.drain(..).for_each(|thread| thread.unpark());
    }
}

/// Lets this thread's work wait for that of others.
fn give_way() {
    // Elsewhere it would be the whole process that gives way. Where the system refuses, the lane is as any other.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpriority_process, setpriority_process};
        let thread = Some(rustix::thread::gettid());
        let niceness = getpriority_process(thread).unwrap_or(0).saturating_add(LARGE_NICENESS);
        let _ = setpriority_process(thread, niceness.min(19));
    }
}

/// Tells a job whether somebody still waits for its answer. A job of many parts looks at it between them.
pub struct CallerGone(Arc<AtomicBool>);

impl CallerGone {
    /// Whether the caller has left.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Sets the flag when the future that waits is dropped.
struct LeaveOnDrop(Arc<AtomicBool>);

impl Drop for LeaveOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {threads} worker threads: {source}; set fewer workers")]
pub struct WorkPoolError {
    threads: usize,
    source: io::Error,
}

impl WorkPool {
    /// A pool of that many threads for small work, at least one, and as many for large documents.
    ///
    /// # Errors
    /// When the system refuses the threads.
    pub fn new(threads: usize) -> Result<Self, WorkPoolError> {
        let threads = threads.max(1);
        let small = Lane::start(threads, "annotate", || {})?;
        let large = Lane::start(threads, "large", give_way).inspect_err(|_| small.close())?;
        let turns = Arc::new(Turns::new(threads));
        Ok(Self { lanes: Arc::new(Lanes { small, large, turns }), threads })
    }

    /// How many threads each lane has.
    pub const fn threads(&self) -> usize {
        self.threads
    }

    /// Whether small work would have to wait for a thread.
    pub fn is_busy(&self) -> bool {
        let queue = self.lanes.small.queue();
        queue.jobs.len() >= queue.idle.len()
    }

    /// Runs `job`, which is small, on a thread of the pool, in the order of the calls.
    ///
    /// # Errors
    /// [`ApiError::Internal`] when the job panics.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&CallerGone) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let small = self.lanes.turns.small();
        let job = move |gone: &CallerGone| {
            let _small = small;
            job(gone)
        };
        run_on(&self.lanes.small, job).await
    }

    /// Runs `job`, which works on that many bytes of text.
    ///
    /// # Errors
    /// As [`WorkPool::run`].
    pub async fn run_sized<T: Send + 'static>(
        &self,
        text_bytes: usize,
        job: impl FnOnce(&CallerGone) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        if text_bytes < LARGE_BYTES {
            return self.run(job).await;
        }
        let turns = Arc::clone(&self.lanes.turns);
        let job = move |gone: &CallerGone| {
            let turn = turns.large();
            with_pauses(move || turn.give_way(), || job(gone))
        };
        run_on(&self.lanes.large, job).await
    }
}

async fn run_on<T: Send + 'static>(
    lane: &Lane,
    job: impl FnOnce(&CallerGone) -> T + Send + 'static,
) -> Result<T, ApiError> {
    // The semaphore is never closed, so that this cannot fail.
    let place = Arc::clone(&lane.places).acquire_owned().await.map_err(|_| ApiError::Internal)?;
    let (sender, receiver) = oneshot::channel();
    let flag = Arc::new(AtomicBool::new(false));
    let gone = CallerGone(Arc::clone(&flag));
    let _leave = LeaveOnDrop(flag);
    lane.push(Box::new(move || {
        // Not begun when the client went away or its deadline was over.
        if !gone.is_set() {
            let result = catch_unwind(AssertUnwindSafe(|| job(&gone)));
            // A failed send means that the caller left while the job ran.
            let _ = sender.send(result.map_err(|_| ApiError::Internal));
        }
        drop(place);
    }));
    receiver.await.unwrap_or(Err(ApiError::Internal))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_thread_that_has_waited_least_is_woken() {
        let pool = WorkPool::new(3).unwrap();
        let all_wait = || {
            while pool.lanes.small.queue().idle.len() < 3 {
                std::thread::yield_now();
            }
        };
        let mut last = None;
        for round in 0..50 {
            all_wait();
            let own = pool.run(|_| std::thread::current().id()).await.unwrap();
            assert!(last.is_none_or(|last| last == own), "{round}");
            last = Some(own);
        }
    }

    #[tokio::test]
    async fn jobs_answer_and_panics_are_errors() {
        let pool = WorkPool::new(2).unwrap();
        assert_eq!(pool.run(|_| 2 + 2).await, Ok(4));
        let failing: Result<(), ApiError> = pool.run(|_| panic!("on purpose")).await;
        assert_eq!(failing, Err(ApiError::Internal));
        assert_eq!(pool.run(|_| 5).await, Ok(5));
    }

    #[tokio::test]
    async fn a_job_whose_caller_left_does_not_run() {
        let pool = WorkPool::new(1).unwrap();
        let (release, blocked) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(move |_| blocked.recv().is_ok()).await }
        });
        let ran = Arc::new(AtomicUsize::new(0));
        let mut second = Box::pin(pool.run({
            let ran = Arc::clone(&ran);
            move |_| ran.fetch_add(1, Ordering::SeqCst)
        }));
        // Polled once, the job is queued behind the first; then its caller leaves.
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(second);
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
        assert_eq!(pool.run(|_| ()).await, Ok(()));
        assert_eq!(ran.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn the_queue_is_bounded() {
        let pool = WorkPool::new(1).unwrap();
        let (release, blocked) = mpsc::channel::<()>();
        let mut jobs = vec![Box::pin(pool.run(move |_| assert!(blocked.recv().is_ok())))
            as std::pin::Pin<Box<dyn Future<Output = _>>>];
        for _ in 0..QUEUED_JOBS_PER_THREAD {
            jobs.push(Box::pin(pool.run(|_| ())));
        }
        for job in &mut jobs {
            assert!(futures_util::poll!(job).is_pending());
        }
        assert_eq!(pool.lanes.small.places.available_permits(), 0);
        release.send(()).unwrap();
        for job in jobs {
            job.await.unwrap();
        }
    }

    #[tokio::test]
    async fn small_work_does_not_wait_for_large_work() {
        let pool = WorkPool::new(1).unwrap();
        let (release, blocked) = mpsc::channel::<()>();
        let mut large = Box::pin(pool.run_sized(LARGE_BYTES, move |_| blocked.recv().is_ok()));
        assert!(futures_util::poll!(&mut large).is_pending());
        assert_eq!(pool.run_sized(LARGE_BYTES - 1, |_| 1).await, Ok(1));
        release.send(()).unwrap();
        assert_eq!(large.await, Ok(true));
    }

    #[tokio::test]
    async fn a_pool_is_busy_while_no_thread_waits() {
        let pool = WorkPool::new(1).unwrap();
        let (release, blocked) = mpsc::channel::<()>();
        let mut first = Box::pin(pool.run(move |_| blocked.recv().is_ok()));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert!(pool.is_busy());
        release.send(()).unwrap();
        assert_eq!(first.await, Ok(true));
    }

    #[tokio::test]
    async fn threads_end_with_their_pool() {
        let pool = WorkPool::new(2).unwrap();
        let lane = Arc::downgrade(&pool.lanes.small);
        drop(pool);
        while lane.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    }
}
