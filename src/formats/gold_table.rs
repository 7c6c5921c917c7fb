//! Gold corpora as a table of mentions: a line a mention with the columns of [`COLUMNS`], as the mentions of CRAFT are written,
//! and each document's text in `txt/ID.txt` beside the table. Offsets are code points of that file.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;

use super::gold::{Columns, GoldDocument, GoldError, GoldMention, GoldPlace, Texts, canonical_ids, type_of};
use super::input::{DOCUMENT_BYTES_LIMIT, Draft, FormatError, FormatProblem, InputDocument};
use super::plain::read_all;
use super::source::{Bytes, Line, read_line};
use crate::model::{Passage, Span};

/// The columns that a table must have, in any order; others are passed over.
pub(super) const COLUMNS: [&str; 7] = ["doc_id", "start", "end", "spans", "ontology", "concept_id", "text"];
/// The most bytes of a line.
const LINE_BYTES_LIMIT: usize = 64 << 10;
/// The most bytes of a document's id, which names its file.
const ID_BYTES_LIMIT: usize = 200;

/// Reads a table whose path is `path`, named `file` in errors. Documents stand in the order of their first mentions.
pub(super) fn read_table(path: &Path, file: &str, bytes: Bytes) -> Result<Vec<GoldDocument>, GoldError> {
    let folder = path.parent().unwrap_or_else(|| Path::new("")).join("txt");
    read_rows(file, bytes, |id| {
        let path = folder.join(format!("{id}.txt"));
        let input = File::open(&path).map_err(FormatProblem::from);
        let text = input.and_then(|input| read_all(Box::new(BufReader::new(input)), DOCUMENT_BYTES_LIMIT));
        (path.to_string_lossy().into_owned(), text)
    })
}

/// Reads a table of documents that all have one text.
pub(super) fn read_table_of(table: Vec<u8>, text: &str) -> Result<Vec<GoldDocument>, GoldError> {
    read_rows("table", Box::new(Cursor::new(table)), |_| ("text".to_owned(), Ok(text.to_owned())))
}

/// `read_text` gives the text of a document, and what its file is called.
fn read_rows(
    file: &str,
    mut bytes: Bytes,
    read_text: impl Fn(&str) -> (String, Result<String, FormatProblem>),
) -> Result<Vec<GoldDocument>, GoldError> {
    let mut lines = Lines { file, bytes: &mut bytes, line: 0, buffer: Vec::new() };
    let columns = lines.next()?.and_then(places).ok_or_else(|| GoldError::NoColumns(file.to_owned()))?;
    let mut rows: Vec<(String, Vec<Row>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    loop {
        let line = lines.line + 1;
        let Some(text) = lines.next()? else { break };
        if text.is_empty() {
            continue;
        }
        let cells: Vec<&str> = text.split('\t').collect();
        let place = |id: &str| GoldPlace { file: file.to_owned(), line, document: id.to_owned() };
        let (id, row) = row(&cells, columns, place)?;
        let at = *known.entry(id.clone()).or_insert_with(|| {
            rows.push((id, Vec::new()));
            rows.len() - 1
        });
        rows[at].1.push(row);
    }
    rows.into_iter()
        .map(|(id, rows)| {
            let place = |line| GoldPlace { file: file.to_owned(), line, document: id.clone() };
            let (file, text) = read_text(&id);
            let input = text.and_then(|text| document(&id, &text));
            let wrong = |problem| FormatError { file, line: 0, document: Some(id.clone()), problem };
            gold_document(input.map_err(wrong)?, &rows, place)
        })
        .collect()
}

/// The lines of a table, without their ends.
struct Lines<'b> {
    file: &'b str,
    bytes: &'b mut Bytes,
    line: usize,
    buffer: Vec<u8>,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Option<&str>, GoldError> {
        self.line += 1;
        let (line, file) = (self.line, self.file);
        let wrong = |problem| FormatError { file: file.to_owned(), line, document: None, problem };
        match read_line(self.bytes, &mut self.buffer, LINE_BYTES_LIMIT)
            .map_err(|error| wrong(error.into()))?
        {
            Line::End => Ok(None),
            Line::TooLong => Err(wrong(FormatProblem::RecordTooLong).into()),
            Line::Whole => {
                let text = std::str::from_utf8(&self.buffer).map_err(|_| wrong(FormatProblem::NotUtf8))?;
                Ok(Some(text.trim_end_matches('\r')))
            }
        }
    }
}

