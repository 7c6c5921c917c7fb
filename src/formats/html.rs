//! One page for people: documents with their mentions marked by type, the reading of each in its tooltip, counts, and a
//! table of the entities.
//!
//! The page needs nothing besides itself and runs no scripts. Types are told by colour and by the legend, whose boxes
//! switch them off; the colours follow the reader's light or dark setting.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::{AnnotatedDocument, Annotation, Document, EntityType, Passage};

use super::output::{TypeCounts, count_types};
use super::xml::escape;

/// The hue of each type, in the order of [`EntityType::ALL`]: neighbours in text are far apart in hue.
const HUES: [u16; EntityType::ALL.len()] = [212, 8, 135, 42, 280, 322, 22, 178, 95, 250, 195, 155, 0];

const STYLE: &str = include_str!("html.css");

/// A type's name in style sheets.
fn class(entity_type: EntityType) -> String {
    entity_type.name().to_ascii_lowercase()
}

/// A type's name for people, such as `Cell line`.
fn words(entity_type: EntityType) -> String {
    let mut words = String::new();
    for letter in entity_type.name().chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

/// The page up to its first document.
pub(super) fn head(catalog_version: &str) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Annotated documents</title>\n<style>\n{STYLE}"
    );
    for (entity_type, hue) in EntityType::ALL.into_iter().zip(HUES) {
        let class = class(entity_type);
        // The last type is grey.
        let tint = if entity_type == EntityType::Other { "; --s: 0" } else { "" };
        let _ = writeln!(page, ".{class} {{ --h: {hue}{tint} }}");
        let _ = writeln!(
            page,
            "body:has(#show-{class}:not(:checked)) mark.{class} {{ background: none; border-color: transparent }}"
        );
    }
    let _ = write!(
        page,
        "</style>\n</head>\n<body>\n<header>\n<h1>Annotated documents</h1>\n<p>Catalog <code>{}</code>. \
         Rest the pointer on a mention to see how it is read.</p>\n<fieldset><legend>Types</legend>\n",
        escape(catalog_version)
    );
    for entity_type in EntityType::ALL {
        let class = class(entity_type);
        let _ = writeln!(
            page,
            "<label><input type=\"checkbox\" id=\"show-{class}\" checked> <span class=\"key {class}\">{}</span></label>",
            words(entity_type)
        );
    }
    page.push_str("</fieldset>\n</header>\n<main>\n");
    page
}

/// The rest of the page: how much there was of what.
pub(super) fn tail(documents: usize, counts: &TypeCounts) -> String {
    let plural = if documents == 1 { "" } else { "s" };
    format!(
        "</main>\n<footer>\n<h2>In all</h2>\n<p>{documents} document{plural}</p>\n{}</footer>\n</body>\n</html>\n",
        count_list(counts)
    )
}

fn count_list(counts: &TypeCounts) -> String {
    let items: String = EntityType::ALL
        .into_iter()
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|(entity_type, count)| {
            format!(
                "<li><span class=\"key {}\">{}</span> {count}</li>\n",
                class(entity_type),
                words(entity_type)
            )
        })
        .collect();
    if items.is_empty() {
        return "<p class=\"none\">No mentions.</p>\n".to_owned();
    }
    format!("<ul class=\"counts\">\n{items}</ul>\n")
}

/// A document: its counts, its passages with their mentions, its entities.
pub(super) fn document(document: &Document, annotated: &AnnotatedDocument) -> String {
    let name = if document.id.is_empty() { "Document without an id" } else { &document.id };
    let mut page = format!("<article>\n<h2>{}</h2>\n{}", escape(name), count_list(&count_types(annotated)));
    let mut annotations = annotated.annotations.as_slice();
    let mut heading = String::new();
    for (index, passage) in document.passages.iter().enumerate() {
        let count = annotations.iter().take_while(|annotation| annotation.passage_index <= index).count();
        let (here, rest) = annotations.split_at(count);
        annotations = rest;
        let own = passage_heading(passage);
        if own != heading {
            heading = own;
            if !heading.is_empty() {
                let _ = writeln!(page, "<h3>{}</h3>", escape(&heading));
            }
        }
        let class = if passage.kind.eq_ignore_ascii_case("title") { "text title" } else { "text" };
        let _ = writeln!(page, "<p class=\"{class}\" dir=\"auto\">{}</p>", marked(&passage.text, here));
    }
    page.push_str(&entity_table(annotated));
    page.push_str(&abbreviation_list(annotated));
    page.push_str("</article>\n");
    page
}

