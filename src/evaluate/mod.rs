//! How well the annotator does: its answers held against what people marked.
//!
//! [`score_document`] counts one document and one type, [`intervals`] says how far the sum over documents would go up and
//! down with other documents of the kind, and [`find_mistakes`] with [`group`] says what went wrong and how often.
//! Everything takes documents and answers as plain data, whoever made them.

mod bootstrap;
mod figures;
mod groups;
mod marks;
mod mistakes;
mod score;
#[cfg(test)]
mod testing;

pub use bootstrap::{Interval, Intervals, RESAMPLES, intervals};
pub use figures::{DocumentFigures, Figures};
pub use groups::{Example, Group, group};
pub use mistakes::{Mistake, MistakeKind, find_mistakes};
pub use score::score_document;
