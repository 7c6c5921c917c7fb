//! Sentences with their features as numbers and the labels that their corpora teach.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::corpora::{Corpora, TrainingDocument};
use crate::annotate::learning::{
    ANY_LABEL, BEGIN, DISTANCES, INSIDE, MODEL_TYPES, Memory, Models, OUTSIDE, Origin, PassageText, Prepared,
    REACH, Vocabulary, beyond, each_context_feature, each_feature_together, each_word_feature, prepare,
};
use crate::catalog::Catalog;
use crate::model::Span;

/// Features that stand at fewer places are left out.
const PLACES_MIN: u32 = 3;

/// Where the features of a piece end that the text gives by one thing, the dictionary by one thing, the dictionary by several
/// together, and the text by several together. Those of the next piece begin there.
pub(super) type Ends = [u32; 4];

/// A sentence.
#[derive(Debug)]
pub(super) struct Sentence {
    /// The document, by its place in the corpora.
    pub document: usize,
    /// The passage in it, and the chain in that.
    pub place: (usize, usize),
    /// Where the parts of each piece's features end.
    offsets: Vec<Ends>,
    features: Vec<u32>,
    /// The labels that may stand at each piece, by the place of the type; `None` where the corpus does not teach it.
    pub labels: [Option<Vec<u8>>; MODEL_TYPES.len()],
}

#[cfg(test)]
impl Sentence {
    /// A sentence that no corpus teaches anything of, of pieces with those features.
    pub(super) fn of_features(offsets: Vec<Ends>, features: Vec<u32>) -> Self {
        Self { document: 0, place: (0, 0), offsets, features, labels: std::array::from_fn(|_| None) }
    }
}

impl Sentence {
    /// How many pieces it has.
    pub(super) const fn len(&self) -> usize {
        self.offsets.len()
    }

    /// The features of a piece, without those of the dictionary or of several things together where these are left out.
    pub(super) fn features(
        &self,
        at: usize,
        dictionary: bool,
        together: bool,
    ) -> impl Iterator<Item = u32> + '_ {
        let start = if at == 0 { 0 } else { self.offsets[at - 1][3] };
        let [text, dictionaries, both, end] = self.offsets[at];
        let (first, second) = match (dictionary, together) {
            (true, true) => (start..end, end..end),
            (true, false) => (start..dictionaries, end..end),
            (false, true) => (start..text, both..end),
            (false, false) => (start..text, end..end),
        };
        let slice = |part: std::ops::Range<u32>| &self.features[part.start as usize..part.end as usize];
        slice(first).iter().chain(slice(second)).copied()
    }
}

/// All sentences, and the features by number.
#[derive(Debug)]
pub(super) struct Examples {
    /// In the order of the documents.
    pub sentences: Vec<Sentence>,
    /// The feature of each number.
    pub features: Vec<u64>,
    /// At how many places each feature stands.
    pub counts: Vec<u32>,
}

/// A sentence before its features have numbers.
struct Raw {
    sentence: Sentence,
    features: Vec<u64>,
}

/// Reads the features and labels of all documents.
pub(super) fn extract(corpora: &Corpora, catalog: &Catalog, models: &Models) -> Examples {
    let vocabulary = Vocabulary::new(catalog);
    let per_document: Vec<Vec<Raw>> = corpora
        .documents
        .par_chunks(64)
        .enumerate()
        .flat_map_iter(|(chunk, documents)| {
            let mut memory = Memory::for_training(models);
            let found: Vec<Vec<Raw>> = (chunk * 64..)
                .zip(documents)
                .filter(|(_, document)| document.teaches_sequences())
                .map(|(index, document)| read_document(index, document, vocabulary, models, &mut memory))
                .collect();
            found
        })
        .collect();
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    for feature in per_document.iter().flatten().flat_map(|raw| &raw.features) {
        *counts.entry(*feature).or_default() += 1;
    }
    let mut kept: Vec<(u64, u32)> = counts.into_iter().filter(|(_, count)| *count >= PLACES_MIN).collect();
    kept.sort_unstable();
    let (features, counts): (Vec<u64>, Vec<u32>) = kept.into_iter().unzip();
    let numbers: FxHashMap<u64, u32> =
        (0..).zip(&features).map(|(number, feature)| (*feature, number)).collect();
    let sentences =
        per_document.into_par_iter().flatten_iter().map(|raw| with_numbers(raw, &numbers)).collect();
    Examples { sentences, features, counts }
}

fn with_numbers(raw: Raw, numbers: &FxHashMap<u64, u32>) -> Sentence {
    let Raw { mut sentence, features } = raw;
    let mut kept = Vec::with_capacity(features.len());
    let mut start = 0;
    for end in sentence.offsets.iter_mut().flatten() {
        let own = &features[start..*end as usize];
        start = *end as usize;
        kept.extend(own.iter().filter_map(|feature| numbers.get(feature)));
        *end = u32::try_from(kept.len()).unwrap_or(u32::MAX);
    }
    kept.shrink_to_fit();
    sentence.features = kept;
    sentence
}

