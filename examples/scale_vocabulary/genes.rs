//! Genes of model organisms.

use std::io::{self, Write};

use super::random::Random;
use super::words::{rare_word, word};

/// A model organism.
pub struct Species {
    /// Its number in the taxonomy.
    pub taxon: u32,
    /// How many of [`SHARES`] of all names of genes are its own.
    pub share: u64,
    /// How its symbols are written.
    case: Case,
    /// What its codes begin with, beside `LOC`.
    code: &'static str,
}

#[derive(Clone, Copy)]
enum Case {
    Upper,
    Title,
    Lower,
}

const fn species(taxon: u32, share: u64, case: Case, code: &'static str) -> Species {
    Species { taxon, share, case, code }
}

/// The organisms, with about the shares that they have of NCBI Gene.
pub const SPECIES: [Species; 14] = [
    species(9606, 20, Case::Upper, "ENSG"),
    species(10090, 14, Case::Title, "RIKEN cDNA "),
    species(10116, 10, Case::Title, "RGD"),
    species(9913, 6, Case::Upper, "ENSBTAG"),
    species(9823, 6, Case::Upper, "ENSSSCG"),
    species(9615, 6, Case::Upper, "ENSCAFG"),
    species(9598, 6, Case::Upper, "ENSPTRG"),
    species(9544, 5, Case::Upper, "ENSMMUG"),
    species(9031, 5, Case::Upper, "ENSGALG"),
    species(8355, 6, Case::Lower, "XELAEV_"),
    species(7955, 7, Case::Lower, "zgc:"),
    species(7227, 3, Case::Title, "CG"),
    species(6239, 3, Case::Lower, "CELE_"),
    species(3702, 3, Case::Upper, "AT1G"),
];
/// The sum of all shares.
pub const SHARES: u64 = 100;

/// Kinds of [`Random`].
const FAMILY: u64 = 2;
const GENE: u64 = 3;
/// How many families have a short symbol, as named genes do; the others have longer, code-like ones.
const NAMED_FAMILIES: u64 = 40_000;
/// Where the numbers of made-up genes begin, beyond those of real ones.
const FIRST_ID: u64 = 300_000_000;
/// How many numbers each species has.
const IDS_A_SPECIES: u64 = 10_000_000;

/// Genes of RNA, which are called the same by the hundred.
const RNA_NAMES: [&str; 6] = [
    "U6 spliceosomal RNA",
    "tRNA-Ala",
    "5S ribosomal RNA",
    "small nucleolar RNA SNORA70",
    "tRNA-Lys",
    "Y RNA",
];

/// What orthologues have in common.
struct Family {
    symbol: String,
    full_name: String,
    aliases: Vec<String>,
}

impl Family {
    fn new(number: u64) -> Self {
        let mut random = Random::of(FAMILY, number);
        let named = number < NAMED_FAMILIES;
        let symbol = symbol(&mut random, named);
        let words = [1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7][random.below(11) as usize];
        let full_name = name(&mut random, words);
        let aliases = [0, 0, 1, 1, 2, 2, 3, 5][random.below(8) as usize];
        let aliases = (0..aliases).map(|_| symbol_or_words(&mut random, named)).collect();
        Self { symbol, full_name, aliases }
    }
}

/// A symbol; those that are not of a named family have many letters and digits.
fn symbol(random: &mut Random, named: bool) -> String {
    let letters = [3, 3, 3, 4, 4, 4, 4, 5, 6][random.below(9) as usize] + if named { 0 } else { 1 };
    let mut symbol: String =
        (0..letters).map(|_| char::from(b"ABCDEFGHIKLMNOPRSTUVXZ"[random.below(22) as usize])).collect();
    if !named || random.happens(75) {
        let most = if !named {
            90_000
        } else if random.happens(30) {
            900
        } else {
            12
        };
        symbol.push_str(&(1 + random.below(most)).to_string());
    }
    if random.happens(25) {
        symbol.push(char::from(b"ABCDLR"[random.below(6) as usize]));
    }
    symbol
}

/// A name of so many words that few families share: it has a rare word or a number.
fn name(random: &mut Random, words: u64) -> String {
    let mut name = String::new();
    let numbered = words > 1 && random.happens(60);
    let rare = if numbered { words } else { random.below(words) };
    for place in 0..words {
        if place > 0 {
            name.push(if random.happens(8) { '-' } else { ' ' });
        }
        if place == rare {
            rare_word(&mut name, random, "");
        } else {
            word(&mut name, random);
        }
    }
    if numbered {
        name.push_str(&format!(" {}", 1 + random.below(400)));
    }
    name
}

fn symbol_or_words(random: &mut Random, named: bool) -> String {
    if random.happens(60) {
        return symbol(random, named);
    }
    let words = 2 + random.below(3);
    name(random, words)
}

/// The names of one gene.
struct Gene {
    symbol: String,
    full_name: String,
    aliases: Vec<String>,
}

impl Gene {
    fn new(species: &Species, number: u64) -> Self {
        let mut random = Random::of(GENE + u64::from(species.taxon), number);
        let loc = format!("LOC{}", 100_000_000 + u64::from(species.taxon) % 97 * 1_000_000 + number);
        let code = format!("{}{number:06}", species.code);
        match random.below(100) {
            // The families come in the same order in every species.
            0..58 => {
                let Family { symbol, full_name, mut aliases } = Family::new(number);
                aliases.retain(|_| random.happens(60));
                aliases.extend(random.happens(50).then_some(code));
                aliases.extend(random.happens(20).then_some(loc));
                Self { symbol: species.cased(&symbol), full_name, aliases }
            }
            58..86 => {
                let full_name = format!("uncharacterized {loc}");
                let aliases = random.happens(40).then_some(code).into_iter().collect();
                Self { symbol: loc, full_name, aliases }
            }
            86..94 => {
                let Family { symbol, full_name, .. } = Family::new(random.below(20_000));
                let symbol = species.cased(&format!("{symbol}P{}", 1 + random.below(9)));
                Self { symbol, full_name: format!("{full_name} pseudogene"), aliases: Vec::new() }
            }
            _ => {
                let full_name = random.one_of(&RNA_NAMES).to_owned();
                Self { symbol: format!("{}r{number}", species.code), full_name, aliases: Vec::new() }
            }
        }
    }
}

impl Species {
    fn cased(&self, symbol: &str) -> String {
        match self.case {
            Case::Upper => symbol.to_owned(),
            Case::Lower => symbol.to_lowercase(),
            Case::Title => format!("{}{}", &symbol[..1], symbol[1..].to_lowercase()),
        }
    }
}

/// Writes genes of the species of that place in [`SPECIES`] until they have at least so many names; how many they have.
pub fn write(output: &mut impl Write, place: usize, names: u64) -> io::Result<u64> {
    let species = &SPECIES[place];
    output.write_all(b"format-version: 1.4\n")?;
    let (mut written, mut number) = (0, 0);
    while written < names {
        let Gene { symbol, full_name, aliases } = Gene::new(species, number);
        let id = FIRST_ID + place as u64 * IDS_A_SPECIES + number;
        write!(output, "\n[Term]\nid: NCBIGene:{id}\nname: {symbol}\nsynonym: \"{full_name}\" EXACT []\n")?;
        for alias in &aliases {
            writeln!(output, "synonym: \"{alias}\" EXACT []")?;
        }
        if number.is_multiple_of(2) {
            writeln!(output, "xref: Ensembl:ENS{place:03}G{number:011}")?;
        }
        written += aliases.len() as u64 + 2;
        number += 1;
    }
    Ok(written)
}
