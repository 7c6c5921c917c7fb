//! Mentions and their readings, as the stages of the pipeline hand them on.

use std::cmp::Reverse;
use std::num::NonZeroU32;
use std::ops::Range;

use smol_str::SmolStr;

use super::passages::PassageText;
use super::rank::NameEvidence;
use super::species::Taxon;
use crate::catalog::EntityIndex;
use crate::model::{EntityType, Method, Span};
use crate::text::{Spare, spared};

/// What a reading says a mention speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// An entity of the catalog.
    Entity(EntityIndex),
    /// A variant, by the identifier or form that its pattern gives.
    Variant(SmolStr),
    /// A term of the request's own, by its index.
    ExtraTerm(usize),
    /// Nothing that the catalog has.
    Unlinked,
}

/// One reading of a mention.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// What it speaks of.
    pub subject: Subject,
    /// The type of that.
    pub entity_type: EntityType,
    /// The taxon of a gene or a cell line; of an organism, itself.
    pub taxon: Option<Taxon>,
    /// How it was found.
    pub method: Method,
    /// What speaks for a name; none for patterns and extra terms.
    pub evidence: Option<NameEvidence>,
    /// How likely it is right; set by the ranking.
    pub score: f32,
    /// The species that the text speaks of where it is another than this gene's, and has no gene of the name.
    pub foreign: Option<Taxon>,
    /// Whether the document defines the mention as something else.
    pub contradicted: bool,
    /// Whether a sequence model recognised the mention, which then scores enough.
    pub recognised: bool,
    /// How known the entity is; of two that fit alike the more known one is meant.
    pub prominence: u8,
    /// The mention of several entities that it is a part of.
    pub composite: Option<Whole>,
}

/// Where a mention of several entities stands, in a third of the room of an optional [`Span`], as a document may have very many readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole {
    start: u32,
    bytes: NonZeroU32,
}

impl Whole {
    /// That of a span that is not empty and within what is read of a text.
    pub(super) fn of(span: Span) -> Option<Self> {
        let bytes = NonZeroU32::new(u32::try_from(span.len()).ok()?)?;
        Some(Self { start: u32::try_from(span.start).ok()?, bytes })
    }

    /// Its span.
    pub(super) const fn span(self) -> Span {
        let start = self.start as usize;
        Span { start, end: start + self.bytes.get() as usize }
    }
}

impl Reading {
    /// A reading that nothing but its score speaks for.
    pub(super) const fn new(subject: Subject, entity_type: EntityType, method: Method, score: f32) -> Self {
        Self {
            subject,
            entity_type,
            taxon: None,
            method,
            evidence: None,
            score,
            foreign: None,
            contradicted: false,
            recognised: false,
            prominence: 0,
            composite: None,
        }
    }
}

/// The most bytes that lists of readings take that a thread keeps: those of some thousand mentions.
const READINGS_BYTES_LIMIT: usize = 1 << 21;

spared!(Vec<Mention>);
spared!(Vec<Reading>; READINGS_BYTES_LIMIT);

/// A list of readings, which each mention has one of.
pub(super) type Readings = Spare<Vec<Reading>>;

/// A place in the text with its readings.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    /// The passage it stands in.
    pub passage: usize,
    /// Where, in bytes from the passage's start.
    pub span: Span,
    /// The tokens it covers; empty for patterns.
    pub tokens: Range<usize>,
    /// The species that a prefix on the symbol names.
    pub prefix: Option<Taxon>,
    /// Its readings; sorted best first by the ranking.
    pub readings: Readings,
}

impl Mention {
    /// Its folded name.
    pub(super) fn name<'p>(&self, passages: &'p [PassageText<'_>]) -> &'p str {
        passages[self.passage].folded.key(self.tokens.start, self.tokens.end)
    }

    /// A key that sorts mentions by place, longer first.
    pub(super) fn place(&self) -> Place {
        (self.passage, self.span.start, Reverse(self.span.end))
    }
}

/// A passage, and where in it something begins and ends.
type Place = (usize, usize, Reverse<usize>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::spare::tests::holds_bound;

    #[test]
    fn lists_of_readings_are_kept_within_their_bound() {
        holds_bound(READINGS_BYTES_LIMIT, |bytes| {
            Vec::<Reading>::with_capacity(bytes / size_of::<Reading>())
        });
    }
}
