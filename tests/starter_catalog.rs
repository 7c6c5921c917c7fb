//! The starter catalog: sound in itself; true to the terminologies it was taken from; and wide enough to know what
//! papers speak of. What needs ../shared is passed over, with a line that says so, where that is missing.

#![allow(clippy::unwrap_used, clippy::panic)] // a test that cannot read its data has failed

#[path = "starter_catalog/links.rs"]
mod links;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use glossator::catalog::Catalog;
use glossator::formats::catalog_tsv::{CatalogTsvReader, values};
use glossator::model::{Curie, EntityType, SynonymScope};
use links::Links;

/// The share of diseases with a MONDO or DOID identifier; 78.3 % were measured.
const DISEASES_CROSS_REFERENCED_MIN: f64 = 0.78;
/// The least share of gold mentions whose entity the catalog must have.
const COVERAGE_MIN: f64 = 0.5;
/// The main files, without the names that we added.
const MAIN_FILES: [&str; 5] = ["genes.tsv", "diseases.tsv", "chemicals.tsv", "species.tsv", "cell_lines.tsv"];
/// The files of genes that the catalog draws on.
const GENE_FILES: [&str; 4] = ["Homo_sapiens", "Mus_musculus", "Danio_rerio", "Drosophila_melanogaster"];

/// Added names that are another entity's label: papers use the general word for the special thing, or the other way.
const ADDED_LABELS: [(&str, &str); 10] = [
    ("MESH:D001714", "mania"),
    ("MESH:D001927", "brain injury"),
    ("MESH:D004409", "dyskinesias"),
    ("MESH:D009369", "carcinogenesis"),
    ("MESH:D009369", "carcinoma"),
    ("MESH:D034381", "deafness"),
    ("NCBITaxon:3702", "Arabidopsis"),
    ("NCBITaxon:7227", "Drosophila"),
    ("NCBITaxon:11250", "respiratory syncytial virus"),
    ("cellosaurus:CVCL_0045", "HEK"),
];

fn starter() -> Catalog {
    Catalog::embedded().unwrap()
}

