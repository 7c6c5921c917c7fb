//! What kind of document a span stands in, and what the document takes its text for elsewhere.

use super::said::{Likeliest, Written};
use super::{
    Found, Numbers, OF_COMMON_NAME, OF_DIFFERENTLY_MARKED, OF_OTHER_TYPES, OF_PARTNERS_TYPES, OF_PEOPLE,
    OF_STRAIN, Own, Spans, flag,
};
use crate::annotate::passages::PassageText;
use crate::annotate::recognise::table::MODEL_TYPES;
use crate::annotate::species::{is_differently_marked, is_of_people};
use crate::model::EntityType;

/// What tells of what kind a document is that names people or animals.
const DOCUMENT_TYPES: [EntityType; 5] =
    [EntityType::Gene, EntityType::Variant, EntityType::Chemical, EntityType::Disease, EntityType::Species];
/// The first of them: papers of molecules name their people, papers of care mention them.
const MOLECULES: usize = 3;

/// The place of organisms among them.
const ORGANISMS: usize = 4;
/// A sum of each type.
type OfTypes = [f32; MODEL_TYPES.len()];

/// How many numbers tell the kind of a document: that they are told, and those of [`Kind`].
pub(super) const NUMBERS_OF_KIND: usize = 1 + DOCUMENT_TYPES.len() + 4;

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
    /// The kind of a document of that length with those sums of probabilities, by type, and these growing slowly. The others are told of
    /// organisms only.
    pub(super) fn new(sums: &OfTypes, slow_sums: &OfTypes, organisms: Organisms, length: f32) -> Self {
        let of_type = |sums: &OfTypes, of| {
            MODEL_TYPES.iter().zip(sums).find(|(own, _)| **own == of).map_or(0.0, |(_, sum)| *sum)
        };
        let sums = DOCUMENT_TYPES.map(|of| of_type(sums, of));
        if sums[ORGANISMS] == 0.0 {
            return Self { length, ..Self::default() };
        }
        Self {
            names: DOCUMENT_TYPES.map(|of| of_type(slow_sums, of)),
            molecules: sums[..MOLECULES].iter().sum::<f32>().ln_1p(),
            latin: organisms.latin.ln_1p(),
            common: organisms.common.ln_1p(),
            length,
        }
    }

    /// That it is told, and what it is.
    fn numbers(&self) -> [f32; NUMBERS_OF_KIND] {
        let [genes, variants, chemicals, diseases, species] = self.names;
        let Self { molecules, latin, common, length, .. } = *self;
        [1.0, genes, variants, chemicals, diseases, species, molecules, latin, common, length]
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
    if !written.as_bytes().first().is_some_and(u8::is_ascii_uppercase) {
        return false;
    }
    let Some((genus, epithet)) = written.split_once(' ') else { return false };
    genus.bytes().skip(1).all(|byte| byte.is_ascii_lowercase() || byte == b'.')
        && epithet.bytes().take(3).filter(u8::is_ascii_lowercase).count() == 3
}

/// Whether a span stands behind a word such as "strain".
pub(super) fn follows_strain(passages: &[PassageText<'_>], own: &Found) -> bool {
    const WORDS: [&[u8]; 4] = [b"strain", b"strains", b"isolate", b"isolates"];
    let mut before = &passages[own.passage].text.as_bytes()[..own.span.start];
    while let [rest @ .., b' ' | b'('] = before {
        before = rest;
    }
    matches!(before, [.., b'n' | b's' | b'e']) && WORDS.iter().any(|word| before.ends_with(word))
}

impl Spans<'_> {
    /// For words of people and for other common names of organisms, which some papers name as species and others only
    /// mention: what else the document speaks of, and how long it is. The same for words of people that corpora differ in: "children" are
    /// marked in papers at length, and not in abstracts. And whether it is a code of a strain.
    pub(super) fn describe_organism(&self, own: &Own<'_>, numbers: &mut impl Numbers) {
        let name = own.name();
        let differently_marked = is_differently_marked(name);
        let in_lower_case = || !own.written().iter().any(u8::is_ascii_uppercase);
        if !differently_marked && is_of_people(name) {
            numbers.tell(OF_PEOPLE, &self.kind.numbers());
        } else if !differently_marked && in_lower_case() {
            numbers.tell(OF_COMMON_NAME, &self.kind.numbers());
        }
        self.describe_other_types(own, numbers);
        numbers.tell(OF_STRAIN, &[flag(own.keys.follows_strain), flag(own.text.is_of_strain)]);
        if differently_marked {
            numbers.tell(OF_DIFFERENTLY_MARKED, &self.kind.numbers());
        }
    }

    /// What the document takes the same text and its long or short form for, if not for its own type.
    pub(super) fn describe_other_types(&self, own: &Own<'_>, numbers: &mut impl Numbers) {
        let best = |text: &Written| {
            // most texts are of one type
            if text.types & !(1 << own.found.model_type) == 0 {
                return Likeliest::default();
            }
            let others = text.said.iter().enumerate().filter(|(of, _)| *of != own.found.model_type);
            others.fold(Likeliest::default(), |most, (_, said)| most.max(said.likely.best))
        };
        numbers.tell(OF_OTHER_TYPES, &self.told_of(best(own.text)));
        if let Some(partner) = self.partner(own.text) {
            numbers.tell(OF_PARTNERS_TYPES, &self.told_of(best(partner)));
        }
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
