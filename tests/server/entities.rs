//! EntityService over small catalogs of the tests' own: names with context, modes of search, descendants, pasted forms.

use std::path::Path;

use glossator::api::proto::{
    Entity, EntityType, GetEntityRequest, ListEntityPapersRequest, Paper, ResolveNamesRequest,
    SearchEntitiesRequest, SearchMode, SearchPapersRequest,
};
use glossator::catalog::build::{BuildOptions, build};
use glossator::catalog::recipe::Recipe;
use tempfile::TempDir;
use tonic::Code;
use tonic_types::StatusExt;

use crate::harness::{TestServer, requests, soon, write_table};

fn paths(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

fn start(folder: &TempDir) -> TestServer {
    TestServer::start(&["--catalog", &paths(folder, "catalog"), "--papers", &paths(folder, "papers")])
}

/// Papers PMC1 and on, each naming one disease, the later ones newer.
fn write_papers(folder: &Path, diseases: &[&str]) {
    std::fs::create_dir_all(folder).unwrap();
    for (number, disease) in (1..).zip(diseases) {
        let page = format!(
            "# A title with the word marker\n\n**Authors:** A Author\n\n\
             PMC · PMID: {number} · DOI: 10.1000/{number} · Journal · 200{number}-01-01\n\n\
             ## Full-text entities\n\n- **Diseases:** something ({disease})\n\n---\n\
             Source: https://www.ncbi.nlm.nih.gov/pmc/articles/PMC{number}/\n"
        );
        std::fs::write(folder.join(format!("PMC{number}.md")), page).unwrap();
    }
}

/// A gene of one name in three species, with the words for two of them; a hierarchy of diseases; papers about them.
fn small_world() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let catalog = folder.path().join("catalog");
    let genes = [
        ["NCBIGene:11", "ABC9", "NCBITaxon:9606", "", "abecedin 9"],
        ["NCBIGene:12", "Abc9", "NCBITaxon:10090", "", "abecedin 9"],
        ["NCBIGene:13", "abc9", "NCBITaxon:7955", "", "abecedin 9"],
    ];
    let species = [
        ["NCBITaxon:9606", "Homo sapiens", "", "", "human"],
        ["NCBITaxon:10090", "Mus musculus", "", "", "mouse|mice"],
        ["NCBITaxon:7955", "Danio rerio", "", "", "zebrafish"],
    ];
    let diseases = [
        ["MESH:D000001", "alphosis", "", "", "severe alphosis of the heart"],
        ["MESH:D000002", "juvenile alphosis", "", "MESH:D000001", "childhood heart disorder"],
        ["MESH:D000003", "acute juvenile alphosis", "", "MESH:D000002", ""],
        ["MESH:D000004", "betosis", "", "", ""],
        // Each the parent of the other, which no hierarchy should have.
        ["MESH:D000005", "gammosis", "", "MESH:D000006", ""],
        ["MESH:D000006", "deltosis", "", "MESH:D000005", ""],
    ];
    write_table(&catalog, "genes.tsv", &genes);
    write_table(&catalog, "species.tsv", &species);
    write_table(&catalog, "diseases.tsv", &diseases);
    let named =
        ["MESH:D000001", "MESH:D000002", "MESH:D000003", "MESH:D000004", "MESH:D000005", "MESH:D000006"];
    write_papers(&folder.path().join("papers"), &named);
    folder
}

fn ids(entities: &[Entity]) -> Vec<&str> {
    entities.iter().map(|entity| entity.id.as_str()).collect()
}

fn paper_ids(papers: &[Paper]) -> Vec<&str> {
    papers.iter().map(|paper| paper.id.as_str()).collect()
}

