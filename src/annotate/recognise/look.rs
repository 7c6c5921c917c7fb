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

use kinds::{Kind, NUMBERS_OF_KIND, Organisms, follows_strain};
use rivals::{AFTER, BEFORE, OTHER_TYPE, Rivals, SAME_ELSEWHERE, SAME_SPAN, SAME_TYPE, Standing, meet, sort};
use said::{Folded, Likeliest, Partner, Texts, Written};

use super::super::counts::CountLogs;
use super::super::link::aliases::alias_key;
use super::super::models::Models;
use super::super::passages::PassageText;
use super::dictionary::{NameMatch, PRESENT};
use super::table::MODEL_TYPES;
use super::{Found, Prepared};
use crate::model::EntityType;
use crate::text::listed::count_before;
use crate::text::pauses::work_done;
use crate::text::{Spare, spared, to_u32, word_hash_within};

/// How many numbers describe a span.
pub(crate) const LOOK_FEATURES: usize = 85;
/// What describes a span.
pub(crate) type Look = [f32; LOOK_FEATURES];

/// Where the numbers of each part of that begin.
const OF_TEXT: usize = 0;
const OF_NAME: usize = 10;
const OF_PARTNER: usize = 12;
const OF_NEIGHBOURS: usize = 15;
const OF_LENGTH: usize = 27;
const OF_DICTIONARY: usize = 30;
const OF_FORM: usize = 38;
const OF_LETTERS: usize = 42;
const OF_PEOPLE: usize = 49;
const OF_COMMON_NAME: usize = OF_PEOPLE + NUMBERS_OF_KIND;
const OF_OTHER_TYPES: usize = OF_COMMON_NAME + NUMBERS_OF_KIND;
const OF_PARTNERS_TYPES: usize = OF_OTHER_TYPES + 2;
const OF_STRAIN: usize = OF_OTHER_TYPES + 4;
const OF_DIFFERENTLY_MARKED: usize = OF_OTHER_TYPES + 6;

/// Spans that are less likely are not looked at again; they still speak for and against others.
const PROBABILITY_LOOKED_AT: f32 = 0.05;
/// The spans whose names are counted together.
const COUNTED_TOGETHER: usize = 32;
/// So many names are asked at a time whether they begin before a span.
const NAMES_BEFORE: usize = 4;
/// Log-odds beyond this are cut.
const LOG_ODDS_LIMIT: f32 = 6.0;
/// The log-odds from which a span is taken for certain.
const CERTAIN_LOG_ODDS: f32 = 2.0;
/// The most pieces and occurrences that are told apart.
const COUNT_LIMIT: u32 = 12;
/// The most spans whose room is kept.
const ROOM_SPANS_LIMIT: usize = 1 << 12;

/// Room for what the spans of a document are held against.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// What each span is found by.
    keys: Vec<Keys>,
    /// Nothing, and of each span that there is one and its log-odds, so that what is said of a span or none is read without a branch.
    told: Vec<[f32; 2]>,
    written: Texts<Written>,
    folded: Texts<Folded>,
    /// The spans of a passage by where they begin, which stands above their places.
    order: Vec<u64>,
    /// The same with their rivals.
    standing: Vec<Standing>,
}

