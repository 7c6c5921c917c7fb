//! The longer words of a document, which the names of entities are held against.

use std::cell::Cell;

use rustc_hash::FxHashSet;

use super::super::recognise::lexicon::Lexicon;
use super::super::recognise::pieces::Piece;
use super::super::recognise::view::PassageView;
use super::super::recognise::words::hash;
use super::super::vocabulary::Vocabulary;
use super::PIECES_TOGETHER;
use crate::catalog::EntityIndex;
use crate::text::pauses::work_done;
use crate::text::{Spare, SpareText, spared};

/// The least letters of a word that is held against the document's.
const WORD_BYTES_MIN: usize = 4;
/// The most names of an entity whose words are held against the document's.
const NAMES_LIMIT: usize = 12;
/// The most words of names that room is kept for.
const NAMES_ROOM_LIMIT: usize = 1 << 14;
/// The words of a document of fewer pieces stand in lists by some of their bits.
const PIECES_LISTED_LIMIT: usize = 1 << 10;
/// The bits of a word that tell its list, as a power of two.
const LIST_BITS: u32 = 8;
/// The bits of a word that tell whether it may have been asked for, as a power of two.
const ASKED_BITS: u32 = 12;

/// Of the longer words of a document those that are asked for, by the hashes of their folded forms. Most words of a document are in
/// no name of its candidates, and most words of these are not in it. A long document is gone through once, for all of its words, as it
/// has many names: what it has of these is told as they are asked for, and they are not kept.
pub(super) struct Words {
    /// [`Some`] until it is given back.
    room: Option<Box<Room>>,
    /// All of a long document, which stand in no lists.
    all: Option<Spare<FxHashSet<u64>>>,
    /// Whether all that were asked for were looked for.
    is_listed: bool,
}

spared!(FxHashSet<u64>);

/// Whether words with some bits are asked for.
type Asked = [u64; 1 << (ASKED_BITS - u64::BITS.ilog2())];

/// Room for the words of a document.
struct Room {
    asked: Asked,
    /// The word that was met last of those of each list, from 1; 0 for none.
    lists: [u16; 1 << LIST_BITS],
    /// The words as they were met, each with the one before it in its list. What no list leads to is of another document.
    words: [(u64, u16); PIECES_LISTED_LIMIT],
    /// The words that were asked for, as [`words_of_names`] gives them; of a long document the levels of entities.
    names: Vec<u64>,
}

thread_local! {
    /// The room of the document before.
    static SPARE: Cell<Option<Box<Room>>> = const { Cell::new(None) };
}

impl Drop for Words {
    fn drop(&mut self) {
        // a thread that ends keeps nothing
        let mut room = self.room.take();
        if let Some(room) = &mut room {
            room.names.clear();
            room.names.shrink_to(NAMES_ROOM_LIMIT);
        }
        let _ = SPARE.try_with(|spare| spare.set(room));
    }
}

impl Words {
    /// None of a document yet, as none is asked for; all of a long one.
    pub(super) fn new(views: &[PassageView], lexicon: &Lexicon) -> Self {
        let mut room = SPARE.take().unwrap_or_else(|| Box::new(Room::EMPTY));
        room.asked.fill(0);
        let pieces = views.iter().map(|view| view.words.len()).sum::<usize>();
        let all = (pieces >= PIECES_LISTED_LIMIT).then(|| {
            let mut all: Spare<FxHashSet<u64>> = Spare::take();
            Room::each_asked(&Room::ALL_ASKED, (views, lexicon), |_, word| {
                all.insert(word);
            });
            all
        });
        Self { room: Some(room), all, is_listed: true }
    }

    /// Asks for the words of names, which are to be listed then, and tells where they stand for [`Words::shared`]. Their counts are
    /// asked for as well, which no more than lists some words in vain.
    pub(super) fn ask(&mut self, names: &[u64]) -> usize {
        let Some(room) = &mut self.room else { return 0 };
        let at = room.names.len();
        if let Some(all) = &self.all {
            let mut rest = names;
            while !rest.is_empty() {
                room.names.push(level_of(&mut rest, |word| all.contains(&word)));
            }
            return at;
        }
        room.names.extend_from_slice(names);
        for word in names {
            let (block, bit) = asked_bit(*word);
            self.is_listed &= room.asked[block] & bit != 0;
            room.asked[block] |= bit;
        }
        at
    }

    /// How many of the words of an entity's name that shares most of them the document has, as a level. `at` is the place of its words
    /// among those that were asked for, and that of the next entity's behind it.
    pub(super) fn shared(&self, at: &mut usize) -> u64 {
        let Some(room) = &self.room else { return 0 };
        let mut rest = room.names.get(*at..).unwrap_or_default();
        if self.all.is_some() {
            *at += 1;
            return rest.first().copied().unwrap_or(0);
        }
        let before = rest.len();
        let level = level_of(&mut rest, |word| room.contains(word));
        *at += before - rest.len();
        level
    }

    /// Looks for the words that were asked for in a document, where that was not done.
    pub(super) fn list(&mut self, views: &[PassageView], lexicon: &Lexicon) {
        if let Some(room) = self.room.as_mut().filter(|_| !self.is_listed) {
            room.list(views, lexicon);
            self.is_listed = true;
        }
    }
}

/// How many of the words of an entity's name that shares most of them a document has, as a level. The entity's words are taken off.
#[inline]
fn level_of(rest: &mut &[u64], has: impl Fn(u64) -> bool) -> u64 {
    let next = |rest: &mut &[u64]| rest.split_off_first().map_or(0, |count| *count as usize);
    let names = next(rest);
    let mut most = 0;
    for _ in 0..names {
        let all = next(rest);
        let words = rest.split_off(..all).unwrap_or_default();
        let shared = words.iter().filter(|word| has(**word)).count();
        most = most.max(match (shared, all) {
            (0, _) => 1,
            (shared, all) if shared == all && all > 1 => 5,
            (shared, all) if shared == all => 4,
            (shared, all) if shared * 2 >= all => 3,
            _ => 2,
        });
    }
    most
}

