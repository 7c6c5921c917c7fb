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
use super::known_forms::WordMemory;
use super::pauses::work_done;
use super::runs::{BLOCK_RUNS, Run, class_at, find_runs};
use super::word_hash::word_hash;
use super::words::fold_word;

/// The most bytes of a text that are folded; what stands after them has no tokens. It keeps offsets within 32 bits.
pub const TEXT_BYTES_LIMIT: usize = 1 << 28;

/// A run of at most this many Greek letters is read as one token a letter; a longer one is a Greek word.
const GREEK_LETTERS_LIMIT: usize = 4;

/// The bytes of the source in which the first token is known, so that those of a place are found without a search.
const BLOCK_BYTES: usize = 64;

/// What a token's characters are in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters; their folded form may be a number where they are a roman numeral.
    Letters,
    /// Digits.
    Digits,
}

/// What stands between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gap {
    /// Nothing: the two are one word, cut where letters meet digits or Greek letters.
    None,
    /// One character of `- ‐ ‑ – − / . ' ’ _ · : *` and no white space.
    Joiner,
    /// Other characters (brackets, commas, `+`, several joiners), at most [`Gap::TIGHT_BYTES_LIMIT`] bytes, no white space.
    Tight,
    /// White space with at most one line break, as text that is wrapped has it.
    Space,
    /// A full stop and then white space without a line break: `E. coli`, or the end of a sentence.
    Stop,
    /// A comma and then white space without a line break: `leukemia, myeloid`.
    Comma,
    /// Anything else without a line break: brackets and semicolons with white space, dashes with white space.
    Other,
    /// An empty line, a line break beside punctuation, or the beginning of the text.
    Break,
}

impl Gap {
    /// The most bytes of a [`Gap::Tight`].
    pub const TIGHT_BYTES_LIMIT: usize = 8;

    /// Whether the two tokens touch or are held together by punctuation without white space.
    pub const fn is_tight(self) -> bool {
        matches!(self, Self::None | Self::Joiner | Self::Tight)
    }
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
    /// The plain letters of a run that is not all ASCII, and the source offset of each of their bytes.
    plain: String,
    origins: Vec<u32>,
    /// The borders of the pieces of a run of letters.
    cuts: Vec<usize>,
    /// Some runs of the text.
    runs: Vec<Run>,
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

    /// For how many bytes of forms there is room.
    pub const fn room_bytes(&self) -> usize {
        self.folded.capacity()
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
        let count = self.tokens.len();
        let from = self.first_of_block.get(start / BLOCK_BYTES).map_or(count, |first| *first as usize);
        let before = |token: &&Token| (token.end as usize) <= start;
        let first = from + self.tokens[from..].iter().take_while(before).count();
        let inside = |token: &&Token| (token.start as usize) < end;
        first..first + self.tokens[first..].iter().take_while(inside).count()
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
        self.tokens.clear();
        self.first_of_block.clear();
        self.folded.clear();
        let text = &text[..super::floor_boundary(text, bytes_limit)];
        // forms are mostly as long as words are
        self.folded.reserve(text.len() + 1);
        self.tokens.reserve(text.len() / 6);
        let mut runs = std::mem::take(&mut self.runs);
        runs.reserve(BLOCK_RUNS.min(1 + text.len() / 2));
        let mut position = 0;
        // Where the last token, with what belongs to it (a possessive), ended.
        let mut gap_start = None;
        loop {
            position = find_runs(text, position, &mut runs);
            if runs.is_empty() {
                break;
            }
            work_done(runs.len());
            runs.iter().for_each(|run| memory.look_towards(run.key));
            for run in &runs {
                let gap = gap_start.map_or(Gap::Break, |start| match &text.as_bytes()[start..run.start] {
                    [] => Gap::None,
                    [b' '] => Gap::Space,
                    _ => gap_of(&text[start..run.start]),
                });
                gap_start = Some(run.end);
                if !(run.class == Class::Letter && gap == Gap::Joiner && self.is_possessive(text, run)) {
                    self.add(text, run, gap, memory);
                }
            }
        }
        self.runs = runs;
        // behind the last form as well there is a space
        self.folded.pop();
    }

