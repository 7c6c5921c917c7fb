//! What the spans of a document say of each text.

use super::letters::Form;
use crate::annotate::recognise::table::MODEL_TYPES;

/// The bits of the place of a span.
const PLACE_BITS: u32 = 31;

/// A probability with the place of its span plus one in one number, so that the greatest is found by one comparison and its log-odds by
/// the place; 0 for none. Above both there are three bits for how near it is ([`super::rivals`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Likeliest(pub(super) u64);

impl Likeliest {
    /// The probability, from 0 to 1, of the span at `place`.
    pub(super) const fn new(probability: f32, place: usize) -> Self {
        if probability <= 0.0 {
            return Self(0);
        }
        Self((probability.to_bits() as u64) << PLACE_BITS | (place as u64 + 1) & ((1 << PLACE_BITS) - 1))
    }

    /// The place of the span, if there is one that may be.
    #[inline]
    pub(super) const fn place(self) -> Option<usize> {
        self.in_order().checked_sub(1)
    }

    /// The place of the span plus one; 0 for none.
    #[inline]
    pub(super) const fn in_order(self) -> usize {
        (self.0 & ((1 << PLACE_BITS) - 1)) as usize
    }
}

/// The two likeliest spans of one text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    pub(super) best: Likeliest,
    second: Likeliest,
}

impl Best {
    const NONE: Self = Self { best: Likeliest(0), second: Likeliest(0) };

    #[inline]
    pub(super) fn add(&mut self, own: Likeliest) {
        self.second = self.second.max(self.best.min(own));
        self.best = self.best.max(own);
    }

    /// The likeliest but for one of them.
    #[inline]
    pub(super) fn but_for(&self, own: Likeliest) -> Likeliest {
        if self.best == own { self.second } else { self.best }
    }
}

/// The probabilities of one text in a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) likely: Best,
    pub(super) sum: f32,
    pub(super) count: u16,
}

impl Said {
    const NONE: Self = Self { likely: Best::NONE, sum: 0.0, count: 0 };

    #[inline]
    pub(super) fn add(&mut self, own: Likeliest, probability: f32) {
        self.likely.add(own);
        self.sum += probability;
        self.count = self.count.saturating_add(1);
    }
}

/// What stands for a text in the definitions of the document: its long or its short form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Partner {
    None,
    /// One that no span has.
    Unsaid,
    /// The place of its text.
    At(u32),
}

/// A text as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// What is said of it as each type.
    pub(super) said: [Said; MODEL_TYPES.len()],
    /// The types that any span of it has, as bits.
    pub(super) types: u8,
    pub(super) partner: Partner,
    /// What stands in it, once that was asked.
    pub(super) form: Form,
    /// Whether it stands behind a word such as "strain" anywhere.
    pub(super) is_of_strain: bool,
}

/// A folded name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folded {
    pub(super) likely: [Best; MODEL_TYPES.len()],
    /// How often the gold data has it as each type, plus one; 0 while that was not asked.
    pub(super) counts: [u32; MODEL_TYPES.len()],
}

/// What is kept of a text.
pub(super) trait OfText: Clone {
    /// Before anything is said of it. A constant is written where it is kept, and not copied there.
    const NEW: Self;
}

impl OfText for Written {
    const NEW: Self = Self {
        said: [Said::NONE; MODEL_TYPES.len()],
        types: 0,
        partner: Partner::None,
        form: Form::NEW,
        is_of_strain: false,
    };
}

impl OfText for Folded {
    const NEW: Self = Self { likely: [Best::NONE; MODEL_TYPES.len()], counts: [0; MODEL_TYPES.len()] };
}

/// The texts of a document by their hashes.
#[derive(Debug)]
pub(super) struct Texts<T> {
    /// The upper half of a hash and the place of its text plus one; 0 for a free slot. Their count is a power of two, and at least half are
    /// free. Two hashes are taken for one when they have the same upper half and lower bits that lead to the same slot.
    slots: Vec<u64>,
    /// Of which so many are taken.
    texts: Vec<T>,
    taken: usize,
}

