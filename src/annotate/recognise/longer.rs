//! Names of organisms and diseases that a recognised one is a part of: "mouse mammary tumor virus", "fission yeast", "portal
//! hypertension".
//!
//! The models know hosts and kinds far better than the viruses and breeds that are named after them, and common diseases better than
//! their forms. Where the dictionary has the longer name, of that type and nothing else, it is what the text speaks of most of the
//! time, and takes that share of the chance that the shorter one has.

use super::super::passages::PassageText;
use super::Found;
use super::dictionary::{NameMatch, Profile, is_close};
use super::table::model_type;
use crate::model::{EntityType, Span};
use crate::text::Spare;
use crate::text::pauses::{work_done, worked};

/// How often the longer name is meant, by type.
const SHARES: [(EntityType, f32); 2] = [(EntityType::Species, 0.9), (EntityType::Disease, 0.9)];
/// The least chance of a recognised mention whose longer names are looked at.
const RECOGNISED_MIN: f32 = 0.3;
/// The spans of a passage that are looked at one after the other.
const SPANS_FEW: usize = 64;
/// A name does not go on over these: "Newcastle disease virus (NDV)" is two.
const APART: [u8; 6] = *b"()[],;";

/// Gives what is said of organisms and diseases in a passage, from the place `from` of `found` on, to the longer names that they are parts of.
/// These are among `matches`.
pub(super) fn prefer_longer(
    (index, passage): (usize, &PassageText<'_>),
    matches: &[NameMatch],
    from: usize,
    found: &mut Vec<Found>,
) {
    for (entity_type, share) in SHARES {
        prefer_longer_of((entity_type, share), (index, passage), matches, from, found);
    }
}

fn prefer_longer_of(
    (entity_type, share): (EntityType, f32),
    (index, passage): (usize, &PassageText<'_>),
    matches: &[NameMatch],
    from: usize,
    found: &mut Vec<Found>,
) {
    let Some(model_type) = model_type(entity_type) else { return };
    if !matches.iter().any(|name| is_name_of(name, entity_type)) {
        return;
    }
    let is_recognised = |own: &Found| own.model_type == model_type && own.probability >= RECOGNISED_MIN;
    // few are looked at one after the other, more by where they begin
    let (until, is_few) = (found.len(), found.len() - from <= SPANS_FEW);
    let mut recognised = Recognised::of(&found[from..], is_recognised);
    if recognised.is_empty() {
        return;
    }
    let mut known: Spare<Vec<(usize, usize)>> = Spare::take();
    if !is_few {
        let own = (from..).zip(&found[from..]).filter(|(_, own)| own.model_type == model_type);
        known.extend(own.map(|(place, own)| (own.span.start, place)));
        known.sort_unstable_by_key(|own| worked(*own));
    }
    for name in matches.iter().filter(|name| is_name_of(name, entity_type)) {
        work_done(1);
        let span = passage.span(name.first, name.end);
        if is_few && !recognised.any_within(&found[from..until], span) {
            continue;
        }
        if passage.slice(span).bytes().any(|byte| APART.contains(&byte)) {
            continue;
        }
        let (mut moved, mut own) = (0.0_f32, None);
        let mut meet = |place: usize, other: &mut Found| {
            if other.span == span {
                own = Some(place);
            } else if other.span.end <= span.end && other.probability >= RECOGNISED_MIN {
                moved = moved.max(other.probability * share);
                other.probability *= 1.0 - share;
            }
        };
        if is_few {
            let begins_within = |own: &Found| {
                own.model_type == model_type && (span.start..span.end).contains(&own.span.start)
            };
            let within = (from..).zip(&mut found[from..until]).filter(|(_, own)| begins_within(own));
            within.for_each(|(place, other)| meet(place, other));
        } else {
            let first = known.partition_point(|(start, _)| *start < span.start);
            let within = known[first..].iter().take_while(|(start, _)| *start < span.end);
            within.for_each(|(_, place)| meet(*place, &mut found[*place]));
        }
        if moved <= 0.0 {
            continue;
        }
        match own.map(|place| &mut found[place].probability) {
            Some(probability) => *probability = 1.0 - (1.0 - *probability) * (1.0 - moved),
            None => found.push(Found { passage: index, span, model_type, probability: moved }),
        }
        if is_few {
            recognised = Recognised::of(&found[from..until], is_recognised);
        }
    }
}

/// Which of the first [`SPANS_FEW`] spans of a passage are recognised, as bits, and whether any other is.
#[derive(Debug, Clone, Copy)]
struct Recognised {
    first: u64,
    others: bool,
}

impl Recognised {
    fn of(found: &[Found], is_recognised: impl Fn(&Found) -> bool) -> Self {
        let (first, others) = found.split_at(found.len().min(SPANS_FEW));
        let bits = first.iter().enumerate().map(|(at, own)| u64::from(is_recognised(own)) << at);
        Self { first: bits.fold(0, |all, bit| all | bit), others: others.iter().any(is_recognised) }
    }

    const fn is_empty(self) -> bool {
        self.first == 0 && !self.others
    }

    /// Whether any of the first ones is a part of what stands at a place. Mostly none is.
    fn any_within(self, found: &[Found], span: Span) -> bool {
        let (mut left, mut any) = (self.first, false);
        while left != 0 {
            let own = found[left.trailing_zeros() as usize].span;
            any |= (own.start >= span.start) & (own.end <= span.end) & (own != span);
            left &= left - 1;
        }
        any
    }
}

/// Whether a name is one of several words, of that type and nothing else, as the dictionary writes it, and no loose synonym.
fn is_name_of(name: &NameMatch, entity_type: EntityType) -> bool {
    name.end - name.first > 1 && is_of(&name.profile, entity_type)
}

fn is_of(profile: &Profile, entity_type: EntityType) -> bool {
    profile.types == 1 << entity_type as usize && is_close(profile.qualities[entity_type as usize])
}

/// Whether names of that profile may be what others are parts of, where they have several words.
pub(super) fn may_be_whole(profile: &Profile) -> bool {
    SHARES.iter().any(|(entity_type, _)| is_of(profile, *entity_type))
}

#[cfg(test)]
mod tests {
    use super::super::super::memory::Memory;
    use super::super::super::models::Models;
    use super::super::super::prepare::prepare;
    use super::super::super::vocabulary::Vocabulary;
    use super::*;
    use crate::catalog::Catalog;

    /// The spans of a type after that, where those were found before.
    fn spans(of: EntityType, text: &str, before: &[(&str, f32)]) -> Vec<(String, u32)> {
        let catalog = Catalog::embedded().unwrap();
        let models = Models::embedded();
        let mut memory = Memory::new(&models);
        let passages = [PassageText::new(text)];
        let prepared = prepare(Vocabulary::new(&catalog), &models, &passages, true, &mut memory);
        let model_type = model_type(of).unwrap();
        let mut found: Vec<Found> = before
            .iter()
            .map(|(name, probability)| {
                let start = text.find(name).unwrap();
                let span = Span { start, end: start + name.len() };
                Found { passage: 0, span, model_type, probability: *probability }
            })
            .collect();
        prefer_longer((0, &passages[0]), &prepared.matches[0], 0, &mut found);
        let told = found
            .iter()
            .map(|own| (passages[0].slice(own.span).to_owned(), (own.probability * 1_000.0).round() as u32));
        told.collect()
    }

    #[test]
    fn the_longer_name_takes_most_of_the_chance() {
        for (text, before, expected) in [
            (
                "Some Escherichia coli here",
                &[("coli", 0.8)][..],
                &[("coli", 80), ("Escherichia coli", 720)][..],
            ),
            (
                "Some Escherichia coli here",
                &[("Escherichia coli", 0.5), ("coli", 0.8)],
                &[("Escherichia coli", 860), ("coli", 80)],
            ),
            ("Some Escherichia coli here", &[("Escherichia coli", 0.5)], &[("Escherichia coli", 500)]),
            ("Some Escherichia coli here", &[("coli", 0.2)], &[("coli", 200)]),
            ("Some Escherichia (coli) here", &[("coli", 0.8)], &[("coli", 800)]),
            ("Some Escherichia coli here", &[("here", 0.8)], &[("here", 800)]),
            // a disease where an organism was recognised is another matter
            ("Some portal hypertension here", &[("hypertension", 0.8)], &[("hypertension", 800)]),
        ] {
            let expected: Vec<(String, u32)> =
                expected.iter().map(|(name, chance)| ((*name).to_owned(), *chance)).collect();
            assert_eq!(spans(EntityType::Species, text, before), expected, "{text} {before:?}");
        }
    }

    #[test]
    fn forms_of_diseases_take_it_as_well() {
        let found = spans(EntityType::Disease, "Some portal hypertension here", &[("hypertension", 0.8)]);
        let expected = [("hypertension", 80), ("portal hypertension", 720)];
        assert_eq!(found, expected.map(|(name, chance)| (name.to_owned(), chance)));
    }
}
