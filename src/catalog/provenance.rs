//! Where facts come from: the terminologies behind the namespaces.

use super::about::{Listed, Origin};
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

/// How many entities and names a catalog has of each prefix.
#[derive(Debug, Default)]
pub(super) struct PrefixCounts {
    /// By the prefix's number: entities with an identifier there, names of those whose own it is.
    counts: Vec<(u64, u64)>,
    seen: Vec<u32>,
}

impl PrefixCounts {
    /// Counts an entity with its own identifier's prefix, the others', and how many names it has.
    pub(super) fn count(&mut self, own: u32, others: impl Iterator<Item = u32>, names: u64) {
        self.seen.clear();
        for prefix in std::iter::once(own).chain(others) {
            if !self.seen.contains(&prefix) {
                self.seen.push(prefix);
                let place = prefix as usize;
                if self.counts.len() <= place {
                    self.counts.resize(place + 1, (0, 0));
                }
                self.counts[place].0 += 1;
            }
        }
        self.counts[own as usize].1 += names;
    }

    /// The terminologies: the known ones in their order, then others by their prefix. `stated` are those that a recipe
    /// tells of.
    pub(super) fn listed(
        &self,
        prefixes: &[String],
        stated: &[(String, Origin)],
        embedded: bool,
    ) -> Vec<Listed> {
        let origin = |prefix: &str| {
            let stated = stated.iter().find(|(known, _)| known == prefix).map(|(_, origin)| origin.clone());
            stated.unwrap_or_else(|| Origin::from(&source_of(prefix, embedded)))
        };
        let mut listed: Vec<Listed> = prefixes
            .iter()
            .zip(&self.counts)
            .filter(|(_, (entities, _))| *entities > 0)
            .map(|(prefix, (entities, names))| Listed {
                prefix: prefix.clone(),
                origin: origin(prefix),
                entities: *entities,
                names: *names,
            })
            .collect();
        let place = |prefix: &str| PUBLISHERS.iter().position(|publisher| publisher.prefix == prefix);
        listed.sort_by(|one, other| {
            let key = |listed: &Listed| place(&listed.prefix).unwrap_or(usize::MAX);
            key(one).cmp(&key(other)).then_with(|| one.prefix.cmp(&other.prefix))
        });
        listed
    }
}
