//! From which score on a mention is linked, learnt of documents held out.

use crate::annotate::learning::MODEL_TYPES;
use crate::evaluate::DocumentFigures;
use crate::model::EntityType;

use super::TrainError;
use super::validate::FiguresByCorpus;

/// The scores that are tried: hundredths from the first to the last of these. What scores more is linked in any case, as corpora that differ in
/// what they mark ("patients") would have it higher than readers.
const SCORES: std::ops::RangeInclusive<u8> = 16..=36;
/// The hundredths between two of them.
const STEP: usize = 2;

/// The least score of a linked mention that gives each type the best F1 of a document's identifiers: the mean over the corpora
/// that judge the type, the same for a large one and a small one. `annotated` are the figures of the documents held out
/// where every type asks for a score; `None` for types that no corpus judges.
///
/// # Errors
/// When `annotated` fails.
pub(super) fn best_scores(
    mut annotated: impl FnMut(f32) -> Result<FiguresByCorpus, TrainError>,
) -> Result<[Option<f32>; MODEL_TYPES.len()], TrainError> {
    let mut tried: [Vec<(f32, f64)>; MODEL_TYPES.len()] = Default::default();
    for hundredths in SCORES.step_by(STEP) {
        let score = f32::from(hundredths) / 100.0;
        let figures = annotated(score)?;
        for (tried, entity_type) in tried.iter_mut().zip(MODEL_TYPES) {
            tried.extend(mean_f1(&figures, entity_type).map(|f1| (score, f1)));
        }
    }
    Ok(tried.map(|tried| best(&tried)))
}

/// The mean over the corpora of the F1 of identifiers; `None` where no corpus has any.
fn mean_f1(figures: &FiguresByCorpus, entity_type: EntityType) -> Option<f64> {
    let own = figures.iter().filter(|((of, _), _)| *of == entity_type);
    let sums = own.map(|(_, documents)| documents.iter().sum::<DocumentFigures>().concept);
    let f1: Vec<f64> = sums.filter(|sum| sum.gold > 0).map(|sum| sum.f1()).collect();
    #[expect(clippy::cast_precision_loss, reason = "some corpora")]
    let count = f1.len() as f64;
    (!f1.is_empty()).then(|| f1.iter().sum::<f64>() / count)
}

/// The lowest score whose F1 is the best.
fn best(tried: &[(f32, f64)]) -> Option<f32> {
    let most = tried.iter().map(|(_, f1)| *f1).fold(0.0, f64::max);
    tried.iter().find(|(_, f1)| *f1 > 0.0 && *f1 >= most).map(|(score, _)| *score)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Figures;

    fn figures(tp: usize, predicted: usize, gold: usize) -> DocumentFigures {
        DocumentFigures { concept: Figures { tp, predicted, gold }, ..DocumentFigures::default() }
    }

    #[test]
    fn corpora_weigh_the_same_and_the_lowest_of_equals_is_taken() {
        let (gene, disease) = (EntityType::Gene, EntityType::Disease);
        let place = |of| MODEL_TYPES.iter().position(|own| *own == of).unwrap();
        // the first corpus is large and gains a little by low scores, the second small and loses much
        let annotated = |score: f32| {
            let low = usize::from(score < 0.3);
            let high = usize::from(score > 0.33);
            Ok(FiguresByCorpus::from([
                ((gene, 0), vec![figures(800 + 10 * low - 100 * high, 1_000, 1_000)]),
                ((gene, 1), vec![figures(8 - 2 * low - high, 10, 10)]),
                ((disease, 0), vec![figures(0, 0, 0)]),
            ]))
        };
        let scores = best_scores(annotated).unwrap();
        assert_eq!(scores[place(gene)], Some(0.3));
        assert_eq!((scores[place(disease)], scores[place(EntityType::Variant)]), (None, None));
    }
}
