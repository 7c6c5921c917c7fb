//! Every setting of `serve`: its flag, its name in the environment, its key in the TOML file, and its default.
//!
//! A flag wins over the environment, that over the file, that over the default.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::api::Limits;

/// The most bytes of a settings file.
const FILE_BYTES_LIMIT: u64 = 1 << 20;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Compact on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Compact,
    /// For machines: one object a line.
    Json,
}

/// What flags, environment and file may say; what is missing keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsSource {
    /// Where to listen: HOST:PORT (port 0 picks a free one) or unix:PATH [default: 127.0.0.1:50051]
    #[arg(long, env = "GLOSSATOR_LISTEN", value_name = "ADDRESS")]
    listen: Option<String>,
    /// The catalog: a file that `glossator catalog build` made, or a folder of catalog tables, or one table [default: the
    /// embedded starter catalog]
    #[arg(long, env = "GLOSSATOR_CATALOG", value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// Papers: paper pages or folders of them; may be repeated, or joined by commas [default: the embedded starter corpus]
    #[arg(long, env = "GLOSSATOR_PAPERS", value_name = "PATH", value_delimiter = ',')]
    papers: Option<Vec<PathBuf>>,
    /// Threads that annotate; 0 is one a core [default: 0]
    #[arg(long, env = "GLOSSATOR_WORKERS", value_name = "N")]
    workers: Option<usize>,
    /// The most bytes of text of a document [default: 4194304]
    #[arg(long, env = "GLOSSATOR_DOCUMENT_LIMIT_BYTES", value_name = "BYTES")]
    document_limit_bytes: Option<usize>,
    /// The most bytes of a message that comes in [default: 33554432]
    #[arg(long, env = "GLOSSATOR_REQUEST_LIMIT_BYTES", value_name = "BYTES")]
    request_limit_bytes: Option<usize>,
    /// The most bytes of a message that goes out [default: 67108864]
    #[arg(long, env = "GLOSSATOR_ANSWER_LIMIT_BYTES", value_name = "BYTES")]
    answer_limit_bytes: Option<usize>,
    /// The most text that one stream has taken in and not yet answered [default: 8388608]
    #[arg(long, env = "GLOSSATOR_STREAM_LIMIT_BYTES", value_name = "BYTES")]
    stream_limit_bytes: Option<usize>,
    /// The most calls at once; more are told UNAVAILABLE [default: 4096]
    #[arg(long, env = "GLOSSATOR_CALLS_LIMIT", value_name = "N")]
    calls_limit: Option<usize>,
    /// The most calls at once on one connection [default: 1024]
    #[arg(long, env = "GLOSSATOR_CONNECTION_CALLS_LIMIT", value_name = "N")]
    connection_calls_limit: Option<u32>,
    /// The most connections at once; more wait to be accepted [default: 10000]
    #[arg(long, env = "GLOSSATOR_CONNECTIONS_LIMIT", value_name = "N")]
    connections_limit: Option<usize>,
    /// How long a new connection may take to begin to speak HTTP/2 [default: 10000]
    #[arg(long, env = "GLOSSATOR_HANDSHAKE_TIMEOUT_MS", value_name = "MS")]
    handshake_timeout_ms: Option<u64>,
    /// The longest a unary call may take [default: 60000]
    #[arg(long, env = "GLOSSATOR_CALL_TIMEOUT_MS", value_name = "MS")]
    call_timeout_ms: Option<u64>,
    /// The longest a streaming call may take [default: 86400000]
    #[arg(long, env = "GLOSSATOR_STREAM_TIMEOUT_MS", value_name = "MS")]
    stream_timeout_ms: Option<u64>,
    /// How often an idle connection is asked whether it is alive [default: 30000]
    #[arg(long, env = "GLOSSATOR_KEEPALIVE_INTERVAL_MS", value_name = "MS")]
    keepalive_interval_ms: Option<u64>,
    /// How long it may take to answer that [default: 10000]
    #[arg(long, env = "GLOSSATOR_KEEPALIVE_TIMEOUT_MS", value_name = "MS")]
    keepalive_timeout_ms: Option<u64>,
    /// The flow-control window of a stream [default: 262144]
    #[arg(long, env = "GLOSSATOR_STREAM_WINDOW_BYTES", value_name = "BYTES")]
    stream_window_bytes: Option<u32>,
    /// The flow-control window of a connection [default: 16777216]
    #[arg(long, env = "GLOSSATOR_CONNECTION_WINDOW_BYTES", value_name = "BYTES")]
    connection_window_bytes: Option<u32>,
    /// Compress answers with gzip for clients that take it, and take compressed requests [default: false]
    #[arg(long, env = "GLOSSATOR_COMPRESSION", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    compression: Option<bool>,
    /// A file of tokens, one a line, each followed by the services it is good for, all if none, and by the word admin if it
    /// is good for ReloadCatalog [default: no tokens]
    #[arg(long, env = "GLOSSATOR_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// How long to go on after a stop signal, NOT_SERVING, until load balancers look elsewhere [default: 500]
    #[arg(long, env = "GLOSSATOR_DRAIN_WAIT_MS", value_name = "MS")]
    drain_wait_ms: Option<u64>,
    /// How long calls under way may take to end after that [default: 10000]
    #[arg(long, env = "GLOSSATOR_DRAIN_TIMEOUT_MS", value_name = "MS")]
    drain_timeout_ms: Option<u64>,
    /// What is logged: a level, or targets with levels such as info,h2=debug [default: info]
    #[arg(long, env = "GLOSSATOR_LOG", value_name = "FILTER")]
    log: Option<String>,
    /// How log lines are written [default: auto]
    #[arg(long, env = "GLOSSATOR_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