fn read_document(
    index: usize,
    document: &TrainingDocument,
    vocabulary: Vocabulary<'_>,
    models: &Models,
    memory: &mut Memory,
) -> Vec<Raw> {
    let passages = PassageText::of_document(&document.gold.document);
    let prepared = prepare(vocabulary, models, &passages, true, memory);
    let labels = document.labels(&prepared);
    let mut found = Vec::new();
    for (passage, view) in prepared.views.iter().enumerate() {
        for (number, chain) in view.pieces.chains.iter().enumerate() {
            let mut raw = read_chain(&prepared, passage, chain, memory);
            raw.sentence.document = index;
            raw.sentence.place = (passage, number);
            raw.sentence.labels = std::array::from_fn(|of| {
                let labels = labels[of].as_ref()?;
                Some(of_chain(&labels[passage][chain.clone()]))
            });
            found.push(raw);
        }
    }
    found
}

/// The labels of a chain; a mention that goes on from the chain before begins anew.
fn of_chain(labels: &[u8]) -> Vec<u8> {
    let mut labels = labels.to_vec();
    if let Some(first) = labels.first_mut().filter(|first| **first == 1 << INSIDE) {
        *first = 1 << BEGIN;
    }
    labels
}

fn read_chain(prepared: &Prepared, passage: usize, chain: &std::ops::Range<usize>, memory: &Memory) -> Raw {
    let view = &prepared.views[passage];
    let (mut features, mut offsets) = (Vec::new(), Vec::new());
    let place = |features: &Vec<u64>| u32::try_from(features.len()).unwrap_or(u32::MAX);
    let (mut dictionary, mut together) = (Vec::new(), Vec::new());
    for at in chain.clone() {
        for distance in 0..DISTANCES {
            match (at + distance).checked_sub(REACH).filter(|place| chain.contains(place)) {
                Some(place) => {
                    let word = memory.lexicon.word(view.words[place]);
                    each_word_feature(word, distance, |feature| features.push(feature));
                }
                None => features.push(beyond(distance)),
            }
        }
        each_context_feature(view, &memory.lexicon, chain, at, &mut |origin, feature| match origin {
            Origin::Text => features.push(feature),
            Origin::Dictionary => dictionary.push(feature),
        });
        let text_end = place(&features);
        features.append(&mut dictionary);
        let dictionary_end = place(&features);
        each_feature_together(view, &memory.lexicon, chain, at, &mut |origin, feature| match origin {
            Origin::Text => together.push(feature),
            Origin::Dictionary => features.push(feature),
        });
        let both_end = place(&features);
        features.append(&mut together);
        offsets.push([text_end, dictionary_end, both_end, place(&features)]);
    }
    let labels = std::array::from_fn(|_| None);
    Raw { sentence: Sentence { document: 0, place: (0, 0), offsets, features: Vec::new(), labels }, features }
}

impl TrainingDocument {
    /// The labels that may stand at each piece of each passage, by the place of the type.
    fn labels(&self, prepared: &Prepared) -> [Option<Vec<Vec<u8>>>; MODEL_TYPES.len()] {
        std::array::from_fn(|of| {
            let teaches = self.teaches.contains(&MODEL_TYPES[of]);
            if !teaches && self.denied[of].is_empty() {
                return None;
            }
            let silence = if teaches { 1 << OUTSIDE } else { ANY_LABEL };
            let views = prepared.views.iter();
            let mut labels: Vec<Vec<u8>> =
                views.map(|view| vec![silence; view.pieces.pieces.len()]).collect();
            let mut fill = |places: &[(usize, Span)], label: u8| {
                for (passage, span) in places {
                    let pieces = prepared.views[*passage].pieces.within(span.start, span.end);
                    labels[*passage][pieces].fill(label);
                }
            };
            fill(&self.unsure[of], ANY_LABEL);
            if teaches {
                self.mark_mentions(prepared, of, &mut labels);
            } else {
                fill(&self.denied[of], 1 << OUTSIDE);
            }
            Some(labels)
        })
    }

    /// Marks the mentions of a type, the longest first where they overlap. A mention that cuts a piece, a span that the
    /// corpus marks without judging it, and a mention of nothing but a word that the recipe takes for unsure leave open
    /// what stands there.
    fn mark_mentions(&self, prepared: &Prepared, of: usize, labels: &mut [Vec<u8>]) {
        let own = self.gold.mentions.iter().filter(|mention| mention.entity_type == MODEL_TYPES[of]);
        let mut own: Vec<_> = own.collect();
        own.sort_by_key(|mention| (mention.neutral, std::cmp::Reverse(mention.span.len())));
        let mut taken: Vec<Vec<bool>> = labels.iter().map(|labels| vec![false; labels.len()]).collect();
        for mention in own {
            let pieces = &prepared.views[mention.passage].pieces;
            let places = pieces.within(mention.span.start, mention.span.end);
            let (Some(first), Some(last)) =
                (pieces.pieces.get(places.start), pieces.pieces[..places.end].last())
            else {
                continue;
            };
            if taken[mention.passage][places.clone()].iter().any(|taken| *taken) {
                continue;
            }
            taken[mention.passage][places.clone()].fill(true);
            let whole = first.start() == mention.span.start && last.end() == mention.span.end;
            let labels = &mut labels[mention.passage][places];
            let unsure = self.unsure[of].contains(&(mention.passage, mention.span));
            if mention.neutral || unsure || !whole {
                labels.fill(ANY_LABEL);
            } else if let Some((begin, inside)) = labels.split_first_mut() {
                *begin = 1 << BEGIN;
                inside.fill(1 << INSIDE);
            }
        }
    }
}
