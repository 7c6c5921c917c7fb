#![no_main]

use std::io::Cursor;

use glossator::formats::terminology::{DrugbankReader, Term, TermReader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = Box::new(Cursor::new(bytes.to_vec()));
    if let Ok(mut reader) = DrugbankReader::from_reader("fuzz", input) {
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
