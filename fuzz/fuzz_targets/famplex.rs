#![no_main]

use std::io::{Cursor, Read};

use glossator::formats::terminology::{FamplexReader, Term, TermReader};
use libfuzzer_sys::fuzz_target;

// The four files are the parts between form feeds.
fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(4, |byte| *byte == 0xc);
    let inputs = [(); 4].map(|()| {
        let part = parts.next().unwrap_or_default().to_vec();
        Box::new(Cursor::new(part)) as Box<dyn Read + Send>
    });
    if let Ok(mut reader) = FamplexReader::from_readers(inputs) {
        let mut term = Term::default();
        loop {
            match reader.next_term(&mut term) {
                Ok(true) => assert!(!term.id.is_empty() && term.line > 0),
                Err(error) if error.is_of_one_record() => {}
                Ok(false) | Err(_) => break,
            }
        }
    }
});
