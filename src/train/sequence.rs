//! Training of a sequence model by stochastic gradients.
//!
//! The gradient of the conditional likelihood is taken sentence by sentence; [`super::slot`] says how steps go. Crates for
//! optimisation (argmin, liblbfgs) step over the whole data at once: a hundred passes, where this takes ten. Where a corpus
//! leaves open what stands at a place, the sum over all labels that it allows is what is made likely.

use super::examples::{Examples, Sentence};
use super::slot::{Slot, Steps};
use crate::annotate::learning::{ANY_LABEL, BEGIN, Factors, INSIDE, LABELS, Lattice, OUTSIDE, Transitions};
use fastrand::Rng;

/// How training goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    /// How often all sentences are seen.
    pub passes: usize,
    /// How the steps go.
    pub steps: Steps,
    /// How often a sentence is seen without what the dictionary says.
    pub without_dictionary: f64,
    /// How often a sentence is seen without what several things say together, so that what each says by itself tells as much as
    /// it can: that decides where the rest is looked at.
    pub without_together: f64,
    /// How often a sentence is seen as if its rarer words had never been met, so that what is left says what it can of new ones.
    pub unmet: f64,
    /// The least places of features that are seen then.
    pub unmet_places_min: u32,
}

/// What is left out of a sentence for once.
#[derive(Clone, Copy)]
struct View<'c> {
    /// Whether what the dictionary says is seen.
    dictionary: bool,
    /// Whether what several things say together is seen.
    together: bool,
    /// The least places of features that are seen.
    places_min: u32,
    /// At how many places each feature stands.
    counts: &'c [u32],
}

impl View<'_> {
    /// The features of a piece that are seen.
    fn features<'s>(&'s self, sentence: &'s Sentence, at: usize) -> impl Iterator<Item = usize> + 's {
        let all = sentence.features(at, self.dictionary, self.together).map(|feature| feature as usize);
        all.filter(|feature| self.counts[*feature] >= self.places_min)
    }
}

/// Gradients that are smaller than this are not worth a step.
const GRADIENT_MIN: f32 = 1e-4;

/// The weights of one type: of B and I for each feature.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    /// By the number of the feature.
    pub features: Vec<[f32; 2]>,
    /// From label to label.
    pub transitions: Transitions,
}

/// What is trained.
struct State {
    features: Vec<[Slot; 2]>,
    start: [Slot; LABELS],
    next: [[Slot; LABELS]; LABELS],
    free: Lattice,
    bound: Lattice,
    logits: Vec<[f32; 2]>,
    /// Steps so far, one a sentence.
    count: f32,
}

/// Trains the model of the type at `of` on the sentences that teach it, each as often in a pass as `times` says.
pub(super) fn train(
    examples: &Examples,
    of: usize,
    schedule: &Schedule,
    times: impl Fn(&Sentence) -> usize,
) -> Weights {
    let mut own: Vec<&Sentence> = examples
        .sentences
        .iter()
        .filter(|sentence| sentence.labels[of].is_some())
        .flat_map(|sentence| std::iter::repeat_n(sentence, times(sentence)))
        .collect();
    let mut random = Rng::with_seed(7 + of as u64);
    let mut state = State {
        features: vec![[Slot::default(); 2]; examples.features.len()],
        start: [Slot::default(); LABELS],
        next: [[Slot::default(); LABELS]; LABELS],
        free: Lattice::default(),
        bound: Lattice::default(),
        logits: Vec::new(),
        count: 1.0,
    };
    for _ in 0..schedule.passes {
        random.shuffle(&mut own);
        for sentence in &own {
            let dictionary = random.f64() >= schedule.without_dictionary;
            let places_min = if random.f64() < schedule.unmet { schedule.unmet_places_min } else { 0 };
            let together = schedule.without_together <= 0.0 || random.f64() >= schedule.without_together;
            let view = View { dictionary, together, places_min, counts: &examples.counts };
            state.learn(sentence, of, view, schedule);
        }
    }
    state.average()
}

