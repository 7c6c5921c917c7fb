//! The grammar of variants: positions, bases, residues and changes, read from left to right.

use crate::annotate::amino_acids;

/// The most residues or bases of one change that are read.
pub(super) const SEQUENCE_LETTERS_LIMIT: usize = 60;
/// The most digits of a position; chromosome 1 needs nine.
pub(super) const POSITION_DIGITS_LIMIT: usize = 9;
/// Reads forms from left to right; what returns `None` leaves `at` anywhere.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn eat(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    pub(super) fn space(&mut self) {
        self.eat(" ");
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

    /// Letters of DNA or RNA, in upper case; at most the limit.
    fn bases(&mut self) -> Option<String> {
        let base = |b: &u8| matches!(b.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'U' | b'N');
        let length = self.rest().bytes().take(SEQUENCE_LETTERS_LIMIT + 1).take_while(|b| base(b)).count();
        let bases = (1..=SEQUENCE_LETTERS_LIMIT)
            .contains(&length)
            .then(|| self.rest()[..length].to_ascii_uppercase())?;
        self.at += length;
        Some(bases)
    }

    fn sign(&mut self) -> Option<char> {
        if self.eat("+") {
            Some('+')
        } else if self.eat("-") || self.eat("−") || self.eat("–") {
            Some('-')
        } else {
            None
        }
    }

    /// `76`, `-14`, `*46`, `88+1`, `89-2`.
    fn position(&mut self) -> Option<String> {
        let mut position = String::new();
        if self.eat("*") {
            position.push('*');
        } else if let Some(sign) = self.sign()
            && sign == '-'
        {
            position.push(sign);
        }
        position.push_str(self.digits(POSITION_DIGITS_LIMIT)?);
        let mut offset = *self;
        if let Some(sign) = offset.sign()
            && let Some(digits) = offset.digits(POSITION_DIGITS_LIMIT)
        {
            position.push(sign);
            position.push_str(digits);
            *self = offset;
        }
        Some(position)
    }

    /// A position or a range of two, and a change.
    pub(super) fn nucleotide_change(&mut self) -> Option<String> {
        let mut change = self.position()?;
        let mut range = *self;
        let second = if range.eat("_") { range.position() } else { None };
        let single = second.is_none();
        if let Some(second) = second {
            change.push('_');
            change.push_str(&second);
            *self = range;
        }
        change.push_str(&self.change(single)?);
        Some(change)
    }

    /// `A>T`, `del`, `delA`, `insTG`, `dup`, `inv`, `delinsAT`, `delAinsT`; `=` is left alone.
    pub(super) fn change(&mut self, substitution: bool) -> Option<String> {
        let mut spaced = *self;
        spaced.space();
        if substitution && let Some(from) = spaced.substitution_from() {
            let mut scanner = spaced;
            scanner.at += from.len();
            if scanner.arrow()
                && let Some(to) = scanner.bases()
            {
                *self = scanner;
                return Some(format!("{from}>{to}"));
            }
        }
        for (word, needs_bases) in
            [("delins", true), ("del", false), ("ins", true), ("dup", false), ("inv", false)]
        {
            if !self.eat(word) {
                continue;
            }
            let bases = self.bases();
            if needs_bases && bases.is_none() {
                return None;
            }
            let mut change = format!("{word}{}", bases.unwrap_or_default());
            if word == "del" && self.eat("ins") {
                change.push_str("ins");
                change.push_str(&self.bases()?);
            } else if change == word {
                // c.20_23del4: the number of bases
                let _ = self.digits(4);
            }
            return Some(change);
        }
        None
    }

    fn substitution_from(mut self) -> Option<String> {
        self.bases().filter(|bases| !bases.contains('N'))
    }

    /// `>` and what is printed instead of it.
    fn arrow(&mut self) -> bool {
        self.space();
        let found = ["&gt;", "->", ">", "→", "⟶", "➔"].into_iter().any(|arrow| self.eat(arrow));
        self.space();
        found
    }

    /// `A76T` after `c.`: `76A>T`, and where it ends.
    pub(super) fn old_substitution(mut self) -> Option<(String, usize)> {
        let from = self.bases().filter(|bases| bases.len() == 1)?;
        let position = self.position()?;
        let _ = self.arrow();
        let to = self.bases().filter(|bases| bases.len() == 1)?;
        Some((format!("{position}{from}>{to}"), self.at))
    }

    pub(super) fn three_letter_residue(&mut self) -> Option<char> {
        let residue = amino_acids::from_three_letters(self.rest().get(..3)?)?;
        self.at += 3;
        Some(residue)
    }

    fn one_letter_residue(&mut self) -> Option<char> {
        let letter = self.rest().chars().next().filter(|c| amino_acids::is_one_letter(*c))?;
        self.at += 1;
        Some(letter)
    }

    /// A residue; one letter or three as `three_letters` has it, either where it is `None`.
    fn residue(&mut self) -> Option<(char, bool)> {
        if let Some(residue) = self.three_letter_residue() {
            return Some((residue, true));
        }
        self.one_letter_residue().map(|residue| (residue, false))
    }

    /// The change of a protein with one-letter residues: `V600E`, `R97Pfs*23`, `E746_A750del`. `loose` allows `Val 600
    /// Glu`, `=` and what else only a marked form may have.
    pub(super) fn protein_change(&mut self, loose: bool) -> Option<String> {
        let (from, three_letters) = self.residue()?;
        if loose && three_letters {
            let _ = self.eat("-") || self.eat(" ");
        }
        let digits = self.digits(5).filter(|digits| !digits.starts_with('0'))?;
        let mut change = format!("{from}{digits}");
        let mut range = *self;
        if range.eat("_") {
            let (to, _) = range.residue()?;
            let digits = range.digits(5)?;
            change.push_str(&format!("_{to}{digits}"));
            *self = range;
        } else if let Some(rest) = self.substituted(loose, three_letters) {
            change.push_str(&rest);
            return Some(change);
        }
        change.push_str(&self.protein_event(loose)?);
        Some(change)
    }

    /// What replaces a residue: another, a stop, a frame shift with its first new residue.
    fn substituted(&mut self, loose: bool, three_letters: bool) -> Option<String> {
        let mut scanner = *self;
        if loose && three_letters {
            let arrow = scanner.arrow();
            let _ = !arrow && (scanner.eat("-") || scanner.eat("to ") || scanner.eat("/"));
        }
        if loose && scanner.eat("=") {
            *self = scanner;
            return Some("=".to_owned());
        }
        if scanner.stop(three_letters) {
            *self = scanner;
            return Some("*".to_owned());
        }
        let (to, three) = scanner.residue()?;
        if three != three_letters {
            return None;
        }
        let mut replaced = to.to_string();
        let mut shift = scanner;
        if shift.eat("fs") {
            replaced.push_str(&shift.frame_shift());
            scanner = shift;
        }
        *self = scanner;
        Some(replaced)
    }

    /// A stop: `*`, `Ter`, `Stop`, and `X` where nothing else follows.
    fn stop(&mut self, three_letters: bool) -> bool {
        let words: &[&str] =
            if three_letters { &["*", "Ter", "Stop", "stop", "TER", "X"] } else { &["*", "X"] };
        words.iter().any(|word| {
            let mut scanner = *self;
            let found = scanner.eat(word) && (scanner.ends_word() || *word == "*");
            if found {
                *self = scanner;
            }
            found
        })
    }

    /// What follows `fs`: `Ter23`, `*23`, `X23` or nothing.
    fn frame_shift(&mut self) -> String {
        let mut scanner = *self;
        if scanner.eat("Ter") || scanner.eat("*") || scanner.eat("X") {
            if let Some(digits) = scanner.digits(5) {
                *self = scanner;
                return format!("fs*{digits}");
            }
            if scanner.eat("?") {
                *self = scanner;
                return "fs*?".to_owned();
            }
            if scanner.ends_word() {
                *self = scanner;
            }
        }
        "fs".to_owned()
    }

    /// `del`, `dup`, `insGly`, `delinsTrp`, `fs`.
    fn protein_event(&mut self, loose: bool) -> Option<String> {
        if self.eat("fs") {
            return Some(self.frame_shift());
        }
        for word in ["delins", "del", "ins", "dup"] {
            if !self.eat(word) {
                continue;
            }
            let mut residues = String::new();
            while residues.len() < SEQUENCE_LETTERS_LIMIT
                && let Some((residue, _)) = self.residue()
            {
                residues.push(residue);
            }
            let good = match word {
                "delins" | "ins" => loose && !residues.is_empty(),
                _ => residues.is_empty(),
            };
            return good.then(|| format!("{word}{residues}"));
        }
        None
    }
}
