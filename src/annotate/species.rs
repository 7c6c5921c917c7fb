//! Which species a gene's name speaks of.
//!
//! The evidence is that of GNormPlus (Wei, Kao and Lu, 2015) and SR4GN (Wei, Kao and Lu, 2012), in this order: a prefix
//! on the symbol (`hIL-7`), the nearest species word before it in its sentence, the nearest after it, the nearest before
//! it in the document, the species that the document speaks of most; without any of these, human where there is a human
//! gene of that name.

use std::cmp::Reverse;

use crate::model::Span;
use crate::text::pauses::worked;
use crate::text::{Spare, spared};

/// The number of a taxon in the NCBI taxonomy.
pub(crate) type Taxon = u32;

/// Homo sapiens.
pub(crate) const HUMAN: Taxon = 9606;
/// Mus musculus.
const MOUSE: Taxon = 10090;
/// Rattus norvegicus.
const RAT: Taxon = 10116;

/// Whether a folded word speaks of people. That tells the species of genes also where no species is annotated: corpora of
/// species differ in whether they mark "children".
pub(crate) fn is_of_people(word: &str) -> bool {
    let alike = matches!(
        word,
        "infant"
            | "infants"
            | "man"
            | "men"
            | "patient"
            | "patients"
            | "volunteer"
            | "volunteers"
            | "woman"
            | "women"
    );
    alike || is_differently_marked(word)
}

/// Whether a folded word speaks of people, and corpora differ in whether it names a species: LINNAEUS and tmVar3 mark "children",
/// BioRED and S800 do not.
pub(crate) fn is_differently_marked(word: &str) -> bool {
    matches!(
        word,
        "boy"
            | "boys"
            | "child"
            | "children"
            | "girl"
            | "girls"
            | "participant"
            | "participants"
            | "people"
            | "person"
            | "persons"
    )
}

/// A species word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SpeciesWord {
    /// The passage it stands in.
    pub passage: usize,
    /// Where, in bytes.
    pub span: Span,
    /// What it speaks of.
    pub taxon: Taxon,
}

/// What tells the species of a gene, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Evidence {
    /// A prefix on the symbol.
    Prefix,
    /// A species word before it in its sentence.
    SentenceBefore,
    /// A species word after it in its sentence.
    SentenceAfter,
    /// A species word earlier in the document.
    Earlier,
    /// The species that the document speaks of most.
    Focus,
    /// None in the text; the request asks for it.
    Requested,
    /// None; human by default.
    Default,
    /// None, and no human gene among the readings.
    None,
}

impl Evidence {
    /// In a few words, for a reader.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Prefix => "told by the symbol's prefix",
            Self::SentenceBefore | Self::SentenceAfter => "named in its sentence",
            Self::Earlier => "named before",
            Self::Focus => "named most",
            Self::Requested => "asked for by the request",
            Self::Default => "no species with a gene of that name is named",
            Self::None => "neither human nor any species with a gene of that name is spoken of",
        }
    }
}

spared!(Vec<SpeciesWord>);
spared!(Vec<(Taxon, usize)>);

/// The species words of a document.
#[derive(Debug, Default)]
pub(crate) struct SpeciesWords {
    /// Sorted by place.
    words: Spare<Vec<SpeciesWord>>,
    /// How often each taxon is spoken of, sorted by taxon.
    counts: Spare<Vec<(Taxon, usize)>>,
}

impl SpeciesWords {
    /// The words, in any order.
    pub(crate) fn new(mut words: Spare<Vec<SpeciesWord>>) -> Self {
        words.sort_unstable_by_key(|word| worked(*word));
        words.dedup();
        let mut taxa: Spare<Vec<Taxon>> = words.iter().map(|word| word.taxon).collect();
        taxa.sort_unstable_by_key(|taxon| worked(*taxon));
        let counts = taxa.chunk_by(|one, next| one == next).map(|own| (own[0], own.len())).collect();
        Self { words, counts }
    }

