#![no_main]

use glossator::formats::gold::read_gold_table;
use libfuzzer_sys::fuzz_target;

const TEXT: &str = "Naïve T cells\n\nEyes of mice, and B and T cells.\n";

fuzz_target!(|table: Vec<u8>| {
    for document in read_gold_table(table, TEXT).into_iter().flatten() {
        for mention in &document.mentions {
            assert!(!document.text_of(mention).is_empty());
        }
    }
});
