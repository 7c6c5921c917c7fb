//! Tables whose columns the source names by their numbers ([`TableLayout`]).
//!
//! Cells may be quoted, whatever separates them. The names of a gene database's tables are symbols.

use std::io::Read;

use super::cells::{CELLS_LIMIT, QuotedCells, values};
use super::format::TableLayout;
use super::input::{LineReader, Source};
use super::parts::{add_category, add_id, add_xref, record_id};
use super::rows::{RowFormat, RowReader, add_new_name};
use super::term::{NameKind, Term, TermError};
use crate::model::{Curie, SynonymScope};

/// Namespaces of databases of genes.
const OF_GENES: [&str; 9] =
    ["NCBIGene", "HGNC", "MGI", "RGD", "ZFIN", "FLYBASE", "WORMBASE", "SGD", "ENSEMBL"];

/// Reads a table.
pub type TableReader = RowReader<Table>;

/// The format of a table.
pub struct Table {
    cells: QuotedCells,
    layout: TableLayout,
    namespace: String,
    lines_to_skip: usize,
    /// The highest of the columns that every line must have.
    needed: usize,
    kind: NameKind,
}

impl RowReader<Table> {
    /// Reads a table of `layout`; identifiers without a namespace are of `namespace`.
    ///
    /// # Errors
    /// A layout without a column of identifiers, or with a separator that is no ASCII character.
    pub fn new(source: Source, layout: &TableLayout, namespace: &str) -> Result<Self, TermError> {
        let lines = LineReader::new(source);
        let format = Table::of_layout(layout, namespace).map_err(|problem| lines.not_the_format(problem))?;
        Ok(Self::with_format(lines, format))
    }

    /// As [`Self::new`], from any input; `file` is its name in errors.
    ///
    /// # Errors
    /// As [`Self::new`], and an input that cannot be read.
    pub fn from_reader(
        file: &str,
        input: Box<dyn Read + Send>,
        layout: &TableLayout,
        namespace: &str,
    ) -> Result<Self, TermError> {
        Self::new(Source::new(file, input)?, layout, namespace)
    }
}

impl Table {
    fn of_layout(layout: &TableLayout, namespace: &str) -> Result<Self, String> {
        let separator = layout.separator.unwrap_or('\t');
        let byte =
            u8::try_from(separator).ok().filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'\n'));
        let Some(byte) = byte else {
            return Err(format!("{separator:?} separates no columns; write a comma or a tab"));
        };
        if layout.id == 0 {
            return Err("the table's layout names no column of identifiers; columns count from 1".to_owned());
        }
        let TableLayout { id, label, names, xrefs, parents, categories, .. } = layout;
        let others =
            names.iter().chain(parents).chain(categories).chain(xrefs.iter().map(|(column, _)| column));
        if others.clone().any(|column| *column == 0) {
            return Err("the table's layout names a column 0; columns count from 1".to_owned());
        }
        if others.chain([id, label]).any(|column| *column > CELLS_LIMIT) {
            return Err(format!("the table's layout names a column over {CELLS_LIMIT}"));
        }
        let is_of_genes = OF_GENES.contains(&Curie::preferred_prefix(namespace));
        Ok(Self {
            cells: QuotedCells::new(byte),
            layout: layout.clone(),
            namespace: namespace.to_owned(),
            lines_to_skip: layout.header_lines,
            needed: (*id).max(*label),
            kind: if is_of_genes { NameKind::Symbol } else { NameKind::Plain },
        })
    }
}

/// The values of a column's cell.
fn list(cells: &QuotedCells, column: usize, separator: Option<char>) -> impl Iterator<Item = &str> {
    let cell = column.checked_sub(1).map_or("", |place| cells.cell(place));
    // Without a separator the whole cell is one value: no line has a line's end in it.
    values(cell, separator.unwrap_or('\n'))
}

/// An identifier with its namespace.
fn with_namespace(namespace: &str, id: &str) -> String {
    if namespace.is_empty() || id.contains(':') { id.to_owned() } else { format!("{namespace}:{id}") }
}

