//! The presets, listed and shown.

use serde_json::Value;
use signature::{Proof, presets};

use crate::run::Folder;

#[test]
fn every_preset_is_listed_and_can_be_shown() {
    let folder = Folder::new("schemes");
    let table = folder.run(&["schemes"]);
    let json = folder.run(&["schemes", "--json"]).json();
    let all = presets().unwrap();
    assert_eq!(json.as_array().unwrap().len(), all.len());
    for preset in all {
        let name = preset.name;
        assert!(table.stdout.contains(&format!("\n{name} ")), "{name}");
        let shown = folder.run(&["schemes", name]);
        assert_eq!(shown.code, 0);
        for text in [
            &preset.title,
            &preset.source,
            &preset.notes,
            &preset.retries,
            &preset.size,
        ] {
            assert!(shown.stdout.contains(text.as_str()), "{name}: {text}");
        }
        // A preset of tokens lacks what an endpoint says: a file has it.
        let named = match preset.scheme.proof {
            Proof::Jwt(_) => "./scheme.json",
            _ => name,
        };
        assert!(
            shown
                .stdout
                .contains(&format!("coatcheck verify --scheme {named}")),
            "{name}"
        );
    }
}

/// The scheme that is shown is one to start from.
#[test]
fn what_is_shown_as_the_scheme_passes_check() {
    let folder = Folder::new("schemes-text");
    for name in ["slack", "docusign", "twilio"] {
        let shown = folder.run(&["schemes", name]).stdout;
        let start = shown.find("\n{").unwrap();
        let end = shown.find("\n}\n").unwrap();
        let scheme = &shown[start..end + 3];
        let run = folder.run_with(&["check", "-"], scheme.as_bytes(), None);
        assert_eq!(run.code, 0, "{name}: {run:?}");
        let json = folder.run(&["schemes", name, "--json"]).json();
        assert_eq!(
            json["scheme"],
            serde_json::from_str::<Value>(scheme).unwrap()
        );
    }
}
