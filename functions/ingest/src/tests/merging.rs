//! Endpoints whose attributes say which deliveries are one event.

use domain::{AttributeName, AttributePlace, EventKey, Pointer, SignedDuration};
use intake::Repetition;

use super::*;

/// The signature covers the id too: other deliveries have other ids.
const MERGING: &str = r#"{"name":"billing","scheme":"standard-webhooks","event":{"type":{"json":"/type"}},"dedupe":"attributes","dedupe_by":["status","customer"],"dedupe_window_s":3600,"attributes":{"customer":{"json":"/data/customer"},"status":{"json":"/data/status"},"amount":{"json":"/data/amount","as":"number"}}}"#;

fn body(kind: &str, customer: &str, status: &str, more: &str) -> Vec<u8> {
    format!(
        r#"{{"type":"{kind}","data":{{"customer":{customer},"status":{status}}},"more":"{more}"}}"#
    )
    .into_bytes()
}

fn paid(more: &str) -> Vec<u8> {
    body("invoice.paid", "\"cus_1\"", "\"paid\"", more)
}

/// The slots of the window are hours, and the first delivery comes 3 seconds before the end of one.
async fn send(
    world: &World,
    config: &str,
    id: &str,
    body: &[u8],
    seconds: i64,
) -> (Repetition, bool) {
    let delivery = Delivery::signed_at(config, id, body, NOW + seconds, SECRET);
    let at = now() + SignedDuration::from_secs(seconds);
    let (response, log) = delivery.reported(&world.ingest(), at).await;
    let DeliveryOutcome::Stored(stored) = log.outcome else {
        panic!("{}: {log:?}", response.body);
    };
    (stored.repetition, stored.left_out.names_no_event)
}

#[tokio::test]
async fn what_has_the_same_attributes_is_one_event_within_the_window() {
    let world = World::new();
    let first = send(&world, MERGING, "msg_1", &paid("a"), 0).await;
    assert_eq!(first, (Repetition::First, false));
    // Across the edge of the slot, with other bytes and another id.
    for (id, more, seconds) in [("msg_1", "b", 1), ("msg_2", "c", 120), ("msg_3", "d", 3599)] {
        let again = send(&world, MERGING, id, &paid(more), seconds).await;
        assert_eq!(again, (Repetition::Conflicting, false), "{id}");
    }
    let same = send(&world, MERGING, "msg_4", &paid("a"), 60).await;
    assert_eq!(same, (Repetition::Duplicate, false));
    let pointers = world.pointers.all();
    assert_eq!(pointers.len(), 1);
    assert_eq!(pointers[0].event.id, "msg_1");
    let object = &world.payloads.objects()[pointers[0].object().unwrap().as_str()];
    assert_eq!(object.body, paid("a"), "the first bytes stay");
    let later = send(&world, MERGING, "msg_5", &paid("e"), 3600).await;
    assert_eq!(later, (Repetition::First, false));
}

#[tokio::test]
async fn another_type_or_another_value_is_another_event() {
    let world = World::new();
    let all = [
        paid(""),
        body("invoice.open", "\"cus_1\"", "\"paid\"", ""),
        body("invoice.paid", "\"cus_2\"", "\"paid\"", ""),
        body("invoice.paid", "\"cus_1\"", "\"open\"", ""),
        body("invoice.paid", "\"paid\"", "\"cus_1\"", ""),
        body("invoice.paid", "true", "1", ""),
    ];
    for (at, body) in all.iter().enumerate() {
        let (repetition, _) = send(&world, MERGING, "msg_1", body, 0).await;
        assert_eq!(repetition, Repetition::First, "{at}");
    }
    assert_eq!(world.pointers.all().len(), all.len());
    // Attributes are texts: a text that reads as the number does is the same.
    let text = body("invoice.paid", "\"true\"", "\"1\"", "");
    let (repetition, _) = send(&world, MERGING, "msg_1", &text, 0).await;
    assert_eq!(repetition, Repetition::Conflicting);
}

/// When in doubt, split: the signed id names the event then, as under `auto`.
#[tokio::test]
async fn an_event_that_lacks_one_of_them_is_named_as_under_auto_and_counted() {
    for missing in [
        body("invoice.paid", "\"cus_1\"", "null", ""),
        body("invoice.paid", "\"cus_1\"", "\"\"", ""),
        body("invoice.paid", "\"cus_1\"", "{}", ""),
        body(
            "invoice.paid",
            "\"cus_1\"",
            &format!("\"{}\"", "s".repeat(129)),
            "",
        ),
        br#"{"type":"invoice.paid","data":{"customer":"cus_1"}}"#.to_vec(),
        br#"{"type":"invoice.paid","data":{"customer":"cus_1","status":"a","status":"b"}}"#
            .to_vec(),
    ] {
        let world = World::new();
        for (id, repetition) in [
            ("msg_1", Repetition::First),
            ("msg_2", Repetition::First),
            ("msg_1", Repetition::Duplicate),
        ] {
            let sent = send(&world, MERGING, id, &missing, 0).await;
            assert_eq!(sent, (repetition, true), "{id} {missing:?}");
        }
        let mut keys: Vec<_> = world
            .pointers
            .all()
            .into_iter()
            .map(|one| one.event.key)
            .collect();
        keys.sort_by_key(|key| key.as_str().to_owned());
        assert_eq!(
            keys.iter().map(EventKey::as_str).collect::<Vec<_>>(),
            ["msg_1", "msg_2"]
        );
    }
}

