//! A file under way.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::FileError;
use super::manifest::{Validators, hash_into, hexadecimal, sync_folder_of, with_suffix, write_whole};

/// The most bytes of what is kept about a file under way.
const STATE_BYTES_LIMIT: u64 = 1 << 16;

/// What is known of a file under way.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    url: String,
    #[serde(flatten)]
    validators: Validators,
}

/// A file under way: `NAME.part`, and `NAME.part.json` for what its server said. Nobody else writes it meanwhile.
pub(super) struct Part {
    target: PathBuf,
    path: PathBuf,
    file: File,
    state: State,
    hasher: Sha256,
    bytes: u64,
}

impl Part {
    /// Opens what an earlier fetch left of that address, or begins anew.
    pub(super) fn open(target: &Path, url: &str) -> Result<Self, FileError> {
        let path = with_suffix(target, ".part");
        let fault = |source| FileError::Write { path: path.display().to_string(), source };
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(fault)?;
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FileError::Busy { path: path.display().to_string() });
            }
            Err(TryLockError::Error(error)) => return Err(fault(error)),
        }
        let state = read_state(&with_suffix(&path, ".json")).unwrap_or_default();
        let resumable = state.url == url && state.validators.for_ranges().is_some();
        let state = if resumable { state } else { State { url: url.to_owned(), ..State::default() } };
        let mut part = Self { target: target.to_owned(), path, file, state, hasher: Sha256::new(), bytes: 0 };
        if resumable {
            let read = hash_into(&mut part.hasher, &mut BufReader::new(&part.file));
            part.bytes = read.map_err(|source| part.fault(source))?;
        } else {
            part.reset()?;
        }
        Ok(part)
    }

    /// How many bytes are there.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The SHA-256 of what is there.
    pub(super) fn sha256(&self) -> String {
        hexadecimal(&self.hasher)
    }

    /// Where to go on, and by which validator.
    pub(super) fn rest(&self) -> Option<(u64, &str)> {
        let validator = self.state.validators.for_ranges().filter(|_| self.bytes > 0)?;
        Some((self.bytes, validator))
    }

    pub(super) const fn validators(&self) -> &Validators {
        &self.state.validators
    }

    /// Forgets what is there.
    pub(super) fn reset(&mut self) -> Result<(), FileError> {
        self.bytes = 0;
        self.hasher = Sha256::new();
        self.state.validators = Validators::default();
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        emptied.map_err(|source| self.fault(source))
    }

    /// Begins anew with another version.
    pub(super) fn begin(&mut self, validators: Validators) -> Result<(), FileError> {
        self.reset()?;
        self.state.validators = validators;
        let text = serde_json::to_vec(&self.state).map_err(io::Error::from);
        let written = text.and_then(|text| write_whole(&self.state_path(), &text));
        written.map_err(|source| self.fault(source))
    }

    /// Adds bytes at the end.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.file.write_all(bytes).map_err(|source| self.fault(source))?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Gives the whole file its name.
    pub(super) fn finish(self) -> Result<(), FileError> {
        let done = self.file.sync_all().and_then(|()| fs::rename(&self.path, &self.target));
        done.map_err(|source| self.fault(source))?;
        sync_folder_of(&self.target);
        // Without its part it says nothing.
        let _ = fs::remove_file(self.state_path());
        Ok(())
    }

    /// Takes it away, with what is known of it.
    pub(super) fn discard(self) {
        // What stays is begun anew or resumed the next time.
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(self.state_path());
    }

    fn state_path(&self) -> PathBuf {
        with_suffix(&self.path, ".json")
    }

    fn fault(&self, source: io::Error) -> FileError {
        FileError::Write { path: self.path.display().to_string(), source }
    }
}

/// What is known of a file under way; nothing where that cannot be read.
fn read_state(path: &Path) -> Option<State> {
    let mut text = Vec::new();
    File::open(path).ok()?.take(STATE_BYTES_LIMIT).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://example.org/a";

    fn validators() -> Validators {
        Validators { etag: Some("\"1\"".to_owned()), last_modified: None }
    }

    #[test]
    fn a_part_goes_on_where_it_stopped_and_ends_whole() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("sub/a");
        let mut part = Part::open(&target, URL).unwrap();
        assert_eq!((part.bytes(), part.rest()), (0, None));
        part.begin(validators()).unwrap();
        part.append(b"ab").unwrap();
        drop(part);
        let mut part = Part::open(&target, URL).unwrap();
        assert_eq!(part.rest(), Some((2, "\"1\"")));
        part.append(b"c").unwrap();
        assert_eq!(part.sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        part.finish().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"abc");
        assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_trusted_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        let leave = |state: &str| {
            fs::write(with_suffix(&target, ".part"), "ab").unwrap();
            fs::write(with_suffix(&target, ".part.json"), state).unwrap();
        };
        for (state, bytes) in [
            (format!("{{\"url\":\"{URL}\",\"etag\":\"\\\"1\\\"\"}}"), 2),
            (format!("{{\"url\":\"{URL}\",\"etag\":\"W/\\\"1\\\"\"}}"), 0),
            (format!("{{\"url\":\"{URL}\"}}"), 0),
            ("{\"url\":\"https://example.org/b\",\"etag\":\"\\\"1\\\"\"}".to_owned(), 0),
            ("{".to_owned(), 0),
            (String::new(), 0),
        ] {
            leave(&state);
            assert_eq!(Part::open(&target, URL).unwrap().bytes(), bytes, "{state}");
        }
    }

    #[test]
    fn two_do_not_write_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a");
        let part = Part::open(&target, URL).unwrap();
        assert!(matches!(Part::open(&target, URL), Err(FileError::Busy { .. })));
        drop(part);
        Part::open(&target, URL).unwrap().discard();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
