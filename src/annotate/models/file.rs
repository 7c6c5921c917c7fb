//! The file of the models: a header, a table of sections, and the sections.
//!
//! All numbers are little-endian. The header is `GLOSSMDL`, the version of the format (u32), the number of sections (u32)
//! and the XXH3-64 of all that follows it. Then for each section its offset from the start of the file and its length
//! (u64 each), and the sections, each of which begins at a whole number of lines of memory: `about` (JSON: name, corpora, chains), the table of
//! features, the spelling model, the aliases, the weights of the ranker, what the gold data says of names
//! and what words say of the species that a document is about.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::super::link::LinkModel;
use super::super::link::aliases::{Aliases, Row};
use super::super::link::focus::{self, CLASSES, FocusModel};
use super::super::name_ranker::{NameRanker, Told};
use super::super::recognise::spelling::Spelling;
use super::super::recognise::table::{BLOCK_BYTES, Table};
use super::{About, Models, ModelsError};

const MAGIC: &[u8; 8] = b"GLOSSMDL";
/// The version of the format and of the features: models of another one do not fit this program.
const VERSION: u32 = 8;
const HEADER_BYTES: usize = 24;
const SECTIONS: usize = 7;
const ENTRY_BYTES: usize = 16;

/// The models as a file holds them.
pub(super) fn to_bytes(models: &Models) -> Vec<u8> {
    let about = serde_json::to_vec(&models.about()).unwrap_or_default();
    let sections: [Cow<'_, [u8]>; SECTIONS] = [
        about.into(),
        models.table.bytes().into(),
        models.spelling.bytes().into(),
        aliases_to_bytes(&models.aliases).into(),
        linking_to_bytes(&models.linking).into(),
        told_to_bytes(&models.names).into(),
        focus_to_bytes(&models.focus).into(),
    ];
    let (mut entries, mut parts) = (Vec::new(), Vec::new());
    let begin = HEADER_BYTES + SECTIONS * ENTRY_BYTES;
    for section in &sections {
        let offset = (begin + parts.len()).next_multiple_of(BLOCK_BYTES);
        parts.resize(offset - begin, 0);
        entries.extend((offset as u64).to_le_bytes());
        entries.extend((section.len() as u64).to_le_bytes());
        parts.extend_from_slice(section);
    }
    let mut body = [entries, parts].concat();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + body.len());
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend((SECTIONS as u32).to_le_bytes());
    bytes.extend(xxh3_64(&body).to_le_bytes());
    bytes.append(&mut body);
    bytes
}

/// Bytes with the checksum that what follows it has.
pub(super) fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = xxh3_64(bytes.get(HEADER_BYTES..).unwrap_or_default());
    if let Some(place) = bytes.get_mut(HEADER_BYTES - 8..HEADER_BYTES) {
        place.copy_from_slice(&checksum.to_le_bytes());
    }
    bytes
}

/// Reads models and checks the whole.
#[expect(
    clippy::needless_pass_by_value,
    reason = "sections borrow from bytes that live as long as the program"
)]
pub(super) fn from_bytes(bytes: Cow<'static, [u8]>) -> Result<Models, ModelsError> {
    if bytes.get(..8) != Some(MAGIC) {
        return Err(ModelsError::NoModels);
    }
    let version = number(&bytes, 8);
    if version != VERSION {
        return Err(ModelsError::OtherVersion { found: version, expected: VERSION });
    }
    let body = bytes.get(HEADER_BYTES..).unwrap_or_default();
    let checksum = bytes.get(16..24).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
    if checksum != Some(xxh3_64(body)) || number(&bytes, 12) as usize != SECTIONS {
        return Err(ModelsError::Damaged);
    }
    let section = |at: usize| part(&bytes, at).ok_or(ModelsError::Damaged);
    let about: About = serde_json::from_slice(&section(0)?).map_err(|_| ModelsError::Damaged)?;
    Ok(Models {
        name: about.name,
        corpora: about.corpora,
        chains: about.chains,
        table: Table::new(section(1)?),
        spelling: Spelling::new(section(2)?),
        aliases: aliases_from_bytes(&section(3)?).ok_or(ModelsError::Damaged)?,
        linking: linking_from_bytes(&section(4)?),
        names: NameRanker::new(about.names, told_from_bytes(&section(5)?)),
        focus: focus_from_bytes(&section(6)?).ok_or(ModelsError::Damaged)?,
    })
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let number = bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)?;
    usize::try_from(number).ok()
}

