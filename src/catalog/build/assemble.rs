//! From statements and their classes to the entities of a catalog.

use rustc_hash::{FxHashMap, FxHashSet};

use super::BuildStep;
use super::classes::Classes;
use super::error::BuildError;
use super::interner::{IdNumber, prefix};
use super::statements::{Link, Statement, Statements};
use crate::catalog::about::Origin;
use crate::catalog::names::NameScope;
use crate::catalog::recipe::Recipe;
use crate::catalog::records::ENTITY_NAMES_LIMIT;
use crate::catalog::write::{CatalogWriter, Image, NewEntity, NewName, Workspace};
use crate::catalog::{EntityType, is_in_first};

/// How many entities are put together between two words of progress.
const ENTITIES_A_STEP: usize = 10_000;

/// Puts the entities together and gives the catalog, and how many entities and names it has.
pub(super) fn assemble(
    statements: &Statements,
    classes: &Classes,
    recipe: &Recipe,
    workspace: Workspace,
    progress: &mut dyn FnMut(BuildStep<'_>),
) -> Result<(Image, usize, usize), BuildError> {
    let order = Order::new(statements, classes);
    if order.roots.is_empty() {
        return Err(BuildError::Nothing);
    }
    let apart = classes.contradictions.iter().copied().collect();
    let mut assembly =
        Assembly { statements, classes, recipe, apart, writer: CatalogWriter::new(workspace), names: 0 };
    for (number, (root, entity_type)) in order.roots.iter().enumerate() {
        if number.is_multiple_of(ENTITIES_A_STEP) {
            progress(BuildStep::Assembling { entities: number, of: order.roots.len() });
        }
        assembly.entity(*root, *entity_type, &order)?;
    }
    progress(BuildStep::Indexing);
    let origin = |source: &crate::catalog::recipe::Source| Origin {
        name: source.name.clone(),
        version: source.version.clone(),
        license: source.license.clone(),
        url: source.url.clone(),
    };
    let mut origins: Vec<Origin> = recipe.sources.iter().map(origin).collect();
    let (name, license) = ("glossator, collected names".to_owned(), "Apache-2.0".to_owned());
    origins.push(Origin { name, license, ..Origin::default() });
    let stated = stated_origins(statements, &origins);
    let Assembly { writer, names, .. } = assembly;
    let image = writer.finish(&recipe.name, false, origins, &stated)?;
    Ok((image, order.roots.len(), names))
}

/// For each namespace the source that names the first thing in it, with the licences of all that name some.
fn stated_origins(statements: &Statements, origins: &[Origin]) -> Vec<(String, Origin)> {
    let mut stated: Vec<(&str, Vec<u8>)> = Vec::new();
    for statement in statements.iter().filter(|statement| statement.entity_type.is_some()) {
        let namespace = prefix(statements.ids.text(statement.id));
        let place = stated.iter().rposition(|(known, _)| *known == namespace).unwrap_or_else(|| {
            stated.push((namespace, Vec::new()));
            stated.len() - 1
        });
        let sources = &mut stated[place].1;
        if !sources.contains(&statement.source) {
            sources.push(statement.source);
        }
    }
    let origin = |(namespace, sources): (&str, Vec<u8>)| {
        let named: Vec<&Origin> =
            sources.iter().filter_map(|source| origins.get(usize::from(*source))).collect();
        let mut licenses: Vec<&str> = Vec::new();
        for origin in &named {
            if !licenses.contains(&origin.license.as_str()) {
                licenses.push(&origin.license);
            }
        }
        let first = named.first().map(|origin| (*origin).clone()).unwrap_or_default();
        (namespace.to_owned(), Origin { license: licenses.join("; "), ..first })
    };
    stated.into_iter().map(origin).collect()
}

/// The classes in the order of their first statements, and the statements of each.
struct Order {
    roots: Vec<(IdNumber, EntityType)>,
    /// The statements of all classes, by class, each as (root, place), sorted.
    statements: Vec<(IdNumber, u32)>,
}

impl Order {
    fn new(statements: &Statements, classes: &Classes) -> Self {
        let mut order = Self { roots: Vec::new(), statements: Vec::with_capacity(statements.len()) };
        let mut seen = vec![false; statements.ids.len()];
        for (place, statement) in (0..).zip(statements.iter()) {
            if statement.left_out || classes.is_superseded(statement) {
                continue;
            }
            let root = classes.root(statement.id);
            order.statements.push((root, place));
            let names_it = statement.entity_type.is_some() && !seen[root as usize];
            if let Some(entity_type) = classes.entity_type(root).filter(|_| names_it) {
                seen[root as usize] = true;
                order.roots.push((root, entity_type));
            }
        }
        order.statements.sort_unstable();
        order
    }

    fn statements_of(&self, root: IdNumber) -> impl Iterator<Item = u32> {
        let start = self.statements.partition_point(|(other, _)| *other < root);
        self.statements[start..].iter().take_while(move |(other, _)| *other == root).map(|(_, place)| *place)
    }
}

struct Assembly<'a> {
    statements: &'a Statements,
    classes: &'a Classes,
    recipe: &'a Recipe,
    /// Pairs of identifiers that a source calls the same and that are not.
    apart: FxHashSet<(IdNumber, IdNumber)>,
    writer: CatalogWriter,
    names: usize,
}

/// Identifiers without repetitions, in their order.
#[derive(Default)]
struct Distinct<'a> {
    ids: Vec<&'a str>,
}

impl<'a> Distinct<'a> {
    fn add(&mut self, id: &'a str) {
        if !self.ids.contains(&id) {
            self.ids.push(id);
        }
    }
}

