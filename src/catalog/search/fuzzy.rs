//! Names that are the query but for a few edits.
//!
//! The keys are walked in their order with one row of the edit distance's table for each byte of the key at hand, so
//! that a key costs only the bytes that it does not share with the one before (optimal string alignment: insertions,
//! deletions, substitutions, swaps of neighbours). Rows are a band around the diagonal. Where a row has no value within
//! the edits allowed, all keys that begin so are left out, whole blocks of them at once.

use std::ops::Range;

use rayon::prelude::*;

use super::{Fit, SEARCH_KEYS_LIMIT};
use crate::catalog::Catalog;
use crate::catalog::file::Section;
use crate::catalog::keys::{BLOCK_KEYS, KEY_BYTES_LIMIT};
use crate::text::fold_to_string;

/// The most edits.
const EDITS_LIMIT: usize = 2;
/// The fewest blocks of keys that are worth a thread of their own.
const PART_BLOCKS_MIN: usize = if cfg!(test) { 2 } else { 4_096 };
/// The width of the band.
const BAND: usize = 2 * EDITS_LIMIT + 1;
/// More edits than any are allowed.
const FAR: u8 = EDITS_LIMIT as u8 + 1;

/// A row of the table: the values of the columns around the diagonal.
type Row = [u8; BAND];

/// How many edits a folded query of that many bytes may be away.
const fn edits_allowed(bytes: usize) -> usize {
    match bytes {
        0..3 => 0,
        3..6 => 1,
        _ => EDITS_LIMIT,
    }
}

/// A byte that no UTF-8 has, where the query has none.
const NO_BYTE: u8 = 0xff;
/// Another one, where the key has none.
const NO_KEY_BYTE: u8 = 0xfe;

/// The table for one query.
struct Table<'q> {
    query: &'q [u8],
    /// The query with as many bytes before and behind it as the band reaches over, so that no row asks for its ends.
    padded: Vec<u8>,
    allowed: u8,
    /// A row for each number of bytes of the key read.
    rows: Vec<Row>,
}

impl<'q> Table<'q> {
    fn new(query: &'q [u8]) -> Self {
        let mut first = [FAR; BAND];
        for (column, value) in first.iter_mut().skip(EDITS_LIMIT).enumerate().take(query.len() + 1) {
            *value = column as u8;
        }
        let padding = [NO_BYTE; BAND];
        let padded = [&padding[..EDITS_LIMIT + 1], query, &padding].concat();
        Self { query, padded, allowed: edits_allowed(query.len()) as u8, rows: vec![first] }
    }

    /// Adds the row of the last byte of `key`, whose other bytes have theirs; whether it has a value within the limit.
    fn push(&mut self, key: &[u8]) -> bool {
        let depth = key.len();
        let byte = key[depth - 1];
        let above = self.rows[depth - 1];
        let (before, two_above) = match depth.checked_sub(2) {
            Some(place) => (key[place], self.rows[place]),
            None => (NO_KEY_BYTE, [FAR; BAND]),
        };
        // Of the band's columns the bytes of the query, that of the column before the first one first. A key that is
        // too long for them has left the band.
        let Some(bytes) = self.padded.get(depth - 1..depth + BAND) else {
            self.rows.push([FAR; BAND]);
            return false;
        };
        let mut row = [FAR; BAND];
        let mut left = FAR;
        for band in 0..BAND {
            let (last, last_but_one) = (bytes[band + 1], bytes[band]);
            let deleted = above.get(band + 1).map_or(FAR, |value| value + 1);
            let replaced = above[band] + u8::from(last != byte);
            let swapped = if last == before && last_but_one == byte { two_above[band] + 1 } else { FAR };
            let best = deleted.min(left + 1).min(replaced).min(swapped).min(FAR);
            // The column, which is how many bytes of the query are read, may lie behind its end.
            left = if depth + band > self.query.len() + EDITS_LIMIT { FAR } else { best };
            row[band] = left;
        }
        self.rows.push(row);
        row.iter().any(|value| *value <= self.allowed)
    }

    /// The edits between the query and the whole key of `depth` bytes, if they are few enough.
    fn distance(&self, depth: usize) -> Option<u8> {
        let band = (self.query.len() + EDITS_LIMIT).checked_sub(depth)?;
        let value = *self.rows.get(depth)?.get(band)?;
        (value <= self.allowed).then_some(value)
    }
}

/// The keys near the query, with the edits between them.
pub(super) fn candidates(catalog: &Catalog, query: &str) -> Vec<(Fit, u32)> {
    candidates_within(catalog, &fold_to_string(query), SEARCH_KEYS_LIMIT)
}

