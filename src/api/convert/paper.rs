//! Papers, and the masks that pick their fields.

use crate::api::error::ApiError;
use crate::api::proto;
use crate::model::{Paper, PaperEntity, PublicationDate};

/// The most paths of a read mask.
const PATHS_LIMIT: usize = 100;

/// The fields of a Paper by their names on the wire, and how each is cleared.
type Clear = fn(&mut proto::Paper);
const FIELDS: &[(&str, Clear)] = &[
    // The id is always answered.
    ("id", |_| {}),
    ("identifiers", |paper| paper.identifiers = None),
    ("title", |paper| paper.title.clear()),
    ("authors", |paper| paper.authors.clear()),
    ("venue", |paper| paper.venue.clear()),
    ("publication_date", |paper| paper.publication_date = None),
    ("summary", |paper| paper.summary.clear()),
    ("contribution", |paper| paper.contribution.clear()),
    ("key_findings", |paper| paper.key_findings.clear()),
    ("sections", |paper| paper.sections.clear()),
    ("linked_entities", |paper| paper.linked_entities.clear()),
    ("mentioned_entities", |paper| paper.mentioned_entities.clear()),
    ("figure_count", |paper| paper.figure_count = None),
    ("reference_count", |paper| paper.reference_count = None),
    ("source_uri", |paper| paper.source_uri.clear()),
    ("full_text_uri", |paper| paper.full_text_uri.clear()),
    ("license", |paper| paper.license.clear()),
];

/// Which fields of papers to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PaperMask(u32);

impl PaperMask {
    /// The mask of a request; all fields when it is absent, empty or `*`.
    ///
    /// # Errors
    /// A path that is no field of Paper; fields within fields are not told apart.
    pub fn new(mask: Option<&prost_types::FieldMask>) -> Result<Self, ApiError> {
        let paths = mask.map_or(&[][..], |mask| mask.paths.as_slice());
        if paths.is_empty() || paths == ["*"] {
            return Ok(Self(u32::MAX));
        }
        if paths.len() > PATHS_LIMIT {
            return Err(ApiError::invalid("read_mask", format!("at most {PATHS_LIMIT} paths are accepted")));
        }
        let mut bits = 0;
        for path in paths {
            let Some(index) = FIELDS.iter().position(|(name, _)| name == path) else {
                let short: String = path.chars().take(80).collect();
                return Err(ApiError::invalid(
                    "read_mask",
                    format!("\"{short}\" is no field of glossator.v1.Paper"),
                ));
            };
            bits |= 1 << index;
        }
        Ok(Self(bits))
    }

    /// Whether the field of that tag is wanted; the fields' tags count from 1 in the order of [`FIELDS`].
    pub(super) const fn has(self, tag: u32) -> bool {
        self.0 & (1 << (tag - 1)) != 0
    }

    /// The fields that can be asked for.
    #[cfg(test)]
    pub(super) fn field_names() -> impl Iterator<Item = &'static str> {
        FIELDS.iter().map(|(name, _)| *name)
    }
}

/// A paper for the wire, with the fields of the mask.
pub fn paper(paper: &Paper, mask: PaperMask) -> proto::Paper {
    let mut answer = whole_paper(paper);
    for (index, (_, clear)) in FIELDS.iter().enumerate() {
        if mask.0 & (1 << index) == 0 {
            clear(&mut answer);
        }
    }
    answer
}

fn whole_paper(paper: &Paper) -> proto::Paper {
    proto::Paper {
        id: paper.id().map(|id| id.to_string()).unwrap_or_default(),
        identifiers: Some(proto::PaperIdentifiers {
            pmcid: paper.identifiers.pmcid.clone().unwrap_or_default(),
            pmid: paper.identifiers.pmid.clone().unwrap_or_default(),
            doi: paper.identifiers.doi.clone().unwrap_or_default(),
        }),
        title: paper.title.clone(),
        authors: paper
            .authors
            .iter()
            .map(|author| proto::Author {
                display_name: author.display_name.clone(),
                orcid: author.orcid.clone(),
            })
            .collect(),
        venue: paper.venue.clone(),
        publication_date: paper.publication_date.map(|date| proto::PublicationDate {
            year: u32::from(date.year),
            month: u32::from(date.month),
            day: u32::from(date.day),
        }),
        summary: paper.summary.clone(),
        contribution: paper.contribution.clone(),
        key_findings: paper.key_findings.clone(),
        sections: paper
            .sections
            .iter()
            .map(|section| proto::Section {
                kind: section.kind.clone(),
                title: section.title.clone(),
                text: section.text.clone(),
            })
            .collect(),
        linked_entities: paper.linked_entities.iter().map(paper_entity).collect(),
        mentioned_entities: paper.mentioned_entities.iter().map(paper_entity).collect(),
        figure_count: paper.figure_count,
        reference_count: paper.reference_count,
        source_uri: paper.source_uri.clone(),
        full_text_uri: paper.full_text_uri.clone(),
        license: paper.license.clone(),
    }
}