/// A section; of bytes that live as long as the program a part of them.
#[expect(clippy::ptr_arg, reason = "borrowed bytes give borrowed parts")]
fn part(bytes: &Cow<'static, [u8]>, at: usize) -> Option<Cow<'static, [u8]>> {
    let entry = HEADER_BYTES + at * ENTRY_BYTES;
    let (start, length) = (long(bytes, entry)?, long(bytes, entry + 8)?);
    let range = start..start.checked_add(length)?;
    match bytes {
        Cow::Borrowed(bytes) => bytes.get(range).map(Cow::Borrowed),
        Cow::Owned(bytes) => bytes.get(range).map(|part| Cow::Owned(part.to_vec())),
    }
}

/// The identifiers, a line each, their length first; then the rows of 14 bytes.
fn aliases_to_bytes(aliases: &Aliases) -> Vec<u8> {
    let (ids, rows) = aliases.rows();
    let text = ids.join("\n");
    let mut bytes = Vec::new();
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
    for (key, place, count, documents) in rows {
        bytes.extend(key.to_le_bytes());
        bytes.extend(place.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.push(documents);
    }
    bytes
}

fn aliases_from_bytes(bytes: &[u8]) -> Option<Aliases> {
    let length = long(bytes, 0)?;
    let rest = bytes.get(8..)?;
    let text = std::str::from_utf8(rest.get(..length)?).ok()?;
    let ids: Vec<String> = text.lines().map(str::to_owned).collect();
    let rows: Vec<Row> = rest[length..]
        .as_chunks::<15>()
        .0
        .iter()
        .map(|row| {
            let key = u64::from_le_bytes([row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]]);
            let place = u32::from_le_bytes([row[8], row[9], row[10], row[11]]);
            (key, place, u16::from_le_bytes([row[12], row[13]]), row[14])
        })
        .collect();
    Some(Aliases::new(ids, &rows))
}

fn linking_to_bytes(linking: &LinkModel) -> Vec<u8> {
    let pairs = linking.weights().into_iter();
    pairs
        .flat_map(|(feature, weight)| feature.to_le_bytes().into_iter().chain(weight.to_le_bytes()))
        .collect()
}

fn linking_from_bytes(bytes: &[u8]) -> LinkModel {
    LinkModel::new(bytes.as_chunks::<8>().0.iter().map(|pair| {
        let feature = u32::from_le_bytes([pair[0], pair[1], pair[2], pair[3]]);
        (feature, f32::from_le_bytes([pair[4], pair[5], pair[6], pair[7]]))
    }))
}

/// Rows of 12 bytes: the hash of a name, in how many documents it was marked, and in how many it stood.
fn told_to_bytes(names: &NameRanker) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (key, Told { marked, stood }) in names.told() {
        bytes.extend(key.to_le_bytes());
        bytes.extend(marked.to_le_bytes());
        bytes.extend(stood.to_le_bytes());
    }
    bytes
}

fn told_from_bytes(bytes: &[u8]) -> FxHashMap<u64, Told> {
    let rows = bytes.as_chunks::<12>().0.iter();
    rows.map(|row| {
        let key = u64::from_le_bytes([row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]]);
        let [marked, stood] = [[row[8], row[9]], [row[10], row[11]]].map(u16::from_le_bytes);
        (key, Told { marked, stood })
    })
    .collect()
}

/// The weights of every document, by class, and what a step of the others stands for (f32 each); then rows of the hash of a
/// word and its weights.
fn focus_to_bytes(model: &FocusModel) -> Vec<u8> {
    let (bias, scale, rows) = model.parts();
    let mut bytes: Vec<u8> = bias.into_iter().chain([scale]).flat_map(f32::to_le_bytes).collect();
    for (word, row) in rows {
        bytes.extend(word.to_le_bytes());
        bytes.extend(row.map(i8::cast_unsigned));
    }
    bytes
}

fn focus_from_bytes(bytes: &[u8]) -> Option<FocusModel> {
    let (first, rows) = bytes.split_at_checked(4 * (CLASSES + 1))?;
    let number = |at: usize| Some(f32::from_le_bytes(first.get(4 * at..4 * at + 4)?.try_into().ok()?));
    let mut bias = [0.0; CLASSES];
    for (at, own) in bias.iter_mut().enumerate() {
        *own = number(at)?;
    }
    let row = |row: &[u8; 8 + CLASSES]| -> Option<(u64, focus::Row)> {
        let (word, weights) = row.split_first_chunk::<8>()?;
        let weights: [u8; CLASSES] = weights.try_into().ok()?;
        Some((u64::from_le_bytes(*word), weights.map(u8::cast_signed)))
    };
    let rows = rows.as_chunks::<{ 8 + CLASSES }>().0.iter().map(row).collect::<Option<_>>()?;
    Some(FocusModel::new(bias, number(CLASSES)?, rows))
}
