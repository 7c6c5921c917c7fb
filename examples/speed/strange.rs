//! Texts of many sizes and of strange kinds: what a byte of them costs against a byte of plain text.

use std::hint::black_box;
use std::time::Duration;

use glossator::annotate::{Annotator, PreparedOptions};
use glossator::model::Document;

use super::{median, speed, timed};

/// The sizes of plain documents.
const SIZES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/// How long a strange text is.
const STRANGE_BYTES: usize = 1_000_000;
/// The most that a byte of a strange text may cost, in bytes of plain text.
const COST_LIMIT: f64 = 5.0;

/// Prints what each text costs.
pub fn report(annotator: &Annotator, options: &PreparedOptions, documents: &[Document], rounds: usize) {
    let plain: Vec<&str> = documents
        .iter()
        .flat_map(|document| document.passages.iter().map(|passage| passage.text.as_str()))
        .collect();
    let annotate = |text: &str| -> Duration {
        let document = Document::from_text("text", text);
        let repeats = (100_000 / text.len().max(1)).max(1);
        let time = median(rounds.min(3), || {
            timed(|| (0..repeats).for_each(|_| drop(black_box(annotator.annotate(&document, options)))))
        });
        time / u32::try_from(repeats).unwrap_or(1)
    };
    let mut usual = 0.0_f64;
    for size in SIZES {
        let text = of_length(plain.iter().copied(), size);
        let reached = speed(text.len(), annotate(&text));
        if size == 100_000 {
            usual = reached;
        }
        println!("a document of {size:>9} bytes  {reached:7.2} MB/s");
    }
    for (name, text) in texts(&plain) {
        let reached = speed(text.len(), annotate(&text));
        let cost = usual / reached.max(1e-9);
        let verdict = if cost <= COST_LIMIT { "" } else { "  OVER THE BOUND" };
        println!("{name:28}{reached:7.2} MB/s, {cost:.2} of the usual cost{verdict}");
    }
}

/// Parts joined until there are that many bytes.
fn of_length<'t>(parts: impl Iterator<Item = &'t str> + Clone, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 4_096);
    for part in parts.cycle().take(1 + bytes) {
        if text.len() >= bytes {
            break;
        }
        text.push_str(part);
        text.push('\n');
    }
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

fn texts(plain: &[&str]) -> Vec<(&'static str, String)> {
    let repeat = |part: &str| of_length(std::iter::once(part), STRANGE_BYTES);
    let unbroken = |part: &str| part.repeat(STRANGE_BYTES / part.len());
    let upper = of_length(plain.iter().copied(), STRANGE_BYTES).to_uppercase();
    vec![
        ("one token, repeated", unbroken("cancer ")),
        ("one symbol, repeated", unbroken("TNF ")),
        ("one letter", unbroken("a")),
        ("all digits", unbroken("1")),
        ("digits with spaces", unbroken("12 ")),
        ("open brackets", unbroken("(")),
        ("brackets with short forms", unbroken("tumor necrosis factor (TNF) ")),
        ("names of shared beginnings", unbroken("tumor necrosis factor receptor superfamily member ")),
        ("names of shared letters", unbroken("p53p53-p53/p53 ")),
        ("variants", unbroken("c.123A>G p.Val600Glu ")),
        ("genera", unbroken("E. coli ")),
        ("lines", repeat("a")),
        ("full stops", unbroken("A. ")),
        ("commas and ands", unbroken("breast, lung and ")),
        ("Greek", unbroken("αβγ-")),
        ("in upper case", upper),
    ]
}
