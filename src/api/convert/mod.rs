//! Between the wire and the model. One file for each thing.

mod annotation;
mod document;
mod entity;
mod options;
mod paper;

pub use annotation::{annotated_document, candidate};
pub use document::document;
pub use entity::{entity, entity_types, taxa};
pub use options::options;
pub use paper::{PaperMask, paper, publication_date};
