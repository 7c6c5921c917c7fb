//! What a document says of a name in one place it mostly says in the others: a sentence that tells little borrows from
//! those that tell more.

use rustc_hash::FxHashMap;

use super::super::passages::PassageText;
use super::Found;

/// How much the other places of a name count against its own, when there are many of them.
const SHARE_MOST: f32 = 0.7;

/// What is known of the places of one name as one type.
#[derive(Default)]
struct Places {
    sum: f32,
    count: u16,
}

/// Draws the probability of each span to the mean of the spans of the same type and letters in the document.
pub(super) fn listen(passages: &[PassageText<'_>], found: &mut [Found]) {
    let text = |own: &Found| &passages[own.passage].text[own.span.start..own.span.end];
    let mut places: FxHashMap<(usize, &str), Places> = FxHashMap::default();
    for own in found.iter() {
        let known = places.entry((own.model_type, text(own))).or_default();
        known.sum += own.probability;
        known.count = known.count.saturating_add(1);
    }
    for own in found.iter_mut() {
        let Some(Places { sum, count }) = places.get(&(own.model_type, text(own))) else { continue };
        let others = f32::from(*count) - 1.0;
        if others >= 1.0 {
            let mean = (sum - own.probability) / others;
            let share = SHARE_MOST * others / (others + 1.0);
            own.probability += share * (mean - own.probability);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    #[test]
    fn places_of_one_name_lean_on_each_other() {
        let passages = [PassageText::new("Elephants ate. Elephants slept."), PassageText::new("Elephants")];
        let one = |passage, start, probability| Found {
            passage,
            span: Span { start, end: start + 9 },
            model_type: 3,
            probability,
        };
        let listened = |mut found: Vec<Found>| {
            listen(&passages, &mut found);
            found.iter().map(|own| own.probability).collect::<Vec<_>>()
        };
        let close = |found: Vec<f32>, expected: &[f32]| {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(one, two)| (one - two).abs() < 1e-6)
        };
        // alone, a name of one place is what it was
        assert!(close(listened(vec![one(0, 0, 0.4)]), &[0.4]));
        // two places: half of the most that they may count
        let share = SHARE_MOST / 2.0;
        assert!(close(
            listened(vec![one(0, 0, 0.2), one(1, 0, 0.8)]),
            &[0.2 + share * 0.6, 0.8 - share * 0.6]
        ));
        // other letters and other types say nothing
        assert!(close(listened(vec![one(0, 0, 0.2), one(0, 15, 0.2)]), &[0.2, 0.2]));
        let other = Found { model_type: 2, ..one(1, 0, 0.9) };
        assert!(close(listened(vec![one(0, 0, 0.2), other]), &[0.2, 0.9]));
    }
}
