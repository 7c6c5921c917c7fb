//! `glossator catalog info`.

use std::io::{self, Write};

use super::{CatalogCommandError, InfoArguments};
use crate::catalog::{Catalog, SectionSize};

/// Checks the catalog whole and shows what it holds.
pub(super) fn run(arguments: &InfoArguments) -> Result<(), CatalogCommandError> {
    let catalog = Catalog::open_whole(&arguments.catalog)?;
    let mut output = io::stdout().lock();
    match show(&catalog, &mut output).and_then(|()| output.flush()) {
        // Whoever reads the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn show(catalog: &Catalog, output: &mut impl Write) -> io::Result<()> {
    let (entities, names) = (catalog.entity_count(), catalog.name_count());
    writeln!(output, "version   {}", catalog.version())?;
    if !catalog.name().is_empty() {
        writeln!(output, "recipe    {}", catalog.name())?;
    }
    writeln!(output, "entities  {entities}")?;
    writeln!(output, "names     {names}, {} distinct when folded", catalog.names().len())?;
    let sections = catalog.sections();
    let sum = |wanted: fn(&SectionSize) -> bool| {
        sections.iter().filter(|s| wanted(s)).map(|s| s.bytes).sum::<usize>()
    };
    let per_name = |bytes: usize| bytes as f64 / names.max(1) as f64;
    writeln!(output, "\n{:<16} {:>12} {:>12}", "section", "bytes", "a name")?;
    for SectionSize { name, bytes, .. } in &sections {
        writeln!(output, "{name:<16} {bytes:>12} {:>12.2}", per_name(*bytes))?;
    }
    for (what, bytes) in [("for matching", sum(|section| section.for_matching)), ("all", sum(|_| true))] {
        writeln!(output, "{what:<16} {bytes:>12} {:>12.2}", per_name(bytes))?;
    }
    writeln!(output, "\nsources, the most believed first: name, version, licence")?;
    let mut last = String::new();
    for source in (0..=u8::MAX).map_while(|number| catalog.source(number)) {
        let told = about(&[source.name, source.version, source.license]);
        if told != last {
            writeln!(output, "  {told}")?;
        }
        last = told;
    }
    writeln!(output, "\n{:<14} {:>9} {:>9}  name, version, licence", "terminology", "entities", "names")?;
    for terminology in catalog.terminologies() {
        let told = about(&[terminology.name, terminology.version, terminology.license]);
        writeln!(
            output,
            "{:<14} {:>9} {:>9}  {told}",
            terminology.prefix, terminology.entities, terminology.names
        )?;
    }
    Ok(())
}

/// What is told of three, with commas between.
fn about(texts: &[String; 3]) -> String {
    let told: Vec<&str> = texts.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    told.join(", ")
}