impl State {
    fn transitions(&self) -> Transitions {
        Transitions {
            start: self.start.map(|slot| slot.weight),
            next: self.next.map(|row| row.map(|slot| slot.weight)),
        }
    }

    fn learn(&mut self, sentence: &Sentence, of: usize, view: View<'_>, schedule: &Schedule) {
        let Some(labels) = &sentence.labels[of] else { return };
        if labels.iter().all(|mask| *mask == ANY_LABEL) {
            return;
        }
        self.logits.clear();
        for at in 0..sentence.len() {
            let mut sums = [0.0_f32; 2];
            for feature in view.features(sentence, at) {
                let slots = &self.features[feature];
                sums[0] += slots[0].weight;
                sums[1] += slots[1].weight;
            }
            self.logits.push(sums);
        }
        let factors = Factors::from(&self.transitions());
        self.free.run(&self.logits, &factors, &[]);
        self.bound.run(&self.logits, &factors, labels);
        self.count += 1.0;
        for at in 0..sentence.len() {
            let (free, bound) = (self.free.marginals(at), self.bound.marginals(at));
            let gradients = [bound[BEGIN] - free[BEGIN], bound[INSIDE] - free[INSIDE]];
            if gradients.iter().all(|gradient| gradient.abs() < GRADIENT_MIN) {
                continue;
            }
            for feature in view.features(sentence, at) {
                for (slot, gradient) in self.features[feature].iter_mut().zip(gradients) {
                    slot.step(gradient, schedule.steps, self.count);
                }
            }
        }
        self.learn_transitions(sentence.len(), schedule);
    }

    fn learn_transitions(&mut self, count: usize, schedule: &Schedule) {
        let (free, bound) = (self.free.marginals(0), self.bound.marginals(0));
        for label in [OUTSIDE, BEGIN] {
            self.start[label].step(bound[label] - free[label], schedule.steps, self.count);
        }
        let mut sums = [[0.0_f32; LABELS]; LABELS];
        for at in 1..count {
            let (free, bound) = (self.free.pair_marginals(at), self.bound.pair_marginals(at));
            for from in 0..LABELS {
                for to in 0..LABELS {
                    sums[from][to] += bound[from][to] - free[from][to];
                }
            }
        }
        for (from, row) in sums.iter().enumerate() {
            for (to, gradient) in row.iter().enumerate() {
                if (from, to) != (OUTSIDE, INSIDE) {
                    self.next[from][to].step(*gradient, schedule.steps, self.count);
                }
            }
        }
    }

    /// The average of the weights over all steps.
    fn average(&self) -> Weights {
        let mean = |slot: Slot| slot.mean(self.count);
        Weights {
            features: self.features.iter().map(|slots| slots.map(mean)).collect(),
            transitions: Transitions {
                start: self.start.map(mean),
                next: self.next.map(|row| row.map(mean)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rarer_features_and_the_dictionary_are_left_out_for_once() {
        // of two pieces, the first with two features of the text, one of the dictionary, and one of each by several things
        let sentence = Sentence::of_features(vec![[2, 3, 4, 5], [6, 6, 6, 6]], vec![0, 1, 2, 4, 3, 1]);
        let seen = |dictionary, together, places_min| -> Vec<Vec<usize>> {
            let view = View { dictionary, together, places_min, counts: &[3, 100, 40, 7, 9] };
            (0..2).map(|at| view.features(&sentence, at).collect()).collect()
        };
        assert_eq!(seen(true, true, 0), [vec![0, 1, 2, 4, 3], vec![1]]);
        assert_eq!(seen(false, true, 0), [vec![0, 1, 3], vec![1]]);
        assert_eq!(seen(true, false, 0), [vec![0, 1, 2], vec![1]]);
        assert_eq!(seen(false, false, 0), [vec![0, 1], vec![1]]);
        assert_eq!(seen(true, true, 40), [vec![1, 2], vec![1]]);
        assert!(seen(true, true, 101).concat().is_empty());
    }
}
