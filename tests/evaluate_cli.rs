//! `glossator evaluate` as people run it: the table, the mistakes, failures and exit codes; and its figures beside those of
//! the shared scorer.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Two documents whose mentions the starter catalog knows but for `familial blorbitis`, marked with faults on purpose: `myeloma`
/// alone is another boundary than the answer's, and `mice` has another identifier.
const GOLD: &str = "\
1|t|Aspirin did not help mice with multiple myeloma.
1|a|Fever and familial blorbitis were seen.
1\t0\t7\tAspirin\tChemical\tMESH:D001241
1\t21\t25\tmice\tSpecies\t9606
1\t40\t47\tmyeloma\tSpecificDisease\tD009101
1\t59\t77\tfamilial blorbitis\tDisease\tD999999
1\tCID\tD001241\tD009101

2|t|Patients with COVID-19 received dexamethasone.
2|a|
2\t14\t22\tCOVID-19\tDisease\tD000086382
2\t32\t45\tdexamethasone\tChemical\tD003907
";

fn run(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glossator"));
    command.arg("evaluate").args(arguments).current_dir(folder);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The output of a run that must go well.
fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout)
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("own")).unwrap();
    fs::write(folder.path().join("own/dev.pubtator"), GOLD).unwrap();
    folder
}

/// The words of the line that begins so.
fn words<'t>(table: &'t str, beginning: [&str; 2]) -> Vec<&'t str> {
    let lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut found = lines.filter(|words| words.starts_with(&beginning));
    found.next().unwrap_or_else(|| panic!("no line {beginning:?}:\n{table}"))
}

#[test]
fn the_table_has_a_line_for_each_type_of_the_corpus() {
    let folder = folder();
    let table = good(&run(&["own/dev.pubtator"], folder.path()));
    assert_eq!(table.lines().count(), 4, "{table}");
    assert_eq!(
        words(&table, ["own/dev", "Chemical"])[2..],
        [
            "2",
            "2",
            "100.00",
            "100.00",
            "100.00",
            "100.0-100.0",
            "100.00",
            "100.00",
            "100.00",
            "100.0-100.0",
            "100.00",
            "100.00",
            "100.00",
            "100.0-100.0"
        ]
    );
    let disease = words(&table, ["own/dev", "Disease"]);
    assert_eq!(disease[2..4], ["2", "3"], "{table}");
    // COVID-19 and familial blorbitis as they are marked, myeloma with another boundary; Fever may be answered.
    assert_eq!((disease[5], disease[9]), ("66.67", "100.00"), "{table}");
    let species = words(&table, ["own/dev", "Species"]);
    assert_eq!((species[5], species[9]), ("100.00", "100.00"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() < 160), "{table}");
}

#[test]
fn types_are_chosen_and_corpora_follow_each_other() {
    let folder = folder();
    let arguments = ["own/dev.pubtator", "own/dev.pubtator", "--types", "genes,chemical"];
    let table = good(&run(&arguments, folder.path()));
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 5, "{table}");
    assert_eq!((lines[1], lines[2]), (lines[3], lines[4]));
    assert_eq!(words(&table, ["own/dev", "Gene"])[2..4], ["2", "0"], "{table}");
}

#[test]
fn names_are_resolved_with_and_without_their_context() {
    let folder = folder();
    let gold = "1|t|Il6 rose in mice.\n1|a|Aspirin did not help.\n\
                1\t0\t3\tIl6\tGene\t16193\n1\t12\t16\tmice\tSpecies\t10090\n1\t18\t25\tAspirin\tChemical\tMESH:D001241\n";
    fs::write(folder.path().join("names.pubtator"), gold).unwrap();
    let table = good(&run(&["names.pubtator", "--names"], folder.path()));
    let row = |of| words(&table, ["names", of])[2..].join(" ");
    assert_eq!(row("Chemical"), "1 100.00 100.00 100.00");
    assert_eq!(row("Species"), "1 100.00 100.00 100.00");
    // mice in the context tell whose gene it is
    assert!(row("Gene").ends_with("100.00 100.00"), "{table}");
    assert!(!text(&run(&["names.pubtator", "--names", "--errors"], folder.path()).stderr).is_empty());
}

