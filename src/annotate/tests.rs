//! The dictionary path as a whole, over the starter catalog: what is read where no type has a sequence model. What the
//! embedded models find is in `models_tests`; invariants are checked of both.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::model::{Annotation, ExtraTerm, NamespacePreference, OverlapPolicy, Passage};

/// An annotator by the dictionary path alone.
fn annotator() -> &'static Annotator {
    static ANNOTATOR: OnceLock<Annotator> = OnceLock::new();
    ANNOTATOR.get_or_init(|| {
        Annotator::with_models(Arc::new(Catalog::embedded().unwrap()), Arc::new(Models::none()))
    })
}

/// Every annotator whose answers must be sound: the dictionary path alone, and the embedded models.
fn both_annotators() -> [&'static Annotator; 2] {
    [annotator(), models_tests::annotator()]
}

/// An entity with that preferred name and no other.
pub(super) fn entity(id: &str, entity_type: EntityType, label: &str) -> crate::model::Entity {
    crate::model::Entity::named(id.parse().unwrap(), entity_type, label)
}

/// An annotator by those entities.
pub(super) fn annotator_of(entities: &[crate::model::Entity], models: Arc<Models>) -> Annotator {
    Annotator::with_models(Arc::new(Catalog::from_entities(entities).unwrap()), models)
}

fn annotate_with(text: &str, change: impl FnOnce(&mut AnnotateOptions)) -> AnnotatedDocument {
    let mut options = AnnotateOptions::default();
    change(&mut options);
    let prepared = annotator().prepare(&options).unwrap();
    annotator().annotate(&Document::from_text("test", text), &prepared)
}

fn annotate(text: &str) -> AnnotatedDocument {
    annotate_with(text, |_| {})
}

fn pairs(document: &AnnotatedDocument) -> Vec<(&str, &str)> {
    document.annotations.iter().map(|a| (a.text.as_str(), a.entity_id.as_str())).collect()
}

fn found(text: &str) -> Vec<(String, String)> {
    pairs(&annotate(text)).into_iter().map(|(text, id)| (text.to_owned(), id.to_owned())).collect()
}

/// Spans are exact slices, scores are in their bounds, and the answer is sorted.
pub(super) fn check_sound(document: &Document, annotated: &AnnotatedDocument) {
    for annotation in &annotated.annotations {
        let text = &document.passages[annotation.passage_index].text;
        assert_eq!(text.get(annotation.span.start..annotation.span.end), Some(annotation.text.as_str()));
        assert!(!annotation.text.is_empty(), "{annotation:?}");
        assert!(annotation.score > 0.0 && annotation.score <= 1.0, "{annotation:?}");
        assert_eq!(annotation.entity_id.is_empty(), annotation.label.is_empty(), "{annotation:?}");
        // only a model recognises what the catalog has no entity for
        assert!(!annotation.entity_id.is_empty() || annotation.method == Method::Model, "{annotation:?}");
        for candidate in &annotation.candidates {
            assert!(candidate.score > 0.0 && candidate.score <= 1.0, "{annotation:?}");
            assert!(!candidate.entity_id.is_empty() && !candidate.reason.is_empty(), "{annotation:?}");
        }
    }
    let key = |a: &Annotation| {
        (a.passage_index, a.span.start, std::cmp::Reverse(a.span.end), a.entity_type, a.entity_id.clone())
    };
    assert!(annotated.annotations.windows(2).all(|pair| key(&pair[0]) <= key(&pair[1])));
}

/// No two annotations overlap that the policy keeps apart.
pub(super) fn check_overlaps(annotated: &AnnotatedDocument, overlap: OverlapPolicy) {
    let all = &annotated.annotations;
    for (index, one) in all.iter().enumerate() {
        let near = all[index + 1..]
            .iter()
            .take_while(|other| other.passage_index == one.passage_index && other.span.start < one.span.end);
        for other in near.filter(|other| one.span.overlaps(other.span)) {
            let apart = match overlap {
                OverlapPolicy::Longest => true,
                OverlapPolicy::LongestPerType => one.entity_type == other.entity_type,
                OverlapPolicy::All => false,
            };
            assert!(!apart, "{overlap:?}: {one:?} and {other:?}");
        }
    }
}

