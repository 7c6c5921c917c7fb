//! Loads a server over loopback and tells what the wire costs: documents a second, latency, and CPU a document on both
//! sides; beside it, in the same run, what the same messages cost a server that only echoes, and what annotating costs in
//! process.
//!
//! ```text
//! cargo build --release
//! cargo run --release --example load -- --catalog development.catalog
//! ```
//!
//! Ends with 1 when a bound is broken, and says which. `docs/BENCHMARKS.md` has the figures. Measure on a quiet machine.

mod beside;
mod calls;
mod drive;
mod echo;
mod process;
mod record;
mod report;
mod stalls;
mod texts;

use std::hint::black_box;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use calls::{Texts, Way};
use clap::Parser;
use glossator::annotate::{Annotator, PreparedOptions};
use glossator::catalog::Catalog;
use glossator::corpus::Corpus;
use glossator::model::{AnnotateOptions, Document};
use process::{Error, Served, thread_cpu};
use report::Report;

/// The connections of the measurements of documents.
const CONNECTIONS: [usize; 3] = [1, 4, 16];
/// How many entities are looked up in turn.
const ENTITIES: usize = 20_000;
/// The fields of a paper that a list of papers shows.
const PAPER_FIELDS: [&str; 4] = ["identifiers", "title", "venue", "publication_date"];
/// Streams of small documents.
const SMALL_STREAMS: usize = 4;
/// How long documents are sent before anything is measured.
const WARM: Duration = Duration::from_secs(2);

/// Loads a server.
#[derive(Debug, Parser)]
struct Arguments {
    /// The catalog to serve [default: the starter catalog]
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// The program that serves [default: glossator of the same build]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Load a server that runs already, at HOST:PORT, instead of starting one
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// The process of that server, for its CPU
    #[arg(long, value_name = "PID", requires = "address")]
    process: Option<u32>,
    /// Flags for the server, such as --serve-flag=--workers=1; may be repeated
    #[arg(long, value_name = "FLAG", allow_hyphen_values = true)]
    serve_flag: Vec<String>,
    /// How long each figure is measured, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 2_000)]
    time_ms: u64,
    /// What to measure, of: documents, blank, lookups, fairness [default: all]
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<String>,
    /// Be the echo server, with the answers of that folder
    #[arg(long, value_name = "FOLDER", hide = true)]
    echo: Option<PathBuf>,
    /// Be the client that has large documents annotated, for so many milliseconds
    #[arg(long, value_name = "MS", hide = true, requires = "address")]
    large: Option<u64>,
}

