//! Measures a catalog and holds the figures against the project's bounds: a check that can fail.
//!
//! ```text
//! cargo build --release
//! cargo run --release --example catalog_report -- development.catalog --cold
//! ```
//!
//! Ends with 1 when a bound is broken, and says which. `docs/BENCHMARKS.md` has the figures. Measure on a quiet machine.

mod queries;
mod server;
#[path = "../speed/texts.rs"]
mod texts;

use std::fs::File;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use glossator::annotate::Annotator;
use glossator::catalog::Catalog;
use glossator::model::{AnnotateOptions, Document};
use glossator::text::FoldedText;
use queries::Queries;
use server::Error;

/// Opening a file whose pages are not in memory.
const OPEN_LIMIT: Duration = Duration::from_millis(50);
/// Bytes a name of what leads from a text to names.
const MATCHING_BYTES_LIMIT: f64 = 40.0;
/// Bytes a name of the whole file.
const ALL_BYTES_LIMIT: f64 = 120.0;
/// What a server keeps for itself beside the catalog's file.
const PRIVATE_BYTES_LIMIT: u64 = 60_000_000;
/// The median of an identifier's lookup, and of a name's.
const IDENTIFIER_LIMIT: Duration = Duration::from_micros(1);
const EXACT_LIMIT: Duration = Duration::from_micros(2);
/// 99 of 100 searches.
const PREFIX_LIMIT: Duration = Duration::from_millis(1);
const FUZZY_LIMIT: Duration = Duration::from_millis(10);

/// How many entities a search answers.
const PAGE: usize = 20;
/// How many queries of each kind are measured, and how many fuzzy ones.
const QUERIES: usize = 20_000;
const FUZZY_QUERIES: usize = 1_000;
/// The least time that texts are walked over and annotated for.
const TEXT_TIME: Duration = Duration::from_secs(3);

