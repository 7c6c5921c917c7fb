//! Which pieces of a sentence may be a part of a mention at all, told of all types at once.
//!
//! Most words are no mention's, and the models know it. Every labeling that has a span has a twin with O in its place. The
//! weights of the two differ by the span's own logits and by the steps into it, through it and out of it, so that the
//! probability of the span is at most the exponential of that. A piece that no span over the bound covers is O; as what
//! stands on both sides of an O is independent of each other in a linear chain, only the stretches between are read.

use std::ops::Range;

use super::chain::{BEGIN, INSIDE, LABELS, LOGIT_LIMIT, OUTSIDE, Transitions};
use super::table::{MODEL_TYPES, Sums, of_type};

/// Lanes of a vector: a type each, and some that are free.
const LANES: usize = 8;
const _: () = assert!(MODEL_TYPES.len() <= LANES);

/// A number for each type.
type Lanes = [f32; LANES];

/// What bounds the probability of spans from above, in log-odds, by type.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    scales: Lanes,
    enter: Lanes,
    stay: Lanes,
    leave: Lanes,
}

/// What reading a sentence needs again and again.
#[derive(Debug, Default)]
pub(crate) struct Passing {
    /// The logits of B and of I of each piece.
    begin: Vec<Lanes>,
    inside: Vec<Lanes>,
    /// The most that a span can reach which ends with the piece.
    reached: Vec<Lanes>,
    /// The types that each piece may be a part of a mention of, as bits.
    types: Vec<u8>,
}

/// The most log-odds that a span can have by itself over one step in, some through and one out.
fn bounds(transitions: &Transitions) -> (f32, f32, f32) {
    let Transitions { start, next } = transitions;
    let enter =
        next.iter().map(|row| row[BEGIN] - row[OUTSIDE]).fold(start[BEGIN] - start[OUTSIDE], f32::max);
    let stay = next[BEGIN][INSIDE].max(next[INSIDE][INSIDE]) - next[OUTSIDE][OUTSIDE];
    let steps = [BEGIN, INSIDE]
        .into_iter()
        .flat_map(|last| [OUTSIDE, BEGIN].map(|to| next[last][to] - next[OUTSIDE][to]));
    // a span that ends the sentence is left by no step
    (enter, stay, steps.fold(0.0, f32::max))
}

impl Gate {
    /// The gate of models, by type: what a quantised weight of one stands for, and the weights of steps.
    pub(crate) fn new<'t>(chains: impl Iterator<Item = Option<(f32, &'t Transitions)>>) -> Self {
        let zero = [0.0; LANES];
        let mut gate = Self { scales: zero, enter: [f32::NEG_INFINITY; LANES], stay: zero, leave: zero };
        for (at, (scale, transitions)) in chains.take(LANES).enumerate().filter_map(|(at, c)| Some((at, c?)))
        {
            gate.scales[at] = scale;
            (gate.enter[at], gate.stay[at], gate.leave[at]) = bounds(transitions);
        }
        gate
    }
}

impl Passing {
    /// Finds what each piece may be a part of: of spans whose probability may be `least_logarithm` or more.
    pub(crate) fn read(&mut self, gate: &Gate, sums: &[Sums], least_logarithm: f32) {
        self.begin.clear();
        self.inside.clear();
        self.reached.clear();
        self.types.clear();
        self.types.resize(sums.len(), 0);
        let mut open = [f32::NEG_INFINITY; LANES];
        for sums in sums {
            let (mut begin, mut inside) = ([0.0; LANES], [0.0; LANES]);
            for at in 0..MODEL_TYPES.len() {
                let [first, further] = of_type(sums, at);
                begin[at] = (f32::from(first) * gate.scales[at]).clamp(-LOGIT_LIMIT, LOGIT_LIMIT);
                inside[at] = (f32::from(further) * gate.scales[at]).clamp(-LOGIT_LIMIT, LOGIT_LIMIT);
            }
            for at in 0..LANES {
                open[at] = (gate.enter[at] + begin[at]).max(open[at] + gate.stay[at] + inside[at]);
            }
            self.begin.push(begin);
            self.inside.push(inside);
            self.reached.push(open);
        }
        let mut beyond = gate.leave;
        for (place, types) in self.types.iter_mut().enumerate().rev() {
            let (reached, inside) = (&self.reached[place], &self.inside[place]);
            for at in 0..LANES {
                *types |= u8::from(reached[at] + beyond[at] >= least_logarithm) << at;
                beyond[at] = gate.leave[at].max(beyond[at] + gate.stay[at] + inside[at]);
            }
        }
    }

