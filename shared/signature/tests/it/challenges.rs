//! What a provider asks to see that the endpoint is there, preset by preset.

use aws_lc_rs::hmac;
use domain::{Headers, KeyUse};
use serde_json::{Value, json};
use signature::{Answer, Asked, Key, Method, Rejection, Verifier};

use crate::common::{NOW, SECRET, custom, key, preset, signed, verifier};

/// A request that nobody signed.
struct Ask<'a> {
    method: Method,
    headers: &'a [(&'a str, &'a str)],
    query: &'a [(&'a str, &'a str)],
    handshake: bool,
}

const GET: Ask<'_> = Ask {
    method: Method::Get,
    headers: &[],
    query: &[],
    handshake: false,
};

/// `None` if it is no challenge.
fn ask(verifier: &Verifier, ask: &Ask<'_>, keys: &[Key]) -> Option<Result<Answer, Rejection>> {
    let headers = Headers::from_pairs(ask.headers.iter().copied());
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let query: Vec<_> = ask.query.iter().map(owned).collect();
    let asked = Asked {
        method: ask.method,
        headers: &headers,
        query: &query,
        handshake: ask.handshake,
    };
    let answer = verifier.answer_unverified(&asked, keys, NOW);
    assert_eq!(verifier.may_be_challenge(&asked), answer.is_some());
    answer
}

fn query(name: &str, query: &[(&str, &str)]) -> Option<Result<Answer, Rejection>> {
    ask(&verifier(name), &Ask { query, ..GET }, &[key()])
}

