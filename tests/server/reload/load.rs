//! A hundred reloads under a load of streams and calls.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use glossator::api::proto::annotate_result::Result as ItemAnswer;
use glossator::api::proto::annotate_stream_request::Item;
use glossator::api::proto::annotate_stream_response::Result as StreamAnswer;
use glossator::api::proto::annotation_service_client::AnnotationServiceClient;
use glossator::api::proto::entity_service_client::EntityServiceClient;
use glossator::api::proto::lookup_entities_response::Result as EntityAnswer;
use glossator::api::proto::{
    AnnotateRequest, AnnotateStreamRequest, AnnotateStreamResponse, AnnotatedDocument,
    BatchGetEntitiesRequest, DocumentBatch, GetEntityRequest, LookupEntitiesRequest, LookupEntitiesResponse,
    ReloadCatalogRequest, ResolveNamesRequest, ResolveNamesResponse, SearchEntitiesRequest, SearchMode,
};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;
use tonic::{Code, Streaming};

use super::{ADMIN_TOKEN, Edition, PLAIN_TOKEN, Shelf, reason, with_token};
use crate::harness::{TestServer, document, document_item, item, requests, soon};

const RELOADS: usize = 100;
/// How many requests a short stream has.
const ROUND_REQUESTS: usize = 12;
/// How many requests of one stream are under way at most, so that little is left to answer after the last reload.
const UNANSWERED_LIMIT: usize = 100;

type Editions = Arc<HashMap<String, Edition>>;

/// The version of an answer, whose content must be that version's.
trait Versioned {
    fn version(&self, editions: &Editions, sequence: usize) -> String;
}

fn check_document(document: &AnnotatedDocument, editions: &Editions) -> String {
    let edition = &editions[&document.catalog_version];
    let ids: Vec<&str> =
        document.annotations.iter().map(|annotation| annotation.entity_id.as_str()).collect();
    assert_eq!(ids, [edition.common], "of {}", document.catalog_version);
    document.catalog_version.clone()
}

impl Versioned for AnnotateStreamResponse {
    fn version(&self, editions: &Editions, sequence: usize) -> String {
        assert_eq!(self.sequence, sequence as u64);
        match self.result.as_ref().unwrap() {
            StreamAnswer::Document(document) => {
                assert_eq!(document.id, sequence.to_string());
                check_document(document, editions)
            }
            StreamAnswer::Batch(batch) => {
                assert_eq!(batch.results.len(), 3);
                let versions: HashSet<String> = batch
                    .results
                    .iter()
                    .map(|result| match result.result.as_ref().unwrap() {
                        ItemAnswer::Document(document) => check_document(document, editions),
                        ItemAnswer::Error(error) => panic!("{}", error.message),
                    })
                    .collect();
                only(versions)
            }
            StreamAnswer::Error(error) => panic!("{}", error.message),
        }
    }
}

impl Versioned for LookupEntitiesResponse {
    fn version(&self, editions: &Editions, sequence: usize) -> String {
        assert_eq!(self.sequence, sequence as u64);
        let EntityAnswer::Entity(entity) = self.result.as_ref().unwrap() else { panic!("{self:?}") };
        assert_eq!(entity.label, editions[&self.catalog_version].labels[sequence % 2]);
        self.catalog_version.clone()
    }
}

impl Versioned for ResolveNamesResponse {
    fn version(&self, editions: &Editions, sequence: usize) -> String {
        assert_eq!((self.sequence, &self.error), (sequence as u64, &None));
        let ids: Vec<&str> = self.candidates.iter().map(|candidate| candidate.entity_id.as_str()).collect();
        assert_eq!(ids, [editions[&self.catalog_version].common]);
        self.catalog_version.clone()
    }
}

/// The only one of them.
fn only(versions: HashSet<String>) -> String {
    assert_eq!(versions.len(), 1, "{versions:?}");
    versions.into_iter().next().unwrap()
}

fn single(number: usize) -> AnnotateStreamRequest {
    document_item(&number.to_string(), "They had commonitis.")
}

fn batch(_: usize) -> AnnotateStreamRequest {
    item(Item::Batch(DocumentBatch { documents: vec![document("", "A case of commonitis."); 3] }))
}

fn lookup(number: usize) -> LookupEntitiesRequest {
    LookupEntitiesRequest { id: ["MESH:D000001", "MESH:D000002"][number % 2].to_owned() }
}

