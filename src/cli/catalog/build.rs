//! `glossator catalog build`.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::{BuildArguments, CatalogCommandError};
use crate::catalog::build::{BuildOptions, BuildReport, BuildStep, SourceReport, build};
use crate::catalog::recipe::Recipe;

/// How many pairs of identifiers that contradict each other are named.
const CONTRADICTIONS_NAMED: usize = 5;
/// How often a line tells of progress where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Builds the catalog and tells what it holds.
pub(super) fn run(arguments: &BuildArguments) -> Result<(), CatalogCommandError> {
    let began = Instant::now();
    let recipe = Recipe::read(&arguments.recipe)?;
    let own = || arguments.recipe.parent().map(PathBuf::from).unwrap_or_default();
    let from = arguments.from.clone().unwrap_or_else(own);
    let options = BuildOptions {
        malformed_limit: arguments.malformed_limit,
        sort_memory_bytes: arguments.sort_memory_bytes,
    };
    let mut progress = Progress::new(io::stderr().is_terminal());
    let built = build(&recipe, &from, &arguments.output, &options, &mut |step| progress.show(&step));
    progress.clear();
    tell(arguments, &built?, began.elapsed());
    Ok(())
}

fn tell(arguments: &BuildArguments, report: &BuildReport, took: Duration) {
    let BuildReport { version, entities, names, bytes, contradictions, .. } = report;
    let output = arguments.output.display();
    eprintln!(
        "glossator: {output} is built in {:.1} s: {version}, {entities} entities, {names} names, {bytes} bytes",
        took.as_secs_f64()
    );
    if !contradictions.is_empty() {
        let named =
            contradictions.iter().take(CONTRADICTIONS_NAMED).map(|(one, other)| format!("{one} and {other}"));
        eprintln!(
            "glossator: {} pairs of identifiers that a source calls the same were left apart, as they would make one of \
             two things of a terminology or of two types: {}, ...",
            contradictions.len(),
            named.collect::<Vec<_>>().join(", ")
        );
    }
    if let Some(bytes) = most_memory_bytes() {
        eprintln!("glossator: at most {} MiB of memory were in use", bytes >> 20);
    }
}

/// The most memory that the process has had; `None` where the system does not tell.
fn most_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? << 10)
}

/// A bar for people who wait at a terminal, lines elsewhere; a line for each source in any case.
struct Progress {
    on_terminal: bool,
    bar: Option<ProgressBar>,
    /// What the bar shows.
    what: String,
    last_line: Instant,
}

impl Progress {
    fn new(on_terminal: bool) -> Self {
        Self { on_terminal, bar: None, what: String::new(), last_line: Instant::now() }
    }

    fn show(&mut self, step: &BuildStep<'_>) {
        match step {
            BuildStep::Reading { file, bytes, of, .. } => self.step(&format!("reading {file}"), *bytes, *of),
            BuildStep::Read(report) => {
                self.clear();
                tell_source(report);
            }
            BuildStep::Assembling { entities, of } => {
                self.step("putting entities together", *entities as u64, *of as u64);
            }
            BuildStep::Indexing => self.step("sorting and indexing names", 0, 0),
            BuildStep::Writing => self.step("writing", 0, 0),
        }
    }

    fn step(&mut self, what: &str, done: u64, of: u64) {
        if !self.on_terminal {
            if self.last_line.elapsed() >= LINE_INTERVAL {
                self.last_line = Instant::now();
                eprintln!("glossator: {what}, {done} of {of}");
            }
            return;
        }
        if self.what != what {
            self.clear();
            what.clone_into(&mut self.what);
        }
        let bar = self.bar.get_or_insert_with(|| {
            let template = if of > 0 {
                "{bar:30} {percent}% {msg} {elapsed} left {eta}"
            } else {
                "{spinner} {msg} {elapsed}"
            };
            // The templates are right; the plain bar stands in otherwise.
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = if of > 0 { ProgressBar::new(of) } else { ProgressBar::new_spinner() };
            bar.enable_steady_tick(Duration::from_millis(200));
            bar.with_style(style).with_message(what.to_owned())
        });
        bar.set_position(done);
    }

    /// Takes the bar away.
    fn clear(&mut self) {
        self.what.clear();
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn tell_source(report: &SourceReport) {
    let SourceReport { name, file, records, kept, names, left_out, malformed, problems } = report;
    let mut line = format!("{name}, {file}: {records} records, {kept} kept with {names} names");
    if *left_out > 0 {
        line.push_str(&format!(", {left_out} left out"));
    }
    if *malformed > 0 {
        line.push_str(&format!(", {malformed} malformed"));
    }
    eprintln!("glossator: {line}");
    for problem in problems {
        eprintln!("glossator:   {problem}");
    }
    if problems.len() < *malformed {
        eprintln!("glossator:   and {} more", malformed - problems.len());
    }
}
