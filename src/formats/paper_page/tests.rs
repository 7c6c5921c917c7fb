use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::model::{Author, Paper, PaperEntity, PaperIdentifiers, PublicationDate, Section};

const PAGE: &str = "\
# Zinc keeps the sparrow's IL-7 awake

**Authors:** Ada B. Sparrow, Jürgen van den Berg (0000-0002-1825-0097), Smith\\, Jr.

PMC · PMID: 1234567 · DOI: 10.1000/Test.2020.1 · Annals of Birds (London, England) · 2020-02-29

## TL;DR

Zinc is good for sparrows.

## Contribution

First to ask a sparrow.

## Key findings

- IL-7 rose, twofold.
- Nothing else
  did.

## Abstract

We fed zinc to sparrows.

They sang.

## Methods and birds

Twelve birds.
\\## not a heading
\\---

## Linked entities

- **Proteins:** IL7 (interleukin 7), MERTK (MER proto-oncogene, tyrosine kinase)
- **Diseases:** multiple myeloma (MONDO:0009693)

## Full-text entities

- **Genes:** IL7 (interleukin 7) [NCBI Gene 3574] {aka IL-7, IMD130}, IL7R [NCBI Gene 3575]
- **Chemicals:** 1,25-dihydroxyvitamin D3 (MESH:D002117), zinc\\, salted (CHEBI:27363), water [2] cluster
- **Species:** Passer domesticus (house sparrow, species) [taxon 48849], Ad5 (serotype) [taxon 28285]
- **Cell lines:** HeLa (CVCL_0030)
- **Mutations:** V600E (rs113488022), F204V (p.F204V)
- **Songs:** dawn chorus

## Full text

_Left out here._ Fetch the complete paper: https://example.org/paper/PMC7654321/full.md

## Figures

1 figure with captions in the complete paper: https://example.org/paper/PMC7654321/full.md

## References

1,051 references — full list elsewhere

---
Source: https://example.org/paper/PMC7654321
License: CC-BY-4.0
";

fn entity(kind: EntityType, group: &str, parts: [&str; 4], aliases: &[&str]) -> PaperEntity {
    let [text, label, rank, entity_id] = parts.map(str::to_owned);
    let aliases = aliases.iter().map(|name| (*name).to_owned()).collect();
    PaperEntity { entity_type: kind, group: group.to_owned(), text, label, rank, entity_id, aliases }
}

fn linked() -> Vec<PaperEntity> {
    use EntityType::{Disease, Gene};
    vec![
        entity(Gene, "Proteins", ["IL7", "interleukin 7", "", ""], &[]),
        entity(Gene, "Proteins", ["MERTK", "MER proto-oncogene, tyrosine kinase", "", ""], &[]),
        entity(Disease, "Diseases", ["multiple myeloma", "", "", "MONDO:0009693"], &[]),
    ]
}

fn mentioned() -> Vec<PaperEntity> {
    use EntityType::{CellLine, Chemical, Gene, Other, Species, Variant};
    vec![
        entity(Gene, "Genes", ["IL7", "interleukin 7", "", "NCBIGene:3574"], &["IL-7", "IMD130"]),
        entity(Gene, "Genes", ["IL7R", "", "", "NCBIGene:3575"], &[]),
        entity(Chemical, "Chemicals", ["1,25-dihydroxyvitamin D3", "", "", "MESH:D002117"], &[]),
        entity(Chemical, "Chemicals", ["zinc, salted", "", "", "CHEBI:27363"], &[]),
        entity(Chemical, "Chemicals", ["water [2] cluster", "", "", ""], &[]),
        entity(Species, "Species", ["Passer domesticus", "house sparrow", "species", "NCBITaxon:48849"], &[]),
        entity(Species, "Species", ["Ad5", "", "serotype", "NCBITaxon:28285"], &[]),
        entity(CellLine, "Cell lines", ["HeLa", "", "", "cellosaurus:CVCL_0030"], &[]),
        entity(Variant, "Mutations", ["V600E", "", "", "dbSNP:rs113488022"], &[]),
        entity(Variant, "Mutations", ["F204V", "p.F204V", "", ""], &[]),
        entity(Other, "Songs", ["dawn chorus", "", "", ""], &[]),
    ]
}

fn section(kind: &str, title: &str, text: &str) -> Section {
    Section { kind: kind.to_owned(), title: title.to_owned(), text: text.to_owned() }
}

