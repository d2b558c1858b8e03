//! Challenges that are proven.

use super::*;
use crate::common::signed;

#[test]
fn slack_gets_its_challenge_back_once_it_is_verified() {
    let body = br#"{"type":"url_verification","token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}"#;
    let answer = post("slack", body, &[]).unwrap().unwrap();
    assert!(
        answer
            .body
            .contains("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P")
    );
    assert!(
        post(
            "slack",
            br#"{"type":"event_callback","event_id":"E1"}"#,
            &[]
        )
        .is_none()
    );
}

#[test]
fn zoom_gets_a_mac_only_of_what_it_signed() {
    let body =
        br#"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}"#;
    assert_eq!(
        json_of(post("zoom", body, &[])),
        json!({"plainToken": "qgg8vlvZRS6UYooatFL8Aw", "encryptedToken": hex::encode(mac("qgg8vlvZRS6UYooatFL8Aw"))})
    );
    // Without a signature no one is answered, whatever the body says.
    assert!(query("zoom", &[]).is_none());
    let headers = Headers::default();
    assert!(
        verifier("zoom")
            .verify(&headers, body, &[key()], NOW)
            .is_err()
    );
}

#[test]
fn meta_gets_its_number_back_if_it_shows_the_token() {
    let meta = verifier("meta");
    let keys = [
        key(),
        Key::new("verify", "the token I chose").for_use(KeyUse::Challenge),
    ];
    let with = |token: &str, keys: &[Key]| {
        let query = [
            ("hub.mode", "subscribe"),
            ("hub.verify_token", token),
            ("hub.challenge", "1158201444"),
        ];
        ask(
            &meta,
            &Ask {
                query: &query,
                ..GET
            },
            keys,
        )
    };
    assert_eq!(text_of(with("the token I chose", &keys)), "1158201444");
    for wrong in ["", "the token I chos", "the token I chose ", SECRET] {
        assert_eq!(
            with(wrong, &keys),
            Some(Err(Rejection::SignatureMismatch)),
            "{wrong}"
        );
    }
    // The signing key is no token, and without a token there is nothing to show.
    assert_eq!(
        with(SECRET, &[key()]),
        Some(Err(Rejection::ChallengeKeyMissing))
    );
    assert!(Rejection::ChallengeKeyMissing.is_provider_fault());
    assert!(Rejection::ChallengeKeyMissing.asks_for_other_keys());
    // The token is no signing key either.
    let scheme = preset("meta");
    let weak = Key::new("weak", "the token I chose");
    let headers = Headers::from_pairs(signed(&scheme, &weak, b"{}"));
    assert_eq!(
        meta.verify(&headers, b"{}", &keys, NOW).err(),
        Some(Rejection::SignatureMismatch)
    );
    assert!(query("meta", &[("hub.mode", "unsubscribe")]).is_none());
}

#[test]
fn okta_is_answered_if_it_shows_the_secret() {
    let okta = verifier("okta");
    let with = |secret: &str| {
        let headers = [
            ("authorization", secret),
            ("x-okta-verification-challenge", "challenge-1_a"),
        ];
        ask(
            &okta,
            &Ask {
                headers: &headers,
                ..GET
            },
            &[key()],
        )
    };
    assert_eq!(
        json_of(with(SECRET)),
        json!({"verification": "challenge-1_a"})
    );
    assert_eq!(with("wrong"), Some(Err(Rejection::SignatureMismatch)));
}

#[test]
fn twitch_gets_its_challenge_back_once_it_is_verified() {
    let kind = |kind: &'static str| {
        [
            ("twitch-eventsub-message-id", "e76c6bd4-55c9-4987-8304"),
            ("twitch-eventsub-message-timestamp", "2023-11-14T22:13:20Z"),
            ("twitch-eventsub-message-type", kind),
        ]
    };
    let body = br#"{"challenge":"pogchamp-kappa-360noscope-vohiyo","subscription":{"type":"stream.online"}}"#;
    assert_eq!(
        text_of(post("twitch", body, &kind("webhook_callback_verification"))),
        "pogchamp-kappa-360noscope-vohiyo"
    );
    assert!(post("twitch", body, &kind("notification")).is_none());
}
