//! AnnotateStream: messages that are there are taken together, worked on as one job, and answered one by one.

use std::sync::Arc;

use futures_util::{FutureExt, StreamExt, stream};
use tonic::{Status, Streaming};

use super::annotation_service::prepare;
use super::documents::{self, SLICE_BYTES, SLICE_DOCUMENTS_LIMIT};
use super::encoded::Encoded;
use super::error::ApiError;
use super::proto;
use super::proto::AnnotateStreamRequest;
use super::proto::annotate_stream_request::Item;
use super::proto::annotate_stream_response::Result as StreamAnswer;
use super::state::{CallCounts, State};
use super::stream::{Answers, BudgetShare, ByteBudget, broken, in_order};
use super::work::CallerGone;
use crate::annotate::PreparedOptions;

/// Fields of `AnnotateStreamResponse`.
const DOCUMENT: u32 = 2;
const BATCH: u32 = 4;

/// What is worked on as one.
struct Task {
    /// The sequence of the first answer.
    sequence: u64,
    work: Work,
    share: BudgetShare,
}

enum Work {
    /// Messages of a document each, and the text in them.
    Documents(Vec<proto::Document>, usize, PreparedOptions),
    /// A message.
    Batch(Vec<proto::Document>, PreparedOptions),
    /// A message that cannot be answered otherwise.
    Refuse(ApiError),
}

/// Where a stream of requests stands between two messages.
struct Requests {
    messages: Streaming<AnnotateStreamRequest>,
    /// A message that was read and did not belong to what is worked on together.
    ahead: Option<Result<AnnotateStreamRequest, Status>>,
    /// Whether the client has sent all.
    ended: bool,
    state: Arc<State>,
    options: PreparedOptions,
    sequence: u64,
    budget: ByteBudget,
    counts: Arc<CallCounts>,
}

impl Requests {
    async fn message(&mut self) -> Option<Result<AnnotateStreamRequest, Status>> {
        match self.ahead.take() {
            Some(message) => Some(message),
            None if self.ended => None,
            None => self.messages.next().await,
        }
    }

    /// What is worked on next; options change what comes after them.
    async fn next(mut self) -> Option<(Result<Task, Status>, Self)> {
        loop {
            let message = match self.message().await? {
                Ok(message) => message,
                Err(status) => return Some((Err(broken(status, self.state.limits)), self)),
            };
            let (work, answers, bytes) = match message.item {
                Some(Item::Options(options)) => match prepare(&self.state, Some(options)).await {
                    Ok(options) => {
                        self.options = options;
                        continue;
                    }
                    Err(error) => (Work::Refuse(error), 1, 0),
                },
                Some(Item::Document(document)) => {
                    let (documents, bytes) = self.gather(document);
                    self.counts.came_in(documents.len());
                    let answers = documents.len() as u64;
                    (Work::Documents(documents, bytes, self.options.clone()), answers, bytes)
                }
                Some(Item::Batch(batch)) => {
                    self.counts.came_in(batch.documents.len());
                    match documents::check_batch(&batch.documents) {
                        Ok(()) => {
                            let bytes = batch.documents.iter().map(documents::text_bytes).sum();
                            (Work::Batch(batch.documents, self.options.clone()), 1, bytes)
                        }
                        Err(error) => (Work::Refuse(error.within("batch")), 1, 0),
                    }
                }
                None => {
                    let problem = "is not set; send options, a document or a batch";
                    (Work::Refuse(ApiError::invalid("item", problem)), 1, 0)
                }
            };
            let share = self.budget.take(bytes).await;
            let task = Task { sequence: self.sequence, work, share };
            self.sequence += answers;
            return Some((Ok(task), self));
        }
    }