/// Without an id the bytes name it then, within the same window.
#[tokio::test]
async fn without_an_id_and_an_attribute_equal_bytes_are_one_event() {
    let config = MERGING.replace("\"standard-webhooks\"", "\"paystack\"");
    let world = World::new();
    let missing = body("invoice.paid", "\"cus_1\"", "null", "");
    let other = body("invoice.paid", "\"cus_1\"", "null", "other");
    for (body, seconds, repetition) in [
        (&missing, 0, Repetition::First),
        (&missing, 3599, Repetition::Duplicate),
        (&other, 1, Repetition::First),
        (&missing, 3600, Repetition::First),
    ] {
        let sent = send(&world, &config, "", body, seconds).await;
        assert_eq!(sent, (repetition, true), "{seconds}");
    }
}

/// The scheme says that each delivery is an event. The endpoint says otherwise, and knows better.
#[tokio::test]
async fn attributes_merge_what_a_scheme_calls_repeating() {
    let config = MERGING.replace("\"standard-webhooks\"", "\"dropbox\"");
    let world = World::new();
    for (more, repetition) in [("a", Repetition::First), ("b", Repetition::Conflicting)] {
        let sent = send(&world, &config, "", &paid(more), 0).await;
        assert_eq!(sent, (repetition, false));
    }
    let missing = body("invoice.paid", "null", "null", "");
    for _ in 0..2 {
        let sent = send(&world, &config, "", &missing, 0).await;
        assert_eq!(sent, (Repetition::First, true));
    }
}

/// The order in which an operator lists them says nothing.
#[tokio::test]
async fn the_order_of_the_list_names_no_other_event() {
    let world = World::new();
    send(&world, MERGING, "msg_1", &paid("a"), 0).await;
    let turned = MERGING.replace(r#"["status","customer"]"#, r#"["customer","status"]"#);
    let sent = send(&world, &turned, "msg_2", &paid("b"), 1).await;
    assert_eq!(sent.0, Repetition::Conflicting);
    // Another choice of them does.
    let fewer = MERGING.replace(r#"["status","customer"]"#, r#"["customer"]"#);
    let sent = send(&world, &fewer, "msg_3", &paid("c"), 2).await;
    assert_eq!(sent.0, Repetition::First);
}

/// The sweep has the object alone. Its metadata may have no room for attributes, but it has the key.
#[tokio::test]
async fn a_rebuilt_pointer_has_the_same_key_whatever_attributes_its_metadata_has() {
    let world = World::new();
    send(&world, MERGING, "msg_1", &paid("a"), 0).await;
    let pointer = world.pointers.all().remove(0);
    let objects = world.payloads.objects();
    let object = &objects[pointer.object().unwrap().as_str()];
    let rebuilt = |has_attributes: bool| {
        let value = |name: &str| {
            let is_left_out = !has_attributes && name.starts_with("attributes");
            let mut pairs = object.metadata.iter().filter(|_| !is_left_out);
            pairs.find_map(|(have, value)| (have == name).then_some(value))
        };
        let facts = domain::ObjectFacts {
            bucket: "payloads".to_owned(),
            key: pointer.object().unwrap().clone(),
            size: pointer.size,
            sha256: pointer.sha256,
            content_type: pointer.content_type.clone(),
        };
        Pointer::from_object(facts, value, SignedDuration::from_hours(1)).unwrap()
    };
    for has_attributes in [true, false] {
        let rebuilt = rebuilt(has_attributes);
        assert_eq!(rebuilt.event.key, pointer.event.key);
        assert_eq!(rebuilt.partition_key(), pointer.partition_key());
        let neighbours = |one: &Pointer| one.event.key.neighbours(one.received_at);
        assert_eq!(neighbours(&rebuilt), neighbours(&pointer));
        assert!(neighbours(&rebuilt).is_some());
    }
}

/// Terraform refuses the same with the same reasons: `dedupe.tftest.hcl`.
#[test]
fn an_endpoint_whose_attributes_cannot_name_events_is_refused_with_the_reason() {
    let adyen = r#"{"name":"a","scheme":"adyen","dedupe":"attributes","dedupe_by":["ref"],"dedupe_window_s":60,"attributes":{"ref":{"json":"/a"}}}"#;
    for (config, reason) in [
        (
            MERGING.replace(r#","dedupe_by":["status","customer"]"#, ""),
            "needs dedupe_by",
        ),
        (
            MERGING.replace(r#","dedupe_window_s":3600"#, ""),
            "dedupe_window_s",
        ),
        (
            MERGING.replace(r#"["status","#, r#"["state","#),
            "no attribute state",
        ),
        (
            MERGING.replace(r#"{"json":"/data/status"}"#, r#"{"header":"x-status"}"#),
            "does not cover status",
        ),
        (
            adyen.replace(r#""ref""#, r#""merchant""#),
            "does not cover merchant",
        ),
    ] {
        let problem = intake::Intake::from_json(&config).unwrap_err().to_string();
        assert!(problem.contains(reason), "{config}: {problem}");
    }
    // Adyen signs this one.
    let place = "/notificationItems/0/NotificationRequestItem/pspReference";
    let signed = adyen
        .replace(r#""ref""#, r#""merchant""#)
        .replace("\"/a\"", &format!("\"{place}\""));
    let intake = intake::Intake::from_json(&signed).unwrap();
    let name = AttributeName::try_from("merchant".to_owned()).unwrap();
    let rule = &intake.endpoint.attributes[&name];
    assert_eq!(rule.place, AttributePlace::Json(place.to_owned()));
}
