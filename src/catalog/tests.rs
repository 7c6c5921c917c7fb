//! Tests of the whole catalog over a few entities and the starter data.

use proptest::prelude::*;

use super::*;
use crate::model::{Curie, Synonym, SynonymScope};
use crate::text::{FoldedText, name_keys};

fn curie(text: &str) -> Curie {
    text.parse().unwrap()
}

fn entity(id: &str, entity_type: EntityType, label: &str, names: &[&str]) -> Entity {
    let synonym = |name: &&str| Synonym { text: (*name).to_owned(), scope: SynonymScope::Exact };
    Entity { synonyms: names.iter().map(synonym).collect(), ..Entity::named(curie(id), entity_type, label) }
}

fn sample() -> Vec<Entity> {
    let mut receptor =
        entity("NCBIGene:3575", EntityType::Gene, "IL7R", &["IL-7R-alpha", "interleukin 7 receptor"]);
    receptor.taxon_id = Some(curie("NCBITaxon:9606"));
    receptor.xrefs = vec![curie("HGNC:6024"), curie("MESH:D000001")];
    let mut cytokine = entity("NCBIGene:3574", EntityType::Gene, "IL7", &["interleukin 7", "IL-7", "7"]);
    cytokine.taxon_id = Some(curie("NCBITaxon:9606"));
    let mut mouse = entity("NCBIGene:16196", EntityType::Gene, "Il7", &["interleukin 7"]);
    mouse.taxon_id = Some(curie("NCBITaxon:10090"));
    let mut leukemia = entity("MESH:D007938", EntityType::Disease, "Leukemia", &["X"]);
    leukemia.parent_ids = vec![curie("MESH:D009369")];
    let mut acute = entity("MESH:D015470", EntityType::Disease, "Leukemia, Myeloid, Acute", &["AML"]);
    acute.parent_ids = vec![curie("MESH:D007938")];
    acute.xrefs = vec![curie("MONDO:0018874"), curie("DOID:9119"), curie("HGNC:6024")];
    acute.synonyms.push(Synonym { text: "leukaemia of marrow".to_owned(), scope: SynonymScope::Broad });
    let neoplasms = entity("MESH:D009369", EntityType::Disease, "Neoplasms", &["tumour", "cancer"]);
    vec![receptor, cytokine, mouse, leukemia, acute, neoplasms]
}

fn catalog() -> Catalog {
    Catalog::from_entities(&sample()).unwrap()
}

fn ids(catalog: &Catalog, found: &[EntityIndex]) -> Vec<String> {
    found.iter().map(|index| catalog.id(*index)).collect()
}

/// A catalog of chemicals with those labels.
pub(super) fn of_labels<'l>(labels: impl Iterator<Item = &'l str>) -> Catalog {
    let labelled = |(number, label)| entity(&format!("MESH:D{number}"), EntityType::Chemical, label, &[]);
    let entities: Vec<Entity> = (1..).zip(labels).map(labelled).collect();
    Catalog::from_entities(&entities).unwrap()
}

/// The names that are met at the beginning of a text: where each ends, and whose it is.
fn met(catalog: &Catalog, text: &str) -> Vec<(usize, String)> {
    let mut folded = FoldedText::new();
    folded.fold(text);
    let mut found = Vec::new();
    catalog.names().each_match(&folded, 0, 0, |end, group| {
        found.extend(catalog.names().entries(group).map(|entry| (end, catalog.id(entry.entity))));
    });
    found
}

#[test]
fn entities_come_back_as_they_were() {
    let catalog = catalog();
    let back: Vec<Entity> = catalog.indices().map(|index| catalog.entity(index)).collect();
    assert_eq!(back, sample());
    assert_eq!((catalog.entity_count(), catalog.name_count()), (6, 17));
}

