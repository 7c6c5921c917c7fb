//! Fetches the files of a recipe from their publishers, or from a mirror.
//!
//! A file under way is `NAME.part`, with what its server said of it in `NAME.part.json`; it is resumed where the server
//! lets it be, and takes its name when it is whole. [`MANIFEST_NAME`] tells of every file where it came from, when, its
//! length and its SHA-256; a file that is still as the manifest has it is fetched again only when its server has another.

mod attempt;
mod client;
mod error;
mod file;
mod manifest;
mod part;

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

pub use error::{FetchError, FileError};
pub use manifest::{MANIFEST_BYTES_LIMIT, MANIFEST_NAME};

use super::recipe::{Recipe, check_address};
use client::Client;
use file::Job;
use manifest::{Manifest, ManifestEntry};

/// How often a file is tried before it is given up; an attempt that brought it further by [`PROGRESS_BYTES`] starts the
/// count anew.
pub const ATTEMPTS_LIMIT: u32 = 6;
/// What an attempt must bring to not count as a failed one.
pub const PROGRESS_BYTES: u64 = 1 << 20;
/// The most bytes of a file.
pub const FILE_BYTES_LIMIT: u64 = 16 << 30;
/// The wait after the first failed attempt; it doubles with every other.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// The longest wait that the program chooses.
pub const BACKOFF_LIMIT: Duration = Duration::from_secs(60);
/// The longest wait that a server may ask for; a longer one is cut to it.
pub const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(300);
/// How long a connection may take, and how long an answer may make a pause.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(60);

/// How to fetch.
#[derive(Clone, Copy)]
pub struct FetchOptions<'o> {
    /// Where every file is taken from instead of its publisher: the file's path stands below this address.
    pub mirror: Option<&'o str>,
    /// How often a file is tried ([`ATTEMPTS_LIMIT`]); 0 counts as 1.
    pub attempts_limit: u32,
    /// The most bytes of a file.
    pub file_bytes_limit: u64,
    /// How long a connection may take, and how long an answer may make a pause.
    pub silence_limit: Duration,
    /// What waits.
    pub sleep: &'o dyn Fn(Duration),
}

impl Default for FetchOptions<'_> {
    fn default() -> Self {
        Self {
            mirror: None,
            attempts_limit: ATTEMPTS_LIMIT,
            file_bytes_limit: FILE_BYTES_LIMIT,
            silence_limit: SILENCE_LIMIT,
            sleep: &thread::sleep,
        }
    }
}

/// What happens to a file of the recipe, told while it happens.
#[derive(Debug)]
pub enum FetchEvent<'e> {
    /// It is this file's turn.
    Begins {
        /// The file, relative to the folder.
        file: &'e str,
        /// Where it is taken from.
        url: &'e str,
    },
    /// Bytes have come.
    Bytes {
        /// The file.
        file: &'e str,
        /// How many bytes are there.
        done: u64,
        /// How many there will be, where the server tells.
        total: Option<u64>,
    },
    /// An attempt failed, and another follows.
    Waits {
        /// The file.
        file: &'e str,
        /// Why it failed.
        error: &'e FileError,
        /// How long until the next.
        wait: Duration,
    },
    /// The file is there.
    Ends(&'e FetchedFile),
    /// The file is given up.
    Fails(&'e FailedFile),
}

/// A file that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedFile {
    /// The file, relative to the folder.
    pub file: String,
    /// Where it came from.
    pub url: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal in lower case.
    pub sha256: String,
    /// Whether it was there before and is still the newest.
    pub kept: bool,
}

/// A file that could not be fetched. What was there before stays.
#[derive(Debug)]
pub struct FailedFile {
    /// The file, relative to the folder.
    pub file: String,
    /// Why.
    pub error: FileError,
}

