//! Writes a made-up vocabulary of any number of names, with a recipe beside it, to measure what a large catalog costs:
//! genes of model organisms in OBO, and a taxonomy as NCBI dumps it. The same number gives the same bytes.
//!
//! ```text
//! cargo run --release --example scale_vocabulary -- --to target/scale
//! glossator catalog build --recipe target/scale/scale.toml --output target/scale/scale.catalog
//! ```
//!
//! Ten million names are as many as NCBI Gene has of its model organisms and the whole taxonomy together. What is made up
//! is meant to cost what the real ones do: orthologues share symbols, aliases and full names; genes without a name have
//! codes (`LOC102723996`, `zgc:112234`); words are as unevenly frequent as words are (Zipf), and the most frequent ones
//! are those of real gene names, so that walks over real text go on.

mod genes;
mod random;
mod taxa;
mod words;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Parser;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Writes a made-up vocabulary.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// How many names
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    names: u64,
    /// A recipe whose sources come first in the new one, so that texts have names of both; its files are expected in the
    /// same folder
    #[arg(long, value_name = "FILE")]
    beside: Option<PathBuf>,
}

/// A packed file, written as a stream.
type Output = BufWriter<GzEncoder<File>>;

fn create(path: &Path) -> io::Result<Output> {
    Ok(BufWriter::with_capacity(1 << 16, GzEncoder::new(File::create(path)?, Compression::fast())))
}

fn finish(output: Output) -> io::Result<()> {
    output.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?.sync_all()
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    fs::create_dir_all(&arguments.to)?;
    // NCBI has some more names of genes than of taxa.
    let of_genes = arguments.names * 6 / 10;
    let mut recipe = beginning(arguments.beside.as_deref())?;
    let mut written = 0;
    for (number, species) in genes::SPECIES.iter().enumerate() {
        let so_far: u64 = genes::SPECIES[..=number].iter().map(|species| species.share).sum();
        let end = of_genes * so_far / genes::SHARES;
        let file = format!("genes_{}.obo.gz", species.taxon);
        let mut output = create(&arguments.to.join(&file))?;
        written += genes::write(&mut output, number, end.saturating_sub(written))?;
        finish(output)?;
        recipe.push_str(&source(&format!("Genes of {}", species.taxon), &file, "obo", "NCBIGene", "Gene"));
        recipe.push_str(&format!("taxon = \"NCBITaxon:{}\"\nreferences = [\"Ensembl\"]\n", species.taxon));
    }
    let folder = arguments.to.join("taxdump");
    fs::create_dir_all(&folder)?;
    let mut nodes = create(&folder.join("nodes.dmp.gz"))?;
    let mut names = create(&folder.join("names.dmp.gz"))?;
    written += taxa::write(&mut nodes, &mut names, arguments.names.saturating_sub(written))?;
    finish(nodes)?;
    finish(names)?;
    recipe.push_str(&source("Taxa", "taxdump", "taxdump", "NCBITaxon", "Species"));
    let path = arguments.to.join("scale.toml");
    File::create(&path)?.write_all(recipe.as_bytes())?;
    println!("{written} names are written; the recipe is {}", path.display());
    Ok(())
}

/// The beginning of the recipe: that of the other one but for its name.
fn beginning(beside: Option<&Path>) -> io::Result<String> {
    let mut recipe = "name = \"scale\"\n".to_owned();
    let Some(beside) = beside else { return Ok(recipe) };
    let mut in_table = false;
    for line in fs::read_to_string(beside)?.lines() {
        in_table |= line.starts_with('[');
        if in_table || !line.starts_with("name") {
            recipe.push_str(line);
            recipe.push('\n');
        }
    }
    Ok(recipe)
}

fn source(name: &str, file: &str, format: &str, namespace: &str, entity_type: &str) -> String {
    format!(
        "\n[[sources]]\nname = \"{name}, made up\"\nversion = \"1\"\nlicense = \"CC0-1.0\"\nfile = \"{file}\"\n\
         format = \"{format}\"\nnamespace = \"{namespace}\"\ntype = \"{entity_type}\"\n"
    )
}