#[test]
fn walks_find_names_however_they_are_written() {
    let catalog = catalog();
    for (text, expected) in [
        ("IL-7", &[(2, "NCBIGene:3574"), (2, "NCBIGene:16196"), (2, "NCBIGene:3574")][..]),
        ("il 7", &[(2, "NCBIGene:3574"), (2, "NCBIGene:16196"), (2, "NCBIGene:3574")]),
        (
            "IL7Rα",
            &[
                (2, "NCBIGene:3574"),
                (2, "NCBIGene:16196"),
                (2, "NCBIGene:3574"),
                (3, "NCBIGene:3575"),
                (4, "NCBIGene:3575"),
            ],
        ),
        ("interleukin", &[]),
        ("interleukin 8", &[]),
        ("acute myeloid leukaemias", &[(3, "MESH:D015470")]),
        ("leukemia, myeloid, acute", &[(1, "MESH:D007938"), (3, "MESH:D015470")]),
        ("leukemia zebra", &[(1, "MESH:D007938")]),
        ("leukemia, myeloid\n\nacute", &[(1, "MESH:D007938")]),
        ("Tumors", &[(1, "MESH:D009369")]),
        ("7", &[]),
        ("X", &[]),
        ("unknown", &[]),
    ] {
        let expected: Vec<_> = expected.iter().map(|(end, id)| (*end, (*id).to_owned())).collect();
        assert_eq!(met(&catalog, text), expected, "{text}");
    }
}

#[test]
fn what_stands_before_a_name_in_its_word_may_be_passed_over() {
    let catalog = catalog();
    let mut folded = FoldedText::new();
    folded.fold("hIL-7");
    let mut ends = Vec::new();
    catalog.names().each_match(&folded, 0, 1, |end, _| ends.push(end));
    catalog.names().each_match(&folded, 0, 99, |end, _| ends.push(end));
    catalog.names().each_match(&folded, 9, 0, |end, _| ends.push(end));
    assert_eq!(ends, [2]);
}

#[test]
fn lookups_by_name_find_numbers_and_letters_as_well() {
    let catalog = catalog();
    let found = |name: &str| -> Vec<&str> {
        let group = catalog.names().exact(name);
        group
            .into_iter()
            .flat_map(|group| catalog.names().entries(group))
            .map(|entry| entry.surface)
            .collect()
    };
    assert_eq!(found("7"), ["7"]);
    assert_eq!(found("x"), ["X"]);
    assert_eq!(found("il7"), ["IL7", "Il7", "IL-7"]);
    assert_eq!(found("Leukemia, Acute Myeloid, NOS"), ["Leukemia, Myeloid, Acute"]);
    assert_eq!(found("--"), [""; 0]);
    assert_eq!(found("nothing"), [""; 0]);
}

#[test]
fn names_are_found_in_other_words() {
    let receptor = entity("MESH:D011956", EntityType::Gene, "receptor of the cell", &[]);
    let failure = entity("MESH:D051437", EntityType::Disease, "Renal Insufficiency", &["kidney failure"]);
    let long = "w".repeat(3) + &" x y z".repeat(3);
    let liver = entity("UBERON:0002107", EntityType::Anatomy, "liver", &[&long]);
    let catalog = Catalog::from_entities([&receptor, &failure, &liver]).unwrap();
    let found = |name: &str, loose: bool| -> Vec<String> {
        let bags = crate::text::bags(crate::text::fold_to_string(name).split(' '));
        let hash = bags.map_or(0, |bags| if loose { bags.loose } else { bags.strict });
        catalog.names().with_bag(hash).map(|group| catalog.names().key(group)).collect()
    };
    for (name, loose, expected) in [
        ("failure of the kidneys", false, &["renal insufficiency"][..]),
        ("hepatic", false, &["liver"]),
        ("human hepatic", true, &["liver"]),
        ("human hepatic", false, &[]),
        ("cell receptor", false, &[]),
        (&long, false, &[]),
    ] {
        assert_eq!(found(name, loose), expected, "{name}");
    }
}

