//! What the spans of a document say of each text.

use crate::annotate::recognise::Found;
use crate::annotate::recognise::numbers::Numbers;
use crate::annotate::recognise::table::MODEL_TYPES;
use crate::text::word_hash;

/// The probabilities of one text in a document.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    pub(super) best: f32,
    /// Where the best is; of many spans in half the room of their places.
    pub(super) place: u32,
    pub(super) second: f32,
    pub(super) sum: f32,
    pub(super) count: u16,
}

impl Said {
    pub(super) fn add(&mut self, place: usize, probability: f32) {
        if probability > self.best {
            (self.second, self.best, self.place) = (self.best, probability, place as u32);
        } else {
            self.second = self.second.max(probability);
        }
        self.sum += probability;
        self.count = self.count.saturating_add(1);
    }

    /// The best at another place; 0 where there is none.
    pub(super) const fn elsewhere(&self, place: usize) -> f32 {
        if self.place == place as u32 { self.second } else { self.best }
    }
}

/// The most texts that room is made for before they are read.
const ROOM_TEXTS: usize = 512;

/// What is said of one text as each type.
pub(super) type OfTypes = [Said; MODEL_TYPES.len()];

/// What the spans of a document say of each text.
#[derive(Default)]
pub(super) struct Texts {
    /// The place of each text in `said`, by its hash.
    places: Numbers,
    pub(super) said: Vec<OfTypes>,
}

impl Texts {
    /// Room for the texts of so many spans. Of very many some are the same mostly.
    pub(super) fn with_room(count: usize) -> Self {
        let count = count.min(ROOM_TEXTS);
        Self { places: Numbers::with_room(count), said: Vec::with_capacity(count) }
    }

    /// Adds what the span at `place` says of a text; gives the text's place.
    pub(super) fn add(&mut self, text: u64, place: usize, own: &Found) -> usize {
        let (at, is_new) = self.places.number(text);
        let at = at as usize;
        if is_new {
            self.said.push(OfTypes::default());
        }
        self.said[at][own.model_type].add(place, own.probability);
        at
    }

    /// What is said of a text that may stand nowhere.
    pub(super) fn of(&self, text: &str) -> Option<&OfTypes> {
        self.places.get(word_hash(text.as_bytes())).map(|at| &self.said[at as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_held_against_its_other_places() {
        let mut said = Said::default();
        for (place, probability) in [(3, 0.4), (5, 0.9), (8, 0.6)] {
            said.add(place, probability);
        }
        for (place, expected) in [(3, 0.9), (5, 0.6), (8, 0.9)] {
            assert!((said.elsewhere(place) - expected).abs() < 1e-6, "{place}");
        }
        assert_eq!(said.count, 3);
    }
}
