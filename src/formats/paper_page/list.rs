//! Lists in one line: `IL7 (interleukin 7) [NCBI Gene 3574] {aka IL-7, IMD130}, CD4 (CD4 molecule)`.
//!
//! A comma and white space part the items, but not inside brackets that have their partner. A backslash takes its
//! meaning from a comma, a bracket or a backslash. Brackets without a partner are plain characters.

use crate::model::{Author, Curie, EntityType, PaperEntity};

use super::RANKS;

/// What a backslash may stand before.
const SPECIAL: [char; 8] = ['\\', ',', '(', ')', '[', ']', '{', '}'];
const ALONE: u32 = u32::MAX;

/// For every byte that is a bracket with a partner: where the partner is.
fn partners(text: &str) -> Vec<u32> {
    let mut partner = vec![ALONE; text.len()];
    let mut open: Vec<(usize, u8)> = Vec::new();
    let mut waiting = [0_usize; 128];
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' if text[at + 1..].starts_with(SPECIAL) => {
                bytes.next();
            }
            b'(' | b'[' | b'{' => {
                let closer = if byte == b'(' { b')' } else { byte + 2 };
                waiting[usize::from(closer)] += 1;
                open.push((at, closer));
            }
            b')' | b']' | b'}' if waiting[usize::from(byte)] > 0 => {
                while let Some((start, closer)) = open.pop() {
                    waiting[usize::from(closer)] -= 1;
                    if closer == byte {
                        partner[start] = u32::try_from(at).unwrap_or(ALONE);
                        partner[at] = u32::try_from(start).unwrap_or(ALONE);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    partner
}

/// The items of a list as they are written, without white space around them; empty ones are passed over.
pub(super) fn split(text: &str) -> Vec<&str> {
    let partner = partners(text);
    let bytes = text.as_bytes();
    let mut items = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if text[at + 1..].starts_with(SPECIAL) => at += 1,
            b',' if text[at + 1..].chars().next().is_none_or(char::is_whitespace) => {
                items.push(text[start..at].trim());
                start = at + 1;
            }
            _ if partner[at] != ALONE => at = at.max(partner[at] as usize),
            _ => {}
        }
        at += 1;
    }
    items.push(text[start..].trim());
    items.retain(|item| !item.is_empty());
    items
}

/// `text` without the backslashes that take a character's meaning.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '\\' && SPECIAL.contains(&next) => {
                plain.push(next);
                chars.next();
            }
            _ => plain.push(c),
        }
    }
    plain
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if SPECIAL.contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// What stands before, and in, the bracket that ends `item`.
fn last_group(item: &str, closer: u8) -> Option<(&str, &str)> {
    let end = item.len().checked_sub(1)?;
    if item.as_bytes()[end] != closer {
        return None;
    }
    let start = partners(item)[end];
    (start != ALONE).then(|| (item[..start as usize].trim_end(), item[start as usize + 1..end].trim()))
}

fn identifier(raw: &str) -> Option<String> {
    if raw.starts_with('\\') {
        return None;
    }
    unescape(raw).parse().ok().map(|curie: Curie| curie.to_string())
}

/// The label of a round bracket; a backslash at its start says that it is neither an identifier nor a rank.
fn label(raw: &str) -> String {
    match raw.strip_prefix('\\') {
        Some(rest) if !rest.is_empty() => {
            let first = rest.chars().next().map_or(0, char::len_utf8);
            format!("{}{}", &rest[..first], unescape(&rest[first..]))
        }
        _ => unescape(raw),
    }
}

/// `human, species` into its label and its rank, both still escaped.
fn label_and_rank(raw: &str) -> (&str, &str) {
    if RANKS.contains(&raw) {
        return ("", raw);
    }
    match raw.rsplit_once(", ") {
        Some((head, rank)) if RANKS.contains(&rank) => {
            let backslashes = head.len() - head.trim_end_matches('\\').len();
            if backslashes % 2 == 0 { (head.trim_end(), rank) } else { (raw, "") }
        }
        _ => (raw, ""),
    }
}

