//! Kinds other than a signature around the body.

use base64_simd::STANDARD;
use domain::{Headers, KeyUse, Location};
use serde_json::{Value, json};
use signature::{Key, Scheme, SignInput, sign};

use crate::common::{
    BODY, NOW, SECRET, compile, custom, key, preset, signed, site, verifier, with, word,
};

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
    let elsewhere = signature::Site {
        url: Some("https://hooks.example/v1/hooks/other"),
        ..site()
    };
    let other = signature::Verifier::compile(&scheme, &elsewhere).unwrap();
    assert_eq!(
        word(other.verify(&good, BODY, &[key()], NOW)),
        "signature_mismatch"
    );
    let put = signature::Site {
        method: "PUT",
        ..site()
    };
    let other = signature::Verifier::compile(&scheme, &put).unwrap();
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

/// Mailgun signs no more than a timestamp and a token: a second body beside them is
/// at best the same event again.
#[test]
fn mailgun_names_an_event_by_what_it_signs() {
    let verifier = verifier("mailgun");
    let mac = hex::encode(aws_lc_rs::hmac::sign(
        &aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes()),
        format!("{NOW}abc").as_bytes(),
    ));
    let body = |event: &str, token: &str| {
        json!({"signature": {"timestamp": NOW.to_string(), "token": token, "signature": mac}, "event-data": {"event": event}}).to_string()
    };
    let judge =
        |body: &str, now| verifier.verify(&Headers::default(), body.to_owned(), &[key()], now);
    let first = judge(&body("delivered", "abc"), NOW).unwrap();
    let forged = judge(&body("opened", "abc"), NOW).unwrap();
    assert_eq!(first.signed_sha256(), forged.signed_sha256());
    assert!(!first.is_signed(&Location::Json("/event-data/id".into())));
    assert!(!first.is_signed(&Location::Header("any".into())));
    assert_eq!(
        word(judge(&body("delivered", "abd"), NOW)),
        "signature_mismatch"
    );
    assert_eq!(
        word(judge(&body("delivered", "abc"), NOW + 301)),
        "timestamp_stale"
    );
    for (odd, expected) in [
        ("", "signature_malformed"),
        ("{}", "signature_missing"),
        (
            r#"{"signature":{"timestamp":"1","token":"a","signature":"00"}}"#,
            "signature_malformed",
        ),
        (
            r#"{"signature":{"timestamp":{},"token":"a","signature":"00"}}"#,
            "signature_malformed",
        ),
    ] {
        assert_eq!(word(judge(odd, NOW)), expected, "{odd}");
    }
}

#[test]
fn adyen_needs_every_item_signed() {
    let verifier = verifier("adyen");
    let secret = "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00";
    let keys = [Key::new("a", secret)];
    let item = |reference: &str| {
        let signed = format!("psp1::acct:{reference}:1000:EUR:AUTHORISATION:true");
        let key =
            aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &hex::decode(secret).unwrap());
        let mac = STANDARD.encode_to_string(aws_lc_rs::hmac::sign(&key, signed.as_bytes()));
        json!({"NotificationRequestItem": {
            "pspReference": "psp1", "merchantAccountCode": "acct", "merchantReference": reference,
            "amount": {"value": 1000, "currency": "EUR"}, "eventCode": "AUTHORISATION", "success": "true",
            "additionalData": {"hmacSignature": mac},
        }})
    };
    let judge = |items: Vec<Value>| {
        let body = json!({"live": "false", "notificationItems": items}).to_string();
        word(verifier.verify(&Headers::default(), body, &keys, NOW))
    };
    assert_eq!(judge(vec![item("order-1")]), "ok");
    assert_eq!(judge(vec![item("order:1")]), "ok");
    assert_eq!(judge(vec![item("a"), item("b")]), "ok");
    assert_eq!(judge(vec![]), "signature_missing");
    let set = |pointer: &str, value: Value| {
        let mut item = item("order-1");
        *item.pointer_mut(pointer).unwrap() = value;
        item
    };
    let path = "/NotificationRequestItem";
    assert_eq!(
        judge(vec![
            item("a"),
            set(&format!("{path}/success"), json!("false"))
        ]),
        "signature_mismatch"
    );
    assert_eq!(
        judge(vec![set(&format!("{path}/pspReference"), json!("psp:1"))]),
        "signature_malformed"
    );
    // 44 characters that decode to 33 bytes.
    let long = STANDARD.encode_to_string([1; 33]);
    assert_eq!(
        judge(vec![set(
            &format!("{path}/additionalData/hmacSignature"),
            json!(long)
        )]),
        "signature_malformed"
    );
    assert_eq!(
        judge(vec![set(&format!("{path}/additionalData"), json!({}))]),
        "signature_missing"
    );
    assert_eq!(judge(vec![item("a"); 17]), "signature_malformed");
}

/// Repeated and reordered fields, as Twilio's own library takes them.
#[test]
fn twilio_sorts_the_fields_of_a_form() {
    let scheme = preset("twilio");
    let verifier = compile(&scheme);
    let sign_form = |body: &[u8]| {
        let input = SignInput {
            body,
            now: NOW,
            headers: &[],
            params: &[],
            site: site(),
        };
        Headers::from_pairs(sign(&scheme, &key(), &input).unwrap())
    };
    let headers = sign_form(b"b=2&a=1&a=0");
    for (body, expected) in [
        (&b"a=0&a=1&b=2"[..], "ok"),
        (b"b=2&a=1&a=0&a=0", "ok"),
        (b"b=2&a=1", "signature_mismatch"),
        (b"b=2&a=1&a=0&c=", "signature_mismatch"),
        (b"b=2&a=1&a=%30", "ok"),
        (b"", "signature_mismatch"),
    ] {
        assert_eq!(
            word(verifier.verify(&headers, body, &[key()], NOW)),
            expected,
            "{body:?}"
        );
    }
    let raw = sign_form(b"a=%ff");
    assert_eq!(
        word(verifier.verify(&raw, b"a=%fe", &[key()], NOW)),
        "signature_mismatch"
    );
    assert_eq!(
        word(verifier.verify(&raw, b"a=%EF%BF%BD", &[key()], NOW)),
        "signature_mismatch"
    );
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
