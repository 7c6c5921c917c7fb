//! Papers: what a corpus holds.

use std::fmt;
use std::str::FromStr;

use super::{Document, EntityType, PaperId, Passage};

/// A paper's identifiers; at least one is there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct PaperIdentifiers {
    /// `PMC` and digits, such as `PMC12808468`.
    pub pmcid: Option<String>,
    /// Digits only, such as `31452104`.
    pub pmid: Option<String>,
    /// Without a resolver, in lower case, such as `10.3389/fimmu.2025.1736931`.
    pub doi: Option<String>,
}

/// An author.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Author {
    /// The name as the paper shows it.
    pub display_name: String,
    /// Four groups of four, such as `0000-0002-1825-0097`; empty when unknown.
    pub orcid: String,
}

/// A date of which the month and the day may be unknown (0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicationDate {
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12, or 0 when unknown.
    pub month: u8,
    /// 1 to 31, or 0 when unknown.
    pub day: u8,
}

/// A date that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a date; write YYYY, YYYY-MM or YYYY-MM-DD")]
pub struct PublicationDateError(pub String);

impl PublicationDate {
    /// A date whose parts have been checked: the day needs the month, and the month has that many days.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            0 => 0,
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        ((1..=9999).contains(&year) && day <= days).then_some(Self { year, month, day })
    }
}

impl fmt::Display for PublicationDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}", self.year)?;
        if self.month > 0 {
            write!(formatter, "-{:02}", self.month)?;
        }
        if self.day > 0 {
            write!(formatter, "-{:02}", self.day)?;
        }
        Ok(())
    }
}

impl FromStr for PublicationDate {
    type Err = PublicationDateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PublicationDateError(text.chars().take(40).collect());
        let mut parts = text.split('-');
        let mut next = |digits: usize| -> Result<u16, PublicationDateError> {
            match parts.next() {
                None => Ok(0),
                Some(part) if part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()) => {
                    match part.parse() {
                        Ok(0) | Err(_) => Err(error()),
                        Ok(number) => Ok(number),
                    }
                }
                Some(_) => Err(error()),
            }
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        if parts.next().is_some() {
            return Err(error());
        }
        let small = |number: u16| u8::try_from(number).map_err(|_| error());
        Self::new(year, small(month)?, small(day)?).ok_or_else(error)
    }
}

/// A part of a paper's text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// `abstract`, `introduction`, `methods`, ...; may be empty.
    pub kind: String,
    /// Its heading; may be empty.
    pub title: String,
    /// Its text.
    pub text: String,
}

/// An entity that a paper's page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperEntity {
    /// What kind of thing it is.
    pub entity_type: EntityType,
    /// The heading that the page lists it under, such as `Proteins`; empty when there is none.
    pub group: String,
    /// The mention, symbol or name as the page shows it.
    pub text: String,
    /// The longer name in brackets; empty when there is none.
    pub label: String,
    /// The rank of a taxon, such as `species`; empty when there is none.
    pub rank: String,
    /// Its identifier as a CURIE; empty when the page gives none.
    pub entity_id: String,
    /// Other names.
    pub aliases: Vec<String>,
}

/// A paper, as a corpus holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paper {
    /// Its identifiers.
    pub identifiers: PaperIdentifiers,
    /// Its title.
    pub title: String,
    /// Its authors, in order.
    pub authors: Vec<Author>,
    /// The journal or server; empty when unknown.
    pub venue: String,
    /// When it appeared.
    pub publication_date: Option<PublicationDate>,
    /// A summary in a sentence or two (TL;DR); empty when there is none.
    pub summary: String,
    /// What it adds; empty when there is none.
    pub contribution: String,
    /// What it found, a sentence each.
    pub key_findings: Vec<String>,
    /// Its text, the abstract first.
    pub sections: Vec<Section>,
    /// Entities that it is about, linked to identifiers.
    pub linked_entities: Vec<PaperEntity>,
    /// Entities that its full text mentions.
    pub mentioned_entities: Vec<PaperEntity>,
    /// How many figures it has, when known.
    pub figure_count: Option<u32>,
    /// How many references it lists, when known.
    pub reference_count: Option<u32>,
    /// Where this record comes from; empty when unknown.
    pub source_uri: String,
    /// Where the whole text is; empty when unknown.
    pub full_text_uri: String,
    /// The licence of its text; empty when unknown.
    pub license: String,
}

impl Paper {
    /// Its best identifier: PMC, then PMID, then DOI. `None` for a paper without any.
    pub fn id(&self) -> Option<PaperId> {
        PaperId::best(&self.identifiers)
    }

    /// The document to annotate: passage 0 is the title, passage n + 1 is `sections[n]`.
    pub fn to_document(&self) -> Document {
        let title = Passage { kind: "title".to_owned(), title: String::new(), text: self.title.clone() };
        let sections = self.sections.iter().map(|section| Passage {
            kind: section.kind.clone(),
            title: section.title.clone(),
            text: section.text.clone(),
        });
        Document {
            id: self.id().map_or_else(String::new, |id| id.to_string()),
            passages: std::iter::once(title).chain(sections).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_and_write_themselves() {
        for text in ["2026", "2026-01", "2026-01-02", "2024-02-29", "0001-12-31"] {
            let date: PublicationDate = text.parse().unwrap();
            assert_eq!(date.to_string(), text);
        }
        for text in [
            "",
            "26",
            "2026-1",
            "2026-13",
            "2026-02-30",
            "2025-02-29",
            "2026-00",
            "2026-01-02-03",
            "2026-01-00",
            "0000",
            "+026",
            "2026-04-31",
        ] {
            assert!(text.parse::<PublicationDate>().is_err(), "{text}");
        }
    }
}