/// Where the columns of [`COLUMNS`] stand.
fn places(heading: &str) -> Option<[usize; COLUMNS.len()]> {
    let names: Vec<&str> = heading.trim_start_matches('\u{feff}').split('\t').map(str::trim).collect();
    let mut places = [0; COLUMNS.len()];
    for (place, wanted) in places.iter_mut().zip(COLUMNS) {
        *place = names.iter().position(|name| *name == wanted)?;
    }
    Some(places)
}

/// A mention of the table.
struct Row {
    line: usize,
    start: usize,
    end: usize,
    /// Whether other text stands between its pieces.
    parted: bool,
    raw_type: String,
    ids: String,
    text: String,
}

/// The document's id and the mention of a line.
fn row(
    cells: &[&str],
    columns: [usize; COLUMNS.len()],
    place: impl Fn(&str) -> GoldPlace,
) -> Result<(String, Row), GoldError> {
    let cell = |at: usize| cells.get(columns[at]).copied();
    let id = cell(0).unwrap_or_default();
    let wrong = |at: usize| GoldError::BadColumn(place(id), COLUMNS[at]);
    // the id names a file beside the table and nothing else
    let names_file = !id.is_empty() && id.len() <= ID_BYTES_LIMIT && !id.contains(['/', '\\', '\0']);
    if !names_file {
        return Err(wrong(0));
    }
    let text = |at: usize| cell(at).ok_or_else(|| wrong(at));
    let number = |at: usize| text(at)?.parse::<usize>().map_err(|_| wrong(at));
    let row = Row {
        line: place(id).line,
        start: number(1)?,
        end: number(2)?,
        parted: text(3)?.contains(';'),
        raw_type: text(4)?.to_owned(),
        ids: text(5)?.to_owned(),
        text: text(6)?.to_owned(),
    };
    Ok((id.to_owned(), row))
}

/// The document of a text: a passage each line that is not empty, as lines are paragraphs and headings.
fn document(id: &str, text: &str) -> Result<InputDocument, FormatProblem> {
    let mut draft = Draft::named(id.to_owned());
    let mut start = 0;
    for line in text.split('\n') {
        if !line.trim().is_empty() {
            draft.push(Passage { text: line.to_owned(), ..Passage::default() }, Some(start))?;
        }
        start += line.chars().count() + 1;
    }
    Ok(draft.finish())
}

