use super::*;

async fn code(delivery: &Delivery) -> String {
    let (status, code) = refused(delivery).await;
    assert!((400..500).contains(&status), "{status} {code}");
    format!("{status} {code}")
}

#[tokio::test]
async fn malformed_base64_is_a_400() {
    for body in ["%%%%", "AAA", "AAAA=", "====", "A", "=", "AAAA\n"] {
        let mut delivery = Delivery::signed(GITHUB, "a", b"");
        delivery.body = body.into();
        assert_eq!(code(&delivery).await, "400 body_not_base64", "{body}");
    }
}

#[tokio::test]
async fn a_signature_is_there_once_whole_and_right() {
    let good = Delivery::signed(GITHUB, "a", EVENT);
    let signature = good.header("x-hub-signature-256").to_owned();
    for (spoiled, expected) in [
        (
            good.clone().without("x-hub-signature-256"),
            "401 signature_missing",
        ),
        (
            good.clone().add("X-Hub-Signature-256", &signature),
            "401 signature_duplicated",
        ),
        (
            good.clone().set("x-hub-signature-256", &signature[..70]),
            "401 signature_malformed",
        ),
        (
            good.clone()
                .set("x-hub-signature-256", &format!("sha256={}", "0".repeat(64))),
            "401 signature_mismatch",
        ),
        (good.clone().with_body(b"{}"), "401 signature_mismatch"),
    ] {
        assert_eq!(code(&spoiled).await, expected);
    }
}

#[tokio::test]
async fn a_timestamp_is_exact_and_fresh() {
    let odd = Delivery::signed(STANDARD, "a", EVENT).set("webhook-timestamp", "1e9");
    assert_eq!(code(&odd).await, "401 timestamp_malformed");
    for (at, expected) in [
        (NOW - 301, "401 timestamp_stale"),
        (NOW + 301, "401 timestamp_future"),
        (NOW + 31_536_000, "401 timestamp_future"),
    ] {
        let delivery = Delivery::signed_at(STANDARD, "a", EVENT, at, SECRET);
        assert_eq!(code(&delivery).await, expected);
    }
    let late = Delivery::signed(STANDARD, "a", EVENT).without("webhook-timestamp");
    assert_eq!(code(&late).await, "401 timestamp_missing");
}

#[tokio::test]
async fn json_that_is_expected_must_be_sound() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for (body, expected) in [
        (&EVENT[..EVENT.len() - 1], "400 json_malformed"),
        (b"", "400 json_malformed"),
        (b"id=evt_1&type=x", "400 json_malformed"),
        (br#"{"id":"a","type":"t"}x"#, "400 json_malformed"),
        (deep.as_bytes(), "400 json_too_deep"),
        (
            br#"{"id":"a","id":"b","type":"t"}"#,
            "400 json_duplicate_key",
        ),
        (
            br#"{"id":"a","\u0069d":"b","type":"t"}"#,
            "400 json_duplicate_key",
        ),
        (b"{\"id\":\"\xff\",\"type\":\"t\"}", "400 json_not_utf8"),
        (br#"{"type":"t"}"#, "400 id_missing"),
        (br#"{"id":null,"type":"t"}"#, "400 id_missing"),
        (br#"{"id":"","type":"t"}"#, "400 id_missing"),
        (br#"{"id":"a"}"#, "400 type_missing"),
        (br#"{"id":{"a":1},"type":"t"}"#, "400 json_not_scalar"),
        (br#"{"id":"a\u0000b","type":"t"}"#, "400 id_invalid"),
        (br"[]", "400 id_missing"),
    ] {
        assert_eq!(
            code(&Delivery::signed(STRIPE, "", body)).await,
            expected,
            "{}",
            String::from_utf8_lossy(body)
        );
    }
}

#[tokio::test]
async fn ids_that_no_store_takes_are_refused() {
    for (bytes, expected) in [
        (257, "400 id_too_long"),
        (10_240, "400 json_value_too_long"),
    ] {
        let body = json!({"id": "i".repeat(bytes), "type": "t"}).to_string();
        assert_eq!(
            code(&Delivery::signed(STRIPE, "", body.as_bytes())).await,
            expected
        );
    }
    let header = Delivery::signed(STANDARD, &"i".repeat(10_240), EVENT);
    assert_eq!(code(&header).await, "400 id_too_long");
    let kind = Delivery::signed(GITHUB, "a", EVENT).set("x-github-event", &"t".repeat(129));
    assert_eq!(code(&kind).await, "400 type_too_long");
}

#[tokio::test]
async fn facts_in_headers_are_single_and_ascii() {
    let good = Delivery::signed(GITHUB, "a", EVENT);
    for (spoiled, expected) in [
        (
            good.clone().add("x-github-event", "ping"),
            "400 header_repeated",
        ),
        (
            good.clone().set("x-github-event", "größe"),
            "400 header_not_ascii",
        ),
        (good.clone().without("x-github-event"), "400 type_missing"),
        (
            good.clone().add("content-type", "text/plain"),
            "400 content_type_invalid",
        ),
        (
            good.clone().set("content-type", "a\u{7f}"),
            "400 content_type_invalid",
        ),
    ] {
        assert_eq!(code(&spoiled).await, expected);
    }
}
