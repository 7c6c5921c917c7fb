//! `glossator annotate` as people run it: formats, order, failures and exit codes.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const TEXT: &str = "Aspirin did not help mice with multiple myeloma.";

fn command(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glossator"));
    command.arg("annotate").args(arguments).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run_with(arguments: &[&str], folder: &Path, input: &[u8]) -> Output {
    let mut child = command(arguments, folder).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feed = std::thread::spawn(move || {
        // A command that fails at once does not read its input.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    feed.join().unwrap();
    output
}

fn run(arguments: &[&str], folder: &Path) -> Output {
    run_with(arguments, folder, b"")
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

/// The words on standard error of a run that must fail with that code.
fn bad(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    text(&output.stderr)
}

fn documents(jsonl: &str) -> Vec<Value> {
    jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ids(jsonl: &str) -> Vec<String> {
    documents(jsonl).iter().map(|document| document["id"].as_str().unwrap().to_owned()).collect()
}

/// The mentions of a document as `text=id`.
fn mentions(document: &Value) -> Vec<String> {
    let annotations = document["annotations"].as_array().unwrap();
    let show = |found: &Value| {
        format!("{}={}", found["text"].as_str().unwrap(), found["entity_id"].as_str().unwrap())
    };
    annotations.iter().map(show).collect()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

#[test]
fn every_input_format_is_told_and_read() {
    let pubtator = format!("21|t|{TEXT}\n21|a|{TEXT}\n21\t0\t7\tAspirin\tGene\t99\n\n");
    let bioc_xml = format!(
        "<collection><document><id>31</id><passage><offset>0</offset><text>{TEXT}</text></passage></document></collection>"
    );
    let bioc_json = format!(r#"{{"documents":[{{"id":"41","passages":[{{"offset":0,"text":"{TEXT}"}}]}}]}}"#);
    let jats = format!(
        "<article><front><article-meta><article-id pub-id-type=\"pmc\">51</article-id></article-meta></front>\
         <body><p>{TEXT}</p></body></article>"
    );
    let pubmed = format!(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>61</PMID><Article><ArticleTitle>{TEXT}</ArticleTitle>\
         </Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    );
    let page = format!("# {TEXT}\n\nPMC · PMID: 1 · Venue\n\n## Abstract\n\n{TEXT}\n");
    let files = [
        ("a.txt", TEXT, "text", "a.txt"),
        ("b.pubtator", &pubtator, "pubtator", "21"),
        ("c.xml", &bioc_xml, "bioc-xml", "31"),
        ("d.json", &bioc_json, "bioc-json", "41"),
        ("e.nxml", &jats, "jats", "PMC51"),
        ("f.xml", &pubmed, "pubmed-xml", "61"),
        ("PMC71.md", &page, "paper-page", "PMC71"),
    ];
    let folder = folder(&files.map(|(name, content, ..)| (name, content)));
    let expected = ["Aspirin=MESH:D001241", "mice=NCBITaxon:10090", "multiple myeloma=MESH:D009101"];
    for (name, _, format, id) in files {
        let told = good(&run(&[name], folder.path()));
        assert_eq!(ids(&told), [id]);
        assert_eq!(mentions(&documents(&told)[0])[..3], expected, "{name}");
        assert_eq!(good(&run(&[name, "--input-format", format], folder.path())), told, "{name}");
    }
    let lines = run_with(&["--input-format", "lines"], folder.path(), format!("{TEXT}\n\n{TEXT}").as_bytes());
    assert_eq!(ids(&good(&lines)), ["1", "2", "3"]);
    assert_eq!(ids(&good(&run_with(&["-"], folder.path(), TEXT.as_bytes()))), ["stdin"]);
    // A folder's files come by name, as they do when they are named.
    let all = good(&run(&["."], folder.path()));
    assert_eq!(documents(&all).len(), files.len());
    assert_eq!(ids(&all)[0], "PMC71");
}

#[test]
fn every_output_format_is_written() {
    let folder = folder(&[("a.txt", TEXT)]);
    for (format, head, tail) in [
        ("jsonl", "{\"id\":\"a.txt\"", "}\n"),
        ("pubtator", "a.txt|t|\na.txt|a|Aspirin did", "\tDisease\tMESH:D009101\n"),
        ("bioc-json", "{\"source\":\"glossator\"", "]}\n"),
        ("bioc-xml", "<?xml version=\"1.0\"", "</collection>\n"),
        ("brat", "# document \"a.txt\"", "\n"),
        ("html", "<!doctype html>", "</html>\n"),
        ("table", "a.txt: 3 annotations\n", "\n"),
    ] {
        let output = good(&run(&["a.txt", "--output-format", format], folder.path()));
        assert!(output.starts_with(head) && output.ends_with(tail), "{output}");
        assert!(output.contains("MESH:D009101"), "{output}");
    }
}

#[test]
fn pubtator_output_repeats_the_text_and_none_of_the_old_mentions() {
    let file = "7|t|Zürich & multiple  myeloma \n7|a|Aspirin.\n7\t0\t6\tZürich\tSpecies\t1\n7\tCID\tD1\tD2\n";
    let folder = folder(&[("a.pubtator", file)]);
    let output = good(&run(&["a.pubtator", "--output-format", "pubtator"], folder.path()));
    assert_eq!(
        output,
        "7|t|Zürich & multiple  myeloma \n7|a|Aspirin.\n7\t9\t26\tmultiple  myeloma\tDisease\tMESH:D009101\n\
         7\t28\t35\tAspirin\tChemical\tMESH:D001241\n"
    );
}

#[test]
fn order_and_bytes_do_not_depend_on_the_threads() {
    // Documents of very different lengths, so that workers overtake each other.
    let input: String =
        (0..120).map(|n| format!("{}\n", TEXT.repeat(if n % 7 == 0 { 40 } else { 1 }))).collect();
    let folder = tempfile::tempdir().unwrap();
    for format in ["jsonl", "html"] {
        let outputs: Vec<String> = ["1", "2", "9"]
            .iter()
            .map(|threads| {
                let arguments = ["--input-format", "lines", "--output-format", format, "--threads", threads];
                good(&run_with(&arguments, folder.path(), input.as_bytes()))
            })
            .collect();
        assert_eq!(outputs[0], outputs[1]);
        assert_eq!(outputs[0], outputs[2]);
        if format == "jsonl" {
            let expected: Vec<String> = (1..=120).map(|n| n.to_string()).collect();
            assert_eq!(ids(&outputs[0]), expected);
        }
    }
}

#[test]
fn documents_that_fail_are_named_and_the_others_answered() {
    let file = "1|t|Aspirin\n\n2|t|x\nnonsense\n\n3|t|Aspirin\n";
    let folder =
        folder(&[("a.pubtator", file), ("b.xml", "<root/>"), ("c.txt", TEXT), ("d.xml", "<article><p>x")]);
    let output = run(&["a.pubtator", "missing.txt", "b.xml", "c.txt", "d.xml"], folder.path());
    let errors = bad(&output, 1);
    assert_eq!(ids(&text(&output.stdout)), ["1", "3", "c.txt"]);
    let lines: Vec<&str> = errors.lines().collect();
    let starts = [
        "glossator: a.pubtator:4: document 2: not a PubTator line",
        "glossator: missing.txt: cannot be read: No such file",
        "glossator: b.xml: its format cannot be told; name it with --input-format",
        "glossator: d.xml:1: document d.xml: not well-formed XML",
        "glossator: 4 documents could not be read; 3 documents were answered",
    ];
    assert_eq!(lines.len(), starts.len(), "{errors}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    let folder = folder(&[("a.txt", TEXT)]);
    for (arguments, words) in [
        (vec!["--types", "gen"], "no such type; write one of Gene, Disease"),
        (vec!["--input-format", "tex"], "text, lines, pubtator"),
        (vec!["--output-format", "csv"], "jsonl, pubtator"),
        (vec!["--taxa", "mouse"], "not a taxon"),
        (vec!["--namespaces", "MONDO"], "write TYPE=PREFIX,PREFIX"),
        (vec!["--threads", "0"], "write a number from 1 to 1024"),
        (vec!["--threads", "1025"], "write a number from 1 to 1024"),
        (vec!["--min-score", "2"], "--min-score: "),
        (
            vec!["--offset-unit", "utf8-byte", "--output-format", "pubtator"],
            "pubtator always counts code points",
        ),
        (vec!["--nonsense"], "--nonsense"),
    ] {
        let output = run(&[&["a.txt"], arguments.as_slice()].concat(), folder.path());
        let errors = bad(&output, 2);
        assert!(errors.contains(words), "{errors}");
        assert!(output.stdout.is_empty());
    }
    let missing = bad(&run(&["a.txt", "--catalog", "none"], folder.path()), 1);
    assert!(missing.contains("none"), "{missing}");
}

#[test]
fn flags_choose_what_is_answered() {
    let folder = folder(&[("a.txt", "Zürich: aspirin for mice with multiple myeloma.")]);
    let found = |flags: &[&str]| {
        let output = good(&run(&[&["a.txt"], flags].concat(), folder.path()));
        mentions(&documents(&output)[0])
    };
    let all = ["aspirin=MESH:D001241", "mice=NCBITaxon:10090", "multiple myeloma=MESH:D009101"];
    assert_eq!(found(&[]), all);
    assert_eq!(found(&["--types", "chemicals,disease"]), [all[0], all[2]]);
    assert_eq!(
        found(&["--types", "disease", "--namespaces", "disease=mondo"]),
        ["multiple myeloma=MONDO:0009693"]
    );
    assert!(found(&["--min-score", "1"]).len() < 3);
    assert!(found(&["--overlap", "all"]).len() >= 3);
    let start = |unit: &str| {
        let output = good(&run(&["a.txt", "--offset-unit", unit], folder.path()));
        documents(&output)[0]["annotations"][0]["span"]["start"].as_u64().unwrap()
    };
    assert_eq!([start("code-point"), start("utf16-code-unit"), start("utf8-byte")], [8, 8, 9]);
}

#[test]
fn genes_of_other_taxa_are_left_out() {
    let folder = folder(&[("a.txt", "Expression of Il7 in mice.")]);
    let found = |taxon: &str| {
        let output = good(&run(&["a.txt", "--types", "gene", "--taxa", taxon], folder.path()));
        mentions(&documents(&output)[0])
    };
    assert_eq!(found("10090"), ["Il7=NCBIGene:16196"]);
    assert!(!found("NCBITaxon:9606").contains(&"Il7=NCBIGene:16196".to_owned()));
}

#[test]
fn the_output_file_appears_when_it_is_whole() {
    let folder = folder(&[("a.txt", TEXT), ("out.jsonl", "old"), ("bad.xml", "<root/>")]);
    let path = folder.path().join("out.jsonl");
    assert_eq!(good(&run(&["a.txt", "--output", "out.jsonl"], folder.path())), "");
    assert_eq!(ids(&fs::read_to_string(&path).unwrap()), ["a.txt"]);
    bad(&run(&["bad.xml", "a.txt", "--output", "out.jsonl"], folder.path()), 1);
    assert_eq!(ids(&fs::read_to_string(&path).unwrap()), ["a.txt"]);
    let errors = bad(&run(&["a.txt", "--output", "none/out.jsonl"], folder.path()), 1);
    assert!(errors.starts_with("glossator: cannot write none/out.jsonl: "), "{errors}");
    assert_eq!(good(&run(&["a.txt", "--output", "/dev/null"], folder.path())), "");
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["a.txt", "bad.xml", "out.jsonl"]);
}

#[test]
fn packed_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(format!("5|t|{TEXT}\n").as_bytes()).unwrap();
    fs::write(folder.path().join("a.pubtator.gz"), encoder.finish().unwrap()).unwrap();
    assert_eq!(ids(&good(&run(&["a.pubtator.gz"], folder.path()))), ["5"]);
}

#[test]
fn a_reader_that_has_enough_ends_the_work_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(&["--input-format", "lines"], folder.path()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feed = std::thread::spawn(move || {
        // Without end, until the command has ended.
        while stdin.write_all(format!("{TEXT}\n").as_bytes()).is_ok() {}
    });
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 64];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!(errors, "");
    assert!(child.wait().unwrap().success());
    feed.join().unwrap();
}

#[test]
fn answers_come_while_the_input_is_still_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(&["--input-format", "lines"], folder.path()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{TEXT}\n{TEXT}\n").as_bytes()).unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 9];
    stdout.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"{\"id\":\"1\"");
    drop(stdin);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest.lines().count(), 2);
    assert!(child.wait().unwrap().success());
}
