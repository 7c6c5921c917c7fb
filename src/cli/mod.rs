//! The command line: one file a subcommand.

mod annotate;
mod catalog;
mod evaluate;
mod lookup;
mod serve;
mod train;

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::annotate::{Annotator, Models, ModelsError};
use crate::catalog::Catalog;

/// Finds the genes, diseases, chemicals, species, cell lines and variants that biomedical text speaks of.
#[derive(Parser)]
#[command(name = "glossator", version, max_term_width = 100)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve annotations, entities and papers over gRPC
    Serve(Box<serve::ServeArguments>),
    /// Annotate files or standard input
    Annotate(annotate::AnnotateArguments),
    /// Measure the annotator on documents whose mentions people marked
    Evaluate(evaluate::EvaluateArguments),
    /// Show papers and entities by their identifiers
    Lookup(lookup::LookupArguments),
    /// Train the models on gold corpora, or cross-validate them
    Train(train::TrainArguments),
    /// Fetch the publishers' vocabularies, build a catalog of them, and show what one holds
    Catalog(catalog::CatalogArguments),
}

/// An annotator of a catalog with the models of a file, or else those in the binary.
fn annotator(catalog: Arc<Catalog>, models: Option<&Path>) -> Result<Annotator, ModelsError> {
    Ok(match models {
        Some(path) => Annotator::with_models(catalog, Arc::new(Models::open(path)?)),
        None => Annotator::new(catalog),
    })
}

/// A progress bar over so many things for people who wait at a terminal, and nothing for others.
fn progress(count: u64, things: &str) -> ProgressBar {
    let wanted = io::stderr().is_terminal();
    let target = if wanted { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(count), target);
    let template = format!("{{bar:30}} {{pos}}/{{len}} {things} {{elapsed}} left {{eta}}");
    // The template is right; the plain bar stands in otherwise.
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    if wanted {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar.with_style(style)
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Serve(#[from] serve::ServeError),
    #[error(transparent)]
    Annotate(#[from] annotate::AnnotateError),
    #[error(transparent)]
    Evaluate(#[from] evaluate::EvaluateError),
    #[error(transparent)]
    Lookup(#[from] lookup::LookupError),
    #[error(transparent)]
    Train(#[from] train::TrainCommandError),
    #[error(transparent)]
    Catalog(#[from] catalog::CatalogCommandError),
}

impl CommandError {
    /// 2 for wrong usage, 1 for a failure.
    fn exit_code(&self) -> ExitCode {
        let usage = match self {
            Self::Serve(error) => error.is_usage(),
            Self::Annotate(error) => error.is_usage(),
            Self::Evaluate(_) | Self::Lookup(_) | Self::Catalog(_) | Self::Train(_) => false,
        };
        ExitCode::from(if usage { 2 } else { 1 })
    }
}

/// Runs the program with the arguments of the process. A failure is one sentence on standard error.
pub fn main() -> ExitCode {
    // Wrong usage ends here, with exit code 2.
    let command_line = CommandLine::parse();
    let done = match &command_line.command {
        Command::Serve(arguments) => serve::run(arguments).map_err(CommandError::from),
        Command::Annotate(arguments) => annotate::run(arguments).map_err(CommandError::from),
        Command::Evaluate(arguments) => evaluate::run(arguments).map_err(CommandError::from),
        Command::Lookup(arguments) => lookup::run(arguments).map_err(CommandError::from),
        Command::Train(arguments) => train::run(arguments).map_err(CommandError::from),
        Command::Catalog(arguments) => catalog::run(arguments).map_err(CommandError::from),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("glossator: {error}");
            error.exit_code()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_every_command_has_an_example() {
        let mut command = CommandLine::command();
        command.clone().debug_assert();
        command.build();
        let mut commands = vec![command];
        let mut seen = 0;
        while let Some(mut command) = commands.pop() {
            commands.extend(command.get_subcommands().filter(|c| c.get_name() != "help").cloned());
            if command.get_name() != "glossator" {
                let help = command.render_long_help().to_string();
                assert!(help.contains("Example"), "{}", command.get_name());
                seen += 1;
            }
        }
        assert!(seen >= 8, "{seen}");
    }
}
