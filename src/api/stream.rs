//! Streams that work in parallel and answer in order, within bounds.
//!
//! Nothing is read ahead of what the client takes: the answers' stream pulls the requests' stream, so that a client that
//! stops reading stops the work, and one that goes away drops it.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{Status, Streaming};

use super::error::ApiError;
use super::state::Limits;

/// The answers of a streaming call.
pub type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// What a budget counts in, so that it fits the semaphore's 32 bits.
const BUDGET_UNIT_BYTES: usize = 1_024;

/// How many bytes one stream may have taken in and not yet answered.
#[derive(Clone)]
pub struct ByteBudget {
    units: Arc<Semaphore>,
    all: u32,
}

/// Bytes taken from a budget; given back when dropped.
pub type BudgetShare = Option<OwnedSemaphorePermit>;

impl ByteBudget {
    /// A budget of that many bytes, at least one unit.
    pub fn new(bytes: usize) -> Self {
        let all = u32::try_from(bytes / BUDGET_UNIT_BYTES).unwrap_or(u32::MAX >> 4).clamp(1, u32::MAX >> 4);
        Self { units: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// Waits until that many bytes are free; more than the whole budget waits for all of it.
    pub async fn take(&self, bytes: usize) -> BudgetShare {
        let units = u32::try_from(bytes.div_ceil(BUDGET_UNIT_BYTES)).unwrap_or(u32::MAX).clamp(1, self.all);
        Arc::clone(&self.units).acquire_many_owned(units).await.ok()
    }
}

/// Answers each item by `answer`, up to `window` of them at once, in the order of the items; an item may have several
/// answers. A broken stream of requests ends the answers with its status, after the answers to what came before.
pub fn in_order<Item, Answer, Work>(
    items: impl Stream<Item = Result<Item, Status>> + Send + 'static,
    window: usize,
    answer: impl Fn(Item) -> Work + Send + 'static,
) -> Answers<Answer>
where
    Item: Send + 'static,
    Answer: Send + 'static,
    Work: Future<Output = (Vec<Answer>, BudgetShare)> + Send + 'static,
{
    let answers = items
        .map(move |item| {
            let work = item.map(&answer);
            async move {
                match work {
                    Ok(work) => Ok(work.await),
                    Err(status) => Err(status),
                }
            }
        })
        .buffered(window.max(1))
        .map(|answered| stream::iter(handed_over(answered)))
        .flatten();
    Box::pin(until_broken(answers))
}

/// The answers to one item. Their share goes back when the last one is handed over, not when they are ready: a client that
/// does not read holds its own budget.
fn handed_over<Answer>(
    answered: Result<(Vec<Answer>, BudgetShare), Status>,
) -> impl Iterator<Item = Result<Answer, Status>> {
    let (answers, share, broken) = match answered {
        Ok((answers, share)) => (answers, share, None),
        Err(status) => (Vec::new(), None, Some(Err(status))),
    };
    answers
        .into_iter()
        .map(move |answer| {
            let _held = &share;
            Ok(answer)
        })
        .chain(broken)
}

/// Ends a stream after its first error.
fn until_broken<T: Send + 'static>(
    answers: impl Stream<Item = Result<T, Status>> + Send + 'static,
) -> impl Stream<Item = Result<T, Status>> + Send {
    stream::unfold(Some(Box::pin(answers)), |state| async move {
        let mut answers = state?;
        match answers.next().await? {
            Ok(answer) => Some((Ok(answer), Some(answers))),
            Err(status) => Some((Err(status), None)),
        }
    })
}

/// The messages of a stream with their sequence, from 0. What breaks it is told in this server's words.
pub fn numbered<T: Send + 'static>(
    requests: Streaming<T>,
    limits: Limits,
) -> impl Stream<Item = Result<(u64, T), Status>> + Send {
    requests.enumerate().map(move |(sequence, request)| match request {
        Ok(request) => Ok((sequence as u64, request)),
        Err(status) => Err(broken(status, limits)),
    })
}

/// What ends a stream of requests, in this server's words.
pub fn broken(status: Status, limits: Limits) -> Status {
    ApiError::of_transport(&status, "", limits.request_bytes).map_or(status, Status::from)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn answers_come_in_order_whatever_the_work_takes() {
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        let slow = std::sync::Mutex::new(Some(receiver));
        let begun = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&begun);
        let mut answers = in_order(stream::iter((0..10).map(Ok)), 4, move |item: u32| {
            counter.fetch_add(1, Ordering::SeqCst);
            let wait = if item == 0 { slow.lock().unwrap().take() } else { None };
            async move {
                if let Some(wait) = wait {
                    let _ = wait.await;
                }
                (vec![item], None)
            }
        });
        // The first is not done, so nothing is answered, yet those behind it have begun.
        assert!(futures_util::poll!(answers.next()).is_pending());
        assert_eq!(begun.load(Ordering::SeqCst), 4);
        sender.send(()).unwrap();
        let all: Vec<u32> = answers.map(Result::unwrap).collect().await;
        assert_eq!(all, (0..10).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn no_more_than_the_window_is_taken_in_before_answers_are_read() {
        let taken = Arc::new(AtomicUsize::new(0));
        let items = stream::iter(0..100).map({
            let taken = Arc::clone(&taken);
            move |item| {
                taken.fetch_add(1, Ordering::SeqCst);
                Ok(item)
            }
        });
        let mut answers = in_order(items, 3, |item: u32| async move { (vec![item], None) });
        assert_eq!(taken.load(Ordering::SeqCst), 0);
        assert_eq!(answers.next().await.unwrap().unwrap(), 0);
        assert!(taken.load(Ordering::SeqCst) <= 4);
    }

    #[tokio::test]
    async fn a_broken_stream_ends_the_answers_after_what_came_before() {
        let items = stream::iter([Ok(1), Ok(2), Err(Status::data_loss("broken")), Ok(3)]);
        let mut answers = in_order(items, 8, |item: u32| async move { (vec![item], None) });
        assert_eq!(answers.next().await.unwrap().unwrap(), 1);
        assert_eq!(answers.next().await.unwrap().unwrap(), 2);
        assert_eq!(answers.next().await.unwrap().unwrap_err().code(), tonic::Code::DataLoss);
        assert!(answers.next().await.is_none());
    }

    #[tokio::test]
    async fn an_item_may_have_several_answers_which_hold_their_share_together() {
        let budget = ByteBudget::new(BUDGET_UNIT_BYTES);
        let share = budget.take(1).await;
        let shares = std::sync::Mutex::new(Some(share));
        let mut answers = in_order(stream::iter([Ok(3)]), 1, move |item: u32| {
            let share = shares.lock().unwrap().take().flatten();
            async move { ((0..item).collect(), share) }
        });
        for expected in 0..3 {
            assert_eq!(budget.units.available_permits(), 0);
            assert_eq!(answers.next().await.unwrap().unwrap(), expected);
        }
        assert!(answers.next().await.is_none());
        assert_eq!(budget.units.available_permits(), 1);
    }

    #[tokio::test]
    async fn a_budget_holds_back_what_does_not_fit() {
        let budget = ByteBudget::new(10 * BUDGET_UNIT_BYTES);
        let first = budget.take(6 * BUDGET_UNIT_BYTES).await;
        let mut second = Box::pin(budget.take(5 * BUDGET_UNIT_BYTES));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        let second = second.await;
        assert!(second.is_some());
        drop(second);
        // More than all waits for all, and no longer.
        assert_eq!(budget.take(usize::MAX).await.unwrap().num_permits(), 10);
    }
}
