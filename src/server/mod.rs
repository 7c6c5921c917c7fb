//! The server: listener, limits, health, reflection, logs, shutdown.

mod calls;
mod connections;
mod listener;
pub mod settings;
pub mod telemetry;
mod time_slices;
mod tokens;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::codec::CompressionEncoding;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tracing::{info, warn};

use crate::annotate::Annotator;
use crate::api::proto::{self};
use crate::api::servers::annotation_service_server::AnnotationServiceServer;
use crate::api::servers::catalog_service_server::CatalogServiceServer;
use crate::api::servers::entity_service_server::EntityServiceServer;
use crate::api::servers::paper_service_server::PaperServiceServer;
use crate::api::{
    AnnotationApi, CatalogApi, CatalogReloader, EntityApi, PaperApi, ReloadTrigger, State, StateHandle,
    WorkPool, WorkPoolError,
};
use crate::catalog::{Catalog, CatalogError};
use crate::corpus::{Corpus, CorpusError};

use calls::{CallLayer, CallPolicy};
pub use listener::ListenError;
use listener::Listener;
use settings::Settings;
use time_slices::take_short_slices;
use tokens::{Tokens, TokensError};

/// How many streams that the server itself has reset a connection may remember. hyper guards against
/// RUSTSEC-2024-0003 (rapid reset) with this; tonic passes `None` and so takes the guard away.
const LOCAL_RESETS_LIMIT: usize = 1_024;
/// How many streams that the client has reset may wait to be accepted; hyper's own value, set so that it stays.
const PENDING_RESETS_LIMIT: usize = 20;
/// The most bytes of a request's headers.
const HEADERS_BYTES_LIMIT: u32 = 16 << 10;
/// The largest frame that a client may send.
const FRAME_BYTES_LIMIT: u32 = 64 << 10;
/// How long calls that are cut have for their clients to read that they are.
const CUT_WAIT: Duration = Duration::from_millis(500);

/// Every service of the contract, by its full name.
const SERVICE_NAMES: [&str; 4] = [
    AnnotationServiceServer::<AnnotationApi>::NAME,
    CatalogServiceServer::<CatalogApi>::NAME,
    EntityServiceServer::<EntityApi>::NAME,
    PaperServiceServer::<PaperApi>::NAME,
];

/// Why the server stops or does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// It cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Its tokens are not good.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// Its catalog is not good.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Its papers are not good.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// It has no threads to work with.
    #[error(transparent)]
    WorkPool(#[from] WorkPoolError),
    /// Reflection refuses the contract, which is a defect of this program.
    #[error("cannot set up reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport failed.
    #[error("the server failed: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// Signals cannot be waited for, or the runtime cannot be started.
    #[error("the system refuses {what}: {source}")]
    System {
        /// What it refuses.
        what: &'static str,
        /// What it says.
        source: std::io::Error,
    },
    /// A thread that read data failed, which is a defect of this program.
    #[error("reading the data failed: {0}")]
    Load(String),
}

/// Serves until SIGTERM or SIGINT, then drains. Blocks the thread.
///
/// # Errors
/// When the server cannot start or fails.
pub fn run(settings: &Settings) -> Result<(), ServerError> {
    let started = Instant::now();
    // all threads that begin after this have them from this one
    take_short_slices();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("reactor")
        .build()
        .map_err(|source| ServerError::System { what: "a runtime", source })?;
    let result = runtime.block_on(serve(settings, started));
    // Connections that outlived the drain are cut.
    runtime.shutdown_background();
    result
}

