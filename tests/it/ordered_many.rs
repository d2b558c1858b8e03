//! Ten ordered subscriptions, which one reader of the stream feeds. Their targets are FIFO queues outside the stack
//! (`scripts/outside.py`), where the order of arrival can be read.

use std::collections::{BTreeMap, HashSet};

use anyhow::Context;
use aws_sdk_sqs::types::MessageSystemAttributeName;
use e2e::{Sender, Stack};
use futures_util::future::{join_all, try_join_all};
use serde_json::{Value, json};

use crate::{
    kills::Kills,
    support::{JSON, PATIENCE, fresh, shared},
};

const SUBSCRIPTIONS: usize = 10;
const KEYS: usize = 50;
/// Events of each key.
const EACH: usize = 3;

/// By message group, the refs in the order in which they arrived.
type Arrived = BTreeMap<String, Vec<String>>;

#[tokio::test]
async fn ten_subscriptions_keep_the_order_of_fifty_keys_while_fan_is_killed() {
    let stack = shared().await;
    let stack: &Stack = &stack;
    let kills = Kills::begin(stack, &["fan"]);
    let run = fresh("many");
    let sent = join_all((0..KEYS).map(|key| events_of(stack, format!("{run}-{key}")))).await;
    if let Some(kills) = kills {
        let (killed, _) = kills.end().await;
        println!("environments of fan killed: {killed}");
        assert!(killed > 0);
    }

    let queues = (0..SUBSCRIPTIONS).map(|number| arrivals(stack, number, KEYS * EACH));
    for (number, arrived) in try_join_all(queues).await.unwrap().iter().enumerate() {
        for refs in &sent {
            let groups: Vec<_> = arrived
                .iter()
                .filter(|(_, found)| found.contains(&refs[0]))
                .collect();
            assert_eq!(groups.len(), 1, "ordered-{number}: {groups:?}");
            assert_eq!(groups[0].1, refs, "ordered-{number}");
        }
        assert_eq!(
            arrived.len(),
            KEYS,
            "ordered-{number}: one group for each key"
        );
    }
}

/// Sends the events of one key one after the other; returns their refs.
async fn events_of(stack: &Stack, key: String) -> Vec<String> {
    let provider = Sender::of(stack, "orders").await.unwrap();
    let mut refs = Vec::new();
    for number in 0..EACH {
        let id = fresh("msg");
        let body = json!({"type": "many.event", "customer": key, "number": number}).to_string();
        let delivery = provider.sign(&[("webhook-id", &id), JSON], body).unwrap();
        let answer = delivery.send(stack).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        refs.push(answer.body.reference);
    }
    refs
}

/// What arrives in the queue of a subscription until this many different events have.
async fn arrivals(stack: &Stack, number: usize, expected: usize) -> anyhow::Result<Arrived> {
    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    let name = format!("outside-ordered-{number}.fifo");
    let queue = sqs.get_queue_url().queue_name(&name).send().await?;
    let url = &queue.queue_url.unwrap_or_default();
    let mut arrived = Arrived::new();
    let mut seen = HashSet::new();
    let what = format!("{expected} events in {name}");
    let all = e2e::wait_for(&what, PATIENCE * 2, async || {
        let answer = sqs
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(10)
            .wait_time_seconds(2)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .send()
            .await?;
        for message in answer.messages() {
            let event: Value = serde_json::from_str(message.body().unwrap_or_default())?;
            let reference = event["ref"].as_str().unwrap_or_default().to_owned();
            let group = message
                .attributes()
                .and_then(|attributes| attributes.get(&MessageSystemAttributeName::MessageGroupId));
            // At least once: a repetition comes behind, and is no news.
            if seen.insert(reference.clone()) {
                let group = group.cloned().unwrap_or_default();
                arrived.entry(group).or_default().push(reference);
            }
            sqs.delete_message()
                .queue_url(url)
                .receipt_handle(message.receipt_handle().unwrap_or_default())
                .send()
                .await?;
        }
        Ok((seen.len() >= expected).then_some(()))
    })
    .await;
    all.with_context(|| {
        let counts: Vec<_> = arrived.values().map(Vec::len).collect();
        format!("{} events came, by key: {counts:?}", seen.len())
    })?;
    Ok(arrived)
}
