//! `glossator.v1.PaperService`.

use futures_util::StreamExt;
use tonic::{Request, Response, Status, Streaming};

use super::convert::{self, PaperMask};
use super::encoded::Encoded;
use super::entity_service::wire_size;
use super::error::{ApiError, ResourceKind};
use super::page::{LESS_OF_A_PAGE, Page};
use super::proto::lookup_papers_response::Result as LookupAnswer;
use super::proto::{
    BatchGetPapersRequest, BatchGetPapersResponse, GetPaperRequest, GetPaperResponse, ListPapersRequest,
    ListPapersResponse, LookupPapersRequest, LookupPapersResponse, SearchPapersRequest, SearchPapersResponse,
};
use super::servers::paper_service_server::PaperService;
use super::state::{CallCounts, LESS_OF_A_BATCH, State, StateHandle, find_all};
use super::stream::{Answers, numbered};
use crate::corpus::{PaperQuery, QUERY_WORDS_LIMIT, distinct_words};

/// The most bytes of a query.
const QUERY_BYTES_LIMIT: usize = 1_000;
/// The most entities of a query.
const QUERY_ENTITIES_LIMIT: usize = 100;

/// `LookupPapersResponse.paper`.
const PAPER: u32 = 2;

/// What to do about a paper over the size limit of a message.
const LESS_OF_A_PAPER: &str = "ask for fewer fields by read_mask";

/// The service over shared state.
#[derive(Clone)]
pub struct PaperApi {
    state: StateHandle,
}

impl PaperApi {
    /// The service over that state.
    pub fn new(state: StateHandle) -> Self {
        Self { state }
    }
}

/// Checks the words of a full-text query.
pub(super) fn check_query(query: &str) -> Result<(), ApiError> {
    if query.len() > QUERY_BYTES_LIMIT {
        let problem = format!("has {} bytes; at most {QUERY_BYTES_LIMIT} are accepted", query.len());
        return Err(ApiError::invalid("query", problem));
    }
    let words = distinct_words(query);
    if words > QUERY_WORDS_LIMIT {
        let problem = format!("has {words} different words; at most {QUERY_WORDS_LIMIT} are accepted");
        return Err(ApiError::invalid("query", problem));
    }
    if words == 0 && !query.trim().is_empty() {
        return Err(ApiError::invalid("query", "holds no word to look for"));
    }
    Ok(())
}

/// The paper that is looked up, as `glossator.v1.Paper`.
fn lookup(state: &State, request: &LookupPapersRequest) -> Result<Vec<u8>, ApiError> {
    let mask = PaperMask::new(request.read_mask.as_ref())?;
    let paper = convert::write_paper(&*state.find_paper(&request.id, "id")?, mask);
    let (bytes, limit_bytes) = (paper.len(), state.limits.answer_bytes);
    if bytes > limit_bytes {
        return Err(ApiError::AnswerTooLarge { bytes, limit_bytes, advice: LESS_OF_A_PAPER });
    }
    Ok(paper)
}

fn query_of(state: &State, request: &SearchPapersRequest) -> Result<PaperQuery, ApiError> {
    check_query(&request.query)?;
    if request.entity_ids.len() > QUERY_ENTITIES_LIMIT {
        let problem = format!("must hold at most {QUERY_ENTITIES_LIMIT}, not {}", request.entity_ids.len());
        return Err(ApiError::invalid("entity_ids", problem));
    }
    let entities = request.entity_ids.iter().enumerate();
    let entities = entities
        .map(|(index, id)| state.find_entity(id, &format!("entity_ids[{index}]")))
        .collect::<Result<Vec<_>, _>>()?;
    let published_from = convert::publication_date(request.published_from, "published_from")?;
    let published_to = convert::publication_date(request.published_to, "published_to")?;
    if let (Some(from), Some(to)) = (published_from, published_to) {
        // An open end of `to` reaches to its last day, so that only the known parts are compared.
        let known = (
            to.year,
            if to.month == 0 { u8::MAX } else { to.month },
            if to.day == 0 { u8::MAX } else { to.day },
        );
        if (from.year, from.month, from.day) > known {
            return Err(ApiError::invalid("published_to", format!("{to} is before published_from, {from}")));
        }
    }
    Ok(PaperQuery {
        words: request.query.clone(),
        entities,
        include_descendants: request.include_descendants,
        published_from,
        published_to,
    })
}

