//! FamPlex, families of proteins and their complexes: a folder with `entities.csv`, `equivalences.csv`, `relations.csv` and
//! `grounding_map.csv`, each without a header and perhaps packed as `.gz`.
//!
//! The files are small and read whole. Lines of the entities are the lines of the terms.

use std::io::Read;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::cells::QuotedCells;
use super::input::{LineReader, Source};
use super::parts::{add_id, add_xref, curie, finish, told};
use super::rows::add_new_name;
use super::term::{NameKind, Term, TermError, TermReader};
use crate::model::SynonymScope;

/// The most lines of one of the files.
pub const FAMPLEX_LINES_LIMIT: u64 = 1_000_000;
/// The most malformed lines that are told of one file; what is over is passed over.
pub const FAMPLEX_PROBLEMS_LIMIT: usize = 100;

const FILES: [&str; 4] = ["entities.csv", "equivalences.csv", "relations.csv", "grounding_map.csv"];
/// FamPlex' names of other namespaces, and the Bioregistry's. The others it names have names in place of identifiers.
const NAMESPACES: [(&str, &str); 9] = [
    ("MESH", "MESH"),
    ("NCIT", "NCIT"),
    ("GO", "GO"),
    ("HGNC_GROUP", "HGNC_GROUP"),
    ("IP", "InterPro"),
    ("PF", "PFAM"),
    ("RE", "Reactome"),
    ("ECCODE", "eccode"),
    ("SIGNOR", "SIGNOR"),
];

/// Reads FamPlex.
pub struct FamplexReader {
    terms: std::vec::IntoIter<Term>,
    problems: std::vec::IntoIter<TermError>,
    file: String,
    bytes_read: u64,
}

/// What the files say, by the places of the entities.
#[derive(Default)]
struct Families {
    terms: Vec<Term>,
    places: FxHashMap<String, usize>,
    problems: Vec<TermError>,
    bytes_read: u64,
}

impl FamplexReader {
    /// Reads the files of the folder at `path`.
    ///
    /// # Errors
    /// A file that is missing, cannot be read or has more than [`FAMPLEX_LINES_LIMIT`] lines.
    pub fn open(path: &Path) -> Result<Self, TermError> {
        let [entities, equivalences, relations, names] =
            FILES.map(|name| Source::open(&place(path, name), ""));
        Self::new(entities?, equivalences?, relations?, names?)
    }

    /// Reads the files: entities, equivalences, relations, names.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn new(
        entities: Source,
        equivalences: Source,
        relations: Source,
        names: Source,
    ) -> Result<Self, TermError> {
        let file = entities.file.clone();
        let mut families = Families::default();
        families.read(entities, Families::entity)?;
        families.read(equivalences, Families::equivalence)?;
        families.read(relations, Families::relation)?;
        families.read(names, Families::name)?;
        let Families { terms, problems, bytes_read, .. } = families;
        Ok(Self { terms: terms.into_iter(), problems: problems.into_iter(), file, bytes_read })
    }

    /// As [`Self::new`], from any inputs, which errors name as FamPlex does.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn from_readers(inputs: [Box<dyn Read + Send>; 4]) -> Result<Self, TermError> {
        let mut sources = FILES.into_iter().zip(inputs).map(|(name, input)| Source::new(name, input));
        let mut next = || {
            let nothing = || Source::new("famplex", Box::new(std::io::empty()));
            sources.next().unwrap_or_else(nothing)
        };
        Self::new(next()?, next()?, next()?, next()?)
    }
}

/// The file of that name, or its packed form where only that is there.
fn place(folder: &Path, name: &str) -> PathBuf {
    let (plain, packed) = (folder.join(name), folder.join(format!("{name}.gz")));
    if !plain.exists() && packed.exists() { packed } else { plain }
}

impl TermReader for FamplexReader {
    fn next_term(&mut self, term: &mut Term) -> Result<bool, TermError> {
        term.clear();
        if let Some(problem) = self.problems.next() {
            return Err(problem);
        }
        let Some(next) = self.terms.next() else {
            return Ok(false);
        };
        *term = next;
        finish(term, &self.file)?;
        Ok(true)
    }

    fn bytes_read(&self) -> u64 {
        self.bytes_read
    }
}

