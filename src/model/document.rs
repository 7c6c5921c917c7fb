//! Documents: what is annotated.

/// A run of text that is annotated by itself: spans count from its start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Passage {
    /// What it is in its document (`title`, `abstract`, `methods`, ...); may be empty.
    pub kind: String,
    /// A heading for readers; it is not annotated.
    pub title: String,
    /// The text, as it came.
    pub text: String,
}

/// A text to annotate, in one or more passages.
///
/// Abbreviations and species evidence hold for the whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// The caller's name for it; may be empty.
    pub id: String,
    /// Its passages in reading order.
    pub passages: Vec<Passage>,
}

impl Document {
    /// A document of one passage without a kind.
    pub fn from_text(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self { id: id.into(), passages: vec![Passage { text: text.into(), ..Passage::default() }] }
    }

    /// The bytes of text in all passages.
    pub fn text_bytes(&self) -> usize {
        self.passages.iter().map(|passage| passage.text.len()).sum()
    }
}
