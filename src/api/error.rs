//! What can go wrong in a call, and how it is told on the wire.
//!
//! Every error carries `google.rpc.ErrorInfo` with the domain "glossator"; besides it the detail that lets a program act:
//! `BadRequest` for a field, `ResourceInfo` for a missing thing, `RetryInfo` where another try makes sense. A status
//! and its details stay under 4 KiB, so that they fit the headers of every client.

use std::time::Duration;

use prost::Message;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt, pb};

/// The domain of every ErrorInfo.
pub const ERROR_DOMAIN: &str = "glossator";
/// The most bytes of a caller's text that an error repeats.
const QUOTED_BYTES_LIMIT: usize = 80;
/// The most bytes that an error says of a field.
const PROBLEM_BYTES_LIMIT: usize = 400;
/// The most missing things that an error names.
pub const NAMED_RESOURCES_LIMIT: usize = 8;
/// When a client turned away by load or by draining should try again.
pub const RETRY_DELAY: Duration = Duration::from_millis(500);

/// A kind of thing that may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourceKind {
    /// A `glossator.v1.Paper`.
    Paper,
    /// A `glossator.v1.Entity`.
    Entity,
}

impl ResourceKind {
    const fn type_name(self) -> &'static str {
        match self {
            Self::Paper => "glossator.v1.Paper",
            Self::Entity => "glossator.v1.Entity",
        }
    }

    const fn plural(self) -> &'static str {
        match self {
            Self::Paper => "papers",
            Self::Entity => "entities",
        }
    }
}

/// Why a call, or an item of a stream, is not answered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApiError {
    /// A field of the request is bad: INVALID_ARGUMENT.
    #[error("{field}: {problem}")]
    InvalidField {
        /// The path of the field, such as `options.min_score`.
        field: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// Things that are not there: NOT_FOUND.
    #[error("{}", not_found_message(*kind, names))]
    NotFound {
        /// What they are.
        kind: ResourceKind,
        /// How the request named them.
        names: Vec<String>,
    },
    /// A document over the size limit: RESOURCE_EXHAUSTED.
    #[error(
        "the document has {bytes} bytes of text; the limit of this server is {limit_bytes} bytes; split it"
    )]
    DocumentTooLarge {
        /// Its size.
        bytes: usize,
        /// The limit in force.
        limit_bytes: usize,
    },
    /// An answer over the message limit: RESOURCE_EXHAUSTED.
    #[error("the answer has {bytes} bytes; the limit of a message is {limit_bytes} bytes; {advice}")]
    AnswerTooLarge {
        /// Its encoded size.
        bytes: usize,
        /// The limit in force.
        limit_bytes: usize,
        /// How to ask for less.
        advice: &'static str,
    },
    /// A message over the size limit: RESOURCE_EXHAUSTED.
    #[error("the message is over the limit of this server, {limit_bytes} bytes; send fewer documents in one")]
    MessageTooLarge {
        /// The limit in force.
        limit_bytes: usize,
    },
    /// A message that is not what the contract says: INVALID_ARGUMENT.
    #[error("the message cannot be read ({problem}); generate the client from this server's contract")]
    Malformed {
        /// What the decoder says.
        problem: String,
    },
    /// Nothing answers there: UNIMPLEMENTED.
    #[error("there is no {path} here; the server's reflection lists what there is")]
    NoSuchRpc {
        /// The path of the call.
        path: String,
    },
    /// A request in an encoding that the server does not take: UNIMPLEMENTED.
    #[error("{problem}; send the request without compression")]
    UnsupportedEncoding {
        /// What the transport says.
        problem: String,
    },
    /// More calls than the server takes on: UNAVAILABLE.
    #[error("the server is working on {limit} calls, as many as it takes; try again")]
    Overloaded {
        /// How many calls it takes on.
        limit: usize,
    },
    /// The server has not read its data yet: UNAVAILABLE.
    #[error("the server is still reading its data; try again")]
    Loading,
    /// The server is shutting down: UNAVAILABLE.
    #[error("the server is shutting down; try again, at another instance if there is one")]
    Draining,
    /// The time that the client or the server's settings gave is over: DEADLINE_EXCEEDED.
    #[error("the deadline of {timeout_ms} ms that {set_by} set is over")]
    DeadlineExceeded {
        /// How long the call was given, in milliseconds.
        timeout_ms: u128,
        /// Who gave that: "the request", or a setting.
        set_by: &'static str,
    },
    /// No token, or an unknown one: UNAUTHENTICATED.
    #[error(
        "this server wants a token; send the metadata \"authorization: Bearer TOKEN\" with a token it knows"
    )]
    Unauthenticated,
    /// A token that is not good for the call: PERMISSION_DENIED.
    #[error("the token is not good for {service}; ask the operator for one that is")]
    PermissionDenied {
        /// The full name of the gRPC service.
        service: String,
    },
    /// A call that only operators make, without a token that has the admin right: PERMISSION_DENIED.
    #[error(
        "{method} needs a token with the admin right, a line \"TOKEN admin\" in the file that the server is started with \
         (--token-file FILE); or send the server SIGHUP"
    )]
    AdminOnly {
        /// The name of the RPC.
        method: String,
    },
    /// A catalog to be taken up that is not good: FAILED_PRECONDITION.
    #[error("the new catalog is not good, and the one in force stays: {problem}")]
    CatalogBad {
        /// What is wrong with it.
        problem: String,
    },
    /// A reload of the catalog in the program: FAILED_PRECONDITION.
    #[error(
        "there is no file to read again: the server works with the catalog in the program; start it with --catalog PATH"
    )]
    NoCatalogFile,
    /// One reload runs and another waits: UNAVAILABLE.
    #[error("a reload runs and another one waits for it; try again")]
    ReloadBusy,
    /// A defect of the server: INTERNAL. The cause is in its log.
    #[error("the server failed on this item; its log says why")]
    Internal,
}

