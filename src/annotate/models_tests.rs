//! The embedded models with the starter catalog.

use std::sync::{Arc, OnceLock};

use super::tests::{annotator_of, entity};
use super::*;
use crate::model::{ExtraTerm, OverlapPolicy, Passage, Synonym, SynonymScope};

pub(super) fn annotator() -> &'static Annotator {
    static ANNOTATOR: OnceLock<Annotator> = OnceLock::new();
    ANNOTATOR.get_or_init(|| Annotator::new(Arc::new(Catalog::embedded().unwrap())))
}

fn document(text: &str) -> Document {
    let passage = Passage { kind: String::new(), title: String::new(), text: text.to_owned() };
    Document { id: "d".to_owned(), passages: vec![passage] }
}

fn annotate(text: &str, options: &AnnotateOptions) -> AnnotatedDocument {
    annotator().annotate(&document(text), &annotator().prepare(options).unwrap())
}

fn ids(found: &AnnotatedDocument) -> Vec<(&str, &str)> {
    found.annotations.iter().map(|a| (a.text.as_str(), a.entity_id.as_str())).collect()
}

const TEXT: &str = "BRAF V600E in melanoma patients on vemurafenib. Mice lost Trp53.";

#[test]
fn mentions_are_recognised_and_linked() {
    let found = annotate(TEXT, &AnnotateOptions::default());
    let expected = [
        ("BRAF", "NCBIGene:673"),
        ("V600E", "p.V600E"),
        ("melanoma", "MESH:D008545"),
        ("patients", "NCBITaxon:9606"),
        ("vemurafenib", "MESH:D000077484"),
        ("Mice", "NCBITaxon:10090"),
        ("Trp53", "NCBIGene:22059"),
    ];
    assert_eq!(ids(&found), expected);
}

#[test]
fn a_name_that_no_training_text_has_is_found_by_the_dictionary() {
    let found =
        annotate("Patients with COVID-19 (n = 12) received dexamethasone.", &AnnotateOptions::default());
    assert!(ids(&found).contains(&("COVID-19", "MESH:D000086382")), "{:?}", ids(&found));
}

#[test]
fn names_are_resolved_as_mentions_are_linked() {
    let first = |name: &str, types: &[EntityType], context: &str| {
        let found = annotator().resolve_name(name, types, &[], context, 3);
        found.first().map(|candidate| candidate.entity_id.to_string()).unwrap_or_default()
    };
    for (name, types, context, id) in [
        ("epileptic", &[EntityType::Disease][..], "", "MESH:D004827"),
        ("IL-6", &[], "", "NCBIGene:3569"),
        ("Il-6", &[], "Wild-type mice lost Il-6, and patients had IL-6.", "NCBIGene:16193"),
        ("IL-6", &[], "Wild-type mice lost Il-6, and patients had IL-6.", "NCBIGene:3569"),
        // a name that is only a part of a word of the context
        ("rat", &[], "The ratio rose.", "NCBITaxon:10116"),
    ] {
        assert_eq!(first(name, types, context), id, "{name} in {context:?}");
    }
}

#[test]
fn a_mention_of_several_entities_is_an_annotation_each() {
    let found = annotate("Mutations of BRCA1/2 in breast and ovarian cancer.", &AnnotateOptions::default());
    let expected = [
        ("BRCA1", "NCBIGene:672"),
        ("2", "NCBIGene:675"),
        ("breast", "MESH:D001943"),
        ("ovarian cancer", "MESH:D010051"),
    ];
    assert_eq!(ids(&found), expected);
    let whole: Vec<Option<&str>> = found
        .annotations
        .iter()
        .map(|part| {
            part.composite
                .map(|span| &"Mutations of BRCA1/2 in breast and ovarian cancer."[span.start..span.end])
        })
        .collect();
    let [genes, diseases] = ["BRCA1/2", "breast and ovarian cancer"].map(Some);
    assert_eq!(whole, [genes, genes, diseases, diseases]);
}

#[test]
fn short_forms_speak_of_what_their_long_forms_do() {
    for (text, short, id) in [
        ("Periodontal disease (PD) was common. PD was severe.", "PD", "MESH:D010510"),
        ("Patients with cerebral palsy (CP) were seen. CP is not rare.", "CP", "MESH:D002547"),
        ("He had multiple myeloma (MM). MM relapsed.", "MM", "MESH:D009101"),
    ] {
        let found = annotate(text, &AnnotateOptions::default());
        let of_short: Vec<&str> =
            ids(&found).into_iter().filter(|(text, _)| *text == short).map(|(_, id)| id).collect();
        assert_eq!(of_short, [id, id], "{text} {:?}", ids(&found));
    }
    // what the long form is no disease, gene or organism of
    for (text, short) in [
        ("Peritoneal dialysis (PD) was started. PD failed.", "PD"),
        ("Cell attachment time (CAT) was measured in mice. CAT was short.", "CAT"),
    ] {
        let found = annotate(text, &AnnotateOptions::default());
        assert!(ids(&found).iter().all(|(text, id)| *text != short || id.is_empty()), "{:?}", ids(&found));
    }
}

