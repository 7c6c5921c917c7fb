//! The distinct texts among the mentions of a document, numbered as they are met.

use rustc_hash::FxHashMap;

use super::super::recognise::words::hash;
use crate::model::EntityType;
use crate::text::{Spare, spared};

/// The most texts that are gone through for one; more are found by their hashes.
const TEXTS_LISTED_LIMIT: usize = 24;

/// A text as mentions of one type.
type TypedText<'d> = (EntityType, &'d str);

spared!('d: Vec<TypedText<'d>>, Vec<TypedText<'static>>);
spared!(FxHashMap<u64, usize>);

/// The texts that were met, as mentions of one type each, by their numbers.
pub(super) struct KnownTexts<'d> {
    texts: Spare<Vec<TypedText<'d>>>,
    /// The numbers of texts beyond those that are gone through, by their hashes or, where another has that, by the next that is free.
    numbers: Spare<FxHashMap<u64, usize>>,
}

impl<'d> KnownTexts<'d> {
    /// None yet.
    pub(super) fn new() -> Self {
        Self { texts: Spare::take(), numbers: Spare::take() }
    }

    /// The number of a text, the next one of one that was not met.
    pub(super) fn text(&mut self, text: TypedText<'d>) -> usize {
        if let Some(number) = self.texts.iter().take(TEXTS_LISTED_LIMIT).position(|own| *own == text) {
            return number;
        }
        let next = self.texts.len();
        if next >= TEXTS_LISTED_LIMIT {
            let mut hash = hash(text.1).wrapping_add(text.0 as u64);
            while let Some(number) = self.numbers.get(&hash) {
                if self.texts[*number] == text {
                    return *number;
                }
                hash = hash.wrapping_add(1);
            }
            self.numbers.insert(hash, next);
        }
        self.texts.push(text);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EntityType::{Disease, Gene, Species};

    #[test]
    fn texts_of_a_type_have_a_number_each_however_many_there_are() {
        let names: Vec<String> = (0..=TEXTS_LISTED_LIMIT).map(|at| format!("T{at}")).collect();
        // xxh3 of short texts and of seeds that differ by their difference may be one
        let names = ["HIT", "HIV", "HIU"].into_iter().chain(names.iter().map(String::as_str));
        let texts: Vec<TypedText<'_>> =
            names.flat_map(|name| [Gene, Disease, Species].map(|own| (own, name))).collect();
        for order in [texts.clone(), texts.iter().rev().copied().collect()] {
            let mut known = KnownTexts::new();
            for _ in 0..2 {
                let numbers: Vec<usize> = order.iter().map(|text| known.text(*text)).collect();
                assert!(numbers.iter().copied().eq(0..order.len()), "{numbers:?}");
            }
        }
    }

    #[test]
    fn texts_of_one_hash_are_told_apart() {
        let mut known = KnownTexts::new();
        for at in 0..TEXTS_LISTED_LIMIT {
            known.text((Gene, ["a", "b"][at % 2]));
            known.texts.push((Gene, ""));
        }
        let wanted = known.texts.len();
        known.numbers.insert(hash("HIT").wrapping_add(Disease as u64), 0);
        assert_eq!((known.text((Disease, "HIT")), known.text((Disease, "HIT"))), (wanted, wanted));
        assert_eq!(known.text((Disease, "HIV")), wanted + 1);
    }
}
