//! Schemes that are refused before they judge anything: the field, and what to do.

use coatcheck_signature::{Scheme, SchemeError, Site, Verifier};
use domain::SchemeRef;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::{site, verifier};

/// A scheme that breaks no rule; each test breaks one.
fn sound() -> Value {
    json!({
        "kind": "hmac",
        "hash": "sha256",
        "signature": {"headers": ["x-sig", "x-old-sig"], "grammar": "kv", "sig_keys": ["v1"], "encoding": "hex"},
        "key": {"decode": "hex", "strip_prefix": "k_", "min_bytes": 32},
        "content": [{"lit": "v1:"}, {"param": "t"}, {"lit": ":"}, {"header": "x-id"}, {"lit": ":"}, {"body": true}],
        "timestamp": {"from": {"param": "t"}, "unit": "ms", "max_age_s": 60, "max_future_s": 5},
        "event": {"id": {"header": "x-id"}, "type": {"json": "/type"}, "occurred_at": {"json": "/at"}},
    })
}

fn compile(scheme: Value) -> Result<Verifier, SchemeError> {
    Scheme::resolve(&SchemeRef::Custom(scheme))
        .and_then(|scheme| Verifier::compile(&scheme, &site()))
}

/// Sets one member, or removes it if the value is null.
fn changed(pointer: &str, value: Value) -> Value {
    let mut scheme = sound();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = scheme.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(name);
    } else {
        parent.insert(name.to_owned(), value);
    }
    scheme
}

#[test]
fn the_sound_scheme_is_sound() {
    assert!(compile(sound()).unwrap().replay_protected());
}

#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(default)]
    field: String,
    scheme: Value,
}

/// Shared with the tests of Terraform, which refuses the same schemes at plan.
#[test]
fn every_refused_scheme_is_refused_by_field_and_remedy() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../fixtures/refused-schemes.json")).unwrap();
    assert!(cases.len() >= 110, "{}", cases.len());
    let wrong: Vec<_> = cases.into_iter().filter_map(mistake).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is wrong with how a scheme is refused.
fn mistake(case: Case) -> Option<String> {
    let (field, text) = match compile(case.scheme) {
        Err(SchemeError::Rule { field, remedy, .. }) => (field.to_owned(), remedy.to_owned()),
        Err(SchemeError::Shape { field, message }) => (field, message),
        other => return Some(format!("{}: {other:?}", case.name)),
    };
    let rest = field.strip_prefix(&case.field);
    let names_it = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    (!names_it || text.is_empty())
        .then(|| format!("{}: {field}, not {}: {text}", case.name, case.field))
}

#[test]
fn every_accepted_scheme_is_accepted() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../fixtures/accepted-schemes.json")).unwrap();
    assert!(cases.len() >= 25, "{}", cases.len());
    let refused: Vec<_> = cases
        .into_iter()
        .filter_map(|case| Some((case.name, compile(case.scheme).err()?)))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn a_scheme_that_signs_the_url_needs_one() {
    let scheme = changed("/content", json!([{"url": true}, {"body": true}]));
    let scheme = Scheme::resolve(&SchemeRef::Custom(scheme)).unwrap();
    let problem = Verifier::compile(&scheme, &Site::default()).unwrap_err();
    assert!(
        matches!(problem, SchemeError::Rule { field: "url", .. }),
        "{problem}"
    );
}

#[test]
fn an_unknown_preset_lists_those_there_are() {
    let problem = Scheme::resolve(&SchemeRef::Preset("gihub".into()))
        .unwrap_err()
        .to_string();
    for name in ["gihub", "github", "standard-webhooks", "stripe"] {
        assert!(problem.contains(name), "{problem}");
    }
}

#[test]
fn replay_protection_is_derived_from_what_is_signed() {
    assert!(verifier("stripe").replay_protected());
    assert!(verifier("standard-webhooks").replay_protected());
    assert!(!verifier("github").replay_protected());
    // A timestamp beside the signature is checked and protects nothing.
    let scheme = changed("/content", json!([{"body": true}]));
    assert!(!compile(scheme).unwrap().replay_protected());
}
