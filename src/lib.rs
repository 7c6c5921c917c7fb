//! glossator reads biomedical text and answers what it speaks of: genes, diseases, chemicals, species, cell lines and
//! variants, each with exact offsets, an identifier, a score and the other readings.
//!
//! The rooms, from the ground up, each knowing only those above it in this list: [`model`], [`text`], [`formats`],
//! [`catalog`], [`annotate`], [`evaluate`], [`train`], [`corpus`], [`api`], [`server`], [`cli`].

pub mod annotate;
pub mod api;
pub mod catalog;
pub mod cli;
pub mod corpus;
pub mod evaluate;
pub mod formats;
pub mod model;
pub mod server;
pub mod text;
pub mod train;
