//! Training of what words say of the species that a document is about, by the genes that its corpus names.

use fastrand::Rng;
use rustc_hash::{FxHashMap, FxHashSet};

use super::corpora::{Corpora, TrainingDocument};
use super::ranker::GoldIds;
use super::slot::{Slot, Steps};
use crate::annotate::learning::PassageText;
use crate::annotate::learning::focus::{CLASSES, FocusModel, Row, WORDS_LIMIT, chances_of, class_of, normal};
use crate::annotate::learning::hash;
use crate::catalog::Catalog;
use crate::model::EntityType;
use crate::text::TokenKind;

/// How often all documents are seen.
const PASSES: usize = 40;
/// How the steps go.
const STEPS: Steps = Steps { rate: 0.3, squares: 0.0, shrink: 1e-3 };
/// Words of fewer documents are left out.
const DOCUMENTS_MIN: u32 = 4;
/// Words that more than one in so many documents has are left out: they say what every document weighs, and texts of a sentence do not have
/// all of them.
const COMMON_SHARE: usize = 4;

/// What is learnt of a document.
#[derive(Debug)]
pub(super) struct Example {
    /// The document, by its place in the corpora.
    document: usize,
    /// Its words, each once.
    words: Vec<u64>,
    /// The share of each class among its gold genes.
    shares: [f32; CLASSES],
}

/// The documents whose corpus names genes of known species, in the order of the corpora.
pub(super) fn examples(corpora: &Corpora, catalog: &Catalog, gold_ids: &GoldIds) -> Vec<Example> {
    let documents = corpora.documents.iter().enumerate();
    documents.filter_map(|(index, document)| example(index, document, catalog, gold_ids)).collect()
}

fn example(
    index: usize,
    document: &TrainingDocument,
    catalog: &Catalog,
    gold_ids: &GoldIds,
) -> Option<Example> {
    if !document.teaches.contains(&EntityType::Gene) {
        return None;
    }
    let genes = document.gold.mentions.iter().filter(|mention| mention.entity_type == EntityType::Gene);
    let taxa = genes.flat_map(|gene| gold_ids.of(gene)).filter_map(|id| {
        let entity = catalog.find(&id.parse().ok()?)?;
        catalog.taxon_number(entity)
    });
    let (mut shares, mut all) = ([0.0; CLASSES], 0.0_f32);
    for taxon in taxa {
        shares[class_of(taxon)] += 1.0;
        all += 1.0;
    }
    let mut words: Vec<u64> = Vec::new();
    for passage in PassageText::of_document(&document.gold.document).iter() {
        let tokens = passage.folded.tokens().iter().enumerate();
        let letters = tokens.filter(|(_, token)| token.kind == TokenKind::Letters);
        words.extend(letters.map(|(at, _)| hash(passage.folded.folded(at))));
    }
    words.sort_unstable();
    words.dedup();
    (all > 0.0).then(|| Example { document: index, words, shares: shares.map(|share| share / all) })
}

/// Trains a model on the documents that are wanted.
pub(super) fn train(
    examples: &[Example],
    corpora: &Corpora,
    is_wanted: impl Fn(&TrainingDocument) -> bool,
) -> FocusModel {
    let wanted: Vec<&Example> =
        examples.iter().filter(|example| is_wanted(&corpora.documents[example.document])).collect();
    let words = known_words(&wanted);
    let places: FxHashMap<u64, usize> = words.iter().enumerate().map(|(at, word)| (*word, at)).collect();
    let mut state = State::new(words.len());
    let mut rows: Vec<(Vec<usize>, &[f32; CLASSES])> = wanted
        .iter()
        .map(|own| (own.words.iter().filter_map(|word| places.get(word).copied()).collect(), &own.shares))
        .collect();
    let mut random = Rng::with_seed(29);
    for _ in 0..PASSES {
        random.shuffle(&mut rows);
        rows.iter().for_each(|(words, shares)| state.learn(words, shares));
    }
    state.finish(&words)
}

