//! Reading the sources into statements, by the rules of the recipe.

use std::fs;
use std::path::Path;

use super::error::BuildError;
use super::statements::{Link, NewStatement, Statements};
use super::{BuildStep, MALFORMED_NAMED_LIMIT};
use crate::catalog::CatalogError;
use crate::catalog::load::curated_names;
use crate::catalog::names::NameScope;
use crate::catalog::recipe::{Recipe, Source, TypeRule};
use crate::formats::terminology::{NameKind, OpenOptions, Term, TermFormat, TermReader, open, unescaped};
use crate::model::{EntityType, SynonymScope};

/// How many records are read between two words of progress.
const RECORDS_A_STEP: usize = 2_000;

/// What became of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceReport {
    /// Its name in the recipe.
    pub name: String,
    /// Its file.
    pub file: String,
    /// How many records it has, malformed ones among them.
    pub records: usize,
    /// How many say something of an entity.
    pub kept: usize,
    /// How many names these give, labels among them.
    pub names: usize,
    /// How many the recipe leaves out.
    pub left_out: usize,
    /// How many are malformed.
    pub malformed: usize,
    /// What is wrong with the first of those, each with file and line.
    pub problems: Vec<String>,
}

/// Reads all sources.
pub(super) fn gather(
    recipe: &Recipe,
    from: &Path,
    malformed_limit: usize,
    progress: &mut dyn FnMut(BuildStep<'_>),
) -> Result<(Statements, Vec<SourceReport>), BuildError> {
    check_files(recipe, from)?;
    let mut statements = Statements::default();
    let mut trees = TreeNumbers::default();
    let mut reports: Vec<SourceReport> = Vec::new();
    for (number, source) in recipe.sources.iter().enumerate() {
        let already = reports.iter().map(|report| report.malformed).sum::<usize>();
        let left = malformed_limit.saturating_sub(already);
        let first_statement = statements.len();
        let mut gathering = Gathering {
            source,
            number: u8::try_from(number).map_err(|_| BuildError::TooLarge { what: "sources" })?,
            rules: Rules::new(source),
            statements: &mut statements,
            trees: &mut trees,
            report: SourceReport {
                name: source.name.clone(),
                file: source.file.clone(),
                ..SourceReport::default()
            },
        };
        if let Err(first) = gathering.read(&from.join(&source.file), left, progress)? {
            let first = reports.iter().find_map(|report| report.problems.first().cloned()).unwrap_or(first);
            return Err(BuildError::TooManyMalformed { limit: malformed_limit, first });
        }
        let mut report = gathering.report;
        if !source.leave_out.below.is_empty() {
            let left_out = statements.leave_out_below(first_statement, &source.leave_out.below);
            (report.kept, report.left_out) = (report.kept - left_out, report.left_out + left_out);
        }
        progress(BuildStep::Read(&report));
        reports.push(report);
    }
    trees.link(&mut statements)?;
    if recipe.curated_names {
        add_curated_names(&mut statements, recipe.sources.len())?;
    }
    Ok((statements, reports))
}

/// Finds out what is missing before anything is read.
fn check_files(recipe: &Recipe, from: &Path) -> Result<(), BuildError> {
    let paths = recipe.sources.iter().map(|source| from.join(&source.file));
    let missing: Vec<String> =
        paths.filter(|path| !path.exists()).map(|path| path.display().to_string()).collect();
    if missing.is_empty() { Ok(()) } else { Err(BuildError::Missing { paths: missing.join(", ") }) }
}

/// Adds the names that the project collected itself, as a source behind the recipe's.
fn add_curated_names(statements: &mut Statements, number: usize) -> Result<(), BuildError> {
    let source = u8::try_from(number).map_err(|_| BuildError::TooLarge { what: "sources" })?;
    let mut rows = curated_names().map_err(CatalogError::from)?;
    while let Some(row) = rows.next_added_name().map_err(CatalogError::from)? {
        statements.begin(&NewStatement {
            id: row.id,
            entity_type: None,
            type_gives_way: false,
            source,
            obsolete: false,
            taxon: "",
            description: "",
        })?;
        statements.add_name(row.name, row.scope.into(), NameKind::Plain)?;
    }
    Ok(())
}

/// One source being read.
struct Gathering<'g> {
    source: &'g Source,
    number: u8,
    rules: Rules<'g>,
    statements: &'g mut Statements,
    trees: &'g mut TreeNumbers,
    report: SourceReport,
}

