#![no_main]

use std::io::Cursor;

use glossator::formats::terminology::{TableLayout, TableReader, Term, TermReader};
use libfuzzer_sys::fuzz_target;

// The first byte is the layout.
fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let layout = TableLayout {
        separator: Some(if first & 1 == 0 { '\t' } else { ',' }),
        header_lines: usize::from(first >> 1 & 1),
        list_separator: (first & 4 == 0).then_some('|'),
        id: usize::from(first >> 3 & 3),
        label: usize::from(first >> 5),
        names: vec![3],
        xrefs: vec![(4, "ENSEMBL".to_owned()), (5, String::new())],
        parents: vec![6],
        categories: vec![7],
    };
    let input = Box::new(Cursor::new(bytes.to_vec()));
    if let Ok(mut reader) = TableReader::from_reader("fuzz", input, &layout, "MGI") {
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
