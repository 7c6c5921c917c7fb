//! Annotations out: which formats there are, and a writer that takes documents one at a time.
//!
//! A [`Renderer`] makes the text of one document and may be shared by threads; an [`OutputWriter`] puts such texts into
//! one stream, in the order they are given.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::model::{AnnotatedDocument, EntityType, OffsetUnit};

use super::input::{InputDocument, UnknownFormat};
use super::{bioc_json, bioc_xml, brat, html, jsonl, pubtator, table};

/// A format that annotated documents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputFormat {
    /// A JSON object a line, with the field names of the wire.
    Jsonl,
    /// PubTator: title, abstract, a line a mention.
    Pubtator,
    /// A BioC collection in JSON.
    BiocJson,
    /// A BioC collection in XML.
    BiocXml,
    /// Brat's standoff lines, each document headed by its id and its text.
    Brat,
    /// One page for people.
    Html,
    /// Columns for terminals.
    Table,
}

impl OutputFormat {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::Jsonl, Self::Pubtator, Self::BiocJson, Self::BiocXml, Self::Brat, Self::Html, Self::Table];

    /// The name that the command line gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Pubtator => "pubtator",
            Self::BiocJson => "bioc-json",
            Self::BiocXml => "bioc-xml",
            Self::Brat => "brat",
            Self::Html => "html",
            Self::Table => "table",
        }
    }

    /// Whether offsets are in the unit asked for; the other formats lay their unit down.
    pub const fn has_offset_unit(self) -> bool {
        matches!(self, Self::Jsonl | Self::Table)
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for OutputFormat {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownFormat {
            name: name.chars().take(40).collect(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}

/// How many mentions there are of each type, in the order of [`EntityType::ALL`].
pub type TypeCounts = [usize; EntityType::ALL.len()];

/// The text of one document in an output format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    text: String,
    counts: TypeCounts,
}

/// Makes the texts of annotated documents.
#[derive(Debug, Clone)]
pub struct Renderer {
    format: OutputFormat,
    unit: OffsetUnit,
    catalog_version: String,
}

impl Renderer {
    /// `unit` is that of formats that leave it open ([`OutputFormat::has_offset_unit`]); the others count code points.
    pub fn new(format: OutputFormat, unit: OffsetUnit, catalog_version: impl Into<String>) -> Self {
        Self { format, unit, catalog_version: catalog_version.into() }
    }

    /// The text of a document. `annotated` is the answer to `input.document`, its spans in bytes.
    pub fn render(&self, input: &InputDocument, annotated: &AnnotatedDocument) -> Rendered {
        let text = match self.format {
            OutputFormat::Jsonl => {
                jsonl::document(&input.document, annotated, self.unit, &self.catalog_version)
            }
            OutputFormat::Pubtator => pubtator::document(&input.document, annotated),
            OutputFormat::BiocJson => bioc_json::document(input, annotated),
            OutputFormat::BiocXml => bioc_xml::document(input, annotated),
            OutputFormat::Brat => brat::document(&input.document, annotated),
            OutputFormat::Html => html::document(&input.document, annotated),
            OutputFormat::Table => table::document(&input.document, annotated, self.unit),
        };
        Rendered { text, counts: count_types(annotated) }
    }

    fn head(&self) -> String {
        match self.format {
            OutputFormat::BiocJson => bioc_json::head(&self.catalog_version),
            OutputFormat::BiocXml => bioc_xml::head(&self.catalog_version),
            OutputFormat::Html => html::head(&self.catalog_version),
            _ => String::new(),
        }
    }

    fn tail(&self, documents: usize, counts: &TypeCounts) -> String {
        match self.format {
            OutputFormat::BiocJson => bioc_json::TAIL.to_owned(),
            OutputFormat::BiocXml => bioc_xml::TAIL.to_owned(),
            OutputFormat::Html => html::tail(documents, counts),
            _ => String::new(),
        }
    }

    /// What stands between two documents.
    const fn separator(&self) -> &'static str {
        match self.format {
            OutputFormat::BiocJson => ",\n",
            OutputFormat::Brat | OutputFormat::Pubtator | OutputFormat::Table => "\n",
            _ => "",
        }
    }
}

/// The mentions of each type.
pub(super) fn count_types(annotated: &AnnotatedDocument) -> TypeCounts {
    let mut counts = TypeCounts::default();
    for annotation in &annotated.annotations {
        // The variants' values are their places in ALL.
        counts[annotation.entity_type as usize] += 1;
    }
    counts
}

/// A stream of documents in one format.
#[derive(Debug)]
pub struct OutputWriter<'r, W: Write> {
    output: W,
    renderer: &'r Renderer,
    documents: usize,
    counts: TypeCounts,
}

impl<'r, W: Write> OutputWriter<'r, W> {
    /// Writes what stands before the first document.
    ///
    /// # Errors
    /// When the output fails.
    pub fn begin(mut output: W, renderer: &'r Renderer) -> io::Result<Self> {
        output.write_all(renderer.head().as_bytes())?;
        Ok(Self { output, renderer, documents: 0, counts: TypeCounts::default() })
    }

    /// Writes a document that the renderer has made.
    ///
    /// # Errors
    /// When the output fails.
    pub fn write(&mut self, rendered: &Rendered) -> io::Result<()> {
        if self.documents > 0 {
            self.output.write_all(self.renderer.separator().as_bytes())?;
        }
        self.documents += 1;
        for (sum, count) in self.counts.iter_mut().zip(rendered.counts) {
            *sum += count;
        }
        self.output.write_all(rendered.text.as_bytes())
    }

    /// Renders and writes a document.
    ///
    /// # Errors
    /// When the output fails.
    pub fn document(&mut self, input: &InputDocument, annotated: &AnnotatedDocument) -> io::Result<()> {
        let rendered = self.renderer.render(input, annotated);
        self.write(&rendered)
    }

    /// Hands what has been written on to its reader.
    ///
    /// # Errors
    /// When the output fails.
    pub fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }

    /// Writes what stands behind the last document, and gives the output back.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(mut self) -> io::Result<W> {
        let tail = self.renderer.tail(self.documents, &self.counts);
        self.output.write_all(tail.as_bytes())?;
        self.output.flush()?;
        Ok(self.output)
    }
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