fn candidates_within(catalog: &Catalog, folded: &str, keys_limit: usize) -> Vec<(Fit, u32)> {
    if folded.is_empty() || folded.len() > KEY_BYTES_LIMIT + EDITS_LIMIT {
        return Vec::new();
    }
    // Parts of whole blocks, so that each is walked by itself.
    let blocks = catalog.section(Section::KeyShares).len();
    let part = blocks.div_ceil(rayon::current_num_threads().max(1)).max(PART_BLOCKS_MIN);
    let place = |block: usize| u32::try_from(block.saturating_mul(BLOCK_KEYS)).unwrap_or(u32::MAX);
    let parts = (0..blocks.div_ceil(part)).into_par_iter();
    let found: Vec<Vec<(Fit, u32)>> = parts
        .map(|number| {
            candidates_among(catalog, folded, place(number * part)..place((number + 1) * part), keys_limit)
        })
        .collect();
    let mut found = found.concat();
    found.truncate(keys_limit);
    found
}

/// Those of the keys at these places, of which the first is the first of a block.
fn candidates_among(
    catalog: &Catalog,
    folded: &str,
    places: Range<u32>,
    keys_limit: usize,
) -> Vec<(Fit, u32)> {
    let shares = catalog.section(Section::KeyShares);
    let mut table = Table::new(folded.as_bytes());
    let mut scan = catalog.keys().scan(places.start);
    // How many bytes of the key at hand no near name begins with.
    let mut dead: Option<usize> = None;
    let mut found = Vec::new();
    while let Some(place) = scan.advance().filter(|place| *place < places.end) {
        if dead.is_none_or(|depth| scan.shared() < depth) {
            table.rows.truncate(scan.shared() + 1);
            dead = (table.rows.len()..=scan.key().len()).find(|depth| !table.push(&scan.key()[..*depth]));
            if dead.is_none()
                && let Some(distance) = table.distance(scan.key().len())
            {
                found.push((Fit::from(distance), place));
                if found.len() >= keys_limit {
                    break;
                }
            }
        }
        if let Some(depth) = dead.filter(|_| (place as usize).is_multiple_of(BLOCK_KEYS)) {
            // To the last block whose first key begins so too, as all keys up to it do.
            let block = place as usize / BLOCK_KEYS;
            let after = shares.get(block + 1..).unwrap_or_default();
            let alike = after.iter().take_while(|share| usize::from(**share) >= depth).count();
            if alike > 0 {
                scan.jump(block + alike);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::file::Data;

    /// The distance by the whole table.
    fn distance(one: &[u8], other: &[u8]) -> usize {
        let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
        for i in 0..=one.len() {
            for j in 0..=other.len() {
                table[i][j] = match (i, j) {
                    (0, n) | (n, 0) => n,
                    _ => {
                        let cost = usize::from(one[i - 1] != other[j - 1]);
                        let mut best =
                            (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + cost);
                        if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                            best = best.min(table[i - 2][j - 2] + 1);
                        }
                        best
                    }
                };
            }
        }
        table[one.len()][other.len()]
    }

    proptest! {
        #[test]
        fn names_are_found_as_the_whole_table_has_them(
            names in prop::collection::btree_set("[b-d]{1,9}( [b-d]{1,4})?", 1..120),
            query in "[b-d]{1,9}( [b-d]{1,4})?",
        ) {
            let catalog = crate::catalog::tests::of_labels(names.iter().map(String::as_str));
            let keys = catalog.keys();
            let query = fold_to_string(&query);
            let expected: Vec<(Fit, u32)> = (0..keys.len())
                .map(|place| (distance(query.as_bytes(), keys.key(place).as_bytes()), place))
                .filter(|(edits, _)| *edits <= edits_allowed(query.len()))
                .map(|(edits, place)| (edits as Fit, place))
                .collect();
            prop_assert_eq!(candidates(&catalog, &query), expected);
        }
    }

    #[test]
    fn names_are_found_in_the_last_block_behind_others_that_are_not_near() {
        // The first key of the last block is not near, and some behind it are.
        let mut names: Vec<String> = (0..=BLOCK_KEYS).map(|number| format!("aaaaaa{number}")).collect();
        names.extend(["bbbbbbbb", "crystal", "crystalon"].map(str::to_owned));
        let catalog = crate::catalog::tests::of_labels(names.iter().map(String::as_str));
        let found: Vec<String> =
            candidates(&catalog, "crystal").iter().map(|(_, key)| catalog.keys().key(*key)).collect();
        assert_eq!(found, ["crystal", "crystalon"]);
    }

    #[test]
    fn no_more_keys_than_the_limit_are_ranked() {
        let names: Vec<String> = ('b'..='y').map(|letter| format!("crysta{letter}")).collect();
        let catalog = crate::catalog::tests::of_labels(names.iter().map(String::as_str));
        for (limit, found) in [(1, 1), (10, 10), (99, 24)] {
            assert_eq!(candidates_within(&catalog, "crystal", limit).len(), found, "{limit}");
        }
        assert!(matches!(catalog.data, Data::Owned(_)));
    }
}
