//! Every error code of the contract, with its details.

use glossator::api::proto::annotate_result::Result as ItemAnswer;
use glossator::api::proto::annotate_stream_response::Result as StreamAnswer;
use glossator::api::proto::{
    AnnotateOptions, AnnotateRequest, BatchGetEntitiesRequest, BatchGetPapersRequest, DocumentBatch,
    GetCatalogRequest, GetEntityRequest, GetPaperRequest, ListEntityPapersRequest, ListPapersRequest,
    SearchPapersRequest, annotate_stream_request::Item,
};
use prost_types::FieldMask;
use tonic::{Code, Request, Status};
use tonic_types::{ErrorDetail, StatusExt, pb};

use crate::harness::{TestServer, document, document_item, item, requests, soon};

fn reason(status: &Status) -> String {
    let info = status.get_details_error_info().expect("every error carries ErrorInfo");
    assert_eq!(info.domain, "glossator");
    info.reason
}

fn paper(id: &str) -> GetPaperRequest {
    GetPaperRequest { id: id.to_owned(), read_mask: None }
}

#[tokio::test]
async fn invalid_argument_names_the_field() {
    let server = TestServer::start(&[]);
    let options = AnnotateOptions { min_score: -0.5, ..AnnotateOptions::default() };
    let request = AnnotateRequest { documents: vec![document("", "x")], options: Some(options) };
    let status = server.annotation().await.annotate(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_FIELD"));
    let violations = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(violations[0].field, "options.min_score");

    for (documents, field) in [(vec![], "documents"), (vec![document("", "x"); 1_001], "documents")] {
        let request = AnnotateRequest { documents, options: None };
        let status = server.annotation().await.annotate(request).await.unwrap_err();
        assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, field);
    }
    let status =
        server.entities().await.get_entity(GetEntityRequest { id: "IL 7".to_owned() }).await.unwrap_err();
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "id");
}

#[tokio::test]
async fn not_found_names_what_is_missing() {
    let server = TestServer::start(&[]);
    let status = server.papers().await.get_paper(paper("PMC1")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "NOT_FOUND"));
    let resource = status.get_details_resource_info().unwrap();
    assert_eq!(
        (resource.resource_type.as_str(), resource.resource_name.as_str()),
        ("glossator.v1.Paper", "PMC1")
    );

    let ids = ["MESH:D999998", "MESH:D009101", "MESH:D999999"].map(str::to_owned).to_vec();
    let status =
        server.entities().await.batch_get_entities(BatchGetEntitiesRequest { ids }).await.unwrap_err();
    let missing: Vec<String> = status
        .get_error_details_vec()
        .into_iter()
        .filter_map(|detail| match detail {
            ErrorDetail::ResourceInfo(info) => Some(info.resource_name),
            _ => None,
        })
        .collect();
    assert_eq!(missing, ["MESH:D999998", "MESH:D999999"]);
}

#[tokio::test]
async fn a_document_over_four_mebibytes_is_refused_with_the_limit_named() {
    let server = TestServer::start(&[]);
    let limit = 4 << 20;
    let exact = document("exact", &" ".repeat(limit));
    let over = document("over", &" ".repeat(limit + 1));
    let request = AnnotateRequest { documents: vec![exact, over], options: None };
    let results = server.annotation().await.annotate(request).await.unwrap().into_inner().results;
    assert!(matches!(results[0].result, Some(ItemAnswer::Document(_))));
    let Some(ItemAnswer::Error(error)) = &results[1].result else { panic!("it is over the limit") };
    assert_eq!(error.code, Code::ResourceExhausted as i32);
    assert!(error.message.contains("4194304"), "{}", error.message);
    let details = Status::with_details(
        Code::ResourceExhausted,
        "",
        prost::Message::encode_to_vec(&pb::Status { ..error.clone() }).into(),
    );
    let info = details.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.metadata["limit_bytes"].as_str()),
        ("DOCUMENT_TOO_LARGE", "4194304")
    );
}

