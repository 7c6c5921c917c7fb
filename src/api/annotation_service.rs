//! `glossator.v1.AnnotationService`.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use prost::Message;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use tonic::{Request, Response, Status, Streaming};

use super::convert;
use super::error::ApiError;
use super::proto::annotate_papers_response::Result as PaperAnswer;
use super::proto::annotate_result::Result as ItemAnswer;
use super::proto::annotate_stream_request::Item;
use super::proto::annotate_stream_response::Result as StreamAnswer;
use super::proto::annotation_service_server::AnnotationService;
use super::proto::{
    AnnotatePapersRequest, AnnotatePapersResponse, AnnotateRequest, AnnotateResponse, AnnotateResult,
    AnnotateStreamRequest, AnnotateStreamResponse, AnnotatedBatch, AnnotatedDocument,
};
use super::state::{BATCH_LIMIT, CallCounts, State, StateHandle};
use super::stream::{Answers, BudgetShare, ByteBudget, broken, in_order};
use super::work::CallerGone;
use super::{paper_service, proto};
use crate::annotate::PreparedOptions;
use crate::corpus::PaperQuery;
use crate::model::Paper;

/// The most papers that a query of AnnotatePapers annotates.
const QUERY_PAPERS_LIMIT: usize = 1_000;

/// What to do about an answer over the limit.
const LESS_OF_A_DOCUMENT: &str = "split the document, or ask for fewer candidates or types";

/// The service over shared state.
#[derive(Clone)]
pub struct AnnotationApi {
    state: StateHandle,
}

impl AnnotationApi {
    /// The service over that state.
    pub fn new(state: StateHandle) -> Self {
        Self { state }
    }
}

/// Checks options and compiles their terms, off the reactor: there may be thousands.
async fn prepare(
    state: &Arc<State>,
    options: Option<proto::AnnotateOptions>,
) -> Result<PreparedOptions, ApiError> {
    let shared = Arc::clone(state);
    let options = options.unwrap_or_default();
    let job = move |_: &CallerGone| {
        let options = convert::options(options)?;
        shared.annotator.prepare(&options).map_err(|error| {
            // The message begins with the field's name, which the wire tells by itself.
            let message = error.to_string();
            let problem = message.strip_prefix(error.field()).map_or(message.as_str(), str::trim_start);
            ApiError::invalid(format!("options.{}", error.field()), problem)
        })
    };
    state.pool.run(job).await?
}

/// Annotates one document. Runs on the pool.
fn annotate_one(
    state: &State,
    document: proto::Document,
    options: &PreparedOptions,
) -> Result<AnnotatedDocument, ApiError> {
    let document = convert::document(document, state.limits.document_bytes)?;
    Ok(annotate_model(state, &document, options))
}

fn annotate_model(
    state: &State,
    document: &crate::model::Document,
    options: &PreparedOptions,
) -> AnnotatedDocument {
    let annotated = state.annotator.annotate(document, options);
    let unit = options.options().offset_unit;
    convert::annotated_document(document, annotated, unit, state.catalog().version())
}

/// The answers to the documents of one message, in their order, together within the limit of a message.
fn annotate_all(
    state: &State,
    documents: Vec<proto::Document>,
    options: &PreparedOptions,
    counts: &CallCounts,
    gone: &CallerGone,
) -> Vec<AnnotateResult> {
    let numbered: Vec<(usize, proto::Document)> = documents.into_iter().enumerate().collect();
    let answers: Vec<Result<AnnotatedDocument, ApiError>> = numbered
        .into_par_iter()
        .map(|(index, document)| {
            // Nobody waits for the answer: stop within a document.
            if gone.is_set() {
                return Err(ApiError::Internal);
            }
            annotate_one(state, document, options)
                .map_err(|error| error.within(&format!("documents[{index}]")))
        })
        .collect();
    let mut room = state.limits.answer_bytes;
    answers
        .into_iter()
        .map(|answer| to_result(answer.and_then(|fit| fit_into(&mut room, state, fit)), counts))
        .collect()
}

/// The answer, if there is room for it in the message.
fn fit_into(
    room: &mut usize,
    state: &State,
    answer: AnnotatedDocument,
) -> Result<AnnotatedDocument, ApiError> {
    // The key and the lengths around an answer take a few bytes of their own.
    let bytes = answer.encoded_len() + 32;
    match room.checked_sub(bytes) {
        Some(left) => {
            *room = left;
            Ok(answer)
        }
        None => {
            let limit_bytes = state.limits.answer_bytes;
            Err(ApiError::AnswerTooLarge { bytes, limit_bytes, advice: LESS_OF_A_DOCUMENT })
        }
    }
}

