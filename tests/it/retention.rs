//! For how long the payloads and pointers of an endpoint with `retention_days` are kept. That S3 removes what has the tag,
//! and DynamoDB what has expired, is theirs to do: AWS takes days, and the local cloud never does.

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat as Format};
use e2e::{Sender, Stack, wait_for};
use serde_json::{Value, json};

use crate::support::{PATIENCE, acceptance, run, shared, signed};

/// `retention_days` of `kept` and `direct-kept` in `terraform/environments/e2e.tfvars`.
const DAYS: i64 = 25;
const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// The tags of the payload of a new event, and for how many days its pointer is kept.
async fn kept(stack: &Stack, endpoint: &str) -> (Vec<(String, String)>, i64) {
    let sender = Sender::of(stack, endpoint).await.unwrap();
    let (id, delivery) = signed(&sender, "retention.tried", 2_000);
    let answer = delivery.send(stack).await.unwrap();
    assert_eq!(acceptance(&answer), (200, "accepted"), "{answer:?}");
    let reference = format!("{endpoint}/{id}");
    let what = format!("the pointer of {reference}");
    let pointer = wait_for(&what, PATIENCE, async || {
        Ok(stack.pointers_of(&reference).await?.pop())
    });
    let pointer = pointer.await.unwrap();
    let key = Stack::object_of(&pointer).unwrap();
    let expires_at: i64 = pointer["expires_at"].as_n().unwrap().parse().unwrap();
    let received_at = pointer["received_at"].as_s().unwrap();
    let received_at = DateTime::from_str(received_at, Format::DateTime).unwrap();
    let days = (expires_at - received_at.secs()) / SECONDS_A_DAY;
    (stack.tags(key).await.unwrap(), days)
}

#[tokio::test]
async fn an_endpoint_with_days_of_its_own_tags_its_payloads_and_its_pointers_last_a_week_longer() {
    let stack = shared().await;
    for endpoint in ["kept", "direct-kept"] {
        let tag = ("retention-days".to_owned(), DAYS.to_string());
        let found = kept(&stack, endpoint).await;
        assert_eq!(found, (vec![tag], DAYS + 7), "{endpoint}");
    }
    for endpoint in ["billing", "direct"] {
        let (tags, days) = kept(&stack, endpoint).await;
        assert!(tags.is_empty(), "{endpoint}: {tags:?}");
        assert!(days > DAYS + 7, "{endpoint}: {days} days");
    }
}

#[tokio::test]
async fn the_bucket_has_a_rule_for_the_days_of_each_endpoint() {
    let stack = shared().await;
    let doctor = run(&stack, &["doctor", "--json"]).await;
    let found: Vec<Value> = doctor.lines().unwrap();
    let place = format!("{} retention-days={DAYS}", stack.outputs.bucket);
    let rule = found.iter().find(|one| one["subject"] == place.as_str());
    let rule = rule.unwrap_or_else(|| panic!("nothing about {place}: {found:?}"));
    let days = format!("removes payloads after {DAYS} days");
    assert_eq!(
        (&rule["verdict"], &rule["finding"]),
        (&json!("ok"), &json!(days))
    );
}
