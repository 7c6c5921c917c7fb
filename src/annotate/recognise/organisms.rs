//! Words for organisms: whether a word is the kind of noun that common names of species end in ("finch", "housefly").

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

const WORDS: &str = include_str!("../../../data/lexicon/organisms.txt");

/// The ends by which longer words are known: "butterflyfish" as "fish".
const ENDS: &[&str] = &[
    "fish",
    "bird",
    "fly",
    "worm",
    "moth",
    "beetle",
    "hawk",
    "shark",
    "snake",
    "frog",
    "bug",
    "mouse",
    "virus",
    "viral",
    "phage",
    "bacter",
    "bacterium",
    "bacteria",
    "coccus",
    "cocci",
    "bacillus",
    "weed",
    "grass",
    "fowl",
    "duck",
    "bee",
];
/// The kind of the ends that are no words.
const MICROBE: u64 = 1;
/// The fewest letters before such an end.
const LETTERS_BEFORE_END: usize = 3;

/// The kind of organism that a word in lower case stands for, from 1; 0 where it is no such word.
pub(super) fn organism_kind(lower: &str) -> u64 {
    let words = words();
    let known = |word: &str| words.get(word).copied();
    let whole = known(lower).or_else(|| singulars(lower).find_map(|word| known(&word)));
    let by_its_end = || by_its_end(lower).or_else(|| singulars(lower).find_map(|word| by_its_end(&word)));
    whole.or_else(by_its_end).unwrap_or(0)
}

fn words() -> &'static FxHashMap<&'static str, u64> {
    static READ: OnceLock<FxHashMap<&'static str, u64>> = OnceLock::new();
    READ.get_or_init(|| {
        let mut kind = 0;
        let mut words = FxHashMap::default();
        for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with('[') {
                kind += 1;
            } else {
                // no word is of two kinds
                words.extend(line.split(' ').filter(|word| !word.is_empty()).map(|word| (word, kind)));
            }
        }
        words
    })
}

/// What a word would be of more than one.
fn singulars(lower: &str) -> impl Iterator<Item = String> {
    const ENDS: [(&str, &str); 5] = [("ies", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", "")];
    let of = |(many, one)| Some(format!("{}{one}", lower.strip_suffix(many)?));
    ENDS.into_iter().filter_map(of)
}

fn by_its_end(lower: &str) -> Option<u64> {
    let ends_so =
        |end: &&str| lower.strip_suffix(end).is_some_and(|before| before.len() >= LETTERS_BEFORE_END);
    let end = ENDS.iter().find(|end| ends_so(end))?;
    words().get(end).copied().or(Some(MICROBE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_organisms_are_told_by_kind() {
        let (microbe, virus, fungus, plant, animal) = (1, 2, 3, 4, 5);
        let cases = [
            ("bacterium", microbe),
            ("streptobacillus", microbe),
            ("phage", virus),
            ("baculoviruses", virus),
            ("truffles", fungus),
            ("berries", plant),
            ("ragweeds", plant),
            ("finch", animal),
            ("finches", animal),
            ("wolves", animal),
            ("houseflies", animal),
            ("goldfish", animal),
            ("fly", animal),
            ("protein", 0),
            ("us", 0),
            ("s", 0),
            ("", 0),
        ];
        for (word, kind) in cases {
            assert_eq!(organism_kind(word), kind, "{word}");
        }
    }

    #[test]
    fn the_list_has_five_kinds_and_no_word_twice() {
        let lines = || WORDS.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines().filter(|line| line.starts_with('[')).count(), 5);
        let all = lines().filter(|line| !line.starts_with('[')).flat_map(str::split_whitespace).count();
        assert_eq!(words().len(), all);
        assert!(ENDS.iter().all(|end| end.len() >= LETTERS_BEFORE_END));
    }
}
