//! The project's own catalog files: one entity a line, tab separated.
//!
//! A file begins with the header `id label taxon_id xrefs parent_ids exact related narrow broad`; every line has all
//! nine columns, and the values of a cell are joined by `|`. A file of added names has the header
//! `id name scope reason`. UTF-8, lines end in LF or CRLF.

use std::io::{BufRead, Read};

use crate::model::{Curie, SynonymScope};

/// The most bytes of one line, its end included.
pub const LINE_BYTES_LIMIT: usize = 1 << 20;

/// The most bytes of an identifier.
const IDENTIFIER_BYTES_LIMIT: usize = 512;

/// The columns of an entity file.
pub const ENTITY_COLUMNS: [&str; 9] =
    ["id", "label", "taxon_id", "xrefs", "parent_ids", "exact", "related", "narrow", "broad"];

/// The columns of a file of added names.
pub const ADDED_NAME_COLUMNS: [&str; 4] = ["id", "name", "scope", "reason"];

/// Why a catalog file cannot be read. Lines count from 1, the header being line 1.
#[derive(Debug, thiserror::Error)]
pub enum CatalogTsvError {
    /// The file cannot be read.
    #[error("{file}, line {line}: {source}")]
    Read {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not UTF-8.
    #[error("{file}, line {line}: not UTF-8; save the file as UTF-8")]
    Encoding {
        /// The file.
        file: String,
        /// The line.
        line: u64,
    },
    /// A line is too long.
    #[error("{file}, line {line}: longer than the limit of {limit} bytes")]
    LineTooLong {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The bound.
        limit: usize,
    },
    /// The first line does not name the columns.
    #[error("{file}: the first line must be the header, these columns with tabs between them: {expected}")]
    Header {
        /// The file.
        file: String,
        /// The columns, joined by spaces.
        expected: String,
    },
    /// Too few or too many columns.
    #[error("{file}, line {line}: {found} columns, {expected} are needed")]
    Columns {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// How many there are.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// A value cannot be what its column holds.
    #[error("{file}, line {line}, column {column}: \"{value}\" {problem}")]
    Value {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The column.
        column: &'static str,
        /// The beginning of the value.
        value: String,
        /// What is wrong and what to write.
        problem: String,
    },
}

/// One line of an entity file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityRow<'a> {
    /// A CURIE.
    pub id: &'a str,
    /// The preferred name; not empty.
    pub label: &'a str,
    /// A CURIE, or empty.
    pub taxon_id: &'a str,
    /// CURIEs joined by `|`, or empty.
    pub xrefs: &'a str,
    /// CURIEs joined by `|`, or empty.
    pub parent_ids: &'a str,
    names: [&'a str; 4],
}

impl<'a> EntityRow<'a> {
    /// The names besides the label: exact ones, related, narrow, broad, each in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = (SynonymScope, &'a str)> + use<'a> {
        let cells = SCOPES.into_iter().zip(self.names);
        cells.flat_map(|(scope, cell)| values(cell).map(move |name| (scope, name)))
    }
}

/// One line of a file of added names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddedNameRow<'a> {
    /// The CURIE of an entity of another file.
    pub id: &'a str,
    /// The name to add; not empty.
    pub name: &'a str,
    /// How its meaning relates to the entity.
    pub scope: SynonymScope,
    /// Why it was added; may be empty.
    pub reason: &'a str,
}

/// The scopes in the order of the columns.
const SCOPES: [SynonymScope; 4] =
    [SynonymScope::Exact, SynonymScope::Related, SynonymScope::Narrow, SynonymScope::Broad];

/// The values of a cell; none for an empty one.
pub fn values(cell: &str) -> impl Iterator<Item = &str> {
    split(cell, b'|').filter(|value| !value.is_empty())
}

/// As [`str::split`] at an ASCII byte, which for short pieces costs less than at a character.
fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let at = text.bytes().position(|byte| byte == separator);
        rest = at.map(|at| &text[at + 1..]);
        Some(&text[..at.unwrap_or(text.len())])
    })
}