#[test]
fn identifiers_find_their_entity() {
    let catalog = catalog();
    for (id, expected) in [
        ("NCBIGene:3574", Some("NCBIGene:3574")),
        ("MONDO:0018874", Some("MESH:D015470")),
        // Two entities refer to it: the first wins.
        ("HGNC:6024", Some("NCBIGene:3575")),
        ("MESH:D009369", Some("MESH:D009369")),
        ("MESH:D999999", None),
    ] {
        assert_eq!(
            catalog.find(&curie(id)).map(|index| catalog.id(index)),
            expected.map(str::to_owned),
            "{id}"
        );
    }
    let mut entities = sample();
    entities[0].xrefs.push(curie("NCBIGene:3574"));
    let catalog = Catalog::from_entities(&entities).unwrap();
    let own = catalog.find(&curie("NCBIGene:3574")).map(|index| catalog.label(index));
    assert_eq!(own, Some("IL7"), "an entity's own identifier wins");
}

#[test]
fn answers_are_in_the_namespace_asked_for() {
    let catalog = catalog();
    let index = catalog.find(&curie("MESH:D015470")).unwrap();
    for (preferences, expected) in [
        (&[][..], "MESH:D015470"),
        (&["MONDO"][..], "MONDO:0018874"),
        (&["OMIM", "doid", "MONDO"], "DOID:9119"),
        (&["OMIM"], "MESH:D015470"),
    ] {
        assert_eq!(catalog.answer_id(index, preferences), expected, "{preferences:?}");
    }
}

#[test]
fn the_hierarchy_goes_up_and_down() {
    let catalog = catalog();
    let find = |id: &str| catalog.find(&curie(id)).unwrap();
    assert_eq!(ids(&catalog, &catalog.parents(find("MESH:D015470"))), ["MESH:D007938"]);
    assert_eq!(ids(&catalog, &catalog.children(find("MESH:D009369"))), ["MESH:D007938"]);
    assert_eq!(ids(&catalog, &catalog.ancestors(find("MESH:D015470"))), ["MESH:D007938", "MESH:D009369"]);
    assert_eq!(ids(&catalog, &catalog.descendants(find("MESH:D009369"))), ["MESH:D007938", "MESH:D015470"]);
    assert_eq!(catalog.descendants(find("NCBIGene:3574")), []);
}

#[test]
fn prefix_search_ranks_whole_names_and_labels_and_known_entities_first() {
    let catalog = catalog();
    let search = |query: &str, types: &[EntityType], taxa: &[&str], offset, limit| {
        let taxa: Vec<Curie> = taxa.iter().map(|taxon| curie(taxon)).collect();
        let (found, more) = catalog.search_prefix(query, types, &taxa, offset, limit);
        (ids(&catalog, &found).join(" "), more)
    };
    for (query, expected) in [
        ("il", "NCBIGene:3575 NCBIGene:3574 NCBIGene:16196"),
        ("il7", "NCBIGene:3574 NCBIGene:16196 NCBIGene:3575"),
        ("leuk", "MESH:D015470 MESH:D007938"),
        ("acute my", "MESH:D015470"),
        ("can", "MESH:D009369"),
        ("tumou", "MESH:D009369"),
        ("tumours", "MESH:D009369"),
        ("Leukae", "MESH:D015470 MESH:D007938"),
        ("acute myeloid leukaemi", "MESH:D015470"),
        ("zebra", ""),
        ("--", ""),
    ] {
        assert_eq!(search(query, &[], &[], 0, 10), (expected.to_owned(), false), "{query}");
    }
    assert_eq!(search("il", &[], &[], 0, 2), ("NCBIGene:3575 NCBIGene:3574".to_owned(), true));
    assert_eq!(search("il", &[], &[], 2, 2), ("NCBIGene:16196".to_owned(), false));
    assert_eq!(search("il", &[EntityType::Disease], &[], 0, 2), (String::new(), false));
    assert_eq!(search("il", &[], &["NCBITaxon:10090"], 0, 9), ("NCBIGene:16196".to_owned(), false));
    assert_eq!(search("leuk", &[], &["NCBITaxon:10090"], 0, 1), ("MESH:D015470".to_owned(), true));
}