/// What stands over a passage: its heading, or else its kind; nothing over a title.
fn passage_heading(passage: &Passage) -> String {
    if passage.kind.eq_ignore_ascii_case("title") {
        return String::new();
    }
    if passage.title.is_empty() { passage.kind.clone() } else { passage.title.clone() }
}

/// A passage's text with its mentions marked. Where mentions overlap, each stretch has the mark of the shortest one and
/// the tooltips of all.
fn marked(text: &str, annotations: &[Annotation]) -> String {
    let whole = |annotation: &&Annotation| text.get(annotation.span.start..annotation.span.end).is_some();
    let annotations: Vec<&Annotation> = annotations.iter().filter(whole).collect();
    let mut bounds: Vec<usize> =
        annotations.iter().flat_map(|annotation| [annotation.span.start, annotation.span.end]).collect();
    bounds.push(text.len());
    bounds.sort_unstable();
    bounds.dedup();
    let mut page = String::with_capacity(text.len() * 2);
    let (mut open, mut next, mut at): (Vec<&Annotation>, usize, usize) = (Vec::new(), 0, 0);
    for bound in bounds {
        let stretch = text.get(at..bound).unwrap_or_default();
        match open.iter().min_by_key(|annotation| annotation.span.len()) {
            Some(inner) if !stretch.is_empty() => {
                let class = class(inner.entity_type);
                let title =
                    open.iter().map(|annotation| tooltip(annotation)).collect::<Vec<_>>().join("&#10;");
                let _ = write!(page, "<mark class=\"{class}\" title=\"{title}\">{}</mark>", escape(stretch));
            }
            _ => page.push_str(&escape(stretch)),
        }
        at = bound;
        open.retain(|annotation| annotation.span.end > at);
        while let Some(annotation) = annotations.get(next).filter(|annotation| annotation.span.start <= at) {
            open.push(annotation);
            next += 1;
        }
    }
    page
}

fn tooltip(annotation: &Annotation) -> String {
    let words = words(annotation.entity_type);
    let Annotation { label, entity_id, score, .. } = annotation;
    format!("{} · {} · {words} · score {score:.2}", escape(label), escape(entity_id))
}

/// The entities of a document, most mentioned first.
fn entity_table(annotated: &AnnotatedDocument) -> String {
    struct Row<'a> {
        label: &'a str,
        mentions: usize,
        best: f32,
    }
    let mut entities: BTreeMap<(EntityType, &str), Row<'_>> = BTreeMap::new();
    for annotation in &annotated.annotations {
        let key = (annotation.entity_type, annotation.entity_id.as_str());
        let row = entities.entry(key).or_insert(Row { label: &annotation.label, mentions: 0, best: 0.0 });
        row.mentions += 1;
        row.best = row.best.max(annotation.score);
    }
    if entities.is_empty() {
        return String::new();
    }
    let mut rows: Vec<_> = entities.into_iter().collect();
    rows.sort_by_key(|((entity_type, _), row)| (*entity_type, std::cmp::Reverse(row.mentions)));
    let mut table = format!(
        "<details>\n<summary>Entities ({})</summary>\n<table>\n<thead><tr><th scope=\"col\">Type</th>\
         <th scope=\"col\">Label</th><th scope=\"col\">Identifier</th><th scope=\"col\">Mentions</th>\
         <th scope=\"col\">Best score</th></tr></thead>\n<tbody>\n",
        rows.len()
    );
    for ((entity_type, id), row) in rows {
        let _ = writeln!(
            table,
            "<tr><td><span class=\"key {}\">{}</span></td><td>{}</td><td><code>{}</code></td><td class=\"number\">{}</td>\
             <td class=\"number\">{:.2}</td></tr>",
            class(entity_type),
            words(entity_type),
            escape(row.label),
            escape(id),
            row.mentions,
            row.best
        );
    }
    table.push_str("</tbody>\n</table>\n</details>\n");
    table
}

fn abbreviation_list(annotated: &AnnotatedDocument) -> String {
    if annotated.abbreviations.is_empty() {
        return String::new();
    }
    let items: String = annotated
        .abbreviations
        .iter()
        .map(|found| format!("<dt>{}</dt><dd>{}</dd>\n", escape(&found.short_form), escape(&found.long_form)))
        .collect();
    format!(
        "<details>\n<summary>Abbreviations ({})</summary>\n<dl>\n{items}</dl>\n</details>\n",
        annotated.abbreviations.len()
    )
}
