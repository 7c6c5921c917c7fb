//! Entities as the catalog's bytes hold them.

use std::ops::ControlFlow;

use super::Catalog;
use super::file::{ByteReader, Section};
use super::names::NameScope;
use super::records::{EntityRecord, Identifier, IdentifierRole, NameRecord};
use crate::model::{Curie, Entity, EntitySource, EntityType, Synonym};
use crate::text::spared;

/// A handle to an entity of one catalog; it says nothing to another catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityIndex(pub(super) u32);

impl EntityIndex {
    /// Its place in the order of the catalog, from 0.
    pub const fn position(self) -> usize {
        self.0 as usize
    }
}

spared!(Vec<EntityIndex>);

/// What is known of an entity beside its names, read on.
struct Details<'c> {
    reader: ByteReader<'c>,
    prefixes: &'c [String],
}

impl<'c> Details<'c> {
    fn identifier(&mut self) -> Identifier<'c> {
        let prefix = self.reader.varint() as usize;
        Identifier { prefix: self.prefixes.get(prefix).map_or("", String::as_str), local: self.reader.text() }
    }

    /// Gives `take` every identifier that the details begin with, until it says `Break`.
    fn each_identifier<B>(
        &mut self,
        mut take: impl FnMut(IdentifierRole, Identifier<'c>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        take(IdentifierRole::Own, self.identifier())?;
        for role in IdentifierRole::LISTS {
            for _ in 0..self.reader.varint() {
                if self.reader.is_at_end() {
                    return ControlFlow::Continue(());
                }
                take(role, self.identifier())?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Passes over the identifiers.
    fn skip_identifiers(&mut self) {
        let _: ControlFlow<()> = self.each_identifier(|_, _| ControlFlow::Continue(()));
    }
}

/// A CURIE in its parts: prefix and local identifier.
pub type CurieParts<'c> = (&'c str, &'c str);

/// An entity read where it stands, but for its names ([`Catalog::names_of`]) and its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityParts<'c> {
    /// Its own identifier.
    pub id: CurieParts<'c>,
    /// Its type.
    pub entity_type: EntityType,
    /// Its description; empty when there is none.
    pub description: &'c str,
    /// Whether its source has retired it.
    pub obsolete: bool,
    /// The same thing in other namespaces.
    pub xrefs: Vec<CurieParts<'c>>,
    /// Identifiers that were retired in its favour.
    pub retired_ids: Vec<CurieParts<'c>>,
    /// What replaces it when it is retired.
    pub replaced_by: Vec<CurieParts<'c>>,
    /// Its direct parents.
    pub parent_ids: Vec<CurieParts<'c>>,
}

impl Catalog {
    /// What [`Catalog::try_entity`] answers, without a copy of its texts; `None` also where its identifier is damaged.
    pub fn entity_parts(&self, entity: EntityIndex) -> Option<EntityParts<'_>> {
        if entity.position() >= self.entity_count() {
            return None;
        }
        let record = self.record(entity);
        let good = |id: Identifier<'_>| Curie::is_made_of(id.prefix, id.local);
        let mut lists: [Vec<CurieParts<'_>>; 5] = Default::default();
        let mut details = self.details(entity);
        let _: ControlFlow<()> = details.each_identifier(|role, id| {
            lists[role as usize].extend(good(id).then_some((id.prefix, id.local)));
            ControlFlow::Continue(())
        });
        let _taxon = details.reader.text();
        let description = details.reader.text();
        let [own, mut xrefs, retired_ids, mut references, replaced_by] = lists;
        xrefs.append(&mut references);
        let parents = self.parents(entity).into_iter().map(|parent| self.details(parent).identifier());
        Some(EntityParts {
            id: own.first().copied()?,
            entity_type: record.entity_type,
            description,
            obsolete: record.obsolete,
            xrefs,
            retired_ids,
            replaced_by,
            parent_ids: parents.filter(|id| good(*id)).map(|id| (id.prefix, id.local)).collect(),
        })
    }

    /// Name, version and licence of where an entity's facts come from; empty when it is not known.
    pub fn source_parts(&self, entity: EntityIndex) -> [&str; 3] {
        let origin = self.about.sources.get(usize::from(self.record(entity).source));
        origin.map_or([""; 3], |origin| [&origin.name, &origin.version, &origin.license])
    }

    pub(super) fn record(&self, entity: EntityIndex) -> EntityRecord {
        EntityRecord::read(self.section(Section::Entities), entity.position())
    }

    fn details(&self, entity: EntityIndex) -> Details<'_> {
        let position = self.record(entity).details as usize;
        let reader = ByteReader::new(self.section(Section::Details), position);
        Details { reader, prefixes: &self.about.prefixes }
    }

    /// Its identifiers of every role, in the order of the roles.
    pub(super) fn identifiers_of(&self, entity: EntityIndex) -> Vec<(IdentifierRole, Identifier<'_>)> {
        let mut found = Vec::new();
        let _: Option<()> = self.find_identifier(entity, |role, id| {
            found.push((role, id));
            None
        });
        found
    }

    /// The first answer of `find` to its identifiers, in the order of the roles. Allocates nothing.
    pub(super) fn find_identifier<'c, B>(
        &'c self,
        entity: EntityIndex,
        mut find: impl FnMut(IdentifierRole, Identifier<'c>) -> Option<B>,
    ) -> Option<B> {
        if entity.position() >= self.entity_count() {
            return None;
        }
        let found = self
            .details(entity)
            .each_identifier(|role, id| find(role, id).map_or(ControlFlow::Continue(()), ControlFlow::Break));
        found.break_value()
    }

    /// Its own identifier, a CURIE; empty when there is no such entity.
    pub fn id(&self, entity: EntityIndex) -> String {
        if entity.position() >= self.entity_count() {
            return String::new();
        }
        self.details(entity).identifier().to_curie()
    }

    /// Its preferred name.
    pub fn label(&self, entity: EntityIndex) -> &str {
        self.names_of(entity).next().map_or("", |(_, label)| label)
    }

    /// Its names, the label first.
    pub fn names_of(&self, entity: EntityIndex) -> impl Iterator<Item = (NameScope, &str)> {
        let record = self.record(entity);
        let mut reader = ByteReader::new(self.section(Section::Names), record.names as usize);
        // A damaged count ends where the bytes do.
        (0..record.name_count).map_while(move |_| {
            let name = (!reader.is_at_end()).then(|| NameRecord::read(&mut reader))?;
            Some((name.scope, name.text))
        })
    }

    /// Its type.
    pub fn entity_type(&self, entity: EntityIndex) -> EntityType {
        self.record(entity).entity_type
    }

    /// The CURIE of the taxon it belongs to. Organisms belong to none.
    pub fn taxon_id(&self, entity: EntityIndex) -> Option<String> {
        let record = self.record(entity);
        if record.taxon > 0 && record.entity_type != EntityType::Species {
            return Some(format!("NCBITaxon:{}", record.taxon));
        }
        let mut details = self.details(entity);
        details.skip_identifiers();
        Some(details.reader.text()).filter(|taxon| !taxon.is_empty()).map(str::to_owned)
    }

    /// The number, in the NCBI taxonomy, of the taxon it belongs to; of an organism, its own.
    pub fn taxon_number(&self, entity: EntityIndex) -> Option<u32> {
        Some(self.record(entity).taxon).filter(|number| *number > 0)
    }

    /// Whether its own identifier is in the namespace that is wanted most for its type (by the catalog's recipe, else by
    /// [`super::default_namespaces`]). Of two entities of one name, the one that is not is likely the same thing in a
    /// terminology that nobody asked for.
    pub fn is_preferred(&self, entity: EntityIndex) -> bool {
        self.record(entity).preferred
    }

    /// How known it is, by how much the catalog has to say of it: 16 times the logarithm to the base of two of its names
    /// and, three times, its identifiers elsewhere.
    pub fn prominence(&self, entity: EntityIndex) -> u8 {
        self.record(entity).prominence
    }

    /// Its identifiers in other namespaces, CURIEs: those that mean the same first.
    pub fn xrefs(&self, entity: EntityIndex) -> impl Iterator<Item = String> {
        let ids = self.identifiers_of(entity).into_iter();
        ids.filter(|(role, _)| matches!(role, IdentifierRole::Equivalent | IdentifierRole::Reference))
            .map(|(_, id)| id.to_string())
    }

    /// Where its facts come from.
    pub fn source(&self, number: u8) -> Option<EntitySource> {
        self.about.sources.get(usize::from(number)).map(EntitySource::from)
    }

    /// The whole entity, put together anew; `None` when the catalog has no entity of that index, which then is another
    /// catalog's. Where the bytes of its identifier are damaged, which [`Catalog::verify`] tells, that is
    /// `glossator:damaged-` and its place.
    pub fn try_entity(&self, entity: EntityIndex) -> Option<Entity> {
        if entity.position() >= self.entity_count() {
            return None;
        }
        let record = self.record(entity);
        let mut lists: [Vec<Curie>; 5] = Default::default();
        let mut details = self.details(entity);
        let _: ControlFlow<()> = details.each_identifier(|role, id| {
            lists[role as usize].extend(Curie::new(id.prefix, id.local));
            ControlFlow::Continue(())
        });
        let description = {
            let _taxon = details.reader.text();
            details.reader.text().to_owned()
        };
        let [own, mut xrefs, retired_ids, references, replaced_by] = lists;
        xrefs.extend(references);
        let synonyms = self.names_of(entity).filter_map(|(scope, text)| {
            Some(Synonym { text: text.to_owned(), scope: scope.synonym_scope()? })
        });
        let damaged = || Curie::new("glossator", &format!("damaged-{}", entity.0));
        Some(Entity {
            id: own.into_iter().next().or_else(damaged)?,
            entity_type: record.entity_type,
            label: self.label(entity).to_owned(),
            synonyms: synonyms.collect(),
            description,
            taxon_id: self.taxon_id(entity).and_then(|taxon| curie(&taxon)),
            xrefs,
            retired_ids,
            parent_ids: self
                .parents(entity)
                .into_iter()
                .filter_map(|parent| curie(&self.id(parent)))
                .collect(),
            obsolete: record.obsolete,
            replaced_by,
            source: self.source(record.source).unwrap_or_default(),
        })
    }
}

/// A CURIE whose parts have been checked when it was read.
fn curie(text: &str) -> Option<Curie> {
    let (prefix, local) = text.split_once(':')?;
    Curie::new(prefix, local)
}