#[test]
fn another_catalogs_index_has_nothing() {
    let catalog = catalog();
    let other = EntityIndex(99);
    assert_eq!((catalog.id(other).as_str(), catalog.label(other), catalog.taxon_id(other)), ("", "", None));
    assert_eq!(
        (catalog.try_entity(other), catalog.prominence(other), catalog.taxon_number(other)),
        (None, 0, None)
    );
    assert_eq!(catalog.entity_type(other), EntityType::Other);
    assert_eq!((catalog.names_of(other).count(), catalog.xrefs(other).count()), (0, 0));
    assert_eq!(catalog.answer_id(other, &["MESH"]), "");
    assert!(catalog.parents(other).is_empty() && catalog.children(other).is_empty());
    assert!(catalog.ancestors(other).is_empty() && catalog.descendants(other).is_empty());
}

#[test]
fn bad_entities_are_refused() {
    let mut twice = sample();
    twice.push(twice[0].clone());
    let error = Catalog::from_entities(&twice).unwrap_err().to_string();
    assert_eq!(error, "NCBIGene:3575 is there twice; an identifier names one entity");
    let names: Vec<String> =
        (0..records::ENTITY_NAMES_LIMIT).map(|number| format!("name {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let most = entity("MESH:D1", EntityType::Disease, "most", &names[1..]);
    assert!(Catalog::from_entities([&most]).is_ok());
    let over = entity("MESH:D1", EntityType::Disease, "over", &names);
    assert!(matches!(Catalog::from_entities([&over]), Err(CatalogError::TooManyNames { .. })));
}

#[test]
fn a_key_at_the_limit_is_found_and_a_longer_one_is_not() {
    let at_the_limit = "x".repeat(keys::KEY_BYTES_LIMIT);
    let over = "y".repeat(keys::KEY_BYTES_LIMIT + 1);
    let catalog =
        Catalog::from_entities([&entity("MESH:D1", EntityType::Chemical, &at_the_limit, &[&over])]).unwrap();
    assert!(catalog.names().exact(&at_the_limit).is_some());
    assert!(catalog.names().exact(&over).is_none());
}

#[test]
fn the_version_follows_the_content() {
    let one = catalog();
    assert_eq!(one.version(), catalog().version());
    assert!(one.version().starts_with("catalog-") && one.version().len() == "catalog-".len() + 16);
    let mut others = vec![sample(), sample(), sample(), sample()];
    others[0].swap(0, 1);
    others[1][0].label.push('x');
    others[2][0].synonyms[0].scope = SynonymScope::Related;
    others[3][0].source.version = "2".to_owned();
    for other in others {
        assert_ne!(one.version(), Catalog::from_entities(&other).unwrap().version());
    }
}

#[test]
fn terminologies_are_counted() {
    let counted: Vec<String> = catalog()
        .terminologies()
        .iter()
        .map(|t| format!("{} {} {} {}", t.prefix, t.name, t.entities, t.names))
        .collect();
    assert_eq!(
        counted,
        [
            "NCBIGene NCBI Gene 3 9",
            "HGNC HGNC 2 0",
            "MESH MeSH 4 8",
            "MONDO Mondo Disease Ontology 1 0",
            "DOID Human Disease Ontology 1 0",
        ]
    );
}

const HEADER: &str = "id\tlabel\ttaxon_id\txrefs\tparent_ids\texact\trelated\tnarrow\tbroad\n";

#[test]
fn directories_and_files_are_opened() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    let refused = |path: &std::path::Path| Catalog::open(path).unwrap_err().to_string();
    assert!(refused(directory.path()).contains("holds no catalog file"));
    assert!(refused(&directory.path().join("genes.tsv")).contains("cannot be read"));
    write("genes.tsv", &format!("{HEADER}NCBIGene:1\tA1\tNCBITaxon:9606\t\t\t\t\t\t\n"));
    write("chemicals.tsv", &format!("{HEADER}MESH:D2\twater\t\t\t\t\t\t\t\n"));
    write(
        "curated_names.tsv",
        "id\tname\tscope\treason\nMESH:D2\taqua\trelated\tLatin\nMESH:D2\twater\texact\t\n",
    );
    let catalog = Catalog::open(directory.path()).unwrap();
    let names: Vec<_> = catalog.indices().map(|index| catalog.names_of(index).collect::<Vec<_>>()).collect();
    assert_eq!(
        names,
        [vec![(NameScope::Label, "A1")], vec![(NameScope::Label, "water"), (NameScope::Related, "aqua")]]
    );
    let one = Catalog::open(&directory.path().join("chemicals.tsv")).unwrap();
    assert_eq!((one.entity_count(), one.name_count()), (1, 1));
    write("curated_names.tsv", "id\tname\tscope\treason\nMESH:D3\tx\trelated\t\n");
    assert!(refused(directory.path()).contains("adds names to MESH:D3, which no file of the catalog has"));
    write("curated_names.tsv", "id\tname\tscope\treason\nMESH:D2\n");
    assert!(refused(directory.path()).contains("curated_names.tsv, line 2: 1 columns, 4 are needed"));
    write("things.tsv", HEADER);
    assert!(refused(&directory.path().join("things.tsv")).contains("is no catalog of glossator"));
}

#[test]
fn the_starter_catalog_does_not_depend_on_threads() {
    let build = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Catalog::embedded().unwrap())
    };
    let (one, four) = (build(1), build(4));
    assert_eq!(one.version(), four.version());
    assert_eq!(one.data.bytes(), four.data.bytes());
}

