//! Joining what nobody maps: a term whose label is the name of one thing of an earlier source is that thing.
//!
//! Only sources that ask for it (`joins_by_name`) are joined so, only by the label, only to labels and exact names, and
//! only where a single thing has the name, case aside; the rules of [`super::classes`] hold as well.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::classes::{Classes, Namespaces};
use super::interner::IdNumber;
use super::statements::{Statement, Statements};
use crate::catalog::names::NameScope;
use crate::catalog::recipe::Recipe;
use crate::formats::terminology::NameKind;
use crate::model::EntityType;

/// Shorter names are too ambiguous to join anything.
const NAME_BYTES_MIN: usize = 4;

/// The things of one type that have a name.
#[derive(Debug, Clone, Copy, Default)]
struct Bearers {
    /// As their label.
    label: Held,
    /// As an exact name.
    exact: Held,
}

/// None, one or several things.
#[derive(Debug, Clone, Copy, Default)]
enum Held {
    #[default]
    Nobody,
    One(IdNumber),
    Several,
}

impl Held {
    fn add(&mut self, root: IdNumber, classes: &Classes) {
        *self = match self {
            Self::Nobody => Self::One(root),
            Self::One(held) if classes.root(*held) == root => return,
            _ => Self::Several,
        };
    }
}

impl Bearers {
    /// The one thing that the name means: that whose label it is before one that has it as another name.
    const fn one(&self) -> Option<IdNumber> {
        match (self.label, self.exact) {
            (Held::One(id), _) | (Held::Nobody, Held::One(id)) => Some(id),
            _ => None,
        }
    }
}

/// Joins the terms of the sources that ask for it.
pub(super) fn join(statements: &Statements, recipe: &Recipe, classes: &mut Classes, namespaces: &Namespaces) {
    let joining = |statement: &Statement| {
        recipe.sources.get(usize::from(statement.source)).is_some_and(|source| source.joins_by_name)
    };
    let asking = recipe.sources.iter().filter(|source| source.joins_by_name);
    let mut types: Vec<EntityType> =
        asking.flat_map(|source| &source.types).map(|rule| rule.entity_type).collect();
    types.sort_unstable();
    types.dedup();
    let mut bearers: FxHashMap<u64, Bearers> = FxHashMap::default();
    for (place, statement) in (0..).zip(statements.iter()) {
        let Some(entity_type) = statement.entity_type.filter(|_| !statement.obsolete && !statement.left_out)
        else {
            continue;
        };
        if joining(statement) {
            let label = statements.names(place).find(|(name, _)| name.scope == NameScope::Label);
            let bearer = |entity_type| {
                let hash = label.and_then(|(name, label)| hash(label, name.kind, entity_type))?;
                bearers.get(&hash)?.one()
            };
            // a type that gives way is that of what bears the name, if it is one of the source's
            let others = own_types(statement, recipe).filter(|_| statement.type_gives_way);
            let bearer = bearer(entity_type).or_else(|| others.filter_map(bearer).next());
            if let Some(bearer) = bearer {
                // What contradicts a rule stays apart.
                let _ = classes.join(bearer, statement.id, namespaces);
            }
        }
        // A type that gives way may become any.
        let of_types = types.iter().filter(|wanted| **wanted == entity_type || statement.type_gives_way);
        for wanted in of_types {
            for (name, text) in statements.names(place) {
                if name.scope <= NameScope::Exact
                    && let Some(hash) = hash(text, name.kind, *wanted)
                {
                    let bearers = bearers.entry(hash).or_default();
                    let is_label = name.scope == NameScope::Label;
                    let held = if is_label { &mut bearers.label } else { &mut bearers.exact };
                    held.add(classes.root(statement.id), classes);
                }
            }
        }
    }
}

/// The types that the source of a statement tells apart.
fn own_types<'r>(statement: &Statement, recipe: &'r Recipe) -> impl Iterator<Item = EntityType> + 'r {
    let source = recipe.sources.get(usize::from(statement.source));
    source.into_iter().flat_map(|source| &source.types).map(|rule| rule.entity_type)
}

/// The hash of a name that may join things of a type.
fn hash(name: &str, kind: NameKind, entity_type: EntityType) -> Option<u64> {
    if !matches!(kind, NameKind::Plain | NameKind::Systematic | NameKind::Permuted) {
        return None;
    }
    // Not folded: "benzoic acids" are a class and no benzoic acid.
    let key = Some(name.trim().to_lowercase()).filter(|key| key.len() >= NAME_BYTES_MIN)?;
    Some(xxh3_64_with_seed(key.as_bytes(), entity_type as u64))
}