impl Arguments {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    fn server(&self) -> Result<Served, Error> {
        if let Some(address) = &self.address {
            return Ok(Served::running(address.clone(), self.process));
        }
        let beside = || Ok::<_, Error>(std::env::current_exe()?.with_file_name("../glossator"));
        let program = self.program.clone().map_or_else(beside, Ok)?;
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--log", "info"]);
        if let Some(catalog) = &self.catalog {
            command.arg("--catalog").arg(catalog);
        }
        command.args(&self.serve_flag);
        Served::start(command)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let measured = runtime.map_err(Error::from).and_then(|runtime| {
        runtime.block_on(async {
            match (&arguments.echo, arguments.large) {
                (Some(folder), _) => echo::serve(folder).await.map(|()| true),
                (None, Some(time_ms)) => {
                    let large = Texts::new(&[texts::large(&texts::abstracts())]);
                    let time = Duration::from_millis(time_ms);
                    beside::ask(&arguments.server()?, &large, time).await.map(|()| true)
                }
                (None, None) => run(&arguments).await,
            }
        })
    });
    match measured {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What is sent.
struct Load {
    documents: Vec<Document>,
    entities: Arc<[String]>,
    papers: Arc<[String]>,
    annotator: Annotator,
    time: Duration,
}

impl Load {
    fn new(arguments: &Arguments) -> Result<Self, Error> {
        let catalog = match &arguments.catalog {
            Some(file) => Catalog::open(file)?,
            None => Catalog::embedded()?,
        };
        let documents = texts::abstracts();
        if documents.is_empty() {
            return Err("there are no documents to send".into());
        }
        // Spread over the whole catalog.
        let step = (catalog.entity_count() / ENTITIES).max(1);
        let entities = catalog.indices().step_by(step).map(|entity| catalog.id(entity)).collect();
        let papers =
            Corpus::embedded()?.papers().iter().filter_map(|paper| Some(paper.id()?.to_string())).collect();
        let annotator = Annotator::new(Arc::new(catalog));
        Ok(Self { documents, entities, papers, annotator, time: Duration::from_millis(arguments.time_ms) })
    }

    /// Microseconds of CPU that annotating one of them costs in process, on that many threads at once.
    fn in_process_us(&self, documents: &[Document], threads: usize) -> Result<f64, Error> {
        let options = self.annotator.prepare(&AnnotateOptions::default())?;
        let work = || self.on_one_thread(documents, &options);
        let costs: Vec<(Duration, u64)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        let (time, count) =
            costs.into_iter().fold((Duration::ZERO, 0), |(time, count), own| (time + own.0, count + own.1));
        Ok(time.as_secs_f64() * 1e6 / count as f64)
    }

    /// Annotates them again and again on this thread: the CPU that it took, and of how many.
    fn on_one_thread(&self, documents: &[Document], options: &PreparedOptions) -> (Duration, u64) {
        let mut count = 0_u64;
        let mut began = thread_cpu();
        for (number, document) in documents.iter().cycle().enumerate() {
            // The first time they fill what a thread remembers.
            if number == documents.len() {
                (began, count) = (thread_cpu(), 0);
            }
            black_box(self.annotator.annotate(document, options));
            count += 1;
            if number >= documents.len() && thread_cpu() - began >= self.time {
                break;
            }
        }
        (thread_cpu() - began, count)
    }
}

async fn run(arguments: &Arguments) -> Result<bool, Error> {
    let load = Load::new(arguments)?;
    let server = arguments.server()?;
    let texts = Texts::new(&load.documents);
    let answers = tempfile::tempdir()?;
    record::record(&server, answers.path(), &texts, &load.entities, &load.papers, &PAPER_FIELDS).await?;
    let mut command = Command::new(std::env::current_exe()?);
    let echo = Served::start({
        command.arg("--echo").arg(answers.path());
        command
    })?;

    let mut report = Report::new(&load.documents);
    if arguments.wants("documents") {
        documents(&load, &server, &echo, &texts, &mut report).await?;
    }
    if arguments.wants("blank") {
        blank(&load, &server, &mut report).await?;
    }
    if arguments.wants("lookups") {
        lookups(&load, &server, &echo, &mut report).await?;
    }
    if arguments.wants("fairness") {
        fairness(&load, &server, &texts, &mut report).await?;
    }
    Ok(report.verdict())
}

/// Documents every way, over one to many connections, the echo beside the server.
async fn documents(
    load: &Load,
    server: &Served,
    echo: &Served,
    texts: &Texts,
    report: &mut Report,
) -> Result<(), Error> {
    // Every thread of the server meets the words of all documents first, as the one in process does.
    calls::annotate(server, Way::Stream, texts, SMALL_STREAMS, WARM).await?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let alone_us = load.in_process_us(&load.documents, 1)?;
    let before_us = load.in_process_us(&load.documents, threads)?;
    let mut costs_us = Vec::new();
    report.heading("Documents");
    for way in Way::ALL {
        for connections in CONNECTIONS {
            let measured = calls::annotate(server, way, texts, connections, load.time).await?;
            let limit = calls::annotate(echo, way, texts, connections, load.time).await?;
            report.documents(way.name(), connections, &measured, &limit);
            costs_us.push((way, connections, measured.server_us()));
        }
    }
    // Before and after, as the machine may change its pace.
    let in_process_us = f64::midpoint(before_us, load.in_process_us(&load.documents, threads)?);
    report.ratios((in_process_us, threads, alone_us), &costs_us);
    Ok(())
}

/// Documents of blanks: what is left is the wire.
async fn blank(load: &Load, server: &Served, report: &mut Report) -> Result<(), Error> {
    let blank = texts::blank(&load.documents);
    let in_process_us = load.in_process_us(&blank, 1)?;
    report.heading("Blank documents of the same length");
    for way in Way::ALL {
        let measured = calls::annotate(server, way, &Texts::new(&blank), 4, load.time).await?;
        report.blank(way, &measured, in_process_us);
    }
    Ok(())
}

async fn lookups(load: &Load, server: &Served, echo: &Served, report: &mut Report) -> Result<(), Error> {
    report.heading("Lookups, one stream");
    let (entities, papers, time) = (&load.entities, &load.papers, load.time);
    let measured = calls::entities(server, entities, time).await?;
    report.lookups("LookupEntities", &measured, &calls::entities(echo, entities, time).await?);
    for (name, fields) in [("LookupPapers", &[][..]), ("LookupPapers, four fields", &PAPER_FIELDS)] {
        let measured = calls::papers(server, papers, fields, time).await?;
        report.lookups(name, &measured, &calls::papers(echo, papers, fields, time).await?);
    }
    Ok(())
}

/// Small documents at half of what the server can, alone and beside large ones.
async fn fairness(load: &Load, server: &Served, texts: &Texts, report: &mut Report) -> Result<(), Error> {
    report.heading("Small documents at half load");
    let time = load.time;
    report.stalls(time, &tokio::task::spawn_blocking(move || stalls::watch(time)).await?);
    let full = calls::annotate(server, Way::Stream, texts, SMALL_STREAMS, load.time).await?;
    let distance = Duration::from_secs_f64(2.0 * SMALL_STREAMS as f64 / full.rate());
    let alone = calls::annotate_at(server, texts, SMALL_STREAMS, distance, load.time).await?;
    report.fairness("alone", &alone, None);
    // Large documents take long: small ones are measured for as long.
    let time = load.time * 2;
    let large = beside::Beside::start(server, time)?;
    let small = calls::annotate_at(server, texts, SMALL_STREAMS, distance, time).await?;
    let large = tokio::task::spawn_blocking(move || large.end()).await??;
    report.fairness("beside two streams of 4 MB documents", &small, Some(&large));
    Ok(())
}
