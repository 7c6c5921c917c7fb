//! The wire's own limit: a server that reads the same requests and answers them with answers that the real one gave before,
//! encoded already. It runs as a process of its own, as the server does, with the server's settings of HTTP/2.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs;
use std::marker::PhantomData;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes};
use futures_util::StreamExt;
use glossator::api::proto::annotate_stream_request::Item;
use glossator::api::proto::{
    AnnotateRequest, AnnotateStreamRequest, LookupEntitiesRequest, LookupPapersRequest,
};
use glossator::server::settings::Settings;
use prost::Message;
use tonic::body::Body;
use tonic::codec::{Codec, EncodeBuf, Encoder};
use tonic::server::{Grpc, NamedService};
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::{ProstCodec, ProstDecoder};

use crate::process::{Error, MESSAGE_BYTES_LIMIT};

/// The kinds of answers, each a file of messages that begin with their length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Unary,
    Document,
    Batch,
    Entity,
    Paper,
    PaperFields,
}

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::Unary, Self::Document, Self::Batch, Self::Entity, Self::Paper, Self::PaperFields];

    const fn file(self) -> &'static str {
        match self {
            Self::Unary => "unary",
            Self::Document => "document",
            Self::Batch => "batch",
            Self::Entity => "entity",
            Self::Paper => "paper",
            Self::PaperFields => "paper_fields",
        }
    }

    /// Keeps answers of this kind for an echo server.
    pub fn write<T: Message>(self, folder: &Path, answers: &[T]) -> Result<(), Error> {
        let bytes: Vec<u8> = answers.iter().flat_map(Message::encode_length_delimited_to_vec).collect();
        Ok(fs::write(folder.join(self.file()), bytes)?)
    }

    fn read(self, folder: &Path) -> Result<Vec<Bytes>, Error> {
        let mut bytes = Bytes::from(fs::read(folder.join(self.file()))?);
        let mut answers = Vec::new();
        while bytes.has_remaining() {
            let length = prost::decode_length_delimiter(&mut bytes)?;
            // Copied, so that each has memory of its own, as answers do.
            answers.push(Bytes::copy_from_slice(&bytes.split_to(length)));
        }
        if answers.is_empty() { Err("no answers to echo".into()) } else { Ok(answers) }
    }
}

/// The answers, in turn.
struct Answers {
    of: HashMap<Kind, Vec<Bytes>>,
    next: AtomicUsize,
}

impl Answers {
    fn get(&self, kind: Kind) -> Result<Bytes, Status> {
        let answers = self.of.get(&kind).ok_or_else(|| Status::internal("no answers"))?;
        Ok(answers[self.next.fetch_add(1, Ordering::Relaxed) % answers.len()].clone())
    }
}

/// Decodes requests and writes answers as they are.
struct EchoCodec<T>(PhantomData<T>);

impl<T: Message + Default + 'static> Codec for EchoCodec<T> {
    type Encode = Bytes;
    type Decode = T;
    type Encoder = AsIs;
    type Decoder = ProstDecoder<T>;

    fn encoder(&mut self) -> AsIs {
        AsIs
    }

    fn decoder(&mut self) -> ProstDecoder<T> {
        ProstCodec::<T, T>::default().decoder()
    }
}

struct AsIs;

impl Encoder for AsIs {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, answer: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.reserve(answer.len());
        buffer.put(answer);
        Ok(())
    }
}

#[derive(Clone)]
struct Echo(Arc<Answers>);

impl Echo {
    async fn stream<T: Message + Default + 'static>(
        self,
        request: http::Request<Body>,
        kind: fn(&T) -> Kind,
    ) -> http::Response<Body> {
        let service = tower::service_fn(move |request: Request<Streaming<T>>| {
            let answers = Arc::clone(&self.0);
            let stream = request.into_inner().map(move |message| answers.get(kind(&message?)));
            std::future::ready(Ok(Response::new(stream)))
        });
        let mut grpc = Grpc::new(EchoCodec(PhantomData));
        grpc = grpc.apply_max_message_size_config(Some(MESSAGE_BYTES_LIMIT), Some(MESSAGE_BYTES_LIMIT));
        grpc.streaming(service, request).await
    }

    async fn unary(self, request: http::Request<Body>) -> http::Response<Body> {
        let service = tower::service_fn(move |_: Request<AnnotateRequest>| {
            std::future::ready(self.0.get(Kind::Unary).map(Response::new))
        });
        Grpc::new(EchoCodec(PhantomData)).unary(service, request).await
    }
}

fn kind_of_item(request: &AnnotateStreamRequest) -> Kind {
    if matches!(request.item, Some(Item::Batch(_))) { Kind::Batch } else { Kind::Document }
}

const fn kind_of_paper(request: &LookupPapersRequest) -> Kind {
    if request.read_mask.is_some() { Kind::PaperFields } else { Kind::Paper }
}

const fn kind_of_entity(_: &LookupEntitiesRequest) -> Kind {
    Kind::Entity
}

impl tower::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move {
            let method = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
            Ok(match method.as_str() {
                "Annotate" => echo.unary(request).await,
                "AnnotateStream" => echo.stream(request, kind_of_item).await,
                "LookupEntities" => echo.stream(request, kind_of_entity).await,
                "LookupPapers" => echo.stream(request, kind_of_paper).await,
                _ => Status::unimplemented("an echo only").into_http(),
            })
        })
    }
}

/// The services whose calls are echoed.
#[derive(Clone)]
struct Named<const SERVICE: usize>(Echo);

impl NamedService for Named<0> {
    const NAME: &'static str = "glossator.v1.AnnotationService";
}
impl NamedService for Named<1> {
    const NAME: &'static str = "glossator.v1.EntityService";
}
impl NamedService for Named<2> {
    const NAME: &'static str = "glossator.v1.PaperService";
}

impl<const SERVICE: usize> tower::Service<http::Request<Body>> for Named<SERVICE> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        self.0.call(request)
    }
}

/// Serves answers of a folder until the process is ended; logs as the server does.
pub async fn serve(folder: &Path) -> Result<(), Error> {
    let of =
        Kind::ALL.into_iter().map(|kind| Ok((kind, kind.read(folder)?))).collect::<Result<_, Error>>()?;
    let echo = Echo(Arc::new(Answers { of, next: AtomicUsize::new(0) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    eprintln!(
        "{}",
        serde_json::json!({ "message": "listening", "address": listener.local_addr()?.to_string() })
    );
    eprintln!("{}", serde_json::json!({ "message": "serving" }));
    let settings = Settings::default();
    tonic::transport::Server::builder()
        .initial_stream_window_size(settings.stream_window_bytes)
        .initial_connection_window_size(settings.connection_window_bytes)
        .max_frame_size(64 << 10)
        .add_service(Named::<0>(echo.clone()))
        .add_service(Named::<1>(echo.clone()))
        .add_service(Named::<2>(echo))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
        .await?;
    Ok(())
}
