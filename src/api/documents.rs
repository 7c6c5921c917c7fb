//! Annotating the documents of a message on the pool, and their answers, encoded there.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use prost::Message;
use prost::encoding::{encoded_len_varint, key_len};

use super::convert;
use super::encoded::{Writer, written};
use super::error::ApiError;
use super::proto;
use super::state::{BATCH_LIMIT, CallCounts, State};
use super::work::CallerGone;
use crate::annotate::PreparedOptions;

/// What one job of the pool takes of a batch, in bytes of text: small enough that other streams are not held up for long,
/// large enough that handing it over costs next to nothing.
pub const SLICE_BYTES: usize = 16 << 10;
/// The most documents that one job takes.
pub const SLICE_DOCUMENTS_LIMIT: usize = 64;
/// What the keys and lengths around an answer take, at most.
const AROUND_BYTES: usize = 32;
/// What to do about an answer over the limit.
const LESS_OF_A_DOCUMENT: &str = "split the document, or ask for fewer candidates or types";

/// `AnnotatedBatch.results` and `AnnotateResponse.results`.
const RESULTS: u32 = 1;
/// `AnnotateResult.document` and `AnnotateResult.error`.
const DOCUMENT: u32 = 1;
const ERROR: u32 = 2;

/// An annotated document for the wire.
#[derive(Debug)]
pub struct Annotated {
    /// `glossator.v1.AnnotatedDocument`, encoded.
    pub bytes: Bytes,
    /// How many annotations it has.
    pub annotations: usize,
}

/// Annotates one document of the wire. Runs on the pool.
///
/// # Errors
/// A document that is out of bounds.
pub fn annotate(
    state: &State,
    document: proto::Document,
    options: &PreparedOptions,
) -> Result<Annotated, ApiError> {
    let document = convert::document(document, state.limits.document_bytes)?;
    Ok(annotate_model(state, &document, options))
}

/// Annotates one document. Runs on the pool.
pub fn annotate_model(
    state: &State,
    document: &crate::model::Document,
    options: &PreparedOptions,
) -> Annotated {
    let annotated = state.annotator.annotate(document, options);
    let unit = options.options().offset_unit;
    let version = state.catalog().version();
    let bytes =
        written(|writer| convert::write_annotated_document(writer, document, &annotated, unit, version));
    Annotated { bytes, annotations: annotated.annotations.len() }
}

/// The bytes of a document's text.
pub fn text_bytes(document: &proto::Document) -> usize {
    document.text.len() + document.passages.iter().map(|passage| passage.text.len()).sum::<usize>()
}

/// Checks how many documents a batch has.
///
/// # Errors
/// None, or more than [`BATCH_LIMIT`].
pub fn check_batch(documents: &[proto::Document]) -> Result<(), ApiError> {
    if documents.is_empty() || documents.len() > BATCH_LIMIT {
        let problem = format!("must hold 1 to {BATCH_LIMIT} documents, not {}", documents.len());
        return Err(ApiError::invalid("documents", problem));
    }
    Ok(())
}

/// Some documents of a batch, with the place of the first.
struct Slice {
    first: usize,
    documents: Vec<proto::Document>,
    bytes: usize,
}

/// Cuts a batch into slices of at most [`SLICE_BYTES`]; a document that is larger is one by itself.
fn slices(documents: Vec<proto::Document>) -> Vec<Slice> {
    let mut slices: Vec<Slice> = Vec::new();
    for (place, document) in documents.into_iter().enumerate() {
        let bytes = text_bytes(&document);
        match slices.last_mut() {
            Some(slice)
                if slice.bytes + bytes <= SLICE_BYTES && slice.documents.len() < SLICE_DOCUMENTS_LIMIT =>
            {
                slice.documents.push(document);
                slice.bytes += bytes;
            }
            _ => slices.push(Slice { first: place, documents: vec![document], bytes }),
        }
    }
    slices
}

fn annotate_slice(
    state: &State,
    slice: Slice,
    options: &PreparedOptions,
    gone: &CallerGone,
) -> Vec<Result<Annotated, ApiError>> {
    let numbered = slice.documents.into_iter().zip(slice.first..);
    numbered
        .map(|(document, place)| {
            // Nobody waits for the answer: stop within a document.
            if gone.is_set() {
                return Err(ApiError::Internal);
            }
            annotate(state, document, options).map_err(|error| error.within(&format!("documents[{place}]")))
        })
        .collect()
}

