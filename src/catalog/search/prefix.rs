//! Names that begin with the query.
//!
//! A query of one letter begins a hundred thousand names, of which twenty are wanted. Each key has a priority of one byte,
//! made when the catalog is; the highest of each 64 keys, of each 64 of these and so on lead to the best keys of a range
//! without looking at the others.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use rustc_hash::FxHashSet;

use super::{Page, SEARCH_KEYS_LIMIT, Wanted};
use crate::catalog::file::Section;
use crate::catalog::names::{NameEntry, NameScope};
use crate::catalog::{Catalog, GroupIndex};
use crate::text::unfinished_keys;

/// How many priorities a peak is the highest of.
const FAN: usize = 64;

/// How early a name of that scope of an entity of that prominence is answered: by scope, then by prominence.
pub(in crate::catalog) const fn priority(scope: NameScope, prominence: u8) -> u8 {
    (NameScope::Related as u8 - scope as u8) * 51 + prominence / 5
}

/// The peaks of priorities, level by level, the one above the keys first.
pub(in crate::catalog) fn peaks(priorities: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    let mut level = priorities.to_vec();
    while level.len() > FAN {
        level = level.chunks(FAN).map(|chunk| chunk.iter().copied().max().unwrap_or(0)).collect();
        all.extend_from_slice(&level);
    }
    all
}

/// How many peaks that many priorities have.
pub(in crate::catalog) fn peak_count(mut priorities: usize) -> usize {
    let mut all = 0;
    while priorities > FAN {
        priorities = priorities.div_ceil(FAN);
        all += priorities;
    }
    all
}

/// Priorities and their peaks, level by level.
struct Levels<'a> {
    levels: Vec<&'a [u8]>,
}

impl<'a> Levels<'a> {
    fn new(priorities: &'a [u8], mut peaks: &'a [u8]) -> Self {
        let mut levels = vec![priorities];
        let mut count = priorities.len();
        while count > FAN {
            count = count.div_ceil(FAN);
            let (level, rest) = peaks.split_at_checked(count).unwrap_or((peaks, &[]));
            levels.push(level);
            peaks = rest;
        }
        Self { levels }
    }

    fn value(&self, level: usize, place: usize) -> u8 {
        self.levels.get(level).and_then(|level| level.get(place)).copied().unwrap_or(0)
    }
}

/// A run of keys to be looked at: its highest priority, its first key, its level and place there, which range it is of.
type Run = (u8, Reverse<u32>, usize, usize, usize);

/// The keys of some ranges, by priority and then by place.
struct BestFirst<'a> {
    levels: Levels<'a>,
    ranges: Vec<Range<u32>>,
    heap: BinaryHeap<Run>,
}

impl<'a> BestFirst<'a> {
    fn new(levels: Levels<'a>, ranges: Vec<Range<u32>>) -> Self {
        let mut this = Self { levels, ranges, heap: BinaryHeap::new() };
        for range in 0..this.ranges.len() {
            let top = this.levels.levels.len() - 1;
            for place in 0..this.levels.levels[top].len() {
                this.push(top, place, range);
            }
        }
        this
    }

    /// Puts a run in unless it lies outside of its range. Its peak may be that of a key outside; then it comes early,
    /// and what is in it is still put in its place.
    fn push(&mut self, level: usize, place: usize, range: usize) {
        let width = FAN.pow(u32::try_from(level).unwrap_or(0));
        let first = u32::try_from(place * width).unwrap_or(u32::MAX);
        let end = u32::try_from((place + 1) * width).unwrap_or(u32::MAX);
        let Range { start: from, end: to } = self.ranges[range].clone();
        if first < to && end > from {
            self.heap.push((self.levels.value(level, place), Reverse(first.max(from)), level, place, range));
        }
    }
}

impl Iterator for BestFirst<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while let Some((_, Reverse(first), level, place, range)) = self.heap.pop() {
            let Some(below) = level.checked_sub(1) else { return Some(first) };
            let end = ((place + 1) * FAN).min(self.levels.levels[below].len());
            for child in place * FAN..end {
                self.push(below, child, range);
            }
        }
        None
    }
}

pub(super) fn search(
    catalog: &Catalog,
    query: &str,
    wanted: Wanted<'_>,
    offset: usize,
    limit: usize,
) -> Page {
    search_within(catalog, query, wanted, offset..offset.saturating_add(limit), SEARCH_KEYS_LIMIT)
}

/// Looks at `keys_limit` keys at most, the best ones.
fn search_within(
    catalog: &Catalog,
    query: &str,
    wanted: Wanted<'_>,
    page: Range<usize>,
    keys_limit: usize,
) -> Page {
    let keys = catalog.keys();
    let beginnings = unfinished_keys(query);
    let whole: Vec<u32> = beginnings.iter().filter_map(|key| keys.find(key.as_bytes())).collect();
    let ranges = beginnings.iter().map(|key| keys.range_of_prefix(key.as_bytes())).collect();
    let levels = Levels::new(catalog.section(Section::Priorities), catalog.section(Section::PriorityPeaks));
    let longer = BestFirst::new(levels, ranges);
    let mut seen = FxHashSet::default();
    let mut found = Vec::new();
    for key in whole.iter().copied().chain(longer).take(keys_limit) {
        let mut entries: Vec<NameEntry<'_>> = catalog
            .names()
            .entries(GroupIndex(key))
            .filter(|entry| wanted.holds(catalog, entry.entity))
            .collect();
        entries.sort_by_key(|entry| {
            let record = catalog.record(entry.entity);
            (record.obsolete, entry.scope, Reverse(record.prominence), entry.entity)
        });
        for entry in entries {
            if seen.insert(entry.entity) {
                found.push(entry.entity);
            }
        }
        if found.len() > page.end {
            break;
        }
    }
    let more = found.len() > page.end;
    (found.into_iter().take(page.end).skip(page.start).collect(), more)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Curie, Entity, EntityType};

    #[test]
    fn keys_up_to_the_limit_are_looked_at() {
        let entity = |number: usize| {
            let id = Curie::new("MESH", &format!("D{number}")).unwrap();
            Entity::named(id, EntityType::Chemical, format!("crystal {number}"))
        };
        let entities: Vec<Entity> = (1..=9).map(entity).collect();
        let catalog = Catalog::from_entities(&entities).unwrap();
        let all = Wanted { types: &[], taxa: &[] };
        for (limit, found) in [(0, 0), (8, 8), (9, 9), (10, 9)] {
            assert_eq!(search_within(&catalog, "crystal", all, 0..99, limit).0.len(), found, "{limit}");
        }
    }

    proptest! {
        #[test]
        fn the_best_come_first(
            priorities in prop::collection::vec(0_u8..9, 1..700),
            ends in (0_u32..700, 0_u32..700),
        ) {
            let count = priorities.len() as u32;
            let range = ends.0.min(ends.1).min(count)..ends.0.max(ends.1).min(count);
            let peaks = peaks(&priorities);
            prop_assert_eq!(peaks.len(), peak_count(priorities.len()));
            let found: Vec<u32> = BestFirst::new(Levels::new(&priorities, &peaks), vec![range.clone()]).collect();
            let mut expected: Vec<u32> = range.collect();
            expected.sort_by_key(|place| (Reverse(priorities[*place as usize]), *place));
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn damaged_peaks_never_panic(
            priorities in prop::collection::vec(any::<u8>(), 0..300),
            peaks in prop::collection::vec(any::<u8>(), 0..9),
        ) {
            let range = 0..300;
            prop_assert!(BestFirst::new(Levels::new(&priorities, &peaks), vec![range]).count() <= 300);
        }
    }
}
