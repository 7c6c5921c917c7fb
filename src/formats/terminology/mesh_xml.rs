//! MeSH's descriptors (`desc2026.xml`) and supplementary records (`supp2026.xml`), one record at a time.
//!
//! The elements are told at <https://www.nlm.nih.gov/mesh/xml_data_elements.html>. Terms of one concept are strictly
//! synonymous; those of a record's other concepts are not
//! (<https://www.nlm.nih.gov/mesh/concept_structure.html>): they have the scope of the relation between the concepts, and
//! are related where none is told.

use std::io::{self, Read};

use quick_xml::events::BytesStart;

use super::input::{BytesRead, RECORD_BYTES_LIMIT, Source};
use super::mesh::{self, add_mapped_heading, add_registry_number, kind_of, scope_of};
use super::parts::{add_category, finish, record_id};
use super::term::{NameKind, Term, TermError, TermName, TermReader};
use crate::formats::input::{FormatError, FormatProblem};
use crate::formats::xml::{Node, Xml, attribute, collapse};
use crate::model::SynonymScope;

/// The elements that a file of records has outermost.
const ROOTS: [&str; 2] = ["DescriptorRecordSet", "SupplementalRecordSet"];

/// Reads MeSH's records in XML.
pub struct MeshXmlReader {
    xml: Xml,
    bytes_read: BytesRead,
}

impl MeshXmlReader {
    /// Reads to the outermost element.
    ///
    /// # Errors
    /// A file that cannot be read, or holds no records of MeSH.
    pub fn new(source: Source) -> Result<Self, TermError> {
        let Source { file, bytes, bytes_read } = source;
        let mut xml = Xml::with_limit(file, bytes, RECORD_BYTES_LIMIT);
        loop {
            let found = match xml.next() {
                Ok(Node::Open(element)) if ROOTS.contains(&element.local_name().as_ref()) => {
                    return Ok(Self { xml, bytes_read });
                }
                Ok(Node::Open(element)) => format!("<{}>", element.local_name().as_ref()),
                Ok(Node::Text(text)) if text.trim().is_empty() => continue,
                Ok(Node::Text(_) | Node::Close | Node::End) => "no element".to_owned(),
                Err(problem) => problem.to_string(),
            };
            let problem =
                format!("not MeSH's XML: <{}> or <{}> is expected, not {found}", ROOTS[0], ROOTS[1]);
            return Err(TermError::NotTheFormat { file: xml.file().to_owned(), problem });
        }
    }

    /// As [`Self::new`], from any input; `file` is its name in errors.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_reader(file: &str, input: Box<dyn Read + Send>) -> Result<Self, TermError> {
        Self::new(Source::new(file, input)?)
    }
}

impl TermReader for MeshXmlReader {
    fn next_term(&mut self, term: &mut Term) -> Result<bool, TermError> {
        term.clear();
        let is_record = |name: &str| matches!(name, "DescriptorRecord" | "SupplementalRecord");
        let read = |xml: &mut Xml, element: &BytesStart<'_>| {
            term.line = xml.line() as u64;
            record(xml, element, term).map_err(|problem| (term.id.clone(), problem))
        };
        match self.xml.next_record(is_record, read) {
            None => return Ok(false),
            Some(Ok(())) => {}
            Some(Err(error)) => return Err(ended(error)),
        }
        let malformed = |problem| {
            let file = self.xml.file().to_owned();
            TermError::Malformed { file, line: term.line, problem }
        };
        if term.id.is_empty() {
            return Err(malformed("the record has no unique identifier".to_owned()));
        }
        term.id = record_id(&format!("{}{}", mesh::PREFIX, term.id)).map_err(malformed)?;
        finish(term, self.xml.file())?;
        Ok(true)
    }

    fn bytes_read(&self) -> u64 {
        self.bytes_read.get()
    }
}

/// XML that is not well-formed cannot be read any further.
fn ended(error: FormatError) -> TermError {
    let source = match error.problem {
        FormatProblem::Io(source) => source,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    };
    TermError::Read { file: error.file, line: error.line as u64, source }
}

/// Reads the record that has begun, to its end.
fn record(xml: &mut Xml, element: &BytesStart<'_>, term: &mut Term) -> Result<(), FormatProblem> {
    if let Some(class) = attribute(element, "SCRClass") {
        add_category(term, &format!("scr-{}", class.trim()));
    }
    let outside = xml.depth().saturating_sub(1);
    while xml.depth() > outside {
        let Node::Open(element) = xml.next()? else {
            continue;
        };
        match element.local_name().as_ref() {
            "DescriptorUI" | "SupplementalRecordUI" => term.id = text_of(xml)?,
            "DescriptorName" | "SupplementalRecordName" => term.label = text_of(xml)?,
            "TreeNumberList" => texts_within(xml, "TreeNumber", |number| add_category(term, number))?,
            "HeadingMappedToList" => {
                texts_within(xml, "DescriptorUI", |heading| add_mapped_heading(term, heading))?;
            }
            // A supplementary record's note stands where a descriptor has its scope note.
            "Note" if term.description.is_empty() => term.description = text_of(xml)?,
            "ConceptList" => {}
            "Concept" => concept(xml, &element, term)?,
            _ => xml.skip()?,
        }
    }
    Ok(())
}

