//! From a paper to a page.

use std::fmt::Write as _;

use crate::model::{Paper, PaperEntity, PaperId, Section};

use super::list::{self, one_line};
use super::reader::{HeaderPart, header_part, heading};
use super::{Fact, group_of_type, is_structure, kind_of_heading, type_of_group};

/// Writes a paper as a page, the facts in the order that [the format](super) has them.
///
/// [`read`](super::read) gives the same paper again for every paper that it gave. A paper of another origin may lose
/// what a page cannot say: line breaks in names, a kind with white space, an identifier of an entity that is no CURIE.
pub fn write(paper: &Paper) -> String {
    let mut page = String::with_capacity(4096);
    page.push_str(&format!("# {}\n", one_line(&paper.title)));
    if !paper.authors.is_empty() {
        page.push_str(&format!("\n**Authors:** {}\n", list::write_authors(&paper.authors)));
    }
    page.push_str(&format!("\n{}\n", identifiers(paper)));
    text_section(&mut page, Fact::Summary, &paper.summary);
    text_section(&mut page, Fact::Contribution, &paper.contribution);
    key_findings(&mut page, &paper.key_findings);
    for section in &paper.sections {
        let _ = write!(page, "\n{}\n\n{}\n", written_heading(section), escaped_text(&section.text));
    }
    entities(&mut page, Fact::LinkedEntities, &paper.linked_entities);
    entities(&mut page, Fact::MentionedEntities, &paper.mentioned_entities);
    pointers(&mut page, paper);
    footer(&mut page, paper);
    page
}

fn identifiers(paper: &Paper) -> String {
    let ids = &paper.identifiers;
    let from_source = match paper.source_uri.parse() {
        Ok(PaperId::Pmc(number)) => Some(format!("PMC{number}")),
        _ => None,
    };
    let mut parts = Vec::new();
    match &ids.pmcid {
        Some(id) if from_source.as_ref() == Some(id) => parts.push("PMC".to_owned()),
        Some(id) => parts.push(format!("PMCID: {id}")),
        None if ids.pmid.is_some() => parts.push("PubMed".to_owned()),
        None => {}
    }
    parts.extend(ids.pmid.iter().map(|id| format!("PMID: {id}")));
    parts.extend(ids.doi.iter().map(|id| format!("DOI: {id}")));
    if !paper.venue.is_empty() {
        parts.push(written_venue(&paper.venue));
    }
    parts.extend(paper.publication_date.map(|date| date.to_string()));
    parts.join(" · ")
}

/// The venue, with backslashes where it would be taken for another fact or for several.
fn written_venue(venue: &str) -> String {
    let venue = one_line(venue).replace('·', "\\·");
    match header_part(&venue) {
        HeaderPart::Venue(text) if text == venue => venue,
        _ => format!("\\{venue}"),
    }
}

fn text_section(page: &mut String, fact: Fact, text: &str) {
    if !text.is_empty() {
        let _ = write!(page, "\n## {}\n\n{}\n", fact.heading(), escaped_text(text));
    }
}

fn key_findings(page: &mut String, findings: &[String]) {
    if findings.is_empty() {
        return;
    }
    let _ = write!(page, "\n## {}\n\n", Fact::KeyFindings.heading());
    for finding in findings {
        let _ = writeln!(page, "- {}", one_line(finding));
    }
}

fn written_heading(section: &Section) -> String {
    let kind: String = section.kind.split_whitespace().collect::<Vec<_>>().join("-");
    let title = match (section.title.as_str(), kind.as_str()) {
        ("", "abstract") => "Abstract".to_owned(),
        (title, _) => one_line(title),
    };
    let told = kind.is_empty() || kind_of_heading(&title) == kind;
    let with_kind = |title: &str| {
        let line = if told { format!("## {title}") } else { format!("## {title} {{#{kind}}}") };
        line.trim_end().to_owned()
    };
    let plain = with_kind(&title);
    let back = heading(plain.trim_start_matches('#').trim());
    if back.fact.is_none() && back.title == title && (told || back.kind == kind) {
        return plain;
    }
    with_kind(&format!("\\{}", title.replace("{#", "\\{#")))
}

/// `text` with a backslash before each line that would be taken for the page's structure.
fn escaped_text(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        if is_structure(line.trim_end().trim_start_matches('\\')) {
            format!("\\{line}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn entities(page: &mut String, fact: Fact, entities: &[PaperEntity]) {
    let entities: Vec<PaperEntity> =
        entities.iter().filter(|entity| !entity.text.trim().is_empty()).map(with_group).collect();
    if entities.is_empty() {
        return;
    }
    let _ = write!(page, "\n## {}\n\n", fact.heading());
    for group in entities.chunk_by(|one, other| one.group == other.group) {
        let _ = writeln!(page, "- **{}:** {}", group[0].group, list::write_entities(group));
    }
}

/// The entity under a heading that tells its type.
fn with_group(entity: &PaperEntity) -> PaperEntity {
    let group = one_line(&entity.group);
    let good = !group.is_empty() && !group.contains(":**") && type_of_group(&group) == entity.entity_type;
    let group = if good { group } else { group_of_type(entity.entity_type).to_owned() };
    PaperEntity { group, ..entity.clone() }
}

fn pointers(page: &mut String, paper: &Paper) {
    let uri = one_line(&paper.full_text_uri);
    if !uri.is_empty() {
        let _ = write!(page, "\n## {}\n\nFetch the complete paper: {uri}\n", Fact::FullText.heading());
    }
    let noun = |count: u32, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    if let Some(count) = paper.figure_count {
        let tail = if uri.is_empty() {
            String::new()
        } else {
            format!(" with captions in the complete paper: {uri}")
        };
        let _ = write!(page, "\n## {}\n\n{}{tail}\n", Fact::Figures.heading(), noun(count, "figure"));
    }
    if let Some(count) = paper.reference_count {
        let tail = if uri.is_empty() {
            String::new()
        } else {
            format!(" — full list in the complete paper: {uri}")
        };
        let _ = write!(page, "\n## {}\n\n{}{tail}\n", Fact::References.heading(), noun(count, "reference"));
    }
}

fn footer(page: &mut String, paper: &Paper) {
    let lines = [("Source", &paper.source_uri), ("License", &paper.license)];
    if lines.iter().any(|(_, text)| !text.is_empty()) {
        page.push_str("\n---\n");
    }
    for (name, text) in lines.iter().filter(|(_, text)| !text.is_empty()) {
        let _ = writeln!(page, "{name}: {}", one_line(text));
    }
}
