//! Notations that look like names: measures, stages of tumours, points of time, and kinds of cells.
//!
//! No corpus has enough of them to teach a model: "T3" is a hormone wherever corpora name it, and a stage or a time in most
//! other papers. What else the document writes tells them apart.

use super::mention::{Mention, Reading, Subject};
use super::passages::PassageText;
use crate::model::EntityType;
use crate::text::masks::{BLOCK_BYTES, any_of, between, block_at};
use crate::text::pauses::work_done;

/// Takes from `mentions` what is a notation: measures that the vocabulary does not know ("3.2°", "$40"), and stages and points
/// of time ("T3", "N1", "T2b") in a document that writes of such; and short forms before "cells" that might be diseases ("CAR-T cells").
pub(super) fn drop_notations(passages: &[PassageText<'_>], mentions: &mut Vec<Mention>) {
    let mut numbered: Option<Numbered> = None;
    for mention in mentions.iter_mut() {
        let written = passages[mention.passage].slice(mention.span);
        let unlinked = mention.readings.first().filter(|reading| reading.subject == Subject::Unlinked);
        let after = &passages[mention.passage].text[mention.span.end..];
        let is_notation = |reading: &Reading| {
            is_measure(written, reading.entity_type) || is_kind_of_cells(reading, written, after)
        };
        if unlinked.is_some_and(is_notation) {
            mention.readings.retain(|reading| !may_be_notation(reading));
        } else if is_numbered(written) && numbered.get_or_insert_with(|| Numbered::of(passages)).has(written)
        {
            mention.readings.retain(|reading| !may_be_notation(reading) || is_known_line(reading));
        }
    }
    mentions.retain(|mention| !mention.readings.is_empty());
}

/// Whether a model recognised it as something else than a variant, which is written with such signs.
fn may_be_notation(reading: &Reading) -> bool {
    reading.recognised && reading.entity_type != EntityType::Variant
}

/// Signs of measures and formulas. None of all names that the gold data marks has one; hybrids of organisms have a cross.
const SIGNS: &[char] = &['°', '≤', '≥', '∼', '≈', '∫', '∑', '×', 'Å', '|'];

/// Whether it is written as no name is: without a letter ("415–467"), or with the sign of a measure or formula ("4°C").
fn is_measure(written: &str, entity_type: EntityType) -> bool {
    let formula = || entity_type != EntityType::Species && written.contains(SIGNS);
    !written.contains(char::is_alphabetic) || formula()
}

/// From which score on a short form before "cells" is a disease, whatever the vocabulary has ("GCT cells").
const SURE_DISEASE: f32 = 0.5;

/// Whether it is the short form of a kind of cells rather than of a disease that the vocabulary lacks: of the short forms before
/// "cells" that are diseases in the gold data the vocabulary has each.
fn is_kind_of_cells(reading: &Reading, written: &str, after: &str) -> bool {
    let is_short_form = !written.bytes().any(|byte| byte.is_ascii_lowercase());
    let before_cells = after.strip_prefix([' ', '-']).is_some_and(|after| after.starts_with("cell"));
    reading.entity_type == EntityType::Disease
        && reading.score < SURE_DISEASE
        && is_short_form
        && before_cells
}

/// Whether it is a cell line of the vocabulary: some are called as stages are, N2 and N2a.
fn is_known_line(reading: &Reading) -> bool {
    reading.entity_type == EntityType::CellLine && reading.subject != Subject::Unlinked
}

/// Whether it is written as a stage of the TNM classification, or a point of time: "T4", "N0", "T2b".
fn is_numbered(written: &str) -> bool {
    matches!(written.as_bytes(), [b'T', b'0'..=b'9'] | [b'T', b'1'..=b'4', b'a'..=b'd'] | [b'N', b'0'..=b'3'])
}

/// What a document tells of its numbered letters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Numbered {
    /// It writes of stages.
    stages: bool,
    /// It has a T of a number that no hormone has, and so a series of them.
    times: bool,
    /// It has an N of a number that no gas has.
    nodes: bool,
    /// It writes of the thyroid or its hormones.
    thyroid: bool,
}

