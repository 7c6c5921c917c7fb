//! What the gold data says of names, looked up by one line of memory.

use rustc_hash::FxHashMap;

use super::name_ranker::Told;
use crate::text::prefetch;

/// A table with open addressing by the hashes of names ([`super::name_ranker::name_key`]), of which at most half is taken.
#[derive(Debug, Clone, Default)]
pub(super) struct ToldNames {
    /// A hash and what is said of its name; both nothing in a free slot. Their count is a power of two.
    slots: Vec<(u64, Told)>,
}

const FREE: (u64, Told) = (0, Told { marked: 0, stood: 0 });

impl ToldNames {
    pub(super) fn new(told: FxHashMap<u64, Told>) -> Self {
        let mut names = Self { slots: vec![FREE; (2 * told.len() + 1).next_power_of_two()] };
        for (key, told) in told {
            let mut at = names.home(key);
            while names.slots[at] != FREE {
                at = (at + 1) & (names.slots.len() - 1);
            }
            names.slots[at] = (key, told);
        }
        names
    }

    /// Where the search for a hash begins.
    #[inline]
    const fn home(&self, key: u64) -> usize {
        key as usize & self.slots.len().wrapping_sub(1)
    }

    /// Has what [`ToldNames::of`] reads come nearer.
    #[inline]
    pub(super) fn look_towards(&self, key: u64) {
        prefetch(self.slots.get(self.home(key)));
    }

    /// What is said of a name, by its hash.
    #[inline]
    pub(super) fn of(&self, key: u64) -> Told {
        let mut at = self.home(key);
        while let Some((own, told)) = self.slots.get(at).filter(|slot| **slot != FREE) {
            if *own == key {
                return *told;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        Told::default()
    }

    /// All that is said, by the hashes of names.
    pub(super) fn each(&self) -> impl Iterator<Item = (u64, Told)> + '_ {
        self.slots.iter().filter(|slot| **slot != FREE).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_by_their_hashes() {
        assert_eq!(ToldNames::default().of(7), Told::default());
        // many begin at one slot
        let told: FxHashMap<u64, Told> =
            (1..300).map(|name| (u64::from(name) << 32, Told { marked: name, stood: 2 * name })).collect();
        let names = ToldNames::new(told.clone());
        for (key, expected) in &told {
            names.look_towards(*key);
            assert_eq!((names.of(*key), names.of(key + 1)), (*expected, Told::default()));
        }
        assert_eq!(names.each().collect::<FxHashMap<_, _>>(), told);
    }
}
