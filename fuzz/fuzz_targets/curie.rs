#![no_main]

use glossator::model::Curie;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(id) = text.parse::<Curie>() {
        assert_eq!(id.to_string().parse::<Curie>().as_ref(), Ok(&id), "{text:?}");
    }
});
