//! What kind of document a span stands in, and what the document takes its text for elsewhere.

use super::{Found, Numbers, OfTypes, Spans, slow, some};
use crate::annotate::passages::PassageText;
use crate::annotate::recognise::table::MODEL_TYPES;
use crate::annotate::species::{is_differently_marked, is_of_people};
use crate::model::EntityType;

/// What tells of what kind a document is that names people or animals.
const DOCUMENT_TYPES: [EntityType; 5] =
    [EntityType::Gene, EntityType::Variant, EntityType::Chemical, EntityType::Disease, EntityType::Species];
/// The first of them: papers of molecules name their people, papers of care mention them.
const MOLECULES: usize = 3;

/// How many numbers tell the kind of a document: that they are told, and those of [`Kind`].
const NUMBERS_OF_KIND: usize = 1 + DOCUMENT_TYPES.len() + 4;

/// Of what kind a document is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kind {
    /// How much it names of each of [`DOCUMENT_TYPES`], growing slowly.
    names: [f32; DOCUMENT_TYPES.len()],
    /// How many molecules.
    molecules: f32,
    /// How many organisms by their Latin names, and how many by others, but for people.
    latin: f32,
    common: f32,
    /// How long it is.
    pub(super) length: f32,
}

impl Kind {
    /// The kind of a document with those sums of probabilities, by type, and so many pieces.
    pub(super) fn new(sums: &[f32; MODEL_TYPES.len()], organisms: Organisms, pieces: usize) -> Self {
        let sum = |of| MODEL_TYPES.iter().zip(sums).find(|(own, _)| **own == of).map_or(0.0, |(_, sum)| *sum);
        let sums = DOCUMENT_TYPES.map(sum);
        Self {
            names: sums.map(f32::ln_1p),
            molecules: sums[..MOLECULES].iter().sum::<f32>().ln_1p(),
            latin: organisms.latin.ln_1p(),
            common: organisms.common.ln_1p(),
            length: slow(pieces),
        }
    }
}

/// The sums of the probabilities of organisms by how their names are written. Papers on bacteria mention patients that papers on
/// patients name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Organisms {
    latin: f32,
    common: f32,
}

impl Organisms {
    /// Adds one, with its folded name.
    pub(super) fn add(&mut self, written: &str, name: &str, probability: f32) {
        if is_latin(written) {
            self.latin += probability;
        } else if !is_of_people(name) && name != "human" && name != "humans" {
            self.common += probability;
        }
    }
}

/// Whether a name is written as a species' in two words is: "Escherichia coli", "E. coli".
fn is_latin(written: &str) -> bool {
    let Some((genus, epithet)) = written.split_once(' ') else { return false };
    let mut genus = genus.bytes();
    genus.next().is_some_and(|initial| initial.is_ascii_uppercase())
        && genus.all(|byte| byte.is_ascii_lowercase() || byte == b'.')
        && epithet.bytes().take(3).filter(u8::is_ascii_lowercase).count() == 3
}

/// Whether a span stands behind a word such as "strain".
pub(super) fn follows_strain(passages: &[PassageText<'_>], own: &Found) -> bool {
    const WORDS: [&str; 4] = ["strain", "strains", "isolate", "isolates"];
    let before = passages[own.passage].text[..own.span.start].trim_end_matches([' ', '(']);
    WORDS.iter().any(|word| before.ends_with(word))
}

impl Spans<'_> {
    /// For words of people and for other common names of organisms, which some papers name as species and others only
    /// mention: what else the document speaks of, and how long it is.
    pub(super) fn describe_common_name(&self, place: usize, own: &Found, numbers: &mut impl Numbers) {
        let written = self.passages[own.passage].slice(own.span);
        let name = self.keys[place].name;
        let is_told_here = MODEL_TYPES[own.model_type] == EntityType::Species && !is_differently_marked(name);
        let people = is_told_here && is_of_people(name);
        let in_lower_case = || !written.bytes().any(|byte| byte.is_ascii_uppercase());
        self.describe_kind(people, numbers);
        self.describe_kind(is_told_here && !people && in_lower_case(), numbers);
    }

    /// The same for words of people that corpora differ in: "children" are marked in papers at length, and not in abstracts.
    pub(super) fn describe_differently_marked(&self, place: usize, own: &Found, numbers: &mut impl Numbers) {
        let is_organism = MODEL_TYPES[own.model_type] == EntityType::Species;
        self.describe_kind(is_organism && is_differently_marked(self.keys[place].name), numbers);
    }

    /// What the document speaks of, and how long it is, where that `holds` for a word.
    fn describe_kind(&self, holds: bool, numbers: &mut impl Numbers) {
        if !holds {
            return numbers.pass_over(NUMBERS_OF_KIND);
        }
        let Kind { names, molecules, latin, common, length } = self.kind;
        numbers.add(1.0);
        for sum in names {
            numbers.add(sum);
        }
        numbers.add(molecules);
        numbers.add(latin);
        numbers.add(common);
        numbers.add(length);
    }

    /// What the document takes the same text and its long or short form for, if not for its own type; and whether it is a
    /// code of a strain.
    pub(super) fn describe_other_types(&self, place: usize, own: &Found, numbers: &mut impl Numbers) {
        let best = |of_types: &OfTypes| {
            let others = of_types.iter().enumerate().filter(|(of, _)| *of != own.model_type);
            others.fold(0.0, |most: f32, (_, said)| most.max(said.best))
        };
        let text = self.keys[place].written;
        numbers.add_odds(some(best(&self.written.said[text])));
        let partner = self.partners.get(self.passages[own.passage].slice(own.span));
        numbers.add_odds(partner.and_then(|text| some(best(self.written.of(text)?))));
        let is_organism = MODEL_TYPES[own.model_type] == EntityType::Species;
        numbers.add_if(is_organism && follows_strain(self.passages, own));
        numbers.add_if(is_organism && self.strains.contains(&text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    #[test]
    fn organisms_are_counted_by_how_they_are_written() {
        for (written, expected) in [
            ("Escherichia coli", true),
            ("E. coli", true),
            ("Salmonella enterica subsp. enterica", true),
            ("HIV", false),
            ("rat", false),
            ("E. coli K-12".split_at(4).0, false),
            ("Norway Spruce", false),
            ("H1N1 virus", false),
            ("yellow fever virus", false),
        ] {
            assert_eq!(is_latin(written), expected, "{written}");
        }
        let mut organisms = Organisms::default();
        for (written, name) in
            [("E. coli", "e coli"), ("mice", "mouse"), ("patients", "patients"), ("human", "human")]
        {
            organisms.add(written, name, 0.5);
        }
        assert!((organisms.latin - 0.5).abs() < 1e-6 && (organisms.common - 0.5).abs() < 1e-6);
    }

    #[test]
    fn codes_behind_strain_are_told() {
        let cases = [
            ("the strain KMM 3851", "KMM 3851", true),
            ("isolates (K1 and", "K1", true),
            ("strains  T-11,", "T-11", true),
            ("restrained K1", "K1", false),
            ("K1", "K1", false),
        ];
        for (text, wanted, expected) in cases {
            let start = text.find(wanted).expect("the text has it");
            let span = Span { start, end: start + wanted.len() };
            let found = Found { passage: 0, span, model_type: 0, probability: 0.5 };
            assert_eq!(follows_strain(&[PassageText::new(text)], &found), expected, "{text}");
        }
    }
}