#[test]
fn own_text_is_read_as_a_reader_would() {
    for (text, expected) in [
        (
            "We gave aspirin to 12 patients with multiple myeloma.",
            vec![
                ("aspirin", "MESH:D001241"),
                ("patients", "NCBITaxon:9606"),
                ("multiple myeloma", "MESH:D009101"),
            ],
        ),
        (
            "Mutant BRAF (p.Val600Glu, V600E) grew in mice; so did HeLa cells.",
            vec![
                ("BRAF", "NCBIGene:109880"),
                ("p.Val600Glu", "p.V600E"),
                ("V600E", "p.V600E"),
                ("mice", "NCBITaxon:10090"),
                ("HeLa", "cellosaurus:CVCL_0030"),
            ],
        ),
        // symbols by their case, and the same words in everyday use
        ("The cat was not all that large, and set the rest on ice.", vec![("cat", "NCBITaxon:9685")]),
        (
            "In humans CAT and TP53 rose.",
            vec![("humans", "NCBITaxon:9606"), ("CAT", "NCBIGene:847"), ("TP53", "NCBIGene:7157")],
        ),
        // spellings that folding brings together
        (
            "IL 7, IL7, interleukin-7",
            vec![("IL 7", "NCBIGene:3574"), ("IL7", "NCBIGene:3574"), ("interleukin-7", "NCBIGene:3574")],
        ),
        // the longer name wins
        ("the interleukin 7 receptor", vec![("interleukin 7 receptor", "NCBIGene:3575")]),
        // a cell line, no variant
        ("T47D cells", vec![("T47D", "cellosaurus:CVCL_0553")]),
        // a name goes over the end of a line, and over no empty line
        ("heart\nfailure", vec![("heart\nfailure", "MESH:D006333")]),
        ("multiple\r\nmyeloma", vec![("multiple\r\nmyeloma", "MESH:D009101")]),
        ("heart\n\nfailure", vec![]),
        ("CAR-T cells", vec![]),
        ("", vec![]),
    ] {
        let annotated = annotate(text);
        assert_eq!(pairs(&annotated), expected, "{text}");
        check_sound(&Document::from_text("", text), &annotated);
    }
}

#[test]
fn species_words_choose_the_gene() {
    let gene = |text: &str| {
        let found = annotate(text).annotations;
        found.into_iter().find(|a| a.entity_type == EntityType::Gene).map(|a| (a.entity_id, a.candidates))
    };
    for (text, id) in [
        ("In mice IL-7 rose.", "NCBIGene:16196"),
        ("In women IL-7 rose.", "NCBIGene:3574"),
        ("We saw IL-7 rise.", "NCBIGene:3574"),
        ("Mice were kept. Later IL-7 rose.", "NCBIGene:16196"),
        ("Mice were kept, and IL-7 rose in the patients.", "NCBIGene:16196"),
        ("We saw Il7 rise.", "NCBIGene:16196"),
        ("In mice hIL-7 was given.", "NCBIGene:3574"),
        // the very symbol of the human gene, and the mice in another clause
        ("IL7 was low in plasma; mice were kept.", "NCBIGene:3574"),
        ("IL7 was low in mice.", "NCBIGene:16196"),
    ] {
        let (found, candidates) = gene(text).unwrap_or_default();
        assert_eq!(found, id, "{text}");
        if !text.contains("hIL") {
            assert!(
                candidates.iter().any(|c| c.reason.contains("gene of the same name in")),
                "{text}: {candidates:?}"
            );
        }
    }
}

#[test]
fn a_species_without_the_gene_is_told_and_lowers_the_score() {
    let gene =
        |text: &str| annotate(text).annotations.into_iter().find(|a| a.entity_type == EntityType::Gene);
    for (text, id, organism) in [
        ("Yeast SIR2 was seen.", "NCBIGene:23411", "Saccharomyces cerevisiae"),
        ("Rat p53 was seen.", "NCBIGene:7157", "Rattus norvegicus"),
        ("In rats, IL-7 rose.", "NCBIGene:3574", "Rattus norvegicus"),
    ] {
        let found = gene(text).unwrap();
        assert_eq!(found.entity_id, id, "{text}");
        let reason = format!("the text speaks of {organism}, of which the catalog has no gene of this name");
        assert!(found.candidates.iter().any(|c| c.reason.contains(&reason)), "{text}: {found:?}");
        let name = if id == "NCBIGene:23411" {
            "SIR2"
        } else if id == "NCBIGene:7157" {
            "p53"
        } else {
            "IL-7"
        };
        let alone = gene(&format!("We saw {name} there.")).unwrap();
        assert!(found.score < alone.score, "{text}");
        let resolved = annotator().resolve_name(name, &[EntityType::Gene], &[], text, 1);
        assert!(resolved.first().is_some_and(|c| c.reason.contains(&reason)), "{text}: {resolved:?}");
    }
    // bacteria are no hosts, and a wider group speaks against no species in it
    for text in ["E. coli made IL-7.", "In rodents IL-7 rose."] {
        let found = gene(text).unwrap();
        assert!(found.candidates.iter().all(|c| !c.reason.contains("has no gene")), "{text}: {found:?}");
    }
}