/// Gives every span the probability that the second look leaves it, where the models have learnt to look.
// stages put into one another have too few registers
#[inline(never)]
pub(super) fn look(
    models: &Models,
    passages: &[PassageText<'_>],
    prepared: &Prepared,
    found: &mut [Found],
    room: &mut Room,
) {
    let weights: [Option<&Look>; MODEL_TYPES.len()] = std::array::from_fn(|at| {
        let chain = models.chains.get(at)?.as_ref()?;
        chain.look.as_slice().try_into().ok()
    });
    if weights.iter().all(Option::is_none) {
        return;
    }
    let mut changed: Spare<Vec<(usize, f32)>> = Spare::take();
    let weighing =
        |own: &Found| weights.get(own.model_type).copied()?.map(|weights| Weighing { weights, sum: 0.0 });
    each_look(models, (passages, prepared), found, room, weighing, |place, Weighing { sum, .. }| {
        changed.push((place, 1.0 / (1.0 + (-sum).exp())));
    });
    for &(place, probability) in changed.iter() {
        found[place].probability = probability;
    }
    if room.keys.capacity() > ROOM_SPANS_LIMIT {
        *room = Room::default();
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
    let (mut room, none) = (Room::default(), |_: &Found| Some([0.0; LOOK_FEATURES]));
    each_look(models, (passages, prepared), found, &mut room, none, |place, look| looks.push((place, look)));
    looks.sort_unstable_by_key(|(place, _)| *place);
    looks
}

/// Tells what speaks for each span that is likely enough to what `begin` gives for it, where it gives anything. Those of a passage
/// come by where they begin.
fn each_look<N: Numbers>(
    models: &Models,
    (passages, prepared): (&[PassageText<'_>], &Prepared),
    found: &[Found],
    room: &mut Room,
    begin: impl Fn(&Found) -> Option<N>,
    mut take: impl FnMut(usize, N),
) {
    if found.is_empty() {
        return;
    }
    let mut document = Spans::new(passages, prepared, found, room);
    let mut from = 0;
    for (passage, names) in prepared.matches.iter().enumerate() {
        let count = found[from..].iter().take_while(|own| own.passage == passage).count();
        document.have_meet(found, from..from + count);
        from += count;
        let mut names = names.as_slice();
        for index in 0..count {
            if index % COUNTED_TOGETHER == 0 {
                document.learn_counts(models, found, index);
            }
            let place = place_of(document.room.order[index]);
            let own = &found[place];
            if own.probability < PROBABILITY_LOOKED_AT {
                continue;
            }
            work_done(8);
            let Some(mut numbers) = begin(own) else { continue };
            document.learn((place, own));
            let own = document.own((index, place), own);
            document.describe_text(&own, &mut numbers);
            document.describe_neighbours(&own, &mut numbers);
            document.describe_names(&own, &mut names, &mut numbers);
            document.describe_form(&own, &mut numbers);
            if MODEL_TYPES[own.found.model_type] == EntityType::Species {
                document.describe_organism(&own, &mut numbers);
            } else {
                document.describe_other_types(&own, &mut numbers);
            }
            take(place, numbers);
        }
    }
}

/// The place of a span in the order of its passage.
const fn place_of(ordered: u64) -> usize {
    (ordered & 0xffff_ffff) as usize
}

/// What the numbers of a span are told to, one after the other.
trait Numbers {
    /// Tells the numbers from the place `at` on. Those that are not told are zero.
    fn tell<const COUNT: usize>(&mut self, at: usize, values: &[f32; COUNT]);
}

/// The numbers as they are written, for training.
impl Numbers for Look {
    fn tell<const COUNT: usize>(&mut self, at: usize, values: &[f32; COUNT]) {
        if let Some(places) = self.get_mut(at..at + COUNT) {
            places.copy_from_slice(values);
        }
    }
}

/// The sum of the numbers times their weights.
struct Weighing<'m> {
    weights: &'m Look,
    sum: f32,
}

impl Numbers for Weighing<'_> {
    #[inline]
    fn tell<const COUNT: usize>(&mut self, at: usize, values: &[f32; COUNT]) {
        if let Some(weights) = self.weights.get(at..at + COUNT) {
            for (weight, value) in weights.iter().zip(values) {
                self.sum += weight * value;
            }
        }
    }
}

fn log_odds(probability: f32) -> f32 {
    let odds = probability / (1.0 - probability).max(f32::MIN_POSITIVE);
    odds.max(f32::MIN_POSITIVE).ln().clamp(-LOG_ODDS_LIMIT, LOG_ODDS_LIMIT)
}

/// A number for what holds or not, read where it stands: the processor chooses between two floating numbers by a branch only.
#[inline]
fn flag(holds: bool) -> f32 {
    static NUMBERS: [f32; 2] = [0.0, 1.0];
    NUMBERS[usize::from(holds)]
}

spared!(Vec<(usize, f32)>);

/// The spans of a document by what they are held against.
struct Spans<'d> {
    passages: &'d [PassageText<'d>],
    prepared: &'d Prepared,
    room: &'d mut Room,
    logs: CountLogs,
    /// The sum of the probabilities of each type, and these growing slowly.
    sums: [f32; MODEL_TYPES.len()],
    slow_sums: [f32; MODEL_TYPES.len()],
    /// That of organisms by how their names are written.
    organisms: Organisms,
    /// What they and the document's length tell of its kind.
    kind: Kind,
    /// The first passage with any piece, mostly the title.
    title: usize,
    /// The passage and beginning of the last span that was added, and its first token: the next one is mostly near.
    near: (usize, usize, usize),
}

