//! MeSH in ASCII (`d2026.bin`, `c2026.bin`): descriptors and supplementary records. Qualifiers are passed over.
//!
//! The elements are told at <https://www.nlm.nih.gov/mesh/dtype.html> and <https://www.nlm.nih.gov/mesh/ctype.html>.

use std::io::Read;

use super::input::{LineReader, Source};
use super::mesh::{self, add_mapped_heading, add_registry_number, kind_of, scope_of};
use super::parts::{add_category, finish, record_id, told};
use super::term::{NameKind, Term, TermError, TermReader};
use crate::model::SynonymScope;

/// The line that begins a record.
const RECORD_HEAD: &str = "*NEWRECORD";

/// Reads MeSH's records in ASCII.
pub struct MeshAsciiReader {
    lines: LineReader,
    /// The line of the head of the record that comes next.
    next_record: Option<u64>,
}

/// What a record says beside its term.
#[derive(Default)]
struct Record {
    is_qualifier: bool,
    /// Whether a name has fields.
    has_fields: bool,
    /// The names that are written without fields, by their places.
    bare_names: Vec<usize>,
}

impl MeshAsciiReader {
    /// Reads to the head of the first record.
    ///
    /// # Errors
    /// A file that cannot be read, or does not begin with a record of MeSH.
    pub fn new(source: Source) -> Result<Self, TermError> {
        let mut lines = LineReader::new(source);
        loop {
            let found = match lines.next_line() {
                Ok(Some(line)) if line.trim().is_empty() => continue,
                Ok(Some(line)) if line.trim() == RECORD_HEAD => break,
                Ok(Some(line)) => format!("\"{}\"", told(line)),
                Ok(None) => "nothing".to_owned(),
                Err(error) if error.is_of_one_record() => "a line that cannot be read".to_owned(),
                Err(error) => return Err(error),
            };
            let problem = format!("not MeSH in ASCII: it begins with {found}, {RECORD_HEAD} is expected");
            return Err(lines.not_the_format(problem));
        }
        Ok(Self { next_record: Some(lines.line()), lines })
    }