/// How the files of a recipe fared, in its order.
#[derive(Debug, Default)]
pub struct FetchReport {
    /// The files that are there.
    pub fetched: Vec<FetchedFile>,
    /// The files that are not.
    pub failed: Vec<FailedFile>,
    /// The files without an address, which must be put in place by hand.
    pub without_address: Vec<String>,
}

/// Checks the address of a mirror: `https://` or `http://`, without a query.
///
/// # Errors
/// What is wrong with it.
pub fn check_mirror(address: &str) -> Result<(), String> {
    check_address(address)?;
    if address.contains(['?', '#']) {
        return Err(format!("the address \"{address}\" has a query or a fragment; a mirror has none"));
    }
    Ok(())
}

/// Fetches every file of the recipe that has an address into the folder. One that fails does not stop the others; it
/// is told in the report.
///
/// # Errors
/// A folder, a manifest or a mirror that cannot be used at all.
pub fn fetch(
    recipe: &Recipe,
    folder: &Path,
    options: &FetchOptions<'_>,
    progress: &mut dyn FnMut(FetchEvent<'_>),
) -> Result<FetchReport, FetchError> {
    let write_error = |source| FetchError::Folder { path: folder.display().to_string(), source };
    fs::create_dir_all(folder).map_err(write_error)?;
    let manifest_path = folder.join(MANIFEST_NAME);
    let mut manifest = Manifest::read(&manifest_path)?;
    let client = Client::new(options.silence_limit);
    let mirror = match options.mirror {
        Some(address) => Some(Mirror::open(address, &client, options)?),
        None => None,
    };
    let mut report = FetchReport::default();
    let mut seen = HashSet::new();
    for source in recipe.sources.iter().filter(|source| seen.insert(&source.file)) {
        let file = source.file.as_str();
        if source.url.is_empty() {
            report.without_address.push(file.to_owned());
            continue;
        }
        let url = mirror.as_ref().map_or_else(|| source.url.clone(), |mirror| mirror.url_of(file));
        progress(FetchEvent::Begins { file, url: &url });
        let job = Job {
            client: &client,
            options,
            file,
            url: &url,
            path: folder.join(file),
            known: manifest.files.get(file),
            expected: mirror.as_ref().and_then(|mirror| mirror.manifest.files.get(file)),
        };
        match job.run(progress) {
            Ok(done) => {
                let fetched = fetched_file(file, &done.entry, done.kept);
                manifest.files.insert(file.to_owned(), done.entry);
                manifest.write(&manifest_path)?;
                progress(FetchEvent::Ends(&fetched));
                report.fetched.push(fetched);
            }
            Err(error) => {
                let failed = FailedFile { file: file.to_owned(), error };
                progress(FetchEvent::Fails(&failed));
                report.failed.push(failed);
            }
        }
    }
    Ok(report)
}

fn fetched_file(file: &str, entry: &ManifestEntry, kept: bool) -> FetchedFile {
    let ManifestEntry { url, bytes, sha256, .. } = entry.clone();
    FetchedFile { file: file.to_owned(), url, bytes, sha256, kept }
}

/// A copy of the publishers' files.
struct Mirror {
    address: String,
    manifest: Manifest,
}

impl Mirror {
    fn open(address: &str, client: &Client, options: &FetchOptions<'_>) -> Result<Self, FetchError> {
        check_mirror(address).map_err(|problem| FetchError::Mirror { problem })?;
        let address = address.trim_end_matches('/').to_owned();
        let url = format!("{address}/{MANIFEST_NAME}");
        let manifest = match attempt::small_file(client, options, &url, MANIFEST_BYTES_LIMIT)? {
            Some(text) => Manifest::parse(&text, &url)?,
            None => Manifest::default(),
        };
        Ok(Self { address, manifest })
    }

    fn url_of(&self, file: &str) -> String {
        let mut url = format!("{}/", self.address);
        for byte in file.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
                url.push(char::from(byte));
            } else {
                url.push_str(&format!("%{byte:02X}"));
            }
        }
        url
    }
}
