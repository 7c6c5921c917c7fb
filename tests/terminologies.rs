//! The readers of terminologies on the publishers' files. What needs ../shared is passed over, with a line that says so,
//! where that is missing. `GLOSSATOR_SAMPLES=3 cargo test --test terminologies -- --nocapture` prints terms as well.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that cannot read its data has failed

use std::path::{Path, PathBuf};

use glossator::formats::terminology::{OpenOptions, TableLayout, Term, TermFormat, open};

/// Of so many terms of a file, the first are printed as samples.
const SAMPLE_STRIDE: usize = 1_999;

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    terms: usize,
    labels: usize,
    names: usize,
    xrefs: usize,
    parents: usize,
    obsolete: usize,
    malformed: usize,
}

/// Terms, labels, names beside them, cross-references, parents, obsolete terms, malformed records.
const fn counts([terms, labels, names, xrefs, parents, obsolete, malformed]: [usize; 7]) -> Counts {
    Counts { terms, labels, names, xrefs, parents, obsolete, malformed }
}

/// Every reader's files with what they hold.
const FILES: [(&str, &str, TermFormat, Counts); 20] = [
    (
        "mesh/desc2024.reconstructed.xml.gz",
        "",
        TermFormat::MeshXml,
        counts([30_764, 30_764, 233_172, 0, 0, 0, 0]),
    ),
    (
        "mesh/supp_partial.reconstructed.xml.gz",
        "",
        TermFormat::MeshXml,
        counts([43_899, 43_899, 7_349, 0, 0, 0, 0]),
    ),
    ("mesh/nlm_sample_desc.xml", "", TermFormat::MeshXml, counts([43, 43, 276, 0, 0, 0, 0])),
    ("mesh/nlm_sample_supp.xml", "", TermFormat::MeshXml, counts([19, 19, 72, 0, 0, 0, 0])),
    (
        "mesh/d2024.reconstructed.bin.gz",
        "",
        TermFormat::MeshAscii,
        counts([30_764, 30_764, 233_167, 0, 0, 0, 0]),
    ),
    (
        "mondo/mondo_2026-08.reconstructed.obo.gz",
        "",
        TermFormat::Obo,
        counts([36_006, 36_006, 57_098, 142_710, 16_745, 3_903, 0]),
    ),
    (
        "doid/HumanDO_2017-02-17.obo.gz",
        "",
        TermFormat::Obo,
        counts([9_300, 9_300, 15_386, 36_738, 7_135, 2_369, 0]),
    ),
    (
        "chebi/chebi_import_ecto_2017-10-30.obo.gz",
        "",
        TermFormat::Obo,
        counts([5_125, 5_124, 26_976, 0, 7_943, 1, 0]),
    ),
    (
        "chebi/chebi_import_go_2024-08-14.obo.gz",
        "",
        TermFormat::Obo,
        counts([24_031, 24_022, 0, 0, 38_243, 9, 0]),
    ),
    ("go/go_import_hp.obo.gz", "", TermFormat::Obo, counts([2_443, 2_443, 7_085, 644, 4_575, 38, 0])),
    (
        "ncbitaxon/taxslim_2022-10-06.obo.gz",
        "",
        TermFormat::Obo,
        counts([14_880, 14_880, 17_601, 21_480, 14_879, 0, 0]),
    ),
    ("famplex/famplex.obo", "", TermFormat::Obo, counts([784, 784, 2_200, 2_231, 802, 0, 0])),
    (
        "craft_ontologies/CL.obo.zip",
        "CL.obo",
        TermFormat::Obo,
        counts([2_164, 2_164, 2_096, 1_432, 2_869, 96, 0]),
    ),
    (
        "craft_ontologies/SO.obo.zip",
        "SO.obo",
        TermFormat::Obo,
        counts([2_383, 2_383, 3_841, 161, 2_444, 204, 0]),
    ),
    ("craft_ontologies/MOP.obo.zip", "MOP.obo", TermFormat::Obo, counts([3_630, 3_630, 692, 3, 3_648, 0, 0])),
    (
        "craft_ontologies/UBERON.obo.zip",
        "UBERON.obo",
        TermFormat::Obo,
        counts([14_074, 14_074, 38_347, 37_895, 31_003, 994, 0]),
    ),
    (
        "ncbitaxon/reconstructed_taxdump",
        "",
        TermFormat::Taxdump,
        counts([45_939, 45_939, 47_956, 0, 45_938, 0, 0]),
    ),
    (
        "mondo/mondo_exactmatch_mesh.sssom.tsv.gz",
        "",
        TermFormat::Sssom,
        counts([8_181, 0, 0, 8_181, 0, 0, 0]),
    ),
    (
        "mondo/mondo_exactmatch_doid.sssom.tsv.gz",
        "",
        TermFormat::Sssom,
        counts([11_966, 0, 0, 11_966, 0, 0, 0]),
    ),
    (
        "mondo/mondo_exactmatch_omim.sssom.tsv.gz",
        "",
        TermFormat::Sssom,
        counts([10_045, 0, 0, 10_045, 0, 0, 0]),
    ),
];

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

