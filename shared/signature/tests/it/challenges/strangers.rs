//! What anyone may ask, and what is kept from them.

use super::*;
use crate::common::{compile, custom, signed};

#[test]
fn dropbox_gets_a_plain_token_back_and_nothing_else() {
    assert_eq!(
        text_of(query("dropbox", &[("challenge", "abc_-123x")])),
        "abc_-123x"
    );
    for bad in ["", "<script>", "a b", "{\"a\":1}", &"a".repeat(129)] {
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

/// `WebSub` hubs (`YouTube` has one) ask with a number. It is echoed where no MAC is.
#[test]
fn a_number_is_echoed_where_nothing_is_signed() {
    let websub = custom(json!({
        "kind": "hmac", "hash": "sha1", "allow_sha1": true,
        "signature": {"headers": ["x-hub-signature"], "grammar": "whole", "prefix": "sha1=", "encoding": "hex"},
        "content": [{"body": true}],
        "challenges": [{
            "method": "GET",
            "when": [{"at": {"query": "hub.mode"}, "is": "subscribe"}],
            "value": {"query": "hub.challenge"}, "proof": "none", "respond": {"text": "{value}"}
        }]
    }));
    let query = [("hub.mode", "subscribe"), ("hub.challenge", "1158201444")];
    let asked = Ask {
        query: &query,
        ..GET
    };
    assert_eq!(
        text_of(ask(&compile(&websub), &asked, &[key()])),
        "1158201444"
    );
}

/// Event Grid signs nothing; a header of the operator's own proves it and its validation.
#[test]
fn event_grid_is_validated_once_it_shows_its_token() {
    let grid = verifier("event-grid");
    let body = br#"[{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}}]"#;
    let validation = ("aeg-event-type", "SubscriptionValidation");
    let answered = |token: &str| {
        let headers = Headers::from_pairs([validation, ("x-coatcheck-token", token)]);
        let verified = grid.verify(&headers, body, &[key()], NOW).ok()?;
        grid.answer_verified(&headers, &verified, &[key()])
    };
    assert_eq!(
        json_of(answered(SECRET)),
        json!({"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"})
    );
    assert!(answered("another").is_none());
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
    let verifier = compile(&scheme);
    let body = br#"{"v":"{mac_hex}"}"#;
    let headers = Headers::from_pairs(signed(&scheme, &key(), body));
    let verified = verifier.verify(&headers, body, &[key()], NOW).unwrap();
    let answer = verifier.answer_verified(&headers, &verified, &[key()]);
    assert_eq!(
        text_of(answer),
        format!("{{mac_hex}} {}", hex::encode(mac("{mac_hex}")))
    );
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
