#![no_main]

use std::io::Cursor;

use glossator::formats::terminology::{NAMES_LIMIT, TaxdumpReader, Term, TermReader as _};
use libfuzzer_sys::fuzz_target;

// Names, nodes and merged taxa, with a zero byte between them.
fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(3, |byte| *byte == 0).map(|part| Box::new(Cursor::new(part.to_vec())));
    let mut part = || parts.next().unwrap_or_default();
    let Ok(mut reader) = TaxdumpReader::from_readers(part(), part(), part()) else { return };
    let mut term = Term::default();
    loop {
        match reader.next_term(&mut term) {
            Ok(true) => assert!(!term.id.is_empty() && term.names.len() <= NAMES_LIMIT),
            Err(error) if error.is_of_one_record() => {}
            _ => return,
        }
    }
});
