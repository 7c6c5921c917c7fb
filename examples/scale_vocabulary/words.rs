//! Words, the frequent ones far more frequent than the rare ones.

use super::random::Random;

/// How many different words there are.
const WORDS: f64 = 120_000.0;

/// The most frequent words of gene names, which texts have as well.
const FREQUENT: [&str; 64] = [
    "protein",
    "receptor",
    "family",
    "domain",
    "member",
    "factor",
    "kinase",
    "containing",
    "like",
    "subunit",
    "binding",
    "associated",
    "alpha",
    "beta",
    "transcription",
    "zinc",
    "finger",
    "type",
    "growth",
    "cell",
    "complex",
    "membrane",
    "ribosomal",
    "mitochondrial",
    "transmembrane",
    "homolog",
    "regulator",
    "polymerase",
    "dependent",
    "calcium",
    "potassium",
    "channel",
    "carrier",
    "solute",
    "interacting",
    "ligase",
    "ubiquitin",
    "nuclear",
    "box",
    "repeat",
    "phosphatase",
    "inhibitor",
    "transferase",
    "dehydrogenase",
    "synthase",
    "element",
    "tyrosine",
    "coupled",
    "olfactory",
    "histone",
    "immunoglobulin",
    "chain",
    "variable",
    "heat",
    "shock",
    "serine",
    "peptidase",
    "translation",
    "initiation",
    "insulin",
    "tumor",
    "necrosis",
    "interleukin",
    "activated",
];

const ONSETS: [&str; 24] = [
    "b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "ch", "ph", "th", "tr", "pr", "gl",
    "st", "str", "pl", "x",
];
const NUCLEI: [&str; 10] = ["a", "e", "i", "o", "u", "y", "ae", "io", "ea", "ou"];
const CODAS: [&str; 10] = ["", "", "", "n", "r", "s", "l", "m", "x", "ct"];

/// What a made-up word is of, as a kind of [`Random`].
const WORD: u64 = 1;

/// Adds a made-up word of so many syllables.
fn syllables(output: &mut String, random: &mut Random, count: u64) {
    for _ in 0..count {
        output.push_str(random.one_of(&ONSETS));
        output.push_str(random.one_of(&NUCLEI));
        output.push_str(random.one_of(&CODAS));
    }
}

/// Adds a word: the one of a rank whose logarithm is even, which is Zipf's law.
pub fn word(output: &mut String, random: &mut Random) {
    let rank = WORDS.powf(random.fraction()) as u64 - 1;
    if let Some(word) = FREQUENT.get(rank as usize) {
        output.push_str(word);
        return;
    }
    let mut own = Random::of(WORD, rank);
    let count = 2 + own.below(3);
    syllables(output, &mut own, count);
}

/// Adds a name that only few things have.
pub fn rare_word(output: &mut String, random: &mut Random, ending: &str) {
    let count = 2 + random.below(2);
    syllables(output, random, count);
    output.push_str(ending);
}
