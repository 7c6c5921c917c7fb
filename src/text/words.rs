//! Folding of one word: roman numerals, plural forms, British and American spelling.
//!
//! Every rule holds for names and for text alike, so it need not be right as English, only the same on both sides and
//! without making two names meet that differ. Applying the whole twice changes nothing.

/// Words longer than this many bytes keep their spelling.
const WORD_BYTES_LIMIT: usize = 64;

/// Upper-case forms that the plural rule would wrong.
const NO_PLURALS: &[&str] = &["aids", "sars", "mers"];

/// Folds the word that begins at byte `at` of `buffer` and ends with it; it is in lower case and without diacritics.
/// `surface` is how it stood in the text, diacritics apart. Whether it changed.
pub(super) fn fold_word(buffer: &mut String, at: usize, surface: &str) -> bool {
    let word = &buffer[at..];
    if word.len() < 2 || word.len() > WORD_BYTES_LIMIT {
        return false;
    }
    if let Some(number) = roman(word, surface) {
        buffer.truncate(at);
        buffer.push_str(number);
        return true;
    }
    let mut changed = false;
    // Each round shortens the word or takes one of the letters s, c and e away, so this ends.
    while buffer.len() - at >= 4 && (singular(buffer, at) || spelling(buffer, at)) {
        changed = true;
    }
    if changed && let Some(number) = roman(&buffer[at..], "") {
        buffer.truncate(at);
        buffer.push_str(number);
    }
    changed
}

/// The arabic form of a roman numeral from II to XX. The one-letter numerals stay letters, as they are letters far more
/// often, and so does a lower-case "xi", which is Greek.
fn roman(word: &str, surface: &str) -> Option<&'static str> {
    if !matches!(word.as_bytes()[0], b'i' | b'v' | b'x') || word.len() > 5 {
        return None;
    }
    Some(match word {
        "ii" => "2",
        "iii" => "3",
        "iv" => "4",
        "vi" => "6",
        "vii" => "7",
        "viii" => "8",
        "ix" => "9",
        "xi" if surface == "XI" => "11",
        "xii" => "12",
        "xiii" => "13",
        "xiv" => "14",
        "xv" => "15",
        "xvi" => "16",
        "xvii" => "17",
        "xviii" => "18",
        "xix" => "19",
        "xx" if surface == "XX" => "20",
        _ => return None,
    })
}

/// Plural endings that do not follow the rule, the longest first where one ends another.
const IRREGULAR_PLURALS: &[(&str, &str)] = &[
    ("stases", "stasis"),
    ("gnoses", "gnosis"),
    ("alyses", "alysis"),
    ("tenoses", "tenosis"),
    ("broses", "brosis"),
    ("boses", "bosis"),
    ("crises", "crisis"),
    ("iases", "iasis"),
    ("itides", "itis"),
    ("omata", "oma"),
    ("omas", "oma"),
    ("retinas", "retina"),
    ("alphas", "alpha"),
    ("betas", "beta"),
    ("gammas", "gamma"),
    ("deltas", "delta"),
    ("kappas", "kappa"),
    ("lambdas", "lambda"),
    ("omegas", "omega"),
    ("sigmas", "sigma"),
    ("thetas", "theta"),
    ("ruses", "rus"),
    ("tuses", "tus"),
    ("nuses", "nus"),
    ("sses", "ss"),
    ("xes", "x"),
    ("ches", "ch"),
    ("shes", "sh"),
];

/// The ends of words in -os that are plurals.
const PLURALS_IN_OS: &[&str] = &["embryos", "mosquitos"];

