//! Tokens of a text and their folded forms, with the way back to the text.
//!
//! A token is a run of letters or a run of digits; what stands between two tokens is the later one's [`Gap`]. Folding a
//! token takes case and diacritics off and makes spellings of one word meet: Greek letters become their names, roman
//! numerals arabic ones, plurals singular, British spelling American. `IL-7`, `IL 7` and `IL7` are the tokens `il` and
//! `7`; `TNF-α`, `TNFα` and `TNFalpha` are `tnf` and `alpha`; a possessive `'s` is no token (`Crohn's` is `crohn`).
//!
//! Names and texts are folded by this same code, and folding what is folded changes nothing.

use std::ops::Range;

use super::characters::{Class, classify, greek_name, plain_greek, push_plain};
use super::cuts::{find_cuts, last_piece};
use super::gaps::{Gap, SHORT_GAP_BYTES, gap_between};
use super::known_forms::{KEPT_BYTES, Kept, NO_NUMBER, WordMemory};
use super::listed::count_before;
use super::pauses::work_done;
use super::runs::{OtherRun, RUNS_LIMIT, Run, class_at, find_runs};
use super::spare::SpareText;
use super::word_hash::word_hash;
use super::words::fold_word;

/// The most bytes of a text that are folded; what stands after them has no tokens. It keeps offsets within 32 bits.
pub const TEXT_BYTES_LIMIT: usize = 1 << 28;

/// A run of at most this many Greek letters is read as one token a letter; a longer one is a Greek word.
const GREEK_LETTERS_LIMIT: usize = 4;

/// The bytes of the source in which the first token is known, so that those of a place are found near it.
const BLOCK_BYTES: usize = 16;
/// So many tokens are asked at a time whether they stand before a place, and within one.
const TOKENS_TOGETHER: usize = 4;

/// What a token's characters are in the source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters; their folded form may be a number where they are a roman numeral.
    #[default]
    Letters,
    /// Digits.
    Digits,
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The first byte in the source.
    pub start: u32,
    /// The first byte after it in the source; combining marks on its last letter are inside.
    pub end: u32,
    /// The first byte of its form in [`FoldedText::text`].
    pub folded_start: u32,
    /// The first byte after its form in [`FoldedText::text`].
    pub folded_end: u32,
    /// Letters or digits in the source.
    pub kind: TokenKind,
    /// What stands before it.
    pub gap: Gap,
    /// The number of the word, where it is known of the [owner](FoldedText::owner); [`NO_NUMBER`] for others.
    pub(crate) number: u32,
    /// The hash of the source that it covers, where that is ASCII and alone decides the form; 0 for others. The same source
    /// has the same hash.
    pub source_hash: u64,
}

/// The tokens of one text. Made once and refilled for each text, so that folding allocates nothing in the long run.
#[derive(Debug, Clone, Default)]
pub struct FoldedText {
    tokens: Vec<Token>,
    /// For each block of [`BLOCK_BYTES`] of the source the first token that ends in it or behind it.
    first_of_block: Vec<u32>,
    /// The folded forms, joined by one space.
    folded: String,
    /// The same while they are made, and behind them bytes that mean nothing yet.
    forms: Vec<u8>,
    /// How many bytes of these are made; a space is the last.
    forms_end: usize,
    /// The form of one token while it is made.
    form: String,
    /// The plain letters of a run that is not all ASCII, and the source offset of each of their bytes.
    plain: String,
    origins: Vec<u32>,
    /// The borders of the pieces of a run of letters.
    cuts: Vec<usize>,
    /// Some runs of the text.
    runs: Option<Box<[Run; RUNS_LIMIT]>>,
    /// Whose the numbers of words are.
    owner: u64,
}

/// What stands before a run: the one before it, with what belongs to it (a possessive).
#[derive(Debug, Clone, Copy)]
struct Before {
    /// Where it ends.
    end: usize,
    /// See [`Run::gap`].
    gap: Option<Gap>,
}

