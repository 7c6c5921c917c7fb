//! How sure a figure is: 95 % intervals by the bootstrap over documents.

use super::figures::{DocumentFigures, Figures};

/// How often documents are drawn anew.
pub const RESAMPLES: usize = 1_000;
/// What the draws begin with, so that they are always the same.
const SEED: u64 = 20_240_229;
/// The share of the resamples that lie below an interval, and of those above it, in thousandths.
const TAIL_PER_MILLE: usize = 25;

/// The values between which the F1 lies in 95 % of the resamples, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// An interval for the F1 of each figure.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Intervals {
    /// Of mentions whose start and end agree.
    pub strict: Interval,
    /// Of mentions that overlap.
    pub overlap: Interval,
    /// Of identifiers.
    pub concept: Interval,
}

/// The intervals of the sum over these documents: as many are drawn, with repetition, [`RESAMPLES`] times. The same
/// documents in the same order always give the same. A document is the unit, since mentions of one document go right and
/// wrong together.
pub fn intervals(documents: &[DocumentFigures]) -> Intervals {
    if documents.is_empty() {
        return Intervals::default();
    }
    let mut random = fastrand::Rng::with_seed(SEED);
    let draw = |random: &mut fastrand::Rng| -> DocumentFigures {
        let drawn = (0..documents.len()).map(|_| &documents[random.usize(..documents.len())]);
        drawn.sum()
    };
    let resamples: Vec<DocumentFigures> = (0..RESAMPLES).map(|_| draw(&mut random)).collect();
    Intervals {
        strict: interval(&resamples, |resample| resample.strict),
        overlap: interval(&resamples, |resample| resample.overlap),
        concept: interval(&resamples, |resample| resample.concept),
    }
}

fn interval(resamples: &[DocumentFigures], of: impl Fn(&DocumentFigures) -> Figures) -> Interval {
    let mut values: Vec<f64> = resamples.iter().map(|resample| of(resample).f1()).collect();
    values.sort_by(f64::total_cmp);
    let below = values.len() * TAIL_PER_MILLE / 1_000;
    let value = |at: usize| values.get(at).copied().unwrap_or_default();
    Interval { low: value(below), high: value(values.len().saturating_sub(below + 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(tp: usize, predicted: usize, gold: usize) -> DocumentFigures {
        let figures = Figures { tp, predicted, gold };
        DocumentFigures { strict: figures, overlap: figures, concept: Figures::default() }
    }

    #[test]
    fn intervals_lie_around_the_figure_and_are_always_the_same() {
        let documents: Vec<_> = (0..60).map(|number| document(number % 5, 4, 4)).collect();
        let found = intervals(&documents);
        let f1 = documents.iter().sum::<DocumentFigures>().strict.f1();
        assert!(found.strict.low < f1 && f1 < found.strict.high, "{found:?} {f1}");
        // Four standard errors: each document's share has a deviation of 0.35.
        let expected = 2.0 * 1.96 * 0.35 / 60.0_f64.sqrt();
        let width = found.strict.high - found.strict.low;
        assert!((width - expected).abs() < expected / 4.0, "{width} {expected}");
        assert_eq!(found.strict, found.overlap);
        assert_eq!(found.concept, Interval::default());
        assert_eq!(found, intervals(&documents));
    }

    #[test]
    fn what_does_not_vary_has_no_width() {
        assert_eq!(intervals(&[]), Intervals::default());
        let found = intervals(&[document(1, 1, 1), document(2, 2, 2)]);
        assert_eq!(found.strict, Interval { low: 1.0, high: 1.0 });
    }
}