fn to_result(answer: Result<AnnotatedDocument, ApiError>, counts: &CallCounts) -> AnnotateResult {
    let result = match answer {
        Ok(document) => {
            counts.answered(document.annotations.len());
            ItemAnswer::Document(document)
        }
        Err(error) => {
            counts.failed();
            ItemAnswer::Error(error.to_proto())
        }
    };
    AnnotateResult { result: Some(result) }
}

fn check_batch(documents: &[proto::Document]) -> Result<(), ApiError> {
    if documents.is_empty() || documents.len() > BATCH_LIMIT {
        let problem = format!("must hold 1 to {BATCH_LIMIT} documents, not {}", documents.len());
        return Err(ApiError::invalid("documents", problem));
    }
    Ok(())
}

fn text_bytes(document: &proto::Document) -> usize {
    document.text.len() + document.passages.iter().map(|passage| passage.text.len()).sum::<usize>()
}

/// What a message of AnnotateStream asks for, with all that answering it takes.
struct Task {
    sequence: u64,
    work: Work,
    share: BudgetShare,
}

enum Work {
    One(proto::Document, PreparedOptions),
    Batch(Vec<proto::Document>, PreparedOptions),
    Refuse(ApiError),
}

/// Where a stream of requests stands between two messages.
struct Requests {
    messages: Streaming<AnnotateStreamRequest>,
    state: Arc<State>,
    options: PreparedOptions,
    sequence: u64,
    budget: ByteBudget,
    counts: Arc<CallCounts>,
}

impl Requests {
    /// The next message that is to be answered; options change what comes after them.
    async fn next(mut self) -> Option<(Result<Task, Status>, Self)> {
        loop {
            let message = match self.messages.next().await? {
                Ok(message) => message,
                Err(status) => return Some((Err(broken(status, self.state.limits)), self)),
            };
            let (work, bytes) = match message.item {
                Some(Item::Options(options)) => match prepare(&self.state, Some(options)).await {
                    Ok(options) => {
                        self.options = options;
                        continue;
                    }
                    Err(error) => (Work::Refuse(error), 0),
                },
                Some(Item::Document(document)) => {
                    self.counts.came_in(1);
                    let bytes = text_bytes(&document);
                    (Work::One(document, self.options.clone()), bytes)
                }
                Some(Item::Batch(batch)) => {
                    self.counts.came_in(batch.documents.len());
                    match check_batch(&batch.documents) {
                        Ok(()) => {
                            let bytes = batch.documents.iter().map(text_bytes).sum();
                            (Work::Batch(batch.documents, self.options.clone()), bytes)
                        }
                        Err(error) => (Work::Refuse(error.within("batch")), 0),
                    }
                }
                None => (
                    Work::Refuse(ApiError::invalid(
                        "item",
                        "is not set; send options, a document or a batch",
                    )),
                    0,
                ),
            };
            let share = self.budget.take(bytes).await;
            let task = Task { sequence: self.sequence, work, share };
            self.sequence += 1;
            return Some((Ok(task), self));
        }
    }
}

async fn answer_task(
    state: Arc<State>,
    task: Task,
    counts: Arc<CallCounts>,
) -> (AnnotateStreamResponse, BudgetShare) {
    let Task { sequence, work, share } = task;
    let pool = state.pool.clone();
    let counted = Arc::clone(&counts);
    let answer = match work {
        Work::Refuse(error) => Err(error),
        Work::One(document, options) => {
            let job = move |_: &CallerGone| {
                let mut room = state.limits.answer_bytes;
                annotate_one(&state, document, &options)
                    .map_err(|error| error.within("document"))
                    .and_then(|answer| fit_into(&mut room, &state, answer))
            };
            pool.run(job).await.and_then(|answer| answer).map(|document| {
                counted.answered(document.annotations.len());
                StreamAnswer::Document(document)
            })
        }
        Work::Batch(documents, options) => {
            let job = move |gone: &CallerGone| annotate_all(&state, documents, &options, &counted, gone);
            pool.run(job).await.map(|results| StreamAnswer::Batch(AnnotatedBatch { results }))
        }
    };
    let result = answer.unwrap_or_else(|error| {
        counts.failed();
        StreamAnswer::Error(error.to_proto())
    });
    (AnnotateStreamResponse { sequence, result: Some(result) }, share)
}

/// A paper of a request as it was named there, and what became of looking it up.
type NamedPaper = (String, Result<Arc<Paper>, ApiError>);

