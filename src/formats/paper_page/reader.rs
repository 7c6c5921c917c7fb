//! From a page to a paper.

use crate::model::{Paper, PaperEntity, PaperId, PaperIdentifiers, PublicationDate, Section};

use super::{
    Fact, LIST_ITEMS_LIMIT, PAGE_BYTES_LIMIT, PaperPageError, PaperPageProblem, SECTIONS_LIMIT, is_structure,
    kind_of_heading, list, type_of_group,
};

/// The most bytes of a `Full text` section that only says where the text is.
const POINTER_BYTES_LIMIT: usize = 400;

type Read<T> = Result<T, (usize, PaperPageProblem)>;

/// Reads a page. `file_name` names it in errors, and gives the PMC id where the page itself does not.
///
/// # Errors
/// The first line that is wrong, and why; also when the page or a list of it is over its limit.
pub fn read(text: &str, file_name: &str) -> Result<Paper, PaperPageError> {
    read_lines(text, file_name).map_err(|(line, problem)| PaperPageError {
        file: file_name.to_owned(),
        line: line + 1,
        problem,
    })
}

fn read_lines(text: &str, file_name: &str) -> Read<Paper> {
    if text.len() > PAGE_BYTES_LIMIT {
        return Err((0, PaperPageProblem::TooLong { bytes: text.len() }));
    }
    let lines: Vec<&str> =
        text.strip_prefix('\u{feff}').unwrap_or(text).split('\n').map(str::trim_end).collect();
    let mut paper = Paper::default();
    let body_end = read_footer(&lines, &mut paper);
    let lines = &lines[..body_end];
    let first_section = lines.iter().position(|line| is_heading(line)).unwrap_or(lines.len());
    let in_pmc = read_header(&lines[..first_section], &mut paper)?;
    let mut seen = Vec::new();
    let mut at = first_section;
    while at < lines.len() {
        let end =
            lines[at + 1..].iter().position(|line| is_heading(line)).map_or(lines.len(), |n| at + 1 + n);
        read_section(lines, at, end, &mut paper, &mut seen)?;
        at = end;
    }
    paper.sections.sort_by_key(|section| section.kind != "abstract");
    complete_identifiers(&mut paper, file_name);
    if paper.id().is_none() {
        return Err((in_pmc.unwrap_or(0), PaperPageProblem::NoIdentifier));
    }
    Ok(paper)
}

fn is_heading(line: &str) -> bool {
    line == "##" || line.starts_with("## ")
}

/// Takes what stands below the last rule, if nothing else does; gives where the page ends without it.
fn read_footer(lines: &[&str], paper: &mut Paper) -> usize {
    let mut start = lines.len();
    while start > 0 {
        let line = lines[start - 1];
        if line == "---" {
            break;
        }
        if !(line.is_empty() || line.starts_with("Source:") || line.starts_with("License:")) {
            return lines.len();
        }
        start -= 1;
    }
    if start == 0 {
        return lines.len();
    }
    for line in &lines[start..] {
        if let Some(address) = line.strip_prefix("Source:") {
            paper.source_uri = address.trim().to_owned();
        } else if let Some(license) = line.strip_prefix("License:") {
            paper.license = license.trim().to_owned();
        }
    }
    start - 1
}

/// Reads the title, the authors and the identifiers; gives the line of the identifiers.
fn read_header(lines: &[&str], paper: &mut Paper) -> Read<Option<usize>> {
    let mut facts = lines.iter().enumerate().filter(|(_, line)| !line.is_empty());
    match facts.next() {
        Some((_, line)) if line.strip_prefix("# ").is_some_and(|title| !title.trim().is_empty()) => {
            paper.title = line[2..].trim().to_owned();
        }
        at => return Err((at.map_or(0, |(at, _)| at), PaperPageProblem::NoTitle)),
    }
    let (mut authors_line, mut identifiers_line) = (None, None);
    for (at, line) in facts {
        if let Some(names) = line.strip_prefix("**Authors:**") {
            if authors_line.replace(at).is_some() {
                return Err((at, PaperPageProblem::Twice("the authors".to_owned())));
            }
            let items = bounded(list::split(names), at)?;
            paper.authors = items.into_iter().map(list::author).collect();
        } else if identifiers_line.replace(at).is_none() {
            read_identifiers(line, paper).map_err(|problem| (at, problem))?;
        } else {
            return Err((at, PaperPageProblem::UnknownHeaderLine));
        }
    }
    Ok(identifiers_line)
}

fn bounded<T>(items: Vec<T>, at: usize) -> Read<Vec<T>> {
    if items.len() > LIST_ITEMS_LIMIT { Err((at, PaperPageProblem::TooManyItems)) } else { Ok(items) }
}