#[tonic::async_trait]
impl PaperService for PaperApi {
    async fn get_paper(
        &self,
        request: Request<GetPaperRequest>,
    ) -> Result<Response<GetPaperResponse>, Status> {
        let counts = CallCounts::of_one(&request);
        let GetPaperRequest { id, read_mask } = request.into_inner();
        let mask = PaperMask::new(read_mask.as_ref())?;
        let state = self.state.get()?;
        let paper = state.find_paper(&id, "id")?;
        let response = GetPaperResponse { paper: Some(convert::paper(&paper, mask)) };
        let response = state.limits.fit(response, LESS_OF_A_PAPER)?;
        counts.answered(1);
        Ok(Response::new(response))
    }

    async fn batch_get_papers(
        &self,
        request: Request<BatchGetPapersRequest>,
    ) -> Result<Response<BatchGetPapersResponse>, Status> {
        let counts = CallCounts::of_one(&request);
        let BatchGetPapersRequest { ids, read_mask } = request.into_inner();
        let mask = PaperMask::new(read_mask.as_ref())?;
        let state = self.state.get()?;
        let found = find_all(&ids, ResourceKind::Paper, |id, field| state.find_paper(id, field))?;
        let papers = found.iter().map(|paper| convert::paper(paper, mask)).collect();
        let response = state.limits.fit(BatchGetPapersResponse { papers }, LESS_OF_A_BATCH)?;
        counts.answered(response.papers.len());
        Ok(Response::new(response))
    }

    type LookupPapersStream = Answers<Encoded>;

    async fn lookup_papers(
        &self,
        request: Request<Streaming<LookupPapersRequest>>,
    ) -> Result<Response<Self::LookupPapersStream>, Status> {
        let counts = CallCounts::of(&request);
        let state = self.state.get()?;
        let answers = numbered(request.into_inner(), state.limits).map(move |request| {
            let (sequence, request) = request?;
            counts.came_in(1);
            Ok(match lookup(&state, &request) {
                Ok(paper) => {
                    counts.answered(1);
                    Encoded::answer(sequence, PAPER, paper)
                }
                Err(error) => {
                    counts.failed();
                    let result = Some(LookupAnswer::Error(error.to_proto()));
                    Encoded::of(&LookupPapersResponse { sequence, result })
                }
            })
        });
        Ok(Response::new(Box::pin(answers)))
    }

    async fn list_papers(
        &self,
        request: Request<ListPapersRequest>,
    ) -> Result<Response<ListPapersResponse>, Status> {
        let counts = CallCounts::of_one(&request);
        let request = request.into_inner();
        let mask = PaperMask::new(request.read_mask.as_ref())?;
        let page = Page::new(request.page_size, &request.page_token, ("papers", mask))?;
        let state = self.state.get()?;
        let all = state.corpus.papers();
        let (papers, next_page_token) = page.cut(all);
        let response = ListPapersResponse {
            papers: papers.iter().map(|paper| convert::paper(paper, mask)).collect(),
            next_page_token,
            total_size: wire_size(all.len()),
        };
        let response = state.limits.fit(response, LESS_OF_A_PAGE)?;
        counts.answered(response.papers.len());
        Ok(Response::new(response))
    }

    async fn search_papers(
        &self,
        request: Request<SearchPapersRequest>,
    ) -> Result<Response<SearchPapersResponse>, Status> {
        let counts = CallCounts::of_one(&request);
        let request = request.into_inner();
        let mask = PaperMask::new(request.read_mask.as_ref())?;
        let state = self.state.get()?;
        let query = query_of(&state, &request)?;
        let catalog = state.catalog();
        let asked = (
            ("search papers", catalog.version(), mask, &query.words),
            (&request.entity_ids, query.include_descendants, query.published_from, query.published_to),
        );
        let page = Page::new(request.page_size, &request.page_token, asked)?;
        let all = state.search_papers(query).await?;
        let (papers, next_page_token) = page.cut(&all);
        let response = SearchPapersResponse {
            papers: papers.iter().map(|paper| convert::paper(paper, mask)).collect(),
            next_page_token,
            total_size: wire_size(all.len()),
            catalog_version: catalog.version().to_owned(),
        };
        let response = state.limits.fit(response, LESS_OF_A_PAGE)?;
        counts.answered(response.papers.len());
        Ok(Response::new(response))
    }
}
