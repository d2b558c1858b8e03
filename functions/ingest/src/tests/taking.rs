use super::*;

#[tokio::test]
async fn each_scheme_is_taken_once_and_to_the_byte() {
    let custom = r#"{"name":"partner","scheme":{"kind":"hmac","hash":"sha256",
        "signature":{"headers":["x-partner-signature"],"grammar":"whole","prefix":"v1=","encoding":"hex"},
        "key":{"decode":"utf8"},
        "content":[{"header":"x-partner-timestamp"},{"lit":"."},{"body":true}],
        "timestamp":{"from":{"header":"x-partner-timestamp"},"unit":"s","max_age_s":300,"max_future_s":300},
        "event":{"type":{"literal":"stock"}}}}"#;
    let binary = testkit::binary(1, 5000);
    let cases: [(&str, &[u8], Option<&str>); 5] = [
        (STANDARD, EVENT, Some("billing/msg_1")),
        (STRIPE, EVENT, Some("stripe/evt_1")),
        (GITHUB, EVENT, None),
        (GITHUB, b"\xff\xfe\x00\r\n", None),
        (custom, &binary, None),
    ];
    for (config, body, reference) in cases {
        let world = World::new();
        let ingest = world.ingest();
        let delivery = Delivery::signed(config, "msg_1", body);
        let (status, first) = delivery.to(&ingest).await;
        assert_eq!(
            (status, &first["status"]),
            (200, &json!("accepted")),
            "{config}"
        );
        if let Some(reference) = reference {
            assert_eq!(first["ref"], reference);
        }
        world.holds_exactly(body);
        let (status, second) = delivery.to(&ingest).await;
        assert_eq!(
            (status, &second["status"], &second["ref"]),
            (200, &json!("duplicate"), &first["ref"])
        );
        world.holds_exactly(body);
    }
}

#[tokio::test]
async fn the_pointer_says_what_the_provider_meant() {
    let config = r#"{"name":"stripe","scheme":"stripe","event":{"ordering_key":{"json":"/data/object/customer"}}}"#;
    let world = World::new();
    let delivery = Delivery::signed(config, "", EVENT).add(
        "traceparent",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    );
    assert_eq!(
        delivery.to(&world.ingest()).await.1["ref"],
        "stripe/cus_1/evt_1"
    );
    let pointer = world.pointers.all().remove(0);
    assert_eq!(pointer.partition_key().to_string(), "stripe#cus_1");
    assert_eq!(
        (pointer.event.id.as_str(), pointer.event.kind.as_str()),
        ("evt_1", "invoice.paid")
    );
    assert_eq!(pointer.event.occurred_at.as_second(), 1_795_298_390);
    assert_eq!(
        (pointer.scheme.as_str(), pointer.key_id.as_str()),
        ("stripe", "current")
    );
    assert_eq!(pointer.content_type, "application/json");
    assert!(
        pointer
            .traceparent
            .starts_with("00-0af7651916cd43dd8448eb211c80319c-")
    );
    assert_eq!(pointer.expires_at.as_second() - NOW, 90 * 86_400);
}

#[tokio::test]
async fn an_object_where_a_subject_was_expected_does_not_lose_the_event() {
    let config = r#"{"name":"stripe","scheme":"stripe","event":{"subject":{"json":"/data"},"ordering_key":{"json":"/data"}}}"#;
    let world = World::new();
    assert_eq!(
        Delivery::signed(config, "", EVENT)
            .to(&world.ingest())
            .await
            .1["ref"],
        "stripe/evt_1"
    );
}

#[tokio::test]
async fn the_first_bytes_of_an_event_win() {
    let world = World::new();
    let ingest = world.ingest();
    Delivery::signed(STANDARD, "msg_1", EVENT).to(&ingest).await;
    let changed = [EVENT, b" "].concat();
    let (status, answer) = Delivery::signed(STANDARD, "msg_1", &changed)
        .to(&ingest)
        .await;
    assert_eq!((status, &answer["status"]), (200, &json!("duplicate")));
    world.holds_exactly(EVENT);
}