#[tokio::test]
async fn species_words_of_the_context_choose_the_gene_and_taxa_leave_others_out() {
    let folder = small_world();
    let server = start(&folder);
    let (human, mouse, fish) = ("NCBIGene:11", "NCBIGene:12", "NCBIGene:13");
    // The context, the taxa, the best reading, how many readings there are.
    let cases: Vec<(&str, &[&str], &str, usize)> = vec![
        ("", &[], human, 3),
        ("Mice without it were born small.", &[], mouse, 3),
        ("It is found in zebrafish. The zebrafish gene is short.", &[], fish, 3),
        ("Human cells have it.", &[], human, 3),
        ("", &["NCBITaxon:10090"], mouse, 1),
        ("", &["10090"], mouse, 1),
        ("Human cells have it.", &["taxon 7955"], fish, 1),
        ("Mice without it were born small.", &["NCBITaxon:9606", "NCBITaxon:10090"], mouse, 2),
        ("", &["NCBITaxon:10116"], "", 0),
    ];
    let (sender, stream) = requests();
    let mut answers = server.entities().await.resolve_names(stream).await.unwrap().into_inner();
    for (sequence, (context, taxa, best, count)) in (0..).zip(cases) {
        let request = ResolveNamesRequest {
            name: "abecedin 9".to_owned(),
            types: vec![EntityType::Gene as i32],
            taxa: taxa.iter().map(ToString::to_string).collect(),
            context: context.to_owned(),
        };
        sender.send(request).await.unwrap();
        let answer = soon(answers.message()).await.unwrap().unwrap();
        assert_eq!((answer.sequence, &answer.error), (sequence, &None), "{context}");
        let found = answer.candidates.first().map_or("", |candidate| candidate.entity_id.as_str());
        assert_eq!((found, answer.candidates.len()), (best, count), "{context:?} {taxa:?}");
        assert!(answer.candidates.is_sorted_by(|one, next| one.score >= next.score), "{context:?}");
    }
    for (taxa, field) in [
        (vec!["mouse".to_owned()], "taxa[0]"),
        (vec!["NCBITaxon:9606".to_owned(), "MESH:D000001".to_owned()], "taxa[1]"),
        (vec!["9606".to_owned(); 1_001], "taxa"),
    ] {
        sender
            .send(ResolveNamesRequest { name: "ABC9".to_owned(), taxa, ..Default::default() })
            .await
            .unwrap();
        let error = soon(answers.message()).await.unwrap().unwrap().error.unwrap();
        assert!(error.code == Code::InvalidArgument as i32 && error.message.starts_with(field), "{error:?}");
    }
    sender
        .send(ResolveNamesRequest {
            name: "ABC9".to_owned(),
            taxa: vec!["9606".to_owned(); 1_000],
            ..Default::default()
        })
        .await
        .unwrap();
    assert_eq!(soon(answers.message()).await.unwrap().unwrap().candidates[0].entity_id, human);
}

#[tokio::test]
async fn every_mode_of_search_finds_filters_and_pages() {
    let folder = small_world();
    let server = start(&folder);
    let mut client = server.entities().await;
    let search = |mode: SearchMode, query: &str| SearchEntitiesRequest {
        query: query.to_owned(),
        mode: mode as i32,
        ..SearchEntitiesRequest::default()
    };
    let modes = [SearchMode::Unspecified, SearchMode::Prefix, SearchMode::Fuzzy, SearchMode::Full];
    for mode in modes {
        let whole = client.search_entities(search(mode, "juvenile alphosis")).await.unwrap().into_inner();
        assert_eq!(ids(&whole.entities)[0], "MESH:D000002", "{mode:?}");
        let genes = SearchEntitiesRequest {
            types: vec![EntityType::Gene as i32],
            taxa: vec!["NCBITaxon:10090".to_owned()],
            ..search(mode, "Abc9")
        };
        let found = client.search_entities(genes).await.unwrap().into_inner();
        assert_eq!(ids(&found.entities), ["NCBIGene:12"], "{mode:?}");
        let diseases =
            SearchEntitiesRequest { types: vec![EntityType::Disease as i32], ..search(mode, "Abc9") };
        assert!(client.search_entities(diseases).await.unwrap().into_inner().entities.is_empty(), "{mode:?}");

        // Page by page, each entity once, the same as in one page.
        let all = client.search_entities(search(mode, "abecedin 9")).await.unwrap().into_inner();
        assert_eq!((all.entities.len(), all.next_page_token.as_str()), (3, ""), "{mode:?}");
        let (mut seen, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = SearchEntitiesRequest { page_size: 1, page_token, ..search(mode, "abecedin 9") };
            let page = client.search_entities(request).await.unwrap().into_inner();
            assert_eq!(page.entities.len(), 1, "{mode:?}");
            seen.extend(page.entities);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(ids(&seen), ids(&all.entities), "{mode:?}");

        for bad in [search(mode, ""), search(mode, "-- ,"), search(mode, &"x".repeat(1_001))] {
            let status = client.search_entities(bad).await.unwrap_err();
            assert_eq!(status.code(), Code::InvalidArgument, "{mode:?}");
            let violations = status.get_details_bad_request().unwrap().field_violations;
            assert_eq!(violations[0].field, "query", "{mode:?}");
        }
        assert!(client.search_entities(search(mode, &"x".repeat(1_000))).await.is_ok(), "{mode:?}");
    }
}

#[tokio::test]
async fn a_page_token_is_good_in_its_own_mode_only() {
    let folder = small_world();
    let server = start(&folder);
    let mut client = server.entities().await;
    let page = |mode: SearchMode, page_token: &str| SearchEntitiesRequest {
        query: "abecedin 9".to_owned(),
        mode: mode as i32,
        page_size: 1,
        page_token: page_token.to_owned(),
        ..SearchEntitiesRequest::default()
    };
    let modes = [SearchMode::Prefix, SearchMode::Fuzzy, SearchMode::Full];
    for given in modes {
        let token = client.search_entities(page(given, "")).await.unwrap().into_inner().next_page_token;
        for asked in modes {
            let answer = client.search_entities(page(asked, &token)).await;
            assert_eq!(answer.is_ok(), asked == given, "{given:?} {asked:?}");
        }
        // No mode is the mode by default.
        let unsaid = client.search_entities(page(SearchMode::Unspecified, &token)).await;
        assert_eq!(unsaid.is_ok(), given == SearchMode::Prefix, "{given:?}");
    }
    let status =
        client.search_entities(SearchEntitiesRequest { mode: 4, ..page(modes[0], "") }).await.unwrap_err();
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "mode");
}