/// Gives every term of a file, and the messages of malformed records.
fn read(path: &Path, member: &str, format: TermFormat, mut each: impl FnMut(&Term)) -> Vec<String> {
    let table = TableLayout::default();
    let mut reader = open(path, &OpenOptions { format, member, table: &table, namespace: "" }).unwrap();
    let mut term = Term::default();
    let mut malformed = Vec::new();
    loop {
        match reader.next_term(&mut term) {
            Ok(true) => each(&term),
            Ok(false) => break,
            Err(error) if error.is_of_one_record() => malformed.push(error.to_string()),
            Err(error) => panic!("{error}"),
        }
    }
    if path.is_file() {
        assert!(reader.bytes_read() <= path.metadata().unwrap().len());
    }
    assert!(reader.bytes_read() > 0);
    malformed
}

/// A term in one line.
fn sample(term: &Term) -> String {
    let Term { id, label, label_kind, xrefs, retired_ids, parent_ids, categories, description, .. } = term;
    let names: Vec<String> =
        term.names.iter().map(|name| format!("{:?}/{:?} {}", name.scope, name.kind, name.text)).collect();
    let xrefs: Vec<String> =
        xrefs.iter().map(|xref| format!("{}{}", if xref.equivalent { "=" } else { "~" }, xref.id)).collect();
    format!(
        "  {} {id} {label:?} {label_kind:?} names{names:?} xrefs{xrefs:?} retired{retired_ids:?} parents{parent_ids:?} \
         categories{categories:?} obsolete {} replaced by{:?} {description:?}",
        term.line, term.obsolete, term.replaced_by
    )
}

fn count(path: &Path, member: &str, format: TermFormat) -> Counts {
    let samples: usize = std::env::var("GLOSSATOR_SAMPLES").map_or(0, |count| count.parse().unwrap());
    let mut counts = Counts::default();
    let malformed = read(path, member, format, |term| {
        assert!(!term.id.is_empty() && term.line > 0);
        if counts.terms % SAMPLE_STRIDE < samples {
            println!("{}", sample(term));
        }
        counts.terms += 1;
        counts.labels += usize::from(!term.label.is_empty());
        counts.names += term.names.len();
        counts.xrefs += term.xrefs.len();
        counts.parents += term.parent_ids.len();
        counts.obsolete += usize::from(term.obsolete);
    });
    for problem in malformed.iter().take(10) {
        println!("{problem}");
    }
    counts.malformed = malformed.len();
    println!("{} {member}: {counts:?}", path.display());
    counts
}

#[test]
fn the_publishers_files_are_read_whole() {
    let Some(directory) = terminologies() else { return };
    let mut wrong = Vec::new();
    for (file, member, format, expected) in FILES {
        let path = directory.join(file);
        if !path.exists() {
            println!("{file} was passed over: it is not there");
            continue;
        }
        let found = count(&path, member, format);
        // Which identifiers are taken hangs on the namespaces that are known as well.
        let linked = found.xrefs >= expected.xrefs * 99 / 100 && found.parents >= expected.parents * 99 / 100;
        let Counts { xrefs, parents, .. } = found;
        if !linked || found != (Counts { xrefs, parents, ..expected }) {
            wrong.push(format!("{file}: {found:?}, {expected:?} are expected"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
