use std::time::Duration;

use testkit::{Failing, Fault, listen, logged};

use super::*;
use intake::{DeliveryOutcome, Repetition};

/// The canary: words in the secret, the signature and the body appear in no log
/// line and no answer, whatever the outcome.
#[tokio::test]
async fn no_secret_signature_or_body_is_ever_told() {
    const BODY: &[u8] = br#"{"id":"evt_1","type":"t","canary":"BODYCANARY"}"#;
    listen();
    let good = Delivery::signed(STRIPE, "", BODY);
    let signature = good.header("stripe-signature").to_owned();
    let world = World::new();
    let ingest = world.ingest();
    let mut answers = String::new();
    for delivery in [
        good.clone(),
        good.clone(),
        good.clone().with_body(b"{\"canary\":\"BODYCANARY\"}"),
        good.clone()
            .set("stripe-signature", &format!("{signature},t=1")),
        Delivery::signed(STRIPE, "", b"{\"canary\":\"BODYCANARY\","),
        Delivery::signed_at(STRIPE, "", BODY, NOW - 3600, SECRET),
    ] {
        let (answer, log) = delivery.reported(&ingest, now()).await;
        answers.push_str(&answer.body);
        let time = ("IngestLatency", Duration::ZERO);
        answers.push_str(&log.metrics("coatcheck", time).line(now()));
        answers.push('\n');
    }

    let output = logged() + &answers;
    assert!(
        output.lines().count() >= 6,
        "the log was not caught: {output}"
    );
    let mac = signature.rsplit('=').next().unwrap();
    for canary in ["BODYCANARY", SECRET, &SECRET[6..], mac] {
        assert!(!output.contains(canary), "{canary} in {output}");
    }
}

#[tokio::test]
async fn a_change_between_two_deliveries_of_an_event_is_logged_and_counted() {
    listen();
    let world = World::new();
    let ingest = world.ingest();
    for (body, repetition) in [
        (EVENT, Repetition::First),
        (EVENT, Repetition::Duplicate),
        (&b"{\"type\":\"t\"}"[..], Repetition::Conflicting),
    ] {
        let delivery = Delivery::signed(STANDARD, "msg_1", body);
        let (_, log) = delivery.reported(&ingest, now()).await;
        let DeliveryOutcome::Stored(stored) = log.outcome else {
            panic!("{log:?}");
        };
        assert_eq!(stored.reference.to_string(), "billing/msg_1");
        assert_eq!(stored.repetition, repetition);
        assert_eq!(stored.bytes, body.len() as u64);
        assert_eq!((stored.repeats_bytes, stored.left_out.facts), (false, 0));
        let differs = repetition == Repetition::Conflicting;
        assert_eq!(logged().contains("again with other bytes"), differs);
    }
}

/// Until the event has a name, the request's id identifies it.
#[tokio::test]
async fn every_line_names_what_it_is_about() {
    listen();
    let world = World::new();
    let pointers = Failing::new(&world.pointers, [Fault::Before]);
    let ingest = Ingest::new(&world.payloads, pointers, &world.keys, DAYS);
    let good = Delivery::signed(STANDARD, "msg_1", EVENT);
    let bad = good.clone().with_body(b"{}");
    let other = Delivery::signed(STANDARD, "msg_1", b"{\"type\":\"t\"}");
    for delivery in [&bad, &good, &good, &other] {
        delivery.at(&ingest, now()).await;
    }
    let log = logged();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3, "{log}");
    for (line, reference) in lines
        .iter()
        .zip([None, Some("billing/msg_1"), Some("billing/msg_1")])
    {
        let span = &line["span"];
        assert_eq!(span["ref"].as_str(), reference, "{line}");
        assert_eq!(
            (&span["request_id"], &span["endpoint"]),
            (&json!("request-1"), &json!("billing")),
            "{line}"
        );
    }
}
