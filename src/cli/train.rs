//! temporary
use std::path::PathBuf;
use clap::Args;
#[derive(Debug, Args)]
pub struct TrainArguments {
    #[arg(long)]
    recipe: PathBuf,
    #[arg(long)]
    gold: Vec<PathBuf>,
    #[arg(long)]
    catalog: PathBuf,
    #[arg(long, default_value_t = 5)]
    folds: usize,
}
pub fn run(a: &TrainArguments) -> Result<(), crate::train::TrainError> {
    let catalog = crate::catalog::Catalog::open(&a.catalog).unwrap();
    if std::env::var("FULL").is_ok() { crate::train::full(&a.recipe, &a.gold, catalog, a.folds, None) } else { crate::train::experiment(&a.recipe, &a.gold, &catalog, a.folds) }
}
