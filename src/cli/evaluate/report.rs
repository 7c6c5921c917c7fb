//! The figures and mistakes as text.

use crate::evaluate::{DocumentFigures, Example, Figures, Group, Interval, Intervals, Mistake};
use crate::model::{Annotation, EntityType};

use super::names::NameCounts;

/// The most characters of a text or an identifier in a line of a mistake.
const SHOWN_LIMIT: usize = 48;

/// A line of the table.
pub(in crate::cli) struct Row<'c> {
    pub(in crate::cli) corpus: &'c str,
    pub(in crate::cli) entity_type: EntityType,
    pub(in crate::cli) documents: usize,
    pub(in crate::cli) figures: DocumentFigures,
    pub(in crate::cli) intervals: Intervals,
}

/// The figures of all corpora in percent, aligned.
pub(in crate::cli) fn table(rows: &[Row<'_>]) -> String {
    let width = widest(rows.iter().map(|row| row.corpus), "corpus");
    let types = widest(rows.iter().map(|row| row.entity_type.name()), "CellLine");
    let group = |name: &str| format!("  {name:>6} P      R     F1   95 % of F1 ");
    let groups = ["strict", "overlap", "concept"].map(group).concat();
    let mut text = format!("{:width$} {:types$} {:>5} {:>6}{groups}", "corpus", "type", "docs", "gold");
    text.truncate(text.trim_end().len());
    text.push('\n');
    for Row { corpus, entity_type, documents, figures, intervals } in rows {
        let gold = figures.strict.gold;
        let cells = [
            cells(figures.strict, intervals.strict),
            cells(figures.overlap, intervals.overlap),
            cells(figures.concept, intervals.concept),
        ];
        let line =
            format!("{corpus:width$} {:types$} {documents:5} {gold:6}{}", entity_type.name(), cells.concat());
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The characters of the widest of some cells.
fn widest<'c>(cells: impl Iterator<Item = &'c str>, least: &str) -> usize {
    cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(least.len())
}

/// How often names were resolved, in percent, aligned.
pub(in crate::cli) fn names(rows: &[(&str, EntityType, NameCounts)]) -> String {
    let width = widest(rows.iter().map(|row| row.0), "corpus");
    let types = widest(rows.iter().map(|row| row.1.name()), "CellLine");
    let mut text = format!("{:width$} {:types$}  names  alone  in context  among ten\n", "corpus", "type");
    for (corpus, entity_type, counts) in rows {
        #[expect(clippy::cast_precision_loss, reason = "counts of names")]
        let percent = |count: usize| 100.0 * count as f64 / counts.names as f64;
        let NameCounts { names, alone, in_context, among_ten } = *counts;
        let [alone, there, ten] = [alone, in_context, among_ten].map(percent);
        let name = entity_type.name();
        text.push_str(&format!(
            "{corpus:width$} {name:types$} {names:6} {alone:6.2} {there:11.2} {ten:10.2}\n"
        ));
    }
    text
}

fn cells(figures: Figures, Interval { low, high }: Interval) -> String {
    let percent = |share: f64| 100.0 * share;
    let (p, r, f1) = (percent(figures.precision()), percent(figures.recall()), percent(figures.f1()));
    let interval = format!("{:.1}-{:.1}", percent(low), percent(high));
    format!("  {p:6.2} {r:6.2} {f1:6.2} {interval:>12}")
}

/// The mistakes of a type in a corpus, a line a kind and a line an example.
pub(in crate::cli) fn mistakes(corpus: &str, entity_type: EntityType, groups: &[Group<'_>]) -> String {
    let mut text = format!("\n{corpus} {entity_type}\n");
    for Group { kind, count, examples } in groups {
        text.push_str(&format!("  {count:6} {}\n", kind.name()));
        for example in examples {
            text.push_str(&line(example));
        }
    }
    if groups.is_empty() {
        text.push_str("  no mistakes\n");
    }
    text
}

/// An example: how often, the text, what people say and what was answered.
fn line(Example { mistake, count }: &Example<'_>) -> String {
    let Mistake { document, text, gold, found, rank, .. } = mistake;
    let mut line = format!("         {count:4}x \"{}\"", short(text));
    if let Some(gold) = gold {
        line.push_str(&format!(", marked {} {}", gold.raw_type, id_or_none(&gold.ids.join("|"))));
    }
    if let Some(found) = found {
        line.push_str(&format!(", answered {}", answer(found, text)));
    }
    if let Some(rank) = rank {
        line.push_str(&format!(", the right one is reading {rank}"));
    }
    line.push_str(&format!(" (document {})\n", short(document)));
    line
}

/// An answer; its own text only where it is another than the mention's.
fn answer(found: &Annotation, text: &str) -> String {
    let own = if found.text == text { String::new() } else { format!("\"{}\" ", short(&found.text)) };
    let label = if found.label.is_empty() { String::new() } else { format!(" {}", short(&found.label)) };
    format!("{own}{} {}{label}", found.entity_type, id_or_none(&found.entity_id))
}

fn id_or_none(id: &str) -> String {
    if id.is_empty() { "without id".to_owned() } else { short(id) }
}

/// A text on one line and cut where it is long.
fn short(text: &str) -> String {
    let mut short: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = short.char_indices().nth(SHOWN_LIMIT) {
        short.truncate(cut);
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_aligned_and_readable() {
        let figures = Figures { tp: 1, predicted: 1, gold: 1 };
        let interval = Interval { low: 1.0, high: 1.0 };
        let full = Row {
            corpus: "bioid_cellline/train",
            entity_type: EntityType::CellLine,
            documents: 9704,
            figures: DocumentFigures { strict: figures, overlap: figures, concept: figures },
            intervals: Intervals { strict: interval, overlap: interval, concept: interval },
        };
        let empty = Row {
            corpus: "dev",
            entity_type: EntityType::Gene,
            documents: 1,
            figures: DocumentFigures::default(),
            intervals: Intervals::default(),
        };
        let table = table(&[full, empty]);
        let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width < 160), "{widths:?}");
        assert_eq!(widths[1], widths[2], "{table}");
        let header = table.lines().next().unwrap();
        assert!(
            header.starts_with("corpus               type      docs   gold  strict P      R     F1"),
            "{header}"
        );
        assert!(table.contains("  100.00 100.00 100.00  100.0-100.0"), "{table}");
    }

    #[test]
    fn long_texts_are_cut_to_one_line() {
        assert_eq!(short("a\n b\tc"), "a b c");
        assert_eq!(short(&"é".repeat(60)), format!("{}…", "é".repeat(SHOWN_LIMIT)));
    }
}
