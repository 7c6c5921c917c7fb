//! `glossator train`: models of a small made-up corpus, by the command, and what is said of recipes that are wrong.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that cannot read its data has failed

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const CHEMICALS: [(&str, &str); 4] =
    [("aspirin", "D001241"), ("ibuprofen", "D007052"), ("metformin", "D008687"), ("caffeine", "D002110")];
const DISEASES: [(&str, &str); 4] =
    [("malaria", "D008288"), ("melanoma", "D008545"), ("multiple myeloma", "D009101"), ("asthma", "D001249")];
const SENTENCES: [&str; 5] = [
    "They gave CHEMICAL for DISEASE.",
    "We treated DISEASE with CHEMICAL twice.",
    "Patients who had DISEASE took CHEMICAL.",
    "No CHEMICAL was found after DISEASE.",
    "The effect of CHEMICAL on DISEASE is small.",
];
const RECIPE: &str = "name = \"tiny\"\n\n[[corpora]]\nname = \"tiny\"\nfiles = [\"gold.pubtator\"]\n\
    source = \"made up\"\nlicense = \"CC0-1.0\"\nteaches = [\"Disease\", \"Chemical\"]\n";

/// Sixty documents of a sentence each.
fn gold() -> String {
    let mut file = String::new();
    for number in 0..60 {
        let (chemical, chemical_id) = CHEMICALS[number * 7 % 4];
        let (disease, disease_id) = DISEASES[(number / 4) % 4];
        let text = SENTENCES[number % 5].replace("CHEMICAL", chemical).replace("DISEASE", disease);
        writeln!(file, "{number}|t|{text}\n{number}|a|").unwrap();
        for (name, id, of) in [(chemical, chemical_id, "Chemical"), (disease, disease_id, "Disease")] {
            let start = text.find(name).unwrap();
            writeln!(file, "{number}\t{start}\t{}\t{name}\t{of}\tMESH:{id}", start + name.len()).unwrap();
        }
        file.push('\n');
    }
    file
}

fn run(arguments: &[&str], folder: &Path, threads: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_glossator"))
        .args(arguments)
        .current_dir(folder)
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .unwrap()
}

fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What the command says of its failure, which ends it with 1.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gold.pubtator"), gold()).unwrap();
    fs::write(folder.path().join("recipe.toml"), RECIPE).unwrap();
    folder
}

#[test]
fn the_same_corpus_gives_the_same_models_whatever_the_threads() {
    let folder = folder();
    let train = ["train", "--recipe", "recipe.toml", "--gold", "."];
    let table =
        good(&run(&[&train[..], &["--cross-validate", "--output", "a.models"]].concat(), folder.path(), "2"));
    good(&run(&[&train[..], &["--output", "b.models"]].concat(), folder.path(), "1"));
    let read = |file: &str| fs::read(folder.path().join(file)).unwrap();
    assert!(read("a.models") == read("b.models"), "the models differ");
    for of in ["Disease", "Chemical"] {
        let row = table.lines().find(|line| line.starts_with("tiny") && line.contains(of)).unwrap();
        let figures: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(figures[2..4], ["60", "60"], "{row}");
        let strict: f64 = figures[6].parse().unwrap();
        assert!(strict > 90.0, "{row}");
    }
    assert!(table.contains("mean score"), "{table}");
}

