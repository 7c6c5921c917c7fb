//! Dictionary matches: every name of the catalog that stands in a passage, from the start of a word to the end of one.
//! Nested names are kept; the decision chooses.

use std::ops::Range;

use super::binomials::is_epithet;
use super::heads;
use super::known_names::{Asks, BEARERS_LIMIT, Form, KnownBearer, KnownName, KnownNames};
use super::mention::{Mention, Reading, Readings, Subject};
use super::options::PreparedOptions;
use super::passages::PassageText;
use super::rank::{NameEvidence, Support};
use super::species::{Taxon, split_prefix};
use super::surface::Agreement;
use super::vocabulary::{Bearer, Vocabulary};
use crate::catalog::GroupIndex;
use crate::model::{EntityType, Method, Span};
use crate::text::pauses::work_done;
use crate::text::{FoldedText, Gap, Spare, TokenKind};

/// Adds the names of one passage that begin at some of its tokens, by place, longer ones first. `names_at` gives those that
/// begin at a token, the shortest first: where they end, and which.
pub(super) fn find_names<N: IntoIterator<Item = (usize, GroupIndex)>>(
    (vocabulary, options): (Vocabulary<'_>, &PreparedOptions),
    (passage_index, passage): (usize, &PassageText<'_>),
    names_at: impl Fn(usize) -> N,
    firsts: impl Iterator<Item = usize>,
    known: &mut KnownNames,
    mentions: &mut Vec<Mention>,
) {
    let place = (passage_index, passage);
    let folded = &passage.folded;
    for first in firsts.filter(|&first| folded.begins_word(first)) {
        let from = mentions.len();
        work_done(4);
        for (end, name) in names_at(first) {
            mentions.extend(read(vocabulary, place, None, first..end, name, options, known));
        }
        let token = folded.tokens()[first];
        let word = &passage.text[token.start as usize..token.end as usize];
        if mentions.len() == from
            && let Some((taxon, _)) = split_prefix(word)
        {
            for (end, name) in walk(vocabulary, passage, first, 1) {
                mentions.extend(read(vocabulary, place, Some(taxon), first..end, name, options, known));
            }
        }
        mentions[from..].reverse();
    }
}

/// The names that begin at a token without its first `skipped` bytes and hold together: where they end, and which.
pub(super) fn walk(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    first: usize,
    skipped: usize,
) -> Vec<(usize, GroupIndex)> {
    let mut found = Vec::new();
    vocabulary.each_match(&passage.folded, first, skipped, |end, name| {
        if passage.folded.ends_word(end - 1) && holds_together(passage, first, end) {
            found.push((end, name));
        }
    });
    found
}

/// The mention of a name; where `prefix` names a species, of genes by the tokens without their first letter.
fn read(
    vocabulary: Vocabulary<'_>,
    (passage_index, passage): (usize, &PassageText<'_>),
    prefix: Option<Taxon>,
    tokens: Range<usize>,
    name: GroupIndex,
    options: &PreparedOptions,
    known: &mut KnownNames,
) -> Option<Mention> {
    let folded = &passage.folded;
    let span = passage.span(tokens.start, tokens.end);
    let written = &passage.slice(span)[usize::from(prefix.is_some())..];
    let known = known.of(vocabulary, name, written);
    if known.bearers.is_empty()
        || known.form.is_never_a_name
        || is_part_of_number(passage.text, span)
        || options.is_blocked(folded.key(tokens.start, tokens.end))
    {
        return None;
    }
    let mut readings = if punctuation(passage, tokens.clone()).next().is_none() {
        readings_of_known(passage, tokens.clone(), known)
    } else {
        readings_of(vocabulary, passage, tokens.clone(), written, name)
    };
    if let Some(taxon) = prefix {
        readings.retain(|reading| {
            let same_case =
                reading.evidence.is_some_and(|evidence| evidence.agreement <= Agreement::SameCase);
            reading.entity_type == EntityType::Gene && reading.taxon == Some(taxon) && same_case
        });
    }
    if readings.is_empty() {
        return None;
    }
    let punctuated = known.punctuated.then(|| vocabulary.bearers(name).take(BEARERS_LIMIT));
    let outer = punctuated.into_iter().flatten().fold((0, 0), |(before, after), bearer| {
        let outer = outer_punctuation(passage.text, span, bearer.name);
        (before.max(outer.0), after.max(outer.1))
    });
    let span = Span { start: span.start - outer.0, end: span.end + outer.1 };
    brackets_match(passage.slice(span)).then_some(Mention {
        passage: passage_index,
        span,
        tokens,
        prefix,
        readings,
    })
}

/// The readings of a name that stands in the text as `written`; `tokens` are what its neighbours are told from.
pub(super) fn readings_of(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    tokens: Range<usize>,
    written: &str,
    name: GroupIndex,
) -> Readings {
    readings_of_bearers(vocabulary, passage, tokens, written, vocabulary.bearers(name))
}

fn readings_of_bearers<'c>(
    vocabulary: Vocabulary<'c>,
    passage: &PassageText<'_>,
    tokens: Range<usize>,
    written: &str,
    bearers: impl Iterator<Item = Bearer<'c>>,
) -> Readings {
    let mut readings = Readings::take();
    let mut bearers = bearers.take(BEARERS_LIMIT).peekable();
    if bearers.peek().is_none() {
        return readings;
    }
    let context = Context::of(passage, (tokens.start, tokens.end), Form::of(written), Asks::ALL);
    // its name must have the punctuation inside the match as well
    let marks = punctuation(passage, tokens);
    for bearer in bearers.filter(|bearer| marks.clone().all(|mark| bearer.name.contains(mark))) {
        add_reading(&context, &KnownBearer::of(vocabulary, written, &bearer), &mut readings);
    }
    readings
}

/// The readings of a known name without punctuation inside.
fn readings_of_known(passage: &PassageText<'_>, tokens: Range<usize>, name: &KnownName) -> Readings {
    let context = Context::of(passage, (tokens.start, tokens.end), name.form, name.asks);
    let mut readings = Readings::with_room(name.bearers.len());
    for bearer in &name.bearers {
        add_reading(&context, bearer, &mut readings);
    }
    readings
}

/// The whole passage as a name, also one that is not looked for in texts: a number, a letter, a formula.
pub(super) fn find_whole(
    vocabulary: Vocabulary<'_>,
    passage: &PassageText<'_>,
    passage_index: usize,
) -> Option<Mention> {
    let tokens = 0..passage.folded.tokens().len();
    let bearers = vocabulary.bearers_of_name(passage.text);
    let readings = readings_of_bearers(vocabulary, passage, tokens.clone(), passage.text, bearers);
    let span = Span { start: 0, end: passage.text.len() };
    let mention = Mention { passage: passage_index, span, tokens, prefix: None, readings };
    Some(mention).filter(|mention| !mention.readings.is_empty())
}

/// Whether a text may be a name by its letters, wherever it stands.
pub(super) fn is_possible_text(written: &str) -> bool {
    let has_letter = written.bytes().any(|byte| byte.is_ascii_alphabetic());
    written.len() > 1 && (has_letter || written.chars().any(char::is_alphabetic))
}

/// Whether tokens whose text [may be a name](is_possible_text) may be one by what stands between and around them. One token
/// may: it has letters and thus no digits, so that it is no part of a number.
pub(super) fn fits_its_place(passage: &PassageText<'_>, first: usize, end: usize) -> bool {
    holds_together(passage, first, end) && !is_part_of_number(passage.text, passage.span(first, end))
}

/// Whether the gaps inside a match are such as a name may have: no empty line, and a full stop only after an initial.
fn holds_together(passage: &PassageText<'_>, first: usize, end: usize) -> bool {
    let folded = &passage.folded;
    (first + 1..end).all(|at| match folded.tokens()[at].gap {
        Gap::Break => false,
        Gap::Stop => folded.folded(at - 1).len() == 1 && at - 1 == first,
        _ => true,
    })
}

/// Whether the digits at an end of `span` go on behind a decimal point: "HR 1.5".
fn is_part_of_number(text: &str, span: Span) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let point = |c: Option<char>| matches!(c, Some('.' | ',' | '·'));
    let (begins, ends) = match &text.as_bytes()[span.start..span.end] {
        [] => return false,
        [only] => (only.is_ascii_digit(), only.is_ascii_digit()),
        [first, .., last] => (first.is_ascii_digit(), last.is_ascii_digit()),
    };
    if !begins && !ends {
        return false;
    }
    let (mut before, mut after) = (text[..span.start].chars().rev(), text[span.end..].chars());
    ends && point(after.next()) && digit(after.next())
        || begins && point(before.next()) && digit(before.next())
}

/// How many bytes of punctuation before and after `span` belong to a name that begins or ends with it: "Ca(2+)".
fn outer_punctuation(text: &str, span: Span, name: &str) -> (usize, usize) {
    let head = name.len() - name.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
    let tail = name.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    let before = text[..span.start].ends_with(&name[..head]);
    let after = text[span.end..].starts_with(&name[tail..]);
    (if before { head } else { 0 }, if after { name.len() - tail } else { 0 })
}

/// Whether each bracket inside is closed inside.
fn brackets_match(written: &str) -> bool {
    if !written.contains(['(', ')', '[', ']']) {
        return true;
    }
    let mut open: Spare<String> = Spare::take();
    for character in written.chars() {
        match character {
            '(' => open.push(')'),
            '[' => open.push(']'),
            ')' | ']' if open.pop() != Some(character) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

/// The punctuation between the tokens of a match, but for what joins words everywhere.
fn punctuation(passage: &PassageText<'_>, tokens: Range<usize>) -> impl Iterator<Item = char> + Clone {
    let tokens = passage.folded.tokens().get(tokens).unwrap_or_default();
    let apart = tokens.windows(2).filter(|pair| matches!(pair[1].gap, Gap::Comma | Gap::Other | Gap::Tight));
    let between = apart.map(|pair| passage.text.get(pair[0].end as usize..pair[1].start as usize));
    let joins =
        |c: char| c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '\'' | '’' | '"' | '*' | '\u{ad}');
    between.flat_map(|between| between.unwrap_or("").chars()).filter(move |&c| !joins(c))
}

/// What all readings of a match share.
struct Context {
    form: Form,
    heads_sentence: bool,
    upper_case: bool,
    shouted: bool,
    /// Whether it is a part of a longer symbol ("CAR-T", "c-Met").
    part_of_symbol: bool,
    /// Whether what follows looks like the second word of an organism's name.
    epithet_follows: bool,
    /// Whether the word behind it makes a chemical a part of a term of another kind.
    part_of_other_term: bool,
    /// The types that the words beside it speak for.
    type_words: &'static [EntityType],
}

impl Context {
    /// That of some tokens; what nothing `asks` for is not told.
    fn of(passage: &PassageText<'_>, (first, end): (usize, usize), form: Form, asks: Asks) -> Self {
        let span = passage.span(first, end);
        // "AIM: " heads a section
        let heading = passage.text[span.end..].starts_with(':');
        let starts_sentence = || passage.sentence(span.start).start == span.start;
        Self {
            form,
            heads_sentence: form.goes_on_in_lower_case && starts_sentence(),
            upper_case: form.no_lower_case && !heading,
            shouted: passage.shouted,
            part_of_symbol: asks.symbol && is_part_of_symbol(passage, first, end),
            epithet_follows: asks.epithet && epithet_follows(passage, end),
            part_of_other_term: asks.other_term && heads::is_part_of_other_term(passage, first, end),
            type_words: if asks.type_words { type_words(&passage.folded, first, end) } else { &[] },
        }
    }
}

/// Whether a hyphen ties the match to one or two letters or to digits: "CAR-T", "PD-L1" read as "PD".
pub(super) fn is_part_of_symbol(passage: &PassageText<'_>, first: usize, end: usize) -> bool {
    let folded = &passage.folded;
    let short = |at: usize| {
        folded.tokens().get(at).is_some_and(|token| {
            let written = passage.text.get(token.start as usize..token.end as usize).unwrap_or("");
            let characters = written.chars().count();
            let upper = written.starts_with(char::is_uppercase);
            match token.kind {
                TokenKind::Digits => true,
                TokenKind::Letters => characters == 1 || characters == 2 && upper,
            }
        })
    };
    let hyphen = |at: usize| {
        folded.tokens().get(at).is_some_and(|token| {
            at > 0
                && token.gap == Gap::Joiner
                && passage.text[folded.tokens()[at - 1].end as usize..].starts_with(['-', '‐', '‑', '–', '.'])
        })
    };
    let after = hyphen(end) && short(end);
    let before = first > 0 && hyphen(first) && short(first - 1);
    after || before
}

/// Whether the next word is such as the second of a binomial: a genus before it is a part of a name that the catalog does
/// not know.
fn epithet_follows(passage: &PassageText<'_>, end: usize) -> bool {
    let token = passage.folded.tokens().get(end).filter(|token| token.gap == Gap::Space);
    token.is_some_and(|token| is_epithet(&passage.text[token.start as usize..token.end as usize]))
}

/// The types that the word after a mention, or the one before it, speaks for.
fn type_words(folded: &FoldedText, first: usize, end: usize) -> &'static [EntityType] {
    let near = |at: usize| {
        folded.tokens().get(at).is_some_and(|token| matches!(token.gap, Gap::Space | Gap::Joiner))
    };
    let after = if near(end) { folded.folded(end) } else { "" };
    let second = if near(end) && near(end + 1) { folded.folded(end + 1) } else { "" };
    let before = if first > 0 && near(first) { folded.folded(first - 1) } else { "" };
    match (before, after, second) {
        (
            _,
            "gene" | "protein" | "mrna" | "expression" | "promoter" | "locus" | "allele" | "transcript",
            _,
        )
        | (_, "knockout" | "mutant" | "mutation" | "receptor" | "kinase" | "deficient" | "null", _)
        | ("gene" | "protein" | "anti" | "cytokine", _, _) => &[EntityType::Gene],
        (_, "cell", "line") | (_, "cell" | "xenograft", _) => &[EntityType::CellLine],
        (_, "disease" | "syndrome" | "patient", _) => &[EntityType::Disease],
        (_, "infection" | "strain" | "isolate" | "spp" | "sp", _) => &[EntityType::Species],
        _ => &[],
    }
}

/// Adds the reading that a name gives, or betters the one of the same entity.
fn add_reading(context: &Context, bearer: &KnownBearer, readings: &mut Vec<Reading>) {
    let KnownBearer { facts, agreement, symbol, .. } = *bearer;
    let Form { characters, digit, several_words, common_word, plain, formula, .. } = context.form;
    if context.part_of_other_term && facts.entity_type == EntityType::Chemical {
        return;
    }
    let genus = bearer.is_genus();
    if genus && context.epithet_follows {
        return;
    }
    if context.part_of_symbol && symbol && !several_words {
        return;
    }
    let evidence = NameEvidence {
        entity_type: facts.entity_type,
        preferred: facts.preferred,
        label: bearer.label,
        scope: bearer.scope,
        agreement,
        symbol,
        characters,
        digit,
        several_words,
        common_word,
        lower_case: context.form.no_upper_case,
        plain,
        heads_sentence: context.heads_sentence,
        upper_case: context.upper_case,
        genus,
        shouted: context.shouted,
        support: Support::None,
        rivals: 0,
        species: None,
        organism_of_the_name: false,
        protein_of_the_name: false,
        word_of_another_type: false,
        formula,
        type_word: context.type_words.contains(&facts.entity_type),
    };
    let reading = Reading {
        subject: Subject::Entity(bearer.entity),
        entity_type: facts.entity_type,
        taxon: facts.taxon,
        method: Method::Dictionary,
        evidence: Some(evidence),
        // told by the ranking of all
        score: 0.0,
        foreign: None,
        contradicted: false,
        recognised: false,
        prominence: facts.prominence,
        composite: None,
    };
    match readings.iter_mut().find(|other| other.subject == reading.subject) {
        Some(other) if by_hand(other) < by_hand(&reading) => *other = reading,
        Some(_) => {}
        None => readings.push(reading),
    }
}

/// The score by the weights set by hand, by which the better of two readings of one entity is told.
fn by_hand(reading: &Reading) -> f32 {
    reading.evidence.as_ref().map_or(reading.score, super::rank::score_name)
}

/// Adds the request's own terms in one passage.
pub(super) fn find_extra_terms(
    (passage_index, passage): (usize, &PassageText<'_>),
    options: &PreparedOptions,
    mentions: &mut Vec<Mention>,
) {
    let terms = options.extra_terms();
    let folded = &passage.folded;
    if terms.is_empty() {
        return;
    }
    for first in (0..folded.tokens().len()).filter(|&first| folded.begins_word(first)) {
        terms.walk(folded, first, |tokens, matched| {
            let end = first + tokens;
            if !folded.ends_word(end - 1) || options.is_blocked(folded.key(first, end)) {
                return;
            }
            let readings: Readings = matched
                .iter()
                .filter_map(|&index| Some((index, options.options().extra_terms.get(index)?)))
                .map(|(index, term)| {
                    let subject = Subject::ExtraTerm(index);
                    let score = super::rank::EXTRA_TERM_SCORE;
                    Reading::new(subject, term.entity_type, Method::ExtraTerm, score)
                })
                .collect();
            if !readings.is_empty() {
                let span: Span = passage.span(first, end);
                mentions.push(Mention {
                    passage: passage_index,
                    span,
                    tokens: first..end,
                    prefix: None,
                    readings,
                });
            }
        });
    }
}
