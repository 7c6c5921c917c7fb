//! Evidence from outside of the sequence models: forms of variants, organisms in two words, and names that the models have
//! never met.
//!
//! A model that was trained on texts of one time does not know the names of another: no text before 2020 speaks of
//! COVID-19. Where the dictionary has a distinctive name, all of whose words are new to the model, the dictionary is a
//! witness of its own. So is a pattern that means a variant whatever stands around it, and Latin in the form of a species'
//! name, since most species are in no list. Their word and the model's are taken as independent: the chance that both are
//! wrong is the product of the chances that each is (a noisy or).

use std::collections::hash_map::Entry;

use super::super::binomials::Part;
use super::super::models::Models;
use super::super::passages::PassageText;
use super::super::variants::Certainty;
use super::dictionary::{NameMatch, Profile, is_close};
use super::lexicon::Lexicon;
use super::table::{MODEL_TYPES, model_type};
use super::view::PassageView;
use super::{Found, Prepared, SpanPlaces, cells, longer, studied};
use crate::model::{EntityType, Span};
use crate::text::Spare;
use crate::text::pauses::{work_done, worked};

/// How often a listed common name ([`studied`]) stands for what it names, or nearly: some corpora take in what stands before it.
const STUDIED: f32 = 0.5;
/// How often one of everyday texts as well does so, where the document names organisms in Latin.
const BESIDE: f32 = 0.5;
/// How often the name of a cell line with "cells" behind it is one.
const CELL_LINE: f32 = 0.8;
/// How often a certain form is a variant.
const CERTAIN_FORM: f32 = 0.95;
/// How often a shape alone is.
const SHAPE: f32 = 0.85;
/// How often a distinctive name of new words is what the dictionary says.
const NEW_NAME: f32 = 0.65;
/// How often words of Latin in the form of a species' name are one, or nearly: some corpora take in what stands behind it.
const BINOMIAL: f32 = 0.5;
/// How often such a name is, or nearly, that the dictionary has.
const LISTED_BINOMIAL: f32 = 0.7;
/// The least level of the second word of such a name, by its spelling, and of both together.
const EPITHET_LEVEL_MIN: u8 = 2;
const BINOMIAL_LEVELS_MIN: u8 = 4;
/// The least bytes of the second word of one that the dictionary has: "Glycine max".
const EPITHET_BYTES_MIN: usize = 3;
/// The least characters of a name that is distinctive.
const NAME_CHARACTERS_MIN: usize = 5;
/// The least letters of a word that has to be new to the model.
const WORD_BYTES_MIN: u32 = 3;
/// The names whose work is told together.
const NAMES_TOGETHER: usize = 64;

/// The witnesses that are looked for among all spans; those of more are found by their places.
const WITNESSES_FEW: usize = 8;

/// A name that may be a witness.
const WITNESS: u8 = 1;
/// A name of one type that others may be parts of ([`longer`]).
const WHOLE: u8 = 2;

/// What names of that profile may speak for, as bits, whatever text they stand in, so that most are passed over: [`WITNESS`] and [`WHOLE`].
pub(super) fn speaks_for(profile: &Profile) -> u8 {
    let is_witness = cells::may_be_named(profile)
        || profile.studied != 0
        || profile.beside
        || may_be_species_in_full(profile)
        || distinctive_type(profile).is_some();
    (u8::from(is_witness) * WITNESS) | (u8::from(longer::may_be_whole(profile)) * WHOLE)
}

/// The names of a passage that may speak for spans.
pub(super) fn speaking(matches: &[NameMatch], speaking: &mut Vec<NameMatch>) {
    speaking.clear();
    for names in matches.chunks(NAMES_TOGETHER) {
        work_done(names.len() / 8);
        speaking.extend(names.iter().filter(|name| name.profile.speaks != 0));
    }
}