#[test]
fn taxa_asked_for_count_as_evidence() {
    let ids = |text: &str| {
        let mouse: Curie = "NCBITaxon:10090".parse().unwrap();
        let found = annotate_with(text, |options| options.taxa = vec![mouse]).annotations;
        let genes = found.into_iter().filter(|a| a.entity_type == EntityType::Gene);
        genes.map(|a| a.entity_id).collect::<Vec<_>>()
    };
    let mouse = ["NCBIGene:22059", "NCBIGene:21926", "NCBIGene:16193"];
    for text in ["p53 and TNF and IL-6 rose.", "In rats p53 and TNF and IL-6 rose."] {
        assert_eq!(ids(text), mouse, "{text}");
    }
}

#[test]
fn elements_of_a_coordination_are_read_with_their_head() {
    for (text, expected) in [
        ("breast and lung cancer", vec![("breast", "MESH:D001943"), ("lung cancer", "MESH:D008175")]),
        ("breast and ovarian cancer", vec![("breast", "MESH:D001943"), ("ovarian cancer", "MESH:D010051")]),
        ("breast and/or lung cancer", vec![("breast", "MESH:D001943"), ("lung cancer", "MESH:D008175")]),
        (
            "brain, breast, and prostate cancer",
            vec![("brain", "MESH:D001932"), ("breast", "MESH:D001943"), ("prostate cancer", "MESH:D011471")],
        ),
        (
            "hereditary breast and ovarian cancer",
            vec![("hereditary breast and ovarian cancer", "MESH:D061325")],
        ),
        ("types 1 and 2 diabetes", vec![("types 1", "MESH:D003922"), ("2 diabetes", "MESH:D003924")]),
        ("type 1 and type 2 diabetes", vec![("type 1", "MESH:D003922"), ("type 2 diabetes", "MESH:D003924")]),
        ("hepatitis B and C", vec![("hepatitis B", "MESH:D006509"), ("C", "MESH:D006526")]),
        ("renal and heart failure", vec![("renal", "MESH:D051437"), ("heart failure", "MESH:D006333")]),
        // an element that is a name alone needs no head
        ("diabetes and heart failure", vec![("diabetes", "MESH:D003920"), ("heart failure", "MESH:D006333")]),
        ("this and lung cancer", vec![("lung cancer", "MESH:D008175")]),
        ("breast. And lung cancer", vec![("lung cancer", "MESH:D008175")]),
    ] {
        let annotated = annotate(text);
        assert_eq!(pairs(&annotated), expected, "{text}");
        check_sound(&Document::from_text("", text), &annotated);
    }
}

#[test]
fn a_number_after_and_is_a_gene_where_nothing_is_counted() {
    for (text, count) in [
        ("BRCA1 and 2", 2),
        ("BRCA1 and 2 mutations", 2),
        ("BRCA1 or 2, too", 2),
        ("BRCA1 and 2 in women", 3),
        ("IL-2, -4 and -6", 3),
        ("BRCA1 and 2 others", 1),
        ("BRCA1 and 2.5 mg", 1),
        ("BRCA1 and 2%", 1),
        ("hepatitis B, C", 1),
        ("hepatitis B and Z", 1),
    ] {
        assert_eq!(found(text).len(), count, "{text}: {:?}", found(text));
    }
}

#[test]
fn words_formulae_and_symbols_are_told_apart() {
    for (text, expected) in [
        ("Humeral heads. Anova.", vec![]),
        ("5% CO2", vec![("CO2", "MESH:D002245")]),
        ("The c-myc gene", vec![("c-myc", "NCBIGene:4609")]),
        ("a tyrosine kinase, a zinc finger and a gold standard", vec![]),
        // the name of a gene, and of no chemicals
        ("a serine/threonine kinase", vec![("serine/threonine kinase", "NCBIGene:12567")]),
        ("histidine kinases and tyrosine-protein kinases", vec![]),
        ("calcium channels", vec![("calcium", "MESH:D002118")]),
        ("claudin-1 rose", vec![("claudin-1", "NCBIGene:9076")]),
    ] {
        assert_eq!(pairs(&annotate(text)), expected, "{text}");
    }
}