    /// As [`Self::new`], from any input; `file` is its name in errors.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_reader(file: &str, input: Box<dyn Read + Send>) -> Result<Self, TermError> {
        Self::new(Source::new(file, input)?)
    }

    /// Reads the lines of the record that has begun, to the head of the next.
    fn read_record(&mut self, term: &mut Term) -> Result<Record, TermError> {
        let mut record = Record::default();
        let mut problem = None;
        self.lines.begin_record();
        loop {
            match self.lines.next_line() {
                Ok(None) => break,
                Ok(Some(line)) if line.trim() == RECORD_HEAD => {
                    self.next_record = Some(self.lines.line());
                    break;
                }
                Ok(Some(line)) if problem.is_none() && !line.trim().is_empty() => {
                    if let Err(text) = record.read_line(line, term) {
                        problem = Some(self.lines.malformed(text));
                    }
                }
                Ok(Some(_)) => {}
                Err(error) if error.is_of_one_record() => {
                    problem.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        problem.map_or(Ok(record), Err)
    }
}

impl TermReader for MeshAsciiReader {
    fn next_term(&mut self, term: &mut Term) -> Result<bool, TermError> {
        while let Some(line) = self.next_record.take() {
            term.clear();
            term.line = line;
            let record = self.read_record(term)?;
            if record.is_qualifier {
                continue;
            }
            record.finish(term);
            let malformed =
                |problem| TermError::Malformed { file: self.lines.file().to_owned(), line, problem };
            if term.id.is_empty() {
                return Err(malformed("the record has no UI".to_owned()));
            }
            term.id = record_id(&format!("{}{}", mesh::PREFIX, term.id)).map_err(malformed)?;
            finish(term, self.lines.file())?;
            return Ok(true);
        }
        Ok(false)
    }

    fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }
}

impl Record {
    /// Reads `ELEMENT = value`; the error says what is wrong.
    fn read_line(&mut self, line: &str, term: &mut Term) -> Result<(), String> {
        let Some((element, value)) = line.split_once('=') else {
            return Err(format!("\"{}\" is no element; \"MH = value\" is expected", told(line)));
        };
        let (element, value) = (element.trim(), value.trim());
        match element {
            "RECTYPE" => match value {
                "D" | "C" => {}
                "Q" => self.is_qualifier = true,
                other => return Err(format!("\"{}\" is no RECTYPE; D, C or Q is expected", told(other))),
            },
            "UI" => value.clone_into(&mut term.id),
            "MH" | "NM" => value.clone_into(&mut term.label),
            "ENTRY" | "PRINT ENTRY" | "SY" => self.add_name(value, term),
            "MN" => add_category(term, value),
            "MS" | "NO" => value.clone_into(&mut term.description),
            // `Thing/*analysis`: the descriptor is before the slash.
            "HM" => add_mapped_heading(term, value.split('/').next().unwrap_or_default()),
            "RN" => add_registry_number(term, value, SynonymScope::Exact),
            "RR" => add_registry_number(term, value, SynonymScope::Related),
            _ => {}
        }
        Ok(())
    }

    /// A name alone, or with fields behind bars of which the last says what each is: `abbcdef`, where `a` is the name,
    /// `c` the lexical tag and `d` the relation.
    fn add_name(&mut self, value: &str, term: &mut Term) {
        let mut fields: Vec<&str> = value.split('|').collect();
        let map = if fields.len() > 1 { fields.pop().unwrap_or_default() } else { "a" };
        let field = |letter| map.find(letter).and_then(|at| fields.get(at)).map(|field| field.trim());
        let text = field('a').unwrap_or(fields[0]);
        let scope = field('d').and_then(scope_of).unwrap_or(SynonymScope::Exact);
        if fields.len() > 1 {
            self.has_fields = true;
        } else {
            self.bare_names.push(term.names.len());
        }
        term.add_name(text, scope, kind_of(field('c').unwrap_or_default(), text));
    }

    /// NLM gives its terms fields, and none to the permuted ones that it makes of them: where a record has names with
    /// fields, those without are permuted.
    fn finish(&self, term: &mut Term) {
        for at in self.bare_names.iter().filter(|_| self.has_fields) {
            if let Some(name) = term.names.get_mut(*at) {
                name.kind = NameKind::Permuted;
            }
        }
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
        match MeshAsciiReader::from_reader("d.bin", Box::new(Cursor::new(bytes.into()))) {
            Ok(mut reader) => shown(&mut reader),
            Err(error) => vec![error.to_string()],
        }
    }

    const FILE: &str = "\
*NEWRECORD
RECTYPE = D
MH = Birds, Big
AQ = AB AC
ENTRY = Big Bird|T050|T191|NON|EQV|NLM (1994)|930624|abbcdef
PRINT ENTRY = BB|ABB|NRW|acd
ENTRY = Ostrich|REL|ad
ENTRY = Bird, Big
MN = B01.1
MN = B02
MS = Birds = big ones.
UI = D000001

*NEWRECORD
RECTYPE = Q
SH = analysis
UI = Q000032

*NEWRECORD
RECTYPE = C
NM = egg white
RN = 9000-00-1
RR = 50-78-2 (yolk)
SY = albumen|T109|T121|TRD|NRW|x|041021|abbcdef
SY = white of egg
HM = *Eggs/*analysis
HM = Birds, Big
NO = what eggs have
UI = C000002
";

    #[test]
    fn records_are_read() {
        let expected = [
            "1: MESH:D000001 \"Birds, Big\" Exact/Plain=Big Bird Narrow/Abbreviation=BB Related/Plain=Ostrich \
             Exact/Permuted=Bird, Big #B01.1 #B02 (Birds = big ones.)",
            "19: MESH:C000002 \"egg white\" Exact/Code=9000-00-1 Related/Code=50-78-2 Narrow/Plain=albumen \
             Exact/Permuted=white of egg #mapped-Eggs #mapped-Birds, Big (what eggs have)",
        ];
        assert_eq!(read(FILE), expected);
        assert_eq!(read(FILE.replace('\n', "\r\n")), expected);
        let (head, tail) = FILE.as_bytes().split_at(60);
        assert_eq!(read([gzip(head), gzip(tail)].concat()), expected);
        let bare = "*NEWRECORD\nRECTYPE = D\nMH = a\nENTRY = b\nENTRY = c||\nUI = D000001";
        assert_eq!(read(bare)[0], "1: MESH:D000001 \"a\" Exact/Permuted=b Exact/Plain=c");
    }

    #[test]
    fn a_malformed_record_is_told_with_its_line_and_the_next_is_read() {
        for (bad, problem) in [
            ("RECTYPE = D\nMH = a", "line 1: the record has no UI"),
            ("RECTYPE = X\nUI = D000001", "line 2: \"X\" is no RECTYPE; D, C or Q is expected"),
            ("MH = a\nENTRY b", "line 3: \"ENTRY b\" is no element"),
            ("UI = D 1", "line 1: \"D 1\" is not an identifier of MESH"),
        ] {
            let seen = read(format!("*NEWRECORD\n{bad}\n*NEWRECORD\nMH = b\nUI = D000002"));
            assert_eq!(seen.len(), 2, "{seen:?}");
            assert!(seen[0].starts_with(&format!("d.bin, {problem}")), "{seen:?}");
            assert!(seen[1].ends_with(": MESH:D000002 \"b\""), "{seen:?}");
        }
        let seen = read(b"*NEWRECORD\nMH = \xff\nUI = D000001\n*NEWRECORD\nUI = D000002".as_slice());
        let problem = "d.bin, line 2: the line is not UTF-8; save the file as UTF-8";
        assert_eq!(seen, [problem, "4: MESH:D000002 \"\""]);
    }

    #[test]
    fn what_is_no_mesh_is_refused() {
        for (text, found) in [("", "nothing"), ("id: X:1", "\"id: X:1\"")] {
            let problem = format!("d.bin: not MeSH in ASCII: it begins with {found}, *NEWRECORD is expected");
            assert_eq!(read(text), [problem]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            read([b"*NEWRECORD\n".as_slice(), &bytes].concat());
            read(bytes);
        }

        #[test]
        fn any_elements_are_read_or_refused(
            lines in proptest::collection::vec("(ENTRY|SY|UI|HM|RN|RECTYPE) = [Dac01|/*é-]{0,12}", 0..20)
        ) {
            read(format!("*NEWRECORD\n{}", lines.join("\n")));
        }
    }
}
