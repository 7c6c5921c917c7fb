//! What a character is to the folding: a letter, a Greek letter, a digit, a mark, or no part of a token.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// What a character is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter that is not Greek.
    Letter,
    /// A Greek letter, which folds to its name.
    Greek,
    /// A digit or a number sign, sub- and superscripts among them.
    Digit,
    /// A combining mark: belongs to the token before it and folds to nothing.
    Mark,
    /// Invisible (soft hyphen, zero-width space): as if it were not there.
    Invisible,
    /// Anything else.
    Gap,
}

/// The class of a character. Characters whose compatibility decomposition mixes classes ("½", "㎛") are gaps.
pub(super) fn classify(character: char) -> Class {
    if character.is_ascii() {
        return classify_ascii(character as u8);
    }
    common_class(character).unwrap_or_else(|| classify_other(character))
}

/// The class of a character beyond ASCII that texts often have.
#[inline]
const fn common_class(character: char) -> Option<Class> {
    match character {
        'α'..='ω' | 'Α'..='Ρ' | 'Σ'..='Ω' => Some(Class::Greek),
        // no-break space, signs, punctuation and operators
        '\u{a0}' | '°' | '±' | '·' | '×' | '\u{2010}'..='\u{2027}' | '\u{2200}'..='\u{22ff}' => {
            Some(Class::Gap)
        }
        _ => None,
    }
}

/// The class of any character beyond ASCII.
fn classify_other(character: char) -> Class {
    if matches!(character, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}') {
        return Class::Invisible;
    }
    match character.general_category_group() {
        GeneralCategoryGroup::Mark => return Class::Mark,
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number => {}
        _ => return Class::Gap,
    }
    let mut class = None;
    for part in std::iter::once(character).nfkd() {
        let this = classify_decomposed(part);
        match class {
            _ if this == Class::Mark => {}
            None => class = Some(this),
            // A ligature of Greek letters would be one token here and several when folded again.
            Some(Class::Greek) => return Class::Gap,
            Some(before) if before != this => return Class::Gap,
            Some(_) => {}
        }
    }
    class.unwrap_or(Class::Gap)
}

/// The class of an ASCII byte.
pub(super) const fn classify_ascii(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
        b'0'..=b'9' => Class::Digit,
        _ => Class::Gap,
    }
}

fn classify_decomposed(character: char) -> Class {
    // Modifier letters that stand for apostrophes and primes.
    if matches!(character, '\u{2b9}'..='\u{2c1}' | '\u{2c6}'..='\u{2cf}') {
        return Class::Gap;
    }
    match character.general_category_group() {
        GeneralCategoryGroup::Mark => Class::Mark,
        GeneralCategoryGroup::Letter if greek_name(character).is_some() => Class::Greek,
        GeneralCategoryGroup::Letter => Class::Letter,
        GeneralCategoryGroup::Number => Class::Digit,
        _ => Class::Gap,
    }
}

/// Appends what a letter or digit folds to, diacritics off and in lower case; Greek letters stay letters.
pub(super) fn push_plain(character: char, output: &mut String) {
    for part in std::iter::once(character).nfkd().flat_map(char::to_lowercase).nfkd() {
        if part.general_category_group() == GeneralCategoryGroup::Mark {
            continue;
        }
        match part {
            'æ' => output.push_str("ae"),
            'œ' => output.push_str("oe"),
            'ß' => output.push_str("ss"),
            'þ' => output.push_str("th"),
            'ø' => output.push('o'),
            'ł' => output.push('l'),
            'đ' | 'ð' => output.push('d'),
            'ħ' => output.push('h'),
            'ı' => output.push('i'),
            'ς' => output.push('σ'),
            other => output.push(other),
        }
    }
}

/// The plain lower-case form of a Greek letter.
pub(super) fn plain_greek(character: char) -> char {
    let plain = std::iter::once(character).nfkd().flat_map(char::to_lowercase).next().unwrap_or(character);
    if plain == 'ς' { 'σ' } else { plain }
}

/// The English name of a Greek letter, in lower case, whatever its case and accents; `None` for any other character.
pub fn spelled_greek(character: char) -> Option<&'static str> {
    if character.is_ascii() { None } else { greek_name(plain_greek(character)) }
}

/// The name of a Greek letter without diacritics, of either case.
pub(super) fn greek_name(letter: char) -> Option<&'static str> {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    Some(match lower {
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' => "epsilon",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' => "theta",
        'ι' => "iota",
        'κ' => "kappa",
        'λ' => "lambda",
        'μ' => "mu",
        'ν' => "nu",
        'ξ' => "xi",
        'ο' => "omicron",
        'π' => "pi",
        'ρ' => "rho",
        'σ' | 'ς' => "sigma",
        'τ' => "tau",
        'υ' => "upsilon",
        'φ' => "phi",
        'χ' => "chi",
        'ψ' => "psi",
        'ω' => "omega",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_common_characters_is_their_class() {
        let common: Vec<char> =
            ('\u{80}'..=char::MAX).filter(|character| common_class(*character).is_some()).collect();
        assert!(common.len() > 300);
        assert!(common.iter().all(|character| common_class(*character) == Some(classify_other(*character))));
    }

    #[test]
    fn characters_have_their_class() {
        for (character, expected) in [
            ('a', Class::Letter),
            ('Z', Class::Letter),
            ('é', Class::Letter),
            ('ﬁ', Class::Letter),
            ('Ⅳ', Class::Letter),
            ('中', Class::Letter),
            ('α', Class::Greek),
            ('µ', Class::Greek),
            ('ϕ', Class::Greek),
            ('Ω', Class::Greek),
            ('7', Class::Digit),
            ('²', Class::Digit),
            ('₂', Class::Digit),
            ('\u{301}', Class::Mark),
            ('\u{ad}', Class::Invisible),
            ('½', Class::Gap),
            ('㎛', Class::Gap),
            ('™', Class::Gap),
            ('\u{2bc}', Class::Gap),
            ('😀', Class::Gap),
            ('-', Class::Gap),
        ] {
            assert_eq!(classify(character), expected, "{character}");
        }
    }

    #[test]
    fn plain_forms_lose_case_and_marks() {
        for (character, expected) in [
            ('É', "e"),
            ('ﬁ', "fi"),
            ('Æ', "ae"),
            ('ẞ', "ss"),
            ('Ø', "o"),
            ('İ', "i"),
            ('Ⅳ', "iv"),
            ('²', "2"),
        ] {
            let mut plain = String::new();
            push_plain(character, &mut plain);
            assert_eq!(plain, expected, "{character}");
        }
        assert_eq!(greek_name(plain_greek('ά')), Some("alpha"));
        assert_eq!(greek_name(plain_greek('µ')), Some("mu"));
        for (character, name) in
            [('µ', Some("mu")), ('Δ', Some("delta")), ('ά', Some("alpha")), ('a', None), ('é', None)]
        {
            assert_eq!(spelled_greek(character), name, "{character}");
        }
    }
}
