//! The words that begin a form, by their first letters.

/// The first three letters of the stems of [`after_stem`], of residues by three letters and of events.
const BEGINNINGS: &[&[u8; 3]] = &[
    b"ade", b"ala", b"amb", b"ami", b"arg", b"asn", b"asp", b"bas", b"cod", b"cys", b"cyt", b"del", b"dup",
    b"eig", b"exo", b"fiv", b"fou", b"gln", b"glu", b"gly", b"gua", b"his", b"ile", b"ind", b"ins", b"inv",
    b"iso", b"leu", b"lys", b"met", b"nin", b"non", b"nuc", b"och", b"one", b"opa", b"phe", b"pos", b"pro",
    b"res", b"ser", b"sev", b"sin", b"six", b"sto", b"ten", b"ter", b"thr", b"thy", b"trp", b"try", b"two",
    b"tyr", b"ura", b"val",
];

/// The words of a form that may have no third letter.
const SHORT: [&[u8; 2]; 2] = [b"nt", b"rs"];

/// One of [`BEGINNINGS`] as a number, with the letters that may follow it as bits from `a` on, and a bit for all else.
#[derive(Clone, Copy)]
struct Stem {
    letters: u32,
    following: u32,
}

const STEM_BITS: u32 = 8;
/// The beginnings by [`stem_slot`].
static STEMS: [Stem; 1 << STEM_BITS] = stems();
/// The bit for what is no letter in lower case.
const NO_LETTER: u8 = 31;

const fn stems() -> [Stem; 1 << STEM_BITS] {
    let mut stems = [Stem { letters: 0, following: 0 }; 1 << STEM_BITS];
    let mut at = 0;
    while at < BEGINNINGS.len() {
        let [first, second, third] = *BEGINNINGS[at];
        let letters = u32::from_le_bytes([first, second, third, 0]);
        let mut following = 1 << NO_LETTER;
        let mut fourth = b'a';
        while fourth <= b'z' {
            let goes_on = after_stem(&[first, second, third, fourth]).is_some();
            following |= (goes_on as u32) << (fourth - b'a');
            fourth += 1;
        }
        stems[stem_slot(letters)] = Stem { letters, following };
        at += 1;
    }
    stems
}

/// The place of three letters in [`STEMS`]. The factor is one that gives each beginning a place of its own.
#[inline]
const fn stem_slot(letters: u32) -> usize {
    (letters.wrapping_mul(0x1090_495b) >> (u32::BITS - STEM_BITS)) as usize
}

/// Whether four bytes begin as a word of a form does, of three letters and more, the first in any case.
#[inline]
pub(super) fn is_stem([first, second, third, fourth]: [u8; 4]) -> bool {
    let letters = u32::from_le_bytes([first | 0x20, second, third, 0]);
    let stem = STEMS[stem_slot(letters)];
    let fourth = fourth.wrapping_sub(b'a').min(NO_LETTER);
    (stem.letters == letters) & (stem.following >> fourth & 1 == 1)
}

/// Whether a word of two letters may be one of [`SHORT`].
#[inline]
pub(super) fn is_short([first, second, ..]: [u8; 4]) -> bool {
    let word = [first | 0x20, second];
    (word == *SHORT[0]) | (word == *SHORT[1])
}

/// What follows the first four letters of a word that begins a form.
pub(super) const fn after_stem(stem: &[u8; 4]) -> Option<&'static [u8]> {
    Some(match stem {
        b"aden" | b"alan" | b"aspa" | b"cyti" | b"guan" | b"stop" | b"codo" | b"exon" | b"delt" | b"thre" => {
            b""
        }
        b"argi" => b"nine",
        b"cyst" => b"ein",
        b"cyto" | b"tyro" => b"sine",
        b"glut" => b"am",
        b"glyc" | b"prol" => b"ine",
        b"hist" | b"thym" => b"i",
        b"isol" => b"eu",
        b"leuc" => b"ine",
        b"lysi" | b"seri" | b"vali" => b"ne",
        b"meth" => b"ionine",
        b"phen" => b"ylalanine",
        b"tryp" => b"top",
        b"urac" => b"il",
        b"ambe" => b"r",
        b"nons" => b"ense",
        b"ochr" => b"e",
        b"term" | b"opal" => b"",
        b"nucl" => b"eotide",
        b"posi" => b"tion",
        b"resi" => b"due",
        b"amin" => b"o acid",
        b"base" => b" ",
        b"dele" => b"t",
        b"inse" => b"rt",
        b"dupl" => b"icat",
        b"inde" => b"l",
        b"inve" => b"rsion",
        b"sing" => b"le",
        b"seve" => b"n",
        b"eigh" => b"t",
        b"one " | b"two " | b"six " | b"ten " | b"one-" | b"two-" | b"six-" | b"ten-" => b"",
        b"four" | b"five" | b"nine" | b"ins/" | b"del/" => b"",
        _ => return None,
    })
}

/// Whether a stem of [`after_stem`] is that of a number alone, by which a size may begin ("four base pairs") and nothing else.
pub(super) const fn is_of_number(stem: &[u8; 4]) -> bool {
    matches!(
        stem,
        b"sing"
            | b"seve"
            | b"eigh"
            | b"four"
            | b"five"
            | b"nine"
            | b"one "
            | b"two "
            | b"six "
            | b"ten "
            | b"one-"
            | b"two-"
            | b"six-"
            | b"ten-"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotate::amino_acids;

    #[test]
    fn the_first_letters_of_all_that_begins_a_form_are_listed() {
        let bytes: Vec<u8> = (b'a'..=b'z').chain(*b" -/").collect();
        let mut stems = 0;
        for first in b'a'..=b'z' {
            for second in b'a'..=b'z' {
                for third in &bytes {
                    let letters = [first, second, *third];
                    let code = [first.to_ascii_uppercase(), second, *third];
                    let is_residue =
                        amino_acids::from_three_letters(str::from_utf8(&code).unwrap()).is_some();
                    let begins_stem =
                        bytes.iter().any(|fourth| after_stem(&[first, second, *third, *fourth]).is_some());
                    stems += usize::from(begins_stem);
                    let is_event = matches!(&letters, b"del" | b"dup" | b"ins");
                    let expected = is_residue || begins_stem || is_event;
                    let is_listed = BEGINNINGS.contains(&&letters);
                    assert_eq!(is_listed, expected && third.is_ascii_lowercase(), "{letters:?}");
                    for fourth in bytes.iter().copied().chain([b'A']) {
                        let word = [first, second, *third, fourth];
                        let goes_on = !fourth.is_ascii_lowercase() || after_stem(&word).is_some();
                        assert_eq!(is_stem(word), is_listed && goes_on, "{word:?}");
                    }
                }
            }
        }
        assert!(stems > 30, "{stems}");
    }
}
