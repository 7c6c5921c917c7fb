//! Which pieces of a sentence may be a part of a mention at all, told of all types at once.
//!
//! Most words are no mention's, and the models know it. Every labeling that has a span has a twin with O in its place. The
//! weights of the two differ by the span's own logits and by the steps into it, through it and out of it, so that the
//! probability of the span is at most the exponential of that. A piece that no span over the bound covers is O; as what
//! stands on both sides of an O is independent of each other in a linear chain, only the stretches between are read.

use std::ops::Range;

use super::chain::{BEGIN, INSIDE, LABELS, LOGIT_LIMIT, OUTSIDE, Transitions};
use super::table::{FIRST_WEIGHT, MODEL_TYPES, ROW, SLOT_BYTES, Sums, place_in_row};

/// Lanes of a vector: some that are free, then one for each type.
const LANES: usize = 8;
/// The lane of the first type. The types' lanes end where their weights of B do among [`Sums`], and their weights of I, so
/// that both are read at once.
const FIRST_LANE: usize = LANES - MODEL_TYPES.len();
const BEGIN_END: usize = FIRST_WEIGHT + place_in_row(0, true);
const _: () = assert!(MODEL_TYPES.len() <= LANES && BEGIN_END >= LANES && FIRST_WEIGHT + ROW == SLOT_BYTES);

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
    logits: Vec<[Lanes; 2]>,
    /// The most that a span can reach which ends with the piece.
    reached: Vec<Lanes>,
    /// The types that each piece may be a part of a mention of, as bits.
    types: Vec<u8>,
    /// The longest stretches of pieces that may be parts of mentions of any type.
    open: Vec<Range<usize>>,
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
        let own = (FIRST_LANE..LANES).zip(chains);
        for (at, (scale, transitions)) in own.filter_map(|(at, chain)| Some((at, chain?))) {
            gate.scales[at] = scale;
            (gate.enter[at], gate.stay[at], gate.leave[at]) = bounds(transitions);
        }
        gate
    }

    /// The logits of B and of I by type.
    fn logits(&self, sums: &Sums) -> [Lanes; 2] {
        let from = |first: usize| -> Lanes {
            std::array::from_fn(|at| f32::from(sums[first + at]) * self.scales[at])
        };
        let (begin, inside) = (from(BEGIN_END - LANES), from(SLOT_BYTES - LANES));
        [begin, inside].map(|lanes| lanes.map(|logit| logit.clamp(-LOGIT_LIMIT, LOGIT_LIMIT)))
    }
}

impl Passing {
    /// Finds what each piece may be a part of: of spans whose probability may have `least_logarithm` or more.
    pub(crate) fn read(&mut self, gate: &Gate, sums: &[Sums], least_logarithm: f32) {
        self.types.clear();
        self.types.resize(sums.len(), u8::MAX);
        self.logits.clear();
        self.logits.extend(sums.iter().map(|sums| gate.logits(sums)));
        self.sweep(gate, least_logarithm);
    }

    /// The same when the sums of the pieces have changed that may be a part of something; the others cannot any more.
    pub(crate) fn read_again(&mut self, gate: &Gate, sums: &[Sums], least_logarithm: f32) {
        for (place, sums) in sums.iter().enumerate() {
            if self.types[place] != 0 {
                self.logits[place] = gate.logits(sums);
            }
        }
        self.sweep(gate, least_logarithm);
    }

    fn sweep(&mut self, gate: &Gate, least_logarithm: f32) {
        self.reached.clear();
        let mut open = [f32::NEG_INFINITY; LANES];
        self.reached.extend(self.logits.iter().map(|[begin, inside]| {
            open = std::array::from_fn(|at| {
                let (began, went_on) = (gate.enter[at] + begin[at], open[at] + gate.stay[at] + inside[at]);
                if began > went_on { began } else { went_on }
            });
            open
        }));
        let mut beyond = gate.leave;
        for (place, types) in self.types.iter_mut().enumerate().rev() {
            let (reached, [_, inside]) = (&self.reached[place], &self.logits[place]);
            let reaches: [bool; LANES] =
                std::array::from_fn(|at| reached[at] + beyond[at] >= least_logarithm);
            if reaches != [false; LANES] {
                let of_types = reaches[FIRST_LANE..].iter().enumerate();
                let bits = of_types.map(|(at, reaches)| u8::from(*reaches) << at);
                *types &= bits.fold(0, |all, bit| all | bit);
            } else {
                *types = 0;
            }
            beyond = std::array::from_fn(|at| {
                let further = beyond[at] + gate.stay[at] + inside[at];
                if further > gate.leave[at] { further } else { gate.leave[at] }
            });
        }
        self.open.clear();
        stretches(&self.types, 0..self.types.len(), u8::MAX, |stretch| self.open.push(stretch));
    }

    /// The pieces that may be parts of mentions of any type.
    pub(crate) fn open(&self) -> impl Iterator<Item = usize> {
        self.open.iter().cloned().flatten()
    }

    /// The types that anything may be a mention of, as bits.
    pub(crate) fn any(&self) -> u8 {
        self.open().fold(0, |all, place| all | self.types[place])
    }

    /// Calls `take` with each longest stretch of pieces that may be parts of mentions of a type.
    pub(crate) fn each_stretch(&self, model_type: usize, mut take: impl FnMut(Range<usize>)) {
        self.open.iter().for_each(|open| stretches(&self.types, open.clone(), 1 << model_type, &mut take));
    }

    /// The logits of a piece for a type.
    pub(crate) fn logits(&self, place: usize, model_type: usize) -> [f32; LABELS - 1] {
        self.logits[place].map(|logits| logits[FIRST_LANE + model_type])
    }
}

/// Calls `take` with each longest stretch of pieces of some that have one of `wanted`.
fn stretches(types: &[u8], within: Range<usize>, wanted: u8, mut take: impl FnMut(Range<usize>)) {
    let may = |types: &u8| types & wanted != 0;
    let mut from = within.start;
    while let Some(first) = types[from..within.end].iter().position(may).map(|after| from + after) {
        let end = types[first..within.end].iter().position(|t| !may(t)).map_or(within.end, |n| first + n);
        take(first..end);
        from = end;
    }
}

#[cfg(test)]
mod tests {
    use super::super::chain::{Factors, Lattice};
    use super::*;

    const WEIGHTS: Transitions =
        Transitions { start: [0.3, -0.2, 9.0], next: [[0.1, -0.4, 9.0], [-0.3, 0.2, 0.7], [0.5, -0.1, 0.4]] };

    fn sums(pairs: &[[i16; 2]]) -> Vec<Sums> {
        let one = |pair: &[i16; 2]| {
            let mut sums = [77; SLOT_BYTES];
            sums[FIRST_WEIGHT + place_in_row(1, false)] = pair[0];
            sums[FIRST_WEIGHT + place_in_row(1, true)] = pair[1];
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
        let open = vec![0..2, 3..7];
        let passing = Passing { types: vec![2, 2, 0, 1, 2, 3, 3], open, ..Passing::default() };
        assert_eq!(passing.open().collect::<Vec<_>>(), [0, 1, 3, 4, 5, 6]);
        let stretches = |of| {
            let mut all = Vec::new();
            passing.each_stretch(of, |stretch| all.push(stretch));
            all
        };
        assert_eq!(stretches(1), [0..2, 4..7]);
        assert_eq!(stretches(0), [3..4, 5..7]);
        assert!(stretches(2).is_empty());
        assert_eq!(passing.any(), 3);
    }
}
