//! What is left of a word when it is no matter whether it is a noun or an adjective.

/// The fewest bytes that stay of a word.
pub(super) const STEM_BYTES_LEAST: usize = 4;

/// Words whose endings tell different things apart.
pub(super) const KEPT: &[&str] = &[
    "anal",
    "canal",
    "colony",
    "cupric",
    "cuprous",
    "ferric",
    "ferrous",
    "genesis",
    "genetic",
    "manganese",
    "manganous",
    "mercuric",
    "mercurous",
    "nitric",
    "nitrous",
    "organ",
    "organic",
    "stannic",
    "stannous",
    "sulfuric",
    "sulfurous",
    "tetanus",
    "universal",
    "university",
];

/// By the last letter of a word its endings and what stands for each in the stem. The first that fits and leaves enough
/// of the word is taken, so that a longer one stands before those that it ends with.
pub(super) const ENDINGS: &[(u8, &[(&str, &str)])] = &[
    (b'a', &[("epsia", "eps"), ("ia", ""), ("a", "")]),
    (
        b'c',
        &[
            ("ologic", "olog"),
            ("matic", "m"),
            ("istic", "ism"),
            ("iatic", "ias"),
            ("eptic", "eps"),
            ("actic", "ax"),
            ("otic", "os"),
            ("itic", "it"),
            ("ytic", "ys"),
            ("iac", ""),
            ("ic", ""),
        ],
    ),
    (b'd', &[("ated", ""), ("ed", "")]),
    (b'e', &[("ative", ""), ("ence", ""), ("ance", ""), ("ule", "l"), ("ive", ""), ("e", "")]),
    (b'g', &[("ating", ""), ("ing", "")]),
    (b'l', &[("ological", "olog"), ("ical", ""), ("ial", ""), ("al", "")]),
    (b'm', &[("oidism", "oid"), ("ium", ""), ("um", "")]),
    (b'n', &[("fication", "f"), ("ization", "iz"), ("ation", ""), ("ian", ""), ("ion", "")]),
    (b'r', &[("icular", "icl"), ("ular", "l"), ("ar", "")]),
    (
        b's',
        &[
            ("iveness", ""),
            ("omatous", "om"),
            ("ematous", "em"),
            ("aneous", "an"),
            ("iasis", "ias"),
            ("ness", ""),
            ("ious", ""),
            ("eous", ""),
            ("osis", "os"),
            ("itis", "it"),
            ("ysis", "ys"),
            ("asis", "as"),
            ("esis", "es"),
            ("axis", "ax"),
            ("ous", ""),
            ("us", ""),
        ],
    ),
    (b't', &[("ment", ""), ("ient", "i"), ("ant", ""), ("ent", "")]),
    (
        b'y',
        &[
            ("ibility", "ibl"),
            ("ability", "abl"),
            ("atory", ""),
            ("ivity", ""),
            ("icity", ""),
            ("ality", ""),
            ("iency", "i"),
            ("osity", ""),
            ("ancy", ""),
            ("ency", ""),
            ("epsy", "eps"),
            ("tory", "t"),
            ("ity", ""),
            ("y", ""),
        ],
    ),
];

/// The stem of a folded word: its beginning, and what is put behind it. Words with other characters than letters, and
/// short ones, are their own stem.
pub(super) fn stem(word: &str) -> (&str, &'static str) {
    let Some(last) = word.bytes().last().filter(|_| word.len() > STEM_BYTES_LEAST) else { return (word, "") };
    let endings = ENDINGS.iter().find(|(letter, _)| *letter == last).map_or(&[][..], |(_, endings)| endings);
    let found = endings.iter().find_map(|(ending, new)| {
        let beginning = word.strip_suffix(ending)?;
        (beginning.len() + new.len() >= STEM_BYTES_LEAST && beginning.len() > 2).then_some((beginning, *new))
    });
    found.filter(|_| !KEPT.contains(&word)).unwrap_or((word, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(word: &str) -> String {
        let (beginning, end) = stem(word);
        format!("{beginning}{end}")
    }

    #[test]
    fn forms_of_one_word_have_one_stem() {
        for forms in [
            &["epilepsy", "epileptic"][..],
            &["narcolepsy", "narcoleptic"],
            &["thrombosis", "thrombotic"],
            &["nephritis", "nephritic"],
            &["paralysis", "paralytic"],
            &["psoriasis", "psoriatic"],
            &["asthma", "asthmatic"],
            &["glioma", "gliomatous"],
            &["anaphylaxis", "anaphylactic"],
            &["dystrophy", "dystrophic"],
            &["hemophilia", "hemophiliac", "hemophilic"],
            &["hypothyroid", "hypothyroidism"],
            &["hydrocephalus", "hydrocephaly", "hydrocephalic"],
            &["endometrium", "endometrial"],
            &["cerebellum", "cerebellar"],
            &["tubule", "tubular"],
            &["follicle", "follicular"],
            &["deficiency", "deficient"],
            &["pregnancy", "pregnant"],
            &["obstruction", "obstructive", "obstructed"],
            &["neurology", "neurologic", "neurological"],
            &["autism", "autistic"],
            &["toxic", "toxicity"],
            &["sensitive", "sensitivity"],
        ] {
            let stems: Vec<String> = forms.iter().map(|form| whole(form)).collect();
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{stems:?}");
        }
    }

    #[test]
    fn different_words_keep_apart() {
        for (one, other) in [
            ("arthritis", "arthrosis"),
            ("nephritis", "nephrosis"),
            ("colon", "colony"),
            ("tetanus", "tetany"),
            ("ferric", "ferrous"),
            ("genetic", "genesis"),
            ("acid", "acidosis"),
            ("organ", "organic"),
            ("il", "ill"),
        ] {
            assert_ne!(whole(one), whole(other), "{one} {other}");
        }
    }

    #[test]
    fn stems_have_four_letters_or_are_the_word() {
        for (word, expected) in
            [("lupus", "lupus"), ("edema", "edem"), ("data", "data"), ("", ""), ("ia", "ia")]
        {
            assert_eq!(whole(word), expected);
        }
        for (_, endings) in ENDINGS {
            for (ending, _) in *endings {
                for before in ["", "x", "xy", "xyz", "xyzw"] {
                    let word = format!("{before}{ending}");
                    let stem = whole(&word);
                    assert!(stem.len() >= STEM_BYTES_LEAST || stem == word, "{word} {stem}");
                }
            }
        }
    }

    #[test]
    fn every_ending_stands_with_its_last_letter_and_before_shorter_ones() {
        for (letter, endings) in ENDINGS {
            for (place, (ending, _)) in endings.iter().enumerate() {
                assert_eq!(ending.bytes().last(), Some(*letter));
                assert!(endings[..place].iter().all(|(before, _)| !ending.ends_with(before)), "{ending}");
            }
        }
    }
}
