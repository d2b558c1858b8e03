//! A destination that fails is left alone, and one that is gone pauses its subscription. Neither loses an event.

use aws_sdk_dynamodb::types::AttributeValue;
use e2e::Answer;

use super::*;
use crate::{
    on_call::{Person, watch},
    support::alone,
};

const SUBSCRIPTION: &str = "http-breaker";
const PATH: &str = "/http-breaker";
const KIND: &str = "http.breaker";
/// The breaker opens after so many failures in a row.
const FAILURES: usize = 3;

/// The state of its breaker, as `deliver` wrote it.
async fn state(stack: &Stack) -> anyhow::Result<String> {
    let table = format!("{}-deliveries", stack.outputs.stack.stack);
    let get = aws_sdk_dynamodb::Client::new(&stack.sdk).get_item();
    let get = get.table_name(table).consistent_read(true);
    let key = AttributeValue::S(format!("breaker#{SUBSCRIPTION}"));
    let item = get.key("pk", key).send().await?.item.unwrap_or_default();
    let state = item.get("state").and_then(|state| state.as_s().ok());
    Ok(state.map_or("closed".to_owned(), Clone::clone))
}

async fn until(stack: &Stack, states: &[&str]) {
    let what = format!("the breaker to be {}", states.join(" or "));
    wait_for(&what, PATIENCE, async || {
        let state = state(stack).await?;
        Ok(states.contains(&state.as_str()).then_some(()))
    })
    .await
    .unwrap();
}

async fn events(stack: &Stack, count: usize) -> Vec<String> {
    let mut references = Vec::new();
    for _ in 0..count {
        let (reference, delivery) = billing(stack, KIND, 500).await;
        send(stack, &delivery).await;
        references.push(reference);
    }
    references
}

#[tokio::test]
async fn a_breaker_opens_probes_and_closes_and_burns_no_event() {
    let stack = alone().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    destination.plan(PATH, [Answer::status(500)]);
    let mut references = events(&stack, 8).await;
    until(&stack, &["open", "probing"]).await;
    let begun = destination.requests(PATH).len();
    assert!(begun >= FAILURES, "{begun} requests opened it");
    references.extend(events(&stack, 4).await);
    tokio::time::sleep(Duration::from_secs(15)).await;
    // Pauses of 2, 4, 8 and so on: three or four probes, and what was on its way when it opened.
    let probes = destination.requests(PATH).len() - begun;
    assert!(
        (1..=8).contains(&probes),
        "{probes} requests while it was open"
    );
    assert_ne!(state(&stack).await.unwrap(), "closed");
    let status = ["subscriptions", "status", SUBSCRIPTION, "--json"];
    let status = operate(&stack, &status).await;
    assert!(status.out.contains("OPEN"), "{status:?}");

    destination.plan(PATH, [Answer::status(200)]);
    for reference in &references {
        delivered(&stack, SUBSCRIPTION, reference).await;
    }
    until(&stack, &["closed"]).await;
    assert_eq!(dead_letters(&stack, SUBSCRIPTION).await, 0);
}

#[tokio::test]
async fn a_destination_that_is_gone_pauses_its_subscription_until_a_person_resumes_it() {
    let stack = alone().await;
    let Some(destination) = destination(&stack).await else {
        return;
    };
    // The mapping stops, too: that is the same trouble, and told once.
    let mapping = format!("{}-{SUBSCRIPTION}", stack.outputs.stack.stack);
    let (gone, stopped) = (format!("gone:{SUBSCRIPTION}"), format!("pipe:{mapping}"));
    let person = Person::on_call(&stack, &[&gone, &stopped]).await;
    person.forget_what_was_said(&stack).await;
    destination.plan(PATH, [Answer::status(410)]);
    let mut references = events(&stack, 1).await;
    until(&stack, &["paused"]).await;
    let begun = destination.requests(PATH).len();
    references.extend(events(&stack, 3).await);
    let began = person.until_told(&stack, "began").await;
    assert_eq!(began["metadata"]["additionalContext"]["trouble"], gone);
    let steps = began["content"]["nextSteps"].to_string();
    let resume = format!("coatcheck subscriptions resume {SUBSCRIPTION}");
    assert!(steps.contains(&resume), "{steps}");
    wait_for("watch to find the mapping stopped", PATIENCE, async || {
        let found = watch(&stack).await;
        let mut pipes = found["pipes"].as_array().unwrap().iter();
        let there = pipes.find(|one| one["name"] == mapping.as_str()).unwrap();
        let mut breakers = found["breakers"].as_array().unwrap().iter();
        let breaker = breakers.find(|one| one["name"] == SUBSCRIPTION).unwrap();
        assert_eq!(breaker["state"], "paused", "{found}");
        Ok((there["state"] == "STOPPED").then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(person.told().await, [Value::Null; 0], "once");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(
        destination.requests(PATH).len(),
        begun,
        "requests to one that is gone"
    );
    let status = ["subscriptions", "status", SUBSCRIPTION, "--json"];
    let status = operate(&stack, &status).await;
    assert!(
        status.out.contains("410") || status.out.contains("paused"),
        "{status:?}"
    );
    assert_eq!(dead_letters(&stack, SUBSCRIPTION).await, 0);

    destination.plan(PATH, [Answer::status(200)]);
    operate(&stack, &["subscriptions", "resume", SUBSCRIPTION]).await;
    for reference in &references {
        delivered(&stack, SUBSCRIPTION, reference).await;
    }
    until(&stack, &["closed"]).await;
    assert_eq!(dead_letters(&stack, SUBSCRIPTION).await, 0);
    let over = person.until_told(&stack, "over").await;
    assert_eq!(over["metadata"]["threadId"], began["metadata"]["threadId"]);
    person.leave().await;
}
