//! Identifiers by number, each text once.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::error::BuildError;

/// The number of an identifier.
pub(super) type IdNumber = u32;

/// Texts, each once.
#[derive(Debug, Default)]
pub(super) struct Interner {
    text: String,
    /// Where each one ends.
    ends: Vec<u32>,
    numbers: FxHashMap<u64, IdNumber>,
}

impl Interner {
    /// The number of a text, a new one if need be.
    pub(super) fn number(&mut self, text: &str) -> Result<IdNumber, BuildError> {
        let mut hash = xxh3_64(text.as_bytes());
        loop {
            match self.numbers.get(&hash) {
                Some(number) if self.text(*number) == text => return Ok(*number),
                // Another text of the same hash.
                Some(_) => hash = hash.wrapping_add(1),
                None => break,
            }
        }
        let full = || BuildError::TooLarge { what: "identifiers" };
        let number = u32::try_from(self.ends.len()).map_err(|_| full())?;
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).map_err(|_| full())?);
        self.numbers.insert(hash, number);
        Ok(number)
    }

    /// The text of a number; empty when there is none.
    pub(super) fn text(&self, number: IdNumber) -> &str {
        let place = number as usize;
        let start =
            place.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        self.ends.get(place).map_or("", |end| &self.text[start..*end as usize])
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }
}

/// The namespace of an identifier.
pub(super) fn prefix(id: &str) -> &str {
    id.split_once(':').map_or("", |(prefix, _)| prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_number() {
        let mut interner = Interner::default();
        let numbers: Vec<_> =
            ["A:1", "", "B:22", "A:1"].iter().map(|id| interner.number(id).unwrap()).collect();
        assert_eq!((numbers, interner.len()), (vec![0, 1, 2, 0], 3));
        assert_eq!([0, 1, 2, 3].map(|number| interner.text(number)), ["A:1", "", "B:22", ""]);
    }
}
