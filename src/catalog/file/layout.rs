//! Header and table of sections.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::bytes::ByteReader;
use crate::catalog::error::CatalogError;

/// The first bytes of a catalog.
pub(in crate::catalog) const MAGIC: [u8; 8] = *b"GLOSSCAT";

/// The version of the format. A reader reads its own only.
pub(in crate::catalog) const FORMAT_VERSION: u32 = 3;

/// Magic, format version, number of sections, length of the file, checksum of the table, checksum of these.
const HEADER_BYTES: usize = 8 + 4 + 4 + 8 + 8 + 8;

/// Where the version ends, which every version of the format has in this place.
const VERSION_END: usize = 8 + 4;

/// Name, offset, length, checksum.
const ENTRY_BYTES: usize = 16 + 8 + 8 + 8;

/// Where sections begin: at multiples of this many bytes.
const ALIGNMENT: u64 = 64;

macro_rules! sections {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// The parts of a catalog, in the order of the file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(in crate::catalog) enum Section {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Section {
            /// Every section, in the order of the file.
            pub(in crate::catalog) const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name that the table gives it, at most 16 bytes.
            pub(in crate::catalog) const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

sections! {
    /// What the catalog is, where it comes from, the prefixes of identifiers: JSON.
    About = "about",
    /// A record of fixed size for each entity.
    Entities = "entities",
    /// The names, entity by entity.
    Names = "names",
    /// Identifiers, cross-references, descriptions.
    Details = "details",
    /// A hash table from identifiers to entities.
    Identifiers = "identifiers",
    /// Pairs of an entity and a parent, sorted.
    Parents = "parents",
    /// Pairs of an entity and a child, sorted.
    Children = "children",
    /// The folded names, sorted, each without what it shares with the one before.
    Keys = "keys",
    /// Where each block of keys begins.
    KeyBlocks = "key_blocks",
    /// How many bytes the first keys of two neighbouring blocks share.
    KeyShares = "key_shares",
    /// For each key its name, or where its names are listed.
    Groups = "groups",
    /// The names of the keys that have several.
    GroupNames = "group_names",
    /// A hash table of the beginnings of keys, token by token: what text is walked with.
    Trie = "trie",
    /// A hash table from what keys mean, in whatever words, to the keys.
    Bags = "bags",
    /// The keys that mean the same.
    BagKeys = "bag_keys",
    /// How early each key is answered by a search.
    Priorities = "priorities",
    /// The highest priority of each run of keys, level by level.
    PriorityPeaks = "priority_peaks",
    /// The words of the keys, sorted, each with where its keys are listed.
    Words = "words",
    /// Where each block of words begins.
    WordBlocks = "word_blocks",
    /// For each word its keys.
    WordKeys = "word_keys",
}

impl Section {
    /// Whether it leads from a text to the names in it: the keys, the table that text is walked with, that of
    /// names in other words, the lists of names.
    pub(in crate::catalog) const fn is_for_matching(self) -> bool {
        matches!(
            self,
            Self::Keys
                | Self::KeyBlocks
                | Self::Groups
                | Self::GroupNames
                | Self::Trie
                | Self::Bags
                | Self::BagKeys
        )
    }
}

/// Where a section is, and its checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::catalog) struct SectionEntry {
    pub(in crate::catalog) range: Range<usize>,
    /// XXH3 of 64 bits.
    pub(in crate::catalog) checksum: u64,
}

/// The table of sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::catalog) struct Layout {
    entries: [SectionEntry; Section::ALL.len()],
    /// The checksum of the table, and so of all that it has checksums of.
    pub(in crate::catalog) content_hash: u64,
}

impl Layout {
    /// The bytes of the header and the table.
    pub(in crate::catalog) const HEAD_BYTES: usize = HEADER_BYTES + Section::ALL.len() * ENTRY_BYTES;

    /// The layout of sections with these lengths and checksums, in the order of [`Section::ALL`], one after the other.
    pub(in crate::catalog) fn of_sections(sections: [(u64, u64); Section::ALL.len()]) -> Self {
        let mut position = Self::HEAD_BYTES as u64;
        let entries = sections.map(|(length, checksum)| {
            // A damaged table may say anything.
            let start = position.checked_next_multiple_of(ALIGNMENT).unwrap_or(u64::MAX);
            position = start.saturating_add(length);
            let place = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
            SectionEntry { range: place(start)..place(position), checksum }
        });
        let mut layout = Self { entries, content_hash: 0 };
        layout.content_hash = xxh3_64(&layout.table());
        layout
    }