/// Measures a catalog.
#[derive(Debug, Parser)]
struct Arguments {
    /// The catalog
    #[arg(value_name = "FILE")]
    catalog: PathBuf,
    /// Drop the file's pages from memory before it is opened first
    #[arg(long)]
    cold: bool,
    /// The program that serves [default: glossator of the same build]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Only print the figures of another catalog's size: no bound breaks but those of the searches
    #[arg(long)]
    scale: bool,
    /// The catalog whose speed of matching this one's must have half of
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

/// What is broken.
#[derive(Default)]
struct Verdict {
    broken: Vec<String>,
}

impl Verdict {
    fn hold(&mut self, what: &str, good: bool) {
        if !good {
            self.broken.push(what.to_owned());
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match report(&arguments) {
        Ok(Verdict { broken }) if broken.is_empty() => {
            println!("\nevery bound holds");
            ExitCode::SUCCESS
        }
        Ok(Verdict { broken }) => {
            println!();
            broken.iter().for_each(|bound| println!("BROKEN: {bound}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("catalog_report: {error}");
            ExitCode::from(2)
        }
    }
}

fn report(arguments: &Arguments) -> Result<Verdict, Error> {
    let mut verdict = Verdict::default();
    open(arguments, &mut verdict)?;
    let catalog = Catalog::open(&arguments.catalog)?;
    sizes(&catalog, arguments.scale, &mut verdict);
    lookups(&catalog, &mut verdict);
    let documents = queries::documents();
    let speeds = speeds(catalog, &documents)?;
    speeds.print("");
    if let Some(against) = &arguments.against {
        let other = self::speeds(Catalog::open(against)?, &documents)?;
        other.print(" of the other");
        verdict.hold("matching has less than half the speed", 2.0 * speeds.walk >= other.walk);
        verdict.hold("annotating has less than half the speed", 2.0 * speeds.annotate >= other.annotate);
    }
    memory(arguments, &mut verdict)?;
    Ok(verdict)
}

/// The first thing that the process does, so that it is a fresh one.
fn open(arguments: &Arguments, verdict: &mut Verdict) -> Result<(), Error> {
    let timed = || -> Result<(Duration, Duration), Error> {
        let began = Instant::now();
        let catalog = Catalog::open(&arguments.catalog)?;
        let opened = began.elapsed();
        black_box(catalog.names().exact("p53"));
        black_box(catalog.find(&"MESH:D009101".parse()?));
        Ok((opened, began.elapsed()))
    };
    if arguments.cold {
        drop_pages(&arguments.catalog)?;
        println!("the file's pages are dropped by posix_fadvise(DONTNEED)");
        let (opened, answered) = timed()?;
        row("open cold", &format!("{} ms, with a first name and identifier {} ms", ms(opened), ms(answered)));
        verdict.hold("a cold open takes longer than 50 ms", opened <= OPEN_LIMIT);
    }
    let (opened, answered) = timed()?;
    row("open warm", &format!("{} ms, with a first name and identifier {} ms", ms(opened), ms(answered)));
    verdict.hold("a warm open takes longer than 50 ms", opened <= OPEN_LIMIT);
    let catalog = Catalog::open(&arguments.catalog)?;
    let began = Instant::now();
    catalog.verify()?;
    row("verify", &format!("{} ms", ms(began.elapsed())));
    Ok(())
}

/// Pages that were written lately stay in memory until they are on the disk.
#[cfg(target_os = "linux")]
fn drop_pages(path: &Path) -> Result<(), Error> {
    let file = File::open(path)?;
    file.sync_all()?;
    Ok(rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?)
}

#[cfg(not(target_os = "linux"))]
fn drop_pages(_: &Path) -> Result<(), Error> {
    Err("--cold is there on Linux only".into())
}

fn sizes(catalog: &Catalog, scale: bool, verdict: &mut Verdict) {
    let sections = catalog.sections();
    let names = catalog.name_count().max(1) as f64;
    let all: usize = sections.iter().map(|section| section.bytes).sum();
    let matching: usize =
        sections.iter().filter(|section| section.for_matching).map(|section| section.bytes).sum();
    let (matching_a_name, all_a_name) = (matching as f64 / names, all as f64 / names);
    row("entities, names", &format!("{}, {}", catalog.entity_count(), catalog.name_count()));
    row("bytes for matching", &format!("{matching}, {matching_a_name:.1} a name"));
    row("bytes of all", &format!("{all}, {all_a_name:.1} a name"));
    verdict
        .hold("matching takes more than 40 bytes a name", scale || matching_a_name <= MATCHING_BYTES_LIMIT);
    verdict.hold("the file takes more than 120 bytes a name", scale || all_a_name <= ALL_BYTES_LIMIT);
}

/// How long things took, sorted.
struct Times(Vec<Duration>);

impl Times {
    /// Of every query, once in random order, after some to warm up.
    fn of<Q>(queries: &[Q], mut ask: impl FnMut(&Q)) -> Self {
        queries.iter().take(queries.len() / 20).for_each(&mut ask);
        let mut times: Vec<Duration> = queries
            .iter()
            .map(|query| {
                let began = Instant::now();
                ask(query);
                began.elapsed()
            })
            .collect();
        times.sort_unstable();
        Self(times)
    }

    fn at(&self, percent: usize) -> Duration {
        let place = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(place).copied().unwrap_or_default()
    }
}

fn lookups(catalog: &Catalog, verdict: &mut Verdict) {
    let queries = Queries::new(catalog, QUERIES, FUZZY_QUERIES);
    println!("\n{:<22} {:>10} {:>10} {:>10}", "microseconds", "p50", "p99", "max");
    let line = |name: &str, times: Times| {
        let [p50, p99, max] = [50, 99, 100].map(|percent| times.at(percent).as_nanos() as f64 / 1e3);
        println!("{name:<22} {p50:>10.2} {p99:>10.2} {max:>10.2}");
        times
    };
    let times = line(
        "identifier",
        Times::of(&queries.identifiers, |id| {
            black_box(catalog.find(id));
        }),
    );
    verdict.hold("an identifier takes longer than 1 us", times.at(50) < IDENTIFIER_LIMIT);
    let times = line(
        "exact name",
        Times::of(&queries.exact, |name| {
            black_box(catalog.names().exact(name));
        }),
    );
    verdict.hold("an exact name takes longer than 2 us", times.at(50) < EXACT_LIMIT);
    let search = |query: &String| drop(black_box(catalog.search_prefix(query, &[], &[], 0, PAGE)));
    let times = line("prefix search of 20", Times::of(&queries.prefixes, search));
    verdict.hold("a prefix search takes longer than 1 ms at p99", times.at(99) < PREFIX_LIMIT);
    let search = |query: &String| drop(black_box(catalog.search_fuzzy(query, &[], &[], 0, PAGE)));
    let times = line("fuzzy search of 20", Times::of(&queries.fuzzy, search));
    verdict.hold("a fuzzy search takes longer than 10 ms at p99", times.at(99) < FUZZY_LIMIT);
    let search = |query: &String| drop(black_box(catalog.search_full(query, &[], &[], 0, PAGE)));
    line("full search of 20", Times::of(&queries.full, search));
    println!();
}

/// On one thread, in MB (10^6 bytes) of text a second.
struct Speeds {
    walk: f64,
    annotate: f64,
    /// What was found in one round.
    matches: usize,
    annotations: usize,
}

impl Speeds {
    fn print(&self, whose: &str) {
        row(&format!("walk{whose}"), &format!("{:.1} MB/s, {} names met", self.walk, self.matches));
        row(
            &format!("annotate{whose}"),
            &format!("{:.2} MB/s, {} mentions", self.annotate, self.annotations),
        );
    }
}

fn speeds(catalog: Catalog, documents: &[Document]) -> Result<Speeds, Error> {
    let bytes: usize = documents.iter().map(Document::text_bytes).sum();
    let passages = documents.iter().flat_map(|document| &document.passages);
    let folded: Vec<FoldedText> = passages
        .map(|passage| {
            let mut folded = FoldedText::new();
            folded.fold(&passage.text);
            folded
        })
        .collect();
    let names = catalog.names();
    let walk = || -> usize {
        let mut matches = 0;
        for text in &folded {
            (0..text.tokens().len()).for_each(|first| names.each_match(text, first, 0, |_, _| matches += 1));
        }
        matches
    };
    let (walk, matches) = speed(bytes, walk);
    let annotator = Annotator::new(Arc::new(catalog));
    let options = annotator.prepare(&AnnotateOptions::default())?;
    let annotate =
        || documents.iter().map(|document| annotator.annotate(document, &options).annotations.len()).sum();
    let (annotate, annotations) = speed(bytes, annotate);
    Ok(Speeds { walk, annotate, matches, annotations })
}

/// MB a second of a round over so many bytes, after one to warm up, and what a round found.
fn speed(bytes: usize, mut round: impl FnMut() -> usize) -> (f64, usize) {
    let found = black_box(round());
    let (began, mut rounds) = (Instant::now(), 0);
    while began.elapsed() < TEXT_TIME {
        black_box(round());
        rounds += 1;
    }
    (bytes as f64 * f64::from(rounds) / 1e6 / began.elapsed().as_secs_f64(), found)
}

fn memory(arguments: &Arguments, verdict: &mut Verdict) -> Result<(), Error> {
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => {
            let own = std::env::current_exe()?;
            own.parent().and_then(Path::parent).ok_or("the program lies nowhere")?.join("glossator")
        }
    };
    if !program.exists() {
        return Err(format!("{} is not there; run `cargo build --release` first", program.display()).into());
    }
    let (memory, papers) = server::measure(&program, &arguments.catalog)?;
    let mb = |bytes: u64| bytes as f64 / 1e6;
    println!("\na server with it open, after {papers} papers, in MB:");
    row("RssAnon", &format!("{:.1}", mb(memory.anonymous)));
    row("Private_Dirty", &format!("{:.1}", mb(memory.private_dirty)));
    row("Private_Clean", &format!("{:.1}", mb(memory.private_clean)));
    row("of these the catalog's", &format!("{:.1}", mb(memory.private_catalog)));
    row("private but for these", &format!("{:.1}", mb(memory.own())));
    verdict.hold("a server keeps more than 60 MB for itself", memory.own() <= PRIVATE_BYTES_LIMIT);
    Ok(())
}

fn row(name: &str, value: &str) {
    println!("{name:<22} {value}");
}

fn ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}
