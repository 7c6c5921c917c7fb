//! How fast `annotate` is, as ratios of one run on one machine.
//!
//! ```text
//! cargo run --release --example speed -- development.catalog
//! ```
//!
//! Compares it with a scan of the same text for the same names by a daachorse automaton, which has no tokens, no
//! identifiers and no ranking; compares one thread with two, long documents with short ones, and strange texts with
//! plain ones. `--digest` prints a hash of every answer, which tells whether a change has changed any.

mod strange;
mod subject;
mod texts;

use std::hint::black_box;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use glossator::model::Document;
use subject::{Source, Subject};
use xxhash_rust::xxh3::Xxh3Default;

/// Measures the annotator.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    source: Source,
    /// How often the texts are read; the median counts
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only annotate, on one thread, nothing beside it
    #[arg(long)]
    only: bool,
    /// Write the answers, a line each
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Only print a hash of all answers, for one and for two threads
    #[arg(long)]
    digest: bool,
}

/// The least share of the raw scan's speed that annotating is to have, over PubMed abstracts.
const SCAN_SHARE_MIN: f64 = 0.35;
/// The least speed of two threads that is wanted, as a multiple of one thread's.
const TWO_THREADS_MIN: f64 = 1.8;
/// How often two that are compared are measured, in turn.
const TURNS: usize = 5;
/// How often a thread reads all documents before it is measured: some of what is met again is remembered from the third time on.
const ROUNDS_BEFORE: usize = 3;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("speed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let subject = Subject::open(&arguments.source)?;
    if let Some(file) = &arguments.answers {
        return subject.write(file);
    }
    if arguments.digest {
        let (one, two) = (subject.digest(1), subject.digest(2));
        println!("one thread {one:032x}, two threads {two:032x}");
        return if one == two { Ok(()) } else { Err("the answers of two threads differ".into()) };
    }
    let bytes = bytes(&subject.documents);
    println!("{} documents, {:.2} MB", subject.documents.len(), bytes as f64 / 1e6);
    let first = timed(|| subject.annotate_all());
    println!("annotate, first time        {:7.2} MB/s", speed(bytes, first));
    let one = subject.time_in_one(arguments.rounds);
    println!("annotate, one thread        {:7.2} MB/s", speed(bytes, one));
    if arguments.only {
        return Ok(());
    }
    subject.beside_two(arguments.rounds);
    subject.beside_raw_scan(arguments.rounds)?;
    strange::report(&subject.annotator, &subject.options, &subject.documents, arguments.rounds);
    Ok(())
}

impl Subject {
    fn annotate_all(&self) {
        for document in &self.documents {
            black_box(self.annotator.annotate(document, &self.options));
        }
    }

    fn write(&self, file: &Path) -> Result<(), Failure> {
        let mut output = std::io::BufWriter::new(std::fs::File::create(file)?);
        for document in &self.documents {
            let answer = self.annotator.annotate(document, &self.options);
            for found in answer.annotations {
                let (span, id) = (found.span, found.entity_id);
                writeln!(
                    output,
                    "{} {} {}..{} {:?} {id}",
                    answer.id, found.passage_index, span.start, span.end, found.entity_type
                )?;
            }
        }
        Ok(())
    }

    fn time_in_one(&self, rounds: usize) -> Duration {
        median(rounds, || timed(|| self.annotate_all()))
    }

    /// Prints how fast annotating is against a scan for all names of the catalog.
    fn beside_raw_scan(&self, rounds: usize) -> Result<(), Failure> {
        let scan = RawScan::new(self)?;
        let in_turn = || [self.time_in_one(rounds), median(rounds, || timed(|| scan.find_all()))];
        self.compare(["one thread", "the raw daachorse scan"], SCAN_SHARE_MIN, in_turn);
        Ok(())
    }

