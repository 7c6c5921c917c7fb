//! The memory of a server that has the catalog open and has annotated papers.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use glossator::api::proto::AnnotatePapersRequest;
use glossator::api::proto::annotation_service_client::AnnotationServiceClient;
use glossator::corpus::Corpus;
use tonic::transport::{Channel, Endpoint, Uri};

/// Why the server could not be measured.
pub type Error = Box<dyn std::error::Error>;

/// What the system says of a process, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory {
    /// Memory of its own that is no file's: `RssAnon`.
    pub anonymous: u64,
    /// Pages that only it has in use and has written to.
    pub private_dirty: u64,
    /// Pages of files that only it has in use; the system takes them back when it needs them.
    pub private_clean: u64,
    /// Those of `private_clean` and `private_dirty` that are the catalog's.
    pub private_catalog: u64,
}

impl Memory {
    /// What the server itself keeps: its private memory but for the pages of the catalog's file.
    pub const fn own(&self) -> u64 {
        (self.private_clean + self.private_dirty).saturating_sub(self.private_catalog)
    }
}

/// A server, ended when it is dropped.
struct Server {
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a server on the catalog, lets it annotate every starter paper, and gives its memory and how many papers that
/// were.
pub fn measure(program: &Path, catalog: &Path) -> Result<(Memory, usize), Error> {
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("report.sock");
    let child = Command::new(program)
        .arg("serve")
        .arg("--catalog")
        .arg(catalog)
        .arg("--listen")
        .arg(format!("unix:{}", socket.display()))
        .stderr(Stdio::piped())
        .spawn()?;
    let mut server = Server { child };
    let log = server.child.stderr.take().ok_or("the server has no log")?;
    let mut log = BufReader::new(log).lines();
    loop {
        let line = log.next().ok_or("the server ended before it served")??;
        if line.contains("serving") {
            break;
        }
    }
    // A pipe that nobody reads would stop the server.
    std::thread::spawn(move || log.for_each(drop));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let papers = runtime.block_on(annotate(socket))?;
    Ok((memory(server.child.id(), catalog)?, papers))
}

async fn connect(socket: PathBuf) -> Result<Channel, tonic::transport::Error> {
    let connect = move |_: Uri| {
        let socket = socket.clone();
        async move { tokio::net::UnixStream::connect(socket).await.map(hyper_util::rt::TokioIo::new) }
    };
    Endpoint::from_static("http://unix.socket").connect_with_connector(tower::service_fn(connect)).await
}

async fn annotate(socket: PathBuf) -> Result<usize, Error> {
    let mut client = AnnotationServiceClient::new(connect(socket).await?);
    let paper_ids =
        Corpus::embedded()?.papers().iter().filter_map(|paper| Some(paper.id()?.to_string())).collect();
    let request = AnnotatePapersRequest { paper_ids, ..AnnotatePapersRequest::default() };
    let mut answers = client.annotate_papers(request).await?.into_inner();
    let mut count = 0;
    while answers.message().await?.is_some() {
        count += 1;
    }
    Ok(count)
}

fn memory(process: u32, catalog: &Path) -> Result<Memory, Error> {
    let catalog = fs::canonicalize(catalog)?;
    let catalog = catalog.to_string_lossy();
    let kib = |line: &str| {
        line.split_whitespace().nth(1).and_then(|value| value.parse::<u64>().ok()).unwrap_or(0) << 10
    };
    let mut memory = Memory::default();
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    memory.anonymous = status.lines().find(|line| line.starts_with("RssAnon:")).map_or(0, kib);
    let mut of_catalog = false;
    for line in fs::read_to_string(format!("/proc/{process}/smaps"))?.lines() {
        let Some((head, _)) = line.split_once(':').filter(|(head, _)| !head.contains('-')) else {
            // The head of a mapping: addresses, rights, and the file at the end.
            of_catalog = line.ends_with(&*catalog);
            continue;
        };
        let sum = match head {
            "Private_Clean" => &mut memory.private_clean,
            "Private_Dirty" => &mut memory.private_dirty,
            _ => continue,
        };
        *sum += kib(line);
        memory.private_catalog += if of_catalog { kib(line) } else { 0 };
    }
    Ok(memory)
}
