//! Attempt after attempt, with waits between them.

use std::io::Read;
use std::time::Duration;

use super::client::{Answer, Client, Request, Trouble};
use super::{BACKOFF_FIRST, BACKOFF_LIMIT, FetchOptions, FileError, PROGRESS_BYTES, RETRY_AFTER_LIMIT};

/// Counts attempts, and waits between them.
pub(super) struct Attempts<'a> {
    options: &'a FetchOptions<'a>,
    /// How many failed in a row.
    failed: u32,
    /// How far the file had come when the count began.
    furthest: u64,
}

impl<'a> Attempts<'a> {
    pub(super) const fn new(options: &'a FetchOptions<'a>, bytes: u64) -> Self {
        Self { options, failed: 0, furthest: bytes }
    }

    /// Waits for the next attempt after one that left `bytes`, or gives up.
    pub(super) fn next(
        &mut self,
        trouble: Trouble,
        bytes: u64,
        tell: &mut dyn FnMut(&FileError, Duration),
    ) -> Result<(), FileError> {
        let (error, asked) = match trouble {
            Trouble::Lasting(error) => return Err(error),
            Trouble::Passing(error, asked) => (error, asked),
        };
        self.failed += 1;
        // Only what was never reached before counts, so that a file that begins anew again and again comes to an end.
        if bytes >= self.furthest.saturating_add(PROGRESS_BYTES) {
            self.furthest = bytes;
            self.failed = 1;
        }
        if self.failed >= self.options.attempts_limit {
            return Err(FileError::GivenUp { attempts: self.failed, last: Box::new(error) });
        }
        let wait = asked.map_or_else(|| backoff(self.failed), |asked| asked.min(RETRY_AFTER_LIMIT));
        tell(&error, wait);
        if !wait.is_zero() {
            (self.options.sleep)(wait);
        }
        Ok(())
    }
}

/// The wait after that many failed attempts.
fn backoff(failed: u32) -> Duration {
    let doubled = 1_u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX);
    BACKOFF_FIRST.saturating_mul(doubled).min(BACKOFF_LIMIT)
}

/// What an answer that gives no file means.
pub(super) fn refusal(url: &str, answer: &Answer) -> Trouble {
    let error = FileError::Status { url: url.to_owned(), status: answer.status };
    match answer.status {
        408 | 429 | 500..=599 => Trouble::Passing(error, answer.retry_after),
        _ => Trouble::Lasting(error),
    }
}

/// A small file in memory; nothing where its server has none.
pub(super) fn small_file(
    client: &Client,
    options: &FetchOptions<'_>,
    url: &str,
    limit: u64,
) -> Result<Option<Vec<u8>>, FileError> {
    let mut attempts = Attempts::new(options, 0);
    loop {
        match small_file_once(client, url, limit) {
            Ok(found) => return Ok(found),
            Err(trouble) => attempts.next(trouble, 0, &mut |_, _| {})?,
        }
    }
}

fn small_file_once(client: &Client, url: &str, limit: u64) -> Result<Option<Vec<u8>>, Trouble> {
    let mut answer = client.get(&Request { url, rest: None, unless: None })?;
    match answer.status {
        200 => {}
        404 | 410 => return Ok(None),
        _ => return Err(refusal(url, &answer)),
    }
    let mut text = Vec::new();
    match answer.body.by_ref().take(limit + 1).read_to_end(&mut text) {
        Ok(bytes) if bytes as u64 > limit => {
            Err(Trouble::Lasting(FileError::TooLarge { url: url.to_owned(), limit }))
        }
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(Trouble::Passing(
            FileError::Unreachable { url: url.to_owned(), problem: error.to_string() },
            None,
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn passing(asked: Option<u64>) -> Trouble {
        let error = FileError::Status { url: "u".to_owned(), status: 503 };
        Trouble::Passing(error, asked.map(Duration::from_secs))
    }

    #[test]
    fn waits_double_up_to_their_limit() {
        for (failed, seconds) in [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (40, 60), (u32::MAX, 60)]
        {
            assert_eq!(backoff(failed), Duration::from_secs(seconds), "{failed}");
        }
    }

    #[test]
    fn attempts_end_and_progress_begins_them_anew() {
        let waits = RefCell::new(Vec::new());
        let sleep = |wait: Duration| waits.borrow_mut().push(wait.as_secs());
        let options = FetchOptions { attempts_limit: 3, sleep: &sleep, ..FetchOptions::default() };
        let mut attempts = Attempts::new(&options, 0);
        let mut next = |trouble, bytes| attempts.next(trouble, bytes, &mut |_, _| {});
        next(passing(None), 0).unwrap();
        next(passing(Some(7)), PROGRESS_BYTES - 1).unwrap();
        next(passing(Some(100_000)), PROGRESS_BYTES).unwrap();
        // It began anew and came as far as before: that is no progress.
        next(passing(Some(0)), PROGRESS_BYTES).unwrap();
        let error = next(passing(None), PROGRESS_BYTES).unwrap_err();
        assert!(matches!(error, FileError::GivenUp { attempts: 3, .. }), "{error}");
        assert_eq!(*waits.borrow(), [1, 7, RETRY_AFTER_LIMIT.as_secs()]);
        let lasting = Trouble::Lasting(FileError::Status { url: "u".to_owned(), status: 404 });
        assert!(matches!(next(lasting, 0), Err(FileError::Status { status: 404, .. })));
    }
}
