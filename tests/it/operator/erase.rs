//! `coatcheck erase`, proven by a canary in every store of the stack.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sqs::types::QueueAttributeName;
use e2e::{Delivery, Sender, Stack, wait_for};
use serde_json::{Value, json};

use crate::support::{
    BINARY, JSON, PATIENCE, acceptance, alone, ask, fresh, operate, processed, run,
};

/// Stopped meanwhile, so that its queue keeps whole events.
const STOPPED: &str = "passing";

const KIND: &str = "passing.erased";

/// Those that take it besides.
const OTHERS: [&str; 1] = ["audit"];

/// A customer's address, which no other test has.
fn address(name: &str) -> String {
    format!("{}@example.com", fresh(name).replace('_', "-"))
}

/// A delivery about a customer, and its ref.
async fn about(stack: &Stack, endpoint: &str, customer: &str) -> (String, Delivery) {
    let id = fresh("msg");
    let sender = Sender::of(stack, endpoint).await.unwrap();
    let body =
        json!({"type": KIND, "data": {"customer": customer}, "note": format!("for {customer}")});
    let delivery = sender.sign(&[("webhook-id", id.as_str()), JSON], body.to_string());
    (format!("{endpoint}/{id}"), delivery.unwrap())
}

async fn accept(stack: &Stack, delivery: &Delivery, status: &str) {
    let answer = delivery.send(stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, status), "{answer:?}");
}

/// All items of a table, as text.
async fn table(stack: &Stack, what: &str) -> Vec<String> {
    let client = aws_sdk_dynamodb::Client::new(&stack.sdk);
    let mut pages = client
        .scan()
        .table_name(stack.table(what).unwrap())
        .consistent_read(true)
        .into_paginator()
        .send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let items = page.unwrap().items.unwrap_or_default();
        // In one order, so that two looks can be compared.
        let sorted = |item| BTreeMap::from_iter(item);
        found.extend(items.iter().map(|item| format!("{:?}", sorted(item))));
    }
    found
}

/// The objects of these endpoints that hold a text.
async fn objects(stack: &Stack, endpoints: &[&str], text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for endpoint in endpoints {
        for key in stack.objects(endpoint, "").await.unwrap() {
            // `admit` may delete it meanwhile.
            let Ok(body) = stack.payload(&key).await else {
                continue;
            };
            if String::from_utf8_lossy(&body).contains(text) {
                found.push(key);
            }
        }
    }
    found
}

/// How many messages wait in a queue.
async fn depth(stack: &Stack, url: &str) -> usize {
    let answer = aws_sdk_sqs::Client::new(&stack.sdk)
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
        .send()
        .await
        .unwrap();
    let attributes = answer.attributes.unwrap_or_default();
    let count = attributes.get(&QueueAttributeName::ApproximateNumberOfMessages);
    count.unwrap().parse().unwrap()
}

/// The bodies of the messages that can be received, each of which goes back.
async fn messages(stack: &Stack, url: &str) -> BTreeSet<String> {
    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    let mut found = BTreeSet::new();
    for _ in 0..4 {
        let receive = sqs.receive_message().queue_url(url);
        let receive = receive.max_number_of_messages(10).visibility_timeout(0);
        let answer = receive.send().await.unwrap();
        found.extend(answer.messages().iter().filter_map(|one| one.body.clone()));
    }
    found
}