#[test]
fn a_lower_case_alias_of_a_gene_gives_way_to_the_word() {
    let mice = ("mice", "NCBITaxon:10090");
    for (text, expected) in [
        ("Obese mice develop diabetes.", vec![("Obese", "MESH:D009765"), mice, ("diabetes", "MESH:D003920")]),
        ("In mice diabetes was seen.", vec![mice, ("diabetes", "MESH:D003920")]),
        ("In mice hemochromatosis was seen.", vec![mice, ("hemochromatosis", "MESH:D006432")]),
        ("We bought nude mice.", vec![mice]),
        ("Pale and albino mice made a fuss.", vec![mice]),
        // names of proteins are words as well, and preferred symbols are in lower case in some species
        ("In mice leptin was low.", vec![mice, ("leptin", "NCBIGene:16846")]),
    ] {
        assert_eq!(pairs(&annotate(text)), expected, "{text}");
    }
}

#[test]
fn a_greek_letter_is_its_name() {
    for (text, expected) in [
        ("TNFα", vec![("TNFα", "NCBIGene:7124")]),
        ("TGF-β", vec![("TGF-β", "NCBIGene:7040")]),
        ("NF-κB", vec![("NF-κB", "NCBIGene:4790")]),
        ("NFκB", vec![("NFκB", "NCBIGene:4790")]),
        ("Serum TNF-α and IFN-γ rose.", vec![("TNF-α", "NCBIGene:7124"), ("IFN-γ", "NCBIGene:3458")]),
        ("5 µg and 3 μM", vec![]),
    ] {
        assert_eq!(pairs(&annotate(text)), expected, "{text}");
    }
    for (greek, spelled) in [("TNF-α", "TNF-alpha"), ("IFN-γ", "IFN-gamma"), ("TGF-β", "TGF-beta")] {
        let score = |text: &str| annotate(text).annotations.first().map_or(0.0, |a| a.score);
        assert!((score(greek) - score(spelled)).abs() < 0.05, "{greek}");
    }
}

#[test]
fn candidates_never_repeat_what_was_chosen() {
    for text in ["HIV", "CAT", "IL-7 in mice", "EGFR", "patients", "AIDS"] {
        for annotation in annotate(text).annotations {
            let mut ids: Vec<&str> = annotation.candidates.iter().map(|c| c.entity_id.as_str()).collect();
            ids.push(&annotation.entity_id);
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "{annotation:?}");
            let scores: Vec<f32> = annotation.candidates.iter().map(|c| c.score).collect();
            assert!(scores.is_sorted_by(|one, other| one >= other), "{scores:?}");
            assert!(scores.iter().all(|score| *score > 0.0 && *score <= 1.0), "{scores:?}");
            assert!(annotation.candidates.iter().all(|c| !c.reason.is_empty()));
        }
    }
}

#[test]
fn abbreviations_hold_for_the_whole_document() {
    let text = "MM is rare. In multiple myeloma (MM) and heart failure (CAT; HF), MM grew.";
    let annotated = annotate(text);
    let short: Vec<&str> = annotated.abbreviations.iter().map(|a| a.short_form.as_str()).collect();
    assert_eq!(short, ["MM"]);
    let of_short =
        |id: &str| annotated.annotations.iter().filter(|a| a.text == "MM" && a.entity_id == id).count();
    assert_eq!(of_short("MESH:D009101"), 3);
    assert!(annotated.annotations.iter().all(|a| a.text != "MM" || a.method == Method::Abbreviation));
    // a long form that nothing reads silences the short form
    let silenced = "The cost analysis tool (CAT) was used. CAT was cheap.";
    assert!(found(silenced).is_empty(), "{:?}", found(silenced));
    let without = annotate_with(text, |options| options.abbreviations = false);
    assert!(without.abbreviations.is_empty());
    assert!(without.annotations.iter().all(|a| a.method != Method::Abbreviation));
}