#[test]
fn mistakes_are_told_by_kind() {
    let folder = folder();
    let shown = good(&run(&["own/dev.pubtator", "--errors"], folder.path()));
    for expected in [
        "\nown/dev Chemical\n  no mistakes\n",
        "\nown/dev Disease\n       1 missed: boundary\n            1x \"myeloma\", marked SpecificDisease D009101, \
         answered \"multiple myeloma\" Disease MESH:D009101",
        "       1 id not in the vocabulary\n            1x \"familial blorbitis\", marked Disease D999999, answered Disease without id \
         (document 1)\n",
        "            1x \"mice\", marked Species 9606, answered Species NCBITaxon:10090",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
    let few = good(&run(&["own/dev.pubtator", "--errors", "--examples", "0"], folder.path()));
    assert!(few.contains("1 missed: boundary\n") && !few.contains("1x"), "{few}");
}

#[test]
fn failures_say_what_to_do() {
    let folder = folder();
    let wrong = GOLD.replace("\tAspirin\t", "\taspirin\t");
    fs::write(folder.path().join("wrong.pubtator"), wrong).unwrap();
    fs::write(folder.path().join("bare.pubtator"), "1|t|Aspirin\n1|a|\n").unwrap();
    for (arguments, code, expected) in [
        (
            &["own/dev.pubtator", "wrong.pubtator"][..],
            1,
            "glossator: wrong.pubtator:3: document 1: the offsets say \"Aspirin\" and the line says \"aspirin\"; \
             correct the offsets or the text\n",
        ),
        (
            &["bare.pubtator"],
            1,
            "glossator: bare.pubtator: no mentions of known types; give a PubTator file with the mentions that \
             people marked\n",
        ),
        (&["no-such.pubtator"], 1, "glossator: no-such.pubtator: cannot be read: "),
        (&["own/dev.pubtator", "--types", "fish"], 2, "no such type; write one of Gene, Disease"),
        (&["own/dev.pubtator", "--examples", "3"], 2, "--errors"),
        (&[], 2, "<GOLD>"),
    ] {
        let output = run(arguments, folder.path());
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(expected), "{arguments:?}: {error}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

/// The figures of the shared scorer for one type as the table prints them: P, R and F1 of each group.
fn scored(scorer: &Path, gold: &Path, predicted: &Path, entity_type: &str) -> Vec<String> {
    let mut command = Command::new("python3");
    command.arg(scorer).arg(gold).arg(predicted).args(["--type", entity_type, "--json"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    let figures = ["strict", "overlap", "concept"].map(|group| {
        let of = |name: &str| format!("{:.2}", all[entity_type][group][name].as_f64().unwrap());
        [of("p"), of("r"), of("f1")]
    });
    figures.concat()
}

#[test]
fn figures_are_those_of_the_shared_scorer() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let (scorer, gold) = (shared.join("tools/score.py"), shared.join("corpora/biored/dev.pubtator"));
    let python = Command::new("python3").arg("--version").output();
    if !scorer.is_file() || !gold.is_file() || python.is_err() {
        println!("skipped: python3, {} or {} is not there", scorer.display(), gold.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let predicted = folder.path().join("predicted.pubtator");
    let mut annotate = Command::new(env!("CARGO_BIN_EXE_glossator"));
    annotate.arg("annotate").arg(&gold).args(["--output-format", "pubtator", "--output"]).arg(&predicted);
    assert!(annotate.status().unwrap().success());
    let table = good(&run(&[gold.to_str().unwrap()], folder.path()));
    for entity_type in ["Gene", "Disease", "Chemical", "Species", "CellLine", "Variant"] {
        let words = words(&table, ["biored/dev", entity_type]);
        let own: Vec<&str> = [4, 8, 12].iter().flat_map(|at| &words[*at..at + 3]).copied().collect();
        assert_eq!(own, scored(&scorer, &gold, &predicted, entity_type), "{entity_type}");
    }
}
