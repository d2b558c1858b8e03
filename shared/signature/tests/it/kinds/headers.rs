//! Signatures whose headers need code of their own, or are several.

use base64_simd::STANDARD;
use coatcheck_signature::{Key, Scheme, SignInput, sign};
use domain::Headers;
use serde_json::{Value, json};

use crate::common::{BODY, NOW, compile, key, preset, signed, site, verifier, with, word};

#[test]
fn a_web_token_is_es256_or_nothing() {
    let plaid = verifier("plaid");
    let encode = |json: Value| base64_simd::URL_SAFE_NO_PAD.encode_to_string(json.to_string());
    let claims = json!({"iat": NOW, "request_body_sha256": "00".repeat(32)});
    let keys = [Key::new(
        "kid-1",
        r#"{"kty":"EC","crv":"P-256","x":"","y":""}"#,
    )];
    let judge = |token: String| {
        word(plaid.verify(
            &Headers::from_pairs([("plaid-verification", token)]),
            BODY,
            &keys,
            NOW,
        ))
    };
    let signature = base64_simd::URL_SAFE_NO_PAD.encode_to_string([0; 64]);
    for alg in ["none", "HS256", "ES384", "es256"] {
        let header = encode(json!({"alg": alg, "kid": "kid-1"}));
        assert_eq!(
            judge(format!("{header}.{}.{signature}", encode(claims.clone()))),
            "signature_malformed",
            "{alg}"
        );
    }
    let header = encode(json!({"alg": "ES256", "kid": "kid-1"}));
    assert_eq!(
        judge(format!("{header}.{}.", encode(claims.clone()))),
        "signature_malformed"
    );
    // A key that is none, and a key that is not ours.
    assert_eq!(
        judge(format!("{header}.{}.{signature}", encode(claims.clone()))),
        "key_unusable"
    );
    let header = encode(json!({"alg": "ES256", "kid": "kid-2"}));
    assert_eq!(
        judge(format!("{header}.{}.{signature}", encode(claims))),
        "signature_mismatch"
    );
    for odd in ["", ".", "..", "a.b.c", &"a".repeat(10_000)] {
        assert_eq!(judge(odd.to_owned()), "signature_malformed", "{odd:.20}");
    }
}

#[test]
fn contentful_lists_what_it_signs_and_must_list_its_timestamp() {
    let scheme = preset("contentful");
    let input = SignInput {
        body: BODY,
        now: NOW,
        headers: &[("x-contentful-topic", "ContentManagement.Entry.publish")],
        params: &[],
        site: site(),
    };
    let key = Key::new("test", "a".repeat(64));
    let headers = sign(&scheme, &key, &input).unwrap();
    let verifier = compile(&scheme);
    let judge = |headers: &Headers, body: &[u8]| {
        word(verifier.verify(headers, body, std::slice::from_ref(&key), NOW))
    };
    assert_eq!(
        judge(&Headers::from_pairs(headers.iter().cloned()), BODY),
        "ok"
    );
    assert_eq!(
        judge(&Headers::from_pairs(headers.iter().cloned()), b"x"),
        "signature_mismatch"
    );
    let list = "x-contentful-signed-headers";
    for (value, expected) in [
        (
            "x-contentful-signed-headers,x-contentful-timestamp",
            "signature_mismatch",
        ),
        (
            "x-contentful-signed-headers,x-contentful-topic",
            "signature_malformed",
        ),
        (
            "x-contentful-timestamp,x-contentful-topic",
            "signature_malformed",
        ),
        (
            "x-contentful-signed-headers,x-contentful-timestamp,x-gone",
            "signature_missing",
        ),
        ("", "signature_malformed"),
    ] {
        assert_eq!(
            judge(&with(&headers, list, value), BODY),
            expected,
            "{value}"
        );
    }
    let stale = with(&headers, "x-contentful-timestamp", "1600000000000");
    assert_eq!(judge(&stale, BODY), "signature_mismatch");
}

/// Any of several headers may hold the signature that counts.
#[test]
fn docusign_and_box_sign_once_for_each_key() {
    let scheme = preset("docusign");
    let verifier = compile(&scheme);
    let good = signed(&scheme, &key(), BODY).pop().unwrap().1;
    let bad = STANDARD.encode_to_string([0; 32]);
    let judge = |pairs: &[(&str, &str)]| {
        word(verifier.verify(
            &Headers::from_pairs(pairs.iter().copied()),
            BODY,
            &[key()],
            NOW,
        ))
    };
    let (one, two) = ("x-docusign-signature-1", "x-docusign-signature-2");
    assert_eq!(judge(&[(one, &bad), (two, &good)]), "ok");
    assert_eq!(judge(&[(one, &good), (two, &bad)]), "ok");
    assert_eq!(judge(&[(two, &good)]), "ok");
    assert_eq!(judge(&[(one, &bad), (two, &bad)]), "signature_mismatch");
    assert_eq!(judge(&[(one, &good), (two, "junk")]), "signature_malformed");
    assert_eq!(judge(&[(one, &good), (one, &good)]), "signature_duplicated");
    assert_eq!(judge(&[]), "signature_missing");
}

/// In the form that providers show it, and in no other.
#[test]
fn an_ed25519_key_is_its_32_bytes() {
    let discord = verifier("discord");
    let bare = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    assert!(discord.key_problem(&Key::new("a", bare)).is_none());
    for other in [
        format!("302a300506032b6570032100{bare}"),
        bare[..62].to_owned(),
    ] {
        let problem = discord.key_problem(&Key::new("a", other)).unwrap();
        assert!(problem.is_fatal(), "{problem}");
    }
}

/// Hashes that are no MAC can be lengthened by anyone: there is no way to write one.
#[test]
fn a_hash_of_secret_and_body_cannot_be_written_down() {
    for kind in ["sha256", "hash", "hubspot-v1"] {
        let object = json!({"kind": kind, "signature": {}, "content": [{"body": true}]});
        let reference = domain::SchemeRef::Custom(object);
        assert!(Scheme::resolve(&reference).is_err(), "{kind}");
    }
    assert!(Scheme::resolve(&domain::SchemeRef::Preset("hubspot-v1".into())).is_err());
}