impl Before {
    #[inline]
    const fn next_to(run: &Run) -> Self {
        Self { end: run.end as usize, gap: run.gap }
    }
}

impl FoldedText {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads `text` in place of what was read before: the first [`TEXT_BYTES_LIMIT`] bytes, cut at a character.
    pub fn fold(&mut self, text: &str) {
        self.fold_within(text, TEXT_BYTES_LIMIT);
    }

    fn fold_within(&mut self, text: &str, bytes_limit: usize) {
        WordMemory::with(|memory| self.fold_with(text, bytes_limit, memory));
    }

    /// About how many bytes it has taken from the heap.
    pub(crate) const fn room_bytes(&self) -> usize {
        let tokens = self.tokens.capacity() * size_of::<Token>();
        self.folded.capacity() + tokens + self.first_of_block.capacity() * size_of::<u32>()
    }

    /// Who has given the numbers of words ([`keep_numbers`](super::keep_numbers)); 0 for nobody.
    pub(crate) const fn owner(&self) -> u64 {
        self.owner
    }

    /// The tokens, in the order of the text.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The folded forms of all tokens, joined by one space: the key of the whole text.
    pub fn text(&self) -> &str {
        &self.folded
    }

    /// The folded form of a token. Empty for an index that is out of range.
    #[inline]
    pub fn folded(&self, index: usize) -> &str {
        let token = self.tokens.get(index);
        let form = token.and_then(|own| self.folded.get(own.folded_start as usize..own.folded_end as usize));
        form.unwrap_or_default()
    }

    /// The folded forms of the tokens from `first` up to `end`, joined by one space. Empty for an empty or bad range.
    pub fn key(&self, first: usize, end: usize) -> &str {
        match self.tokens.get(first..end) {
            Some([first, .., last]) => &self.folded[first.folded_start as usize..last.folded_end as usize],
            Some([only]) => &self.folded[only.folded_start as usize..only.folded_end as usize],
            _ => "",
        }
    }

    /// The folded form of a token in bytes; its length and letters are told without a look at the borders of characters.
    /// Empty for an index that is out of range.
    #[inline]
    pub fn folded_bytes(&self, index: usize) -> &[u8] {
        let token = self.tokens.get(index);
        let bytes = self.folded.as_bytes();
        let form = token.and_then(|own| bytes.get(own.folded_start as usize..own.folded_end as usize));
        form.unwrap_or_default()
    }

    /// The tokens that have any byte of the source from `start` up to `end`; where there is none, an empty range at the next.
    pub fn tokens_within(&self, start: usize, end: usize) -> Range<usize> {
        self.tokens_within_from(0, start, end)
    }

    /// The same where the tokens before the one at `near` are known to end before `start`, or at it.
    #[inline]
    pub fn tokens_within_from(&self, near: usize, start: usize, end: usize) -> Range<usize> {
        let count = self.tokens.len();
        let from =
            self.first_of_block.get(start / BLOCK_BYTES).map_or(count, |first| *first as usize).max(near);
        let is_before = |token: &Token| (token.end as usize) <= start;
        let first = from + count_before::<_, TOKENS_TOGETHER>(&self.tokens[from..], is_before);
        let is_inside = |token: &Token| (token.start as usize) < end;
        first..first + count_before::<_, TOKENS_TOGETHER>(&self.tokens[first..], is_inside)
    }

    /// Whether no letter or digit touches the token on its left.
    pub fn begins_word(&self, index: usize) -> bool {
        self.tokens.get(index).is_none_or(|token| token.gap != Gap::None)
    }

    /// Whether no letter or digit touches the token on its right.
    pub fn ends_word(&self, index: usize) -> bool {
        self.begins_word(index + 1)
    }

