//! A second look at the spans that the sequence models found: what the rest of the document says of them.
//!
//! A sentence is read by itself. A name that is certain in one sentence is likely the same in another that leaves it open;
//! so is the short form of a long one that is certain. Other spans that overlap it, of its own type and of others, its
//! neighbours in a list, names of the dictionary and of the gold data that fit it exactly, and its own form as a whole (a
//! bracket without its partner, an "and") speak as well. A logistic regression a type weighs these, learnt of documents
//! held out.

mod kinds;
mod letters;
mod rivals;
mod said;

use std::ops::Range;
use std::sync::OnceLock;

use kinds::{Kind, Organisms, follows_strain};
use letters::Letters;
use rivals::{Rivals, rivals};
use rustc_hash::{FxHashMap, FxHashSet};
use said::{OfTypes, Said, Texts};

use super::super::link::aliases::alias_key;
use super::super::models::Models;
use super::super::passages::PassageText;
use super::dictionary::PRESENT;
use super::table::MODEL_TYPES;
use super::{Found, Prepared};
use crate::model::EntityType;
use crate::text::pauses::work_done;
use crate::text::{word_hash, word_hash_within};

/// How many numbers describe a span.
pub(crate) const LOOK_FEATURES: usize = 85;
/// What describes a span.
pub(crate) type Look = [f32; LOOK_FEATURES];

/// Spans that are less likely are not looked at again; they still speak for and against others.
const PROBABILITY_LOOKED_AT: f32 = 0.05;
/// Log-odds beyond this are cut.
const LOG_ODDS_LIMIT: f32 = 6.0;
/// The log-odds from which a span is taken for certain.
const CERTAIN_LOG_ODDS: f32 = 2.0;
/// The most pieces and occurrences that are told apart.
const COUNT_LIMIT: usize = 12;
/// The counts whose logarithms are taken once.
const SMALL_COUNTS: usize = 64;

/// Gives every span the probability that the second look leaves it, where the models have learnt to look.
// stages put into one another have too few registers
#[inline(never)]
pub(super) fn look(models: &Models, passages: &[PassageText<'_>], prepared: &Prepared, found: &mut [Found]) {
    let weights = |at: usize| {
        let chain = models.chains.get(at)?.as_ref()?;
        (chain.look.len() == LOOK_FEATURES).then_some(chain.look.as_slice())
    };
    if (0..MODEL_TYPES.len()).all(|at| weights(at).is_none()) {
        return;
    }
    let mut changed: Vec<(usize, f32)> = Vec::with_capacity(found.len());
    let weighing =
        |own: &Found| weights(own.model_type).map(|weights| Weighing { weights, count: 0, sum: 0.0 });
    each_look(models, passages, prepared, found, weighing, |place, Weighing { sum, .. }| {
        changed.push((place, 1.0 / (1.0 + (-sum).exp())));
    });
    for (place, probability) in changed {
        found[place].probability = probability;
    }
}

/// What speaks for each span that is likely enough and against it, with its place in `found`, which stand by passage. Linear
/// in their number, as only so many likely spans can overlap.
pub(crate) fn describe(
    models: &Models,
    passages: &[PassageText<'_>],
    prepared: &Prepared,
    found: &[Found],
) -> Vec<(usize, Look)> {
    let mut looks = Vec::new();
    let all = |_: &Found| Some(Values { values: [0.0; LOOK_FEATURES], count: 0 });
    each_look(models, passages, prepared, found, all, |place, look| looks.push((place, look.values)));
    looks
}

/// Tells what speaks for each span that is likely enough to what `begin` gives for it, where it gives anything.
fn each_look<N: Numbers>(
    models: &Models,
    passages: &[PassageText<'_>],
    prepared: &Prepared,
    found: &[Found],
    begin: impl Fn(&Found) -> Option<N>,
    mut take: impl FnMut(usize, N),
) {
    if found.is_empty() {
        return;
    }
    let document = Spans::new(passages, prepared, found);
    let likely = found.iter().enumerate().filter(|(_, own)| own.probability >= PROBABILITY_LOOKED_AT);
    for (place, own) in likely {
        work_done(8);
        let Some(mut numbers) = begin(own) else { continue };
        let odds = log_odds(own.probability);
        document.describe_elsewhere(place, (own, odds), &mut numbers);
        document.describe_neighbours(place, own, &mut numbers);
        document.describe_names(models, place, (own, odds), &mut numbers);
        document.describe_form(place, (own, odds), &mut numbers);
        document.describe_common_name(place, own, &mut numbers);
        document.describe_other_types(place, own, &mut numbers);
        document.describe_differently_marked(place, own, &mut numbers);
        take(place, numbers);
    }
}

/// What the numbers of a span are told to, one after the other.
trait Numbers {
    fn add(&mut self, value: f32);

    /// Adds so many zeros.
    fn pass_over(&mut self, count: usize);

    fn add_if(&mut self, holds: bool) {
        self.add(f32::from(u8::from(holds)));
    }

    /// Whether there is a probability, and its log-odds.
    fn add_odds(&mut self, probability: Option<f32>) {
        match probability {
            Some(probability) => {
                self.add(1.0);
                self.add(log_odds(probability));
            }
            None => self.pass_over(2),
        }
    }
}

/// The numbers while they are written, for training.
struct Values {
    values: Look,
    count: usize,
}

impl Numbers for Values {
    fn add(&mut self, value: f32) {
        if let Some(place) = self.values.get_mut(self.count) {
            *place = value;
        }
        self.count += 1;
    }

    fn pass_over(&mut self, count: usize) {
        self.count += count;
    }
}

/// The sum of the numbers times their weights.
struct Weighing<'m> {
    weights: &'m [f32],
    count: usize,
    sum: f32,
}

impl Numbers for Weighing<'_> {
    #[inline]
    fn add(&mut self, value: f32) {
        if let Some(weight) = self.weights.get(self.count) {
            self.sum += weight * value;
        }
        self.count += 1;
    }

    fn pass_over(&mut self, count: usize) {
        self.count += count;
    }
}

fn log_odds(probability: f32) -> f32 {
    let odds = probability / (1.0 - probability).max(f32::MIN_POSITIVE);
    odds.max(f32::MIN_POSITIVE).ln().clamp(-LOG_ODDS_LIMIT, LOG_ODDS_LIMIT)
}

/// A count as a number that grows slowly.
fn slow(count: usize) -> f32 {
    static SMALL: OnceLock<[f32; SMALL_COUNTS]> = OnceLock::new();
    let logarithm = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX)).ln_1p();
    let small = SMALL.get_or_init(|| std::array::from_fn(logarithm));
    small.get(count).copied().unwrap_or_else(|| logarithm(count))
}

