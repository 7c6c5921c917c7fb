//! `glossator.v1.CatalogService`.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::error::ApiError;
use super::proto::{
    GetCatalogRequest, GetCatalogResponse, ReloadCatalogRequest, ReloadCatalogResponse, Terminology,
};
use super::reload::{CatalogReloader, ReloadTrigger};
use super::servers::catalog_service_server::CatalogService;
use super::state::{CallCounts, StateHandle};
use crate::catalog;

/// The service over shared state.
#[derive(Clone)]
pub struct CatalogApi {
    state: StateHandle,
    reloader: Arc<CatalogReloader>,
}

impl CatalogApi {
    /// The service over that state, and what changes it. Who may call ReloadCatalog is decided before a call comes here.
    pub fn new(state: StateHandle, reloader: Arc<CatalogReloader>) -> Self {
        Self { state, reloader }
    }
}

fn terminology(terminology: catalog::Terminology) -> Terminology {
    let catalog::Terminology { name, version, license, entities, names, .. } = terminology;
    Terminology { name, version, license, entities, names }
}

#[tonic::async_trait]
impl CatalogService for CatalogApi {
    async fn get_catalog(
        &self,
        request: Request<GetCatalogRequest>,
    ) -> Result<Response<GetCatalogResponse>, Status> {
        let state = self.state.get()?;
        let counts = CallCounts::of_one(&request);
        let shared = Arc::clone(&state);
        // Goes over all entities.
        let counting = state.pool.run(move |_| shared.catalog().terminologies());
        let mut terminologies: Vec<_> = counting.await?.into_iter().map(terminology).collect();
        terminologies.sort_by(|left, right| left.name.cmp(&right.name));
        counts.answered(terminologies.len());
        Ok(Response::new(GetCatalogResponse {
            version: state.catalog().version().to_owned(),
            terminologies,
            papers: state.corpus.len() as u64,
            started_at: Some(state.started_at.into()),
        }))
    }

    async fn reload_catalog(
        &self,
        request: Request<ReloadCatalogRequest>,
    ) -> Result<Response<ReloadCatalogResponse>, Status> {
        let counts = CallCounts::of_one(&request);
        let reloaded = self.reloader.reload(ReloadTrigger::Call).await?;
        counts.answered(reloaded.entities);
        Ok(Response::new(ReloadCatalogResponse {
            version: reloaded.version,
            previous_version: reloaded.previous_version,
            entities: reloaded.entities as u64,
            names: reloaded.names as u64,
            duration: Some(reloaded.duration.try_into().map_err(|_| ApiError::Internal)?),
        }))
    }
}
