//! What mentions of the gold data were linked to: facts of the form "this name was said of that entity so many times".

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::model::EntityType;
use crate::text::prefetch;

/// The names and what they were said of, by the hash of type and folded name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aliases {
    /// The identifiers, CURIEs.
    ids: Vec<String>,
    /// The entries of a name are a range of `links`.
    ranges: FxHashMap<u64, (u32, u32)>,
    /// The place of an identifier, how often, and in how many documents.
    links: Vec<(u32, u16, u8)>,
    /// How often each identifier was named at all, by its place.
    totals: Vec<u32>,
    /// The place of each identifier, by its hash.
    places: FxHashMap<u64, u32>,
    /// How often each name was said, of whatever.
    counts: Counts,
}

/// How often each name was said: a table with open addressing, so that one line of memory tells of most names.
#[derive(Debug, Clone, Default)]
struct Counts {
    /// The upper bits of a hash and its count, or [`COUNT_MASK`] for what is as much or more; 0 for a free slot. Their count is a power of
    /// two, of which at most half are taken.
    slots: Vec<u64>,
}

/// The bits of a slot that are a count; the hash has the others, and its lowest bits tell where it is looked for.
const COUNT_MASK: u64 = 0xffff;

impl Counts {
    /// Those of names, each once.
    fn new(names: impl ExactSizeIterator<Item = (u64, u32)>) -> Self {
        let mut counts = Self { slots: vec![0; (2 * names.len() + 1).next_power_of_two()] };
        for (key, count) in names.filter(|(_, count)| *count > 0) {
            let mut at = counts.home(key);
            while counts.slots[at] != 0 {
                at = (at + 1) & (counts.slots.len() - 1);
            }
            counts.slots[at] = key & !COUNT_MASK | u64::from(count).min(COUNT_MASK);
        }
        counts
    }

    /// Where the search for a hash begins.
    #[inline]
    const fn home(&self, key: u64) -> usize {
        key as usize & self.slots.len().wrapping_sub(1)
    }

    /// The count of a name; [`None`] where it is more than is told here.
    #[inline]
    fn of(&self, key: u64) -> Option<u32> {
        let mut at = self.home(key);
        while let Some(slot) = self.slots.get(at).filter(|slot| **slot != 0) {
            if (slot ^ key) & !COUNT_MASK == 0 {
                let count = slot & COUNT_MASK;
                return (count < COUNT_MASK).then_some(count as u32);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        Some(0)
    }
}

/// An alias as it is written to a file: the hash of the name, the place of the identifier, how often it was said, and in how many
/// documents, 255 at most.
pub(crate) type Row = (u64, u32, u16, u8);

/// What a name was said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said<'a> {
    /// The identifier, a CURIE.
    pub id: &'a str,
    /// How often.
    pub count: u32,
    /// In how many documents, 255 at most; what is held out is among them.
    pub documents: u8,
}

/// The hash of a name of a type.
pub(crate) fn alias_key(entity_type: EntityType, key: &str) -> u64 {
    xxh3_64_with_seed(key.as_bytes(), entity_type as u64 + 1)
}

/// The hash of an identifier.
pub(crate) fn id_key(id: &str) -> u64 {
    xxh3_64_with_seed(id.as_bytes(), 0)
}

impl Aliases {
    /// The aliases of rows, which are sorted by name.
    pub(crate) fn new(ids: Vec<String>, rows: &[Row]) -> Self {
        let mut aliases = Self { totals: vec![0; ids.len()], ..Self::default() };
        aliases.places = (0..).zip(&ids).map(|(place, id)| (id_key(id), place)).collect();
        for (key, place, count, documents) in rows {
            if *place as usize >= ids.len() {
                continue;
            }
            let end = u32::try_from(aliases.links.len()).unwrap_or(u32::MAX);
            let range = aliases.ranges.entry(*key).or_insert((end, end));
            aliases.links.push((*place, *count, *documents));
            range.1 = end + 1;
            aliases.totals[*place as usize] += u32::from(*count);
        }
        aliases.ids = ids;
        let names = aliases.ranges.iter().map(|(key, range)| (*key, aliases.sum(*range)));
        aliases.counts = Counts::new(names);
        aliases
    }

    /// How often the names of some links were said.
    fn sum(&self, (start, end): (u32, u32)) -> u32 {
        self.links[start as usize..end as usize].iter().map(|(_, count, _)| u32::from(*count)).sum()
    }

    /// Has what [`Aliases::count`] tells come nearer.
    #[inline]
    pub(crate) fn look_towards(&self, key: u64) {
        prefetch(self.counts.slots.get(self.counts.home(key)));
    }