    /// Adds the tokens of a run.
    fn add(&mut self, text: &str, run: &Run, gap: Gap, memory: &mut WordMemory) {
        match run.class {
            Class::Digit => self.digits(text, run, gap),
            Class::Greek if run.characters <= GREEK_LETTERS_LIMIT => self.greek(text, run, gap),
            _ => self.letters(text, run, gap, memory),
        }
    }

    /// Whether letters are the `s` of `Crohn's`.
    fn is_possessive(&self, text: &str, run: &Run) -> bool {
        let Some(last) = self.tokens.last() else { return false };
        let apostrophe = &text[last.end as usize..run.start];
        run.characters == 1
            && text[run.start..].starts_with('s')
            && matches!(apostrophe, "'" | "’")
            && last.kind == TokenKind::Letters
            && !matches!(class_at(text, run.next), Some((Class::Letter | Class::Greek | Class::Digit, _)))
    }

    fn digits(&mut self, text: &str, run: &Run, gap: Gap) {
        let at = self.begin();
        let digits = &text[run.start..run.end];
        if run.ascii {
            self.folded.push_str(digits);
        } else {
            for character in digits.chars().filter(|c| classify(*c) == Class::Digit) {
                push_plain(character, &mut self.folded);
            }
        }
        self.finish((run.start, run.end), at, TokenKind::Digits, gap, run.key);
    }

    fn greek(&mut self, text: &str, run: &Run, gap: Gap) {
        let (mut gap, start) = (gap, run.start);
        let mut letters =
            text[start..run.end].char_indices().filter(|(_, c)| classify(*c) == Class::Greek).peekable();
        while let Some((offset, letter)) = letters.next() {
            let end = letters.peek().map_or(run.end, |(next, _)| start + next);
            let at = self.begin();
            self.folded.push_str(greek_name(plain_greek(letter)).unwrap_or_default());
            self.finish((start + offset, end), at, TokenKind::Letters, gap, 0);
            gap = Gap::None;
        }
    }

    fn letters(&mut self, text: &str, run: &Run, gap: Gap, memory: &mut WordMemory) {
        let (start, key) = (run.start, run.key);
        if run.ascii
            && let Some(known) = memory.get(key)
        {
            let at = self.begin();
            known.add_to(&mut self.folded);
            let form = at..self.folded.len() - 1;
            self.push((start, run.end), form, TokenKind::Letters, gap, key);
            return;
        }
        let word = &text[start..run.end];
        if run.ascii && last_piece(word.as_bytes()).is_none() {
            self.word(word, (start, run.end), gap, key);
            memory.insert(
                key,
                self.tokens.last().map_or("", |token| &self.folded[token.folded_start as usize..]),
            );
            return;
        }
        let mut cuts = std::mem::take(&mut self.cuts);
        if run.ascii {
            find_cuts(word, &mut cuts);
            for (index, pair) in cuts.windows(2).enumerate() {
                let gap = if index == 0 { gap } else { Gap::None };
                let piece = &word[pair[0]..pair[1]];
                self.word(piece, (start + pair[0], start + pair[1]), gap, word_hash(piece.as_bytes()));
            }
            self.cuts = cuts;
            return;
        }
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
        let at = self.begin();
        self.folded.push_str(word);
        self.folded[at..].make_ascii_lowercase();
        let changed = fold_word(&mut self.folded, at, word);
        // A word that would be cut when folded again ("xbaeta") stays as it is.
        if changed && last_piece(&self.folded.as_bytes()[at..]).is_some() {
            self.folded.truncate(at);
            self.folded.push_str(word);
            self.folded[at..].make_ascii_lowercase();
        }
        self.finish(source, at, TokenKind::Letters, gap, hash);
    }

    /// Where the next token's form begins.
    const fn begin(&self) -> usize {
        self.folded.len()
    }

    /// Ends the form that begins at `folded_start` with a space, and adds its token.
    fn finish(
        &mut self,
        source: (usize, usize),
        folded_start: usize,
        kind: TokenKind,
        gap: Gap,
        source_hash: u64,
    ) {
        let form = folded_start..self.folded.len();
        self.folded.push(' ');
        self.push(source, form, kind, gap, source_hash);
    }

    fn push(
        &mut self,
        source: (usize, usize),
        form: Range<usize>,
        kind: TokenKind,
        gap: Gap,
        source_hash: u64,
    ) {
        while self.first_of_block.len() <= source.1 / BLOCK_BYTES {
            self.first_of_block.push(to_u32(self.tokens.len()));
        }
        self.tokens.push(Token {
            start: to_u32(source.0),
            end: to_u32(source.1),
            folded_start: to_u32(form.start),
            folded_end: to_u32(form.end),
            kind,
            gap,
            source_hash,
        });
    }
}

