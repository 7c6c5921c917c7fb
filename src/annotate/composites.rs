//! Composite mentions: "BRCA1/2" names BRCA1 and BRCA2, "MMP-2 and -9" names MMP-2 and MMP-9, "hepatitis B and C" names
//! two diseases. The first is a match of its own; the others stand as their number or letter alone, and that is their
//! span.

use super::matches::readings_of;
use super::mention::Mention;
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::vocabulary::Vocabulary;
use crate::model::{EntityType, Span};
use crate::text::{Gap, Spare, TokenKind};

/// The most further numbers of one composite.
pub(super) const NUMBERS_LIMIT: usize = 8;
/// The most digits of a further number: "IL-1/2" is a composite, "TP53/2019" is none.
const NUMBER_DIGITS_LIMIT: u32 = 2;

/// Adds to `found` the further genes and diseases of the composites that begin with one of `mentions`, all of one passage.
pub(super) fn find_composites(
    vocabulary: Vocabulary<'_>,
    (passage_index, passage): (usize, &PassageText<'_>),
    mentions: &[Mention],
    options: &PreparedOptions,
    found: &mut Vec<Mention>,
) {
    for mention in mentions {
        let (first, number) = (mention.tokens.start, mention.tokens.end.saturating_sub(1));
        let token = passage.folded.tokens().get(number);
        let has = |wanted: EntityType| mention.readings.iter().any(|reading| reading.entity_type == wanted);
        let digits = token.is_some_and(|token| token.kind == TokenKind::Digits);
        let entity_type = match () {
            () if digits && has(EntityType::Gene) => EntityType::Gene,
            () if is_letter(passage, number) && has(EntityType::Disease) => EntityType::Disease,
            () => continue,
        };
        let Some(token) = token.filter(|_| number > first && mention.prefix.is_none()) else { continue };
        let stem = passage.slice(Span { start: mention.span.start, end: token.start as usize });
        let key = passage.folded.key(first, number);
        let further =
            |at: &usize| if digits { further_number(passage, *at) } else { further_letter(passage, *at) };
        let most = if digits { NUMBERS_LIMIT } else { 1 };
        for at in std::iter::successors(further(&number), further).take(most) {
            let name: Spare<String> = [key, " ", passage.folded.folded(at)].into_iter().collect();
            let span = passage.span(at, at + 1);
            let written: Spare<String> = [stem, passage.slice(span)].into_iter().collect();
            let group = vocabulary.group_of_key(&name).filter(|_| !options.is_blocked(&name));
            let Some(group) = group else { continue };
            let mut readings = readings_of(vocabulary, passage, first..mention.tokens.end, &written, group);
            readings.retain(|reading| reading.entity_type == entity_type);
            if !readings.is_empty() {
                let tokens = at..at + 1;
                found.push(Mention { passage: passage_index, span, tokens, prefix: None, readings });
            }
        }
    }
}

/// The token of the further number behind the one at `number`: the 2 of "BRCA1/2", the 9 of "MMP-2 and -9", the 7 and then
/// the 9 of "MMP-2, -7 and -9". A number without a hyphen counts behind a slash, and behind "and" where it counts nothing
/// itself: "BRCA1 and 2 mutations", but "IL-2 and 5 others".
fn further_number(passage: &PassageText<'_>, number: usize) -> Option<usize> {
    let folded = &passage.folded;
    let tokens = folded.tokens();
    let between = |at: usize| {
        let ends = tokens[at - 1].end as usize..tokens.get(at)?.start as usize;
        passage.text.get(ends)
    };
    let joined = matches!(between(number + 1), Some("/" | "/-" | ", -"));
    let listed = matches!(between(number + 1), Some(" " | ", "))
        && matches!(folded.folded(number + 1), "and" | "or")
        && match between(number + 2) {
            Some(" -") => true,
            Some(" ") => counts_nothing(passage, number + 2),
            _ => false,
        };
    let at = match () {
        () if joined => number + 1,
        () if listed => number + 2,
        () => return None,
    };
    let token = tokens[at];
    let short = token.kind == TokenKind::Digits && token.end - token.start <= NUMBER_DIGITS_LIMIT;
    (short && folded.ends_word(at)).then_some(at)
}

/// Whether a number is followed by nothing that it could count: by the end, punctuation, or a word that goes on after a
/// name.
fn counts_nothing(passage: &PassageText<'_>, number: usize) -> bool {
    const AFTER_A_NAME: &[&str] = &[
        "in",
        "of",
        "with",
        "is",
        "are",
        "was",
        "were",
        "and",
        "or",
        "to",
        "by",
        "for",
        "on",
        "from",
        "at",
        "as",
        "have",
        "had",
        "gene",
        "protein",
        "mutation",
        "variant",
        "expression",
        "mrna",
        "level",
        "receptor",
        "carrier",
        "deficiency",
        "mutant",
        "signaling",
        "knockout",
        "promoter",
        "status",
        "testing",
        "transcript",
    ];
    let folded = &passage.folded;
    let Some(token) = folded.tokens().get(number) else { return false };
    let rest = passage.text.get(token.end as usize..).unwrap_or("");
    if rest.starts_with(['%', '°', '×', '±', '-', '–']) {
        return false;
    }
    match folded.tokens().get(number + 1) {
        Some(next) if next.gap == Gap::Space => AFTER_A_NAME.contains(&folded.folded(number + 1)),
        Some(next) => !next.gap.is_tight(),
        None => true,
    }
}

/// Whether a token is one letter in upper case that stands alone.
fn is_letter(passage: &PassageText<'_>, at: usize) -> bool {
    let folded = &passage.folded;
    folded.tokens().get(at).is_some_and(|token| {
        let letter = passage.text.as_bytes().get(token.start as usize).is_some_and(u8::is_ascii_uppercase);
        letter && token.end - token.start == 1 && folded.begins_word(at) && folded.ends_word(at)
    })
}

/// The letter of "hepatitis B and C".
fn further_letter(passage: &PassageText<'_>, letter: usize) -> Option<usize> {
    let folded = &passage.folded;
    let spaced = |at: usize| folded.tokens().get(at).is_some_and(|token| token.gap == Gap::Space);
    let listed = spaced(letter + 1)
        && spaced(letter + 2)
        && matches!(folded.folded(letter + 1), "and" | "or")
        && is_letter(passage, letter + 2);
    listed.then_some(letter + 2)
}
