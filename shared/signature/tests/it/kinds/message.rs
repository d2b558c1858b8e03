//! HTTP Message Signatures.

use base64_simd::STANDARD;
use coatcheck_signature::{Key, Scheme, SignInput, sign};
use domain::{Headers, Location};
use serde_json::json;

use crate::common::{BODY, NOW, SECRET, compile, custom, key, site, with, word};

fn message() -> Scheme {
    custom(json!({
        "kind": "http-message", "algorithm": "hmac-sha256",
        "components": ["@method", "@target-uri", "content-digest", "x-event-id"],
    }))
}

fn signed_message(scheme: &Scheme, key: &Key) -> Vec<(String, String)> {
    let input = SignInput {
        body: BODY,
        now: NOW,
        headers: &[("x-event-id", "evt_1")],
        params: &[],
        site: site(),
    };
    sign(scheme, key, &input).unwrap()
}

#[test]
fn a_signed_message_binds_headers_url_and_body() {
    let (scheme, headers) = (message(), signed_message(&message(), &key()));
    let verifier = compile(&scheme);
    let judge =
        |headers: &Headers, body: &[u8], now| word(verifier.verify(headers, body, &[key()], now));
    let good = Headers::from_pairs(headers.iter().cloned());
    assert_eq!(judge(&good, BODY, NOW), "ok");
    assert_eq!(word(verifier.verify_headers(&good, &[key()], NOW)), "ok");
    assert!(verifier.is_header_only() && verifier.replay_protected());
    assert!(verifier.signs(&Location::Header("x-event-id".into())));
    assert!(verifier.signs(&Location::Json("/id".into())));
    assert!(!verifier.signs(&Location::Header("x-other".into())));

    assert_eq!(judge(&good, b"other", NOW), "digest_mismatch");
    assert_eq!(
        judge(&with(&headers, "x-event-id", "evt_2"), BODY, NOW),
        "signature_mismatch"
    );
    assert_eq!(judge(&good, BODY, NOW + 301), "timestamp_stale");
    assert_eq!(judge(&good, BODY, NOW - 301), "timestamp_future");
    let elsewhere = coatcheck_signature::Site {
        url: Some("https://hooks.example/v1/hooks/other"),
        ..site()
    };
    let other = coatcheck_signature::Verifier::compile(&scheme, &elsewhere).unwrap();
    assert_eq!(
        word(other.verify(&good, BODY, &[key()], NOW)),
        "signature_mismatch"
    );
    let put = coatcheck_signature::Site {
        method: "PUT",
        ..site()
    };
    let other = coatcheck_signature::Verifier::compile(&scheme, &put).unwrap();
    assert_eq!(
        word(other.verify(&good, BODY, &[key()], NOW)),
        "signature_mismatch"
    );
}

/// The same digest under another name, or a second one that does not fit.
#[test]
fn every_digest_that_is_given_must_fit() {
    let scheme = custom(json!({
        "kind": "http-message", "algorithm": "hmac-sha256", "components": ["content-digest"],
    }));
    let verifier = compile(&scheme);
    let sha256 =
        STANDARD.encode_to_string(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, BODY));
    let sha512 =
        STANDARD.encode_to_string(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, BODY));
    for (digest, expected) in [
        (format!("sha-256=:{sha256}:"), "ok"),
        (format!("sha-512=:{sha512}:"), "ok"),
        (format!("sha-256=:{sha256}:, sha-512=:{sha512}:"), "ok"),
        (format!("sha-256=:{sha256}:, md5=:AAAA:"), "ok"),
        (
            format!("sha-256=:{sha256}:, sha-512=:{sha256}:"),
            "digest_mismatch",
        ),
        ("sha-256=::".to_owned(), "digest_mismatch"),
        ("md5=:AAAA:".to_owned(), "signature_malformed"),
        ("sha-256=abc".to_owned(), "signature_malformed"),
        (String::new(), "signature_malformed"),
    ] {
        let input = format!(r#"("content-digest");created={NOW}"#);
        let base = format!("\"content-digest\": {digest}\n\"@signature-params\": {input}");
        let mac = aws_lc_rs::hmac::sign(
            &aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes()),
            base.as_bytes(),
        );
        let headers = Headers::from_pairs([
            ("content-digest", digest.clone()),
            ("signature-input", format!("sig1={input}")),
            (
                "signature",
                format!("sig1=:{}:", STANDARD.encode_to_string(mac)),
            ),
        ]);
        assert_eq!(
            word(verifier.verify(&headers, BODY, &[key()], NOW)),
            expected,
            "{digest}"
        );
    }
}

