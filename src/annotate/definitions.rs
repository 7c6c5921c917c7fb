//! What the document itself defines: abbreviations, and genera that it later shortens to their initial. They hold for
//! all of its passages, before the definition as well.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

use rustc_hash::FxHashSet;

use super::matches::is_part_of_symbol;
use super::mention::{Mention, Reading, Readings, Subject};
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::rank::{NameEvidence, Support};
pub(super) use super::recognise::view::DEFINITIONS_LIMIT;
use super::recognise::view::Placed;
use super::short_forms::ShortForms;
use super::stable;
use super::surface::{self, Agreement};
use super::vocabulary::Vocabulary;
use crate::catalog::EntityIndex;
use crate::model::{Abbreviation, EntityType, Method};
use crate::text::pauses::worked;
use crate::text::{Spare, SpareText, spared};

/// Words before a name inside a long form that say nothing else: "human interleukin 7".
const IDLE_WORDS: &[&str] = &[
    "a",
    "an",
    "the",
    "of",
    "and",
    "human",
    "mouse",
    "murine",
    "rat",
    "recombinant",
    "serum",
    "plasma",
    "anti",
    "total",
];

/// A short form of the document, with what it stands for.
struct ShortForm<'p> {
    text: Cow<'p, str>,
    /// The readings of its long form; empty when it has none.
    readings: Readings,
    /// Its long form; empty for a genus.
    long: &'p str,
    /// Its long form folded, once that was asked for.
    folded_long: Option<SpareText>,
    /// Which entities that were asked for have a name like the long form: the document has its short forms again and again.
    resembling: Spare<Vec<(EntityIndex, bool)>>,
    /// Whether it silences what else the catalog says of the short form.
    defines: bool,
}

/// A place of a short form in a passage.
struct Place {
    tokens: Range<usize>,
    /// The number of the short form.
    short_form: usize,
}

spared!(Vec<Place>, Vec<(EntityIndex, bool)>);
spared!('p: Vec<ShortForm<'p>>, Vec<ShortForm<'static>>);

impl<'p> ShortForm<'p> {
    fn new(text: Cow<'p, str>, long: &'p str, readings: Readings, defines: bool) -> Self {
        Self { text, readings, long, folded_long: None, resembling: Spare::take(), defines }
    }

    /// Whether what a reading speaks of has a name like the long form.
    fn is_like(&mut self, vocabulary: Vocabulary<'_>, subject: &Subject) -> bool {
        let Subject::Entity(entity) = subject else { return false };
        if let Some((_, is_like)) = self.resembling.iter().find(|(own, _)| own == entity) {
            return *is_like;
        }
        let folded = self.folded_long.get_or_insert_with(|| {
            let mut folded = SpareText::take();
            folded.fold(self.long);
            folded
        });
        let is_like = vocabulary.resembles(*entity, folded);
        self.resembling.push((*entity, is_like));
        is_like
    }
}

/// Gives the short forms of `definitions`, which are empty where abbreviations do not count, the readings of their long forms, and marks the readings that the
/// document contradicts. `mentions` come out sorted by place.
pub(super) fn apply_definitions(
    vocabulary: Vocabulary<'_>,
    passages: &[PassageText<'_>],
    definitions: &[Placed],
    mentions: &mut Vec<Mention>,
    options: &PreparedOptions,
) -> Vec<Abbreviation> {
    stable::sort_by_key(mentions, Mention::place);
    let mut short_forms = defined_short_forms(passages, definitions, mentions);
    let mut abbreviations = Vec::new();
    if options.options().abbreviations {
        inverted_initials(passages, mentions, &mut short_forms, &mut abbreviations);
    }
    shortened_genera(passages, mentions, &mut short_forms);
    read_short_forms(vocabulary, passages, mentions, &mut short_forms, options);
    abbreviations
}

/// What the long forms of the abbreviations are read as: of several definitions of one short form the first that is read.
fn defined_short_forms<'p>(
    passages: &'p [PassageText<'_>],
    definitions: &[Placed],
    mentions: &[Mention],
) -> Spare<Vec<ShortForm<'p>>> {
    let short_form = |at: usize| {
        let (index, definition) = &definitions[at];
        &passages[*index].text[definition.short_form.clone()]
    };
    let mut short_forms: Spare<Vec<ShortForm<'p>>> = Spare::take();
    // of each definition the first of its short form; of those that were met, the number of that
    let mut numbers = firsts_of_keys(definitions.len(), short_form);
    for (at, (index, definition)) in definitions.iter().enumerate() {
        let passage = &passages[*index];
        let readings = long_form_readings(passage, mentions, *index, definition.long_form.clone());
        let first = numbers[at];
        if first == at {
            numbers[at] = short_forms.len();
            let long = &passage.text[definition.long_form.clone()];
            short_forms.push(ShortForm::new(Cow::Borrowed(short_form(at)), long, readings, true));
            continue;
        }
        let known = &mut short_forms[numbers[first]];
        if known.readings.is_empty() {
            known.readings = readings;
        }
    }
    short_forms
}

