//! Which pieces of a sentence may be a part of a mention at all, told of all types at once.
//!
//! Most words are no mention's, and the models know it. Every labeling that has a span has a twin with O in its place. The
//! weights of the two differ by the span's own logits and by the steps into it, through it and out of it, so that the
//! probability of the span is at most the exponential of that. A piece that no span over the bound covers is O; as what
//! stands on both sides of an O is independent of each other in a linear chain, only the stretches between are read.

use std::ops::Range;

use wide::i16x8;

use super::block::Sentence;
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

/// What reading sentences needs again and again. They stand in a row with places between ([`super::block`]), which are no part of anything.
#[derive(Debug, Default)]
pub(crate) struct Passing {
    /// The most that a span can reach which ends with the piece.
    reached: Vec<Lanes>,
    /// The most that a span can have behind each piece, of the first reading.
    beyond: Vec<Lanes>,
    /// The most of both by sentence, of the first reading.
    highest: Vec<Lanes>,
    /// The types that each piece may be a part of a mention of, as bits.
    types: Marks,
    /// All types of the sentences.
    any: u8,
    /// The longest stretches of pieces that may be parts of mentions of any type, of the first reading.
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

/// Whether any number came to the end of the numbers.
#[inline]
fn is_at_end(highest: Lanes) -> bool {
    highest.simd_eq(Lanes::splat(i16::MAX)).to_bitmask() != 0
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

    /// The most that a span can have from a piece on that is not its first, by the most behind it.
    #[inline]
    fn beyond(&self, behind: Lanes, sums: &Sums) -> Lanes {
        behind.saturating_add(self.stay).saturating_add(self.inside(sums)).max(self.leave)
    }
}

impl Passing {
    /// Finds what each piece may be a part of: of spans that may have more than `least` ([`Gate::least`]).
    pub(crate) fn read(&mut self, gate: &Gate, sums: &[Sums], sentences: &[Sentence], least: Lanes) {
        let lowest = Lanes::splat(i16::MIN);
        // what was there before is overwritten
        self.reached.resize(self.reached.len().max(sums.len()), lowest);
        self.beyond.resize(self.beyond.len().max(sums.len()), lowest);
        self.types.resize(sums.len());
        self.highest.clear();
        self.any = 0;
        let mut behind = 0;
        for Sentence { places, .. } in sentences {
            self.types.bits_mut()[behind..places.start].fill(0);
            behind = places.end;
            let (highest, any) = self.pass::<false>(gate, sums, least, (places, places.clone()));
            self.highest.push(highest);
            self.any |= any;
            self.bound(highest, places);
        }
        self.types.bits_mut()[behind..].fill(0);
        self.open.clear();
        if self.any != 0 {
            self.types.each_stretch(u8::MAX, |stretch| self.open.push(stretch));
        }
    }

    /// The same when the sums of the pieces have changed that may be a part of something; the others cannot any more.
    pub(crate) fn read_again(&mut self, gate: &Gate, sums: &[Sums], sentences: &[Sentence], least: Lanes) {
        self.any = 0;
        let mut next = 0;
        for (at, Sentence { places, .. }) in sentences.iter().enumerate() {
            let open = self.open[next..].iter().take_while(|stretch| stretch.start < places.end);
            let first = next;
            next += open.count();
            if let [first, ..] = &self.open[first..next] {
                let changed = first.start..self.open[next - 1].end;
                self.read_changed(gate, sums, (at, places), changed, least);
            }
        }
    }

    /// The same of one of the sentences.
    #[inline]
    fn read_changed(
        &mut self,
        gate: &Gate,
        sums: &[Sums],
        (at, places): (usize, &Range<usize>),
        changed: Range<usize>,
        least: Lanes,
    ) {
        let last_before = self.reached[changed.end - 1];
        let before = Some(changed.start).filter(|start| *start > places.start).map(|start| start - 1);
        let (mut highest, mut any) = self.pass::<true>(gate, sums, least, (places, changed.clone()));
        // what spans reach behind all changes has grown by no more than it has at their end
        let grown = self.reached[changed.end - 1].saturating_sub(last_before).max(Lanes::ZERO);
        let all = self.highest[at];
        highest = highest.max(all.saturating_add(grown));
        if let Some(before) = before {
            let beyond = gate.beyond(self.beyond[changed.start], &sums[changed.start]);
            let grown = beyond.saturating_sub(self.beyond[before]).max(Lanes::ZERO);
            highest = highest.max(all.saturating_add(grown));
        }
        if is_at_end(highest) {
            (highest, any) = self.pass::<true>(gate, sums, least, (places, places.clone()));
        }
        self.any |= any;
        self.bound(highest, places);
    }