/// Where a text still is.
async fn whereabouts(stack: &Stack, text: &str) -> Vec<String> {
    let mut found = objects(stack, &["kept", "direct-kept"], text).await;
    for what in ["events", "processed", "deliveries"] {
        let items = table(stack, what).await;
        let items = items.into_iter().filter(|item| item.contains(text));
        found.extend(items.map(|item| format!("{what}: {item}")));
    }
    let subscription = stack.subscription(STOPPED).unwrap();
    for url in [&subscription.queue_url, &subscription.dlq_url] {
        let bodies = messages(stack, url).await.into_iter();
        found.extend(bodies.filter(|body| body.contains(text)));
    }
    // Receiving a message again and again moves it to the DLQ, perhaps between two looks.
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn of_an_erased_customer_nothing_can_be_read_anywhere_and_others_are_untouched() {
    let stack = alone().await;
    operate(&stack, &["subscriptions", "pause", STOPPED]).await;
    let (eve, bob) = (address("eve"), address("bob"));
    let (one, standard) = about(&stack, "kept", &eve).await;
    let (two, direct) = about(&stack, "direct-kept", &eve).await;
    let (other, of_bob) = about(&stack, "kept", &bob).await;
    for delivery in [&standard, &direct, &of_bob] {
        accept(&stack, delivery, "accepted").await;
    }
    for reference in [&one, &two, &other] {
        processed(&stack, reference, &OTHERS).await;
    }
    // The row of a replay, and its message.
    operate(&stack, &["replay", &one]).await;
    let subscription = stack.subscription(STOPPED).unwrap();
    wait_for("the messages", PATIENCE, async || {
        Ok((depth(&stack, &subscription.queue_url).await >= 4).then_some(()))
    })
    .await
    .unwrap();
    // In a DLQ.
    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    for (reference, customer) in [(&one, &eve), (&other, &bob)] {
        let dead = json!({"ref": reference, "type": KIND, "customer": customer}).to_string();
        let send = sqs.send_message().queue_url(&subscription.dlq_url);
        send.message_body(dead).send().await.unwrap();
    }
    // What a retry left in another hour.
    let pointers = stack.pointers_of(&one).await.unwrap();
    let pointer = pointers
        .iter()
        .find(|item| item.contains_key("time_bucket"));
    let key = Stack::object_of(pointer.unwrap()).unwrap().to_owned();
    let mut parts: Vec<&str> = key.split('/').collect();
    parts[2] = "2026-11-20T05";
    let copy = parts.join("/");
    stack
        .spoil_payload(&copy, Some(&standard.body))
        .await
        .unwrap();

    let condition = format!("customer={eve}");
    let erase = ["erase", "--where", &condition, "--json"];
    let dry: Value = ask(&stack, &["erase", "--where", &condition, "--dry-run"]).await;
    assert_eq!(dry["events"].as_array().unwrap().len(), 2, "{dry}");
    assert_eq!(dry["copies"]["deleted"], 1, "{dry}");
    assert!(whereabouts(&stack, &eve).await.len() >= 8);
    let of_bob_before = whereabouts(&stack, &bob).await;

    let unasked = run(&stack, &erase).await;
    assert_eq!(unasked.exit, Some(2), "{unasked:?}");
    let done: Value = operate(&stack, &[&erase[..], &["--yes"]].concat())
        .await
        .json()
        .unwrap();
    assert!(
        done["events"]
            .as_array()
            .unwrap()
            .iter()
            .all(|event| event["outcome"] == "erased" && event["versions"] == 1),
        "{done}"
    );
    assert_eq!(done["copies"]["deleted"], 1, "{done}");
    assert_eq!(done["backups"].as_array().unwrap().len(), 2, "{done}");
    let left = whereabouts(&stack, &eve).await;
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(whereabouts(&stack, &bob).await, of_bob_before);
    let tombstones = stack.pointers_of(&one).await.unwrap();
    assert!(
        tombstones.len() == 1 && !tombstones[0].contains_key("erasing"),
        "{tombstones:?}"
    );

    // It is as if it had never been, but for its name.
    for (args, says) in [
        (&["events", "show", &one][..], "was erased at"),
        (&["replay", &one], "was erased at"),
        (&["events", "payload", &two], "was erased at"),
        (
            &["erase", "--where", "costumer=a", "--dry-run"],
            "no endpoint declares",
        ),
    ] {
        let refused = run(&stack, args).await;
        assert!(
            refused.exit == Some(2) && refused.err.contains(says),
            "{refused:?}"
        );
    }
    let listed = operate(
        &stack,
        &["events", "ls", "--type", KIND, "--since", "1h", "--all"],
    )
    .await;
    assert!(
        listed.out.contains(&other) && !listed.out.contains(&one),
        "{listed:?}"
    );
    let again: Value = ask(&stack, &["erase", "--where", &condition, "--dry-run"]).await;
    assert_eq!(again["events"], json!([]));

    // The provider delivers it again.
    accept(&stack, &standard, "erased").await;
    accept(&stack, &direct, "accepted").await;
    let swept = operate(
        &stack,
        &["sweep", "--since", "1h", "--older-than", "0s", "--json"],
    )
    .await;
    let finding = swept.out.lines().find(|line| line.contains(&one));
    assert!(
        finding.is_some_and(|line| line.contains("\"erased\"")),
        "{swept:?}"
    );
    let looked: Value = ask(&stack, &["erase", &one, "--yes"]).await;
    assert_eq!(looked["events"][0]["outcome"], "erased_before", "{looked}");
    assert_eq!(looked["copies"]["deleted"], 1, "{looked}");
    wait_for("admit to delete what came again", PATIENCE, async || {
        let left = whereabouts(&stack, &eve).await;
        Ok(left.is_empty().then_some(()))
    })
    .await
    .unwrap();

    for args in [
        &["dlq", "purge", STOPPED, "--yes"][..],
        &["subscriptions", "resume", STOPPED],
    ] {
        operate(&stack, args).await;
    }
    // Its records say that it is done, and nothing else.
    let records = table(&stack, "processed").await;
    let mut records = records
        .iter()
        .filter(|item| item.contains(&format!("\"{one}\"")));
    assert!(records.clone().count() > OTHERS.len());
    assert!(records.all(|item| item.contains("erased") && !item.contains("sha256")));
}

/// A payload in its pointer goes with it, and with every message that repeats it.
#[tokio::test]
async fn a_payload_that_no_object_holds_is_erased_by_its_ref() {
    let stack = alone().await;
    operate(&stack, &["subscriptions", "pause", STOPPED]).await;
    let id = fresh("inl");
    let reference = format!("inline/{id}");
    let sender = Sender::of(&stack, "inline").await.unwrap();
    let headers = [("x-partner-id", &*id), ("x-partner-event", KIND), BINARY];
    // Whole groups of three bytes, so that its base64 can be looked for.
    let body = format!("{id:_<30}").into_bytes();
    let base64 = domain::DataRef::Inline(body.clone()).to_string();
    let delivery = sender.sign(&headers, body).unwrap();
    accept(&stack, &delivery, "accepted").await;
    let subscription = stack.subscription(STOPPED).unwrap();
    wait_for("its message", PATIENCE, async || {
        let bodies = messages(&stack, &subscription.queue_url).await;
        Ok(bodies.iter().any(|one| one.contains(&base64)).then_some(()))
    })
    .await
    .unwrap();
    processed(&stack, &reference, &OTHERS).await;
    let report: Value = ask(&stack, &["erase", &reference, "--yes"]).await;
    assert_eq!(report["events"][0]["inline"], true, "{report}");
    let left = whereabouts(&stack, &base64).await;
    assert!(left.is_empty(), "{left:?}");
    accept(&stack, &delivery, "erased").await;
    let left = whereabouts(&stack, &base64).await;
    assert!(left.is_empty(), "{left:?}");
    operate(&stack, &["subscriptions", "resume", STOPPED]).await;
}