impl Families {
    fn read(
        &mut self,
        source: Source,
        read_row: fn(&mut Self, &QuotedCells, u64) -> Result<(), String>,
    ) -> Result<(), TermError> {
        let mut lines = LineReader::new(source);
        let mut cells = QuotedCells::new(b',');
        let mut told = 0;
        loop {
            lines.begin_record();
            let row = match lines.next_line() {
                Ok(None) => break,
                Ok(Some(line)) if line.trim().is_empty() => continue,
                Ok(Some(line)) => cells.split(line),
                Err(TermError::Malformed { problem, .. }) => Err(problem),
                Err(error) => return Err(error),
            };
            if lines.line() > FAMPLEX_LINES_LIMIT {
                return Err(lines.not_the_format(format!("it has more than {FAMPLEX_LINES_LIMIT} lines")));
            }
            let read = row.and_then(|()| read_row(self, &cells, lines.line()));
            if let Err(problem) = read
                && told < FAMPLEX_PROBLEMS_LIMIT
            {
                self.problems.push(lines.malformed(problem));
                told += 1;
            }
        }
        self.bytes_read += lines.bytes_read();
        Ok(())
    }

    /// `AKT`
    fn entity(&mut self, cells: &QuotedCells, line: u64) -> Result<(), String> {
        let name = cells.cell(0);
        let id = family_id(name)?;
        if cells.len() != 1 {
            return Err(format!("{} columns; a line has one family", cells.len()));
        }
        let mut term =
            Term { id, label: name.to_owned(), label_kind: NameKind::Symbol, line, ..Term::default() };
        if name.contains('_') {
            add_new_name(&mut term, &name.replace('_', " "), SynonymScope::Exact, NameKind::Plain);
        }
        if self.places.contains_key(name) {
            return Err(format!("\"{}\" is there twice", told(name)));
        }
        self.places.insert(name.to_owned(), self.terms.len());
        self.terms.push(term);
        Ok(())
    }

    /// `MESH,D000071,Alkaline_phosphatase`
    fn equivalence(&mut self, cells: &QuotedCells, _: u64) -> Result<(), String> {
        let (namespace, id) = (cells.cell(0), cells.cell(1));
        let known = NAMESPACES.iter().find(|(name, _)| *name == namespace);
        let term = self.family(cells, 2, 3)?;
        if let Some((_, preferred)) = known {
            add_xref(term, &format!("{preferred}:{}", id.strip_prefix("GO:").unwrap_or(id)), true);
        }
        Ok(())
    }

    /// `HGNC,AKT1,isa,FPLX,AKT`: parents among families only, since genes are named by symbols. A part of a complex is
    /// no kind of it.
    fn relation(&mut self, cells: &QuotedCells, _: u64) -> Result<(), String> {
        if cells.len() < 5 {
            return Err(format!("{} columns; a relation has 5", cells.len()));
        }
        if (cells.cell(0), cells.cell(2), cells.cell(3)) == ("FPLX", "isa", "FPLX") {
            let parent = family_id(cells.cell(4))?;
            add_id(&mut self.family(cells, 1, 5)?.parent_ids, &parent);
        }
        Ok(())
    }

    /// `protein kinase B,FPLX,AKT,,,,`
    fn name(&mut self, cells: &QuotedCells, _: u64) -> Result<(), String> {
        let family = (1..cells.len()).step_by(2).find(|place| cells.cell(*place) == "FPLX");
        if let Some(place) = family {
            let term = self.family(cells, place + 1, 3)?;
            add_new_name(term, cells.cell(0), SynonymScope::Exact, NameKind::Plain);
        }
        Ok(())
    }

    /// The family that is named at `place`; `columns` is how many a line must have.
    fn family(&mut self, cells: &QuotedCells, place: usize, columns: usize) -> Result<&mut Term, String> {
        if cells.len() < columns {
            return Err(format!("{} columns; {columns} are needed", cells.len()));
        }
        let name = cells.cell(place);
        let found = self.places.get(name).copied();
        found
            .and_then(|place| self.terms.get_mut(place))
            .ok_or_else(|| format!("\"{}\" is none of the families of {}", told(name), FILES[0]))
    }
}