#[tokio::test]
async fn papers_of_descendants_count_if_asked_for() {
    let folder = small_world();
    let server = start(&folder);
    let (mut entities, mut papers) = (server.entities().await, server.papers().await);
    let cases: [(&str, bool, &[&str]); 8] = [
        ("MESH:D000001", false, &["PMC1"]),
        ("MESH:D000001", true, &["PMC3", "PMC2", "PMC1"]),
        ("MESH:D000002", true, &["PMC3", "PMC2"]),
        ("MESH:D000003", true, &["PMC3"]),
        ("MESH:D000004", true, &["PMC4"]),
        ("MESH:D000005", false, &["PMC5"]),
        ("MESH:D000005", true, &["PMC6", "PMC5"]),
        ("NCBIGene:11", true, &[]),
    ];
    for (id, include_descendants, expected) in cases {
        let entity_id = id.to_owned();
        let request = ListEntityPapersRequest { entity_id, include_descendants, ..Default::default() };
        let listed = entities.list_entity_papers(request.clone()).await.unwrap().into_inner();
        assert_eq!(paper_ids(&listed.papers), expected, "{id} {include_descendants}");
        assert_eq!(listed.total_size as usize, expected.len());
        let entity_ids = vec![id.to_owned()];
        let search = SearchPapersRequest { entity_ids, include_descendants, ..Default::default() };
        let searched = papers.search_papers(search.clone()).await.unwrap().into_inner();
        assert_eq!(paper_ids(&searched.papers), expected, "{id} {include_descendants}");
        let with_words = SearchPapersRequest { query: "marker".to_owned(), ..search.clone() };
        let found = papers.search_papers(with_words).await.unwrap().into_inner();
        assert_eq!(found.total_size as usize, expected.len());
        if expected.len() > 1 {
            // A token of the one is none of the other.
            let page = ListEntityPapersRequest { page_size: 1, ..request };
            let token = entities.list_entity_papers(page.clone()).await.unwrap().into_inner().next_page_token;
            let other = ListEntityPapersRequest { include_descendants: false, page_token: token, ..page };
            assert_eq!(entities.list_entity_papers(other).await.unwrap_err().code(), Code::InvalidArgument);
            let page = SearchPapersRequest { page_size: 1, ..search };
            let token = papers.search_papers(page.clone()).await.unwrap().into_inner().next_page_token;
            let other = SearchPapersRequest { include_descendants: false, page_token: token, ..page };
            assert_eq!(papers.search_papers(other).await.unwrap_err().code(), Code::InvalidArgument);
        }
    }
    // All entities must be named, each by itself or by a descendant.
    let both = |second: &str| SearchPapersRequest {
        entity_ids: vec!["MESH:D000001".to_owned(), second.to_owned()],
        include_descendants: true,
        ..Default::default()
    };
    let found = papers.search_papers(both("MESH:D000002")).await.unwrap().into_inner();
    assert_eq!(paper_ids(&found.papers), ["PMC3", "PMC2"]);
    assert_eq!(papers.search_papers(both("MESH:D000004")).await.unwrap().into_inner().total_size, 0);
}

