//! The calls that are measured, each over any number of connections.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BufMut};
use glossator::api::proto::annotate_result::Result as ItemAnswer;
use glossator::api::proto::annotate_stream_request::Item;
use glossator::api::proto::annotate_stream_response::Result as StreamAnswer;
use glossator::api::proto::annotation_service_client::AnnotationServiceClient;
use glossator::api::proto::entity_service_client::EntityServiceClient;
use glossator::api::proto::paper_service_client::PaperServiceClient;
use glossator::api::proto::{
    AnnotateRequest, AnnotateStreamRequest, AnnotateStreamResponse, Document, DocumentBatch,
    LookupEntitiesRequest, LookupPapersRequest, lookup_entities_response, lookup_papers_response,
};
use prost::DecodeError;
use prost::encoding::{DecodeContext, WireType, skip_field};
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

use crate::drive::{Measured, Message, Pace, Run, measure, stream_of, unary_of};
use crate::process::{Error, MESSAGE_BYTES_LIMIT, Served};

/// `AnnotateStreamResponse.document`.
const DOCUMENT: u32 = 2;
/// Documents of one message of a stream with batches.
pub const BATCH: usize = 32;
/// How many messages of a stream are unanswered at most.
const WINDOW: usize = 64;
const BATCHES_WINDOW: usize = 4;
const LOOKUPS_WINDOW: usize = 4_096;

/// How documents are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A call a document, one after another on each connection.
    Unary,
    /// A message a document.
    Stream,
    /// A message a batch of documents.
    Batches,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Unary, Self::Stream, Self::Batches];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Unary => "Annotate",
            Self::Stream => "AnnotateStream",
            Self::Batches => "AnnotateStream, batches",
        }
    }
}

/// Documents that are sent in turn, beginning anywhere.
#[derive(Clone)]
pub struct Texts(pub Arc<[(Document, u64)]>);

impl Texts {
    pub fn new(documents: &[glossator::model::Document]) -> Self {
        Self(documents.iter().map(|of| (crate::texts::wire(of), of.text_bytes() as u64)).collect())
    }

    fn get(&self, number: u64) -> (Document, u64) {
        self.0[number as usize % self.0.len()].clone()
    }
}

/// One document of a stream.
fn one((document, bytes): (Document, u64)) -> Message<AnnotateStreamRequest> {
    let request = AnnotateStreamRequest { item: Some(Item::Document(document)) };
    Message { request, items: 1, bytes }
}

fn many(texts: &Texts, from: u64) -> Message<AnnotateStreamRequest> {
    let (documents, bytes): (Vec<_>, Vec<_>) = (from..from + BATCH as u64).map(|at| texts.get(at)).unzip();
    let request = AnnotateStreamRequest { item: Some(Item::Batch(DocumentBatch { documents })) };
    Message { request, items: BATCH as u64, bytes: bytes.iter().sum() }
}

fn is_good(answer: &AnnotateStreamResponse) -> bool {
    match &answer.result {
        Some(StreamAnswer::Document(_)) => true,
        Some(StreamAnswer::Batch(batch)) => batch.results.iter().all(|result| is_document(&result.result)),
        _ => false,
    }
}

const fn is_document(result: &Option<ItemAnswer>) -> bool {
    matches!(result, Some(ItemAnswer::Document(_)))
}

fn annotation(channel: Channel) -> AnnotationServiceClient<Channel> {
    AnnotationServiceClient::new(channel)
        .max_decoding_message_size(MESSAGE_BYTES_LIMIT)
        .max_encoding_message_size(MESSAGE_BYTES_LIMIT)
}

/// Annotates documents one way.
pub async fn annotate(
    server: &Served,
    way: Way,
    texts: &Texts,
    connections: usize,
    time: Duration,
) -> Result<Measured, Error> {
    let open = |number: usize, channel: Channel, run: Arc<Run>| {
        let texts = texts.clone();
        // Connections begin at different documents.
        let first = number as u64 * 97;
        let mut client = annotation(channel);
        match way {
            Way::Unary => {
                let next = move |at| {
                    let (document, bytes) = texts.get(first + at);
                    let request = AnnotateRequest { documents: vec![document], options: None };
                    Message { request, items: 1, bytes }
                };
                let call = move |request| {
                    let mut client = client.clone();
                    async move {
                        let response = client.annotate(request).await?.into_inner();
                        let good = response.results.iter().all(|result| is_document(&result.result));
                        if good { Ok(()) } else { Err("an answer is an error".into()) }
                    }
                };
                unary_of(run, next, call)
            }
            Way::Stream => {
                let next = move |at| one(texts.get(first + at));
                let call = move |requests| async move { client.annotate_stream(requests).await };
                stream_of(run, Pace::Window(WINDOW), next, call, is_good)
            }
            Way::Batches => {
                let next = move |at| many(&texts, first + at * BATCH as u64);
                let call = move |requests| async move { client.annotate_stream(requests).await };
                stream_of(run, Pace::Window(BATCHES_WINDOW), next, call, is_good)
            }
        }
    };
    measure(server, connections, time, open).await
}