/// What a span is found by: the places of its text and its folded name.
#[derive(Debug, Clone, Copy)]
struct Keys {
    written: u32,
    folded: u32,
    /// The tokens that it covers.
    first_token: u32,
    end_token: u32,
    odds: f32,
    /// Whether it is an organism behind a word such as "strain".
    follows_strain: bool,
}

impl Keys {
    const fn tokens(&self) -> Range<usize> {
        self.first_token as usize..self.end_token as usize
    }
}

impl<'d> Spans<'d> {
    fn new(
        passages: &'d [PassageText<'d>],
        prepared: &'d Prepared,
        found: &[Found],
        room: &'d mut Room,
    ) -> Self {
        room.keys.clear();
        room.told.clear();
        room.told.push([0.0; 2]);
        room.written.clear(found.len());
        room.folded.clear(found.len());
        let mut spans = Self {
            passages,
            prepared,
            room,
            logs: CountLogs::new(),
            sums: [0.0; MODEL_TYPES.len()],
            slow_sums: [0.0; MODEL_TYPES.len()],
            organisms: Organisms::default(),
            kind: Kind::default(),
            title: prepared.views.iter().position(|view| !view.pieces.pieces.is_empty()).unwrap_or(0),
            near: (0, 0, 0),
        };
        for (place, own) in found.iter().enumerate() {
            work_done(1);
            spans.add(place, own);
        }
        // most documents have not all of them
        spans.slow_sums = spans.sums.map(|sum| if sum == 0.0 { 0.0 } else { sum.ln_1p() });
        let pieces = prepared.views.iter().map(|view| view.pieces.pieces.len()).sum::<usize>();
        spans.kind = Kind::new(
            &spans.sums,
            &spans.slow_sums,
            spans.organisms,
            spans.logs.of(u16::try_from(pieces).unwrap_or(u16::MAX).into()),
        );
        for (index, definition) in prepared.definitions.iter() {
            let text = passages[*index].text.as_bytes();
            let place = |form: &Range<usize>| spans.room.written.get(word_hash_within(text, form.clone()));
            let (short, long) = (place(&definition.short_form), place(&definition.long_form));
            spans.make_partners(short, long);
            spans.make_partners(long, short);
        }
        spans
    }

    fn add(&mut self, place: usize, own: &Found) {
        let passage = &self.passages[own.passage];
        let mut keys = self.keys_of(passage, own);
        let likeliest = Likeliest::new(own.probability, place);
        self.sums[own.model_type] += own.probability;
        self.room.folded.at_mut(keys.folded).likely[own.model_type].add(likeliest);
        let text = self.room.written.at_mut(keys.written);
        text.said[own.model_type].add(likeliest, own.probability);
        text.types |= 1 << own.model_type;
        if MODEL_TYPES[own.model_type] == EntityType::Species {
            self.organisms.add(passage.slice(own.span), name_of(passage, &keys), own.probability);
            keys.follows_strain = follows_strain(self.passages, own);
            text.is_of_strain |= keys.follows_strain;
        }
        self.room.keys.push(keys);
        self.room.told.push([1.0, keys.odds]);
    }

    /// What a span is found by; its text and name are added where they are new.
    #[inline]
    fn keys_of(&mut self, passage: &PassageText<'_>, own: &Found) -> Keys {
        let (in_passage, behind, token) = self.near;
        let near = if own.passage == in_passage && own.span.start >= behind { token } else { 0 };
        let tokens = passage.folded.tokens_within_from(near, own.span.start, own.span.end);
        self.near = (own.passage, own.span.start, tokens.start);
        let text = word_hash_within(passage.text.as_bytes(), own.span.start..own.span.end);
        let name = match passage.folded.tokens().get(tokens.clone()) {
            Some([first, .., last]) => first.folded_start as usize..last.folded_end as usize,
            Some([only]) => only.folded_start as usize..only.folded_end as usize,
            _ => 0..0,
        };
        let name = word_hash_within(passage.folded.text().as_bytes(), name);
        Keys {
            written: self.room.written.add(text),
            folded: self.room.folded.add(name),
            first_token: to_u32(tokens.start),
            end_token: to_u32(tokens.end),
            odds: log_odds(own.probability),
            follows_strain: false,
        }
    }

    /// Has one text stand for another, where none does yet.
    fn make_partners(&mut self, own: Option<u32>, other: Option<u32>) {
        let text = own.map(|own| self.room.written.at_mut(own));
        if let Some(text) = text.filter(|text| text.partner == Partner::None) {
            text.partner = other.map_or(Partner::Unsaid, Partner::At);
        }
    }

    /// Puts the spans of a passage in order and tells their rivals.
    fn have_meet(&mut self, found: &[Found], places: Range<usize>) {
        let Room { keys, written, order, standing, .. } = &mut *self.room;
        order.clear();
        order.extend(places.map(|place| (found[place].span.start as u64) << 32 | place as u64));
        sort(order);
        standing.clear();
        standing.extend(order.iter().map(|ordered| {
            let place = place_of(*ordered);
            let own = &found[place];
            let likeliest = Likeliest::new(own.probability, place);
            let said = &written.at(keys[place].written).said[own.model_type];
            Standing::new(own.span, own.model_type, likeliest, said.likely.but_for(likeliest))
        }));
        meet(standing);
    }

    /// Learns what the text of a span is by itself, where that is not known.
    fn learn(&mut self, (place, own): (usize, &Found)) {
        let Room { keys, written, .. } = &mut *self.room;
        let text = written.at_mut(keys[place].written);
        text.form = text.form.or_of(text_of(&self.passages[own.passage], own));
    }

    /// Learns how often the gold data has the names of some spans as ones of their types, where that is not known: all of them are
    /// looked towards before the first is counted.
    fn learn_counts(&mut self, models: &Models, found: &[Found], first: usize) {
        let Room { keys, folded, order, .. } = &mut *self.room;
        let mut asked = [(0_u64, 0_u32, 0_usize); COUNTED_TOGETHER];
        let mut count = 0;
        for ordered in order[first..].iter().take(COUNTED_TOGETHER) {
            let place = place_of(*ordered);
            let (own, keys) = (&found[place], &keys[place]);
            let known = &mut folded.at_mut(keys.folded).counts[own.model_type];
            if own.probability < PROBABILITY_LOOKED_AT || *known > 0 {
                continue;
            }
            let key = alias_key(MODEL_TYPES[own.model_type], name_of(&self.passages[own.passage], keys));
            models.aliases.look_towards(key);
            *known = 1;
            asked[count] = (key, keys.folded, own.model_type);
            count += 1;
        }
        for (key, name, model_type) in &asked[..count] {
            let known = models.aliases.count(*key).saturating_add(1);
            folded.at_mut(*name).counts[*model_type] = known;
        }
    }

    /// A span with all that it is found by.
    fn own<'s>(&'s self, (index, place): (usize, usize), found: &'s Found) -> Own<'s> {
        let Room { keys, written, folded, standing, .. } = &*self.room;
        let keys = &keys[place];
        Own {
            found,
            likeliest: Likeliest::new(found.probability, place),
            keys,
            text: written.at(keys.written),
            name: folded.at(keys.folded),
            rivals: &standing[index].rivals,
            passage: &self.passages[found.passage],
        }
    }

    /// Whether there is a span, and its log-odds.
    #[inline]
    fn told_of(&self, likeliest: Likeliest) -> [f32; 2] {
        self.room.told.get(likeliest.in_order()).copied().unwrap_or_default()
    }

    /// The log-odds of a span, if there is one.
    #[inline]
    fn odds_of(&self, likeliest: Likeliest) -> Option<f32> {
        let [_, odds] = self.told_of(likeliest);
        likeliest.place().map(|_| odds)
    }

    /// What the sentence says, and what the document says of the same text and of its long or short form.
    fn describe_text(&self, own: &Own<'_>, numbers: &mut impl Numbers) {
        let Own { found, likeliest, text, .. } = *own;
        let (said, odds) = (&text.said[found.model_type], own.keys.odds);
        let others = said.count > 1;
        let (mut best, mut mean) = (0.0, 0.0);
        if others {
            best = self.odds_of(said.likely.but_for(likeliest)).unwrap_or(-LOG_ODDS_LIMIT);
            mean = log_odds((said.sum - found.probability) / f32::from(said.count - 1));
        }
        numbers.tell(
            OF_TEXT,
            &[
                1.0,
                odds,
                odds.max(0.0),
                (odds - CERTAIN_LOG_ODDS).max(0.0),
                flag(others),
                best,
                best.max(0.0),
                mean,
                self.logs.of(u32::from(said.count).min(COUNT_LIMIT)),
                odds * best / LOG_ODDS_LIMIT,
            ],
        );
        if !others {
            let elsewhere = own.name.likely[found.model_type].but_for(likeliest);
            numbers.tell(OF_NAME, &self.told_of(elsewhere));
        }
        if text.partner != Partner::None {
            let partner = self.partner(text).map(|partner| &partner.said[found.model_type]);
            let odds = partner
                .filter(|said| said.count > 0)
                .map(|said| self.odds_of(said.likely.best).unwrap_or(-LOG_ODDS_LIMIT));
            numbers.tell(OF_PARTNER, &[1.0, odds.unwrap_or(0.0), flag(odds.is_none())]);
        }
    }

    /// What stands for a text, where any span has it.
    fn partner(&self, text: &Written) -> Option<&Written> {
        let Partner::At(place) = text.partner else { return None };
        Some(self.room.written.at(place))
    }

    /// The spans that overlap it and those beside it, and how many of its type the document has.
    fn describe_neighbours(&self, own: &Own<'_>, numbers: &mut impl Numbers) {
        let kinds = [SAME_TYPE, SAME_ELSEWHERE, SAME_SPAN, OTHER_TYPE, BEFORE, AFTER];
        for (at, kind) in kinds.into_iter().enumerate() {
            numbers.tell(OF_NEIGHBOURS + 2 * at, &self.told_of(own.rivals[kind]));
        }
        let is_title = own.found.passage == self.title;
        let length = self.kind.length;
        numbers.tell(OF_LENGTH, &[self.slow_sums[own.found.model_type], length, flag(is_title)]);
    }

    /// What the dictionary and the gold data have of its name. Of `names` those that begin before it are left.
    fn describe_names(&self, own: &Own<'_>, names: &mut &[NameMatch], numbers: &mut impl Numbers) {
        let keys = own.keys;
        let first = keys.first_token as usize;
        *names = &names[count_before::<_, NAMES_BEFORE>(names, |name| name.first < first)..];
        let (quality, is_other) = quality(own, names);
        let present = quality & PRESENT != 0;
        let count = own.name.counts[own.found.model_type] - 1;
        numbers.tell(
            OF_DICTIONARY,
            &[
                flag(present),
                flag(present & (quality & 1 != 0)),
                flag(present & (quality >> 1 & 3 > 0)),
                flag(present & (quality >> 4 & 3 > 0)),
                flag(is_other),
                self.logs.of(count.min(u16::MAX.into())),
                flag(count > 0),
                flag(count > 0) * keys.odds,
            ],
        );
    }

    /// Its own form as a whole.
    fn describe_form(&self, own: &Own<'_>, numbers: &mut impl Numbers) {
        let view = &self.prepared.views[own.found.passage];
        let pieces = view.pieces.of_tokens(&own.keys.tokens(), own.found.span);
        let is_one = pieces.len() == 1;
        let repeated = view.repeated.get(pieces.start).copied().unwrap_or(0);
        let own_odds = flag(is_one) * own.keys.odds;
        let count = self.logs.of(to_u32(pieces.len()).min(COUNT_LIMIT));
        numbers.tell(OF_FORM, &[flag(is_one), own_odds, count, f32::from(repeated)]);
        numbers.tell(OF_LETTERS, own.text.form.numbers());
    }
}