/// Where it stands whether a word may have been asked for.
#[inline]
const fn asked_bit(word: u64) -> (usize, u64) {
    let place = (word >> (u64::BITS - ASKED_BITS)) as usize;
    (place / u64::BITS as usize, 1 << (place % u64::BITS as usize))
}

/// The longer words of the names of entities, in their order: of each how many of its names have several words, and of each of these
/// how many there are, and then the words.
pub(super) fn words_of_names(
    vocabulary: Vocabulary<'_>,
    entities: impl Iterator<Item = EntityIndex>,
) -> Vec<u64> {
    let (mut all, mut folded) = (Vec::new(), SpareText::take());
    for entity in entities {
        let count = all.len();
        all.push(0);
        for name in vocabulary.names_of(entity).take(NAMES_LIMIT).filter(|name| name.contains(' ')) {
            folded.fold(name);
            let own = all.len();
            all.push(0);
            let words = (0..folded.tokens().len()).map(|at| folded.folded(at));
            all.extend(words.filter(|word| word.len() >= WORD_BYTES_MIN).map(hash));
            all[own] = (all.len() - own - 1) as u64;
            all[count] += 1;
        }
    }
    all
}

impl Room {
    const ALL_ASKED: Asked = [u64::MAX; 1 << (ASKED_BITS - u64::BITS.ilog2())];
    const EMPTY: Self = Self {
        asked: [0; 1 << (ASKED_BITS - u64::BITS.ilog2())],
        lists: [0; 1 << LIST_BITS],
        words: [(0, 0); PIECES_LISTED_LIMIT],
        names: Vec::new(),
    };

    /// Calls `take` with each long word of a document that may have been asked for, and how many there were before it.
    fn each_asked(
        asked: &Asked,
        (views, lexicon): (&[PassageView], &Lexicon),
        mut take: impl FnMut(usize, u64),
    ) {
        let mut count = 0;
        for view in views {
            for (block, numbers) in view.words.chunks(PIECES_TOGETHER).enumerate() {
                work_done(numbers.len());
                let first = block * PIECES_TOGETHER;
                for (at, number) in numbers.iter().enumerate() {
                    let word = lexicon.folded(*number);
                    let (block, bit) = asked_bit(word);
                    if asked[block] & bit != 0 && is_long(&view.pieces.pieces[first + at]) {
                        take(count, word);
                        count += 1;
                    }
                }
            }
        }
    }

    /// Lists the words of a document of fewer pieces than there are places.
    fn list(&mut self, views: &[PassageView], lexicon: &Lexicon) {
        let Self { asked, lists, words, .. } = self;
        lists.fill(0);
        Self::each_asked(asked, (views, lexicon), |count, word| {
            if let Some(place) = words.get_mut(count) {
                let last = &mut lists[list_of(word)];
                *place = (word, *last);
                *last = count as u16 + 1;
            }
        });
    }

    fn contains(&self, word: u64) -> bool {
        let mut at = self.lists[list_of(word)];
        while let Some((own, before)) = usize::from(at).checked_sub(1).and_then(|place| self.words.get(place))
        {
            if *own == word {
                return true;
            }
            at = *before;
        }
        false
    }
}

/// Whether a piece is a word that tells what a document is about, by its length.
fn is_long(piece: &Piece) -> bool {
    piece.token().is_some() & (piece.end() - piece.start() >= WORD_BYTES_MIN)
}

/// The list of a word.
const fn list_of(word: u64) -> usize {
    (word >> (u64::BITS - LIST_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::super::super::memory::Memory;
    use super::super::super::models::Models;
    use super::super::super::passages::PassageText;
    use super::super::super::prepare::prepare;
    use super::super::super::vocabulary::Vocabulary;
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn a_document_has_its_longer_words_however_long_it_is() {
        let (catalog, models) = (Catalog::embedded().unwrap(), Models::embedded());
        for (repeated, seldom) in [(0, "rare"), (0, "usual"), (PIECES_LISTED_LIMIT, "rare")] {
            let text = format!("Renal failure is not {seldom}. {}", "and so ".repeat(repeated));
            let passages = [PassageText::new(&text)];
            let mut memory = Memory::new(&models);
            let prepared = prepare(Vocabulary::new(&catalog), &models, &passages, true, &mut memory);
            let mut words = Words::new(&prepared.views, &memory.lexicon);
            assert_eq!(words.all.is_some(), repeated > 0);
            let all = ["renal", "failure", "rare", "usual", "not", "heart", "."];
            // what is asked for later is looked for as well
            for asked in [&all[..2], &all[..]] {
                // an entity with one name a word, and one with a name of all of them
                let own = asked.iter().flat_map(|word| [1, 1, hash(word)]);
                let together = [1, asked.len() as u64].into_iter().chain(asked.iter().map(|word| hash(word)));
                let mut at = words.ask(&own.chain(together).collect::<Vec<_>>());
                words.list(&prepared.views, &memory.lexicon);
                let mut level = || words.shared(&mut at);
                let has: Vec<&str> = asked.iter().copied().filter(|_| level() == 4).collect();
                let expected: Vec<&str> = asked
                    .iter()
                    .copied()
                    .filter(|word| ["renal", "failure", seldom].contains(word))
                    .collect();
                assert_eq!(has, expected, "{repeated}");
                assert_eq!(level(), if asked.len() == 2 { 5 } else { 2 });
            }
        }
    }
}
