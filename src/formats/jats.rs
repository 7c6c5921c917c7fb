//! Articles in the Journal Article Tag Suite: title, abstract, body, captions and tables.
//!
//! Every paragraph, caption paragraph and table is a passage, its heading or label beside it. Reference marks that are
//! raised (`IL-7¹²`) are left out, since they would grow into the word before them; other raised and lowered text
//! (`Ca2+`) is kept in line. White space runs are one space, as markup means them.

use crate::model::{PaperId, PaperIdentifiers, Passage};

use super::input::{Draft, FormatProblem, InputDocument, PASSAGES_LIMIT, RECORD_BYTES_LIMIT};
use super::source::Bytes;
use super::xml::{Node, Records, Xml, attribute, collapse};

/// The articles of a file.
pub(super) fn documents(file: String, bytes: Bytes) -> Records {
    Records::new(file, bytes, ("pmc-articleset", |name| name == "article"), read_article)
}

fn read_article(xml: &mut Xml) -> Result<InputDocument, (String, FormatProblem)> {
    let mut article = Article::default();
    let read = article.read(xml);
    let id = article.id(xml.file());
    read.and_then(|()| article.finish(id.clone())).map_err(|problem| (id, problem))
}

/// The most characters that are kept of a heading, which every passage under it repeats.
const HEADING_CHARS_LIMIT: usize = 300;

/// Elements without text that speaks of the paper's subject, or with text that stands elsewhere as well.
const PASSED_OVER: &[&str] = &[
    "journal-meta",
    "contrib-group",
    "aff",
    "aff-alternatives",
    "author-notes",
    "permissions",
    "history",
    "pub-date",
    "article-categories",
    "related-article",
    "related-object",
    "alt-title",
    "trans-title-group",
    "funding-group",
    "counts",
    "custom-meta-group",
    "self-uri",
    "object-id",
    "ref-list",
    "tex-math",
    "disp-formula",
    "graphic",
    "media",
    "supplementary-material",
    "sub-article",
    "response",
    "fn-group",
    "ack",
    "bio",
    "notes",
    "alt-text",
    "long-desc",
    "annotation",
    "annotation-xml",
    "volume-issue-group",
    "conference",
    "trans-abstract",
];

/// Elements whose text is a passage.
const BLOCKS: &[&str] =
    &["p", "title", "article-title", "subtitle", "table", "term", "kwd", "attrib", "verse-line"];

/// What an open element means for the text in it.
enum Frame {
    Plain,
    /// Restores what surrounded it.
    Context(Context),
    Block,
    /// A heading of the section around it.
    Heading,
    /// Raised text, a reference's mark, and where it begins in its block.
    Raised(usize),
    Mark(usize),
    Cell,
    Row,
}

/// What the passages here are called.
#[derive(Clone, Default)]
struct Context {
    kind: String,
    heading: String,
    /// In a figure or a table, whose titles are captions.
    captioned: bool,
    /// In a section, whose titles are headings.
    in_section: bool,
}

/// A block of text that is open: its place among the passages, and its text so far.
struct Block {
    place: usize,
    text: String,
    /// A raised mark has been left out since the last raised text began.
    marks: usize,
}

/// What marks the ends of cells and rows while a table is read; XML cannot hold these characters.
const CELL_END: char = '\u{1f}';
const ROW_END: char = '\u{1e}';

/// The place of a heading, which is no passage.
const NO_PLACE: usize = usize::MAX;

#[derive(Default)]
struct Article {
    identifiers: PaperIdentifiers,
    passages: Vec<Passage>,
    blocks: Vec<Block>,
    frames: Vec<Frame>,
    context: Context,
    bytes: usize,
}

impl Article {
    /// The best identifier, or the file's name.
    fn id(&self, file: &str) -> String {
        PaperId::best(&self.identifiers).map_or_else(|| file.to_owned(), |id| id.to_string())
    }

    fn finish(self, id: String) -> Result<InputDocument, FormatProblem> {
        let mut draft = Draft::named(id);
        for passage in self.passages.into_iter().filter(|passage| !passage.text.is_empty()) {
            draft.push(passage, None)?;
        }
        Ok(draft.finish())
    }

