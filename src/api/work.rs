//! The bounded pool that CPU work runs on, off the reactor's threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Semaphore, oneshot};

use super::error::ApiError;

/// How many jobs may wait for each thread before callers wait themselves.
const QUEUED_JOBS_PER_THREAD: usize = 4;

/// A pool of threads that is never handed more than it can hold.
///
/// Dropping the future of [`WorkPool::run`] takes its job back if it has not begun; a job that has begun ends by itself.
#[derive(Clone)]
pub struct WorkPool {
    threads: Arc<rayon::ThreadPool>,
    places: Arc<Semaphore>,
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
    source: rayon::ThreadPoolBuildError,
}

impl WorkPool {
    /// A pool of that many threads, at least one.
    ///
    /// # Errors
    /// When the system refuses the threads.
    pub fn new(threads: usize) -> Result<Self, WorkPoolError> {
        let threads = threads.max(1);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("annotate-{index}"))
            .build()
            .map_err(|source| WorkPoolError { threads, source })?;
        let places = Arc::new(Semaphore::new(threads * (1 + QUEUED_JOBS_PER_THREAD)));
        Ok(Self { threads: Arc::new(pool), places })
    }

    /// How many threads it has.
    pub fn threads(&self) -> usize {
        self.threads.current_num_threads()
    }

    /// Runs `job` on a thread of the pool, in the order of the calls.
    ///
    /// # Errors
    /// [`ApiError::Internal`] when the job panics.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&CallerGone) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        // The semaphore is never closed, so that this cannot fail.
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| ApiError::Internal)?;
        let (sender, receiver) = oneshot::channel();
        let flag = Arc::new(AtomicBool::new(false));
        let gone = CallerGone(Arc::clone(&flag));
        let _leave = LeaveOnDrop(flag);
        self.threads.spawn_fifo(move || {
            // Not begun when the client went away or its deadline was over.
            if !gone.is_set() {
                let result = catch_unwind(AssertUnwindSafe(|| job(&gone)));
                // A failed send means that the caller left while the job ran.
                let _ = sender.send(result.map_err(|_| ApiError::Internal));
            }
            drop(place);
        });
        receiver.await.unwrap_or(Err(ApiError::Internal))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    use super::*;

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
        assert_eq!(pool.places.available_permits(), 0);
        release.send(()).unwrap();
        for job in jobs {
            job.await.unwrap();
        }
    }
}
