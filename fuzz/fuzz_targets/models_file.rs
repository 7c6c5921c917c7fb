#![no_main]

use std::sync::{Arc, LazyLock};

use glossator::annotate::{Annotator, Models};
use glossator::catalog::Catalog;
use glossator::model::{AnnotateOptions, Document};
use libfuzzer_sys::fuzz_target;

const TEXT: &str = "BRAF V600E in melanoma patients (MP) on vemurafenib. Mice lost Trp53; MP did not.";

static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(Catalog::embedded().expect("the starter catalog")));
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| Models::embedded().to_bytes());

/// Reads models and annotates with them.
fn read(bytes: Vec<u8>) {
    let Ok(models) = Models::from_bytes(bytes) else { return };
    let annotator = Annotator::with_models(Arc::clone(&CATALOG), Arc::new(models));
    if let Ok(options) = annotator.prepare(&AnnotateOptions::default()) {
        annotator.annotate(&Document::from_text("fuzz", TEXT), &options);
    }
}

// The first byte says what the rest is: a whole file as it is, one that is sealed again, or changes of a byte each to the
// embedded models, sealed again: a place (four bytes) and the byte.
fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    match kind % 3 {
        0 => read(rest.to_vec()),
        1 => read(Models::resealed(rest.to_vec())),
        _ => {
            let mut bytes = WHOLE.clone();
            for change in rest.chunks_exact(5) {
                let place = u32::from_le_bytes([change[0], change[1], change[2], change[3]]) as usize;
                let place = place % bytes.len();
                bytes[place] = change[4];
            }
            read(Models::resealed(bytes));
        }
    }
});