    /// Finds what the pieces of a part of a sentence may be a part of, from what was found of those beside it, and gives the most that
    /// any number was, and all types. `AGAIN`: of what each was found to be before.
    #[inline]
    fn pass<const AGAIN: bool>(
        &mut self,
        gate: &Gate,
        sums: &[Sums],
        least: Lanes,
        (sentence, part): (&Range<usize>, Range<usize>),
    ) -> (Lanes, u8) {
        let Self { reached, beyond: behind, types, .. } = self;
        let mut highest = Lanes::splat(i16::MIN);
        let mut reach = if part.start > sentence.start { reached[part.start - 1] } else { highest };
        let mut beyond = if part.end < sentence.end { behind[part.end - 1] } else { gate.leave };
        let sums = &sums[part.clone()];
        for (reached, sums) in reached[part.clone()].iter_mut().zip(sums) {
            let began = gate.enter.saturating_add(gate.begin(sums));
            reach = reach.saturating_add(gate.stay).saturating_add(gate.inside(sums)).max(began);
            highest = highest.max(reach);
            *reached = reach;
        }
        let mut any = 0;
        let pieces = types.bits_mut()[part.clone()].iter_mut().zip(&reached[part.clone()]);
        let pieces = pieces.zip(behind[part].iter_mut().zip(sums));
        for ((types, reached), (behind, sums)) in pieces.rev() {
            let own = larger(reached.saturating_add(beyond), least);
            *types = if AGAIN { *types & own } else { own };
            any |= *types;
            *behind = beyond;
            beyond = gate.beyond(beyond, sums);
            highest = highest.max(beyond);
        }
        (highest, any)
    }

    /// What came to the end of the numbers bounds nothing.
    #[inline]
    fn bound(&mut self, highest: Lanes, sentence: &Range<usize>) {
        if is_at_end(highest) {
            self.types.bits_mut()[sentence.clone()].fill(ALL_TYPES);
            self.any = ALL_TYPES;
        }
    }

    /// The longest stretches of pieces that may be parts of mentions of any type, by the first reading.
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
            passing.read(&gate, &sums, &whole(&sums), gate.least(0.02_f32.ln()));
            assert_eq!(passing.any() & !2, 0, "other types have no model");
            let mut lattice = Lattice::default();
            let factors = Factors::from(&WEIGHTS);
            lattice.run(&logits(&sums, 0.1), &factors, &[]);
            lattice.spans(&factors, 1e-9, |first, end, probability| {
                let passes = (first..end).all(|place| passing.types.bits()[place] == 2);
                assert!(passes || probability < 0.02, "{shift} {first} {end} {probability}");
            });
        }
    }

    /// A sentence of all of some pieces.
    fn whole(sums: &[Sums]) -> [Sentence; 1] {
        [Sentence { pieces: 0..sums.len(), places: 0..sums.len() }]
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
            passing.read(&gate, &sums, &whole(&sums), gate.least(least.ln()));
            let mut lattice = Lattice::default();
            let factors = Factors::from(&WEIGHTS);
            lattice.run(&logits(&sums, scale), &factors, &[]);
            lattice.spans(&factors, least * 1.001, |first, end, _| {
                assert!((first..end).all(|place| passing.types.bits()[place] == 2), "{first} {end}");
            });
        }
    }

    proptest! {
        #[test]
        fn what_is_read_again_is_what_is_read_anew_of_what_was_open(
            pairs in prop::collection::vec(prop::array::uniform2(-120_i16..60), 1..90),
            changes in prop::collection::vec(-60_i16..60, 90),
            most in prop::sample::select(vec![0_i16, 0, 31_000]),
        ) {
            let gate = Gate::new([None, Some((0.1, &WEIGHTS))].into_iter());
            let [alone, least] = [0.2_f32, 0.05].map(|least| gate.least(least.ln()));
            let mut passing = Passing::default();
            let before = sums(&pairs);
            passing.read(&gate, &before, &whole(&before), alone);
            let types_before = passing.types.bits().to_vec();
            let mut changed = pairs;
            for (at, pair) in changed.iter_mut().enumerate().filter(|(at, _)| types_before[*at] != 0) {
                *pair = pair.map(|sum| sum + changes[at] + most);
            }
            let (changed, sentences) = (sums(&changed), whole(&before));
            passing.read_again(&gate, &changed, &sentences, least);
            let mut anew = Passing::default();
            anew.read(&gate, &changed, &sentences, least);
            // what came to the end of the numbers lets all pass
            let is_beyond = is_at_end(anew.highest[0]) && types_before.iter().any(|types| *types != 0);
            let expected = types_before.iter().zip(anew.types.bits());
            let expected: Vec<u8> = expected
                .map(|(before, anew)| if is_beyond { ALL_TYPES } else { before & anew })
                .collect();
            prop_assert_eq!(passing.types.bits(), expected);
        }
    }

    #[test]
    fn sums_beyond_the_numbers_let_all_pass() {
        let gate = Gate::new([None, Some((0.001, &WEIGHTS))].into_iter());
        let sums = sums(&[[20_000, 20_000], [20_000, 20_000], [-32_000, -32_000], [-32_000, 20_000]]);
        let mut passing = Passing::default();
        passing.read(&gate, &sums, &whole(&sums), gate.least(0.02_f32.ln()));
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
