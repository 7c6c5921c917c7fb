//! Which species a document is about, by all its words: papers that name no species still say "knockout", "patients",
//! "larvae" or "open reading frame". A multinomial logistic regression over the words that a document has.
//!
//! Focus species are those of SR4GN (Wei, Kao and Lu, 2012), which counts names of species; this tells what is left open.

use rustc_hash::FxHashMap;

use super::super::species::Taxon;

/// The species that papers speak of most, each by itself, and behind them all others as one.
const SPECIES: [Taxon; 6] = [9606, 10_090, 10_116, 7_227, 7_955, 6_239];
/// How many classes of species there are.
pub(crate) const CLASSES: usize = SPECIES.len() + 1;
/// The most words that a model knows.
pub(crate) const WORDS_LIMIT: usize = 1 << 14;
/// The most words of a document that are looked at.
const DOCUMENT_WORDS_LIMIT: usize = 1 << 14;

/// The class of a species.
pub(crate) fn class_of(taxon: Taxon) -> usize {
    SPECIES.iter().position(|own| *own == taxon).unwrap_or(SPECIES.len())
}

/// The weights of a word, by class, in steps of [`FocusModel::scale`].
pub(crate) type Row = [i8; CLASSES];

/// The weights of words.
#[derive(Debug, Clone, Default)]
pub(crate) struct FocusModel {
    /// What every document weighs, by class.
    bias: [f32; CLASSES],
    /// What a step of a word's weights stands for.
    scale: f32,
    rows: Vec<(u64, Row)>,
    places: FxHashMap<u64, u16>,
}

impl FocusModel {
    /// A model of those weights, by the hashes of the folded forms of words; of more than [`WORDS_LIMIT`] the first.
    pub(crate) fn new(bias: [f32; CLASSES], scale: f32, mut rows: Vec<(u64, Row)>) -> Self {
        rows.truncate(WORDS_LIMIT);
        let places = (1..).zip(&rows).map(|(place, (word, _))| (*word, place)).collect();
        Self { bias, scale, rows, places }
    }

    /// What it is made of.
    pub(crate) fn parts(&self) -> ([f32; CLASSES], f32, &[(u64, Row)]) {
        (self.bias, self.scale, &self.rows)
    }

    /// Whether it tells anything.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The place of a word by the hash of its folded form; 0 for one that says nothing.
    pub(crate) fn place(&self, word: u64) -> u16 {
        self.places.get(&word).copied().unwrap_or(0)
    }

    /// How likely a document with these words is about each class, and how many of them tell. `places` are those of its words, in
    /// any order, of which the first [`DOCUMENT_WORDS_LIMIT`] that tell are looked at; each counts once.
    pub(crate) fn chances(&self, places: impl IntoIterator<Item = u16>) -> ([f32; CLASSES], u16) {
        let mut met = [0_u64; (WORDS_LIMIT + 1).div_ceil(u64::BITS as usize)];
        let mut sums = [0_i32; CLASSES];
        let mut count = 0_u16;
        // a list of lists is gone through faster by itself than by a loop
        places.into_iter().filter(|place| *place > 0).take(DOCUMENT_WORDS_LIMIT).for_each(|place| {
            let row = self.rows.get(usize::from(place) - 1);
            let block = met.get_mut(usize::from(place) / u64::BITS as usize);
            let bit = 1 << (u32::from(place) % u64::BITS);
            if let (Some((_, row)), Some(block)) = (row, block)
                && *block & bit == 0
            {
                *block |= bit;
                sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += i32::from(*weight));
                count += 1;
            }
        });
        let share = self.scale * normal(count);
        #[expect(clippy::cast_precision_loss, reason = "sums of some thousand bytes")]
        let logits = std::array::from_fn(|class| self.bias[class] + sums[class] as f32 * share);
        (chances_of(logits), count)
    }
}

/// A text of fewer words tells less than an abstract.
const ABSTRACT_WORDS: u16 = 100;

/// What each of so many words counts, so that long documents are not surer than short ones by their length alone.
pub(crate) fn normal(words: u16) -> f32 {
    1.0 / f32::from(words.max(ABSTRACT_WORDS)).sqrt()
}

/// Chances by their logits.
pub(crate) fn chances_of(logits: [f32; CLASSES]) -> [f32; CLASSES] {
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let powers = logits.map(|logit| (logit - most).exp());
    let all: f32 = powers.iter().sum();
    powers.map(|power| power / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_what_a_document_is_about() {
        let row = |class: usize| std::array::from_fn(|at| if at == class { 100 } else { 0 });
        let model = FocusModel::new([0.0; CLASSES], 0.5, vec![(77, row(0)), (78, row(1)), (79, row(1))]);
        assert_eq!([77, 79, 80].map(|word| model.place(word)), [1, 3, 0]);
        let chances = |places: &[u16]| model.chances(places.iter().copied()).0;
        assert_eq!(model.chances([3, 0, 1, 1]).1, 2);
        assert!(chances(&[1, 0, 0])[0] > 0.9);
        // each word counts once, however often it stands
        assert_eq!(chances(&[1, 1, 1, 2, 3]), chances(&[3, 2, 1]));
        assert!(chances(&[1, 2, 3])[1] > 0.9);
        for places in [&[][..], &[0, 0], &[9]] {
            assert!(chances(places).iter().all(|chance| (chance - 1.0 / CLASSES as f32).abs() < 1e-6));
        }
        assert_eq!((class_of(10_090), class_of(4_932)), (1, SPECIES.len()));
    }

    #[test]
    fn bounds_hold() {
        let rows: Vec<(u64, Row)> = (0..=WORDS_LIMIT as u64).map(|word| (word, [1; CLASSES])).collect();
        let model = FocusModel::new([0.0; CLASSES], 1.0, rows);
        assert_eq!(model.parts().2.len(), WORDS_LIMIT);
        assert_eq!(
            (model.place(WORDS_LIMIT as u64 - 1), model.place(WORDS_LIMIT as u64)),
            (WORDS_LIMIT as u16, 0)
        );
        assert_eq!(model.chances(1..=u16::MAX).1, WORDS_LIMIT as u16);
        let told = |others: usize| model.chances(std::iter::repeat_n(1, others).chain([2])).1;
        assert_eq!((told(DOCUMENT_WORDS_LIMIT - 1), told(DOCUMENT_WORDS_LIMIT)), (2, 1));
    }
}
