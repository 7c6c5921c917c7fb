//! How a name of the catalog agrees with what stands in the text. Folding finds; the surface then decides: short symbols
//! by their case, common words by evidence.

use std::borrow::Cow;
use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use crate::model::EntityType;
use crate::text::spelled_greek;

/// Words of English that are also names, one a line; see the notes at its top.
const COMMON_WORDS: &str = include_str!("../../data/lexicon/common_words.txt");
/// Acronyms that are hardly ever meant as names, one a line; see the notes at its top.
const EVERYDAY_ACRONYMS: &str = include_str!("../../data/lexicon/everyday_acronyms.txt");
/// The most letters and digits of a name of one word that is a symbol by its length alone.
const SYMBOL_CHARACTERS_LIMIT: usize = 5;
/// The most letters and digits of any symbol.
const LONG_SYMBOL_CHARACTERS_LIMIT: usize = 12;

/// The least length of an everyday acronym that is known as well when only its first letter is in upper case.
const RAISED_ACRONYM_BYTES_MIN: usize = 4;
/// The chemical elements that short formulae in papers are made of.
const ELEMENTS: &[&str] = &[
    "H", "B", "C", "N", "O", "F", "P", "S", "K", "I", "Li", "Na", "Mg", "Al", "Si", "Cl", "Ca", "Cr", "Mn",
    "Fe", "Co", "Ni", "Cu", "Zn", "As", "Se", "Br", "Ag", "Cd", "Ba", "Hg", "Pb",
];

/// How the letters of a name and of the text agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Agreement {
    /// The same, byte for byte.
    Identical,
    /// The same letters and digits in the same case; spaces, hyphens or a plural differ.
    SameCase,
    /// The same but for the case of the first letter.
    FirstLetter,
    /// The same but for case, all of the text being in upper case.
    Raised,
    /// The same but for case, all of the text being in lower case.
    Lowered,
    /// The same but for case otherwise.
    MixedCase,
    /// Another spelling that folds to the same.
    Spelling,
}

/// A text with its Greek letters spelled out: "TNF-α" is "TNF-alpha".
pub(super) fn spelled_out(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|c| spelled_greek(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut spelled = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match spelled_greek(character) {
            Some(name) => spelled.push_str(name),
            None => spelled.push(character),
        }
    }
    Cow::Owned(spelled)
}

/// How `written` in the text agrees with the name `name`, both with their Greek letters spelled out.
pub(super) fn agreement(written: &str, name: &str) -> Agreement {
    if written == name {
        return Agreement::Identical;
    }
    if written.is_ascii() && name.is_ascii() {
        agreement_in_ascii(written.as_bytes(), name.as_bytes())
    } else {
        agreement_of_characters(written, name)
    }
}

fn agreement_of_characters(written: &str, name: &str) -> Agreement {
    let (written, name) = (&*spelled_out(written), &*spelled_out(name));
    let same = |fold: fn(char) -> char| are_equal_or_plural(plain(written, fold), plain(name, fold));
    if same(|c| c) {
        return Agreement::SameCase;
    }
    if !same(lower) {
        return Agreement::Spelling;
    }
    let mut letters = written.chars().filter(|c| c.is_alphabetic());
    let first_upper = letters.next().is_some_and(char::is_uppercase);
    let (mut upper, mut lower_case) = (0, 0);
    for letter in letters {
        upper += usize::from(letter.is_uppercase());
        lower_case += usize::from(letter.is_lowercase());
    }
    let rest = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).skip(1).collect::<String>();
    let (rest_written, rest_name) = (rest(written), rest(name));
    if rest_written.trim_end_matches('s') == rest_name.trim_end_matches('s') {
        return Agreement::FirstLetter;
    }
    match (first_upper, upper, lower_case) {
        (false, 0, _) => Agreement::Lowered,
        (true, _, 0) => Agreement::Raised,
        _ => Agreement::MixedCase,
    }
}

fn letters_and_digits(text: &[u8]) -> impl Iterator<Item = u8> {
    text.iter().copied().filter(u8::is_ascii_alphanumeric)
}

