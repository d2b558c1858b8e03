//! Layouts of what is signed, digests, and timestamps inside the body.

use aws_lc_rs::{digest, hmac};
use coatcheck_signature::{Scheme, Verifier};
use domain::Headers;
use serde_json::json;

use crate::common::{NOW, SECRET, compile, custom, key, signed, word};

fn linear() -> Scheme {
    custom(json!({
        "kind": "hmac", "hash": "sha256",
        "signature": {"headers": ["linear-signature"], "grammar": "whole", "encoding": "hex"},
        "content": [{"body": true}],
        "timestamp": {"from": {"json": "/webhookTimestamp"}, "unit": "ms", "max_age_s": 60, "max_future_s": 60},
    }))
}

fn judge(scheme: &Scheme, signed_body: &[u8], body: &[u8], now: i64) -> &'static str {
    let verifier = compile(scheme);
    let headers = Headers::from_pairs(signed(scheme, &key(), signed_body));
    assert_eq!(verifier.precheck(&headers, now), Ok(()));
    word(verifier.verify(&headers, body, &[key()], now))
}

#[test]
fn a_timestamp_inside_the_body_is_judged_after_the_mac() {
    let scheme = linear();
    assert!(compile(&scheme).replay_protected());
    let body = br#"{"type":"Issue","webhookTimestamp":1700000000123}"#;
    assert_eq!(judge(&scheme, body, body, NOW), "ok");
    assert_eq!(judge(&scheme, body, body, NOW + 60), "ok");
    assert_eq!(judge(&scheme, body, body, NOW + 61), "timestamp_stale");
    assert_eq!(judge(&scheme, body, body, NOW - 61), "timestamp_future");
    assert_eq!(judge(&scheme, body, b"{broken", NOW), "signature_mismatch");
    for (odd, expected) in [
        (r#"{"webhookTimestamp":"1700000000123"}"#, "ok"),
        (r#"{"webhookTimestamp":1700000000}"#, "timestamp_malformed"),
        (
            r#"{"webhookTimestamp":1.700000000123e12}"#,
            "timestamp_malformed",
        ),
        (r#"{"webhookTimestamp":null}"#, "timestamp_malformed"),
        (r#"{"webhookTimestamp":{}}"#, "timestamp_malformed"),
        (
            r#"{"webhookTimestamp":1700000000123"#,
            "timestamp_malformed",
        ),
        (
            r#"{"webhookTimestamp":1700000000123,"webhookTimestamp":1}"#,
            "timestamp_malformed",
        ),
        ("{}", "timestamp_missing"),
        ("", "timestamp_malformed"),
    ] {
        assert_eq!(
            judge(&scheme, odd.as_bytes(), odd.as_bytes(), NOW),
            expected,
            "{odd}"
        );
    }
}

#[test]
fn the_hash_of_the_body_can_be_signed_in_its_place() {
    let scheme = custom(json!({
        "kind": "hmac", "hash": "sha256",
        "signature": {"headers": ["x-signature"], "grammar": "whole", "encoding": "hex"},
        "content": [{"lit": "<"}, {"body_sha256_hex": true}, {"lit": ">"}],
    }));
    let body = b"some body";
    assert_eq!(judge(&scheme, body, body, NOW), "ok");
    assert_eq!(judge(&scheme, body, b"another", NOW), "signature_mismatch");

    // By hand, without the engine.
    let inner = hex::encode(digest::digest(&digest::SHA256, body));
    let content = format!("<{inner}>");
    let mac = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()),
        content.as_bytes(),
    );
    let headers = Headers::from_pairs([("x-signature", hex::encode(mac))]);
    let verifier = compile(&scheme);
    let verified = verifier.verify(&headers, body, &[key()], NOW).unwrap();
    assert_eq!(
        verified.signed_sha256().0,
        digest::digest(&digest::SHA256, content.as_bytes()).as_ref()
    );
}

#[test]
fn sha1_and_sha512_and_base64url_work() {
    for (hash, consent) in [
        ("sha1", json!(true)),
        ("sha256", json!(false)),
        ("sha512", json!(false)),
    ] {
        for encoding in ["hex", "base64", "base64url"] {
            let scheme = custom(json!({
                "kind": "hmac", "hash": hash, "allow_sha1": consent,
                "signature": {"headers": ["x-sig"], "grammar": "kv", "sig_keys": ["s"], "encoding": encoding},
                "content": [{"body": true}],
            }));
            assert_eq!(
                judge(&scheme, b"body", b"body", NOW),
                "ok",
                "{hash} {encoding}"
            );
            assert_eq!(
                judge(&scheme, b"body", b"bodY", NOW),
                "signature_mismatch",
                "{hash} {encoding}"
            );
        }
    }
}

/// Formats of further providers, as their notes describe them.
#[test]
fn other_layouts_can_be_written_down() {
    let kv = |sep: &str, key: &str, encoding: &str| json!({"headers": ["x-sig"], "grammar": "kv", "pair_sep": sep, "sig_keys": [key], "encoding": encoding});
    let whole = |prefix: &str| json!({"headers": ["x-sig"], "grammar": "whole", "prefix": prefix, "encoding": "hex"});
    let at = |from, unit| json!({"from": from, "unit": unit});
    let (t, header) = (json!({"param": "t"}), json!({"header": "x-at"}));
    let (dot, colon, body) = (
        json!({"lit": "."}),
        json!({"lit": ":"}),
        json!({"body": true}),
    );
    let layouts = [
        (kv(",", "s", "base64"), json!([t, dot, body]), at(&t, "ms")),
        (
            kv(",", "v1", "base64url"),
            json!([t, dot, body]),
            at(&t, "ms"),
        ),
        (kv(";", "d", "hex"), json!([body, t]), at(&t, "ms")),
        (kv(",", "v1", "hex"), json!([t, body]), at(&t, "s")),
        (
            whole("v1="),
            json!([{"lit": "v1:"}, header, colon, body]),
            at(&header, "rfc3339"),
        ),
        (
            whole("hmac-sha256="),
            json!([body, header]),
            at(&header, "rfc3339"),
        ),
    ];
    for (signature, content, timestamp) in layouts {
        let scheme = custom(json!({
            "kind": "hmac", "hash": "sha256",
            "signature": signature, "content": content, "timestamp": timestamp,
        }));
        assert!(compile(&scheme).replay_protected());
        let headers = Headers::from_pairs(signed(&scheme, &key(), b"{}"));
        let verifier = compile(&scheme);
        for (body, now, expected) in [
            (&b"{}"[..], NOW, "ok"),
            (b"{ }", NOW, "signature_mismatch"),
            (b"{}", NOW + 301, "timestamp_stale"),
            (b"{}", NOW - 301, "timestamp_future"),
        ] {
            assert_eq!(
                word(verifier.verify(&headers, body, &[key()], now)),
                expected,
                "{content}"
            );
        }
    }
}

#[test]
fn what_is_held_across_an_await_may_be() {
    fn both<T: Send + Sync>() {}
    both::<Verifier>();
    both::<coatcheck_signature::Key>();
    both::<coatcheck_signature::Verified<Vec<u8>>>();
}
