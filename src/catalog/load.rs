//! Catalogs from the starter data in the binary, from files and from entities at hand.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::about::{About, Origin};
use super::check::section_of_wrong_length;
use super::error::CatalogError;
use super::file::{Data, Layout, MAGIC, Section};
use super::names::NameScope;
use super::provenance::source_of;
use super::write::{CatalogWriter, Image, NewEntity, NewName, Workspace};
use super::{Catalog, default_namespaces, is_in_first};
use crate::formats::catalog_tsv::{CatalogTsvError, CatalogTsvReader, values};
use crate::formats::terminology::NameKind;
use crate::model::{Curie, Entity, EntitySource, EntityType, SynonymScope};

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

/// How much of a file is read to tell what it is.
const MAGIC_BYTES: usize = MAGIC.len();

/// The names that the project collected itself.
pub(super) fn curated_names() -> Result<CatalogTsvReader<&'static [u8]>, CatalogTsvError> {
    CatalogTsvReader::added_names(EMBEDDED_NAMES.as_bytes(), ADDED_NAMES_FILE)
}

/// The starter catalog, built.
const EMBEDDED_CATALOG: &[u8] = include_bytes!("../../data/catalog/starter.catalog");

impl Catalog {
    /// The starter catalog in the binary, as [`Self::of_starter_tables`] builds it.
    ///
    /// # Errors
    /// None in a program whose tests passed.
    pub fn embedded() -> Result<Self, CatalogError> {
        Self::of_data(Data::Static(EMBEDDED_CATALOG), "data/catalog/starter.catalog")
    }

    /// The starter catalog built anew of its tables, which are in the binary as well: what `data/catalog/starter.catalog`
    /// holds, made by `cargo run --release --example starter_catalog`.
    ///
    /// # Errors
    /// A line of a table that is wrong.
    pub fn of_starter_tables() -> Result<Self, CatalogError> {
        let added = read_added_names(EMBEDDED_NAMES.as_bytes(), ADDED_NAMES_FILE)?;
        let mut tables = Tables::new(&added, true);
        for (entity_type, file, text) in EMBEDDED_FILES {
            tables.read(entity_type, text.as_bytes(), file)?;
        }
        tables.finish(ADDED_NAMES_FILE)
    }

    /// The catalog of a file that `glossator catalog build` made; or of a directory of files in the project's format
    /// (`genes.tsv`, `diseases.tsv`, `chemicals.tsv`, `species.tsv`, `cell_lines.tsv`, ..., names added to their entities
    /// in `curated_names.tsv`), or of one such file, whose name tells the type of its entities.
    ///
    /// Of a built file the header, the table of sections and the lengths are checked, and the rest is not read:
    /// [`Self::verify`] checks it whole.
    ///
    /// # Errors
    /// A path that cannot be read, is no catalog, or is damaged, as far as that is looked at.
    pub fn open(path: &Path) -> Result<Self, CatalogError> {
        let shown = path.display().to_string();
        let failed = |source| CatalogError::Read { path: shown.clone(), source };
        let has_table_name = entity_type_of(path).is_some();
        if !path.is_dir() && !has_table_name {
            let mut file = File::open(path).map_err(failed)?;
            let mut magic = Vec::with_capacity(MAGIC_BYTES);
            (&mut file).take(MAGIC_BYTES as u64).read_to_end(&mut magic).map_err(failed)?;
            // Nothing is not mapped.
            if magic != MAGIC {
                return Err(CatalogError::NotACatalog { file: shown });
            }
            return Self::of_data(Data::map(file).map_err(failed)?, &shown);
        }
        Self::open_tables(path)
    }

    /// [`Self::open`] and, for a built file, [`Self::verify`]: what a program does that is to answer with it.
    ///
    /// # Errors
    /// Those of both.
    pub fn open_whole(path: &Path) -> Result<Self, CatalogError> {
        let catalog = Self::open(path)?;
        if matches!(catalog.data, Data::Mapped(..)) {
            catalog.verify()?;
        }
        Ok(catalog)
    }

    fn open_tables(path: &Path) -> Result<Self, CatalogError> {
        let names = path.join(ADDED_NAMES_FILE);
        let added_file = names.display().to_string();
        let added = if names.exists() {
            read_added_names(open(&names)?, &added_file)?
        } else {
            AddedNames::default()
        };
        let mut tables = Tables::new(&added, false);
        for (entity_type, file) in entity_files(path)? {
            tables.read(entity_type, open(&file)?, &file.display().to_string())?;
        }
        tables.finish(&added_file)
    }

