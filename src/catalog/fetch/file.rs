//! One file of a recipe, from its server to its place.

use std::io::{self, Read};
use std::path::PathBuf;
use std::time::SystemTime;

use super::attempt::{Attempts, refusal};
use super::client::{Answer, Client, Request, Trouble};
use super::manifest::{ManifestEntry, Validators};
use super::part::Part;
use super::{FetchEvent, FetchOptions, FileError};

/// How much is read at once.
const BUFFER_BYTES: usize = 1 << 16;

/// One file to fetch.
pub(super) struct Job<'j> {
    pub(super) client: &'j Client,
    pub(super) options: &'j FetchOptions<'j>,
    /// Its name in the recipe.
    pub(super) file: &'j str,
    pub(super) url: &'j str,
    /// Its place.
    pub(super) path: PathBuf,
    /// What the manifest of the folder says of it.
    pub(super) known: Option<&'j ManifestEntry>,
    /// What the manifest of the mirror says of it.
    pub(super) expected: Option<&'j ManifestEntry>,
}

/// A file that is there.
pub(super) struct Done {
    pub(super) entry: ManifestEntry,
    pub(super) kept: bool,
}

/// How a good attempt ends.
enum Outcome {
    Whole,
    /// The server has no other version than the folder.
    Unchanged,
}

