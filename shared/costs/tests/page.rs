//! `docs/cost.md` and `docs/threat-model.md` have the tables that the model writes.

use std::{fs, path::Path};

use costs::{Problem, page};

#[test]
fn the_tables_of_the_pages_are_the_models() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    type Page = fn(&str) -> Result<String, Problem>;
    for (name, written) in [
        ("cost.md", page::written as Page),
        ("threat-model.md", costs::threats),
    ] {
        let text = fs::read_to_string(docs.join(name)).unwrap();
        let written = written(&text).unwrap();
        let stale = text
            .lines()
            .zip(written.lines())
            .find(|(old, new)| old != new);
        assert!(
            text == written,
            "docs/{name} is stale: run cargo run -p costs --example write-page\n{stale:#?}"
        );
    }
}

#[test]
fn a_page_without_a_place_for_a_table_is_refused() {
    let problem = page::written("no table here").unwrap_err().to_string();
    assert!(problem.contains("no place for sizes"), "{problem}");
    let problem = costs::threats("no table here").unwrap_err().to_string();
    assert!(problem.contains("no place for attacks"), "{problem}");
}
