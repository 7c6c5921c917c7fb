//! Answers of the server that the echo server gives again.

use std::path::Path;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use glossator::api::proto::annotate_stream_request::Item;
use glossator::api::proto::annotation_service_client::AnnotationServiceClient;
use glossator::api::proto::entity_service_client::EntityServiceClient;
use glossator::api::proto::paper_service_client::PaperServiceClient;
use glossator::api::proto::{
    AnnotateRequest, AnnotateStreamRequest, DocumentBatch, LookupEntitiesRequest, LookupPapersRequest,
};
use tonic::{Response, Status, Streaming};

use crate::calls::{BATCH, Texts};
use crate::echo::Kind;
use crate::process::{Error, MESSAGE_BYTES_LIMIT, Served};

/// How many documents are annotated for it.
const DOCUMENTS: usize = 320;

async fn all<T>(call: impl Future<Output = Result<Response<Streaming<T>>, Status>>) -> Result<Vec<T>, Error> {
    let answers: Vec<Result<T, Status>> = call.await?.into_inner().collect().await;
    Ok(answers.into_iter().collect::<Result<_, _>>()?)
}

/// Asks the server and keeps its answers in the folder.
pub async fn record(
    server: &Served,
    folder: &Path,
    texts: &Texts,
    entities: &Arc<[String]>,
    papers: &Arc<[String]>,
    fields: &[&str],
) -> Result<(), Error> {
    let documents: Vec<_> = texts.0.iter().take(DOCUMENTS).map(|(document, _)| document.clone()).collect();
    let channel = server.connect().await?;
    let mut client =
        AnnotationServiceClient::new(channel.clone()).max_decoding_message_size(MESSAGE_BYTES_LIMIT);
    let mut unary = Vec::new();
    for document in &documents {
        let request = AnnotateRequest { documents: vec![document.clone()], options: None };
        unary.push(client.annotate(request).await?.into_inner());
    }
    Kind::Unary.write(folder, &unary)?;
    let item = |item| AnnotateStreamRequest { item: Some(item) };
    let batches: Vec<_> = documents.chunks(BATCH).map(<[_]>::to_vec).collect();
    let requests = stream::iter(documents.into_iter().map(move |document| item(Item::Document(document))));
    Kind::Document.write(folder, &all(client.annotate_stream(requests)).await?)?;
    let requests = batches.into_iter().map(move |documents| item(Item::Batch(DocumentBatch { documents })));
    Kind::Batch.write(folder, &all(client.annotate_stream(stream::iter(requests))).await?)?;

    let requests: Vec<_> = entities.iter().map(|id| LookupEntitiesRequest { id: id.clone() }).collect();
    let mut client = EntityServiceClient::new(channel.clone());
    Kind::Entity.write(folder, &all(client.lookup_entities(stream::iter(requests))).await?)?;

    let mut client = PaperServiceClient::new(channel).max_decoding_message_size(MESSAGE_BYTES_LIMIT);
    let mask = prost_types::FieldMask { paths: fields.iter().map(ToString::to_string).collect() };
    for (kind, read_mask) in [(Kind::Paper, None), (Kind::PaperFields, Some(mask))] {
        let requests: Vec<_> = papers
            .iter()
            .map(|id| LookupPapersRequest { id: id.clone(), read_mask: read_mask.clone() })
            .collect();
        kind.write(folder, &all(client.lookup_papers(stream::iter(requests))).await?)?;
    }
    Ok(())
}
