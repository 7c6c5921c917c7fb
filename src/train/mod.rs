//! Training of the models on gold corpora, and their cross-validation.

mod build;
mod corpora;
mod examples;
mod random;
mod ranker;
mod recipe;
mod sequence;
mod spelling;

use std::path::{Path, PathBuf};

use crate::catalog::Catalog;
use crate::formats::gold::GoldError;

/// Why models cannot be trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The recipe cannot be read.
    #[error("cannot read {file}: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The recipe says something that it cannot say.
    #[error("{file} is no recipe of models: {problem}")]
    Recipe {
        /// The file.
        file: String,
        /// What is wrong, and where.
        problem: String,
    },
    /// A type that there is not.
    #[error("corpus {corpus}: there is no type \"{name}\"; write one such as Gene or CellLine")]
    UnknownType {
        /// The corpus.
        corpus: String,
        /// What it says.
        name: String,
    },
    /// A file of a corpus is not there.
    #[error("{file} is in none of the folders given by --gold")]
    Missing {
        /// The file, as the recipe names it.
        file: String,
    },
    /// A gold file is bad.
    #[error(transparent)]
    Gold(#[from] GoldError),
}

pub fn experiment(recipe: &Path, gold: &[PathBuf], catalog: &Catalog, folds: usize) -> Result<(), TrainError> {
    use crate::annotate::learning::{ANY_LABEL, BEGIN, Factors, INSIDE, Lattice, MODEL_TYPES, Models, PassageText, Pieces};
    use rayon::prelude::*;
    let env = |n: &str, d: f32| std::env::var(n).ok().and_then(|v| v.parse().ok()).unwrap_or(d);
    let began = std::time::Instant::now();
    let recipe = recipe::Recipe::read(recipe)?;
    let corpora = corpora::Corpora::read(&recipe, gold)?;
    eprintln!("{} documents {:?}", corpora.documents.len(), began.elapsed());
    let plain: Vec<String> = corpora.plain_words();
    let spelling = if env("SPELL", 1.0) > 0.0 { self::spelling::train(catalog, plain.into_iter()) } else { self::spelling::none() };
    eprintln!("spelling {:?}", began.elapsed());
    for w in ["cefazolin", "xanthobacter", "nephropathy", "kinase", "patients", "running", "escherichia", "interleukin", "melanoma"] { eprintln!("{w} {:?}", spelling.levels(w)); }
    let models = Models { spelling, ..Models::none() };
    let examples = examples::extract(&corpora, catalog, &models);
    let pieces: usize = examples.sentences.iter().map(|s| s.len()).sum();
    eprintln!("{} sentences {} pieces {} features {:?}", examples.sentences.len(), pieces, examples.features.len(), began.elapsed());
    let schedule = sequence::Schedule { passes: env("PASSES", 8.0) as usize, rate: env("RATE", 0.05), shrink: env("SHRINK", 3e-4), dropped: env("DROP", 0.0) as u8, without_dictionary: env("NODICT", 0.1) as f64 };
    let jobs: Vec<(usize, usize)> = (0..folds).flat_map(|fold| (0..MODEL_TYPES.len()).map(move |of| (fold, of))).filter(|j| std::env::var("ONLY").ok().is_none_or(|o| MODEL_TYPES[j.1].name() == o)).collect();
    let results: Vec<Vec<(usize, usize, [usize; 3])>> = jobs.par_iter().map(|&(fold, of)| {
        let weights = sequence::train(&examples, of, &schedule, |s| corpora.documents[s.document].fold != fold, |_| ());
        let factors = Factors::from(&weights.transitions);
        let mut lattice = Lattice::default();
        let mut logits = Vec::new();
        let mut counts = vec![[0usize; 3]; corpora.names.len()];
        for s in examples.sentences.iter().filter(|s| corpora.documents[s.document].fold == fold && s.labels[of].is_some()) {
            sequence::logits(&weights, s, true, &mut logits);
            lattice.run(&logits, &factors, &[]);
            let labels = s.labels[of].as_ref().unwrap();
            let mut gold = std::collections::BTreeSet::new();
            let mut at = 0;
            while at < labels.len() {
                if labels[at] == 1 << BEGIN { let mut e = at + 1; while e < labels.len() && labels[e] == 1 << INSIDE { e += 1; } gold.insert((at, e)); at = e; } else { at += 1; }
            }
            let c = &mut counts[corpora.documents[s.document].corpus];
            c[2] += gold.len();
            let doc = &corpora.documents[s.document];
            let pt = PassageText::new(&doc.gold.document.passages[s.place.0].text);
            let pieces = Pieces::of(&pt); let base = pieces.chains[s.place.1].start;
            let show = |a: usize, b: usize| { let (x, y) = (pieces.pieces[base + a].start, pieces.pieces[base + b - 1].end); let l = |n: usize| { let mut n = n; while !pt.text.is_char_boundary(n) { n -= 1; } n }; format!("{}[[{}]]{}", &pt.text[l(x.saturating_sub(40))..x], &pt.text[x..y], &pt.text[y..l((y + 30).min(pt.text.len()))]) };
            let err = std::env::var("ERR").is_ok();
            let mut found = std::collections::BTreeSet::new();
            lattice.spans(env("TH", 0.45), |a, b, _p| {
                found.insert((a, b));
                if err && !gold.contains(&(a, b)) && labels[a..b].iter().all(|m| *m != ANY_LABEL) { let k = if gold.iter().any(|g| g.0 < b && a < g.1) { "FPb" } else { "FP" }; println!("{} {} {k} {:.2} {}", MODEL_TYPES[of].name(), corpora.names[doc.corpus], _p, show(a, b)); }
                if gold.contains(&(a, b)) { c[0] += 1; c[1] += 1; } else if labels[a..b].iter().all(|m| *m != ANY_LABEL) { c[1] += 1; }
            });
            if err { for g in gold.difference(&found) { let k = if found.iter().any(|f| f.0 < g.1 && g.0 < f.1) { "FNb" } else { "FN" }; println!("{} {} {k} {} {}", MODEL_TYPES[of].name(), corpora.names[doc.corpus], doc.gold.document.id, show(g.0, g.1)); } }
        }
        eprintln!("fold {fold} {} {:?}", MODEL_TYPES[of], began.elapsed());
        (0..corpora.names.len()).map(|c| (of, c, counts[c])).collect()
    }).collect();
    let mut sums = std::collections::BTreeMap::new();
    for (of, c, n) in results.into_iter().flatten() { let e: &mut [usize; 3] = sums.entry((of, c)).or_default(); for k in 0..3 { e[k] += n[k]; } }
    for ((of, c), n) in sums { if n[2] > 0 { let (p, r) = (n[0] as f64 / n[1].max(1) as f64, n[0] as f64 / n[2] as f64); println!("{:10} {:16} P {:.2} R {:.2} F {:.2} ({} gold)", MODEL_TYPES[of].name(), corpora.names[c], 100.0*p, 100.0*r, 200.0*p*r/(p+r), n[2]); } }
    Ok(())
}