fn name(_: usize) -> ResolveNamesRequest {
    ResolveNamesRequest { name: "commonitis".to_owned(), ..ResolveNamesRequest::default() }
}

/// A stream: every request answered once, in order, by one version. It ends when `goes_on`, asked with how many requests
/// were sent, says so. Gives the version and how many answers there were.
async fn exchange<Q: Send + 'static, A: Versioned>(
    request: fn(usize) -> Q,
    sender: mpsc::Sender<Q>,
    mut answers: Streaming<A>,
    editions: Editions,
    goes_on: impl Fn(usize) -> bool + Send + 'static,
) -> (String, usize) {
    let room = Arc::new(Semaphore::new(UNANSWERED_LIMIT));
    let places = Arc::clone(&room);
    let writing = tokio::spawn(async move {
        let mut sent = 0;
        while goes_on(sent) {
            places.acquire().await.unwrap().forget();
            sender.send(request(sent)).await.unwrap();
            sent += 1;
        }
        sent
    });
    let (mut answered, mut versions) = (0, HashSet::new());
    while let Some(answer) = soon(answers.message()).await.unwrap() {
        room.add_permits(1);
        versions.insert(answer.version(&editions, answered));
        answered += 1;
    }
    assert_eq!(answered, writing.await.unwrap(), "requests were lost");
    (only(versions), answered)
}

/// Opens a stream of a client's method and gives what [`exchange`] wants.
macro_rules! open {
    ($client:expr, $method:ident) => {{
        let (sender, stream): (_, ReceiverStream<_>) = requests();
        let answers = $client.$method(with_token(PLAIN_TOKEN, stream)).await.unwrap().into_inner();
        (sender, answers)
    }};
}

/// Something that is done over and over while catalogs change, on a connection of its own, and that tells its version.
struct Worker {
    rounds: watch::Receiver<usize>,
    versions: JoinHandle<HashSet<String>>,
}

impl Worker {
    fn start<Round: Future<Output = String> + Send + 'static>(
        stop: &Arc<AtomicBool>,
        round: impl Fn() -> Round + Send + 'static,
    ) -> Self {
        let (counter, rounds) = watch::channel(0);
        let stop = Arc::clone(stop);
        let versions = tokio::spawn(async move {
            let mut versions = HashSet::new();
            while !stop.load(Ordering::Relaxed) {
                versions.insert(round().await);
                counter.send_modify(|count| *count += 1);
            }
            versions
        });
        Self { rounds, versions }
    }

    /// Waits until two more rounds have ended: the second of them began after now.
    async fn two_more_rounds(&mut self) {
        let wanted = *self.rounds.borrow() + 2;
        soon(self.rounds.wait_for(|rounds| *rounds >= wanted)).await.expect("the worker goes on");
    }
}

macro_rules! stream_worker {
    ($stop:expr, $editions:expr, $client:expr, $method:ident, $request:ident) => {{
        let (client, editions) = ($client, Arc::clone($editions));
        Worker::start($stop, move || {
            let (mut client, editions) = (client.clone(), Arc::clone(&editions));
            async move {
                let (sender, answers) = open!(client, $method);
                let to_the_end = |sent| sent < ROUND_REQUESTS;
                let (version, answered) = exchange($request, sender, answers, editions, to_the_end).await;
                assert_eq!(answered, ROUND_REQUESTS);
                version
            }
        })
    }};
}

async fn annotate(mut client: AnnotationServiceClient<Channel>, editions: Editions) -> String {
    let documents = vec![document("", "Is it commonitis?"); 5];
    let request = with_token(PLAIN_TOKEN, AnnotateRequest { documents, options: None });
    let results = client.annotate(request).await.unwrap().into_inner().results;
    assert_eq!(results.len(), 5);
    let checked = results.iter().map(|result| match result.result.as_ref().unwrap() {
        ItemAnswer::Document(document) => check_document(document, &editions),
        ItemAnswer::Error(error) => panic!("{}", error.message),
    });
    only(checked.collect())
}

async fn get(mut client: EntityServiceClient<Channel>, editions: Editions) -> String {
    let request = with_token(PLAIN_TOKEN, GetEntityRequest { id: "MESH:D000001".to_owned() });
    let one = client.get_entity(request).await.unwrap().into_inner();
    assert_eq!(one.entity.unwrap().label, editions[&one.catalog_version].labels[0]);
    let ids = vec!["MESH:D000001".to_owned(), "MESH:D000002".to_owned()];
    let request = with_token(PLAIN_TOKEN, BatchGetEntitiesRequest { ids });
    let both = client.batch_get_entities(request).await.unwrap().into_inner();
    let labels: Vec<&str> = both.entities.iter().map(|entity| entity.label.as_str()).collect();
    assert_eq!(labels, editions[&both.catalog_version].labels);
    both.catalog_version
}