/// The papers that a request of AnnotatePapers asks for, each found or with its error.
async fn papers_of(state: &Arc<State>, request: &AnnotatePapersRequest) -> Result<Vec<NamedPaper>, ApiError> {
    match (request.paper_ids.is_empty(), request.query.trim().is_empty()) {
        (true, true) => Err(ApiError::invalid("paper_ids", "is empty, and so is query; set one of them")),
        (false, false) => Err(ApiError::invalid("query", "is set besides paper_ids; set one of them")),
        (false, true) if request.paper_ids.len() > BATCH_LIMIT => {
            let problem =
                format!("must hold at most {BATCH_LIMIT} identifiers, not {}", request.paper_ids.len());
            Err(ApiError::invalid("paper_ids", problem))
        }
        (false, true) => Ok(request
            .paper_ids
            .iter()
            .enumerate()
            .map(|(index, id)| (id.clone(), state.find_paper(id, &format!("paper_ids[{index}]"))))
            .collect()),
        (true, false) => {
            paper_service::check_query(&request.query)?;
            let query = PaperQuery { words: request.query.clone(), ..PaperQuery::default() };
            let found = state.search_papers(query).await?;
            Ok(found.into_iter().take(QUERY_PAPERS_LIMIT).map(|paper| (String::new(), Ok(paper))).collect())
        }
    }
}

async fn annotate_paper(
    state: Arc<State>,
    name: String,
    paper: Result<Arc<Paper>, ApiError>,
    options: PreparedOptions,
    counts: Arc<CallCounts>,
) -> (AnnotatePapersResponse, BudgetShare) {
    let paper_id = match &paper {
        Ok(paper) => paper.id().map_or(name, |id| id.to_string()),
        Err(_) => name,
    };
    let answer = match paper {
        Err(error) => Err(error),
        Ok(paper) => {
            let pool = state.pool.clone();
            let job = move |_: &CallerGone| {
                let mut room = state.limits.answer_bytes;
                fit_into(&mut room, &state, annotate_model(&state, &paper.to_document(), &options))
            };
            pool.run(job).await.and_then(|answer| answer)
        }
    };
    let result = match answer {
        Ok(document) => {
            counts.answered(document.annotations.len());
            PaperAnswer::Document(document)
        }
        Err(error) => {
            counts.failed();
            PaperAnswer::Error(error.to_proto())
        }
    };
    (AnnotatePapersResponse { paper_id, result: Some(result) }, None)
}

#[tonic::async_trait]
impl AnnotationService for AnnotationApi {
    async fn annotate(
        &self,
        request: Request<AnnotateRequest>,
    ) -> Result<Response<AnnotateResponse>, Status> {
        let counts = CallCounts::of(&request);
        let AnnotateRequest { documents, options } = request.into_inner();
        counts.came_in(documents.len());
        check_batch(&documents)?;
        let state = self.state.get()?;
        let options = prepare(&state, options).await?;
        let pool = state.pool.clone();
        let job = move |gone: &CallerGone| annotate_all(&state, documents, &options, &counts, gone);
        let results = pool.run(job).await?;
        Ok(Response::new(AnnotateResponse { results }))
    }

    type AnnotateStreamStream = Answers<AnnotateStreamResponse>;

    async fn annotate_stream(
        &self,
        request: Request<Streaming<AnnotateStreamRequest>>,
    ) -> Result<Response<Self::AnnotateStreamStream>, Status> {
        let counts = CallCounts::of(&request);
        let state = self.state.get()?;
        let requests = Requests {
            messages: request.into_inner(),
            options: prepare(&state, None).await?,
            sequence: 0,
            budget: ByteBudget::new(state.limits.stream_bytes),
            state: Arc::clone(&state),
            counts: Arc::clone(&counts),
        };
        let tasks = stream::unfold(requests, Requests::next);
        let answers = in_order(tasks, state.stream_window(), move |task| {
            answer_task(Arc::clone(&state), task, Arc::clone(&counts))
        });
        Ok(Response::new(answers))
    }

    type AnnotatePapersStream = Answers<AnnotatePapersResponse>;

    async fn annotate_papers(
        &self,
        request: Request<AnnotatePapersRequest>,
    ) -> Result<Response<Self::AnnotatePapersStream>, Status> {
        let counts = CallCounts::of(&request);
        let request = request.into_inner();
        let state = self.state.get()?;
        let papers = papers_of(&state, &request).await?;
        counts.came_in(papers.len());
        let options = prepare(&state, request.options).await?;
        let papers = stream::iter(papers.into_iter().map(Ok));
        let answers = in_order(papers, state.stream_window(), move |(name, paper)| {
            annotate_paper(Arc::clone(&state), name, paper, options.clone(), Arc::clone(&counts))
        });
        Ok(Response::new(answers))
    }
}
