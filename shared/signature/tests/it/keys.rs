//! Keys that cannot be used, and those to worry about.

use coatcheck_signature::{Key, KeyDecode, KeyProblem, Oddity, SignInput, sign};
use domain::Headers;

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
        word(verifier.verify(
            &headers,
            BODY,
            &vec![key(); coatcheck_signature::MAX_KEYS],
            NOW
        )),
        "ok"
    );
    assert_eq!(
        word(verifier.verify(
            &headers,
            BODY,
            &vec![key(); coatcheck_signature::MAX_KEYS + 1],
            NOW
        )),
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

/// Each form that people paste is taken with a warning, or refused with its cause.
#[test]
fn the_form_of_a_secret_is_named() {
    let standard = verifier("standard-webhooks");
    let problem = |text: &str| standard.key_problem(&Key::new("k", text));
    let undecodable = |seen| {
        Some(KeyProblem::Undecodable {
            decode: KeyDecode::Base64,
            seen,
        })
    };
    let good = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert_eq!(problem(&format!("whsec_{good}")), None);
    // Supabase shows the version before it.
    let supabase = format!("v1,whsec_{good}");
    assert_eq!(problem(&supabase), Some(KeyProblem::Versioned));
    for (text, seen) in [
        (
            format!("v1,whsec_{good}|v1,whsec_{good}"),
            Some(Oddity::Several),
        ),
        (format!("\"whsec_{good}\""), Some(Oddity::Quotes)),
        (format!("whsec_{good} "), Some(Oddity::Space)),
        (format!("whsec_{good}\nwhsec_{good}"), Some(Oddity::Space)),
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_".to_owned(),
            Some(Oddity::UrlAlphabet),
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n".to_owned(),
            Some(Oddity::Pem),
        ),
        ("whsec_!".to_owned(), None),
    ] {
        assert_eq!(problem(&text), undecodable(seen), "{text:?}");
    }
    let github = verifier("github");
    for (text, seen) in [
        (format!("\"{SECRET}\""), Oddity::Quotes),
        (format!(" {SECRET}"), Oddity::Space),
        (format!("{SECRET}\t"), Oddity::Space),
        (format!("{SECRET}\r\n{SECRET}"), Oddity::Space),
    ] {
        let odd = github.key_problem(&Key::new("k", text));
        assert_eq!(odd, Some(KeyProblem::Odd(seen)));
        assert!(!odd.unwrap().is_fatal());
    }
    // A token cannot be shown with white space around it, so it is worth a warning.
    assert_eq!(
        verifier("gitlab-token").key_problem(&Key::new("k", "token ")),
        Some(KeyProblem::Odd(Oddity::Space))
    );
}

#[test]
fn the_version_before_a_secret_changes_nothing_of_the_signature() {
    let headers = Headers::from_pairs(signed(&preset("standard-webhooks"), &key(), BODY));
    let shown = Key::new(
        "supabase",
        format!("v1,whsec_{}", SECRET.trim_start_matches("whsec_")),
    );
    let verified = verifier("standard-webhooks").verify(&headers, BODY, &[shown], NOW);
    assert_eq!(verified.unwrap().key_id(), "supabase");
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