    /// Prints how fast two threads are against one. Each takes the next document, as workers of a server do. All three stay, and have read
    /// all documents before.
    fn beside_two(&self, rounds: usize) {
        let (start, end) = (Barrier::new(3), Barrier::new(3));
        let next = AtomicUsize::new(0);
        let rounds = rounds.max(1);
        let work = || {
            (0..ROUNDS_BEFORE).for_each(|_| self.annotate_all());
            end.wait();
            for _ in 0..TURNS * rounds {
                start.wait();
                while let Some(document) = self.documents.get(next.fetch_add(1, Ordering::Relaxed)) {
                    black_box(self.annotator.annotate(document, &self.options));
                }
                end.wait();
            }
        };
        let round = || {
            next.store(0, Ordering::Relaxed);
            timed(|| {
                start.wait();
                end.wait();
            })
        };
        std::thread::scope(|scope| {
            scope.spawn(work);
            scope.spawn(work);
            end.wait();
            let in_turn = || [median(rounds, round), self.time_in_one(rounds)];
            self.compare(["two threads", "one thread"], TWO_THREADS_MIN, in_turn);
        });
    }

    /// Prints how fast annotating in the first way is against the second. They take turns, as what else the machine has to do changes while
    /// they are measured.
    fn compare(&self, [way, other]: [&str; 2], least: f64, in_turn: impl Fn() -> [Duration; 2]) {
        let bytes = bytes(&self.documents);
        let mut shares: Vec<f64> = (0..TURNS)
            .map(|_| {
                let [own, others] = in_turn();
                let (share, own, others) = (ratio(others, own), speed(bytes, own), speed(bytes, others));
                println!("annotate, {way:<18}{own:7.2} MB/s, {other} {others:.2} MB/s: {share:.3} of it");
                share
            })
            .collect();
        shares.sort_by(f64::total_cmp);
        let middle = shares[shares.len() / 2];
        let verdict = if middle >= least { "" } else { "  BELOW THE BOUND" };
        println!("{way}, of {other}: {middle:.3} in the middle of {TURNS} turns, at least {least}{verdict}");
    }

    /// A hash of all answers, made by that many threads that take turns.
    fn digest(&self, threads: usize) -> u128 {
        let parts: Vec<Vec<String>> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|own| {
                    scope.spawn(move || {
                        let documents = self.documents.iter().skip(own).step_by(threads);
                        let answer =
                            |document| format!("{:?}", self.annotator.annotate(document, &self.options));
                        documents.map(answer).collect()
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or_default()).collect()
        });
        let mut hash = Xxh3Default::new();
        for at in 0..self.documents.len() {
            hash.update(parts[at % threads].get(at / threads).map_or(&[], |answer| answer.as_bytes()));
        }
        hash.digest128()
    }
}

/// A scan for all names of the catalog in lower case, by one automaton.
struct RawScan {
    automaton: daachorse::DoubleArrayAhoCorasick<u32>,
    /// The passages in lower case.
    texts: Vec<String>,
}

impl RawScan {
    fn new(subject: &Subject) -> Result<Self, Failure> {
        let catalog = subject.annotator.catalog();
        let mut names: Vec<String> = catalog
            .indices()
            .flat_map(|entity| {
                let entity = catalog.entity(entity);
                let synonyms = entity.synonyms.into_iter().map(|synonym| synonym.text.to_lowercase());
                synonyms.chain([entity.label.to_lowercase()])
            })
            .filter(|name| !name.is_empty())
            .collect();
        names.sort_unstable();
        names.dedup();
        println!("{} names in lower case", names.len());
        let automaton = daachorse::DoubleArrayAhoCorasickBuilder::new()
            .match_kind(daachorse::MatchKind::LeftmostLongest)
            .build(&names)
            .map_err(|error| format!("the automaton is not built: {error}"))?;
        let passages = subject.documents.iter().flat_map(|document| &document.passages);
        Ok(Self { automaton, texts: passages.map(|passage| passage.text.to_lowercase()).collect() })
    }

    fn find_all(&self) {
        for text in &self.texts {
            black_box(self.automaton.leftmost_find_iter(text).count());
        }
    }
}

fn bytes(documents: &[Document]) -> usize {
    documents.iter().map(Document::text_bytes).sum()
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

fn median(rounds: usize, mut measure: impl FnMut() -> Duration) -> Duration {
    let mut all: Vec<Duration> = (0..rounds.max(1)).map(|_| measure()).collect();
    all.sort_unstable();
    all[all.len() / 2]
}

fn speed(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64().max(1e-9)
}

fn ratio(time: Duration, of: Duration) -> f64 {
    time.as_secs_f64() / of.as_secs_f64().max(1e-9)
}