impl Gathering<'_> {
    /// The inner error is what is wrong with the first malformed record, when there are more than `malformed_limit`.
    fn read(
        &mut self,
        path: &Path,
        malformed_limit: usize,
        progress: &mut dyn FnMut(BuildStep<'_>),
    ) -> Result<Result<(), String>, BuildError> {
        let source = self.source;
        let options = OpenOptions {
            format: source.format,
            member: &source.member,
            table: &source.table,
            namespace: &source.namespace,
        };
        let failed = |error| BuildError::Source { source_name: source.name.clone(), error };
        let mut reader: Box<dyn TermReader> = open(path, &options).map_err(failed)?;
        let of = bytes_of(path);
        let mut term = Term::default();
        loop {
            if self.report.records.is_multiple_of(RECORDS_A_STEP) {
                let bytes = reader.bytes_read();
                progress(BuildStep::Reading { source: &source.name, file: &source.file, bytes, of });
            }
            match reader.next_term(&mut term) {
                Ok(false) => return Ok(Ok(())),
                Ok(true) => self.take(&term)?,
                Err(error) if error.is_of_one_record() => {
                    self.report.malformed += 1;
                    if self.report.problems.len() < MALFORMED_NAMED_LIMIT {
                        self.report.problems.push(error.to_string());
                    }
                    if self.report.malformed > malformed_limit {
                        return Ok(Err(self.report.problems.first().cloned().unwrap_or_default()));
                    }
                }
                Err(error) => return Err(failed(error)),
            }
            self.report.records += 1;
        }
    }

    fn take(&mut self, term: &Term) -> Result<(), BuildError> {
        let Some(entity_type) = self.rules.type_of(term) else {
            self.report.left_out += 1;
            return Ok(());
        };
        self.report.kept += 1;
        let source = self.source;
        self.statements.begin(&NewStatement {
            id: &term.id,
            entity_type,
            type_gives_way: source.type_gives_way,
            source: self.number,
            obsolete: term.obsolete,
            taxon: if term.taxon_id.is_empty() { &source.taxon } else { &term.taxon_id },
            description: &term.description,
        })?;
        if !term.label.is_empty() {
            self.name(&term.label, NameScope::Label, term.label_kind)?;
        }
        for name in &term.names {
            self.name(&name.text, name.scope.into(), name.kind)?;
        }
        for xref in &term.xrefs {
            if let Some(link) = self.rules.link_of(&xref.id, xref.equivalent) {
                self.statements.add_link(link, &xref.id)?;
            }
        }
        let links = [
            (Link::Retired, &term.retired_ids),
            (Link::Parent, &term.parent_ids),
            (Link::Replacement, &term.replaced_by),
        ];
        for (link, ids) in links {
            for id in ids {
                self.statements.add_link(link, id)?;
            }
        }
        if matches!(source.format, TermFormat::MeshXml | TermFormat::MeshAscii) {
            self.trees.add(self.statements.len(), &term.categories);
        }
        Ok(())
    }

    fn name(&mut self, text: &str, scope: NameScope, kind: NameKind) -> Result<(), BuildError> {
        let text = &*unescaped(text);
        let Some(kind) = self.rules.kind_of(text, scope, kind) else { return Ok(()) };
        self.report.names += 1;
        self.statements.add_name(text, scope, kind)
    }
}

/// How many bytes there are to read.
fn bytes_of(path: &Path) -> u64 {
    let size = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
    match fs::read_dir(path) {
        Ok(entries) => entries.filter_map(Result::ok).map(|entry| size(&entry.path())).sum(),
        Err(_) => size(path),
    }
}

/// The rules of a source, made ready.
struct Rules<'s> {
    source: &'s Source,
    /// In lower case.
    names_left_out: Vec<String>,
    scopes_left_out: Vec<NameScope>,
}

impl<'s> Rules<'s> {
    fn new(source: &'s Source) -> Self {
        let scopes = [SynonymScope::Exact, SynonymScope::Narrow, SynonymScope::Broad, SynonymScope::Related];
        let left_out = |scope: &NameScope| source.leave_out.scopes.iter().any(|name| name == scope.name());
        Self {
            source,
            names_left_out: source.leave_out.names.iter().map(|name| name.to_lowercase()).collect(),
            scopes_left_out: scopes.map(NameScope::from).into_iter().filter(left_out).collect(),
        }
    }

