#![no_main]

use std::sync::{Arc, LazyLock};

use glossator::annotate::Annotator;
use glossator::catalog::Catalog;
use glossator::catalog::damage::{sealed, unsealed, walk};
use glossator::model::{
    AnnotateOptions, Curie, Document, Entity, EntitySource, EntityType, Passage, Synonym, SynonymScope,
};
use libfuzzer_sys::fuzz_target;

const TEXT: &str = "IL-7Rα and name 17 of acute myeloid leukaemia, name";

/// The sections of a small catalog that is whole.
static SECTIONS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let curie = |text: &str| text.parse::<Curie>().expect("a CURIE");
    let entity = |number: usize| Entity {
        id: curie(&format!("MESH:D{number:06}")),
        entity_type: EntityType::ALL[number % EntityType::ALL.len()],
        label: format!("name {number}"),
        synonyms: vec![
            Synonym { text: "Leukemia, Myeloid, Acute".to_owned(), scope: SynonymScope::Broad },
            Synonym { text: format!("IL-7R{}", ["α", "β"][number % 2]), scope: SynonymScope::Exact },
        ],
        description: "What it is.".to_owned(),
        taxon_id: [None, Some(curie("NCBITaxon:9606")), Some(curie("GO:0006915"))][number % 3].clone(),
        xrefs: vec![curie("HGNC:6024")],
        retired_ids: vec![curie(&format!("MESH:C{number:06}"))],
        parent_ids: vec![curie(&format!("MESH:D{:06}", (number + 1) % 20))],
        obsolete: number % 7 == 0,
        replaced_by: vec![curie(&format!("MESH:D{:06}", (number + 7) % 20))],
        source: EntitySource::default(),
    };
    let entities: Vec<Entity> = (0..20).map(entity).collect();
    unsealed(Catalog::from_entities(&entities).expect("a catalog").as_bytes())
});

/// Opens, verifies, walks and annotates.
fn read(bytes: Vec<u8>) {
    let Ok(catalog) = Catalog::from_bytes(bytes, "fuzz.catalog") else { return };
    walk(&catalog, TEXT);
    let annotator = Annotator::new(Arc::new(catalog));
    let passages = vec![Passage { text: TEXT.to_owned(), ..Passage::default() }];
    let document = Document { id: "fuzz".to_owned(), passages };
    if let Ok(options) = annotator.prepare(&AnnotateOptions::default()) {
        annotator.annotate(&document, &options);
    }
}

/// Does what five bytes say to the sections: which one, where (two), what and with which byte.
fn damage(sections: &mut [Vec<u8>], change: &[u8]) {
    let &[section, low, high, what, byte] = change else { return };
    let count = sections.len();
    let section = &mut sections[usize::from(section) % count];
    let place = usize::from(u16::from_le_bytes([low, high])) % (section.len() + 1);
    match what % 4 {
        0 => section.insert(place, byte),
        1 => section.truncate(place),
        2 => section.extend(std::iter::repeat_n(byte, place.min(64))),
        _ => {
            if let Some(old) = section.get_mut(place) {
                *old = byte;
            }
        }
    }
}

// The first byte says what the rest is: a whole file as it is, a file that is sealed again, or changes to the sections of
// a small catalog, which is sealed again or not.
fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    match kind % 4 {
        0 => read(rest.to_vec()),
        1 => read(sealed(&unsealed(rest))),
        2 => {
            let mut bytes = sealed(&SECTIONS);
            for change in rest.chunks_exact(4) {
                let place = u32::from_le_bytes([change[0], change[1], change[2], 0]) as usize % bytes.len();
                bytes[place] = change[3];
            }
            read(bytes);
        }
        _ => {
            let mut sections = SECTIONS.clone();
            for change in rest.chunks_exact(5) {
                damage(&mut sections, change);
            }
            read(sealed(&sections));
        }
    }
});