#[tokio::test]
async fn errors_of_the_transport_carry_reasons_as_well() {
    let server = TestServer::start(&["--request-limit-bytes", "1000"]);
    let large = document("", &"x".repeat(1_000));
    let request = AnnotateRequest { documents: vec![large.clone()], options: None };
    let unary = server.annotation().await.annotate(request).await.unwrap_err();
    let (sender, stream) = requests();
    sender.send(item(Item::Document(large))).await.unwrap();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    let streamed = soon(answers.message()).await.unwrap_err();
    for status in [unary, streamed] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "MESSAGE_TOO_LARGE"));
        assert!(status.message().contains("1000 bytes"), "{}", status.message());
    }
    // A string that is no UTF-8, where the contract has a string.
    let status =
        raw_call(&server, "/glossator.v1.PaperService/GetPaper", "identity", vec![0x0a, 0x01, 0xff]).await;
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "MALFORMED_MESSAGE"));
    for path in ["/glossator.v1.PaperService/Nothing", "/no.such.Service/Call"] {
        let status = raw_call(&server, path, "identity", Vec::new()).await;
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Unimplemented, "NO_SUCH_RPC"), "{path}");
    }
    // Compression is off unless asked for, which is not the same as no such call.
    let status = raw_call(&server, "/glossator.v1.PaperService/GetPaper", "gzip", Vec::new()).await;
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unimplemented, "UNSUPPORTED_ENCODING"));
    assert!(status.message().contains("gzip"), "{}", status.message());
}

/// What a call answers whose message is these bytes, said to be in that encoding.
async fn raw_call(
    server: &TestServer,
    path: &'static str,
    encoding: &'static str,
    message: Vec<u8>,
) -> Status {
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    let request = http::Request::builder()
        .method("POST")
        .uri(format!("http://server{path}"))
        .header("content-type", "application/grpc")
        .header("grpc-encoding", encoding)
        .body(tonic::body::Body::new(http_body_util::Full::new(bytes::Bytes::from(frame))))
        .unwrap();
    let mut channel = server.channel().await;
    std::future::poll_fn(|context| tower::Service::poll_ready(&mut channel, context)).await.unwrap();
    let response = tower::Service::call(&mut channel, request).await.unwrap();
    Status::from_header_map(response.headers()).expect("an error is told in the headers")
}

#[tokio::test]
async fn headers_over_the_limit_are_refused() {
    let server = TestServer::start(&[]);
    for (bytes, accepted) in [(8 << 10, true), (20 << 10, false)] {
        let mut request = Request::new(GetCatalogRequest {});
        request.metadata_mut().insert("x-large", "x".repeat(bytes).parse().unwrap());
        assert_eq!(server.catalog().await.get_catalog(request).await.is_ok(), accepted, "{bytes} bytes");
    }
}

#[tokio::test]
async fn a_configured_limit_holds_in_streams_and_they_go_on() {
    let server = TestServer::start(&["--document-limit-bytes", "10"]);
    let (sender, stream) = requests();
    let mut answers = server.annotation().await.annotate_stream(stream).await.unwrap().into_inner();
    let batch = DocumentBatch { documents: vec![document("", "0123456789"), document("", "0123456789a")] };
    tokio::spawn(async move {
        for item in [document_item("", "0123456789a"), item(Item::Batch(batch)), document_item("", "malaria")]
        {
            sender.send(item).await.unwrap();
        }
    });
    let first = soon(answers.message()).await.unwrap().unwrap().result.unwrap();
    let StreamAnswer::Error(error) = first else { panic!("{first:?}") };
    assert_eq!(error.code, Code::ResourceExhausted as i32);
    assert!(error.message.contains("limit of this server is 10 bytes"), "{}", error.message);
    let second = soon(answers.message()).await.unwrap().unwrap().result.unwrap();
    let StreamAnswer::Batch(batch) = second else { panic!("{second:?}") };
    assert!(matches!(batch.results[0].result, Some(ItemAnswer::Document(_))));
    assert!(matches!(batch.results[1].result, Some(ItemAnswer::Error(_))));
    let third = soon(answers.message()).await.unwrap().unwrap().result.unwrap();
    assert!(matches!(third, StreamAnswer::Document(_)));
    assert!(soon(answers.message()).await.unwrap().is_none());
}

#[tokio::test]
async fn an_answer_over_the_message_limit_is_refused_and_not_the_stream() {
    let server = TestServer::start(&["--answer-limit-bytes", "2000"]);
    let documents = vec![document("small", "malaria"), document("dense", &"malaria and HIV. ".repeat(200))];
    let request = AnnotateRequest { documents, options: None };
    let results = server.annotation().await.annotate(request).await.unwrap().into_inner().results;
    assert!(matches!(results[0].result, Some(ItemAnswer::Document(_))));
    let Some(ItemAnswer::Error(error)) = &results[1].result else { panic!("it is over the limit") };
    assert_eq!(error.code, Code::ResourceExhausted as i32);
    assert!(error.message.contains("2000 bytes"), "{}", error.message);
}