/// [`agreement`] of texts in ASCII, which most are, without memory of its own.
fn agreement_in_ascii(written: &[u8], name: &[u8]) -> Agreement {
    let as_is = |text| letters_and_digits(text).map(char::from);
    if are_equal_or_plural(as_is(written), as_is(name)) {
        return Agreement::SameCase;
    }
    let lowered = |text| letters_and_digits(text).map(|byte| char::from(byte.to_ascii_lowercase()));
    if !are_equal_or_plural(lowered(written), lowered(name)) {
        return Agreement::Spelling;
    }
    let mut letters = written.iter().filter(|byte| byte.is_ascii_alphabetic());
    let first_upper = letters.next().is_some_and(u8::is_ascii_uppercase);
    let (mut upper, mut lower_case) = (0, 0);
    for letter in letters {
        upper += usize::from(letter.is_ascii_uppercase());
        lower_case += usize::from(letter.is_ascii_lowercase());
    }
    let without_plural = |text: &[u8]| {
        let count = letters_and_digits(text).skip(1).count();
        let plural = text.iter().rev().filter(|byte| byte.is_ascii_alphanumeric()).take(count);
        count - plural.take_while(|byte| **byte == b's').count()
    };
    let (in_written, in_name) = (without_plural(written), without_plural(name));
    let rest = |text, count| letters_and_digits(text).skip(1).take(count);
    if in_written == in_name && rest(written, in_written).eq(rest(name, in_name)) {
        return Agreement::FirstLetter;
    }
    match (first_upper, upper, lower_case) {
        (false, 0, _) => Agreement::Lowered,
        (true, _, 0) => Agreement::Raised,
        _ => Agreement::MixedCase,
    }
}

fn lower(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

/// The letters and digits of a text.
fn plain(text: &str, fold: fn(char) -> char) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).map(fold)
}

/// Whether two texts are equal, or one is the other, of two characters at least, with an `s` behind it.
fn are_equal_or_plural(mut one: impl Iterator<Item = char>, mut other: impl Iterator<Item = char>) -> bool {
    let mut alike = 0;
    loop {
        let (rest, longer): (_, &mut dyn Iterator<Item = char>) = match (one.next(), other.next()) {
            (None, None) => return true,
            (Some(left), Some(right)) if left == right => {
                alike += 1;
                continue;
            }
            (Some(rest), None) => (rest, &mut one),
            (None, Some(rest)) => (rest, &mut other),
            _ => return false,
        };
        return rest == 's' && alike > 1 && longer.next().is_none();
    }
}

/// Whether a name is a symbol (`IL7`, `Trp53`, `w`, `HIV`) and no word: one word that is short, or holds digits or upper
/// case inside. Genes and cell lines have symbols of few letters in any case; the short names of other things are words
/// ("rat", "pain", "Zea") unless they are in upper case or have digits.
pub(super) fn is_symbol(entity_type: EntityType, name: &str) -> bool {
    let inside = name.chars().skip(1).any(|c| c.is_uppercase() || c.is_numeric());
    if name.contains(char::is_whitespace) {
        // "IL 7", "CD 4"
        return name.len() <= SYMBOL_CHARACTERS_LIMIT + 1 && inside;
    }
    let word =
        name.split(|c: char| !c.is_lowercase()).any(|run| run.chars().count() > SYMBOL_CHARACTERS_LIMIT);
    if word {
        // "interleukin-7"
        return false;
    }
    let characters = characters(name);
    let any_case = matches!(entity_type, EntityType::Gene | EntityType::CellLine);
    any_case && characters <= SYMBOL_CHARACTERS_LIMIT || inside && characters <= LONG_SYMBOL_CHARACTERS_LIMIT
}

/// Whether a name is one capitalised word, as genera are: "Cancer", "This", "Data".
pub(super) fn is_capitalised_word(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
}

/// How many letters and digits a text has.
pub(super) fn characters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// The bytes of a word that is put into lower case without memory of its own.
const WORD_ROOM_BYTES: usize = 32;

