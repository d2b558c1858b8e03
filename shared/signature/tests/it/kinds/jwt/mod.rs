//! JSON Web Tokens of an issuer.

mod claims;
mod forms;
mod issuer;
mod keys;

use coatcheck_signature::{Key, SignInput, Verifier, sign};
use domain::{Endpoint, Headers, Location};
use serde_json::json;

use self::issuer::{ISSUER, PAIRS, claims, head, judge, judge_with, keys, merged, scheme, with};
use crate::common::{BODY, NOW, compile, preset, sha256, word};

#[test]
fn each_algorithm_is_taken_with_its_key_and_no_other() {
    let all = [
        ("RS256", "rsa"),
        ("PS256", "rsa"),
        ("ES256", "ec"),
        ("EdDSA", "ed"),
    ];
    for (alg, kid) in all {
        assert_eq!(
            judge(&json!({"alg": alg, "kid": kid}), &claims()),
            "ok",
            "{alg}"
        );
        for other in ["rsa", "ec", "ed"]
            .into_iter()
            .filter(|other| *other != kid)
        {
            let judged = judge(&json!({"alg": alg, "kid": other}), &claims());
            assert_eq!(judged, "signature_mismatch", "{alg} {other}");
        }
        let only = with(&json!({"algorithms": [alg]}));
        for (other, kid) in all {
            let token = PAIRS.token(&json!({"alg": other, "kid": kid}), &claims());
            let expected = if other == alg {
                "ok"
            } else {
                "signature_malformed"
            };
            let judged = judge_with(&only, &keys(), &format!("Bearer {token}"), NOW);
            assert_eq!(judged, expected, "{alg} {other}");
        }
    }
}

#[test]
fn what_we_sign_for_a_test_is_a_token_like_any_other() {
    for (alg, kid, kty) in [
        ("RS256", "rsa", "RSA"),
        ("PS256", "rsa", "RSA"),
        ("ES256", "ec", "EC"),
        ("EdDSA", "ed", "OKP"),
    ] {
        let scheme =
            with(&json!({"algorithms": [alg], "scope": "hooks/send", "claims": {"n": [1, 2]}}));
        let input = SignInput {
            body: BODY,
            now: NOW,
            ..SignInput::default()
        };
        let signed = sign(&scheme, &Key::new(kid, PAIRS.private(kty)), &input).unwrap();
        let headers = Headers::from_pairs(signed);
        let verified = compile(&scheme).verify(&headers, BODY, &keys(), NOW);
        assert_eq!(word(verified), "ok", "{alg}");
        let public = sign(&scheme, &keys()[0], &input);
        assert!(public.is_err(), "a public key signs nothing");
    }
}

#[test]
fn a_token_names_no_event_and_is_never_kept() {
    let verifier = compile(&scheme());
    let token = format!("Bearer {}", PAIRS.token(&head(), &claims()));
    let headers = Headers::from_pairs([("authorization", token)]);
    let of = |body: &[u8]| {
        let verified = verifier.verify(&headers, body, &keys(), NOW).unwrap();
        (verified.signed_sha256(), verified.payload_sha256())
    };
    // One token comes with many events: their bytes tell them apart.
    assert_eq!(of(b"1").0.0, sha256(b"1"));
    assert_eq!(of(b"2").0.0, sha256(b"2"));
    assert!(verifier.is_header_only() && verifier.shows_a_secret_in("Authorization"));
    assert_eq!(verifier.evidence(&headers), Headers::default());
    assert_eq!(verifier.claimed_sha256(&headers), None);
    assert!(
        verifier.signs(&Location::Header("x-id".into())),
        "its sender vouches for it"
    );
    // As `admit` does it, without the token.
    let none = Headers::default();
    let judged = verifier
        .verify_body(&none, b"1", "ec".to_owned(), NOW + 1_000_000)
        .unwrap();
    assert_eq!(judged.signed_sha256().0, sha256(b"1"));
}