async fn serve(settings: &Settings, started: Instant) -> Result<(), ServerError> {
    // First of all: a signal that is not waited for would end the process.
    let mut signals = Signals::new()?;
    let hangup = wait_for(SignalKind::hangup())?;
    let tokens = settings.token_file.as_deref().map(Tokens::from_file).transpose()?.unwrap_or_default();
    let policy = Arc::new(CallPolicy::new(tokens, settings));
    // The socket's file is removed when this function ends, however it ends.
    let (listener, _file) = Listener::bind(&settings.listen).await?;
    let address = listener.to_string();
    let state = StateHandle::default();
    let (health, health_service) = tonic_health::server::health_reporter();
    set_health(&health, ServingStatus::NotServing).await;
    let reloader = Arc::new(CatalogReloader::new(state.clone(), settings.catalog.clone()));
    let routes = routes(settings, &state, &reloader)?.add_service(health_service);

    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(accept(settings.clone(), Arc::clone(&policy), routes, listener, stopped));
    info!(%address, "listening");

    let loading = tokio::task::spawn_blocking({
        let settings = settings.clone();
        move || load(&settings)
    });
    tokio::select! {
        loaded = loading => {
            let loaded = loaded.map_err(|error| ServerError::Load(error.to_string()))??;
            let loaded = Arc::new(loaded);
            state.set(Arc::clone(&loaded));
            set_health(&health, ServingStatus::Serving).await;
            log_serving(&loaded, started);
            // The first catalog is freed when another one is in force.
            drop(loaded);
            let reloads = tokio::spawn(reload_at_hangup(hangup, reloader));
            signals.next().await;
            reloads.abort();
        }
        () = signals.next() => {}
    }
    drain(settings, &health, &policy, &stop, server, &mut signals).await
}

fn log_serving(state: &State, started: Instant) {
    info!(
        catalog_version = state.catalog().version(),
        entities = state.catalog().entity_count(),
        papers = state.corpus.len(),
        workers = state.pool.threads(),
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "serving"
    );
}

/// Reloads the catalog at every SIGHUP, those before the server served included; several that come together are one.
async fn reload_at_hangup(mut hangup: Signal, reloader: Arc<CatalogReloader>) {
    while hangup.recv().await.is_some() {
        // Logged there, whatever becomes of it.
        let _ = reloader.reload(ReloadTrigger::Signal).await;
    }
}

/// The order matters: health says NOT_SERVING, load balancers get time to look elsewhere, nothing more is accepted, calls
/// under way may end, and a timer cuts those that do not: they end with UNAVAILABLE, and clients that do not read it within
/// [`CUT_WAIT`] lose their connection. tonic by itself would wait for them without limit.
async fn drain(
    settings: &Settings,
    health: &HealthReporter,
    policy: &CallPolicy,
    stop: &watch::Sender<bool>,
    mut server: tokio::task::JoinHandle<Result<(), tonic::transport::Error>>,
    signals: &mut Signals,
) -> Result<(), ServerError> {
    info!(calls = policy.calls(), "draining");
    set_health(health, ServingStatus::NotServing).await;
    tokio::select! {
        () = tokio::time::sleep(Duration::from_millis(settings.drain_wait_ms)) => {}
        () = signals.next() => {}
    }
    policy.drain();
    // The receiver lives as long as the server, which may have failed already.
    let _ = stop.send(true);
    tokio::select! {
        ended = &mut server => {
            info!("stopped");
            return ended.map_err(|error| ServerError::Load(error.to_string()))?.map_err(ServerError::from);
        }
        () = tokio::time::sleep(Duration::from_millis(settings.drain_timeout_ms)) => {
            warn!(calls = policy.calls(), "stopped by the drain timeout; calls were cut");
        }
        () = signals.next() => {
            warn!(calls = policy.calls(), "stopped by a second signal; calls were cut");
        }
    }
    policy.cut();
    // What comes of it is the same: the process ends.
    let _ = tokio::time::timeout(CUT_WAIT, server).await;
    Ok(())
}

async fn set_health(health: &HealthReporter, status: ServingStatus) {
    // Watch of a name that is not registered is NOT_FOUND, so that all are, and the server as a whole.
    for name in SERVICE_NAMES.into_iter().chain([""]) {
        health.set_service_status(name, status).await;
    }
}

