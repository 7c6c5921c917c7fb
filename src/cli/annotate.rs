//! `glossator annotate`.

mod pipeline;
mod sink;
mod source;

use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::thread;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::annotate::{ModelsError, OptionsError};
use crate::catalog::CatalogError;
use crate::formats::input::InputFormat;
use crate::formats::output::{OutputFormat, Renderer};
use crate::model::{AnnotateOptions, Curie, EntityType, NamespacePreference, OffsetUnit, OverlapPolicy};
use crate::server::open_catalog;

const EXAMPLES: &str = "\
Examples:
  glossator annotate abstract.txt --output-format table
  echo 'IL-7 in multiple myeloma' | glossator annotate
  glossator annotate articles/ --output-format html --output articles.html
  glossator annotate corpus.pubtator --types gene,disease --output-format pubtator --threads 4
  glossator annotate pubmed.xml.gz --namespaces disease=MONDO,MESH --taxa 9606";

/// The most threads that may be asked for.
const THREADS_LIMIT: usize = 1024;

/// The flags of `annotate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct AnnotateArguments {
    /// Files and folders of files, packed with gzip or not; `-` is standard input [default: -]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The catalog: a file that `glossator catalog build` made, or a folder of catalog tables, or one table [default: the
    /// embedded starter catalog]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// The models, a file that `glossator train` made [default: the embedded ones]
    #[arg(long, value_name = "FILE")]
    models: Option<PathBuf>,
    /// The format of the input [default: told from the file's name and first bytes]
    #[arg(long, value_name = "FORMAT", value_parser = names::<InputFormat, _>(InputFormat::ALL.map(InputFormat::name)))]
    input_format: Option<InputFormat>,
    /// The format of the output
    #[arg(
        long, value_name = "FORMAT", default_value = "jsonl",
        value_parser = names::<OutputFormat, _>(OutputFormat::ALL.map(OutputFormat::name))
    )]
    output_format: OutputFormat,
    /// The types to find, parted by commas, such as gene,cell-line [default: all]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = entity_type)]
    types: Vec<EntityType>,
    /// The unit that offsets count in; formats other than jsonl and table always count code points
    /// [default: code-point]
    #[arg(long, value_enum, value_name = "UNIT")]
    offset_unit: Option<UnitName>,
    /// Leave out annotations that score less, from 0 to 1
    #[arg(long, value_name = "SCORE", default_value_t = 0.0)]
    min_score: f32,
    /// What to do with readings that overlap
    #[arg(long, value_enum, value_name = "POLICY", default_value_t = OverlapName::Longest)]
    overlap: OverlapName,
    /// The taxa whose genes and cell lines are wanted, parted by commas, such as 9606,10090 [default: all]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = taxon)]
    taxa: Vec<Curie>,
    /// For a type the namespaces to answer in, the most wanted first, such as disease=MONDO,MESH; may be repeated
    #[arg(long, value_name = "TYPE=LIST", value_parser = namespaces)]
    namespaces: Vec<NamespacePreference>,
    /// How many threads annotate [default: one for each core]
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<usize>,
    /// Where to write; the file appears when it is whole [default: standard output]
    #[arg(long, value_name = "PATH")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum UnitName {
    /// Bytes of UTF-8, as Rust and Go count
    Utf8Byte,
    /// Code units of UTF-16, as Java, JavaScript and C# count
    Utf16CodeUnit,
    /// Unicode code points, as Python, PubTator and BioC count
    CodePoint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OverlapName {
    /// No two annotations overlap; the longer wins
    Longest,
    /// No two annotations of one type overlap
    LongestPerType,
    /// Every reading, nested ones as well
    All,
}

