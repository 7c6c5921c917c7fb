//! The codes of amino acids (IUPAC-IUB 1983): three letters and one.

const CODES: [(&str, char); 20] = [
    ("ala", 'A'),
    ("arg", 'R'),
    ("asn", 'N'),
    ("asp", 'D'),
    ("cys", 'C'),
    ("gln", 'Q'),
    ("glu", 'E'),
    ("gly", 'G'),
    ("his", 'H'),
    ("ile", 'I'),
    ("leu", 'L'),
    ("lys", 'K'),
    ("met", 'M'),
    ("phe", 'F'),
    ("pro", 'P'),
    ("ser", 'S'),
    ("thr", 'T'),
    ("trp", 'W'),
    ("tyr", 'Y'),
    ("val", 'V'),
];

/// The one-letter code of `Val` or `VAL`; `val` in lower case is a word's beginning, not a residue.
pub(super) fn from_three_letters(text: &str) -> Option<char> {
    if !text.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    CODES.iter().find(|(code, _)| code.eq_ignore_ascii_case(text)).map(|(_, letter)| *letter)
}

/// Whether it is the one-letter code of a residue, in upper case.
pub(super) fn is_one_letter(letter: char) -> bool {
    CODES.iter().any(|(_, code)| *code == letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_their_usual_cases() {
        assert_eq!(from_three_letters("Val"), Some('V'));
        assert_eq!(from_three_letters("VAL"), Some('V'));
        assert_eq!(from_three_letters("val"), None);
        assert_eq!(from_three_letters("Xyz"), None);
        assert!(is_one_letter('W') && !is_one_letter('B') && !is_one_letter('w'));
    }
}
