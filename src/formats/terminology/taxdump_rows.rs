//! The rows of NCBI's taxonomy, and what of them is kept.

use super::parts::{add_category, told};
use super::term::{NameKind, Term};
use crate::model::SynonymScope;

/// The namespace of taxa.
const PREFIX: &str = "NCBITaxon:";
/// The most different ranks.
pub const RANKS_LIMIT: usize = 255;

/// What `nodes.dmp` says of a taxon.
#[derive(Debug, Clone, Copy)]
struct Node {
    id: u32,
    parent: u32,
    /// A place in the list of ranks.
    rank: u8,
}

/// What the files before the names say.
pub(super) struct Taxa {
    /// The most nodes, and the most merged taxa.
    pub(super) limit: usize,
    nodes: Vec<Node>,
    ranks: Vec<String>,
    /// The taxon that is left, and the one that was merged into it.
    merged: Vec<(u32, u32)>,
}

impl Taxa {
    pub(super) const fn new(limit: usize) -> Self {
        Self { limit, nodes: Vec::new(), ranks: Vec::new(), merged: Vec::new() }
    }

    /// Reads a row of `nodes.dmp`; the error says what is wrong.
    pub(super) fn add_node(&mut self, line: &str) -> Result<(), String> {
        let mut fields = fields(line);
        let id = number(fields.next())?;
        let parent = number(fields.next())?;
        let rank = fields.next().ok_or("the rank is missing")?;
        let known = self.ranks.iter().position(|there| there == rank);
        if known.is_none() {
            if self.ranks.len() >= RANKS_LIMIT {
                return Err(format!("the rank \"{}\" is one more than {RANKS_LIMIT}", told(rank)));
            }
            self.ranks.push(rank.to_owned());
        }
        let rank = known.unwrap_or(self.ranks.len() - 1);
        self.nodes.push(Node { id, parent, rank: u8::try_from(rank).unwrap_or(u8::MAX) });
        Ok(())
    }

    /// Reads a row of `merged.dmp`; the error says what is wrong.
    pub(super) fn add_merged(&mut self, line: &str) -> Result<(), String> {
        let mut fields = fields(line);
        let old = number(fields.next())?;
        self.merged.push((number(fields.next())?, old));
        Ok(())
    }

    /// Whether there is more than the limit.
    pub(super) fn is_over_limit(&self) -> bool {
        self.nodes.len().max(self.merged.len()) > self.limit
    }

    /// Ends the reading of rows: from here on taxa are found.
    pub(super) fn sort(&mut self) {
        self.nodes.sort_unstable_by_key(|node| node.id);
        self.merged.sort_unstable();
    }

    /// Fills in all but the names.
    pub(super) fn describe(&self, id: u32, term: &mut Term) {
        term.id = format!("{PREFIX}{id}");
        if let Ok(at) = self.nodes.binary_search_by_key(&id, |node| node.id) {
            let node = self.nodes[at];
            if node.parent != id {
                term.parent_ids.push(format!("{PREFIX}{}", node.parent));
            }
            add_category(term, self.ranks.get(usize::from(node.rank)).map_or("", String::as_str));
        }
        let start = self.merged.partition_point(|(left, _)| *left < id);
        let merged = self.merged[start..].iter().take_while(|(left, _)| *left == id);
        term.retired_ids.extend(merged.map(|(_, old)| format!("{PREFIX}{old}")));
    }
}

/// A line of `names.dmp`.
pub(super) struct Name {
    pub(super) id: u32,
    text: String,
    class: NameClass,
    pub(super) line: u64,
}

/// What a name is of its taxon.
enum NameClass {
    Label,
    Name(SynonymScope, NameKind),
    /// An author, a specimen: no name that texts have.
    None,
}

impl Name {
    /// Reads a row; the error says what is wrong.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let mut fields = fields(line);
        let id = number(fields.next())?;
        let text = fields.next().filter(|text| !text.is_empty()).ok_or("the name is missing")?;
        let class = fields.nth(1).ok_or("the class of the name is missing")?;
        Ok(Self { id, text: text.to_owned(), class: NameClass::of(class), line: 0 })
    }

    /// It stands on that line.
    pub(super) fn at(self, line: u64) -> Self {
        Self { line, ..self }
    }

    /// Adds it to what is known of its taxon.
    pub(super) fn add_to(self, term: &mut Term) {
        match self.class {
            NameClass::Label if term.label.is_empty() => term.label = self.text,
            NameClass::Label => term.add_name(&self.text, SynonymScope::Exact, NameKind::Plain),
            NameClass::Name(scope, kind) => term.add_name(&self.text, scope, kind),
            NameClass::None => {}
        }
    }
}

impl NameClass {
    fn of(class: &str) -> Self {
        let plain = |scope| Self::Name(scope, NameKind::Plain);
        match class {
            "scientific name" => Self::Label,
            "synonym" | "genbank synonym" | "equivalent name" | "common name" | "genbank common name" => {
                plain(SynonymScope::Exact)
            }
            "acronym" | "genbank acronym" => Self::Name(SynonymScope::Exact, NameKind::Abbreviation),
            "blast name" | "in-part" => plain(SynonymScope::Broad),
            "includes" => plain(SynonymScope::Narrow),
            "misspelling" | "misnomer" => Self::Name(SynonymScope::Related, NameKind::Former),
            "authority" | "type material" | "unpublished name" => Self::None,
            // Stages of fungi (anamorph, teleomorph) and classes to come.
            _ => plain(SynonymScope::Related),
        }
    }
}

/// The fields of a line: `1\t|\troot\t|\t\t|\tscientific name\t|`.
fn fields(line: &str) -> impl Iterator<Item = &str> {
    let line = line.trim_end();
    line.strip_suffix('|').unwrap_or(line).split("\t|").map(str::trim)
}

fn number(field: Option<&str>) -> Result<u32, String> {
    let field = field.unwrap_or_default();
    field.parse().map_err(|_| format!("\"{}\" is no number of a taxon", told(field)))
}