pub fn full(recipe: &Path, gold: &[PathBuf], catalog: Catalog, folds: usize, out: Option<&Path>) -> Result<(), TrainError> {
    use crate::annotate::learning::Models;
    use crate::annotate::Annotator;
    use crate::model::{AnnotateOptions, EntityType};
    use rayon::prelude::*;
    use std::sync::Arc;
    let began = std::time::Instant::now();
    let env = |n: &str, d: f32| std::env::var(n).ok().and_then(|v| v.parse().ok()).unwrap_or(d);
    let recipe = recipe::Recipe::read(recipe)?;
    let corpora = corpora::Corpora::read(&recipe, gold)?;
    let catalog = Arc::new(catalog);
    let spelling = self::spelling::train(&catalog, corpora.plain_words().into_iter());
    let examples = examples::extract(&corpora, &catalog, &Models { spelling: spelling.clone(), ..Models::none() });
    let gold_ids = ranker::GoldIds::new(&catalog, &corpora.documents);
    eprintln!("extracted {:?}", began.elapsed());
    let schedule = sequence::Schedule { passes: env("PASSES", 8.0) as usize, rate: env("RATE", 0.05), shrink: env("SHRINK", 3e-4), dropped: 0, without_dictionary: env("NODICT", 0.1) as f64 };
    let mut sums: std::collections::BTreeMap<(EntityType, usize), [usize; 6]> = Default::default();
    for fold in 0..folds {
        let models = build::build(&corpora, &examples, &catalog, (&spelling, &gold_ids), &schedule, |d| d.fold != fold);
        eprintln!("built {fold} table {} MB {:?} link weights {}", models.table.bytes().len() / 1_000_000, began.elapsed(), models.linking.weights().len());
        let annotator = Annotator::with_models(Arc::clone(&catalog), Arc::new(models));
        let options = annotator.prepare(&AnnotateOptions::default()).unwrap();
        let held: Vec<_> = corpora.documents.iter().filter(|d| d.fold == fold).collect();
        let t = std::time::Instant::now();
        let answers: Vec<_> = held.par_iter().map(|d| annotator.annotate(&d.gold.document, &options)).collect();
        let bytes: usize = held.iter().flat_map(|d| &d.gold.document.passages).map(|p| p.text.len()).sum();
        eprintln!("annotated {} MB in {:?}", bytes as f64 / 1e6, t.elapsed());
        for (d, a) in held.iter().zip(&answers) {
            for ty in &d.teaches { score(d, a, *ty, sums.entry((*ty, d.corpus)).or_default(), &corpora.names); }
        }
    }
    let f = |tp: usize, p: usize, g: usize| { let (p, r) = (tp as f64 / p.max(1) as f64, tp as f64 / g.max(1) as f64); format!("P {:5.2} R {:5.2} F {:5.2}", 100.0*p, 100.0*r, 200.0*p*r/(p+r)) };
    for ((ty, c), n) in sums { println!("{:10} {:16} strict {}   concept {}", ty.name(), corpora.names[c], f(n[0], n[1], n[2]), f(n[3], n[4], n[5])); }
    if let Some(_out) = out {}
    Ok(())
}