    pub(in crate::catalog) const fn entry(&self, section: Section) -> &SectionEntry {
        &self.entries[section as usize]
    }

    /// How long the file is.
    pub(in crate::catalog) fn file_bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.range.end).max().unwrap_or(0)
    }

    /// The gaps between the sections, which hold zeros.
    pub(in crate::catalog) fn gaps(&self) -> impl Iterator<Item = (Section, Range<usize>)> {
        let starts =
            std::iter::once(Self::HEAD_BYTES).chain(self.entries.iter().map(|entry| entry.range.end));
        Section::ALL
            .into_iter()
            .zip(starts)
            .map(|(section, start)| (section, start..self.entry(section).range.start))
    }

    fn table(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Section::ALL.len() * ENTRY_BYTES);
        for section in Section::ALL {
            let entry = self.entry(section);
            let mut name = [0; 16];
            name[..section.name().len()].copy_from_slice(section.name().as_bytes());
            bytes.extend(name);
            bytes.extend((entry.range.start as u64).to_le_bytes());
            bytes.extend((entry.range.len() as u64).to_le_bytes());
            bytes.extend(entry.checksum.to_le_bytes());
        }
        bytes
    }

    /// The header and the table.
    pub(in crate::catalog) fn head(&self) -> Vec<u8> {
        let table = self.table();
        let mut bytes = Vec::with_capacity(Self::HEAD_BYTES);
        bytes.extend(MAGIC);
        bytes.extend(FORMAT_VERSION.to_le_bytes());
        bytes.extend((Section::ALL.len() as u32).to_le_bytes());
        bytes.extend((self.file_bytes() as u64).to_le_bytes());
        bytes.extend(xxh3_64(&table).to_le_bytes());
        let checksum = xxh3_64(&bytes);
        bytes.extend(checksum.to_le_bytes());
        bytes.extend(table);
        bytes
    }

    /// The layout with the lengths and checksums that the table of a file tells, without any check.
    pub(in crate::catalog) fn stated(bytes: &[u8]) -> Self {
        let mut table = bytes.get(HEADER_BYTES..).unwrap_or_default().chunks_exact(ENTRY_BYTES);
        Self::of_sections(std::array::from_fn(|_| {
            let entry = table.next().unwrap_or(&[0; ENTRY_BYTES]);
            let number = |at: usize| entry[at..at + 8].try_into().map_or(0, u64::from_le_bytes);
            (number(24), number(32))
        }))
    }

    /// Reads and checks header and table of a file of `bytes`, called `file` in errors.
    pub(in crate::catalog) fn read(bytes: &[u8], file: &str) -> Result<Self, CatalogError> {
        let file = || file.to_owned();
        let damaged = |section: &str| CatalogError::Damaged { file: file(), section: section.to_owned() };
        if bytes.get(..MAGIC.len()) != Some(&MAGIC[..]) {
            return Err(CatalogError::NotACatalog { file: file() });
        }
        let truncated =
            |expected| CatalogError::Truncated { file: file(), found: bytes.len() as u64, expected };
        if bytes.len() < VERSION_END {
            return Err(truncated(Self::HEAD_BYTES as u64));
        }
        let found = ByteReader::new(bytes, MAGIC.len()).u32();
        if found != FORMAT_VERSION {
            return Err(CatalogError::OtherFormat { file: file(), found, expected: FORMAT_VERSION });
        }
        let (Some(header), Some(table)) =
            (bytes.get(..HEADER_BYTES), bytes.get(HEADER_BYTES..Self::HEAD_BYTES))
        else {
            return Err(truncated(Self::HEAD_BYTES as u64));
        };
        let numbers: Vec<u64> =
            header[16..].as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect();
        let count = ByteReader::new(header, 12).u32() as usize;
        if numbers[2] != xxh3_64(&header[..HEADER_BYTES - 8]) || count != Section::ALL.len() {
            return Err(damaged("header"));
        }
        match (bytes.len() as u64).cmp(&numbers[0]) {
            std::cmp::Ordering::Less => return Err(truncated(numbers[0])),
            std::cmp::Ordering::Greater => return Err(damaged("end")),
            std::cmp::Ordering::Equal => {}
        }
        if numbers[1] != xxh3_64(table) {
            return Err(damaged("table of sections"));
        }
        // Names and places follow from the lengths: a table that says otherwise is none of this format.
        let layout = Self::stated(bytes);
        if layout.table() != table || layout.file_bytes() != bytes.len() {
            return Err(damaged("table of sections"));
        }
        Ok(layout)
    }
}
