//! How names were ranked before, as papers call the same things by the same names in like places: all that a name is ranked by fits
//! three numbers.

use super::name_ranker::{NameUse, Told};
use super::rank::NameEvidence;
use crate::model::EntityType;

/// How many ways in which names stand are kept, one in each place of a table; another of the same place takes it over, which changes no
/// answer.
const PLACES: usize = 1 << PLACE_BITS;
const PLACE_BITS: u32 = 12;

/// What a name is ranked as.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Ranked {
    /// How likely it stands for the entity, beside others of the name.
    pub choice: f32,
    /// Its score, if it is the likeliest of its type.
    pub score: f32,
}

/// All that a name is ranked by; never zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RankedBy([u64; 3]);

impl RankedBy {
    /// That of a name read as one of a type.
    #[inline]
    pub(super) fn of(read_as: EntityType, evidence: &NameEvidence, of: NameUse) -> Self {
        // all of it is named, so that nothing is left out
        let NameEvidence {
            entity_type,
            preferred,
            label,
            scope,
            agreement,
            symbol,
            characters,
            digit,
            several_words,
            common_word,
            lower_case,
            plain,
            heads_sentence,
            upper_case,
            genus,
            shouted,
            support,
            rivals,
            species,
            organism_of_the_name,
            protein_of_the_name,
            word_of_another_type,
            formula,
            type_word,
        } = *evidence;
        let NameUse { told: Told { marked, stood }, times, prominence } = of;
        let signs = [
            preferred,
            label,
            symbol,
            digit,
            several_words,
            common_word,
            lower_case,
            plain,
            heads_sentence,
            upper_case,
            genus,
            shouted,
            organism_of_the_name,
            protein_of_the_name,
            word_of_another_type,
            formula,
            type_word,
        ];
        let signs = signs.into_iter().fold(1, |signs, sign| signs << 1 | u64::from(sign));
        let species = species.map_or(0, |(told, is_own)| 1 + 2 * told as u64 + u64::from(is_own));
        let kinds = (scope as u64) << 20 | (agreement as u64) << 24 | (support as u64) << 28 | species << 32;
        let types = (entity_type as u64) << 40 | (read_as as u64) << 48 | u64::from(prominence) << 56;
        Self([
            signs | kinds | types,
            u64::from(characters) | u64::from(rivals) << 32,
            u64::from(times) | u64::from(marked) << 32 | u64::from(stood) << 48,
        ])
    }

    /// Its place.
    #[inline]
    const fn place(self) -> usize {
        let Self([one, other, third]) = self;
        let mixed = one ^ other.rotate_left(21) ^ third.rotate_left(42);
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - PLACE_BITS)) as usize
    }
}

/// Names that were ranked before.
#[derive(Debug, Default)]
pub(crate) struct RankedNames {
    /// By their places; none before the first name.
    kept: Vec<(RankedBy, Ranked)>,
}

impl RankedNames {
    /// Forgets all, for other models.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    /// What a name is ranked as; `rank` tells it where it is not known.
    #[inline]
    pub(super) fn of(&mut self, by: RankedBy, rank: impl FnOnce() -> Ranked) -> Ranked {
        if self.kept.is_empty() {
            self.kept.resize(PLACES, Default::default());
        }
        let Some(kept) = self.kept.get_mut(by.place()) else { return rank() };
        if kept.0 != by {
            *kept = (by, rank());
        }
        kept.1
    }
}

#[cfg(test)]
mod tests {
    use super::super::rank::Support;
    use super::super::species::Evidence;
    use super::*;

    #[test]
    fn names_are_told_apart_by_all_that_they_are_ranked_by() {
        let plain = NameEvidence::of_type(EntityType::Anatomy);
        let others = [
            NameEvidence { preferred: true, ..plain },
            NameEvidence { label: true, ..plain },
            NameEvidence { type_word: true, ..plain },
            NameEvidence { characters: 1, ..plain },
            NameEvidence { rivals: 1, ..plain },
            NameEvidence { support: Support::Defined, ..plain },
            NameEvidence { species: Some((Evidence::Prefix, false)), ..plain },
            NameEvidence { species: Some((Evidence::Prefix, true)), ..plain },
            NameEvidence { entity_type: EntityType::Phenotype, ..plain },
        ];
        let of = |told, times, prominence| NameUse { told, times, prominence };
        let uses = [
            of(Told { marked: 1, stood: 0 }, 1, 0),
            of(Told { marked: 0, stood: 1 }, 1, 0),
            of(Told::default(), 2, 0),
            of(Told::default(), 1, 1),
        ];
        let once = of(Told::default(), 1, 0);
        let mut all: Vec<RankedBy> =
            others.iter().map(|other| RankedBy::of(EntityType::Anatomy, other, once)).collect();
        all.extend(uses.map(|own| RankedBy::of(EntityType::Anatomy, &plain, own)));
        all.extend([EntityType::Anatomy, EntityType::Gene].map(|as_one| RankedBy::of(as_one, &plain, once)));
        for (at, by) in all.iter().enumerate() {
            assert!(*by != RankedBy::default() && !all[..at].contains(by), "{at}");
        }
    }

    #[test]
    fn what_was_told_is_kept_within_bounds() {
        let mut names = RankedNames::default();
        for number in 0..4 * PLACES as u64 {
            let by = RankedBy([1 << 17, number, 0]);
            let ranked = Ranked { choice: 0.5, score: number as f32 };
            assert_eq!(names.of(by, || ranked), ranked);
            assert_eq!(names.of(by, Ranked::default), ranked);
        }
        assert_eq!(names.kept.len(), PLACES);
        names.clear();
        assert_eq!(names.of(RankedBy([1, 0, 0]), Ranked::default), Ranked::default());
    }
}
