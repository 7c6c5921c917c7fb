//! Drives a server as fast as it answers, or at a given rate, and measures both sides.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt, stream};
use hdrhistogram::Histogram;
use tokio::sync::{Semaphore, mpsc};
use tonic::transport::Channel;
use tonic::{Response, Status, Streaming};

use crate::process::{Error, Served, own_cpu};

/// Before this time nothing is counted: connections open and caches fill.
const WARM: Duration = Duration::from_millis(500);
/// Latencies are kept in microseconds to three digits.
const DIGITS: u8 = 3;
/// The longest that is told apart: an hour.
const LATENCY_US_LIMIT: u64 = 3_600_000_000;

const WARMING: u8 = 0;
const COUNTING: u8 = 1;
const ENDING: u8 = 2;

/// What one kind of call costs.
pub struct Measured {
    /// Documents, or other items, that were answered, in all.
    pub items: u64,
    /// The text that they had.
    pub bytes: u64,
    /// How long that took.
    pub time: Duration,
    /// From sending a message to its answer, microseconds.
    pub latency: Histogram<u64>,
    /// CPU time of the server and of this client.
    pub server_cpu: Duration,
    pub client_cpu: Duration,
}

impl Measured {
    /// Items a second.
    pub fn rate(&self) -> f64 {
        self.items as f64 / self.time.as_secs_f64()
    }

    /// Microseconds of the server's CPU an item.
    pub fn server_us(&self) -> f64 {
        self.server_cpu.as_secs_f64() * 1e6 / self.items.max(1) as f64
    }

    /// Microseconds of this client's CPU an item.
    pub fn client_us(&self) -> f64 {
        self.client_cpu.as_secs_f64() * 1e6 / self.items.max(1) as f64
    }
}

/// What all connections of a measurement share.
pub struct Run {
    phase: AtomicU8,
    items: AtomicU64,
    bytes: AtomicU64,
    latency: Mutex<Histogram<u64>>,
}

impl Run {
    fn new() -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            phase: AtomicU8::new(WARMING),
            items: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            latency: Mutex::new(Histogram::new_with_bounds(1, LATENCY_US_LIMIT, DIGITS)?),
        }))
    }

    /// Whether no more is to be sent.
    pub fn is_ending(&self) -> bool {
        self.phase.load(Ordering::Relaxed) == ENDING
    }

    /// A message was answered.
    fn answered(&self, items: u64, bytes: u64, sent: Instant, own: &mut Histogram<u64>) {
        if self.phase.load(Ordering::Relaxed) == COUNTING {
            self.items.fetch_add(items, Ordering::Relaxed);
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
            own.saturating_record(u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
    }

    fn add(&self, own: &Histogram<u64>) {
        // Made with the same bounds, so that it can be added.
        let _ = self.latency.lock().unwrap_or_else(PoisonError::into_inner).add(own);
    }
}

/// A message to send: itself, the items in it and their text.
#[derive(Clone)]
pub struct Message<Q> {
    pub request: Q,
    pub items: u64,
    pub bytes: u64,
}

/// When the next message of a stream is sent.
#[derive(Clone, Copy)]
pub enum Pace {
    /// While fewer than that many are unanswered.
    Window(usize),
    /// At equal distances from the given delay on, whatever becomes of those before; latency counts from when it should
    /// have been sent.
    Every(Duration, Duration),
}

/// One connection at work.
pub type Driving = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// Runs `connections` of what `open` makes, for the given time.
pub async fn measure(
    server: &Served,
    connections: usize,
    time: Duration,
    open: impl Fn(usize, Channel, Arc<Run>) -> Driving,
) -> Result<Measured, Error> {
    let run = Run::new()?;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..connections {
        tasks.spawn(open(number, server.connect().await?, Arc::clone(&run)));
    }
    tokio::time::sleep(WARM).await;
    let (server_before, client_before, began) = (server.cpu(), own_cpu(), Instant::now());
    run.phase.store(COUNTING, Ordering::Relaxed);
    tokio::time::sleep(time).await;
    run.phase.store(ENDING, Ordering::Relaxed);
    let (server_cpu, client_cpu) = (server.cpu() - server_before, own_cpu() - client_before);
    let time = began.elapsed();
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    let latency = run.latency.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (items, bytes) = (run.items.load(Ordering::Relaxed), run.bytes.load(Ordering::Relaxed));
    Ok(Measured { items, bytes, time, latency, server_cpu, client_cpu })
}

/// What stands between the two directions of a stream: what was sent and is not answered.
#[derive(Default)]
struct Unanswered(Mutex<VecDeque<(Instant, u64, u64)>>);

impl Unanswered {
    fn sent(&self, at: Instant, items: u64, bytes: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back((at, items, bytes));
    }

    fn answered(&self) -> Option<(Instant, u64, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// Requests of a stream, one after another at its pace, until the run ends.
pub struct Requests<Q>(Pin<Box<dyn Stream<Item = Q> + Send>>);

impl<Q> Stream for Requests<Q> {
    type Item = Q;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Q>> {
        self.0.as_mut().poll_next(context)
    }
}

fn requests<Q: Send + 'static>(
    run: Arc<Run>,
    pace: Pace,
    free: Arc<Semaphore>,
    unanswered: Arc<Unanswered>,
    mut next: impl FnMut(u64) -> Message<Q> + Send + 'static,
) -> Requests<Q> {
    let clock = match pace {
        Pace::Every(distance, delay) => Some(tick(Arc::clone(&run), distance, delay)),
        Pace::Window(_) => None,
    };
    let made = move |number: u64, at: Instant| {
        let message = next(number);
        unanswered.sent(at, message.items, message.bytes);
        message.request
    };
    Requests(Box::pin(stream::unfold((made, clock, 0_u64), move |(mut made, mut clock, number)| {
        let (run, free) = (Arc::clone(&run), Arc::clone(&free));
        async move {
            let at = match &mut clock {
                None => {
                    free.acquire().await.ok()?.forget();
                    Instant::now()
                }
                Some(clock) => clock.recv().await?,
            };
            if run.is_ending() {
                return None;
            }
            Some((made(number, at), (made, clock, number + 1)))
        }
    })))
}

/// Tells when each message of a stream is due. A thread waits for it, as the runtime's timer counts milliseconds.
fn tick(run: Arc<Run>, distance: Duration, delay: Duration) -> mpsc::UnboundedReceiver<Instant> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut due = Instant::now() + delay;
        while !run.is_ending() {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if sender.send(due).is_err() {
                break;
            }
            due += distance;
        }
    });
    receiver
}