/// What a part of the line of identifiers is.
pub(super) enum HeaderPart<'a> {
    /// `PMC` or `PubMed`: where the paper is listed.
    Listing,
    Identifier(&'a str),
    Date,
    Venue(&'a str),
}

pub(super) fn header_part(part: &str) -> HeaderPart<'_> {
    let named =
        |name: &str| part.split_once(':').is_some_and(|(head, _)| head.trim().eq_ignore_ascii_case(name));
    if let Some(venue) = part.strip_prefix('\\') {
        HeaderPart::Venue(venue)
    } else if matches!(part, "PMC" | "PubMed") {
        HeaderPart::Listing
    } else if ["PMC", "PMCID", "PMID", "DOI"].into_iter().any(named) {
        HeaderPart::Identifier(part)
    } else if looks_like_date(part) {
        HeaderPart::Date
    } else {
        HeaderPart::Venue(part)
    }
}

/// Four digits, and groups of two; whether the date exists is asked later.
fn looks_like_date(part: &str) -> bool {
    let digits = |group: &str, count| group.len() == count && group.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = part.split('-');
    groups.next().is_some_and(|year| digits(year, 4)) && groups.all(|group| digits(group, 2))
}

fn read_identifiers(line: &str, paper: &mut Paper) -> Result<(), PaperPageProblem> {
    let mut venue: Vec<&str> = Vec::new();
    for part in line.split(" · ").map(str::trim).filter(|part| !part.is_empty()) {
        match header_part(part) {
            HeaderPart::Listing => {}
            HeaderPart::Identifier(text) => {
                let id: PaperId = text.parse()?;
                if !set_identifier(&mut paper.identifiers, &id) {
                    return Err(PaperPageProblem::Twice(format!("an identifier like {id}")));
                }
            }
            HeaderPart::Date => {
                let date: PublicationDate = part.parse()?;
                if paper.publication_date.replace(date).is_some() {
                    return Err(PaperPageProblem::Twice("the date".to_owned()));
                }
            }
            HeaderPart::Venue(text) => venue.push(text),
        }
    }
    paper.venue = venue.join(" · ").replace("\\·", "·").trim().to_owned();
    Ok(())
}

/// Whether the place was free.
fn set_identifier(identifiers: &mut PaperIdentifiers, id: &PaperId) -> bool {
    let (place, text) = match id {
        PaperId::Pmc(number) => (&mut identifiers.pmcid, format!("PMC{number}")),
        PaperId::Pmid(number) => (&mut identifiers.pmid, number.to_string()),
        PaperId::Doi(doi) => (&mut identifiers.doi, doi.clone()),
    };
    place.replace(text).is_none()
}

/// A page that says `PMC` has its PMC id in the address it comes from, or else in its name.
fn complete_identifiers(paper: &mut Paper, file_name: &str) {
    let stem = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = stem.trim_end_matches(".md").replace("PMID-", "PMID:");
    for text in [paper.source_uri.as_str(), &stem] {
        match text.parse() {
            Ok(id @ PaperId::Pmc(_)) if paper.identifiers.pmcid.is_none() => {
                set_identifier(&mut paper.identifiers, &id);
            }
            Ok(id @ PaperId::Pmid(_)) if paper.identifiers.pmid.is_none() && !is_number(text) => {
                set_identifier(&mut paper.identifiers, &id);
            }
            _ => {}
        }
    }
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads the section whose heading is line `at` and that ends before line `end`.
fn read_section(lines: &[&str], at: usize, end: usize, paper: &mut Paper, seen: &mut Vec<Fact>) -> Read<()> {
    let Heading { title, kind, fact } = heading(lines[at].trim_start_matches('#').trim());
    let body = &lines[at + 1..end];
    if let Some(fact) = fact {
        if seen.contains(&fact) {
            return Err((at, PaperPageProblem::Twice(format!("the section \"{}\"", fact.heading()))));
        }
        seen.push(fact);
        if read_fact(fact, body, at + 1, paper)? {
            return Ok(());
        }
    }
    if paper.sections.len() >= SECTIONS_LIMIT {
        return Err((at, PaperPageProblem::TooManySections));
    }
    paper.sections.push(Section { kind, title, text: text_of(body) });
    Ok(())
}

pub(super) struct Heading {
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) fact: Option<Fact>,
}

