//! Where a run of letters is cut into tokens: before and behind the names of Greek letters.

/// Names of Greek letters that are cut from the word they end. The short ones end too many words ("menu").
const CUT_NAMES: &[&str] =
    &["alpha", "beta", "gamma", "delta", "epsilon", "kappa", "lambda", "omega", "sigma", "theta"];

/// Where the last piece of a word begins: a Greek letter's name, the plural of one, or the one letter after one
/// ("kappaB").
pub(super) fn last_piece(word: &[u8]) -> Option<usize> {
    let (last, before) = word.split_last()?;
    let plural = matches!(last, b's' | b'S');
    if let Some(at) = name_at_end(if plural { before } else { word }).filter(|at| *at > 0) {
        return Some(at);
    }
    let letter = last.is_ascii_alphabetic() && !plural;
    (letter && name_at_end(before).is_some()).then_some(before.len())
}

/// Where the Greek letter's name begins that `word` ends with.
fn name_at_end(word: &[u8]) -> Option<usize> {
    // Every name ends so, and most words do not.
    let [.., before, b'a' | b'A' | b'n' | b'N'] = word else { return None };
    CUT_NAMES.iter().find_map(|name| {
        let at = word.len().checked_sub(name.len())?;
        let may_fit = name.as_bytes()[name.len() - 2] == before.to_ascii_lowercase();
        (may_fit && word[at..].eq_ignore_ascii_case(name.as_bytes())).then_some(at)
    })
}

/// Fills `cuts` with the borders of the pieces of a word, cut around the names of Greek letters at its end:
/// `tnfalpha`, `tgfbetas`, `nfkappab`. Its beginning and its end are among them.
pub(super) fn find_cuts(word: &str, cuts: &mut Vec<usize>) {
    cuts.clear();
    cuts.push(word.len());
    let mut end = word.len();
    while let Some(at) = last_piece(&word.as_bytes()[..end]) {
        cuts.push(at);
        end = at;
    }
    cuts.push(0);
    cuts.reverse();
}
