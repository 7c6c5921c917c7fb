//! What all services share: the data, the pool that works on it, the limits, and the counts of a call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use arc_swap::ArcSwapOption;
use prost::Message;

use super::error::{ApiError, ResourceKind};
use super::work::WorkPool;
use crate::annotate::Annotator;
use crate::catalog::{Catalog, EntityIndex};
use crate::corpus::{Corpus, PaperQuery};
use crate::model::{Curie, CurieError, Paper, PaperId, PaperIdError};

/// The limits of the services. Sizes count bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most text of a document.
    pub document_bytes: usize,
    /// The most bytes of a message that comes in.
    pub request_bytes: usize,
    /// The most bytes of a message that goes out.
    pub answer_bytes: usize,
    /// The most text that one stream has taken in and not yet answered. A document over it is worked on alone.
    pub stream_bytes: usize,
}

impl Limits {
    /// 4 MiB, unless configured.
    pub const DEFAULT_DOCUMENT_BYTES: usize = 4 << 20;
    /// Room for a batch of large documents.
    pub const DEFAULT_REQUEST_BYTES: usize = 32 << 20;
    /// Annotations of a dense document are several times its size.
    pub const DEFAULT_ANSWER_BYTES: usize = 64 << 20;
    /// A few large documents, or thousands of abstracts.
    pub const DEFAULT_STREAM_BYTES: usize = 8 << 20;

    /// The answer, if it fits into a message; else the transport would break the call off.
    ///
    /// # Errors
    /// An answer over the limit, with `advice` on how to ask for less.
    pub fn fit<T: Message>(&self, answer: T, advice: &'static str) -> Result<T, ApiError> {
        let (bytes, limit_bytes) = (answer.encoded_len(), self.answer_bytes);
        if bytes > limit_bytes {
            return Err(ApiError::AnswerTooLarge { bytes, limit_bytes, advice });
        }
        Ok(answer)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: Self::DEFAULT_DOCUMENT_BYTES,
            request_bytes: Self::DEFAULT_REQUEST_BYTES,
            answer_bytes: Self::DEFAULT_ANSWER_BYTES,
            stream_bytes: Self::DEFAULT_STREAM_BYTES,
        }
    }
}

/// What a call has done so far; the server's log tells it when the call ends. Found in a request's extensions.
#[derive(Debug, Default)]
pub struct CallCounts {
    /// Items that came in: documents, identifiers, names.
    pub items_in: AtomicU64,
    /// Items that were answered, errors included.
    pub items_out: AtomicU64,
    /// Items that were answered with an error.
    pub items_failed: AtomicU64,
    /// Annotations, entities, papers or candidates in the answers.
    pub results: AtomicU64,
}

impl CallCounts {
    /// The counts of a call; fresh ones where the server has put none.
    pub fn of<T>(request: &tonic::Request<T>) -> Arc<Self> {
        request.extensions().get::<Arc<Self>>().cloned().unwrap_or_default()
    }

    /// The counts of a call that is one item.
    pub fn of_one<T>(request: &tonic::Request<T>) -> Arc<Self> {
        let counts = Self::of(request);
        counts.came_in(1);
        counts
    }

    /// That many more items came in.
    pub fn came_in(&self, items: usize) {
        self.items_in.fetch_add(items as u64, Ordering::Relaxed);
    }

    /// One item was answered with that many results.
    pub fn answered(&self, results: usize) {
        self.items_out.fetch_add(1, Ordering::Relaxed);
        self.results.fetch_add(results as u64, Ordering::Relaxed);
    }

    /// One item was answered with an error.
    pub fn failed(&self) {
        self.items_out.fetch_add(1, Ordering::Relaxed);
        self.items_failed.fetch_add(1, Ordering::Relaxed);
    }
}

/// The data and the means that the services work with. A reload makes a new one: the annotator with its catalog is another
/// one then, all else is shared with the old.
pub struct State {
    /// Annotates with the state's catalog.
    pub annotator: Arc<Annotator>,
    /// The papers.
    pub corpus: Arc<Corpus>,
    /// Where CPU work runs.
    pub pool: WorkPool,
    /// The limits in force.
    pub limits: Limits,
    /// When the server started.
    pub started_at: SystemTime,
}

