//! One `[[sources]]` of a recipe: from what the file says to a checked [`Source`].

use serde::Deserialize;

use super::address::{check_file, check_url};
use super::{LeaveOut, Source, TypeRule};
use crate::formats::terminology::{TableLayout, TermFormat};
use crate::model::{Curie, EntityType};

/// The scopes that [`LeaveOut::scopes`] may name.
const SCOPES: &[&str] = &["exact", "narrow", "broad", "related"];

/// A source as the file writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawSource {
    pub(super) name: String,
    version: String,
    license: String,
    url: String,
    file: String,
    member: String,
    format: Option<TermFormat>,
    table: Option<TableLayout>,
    #[serde(rename = "type")]
    last_resort: String,
    types: Vec<RawTypeRule>,
    type_gives_way: bool,
    namespace: String,
    taxon: String,
    equivalents: Vec<String>,
    references: Vec<String>,
    only_adds: bool,
    joins_by_name: bool,
    leave_out: LeaveOut,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTypeRule {
    #[serde(default)]
    category: String,
    #[serde(default)]
    id_prefixes: Vec<String>,
    #[serde(default)]
    label_endings: Vec<String>,
    #[serde(rename = "type")]
    entity_type: String,
}

/// A field and what is wrong with it.
pub(super) type FieldProblem = (&'static str, String);

impl RawSource {
    pub(super) fn check(self) -> Result<Source, FieldProblem> {
        for (field, value) in [("name", &self.name), ("version", &self.version), ("license", &self.license)] {
            if value.trim().is_empty() {
                return Err((field, format!("is missing; every source has its {field}")));
            }
        }
        check_file(&self.file).map_err(|problem| ("file", problem))?;
        if self.member.contains(char::is_control) {
            return Err(("member", "holds a control character".to_owned()));
        }
        let format = self.format.ok_or_else(|| ("format", "is missing; write one such as obo".to_owned()))?;
        self.check_url(format)?;
        let table = checked_table(self.table, format)?;
        // Records of the project's own format tell their types themselves.
        let needs_none = self.only_adds || format == TermFormat::Terms;
        let types = checked_types(self.types, &self.last_resort, needs_none)?;
        let namespace = self.namespace.trim();
        if namespace.is_empty() && !self.only_adds && format != TermFormat::Terms {
            return Err(("namespace", "is missing; write that of its identifiers, such as MESH".to_owned()));
        }
        let namespace = Curie::preferred_prefix(namespace).to_owned();
        Ok(Source {
            types,
            table,
            format,
            namespace,
            taxon: checked_taxon(&self.taxon)?,
            equivalents: prefixes(&self.equivalents).map_err(|problem| ("equivalents", problem))?,
            references: prefixes(&self.references).map_err(|problem| ("references", problem))?,
            leave_out: checked_leave_out(self.leave_out)?,
            name: self.name,
            version: self.version,
            license: self.license,
            url: self.url,
            file: self.file,
            member: self.member,
            type_gives_way: self.type_gives_way,
            only_adds: self.only_adds,
            joins_by_name: self.joins_by_name,
        })
    }

    fn check_url(&self, format: TermFormat) -> Result<(), FieldProblem> {
        if self.url.is_empty() {
            return Ok(());
        }
        if format == TermFormat::Famplex {
            let problem =
                "the format famplex is a folder, which no address gives; leave it out or use famplex.obo";
            return Err(("url", problem.to_owned()));
        }
        check_url(&self.url).map_err(|problem| ("url", problem))
    }
}

/// The type of that name.
pub(super) fn entity_type(name: &str) -> Result<EntityType, String> {
    EntityType::from_name(name).ok_or_else(|| {
        let known = EntityType::ALL.map(EntityType::name).join(", ");
        format!("\"{}\" is no type; write one of {known}", name.escape_debug())
    })
}

/// Namespaces in their preferred form.
pub(super) fn prefixes(names: &[String]) -> Result<Vec<String>, String> {
    let preferred = |name: &String| match name.trim() {
        "" => Err("holds an empty namespace; take it out".to_owned()),
        name => Ok(Curie::preferred_prefix(name).to_owned()),
    };
    names.iter().map(preferred).collect()
}

fn checked_types(
    rules: Vec<RawTypeRule>,
    last_resort: &str,
    needs_none: bool,
) -> Result<Vec<TypeRule>, FieldProblem> {
    let mut types = Vec::with_capacity(rules.len() + 1);
    for RawTypeRule { category, id_prefixes, label_endings, entity_type: name } in rules {
        if category.is_empty() && id_prefixes.is_empty() && label_endings.is_empty() {
            let problem = "holds a rule that takes everything; write its type as the source's own type";
            return Err(("types", problem.to_owned()));
        }
        let entity_type = entity_type(&name).map_err(|problem| ("types", problem))?;
        types.push(TypeRule { category, id_prefixes, label_endings, entity_type });
    }
    if !last_resort.is_empty() {
        let entity_type = entity_type(last_resort).map_err(|problem| ("type", problem))?;
        let (category, id_prefixes, label_endings) = Default::default();
        types.push(TypeRule { category, id_prefixes, label_endings, entity_type });
    }
    if types.is_empty() && !needs_none {
        return Err(("type", "is missing; write type, types or only_adds = true".to_owned()));
    }
    Ok(types)
}

fn checked_table(table: Option<TableLayout>, format: TermFormat) -> Result<TableLayout, FieldProblem> {
    let is_table = format == TermFormat::Table;
    let Some(table) = table else {
        let problem = "is missing; the format table needs one with at least the column id";
        return if is_table { Err(("table", problem.to_owned())) } else { Ok(TableLayout::default()) };
    };
    if !is_table {
        return Err(("table", "only the format table has columns to name".to_owned()));
    }
    if table.id == 0 {
        return Err(("table", "id is missing; write the identifier's column, from 1".to_owned()));
    }
    let lists = [&table.names, &table.parents, &table.categories];
    if lists.iter().any(|list| list.contains(&0)) || table.xrefs.iter().any(|(column, _)| *column == 0) {
        return Err(("table", "holds the column 0; columns count from 1".to_owned()));
    }
    Ok(table)
}

fn checked_taxon(taxon: &str) -> Result<String, FieldProblem> {
    if taxon.is_empty() {
        return Ok(String::new());
    }
    let taxon = taxon.parse::<Curie>().map_err(|error| ("taxon", error.to_string()))?;
    Ok(taxon.as_str().to_owned())
}

fn checked_leave_out(mut leave_out: LeaveOut) -> Result<LeaveOut, FieldProblem> {
    let LeaveOut { ids, below, categories, names, name_prefixes, scopes, .. } = &mut leave_out;
    for (field, ids) in [("leave_out.ids", ids), ("leave_out.below", below)] {
        for id in ids {
            let curie = id.parse::<Curie>().map_err(|error| (field, error.to_string()))?;
            curie.as_str().clone_into(id);
        }
    }
    // An empty beginning would leave out everything.
    for (field, values) in [
        ("leave_out.categories", categories),
        ("leave_out.names", names),
        ("leave_out.name_prefixes", name_prefixes),
    ] {
        if values.iter().any(String::is_empty) {
            return Err((field, "holds an empty text; take it out".to_owned()));
        }
    }
    for scope in scopes {
        if !SCOPES.contains(&scope.as_str()) {
            let problem =
                format!("\"{}\" is no scope; write one of {}", scope.escape_debug(), SCOPES.join(", "));
            return Err(("leave_out.scopes", problem));
        }
    }
    Ok(leave_out)
}