/// The settings in force. Times count milliseconds, sizes bytes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// `HOST:PORT` or `unix:PATH`.
    pub listen: String,
    /// A built catalog, a folder of catalog tables or one table; the embedded starter catalog when absent.
    pub catalog: Option<PathBuf>,
    /// Paper pages and folders of them; the embedded starter corpus when empty.
    pub papers: Vec<PathBuf>,
    /// Threads that annotate; 0 is one a core.
    pub workers: usize,
    /// The most text of a document.
    pub document_limit_bytes: usize,
    /// The most bytes of a message that comes in.
    pub request_limit_bytes: usize,
    /// The most bytes of a message that goes out.
    pub answer_limit_bytes: usize,
    /// The most text that one stream has taken in and not yet answered.
    pub stream_limit_bytes: usize,
    /// The most calls at once.
    pub calls_limit: usize,
    /// The most calls at once on one connection.
    pub connection_calls_limit: u32,
    /// The most connections at once; more wait to be accepted.
    pub connections_limit: usize,
    /// How long a new connection may take to begin to speak HTTP/2.
    pub handshake_timeout_ms: u64,
    /// The longest a unary call may take.
    pub call_timeout_ms: u64,
    /// The longest a streaming call may take.
    pub stream_timeout_ms: u64,
    /// How often an idle connection is asked whether it is alive.
    pub keepalive_interval_ms: u64,
    /// How long it may take to answer that.
    pub keepalive_timeout_ms: u64,
    /// The flow-control window of a stream.
    pub stream_window_bytes: u32,
    /// The flow-control window of a connection.
    pub connection_window_bytes: u32,
    /// Whether answers are compressed for clients that take it.
    pub compression: bool,
    /// The file of tokens; calls need none when absent.
    pub token_file: Option<PathBuf>,
    /// How long to go on, NOT_SERVING, after a stop signal.
    pub drain_wait_ms: u64,
    /// How long calls under way may take to end after that.
    pub drain_timeout_ms: u64,
    /// What is logged.
    pub log: String,
    /// How log lines are written.
    pub log_format: LogFormat,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:50051".to_owned(),
            catalog: None,
            papers: Vec::new(),
            workers: 0,
            document_limit_bytes: Limits::DEFAULT_DOCUMENT_BYTES,
            request_limit_bytes: Limits::DEFAULT_REQUEST_BYTES,
            answer_limit_bytes: Limits::DEFAULT_ANSWER_BYTES,
            stream_limit_bytes: Limits::DEFAULT_STREAM_BYTES,
            calls_limit: 4_096,
            connection_calls_limit: 1_024,
            connections_limit: 10_000,
            handshake_timeout_ms: 10_000,
            call_timeout_ms: 60_000,
            stream_timeout_ms: 24 * 60 * 60 * 1_000,
            keepalive_interval_ms: 30_000,
            keepalive_timeout_ms: 10_000,
            // h2 ends a connection when frames under 256 bytes wait whose overhead (256 less their size) is over half of
            // the connection's window. With 64 times a stream's window, one stream of frames of 8 bytes is within it.
            stream_window_bytes: 256 << 10,
            connection_window_bytes: 16 << 20,
            compression: false,
            token_file: None,
            drain_wait_ms: 500,
            drain_timeout_ms: 10_000,
            log: "info".to_owned(),
            log_format: LogFormat::Auto,
        }
    }
}