impl State {
    /// The state's catalog.
    pub fn catalog(&self) -> &Arc<Catalog> {
        self.annotator.catalog()
    }

    /// The same with another catalog behind another annotator.
    #[must_use]
    pub fn with_annotator(&self, annotator: Annotator) -> Self {
        Self {
            annotator: Arc::new(annotator),
            corpus: Arc::clone(&self.corpus),
            pool: self.pool.clone(),
            limits: self.limits,
            started_at: self.started_at,
        }
    }

    /// Searches the papers, on the pool: a search may touch every paper.
    ///
    /// # Errors
    /// When the search panics.
    pub async fn search_papers(self: &Arc<Self>, query: PaperQuery) -> Result<Vec<Arc<Paper>>, ApiError> {
        let state = Arc::clone(self);
        self.pool.run(move |_| state.corpus.search(state.catalog(), &query)).await
    }

    /// How many items of one stream are worked on at once: enough to keep every thread busy while the next are read.
    pub fn stream_window(&self) -> usize {
        self.pool.threads() * 2 + 2
    }

    /// The entity of an identifier in any accepted form.
    ///
    /// # Errors
    /// A text that is no identifier, or one that the catalog does not know.
    pub fn find_entity(&self, id: &str, field: &str) -> Result<EntityIndex, ApiError> {
        let curie: Curie = id.parse().map_err(|error: CurieError| ApiError::invalid(field, error))?;
        self.catalog().find(&curie).ok_or_else(|| ApiError::not_found(ResourceKind::Entity, id))
    }

    /// The paper of an identifier in any accepted form.
    ///
    /// # Errors
    /// A text that is no identifier, or one that the corpus does not know.
    pub fn find_paper(&self, id: &str, field: &str) -> Result<Arc<Paper>, ApiError> {
        let paper_id: PaperId = id.parse().map_err(|error: PaperIdError| ApiError::invalid(field, error))?;
        self.corpus.get(&paper_id).cloned().ok_or_else(|| ApiError::not_found(ResourceKind::Paper, id))
    }
}

/// Where the services find the state: empty until the data is read, and another one after a reload.
#[derive(Clone, Default)]
pub struct StateHandle(Arc<ArcSwapOption<State>>);

impl StateHandle {
    /// Puts the state in force. Calls that hold the one before keep it.
    pub fn set(&self, state: Arc<State>) {
        self.0.store(Some(state));
    }

    /// The state in force. A call takes it once, when it begins, and keeps it: an answer, a stream or a page with parts of
    /// two catalogs would be wrong.
    ///
    /// # Errors
    /// [`ApiError::Loading`] before the data is read.
    pub fn get(&self) -> Result<Arc<State>, ApiError> {
        self.0.load_full().ok_or(ApiError::Loading)
    }
}

/// The most identifiers of a batch.
pub const BATCH_LIMIT: usize = 1_000;

/// What to do about a batch over the size limit of a message.
pub const LESS_OF_A_BATCH: &str =
    "ask for fewer at once, or for fewer fields by read_mask where the request has one";

/// Looks up all identifiers of a batch, or fails naming the malformed one or the missing ones.
///
/// # Errors
/// None or more than 1,000 identifiers, a malformed one, or missing ones.
pub fn find_all<T>(
    ids: &[String],
    kind: ResourceKind,
    find: impl Fn(&str, &str) -> Result<T, ApiError>,
) -> Result<Vec<T>, ApiError> {
    if ids.is_empty() || ids.len() > BATCH_LIMIT {
        let problem = format!("must hold 1 to {BATCH_LIMIT} identifiers, not {}", ids.len());
        return Err(ApiError::invalid("ids", problem));
    }
    let mut found = Vec::with_capacity(ids.len());
    let mut missing = Vec::new();
    for (index, id) in ids.iter().enumerate() {
        match find(id, &format!("ids[{index}]")) {
            Ok(thing) => found.push(thing),
            Err(ApiError::NotFound { names, .. }) => missing.extend(names),
            Err(error) => return Err(error),
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(ApiError::NotFound { kind, names: missing }) }
}
