//! Which pieces of a sentence may be a part of a mention at all, told of all types at once.
//!
//! Most words are no mention's, and the models know it. Every labeling that has a span has a twin with O in its place. The
//! weights of the two differ by the span's own logits and by the steps into it, through it and out of it, so that the
//! probability of the span is at most the exponential of that. A piece that no span over the bound covers is O; as what
//! stands on both sides of an O is independent of each other in a linear chain, only the stretches between are read.

use std::ops::Range;

use wide::i16x8;

use super::chain::{BEGIN, INSIDE, LOGIT_LIMIT, OUTSIDE, Transitions};
use super::stretches::Marks;
use super::table::{FIRST_WEIGHT, MODEL_TYPES, ROW, SUM_LANES, Sums, place_in_row};

/// Lanes of a vector: some that are free, then one for each type.
const LANES: usize = 8;
/// The lane of the first type. The types' lanes end where their weights of B do among [`Sums`], and their weights of I, so
/// that both are read at once.
const FIRST_LANE: usize = LANES - MODEL_TYPES.len();
const BEGIN_END: usize = FIRST_WEIGHT + place_in_row(0, true);
const _: () = assert!(MODEL_TYPES.len() <= LANES && BEGIN_END >= LANES && FIRST_WEIGHT + ROW == SUM_LANES);
/// The types of all lanes, as bits.
const ALL_TYPES: u8 = (1 << MODEL_TYPES.len()) - 1;

/// A number for each type, in steps of its quantised weights.
pub(crate) type Lanes = i16x8;
/// What a step may weigh, either way, in steps of a quantised weight.
const STEP_LIMIT: f32 = 8_000.0;

/// What bounds the probability of spans from above, in log-odds, by type. It is reckoned in whole steps of the quantised
/// weights, rounded up, so that a vector has room for all types.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    /// What a step of a type's weights stands for; 0 for one without a model.
    scales: [f32; LANES],
    enter: Lanes,
    stay: Lanes,
    leave: Lanes,
    /// Sums below this count as this.
    lowest: Lanes,
}

/// What reading a sentence needs again and again.
#[derive(Debug, Default)]
pub(crate) struct Passing {
    /// The most that a span can reach which ends with the piece.
    reached: Vec<Lanes>,
    /// The types that each piece may be a part of a mention of, as bits.
    types: Marks,
    /// All types of the sentence.
    any: u8,
    /// The longest stretches of pieces that may be parts of mentions of any type.
    open: Vec<Range<usize>>,
}

/// The most log-odds that a span can have by itself over one step in, some through and one out.
fn bounds(transitions: &Transitions) -> [f32; 3] {
    let Transitions { start, next } = transitions;
    let enter =
        next.iter().map(|row| row[BEGIN] - row[OUTSIDE]).fold(start[BEGIN] - start[OUTSIDE], f32::max);
    let stay = next[BEGIN][INSIDE].max(next[INSIDE][INSIDE]) - next[OUTSIDE][OUTSIDE];
    let steps = [BEGIN, INSIDE]
        .into_iter()
        .flat_map(|last| [OUTSIDE, BEGIN].map(|to| next[last][to] - next[OUTSIDE][to]));
    // a span that ends the sentence is left by no step
    [enter, stay, steps.fold(0.0, f32::max)]
}

/// A bound from above as a whole number; one that is too large lets everything pass.
fn from_above(value: f32) -> i16 {
    if value > STEP_LIMIT { i16::MAX } else { value.max(-STEP_LIMIT).ceil() as i16 }
}

/// A bound from below as a whole number; one that is too small lets everything pass.
fn from_below(value: f32) -> i16 {
    if value < -STEP_LIMIT { i16::MIN } else { value.min(STEP_LIMIT).floor() as i16 }
}

/// The types whose lane is larger in one than in the other, as bits.
#[inline]
fn larger(one: Lanes, other: Lanes) -> u8 {
    (one.simd_gt(other).to_bitmask() >> FIRST_LANE) as u8
}

impl Gate {
    /// The gate of models, by type: what a quantised weight of one stands for, and the weights of steps.
    pub(crate) fn new<'t>(chains: impl Iterator<Item = Option<(f32, &'t Transitions)>>) -> Self {
        let mut scales = [0.0; LANES];
        // what stands in a lane without a model means nothing
        let [mut enter, mut stay, mut leave, mut lowest] = [[i16::MIN; LANES]; 4];
        let own = (FIRST_LANE..LANES).zip(chains);
        for (at, (scale, transitions)) in own.filter_map(|(at, chain)| Some((at, chain?))) {
            scales[at] = scale;
            [enter[at], stay[at], leave[at]] = bounds(transitions).map(|bound| from_above(bound / scale));
            lowest[at] = from_above(-LOGIT_LIMIT / scale);
        }
        let [enter, stay, leave, lowest] = [enter, stay, leave, lowest].map(Lanes::new);
        Self { scales, enter, stay, leave, lowest }
    }

    /// What spans must have more than whose probability may have that logarithm.
    pub(crate) fn least(&self, logarithm: f32) -> Lanes {
        let least = |scale| if scale > 0.0 { from_below(logarithm / scale - 1.0) } else { i16::MAX };
        Lanes::new(self.scales.map(least))
    }

    /// The sums of B, by type.
    #[inline]
    fn begin(&self, sums: &Sums) -> Lanes {
        Lanes::new(std::array::from_fn(|at| sums[BEGIN_END - LANES + at])).max(self.lowest)
    }

    /// The sums of I, by type.
    #[inline]
    fn inside(&self, sums: &Sums) -> Lanes {
        Lanes::new(std::array::from_fn(|at| sums[SUM_LANES - LANES + at])).max(self.lowest)
    }
}

