//! Reads recipes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use super::source::{RawSource, entity_type, prefixes};
use super::{RECIPE_BYTES_LIMIT, Recipe, RecipeError, SOURCES_LIMIT, Source};
use crate::catalog::default_namespaces;
use crate::model::EntityType;

/// A recipe as the file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRecipe {
    #[serde(default)]
    name: String,
    #[serde(default = "yes")]
    curated_names: bool,
    #[serde(default)]
    namespaces: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    sources: Vec<RawSource>,
}

const fn yes() -> bool {
    true
}

impl Recipe {
    /// Reads the recipe of a file.
    ///
    /// # Errors
    /// A file that cannot be read, and everything that [`Recipe::parse`] says.
    pub fn read(path: &Path) -> Result<Self, RecipeError> {
        let file = path.display().to_string();
        let mut text = Vec::new();
        let read = File::open(path)
            .and_then(|opened| opened.take(RECIPE_BYTES_LIMIT as u64 + 1).read_to_end(&mut text));
        read.map_err(|source| RecipeError::Read { file: file.clone(), source })?;
        if text.len() > RECIPE_BYTES_LIMIT {
            return Err(RecipeError::TooLong { file, limit: RECIPE_BYTES_LIMIT });
        }
        match String::from_utf8(text) {
            Ok(text) => Self::parse(&text, &file),
            Err(error) => {
                let line = line_at(error.as_bytes(), error.utf8_error().valid_up_to());
                Err(RecipeError::Syntax { file, line, problem: "the text is not UTF-8".to_owned() })
            }
        }
    }

    /// Reads a recipe; errors call it `name`.
    ///
    /// # Errors
    /// A text that is too long, is no TOML, has keys that a recipe has not, or says what cannot be used.
    pub fn parse(text: &str, name: &str) -> Result<Self, RecipeError> {
        if text.len() > RECIPE_BYTES_LIMIT {
            return Err(RecipeError::TooLong { file: name.to_owned(), limit: RECIPE_BYTES_LIMIT });
        }
        let raw: RawRecipe = toml::from_str(text).map_err(|error| RecipeError::Syntax {
            file: name.to_owned(),
            line: line_at(text.as_bytes(), error.span().map_or(0, |span| span.start)),
            problem: error.message().lines().collect::<Vec<_>>().join("; "),
        })?;
        checked(raw).map_err(|(place, problem)| RecipeError::Value { file: name.to_owned(), place, problem })
    }
}

/// The line of a place, from 1.
fn line_at(text: &[u8], at: usize) -> usize {
    text.iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// A place and what is wrong there.
type Problem = (String, String);

fn checked(raw: RawRecipe) -> Result<Recipe, Problem> {
    if raw.name.trim().is_empty() {
        return Err(("name".to_owned(), "is missing; give the recipe a name".to_owned()));
    }
    let count = raw.sources.len();
    if count == 0 || count > SOURCES_LIMIT {
        let problem = format!("there are {count}; a recipe has from 1 to {SOURCES_LIMIT}");
        return Err(("sources".to_owned(), problem));
    }
    let mut sources = Vec::with_capacity(count);
    for (number, source) in raw.sources.into_iter().enumerate() {
        let place = place_of(number, &source.name);
        let source = source.check().map_err(|(field, problem)| (format!("{place}, {field}"), problem))?;
        sources.push(source);
    }
    no_two_alike(&sources)?;
    let (name, curated_names) = (raw.name, raw.curated_names);
    Ok(Recipe { name, namespaces: namespaces(&raw.namespaces)?, curated_names, sources })
}

/// How errors name a source.
fn place_of(number: usize, name: &str) -> String {
    let number = number + 1;
    if name.is_empty() { format!("source {number}") } else { format!("source {number} ({name})") }
}

/// One file is read once, and has one address.
fn no_two_alike(sources: &[Source]) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    let mut addresses: HashMap<&str, &str> = HashMap::new();
    for (number, source) in sources.iter().enumerate() {
        let problem = if !seen.insert((&source.file, &source.member)) {
            Some(format!("\"{}\" is the file of an earlier source; a file is read once", source.file))
        } else if *addresses.entry(&source.file).or_insert(&source.url) != source.url {
            Some(format!("\"{}\" has another url in an earlier source; a file has one", source.file))
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err((format!("{}, file", place_of(number, &source.name)), problem));
        }
    }
    Ok(())
}

