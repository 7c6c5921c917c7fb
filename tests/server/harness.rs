//! The built server in a process of its own, and clients of it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use glossator::api::proto::annotation_service_client::AnnotationServiceClient;
use glossator::api::proto::catalog_service_client::CatalogServiceClient;
use glossator::api::proto::entity_service_client::EntityServiceClient;
use glossator::api::proto::paper_service_client::PaperServiceClient;
use glossator::api::proto::{self, Annotation, Document};
use glossator::catalog::build::{BuildOptions, build};
use glossator::catalog::recipe::Recipe;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Endpoint, Uri};

/// How long anything may take before a test gives up on it. Nothing waits this long when all is well.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A message size that no answer of these tests reaches.
const MESSAGE_BYTES_LIMIT: usize = 256 << 20;

/// The lines that a server has logged, and whether it has ended.
#[derive(Default)]
struct Log {
    lines: Mutex<(Vec<String>, bool)>,
    changed: Condvar,
}

impl Log {
    fn wait_for(&self, part: &str) -> String {
        let mut lines = self.lines.lock().unwrap();
        loop {
            if let Some(line) = lines.0.iter().find(|line| line.contains(part)) {
                return line.clone();
            }
            assert!(!lines.1, "the server ended without logging {part}: {:#?}", lines.0);
            let (next, timeout) = self.changed.wait_timeout(lines, PATIENCE).unwrap();
            lines = next;
            assert!(!timeout.timed_out(), "the server did not log {part}: {:#?}", lines.0);
        }
    }

    fn wait_for_end(&self) {
        let lines = self.lines.lock().unwrap();
        let (lines, timeout) = self.changed.wait_timeout_while(lines, PATIENCE, |lines| !lines.1).unwrap();
        assert!(!timeout.timed_out(), "the server did not end: {:#?}", lines.0);
    }
}

/// A running server. Killed when dropped.
pub struct TestServer {
    child: Child,
    log: Arc<Log>,
    address: String,
}

impl TestServer {
    /// Starts a server with these flags on a free port and waits until it serves.
    pub fn start(flags: &[&str]) -> Self {
        let server = Self::start_loading(flags);
        server.log.wait_for("\"message\":\"serving\"");
        server
    }

    /// The same, but waits only until it listens.
    pub fn start_loading(flags: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_glossator"));
        command.arg("serve");
        if !flags.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        if !flags.contains(&"--drain-wait-ms") {
            command.args(["--drain-wait-ms", "0"]);
        }
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GLOSSATOR_")) {
            command.env_remove(name);
        }
        command.args(["--log-format", "json", "--log", "info"]).args(flags).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let log = Arc::new(Log::default());
        let errors = BufReader::new(child.stderr.take().unwrap());
        let writer = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                writer.lines.lock().unwrap().0.push(line);
                writer.changed.notify_all();
            }
            writer.lines.lock().unwrap().1 = true;
            writer.changed.notify_all();
        });
        let mut server = Self { child, log, address: String::new() };
        let line = server.log.wait_for("\"message\":\"listening\"");
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        server.address = line["address"].as_str().unwrap().to_owned();
        server
    }

    /// Waits until the log holds a line with `part`, and gives it. The runtime goes on meanwhile: the client's own
    /// connections must be driven for the server to see what they do.
    pub async fn logged(&self, part: &str) -> String {
        let (log, part) = (Arc::clone(&self.log), part.to_owned());
        tokio::task::spawn_blocking(move || log.wait_for(&part)).await.unwrap()
    }

    /// `HOST:PORT`, or `unix:` and a path.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// All log lines so far.
    pub fn log_lines(&self) -> Vec<String> {
        self.log.lines.lock().unwrap().0.clone()
    }

    /// A connection of its own.
    pub async fn channel(&self) -> Channel {
        if let Some(path) = self.address.strip_prefix("unix:") {
            let path = PathBuf::from(path);
            let connect = move |_: Uri| {
                let path = path.clone();
                async move { tokio::net::UnixStream::connect(path).await.map(hyper_util::rt::TokioIo::new) }
            };
            return Endpoint::from_static("http://unix.socket")
                .connect_with_connector(tower::service_fn(connect))
                .await
                .expect("the socket is there");
        }
        Endpoint::from_shared(format!("http://{}", self.address))
            .unwrap()
            .connect()
            .await
            .expect("the server listens")
    }

    pub async fn annotation(&self) -> AnnotationServiceClient<Channel> {
        AnnotationServiceClient::new(self.channel().await)
            .max_decoding_message_size(MESSAGE_BYTES_LIMIT)
            .max_encoding_message_size(MESSAGE_BYTES_LIMIT)
    }

    pub async fn entities(&self) -> EntityServiceClient<Channel> {
        EntityServiceClient::new(self.channel().await)
    }

    pub async fn papers(&self) -> PaperServiceClient<Channel> {
        PaperServiceClient::new(self.channel().await)
    }

    pub async fn catalog(&self) -> CatalogServiceClient<Channel> {
        CatalogServiceClient::new(self.channel().await)
    }

    /// Sends the process a signal such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until the process has ended.
    pub async fn ended(&mut self) -> ExitStatus {
        let log = Arc::clone(&self.log);
        tokio::task::spawn_blocking(move || log.wait_for_end()).await.unwrap();
        self.child.wait().unwrap()
    }

    /// The memory that the process has in use, in bytes; `None` where the system has no `/proc`.
    pub fn resident_bytes(&self) -> Option<usize> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<usize>().ok()? * 1_024)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // Gone already in the tests of shutdown.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A stream of requests that a test writes into.