#[test]
fn well_known_names_that_no_training_text_has_are_linked() {
    for (text, name, id) in [
        ("SARS-CoV-2 infects cells through ACE2.", "SARS-CoV-2", "NCBITaxon:2697049"),
        ("Seasonal influenza and measles were reported in infants.", "measles", "MESH:D008457"),
        ("tetanus was reported in two patients.", "tetanus", "MESH:D013742"),
        ("Listeria monocytogenes was isolated from cheese.", "Listeria monocytogenes", "NCBITaxon:1639"),
        ("The dog genome was sequenced.", "dog", "NCBITaxon:9615"),
        ("Portal hypertension was diagnosed.", "Portal hypertension", "MESH:D006975"),
        ("Copper and nickel were measured.", "nickel", "MESH:D009532"),
    ] {
        let found = annotate(text, &AnnotateOptions::default());
        assert!(ids(&found).contains(&(name, id)), "{text} {:?}", ids(&found));
    }
}

#[test]
fn an_organism_that_no_list_has_is_found_by_its_latin() {
    for text in [
        "The ciliate Paratontonia gracillima was collected in spring.",
        "Eggs of Pseudocavernicola obscurella were laid under stones.",
    ] {
        let found = annotate(text, &AnnotateOptions::default());
        let types: Vec<EntityType> = found.annotations.iter().map(|a| a.entity_type).collect();
        assert_eq!(types, [EntityType::Species], "{text}");
    }
}

#[test]
fn the_least_score_moves_precision_against_recall() {
    let count = |min_score| {
        annotate(TEXT, &AnnotateOptions { min_score, ..AnnotateOptions::default() }).annotations.len()
    };
    let counts: Vec<usize> = [0.05, 0.3, 0.6, 0.9, 0.99, 1.0].into_iter().map(count).collect();
    assert!(counts.windows(2).all(|pair| pair[0] >= pair[1]), "{counts:?}");
    assert!(counts[0] > counts[5]);
}

#[test]
fn the_requests_own_terms_win_and_blocked_ones_are_silent() {
    let term = ExtraTerm {
        text: "melanoma patients".to_owned(),
        entity_type: EntityType::Other,
        entity_id: "own:1".to_owned(),
    };
    let options = AnnotateOptions {
        extra_terms: vec![term],
        blocked_terms: vec!["braf".to_owned()],
        types: vec![EntityType::Other, EntityType::Gene],
        ..AnnotateOptions::default()
    };
    let found = annotate(TEXT, &options);
    assert_eq!(ids(&found), [("melanoma patients", "own:1"), ("Trp53", "NCBIGene:22059")]);
}

#[test]
fn genes_of_other_taxa_are_left_out_where_taxa_are_asked_for() {
    let taxa = vec![Curie::new("NCBITaxon", "10090").unwrap()];
    let types = vec![EntityType::Gene];
    let found = annotate(TEXT, &AnnotateOptions { taxa, types, ..AnnotateOptions::default() });
    assert!(
        ids(&found).iter().all(|(_, id)| *id == "NCBIGene:22059" || *id == "NCBIGene:109880"),
        "{:?}",
        ids(&found)
    );
}

