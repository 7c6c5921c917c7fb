use std::io::Cursor;

use proptest::prelude::*;

use super::super::input::tests::gzip;
use super::super::parts::tests::shown;
use super::super::taxdump_rows::RANKS_LIMIT;
use super::*;

const NAMES: &str = "\
1\t|\troot\t|\t\t|\tscientific name\t|
1\t|\tall\t|\t\t|\tsynonym\t|
10\t|\ta cat, really\t|\t\t|\tauthority\t|
10\t|\tCattus cattus\t|\tCattus <x>\t|\tscientific name\t|
10\t|\tcat\t|\t\t|\tgenbank common name\t|
10\t|\tCC\t|\t\t|\tacronym\t|
10\t|\tbeasts\t|\t\t|\tblast name\t|
10\t|\tpets\t|\t\t|\tin-part\t|
10\t|\ttomcat\t|\t\t|\tincludes\t|
10\t|\tCatus\t|\t\t|\tmisspelling\t|
10\t|\tCattus stage\t|\t\t|\tanamorph\t|
10\t|\tX 1\t|\t\t|\ttype material\t|
";
const NODES: &str = "10\t|\t1\t|\tspecies\t|\tCC\t|\n1\t|\t1\t|\tno rank\t|\t\t|\n";
const MERGED: &str = "7\t|\t10\t|\n9\t|\t10\t|\n8\t|\t1\t|\n";
const EXPECTED: [&str; 2] = [
    "1: NCBITaxon:1 \"root\" Exact/Plain=all -NCBITaxon:8 #no rank",
    "3: NCBITaxon:10 \"Cattus cattus\" Exact/Plain=cat Exact/Abbreviation=CC Broad/Plain=beasts Broad/Plain=pets \
     Narrow/Plain=tomcat Related/Former=Catus Related/Plain=Cattus stage ^NCBITaxon:1 -NCBITaxon:7 \
     -NCBITaxon:9 #species",
];

fn read(names: impl Into<Vec<u8>>, nodes: impl Into<Vec<u8>>, merged: impl Into<Vec<u8>>) -> Vec<String> {
    let [names, nodes, merged] =
        [names.into(), nodes.into(), merged.into()].map(|bytes| Box::new(Cursor::new(bytes)));
    shown(&mut TaxdumpReader::from_readers(names, nodes, merged).unwrap())
}

/// A tar archive of those files.
fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn taxa_are_read_with_ranks_parents_and_merged_identifiers() {
    assert_eq!(read(NAMES, NODES, MERGED), EXPECTED);
    let (head, tail) = NAMES.as_bytes().split_at(50);
    assert_eq!(read([gzip(head), gzip(tail)].concat(), NODES, gzip(MERGED.as_bytes())), EXPECTED);
    assert_eq!(read("10\t|\tx\t|\t\t|\tscientific name\t|", "", ""), ["1: NCBITaxon:10 \"x\""]);
}

#[test]
fn folders_and_archives_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| TaxdumpReader::open(path).map_err(|error| error.to_string());
    std::fs::write(folder.path().join("names.dmp.gz"), gzip(NAMES.as_bytes())).unwrap();
    let error = open(folder.path()).map(|_| ()).unwrap_err();
    assert!(error.ends_with("it has no nodes.dmp; a folder or a tar archive with it is expected"), "{error}");
    std::fs::write(folder.path().join("nodes.dmp"), NODES).unwrap();
    std::fs::write(folder.path().join("merged.dmp"), MERGED).unwrap();
    let mut reader = open(folder.path()).unwrap();
    assert_eq!(shown(&mut reader), EXPECTED);
    let size: u64 =
        folder.path().read_dir().unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert_eq!(reader.bytes_read(), size);

    let path = folder.path().join("taxdump.tar.gz");
    let files = [("gencode.dmp", "x"), ("merged.dmp", MERGED), ("./names.dmp", NAMES), ("nodes.dmp", NODES)];
    for bytes in [tar(&files), gzip(&tar(&files))] {
        std::fs::write(&path, bytes).unwrap();
        let mut reader = open(&path).unwrap();
        assert_eq!(shown(&mut reader), EXPECTED);
        assert!(reader.bytes_read() <= path.metadata().unwrap().len());
    }
    std::fs::write(&path, gzip(b"no tar at all")).unwrap();
    assert!(open(&path).is_err());
}

#[test]
fn malformed_lines_are_told_with_their_place_and_lose_nothing_else() {
    let seen = read(NAMES, format!("x\t|\n{NODES}2\t|\t1\n"), format!("{MERGED}5\t|\n"));
    assert_eq!(
        seen[..3],
        [
            "nodes.dmp, line 1: \"x\" is no number of a taxon",
            "nodes.dmp, line 4: the rank is missing",
            "merged.dmp, line 4: \"\" is no number of a taxon",
        ]
    );
    assert_eq!(seen[3..], EXPECTED);
    let name = |id: u32, text: &str| format!("{id}\t|\t{text}\t|\t\t|\tscientific name\t|\n");
    let bytes = [name(1, "a").as_bytes(), b"\xff\n1\t|\tb\t|\n", name(2, "c").as_bytes()].concat();
    let seen = read(bytes, "", "");
    assert_eq!(
        seen,
        [
            "names.dmp, line 2: the line is not UTF-8; save the file as UTF-8",
            "names.dmp, line 3: the class of the name is missing",
            "1: NCBITaxon:1 \"a\"",
            "4: NCBITaxon:2 \"c\"",
        ]
    );
}

#[test]
fn as_many_taxa_as_the_limit_are_read() {
    for (limit, expected) in [(3, 2), (2, 1)] {
        let inputs = [NAMES, NODES, MERGED].map(|text| Box::new(Cursor::new(text)));
        let [names, nodes, merged] = inputs;
        let mut reader = TaxdumpReader::from_readers(names, nodes, merged).unwrap();
        reader.taxa.limit = limit;
        let seen = shown(&mut reader);
        assert_eq!(seen.len(), expected, "{seen:?}");
        assert_eq!(seen[0] == "merged.dmp: it has more than 2 taxa", limit == 2, "{seen:?}");
    }
}

#[test]
fn as_many_ranks_as_the_limit_are_known() {
    let nodes: String =
        (1..=RANKS_LIMIT + 1).map(|number| format!("{number}\t|\t1\t|\trank {number}\t|\n")).collect();
    let seen = read("255\t|\tx\t|\t\t|\tscientific name\t|", nodes, "");
    assert_eq!(
        seen,
        [
            "nodes.dmp, line 256: the rank \"rank 256\" is one more than 255",
            "1: NCBITaxon:255 \"x\" ^NCBITaxon:1 #rank 255"
        ]
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read(bytes.clone(), bytes.clone(), bytes);
    }

    #[test]
    fn any_lines_are_read_or_refused(lines in proptest::collection::vec("[1-3]{0,2}\t\\|\t[1a]?(\t\\|\tx?){0,3}", 0..20)) {
        let text = lines.join("\n");
        read(text.clone(), text.clone(), text);
    }
}
