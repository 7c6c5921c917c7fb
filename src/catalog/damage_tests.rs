//! Tests of damaged catalogs: what the checksums show is refused and named, and what they do not show is read without a
//! panic.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::damage::{sealed, unsealed, walk};
use super::file::{Layout, Section};
use super::*;
use crate::model::{EntitySource, Synonym, SynonymScope};

const TEXT: &str = "IL-7Rα and name 17 of acute myeloid leukaemia, name";

/// A catalog with something in every section: groups of several names, a circle of parents, entities retired and
/// replaced, more keys than one peak spans.
fn bytes() -> Vec<u8> {
    static BYTES: LazyLock<Vec<u8>> = LazyLock::new(made);
    BYTES.clone()
}

fn made() -> Vec<u8> {
    let curie = |text: &str| text.parse::<Curie>().unwrap();
    let entity = |number: usize| Entity {
        id: curie(&format!("MESH:D{number:06}")),
        entity_type: EntityType::ALL[number % EntityType::ALL.len()],
        label: format!("name {number}"),
        synonyms: vec![
            Synonym { text: "Leukemia, Myeloid, Acute".to_owned(), scope: SynonymScope::Broad },
            Synonym { text: format!("IL-7R{}", ["α", "β"][number % 2]), scope: SynonymScope::Exact },
        ],
        description: "What it is.".to_owned(),
        taxon_id: [None, Some(curie("NCBITaxon:9606")), Some(curie("GO:0006915"))][number % 3].clone(),
        xrefs: vec![curie("HGNC:6024"), curie(&format!("OMIM:{:06}", 100_000 + number))],
        retired_ids: vec![curie(&format!("MESH:C{number:06}"))],
        parent_ids: vec![curie(&format!("MESH:D{:06}", (number + 1) % 70))],
        obsolete: number.is_multiple_of(7),
        replaced_by: vec![curie(&format!("MESH:D{:06}", (number + 7) % 70))],
        source: EntitySource { name: "MeSH".to_owned(), version: "1".to_owned(), license: "x".to_owned() },
    };
    let entities: Vec<Entity> = (0..70).map(entity).collect();
    let catalog = Catalog::from_entities(&entities).unwrap();
    assert!(catalog.layout.gaps().any(|(_, gap)| !gap.is_empty()));
    assert!(catalog.sections().iter().all(|section| section.bytes > 0));
    catalog.as_bytes().to_vec()
}

/// What is wrong with those bytes; empty when nothing is.
fn problem(bytes: Vec<u8>) -> String {
    let checked = Catalog::from_bytes(bytes, "x.catalog").and_then(|catalog| catalog.verify());
    checked.err().map_or_else(String::new, |error| error.to_string())
}

/// The same through a file.
fn problem_on_disk(path: &Path, bytes: &[u8]) -> String {
    std::fs::write(path, bytes).unwrap();
    let checked = Catalog::open(path).and_then(|catalog| catalog.verify());
    checked.err().map_or_else(String::new, |error| error.to_string())
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= 0x10;
    bytes
}

fn damaged_in(section: &str) -> String {
    format!("the catalog x.catalog is damaged in its section \"{section}\"; copy or build it anew")
}

#[test]
fn a_changed_byte_is_named_with_its_section() {
    let bytes = bytes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.catalog");
    let layout = Layout::read(&bytes, "x").unwrap();
    assert_eq!((problem(bytes.clone()), problem_on_disk(&path, &bytes)), (String::new(), String::new()));
    let gaps = layout.gaps().map(|(section, gap)| (section.name(), gap));
    let sections = Section::ALL.map(|section| (section.name(), layout.entry(section).range.clone()));
    let head = [("header", 12..40), ("table of sections", 40..Layout::HEAD_BYTES)];
    for (name, range) in head.into_iter().chain(sections).chain(gaps).filter(|(_, range)| !range.is_empty()) {
        for at in [range.start, range.start + range.len() / 2, range.end - 1] {
            let changed = flipped(&bytes, at);
            let told = problem_on_disk(&path, &changed).replace(&path.display().to_string(), "x.catalog");
            assert_eq!(told, damaged_in(name), "{name} at {at}");
            assert_eq!(problem(changed), told, "{name} at {at}");
        }
    }
}

