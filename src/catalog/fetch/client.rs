//! One request over HTTP, and what its answer says. Nothing else knows the crate that speaks it.

use std::io::{self, Read};
use std::time::{Duration, SystemTime};

use ureq::{Agent, Error};

use super::FileError;
use super::manifest::Validators;
use crate::catalog::recipe::{check_address, is_loopback};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'r> {
    pub(super) url: &'r str,
    /// From which byte on, and by which validator.
    pub(super) rest: Option<(u64, &'r str)>,
    /// Only if it is another version.
    pub(super) unless: Option<&'r Validators>,
}

/// What a server says before the body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) validators: Validators,
    /// The length of the body.
    pub(super) body_bytes: Option<u64>,
    /// The first byte of a part, and the length of the whole.
    pub(super) range: Option<(u64, Option<u64>)>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Box<dyn Read>,
}

/// An attempt that failed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Another attempt may go better, at once or after what the server asked for.
    Passing(FileError, Option<Duration>),
    /// It will not.
    Lasting(FileError),
}

pub(super) struct Client {
    agent: Agent,
}

impl Client {
    pub(super) fn new(silence_limit: Duration) -> Self {
        let silence = Some(silence_limit);
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("glossator/", env!("CARGO_PKG_VERSION")))
            // Lengths and ranges are those of the file itself.
            .accept_encoding("identity")
            .timeout_resolve(silence)
            .timeout_connect(silence)
            .timeout_per_read(silence)
            .timeout_per_write(silence)
            .timeout_recv_response(silence)
            .build();
        Self { agent: config.into() }
    }

    /// Asks, and reads what comes before the body. What is encrypted stays so behind a redirect.
    pub(super) fn get(&self, request: &Request<'_>) -> Result<Answer, Trouble> {
        let unusable =
            |problem| Trouble::Lasting(FileError::Unreachable { url: request.url.to_owned(), problem });
        let (scheme, host) = check_address(request.url).map_err(unusable)?;
        let config = self.agent.get(request.url).config().https_only(scheme == "https");
        // This machine is never behind a proxy.
        let config = if is_loopback(host) { config.proxy(None) } else { config };
        let mut call = config.build();
        if let Some((first, validator)) = request.rest {
            call = call.header("Range", format!("bytes={first}-")).header("If-Range", validator);
        }
        if let Some(Validators { etag, last_modified }) = request.unless {
            if let Some(etag) = etag {
                call = call.header("If-None-Match", etag);
            }
            if let Some(date) = last_modified {
                call = call.header("If-Modified-Since", date);
            }
        }
        let response = call.call().map_err(|error| trouble(request.url, &error))?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let owned = |name: &str| header(name).map(str::to_owned);
        Ok(Answer {
            status: response.status().as_u16(),
            validators: Validators { etag: owned("ETag"), last_modified: owned("Last-Modified") },
            body_bytes: header("Content-Length").and_then(|value| value.trim().parse().ok()),
            range: header("Content-Range").and_then(content_range),
            retry_after: header("Retry-After").and_then(|value| retry_after(value, SystemTime::now())),
            body: Box::new(response.into_body().into_reader()),
        })
    }
}

/// Reads `bytes 5-9/10`: the first byte and the length of the whole.
fn content_range(value: &str) -> Option<(u64, Option<u64>)> {
    let (range, whole) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let whole = match whole.trim() {
        "*" => None,
        whole => Some(whole.parse().ok()?),
    };
    (first <= last && whole.is_none_or(|whole| last < whole)).then_some((first, whole))
}

/// Reads a number of seconds or a date.
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// Which errors of the client another attempt may mend.
fn trouble(url: &str, error: &Error) -> Trouble {
    let failure = FileError::Unreachable { url: url.to_owned(), problem: one_line(error) };
    match error {
        // A certificate that does not hold, or no HTTP at all.
        Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => Trouble::Lasting(failure),
        Error::Io(_)
        | Error::Timeout(_)
        | Error::HostNotFound
        | Error::ConnectionFailed
        | Error::ConnectProxyFailed(_)
        | Error::Protocol(_) => Trouble::Passing(failure, None),
        _ => Trouble::Lasting(failure),
    }
}

fn one_line(error: &dyn std::error::Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        for (value, expected) in [
            ("bytes 5-9/10", Some((5, Some(10)))),
            (" bytes 0-0/* ", Some((0, None))),
            ("bytes 5-9/9", None),
            ("bytes 9-5/10", None),
            ("bytes */10", None),
            ("items 5-9/10", None),
            ("bytes 5-99999999999999999999/*", None),
            ("", None),
        ] {
            assert_eq!(content_range(value), expected, "{value}");
        }
    }

    #[test]
    fn waits_are_read() {
        let now = httpdate::parse_http_date("Mon, 23 Nov 2026 10:00:00 GMT").unwrap();
        for (value, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Mon, 23 Nov 2026 10:01:30 GMT", Some(90)),
            ("Mon, 23 Nov 2026 09:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after(value, now), expected.map(Duration::from_secs), "{value}");
        }
    }
}