    fn fold_with(&mut self, text: &str, bytes_limit: usize, memory: &mut WordMemory) {
        let text = &text[..super::floor_boundary(text, bytes_limit)];
        self.begin(text);
        self.owner = memory.owner();
        let mut runs = self.runs.take().unwrap_or_else(|| Box::new([Run::default(); RUNS_LIMIT]));
        let mut position = 0;
        let mut before = Before { end: 0, gap: Some(Gap::Break) };
        while position < text.len() {
            let found = find_runs(text, position, &mut runs, memory);
            position = found.next;
            work_done(found.count + usize::from(found.other.is_some()));
            self.add_runs(text, runs.get(..found.count).unwrap_or_default(), &mut before, memory);
            if let Some(other) = found.other {
                self.add_other(text, &other, before.end, memory);
                before = Before { end: other.end, gap: None };
            }
        }
        self.runs = Some(runs);
        self.finish();
    }

    /// Makes room for the tokens of a text.
    fn begin(&mut self, text: &str) {
        self.tokens.clear();
        self.tokens.reserve(text.len() / 6);
        self.first_of_block.clear();
        self.first_of_block.resize(text.len() / BLOCK_BYTES + 2, 0);
        // what was there before is overwritten, or cut off
        self.forms = std::mem::take(&mut self.folded).into_bytes();
        self.forms_end = 0;
    }

    fn finish(&mut self) {
        if let Some(first) = self.tokens.first_mut() {
            first.gap = Gap::Break;
        }
        // a block in which no token ends has the first of those behind it
        self.first_of_block.iter_mut().fold(0, |before, first| {
            *first = before.max(*first);
            *first
        });
        // behind the last form as well there is a space
        self.forms.truncate(self.forms_end.saturating_sub(1));
        self.folded = String::from_utf8(std::mem::take(&mut self.forms)).unwrap_or_default();
    }

    /// Adds the tokens of runs in ASCII.
    fn add_runs(&mut self, text: &str, runs: &[Run], before: &mut Before, memory: &mut WordMemory) {
        self.make_room(runs.len());
        let mut rest = runs;
        while !rest.is_empty() {
            rest = self.add_known(rest, before, memory);
            if let Some((run, others)) = rest.split_first() {
                let gap = gap_between(text, before.end, run.start as usize);
                let is_one = run.end - run.start == 1;
                if !(is_one && self.is_possessive(text, run, run.end as usize, gap)) {
                    self.add_run(text, run, gap, memory);
                }
                *before = Before::next_to(run);
                rest = others;
            }
        }
    }

    /// Makes room for so many forms that are kept.
    fn make_room(&mut self, forms: usize) {
        let room = self.forms_end + KEPT_BYTES * forms;
        self.forms.resize(room.max(self.forms.len()), 0);
    }

