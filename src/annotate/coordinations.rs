//! Coordinations before a shared head: "breast and ovarian cancer" names breast cancer and ovarian cancer, "type 1 and 2
//! diabetes" both of them. The last element keeps the head; each other is annotated where it stands ("breast"), by the
//! readings of the name that it and the head make. The catalog decides: both must be names of one type.

use super::matches::readings_of;
use super::mention::{Mention, Reading};
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::surface::{is_inherited_form, says_inherited};
use super::vocabulary::Vocabulary;
use crate::model::{EntityType, Span};
use crate::text::{Gap, Spare, Token, TokenKind};

/// The most tokens of one modifier: "non small cell" has three.
const MODIFIER_TOKENS_LIMIT: usize = 3;
/// The most tokens of a head.
const HEAD_TOKENS_LIMIT: usize = 4;
/// The most elements before the conjunction.
pub(super) const ELEMENTS_LIMIT: usize = 8;
/// What is coordinated so. Genes, chemicals and organisms stand beside each other without sharing a head: "insulin and
/// leptin receptor".
const TYPES: &[EntityType] = &[
    EntityType::Disease,
    EntityType::Phenotype,
    EntityType::Anatomy,
    EntityType::CellType,
    EntityType::BiologicalProcess,
];

/// A passage with what is found in it.
struct Place<'a, 'd> {
    vocabulary: Vocabulary<'a>,
    passage: &'a PassageText<'d>,
    passage_index: usize,
    options: &'a PreparedOptions,
}

