//! What exactly is signed, and where its parts end.

use domain::{Headers, Location};
use serde_json::json;

use crate::common::{BODY, NOW, compile, custom, key, preset, signed, verifier, with, word};

#[test]
fn bodies_are_bytes() {
    let bodies: [&[u8]; 6] = [
        b"",
        b"\x00\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf{}",
        b"{}\r\n",
        br#"{"foo":"\\u001b"}"#,
    ];
    for name in ["github", "stripe", "standard-webhooks"] {
        let (scheme, verifier) = (preset(name), verifier(name));
        for body in bodies {
            let headers = Headers::from_pairs(signed(&scheme, &key(), body));
            for other in bodies {
                let expected = if body == other {
                    "ok"
                } else {
                    "signature_mismatch"
                };
                assert_eq!(
                    word(verifier.verify(&headers, other, &[key()], NOW)),
                    expected,
                    "{name}"
                );
            }
        }
    }
}

/// What octokit's users met: the same document, written with other escapes.
#[test]
fn the_same_json_in_other_letters_is_another_body() {
    let headers = Headers::from_pairs(signed(
        &preset("github"),
        &key(),
        br#"{"a":"\u00e9\u001B"}"#,
    ));
    let other = br#"{"a":"\u00E9\u001b"}"#;
    assert_eq!(
        word(verifier("github").verify(&headers, other, &[key()], NOW)),
        "signature_mismatch"
    );
}

/// `id.time.body` whose body holds `.time.` again could be cut elsewhere.
#[test]
fn the_boundary_between_id_timestamp_and_body_does_not_move() {
    let scheme = preset("standard-webhooks");
    let body = format!("quote .{NOW}.forged");
    let all = signed(&scheme, &key(), body.as_bytes());
    let verifier = verifier("standard-webhooks");
    assert_eq!(
        word(verifier.verify(&Headers::from_pairs(all.clone()), &body, &[key()], NOW)),
        "ok"
    );
    let moved = with(&all, "webhook-id", &format!("msg_1.{NOW}.quote "));
    assert_eq!(
        word(verifier.verify(&moved, b"forged", &[key()], NOW)),
        "signature_malformed"
    );
    assert_eq!(word(verifier.precheck(&moved, NOW)), "signature_malformed");
}

#[test]
fn without_a_delimiter_the_timestamp_keeps_its_width() {
    let scheme = custom(json!({
        "kind": "hmac", "hash": "sha256",
        "signature": {"headers": ["x-sig"], "grammar": "whole", "encoding": "hex"},
        "content": [{"header": "x-time"}, {"body": true}],
        "timestamp": {"from": {"header": "x-time"}, "unit": "s"},
    }));
    let all = signed(&scheme, &key(), b"1 body");
    let verifier = compile(&scheme);
    assert_eq!(
        word(verifier.verify(&Headers::from_pairs(all.clone()), b"1 body", &[key()], NOW)),
        "ok"
    );
    let longer = with(&all, "x-time", &format!("{NOW}1"));
    assert_eq!(
        word(verifier.verify(&longer, b" body", &[key()], NOW)),
        "timestamp_malformed"
    );
}

/// Three parts with nothing between them: where the timestamp begins must stay plain.
#[test]
fn an_id_may_not_swallow_the_timestamp_that_touches_it() {
    let scheme = custom(json!({
        "kind": "hmac", "hash": "sha256",
        "signature": {"headers": ["x-sig"], "grammar": "whole", "prefix": "sha256=", "encoding": "hex"},
        "content": [{"header": "webhook-id"}, {"header": "x-time"}, {"body": true}],
        "timestamp": {"from": {"header": "x-time"}, "unit": "rfc3339"},
        "event": {"id": {"header": "webhook-id"}},
    }));
    let verifier = compile(&scheme);
    let judge =
        |headers: &Headers, body: &[u8]| word(verifier.verify(headers, body, &[key()], NOW));
    let body = b"quote 2023-11-14T22:13:19Z{}";
    let all = signed(&scheme, &key(), body);
    assert_eq!(judge(&Headers::from_pairs(all.clone()), body), "ok");
    let mut moved = all;
    for (name, value) in &mut moved {
        match name.as_str() {
            "webhook-id" => value.push_str("2023-11-14T22:13:20Zquote "),
            "x-time" => *value = "2023-11-14T22:13:19Z".to_owned(),
            _ => {}
        }
    }
    assert_eq!(
        judge(&Headers::from_pairs(moved), b"{}"),
        "signature_malformed"
    );
}

#[test]
fn only_what_is_signed_counts_as_signed() {
    let header = |name: &str| Location::Header(name.into());
    let standard = Headers::from_pairs(signed(&preset("standard-webhooks"), &key(), BODY));
    let verified = verifier("standard-webhooks")
        .verify(&standard, BODY, &[key()], NOW)
        .unwrap();
    assert!(verified.is_signed(&header("webhook-id")));
    assert!(!verified.is_signed(&header("svix-id")));
    assert!(!verified.is_signed(&header("webhook-signature")));
    assert!(verified.is_signed(&Location::Json("/type".into())));
    assert!(verified.is_signed(&Location::Literal("x".into())));
    let github = Headers::from_pairs(signed(&preset("github"), &key(), BODY));
    let verified = verifier("github")
        .verify(&github, BODY, &[key()], NOW)
        .unwrap();
    assert!(!verified.is_signed(&header("x-github-delivery")));
}