#[test]
fn every_byte_is_under_a_check() {
    let bytes = bytes();
    for at in 0..bytes.len() {
        assert_ne!(problem(flipped(&bytes, at)), "", "{at}");
    }
}

#[test]
fn other_formats_and_other_files_are_told_apart() {
    let bytes = bytes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.catalog");
    let mut newer = bytes.clone();
    newer[8] = 4;
    let mut other = bytes.clone();
    other[0] = b'g';
    for (bytes, expected) in [
        (newer, "has version 4 of the catalog format and this program reads version 3; build it anew"),
        (other, "is no catalog of glossator; make one by `glossator catalog build`"),
        (Vec::new(), "is no catalog of glossator"),
        (b"id\tname\n".to_vec(), "is no catalog of glossator"),
        (bytes[..7].to_vec(), "is no catalog of glossator"),
        (bytes[..8].to_vec(), "is cut short: it has 8 of 840 bytes; copy or build it anew"),
        (bytes[..9].to_vec(), "is cut short: it has 9 of 840 bytes"),
        ([&bytes[..], b"\0"].concat(), "is damaged in its section \"end\""),
    ] {
        let told = problem_on_disk(&path, &bytes);
        assert!(told.contains(expected) && told.contains("x.catalog"), "{told}");
        assert!(problem(bytes).contains(expected), "{expected}");
    }
    let folder = folder.path().join("empty");
    std::fs::create_dir(&folder).unwrap();
    assert!(Catalog::open(&folder).unwrap_err().to_string().contains("holds no catalog file"));
    assert!(Catalog::open(&folder.join("none")).unwrap_err().to_string().contains("cannot be read"));
}