/// The directory of the shared data, if there is one.
fn shared(test: &str) -> Option<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = std::env::var_os("GLOSSATOR_SHARED").map_or_else(default, PathBuf::from);
    if !path.is_dir() {
        println!("{test} was passed over: there is no {}", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn the_built_file_is_that_of_the_tables() {
    let (built, of_tables) = (starter(), Catalog::of_starter_tables().unwrap());
    let same = built.as_bytes() == of_tables.as_bytes();
    assert!(
        same,
        "run `cargo run --release --example starter_catalog` and commit data/catalog/starter.catalog"
    );
    built.verify().unwrap();
}

#[test]
fn it_is_sound() {
    let catalog = starter();
    assert!(catalog.entity_count() >= 1_500);
    assert!(catalog.version().starts_with("starter-"));
    let mut seen = HashSet::new();
    for index in catalog.indices() {
        let id = catalog.id(index);
        assert!(seen.insert(id.clone()), "{id} is there twice");
        let entity = catalog.entity(index);
        let taxon = entity.taxon_id.as_ref();
        let identifiers =
            [&entity.id].into_iter().chain(&entity.xrefs).chain(taxon).chain(&entity.parent_ids);
        for curie in identifiers {
            assert_eq!(curie.as_str().parse().as_ref(), Ok(curie), "{id}: the preferred form");
        }
        let prefix = match entity.entity_type {
            EntityType::Gene => "NCBIGene",
            EntityType::Disease | EntityType::Chemical => "MESH",
            EntityType::Species => "NCBITaxon",
            EntityType::CellLine => "cellosaurus",
            other => panic!("{id} is of the type {other}"),
        };
        assert_eq!(entity.id.prefix(), prefix);
        let has_taxon = matches!(entity.entity_type, EntityType::Gene | EntityType::CellLine);
        assert_eq!(taxon.is_some(), has_taxon, "{id}: the taxon");
        for parent in &entity.parent_ids {
            let found = catalog.find(parent).map(|found| catalog.id(found));
            assert_eq!(found, Some(parent.to_string()), "{id}: its parent is an entity");
        }
        assert!(!catalog.ancestors(index).contains(&index), "{id} is above itself");
        assert!(!entity.source.name.is_empty() && !entity.source.license.is_empty(), "{id}: the source");
    }
}

#[test]
fn most_diseases_have_a_mondo_or_doid_identifier() {
    let catalog = starter();
    let diseases: Vec<_> =
        catalog.indices().filter(|index| catalog.entity_type(*index) == EntityType::Disease).collect();
    let other = |id: String| id.starts_with("MONDO:") || id.starts_with("DOID:");
    let referenced = diseases.iter().filter(|index| catalog.xrefs(**index).any(other)).count();
    let share = referenced as f64 / diseases.len() as f64;
    println!("{referenced} of {} diseases have a MONDO or DOID identifier: {share:.3}", diseases.len());
    assert!(share >= DISEASES_CROSS_REFERENCED_MIN, "{share}");
}

#[test]
fn human_genes_are_there_with_their_taxon() {
    let catalog = starter();
    let human = |index: &_| catalog.taxon_id(*index).as_deref() == Some("NCBITaxon:9606");
    let genes = catalog.indices().filter(|index| catalog.entity_type(*index) == EntityType::Gene);
    assert!(genes.filter(human).count() >= 1_000);
    for (id, label) in [("NCBIGene:7157", "TP53"), ("NCBIGene:672", "BRCA1"), ("HGNC:6018", "IL6")] {
        let index = catalog.find(&id.parse().unwrap()).unwrap();
        assert_eq!(catalog.label(index), label);
    }
}

#[test]
fn every_terminology_names_its_licence() {
    for terminology in starter().terminologies() {
        assert!(!terminology.name.is_empty() && !terminology.license.is_empty(), "{}", terminology.prefix);
        assert!(terminology.entities > 0);
    }
}

/// One line of a main file: its identifiers and its names.
struct Claim {
    id: String,
    taxon_id: Option<String>,
    xrefs: Vec<String>,
    parent_ids: Vec<String>,
    names: Vec<String>,
}

fn claims() -> Vec<Claim> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/catalog");
    let mut claims = Vec::new();
    for file in MAIN_FILES {
        let reader = BufReader::new(File::open(directory.join(file)).unwrap());
        let mut rows = CatalogTsvReader::entities(reader, file).unwrap();
        while let Some(row) = rows.next_entity().unwrap() {
            let mut names = vec![row.label.to_owned()];
            names.extend(row.names().map(|(_, name)| name.to_owned()));
            let owned = |cell| values(cell).map(str::to_owned);
            claims.push(Claim {
                id: row.id.to_owned(),
                taxon_id: owned(row.taxon_id).next(),
                xrefs: owned(row.xrefs).collect(),
                parent_ids: owned(row.parent_ids).collect(),
                names,
            });
        }
    }
    claims
}

/// The names that the terminologies have, by identifier, in the forms they are compared in.
struct Terminologies {
    names: HashMap<String, HashSet<String>>,
}

impl Terminologies {
    fn new<'c>(claims: impl IntoIterator<Item = &'c Claim>) -> Self {
        let ids = claims.into_iter().flat_map(|claim| claim.xrefs.iter().chain([&claim.id]));
        Self { names: ids.map(|id| (id.clone(), HashSet::new())).collect() }
    }

    /// Names of identifiers that no entity has are not kept.
    fn add<'n>(&mut self, id: &str, names: impl IntoIterator<Item = &'n str>) {
        let Some(known) = self.names.get_mut(id) else { return };
        for name in names.into_iter().map(str::trim).filter(|name| !name.is_empty() && *name != "-") {
            let name = name.replace("&apos;", "'").replace("&quot;", "\"").replace("&amp;", "&");
            known.insert(plain(&name));
            if name.contains(", ") {
                known.insert(sorted_words(&name));
            }
        }
    }

    fn knows(&self, claim: &Claim, name: &str) -> bool {
        let (plain, sorted) = (plain(name), sorted_words(name));
        let ids = claim.xrefs.iter().chain([&claim.id]);
        ids.filter_map(|id| self.names.get(id)).any(|names| names.contains(&plain) || names.contains(&sorted))
    }
}

