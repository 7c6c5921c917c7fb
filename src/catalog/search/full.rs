//! Names that have the words of the query, in any order.
//!
//! Each word of the keys has a list of the keys that have it. The lists of the query's words are intersected, the shortest
//! first. The last word stands for all that begin with it.

use rustc_hash::FxHashMap;

use super::{Fit, SEARCH_KEYS_LIMIT};
use crate::catalog::Catalog;
use crate::catalog::words::Words;
use crate::text::{FoldedText, unfinished_keys};

/// The most words of a query; later ones are not looked at.
const QUERY_WORDS_LIMIT: usize = 32;
/// The most words that an unfinished last word stands for.
const FINISHED_WORDS_LIMIT: usize = 2_000;
/// The most bytes of the lists that are read for the names that have some of the words only; words with longer lists tell
/// least and are left out.
const SOME_WORDS_BYTES_LIMIT: usize = 1 << 20;

/// The keys that have every word of the query, or else those that have the most telling ones, by the number of those
/// that they lack and then of their other words, of which a last word that goes on is half a one.
pub(super) fn candidates(catalog: &Catalog, query: &str) -> Vec<(Fit, u32)> {
    let words = catalog.words();
    let asked = asked_words(words, query);
    let Some(shortest) = (0..asked.len()).min_by_key(|word| list_bytes(words, &asked[*word])) else {
        return Vec::new();
    };
    let mut keys = keys_of(words, &asked[shortest]);
    for (number, word) in asked.iter().enumerate() {
        if number != shortest && !keys.is_empty() {
            let others = keys_of(words, word);
            keys = in_both(&keys, &others);
        }
    }
    let missing = if keys.is_empty() {
        with_some(words, &asked)
    } else {
        keys.into_iter().map(|key| (0, key)).collect()
    };
    let mut scan = catalog.keys().scan(0);
    let mut word_count = |key: u32| {
        scan.go_to(key);
        scan.key().iter().filter(|byte| **byte == b' ').count() + 1
    };
    let whole = whole_last_word(words, query);
    let mut fit = |missing: u32, key: u32| {
        // A last word that goes on is half another word.
        let goes_on = usize::from(whole.binary_search(&key).is_err());
        let others = 2 * (word_count(key) + missing as usize).saturating_sub(asked.len()) + goes_on;
        missing << 16 | u32::try_from(others).unwrap_or(u32::MAX)
    };
    missing.into_iter().take(SEARCH_KEYS_LIMIT).map(|(missing, key)| (fit(missing, key), key)).collect()
}

/// The keys that have the last word of the query as it stands.
fn whole_last_word(words: Words<'_>, query: &str) -> Vec<u32> {
    let mut folded = FoldedText::new();
    folded.fold(query);
    let last = folded.tokens().len().checked_sub(1).map_or("", |last| folded.folded(last));
    words.find(last).map_or_else(Vec::new, |word| words.keys(word).collect())
}

/// For each word of the query, each once, the numbers of the words that it stands for.
fn asked_words(words: Words<'_>, query: &str) -> Vec<Vec<u32>> {
    let mut folded = FoldedText::new();
    folded.fold(query);
    let count = folded.tokens().len();
    let mut seen = Vec::new();
    let mut asked = Vec::new();
    for at in (0..count).take(QUERY_WORDS_LIMIT) {
        let word = folded.folded(at);
        if at + 1 == count {
            let start = folded.tokens()[at].start as usize;
            asked.push(finished(words, &query[start..]));
        } else if !seen.contains(&word) {
            seen.push(word);
            asked.push(words.find(word).into_iter().collect());
        }
    }
    asked
}

/// The words that an unfinished one may become, the word itself among them.
fn finished(words: Words<'_>, unfinished: &str) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::new();
    for beginning in unfinished_keys(unfinished) {
        found.extend(words.beginning_with(&beginning).take(FINISHED_WORDS_LIMIT));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn list_bytes(words: Words<'_>, numbers: &[u32]) -> usize {
    numbers.iter().map(|number| words.list_bytes(*number)).sum()
}

/// The keys that have one of those words, sorted.
fn keys_of(words: Words<'_>, numbers: &[u32]) -> Vec<u32> {
    let mut keys: Vec<u32> = numbers.iter().flat_map(|number| words.keys(*number)).collect();
    if numbers.len() > 1 {
        keys.sort_unstable();
        keys.dedup();
    }
    keys
}

fn in_both(one: &[u32], other: &[u32]) -> Vec<u32> {
    let mut others = other.iter().copied().peekable();
    let has = |key: &u32| {
        while others.next_if(|other| other < key).is_some() {}
        others.peek() == Some(key)
    };
    one.iter().copied().filter(has).collect()
}

/// The keys with the most telling words of the query, and how many words they lack. A word tells the more, the fewer keys
/// have it.
fn with_some(words: Words<'_>, asked: &[Vec<u32>]) -> Vec<(u32, u32)> {
    let mut by_length: Vec<&Vec<u32>> =
        asked.iter().filter(|numbers| list_bytes(words, numbers) > 0).collect();
    by_length.sort_by_key(|numbers| list_bytes(words, numbers));
    let mut left = SOME_WORDS_BYTES_LIMIT;
    // For each key the weight of the words that it has and how many these are.
    let mut weights: FxHashMap<u32, (u32, u32)> = FxHashMap::default();
    for numbers in by_length {
        let bytes = list_bytes(words, numbers);
        let Some(rest) = left.checked_sub(bytes) else { break };
        left = rest;
        let weight = usize::BITS - (SOME_WORDS_BYTES_LIMIT / bytes.max(1)).leading_zeros() + 1;
        for key in keys_of(words, numbers) {
            let (sum, count) = weights.entry(key).or_default();
            (*sum, *count) = (*sum + weight, *count + 1);
        }
    }
    let most = weights.values().map(|(weight, _)| *weight).max().unwrap_or(0);
    let asked = asked.len() as u32;
    let best = weights.into_iter().filter(|(_, (weight, _))| *weight == most);
    let mut found: Vec<(u32, u32)> =
        best.map(|(key, (_, count))| (asked.saturating_sub(count), key)).collect();
    found.sort_unstable();
    found
}