fn not_found_message(kind: ResourceKind, names: &[String]) -> String {
    let quoted = |name: &String| format!("\"{}\"", clip(name));
    match names {
        [name] => {
            format!("there is no {} {}", kind.type_name().trim_start_matches("glossator.v1."), quoted(name))
        }
        _ => {
            let shown: Vec<String> = names.iter().take(NAMED_RESOURCES_LIMIT).map(quoted).collect();
            let more = names.len().saturating_sub(NAMED_RESOURCES_LIMIT);
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{} {} are not there: {}{tail}", names.len(), kind.plural(), shown.join(", "))
        }
    }
}

/// The beginning of a text, at most that many bytes of it.
fn clip_to(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(limit)])
}

/// The beginning of a caller's text, short enough for an error.
fn clip(text: &str) -> String {
    clip_to(text, QUOTED_BYTES_LIMIT)
}

impl ApiError {
    /// A bad field.
    pub fn invalid(field: impl Into<String>, problem: impl std::fmt::Display) -> Self {
        Self::InvalidField {
            field: clip(&field.into()),
            problem: clip_to(&problem.to_string(), PROBLEM_BYTES_LIMIT),
        }
    }

    /// A missing thing.
    pub fn not_found(kind: ResourceKind, name: impl Into<String>) -> Self {
        Self::NotFound { kind, names: vec![name.into()] }
    }

    /// A catalog that cannot be taken up.
    pub fn bad_catalog(error: impl std::fmt::Display) -> Self {
        Self::CatalogBad { problem: clip_to(&error.to_string(), PROBLEM_BYTES_LIMIT) }
    }

    /// What the transport's own status says in this server's words; `None` for one that is this server's already, or
    /// that the client will not see.
    pub fn of_transport(status: &Status, path: &str, limit_bytes: usize) -> Option<Self> {
        if !status.details().is_empty() {
            return None;
        }
        match status.code() {
            // tonic's code for a message over the limit.
            Code::OutOfRange => Some(Self::MessageTooLarge { limit_bytes }),
            // tonic's code for a message that prost cannot decode.
            Code::Internal => Some(Self::Malformed { problem: clip(status.message()) }),
            // Without a message nothing answers there; with one a service is, but does not read the encoding.
            Code::Unimplemented if status.message().is_empty() => Some(Self::NoSuchRpc { path: clip(path) }),
            Code::Unimplemented => Some(Self::UnsupportedEncoding { problem: clip(status.message()) }),
            _ => None,
        }
    }

