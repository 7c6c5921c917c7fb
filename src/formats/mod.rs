//! Papers and documents in, annotations out, tables of the catalog in: one file a format, all streaming and bounded.
//!
//! Nothing here knows the catalog, the annotator or the wire. [`input`] opens a file or a stream of any format and
//! gives its documents one at a time; [`output`] writes annotated documents one at a time; [`gold`] reads documents with the
//! mentions that people marked in them.

pub mod catalog_tsv;
pub mod gold;
pub mod input;
pub mod output;
pub mod paper_page;
pub mod record;
pub mod terminology;

mod bioc_json;
mod bioc_xml;
mod brat;
mod gold_table;
mod html;
mod jats;
mod json_records;
mod jsonl;
mod plain;
mod positions;
mod pubmed_xml;
mod pubtator;
mod source;
mod table;
mod xml;
