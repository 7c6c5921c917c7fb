//! Entities, their types and taxa.

use crate::api::error::ApiError;
use crate::api::proto;
use crate::model::{Curie, Entity, EntityType, SynonymScope};

/// The most taxa of a request.
const TAXA_LIMIT: usize = 1_000;

impl From<EntityType> for proto::EntityType {
    fn from(entity_type: EntityType) -> Self {
        match entity_type {
            EntityType::Gene => Self::Gene,
            EntityType::Disease => Self::Disease,
            EntityType::Chemical => Self::Chemical,
            EntityType::Species => Self::Species,
            EntityType::CellLine => Self::CellLine,
            EntityType::Variant => Self::Variant,
            EntityType::Phenotype => Self::Phenotype,
            EntityType::CellType => Self::CellType,
            EntityType::Anatomy => Self::Anatomy,
            EntityType::BiologicalProcess => Self::BiologicalProcess,
            EntityType::MolecularFunction => Self::MolecularFunction,
            EntityType::CellularComponent => Self::CellularComponent,
            EntityType::Other => Self::Other,
        }
    }
}

/// The type of a wire value; `None` for UNSPECIFIED and for values that this version does not know.
pub fn entity_type(value: i32) -> Option<EntityType> {
    EntityType::ALL.into_iter().find(|entity_type| proto::EntityType::from(*entity_type) as i32 == value)
}

/// The types of a filter.
///
/// # Errors
/// A value that is no type.
pub fn entity_types(values: &[i32], field: &str) -> Result<Vec<EntityType>, ApiError> {
    let mut types = values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            entity_type(*value).ok_or_else(|| {
                ApiError::invalid(format!("{field}[{index}]"), format!("{value} is no type to ask for"))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    types.sort_unstable();
    types.dedup();
    Ok(types)
}

/// The taxa of a filter.
///
/// # Errors
/// An identifier that is none of NCBITaxon, or more than 1,000 of them.
pub fn taxa(values: &[String], field: &str) -> Result<Vec<Curie>, ApiError> {
    if values.len() > TAXA_LIMIT {
        return Err(ApiError::invalid(
            field,
            format!("{} taxa; at most {TAXA_LIMIT} are accepted", values.len()),
        ));
    }
    values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            let bad = |problem: String| ApiError::invalid(format!("{field}[{index}]"), problem);
            // A bare number can only be a taxon's here.
            let digits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            let parsed = if digits { format!("NCBITaxon:{value}").parse() } else { value.parse::<Curie>() };
            match parsed {
                Ok(curie) if curie.prefix() == "NCBITaxon" => Ok(curie),
                Ok(curie) => Err(bad(format!("{curie} is no taxon; write one such as NCBITaxon:9606"))),
                Err(_) => Err(bad("is no taxon; write one such as NCBITaxon:9606".to_owned())),
            }
        })
        .collect()
}

/// An entity for the wire.
pub fn entity(entity: &Entity) -> proto::Entity {
    let texts = |curies: &[Curie]| curies.iter().map(ToString::to_string).collect();
    proto::Entity {
        id: entity.id.to_string(),
        r#type: proto::EntityType::from(entity.entity_type) as i32,
        label: entity.label.clone(),
        synonyms: entity
            .synonyms
            .iter()
            .map(|synonym| proto::Synonym { text: synonym.text.clone(), scope: scope(synonym.scope) as i32 })
            .collect(),
        description: entity.description.clone(),
        taxon_id: entity.taxon_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        xrefs: texts(&entity.xrefs),
        parent_ids: texts(&entity.parent_ids),
        obsolete: entity.obsolete,
        replaced_by: texts(&entity.replaced_by),
        source: Some(proto::EntitySource {
            name: entity.source.name.clone(),
            version: entity.source.version.clone(),
            license: entity.source.license.clone(),
        }),
        retired_ids: texts(&entity.retired_ids),
    }
}

pub(super) const fn scope(scope: SynonymScope) -> proto::SynonymScope {
    match scope {
        SynonymScope::Exact => proto::SynonymScope::Exact,
        SynonymScope::Narrow => proto::SynonymScope::Narrow,
        SynonymScope::Broad => proto::SynonymScope::Broad,
        SynonymScope::Related => proto::SynonymScope::Related,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_keep_their_names_on_the_wire() {
        for entity_type_here in EntityType::ALL {
            let wire = proto::EntityType::from(entity_type_here);
            assert_eq!(entity_type(wire as i32), Some(entity_type_here));
            let name = wire.as_str_name().trim_start_matches("ENTITY_TYPE_");
            assert_eq!(EntityType::from_name(name), Some(entity_type_here));
        }
        assert_eq!((entity_type(0), entity_type(999), entity_type(-1)), (None, None, None));
    }

    #[test]
    fn filters_are_checked() {
        assert_eq!(entity_types(&[2, 1, 2], "types"), Ok(vec![EntityType::Gene, EntityType::Disease]));
        let error = entity_types(&[1, 0], "types").unwrap_err();
        assert!(matches!(error, ApiError::InvalidField { field, .. } if field == "types[1]"));
        let mouse = taxa(&["mouse".to_owned()], "taxa").unwrap_err();
        assert!(matches!(mouse, ApiError::InvalidField { field, .. } if field == "taxa[0]"));
        assert_eq!(taxa(&["9606".to_owned()], "taxa").unwrap()[0].as_str(), "NCBITaxon:9606");
        assert_eq!(taxa(&["taxon 9606".to_owned()], "taxa").unwrap()[0].as_str(), "NCBITaxon:9606");
        assert!(taxa(&["MESH:D009101".to_owned()], "taxa").is_err());
        let many = vec!["NCBITaxon:9606".to_owned(); TAXA_LIMIT + 1];
        assert!(taxa(&many[..TAXA_LIMIT], "taxa").is_ok() && taxa(&many, "taxa").is_err());
    }
}