    /// The same with `parent` put before the field's path.
    #[must_use]
    pub fn within(self, parent: &str) -> Self {
        match self {
            Self::InvalidField { field, problem } => {
                Self::InvalidField { field: format!("{parent}.{field}"), problem }
            }
            other => other,
        }
    }

    /// The status code.
    pub const fn code(&self) -> Code {
        match self {
            Self::InvalidField { .. } | Self::Malformed { .. } => Code::InvalidArgument,
            Self::NotFound { .. } => Code::NotFound,
            Self::DocumentTooLarge { .. } | Self::AnswerTooLarge { .. } | Self::MessageTooLarge { .. } => {
                Code::ResourceExhausted
            }
            Self::NoSuchRpc { .. } | Self::UnsupportedEncoding { .. } => Code::Unimplemented,
            Self::Overloaded { .. } | Self::Loading | Self::Draining | Self::ReloadBusy => Code::Unavailable,
            Self::CatalogBad { .. } | Self::NoCatalogFile => Code::FailedPrecondition,
            Self::DeadlineExceeded { .. } => Code::DeadlineExceeded,
            Self::Unauthenticated => Code::Unauthenticated,
            Self::PermissionDenied { .. } | Self::AdminOnly { .. } => Code::PermissionDenied,
            Self::Internal => Code::Internal,
        }
    }

    /// The `reason` of its ErrorInfo.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::InvalidField { .. } => "INVALID_FIELD",
            Self::NotFound { .. } => "NOT_FOUND",
            Self::DocumentTooLarge { .. } => "DOCUMENT_TOO_LARGE",
            Self::AnswerTooLarge { .. } => "ANSWER_TOO_LARGE",
            Self::MessageTooLarge { .. } => "MESSAGE_TOO_LARGE",
            Self::Malformed { .. } => "MALFORMED_MESSAGE",
            Self::NoSuchRpc { .. } => "NO_SUCH_RPC",
            Self::UnsupportedEncoding { .. } => "UNSUPPORTED_ENCODING",
            Self::Overloaded { .. } => "OVERLOADED",
            Self::Loading => "LOADING",
            Self::Draining => "DRAINING",
            Self::DeadlineExceeded { .. } => "DEADLINE_EXCEEDED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::PermissionDenied { .. } => "PERMISSION_DENIED",
            Self::AdminOnly { .. } => "ADMIN_ONLY",
            Self::CatalogBad { .. } => "CATALOG_BAD",
            Self::NoCatalogFile => "NO_CATALOG_FILE",
            Self::ReloadBusy => "RELOAD_BUSY",
            Self::Internal => "INTERNAL",
        }
    }

    fn details(&self) -> ErrorDetails {
        let mut details = ErrorDetails::new();
        let mut metadata = std::collections::HashMap::new();
        match self {
            Self::InvalidField { field, problem } => {
                details.add_bad_request_violation(clip(field), problem.clone());
            }
            Self::NotFound { kind, names } => {
                // ErrorDetails holds one ResourceInfo; the others are added in `to_proto`.
                if let Some(name) = names.first() {
                    details.set_resource_info(kind.type_name(), clip(name), "", "not in this server's data");
                }
            }
            Self::DocumentTooLarge { limit_bytes, .. }
            | Self::AnswerTooLarge { limit_bytes, .. }
            | Self::MessageTooLarge { limit_bytes } => {
                metadata.insert("limit_bytes".to_owned(), limit_bytes.to_string());
            }
            Self::Overloaded { .. } | Self::Loading | Self::Draining | Self::ReloadBusy => {
                details.set_retry_info(Some(RETRY_DELAY));
            }
            _ => {}
        }
        details.set_error_info(self.reason(), ERROR_DOMAIN, metadata);
        details
    }

    /// The `google.rpc.Status` that answers an item of a stream.
    pub fn to_proto(&self) -> pb::Status {
        let message = self.to_string();
        let status = Status::with_error_details(self.code(), message.clone(), self.details());
        let mut proto = pb::Status::decode(status.details()).unwrap_or_else(|_| pb::Status {
            code: self.code() as i32,
            message,
            details: Vec::new(),
        });
        if let Self::NotFound { kind, names } = self {
            proto
                .details
                .extend(names.iter().take(NAMED_RESOURCES_LIMIT).skip(1).map(|name| missing(*kind, name)));
        }
        proto
    }
}

