//! Recognition by sequence: where in a document mentions stand, with probabilities, by one linear-chain model a type.

pub(crate) mod chain;
pub(crate) mod dictionary;
pub(crate) mod features;
pub(crate) mod lexicon;
pub(crate) mod look;
mod outside;
pub(crate) mod pieces;
pub(crate) mod spelling;
pub(crate) mod table;
pub(crate) mod view;
pub(crate) mod words;

use std::ops::Range;

use chain::{Bound, Factors, Lattice};
use dictionary::NameMatch;
use features::{DISTANCES, REACH, each_context_feature};
use lexicon::Lexicon;
use table::{MODEL_TYPES, ROW, Sums};
use view::PassageView;

use super::models::Models;
use super::passages::PassageText;
use crate::model::Span;

/// Spans that are less likely are not looked at.
pub(crate) const PROBABILITY_MIN: f32 = 0.02;
/// A sentence is not read for a type when every span's probability is bounded by this. It is a quarter of
/// [`PROBABILITY_MIN`], far more than what rounding adds up to.
const BOUND_MIN: f32 = PROBABILITY_MIN / 4.0;

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
    lattice: Lattice,
    logits: Vec<[f32; 2]>,
    sums: Vec<Sums>,
    features: Vec<u64>,
}

/// The model of a type with what is told once a document.
struct TypeModel {
    model_type: usize,
    scale: f32,
    factors: Factors,
    bound: Bound,
}

impl TypeModel {
    fn all(models: &Models) -> Vec<Self> {
        let chains = models.chains.iter().take(MODEL_TYPES.len()).enumerate();
        chains
            .filter_map(|(model_type, chain)| {
                let chain = chain.as_ref()?;
                let (factors, bound) = (Factors::from(&chain.transitions), Bound::from(&chain.transitions));
                Some(Self { model_type, scale: chain.scale, factors, bound })
            })
            .collect()
    }
}

/// The spans of every type that may be mentions, by passage: those that a sequence model takes for possible, and those
/// that speak for themselves ([`outside`]).
pub(crate) fn recognise(
    models: &Models,
    passages: &[PassageText<'_>],
    prepared: &Prepared,
    lexicon: &Lexicon,
    workspace: &mut Workspace,
) -> Vec<Found> {
    let types = TypeModel::all(models);
    let mut found = Vec::new();
    for (index, view) in prepared.views.iter().enumerate() {
        let from = found.len();
        for chain in &view.pieces.chains {
            sum_features(models, view, lexicon, chain, workspace);
            for of_type in &types {
                read_chain(of_type, (index, view), chain, workspace, &mut found);
            }
        }
        let witnesses =
            outside::witnesses(models, (index, &passages[index]), view, &prepared.matches[index], lexicon);
        outside::hear(witnesses, from, &mut found);
    }
    look::look(models, passages, prepared, &mut found);
    found
}

/// The sums of the weights of each piece's features.
fn sum_features(
    models: &Models,
    view: &PassageView,
    lexicon: &Lexicon,
    chain: &Range<usize>,
    workspace: &mut Workspace,
) {
    let Workspace { sums, features, .. } = workspace;
    sums.clear();
    for at in chain.clone() {
        let mut own: Sums = [0; ROW];
        for distance in 0..DISTANCES {
            let place = (at + distance).checked_sub(REACH).filter(|place| chain.contains(place));
            let of_word = lexicon.sums(place.map(|place| view.words[place]), distance);
            for (sum, weight) in own.iter_mut().zip(of_word) {
                *sum = sum.saturating_add(*weight);
            }
        }
        features.clear();
        each_context_feature(view, lexicon, chain, at, &mut |_, feature| features.push(feature));
        models.table.add_all(features, &mut own);
        sums.push(own);
    }
}

fn read_chain(
    of_type: &TypeModel,
    (index, view): (usize, &PassageView),
    chain: &Range<usize>,
    workspace: &mut Workspace,
    found: &mut Vec<Found>,
) {
    let TypeModel { model_type, scale, factors, bound } = of_type;
    let logits =
        |sums: &Sums| [f32::from(sums[2 * model_type]) * scale, f32::from(sums[2 * model_type + 1]) * scale];
    workspace.logits.clear();
    workspace.logits.extend(workspace.sums.iter().map(logits));
    if bound.most(&workspace.logits) < BOUND_MIN.ln() {
        return;
    }
    workspace.lattice.fill(&workspace.logits, factors, &[]);
    let pieces = &view.pieces.pieces[chain.clone()];
    workspace.lattice.spans(PROBABILITY_MIN, |first, end, probability| {
        let span = Span { start: pieces[first].start, end: pieces[end - 1].end };
        found.push(Found { passage: index, span, model_type: *model_type, probability });
    });
}

/// Of spans that overlap the set of the greatest sum of probabilities (weighted interval scheduling, as in
/// [`super::decide`]). All are of one passage and one type; the spans come back in the order of their ends.
pub(crate) fn best(mut spans: Vec<(Span, f32)>) -> Vec<(Span, f32)> {
    spans.sort_unstable_by(|one, other| {
        (one.0.end, one.0.start).cmp(&(other.0.end, other.0.start)).then(one.1.total_cmp(&other.1))
    });
    let mut sums = vec![0_u64];
    let mut rooms = Vec::with_capacity(spans.len());
    for (index, (span, probability)) in spans.iter().enumerate() {
        let room = spans[..index].partition_point(|(other, _)| other.end <= span.start);
        let with = sums[room] + super::rank::millionths(*probability);
        sums.push(sums[index].max(with));
        rooms.push(room);
    }
    let mut kept = Vec::new();
    let mut count = spans.len();
    while count > 0 {
        if sums[count] == sums[count - 1] {
            count -= 1;
        } else {
            kept.push(spans[count - 1]);
            count = rooms[count - 1];
        }
    }
    kept.reverse();
    kept
}

/// A document prepared for recognition.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// A view a passage.
    pub views: Vec<PassageView>,
    /// The catalog's names in each passage.
    pub matches: Vec<Vec<NameMatch>>,
    /// The definitions of abbreviations.
    pub definitions: Vec<view::Placed>,
}
