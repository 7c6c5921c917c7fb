//! EntityService, PaperService and CatalogService.

use std::collections::HashSet;

use glossator::api::proto::lookup_entities_response::Result as EntityAnswer;
use glossator::api::proto::lookup_papers_response::Result as PaperAnswer;
use glossator::api::proto::{
    BatchGetEntitiesRequest, BatchGetPapersRequest, EntityType, GetCatalogRequest, GetEntityRequest,
    GetPaperRequest, ListEntityPapersRequest, ListPapersRequest, LookupEntitiesRequest, LookupPapersRequest,
    PublicationDate, ResolveNamesRequest, SearchEntitiesRequest, SearchPapersRequest, SynonymScope,
};
use prost_types::FieldMask;
use tonic::Code;

use crate::harness::{TestServer, requests, soon};

const PAPER: &str = "PMC12808468";

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(ToString::to_string).collect() })
}

#[tokio::test]
async fn an_entity_is_found_by_what_people_paste_and_by_cross_references() {
    let server = TestServer::start(&[]);
    let mut client = server.entities().await;
    for (pasted, id) in [
        ("NCBIGene:3574", "NCBIGene:3574"),
        ("NCBI Gene 3574", "NCBIGene:3574"),
        ("https://www.ncbi.nlm.nih.gov/gene/3574", "NCBIGene:3574"),
        ("HGNC:6023", "NCBIGene:3574"),
        ("mesh:d009101", "MESH:D009101"),
        ("http://purl.obolibrary.org/obo/MONDO_0009693", "MESH:D009101"),
        ("taxon 9606", "NCBITaxon:9606"),
        ("CVCL_0030", "cellosaurus:CVCL_0030"),
    ] {
        let request = GetEntityRequest { id: pasted.to_owned() };
        let response =
            client.get_entity(request).await.unwrap_or_else(|error| panic!("{pasted}: {error}")).into_inner();
        assert_eq!(response.entity.unwrap().id, id, "{pasted}");
        assert!(!response.catalog_version.is_empty());
    }
    let request = GetEntityRequest { id: "NCBIGene:3574".to_owned() };
    let gene = client.get_entity(request).await.unwrap().into_inner().entity.unwrap();
    assert_eq!((gene.label.as_str(), gene.r#type), ("IL7", EntityType::Gene as i32));
    assert_eq!(gene.taxon_id, "NCBITaxon:9606");
    let exact =
        |text: &str| gene.synonyms.iter().any(|s| s.text == text && s.scope == SynonymScope::Exact as i32);
    assert!(exact("interleukin 7"), "{:?}", gene.synonyms);
    assert!(gene.xrefs.contains(&"HGNC:6023".to_owned()));
    assert!(!gene.source.unwrap().name.is_empty());
}

#[tokio::test]
async fn a_batch_of_entities_is_all_or_an_error() {
    let server = TestServer::start(&[]);
    let mut client = server.entities().await;
    // The same entity by several names is there as often as it is asked for.
    let ids = ["MESH:D009101", "NCBIGene:920", "mesh:d009101", "MONDO:0009693", "NCBI Gene 920"];
    let expected = ["MESH:D009101", "NCBIGene:920", "MESH:D009101", "MESH:D009101", "NCBIGene:920"];
    let ids = ids.map(str::to_owned).to_vec();
    let response = client.batch_get_entities(BatchGetEntitiesRequest { ids }).await.unwrap().into_inner();
    assert_eq!(response.entities.iter().map(|entity| entity.id.as_str()).collect::<Vec<_>>(), expected);
    let thousand = vec!["MESH:D009101".to_owned(); 1_000];
    let response =
        client.batch_get_entities(BatchGetEntitiesRequest { ids: thousand.clone() }).await.unwrap();
    assert_eq!(response.into_inner().entities.len(), 1_000);
    let more = thousand.into_iter().chain(["MESH:D009101".to_owned()]).collect();
    for (ids, code) in [
        (vec![], Code::InvalidArgument),
        (more, Code::InvalidArgument),
        (vec!["MESH:D009101".to_owned(), "no id".to_owned()], Code::InvalidArgument),
        (vec!["MESH:D009101".to_owned(), "MESH:D999999".to_owned()], Code::NotFound),
    ] {
        assert_eq!(
            client.batch_get_entities(BatchGetEntitiesRequest { ids }).await.unwrap_err().code(),
            code
        );
    }
}

#[tokio::test]
async fn entities_and_papers_are_looked_up_in_order_with_errors_of_their_own() {
    let server = TestServer::start(&[]);
    let ids = ["NCBIGene:3574", "NCBIGene:999999999", "nonsense", "MONDO:0009693"];
    let (sender, stream) = requests();
    let mut answers = server.entities().await.lookup_entities(stream).await.unwrap().into_inner();
    tokio::spawn(async move {
        for id in ids {
            sender.send(LookupEntitiesRequest { id: id.to_owned() }).await.unwrap();
        }
    });
    let mut seen = Vec::new();
    let mut versions = HashSet::new();
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        assert_eq!(answer.sequence, seen.len() as u64);
        versions.insert(answer.catalog_version);
        seen.push(match answer.result.unwrap() {
            EntityAnswer::Entity(entity) => entity.id,
            EntityAnswer::Error(error) => error.code.to_string(),
        });
    }
    assert_eq!(seen, ["NCBIGene:3574", "5", "3", "MESH:D009101"]);
    assert_eq!(versions.len(), 1);

    let (sender, stream) = requests();
    let mut answers = server.papers().await.lookup_papers(stream).await.unwrap().into_inner();
    let asked = [PAPER, "https://doi.org/10.3389/FIMMU.2025.1736931", "PMC1", "", PAPER];
    tokio::spawn(async move {
        for (number, id) in asked.iter().enumerate() {
            let read_mask = if number == 4 { mask(&["nothing"]) } else { mask(&["title"]) };
            sender.send(LookupPapersRequest { id: (*id).to_owned(), read_mask }).await.unwrap();
        }
    });
    let mut seen = Vec::new();
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        assert_eq!(answer.sequence, seen.len() as u64);
        seen.push(match answer.result.unwrap() {
            PaperAnswer::Paper(paper) => {
                assert!(paper.title.starts_with("IL-7") && paper.authors.is_empty());
                paper.id
            }
            PaperAnswer::Error(error) => error.code.to_string(),
        });
    }
    assert_eq!(seen, [PAPER, PAPER, "5", "3", "3"]);
}

