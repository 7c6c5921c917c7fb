//! Compiles the wire contract with protox, so that a build needs no protoc, and keeps the encoded descriptor set for
//! reflection and `serve --print-protoset`. Lists the starter corpus for embedding.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message;

/// Every file of the contract, and the error details that clients want to see by name in reflection.
const FILES: &[&str] = &[
    "glossator/v1/annotation.proto",
    "glossator/v1/annotation_service.proto",
    "glossator/v1/catalog_service.proto",
    "glossator/v1/entity.proto",
    "glossator/v1/entity_service.proto",
    "glossator/v1/paper.proto",
    "glossator/v1/paper_service.proto",
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    for file in FILES {
        println!("cargo:rerun-if-changed=proto/{file}");
    }
    println!("cargo:rerun-if-changed=build.rs");

    let mut compiler = protox::Compiler::new(["proto"])?;
    // Comments go into the generated docs and into what `grpcurl describe` shows.
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(FILES)?;
    // Encoded as protox has it: the decoded form drops custom options.
    let encoded = compiler.encode_file_descriptor_set();
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("glossator.protoset"), &encoded)?;

    list_starter_papers(&out)?;

    let descriptors = tonic_prost_build::FileDescriptorSet::decode(encoded.as_slice())?;
    tonic_prost_build::configure()
        .build_server(false)
        .extern_path(".google.rpc", "::tonic_types::pb")
        .compile_fds(descriptors.clone())?;
    compile_servers(descriptors, &out.join("servers"))
}

/// The messages that the server sends encoded already (src/api/encoded.rs).
const ENCODED: &[&str] = &[
    "AnnotatePapersResponse",
    "AnnotateResponse",
    "AnnotateStreamResponse",
    "LookupEntitiesResponse",
    "LookupPapersResponse",
];

/// Generates the servers, with the messages of the clients but for those that are encoded where they are made.
fn compile_servers(
    descriptors: tonic_prost_build::FileDescriptorSet,
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut servers = tonic_prost_build::configure()
        .build_client(false)
        .codec_path("crate::api::codec::ServerCodec")
        .out_dir(folder)
        .extern_path(".google.rpc", "::tonic_types::pb")
        .extern_path(".glossator.v1", "crate::api::proto");
    for message in ENCODED {
        servers = servers.extern_path(format!(".glossator.v1.{message}"), "crate::api::encoded::Encoded");
    }
    Ok(servers.compile_fds(descriptors)?)
}

/// Lists the starter corpus as `(file name, text)` pairs, in the order of the names.
fn list_starter_papers(out: &Path) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("data/papers");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().into_string().map_err(|name| format!("{name:?} is not UTF-8"))?;
        if name.ends_with(".md") && name != "README.md" {
            names.push(name);
        }
    }
    names.sort();
    let mut code = String::from("&[\n");
    for name in names {
        let path = folder.join(&name);
        writeln!(code, "    ({name:?}, include_str!({path:?})),")?;
    }
    code.push_str("]\n");
    Ok(fs::write(out.join("starter_papers.rs"), code)?)
}
