//! What a catalog is asked while it is measured: queries made of its own names and identifiers, and texts to annotate.
//! The same catalog gives the same queries.

use std::path::{Path, PathBuf};

use glossator::catalog::{Catalog, EntityIndex};
use glossator::model::{Curie, Document};

/// Where abstracts are, seen from the repository, unless `GLOSSATOR_BENCH_TEXTS` says; without them the starter corpus is
/// all.
const ABSTRACTS: &str = "../shared/corpora";
/// The most letters of the beginning of a name that is looked for.
const PREFIX_LETTERS_LIMIT: u64 = 12;

/// Numbers that look random and are always the same: splitmix64.
struct Random {
    state: u64,
}

impl Random {
    const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 for 0.
    const fn below(&mut self, limit: u64) -> u64 {
        ((self.next() as u128 * limit as u128) >> 64) as u64
    }
}

/// Queries in random order.
pub struct Queries {
    /// Identifiers of every role, and one in eight that nothing has.
    pub identifiers: Vec<Curie>,
    /// Names as they are written, and one in eight that nothing has.
    pub exact: Vec<String>,
    /// Beginnings of names, of 1 to 12 letters.
    pub prefixes: Vec<String>,
    /// Names with one or two letters changed.
    pub fuzzy: Vec<String>,
    /// Some words of names, the last one perhaps unfinished.
    pub full: Vec<String>,
}

impl Queries {
    /// So many of each kind, of `searches` fuzzy ones.
    pub fn new(catalog: &Catalog, count: usize, searches: usize) -> Self {
        let mut random = Random { state: 7 };
        let mut of = |kind: fn(&mut Random, &Catalog) -> String, count: usize| -> Vec<String> {
            (0..count).map(|_| kind(&mut random, catalog)).collect()
        };
        Self {
            exact: of(name_or_none, count),
            prefixes: of(beginning, count),
            fuzzy: of(misspelt, searches),
            full: of(some_words, count),
            // Whatever is no identifier is left out.
            identifiers: of(identifier, count).iter().filter_map(|id| id.parse().ok()).collect(),
        }
    }
}

fn entity(random: &mut Random, catalog: &Catalog) -> Option<EntityIndex> {
    let place = random.below(catalog.entity_count() as u64);
    catalog.indices().nth(usize::try_from(place).unwrap_or(0))
}

fn identifier(random: &mut Random, catalog: &Catalog) -> String {
    let Some(entity) = entity(random, catalog) else { return String::new() };
    let mut all = vec![catalog.id(entity)];
    all.extend(catalog.xrefs(entity));
    if let Some(entity) = catalog.try_entity(entity) {
        all.extend(entity.retired_ids.iter().map(ToString::to_string));
    }
    let mut id = all.swap_remove(random.below(all.len() as u64) as usize);
    if random.below(8) == 0 {
        id.push_str("none");
    }
    id
}

fn name(random: &mut Random, catalog: &Catalog) -> String {
    let Some(entity) = entity(random, catalog) else { return String::new() };
    let names: Vec<&str> = catalog.names_of(entity).map(|(_, name)| name).collect();
    names.get(random.below(names.len() as u64) as usize).map_or_else(String::new, |name| (*name).to_owned())
}

fn name_or_none(random: &mut Random, catalog: &Catalog) -> String {
    let mut name = name(random, catalog);
    if random.below(8) == 0 {
        name.push_str(" none");
    }
    name
}

fn beginning(random: &mut Random, catalog: &Catalog) -> String {
    let count = 1 + random.below(PREFIX_LETTERS_LIMIT) as usize;
    name(random, catalog).chars().take(count).collect()
}

fn misspelt(random: &mut Random, catalog: &Catalog) -> String {
    let mut letters: Vec<char> = name(random, catalog).chars().collect();
    for _ in 0..1 + random.below(2) {
        let place = random.below(letters.len() as u64) as usize;
        let letter = char::from(b'a' + random.below(26) as u8);
        match random.below(4) {
            0 => letters.insert(place, letter),
            1 if letters.len() > 1 => drop(letters.remove(place)),
            2 if place > 0 => letters.swap(place - 1, place),
            _ => letters.iter_mut().skip(place).take(1).for_each(|changed| *changed = letter),
        }
    }
    letters.into_iter().collect()
}

fn some_words(random: &mut Random, catalog: &Catalog) -> String {
    let name = name(random, catalog);
    let mut words: Vec<&str> = name.split_whitespace().collect();
    while words.len() > 1 && random.below(3) == 0 {
        words.remove(random.below(words.len() as u64) as usize);
    }
    if words.len() > 1 && random.below(2) == 0 {
        words.swap(0, 1);
    }
    let mut query = words.join(" ");
    if random.below(2) == 0 && query.chars().count() > 4 {
        query.pop();
    }
    query
}

/// The papers of the starter corpus, and the titles and abstracts of corpora beside the repository.
pub fn documents() -> Vec<Document> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join(ABSTRACTS);
    super::texts::documents(&std::env::var_os("GLOSSATOR_BENCH_TEXTS").map_or_else(beside, PathBuf::from))
}
