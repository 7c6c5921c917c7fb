//! The project's own table of terms: what a user writes to add a dictionary.
//!
//! A text file in UTF-8, a term a line, with tabs between the columns. The first line is the header, which names the
//! columns in any order:
//!
//! | column | what it holds |
//! |---|---|
//! | `type` | needed: the entity type, `Gene`, `disease`, `cell_line`, ...; case, `_`, `-` and spaces do not matter |
//! | `id` | needed: a CURIE such as `ACME:0001`, or without a namespace where the recipe gives one |
//! | `name` | needed: the preferred name |
//! | `synonyms` | other names that mean the same |
//! | `related` | names that are used for it without meaning quite the same |
//! | `xrefs` | the same thing in other namespaces, CURIEs |
//! | `parents` | broader terms, CURIEs |
//! | `taxon` | the taxon it belongs to: `NCBITaxon:9606` or `9606` |
//! | `description` | prose |
//!
//! Values of one cell are joined by `|`, which no name can hold. A line may end after any column behind the needed ones;
//! empty lines and lines that begin with `#` are passed over. There are no quotes: a `"` is a part of its name.
//!
//! For example, with `<tab>` for a tab:
//!
//! ```text
//! type<tab>id<tab>name<tab>synonyms
//! # Our own compounds.
//! chemical<tab>ACME:0001<tab>acmestatin<tab>ACM-1|ACM 1
//! gene<tab>NCBIGene:3575<tab>IL7R
//! ```
//!
//! The type goes to the term's categories as `type:Chemical`.

use std::io::Read;

use super::cells::values;
use super::input::{LineReader, Source};
use super::parts::{add_category, add_id, add_xref, record_id, told};
use super::rows::{RowFormat, RowReader, add_new_name, read_header};
use super::term::{NameKind, Term, TermError};
use crate::model::{EntityType, SynonymScope};

/// The columns; the first three are needed.
pub const TERMS_COLUMNS: [&str; 9] =
    ["type", "id", "name", "synonyms", "related", "xrefs", "parents", "taxon", "description"];
const NEEDED: usize = 3;

/// Reads the project's own table of terms.
pub type TermsReader = RowReader<Terms>;

/// The format of the project's own table: for every column of a line its place in [`TERMS_COLUMNS`].
pub struct Terms {
    columns: Vec<usize>,
    namespace: String,
}

impl RowReader<Terms> {
    /// Reads the header of `source`; identifiers without a namespace are of `namespace`.
    ///
    /// # Errors
    /// A file that cannot be read, or whose header lacks a column that is needed or names one that is not known.
    pub fn new(source: Source, namespace: &str) -> Result<Self, TermError> {
        let mut lines = LineReader::new(source);
        let columns = read_header(&mut lines, columns_of)?;
        Ok(Self::with_format(lines, Terms { columns, namespace: namespace.to_owned() }))
    }

    /// As [`Self::new`], from any input; `file` is its name in errors.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_reader(file: &str, input: Box<dyn Read + Send>, namespace: &str) -> Result<Self, TermError> {
        Self::new(Source::new(file, input)?, namespace)
    }
}

fn columns_of(header: &str) -> Result<Vec<usize>, String> {
    let mut columns = Vec::new();
    for name in header.split('\t').map(str::trim) {
        let known = TERMS_COLUMNS.iter().position(|column| column.eq_ignore_ascii_case(name));
        let Some(place) = known else {
            let all = TERMS_COLUMNS.join(", ");
            return Err(format!("the header names a column \"{}\"; the columns are {all}", told(name)));
        };
        if columns.contains(&place) {
            return Err(format!("the header names the column {name} twice"));
        }
        columns.push(place);
    }
    match (0..NEEDED).find(|place| !columns.contains(place)) {
        Some(lacking) => {
            Err(format!("the header lacks the column {}; it needs type, id and name", TERMS_COLUMNS[lacking]))
        }
        None => Ok(columns),
    }
}