/// Letters and digits in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words in order of the alphabet, to compare inverted names ("Leukemia, Myeloid") with natural ones.
fn sorted_words(name: &str) -> String {
    let mut words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).map(plain).collect();
    words.retain(|word| !word.is_empty());
    words.sort();
    format!(", {}", words.join(" "))
}

fn lines(path: &Path) -> impl Iterator<Item = String> + use<> {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = BufReader::new(MultiGzDecoder::new(file));
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        let read = reader.read_until(b'\n', &mut line).unwrap();
        (read > 0).then(|| String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned())
    })
}

/// The cells of a table by the name of their column.
fn table(path: &Path) -> impl Iterator<Item = HashMap<String, String>> {
    let mut lines = lines(path);
    let header: Vec<String> =
        lines.next().unwrap().trim_start_matches('#').split('\t').map(unquoted).collect();
    lines.map(move |line| header.iter().cloned().zip(line.split('\t').map(unquoted)).collect())
}

fn unquoted(cell: &str) -> String {
    cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell).to_owned()
}

fn add_genes(known: &mut Terminologies, directory: &Path) {
    for file in GENE_FILES {
        for line in lines(&directory.join(format!("ncbi_gene/{file}.gene_info.gz"))).skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let lists = cells[4].split('|').chain(cells[13].split('|'));
            known.add(
                &format!("NCBIGene:{}", cells[1]),
                lists.chain([cells[2], cells[3], cells[8], cells[10], cells[11]]),
            );
        }
    }
    for row in table(&directory.join("hgnc/hgnc_complete_set.txt.gz")) {
        let columns = ["symbol", "name", "alias_symbol", "alias_name", "prev_symbol", "prev_name"];
        let names: Vec<&str> = columns.iter().flat_map(|column| row[*column].split('|')).collect();
        known.add(&row["hgnc_id"], names.iter().copied());
        known.add(&format!("NCBIGene:{}", row["entrez_id"]), names.iter().copied());
    }
}

fn add_mesh(known: &mut Terminologies, directory: &Path) {
    for row in table(&directory.join("mesh/mesh2024_descriptor_terms.tsv.gz")) {
        let id = format!("MESH:{}", row["DescriptorUI"]);
        known.add(&id, [row["DescriptorName"].as_str(), row["TermName"].as_str()]);
    }
    for row in table(&directory.join("mesh/supp_partial.tsv.gz")) {
        let id = format!("MESH:{}", row["SupplementalRecordUI"]);
        known.add(&id, row["Synonyms(pipe-separated)"].split('|').chain([row["Name"].as_str()]));
    }
}

fn add_obo(known: &mut Terminologies, path: &Path) {
    let mut id = String::new();
    for line in lines(path) {
        if line.starts_with('[') {
            id.clear();
        } else if let Some(value) = line.strip_prefix("id: ") {
            value.clone_into(&mut id);
        } else if let Some(value) = line.strip_prefix("name: ") {
            known.add(&id, [value]);
        } else if let Some(value) = line.strip_prefix("synonym: \"") {
            // The text ends at the first quote that no backslash stands before.
            let end = value.char_indices().find(|(at, c)| *c == '"' && !value[..*at].ends_with('\\'));
            known.add(&id, end.map(|(at, _)| value[..at].replace('\\', "")).iter().map(String::as_str));
        }
    }
}

