//! Logistic regressions, by Newton's method with a small ridge: the second look's, and those that rank names.

use crate::annotate::learning::Look;

/// A span as the second look sees it, and whether it is right.
pub(super) type Seen = (Look, bool);

/// How often the step is taken; it converges in fewer.
const ROUNDS: usize = 12;
/// How much weights are drawn to zero.
const RIDGE: f64 = 1.0;

/// The weights that make the right ones likeliest; none where there are fewer than `least`.
pub(super) fn fit<'a, const FEATURES: usize>(
    seen: &(impl Iterator<Item = &'a ([f32; FEATURES], bool)> + Clone),
    least: usize,
) -> Vec<f32> {
    if seen.clone().count() < least {
        return Vec::new();
    }
    let mut weights = [0.0_f64; FEATURES];
    for _ in 0..ROUNDS {
        let mut slope = weights.map(|weight| -RIDGE * weight);
        let mut curve = [[0.0_f64; FEATURES]; FEATURES];
        for (at, row) in curve.iter_mut().enumerate() {
            row[at] = RIDGE;
        }
        for (look, right) in seen.clone() {
            let sum: f64 = weights.iter().zip(look).map(|(weight, value)| weight * f64::from(*value)).sum();
            let probability = 1.0 / (1.0 + (-sum).exp());
            let share = probability * (1.0 - probability);
            for (at, value) in look.iter().enumerate().filter(|(_, value)| **value != 0.0) {
                let value = f64::from(*value);
                slope[at] += value * (f64::from(u8::from(*right)) - probability);
                for (entry, other) in curve[at].iter_mut().zip(look) {
                    *entry += share * value * f64::from(*other);
                }
            }
        }
        let step = solve(curve, slope);
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight += step;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "weights are small")]
    weights.iter().map(|weight| *weight as f32).collect()
}

/// Solves a system whose matrix is symmetric and positive, by elimination.
fn solve<const FEATURES: usize>(
    mut matrix: [[f64; FEATURES]; FEATURES],
    mut right: [f64; FEATURES],
) -> [f64; FEATURES] {
    for at in 0..FEATURES {
        let row = matrix[at];
        for below in at + 1..FEATURES {
            let factor = matrix[below][at] / row[at];
            for (entry, own) in matrix[below].iter_mut().zip(row) {
                *entry -= factor * own;
            }
            right[below] -= factor * right[at];
        }
    }
    for at in (0..FEATURES).rev() {
        let known: f64 = (at + 1..FEATURES).map(|other| matrix[at][other] * right[other]).sum();
        right[at] = (right[at] - known) / matrix[at][at];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::learning::LOOK_FEATURES;

    const SPANS_MIN: usize = 4_000;

    #[test]
    fn what_speaks_for_spans_gets_weight() {
        // the first number is always 1; of spans with the second nine in ten are right, of others one in ten
        let seen: Vec<Seen> = (0..SPANS_MIN)
            .map(|number| {
                let mut look = [0.0; LOOK_FEATURES];
                look[0] = 1.0;
                look[1] = if number % 2 == 0 { 1.0 } else { 0.0 };
                (look, (number / 2 % 10 == 0) != (number % 2 == 0))
            })
            .collect();
        let weights = fit(&seen.iter(), SPANS_MIN);
        let log_odds = 9.0_f32.ln();
        assert!((weights[0] + log_odds).abs() < 0.1, "{weights:?}");
        assert!((weights[1] - 2.0 * log_odds).abs() < 0.1, "{weights:?}");
        assert!(weights[2..].iter().all(|weight| weight.abs() < 1e-6));
        assert!(fit(&seen[1..].iter(), SPANS_MIN).is_empty());
    }
}