/// Why settings are not good.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read the settings file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is larger than settings are.
    #[error("the settings file {} has {bytes} bytes; at most {FILE_BYTES_LIMIT} are read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file is no TOML or says what no setting is.
    #[error("the settings file {} is bad: {problem}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line.
        problem: String,
    },
    /// A value that cannot be.
    #[error("the setting {name} {problem}")]
    Value {
        /// Its key.
        name: &'static str,
        /// What is wrong and what to do.
        problem: String,
    },
}

impl SettingsSource {
    /// What a TOML file says.
    ///
    /// # Errors
    /// A file that cannot be read, is too large, or says what no setting is.
    pub fn from_file(path: &Path) -> Result<Self, SettingsError> {
        let read = |source| SettingsError::Read { path: path.to_owned(), source };
        let bytes = fs::metadata(path).map_err(read)?.len();
        if bytes > FILE_BYTES_LIMIT {
            return Err(SettingsError::TooLarge { path: path.to_owned(), bytes });
        }
        let text = fs::read_to_string(path).map_err(read)?;
        toml::from_str(&text).map_err(|error| SettingsError::Parse {
            path: path.to_owned(),
            problem: error.to_string().trim_end().replace('\n', " "),
        })
    }

    /// The settings in force: this source over `file` over the defaults.
    ///
    /// # Errors
    /// A value that cannot be.
    pub fn resolve(self, file: Self) -> Result<Settings, SettingsError> {
        macro_rules! pick {
            ($($field:ident),*) => {{
                let defaults = Settings::default();
                Settings {
                    catalog: self.catalog.or(file.catalog),
                    token_file: self.token_file.or(file.token_file),
                    $($field: self.$field.or(file.$field).unwrap_or(defaults.$field),)*
                }
            }};
        }
        let settings = pick!(
            listen,
            papers,
            workers,
            document_limit_bytes,
            request_limit_bytes,
            answer_limit_bytes,
            stream_limit_bytes,
            calls_limit,
            connection_calls_limit,
            connections_limit,
            handshake_timeout_ms,
            call_timeout_ms,
            stream_timeout_ms,
            keepalive_interval_ms,
            keepalive_timeout_ms,
            stream_window_bytes,
            connection_window_bytes,
            compression,
            drain_wait_ms,
            drain_timeout_ms,
            log,
            log_format
        );
        settings.check()?;
        Ok(settings)
    }
}

/// The largest window that HTTP/2 has.
const WINDOW_BYTES_LIMIT: u32 = (1 << 31) - 1;
/// Offsets on the wire have 32 bits.
const DOCUMENT_BYTES_LIMIT: usize = 1 << 30;

