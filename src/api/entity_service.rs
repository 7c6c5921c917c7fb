//! `glossator.v1.EntityService`.

use std::sync::Arc;

use futures_util::StreamExt;
use tonic::{Request, Response, Status, Streaming};

use super::convert::{self, PaperMask};
use super::encoded::{Encoded, Field};
use super::error::{ApiError, ResourceKind};
use super::page::{LESS_OF_A_PAGE, Page};
use super::proto::lookup_entities_response::Result as LookupAnswer;
use super::proto::{
    BatchGetEntitiesRequest, BatchGetEntitiesResponse, Candidate, GetEntityRequest, GetEntityResponse,
    ListEntityPapersRequest, ListEntityPapersResponse, LookupEntitiesRequest, LookupEntitiesResponse,
    ResolveNamesRequest, ResolveNamesResponse, SearchEntitiesRequest, SearchEntitiesResponse, SearchMode,
};
use super::servers::entity_service_server::EntityService;
use super::state::{CallCounts, LESS_OF_A_BATCH, State, StateHandle, find_all};
use super::stream::{Answers, BudgetShare, in_order, numbered};
use super::work::CallerGone;
use crate::catalog::{Catalog, EntityIndex};
use crate::corpus::PaperQuery;
use crate::model::{Curie, EntityType};
use crate::text::FoldedText;

/// The most bytes of a name or of a search query.
const NAME_BYTES_LIMIT: usize = 1_000;
/// The most bytes of the context of a name.
const CONTEXT_BYTES_LIMIT: usize = 64 << 10;
/// The most readings of a name.
const CANDIDATES_LIMIT: usize = 100;

/// The service over shared state.
#[derive(Clone)]
pub struct EntityApi {
    state: StateHandle,
}

impl EntityApi {
    /// The service over that state.
    pub fn new(state: StateHandle) -> Self {
        Self { state }
    }
}

