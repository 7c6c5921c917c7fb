//! Papers and entities as records: tables for people, JSON in the wire's field names for programs.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::model::{Curie, Entity, EntityType, Paper, PaperEntity, SynonymScope};

/// The name of a type on the wire, such as `ENTITY_TYPE_CELL_LINE`.
pub fn wire_type_name(entity_type: EntityType) -> String {
    let mut name = String::from("ENTITY_TYPE");
    for letter in entity_type.name().chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

const fn scope_name(scope: SynonymScope) -> &'static str {
    match scope {
        SynonymScope::Exact => "exact",
        SynonymScope::Narrow => "narrow",
        SynonymScope::Broad => "broad",
        SynonymScope::Related => "related",
    }
}

/// Leaves out what is empty, as JSON of proto3 does.
fn compact(fields: Map<String, Value>) -> Value {
    let empty = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    Value::Object(fields.into_iter().filter(|(_, value)| !empty(value)).collect())
}

fn object(fields: Value) -> Value {
    match fields {
        Value::Object(fields) => compact(fields),
        other => other,
    }
}

fn texts(curies: &[Curie]) -> Vec<&str> {
    curies.iter().map(Curie::as_str).collect()
}

/// One line of JSON for an entity, in the wire's field names.
pub fn entity_json(entity: &Entity) -> String {
    let synonyms: Vec<Value> = entity
        .synonyms
        .iter()
        .map(|synonym| {
            let scope = format!("SYNONYM_SCOPE_{}", scope_name(synonym.scope).to_ascii_uppercase());
            json!({"text": synonym.text, "scope": scope})
        })
        .collect();
    let record = object(json!({
        "id": entity.id.as_str(),
        "type": wire_type_name(entity.entity_type),
        "label": entity.label,
        "synonyms": synonyms,
        "description": entity.description,
        "taxon_id": entity.taxon_id.as_ref().map(Curie::as_str),
        "xrefs": texts(&entity.xrefs),
        "retired_ids": texts(&entity.retired_ids),
        "parent_ids": texts(&entity.parent_ids),
        "obsolete": entity.obsolete,
        "replaced_by": texts(&entity.replaced_by),
        "source": object(json!({
            "name": entity.source.name,
            "version": entity.source.version,
            "license": entity.source.license,
        })),
    }));
    format!("{record}\n")
}

/// One line of JSON for a paper, in the wire's field names.
pub fn paper_json(paper: &Paper) -> String {
    let entities = |entities: &[PaperEntity]| -> Vec<Value> {
        let entity = |entity: &PaperEntity| {
            object(json!({
                "type": wire_type_name(entity.entity_type),
                "text": entity.text,
                "label": entity.label,
                "entity_id": entity.entity_id,
                "aliases": entity.aliases,
                "group": entity.group,
                "rank": entity.rank,
            }))
        };
        entities.iter().map(entity).collect()
    };
    let authors: Vec<Value> = paper
        .authors
        .iter()
        .map(|author| object(json!({"display_name": author.display_name, "orcid": author.orcid})))
        .collect();
    let sections: Vec<Value> = paper
        .sections
        .iter()
        .map(|section| object(json!({"kind": section.kind, "title": section.title, "text": section.text})))
        .collect();
    let date =
        paper.publication_date.map(|date| json!({"year": date.year, "month": date.month, "day": date.day}));
    let record = object(json!({
        "id": paper.id().map(|id| id.to_string()),
        "identifiers": object(json!({
            "pmcid": paper.identifiers.pmcid,
            "pmid": paper.identifiers.pmid,
            "doi": paper.identifiers.doi,
        })),
        "title": paper.title,
        "authors": authors,
        "venue": paper.venue,
        "publication_date": date,
        "summary": paper.summary,
        "contribution": paper.contribution,
        "key_findings": paper.key_findings,
        "sections": sections,
        "linked_entities": entities(&paper.linked_entities),
        "mentioned_entities": entities(&paper.mentioned_entities),
        "figure_count": paper.figure_count,
        "reference_count": paper.reference_count,
        "source_uri": paper.source_uri,
        "full_text_uri": paper.full_text_uri,
        "license": paper.license,
    }));
    format!("{record}\n")
}

