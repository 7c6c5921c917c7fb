//! Whether the sections of a catalog are as long as its counts say, which is looked at before anything else is read: loops
//! over what is counted then end where the bytes do.

use super::about::Counts;
use super::file::{Layout, Section};
use super::identifiers::ENTITIES_LIMIT;
use super::keys::BLOCK_KEYS;
use super::records::EntityRecord;
use super::search::peak_count;

/// The first section whose length does not fit the counts.
pub(super) fn section_of_wrong_length(layout: &Layout, counts: &Counts) -> Option<Section> {
    Section::ALL.into_iter().find(|section| !fits(layout.entry(*section).range.len(), *section, counts))
}

fn fits(bytes: usize, section: Section, counts: &Counts) -> bool {
    let (keys, words) = (counts.keys as usize, counts.words as usize);
    match section {
        Section::Entities => {
            counts.entities <= ENTITIES_LIMIT && bytes == counts.entities as usize * EntityRecord::BYTES
        }
        Section::Groups => bytes == keys * 4,
        Section::KeyBlocks => bytes == keys.div_ceil(BLOCK_KEYS) * 4,
        Section::KeyShares => bytes == keys.div_ceil(BLOCK_KEYS),
        Section::Priorities => bytes == keys,
        Section::PriorityPeaks => bytes == peak_count(keys),
        Section::WordBlocks => bytes == words.div_ceil(BLOCK_KEYS) * 4,
        Section::WordKeys => bytes >= (words + 1) * 4,
        Section::Identifiers | Section::GroupNames | Section::BagKeys => bytes.is_multiple_of(4),
        Section::Parents | Section::Children => bytes.is_multiple_of(8),
        // The seed, or the hash of the rules, and a slot at least.
        Section::Trie | Section::Bags => bytes.is_multiple_of(8) && bytes >= 16,
        Section::About | Section::Names | Section::Details | Section::Keys | Section::Words => true,
    }
}