#[tokio::test]
async fn names_are_resolved_with_types_taxa_and_context() {
    let server = TestServer::start(&[]);
    let (sender, stream) = requests();
    let mut answers = server.entities().await.resolve_names(stream).await.unwrap().into_inner();
    let name = |name: &str| ResolveNamesRequest { name: name.to_owned(), ..ResolveNamesRequest::default() };
    let asked = vec![
        name("IL-7"),
        ResolveNamesRequest {
            context: "Mice were injected. Murine Tp53 was lost in the mouse.".to_owned(),
            ..name("Trp53")
        },
        ResolveNamesRequest { taxa: vec!["NCBITaxon:10090".to_owned()], ..name("interleukin 6") },
        ResolveNamesRequest { types: vec![EntityType::Disease as i32], ..name("multiple myeloma") },
        name("a name that nothing has"),
        name(""),
        ResolveNamesRequest { context: "x".repeat((64 << 10) + 1), ..name("IL-7") },
    ];
    tokio::spawn(async move {
        for request in asked {
            sender.send(request).await.unwrap();
        }
    });
    let mut best = Vec::new();
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        assert_eq!(answer.sequence, best.len() as u64);
        for candidate in &answer.candidates {
            assert!(candidate.score > 0.0 && candidate.score <= 1.0 && !candidate.reason.is_empty());
        }
        best.push(match (&answer.error, answer.candidates.first()) {
            (Some(error), _) => format!("error {}", error.code),
            (None, Some(candidate)) => candidate.entity_id.clone(),
            (None, None) => "nothing".to_owned(),
        });
    }
    let expected = [
        "NCBIGene:3574",
        "NCBIGene:22059",
        "NCBIGene:16193",
        "MESH:D009101",
        "nothing",
        "error 3",
        "error 3",
    ];
    assert_eq!(best, expected);
}

