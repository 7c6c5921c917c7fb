#![no_main]

use glossator::model::PaperId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(id) = text.parse::<PaperId>() {
        assert_eq!(id.to_string().parse::<PaperId>().as_ref(), Ok(&id), "{text:?}");
    }
});
