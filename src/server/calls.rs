//! What happens around every call: its token, its place among the calls at once, its deadline, and its line in the log.
//!
//! tower's own timeouts and limits end at the response headers; a stream has barely begun then. So the place, the
//! deadline and the log line live in the body of the response and end with it.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Body as HttpBody, Frame};
use prost::Message;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::{Span, debug, info, info_span};

use super::settings::Settings;
use super::tokens::Tokens;
use crate::api::CallCounts;
use crate::api::error::ApiError;
use crate::api::proto::FILE_DESCRIPTOR_SET;

/// The server answers this much before a client's deadline, so that the client hears of it: 5 % of the time, at most
/// this many milliseconds. tonic's own timer would answer CANCELLED otherwise.
const DEADLINE_MARGIN_MAX: Duration = Duration::from_millis(20);

/// Lasts as long as its client, so that a server that drains would wait for it in vain.
const HEALTH_WATCH: &str = "/grpc.health.v1.Health/Watch";

/// The header that lists the encodings a server takes.
const ACCEPTED_ENCODINGS: &str = "grpc-accept-encoding";

/// How far the server is on its way to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// It takes calls.
    Serving,
    /// It takes no more, and those under way may end.
    Draining,
    /// Those under way end now.
    Cutting,
}

/// How calls are let in and bounded. Shared by all connections.
pub struct CallPolicy {
    /// Who may call what.
    pub tokens: Tokens,
    /// The most calls at once.
    pub calls_limit: usize,
    /// The most bytes of a message that comes in.
    pub request_limit_bytes: usize,
    /// The longest a unary call may take.
    pub call_timeout: Duration,
    /// The longest a streaming call may take.
    pub stream_timeout: Duration,
    calls: AtomicUsize,
    phase: watch::Sender<Phase>,
    streaming_methods: HashSet<String>,
}

impl CallPolicy {
    /// A policy without calls under way.
    pub fn new(tokens: Tokens, settings: &Settings) -> Self {
        Self {
            tokens,
            calls_limit: settings.calls_limit,
            request_limit_bytes: settings.request_limit_bytes,
            call_timeout: Duration::from_millis(settings.call_timeout_ms),
            stream_timeout: Duration::from_millis(settings.stream_timeout_ms),
            calls: AtomicUsize::new(0),
            phase: watch::Sender::new(Phase::Serving),
            streaming_methods: streaming_methods(),
        }
    }

    /// How many calls are under way.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// From now on new calls are told UNAVAILABLE, and those that only watch the server's health end.
    pub fn drain(&self) {
        self.phase.send_replace(Phase::Draining);
    }

    /// From now on calls under way end with UNAVAILABLE, so that their clients hear why.
    pub fn cut(&self) {
        self.phase.send_replace(Phase::Cutting);
    }

    /// Ready once the server is that far.
    async fn reached(self: Arc<Self>, phase: Phase) {
        // The sender lives as long as the policy, which this holds.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    fn admit(self: &Arc<Self>, path: &str, headers: &HeaderMap) -> Result<Option<Place>, ApiError> {
        let service = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        // Probes carry no token and must be answered under any load.
        if service == "grpc.health.v1.Health" {
            return Ok(None);
        }
        if *self.phase.borrow() >= Phase::Draining {
            return Err(ApiError::Draining);
        }
        self.tokens.check(headers, path)?;
        let before = self.calls.fetch_add(1, Ordering::Relaxed);
        let place = Place(Arc::clone(self));
        if before >= self.calls_limit {
            return Err(ApiError::Overloaded { limit: self.calls_limit });
        }
        Ok(Some(place))
    }

    /// How long the call may take, and who said so.
    fn timeout(&self, path: &str, headers: &HeaderMap) -> (Duration, &'static str) {
        let own = if self.streaming_methods.contains(path) {
            (self.stream_timeout, "the server (stream_timeout_ms)")
        } else {
            (self.call_timeout, "the server (call_timeout_ms)")
        };
        let asked = headers.get("grpc-timeout").and_then(|value| parse_timeout(value.to_str().ok()?));
        asked.filter(|asked| *asked <= own.0).map_or(own, |asked| (asked, "the request"))
    }
}

