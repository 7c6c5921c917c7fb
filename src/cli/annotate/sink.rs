//! Where answers go: standard output, or a file that appears when it is whole; and the signs of progress.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::formats::output::{OutputWriter, Renderer};

use super::AnnotateError;
use super::pipeline::{Answer, Failure};
use super::source::Input;

/// Work that takes less has no progress bar.
const QUIET_TIME: Duration = Duration::from_secs(1);

/// Writes all answers, and ends quietly when nobody reads them any more.
pub(super) fn write(
    answers: &Receiver<Receiver<Answer>>,
    renderer: &Renderer,
    path: Option<&Path>,
    mut progress: Progress,
) -> Result<(), AnnotateError> {
    let name = path.map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
    let written = Target::open(path).and_then(|mut target| {
        let tally = write_answers(answers, renderer, &mut target, &mut progress)?;
        target.finish()?;
        Ok(tally)
    });
    progress.finish();
    match written {
        Ok(tally) => tally.report(),
        // Whoever reads the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(source) => Err(AnnotateError::Write { name, source }),
    }
}

/// How the documents fared.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    done: usize,
    failed: usize,
}

impl Tally {
    fn report(self) -> Result<(), AnnotateError> {
        tracing::info!(documents = self.done, failed = self.failed, "annotated");
        if self.failed == 0 {
            return Ok(());
        }
        let count = |number: usize| format!("{number} document{}", if number == 1 { "" } else { "s" });
        let verb = if self.done == 1 { "was" } else { "were" };
        Err(AnnotateError::Documents {
            failed: count(self.failed),
            done: format!("{} {verb}", count(self.done)),
        })
    }
}

fn write_answers(
    answers: &Receiver<Receiver<Answer>>,
    renderer: &Renderer,
    target: &mut Target,
    progress: &mut Progress,
) -> io::Result<Tally> {
    let mut writer = OutputWriter::begin(target, renderer)?;
    let mut tally = Tally::default();
    loop {
        let place = match answers.try_recv() {
            Ok(place) => place,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                // The input makes a pause: what is done goes out.
                writer.flush()?;
                match answers.recv() {
                    Ok(place) => place,
                    Err(_) => break,
                }
            }
        };
        match place.recv().unwrap_or_else(|_| Err(Failure::Fault("unknown".to_owned()))) {
            Ok(rendered) => {
                writer.write(&rendered)?;
                tally.done += 1;
            }
            Err(failure) => {
                progress.say(&format!("glossator: {failure}"));
                tally.failed += 1;
            }
        }
        progress.step(tally.done + tally.failed);
    }
    writer.finish()?;
    Ok(tally)
}

/// An output that is open.
enum Target {
    /// Standard output, or a file that is no regular one, such as /dev/null.
    Stream(BufWriter<Box<dyn Write>>),
    /// A file beside the one that it will replace.
    File { output: BufWriter<File>, part: PartFile },
}

/// A file that is taken away again unless it is kept.
struct PartFile {
    part: PathBuf,
    path: PathBuf,
    kept: bool,
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.kept {
            // Nothing is lost with a file that was never whole.
            let _ = fs::remove_file(&self.part);
        }
    }
}

impl Target {
    fn open(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path else { return Ok(Self::Stream(BufWriter::new(Box::new(io::stdout())))) };
        if path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self::Stream(BufWriter::new(Box::new(file))));
        }
        // A link's target is replaced, not the link.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = path.file_name().ok_or_else(|| io::Error::other("the path names no file"))?;
        let part = path.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        let output = BufWriter::new(OpenOptions::new().write(true).create_new(true).open(&part)?);
        Ok(Self::File { output, part: PartFile { part, path, kept: false } })
    }

    /// Puts a whole file in its place.
    fn finish(self) -> io::Result<()> {
        match self {
            Self::Stream(mut output) => output.flush(),
            Self::File { output, mut part } => {
                let file = output.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.sync_all()?;
                fs::rename(&part.part, &part.path)?;
                part.kept = true;
                Ok(())
            }
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stream(output) => output.write(bytes),
            Self::File { output, .. } => output.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(output) => output.flush(),
            Self::File { output, .. } => output.flush(),
        }
    }
}

/// A progress bar for people who wait at a terminal, and nothing for others.
pub(super) struct Progress {
    started: Instant,
    wanted: bool,
    bytes: Option<u64>,
    bytes_read: Arc<AtomicU64>,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// `to_file` says that standard output stays free of results.
    pub(super) fn new(input: &Input, to_file: bool) -> Self {
        let wanted = io::stderr().is_terminal() && (to_file || !io::stdout().is_terminal());
        Self {
            started: Instant::now(),
            wanted,
            bytes: if wanted { input.bytes() } else { None },
            bytes_read: Arc::clone(&input.bytes_read),
            bar: None,
        }
    }

    /// Shows a line above the bar.
    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }

    fn step(&mut self, documents: usize) {
        if !self.wanted || (self.bar.is_none() && self.started.elapsed() < QUIET_TIME) {
            return;
        }
        let bytes = self.bytes;
        let bar = self.bar.get_or_insert_with(|| {
            let (bar, template) = match bytes {
                Some(bytes) => {
                    (ProgressBar::new(bytes), "{bar:30} {bytes}/{total_bytes} {msg} {elapsed} left {eta}")
                }
                None => (ProgressBar::new_spinner(), "{spinner} {msg} {elapsed}"),
            };
            // The templates are right; the plain bar stands in otherwise.
            let style =
                ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.with_style(style)
        });
        bar.set_position(self.bytes_read.load(Ordering::Relaxed));
        bar.set_message(format!("{documents} documents"));
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
