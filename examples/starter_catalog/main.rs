//! Builds the starter catalog of its tables in `data/catalog`, for the program to embed. Run it after a change of them:
//!
//! ```text
//! cargo run --release --example starter_catalog
//! ```

use std::path::Path;

use glossator::catalog::Catalog;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let catalog = Catalog::of_starter_tables()?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/catalog/starter.catalog");
    std::fs::write(&path, catalog.as_bytes())?;
    println!("{}: {} bytes, {}", path.display(), catalog.as_bytes().len(), catalog.version());
    Ok(())
}