#[test]
fn every_fact_of_a_page_is_taken() {
    let author = |name: &str, orcid: &str| Author { display_name: name.to_owned(), orcid: orcid.to_owned() };
    let expected = Paper {
        identifiers: PaperIdentifiers {
            pmcid: Some("PMC7654321".to_owned()),
            pmid: Some("1234567".to_owned()),
            doi: Some("10.1000/test.2020.1".to_owned()),
        },
        title: "Zinc keeps the sparrow's IL-7 awake".to_owned(),
        authors: vec![
            author("Ada B. Sparrow", ""),
            author("Jürgen van den Berg", "0000-0002-1825-0097"),
            author("Smith, Jr.", ""),
        ],
        venue: "Annals of Birds (London, England)".to_owned(),
        publication_date: PublicationDate::new(2020, 2, 29),
        summary: "Zinc is good for sparrows.".to_owned(),
        contribution: "First to ask a sparrow.".to_owned(),
        key_findings: vec!["IL-7 rose, twofold.".to_owned(), "Nothing else did.".to_owned()],
        sections: vec![
            section("abstract", "Abstract", "We fed zinc to sparrows.\n\nThey sang."),
            section("methods-and-birds", "Methods and birds", "Twelve birds.\n## not a heading\n---"),
        ],
        linked_entities: linked(),
        mentioned_entities: mentioned(),
        figure_count: Some(1),
        reference_count: Some(1051),
        source_uri: "https://example.org/paper/PMC7654321".to_owned(),
        full_text_uri: "https://example.org/paper/PMC7654321/full.md".to_owned(),
        license: "CC-BY-4.0".to_owned(),
    };
    let paper = read(PAGE, "page.md").unwrap();
    assert_eq!(paper, expected);
    assert_eq!(read(&write(&paper), "page.md").unwrap(), paper);
    assert_eq!(read(&PAGE.replace('\n', "\r\n"), "page.md").unwrap(), paper);
    assert_eq!(read(&format!("\u{feff}{PAGE}"), "page.md").unwrap(), paper);
}