/// A delivery signed under the preset's own rules; `None` if it is an event.
fn post(name: &str, body: &[u8], more: &[(&str, &str)]) -> Option<Result<Answer, Rejection>> {
    let (scheme, verifier) = (preset(name), verifier(name));
    let mut pairs = Vec::new();
    for (name, value) in more {
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    let input = signature::SignInput {
        body,
        now: NOW,
        headers: more,
        ..signature::SignInput::default()
    };
    let headers = Headers::from_pairs(signature::sign(&scheme, &key(), &input).unwrap());
    let verified = verifier.verify(&headers, body, &[key()], NOW).unwrap();
    verifier.answer_verified(&headers, &verified, &[key()])
}

fn json_of(answer: Option<Result<Answer, Rejection>>) -> Value {
    let answer = answer.unwrap().unwrap();
    assert_eq!(
        (answer.status, answer.content_type),
        (200, Some("application/json"))
    );
    serde_json::from_str(&answer.body).unwrap()
}

fn text_of(answer: Option<Result<Answer, Rejection>>) -> String {
    let answer = answer.unwrap().unwrap();
    assert_eq!(
        (answer.status, answer.content_type),
        (200, Some("text/plain; charset=utf-8"))
    );
    answer.body
}

fn mac(text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

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
    // Without a signature nobody is answered, whatever the body says.
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
    assert_eq!(with(SECRET, &[key()]), Some(Err(Rejection::KeyMissing)));
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
fn dropbox_gets_a_plain_token_back_and_nothing_else() {
    assert_eq!(
        text_of(query("dropbox", &[("challenge", "abc_-123x")])),
        "abc_-123x"
    );
    for bad in [
        "",
        "<script>",
        "a b",
        "{\"a\":1}",
        "12345",
        "true",
        &"a".repeat(129),
    ] {
        assert_eq!(
            query("dropbox", &[("challenge", bad)]),
            Some(Err(Rejection::SignatureMalformed)),
            "{bad}"
        );
    }
    assert_eq!(
        query("dropbox", &[("challenge", "a"), ("challenge", "b")]),
        Some(Err(Rejection::SignatureMalformed))
    );
    assert!(query("dropbox", &[]).is_none());
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

#[test]
fn asana_is_answered_only_while_an_operator_registers_it() {
    let asana = verifier("asana");
    let with = |handshake, value| {
        let headers = [("x-hook-secret", value)];
        let post = Ask {
            method: Method::Post,
            headers: &headers,
            query: &[],
            handshake,
        };
        ask(&asana, &post, &[key()])
    };
    assert!(with(false, "b537207f20cbfa02357cf448134da559").is_none());
    let answer = with(true, "b537207f20cbfa02357cf448134da559")
        .unwrap()
        .unwrap();
    assert_eq!(
        answer.headers["x-hook-secret"],
        "b537207f20cbfa02357cf448134da559"
    );
    assert_eq!(with(true, "a b"), Some(Err(Rejection::SignatureMalformed)));
    assert_eq!(
        with(true, "a\r\nset-cookie: b"),
        Some(Err(Rejection::SignatureMalformed))
    );
}

#[test]
fn x_and_linkedin_get_macs_of_plain_tokens_only() {
    assert_eq!(
        json_of(query("x", &[("crc_token", "challenge_string")])),
        json!({"response_token": format!("sha256={}", base64_simd::STANDARD.encode_to_string(mac("challenge_string")))})
    );
    let code = "890e4665-4dfe-4ab1-b689-ed553bceeed0";
    assert_eq!(
        json_of(query("linkedin", &[("challengeCode", code)])),
        json!({"challengeCode": code, "challengeResponse": hex::encode(mac(code))})
    );
    for (name, parameter) in [("x", "crc_token"), ("linkedin", "challengeCode")] {
        for bad in [
            r#"{"event":"forged"}"#,
            "[]",
            "17",
            "null",
            "hmacsha256={}",
            "a.b",
            "a+b",
        ] {
            assert_eq!(
                query(name, &[(parameter, bad)]),
                Some(Err(Rejection::SignatureMalformed)),
                "{name} {bad}"
            );
        }
    }
}

#[test]
fn an_empty_token_is_never_the_right_one() {
    let empty = [key(), Key::new("verify", "").for_use(KeyUse::Challenge)];
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.verify_token", ""),
        ("hub.challenge", "1"),
    ];
    let asked = Ask {
        query: &query,
        ..GET
    };
    assert_eq!(
        ask(&verifier("meta"), &asked, &empty),
        Some(Err(Rejection::SignatureMismatch))
    );
}

/// An unsigned probe, answered while an operator registers the webhook; a delivery
/// that carries a signature is never taken for it.
#[test]
fn what_must_be_absent_must_be_absent() {
    let trolley = verifier("trolley");
    let with = |headers: &[(&str, &str)]| {
        let post = Ask {
            method: Method::Post,
            headers,
            query: &[],
            handshake: true,
        };
        ask(&trolley, &post, &[key()])
    };
    assert_eq!(with(&[]).unwrap().unwrap().status, 200);
    let signature = ("x-paymentrails-signature", "t=1,v1=00");
    assert!(with(&[signature]).is_none());
    assert!(with(&[signature, signature]).is_none());
}

/// The MAC that a stranger may have is the signature of the token as a body.
#[test]
fn what_a_stranger_had_signed_is_never_a_delivery() {
    let x = verifier("x");
    let token = "challenge_string";
    let value = format!(
        "sha256={}",
        base64_simd::STANDARD.encode_to_string(mac(token))
    );
    let headers = Headers::from_pairs([("x-twitter-webhooks-signature", value)]);
    assert_eq!(
        x.verify(&headers, token, &[key()], NOW).err(),
        Some(Rejection::SignatureMismatch)
    );
    let mut session = x
        .begin(&headers, &[key()], signature::Digests::default())
        .unwrap();
    token
        .as_bytes()
        .chunks(3)
        .for_each(|piece| session.update(piece));
    assert_eq!(
        session.finish(NOW).err(),
        Some(Rejection::SignatureMismatch)
    );
    // Of any other scheme such a body is as good as another.
    let github = preset("github");
    let headers = Headers::from_pairs(signed(&github, &key(), token.as_bytes()));
    assert!(
        verifier("github")
            .verify(&headers, token, &[key()], NOW)
            .is_ok()
    );
}

#[test]
fn a_value_is_not_filled_in_again() {
    let scheme = custom(json!({
        "kind": "hmac", "hash": "sha256",
        "signature": {"headers": ["x-sig"], "grammar": "whole", "encoding": "hex"},
        "content": [{"body": true}],
        "challenges": [{"value": {"json": "/v"}, "respond": {"text": "{value} {mac_hex}"}}],
    }));
    let verifier = crate::common::compile(&scheme);
    let body = br#"{"v":"{mac_hex}"}"#;
    let headers = Headers::from_pairs(signed(&scheme, &key(), body));
    let verified = verifier.verify(&headers, body, &[key()], NOW).unwrap();
    let answer = verifier.answer_verified(&headers, &verified, &[key()]);
    assert_eq!(
        text_of(answer),
        format!("{{mac_hex}} {}", hex::encode(mac("{mac_hex}")))
    );
}