/// `total_size` on the wire.
pub(super) fn wire_size(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn check_name(name: &str, field: &str) -> Result<(), ApiError> {
    if name.trim().is_empty() || name.len() > NAME_BYTES_LIMIT {
        let problem = if name.len() > NAME_BYTES_LIMIT {
            format!("must have 1 to {NAME_BYTES_LIMIT} bytes, not {}", name.len())
        } else {
            "is blank".to_owned()
        };
        return Err(ApiError::invalid(field, problem));
    }
    Ok(())
}

/// A search of the catalog; see [`Catalog::search_prefix`].
type Search = fn(&Catalog, &str, &[EntityType], &[Curie], usize, usize) -> (Vec<EntityIndex>, bool);

/// The search of a mode, and the mode with its default filled in.
fn search_of(mode: i32) -> Result<(Search, SearchMode), ApiError> {
    match SearchMode::try_from(mode) {
        Ok(SearchMode::Unspecified | SearchMode::Prefix) => Ok((Catalog::search_prefix, SearchMode::Prefix)),
        Ok(SearchMode::Fuzzy) => Ok((Catalog::search_fuzzy, SearchMode::Fuzzy)),
        Ok(SearchMode::Full) => Ok((Catalog::search_full, SearchMode::Full)),
        Err(_) => Err(ApiError::invalid("mode", format!("{mode} is no search mode"))),
    }
}

fn check_search_query(query: &str) -> Result<(), ApiError> {
    check_name(query, "query")?;
    let mut folded = FoldedText::default();
    folded.fold(query);
    if folded.tokens().is_empty() {
        return Err(ApiError::invalid("query", "holds no letter and no digit"));
    }
    Ok(())
}

/// The readings of a name. Runs on the pool.
fn resolve(state: &State, request: &ResolveNamesRequest) -> Result<Vec<Candidate>, ApiError> {
    check_name(&request.name, "name")?;
    if request.context.len() > CONTEXT_BYTES_LIMIT {
        let problem =
            format!("has {} bytes; at most {CONTEXT_BYTES_LIMIT} are accepted", request.context.len());
        return Err(ApiError::invalid("context", problem));
    }
    let types = convert::entity_types(&request.types, "types")?;
    let taxa = convert::taxa(&request.taxa, "taxa")?;
    let found =
        state.annotator.resolve_name(&request.name, &types, &taxa, &request.context, CANDIDATES_LIMIT);
    Ok(found.into_iter().map(convert::candidate).collect())
}

async fn answer_name(
    state: Arc<State>,
    sequence: u64,
    request: ResolveNamesRequest,
    counts: Arc<CallCounts>,
) -> (Vec<ResolveNamesResponse>, BudgetShare) {
    let catalog_version = state.catalog().version().to_owned();
    let pool = state.pool.clone();
    let answer = pool.run(move |_: &CallerGone| resolve(&state, &request)).await.and_then(|answer| answer);
    let response = match answer {
        Ok(candidates) => {
            counts.answered(candidates.len());
            ResolveNamesResponse { sequence, candidates, error: None, catalog_version }
        }
        Err(error) => {
            counts.failed();
            let error = Some(error.to_proto());
            ResolveNamesResponse { sequence, candidates: Vec::new(), error, catalog_version }
        }
    };
    (vec![response], None)
}

#[tonic::async_trait]
impl EntityService for EntityApi {
    async fn get_entity(
        &self,
        request: Request<GetEntityRequest>,
    ) -> Result<Response<GetEntityResponse>, Status> {
        let counts = CallCounts::of_one(&request);
        let state = self.state.get()?;
        let index = state.find_entity(&request.get_ref().id, "id")?;
        counts.answered(1);
        let catalog = state.catalog();
        let entity = Some(convert::entity(&catalog.entity(index)));
        Ok(Response::new(GetEntityResponse { entity, catalog_version: catalog.version().to_owned() }))
    }

    async fn batch_get_entities(
        &self,
        request: Request<BatchGetEntitiesRequest>,
    ) -> Result<Response<BatchGetEntitiesResponse>, Status> {
        let counts = CallCounts::of_one(&request);
        let state = self.state.get()?;
        let ids = &request.get_ref().ids;
        let found = find_all(ids, ResourceKind::Entity, |id, field| state.find_entity(id, field))?;
        let catalog = state.catalog();
        let entities: Vec<_> =
            found.into_iter().map(|index| convert::entity(&catalog.entity(index))).collect();
        let response = BatchGetEntitiesResponse { entities, catalog_version: catalog.version().to_owned() };
        let response = state.limits.fit(response, LESS_OF_A_BATCH)?;
        counts.answered(response.entities.len());
        Ok(Response::new(response))
    }

    type LookupEntitiesStream = Answers<Encoded>;

    async fn lookup_entities(
        &self,
        request: Request<Streaming<LookupEntitiesRequest>>,
    ) -> Result<Response<Self::LookupEntitiesStream>, Status> {
        let counts = CallCounts::of(&request);
        let state = self.state.get()?;
        let answers = numbered(request.into_inner(), state.limits).map(move |request| {
            let (sequence, request) = request?;
            counts.came_in(1);
            let catalog_version = state.catalog().version();
            Ok(match state.find_entity(&request.id, "id") {
                Ok(index) => {
                    counts.answered(1);
                    Encoded::written(|writer| {
                        writer.field(Field::Number(1, sequence));
                        writer.message(2, |writer| convert::write_entity(writer, state.catalog(), index));
                        writer.field(Field::Text(4, catalog_version));
                    })
                }
                Err(error) => {
                    counts.failed();
                    let result = Some(LookupAnswer::Error(error.to_proto()));
                    let catalog_version = catalog_version.to_owned();
                    Encoded::of(&LookupEntitiesResponse { sequence, result, catalog_version })
                }
            })
        });
        Ok(Response::new(Box::pin(answers)))
    }

    type ResolveNamesStream = Answers<ResolveNamesResponse>;

    async fn resolve_names(
        &self,
        request: Request<Streaming<ResolveNamesRequest>>,
    ) -> Result<Response<Self::ResolveNamesStream>, Status> {
        let counts = CallCounts::of(&request);
        let state = self.state.get()?;
        let answers = in_order(
            numbered(request.into_inner(), state.limits),
            state.stream_window(),
            move |(sequence, name)| {
                counts.came_in(1);
                answer_name(Arc::clone(&state), sequence, name, Arc::clone(&counts))
            },
        );
        Ok(Response::new(answers))
    }

    async fn search_entities(
        &self,
        request: Request<SearchEntitiesRequest>,
    ) -> Result<Response<SearchEntitiesResponse>, Status> {
        let counts = CallCounts::of_one(&request);
        let state = self.state.get()?;
        let request = request.into_inner();
        check_search_query(&request.query)?;
        let (search, mode) = search_of(request.mode)?;
        let types = convert::entity_types(&request.types, "types")?;
        let taxa = convert::taxa(&request.taxa, "taxa")?;
        let catalog = state.catalog();
        let asked = ("search", catalog.version(), mode, &request.query, &types, &taxa);
        let page = Page::new(request.page_size, &request.page_token, asked)?;
        let (offset, size, shared) = (page.offset, page.size, Arc::clone(&state));
        // A query of one letter looks at thousands of names.
        let job = move |_: &CallerGone| search(shared.catalog(), &request.query, &types, &taxa, offset, size);
        let (found, more) = state.pool.run(job).await?;
        let response = SearchEntitiesResponse {
            entities: found.into_iter().map(|index| convert::entity(&catalog.entity(index))).collect(),
            next_page_token: if more { page.next_token() } else { String::new() },
            catalog_version: catalog.version().to_owned(),
        };
        let response = state.limits.fit(response, LESS_OF_A_PAGE)?;
        counts.answered(response.entities.len());
        Ok(Response::new(response))
    }

    async fn list_entity_papers(
        &self,
        request: Request<ListEntityPapersRequest>,
    ) -> Result<Response<ListEntityPapersResponse>, Status> {
        let counts = CallCounts::of_one(&request);
        let state = self.state.get()?;
        let request = request.into_inner();
        let index = state.find_entity(&request.entity_id, "entity_id")?;
        let catalog = state.catalog();
        let asked = ("entity papers", catalog.version(), &request.entity_id, request.include_descendants);
        let page = Page::new(request.page_size, &request.page_token, asked)?;
        let query = PaperQuery {
            entities: vec![index],
            include_descendants: request.include_descendants,
            ..PaperQuery::default()
        };
        let all = state.search_papers(query).await?;
        let (papers, next_page_token) = page.cut(&all);
        let mask = PaperMask::new(None)?;
        let response = ListEntityPapersResponse {
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
