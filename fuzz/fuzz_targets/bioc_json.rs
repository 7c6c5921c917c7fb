#![no_main]

use std::io::Cursor;

use glossator::formats::input::{DOCUMENT_BYTES_LIMIT, DocumentReader, InputFormat};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = Box::new(Cursor::new(bytes.to_vec()));
    let Ok(documents) = DocumentReader::open("fuzz", input, Some(InputFormat::BiocJson)) else { return };
    for read in documents.flatten() {
        assert_eq!(read.document.passages.len(), read.passage_offsets.len());
        assert!(read.document.text_bytes() <= DOCUMENT_BYTES_LIMIT);
    }
});