/// The namespaces of every type: those of the recipe, else the usual ones.
fn namespaces(raw: &BTreeMap<String, Vec<String>>) -> Result<Vec<(EntityType, Vec<String>)>, Problem> {
    let mut told: Vec<(EntityType, Vec<String>)> = Vec::new();
    for (name, names) in raw {
        let place = || format!("namespaces, {}", name.escape_debug());
        let entity_type = entity_type(name).map_err(|problem| (place(), problem))?;
        if told.iter().any(|(other, _)| *other == entity_type) {
            return Err((place(), format!("the type {entity_type} is there twice")));
        }
        told.push((entity_type, prefixes(names).map_err(|problem| (place(), problem))?));
    }
    let of_type = |entity_type: EntityType| {
        let found = told.iter().find(|(other, _)| *other == entity_type).map(|(_, names)| names.clone());
        let usual = || default_namespaces(entity_type).iter().map(|name| (*name).to_owned()).collect();
        (entity_type, found.unwrap_or_else(usual))
    };
    Ok(EntityType::ALL.map(of_type).into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::catalog::recipe::TypeRule;
    use crate::formats::terminology::TermFormat;

    const SOURCE: &str = r#"
        [[sources]]
        name = "MeSH"
        version = "2026"
        license = "public domain"
        file = "desc.gz"
        format = "mesh-xml"
        namespace = "MSH"
        type = "Disease"
    "#;

    fn recipe(body: &str) -> Result<Recipe, RecipeError> {
        Recipe::parse(&format!("name = \"x\"\n{body}"), "x.toml")
    }

    /// The source of the tests with some lines instead of its own.
    fn with(lines: &str) -> String {
        let replaced = |own: &&str| {
            let key = own.split('=').next().unwrap_or_default().trim();
            key.is_empty() || !lines.lines().any(|line| line.split('=').next().unwrap().trim() == key)
        };
        let kept: Vec<&str> = SOURCE.lines().filter(replaced).collect();
        format!("{}\n{lines}\n", kept.join("\n"))
    }

    #[test]
    fn a_whole_recipe_is_read() {
        let read = recipe(
            r#"
            [namespaces]
            cell-line = ["CVCL"]
            [[sources]]
            name = "T"
            version = "1"
            license = "CC0-1.0"
            url = "https://example.org/t.zip"
            file = "t/t.zip"
            member = "t.csv"
            format = "table"
            table = { separator = ",", id = 1, label = 2, xrefs = [[3, "ENSEMBL"]] }
            types = [{ category = "C", type = "disease" }, { category = "A11", type = "Cell Type" }]
            type = "Other"
            type_gives_way = true
            namespace = "do"
            taxon = "taxon:9606"
            equivalents = ["msh"]
            references = ["OMIM"]
            only_adds = true
            joins_by_name = true
            leave_out = { ids = ["mesh:d009101"], categories = ["Z"], names = ["a"], name_prefixes = ["LOC"], scopes = ["broad"], obsolete = true }
            "#,
        )
        .unwrap();
        let source = &read.sources[0];
        let rule = |category: &str, entity_type| TypeRule {
            category: category.to_owned(),
            id_prefixes: Vec::new(),
            label_endings: Vec::new(),
            entity_type,
        };
        let expected = vec![
            rule("C", EntityType::Disease),
            rule("A11", EntityType::CellType),
            rule("", EntityType::Other),
        ];
        assert_eq!(source.types, expected);
        assert_eq!(
            (source.format, source.table.separator, source.table.id),
            (TermFormat::Table, Some(','), 1)
        );
        assert_eq!(source.table.xrefs, [(3, "ENSEMBL".to_owned())]);
        assert_eq!((source.namespace.as_str(), source.taxon.as_str()), ("DOID", "NCBITaxon:9606"));
        assert_eq!(
            (source.equivalents.concat(), source.references.concat()),
            ("MESH".to_owned(), "OMIM".to_owned())
        );
        assert_eq!(source.leave_out.ids, ["MESH:D009101"]);
        assert!(
            source.only_adds && source.joins_by_name && source.type_gives_way && source.leave_out.obsolete
        );
        let names = |wanted| &read.namespaces.iter().find(|(t, _)| *t == wanted).unwrap().1;
        assert_eq!(names(EntityType::CellLine), &["cellosaurus"]);
        assert_eq!(names(EntityType::Disease), default_namespaces(EntityType::Disease));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (body, parts) in [
            (String::new(), vec!["sources", "from 1 to 255"]),
            (with("name = \" \""), vec!["source 1", "name", "is missing"]),
            (with("license = \"\""), vec!["source 1 (MeSH), license"]),
            (with("version = \"\""), vec!["source 1 (MeSH), version"]),
            (with("file = \"../a\""), vec!["source 1 (MeSH), file", "below the folder"]),
            (with("file = \"/a\""), vec!["source 1 (MeSH), file"]),
            (with("url = \"http://example.org/a\""), vec!["source 1 (MeSH), url", "https://"]),
            (with("format = \"famplex\"\nurl = \"https://example.org/a\""), vec!["url", "folder"]),
            (with("format = \"docx\""), vec!["line 11", "docx"]),
            (with("type = \"Planet\""), vec!["source 1 (MeSH), type", "Planet", "Gene"]),
            (with("type = \"\""), vec!["source 1 (MeSH), type", "only_adds"]),
            (with("types = [{ category = \"C\", type = \"Planet\" }]"), vec!["types", "Planet"]),
            (with("namespace = \"\""), vec!["source 1 (MeSH), namespace"]),
            (with("taxon = \"9606\""), vec!["source 1 (MeSH), taxon"]),
            (with("equivalents = [\"\"]"), vec!["source 1 (MeSH), equivalents"]),
            (with("leave_out = { scopes = [\"wide\"] }"), vec!["leave_out.scopes", "wide", "broad"]),
            (with("leave_out = { name_prefixes = [\"\"] }"), vec!["leave_out.name_prefixes"]),
            (with("leave_out = { ids = [\"\"] }"), vec!["leave_out.ids"]),
            (with("leave_out = { sizes = 1 }"), vec!["line", "sizes"]),
            (with("table = { id = 1 }"), vec!["source 1 (MeSH), table"]),
            (with("format = \"table\""), vec!["source 1 (MeSH), table", "is missing"]),
            (with("format = \"table\"\ntable = { label = 1 }"), vec!["table", "id is missing"]),
            (with("format = \"table\"\ntable = { id = 1, names = [0] }"), vec!["table", "from 1"]),
            (with("colour = \"red\""), vec!["line", "colour"]),
            (format!("[namespaces]\nPlanet = []\n{SOURCE}"), vec!["namespaces, Planet"]),
            (format!("[namespaces]\nGene = []\ngene = []\n{SOURCE}"), vec!["namespaces", "twice"]),
            (format!("{SOURCE}{SOURCE}"), vec!["source 2 (MeSH), file", "earlier"]),
            (
                format!("{}{}", SOURCE, with("member = \"b\"\nurl = \"https://example.org/a\"")),
                vec!["source 2 (MeSH), file", "another url"],
            ),
            ("= 1".to_owned(), vec!["line 2"]),
        ] {
            let error = recipe(&body).expect_err(&body).to_string();
            assert!(error.starts_with("the recipe x.toml"), "{error}");
            assert!(!error.contains('\n'), "{error}");
            for part in parts {
                assert!(error.contains(part), "{part}: {error}");
            }
        }
        let unnamed = Recipe::parse(SOURCE, "x.toml").unwrap_err().to_string();
        assert!(unnamed.contains("x.toml, name: is missing"), "{unnamed}");
    }

    #[test]
    fn what_only_adds_needs_no_type_and_no_namespace() {
        let body = with("type = \"\"\nnamespace = \"\"\nonly_adds = true");
        assert_eq!(recipe(&body).unwrap().sources[0].types, []);
    }

    #[test]
    fn sources_are_bounded() {
        let sources = |count: usize| -> String {
            (0..count).map(|number| with(&format!("file = \"f{number}\""))).collect()
        };
        assert_eq!(recipe(&sources(SOURCES_LIMIT)).unwrap().sources.len(), SOURCES_LIMIT);
        assert!(recipe(&sources(SOURCES_LIMIT + 1)).is_err());
    }

    #[test]
    fn bytes_are_bounded_and_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.toml");
        let text = format!("name = \"x\"\n{SOURCE}#");
        let fill = |bytes: usize| format!("{text}{}", "x".repeat(bytes - text.len()));
        fs::write(&path, fill(RECIPE_BYTES_LIMIT)).unwrap();
        assert_eq!(Recipe::read(&path).unwrap().sources.len(), 1);
        fs::write(&path, fill(RECIPE_BYTES_LIMIT + 1)).unwrap();
        assert!(matches!(Recipe::read(&path), Err(RecipeError::TooLong { .. })));
        assert!(matches!(
            Recipe::parse(&fill(RECIPE_BYTES_LIMIT + 1), "r"),
            Err(RecipeError::TooLong { .. })
        ));
        fs::write(&path, b"name = \"x\"\n# \xff").unwrap();
        assert!(
            Recipe::read(&path).unwrap_err().to_string().ends_with("r.toml, line 2: the text is not UTF-8")
        );
        let missing = Recipe::read(&folder.path().join("none.toml")).unwrap_err();
        assert!(missing.to_string().contains("none.toml"), "{missing}");
    }

    #[test]
    fn every_recipe_of_the_project_can_be_read_and_fetched() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes");
        let mut recipes = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // The recipe of the trained models is none of a catalog; the room `train` reads that one.
            let is_of_models = path.ends_with("models.toml");
            if is_of_models || path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            recipes += 1;
            let recipe = Recipe::read(&path).unwrap();
            for source in &recipe.sources {
                // The files of development are nobody's releases.
                let is_local = path.ends_with("development.toml");
                assert!(
                    is_local || source.url.starts_with("https://"),
                    "{}: {}",
                    path.display(),
                    source.file
                );
                assert!(!source.license.is_empty(), "{}: {}", path.display(), source.file);
            }
        }
        assert_eq!(recipes, 2);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,200}", value in "[ -~]{0,40}") {
            let _ = Recipe::parse(&text, "x");
            for key in ["file", "url", "namespace", "taxon", "format", "type", "equivalents"] {
                let _ = recipe(&with(&format!("{key} = {value}")));
                let _ = recipe(&with(&format!("{key} = '{value}'")));
            }
        }
    }
}