/// Reads a catalog file line by line.
pub struct CatalogTsvReader<R> {
    lines: Lines<R>,
    /// Prefixes that were found to be the preferred ones.
    good_prefixes: Vec<String>,
}

impl<R: BufRead> CatalogTsvReader<R> {
    /// A reader of an entity file; `file` is its name in errors. Reads and checks the header.
    pub fn entities(reader: R, file: &str) -> Result<Self, CatalogTsvError> {
        Self::new(reader, file, &ENTITY_COLUMNS)
    }

    /// A reader of a file of added names; `file` is its name in errors. Reads and checks the header.
    pub fn added_names(reader: R, file: &str) -> Result<Self, CatalogTsvError> {
        Self::new(reader, file, &ADDED_NAME_COLUMNS)
    }

    fn new(reader: R, file: &str, columns: &[&str]) -> Result<Self, CatalogTsvError> {
        let mut lines = Lines { reader, file: file.to_owned(), line: 0, buffer: Vec::new() };
        lines.read()?;
        let header = lines.text()?;
        if !header.trim_start_matches('\u{feff}').split('\t').eq(columns.iter().copied()) {
            return Err(CatalogTsvError::Header { file: file.to_owned(), expected: columns.join(" ") });
        }
        Ok(Self { lines, good_prefixes: Vec::new() })
    }

    /// The number of the line that was read last, from 1.
    pub fn line(&self) -> u64 {
        self.lines.line
    }

    /// The next entity of an entity file; `None` at its end. Empty lines are passed over.
    pub fn next_entity(&mut self) -> Result<Option<EntityRow<'_>>, CatalogTsvError> {
        let Self { lines, good_prefixes } = self;
        if !lines.read_filled()? {
            return Ok(None);
        }
        let (text, check) = (lines.text()?, Check { file: &lines.file, line: lines.line });
        let [id, label, taxon_id, xrefs, parent_ids, names @ ..] = check.cells::<9>(text)?;
        check.identifier("id", id, good_prefixes)?;
        check.filled("label", label)?;
        if !taxon_id.is_empty() {
            check.identifier("taxon_id", taxon_id, good_prefixes)?;
        }
        for (column, cell) in [("xrefs", xrefs), ("parent_ids", parent_ids)] {
            for value in split(cell, b'|').filter(|_| !cell.is_empty()) {
                check.identifier(column, value, good_prefixes)?;
            }
        }
        for (column, cell) in ENTITY_COLUMNS[5..].iter().zip(names) {
            for value in split(cell, b'|').filter(|_| !cell.is_empty()) {
                check.filled(column, value)?;
            }
        }
        Ok(Some(EntityRow { id, label, taxon_id, xrefs, parent_ids, names }))
    }

    /// The next name of a file of added names; `None` at its end. Empty lines are passed over.
    pub fn next_added_name(&mut self) -> Result<Option<AddedNameRow<'_>>, CatalogTsvError> {
        let Self { lines, good_prefixes } = self;
        if !lines.read_filled()? {
            return Ok(None);
        }
        let (text, check) = (lines.text()?, Check { file: &lines.file, line: lines.line });
        let [id, name, scope, reason] = check.cells::<4>(text)?;
        check.identifier("id", id, good_prefixes)?;
        check.filled("name", name)?;
        let scope = match scope {
            "exact" => SynonymScope::Exact,
            "related" => SynonymScope::Related,
            "narrow" => SynonymScope::Narrow,
            "broad" => SynonymScope::Broad,
            other => {
                return Err(check.value(
                    "scope",
                    other,
                    "is no scope; write exact, related, narrow or broad",
                ));
            }
        };
        Ok(Some(AddedNameRow { id, name, scope, reason }))
    }
}

