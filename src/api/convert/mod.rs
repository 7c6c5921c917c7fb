//! Between the wire and the model. One file for each thing.

mod annotation;
mod bytes;
mod document;
mod entity;
mod options;
mod paper;

pub use annotation::{candidate, write_annotated_document};
pub use bytes::{write_entity, write_paper};
pub use document::document;
pub use entity::{entity, entity_types, taxa};
pub use options::options;
pub use paper::{PaperMask, paper, publication_date};
