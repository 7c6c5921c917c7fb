//! Why files cannot be fetched.

use std::io;

/// Why nothing can be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The folder cannot be used.
    #[error("the folder {path} cannot be made: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A manifest cannot be read or written.
    #[error("the manifest {path} cannot be used: {problem}")]
    Manifest {
        /// Its file or address.
        path: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The address of the mirror is none.
    #[error("the mirror cannot be used: {problem}")]
    Mirror {
        /// What is wrong and what to do.
        problem: String,
    },
    /// The manifest of the mirror cannot be had.
    #[error("the manifest of the mirror cannot be fetched: {0}")]
    MirrorManifest(#[from] FileError),
}

/// Why one file cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No connection, or one that broke.
    #[error("{url} cannot be reached: {problem}")]
    Unreachable {
        /// The address.
        url: String,
        /// What is wrong.
        problem: String,
    },
    /// The server does not give the file.
    #[error("{url} answered with the status {status}")]
    Status {
        /// The address.
        url: String,
        /// The status of HTTP.
        status: u16,
    },
    /// The body is shorter than its server told.
    #[error("{url} ended after {bytes} of {expected} bytes")]
    Truncated {
        /// The address.
        url: String,
        /// How many bytes came.
        bytes: u64,
        /// How many were told.
        expected: u64,
    },
    /// The body is longer than its server told.
    #[error("{url} sends {bytes} bytes or more where {expected} were told")]
    TooLong {
        /// The address.
        url: String,
        /// How many bytes came.
        bytes: u64,
        /// How many were told.
        expected: u64,
    },
    /// The file is larger than a file may be.
    #[error("{url} has more than {limit} bytes, the most that are taken")]
    TooLarge {
        /// The address.
        url: String,
        /// The bound.
        limit: u64,
    },
    /// The file became another while it was resumed.
    #[error("{url} changed while it was fetched")]
    Changed {
        /// The address.
        url: String,
    },
    /// The file is not the one that the mirror's manifest tells of.
    #[error(
        "{url} has the SHA-256 {found} where the mirror's manifest tells {expected}; ask who keeps the mirror"
    )]
    Checksum {
        /// The address.
        url: String,
        /// What came.
        found: String,
        /// What the manifest tells.
        expected: String,
    },
    /// The file cannot be kept.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Another process writes the file.
    #[error("{path} is being written by another process; wait for it")]
    Busy {
        /// The file.
        path: String,
    },
    /// The last of many attempts failed.
    #[error("{last} (the last of {attempts} attempts)")]
    GivenUp {
        /// How many attempts failed in a row.
        attempts: u32,
        /// Why the last one failed.
        last: Box<FileError>,
    },
}