/// Takes the plural's ending off; whether it did.
fn singular(buffer: &mut String, at: usize) -> bool {
    let word = &buffer[at..];
    let (before, last) = match word.as_bytes() {
        [_, .., before, last] if word.len() >= 4 => (*before, *last),
        _ => return false,
    };
    let regular = match (before, last) {
        (b't', b'a') => false,
        // most words in -os are no plurals
        (b'o', b's') => PLURALS_IN_OS.iter().any(|end| word.ends_with(end)),
        (b's' | b'u' | b'i', b's') => return false,
        (b'e' | b'a', b's') => before == b'e' || (word.len() > 5 && word.ends_with("ias")),
        (_, b's') => true,
        _ => return false,
    };
    if NO_PLURALS.contains(&word) {
        return false;
    }
    let irregular = matches!(before, b't' | b'e' | b'a');
    if irregular && let Some((ending, new)) = IRREGULAR_PLURALS.iter().find(|(end, _)| word.ends_with(end)) {
        let keep = buffer.len() - ending.len();
        buffer.truncate(keep);
        buffer.push_str(new);
        return true;
    }
    if regular && word.len() > 4 && word.ends_with("ies") {
        buffer.truncate(buffer.len() - 3);
        buffer.push('y');
    } else if regular {
        buffer.truncate(buffer.len() - 1);
    }
    regular
}

/// British spellings inside a word and the American ones.
const SPELLINGS: &[(&str, &str)] = &[
    ("sulph", "sulf"),
    ("tumour", "tumor"),
    ("behaviour", "behavior"),
    ("colour", "color"),
    ("odour", "odor"),
    ("vapour", "vapor"),
    ("labour", "labor"),
    ("leuco", "leuko"),
    ("leuca", "leuka"),
    ("leuce", "leuke"),
    ("isation", "ization"),
    ("aluminium", "aluminum"),
    ("ageing", "aging"),
];

/// British spellings at the end of a word and the American ones; for words of more than five letters.
const SPELLED_ENDINGS: &[(&str, &str)] = &[
    ("ise", "ize"),
    ("ised", "ized"),
    ("ising", "izing"),
    ("yse", "yze"),
    ("ysed", "yzed"),
    ("ysing", "yzing"),
    ("centre", "center"),
    ("metre", "meter"),
];

/// The same for words of five letters or more.
const SPELLED_SHORT_ENDINGS: &[(&str, &str)] = &[("fibre", "fiber"), ("litre", "liter"), ("titre", "titer")];

/// Makes one change of spelling; whether it did.
fn spelling(buffer: &mut String, at: usize) -> bool {
    let word = &buffer[at..];
    let inside = if word.len() < 5 { 0 } else { british_pairs(word.as_bytes()) };
    if inside == 0 {
        return false;
    }
    let ends_with = |endings: &'static [(&str, &str)]| {
        let found = endings.iter().find(|(old, _)| word.ends_with(old));
        found.map(|(old, new)| (word.len() - old.len(), *old, *new))
    };
    let find = |old: &str| word.as_bytes().windows(old.len()).position(|part| part == old.as_bytes());
    let spellings = if inside & INNER_PAIR == 0 { &[] } else { SPELLINGS };
    let change = diphthong(word.as_bytes())
        .map(|place| (place, "ae", "e"))
        .or_else(|| spellings.iter().find_map(|(old, new)| Some((find(old)?, *old, *new))))
        .or_else(|| if word.len() > 5 { ends_with(SPELLED_ENDINGS) } else { None })
        .or_else(|| ends_with(SPELLED_SHORT_ENDINGS));
    let Some((place, old, new)) = change else { return false };
    buffer.replace_range(at + place..at + place + old.len(), new);
    true
}

/// Where an "ae" or "oe" stands that American spelling writes "e": anywhere but at the end ("algae", "aloe").
fn diphthong(word: &[u8]) -> Option<usize> {
    word.windows(2).position(|pair| matches!(pair, b"ae" | b"oe")).filter(|place| place + 2 < word.len())
}

/// What a word becomes that stops within a British spelling, when the spelling is finished and made American: "tumou" is
/// "tumor". Words that stop before the two spellings part need nothing.
pub(super) fn finished_spellings(word: &str) -> impl Iterator<Item = String> {
    let tables = SPELLINGS.iter().chain(SPELLED_ENDINGS).chain(SPELLED_SHORT_ENDINGS);
    let finished = tables.filter_map(move |(old, new)| {
        let shared = old.bytes().zip(new.bytes()).take_while(|(one, other)| one == other).count();
        let begun = (shared + 1..old.len()).rev().find(|length| word.ends_with(&old[..*length]))?;
        Some(format!("{}{new}", &word[..word.len() - begun]))
    });
    // Folding leaves a diphthong at the end of a word alone ("algae").
    let diphthong = ["ae", "oe"].into_iter().find_map(|end| word.strip_suffix(end));
    diphthong.map(|before| format!("{before}e")).into_iter().chain(finished)
}

