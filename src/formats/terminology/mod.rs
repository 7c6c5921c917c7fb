//! Terminologies in: one file a format, each read as a stream of [`Term`]s.
//!
//! A reader gives what its file says of one thing at a time and keeps nothing of what it gave. Files may be packed by
//! gzip. A record that is malformed is an error of its own, with its line; the reader goes on behind it.

mod archive;
mod cellosaurus;
mod cells;
mod drugbank;
mod famplex;
mod format;
mod gene_info;
mod hgnc;
mod input;
mod mesh;
mod mesh_ascii;
mod mesh_xml;
mod obo;
mod obo_clauses;
mod obo_syntax;
mod parts;
mod rows;
mod sssom;
mod table;
mod taxdump;
mod taxdump_rows;
mod term;
mod terms;

pub use cellosaurus::CellosaurusReader;
pub use cells::CELLS_LIMIT;
pub use drugbank::{Drugbank, DrugbankReader};
pub use famplex::{FAMPLEX_LINES_LIMIT, FAMPLEX_PROBLEMS_LIMIT, FamplexReader};
pub use format::{OpenOptions, TableLayout, TermFormat, open};
pub use gene_info::{GeneInfo, GeneInfoReader};
pub use hgnc::{Hgnc, HgncReader};
pub use input::{LINE_BYTES_LIMIT, LineReader, RECORD_BYTES_LIMIT, Source};
pub use mesh_ascii::MeshAsciiReader;
pub use mesh_xml::MeshXmlReader;
pub use obo::OboReader;
pub use parts::{DESCRIPTION_BYTES_LIMIT, ENTRIES_LIMIT, NAMES_LIMIT, unescaped};
pub use rows::{RowFormat, RowReader};
pub use sssom::{PREFIXES_LIMIT, SssomReader};
pub use table::{Table, TableReader};
pub use taxdump::{TAXA_LIMIT, TaxdumpReader};
pub use taxdump_rows::RANKS_LIMIT;
pub use term::{NameKind, Term, TermError, TermName, TermReader, Xref};
pub use terms::{TERMS_COLUMNS, Terms, TermsReader};
