//! What a receiver gets: bytes, headers, signatures.

use domain::{Headers, SchemeRef};
use signature::{Key, Scheme, Site, Verifier};

use super::{
    server::{Reply, Seen, answer, eventually},
    *,
};

async fn ok() -> Server {
    Server::of_status(200).await
}

#[tokio::test]
async fn the_payload_goes_out_as_it_came() {
    for payload in [
        Bytes::from_static(b"{}"),
        Bytes::new(),
        Bytes::from(testkit::binary(1, 70_000)),
        Bytes::from(testkit::binary(2, 2 * 1024 * 1024)),
    ] {
        let server = ok().await;
        let mut setup = setup(&server).payload("p", payload.clone());
        setup.shelf.piece = 16_000;
        let http = setup.http();
        assert_eq!(
            deliver_message(&http, &message("p", &payload)).await,
            delivered(200)
        );
        let seen = &server.seen()[0];
        assert_eq!(seen.line, "POST /hook?a=1 HTTP/1.1");
        assert_eq!(seen.sha256, Some(Digest::of(&payload)));
        assert_eq!(seen.headers["content-length"], payload.len().to_string());
        assert!(!seen.headers.contains_key("transfer-encoding"));
    }
}

/// It is in no store, and in no header: those of a request are shorter than a payload may be.
#[tokio::test]
async fn a_payload_that_came_with_its_event_goes_out_as_it_came() {
    for payload in [&[0, 0xff, b'\n'][..], &[], &[b' '; 5000]] {
        let server = ok().await;
        let mut message = message("nowhere", payload);
        let dataref = domain::DataRef::Inline(payload.to_vec());
        message["dataref"] = json!(dataref.to_string());
        let setup = setup(&server);
        assert_eq!(
            deliver_message(&setup.http(), &message).await,
            delivered(200)
        );
        let seen = &server.seen()[0];
        assert_eq!(seen.body, payload);
        let most = seen.headers.values().map(String::len).max();
        assert!(most < Some(100), "{most:?}");
        assert_eq!(setup.shelf.opened.load(Ordering::SeqCst), 0);

        let http = setup.with("body", json!("event")).http();
        assert_eq!(deliver_message(&http, &message).await, delivered(200));
        let event: Value = serde_json::from_slice(&server.seen()[1].body).unwrap();
        assert_eq!(event["dataref"], message["dataref"]);
    }
    let server = ok().await;
    let mut other = message("nowhere", b"{}");
    for bytes in [&b"[]"[..], b"{} ", b""] {
        other["dataref"] = json!(domain::DataRef::Inline(bytes.to_vec()).to_string());
        let outcome = deliver_message(&setup(&server).http(), &other).await;
        assert_eq!(outcome, super::super::attempt::reject("payload_digest"));
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn binary_mode_has_the_event_in_headers() {
    let server = ok().await;
    let http = setup(&server)
        .with("headers", json!({"x-team": "payments"}))
        .with("method", json!("PUT"))
        .http();
    assert_eq!(deliver(&http).await, delivered(200));
    let seen = &server.seen()[0];
    assert!(seen.line.starts_with("PUT "));
    let (digest, host) = (Digest::of(b"{}").to_string(), server.address.to_string());
    let expected = [
        ("ce-datasha256", digest.as_str()),
        ("ce-datasize", "2"),
        ("ce-id", "evt_1"),
        ("ce-partitionkey", "ac42"),
        ("ce-receivedat", "2026-11-21T20:59:57.414Z"),
        ("ce-ref", "stripe/evt_1"),
        ("ce-source", "/endpoints/stripe"),
        ("ce-specversion", "1.0"),
        ("ce-subscription", "crm"),
        ("ce-subject", "Gr%C3%B6%C3%9Fe%20%221%22"),
        ("ce-time", "2026-11-21T20:59:50.000Z"),
        (
            "ce-traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
        ("ce-type", "invoice.paid"),
        ("content-length", "2"),
        ("content-type", "application/json; charset=utf-8"),
        ("host", host.as_str()),
        (
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
        ("user-agent", "Coatcheck/0.1.0"),
        ("x-team", "payments"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(seen.headers, BTreeMap::from(expected));
}

#[tokio::test]
async fn structured_mode_is_what_every_target_gets() {
    let server = ok().await;
    let http = setup(&server).with("body", json!("event")).http();
    assert_eq!(deliver(&http).await, delivered(200));
    let seen = &server.seen()[0];
    let mut expected = message("k", b"{}");
    expected["deliveryid"] = json!("message-1");
    expected["subscription"] = json!("crm");
    assert_eq!(
        serde_json::from_slice::<Value>(&seen.body).unwrap(),
        expected
    );
    let kind = &seen.headers["content-type"];
    assert_eq!(kind, "application/cloudevents+json; charset=UTF-8");
    assert!(!seen.headers.keys().any(|name| name.starts_with("ce-")));
}

/// What our own receiving side says about it. `proof` of others is in the end-to-end suite.
fn verify(seen: &Seen, body: &[u8], key: &str) -> bool {
    let scheme = Scheme::resolve(&SchemeRef::Preset("standard-webhooks".into())).unwrap();
    let verifier = Verifier::compile(&scheme, &Site::default()).unwrap();
    let headers = Headers::from_pairs(seen.headers.clone());
    let keys = [Key::new("held", key)];
    verifier
        .verify(&headers, body, &keys, now().as_second())
        .is_ok()
}

#[tokio::test]
async fn a_receiver_verifies_it_during_a_rotation() {
    let keys = json!({"signing_keys": [
        {"id": "2", "secret": KEY},
        {"id": "1", "secret": OLD_KEY, "not_after": "2999-01-01T00:00:00Z"},
        {"id": "0", "secret": "whsec_AAAA", "not_after": "2020-01-01T00:00:00Z"},
    ]});
    for body in ["payload", "event"] {
        let server = ok().await;
        let setup = setup(&server)
            .with("sign", json!("standard-webhooks"))
            .with("body", json!(body))
            .secret(&keys);
        assert_eq!(deliver(&setup.http()).await, delivered(200));
        let seen = &server.seen()[0];
        for key in [KEY, OLD_KEY] {
            assert!(verify(seen, &seen.body, key), "{body}");
            assert!(!verify(seen, b"{ }", key), "{body}");
        }
        assert_eq!(seen.headers["webhook-signature"].split(' ').count(), 2);
        assert_eq!(seen.headers["webhook-id"], "stripe/evt_1");
    }
}

#[tokio::test]
async fn an_id_is_the_same_at_every_attempt_but_for_forced_replays() {
    let id = |change: &dyn Fn(&mut Value)| {
        let mut message = message("k", b"{}");
        change(&mut message);
        super::super::send::webhook_id(&Event::decode(&message.to_string()).unwrap())
    };
    assert_eq!(id(&|_| ()), "stripe/evt_1");
    assert_eq!(id(&|m| m["ref"] = json!("stripe/a.b")), "stripe/a%2Eb");
    assert_eq!(id(&|m| m["replayid"] = json!("r1")), "stripe/evt_1");
    let forced = id(&|m| {
        m["replayid"] = json!("r1");
        m["replayforce"] = json!("true");
    });
    assert_eq!(forced, "stripe/evt_1?replay=r1");
}

const LARGE: usize = 10 * 1024 * 1024;

/// In memory at a time, at most, of a payload that is streamed: a piece that waits to be checked,
/// one on its way, and those that the connection has not written yet.
const FLAT: usize = 256 * 1024;

#[tokio::test]
async fn a_large_payload_is_streamed_with_flat_memory() {
    let payload = Bytes::from(testkit::binary(3, LARGE));
    for (sign, opened) in [("none", 1), ("standard-webhooks", 2)] {
        let server = ok().await;
        let mut setup = setup(&server)
            .with("sign", json!(sign))
            .with("timeout_s", json!(20))
            .secret(&json!({"signing_keys": [{"id": "1", "secret": KEY}]}))
            .payload("p", payload.clone());
        setup.shelf.piece = 16 * 1024;
        let http = setup.http();
        assert_eq!(
            deliver_message(&http, &message("p", &payload)).await,
            delivered(200)
        );
        let seen = &server.seen()[0];
        assert_eq!(seen.sha256, Some(Digest::of(&payload)));
        assert_eq!(seen.headers["content-length"], LARGE.to_string());
        if opened == 2 {
            assert!(verify(seen, &payload, KEY));
        }
        assert_eq!(setup.shelf.opened.load(Ordering::SeqCst), opened);
        let most = setup.shelf.most_in_memory.load(Ordering::SeqCst);
        assert!(most <= FLAT, "{most} bytes");
        assert_eq!(setup.shelf.in_memory.load(Ordering::SeqCst), 0);
    }
}

/// A bit of it differs from what its pointer says, its end is missing, or there is more.
#[tokio::test]
async fn another_payload_never_completes_a_request() {
    for size in [2, LARGE] {
        let good = testkit::binary(4, size);
        let with_a_bit_changed = |place: usize| {
            let mut bad = good.clone();
            bad[place] ^= 1;
            bad
        };
        for stored in [
            with_a_bit_changed(size - 1),
            with_a_bit_changed(size / 3),
            good[..size - 1].to_vec(),
            [&good[..], b"x"].concat(),
        ] {
            let server = ok().await;
            let mut setup = setup(&server)
                .with("timeout_s", json!(20))
                .payload("p", stored);
            setup.shelf.piece = 16 * 1024;
            let outcome = deliver_message(&setup.http(), &message("p", &good)).await;
            let expected = super::super::attempt::reject("payload_digest");
            assert_eq!(outcome, expected);
            let pause = || tokio::time::sleep(Duration::from_millis(20));
            // Until the server has seen the connection's end.
            eventually(|| setup.shelf.in_memory.load(Ordering::SeqCst) == 0, pause).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert!(server.seen().iter().all(|seen| !seen.complete));
            assert_eq!(server.seen().is_empty(), size == 2);
        }
    }
}

/// A large payload is read once to be signed and once to be sent. The second time counts too.
#[tokio::test]
async fn a_payload_that_changes_after_it_was_signed_never_completes_a_request() {
    let good = testkit::binary(4, LARGE);
    let mut other = good.clone();
    other[LARGE / 3] ^= 1;
    let server = ok().await;
    let mut setup = setup(&server)
        .with("sign", json!("standard-webhooks"))
        .with("timeout_s", json!(20))
        .secret(&json!({"signing_keys": [{"id": "1", "secret": KEY}]}))
        .payload("p", good.clone());
    setup.shelf.piece = 16 * 1024;
    setup.shelf.overwritten = Some(other.into());
    let outcome = deliver_message(&setup.http(), &message("p", &good)).await;
    assert_eq!(outcome, super::super::attempt::reject("payload_digest"));
    let pause = || tokio::time::sleep(Duration::from_millis(20));
    // Until the server has seen the connection's end.
    eventually(|| setup.shelf.in_memory.load(Ordering::SeqCst) == 0, pause).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let seen = server.seen();
    assert!(seen.len() == 1 && !seen[0].complete);
}

#[tokio::test]
async fn what_cannot_be_redeemed_is_not_sent() {
    let server = ok().await;
    let large = vec![0; LARGE];
    for (key, payload, expected) in [
        (
            "gone",
            &b"{}"[..],
            super::super::attempt::reject("payload_missing"),
        ),
        (
            "gone",
            &large,
            super::super::attempt::reject("payload_missing"),
        ),
        ("unreadable", b"{}", ours("payload_unreadable")),
        ("unreadable", &large, ours("payload_unreadable")),
    ] {
        let outcome = deliver_message(&setup(&server).http(), &message(key, payload)).await;
        assert_eq!(outcome, expected, "{key}");
    }
    assert!(server.seen().iter().all(|seen| !seen.complete));
}

/// S3 gives a part and then nothing: the destination must not be blamed.
#[tokio::test]
async fn a_stuck_payload_is_not_the_destinations_fault() {
    let server = ok().await;
    let payload = Bytes::from(vec![0; LARGE]);
    let mut setup = setup(&server).payload("p", payload.clone());
    setup.shelf.piece = 16 * 1024;
    setup.shelf.stuck_after = Some(20);
    let outcome = deliver_message(&setup.http(), &message("p", &payload)).await;
    assert_eq!(outcome, ours("payload_unreadable"));
}

/// A receiver that is full says so before it has read everything.
#[tokio::test]
async fn an_early_answer_counts() {
    let server = Server::start(|_, _| Reply::Early(answer(413, "", "too large"))).await;
    let payload = Bytes::from(vec![0; LARGE]);
    let mut setup = setup(&server).payload("p", payload.clone());
    setup.shelf.piece = 16 * 1024;
    let outcome = deliver_message(&setup.http(), &message("p", &payload)).await;
    let expected = Outcome::Reject {
        reason: Reason("refused"),
        status: Some(413),
        answer: b"too large".to_vec(),
    };
    assert_eq!(outcome, expected);
}

/// A success counts as it comes. What the receiver reads afterwards must be the whole payload.
#[tokio::test]
async fn after_an_early_success_the_rest_is_sent() {
    let server = Server::start(|_, _| Reply::BeforeReading(answer(202, "", "thanks"))).await;
    let payload = Bytes::from(testkit::binary(5, LARGE));
    let mut setup = setup(&server).payload("p", payload.clone());
    setup.shelf.piece = 16 * 1024;
    let outcome = deliver_message(&setup.http(), &message("p", &payload)).await;
    assert_eq!(outcome, delivered(202));
    let pause = || tokio::time::sleep(Duration::from_millis(20));
    eventually(|| server.seen()[0].complete, pause).await;
    assert_eq!(server.seen()[0].sha256, Some(Digest::of(&payload)));
}

/// The receiver has answered, and still never gets a whole request with a wrong payload.
#[tokio::test]
async fn an_early_success_does_not_hide_a_wrong_payload() {
    let server = Server::start(|_, _| Reply::BeforeReading(answer(200, "", ""))).await;
    let announced = Bytes::from(testkit::binary(6, LARGE));
    let stored = Bytes::from(testkit::binary(7, LARGE));
    let mut setup = setup(&server).payload("p", stored);
    setup.shelf.piece = 16 * 1024;
    let outcome = deliver_message(&setup.http(), &message("p", &announced)).await;
    assert_eq!(outcome, super::super::attempt::reject("payload_digest"));
    assert!(!server.seen()[0].complete);
}
