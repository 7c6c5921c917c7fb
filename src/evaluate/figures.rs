//! Counts and what follows from them.

use std::iter::Sum;
use std::ops::AddAssign;

/// What was found, what was to be found, and what is in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Found and right.
    pub tp: usize,
    /// Found.
    pub predicted: usize,
    /// To be found.
    pub gold: usize,
}

impl Figures {
    /// The share of what was found that is right, from 0 to 1; 0 where nothing was found.
    pub fn precision(self) -> f64 {
        share(self.tp, self.predicted)
    }

    /// The share of what was to be found that was found, from 0 to 1; 0 where nothing was to be found.
    pub fn recall(self) -> f64 {
        share(self.tp, self.gold)
    }

    /// The harmonic mean of the two.
    pub fn f1(self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.tp += other.tp;
        self.predicted += other.predicted;
        self.gold += other.gold;
    }
}

/// The figures of a type in one document, or in the sum of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DocumentFigures {
    /// Mentions whose start and end agree.
    pub strict: Figures,
    /// Mentions that overlap, each with one other.
    pub overlap: Figures,
    /// The identifiers of the document, each counted once.
    pub concept: Figures,
}

impl AddAssign for DocumentFigures {
    fn add_assign(&mut self, other: Self) {
        self.strict += other.strict;
        self.overlap += other.overlap;
        self.concept += other.concept;
    }
}

impl<'f> Sum<&'f Self> for DocumentFigures {
    fn sum<I: Iterator<Item = &'f Self>>(documents: I) -> Self {
        documents.fold(Self::default(), |mut sum, document| {
            sum += *document;
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_follow_from_counts() {
        for (tp, predicted, gold, expected) in [
            (0, 0, 0, (0.0, 0.0, 0.0)),
            (0, 3, 0, (0.0, 0.0, 0.0)),
            (0, 0, 3, (0.0, 0.0, 0.0)),
            (2, 2, 2, (1.0, 1.0, 1.0)),
            (1, 2, 1, (0.5, 1.0, 2.0 / 3.0)),
        ] {
            let figures = Figures { tp, predicted, gold };
            assert_eq!((figures.precision(), figures.recall(), figures.f1()), expected, "{figures:?}");
        }
    }

    #[test]
    fn documents_add_up() {
        let one = DocumentFigures {
            strict: Figures { tp: 1, predicted: 2, gold: 3 },
            overlap: Figures { tp: 2, predicted: 2, gold: 3 },
            concept: Figures { tp: 0, predicted: 1, gold: 1 },
        };
        let sum: DocumentFigures = [one, one].iter().sum();
        assert_eq!(sum.strict, Figures { tp: 2, predicted: 4, gold: 6 });
        assert_eq!(sum.overlap, Figures { tp: 4, predicted: 4, gold: 6 });
        assert_eq!(sum.concept, Figures { tp: 0, predicted: 2, gold: 2 });
    }
}
