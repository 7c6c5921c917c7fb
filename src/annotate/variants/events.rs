//! Deletions, insertions, duplications and repeats in words: "32-bp deletion", "C deletion at nucleotide 4548", "deletion
//! of C at nucleotide 888", "exon 7 deletion", "del6", "(CCTTT)10", "ΔF508".

use smol_str::{SmolStr, format_smolstr};

use super::places::Counted;
use super::scanner::{Meanings, Scanner};
use super::{Certainty, Class, Form};

/// What an event is called and its name in HGVS; the longer before its beginning.
const EVENTS: Meanings = Meanings::new(&[
    ("insertion/deletion", "delins"),
    ("insertion-deletion", "delins"),
    ("deletion/insertion", "delins"),
    ("deletion-insertion", "delins"),
    ("deletions", "del"),
    ("deletion", "del"),
    ("deleted", "del"),
    ("insertions", "ins"),
    ("insertion", "ins"),
    ("insert", "ins"),
    ("duplications", "dup"),
    ("duplication", "dup"),
    ("duplicating", "dup"),
    ("indels", "delins"),
    ("indel", "delins"),
    ("inversion", "inv"),
    ("ins/del", "delins"),
    ("del/ins", "delins"),
]);
/// What a size counts and how HGVS would abbreviate it.
const UNITS: Meanings = Meanings::new(&[
    ("base pairs", "bp"),
    ("base-pairs", "bp"),
    ("base pair", "bp"),
    ("base-pair", "bp"),
    ("basepairs", "bp"),
    ("basepair", "bp"),
    ("bases", "bp"),
    ("base", "bp"),
    ("bps", "bp"),
    ("bp", "bp"),
    ("nucleotides", "bp"),
    ("nucleotide", "bp"),
    ("nts", "bp"),
    ("nt", "bp"),
    ("kbp", "kb"),
    ("kb", "kb"),
    ("kilobases", "kb"),
    ("kilobase", "kb"),
    ("mbp", "Mb"),
    ("mb", "Mb"),
    ("megabase", "Mb"),
    ("amino acids", "aa"),
    ("amino-acids", "aa"),
    ("amino acid", "aa"),
    ("amino-acid", "aa"),
]);
const NUMBERS: Meanings = Meanings::new(&[
    ("single", "1"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
]);
/// What may stand between a size and its event.
const QUALITIES: &[&str] = &[
    "in-frame",
    "inframe",
    "frameshift",
    "homozygous",
    "heterozygous",
    "interstitial",
    "genomic",
    "gene",
    "germline",
    "tandem",
    "nucleotide",
    "intragenic",
    "intronic",
    "exonic",
    "terminal",
    "guanine",
    "adenine",
    "cytosine",
    "thymine",
    "coding",
];
/// The most words between a size and its event.
pub(super) const QUALITY_WORDS_LIMIT: usize = 2;

/// An event that begins where the scanner stands.
pub(super) fn event(scanner: Scanner<'_>) -> Option<Form> {
    let first = scanner.next_byte()?;
    match first {
        b'(' => bracketed(scanner),
        b'0'..=b'9' => size_first(scanner).or_else(|| number_first(scanner)),
        0x80.. => delta(scanner),
        _ => size_first(scanner)
            .or_else(|| event_first(scanner))
            .or_else(|| bases_first(scanner))
            .or_else(|| part_first(scanner))
            .or_else(|| short(scanner))
            .or_else(|| delta(scanner)),
    }
}

/// "32-bp deletion", "four-basepair deletion", "7.36-kb homozygous deletion", "13-bp deletion at nucleotide 90".
fn size_first(mut scanner: Scanner<'_>) -> Option<Form> {
    let size = scanner.size()?;
    scanner.bases_in_brackets();
    for _ in 0..QUALITY_WORDS_LIMIT {
        if scanner.next_word(QUALITIES).is_none() {
            break;
        }
    }
    scanner.bases_in_brackets();
    if scanner.gap() && scanner.repeat_word() {
        // repeats of amino acids are parts of every such protein
        let certainty = if size.ends_with("aa") { Certainty::Weak } else { Certainty::Shape };
        return Some(form(format_smolstr!("dup{size}"), scanner.at, certainty, Class::Repeat));
    }
    let kind = scanner.event_name().filter(|_| scanner.ends_word())?;
    if scanner.bases_in_brackets().is_some() {
        // "four-base-pair deletion (TGAG)" is told by its bases, from "deletion" on
        return None;
    }
    scanner.eat(" (indel)");
    let event = format_smolstr!("{kind}{size}");
    // "single nucleotide insertion" is a class of events unless it says where
    let is_class = size.starts_with('1') && size.len() == 3 && !size.ends_with("aa");
    let certainty = if is_class { Certainty::Weak } else { Certainty::Shape };
    Some(with_place(scanner, &event).unwrap_or_else(|| form(event, scanner.at, certainty, Class::Size)))
}

/// The event with the place that follows it.
fn with_place(mut scanner: Scanner<'_>, event: &str) -> Option<Form> {
    let place = scanner.place_after()?;
    let mark = match place.counted {
        Counted::Bases => "c.",
        Counted::Codons => "codon",
        Counted::Residues => "p.",
    };
    Some(form(
        format_smolstr!("{mark}{}{event}", place.position),
        scanner.at,
        Certainty::Certain,
        Class::Event,
    ))
}

/// "deletion of C at nucleotide 888", "deletion of 4 kb", "deletion (TGAG)", "insertion of the four nucleotides CCCC",
/// "deletion of exon 7", "deletion of amino acids 809-852", "indel polymorphism at position -4825".
fn event_first(mut scanner: Scanner<'_>) -> Option<Form> {
    let kind = scanner.event_name()?;
    if let Some(bases) = scanner.bases_in_brackets().filter(|bases| bases.len() > 1) {
        return Some(form(format_smolstr!("{kind}{bases}"), scanner.at, Certainty::Shape, Class::Event));
    }
    let mut bare = scanner;
    bare.next_word(&["polymorphism", "mutation", "variant"]);
    if let Some(place) = with_place(bare, kind) {
        return Some(place);
    }
    let mut direct = scanner;
    if direct.eat(" ")
        && let Some(bases) = direct.upper_bases().filter(|bases| bases.len() > 1)
        && direct.ends_word()
    {
        return Some(form(format_smolstr!("{kind}{bases}"), direct.at, Certainty::Shape, Class::Event));
    }
    scanner.eat(" of ").then_some(())?;
    scanner.eat_any(&["a ", "an ", "the "]);
    let mut part = scanner;
    if let Some(exon) = part.part() {
        return Some(form(format_smolstr!("{exon}{kind}"), part.at, Certainty::Weak, Class::Event));
    }
    let of = scanner.event_object()?;
    let event = format_smolstr!("{kind}{of}");
    let end = scanner.at;
    let certainty = if of == "1bp" || of == "A" { Certainty::Weak } else { Certainty::Shape };
    Some(with_place(scanner, &event).unwrap_or_else(|| form(event, end, certainty, Class::Event)))
}

/// "C deletion at nucleotide 4548", "TGAG deletion", "adenine deletion", "CAG repeat".
fn bases_first(mut scanner: Scanner<'_>) -> Option<Form> {
    let letters = scanner.short_bases();
    let named = letters.is_none();
    let bases = letters.or_else(|| scanner.base_name())?;
    if named && let Some(form) = named_base_at_number(scanner, bases) {
        return Some(form);
    }
    scanner.next_word(&["nucleotide", "base", "tetranucleotide", "dinucleotide", "trinucleotide"]);
    let (end, event, class) = scanner.named_event(bases)?;
    let mut placed = scanner;
    placed.at = end;
    placed.next_word(&["polymorphism", "mutation"]);
    let certainty = match class {
        _ if bases == "A" || named => Certainty::Weak,
        Class::Repeat => Certainty::Weak,
        _ => Certainty::Shape,
    };
    Some(with_place(placed, &event).unwrap_or_else(|| form(event, end, certainty, class)))
}

/// "adenine 474 deletion".
fn named_base_at_number(mut scanner: Scanner<'_>, base: &str) -> Option<Form> {
    let number = scanner.eat(" ").then(|| scanner.digits(6)).flatten()?;
    let kind = scanner.gap().then(|| scanner.event_name()).flatten()?;
    Some(form(format_smolstr!("c.{number}{kind}{base}"), scanner.at, Certainty::Certain, Class::Event))
}

/// "exon 7 deletion", "codon 138 deletion".
fn part_first(mut scanner: Scanner<'_>) -> Option<Form> {
    let part = scanner.part()?;
    let kind = scanner.gap().then(|| scanner.event_name()).flatten()?;
    let certainty = if part.starts_with("codon") { Certainty::Shape } else { Certainty::Weak };
    scanner.ends_word().then(|| form(format_smolstr!("{part}{kind}"), scanner.at, certainty, Class::Event))
}

/// "202 adenine deletion", "1308_1316 dup9" is of the compact forms.
fn number_first(mut scanner: Scanner<'_>) -> Option<Form> {
    let number = scanner.digits(6)?;
    scanner.gap().then_some(())?;
    let bases = scanner.base_name()?;
    scanner.gap().then_some(())?;
    let kind = scanner.event_name()?;
    Some(form(format_smolstr!("c.{number}{kind}{bases}"), scanner.at, Certainty::Certain, Class::Event))
}

/// "del6", "dup24bp", "delTTCA", "ins/del 6 bp", "del 329C".
fn short(mut scanner: Scanner<'_>) -> Option<Form> {
    let start = scanner.at;
    let words = [("ins/del", "delins"), ("delins", "delins"), ("del", "del"), ("ins", "ins"), ("dup", "dup")];
    let (_, kind) = words.into_iter().find(|(word, _)| scanner.eat(word))?;
    let space = scanner.eat(" ") || scanner.eat("-");
    let bracket = scanner.eat("(");
    if let Some(bases) = scanner.upper_bases() {
        if bracket {
            scanner.eat(")").then_some(())?;
            let event = format_smolstr!("{kind}{bases}");
            let end = scanner.at;
            return with_place(scanner, &event)
                .or_else(|| Some(form(event, end, Certainty::Shape, Class::Event)));
        }
        return scanner
            .ends_word()
            .then(|| form(format_smolstr!("{kind}{bases}"), scanner.at, Certainty::Shape, Class::Event));
    }
    let number = scanner.grouped_digits()?;
    let mut placed = scanner;
    if let Some(bases) = placed.upper_bases()
        && placed.ends_word()
    {
        return Some(form(
            format_smolstr!("c.{number}{kind}{bases}"),
            placed.at,
            Certainty::Shape,
            Class::DnaBare,
        ));
    }
    let mut range = scanner;
    if range.eat("-")
        && let Some(second) = range.digits(6)
        && (!bracket || range.eat(")"))
    {
        return Some(form(
            format_smolstr!("{number}_{second}{kind}"),
            range.at,
            Certainty::Shape,
            Class::Event,
        ));
    }
    let unit = scanner.eat_any(&["bp", " bp", "-bp", " nucleotide", "kb", " kb"]);
    let good = (unit || !space) && !bracket && scanner.ends_word();
    // "del6/del6" is a genotype
    let slashed = scanner.next_byte() == Some(b'/') || scanner.text.as_bytes()[..start].ends_with(b"/");
    let certainty = if slashed { Certainty::Weak } else { Certainty::Shape };
    good.then(|| form(format_smolstr!("{kind}{number}bp"), scanner.at, certainty, Class::Size))
}

/// "(CCTTT)10", "(TTTA)n repeat", "(TT) deletion".
fn bracketed(mut scanner: Scanner<'_>) -> Option<Form> {
    scanner.eat("(");
    let bases = scanner.upper_bases()?;
    scanner.eat(")").then_some(())?;
    let mut count = scanner;
    if let Some(number) = count.digits(3)
        && count.ends_word()
    {
        let certainty = if bases.len() > 1 { Certainty::Shape } else { Certainty::Weak };
        return Some(form(format_smolstr!("{bases}[{number}]"), count.at, certainty, Class::Repeat));
    }
    if count.eat("n") && count.ends_word() {
        return Some(form(format_smolstr!("{bases}[n]"), count.at, Certainty::Weak, Class::Repeat));
    }
    let (end, event, class) = scanner.named_event(bases)?;
    Some(form(event, end, Certainty::Shape, class))
}

/// The `Delta32` of `CCR5Delta32`.
pub(super) fn delta_in_word(scanner: Scanner<'_>) -> Option<Form> {
    matches!(scanner.next_byte()?, b'D' | b'd').then(|| delta(scanner)).flatten()
}

/// "ΔF508", "delta F508", "DeltaF508", "Delta32", "DD32".
fn delta(mut scanner: Scanner<'_>) -> Option<Form> {
    let marked = scanner.eat_any(&["Δ", "∆", "Delta", "delta", "δ", "DD"]);
    marked.then_some(())?;
    let gap = scanner.gap();
    if let Some(residue) = scanner.three_letter_residue().or_else(|| scanner.one_letter_residue()) {
        let digits = scanner.digits(4).filter(|digits| digits.len() >= 2 && !digits.starts_with('0'))?;
        let end = scanner.ends_word();
        return end.then(|| {
            form(format_smolstr!("p.{residue}{digits}del"), scanner.at, Certainty::Certain, Class::Delta)
        });
    }
    let number = scanner.digits(3).filter(|number| number.len() == 2 && !gap)?;
    let mut whole = scanner;
    if whole.next_word(&["deletion"]).is_none() || scanner.text[..scanner.at].ends_with("lta32") {
        whole = scanner;
    }
    scanner
        .ends_word()
        .then(|| form(format_smolstr!("del{number}bp"), whole.at, Certainty::Shape, Class::Delta))
}

const fn form(id: SmolStr, end: usize, certainty: Certainty, class: Class) -> Form {
    Form { id, end, certainty, class }
}

impl<'t> Scanner<'t> {
    /// What the event is called, as HGVS abbreviates it.
    fn event_name(&mut self) -> Option<&'static str> {
        self.meaning(&EVENTS)
    }

    /// A gap and an event or a repeat of these bases: where it ends and what it says.
    fn named_event(&self, bases: &str) -> Option<(usize, SmolStr, Class)> {
        let mut scanner = *self;
        scanner.next_word(&["tandem", "frameshift", "in-frame", "homozygous", "heterozygous"]);
        scanner.gap().then_some(())?;
        if scanner.repeat_word() {
            return (bases.len() > 1).then(|| (scanner.at, format_smolstr!("{bases}[n]"), Class::Repeat));
        }
        let kind = scanner.event_name().filter(|_| scanner.ends_word())?;
        Some((scanner.at, format_smolstr!("{kind}{bases}"), Class::Event))
    }

    fn repeat_word(&mut self) -> bool {
        self.word(&[
            "repeats",
            "repeat",
            "tandem repeats",
            "tandem repeat",
            "variable number of tandem repeats",
        ])
        .is_some()
    }

    /// "32-bp", "5.5 kb", "22,230 bp", "four base pairs": the number and its unit.
    fn size(&mut self) -> Option<SmolStr> {
        let number = match self.meaning(&NUMBERS) {
            Some(number) => number.into(),
            None => self.decimal()?,
        };
        self.gap();
        let unit = self.meaning(&UNITS)?;
        Some(format_smolstr!("{number}{unit}"))
    }

    fn decimal(&mut self) -> Option<SmolStr> {
        let number = self.grouped_digits()?;
        let mut fraction = *self;
        if fraction.eat(".")
            && let Some(digits) = fraction.digits(3)
        {
            *self = fraction;
            return Some(format_smolstr!("{number}.{digits}"));
        }
        Some(number)
    }

    /// " (TTAAATGG)".
    fn bases_in_brackets(&mut self) -> Option<&'t str> {
        let mut scanner = *self;
        if !scanner.eat(" (") {
            return None;
        }
        let bases = scanner.upper_bases()?;
        if !scanner.eat(")") {
            return None;
        }
        *self = scanner;
        Some(bases)
    }

    /// What is deleted or inserted: "4 kb", "C", "a G nucleotide", "the four nucleotides CCCC", "(GCG)4GCA".
    fn event_object(&mut self) -> Option<SmolStr> {
        let mut repeat = *self;
        if let Some(bases) = repeat.bracketed_bases() {
            let more = repeat.upper_bases().unwrap_or_default();
            *self = repeat;
            return Some(format_smolstr!("{bases}{more}"));
        }
        let mut sized = *self;
        let size = sized.size();
        let mut based = sized;
        let bases = if size.is_some() {
            based.eat(" ");
            based.upper_bases()
        } else {
            based = *self;
            based.short_bases().or_else(|| based.base_name())
        };
        if bases.is_some() && based.ends_word() && based.next_byte() != Some(b'-') {
            based.next_word(&["nucleotides", "nucleotide", "residues", "residue", "base"]);
            *self = based;
            return bases.map(SmolStr::from);
        }
        *self = sized;
        size
    }

    /// "exon 7", "exons 2-5", "codon 138".
    fn part(&mut self) -> Option<SmolStr> {
        let word = self.word(&["exons", "exon", "codon", "intron"])?;
        self.eat(" ").then_some(())?;
        let number = self.place_number()?;
        Some(format_smolstr!("{}{number}", word.trim_end_matches('s')))
    }
}
