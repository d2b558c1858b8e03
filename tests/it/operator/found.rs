//! Events by their attributes: `events ls --where`.

use std::time::Duration;

use e2e::{Sender, Stack};
use serde_json::{Value, json};

use crate::support::{JSON, PATIENCE, ask, fresh, operate, rows, run, shared};

/// An event of the endpoint `desk`, accepted; its ref.
async fn accepted(stack: &Stack, customer: &str, amount: &Value, plan: Option<&str>) -> String {
    let sender = Sender::of(stack, "desk").await.unwrap();
    let id = fresh("msg");
    let data = json!({"customer": customer, "amount": amount});
    let body = json!({"type": "order.found", "data": data}).to_string();
    let mut headers = vec![("webhook-id", id.as_str()), JSON];
    headers.extend(plan.map(|plan| ("x-plan", plan)));
    let delivery = sender.sign(&headers, body.into_bytes()).unwrap();
    let reply = delivery.send(stack).await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    format!("desk/{id}")
}

async fn refs(stack: &Stack, conditions: &[&str]) -> Vec<String> {
    let mut args = vec!["events", "ls", "--since", "1h", "--all"];
    for condition in conditions {
        args.extend(["--where", condition]);
    }
    let found = rows(stack, &args).await.into_iter();
    found
        .map(|row| row["ref"].as_str().unwrap().to_owned())
        .collect()
}

/// What an index shows may come a moment later.
async fn until(stack: &Stack, conditions: &[&str], expected: &[&str]) {
    let mut found = Vec::new();
    for _ in 0..PATIENCE.as_secs() {
        found = refs(stack, conditions).await;
        if found == expected {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(found, expected, "{conditions:?}");
}

#[tokio::test]
async fn events_are_found_by_what_is_in_them() {
    let stack = shared().await;
    let (ours, theirs) = (fresh("cus"), fresh("cus"));
    let plan = format!("50% \"off\" {ours}");
    let first = accepted(&stack, &ours, &json!(100.5), Some(&plan)).await;
    let other = accepted(&stack, &theirs, &json!(7), Some(&plan)).await;
    let last = accepted(&stack, &ours, &json!("7.0"), None).await;
    let customer = format!("customer={ours}");
    until(&stack, &[&customer], &[&last, &first]).await;
    // The other index, and a character that is stored otherwise.
    let of_plan = format!("plan={plan}");
    until(&stack, &[&of_plan], &[&other, &first]).await;
    until(&stack, &[&of_plan, &customer], &[&first]).await;
    // Both are 7, however they were written.
    until(&stack, &[&customer, "amount=7.00"], &[&last]).await;
    assert!(refs(&stack, &[&customer, "amount=8"]).await.is_empty());

    let args = ["events", "ls", "--where", &customer, "--since", "30d"];
    let people = operate(&stack, &args).await;
    assert!(
        people.err.contains("found by the index of customer"),
        "{people:?}"
    );
    let by_time = [&args[..4], &["--since", "1h", "--no-index"]].concat();
    let people = operate(&stack, &by_time).await;
    assert!(
        people.out.contains(&first) && people.out.contains(&last),
        "{people:?}"
    );
    let shown: Value = ask(&stack, &["events", "show", &first]).await;
    assert_eq!(
        shown["attributes"],
        json!({"amount": "100.5", "customer": ours, "plan": plan})
    );

    // A replay is no other event.
    operate(&stack, &["replay", &first]).await;
    until(&stack, &[&customer], &[&last, &first]).await;

    let unknown = run(&stack, &["events", "ls", "--where", "status=paid"]).await;
    assert_eq!(unknown.exit, Some(2), "{unknown:?}");
    assert!(unknown.err.contains("customer"), "{unknown:?}");
}
