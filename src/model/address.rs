//! Addresses that people paste in place of identifiers.

use std::borrow::Cow;

/// What follows the scheme of an address, percent-decoded; `None` when `text` is none. An address without its scheme is told
/// by one of `hosts`, written in lower case.
pub(super) fn without_scheme<'t>(text: &'t str, hosts: &[&str]) -> Option<Cow<'t, str>> {
    let begins = |head: &str| text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head));
    let scheme = ["https://", "http://"].into_iter().find(|scheme| begins(scheme));
    match scheme {
        Some(scheme) => Some(decoded(&text[scheme.len()..])),
        None => hosts.iter().any(|host| begins(host)).then(|| decoded(text)),
    }
}

/// The text with `%2F` and the like read as the characters they stand for; as it is where that is no UTF-8.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let number = pair.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(number.unwrap_or(*first));
        rest = if number.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_go_and_percent_signs_are_read() {
        for (text, expected) in [
            ("https://doi.org/10.1000%2Fx", Some("doi.org/10.1000/x")),
            ("HTTP://a/b", Some("a/b")),
            ("doi.org/10.1/x", Some("doi.org/10.1/x")),
            ("Doi.Org/10.1/x", Some("Doi.Org/10.1/x")),
            ("https://a/%zz%2", Some("a/%zz%2")),
            ("https://a/%ff", Some("a/%ff")),
            ("https://", Some("")),
            ("10.1000/x", None),
            ("é", None),
        ] {
            assert_eq!(without_scheme(text, &["doi.org/"]).as_deref(), expected, "{text}");
        }
    }
}
