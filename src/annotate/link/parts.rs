//! Mentions of several entities: "BRCA1/2" speaks of BRCA1 and BRCA2, "TLR2, -4 and -9" of three genes, "p44/42 MAPK" of
//! two, "breast and ovarian cancer" of two diseases.
//!
//! Each part stands where the reader sees it; its name is put together of what the parts share and of what is its own. The
//! catalog decides: a mention is one of several entities where each part's name is the name of something of its type, of
//! something else each, and the whole is the name of no one thing ("F4/80" is one gene: no gene is F80).

use std::ops::Range;

use smol_str::SmolStr;

use super::super::passages::PassageText;
use super::super::surface::{is_inherited_form, says_inherited};
use super::super::vocabulary::Vocabulary;
use super::Target;
use super::candidates::is_compatible;
use crate::catalog::GroupIndex;
use crate::model::{EntityType, Span};
use crate::text::{Gap, Spare, SpareText, TokenKind, spared};

/// The most parts of a mention.
const PARTS_LIMIT: usize = 8;
/// The most digits of a number that parts differ in.
const NUMBER_DIGITS_LIMIT: usize = 2;
/// The most tokens of a head that parts share.
const HEAD_TOKENS_LIMIT: usize = 4;
/// The most tokens before a disease that are looked at for elements that share its head.
const TOKENS_BEFORE_LIMIT: usize = 12;
/// The most tokens behind a mention that are looked at for numbers that share its stem.
const TOKENS_BEHIND_LIMIT: usize = 10;

/// The least bytes of the name of a drug that stands in a combination.
const DRUG_BYTES_MIN: usize = 5;
/// Ends of names that make a salt, an ester or a group of another name beside them.
const GROUP_ENDS: &[&str] = &["ate", "ide", "yl", "oxy", "acid", "ester", "salt"];

/// Whether a word names a salt, an ester or a group by its end.
fn is_group(word: &str) -> bool {
    GROUP_ENDS.iter().any(|end| word.ends_with(end))
}

/// Whether a folded word joins the elements of a list.
const fn is_conjunction(word: &[u8]) -> bool {
    matches!(word, b"and" | b"or")
}

/// A part.
#[derive(Debug)]
struct Part {
    /// The tokens that the reader sees of it.
    tokens: Range<usize>,
    /// Its name, where that is not what stands there.
    name: Option<SmolStr>,
    /// The group of its name.
    group: GroupIndex,
}

spared!(Vec<Part>);

/// The parts of a mention.
type Parts = Spare<Vec<Part>>;