#[tokio::test]
async fn an_entity_is_found_by_every_form_that_people_paste() {
    let server = TestServer::start(&[]);
    let mut client = server.entities().await;
    let cases: [(&str, &[&str]); 6] = [
        (
            "NCBIGene:3574",
            &[
                "ncbigene:3574",
                "  NCBIGene:3574\n",
                "NCBI Gene:3574",
                "GeneID:3574",
                "Gene ID: 3574",
                "Entrez Gene 3574",
                "entrez:3574",
                "NCBIGene_3574",
                "identifiers.org/ncbigene:3574",
                "https://identifiers.org/ncbigene%3A3574",
                "http://identifiers.org/ncbigene/3574",
                "https://bioregistry.io/ncbigene:3574",
                "https://www.ncbi.nlm.nih.gov/gene/3574",
                "www.ncbi.nlm.nih.gov/gene/3574/",
                "https://www.ncbi.nlm.nih.gov/gene/3574#summary",
                "HGNC:HGNC:6023",
                "hgnc:6023",
                "ENSG00000104432",
                "ensembl:ensg00000104432",
                "MIM:146660",
                "OMIM 146660",
            ],
        ),
        (
            "MESH:D009101",
            &[
                "MeSH:D009101",
                "mesh:d009101",
                "MESH ID: D009101",
                "D009101",
                "https://id.nlm.nih.gov/mesh/D009101",
                "https://meshb.nlm.nih.gov/record/ui?ui=D009101",
                "https://bioregistry.io/mesh:D009101",
                "mondo:9693",
                "MONDO_0009693",
                "http://purl.obolibrary.org/obo/MONDO_0009693",
                "DOID:9538",
                "DOID_9538",
                "http://purl.obolibrary.org/obo/DOID_9538",
                "omim:254500",
            ],
        ),
        (
            "MESH:D001241",
            &["CHEBI:CHEBI:15365", "chebi:15365", "CHEBI_15365", "DrugBank:DB00945", "drugbank:db00945"],
        ),
        (
            "NCBITaxon:9606",
            &[
                "taxon 9606",
                "txid9606",
                "taxid:9606",
                "NCBI Taxon 9606",
                "NCBITaxon_9606",
                "http://purl.obolibrary.org/obo/NCBITaxon_9606",
                "https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?mode=Info&id=9606",
            ],
        ),
        (
            "cellosaurus:CVCL_0030",
            &[
                "CVCL_0030",
                "cvcl_0030",
                "RRID:CVCL_0030",
                "Cellosaurus:0030",
                "https://www.cellosaurus.org/CVCL_0030",
            ],
        ),
        ("NCBIGene:16196", &["MGI:96561", "MGI:MGI:96561", "mgi:96561", "https://identifiers.org/MGI:96561"]),
    ];
    for (id, pasted) in cases {
        for text in pasted {
            let request = GetEntityRequest { id: (*text).to_owned() };
            let found = client.get_entity(request).await.unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(found.into_inner().entity.unwrap().id, id, "{text}");
        }
    }
    for (text, code) in [
        ("", Code::InvalidArgument),
        ("   ", Code::InvalidArgument),
        ("3574", Code::InvalidArgument),
        ("NCBIGene:IL7", Code::InvalidArgument),
        ("https://example.org/gene", Code::InvalidArgument),
        ("FPLX:ERK", Code::NotFound),
        ("NCBIGene:999999999", Code::NotFound),
    ] {
        let status = client.get_entity(GetEntityRequest { id: text.to_owned() }).await.unwrap_err();
        assert_eq!(status.code(), code, "{text}");
    }
    // 512 bytes are looked up, more are refused.
    for (bytes, code) in [(512, Code::NotFound), (513, Code::InvalidArgument)] {
        let id = format!("FPLX:{}", "x".repeat(bytes - 5));
        assert_eq!(client.get_entity(GetEntityRequest { id }).await.unwrap_err().code(), code, "{bytes}");
    }
}

