//! `glossator catalog fetch`.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

use super::{CatalogCommandError, FetchArguments};
use crate::catalog::fetch::{FetchEvent, FetchOptions, FetchReport, fetch};
use crate::catalog::recipe::Recipe;

/// Fetches every file of the recipe. Those that fail are named as they do, and counted at the end.
pub(super) fn run(arguments: &FetchArguments) -> Result<(), CatalogCommandError> {
    let recipe = Recipe::read(&arguments.recipe)?;
    let options = FetchOptions { mirror: arguments.mirror.as_deref(), ..FetchOptions::default() };
    let mut progress = Progress::new(io::stderr().is_terminal());
    let fetched = fetch(&recipe, &arguments.to, &options, &mut |event| progress.show(&event));
    progress.clear();
    let report = fetched?;
    for file in &report.without_address {
        if !arguments.to.join(file).exists() {
            eprintln!("glossator: {file} has no address in the recipe; put it into the folder yourself");
        }
    }
    summary(&report)
}

fn summary(report: &FetchReport) -> Result<(), CatalogCommandError> {
    let FetchReport { fetched, failed, .. } = report;
    let kept = fetched.iter().filter(|file| file.kept).count();
    tracing::info!(fetched = fetched.len() - kept, kept, failed = failed.len(), "fetched");
    if failed.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = failed.iter().map(|file| file.file.as_str()).collect();
    let all = fetched.len() + failed.len();
    Err(CatalogCommandError::Files { failed: failed.len(), all, names: names.join(", ") })
}

/// A bar for people who wait at a terminal; a line for each file in any case.
struct Progress {
    wanted: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    const fn new(wanted: bool) -> Self {
        Self { wanted, bar: None }
    }

    fn show(&mut self, event: &FetchEvent<'_>) {
        match event {
            FetchEvent::Begins { .. } => self.clear(),
            FetchEvent::Bytes { file, done, total } => self.step(file, *done, *total),
            FetchEvent::Waits { error, wait, .. } => {
                self.say(&format!("{error}; the next attempt is in {} s", wait.as_secs()));
            }
            FetchEvent::Ends(fetched) => {
                self.clear();
                let how = if fetched.kept { "is still the newest" } else { "is fetched" };
                self.say(&format!("{} {how}, {} bytes", fetched.file, fetched.bytes));
            }
            FetchEvent::Fails(failed) => {
                self.clear();
                self.say(&format!("{} is given up: {}", failed.file, failed.error));
            }
        }
    }

    /// Shows a line above the bar.
    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("glossator: {line}")),
            None => eprintln!("glossator: {line}"),
        }
    }

    fn step(&mut self, file: &str, done: u64, total: Option<u64>) {
        if !self.wanted {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let (bar, template) = match total {
                Some(total) => (
                    ProgressBar::new(total),
                    "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {msg} {elapsed} left {eta}",
                ),
                None => (ProgressBar::new_spinner(), "{spinner} {bytes} {bytes_per_sec} {msg} {elapsed}"),
            };
            // The templates are right; the plain bar stands in otherwise.
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.with_style(style).with_message(file.to_owned())
        });
        bar.set_position(done);
    }

    /// Takes the bar away.
    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
