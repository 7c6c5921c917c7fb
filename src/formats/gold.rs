//! Gold corpora: PubTator files whose mentions people marked, and tables of mentions with their texts beside them. A document
//! is read with its mentions, to measure the annotator with and to learn from.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::fs::File;
use std::path::Path;

use crate::model::{Curie, Document, EntityType, Span};

use super::gold_table::read_table;
use super::input::{FormatError, FormatProblem, InputDocument};
use super::pubtator::{Marked, MarkedDocuments, MentionLine};
use super::source::{self, Bytes};

/// What the corpora call the types that are known here, in lower case without spaces.
const TYPE_NAMES: &[(EntityType, &[&str])] = &[
    (EntityType::Gene, &["gene", "geneorgeneproduct", "protein", "pr"]),
    (
        EntityType::Disease,
        &[
            "disease",
            "diseaseorphenotypicfeature",
            "modifier",
            "specificdisease",
            "diseaseclass",
            "compositemention",
            "mondo",
        ],
    ),
    (EntityType::Chemical, &["chemical", "chemicalentity", "drug", "chebi"]),
    (EntityType::Species, &["species", "organismtaxon", "organism", "genus", "strain", "ncbitaxon"]),
    (EntityType::CellLine, &["cellline", "cell_line"]),
    (
        EntityType::Variant,
        &[
            "variant",
            "sequencevariant",
            "snp",
            "dnamutation",
            "proteinmutation",
            "dnaallele",
            "proteinallele",
            "acidchange",
            "othermutation",
            "copynumbervariant",
        ],
    ),
    (EntityType::CellType, &["celltype", "cell_type", "cl"]),
    (EntityType::Anatomy, &["anatomy", "uberon"]),
    (EntityType::BiologicalProcess, &["biologicalprocess", "go_bp"]),
    (EntityType::MolecularFunction, &["molecularfunction", "go_mf"]),
    (EntityType::CellularComponent, &["cellularcomponent", "go_cc"]),
];
/// The types that are marked and not normalised, and the type that they are neutral for.
const NEUTRAL_NAMES: &[(EntityType, &[&str])] = &[(EntityType::Gene, &["familyname", "domainmotif"])];
/// What stands in the identifier column of a mention that has none, in lower case.
const NULL_IDS: &[&str] = &["", "-", "-1", "none", "null", "na"];
/// The prefixes that an identifier is compared without, in lower case.
const BARE_PREFIXES: &[&str] =
    &["mesh", "ncbigene", "ncbitaxon", "ncbi gene", "taxon", "tax", "gene", "cellosaurus", "species"];

/// A mention that people marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldMention {
    /// The passage it stands in.
    pub passage: usize,
    /// Where, in bytes from the passage's start.
    pub span: Span,
    /// Its type; of a neutral one the type that it is neutral for.
    pub entity_type: EntityType,
    /// Whether it is a family, domain or class, which a corpus marks and does not normalise, or stands in several pieces: to
    /// find it is no fault, and not to find it is none either.
    pub neutral: bool,
    /// Its identifiers as [`canonical_ids`] gives them; none where the corpus gives none.
    pub ids: Vec<String>,
    /// Its type as the file has it.
    pub raw_type: String,
}

/// A document with what people marked in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldDocument {
    /// The text: a passage `title` and a passage `abstract`, or a passage a line.
    pub document: Document,
    /// Its mentions of known types, by passage and span.
    pub mentions: Vec<GoldMention>,
}

impl GoldDocument {
    /// The text of a mention; empty when the mention is another document's.
    pub fn text_of(&self, mention: &GoldMention) -> &str {
        let passage = self.document.passages.get(mention.passage);
        passage.and_then(|passage| passage.text.get(mention.span.start..mention.span.end)).unwrap_or_default()
    }
}

/// Where in a gold corpus something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldPlace {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The document's id.
    pub document: String,
}

impl fmt::Display for GoldPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: document {}", self.file, self.line, self.document)
    }
}