/// The identifiers of an entity, by what they are to it.
#[derive(Default)]
struct Links<'a> {
    equivalents: Distinct<'a>,
    retired: Distinct<'a>,
    references: Distinct<'a>,
    replaced_by: Distinct<'a>,
    parents: Distinct<'a>,
}

impl<'a> Assembly<'a> {
    fn entity(&mut self, root: IdNumber, entity_type: EntityType, order: &Order) -> Result<(), BuildError> {
        let own = self.own_id(root, entity_type);
        let mut said: Vec<(u32, &'a Statement)> = order
            .statements_of(root)
            .filter_map(|place| Some((place, self.statements.get(place)?)))
            .collect();
        // What the preferred namespace says of it comes first.
        said.sort_by_key(|(place, statement)| (statement.id != own, *place));
        let names = self.names_of(&said);
        self.names += names.len();
        let links = self.links_of(root, own, &said);
        let naming = || said.iter().map(|(_, statement)| statement).filter(|said| said.entity_type.is_some());
        let text = |id: IdNumber| self.statements.ids.text(id);
        let new = NewEntity {
            id: text(own),
            taxon_id: said.iter().find_map(|(_, statement)| statement.taxon).map_or("", text),
            description: said
                .iter()
                .map(|(_, statement)| self.statements.description(statement))
                .find(|description| !description.is_empty())
                .unwrap_or(""),
            equivalents: &links.equivalents.ids,
            retired: &links.retired.ids,
            references: &links.references.ids,
            replaced_by: &links.replaced_by.ids,
            parents: &links.parents.ids,
            preferred: is_in_first(self.wanted(entity_type), text(own)),
            obsolete: naming().all(|statement| statement.obsolete),
            source: naming().next().map_or(0, |statement| statement.source),
        };
        self.writer.push(entity_type, &new, names.into_iter())?;
        Ok(())
    }

    /// The identifier of a class in the namespace that is wanted most for its type; that of the first statement when it
    /// has none in any.
    fn own_id(&self, root: IdNumber, entity_type: EntityType) -> IdNumber {
        let members = self.classes.members(&root);
        if members.len() == 1 {
            return root;
        }
        let in_namespace =
            |wanted: &str| members.iter().copied().find(|id| prefix(self.statements.ids.text(*id)) == wanted);
        self.wanted(entity_type).iter().find_map(|prefix| in_namespace(prefix)).unwrap_or(root)
    }

    /// The namespaces that entities of a type are to be named in.
    fn wanted(&self, entity_type: EntityType) -> &'a [String] {
        let wanted = self.recipe.namespaces.iter().find(|(wanted, _)| *wanted == entity_type);
        wanted.map_or(&[], |(_, prefixes)| prefixes)
    }

    /// The names of all statements, the label of the first that has one first, the labels of others as exact names; each
    /// text once, with its closest scope.
    fn names_of(&self, said: &[(u32, &Statement)]) -> Vec<NewName<'a>> {
        let statements: &'a Statements = self.statements;
        let mut names: Vec<NewName<'a>> = Vec::new();
        let mut has_label = false;
        let mut places: FxHashMap<&str, usize> = FxHashMap::default();
        for (place, statement) in said {
            for (name, text) in statements.names(*place) {
                let scope = match name.scope {
                    NameScope::Label if has_label => NameScope::Exact,
                    scope => scope,
                };
                has_label |= scope == NameScope::Label;
                let new = NewName { text, scope, kind: name.kind, source: statement.source };
                match places.get(text) {
                    Some(known) => {
                        let known = &mut names[*known];
                        if scope < known.scope {
                            *known = new;
                        }
                    }
                    None if names.len() < ENTITY_NAMES_LIMIT => {
                        places.insert(text, names.len());
                        names.push(new);
                    }
                    None => {}
                }
            }
        }
        // A statement without a label may come before the one that has it.
        if let Some(label) = names.iter().position(|name| name.scope == NameScope::Label) {
            let label = names.remove(label);
            names.insert(0, label);
        } else if let Some(first) = names.first_mut() {
            first.scope = NameScope::Label;
        }
        names
    }

    fn links_of(&self, root: IdNumber, own: IdNumber, said: &[(u32, &Statement)]) -> Links<'a> {
        let statements: &'a Statements = self.statements;
        let text = |id: IdNumber| statements.ids.text(id);
        let mut links = Links::default();
        let members = self.classes.members(&root);
        members.iter().filter(|id| **id != own).for_each(|id| links.equivalents.add(text(*id)));
        for (place, statement) in said {
            for (link, id) in statements.links(*place) {
                let is_other = self.apart.contains(&(statement.id, *id))
                    || self.classes.entity_type(self.classes.root(*id)).is_some();
                match link {
                    Link::Equivalent if !is_other => {
                        if !members.contains(id) {
                            links.equivalents.add(text(*id));
                        }
                    }
                    Link::Equivalent | Link::Reference => {
                        if !members.contains(id) {
                            links.references.add(text(*id));
                        }
                    }
                    Link::Retired if self.classes.successor(*id).is_some() => links.retired.add(text(*id)),
                    Link::Replacement => links.replaced_by.add(text(*id)),
                    Link::Parent => {
                        let id = self.classes.successor(*id).unwrap_or(*id);
                        let parent = self.classes.root(id);
                        if let Some(entity_type) = self.classes.entity_type(parent).filter(|_| parent != root)
                        {
                            links.parents.add(text(self.own_id(parent, entity_type)));
                        }
                    }
                    Link::Retired => {}
                }
            }
        }
        let equivalents = links.equivalents.ids.clone();
        links.references.ids.retain(|id| !equivalents.contains(id));
        links
    }
}