fn family_id(name: &str) -> Result<String, String> {
    curie(&format!("FPLX:{name}")).ok_or_else(|| format!("\"{}\" is no name of a family", told(name)))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::terminology::input::tests::gzip;
    use crate::formats::terminology::parts::tests::shown;

    const ENTITIES: &str = "AKT\nAKT_group\n9_1_1\n";
    const EQUIVALENCES: &str =
        "BEL,AKT Family,AKT\nMESH,D051057,AKT\nGO,GO:0030896,9_1_1\nHGNC_GROUP,594,AKT\nIP,IPR1,AKT\n";
    const RELATIONS: &str =
        "HGNC,AKT1,isa,FPLX,AKT\nFPLX,AKT,isa,FPLX,AKT_group\nFPLX,AKT,partof,FPLX,9_1_1\n";
    const NAMES: &str = "\"protein kinase B, PKB\",FPLX,AKT,,,,\nPKB,HGNC,AKT1,,,,\nAKT,FPLX,AKT,,,,\nAkt family,HGNC,X,FPLX,AKT,,\n";

    fn read(files: [&[u8]; 4]) -> Vec<String> {
        let inputs = files.map(|bytes| Box::new(Cursor::new(bytes.to_vec())) as Box<dyn Read + Send>);
        match FamplexReader::from_readers(inputs) {
            Ok(mut reader) => shown(&mut reader),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn families_are_read() {
        let files = [ENTITIES, EQUIVALENCES, RELATIONS, NAMES].map(str::as_bytes);
        let expected = [
            "1: FPLX:AKT \"AKT\" Exact/Plain=protein kinase B, PKB Exact/Plain=Akt family ==MESH:D051057 \
             ==HGNC_GROUP:594 ==InterPro:IPR1 ^FPLX:AKT_group",
            "2: FPLX:AKT_group \"AKT_group\" Exact/Plain=AKT group",
            "3: FPLX:9_1_1 \"9_1_1\" Exact/Plain=9 1 1 ==GO:0030896",
        ];
        assert_eq!(read(files), expected);
        let packed = files.map(gzip);
        assert_eq!(read([&packed[0], &packed[1], &packed[2], &packed[3]]), expected);
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in FILES.iter().zip(files) {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let mut reader = FamplexReader::open(folder.path()).unwrap();
        assert_eq!(shown(&mut reader), expected);
        assert_eq!(reader.bytes_read(), files.iter().map(|file| file.len() as u64).sum::<u64>());
        std::fs::remove_file(folder.path().join(FILES[2])).unwrap();
        let error = FamplexReader::open(folder.path()).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("relations.csv"), "{error}");
    }

    #[test]
    fn malformed_lines_are_told_and_passed_over() {
        for (place, bad, problem) in [
            (0, "\"AKT\n", "entities.csv, line 1: a quoted cell is not closed"),
            (0, "A,B\n", "entities.csv, line 1: 2 columns; a line has one family"),
            (0, "A B\n", "entities.csv, line 1: \"A B\" is no name of a family"),
            (1, "MESH,D051057\n", "equivalences.csv, line 1: 2 columns; 3 are needed"),
            (
                1,
                "MESH,D051057,X\n",
                "equivalences.csv, line 1: \"X\" is none of the families of entities.csv",
            ),
            (2, "FPLX,AKT\n", "relations.csv, line 1: 2 columns; a relation has 5"),
            (3, "x,FPLX,X\n", "grounding_map.csv, line 1: \"X\" is none of the families"),
        ] {
            let mut files = [ENTITIES, EQUIVALENCES, RELATIONS, NAMES].map(str::to_owned);
            files[place].insert_str(0, bad);
            let seen =
                read([files[0].as_bytes(), files[1].as_bytes(), files[2].as_bytes(), files[3].as_bytes()]);
            assert!(seen[0].starts_with(problem), "{seen:?}");
            assert_eq!(seen.len(), 4, "{seen:?}");
        }
        let twice = read([b"AKT\nAKT\n", b"", b"", NAMES.as_bytes()]);
        assert_eq!(twice[0], "entities.csv, line 2: \"AKT\" is there twice");
        assert!(twice[1].contains("protein kinase B"), "{twice:?}");
    }

    #[test]
    fn files_at_the_limits_are_read_and_longer_ones_refused() {
        let lines = |count: u64| vec![b'\n'; usize::try_from(count).unwrap()];
        assert!(read([&lines(FAMPLEX_LINES_LIMIT), b"", b"", b""]).is_empty());
        let over = [lines(FAMPLEX_LINES_LIMIT), b"A\n".to_vec()].concat();
        assert_eq!(read([&over, b"", b"", b""]), ["entities.csv: it has more than 1000000 lines"]);
        let problems = read([&b"a b\n".repeat(FAMPLEX_PROBLEMS_LIMIT + 1), b"", b"", b""]);
        assert_eq!(problems.len(), FAMPLEX_PROBLEMS_LIMIT);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            read([&bytes, &bytes, &bytes, &bytes]);
        }

        #[test]
        fn any_cells_are_read(text in "((FPLX|AKT|isa|MESH|\"|é)?,){0,6}(AKT)?\n") {
            let bytes = text.as_bytes();
            read([b"AKT\n", bytes, bytes, bytes]);
        }
    }
}