#[test]
fn a_short_form_is_the_disease_that_its_long_form_is() {
    for (text, short, id) in [
        ("Norrie disease (ND) is rare; ND is inherited.", "ND", "MESH:C537849"),
        ("Tumor necrosis factor (TNF) rose; TNF fell.", "TNF", "NCBIGene:7124"),
    ] {
        let annotated = annotate(text);
        assert_eq!(pairs(&annotated).iter().filter(|pair| **pair == (short, id)).count(), 2, "{text}");
    }
}

#[test]
fn initials_may_be_those_of_the_latin_name() {
    let annotated = annotate("Myotonic dystrophy (DM) is rare. DM runs in families.");
    assert_eq!(pairs(&annotated).iter().filter(|pair| **pair == ("DM", "MESH:D009223")).count(), 2);
    assert_eq!(annotated.abbreviations.len(), 1);
    for text in
        ["Myotonic dystrophy (MX) MX", "Myotonic dystrophy (dm) dm", "Myotonic dystrophy DM", "rare (RX)"]
    {
        assert!(annotate(text).annotations.iter().all(|a| a.text.len() > 2), "{text}");
    }
    assert!(annotate_with("Myotonic dystrophy (DM)", |o| o.abbreviations = false).abbreviations.is_empty());
}

#[test]
fn a_composite_gives_each_of_its_genes() {
    let expected = [("BRCA1", "NCBIGene:672"), ("2", "NCBIGene:675"), ("women", "NCBITaxon:9606")];
    assert_eq!(pairs(&annotate("BRCA1/2 in women")), expected);
    let ids = |text: &str| found(text).into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    assert_eq!(ids("IL-2/IL-7"), ["NCBIGene:3558", "NCBIGene:3574"]);
    assert_eq!(ids("MLH1/MSH2"), ["NCBIGene:4292", "NCBIGene:4436"]);
    assert_eq!(ids("CD4+/CD8+"), ["NCBIGene:920", "NCBIGene:925"]);
    let listed = annotate("TLR2, -4 and -9, TLR2/-4, TLR2 or -4");
    let numbers: Vec<&str> = listed.annotations.iter().map(|a| a.text.as_str()).collect();
    assert_eq!(numbers, ["TLR2", "4", "9", "TLR2", "4", "TLR2", "4"]);
    for text in ["TLR2 and 4 others", "TLR2 and", "TLR2 and -", "TLR2 -4", "TLR2, 4 and -9"] {
        assert_eq!(found(text).len(), 1, "{text}");
    }
    for text in ["BRCA1/2019", "BRCA1, 2", "BRCA1/2a"] {
        assert_eq!(pairs(&annotate(text)), expected[..1], "{text}");
    }
}

#[test]
fn bounds_hold_at_the_bound() {
    let numbers = |count: usize| format!("IL-1{}", "/2".repeat(count));
    let most = composites::NUMBERS_LIMIT;
    assert_eq!(found(&numbers(most)).len(), most + 1);
    assert_eq!(found(&numbers(most + 1)).len(), most + 1);
    let definitions = |count: usize| {
        let text: String = (0..count).map(|at| format!("big x{at} (bx{at}).\n")).collect();
        annotate(&text).abbreviations.len()
    };
    assert_eq!(definitions(definitions::DEFINITIONS_LIMIT), definitions::DEFINITIONS_LIMIT);
    assert_eq!(definitions(definitions::DEFINITIONS_LIMIT + 1), definitions::DEFINITIONS_LIMIT);
    let namesakes = |count: usize| {
        let namesake =
            |number: usize| entity(&format!("MESH:D{number:06}"), EntityType::Disease, "namesake fever");
        let entities: Vec<_> = (1..=count).map(namesake).collect();
        [Arc::new(Models::none()), Models::embedded()].map(|models| {
            let annotator = annotator_of(&entities, models);
            annotator.resolve_name("namesake fever", &[], &[], "", 1_000).len()
        })
    };
    let (most, linked) = (known_names::BEARERS_LIMIT, learning::CANDIDATES_LIMIT);
    assert_eq!(namesakes(most), [most, linked]);
    assert_eq!(namesakes(most + 1), [most, linked]);
    assert_eq!(namesakes(linked), [linked, linked]);
}

#[test]
fn a_genus_spelled_out_is_read_when_shortened() {
    let text = "Staphylococcus aureus grew. S. aureus died.";
    assert_eq!(
        found(text).iter().map(|f| f.1.as_str()).collect::<Vec<_>>(),
        ["NCBITaxon:1280", "NCBITaxon:1280"]
    );
}

