//! How fast a built catalog opens, answers and matches. `GLOSSATOR_BENCH_CATALOG=FILE cargo bench --bench vocabulary`
//!
//! Means; `cargo run --release --example catalog_report` has the slowest ones.

#![allow(missing_docs)]

use std::cell::Cell;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glossator::annotate::Annotator;
use glossator::catalog::Catalog;
use glossator::model::{AnnotateOptions, Document};
use glossator::text::FoldedText;
use queries::Queries;

#[path = "../examples/catalog_report/queries.rs"]
mod queries;
#[path = "../examples/speed/texts.rs"]
mod texts;

/// How many queries of each kind are asked in turn, and how many fuzzy ones.
const QUERIES: usize = 20_000;
const FUZZY_QUERIES: usize = 500;
/// How many entities a search answers.
const PAGE: usize = 20;

/// Asks each query in its turn.
fn each<Q>(criterion: &mut Criterion, name: &str, queries: &[Q], mut ask: impl FnMut(&Q)) {
    let next = Cell::new(0);
    criterion.bench_function(&format!("vocabulary/{name}"), |bencher| {
        bencher.iter(|| {
            let number = next.get();
            next.set((number + 1) % queries.len());
            ask(black_box(&queries[number]));
        });
    });
}

fn lookups(criterion: &mut Criterion, catalog: &Catalog) {
    let queries = Queries::new(catalog, QUERIES, FUZZY_QUERIES);
    each(criterion, "identifier", &queries.identifiers, |id| {
        black_box(catalog.find(id));
    });
    each(criterion, "exact name", &queries.exact, |name| {
        black_box(catalog.names().exact(name));
    });
    let mut search = |name: &str, queries: &[String], kind: Search| {
        each(criterion, name, queries, |query| {
            black_box(kind(catalog, query));
        });
    };
    search("prefix search", &queries.prefixes, |catalog, query| {
        catalog.search_prefix(query, &[], &[], 0, PAGE).0.len()
    });
    search("fuzzy search", &queries.fuzzy, |catalog, query| {
        catalog.search_fuzzy(query, &[], &[], 0, PAGE).0.len()
    });
    search("full search", &queries.full, |catalog, query| {
        catalog.search_full(query, &[], &[], 0, PAGE).0.len()
    });
}

type Search = fn(&Catalog, &str) -> usize;

fn texts(criterion: &mut Criterion, catalog: Catalog) {
    let documents = queries::documents();
    let bytes: usize = documents.iter().map(Document::text_bytes).sum();
    let folded: Vec<FoldedText> = documents
        .iter()
        .flat_map(|document| &document.passages)
        .map(|passage| {
            let mut folded = FoldedText::new();
            folded.fold(&passage.text);
            folded
        })
        .collect();
    let mut group = criterion.benchmark_group("vocabulary");
    group.sample_size(10).throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("walk", |bencher| {
        bencher.iter(|| {
            let mut found = 0;
            for text in &folded {
                for first in 0..text.tokens().len() {
                    catalog.names().each_match(text, first, 0, |_, _| found += 1);
                }
            }
            found
        });
    });
    let annotator = Annotator::new(Arc::new(catalog));
    let Ok(options) = annotator.prepare(&AnnotateOptions::default()) else { return };
    group.bench_function("annotate", |bencher| {
        bencher.iter(|| {
            for document in &documents {
                black_box(annotator.annotate(document, &options));
            }
        });
    });
    group.finish();
}

fn files(criterion: &mut Criterion, path: &Path, catalog: &Catalog) {
    criterion.bench_function("vocabulary/open", |bencher| {
        bencher.iter(|| Catalog::open(path).map(black_box).is_ok());
    });
    let mut group = criterion.benchmark_group("vocabulary");
    group.sample_size(10);
    group.bench_function("verify", |bencher| bencher.iter(|| catalog.verify().is_ok()));
    group.finish();
}

fn benchmarks(criterion: &mut Criterion) {
    let Some(path) = std::env::var_os("GLOSSATOR_BENCH_CATALOG").map(PathBuf::from) else {
        println!("vocabulary: skipped, GLOSSATOR_BENCH_CATALOG names no catalog");
        return;
    };
    match Catalog::open(&path) {
        Err(error) => println!("vocabulary: skipped, {error}"),
        Ok(catalog) => {
            files(criterion, &path, &catalog);
            lookups(criterion, &catalog);
            texts(criterion, catalog);
        }
    }
}

criterion_group!(all, benchmarks);
criterion_main!(all);