/// A place among the calls at once; free again when dropped.
struct Place(Arc<CallPolicy>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The paths of all methods that stream their answers; and health's Watch, which lasts as long as its client.
fn streaming_methods() -> HashSet<String> {
    let files = prost_types::FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap_or_default();
    let mut paths = HashSet::from([
        HEALTH_WATCH.to_owned(),
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo".to_owned(),
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo".to_owned(),
    ]);
    for file in &files.file {
        for service in &file.service {
            let streaming = service.method.iter().filter(|method| method.server_streaming());
            paths.extend(
                streaming.map(|method| format!("/{}.{}/{}", file.package(), service.name(), method.name())),
            );
        }
    }
    paths
}

/// The duration of a `grpc-timeout` header: at most eight digits and a unit.
fn parse_timeout(value: &str) -> Option<Duration> {
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// Puts the policy around every service of a server.
#[derive(Clone)]
pub struct CallLayer(pub Arc<CallPolicy>);

impl<S> Layer<S> for CallLayer {
    type Service = CallService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CallService { inner, policy: Arc::clone(&self.0) }
    }
}

/// A service with the policy around it.
#[derive(Clone)]
pub struct CallService<S> {
    inner: S,
    policy: Arc<CallPolicy>,
}

impl<S> Service<Request<Body>> for CallService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let path = request.uri().path().to_owned();
        let counts = Arc::new(CallCounts::default());
        let mut record = CallRecord::new(&path, Arc::clone(&counts));
        let place = match self.policy.admit(&path, request.headers()) {
            Ok(place) => place,
            Err(error) => {
                let status = Status::from(error);
                record.end(status.code());
                return Box::pin(std::future::ready(Ok(status.into_http())));
            }
        };
        let (timeout, set_by) = self.policy.timeout(&path, request.headers());
        let margin = (timeout / 20).min(DEADLINE_MARGIN_MAX);
        let deadline = Box::pin(tokio::time::sleep_until(Instant::now() + timeout - margin));
        request.extensions_mut().insert(counts);
        let call = self.inner.call(request);
        let only_watches = path == HEALTH_WATCH;
        let last = if only_watches { Phase::Draining } else { Phase::Cutting };
        let shutdown = Box::pin(Arc::clone(&self.policy).reached(last));
        let bounds = Bounds { deadline, timeout, set_by, shutdown, only_watches, _place: place, record };
        Box::pin(answer(call, path, self.policy.request_limit_bytes, bounds))
    }
}

/// What ends with the response's body.
struct Bounds {
    deadline: Pin<Box<Sleep>>,
    timeout: Duration,
    set_by: &'static str,
    /// Ready once the server ends the call as it shuts down.
    shutdown: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// A watch of the server's health tells that it drains before it ends.
    only_watches: bool,
    _place: Option<Place>,
    record: CallRecord,
}

impl Bounds {
    fn expired(&mut self) -> Status {
        let timeout_ms = self.timeout.as_millis();
        self.ended(ApiError::DeadlineExceeded { timeout_ms, set_by: self.set_by })
    }

    fn ended(&mut self, error: ApiError) -> Status {
        self.record.end(error.code());
        error.into()
    }

    /// Why the body must end now, whatever is still in it.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Option<Status> {
        if self.deadline.as_mut().poll(context).is_ready() {
            return Some(self.expired());
        }
        if self.only_watches { None } else { self.poll_shutdown(context) }
    }

    /// Why the body must end once nothing is in it that waits to be sent.
    fn poll_idle_end(&mut self, context: &mut Context<'_>) -> Option<Status> {
        if self.only_watches { self.poll_shutdown(context) } else { None }
    }

    fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Option<Status> {
        self.shutdown.as_mut().poll(context).is_ready().then(|| self.ended(ApiError::Draining))
    }
}

async fn answer<E>(
    call: impl Future<Output = Result<Response<Body>, E>>,
    path: String,
    request_limit_bytes: usize,
    mut bounds: Bounds,
) -> Result<Response<Body>, E> {
    let response = tokio::select! {
        response = call => response?,
        () = &mut bounds.deadline => return Ok(bounds.expired().into_http()),
        () = &mut bounds.shutdown, if !bounds.only_watches => {
            return Ok(bounds.ended(ApiError::Draining).into_http());
        }
    };
    // An error without a body tells its status in the headers. The transport's own is put into this server's words.
    let transport = Status::from_header_map(response.headers());
    if let Some(error) =
        transport.and_then(|status| ApiError::of_transport(&status, &path, request_limit_bytes))
    {
        let mut answer: Response<Body> = bounds.ended(error).into_http();
        // Tells a client that compressed its request what it may use instead.
        if let Some(accepted) = response.headers().get(ACCEPTED_ENCODINGS) {
            answer.headers_mut().insert(ACCEPTED_ENCODINGS, accepted.clone());
        }
        return Ok(answer);
    }
    if let Some(code) = grpc_code(response.headers()) {
        bounds.record.end(code);
    }
    Ok(response.map(|body| Body::new(BoundedBody { inner: Some(body), bounds })))
}

fn grpc_code(headers: &HeaderMap) -> Option<Code> {
    headers.get("grpc-status").map(|value| Code::from_bytes(value.as_bytes()))
}

/// A body that ends at the deadline, and that ends the call's record.
struct BoundedBody {
    inner: Option<Body>,
    bounds: Bounds,
}

impl BoundedBody {
    /// Ends the body with that status. Dropping the stream behind the body stops its work.
    fn cut(&mut self, status: &Status) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.inner = None;
        let mut trailers = HeaderMap::new();
        Poll::Ready(Some(match status.add_header(&mut trailers) {
            Ok(()) => Ok(Frame::trailers(trailers)),
            Err(status) => Err(status),
        }))
    }
}