/// A pair that each of [`SPELLINGS`] has.
const INNER_PAIR: u8 = 1;
/// A pair that each other British spelling has: the diphthongs, [`SPELLED_ENDINGS`], [`SPELLED_SHORT_ENDINGS`].
const OTHER_PAIR: u8 = 2;

/// Pairs of letters of which every British spelling that is listed here has one, by the lower five bits of both.
const BRITISH_PAIRS: [u8; 1024] = {
    let inner = [b"lp", b"ou", b"uc", b"sa", b"iu", b"ei"];
    let other = [b"ae", b"oe", b"is", b"ys", b"re"];
    let mut table = [0; 1024];
    let mut index = 0;
    while index < inner.len() {
        table[pair_index(inner[index][0], inner[index][1])] |= INNER_PAIR;
        index += 1;
    }
    index = 0;
    while index < other.len() {
        table[pair_index(other[index][0], other[index][1])] |= OTHER_PAIR;
        index += 1;
    }
    table
};

const fn pair_index(first: u8, second: u8) -> usize {
    (first & 31) as usize * 32 + (second & 31) as usize
}

/// Which of the pairs are there, or seem so in a word that is not ASCII.
fn british_pairs(word: &[u8]) -> u8 {
    word.windows(2).fold(0, |found, pair| found | BRITISH_PAIRS[pair_index(pair[0], pair[1])])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(word: &str) -> String {
        let mut buffer = word.to_lowercase();
        fold_word(&mut buffer, 0, word);
        buffer
    }

    #[test]
    fn spellings_of_one_word_meet() {
        for (one, other) in [
            ("tumours", "tumor"),
            ("anaemia", "anemia"),
            ("haemorrhages", "hemorrhage"),
            ("oedema", "edema"),
            ("oesophageal", "esophageal"),
            ("leucaemias", "leukemia"),
            ("dysplasias", "dysplasia"),
            ("leucocytes", "leukocyte"),
            ("paediatric", "pediatric"),
            ("diarrhoea", "diarrhea"),
            ("anaesthetised", "anesthetized"),
            ("gynaecological", "gynecological"),
            ("foetal", "fetal"),
            ("oestrogens", "estrogen"),
            ("sulphate", "sulfate"),
            ("immunisation", "immunization"),
            ("fibres", "fiber"),
            ("centre", "center"),
            ("analysed", "analyzed"),
            ("carcinomas", "carcinoma"),
            ("retinas", "retina"),
            ("embryos", "embryo"),
            ("carcinomata", "carcinoma"),
            ("metastases", "metastasis"),
            ("arthritides", "arthritis"),
            ("viruses", "virus"),
            ("bodies", "body"),
            ("masses", "mass"),
            ("branches", "branch"),
            ("diseases", "disease"),
            ("II", "2"),
            ("viii", "8"),
            ("XI", "11"),
            ("aluminium", "aluminum"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn every_british_spelling_has_a_listed_pair() {
        for (old, _) in SPELLINGS {
            assert_ne!(british_pairs(old.as_bytes()) & INNER_PAIR, 0, "{old}");
        }
        for (old, _) in SPELLED_ENDINGS.iter().chain(SPELLED_SHORT_ENDINGS) {
            assert_ne!(british_pairs(old.as_bytes()), 0, "{old}");
        }
    }

    #[test]
    fn words_that_are_no_plurals_or_numerals_stay() {
        for word in [
            "aids", "virus", "analysis", "kras", "mass", "gas", "bos", "chaos", "nos", "algae", "aloe", "i",
            "v", "x", "xi", "mix",
        ] {
            assert_eq!(folded(word), word);
        }
        assert_eq!(folded("AIDS"), "aids");
    }

    #[test]
    fn a_word_over_the_limit_keeps_its_spelling() {
        let at_the_limit = format!("{}s", "b".repeat(WORD_BYTES_LIMIT - 1));
        assert_eq!(folded(&at_the_limit).len(), WORD_BYTES_LIMIT - 1);
        let over = format!("{}s", "b".repeat(WORD_BYTES_LIMIT));
        assert_eq!(folded(&over), over);
    }
}
