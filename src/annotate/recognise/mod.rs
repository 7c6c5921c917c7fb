//! Recognition by sequence: where in a document mentions stand, with probabilities, by one linear-chain model a type.

mod beginnings;
mod block;
mod brackets;
mod cells;
pub(crate) mod chain;
mod chunks;
pub(crate) mod dictionary;
pub(crate) mod features;
pub(crate) mod gate;
pub(crate) mod lexicon;
mod longer;
pub(crate) mod look;
pub(crate) mod numbers;
mod organisms;
mod outside;
pub(crate) mod pieces;
mod recent;
pub(crate) mod spelling;
mod stretches;
pub(crate) mod studied;
pub(crate) mod sums;
pub(crate) mod table;
pub(crate) mod tag_book;
pub(crate) mod tags;
mod token_blocks;
pub(crate) mod view;
pub(crate) mod words;

use rustc_hash::FxHashMap;

use block::{Within, blocks};
use chain::{Factors, Lattice, SumFactors};
use dictionary::NameMatch;
use gate::{Gate, Lanes, Passing};
use lexicon::Lexicon;
use sums::Summing;
use table::{FIRST_WEIGHT, MODEL_TYPES, Sums, place_in_row};
use view::PassageView;

use super::intervals::{all_stay, heaviest};
use super::memory::Memory;
use super::models::{ChainModel, Models};
use super::passages::PassageText;
use crate::model::Span;
use crate::text::pauses::{work_done, worked};
use crate::text::{Spare, spared};

/// Spans that are less likely are not looked at.
pub(crate) const PROBABILITY_MIN: f32 = 0.02;
/// Pieces are not read for a type when the probability of every span over them is bounded by this, half of
/// [`PROBABILITY_MIN`].
const BOUND_MIN: f32 = PROBABILITY_MIN / 2.0;

/// What several things tell together is looked at only where the probability of some span may be this by what each tells by
/// itself. It hardly ever makes likely what they speak against: 3 of 13,388 annotations of BioRED's texts differ.
const ALONE_MIN: f32 = 0.025;

/// A place that may be a mention.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    /// The passage it stands in.
    pub passage: usize,
    /// Where, in bytes.
    pub span: Span,
    /// The place of its type among [`MODEL_TYPES`].
    pub model_type: usize,
    /// How likely the model takes it to be.
    pub probability: f32,
}

/// What recognition needs again and again.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    summing: Summing,
    passing: Passing,
    lattice: Lattice,
    /// Room for the second look.
    look: look::Room,
}

impl Workspace {
    /// Finds the pieces of the sentences that were summed up that may be parts of mentions, and whether there are any. What several
    /// things tell together is looked at only where what each tells by itself leaves it open.
    fn open(
        &mut self,
        models: &Models,
        Chains { gate, alone_least, least, .. }: &Chains,
        view: &PassageView,
        lexicon: &mut Lexicon,
    ) -> bool {
        let Self { summing, passing, .. } = self;
        passing.read(gate, summing.sums(), summing.block().sentences(), *alone_least);
        if passing.any() == 0 {
            return false;
        }
        summing.add_joint(models, view, lexicon, passing.open());
        passing.read_again(gate, summing.sums(), summing.block().sentences(), *least);
        passing.any() != 0
    }
}

/// The chains of all types with what is told once.
#[derive(Debug, Clone)]
pub(crate) struct Chains {
    gate: Gate,
    /// What [`ALONE_MIN`] and [`BOUND_MIN`] ask of spans.
    alone_least: Lanes,
    least: Lanes,
    /// What steps and sums give, by type; `None` for one without a model.
    factors: Vec<Option<(Factors, SumFactors)>>,
}

impl Chains {
    /// Those of some models.
    pub(crate) fn new(chains: &[Option<ChainModel>]) -> Self {
        let own = |chain: &Option<ChainModel>| {
            chain.as_ref().map(|chain| (Factors::from(&chain.transitions), SumFactors::new(chain.scale)))
        };
        let steps = chains.iter().map(|chain| chain.as_ref().map(|chain| (chain.scale, &chain.transitions)));
        let gate = Gate::new(steps.take(MODEL_TYPES.len()));
        Self {
            alone_least: gate.least(ALONE_MIN.ln()),
            least: gate.least(BOUND_MIN.ln()),
            gate,
            factors: chains.iter().take(MODEL_TYPES.len()).map(own).collect(),
        }
    }
}