#[test]
fn options_choose_what_is_answered() {
    let text = "TP53 in mice with lung cancer, multiple myeloma and V600E";
    let types = |types: &[EntityType]| {
        let types = types.to_vec();
        let annotated = annotate_with(text, |options| options.types = types);
        annotated.annotations.iter().map(|a| a.entity_type).collect::<Vec<_>>()
    };
    assert_eq!(types(&[EntityType::Variant]), [EntityType::Variant]);
    assert_eq!(types(&[EntityType::Disease, EntityType::Species]).len(), 3);
    let human: Curie = "NCBITaxon:9606".parse().unwrap();
    let of_taxon = annotate_with("Trp53 and IL-7 in mice", |options| options.taxa = vec![human]);
    assert_eq!(pairs(&of_taxon).last(), Some(&("mice", "NCBITaxon:10090")));
    assert!(of_taxon.annotations.iter().all(|a| a.entity_id != "NCBIGene:22059"));
    let mondo = NamespacePreference { entity_type: EntityType::Disease, prefixes: vec!["mondo".to_owned()] };
    let preferred = annotate_with(text, |options| options.namespaces = vec![mondo]);
    assert!(pairs(&preferred).contains(&("multiple myeloma", "MONDO:0009693")));
    assert!(annotate_with(text, |options| options.min_score = 1.0).annotations.is_empty());
    let few = annotate_with("In mice IL-7 rose.", |options| options.max_candidates = 0);
    assert!(few.annotations.iter().all(|a| a.candidates.is_empty()));
    let blocked = annotate_with(text, |options| {
        options.blocked_terms = vec!["Lung Cancers".to_owned(), "v600e".to_owned()];
    });
    assert!(
        pairs(&blocked).iter().all(|(text, _)| *text != "lung cancer" && *text != "V600E"),
        "{:?}",
        pairs(&blocked)
    );
}

#[test]
fn extra_terms_win_where_they_match() {
    let term = |text: &str, id: &str| ExtraTerm {
        text: text.to_owned(),
        entity_type: EntityType::Other,
        entity_id: id.to_owned(),
    };
    let annotated = annotate_with("Compound-9 against multiple myelomas", |options| {
        options.extra_terms = vec![term("compound 9", "MINE:9"), term("myeloma", "our myeloma")];
    });
    assert_eq!(pairs(&annotated), [("Compound-9", "MINE:9"), ("myelomas", "our myeloma")]);
    assert!(annotated.annotations.iter().all(|a| a.method == Method::ExtraTerm && a.score == 1.0));
}

#[test]
fn overlap_policies_keep_more_and_more() {
    let text = "lung cancer in human patients with multiple myeloma";
    let count = |overlap| annotate_with(text, |options| options.overlap = overlap).annotations.len();
    let (longest, by_type, all) =
        (count(OverlapPolicy::Longest), count(OverlapPolicy::LongestPerType), count(OverlapPolicy::All));
    assert!(longest <= by_type && by_type < all, "{longest} {by_type} {all}");
    let nested = annotate_with(text, |options| options.overlap = OverlapPolicy::All);
    assert!(pairs(&nested).iter().any(|(text, _)| *text == "cancer"), "{:?}", pairs(&nested));
}

#[test]
fn names_are_resolved_with_reasons() {
    let resolve = |name: &str, types: &[EntityType], taxa: &[&str], context: &str| {
        let taxa: Vec<Curie> = taxa.iter().map(|id| id.parse().unwrap()).collect();
        annotator().resolve_name(name, types, &taxa, context, 10)
    };
    let first =
        |candidates: &[Candidate]| candidates.first().map(|c| c.entity_id.clone()).unwrap_or_default();
    assert_eq!(first(&resolve("IL-7", &[], &[], "")), "NCBIGene:3574");
    assert_eq!(first(&resolve("IL-7", &[], &[], "in mice")), "NCBIGene:16196");
    assert_eq!(first(&resolve(" IL-7 ", &[], &["NCBITaxon:10090"], "")), "NCBIGene:16196");
    assert_eq!(first(&resolve("MM", &[], &[], "We studied multiple myeloma (MM).")), "MESH:D009101");
    for (name, id) in [
        ("V600E", "p.V600E"),
        (" p.Val600Glu ", "p.V600E"),
        ("rs113488022", "dbSNP:rs113488022"),
        ("c.1799T>A", "c.1799T>A"),
    ] {
        assert_eq!(first(&resolve(name, &[], &[], "")), id, "{name}");
        assert_eq!(first(&resolve(name, &[EntityType::Variant], &["NCBITaxon:9606"], "")), id, "{name}");
        assert!(resolve(name, &[EntityType::Gene], &[], "").is_empty(), "{name}");
    }
    assert!(resolve("the V600E", &[EntityType::Variant], &[], "").is_empty());
    let genes = resolve("IL-7", &[EntityType::Gene], &[], "");
    assert!(
        genes.len() >= 2 && genes.iter().all(|c| c.entity_type == EntityType::Gene && !c.reason.is_empty())
    );
    assert_eq!(annotator().resolve_name("IL-7", &[], &[], "", 1).len(), 1);
    for nothing in ["", " ", "no such name", &"IL-7 ".repeat(1_000)] {
        assert!(resolve(nothing, &[], &[], "").is_empty());
    }
    assert!(resolve("IL-7", &[], &["MESH:D009101"], "").is_empty());
}