/// Of each of so many places the first place that has the same key. O(n log n).
fn firsts_of_keys<K: Ord>(count: usize, key: impl Fn(usize) -> K) -> Spare<Vec<usize>> {
    let mut order: Spare<Vec<usize>> = (0..count).collect();
    order.sort_unstable_by_key(|at| worked((key(*at), *at)));
    let mut firsts: Spare<Vec<usize>> = (0..count).collect();
    for same in order.chunk_by(|one, next| key(*one) == key(*next)) {
        same.iter().for_each(|at| firsts[*at] = same[0]);
    }
    firsts
}

/// The readings of the mention that is the long form, or all of it but idle words at its beginning.
fn long_form_readings(
    passage: &PassageText<'_>,
    mentions: &[Mention],
    passage_index: usize,
    long_form: Range<usize>,
) -> Readings {
    let from = mentions.partition_point(|m| (m.passage, m.span.start) < (passage_index, long_form.start));
    let inside = mentions[from..]
        .iter()
        .take_while(|m| m.passage == passage_index && m.span.start < long_form.end)
        .find(|m| m.span.end == long_form.end);
    let Some(mention) = inside else { return Readings::default() };
    let before = &passage.text[long_form.start..mention.span.start];
    let mut words = before.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let whole = words.all(|word| IDLE_WORDS.iter().any(|idle| idle.eq_ignore_ascii_case(word)));
    if whole { without_genes_of_diseases(mention.readings.clone()) } else { Readings::default() }
}

/// Without the genes that are only called after the disease that the long form is, letter by letter: "Norrie disease
/// (pseudoglioma)" is a gene's name, and "Norrie disease (ND)" defines no gene.
fn without_genes_of_diseases(mut readings: Readings) -> Readings {
    let disease = |reading: &Reading| {
        let close = |evidence: NameEvidence| evidence.agreement <= Agreement::FirstLetter;
        reading.entity_type == EntityType::Disease && reading.evidence.is_some_and(close)
    };
    if readings.iter().any(disease) {
        readings.retain(|reading| {
            let loose = reading.evidence.is_some_and(|evidence| evidence.agreement == Agreement::Spelling);
            reading.entity_type != EntityType::Gene || !loose
        });
    }
    readings
}

/// `DM` for "myotonic dystrophy (DM)", which keeps the order of the Latin name: the initials of a name of two words, the
/// other way round. The algorithm of Schwartz and Hearst wants them in order.
fn inverted_initials<'p>(
    passages: &'p [PassageText<'_>],
    mentions: &[Mention],
    short_forms: &mut Vec<ShortForm<'p>>,
    abbreviations: &mut Vec<Abbreviation>,
) {
    for mention in mentions.iter().filter(|mention| mention.tokens.len() == 2) {
        let text = passages[mention.passage].text;
        let Some(inside) = text[mention.span.end..].strip_prefix(" (") else { continue };
        let (Some(short), Some(b')')) = (inside.get(..2), inside.as_bytes().get(2)) else { continue };
        let long = passages[mention.passage].slice(mention.span);
        let Some((first, second)) = long.split_once(char::is_whitespace) else { continue };
        let starts = |word: &str, initial: &str| {
            initial.bytes().all(|byte| byte.is_ascii_uppercase())
                && word.get(..1).is_some_and(|letter| letter.eq_ignore_ascii_case(initial))
        };
        let inverted = short.is_ascii() && starts(first, &short[1..]) && starts(second, &short[..1]);
        let is_new = || short_forms.iter().all(|form| form.text != short);
        if inverted && short_forms.len() < DEFINITIONS_LIMIT && is_new() {
            abbreviations.push(Abbreviation { short_form: short.to_owned(), long_form: long.to_owned() });
            short_forms.push(ShortForm::new(Cow::Borrowed(short), long, mention.readings.clone(), true));
        }
    }
}

