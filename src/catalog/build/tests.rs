//! Tests of the compiler over small files.

use std::fs;
use std::path::Path;

use super::*;
use crate::catalog::{Catalog, EntityIndex, NameScope};
use crate::model::EntityType;

/// Files of a build and the recipe that reads them.
struct Kitchen {
    folder: tempfile::TempDir,
    recipe: String,
}

impl Kitchen {
    fn new() -> Self {
        let recipe = "name = \"test\"\ncurated_names = false\n".to_owned();
        Self { folder: tempfile::tempdir().unwrap(), recipe }
    }

    /// Adds a file and the source that reads it; `keys` are more lines of the recipe.
    fn with(mut self, file: &str, format: &str, keys: &str, text: &str) -> Self {
        fs::write(self.folder.path().join(file), text).unwrap();
        self.recipe.push_str(&format!(
            "[[sources]]\nname = \"{file}\"\nversion = \"1\"\nlicense = \"CC0-1.0\"\nfile = \"{file}\"\n\
             format = \"{format}\"\n{keys}\n"
        ));
        self
    }

    fn obo(self, file: &str, keys: &str, terms: &[&str]) -> Self {
        let frames: Vec<String> = terms.iter().map(|term| format!("[Term]\n{term}\n")).collect();
        self.with(file, "obo", keys, &format!("format-version: 1.4\n\n{}", frames.join("\n")))
    }

    fn build_with(&self, options: &BuildOptions) -> Result<(Catalog, BuildReport), BuildError> {
        let recipe = Recipe::parse(&self.recipe, "test.toml").unwrap();
        let output = self.folder.path().join("out.catalog");
        let report = build(&recipe, self.folder.path(), &output, options, &mut |_| {})?;
        let catalog = Catalog::open(&output).unwrap();
        catalog.verify().unwrap();
        assert_eq!(catalog.version(), report.version);
        Ok((catalog, report))
    }

    fn build(&self) -> (Catalog, BuildReport) {
        self.build_with(&BuildOptions::default()).unwrap()
    }

    fn refusal(&self, malformed_limit: usize) -> String {
        let options = BuildOptions { malformed_limit, ..BuildOptions::default() };
        self.build_with(&options).unwrap_err().to_string()
    }
}

const MONDO: &str = "namespace = \"MONDO\"\ntype = \"Disease\"";
const MESH: &str = "namespace = \"MESH\"\ntypes = [{ category = \"C\", type = \"Disease\" }]\ntype = \"Chemical\"\ntype_gives_way = true";

fn find(catalog: &Catalog, id: &str) -> Option<EntityIndex> {
    catalog.find(&id.parse().unwrap())
}

/// The identifier of the entity that an identifier leads to.
fn leads_to(catalog: &Catalog, id: &str) -> String {
    find(catalog, id).map_or_else(String::new, |entity| catalog.id(entity))
}

fn names(catalog: &Catalog, id: &str) -> Vec<(NameScope, String)> {
    let entity = find(catalog, id).unwrap();
    catalog.names_of(entity).map(|(scope, name)| (scope, name.to_owned())).collect()
}

