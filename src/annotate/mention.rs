//! Mentions and their readings, as the stages of the pipeline hand them on.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use super::passages::PassageText;
use super::rank::NameEvidence;
use super::species::Taxon;
use crate::catalog::EntityIndex;
use crate::model::{EntityType, Method, Span};

/// What a reading says a mention speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// An entity of the catalog.
    Entity(EntityIndex),
    /// A variant, by the identifier or form that its pattern gives.
    Variant(Box<str>),
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
    pub composite: Option<Box<Span>>,
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

/// The most lists of readings whose room is kept.
const ROOM_LIMIT: usize = 256;
/// The most readings that a list has room for which is kept.
const ROOM_READINGS_LIMIT: usize = 32;

/// The most mentions that a list has room for which is kept.
const ROOM_MENTIONS_LIMIT: usize = 1 << 10;

thread_local! {
    /// Room of lists of readings, which each mention has one of.
    static ROOM: RefCell<Vec<Vec<Reading>>> = const { RefCell::new(Vec::new()) };
    /// Room of the list of a document's mentions.
    static MENTIONS: Cell<Vec<Mention>> = const { Cell::new(Vec::new()) };
    /// Room of the list of those that the dictionary finds.
    static NAMES: Cell<Vec<Mention>> = const { Cell::new(Vec::new()) };
}

/// An empty list with room for so many mentions, which may be that of a document before.
pub(super) fn room_for_mentions(count: usize) -> Vec<Mention> {
    let mut mentions = MENTIONS.take();
    mentions.reserve(count);
    mentions
}

/// An empty list for what the dictionary finds, with the room of that of a document before.
pub(super) fn room_for_names() -> Vec<Mention> {
    NAMES.take()
}

/// Adds what the dictionary has found to other mentions, and keeps the room of its list.
pub(super) fn append_names(mentions: &mut Vec<Mention>, mut names: Vec<Mention>) {
    mentions.append(&mut names);
    if names.capacity() <= ROOM_MENTIONS_LIMIT {
        NAMES.set(names);
    }
}

/// An empty list with room for so many readings, which may be that of a mention of a document before.
pub(super) fn room_for_readings(count: usize) -> Vec<Reading> {
    let mut readings = ROOM.with_borrow_mut(Vec::pop).unwrap_or_default();
    readings.reserve(count);
    readings
}

/// Keeps the room of mentions that are done with for others.
pub(super) fn keep_room(mut mentions: Vec<Mention>) {
    ROOM.with_borrow_mut(|room| {
        for Mention { mut readings, .. } in mentions.drain(..) {
            if room.len() < ROOM_LIMIT && (1..=ROOM_READINGS_LIMIT).contains(&readings.capacity()) {
                readings.clear();
                room.push(readings);
            }
        }
    });
    if mentions.capacity() <= ROOM_MENTIONS_LIMIT {
        MENTIONS.set(mentions);
    }
}

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
    pub readings: Vec<Reading>,
}

impl Mention {
    /// Its folded name.
    pub(super) fn name<'p>(&self, passages: &'p [PassageText<'_>]) -> &'p str {
        passages[self.passage].folded.key(self.tokens.start, self.tokens.end)
    }

    /// A key that sorts mentions by place, longer first.
    pub(super) fn place(&self) -> (usize, usize, std::cmp::Reverse<usize>) {
        (self.passage, self.span.start, std::cmp::Reverse(self.span.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_for_so_many_lists_of_so_many_readings() {
        let kept = || ROOM.with_borrow(Vec::len);
        ROOM.with_borrow_mut(Vec::clear);
        let mention = |room: usize| {
            let mut readings = Vec::with_capacity(room);
            readings.push(Reading::new(Subject::Unlinked, EntityType::Gene, Method::Model, 0.5));
            Mention { passage: 0, span: Span { start: 0, end: 1 }, tokens: 0..1, prefix: None, readings }
        };
        keep_room(vec![mention(ROOM_READINGS_LIMIT + 1), Mention { readings: Vec::new(), ..mention(1) }]);
        assert_eq!(kept(), 0);
        keep_room(vec![mention(ROOM_READINGS_LIMIT)]);
        assert_eq!(kept(), 1);
        let readings = room_for_readings(2);
        assert!(readings.is_empty() && readings.capacity() >= ROOM_READINGS_LIMIT && kept() == 0);
        keep_room((0..=ROOM_LIMIT).map(|_| mention(1)).collect());
        assert_eq!(kept(), ROOM_LIMIT);
        assert!(room_for_readings(9).capacity() >= 9);
        assert!(room_for_mentions(0).capacity() > ROOM_LIMIT && room_for_mentions(0).capacity() == 0);
        keep_room(Vec::with_capacity(ROOM_MENTIONS_LIMIT + 1));
        assert_eq!(room_for_mentions(0).capacity(), 0);
        for (room, kept) in [(2, true), (ROOM_MENTIONS_LIMIT + 1, false)] {
            let (mut mentions, mut names) = (vec![mention(1)], Vec::with_capacity(room));
            names.push(mention(2));
            append_names(&mut mentions, names);
            assert_eq!((mentions.len(), room_for_names().capacity() >= 2), (2, kept));
        }
    }
}
