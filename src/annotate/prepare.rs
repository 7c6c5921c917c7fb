//! A document made ready for recognition, for training and for use alike.

use super::matches::is_possible_name;
use super::memory::Memory;
use super::models::Models;
use super::passages::PassageText;
use super::recognise::Prepared;
use super::recognise::dictionary::find_matches;
use super::recognise::view::{
    PassageView, count_words, definitions, mark_binomials, mark_kind, mark_short_forms,
};
use super::variants::find_variants;
use super::vocabulary::Vocabulary;

/// Reads the passages; `abbreviations` says whether the document's definitions count.
pub(crate) fn prepare(
    vocabulary: Vocabulary<'_>,
    models: &Models,
    passages: &[PassageText<'_>],
    abbreviations: bool,
    memory: &mut Memory,
) -> Prepared {
    memory.lexicon.make_room(&models.table);
    let mut prepared = Prepared {
        views: Vec::new(),
        matches: Vec::new(),
        definitions: if abbreviations { definitions(passages) } else { Vec::new() },
    };
    for passage in passages {
        let usable = |first, end| is_possible_name(passage, first, end);
        let matches = find_matches(vocabulary, passage, &mut memory.profiles, usable);
        let variants = find_variants(passage.text);
        let lexicon = &mut memory.lexicon;
        prepared.views.push(PassageView::new(passage, &matches, variants, lexicon, models));
        prepared.matches.push(matches);
    }
    count_words(&mut prepared.views);
    mark_binomials(passages, &mut prepared.views);
    mark_kind(&mut prepared.views);
    mark_short_forms(passages, &prepared.matches, &prepared.definitions, &mut prepared.views);
    prepared
}