/// Lines of `name  value`, the empty ones left out.
struct Lines(String);

impl Lines {
    const NAME_WIDTH: usize = 14;

    fn add(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(self.0, "{name:<width$}{value}", width = Self::NAME_WIDTH);
        }
    }

    fn finish(mut self) -> String {
        self.0.push('\n');
        self.0
    }
}

/// An entity for people: a line a fact.
pub fn entity_table(entity: &Entity) -> String {
    let mut lines = Lines(String::new());
    lines.add("id", entity.id.as_str());
    lines.add("type", entity.entity_type.name());
    lines.add("label", &entity.label);
    for scope in [SynonymScope::Exact, SynonymScope::Related, SynonymScope::Narrow, SynonymScope::Broad] {
        let names: Vec<&str> = entity
            .synonyms
            .iter()
            .filter(|synonym| synonym.scope == scope)
            .map(|synonym| synonym.text.as_str())
            .collect();
        lines.add(scope_name(scope), &names.join(" | "));
    }
    lines.add("description", &entity.description);
    lines.add("taxon", entity.taxon_id.as_ref().map_or("", Curie::as_str));
    lines.add("xrefs", &texts(&entity.xrefs).join(" "));
    lines.add("retired", &texts(&entity.retired_ids).join(" "));
    lines.add("parents", &texts(&entity.parent_ids).join(" "));
    lines.add("obsolete", if entity.obsolete { "yes" } else { "" });
    lines.add("replaced by", &texts(&entity.replaced_by).join(" "));
    let source = &entity.source;
    let source = [&source.name, &source.version, &source.license];
    let known: Vec<&str> = source.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    lines.add("source", &known.join(", "));
    lines.finish()
}

/// An entity as a section of Markdown.
pub fn entity_markdown(entity: &Entity) -> String {
    let mut text =
        format!("# {}\n\n- **Id:** {}\n- **Type:** {}\n", entity.label, entity.id, entity.entity_type);
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "- **{name}:** {value}");
        }
    };
    let names: Vec<String> = entity
        .synonyms
        .iter()
        .map(|synonym| match synonym.scope {
            SynonymScope::Exact => synonym.text.clone(),
            scope => format!("{} ({})", synonym.text, scope_name(scope)),
        })
        .collect();
    add("Synonyms", names.join("; "));
    add("Description", entity.description.clone());
    add("Taxon", entity.taxon_id.as_ref().map(ToString::to_string).unwrap_or_default());
    add("Cross-references", texts(&entity.xrefs).join(", "));
    add("Retired identifiers", texts(&entity.retired_ids).join(", "));
    add("Parents", texts(&entity.parent_ids).join(", "));
    add("Replaced by", texts(&entity.replaced_by).join(", "));
    add("Source", format!("{} {}", entity.source.name, entity.source.version).trim().to_owned());
    text.push('\n');
    text
}

