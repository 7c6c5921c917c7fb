//! Full-text search over papers: an inverted index of folded words, ranked by BM25 (Robertson and Zaragoza, 2009).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::catalog::EntityIndex;
use crate::model::{Paper, PaperEntity, PublicationDate};
use crate::text::FoldedText;

/// How fast more occurrences of a word stop counting.
const TERM_SATURATION: f32 = 1.2;
/// How much long papers are held back.
const LENGTH_NORMALISATION: f32 = 0.75;
/// How many times a word of the title counts.
const TITLE_WEIGHT: u32 = 3;
/// The most different words of a query; of more, the first in the order of the alphabet are looked for.
pub const QUERY_WORDS_LIMIT: usize = 64;

/// How many different words a query has, once folded.
pub fn distinct_words(query: &str) -> usize {
    let mut folded = FoldedText::default();
    folded.fold(query);
    words_of(&folded).len()
}

fn words_of(folded: &FoldedText) -> Vec<&str> {
    let mut words: Vec<&str> = (0..folded.tokens().len()).map(|token| folded.folded(token)).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// What papers are asked for.
#[derive(Debug, Clone, Default)]
pub struct PaperQuery {
    /// Words that all stand in the paper, in any order; none is no limit.
    pub words: String,
    /// Entities that the paper names, all of them.
    pub entities: Vec<EntityIndex>,
    /// Whether a descendant counts as the entity.
    pub include_descendants: bool,
    /// The first date; an unknown month or day counts as the first.
    pub published_from: Option<PublicationDate>,
    /// The last date; an unknown month or day counts as the last.
    pub published_to: Option<PublicationDate>,
}

impl PaperQuery {
    /// Whether a paper of that date fits. One without a date fits only a query without dates.
    pub(super) fn holds_date(&self, date: Option<PublicationDate>) -> bool {
        if self.published_from.is_none() && self.published_to.is_none() {
            return true;
        }
        let Some(date) = date else { return false };
        let first = |date: PublicationDate| (date.year, date.month.max(1), date.day.max(1));
        let last = |date: PublicationDate| {
            let or_last = |part: u8| if part == 0 { u8::MAX } else { part };
            (date.year, or_last(date.month), or_last(date.day))
        };
        self.published_from.is_none_or(|from| first(date) >= first(from))
            && self.published_to.is_none_or(|to| first(date) <= last(to))
    }
}

#[derive(Debug, Clone, Copy)]
struct Posting {
    paper: u32,
    count: u32,
}

/// Which papers hold which words.
#[derive(Debug, Default)]
pub(super) struct WordIndex {
    postings: FxHashMap<Box<str>, Vec<Posting>>,
    lengths: Vec<u32>,
    total_length: u64,
}

impl WordIndex {
    /// Adds a paper; `index` counts up from 0.
    pub(super) fn add(&mut self, index: u32, paper: &Paper) {
        let mut counts = BTreeMap::new();
        let mut folded = FoldedText::default();
        let mut count = |text: &str, weight: u32| {
            folded.fold(text);
            for token in 0..folded.tokens().len() {
                *counts.entry(folded.folded(token).to_owned()).or_insert(0) += weight;
            }
        };
        count(&paper.title, TITLE_WEIGHT);
        for text in texts(paper) {
            count(text, 1);
        }
        let length = counts.values().sum();
        self.lengths.push(length);
        self.total_length += u64::from(length);
        for (word, count) in counts {
            self.postings.entry(word.into()).or_default().push(Posting { paper: index, count });
        }
    }

    /// The papers that hold every word, ascending, each with its score; `None` when there is no word to look for.
    pub(super) fn search(&self, query: &str) -> Option<Vec<(u32, f32)>> {
        let mut folded = FoldedText::default();
        folded.fold(query);
        let mut words = words_of(&folded);
        words.truncate(QUERY_WORDS_LIMIT);
        if words.is_empty() {
            return None;
        }
        let mut lists: Vec<&[Posting]> =
            words.iter().map(|word| self.postings.get(*word).map_or(&[][..], Vec::as_slice)).collect();
        lists.sort_by_key(|list| list.len());
        let (shortest, others) = lists.split_first()?;
        let found = shortest.iter().filter_map(|posting| {
            let mut score = self.score(shortest.len(), *posting);
            for list in others {
                let at = list.binary_search_by_key(&posting.paper, |other| other.paper).ok()?;
                score += self.score(list.len(), list[at]);
            }
            Some((posting.paper, score))
        });
        Some(found.collect())
    }

    #[allow(clippy::cast_precision_loss)]
    fn score(&self, papers_with_word: usize, posting: Posting) -> f32 {
        let papers = self.lengths.len() as f32;
        let with_word = papers_with_word as f32;
        let inverse_frequency = (1.0 + (papers - with_word + 0.5) / (with_word + 0.5)).ln();
        let mean_length = (self.total_length as f32 / papers).max(1.0);
        let length = self.lengths[posting.paper as usize] as f32 / mean_length;
        let count = posting.count as f32;
        let held_back = TERM_SATURATION * (1.0 - LENGTH_NORMALISATION + LENGTH_NORMALISATION * length);
        inverse_frequency * count * (TERM_SATURATION + 1.0) / (count + held_back)
    }
}

/// Everything of a paper that is searched besides its title.
fn texts(paper: &Paper) -> impl Iterator<Item = &str> {
    let entity = |entity: &PaperEntity| entity.text.len() + entity.label.len() > 0;
    let entities = paper.linked_entities.iter().chain(&paper.mentioned_entities).filter(move |e| entity(e));
    [&paper.venue, &paper.summary, &paper.contribution]
        .into_iter()
        .map(String::as_str)
        .chain(paper.authors.iter().map(|author| author.display_name.as_str()))
        .chain(paper.key_findings.iter().map(String::as_str))
        .chain(paper.sections.iter().flat_map(|section| [section.title.as_str(), section.text.as_str()]))
        .chain(entities.flat_map(|entity| {
            [entity.text.as_str(), entity.label.as_str()]
                .into_iter()
                .chain(entity.aliases.iter().map(String::as_str))
        }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Section;

    fn index(papers: &[(&str, &str)]) -> WordIndex {
        let mut index = WordIndex::default();
        for (at, (title, text)) in (0..).zip(papers) {
            let section = Section { text: (*text).to_owned(), ..Section::default() };
            let paper = Paper { title: (*title).to_owned(), sections: vec![section], ..Paper::default() };
            index.add(at, &paper);
        }
        index
    }

    fn ranked(index: &WordIndex, query: &str) -> Vec<u32> {
        let mut found = index.search(query).unwrap();
        found.sort_by(|left, right| right.1.total_cmp(&left.1));
        found.into_iter().map(|(paper, _)| paper).collect()
    }

    #[test]
    fn all_words_must_stand_and_the_title_counts_more() {
        let index = index(&[
            ("Lymphocytes in disease", "A note on IL-7 in passing among many other words of no matter here"),
            ("IL-7 as an adjuvant", "About interleukin and lymphocytes"),
            ("Nothing of the kind", "Zebrafish"),
        ]);
        assert_eq!(ranked(&index, "il7"), [1, 0]);
        assert_eq!(ranked(&index, "lymphocyte IL 7"), [1, 0]);
        assert_eq!(ranked(&index, "zebrafish il7"), Vec::<u32>::new());
        assert_eq!(ranked(&index, "unheard"), Vec::<u32>::new());
        assert!(index.search(" ,;").is_none());
    }

    #[test]
    fn dates_with_unknown_parts_count_from_the_first_to_the_last() {
        let date = |text: &str| Some(text.parse::<PublicationDate>().unwrap());
        let query = |from: &str, to: &str| PaperQuery {
            published_from: (!from.is_empty()).then(|| date(from)).flatten(),
            published_to: (!to.is_empty()).then(|| date(to)).flatten(),
            ..PaperQuery::default()
        };
        for (from, to, paper, fits) in [
            ("2004", "2004", "2004-06-15", true),
            ("2004", "2004", "2004", true),
            ("2004-06", "", "2004-05-31", false),
            ("2004-06", "", "2004", false),
            ("", "2004-06", "2004-06-30", true),
            ("", "2004-06", "2004-07", false),
            ("2004-06-15", "2004-06-15", "2004-06-15", true),
            ("2005", "", "2004-12-31", false),
        ] {
            assert_eq!(query(from, to).holds_date(date(paper)), fits, "{from}..{to} {paper}");
        }
        assert!(PaperQuery::default().holds_date(None));
        assert!(!query("2004", "").holds_date(None));
    }
}
