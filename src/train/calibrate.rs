//! From the probabilities of the models to scores that say how often they are right, learnt of documents held out.

use crate::annotate::learning::MODEL_TYPES;

/// The most points of a calibration.
const POINTS_LIMIT: usize = 16;
/// The least spans that a point stands for.
const SPANS_MIN: usize = 40;

/// What a threshold may cost of F1.
const F1_SLACK: f64 = 0.0005;

/// A span of a document held out: what the model gave it, and whether it is right.
pub(super) type Judged = (f32, bool);

/// The spans of each type.
pub(super) type JudgedByType = [Vec<Judged>; MODEL_TYPES.len()];

/// Points (probability, share that is right), both rising: isotonic regression by pooling adjacent violators (Ayer and
/// others, 1955) over groups of equal size.
pub(super) fn calibration(judged: &[Judged]) -> Vec<(f32, f32)> {
    let mut judged = judged.to_vec();
    judged.sort_by(|one, other| one.0.total_cmp(&other.0));
    let size = (judged.len() / POINTS_LIMIT).max(SPANS_MIN);
    // (sum of probabilities, right, all)
    let mut pools: Vec<(f32, f32, f32)> = Vec::new();
    for group in judged.chunks(size) {
        let sum: f32 = group.iter().map(|(probability, _)| probability).sum();
        let right = group.iter().filter(|(_, right)| *right).count();
        #[expect(clippy::cast_precision_loss, reason = "counts of spans")]
        pools.push((sum, right as f32, group.len() as f32));
        while let [.., before, last] = pools.as_slice() {
            if before.1 / before.2 <= last.1 / last.2 {
                break;
            }
            let merged = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
            pools.pop();
            pools.pop();
            pools.push(merged);
        }
    }
    pools.into_iter().map(|(sum, right, all)| (sum / all, (right / all).clamp(0.01, 0.995))).collect()
}

/// The least probability of a span that gives the best F1, or one that falls short of it by [`F1_SLACK`] at most, where `gold`
/// mentions were to be found: the curve is flat at its top, and of what costs no F1 more is found.
pub(super) fn best_threshold(judged: &[Judged], gold: usize) -> f32 {
    let mut judged = judged.to_vec();
    judged.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut right = 0_usize;
    let figures: Vec<(f64, f32)> = judged
        .iter()
        .enumerate()
        .map(|(index, (probability, is_right))| {
            right += usize::from(*is_right);
            #[expect(clippy::cast_precision_loss, reason = "counts of spans")]
            let f1 = 2.0 * right as f64 / (index + 1 + gold) as f64;
            (f1, *probability)
        })
        .collect();
    let best = figures.iter().map(|(f1, _)| *f1).fold(0.0, f64::max);
    let last = figures.iter().rfind(|(f1, _)| *f1 > 0.0 && *f1 >= best - F1_SLACK);
    last.map_or(0.5, |(_, probability)| *probability)
}

/// How often spans of each tenth of the scores are right: (least score, spans, mean score, share that is right).
pub(super) fn reliability(scored: &[Judged]) -> Vec<(f32, usize, f32, f32)> {
    let mut rows = Vec::new();
    for tenth in 0..10_u8 {
        let low = f32::from(tenth) / 10.0;
        let own: Vec<&Judged> =
            scored.iter().filter(|(score, _)| *score >= low && *score < low + 0.1).collect();
        if own.is_empty() {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of spans")]
        let count = own.len() as f32;
        let mean = own.iter().map(|(score, _)| score).sum::<f32>() / count;
        #[expect(clippy::cast_precision_loss, reason = "counts of spans")]
        let right = own.iter().filter(|(_, right)| *right).count() as f32 / count;
        rows.push((low, own.len(), mean, right));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibrations_rise_and_tell_shares() {
        // a model that is too sure: of spans it gives p, p * p are right
        let judged: Vec<Judged> = (0..4_000_u16)
            .map(|number| {
                let probability = f32::from(number) / 4_000.0;
                (probability, f32::from(number * 7 % 97) / 97.0 < probability * probability)
            })
            .collect();
        let points = calibration(&judged);
        assert!(points.len() > 8 && points.len() <= POINTS_LIMIT + 1);
        assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1));
        for (probability, share) in points {
            assert!((share - probability * probability).abs() < 0.1, "{probability} {share}");
        }
        assert!(calibration(&[]).is_empty());
    }

    #[test]
    fn the_threshold_is_where_more_would_be_wrong() {
        let judged = [(0.9, true), (0.8, true), (0.4, true), (0.3, false), (0.2, false)];
        assert!((best_threshold(&judged, 3) - 0.4).abs() < 1e-6);
        assert!((best_threshold(&[], 3) - 0.5).abs() < 1e-6);
        // of thresholds that cost next to nothing the least
        let mut many = vec![(0.9, true); 4_000];
        many.extend([(0.5, false), (0.4, false)]);
        assert!((best_threshold(&many, 4_000) - 0.4).abs() < 1e-6);
        many.extend([(0.3, false); 20]);
        assert!((best_threshold(&many, 4_000) - 0.4).abs() < 0.11);
    }

    #[test]
    fn reliability_has_a_row_a_tenth() {
        let rows = reliability(&[(0.95, true), (0.91, false), (0.15, false)]);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[1].1, rows[1].3), (2, 0.5));
    }
}