struct Lines<R> {
    reader: R,
    file: String,
    line: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Fills the buffer with the next line that is not empty; whether there was one.
    fn read_filled(&mut self) -> Result<bool, CatalogTsvError> {
        while self.read()? {
            if !self.buffer.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Fills the buffer with the next line, without its end; whether there was one.
    fn read(&mut self) -> Result<bool, CatalogTsvError> {
        self.buffer.clear();
        self.line += 1;
        let mut limited = (&mut self.reader).take(LINE_BYTES_LIMIT as u64 + 1);
        let read = limited.read_until(b'\n', &mut self.buffer).map_err(|source| CatalogTsvError::Read {
            file: self.file.clone(),
            line: self.line,
            source,
        })?;
        if self.buffer.len() > LINE_BYTES_LIMIT {
            let (file, line) = (self.file.clone(), self.line);
            return Err(CatalogTsvError::LineTooLong { file, line, limit: LINE_BYTES_LIMIT });
        }
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
        }
        if self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        Ok(read > 0)
    }

    fn text(&self) -> Result<&str, CatalogTsvError> {
        std::str::from_utf8(&self.buffer)
            .map_err(|_| CatalogTsvError::Encoding { file: self.file.clone(), line: self.line })
    }
}

/// Where a line stands, for its checks.
struct Check<'a> {
    file: &'a str,
    line: u64,
}