impl Settings {
    fn check(&self) -> Result<(), SettingsError> {
        let bad = |name, problem: &str| Err(SettingsError::Value { name, problem: problem.to_owned() });
        let positive: [(&'static str, bool); 11] = [
            ("document_limit_bytes", self.document_limit_bytes > 0),
            ("request_limit_bytes", self.request_limit_bytes > 0),
            ("answer_limit_bytes", self.answer_limit_bytes > 0),
            ("stream_limit_bytes", self.stream_limit_bytes > 0),
            ("calls_limit", self.calls_limit > 0),
            ("connection_calls_limit", self.connection_calls_limit > 0),
            ("connections_limit", self.connections_limit > 0),
            ("handshake_timeout_ms", self.handshake_timeout_ms > 0),
            ("call_timeout_ms", self.call_timeout_ms > 0),
            ("stream_timeout_ms", self.stream_timeout_ms > 0),
            ("keepalive_interval_ms", self.keepalive_interval_ms > 0),
        ];
        if let Some((name, _)) = positive.into_iter().find(|(_, good)| !good) {
            return bad(name, "is 0; it must be at least 1");
        }
        if self.document_limit_bytes > DOCUMENT_BYTES_LIMIT {
            return bad(
                "document_limit_bytes",
                "is over 1073741824, the most that offsets on the wire can tell",
            );
        }
        let windows = [
            ("stream_window_bytes", self.stream_window_bytes),
            ("connection_window_bytes", self.connection_window_bytes),
        ];
        for (name, window) in windows {
            if !(65_535..=WINDOW_BYTES_LIMIT).contains(&window) {
                return bad(name, "is out of its bounds, 65535 to 2147483647");
            }
        }
        Ok(())
    }

    /// The limits of the services.
    pub const fn limits(&self) -> Limits {
        Limits {
            document_bytes: self.document_limit_bytes,
            request_bytes: self.request_limit_bytes,
            answer_bytes: self.answer_limit_bytes,
            stream_bytes: self.stream_limit_bytes,
        }
    }

    /// The settings as a TOML file that `--config` reads.
    ///
    /// # Errors
    /// A path that is not UTF-8.
    pub fn to_toml(&self) -> Result<String, SettingsError> {
        toml::to_string(self).map_err(|error| SettingsError::Value {
            name: "catalog",
            problem: format!("cannot be written: {error}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        source: SettingsSource,
    }

    fn flags(arguments: &[&str]) -> SettingsSource {
        Flags::parse_from(std::iter::once("serve").chain(arguments.iter().copied())).source
    }

    fn file(text: &str) -> Result<SettingsSource, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("glossator.toml");
        fs::write(&path, text).unwrap();
        SettingsSource::from_file(&path)
    }

    #[test]
    fn a_flag_wins_over_the_file_and_that_over_the_default() {
        let settings = flags(&["--workers", "3"])
            .resolve(file("workers = 5\ncalls_limit = 7\npapers = [\"a\", \"b\"]\n").unwrap())
            .unwrap();
        assert_eq!((settings.workers, settings.calls_limit), (3, 7));
        assert_eq!(settings.papers, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(settings.call_timeout_ms, Settings::default().call_timeout_ms);
    }

    #[test]
    fn the_settings_in_force_read_back_the_same() {
        let settings =
            flags(&["--catalog", "c", "--papers", "p", "--listen", "unix:/run/g.sock", "--compression"])
                .resolve(SettingsSource::default())
                .unwrap();
        assert!(settings.compression);
        let again = SettingsSource::default().resolve(file(&settings.to_toml().unwrap()).unwrap()).unwrap();
        assert_eq!(again, settings);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let error = file("wrokers = 1\n").unwrap_err().to_string();
        assert!(error.contains("wrokers") && error.contains("glossator.toml"), "{error}");
        assert!(file("workers = \"many\"\n").is_err());
        for (arguments, name) in [
            (["--calls-limit", "0"], "calls_limit"),
            (["--document-limit-bytes", "0"], "document_limit_bytes"),
            (["--document-limit-bytes", "1073741825"], "document_limit_bytes"),
            (["--stream-window-bytes", "65534"], "stream_window_bytes"),
            (["--connection-window-bytes", "2147483648"], "connection_window_bytes"),
        ] {
            let error = flags(&arguments).resolve(SettingsSource::default()).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
        let large = format!("# {}\n", "x".repeat(usize::try_from(FILE_BYTES_LIMIT).unwrap()));
        assert!(matches!(file(&large), Err(SettingsError::TooLarge { .. })));
        let missing = SettingsSource::from_file(Path::new("nowhere/glossator.toml")).unwrap_err();
        assert!(missing.to_string().contains("nowhere"));
    }
}