fn routes(
    settings: &Settings,
    state: &StateHandle,
    reloader: &Arc<CatalogReloader>,
) -> Result<Routes, tonic_reflection::server::Error> {
    let limits = settings.limits();
    // The services keep answers within their limit and say so; the transport's own is a little above it, for what is
    // around an answer.
    macro_rules! bounded {
        ($server:ident, $api:expr) => {{
            let service = $server::new($api)
                .max_decoding_message_size(limits.request_bytes)
                .max_encoding_message_size(limits.answer_bytes.saturating_add(limits.answer_bytes / 8));
            if settings.compression {
                service
                    .accept_compressed(CompressionEncoding::Gzip)
                    .send_compressed(CompressionEncoding::Gzip)
            } else {
                service
            }
        }};
    }
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok(Routes::new(bounded!(AnnotationServiceServer, AnnotationApi::new(state.clone())))
        .add_service(bounded!(EntityServiceServer, EntityApi::new(state.clone())))
        .add_service(bounded!(PaperServiceServer, PaperApi::new(state.clone())))
        .add_service(bounded!(CatalogServiceServer, CatalogApi::new(state.clone(), Arc::clone(reloader))))
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?))
}

async fn accept(
    settings: Settings,
    policy: Arc<CallPolicy>,
    routes: Routes,
    listener: Listener,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), tonic::transport::Error> {
    let milliseconds = Duration::from_millis;
    let router = Server::builder()
        .max_concurrent_streams(settings.connection_calls_limit)
        .http2_max_local_error_reset_streams(Some(LOCAL_RESETS_LIMIT))
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS_LIMIT))
        .http2_max_header_list_size(HEADERS_BYTES_LIMIT)
        .http2_keepalive_interval(Some(milliseconds(settings.keepalive_interval_ms)))
        .http2_keepalive_timeout(Some(milliseconds(settings.keepalive_timeout_ms)))
        .http2_adaptive_window(Some(false))
        .initial_stream_window_size(settings.stream_window_bytes)
        .initial_connection_window_size(settings.connection_window_bytes)
        .max_frame_size(FRAME_BYTES_LIMIT)
        .layer(CallLayer(policy))
        .add_routes(routes);
    let stop = async move {
        // The sender lives as long as the server.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let (limit, patience) = (settings.connections_limit, milliseconds(settings.handshake_timeout_ms));
    match listener {
        Listener::Tcp(incoming, _) => {
            router.serve_with_incoming_shutdown(connections::bounded(incoming, limit, patience), stop).await
        }
        Listener::Unix(listener, _) => {
            let incoming = connections::bounded(UnixListenerStream::new(listener), limit, patience);
            router.serve_with_incoming_shutdown(incoming, stop).await
        }
    }
}

/// Reads the data and sets up the pool. Blocks.
fn load(settings: &Settings) -> Result<State, ServerError> {
    let catalog = open_catalog(settings.catalog.as_ref())?;
    let corpus = open_corpus(&settings.papers)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = if settings.workers == 0 { cores } else { settings.workers };
    Ok(State {
        annotator: Arc::new(Annotator::new(catalog)),
        corpus: Arc::new(corpus),
        pool: WorkPool::new(workers)?,
        limits: settings.limits(),
        started_at: SystemTime::now(),
    })
}

/// The catalog of the settings, or the embedded one.
///
/// # Errors
/// A catalog that cannot be read.
pub fn open_catalog(path: Option<&PathBuf>) -> Result<Arc<Catalog>, CatalogError> {
    match path {
        Some(path) => Catalog::open_whole(path).map(Arc::new),
        None => Catalog::embedded().map(Arc::new),
    }
}

/// The papers of the settings, or the embedded ones. Pages that are bad are logged and left out.
///
/// # Errors
/// Papers that cannot be read.
pub fn open_corpus(paths: &[PathBuf]) -> Result<Corpus, CorpusError> {
    if paths.is_empty() {
        return Corpus::embedded();
    }
    let (corpus, skipped) = Corpus::open(paths)?;
    for bad in skipped {
        warn!(path = %bad.path.display(), problem = bad.problem, "a paper was left out");
    }
    Ok(corpus)
}

/// A stream of signals of that kind, which from now on do not end the process.
fn wait_for(kind: SignalKind) -> Result<Signal, ServerError> {
    signal(kind).map_err(|source| ServerError::System { what: "signals", source })
}

/// SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self, ServerError> {
        Ok(Self {
            terminate: wait_for(SignalKind::terminate())?,
            interrupt: wait_for(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
