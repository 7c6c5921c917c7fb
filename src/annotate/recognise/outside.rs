//! Evidence from outside of the sequence models: forms of variants, organisms in two words, and names that the models have
//! never met.
//!
//! A model that was trained on texts of one time does not know the names of another: no text before 2020 speaks of
//! COVID-19. Where the dictionary has a distinctive name, all of whose words are new to the model, the dictionary is a
//! witness of its own. So is a pattern that means a variant whatever stands around it, and Latin in the form of a species'
//! name, since most species are in no list. Their word and the model's are taken as independent: the chance that both are
//! wrong is the product of the chances that each is (a noisy or).

use std::collections::hash_map::Entry;
use std::ops::Range;
use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::binomials::Part;
use super::super::models::Models;
use super::super::passages::PassageText;
use super::super::surface;
use super::super::variants::Certainty;
use super::Found;
use super::dictionary::{NameMatch, PRESENT, SAME_CASE};
use super::lexicon::Lexicon;
use super::table::model_type;
use super::view::PassageView;
use crate::model::{EntityType, Span};
use crate::text::pauses::{work_done, worked};

/// Common names of species that are witnesses by themselves, one a line; see the notes at its top.
const STUDIED_SPECIES: &str = include_str!("../../../data/lexicon/studied_species.txt");
/// The bytes of the longest of them in its plural.
const STUDIED_BYTES_MAX: usize = 24;

/// How often a common name of a studied species stands for it, or nearly: some corpora take in what stands before it.
const STUDIED: f32 = 0.5;
/// How often a certain form is a variant.
const CERTAIN_FORM: f32 = 0.95;
/// How often a shape alone is.
const SHAPE: f32 = 0.85;
/// How often a distinctive name of new words is what the dictionary says.
const NEW_NAME: f32 = 0.65;
/// How often words of Latin in the form of a species' name are one, or nearly: some corpora take in what stands behind it.
const BINOMIAL: f32 = 0.5;
/// The least level of the second word of such a name, by its spelling, and of both together.
const EPITHET_LEVEL_MIN: u8 = 2;
const BINOMIAL_LEVELS_MIN: u8 = 4;
/// The least characters of a name that is distinctive.
const NAME_CHARACTERS_MIN: usize = 5;
/// The least letters of a word that has to be new to the model.
const WORD_BYTES_MIN: u32 = 3;

/// What speaks for spans by itself.
pub(super) fn witnesses(
    models: &Models,
    (index, passage): (usize, &PassageText<'_>),
    view: &PassageView,
    matches: &[NameMatch],
    lexicon: &Lexicon,
) -> Vec<Found> {
    let mut witnesses = Vec::new();
    let has = |at: usize| models.chains.get(at).is_some_and(Option::is_some);
    let variant = model_type(EntityType::Variant).filter(|at| has(*at));
    for form in view.variants.iter().filter(|form| form.certainty > Certainty::Weak) {
        if let Some(model_type) = variant {
            let probability = if form.certainty == Certainty::Certain { CERTAIN_FORM } else { SHAPE };
            witnesses.push(Found { passage: index, span: form.span, model_type, probability });
        }
    }
    let species = model_type(EntityType::Species).filter(|at| has(*at));
    if let Some(model_type) = species {
        let spans = binomials(view, lexicon);
        let found = |span| Found { passage: index, span, model_type, probability: BINOMIAL };
        witnesses.extend(spans.map(found));
    }
    for name in matches {
        work_done(1);
        if let Some(model_type) = species
            && name.profile.types >> (EntityType::Species as u32) & 1 == 1
            && is_studied(passage, name.first..name.end)
        {
            let span = passage.span(name.first, name.end);
            witnesses.push(Found { passage: index, span, model_type, probability: STUDIED });
        }
        if let Some(model_type) = distinctive_type(name).filter(|at| has(*at))
            && is_new(passage, view, name, lexicon)
        {
            let span = passage.span(name.first, name.end);
            witnesses.push(Found { passage: index, span, model_type, probability: NEW_NAME });
        }
    }
    witnesses
}

/// The names in two words, capitalised and with a Latin ending, that are names of organisms by their spelling as well.
fn binomials<'v>(view: &'v PassageView, lexicon: &'v Lexicon) -> impl Iterator<Item = Span> + 'v {
    let level = |at: usize| lexicon.form(*view.words.get(at)?).organism_level;
    let genera = view.binomials.iter().enumerate().filter(|(_, part)| **part == Part::Genus);
    genera.filter_map(move |(at, _)| {
        let (genus, epithet) = (level(at)?, level(at + 1)?);
        let pieces = &view.pieces.pieces;
        (epithet >= EPITHET_LEVEL_MIN && genus + epithet >= BINOMIAL_LEVELS_MIN)
            .then(|| Span { start: pieces[at].start(), end: pieces[at + 1].end() })
    })
}

/// The type of a name that is of one type only, in the case that the dictionary has it in, and close.
fn distinctive_type(name: &NameMatch) -> Option<usize> {
    let types = name.profile.types;
    if types.count_ones() != 1 {
        return None;
    }
    let at = types.trailing_zeros() as usize;
    let entity_type = *EntityType::ALL.get(at)?;
    let quality = name.profile.qualities[at];
    // a label or an exact name, of the wanted namespace
    let close = quality >> 1 & 3 > 0 && quality >> 3 & 1 == 1;
    let good = quality & PRESENT != 0 && quality & SAME_CASE != 0 && close;
    // names of other types are too often words of other things
    let told = entity_type == EntityType::Disease;
    model_type(entity_type).filter(|_| good && told)
}

/// Whether a name is the common name of a species that papers study, and written as one: not as an acronym is.
fn is_studied(passage: &PassageText<'_>, name: Range<usize>) -> bool {
    static NAMES: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
    let written = passage.slice(passage.span(name.start, name.end));
    let is_word = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b' ' | b'-');
    written.len() <= STUDIED_BYTES_MAX
        && written.bytes().skip(1).all(is_word)
        && NAMES
            .get_or_init(|| surface::lines(STUDIED_SPECIES).collect())
            .contains(passage.folded.key(name.start, name.end))
}

