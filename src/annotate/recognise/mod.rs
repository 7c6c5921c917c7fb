//! Recognition by sequence: where in a document mentions stand, with probabilities, by one linear-chain model a type.

pub(crate) mod chain;
pub(crate) mod dictionary;
pub(crate) mod features;
pub(crate) mod lexicon;
mod outside;
pub(crate) mod pieces;
pub(crate) mod spelling;
pub(crate) mod sums;
pub(crate) mod table;
pub(crate) mod tag_book;
pub(crate) mod view;
pub(crate) mod words;

use std::ops::Range;

use chain::{Bound, Factors, Lattice};
use dictionary::NameMatch;
use sums::Summing;
use table::{MODEL_TYPES, Sums, of_type};
use view::PassageView;

use super::memory::Memory;
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
    summing: Summing,
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
    memory: &mut Memory,
) -> Vec<Found> {
    let Memory { lexicon, tags: book, workspace, .. } = memory;
    let types = TypeModel::all(models);
    let mut found = Vec::new();
    for (index, view) in prepared.views.iter().enumerate() {
        let from = found.len();
        for chain in &view.pieces.chains {
            workspace.summing.of_chain(models, view, (lexicon, &mut *book), chain);
            for model in &types {
                read_chain(model, (index, view), chain, workspace, &mut found);
            }
        }
        let witnesses =
            outside::witnesses(models, (index, &passages[index]), view, &prepared.matches[index], lexicon);
        outside::hear(witnesses, from, &mut found);
    }
    found
}

fn read_chain(
    model: &TypeModel,
    (index, view): (usize, &PassageView),
    chain: &Range<usize>,
    workspace: &mut Workspace,
    found: &mut Vec<Found>,
) {
    let TypeModel { model_type, scale, factors, bound } = model;
    let logits = |sums: &Sums| of_type(sums, *model_type).map(|sum| f32::from(sum) * scale);
    workspace.logits.clear();
    workspace.logits.extend(workspace.summing.sums.iter().map(logits));
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