fn paper_entity(entity: &PaperEntity) -> proto::PaperEntity {
    proto::PaperEntity {
        r#type: proto::EntityType::from(entity.entity_type) as i32,
        text: entity.text.clone(),
        label: entity.label.clone(),
        entity_id: entity.entity_id.clone(),
        aliases: entity.aliases.clone(),
        group: entity.group.clone(),
        rank: entity.rank.clone(),
    }
}

/// A date of a request.
///
/// # Errors
/// A date that is none.
pub fn publication_date(
    date: Option<proto::PublicationDate>,
    field: &str,
) -> Result<Option<PublicationDate>, ApiError> {
    let Some(date) = date else { return Ok(None) };
    let checked = (|| {
        let year = u16::try_from(date.year).ok()?;
        PublicationDate::new(year, u8::try_from(date.month).ok()?, u8::try_from(date.day).ok()?)
    })();
    match checked {
        Some(date) => Ok(Some(date)),
        None => {
            let problem = format!("{}-{}-{} is no date", date.year, date.month, date.day);
            Err(ApiError::invalid(field, problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Author, PaperIdentifiers, Section};

    fn sample() -> Paper {
        let entity = PaperEntity {
            entity_type: crate::model::EntityType::Gene,
            group: "Genes".to_owned(),
            text: "IL7".to_owned(),
            label: "interleukin 7".to_owned(),
            rank: String::new(),
            entity_id: "NCBIGene:3574".to_owned(),
            aliases: vec!["IL-7".to_owned()],
        };
        Paper {
            identifiers: PaperIdentifiers { pmcid: Some("PMC1".to_owned()), pmid: None, doi: None },
            title: "T".to_owned(),
            authors: vec![Author { display_name: "A".to_owned(), orcid: "0".to_owned() }],
            venue: "V".to_owned(),
            publication_date: PublicationDate::new(2026, 1, 0),
            summary: "S".to_owned(),
            contribution: "C".to_owned(),
            key_findings: vec!["K".to_owned()],
            sections: vec![Section::default()],
            linked_entities: vec![entity.clone()],
            mentioned_entities: vec![entity],
            figure_count: Some(1),
            reference_count: Some(0),
            source_uri: "s".to_owned(),
            full_text_uri: "f".to_owned(),
            license: "CC0-1.0".to_owned(),
        }
    }

    fn mask(paths: &[&str]) -> prost_types::FieldMask {
        prost_types::FieldMask { paths: paths.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn every_field_can_be_picked_alone() {
        let whole = paper(&sample(), PaperMask::new(None).unwrap());
        for (name, clear) in FIELDS {
            let alone = paper(&sample(), PaperMask::new(Some(&mask(&[name]))).unwrap());
            assert_eq!(alone.id, "PMC1");
            let mut without = alone.clone();
            clear(&mut without);
            let nothing = proto::Paper { id: "PMC1".to_owned(), ..proto::Paper::default() };
            assert_eq!(without, nothing, "{name} alone");
            if *name != "id" {
                assert_ne!(alone, nothing, "{name} is there");
                let mut rest = whole.clone();
                clear(&mut rest);
                assert_ne!(rest, whole, "{name} can be cleared");
            }
        }
    }

    #[test]
    fn masks_are_checked() {
        let everything = PaperMask::new(None);
        assert_eq!(PaperMask::new(Some(&mask(&[]))), everything);
        assert_eq!(PaperMask::new(Some(&mask(&["*"]))), everything);
        for bad in [&["nothing"][..], &["identifiers.pmid"], &["title", ""], &["title"; PATHS_LIMIT + 1]] {
            assert!(PaperMask::new(Some(&mask(bad))).is_err(), "{bad:?}");
        }
        assert!(PaperMask::new(Some(&mask(&["title"; PATHS_LIMIT]))).is_ok());
    }

    #[test]
    fn dates_are_checked() {
        let date =
            |year, month, day| publication_date(Some(proto::PublicationDate { year, month, day }), "from");
        assert_eq!(publication_date(None, "from"), Ok(None));
        assert_eq!(date(2026, 0, 0).unwrap(), PublicationDate::new(2026, 0, 0));
        for (year, month, day) in
            [(0, 1, 1), (2026, 13, 1), (2026, 2, 30), (70_000, 1, 1), (2026, 1, 300), (2026, 0, 1)]
        {
            assert!(date(year, month, day).is_err(), "{year}-{month}-{day}");
        }
    }
}
