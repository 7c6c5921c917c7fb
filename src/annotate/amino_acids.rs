//! The codes of amino acids (IUPAC-IUB 1983): three letters and one, and their names.

/// The one-letter code of a code of three letters in lower case.
const fn of_code(code: &[u8; 3]) -> Option<char> {
    Some(match code {
        b"ala" => 'A',
        b"arg" => 'R',
        b"asn" => 'N',
        b"asp" => 'D',
        b"cys" => 'C',
        b"gln" => 'Q',
        b"glu" => 'E',
        b"gly" => 'G',
        b"his" => 'H',
        b"ile" => 'I',
        b"leu" => 'L',
        b"lys" => 'K',
        b"met" => 'M',
        b"phe" => 'F',
        b"pro" => 'P',
        b"ser" => 'S',
        b"thr" => 'T',
        b"trp" => 'W',
        b"tyr" => 'Y',
        b"val" => 'V',
        _ => return None,
    })
}

/// Names in words; a name that begins with another stands before it.
const NAMES: [(&str, char); 24] = [
    ("alanine", 'A'),
    ("arginine", 'R'),
    ("asparagine", 'N'),
    ("aspartic acid", 'D'),
    ("aspartate", 'D'),
    ("cysteine", 'C'),
    ("cystein", 'C'),
    ("glutamine", 'Q'),
    ("glutamic acid", 'E'),
    ("glutamate", 'E'),
    ("glycine", 'G'),
    ("histidine", 'H'),
    ("isoleucine", 'I'),
    ("leucine", 'L'),
    ("lysine", 'K'),
    ("methionine", 'M'),
    ("phenylalanine", 'F'),
    ("proline", 'P'),
    ("serine", 'S'),
    ("threonine", 'T'),
    ("tryptophane", 'W'),
    ("tryptophan", 'W'),
    ("tyrosine", 'Y'),
    ("valine", 'V'),
];

/// The one-letter code of `Val` or `VAL`; `val` in lower case is a word's beginning, not a residue.
pub(super) fn from_three_letters(text: &str) -> Option<char> {
    if !text.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    from_three_letters_of_any_case(text)
}

/// The one-letter code of `Val`, `VAL` or `val`, for where something else says that it is a residue.
pub(super) fn from_three_letters_of_any_case(text: &str) -> Option<char> {
    let [first, second, third] = *text.as_bytes().first_chunk::<3>().filter(|_| text.len() == 3)?;
    let code = [first, second, third].map(|byte| byte.to_ascii_lowercase());
    of_code(&code)
}

/// The one-letter code of the residue whose name `text` begins with, in any case, and the name's length.
pub(super) fn from_name_at(text: &str) -> Option<(char, usize)> {
    let begins = |name: &str| {
        text.as_bytes().get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    };
    let first = text.as_bytes().first()?.to_ascii_lowercase();
    // no name begins with another letter
    if !matches!(first, b'a' | b'c' | b'g' | b'h' | b'i' | b'l' | b'm' | b'p' | b's' | b't' | b'v') {
        return None;
    }
    NAMES
        .iter()
        .find(|(name, _)| name.as_bytes()[0] == first && begins(name))
        .map(|(name, letter)| (*letter, name.len()))
}

/// Whether it is the one-letter code of a residue, in upper case.
pub(super) fn is_one_letter(letter: char) -> bool {
    letter.is_ascii_uppercase() && !matches!(letter, 'B' | 'J' | 'O' | 'U' | 'X' | 'Z')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_their_usual_cases() {
        assert_eq!(from_three_letters("Val"), Some('V'));
        assert_eq!(from_three_letters("VAL"), Some('V'));
        assert_eq!(from_three_letters("val"), None);
        assert_eq!(from_three_letters_of_any_case("val"), Some('V'));
        assert_eq!(from_three_letters("Xyz"), None);
        for letter in (0..=u8::MAX).map(char::from) {
            let is_code = NAMES.iter().any(|(_, code)| *code == letter);
            assert_eq!(is_one_letter(letter), is_code, "{letter}");
        }
    }

    #[test]
    fn names_are_read_in_any_case_and_every_residue_has_one() {
        assert_eq!(from_name_at("Valine to"), Some(('V', 6)));
        assert_eq!(from_name_at("aspartic acid"), Some(('D', 13)));
        assert_eq!(from_name_at("tryptophane"), Some(('W', 11)));
        assert!(NAMES.iter().all(|(name, letter)| from_name_at(name) == Some((*letter, name.len()))));
        assert_eq!(from_name_at("vali"), None);
        assert_eq!(from_name_at("é"), None);
        let letters = (b'a'..=b'z').flat_map(|one| (b'a'..=b'z').map(move |two| [one, two]));
        let codes =
            letters.flat_map(|[one, two]| (b'a'..=b'z').filter_map(move |three| of_code(&[one, two, three])));
        let mut codes: Vec<char> = codes.collect();
        codes.sort_unstable();
        let mut named: Vec<char> = NAMES.iter().map(|(_, letter)| *letter).collect();
        named.sort_unstable();
        named.dedup();
        assert_eq!(codes, named);
    }
}