    /// Adds the tokens of the first runs that were met before, and before which what is common stands; gives the others.
    #[inline(never)]
    fn add_known<'r>(&mut self, runs: &'r [Run], before: &mut Before, memory: &WordMemory) -> &'r [Run] {
        let mut rest = runs;
        let mut last = *before;
        while let Some((run, others)) = rest.split_first() {
            let near = (run.start as usize).wrapping_sub(last.end) <= SHORT_GAP_BYTES;
            let Some(gap) = last.gap.filter(|_| near) else { break };
            let Some(known) = memory.get(run.key) else { break };
            let may_be_possessive = gap == Gap::Joiner && run.end - run.start == 1;
            if may_be_possessive || !self.push_known(run, gap, known) {
                break;
            }
            last = Before::next_to(run);
            rest = others;
        }
        *before = last;
        rest
    }

    /// Adds the token of a run that was met before, if there is room for its form.
    #[inline]
    fn push_known(&mut self, run: &Run, gap: Gap, known: &Kept) -> bool {
        let at = self.forms_end;
        let Some(room) = self.forms.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) else {
            return false;
        };
        known.copy_to(room);
        self.forms_end = at + known.length();
        let source = (run.start as usize, run.end as usize);
        self.push(source, at, run.kind, gap, (run.key, known.number()));
        true
    }

    /// Adds the tokens of a run in ASCII. There is room for a form that is kept.
    fn add_run(&mut self, text: &str, run: &Run, gap: Gap, memory: &mut WordMemory) {
        if !memory.get(run.key).is_some_and(|known| self.push_known(run, gap, known)) {
            self.add_new(text, run, gap, memory);
        }
    }

    /// Adds the tokens of a run in ASCII that is not kept.
    #[cold]
    fn add_new(&mut self, text: &str, run: &Run, gap: Gap, memory: &mut WordMemory) {
        let (start, end) = (run.start as usize, run.end as usize);
        let word = &text[start..end];
        if run.kind == TokenKind::Digits {
            self.form.push_str(word);
            self.push_form((start, end), TokenKind::Digits, gap, run.key);
        } else if last_piece(word.as_bytes()).is_none() {
            self.word(word, (start, end), gap, run.key);
        } else {
            return self.pieces(word, start, gap);
        }
        let form =
            self.tokens.last().and_then(|token| self.forms.get(token.folded_start as usize..self.forms_end));
        memory.insert(run.key, form.unwrap_or_default());
    }

    /// Adds the tokens of a run of any characters, behind one that ends at the byte `before`.
    fn add_other(&mut self, text: &str, run: &OtherRun, before: usize, memory: &mut WordMemory) {
        let gap = gap_between(text, before, run.start);
        let is_digits = run.class == Class::Digit;
        let kind = if is_digits { TokenKind::Digits } else { TokenKind::Letters };
        let own = Run { key: run.key, start: to_u32(run.start), end: to_u32(run.end), kind, gap: None };
        if run.characters == 1 && self.is_possessive(text, &own, run.next, gap) {
            return;
        }
        if run.ascii {
            self.make_room(1);
            self.add_run(text, &own, gap, memory);
        } else if is_digits {
            self.digits(text, run, gap);
        } else if run.class == Class::Greek && run.characters <= GREEK_LETTERS_LIMIT {
            self.greek(text, run, gap);
        } else {
            self.letters(text, run, gap);
        }
    }

    /// Whether a run of one character is the `s` of `Crohn's`. It ends at the byte `end`, with what belongs to it.
    fn is_possessive(&self, text: &str, run: &Run, end: usize, gap: Gap) -> bool {
        let start = run.start as usize;
        let Some(last) = self.tokens.last() else { return false };
        let apostrophe = &text[last.end as usize..start];
        gap == Gap::Joiner
            && text[start..].starts_with('s')
            && matches!(apostrophe, "'" | "’")
            && last.kind == TokenKind::Letters
            && !matches!(class_at(text, end), Some((Class::Letter | Class::Greek | Class::Digit, _)))
    }

    fn digits(&mut self, text: &str, run: &OtherRun, gap: Gap) {
        for character in text[run.start..run.end].chars().filter(|c| classify(*c) == Class::Digit) {
            push_plain(character, &mut self.form);
        }
        self.push_form((run.start, run.end), TokenKind::Digits, gap, 0);
    }

    fn greek(&mut self, text: &str, run: &OtherRun, gap: Gap) {
        let (mut gap, start) = (gap, run.start);
        let mut letters =
            text[start..run.end].char_indices().filter(|(_, c)| classify(*c) == Class::Greek).peekable();
        while let Some((offset, letter)) = letters.next() {
            let end = letters.peek().map_or(run.end, |(next, _)| start + next);
            self.form.push_str(greek_name(plain_greek(letter)).unwrap_or_default());
            self.push_form((start + offset, end), TokenKind::Letters, gap, 0);
            gap = Gap::None;
        }
    }

    /// Adds the pieces of a word in ASCII that begins at the byte `start`.
    fn pieces(&mut self, word: &str, start: usize, gap: Gap) {
        let mut cuts = std::mem::take(&mut self.cuts);
        find_cuts(word, &mut cuts);
        for (index, pair) in cuts.windows(2).enumerate() {
            let gap = if index == 0 { gap } else { Gap::None };
            let piece = &word[pair[0]..pair[1]];
            self.word(piece, (start + pair[0], start + pair[1]), gap, word_hash(piece.as_bytes()));
        }
        self.cuts = cuts;
    }

    /// Adds the pieces of letters that are not all ASCII.
    fn letters(&mut self, text: &str, run: &OtherRun, gap: Gap) {
        let start = run.start;
        let mut cuts = std::mem::take(&mut self.cuts);
        let mut plain = std::mem::take(&mut self.plain);
        let mut origins = std::mem::take(&mut self.origins);
        plain.clear();
        origins.clear();
        for (offset, character) in text[start..run.end].char_indices() {
            if matches!(classify(character), Class::Letter | Class::Greek) {
                push_plain(character, &mut plain);
                origins.resize(plain.len(), to_u32(start + offset));
            }
        }
        // A ligature that is cut ("ﬂ" before "ambda") belongs to the piece before.
        let origin = |cut: usize| {
            let before = cut.checked_sub(1).and_then(|index| origins.get(index));
            let later = origins[cut..].iter().find(|origin| before.is_none_or(|before| *origin > before));
            later.map_or(run.end, |origin| *origin as usize)
        };
        find_cuts(&plain, &mut cuts);
        for (index, pair) in cuts.windows(2).enumerate() {
            let gap = if index == 0 { gap } else { Gap::None };
            let (piece, source) = (&plain[pair[0]..pair[1]], (origin(pair[0]), origin(pair[1])));
            let own = text.get(source.0..source.1) == Some(piece);
            self.word(piece, source, gap, if own { word_hash(piece.as_bytes()) } else { 0 });
        }
        (self.cuts, self.plain, self.origins) = (cuts, plain, origins);
    }

    /// Adds one piece of a run of letters.
    fn word(&mut self, word: &str, source: (usize, usize), gap: Gap, hash: u64) {
        self.form.push_str(word);
        self.form.make_ascii_lowercase();
        let changed = fold_word(&mut self.form, 0, word);
        // A word that would be cut when folded again ("xbaeta") stays as it is.
        if changed && last_piece(self.form.as_bytes()).is_some() {
            self.form.clear();
            self.form.push_str(word);
            self.form.make_ascii_lowercase();
        }
        self.push_form(source, TokenKind::Letters, gap, hash);
    }

    /// Adds a token with the form that was made, and a space behind it.
    fn push_form(&mut self, source: (usize, usize), kind: TokenKind, gap: Gap, source_hash: u64) {
        self.form.push(' ');
        let at = self.forms_end;
        self.forms_end += self.form.len();
        // the room for others stays as large
        self.forms.resize(self.forms.len() + self.form.len(), 0);
        if let Some(room) = self.forms.get_mut(at..self.forms_end) {
            room.copy_from_slice(self.form.as_bytes());
        }
        self.form.clear();
        self.push(source, at, kind, gap, (source_hash, NO_NUMBER));
    }

    /// Adds a token whose form begins at `folded_start`; it and a space behind it have been made.
    #[inline]
    fn push(
        &mut self,
        source: (usize, usize),
        folded_start: usize,
        kind: TokenKind,
        gap: Gap,
        (source_hash, number): (u64, u32),
    ) {
        self.tokens.push(Token {
            start: to_u32(source.0),
            end: to_u32(source.1),
            folded_start: to_u32(folded_start),
            folded_end: to_u32(self.forms_end - 1),
            kind,
            gap,
            number,
            source_hash,
        });
        // the first behind the block, as far as is known
        if let Some(next) = self.first_of_block.get_mut(source.1 / BLOCK_BYTES + 1) {
            *next = to_u32(self.tokens.len());
        }
    }
}