/// Whether `written`, in whatever case, is of common words only, and of numbers or letters after the first: "arm 2",
/// "hormone receptor", "type II".
pub(super) fn is_common_word(written: &str) -> bool {
    static WORDS: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
    let words = WORDS.get_or_init(|| lines(COMMON_WORDS).collect());
    let is_common = |word: &str| {
        words.contains(word)
            || word.strip_suffix('s').is_some_and(|singular| words.contains(singular))
            || word.strip_suffix("es").is_some_and(|singular| words.contains(singular))
    };
    let counts =
        |word: &str| word.len() == 1 || word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'i' | b'v'));
    let is_lower = written.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    let mut room = [0; WORD_ROOM_BYTES];
    let written = match room.get_mut(..written.len()) {
        _ if is_lower => Cow::Borrowed(written),
        Some(room) if written.is_ascii() => {
            room.copy_from_slice(written.as_bytes());
            room.make_ascii_lowercase();
            Cow::Borrowed(str::from_utf8(room).unwrap_or(written))
        }
        _ => Cow::Owned(written.to_lowercase()),
    };
    // mostly there is one
    if !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_graphic()) {
        return is_common(&written);
    }
    let mut parts = written.split_whitespace().enumerate();
    parts.all(|(place, word)| is_common(word) || place > 0 && counts(word))
}

/// Every common word.
pub(crate) fn common_words() -> impl Iterator<Item = &'static str> {
    lines(COMMON_WORDS)
}

/// What is no name by its form, whatever the catalog says: a number, one letter, a roman numeral, a unit, an acronym with
/// an everyday sense.
pub(super) fn is_never_a_name(written: &str) -> bool {
    static ACRONYMS: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
    let acronyms = ACRONYMS.get_or_init(|| lines(EVERYDAY_ACRONYMS).collect());
    // "Anova" is one as well, "No" and "Or" are not
    let raised = written.len() >= RAISED_ACRONYM_BYTES_MIN
        && is_capitalised_word(written)
        && acronyms.contains(written.to_uppercase().as_str());
    characters(written) < 2
        || !written.chars().any(char::is_alphabetic)
        || acronyms.contains(written)
        || raised
}

/// Whether a text has the form of a chemical formula of two elements or more with the number of one: "CO2", "H2O2". A
/// count of one is not written, so "CS1" is none; symbols of genes may have the form as well.
pub(super) fn is_formula(written: &str) -> bool {
    let mut rest = written;
    let (mut elements, mut counts) = (0, 0);
    while !rest.is_empty() {
        let known = |length: usize| rest.get(..length).is_some_and(|symbol| ELEMENTS.contains(&symbol));
        let Some(length) = [2, 1].into_iter().find(|&length| known(length)) else { return false };
        rest = &rest[length..];
        elements += 1;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && (rest.starts_with(['0', '1']) || digits > 1) {
            return false;
        }
        counts += digits;
        rest = &rest[digits..];
    }
    elements > 1 && counts > 0
}