    /// How many words speak of a taxon; none where none does.
    fn count(&self, taxon: Taxon) -> Option<usize> {
        let place = self.counts.binary_search_by_key(&taxon, |(own, _)| *own).ok()?;
        Some(self.counts[place].1)
    }

    /// The taxa that the document speaks of, most first, at most `limit`.
    pub(crate) fn most(&self, limit: usize, wanted: impl Fn(Taxon) -> bool) -> Vec<Taxon> {
        let mut taxa: Vec<(Reverse<usize>, Taxon)> =
            self.counts.iter().map(|(taxon, count)| (Reverse(*count), *taxon)).collect();
        taxa.sort_unstable();
        taxa.into_iter().map(|(_, taxon)| taxon).filter(|&taxon| wanted(taxon)).take(limit).collect()
    }

    /// How many of the words speak of a taxon.
    pub(crate) fn share(&self, taxon: Taxon) -> f32 {
        let own = self.count(taxon).unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "counts of words")]
        let share = own as f32 / self.words.len().max(1) as f32;
        share
    }

    /// Whether there is no word.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The next word for `taxon` after the start of `span` in its passage, among those that [`Self::choose`] looks at.
    pub(crate) fn next(&self, passage: usize, span: Span, taxon: Taxon) -> Option<Span> {
        let before =
            self.words.partition_point(|word| (word.passage, word.span.start) < (passage, span.start));
        let mut after = self.words[before..].iter().take(SPECIES_WORDS_LOOKED_AT);
        after.find(|word| word.passage == passage && word.taxon == taxon).map(|word| word.span)
    }

    /// Which of `taxa` the name at `span` speaks of, and what tells. `sentence` is the sentence that holds the span, in
    /// bytes of the same passage. `None` when `taxa` is empty.
    pub(crate) fn choose(
        &self,
        passage: usize,
        span: Span,
        sentence: Span,
        taxa: &[Taxon],
    ) -> Option<(Taxon, Evidence)> {
        let wanted = |word: &&SpeciesWord| taxa.contains(&word.taxon);
        let before =
            self.words.partition_point(|word| (word.passage, word.span.start) < (passage, span.start));
        let in_sentence = |word: &&SpeciesWord| {
            word.passage == passage && word.span.start >= sentence.start && word.span.end <= sentence.end
        };
        let nearby = &self.words[before.saturating_sub(SPECIES_WORDS_LOOKED_AT)..before];
        if let Some(word) = nearby.iter().rev().take_while(in_sentence).find(wanted) {
            return Some((word.taxon, Evidence::SentenceBefore));
        }
        let after = self.words[before..].iter().take(SPECIES_WORDS_LOOKED_AT);
        if let Some(word) = after.take_while(in_sentence).find(wanted) {
            return Some((word.taxon, Evidence::SentenceAfter));
        }
        if let Some(word) = nearby.iter().rev().find(wanted) {
            return Some((word.taxon, Evidence::Earlier));
        }
        let counted = taxa.iter().filter_map(|taxon| Some((self.count(*taxon)?, Reverse(*taxon))));
        if let Some((_, Reverse(taxon))) = counted.max() {
            return Some((taxon, Evidence::Focus));
        }
        if taxa.contains(&HUMAN) {
            return Some((HUMAN, Evidence::Default));
        }
        taxa.iter().min().map(|&taxon| (taxon, Evidence::None))
    }
}

/// The most species words that are looked at on each side of a gene's name: a text of nothing but species words and
/// genes must stay linear.
const SPECIES_WORDS_LOOKED_AT: usize = 64;

/// The species that a letter before a symbol stands for, as in `hTERT`, `mIL-7` and `rBAT`.
const fn of_prefix(letter: char) -> Option<Taxon> {
    match letter {
        'h' => Some(HUMAN),
        'm' => Some(MOUSE),
        'r' => Some(RAT),
        _ => None,
    }
}