/// Drives one stream: `call` opens it, `next` makes its messages, `check` looks at its answers.
pub fn stream_of<Q, A, C, W>(
    run: Arc<Run>,
    pace: Pace,
    next: impl FnMut(u64) -> Message<Q> + Send + 'static,
    call: C,
    check: fn(&A) -> bool,
) -> Driving
where
    Q: Send + 'static,
    A: Send + 'static,
    C: FnOnce(Requests<Q>) -> W + Send + 'static,
    W: Future<Output = Result<Response<Streaming<A>>, Status>> + Send + 'static,
{
    Box::pin(drive_stream(run, pace, next, call, check))
}

async fn drive_stream<Q, A, C, W>(
    run: Arc<Run>,
    pace: Pace,
    next: impl FnMut(u64) -> Message<Q> + Send + 'static,
    call: C,
    check: fn(&A) -> bool,
) -> Result<(), Error>
where
    Q: Send + 'static,
    C: FnOnce(Requests<Q>) -> W,
    W: Future<Output = Result<Response<Streaming<A>>, Status>>,
{
    let window = if let Pace::Window(window) = pace { window } else { 0 };
    let (free, unanswered) = (Arc::new(Semaphore::new(window)), Arc::new(Unanswered::default()));
    let requests = requests(Arc::clone(&run), pace, Arc::clone(&free), Arc::clone(&unanswered), next);
    let mut answers = call(requests).await?.into_inner();
    let mut own = Histogram::new_with_bounds(1, LATENCY_US_LIMIT, DIGITS)?;
    while let Some(answer) = answers.next().await {
        if !check(&answer?) {
            return Err("an answer is an error".into());
        }
        let (sent, items, bytes) = unanswered.answered().ok_or("an answer that nothing asked for")?;
        run.answered(items, bytes, sent, &mut own);
        free.add_permits(1);
    }
    run.add(&own);
    Ok(())
}

/// Drives unary calls, one after another.
pub fn unary_of<Q, C, W>(
    run: Arc<Run>,
    next: impl FnMut(u64) -> Message<Q> + Send + 'static,
    call: C,
) -> Driving
where
    Q: Send + 'static,
    C: FnMut(Q) -> W + Send + 'static,
    W: Future<Output = Result<(), Error>> + Send + 'static,
{
    Box::pin(drive_unary(run, next, call))
}

async fn drive_unary<Q, C, W>(
    run: Arc<Run>,
    mut next: impl FnMut(u64) -> Message<Q> + Send + 'static,
    mut call: C,
) -> Result<(), Error>
where
    C: FnMut(Q) -> W,
    W: Future<Output = Result<(), Error>>,
{
    let mut own = Histogram::new_with_bounds(1, LATENCY_US_LIMIT, DIGITS)?;
    for number in 0.. {
        if run.is_ending() {
            break;
        }
        let message = next(number);
        let sent = Instant::now();
        call(message.request).await?;
        run.answered(message.items, message.bytes, sent, &mut own);
    }
    run.add(&own);
    Ok(())
}