/// Whether a name is long enough and has a word, and none that the model knows.
fn is_new(passage: &PassageText<'_>, view: &PassageView, name: &NameMatch, lexicon: &Lexicon) -> bool {
    let tokens = &passage.folded.tokens()[name.first..name.end];
    let Span { start, end } = passage.span(name.first, name.end);
    let mut words =
        (name.first..name.end).zip(tokens).filter(|(_, token)| token.end - token.start >= WORD_BYTES_MIN);
    let mut any = false;
    let all_new = words.all(|(at, _)| {
        any = true;
        !lexicon.is_known(view.words[view.pieces.of_token(at)])
    });
    any && all_new && end - start >= NAME_CHARACTERS_MIN
}

/// Joins what witnesses say to what the models say, from the place `from` of `found` on.
pub(super) fn hear(witnesses: Vec<Found>, from: usize, found: &mut Vec<Found>) {
    if witnesses.is_empty() {
        return;
    }
    let key = |own: &Found| (own.span, own.model_type);
    let mut places: FxHashMap<_, usize> =
        found.iter().enumerate().skip(from).map(|(place, own)| worked((key(own), place))).collect();
    for witness in witnesses {
        match places.entry(key(&witness)) {
            Entry::Occupied(place) => {
                let own = &mut found[*place.get()];
                own.probability = 1.0 - (1.0 - own.probability) * (1.0 - witness.probability);
            }
            Entry::Vacant(place) => {
                place.insert(found.len());
                found.push(witness);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_witnesses_are_surer_than_one() {
        let one =
            |end, probability| Found { passage: 0, span: Span { start: 0, end }, model_type: 1, probability };
        let mut found = vec![one(4, 0.5), one(5, 0.5)];
        hear(vec![one(5, 0.8), one(6, 0.7)], 0, &mut found);
        let probabilities: Vec<f32> = found.iter().map(|own| own.probability).collect();
        assert_eq!(found.len(), 3);
        assert!((probabilities[1] - 0.9).abs() < 1e-6 && (probabilities[2] - 0.7).abs() < 1e-6);
    }

    #[test]
    fn studied_species_are_told_by_their_common_names() {
        let is_told = |text: &str| {
            let passage = PassageText::new(text);
            is_studied(&passage, 0..passage.folded.tokens().len())
        };
        for text in ["zebrafish", "Zebrafish", "dogs", "guinea pigs", "Guinea-pigs", "rhesus monkey"] {
            assert!(is_told(text), "{text}");
        }
        for text in
            ["DOG", "Guinea Pigs", "cat", "dog rose", "pig-tailed", "african green monkeys of the forest"]
        {
            assert!(!is_told(text), "{text}");
        }
        let listed: Vec<&str> = surface::lines(STUDIED_SPECIES).collect();
        assert!(listed.is_sorted() && listed.iter().all(|name| is_told(name)));
    }
}
