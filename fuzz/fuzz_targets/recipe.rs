#![no_main]

use glossator::catalog::recipe::{Recipe, SOURCES_LIMIT};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(recipe) = Recipe::parse(text, "fuzz.toml") {
        assert!((1..=SOURCES_LIMIT).contains(&recipe.sources.len()));
    }
});