fn some(probability: f32) -> Option<f32> {
    (probability > 0.0).then_some(probability)
}

/// The spans of a document by what they are held against.
struct Spans<'d> {
    passages: &'d [PassageText<'d>],
    prepared: &'d Prepared,
    /// What each span is found by.
    keys: Vec<Keys<'d>>,
    written: Texts,
    folded: Texts,
    /// The texts that stand behind a word such as "strain", by their places in `written`.
    strains: FxHashSet<usize>,
    /// The short forms by their long ones, and the other way.
    partners: FxHashMap<&'d str, &'d str>,
    rivals: Vec<Rivals>,
    /// The sum of the probabilities of each type.
    sums: [f32; MODEL_TYPES.len()],
    /// That of organisms by how their names are written.
    organisms: Organisms,
    /// What they and the document's length tell of its kind.
    kind: Kind,
    /// The first passage with any piece, mostly the title.
    title: usize,
}

/// What a span is found by: the places of its text and its folded name, and the name.
struct Keys<'d> {
    written: usize,
    folded: usize,
    name: &'d str,
    /// The tokens that it covers.
    tokens: Range<usize>,
}

impl<'d> Spans<'d> {
    fn new(passages: &'d [PassageText<'d>], prepared: &'d Prepared, found: &[Found]) -> Self {
        let pieces = prepared.views.iter().map(|view| view.pieces.pieces.len()).sum();
        let mut spans = Self {
            passages,
            prepared,
            keys: Vec::with_capacity(found.len()),
            written: Texts::with_room(found.len()),
            folded: Texts::with_room(found.len()),
            strains: FxHashSet::default(),
            partners: FxHashMap::default(),
            rivals: Vec::new(),
            sums: [0.0; MODEL_TYPES.len()],
            organisms: Organisms::default(),
            kind: Kind::default(),
            title: prepared.views.iter().position(|view| !view.pieces.pieces.is_empty()).unwrap_or(0),
        };
        for (place, own) in found.iter().enumerate() {
            work_done(1);
            spans.add(place, own);
        }
        spans.kind = Kind::new(&spans.sums, spans.organisms, pieces);
        for (index, definition) in &prepared.definitions {
            let text = passages[*index].text;
            let (short, long) = (&text[definition.short_form.clone()], &text[definition.long_form.clone()]);
            spans.partners.entry(short).or_insert(long);
            spans.partners.entry(long).or_insert(short);
        }
        let elsewhere = |(place, own): (usize, &Found)| spans.said_as(place, own.model_type).elsewhere(place);
        let elsewhere: Vec<f32> = found.iter().enumerate().map(elsewhere).collect();
        spans.rivals = rivals(found, &elsewhere);
        spans
    }

    fn add(&mut self, place: usize, own: &Found) {
        let passages = self.passages;
        let passage = &passages[own.passage];
        let tokens = passage.folded.tokens_within(own.span.start, own.span.end);
        let name = passage.folded.key(tokens.start, tokens.end);
        let text = word_hash_within(passage.text.as_bytes(), own.span.start..own.span.end);
        let written = self.written.add(text, place, own);
        let folded = self.folded.add(word_hash(name.as_bytes()), place, own);
        self.keys.push(Keys { written, folded, name, tokens });
        self.sums[own.model_type] += own.probability;
        if MODEL_TYPES[own.model_type] == EntityType::Species {
            self.organisms.add(passage.slice(own.span), name, own.probability);
            if follows_strain(passages, own) {
                self.strains.insert(written);
            }
        }
    }

    /// What is said of the text of a span as one of its type.
    fn said_as(&self, place: usize, model_type: usize) -> Said {
        self.written.said[self.keys[place].written][model_type]
    }

    /// What the sentence says, and what the document says of the same text and of its long or short form.
    fn describe_elsewhere(&self, place: usize, (own, odds): (&Found, f32), numbers: &mut impl Numbers) {
        let said = self.said_as(place, own.model_type);
        let others = said.count > 1;
        let best = if others { log_odds(said.elsewhere(place)) } else { 0.0 };
        let mean = (said.sum - own.probability) / f32::from(said.count.max(2) - 1);
        numbers.add(1.0);
        numbers.add(odds);
        numbers.add(odds.max(0.0));
        numbers.add((odds - CERTAIN_LOG_ODDS).max(0.0));
        numbers.add_if(others);
        numbers.add(best);
        numbers.add(best.max(0.0));
        numbers.add(if others { log_odds(mean) } else { 0.0 });
        numbers.add(slow(usize::from(said.count).min(COUNT_LIMIT)));
        numbers.add(odds * best / LOG_ODDS_LIMIT);
        let folded = self.folded.said[self.keys[place].folded][own.model_type];
        numbers.add_odds(some(folded.elsewhere(place)).filter(|_| !others));
        let partner = self.partners.get(self.passages[own.passage].slice(own.span));
        let partner = partner.map(|text| {
            self.written.of(text).map(|of_types| of_types[own.model_type]).filter(|said| said.count > 0)
        });
        numbers.add_if(partner.is_some());
        numbers.add(partner.flatten().map_or(0.0, |said| log_odds(said.best)));
        numbers.add_if(partner.is_some_and(|said| said.is_none()));
    }

    /// The spans that overlap it and those beside it, and how many of its type the document has.
    fn describe_neighbours(&self, place: usize, own: &Found, numbers: &mut impl Numbers) {
        let Rivals { same_type, same_elsewhere, same_span, other_type, before, after } = self.rivals[place];
        for rival in [same_type, same_elsewhere, same_span, other_type] {
            numbers.add_odds(some(rival));
        }
        numbers.add_odds(before.probability());
        numbers.add_odds(after.probability());
        numbers.add(self.sums[own.model_type].ln_1p());
        numbers.add(self.kind.length);
        numbers.add_if(own.passage == self.title);
    }

    /// What the dictionary and the gold data have of its name.
    fn describe_names(
        &self,
        models: &Models,
        place: usize,
        (own, odds): (&Found, f32),
        numbers: &mut impl Numbers,
    ) {
        let (quality, is_other) = self.quality(own);
        let present = quality & PRESENT != 0;
        numbers.add_if(present);
        numbers.add_if(present && quality & 1 != 0);
        numbers.add_if(present && quality >> 1 & 3 > 0);
        numbers.add_if(present && quality >> 4 & 3 > 0);
        numbers.add_if(is_other);
        let key = alias_key(MODEL_TYPES[own.model_type], self.keys[place].name);
        let count: u32 = models.aliases.of(key, None).map(|said| said.count).sum();
        numbers.add(slow(count as usize));
        numbers.add_if(count > 0);
        numbers.add(if count > 0 { odds } else { 0.0 });
    }

    /// How good a name of its type the span is in the dictionary, and whether it is a name of another.
    fn quality(&self, own: &Found) -> (u8, bool) {
        let entity_type = MODEL_TYPES[own.model_type] as usize;
        let passage = &self.passages[own.passage];
        // they stand by their first tokens
        let names = &self.prepared.matches[own.passage];
        let start = |first: usize| passage.span(first, first + 1).start;
        let from = names.partition_point(|name| start(name.first) < own.span.start);
        let here = names[from..].iter().take_while(|name| start(name.first) == own.span.start);
        let (mut quality, mut is_other) = (0, false);
        for name in here.filter(|name| passage.span(name.first, name.end).end == own.span.end) {
            quality |= name.profile.qualities[entity_type];
            is_other |= name.profile.types & !(1 << entity_type) != 0;
        }
        (quality, is_other)
    }

    /// Its own form as a whole.
    fn describe_form(&self, place: usize, (own, odds): (&Found, f32), numbers: &mut impl Numbers) {
        let written = self.passages[own.passage].slice(own.span);
        let view = &self.prepared.views[own.passage];
        let pieces = view.pieces.of_tokens(&self.keys[place].tokens, own.span);
        let is_one = pieces.len() == 1;
        numbers.add_if(is_one);
        numbers.add(if is_one { odds } else { 0.0 });
        numbers.add(slow(pieces.len().min(COUNT_LIMIT)));
        numbers.add(f32::from(view.repeated.get(pieces.start).copied().unwrap_or(0)));
        let letters = Letters::of(written.as_bytes());
        numbers.add_if(letters.opened != letters.closed);
        numbers.add_if(letters.opened == letters.closed && letters.opened > 0);
        numbers.add_if(letters.joined);
        numbers.add_if(!letters.spaced);
        numbers.add_if(letters.digit);
        numbers.add_if(!letters.upper);
        numbers.add_if(!letters.lower);
    }
}
