use super::*;

const SLACK: &str = r#"{"name":"slack","scheme":"slack"}"#;
const VERIFY: &[u8] = br#"{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV"}"#;

#[tokio::test]
async fn a_signed_challenge_is_answered_and_nothing_is_stored() {
    let world = World::new();
    let ingest = world.ingest();
    let delivery = Delivery::signed(SLACK, "", VERIFY);
    let answer = delivery.at(&ingest, now()).await;
    assert_eq!(
        (answer.status_code, answer.body.as_str()),
        (200, "3eZbrw1aBm2rZgRNFdxV")
    );
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    world.holds_nothing();

    let forged = delivery.with_body(br#"{"type":"url_verification","challenge":"forged"}"#);
    let (status, answer) = forged.to(&ingest).await;
    assert_eq!(
        (status, &answer["error"]),
        (401, &json!("signature_mismatch"))
    );
    assert!(!answer.to_string().contains("forged"));
    world.holds_nothing();
}

/// While its handshake is on, a delivery that has the handshake's header is still an event.
#[tokio::test]
async fn a_signed_delivery_that_looks_like_a_handshake_is_answered_and_stored() {
    let asana = r#"{"name":"asana","scheme":"asana","handshake":true}"#;
    let body = br#"{"events":[{"action":"changed","resource":{"resource_type":"task"}}]}"#;
    let world = World::new();
    let delivery = Delivery::signed(asana, "", body).set("x-hook-secret", "again");
    let answer = delivery.at(&world.ingest(), now()).await;
    assert_eq!(
        (answer.status_code, answer.headers["x-hook-secret"].as_str()),
        (200, "again")
    );
    assert_eq!(world.pointers.all().len(), 1);

    // One that is badly signed, or not at all, is only a handshake.
    for greeting in [
        delivery.clone().with_body(b"{}"),
        delivery.without("x-hook-signature"),
    ] {
        let world = World::new();
        let answer = greeting.at(&world.ingest(), now()).await;
        assert_eq!(answer.headers["x-hook-secret"], "again");
        world.holds_nothing();
    }
}

/// Xero's Intent to Receive: good deliveries get 200, bad ones 401, both without a body.
#[tokio::test]
async fn a_provider_that_wants_no_body_gets_none_with_401_either() {
    let xero = r#"{"name":"xero","scheme":"xero"}"#;
    let delivery = Delivery::signed(xero, "", br#"{"events":[]}"#);
    let good = delivery.at(&World::new().ingest(), now()).await;
    assert_eq!((good.status_code, good.body.as_str()), (200, ""));
    let forged = delivery.with_body(b"{}");
    let bad = forged.at(&World::new().ingest(), now()).await;
    assert_eq!((bad.status_code, bad.body.as_str()), (401, ""));
    assert!(!bad.headers.contains_key("content-type"));
}

#[tokio::test]
async fn a_challenge_by_get_is_proven_by_its_token_and_no_event() {
    let meta = r#"{"name":"meta","scheme":"meta"}"#;
    let world = World::new();
    let stored = format!(
        r#"{{"keys":[{{"id":"a","secret":"{SECRET}"}},{{"id":"v","secret":"my token","use":"challenge"}}]}}"#
    );
    world.keys.set(ring(&stored));
    let ingest = world.ingest();
    let mut ask = Delivery::bare(meta, "GET");
    ask.query = json!({"hub.mode": ["subscribe"], "hub.verify_token": ["my token"], "hub.challenge": ["1158201444"]});
    let answer = ask.at(&ingest, now()).await;
    assert_eq!(
        (answer.status_code, answer.body.as_str()),
        (200, "1158201444")
    );
    ask.query["hub.verify_token"] = json!(["another"]);
    let (status, answer) = ask.to(&ingest).await;
    assert_eq!(
        (status, &answer["error"]),
        (401, &json!("signature_mismatch"))
    );
    ask.query = json!({"hub.mode": ["unsubscribe"]});
    let (status, answer) = ask.to(&ingest).await;
    assert_eq!((status, &answer["error"]), (400, &json!("no_challenge")));
    world.holds_nothing();
}

/// Anyone may ask, so an unknown token must not raise an alarm.
#[tokio::test]
async fn a_challenge_by_get_without_a_token_of_ours_is_the_askers_fault() {
    let mut ask = Delivery::bare(r#"{"name":"meta","scheme":"meta"}"#, "GET");
    ask.query = json!({"hub.mode": ["subscribe"], "hub.verify_token": ["any"], "hub.challenge": ["1158201444"]});
    assert_eq!(
        refused(&ask).await,
        (401, "challenge_key_missing".to_owned())
    );
}

#[tokio::test]
async fn other_methods_are_no_deliveries() {
    for method in ["GET", "HEAD", "PUT", ""] {
        let mut delivery = Delivery::signed(GITHUB, "x", EVENT);
        delivery.method = method;
        assert_eq!(refused(&delivery).await.0, 400, "{method}");
    }
}

#[tokio::test]
async fn a_handshake_is_answered_only_while_an_operator_wants_it() {
    let shake = |config: &str| Delivery::bare(config, "POST").add("X-Hook-Secret", "b537207f20cb");
    let off = shake(r#"{"name":"asana","scheme":"asana"}"#);
    assert_eq!(refused(&off).await, (401, "signature_missing".to_owned()));
    let world = World::new();
    let on = shake(r#"{"name":"asana","scheme":"asana","handshake":true}"#);
    let answer = on.at(&world.ingest(), now()).await;
    assert_eq!(answer.status_code, 200);
    assert_eq!(answer.headers["x-hook-secret"], "b537207f20cb");
    world.holds_nothing();
}

#[tokio::test]
async fn some_providers_want_an_answer_of_their_own() {
    let xero = r#"{"name":"xero","scheme":"xero"}"#;
    let world = World::new();
    let body =
        br#"{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}"#;
    let answer = Delivery::signed(xero, "", body)
        .at(&world.ingest(), now())
        .await;
    assert_eq!((answer.status_code, answer.body.as_str()), (200, ""));
    assert!(!answer.headers.contains_key("content-type"));
    world.holds_exactly(body);
}
