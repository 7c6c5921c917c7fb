//! Catalogs that are wrong although their checksums are right. No part of the interface: the tests and the fuzz target
//! make such catalogs of good ones and read everything in them. A file comes so from a disk that errs while it is written,
//! from another program, or from somebody who means harm; readers answer nonsense then, and never panic.

use super::file::{Layout, Section};
use super::write::sealed_bytes;
use super::{Catalog, EntityIndex, GroupIndex};
use crate::model::{Curie, EntityType};
use crate::text::{FoldedText, bags};

/// The sections of a catalog's bytes, in the order of the file, as its table tells their lengths. What is not there is
/// empty.
pub fn unsealed(bytes: &[u8]) -> Vec<Vec<u8>> {
    let layout = Layout::stated(bytes);
    let section = |section: Section| {
        let range = layout.entry(section).range.clone();
        bytes.get(range.start..range.end.min(bytes.len())).unwrap_or_default().to_vec()
    };
    Section::ALL.into_iter().map(section).collect()
}

/// The bytes of a catalog of those sections, with a header, a table and checksums that fit them. Sections that lack are
/// empty, further ones are left out.
pub fn sealed(sections: &[Vec<u8>]) -> Vec<u8> {
    sealed_bytes(&std::array::from_fn(|section| sections.get(section).map_or(&[][..], Vec::as_slice)))
}

/// Reads all that can be read of a catalog, with `text` to annotate and to search for, and gives how much there was.
///
/// # Panics
/// When an answer names what the catalog has not.
pub fn walk(catalog: &Catalog, text: &str) -> usize {
    let mut seen = catalog.terminologies().len() + catalog.sections().len() + catalog.name().len();
    seen += usize::from(catalog.verify().is_ok());
    let count = catalog.entity_count() as u32;
    for index in (0..count).chain([count, u32::MAX]) {
        seen += walk_entity(catalog, EntityIndex(index));
    }
    seen + walk_names(catalog) + walk_text(catalog, text)
}

fn is_known(catalog: &Catalog, entity: EntityIndex) -> bool {
    entity.position() < catalog.entity_count()
}

fn walk_entity(catalog: &Catalog, index: EntityIndex) -> usize {
    let entity = catalog.try_entity(index);
    assert_eq!(entity.is_some(), is_known(catalog, index), "every place of a catalog has an entity");
    if let Some(parts) = catalog.entity_parts(index) {
        let same = entity.as_ref().is_some_and(|entity| {
            (entity.id.prefix(), entity.id.local()) == parts.id
                && entity.description == parts.description
                && entity.xrefs.len() == parts.xrefs.len()
        });
        assert!(same, "the parts of an entity are the entity's");
    }
    let relatives = [catalog.parents(index), catalog.children(index)].concat();
    let further = [catalog.ancestors(index), catalog.descendants(index)].concat();
    assert!(relatives.iter().chain(&further).all(|relative| is_known(catalog, *relative)));
    let id = catalog.id(index);
    let ids =
        [id.clone(), catalog.answer_id::<&str>(index, &[]), catalog.answer_id(index, &["OMIM", "", "mesh"])];
    let found = ids.iter().chain(entity.iter().map(|_| &id)).filter_map(|id| id.parse::<Curie>().ok());
    let found: Vec<EntityIndex> = found.filter_map(|id| catalog.find(&id)).collect();
    assert!(found.iter().all(|found| is_known(catalog, *found)));
    let known = usize::from(catalog.prominence(index)) + usize::from(catalog.taxon_number(index).is_some());
    let texts = catalog.label(index).len() + catalog.taxon_id(index).map_or(0, |taxon| taxon.len());
    let others = catalog.names_of(index).count() + catalog.xrefs(index).count();
    let source = catalog.source(index.0 as u8).map_or(0, |source| source.name.len());
    found.len() + known + texts + others + source + relatives.len() + catalog.entity_type(index).name().len()
}

fn walk_names(catalog: &Catalog) -> usize {
    let names = catalog.names();
    let mut seen = usize::from(names.is_empty());
    for group in (0..names.len() as u32).chain([u32::MAX]).map(GroupIndex) {
        let key = names.key(group);
        for entry in names.entries(group) {
            assert!(is_known(catalog, entry.entity));
            seen += entry.surface.len() + usize::from(entry.for_texts) + usize::from(entry.source);
        }
        seen += [names.group_of_key(&key), names.group_for_texts(&key), names.exact(&key)]
            .iter()
            .flatten()
            .count();
        for hash in bags(key.split(' ')).into_iter().flat_map(|bags| [bags.strict, bags.loose]) {
            assert!(names.with_bag(hash).all(|group| (group.0 as usize) < names.len()));
            seen += names.with_bag(hash).count();
        }
    }
    seen
}

fn walk_text(catalog: &Catalog, text: &str) -> usize {
    let mut folded = FoldedText::new();
    folded.fold(text);
    let mut seen = 0;
    for first in 0..=folded.tokens().len() {
        for skipped in [0, 1] {
            catalog.names().each_match(&folded, first, skipped, |end, group| {
                assert!(first < end && end <= folded.tokens().len());
                seen += catalog.names().entries(group).count();
            });
        }
    }
    let taxa: Vec<Curie> = Curie::new("NCBITaxon", "9606").into_iter().collect();
    for query in text.split_whitespace().chain([text]) {
        for (types, taxa) in [(&[][..], &[][..]), (&[EntityType::Gene][..], taxa.as_slice())] {
            let searches = [Catalog::search_prefix, Catalog::search_fuzzy, Catalog::search_full];
            for search in searches {
                let (found, _) = search(catalog, query, types, taxa, 1, 20);
                assert!(found.iter().all(|found| is_known(catalog, *found)));
                seen += found.len();
            }
        }
    }
    seen
}
