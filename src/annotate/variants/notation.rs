//! The grammar of written changes: of bases (`76A>T`, `35delG`) and of residues (`V600E`, `R97Pfs*23`).

use smol_str::{SmolStr, SmolStrBuilder, format_smolstr};

use super::scanner::{SEQUENCE_LETTERS_LIMIT, Scanner};

impl<'t> Scanner<'t> {
    /// A position or a range of two, and a change.
    pub(super) fn nucleotide_change(&mut self) -> Option<SmolStr> {
        let first = self.position()?;
        let mut range = *self;
        let second = if range.eat_any(&["_", "–", "-", "/", "..."]) { range.position() } else { None };
        let Some(second) = second else {
            let change = self.change(true)?;
            return Some(format_smolstr!("{first}{change}"));
        };
        *self = range;
        let change = self.change(false)?;
        Some(format_smolstr!("{first}_{second}{change}"))
    }

    /// `A>T`, `del`, `delA`, `insTG`, `dup`, `inv`, `delinsAT`, `delAinsT`; `=` is left alone.
    pub(super) fn change(&mut self, single: bool) -> Option<SmolStr> {
        let mut spaced = *self;
        spaced.space();
        let mut plain = spaced;
        if single && let Some(change) = plain.substitution() {
            *self = plain;
            return Some(change);
        }
        *self = spaced;
        let word = ["delins", "del", "ins", "dup", "inv"].into_iter().find(|word| self.eat(word))?;
        self.event(word, single)
    }

    /// `A>T`, `A->T`, `(A>T)`, and `A/T` or `A-T` where the bases are one each.
    fn substitution(&mut self) -> Option<SmolStr> {
        let bracket = self.eat("(");
        let start = self.at;
        let from = self.substitution_from()?;
        self.at += from.len();
        let upper = self.text.get(start..self.at) == Some(from.as_str());
        if !self.arrow() {
            let slash = from.len() == 1 && upper && self.eat("/");
            slash.then_some(())?;
        }
        let to = self.bases()?;
        (!bracket || self.eat(")")).then(|| format_smolstr!("{from}>{to}"))
    }

    /// What follows the word of an event: its bases, how many they are, or what takes their place.
    fn event(&mut self, kind: &str, single: bool) -> Option<SmolStr> {
        let mut spaced = *self;
        spaced.eat_any(&[" ", "-", "."]);
        let bases = spaced.upper_bases().map(SmolStr::from).or_else(|| spaced.bracketed_bases());
        let bases = match bases {
            Some(bases) => {
                *self = spaced;
                Some(bases)
            }
            None => self.bases(),
        };
        if kind == "del" && self.eat("ins") {
            let (bases, others) = (bases.unwrap_or_default(), self.bases()?);
            return Some(format_smolstr!("{kind}{bases}ins{others}"));
        }
        if let Some(bases) = bases {
            return Some(format_smolstr!("{kind}{bases}"));
        }
        // c.20_23del4: the number of bases
        let count = self.digits(4);
        let _ = count.is_some() && self.eat_any(&["bp", " bp"]);
        if matches!(kind, "delins" | "ins") && count.is_none() {
            return None;
        }
        // a range says how many they are
        let count = count.filter(|_| single || kind == "ins").unwrap_or_default();
        Some(format_smolstr!("{kind}{count}"))
    }

    /// `(GCG)7`, `(GCG)(7)`: bases that are repeated.
    pub(super) fn bracketed_bases(&mut self) -> Option<SmolStr> {
        if !self.eat("(") {
            return None;
        }
        let bases = self.upper_bases()?;
        if !self.eat(")") {
            return None;
        }
        let bracket = self.eat("(");
        let count = self.digits(3);
        (!bracket || self.eat(")")).then(|| match count {
            Some(count) => format_smolstr!("{bases}[{count}]"),
            None => bases.into(),
        })
    }

