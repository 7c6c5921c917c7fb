//! `glossator.v1.AnnotationService`.

use std::sync::Arc;

use futures_util::stream;
use prost::Message;
use tonic::{Request, Response, Status, Streaming};

use super::encoded::Encoded;
use super::error::ApiError;
use super::proto::{AnnotatePapersRequest, AnnotateRequest, AnnotateStreamRequest};
use super::servers::annotation_service_server::AnnotationService;
use super::state::{BATCH_LIMIT, CallCounts, State, StateHandle};
use super::stream::{Answers, BudgetShare, in_order};
use super::work::CallerGone;
use super::{annotate_stream, convert, documents, paper_service, proto};
use crate::annotate::PreparedOptions;
use crate::corpus::PaperQuery;
use crate::model::Paper;

/// The most papers that a query of AnnotatePapers annotates.
const QUERY_PAPERS_LIMIT: usize = 1_000;
/// The fields of `AnnotatePapersResponse` for its document and its error.
const DOCUMENT: u32 = 2;
const ERROR: u32 = 3;

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

/// Options with more terms than this are compiled off the reactor.
const TERMS_AT_ONCE: usize = 16;

/// Checks options and compiles their terms, of which there may be thousands.
///
/// # Errors
/// Options that are no good.
pub(super) async fn prepare(
    state: &Arc<State>,
    options: Option<proto::AnnotateOptions>,
) -> Result<PreparedOptions, ApiError> {
    let options = options.unwrap_or_default();
    if options.extra_terms.len() + options.blocked_terms.len() <= TERMS_AT_ONCE {
        return compile(state, options);
    }
    let shared = Arc::clone(state);
    state.pool.run(move |_: &CallerGone| compile(&shared, options)).await?
}

fn compile(state: &State, options: proto::AnnotateOptions) -> Result<PreparedOptions, ApiError> {
    let options = convert::options(options)?;
    state.annotator.prepare(&options).map_err(|error| {
        // The message begins with the field's name, which the wire tells by itself.
        let message = error.to_string();
        let problem = message.strip_prefix(error.field()).map_or(message.as_str(), str::trim_start);
        ApiError::invalid(format!("options.{}", error.field()), problem)
    })
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
) -> (Vec<Encoded>, BudgetShare) {
    let paper_id = match &paper {
        Ok(paper) => paper.id().map_or(name, |id| id.to_string()),
        Err(_) => name,
    };
    let answer = match paper {
        Err(error) => Err(error),
        Ok(paper) => {
            let pool = state.pool.clone();
            let document = paper.to_document();
            let document_bytes = document.text_bytes();
            let job = move |_: &CallerGone| {
                documents::fit_paper(&state, documents::annotate_model(&state, &document, &options))
            };
            pool.run_sized(document_bytes, job).await.and_then(|answer| answer)
        }
    };
    let (tag, body) = match answer {
        Ok(document) => {
            counts.answered(document.annotations);
            (DOCUMENT, document.bytes)
        }
        Err(error) => {
            counts.failed();
            (ERROR, error.to_proto().encode_to_vec().into())
        }
    };
    (vec![Encoded::of_paper(paper_id, tag, body)], None)
}

#[tonic::async_trait]
impl AnnotationService for AnnotationApi {
    async fn annotate(&self, request: Request<AnnotateRequest>) -> Result<Response<Encoded>, Status> {
        let counts = CallCounts::of(&request);
        let AnnotateRequest { documents, options } = request.into_inner();
        counts.came_in(documents.len());
        documents::check_batch(&documents)?;
        let state = self.state.get()?;
        let options = prepare(&state, options).await?;
        let results = documents::annotate_all(&state, documents, &options, &counts).await?;
        Ok(Response::new(results.into()))
    }

    type AnnotateStreamStream = Answers<Encoded>;

    async fn annotate_stream(
        &self,
        request: Request<Streaming<AnnotateStreamRequest>>,
    ) -> Result<Response<Self::AnnotateStreamStream>, Status> {
        let counts = CallCounts::of(&request);
        let state = self.state.get()?;
        Ok(Response::new(annotate_stream::answer(state, request.into_inner(), counts).await?))
    }

    type AnnotatePapersStream = Answers<Encoded>;

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