#[tokio::test]
async fn entities_are_searched_by_prefix_page_by_page() {
    let server = TestServer::start(&[]);
    let mut client = server.entities().await;
    let request = SearchEntitiesRequest {
        query: "interleukin".to_owned(),
        taxa: vec!["NCBITaxon:9606".to_owned()],
        page_size: 7,
        ..SearchEntitiesRequest::default()
    };
    let mut seen = HashSet::new();
    let mut token = String::new();
    loop {
        let request = SearchEntitiesRequest { page_token: token.clone(), ..request.clone() };
        let page = client.search_entities(request).await.unwrap().into_inner();
        assert!(!page.entities.is_empty() && page.entities.len() <= 7);
        for entity in page.entities {
            assert!(entity.taxon_id.is_empty() || entity.taxon_id == "NCBITaxon:9606");
            assert!(seen.insert(entity.id.clone()), "{} twice", entity.id);
        }
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert!(seen.len() > 14 && seen.contains("NCBIGene:3574"), "{} entities", seen.len());

    // A whole name comes before longer ones, even of a lesser scope.
    for (query, id) in
        [("human", "NCBITaxon:9606"), ("IL-7", "NCBIGene:3574"), ("multiple myelo", "MESH:D009101")]
    {
        let request = SearchEntitiesRequest { query: query.to_owned(), ..SearchEntitiesRequest::default() };
        let page = client.search_entities(request).await.unwrap().into_inner();
        assert_eq!(page.entities[0].id, id, "{query}");
    }

    let other = SearchEntitiesRequest { query: "interferon".to_owned(), ..request.clone() };
    let first = client.search_entities(request.clone()).await.unwrap().into_inner();
    let borrowed = SearchEntitiesRequest { page_token: first.next_page_token, ..other };
    for bad in [
        borrowed,
        SearchEntitiesRequest { query: String::new(), ..request.clone() },
        SearchEntitiesRequest { query: "-- ,".to_owned(), ..request.clone() },
        SearchEntitiesRequest { query: "x".repeat(1_001), ..request.clone() },
        SearchEntitiesRequest { page_size: 1_001, ..request.clone() },
        SearchEntitiesRequest { page_size: -1, ..request.clone() },
        SearchEntitiesRequest { mode: 77, ..request.clone() },
        SearchEntitiesRequest { types: vec![0], ..request.clone() },
    ] {
        assert_eq!(client.search_entities(bad).await.unwrap_err().code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn papers_of_an_entity_are_listed_with_descendants_if_asked() {
    let server = TestServer::start(&[]);
    let mut client = server.entities().await;
    let list = |id: &str, include_descendants: bool| ListEntityPapersRequest {
        entity_id: id.to_owned(),
        include_descendants,
        ..ListEntityPapersRequest::default()
    };
    for id in ["NCBIGene:3574", "HGNC:6023", "MESH:D009101", "MONDO:0009693"] {
        let response = client.list_entity_papers(list(id, false)).await.unwrap().into_inner();
        assert!(response.papers.iter().any(|paper| paper.id == PAPER), "{id}");
        assert_eq!(response.total_size as usize, response.papers.len());
    }
    // Fewer papers name neoplasms as such than name one of their kinds.
    let alone = client.list_entity_papers(list("MESH:D009369", false)).await.unwrap().into_inner();
    let with = client.list_entity_papers(list("MESH:D009369", true)).await.unwrap().into_inner();
    assert!(with.total_size > alone.total_size, "{} {}", with.total_size, alone.total_size);
    let dates: Vec<_> = with.papers.iter().map(|paper| paper.publication_date.unwrap()).collect();
    assert!(dates.is_sorted_by_key(|date| std::cmp::Reverse((date.year, date.month, date.day))));
    assert_eq!(
        client.list_entity_papers(list("MESH:D999999", false)).await.unwrap_err().code(),
        Code::NotFound
    );
}

#[tokio::test]
async fn a_paper_is_answered_whole_or_by_its_mask() {
    let server = TestServer::start(&[]);
    let mut client = server.papers().await;
    let get = |id: &str, read_mask| GetPaperRequest { id: id.to_owned(), read_mask };
    let paper = client.get_paper(get("pmc12808468", None)).await.unwrap().into_inner().paper.unwrap();
    assert_eq!(paper.id, PAPER);
    assert_eq!(paper.identifiers.as_ref().unwrap().doi, "10.3389/fimmu.2025.1736931");
    assert_eq!(paper.authors.len(), 5);
    assert_eq!(paper.venue, "Frontiers in Immunology");
    assert_eq!(paper.publication_date, Some(PublicationDate { year: 2026, month: 1, day: 2 }));
    assert_eq!((paper.figure_count, paper.reference_count), (Some(1), Some(51)));
    assert!(!paper.summary.is_empty() && !paper.contribution.is_empty() && !paper.key_findings.is_empty());
    assert!(paper.sections.iter().any(|section| section.kind == "abstract"));
    assert!(paper.mentioned_entities.iter().any(|entity| entity.entity_id == "NCBIGene:925"));

    let masked =
        client.get_paper(get(PAPER, mask(&["title", "venue"]))).await.unwrap().into_inner().paper.unwrap();
    let expected = glossator::api::proto::Paper {
        id: paper.id.clone(),
        title: paper.title.clone(),
        venue: paper.venue.clone(),
        ..glossator::api::proto::Paper::default()
    };
    assert_eq!(masked, expected);

    let ids = vec![PAPER.to_owned(), "10.3389/fimmu.2025.1736931".to_owned()];
    let request = BatchGetPapersRequest { ids, read_mask: None };
    assert_eq!(client.batch_get_papers(request).await.unwrap().into_inner().papers, [paper.clone(), paper]);
    for (ids, code) in [
        (vec![], Code::InvalidArgument),
        (vec![PAPER.to_owned(); 1_001], Code::InvalidArgument),
        (vec![PAPER.to_owned(), "PMC1".to_owned()], Code::NotFound),
        (vec!["what".to_owned()], Code::InvalidArgument),
    ] {
        let request = BatchGetPapersRequest { ids, read_mask: None };
        assert_eq!(client.batch_get_papers(request).await.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn papers_are_listed_and_searched_page_by_page() {
    let server = TestServer::start(&[]);
    let mut client = server.papers().await;
    let mut listed = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListPapersRequest { page_size: 9, page_token, read_mask: mask(&["id"]) };
        let page = client.list_papers(request).await.unwrap().into_inner();
        listed.extend(page.papers.into_iter().map(|paper| paper.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            assert_eq!(page.total_size as usize, listed.len());
            break;
        }
    }
    assert!(listed.len() >= 20);
    assert_eq!(listed.iter().collect::<HashSet<_>>().len(), listed.len());

    let search = SearchPapersRequest::default;
    let found =
        |papers: Vec<glossator::api::proto::Paper>| papers.into_iter().map(|p| p.id).collect::<Vec<_>>();
    let words = SearchPapersRequest { query: "il7 adjuvants".to_owned(), ..search() };
    assert_eq!(found(client.search_papers(words).await.unwrap().into_inner().papers)[0], PAPER);
    let both = SearchPapersRequest {
        entity_ids: vec!["NCBIGene:3574".to_owned(), "MONDO:0009693".to_owned()],
        published_from: Some(PublicationDate { year: 2026, month: 1, day: 2 }),
        published_to: Some(PublicationDate { year: 2026, month: 0, day: 0 }),
        ..search()
    };
    assert_eq!(found(client.search_papers(both.clone()).await.unwrap().into_inner().papers), [PAPER]);
    let later = SearchPapersRequest {
        published_from: Some(PublicationDate { year: 2026, month: 1, day: 3 }),
        ..both.clone()
    };
    assert_eq!(client.search_papers(later).await.unwrap().into_inner().total_size, 0);
    let everything = client.search_papers(search()).await.unwrap().into_inner();
    assert_eq!(everything.total_size as usize, listed.len());

    let date = |year, month, day| Some(PublicationDate { year, month, day });
    for (bad, code) in [
        (SearchPapersRequest { entity_ids: vec!["MESH:D999999".to_owned()], ..search() }, Code::NotFound),
        (SearchPapersRequest { entity_ids: vec!["?".to_owned()], ..search() }, Code::InvalidArgument),
        (
            SearchPapersRequest { entity_ids: vec!["MESH:D009101".to_owned(); 101], ..search() },
            Code::InvalidArgument,
        ),
        (SearchPapersRequest { published_from: date(2026, 2, 30), ..search() }, Code::InvalidArgument),
        (
            SearchPapersRequest {
                published_from: date(2026, 1, 1),
                published_to: date(2025, 0, 0),
                ..search()
            },
            Code::InvalidArgument,
        ),
        (SearchPapersRequest { query: "x".repeat(1_001), ..search() }, Code::InvalidArgument),
        (SearchPapersRequest { query: different_words(65), ..search() }, Code::InvalidArgument),
        (SearchPapersRequest { query: "...".to_owned(), ..search() }, Code::InvalidArgument),
        (SearchPapersRequest { page_token: "0".to_owned(), ..search() }, Code::InvalidArgument),
    ] {
        assert_eq!(client.search_papers(bad).await.unwrap_err().code(), code);
    }
}

/// That many words, no two the same once folded.
fn different_words(count: usize) -> String {
    let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
    (0..count).map(|number| format!("q{}{} ", letter(number), letter(number / 26))).collect()
}

#[tokio::test]
async fn a_query_of_as_many_words_as_are_accepted_is_answered() {
    let server = TestServer::start(&[]);
    let request = SearchPapersRequest { query: different_words(64), ..SearchPapersRequest::default() };
    assert_eq!(server.papers().await.search_papers(request).await.unwrap().into_inner().total_size, 0);
}

#[tokio::test]
async fn the_catalog_tells_what_it_holds() {
    let server = TestServer::start(&[]);
    let catalog = server.catalog().await.get_catalog(GetCatalogRequest {}).await.unwrap().into_inner();
    assert!(!catalog.version.is_empty() && catalog.papers >= 20);
    assert!(catalog.started_at.unwrap().seconds > 1_700_000_000);
    let entities: u64 = catalog.terminologies.iter().map(|terminology| terminology.entities).sum();
    assert!(entities >= 1_500, "{entities} entities");
    for terminology in &catalog.terminologies {
        assert!(!terminology.name.is_empty() && !terminology.license.is_empty(), "{terminology:?}");
        assert!(terminology.names == 0 || terminology.names >= terminology.entities, "{terminology:?}");
    }
    let names: Vec<&str> =
        catalog.terminologies.iter().map(|terminology| terminology.name.as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"MeSH"), "{names:?}");
}
