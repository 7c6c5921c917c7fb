//! What goes before the ranker: it learns of gold data alone, which names few entities, by few vocabularies, and errs now and then.

use super::Linked;
use super::candidates::{Candidate, Route};
use crate::model::{EntityType, SynonymScope};

/// Puts what the vocabularies and the lexicon say of a name before what the ranker has learnt, where that is known to be better.
pub(super) fn prefer(entity_type: EntityType, linked: &mut Linked) {
    prefer_label(&mut linked.candidates);
    prefer_known(linked);
    if entity_type == EntityType::Disease {
        prefer_named(linked);
    }
}

/// The least documents of the gold data that have to say a name of something else than what it is the preferred name of.
const DOCUMENTS_AGAINST_LABEL_MIN: u8 = 3;

/// Has an entity whose preferred name is what stands there go before one that only the gold data calls so, and seldom: one paper
/// that says "tetanus" of tetany is no rule for others.
fn prefer_label(candidates: &mut [Candidate]) {
    let Some((best, others)) = candidates.split_first_mut() else { return };
    if best.said == 0 || best.said_documents >= DOCUMENTS_AGAINST_LABEL_MIN || best.label {
        return;
    }
    let is_label = |other: &&mut Candidate| {
        other.label && other.route == Route::Name && other.same_letters && other.preferred
    };
    if let Some(named) = others.iter_mut().find(is_label) {
        std::mem::swap(&mut best.probability, &mut named.probability);
        std::mem::swap(best, named);
    }
}

/// The least chance of what a name is known to stand for.
const KNOWN_CHANCE: f32 = 0.95;

/// Has what nearly all of very many documents say of a name, or what is known of it (`data/lexicon/meanings.tsv`), go before all else.
fn prefer_known(linked: &mut Linked) {
    let total: u32 = linked.candidates.iter().map(|own| own.said).sum();
    let is_known = |own: &Candidate| own.said_documents == u8::MAX && own.said * 10 >= total * 9;
    let Some(at) = linked.candidates.iter().position(is_known) else { return };
    let chance = linked.candidates[at].probability;
    linked.candidates[..=at].rotate_right(1);
    if chance < KNOWN_CHANCE {
        let share = (1.0 - KNOWN_CHANCE) / (1.0 - chance).max(f32::MIN_POSITIVE);
        linked.candidates.iter_mut().for_each(|own| own.probability *= share);
        linked.candidates[0].probability = KNOWN_CHANCE;
        linked.none *= share;
    }
}

/// The chance of what bears the very name, where nothing else is likely.
const NAMED_CHANCE: f32 = 0.6;
/// The least chance of another that speaks against that.
const OTHER_CHANCE_MIN: f32 = 0.2;

/// Has a name speak of the entity that is called exactly so, where the models know of nothing else: gold data names diseases by MeSH
/// and OMIM alone, so that they take what only other vocabularies have for nothing.
fn prefer_named(linked: &mut Linked) {
    let likely = linked.candidates.first().is_none_or(|best| best.probability >= OTHER_CHANCE_MIN);
    let is_named = |own: &Candidate| {
        own.route == Route::Name && own.same_letters && (own.label || own.scope == SynonymScope::Exact)
    };
    let Some(at) = linked.candidates.iter().position(is_named).filter(|_| !likely) else { return };
    linked.candidates[..=at].rotate_right(1);
    let share = (1.0 - NAMED_CHANCE) / (1.0 - linked.candidates[0].probability).max(f32::MIN_POSITIVE);
    linked.candidates.iter_mut().for_each(|own| own.probability *= share);
    linked.candidates[0].probability = NAMED_CHANCE;
    linked.none *= share;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, EntityIndex};
    use crate::text::Spare;

    #[test]
    fn a_preferred_name_goes_before_what_few_documents_say() {
        let catalog = Catalog::embedded().unwrap();
        let entities: Vec<EntityIndex> = catalog.indices().take(2).collect();
        let named = Candidate { probability: 0.2, ..Candidate::named(entities[0]) };
        let said = |said_documents| Candidate {
            label: false,
            route: Route::Alias,
            said: 4,
            said_documents,
            probability: 0.7,
            ..Candidate::named(entities[1])
        };
        let first = |candidates: &[Candidate]| {
            let mut candidates = candidates.to_vec();
            prefer_label(&mut candidates);
            (candidates[0].entity, candidates[0].probability)
        };
        let least = DOCUMENTS_AGAINST_LABEL_MIN;
        assert_eq!(first(&[said(least - 1), named.clone()]), (entities[0], 0.7));
        assert_eq!(first(&[said(least), named.clone()]), (entities[1], 0.7));
        let synonym = Candidate { label: false, ..named };
        assert_eq!(first(&[said(1), synonym]), (entities[1], 0.7));
        prefer_label(&mut []);
    }

    #[test]
    fn what_is_known_of_a_name_goes_before_all_else() {
        let catalog = Catalog::embedded().unwrap();
        let entities: Vec<EntityIndex> = catalog.indices().take(2).collect();
        let candidates = |said_documents, said| {
            let other = Candidate { probability: 0.5, said: 1, ..Candidate::named(entities[0]) };
            let known = Candidate { probability: 0.2, said, said_documents, ..Candidate::named(entities[1]) };
            Linked { candidates: Spare::from_iter([other, known]), none: 0.3, ..Linked::default() }
        };
        let mut linked = candidates(u8::MAX, 10);
        prefer_known(&mut linked);
        assert_eq!(
            (linked.candidates[0].entity, linked.candidates[0].probability),
            (entities[1], KNOWN_CHANCE)
        );
        let all = linked.none + linked.candidates.iter().map(|own| own.probability).sum::<f32>();
        assert!((all - 1.0).abs() < 1e-5 && linked.none < 0.05, "{linked:?}");
        for mut linked in [candidates(u8::MAX - 1, 10), candidates(u8::MAX, 5)] {
            prefer_known(&mut linked);
            assert_eq!((linked.candidates[0].entity, linked.none), (entities[0], 0.3));
        }
    }

    #[test]
    fn a_name_speaks_of_what_is_called_so_where_nothing_else_is_likely() {
        let catalog = Catalog::embedded().unwrap();
        let entities: Vec<EntityIndex> = catalog.indices().take(2).collect();
        let after = |other: f32, named: Candidate| {
            let other =
                Candidate { probability: other, route: Route::LikeWords, ..Candidate::named(entities[0]) };
            let none = 1.0 - other.probability - named.probability;
            let mut linked =
                Linked { candidates: Spare::from_iter([other, named]), none, ..Linked::default() };
            prefer_named(&mut linked);
            let all = linked.none + linked.candidates.iter().map(|own| own.probability).sum::<f32>();
            assert!((all - 1.0).abs() < 1e-5, "{linked:?}");
            (linked.candidates[0].entity, linked.candidates[0].probability)
        };
        let named = Candidate { probability: 0.01, ..Candidate::named(entities[1]) };
        assert_eq!(after(0.1, named.clone()), (entities[1], NAMED_CHANCE));
        let exact = Candidate { label: false, ..named.clone() };
        assert_eq!(after(0.1, exact.clone()), (entities[1], NAMED_CHANCE));
        // something else is likely, the name is a loose one, or another
        assert_eq!(after(OTHER_CHANCE_MIN, named.clone()).0, entities[0]);
        for other in [
            Candidate { scope: SynonymScope::Related, ..exact },
            Candidate { same_letters: false, ..named.clone() },
            Candidate { route: Route::SameWords, ..named },
        ] {
            assert_eq!(after(0.1, other).0, entities[0]);
        }
        prefer_named(&mut Linked::default());
    }
}