impl Passing {
    /// Finds what each piece may be a part of: of spans that may have more than `least` ([`Gate::least`]).
    pub(crate) fn read(&mut self, gate: &Gate, sums: &[Sums], least: Lanes) {
        self.types.fill(sums.len(), ALL_TYPES);
        self.read_again(gate, sums, least);
    }

    /// The same when the sums of the pieces have changed that may be a part of something; the others cannot any more.
    pub(crate) fn read_again(&mut self, gate: &Gate, sums: &[Sums], least: Lanes) {
        let mut reach = Lanes::splat(i16::MIN);
        let mut highest = reach;
        self.reached.resize(sums.len(), reach);
        for (reached, sums) in self.reached.iter_mut().zip(sums) {
            let began = gate.enter.saturating_add(gate.begin(sums));
            reach = reach.saturating_add(gate.stay).saturating_add(gate.inside(sums)).max(began);
            highest = highest.max(reach);
            *reached = reach;
        }
        let (mut beyond, mut any) = (gate.leave, 0);
        let pieces = self.types.bits_mut().iter_mut().zip(&self.reached).zip(sums);
        for ((types, reached), sums) in pieces.rev() {
            *types &= larger(reached.saturating_add(beyond), least);
            any |= *types;
            beyond = beyond.saturating_add(gate.stay).saturating_add(gate.inside(sums)).max(gate.leave);
            highest = highest.max(beyond);
        }
        if highest.reduce_max() == i16::MAX {
            // what came to the end of the numbers bounds nothing
            self.types.fill(sums.len(), ALL_TYPES);
            any = ALL_TYPES;
        }
        self.any = any;
        self.open.clear();
        if any != 0 {
            self.types.each_stretch(u8::MAX, |stretch| self.open.push(stretch));
        }
    }

    /// The longest stretches of pieces that may be parts of mentions of any type.
    pub(crate) fn open(&self) -> &[Range<usize>] {
        &self.open
    }

    /// The types that anything may be a mention of, as bits.
    pub(crate) const fn any(&self) -> u8 {
        self.any
    }

    /// Calls `take` with each longest stretch of pieces that may be parts of mentions of a type.
    pub(crate) fn each_stretch(&self, model_type: usize, take: impl FnMut(Range<usize>)) {
        self.types.each_stretch(1 << model_type, take);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::chain::{Factors, Lattice};
    use super::*;

    const WEIGHTS: Transitions =
        Transitions { start: [0.3, -0.2, 9.0], next: [[0.1, -0.4, 9.0], [-0.3, 0.2, 0.7], [0.5, -0.1, 0.4]] };

    fn logits(sums: &[Sums], scale: f32) -> Vec<[f32; 2]> {
        let logit = |sums: &Sums, inside| f32::from(sums[FIRST_WEIGHT + place_in_row(1, inside)]) * scale;
        sums.iter().map(|sums| [false, true].map(|inside| logit(sums, inside))).collect()
    }

    fn sums(pairs: &[[i16; 2]]) -> Vec<Sums> {
        let one = |pair: &[i16; 2]| {
            let mut sums = [77; SUM_LANES];
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
            let sums = sums(&pairs);
            passing.read(&gate, &sums, gate.least(0.02_f32.ln()));
            assert_eq!(passing.any() & !2, 0, "other types have no model");
            let mut lattice = Lattice::default();
            lattice.run(&logits(&sums, 0.1), &Factors::from(&WEIGHTS), &[]);
            lattice.spans(1e-9, |first, end, probability| {
                let passes = (first..end).all(|place| passing.types.bits()[place] == 2);
                assert!(passes || probability < 0.02, "{shift} {first} {end} {probability}");
            });
        }
    }

    proptest! {
        #[test]
        fn no_span_that_is_likely_enough_is_passed_over(
            pairs in prop::collection::vec(prop::array::uniform2(-400_i16..300), 1..30),
            shift in -200_i16..100,
            scale in prop::sample::select(vec![0.01_f32, 0.04, 0.3]),
            least in prop::sample::select(vec![0.01_f32, 0.025, 0.5]),
        ) {
            let gate = Gate::new([None, Some((scale, &WEIGHTS))].into_iter());
            let sums = sums(&pairs.iter().map(|pair| pair.map(|sum| sum + shift)).collect::<Vec<_>>());
            let mut passing = Passing::default();
            passing.read(&gate, &sums, gate.least(least.ln()));
            let mut lattice = Lattice::default();
            lattice.run(&logits(&sums, scale), &Factors::from(&WEIGHTS), &[]);
            lattice.spans(least * 1.001, |first, end, _| {
                assert!((first..end).all(|place| passing.types.bits()[place] == 2), "{first} {end}");
            });
        }
    }

    #[test]
    fn sums_beyond_the_numbers_let_all_pass() {
        let gate = Gate::new([None, Some((0.001, &WEIGHTS))].into_iter());
        let sums = sums(&[[20_000, 20_000], [20_000, 20_000], [-32_000, -32_000], [-32_000, 20_000]]);
        let mut passing = Passing::default();
        passing.read(&gate, &sums, gate.least(0.02_f32.ln()));
        assert_eq!(passing.open(), std::slice::from_ref(&(0..4)));
    }

    #[test]
    fn larger_lanes_are_told_by_their_types() {
        let one: [i16; LANES] = std::array::from_fn(|at| at as i16);
        let mut other = one;
        other[FIRST_LANE] -= 1;
        other[LANES - 1] -= 1;
        other[0] -= 1;
        let [one, other] = [one, other].map(Lanes::new);
        assert_eq!(larger(one, other), 1 | 1 << (MODEL_TYPES.len() - 1));
        assert_eq!(larger(other, one), 0);
    }
}