/// The last byte of a block, of which it is not known what follows.
const LAST: u64 = 1 << (BLOCK_BYTES - 1);

impl Numbered {
    fn of(passages: &[PassageText<'_>]) -> Self {
        let mut told = Self::default();
        for PassageText { text, .. } in passages {
            for start in (0..text.len()).step_by(BLOCK_BYTES) {
                work_done(BLOCK_BYTES / 8);
                told.read_block(text, start);
            }
        }
        told
    }

    /// Looks at the places of a block by whose two letters anything may be told: "st", "yr", and a T or an N before a digit or an N.
    fn read_block(&mut self, text: &str, start: usize) {
        let block: [u8; BLOCK_BYTES] = block_at(text.as_bytes(), start);
        let lower = block.map(|byte| byte | 0x20);
        let before = |next: u64| next >> 1 | LAST;
        let pair = |first: u8, second: u8| any_of(&lower, [first]) & before(any_of(&lower, [second]));
        let numbered =
            any_of(&block, [b'T', b'N']) & before(between(&block, b'0', b'9') | any_of(&block, [b'N']));
        let mut places = pair(b's', b't') | pair(b'y', b'r') | numbered;
        while places != 0 {
            self.read_place(text, start + places.trailing_zeros() as usize);
            places &= places - 1;
        }
    }

    /// Looks at the word that begins at a letter in ASCII, or that has the letter of "thyro" there.
    fn read_place(&mut self, text: &str, at: usize) {
        let bytes = text.as_bytes();
        if bytes[at].eq_ignore_ascii_case(&b'y') {
            // thyroxine, thyroidectomy; triiodothyronine, levothyroxine, hypothyroidism
            let around = at.checked_sub(2).and_then(|from| bytes.get(from..at + 3));
            self.thyroid |= around.is_some_and(|around| around.eq_ignore_ascii_case(b"thyro"));
            return;
        }
        let (before, rest) = text.split_at(at);
        if before.ends_with(char::is_alphanumeric) {
            return;
        }
        let begins = |beginning: &str| {
            rest.get(..beginning.len()).is_some_and(|own| own.eq_ignore_ascii_case(beginning))
        };
        let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        self.stages |= word == "TNM" || ["stage", "staging"].into_iter().any(begins);
        if is_numbered(word) {
            self.times |= word.starts_with('T') && !matches!(word, "T2" | "T3" | "T4");
            self.nodes |= word.starts_with('N') && word != "N2";
        }
    }

    /// Whether `written`, which is numbered, is a stage or a point of time there.
    fn has(self, written: &str) -> bool {
        match written.as_bytes() {
            [b'N', ..] => self.stages && self.nodes,
            [b'T', _] => (self.stages || self.times) && !self.thyroid,
            _ => self.stages,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::passages::PassageText;
    use super::*;
    use crate::model::{Document, Method, Span};

    /// What stays of a mention of the last word of `text`.
    fn stays(text: &str, reading: &Reading) -> bool {
        let document = Document::from_text("t", text);
        let passages = PassageText::of_document(&document);
        let start = text.rfind(' ').map_or(0, |space| space + 1);
        let span = Span { start, end: text.len() };
        let readings = std::iter::once(reading.clone()).collect();
        let mut mentions = vec![Mention { passage: 0, span, tokens: 0..1, prefix: None, readings }];
        drop_notations(&passages, &mut mentions);
        !mentions.is_empty()
    }

    fn recognised(entity_type: EntityType, subject: Subject) -> Reading {
        Reading { recognised: true, ..Reading::new(subject, entity_type, Method::Model, 0.9) }
    }

    #[test]
    fn stages_and_times_are_told_from_hormones() {
        let chemical = recognised(EntityType::Chemical, Subject::Unlinked);
        for (text, kept) in [
            ("Blood had little T3", true),
            ("T3 and T4", true),
            ("Free T3, T2 and T4", true),
            ("Gastric cancer of stage T4", false),
            ("TNM: T3", false),
            ("Staging of N1", false),
            ("Stages of growth in N2", true),
            ("At N0 and N1", true),
            ("Stages N1 and N2", false),
            ("Genes like T7c", true),
            ("Staging of CD4", true),
            ("Lactate at T0, T2 and T4", false),
            ("Times T1 and N3", true),
            ("Thyroxine at T0, and free T4", true),
            ("Stages of hypothyroidism and T4", true),
            ("Tumours were T2a, others T4", false),
        ] {
            assert_eq!(stays(text, &chemical), kept, "{text}");
        }
    }

    #[test]
    fn what_a_document_tells_is_found_wherever_blocks_end() {
        let nothing = Numbered::default();
        for (word, expected) in [
            ("Staging", Numbered { stages: true, ..nothing }),
            ("TNM", Numbered { stages: true, ..nothing }),
            ("T0", Numbered { times: true, ..nothing }),
            ("T2b", Numbered { times: true, ..nothing }),
            ("N3", Numbered { nodes: true, ..nothing }),
            ("HypoThyroid", Numbered { thyroid: true, ..nothing }),
            ("onstage", nothing),
            ("éstage", nothing),
            ("TNMs", nothing),
            ("AT0", nothing),
            ("T0é", nothing),
            ("N2", nothing),
            ("stag", nothing),
            ("hyro", nothing),
        ] {
            for before in (0..2 * BLOCK_BYTES).map(|count| " ".repeat(count)) {
                for text in [format!("{before}{word}"), format!("{before}{word}. And more of it")] {
                    assert_eq!(Numbered::of(&[PassageText::new(&text)]), expected, "{text}");
                }
            }
        }
    }

    #[test]
    fn short_forms_of_kinds_of_cells_are_no_diseases() {
        for (written, after, score, kind) in [
            ("CAR-T", " cells", 0.38, true),
            ("CAR-T", "-cell therapy", 0.38, true),
            ("CAR-T", " therapy", 0.38, false),
            ("GCT", " cells", SURE_DISEASE, false),
            ("Tumour", " cells", 0.38, false),
        ] {
            let of = |entity_type| Reading::new(Subject::Unlinked, entity_type, Method::Model, score);
            assert_eq!(is_kind_of_cells(&of(EntityType::Disease), written, after), kind, "{written}{after}");
            assert!(!is_kind_of_cells(&of(EntityType::Gene), written, after));
        }
    }

    #[test]
    fn measures_are_no_names_unless_they_are_known() {
        let known = Subject::ExtraTerm(0);
        for (text, reading, kept) in [
            ("It cost $40", recognised(EntityType::Chemical, Subject::Unlinked), false),
            ("It turned by 3.2°", recognised(EntityType::CellLine, Subject::Unlinked), false),
            ("Kept at 4°C", recognised(EntityType::Chemical, Subject::Unlinked), false),
            ("Kept at 4°C", recognised(EntityType::Chemical, known.clone()), true),
            ("So P(η|ξ", recognised(EntityType::CellLine, Subject::Unlinked), false),
            ("Gave Å-kinase", recognised(EntityType::Gene, Subject::Unlinked), false),
            ("The hybrid ×Triticosecale", recognised(EntityType::Species, Subject::Unlinked), true),
            ("It fell by −2·", recognised(EntityType::CellLine, Subject::Unlinked), false),
            ("The line 293", recognised(EntityType::CellLine, known.clone()), true),
            ("At stage T4", recognised(EntityType::CellLine, known.clone()), true),
            ("At stage T4", recognised(EntityType::Gene, known.clone()), false),
            ("At stage T4", Reading::new(known, EntityType::Gene, Method::Model, 0.9), true),
            ("Amounts of β", recognised(EntityType::Gene, Subject::Unlinked), true),
        ] {
            assert_eq!(stays(text, &reading), kept, "{text}: {reading:?}");
        }
    }
}