#[test]
fn trained_models_annotate_and_damaged_ones_do_not() {
    let folder = folder();
    let train = ["train", "--recipe", "recipe.toml", "--gold", ".", "--output", "a.models"];
    good(&run(&train, folder.path(), "2"));
    fs::write(folder.path().join("text.txt"), "We treated asthma with metformin twice.").unwrap();
    let annotate = |models: &str| run(&["annotate", "text.txt", "--models", models], folder.path(), "2");
    let answer: serde_json::Value = serde_json::from_str(&good(&annotate("a.models"))).unwrap();
    let found = answer["annotations"].as_array().unwrap();
    let ids: Vec<&str> = found.iter().filter_map(|found| found["entity_id"].as_str()).collect();
    assert_eq!(ids, ["MESH:D001249", "MESH:D008687"]);
    let mut bytes = fs::read(folder.path().join("a.models")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(folder.path().join("damaged.models"), bytes).unwrap();
    assert!(refused(&annotate("damaged.models")).contains("damaged"));
    fs::write(folder.path().join("other.models"), "something else").unwrap();
    assert!(refused(&annotate("other.models")).contains("glossator train"));
}

const TERMS: &str = "id\tlabel\ttaxon_id\txrefs\tparent_ids\texact\trelated\tnarrow\tbroad\n\
    UBERON:1\turopygium\t\t\t\t\t\t\t\nUBERON:2\tdewlap\t\t\t\t\t\t\t\n";
const NAMES_RECIPE: &str = "name = \"names\"\n\n[[corpora]]\nname = \"names\"\nfiles = [\"gold.tsv\"]\n\
    source = \"made up\"\nlicense = \"CC0-1.0\"\nteaches = [\"Anatomy\"]\n";

/// A table of mentions of forty documents, each with a word that it marks and one that it does not.
fn table_of_names(folder: &Path) {
    let (marked, other) = ("They saw a uropygium there.", "They made a dewlap of it.");
    let text = format!("{marked}\n{other}\n").repeat(20);
    let mut table = "doc_id\tstart\tend\tspans\tontology\tconcept_id\ttext\n".to_owned();
    fs::create_dir(folder.join("txt")).unwrap();
    for document in 0..40 {
        fs::write(folder.join(format!("txt/{document}.txt")), &text).unwrap();
        for (start, name) in text.match_indices("uropygium") {
            let end = start + name.len();
            writeln!(table, "{document}\t{start}\t{end}\t{start}:{end}\tUBERON\tUBERON:1\t{name}").unwrap();
        }
    }
    fs::write(folder.join("gold.tsv"), table).unwrap();
}

#[test]
fn names_of_types_without_a_sequence_model_are_ranked_as_gold_data_marks_them() {
    let folder = folder();
    table_of_names(folder.path());
    fs::write(folder.path().join("anatomy.tsv"), TERMS).unwrap();
    fs::write(folder.path().join("recipe.toml"), NAMES_RECIPE).unwrap();
    let catalog = ["--catalog", "anatomy.tsv"];
    let train =
        ["train", "--recipe", "recipe.toml", "--gold", ".", "--cross-validate", "--output", "a.models"];
    let table = good(&run(&[&train[..], &catalog].concat(), folder.path(), "2"));
    let row = table.lines().find(|line| line.starts_with("names") && line.contains("Anatomy")).unwrap();
    assert_eq!(row.split_whitespace().nth(6), Some("100.00"), "{row}");
    assert!(table.lines().any(|line| line.starts_with("Anatomy") && line.contains("0.9 to 1.0")), "{table}");
    fs::write(folder.path().join("text.txt"), "A uropygium and a dewlap.").unwrap();
    let found = |models: &[&str]| {
        let annotate = ["annotate", "text.txt", "--output-format", "table"];
        let answer = good(&run(&[&annotate[..], &catalog, models].concat(), folder.path(), "2"));
        ["uropygium", "dewlap"].map(|name| answer.contains(name))
    };
    assert_eq!(found(&["--models", "a.models"]), [true, false]);
}

#[test]
fn what_is_wrong_with_a_recipe_is_told() {
    let folder = folder();
    for (recipe, told) in [
        (RECIPE.replace("gold.pubtator", "none.pubtator"), "none.pubtator"),
        (RECIPE.replace("Chemical", "Chemistry"), "Chemistry"),
        (RECIPE.replace("teaches", "teach"), "teach"),
        ("name = \"empty\"\n".to_owned(), "corpora"),
    ] {
        fs::write(folder.path().join("recipe.toml"), recipe).unwrap();
        let train = ["train", "--recipe", "recipe.toml", "--gold", ".", "--output", "a.models"];
        let said = refused(&run(&train, folder.path(), "2"));
        assert!(said.contains(told), "{told}: {said}");
        assert!(!folder.path().join("a.models").exists());
    }
}
