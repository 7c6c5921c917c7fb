//! Recognition by sequence: where in a document mentions stand, with probabilities, by one linear-chain model a type.

pub(crate) mod chain;
pub(crate) mod dictionary;
pub(crate) mod features;
pub(crate) mod lexicon;
mod outside;
pub(crate) mod pieces;
pub(crate) mod spelling;
pub(crate) mod table;
pub(crate) mod view;
pub(crate) mod words;

use std::ops::Range;

use chain::{Factors, Lattice};
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
    let mut found = Vec::new();
    for (index, view) in prepared.views.iter().enumerate() {
        let from = found.len();
        for chain in &view.pieces.chains {
            sum_features(models, view, lexicon, chain, &mut workspace.sums);
            for model_type in 0..MODEL_TYPES.len() {
                read_chain(models, (index, view), chain, model_type, workspace, &mut found);
            }
        }
        let witnesses = outside::witnesses(models, (index, &passages[index]), view, &prepared.matches[index], lexicon);
        outside::hear(witnesses, from, &mut found);
    }
    found
}

/// The sums of the weights of each piece's features.
fn sum_features(models: &Models, view: &PassageView, lexicon: &Lexicon, chain: &Range<usize>, sums: &mut Vec<Sums>) {
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
        each_context_feature(view, lexicon, chain, at, &mut |_, feature| models.table.add(feature, &mut own));
        sums.push(own);
    }
}

fn read_chain(
    models: &Models,
    (index, view): (usize, &PassageView),
    chain: &Range<usize>,
    model_type: usize,
    workspace: &mut Workspace,
    found: &mut Vec<Found>,
) {
    let Some(of_type) = models.chains.get(model_type).and_then(Option::as_ref) else { return };
    let scale = of_type.scale;
    workspace.logits.clear();
    workspace.logits.extend(
        workspace
            .sums
            .iter()
            .map(|sums| [f32::from(sums[2 * model_type]) * scale, f32::from(sums[2 * model_type + 1]) * scale]),
    );
    workspace.lattice.run(&workspace.logits, &Factors::from(&of_type.transitions), &[]);
    let pieces = &view.pieces.pieces[chain.clone()];
    workspace.lattice.spans(PROBABILITY_MIN, |first, end, probability| {
        let span = Span { start: pieces[first].start, end: pieces[end - 1].end };
        found.push(Found { passage: index, span, model_type, probability });
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