impl Job<'_> {
    pub(super) fn run(&self, progress: &mut dyn FnMut(FetchEvent<'_>)) -> Result<Done, FileError> {
        let kept = self.known.filter(|entry| entry.matches(&self.path));
        if let Some(entry) = kept.filter(|entry| self.is_wanted(entry)) {
            return Ok(Done { entry: entry.clone(), kept: true });
        }
        // What came from elsewhere, or is not what the mirror tells of, says nothing of this address.
        let kept = kept.filter(|entry| entry.url == self.url && self.expected.is_none());
        let mut part = Part::open(&self.path, self.url)?;
        match self.attempts(&mut part, kept, progress) {
            Ok(Outcome::Whole) => self.finish(part),
            Ok(Outcome::Unchanged) => {
                part.discard();
                // Only a file that is kept is asked for so.
                let entry = kept.cloned().ok_or_else(|| self.status(304))?;
                Ok(Done { entry, kept: true })
            }
            Err(error) => {
                if part.bytes() == 0 || !is_resumable(&error) {
                    part.discard();
                }
                Err(error)
            }
        }
    }

    /// Whether a file that is there needs no question: it is what the mirror tells of, or its server gave nothing to
    /// tell another version by.
    fn is_wanted(&self, entry: &ManifestEntry) -> bool {
        match self.expected {
            Some(expected) => entry.sha256.eq_ignore_ascii_case(&expected.sha256),
            None => entry.url == self.url && entry.validators.is_empty(),
        }
    }

    fn attempts(
        &self,
        part: &mut Part,
        kept: Option<&ManifestEntry>,
        progress: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Result<Outcome, FileError> {
        let mut attempts = Attempts::new(self.options, part.bytes());
        loop {
            match self.attempt(part, kept, progress) {
                Ok(outcome) => return Ok(outcome),
                Err(trouble) => attempts.next(trouble, part.bytes(), &mut |error, wait| {
                    progress(FetchEvent::Waits { file: self.file, error, wait });
                })?,
            }
        }
    }

    fn attempt(
        &self,
        part: &mut Part,
        kept: Option<&ManifestEntry>,
        progress: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Result<Outcome, Trouble> {
        let rest = part.rest();
        let unless = kept.filter(|_| rest.is_none()).map(|entry| &entry.validators);
        let resumes = rest.is_some();
        let mut answer = self.client.get(&Request { url: self.url, rest, unless })?;
        let whole = match answer.status {
            304 if unless.is_some() => return Ok(Outcome::Unchanged),
            200 if unless.is_some_and(|unless| unless.agree(&answer.validators)) => {
                return Ok(Outcome::Unchanged);
            }
            200 => {
                part.begin(answer.validators.clone()).map_err(Trouble::Lasting)?;
                answer.body_bytes
            }
            206 if resumes => self.rest_of(part, &answer)?,
            416 if resumes => {
                part.reset().map_err(Trouble::Lasting)?;
                return Err(Trouble::Passing(self.status(416), Some(std::time::Duration::ZERO)));
            }
            _ => return Err(refusal(self.url, &answer)),
        };
        self.receive(part, &mut answer.body, whole, progress)?;
        Ok(Outcome::Whole)
    }

    /// Checks that an answer is the rest of the part; tells the length of the whole.
    fn rest_of(&self, part: &mut Part, answer: &Answer) -> Result<Option<u64>, Trouble> {
        let fits = answer.range.filter(|(first, _)| *first == part.bytes());
        let silent = answer.validators.is_empty();
        let Some((first, whole)) =
            fits.filter(|_| silent || same_version(part.validators(), &answer.validators))
        else {
            part.reset().map_err(Trouble::Lasting)?;
            let error = FileError::Changed { url: self.url.to_owned() };
            return Err(Trouble::Passing(error, Some(std::time::Duration::ZERO)));
        };
        let end = answer.body_bytes.and_then(|bytes| first.checked_add(bytes));
        match (whole, end) {
            (Some(expected), Some(bytes)) if bytes > expected => {
                Err(Trouble::Lasting(FileError::TooLong { url: self.url.to_owned(), bytes, expected }))
            }
            (whole, end) => Ok(whole.or(end)),
        }
    }

    /// Reads the body into the part, within its length and the limit.
    fn receive(
        &self,
        part: &mut Part,
        body: &mut dyn Read,
        whole: Option<u64>,
        progress: &mut dyn FnMut(FetchEvent<'_>),
    ) -> Result<(), Trouble> {
        let limit = self.options.file_bytes_limit;
        let url = || self.url.to_owned();
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            if part.bytes() > limit || whole.is_some_and(|whole| whole > limit) {
                return Err(Trouble::Lasting(FileError::TooLarge { url: url(), limit }));
            }
            if let Some(expected) = whole.filter(|whole| part.bytes() > *whole) {
                let bytes = part.bytes();
                return Err(Trouble::Lasting(FileError::TooLong { url: url(), bytes, expected }));
            }
            progress(FetchEvent::Bytes { file: self.file, done: part.bytes(), total: whole });
            match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => part.append(&buffer[..read]).map_err(Trouble::Lasting)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && whole.is_some() => break,
                Err(error) => {
                    let error = FileError::Unreachable { url: url(), problem: error.to_string() };
                    return Err(Trouble::Passing(error, None));
                }
            }
        }
        match whole.filter(|whole| part.bytes() < *whole) {
            Some(expected) => {
                let bytes = part.bytes();
                Err(Trouble::Passing(FileError::Truncated { url: url(), bytes, expected }, None))
            }
            None => Ok(()),
        }
    }

    /// Checks the whole file and gives it its name.
    fn finish(&self, part: Part) -> Result<Done, FileError> {
        let entry = ManifestEntry {
            url: self.url.to_owned(),
            bytes: part.bytes(),
            sha256: part.sha256(),
            validators: part.validators().clone(),
            fetched: httpdate::fmt_http_date(SystemTime::now()),
        };
        if let Some(expected) = self.expected.filter(|told| !told.sha256.eq_ignore_ascii_case(&entry.sha256))
        {
            part.discard();
            let (found, expected) = (entry.sha256, expected.sha256.clone());
            return Err(FileError::Checksum { url: entry.url, found, expected });
        }
        part.finish()?;
        Ok(Done { entry, kept: false })
    }

    fn status(&self, status: u16) -> FileError {
        FileError::Status { url: self.url.to_owned(), status }
    }
}

/// Whether a part and its rest are of one version, as far as the server tells.
fn same_version(part: &Validators, rest: &Validators) -> bool {
    match (&part.etag, &rest.etag, &part.last_modified, &rest.last_modified) {
        (Some(own), Some(other), _, _) | (_, _, Some(own), Some(other)) => own == other,
        // The server does not say again what If-Range has made sure.
        _ => true,
    }
}

/// Whether what came before an error may be gone on with.
fn is_resumable(error: &FileError) -> bool {
    match error {
        FileError::TooLong { .. } | FileError::TooLarge { .. } | FileError::Checksum { .. } => false,
        FileError::GivenUp { last, .. } => is_resumable(last),
        _ => true,
    }
}