fn missing(kind: ResourceKind, name: &str) -> prost_types::Any {
    let info = pb::ResourceInfo {
        resource_type: kind.type_name().to_owned(),
        resource_name: clip(name),
        owner: String::new(),
        description: "not in this server's data".to_owned(),
    };
    prost_types::Any {
        type_url: "type.googleapis.com/google.rpc.ResourceInfo".to_owned(),
        value: info.encode_to_vec(),
    }
}

impl From<ApiError> for Status {
    fn from(error: ApiError) -> Self {
        let proto = error.to_proto();
        let details = proto.encode_to_vec();
        Self::with_details(error.code(), proto.message, details.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_error() -> Vec<ApiError> {
        vec![
            ApiError::invalid("options.min_score", "must be in 0 to 1"),
            ApiError::not_found(ResourceKind::Paper, "PMC1"),
            ApiError::NotFound { kind: ResourceKind::Entity, names: vec!["\u{1F9EC}".repeat(1_000); 1_000] },
            ApiError::invalid("\u{1F9EC}".repeat(1_000), "\u{1F9EC}".repeat(1_000)),
            ApiError::DocumentTooLarge { bytes: 5, limit_bytes: 4 },
            ApiError::AnswerTooLarge { bytes: 5, limit_bytes: 4, advice: "ask for less" },
            ApiError::MessageTooLarge { limit_bytes: 4 },
            ApiError::Malformed { problem: "not protobuf".to_owned() },
            ApiError::NoSuchRpc { path: "/a/b".to_owned() },
            ApiError::UnsupportedEncoding { problem: "no gzip".to_owned() },
            ApiError::Overloaded { limit: 3 },
            ApiError::Loading,
            ApiError::Draining,
            ApiError::DeadlineExceeded { timeout_ms: 5, set_by: "the request" },
            ApiError::Unauthenticated,
            ApiError::PermissionDenied { service: "glossator.v1.PaperService".to_owned() },
            ApiError::AdminOnly { method: "ReloadCatalog".to_owned() },
            ApiError::bad_catalog("\u{1F9EC}".repeat(1_000)),
            ApiError::NoCatalogFile,
            ApiError::ReloadBusy,
            ApiError::Internal,
        ]
    }

    #[test]
    fn every_error_names_its_reason_and_fits_the_headers() {
        for error in every_error() {
            let status = Status::from(error.clone());
            let info = status.get_details_error_info().unwrap();
            assert_eq!((info.reason.as_str(), info.domain.as_str()), (error.reason(), "glossator"));
            assert_eq!(status.code(), error.code());
            let bytes = status.message().len() + status.details().len();
            assert!(
                bytes < 8_192 && error.to_proto().encoded_len() < 4_096 + 2_048,
                "{error}: {bytes} bytes"
            );
        }
    }

    #[test]
    fn details_let_a_program_act() {
        let status = Status::from(ApiError::invalid("id", "is empty").within("documents[3]"));
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!(violations[0].field, "documents[3].id");
        assert_eq!(status.message(), "documents[3].id: is empty");

        let status = Status::from(ApiError::Overloaded { limit: 1 });
        assert_eq!(status.get_details_retry_info().unwrap().retry_delay, Some(RETRY_DELAY));

        let names = vec!["a".to_owned(), "b".to_owned()];
        let status = Status::from(ApiError::NotFound { kind: ResourceKind::Entity, names });
        let resources: Vec<String> = status
            .get_error_details_vec()
            .into_iter()
            .filter_map(|detail| match detail {
                tonic_types::ErrorDetail::ResourceInfo(info) => Some(info.resource_name),
                _ => None,
            })
            .collect();
        assert_eq!(resources, ["a", "b"]);
        assert_eq!(status.message(), "2 entities are not there: \"a\", \"b\"");

        let status = Status::from(ApiError::DocumentTooLarge { bytes: 9, limit_bytes: 7 });
        assert_eq!(status.get_details_error_info().unwrap().metadata["limit_bytes"], "7");
    }
}
