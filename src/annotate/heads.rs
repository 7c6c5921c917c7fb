//! Head nouns that make the chemical before them a part of a term of another kind: "zinc finger", "tyrosine kinase".
//!
//! The lists follow the gold corpora. BC5CDR annotates the chemical before "channel", "receptor", "transporter" and the
//! names of most enzymes, so these are not here; none annotates those that are.

use super::passages::PassageText;
use crate::text::Gap;

/// Heads that make any chemical a part of a term that is not one.
const HEADS: &[&str] = &["finger", "zipper", "standard", "bridge", "bond", "substitution"];
/// Heads that make an amino acid the part of a protein.
const HEADS_OF_AMINO_ACIDS: &[&str] = &["kinase", "phosphatase", "residue"];
/// The amino acids that kinases and phosphatases act on, and the others that residues are named after.
const AMINO_ACIDS: &[&str] = &[
    "alanine",
    "arginine",
    "asparagine",
    "aspartate",
    "cysteine",
    "glutamate",
    "glutamine",
    "glycine",
    "histidine",
    "isoleucine",
    "leucine",
    "lysine",
    "methionine",
    "phenylalanine",
    "proline",
    "serine",
    "threonine",
    "tryptophan",
    "tyrosine",
    "valine",
];
/// The most amino acids of one term: "serine/threonine kinase" has two.
const AMINO_ACIDS_LIMIT: usize = 3;

/// Whether what follows the tokens from `first` up to `end` makes a chemical there a part of another term.
pub(super) fn is_part_of_other_term(passage: &PassageText<'_>, first: usize, end: usize) -> bool {
    let folded = &passage.folded;
    let follows = |at: usize| {
        folded.tokens().get(at).is_some_and(|token| matches!(token.gap, Gap::Space | Gap::Joiner))
    };
    let is = |list: &[&str], at: usize| follows(at) && list.contains(&folded.folded(at));
    if is(HEADS, end) {
        return true;
    }
    if end != first + 1 || !AMINO_ACIDS.contains(&folded.folded(first)) {
        return false;
    }
    let mut head = end;
    for _ in 1..AMINO_ACIDS_LIMIT {
        let joined = if is(&["and", "or"], head) { head + 1 } else { head };
        if is(AMINO_ACIDS, joined) {
            head = joined + 1;
        }
    }
    is(HEADS_OF_AMINO_ACIDS, head) || is(&["protein"], head) && is(HEADS_OF_AMINO_ACIDS, head + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_seen_behind_their_chemical() {
        for (text, expected) in [
            ("zinc fingers", true),
            ("zinc-finger domain", true),
            ("gold standard", true),
            ("tyrosine kinases", true),
            ("tyrosine-kinase", true),
            ("serine/threonine kinase", true),
            ("serine and threonine phosphatases", true),
            ("tyrosine protein kinase", true),
            ("serine residues", true),
            ("zinc, finger", false),
            ("zinc. Standard", false),
            ("calcium channel", false),
            ("creatine kinase", false),
            ("tyrosine", false),
            ("tyrosine hydroxylase", false),
            ("serine/", false),
            ("serine/threonine/tyrosine/lysine kinase", false),
            ("", false),
        ] {
            assert_eq!(is_part_of_other_term(&PassageText::new(text), 0, 1), expected, "{text}");
        }
    }
}
