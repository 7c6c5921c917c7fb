//! The linear chain of one type over one sentence: labels O, B and I, forward-backward, and the probabilities of spans.
//!
//! The model is a linear-chain conditional random field (Lafferty, McCallum and Pereira, 2001). Weights of O are zero, as
//! only differences count. Sums are kept in the linear domain and scaled at every place (Rabiner, 1989), so that nothing
//! overflows whatever the length.

use wide::f32x4;

/// How many labels there are: O, B and I.
pub(crate) const LABELS: usize = 3;
/// Outside of any mention.
pub(crate) const OUTSIDE: usize = 0;
/// The first piece of a mention.
pub(crate) const BEGIN: usize = 1;
/// A further piece of a mention.
pub(crate) const INSIDE: usize = 2;
/// A place where any label may stand, as bits.
pub(crate) const ANY_LABEL: u8 = 0b111;

/// Logits beyond this are cut, which keeps their exponentials finite.
pub(crate) const LOGIT_LIMIT: f32 = 30.0;

/// The weights of going from one label to the next, in log-odds. From O to I, and from the start to I, is impossible.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Transitions {
    /// Beginning with O, B, I; the last is not used.
    pub start: [f32; LABELS],
    /// From the first index to the second.
    pub next: [[f32; LABELS]; LABELS],
}

/// A number for each label, and one that is zero, so that those of all labels are reckoned at once.
type Lanes = [f32; LABELS + 1];

fn lanes(labels: [f32; LABELS]) -> Lanes {
    let [outside, begin, inside] = labels;
    [outside, begin, inside, 0.0]
}

/// The factors of the labels at a place: what their logits are exponentials of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Emission(Lanes);

impl Emission {
    /// Of a place that is no part of a mention.
    pub(crate) const OUTSIDE: Self = Self([1.0, 0.0, 0.0, 0.0]);

    /// Of a place with those logits of B and I, where the labels of `mask` may stand.
    fn of(logit: [f32; LABELS - 1], mask: u8) -> Self {
        let may = |label: usize| mask >> label & 1 == 1;
        let factor = |label: usize| if may(label) { factor_of(logit[label - 1]) } else { 0.0 };
        Self(lanes([if may(OUTSIDE) { 1.0 } else { 0.0 }, factor(BEGIN), factor(INSIDE)]))
    }
}

fn factor_of(logit: f32) -> f32 {
    logit.clamp(-LOGIT_LIMIT, LOGIT_LIMIT).exp()
}

/// The factors of a type's labels by the sums of quantised weights that their logits are, all that are not beyond [`LOGIT_LIMIT`].
#[derive(Debug, Clone)]
pub(crate) struct SumFactors {
    factors: Vec<f32>,
    /// The place of the sum 0.
    zero: i32,
}

impl SumFactors {
    /// Those of a type whose quantised weights stand for that.
    pub(crate) fn new(scale: f32) -> Self {
        // one more than are within the limit, as the last is that of all beyond
        let steps = (LOGIT_LIMIT / scale.abs()).ceil().min(-f32::from(i16::MIN));
        let zero = steps as i32 + 1;
        let logit = |sum: i32| (sum.clamp(i16::MIN.into(), i16::MAX.into()) as i16, scale);
        let factor = |(sum, scale): (i16, f32)| factor_of(f32::from(sum) * scale);
        Self { factors: (-zero..=zero).map(logit).map(factor).collect(), zero }
    }

    fn of(&self, sum: i16) -> f32 {
        let place = (i32::from(sum) + self.zero).clamp(0, 2 * self.zero);
        self.factors.get(place as usize).copied().unwrap_or_default()
    }

    /// Of a place with those sums of B and I, where all labels may stand.
    #[inline]
    pub(crate) fn emission(&self, begin: i16, inside: i16) -> Emission {
        Emission(lanes([1.0, self.of(begin), self.of(inside)]))
    }
}

/// The factors of [`Transitions`]: their exponentials, zero where a step is impossible.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Factors {
    start: Lanes,
    /// From a place that can only be O, with nothing before it but such.
    outside: Lanes,
    /// From the first index to the second.
    next: [Lanes; LABELS],
    /// To the first index from the second.
    back: [Lanes; LABELS],
}

