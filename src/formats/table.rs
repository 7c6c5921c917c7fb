//! Annotations as aligned columns for terminals.

use std::fmt::Write as _;

use crate::model::{AnnotatedDocument, Annotation, Document, OffsetUnit};
use crate::text::offsets::Offsets;

/// The most columns of a terminal that a cell takes; longer ones are cut.
const CELL_WIDTH_LIMIT: usize = 40;

const HEADINGS: [&str; 8] = ["passage", "start", "end", "text", "type", "id", "label", "score"];
/// Of the cells, those that are numbers and stand to the right.
const NUMBERS: [bool; 8] = [true, true, true, false, false, false, false, true];

/// How many columns of a terminal a character takes, near enough: none for marks that combine and for what is not shown,
/// two for East Asian wide ones and emoji.
fn char_width(c: char) -> usize {
    use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory as _};
    match u32::from(c) {
        0x20..=0x7e => 1,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f => 2,
        0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd => 2,
        _ => match c.general_category() {
            Category::NonspacingMark | Category::EnclosingMark | Category::Format => 0,
            _ => 1,
        },
    }
}

fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// A cell in one line and within its limit; control characters, which terminals obey, become U+FFFD.
fn cell(text: &str) -> String {
    let mut shown = String::new();
    let mut columns = 0;
    for c in text.chars() {
        let c = match c {
            '\n' | '\t' | '\r' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        };
        columns += char_width(c);
        if columns > CELL_WIDTH_LIMIT {
            while width(&shown) >= CELL_WIDTH_LIMIT {
                shown.pop();
            }
            shown.push('…');
            break;
        }
        shown.push(c);
    }
    shown
}

fn row(annotation: &Annotation, offsets: &Offsets<'_>) -> [String; 8] {
    let span = offsets.convert(annotation.span);
    [
        annotation.passage_index.to_string(),
        span.start.to_string(),
        span.end.to_string(),
        cell(&annotation.text),
        annotation.entity_type.name().to_owned(),
        cell(&annotation.entity_id),
        cell(&annotation.label),
        format!("{:.2}", annotation.score),
    ]
}

/// A document's id and count, and a line a mention. Offsets count from the passage's start in `unit`; the column of the
/// passages is there when there are several.
pub(super) fn document(document: &Document, annotated: &AnnotatedDocument, unit: OffsetUnit) -> String {
    let count = annotated.annotations.len();
    let plural = if count == 1 { "" } else { "s" };
    let mut table = format!("{}: {count} annotation{plural}\n", cell(&document.id));
    if count == 0 {
        return table;
    }
    let offsets: Vec<Offsets<'_>> =
        document.passages.iter().map(|passage| Offsets::new(&passage.text, unit)).collect();
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(
        annotated
            .annotations
            .iter()
            .filter_map(|annotation| Some(row(annotation, offsets.get(annotation.passage_index)?))),
    );
    let first = usize::from(document.passages.len() < 2);
    let mut widths = [0; 8];
    for row in &rows {
        for (most, cell) in widths.iter_mut().zip(row) {
            *most = width(cell).max(*most);
        }
    }
    for row in &rows {
        let mut line = String::from(" ");
        for (column, cell) in row.iter().enumerate().skip(first) {
            let gap = " ".repeat(widths[column] - width(cell));
            let (before, after) = if NUMBERS[column] { (gap.as_str(), "") } else { ("", gap.as_str()) };
            let _ = write!(line, " {before}{cell}{after}");
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cut_to_their_width_and_obey_no_controls() {
        for (text, expected, columns) in [
            ("IL-7", "IL-7".to_owned(), 4),
            ("e\u{301}\u{200b}", "e\u{301}\u{200b}".to_owned(), 1),
            ("\u{1b}[31mred\n", "\u{fffd}[31mred ".to_owned(), 9),
            ("白介素", "白介素".to_owned(), 6),
            (&"x".repeat(40), "x".repeat(40), 40),
            (&"x".repeat(41), format!("{}…", "x".repeat(39)), 40),
            (&"白".repeat(21), format!("{}…", "白".repeat(19)), 39),
        ] {
            let shown = cell(text);
            assert_eq!(shown, expected);
            assert_eq!(width(&shown), columns, "{shown}");
        }
    }
}
