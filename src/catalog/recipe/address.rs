//! Addresses and paths that a recipe may name.

/// Whether a host is this machine: `localhost`, `127.0.0.1` or `[::1]`.
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host == "127.0.0.1" || host == "[::1]"
}

/// The scheme (`http` or `https`) and the host of an address.
///
/// # Errors
/// What is wrong with it, as a sentence without an end.
pub(in crate::catalog) fn check_address(address: &str) -> Result<(&'static str, &str), String> {
    let after = |scheme: &str| {
        let head = address.get(..scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then(|| &address[scheme.len()..])
    };
    let (scheme, rest) = match (after("https://"), after("http://")) {
        (Some(rest), _) => ("https", rest),
        (None, Some(rest)) => ("http", rest),
        (None, None) => return Err(format!("\"{address}\" is no https:// address")),
    };
    // What is no part of a URL by RFC 3986 may be read in two ways.
    let odd = |c: char| !c.is_ascii_graphic() || "\\\"<>^`{|}".contains(c);
    if let Some(c) = address.chars().find(|c| odd(*c)) {
        return Err(format!("the address \"{}\" holds {c:?}; write it as %XX", address.escape_debug()));
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("the address holds a user name before @; addresses take none".to_owned());
    }
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            if port.parse::<u16>().is_err() {
                return Err(format!("\"{port}\" is no port"));
            }
            host
        }
        _ => authority,
    };
    if host.is_empty() { Err(format!("\"{address}\" names no host")) } else { Ok((scheme, host)) }
}

/// Checks where a source is fetched from: `https://`, or `http://` on this machine.
pub(super) fn check_url(url: &str) -> Result<(), String> {
    match check_address(url)? {
        ("http", host) if !is_loopback(host) => Err(format!(
            "\"{url}\" is not encrypted; write https:// (http:// only goes to localhost and 127.0.0.1)"
        )),
        _ => Ok(()),
    }
}

/// The names of the manifest.
const KEPT_NAMES: &[&str] = &["manifest.json", "manifest.json.new"];
/// How the names of files under way end.
const KEPT_ENDS: &[&str] = &[".part", ".part.json", ".part.json.new"];

/// Checks that a file is named relative to the folder and stays in it, whatever the system.
pub(super) fn check_file(file: &str) -> Result<(), String> {
    let part_is_good = |part: &str| !part.is_empty() && part != "." && part != "..";
    let odd = |c: char| c.is_control() || c == '\\' || c == ':';
    if file.is_empty() {
        return Err("is missing; name the file, relative to the folder of the build".to_owned());
    }
    if file.starts_with('/') || file.contains(odd) || !file.split('/').all(part_is_good) {
        return Err(format!(
            "\"{}\" must be a path below the folder of the build, with / between its parts and without . .. \\ and :",
            file.escape_debug()
        ));
    }
    let first = file.split('/').next().unwrap_or_default();
    let is_kept = KEPT_NAMES.iter().any(|name| name.eq_ignore_ascii_case(first));
    if is_kept || file.split('/').any(|part| KEPT_ENDS.iter().any(|end| part.ends_with(end))) {
        return Err(format!("\"{file}\" is a name that fetching keeps for itself; choose another"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_encrypted_or_local() {
        for (url, good) in [
            ("https://example.org/a.gz", true),
            ("HTTPS://example.org:8443/a.gz?x=1", true),
            ("http://localhost:8080/a", true),
            ("http://127.0.0.1/a", true),
            ("http://[::1]:80/a", true),
            ("http://example.org/a", false),
            ("http://localhost.example.org/a", false),
            ("http://127.0.0.1.example.org/a", false),
            ("http://localhost@example.org/a", false),
            ("https://user:word@example.org/a", false),
            ("http://localhost\\@example.org/a", false),
            ("ftp://example.org/a", false),
            ("file:///etc/passwd", false),
            ("https://", false),
            ("https:///a", false),
            ("https://:80/a", false),
            ("https://example.org:99999/a", false),
            ("https://example.org/a b", false),
            ("https://example.org/a\nb", false),
            ("https://exämple.org/a", false),
            ("", false),
            ("é", false),
        ] {
            assert_eq!(check_url(url).is_ok(), good, "{url}: {:?}", check_url(url));
        }
    }

    #[test]
    fn files_stay_in_the_folder() {
        for (file, good) in [
            ("mesh/desc2026.gz", true),
            ("a", true),
            ("a..b", true),
            ("", false),
            ("/etc/passwd", false),
            ("../a", false),
            ("a/../b", false),
            ("a/..", false),
            ("a//b", false),
            ("a/", false),
            ("./a", false),
            ("a\\..\\b", false),
            ("C:/a", false),
            ("a\0b", false),
            ("manifest.json", false),
            ("Manifest.json/a", false),
            ("sub/manifest.json", true),
            ("a.part", false),
            ("a.part.json", false),
        ] {
            assert_eq!(check_file(file).is_ok(), good, "{file}: {:?}", check_file(file));
        }
    }
}