#[tokio::test]
async fn a_page_over_the_message_limit_is_refused_with_what_to_ask_for_instead() {
    let server = TestServer::start(&["--answer-limit-bytes", "4000"]);
    let (mut papers, mut entities) = (server.papers().await, server.entities().await);
    let page_size = 20;
    let listed = papers.list_papers(ListPapersRequest { page_size, ..Default::default() }).await;
    let searched = papers.search_papers(SearchPapersRequest { page_size, ..Default::default() }).await;
    let ids = vec!["PMC12808468".to_owned(); 20];
    let fetched = papers.batch_get_papers(BatchGetPapersRequest { ids, read_mask: None }).await;
    let entity_id = "MESH:D009369".to_owned();
    let all_kinds =
        ListEntityPapersRequest { entity_id, include_descendants: true, page_size, ..Default::default() };
    let of_entity = entities.list_entity_papers(all_kinds).await;
    let ids = vec!["MESH:D009101".to_owned(); 100];
    let batch = entities.batch_get_entities(BatchGetEntitiesRequest { ids }).await;
    for (status, advice) in [
        (listed.unwrap_err(), "a smaller page_size"),
        (searched.unwrap_err(), "a smaller page_size"),
        (fetched.unwrap_err(), "fewer at once"),
        (of_entity.unwrap_err(), "a smaller page_size"),
        (batch.unwrap_err(), "fewer at once"),
    ] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::ResourceExhausted, "ANSWER_TOO_LARGE"));
        assert!(status.message().contains("4000 bytes"), "{}", status.message());
        assert!(status.message().contains(advice), "{}", status.message());
        assert_eq!(status.get_details_error_info().unwrap().metadata["limit_bytes"], "4000");
    }
    let read_mask = Some(FieldMask { paths: vec!["title".to_owned()] });
    let titles = ListPapersRequest { page_size, read_mask, ..Default::default() };
    assert_eq!(papers.list_papers(titles).await.unwrap().into_inner().papers.len(), 20);
}

#[tokio::test]
async fn an_overloaded_server_answers_unavailable_with_retry_info() {
    let server = TestServer::start(&["--calls-limit", "1"]);
    let (sender, stream) = requests();
    let held = server.annotation().await.annotate_stream(stream).await.unwrap();
    let status = server.papers().await.get_paper(paper("PMC12808468")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unavailable, "OVERLOADED"));
    assert!(status.get_details_retry_info().unwrap().retry_delay.unwrap().as_millis() > 0);
    drop((sender, held));
    // The place is free again once the server has seen the stream end.
    server.logged("AnnotationService/AnnotateStream").await;
    assert!(server.papers().await.get_paper(paper("PMC12808468")).await.is_ok());
}

#[tokio::test]
async fn a_stream_ends_at_the_deadline_of_its_client() {
    let server = TestServer::start(&[]);
    let (_sender, stream) = requests();
    let mut request = Request::new(stream);
    request.metadata_mut().insert("grpc-timeout", "5000m".parse().unwrap());
    let mut answers = server.annotation().await.annotate_stream(request).await.unwrap().into_inner();
    let status = soon(answers.message()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));
    assert!(status.message().contains("5000 ms"), "{}", status.message());
}

#[tokio::test]
async fn a_unary_call_ends_at_the_deadline_of_the_server() {
    let server = TestServer::start(&["--call-timeout-ms", "1", "--workers", "1"]);
    let dense = document("", &"malaria and HIV in patients with multiple myeloma. ".repeat(40_000));
    let request = AnnotateRequest { documents: vec![dense; 8], options: None };
    let status = server.annotation().await.annotate(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"));
}

#[tokio::test]
async fn tokens_are_asked_for_and_hold_for_their_services() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens");
    std::fs::write(&file, "everything-0123456789\npapers-only-0123456789 glossator.v1.PaperService\n")
        .unwrap();
    let server = TestServer::start(&["--token-file", file.to_str().unwrap()]);
    let mut client = server.catalog().await;
    let with = |token: &str| {
        let mut request = Request::new(GetCatalogRequest {});
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request
    };
    let status = client.get_catalog(GetCatalogRequest {}).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unauthenticated, "UNAUTHENTICATED"));
    let status = client.get_catalog(with("nobody-knows-this")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    let status = client.get_catalog(with("papers-only-0123456789")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "PERMISSION_DENIED"));
    assert!(client.get_catalog(with("everything-0123456789")).await.is_ok());
    let log = server.log_lines().join("\n");
    assert!(!log.contains("0123456789") && !log.contains("nobody-knows"), "tokens are not logged");
}
