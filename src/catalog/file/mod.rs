//! The catalog's file: header, table of sections, checks. `docs/CATALOG.md` tells the format byte by byte.

mod bytes;
mod data;
mod layout;

pub(super) use bytes::{ByteReader, U32s, U64s, put_text, put_varint};
pub(super) use data::Data;
pub(super) use layout::{Layout, MAGIC, Section};