/// The species and the symbol of a word such as `hIL`: a prefix and then upper case.
pub(crate) fn split_prefix(word: &str) -> Option<(Taxon, &str)> {
    let mut letters = word.chars();
    let taxon = letters.next().and_then(of_prefix)?;
    let symbol = letters.as_str();
    let upper = symbol.chars().take(2).filter(|letter| letter.is_uppercase()).count();
    (upper == 2).then_some((taxon, symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLY: Taxon = 7227;

    fn word(passage: usize, start: usize, taxon: Taxon) -> SpeciesWord {
        SpeciesWord { passage, span: Span { start, end: start + 5 }, taxon }
    }

    #[test]
    fn evidence_is_taken_in_its_order() {
        let words = SpeciesWords::new(Spare::from_iter([
            word(0, 0, FLY),
            word(1, 10, MOUSE),
            word(1, 60, HUMAN),
            word(1, 70, HUMAN),
            word(2, 0, FLY),
            word(2, 9, FLY),
        ]));
        let sentence = Span { start: 0, end: 80 };
        let choose = |passage, at, taxa: &[Taxon]| {
            words.choose(passage, Span { start: at, end: at + 4 }, sentence, taxa)
        };
        assert_eq!(choose(1, 30, &[HUMAN, MOUSE]), Some((MOUSE, Evidence::SentenceBefore)));
        assert_eq!(choose(1, 2, &[HUMAN, MOUSE]), Some((MOUSE, Evidence::SentenceAfter)));
        assert_eq!(choose(1, 30, &[HUMAN]), Some((HUMAN, Evidence::SentenceAfter)));
        assert_eq!(choose(1, 30, &[FLY]), Some((FLY, Evidence::Earlier)));
        assert_eq!(choose(0, 40, &[HUMAN, MOUSE]), Some((HUMAN, Evidence::Focus)));
        assert_eq!(choose(0, 40, &[RAT, 7955]), Some((7955, Evidence::None)));
        assert_eq!(choose(0, 40, &[]), None);
        assert_eq!(words.most(2, |_| true), [FLY, HUMAN]);
        assert_eq!(words.most(9, |taxon| taxon != FLY), [HUMAN, MOUSE]);
        let none = SpeciesWords::new(Spare::take());
        let span = Span { start: 0, end: 4 };
        assert_eq!(none.choose(0, span, sentence, &[MOUSE, HUMAN]), Some((HUMAN, Evidence::Default)));
    }

    #[test]
    fn people_are_told_by_their_words() {
        for word in ["patient", "children", "women", "people"] {
            assert!(is_of_people(word), "{word}");
        }
        // which names of viruses have, and what the models find by itself
        for word in ["human", "mouse", "Patient", ""] {
            assert!(!is_of_people(word), "{word}");
        }
        for word in ["child", "children", "participants", "people", "persons"] {
            assert!(is_differently_marked(word) && is_of_people(word), "{word}");
        }
        assert!(!is_differently_marked("patients") && !is_differently_marked("women"));
    }

    #[test]
    fn prefixes_stand_before_upper_case() {
        assert_eq!(split_prefix("hIL"), Some((HUMAN, "IL")));
        assert_eq!(split_prefix("mTNF"), Some((MOUSE, "TNF")));
        assert_eq!(split_prefix("rBDNF"), Some((RAT, "BDNF")));
        for word in ["hello", "mL", "h", "", "xIL", "IL", "mTor"] {
            assert_eq!(split_prefix(word), None, "{word}");
        }
    }

    #[test]
    fn the_bound_on_words_looked_at_holds_at_the_bound() {
        let many = |between: usize| {
            let mut words: Spare<Vec<SpeciesWord>> = Spare::from_iter([word(0, 0, MOUSE)]);
            words.extend((1..=between).map(|at| word(0, at * 10, FLY)));
            let at = (between + 1) * 10;
            let sentence = Span { start: 0, end: at + 100 };
            let words = SpeciesWords::new(words);
            words.choose(0, Span { start: at, end: at + 4 }, sentence, &[MOUSE]).map(|(_, evidence)| evidence)
        };
        assert_eq!(many(SPECIES_WORDS_LOOKED_AT - 1), Some(Evidence::SentenceBefore));
        assert_eq!(many(SPECIES_WORDS_LOOKED_AT), Some(Evidence::Focus));
    }
}
