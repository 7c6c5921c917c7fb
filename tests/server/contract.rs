//! Reflection, health and the protoset.

use std::collections::BTreeSet;
use std::process::Command;

use prost::Message;
use tokio_stream::StreamExt;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::harness::TestServer;

const SERVICES: [&str; 4] = [
    "glossator.v1.AnnotationService",
    "glossator.v1.CatalogService",
    "glossator.v1.EntityService",
    "glossator.v1.PaperService",
];

macro_rules! reflected {
    ($version:ident, $server:expr) => {{
        use tonic_reflection::pb::$version::ServerReflectionRequest;
        use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
        use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;

        let ask = |message: MessageRequest| ServerReflectionRequest {
            host: String::new(),
            message_request: Some(message),
        };
        let requests = tokio_stream::iter([
            ask(MessageRequest::ListServices(String::new())),
            ask(MessageRequest::FileContainingSymbol("glossator.v1.AnnotateOptions".to_owned())),
            ask(MessageRequest::FileContainingSymbol("google.rpc.BadRequest".to_owned())),
        ]);
        let mut client = ServerReflectionClient::new($server.channel().await);
        let mut answers = client.server_reflection_info(requests).await.unwrap().into_inner();
        let Some(MessageResponse::ListServicesResponse(list)) =
            answers.next().await.unwrap().unwrap().message_response
        else {
            panic!("services are listed")
        };
        let names: BTreeSet<String> = list.service.into_iter().map(|service| service.name).collect();
        for name in SERVICES.into_iter().chain(["grpc.health.v1.Health"]) {
            assert!(names.contains(name), "{name} in {names:?}");
        }
        for file in ["glossator/v1/annotation.proto", "google/rpc/error_details.proto"] {
            let answer = answers.next().await.unwrap().unwrap().message_response;
            let Some(MessageResponse::FileDescriptorResponse(files)) = answer else {
                panic!("{file}: {answer:?}")
            };
            let found =
                prost_types::FileDescriptorProto::decode(files.file_descriptor_proto[0].as_slice()).unwrap();
            assert_eq!(found.name(), file);
        }
    }};
}

#[tokio::test]
async fn reflection_answers_in_both_versions() {
    let server = TestServer::start(&[]);
    reflected!(v1, server);
    reflected!(v1alpha, server);
}

#[tokio::test]
async fn every_service_is_healthy_by_name() {
    let server = TestServer::start(&[]);
    let mut client = HealthClient::new(server.channel().await);
    for service in SERVICES.into_iter().chain([""]) {
        let request = HealthCheckRequest { service: service.to_owned() };
        let response = client.check(request.clone()).await.unwrap().into_inner();
        assert_eq!(response.status(), ServingStatus::Serving, "{service}");
        let mut watch = client.watch(request).await.unwrap().into_inner();
        assert_eq!(watch.next().await.unwrap().unwrap().status(), ServingStatus::Serving, "{service}");
    }
    let unknown = HealthCheckRequest { service: "nothing".to_owned() };
    assert_eq!(client.check(unknown).await.unwrap_err().code(), Code::NotFound);
}

#[test]
fn the_protoset_holds_the_contract_with_its_comments() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("glossator.protoset");
    let program = env!("CARGO_BIN_EXE_glossator");
    let status = Command::new(program).args(["serve", "--print-protoset"]).arg(&file).status().unwrap();
    assert!(status.success());
    let set = prost_types::FileDescriptorSet::decode(std::fs::read(&file).unwrap().as_slice()).unwrap();
    let services: BTreeSet<String> = set
        .file
        .iter()
        .flat_map(|file| file.service.iter().map(|service| format!("{}.{}", file.package(), service.name())))
        .collect();
    assert_eq!(services, SERVICES.map(str::to_owned).into_iter().collect());
    let commented =
        set.file.iter().find(|file| file.name() == "glossator/v1/annotation_service.proto").unwrap();
    let comments = commented.source_code_info.as_ref().unwrap().location.iter();
    assert!(comments.filter(|location| location.leading_comments.is_some()).count() > 20);
    let bad =
        Command::new(program).args(["serve", "--print-protoset", "/no/such/folder/x"]).output().unwrap();
    assert_eq!(bad.status.code(), Some(1));
}
