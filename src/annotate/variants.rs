//! Sequence variants by their written forms: HGVS (`c.76A>T`, `p.(Gly12Asp)`), bare protein and DNA changes (`G12D`,
//! `Gly12Asp`, `308G>A`, `35delG`), introns (`IVS4+1G>A`), dbSNP numbers (`rs1800562`), and what papers say in words: "G
//! to A at nucleotide 2607", "a 32-bp deletion".
//!
//! The forms are those of the HGVS nomenclature (hgvs-nomenclature.org) with what papers write instead. Scanners are
//! written by hand over bytes. Each form begins at the start of a word and looks at a bounded number of bytes from there,
//! so the whole is linear; `starts` passes over the words that begin no form. A file a family: `forms` are written in one
//! piece, by the grammar of `notation`; `wording` are substitutions in words, made of `terms` and `places`; `events` are
//! deletions, insertions and repeats; `alleles` name one residue or base at a position.

mod alleles;
mod events;
mod forms;
mod notation;
mod places;
mod scanner;
mod starts;
mod stems;
mod terms;
mod wording;

#[cfg(test)]
mod tests;

use smol_str::SmolStr;

use crate::model::Span;
use crate::text::pauses::work_done;
use scanner::Scanner;

/// How sure a form is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// Plausible only with context: "Ser473", "C to T", "CAG repeat".
    Weak,
    /// The shape alone, such as `V600E`.
    Shape,
    /// A form that means nothing else.
    Certain,
}

/// The family of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Marked as HGVS has it: `c.76A>T`, `p.V600E`.
    Hgvs,
    /// `rs1800562`.
    RefSnp,
    /// A change of a protein without a mark: `V600E`, `Val600Glu`.
    ProteinBare,
    /// A change of DNA without a mark: `308G>A`, `C677T`, `35delG`.
    DnaBare,
    /// A change in an intron: `IVS4+1G>A`.
    Intron,
    /// A substitution in words, with its place: "G to A at nucleotide 2607".
    Wording,
    /// Two residues or bases and no place: "Gly-->Asp", "C to T".
    Change,
    /// One residue or base at a place: "Thr124", "-308A".
    Allele,
    /// A deletion, an insertion or a duplication in words.
    Event,
    /// An event of that many bases: "32-bp deletion".
    Size,
    /// A repeat: "(CCTTT)10".
    Repeat,
    /// `ΔF508`, `Delta32`.
    Delta,
}

/// A variant in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantMention {
    /// Where, in bytes.
    pub span: Span,
    /// `dbSNP:rs…`, or the form as HGVS would write it with one-letter residues, such as `p.V600E`; what HGVS has no form
    /// for in its manner, such as `del32bp`.
    pub id: SmolStr,
    /// How sure the form is.
    pub certainty: Certainty,
    /// The family it is of, for who weighs it in its context.
    pub class: Class,
}

/// A form that was read: what it says and where it ends.
struct Form {
    id: SmolStr,
    end: usize,
    certainty: Certainty,
    class: Class,
}

/// Finds the variants in `text`, in order, not overlapping, in place of those in `found`. Linear in the text's length.
///
/// Where two overlap the surer one stands, and the first of two that are as sure.
pub(super) fn find_variants(text: &str, found: &mut Vec<VariantMention>) {
    found.clear();
    let mut at = 0;
    let mut starts = starts::Starts::of(text);
    while let Some(start) = starts.next_from(at) {
        at = start + 1;
        work_done(8);
        let Some(mention) = variant_at(text, start) else { continue };
        if let Some(last) = found.last()
            && last.span.end > start
        {
            if last.certainty >= mention.certainty {
                continue;
            }
            found.pop();
        }
        if mention.certainty > Certainty::Weak {
            at = mention.span.end;
        }
        found.push(mention);
    }
}

/// The longest form that begins at `start`; of those that end together the surest.
fn variant_at(text: &str, start: usize) -> Option<VariantMention> {
    let scanner = Scanner { text, at: start };
    let readings = if starts::is_inside_word(text, start) {
        [
            forms::after_symbol(text, start),
            events::delta_in_word(scanner),
            alleles::after_symbol(scanner),
            None,
        ]
    } else if starts::is_letter_and_digit(text, start) {
        // no word begins so
        [forms::compact(text, start), alleles::letter_and_number(scanner), None, None]
    } else if starts::is_mark(text, start) {
        [forms::compact(text, start), alleles::marked_residue(scanner), None, None]
    } else {
        [
            forms::compact(text, start),
            wording::substitution(scanner),
            events::event(scanner),
            alleles::allele(scanner),
        ]
    };
    let form = readings.into_iter().flatten().max_by_key(|form| (form.end, form.certainty))?;
    let Form { id, end, certainty, class } = form;
    Some(VariantMention { span: Span { start, end }, id, certainty, class })
}
