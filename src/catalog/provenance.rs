//! Where facts come from: the terminologies behind the namespaces.

use super::store::Store;
use crate::model::EntitySource;

/// A terminology that a catalog draws on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terminology {
    /// The prefix of its identifiers, such as `MESH`.
    pub prefix: String,
    /// Its name, such as `MeSH`.
    pub name: String,
    /// Its version or date; empty when unknown.
    pub version: String,
    /// Its licence; empty when unknown.
    pub license: String,
    /// How many entities have an identifier there, their own or a cross-reference.
    pub entities: u64,
    /// How many names the entities have whose own identifier is there.
    pub names: u64,
}

struct Publisher {
    prefix: &'static str,
    name: &'static str,
    /// Of the embedded data.
    version: &'static str,
    license: &'static str,
}

const fn publisher(
    prefix: &'static str,
    name: &'static str,
    version: &'static str,
    license: &'static str,
) -> Publisher {
    Publisher { prefix, name, version, license }
}

/// The publishers of identifiers, in the order they are listed. The versions are those of the embedded data.
const PUBLISHERS: &[Publisher] = &[
    publisher("NCBIGene", "NCBI Gene", "2021-07", "public domain"),
    publisher("HGNC", "HGNC", "2024-10-18", "CC0-1.0"),
    publisher("MGI", "Mouse Genome Informatics", "", "CC-BY-4.0"),
    publisher("FLYBASE", "FlyBase", "", "CC-BY-4.0"),
    publisher("ZFIN", "ZFIN", "", "CC-BY-4.0"),
    publisher("ENSEMBL", "Ensembl", "", "no restrictions"),
    publisher("OMIM", "OMIM", "", "identifiers only"),
    publisher("MESH", "MeSH", "2024", "public domain (courtesy of the U.S. National Library of Medicine)"),
    publisher("MONDO", "Mondo Disease Ontology", "2026-08", "CC-BY-4.0"),
    publisher("DOID", "Human Disease Ontology", "2026", "CC0-1.0"),
    publisher("CHEBI", "ChEBI", "2024-08-14", "CC-BY-4.0"),
    publisher("DRUGBANK", "DrugBank Open Data", "2026", "CC0-1.0"),
    publisher("NCBITaxon", "NCBI Taxonomy", "2022-10-06", "public domain"),
    publisher("cellosaurus", "Cellosaurus", "2020-07", "CC-BY-4.0"),
];

/// The source of entities that bear a prefix. The version and licence are told of embedded data only.
pub(super) fn source_of(prefix: &str, embedded: bool) -> EntitySource {
    let known = PUBLISHERS.iter().find(|publisher| publisher.prefix == prefix);
    EntitySource {
        name: known.map_or(prefix, |publisher| publisher.name).to_owned(),
        version: known.filter(|_| embedded).map_or("", |publisher| publisher.version).to_owned(),
        license: known.filter(|_| embedded).map_or("", |publisher| publisher.license).to_owned(),
    }
}

/// The distinct sources of a catalog.
#[derive(Debug, Default)]
pub(super) struct SourceTable {
    sources: Vec<EntitySource>,
}

impl SourceTable {
    /// The number of a source; the same for equal ones. More than 65,535 share the last number.
    pub(super) fn number(&mut self, source: &EntitySource) -> u16 {
        let position = self.sources.iter().position(|known| known == source).unwrap_or_else(|| {
            if self.sources.len() < usize::from(u16::MAX) {
                self.sources.push(source.clone());
            }
            self.sources.len() - 1
        });
        u16::try_from(position).unwrap_or(u16::MAX)
    }

    /// The sources in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &EntitySource> {
        self.sources.iter()
    }

    /// The source of that number.
    pub(super) fn get(&self, number: u16) -> Option<&EntitySource> {
        self.sources.get(usize::from(number))
    }
}

/// The terminologies of a store: the known ones in their order, then others by their prefix.
pub(super) fn terminologies(store: &Store, embedded: bool) -> Vec<Terminology> {
    let mut found: Vec<Terminology> = Vec::new();
    for entity in store.indices() {
        let own = prefix(store.id(entity));
        count(&mut found, own, embedded, (1, store.names_of(entity).count() as u64));
        let mut seen = vec![own];
        for xref in store.xrefs(entity).map(prefix) {
            if !seen.contains(&xref) {
                seen.push(xref);
                count(&mut found, xref, embedded, (1, 0));
            }
        }
    }
    let place = |prefix: &str| PUBLISHERS.iter().position(|publisher| publisher.prefix == prefix);
    found.sort_by(|one, other| {
        let key = |terminology: &Terminology| place(&terminology.prefix).unwrap_or(usize::MAX);
        key(one).cmp(&key(other)).then_with(|| one.prefix.cmp(&other.prefix))
    });
    found
}

fn count(found: &mut Vec<Terminology>, prefix: &str, embedded: bool, (entities, names): (u64, u64)) {
    let position = found.iter().position(|known| known.prefix == prefix).unwrap_or_else(|| {
        let EntitySource { name, version, license } = source_of(prefix, embedded);
        let prefix = prefix.to_owned();
        found.push(Terminology { prefix, name, version, license, entities: 0, names: 0 });
        found.len() - 1
    });
    found[position].entities += entities;
    found[position].names += names;
}

fn prefix(curie: &str) -> &str {
    curie.split_once(':').map_or("", |(prefix, _)| prefix)
}
