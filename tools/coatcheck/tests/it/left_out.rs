//! `verify` names the facts that `ingest` would leave out, as its log does.

use crate::{
    provider::SECRET,
    run::{Folder, split},
};

const SCHEME: &str = r#"{
  "kind": "hmac", "hash": "sha256",
  "signature": { "headers": ["x-sig"], "grammar": "whole", "encoding": "hex" },
  "content": [{ "body": true }],
  "event": {
    "type": { "literal": "order.paid" },
    "subject": { "json": "/subject" },
    "occurred_at": { "json": "/time" }
  }
}"#;

fn verified(body: &str, rest: &str) -> (i32, String) {
    let folder = Folder::new(&format!("left-out-{}{}", body.len(), rest.len()));
    folder.write("scheme.json", SCHEME);
    folder.write("secret", SECRET);
    folder.write("body", body);
    let sign = "sign --scheme ./scheme.json --secret-file secret body";
    folder.write("headers", folder.run(&split(sign)).stdout);
    let line = "verify --scheme ./scheme.json --secret-file secret --header @headers body";
    let run = folder.run(&split(&format!("{line}{rest}")));
    (run.code, run.stdout)
}

#[test]
fn what_is_left_out_is_named_and_not_repeated() {
    let body = r#"{"subject":"SUBJECTCANARY\n","time":"TIMECANARY"}"#;
    let (code, text) = verified(body, "");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("left out          subject"), "{text}");
    assert!(!text.contains("CANARY"), "{text}");
    let (code, json) = verified(body, " --json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let names = json["left_out"].as_array().unwrap();
    assert!(code == 0 && names.contains(&"subject".into()), "{json}");
}

#[test]
fn what_can_be_used_is_left_nowhere() {
    let (code, text) = verified(r#"{"subject":"s","time":1795298390}"#, "");
    assert!(code == 0 && !text.contains("left out"), "{text}");
}
