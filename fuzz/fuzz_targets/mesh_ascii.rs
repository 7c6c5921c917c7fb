#![no_main]

use std::io::Cursor;

use glossator::formats::terminology::{MeshAsciiReader, NAMES_LIMIT, Term, TermReader as _};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = Box::new(Cursor::new(bytes.to_vec()));
    let Ok(mut reader) = MeshAsciiReader::from_reader("fuzz", input) else { return };
    let mut term = Term::default();
    loop {
        match reader.next_term(&mut term) {
            Ok(true) => assert!(!term.id.is_empty() && term.names.len() <= NAMES_LIMIT),
            Err(error) if error.is_of_one_record() => {}
            _ => return,
        }
    }
});
