//! What the direct lane never deletes: what was admitted, and what may be genuine.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::json;

use super::*;
use crate::kills::{Hurried, Kills};

/// How many deliveries come while the key is replaced.
const MANY: usize = 200;
/// Fewer kills than these in the middle of an invocation prove nothing.
const HITS: usize = 20;

async fn put_secret(stack: &Stack, value: &str) {
    stack.put_secret("direct-rotated", value).await.unwrap();
}

/// Sends this many, and returns each one's event id and object. A provider sends again what
/// was not answered with 2xx, as when the authorizer is killed.
async fn send_many(stack: &Stack, provider: &Sender, count: usize) -> Vec<(String, String)> {
    let sends = (0..count).map(|_| async {
        let (id, delivery) = signed(provider, "exact.rotated", 2_000);
        let taken = wait_for("the delivery to be taken", PATIENCE, async || {
            let answer = delivery.send(stack).await?;
            Ok((answer.status == 200).then_some(answer))
        });
        (id, taken.await.unwrap().body.request_id)
    });
    stream::iter(sends).buffer_unordered(8).collect().await
}

/// Sends a message like S3's about an object that came long ago.
async fn announce(stack: &Stack, key: &str) {
    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    let name = format!("{}-admit", stack.outputs.stack.stack);
    let queue = sqs.get_queue_url().queue_name(name).send().await.unwrap();
    let body =
        json!({"detail": {"bucket": {"name": stack.outputs.bucket}, "object": {"key": key}}});
    sqs.send_message()
        .set_queue_url(queue.queue_url)
        .message_body(body.to_string())
        .send()
        .await
        .unwrap();
}

/// Sends each event's message again; `objects` are the keys of the objects.
async fn announce_all(stack: &Stack, events: &[(String, String)], objects: &[String]) {
    for (_, request) in events {
        let key = objects.iter().find(|key| key.ends_with(request.as_str()));
        announce(stack, key.expect("its object is there")).await;
    }
}

/// How many of these events have a pointer whose object exists.
async fn whole(stack: &Stack, events: &[(String, String)]) -> usize {
    let keys = stack.objects("direct-rotated", "incoming/").await.unwrap();
    let looks = events.iter().map(|(id, request)| {
        let keys = &keys;
        async move {
            let reference = format!("direct-rotated/{id}");
            let pointers = stack.pointers_of(&reference).await.unwrap();
            let [pointer] = &pointers[..] else {
                return 0;
            };
            let key = Stack::object_of(pointer).unwrap();
            usize::from(key.ends_with(request.as_str()) && keys.iter().any(|one| one == key))
        }
    });
    let found: Vec<usize> = stream::iter(looks).buffer_unordered(8).collect().await;
    found.iter().sum()
}

/// The leak procedure of docs/operations.md: no overlap, and the old key is not the
/// previous one either. Then every message comes back. During all of this the functions'
/// environments are killed, if possible. No payload is lost, and deliveries that were still
/// waiting when their key was removed are admitted once the key is back.
#[tokio::test]
async fn two_hundred_deliveries_outlive_kills_a_leaked_key_and_late_messages() {
    let stack = alone().await;
    let old = Sender::of(&stack, "direct-rotated").await.unwrap();
    let new = old.clone().with_secret(&old.new_secret().unwrap());
    // A dead letter of another run that fails again would come back at each redrive.
    purge(&stack, "admit").await;
    let kills = Kills::begin(&stack, &["admit", "authorizer"]);
    // The message of a killed invocation comes again soon, and not after six minutes.
    let hurried = match &kills {
        Some(_) => Some(Hurried::queue(&stack, "admit").await),
        None => None,
    };
    let mut events = send_many(&stack, &old, MANY / 2).await;
    for _ in 0..2 {
        put_secret(&stack, &new.secret).await;
    }
    events.extend(send_many(&stack, &new, MANY / 2).await);
    let objects = stack.objects("direct-rotated", "incoming/").await.unwrap();
    announce_all(&stack, &events, &objects).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let both =
        json!({"keys": [{"id": "new", "secret": new.secret}, {"id": "old", "secret": old.secret}]});
    put_secret(&stack, &both.to_string()).await;
    operate(&stack, &["dlq", "redrive", "admit", "--yes"]).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    if let Some(kills) = kills {
        // Messages come back until enough invocations were killed in the middle.
        wait_for("invocations to be killed", PATIENCE, async || {
            if kills.hits() >= HITS {
                return Ok(Some(()));
            }
            announce_all(&stack, &events[..10], &objects).await;
            tokio::time::sleep(Duration::from_secs(2)).await;
            Ok(None)
        })
        .await
        .unwrap();
        let (all, hits) = kills.end().await;
        println!("{all} environments were killed, {hits} of them in an invocation");
    } else {
        println!("skipped: no environment can be killed from outside AWS");
    }
    // A message that was received often now waits for minutes: another one comes.
    announce_all(&stack, &events, &objects).await;
    wait_for("200 pointers to 200 payloads", 2 * PATIENCE, async || {
        stack.operate(&["dlq", "redrive", "admit", "--yes"]).await?;
        Ok((whole(&stack, &events).await == MANY).then_some(()))
    })
    .await
    .unwrap();
    // Messages that come back again change nothing.
    announce_all(&stack, &events[..20], &objects).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(whole(&stack, &events).await, MANY);
    put_secret(&stack, &old.secret).await;
    if let Some(hurried) = hurried {
        hurried.give_back().await;
    }
}

/// Verified, but not an event: it waits for an operator, with the reason.
#[tokio::test]
async fn what_is_verified_and_no_sound_event_is_kept_with_the_reason() {
    let stack = alone().await;
    let (reference, unnamed) = partner(&stack, &"t".repeat(129), testkit::binary(7, 500)).await;
    let answer = send(&stack, &unnamed).await;
    let output = wait_for("the dead letter", PATIENCE, async || {
        let output = stack.operate(&["dlq", "show", "admit", "--json"]).await?;
        Ok(output
            .out
            .contains(&answer.body.request_id)
            .then_some(output))
    })
    .await
    .unwrap();
    assert!(output.out.contains("kept: type_too_long"), "{output:?}");
    assert_eq!(objects(&stack, "direct-partner", &answer).await.len(), 1);
    assert!(stack.pointers_of(&reference).await.unwrap().is_empty());
    purge(&stack, "admit").await;
}

/// An event whose payload is gone gets the payload of the provider's next delivery.
#[tokio::test]
async fn a_resend_takes_the_place_of_a_payload_that_is_gone() {
    let stack = shared().await;
    let (reference, delivery) = partner(&stack, "exact.kept", testkit::binary(5, 50_000)).await;
    let key_of = async || {
        let pointers = stack.pointers_of(&reference).await?;
        Ok(pointers
            .first()
            .map(|one| Stack::object_of(one).unwrap().to_owned()))
    };
    send(&stack, &delivery).await;
    let first = wait_for("the pointer", PATIENCE, key_of).await.unwrap();
    // Otherwise it would be missing where it is still needed, and its event would end in their
    // DLQs.
    processed(&stack, &reference, &EVERY_KIND).await;
    stack.spoil_payload(&first, None).await.unwrap();
    let again = send(&stack, &delivery).await;
    let key = wait_for("the pointer to be led", PATIENCE, async || {
        Ok(key_of().await?.filter(|key| *key != first))
    })
    .await
    .unwrap();
    assert!(key.ends_with(&again.body.request_id));
    assert_eq!(stack.payload(&key).await.unwrap(), delivery.body);
}