impl Check<'_> {
    fn cells<'t, const COLUMNS: usize>(&self, text: &'t str) -> Result<[&'t str; COLUMNS], CatalogTsvError> {
        let mut cells = [""; COLUMNS];
        let mut found = 0;
        for cell in split(text, b'\t') {
            if let Some(place) = cells.get_mut(found) {
                *place = cell;
            }
            found += 1;
        }
        if found != COLUMNS {
            let (file, line) = (self.file.to_owned(), self.line);
            return Err(CatalogTsvError::Columns { file, line, found, expected: COLUMNS });
        }
        Ok(cells)
    }

    fn filled(&self, column: &'static str, value: &str) -> Result<(), CatalogTsvError> {
        if !value.starts_with(|c: char| c.is_ascii_alphanumeric()) && value.trim().is_empty() {
            return Err(self.value(column, value, "is empty; write a name"));
        }
        Ok(())
    }

    fn identifier(
        &self,
        column: &'static str,
        value: &str,
        good: &mut Vec<String>,
    ) -> Result<(), CatalogTsvError> {
        let parts = value.bytes().position(|byte| byte == b':').map(|at| (&value[..at], &value[at + 1..]));
        let bad = |byte: u8| byte.is_ascii_whitespace() || byte == b'|';
        let good_parts = parts.filter(|(prefix, local)| {
            !prefix.is_empty()
                && !local.is_empty()
                && value.len() <= IDENTIFIER_BYTES_LIMIT
                && !value.bytes().any(bad)
                && (value.is_ascii() || !value.contains(char::is_whitespace))
        });
        let Some((prefix, _)) = good_parts else {
            return Err(self.value(column, value, "is no identifier; write a CURIE such as NCBIGene:3574"));
        };
        if good.iter().any(|known| known == prefix) {
            return Ok(());
        }
        let preferred = Curie::preferred_prefix(prefix);
        if preferred != prefix {
            return Err(self.value(
                column,
                value,
                &format!("has a prefix whose preferred form is {preferred}"),
            ));
        }
        good.push(prefix.to_owned());
        Ok(())
    }

    fn value(&self, column: &'static str, value: &str, problem: &str) -> CatalogTsvError {
        CatalogTsvError::Value {
            file: self.file.to_owned(),
            line: self.line,
            column,
            value: value.chars().take(80).collect(),
            problem: problem.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str = "id\tlabel\ttaxon_id\txrefs\tparent_ids\texact\trelated\tnarrow\tbroad\n";

    fn read(text: &str) -> Result<Vec<String>, CatalogTsvError> {
        let mut reader = CatalogTsvReader::entities(text.as_bytes(), "genes.tsv")?;
        let mut rows = Vec::new();
        while let Some(row) = reader.next_entity()? {
            let names: Vec<String> = row.names().map(|(scope, name)| format!("{scope:?} {name}")).collect();
            rows.push(format!("{} {} [{}]", row.id, row.label, names.join(", ")));
        }
        Ok(rows)
    }

    #[test]
    fn entities_are_read() {
        let text = format!(
            "{HEADER}NCBIGene:1\tA1\tNCBITaxon:9606\tHGNC:5|OMIM:100000\t\tone|a-1\tr\tn\tb\r\n\nMESH:D1\tx\t\t\tMESH:D2\t\t\t\t"
        );
        assert_eq!(
            read(&text).unwrap(),
            ["NCBIGene:1 A1 [Exact one, Exact a-1, Related r, Narrow n, Broad b]", "MESH:D1 x []"]
        );
    }

    #[test]
    fn bad_files_are_refused_with_their_place() {
        for (lines, expected) in [
            ("", "genes.tsv: the first line must be the header"),
            ("id\tlabel\n", "genes.tsv: the first line must be the header"),
            ("HNCBIGene:1\tA\n", "genes.tsv, line 2: 2 columns, 9 are needed"),
            ("H1\tA\t\t\t\t\t\t\t\n", "genes.tsv, line 2, column id: \"1\" is no identifier"),
            ("HNCBIGene:1\t \t\t\t\t\t\t\t\n", "line 2, column label: \" \" is empty"),
            ("Hncbigene:1\tA\t\t\t\t\t\t\t\n", "has a prefix whose preferred form is NCBIGene"),
            ("HNCBIGene:1\tA\t9606\t\t\t\t\t\t\n", "column taxon_id: \"9606\" is no identifier"),
            ("HNCBIGene:1\tA\t\tHGNC:1||OMIM:2\t\t\t\t\t\n", "column xrefs: \"\" is no identifier"),
            ("HNCBIGene:1\tA\t\t\tx y:1\t\t\t\t\n", "column parent_ids: \"x y:1\" is no identifier"),
            ("HNCBIGene:1\tA\t\t\t\ta||b\t\t\t\n", "column exact: \"\" is empty"),
        ] {
            let error = read(&lines.replacen('H', HEADER, 1)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let error = CatalogTsvReader::entities(&b"\xff\n"[..], "f").map(|_| ()).unwrap_err();
        assert!(matches!(error, CatalogTsvError::Encoding { line: 1, .. }));
    }

    #[test]
    fn a_line_at_the_limit_is_read_and_a_longer_one_refused() {
        let line = |bytes: usize| {
            let head = "MESH:D1\t";
            let tail = "\t\t\t\t\t\t\t\n";
            format!("{HEADER}{head}{}{tail}", "x".repeat(bytes - head.len() - tail.len()))
        };
        assert_eq!(read(&line(LINE_BYTES_LIMIT)).unwrap().len(), 1);
        assert!(matches!(
            read(&line(LINE_BYTES_LIMIT + 1)),
            Err(CatalogTsvError::LineTooLong { line: 2, .. })
        ));
    }

    #[test]
    fn added_names_are_read() {
        let text = "id\tname\tscope\treason\nMESH:D1\tflu\trelated\tplain word\nMESH:D1\tx\tsame\t\n";
        let mut reader = CatalogTsvReader::added_names(text.as_bytes(), "names.tsv").unwrap();
        let row = reader.next_added_name().unwrap().unwrap();
        assert_eq!(
            (row.id, row.name, row.scope, row.reason),
            ("MESH:D1", "flu", SynonymScope::Related, "plain word")
        );
        let error = reader.next_added_name().unwrap_err().to_string();
        assert_eq!(
            error,
            "names.tsv, line 3, column scope: \"same\" is no scope; write exact, related, narrow or broad"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut all = HEADER.as_bytes().to_vec();
            all.extend(bytes);
            let mut reader = CatalogTsvReader::entities(all.as_slice(), "f").unwrap();
            while let Ok(Some(row)) = reader.next_entity() {
                prop_assert!(!row.label.is_empty());
            }
        }
    }
}