    /// A catalog in memory, as [`Self::open`] has it in a file; `name` is what errors call it.
    ///
    /// # Errors
    /// Bytes that are no catalog or are damaged, as far as that is looked at.
    pub fn from_bytes(bytes: Vec<u8>, name: &str) -> Result<Self, CatalogError> {
        Self::of_data(Data::Owned(bytes), name)
    }

    fn of_data(data: Data, file: &str) -> Result<Self, CatalogError> {
        let layout = Layout::read(data.bytes(), file)?;
        let damaged = |section: Section| CatalogError::Damaged {
            file: file.to_owned(),
            section: section.name().to_owned(),
        };
        let about = layout.entry(Section::About);
        let json = data.bytes().get(about.range.clone()).filter(|json| xxh3_64(json) == about.checksum);
        let about: Option<About> = json.and_then(|json| serde_json::from_slice(json).ok());
        let about = about.ok_or_else(|| damaged(Section::About))?;
        if let Some(section) = section_of_wrong_length(&layout, &about.counts) {
            return Err(damaged(section));
        }
        let kind = if about.embedded { "starter" } else { "catalog" };
        let version = format!("{kind}-{:016x}", layout.content_hash);
        Ok(Self { data, layout, about, version, file: file.to_owned() })
    }

    /// Reads the whole catalog and holds it against its checksums. The bytes of a file are
    /// read past the mapping, which stays untouched.
    ///
    /// # Errors
    /// The first damaged section, or a file that cannot be read.
    pub fn verify(&self) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::Read { path: self.file.clone(), source };
        let damaged = |section: Section| {
            Err(CatalogError::Damaged { file: self.file.clone(), section: section.name().to_owned() })
        };
        let checks: Vec<Result<bool, CatalogError>> = Section::ALL
            .par_iter()
            .map(|section| {
                let entry = self.layout.entry(*section);
                let mut checksum = Xxh3::new();
                self.data.each_piece(entry.range.clone(), |piece| checksum.update(piece)).map_err(failed)?;
                Ok(checksum.digest() == entry.checksum)
            })
            .collect();
        for (section, check) in Section::ALL.into_iter().zip(checks) {
            if !check? {
                return damaged(section);
            }
        }
        for (section, gap) in self.layout.gaps() {
            let mut zeros = true;
            self.data
                .each_piece(gap, |piece| zeros &= piece.iter().all(|byte| *byte == 0))
                .map_err(failed)?;
            if !zeros {
                return damaged(section);
            }
        }
        Ok(())
    }

    /// A catalog of those entities, in their order.
    pub fn from_entities<'e>(entities: impl IntoIterator<Item = &'e Entity>) -> Result<Self, CatalogError> {
        let image = Self::image_of_entities(entities)?;
        Self::from_bytes(image.into_bytes()?, "the catalog in memory")
    }

    pub(super) fn image_of_entities<'e>(
        entities: impl IntoIterator<Item = &'e Entity>,
    ) -> Result<Image, CatalogError> {
        let mut writer = CatalogWriter::new(Workspace::in_memory());
        let mut sources = SourceTable::default();
        for entity in entities {
            let texts = |curies: &'e [Curie]| curies.iter().map(Curie::as_str).collect::<Vec<_>>();
            let source = sources.number(&entity.source)?;
            let new = NewEntity {
                id: entity.id.as_str(),
                taxon_id: entity.taxon_id.as_ref().map_or("", Curie::as_str),
                description: &entity.description,
                equivalents: &texts(&entity.xrefs),
                retired: &texts(&entity.retired_ids),
                references: &[],
                replaced_by: &texts(&entity.replaced_by),
                parents: &texts(&entity.parent_ids),
                obsolete: entity.obsolete,
                preferred: is_in_first(default_namespaces(entity.entity_type), entity.id.as_str()),
                source,
            };
            let name = |text, scope| NewName { text, scope, kind: NameKind::Plain, source };
            let synonyms = entity.synonyms.iter().map(|synonym| name(&synonym.text, synonym.scope.into()));
            let label = std::iter::once(name(&entity.label, NameScope::Label));
            writer.push(entity.entity_type, &new, label.chain(synonyms))?;
        }
        writer.finish("", false, sources.origins, &[])
    }
}