impl RowFormat for Table {
    fn read_row(&mut self, line: &str, term: &mut Term) -> Result<bool, String> {
        if self.lines_to_skip > 0 {
            self.lines_to_skip -= 1;
            return Ok(false);
        }
        if line.trim().is_empty() {
            return Ok(false);
        }
        self.cells.split(line)?;
        let Self { cells, layout, namespace, kind, .. } = &*self;
        if cells.len() < self.needed {
            return Err(format!("{} columns; the layout names column {}", cells.len(), self.needed));
        }
        let TableLayout { list_separator, id, label, names, xrefs, parents, categories, .. } = layout;
        term.id = record_id(&with_namespace(namespace, cells.cell(id - 1)))?;
        if let Some(label) = list(cells, *label, None).next() {
            label.clone_into(&mut term.label);
            term.label_kind = *kind;
        }
        for name in names.iter().flat_map(|column| list(cells, *column, *list_separator)) {
            add_new_name(term, name, SynonymScope::Exact, *kind);
        }
        for (column, namespace) in xrefs {
            for xref in list(cells, *column, *list_separator) {
                add_xref(term, &with_namespace(namespace, xref), false);
            }
        }
        for parent in parents.iter().flat_map(|column| list(cells, *column, *list_separator)) {
            add_id(&mut term.parent_ids, &with_namespace(namespace, parent));
        }
        for category in categories.iter().flat_map(|column| list(cells, *column, *list_separator)) {
            add_category(term, category);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::terminology::input::tests::gzip;
    use crate::formats::terminology::parts::tests::shown;

    fn read(text: impl Into<Vec<u8>>, layout: &TableLayout, namespace: &str) -> Vec<String> {
        match TableReader::from_reader("t", Box::new(Cursor::new(text.into())), layout, namespace) {
            Ok(mut reader) => shown(&mut reader),
            Err(error) => vec![error.to_string()],
        }
    }

    fn genes() -> TableLayout {
        TableLayout {
            header_lines: 1,
            list_separator: Some(';'),
            id: 1,
            label: 2,
            names: vec![3],
            xrefs: vec![(4, "ENSEMBL".to_owned())],
            ..TableLayout::default()
        }
    }

    #[test]
    fn tables_are_read_as_their_layout_says() {
        let text = "ID\tsymbol\tsynonyms\tensembl\n2003\tAsip\tA;ASP;A\tENSRNOG00000017701;x y\n5\tB\n";
        let expected = [
            "2: RGD:2003 \"Asip\" Exact/Symbol=A Exact/Symbol=ASP ~ENSEMBL:ENSRNOG00000017701",
            "3: RGD:5 \"B\"",
        ];
        assert_eq!(read(text, &genes(), "rgd"), expected);
        assert_eq!(read(gzip(text.as_bytes()), &genes(), "RGD"), expected);
        let labels = TableLayout { separator: Some(','), id: 1, label: 2, ..TableLayout::default() };
        assert_eq!(
            read("GO:0000001,mitochondrion inheritance\n\nGO:0000002,\"a, b\"\n", &labels, ""),
            ["1: GO:0000001 \"mitochondrion inheritance\"", "3: GO:0000002 \"a, b\""]
        );
        let mixed = TableLayout { id: 2, parents: vec![1], categories: vec![3], ..TableLayout::default() };
        assert_eq!(read("\"DOID:4\"\t\"DOID:9538\"\tx;y\n", &mixed, ""), ["1: DOID:9538 \"\" ^DOID:4 #x;y"]);
    }

    #[test]
    fn malformed_lines_and_layouts_are_told() {
        for (bad, problem) in [
            ("5\n", "t, line 2: 1 columns; the layout names column 2"),
            ("x\ty\n", "t, line 2: \"x\" is not an identifier of RGD"),
            ("\"5\ty\n", "t, line 2: a quoted cell is not closed"),
        ] {
            let seen = read(format!("ID\n{bad}7\tC\n"), &genes(), "RGD");
            assert!(seen[0].starts_with(problem), "{seen:?}");
            assert_eq!(seen[1..], ["3: RGD:7 \"C\""]);
        }
        for (layout, problem) in [
            (TableLayout::default(), "t: the table's layout names no column of identifiers"),
            (TableLayout { names: vec![0], ..genes() }, "t: the table's layout names a column 0"),
            (TableLayout { separator: Some('é'), ..genes() }, "t: 'é' separates no columns"),
            (
                TableLayout { label: CELLS_LIMIT + 1, ..genes() },
                "t: the table's layout names a column over 4096",
            ),
        ] {
            assert!(read("", &layout, "")[0].starts_with(problem));
        }
        assert!(read("", &TableLayout { label: CELLS_LIMIT, ..genes() }, "").is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200), id in 0..5_usize) {
            read(bytes.as_slice(), &TableLayout { id, parents: vec![2], categories: vec![3], ..genes() }, "MGI");
        }

        #[test]
        fn any_cells_are_read(text in "([0-9a;:\"é]{0,5}\t){0,6}\n") {
            read(text, &TableLayout { header_lines: 0, ..genes() }, "MGI");
        }
    }
}
