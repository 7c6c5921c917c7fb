//! Training of the model that tells kinds of names by the spelling of their words.

use rustc_hash::FxHashMap;

use crate::annotate::learning::common_words;
use crate::annotate::learning::spelling::{
    KINDS, PLAIN, ROW_BYTES, ROWS, SCALE, Spelling, each_part, kind, probabilities,
};
use crate::catalog::Catalog;
use crate::text::FoldedText;
use fastrand::Rng;

/// How often all words are seen.
const PASSES: usize = 3;
/// How far the first step of a weight goes.
const RATE: f32 = 0.3;
/// Words of plain English count as those of so many names.
const PLAIN_COUNT: u32 = 20;
/// What a word of a text counts for, as a part of no name.
const TEXT_COUNT: u32 = 1;

/// A word with how many names of each kind have it.
struct Example {
    word: String,
    shares: [f32; KINDS],
    weight: f32,
}

/// Trains on the words of all names of a catalog that are looked for in texts, and on words of English. `plain` are words
/// of texts that stand in no mention.
pub(super) fn train(catalog: &Catalog, plain: impl Iterator<Item = String>) -> Spelling {
    let mut examples = examples(catalog, plain);
    let mut weights = vec![[0.0_f32; KINDS]; ROWS];
    let mut squares = vec![0.0_f32; ROWS];
    let mut random = Rng::with_seed(3);
    let mut parts = Vec::new();
    for _ in 0..PASSES {
        random.shuffle(&mut examples);
        for example in &examples {
            parts.clear();
            each_part(&example.word, |part| parts.push(part));
            let mut logits = [0.0; KINDS];
            for part in &parts {
                logits.iter_mut().zip(&weights[*part]).for_each(|(logit, weight)| *logit += weight);
            }
            let found = probabilities(logits);
            let gradients: [f32; KINDS] =
                std::array::from_fn(|at| (example.shares[at] - found[at]) * example.weight);
            let square: f32 = gradients.iter().map(|gradient| gradient * gradient).sum();
            for part in &parts {
                squares[*part] += square;
                let rate = RATE / (squares[*part].sqrt() + 1.0);
                weights[*part]
                    .iter_mut()
                    .zip(gradients)
                    .for_each(|(weight, gradient)| *weight += rate * gradient);
            }
        }
    }
    let mut bytes = Vec::with_capacity(ROWS * ROW_BYTES);
    for row in weights {
        bytes.extend(row.map(quantised));
        bytes.push(0);
    }
    Spelling::new(std::borrow::Cow::Owned(bytes))
}

fn quantised(weight: f32) -> u8 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range")]
    let whole = (weight / SCALE).round().clamp(-127.0, 127.0) as i8;
    whole.to_le_bytes()[0]
}

fn examples(catalog: &Catalog, plain: impl Iterator<Item = String>) -> Vec<Example> {
    let mut counts: FxHashMap<String, [u32; KINDS]> = FxHashMap::default();
    let mut folded = FoldedText::new();
    for entity in catalog.indices() {
        let own = kind(catalog.entity_type(entity));
        for (_, name) in catalog.names_of(entity) {
            folded.fold(name);
            for at in 0..folded.tokens().len() {
                let word = folded.folded(at);
                if word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
                    match counts.get_mut(word) {
                        Some(counts) => counts[own] += 1,
                        None => counts.entry(word.to_owned()).or_default()[own] += 1,
                    }
                }
            }
        }
    }
    for word in common_words() {
        counts.entry(word.to_owned()).or_default()[PLAIN] += PLAIN_COUNT;
    }
    for word in plain {
        counts.entry(word).or_default()[PLAIN] += TEXT_COUNT;
    }
    let mut examples: Vec<Example> = counts.into_iter().map(|(word, counts)| example(word, counts)).collect();
    examples.sort_unstable_by(|one, other| one.word.cmp(&other.word));
    examples
}

#[expect(clippy::cast_precision_loss, reason = "counts of names")]
fn example(word: String, counts: [u32; KINDS]) -> Example {
    // many names of one kind say little more than some
    let logs = counts.map(|count| (count as f32).ln_1p());
    let sum: f32 = logs.iter().sum();
    Example { word, shares: logs.map(|log| log / sum), weight: sum.min(3.0) / 3.0 + 0.3 }
}
