//! Where annotations stand in their whole document, in code points.

use crate::model::{Annotation, Document, OffsetUnit, Span};
use crate::text::offsets::Offsets;

/// The passages of a document, and where each starts in it.
pub(super) struct Positions<'d> {
    passages: Vec<(usize, Offsets<'d>)>,
}

impl<'d> Positions<'d> {
    /// `starts` has the offset of every passage in code points.
    pub(super) fn new(document: &'d Document, starts: &[usize]) -> Self {
        let offsets =
            document.passages.iter().map(|passage| Offsets::new(&passage.text, OffsetUnit::CodePoint));
        Self { passages: starts.iter().copied().zip(offsets).collect() }
    }

    /// An annotation's span in the document; `None` when there is no such passage.
    pub(super) fn of(&self, annotation: &Annotation) -> Option<Span> {
        self.of_span(annotation.passage_index, annotation.span)
    }

    /// The span in the document of one in a passage, in bytes; `None` when there is no such passage.
    pub(super) fn of_span(&self, passage_index: usize, span: Span) -> Option<Span> {
        let (start, offsets) = self.passages.get(passage_index)?;
        let Span { start: from, end: to } = offsets.convert(span);
        Some(Span { start: start + from, end: start + to })
    }
}
