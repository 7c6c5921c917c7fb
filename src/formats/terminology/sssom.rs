//! SSSOM: mappings between terminologies, as TSV. A row says one thing of its subject.
//!
//! The columns and the metadata before them are told at <https://mapping-commons.github.io/sssom/>.

use std::io::Read;

use rustc_hash::FxHashMap;

use super::input::{LineReader, Source};
use super::parts::told;
use super::term::{Term, TermError, TermReader, Xref};
use crate::model::Curie;

/// The most prefixes that a file may declare.
pub const PREFIXES_LIMIT: usize = 10_000;
/// What a row has in place of an object when there is none.
const NO_TERM_FOUND: &str = "sssom:NoTermFound";

/// Reads mappings. Rows whose predicate is no mapping, or is negated, are passed over.
pub struct SssomReader {
    lines: LineReader,
    prefixes: FxHashMap<String, String>,
    columns: Columns,
    /// What is wrong with the metadata, until it is told.
    metadata_problem: Option<TermError>,
}

/// The places of the columns that are read.
struct Columns {
    subject: usize,
    predicate: usize,
    object: usize,
    modifier: Option<usize>,
}

impl SssomReader {
    /// Reads the metadata and the header.
    ///
    /// # Errors
    /// A file that cannot be read, or has no header with the columns that are needed.
    pub fn new(source: Source) -> Result<Self, TermError> {
        let mut lines = LineReader::new(source);
        let mut prefixes = FxHashMap::default();
        let (mut in_prefixes, mut metadata_problem) = (false, None);
        loop {
            let line = match lines.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => return Err(lines.not_the_format("not SSSOM: it has no header")),
                Err(error) if error.is_of_one_record() => {
                    metadata_problem.get_or_insert(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if let Some(metadata) = line.strip_prefix('#') {
                add_prefix(metadata, &mut in_prefixes, &mut prefixes);
                if prefixes.len() > PREFIXES_LIMIT {
                    return Err(
                        lines.not_the_format(format!("it declares more than {PREFIXES_LIMIT} prefixes"))
                    );
                }
                lines.begin_record();
            } else if !line.trim().is_empty() {
                let columns = Columns::of(line).map_err(|problem| lines.not_the_format(problem))?;
                return Ok(Self { lines, prefixes, columns, metadata_problem });
            }
        }
    }

    /// As [`Self::new`], from any input; `file` is its name in errors.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_reader(file: &str, input: Box<dyn Read + Send>) -> Result<Self, TermError> {
        Self::new(Source::new(file, input)?)
    }
}

impl TermReader for SssomReader {
    fn next_term(&mut self, term: &mut Term) -> Result<bool, TermError> {
        term.clear();
        if let Some(problem) = self.metadata_problem.take() {
            return Err(problem);
        }
        let Self { lines, prefixes, columns, .. } = self;
        loop {
            lines.begin_record();
            let Some(line) = lines.next_line()? else {
                return Ok(false);
            };
            match columns.read(line, prefixes, term) {
                Ok(true) => break,
                Ok(false) => {}
                Err(problem) => return Err(lines.malformed(problem)),
            }
        }
        term.line = lines.line();
        Ok(true)
    }

    fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }
}

impl Columns {
    fn of(header: &str) -> Result<Self, String> {
        let place = |name: &str| header.split('\t').position(|column| column.trim() == name);
        let needed = |name| {
            let problem = || format!("not SSSOM: its header \"{}\" has no column {name}", told(header));
            place(name).ok_or_else(problem)
        };
        Ok(Self {
            subject: needed("subject_id")?,
            predicate: needed("predicate_id")?,
            object: needed("object_id")?,
            modifier: place("predicate_modifier"),
        })
    }