/// Annotates documents at a given distance on each of some streams.
pub async fn annotate_at(
    server: &Served,
    texts: &Texts,
    connections: usize,
    distance: Duration,
    time: Duration,
) -> Result<Measured, Error> {
    let open = |number: usize, channel: Channel, run: Arc<Run>| {
        let texts = texts.clone();
        let mut client = annotation(channel);
        let next = move |at| one(texts.get(number as u64 * 97 + at));
        let call = move |requests| async move { client.annotate_stream(requests).await };
        // each in its turn
        let delay = distance * u32::try_from(number).unwrap_or(0) / u32::try_from(connections).unwrap_or(1);
        stream_of(run, Pace::Every(distance, delay), next, call, is_good)
    };
    measure(server, connections, time, open).await
}

/// An answer of AnnotateStream that is not read but for what it is: reading megabytes would keep the cores from the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Unread {
    /// Whether it is an annotated document.
    document: bool,
}

impl prost::Message for Unread {
    fn encode_raw(&self, _: &mut impl BufMut) {}

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buffer: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), DecodeError> {
        self.document |= tag == DOCUMENT;
        skip_field(wire_type, tag, buffer, context)
    }

    fn encoded_len(&self) -> usize {
        0
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Annotates one document again and again, one at a time on each of some streams.
pub async fn annotate_alone(
    server: &Served,
    texts: &Texts,
    connections: usize,
    time: Duration,
) -> Result<Measured, Error> {
    let open = |_, channel: Channel, run: Arc<Run>| {
        let texts = texts.clone();
        let mut client = Grpc::new(channel).max_decoding_message_size(MESSAGE_BYTES_LIMIT);
        let next = move |at| one(texts.get(at));
        let call = move |requests| async move {
            client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
            let codec = ProstCodec::<AnnotateStreamRequest, Unread>::default();
            let path = PathAndQuery::from_static("/glossator.v1.AnnotationService/AnnotateStream");
            client.streaming(Request::new(requests), path, codec).await
        };
        stream_of(run, Pace::Window(1), next, call, |answer: &Unread| answer.document)
    };
    measure(server, connections, time, open).await
}

/// Looks entities up on one stream.
pub async fn entities(server: &Served, ids: &Arc<[String]>, time: Duration) -> Result<Measured, Error> {
    let open = |_, channel: Channel, run: Arc<Run>| {
        let ids = Arc::clone(ids);
        let next = move |at: u64| {
            let id = ids[at as usize % ids.len()].clone();
            Message { request: LookupEntitiesRequest { id }, items: 1, bytes: 0 }
        };
        let mut client = EntityServiceClient::new(channel);
        let call = move |requests| async move { client.lookup_entities(requests).await };
        stream_of(run, Pace::Window(LOOKUPS_WINDOW), next, call, |answer| {
            matches!(answer.result, Some(lookup_entities_response::Result::Entity(_)))
        })
    };
    measure(server, 1, time, open).await
}

/// Looks papers up on one stream: the whole of them, or the fields of `paths`.
pub async fn papers(
    server: &Served,
    ids: &Arc<[String]>,
    paths: &[&str],
    time: Duration,
) -> Result<Measured, Error> {
    let read_mask = (!paths.is_empty())
        .then(|| prost_types::FieldMask { paths: paths.iter().map(ToString::to_string).collect() });
    let open = |_, channel: Channel, run: Arc<Run>| {
        let (ids, read_mask) = (Arc::clone(ids), read_mask.clone());
        let next = move |at: u64| {
            let id = ids[at as usize % ids.len()].clone();
            let request = LookupPapersRequest { id, read_mask: read_mask.clone() };
            Message { request, items: 1, bytes: 0 }
        };
        let mut client = PaperServiceClient::new(channel).max_decoding_message_size(MESSAGE_BYTES_LIMIT);
        let call = move |requests| async move { client.lookup_papers(requests).await };
        stream_of(run, Pace::Window(LOOKUPS_WINDOW), next, call, |answer| {
            matches!(answer.result, Some(lookup_papers_response::Result::Paper(_)))
        })
    };
    measure(server, 1, time, open).await
}
