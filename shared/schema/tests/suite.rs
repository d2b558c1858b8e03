//! The official test suite's required cases of drafts 2020-12 and 7, through the same door as
//! payloads: `Schema::compile` and `Schema::check`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what fails here fails the test"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use schema::{Schema, SchemaProblem};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Group {
    description: String,
    schema: Value,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    description: String,
    data: Value,
    valid: bool,
}

struct Suite {
    folder: &'static str,
    draft: &'static str,
    definitions: &'static str,
    id: fn(&mut Value, &str),
}

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/json-schema-test-suite")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "json") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The documents that cases refer to, by their addresses.
fn remotes(draft: &str) -> BTreeMap<String, Value> {
    let folder = suite().join("remotes");
    let drafts = ["draft7", "draft2020-12"];
    let mut found = BTreeMap::new();
    for path in files(&folder) {
        let name = path
            .strip_prefix(&folder)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let other = drafts
            .iter()
            .any(|other| *other != draft && name.starts_with(other));
        if !other {
            let text = fs::read_to_string(&path).unwrap();
            let document = serde_json::from_str(&text).unwrap();
            found.insert(format!("http://localhost:1234/{name}"), document);
        }
    }
    found
}

impl Suite {
    fn schema(&self, schema: &Value) -> Value {
        let mut schema = schema.clone();
        if let Some(members) = schema.as_object_mut() {
            members.entry("$schema").or_insert(json!(self.draft));
        }
        schema
    }

    /// The same schema with the documents in it, as a reader of our message would put them there.
    fn bundled(&self, schema: &Value, remotes: &BTreeMap<String, Value>) -> Value {
        let mut whole = self.schema(schema);
        let members = whole.as_object_mut().unwrap();
        let held = members.entry(self.definitions).or_insert(json!({}));
        for (at, document) in remotes {
            let mut document = document.clone();
            (self.id)(&mut document, at);
            held[at] = document;
        }
        whole
    }

    /// How many cases went as the suite says, and the groups whose schema is refused.
    fn run(&self) -> (usize, Vec<String>) {
        let remotes = remotes(self.folder);
        let (mut passed, mut outside) = (0, Vec::new());
        for path in files(&suite().join("tests").join(self.folder)) {
            let file = path.file_stem().unwrap().to_str().unwrap();
            let groups: Vec<Group> =
                serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            for group in groups {
                let name = format!("{file}: {}", group.description);
                let text = self.schema(&group.schema).to_string();
                let compiled = match Schema::compile(&text) {
                    Err(SchemaProblem::Outside(_)) => {
                        let whole = self.bundled(&group.schema, &remotes).to_string();
                        Schema::compile(&whole)
                    }
                    other => other,
                };
                let schema = match compiled {
                    Ok(schema) => schema,
                    Err(SchemaProblem::Outside(_) | SchemaProblem::Draft(_)) => {
                        outside.push(name);
                        continue;
                    }
                    Err(problem) => panic!("{name}: {problem}"),
                };
                for case in group.tests {
                    let outcome = schema.check(case.data.to_string().as_bytes());
                    let name = format!("{name}: {}", case.description);
                    assert_eq!(outcome.is_ok(), case.valid, "{name}: {outcome:?}");
                    passed += 1;
                }
            }
        }
        (passed, outside)
    }
}

fn set_id(document: &mut Value, id: &str) {
    if let Some(members) = document.as_object_mut() {
        members.entry("$id").or_insert(json!(id));
    }
}

#[test]
fn draft_2020_12() {
    let suite = Suite {
        folder: "draft2020-12",
        draft: "https://json-schema.org/draft/2020-12/schema",
        definitions: "$defs",
        id: set_id,
    };
    let (passed, refused) = suite.run();
    // Meta-schemas of one's own, and documents whose address is not their $id: Coatcheck fetches nothing, so it has no
    // address but the $id.
    let expected = [
        "refRemote: remote HTTP ref with different $id",
        "refRemote: remote HTTP ref with different URN $id",
        "vocabulary: schema that uses custom metaschema with with no validation vocabulary",
        "vocabulary: ignore unrecognized optional vocabulary",
    ];
    assert_eq!(
        (passed, refused),
        (1_290, expected.map(str::to_owned).to_vec())
    );
}

#[test]
fn draft_7() {
    let suite = Suite {
        folder: "draft7",
        draft: "http://json-schema.org/draft-07/schema#",
        definitions: "definitions",
        id: set_id,
    };
    assert_eq!(suite.run(), (927, Vec::new()));
}