impl From<&Transitions> for Factors {
    fn from(transitions: &Transitions) -> Self {
        let mut start = transitions.start.map(f32::exp);
        let mut next = transitions.next.map(|row| row.map(f32::exp));
        start[INSIDE] = 0.0;
        next[OUTSIDE][INSIDE] = 0.0;
        let back = std::array::from_fn(|to| lanes(next.map(|row| row[to])));
        let mut own = Self { start: lanes(start), outside: [0.0; LABELS + 1], next: next.map(lanes), back };
        // as the sums themselves would come to it
        let mut lattice = Lattice::default();
        own.outside = lattice.run_forward(std::iter::once(Emission::OUTSIDE), &own, own.start).to_array();
        own
    }
}

/// What is summed up at one place.
#[derive(Debug, Clone, Copy)]
struct Place {
    emission: Lanes,
    forward: Lanes,
    backward: Lanes,
    scale: f32,
}

/// What keeps the sums of a place near 1.
#[inline]
fn scale_of(sums: f32x4) -> f32 {
    let [outside, begin, inside, _] = sums.to_array();
    (outside + begin + inside).max(f32::MIN_POSITIVE)
}

/// The forward and backward sums over one sentence. Kept and refilled, so that nothing is allocated in the long run.
#[derive(Debug, Default)]
pub(crate) struct Lattice {
    places: Vec<Place>,
    factors: Factors,
}

impl Lattice {
    /// Sums over all labelings of a sentence whose pieces have those logits of B and I. `allowed` says, as bits, which
    /// labels may stand at each place; empty: all. Gives the logarithm of the whole sum.
    pub(crate) fn run(&mut self, logits: &[[f32; 2]], factors: &Factors, allowed: &[u8]) -> f64 {
        let allowed = allowed.iter().copied().chain(std::iter::repeat(ANY_LABEL));
        let pieces = logits.iter().zip(allowed).map(|(logit, mask)| Emission::of(*logit, mask));
        self.factors = *factors;
        self.run_forward(pieces, factors, factors.start);
        self.run_backward(factors);
        self.places.iter().fold(0.0, |total, place| total + f64::from(place.scale).ln())
    }

    /// [`Lattice::run`] without the whole sum, of a part of a sentence. `begins` and `ends` say whether the part begins and ends the
    /// sentence; where it does not, a piece stands beside it that is O, and the one behind counts among the places.
    pub(crate) fn read(
        &mut self,
        pieces: impl Iterator<Item = Emission>,
        factors: &Factors,
        [begins, ends]: [bool; 2],
    ) {
        let start = if begins { factors.start } else { factors.outside };
        let reached = self.run_forward(pieces, factors, start);
        if !ends {
            let Emission(emission) = Emission::OUTSIDE;
            let scale = scale_of(reached * f32x4::new(emission));
            // no more is asked of the last than that no mention begins there
            self.places.push(Place { emission, forward: emission, backward: lanes([1.0; LABELS]), scale });
        }
        self.run_backward(factors);
    }

    /// Gives what goes on from the last piece.
    #[inline]
    fn run_forward(
        &mut self,
        pieces: impl Iterator<Item = Emission>,
        factors: &Factors,
        start: Lanes,
    ) -> f32x4 {
        self.places.clear();
        let next = factors.next.map(f32x4::new);
        let mut reached = f32x4::new(start);
        for Emission(emission) in pieces {
            let now = reached * f32x4::new(emission);
            let scale = scale_of(now);
            let forward = (now / f32x4::splat(scale)).to_array();
            let from = |label: usize| f32x4::splat(forward[label]) * next[label];
            reached = from(OUTSIDE) + from(BEGIN) + from(INSIDE);
            self.places.push(Place { emission, forward, backward: lanes([1.0; LABELS]), scale });
        }
        reached
    }

    fn run_backward(&mut self, factors: &Factors) {
        let back = factors.back.map(f32x4::new);
        let Some((last, before)) = self.places.split_last_mut() else { return };
        let mut later = *last;
        for place in before.iter_mut().rev() {
            let Place { emission, backward, scale, .. } = later;
            let scale = f32x4::splat(scale);
            // in the order of `step`, so that both come to the same
            let to = |label: usize| {
                back[label] * f32x4::splat(emission[label]) * f32x4::splat(backward[label]) / scale
            };
            place.backward = (to(OUTSIDE) + to(BEGIN) + to(INSIDE)).to_array();
            later = *place;
        }
    }