    /// The identifiers and the rows, as [`Aliases::new`] takes them.
    pub(crate) fn rows(&self) -> (&[String], Vec<Row>) {
        let mut rows: Vec<Row> = Vec::with_capacity(self.links.len());
        for (key, (start, end)) in &self.ranges {
            let own = self.links[*start as usize..*end as usize].iter();
            rows.extend(own.map(|(place, count, documents)| (*key, *place, *count, *documents)));
        }
        rows.sort_unstable();
        (&self.ids, rows)
    }

    /// What a name was said of, and how often; less what `held_out` says.
    pub(crate) fn of<'a>(
        &'a self,
        key: u64,
        held_out: Option<&'a HeldOut>,
    ) -> impl Iterator<Item = Said<'a>> + 'a {
        let (start, end) = self.ranges.get(&key).copied().unwrap_or_default();
        self.links[start as usize..end as usize].iter().filter_map(move |(place, count, documents)| {
            let id = self.ids[*place as usize].as_str();
            let own = held_out.and_then(|held| held.links.get(&(key, id_key(id)))).copied().unwrap_or(0);
            let left = u32::from(*count).saturating_sub(own);
            (left > 0).then_some(Said { id, count: left, documents: *documents })
        })
    }

    /// How often a name was said, of whatever.
    #[inline]
    pub(crate) fn count(&self, key: u64) -> u32 {
        let in_full = || self.sum(self.ranges.get(&key).copied().unwrap_or_default());
        self.counts.of(key).unwrap_or_else(in_full)
    }

    /// How often an identifier was named, less what is held out.
    pub(crate) fn total(&self, id: &str, held_out: Option<&HeldOut>) -> u32 {
        let key = id_key(id);
        let own = held_out.and_then(|held| held.totals.get(&key)).copied().unwrap_or(0);
        self.places.get(&key).map_or(0, |place| self.totals[*place as usize].saturating_sub(own))
    }
}

/// What one document of the training data says itself, so that it does not learn from what it knows.
#[derive(Debug, Default)]
pub(crate) struct HeldOut {
    links: FxHashMap<(u64, u64), u32>,
    totals: FxHashMap<u64, u32>,
}

impl HeldOut {
    /// Counts a link.
    pub(crate) fn add(&mut self, key: u64, id: &str) {
        *self.links.entry((key, id_key(id))).or_default() += 1;
        *self.totals.entry(id_key(id)).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_come_back_less_what_is_held_out() {
        let (one, two) = (alias_key(EntityType::Disease, "fever"), alias_key(EntityType::Gene, "fever"));
        assert_ne!(one, two);
        let mut rows = vec![(one, 0, 3, 2), (one, 1, 1, 1), (two, 1, 2, 1), (two, 9, 1, 1)];
        rows.sort_unstable();
        let aliases = Aliases::new(vec!["MESH:D1".to_owned(), "MESH:D2".to_owned()], &rows);
        let of = |key, held: Option<&HeldOut>| {
            aliases.of(key, held).map(|said| (said.id.to_owned(), said.count)).collect::<Vec<_>>()
        };
        assert_eq!(aliases.of(one, None).map(|said| said.documents).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(of(one, None), [("MESH:D1".to_owned(), 3), ("MESH:D2".to_owned(), 1)]);
        let mut held = HeldOut::default();
        held.add(one, "MESH:D2");
        assert_eq!(of(one, Some(&held)), [("MESH:D1".to_owned(), 3)]);
        assert_eq!((aliases.total("MESH:D2", None), aliases.total("MESH:D2", Some(&held))), (3, 2));
        assert_eq!(aliases.total("MESH:D3", None), 0);
        assert_eq!([one, two, 0].map(|key| aliases.count(key)), [4, 2, 0]);
        assert_eq!(Aliases::default().count(one), 0);
        let (ids, rows) = aliases.rows();
        assert_eq!(Aliases::new(ids.to_vec(), &rows).rows().1, rows);
    }

    #[test]
    fn counts_are_told_in_full() {
        // many begin at one slot, and some are said more often than a slot tells
        let rows: Vec<Row> =
            (1..300).map(|name| (name << 32, 0, if name < 9 { u16::MAX } else { 7 }, 1)).collect();
        let aliases = Aliases::new(vec!["MESH:D1".to_owned()], &rows);
        for (key, _, count, _) in rows {
            aliases.look_towards(key);
            assert_eq!(aliases.count(key), u32::from(count));
            assert_eq!(aliases.count(key + (1 << 20)), 0);
        }
        let twice = [(5, 0, u16::MAX, 1), (5, 1, u16::MAX, 1)];
        let aliases = Aliases::new(vec!["MESH:D1".to_owned(), "MESH:D2".to_owned()], &twice);
        assert_eq!(aliases.count(5), 2 * u32::from(u16::MAX));
    }
}