#[test]
fn a_claim_may_bind_the_body() {
    let scheme = with(&json!({"body_sha256": "digest"}));
    let verifier = compile(&scheme);
    let hex = hex::encode(sha256(BODY));
    let judge = |digest: &str| {
        let bound = merged(claims(), &json!({"digest": digest}));
        let token = format!("Bearer {}", PAIRS.token(&head(), &bound));
        let headers = Headers::from_pairs([("authorization", token)]);
        let kept = verifier.evidence(&headers);
        let whole = word(verifier.verify(&headers, BODY, &keys(), NOW));
        let early = word(verifier.verify_headers(&headers, &keys(), NOW));
        let late = word(verifier.verify_body(&kept, BODY, "ec".to_owned(), NOW));
        (early, whole, late)
    };
    assert_eq!(judge(&hex), ("ok", "ok", "ok"));
    assert_eq!(judge(&hex.to_uppercase()), ("ok", "ok", "ok"));
    assert_eq!(judge(&issuer::encode(sha256(BODY))), ("ok", "ok", "ok"));
    assert_eq!(
        judge(&"0".repeat(64)),
        ("ok", "digest_mismatch", "digest_mismatch")
    );
    for odd in ["", "00", &hex[..63], &format!("{hex}="), &"!".repeat(43)] {
        assert_eq!(judge(odd).0, "signature_malformed", "{odd}");
    }
    let token = format!("Bearer {}", PAIRS.token(&head(), &claims()));
    assert_eq!(
        judge_with(&scheme, &keys(), &token, NOW),
        "signature_malformed",
        "without the claim"
    );
    assert!(!verifier.shows_a_secret_in("authorization"));
    assert!(!verifier.signs(&Location::Header("x-id".into())));
}

/// What each endpoint has to say of a preset, one after the other.
#[test]
fn an_unfinished_scheme_accepts_nothing() {
    let of = |settings: serde_json::Value| {
        let config = json!({"name": "a", "scheme": "google-pubsub", "jwt": settings}).to_string();
        Verifier::of(&Endpoint::from_json(&config).unwrap())
    };
    let whole = json!({"audience": ["hooks"], "claims": {"email": "push@example"}});
    assert!(of(whole.clone()).is_ok());
    for (without, field) in [("audience", "audience:"), ("claims", "claims:")] {
        let problem = of(merged(whole.clone(), &json!({without: null}))).unwrap_err();
        assert!(problem.to_string().starts_with(field), "{problem}");
    }
    let alone = json!({"name": "a", "scheme": "cognito"}).to_string();
    let problem = Verifier::of(&Endpoint::from_json(&alone).unwrap()).unwrap_err();
    assert!(problem.to_string().starts_with("issuer:"), "{problem}");
    // Without these words the verifier can be made, and refuses what would be good with them.
    for missing in ["issuer", "audience", "jwks_url"] {
        let scheme = with(&json!({missing: null}));
        assert!(compile(&scheme).unfinished().is_some(), "{missing}");
        let token = format!("Bearer {}", PAIRS.token(&head(), &claims()));
        assert_eq!(
            judge_with(&scheme, &keys(), &token, NOW),
            "token_refused",
            "{missing}"
        );
    }
    for enough in [
        json!({"scope": "hooks/send"}),
        json!({"claims": {"client_id": "c"}}),
    ] {
        let scheme = with(&merged(enough, &json!({"audience": null})));
        // A null takes the member away in `with`, so this scheme has no audience.
        assert!(compile(&scheme).unfinished().is_none());
    }
    let other = json!({"name": "a", "scheme": "github", "jwt": {"issuer": ISSUER}}).to_string();
    let problem = Verifier::of(&Endpoint::from_json(&other).unwrap()).unwrap_err();
    assert!(problem.to_string().starts_with("jwt:"), "{problem}");
}

#[test]
fn an_endpoint_replaces_what_its_preset_says() {
    let config = json!({
        "name": "a", "scheme": "cognito",
        "jwt": {"issuer": ISSUER, "scope": "hooks/send", "jwks_url": "https://issuer.example/keys", "tolerance_s": 0, "claims": {"client_id": "c1"}},
    });
    let endpoint = Endpoint::from_json(&config.to_string()).unwrap();
    let verifier = Verifier::of(&endpoint).unwrap();
    let judge = |members: serde_json::Value, now: i64| {
        let good = json!({"aud": null, "token_use": "access", "client_id": "c1", "scope": "hooks/read hooks/send"});
        let claims = merged(merged(claims(), &good), &members);
        let token = PAIRS.token(&json!({"alg": "RS256", "kid": "rsa"}), &claims);
        let headers = Headers::from_pairs([("authorization", format!("Bearer {token}"))]);
        word(verifier.verify(&headers, BODY, &keys(), now))
    };
    assert_eq!(judge(json!({}), NOW), "ok");
    assert_eq!(judge(json!({}), NOW + 300), "timestamp_stale");
    for other in [
        json!({"token_use": "id"}),
        json!({"client_id": "c2"}),
        json!({"scope": "hooks/sender"}),
        json!({"iss": "https://issuer.example"}),
    ] {
        assert_eq!(judge(other.clone(), NOW), "token_refused", "{other}");
    }
    assert!(compile(&preset("cognito")).unfinished().is_some());
}