    /// What going from `from` to `to` at the place `at` contributes, with all that follows.
    fn step(&self, factors: &Factors, at: usize, from: usize, to: usize) -> f32 {
        let Place { emission, backward, scale, .. } = &self.places[at];
        factors.next[from][to] * emission[to] * backward[to] / scale
    }

    /// How likely each label is at a place.
    pub(crate) fn marginals(&self, at: usize) -> [f32; LABELS] {
        let Place { forward, backward, .. } = &self.places[at];
        std::array::from_fn(|label| forward[label] * backward[label])
    }

    /// How likely each pair of labels is at the place `at` (not the first) and the one before.
    pub(crate) fn pair_marginals(&self, at: usize) -> [[f32; LABELS]; LABELS] {
        std::array::from_fn(|from| {
            std::array::from_fn(|to| {
                self.places[at - 1].forward[from] * self.step(&self.factors, at, from, to)
            })
        })
    }

    /// Calls `found` with every span of pieces (first, end) that is one whole mention with a probability of at least
    /// `least`, which must be positive; of what was run or read by those factors.
    pub(crate) fn spans(&self, factors: &Factors, least: f32, mut found: impl FnMut(usize, usize, f32)) {
        let count = self.places.len();
        for first in 0..count {
            let Place { forward, backward, .. } = &self.places[first];
            if forward[BEGIN] * backward[BEGIN] < least {
                continue;
            }
            let (mut run, mut label) = (forward[BEGIN], BEGIN);
            for end in first + 1..=count {
                let closed = if end == count {
                    1.0
                } else {
                    self.step(factors, end, label, OUTSIDE) + self.step(factors, end, label, BEGIN)
                };
                if run * closed >= least {
                    found(first, end, (run * closed).min(1.0));
                }
                if end == count {
                    break;
                }
                let Place { emission, backward, scale, .. } = &self.places[end];
                run *= factors.next[label][INSIDE] * emission[INSIDE] / scale;
                label = INSIDE;
                if run * backward[INSIDE] < least {
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHTS: Transitions =
        Transitions { start: [0.3, -0.2, 9.0], next: [[0.1, -0.4, 9.0], [-0.3, 0.2, 0.7], [0.5, -0.1, 0.4]] };

    /// All labelings of `count` pieces that begin and go on as they may.
    fn labelings(count: usize) -> Vec<Vec<usize>> {
        let all = (0..LABELS.pow(u32::try_from(count).unwrap())).map(|number| {
            (0..count).map(|at| number / LABELS.pow(u32::try_from(at).unwrap()) % LABELS).collect()
        });
        all.filter(|labels: &Vec<usize>| {
            labels[0] != INSIDE && labels.windows(2).all(|pair| pair != [OUTSIDE, INSIDE])
        })
        .collect()
    }

    fn weight(labels: &[usize], logits: &[[f32; 2]]) -> f32 {
        let emission = |at: usize, label: usize| if label == OUTSIDE { 0.0 } else { logits[at][label - 1] };
        let mut sum = WEIGHTS.start[labels[0]];
        sum += labels.windows(2).map(|pair| WEIGHTS.next[pair[0]][pair[1]]).sum::<f32>();
        (sum + labels.iter().enumerate().map(|(at, &label)| emission(at, label)).sum::<f32>()).exp()
    }

    #[test]
    fn sums_are_those_over_all_labelings() {
        let logits = [[0.5, -1.0], [1.5, 0.2], [-0.7, 2.0], [0.1, 0.9]];
        let mut lattice = Lattice::default();
        let factors = Factors::from(&WEIGHTS);
        let total = lattice.run(&logits, &factors, &[]);
        let all = labelings(logits.len());
        let sum: f32 = all.iter().map(|labels| weight(labels, &logits)).sum();
        assert!((total - f64::from(sum).ln()).abs() < 1e-4, "{total} {sum}");
        for at in 0..logits.len() {
            for label in 0..LABELS {
                let own: f32 = all.iter().filter(|l| l[at] == label).map(|l| weight(l, &logits)).sum();
                assert!((lattice.marginals(at)[label] - own / sum).abs() < 1e-4);
            }
        }
        let pair: f32 =
            all.iter().filter(|l| l[1] == BEGIN && l[2] == INSIDE).map(|l| weight(l, &logits)).sum();
        assert!((lattice.pair_marginals(2)[BEGIN][INSIDE] - pair / sum).abs() < 1e-4);
        let mut found = Vec::new();
        lattice.spans(&factors, 1e-6, |first, end, probability| found.push((first, end, probability)));
        assert_eq!(found.len(), 10, "all spans of four pieces");
        for (first, end, probability) in found {
            let is = |labels: &&Vec<usize>| {
                labels[first] == BEGIN
                    && labels[first + 1..end].iter().all(|&label| label == INSIDE)
                    && labels.get(end).is_none_or(|&label| label != INSIDE)
            };
            let own: f32 = all.iter().filter(is).map(|labels| weight(labels, &logits)).sum();
            assert!((probability - own / sum).abs() < 1e-4, "{first} {end}");
        }
    }

    #[test]
    fn masks_leave_only_what_they_allow() {
        let logits = [[0.5, -1.0], [1.5, 0.2], [-0.7, 2.0]];
        let mut lattice = Lattice::default();
        lattice.run(&logits, &Factors::from(&WEIGHTS), &[1 << BEGIN, ANY_LABEL, 1 << OUTSIDE]);
        assert!((lattice.marginals(0)[BEGIN] - 1.0).abs() < 1e-5);
        assert!((lattice.marginals(2)[OUTSIDE] - 1.0).abs() < 1e-5);
        assert!(lattice.marginals(1).iter().all(|value| *value > 0.01));
    }

    #[test]
    fn a_part_is_read_as_the_sentence_is_where_all_beside_it_is_outside() {
        let scale = 0.05;
        let sums = [[10_i16, -20], [30, 4], [-14, 40], [2, 18]];
        let logits = sums.map(|sums| sums.map(|sum| f32::from(sum) * scale));
        let outside = 1 << OUTSIDE;
        let (factors, by_sums) = (Factors::from(&WEIGHTS), SumFactors::new(scale));
        for part in [0..4, 0..2, 1..3, 2..4, 3..4] {
            let allowed: Vec<u8> =
                (0..4).map(|at| if part.contains(&at) { ANY_LABEL } else { outside }).collect();
            let (mut whole, mut own) = (Lattice::default(), Lattice::default());
            whole.run(&logits, &factors, &allowed);
            let pieces = sums[part.clone()].iter().map(|[begin, inside]| by_sums.emission(*begin, *inside));
            own.read(pieces, &factors, [part.start == 0, part.end == 4]);
            let [mut expected, mut found] = [Vec::new(), Vec::new()];
            whole.spans(&factors, 1e-6, |first, end, probability| expected.push((first, end, probability)));
            own.spans(&factors, 1e-6, |first, end, probability| {
                found.push((part.start + first, part.start + end, probability));
            });
            assert!(!found.is_empty() && found.len() == expected.len(), "{part:?}");
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!((found.0, found.1), (expected.0, expected.1), "{part:?}");
                assert!((found.2 - expected.2).abs() < 1e-5, "{part:?}");
            }
        }
    }

    #[test]
    fn factors_by_sums_are_those_of_their_logits() {
        for scale in [0.000_01, 0.003, 0.05, 7.0, 100.0] {
            let factors = SumFactors::new(scale);
            for sum in (i16::MIN..=i16::MAX).step_by(7).chain([i16::MAX, -1, 0, 1]) {
                assert_eq!(factors.of(sum), factor_of(f32::from(sum) * scale), "{scale} {sum}");
            }
        }
    }

    #[test]
    fn extreme_logits_stay_finite() {
        let logits = vec![[1e9, -1e9]; 5_000];
        let mut lattice = Lattice::default();
        assert!(lattice.run(&logits, &Factors::from(&WEIGHTS), &[]).is_finite());
        assert!(lattice.marginals(4_999).iter().all(|value| value.is_finite()));
        assert!(lattice.run(&[], &Factors::from(&WEIGHTS), &[]).abs() < 1e-9);
    }
}