    /// The document, and those behind it that are there already, while all threads are busy: then one job for several costs
    /// less than one for each and keeps nobody waiting. At most [`SLICE_BYTES`] of text, unless it is one document.
    fn gather(&mut self, first: proto::Document) -> (Vec<proto::Document>, usize) {
        let mut bytes = documents::text_bytes(&first);
        let mut gathered = vec![first];
        while bytes < SLICE_BYTES
            && gathered.len() < SLICE_DOCUMENTS_LIMIT
            && (gathered.len() > 1 || self.state.pool.is_busy())
        {
            let Some(next) = self.messages.next().now_or_never() else { break };
            match next {
                Some(Ok(AnnotateStreamRequest { item: Some(Item::Document(document)) }))
                    if bytes + documents::text_bytes(&document) <= SLICE_BYTES =>
                {
                    bytes += documents::text_bytes(&document);
                    gathered.push(document);
                }
                other => {
                    self.ended = other.is_none();
                    self.ahead = other;
                    break;
                }
            }
        }
        (gathered, bytes)
    }
}

/// The answers to documents from `sequence` on. Runs on the pool.
fn answer_documents(
    state: &State,
    sequence: u64,
    documents: Vec<proto::Document>,
    options: &PreparedOptions,
    counts: &CallCounts,
    gone: &CallerGone,
) -> Vec<Encoded> {
    let mut answers = Vec::with_capacity(documents.len());
    for (document, sequence) in documents.into_iter().zip(sequence..) {
        if gone.is_set() {
            break;
        }
        let mut room = state.limits.answer_bytes;
        let answer = documents::annotate(state, document, options)
            .map_err(|error| error.within("document"))
            .and_then(|answer| documents::fit_into(&mut room, state, answer));
        answers.push(match answer {
            Ok(answer) => {
                counts.answered(answer.annotations);
                Encoded::answer(sequence, DOCUMENT, answer.bytes)
            }
            Err(error) => refuse(sequence, &error, counts),
        });
    }
    answers
}

fn refuse(sequence: u64, error: &ApiError, counts: &CallCounts) -> Encoded {
    counts.failed();
    let result = Some(StreamAnswer::Error(error.to_proto()));
    Encoded::of(&proto::AnnotateStreamResponse { sequence, result })
}

async fn answer_task(state: Arc<State>, task: Task, counts: Arc<CallCounts>) -> (Vec<Encoded>, BudgetShare) {
    let Task { sequence, work, share } = task;
    let answers = match work {
        Work::Refuse(error) => vec![refuse(sequence, &error, &counts)],
        Work::Documents(documents, bytes, options) => {
            let (pool, count) = (state.pool.clone(), documents.len() as u64);
            let counted = Arc::clone(&counts);
            let job = move |gone: &CallerGone| {
                answer_documents(&state, sequence, documents, &options, &counted, gone)
            };
            pool.run_sized(bytes, job).await.unwrap_or_else(|error| {
                (sequence..sequence + count).map(|sequence| refuse(sequence, &error, &counts)).collect()
            })
        }
        Work::Batch(documents, options) => {
            match documents::annotate_all(&state, documents, &options, &counts).await {
                Ok(results) => vec![Encoded::answer(sequence, BATCH, results)],
                Err(error) => vec![refuse(sequence, &error, &counts)],
            }
        }
    };
    (answers, share)
}

/// The answers to a stream of requests.
///
/// # Errors
/// None, as the default options are good.
pub async fn answer(
    state: Arc<State>,
    messages: Streaming<AnnotateStreamRequest>,
    counts: Arc<CallCounts>,
) -> Result<Answers<Encoded>, Status> {
    let requests = Requests {
        messages,
        ahead: None,
        ended: false,
        options: prepare(&state, None).await?,
        sequence: 0,
        budget: ByteBudget::new(state.limits.stream_bytes),
        state: Arc::clone(&state),
        counts: Arc::clone(&counts),
    };
    let tasks = stream::unfold(requests, Requests::next);
    let window = state.stream_window();
    Ok(in_order(tasks, window, move |task| answer_task(Arc::clone(&state), task, Arc::clone(&counts))))
}
