//! Entities and papers straight into the bytes of their messages: streams of lookups answer hundreds of thousands a second,
//! where copying every text into a message first costs more than all else. The tests hold the bytes against the messages.

use super::paper::PaperMask;
use crate::api::encoded::{Field, Writer};
use crate::api::proto;
use crate::catalog::{Catalog, CurieParts, EntityIndex};
use crate::model::{self, EntityType, Paper, PaperEntity, SynonymScope};

use Field::{Curie, Item, Number, Text};

/// Room for what is short of a paper, in bytes.
const PAPER_BYTES: usize = 1_024;

/// The number of a type on the wire.
pub(super) fn type_number(entity_type: EntityType) -> u64 {
    proto::EntityType::from(entity_type) as u64
}

const fn scope_number(scope: SynonymScope) -> u64 {
    super::entity::scope(scope) as u64
}

/// `glossator.v1.Entity`, from where the catalog has it.
pub fn write_entity(writer: &mut Writer<'_>, catalog: &Catalog, entity: EntityIndex) {
    let Some(parts) = catalog.entity_parts(entity) else {
        // Damaged; what is told of it is told in one place.
        return writer.prost(&super::entity(&catalog.entity(entity)));
    };
    let curies = |writer: &mut Writer<'_>, tag: u32, ids: &[CurieParts<'_>]| {
        ids.iter().for_each(|(prefix, local)| writer.field(Curie(tag, prefix, local)));
    };
    writer.field(Curie(1, parts.id.0, parts.id.1));
    writer.field(Number(2, type_number(parts.entity_type)));
    for (place, (scope, text)) in catalog.names_of(entity).enumerate() {
        if place == 0 {
            writer.field(Text(3, text));
        }
        if let Some(scope) = scope.synonym_scope() {
            writer.fields(4, &[Text(1, text), Number(2, scope_number(scope))]);
        }
    }
    writer.field(Text(5, parts.description));
    // Put together of a number, mostly.
    if let Some(taxon) = catalog.taxon_id(entity).filter(|taxon| is_curie(taxon)) {
        writer.field(Text(6, &taxon));
    }
    curies(writer, 7, &parts.xrefs);
    curies(writer, 8, &parts.parent_ids);
    writer.field(Number(9, u64::from(parts.obsolete)));
    curies(writer, 10, &parts.replaced_by);
    let [name, version, license] = catalog.source_parts(entity);
    writer.fields(11, &[Text(1, name), Text(2, version), Text(3, license)]);
    curies(writer, 12, &parts.retired_ids);
}

fn is_curie(text: &str) -> bool {
    text.split_once(':').is_some_and(|(prefix, local)| model::Curie::is_made_of(prefix, local))
}

/// `glossator.v1.Paper`, with the fields of the mask. Their tags count from 1 in the order of the mask.
pub fn write_paper(paper: &Paper, mask: PaperMask) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(paper_bytes(paper, mask));
    let mut writer = Writer::new(&mut bytes);
    let text = |writer: &mut Writer<'_>, tag: u32, text: &str| {
        if mask.has(tag) {
            writer.field(Text(tag, text));
        }
    };
    let id = paper.id().map(|id| id.to_string()).unwrap_or_default();
    writer.field(Text(1, &id));
    if mask.has(2) {
        let [pmcid, pmid, doi] = [&paper.identifiers.pmcid, &paper.identifiers.pmid, &paper.identifiers.doi]
            .map(|id| id.as_deref().unwrap_or_default());
        writer.fields(2, &[Text(1, pmcid), Text(2, pmid), Text(3, doi)]);
    }
    text(&mut writer, 3, &paper.title);
    if mask.has(4) {
        for author in &paper.authors {
            writer.fields(4, &[Text(1, &author.display_name), Text(2, &author.orcid)]);
        }
    }
    text(&mut writer, 5, &paper.venue);
    if let Some(date) = paper.publication_date.filter(|_| mask.has(6)) {
        let [year, month, day] = [u64::from(date.year), u64::from(date.month), u64::from(date.day)];
        writer.fields(6, &[Number(1, year), Number(2, month), Number(3, day)]);
    }
    text(&mut writer, 7, &paper.summary);
    text(&mut writer, 8, &paper.contribution);
    if mask.has(9) {
        paper.key_findings.iter().for_each(|finding| writer.field(Item(9, finding)));
    }
    if mask.has(10) {
        for section in &paper.sections {
            let fields = [Text(1, &section.kind), Text(2, &section.title), Text(3, &section.text)];
            writer.fields(10, &fields);
        }
    }
    for (tag, entities) in [(11, &paper.linked_entities), (12, &paper.mentioned_entities)] {
        if mask.has(tag) {
            write_paper_entities(&mut writer, tag, entities);
        }
    }
    for (tag, count) in [(13, paper.figure_count), (14, paper.reference_count)] {
        if let Some(count) = count.filter(|_| mask.has(tag)) {
            writer.number(tag, u64::from(count));
        }
    }
    text(&mut writer, 15, &paper.source_uri);
    text(&mut writer, 16, &paper.full_text_uri);
    text(&mut writer, 17, &paper.license);
    bytes
}

/// Room for a paper: its longest parts, and some for the rest.
fn paper_bytes(paper: &Paper, mask: PaperMask) -> usize {
    let sections =
        if mask.has(10) { paper.sections.iter().map(|section| section.text.len() + 64).sum() } else { 0 };
    let entities = [(11, paper.linked_entities.len()), (12, paper.mentioned_entities.len())];
    let entities: usize = entities.iter().map(|(tag, count)| usize::from(mask.has(*tag)) * count * 96).sum();
    sections + entities + PAPER_BYTES
}

fn write_paper_entities(writer: &mut Writer<'_>, tag: u32, entities: &[PaperEntity]) {
    let mut fields = Vec::new();
    for entity in entities {
        fields.clear();
        fields.extend([
            Number(1, type_number(entity.entity_type)),
            Text(2, &entity.text),
            Text(3, &entity.label),
            Text(4, &entity.entity_id),
        ]);
        fields.extend(entity.aliases.iter().map(|alias| Item(5, alias)));
        fields.extend([Text(6, &entity.group), Text(7, &entity.rank)]);
        writer.fields(tag, &fields);
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::api::convert;
    use crate::api::encoded::written;
    use crate::corpus::Corpus;

    #[test]
    fn every_starter_entity_has_the_bytes_of_its_message() {
        let catalog = Catalog::embedded().unwrap();
        for index in catalog.indices() {
            let entity = catalog.entity(index);
            let message = convert::entity(&entity).encode_to_vec();
            let written = written(|writer| write_entity(writer, &catalog, index));
            assert_eq!(written, message, "{}", entity.id);
        }
    }

    #[test]
    fn every_starter_paper_has_the_bytes_of_its_message_by_every_field() {
        let mask = |paths: &[&str]| {
            let paths = paths.iter().map(ToString::to_string).collect();
            PaperMask::new(Some(&prost_types::FieldMask { paths })).unwrap()
        };
        let mut masks = vec![mask(&["*"]), mask(&["title", "authors", "license"])];
        masks.extend(PaperMask::field_names().map(|name| mask(&[name])));
        for paper in Corpus::embedded().unwrap().papers() {
            for mask in &masks {
                assert_eq!(write_paper(paper, *mask), convert::paper(paper, *mask).encode_to_vec());
            }
        }
    }
}