/// What speaks for spans by itself. `speaking` are the names that may ([`speaking`]).
pub(super) fn witnesses(
    models: &Models,
    (index, passage): (usize, &PassageText<'_>),
    view: &PassageView,
    speaking: &[NameMatch],
    (lexicon, names_latin): (&Lexicon, bool),
) -> Spare<Vec<Found>> {
    let mut witnesses: Spare<Vec<Found>> = Spare::take();
    let has = |at: usize| models.chains.get(at).is_some_and(Option::is_some);
    let variant = model_type(EntityType::Variant).filter(|at| has(*at));
    for form in view.variants.iter().filter(|form| form.certainty > Certainty::Weak) {
        if let Some(model_type) = variant {
            let probability = if form.certainty == Certainty::Certain { CERTAIN_FORM } else { SHAPE };
            witnesses.push(Found { passage: index, span: form.span, model_type, probability });
        }
    }
    let species = model_type(EntityType::Species).filter(|at| has(*at));
    let cell_line = model_type(EntityType::CellLine).filter(|at| has(*at));
    // binomials that the dictionary has, and codes of cell lines, in order
    let (mut listed, mut coded): (Spare<Vec<Span>>, Spare<Vec<Span>>) = (Spare::take(), Spare::take());
    for name in speaking.iter().filter(|name| name.profile.speaks & WITNESS != 0) {
        work_done(1);
        if let Some(model_type) = cell_line.filter(|_| cells::is_named(passage, name)) {
            let span = passage.span(name.first, name.end);
            coded.push(span);
            witnesses.push(Found { passage: index, span, model_type, probability: CELL_LINE });
        }
        if name.profile.studied != 0 {
            let span = passage.span(name.first, name.end);
            let types =
                MODEL_TYPES.into_iter().enumerate().filter(|_| studied::is_written_so(passage.slice(span)));
            let own = types.filter(|(at, of)| has(*at) && name.profile.studied >> *of as u16 & 1 == 1);
            let found = |(model_type, _)| Found { passage: index, span, model_type, probability: STUDIED };
            witnesses.extend(own.map(found));
        }
        if let Some(model_type) = species.filter(|_| names_latin && name.profile.beside) {
            let span = passage.span(name.first, name.end);
            let found = Found { passage: index, span, model_type, probability: BESIDE };
            witnesses.extend(studied::is_written_so(passage.slice(span)).then_some(found));
        }
        if let Some(model_type) = species.filter(|_| is_species_in_full(passage, name)) {
            let span = passage.span(name.first, name.end);
            listed.push(span);
            witnesses.push(Found { passage: index, span, model_type, probability: LISTED_BINOMIAL });
        }
        if let Some(model_type) = distinctive_type(&name.profile).filter(|at| has(*at))
            && is_new(passage, view, name, lexicon)
        {
            let span = passage.span(name.first, name.end);
            witnesses.push(Found { passage: index, span, model_type, probability: NEW_NAME });
        }
    }
    if let Some(model_type) = species.filter(|_| view.has_forms) {
        let others = binomials(view, lexicon).filter(|span| listed.binary_search(span).is_err());
        let found = |span| Found { passage: index, span, model_type, probability: BINOMIAL };
        witnesses.extend(others.map(found));
    }
    if !coded.is_empty() {
        witnesses.retain(|own| Some(own.model_type) != variant || coded.binary_search(&own.span).is_err());
    }
    witnesses
}

/// Whether a document has common names that are witnesses beside organisms in Latin, and names such.
pub(super) fn names_latin(passages: &[PassageText<'_>], prepared: &Prepared, lexicon: &Lexicon) -> bool {
    let Prepared { views, matches, .. } = prepared;
    let listed = |(passage, names): (&PassageText<'_>, &Vec<NameMatch>)| {
        names.iter().any(|name| is_species_in_full(passage, name))
    };
    matches.iter().flatten().any(|name| name.profile.beside)
        && (passages.iter().zip(matches.iter()).any(listed)
            || views.iter().any(|view| binomials(view, lexicon).next().is_some()))
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
fn distinctive_type(profile: &Profile) -> Option<usize> {
    let types = profile.types;
    if types.count_ones() != 1 {
        return None;
    }
    let at = types.trailing_zeros() as usize;
    let entity_type = *EntityType::ALL.get(at)?;
    let quality = profile.qualities[at];
    // of the wanted namespace
    let good = is_close(quality) && quality >> 3 & 1 == 1;
    // names of other types are too often words of other things
    let told = entity_type == EntityType::Disease;
    model_type(entity_type).filter(|_| good && told)
}

/// Whether a name is a species', as the dictionary writes it.
fn may_be_species_in_full(profile: &Profile) -> bool {
    // extracts and vaccines are called after their species
    let others = !(1 << EntityType::Species as u16 | 1 << EntityType::Chemical as u16);
    profile.types & others == 0 && is_close(profile.qualities[EntityType::Species as usize])
}

/// Whether a name is that of a species in two words, as the dictionary writes it: "Listeria monocytogenes".
fn is_species_in_full(passage: &PassageText<'_>, name: &NameMatch) -> bool {
    may_be_species_in_full(&name.profile) && name.end - name.first == 2 && {
        let written = passage.slice(passage.span(name.first, name.end));
        let is_small = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
        written.split_once(' ').is_some_and(|(genus, epithet)| {
            genus.starts_with(|initial: char| initial.is_ascii_uppercase())
                && genus.get(1..).is_some_and(is_small)
                && is_small(epithet)
                && epithet.len() >= EPITHET_BYTES_MIN
        })
    }
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
pub(super) fn hear(witnesses: &[Found], from: usize, found: &mut Vec<Found>) {
    if witnesses.is_empty() {
        return;
    }
    let key = |own: &Found| (own.model_type, own.span);
    if witnesses.len() <= WITNESSES_FEW {
        for witness in witnesses {
            work_done((found.len() - from) / 8);
            match found[from..].iter_mut().rfind(|own| key(own) == key(witness)) {
                Some(own) => own.probability = together(own.probability, witness.probability),
                None => found.push(*witness),
            }
        }
        return;
    }
    let mut places: Spare<SpanPlaces> = Spare::take();
    places.extend((from..).zip(&found[from..]).map(|(place, own)| worked((key(own), place))));
    for witness in witnesses {
        match places.entry(key(witness)) {
            Entry::Occupied(place) => {
                let own = &mut found[*place.get()];
                own.probability = together(own.probability, witness.probability);
            }
            Entry::Vacant(place) => {
                place.insert(found.len());
                found.push(*witness);
            }
        }
    }
}

/// The chance that not both are wrong.
fn together(one: f32, other: f32) -> f32 {
    1.0 - (1.0 - one) * (1.0 - other)
}

#[cfg(test)]
mod tests {
    use super::super::dictionary::{PRESENT, SAME_CASE};
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn two_witnesses_are_surer_than_one() {
        let one =
            |end, probability| Found { passage: 0, span: Span { start: 0, end }, model_type: 1, probability };
        let mut found = vec![one(4, 0.5), one(5, 0.5)];
        hear(&[one(5, 0.8), one(6, 0.7)], 0, &mut found);
        let probabilities: Vec<f32> = found.iter().map(|own| own.probability).collect();
        assert_eq!(found.len(), 3);
        assert!((probabilities[1] - 0.9).abs() < 1e-6 && (probabilities[2] - 0.7).abs() < 1e-6);
    }

    #[test]
    fn many_witnesses_are_heard_as_few_are() {
        let one = |start, end, model_type, probability| Found {
            passage: 0,
            span: Span { start, end },
            model_type,
            probability,
        };
        let found = [one(0, 4, 1, 0.5), one(0, 4, 2, 0.4), one(5, 9, 1, 0.3)];
        let witnesses: Vec<Found> = (0..4 * WITNESSES_FEW)
            .map(|at| one(at % 6 * 5, at % 6 * 5 + 4, at % 3, 0.1 + at as f32 / 99.0))
            .collect();
        let (mut together, mut apart) = (found.to_vec(), found.to_vec());
        hear(&witnesses, 1, &mut together);
        witnesses.iter().for_each(|own| hear(std::slice::from_ref(own), 1, &mut apart));
        assert_eq!(together, apart);
        assert_eq!(together[0], found[0], "what stands before the passage is another's");
    }

    #[test]
    fn names_that_speak_for_spans_are_told_by_their_profiles() {
        let speaks = |of: EntityType, quality: u8, other: Option<EntityType>| {
            let mut profile = Profile { types: 1 << of as u16, ..Profile::default() };
            profile.qualities[of as usize] = quality;
            if let Some(other) = other {
                profile.types |= 1 << other as u16;
                profile.qualities[other as usize] = quality;
            }
            speaks_for(&profile)
        };
        let (same, preferred) = (PRESENT | SAME_CASE, 1 << 3);
        let label = same | 2 << 1;
        assert_eq!(speaks(EntityType::Species, label, None), WITNESS | WHOLE);
        assert_eq!(speaks(EntityType::Species, label, Some(EntityType::Chemical)), WITNESS);
        assert_eq!(speaks(EntityType::Species, label, Some(EntityType::Disease)), 0);
        assert_eq!(speaks(EntityType::Disease, label, None), WHOLE);
        assert_eq!(speaks(EntityType::Disease, label | preferred, None), WITNESS | WHOLE);
        assert_eq!(speaks(EntityType::CellLine, same, Some(EntityType::Gene)), WITNESS);
        assert_eq!(speaks(EntityType::Gene, label, None), 0);
        let listed = Profile { studied: 1, ..Profile::default() };
        let beside = Profile { beside: true, ..Profile::default() };
        assert_eq!([listed, beside].map(|own| speaks_for(&own)), [WITNESS; 2]);
    }

    #[test]
    fn species_that_the_dictionary_has_in_two_words_are_told() {
        let group = Catalog::embedded().unwrap().names().exact("HeLa").unwrap();
        let is_told = |text: &str, others: &[EntityType], quality: u8| {
            let passage = PassageText::new(text);
            let mut profile = Profile { types: 1 << EntityType::Species as u16, ..Profile::default() };
            profile.qualities[EntityType::Species as usize] = quality;
            others.iter().for_each(|of| profile.types |= 1 << *of as u16);
            let name = NameMatch { first: 0, end: passage.folded.tokens().len(), group, profile };
            is_species_in_full(&passage, &name)
        };
        let label = PRESENT | SAME_CASE | 2 << 1;
        let chemical = [EntityType::Chemical];
        assert!(is_told("Glycine max", &[], label) && is_told("Listeria monocytogenes", &chemical, label));
        assert!(!is_told("Glycine max", &[EntityType::Disease], label));
        // a related name, another case, or no name of two words
        assert!(
            !is_told("Glycine max", &[], PRESENT | SAME_CASE)
                && !is_told("Glycine max", &[], PRESENT | 2 << 1)
        );
        for text in ["glycine max", "Glycine Max", "Glycine", "Glycine max var", "E. coli", "Mus mu"] {
            assert!(!is_told(text, &[], label), "{text}");
        }
    }
}
