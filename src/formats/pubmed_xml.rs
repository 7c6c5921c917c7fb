//! PubMed's own XML: `PubmedArticleSet`, `MedlineCitationSet`, and the articles and book chapters in them.

use crate::model::Passage;

use super::input::{Draft, FormatProblem, InputDocument};
use super::source::Bytes;
use super::xml::{Node, Records, Xml, attribute, collapse};

/// The citations of a PubMed file: title and abstract, the parts of a structured abstract as passages of their own
/// with their labels as headings. The id is the PMID.
pub(super) fn documents(file: String, bytes: Bytes) -> Records {
    let is_record = |name: &str| matches!(name, "MedlineCitation" | "BookDocument");
    Records::new(file, bytes, ("PubmedArticleSet", is_record), read_draft)
}

fn read_draft(xml: &mut Xml) -> Result<InputDocument, (String, FormatProblem)> {
    Draft::filled_by(|draft| citation(xml, draft))
}

/// Reads to the end of the citation that has begun.
fn citation(xml: &mut Xml, draft: &mut Draft) -> Result<(), FormatProblem> {
    let outside = xml.depth().saturating_sub(1);
    while xml.depth() > outside {
        let Node::Open(element) = xml.next()? else {
            continue;
        };
        match element.local_name().as_ref() {
            // Corrections and comments name other papers.
            "PMID" if draft.id.is_empty() => draft.id = xml.element_text()?.trim().to_owned(),
            "ArticleTitle" => push(draft, "title", String::new(), &xml.element_text()?)?,
            "AbstractText" => {
                let label = attribute(&element, "Label").unwrap_or_default();
                push(draft, "abstract", label, &xml.element_text()?)?;
            }
            "CommentsCorrectionsList"
            | "OtherAbstract"
            | "AuthorList"
            | "Book"
            | "MeshHeadingList"
            | "ReferenceList"
            | "ChemicalList"
            | "GrantList" => xml.skip()?,
            _ => {}
        }
    }
    Ok(())
}

fn push(draft: &mut Draft, kind: &str, title: String, text: &str) -> Result<(), FormatProblem> {
    let text = collapse(text);
    if text.is_empty() {
        return Ok(());
    }
    draft.push(Passage { kind: kind.to_owned(), title, text }, None)
}