impl RowFormat for Terms {
    fn read_row(&mut self, line: &str, term: &mut Term) -> Result<bool, String> {
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(false);
        }
        let mut cells = [""; TERMS_COLUMNS.len()];
        let mut found = 0;
        for cell in line.split('\t') {
            if let Some(place) = self.columns.get(found).and_then(|column| cells.get_mut(*column)) {
                *place = cell.trim();
            }
            found += 1;
        }
        if found > self.columns.len() {
            return Err(format!("{found} columns; the header has {}", self.columns.len()));
        }
        let [kind, id, name, synonyms, related, xrefs, parents, taxon, description] = cells;
        if let Some(empty) = (0..NEEDED).find(|place| cells[*place].is_empty()) {
            return Err(format!("{} is empty; a term needs type, id and name", TERMS_COLUMNS[empty]));
        }
        let Some(entity_type) = EntityType::from_name(kind) else {
            let all = EntityType::ALL.map(EntityType::name).join(", ");
            return Err(format!("\"{}\" is no type; the types are {all}", told(kind)));
        };
        let bare = !self.namespace.is_empty() && !id.contains(':');
        term.id = if bare { record_id(&format!("{}:{id}", self.namespace))? } else { record_id(id)? };
        name.clone_into(&mut term.label);
        add_category(term, &format!("type:{entity_type}"));
        for (cell, scope) in [(synonyms, SynonymScope::Exact), (related, SynonymScope::Related)] {
            for name in values(cell, '|') {
                add_new_name(term, name, scope, NameKind::Plain);
            }
        }
        for xref in values(xrefs, '|') {
            // What a user writes wrong is told, unlike what a publisher does.
            record_id(xref).map_err(|problem| format!("xrefs: {problem}"))?;
            add_xref(term, xref, true);
        }
        for parent in values(parents, '|') {
            record_id(parent).map_err(|problem| format!("parents: {problem}"))?;
            add_id(&mut term.parent_ids, parent);
        }
        if !taxon.is_empty() {
            let number = taxon.bytes().all(|byte| byte.is_ascii_digit());
            let taxon = if number { format!("NCBITaxon:{taxon}") } else { taxon.to_owned() };
            term.taxon_id = record_id(&taxon).map_err(|problem| format!("taxon: {problem}"))?;
        }
        description.clone_into(&mut term.description);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::terminology::TermReader as _;
    use crate::formats::terminology::input::tests::gzip;
    use crate::formats::terminology::parts::tests::shown;

    const HEADER: &str = "type\tid\tname\tsynonyms\trelated\txrefs\tparents\ttaxon\tdescription\n";

    fn read(text: impl Into<Vec<u8>>) -> Vec<String> {
        match TermsReader::from_reader("u", Box::new(Cursor::new(text.into())), "ACME") {
            Ok(mut reader) => shown(&mut reader),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn terms_are_read() {
        let text = format!(
            "# ours\n{HEADER}cell_line\tACME:x1\tX1\tX-1| X 1 |X1\tx\tcvcl:0001|FOO:1\tACME:x\t9606\tA \"line\".\n\n#no\ngene\t7\tG\n"
        );
        let expected = [
            "3: ACME:x1 \"X1\" Exact/Plain=X-1 Exact/Plain=X 1 Related/Plain=x ==cellosaurus:CVCL_0001 ==FOO:1 ^ACME:x \
             #type:CellLine (A \"line\".)",
            "6: ACME:7 \"G\" #type:Gene",
        ];
        assert_eq!(read(text.as_str()), expected);
        assert_eq!(read(gzip(text.as_bytes())), expected);
        assert_eq!(
            read("Name\tTaxon\tID\tType\nIL7R\tNCBITaxon:9606\tentrez:3575\tGene\n"),
            ["2: NCBIGene:3575 \"IL7R\" #type:Gene"]
        );
        let mut term = Term::default();
        let bytes = text.into_bytes();
        let mut reader = TermsReader::from_reader("u", Box::new(Cursor::new(bytes)), "").unwrap();
        assert!(reader.next_term(&mut term).unwrap());
        assert_eq!(term.taxon_id, "NCBITaxon:9606");
    }

    #[test]
    fn malformed_lines_and_headers_are_told() {
        for (bad, problem) in [
            ("gene\tACME:1\n", "u, line 2: name is empty; a term needs type, id and name"),
            ("\tACME:1\tx\n", "u, line 2: type is empty"),
            ("thing\tACME:1\tx\n", "u, line 2: \"thing\" is no type; the types are Gene, Disease"),
            ("gene\tNCBIGene:x\tx\n", "u, line 2: \"x\" is not an identifier of NCBIGene"),
            ("gene\tA:1\tx\t\t\tno\n", "u, line 2: xrefs: \"no\" has no prefix"),
            ("gene\tA:1\tx\t\t\t\tno\n", "u, line 2: parents: \"no\" has no prefix"),
            ("gene\tA:1\tx\t\t\t\t\thuman\n", "u, line 2: taxon: \"human\" has no prefix"),
            (&"\t".repeat(9), "u, line 2: 10 columns; the header has 9"),
        ] {
            let bad = if bad.ends_with('\n') { bad.to_owned() } else { format!("x{bad}\n") };
            let seen = read(format!("{HEADER}{bad}gene\tA:1\tx\n"));
            assert!(seen[0].starts_with(problem), "{seen:?}");
            assert_eq!(seen[1..], ["3: A:1 \"x\" #type:Gene"]);
        }
        for (header, problem) in [
            ("", "u: the file has no header"),
            ("type\tid\n", "u: the header lacks the column name"),
            ("type\tid\tname\tcolour\n", "u: the header names a column \"colour\"; the columns are type, id"),
            ("type\tid\tname\tid\n", "u: the header names the column id twice"),
        ] {
            assert!(read(header)[0].starts_with(problem), "{:?}", read(header));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            read([HEADER.as_bytes(), &bytes].concat());
            read(bytes);
        }

        #[test]
        fn any_cells_are_read(text in "(gene|x)(\t[A:0-9|é]{0,5}){0,9}\n") {
            read(format!("{HEADER}{text}"));
        }
    }
}