/// The lines of a list, without its notes.
pub(super) fn lines(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether the text is mostly in upper case, as old titles are: case tells nothing there.
pub(super) fn is_shouted(text: &str) -> bool {
    let (mut upper, mut lower_case) = (0_usize, 0_usize);
    // so many at a time are counted in bytes, many at once
    for bytes in text.as_bytes().chunks(usize::from(u8::MAX)) {
        let count = |is: fn(&u8) -> bool| bytes.iter().fold(0_u8, |count, byte| count + u8::from(is(byte)));
        lower_case += usize::from(count(u8::is_ascii_lowercase));
        // if all others were in upper case, they would be too few
        if text.len() - lower_case <= 4 * lower_case {
            return false;
        }
        upper += usize::from(count(u8::is_ascii_uppercase));
    }
    upper > 20 && upper > 4 * lower_case
}

/// Words of an inherited form of a disease.
const INHERITED: &[&str] = &["hereditary", "familial", "inherited", "syndrome"];

/// Whether a word says that a form of a disease is inherited. A coordination that is known as the name of such a form
/// is that only where one is said: "breast and ovarian cancer" is two diseases.
pub(super) fn says_inherited(word: &str) -> bool {
    INHERITED.iter().any(|own| word.eq_ignore_ascii_case(own))
}

/// Whether a preferred name is that of an inherited form.
pub(super) fn is_inherited_form(label: &str) -> bool {
    label.split_whitespace().any(says_inherited)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shouting_is_mostly_in_upper_case() {
        for (text, expected) in [
            ("A".repeat(20), false),
            ("A".repeat(21), true),
            ("ABCDé1 ".repeat(200), true),
            ("ABCDe ".repeat(200), false),
            (format!("{}e", "ABCD ".repeat(200)), true),
        ] {
            assert_eq!(is_shouted(&text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn ascii_is_read_as_any_text_is(written in "[aAbBs1 -]{0,7}", name in "[aAbBs1 -]{0,7}") {
            let fast = agreement_in_ascii(written.as_bytes(), name.as_bytes());
            prop_assert_eq!(fast, agreement_of_characters(&written, &name));
        }
    }

    #[test]
    fn agreement_tells_case_from_spelling() {
        for (written, name, expected) in [
            ("IL7", "IL7", Agreement::Identical),
            ("IL-7", "IL7", Agreement::SameCase),
            ("TILs", "TIL", Agreement::SameCase),
            ("Aspirin", "aspirin", Agreement::FirstLetter),
            ("Cat", "cat", Agreement::FirstLetter),
            ("il7", "IL7", Agreement::Lowered),
            ("IL7", "Il7", Agreement::Raised),
            ("Il7", "IL7", Agreement::MixedCase),
            ("cat", "CAT", Agreement::Lowered),
            ("TNF-α", "TNF-alpha", Agreement::SameCase),
            ("TNFα", "TNF-alpha", Agreement::SameCase),
            ("tnf-α", "TNF-alpha", Agreement::Lowered),
            ("NF-kappaB", "NF-κB", Agreement::SameCase),
            ("tumours", "tumor", Agreement::Spelling),
        ] {
            assert_eq!(agreement(written, name), expected, "{written} {name}");
        }
    }

    #[test]
    fn symbols_are_told_from_words() {
        for name in ["IL7", "Trp53", "CAT", "w", "CD 4", "IFN-gamma-R1", "HIF-1A", "set"] {
            assert!(is_symbol(EntityType::Gene, name), "{name}");
        }
        for name in [
            "aspirin",
            "interleukin 7",
            "Escherichia coli",
            "diabetes",
            "myosin heavy chain",
            "interleukin-7",
        ] {
            assert!(!is_symbol(EntityType::Gene, name), "{name}");
        }
        for (name, symbol) in
            [("HIV", true), ("This", false), ("rat", false), ("H5N1", true), ("CaCl2", true)]
        {
            assert_eq!(is_symbol(EntityType::Species, name), symbol, "{name}");
        }
        assert!(is_capitalised_word("This") && !is_capitalised_word("HIV") && !is_capitalised_word("rat"));
    }

    #[test]
    fn common_words_are_known_in_any_case_and_number() {
        for word in ["was", "WAS", "Not", "large", "clocks", "arm 2", "At 1", "vitro A", "type II", "masses"]
        {
            assert!(is_common_word(word), "{word}");
        }
        for word in ["aspirin", "mouse", "patients", "TNF", "# words", "IL 2", "large mice"] {
            assert!(!is_common_word(word), "{word}");
        }
        assert!(COMMON_WORDS.lines().filter(|l| !l.starts_with('#')).all(|l| l == l.to_lowercase()));
    }

    #[test]
    fn numbers_units_and_single_letters_are_never_names() {
        for text in ["7", "12.5", "w", "II", "mg", "-", "vs", "ANOVA", "Anova", "TILs"] {
            assert!(is_never_a_name(text), "{text}");
        }
        for text in ["IL7", "NO", "p53", "HIV", "Ims"] {
            assert!(!is_never_a_name(text), "{text}");
        }
    }

    #[test]
    fn formulae_are_told_by_their_elements() {
        for text in ["CO2", "H2O2", "NH3", "CaCl2", "H2SO4"] {
            assert!(is_formula(text), "{text}");
        }
        for text in ["", "O2", "CD4", "NO", "NaCl", "IL2", "CS1", "KI67", "C2α", "é2", "CO2x"] {
            assert!(!is_formula(text), "{text}");
        }
    }
}
