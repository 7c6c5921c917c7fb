//! Where in a text a form may begin. Most of prose is passed over here, so this looks at each byte once.

/// What a byte is to the search for starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing begins here and no word goes on.
    Other,
    /// A letter of ASCII.
    Letter,
    Digit,
    /// A sign or an opening bracket, which begins a form with what follows it.
    Mark,
    /// A byte of a character beyond ASCII.
    Wide,
}

const KINDS: [Kind; 256] = kinds();

const fn kinds() -> [Kind; 256] {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Kind::Letter,
            b'0'..=b'9' => Kind::Digit,
            b'-' | b'+' | b'*' | b'(' => Kind::Mark,
            128.. => Kind::Wide,
            _ => Kind::Other,
        };
        byte += 1;
    }
    kinds
}

/// The first place from `from` on where a form may begin.
pub(super) fn next_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        let kind = KINDS[usize::from(*byte)];
        let begins = match kind {
            Kind::Other => false,
            Kind::Letter if is_inside_word(text, at) => is_change_in_word(bytes, at),
            Kind::Letter => begins_word_of_form(bytes, at),
            Kind::Digit | Kind::Mark => begins_with_number_or_mark(text, at),
            Kind::Wide => {
                ["Δ", "∆", "−", "–", "δ"].iter().any(|sign| bytes[at..].starts_with(sign.as_bytes()))
            }
        };
        if begins {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Whether a letter or digit stands directly before.
pub(super) fn is_inside_word(text: &str, at: usize) -> bool {
    match text.as_bytes()[..at].last() {
        None => false,
        Some(before) if before.is_ascii() => before.is_ascii_alphanumeric(),
        Some(_) => {
            text.get(..at).and_then(|text| text.chars().next_back()).is_some_and(char::is_alphanumeric)
        }
    }
}

/// Whether the letter begins an upper-case letter and three digits, as the `V617F` of `JAK2V617F` does.
fn is_change_in_word(bytes: &[u8], at: usize) -> bool {
    bytes[at].is_ascii_uppercase()
        && bytes.get(at + 1..at + 4).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
}

/// Whether a word that begins with these letters may begin a form: any in upper case, and in lower case the marks of HGVS
/// and the first two letters of the words for bases, residues, places and events.
fn begins_word_of_form(bytes: &[u8], at: usize) -> bool {
    let second = bytes.get(at + 1).copied().unwrap_or(b' ');
    match bytes[at] {
        b'A'..=b'Z' => true,
        b'c' => matches!(second, b'.' | b'o' | b'y'),
        b'g' => matches!(second, b'.' | b'u' | b'l' | b'-'),
        b'a' => matches!(second, b'd' | b'l' | b'm' | b'r' | b's' | b'-'),
        b'd' => matches!(second, b'e' | b'u'),
        b'e' => matches!(second, b'x' | b'i'),
        b'f' => matches!(second, b'i' | b'o'),
        b'h' => second == b'i',
        b'i' => matches!(second, b'n' | b's'),
        b'l' => matches!(second, b'e' | b'y'),
        b'm' => matches!(second, b'.' | b'e'),
        b'n' => matches!(second, b'.' | b't' | b'u' | b'i'),
        b'o' => second == b'n',
        b'p' => matches!(second, b'.' | b'r' | b'h' | b'o'),
        b'r' => matches!(second, b'.' | b's'),
        b's' => matches!(second, b'e' | b't' | b'i'),
        b't' => matches!(second, b'e' | b'h' | b'r' | b'y' | b'w' | b'-'),
        b'u' => second == b'r',
        b'v' => second == b'a',
        _ => false,
    }
}

/// Whether a number, a sign before one or a bracket before a letter may begin a form.
fn begins_with_number_or_mark(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let byte = bytes[at];
    let next = bytes.get(at + 1).copied().unwrap_or(b' ');
    if byte == b'(' {
        return next.is_ascii_uppercase();
    }
    let signed = !byte.is_ascii_digit();
    if is_inside_word(text, at) || signed && !(next.is_ascii_digit() || next.is_ascii_uppercase()) {
        return false;
    }
    match at.checked_sub(1).map(|before| bytes[before]) {
        // 1.5A>G, 3-5delA and 1,234delC hold numbers of another kind
        Some(b'.' | b',' | b'-' | b'+' | b'_') => signed && !matches!(bytes[at - 1], b'-' | b'+' | b'_'),
        _ => true,
    }
}
