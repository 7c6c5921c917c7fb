//! The pieces of a line of OBO: escapes, quoted texts, modifiers and comments at its end.

use std::borrow::Cow;

/// A value without what may follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value<'a> {
    /// The value, escapes and quotes as they are.
    pub(super) text: &'a str,
    /// What stands between the braces at the end; empty when there are none.
    pub(super) modifiers: &'a str,
}

/// Splits a line at its tag's colon.
pub(super) fn clause(line: &str) -> Option<(&str, &str)> {
    let (tag, value) = line.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!tag.is_empty() && tag.bytes().all(plain)).then(|| (tag, value.trim()))
}

/// The name of a frame whose head the line is: `Term` of `[Term]`.
pub(super) fn frame_head(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.split_once(']')?;
    Some(name.trim())
}

/// Takes comment (`! ...`) and modifiers (`{source="X:1"}`) from the end of a value. Braces without an equals sign
/// between them belong to the value, since names of chemicals have them.
pub(super) fn value(text: &str) -> Value<'_> {
    let (mut quoted, mut escaped, mut after_space) = (false, false, true);
    let (mut brace, mut end) = (None, text.len());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => {}
            b'"' => quoted = !quoted,
            b'!' if after_space && !quoted => {
                end = at;
                break;
            }
            b'{' if after_space && !quoted => brace = Some(at),
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
        after_space = byte.is_ascii_whitespace();
    }
    let text = text[..end].trim();
    let inside = brace.and_then(|at| Some((at, text.get(at + 1..)?.strip_suffix('}')?)));
    match inside.filter(|(_, inside)| inside.contains('=') || inside.trim().is_empty()) {
        Some((at, modifiers)) => Value { text: text[..at].trim_end(), modifiers },
        None => Value { text, modifiers: "" },
    }
}

/// The text between quotes that `text` begins with, and what follows it.
pub(super) fn quoted(text: &str) -> Result<(Cow<'_, str>, &str), String> {
    let inside = text.strip_prefix('"').ok_or("a text in double quotes is missing")?;
    let mut escaped = false;
    for (at, byte) in inside.bytes().enumerate() {
        if byte == b'"' && !escaped {
            return Ok((unescape(&inside[..at]), &inside[at + 1..]));
        }
        escaped = byte == b'\\' && !escaped;
    }
    Err("the text has no closing double quote".to_owned())
}

/// What the escapes stand for: `\n` a line break, `\W` a space, `\t` a tab, any other the character itself.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('W') => ' ',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    Cow::Owned(plain)
}

/// The first word of a value, escapes resolved.
pub(super) fn first_word(text: &str) -> Cow<'_, str> {
    unescape(text.split_whitespace().next().unwrap_or_default())
}

/// Whether the line goes on in the next: it ends in a backslash that is not escaped.
pub(super) fn goes_on(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// Whether modifiers say that a cross-reference means the same thing: `source="MONDO:equivalentTo"`.
pub(super) fn says_equivalent(modifiers: &str) -> bool {
    modifiers.split('"').skip(1).step_by(2).any(|source| {
        let name = source.rsplit(':').next().unwrap_or(source).trim();
        name == "equivalentTo"
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comments_and_modifiers_are_taken_from_the_end() {
        for (text, expected, modifiers) in [
            ("X:1", "X:1", ""),
            ("X:1 ! a name", "X:1", ""),
            ("X:1 {a=\"b ! c\"} ! name {d}", "X:1", "a=\"b ! c\""),
            ("\"a {b=c} ! d\" EXACT []", "\"a {b=c} ! d\" EXACT []", ""),
            ("\"a\\\" ! b\" EXACT [] {x=\"y\", z=\"w\"}", "\"a\\\" ! b\" EXACT []", "x=\"y\", z=\"w\""),
            ("poly {A} and {[B]}", "poly {A} and {[B]}", ""),
            ("wow! yes", "wow! yes", ""),
            ("a \\! b", "a \\! b", ""),
            ("a {}", "a", ""),
            ("! all", "", ""),
            ("{", "{", ""),
        ] {
            assert_eq!(value(text), Value { text: expected, modifiers }, "{text}");
        }
    }

    #[test]
    fn quoted_texts_end_at_the_quote_that_is_not_escaped() {
        assert_eq!(quoted("\"a \\\"b\\\\\" EXACT").unwrap(), (Cow::from("a \"b\\"), " EXACT"));
        assert_eq!(quoted("\"\"").unwrap(), (Cow::from(""), ""));
        for text in ["", "a", "\"a", "\"a\\\""] {
            assert!(quoted(text).is_err(), "{text}");
        }
    }

    #[test]
    fn escapes_are_resolved() {
        for (text, expected) in [
            ("a\\nb\\Wc\\td", "a\nb c\td"),
            ("http\\://x\\,y\\{z\\}", "http://x,y{z}"),
            ("a\\\\n", "a\\n"),
            ("é\\", "é\\"),
        ] {
            assert_eq!(unescape(text), expected);
        }
    }

    #[test]
    fn heads_clauses_and_modifiers_are_told_from_others() {
        assert_eq!(frame_head("[Term] ! x"), Some("Term"));
        assert_eq!(frame_head("name: [Term]"), None);
        assert_eq!(clause("name: a:b "), Some(("name", "a:b")));
        assert_eq!(clause("<!DOCTYPE html: x"), None);
        assert!(goes_on("a\\") && !goes_on("a\\\\") && goes_on("a\\\\\\") && !goes_on(""));
        for (modifiers, expected) in [
            ("source=\"MONDO:equivalentTo\"", true),
            ("source=\"X:1\", source=\"DOID:equivalentTo\"", true),
            ("source=\"MONDO:equivalentObsolete\"", false),
            ("equivalentTo=\"x\"", false),
            ("", false),
        ] {
            assert_eq!(says_equivalent(modifiers), expected, "{modifiers}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics(line in "[a\\\\\"{}! =\\[\\]:é]{0,30}") {
            let _ = (value(&line), quoted(&line), unescape(&line), frame_head(&line), clause(&line));
            let _ = says_equivalent(&line);
        }
    }
}
