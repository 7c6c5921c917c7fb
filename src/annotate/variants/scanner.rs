//! Reading from left to right: words, numbers, positions, bases and residues.

use smol_str::{SmolStr, SmolStrBuilder, StrExt};

use crate::annotate::amino_acids;

/// The most residues or bases of one change that are read.
pub(super) const SEQUENCE_LETTERS_LIMIT: usize = 60;
/// The most digits of a position; chromosome 1 needs nine.
pub(super) const POSITION_DIGITS_LIMIT: usize = 9;
/// What is printed for an arrow, the longer before its beginning.
const ARROWS: &[&str] = &[
    "-- >", "- >", "-- &gt;", "&gt;", "--&gt;", "-&gt;", "---->", "--->", "-->", "->", ">", "→", "⟶", "➔",
    "⇒", "=>", "-->", "—>", "–>", "----",
];

/// Words in lower case and what each means; a longer one stands before its beginning.
pub(super) struct Meanings {
    words: &'static [(&'static str, &'static str)],
    /// The first letters, as bits from `a` on.
    firsts: u32,
}

impl Meanings {
    pub(super) const fn new(words: &'static [(&'static str, &'static str)]) -> Self {
        let (mut firsts, mut at) = (0, 0);
        while at < words.len() {
            firsts |= 1 << (words[at].0.as_bytes()[0] - b'a');
            at += 1;
        }
        Self { words, firsts }
    }

    /// Whether a word begins with that byte, in any case.
    const fn begins(&self, byte: u8) -> bool {
        byte.is_ascii_alphabetic() && self.firsts >> ((byte | 0x20) - b'a') & 1 == 1
    }
}