const ONTOLOGY: &str = "format-version: 1.4

[Term]
id: MONDO:0000001
name: alphosis
alt_id: MONDO:0000008
synonym: \"alphotic syndrome\" RELATED []
xref: MESH:D000001 {source=\"MONDO:equivalentTo\"}

[Term]
id: MONDO:0000002
name: obsolete old alphosis
is_obsolete: true
replaced_by: MONDO:0000001

[Term]
id: MONDO:0000003
name: obsolete humours
is_obsolete: true

[Term]
id: MONDO:0000004
name: acute alphosis of the heart
is_a: MONDO:0000001
";

/// A built catalog of an ontology with retired terms.
fn ontology() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mondo.obo"), ONTOLOGY).unwrap();
    let recipe = "name = \"test\"\n[[sources]]\nname = \"MONDO\"\nversion = \"1\"\nlicense = \"CC-BY-4.0\"\n\
                  file = \"mondo.obo\"\nformat = \"obo\"\nnamespace = \"MONDO\"\ntype = \"Disease\"\n";
    let recipe = Recipe::parse(recipe, "test.toml").unwrap();
    let output = folder.path().join("catalog");
    build(&recipe, folder.path(), &output, &BuildOptions::default(), &mut |_| {}).unwrap();
    write_papers(&folder.path().join("papers"), &["MESH:D000001", "MONDO:0000004"]);
    folder
}

#[tokio::test]
async fn retired_identifiers_answer_with_what_replaced_them() {
    let folder = ontology();
    let server = start(&folder);
    let mut client = server.entities().await;
    for id in [
        "MONDO:0000001",
        "MESH:D000001",
        "MONDO:0000008",
        "mondo_2",
        "http://purl.obolibrary.org/obo/MONDO_0000002",
    ] {
        let found = client.get_entity(GetEntityRequest { id: id.to_owned() }).await.unwrap().into_inner();
        let entity = found.entity.unwrap();
        assert_eq!((entity.id.as_str(), entity.obsolete), ("MESH:D000001", false), "{id}");
        assert_eq!(
            (entity.retired_ids, entity.xrefs),
            (vec!["MONDO:0000008".to_owned()], vec!["MONDO:0000001".to_owned()])
        );
    }
    let humours = client.get_entity(GetEntityRequest { id: "MONDO:0000003".to_owned() }).await.unwrap();
    assert!(humours.into_inner().entity.unwrap().obsolete, "nothing replaces it");
    let papers = |entity_id: &str, include_descendants| ListEntityPapersRequest {
        entity_id: entity_id.to_owned(),
        include_descendants,
        ..ListEntityPapersRequest::default()
    };
    for (id, below, expected) in [
        ("MONDO:0000002", false, &["PMC1"][..]),
        ("MONDO:0000008", true, &["PMC2", "PMC1"]),
        ("MONDO:0000004", true, &["PMC2"]),
    ] {
        let found = client.list_entity_papers(papers(id, below)).await.unwrap().into_inner();
        assert_eq!(paper_ids(&found.papers), expected, "{id}");
    }
}

#[tokio::test]
async fn names_are_found_with_typing_errors_and_by_their_words() {
    let folder = ontology();
    let server = start(&folder);
    let mut client = server.entities().await;
    for (mode, query, expected) in [
        (SearchMode::Prefix, "alph", &["MESH:D000001"][..]),
        (SearchMode::Prefix, "aplh", &[]),
        // Two letters swapped, one left out.
        (SearchMode::Fuzzy, "aplhoss", &["MESH:D000001"]),
        (SearchMode::Fuzzy, "accute alphosis of teh heart", &["MONDO:0000004"]),
        (SearchMode::Fuzzy, "aplhss", &[]),
        (SearchMode::Full, "heart alphosis", &["MONDO:0000004"]),
        (SearchMode::Full, "alph", &["MESH:D000001", "MONDO:0000002", "MONDO:0000004"]),
        // No name has all three.
        (SearchMode::Full, "chronic alphotic heart", &["MESH:D000001", "MONDO:0000004"]),
    ] {
        let request =
            SearchEntitiesRequest { query: query.to_owned(), mode: mode as i32, ..Default::default() };
        let found = client.search_entities(request).await.unwrap().into_inner();
        assert_eq!(ids(&found.entities), expected, "{mode:?} {query}");
    }
}