#[test]
fn answers_do_not_depend_on_order_or_threads() {
    let texts: Vec<String> =
        (0..12).map(|at| format!("{TEXT} IL-{at} and CD{at} rose in rats with asthma (n = {at}).")).collect();
    let options = annotator().prepare(&AnnotateOptions::default()).unwrap();
    let one_by_one: Vec<_> =
        texts.iter().map(|text| annotator().annotate(&document(text), &options)).collect();
    let fresh = Annotator::new(Arc::new(Catalog::embedded().unwrap()));
    let backwards: Vec<_> =
        texts.iter().rev().map(|text| fresh.annotate(&document(text), &options)).collect();
    assert!(one_by_one.iter().eq(backwards.iter().rev()));
    let apart: Vec<_> = std::thread::scope(|scope| {
        let options = &options;
        let own = |text: &'_ String| {
            let document = document(text);
            scope.spawn(move || annotator().annotate(&document, options))
        };
        let started: Vec<_> = texts.iter().map(own).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(one_by_one, apart);
}

#[test]
fn overlaps_are_as_the_policy_says() {
    let text = "HER2-positive breast cancer cells (MCF-7) and acute myeloid leukemia in Escherichia coli and E. coli.";
    for overlap in [OverlapPolicy::Longest, OverlapPolicy::LongestPerType, OverlapPolicy::All] {
        let found = annotate(text, &AnnotateOptions { overlap, ..AnnotateOptions::default() }).annotations;
        for (at, one) in found.iter().enumerate() {
            assert_eq!(&text[one.span.start..one.span.end], one.text);
            for other in &found[at + 1..] {
                let overlaps = one.span.overlaps(other.span);
                match overlap {
                    OverlapPolicy::Longest => assert!(!overlaps, "{one:?} {other:?}"),
                    OverlapPolicy::LongestPerType => {
                        assert!(!overlaps || one.entity_type != other.entity_type);
                    }
                    OverlapPolicy::All => {}
                }
            }
        }
    }
    let all = annotate(
        "acute myeloid leukemia",
        &AnnotateOptions { overlap: OverlapPolicy::All, ..AnnotateOptions::default() },
    );
    assert!(all.annotations.iter().any(|found| found.text == "leukemia"), "nested names are shown");
}

#[test]
fn damaged_models_with_a_right_checksum_never_panic() {
    let (whole, mut random) = (Models::embedded().to_bytes(), fastrand::Rng::with_seed(7));
    let text = document(TEXT);
    let mut read = 0;
    for round in 0..12 {
        let mut bytes = whole.clone();
        // the beginning holds offsets and what is written in JSON
        let reach = if round % 2 == 0 { 4_000 } else { bytes.len() };
        for _ in 0..=round {
            let place = random.usize(24..reach);
            bytes[place] = random.u8(..);
        }
        let Ok(models) = Models::from_bytes(Models::resealed(bytes)) else { continue };
        read += 1;
        let annotator = Annotator::with_models(Arc::clone(annotator().catalog()), Arc::new(models));
        annotator.annotate(&text, &annotator.prepare(&AnnotateOptions::default()).unwrap());
    }
    assert!(read > 4, "{read} were read");
}

/// What an annotator answers of a text by default.
fn annotate_by(annotator: &Annotator, text: &str) -> AnnotatedDocument {
    let prepared = annotator.prepare(&AnnotateOptions::default()).unwrap();
    annotator.annotate(&Document::from_text("test", text), &prepared)
}

#[test]
fn two_words_may_be_one_name() {
    let drug = entity("MESH:D007654", EntityType::Chemical, "Ketoconazole");
    let annotator = annotator_of(&[drug], Models::embedded());
    let ids = |name: &str| {
        let candidates = annotator.resolve_name(name, &[EntityType::Chemical], &[], "", 10);
        candidates.into_iter().map(|own| own.entity_id).collect::<Vec<_>>()
    };
    for name in ["keto conazole", "keto-conazole", "ketocon azoles"] {
        assert_eq!(ids(name), ["MESH:D007654"], "{name}");
    }
    // a single letter is no word
    assert!(ids("k etoconazole").is_empty() && ids("ke to conazole").is_empty());
}

#[test]
fn a_short_form_is_what_the_mention_is_that_its_long_form_ends() {
    let drug = entity("MESH:D015080", EntityType::Chemical, "Mesna");
    let annotator = annotator_of(&[drug], Models::embedded());
    let text = "Patients received sodium 2-mercaptoethane sulphonate (MESNA). MESNA was safe.";
    let annotated = annotate_by(&annotator, text);
    let long_form = &annotated.abbreviations[0].long_form;
    assert_eq!(long_form, "2-mercaptoethane sulphonate", "the letters are found in the end alone");
    let of_short =
        annotated.annotations.iter().filter(|own| own.text == "MESNA" && own.entity_id == "MESH:D015080");
    assert_eq!(of_short.count(), 2, "{:?}", annotated.annotations);
}

#[test]
fn names_of_everyday_texts_are_organisms_beside_latin() {
    let garlic = entity("NCBITaxon:4682", EntityType::Species, "Allium sativum");
    let named = Synonym { text: "tiger".to_owned(), scope: SynonymScope::Exact };
    let tiger = entity("NCBITaxon:9694", EntityType::Species, "Panthera tigris");
    let tiger = crate::model::Entity { synonyms: vec![named], ..tiger };
    let annotator = annotator_of(&[garlic, tiger], Models::embedded());
    let score = |text: &str| {
        let annotated = annotate_by(&annotator, text);
        annotated.annotations.iter().find(|own| own.text == "tiger").map_or(0.0, |own| own.score)
    };
    let (alone, beside) = (
        score("We saw the tiger on the wall of the office."),
        score("We saw the tiger on the wall of the office. Allium sativum was there."),
    );
    assert!(alone == 0.0 && beside > 0.4, "{alone} {beside}");
}