/// Names that share tokens, so that ranges are narrowed.
fn names() -> impl Strategy<Value = Vec<String>> {
    let token = "(a|b|ab|il|7|alpha|é|I{2})";
    let name = proptest::collection::vec(token, 1..4).prop_map(|tokens| tokens.join(" "));
    proptest::collection::vec(name, 1..12)
}

proptest! {
    #[test]
    fn walks_agree_with_a_plain_search(names in names(), text in "(a|b|ab|il|7|alpha|é|2| ){1,6}") {
        let entities: Vec<Entity> = (1..)
            .zip(&names)
            .map(|(number, name)| entity(&format!("NCBIGene:{number}"), EntityType::Gene, name, &[]))
            .collect();
        let catalog = Catalog::from_entities(&entities).unwrap();
        let mut folded = FoldedText::new();
        folded.fold(&text);
        let key = folded.text();
        let keys: Vec<(usize, String)> =
            names.iter().enumerate().flat_map(|(place, name)| name_keys(name).into_iter().map(move |key| (place, key))).collect();
        let bearers: Vec<usize> = keys.iter().filter(|(_, other)| other == key).map(|(place, _)| *place).collect();
        let group = catalog.names().group_of_key(key);
        let found: Vec<usize> =
            group.into_iter().flat_map(|group| catalog.names().entries(group)).map(|entry| entry.entity.position()).collect();
        prop_assert_eq!(&found, &bearers);
        let in_text = key.chars().count() > 1 && key.bytes().any(|byte| !byte.is_ascii_digit() && byte != b' ');
        let mut last = None;
        catalog.names().each_match(&folded, 0, 0, |end, group| {
            if end == folded.tokens().len() {
                last = Some(group);
            }
        });
        prop_assert_eq!(last, group.filter(|_| in_text));
        prop_assert_eq!(catalog.names().group_for_texts(key), group.filter(|_| in_text));
    }
}
