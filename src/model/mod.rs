//! What things are: identifiers, entities, papers, documents, annotations.
//!
//! No input or output and no wire types; every other room speaks these.

mod address;
mod annotation;
mod curie;
mod document;
mod entity;
mod paper;
mod paper_id;

pub use annotation::{
    Abbreviation, AnnotateOptions, AnnotatedDocument, Annotation, Candidate, ExtraTerm, Method,
    NamespacePreference, OffsetUnit, OverlapPolicy, Span,
};
pub use curie::{Curie, CurieError};
pub use document::{Document, Passage};
pub use entity::{Entity, EntitySource, EntityType, Synonym, SynonymScope};
pub use paper::{
    Author, Paper, PaperEntity, PaperIdentifiers, PublicationDate, PublicationDateError, Section,
};
pub use paper_id::{PaperId, PaperIdError};