/// The spans of every type that may be mentions, by passage: those that a sequence model takes for possible, and those
/// that speak for themselves ([`outside`]). A second look weighs what the rest of the document says ([`look`]).
pub(crate) fn recognise(
    models: &Models,
    passages: &[PassageText<'_>],
    prepared: &Prepared,
    memory: &mut Memory,
) -> Spare<Vec<Found>> {
    let Memory { lexicon, tags: book, workspace, chains, .. } = memory;
    let chains = chains.get_or_insert_with(|| Chains::new(&models.chains));
    let mut found: Spare<Vec<Found>> = Spare::take();
    // the names of a passage that may speak for spans
    let mut speaking: Spare<Vec<NameMatch>> = Spare::take();
    let names_latin = outside::names_latin(passages, prepared, lexicon);
    for (index, view) in prepared.views.iter().enumerate() {
        let from = found.len();
        for sentences in blocks(&view.pieces.chains) {
            workspace.summing.of_sentences(models, view, (&*lexicon, &mut *book), sentences);
            work_done(4 * workspace.summing.block().len());
            if workspace.open(models, chains, view, lexicon) {
                read_sentences(chains, (index, view), workspace, &mut found);
            }
        }
        let passage = (index, &passages[index]);
        outside::speaking(&prepared.matches[index], &mut speaking);
        let witnesses = outside::witnesses(models, passage, view, &speaking, (&*lexicon, names_latin));
        outside::hear(&witnesses, from, &mut found);
        longer::prefer_longer(passage, &speaking, from, &mut found);
        brackets::complete(passages[index].text, from, &mut found);
    }
    look::look(models, passages, prepared, &mut found, &mut workspace.look);
    found
}

// stages put into one another have too few registers
#[inline(never)]
fn read_sentences(
    chains: &Chains,
    (index, view): (usize, &PassageView),
    workspace: &mut Workspace,
    found: &mut Vec<Found>,
) {
    let Workspace { summing, passing, lattice, .. } = workspace;
    let any = passing.any();
    let (block, sums, pieces) = (summing.block(), summing.sums(), &view.pieces.pieces);
    for (model_type, factors) in chains.factors.iter().enumerate() {
        let Some((steps, factors)) = factors.as_ref().filter(|_| any >> model_type & 1 == 1) else {
            continue;
        };
        let [begin, inside] = [false, true].map(|inside| FIRST_WEIGHT + place_in_row(model_type, inside));
        let mut within = Within::new(block.sentences());
        passing.each_stretch(model_type, |stretch| {
            let own = sums[stretch.clone()].iter();
            let own = own.map(|sums: &Sums| factors.emission(sums[begin], sums[inside]));
            lattice.read(own, steps, block.ends(&stretch));
            let at = within.at(stretch.start).piece(stretch.start);
            lattice.spans(steps, PROBABILITY_MIN, |first, end, probability| {
                let (first, last) = (&pieces[at + first], &pieces[at + end - 1]);
                let span = Span { start: first.start(), end: last.end() };
                found.push(Found { passage: index, span, model_type, probability });
            });
        });
    }
}

/// Of spans that overlap the set of the greatest sum of probabilities ([`heaviest`]). All are of one passage and one type;
/// the spans come back in the order of their ends.
pub(crate) fn best(mut spans: Vec<(Span, f32)>) -> Vec<(Span, f32)> {
    keep_best(&mut spans);
    spans
}

/// [`best`] in place.
pub(crate) fn keep_best(spans: &mut Vec<(Span, f32)>) {
    spans.sort_unstable_by(|one, other| {
        let places = worked((one.0.end, one.0.start)).cmp(&(other.0.end, other.0.start));
        places.then(one.1.total_cmp(&other.1))
    });
    let weighed = |(span, probability): &(Span, f32)| (*span, super::rank::millionths(*probability));
    if all_stay(spans, weighed) {
        return;
    }
    let kept = heaviest(spans, weighed);
    for (to, place) in kept.iter().rev().enumerate() {
        spans[to] = spans[*place];
    }
    spans.truncate(kept.len());
}

/// A document prepared for recognition.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// A view a passage.
    pub views: Spare<Vec<PassageView>>,
    /// The catalog's names in each passage.
    pub matches: Spare<Vec<Vec<NameMatch>>>,
    /// The definitions of abbreviations.
    pub definitions: Spare<Vec<view::Placed>>,
}

spared!(Vec<PassageView>, Vec<Vec<NameMatch>>, Vec<view::Placed>);

/// Spans by their types and bounds, with their places.
type SpanPlaces = FxHashMap<(usize, Span), usize>;

spared!(Vec<NameMatch>, Vec<Found>, SpanPlaces);