/// A parser of a fixed list of names, which `--help` then shows.
fn names<T, const N: usize>(names: [&'static str; N]) -> impl TypedValueParser<Value = T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| name.parse::<T>())
}

/// The type of that name, in the singular or the plural.
pub(super) fn entity_type(name: &str) -> Result<EntityType, String> {
    let plural = name.trim().trim_end_matches('s');
    EntityType::from_name(name).or_else(|| EntityType::from_name(plural)).ok_or_else(|| {
        let known = EntityType::ALL.map(EntityType::name).join(", ");
        format!("no such type; write one of {known}")
    })
}

fn taxon(text: &str) -> Result<Curie, String> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("NCBITaxon:{text}").parse().map_err(|error| format!("{error}"));
    }
    match text.parse::<Curie>() {
        Ok(curie) if curie.prefix() == "NCBITaxon" => Ok(curie),
        Ok(_) | Err(_) => Err("not a taxon; write its number in the NCBI Taxonomy, such as 9606".to_owned()),
    }
}

fn namespaces(text: &str) -> Result<NamespacePreference, String> {
    let (name, prefixes) =
        text.split_once('=').ok_or("write TYPE=PREFIX,PREFIX such as disease=MONDO,MESH")?;
    let prefixes = prefixes.split(',').map(str::trim).filter(|prefix| !prefix.is_empty());
    let prefixes: Vec<String> = prefixes.map(|prefix| Curie::preferred_prefix(prefix).to_owned()).collect();
    Ok(NamespacePreference { entity_type: entity_type(name)?, prefixes })
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=THREADS_LIMIT) => Ok(count),
        _ => Err(format!("write a number from 1 to {THREADS_LIMIT}")),
    }
}

/// Why `annotate` failed.
#[derive(Debug, thiserror::Error)]
pub enum AnnotateError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Models(#[from] ModelsError),
    #[error("{}: {}", flag_of(.0.field()), .0)]
    Options(#[from] OptionsError),
    #[error("--offset-unit holds for jsonl and table; {0} always counts code points")]
    FixedUnit(OutputFormat),
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
    #[error("cannot write {name}: {source}")]
    Write { name: String, source: io::Error },
    #[error("{failed} could not be read; {done} answered")]
    Documents { failed: String, done: String },
}

impl AnnotateError {
    /// Whether the command was used wrongly.
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Options(_) | Self::FixedUnit(_))
    }
}

/// The flag that sets a field of the options.
fn flag_of(field: &str) -> String {
    let name: String = field.chars().take_while(|c| !matches!(c, '[' | '.')).collect();
    format!("--{}", name.replace('_', "-"))
}

fn options(arguments: &AnnotateArguments) -> AnnotateOptions {
    AnnotateOptions {
        types: arguments.types.clone(),
        namespaces: arguments.namespaces.clone(),
        taxa: arguments.taxa.clone(),
        min_score: arguments.min_score,
        overlap: match arguments.overlap {
            OverlapName::Longest => OverlapPolicy::Longest,
            OverlapName::LongestPerType => OverlapPolicy::LongestPerType,
            OverlapName::All => OverlapPolicy::All,
        },
        offset_unit: match arguments.offset_unit {
            Some(UnitName::Utf8Byte) => OffsetUnit::Utf8Byte,
            Some(UnitName::Utf16CodeUnit) => OffsetUnit::Utf16CodeUnit,
            Some(UnitName::CodePoint) | None => OffsetUnit::CodePoint,
        },
        ..AnnotateOptions::default()
    }
}

/// Annotates every document of the input, in its order. Documents that fail are named on standard error and counted; the
/// others are answered all the same.
pub fn run(arguments: &AnnotateArguments) -> Result<(), AnnotateError> {
    let options = options(arguments);
    let format = arguments.output_format;
    if !format.has_offset_unit() && options.offset_unit != OffsetUnit::CodePoint {
        return Err(AnnotateError::FixedUnit(format));
    }
    let annotator = super::annotator(open_catalog(arguments.catalog.as_ref())?, arguments.models.as_deref())?;
    let prepared = annotator.prepare(&options)?;
    let renderer = Renderer::new(format, options.offset_unit, annotator.catalog().version());
    let threads = arguments.threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let input = source::Input::new(&arguments.paths, arguments.input_format);
    let progress = sink::Progress::new(&input, arguments.output.is_some());
    let work = Arc::new(pipeline::Work { annotator, options: prepared, renderer });
    let answers = pipeline::start(input, &work, threads).map_err(AnnotateError::Thread)?;
    sink::write(&answers, &work.renderer, arguments.output.as_deref(), progress)
}
