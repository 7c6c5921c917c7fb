//! What sources say, held compactly: millions of names and links in a few arrays.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::error::BuildError;
use super::interner::{IdNumber, Interner};
use crate::catalog::names::NameScope;
use crate::formats::terminology::NameKind;
use crate::model::EntityType;

/// A place in the text of all statements.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slice {
    start: u32,
    length: u32,
}

/// A name of a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct StatedName {
    text: Slice,
    pub(super) scope: NameScope,
    pub(super) kind: NameKind,
}

/// What an identifier is to a statement's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// It means the same.
    Equivalent,
    /// It is near it.
    Reference,
    /// It was retired in its favour.
    Retired,
    /// It stands above it.
    Parent,
    /// It replaces it.
    Replacement,
}

/// What one source says of one identifier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statement {
    pub(super) id: IdNumber,
    /// `None` for one that only adds to others.
    pub(super) entity_type: Option<EntityType>,
    pub(super) type_gives_way: bool,
    pub(super) source: u8,
    pub(super) obsolete: bool,
    /// Whether the recipe leaves it out after all.
    pub(super) left_out: bool,
    /// The number of its taxon's identifier.
    pub(super) taxon: Option<IdNumber>,
    description: Slice,
    first_name: u32,
    first_link: u32,
}

/// A statement that is being taken in.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewStatement<'a> {
    pub(super) id: &'a str,
    pub(super) entity_type: Option<EntityType>,
    pub(super) type_gives_way: bool,
    pub(super) source: u8,
    pub(super) obsolete: bool,
    pub(super) taxon: &'a str,
    pub(super) description: &'a str,
}

/// Statements in the order of their sources.
#[derive(Debug, Default)]
pub(super) struct Statements {
    pub(super) ids: Interner,
    all: Vec<Statement>,
    text: String,
    names: Vec<StatedName>,
    links: Vec<(Link, IdNumber)>,
}

impl Statements {
    /// Begins a statement; names and links that are added belong to it.
    pub(super) fn begin(&mut self, new: &NewStatement<'_>) -> Result<(), BuildError> {
        let place = |count: usize| u32::try_from(count).map_err(|_| BuildError::TooLarge { what: "names" });
        let statement = Statement {
            id: self.ids.number(new.id)?,
            entity_type: new.entity_type,
            type_gives_way: new.type_gives_way,
            source: new.source,
            obsolete: new.obsolete,
            left_out: false,
            taxon: if new.taxon.is_empty() { None } else { Some(self.ids.number(new.taxon)?) },
            description: self.keep(new.description)?,
            first_name: place(self.names.len())?,
            first_link: place(self.links.len())?,
        };
        self.all.push(statement);
        Ok(())
    }

    pub(super) fn add_name(
        &mut self,
        text: &str,
        scope: NameScope,
        kind: NameKind,
    ) -> Result<(), BuildError> {
        let text = self.keep(text)?;
        self.names.push(StatedName { text, scope, kind });
        Ok(())
    }

    pub(super) fn add_link(&mut self, link: Link, id: &str) -> Result<(), BuildError> {
        let number = self.ids.number(id)?;
        self.links.push((link, number));
        Ok(())
    }

    fn keep(&mut self, text: &str) -> Result<Slice, BuildError> {
        let place = |count: usize| u32::try_from(count).map_err(|_| BuildError::TooLarge { what: "text" });
        let slice = Slice { start: place(self.text.len())?, length: place(text.len())? };
        self.text.push_str(text);
        Ok(slice)
    }

    fn slice(&self, slice: Slice) -> &str {
        let start = slice.start as usize;
        self.text.get(start..start + slice.length as usize).unwrap_or("")
    }

    /// Leaves out those from `first` on that are of one of `ids` or below one, and says how many.
    pub(super) fn leave_out_below(&mut self, first: usize, ids: &[String]) -> usize {
        let mut children: FxHashMap<IdNumber, Vec<IdNumber>> = FxHashMap::default();
        for place in first..self.all.len() {
            let place = place as u32;
            let parents = self.links(place).iter().filter(|(link, _)| *link == Link::Parent);
            for (_, parent) in parents {
                children.entry(*parent).or_default().push(self.all[place as usize].id);
            }
        }
        let numbers = 0..self.ids.len() as IdNumber;
        let mut next: Vec<IdNumber> =
            numbers.filter(|number| ids.iter().any(|id| id == self.ids.text(*number))).collect();
        let mut below: FxHashSet<IdNumber> = next.iter().copied().collect();
        while let Some(id) = next.pop() {
            next.extend(
                children.get(&id).into_iter().flatten().copied().filter(|child| below.insert(*child)),
            );
        }
        let left_out = self.all[first..].iter_mut().filter(|statement| below.contains(&statement.id));
        left_out.map(|statement| statement.left_out = true).count()
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    /// All, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Statement> {
        self.all.iter()
    }

    pub(super) fn get(&self, place: u32) -> Option<&Statement> {
        self.all.get(place as usize)
    }

    fn range(&self, place: u32, of: impl Fn(&Statement) -> u32, all: usize) -> Range<usize> {
        let start = self.all.get(place as usize).map_or(all, |statement| of(statement) as usize);
        start..self.all.get(place as usize + 1).map_or(all, |next| of(next) as usize)
    }

    /// The names of a statement, the label first if it has one.
    pub(super) fn names(&self, place: u32) -> impl Iterator<Item = (&StatedName, &str)> {
        let range = self.range(place, |statement| statement.first_name, self.names.len());
        self.names[range].iter().map(|name| (name, self.slice(name.text)))
    }

    /// What a statement's identifier is linked to.
    pub(super) fn links(&self, place: u32) -> &[(Link, IdNumber)] {
        &self.links[self.range(place, |statement| statement.first_link, self.links.len())]
    }

    pub(super) fn description(&self, statement: &Statement) -> &str {
        self.slice(statement.description)
    }
}
