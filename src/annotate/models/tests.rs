use super::super::link::LinkModel;
use super::super::link::aliases::{Aliases, alias_key};
use super::super::name_ranker::{NAME_FEATURES, Told};
use super::super::recognise::table::BLOCK_BYTES;
use super::*;
use crate::model::EntityType;

fn models() -> Models {
    let chain = ChainModel {
        scale: 0.01,
        transitions: Transitions::default(),
        calibration: vec![(0.2, 0.1), (0.6, 0.7)],
        threshold: 0.4,
        linked_threshold: 0.3,
        look: Vec::new(),
    };
    let (choice, chance) = (vec![0.5; NAME_FEATURES], vec![0.1; NAME_FEATURES]);
    let ranker = NameModel {
        entity_type: "Anatomy".to_owned(),
        choice,
        chance,
        calibration: vec![(0.3, 0.2)],
        threshold: 0.4,
    };
    Models {
        name: "test".to_owned(),
        corpora: vec![ModelCorpus { name: "c".to_owned(), source: "s".to_owned(), license: "l".to_owned() }],
        table: Table::build(&[(77, [1; 12])]),
        aliases: Aliases::new(
            vec!["MESH:D1".to_owned()],
            &[(alias_key(EntityType::Disease, "fever"), 0, 2, 1)],
        ),
        linking: LinkModel::new([(5, 0.5), (9, -1.0)]),
        chains: vec![None, Some(chain)],
        names: NameRanker::new(vec![ranker], [(7, Told { marked: 2, stood: 3 })].into_iter().collect()),
        ..Models::none()
    }
}

#[test]
fn models_come_back_from_their_bytes() {
    let bytes = models().to_bytes();
    let read = file::from_bytes(Cow::Owned(bytes.clone())).unwrap();
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!((read.name(), read.corpora()), ("test", models().corpora()));
    assert_eq!((read.names.models(), read.names.told()), (models().names.models(), models().names.told()));
    let key = alias_key(EntityType::Disease, "fever");
    let said: Vec<_> = read.aliases.of(key, None).map(|said| (said.id, said.count, said.documents)).collect();
    assert_eq!(said, [("MESH:D1", 2, 1)]);
}

#[test]
fn bad_files_are_refused_by_what_is_wrong() {
    let bytes = models().to_bytes();
    let read = |bytes: Vec<u8>| file::from_bytes(Cow::Owned(bytes)).err().map(|error| error.to_string());
    let refused = |bytes: Vec<u8>, word: &str| read(bytes).is_some_and(|error| error.contains(word));
    assert!(refused(b"something".to_vec(), "no file of models"));
    assert!(refused(Vec::new(), "no file of models"));
    let mut other = bytes.clone();
    other[8] = 99;
    assert!(refused(other, "version 99"));
    for at in [16, 24, 60, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert!(refused(damaged, "damaged"), "{at}");
    }
    for length in [8, 20, 24, bytes.len() - 1] {
        assert!(read(bytes[..length].to_vec()).is_some(), "{length}");
    }
    assert!(matches!(Models::open(Path::new("no/such/file")), Err(ModelsError::Read { .. })));
}

#[test]
fn the_embedded_models_are_whole_and_small() {
    let read = file::from_bytes(Cow::Borrowed(&EMBEDDED.0)).unwrap();
    assert!(EMBEDDED.0.len() <= 16 << 20, "{} bytes", EMBEDDED.0.len());
    assert!(read.table.bytes().as_ptr().addr().is_multiple_of(BLOCK_BYTES), "a block is a line of memory");
    assert!(read.chains.iter().flatten().count() == MODEL_TYPES.len() && !read.corpora().is_empty());
}

#[test]
fn scores_lie_on_the_lines_between_points() {
    let models = models();
    for (probability, score) in [(0.1, 0.1), (0.2, 0.1), (0.4, 0.4), (0.6, 0.7), (0.9, 0.7)] {
        assert!((models.score(1, probability) - score).abs() < 1e-5, "{probability}");
    }
    assert!((models.score(0, 0.3) - 0.3).abs() < 1e-5);
    assert_eq!((models.threshold(1), models.threshold(0)), (0.4, 0.5));
    // what is not likelier surely scores less
    for (low, probability) in [(0.05, f32::MIN), (0.1, f32::MIN), (0.3, 0.2), (0.7, 0.2), (0.9, 0.6)] {
        assert_eq!(models.scores_less(1, low), probability, "{low}");
        assert!(models.score(1, probability) < low || probability == f32::MIN);
    }
    assert_eq!(models.scores_less(0, 0.9), f32::MIN);
}