    /// Reads a row; `false` when it says nothing. The error says what is wrong.
    fn read(
        &self,
        line: &str,
        prefixes: &FxHashMap<String, String>,
        term: &mut Term,
    ) -> Result<bool, String> {
        let cell = |place: usize| line.split('\t').nth(place).map_or("", str::trim);
        if line.trim().is_empty() || self.modifier.is_some_and(|place| cell(place) == "Not") {
            return Ok(false);
        }
        let (subject, predicate, object) = (cell(self.subject), cell(self.predicate), cell(self.object));
        for (name, value) in [("subject_id", subject), ("predicate_id", predicate), ("object_id", object)] {
            if value.is_empty() {
                return Err(format!("{name} is empty"));
            }
        }
        let Some(equivalent) = is_equivalent(predicate) else {
            return Ok(false);
        };
        if [subject, object].contains(&NO_TERM_FOUND) {
            return Ok(false);
        }
        let identifier = |name, text: &str| {
            preferred(text, prefixes).ok_or_else(|| format!("{name} \"{}\" is no identifier", told(text)))
        };
        term.id = identifier("subject_id", subject)?;
        term.xrefs.push(Xref { id: identifier("object_id", object)?, equivalent });
        Ok(true)
    }
}

/// Whether a predicate says that both mean the same; `None` where it is no mapping. It is a CURIE or an address.
fn is_equivalent(predicate: &str) -> Option<bool> {
    match predicate.rsplit([':', '/', '#']).next().unwrap_or_default() {
        "exactMatch" | "equivalentClass" | "sameAs" => Some(true),
        "closeMatch" | "broadMatch" | "narrowMatch" | "relatedMatch" | "hasDbXref" => Some(false),
        _ => None,
    }
}

/// An identifier in its preferred form. Where its prefix is not known, the address that the file declares for it may tell
/// a namespace that is.
fn preferred(text: &str, prefixes: &FxHashMap<String, String>) -> Option<String> {
    let parsed: Option<Curie> = text.parse().ok();
    if let Some((prefix, local)) = text.split_once(':')
        && let Some(address) = prefixes.get(prefix)
        && !parsed.as_ref().is_some_and(|curie| is_known(curie.prefix()))
        && let Ok(declared) = format!("{address}{local}").parse::<Curie>()
        && is_known(declared.prefix())
    {
        return Some(declared.as_str().to_owned());
    }
    parsed.map(|curie| curie.as_str().to_owned())
}

/// Whether a prefix is one whose other spellings are known: then its lower case leads back to it.
fn is_known(prefix: &str) -> bool {
    let turned: String = prefix
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    turned != prefix && Curie::preferred_prefix(&turned) == prefix
}