    /// The number of an intron after `IVS`: `4`, `-II-` and `I` are read.
    pub(super) fn intron_number(&mut self) -> Option<&'t str> {
        let _ = self.gap();
        if let Some(number) = self.digits(3) {
            return Some(number);
        }
        let numerals = [("III", "3"), ("II", "2"), ("IV", "4"), ("I", "1"), ("V", "5")];
        numerals.into_iter().find(|(numeral, _)| self.eat(numeral)).map(|(_, number)| number)
    }

    fn substitution_from(mut self) -> Option<SmolStr> {
        self.bases().filter(|bases| !bases.contains('N'))
    }

    /// `A76T` after `c.`: `76A>T`, and where it ends.
    pub(super) fn old_substitution(mut self) -> Option<(SmolStr, usize)> {
        self.bases_length().filter(|length| matches!(length, 1 | 3))?;
        let from = self.bases()?;
        let bracket = self.eat("(");
        if from.len() == 3 && !bracket {
            return None;
        }
        let position = self.position()?;
        if bracket && !self.eat(")") {
            return None;
        }
        let _ = self.arrow() || self.eat_any(&["/", " by "]);
        let to = self.bases().filter(|bases| bases.len() == from.len())?;
        Some((format_smolstr!("{position}{from}>{to}"), self.at))
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
    pub(super) fn protein_change(&mut self, loose: bool) -> Option<SmolStr> {
        let (from, three_letters) = self.residue()?;
        let bracket = loose && three_letters && self.eat("(");
        if loose && three_letters {
            let _ = self.eat("-") || self.eat(" ");
        }
        let digits = self.digits(5).filter(|digits| !digits.starts_with('0'))?;
        if bracket && !self.eat(")") {
            return None;
        }
        // what stands behind a change without a mark: another residue, a stop, an event
        let goes_on = |next: u8| {
            next.is_ascii_uppercase() || matches!(next, b'_' | b'*' | b's' | b'f' | b'd' | b'i' | b' ')
        };
        if !loose && !self.next_byte().is_some_and(goes_on) {
            return None;
        }
        if self.eat("_") {
            let (to, _) = self.residue()?;
            let (last, event) = (self.digits(5)?, self.protein_event(loose)?);
            return Some(format_smolstr!("{from}{digits}_{to}{last}{event}"));
        }
        let substituted = self.substituted(loose, three_letters);
        let change = substituted.or_else(|| self.protein_event(loose))?;
        Some(format_smolstr!("{from}{digits}{change}"))
    }

    /// What replaces a residue: another, a stop, a frame shift with its first new residue.
    fn substituted(&mut self, loose: bool, three_letters: bool) -> Option<SmolStr> {
        let mut scanner = *self;
        if loose && three_letters {
            let arrow = scanner.arrow();
            let _ = !arrow && scanner.eat_any(&["-to-", " to ", "to ", "-", "/", " by ", " "]);
        }
        if loose && scanner.eat("=") {
            *self = scanner;
            return Some(SmolStr::new_static("="));
        }
        if scanner.stop(three_letters) {
            *self = scanner;
            return Some(SmolStr::new_static("*"));
        }
        let (to, three) = scanner.residue()?;
        if three != three_letters {
            return None;
        }
        *self = scanner;
        scanner.space();
        if scanner.eat_any(&["fs", "FS"]) {
            let shift = scanner.frame_shift();
            *self = scanner;
            return Some(format_smolstr!("{to}{shift}"));
        }
        Some(to.into())
    }

    /// A stop: `*`, `Ter`, `Stop`, and `X` where nothing else follows.
    fn stop(&mut self, three_letters: bool) -> bool {
        let words: &[&str] = if three_letters {
            &["*", "Ter", "Stop", "stop", "TER", "X"]
        } else {
            &["*", "X", "stop", "Stop", "Ter"]
        };
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
    fn frame_shift(&mut self) -> SmolStr {
        let mut scanner = *self;
        if let Some(digits) = scanner.digits(5) {
            *self = scanner;
            return format_smolstr!("fs*{digits}");
        }
        if scanner.eat_any(&["Ter", "*", "X", " Ter", " X", " *"]) {
            if let Some(digits) = scanner.digits(5) {
                *self = scanner;
                return format_smolstr!("fs*{digits}");
            }
            if scanner.eat("?") {
                *self = scanner;
                return SmolStr::new_static("fs*?");
            }
            if scanner.ends_word() {
                *self = scanner;
            }
        }
        SmolStr::new_static("fs")
    }

    /// `del`, `dup`, `insGly`, `delinsTrp`, `fs`.
    fn protein_event(&mut self, loose: bool) -> Option<SmolStr> {
        if self.eat_any(&["fs", "FS", " fs"]) {
            return Some(self.frame_shift());
        }
        for word in ["delins", "del", "ins", "dup"] {
            if !self.eat(word) {
                continue;
            }
            let mut residues = SmolStrBuilder::new();
            while residues.len() < SEQUENCE_LETTERS_LIMIT
                && let Some((residue, _)) = self.residue()
            {
                residues.push(residue);
            }
            let good = match word {
                "delins" | "ins" => loose && !residues.is_empty(),
                _ => residues.is_empty(),
            };
            return good.then(|| format_smolstr!("{word}{}", residues.as_str()));
        }
        None
    }
}
