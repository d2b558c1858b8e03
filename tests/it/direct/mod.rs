//! The direct lane: API Gateway writes the body to S3, `admit` judges it there.

mod kept;
mod refused;

use std::collections::BTreeSet;

use e2e::{Delivery, Reply, Sender, Stack, digest, wait_for};
use futures_util::future::join_all;
use serde_json::Value;

use crate::support::{
    BINARY, EVERY_KIND, JSON, PATIENCE, acceptance, alone, ask, fresh, operate, processed, purge,
    redeemed, refusal, shared, signed,
};

/// API Gateway accepts no larger body.
const LIMIT: usize = 10_485_760;

/// The keys of the objects that this request made.
async fn objects(stack: &Stack, endpoint: &str, answer: &Reply) -> Vec<String> {
    let id = &answer.body.request_id;
    assert!(!id.is_empty(), "{answer:?}");
    stack.objects(endpoint, id).await.unwrap()
}

async fn send(stack: &Stack, delivery: &Delivery) -> Reply {
    let answer = delivery.send(stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
    answer
}

async fn partner(stack: &Stack, kind: &str, body: Vec<u8>) -> (String, Delivery) {
    let id = fresh("inv");
    let provider = Sender::of(stack, "direct-partner").await.unwrap();
    let headers = [
        ("x-partner-id", id.as_str()),
        ("x-partner-event", kind),
        BINARY,
    ];
    let delivery = provider.sign(&headers, body).unwrap();
    (format!("direct-partner/{id}"), delivery)
}

#[tokio::test]
async fn every_kind_of_processor_redeems_the_exact_bytes_of_large_bodies() {
    let stack = shared().await;
    let mut sent = Vec::new();
    for (what, body) in [
        ("6 MB of JSON", testkit::json("x", "y", 6_000_000)),
        ("6 MB of anything", testkit::binary(6, 6_000_000)),
        ("10 MB of JSON", testkit::json("x", "y", 10_000_000)),
        ("10 MB of anything", testkit::binary(10, 10_000_000)),
        ("as much as goes", testkit::binary(11, LIMIT)),
        ("nothing", Vec::new()),
    ] {
        let (reference, delivery) = partner(&stack, "exact.direct", body).await;
        send(&stack, &delivery).await;
        sent.push((what, reference, delivery.body));
    }
    for (what, reference, body) in sent {
        redeemed(&stack, what, &reference, &body).await;
    }
}

#[tokio::test]
async fn s3_itself_refuses_a_body_whose_signed_digest_is_another() {
    let stack = shared().await;
    let provider = Sender::of(&stack, "direct-signed").await.unwrap();
    let id = fresh("evt");
    let body = testkit::json(&id, "exact.signed", 6_000_000);
    let good = provider.sign(&[("x-event-id", &id), JSON], body).unwrap();
    let mut body = good.body.to_vec();
    body[100] ^= 1;
    let other = Delivery {
        body: body.into(),
        ..good.clone()
    };
    let answer = other.send(&stack).await.unwrap();
    assert_eq!(refusal(&answer), (400, "digest_mismatch"), "{answer:?}");
    let changed = good
        .clone()
        .set("x-event-id", "evt_other")
        .send(&stack)
        .await
        .unwrap();
    assert_eq!(changed.status, 401, "{changed:?}");
    send(&stack, &good).await;
    let reference = format!("direct-signed/{id}");
    let receipts = processed(&stack, &reference, &EVERY_KIND).await;
    assert_eq!(receipts["audit"].sha256, digest(&good.body));
}

#[tokio::test]
async fn a_token_is_judged_by_the_authorizer_and_kept_nowhere() {
    let stack = shared().await;
    let provider = Sender::of(&stack, "direct-token").await.unwrap();
    let id = fresh("evt");
    let body = format!(r#"{{"object_kind":"exact.token","canary":"{id}"}}"#);
    let good = provider
        .sign(&[("idempotency-key", &id), JSON], body)
        .unwrap();
    let wrong = good
        .clone()
        .set("x-gitlab-token", "wrong")
        .send(&stack)
        .await
        .unwrap();
    assert_eq!(wrong.status, 401, "{wrong:?}");
    let answer = send(&stack, &good).await;
    let reference = format!("direct-token/{id}");
    processed(&stack, &reference, &EVERY_KIND).await;
    let key = objects(&stack, "direct-token", &answer).await.remove(0);
    let metadata = stack.metadata(&key).await.unwrap();
    assert!(metadata["delivery"].contains("idempotency-key"));
    assert!(!metadata["delivery"].contains(&provider.secret));
}

/// GitHub signs the body alone: its delivery id distinguishes two events of the same
/// bytes, and a retry with the same id is the same event.
#[tokio::test]
async fn unsigned_headers_tell_events_of_the_same_bytes_apart() {
    let stack = shared().await;
    let provider = Sender::of(&stack, "direct-github").await.unwrap();
    let body = testkit::json(&fresh("a"), "x", 7_000_000);
    let headers = [
        ("x-github-event", "exact.github"),
        ("x-github-delivery", "1"),
        JSON,
    ];
    let first = provider.sign(&headers, body).unwrap();
    let second = first.clone().set("x-github-delivery", "2");
    let mut answers = Vec::new();
    for delivery in [&first, &first, &second] {
        answers.push(send(&stack, delivery).await);
    }
    let partition = format!("direct-github#{}", digest(&first.body));
    let pointers = wait_for("two pointers", PATIENCE, async || {
        let pointers = stack.pointers(&partition).await?;
        Ok((pointers.len() == 2).then_some(pointers))
    })
    .await
    .unwrap();
    for pointer in &pointers {
        let reference = format!("direct-github/{}", pointer["sk"].as_s().unwrap());
        processed(&stack, &reference, &EVERY_KIND).await;
    }
    wait_for("two objects to be left", PATIENCE, async || {
        let mut left = 0;
        for answer in &answers {
            left += objects(&stack, "direct-github", answer).await.len();
        }
        Ok((left == 2).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn fifty_at_once_are_all_there_and_duplicates_among_them_are_one() {
    let stack = shared().await;
    let mut deliveries = Vec::new();
    for seed in 0..45 {
        deliveries.push(partner(&stack, "bulk.direct", testkit::binary(seed, 10_000_000)).await);
    }
    for again in 0..5 {
        deliveries.push(deliveries[again].clone());
    }
    let answers = join_all(
        deliveries
            .iter()
            .map(|(_, delivery)| send(&stack, delivery)),
    )
    .await;
    let requests: BTreeSet<&str> = answers
        .iter()
        .map(|one| one.body.request_id.as_str())
        .collect();
    assert_eq!(requests.len(), 50);
    for (reference, delivery) in &deliveries {
        let receipts = stack
            .wait_for_receipts(reference, &["audit"], 3 * PATIENCE)
            .await
            .unwrap();
        assert_eq!(receipts["audit"].sha256, digest(&delivery.body));
    }
    wait_for("the duplicates to be deleted", PATIENCE, async || {
        let keys = stack.objects("direct-partner", "incoming/").await?;
        let left = keys
            .iter()
            .filter(|key| requests.iter().any(|id| key.ends_with(id)));
        Ok((left.count() == 45).then_some(()))
    })
    .await
    .unwrap();
    for (reference, _) in &deliveries {
        assert_eq!(stack.pointers_of(reference).await.unwrap().len(), 1);
    }
}

/// The S3 notification about an object is lost: only the sweep finds the object.
#[tokio::test]
async fn what_was_stored_and_never_announced_is_found_by_the_sweep() {
    let stack = alone().await;
    let (reference, delivery) = partner(&stack, "exact.swept", testkit::binary(3, 5_000_000)).await;
    let rules = aws_sdk_eventbridge::Client::new(&stack.sdk);
    let (endpoint, _) = reference.split_once('/').unwrap();
    let rule = format!("{}-admit-{endpoint}", stack.outputs.stack.stack);
    rules.disable_rule().name(&rule).send().await.unwrap();
    let answer = send(&stack, &delivery).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    rules.enable_rule().name(&rule).send().await.unwrap();
    assert!(stack.pointers_of(&reference).await.unwrap().is_empty());

    let by_hand = ["sweep", "--since", "1h", "--older-than", "1s", "--json"];
    let swept = operate(&stack, &by_hand).await;
    assert!(swept.out.contains(&answer.body.request_id), "{swept:?}");
    let receipts = processed(&stack, &reference, &EVERY_KIND).await;
    let receipt = &receipts["audit"];
    assert_eq!(
        (receipt.sha256.as_str(), receipt.attempts),
        (digest(&delivery.body).as_str(), 1)
    );
    let again = operate(&stack, &by_hand).await;
    assert!(!again.out.contains(&answer.body.request_id), "{again:?}");
}

#[tokio::test]
async fn the_command_line_knows_the_lane() {
    let stack = shared().await;
    // It has a key from now on.
    Sender::of(&stack, "direct").await.unwrap();
    let url = operate(&stack, &["endpoints", "url", "direct"]).await;
    assert!(url.out.trim_end().ends_with("/direct/direct"), "{url:?}");
    let tested: Value = ask(&stack, &["endpoints", "test", "direct"]).await;
    assert_eq!(tested["good"], true, "{tested}");

    let (reference, delivery) = partner(&stack, "exact.asked", testkit::binary(4, 5_000_000)).await;
    send(&stack, &delivery).await;
    processed(&stack, &reference, &["audit"]).await;
    let verified: Value = ask(&stack, &["events", "verify", &reference]).await;
    assert_eq!(verified["valid"], true, "{verified}");
}