/// The answers to the documents of one message as `repeated AnnotateResult results = 1`, in their order, together within
/// the limit of a message.
///
/// # Errors
/// When a job panics.
pub async fn annotate_all(
    state: &Arc<State>,
    documents: Vec<proto::Document>,
    options: &PreparedOptions,
    counts: &CallCounts,
) -> Result<Vec<u8>, ApiError> {
    let jobs = slices(documents).into_iter().map(|slice| {
        let (state, options) = (Arc::clone(state), options.clone());
        let pool = state.pool.clone();
        async move {
            let bytes = slice.bytes;
            pool.run_sized(bytes, move |gone| annotate_slice(&state, slice, &options, gone)).await
        }
    });
    // No more at once than keep the threads busy: other streams have their turn between them.
    let answers: Vec<_> = stream::iter(jobs).buffered(state.pool.threads() * 2).try_collect().await?;
    let answers = answers.into_iter().flatten();
    Ok(write_results(state, answers.collect(), counts))
}

fn write_results(state: &State, answers: Vec<Result<Annotated, ApiError>>, counts: &CallCounts) -> Vec<u8> {
    let bytes = |answer: &Result<Annotated, _>| answer.as_ref().map_or(0, |answer| answer.bytes.len());
    let all: usize = answers.iter().map(|answer| bytes(answer) + AROUND_BYTES).sum();
    let mut results = Vec::with_capacity(all.min(state.limits.answer_bytes));
    let mut writer = Writer::new(&mut results);
    let mut room = state.limits.answer_bytes;
    for answer in answers {
        let (tag, bytes) = match answer.and_then(|answer| fit_into(&mut room, state, answer)) {
            Ok(answer) => {
                counts.answered(answer.annotations);
                (DOCUMENT, answer.bytes)
            }
            Err(error) => {
                counts.failed();
                (ERROR, error.to_proto().encode_to_vec().into())
            }
        };
        let length = encoded_len_varint(bytes.len() as u64);
        writer.begin(RESULTS, key_len(tag) + length + bytes.len());
        writer.bytes(tag, &bytes);
    }
    results
}

/// The answer, if there is room for it in the message.
///
/// # Errors
/// An answer over the limit.
pub fn fit_into(room: &mut usize, state: &State, answer: Annotated) -> Result<Annotated, ApiError> {
    let bytes = answer.bytes.len() + AROUND_BYTES;
    match room.checked_sub(bytes) {
        Some(left) => {
            *room = left;
            Ok(answer)
        }
        None => {
            let limit_bytes = state.limits.answer_bytes;
            Err(ApiError::AnswerTooLarge { bytes, limit_bytes, advice: LESS_OF_A_DOCUMENT })
        }
    }
}

/// A paper's answer, if it fits into a message.
///
/// # Errors
/// An answer over the limit.
pub fn fit_paper(state: &State, answer: Annotated) -> Result<Annotated, ApiError> {
    let mut room = state.limits.answer_bytes;
    fit_into(&mut room, state, answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::work::LARGE_BYTES;

    fn document(bytes: usize) -> proto::Document {
        proto::Document { text: "x".repeat(bytes), ..proto::Document::default() }
    }

    #[test]
    fn a_batch_is_cut_in_order_at_the_bounds() {
        let whole = SLICE_BYTES;
        let sizes = [1, whole - 1, 1, LARGE_BYTES, 0, whole];
        let slices = slices(sizes.into_iter().map(document).collect());
        let cut: Vec<(usize, usize, usize)> =
            slices.iter().map(|slice| (slice.first, slice.documents.len(), slice.bytes)).collect();
        assert_eq!(cut, [(0, 2, whole), (2, 1, 1), (3, 1, LARGE_BYTES), (4, 2, whole)]);
    }

    #[test]
    fn a_slice_has_no_more_documents_than_the_limit() {
        let slices = slices(vec![document(0); SLICE_DOCUMENTS_LIMIT + 1]);
        assert_eq!(slices.iter().map(|slice| slice.first).collect::<Vec<_>>(), [0, SLICE_DOCUMENTS_LIMIT]);
    }
}
