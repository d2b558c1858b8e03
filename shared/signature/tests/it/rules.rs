//! Schemes that are refused before they judge anything: the field, and what to do.

use domain::SchemeRef;
use serde_json::{Value, json};
use signature::{Scheme, SchemeError, Verifier, presets};

use crate::common::{preset, verifier};

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
    Scheme::resolve(&SchemeRef::Custom(scheme)).and_then(|scheme| Verifier::compile(&scheme))
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

#[test]
fn each_rule_names_its_field_and_a_remedy() {
    let body = json!({"body": true});
    let broken = [
        ("hash", "/hash", json!("sha1")),
        ("allow_sha1", "/allow_sha1", json!(true)),
        ("signature.headers", "/signature/headers", json!([])),
        ("signature.headers", "/signature/headers", json!(["X-Sig"])),
        ("signature.headers", "/signature/headers", json!(["x sig"])),
        ("signature.pair_sep", "/signature/pair_sep", json!("")),
        ("signature.pair_sep", "/signature/pair_sep", json!("a")),
        ("signature.kv_sep", "/signature/kv_sep", json!(",")),
        ("signature.sig_keys", "/signature/sig_keys", json!([])),
        ("signature.sig_keys", "/signature/sig_keys", json!([" v1"])),
        ("signature.sig_keys", "/signature/sig_keys", json!(["v=1"])),
        ("signature.list_sep", "/signature/list_sep", json!(" ")),
        ("signature.versions", "/signature/versions", json!(["v1"])),
        (
            "signature.max_signatures",
            "/signature/max_signatures",
            json!(0),
        ),
        (
            "signature.max_signatures",
            "/signature/max_signatures",
            json!(17),
        ),
        ("signature.prefix", "/signature/prefix", json!("")),
        ("signature.sig_keys", "/signature/grammar", json!("whole")),
        (
            "signature.sig_keys",
            "/signature/grammar",
            json!("versions"),
        ),
        ("key.strip_prefix", "/key/strip_prefix", json!("")),
        ("key.min_bytes", "/key/min_bytes", json!(0)),
        ("content", "/content", json!([])),
        ("content", "/content", json!([{"lit": "x"}])),
        ("content", "/content", json!([body, body])),
        (
            "content",
            "/content",
            json!([body, {"body_sha256_hex": true}]),
        ),
        ("content", "/content", json!([{"lit": ""}, body])),
        (
            "content",
            "/content",
            json!([{"header": "X-Id"}, {"lit": "."}, body]),
        ),
        ("content", "/content", json!([{"header": "x-id"}, body])),
        ("content", "/content", json!([body, {"header": "x-id"}])),
        (
            "content",
            "/content",
            json!([{"header": "x-id"}, {"header": "x-b"}, {"lit": "."}, body]),
        ),
        (
            "content",
            "/content",
            json!([{"header": "x-sig"}, {"lit": "."}, body]),
        ),
        (
            "content",
            "/content",
            json!([{"header": ["x-id"]}, {"lit": "."}, body]),
        ),
        (
            "content",
            "/content",
            json!([{"param": "v1"}, {"lit": "."}, body]),
        ),
        (
            "content",
            "/content",
            json!([{"param": ""}, {"lit": "."}, body]),
        ),
        (
            "timestamp.from",
            "/timestamp/from",
            json!({"header": "x-sig"}),
        ),
        ("timestamp.from", "/timestamp/from", json!({"param": "v1"})),
        ("timestamp.from", "/timestamp/from", json!({"json": "at"})),
        ("timestamp.max_age_s", "/timestamp/max_age_s", json!(0)),
        (
            "timestamp.max_future_s",
            "/timestamp/max_future_s",
            json!(0),
        ),
        (
            "timestamp.max_age_s",
            "/timestamp/max_age_s",
            json!(1_000_000),
        ),
        ("event.id", "/event/id", json!({"json": "id"})),
        ("event.type", "/event/type", json!({"header": "X-Type"})),
    ];
    for (expected, pointer, value) in broken {
        match compile(changed(pointer, value.clone())) {
            Err(SchemeError::Rule { field, remedy, .. }) => {
                assert_eq!(field, expected, "{pointer} {value}");
                assert!(!remedy.is_empty());
            }
            other => panic!("{pointer} {value}: {other:?}"),
        }
    }
}

