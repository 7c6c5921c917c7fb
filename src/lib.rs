//! glossator reads biomedical text and answers what it speaks of: genes, diseases, chemicals, species, cell lines and
//! variants, each with exact offsets, an identifier, a score and the other readings.

pub mod annotate;
pub mod api;
pub mod catalog;
pub mod corpus;
pub mod formats;
pub mod model;
pub mod server;
pub mod text;