fn score(d: &corpora::TrainingDocument, a: &crate::model::AnnotatedDocument, ty: crate::model::EntityType, n: &mut [usize; 6], names: &[String]) {
    use std::collections::BTreeSet;
    let g: BTreeSet<_> = d.gold.mentions.iter().filter(|m| m.entity_type == ty && !m.neutral).map(|m| (m.passage, m.span)).collect();
    let neutral: Vec<_> = d.gold.mentions.iter().filter(|m| m.entity_type == ty && m.neutral).collect();
    let gi: BTreeSet<&String> = d.gold.mentions.iter().filter(|m| m.entity_type == ty && !m.neutral).flat_map(|m| &m.ids).collect();
    let mut ni: BTreeSet<String> = neutral.iter().flat_map(|m| m.ids.clone()).filter(|i| !gi.contains(i)).collect();
    let (mut ps, mut pi) = (BTreeSet::new(), BTreeSet::new());
    for x in a.annotations.iter().filter(|x| x.entity_type == ty) {
        let key = (x.passage_index, x.span);
        let ids = crate::formats::gold::canonical_ids(&x.entity_id);
        if !g.contains(&key) && neutral.iter().any(|m| m.passage == key.0 && m.span.overlaps(x.span)) && !g.iter().any(|m| m.0 == key.0 && m.1.overlaps(x.span)) { ni.extend(ids.into_iter().filter(|i| !gi.contains(i))); continue; }
        ps.insert(key); pi.extend(ids);
    }
    let pi: BTreeSet<String> = pi.difference(&ni).cloned().collect();
    let tp_c = pi.iter().filter(|i| gi.contains(i)).count();
    n[0] += g.intersection(&ps).count(); n[1] += ps.len(); n[2] += g.len(); n[3] += tp_c; n[4] += pi.len(); n[5] += gi.len();
    if std::env::var("ERR").is_ok() {
        for m in d.gold.mentions.iter().filter(|m| m.entity_type == ty && !m.neutral) {
            let w = &d.gold.document.passages[m.passage].text[m.span.start..m.span.end];
            match a.annotations.iter().find(|x| x.entity_type == ty && x.passage_index == m.passage && x.span == m.span) {
                None => println!("E {} {} missed [{w}]", ty.name(), names[d.corpus]),
                Some(x) => { let ids = crate::formats::gold::canonical_ids(&x.entity_id); if m.ids.is_empty() && !ids.is_empty() { println!("E {} {} overlinked {} [{w}] found {} {}", ty.name(), names[d.corpus], d.gold.document.id, x.entity_id, x.label) } else if !ids.iter().any(|i| m.ids.contains(i)) && !m.ids.is_empty() { let rank = x.candidates.iter().position(|c| crate::formats::gold::canonical_ids(&c.entity_id).iter().any(|i| m.ids.contains(i))); println!("E {} {} id {} [{w}] gold {:?} found {} {} {:?} rank {:?}", ty.name(), names[d.corpus], d.gold.document.id, m.ids, x.entity_id, x.label, x.method, rank); } }
            }
        }
        for x in a.annotations.iter().filter(|x| x.entity_type == ty && !g.contains(&(x.passage_index, x.span))) { println!("E {} {} spurious {:.2} [{}] {}", ty.name(), names[d.corpus], x.score, x.text, x.entity_id); }
    }
}
