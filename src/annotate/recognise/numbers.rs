//! Numbers of words by their hashes: a table with open addressing, eight to a line of memory, that can be looked towards
//! before it is asked, so that the waits for memory overlap.

use crate::text::prefetch;

/// Bits of a number, which a text of no length uses up. A slot is the rest of a hash above them.
const NUMBER_BITS: u32 = 32;
const NUMBER_MASK: u64 = (1 << NUMBER_BITS) - 1;
/// The slots of the first table.
const SLOTS_MIN: usize = 1 << 10;

/// The numbers, from 0 on, in the order in which they were given. Two hashes are taken for one when they have the same upper half
/// and lower bits that lead to the same slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    /// The upper half of a hash and its number plus one; 0 for a free slot. Their count is a power of two, of which at most half
    /// are taken.
    slots: Vec<u64>,
    /// The hashes, by number.
    hashes: Vec<u64>,
}

impl Numbers {
    /// The number of a hash that has one.
    #[inline]
    pub(crate) fn get(&self, hash: u64) -> Option<u32> {
        let home = self.home(hash);
        let slot = *self.slots.get(home)?;
        // mostly it stands where it was first looked for; the lower half of a free slot is zero
        match (slot ^ hash) >> NUMBER_BITS == 0 {
            true => ((slot & NUMBER_MASK) as u32).checked_sub(1),
            false if slot == 0 => None,
            false => self.get_behind(home, hash),
        }
    }

    #[inline(never)]
    fn get_behind(&self, home: usize, hash: u64) -> Option<u32> {
        let mut at = (home + 1) & (self.slots.len() - 1);
        while let Some(slot) = self.slots.get(at).filter(|slot| **slot != 0) {
            if (slot ^ hash) >> NUMBER_BITS == 0 {
                return Some((slot & NUMBER_MASK) as u32 - 1);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        None
    }

    /// Whether a number is that of a hash, of which all bits are compared.
    #[inline]
    pub(crate) fn is(&self, number: u32, hash: u64) -> bool {
        self.hashes.get(number as usize) == Some(&hash)
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Has the number of a hash come nearer.
    #[inline]
    pub(crate) fn look_towards(&self, hash: u64) {
        prefetch(self.slots.get(self.home(hash)));
    }

    /// The number of a hash, and whether it has just been given.
    #[inline]
    pub(crate) fn number(&mut self, hash: u64) -> (u32, bool) {
        match self.get(hash) {
            Some(number) => (number, false),
            None => self.give(hash),
        }
    }

    #[cold]
    fn give(&mut self, hash: u64) -> (u32, bool) {
        let number = self.hashes.len();
        self.hashes.push(hash);
        if self.slots.len() < 2 * self.hashes.len() {
            self.slots = vec![0; (2 * self.slots.len()).max(SLOTS_MIN)];
            (0..=number).for_each(|number| self.put(number));
        } else {
            self.put(number);
        }
        (number as u32, true)
    }

    fn put(&mut self, number: usize) {
        let hash = self.hashes[number];
        let mut at = self.home(hash);
        while self.slots[at] != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = hash & !NUMBER_MASK | (number as u64 + 1);
    }

    /// Where the search for a hash begins, by its lower bits.
    #[inline]
    const fn home(&self, hash: u64) -> usize {
        hash as usize & self.slots.len().wrapping_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    #[test]
    fn numbers_come_back() {
        let mut numbers = Numbers::default();
        let hash = |number: u32| xxh3_64(&number.to_le_bytes());
        numbers.look_towards(hash(0));
        for number in 0..5_000 {
            assert_eq!(numbers.number(hash(number)), (number, true));
            assert_eq!(numbers.number(hash(number / 2)), (number / 2, false));
        }
        assert!((0..5_000).all(|number| numbers.get(hash(number)) == Some(number)));
        assert_eq!(numbers.get(hash(5_000)), None);
        assert_eq!(Numbers::default().get(7), None);
        assert_eq!(numbers.len(), 5_000);
        assert!(numbers.slots.len() >= 10_000 && numbers.slots.len().is_power_of_two());
    }

    #[test]
    fn hashes_of_one_home_are_told_apart() {
        let mut numbers = Numbers::default();
        let hashes = [1_u64 << 63 | 7, 7, 1 << 62 | 7, 1 << 40 | 8];
        assert_eq!(hashes.map(|hash| numbers.number(hash)), [(0, true), (1, true), (2, true), (3, true)]);
        assert_eq!(hashes.map(|hash| numbers.number(hash).0), [0, 1, 2, 3]);
    }
}