#[test]
fn identifiers_come_from_the_line_the_source_or_the_name() {
    for (line, source, name, expected) in [
        ("PMC · Venue", "https://example.org/PMC12/", "x.md", "PMC12"),
        ("PMC · Venue", "", "dir/PMC13.md", "PMC13"),
        ("PubMed · PMID: 14 · Venue · 2008", "", "x.md", "PMID:14"),
        ("PubMed", "https://pubmed.ncbi.nlm.nih.gov/15/", "x.md", "PMID:15"),
        ("PubMed", "", "PMID-16.md", "PMID:16"),
        ("DOI: 10.1000/X", "", "x.md", "doi:10.1000/x"),
        ("PMCID: PMC17 · PMID: 3", "https://example.org/PMC18", "x.md", "PMC17"),
    ] {
        let page = format!("# T\n\n{line}\n\n---\nSource: {source}\n");
        let paper = read(&page, name).unwrap();
        assert_eq!(paper.id().unwrap().to_string(), expected, "{line}");
        assert_eq!(read(&write(&paper), "other.md").unwrap(), paper, "{line}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (page, expected) in [
        ("", "p.md:1: a paper page starts with its title"),
        ("text\n", "p.md:1: a paper page starts with its title"),
        ("# \n", "p.md:1: a paper page starts with its title"),
        ("# T\n", "p.md:1: the page gives no identifier"),
        ("# T\n\nPMC · Venue\n", "p.md:3: the page gives no identifier"),
        ("# T\n\nPMID: x\n", "p.md:3: \"PMID: x\" is not a paper's identifier"),
        ("# T\n\nPMID: 1 · 2021-02-30\n", "p.md:3: \"2021-02-30\" is not a date"),
        ("# T\n\nPMID: 1 · PMID: 2\n", "p.md:3: the page gives an identifier like PMID:2 twice"),
        ("# T\n\nPMID: 1\nmore\n", "p.md:4: expected the authors, the identifiers or a section"),
        ("# T\n\n**Authors:** A\n**Authors:** B\n", "p.md:4: the page gives the authors twice"),
        ("# T\n\nPMID: 1\n\n## TL;DR\n\n## TL;DR\n", "p.md:7: the page gives the section \"TL;DR\" twice"),
        ("# T\n\nPMID: 1\n\n## Linked entities\n\nGenes: x\n", "p.md:7: expected a group of entities"),
    ] {
        let error = read(page, "p.md").unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn sections_that_hold_something_else_are_kept_as_text() {
    let page = "# T\n\nPMID: 1\n\n## Figures\n\nFigure 1. A bird.\n\n## Full text\n\nIt begins.\n\n## Abstract\n\nA.\n";
    let paper = read(page, "p.md").unwrap();
    let expected = [
        section("abstract", "Abstract", "A."),
        section("figures", "Figures", "Figure 1. A bird."),
        section("full-text", "Full text", "It begins."),
    ];
    assert_eq!(paper.sections, expected);
    assert_eq!(read(&write(&paper), "p.md").unwrap(), paper);
}

#[test]
fn limits_hold_at_their_bounds() {
    let head = "# T\n\nPMID: 1\n\n## Notes\n\n";
    let page = |bytes: usize| format!("{head}{}", "x".repeat(bytes - head.len()));
    assert!(read(&page(PAGE_BYTES_LIMIT), "p.md").is_ok());
    let error = read(&page(PAGE_BYTES_LIMIT + 1), "p.md").unwrap_err();
    assert_eq!(error.problem, PaperPageProblem::TooLong { bytes: PAGE_BYTES_LIMIT + 1 });

    let authors = |count: usize| format!("# T\n\n**Authors:** {}\n\nPMID: 1\n", "A, ".repeat(count));
    assert_eq!(read(&authors(LIST_ITEMS_LIMIT), "p.md").unwrap().authors.len(), LIST_ITEMS_LIMIT);
    let error = read(&authors(LIST_ITEMS_LIMIT + 1), "p.md").unwrap_err();
    assert_eq!((error.line, error.problem), (3, PaperPageProblem::TooManyItems));

    let sections = |count: usize| format!("# T\n\nPMID: 1\n\n{}", "## S\n".repeat(count));
    assert!(read(&sections(SECTIONS_LIMIT), "p.md").is_ok());
    let error = read(&sections(SECTIONS_LIMIT + 1), "p.md").unwrap_err();
    assert_eq!(error.problem, PaperPageProblem::TooManySections);
}

#[test]
fn real_pages_keep_their_facts() {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let shared =
        std::env::var_os("GLOSSATOR_SHARED").map_or_else(|| manifest.join("../shared"), PathBuf::from);
    let mut pages = 0;
    for directory in [shared.join("papers"), manifest.join("data/papers")] {
        let Ok(entries) = std::fs::read_dir(&directory) else {
            println!("skipped: {} is missing", directory.display());
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !name.starts_with("PM") || !name.ends_with(".md") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let paper = read(&text, &name).unwrap();
            let written = write(&paper);
            assert_eq!(read(&written, "other.md").unwrap(), paper, "{name}");
            assert_same_lines(&text, &written, &name);
            pages += 1;
        }
    }
    println!("{pages} pages read");
}

/// Every line of the page is written again, but for the sentence that says where the text is.
fn assert_same_lines(page: &str, written: &str, name: &str) {
    let lines = |text: &str| -> Vec<String> {
        let facts = text.lines().filter(|line| !line.is_empty() && !line.contains("etch the complete paper"));
        facts.map(|line| line.trim_end().to_owned()).collect()
    };
    let (page, written) = (lines(page), lines(written));
    for (one, other) in page.iter().zip(&written) {
        // A DOI is kept in lower case.
        assert!(one == other || one.to_lowercase() == other.to_lowercase(), "{name}:\n{one}\n{other}");
    }
    assert_eq!(page.len(), written.len(), "{name}");
}

/// Text in one line without white space at its ends, rich in what the grammar uses.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9αβÅ]{1,6}",
        1 => prop::sample::select(vec![
            " ", ", ", ",", "(", ")", "[", "]", "{", "}", "{aka ", "\\", "\\,", "## ", "# ", "- ", "---", " · ", ":**",
            "{#x}", "MESH:D009101", "taxon 9606", "species", "PMC", "2020", "PMID: 3", "References", "Source: x", "**",
            " (human)", "p.V600E", "rs12", "\u{a0}", "😀", "Abstract", "DOI:", "1 figure", "https://x.org/PMC9",
        ].into_iter().map(str::to_owned).collect::<Vec<_>>()),
    ];
    prop::collection::vec(piece, 1..7)
        .prop_map(|pieces| pieces.concat().trim().to_owned())
        .prop_filter("some text", |text| !text.is_empty())
}

fn lines() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof![words(), Just(String::new())], 0..5)
        .prop_map(|lines| lines.join("\n").trim().to_owned())
}

