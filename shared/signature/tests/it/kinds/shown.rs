//! Secrets that are shown: tokens and Basic credentials.

use base64_simd::STANDARD;
use coatcheck_signature::Key;
use domain::{Headers, KeyUse};
use serde_json::json;

use crate::common::{BODY, NOW, SECRET, compile, custom, key, preset, signed, verifier, word};

#[test]
fn a_token_is_the_whole_secret_and_nothing_near_it() {
    let gitlab = verifier("gitlab-token");
    let judge = |value: &str, keys: &[Key]| {
        word(gitlab.verify(
            &Headers::from_pairs([("X-Gitlab-Token", value)]),
            BODY,
            keys,
            NOW,
        ))
    };
    assert_eq!(judge(SECRET, &[key()]), "ok");
    assert_eq!(judge(SECRET, &[Key::new("a", "other"), key()]), "ok");
    let (short, long) = (&SECRET[..8], format!("{SECRET}x"));
    for wrong in [short, long.as_str(), "x"] {
        assert_eq!(judge(wrong, &[key()]), "signature_mismatch", "{wrong}");
    }
    assert_eq!(judge("", &[key()]), "signature_malformed");
    assert_eq!(judge("é", &[key()]), "signature_malformed");
    assert_eq!(judge("x", &[Key::new("empty", "")]), "key_unusable");
    assert_eq!(judge(SECRET, &[]), "key_missing");
    let twice = Headers::from_pairs([("x-gitlab-token", SECRET), ("X-Gitlab-Token", SECRET)]);
    assert_eq!(
        word(gitlab.verify(&twice, BODY, &[key()], NOW)),
        "signature_duplicated"
    );
    // A secret is not put beside the payload.
    let shown = Headers::from_pairs([("x-gitlab-token", SECRET)]);
    assert_eq!(gitlab.evidence(&shown), Headers::default());
}

#[test]
fn what_stands_before_a_token_is_part_of_its_form() {
    let scheme = custom(json!({"kind": "token", "header": "authorization", "prefix": "Bearer "}));
    let verifier = compile(&scheme);
    let judge = |value: String| {
        let headers = Headers::from_pairs([("authorization", value)]);
        word(verifier.verify(&headers, BODY, &[key()], NOW))
    };
    assert_eq!(judge(format!("Bearer {SECRET}")), "ok");
    for other in [
        SECRET.to_owned(),
        format!("bearer {SECRET}"),
        format!("Basic {SECRET}"),
    ] {
        assert_eq!(judge(other), "signature_malformed");
    }
}

#[test]
fn basic_credentials_may_hold_colons() {
    let basic = verifier("treasury-prime");
    let judge = |value: String| {
        let keys = [Key::new("a", "user:pass:word")];
        word(basic.verify(
            &Headers::from_pairs([("authorization", value)]),
            BODY,
            &keys,
            NOW,
        ))
    };
    let encode = |text: &str| STANDARD.encode_to_string(text);
    assert_eq!(judge(format!("Basic {}", encode("user:pass:word"))), "ok");
    assert_eq!(judge(format!("basic {}", encode("user:pass:word"))), "ok");
    assert_eq!(
        judge(format!("Basic {}", encode("user:pass"))),
        "signature_mismatch"
    );
    assert_eq!(
        judge(format!("Basic {}", encode("user"))),
        "signature_malformed"
    );
    assert_eq!(
        judge(format!("Bearer {}", encode("user:pass:word"))),
        "signature_malformed"
    );
    assert_eq!(judge("Basic".into()), "signature_malformed");
    assert_eq!(judge("Basic *".into()), "signature_malformed");
}

#[test]
fn marqeta_needs_both_the_signature_and_the_credentials() {
    let scheme = preset("marqeta");
    let verifier = compile(&scheme);
    let keys = [key(), Key::new("login", "user:pass").for_use(KeyUse::Basic)];
    let mut headers = signed(&scheme, &key(), BODY);
    let judge = |headers: &[(String, String)], keys: &[Key]| {
        word(verifier.verify(
            &Headers::from_pairs(headers.iter().cloned()),
            BODY,
            keys,
            NOW,
        ))
    };
    assert_eq!(judge(&headers, &keys), "signature_missing");
    let early = verifier.precheck(&Headers::from_pairs(headers.iter().cloned()), NOW);
    assert_eq!(word(early), "signature_missing");
    headers.push((
        "authorization".into(),
        format!("Basic {}", STANDARD.encode_to_string("user:wrong")),
    ));
    assert_eq!(judge(&headers, &keys), "signature_mismatch");
    headers.pop();
    headers.push((
        "authorization".into(),
        format!("Basic {}", STANDARD.encode_to_string("user:pass")),
    ));
    assert_eq!(judge(&headers, &keys), "ok");
    assert_eq!(judge(&headers, &[key()]), "key_missing");
    let alone: Vec<_> = headers.split_off(headers.len() - 1);
    assert_eq!(judge(&alone, &keys), "signature_missing");
}