fn add_diseases_and_chemicals(known: &mut Terminologies, directory: &Path) {
    for file in [
        "mondo/mondo_2026-08.reconstructed.obo.gz",
        "doid/HumanDO_2017-02-17.obo.gz",
        "chebi/chebi_import_go_2024-08-14.obo.gz",
        "chebi/chebi_import_ecto_2017-10-30.obo.gz",
    ] {
        add_obo(known, &directory.join(file));
    }
    for row in table(&directory.join("doid/reports_2026/HumanDO.tsv.gz")) {
        known.add(&row["id"], [row["label"].as_str()]);
    }
    for line in lines(&directory.join("drugbank/drugbank_vocabulary.csv.gz")).skip(1) {
        let cells = comma_separated(&line);
        known.add(&format!("DRUGBANK:{}", cells[0]), cells[5].split(" | ").chain([cells[2].as_str()]));
    }
}

fn comma_separated(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

fn add_species_and_cell_lines(known: &mut Terminologies, directory: &Path) {
    for line in lines(&directory.join("ncbitaxon/reconstructed_taxdump/names.dmp.gz")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        known.add(&format!("NCBITaxon:{}", cells[0]), [cells[1]]);
    }
    add_obo(known, &directory.join("ncbitaxon/taxslim_2022-10-06.obo.gz"));
    let mut id = String::new();
    for line in lines(&directory.join("ncbitaxon/speclist_2021_03.txt.gz")) {
        let Some((head, name)) = line.split_once('=') else { continue };
        // "ABANI A  72259: N=Abaeis nicippe", then "C=" and "S=" lines of the same taxon
        if let Some((_, taxon)) = head.split_once(' ').filter(|_| head.ends_with(": N")) {
            let digits: String = taxon.chars().filter(char::is_ascii_digit).collect();
            id = format!("NCBITaxon:{digits}");
        }
        known.add(&id, [name]);
    }
    let mut name = String::new();
    id.clear();
    for line in lines(&directory.join("cellosaurus/cellosaurus_2020-07.reconstructed.txt.gz")) {
        match line.split_at_checked(5) {
            Some(("ID   ", value)) => value.clone_into(&mut name),
            Some(("AC   ", value)) => {
                id = format!("cellosaurus:{value}");
                known.add(&id, [name.as_str()]);
            }
            Some(("SY   ", value)) => known.add(&id, value.split("; ")),
            _ => {}
        }
    }
}

/// What of a claim no terminology says.
fn differing(claim: &Claim, known: &Terminologies, links: &Links) -> Vec<String> {
    let mut differing = links.differing(claim, known);
    if known.names[&claim.id].is_empty() {
        differing.push(format!("{}: no terminology has this identifier", claim.id));
    }
    let unknown = claim.names.iter().filter(|name| !known.knows(claim, name));
    differing.extend(unknown.map(|name| format!("{}: no terminology calls it \"{name}\"", claim.id)));
    differing
}

#[test]
fn the_comparison_finds_what_is_wrong() {
    let claim = |id: &str, taxon_id: Option<&str>, xref: &str, parent: &str, name: &str| Claim {
        id: id.to_owned(),
        taxon_id: taxon_id.map(str::to_owned),
        xrefs: values(xref).map(str::to_owned).collect(),
        parent_ids: values(parent).map(str::to_owned).collect(),
        names: vec![name.to_owned()],
    };
    let human = Some("NCBITaxon:9606");
    let claims = [
        (claim("NCBIGene:1", human, "HGNC:5", "", "A1BG"), None),
        (claim("NCBIGene:1", human, "HGNC:5", "", "A2M"), Some("no terminology calls it \"A2M\"")),
        (claim("NCBIGene:1", human, "HGNC:6", "", "A1BG"), Some("puts HGNC:6 beside it")),
        (claim("NCBIGene:1", Some("NCBITaxon:1"), "", "", "A1BG"), Some("puts NCBITaxon:1 beside it")),
        (claim("NCBIGene:0", None, "HGNC:5|HGNC:6", "", "A1BG"), Some("has this identifier")),
        (
            claim("cellosaurus:CVCL_1", Some("NCBITaxon:1"), "", "", "HeLa"),
            Some("puts NCBITaxon:1 beside it"),
        ),
        (claim("NCBITaxon:3", None, "", "NCBITaxon:1", "Ursus"), None),
        (claim("NCBITaxon:3", None, "", "NCBITaxon:4", "Ursus"), Some("puts NCBITaxon:4 beside it")),
        (claim("MESH:D1", None, "CHEBI:1", "", "water"), None),
        (claim("MESH:D1", None, "CHEBI:2", "", "water"), Some("puts CHEBI:2 beside it")),
        (claim("MESH:D1", None, "MONDO:1", "", "water"), Some("puts MONDO:1 beside it")),
    ];
    let mut known = Terminologies::new(claims.iter().map(|(claim, _)| claim));
    let names = [("NCBIGene:1", "A1BG"), ("NCBITaxon:3", "Ursus"), ("cellosaurus:CVCL_1", "HeLa")];
    for (id, name) in
        names.into_iter().chain([("MESH:D1", "water"), ("CHEBI:1", "Water"), ("CHEBI:2", "ice")])
    {
        known.add(id, [name]);
    }
    let mut links = Links::default();
    links.add("NCBIGene:1", "HGNC:5");
    links.add("NCBIGene:1", "NCBITaxon:9606");
    links.add_parent("NCBITaxon:3", "NCBITaxon:2");
    links.add_parent("NCBITaxon:2", "NCBITaxon:1");
    for (claim, expected) in &claims {
        let found = differing(claim, &known, &links);
        let fits = expected.map_or(found.is_empty(), |part| found.iter().any(|line| line.contains(part)));
        assert!(fits, "{expected:?}: {found:?}");
    }
}

#[test]
fn added_names_are_of_known_entities_and_no_others_label() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/catalog/curated_names.tsv");
    let mut rows = CatalogTsvReader::added_names(BufReader::new(File::open(path).unwrap()), "names").unwrap();
    let catalog = starter();
    let mut labels: HashMap<_, Vec<String>> = HashMap::new();
    for index in catalog.indices() {
        let key = (catalog.entity_type(index), catalog.label(index).to_lowercase());
        labels.entry(key).or_default().push(catalog.id(index));
    }
    let mut added = Vec::new();
    while let Some(row) = rows.next_added_name().unwrap() {
        let index = catalog.find(&row.id.parse().unwrap()).unwrap();
        assert_eq!(catalog.id(index), row.id);
        let bearers = labels.get(&(catalog.entity_type(index), row.name.to_lowercase()));
        if bearers.is_some_and(|ids| ids.iter().any(|id| id != row.id)) {
            assert_eq!(row.scope, SynonymScope::Related, "{} {}", row.id, row.name);
            added.push((row.id.to_owned(), row.name.to_owned()));
        }
    }
    assert_eq!(added, ADDED_LABELS.map(|(id, name)| (id.to_owned(), name.to_owned())));
}

