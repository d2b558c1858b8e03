use e2e::{Stack, wait_for};
use serde_json::{Value, json};

use crate::{
    on_call::{Person, watch},
    support::{PATIENCE, accepted, alone, rows, run},
};

/// The DLQs that get what the trial processors reject.
const DLQS: [&str; 3] = ["trial", "trial-ordered", "processor:trial-queue"];

#[tokio::test]
async fn a_poison_event_is_told_once_with_its_ref_and_again_when_the_dlq_is_empty() {
    let stack = alone().await;
    for name in DLQS {
        empty(&stack, name).await;
    }
    let person = Person::on_call(&stack, &["dlq:trial"]).await;
    person.forget_what_was_said(&stack).await;

    let (reference, _) = accepted(&stack, "trial.reject", 500).await;
    wait_for("the event in the DLQ", PATIENCE, async || {
        let shown: Vec<Value> = rows(&stack, &["dlq", "show", "trial"]).await;
        let ours = |one: &Value| one["event"]["ref"] == reference.as_str();
        Ok(shown.iter().any(ours).then_some(()))
    })
    .await
    .unwrap();

    let began = person.until_told(&stack, "began").await;
    assert_eq!(
        (&began["version"], &began["source"]),
        (&json!("1.0"), &json!("custom"))
    );
    let description = began["content"]["description"].as_str().unwrap();
    let line = format!("`{reference}`: rejected, 1 attempt");
    assert!(description.contains(&line), "{description}");
    // The processor's own words are not in it.
    assert!(
        !began.to_string().contains("asked to be rejected"),
        "{began}"
    );
    watch(&stack).await;
    assert_eq!(person.told().await, [Value::Null; 0], "once");

    for name in DLQS {
        empty(&stack, name).await;
    }
    let over = person.until_told(&stack, "over").await;
    assert_eq!(over["metadata"]["threadId"], began["metadata"]["threadId"]);
    person.leave().await;
}

/// Deletes what is in a DLQ. SQS accepts one purge a minute.
async fn empty(stack: &Stack, name: &str) {
    let what = format!("the purge of {name}");
    wait_for(&what, PATIENCE, async || {
        let purged = run(stack, &["dlq", "purge", name, "--yes"]).await;
        Ok((purged.exit == Some(0)).then_some(()))
    })
    .await
    .unwrap();
}