/// Why a gold corpus could not be read.
#[derive(Debug, thiserror::Error)]
pub enum GoldError {
    /// The file cannot be opened, or a document of it cannot be read.
    #[error(transparent)]
    Document(#[from] FormatError),
    /// A line that begins as a mention does and goes on otherwise.
    #[error("{0}: not a mention; write id, start, end, text, type and identifiers, parted by tabs")]
    NotAMention(GoldPlace),
    /// A table whose first line does not name its columns.
    #[error("{0}: the first line must name the columns {columns}", columns = super::gold_table::COLUMNS.join(", "))]
    NoColumns(String),
    /// A row of a table without a column, or one that holds no number where one is wanted.
    #[error("{0}: the column {1} is missing or wrong")]
    BadColumn(GoldPlace, &'static str),
    /// An empty mention, or one that goes beyond the text.
    #[error(
        "{0}: no text from {1} to {2}; offsets are code points over the title, one separator and the abstract"
    )]
    OutOfBounds(GoldPlace, usize, usize),
    /// A mention of two passages, or of the separator between them.
    #[error("{0}: the mention from {1} to {2} is not inside the title or inside the abstract; split it")]
    CrossesBorder(GoldPlace, usize, usize),
    /// The text column holds another text than that at the offsets.
    #[error("{0}: the offsets say \"{1}\" and the line says \"{2}\"; correct the offsets or the text")]
    OtherText(GoldPlace, String, String),
    /// Two documents of one id.
    #[error("{0}: a document of that id stands before it; give it another id")]
    Twice(GoldPlace),
}

/// Reads a gold corpus, packed with gzip or not: a PubTator file or, where its name ends in `.tsv`, a table of mentions as
/// CRAFT's, whose texts are the files `txt/ID.txt` beside it. Lines of relations and mentions of unknown types are passed
/// over.
///
/// # Errors
/// The first document or mention that is wrong, with file and line.
pub fn read_gold(path: &Path) -> Result<Vec<GoldDocument>, GoldError> {
    let file = path.to_string_lossy().into_owned();
    let opened = File::open(path).map_err(FormatProblem::from);
    let is_table = file.strip_suffix(".gz").unwrap_or(&file).ends_with(".tsv");
    match opened.and_then(|input| Ok(source::unpack(Box::new(input))?)) {
        Ok(bytes) if is_table => read_table(path, &file, bytes),
        Ok(bytes) => read_documents(&file, bytes),
        Err(problem) => Err(FormatError { file, line: 0, document: None, problem }.into()),
    }
}

/// Reads a table of mentions of documents that all have one text, for tests with tables of any kind.
///
/// # Errors
/// As [`read_gold`].
#[doc(hidden)]
pub fn read_gold_table(table: Vec<u8>, text: &str) -> Result<Vec<GoldDocument>, GoldError> {
    super::gold_table::read_table_of(table, text)
}

fn read_documents(file: &str, bytes: Bytes) -> Result<Vec<GoldDocument>, GoldError> {
    let mut seen = HashSet::new();
    let mut documents = Vec::new();
    for marked in MarkedDocuments::new(file.to_owned(), bytes) {
        let Marked { input, line, mentions } = marked?;
        let id = input.document.id.clone();
        let place = |line| GoldPlace { file: file.to_owned(), line, document: id.clone() };
        if !seen.insert(id.clone()) {
            return Err(GoldError::Twice(place(line)));
        }
        documents.push(gold_document(input, &mentions, place)?);
    }
    Ok(documents)
}

fn gold_document(
    input: InputDocument,
    lines: &[MentionLine],
    place: impl Fn(usize) -> GoldPlace,
) -> Result<GoldDocument, GoldError> {
    let texts = Texts::new(&input);
    let mut mentions = Vec::new();
    for MentionLine { line, text } in lines {
        let Some(columns) =
            Columns::read(text).map_err(|NotAMention| GoldError::NotAMention(place(*line)))?
        else {
            continue;
        };
        let Some((entity_type, neutral)) = type_of(columns.raw_type) else { continue };
        let (passage, span) = texts.locate(&columns, || place(*line))?;
        let ids = canonical_ids(columns.ids);
        let raw_type = columns.raw_type.to_owned();
        mentions.push(GoldMention { passage, span, entity_type, neutral, ids, raw_type });
    }
    mentions.sort_by_key(|mention| (mention.passage, mention.span));
    Ok(GoldDocument { document: input.document, mentions })
}

/// The columns of a mention.
pub(super) struct Columns<'l> {
    pub start: usize,
    pub end: usize,
    pub text: &'l str,
    pub raw_type: &'l str,
    pub ids: &'l str,
}

/// A line that begins as a mention does and is none.
struct NotAMention;

impl<'l> Columns<'l> {
    /// The columns of a line; `None` for a relation, whose second column is a word.
    fn read(line: &'l str) -> Result<Option<Self>, NotAMention> {
        let mut columns = line.split('\t').skip(1);
        let mut next = || columns.next().unwrap_or_default();
        let (start, end, text, raw_type, ids) = (next(), next(), next(), next().trim(), next());
        if !is_number(start) {
            return Ok(None);
        }
        if !is_number(end) || raw_type.is_empty() {
            return Err(NotAMention);
        }
        let (start, end) = (start.parse().map_err(|_| NotAMention)?, end.parse().map_err(|_| NotAMention)?);
        Ok(Some(Self { start, end, text, raw_type, ids }))
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The passages of a document by code points.
pub(super) struct Texts<'d> {
    passages: Vec<PassageText<'d>>,
}

struct PassageText<'d> {
    /// The place of its first code point in the document.
    start: usize,
    text: &'d str,
    /// The byte of each code point, and the text's length.
    bytes: Vec<usize>,
}