/// Reads a heading: a title, `{#kind}` where the title does not tell the kind, and a backslash before a title that is
/// not the fact of that name.
pub(super) fn heading(text: &str) -> Heading {
    let attribute = text.strip_suffix('}').and_then(|head| {
        let at = head.rfind("{#")?;
        let kind = &head[at + 2..];
        let literal = head[..at].ends_with('\\') || kind.is_empty() || kind.contains(char::is_whitespace);
        (!literal).then(|| (head[..at].trim_end(), kind))
    });
    let (raw, kind) = attribute.map_or((text, None), |(raw, kind)| (raw, Some(kind)));
    let literal = raw.strip_prefix('\\');
    let title = literal.unwrap_or(raw).replace("\\{#", "{#");
    let fact = if literal.is_none() && kind.is_none() { Fact::of(&title) } else { None };
    let kind = kind.map_or_else(|| kind_of_heading(&title), str::to_owned);
    Heading { title, kind, fact }
}

/// Takes a fact from its section; false when the section holds text instead.
fn read_fact(fact: Fact, body: &[&str], first_line: usize, paper: &mut Paper) -> Read<bool> {
    match fact {
        Fact::Summary => paper.summary = text_of(body),
        Fact::Contribution => paper.contribution = text_of(body),
        Fact::KeyFindings => paper.key_findings = bounded(findings(body), first_line)?,
        Fact::LinkedEntities => paper.linked_entities = entities(body, first_line)?,
        Fact::MentionedEntities => paper.mentioned_entities = entities(body, first_line)?,
        Fact::FullText => {
            let text = text_of(body);
            let pointer = text.len() <= POINTER_BYTES_LIMIT && !text.contains('\n');
            let Some(address) = address_at_end(&text).filter(|_| pointer) else { return Ok(text.is_empty()) };
            paper.full_text_uri = address.to_owned();
        }
        Fact::Figures => return Ok(read_count(body, "figure", paper, |paper| &mut paper.figure_count)),
        Fact::References => {
            return Ok(read_count(body, "reference", paper, |paper| &mut paper.reference_count));
        }
    }
    Ok(true)
}

/// The text of a section: its lines without blank ones at either end.
fn text_of(body: &[&str]) -> String {
    let lines: Vec<&str> = body
        .iter()
        .map(|line| match line.strip_prefix('\\') {
            Some(rest) if is_structure(line.trim_start_matches('\\')) => rest,
            _ => line,
        })
        .collect();
    lines.join("\n").trim().to_owned()
}

fn findings(body: &[&str]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut open = false;
    for line in body {
        let line = line.trim();
        let bullet = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        match (bullet, items.last_mut()) {
            (Some(item), _) => items.push(item.trim().to_owned()),
            (None, Some(last)) if open && !line.is_empty() => {
                last.push(' ');
                last.push_str(line);
            }
            (None, _) if !line.is_empty() && line != "-" => items.push(line.to_owned()),
            _ => {}
        }
        open = !line.is_empty() && line != "-";
    }
    items
}

fn entities(body: &[&str], first_line: usize) -> Read<Vec<PaperEntity>> {
    let mut entities = Vec::new();
    for (at, line) in body.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
        let group = line.strip_prefix("- **").or_else(|| line.strip_prefix("* **"));
        let Some((group, items)) = group.and_then(|rest| rest.split_once(":**")) else {
            return Err((first_line + at, PaperPageProblem::NotAGroup));
        };
        let group = group.trim();
        let entity_type = type_of_group(group);
        for item in bounded(list::split(items), first_line + at)? {
            let entity = list::entity(item, entity_type, group);
            if entity.aliases.len() > LIST_ITEMS_LIMIT {
                return Err((first_line + at, PaperPageProblem::TooManyItems));
            }
            entities.push(entity);
        }
    }
    Ok(entities)
}

fn address_at_end(text: &str) -> Option<&str> {
    let last = text.rsplit(char::is_whitespace).next()?;
    last.contains("://").then(|| last.trim_end_matches(['.', ',', ')', '>']))
}

/// Reads `51 references …`; false when the section says something else.
fn read_count(
    body: &[&str],
    noun: &str,
    paper: &mut Paper,
    place: impl Fn(&mut Paper) -> &mut Option<u32>,
) -> bool {
    let text = text_of(body);
    if text.is_empty() {
        return true;
    }
    let mut words = text.split_whitespace();
    let count = words.next().and_then(|word| word.replace(',', "").parse().ok());
    let counted = words.next().is_some_and(|word| word.trim_end_matches('s').eq_ignore_ascii_case(noun));
    if count.is_none() || !counted || text.contains('\n') || text.len() > POINTER_BYTES_LIMIT {
        return false;
    }
    *place(paper) = count;
    if paper.full_text_uri.is_empty()
        && let Some(address) = address_at_end(&text)
    {
        paper.full_text_uri = address.to_owned();
    }
    true
}
