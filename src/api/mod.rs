//! The gRPC services: wire to model and back, streams, errors.
//!
//! This room and `server` are the only ones that know tonic and prost.

mod annotate_stream;
mod annotation_service;
mod catalog_service;
pub mod codec;
mod convert;
mod documents;
pub mod encoded;
mod entity_service;
pub mod error;
mod page;
mod paper_service;
mod reload;
mod state;
mod stream;
mod turns;
mod work;

pub use annotation_service::AnnotationApi;
pub use catalog_service::CatalogApi;
pub use entity_service::EntityApi;
pub use paper_service::PaperApi;
pub use reload::{CatalogReloader, RELOADS_LIMIT, ReloadTrigger, Reloaded};
pub use state::{CallCounts, Limits, State, StateHandle};
pub use work::{WorkPool, WorkPoolError};

/// The messages and clients generated from `proto/glossator/v1`.
#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::large_futures
)]
pub mod proto {
    tonic::include_proto!("glossator.v1");

    /// The encoded `google.protobuf.FileDescriptorSet` of the contract, its comments and imports included.
    pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/glossator.protoset"));
}

/// The servers generated from `proto/glossator/v1`. They send [`encoded::Encoded`] in the place of messages that carry much.
#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::large_futures
)]
pub mod servers {
    include!(concat!(env!("OUT_DIR"), "/servers/glossator.v1.rs"));
}
