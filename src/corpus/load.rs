//! Filling a corpus: from the embedded starter papers, from files and folders.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{Corpus, PAPERS_LIMIT};
use crate::formats::paper_page::{self, PaperPageError};
use crate::model::Paper;

/// The starter corpus as `(file name, text)`, written by build.rs.
const STARTER_PAPERS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/starter_papers.rs"));

/// Why there is no corpus.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A file or folder cannot be read.
    #[error("cannot read papers from {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// None of the files given holds a paper.
    #[error("no papers in {}: put paper pages (*.md) there, or leave --papers out for the starter corpus", path.display())]
    Nothing {
        /// The file or folder.
        path: PathBuf,
    },
    /// More papers than a corpus may hold.
    #[error("more than {limit} papers; load fewer")]
    TooMany {
        /// The bound.
        limit: usize,
    },
    /// An embedded page is bad, which is a defect of this program.
    #[error("the embedded paper {name} is bad: {source}")]
    Starter {
        /// The page's file name.
        name: &'static str,
        /// What is wrong.
        source: PaperPageError,
    },
}

/// A paper that was left out, and why.
#[derive(Debug)]
pub struct SkippedPaper {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, with the line.
    pub problem: String,
}

impl Corpus {
    /// The starter corpus that the binary embeds.
    ///
    /// # Errors
    /// When an embedded page is bad.
    pub fn embedded() -> Result<Self, CorpusError> {
        let papers = STARTER_PAPERS
            .iter()
            .map(|(name, text)| {
                paper_page::read(text, name).map_err(|source| CorpusError::Starter { name, source })
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self::from_papers(papers))
    }

    /// The papers of files and folders: every `*.md` of a folder, in the order of their names. A page that is bad is left
    /// out and reported; the others are loaded.
    ///
    /// # Errors
    /// A path that cannot be read or holds no paper.
    pub fn open(paths: &[PathBuf]) -> Result<(Self, Vec<SkippedPaper>), CorpusError> {
        let mut papers = Vec::new();
        let mut skipped = Vec::new();
        for path in paths {
            let before = papers.len();
            for file in pages_of(path)? {
                match read_page(&file) {
                    Ok(paper) => papers.push(paper),
                    Err(problem) => skipped.push(SkippedPaper { path: file, problem }),
                }
                if papers.len() > PAPERS_LIMIT {
                    return Err(CorpusError::TooMany { limit: PAPERS_LIMIT });
                }
            }
            if papers.len() == before && skipped.is_empty() {
                return Err(CorpusError::Nothing { path: path.clone() });
            }
        }
        Ok((Self::from_papers(papers), skipped))
    }
}

fn pages_of(path: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let failed = |source| CorpusError::Read { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let readme = file.file_name().is_some_and(|name| name.eq_ignore_ascii_case("README.md"));
        if file.extension().is_some_and(|extension| extension == "md") && !readme {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn read_page(file: &Path) -> Result<Paper, String> {
    let bytes = fs::metadata(file).map_err(|error| error.to_string())?.len();
    if bytes > paper_page::PAGE_BYTES_LIMIT as u64 {
        return Err(format!("has {bytes} bytes; a page has at most {}", paper_page::PAGE_BYTES_LIMIT));
    }
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let paper = paper_page::read(&text, &name).map_err(|error| error.to_string())?;
    match paper.id() {
        Some(_) => Ok(paper),
        None => Err("names no PMC id, PMID or DOI".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_corpus_holds_real_papers() {
        let corpus = Corpus::embedded().unwrap();
        assert!(corpus.len() >= 20, "{} papers", corpus.len());
        assert_eq!(corpus.len(), STARTER_PAPERS.len(), "every page has an identifier of its own");
        for paper in corpus.papers() {
            let name = paper.id().unwrap();
            assert!(
                !paper.title.is_empty() && !paper.authors.is_empty() && !paper.venue.is_empty(),
                "{name}"
            );
            assert!(paper.publication_date.is_some(), "{name}");
            assert!(paper.sections.iter().any(|section| !section.text.is_empty()), "{name}");
            assert!(!paper.mentioned_entities.is_empty(), "{name}");
        }
        assert!(corpus.get(&"PMC12808468".parse().unwrap()).is_some());
    }

    #[test]
    fn a_bad_page_is_reported_and_loses_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("README.md"), "about").unwrap();
        fs::write(folder.path().join("a.md"), STARTER_PAPERS[0].1).unwrap();
        fs::write(folder.path().join("b.md"), [0xff, 0xfe]).unwrap();
        fs::write(folder.path().join("c.md"), "no title here\n").unwrap();
        let (corpus, skipped) = Corpus::open(&[folder.path().to_owned()]).unwrap();
        let names: Vec<_> = skipped.iter().filter_map(|bad| bad.path.file_name()).collect();
        assert_eq!((corpus.len(), names), (1, vec!["b.md".as_ref(), "c.md".as_ref()]));
    }

    #[test]
    fn nothing_to_read_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = Corpus::open(&[folder.path().to_owned()]).unwrap_err();
        assert!(matches!(nothing, CorpusError::Nothing { .. }));
        let missing = Corpus::open(&[folder.path().join("missing")]).unwrap_err();
        assert!(missing.to_string().contains("missing"));
    }
}