#[test]
fn what_sources_call_the_same_is_one_entity_in_every_namespace() {
    let mesh = "*NEWRECORD\nRECTYPE = C\nNM = flu\nUI = C000001\n\n*NEWRECORD\nRECTYPE = C\nNM = zinc thing\nUI = C000002\n";
    let (catalog, report) = Kitchen::new()
        .with("mesh.bin", "mesh-ascii", MESH, mesh)
        .obo(
            "mondo.obo",
            &format!("{MONDO}\nreferences = [\"ICD10CM\"]"),
            &[
                "id: MONDO:0000001\nname: influenza\nsynonym: \"grippe\" RELATED []\nxref: MESH:C000001 \
                 {source=\"MONDO:equivalentTo\"}\nxref: DOID:8469 {source=\"MONDO:equivalentTo\"}\nxref: \
                 ICD10CM:J10\nxref: ICD9CM:487",
                "id: MONDO:0000002\nname: influenza of birds\nxref: MESH:C000001 {source=\"MONDO:equivalentTo\"}\nis_a: MONDO:0000001",
            ],
        )
        .build();
    assert_eq!(catalog.entity_count(), 3);
    for id in ["MESH:C000001", "MONDO:0000001", "DOID:8469", "ICD10CM:J10", "mondo:1"] {
        assert_eq!(leads_to(&catalog, id), "MESH:C000001", "{id}");
    }
    assert_eq!(leads_to(&catalog, "ICD9CM:487"), "", "a namespace that nobody asked for");
    let flu = find(&catalog, "DOID:8469").unwrap();
    assert_eq!(
        catalog.entity_type(flu),
        EntityType::Disease,
        "the type of a mapped chemical record gives way"
    );
    assert_eq!(catalog.answer_id(flu, &["DOID"]), "DOID:8469");
    assert_eq!(catalog.answer_id(flu, &["ICD10CM"]), "MESH:C000001", "a reference does not mean the same");
    let scopes: Vec<NameScope> = names(&catalog, "MESH:C000001").iter().map(|(scope, _)| *scope).collect();
    assert_eq!(scopes, [NameScope::Label, NameScope::Exact, NameScope::Related]);
    // Two of MONDO cannot be one; the second keeps the identifier as a reference, and its parent is the whole class.
    assert_eq!(report.contradictions, [("MONDO:0000002".to_owned(), "MESH:C000001".to_owned())]);
    let birds = find(&catalog, "MONDO:0000002").unwrap();
    assert_eq!(catalog.parents(birds), [flu]);
    assert_eq!(catalog.descendants(flu), [birds]);
    let zinc = find(&catalog, "MESH:C000002").unwrap();
    assert_eq!(catalog.entity_type(zinc), EntityType::Chemical);
}

#[test]
fn retired_identifiers_answer_with_what_replaced_them() {
    let (catalog, _) = Kitchen::new()
        .obo(
            "mondo.obo",
            MONDO,
            &[
                "id: MONDO:0000001\nname: gout\nalt_id: MONDO:0000009",
                "id: MONDO:0000002\nname: obsolete podagra\nis_obsolete: true\nreplaced_by: MONDO:0000001",
                "id: MONDO:0000003\nname: obsolete old gout\nis_obsolete: true\nreplaced_by: MONDO:0000002",
                "id: MONDO:0000004\nname: obsolete humours\nis_obsolete: true",
                "id: MONDO:0000005\nname: obsolete two\nis_obsolete: true\nreplaced_by: MONDO:0000001\nreplaced_by: MONDO:0000006",
                "id: MONDO:0000006\nname: other gout",
                "id: MONDO:0000009\nname: obsolete merged\nis_obsolete: true",
            ],
        )
        .build();
    for (id, expected) in [
        ("MONDO:0000009", "MONDO:0000001"),
        ("MONDO:0000002", "MONDO:0000001"),
        ("MONDO:0000003", "MONDO:0000001"),
        ("MONDO:0000004", "MONDO:0000004"),
        ("MONDO:0000005", "MONDO:0000005"),
    ] {
        assert_eq!(leads_to(&catalog, id), expected, "{id}");
    }
    let gout = catalog.entity(find(&catalog, "MONDO:0000001").unwrap());
    assert_eq!(gout.retired_ids.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["MONDO:0000009"]);
    let two = catalog.entity(find(&catalog, "MONDO:0000005").unwrap());
    assert!(two.obsolete);
    assert_eq!(two.replaced_by.len(), 2);
    // What is retired is not looked for in texts, and still found by name.
    assert!(catalog.names().group_for_texts("humour").is_none());
    assert!(catalog.names().exact("humours").is_some());
    assert!(catalog.names().group_for_texts("gout").is_some());
}

#[test]
fn names_are_kept_for_what_they_are() {
    let chebi = [
        "id: CHEBI:15377\nname: water\nsynonym: \"H2O\" RELATED FORMULA [KEGG]\nsynonym: \"18.01\" RELATED MASS []\n\
         synonym: \"oxidane\" EXACT IUPAC_NAME []\nsynonym: \"LOC7\" EXACT []\nsynonym: \"secret water\" EXACT []\n\
         synonym: \"W\" RELATED []\nsynonym: \"7732 18\" RELATED []\nsynonym: \"wet stuff\" BROAD []",
        "id: CHEBI:1\nname: role",
        "id: CHEBI:2\nname: solvent\nis_a: CHEBI:1",
        "id: CHEBI:3\nname: green solvent\nis_a: CHEBI:2",
    ];
    let keys = "namespace = \"CHEBI\"\ntype = \"Chemical\"\nleave_out = { names = [\"Secret Water\"], name_prefixes = [\"LOC\"], \
                scopes = [\"broad\"], below = [\"CHEBI:1\"] }";
    let (catalog, report) = Kitchen::new().obo("chebi.obo", keys, &chebi).build();
    assert_eq!((catalog.entity_count(), report.sources[0].kept, report.sources[0].left_out), (1, 1, 3));
    let found: Vec<String> = names(&catalog, "CHEBI:15377").into_iter().map(|(_, name)| name).collect();
    assert_eq!(found, ["water", "H2O", "oxidane", "LOC7", "W", "7732 18"]);
    for (key, for_texts) in [
        ("water", true),
        ("oxidane", true),
        ("h 2 o", false),
        ("loc 7", false),
        ("w", false),
        ("7732 18", false),
    ] {
        assert_eq!(catalog.names().group_for_texts(key).is_some(), for_texts, "{key}");
        assert!(catalog.names().exact(key).is_some(), "{key} answers lookups");
    }
}

