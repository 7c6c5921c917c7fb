//! `glossator serve`.

use std::path::PathBuf;
use std::{fs, io};

use clap::Args;

use crate::api::proto::FILE_DESCRIPTOR_SET;
use crate::server::settings::{SettingsError, SettingsSource};
use crate::server::telemetry::{self, TelemetryError};
use crate::server::{self, ListenError, ServerError};

const EXAMPLES: &str = "\
Examples:
  glossator serve
  glossator serve --listen unix:/tmp/glossator.sock --papers papers/
  GLOSSATOR_LISTEN=0.0.0.0:50051 glossator serve --config glossator.toml
  glossator serve --print-protoset glossator.protoset";

/// The flags of `serve`. Every setting can also be given in the environment and in a TOML file; a flag wins over the
/// environment, and that over the file.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArguments {
    #[command(flatten)]
    settings: SettingsSource,
    /// A TOML file of settings, its keys being the flags with `_` for `-`
    #[arg(long, env = "GLOSSATOR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the settings in force as TOML and exit
    #[arg(long)]
    print_config: bool,
    /// Write the contract as an encoded FileDescriptorSet for grpcurl -protoset and exit
    #[arg(long, value_name = "FILE")]
    print_protoset: Option<PathBuf>,
}

/// Why `serve` failed.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("cannot write the protoset to {}: {source}", path.display())]
    Protoset { path: PathBuf, source: io::Error },
}

impl ServeError {
    /// Whether the command was used wrongly.
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Settings(_)
                | Self::Telemetry(_)
                | Self::Server(ServerError::Listen(ListenError::Address { .. }))
        )
    }
}

/// Runs `serve` until it is told to stop.
pub fn run(arguments: &ServeArguments) -> Result<(), ServeError> {
    if let Some(path) = &arguments.print_protoset {
        let failed = |source| ServeError::Protoset { path: path.clone(), source };
        return fs::write(path, FILE_DESCRIPTOR_SET).map_err(failed);
    }
    let file = match &arguments.config {
        Some(path) => SettingsSource::from_file(path)?,
        None => SettingsSource::default(),
    };
    let settings = arguments.settings.clone().resolve(file)?;
    if arguments.print_config {
        print!("{}", settings.to_toml()?);
        return Ok(());
    }
    telemetry::start_logs(&settings.log, settings.log_format)?;
    Ok(server::run(&settings)?)
}
