//! Proofs that stand inside the body, or that its form decides.

use base64_simd::STANDARD;
use coatcheck_signature::{Key, SignInput, sign};
use domain::{Headers, Location};
use serde_json::{Value, json};

use crate::common::{NOW, SECRET, compile, key, preset, site, verifier, word};

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
        word(judge(&body("delivered", "abc"), NOW + 12 * 3600 + 1)),
        "timestamp_stale"
    );
    // Seven retries over 8 hours and 5 minutes, all with the first signature.
    let last_retry = NOW + 8 * 3600 + 5 * 60;
    assert_eq!(word(judge(&body("delivered", "abc"), last_retry)), "ok");
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
    // Adyen's own libraries sign a member that is null like one that is not there.
    let mut null = item("order-1");
    let fields = null["NotificationRequestItem"].as_object_mut().unwrap();
    fields.insert("originalReference".to_owned(), Value::Null);
    assert_eq!(judge(vec![null]), "ok");
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
