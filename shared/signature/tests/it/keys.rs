//! Keys that cannot be used, and those to worry about.

use domain::Headers;
use signature::{Key, KeyProblem, SignInput, sign};

use crate::common::{BODY, NOW, SECRET, good, key, preset, signed, verifier, word};

#[test]
fn a_key_that_is_empty_once_decoded_is_never_used() {
    let standard = verifier("standard-webhooks");
    let headers = Headers::from_pairs(signed(&preset("standard-webhooks"), &key(), BODY));
    for secret in ["whsec_", "", "whsec_*", "whsec_A"] {
        let key = Key::new("bad", secret);
        assert!(standard.key_problem(&key).unwrap().is_fatal(), "{secret}");
        assert_eq!(
            word(standard.verify(&headers, BODY, &[key], NOW)),
            "key_unusable",
            "{secret}"
        );
    }
    let empty = Key::new("empty", "");
    let github = verifier("github");
    let headers = Headers::from_pairs(signed(&preset("github"), &key(), BODY));
    assert_eq!(
        word(github.verify(&headers, BODY, std::slice::from_ref(&empty), NOW)),
        "key_unusable"
    );
    assert_eq!(word(github.verify(&headers, BODY, &[], NOW)), "key_missing");
    assert!(sign(&preset("github"), &empty, &SignInput::default()).is_err());
}

#[test]
fn a_useless_key_beside_a_good_one_does_no_harm() {
    let headers = Headers::from_pairs(signed(&preset("standard-webhooks"), &key(), BODY));
    let keys = [
        Key::new("bad", "whsec_"),
        Key::new("other", "b3RoZXI="),
        key(),
    ];
    let verified = verifier("standard-webhooks")
        .verify(&headers, BODY, &keys, NOW)
        .unwrap();
    assert_eq!(verified.key_id(), "test");
}

#[test]
fn too_many_keys_are_our_mistake() {
    let headers = Headers::from_pairs(signed(&preset("github"), &key(), BODY));
    let verifier = verifier("github");
    assert_eq!(
        word(verifier.verify(&headers, BODY, &vec![key(); signature::MAX_KEYS], NOW)),
        "ok"
    );
    assert_eq!(
        word(verifier.verify(&headers, BODY, &vec![key(); signature::MAX_KEYS + 1], NOW)),
        "key_unusable"
    );
}

#[test]
fn keys_to_worry_about_are_told_and_used() {
    let github = verifier("github");
    assert_eq!(
        github.key_problem(&Key::new("k", "mysecret")),
        Some(KeyProblem::Short {
            bytes: 8,
            min_bytes: 16
        })
    );
    assert_eq!(
        github.key_problem(&Key::new("k", format!("whsec_{SECRET}"))),
        Some(KeyProblem::LooksEncoded)
    );
    assert_eq!(
        verifier("stripe").key_problem(&Key::new("k", format!("whsec_{SECRET}"))),
        None
    );
    assert_eq!(
        verifier("standard-webhooks").key_problem(&Key::new("k", format!("whsec_{SECRET}"))),
        None
    );
    assert_eq!(github.key_problem(&key()), None);
}

#[test]
fn nothing_secret_is_shown() {
    let headers = Headers::from_pairs(signed(&preset("stripe"), &key(), BODY));
    let verified = verifier("stripe")
        .verify(&headers, BODY, &[key()], NOW)
        .unwrap();
    let shown = format!("{:?} {verified:?}", key());
    for hidden in [
        SECRET,
        "evt_1",
        good("stripe", "stripe-signature")
            .split_once("v1=")
            .unwrap()
            .1,
    ] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