fn entities() -> impl Strategy<Value = Vec<PaperEntity>> {
    let groups = vec!["Proteins", "Genes", "Diseases", "Species", "Cell lines", "Mutations", "Odd things"];
    let ids = vec![
        "",
        "NCBIGene:3574",
        "MESH:D009101",
        "NCBITaxon:9606",
        "cellosaurus:CVCL_0030",
        "dbSNP:rs12",
        "odd:a(b),c",
    ];
    let one = (
        prop::sample::select(groups),
        words(),
        prop_oneof![Just(String::new()), words()],
        prop::bool::ANY,
        prop::sample::select(ids),
        prop::collection::vec(words(), 0..3),
    );
    let one = one.prop_map(|(group, text, label, ranked, id, aliases)| {
        let entity_type = type_of_group(group);
        let rank = if ranked && entity_type == EntityType::Species { "species" } else { "" };
        PaperEntity {
            entity_type,
            group: group.to_owned(),
            text,
            label,
            rank: rank.to_owned(),
            entity_id: id.to_owned(),
            aliases,
        }
    });
    prop::collection::vec(one, 0..6)
}

fn papers() -> impl Strategy<Value = Paper> {
    let sections = prop::collection::vec((words(), lines()), 0..4).prop_map(|sections| {
        let mut sections: Vec<Section> = sections
            .into_iter()
            .map(|(title, text)| section(&kind_of_heading(&title), &title, &text))
            .collect();
        sections.sort_by_key(|section| section.kind != "abstract");
        sections
    });
    let author = (words(), prop_oneof![Just(""), Just("0000-0002-1825-009X")])
        .prop_map(|(display_name, orcid)| Author { display_name, orcid: orcid.to_owned() });
    let head = (
        words(),
        prop::collection::vec(author, 0..4),
        prop_oneof![Just(String::new()), words()],
        lines(),
        lines(),
    );
    let lists = (prop::collection::vec(words(), 0..4), sections, entities(), entities());
    let tail =
        (prop::option::of(0_u32..2000), prop::option::of(0_u32..2000), prop::bool::ANY, prop::bool::ANY);
    (head, lists, tail).prop_map(|(head, lists, (figures, references, source, full_text))| Paper {
        identifiers: PaperIdentifiers {
            pmcid: Some("PMC77".to_owned()),
            pmid: figures.map(|count| (count + 1).to_string()),
            doi: references.map(|count| format!("10.1000/{count}")),
        },
        title: head.0,
        authors: head.1,
        venue: head.2,
        publication_date: references
            .and_then(|count| PublicationDate::new(u16::try_from(count).unwrap(), 0, 0)),
        summary: head.3,
        contribution: head.4,
        key_findings: lists.0,
        sections: lists.1,
        linked_entities: lists.2,
        mentioned_entities: lists.3,
        figure_count: figures,
        reference_count: references,
        source_uri: if source { "https://example.org/PMC77".to_owned() } else { String::new() },
        full_text_uri: if full_text { "https://example.org/PMC77/full".to_owned() } else { String::new() },
        license: if source { "CC0".to_owned() } else { String::new() },
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(paper in papers()) {
        let page = write(&paper);
        let back = read(&page, "p.md");
        prop_assert_eq!(back.as_ref(), Ok(&paper), "{}", page);
    }

    #[test]
    fn a_page_that_reads_is_written_and_read_the_same(
        pieces in prop::collection::vec(
            prop_oneof![words(), prop::sample::select(PAGE.lines().map(str::to_owned).collect::<Vec<_>>())], 0..30),
    ) {
        let page = format!("# T\n\nPMID: 9\n\n## Abstract\n\n{}", pieces.join("\n"));
        if let Ok(paper) = read(&page, "p.md") {
            let written = write(&paper);
            prop_assert_eq!(read(&written, "q.md"), Ok(paper), "{}", written);
        }
    }

    #[test]
    fn no_input_panics(text in "(\\PC|\n){0,200}") {
        let _ = read(&text, "p.md");
        let _ = read(&format!("# {text}\n\nPMID: 1\n\n## Linked entities\n\n- **Genes:** {text}"), "p.md");
    }
}