#[test]
fn a_name_of_very_many_things_only_answers_lookups() {
    let terms = |count: usize, types: &str| -> String {
        let rows = (1..=count).map(|number| format!("{types}\tX:{number}\tcommon thing\n"));
        format!("type\tid\tname\n{}", rows.collect::<String>())
    };
    for (count, for_texts) in [(100, true), (101, false)] {
        let (catalog, _) = Kitchen::new().with("terms.tsv", "terms", "", &terms(count, "Anatomy")).build();
        assert_eq!(catalog.names().group_for_texts("common thing").is_some(), for_texts, "{count}");
        assert!(catalog.names().exact("common thing").is_some());
    }
}

#[test]
fn labels_join_what_nobody_maps_where_they_mean_one_thing() {
    let terms = "type\tid\tname\tsynonyms\n\
                 Chemical\tMESH:D000001\tAspirin\tacetylsalicylic acid\n\
                 Chemical\tMESH:D000002\tMorphine\t\n\
                 Chemical\tMESH:D000003\tOpiates\tmorphine\n\
                 Chemical\tMESH:D000004\tGold\tshiny thing\n\
                 Chemical\tMESH:D000005\tSilver\tshiny thing\n\
                 Disease\tMESH:D000006\tlead\t\n";
    let drugs = ["aspirin", "morphine", "shiny thing", "lead", "new drug"];
    let drugs: Vec<String> =
        (1..).zip(drugs).map(|(id, name)| format!("id: CHEBI:{id}\nname: {name}")).collect();
    let drugs: Vec<&str> = drugs.iter().map(String::as_str).collect();
    let keys = "namespace = \"CHEBI\"\ntype = \"Chemical\"\njoins_by_name = true";
    let (catalog, _) =
        Kitchen::new().with("mesh.tsv", "terms", "", terms).obo("chebi.obo", keys, &drugs).build();
    let expected = [
        ("CHEBI:1", "MESH:D000001"),
        // It is the label of one and another name of the other.
        ("CHEBI:2", "MESH:D000002"),
        ("CHEBI:3", "CHEBI:3"),
        ("CHEBI:4", "CHEBI:4"),
        ("CHEBI:5", "CHEBI:5"),
    ];
    for (id, entity) in expected {
        assert_eq!(leads_to(&catalog, id), entity, "{id}");
    }
    let preferred = |id| catalog.is_preferred(find(&catalog, id).unwrap());
    assert!(preferred("CHEBI:1") && !preferred("CHEBI:5"));
}

#[test]
fn a_type_that_gives_way_joins_what_has_the_name_with_another_type_of_the_source() {
    let terms = "type\tid\tname\tsynonyms\nCellularComponent\tMESH:D003600\tCytosol\t\nAnatomy\tMESH:D006321\tHeart\t\n";
    let keys = "namespace = \"GO\"\njoins_by_name = true\ntypes = [{ label_endings = [\" complex\"], type = \"CellularComponent\" }]\n\
                type = \"BiologicalProcess\"";
    let terms_of_go = ["id: GO:0005829\nname: cytosol", "id: GO:0000001\nname: heart"];
    for (gives_way, entity) in [("", "GO:0005829"), ("\ntype_gives_way = true", "MESH:D003600")] {
        let keys = format!("{keys}{gives_way}");
        let kitchen = Kitchen::new().with("mesh.tsv", "terms", "", terms).obo("go.obo", &keys, &terms_of_go);
        let (catalog, _) = kitchen.build();
        assert_eq!(leads_to(&catalog, "GO:0005829"), entity);
        assert_eq!(leads_to(&catalog, "GO:0000001"), "GO:0000001", "anatomy is no type of the source");
    }
}