/// Reads one item of a list of entities.
pub(super) fn entity(item: &str, entity_type: EntityType, group: &str) -> PaperEntity {
    let mut read = PaperEntity {
        entity_type,
        group: group.to_owned(),
        text: String::new(),
        label: String::new(),
        rank: String::new(),
        entity_id: String::new(),
        aliases: Vec::new(),
    };
    let mut rest = item.trim();
    if let Some((head, content)) = last_group(rest, b'}')
        && let Some(names) = content.strip_prefix("aka ")
        && !head.is_empty()
    {
        read.aliases = split(names).into_iter().map(unescape).collect();
        rest = head;
    }
    for closer in [b']', b')'] {
        if read.entity_id.is_empty()
            && let Some((head, content)) = last_group(rest, closer)
            && !head.is_empty()
            && let Some(id) = identifier(content)
        {
            read.entity_id = id;
            rest = head;
        }
    }
    if let Some((head, content)) = last_group(rest, b')')
        && !head.is_empty()
        && !content.is_empty()
    {
        let species = entity_type == EntityType::Species;
        let (name, rank) = if species { label_and_rank(content) } else { (content, "") };
        read.label = label(name);
        read.rank = rank.to_owned();
        rest = head;
    }
    read.text = unescape(rest);
    read
}

/// An identifier in the wording that pages use, and the brackets around it.
fn written_identifier(id: &str) -> (char, String, char) {
    match id.split_once(':') {
        Some(("NCBIGene", local)) => ('[', format!("NCBI Gene {local}"), ']'),
        Some(("NCBITaxon", local)) => ('[', format!("taxon {local}"), ']'),
        Some(("cellosaurus" | "dbSNP", local)) => ('(', local.to_owned(), ')'),
        _ => ('(', id.to_owned(), ')'),
    }
}

fn render(entity: &PaperEntity, plain: bool) -> String {
    let show = |text: &str| if plain { one_line(text) } else { escape(&one_line(text)) };
    let mut item = show(&entity.text);
    let mut label = show(&entity.label);
    // A label that would be read as an identifier or a rank says with a backslash that it is none.
    if !plain && !label.is_empty() && !label.starts_with('\\') {
        label.insert(0, '\\');
    }
    match (label.is_empty(), entity.rank.is_empty()) {
        (true, true) => {}
        (false, true) => item.push_str(&format!(" ({label})")),
        (true, false) => item.push_str(&format!(" ({})", one_line(&entity.rank))),
        (false, false) => item.push_str(&format!(" ({label}, {})", one_line(&entity.rank))),
    }
    if !entity.entity_id.is_empty() {
        let (open, id, close) = written_identifier(&entity.entity_id);
        item.push_str(&format!(" {open}{}{close}", show(&id)));
    }
    if !entity.aliases.is_empty() {
        let names: Vec<String> = entity.aliases.iter().map(|name| show(name)).collect();
        item.push_str(&format!(" {{aka {}}}", names.join(", ")));
    }
    item
}

/// `entities`, all of one group, in one line that reads back as they are.
pub(super) fn write_entities(entities: &[PaperEntity]) -> String {
    let same = |item: &str, wanted: &PaperEntity| entity(item, wanted.entity_type, &wanted.group) == *wanted;
    let items: Vec<String> = entities
        .iter()
        .map(|wanted| {
            let plain = render(wanted, true);
            if same(&plain, wanted) { plain } else { render(wanted, false) }
        })
        .collect();
    let line = items.join(", ");
    let back = split(&line);
    if back.len() == entities.len() && back.iter().zip(entities).all(|(item, wanted)| same(item, wanted)) {
        return line;
    }
    let items: Vec<String> = entities.iter().map(|wanted| render(wanted, false)).collect();
    items.join(", ")
}

/// Reads one item of the authors' line: a name and, in round brackets, an ORCID.
pub(super) fn author(item: &str) -> Author {
    match last_group(item, b')') {
        Some((head, orcid)) if !head.is_empty() && is_orcid(orcid) => {
            Author { display_name: unescape(head), orcid: orcid.to_owned() }
        }
        _ => Author { display_name: unescape(item), orcid: String::new() },
    }
}

fn is_orcid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let digit = |(at, byte): (usize, u8)| byte.is_ascii_digit() || (at == 3 && byte == b'X');
    groups.len() == 4 && groups.iter().all(|group| group.len() == 4 && group.bytes().enumerate().all(digit))
}

/// The authors in one line that reads back as they are.
pub(super) fn write_authors(authors: &[Author]) -> String {
    let line = |plain: bool| -> String {
        let items = authors.iter().map(|author| {
            let name = one_line(&author.display_name);
            let name = if plain { name } else { escape(&name) };
            if author.orcid.is_empty() { name } else { format!("{name} ({})", author.orcid) }
        });
        items.collect::<Vec<_>>().join(", ")
    };
    let plain = line(true);
    let back: Vec<Author> = split(&plain).into_iter().map(author).collect();
    if back == authors { plain } else { line(false) }
}

/// `text` without line breaks.
pub(super) fn one_line(text: &str) -> String {
    text.trim().replace(['\n'], " ")
}
