//! Drives the built server over real sockets with a real client.

// A test that cannot go on says so by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod annotate;
mod contract;
mod data;
mod entities;
mod errors;
mod harness;
mod lifecycle;
mod load;
mod offsets;
mod reload;
mod wire;