async fn search(mut client: EntityServiceClient<Channel>, editions: Editions) -> String {
    let mut version = String::new();
    for mode in [SearchMode::Prefix, SearchMode::Fuzzy, SearchMode::Full] {
        let query = "commonitis".to_owned();
        let request = SearchEntitiesRequest { query, mode: mode as i32, ..Default::default() };
        let found = client.search_entities(with_token(PLAIN_TOKEN, request)).await.unwrap().into_inner();
        assert_eq!(found.entities[0].id, editions[&found.catalog_version].common);
        version = found.catalog_version;
    }
    version
}

macro_rules! unary_worker {
    ($stop:expr, $editions:expr, $client:expr, $call:ident) => {{
        let (client, editions) = ($client, Arc::clone($editions));
        Worker::start($stop, move || $call(client.clone(), Arc::clone(&editions)))
    }};
}

/// A stream from before the first reload to after the last one.
macro_rules! long_stream {
    ($stop:expr, $editions:expr, $client:expr, $method:ident, $request:ident) => {{
        let mut client = $client;
        let (sender, answers) = open!(client, $method);
        let stop = Arc::clone($stop);
        let goes_on = move |_| !stop.load(Ordering::Relaxed);
        tokio::spawn(exchange($request, sender, answers, Arc::clone($editions), goes_on))
    }};
}

/// Takes up the catalog of that number, and refuses a bad one now and then.
async fn reload(server: &TestServer, shelf: &Shelf, number: usize) {
    let mut client = server.catalog().await;
    let call = || with_token(ADMIN_TOKEN, ReloadCatalogRequest {});
    if number % 10 == 5 {
        shelf.put("bad");
        let status = client.reload_catalog(call()).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "CATALOG_BAD"));
    }
    shelf.put(&(number % 2).to_string());
    let reloaded = client.reload_catalog(call()).await.unwrap().into_inner();
    assert_eq!(reloaded.version, shelf.editions[number % 2].version);
    assert_eq!(reloaded.previous_version, shelf.editions[(number + 1) % 2].version);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_reloads_lose_no_request_and_mix_no_versions() {
    let shelf = Shelf::new();
    std::fs::create_dir(shelf.path("bad")).unwrap();
    std::fs::write(shelf.path("bad").join("diseases.tsv"), "no header\n").unwrap();
    let server = shelf.start();
    let (stop, editions) = (&Arc::new(AtomicBool::new(false)), &Arc::new(shelf.by_version()));
    let long = [
        long_stream!(stop, editions, server.annotation().await, annotate_stream, single),
        long_stream!(stop, editions, server.annotation().await, annotate_stream, batch),
        long_stream!(stop, editions, server.entities().await, lookup_entities, lookup),
        long_stream!(stop, editions, server.entities().await, resolve_names, name),
    ];
    // An odd number, so that each is waited for after reloads of both catalogs.
    let mut workers = [
        stream_worker!(stop, editions, server.annotation().await, annotate_stream, single),
        stream_worker!(stop, editions, server.annotation().await, annotate_stream, batch),
        stream_worker!(stop, editions, server.entities().await, lookup_entities, lookup),
        stream_worker!(stop, editions, server.entities().await, resolve_names, name),
        unary_worker!(stop, editions, server.annotation().await, annotate),
        unary_worker!(stop, editions, server.entities().await, get),
        unary_worker!(stop, editions, server.entities().await, search),
    ];
    for worker in &mut workers {
        worker.two_more_rounds().await;
    }
    for number in 1..=RELOADS {
        reload(&server, &shelf, number).await;
        let waited_for = number % workers.len();
        workers[waited_for].two_more_rounds().await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut rounds = 0;
    for worker in workers {
        assert_eq!(worker.versions.await.unwrap().len(), 2, "both catalogs have answered");
        rounds += *worker.rounds.borrow();
    }
    let mut messages = 0;
    for stream in long {
        let (version, answered) = stream.await.unwrap();
        assert_eq!(version, shelf.editions[0].version, "a stream keeps the catalog it began with");
        messages += answered;
    }
    println!("{RELOADS} reloads under {rounds} rounds and {messages} messages of long streams");
}