#[test]
fn a_shape_that_is_not_documented_is_refused_by_name() {
    let broken = [
        ("kind", "hmac", "/kind", json!("hmack")),
        ("kind", "hmac", "/kind", json!(1)),
        ("kind", "missing", "/kind", Value::Null),
        ("hahs", "allow_sha1", "/hahs", json!("sha256")),
        ("scheme", "hash", "/hash", Value::Null),
        ("hash", "sha256", "/hash", json!("md5")),
        ("scheme", "content", "/content", Value::Null),
        ("scheme", "signature", "/signature", Value::Null),
        (
            "signature.header",
            "headers",
            "/signature/header",
            json!("x"),
        ),
        ("signature", "encoding", "/signature/encoding", Value::Null),
        (
            "signature.encoding",
            "base64url",
            "/signature/encoding",
            json!("b64"),
        ),
        ("key.secret", "strip_prefix", "/key/secret", json!("x")),
        (
            "content[0].body",
            "true",
            "/content",
            json!([{"body": false}]),
        ),
        ("content[0]", "body", "/content", json!([{"url": true}])),
        (
            "content[0].header",
            "list",
            "/content",
            json!([{"header": 1}]),
        ),
        (
            "timestamp.max_age",
            "max_age_s",
            "/timestamp/max_age",
            json!(1),
        ),
        (
            "timestamp.max_age_s",
            "u32",
            "/timestamp/max_age_s",
            json!(-1),
        ),
        ("event.typ", "type", "/event/typ", json!({"json": "/t"})),
    ];
    for (expected, told, pointer, value) in broken {
        match compile(changed(pointer, value.clone())) {
            Err(SchemeError::Shape { field, message }) => {
                assert_eq!(field, expected, "{pointer} {value}: {message}");
                assert!(message.contains(told), "{pointer} {value}: {message}");
            }
            other => panic!("{pointer} {value}: {other:?}"),
        }
    }
    assert!(matches!(
        compile(json!(["hmac"])),
        Err(SchemeError::Shape { .. })
    ));
}

#[test]
fn parameters_need_the_grammar_that_has_them() {
    let whole = json!({"headers": ["x-sig"], "grammar": "whole", "encoding": "hex"});
    let problem = compile(changed("/signature", whole)).unwrap_err();
    assert!(
        matches!(
            problem,
            SchemeError::Rule {
                field: "content",
                ..
            }
        ),
        "{problem}"
    );
}

#[test]
fn separators_may_not_occur_inside_signatures() {
    let mut scheme = changed("/signature/encoding", json!("base64"));
    scheme["signature"]["pair_sep"] = json!("/");
    let problem = compile(scheme).unwrap_err();
    assert!(
        matches!(
            problem,
            SchemeError::Rule {
                field: "signature.pair_sep",
                ..
            }
        ),
        "{problem}"
    );
}

#[test]
fn sha1_needs_consent() {
    let mut scheme = changed("/hash", json!("sha1"));
    scheme["allow_sha1"] = json!(true);
    assert!(compile(scheme).is_ok());
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

#[test]
fn a_scheme_survives_its_own_json() {
    for preset in presets().unwrap() {
        let json = serde_json::to_value(&preset.scheme).unwrap();
        assert_eq!(
            Scheme::resolve(&SchemeRef::Custom(json)).unwrap(),
            preset.scheme,
            "{}",
            preset.name
        );
    }
    assert_eq!(
        preset("github"),
        presets()
            .unwrap()
            .into_iter()
            .find(|p| p.name == "github")
            .unwrap()
            .scheme
    );
}