    /// Reads to the end of the article that has begun.
    fn read(&mut self, xml: &mut Xml) -> Result<(), FormatProblem> {
        let outside = xml.depth().saturating_sub(1);
        while xml.depth() > outside {
            match xml.next()? {
                Node::Open(element) => {
                    let name = element.local_name().as_ref().to_owned();
                    if PASSED_OVER.contains(&name.as_str()) {
                        xml.skip()?;
                    } else if name == "article-id" {
                        let kind = attribute(&element, "pub-id-type").unwrap_or_default();
                        self.identifier(&kind, &xml.element_text()?);
                    } else if name == "label" {
                        let label = heading(&xml.element_text()?);
                        if self.context.captioned && self.context.heading.is_empty() {
                            self.context.heading = label;
                        }
                    } else {
                        let attributes =
                            ["sec-type", "abstract-type", "ref-type"].map(|key| attribute(&element, key));
                        let frame = self.open(&name, attributes)?;
                        self.frames.push(frame);
                    }
                }
                Node::Close => {
                    if let Some(frame) = self.frames.pop() {
                        self.close(frame);
                    }
                }
                Node::Text(text) => self.text(&text)?,
                Node::End => break,
            }
        }
        Ok(())
    }

    fn identifier(&mut self, kind: &str, text: &str) {
        let text = text.trim();
        let (place, id) = match kind {
            "pmc" | "pmcid" => {
                (&mut self.identifiers.pmcid, format!("PMC{}", text.trim_start_matches("PMC")))
            }
            "pmid" => (&mut self.identifiers.pmid, text.to_owned()),
            "doi" => (&mut self.identifiers.doi, text.to_owned()),
            _ => return,
        };
        place.get_or_insert(id);
    }

    fn text(&mut self, text: &str) -> Result<(), FormatProblem> {
        if let Some(block) = self.blocks.last_mut() {
            self.bytes += text.len();
            if self.bytes > RECORD_BYTES_LIMIT {
                return Err(FormatProblem::DocumentTooLong);
            }
            block.text.push_str(text);
        }
        Ok(())
    }

    fn open(
        &mut self,
        name: &str,
        [sec_type, abstract_type, ref_type]: [Option<String>; 3],
    ) -> Result<Frame, FormatProblem> {
        let inside = self.blocks.last().map(|block| block.text.len());
        Ok(match (name, inside) {
            ("sup", Some(at)) => {
                self.blocks.iter_mut().for_each(|block| block.marks = 0);
                Frame::Raised(at)
            }
            ("xref", Some(at)) if matches!(ref_type.as_deref(), Some("bibr" | "fn" | "table-fn")) => {
                Frame::Mark(at)
            }
            ("td" | "th", Some(_)) => Frame::Cell,
            ("tr", Some(_)) => Frame::Row,
            ("break", Some(_)) => {
                self.text(" ")?;
                Frame::Plain
            }
            // A cell's paragraphs belong to the table.
            ("p" | "title" | "term", Some(_)) if self.in_table() => {
                self.text(" ")?;
                Frame::Plain
            }
            ("title", _) if self.context.in_section && !self.context.captioned => {
                self.blocks.push(Block { place: NO_PLACE, text: String::new(), marks: 0 });
                Frame::Heading
            }
            _ if BLOCKS.contains(&name) => {
                self.open_block(name)?;
                Frame::Block
            }
            _ => self.open_context(name, sec_type.as_deref(), abstract_type.as_deref()),
        })
    }

    fn in_table(&self) -> bool {
        self.frames.iter().rev().any(|frame| matches!(frame, Frame::Cell))
    }

    fn open_block(&mut self, name: &str) -> Result<(), FormatProblem> {
        let kind = match name {
            "article-title" => "title",
            "table" => "table",
            "kwd" => "keyword",
            _ => self.context.kind.as_str(),
        };
        let passage =
            Passage { kind: kind.to_owned(), title: self.context.heading.clone(), text: String::new() };
        if self.passages.len() >= PASSAGES_LIMIT {
            return Err(FormatProblem::TooManyPassages);
        }
        self.blocks.push(Block { place: self.passages.len(), text: String::new(), marks: 0 });
        self.passages.push(passage);
        Ok(())
    }

