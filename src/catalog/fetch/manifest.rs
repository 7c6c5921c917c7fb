//! What a folder of fetched files holds, and where it came from.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::FetchError;

/// The manifest's name in its folder.
pub const MANIFEST_NAME: &str = "manifest.json";
/// The most bytes of a manifest.
pub const MANIFEST_BYTES_LIMIT: u64 = 1 << 20;
/// The version of its layout.
const VERSION: u32 = 1;

/// What a server says to tell one version of a file from another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_modified: Option<String>,
}

impl Validators {
    pub(super) const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    /// What a part may be resumed by: a strong ETag, else a date.
    pub(super) fn for_ranges(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }

    /// Whether two answers tell of one version, by the ETag where both have one, else by the date.
    pub(super) fn agree(&self, other: &Self) -> bool {
        match (&self.etag, &other.etag) {
            (Some(own), Some(other)) => own == other,
            _ => self.last_modified.is_some() && self.last_modified == other.last_modified,
        }
    }
}

/// One file of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ManifestEntry {
    /// Where it came from.
    pub(super) url: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Hexadecimal, in lower case.
    pub(super) sha256: String,
    #[serde(flatten)]
    pub(super) validators: Validators,
    /// When it came, as HTTP writes dates.
    pub(super) fetched: String,
}

impl ManifestEntry {
    /// Whether the file is still as it came.
    pub(super) fn matches(&self, path: &Path) -> bool {
        let same_length =
            path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == self.bytes);
        same_length && sha256_of(path).is_ok_and(|found| found.eq_ignore_ascii_case(&self.sha256))
    }
}

/// The files of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    version: u32,
    pub(super) files: BTreeMap<String, ManifestEntry>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self { version: VERSION, files: BTreeMap::new() }
    }
}

impl Manifest {
    /// The manifest of a folder; an empty one where there is none.
    pub(super) fn read(path: &Path) -> Result<Self, FetchError> {
        let name = path.display().to_string();
        let mut text = Vec::new();
        let read =
            File::open(path).and_then(|file| file.take(MANIFEST_BYTES_LIMIT + 1).read_to_end(&mut text));
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(FetchError::Manifest { path: name, problem: error.to_string() }),
            Ok(bytes) if bytes as u64 > MANIFEST_BYTES_LIMIT => {
                let problem = format!("it has more than {MANIFEST_BYTES_LIMIT} bytes");
                Err(FetchError::Manifest { path: name, problem })
            }
            Ok(_) => Self::parse(&text, &name),
        }
    }

    pub(super) fn parse(text: &[u8], name: &str) -> Result<Self, FetchError> {
        let fault = |problem| FetchError::Manifest { path: name.to_owned(), problem };
        let manifest: Self = serde_json::from_slice(text)
            .map_err(|error| fault(format!("{error}; take it away to fetch everything anew")))?;
        if manifest.version != VERSION {
            return Err(fault(format!("its version is {}; this program reads {VERSION}", manifest.version)));
        }
        Ok(manifest)
    }

    /// Writes it whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), FetchError> {
        let written = serde_json::to_vec_pretty(self).map_err(io::Error::from);
        let written = written.and_then(|text| write_whole(path, &text));
        written.map_err(|error| FetchError::Manifest {
            path: path.display().to_string(),
            problem: error.to_string(),
        })
    }
}

/// A path with something behind its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Writes a small file so that it is there whole or not at all.
pub(super) fn write_whole(path: &Path, text: &[u8]) -> io::Result<()> {
    let part = with_suffix(path, ".new");
    let mut file = File::create(&part)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    sync_folder_of(path);
    Ok(())
}

/// Lets a rename last. Not every system can; the file itself is safe then, too.
pub(super) fn sync_folder_of(path: &Path) {
    if let Some(folder) = path.parent() {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// A digest, hexadecimal in lower case.
pub(super) fn hexadecimal(hasher: &Sha256) -> String {
    hasher.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of a file.
fn sha256_of(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    hash_into(&mut hasher, &mut File::open(path)?)?;
    Ok(hexadecimal(&hasher))
}

/// Adds all that a reader gives, and counts it.
pub(super) fn hash_into(hasher: &mut Sha256, reader: &mut dyn Read) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validators(etag: Option<&str>, last_modified: Option<&str>) -> Validators {
        Validators { etag: etag.map(str::to_owned), last_modified: last_modified.map(str::to_owned) }
    }

    #[test]
    fn validators_tell_versions_apart() {
        for (one, other, agree) in [
            (validators(Some("\"a\""), None), validators(Some("\"a\""), Some("x")), true),
            (validators(Some("\"a\""), Some("x")), validators(Some("\"b\""), Some("x")), false),
            (validators(None, Some("x")), validators(Some("\"b\""), Some("x")), true),
            (validators(None, Some("x")), validators(None, Some("y")), false),
            (validators(None, None), validators(None, None), false),
        ] {
            assert_eq!(one.agree(&other), agree, "{one:?} {other:?}");
        }
        assert_eq!(validators(Some("W/\"a\""), Some("x")).for_ranges(), Some("x"));
        assert_eq!(validators(Some("\"a\""), Some("x")).for_ranges(), Some("\"a\""));
        assert_eq!(validators(Some("W/\"a\""), None).for_ranges(), None);
    }

    #[test]
    fn manifests_come_back_and_faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(MANIFEST_NAME);
        assert_eq!(Manifest::read(&path).unwrap(), Manifest::default());
        let mut manifest = Manifest::default();
        let entry = ManifestEntry {
            url: "https://example.org/a".to_owned(),
            bytes: 3,
            // Of "abc", from FIPS 180-4.
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned(),
            validators: validators(Some("\"a\""), None),
            fetched: "Mon, 23 Nov 2026 00:00:00 GMT".to_owned(),
        };
        manifest.files.insert("a".to_owned(), entry.clone());
        manifest.write(&path).unwrap();
        assert_eq!(Manifest::read(&path).unwrap(), manifest);
        let file = folder.path().join("a");
        for (text, matches) in [("abc", true), ("abd", false), ("abcd", false)] {
            fs::write(&file, text).unwrap();
            assert_eq!(entry.matches(&file), matches, "{text}");
        }
        for (text, part) in
            [("{", "take it away"), ("{\"version\":2,\"files\":{}}", "version is 2"), ("", "EOF")]
        {
            let error = Manifest::parse(text.as_bytes(), "m.json").unwrap_err().to_string();
            assert!(error.contains("m.json") && error.contains(part), "{error}");
        }
    }

    #[test]
    fn manifests_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(MANIFEST_NAME);
        let text = "{\"version\":1,\"files\":{}}";
        let limit = usize::try_from(MANIFEST_BYTES_LIMIT).unwrap();
        let filled = |bytes: usize| format!("{text}{}", " ".repeat(bytes - text.len()));
        fs::write(&path, filled(limit)).unwrap();
        assert!(Manifest::read(&path).is_ok());
        fs::write(&path, filled(limit + 1)).unwrap();
        assert!(Manifest::read(&path).unwrap_err().to_string().contains("more than"));
    }
}