/// The key of a text in a string of its own: its folded tokens joined by one space.
pub fn fold_to_string(text: &str) -> String {
    let mut folded = FoldedText::new();
    folded.fold(text);
    folded.folded
}

/// Offsets fit 32 bits, as [`TEXT_BYTES_LIMIT`] times the longest form of a character's bytes does.
#[inline]
pub(crate) const fn to_u32(offset: usize) -> u32 {
    debug_assert!(offset <= u32::MAX as usize);
    offset as u32
}

/// What the characters between two tokens amount to.
fn gap_of(between: &str) -> Gap {
    match between {
        "-" | "." | "/" | "'" | "_" | ":" | "*" => return Gap::Joiner,
        _ => {}
    }
    let mut visible = between.chars().filter(|c| !matches!(classify(*c), Class::Invisible | Class::Mark));
    let Some(first) = visible.next() else { return Gap::None };
    let breaks = |c: char| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' | '\u{85}');
    let (mut count, mut spaces, mut line_break) = (1, usize::from(first.is_whitespace()), breaks(first));
    for character in visible {
        count += 1;
        spaces += usize::from(character.is_whitespace());
        line_break |= breaks(character);
    }
    match (first, count - spaces) {
        (_, 0) if line_break && is_wrapped(between) => Gap::Space,
        _ if line_break => Gap::Break,
        (_, 0) => Gap::Space,
        ('-' | '‐' | '‑' | '–' | '−' | '/' | '.' | '\'' | '’' | '_' | '·' | ':' | '*', 1) if spaces == 0 => {
            Gap::Joiner
        }
        _ if spaces == 0 && between.len() <= Gap::TIGHT_BYTES_LIMIT => Gap::Tight,
        ('.', 1) => Gap::Stop,
        (',', 1) => Gap::Comma,
        _ => Gap::Other,
    }
}

/// Whether white space is that of a text that goes on in the next line: one line break, LF, CR or CRLF.
fn is_wrapped(between: &str) -> bool {
    let ends = between.matches(['\n', '\r']).count() - between.matches("\r\n").count();
    ends == 1 && !between.contains(['\u{2028}', '\u{2029}', '\u{b}', '\u{c}', '\u{85}'])
}

/// Names of Greek letters that are cut from the word they end. The short ones end too many words ("menu").
const CUT_NAMES: &[&str] =
    &["alpha", "beta", "gamma", "delta", "epsilon", "kappa", "lambda", "omega", "sigma", "theta"];

/// Where the last piece of a word begins: a Greek letter's name, the plural of one, or the one letter after one
/// ("kappaB").
fn last_piece(word: &[u8]) -> Option<usize> {
    let (last, before) = word.split_last()?;
    let plural = matches!(last, b's' | b'S');
    if let Some(at) = name_at_end(if plural { before } else { word }).filter(|at| *at > 0) {
        return Some(at);
    }
    let letter = last.is_ascii_alphabetic() && !plural;
    (letter && name_at_end(before).is_some()).then_some(before.len())
}

/// Where the Greek letter's name begins that `word` ends with.
fn name_at_end(word: &[u8]) -> Option<usize> {
    // Every name ends so, and most words do not.
    let [.., before, b'a' | b'A' | b'n' | b'N'] = word else { return None };
    CUT_NAMES.iter().find_map(|name| {
        let at = word.len().checked_sub(name.len())?;
        let may_fit = name.as_bytes()[name.len() - 2] == before.to_ascii_lowercase();
        (may_fit && word[at..].eq_ignore_ascii_case(name.as_bytes())).then_some(at)
    })
}

/// Fills `cuts` with the borders of the pieces of a word, cut around the names of Greek letters at its end:
/// `tnfalpha`, `tgfbetas`, `nfkappab`. Its beginning and its end are among them.
fn find_cuts(word: &str, cuts: &mut Vec<usize>) {
    cuts.clear();
    cuts.push(word.len());
    let mut end = word.len();
    while let Some(at) = last_piece(&word.as_bytes()[..end]) {
        cuts.push(at);
        end = at;
    }
    cuts.push(0);
    cuts.reverse();
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