/// A paper for people: a line a fact, without its text.
pub fn paper_table(paper: &Paper) -> String {
    let mut lines = Lines(String::new());
    lines.add("id", &paper.id().map(|id| id.to_string()).unwrap_or_default());
    lines.add("title", &paper.title);
    let authors: Vec<&str> = paper.authors.iter().map(|author| author.display_name.as_str()).collect();
    lines.add("authors", &authors.join(", "));
    lines.add("venue", &paper.venue);
    lines.add("date", &paper.publication_date.map(|date| date.to_string()).unwrap_or_default());
    lines.add("pmcid", paper.identifiers.pmcid.as_deref().unwrap_or_default());
    lines.add("pmid", paper.identifiers.pmid.as_deref().unwrap_or_default());
    lines.add("doi", paper.identifiers.doi.as_deref().unwrap_or_default());
    lines.add("summary", &paper.summary);
    lines.add("contribution", &paper.contribution);
    for finding in &paper.key_findings {
        lines.add("finding", finding);
    }
    for (name, entities) in [("linked", &paper.linked_entities), ("mentioned", &paper.mentioned_entities)] {
        for entity in entities {
            let id = if entity.entity_id.is_empty() { "-" } else { entity.entity_id.as_str() };
            lines.add(name, &format!("{:<10}{:<22}{}", entity.entity_type.name(), id, entity.text));
        }
    }
    let count = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
    lines.add("figures", &count(paper.figure_count));
    lines.add("references", &count(paper.reference_count));
    lines.add("source", &paper.source_uri);
    lines.add("full text", &paper.full_text_uri);
    lines.add("license", &paper.license);
    lines.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntitySource, PaperIdentifiers, PublicationDate, Synonym};

    fn entity() -> Entity {
        Entity {
            synonyms: vec![
                Synonym { text: "IL-7".to_owned(), scope: SynonymScope::Exact },
                Synonym { text: "lymphopoietin".to_owned(), scope: SynonymScope::Related },
            ],
            taxon_id: Some("NCBITaxon:9606".parse().unwrap()),
            xrefs: vec!["HGNC:6023".parse().unwrap()],
            source: EntitySource { name: "NCBI Gene".to_owned(), ..EntitySource::default() },
            ..Entity::named("NCBIGene:3574".parse().unwrap(), EntityType::Gene, "IL7")
        }
    }

    #[test]
    fn types_have_their_wire_names() {
        assert_eq!(wire_type_name(EntityType::Gene), "ENTITY_TYPE_GENE");
        assert_eq!(wire_type_name(EntityType::CellLine), "ENTITY_TYPE_CELL_LINE");
        assert_eq!(wire_type_name(EntityType::BiologicalProcess), "ENTITY_TYPE_BIOLOGICAL_PROCESS");
    }

    #[test]
    fn an_entity_is_one_line_of_json_without_empty_fields() {
        assert_eq!(
            entity_json(&entity()),
            concat!(
                r#"{"id":"NCBIGene:3574","type":"ENTITY_TYPE_GENE","label":"IL7","synonyms":[{"text":"IL-7","scope":"#,
                r#""SYNONYM_SCOPE_EXACT"},{"text":"lymphopoietin","scope":"SYNONYM_SCOPE_RELATED"}],"taxon_id":"#,
                r#""NCBITaxon:9606","xrefs":["HGNC:6023"],"source":{"name":"NCBI Gene"}}"#,
                "\n"
            )
        );
    }

    #[test]
    fn tables_hold_what_is_known() {
        let table = entity_table(&entity());
        assert!(table.contains("exact         IL-7\nrelated       lymphopoietin\n"), "{table}");
        assert!(!table.contains("parents"), "{table}");
        assert!(entity_markdown(&entity()).contains("- **Synonyms:** IL-7; lymphopoietin (related)\n"));
        let paper = Paper {
            identifiers: PaperIdentifiers { pmid: Some("5".to_owned()), ..PaperIdentifiers::default() },
            title: "A title".to_owned(),
            publication_date: PublicationDate::new(2004, 6, 0),
            figure_count: Some(0),
            ..Paper::default()
        };
        let table = paper_table(&paper);
        assert!(
            table.starts_with("id            PMID:5\ntitle         A title\ndate          2004-06\n"),
            "{table}"
        );
        assert!(table.contains("figures       0\n"));
        assert_eq!(
            paper_json(&paper),
            concat!(
                r#"{"id":"PMID:5","identifiers":{"pmid":"5"},"title":"A title","publication_date":"#,
                r#"{"year":2004,"month":6,"day":0},"figure_count":0}"#,
                "\n"
            )
        );
    }
}
