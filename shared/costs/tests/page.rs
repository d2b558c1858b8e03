//! `docs/cost.md` has the tables that the model writes.

use std::{fs, path::Path};

#[test]
fn the_tables_of_the_page_are_the_models() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cost.md");
    let text = fs::read_to_string(page).unwrap();
    let written = costs::page::written(&text).unwrap();
    let stale = text
        .lines()
        .zip(written.lines())
        .find(|(old, new)| old != new);
    assert!(
        text == written,
        "docs/cost.md is stale: run cargo run -p costs --example write-page\n{stale:#?}"
    );
}

#[test]
fn a_page_without_a_place_for_a_table_is_refused() {
    let problem = costs::page::written("no table here")
        .unwrap_err()
        .to_string();
    assert!(problem.contains("no place for sizes"), "{problem}");
}