#[test]
fn every_identifier_and_name_is_in_a_terminology() {
    let Some(shared) = shared("the comparison with the terminologies") else { return };
    let directory = shared.join("terminologies");
    let claims = claims();
    let mut known = Terminologies::new(&claims);
    add_genes(&mut known, &directory);
    add_mesh(&mut known, &directory);
    add_diseases_and_chemicals(&mut known, &directory);
    add_species_and_cell_lines(&mut known, &directory);
    let links = Links::read(&directory);
    let differing: Vec<String> = claims.iter().flat_map(|claim| differing(claim, &known, &links)).collect();
    let names: usize = claims.iter().map(|claim| claim.names.len()).sum();
    let xrefs: usize = claims.iter().map(|claim| claim.xrefs.len()).sum();
    println!("{} entities, {names} names and {xrefs} cross-references compared", claims.len());
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing.join("\n"));
}

/// What is counted of a corpus: types of mentions, the prefix of identifiers without one, and which of them count.
struct Gold<'a> {
    corpus: &'static str,
    mention_types: &'static [&'static str],
    prefix: &'static str,
    counts: &'a dyn Fn(&str, &str) -> bool,
}

/// How many gold identifiers of mentions there are, and how many of them the catalog has. A mention of several entities
/// counts once for each.
fn coverage(catalog: &Catalog, shared: &Path, gold: &Gold<'_>) -> (usize, usize) {
    let text = std::fs::read_to_string(shared.join("corpora").join(gold.corpus)).unwrap();
    let (mut all, mut known) = (0, 0);
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [document, _, _, _, mention_type, ids, ..] = cells.as_slice() else { continue };
        if !gold.mention_types.contains(mention_type) {
            continue;
        }
        for id in ids.split([',', ';', '|']).map(str::trim) {
            let local = id.split_once(':').map_or(id, |(_, local)| local);
            let prefixed = if id.contains(':') { id.to_owned() } else { format!("{}:{id}", gold.prefix) };
            let Ok(curie) = prefixed.parse::<Curie>() else { continue };
            if (gold.counts)(document, local) {
                all += 1;
                known += usize::from(catalog.find(&curie).is_some());
            }
        }
    }
    (all, known)
}