/// `S. aureus` for each organism of two words that stands in the document.
fn shortened_genera(
    passages: &[PassageText<'_>],
    mentions: &[Mention],
    short_forms: &mut Vec<ShortForm<'_>>,
) {
    let mut known = FxHashSet::default();
    let is_organism = |reading: &Reading| reading.entity_type == EntityType::Species;
    let organisms = mentions.iter().filter(|mention| mention.readings.iter().any(is_organism));
    for mention in organisms.filter(|mention| mention.tokens.len() == 2) {
        let written = passages[mention.passage].slice(mention.span);
        let Some((genus, epithet)) = written.split_once(char::is_whitespace) else { continue };
        let binomial = genus.len() > 2
            && genus.chars().all(char::is_alphabetic)
            && genus.starts_with(char::is_uppercase)
            && epithet.chars().all(|c| c.is_lowercase() || c == '-');
        let Some(initial) = genus.chars().next().filter(|_| binomial) else { continue };
        let text = format!("{initial}. {epithet}");
        if known.len() < DEFINITIONS_LIMIT && known.insert(text.clone()) {
            let readings = mention.readings.iter().filter(|reading| is_organism(reading)).cloned().collect();
            short_forms.push(ShortForm::new(Cow::Owned(text), "", readings, false));
        }
    }
}

/// Reads every place of a short form.
fn read_short_forms(
    vocabulary: Vocabulary<'_>,
    passages: &[PassageText<'_>],
    mentions: &mut Vec<Mention>,
    short_forms: &mut [ShortForm<'_>],
    options: &PreparedOptions,
) {
    let folded = ShortForms::of(short_forms.iter().map(|form| &*form.text));
    if folded.is_empty() {
        return;
    }
    let known = mentions.len();
    // short forms that nothing is known of tell only of what was found
    let only_known = short_forms.iter().all(|short_form| short_form.readings.is_empty());
    let mut places: Spare<Vec<Place>> = Spare::take();
    let mut from = 0;
    for (passage_index, passage) in passages.iter().enumerate() {
        let own = mentions[from..known].iter().take_while(|mention| mention.passage == passage_index);
        let own = from..from + own.count();
        from = own.end;
        if only_known {
            let mut before = None;
            let firsts = mentions[own].iter().map(|mention| mention.tokens.start);
            let firsts = firsts.filter(|first| before.replace(*first) != Some(*first));
            places_of_short_forms(passage, firsts, (&folded, short_forms), options, &mut places);
        } else {
            let firsts = 0..passage.folded.tokens().len();
            places_of_short_forms(passage, firsts, (&folded, short_forms), options, &mut places);
        }
        for Place { tokens, short_form } in places.drain(..) {
            let short_form = &mut short_forms[short_form];
            let span = passage.span(tokens.start, tokens.end);
            let place = (passage_index, span.start, Reverse(span.end));
            match mentions[..known].binary_search_by_key(&place, Mention::place) {
                Ok(at) => reread(vocabulary, &mut mentions[at], short_form),
                Err(_) if short_form.readings.is_empty() => {}
                Err(_) => {
                    let readings = defined_readings(short_form, passage.slice(span));
                    mentions.push(Mention { passage: passage_index, span, tokens, prefix: None, readings });
                }
            }
        }
    }
    stable::sort_by_key(mentions, Mention::place);
}

/// Adds where short forms stand in a passage from some of its tokens on: whole words in the case of the definition that are no
/// part of a longer symbol.
fn places_of_short_forms(
    passage: &PassageText<'_>,
    firsts: impl Iterator<Item = usize>,
    (forms, short_forms): (&ShortForms, &[ShortForm<'_>]),
    options: &PreparedOptions,
    places: &mut Vec<Place>,
) {
    let folded = &passage.folded;
    for first in firsts.filter(|&first| folded.begins_word(first)) {
        forms.each_at((passage.text, folded), first, |tokens, found| {
            let end = first + tokens;
            let written = passage.slice(passage.span(first, end));
            let same = |index: &&usize| {
                surface::agreement(written, &short_forms[**index].text) <= Agreement::SameCase
            };
            let whole = folded.ends_word(end - 1)
                && !is_part_of_symbol(passage, first, end)
                && !options.is_blocked(folded.key(first, end));
            if let Some(index) = found.iter().find(same).filter(|_| whole) {
                places.push(Place { tokens: first..end, short_form: *index });
            }
        });
    }
}

/// Gives a mention that the dictionary has found the readings of its long form.
fn reread(vocabulary: Vocabulary<'_>, mention: &mut Mention, short_form: &mut ShortForm<'_>) {
    if !short_form.defines {
        return;
    }
    let mut defined = defined_readings(short_form, "");
    for reading in &mut mention.readings {
        if let Some(at) = defined.iter().position(|other| other.subject == reading.subject) {
            defined.remove(at);
            confirm(reading);
        } else if short_form.readings.is_empty() && short_form.is_like(vocabulary, &reading.subject) {
            confirm(reading);
        } else {
            reading.contradicted = true;
        }
    }
    mention.readings.append(&mut defined);
}

/// The document defines the short form as a name of that entity.
fn confirm(reading: &mut Reading) {
    reading.method = Method::Abbreviation;
    reading.contradicted = false;
    if let Some(evidence) = &mut reading.evidence {
        evidence.support = Support::Defined;
        evidence.common_word = false;
    }
}

/// The readings of a long form as readings of its short form.
fn defined_readings(short_form: &ShortForm<'_>, written: &str) -> Readings {
    let mut readings = short_form.readings.clone();
    for reading in &mut readings {
        confirm(reading);
        if let Some(evidence) = &mut reading.evidence {
            evidence.agreement = Agreement::Identical;
            evidence.symbol = true;
            if !written.is_empty() {
                evidence.characters = u32::try_from(surface::characters(written)).unwrap_or(u32::MAX);
            }
        }
    }
    readings
}
