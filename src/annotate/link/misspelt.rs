//! Names that a slip of the pen is away: a letter too many, two that changed places, one that should be double or is left
//! out, another vowel. Only slips that are common are tried, about eight a letter, as each is looked up.

/// The fewest and the most bytes of a name that is tried; short names are a slip away from too much.
const BYTES_MIN: usize = 9;
const BYTES_LIMIT: usize = 40;
/// The bytes at the beginning that are taken as they are.
const BYTES_KEPT: usize = 1;
/// What takes each other's place.
const LIKE: [&[u8]; 2] = [b"aeiouy", b"mn"];
/// What is left out most.
const LEFT_OUT: &[u8] = b"aehir";

/// Calls `is_name` with each form of a folded name that it may be a slip of, until one is a name; whether one is.
pub(super) fn find(key: &str, mut is_name: impl FnMut(&str) -> bool) -> bool {
    let bytes = key.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b' ' | b'-');
    if !(BYTES_MIN..=BYTES_LIMIT).contains(&bytes.len()) || !bytes.iter().all(plain) {
        return false;
    }
    let mut form = String::with_capacity(bytes.len() + 1);
    let mut try_form = |start: usize, between: &[u8], end: usize| {
        form.clear();
        form.push_str(&key[..start]);
        form.extend(between.iter().map(|byte| char::from(*byte)));
        form.push_str(&key[end..]);
        is_name(&form)
    };
    let letters = || (BYTES_KEPT..bytes.len()).filter(|&at| bytes[at].is_ascii_lowercase());
    letters().any(|at| try_form(at, &[], at + 1))
        || letters().any(|at| try_form(at, &[bytes[at], bytes[at]], at + 1))
        || letters().any(|at| {
            let next = bytes.get(at + 1).filter(|next| next.is_ascii_lowercase() && **next != bytes[at]);
            next.is_some_and(|next| try_form(at, &[*next, bytes[at]], at + 2))
        })
        || letters().any(|at| {
            let like = LIKE.iter().filter(|like| like.contains(&bytes[at])).flat_map(|like| like.iter());
            like.filter(|other| **other != bytes[at]).any(|other| try_form(at, &[*other], at + 1))
        })
        || (BYTES_KEPT..=bytes.len()).any(|at| LEFT_OUT.iter().any(|letter| try_form(at, &[*letter], at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found() {
        let names =
            ["methamphetamine", "benazepril", "casuarina glauca", "amphotericin b", "midazolam", "ginseng"];
        for (written, expected) in [
            ("metamphetamine", Some("methamphetamine")),
            ("benazapril", Some("benazepril")),
            ("casaurina glauca", Some("casuarina glauca")),
            ("amphothericin b", Some("amphotericin b")),
            ("midazolan", Some("midazolam")),
            // too short, two slips, a digit
            ("ginsng", None),
            ("midozolan", None),
            ("benazapril 2", None),
        ] {
            let mut found = None;
            let any = find(written, |form| {
                found = names.iter().copied().find(|name| *name == form);
                found.is_some()
            });
            assert_eq!((any, found), (expected.is_some(), expected), "{written}");
        }
    }
}