    fn open_context(&mut self, name: &str, sec_type: Option<&str>, abstract_type: Option<&str>) -> Frame {
        let before = self.context.clone();
        let context = &mut self.context;
        match name {
            "abstract" => {
                let pictures = matches!(abstract_type, Some("graphical" | "toc"));
                let kind = if pictures { "abstract-note" } else { "abstract" };
                *context = Context { kind: kind.to_owned(), in_section: true, ..Context::default() };
            }
            "body" => *context = Context { kind: "body".to_owned(), ..Context::default() },
            "back" => *context = Context { kind: "back".to_owned(), ..Context::default() },
            "sec" => {
                context.in_section = true;
                if let Some(kind) = sec_type.and_then(section_kind)
                    && context.kind == "body"
                {
                    context.kind = kind.to_owned();
                }
            }
            "fig" | "boxed-text" | "table-wrap" => {
                let kind = match name {
                    "fig" => "figure-caption",
                    "table-wrap" => "table-caption",
                    _ => "box",
                };
                *context = Context { kind: kind.to_owned(), captioned: true, ..Context::default() };
            }
            "table-wrap-foot" => context.kind = "table-footnote".to_owned(),
            _ => return Frame::Plain,
        }
        Frame::Context(before)
    }

    fn close(&mut self, frame: Frame) {
        match frame {
            Frame::Plain => {}
            Frame::Context(before) => self.context = before,
            Frame::Block => self.close_block(),
            Frame::Heading => {
                let heading = self.blocks.pop().map_or_else(String::new, |block| heading(&block.text));
                if matches!(self.context.kind.as_str(), "body" | "") {
                    self.context.kind = section_kind(&heading).unwrap_or("body").to_owned();
                }
                self.context.heading = heading;
            }
            Frame::Raised(start) => {
                if let Some(block) = self.blocks.last_mut()
                    && block.marks > 0
                    && !block.text[start.min(block.text.len())..].contains(char::is_alphanumeric)
                {
                    block.text.truncate(start);
                }
            }
            Frame::Mark(start) => self.close_mark(start),
            Frame::Cell => self.append(CELL_END),
            Frame::Row => self.append(ROW_END),
        }
    }

    fn append(&mut self, c: char) {
        if let Some(block) = self.blocks.last_mut() {
            block.text.push(c);
        }
    }

    /// Takes a reference's mark out again when it is raised, or holds something raised.
    fn close_mark(&mut self, start: usize) {
        let raised = self.frames.iter().any(|frame| matches!(frame, Frame::Raised(_)));
        if let Some(block) = self.blocks.last_mut() {
            let only_digits = block.text.get(start..).is_some_and(|mark| {
                !mark.is_empty() && mark.chars().all(|c| c.is_ascii_digit() || "*†‡§, –-".contains(c))
            });
            let before = block.text[..start.min(block.text.len())].chars().next_back();
            let glued = before.is_some_and(|c| !c.is_whitespace() && !"([{–-,;".contains(c));
            if raised || (only_digits && glued) {
                block.text.truncate(start);
                block.marks += 1;
            }
        }
    }

    fn close_block(&mut self) {
        let Some(block) = self.blocks.pop() else { return };
        let Some(passage) = self.passages.get_mut(block.place) else { return };
        passage.text = if passage.kind == "table" { table_text(&block.text) } else { collapse(&block.text) };
    }
}

/// A table's rows as lines, its cells parted by tabs; empty rows are passed over.
fn table_text(text: &str) -> String {
    let rows = text.split(ROW_END).map(|row| {
        let cells: Vec<String> = row.split(CELL_END).map(collapse).collect();
        cells.join("\t").trim().to_owned()
    });
    rows.filter(|row| !row.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A heading in one line, cut where it is longer than headings are.
fn heading(text: &str) -> String {
    collapse(text).chars().take(HEADING_CHARS_LIMIT).collect()
}

/// The kind of a section, told from its type or its heading.
fn section_kind(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let known = [
        ("introduction", "introduction"),
        ("intro", "introduction"),
        ("background", "introduction"),
        ("method", "methods"),
        ("materials", "methods"),
        ("experimental", "methods"),
        ("result", "results"),
        ("discussion", "discussion"),
        ("conclusion", "conclusions"),
        ("case", "case"),
    ];
    known.iter().find(|(word, _)| text.contains(word)).map(|(_, kind)| *kind)
}