/// The key of a text in a string of its own: its folded tokens joined by one space.
pub fn fold_to_string(text: &str) -> String {
    let mut folded = SpareText::take();
    folded.fold(text);
    folded.text().to_owned()
}

/// Offsets fit 32 bits, as [`TEXT_BYTES_LIMIT`] times the longest form of a character's bytes does.
#[inline]
pub(crate) const fn to_u32(offset: usize) -> u32 {
    debug_assert!(offset <= u32::MAX as usize);
    offset as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(text: &str) -> Vec<(String, &str, Gap)> {
        let mut folded = FoldedText::new();
        folded.fold(text);
        let all = folded.tokens().iter().enumerate();
        all.map(|(index, token)| {
            let source = &text[token.start as usize..token.end as usize];
            (folded.folded(index).to_owned(), source, token.gap)
        })
        .collect()
    }

    #[test]
    fn spellings_of_one_name_meet() {
        for (names, key) in [
            (&["IL-7", "IL 7", "IL7", "il7", "IL‑7", "IL–7"][..], "il 7"),
            (&["TNF-α", "TNFα", "TNF-alpha", "TNFalpha", "TNF alpha", "TNF-Alphas"], "tnf alpha"),
            (&["NF-κB", "NF-kappaB", "NF kappa B", "NFκB"], "nf kappa b"),
            (&["Crohn's disease", "Crohn’s disease", "Crohn disease", "Crohns diseases"], "crohn disease"),
            (&["Sjögren syndrome", "Sjo\u{308}gren syndrome", "SJOGREN SYNDROME"], "sjogren syndrome"),
            (&["type II", "type 2", "Type-Ⅱ"], "type 2"),
            (&["CD8⁺ T", "CD₈ T"], "cd 8 t"),
            (&["can\u{ad}cer", "can\u{200b}cers", "Cancer"], "cancer"),
            (&["ﬁbroblast", "fibroblasts"], "fibroblast"),
            (&["poly(ADP-ribose)", "poly ADP ribose"], "poly adp ribose"),
            (&["αβ", "alpha beta", "alphabeta"], "alpha beta"),
            (&["µ-opioid", "μ opioid", "mu-opioid"], "mu opioid"),
        ] {
            for name in names {
                assert_eq!(fold_to_string(name), key, "{name}");
            }
        }
    }

    #[test]
    fn tokens_know_their_source_and_gap() {
        let text = "Crohn's E. coli (IL-7), TNFα\n\nNF-κBs; x – y A,  b";
        assert_eq!(
            tokens(text),
            [
                ("crohn", "Crohn", Gap::Break),
                ("e", "E", Gap::Space),
                ("coli", "coli", Gap::Stop),
                ("il", "IL", Gap::Other),
                ("7", "7", Gap::Joiner),
                ("tnf", "TNF", Gap::Other),
                ("alpha", "α", Gap::None),
                ("nf", "NF", Gap::Break),
                ("kappa", "κ", Gap::Joiner),
                ("bs", "Bs", Gap::None),
                ("x", "x", Gap::Other),
                ("y", "y", Gap::Other),
                ("a", "A", Gap::Space),
                ("b", "b", Gap::Comma),
            ]
            .map(|(folded, source, gap)| (folded.to_owned(), source, gap))
        );
        assert_eq!(tokens("a(b")[1].2, Gap::Tight);
        for (between, gap) in [
            ("\n", Gap::Space),
            ("\r\n", Gap::Space),
            ("\r", Gap::Space),
            ("  \n  ", Gap::Space),
            ("\n\n", Gap::Break),
            ("\r\n\r\n", Gap::Break),
            ("\n \n", Gap::Break),
            ("\n\r", Gap::Break),
            (".\n", Gap::Break),
            (",\n", Gap::Break),
            ("-\n", Gap::Break),
            ("\u{2029}", Gap::Break),
            ("\u{c}", Gap::Break),
        ] {
            assert_eq!(tokens(&format!("a{between}b"))[1].2, gap, "{between:?}");
        }
    }

    #[test]
    fn a_cut_ligature_belongs_to_the_piece_before() {
        let expected = [("f".to_owned(), "ﬂ", Gap::Break), ("lambda".to_owned(), "ambda", Gap::None)];
        assert_eq!(tokens("ﬂambda"), expected);
    }

    #[test]
    fn one_source_has_one_hash_where_it_decides_the_form() {
        let hashes = |text: &str| -> Vec<u64> {
            let mut folded = FoldedText::new();
            // the second time the forms are remembered
            folded.fold(text);
            folded.fold(text);
            folded.tokens().iter().map(|token| token.source_hash).collect()
        };
        for (text, pieces) in
            [("TNFalpha", ["TNF", "alpha"]), ("IL7", ["IL", "7"]), ("ﬁbalpha", ["ﬁb", "alpha"])]
        {
            let alone = pieces.map(|piece| hashes(piece)[0]);
            assert_eq!(hashes(text), alone, "{text}");
            assert_ne!(alone[1], 0);
        }
        // what is written is not what is folded
        assert_eq!(hashes("ﬂambda"), [0, 0]);
        assert_eq!(hashes("α"), [0]);
    }

    #[test]
    fn long_greek_runs_are_words() {
        assert_eq!(fold_to_string("αβγδ"), "alpha beta gamma delta");
        assert_eq!(fold_to_string("Ἑλληνικά"), "ελληνικα");
    }

    #[test]
    fn words_begin_and_end_where_nothing_touches_them() {
        let mut folded = FoldedText::new();
        folded.fold("aIL7b c");
        let borders: Vec<(bool, bool)> =
            (0..4).map(|i| (folded.begins_word(i), folded.ends_word(i))).collect();
        assert_eq!(borders, [(true, false), (false, false), (false, true), (true, true)]);
        assert_eq!(folded.key(1, 3), "7 b");
        assert_eq!((folded.key(3, 9), folded.key(2, 1), folded.folded(7)), ("", "", ""));
    }

    #[test]
    fn a_text_over_the_limit_is_read_up_to_it() {
        let mut folded = FoldedText::new();
        folded.fold_within("one twö three", 7);
        assert_eq!(folded.text(), "one tw");
        folded.fold_within("one twö three", 8);
        assert_eq!(folded.text(), "one two");
    }

    fn words() -> impl Strategy<Value = String> {
        let parts = "alpha|beta|betas|theta|kappa|omega|ae|oe|s|es|ies|uses|omas|ise|iii|xi|leuc|our|sulph|'s|’s|-| |α|ﬂ|œ|é|Ⅳ|[a-z]|[A-Z]|[0-9]";
        proptest::collection::vec(parts, 0..8).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn folding_what_is_folded_changes_nothing(text in prop_oneof![words(), "\\PC{0,40}", ".{0,40}"]) {
            let once = fold_to_string(&text);
            prop_assert_eq!(fold_to_string(&once), once);
        }

        #[test]
        fn tokens_of_a_place_are_found_as_by_a_search(
            text in prop_oneof![words(), "([a-z]{1,4}[ .-]{1,90}){0,9}", "\\PC{0,60}"],
            start in 0_usize..300,
            length in 0_usize..90,
        ) {
            let mut folded = FoldedText::new();
            folded.fold(&text);
            let (tokens, end) = (folded.tokens(), start + length);
            let first = tokens.partition_point(|token| (token.end as usize) <= start);
            let last = tokens.partition_point(|token| (token.start as usize) < end);
            prop_assert_eq!(folded.tokens_within(start, end), first..last.max(first));
            for near in 0..=first {
                prop_assert_eq!(folded.tokens_within_from(near, start, end), first..last.max(first));
            }
            let forms = (0..tokens.len()).all(|at| folded.folded_bytes(at) == folded.folded(at).as_bytes());
            prop_assert!(forms && folded.folded_bytes(tokens.len()).is_empty());
        }

        #[test]
        fn tokens_lie_in_the_text_in_order(text in prop_oneof![words(), "\\PC{0,60}", any::<String>()]) {
            let mut folded = FoldedText::new();
            folded.fold(&text);
            let mut end = 0;
            for (index, token) in folded.tokens().iter().enumerate() {
                prop_assert!(end <= token.start && token.start < token.end);
                end = token.end;
                prop_assert!(text.get(token.start as usize..token.end as usize).is_some());
                prop_assert!(!folded.folded(index).is_empty());
            }
            prop_assert!(end as usize <= text.len());
            let joined: Vec<&str> = (0..folded.tokens().len()).map(|index| folded.folded(index)).collect();
            prop_assert_eq!(joined.join(" "), folded.text());
        }
    }
}