/// The lower bits of a slot, which hold a place.
const SLOT_PLACE: u64 = 0xffff_ffff;

impl<T> Default for Texts<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), texts: Vec::new(), taken: 0 }
    }
}

impl<T: OfText> Texts<T> {
    /// Forgets all, and makes room for the texts of so many spans.
    pub(super) fn clear(&mut self, count: usize) {
        self.slots.clear();
        self.slots.resize((2 * count).next_power_of_two(), 0);
        self.taken = 0;
    }

    /// The place of the text with that hash, which is added where it is new.
    #[inline]
    pub(super) fn add(&mut self, hash: u64) -> u32 {
        let slot = self.slot(hash);
        let slot = &mut self.slots[slot];
        if *slot == 0 {
            // what was there before is overwritten where it stands
            match self.texts.get_mut(self.taken) {
                Some(text) => *text = T::NEW,
                None => self.texts.push(T::NEW),
            }
            self.taken += 1;
            *slot = hash & !SLOT_PLACE | self.taken as u64 & SLOT_PLACE;
        }
        place_in(*slot)
    }

    /// The text at a place that [`Texts::add`] gave.
    #[inline]
    pub(super) fn at(&self, place: u32) -> &T {
        &self.texts[place as usize]
    }

    #[inline]
    pub(super) fn at_mut(&mut self, place: u32) -> &mut T {
        &mut self.texts[place as usize]
    }

    /// The place of a text that may stand nowhere.
    pub(super) fn get(&self, hash: u64) -> Option<u32> {
        self.slots.get(self.slot(hash)).filter(|slot| **slot != 0).map(|slot| place_in(*slot))
    }

    /// The slot of a hash, or the free one that is its.
    #[inline]
    fn slot(&self, hash: u64) -> usize {
        let last = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & last;
        while let Some(slot) = self.slots.get(at)
            && *slot != 0
            && (slot ^ hash) & !SLOT_PLACE != 0
        {
            at = (at + 1) & last;
        }
        at
    }
}

const fn place_in(slot: u64) -> u32 {
    (slot & SLOT_PLACE) as u32 - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_held_against_its_other_places() {
        let mut said = Said::NONE;
        let spans = [(3, 0.4), (5, 0.9), (8, 0.6)].map(|(at, chance)| (Likeliest::new(chance, at), chance));
        for (own, probability) in spans {
            said.add(own, probability);
        }
        let elsewhere = spans.map(|(own, _)| said.likely.but_for(own).place());
        assert_eq!(elsewhere, [Some(5), Some(8), Some(5)]);
        assert_eq!(said.count, 3);
        let mut alone = Best::NONE;
        alone.add(spans[0].0);
        assert_eq!(alone.but_for(spans[0].0).place(), None);
        assert_eq!(Likeliest::new(0.0, 7).place(), None);
    }

    #[test]
    fn texts_are_known_again_by_their_hashes() {
        let mut texts: Texts<Written> = Texts::default();
        assert_eq!(texts.get(7), None);
        for _ in 0..2 {
            texts.clear(5);
            // some have one home
            let hashes = [1_u64 << 63 | 7, 7, 1 << 62 | 7, 1 << 40 | 8, 7];
            let places = hashes.map(|hash| {
                let place = texts.add(hash);
                assert_eq!(texts.at(place).is_of_strain, place == 1 && texts.taken == 4);
                texts.at_mut(place).is_of_strain = true;
                place
            });
            assert_eq!(places, [0, 1, 2, 3, 1]);
            assert_eq!(hashes.map(|hash| texts.get(hash)), [0, 1, 2, 3, 1].map(Some));
            assert_eq!((texts.get(1 << 41 | 8), texts.taken), (None, 4));
        }
    }
}
