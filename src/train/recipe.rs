//! What models are trained on, as `recipes/models.toml` says.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::TrainError;
use crate::annotate::ModelCorpus;
use crate::model::EntityType;

/// A recipe.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipe {
    /// What the models are called.
    pub name: String,
    /// The corpora, in the order that they are read.
    pub corpora: Vec<CorpusRecipe>,
}

/// A corpus of a recipe.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CorpusRecipe {
    /// What it is called.
    pub name: String,
    /// Its files, from the folder of the gold data on.
    pub files: Vec<PathBuf>,
    /// Where it comes from.
    pub source: String,
    /// Its licence.
    pub license: String,
    /// The types that it annotates everywhere, and so teaches.
    pub teaches: Vec<String>,
    /// Words, in lower case, that its guidelines leave out and others have, or the other way round, by type: what it says
    /// of them teaches nothing.
    #[serde(default)]
    pub unsure: std::collections::BTreeMap<String, Vec<String>>,
    /// What it says of types that it does not annotate: mentions of the types behind a type are none of it, where they are
    /// codes or short forms that stand alone. A drug called "NRA0160" teaches that this is no gene.
    #[serde(default)]
    pub denies: std::collections::BTreeMap<String, Vec<String>>,
    /// How many times its documents count, from 1: more for a corpus that is small beside others that teach its types.
    #[serde(default = "once")]
    pub times: usize,
    /// Whether it is left out.
    #[serde(default)]
    pub leave_out: bool,
}

/// How many times documents count where the recipe says nothing.
const fn once() -> usize {
    1
}

impl CorpusRecipe {
    /// The types it teaches.
    pub(super) fn types(&self) -> Result<Vec<EntityType>, TrainError> {
        self.teaches.iter().map(|name| type_of(&self.name, name)).collect()
    }
}

/// The type of a name in the recipe.
pub(super) fn type_of(corpus: &str, name: &str) -> Result<EntityType, TrainError> {
    EntityType::from_name(name)
        .ok_or_else(|| TrainError::UnknownType { corpus: corpus.to_owned(), name: name.to_owned() })
}

impl From<&CorpusRecipe> for ModelCorpus {
    fn from(recipe: &CorpusRecipe) -> Self {
        Self { name: recipe.name.clone(), source: recipe.source.clone(), license: recipe.license.clone() }
    }
}

impl Recipe {
    /// The corpora that are not left out.
    pub(super) fn used(&self) -> impl Iterator<Item = &CorpusRecipe> {
        self.corpora.iter().filter(|corpus| !corpus.leave_out)
    }

    /// Reads a recipe.
    pub(super) fn read(path: &Path) -> Result<Self, TrainError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| TrainError::Read { file: path.display().to_string(), source })?;
        let recipe: Self = toml::from_str(&text).map_err(|problem| TrainError::Recipe {
            file: path.display().to_string(),
            problem: problem.to_string(),
        })?;
        Ok(recipe)
    }
}