/// The distinct sources of a catalog, by number.
#[derive(Debug, Default)]
struct SourceTable {
    origins: Vec<Origin>,
}

impl SourceTable {
    /// The number of a source; the same for equal ones.
    fn number(&mut self, source: &EntitySource) -> Result<u8, CatalogError> {
        let origin = Origin::from(source);
        let place = self.origins.iter().position(|known| *known == origin).unwrap_or_else(|| {
            self.origins.push(origin);
            self.origins.len() - 1
        });
        u8::try_from(place).map_err(|_| CatalogError::Full { what: "sources" })
    }
}

/// Names to add to entities, by their id.
type AddedNames = FxHashMap<String, Vec<(SynonymScope, String)>>;

/// Takes the project's own tables.
struct Tables<'a> {
    writer: CatalogWriter,
    sources: SourceTable,
    added: &'a AddedNames,
    /// The ids of `added` that have been met.
    met: FxHashSet<&'a str>,
    embedded: bool,
}

impl<'a> Tables<'a> {
    fn new(added: &'a AddedNames, embedded: bool) -> Self {
        let writer = CatalogWriter::new(Workspace::in_memory());
        Self { writer, sources: SourceTable::default(), added, met: FxHashSet::default(), embedded }
    }

    fn read(
        &mut self,
        entity_type: EntityType,
        reader: impl BufRead,
        file: &str,
    ) -> Result<(), CatalogError> {
        let mut reader = CatalogTsvReader::entities(reader, file)?;
        let (mut last_prefix, mut source) = (String::new(), 0);
        while let Some(row) = reader.next_entity()? {
            let prefix = row.id.split_once(':').map_or("", |(prefix, _)| prefix);
            if prefix != last_prefix {
                prefix.clone_into(&mut last_prefix);
                source = self.sources.number(&source_of(prefix, self.embedded))?;
            }
            let texts = |cell| values(cell).collect::<Vec<_>>();
            let new = NewEntity {
                id: row.id,
                taxon_id: row.taxon_id,
                equivalents: &texts(row.xrefs),
                parents: &texts(row.parent_ids),
                preferred: is_in_first(default_namespaces(entity_type), row.id),
                source,
                ..NewEntity::default()
            };
            let added = self.added.get_key_value(row.id);
            self.met.extend(added.map(|(id, _)| id.as_str()));
            let added =
                added.into_iter().flat_map(|(_, names)| names).map(|(scope, name)| (*scope, name.as_str()));
            let name = |text, scope| NewName { text, scope, kind: NameKind::Plain, source };
            let label = std::iter::once(name(row.label, NameScope::Label));
            let names = row.names().chain(added).map(|(scope, text)| name(text, scope.into()));
            self.writer.push(entity_type, &new, label.chain(names))?;
        }
        Ok(())
    }

    fn finish(self, added_file: &str) -> Result<Catalog, CatalogError> {
        let absent = self.added.keys().filter(|id| !self.met.contains(id.as_str())).min();
        if let Some(id) = absent {
            return Err(CatalogError::AddedNameWithoutEntity { file: added_file.to_owned(), id: id.clone() });
        }
        let name = if self.embedded { "starter" } else { "" };
        let image = self.writer.finish(name, self.embedded, self.sources.origins, &[])?;
        Catalog::from_bytes(image.into_bytes()?, "the catalog in memory")
    }
}

fn open(path: &Path) -> Result<impl BufRead + use<>, CatalogError> {
    let error = |source| CatalogError::Read { path: path.display().to_string(), source };
    File::open(path).map(BufReader::new).map_err(error)
}

/// The type of the entities of a file of tables, by its name.
fn entity_type_of(path: &Path) -> Option<EntityType> {
    let name = path.file_name().and_then(|name| name.to_str())?;
    ENTITY_FILES.iter().find(|(_, file)| *file == name).map(|(entity_type, _)| *entity_type)
}

/// The entity files of a directory in the catalog's order, or the one file.
fn entity_files(path: &Path) -> Result<Vec<(EntityType, PathBuf)>, CatalogError> {
    let expected = ENTITY_FILES.map(|(_, file)| file).join(", ");
    let shown = path.display().to_string();
    if !path.is_dir() {
        let entity_type = entity_type_of(path).ok_or(CatalogError::UnknownFile { path: shown, expected })?;
        return Ok(vec![(entity_type, path.to_owned())]);
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