    /// The types that anything may be a mention of, as bits.
    pub(crate) fn any(&self) -> u8 {
        self.types.iter().fold(0, |all, types| all | types)
    }

    /// Calls `take` with each longest stretch of pieces that may be parts of mentions of a type.
    pub(crate) fn each_stretch(&self, model_type: usize, mut take: impl FnMut(Range<usize>)) {
        let may = |types: &u8| types >> model_type & 1 == 1;
        let mut from = 0;
        while let Some(first) = self.types[from..].iter().position(may).map(|after| from + after) {
            let end =
                self.types[first..].iter().position(|t| !may(t)).map_or(self.types.len(), |n| first + n);
            take(first..end);
            from = end;
        }
    }

    /// The logits of a piece for a type.
    pub(crate) fn logits(&self, place: usize, model_type: usize) -> [f32; LABELS - 1] {
        [self.begin[place][model_type], self.inside[place][model_type]]
    }
}

#[cfg(test)]
mod tests {
    use super::super::chain::{Factors, Lattice};
    use super::super::table::SLOT_BYTES;
    use super::*;

    const WEIGHTS: Transitions =
        Transitions { start: [0.3, -0.2, 9.0], next: [[0.1, -0.4, 9.0], [-0.3, 0.2, 0.7], [0.5, -0.1, 0.4]] };

    fn sums(pairs: &[[i16; 2]]) -> Vec<Sums> {
        let one = |pair: &[i16; 2]| {
            let mut sums = [0; SLOT_BYTES];
            sums[SLOT_BYTES - 2 * MODEL_TYPES.len() + 2..][..2].copy_from_slice(pair);
            sums
        };
        pairs.iter().map(one).collect()
    }

    #[test]
    fn what_is_passed_over_is_less_likely_than_the_bound() {
        let gate = Gate::new([None, Some((0.1, &WEIGHTS))].into_iter());
        for shift in [-90, -60, -30, -10, 0, 20] {
            let pairs =
                [[5, -10], [15, 2], [-70, -60], [-7, 20], [1, 9]].map(|p| p.map(|sum: i16| sum + shift));
            let mut passing = Passing::default();
            passing.read(&gate, &sums(&pairs), 0.02_f32.ln());
            assert_eq!(passing.any() & !2, 0, "other types have no model");
            let mut lattice = Lattice::default();
            let logits: Vec<[f32; 2]> = (0..5).map(|place| passing.logits(place, 1)).collect();
            lattice.fill(&logits, &Factors::from(&WEIGHTS), &[]);
            lattice.spans(1e-9, |first, end, probability| {
                let passes = (first..end).all(|place| passing.types[place] == 2);
                assert!(passes || probability < 0.02, "{shift} {first} {end} {probability}");
            });
        }
    }

    #[test]
    fn stretches_are_the_longest() {
        let passing = Passing { types: vec![2, 2, 0, 1, 2, 3, 3], ..Passing::default() };
        let stretches = |of| {
            let mut all = Vec::new();
            passing.each_stretch(of, |stretch| all.push(stretch));
            all
        };
        assert_eq!(stretches(1), [0..2, 4..7]);
        assert_eq!(stretches(0), [3..4, 5..7]);
        assert_eq!(stretches(2), []);
        assert_eq!(passing.any(), 3);
    }
}