pub fn requests<T: Send + 'static>() -> (mpsc::Sender<T>, ReceiverStream<T>) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, ReceiverStream::new(receiver))
}

/// Gives up on what takes too long.
pub async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it takes too long")
}

pub fn document(id: &str, text: &str) -> Document {
    Document { id: id.to_owned(), text: text.to_owned(), passages: Vec::new() }
}

/// A message of AnnotateStream.
pub fn item(item: proto::annotate_stream_request::Item) -> proto::AnnotateStreamRequest {
    proto::AnnotateStreamRequest { item: Some(item) }
}

/// A message of AnnotateStream with a document.
pub fn document_item(id: &str, text: &str) -> proto::AnnotateStreamRequest {
    item(proto::annotate_stream_request::Item::Document(document(id, text)))
}

/// The ids of annotations, in their order.
pub fn ids(annotations: &[Annotation]) -> Vec<&str> {
    annotations.iter().map(|annotation| annotation.entity_id.as_str()).collect()
}

/// Writes a table of a catalog: its header, then a line a row of `id`, `label`, `taxon_id`, `parent_ids` and exact names.
pub fn write_table(folder: &Path, file: &str, rows: &[[&str; 5]]) {
    let mut table = "id\tlabel\ttaxon_id\txrefs\tparent_ids\texact\trelated\tnarrow\tbroad\n".to_owned();
    for [id, label, taxon, parents, exact] in rows {
        table.push_str(&format!("{id}\t{label}\t{taxon}\t\t{parents}\t{exact}\t\t\t\n"));
    }
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(file), table).unwrap();
}

/// Builds a catalog file of diseases, each an id, a label and another name or none, and gives its bytes.
pub fn write_catalog(file: &Path, diseases: &[[&str; 3]]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let rows = diseases.iter().map(|row| format!("Disease\t{}\n", row.join("\t")));
    let terms = format!("type\tid\tname\tsynonyms\n{}", rows.collect::<String>());
    std::fs::write(folder.path().join("terms.tsv"), terms).unwrap();
    let recipe = "name = \"test\"\n[[sources]]\nname = \"terms\"\nversion = \"1\"\nlicense = \"CC0-1.0\"\n\
                  file = \"terms.tsv\"\nformat = \"terms\"\n";
    let recipe = Recipe::parse(recipe, "test.toml").unwrap();
    build(&recipe, folder.path(), file, &BuildOptions::default(), &mut |_| {}).unwrap();
    std::fs::read(file).unwrap()
}
