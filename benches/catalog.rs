//! The cost of starting and of walking: the starter catalog from cold data, folding a text, the walk over its tokens.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glossator::catalog::Catalog;
use glossator::text::FoldedText;

/// A text of papers' own size, made of the catalog's names and plain words between them.
fn text(catalog: &Catalog) -> String {
    let names = catalog.indices().step_by(37).flat_map(|index| catalog.names_of(index).take(2));
    let mut text = String::new();
    for (number, (_, name)) in names.enumerate() {
        text.push_str(name);
        text.push_str(
            [" was found in ", " (p < 0.05), and ", " did not change. ", " of patients with "][number % 4],
        );
    }
    text
}

/// Every name that begins at any token, as the annotator looks for them.
fn walk(catalog: &Catalog, folded: &FoldedText) -> usize {
    let mut found = 0;
    for first in 0..folded.tokens().len() {
        catalog.names().each_match(folded, first, 0, |_, _| found += 1);
    }
    found
}

fn benchmarks(criterion: &mut Criterion) {
    criterion
        .bench_function("catalog/embedded", |bencher| bencher.iter(|| Catalog::embedded().map(black_box)));
    let Ok(catalog) = Catalog::embedded() else { return };
    let text = text(&catalog);
    let mut folded = FoldedText::new();
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("fold", |bencher| bencher.iter(|| folded.fold(black_box(&text))));
    folded.fold(&text);
    assert!(walk(&catalog, &folded) > 500);
    group.bench_function("walk", |bencher| bencher.iter(|| walk(&catalog, black_box(&folded))));
    group.finish();
}

criterion_group!(all, benchmarks);
criterion_main!(all);