impl<'d> Texts<'d> {
    pub(super) fn new(input: &'d InputDocument) -> Self {
        let passages = input.document.passages.iter().zip(&input.passage_offsets).map(|(passage, start)| {
            let text = passage.text.as_str();
            let bytes = text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect();
            PassageText { start: *start, text, bytes }
        });
        Self { passages: passages.collect() }
    }

    /// The passage and the bytes in it of a mention, which is held against the text column.
    pub(super) fn locate(
        &self,
        columns: &Columns<'_>,
        place: impl Fn() -> GoldPlace,
    ) -> Result<(usize, Span), GoldError> {
        let Columns { start, end, text, .. } = *columns;
        let length = self.passages.last().map_or(0, |last| last.start + last.bytes.len() - 1);
        if start >= end || end > length {
            return Err(GoldError::OutOfBounds(place(), start, end));
        }
        let Some((index, span)) = self.around(start, end) else {
            return Err(GoldError::CrossesBorder(place(), start, end));
        };
        let found = &self.passages[index].text[span.start..span.end];
        if found != text {
            return Err(GoldError::OtherText(place(), found.to_owned(), text.to_owned()));
        }
        Ok((index, span))
    }

    /// The passage and the bytes in it of what stands between two code points; `None` where it is in no passage.
    pub(super) fn around(&self, start: usize, end: usize) -> Option<(usize, Span)> {
        self.passages.iter().enumerate().find_map(|(index, passage)| {
            let byte = |at: usize| passage.bytes.get(at.checked_sub(passage.start)?).copied();
            Some((index, Span { start: byte(start)?, end: byte(end)? }))
        })
    }
}

/// The type that a corpus means, and whether it is neutral.
pub(super) fn type_of(raw: &str) -> Option<(EntityType, bool)> {
    let name: String = raw.chars().filter(|c| *c != ' ').flat_map(char::to_lowercase).collect();
    let find = |names: &[(EntityType, &[&str])]| {
        names.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(entity_type, _)| *entity_type)
    };
    let known = find(TYPE_NAMES).map(|entity_type| (entity_type, false));
    known.or_else(|| find(NEUTRAL_NAMES).map(|entity_type| (entity_type, true)))
}

/// The identifiers of a field as they are compared: parted at `|`, `,`, `;` and `+`, without remarks in brackets, without
/// the prefixes that corpora leave out (`MESH:D003693` is `D003693`, `OMIM:114480` stays), without those that stand for
/// none, sorted, each once.
pub fn canonical_ids(field: &str) -> Vec<String> {
    let parts = field.split(['|', ',', ';', '+']).map(without_remarks);
    let ids: BTreeSet<String> = parts.filter_map(|part| canonical_id(part.trim())).collect();
    ids.into_iter().collect()
}

fn canonical_id(part: &str) -> Option<String> {
    let part = part.strip_prefix('*').unwrap_or(part);
    let part = part.strip_suffix('*').unwrap_or(part);
    if NULL_IDS.contains(&part.to_lowercase().as_str()) {
        return None;
    }
    let bare = part
        .split_once(':')
        .filter(|(prefix, _)| BARE_PREFIXES.contains(&prefix.to_lowercase().as_str()))
        .map_or(part, |(_, local)| local);
    Some(bare.to_owned())
}

/// A text without what stands in brackets, the brackets included. A bracket that is not closed stays.
fn without_remarks(text: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, inside)) = rest.split_once('(') {
        let Some((_, after)) = inside.split_once(')') else { break };
        kept.push_str(before);
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// The identifier with its namespace that a canonical one of a mention of that type stands for. `None` where the corpora
/// use a notation of their own, as they do for variants.
pub fn curie_of(id: &str, entity_type: EntityType) -> Option<Curie> {
    let number = is_number(id);
    let prefix = match entity_type {
        EntityType::Variant => return None,
        _ if id.contains(':') || id.starts_with("CVCL_") => return id.parse().ok(),
        EntityType::Gene if number => "NCBIGene",
        EntityType::Species if number => "NCBITaxon",
        EntityType::Disease | EntityType::Chemical => "MESH",
        _ => return None,
    };
    Curie::new(prefix, id)
}

#[cfg(test)]
#[path = "gold_tests.rs"]
mod tests;
