#![no_main]

use std::sync::{Arc, LazyLock};

use glossator::annotate::{Annotator, PreparedOptions};
use glossator::catalog::Catalog;
use glossator::formats::input::InputDocument;
use glossator::formats::output::{OutputFormat, Renderer};
use glossator::model::{AnnotateOptions, Document, OffsetUnit, OverlapPolicy, Passage};
use libfuzzer_sys::fuzz_target;

static ANNOTATOR: LazyLock<Annotator> =
    LazyLock::new(|| Annotator::new(Arc::new(Catalog::embedded().expect("the starter catalog is whole"))));

static OPTIONS: LazyLock<Vec<PreparedOptions>> = LazyLock::new(|| {
    let policies = [OverlapPolicy::Longest, OverlapPolicy::LongestPerType, OverlapPolicy::All];
    let options = policies.map(|overlap| AnnotateOptions { overlap, ..AnnotateOptions::default() });
    options.iter().map(|options| ANNOTATOR.prepare(options).expect("the options are in their bounds")).collect()
});

// Passages are the parts between form feeds.
fuzz_target!(|text: &str| {
    let passages = text.split('\u{c}').map(|text| Passage { text: text.to_owned(), ..Passage::default() });
    let document = Document { id: "fuzz".to_owned(), passages: passages.collect() };
    let input = InputDocument::new(document);
    for options in OPTIONS.iter() {
        let annotated = ANNOTATOR.annotate(&input.document, options);
        for found in &annotated.annotations {
            let passage = &input.document.passages[found.passage_index].text;
            assert_eq!(passage.get(found.span.start..found.span.end), Some(found.text.as_str()));
            assert!(found.score > 0.0 && found.score <= 1.0, "{}", found.score);
        }
        for format in OutputFormat::ALL {
            Renderer::new(format, OffsetUnit::CodePoint, "fuzz").render(&input, &annotated);
        }
    }
});
