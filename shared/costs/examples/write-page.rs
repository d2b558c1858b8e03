//! Writes the tables of docs/cost.md and docs/threat-model.md again: `cargo run -p costs --example write-page`.

use std::{error::Error, fs, path::Path};

use costs::{Problem, page};

type Page = fn(&str) -> Result<String, Problem>;

fn main() -> Result<(), Box<dyn Error>> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    for (name, written) in [
        ("cost.md", page::written as Page),
        ("threat-model.md", costs::threats),
    ] {
        let page = docs.join(name);
        fs::write(&page, written(&fs::read_to_string(&page)?)?)?;
    }
    Ok(())
}