    /// The type of a term that is taken in, `None` inside for one that only adds to others; `None` for one left out.
    fn type_of(&self, term: &Term) -> Option<Option<EntityType>> {
        let Source { leave_out, namespace, .. } = self.source;
        let begins =
            |beginning: &String| term.categories.iter().any(|category| category.starts_with(beginning));
        let left_out = leave_out.ids.contains(&term.id)
            || leave_out.obsolete && term.obsolete
            || leave_out.categories.iter().any(begins);
        let foreign = !namespace.is_empty() && super::interner::prefix(&term.id) != namespace;
        if left_out || foreign || term.id.is_empty() {
            return None;
        }
        if self.source.only_adds || term.label.is_empty() {
            return Some(None);
        }
        // A user's own list tells the type itself.
        let told = term
            .categories
            .iter()
            .find_map(|category| EntityType::from_name(category.strip_prefix("type:")?));
        let holds = |rule: &&TypeRule| {
            let TypeRule { category, id_prefixes, label_endings, .. } = rule;
            (category.is_empty() || begins(category))
                && (id_prefixes.is_empty() || id_prefixes.iter().any(|prefix| term.id.starts_with(prefix)))
                && (label_endings.is_empty()
                    || label_endings.iter().any(|ending| term.label.ends_with(ending)))
        };
        let ruled = || self.source.types.iter().find(holds);
        told.or_else(|| ruled().map(|rule| rule.entity_type)).map(Some)
    }

    fn link_of(&self, id: &str, equivalent: bool) -> Option<Link> {
        let prefix = super::interner::prefix(id);
        let listed = |list: &[String]| list.iter().any(|listed| listed == prefix);
        if equivalent || listed(&self.source.equivalents) {
            return Some(Link::Equivalent);
        }
        listed(&self.source.references).then_some(Link::Reference)
    }

    /// The kind of a name that is taken in. Placeholders are no more than codes.
    fn kind_of(&self, text: &str, scope: NameScope, kind: NameKind) -> Option<NameKind> {
        let leave_out = &self.source.leave_out;
        let placeholder = leave_out.name_prefixes.iter().any(|beginning| text.starts_with(beginning));
        if scope == NameScope::Label {
            return Some(if placeholder { NameKind::Code } else { kind });
        }
        let listed = || !self.names_left_out.is_empty() && self.names_left_out.contains(&text.to_lowercase());
        if text.trim().is_empty() || self.scopes_left_out.contains(&scope) || listed() {
            return None;
        }
        Some(if placeholder { NameKind::Code } else { kind })
    }
}

/// The tree numbers of MeSH, which tell parents: `C04.588` stands below `C04`.
#[derive(Debug, Default)]
struct TreeNumbers {
    /// A statement's place and its tree number.
    numbers: Vec<(u32, String)>,
}

impl TreeNumbers {
    /// Those of the statement taken in last, of `count`.
    fn add(&mut self, count: usize, categories: &[String]) {
        let Some(place) = count.checked_sub(1).and_then(|place| u32::try_from(place).ok()) else { return };
        let is_tree = |category: &&String| {
            category.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
                && category.as_bytes()[0].is_ascii_uppercase()
        };
        self.numbers.extend(categories.iter().filter(is_tree).map(|number| (place, number.clone())));
    }

    /// Says of each descriptor what stands above it.
    fn link(mut self, statements: &mut Statements) -> Result<(), BuildError> {
        let id_of = |place: &u32| statements.get(*place).map(|statement| statement.id);
        let mut by_number: Vec<(String, u32)> =
            self.numbers.iter().filter_map(|(place, number)| Some((number.clone(), id_of(place)?))).collect();
        by_number.sort();
        let mut above: Vec<(u32, u32)> = Vec::new();
        for (place, number) in self.numbers.drain(..) {
            let Some((parent, _)) = number.rsplit_once('.') else { continue };
            let at = by_number.partition_point(|(number, _)| number.as_str() < parent);
            let found = by_number.get(at).filter(|(number, _)| number == parent);
            above.extend(id_of(&place).zip(found.map(|(_, id)| *id)));
        }
        above.sort_unstable();
        above.dedup();
        for (id, parent) in above {
            let (id, parent) = (statements.ids.text(id).to_owned(), statements.ids.text(parent).to_owned());
            statements.begin(&NewStatement {
                id: &id,
                entity_type: None,
                type_gives_way: false,
                source: 0,
                obsolete: false,
                taxon: "",
                description: "",
            })?;
            statements.add_link(Link::Parent, &parent)?;
        }
        Ok(())
    }
}
