//! A thread that has read the like of a document takes nothing from the heap for it but the answer. Beyond that are identifiers of
//! variants that are too long to be kept in place, which are put together from the text, and what lists take that are longer than
//! what is kept ([`glossator`]'s `text/spare.rs` has the limits).
//!
//! The only test of its file, as all of the process is counted.

#![allow(clippy::unwrap_used)] // a test that cannot go on says so by panicking

use std::sync::Arc;

use glossator::annotate::Annotator;
use glossator::catalog::Catalog;
use glossator::corpus::Corpus;
use glossator::model::{AnnotateOptions, Document, Passage};

#[path = "../examples/allocations/answer.rs"]
mod answer;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Texts with what stages make lists of.
const TEXTS: &[&str] = &[
    "",
    "Nothing here is of any interest.",
    "Tumor necrosis factor (TNF) and interleukin 6 (IL-6) rise in rheumatoid arthritis (RA); RA is treated with methotrexate (MTX).",
    "Breast and ovarian cancer, type 1 and 2 diabetes, and T and B cell lymphoma were found in BRCA1/2 carriers.",
    "MMP-2/-9, IL-1α and -β, CD4/CD8, and caspase-3, -8 and -9 were measured in HeLa and HEK293 cells.",
    "Escherichia coli and Saccharomyces cerevisiae grow well; E. coli K-12 and S. cerevisiae do so in mice, rats and humans.",
    "Mutations such as p.Val600Glu, V600E, c.35delG, rs113488022, IVS2+1G>A, Gly12Asp and 1691G>A in hTP53 and mTp53.",
    "Patients with non-small cell lung cancer (NSCLC) had EGFR T790M; NSCLC cells (A549, H1975) were given gefitinib, erlotinib or osimertinib.",
    "Sodium chloride (NaCl), calcium (Ca2+), 5-hydroxytryptamine (5-HT) and 1,25-dihydroxyvitamin D3 (1,25(OH)2D3) were added.",
    "NM_004333.4:c.1799_1800delTGinsAA and p.Val600_Lys601delinsGlu were seen.",
    "BRCA1-deficient, p53-null MCF-7 cells; the TGF-beta/SMAD pathway; Alzheimer's disease, Parkinson's disease and ALS.",
];

/// How many passages, and definitions, a long document has.
const MANY: usize = 60;
/// How often the documents are read before anything is counted: some of what is met again is remembered from the third time on, and
/// rooms of long documents are given to short ones as well until all are large enough.
const ROUNDS_BEFORE: usize = 8;

fn of_many_passages() -> Document {
    let passage =
        |text: &&str| Passage { kind: String::new(), title: String::new(), text: (*text).to_owned() };
    Document { id: "passages".to_owned(), passages: TEXTS.iter().cycle().take(MANY).map(passage).collect() }
}

fn of_many_definitions() -> Document {
    let definition = |at: usize| format!("mean arterial velocity {at} (MAV{at}), breast cancer (BC{at})");
    let definitions: Vec<String> = (0..MANY).map(definition).collect();
    Document::from_text("definitions", definitions.join("; ") + ". TNF and MAV7 rise in BC8.")
}

#[test]
fn a_document_takes_nothing_from_the_heap_but_its_answer() {
    let annotator = Annotator::new(Arc::new(Catalog::embedded().unwrap()));
    let options = annotator.prepare(&AnnotateOptions::default()).unwrap();
    let papers = Corpus::embedded().unwrap();
    let mut documents: Vec<Document> = papers.papers().iter().map(|paper| paper.to_document()).collect();
    documents.extend(TEXTS.iter().enumerate().map(|(at, text)| Document::from_text(at.to_string(), *text)));
    documents.push(of_many_passages());
    documents.push(of_many_definitions());
    for _ in 0..ROUNDS_BEFORE {
        documents.iter().for_each(|document| drop(annotator.annotate(document, &options)));
    }
    let _profiler = dhat::Profiler::builder().testing().build();
    let mut answers = 0;
    for document in &documents {
        let before = dhat::HeapStats::get().total_blocks;
        let answer = annotator.annotate(document, &options);
        let taken = dhat::HeapStats::get().total_blocks - before;
        let own = answer::allocations(&answer);
        assert!(taken <= own, "{taken} allocations, the answer has {own}: {}", document.id);
        answers += taken;
    }
    assert!(answers > documents.len() as u64, "what is taken is counted");
}