#[test]
fn hopeless_texts_end() {
    for unit in
        ["(", "IL-7 ", "7", "a", "multiple ", "p. ", "(MM) ", "S. aureus ", "IL-7 (IL) mice ", "\n", "é "]
    {
        let text = unit.repeat((1 << 17) / unit.len());
        let document = Document::from_text("", text.as_str());
        for annotator in both_annotators() {
            let options = annotator.prepare(&AnnotateOptions::default()).unwrap();
            let annotated = annotator.annotate(&document, &options);
            check_sound(&document, &annotated);
            check_overlaps(&annotated, OverlapPolicy::default());
        }
    }
}

/// The page of the paper that every part of the project is shown on, without a copy of it here.
#[test]
fn the_abstract_of_a_real_paper_is_read() {
    let shared = std::env::var("GLOSSATOR_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").to_owned());
    let path = format!("{shared}/papers/PMC12808468.md");
    let Ok(page) = std::fs::read_to_string(&path) else {
        println!("skipped: {path} is not there");
        return;
    };
    let section = page.split("## Abstract\n").nth(1).unwrap().split("\n## ").next().unwrap().trim();
    let annotated = annotate(section);
    let mut expected_spans = Vec::new();
    for (mention, id) in [
        ("IL-7", "NCBIGene:3574"),
        ("CD4", "NCBIGene:920"),
        ("CD8", "NCBIGene:925"),
        ("multiple myeloma", "MESH:D009101"),
        ("HIV", "MESH:D015658"),
        ("urothelial cancer", "MESH:D014523"),
        ("malignancies, and", "MESH:D009369"),
        ("hematologic malignancies", "MESH:D019337"),
        ("COVID-19", "MESH:D000086382"),
        ("lymphopenia", "MESH:D008231"),
        ("patients", "NCBITaxon:9606"),
    ] {
        let word = mention.trim_end_matches(", and");
        let places: Vec<usize> = section.match_indices(mention).map(|(at, _)| at).collect();
        assert!(!places.is_empty(), "{mention} is not in the abstract");
        for at in places {
            let hit = annotated.annotations.iter().find(|a| a.span.start == at && a.text == word);
            assert_eq!(hit.map(|a| a.entity_id.as_str()), Some(id), "{mention} at {at}");
            expected_spans.push(at);
        }
    }
    for other in annotated.annotations.iter().filter(|a| !expected_spans.contains(&a.span.start)) {
        println!("also found: {} {} {} {:.2}", other.text, other.entity_id, other.label, other.score);
    }
}

fn passages() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        Just("IL-7 "),
        Just("mice "),
        Just("multiple myeloma "),
        Just("(MM) "),
        Just("p.V600E "),
        Just("TNF-α "),
        Just("E. coli "),
        Just("ﬁ"),
        Just("É"),
        Just("\n"),
        Just(". "),
        Just("("),
        Just(")"),
        Just("aspirin"),
        Just("s "),
        Just("2"),
        Just("Ca(2+) "),
        Just("hIL-2 "),
        Just("\u{301}"),
        Just("CAT "),
    ];
    let built = prop::collection::vec(word, 0..25).prop_map(|words| words.concat());
    prop::collection::vec(prop_oneof![built, "\\PC{0,60}".prop_map(String::from)], 0..4)
}

fn document(passages: &[String]) -> Document {
    let passages = passages.iter().map(|text| Passage { text: text.clone(), ..Passage::default() });
    Document { id: "x".to_owned(), passages: passages.collect() }
}

