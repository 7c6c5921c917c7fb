//! What annotating takes from the heap beyond the answers, a document, once a thread has read all of the documents.
//!
//! ```text
//! cargo run --release --example allocations -- development.catalog --texts FOLDER
//! ```
//!
//! Writes what took it, by place in the code, to `dhat-heap.json`, which `dh_view.html` of DHAT shows.

mod answer;
#[path = "../speed/subject.rs"]
mod subject;
#[path = "../speed/texts.rs"]
mod texts;

use std::process::ExitCode;

use clap::Parser;
use subject::{Source, Subject};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// How often the documents are read before anything is counted: some of what is met again is remembered from the third time on.
const ROUNDS_BEFORE: usize = 3;

/// Counts allocations.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    source: Source,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().source) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("allocations: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(source: &Source) -> Result<(), Box<dyn std::error::Error>> {
    let subject = Subject::open(source)?;
    let Subject { annotator, options, documents } = &subject;
    for document in documents.iter().cycle().take(documents.len() * ROUNDS_BEFORE) {
        drop(annotator.annotate(document, options));
    }
    let _profiler = dhat::Profiler::builder().trim_backtraces(None).build();
    let (mut answers, mut beyond, mut with_some) = (0, 0, 0);
    for document in documents {
        let before = dhat::HeapStats::get().total_blocks;
        let answer = annotator.annotate(document, options);
        let taken = dhat::HeapStats::get().total_blocks - before;
        let own = answer::allocations(&answer);
        answers += own;
        beyond += taken.saturating_sub(own);
        with_some += usize::from(taken > own);
    }
    let count = documents.len() as f64;
    println!("{} documents, allocations a document:", documents.len());
    println!("the answer itself  {:8.3}", answers as f64 / count);
    println!("beyond the answer  {:8.3}, in {with_some} documents", beyond as f64 / count);
    Ok(())
}