/// Calls `take` with the target itself, or with what it speaks of one by one, in the order of the text.
#[inline]
pub(crate) fn each_part(
    vocabulary: Vocabulary<'_>,
    passages: &[PassageText<'_>],
    target: Target,
    mut take: impl FnMut(Target),
) {
    let own = Mentioned { vocabulary, passage: &passages[target.passage], target: &target };
    let Some(mut parts) = own.parts() else { return take(target) };
    let passage = &passages[target.passage];
    for Part { tokens, name, .. } in parts.drain(..) {
        let span = passage.span(tokens.start, tokens.end);
        take(Target { span, tokens, name, composite: Some(target.span), ..target.clone() });
    }
}

/// A disease with the elements before it that share its head, where the sequence model has found the last alone: "type 1 and
/// type 2 diabetes", "types 1 and 2 diabetes". Nothing before the byte `from` is taken.
#[inline]
pub(crate) fn with_elements_before(
    vocabulary: Vocabulary<'_>,
    passages: &[PassageText<'_>],
    target: Target,
    from: usize,
) -> Target {
    if target.entity_type != EntityType::Disease || target.tokens.is_empty() {
        return target;
    }
    let own = Mentioned { vocabulary, passage: &passages[target.passage], target: &target };
    let start = target.tokens.start;
    let is_listed = own.is_conjunction(start.wrapping_sub(1))
        || own.is_conjunction(start.wrapping_sub(2)) && own.kinds(start - 1) != 0;
    let longer = if is_listed { own.longer_before(from) } else { None };
    longer.unwrap_or(target)
}

/// A mention with the numbers or letters behind it that share its stem, where the sequence model has found the first alone:
/// "hepatitis B and C", "caspases 3, 8 and 9". Numbers count so behind a plural only, as "IL-2 and 4 others" has one gene. Nothing
/// from the byte `to` on is taken.
#[inline]
pub(crate) fn with_elements_behind(
    vocabulary: Vocabulary<'_>,
    passages: &[PassageText<'_>],
    target: Target,
    to: usize,
) -> Target {
    let takes = matches!(target.entity_type, EntityType::Gene | EntityType::Disease | EntityType::Chemical);
    if !takes || target.tokens.len() < 2 {
        return target;
    }
    let own = Mentioned { vocabulary, passage: &passages[target.passage], target: &target };
    let longer = if own.may_go_on() { own.longer_behind(to) } else { None };
    longer.unwrap_or(target)
}

/// A mention as its parts are looked for.
#[derive(Clone, Copy)]
struct Mentioned<'m> {
    vocabulary: Vocabulary<'m>,
    passage: &'m PassageText<'m>,
    target: &'m Target,
}

impl Mentioned<'_> {
    /// Whether it may have parts, by its type and its tokens.
    #[inline]
    fn may_have_parts(&self) -> bool {
        match self.target.tokens.len() {
            0 | 1 => false,
            2 => self.target.entity_type == EntityType::Chemical,
            _ => !matches!(self.target.entity_type, EntityType::Variant | EntityType::CellLine),
        }
    }

    /// Whether it may go on behind its end ([`with_elements_behind`]), as its last token and what stands behind that tell.
    #[inline]
    fn may_go_on(&self) -> bool {
        let (folded, end) = (&self.passage.folded, self.target.tokens.end);
        let is_next = match folded.tokens().get(end).map(|next| next.gap) {
            None | Some(Gap::None | Gap::Stop | Gap::Break) => false,
            Some(Gap::Space) => is_conjunction(folded.folded_bytes(end)),
            Some(Gap::Joiner | Gap::Tight | Gap::Comma | Gap::Other) => true,
        };
        is_next && self.kinds(end - 1) != 0
    }

    /// The parts; none where it is of one entity.
    #[inline]
    fn parts(&self) -> Option<Parts> {
        if self.may_have_parts() { self.find_parts() } else { None }
    }

    fn find_parts(&self) -> Option<Parts> {
        let Range { start, end } = self.target.tokens;
        if end == start + 2 {
            return self.combined();
        }
        let is_joint = |joined: bool, byte: &u8| joined | matches!(byte, b'/' | b',' | b'&');
        let is_joined = self.text(start, end).as_bytes().iter().fold(false, is_joint);
        if !is_joined && !(start + 1..end - 1).any(|at| self.is_conjunction(at)) {
            return None;
        }
        self.of_several(self.numbered().or_else(|| self.coordinated(self.last_element()?)))
    }

    /// Parts, where the whole is the name of no one thing.
    fn of_several(&self, parts: Option<Parts>) -> Option<Parts> {
        parts.filter(|_| !self.is_name_of_one())
    }

    /// Adds a part, where its name is of something of the type, and of nothing that another part's is; whether it is.
    fn add(&self, parts: &mut Vec<Part>, tokens: Range<usize>, name: &str) -> bool {
        let group = self.group_of_type(name).filter(|group| parts.iter().all(|own| own.group != *group));
        let Some(group) = group else { return false };
        let name = (name != self.text(tokens.start, tokens.end)).then(|| name.into());
        parts.push(Part { tokens, name, group });
        true
    }

    /// The mention with the elements before it ([`with_elements_before`]), where there are any.
    fn longer_before(&self, from: usize) -> Option<Target> {
        let Range { start, end } = self.target.tokens;
        let (passage, tokens) = (self.passage, self.passage.folded.tokens());
        let from = from.max(passage.sentence(self.target.span.start).start);
        let holds =
            |at: &usize| matches!(tokens[*at + 1].gap, Gap::Space | Gap::Comma | Gap::Joiner | Gap::None);
        let before = (start.saturating_sub(TOKENS_BEFORE_LIMIT)..start).rev();
        let free = before.take_while(|at| tokens[*at].start as usize >= from && holds(at));
        let farthest = free.last()?;
        // where the list ends is the same wherever it begins
        let may_be_numbered = (farthest + 1..end - 1).any(|first| !self.items(first).is_empty());
        let conjunction = (farthest + 1..end - 1).rev().find(|at| self.is_conjunction(*at));
        let may_share_head = conjunction.is_some_and(|at| at + 2 < end);
        if !may_be_numbered && !may_share_head || self.parts().is_some() {
            return None;
        }
        // where no numbers are listed, a list has a conjunction, and what stands behind it is the same wherever it begins
        let last = if may_be_numbered { None } else { Some(self.last_element_of(farthest..end)?) };
        let firsts = (farthest..start).filter(|at| passage.folded.begins_word(*at));
        let mut longer = firsts.map(|first| {
            let span = Span { start: tokens[first].start as usize, end: self.target.span.end };
            Target { span, tokens: first..end, ..self.target.clone() }
        });
        longer.find(|target| {
            let own = Mentioned { target, ..*self };
            let parts = match last {
                None => own.parts(),
                Some(last) => own.of_several(own.coordinated(last)),
            };
            parts.is_some()
        })
    }

    /// The mention with the numbers or letters behind it ([`with_elements_behind`]), where there are any.
    fn longer_behind(&self, to: usize) -> Option<Target> {
        let Range { start, end } = self.target.tokens;
        let (folded, tokens) = (&self.passage.folded, self.passage.folded.tokens());
        let to = to.min(self.passage.sentence(self.target.span.start).end);
        let behind = tokens[end..].iter().take(TOKENS_BEHIND_LIMIT);
        let free = end + behind.take_while(|token| token.end as usize <= to).count();
        let longest = Target { tokens: start..free, ..self.target.clone() };
        let own = Mentioned { target: &longest, ..*self };
        let is_plural = own.text(end - 2, end - 1).ends_with('s') && folded.begins_word(end - 1);
        let is_number = tokens[end - 1].kind == TokenKind::Digits;
        let items = own.items(end - 1);
        let last = items.last().copied().unwrap_or(end - 1);
        // the E of "vitamin A and E. coli"
        let is_initial = tokens.get(last + 1).is_some_and(|next| next.gap == Gap::Stop) && last + 1 < free;
        if last < end || (is_number && !is_plural) || is_initial || !folded.ends_word(last) {
            return None;
        }
        let span = Span { start: self.target.span.start, end: tokens[last].end as usize };
        let longer = Target { span, tokens: start..last + 1, ..self.target.clone() };
        let has_parts = Mentioned { target: &longer, ..*self }.parts().is_some();
        has_parts.then_some(longer)
    }

    /// The parts of two drugs that are given together, joined by a hyphen: "carbidopa-levodopa". Each is a word and a name, and the
    /// second is no salt, which would make one of the two ("chlorhexidine-digluconate").
    fn combined(&self) -> Option<Parts> {
        let Range { start, .. } = self.target.tokens;
        let is_drug = |word: &str| {
            word.len() >= DRUG_BYTES_MIN
                && word.bytes().all(|byte| byte.is_ascii_alphabetic())
                && !is_group(word)
        };
        let name = |at: usize| self.text(at, at + 1);
        let is_joined = matches!(self.between(start + 1), Some("-" | "\u{2010}" | "\u{2013}"));
        let are_drugs = is_joined && is_drug(name(start)) && is_drug(name(start + 1));
        if !are_drugs || name(start).ends_with("ium") {
            return None;
        }
        let mut parts = Parts::take();
        let are_names = (start..start + 2).all(|at| self.add(&mut parts, at..at + 1, name(at)));
        self.of_several(are_names.then_some(parts))
    }

    /// The parts that differ in a number or letter: the list of these is found, and what stands before and behind it is shared.
    fn numbered(&self) -> Option<Parts> {
        let Range { start, end } = self.target.tokens;
        let items = (start + 1..end - 1).map(|first| self.items(first)).find(|items| !items.is_empty())?;
        let (first, last) = (*items.first()?, *items.last()?);
        let tokens = self.passage.folded.tokens();
        let stem = self.passage.text.get(tokens[start].start as usize..tokens[first].start as usize)?;
        let behind = Span { start: tokens[last].end as usize, end: tokens[end - 1].end as usize };
        let tail = self.passage.slice(behind);
        // "ERK1/2 MAPK" is two names with a word behind them
        let may_stand_behind = tail.starts_with([' ', '-']) && self.target.entity_type == EntityType::Gene;
        let (mut parts, mut name) = (Parts::take(), Spare::<String>::take());
        let mut are_parts = |tail: &str| {
            parts.clear();
            items.iter().all(|at| {
                let seen = match *at {
                    at if at == first => start..at + 1,
                    at if at == last && !tail.is_empty() => at..end,
                    at => at..at + 1,
                };
                name.clear();
                name.extend([stem, self.text(*at, at + 1), tail]);
                self.add(&mut parts, seen, &name)
            })
        };
        (are_parts(tail) || may_stand_behind && are_parts("")).then_some(parts)
    }

    /// The tokens of a list of numbers or of letters of one kind that begins at `first`; none where that is alone or there are
    /// too many.
    fn items(&self, first: usize) -> Spare<Vec<usize>> {
        let (mut items, mut kinds) = (Spare::<Vec<usize>>::default(), self.kinds(first));
        let mut last = first;
        while kinds != 0 {
            let next = match self.between(last + 1) {
                Some("/" | "/-" | ", -" | ",-" | ", " | " & " | "&") if !self.is_conjunction(last + 1) => {
                    last + 1
                }
                Some(" " | ", ")
                    if self.is_conjunction(last + 1)
                        && matches!(self.between(last + 2), Some(" " | " -")) =>
                {
                    last + 2
                }
                _ => break,
            };
            kinds &= self.kinds(next);
            if kinds == 0 || !self.passage.folded.begins_word(next) {
                break;
            }
            if items.len() == PARTS_LIMIT {
                items.clear();
                break;
            }
            if items.is_empty() {
                items = Spare::take();
                items.push(first);
            }
            items.push(next);
            last = next;
        }
        items
    }

    /// What a token may count by, as bits: a short number, a letter in upper or lower case, a Greek one, a Roman numeral.
    fn kinds(&self, at: usize) -> u8 {
        const NUMBER: u8 = 1;
        const UPPER: u8 = 2;
        const LOWER: u8 = 4;
        const GREEK: u8 = 8;
        const ROMAN: u8 = 16;
        let Some(token) = self.passage.folded.tokens().get(at).filter(|_| at < self.target.tokens.end) else {
            return 0;
        };
        let text = self.text(at, at + 1);
        if token.kind == TokenKind::Digits {
            return if text.len() <= NUMBER_DIGITS_LIMIT { NUMBER } else { 0 };
        }
        let is_greek =
            matches!(self.passage.folded.folded(at), "alpha" | "beta" | "gamma" | "delta" | "epsilon");
        let greek = u8::from(is_greek) * GREEK;
        if greek == 0 && !self.passage.folded.begins_word(at) {
            return 0;
        }
        let roman = u8::from(text.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'))) * ROMAN;
        greek
            | roman
            | match text.as_bytes() {
                [b'A'..=b'Z'] => UPPER,
                [b'a'..=b'z'] => LOWER,
                _ => 0,
            }
    }

    /// The conjunction before the last element of a disease's list, and the group of that.
    fn last_element(&self) -> Option<(usize, GroupIndex)> {
        self.last_element_of(self.target.tokens.clone())
    }

    /// The same of a list that begins elsewhere.
    fn last_element_of(&self, Range { start, end }: Range<usize>) -> Option<(usize, GroupIndex)> {
        if self.target.entity_type != EntityType::Disease {
            return None;
        }
        let conjunction = (start + 1..end - 1).rev().find(|at| self.is_conjunction(*at))?;
        let last = self.text(conjunction + 1, end);
        let group = if conjunction + 2 < end { self.group_of_type(last)? } else { return None };
        Some((conjunction, group))
    }

    /// The parts of a coordination before a head that they share: diseases only, as genes, chemicals and organisms stand beside
    /// each other without sharing one ("insulin and leptin receptor").
    fn coordinated(&self, (conjunction, of_last): (usize, GroupIndex)) -> Option<Parts> {
        let Range { start, end } = self.target.tokens;
        if conjunction <= start || self.says_inherited() {
            return None;
        }
        let twice = conjunction > start + 1 && self.is_conjunction(conjunction - 1);
        let (left_end, right) = (conjunction - usize::from(twice), conjunction + 1..end);
        let tokens = self.passage.folded.tokens();
        let is_start = |at: &usize| *at == start || tokens[*at].gap == Gap::Comma;
        let starts: Spare<Vec<usize>> = (start..left_end).filter(is_start).collect();
        if starts.len() >= PARTS_LIMIT {
            return None;
        }
        let (mut parts, mut name) = (Parts::take(), Spare::<String>::take());
        let is_shared = (1..right.len().min(HEAD_TOKENS_LIMIT + 1)).rev().any(|length| {
            let head = self.text(right.end - length, right.end);
            parts.clear();
            parts.push(Part { tokens: right.clone(), name: None, group: of_last });
            let ends = starts.iter().skip(1).chain([&left_end]);
            starts.iter().zip(ends).all(|(from, to)| {
                name.clear();
                name.extend([self.text(*from, *to), " ", head]);
                self.add(&mut parts, *from..*to, &name)
            })
        });
        is_shared.then(|| {
            // the last stands before the others so far
            parts.rotate_left(1);
            parts
        })
    }

    /// The name's group, where it is of something of the type.
    fn group_of_type(&self, name: &str) -> Option<GroupIndex> {
        let mut folded = SpareText::take();
        folded.fold(name);
        self.vocabulary.any_group_of_key(folded.text()).filter(|group| self.is_of_type(*group))
    }

    fn is_of_type(&self, group: GroupIndex) -> bool {
        self.vocabulary.all_bearers(group).any(|bearer| {
            is_compatible(self.target.entity_type, self.vocabulary.facts(bearer.entity).entity_type)
        })
    }

    /// Whether it is said, in the mention or beside it, that a form is inherited.
    fn says_inherited(&self) -> bool {
        let Range { start, end } = self.target.tokens;
        (start.saturating_sub(1)..=end).any(|at| says_inherited(self.passage.folded.folded(at)))
    }

    /// Whether the whole is the name of one thing of the type, in the namespace that is wanted most: families of genes are no one
    /// gene. A gene has its preferred name so, as the fruit fly has one gene for "ERK1/2"; an inherited form of diseases is one only
    /// where it is said to be.
    fn is_name_of_one(&self) -> bool {
        let Range { start, end } = self.target.tokens;
        let says_inherited = self.says_inherited();
        let group = self.vocabulary.any_group_of_key(self.passage.folded.key(start, end));
        group.into_iter().flat_map(|group| self.vocabulary.all_bearers(group)).any(|bearer| {
            let facts = self.vocabulary.facts(bearer.entity);
            facts.preferred
                && (bearer.label || facts.entity_type != EntityType::Gene)
                && is_compatible(self.target.entity_type, facts.entity_type)
                && (says_inherited || !is_inherited_form(self.vocabulary.label(bearer.entity)))
        })
    }

    fn is_conjunction(&self, at: usize) -> bool {
        at < self.target.tokens.end && is_conjunction(self.passage.folded.folded_bytes(at))
    }

    /// What stands between a token of the mention and the one before it.
    fn between(&self, at: usize) -> Option<&str> {
        let tokens = self.passage.folded.tokens();
        let token = tokens.get(at).filter(|_| at < self.target.tokens.end)?;
        self.passage.text.get(tokens[at - 1].end as usize..token.start as usize)
    }

    /// The text of some tokens with what stands between them.
    fn text(&self, first: usize, end: usize) -> &str {
        self.passage.slice(self.passage.span(first, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    /// The parts of a text that is a mention of that type, as what is seen of each and its name.
    fn parts(catalog: &Catalog, text: &str, entity_type: EntityType) -> Vec<(String, String)> {
        let passages = [PassageText::new(text)];
        let start = text.find('[').map_or(0, |at| at + 1);
        let span = Span { start, end: text.find(']').unwrap_or(text.len()) };
        let target = Target::new(&passages, 0, span, entity_type);
        let mut parts = Vec::new();
        each_part(Vocabulary::new(catalog), &passages, target, |part| parts.push(part));
        assert!(parts.len() == 1 || parts.iter().all(|part| part.composite == Some(span)), "{text}");
        let seen = |part: &Target| passages[0].slice(part.span).to_owned();
        parts.iter().map(|part| (seen(part), part.written(&passages).to_owned())).collect()
    }

    #[test]
    fn parts_are_named_by_what_they_share_and_what_is_their_own() {
        let catalog = Catalog::embedded().unwrap();
        let (gene, disease, chemical) = (EntityType::Gene, EntityType::Disease, EntityType::Chemical);
        type Parts<'p> = &'p [(&'p str, &'p str)];
        let cases: &[(&str, EntityType, Parts<'_>)] = &[
            ("BRCA1/2", gene, &[("BRCA1", "BRCA1"), ("2", "BRCA2")]),
            ("BRCA1 and 2", gene, &[("BRCA1", "BRCA1"), ("2", "BRCA2")]),
            ("TLR2, -4 and -9", gene, &[("TLR2", "TLR2"), ("4", "TLR4"), ("9", "TLR9")]),
            ("TLR-2/-4", gene, &[("TLR-2", "TLR-2"), ("4", "TLR-4")]),
            ("p44/42 MAPK", gene, &[("p44", "p44 MAPK"), ("42 MAPK", "p42 MAPK")]),
            ("BRCA1/2 genes", gene, &[("BRCA1", "BRCA1"), ("2", "BRCA2")]),
            ("IL-1 alpha and beta", gene, &[("IL-1 alpha", "IL-1 alpha"), ("beta", "IL-1 beta")]),
            ("hepatitis B and C", disease, &[("hepatitis B", "hepatitis B"), ("C", "hepatitis C")]),
            (
                "types 1 and 2 diabetes",
                disease,
                &[("types 1", "types 1 diabetes"), ("2 diabetes", "types 2 diabetes")],
            ),
            (
                "breast and ovarian cancer",
                disease,
                &[("breast", "breast cancer"), ("ovarian cancer", "ovarian cancer")],
            ),
            (
                "ovarian, breast, and/or lung cancer",
                disease,
                &[("ovarian", "ovarian cancer"), ("breast", "breast cancer"), ("lung cancer", "lung cancer")],
            ),
            ("aspirin-caffeine", chemical, &[("aspirin", "aspirin"), ("caffeine", "caffeine")]),
            ("metformin\u{2013}insulin", chemical, &[("metformin", "metformin"), ("insulin", "insulin")]),
        ];
        for (text, entity_type, expected) in cases {
            let found = parts(&catalog, text, *entity_type);
            let found: Vec<(&str, &str)> = found.iter().map(|(seen, name)| (&**seen, &**name)).collect();
            assert_eq!(found, *expected, "{text}");
        }
        let of_one = [
            // no such gene, too long a number, no list, the same thing twice
            ("BRCA1/7", gene),
            ("BRCA1/200", gene),
            ("BRCA1-2", gene),
            ("BRCA1/1", gene),
            ("BRCA1", gene),
            ("1/2", gene),
            // names of another type, and types that have no parts
            ("BRCA1/2", disease),
            ("BRCA1/2", EntityType::CellLine),
            ("breast and ovarian cancer", chemical),
            // salts and groups, what is no drug, and words that are not joined
            ("caffeine-citrate", chemical),
            ("sodium-aspirin", chemical),
            ("aspirin-like", chemical),
            ("aspirin caffeine", chemical),
            ("aspirin-caffeine", disease),
            // a form that is said to be inherited
            ("hereditary [breast and ovarian cancer]", disease),
            ("familial breast and ovarian cancer", disease),
            ("[breast and ovarian cancer] syndrome", disease),
            // without a head, and with one that one of them does not have
            ("breast and ovarian", disease),
            ("seasonal and ovarian cancer", disease),
        ];
        for (text, entity_type) in of_one {
            assert_eq!(parts(&catalog, text, entity_type).len(), 1, "{text}");
        }
    }

    #[test]
    fn elements_before_a_disease_share_its_head() {
        let catalog = Catalog::embedded().unwrap();
        let whole = |text: &str, from: &str, entity_type| {
            let start = text.find('[').unwrap();
            let text = text.replace('[', "");
            let passages = [PassageText::new(&text)];
            let target = Target::new(&passages, 0, Span { start, end: text.len() }, entity_type);
            let vocabulary = Vocabulary::new(&catalog);
            let Span { start, end } =
                with_elements_before(vocabulary, &passages, target, text.find(from).unwrap()).span;
            text[start..end].to_owned()
        };
        for (text, expected) in [
            ("of type 1 and [type 2 diabetes", "type 1 and type 2 diabetes"),
            ("Types 1 and 2 [diabetes", "Types 1 and 2 diabetes"),
            ("in breast or [ovarian cancer", "breast or ovarian cancer"),
            ("in breast, lung and/or [ovarian cancer", "breast, lung and/or ovarian cancer"),
            // nothing that shares the head, another sentence, another mark between
            ("of seasons and [ovarian cancer", "ovarian cancer"),
            ("in breast. And [ovarian cancer", "ovarian cancer"),
            ("in breast (and [ovarian cancer", "ovarian cancer"),
            ("of grade 3 and 4 [cancer", "cancer"),
            ("[ovarian cancer", "ovarian cancer"),
            ("and [ovarian cancer", "ovarian cancer"),
        ] {
            assert_eq!(whole(text, "", EntityType::Disease), expected, "{text}");
        }
        assert_eq!(whole("breast and [+", "", EntityType::Disease), "+", "a mention without a word");
        let text = "in breast or [ovarian cancer";
        assert_eq!(whole(text, "", EntityType::Chemical), "ovarian cancer");
        assert_eq!(whole(text, "breast", EntityType::Disease), "breast or ovarian cancer");
        assert_eq!(
            whole(text, "reast", EntityType::Disease),
            "ovarian cancer",
            "what is taken is not taken again"
        );
        // five elements of two tokens and both conjunctions are as many as are looked at
        let far = |kinds: &[&str], conjunction: &str| {
            let text = format!("{} cell {conjunction} [renal cell carcinoma", kinds.join(" cell, "));
            whole(&text, "", EntityType::Disease).split(' ').next().unwrap().to_owned()
        };
        let kinds = ["alveolar", "liver", "oat", "acinar", "basal", "squamous"];
        assert_eq!(far(&kinds[..5], "and or"), "alveolar");
        assert_eq!(far(&kinds, "or"), "liver");
    }

    #[test]
    fn numbers_and_letters_behind_a_mention_share_its_stem() {
        let catalog = Catalog::embedded().unwrap();
        let (gene, disease, chemical) = (EntityType::Gene, EntityType::Disease, EntityType::Chemical);
        let whole = |text: &str, to: usize, entity_type| {
            let end = text.find(']').unwrap();
            let text = text.replace(']', "");
            let passages = [PassageText::new(&text)];
            let target = Target::new(&passages, 0, Span { start: 0, end }, entity_type);
            let Span { start, end } =
                with_elements_behind(Vocabulary::new(&catalog), &passages, target, to).span;
            text[start..end].to_owned()
        };
        for (text, entity_type, expected) in [
            ("hepatitis B] and C in women", disease, "hepatitis B and C"),
            ("hepatitis A], B and C.", disease, "hepatitis A, B and C"),
            ("caspases 3], 8 and 9 rose", gene, "caspases 3, 8 and 9"),
            ("vitamins A], C and E", chemical, "vitamins A, C and E"),
            ("hepatitis B] and E. coli", disease, "hepatitis B"),
            ("hepatitis B] and Q", disease, "hepatitis B"),
            ("hepatitis B] and Cx", disease, "hepatitis B"),
            ("hepatitis B]. C", disease, "hepatitis B"),
            ("caspase 3], 8 and 9 times", gene, "caspase 3"),
            ("IL-2] and 4 others", gene, "IL-2"),
            ("hepatitis B] and C", EntityType::Species, "hepatitis B"),
            ("hepatitis] B and C", disease, "hepatitis"),
        ] {
            assert_eq!(whole(text, text.len(), entity_type), expected, "{text}");
        }
        let text = "hepatitis B] and C";
        let all = text.len() - 1;
        assert_eq!(whole(text, all, disease), "hepatitis B and C");
        assert_eq!(whole(text, all - 1, disease), "hepatitis B", "what another mention has is not taken");
        let numbers = |count: usize| {
            let further: String = (4..4 + count).map(|number| format!(", {number}")).collect();
            whole(&format!("caspases 3]{further}"), 100, gene).len() > "caspases 3".len()
        };
        assert!(numbers(PARTS_LIMIT - 1) && !numbers(PARTS_LIMIT));
    }

    #[test]
    fn parts_end_at_the_bound() {
        let catalog = Catalog::embedded().unwrap();
        let numbers = |count: usize| {
            let further: String = (2..=count).map(|number| format!("/{number}")).collect();
            parts(&catalog, &format!("TLR1{further}"), EntityType::Gene).len()
        };
        assert_eq!((numbers(PARTS_LIMIT), numbers(PARTS_LIMIT + 1)), (PARTS_LIMIT, 1));
        let organs =
            ["breast", "ovarian", "prostate", "bladder", "thyroid", "pancreatic", "colon", "cervical"];
        let cancers = |count: usize| {
            let text = format!("{} and lung cancer", organs[..count - 1].join(", "));
            parts(&catalog, &text, EntityType::Disease).len()
        };
        assert_eq!((cancers(PARTS_LIMIT), cancers(PARTS_LIMIT + 1)), (PARTS_LIMIT, 1));
    }
}
