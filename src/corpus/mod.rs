//! Papers in memory: lookups by any identifier, search by words, entities and dates.

mod load;
mod search;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::catalog::{Catalog, EntityIndex};
use crate::model::{Curie, Paper, PaperId};

pub use load::{CorpusError, SkippedPaper};
pub use search::{PaperQuery, QUERY_WORDS_LIMIT, distinct_words};

use search::WordIndex;

/// The most papers a corpus may hold.
pub const PAPERS_LIMIT: usize = 10_000_000;

/// Papers in the order of their identifiers, immutable once built.
#[derive(Debug, Default)]
pub struct Corpus {
    papers: Vec<Arc<Paper>>,
    by_identifier: FxHashMap<PaperId, u32>,
    /// The papers that name an entity, by the CURIE they name it with; ascending.
    by_entity: FxHashMap<Curie, Vec<u32>>,
    words: WordIndex,
}

impl Corpus {
    /// A corpus of these papers. Of several with the same best identifier the last is kept; papers without any identifier
    /// are left out.
    pub fn from_papers(papers: impl IntoIterator<Item = Paper>) -> Self {
        let mut named: Vec<(PaperId, Arc<Paper>)> =
            papers.into_iter().filter_map(|paper| Some((paper.id()?, Arc::new(paper)))).collect();
        // Stable, so that the last of equals stays the last; then the first of the reverse is kept.
        named.reverse();
        named.sort_by(|(left, _), (right, _)| left.cmp(right));
        named.dedup_by(|(later, _), (kept, _)| later == kept);
        let mut corpus = Self::default();
        for (_, paper) in named {
            corpus.add(paper);
        }
        corpus
    }

    fn add(&mut self, paper: Arc<Paper>) {
        let Ok(index) = u32::try_from(self.papers.len()) else { return };
        for id in PaperId::all(&paper.identifiers) {
            // Should two papers share a lesser identifier, the first keeps it.
            self.by_identifier.entry(id).or_insert(index);
        }
        let entities = paper.linked_entities.iter().chain(&paper.mentioned_entities);
        for id in entities.filter_map(|entity| entity.entity_id.parse::<Curie>().ok()) {
            let papers = self.by_entity.entry(id).or_default();
            if papers.last() != Some(&index) {
                papers.push(index);
            }
        }
        self.words.add(index, &paper);
        self.papers.push(paper);
    }

    /// How many papers there are.
    pub fn len(&self) -> usize {
        self.papers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.papers.is_empty()
    }

    /// All papers, in the order of their identifiers.
    pub fn papers(&self) -> &[Arc<Paper>] {
        &self.papers
    }

    /// The paper of that name, by any of its identifiers.
    pub fn get(&self, id: &PaperId) -> Option<&Arc<Paper>> {
        self.by_identifier.get(id).map(|index| &self.papers[*index as usize])
    }

    /// The papers that name the entity or, if asked for, a descendant of it, in any namespace; ascending indexes.
    fn naming(&self, catalog: &Catalog, entity: EntityIndex, include_descendants: bool) -> Vec<u32> {
        let mut wanted = vec![entity];
        if include_descendants {
            wanted.extend(catalog.descendants(entity));
        }
        let mut papers = Vec::new();
        for index in wanted {
            let entity = catalog.entity(index);
            for id in std::iter::once(&entity.id).chain(&entity.xrefs) {
                papers.extend(self.by_entity.get(id).into_iter().flatten().copied());
            }
        }
        papers.sort_unstable();
        papers.dedup();
        papers
    }

    /// The papers that fit all of the query: best first when it has words, else the newest first.
    pub fn search(&self, catalog: &Catalog, query: &PaperQuery) -> Vec<Arc<Paper>> {
        let mut found: Vec<(u32, f32)> = match self.words.search(&query.words) {
            Some(scored) => scored,
            None => (0..).take(self.papers.len()).map(|index| (index, 0.0)).collect(),
        };
        for entity in &query.entities {
            let naming = self.naming(catalog, *entity, query.include_descendants);
            found.retain(|(index, _)| naming.binary_search(index).is_ok());
        }
        found.retain(|(index, _)| query.holds_date(self.papers[*index as usize].publication_date));
        found.sort_by(|(left, left_score), (right, right_score)| {
            let date = |index: &u32| self.papers[*index as usize].publication_date;
            right_score.total_cmp(left_score).then_with(|| date(right).cmp(&date(left))).then(left.cmp(right))
        });
        found.into_iter().map(|(index, _)| Arc::clone(&self.papers[index as usize])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PaperIdentifiers;

    fn paper(pmcid: &str, pmid: &str, title: &str) -> Paper {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Paper {
            identifiers: PaperIdentifiers { pmcid: some(pmcid), pmid: some(pmid), doi: None },
            title: title.to_owned(),
            ..Paper::default()
        }
    }

    #[test]
    fn papers_are_found_by_every_identifier_and_listed_in_order() {
        let corpus = Corpus::from_papers([
            paper("PMC20", "5", "second"),
            paper("", "7", "third"),
            paper("PMC3", "", "first"),
            paper("", "", "nameless"),
        ]);
        let titles: Vec<&str> = corpus.papers().iter().map(|paper| paper.title.as_str()).collect();
        assert_eq!(titles, ["first", "second", "third"]);
        for (id, title) in [("PMC20", "second"), ("PMID:5", "second"), ("7", "third"), ("PMC3", "first")] {
            assert_eq!(corpus.get(&id.parse().unwrap()).unwrap().title, title);
        }
        assert!(corpus.get(&"PMC4".parse().unwrap()).is_none());
    }

    #[test]
    fn the_last_of_two_papers_with_one_identifier_is_kept() {
        let corpus = Corpus::from_papers([paper("PMC1", "", "old"), paper("PMC1", "", "new")]);
        assert_eq!((corpus.len(), corpus.papers()[0].title.as_str()), (1, "new"));
    }
}
