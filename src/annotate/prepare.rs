//! A document made ready for recognition, for training and for use alike.

use super::memory::Memory;
use super::models::Models;
use super::passages::PassageText;
use super::recognise::Prepared;
use super::recognise::dictionary::find_matches;
use super::recognise::view::{definitions, mark_binomials, mark_kind, mark_short_forms};
use super::vocabulary::Vocabulary;
use crate::text::Spare;

/// Reads the passages; `abbreviations` says whether the document's definitions count.
pub(crate) fn prepare(
    vocabulary: Vocabulary<'_>,
    models: &Models,
    passages: &[PassageText<'_>],
    abbreviations: bool,
    memory: &mut Memory,
) -> Prepared {
    memory.make_room(models);
    let mut prepared = Prepared {
        views: Spare::take(),
        matches: Spare::take(),
        definitions: definitions(if abbreviations { passages } else { &[] }),
    };
    for passage in passages {
        let (mut view, mut matches) = memory.room.pop().unwrap_or_default();
        view.read(passage, &mut memory.lexicon, models);
        let words = |tokens| view.words_of_tokens(tokens);
        find_matches(vocabulary, passage, words, &mut memory.names, &mut matches);
        view.mark(&matches, passage.text);
        prepared.views.push(view);
        prepared.matches.push(matches);
    }
    memory.counts.count(&mut prepared.views, memory.lexicon.len());
    mark_binomials(passages, &mut prepared.views);
    mark_kind(&mut prepared.views);
    mark_short_forms(passages, &prepared.matches, &prepared.definitions, &mut prepared.views);
    prepared
}
