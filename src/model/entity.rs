//! Entities: what a catalog knows.

use std::fmt;

use super::Curie;

/// The kind of thing an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum EntityType {
    /// A gene or its product.
    Gene,
    /// A disease, disorder, symptom or finding that MeSH's disease trees hold.
    Disease,
    /// A drug, chemical substance or class of substances.
    Chemical,
    /// An organism or a rank above it.
    Species,
    /// A cell line.
    CellLine,
    /// A sequence variant.
    Variant,
    /// A phenotype.
    Phenotype,
    /// A cell type.
    CellType,
    /// An anatomical structure.
    Anatomy,
    /// A biological process.
    BiologicalProcess,
    /// A molecular function.
    MolecularFunction,
    /// A cellular component.
    CellularComponent,
    /// Anything else, such as a user's own terms.
    Other,
}

impl EntityType {
    /// Every type, in the order of their values.
    pub const ALL: [Self; 13] = [
        Self::Gene,
        Self::Disease,
        Self::Chemical,
        Self::Species,
        Self::CellLine,
        Self::Variant,
        Self::Phenotype,
        Self::CellType,
        Self::Anatomy,
        Self::BiologicalProcess,
        Self::MolecularFunction,
        Self::CellularComponent,
        Self::Other,
    ];

    /// The name in CamelCase, as PubTator files and reports write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gene => "Gene",
            Self::Disease => "Disease",
            Self::Chemical => "Chemical",
            Self::Species => "Species",
            Self::CellLine => "CellLine",
            Self::Variant => "Variant",
            Self::Phenotype => "Phenotype",
            Self::CellType => "CellType",
            Self::Anatomy => "Anatomy",
            Self::BiologicalProcess => "BiologicalProcess",
            Self::MolecularFunction => "MolecularFunction",
            Self::CellularComponent => "CellularComponent",
            Self::Other => "Other",
        }
    }

    /// The type of that name; case, spaces, `_` and `-` do not matter.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
        };
        let wanted = plain(name);
        Self::ALL.into_iter().find(|entity_type| plain(entity_type.name()) == wanted)
    }
}

impl fmt::Display for EntityType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How a synonym's meaning relates to its entity (the OBO scopes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SynonymScope {
    /// Means the same.
    Exact,
    /// Means something narrower.
    Narrow,
    /// Means something broader.
    Broad,
    /// Is used for it, without meaning quite the same.
    Related,
}

/// Another name of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Synonym {
    /// The name as written by its source.
    pub text: String,
    /// How its meaning relates to the entity.
    pub scope: SynonymScope,
}

/// Where an entity's facts come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct EntitySource {
    /// The terminology's name, such as `MeSH`.
    pub name: String,
    /// Its version or date; empty when unknown.
    pub version: String,
    /// Its licence, an SPDX identifier where there is one; empty when unknown.
    pub license: String,
}

/// A thing that text speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its identifier in the namespace preferred for its type.
    pub id: Curie,
    /// What kind of thing it is.
    pub entity_type: EntityType,
    /// Its preferred name.
    pub label: String,
    /// Its other names; none equals the label.
    pub synonyms: Vec<Synonym>,
    /// A description; empty when there is none.
    pub description: String,
    /// The taxon it belongs to: genes and cell lines have one.
    pub taxon_id: Option<Curie>,
    /// The same thing in other namespaces.
    pub xrefs: Vec<Curie>,
    /// Identifiers that once named it and were retired in its favour.
    pub retired_ids: Vec<Curie>,
    /// Its direct parents in a hierarchy.
    pub parent_ids: Vec<Curie>,
    /// Whether its source has retired it.
    pub obsolete: bool,
    /// What replaces it when it is retired.
    pub replaced_by: Vec<Curie>,
    /// Where its facts come from.
    pub source: EntitySource,
}

#[cfg(test)]
impl Entity {
    /// One of which nothing but its identifier, type and preferred name is known.
    pub(crate) fn named(id: Curie, entity_type: EntityType, label: impl Into<String>) -> Self {
        Self {
            id,
            entity_type,
            label: label.into(),
            synonyms: Vec::new(),
            description: String::new(),
            taxon_id: None,
            xrefs: Vec::new(),
            retired_ids: Vec::new(),
            parent_ids: Vec::new(),
            obsolete: false,
            replaced_by: Vec::new(),
            source: EntitySource::default(),
        }
    }
}