#[test]
fn it_knows_what_papers_speak_of() {
    let Some(shared) = shared("the coverage of gold mentions") else { return };
    let catalog = starter();
    let genes = |species: &str| -> HashSet<String> {
        let path = shared.join(format!("terminologies/ncbi_gene/{species}.gene_info.gz"));
        lines(&path).skip(1).map(|line| line.split('\t').nth(1).unwrap().to_owned()).collect()
    };
    let (human, mouse) = (genes("Homo_sapiens"), genes("Mus_musculus"));
    let any = |_: &str, _: &str| true;
    // Documents with an even PMID helped to choose the entities; the odd ones are the held-out half.
    let odd = |document: &str| document.ends_with(['1', '3', '5', '7', '9']);
    let of_human_even = |document: &str, local: &str| !odd(document) && human.contains(local);
    let of_mouse_odd = |document: &str, local: &str| odd(document) && mouse.contains(local);
    let of_human_odd = |document: &str, local: &str| odd(document) && human.contains(local);
    let gold = |corpus, mention_types, prefix, counts| Gold { corpus, mention_types, prefix, counts };
    let rows: BTreeMap<&str, Gold<'_>> = BTreeMap::from([
        ("Chemical, BC5CDR dev", gold("bc5cdr/dev.pubtator", &["Chemical"], "MESH", &any)),
        ("Disease, BC5CDR dev", gold("bc5cdr/dev.pubtator", &["Disease"], "MESH", &any)),
        (
            "Disease, NCBI Disease dev",
            gold(
                "ncbi_disease/dev.pubtator",
                &["SpecificDisease", "Modifier", "DiseaseClass", "CompositeMention"],
                "MESH",
                &any,
            ),
        ),
        ("Gene, BioRED dev", gold("biored/dev.pubtator", &["GeneOrGeneProduct"], "NCBIGene", &any)),
        (
            "Gene, human, NLM-Gene, odd PMIDs",
            gold("nlm_gene/train.pubtator", &["Gene"], "NCBIGene", &of_human_odd),
        ),
        (
            "Gene, human, NLM-Gene, even PMIDs",
            gold("nlm_gene/train.pubtator", &["Gene"], "NCBIGene", &of_human_even),
        ),
        (
            "Gene, mouse, NLM-Gene, odd PMIDs",
            gold("nlm_gene/train.pubtator", &["Gene"], "NCBIGene", &of_mouse_odd),
        ),
        ("Species, LINNAEUS dev", gold("linnaeus/dev.pubtator", &["Species"], "NCBITaxon", &any)),
        ("Species, S800 dev", gold("s800/dev.pubtator", &["Species"], "NCBITaxon", &any)),
    ]);
    for (title, gold) in rows {
        let (all, known) = coverage(&catalog, &shared, &gold);
        let share = known as f64 / all as f64;
        println!("{title:<40} {known:>5} of {all:>5} {:>5.1} %", share * 100.0);
        assert!(all > 100 && share >= COVERAGE_MIN, "{title}: {known} of {all}");
    }
}