/// The words of enough documents; of too many those of the most.
fn known_words(examples: &[&Example]) -> Vec<u64> {
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    let mut seen: FxHashSet<&[u64]> = FxHashSet::default();
    // a document that several corpora have counts once
    for example in examples.iter().filter(|example| seen.insert(&example.words)) {
        example.words.iter().for_each(|word| *counts.entry(*word).or_default() += 1);
    }
    let telling = DOCUMENTS_MIN as usize..=(seen.len() / COMMON_SHARE).max(DOCUMENTS_MIN as usize);
    let mut words: Vec<(u64, u32)> =
        counts.into_iter().filter(|(_, count)| telling.contains(&(*count as usize))).collect();
    words.sort_unstable_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    words.truncate(WORDS_LIMIT);
    words.into_iter().map(|(word, _)| word).collect()
}

struct State {
    words: Vec<[Slot; CLASSES]>,
    bias: [Slot; CLASSES],
    count: f32,
}

impl State {
    fn new(words: usize) -> Self {
        Self { words: vec![Default::default(); words], bias: Default::default(), count: 1.0 }
    }

    fn learn(&mut self, words: &[usize], shares: &[f32; CLASSES]) {
        let normal = normal(u16::try_from(words.len()).unwrap_or(u16::MAX));
        let mut logits = self.bias.map(|slot| slot.weight);
        for word in words {
            for (logit, slot) in logits.iter_mut().zip(&self.words[*word]) {
                *logit += slot.weight * normal;
            }
        }
        self.count += 1.0;
        let chances = chances_of(logits);
        let gradients: [f32; CLASSES] = std::array::from_fn(|class| shares[class] - chances[class]);
        step(&mut self.bias, gradients, self.count);
        for word in words {
            step(&mut self.words[*word], gradients.map(|gradient| gradient * normal), self.count);
        }
    }

    /// The averages, as whole numbers.
    fn finish(&self, words: &[u64]) -> FocusModel {
        let mean = |slot: Slot| slot.mean(self.count);
        let most = self.words.iter().flatten().fold(0.01_f32, |most, slot| most.max(mean(*slot).abs()));
        let scale = most / 127.0;
        #[expect(clippy::cast_possible_truncation, reason = "scaled to the range")]
        let whole = |slot: Slot| (mean(slot) / scale).round() as i8;
        let rows: Vec<(u64, Row)> =
            words.iter().zip(&self.words).map(|(word, slots)| (*word, slots.map(whole))).collect();
        FocusModel::new(self.bias.map(mean), scale, rows)
    }
}

fn step(slots: &mut [Slot; CLASSES], gradients: [f32; CLASSES], count: f32) {
    slots.iter_mut().zip(gradients).for_each(|(slot, gradient)| slot.step(gradient, STEPS, count));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_documents_tell_their_species() {
        let of = |class: usize| std::array::from_fn(|at| f32::from(u8::from(at == class)));
        let example =
            |document, words: &[u64], class| Example { document, words: words.to_vec(), shares: of(class) };
        // 1 and 2 stand in all, 10 in those of the first class, 20 in those of the second, 30 in too few
        let examples: Vec<Example> = (0..40_u64)
            .map(|at| {
                if at % 2 == 0 {
                    example(0, &[1, 2, 10, 100 + at], 0)
                } else {
                    example(0, &[1, 2, 20, 100 + at], 1)
                }
            })
            .chain([example(0, &[1, 30], 1), example(0, &[2, 30], 1)])
            .chain((0..80).map(|at| example(0, &[1, 2, 1_000 + at], 2)))
            .collect();
        let wanted: Vec<&Example> = examples.iter().collect();
        let words = known_words(&wanted);
        assert_eq!(words, [10, 20]);
        let mut state = State::new(words.len());
        let place = |word: &u64| words.iter().position(|own| own == word);
        for example in (0..20).flat_map(|_| &wanted) {
            let own: Vec<usize> = example.words.iter().filter_map(place).collect();
            state.learn(&own, &example.shares);
        }
        let model = state.finish(&words);
        let chances = |words: &[u64]| {
            let mut told = model.told();
            told.add(&words.iter().map(|word| model.place(*word)).collect::<Vec<_>>());
            told.chances().0
        };
        let [first, second, none] = [&[1, 2, 10], &[1, 2, 20], &[1, 2, 3]].map(|words| chances(words));
        assert!(first[0] > 3.0 * first[1] && second[1] > 3.0 * second[0], "{first:?} {second:?}");
        // what nothing is known of is what most are
        assert!(none[2] > none[0] + none[1], "{none:?}");
    }
}
