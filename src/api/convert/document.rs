//! Documents to annotate.

use crate::api::error::ApiError;
use crate::api::proto;
use crate::model::{Document, Passage};

/// The most bytes of a document's id.
const ID_BYTES_LIMIT: usize = 1_024;
/// The most passages of a document.
const PASSAGES_LIMIT: usize = 10_000;

/// A document from the wire.
///
/// # Errors
/// Text and passages together, an id or a list that is too long, or more text than `limit_bytes`.
pub fn document(document: proto::Document, limit_bytes: usize) -> Result<Document, ApiError> {
    let proto::Document { id, text, passages } = document;
    if id.len() > ID_BYTES_LIMIT {
        return Err(ApiError::invalid(
            "id",
            format!("has {} bytes; at most {ID_BYTES_LIMIT} are accepted", id.len()),
        ));
    }
    if !text.is_empty() && !passages.is_empty() {
        return Err(ApiError::invalid("text", "is set besides passages; a document has one or the other"));
    }
    if passages.len() > PASSAGES_LIMIT {
        let problem = format!("{} passages; at most {PASSAGES_LIMIT} are accepted", passages.len());
        return Err(ApiError::invalid("passages", problem));
    }
    let document = if passages.is_empty() {
        Document::from_text(id, text)
    } else {
        let passages =
            passages.into_iter().map(|p| Passage { kind: p.kind, title: p.title, text: p.text }).collect();
        Document { id, passages }
    };
    match document.text_bytes() {
        bytes if bytes > limit_bytes => Err(ApiError::DocumentTooLarge { bytes, limit_bytes }),
        _ => Ok(document),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(id: &str, text: &str, passages: usize) -> proto::Document {
        let passage =
            proto::Passage { kind: "abstract".to_owned(), title: String::new(), text: "four".to_owned() };
        proto::Document { id: id.to_owned(), text: text.to_owned(), passages: vec![passage; passages] }
    }

    #[test]
    fn a_document_has_text_or_passages_within_the_limits() {
        assert_eq!(document(wire("a", "text", 0), 4).unwrap(), Document::from_text("a", "text"));
        assert_eq!(document(wire("", "", 2), 8).unwrap().passages[1].kind, "abstract");
        assert_eq!(document(wire("", "", 0), 8).unwrap(), Document::from_text("", ""));
        assert_eq!(
            document(wire("a", "texts", 0), 4),
            Err(ApiError::DocumentTooLarge { bytes: 5, limit_bytes: 4 })
        );
        assert_eq!(
            document(wire("", "", 3), 11),
            Err(ApiError::DocumentTooLarge { bytes: 12, limit_bytes: 11 })
        );
        for (bad, wanted) in [
            (wire("a", "text", 1), "text"),
            (wire(&"i".repeat(ID_BYTES_LIMIT + 1), "", 0), "id"),
            (wire("", "", PASSAGES_LIMIT + 1), "passages"),
        ] {
            let error = document(bad, usize::MAX).unwrap_err();
            assert!(matches!(error, ApiError::InvalidField { field, .. } if field == wanted));
        }
        assert!(document(wire(&"i".repeat(ID_BYTES_LIMIT), "", PASSAGES_LIMIT), usize::MAX).is_ok());
    }
}
