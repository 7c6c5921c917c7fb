//! How fast the starter corpus is read, and how fast text is annotated with the starter catalog. `cargo bench --bench annotate`

#![allow(missing_docs)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glossator::annotate::Annotator;
use glossator::catalog::Catalog;
use glossator::corpus::Corpus;
use glossator::model::{AnnotateOptions, Document};

fn start(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("start");
    group.sample_size(20);
    group.bench_function("corpus", |bencher| {
        bencher.iter(|| black_box(Corpus::embedded().map(|corpus| corpus.len())));
    });
    group.finish();
}

fn annotate(criterion: &mut Criterion) {
    let (Ok(catalog), Ok(corpus)) = (Catalog::embedded(), Corpus::embedded()) else { return };
    let annotator = Annotator::new(Arc::new(catalog));
    let Ok(options) = annotator.prepare(&AnnotateOptions::default()) else { return };
    let papers: Vec<Document> = corpus.papers().iter().map(|paper| paper.to_document()).collect();
    let bytes: usize = papers.iter().map(Document::text_bytes).sum();
    let mut group = criterion.benchmark_group("annotate");
    group.sample_size(20).throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("starter corpus", |bencher| {
        bencher.iter(|| {
            for paper in &papers {
                black_box(annotator.annotate(paper, &options));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, start, annotate);
criterion_main!(benches);
