//! The readers of terminologies that are tables, on the publishers' files. What needs ../shared is passed over, with a
//! line that says so, where that is missing. `GLOSSATOR_SAMPLES=3 cargo test --test terminology_tables -- --nocapture`
//! prints terms as well.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that cannot read its data has failed

use std::path::{Path, PathBuf};

use glossator::formats::terminology::{OpenOptions, TableLayout, Term, TermFormat, open};

/// What a file holds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    terms: usize,
    labels: usize,
    names: usize,
    xrefs: usize,
    parents: usize,
    retired: usize,
    malformed: usize,
}

/// Terms, labels, names beside them, cross-references, parents, retired identifiers, malformed records.
const fn counts([terms, labels, names, xrefs, parents, retired, malformed]: [usize; 7]) -> Counts {
    Counts { terms, labels, names, xrefs, parents, retired, malformed }
}

struct File {
    path: &'static str,
    format: TermFormat,
    namespace: &'static str,
    table: TableLayout,
    counts: Counts,
}

fn file(path: &'static str, format: TermFormat, counts: Counts) -> File {
    File { path, format, namespace: "", table: TableLayout::default(), counts }
}

fn table(path: &'static str, namespace: &'static str, table: TableLayout, counts: Counts) -> File {
    File { path, format: TermFormat::Table, namespace, table, counts }
}

/// The tables of RGD and MGI: identifier, symbol, synonyms, Ensembl.
fn entries() -> TableLayout {
    TableLayout {
        names: vec![3],
        list_separator: Some(';'),
        xrefs: vec![(4, "ENSEMBL".to_owned())],
        ..labels(1)
    }
}

fn labels(header_lines: usize) -> TableLayout {
    TableLayout { header_lines, id: 1, label: 2, ..TableLayout::default() }
}

/// Every reader's files with what they hold: NCBI's lack the placeholder NEWENTRY, one a file; the names of GO end in ten
/// relations, which have no namespace.
fn files() -> Vec<File> {
    let commas = TableLayout { separator: Some(','), ..labels(0) };
    let xrefs = TableLayout { xrefs: vec![(3, String::new())], ..labels(1) };
    let joined = TableLayout { list_separator: Some(','), ..xrefs.clone() };
    let genes = |path, expected| file(path, TermFormat::GeneInfo, counts(expected));
    vec![
        genes("ncbi_gene/Homo_sapiens.gene_info.gz", [63353, 63353, 231316, 97603, 0, 0, 0]),
        genes("ncbi_gene/Mus_musculus.gene_info.gz", [73136, 73136, 252238, 104243, 0, 0, 0]),
        genes("ncbi_gene/Danio_rerio.gene_info.gz", [43751, 43751, 143017, 48423, 0, 0, 0]),
        genes("ncbi_gene/Drosophila_melanogaster.gene_info.gz", [25097, 25097, 194092, 25359, 0, 0, 0]),
        genes(
            "ncbi_gene/Rattus_norvegicus.reconstructed.gene_info.gz",
            [23326, 23326, 66901, 46791, 0, 0, 0],
        ),
        genes(
            "ncbi_gene/Caenorhabditis_elegans.reconstructed.gene_info.gz",
            [20134, 20134, 8, 20138, 0, 0, 0],
        ),
        file(
            "hgnc/hgnc_complete_set.txt.gz",
            TermFormat::Hgnc,
            counts([43882, 43882, 148650, 122756, 0, 0, 0]),
        ),
        file(
            "drugbank/drugbank_vocabulary.csv.gz",
            TermFormat::Drugbank,
            counts([19842, 19842, 53242, 28286, 0, 870, 0]),
        ),
        file(
            "cellosaurus/cellosaurus_2020-07.reconstructed.txt.gz",
            TermFormat::Cellosaurus,
            counts([87243, 87243, 55760, 0, 0, 0, 0]),
        ),
        file("famplex", TermFormat::Famplex, counts([783, 783, 2137, 1691, 311, 0, 0])),
        table("rgd/rgd_entries.tsv.gz", "RGD", entries(), counts([61334, 61334, 54001, 55617, 0, 0, 0])),
        table("mgi/mgi_entries.tsv.gz", "MGI", entries(), counts([88784, 88784, 28908, 56685, 0, 0, 0])),
        table("go/go_id_label_mappings.csv.gz", "", commas, counts([47334, 47334, 0, 0, 0, 0, 10])),
        table("doid/reports_2026/HumanDO.tsv.gz", "", labels(1), counts([12296, 12296, 0, 0, 0, 0, 0])),
        table("doid/reports_2026/allXREFinDO.tsv.gz", "", xrefs, counts([39264, 39264, 0, 39264, 0, 0, 0])),
        table("doid/reports_2026/MESHinDO.tsv.gz", "", joined, counts([4023, 4023, 0, 4099, 0, 0, 0])),
    ]
}

/// The directory of the terminologies, if there is one.
fn terminologies() -> Option<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = std::env::var_os("GLOSSATOR_SHARED").map_or_else(default, PathBuf::from).join("terminologies");
    if !path.is_dir() {
        println!("the terminologies' files were passed over: there is no {}", path.display());
        return None;
    }
    Some(path)
}

/// Reads a file to its end; every so many terms one is printed where samples are asked for.
fn count(path: &Path, file: &File, samples: usize) -> Counts {
    let options =
        OpenOptions { format: file.format, member: "", table: &file.table, namespace: file.namespace };
    let mut reader = open(path, &options).unwrap_or_else(|error| panic!("{error}"));
    let (mut term, mut seen) = (Term::default(), Counts::default());
    loop {
        match reader.next_term(&mut term) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) if error.is_of_one_record() => {
                println!("  {error}");
                seen.malformed += 1;
                continue;
            }
            Err(error) => panic!("{error}"),
        }
        assert!(term.id.contains(':') && term.line > 0, "{term:?}");
        if samples > 0 && (seen.terms + 1) % (samples * 997) == 0 {
            println!("  {term:?}");
        }
        seen.terms += 1;
        seen.labels += usize::from(!term.label.is_empty());
        seen.names += term.names.len();
        seen.xrefs += term.xrefs.len();
        seen.parents += term.parent_ids.len();
        seen.retired += term.retired_ids.len();
    }
    assert!(reader.bytes_read() > 0);
    seen
}

#[test]
fn the_publishers_tables_are_read_whole() {
    let Some(folder) = terminologies() else {
        return;
    };
    let samples = std::env::var("GLOSSATOR_SAMPLES").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut wrong = Vec::new();
    for file in files() {
        println!("{}", file.path);
        let seen = count(&folder.join(file.path), &file, samples);
        if seen != file.counts {
            let Counts { terms, labels, names, xrefs, parents, retired, malformed } = seen;
            wrong.push(format!(
                "{}: [{terms}, {labels}, {names}, {xrefs}, {parents}, {retired}, {malformed}]",
                file.path
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
