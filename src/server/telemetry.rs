//! Logs: compact lines on a terminal, JSON elsewhere, on standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use super::settings::LogFormat;

/// Why logs cannot be written as asked.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is none.
    #[error("the setting log is \"{filter}\", which is no filter ({source}); write a level such as info")]
    Filter {
        /// What was asked for.
        filter: String,
        /// What is wrong.
        source: ParseError,
    },
    /// Logs are written already.
    #[error("logs are set up already: {0}")]
    Twice(String),
}

/// Sets up the logs of the process. Once.
///
/// # Errors
/// A filter that is none, or a second call.
pub fn start_logs(filter: &str, format: LogFormat) -> Result<(), TelemetryError> {
    let parsed = EnvFilter::try_new(filter)
        .map_err(|source| TelemetryError::Filter { filter: filter.to_owned(), source })?;
    let terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt().with_env_filter(parsed).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Compact => builder.compact().with_ansi(terminal).try_init(),
        LogFormat::Auto if terminal => builder.compact().try_init(),
        LogFormat::Auto | LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| TelemetryError::Twice(error.to_string()))?;
    // The usual report of a panic may quote the text that was worked on; where it happened is enough.
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "a defect: a thread panicked");
    }));
    Ok(())
}