/// A span with all that it is found by.
struct Own<'s> {
    found: &'s Found,
    likeliest: Likeliest,
    keys: &'s Keys,
    text: &'s Written,
    name: &'s Folded,
    rivals: &'s Rivals,
    passage: &'s PassageText<'s>,
}

impl Own<'_> {
    /// Its text.
    fn written(&self) -> &[u8] {
        text_of(self.passage, self.found)
    }

    /// Its folded name.
    fn name(&self) -> &str {
        name_of(self.passage, self.keys)
    }
}

fn text_of<'p>(passage: &'p PassageText<'_>, own: &Found) -> &'p [u8] {
    passage.text.as_bytes().get(own.span.start..own.span.end).unwrap_or_default()
}

fn name_of<'p>(passage: &'p PassageText<'_>, keys: &Keys) -> &'p str {
    passage.folded.key(keys.first_token as usize, keys.end_token as usize)
}

/// How good a name of its type a span is in the dictionary, and whether it is a name of another. `names` are those from where it
/// begins, by their first tokens.
fn quality(own: &Own<'_>, names: &[NameMatch]) -> (u8, bool) {
    let (mut quality, mut is_other) = (0, false);
    let (first, end) = (own.keys.first_token as usize, own.keys.end_token as usize);
    if names.first().is_none_or(|name| name.first != first) {
        return (quality, is_other);
    }
    let whole = own.passage.span(first, end);
    if whole != own.found.span {
        return (quality, is_other);
    }
    let entity_type = MODEL_TYPES[own.found.model_type] as usize;
    for name in names.iter().take_while(|name| name.first == first).filter(|name| name.end == end) {
        quality |= name.profile.qualities[entity_type];
        is_other |= name.profile.types & !(1 << entity_type) != 0;
    }
    (quality, is_other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_weighed_in_their_places() {
        let weights: Look = std::array::from_fn(|at| at as f32);
        let (mut weighing, mut look) = (Weighing { weights: &weights, sum: 0.0 }, [0.0; LOOK_FEATURES]);
        weighing.tell(OF_FORM, &[2.0, 0.5]);
        look.tell(OF_FORM, &[2.0, 0.5]);
        let sum: f32 = weights.iter().zip(look).map(|(weight, value)| weight * value).sum();
        assert_eq!(weighing.sum, sum);
        assert_eq!(look[OF_FORM..OF_FORM + 3], [2.0, 0.5, 0.0]);
        assert_eq!(OF_DIFFERENTLY_MARKED + NUMBERS_OF_KIND, LOOK_FEATURES);
    }
}
