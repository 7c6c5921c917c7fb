//! Which identifiers mean the same thing.
//!
//! Identifiers are joined in the order of the sources, so that the earlier source is believed. Two are not joined where
//! that would put two identifiers of one terminology into one entity, or two types: a chain of mappings between
//! terminologies goes astray easily, while a terminology knows its own things apart.

use rustc_hash::{FxHashMap, FxHashSet};

use super::interner::{IdNumber, prefix};
use super::names_in_common;
use super::statements::{Link, Statement, Statements};
use crate::catalog::default_namespaces;
use crate::catalog::recipe::Recipe;
use crate::model::EntityType;

/// The entities that statements speak of.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// For each identifier another of its class, itself for the one that stands for the class.
    above: Vec<IdNumber>,
    /// The identifiers of classes of more than one, by the one that stands for it.
    members: FxHashMap<IdNumber, Vec<IdNumber>>,
    /// What type the class of an identifier that stands for one has, and whether the type gives way.
    types: Vec<Option<(EntityType, bool)>>,
    /// The identifiers that were retired in favour of others.
    retired: FxHashMap<IdNumber, IdNumber>,
    /// The pairs that were not joined.
    pub(super) contradictions: Vec<(IdNumber, IdNumber)>,
}

impl Classes {
    /// The identifier that stands for a class.
    pub(super) fn root(&self, mut id: IdNumber) -> IdNumber {
        while self.above[id as usize] != id {
            id = self.above[id as usize];
        }
        id
    }

    /// The identifiers of a class, by any of them that stands for it.
    pub(super) fn members<'c>(&'c self, root: &'c IdNumber) -> &'c [IdNumber] {
        self.members.get(root).map_or(std::slice::from_ref(root), Vec::as_slice)
    }

    /// The type of a class.
    pub(super) fn entity_type(&self, root: IdNumber) -> Option<EntityType> {
        self.types[root as usize].map(|(entity_type, _)| entity_type)
    }

    /// What an identifier was retired in favour of.
    pub(super) fn successor(&self, id: IdNumber) -> Option<IdNumber> {
        self.retired.get(&id).copied()
    }

    /// Whether a statement is of a thing that was merged into another, which says the rest.
    pub(super) fn is_superseded(&self, statement: &Statement) -> bool {
        statement.obsolete && self.retired.contains_key(&statement.id)
    }

    /// Joins two classes unless that contradicts something; whether they are one now.
    pub(super) fn join(&mut self, one: IdNumber, other: IdNumber, namespaces: &Namespaces) -> bool {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return true;
        }
        let joined = match (self.types[one as usize], self.types[other as usize]) {
            (Some((one, false)), Some((other, false))) if one != other => return false,
            (Some((_, true)), Some(strong @ (_, false))) => Some(strong),
            (one, other) => one.or(other),
        };
        let clash = self.members(&one).iter().any(|one| {
            let own = namespaces.of(*one);
            own.is_some() && self.members(&other).iter().any(|other| namespaces.of(*other) == own)
        });
        if clash {
            return false;
        }
        let mut members = self.members(&one).to_vec();
        members.extend_from_slice(self.members(&other));
        self.members.remove(&other);
        self.members.insert(one, members);
        self.types[one as usize] = joined;
        self.above[other as usize] = one;
        true
    }
}

/// The terminologies of identifiers, by number.
pub(super) struct Namespaces {
    /// For each identifier the number of its terminology; those of others are only references.
    numbers: Vec<Option<u8>>,
}

impl Namespaces {
    /// Those that a source of the recipe has entities in, and those that entities are to be named in.
    fn new(statements: &Statements, recipe: &Recipe) -> Self {
        let mut known: Vec<&str> = Vec::new();
        let stated = recipe.sources.iter().map(|source| source.namespace.as_str());
        let wanted = recipe.namespaces.iter().flat_map(|(_, prefixes)| prefixes).map(String::as_str);
        let defaults: Vec<&'static str> = EntityType::ALL
            .into_iter()
            .flat_map(|wanted| default_namespaces(wanted).iter().copied())
            .collect();
        for prefix in stated.chain(wanted).chain(defaults) {
            if !prefix.is_empty() && !known.contains(&prefix) {
                known.push(prefix);
            }
        }
        let number = |id: usize| {
            let own = prefix(statements.ids.text(id as IdNumber));
            known.iter().position(|known| *known == own).and_then(|place| u8::try_from(place).ok())
        };
        Self { numbers: (0..statements.ids.len()).map(number).collect() }
    }

    fn of(&self, id: IdNumber) -> Option<u8> {
        self.numbers.get(id as usize).copied().flatten()
    }
}

/// Joins what means the same.
pub(super) fn classes(statements: &Statements, recipe: &Recipe) -> Classes {
    let count = statements.ids.len();
    let mut classes = Classes { above: (0..count as IdNumber).collect(), ..Classes::default() };
    classes.types.resize(count, None);
    let mut current: FxHashSet<IdNumber> = FxHashSet::default();
    for statement in statements.iter().filter(|statement| !statement.left_out) {
        if let Some(entity_type) = statement.entity_type {
            let held = &mut classes.types[statement.id as usize];
            let stated = (entity_type, statement.type_gives_way);
            match held {
                Some((_, true)) if !stated.1 => *held = Some(stated),
                Some(_) => {}
                None => *held = Some(stated),
            }
            if !statement.obsolete {
                current.insert(statement.id);
            }
        }
    }
    let namespaces = Namespaces::new(statements, recipe);
    for (place, statement) in (0..).zip(statements.iter()).filter(|(_, statement)| !statement.left_out) {
        for (link, id) in statements.links(place) {
            match link {
                // What a source calls retired may be another thing's identifier today.
                Link::Retired if !current.contains(id) && *id != statement.id => {
                    classes.retired.entry(*id).or_insert(statement.id);
                }
                Link::Equivalent
                    if !statement.obsolete
                        && namespaces.of(*id).is_some()
                        && !classes.join(statement.id, *id, &namespaces) =>
                {
                    classes.contradictions.push((statement.id, *id));
                }
                _ => {}
            }
        }
    }
    names_in_common::join(statements, recipe, &mut classes, &namespaces);
    classes
}