#[test]
fn parameters_of_a_signed_message_choose_nothing() {
    let scheme = custom(json!({
        "kind": "http-message", "algorithm": "hmac-sha256", "label": "sig1", "components": ["content-digest"],
    }));
    let verifier = compile(&scheme);
    let digest =
        STANDARD.encode_to_string(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, BODY));
    let judge = |input: &str| {
        let base =
            format!("\"content-digest\": sha-256=:{digest}:\n\"@signature-params\": {input}");
        let mac = aws_lc_rs::hmac::sign(
            &aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes()),
            base.as_bytes(),
        );
        let headers = Headers::from_pairs([
            ("content-digest", format!("sha-256=:{digest}:")),
            ("signature-input", format!("sig1={input}")),
            (
                "signature",
                format!("sig1=:{}:", STANDARD.encode_to_string(mac)),
            ),
        ]);
        word(verifier.verify(&headers, BODY, &[key()], NOW))
    };
    let good = r#"("content-digest")"#;
    assert_eq!(judge(&format!("{good};created={NOW}")), "ok");
    assert_eq!(
        judge(&format!(
            r#"{good};created={NOW};nonce="b3k2";keyid="anything";alg="hmac-sha256""#
        )),
        "ok"
    );
    assert_eq!(
        judge(&format!(r#"{good};created={NOW};alg="ed25519""#)),
        "signature_malformed"
    );
    assert_eq!(
        judge(&format!(r#"{good};created={NOW};alg="none""#)),
        "signature_malformed"
    );
    assert_eq!(judge(good), "timestamp_missing");
    assert_eq!(
        judge(&format!(r#"{good};created="{NOW}""#)),
        "timestamp_malformed"
    );
    assert_eq!(judge(&format!("{good};created={NOW};expires={NOW}")), "ok");
    assert_eq!(
        judge(&format!("{good};created={NOW};expires={}", NOW - 1)),
        "timestamp_stale"
    );
    // Less than what has to be covered, or parts of it only.
    assert_eq!(judge(&format!("();created={NOW}")), "signature_malformed");
    assert_eq!(
        judge(&format!(
            r#"("content-digest";key="sha-256");created={NOW}"#
        )),
        "signature_malformed"
    );
    assert_eq!(
        judge(&format!(
            r#"("content-digest" "content-digest");created={NOW}"#
        )),
        "signature_malformed"
    );
    assert_eq!(
        judge(&format!(r#"("content-digest" "x-gone");created={NOW}"#)),
        "signature_missing"
    );
    assert_eq!(
        judge(&format!(r#"("content-digest" "@status");created={NOW}"#)),
        "signature_malformed"
    );
}

#[test]
fn without_a_label_there_is_one_signature() {
    let headers = signed_message(&message(), &key());
    let verifier = compile(&message());
    let mut two = headers.clone();
    for (name, value) in &mut two {
        if name == "signature-input" || name == "signature" {
            *value = format!("{value}, other={}", value.split_once('=').unwrap().1);
        }
    }
    let judge = |headers: &[(String, String)]| {
        word(verifier.verify(
            &Headers::from_pairs(headers.iter().cloned()),
            BODY,
            &[key()],
            NOW,
        ))
    };
    assert_eq!(judge(&headers), "ok");
    assert_eq!(judge(&two), "signature_duplicated");
}

/// Of several signatures the one with the demanded tag counts, and only the key that it names.
#[test]
fn a_tag_is_demanded_and_the_key_id_compared() {
    let scheme = |more: serde_json::Value| {
        let mut scheme = json!({
            "kind": "http-message", "algorithm": "hmac-sha256",
            "components": ["@method", "content-digest"],
        });
        let members = scheme.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        custom(scheme)
    };
    let tagged = scheme(json!({"tag": "events", "keyid": true}));
    let headers = signed_message(&tagged, &key());
    let good = Headers::from_pairs(headers.iter().cloned());
    let judge = |scheme: &Scheme, headers: &Headers, keys: &[Key]| {
        word(compile(scheme).verify(headers, BODY, keys, NOW))
    };
    assert_eq!(judge(&tagged, &good, &[key()]), "ok");
    let other_tag = scheme(json!({"tag": "other"}));
    assert_eq!(judge(&other_tag, &good, &[key()]), "signature_missing");
    // The same secret under another id is not the key that the signature names.
    let renamed = Key::new("renamed", SECRET);
    assert_eq!(
        judge(&tagged, &good, std::slice::from_ref(&renamed)),
        "signature_mismatch"
    );
    assert_eq!(judge(&scheme(json!({})), &good, &[renamed]), "ok");

    // Another signature beside it, without the tag.
    let (_, input) = headers
        .iter()
        .find(|(name, _)| name == "signature-input")
        .unwrap();
    let (_, signature) = headers
        .iter()
        .find(|(name, _)| name == "signature")
        .unwrap();
    let untagged = input
        .replacen("sig1=", "sig2=", 1)
        .replace(r#";tag="events""#, "");
    let both = with(&headers, "signature-input", &format!("{input}, {untagged}"));
    let mut pairs: Vec<(String, String)> = headers.clone();
    pairs.retain(|(name, _)| !name.starts_with("signature"));
    pairs.push(("signature-input".to_owned(), format!("{input}, {untagged}")));
    pairs.push((
        "signature".to_owned(),
        format!("{signature}, {}", signature.replacen("sig1=", "sig2=", 1)),
    ));
    let two = Headers::from_pairs(pairs);
    assert_eq!(judge(&tagged, &two, &[key()]), "ok");
    assert_eq!(
        judge(&scheme(json!({})), &both, &[key()]),
        "signature_duplicated"
    );
}