#[test]
fn mesh_trees_are_the_hierarchy_and_the_projects_own_names_are_added() {
    let record = |name: &str, ui: &str, tree: &str| {
        format!("*NEWRECORD\nRECTYPE = D\nMH = {name}\nMN = {tree}\nUI = {ui}\n\n")
    };
    let mesh = record("Neoplasms", "D009369", "C04")
        + &record("Breast Neoplasms", "D001943", "C04.588")
        + &record("Pumps", "D000001", "E07.1");
    let keys = "namespace = \"MESH\"\ntypes = [{ category = \"C\", type = \"Disease\" }]";
    let mut kitchen = Kitchen::new().with("mesh.bin", "mesh-ascii", keys, &mesh);
    kitchen.recipe = kitchen.recipe.replace("curated_names = false\n", "");
    let (catalog, report) = kitchen.build();
    assert_eq!((catalog.entity_count(), report.sources[0].left_out), (2, 1));
    let (all, breast) = (find(&catalog, "MESH:D009369").unwrap(), find(&catalog, "MESH:D001943").unwrap());
    assert_eq!(catalog.parents(breast), [all]);
    assert_eq!(catalog.children(all), [breast]);
    let collected = catalog.names().entries(catalog.names().exact("breast carcinomas").unwrap()).next();
    assert_eq!(collected.map(|entry| entry.entity), Some(breast));
    let source = collected.and_then(|entry| catalog.source(entry.source)).unwrap();
    assert_eq!(source.name, "glossator, collected names");
}

#[test]
fn malformed_records_are_counted_and_named_up_to_a_limit() {
    let terms = "type\tid\tname\nDisease\tMESH:D000001\tgout\nDisease\tnothing\tx\nDisease\nDisease\tMESH:D000002\tflu\n";
    let kitchen = Kitchen::new().with("terms.tsv", "terms", "", terms);
    let (catalog, report) = kitchen.build();
    assert_eq!((catalog.entity_count(), report.sources[0].malformed, report.sources[0].records), (2, 2, 4));
    assert!(report.sources[0].problems[0].contains("terms.tsv, line 3"), "{:?}", report.sources[0].problems);
    assert!(kitchen.build_with(&BuildOptions { malformed_limit: 2, ..BuildOptions::default() }).is_ok());
    let refused = kitchen.refusal(1);
    assert!(refused.contains("more than 1 records") && refused.contains("terms.tsv, line 3"), "{refused}");
}

#[test]
fn what_cannot_be_built_leaves_the_old_catalog_and_says_why() {
    let kitchen = Kitchen::new().obo("mondo.obo", MONDO, &["id: MONDO:0000001\nname: gout"]);
    let (catalog, report) = kitchen.build();
    let output = kitchen.folder.path().join("out.catalog");
    let before = fs::read(&output).unwrap();
    fs::remove_file(kitchen.folder.path().join("mondo.obo")).unwrap();
    let refused = kitchen.refusal(9);
    assert!(refused.contains("mondo.obo") && refused.contains("catalog fetch"), "{refused}");
    fs::write(kitchen.folder.path().join("mondo.obo"), "format-version: 1.4\n").unwrap();
    assert!(kitchen.refusal(9).contains("name no entity"));
    assert_eq!(fs::read(&output).unwrap(), before);
    let files: Vec<_> =
        fs::read_dir(kitchen.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files.len(), 2, "nothing is left behind: {files:?}");
    // A catalog that is replaced stays what it was for whoever has it open.
    fs::write(kitchen.folder.path().join("mondo.obo"), "[Term]\nid: MONDO:0000002\nname: flu\n").unwrap();
    let (next, _) = kitchen.build();
    assert_eq!(catalog.version(), report.version);
    assert_ne!(next.version(), catalog.version());
    assert_eq!(leads_to(&catalog, "MONDO:0000001"), "MONDO:0000001");
    assert_eq!(leads_to(&next, "MONDO:0000001"), "");
}

