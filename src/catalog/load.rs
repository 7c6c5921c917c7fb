//! Catalogs from the starter data in the binary, from files and from entities at hand.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::Catalog;
use super::error::CatalogError;
use super::provenance::source_of;
use super::store::{AddedNames, NewEntity, Store};
use crate::formats::catalog_tsv::CatalogTsvReader;
use crate::model::{Curie, Entity, EntityType};

/// The name of the file of added names.
const ADDED_NAMES_FILE: &str = "curated_names.tsv";

/// The entity files, in the order of the catalog.
const ENTITY_FILES: [(EntityType, &str); 12] = [
    (EntityType::Gene, "genes.tsv"),
    (EntityType::Disease, "diseases.tsv"),
    (EntityType::Chemical, "chemicals.tsv"),
    (EntityType::Species, "species.tsv"),
    (EntityType::CellLine, "cell_lines.tsv"),
    (EntityType::Phenotype, "phenotypes.tsv"),
    (EntityType::CellType, "cell_types.tsv"),
    (EntityType::Anatomy, "anatomy.tsv"),
    (EntityType::BiologicalProcess, "biological_processes.tsv"),
    (EntityType::MolecularFunction, "molecular_functions.tsv"),
    (EntityType::CellularComponent, "cellular_components.tsv"),
    (EntityType::Other, "other.tsv"),
];

macro_rules! embedded {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/catalog/", $file))
    };
}

/// The starter data.
const EMBEDDED_FILES: [(EntityType, &str, &str); 5] = [
    (EntityType::Gene, "genes.tsv", embedded!("genes.tsv")),
    (EntityType::Disease, "diseases.tsv", embedded!("diseases.tsv")),
    (EntityType::Chemical, "chemicals.tsv", embedded!("chemicals.tsv")),
    (EntityType::Species, "species.tsv", embedded!("species.tsv")),
    (EntityType::CellLine, "cell_lines.tsv", embedded!("cell_lines.tsv")),
];

const EMBEDDED_NAMES: &str = embedded!("curated_names.tsv");

impl Catalog {
    /// The starter catalog in the binary.
    pub fn embedded() -> Result<Self, CatalogError> {
        let added = read_added_names(EMBEDDED_NAMES.as_bytes(), ADDED_NAMES_FILE)?;
        let stores = EMBEDDED_FILES.par_iter().map(|(entity_type, file, text)| {
            read_entities(*entity_type, text.as_bytes(), file, &added, true)
        });
        Self::of_files(stores.collect(), &added, ADDED_NAMES_FILE, true)
    }

    /// The catalog of a directory of files in the project's format (`genes.tsv`, `diseases.tsv`, `chemicals.tsv`,
    /// `species.tsv`, `cell_lines.tsv`, ..., names added to their entities in `curated_names.tsv`), or of one such file,
    /// whose name tells the type of its entities.
    pub fn open(path: &Path) -> Result<Self, CatalogError> {
        let names = path.join(ADDED_NAMES_FILE);
        let added_file = names.display().to_string();
        let added = if names.exists() {
            read_added_names(open(&names)?, &added_file)?
        } else {
            AddedNames::default()
        };
        let files = entity_files(path)?;
        let stores = files.par_iter().map(|(entity_type, file)| {
            read_entities(*entity_type, open(file)?, &file.display().to_string(), &added, false)
        });
        Self::of_files(stores.collect(), &added, &added_file, false)
    }

    /// Joins what the files gave. The error of the first bad file is answered, whichever was read first.
    fn of_files(
        stores: Vec<Result<Store, CatalogError>>,
        added: &AddedNames,
        added_file: &str,
        embedded: bool,
    ) -> Result<Self, CatalogError> {
        let stores = stores.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut all = Store::with_room_for(&stores);
        for store in stores {
            all.append(store)?;
        }
        let catalog = Self::build(all, embedded)?;
        let absent = |id: &&String| {
            let found = catalog.identifiers.find(&catalog.store, id);
            found.is_none_or(|entity| catalog.id(entity) != id.as_str())
        };
        match added.keys().filter(absent).min() {
            None => Ok(catalog),
            Some(id) => {
                Err(CatalogError::AddedNameWithoutEntity { file: added_file.to_owned(), id: id.clone() })
            }
        }
    }

