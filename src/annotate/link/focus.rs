//! Which species a document is about, by all its words: papers that name no species still say "knockout", "patients",
//! "larvae" or "open reading frame". A multinomial logistic regression over the words that a document has.
//!
//! Focus species are those of SR4GN (Wei, Kao and Lu, 2012), which counts names of species; this tells what is left open.

use rustc_hash::FxHashMap;

use super::super::species::Taxon;
use crate::text::prefetch;

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
    /// The weights by the places of words, a byte each, as [`Told`] adds them.
    lanes: Vec<u64>,
    places: FxHashMap<u64, u16>,
}

impl FocusModel {
    /// A model of those weights, by the hashes of the folded forms of words; of more than [`WORDS_LIMIT`] the first.
    pub(crate) fn new(bias: [f32; CLASSES], scale: f32, mut rows: Vec<(u64, Row)>) -> Self {
        rows.truncate(WORDS_LIMIT);
        let places = (1..).zip(&rows).map(|(place, (word, _))| (*word, place)).collect();
        let lanes = |(_, row): &(u64, Row)| {
            let weights = row.iter().rev().map(|weight| weight.cast_unsigned() ^ ZERO);
            weights.fold(0, |lanes, weight| lanes << u8::BITS | u64::from(weight))
        };
        let lanes = std::iter::once(0).chain(rows.iter().map(lanes)).collect();
        Self { bias, scale, rows, lanes, places }
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

    /// Nothing told yet by the words of a document.
    pub(crate) const fn told(&self) -> Told<'_> {
        // a word that says nothing is no new one
        let mut met = [0; MET_BLOCKS];
        met[0] = 1;
        Told { model: self, met, sums: [0; LANES], looked_at: 0, count: 0 }
    }
}

/// The classes and one that is none, to be added together.
const LANES: usize = CLASSES.next_power_of_two();
/// What a weight of zero is in a byte.
const ZERO: u8 = 1 << 7;
/// The words whose bytes are added by themselves: their sums have room in two bytes.
const WORDS_APART: usize = 1 << 8;
/// The bytes of every second class, so that their sums have the room of those between.
const EVERY_SECOND: u64 = 0x00ff_00ff_00ff_00ff;
/// The blocks of bits that tell which words were met.
const MET_BLOCKS: usize = (WORDS_LIMIT + 1).div_ceil(u64::BITS as usize);

/// What the words of a document have told so far.
pub(crate) struct Told<'m> {
    model: &'m FocusModel,
    met: [u64; MET_BLOCKS],
    /// The sums of the weights and [`ZERO`] each.
    sums: [u32; LANES],
    /// How many words that tell were looked at.
    looked_at: usize,
    /// How many of them were not met before.
    count: u16,
}

impl Told<'_> {
    /// Has what a word tells come nearer.
    #[inline]
    pub(crate) fn look_towards(&self, place: u16) {
        prefetch(self.model.lanes.get(usize::from(place)));
    }

    /// Adds words by their places. They come in any order, of those that tell the first [`DOCUMENT_WORDS_LIMIT`] are looked at, and each
    /// counts once.
    pub(crate) fn add(&mut self, places: &[u16]) {
        for places in places.chunks(WORDS_APART) {
            if self.looked_at + places.len() <= DOCUMENT_WORDS_LIMIT {
                self.add_all(places);
            } else {
                let left = DOCUMENT_WORDS_LIMIT - self.looked_at;
                let telling: Vec<u16> =
                    places.iter().copied().filter(|place| *place > 0).take(left).collect();
                self.add_all(&telling);
            }
        }
    }

    /// Adds words that are all looked at.
    fn add_all(&mut self, places: &[u16]) {
        let Self { model, met, sums, .. } = self;
        let (mut every_second, mut others, mut count, mut looked_at) = (0, 0, 0, 0);
        for place in places {
            let (block, bit) = (usize::from(*place) / u64::BITS as usize, u32::from(*place) % u64::BITS);
            let (Some(row), Some(met)) = (model.lanes.get(usize::from(*place)), met.get_mut(block)) else {
                continue;
            };
            // whether a word is a new one cannot be foretold
            let is_new = !(*met >> bit) & 1;
            *met |= 1 << bit;
            let row = row & is_new.wrapping_neg();
            every_second += row & EVERY_SECOND;
            others += row >> u8::BITS & EVERY_SECOND;
            count += is_new;
            looked_at += usize::from(*place > 0);
        }
        self.count += count as u16;
        self.looked_at += looked_at;
        for (first, mut apart) in [every_second, others].into_iter().enumerate() {
            for sum in sums.iter_mut().skip(first).step_by(2) {
                *sum += u32::from(apart as u16);
                apart >>= u16::BITS;
            }
        }
    }

    /// How likely the document is about each class, and how many of its words tell.
    pub(crate) fn chances(&self) -> ([f32; CLASSES], u16) {
        let zero = i32::from(ZERO) * i32::from(self.count);
        let share = self.model.scale * normal(self.count);
        #[expect(clippy::cast_precision_loss, reason = "sums of some thousand bytes")]
        let logits = std::array::from_fn(|class| {
            self.model.bias[class] + (self.sums[class].cast_signed() - zero) as f32 * share
        });
        (chances_of(logits), self.count)
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

    fn told(model: &FocusModel, places: impl IntoIterator<Item = u16>) -> ([f32; CLASSES], u16) {
        let mut told = model.told();
        told.add(&places.into_iter().collect::<Vec<_>>());
        told.chances()
    }

    #[test]
    fn words_tell_what_a_document_is_about() {
        let row = |class: usize| std::array::from_fn(|at| if at == class { 100 } else { 0 });
        let model = FocusModel::new([0.0; CLASSES], 0.5, vec![(77, row(0)), (78, row(1)), (79, row(1))]);
        assert_eq!([77, 79, 80].map(|word| model.place(word)), [1, 3, 0]);
        let chances = |places: &[u16]| told(&model, places.iter().copied()).0;
        assert_eq!(told(&model, [3, 0, 1, 1]).1, 2);
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
        assert_eq!(told(&model, 1..=u16::MAX).1, WORDS_LIMIT as u16);
        let count = |others: usize| told(&model, std::iter::repeat_n(1, others).chain([2])).1;
        assert_eq!((count(DOCUMENT_WORDS_LIMIT - 1), count(DOCUMENT_WORDS_LIMIT)), (2, 1));
    }
}
