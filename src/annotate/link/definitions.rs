//! What a document defines its short forms to stand for, as linking asks it: by either form.

use std::ops::Range;

use super::super::passages::PassageText;
use super::super::recognise::view::Placed;
use crate::text::pauses::worked;
use crate::text::{Spare, spared};

/// A short form and what it stands for.
#[derive(Debug)]
pub(super) struct Defined<'d> {
    pub short: &'d str,
    pub long: &'d str,
    /// Where the long form stands: the passage, and the bytes in it.
    pub place: (usize, Range<usize>),
}

spared!('d: Vec<Defined<'d>>, Vec<Defined<'static>>);

/// The definitions of a document in its order, of which the first of a form counts.
#[derive(Debug, Default)]
pub(super) struct Definitions<'d> {
    all: Spare<Vec<Defined<'d>>>,
    /// The places of all, sorted by each form.
    by_short: Spare<Vec<usize>>,
    by_long: Spare<Vec<usize>>,
}

impl<'d> Definitions<'d> {
    /// Those that were found in passages.
    pub(super) fn new(passages: &[PassageText<'d>], found: &[Placed]) -> Self {
        let defined = |(index, definition): &Placed| {
            let text = passages[*index].text;
            Defined {
                short: &text[definition.short_form.clone()],
                long: &text[definition.long_form.clone()],
                place: (*index, definition.long_form.clone()),
            }
        };
        let all: Spare<Vec<Defined<'d>>> = found.iter().map(defined).collect();
        let places = || (0..all.len()).collect::<Spare<Vec<usize>>>();
        let (mut by_short, mut by_long) = (places(), places());
        by_short.sort_unstable_by_key(|at| worked((all[*at].short, *at)));
        by_long.sort_unstable_by_key(|at| worked((all[*at].long, *at)));
        Self { all, by_short, by_long }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// That of a short form.
    pub(super) fn of_short(&self, short: &str) -> Option<&Defined<'d>> {
        self.first(&self.by_short, short, |own| own.short)
    }

    /// The first of a long form.
    pub(super) fn of_long(&self, long: &str) -> Option<&Defined<'d>> {
        self.first(&self.by_long, long, |own| own.long)
    }

    /// The first of which `form_of` gives that form; `sorted` are the places of all by it.
    fn first(
        &self,
        sorted: &[usize],
        form: &str,
        form_of: impl Fn(&Defined<'d>) -> &'d str,
    ) -> Option<&Defined<'d>> {
        let is_it = |own: &&Defined<'d>| form_of(own) == form;
        let at = sorted.partition_point(|at| form_of(&self.all[*at]) < form);
        sorted.get(at).map(|at| &self.all[*at]).filter(is_it)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::recognise::view::definitions;
    use super::*;

    #[test]
    fn the_first_definition_of_a_form_counts_however_many_there_are() {
        let names = ["tumor necrosis factor (TNF)", "total nerve fibre (TNF)", "tumor necrosis factor (TF)"];
        for repeated in [1, 9] {
            let text = names.join(" and ").repeat(repeated);
            let passages = [PassageText::new(&text)];
            let definitions = Definitions::new(&passages, &definitions(&passages));
            assert_eq!(definitions.of_short("TNF").map(|own| own.long), Some("tumor necrosis factor"));
            let place = definitions.of_short("TNF").map(|own| own.place.clone());
            assert_eq!(place, Some((0, 0.."tumor necrosis factor".len())));
            assert_eq!(definitions.of_long("tumor necrosis factor").map(|own| own.short), Some("TNF"));
            assert!(definitions.of_short("NF").is_none() && definitions.of_long("TNF").is_none());
        }
        assert!(Definitions::default().is_empty());
    }
}