#[test]
fn a_file_cut_short_is_told_from_a_damaged_one() {
    let bytes = bytes();
    let layout = Layout::read(&bytes, "x").unwrap();
    let ends = Section::ALL.map(|section| layout.entry(section).range.clone());
    let ends = ends.into_iter().flat_map(|range| [range.start, range.end.saturating_sub(1), range.end]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.catalog");
    for end in (8..=Layout::HEAD_BYTES).chain(ends).filter(|end| *end < bytes.len()) {
        let of = if end < Layout::HEAD_BYTES { Layout::HEAD_BYTES } else { bytes.len() };
        let expected = format!("is cut short: it has {end} of {of} bytes");
        assert!(problem_on_disk(&path, &bytes[..end]).contains(&expected), "{end}");
        assert!(problem(bytes[..end].to_vec()).contains(&expected), "{end}");
    }
}

#[test]
fn a_file_that_shrinks_after_it_was_opened_is_told_by_verify() {
    let bytes = bytes();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    let catalog = Catalog::open(file.path()).unwrap();
    file.as_file().set_len(bytes.len() as u64 - 1).unwrap();
    assert!(catalog.verify().unwrap_err().to_string().contains("cannot be read"));
}

#[test]
fn sealing_gives_what_the_compiler_writes() {
    let bytes = bytes();
    assert_eq!(sealed(&unsealed(&bytes)), bytes);
    assert_eq!(unsealed(b"GLOSSCAT"), vec![Vec::<u8>::new(); Section::ALL.len()]);
    assert_eq!(problem(sealed(&[])), damaged_in("about"));
    assert!(walk(&Catalog::from_bytes(bytes, "x").unwrap(), TEXT) > 1_000);
}

/// What opening says of the catalog with another length of one section, checksums being right.
fn with_length(section: Section, length: impl Fn(usize) -> usize) -> String {
    let mut sections = unsealed(&bytes());
    let section = &mut sections[section as usize];
    section.resize(length(section.len()), 0);
    problem(sealed(&sections))
}

#[test]
fn sections_that_do_not_fit_the_counts_are_refused() {
    use Section::*;
    for section in [Entities, Groups, KeyBlocks, KeyShares, Priorities, PriorityPeaks, WordBlocks] {
        assert_eq!(with_length(section, |length| length + 4), damaged_in(section.name()));
        assert_eq!(with_length(section, |_| 0), damaged_in(section.name()));
    }
    for section in [Identifiers, Parents, Children, GroupNames, Trie, Bags, BagKeys] {
        assert_eq!(with_length(section, |length| length - 1), damaged_in(section.name()));
    }
    assert_eq!(with_length(Trie, |_| 8), damaged_in("trie"));
    assert_eq!(with_length(Bags, |_| 8), damaged_in("bags"));
    assert_eq!(with_length(WordKeys, |_| 8), damaged_in("word_keys"));
    for (count, section) in [("entities", Entities), ("keys", KeyBlocks), ("words", WordBlocks)] {
        let mut sections = unsealed(&bytes());
        let mut about: serde_json::Value = serde_json::from_slice(&sections[0]).unwrap();
        for number in [0, u64::from(u32::MAX)] {
            about["counts"][count] = number.into();
            sections[0] = about.to_string().into_bytes();
            assert_eq!(problem(sealed(&sections)), damaged_in(section.name()), "{count} {number}");
        }
    }
}

/// Walks what those sections are a catalog of, if they are one.
fn walk_sealed(sections: &[Vec<u8>]) -> bool {
    let catalog = Catalog::from_bytes(sealed(sections), "x.catalog");
    catalog.is_ok_and(|catalog| walk(&catalog, TEXT) > 0)
}

#[test]
fn a_damaged_identifier_is_still_one() {
    let mut sections = unsealed(&bytes());
    sections[Section::Details as usize].fill(0xff);
    let catalog = Catalog::from_bytes(sealed(&sections), "x.catalog").unwrap();
    let ids: Vec<Entity> = catalog.indices().map(|index| catalog.entity(index)).collect();
    assert_eq!((ids[0].id.as_str(), ids[69].id.as_str()), ("glossator:damaged-0", "glossator:damaged-69"));
}

#[test]
fn sections_filled_or_cut_are_walked() {
    for section in Section::ALL {
        for value in [0, 1, 0x20, 0x7f, 0x80, 0xff] {
            let mut sections = unsealed(&bytes());
            sections[section as usize].fill(value);
            assert_eq!(walk_sealed(&sections), section != Section::About, "{}", section.name());
        }
        for (kept, of) in [(0, 1), (1, 2), (7, 8)] {
            let mut sections = unsealed(&bytes());
            let length = sections[section as usize].len() * kept / of / 8 * 8;
            sections[section as usize].truncate(length);
            walk_sealed(&sections);
        }
    }
}

/// What is done to a section: where, and what stands there afterwards.
#[derive(Debug, Clone)]
enum Change {
    Write(Vec<u8>),
    Insert(Vec<u8>),
    Cut(usize),
    /// Bytes of another place of the section.
    Copy(usize),
}

fn change() -> impl Strategy<Value = (usize, usize, Change)> {
    let byte = prop_oneof![any::<u8>(), Just(0_u8), Just(0xff), Just(0x80), Just(1)];
    let bytes = prop::collection::vec(byte, 1..9);
    let change = prop_oneof![
        4 => bytes.clone().prop_map(Change::Write),
        1 => bytes.prop_map(Change::Insert),
        1 => (1_usize..9).prop_map(|count| Change::Cut(count * 4)),
        2 => (0_usize..100_000).prop_map(Change::Copy),
    ];
    (0..Section::ALL.len(), 0_usize..100_000, change)
}

fn apply(section: &mut Vec<u8>, place: usize, change: &Change) {
    let place = place % (section.len() + 1);
    let (end, new) = match change {
        Change::Write(bytes) => (place + bytes.len(), bytes.clone()),
        Change::Insert(bytes) => (place, bytes.clone()),
        Change::Cut(count) => (place + count, Vec::new()),
        Change::Copy(from) => {
            let from = from % (section.len() + 1);
            let copied = section[from..section.len().min(from + 8)].to_vec();
            (place + copied.len(), copied)
        }
    };
    let end = end.min(section.len());
    section.splice(place..end, new);
}

proptest! {
    #[test]
    fn what_the_checksums_do_not_show_never_panics(changes in prop::collection::vec(change(), 1..8)) {
        let mut sections = unsealed(&bytes());
        for (section, place, change) in &changes {
            apply(&mut sections[*section], *place, change);
        }
        walk_sealed(&sections);
    }

    #[test]
    fn damage_without_new_checksums_never_panics(places in prop::collection::vec((0_usize..100_000, any::<u8>()), 1..4)) {
        let mut bytes = bytes();
        let length = bytes.len();
        for (place, value) in places {
            bytes[place % length] = value;
        }
        if let Ok(catalog) = Catalog::from_bytes(bytes, "x.catalog") {
            prop_assert!(walk(&catalog, TEXT) > 0);
        }
    }
}
