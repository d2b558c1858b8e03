//! Writes the tables of docs/cost.md again: `cargo run -p costs --example write-page`.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cost.md");
    let text = fs::read_to_string(&page)?;
    fs::write(&page, costs::page::written(&text)?)?;
    Ok(())
}
