#![no_main]

use glossator::formats::paper_page::{read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(paper) = read(text, "fuzz.md") {
        let page = write(&paper);
        assert_eq!(read(&page, "other.md").as_ref(), Ok(&paper), "{page}");
    }
});
