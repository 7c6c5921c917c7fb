#![no_main]

use glossator::formats::catalog_tsv::CatalogTsvReader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(mut rows) = CatalogTsvReader::entities(bytes, "fuzz.tsv") {
        while let Ok(Some(row)) = rows.next_entity() {
            assert!(row.names().count() <= bytes.len());
        }
    }
    if let Ok(mut rows) = CatalogTsvReader::added_names(bytes, "fuzz.tsv") {
        while let Ok(Some(_)) = rows.next_added_name() {}
    }
});