    /// A catalog of those entities, in their order.
    pub fn from_entities<'e>(entities: impl IntoIterator<Item = &'e Entity>) -> Result<Self, CatalogError> {
        let mut store = Store::default();
        for entity in entities {
            let join = |curies: &[Curie]| join(&entity.id, curies);
            let new = NewEntity {
                id: &join(std::slice::from_ref(&entity.id))?,
                label: &entity.label,
                taxon_id: entity.taxon_id.as_ref().map_or("", Curie::as_str),
                xrefs: &join(&entity.xrefs)?,
                parent_ids: &join(&entity.parent_ids)?,
                replaced_by: &join(&entity.replaced_by)?,
                description: &entity.description,
                obsolete: entity.obsolete,
                source: store.sources.number(&entity.source),
            };
            let names = entity.synonyms.iter().map(|synonym| (synonym.scope, synonym.text.as_str()));
            store.push(entity.entity_type, &new, names)?;
        }
        Self::build(store, false)
    }
}

fn open(path: &Path) -> Result<impl BufRead + use<>, CatalogError> {
    let error = |source| CatalogError::Read { path: path.display().to_string(), source };
    File::open(path).map(BufReader::new).map_err(error)
}

fn join(id: &Curie, curies: &[Curie]) -> Result<String, CatalogError> {
    let bad = curies.iter().find(|curie| curie.as_str().contains('|'));
    if let Some(bad) = bad {
        return Err(CatalogError::BadIdentifier { id: id.to_string(), value: bad.to_string() });
    }
    Ok(curies.iter().map(Curie::as_str).collect::<Vec<_>>().join("|"))
}

/// The entity files of a directory in the catalog's order, or the one file.
fn entity_files(path: &Path) -> Result<Vec<(EntityType, PathBuf)>, CatalogError> {
    let expected = ENTITY_FILES.map(|(_, file)| file).join(", ");
    let shown = path.display().to_string();
    if !path.is_dir() {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let known = ENTITY_FILES.iter().find(|(_, file)| *file == name);
        let (entity_type, _) = known.ok_or(CatalogError::UnknownFile { path: shown, expected })?;
        return Ok(vec![(*entity_type, path.to_owned())]);
    }
    let files = ENTITY_FILES.map(|(entity_type, file)| (entity_type, path.join(file)));
    let files: Vec<_> = files.into_iter().filter(|(_, file)| file.exists()).collect();
    if files.is_empty() {
        return Err(CatalogError::NoFiles { path: shown, expected });
    }
    Ok(files)
}

fn read_added_names(reader: impl BufRead, file: &str) -> Result<AddedNames, CatalogError> {
    let mut added = AddedNames::default();
    let mut reader = CatalogTsvReader::added_names(reader, file)?;
    while let Some(row) = reader.next_added_name()? {
        added.entry(row.id.to_owned()).or_default().push((row.scope, row.name.to_owned()));
    }
    Ok(added)
}

fn read_entities(
    entity_type: EntityType,
    reader: impl BufRead,
    file: &str,
    added: &AddedNames,
    embedded: bool,
) -> Result<Store, CatalogError> {
    let mut store = Store::default();
    let mut reader = CatalogTsvReader::entities(reader, file)?;
    let mut last_prefix = String::new();
    let mut source = 0;
    while let Some(row) = reader.next_entity()? {
        let prefix = row.id.split_once(':').map_or("", |(prefix, _)| prefix);
        if prefix != last_prefix {
            prefix.clone_into(&mut last_prefix);
            source = store.sources.number(&source_of(prefix, embedded));
        }
        let new = NewEntity {
            id: row.id,
            label: row.label,
            taxon_id: row.taxon_id,
            xrefs: row.xrefs,
            parent_ids: row.parent_ids,
            source,
            ..NewEntity::default()
        };
        let more = added.get(row.id).into_iter().flatten().map(|(scope, name)| (*scope, name.as_str()));
        store.push(entity_type, &new, row.names().chain(more))?;
    }
    Ok(store)
}