/// GitHub signs the body alone: `workflow_dispatch` twice with equal inputs is two events.
#[tokio::test]
async fn unsigned_headers_split_events_and_hide_none() {
    let world = World::new();
    let ingest = world.ingest();
    let delivery = Delivery::signed(GITHUB, "a", EVENT);
    let status = async |delivery: &Delivery| {
        let (_, answer) = delivery.clone().to(&ingest).await;
        answer["status"].clone()
    };
    assert_eq!(status(&delivery).await, "accepted");
    assert_eq!(
        status(&delivery).await,
        "duplicate",
        "a retry has the same headers"
    );
    let other_id = delivery.clone().set("X-GitHub-Delivery", "b");
    assert_eq!(status(&other_id).await, "accepted");
    let other_type = delivery.clone().set("X-GitHub-Event", "other");
    assert_eq!(status(&other_type).await, "accepted");
    // Other bytes under a used id are another event.
    let other_bytes = Delivery::signed(GITHUB, "a", b"{\"zen\":2}");
    assert_eq!(status(&other_bytes).await, "accepted");
    let all = world.pointers.all();
    let same = all.iter().filter(|pointer| {
        let digest = pointer.event.key.shared_digest().unwrap();
        assert!(pointer.partition_key().to_string().ends_with(digest));
        pointer.partition_key() == all[0].partition_key()
    });
    assert!(all.len() == 4 && [1, 3].contains(&same.count()));
}

/// A replay of a captured delivery under another id is an event, and is visible.
#[tokio::test]
async fn bytes_that_came_before_under_another_name_are_told() {
    let world = World::new();
    let ingest = world.ingest();
    let repeats = async |delivery: &Delivery| {
        let (_, log) = delivery.clone().reported(&ingest, now()).await;
        match log.outcome {
            DeliveryOutcome::Stored(stored) => stored.repeats_bytes,
            other => panic!("{other:?}"),
        }
    };
    let delivery = Delivery::signed(GITHUB, "a", EVENT);
    assert!(!repeats(&delivery).await);
    assert!(!repeats(&delivery).await, "a retry has the same name");
    let replay = delivery.clone().set("X-GitHub-Delivery", "b");
    assert!(repeats(&replay).await);
    assert!(!repeats(&Delivery::signed(GITHUB, "c", b"{}")).await);
}

#[tokio::test]
async fn dedupe_by_bytes_takes_no_bytes_twice() {
    let config = r#"{"name":"github","scheme":"github","dedupe":"bytes"}"#;
    let world = World::new();
    let ingest = world.ingest();
    let delivery = Delivery::signed(config, "a", EVENT);
    delivery.clone().to(&ingest).await;
    let replay = delivery.set("X-GitHub-Delivery", "b");
    let (_, answer) = replay.to(&ingest).await;
    assert_eq!(answer["status"], "duplicate");
    assert_eq!(world.pointers.all().len(), 1);
}

#[tokio::test]
async fn dedupe_by_id_is_the_endpoints_choice() {
    let config = r#"{"name":"github","scheme":"github","dedupe":"id"}"#;
    let world = World::new();
    let ingest = world.ingest();
    assert_eq!(
        Delivery::signed(config, "a", EVENT).to(&ingest).await.1["ref"],
        "github/a"
    );
    let (_, answer) = Delivery::signed(config, "a", b"{}").to(&ingest).await;
    assert_eq!(answer["status"], "duplicate");
}

#[tokio::test]
async fn twenty_at_once_are_one_event() {
    let world = World::new();
    let ingest = world.ingest();
    let delivery = Delivery::signed(STANDARD, "msg_1", EVENT);
    let mut accepted = 0;
    for _ in 0..20 {
        accepted += u32::from(delivery.to(&ingest).await.1["status"] == "accepted");
    }
    assert_eq!(accepted, 1);
    world.holds_exactly(EVENT);
}

#[tokio::test]
async fn the_limit_is_of_the_decoded_body_and_exact() {
    let world = World::new();
    let ingest = world.ingest();
    let fits = testkit::binary(3, 4_500_000);
    assert_eq!(
        Delivery::signed(GITHUB, "a", &fits).to(&ingest).await.0,
        200
    );
    let (status, answer) = Delivery::signed(GITHUB, "b", &testkit::binary(4, 4_500_001))
        .to(&ingest)
        .await;
    assert_eq!((status, &answer["error"]), (413, &json!("body_too_large")));
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.contains("4500000") && message.contains("direct lane"),
        "{message}"
    );

    let small = r#"{"name":"github","scheme":"github","max_body_bytes":4}"#;
    for (body, status) in [(&b"1234"[..], 200), (b"12345", 413)] {
        assert_eq!(
            Delivery::signed(small, "c", body).to(&ingest).await.0,
            status
        );
    }
}

#[tokio::test]
async fn an_empty_body_is_a_body() {
    let world = World::new();
    for (body, base64) in [(Value::Null, false), (json!(""), true)] {
        let mut delivery = Delivery::signed(GITHUB, "a", b"");
        (delivery.body, delivery.base64) = (body, base64);
        assert_eq!(delivery.to(&world.ingest()).await.0, 200);
    }
    world.holds_exactly(b"");
}