/// Reads a line of metadata, which is YAML: in the map of prefixes each is a line of its own, further in.
fn add_prefix(line: &str, in_prefixes: &mut bool, prefixes: &mut FxHashMap<String, String>) {
    // The first space belongs to the comment's sign.
    let line = line.strip_prefix(' ').unwrap_or(line);
    let Some((key, value)) = line.split_once(':') else {
        return;
    };
    if !line.starts_with([' ', '\t']) {
        *in_prefixes = key.trim() == "curie_map";
    } else if *in_prefixes {
        let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
        prefixes.insert(plain(key), plain(value));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::super::input::tests::gzip;
    use super::super::parts::tests::shown;
    use super::*;

    fn read(bytes: impl Into<Vec<u8>>) -> Vec<String> {
        match SssomReader::from_reader("m.tsv", Box::new(Cursor::new(bytes.into()))) {
            Ok(mut reader) => shown(&mut reader),
            Err(error) => vec![error.to_string()],
        }
    }

    const HEAD: &str = "\
# curie_map:
#   MONDO: http://purl.obolibrary.org/obo/MONDO_
#   m: \"http://identifiers.org/mesh/\"
#   own: https://example.org/own/
# license: https://example.org/x: y
predicate_modifier\tpredicate_id\tobject_label\tobject_id\tsubject_id
";

    #[test]
    fn mappings_are_read() {
        let rows = "\
\tskos:exactMatch\tx\tmsh:D000001\tMONDO:1
\towl:equivalentClass\tx\tm:D000002\tMONDO:2
\thttp://www.w3.org/2002/07/owl#sameAs\t\thttp://id.nlm.nih.gov/mesh/D000003\tMONDO:3
\tskos:closeMatch\tx\town:17\tMONDO:4
\toboInOwl:hasDbXref\tx\tMIM:100000\town:5

Not\tskos:exactMatch\tx\tMESH:D000006\tMONDO:6
\trdfs:subClassOf\tx\tMESH:D000006\tMONDO:6
\tskos:exactMatch\tx\tsssom:NoTermFound\tMONDO:6
";
        let expected = [
            "7: MONDO:0000001 \"\" ==MESH:D000001",
            "8: MONDO:0000002 \"\" ==MESH:D000002",
            "9: MONDO:0000003 \"\" ==MESH:D000003",
            "10: MONDO:0000004 \"\" ~own:17",
            "11: own:5 \"\" ~OMIM:100000",
        ];
        let text = format!("{HEAD}{rows}");
        assert_eq!(read(text.as_str()), expected);
        assert_eq!(read(text.replace('\n', "\r\n")), expected);
        let (head, tail) = text.as_bytes().split_at(100);
        assert_eq!(read([gzip(head), gzip(tail)].concat()), expected);
    }

    #[test]
    fn a_malformed_row_is_told_with_its_line_and_the_next_is_read() {
        for (bad, problem) in [
            ("\tskos:exactMatch\tx\tMESH:D000001", "subject_id is empty"),
            ("\t\tx\tMESH:D000001\tMONDO:1", "predicate_id is empty"),
            ("\tskos:exactMatch\tx\tno id\tMONDO:1", "object_id \"no id\" is no identifier"),
            ("\tskos:exactMatch\tx\tMESH:D000001\tMESH:x", "subject_id \"MESH:x\" is no identifier"),
        ] {
            let good = "\tskos:exactMatch\t\tMESH:D000002\tMONDO:2";
            let expected =
                [format!("m.tsv, line 7: {problem}"), "8: MONDO:0000002 \"\" ==MESH:D000002".to_owned()];
            assert_eq!(read(format!("{HEAD}{bad}\n{good}")), expected);
        }
        let seen = read([b"# x: \xff\n".as_slice(), HEAD.as_bytes(), b"\xff\n"].concat());
        let problem = |line| format!("m.tsv, line {line}: the line is not UTF-8; save the file as UTF-8");
        assert_eq!(seen, [problem(1), problem(8)]);
    }

    #[test]
    fn what_is_no_sssom_is_refused() {
        for (text, problem) in [
            ("# x: y\n", "m.tsv: not SSSOM: it has no header"),
            ("id: X:1", "m.tsv: not SSSOM: its header \"id: X:1\" has no column subject_id"),
            (
                "subject_id\tobject_id",
                "m.tsv: not SSSOM: its header \"subject_id\tobject_id\" has no column predicate_id",
            ),
        ] {
            assert_eq!(read(text), [problem]);
        }
    }

    #[test]
    fn as_many_prefixes_as_the_limit_are_taken() {
        for (count, problem) in [
            (PREFIXES_LIMIT, "m.tsv: not SSSOM: it has no header"),
            (PREFIXES_LIMIT + 1, "m.tsv: it declares more than 10000 prefixes"),
        ] {
            let lines: String = (0..count).map(|number| format!("#  p{number}: http://x/\n")).collect();
            assert_eq!(read(format!("#curie_map:\n{lines}")), [problem]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            read([HEAD.as_bytes(), &bytes].concat());
            read(bytes);
        }

        #[test]
        fn any_cells_are_read_or_refused(
            rows in proptest::collection::vec("(Not)?\t(skos:exactMatch|a)\tx?\t[mM:1/é]{0,8}\t[mM:1/é]{0,8}", 0..20)
        ) {
            read(format!("{HEAD}{}", rows.join("\n")));
        }
    }
}
