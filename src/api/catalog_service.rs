//! `glossator.v1.CatalogService`.

use tonic::{Request, Response, Status};

use super::proto::catalog_service_server::CatalogService;
use super::proto::{GetCatalogRequest, GetCatalogResponse, Terminology};
use super::state::{CallCounts, StateHandle};

/// The service over shared state.
#[derive(Clone)]
pub struct CatalogApi {
    state: StateHandle,
}

impl CatalogApi {
    /// The service over that state.
    pub fn new(state: StateHandle) -> Self {
        Self { state }
    }
}

#[tonic::async_trait]
impl CatalogService for CatalogApi {
    async fn get_catalog(
        &self,
        request: Request<GetCatalogRequest>,
    ) -> Result<Response<GetCatalogResponse>, Status> {
        let state = self.state.get()?;
        let catalog = state.catalog();
        let mut terminologies: Vec<_> = catalog
            .terminologies()
            .iter()
            .map(|terminology| Terminology {
                name: terminology.name.clone(),
                version: terminology.version.clone(),
                license: terminology.license.clone(),
                entities: terminology.entities,
                names: terminology.names,
            })
            .collect();
        terminologies.sort_by(|left, right| left.name.cmp(&right.name));
        CallCounts::of_one(&request).answered(terminologies.len());
        Ok(Response::new(GetCatalogResponse {
            version: catalog.version().to_owned(),
            terminologies,
            papers: state.corpus.len() as u64,
            started_at: Some(state.started_at.into()),
        }))
    }
}
