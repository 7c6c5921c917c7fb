//! A taxonomy, in the files that NCBI dumps.

use std::io::{self, Write};

use super::random::Random;
use super::words::rare_word;

/// Kinds of [`Random`].
const GENUS: u64 = 4;
const TAXON: u64 = 5;
/// Where the numbers of made-up taxa begin, beyond those of real ones.
const FIRST_ID: u64 = 100_000_000;
/// How many taxa a genus has.
const TAXA_A_GENUS: u64 = 24;

const EPITHETS: [&str; 24] = [
    "vulgaris",
    "communis",
    "albus",
    "niger",
    "minor",
    "major",
    "orientalis",
    "occidentalis",
    "gracilis",
    "robustus",
    "elegans",
    "pallidus",
    "aquaticus",
    "marinus",
    "montanus",
    "australis",
    "borealis",
    "domesticus",
    "fragilis",
    "longipes",
    "nigripes",
    "punctatus",
    "sinensis",
    "japonicus",
];
const COLOURS: [&str; 8] = ["red", "black", "spotted", "common", "lesser", "greater", "northern", "golden"];
const ANIMALS: [&str; 8] = ["beetle", "moth", "snail", "frog", "warbler", "sedge", "lily", "mushroom"];

/// Writes taxa until they have at least so many names; how many they have.
pub fn write(nodes: &mut impl Write, names: &mut impl Write, count: u64) -> io::Result<u64> {
    let mut output = Output { nodes, names, written: 0 };
    output.node(FIRST_ID, FIRST_ID, "no rank")?;
    output.name(FIRST_ID, "made-up life", "scientific name")?;
    let mut number = 0;
    while output.written < count {
        output.genus(number)?;
        number += 1;
    }
    Ok(output.written)
}

struct Output<'o, N, M> {
    nodes: &'o mut N,
    names: &'o mut M,
    written: u64,
}

impl<N: Write, M: Write> Output<'_, N, M> {
    fn node(&mut self, id: u64, parent: u64, rank: &str) -> io::Result<()> {
        writeln!(self.nodes, "{id}\t|\t{parent}\t|\t{rank}\t|")
    }

    fn name(&mut self, id: u64, name: &str, class: &str) -> io::Result<()> {
        self.written += 1;
        writeln!(self.names, "{id}\t|\t{name}\t|\t\t|\t{class}\t|")
    }

    /// A genus with its taxa.
    fn genus(&mut self, number: u64) -> io::Result<()> {
        let mut random = Random::of(GENUS, number);
        let mut genus = String::new();
        let ending = random.one_of(&["us", "a", "um", "ella", "is", "ites", "opsis"]);
        rare_word(&mut genus, &mut random, ending);
        genus[..1].make_ascii_uppercase();
        let id = FIRST_ID + 1 + number * (TAXA_A_GENUS + 1);
        self.node(id, FIRST_ID, "genus")?;
        self.name(id, &genus, "scientific name")?;
        for place in 1..=TAXA_A_GENUS {
            self.taxon(id + place, id, &genus)?;
        }
        Ok(())
    }

    fn taxon(&mut self, id: u64, parent: u64, genus: &str) -> io::Result<()> {
        let mut random = Random::of(TAXON, id);
        let mut epithet = String::new();
        if random.happens(40) {
            epithet.push_str(random.one_of(&EPITHETS));
        } else {
            let ending = random.one_of(&["ensis", "ii", "icus", "oides", "ana"]);
            rare_word(&mut epithet, &mut random, ending);
        }
        let rank = match random.below(100) {
            0..45 => "species",
            45..80 => "no rank",
            _ => "strain",
        };
        let code = random.below(100_000);
        let name = match rank {
            "species" => format!("{genus} {epithet}"),
            "no rank" => {
                format!("{genus} sp. {}{code}", random.one_of(&["BOLD:AA", "CCAP ", "JM", "strain ", "MG"]))
            }
            _ => format!("{genus} {epithet} str. {}{code}", random.one_of(&["ATCC ", "DSM ", "K-", "NBRC "])),
        };
        self.node(id, parent, rank)?;
        self.name(id, &name, "scientific name")?;
        if random.happens(18) {
            let mut other = String::new();
            rare_word(&mut other, &mut random, "us");
            other[..1].make_ascii_uppercase();
            self.name(id, &format!("{other} {epithet}"), "synonym")?;
        }
        if rank == "species" && random.happens(6) {
            let mut place = String::new();
            rare_word(&mut place, &mut random, "");
            let common = format!("{place} {} {}", random.one_of(&COLOURS), random.one_of(&ANIMALS));
            self.name(id, &common, "genbank common name")?;
        }
        Ok(())
    }
}