proptest! {
    #[test]
    fn any_document_gets_sound_annotations(texts in passages()) {
        let document = document(&texts);
        for overlap in [OverlapPolicy::Longest, OverlapPolicy::LongestPerType, OverlapPolicy::All] {
            let options = AnnotateOptions { overlap, ..AnnotateOptions::default() };
            for annotator in both_annotators() {
                let options = annotator.prepare(&options).unwrap();
                let annotated = annotator.annotate(&document, &options);
                check_sound(&document, &annotated);
                check_overlaps(&annotated, overlap);
                prop_assert_eq!(&annotated, &annotator.annotate(&document, &options));
            }
        }
    }

    #[test]
    fn types_and_scores_choose_from_one_decision(texts in passages(), min_score in 0.0_f32..=1.0, which in 0_usize..6) {
        let document = document(&texts);
        let all = annotator().annotate(&document, &annotator().prepare(&AnnotateOptions::default()).unwrap());
        let types = vec![EntityType::ALL[which]];
        let options = AnnotateOptions { types: types.clone(), min_score, ..AnnotateOptions::default() };
        let some = annotator().annotate(&document, &annotator().prepare(&options).unwrap());
        let key = |a: &Annotation| (a.passage_index, a.span, a.entity_id.clone());
        let wanted = all.annotations.iter().filter(|a| types.contains(&a.entity_type) && a.score >= min_score);
        prop_assert_eq!(wanted.map(key).collect::<Vec<_>>(), some.annotations.iter().map(key).collect::<Vec<_>>());
    }

    #[test]
    fn an_empty_passage_changes_nothing_but_the_places(texts in passages()) {
        for annotator in both_annotators() {
            let options = annotator.prepare(&AnnotateOptions::default()).unwrap();
            let plain = annotator.annotate(&document(&texts), &options);
            let shifted: Vec<String> = std::iter::once(String::new()).chain(texts.iter().cloned()).collect();
            let mut moved = annotator.annotate(&document(&shifted), &options);
            moved.annotations.iter_mut().for_each(|annotation| annotation.passage_index -= 1);
            prop_assert_eq!(plain, moved);
        }
    }
}

/// What a document gives a thread that has read nothing else.
fn by_a_new_thread(annotator: &'static Annotator, document: &Document) -> AnnotatedDocument {
    std::thread::scope(|scope| {
        let options = annotator.prepare(&AnnotateOptions::default()).unwrap();
        scope.spawn(move || annotator.annotate(document, &options)).join().unwrap()
    })
}

#[test]
fn what_one_document_says_of_names_is_not_kept_for_the_next() {
    let texts = [
        "Escherichia coli was grown. E. coli and S. aureus were found in patients with renal failure (RF).",
        "Entamoeba coli was seen. E. coli and S. aureus were found in mice with rheumatoid factor (RF).",
        "E. coli, RF and S. aureus.",
        "Staphylococcus aureus and E. coli. Necrosis factor (TNF) and TNF in rats; insulin, INS and Ins.",
        "Streptococcus aureus, E. coli, TNF and Insulin in zebrafish; RF is renal failure.",
    ];
    let long = format!("{} {}", texts.concat(), "Renal failure and E. coli of the mice. ".repeat(200));
    let documents: Vec<Document> =
        texts.into_iter().chain([long.as_str()]).map(|text| Document::from_text("x", text)).collect();
    for annotator in both_annotators() {
        let options = annotator.prepare(&AnnotateOptions::default()).unwrap();
        let expected: Vec<AnnotatedDocument> =
            documents.iter().map(|document| by_a_new_thread(annotator, document)).collect();
        assert!(expected.iter().any(|annotated| annotated.annotations.len() > 4));
        let orders = [0, 1, 2, 3, 4, 5].into_iter().chain([5, 4, 3, 2, 1, 0]).chain([2, 0, 2, 1, 2, 4, 3, 5]);
        for at in orders {
            assert_eq!(annotator.annotate(&documents[at], &options), expected[at], "{at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_thread_that_has_read_others_answers_as_a_new_one(texts in passages()) {
        let document = document(&texts);
        for annotator in both_annotators() {
            let options = annotator.prepare(&AnnotateOptions::default()).unwrap();
            prop_assert_eq!(annotator.annotate(&document, &options), by_a_new_thread(annotator, &document));
        }
    }
}
