//! What a catalog says of itself: its sources, its terminologies, the prefixes of its identifiers, its counts. JSON in the
//! catalog's bytes.

use serde::{Deserialize, Serialize};

use super::provenance::Terminology;
use crate::model::EntitySource;

/// The section in words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct About {
    /// The name of the recipe, or what else the catalog is called.
    pub(super) name: String,
    /// Whether it is the starter catalog.
    pub(super) embedded: bool,
    pub(super) counts: Counts,
    /// The prefixes of identifiers, by number.
    pub(super) prefixes: Vec<String>,
    /// Where names and entities come from, by number.
    pub(super) sources: Vec<Origin>,
    pub(super) terminologies: Vec<Listed>,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) entities: u32,
    pub(super) names: u32,
    pub(super) keys: u32,
    /// Keys that are looked for in texts.
    pub(super) keys_for_texts: u32,
    pub(super) words: u32,
    pub(super) identifiers: u32,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: String,
    /// The address it is published at; empty when unknown.
    #[serde(default)]
    pub(super) url: String,
}

impl From<&Origin> for EntitySource {
    fn from(origin: &Origin) -> Self {
        let Origin { name, version, license, .. } = origin.clone();
        Self { name, version, license }
    }
}

impl From<&EntitySource> for Origin {
    fn from(source: &EntitySource) -> Self {
        let EntitySource { name, version, license } = source.clone();
        Self { name, version, license, url: String::new() }
    }
}

/// A terminology.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) prefix: String,
    #[serde(flatten)]
    pub(super) origin: Origin,
    pub(super) entities: u64,
    pub(super) names: u64,
}

impl From<&Listed> for Terminology {
    fn from(listed: &Listed) -> Self {
        let Listed { prefix, origin, entities, names } = listed.clone();
        let Origin { name, version, license, .. } = origin;
        Self { prefix, name, version, license, entities, names }
    }
}