/// A mention of several concepts stands in several rows, which become one mention with all their identifiers. Mentions that go
/// over the end of a line are passed over.
fn gold_document(
    input: InputDocument,
    rows: &[Row],
    place: impl Fn(usize) -> GoldPlace,
) -> Result<GoldDocument, GoldError> {
    let texts = Texts::new(&input);
    let mut merged: BTreeMap<(usize, Span, bool, String), GoldMention> = BTreeMap::new();
    for Row { line, start, end, parted, raw_type, ids, text } in rows {
        let Some((entity_type, neutral)) = type_of(raw_type) else { continue };
        let columns = Columns { start: *start, end: *end, text, raw_type, ids };
        let located = if *parted {
            texts.around(*start, *end).ok_or_else(|| GoldError::CrossesBorder(place(*line), *start, *end))
        } else {
            texts.locate(&columns, || place(*line))
        };
        let (passage, span) = match located {
            Ok(located) => located,
            // what goes beyond its line is no mention of a name
            Err(GoldError::CrossesBorder(..)) => continue,
            Err(error) => return Err(error),
        };
        let key = (passage, span, *parted, raw_type.clone());
        let new = || GoldMention {
            passage,
            span,
            entity_type,
            neutral: neutral || *parted,
            ids: Vec::new(),
            raw_type: raw_type.clone(),
        };
        let mention = merged.entry(key).or_insert_with(new);
        mention.ids.extend(canonical_ids(ids));
        mention.ids.sort_unstable();
        mention.ids.dedup();
    }
    Ok(GoldDocument { document: input.document, mentions: merged.into_values().collect() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADING: &str = "doc_id\tstart\tend\tspans\tontology\tconcept_id\tconcept_label\ttext\n";

    const TEXT: &str = "Naïve T cells\n\nEyes of mice, and B and T cells.\n";

    fn read(rows: &str) -> Result<Vec<GoldDocument>, GoldError> {
        read_table_of(rows.as_bytes().to_vec(), TEXT)
    }

    fn row() -> impl Strategy<Value = String> {
        let number = || prop_oneof![(0..50_usize).prop_map(|n| n.to_string()), "[a-z]{0,2}"];
        let text = prop_oneof![Just("T cells".to_owned()), Just("Eyes".to_owned()), ".{0,3}"];
        let ontology = prop_oneof![Just("CL"), Just("UBERON"), Just("SO")];
        (number(), number(), ".{0,5}", ontology, text).prop_map(|(start, end, spans, of, text)| {
            format!("7\t{start}\t{end}\t{spans}\t{of}\tCL:1\tx\t{text}\n")
        })
    }

    proptest! {
        #[test]
        fn any_table_is_read_or_refused(rows in prop::collection::vec(row(), 0..4), rest in ".{0,20}") {
            for table in [format!("{HEADING}{}{rest}", rows.concat()), rest] {
                for document in read(&table).into_iter().flatten() {
                    for mention in &document.mentions {
                        prop_assert!(!document.text_of(mention).is_empty());
                    }
                }
            }
        }
    }

    #[test]
    fn mentions_are_read_with_their_types_and_identifiers() {
        let rows = "7\t0\t13\t0:13\tCL\tCL:0000898\tnaive T cell\tNaïve T cells\r\n\
            7\t15\t19\t15:19\tUBERON\tUBERON:0000970\teye\tEyes\n\n\
            7\t15\t19\t15:19\tUBERON\tUBERON:0000047\teye\tEyes\n\
            7\t23\t27\t23:27\tNCBITaxon\tNCBITaxon:10088\tMus\tmice\n\
            7\t33\t46\t33:34;41:46\tCL\tCL:0000236\tB cell\tB ... cells\n\
            7\t7\t19\t7:19\tCL\tCL:0000084\tT cell\tT cells  Eyes\n\
            7\t39\t46\t39:46\tSO\tSO:1\tx\twhatever\n";
        let documents = read(&format!("{HEADING}{rows}")).unwrap();
        let [document] = documents.as_slice() else { panic!("{documents:?}") };
        assert_eq!(document.document.passages.len(), 2);
        let shown: Vec<String> = document
            .mentions
            .iter()
            .map(|m| {
                format!(
                    "{}{} {} {}",
                    if m.neutral { "~" } else { "" },
                    document.text_of(m),
                    m.entity_type,
                    m.ids.join("|")
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "Naïve T cells CellType CL:0000898",
                "Eyes Anatomy UBERON:0000047|UBERON:0000970",
                "mice Species 10088",
                "~B and T cells CellType CL:0000236",
            ]
        );
    }

    #[test]
    fn what_is_wrong_names_its_line_and_column() {
        for (rows, expected) in [
            (
                "7\t0\t13\t0:13\tCL\tCL:1\tx\tNaive T cells\n",
                "table:2: document 7: the offsets say \"Naïve T cells\"",
            ),
            ("7\t0\tx\t0:13\tCL\tCL:1\tx\tx\n", "table:2: document 7: the column end is missing or wrong"),
            ("7\t0\t13\t0:13\tCL\tCL:1\n", "table:2: document 7: the column text is missing or wrong"),
            (
                "../7\t0\t13\t0:13\tCL\tCL:1\tx\tx\n",
                "table:2: document ../7: the column doc_id is missing or wrong",
            ),
            ("7\t0\t99\t0:99\tCL\tCL:1\tx\tx\n", "table:2: document 7: no text from 0 to 99"),
        ] {
            let error = read(&format!("{HEADING}{rows}")).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let error = read("doc_id\tstart\n").unwrap_err().to_string();
        assert!(error.contains("table: the first line must name the columns doc_id, start"), "{error}");
        let long = format!("{HEADING}{}\n", "x".repeat(LINE_BYTES_LIMIT + 1));
        assert!(read(&long).unwrap_err().to_string().contains("takes more than"));
        let id = "7".repeat(ID_BYTES_LIMIT + 1);
        assert!(
            read(&format!("{HEADING}{id}\t0\t1\t0:1\tCL\tx\tx\tN\n"))
                .unwrap_err()
                .to_string()
                .contains("doc_id")
        );
    }

    #[test]
    fn texts_stand_beside_the_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gold.tsv");
        std::fs::create_dir(folder.path().join("txt")).unwrap();
        std::fs::write(folder.path().join("txt/7.txt"), "Eyes").unwrap();
        let rows = "7\t0\t4\t0:4\tUBERON\tUBERON:0000970\teye\tEyes\n";
        std::fs::write(&path, format!("{HEADING}{rows}")).unwrap();
        assert_eq!(super::super::gold::read_gold(&path).unwrap()[0].mentions.len(), 1);
        std::fs::write(&path, format!("{HEADING}{rows}8\t0\t4\t0:4\tUBERON\tUBERON:0000970\teye\tEyes\n"))
            .unwrap();
        assert!(super::super::gold::read_gold(&path).unwrap_err().to_string().contains("8.txt"));
    }
}