/// Reads forms from left to right; what returns `None` leaves `at` anywhere.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn next_byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn eat(&mut self, wanted: &str) -> bool {
        // what is wanted begins with a character, so that no border of one need be looked for
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let found = rest.starts_with(wanted.as_bytes());
        if found {
            self.at += wanted.len();
        }
        found
    }

    /// The first of them that the text goes on with.
    pub(super) fn eat_any(&mut self, wanted: &[&str]) -> bool {
        let rest = self.rest().as_bytes();
        let Some(first) = rest.first() else { return false };
        let goes_on =
            |wanted: &&&str| wanted.as_bytes().first() == Some(first) && rest.starts_with(wanted.as_bytes());
        let found = wanted.iter().find(goes_on).map(|wanted| wanted.len());
        self.at += found.unwrap_or(0);
        found.is_some()
    }

    /// The first of them, in any case, that the text goes on with and that ends there as a word does.
    pub(super) fn word(&mut self, words: &[&'static str]) -> Option<&'static str> {
        self.find_word(words.iter().copied())
    }

    /// What the first word of a table means that the text goes on with, as in [`Scanner::word`].
    pub(super) fn meaning(&mut self, table: &Meanings) -> Option<&'static str> {
        // mostly no word begins so
        if !table.begins(self.next_byte()?) {
            return None;
        }
        let word = self.find_word(table.words.iter().map(|(word, _)| *word))?;
        table.words.iter().find(|(own, _)| *own == word).map(|(_, meaning)| *meaning)
    }

    fn find_word(&mut self, mut words: impl Iterator<Item = &'static str>) -> Option<&'static str> {
        let rest = self.rest().as_bytes();
        let first = rest.first()?.to_ascii_lowercase();
        // words are of letters, and in lower case
        if !first.is_ascii_lowercase() {
            return None;
        }
        let goes_on = |word: &&str| {
            word.as_bytes().first() == Some(&first)
                && rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
                && !rest.get(word.len()).is_some_and(u8::is_ascii_alphanumeric)
        };
        let word = words.find(goes_on)?;
        self.at += word.len();
        Some(word)
    }

    /// A gap and one of the words; nothing is read where there is none.
    pub(super) fn next_word(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let mut scanner = *self;
        if !scanner.gap() {
            return None;
        }
        let word = scanner.word(words)?;
        *self = scanner;
        Some(word)
    }

    pub(super) fn space(&mut self) {
        self.eat(" ");
    }

    /// A space or a hyphen.
    pub(super) fn gap(&mut self) -> bool {
        self.eat(" ") || self.eat("-")
    }

    /// Whether nothing of a word follows.
    pub(super) fn ends_word(&self) -> bool {
        let mut following = self.rest().chars();
        match following.next() {
            None => true,
            Some(character) if character.is_alphanumeric() || matches!(character, '_' | '>') => false,
            // "A53T-like" ends a word, "C57L-3" does not
            Some('-') => !following.next().is_some_and(|c| c.is_ascii_digit()),
            Some(_) => true,
        }
    }

    pub(super) fn digits(&mut self, limit: usize) -> Option<&'t str> {
        let length = self.rest().bytes().take(limit + 1).take_while(u8::is_ascii_digit).count();
        let digits = (1..=limit).contains(&length).then(|| &self.rest()[..length])?;
        self.at += length;
        Some(digits)
    }

    /// How many letters of DNA or RNA follow, in any case; `None` for none or more than the limit.
    pub(super) fn bases_length(&self) -> Option<usize> {
        let base = |b: &u8| matches!(b.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'U' | b'N');
        let length = self.rest().bytes().take(SEQUENCE_LETTERS_LIMIT + 1).take_while(base).count();
        Some(length).filter(|length| (1..=SEQUENCE_LETTERS_LIMIT).contains(length))
    }

    /// Letters of DNA or RNA, in upper case; at most the limit.
    pub(super) fn bases(&mut self) -> Option<SmolStr> {
        let bases = &self.rest()[..self.bases_length()?];
        self.at += bases.len();
        Some(bases.to_ascii_uppercase_smolstr())
    }

    /// Bases that are written in upper case, and no letter after them; nothing is read where it is `None`.
    pub(super) fn upper_bases(&mut self) -> Option<&'t str> {
        let (bases, rest) = self.rest().split_at(self.bases_length()?);
        let upper = bases.bytes().all(|byte| byte.is_ascii_uppercase() && byte != b'N');
        let good = upper && !rest.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
        good.then(|| {
            self.at += bases.len();
            bases
        })
    }

    pub(super) fn sign(&mut self) -> Option<char> {
        if self.eat("+") {
            Some('+')
        } else if self.eat("-") || self.eat("−") || self.eat("–") {
            Some('-')
        } else {
            None
        }
    }

    /// `76`, `-14`, `*46`, `88+1`, `89-2`, and `88 + 1` where a sign has spaces.
    pub(super) fn position(&mut self) -> Option<SmolStr> {
        let mut position = SmolStrBuilder::new();
        if self.eat("*") {
            position.push('*');
        } else if let Some(sign) = self.sign() {
            position.push(sign);
        }
        let base = self.digits(POSITION_DIGITS_LIMIT)?;
        position.push_str(base);
        let mut offset = *self;
        offset.space();
        if let Some(sign) = offset.sign() {
            offset.space();
            // 1706-1715 is a range
            let is_offset = |digits: &&str| sign == '+' || (digits.len(), *digits) < (base.len(), base);
            if let Some(digits) = offset.digits(POSITION_DIGITS_LIMIT).filter(is_offset) {
                position.push(sign);
                position.push_str(digits);
                *self = offset;
            }
        }
        Some(position.finish())
    }

    /// `>` and what is printed instead of it, with a space on each side or not.
    pub(super) fn arrow(&mut self) -> bool {
        let mut scanner = *self;
        scanner.space();
        let found = scanner.eat_any(ARROWS);
        if found {
            scanner.space();
            *self = scanner;
        }
        found
    }

    pub(super) fn three_letter_residue(&mut self) -> Option<char> {
        let residue = amino_acids::from_three_letters(self.rest().get(..3)?)?;
        self.at += 3;
        Some(residue)
    }

    pub(super) fn one_letter_residue(&mut self) -> Option<char> {
        let letter = self.rest().chars().next().filter(|c| amino_acids::is_one_letter(*c))?;
        self.at += 1;
        Some(letter)
    }
}
