//! A hash table from texts that stand elsewhere to small numbers: the texts are not stored twice.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// Open addressing with linear probing, at most half full. Values are the caller's; it tells whether one is the text's.
#[derive(Debug, Default)]
pub(super) struct TextTable {
    /// Value + 1; 0 is free.
    slots: Vec<u32>,
}

impl TextTable {
    /// A table for at most `count` texts.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self { slots: vec![0; (count.max(1) * 2).next_power_of_two()] }
    }

    /// The value of `text`, `is_text` telling whether a value is the text's.
    pub(super) fn get(&self, text: &str, is_text: impl Fn(u32) -> bool) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.slots[self.slot(text, &is_text)].checked_sub(1)
    }

    /// Puts `value` in for `text` and gives the value that was there before, which then stays.
    pub(super) fn insert(&mut self, text: &str, value: u32, is_text: impl Fn(u32) -> bool) -> Option<u32> {
        let slot = self.slot(text, &is_text);
        let before = self.slots[slot].checked_sub(1);
        if before.is_none() {
            self.slots[slot] = value + 1;
        }
        before
    }

    /// The slot of the text, or the free one it belongs in. One is always free.
    fn slot(&self, text: &str, is_text: &impl Fn(u32) -> bool) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash(text) & mask;
        while self.slots[slot].checked_sub(1).is_some_and(|value| !is_text(value)) {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

fn hash(text: &str) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_find_their_value_and_the_first_one_stays() {
        let texts: Vec<String> = (0..1_000).map(|number| format!("text {number}")).collect();
        let mut table = TextTable::with_capacity(texts.len());
        for (value, text) in (0..).zip(&texts) {
            assert_eq!(table.insert(text, value, |value| texts[value as usize] == *text), None);
        }
        assert_eq!(table.insert("text 7", 9, |value| texts[value as usize] == "text 7"), Some(7));
        for (value, text) in (0..).zip(&texts) {
            assert_eq!(table.get(text, |value| texts[value as usize] == *text), Some(value));
        }
        assert_eq!(table.get("text", |value| texts[value as usize] == "text"), None);
        assert_eq!(TextTable::default().get("text", |_| true), None);
    }
}
