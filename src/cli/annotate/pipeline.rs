//! Reading, annotating and writing at the same time, in the order of the input and in bounded memory.
//!
//! One thread reads. For every document it puts a task into a bounded queue that the workers share, and the place where
//! its answer will appear into another bounded queue, which is read in order. So no more documents are in memory than the
//! queues hold, and answers come out as their documents came in, whichever worker was faster.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::annotate::{Annotator, PreparedOptions};
use crate::formats::input::{FormatError, InputDocument};
use crate::formats::output::{Rendered, Renderer};

use super::source::Input;

/// How many documents may wait for each thread.
const QUEUE_PER_THREAD: usize = 4;

/// What every worker needs.
pub(super) struct Work {
    pub(super) annotator: Annotator,
    pub(super) options: PreparedOptions,
    pub(super) renderer: Renderer,
}

/// What became of a document.
pub(super) type Answer = Result<Rendered, Failure>;

/// Why a document has no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// It could not be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The program failed on it.
    #[error("document {0}: the annotator failed; this is a fault of the program, please report it")]
    Fault(String),
}

struct Task {
    document: InputDocument,
    answer: SyncSender<Answer>,
}

/// Starts the threads. The answers come in the order of the input; the threads end when all are taken, or when the
/// receiver is dropped and the input gives its next document.
pub(super) fn start(
    input: Input,
    work: &Arc<Work>,
    threads: usize,
) -> io::Result<Receiver<Receiver<Answer>>> {
    let capacity = threads.saturating_mul(QUEUE_PER_THREAD);
    let (task_sender, tasks) = sync_channel::<Task>(capacity);
    let (place_sender, places) = sync_channel::<Receiver<Answer>>(capacity);
    let tasks = Arc::new(Mutex::new(tasks));
    for number in 0..threads {
        let (tasks, work) = (Arc::clone(&tasks), Arc::clone(work));
        thread::Builder::new().name(format!("annotate-{number}")).spawn(move || annotate(&tasks, &work))?;
    }
    thread::Builder::new().name("read".to_owned()).spawn(move || {
        input.read(|read| {
            let (answer, place) = sync_channel(1);
            if place_sender.send(place).is_err() {
                return false;
            }
            match read {
                Ok(document) => task_sender.send(Task { document, answer }).is_ok(),
                // The place is empty and waits for one answer.
                Err(error) => answer.send(Err(error.into())).is_ok(),
            }
        });
    })?;
    Ok(places)
}

fn annotate(tasks: &Mutex<Receiver<Task>>, work: &Work) {
    loop {
        // The lock is held while waiting: one worker waits for the next task, the others for the lock.
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Task { document, answer }) = task else { return };
        let rendered = catch_unwind(AssertUnwindSafe(|| {
            let annotated = work.annotator.annotate(&document.document, &work.options);
            work.renderer.render(&document, &annotated)
        }));
        // Nobody waits for the answer when the output has ended early.
        let _ = answer.send(rendered.map_err(|_| Failure::Fault(document.document.id)));
    }
}
