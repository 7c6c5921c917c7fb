//! What mentions of the gold data were linked to: facts of the form "this name was said of that entity so many times".

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::model::EntityType;

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
        aliases
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
    pub(crate) fn count(&self, key: u64) -> u32 {
        let (start, end) = self.ranges.get(&key).copied().unwrap_or_default();
        self.links[start as usize..end as usize].iter().map(|(_, count, _)| u32::from(*count)).sum()
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
        let (ids, rows) = aliases.rows();
        assert_eq!(Aliases::new(ids.to_vec(), &rows).rows().1, rows);
    }
}