/// A concept as far as it has been read.
#[derive(Default)]
struct Concept {
    id: String,
    preferred: bool,
    scope: Option<SynonymScope>,
    names: Vec<TermName>,
    registry_numbers: Vec<String>,
    related_numbers: Vec<String>,
}

/// Reads the concept that has begun, to its end.
fn concept(xml: &mut Xml, element: &BytesStart<'_>, term: &mut Term) -> Result<(), FormatProblem> {
    let mut concept = Concept { preferred: says_yes(element, "PreferredConceptYN"), ..Concept::default() };
    let outside = xml.depth().saturating_sub(1);
    while xml.depth() > outside {
        let Node::Open(element) = xml.next()? else {
            continue;
        };
        match element.local_name().as_ref() {
            "ConceptUI" => concept.id = text_of(xml)?,
            "RegistryNumber" => concept.registry_numbers.push(text_of(xml)?),
            "RelatedRegistryNumber" => concept.related_numbers.push(text_of(xml)?),
            "ScopeNote" if concept.preferred => term.description = text_of(xml)?,
            "ConceptRelation" => relation(xml, &element, &mut concept)?,
            "Term" => name(xml, &element, term, &mut concept)?,
            // Lists of those above.
            "ConceptRelationList" | "TermList" | "RegistryNumberList" | "RelatedRegistryNumberList" => {}
            _ => xml.skip()?,
        }
    }
    let told = concept.scope.unwrap_or(SynonymScope::Related);
    let scope = if concept.preferred { SynonymScope::Exact } else { told };
    term.names.extend(concept.names.into_iter().map(|name| TermName { scope, ..name }));
    for number in concept.registry_numbers {
        add_registry_number(term, &number, scope);
    }
    for number in concept.related_numbers {
        add_registry_number(term, &number, SynonymScope::Related);
    }
    Ok(())
}

/// Reads a relation between two concepts of the record: what the second is to the first.
fn relation(xml: &mut Xml, element: &BytesStart<'_>, concept: &mut Concept) -> Result<(), FormatProblem> {
    let relation = attribute(element, "RelationName").unwrap_or_default();
    let (mut first, mut second) = (String::new(), String::new());
    let outside = xml.depth().saturating_sub(1);
    while xml.depth() > outside {
        let Node::Open(element) = xml.next()? else {
            continue;
        };
        match element.local_name().as_ref() {
            "Concept1UI" => first = text_of(xml)?,
            "Concept2UI" => second = text_of(xml)?,
            _ => xml.skip()?,
        }
    }
    let scope = scope_of(&relation);
    if second == concept.id {
        concept.scope = concept.scope.or(scope);
    } else if first == concept.id && !concept.preferred {
        let turned = match scope {
            Some(SynonymScope::Narrow) => Some(SynonymScope::Broad),
            Some(SynonymScope::Broad) => Some(SynonymScope::Narrow),
            same => same,
        };
        concept.scope = concept.scope.or(turned);
    }
    Ok(())
}

/// Reads the term that has begun: the record's label or one of its names.
fn name(
    xml: &mut Xml,
    element: &BytesStart<'_>,
    term: &mut Term,
    concept: &mut Concept,
) -> Result<(), FormatProblem> {
    let mut text = String::new();
    texts_within(xml, "String", |string| string.clone_into(&mut text))?;
    let kind = kind_of(&attribute(element, "LexicalTag").unwrap_or_default(), &text);
    let permuted = says_yes(element, "IsPermutedTermYN");
    if says_yes(element, "RecordPreferredTermYN") && !permuted {
        term.label_kind = kind;
        term.label = text;
    } else if !text.is_empty() {
        let kind = if permuted { NameKind::Permuted } else { kind };
        concept.names.push(TermName { text, scope: SynonymScope::Related, kind });
    }
    Ok(())
}

fn says_yes(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| value.trim() == "Y")
}

/// The text of the element that has begun, its white space collapsed.
fn text_of(xml: &mut Xml) -> Result<String, FormatProblem> {
    Ok(collapse(&xml.element_text()?))
}

/// Gives the text of every element of that name inside the element that has begun, to its end.
fn texts_within(xml: &mut Xml, name: &str, mut each: impl FnMut(&str)) -> Result<(), FormatProblem> {
    let outside = xml.depth().saturating_sub(1);
    while xml.depth() > outside {
        if let Node::Open(element) = xml.next()?
            && element.local_name().as_ref() == name
        {
            each(&text_of(xml)?);
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "mesh_xml_tests.rs"]
mod tests;
