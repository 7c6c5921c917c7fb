//! The beginnings of keys that a text stands for whose last word may be unfinished, as it is while it is typed.

use super::characters::{Class, classify, push_plain};
use super::fold::{FoldedText, TokenKind};
use super::words::finished_spellings;

/// The most keys that an unfinished text has.
pub const UNFINISHED_KEYS_LIMIT: usize = 8;

/// The key of `text` first; then those where the last word is left as it is but for case and diacritics ("lens" is a
/// plural to the folding); and those where it goes on to a British spelling that folding would change ("tumou"
/// gives "tumor"). Distinct, none empty, at most [`UNFINISHED_KEYS_LIMIT`]. A text that does not end in a word has its
/// folded key only.
pub fn unfinished_keys(text: &str) -> Vec<String> {
    let mut folded = FoldedText::new();
    folded.fold(text);
    let Some(last) = folded.tokens().last() else { return Vec::new() };
    let mut keys = vec![folded.text().to_owned()];
    if last.kind != TokenKind::Letters || last.end as usize != text.len() {
        return keys;
    }
    let before = &folded.text()[..last.folded_start as usize];
    let letters = text[last.start as usize..].chars().filter(|c| classify(*c) != Class::Mark);
    let mut plain = String::new();
    for letter in letters {
        if classify(letter) != Class::Letter {
            return keys;
        }
        push_plain(letter, &mut plain);
    }
    for word in [plain.clone()].into_iter().chain(finished_spellings(&plain)) {
        let key = format!("{before}{word}");
        if keys.len() < UNFINISHED_KEYS_LIMIT && !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_word_may_be_unfinished() {
        for (text, keys) in [
            ("", &[][..]),
            ("--", &[]),
            ("tumo", &["tumo"]),
            ("tumou", &["tumou", "tumor"]),
            ("tumour", &["tumor", "tumour"]),
            ("Brain Tumou", &["brain tumou", "brain tumor"]),
            ("tumou ", &["tumou"]),
            ("leukaemi", &["leukemi", "leukaemi"]),
            ("leukae", &["leukae", "leuke"]),
            ("leuc", &["leuc", "leuko", "leuka", "leuke"]),
            ("diabetes", &["diabete", "diabetes"]),
            ("diabete", &["diabete"]),
            ("lens", &["len", "lens"]),
            ("Sjögrens", &["sjogren", "sjogrens"]),
            ("IL-7", &["il 7"]),
            ("TNF-α", &["tnf alpha"]),
            ("type ii", &["type 2", "type ii"]),
        ] {
            assert_eq!(unfinished_keys(text), keys, "{text}");
        }
    }

    proptest! {
        #[test]
        fn keys_are_few_and_distinct(text in prop_oneof!["([a-zé]|ae|oe|is|ys|leuc|tumou|α| ){0,8}", "\\PC{0,30}"]) {
            let keys = unfinished_keys(&text);
            prop_assert!(keys.len() <= UNFINISHED_KEYS_LIMIT);
            for (index, key) in keys.iter().enumerate() {
                prop_assert!(!key.is_empty() && !keys[..index].contains(key));
            }
        }
    }
}
