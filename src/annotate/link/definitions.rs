//! What a document defines its short forms to stand for, as linking asks it: by either form.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::super::passages::PassageText;
use super::super::recognise::view::Placed;

/// The most definitions that are gone through for a form; more are found by their hashes.
const LISTED_LIMIT: usize = 8;

/// A short form and what it stands for.
#[derive(Debug)]
pub(super) struct Defined<'d> {
    pub short: &'d str,
    pub long: &'d str,
    /// Where the long form stands: the passage, and the bytes in it.
    pub place: (usize, Range<usize>),
}

/// The definitions of a document in its order, of which the first of a form counts.
#[derive(Debug, Default)]
pub(super) struct Definitions<'d> {
    all: Vec<Defined<'d>>,
    /// The place of each form among many.
    by_short: FxHashMap<&'d str, usize>,
    by_long: FxHashMap<&'d str, usize>,
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
        let mut own = Self { all: found.iter().map(defined).collect(), ..Self::default() };
        if own.all.len() > LISTED_LIMIT {
            for (at, Defined { short, long, .. }) in own.all.iter().enumerate() {
                own.by_short.entry(short).or_insert(at);
                own.by_long.entry(long).or_insert(at);
            }
        }
        own
    }

    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// That of a short form.
    pub(super) fn of_short(&self, short: &str) -> Option<&Defined<'d>> {
        if self.all.len() > LISTED_LIMIT {
            return self.by_short.get(short).and_then(|at| self.all.get(*at));
        }
        self.all.iter().find(|own| own.short == short)
    }

    /// The first of a long form.
    pub(super) fn of_long(&self, long: &str) -> Option<&Defined<'d>> {
        if self.all.len() > LISTED_LIMIT {
            return self.by_long.get(long).and_then(|at| self.all.get(*at));
        }
        self.all.iter().find(|own| own.long == long)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::recognise::view::definitions;
    use super::*;

    #[test]
    fn the_first_definition_of_a_form_counts_however_many_there_are() {
        let names = ["tumor necrosis factor (TNF)", "total nerve fibre (TNF)", "tumor necrosis factor (TF)"];
        for repeated in [1, LISTED_LIMIT + 1] {
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