#[test]
fn the_same_inputs_give_the_same_bytes_whatever_the_memory_and_threads() {
    let mut terms = "type\tid\tname\tsynonyms\n".to_owned();
    for number in 1..3_000 {
        terms.push_str(&format!("Gene\tX:{number}\tgene {number}\talias {}|g{number}|common\n", number % 70));
    }
    let kitchen = Kitchen::new().with("terms.tsv", "terms", "taxon = \"NCBITaxon:9606\"", &terms);
    let output = |kitchen: &Kitchen| fs::read(Path::new(kitchen.folder.path()).join("out.catalog")).unwrap();
    kitchen.build();
    let expected = output(&kitchen);
    for (sort_memory_bytes, threads) in [(4_096, 1), (100_000, 3), (1 << 30, 2)] {
        let options = BuildOptions { sort_memory_bytes, ..BuildOptions::default() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| kitchen.build_with(&options).unwrap());
        assert!(output(&kitchen) == expected, "{sort_memory_bytes} bytes, {threads} threads");
    }
}

#[test]
fn rules_pick_types_by_category_identifier_and_label() {
    let terms = [
        "id: GO:0000001\nname: kinase activity",
        "id: GO:0000002\nname: kinase complex\nnamespace: cellular_component",
        "id: GO:0000003\nname: complex thing",
        "id: GO:0000004\nname: special activity",
    ];
    let keys = "namespace = \"GO\"\ntypes = [{ id_prefixes = [\"GO:0000004\"], type = \"Other\" }, { label_endings = \
                [\" activity\"], type = \"MolecularFunction\" }, { category = \"cellular\", label_endings = [\" complex\"], \
                type = \"CellularComponent\" }]";
    let (catalog, report) = Kitchen::new().obo("go.obo", keys, &terms).build();
    let types: Vec<EntityType> = catalog.indices().map(|entity| catalog.entity_type(entity)).collect();
    assert_eq!(types, [EntityType::MolecularFunction, EntityType::CellularComponent, EntityType::Other]);
    assert_eq!(report.sources[0].left_out, 1);
}

#[test]
fn a_file_that_is_no_catalog_is_not_written_over() {
    let kitchen = Kitchen::new().obo("mondo.obo", MONDO, &["id: MONDO:0000001\nname: gout"]);
    let output = kitchen.folder.path().join("out.catalog");
    fs::write(&output, "my thesis").unwrap();
    let refused = kitchen.refusal(9);
    assert!(refused.contains("out.catalog is there and is no catalog"), "{refused}");
    assert_eq!(fs::read(&output).unwrap(), b"my thesis");
}

#[test]
fn replacements_are_followed_up_to_a_limit_and_circles_end() {
    // 1 is replaced by 2, and so on; the last is live.
    let chain = |length: usize| {
        let retired = |number: usize| {
            format!(
                "id: MONDO:{number}\nname: old {number}\nis_obsolete: true\nreplaced_by: MONDO:{}",
                number + 1
            )
        };
        let mut terms: Vec<String> = (1..=length).map(retired).collect();
        terms.push(format!("id: MONDO:{}\nname: live", length + 1));
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        leads_to(&Kitchen::new().obo("mondo.obo", MONDO, &terms).build().0, "MONDO:1")
    };
    let limit = crate::catalog::REPLACEMENTS_LIMIT;
    assert_eq!(chain(limit), format!("MONDO:{:07}", limit + 1));
    assert_eq!(
        chain(limit + 1),
        format!("MONDO:{:07}", limit + 1),
        "the last that is looked at, retired itself"
    );
    let circle = [
        "id: MONDO:1\nname: a\nis_obsolete: true\nreplaced_by: MONDO:2",
        "id: MONDO:2\nname: b\nis_obsolete: true\nreplaced_by: MONDO:1",
    ];
    assert!(!leads_to(&Kitchen::new().obo("mondo.obo", MONDO, &circle).build().0, "MONDO:1").is_empty());
}

#[test]
fn terminologies_tell_the_licences_of_all_that_name_their_things() {
    let (catalog, _) = Kitchen::new()
        .obo("mondo.obo", MONDO, &["id: MONDO:0000001\nname: gout"])
        .with(
            "mine.tsv",
            "terms",
            "",
            "type\tid\tname\nDisease\tACME:1\tour thing\nDisease\tMONDO:0000001\tpodagra\n",
        )
        .build();
    let told: Vec<(String, String)> =
        catalog.terminologies().into_iter().map(|told| (told.prefix, told.name)).collect();
    let expected = [("MONDO", "mondo.obo"), ("ACME", "mine.tsv")];
    assert_eq!(told, expected.map(|(prefix, name)| (prefix.to_owned(), name.to_owned())));
}