impl HttpBody for BoundedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(inner) = &mut this.inner else { return Poll::Ready(None) };
        if let Some(status) = this.bounds.poll_end(context) {
            return this.cut(&status);
        }
        let frame = match Pin::new(inner).poll_frame(context) {
            Poll::Ready(frame) => frame,
            Poll::Pending => match this.bounds.poll_idle_end(context) {
                Some(status) => return this.cut(&status),
                None => return Poll::Pending,
            },
        };
        match &frame {
            Some(Ok(frame)) => {
                if let Some(code) = frame.trailers_ref().and_then(grpc_code) {
                    this.bounds.record.end(code);
                }
            }
            Some(Err(status)) => this.bounds.record.end(status.code()),
            None => this.bounds.record.end(Code::Ok),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(HttpBody::is_end_stream)
    }
}

/// The log line of a call, written once, when it ends. Never holds text of a document.
struct CallRecord {
    span: Span,
    began: Instant,
    counts: Arc<CallCounts>,
    quiet: bool,
    ended: bool,
}

impl CallRecord {
    fn new(path: &str, counts: Arc<CallCounts>) -> Self {
        let rpc: String = path.trim_start_matches('/').chars().take(200).collect();
        // Probes come every few seconds.
        let quiet = rpc.starts_with("grpc.");
        let span = info_span!("call", rpc);
        Self { span, began: Instant::now(), counts, quiet, ended: false }
    }

    fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let load = |count: &std::sync::atomic::AtomicU64| count.load(Ordering::Relaxed);
        let counts = &self.counts;
        macro_rules! line {
            ($level:ident) => {
                $level!(
                    parent: &self.span,
                    code = ?code,
                    duration_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX),
                    items_in = load(&counts.items_in),
                    items_out = load(&counts.items_out),
                    items_failed = load(&counts.items_failed),
                    results = load(&counts.results),
                    "call ended"
                )
            };
        }
        if self.quiet { line!(debug) } else { line!(info) }
    }
}

impl Drop for CallRecord {
    /// A call that is dropped before its end was left by its client.
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_grpc_writes_them() {
        for (text, expected) in [
            ("1H", Some(Duration::from_secs(3_600))),
            ("2M", Some(Duration::from_secs(120))),
            ("3S", Some(Duration::from_secs(3))),
            ("250m", Some(Duration::from_millis(250))),
            ("99999999u", Some(Duration::from_micros(99_999_999))),
            ("7n", Some(Duration::from_nanos(7))),
            ("", None),
            ("5", None),
            ("m", None),
            ("123456789m", None),
            ("-1m", None),
            ("1é", None),
        ] {
            assert_eq!(parse_timeout(text), expected, "{text}");
        }
    }

    #[test]
    fn streaming_methods_are_known_from_the_contract() {
        let methods = streaming_methods();
        for (path, streaming) in [
            ("/glossator.v1.AnnotationService/AnnotateStream", true),
            ("/glossator.v1.AnnotationService/AnnotatePapers", true),
            ("/glossator.v1.AnnotationService/Annotate", false),
            ("/glossator.v1.EntityService/LookupEntities", true),
            ("/glossator.v1.PaperService/GetPaper", false),
        ] {
            assert_eq!(methods.contains(path), streaming, "{path}");
        }
    }

    #[test]
    fn the_shorter_of_both_timeouts_holds() {
        let second = Duration::from_secs(1);
        let settings = Settings { call_timeout_ms: 1_000, stream_timeout_ms: 60_000, ..Settings::default() };
        let policy = CallPolicy::new(Tokens::default(), &settings);
        let asked = |value: &str| {
            HeaderMap::from_iter([(http::HeaderName::from_static("grpc-timeout"), value.parse().unwrap())])
        };
        let unary = "/glossator.v1.PaperService/GetPaper";
        let server = "the server (call_timeout_ms)";
        assert_eq!(policy.timeout(unary, &HeaderMap::new()), (second, server));
        assert_eq!(policy.timeout(unary, &asked("10m")), (Duration::from_millis(10), "the request"));
        assert_eq!(policy.timeout(unary, &asked("10S")), (second, server));
        let stream = policy.timeout("/glossator.v1.PaperService/LookupPapers", &asked("10S"));
        assert_eq!(stream.0, second * 10);
    }

    #[test]
    fn places_are_given_back() {
        let settings = Settings { calls_limit: 1, ..Settings::default() };
        let policy = Arc::new(CallPolicy::new(Tokens::default(), &settings));
        let headers = HeaderMap::new();
        let path = "/glossator.v1.PaperService/GetPaper";
        let place = policy.admit(path, &headers).unwrap();
        assert_eq!(policy.admit(path, &headers).err(), Some(ApiError::Overloaded { limit: 1 }));
        assert!(policy.admit("/grpc.health.v1.Health/Check", &headers).unwrap().is_none());
        drop(place);
        assert_eq!(policy.calls(), 0);
        assert!(policy.admit(path, &headers).is_ok());
        policy.drain();
        assert_eq!(policy.admit(path, &headers).err(), Some(ApiError::Draining));
    }
}