/// Adds to `found` the elements without a head of their own of the coordinations in a passage. `names` are the mentions in it by
/// place; they lose the readings of whole coordinations that speak of an inherited form without saying so.
pub(super) fn find_coordinations(
    vocabulary: Vocabulary<'_>,
    (passage_index, passage): (usize, &PassageText<'_>),
    names: &mut [Mention],
    options: &PreparedOptions,
    found: &mut Vec<Mention>,
) {
    let place = Place { vocabulary, passage, passage_index, options };
    let tokens = passage.folded.tokens();
    let text = passage.folded.text().as_bytes();
    for (first, _) in tokens.iter().enumerate().skip(1).filter(|(_, token)| is_conjunction(text, token)) {
        let Some(next) = joined(text, tokens, first) else { continue };
        let from = found.len();
        if let Some(head) = place.elements_before(first, next, names, found)
            && let Some(last) = shared_end(names, next, head)
        {
            drop_inherited(vocabulary, passage, names, found[from].tokens.start, last);
        }
        place.numbered(first, next, found);
    }
}

/// The first token of the second of two elements that a conjunction joins, of which the first ends before it: by "and", "or" or
/// "and/or". A slash alone makes one name ("breast/ovarian cancer"), as the gold corpora have it.
fn joined(text: &[u8], tokens: &[Token], at: usize) -> Option<usize> {
    if !matches!(tokens[at].gap, Gap::Space | Gap::Comma) {
        return None;
    }
    let is_double = tokens.get(at + 1).is_some_and(|next| is_conjunction(text, next));
    let next = if is_double { at + 2 } else { at + 1 };
    tokens.get(next).is_some_and(|token| token.gap == Gap::Space).then_some(next)
}

/// Whether a token is "and" or "or" before another, by its form in the folded text, where a space stands behind each form but
/// the last.
#[inline]
fn is_conjunction(folded: &[u8], token: &Token) -> bool {
    let start = token.folded_start as usize;
    let form = folded.get(start..start + 4).and_then(|form| form.first_chunk());
    let form = form.map_or(0, |form| u32::from_le_bytes(*form));
    (form == u32::from_le_bytes(*b"and ")) | (form & 0x00ff_ffff == u32::from_le_bytes(*b"or \0"))
}

/// The end of the longest mention from `next` that has a head of so many tokens to share.
fn shared_end(names: &[Mention], next: usize, head: usize) -> Option<usize> {
    beginning_at(names, next).filter(|name| name.tokens.len() > head).map(|name| name.tokens.end).max()
}

/// The mentions that begin at a token.
fn beginning_at(names: &[Mention], token: usize) -> impl Iterator<Item = &Mention> {
    let from = names.partition_point(|name| name.tokens.start < token);
    names[from..].iter().take_while(move |name| name.tokens.start == token)
}

impl Place<'_, '_> {
    /// Adds the elements that end before the token `first` and share the head of a mention that begins at `next`, in the order
    /// of the text; gives how many tokens the head has where there are any.
    fn elements_before(
        &self,
        first: usize,
        next: usize,
        names: &[Mention],
        found: &mut Vec<Mention>,
    ) -> Option<usize> {
        let from = found.len();
        let lasts = beginning_at(names, next).filter(|name| name.prefix.is_none() && name.tokens.len() > 1);
        for last in lasts {
            let own = last.tokens.len();
            for modifier in 1..=MODIFIER_TOKENS_LIMIT.min(own - 1) {
                let head = next + modifier..last.tokens.end;
                if head.len() > HEAD_TOKENS_LIMIT {
                    continue;
                }
                let mut end = first;
                while found.len() - from < ELEMENTS_LIMIT
                    && let Some(element) = self.element_before(end, &head, last, names)
                {
                    end = element.tokens.start;
                    found.push(element);
                    if self.passage.folded.tokens()[end].gap != Gap::Comma {
                        break;
                    }
                }
                if found.len() > from {
                    found[from..].reverse();
                    return Some(head.len());
                }
            }
        }
        None
    }

    /// The longest modifier before the token `end` that makes a name with the head.
    fn element_before(
        &self,
        end: usize,
        head: &std::ops::Range<usize>,
        last: &Mention,
        names: &[Mention],
    ) -> Option<Mention> {
        let folded = &self.passage.folded;
        let start = |count: usize| {
            let start = end.checked_sub(count)?;
            let whole = folded.begins_word(start) && folded.ends_word(end - 1);
            let apart = |at: usize| !matches!(folded.tokens()[at].gap, Gap::Space | Gap::Joiner | Gap::None);
            (whole && !(start + 1..end).any(apart)).then_some(start)
        };
        (1..=MODIFIER_TOKENS_LIMIT).rev().filter_map(start).find_map(|start| {
            let parts = [(start, end), (head.start, head.end)];
            let wanted = |reading: &Reading| {
                let same = |other: &Reading| other.entity_type == reading.entity_type;
                let alone = |name: &Mention| name.tokens.end == end && name.readings.iter().any(same);
                last.readings.iter().any(same) && !beginning_at(names, start).any(alone)
            };
            self.read(parts, (start, end), wanted)
        })
    }

    /// Adds the two of "type 1 and 2 diabetes": numbers or letters between a shared beginning and a shared head.
    fn numbered(&self, first: usize, next: usize, found: &mut Vec<Mention>) {
        let folded = &self.passage.folded;
        let Some(number) = first.checked_sub(1).filter(|&at| self.is_number(at) && self.is_number(next))
        else {
            return;
        };
        let plain = |from: usize, end: usize| {
            (from..end).all(|at| matches!(folded.tokens()[at].gap, Gap::Space | Gap::Joiner))
        };
        for length in (1..=HEAD_TOKENS_LIMIT).rev() {
            let end = next + 1 + length;
            if end > folded.tokens().len() || !folded.ends_word(end - 1) || !plain(next + 1, end) {
                continue;
            }
            for stem in (1..=MODIFIER_TOKENS_LIMIT).rev() {
                let Some(start) = number.checked_sub(stem).filter(|&start| plain(start + 1, number + 1))
                else {
                    continue;
                };
                let head = (next + 1, end);
                if let Some(one) = self.read([(start, number + 1), head], (start, number + 1), |_| true)
                    && let Some(other) = self.read([(start, number), (next, end)], (next, end), |_| true)
                {
                    found.extend([one, other]);
                    return;
                }
            }
        }
    }

    /// Whether a token is a number of one or two digits, a numeral, or one letter.
    fn is_number(&self, at: usize) -> bool {
        let folded = &self.passage.folded;
        folded.tokens().get(at).is_some_and(|token| {
            let short = token.end - token.start <= 2;
            let letter = folded.folded(at).len() == 1;
            let numeral = folded.folded(at).bytes().all(|byte| byte.is_ascii_digit());
            folded.begins_word(at)
                && folded.ends_word(at)
                && (letter
                    || short && token.kind == TokenKind::Digits
                    || numeral && folded.folded(at).len() < 3)
        })
    }

    /// The mention of the name that the parts make together, each a range of tokens; it is `seen` where that range is.
    fn read(
        &self,
        [one, other]: [(usize, usize); 2],
        seen: (usize, usize),
        wanted: impl Fn(&Reading) -> bool,
    ) -> Option<Mention> {
        let folded = &self.passage.folded;
        let key: Spare<String> =
            [folded.key(one.0, one.1), " ", folded.key(other.0, other.1)].into_iter().collect();
        let group = self.vocabulary.group_of_key(&key).filter(|_| !self.options.is_blocked(&key))?;
        let slice = |(first, end)| self.passage.slice(self.passage.span(first, end));
        let written: Spare<String> = [slice(one), " ", slice(other)].into_iter().collect();
        let span: Span = self.passage.span(seen.0, seen.1);
        if self.options.is_blocked(folded.key(seen.0, seen.1)) {
            return None;
        }
        // one token, as what stands between the parts is no part of the name
        let mut readings = readings_of(self.vocabulary, self.passage, seen.0..seen.0 + 1, &written, group);
        readings.retain(|reading| TYPES.contains(&reading.entity_type) && wanted(reading));
        let tokens = seen.0..seen.1;
        let passage = self.passage_index;
        (!readings.is_empty()).then_some(Mention { passage, span, tokens, prefix: None, readings })
    }
}

/// Takes from the mentions of a whole coordination the readings whose preferred name is an inherited form's when no such
/// word stands in them or beside them: "breast and ovarian cancer" is two cancers.
fn drop_inherited(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    names: &mut [Mention],
    start: usize,
    end: usize,
) {
    let folded = &passage.folded;
    let is_inherited = |at: usize| at < folded.tokens().len() && says_inherited(folded.folded(at));
    if (start.saturating_sub(1)..=end).any(is_inherited) {
        return;
    }
    let from = names.partition_point(|name| name.tokens.start < start);
    for name in names[from..].iter_mut().take_while(|name| name.tokens.start == start) {
        if name.tokens.end == end {
            name.readings.retain(|reading| !is_inherited_form(vocabulary.label_of(&reading.subject)));
        }
    }
}
