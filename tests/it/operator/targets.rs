//! A subscription whose target was deleted: EventBridge reports its pipe as running.

use aws_sdk_dynamodb::types::AttributeValue;
use e2e::Stack;
use serde_json::Value;

use crate::support::{alone, fresh, operate, run};

/// The stack as it describes itself, in the table of endpoints.
const ITEM: &str = "-";

/// The stack, with another target of the subscription `passing` in its description. The real
/// services answer whether the target exists.
struct Described<'a> {
    stack: &'a Stack,
    dynamodb: aws_sdk_dynamodb::Client,
    before: String,
}

impl<'a> Described<'a> {
    async fn of(stack: &'a Stack) -> Self {
        let dynamodb = aws_sdk_dynamodb::Client::new(&stack.sdk);
        let item = dynamodb
            .get_item()
            .table_name(stack.table("endpoints").unwrap())
            .key("name", AttributeValue::S(ITEM.to_owned()))
            .send()
            .await
            .unwrap();
        let before = item.item.unwrap()["stack"].as_s().unwrap().clone();
        Self {
            stack,
            dynamodb,
            before,
        }
    }

    fn target(&self) -> Value {
        let described: Value = serde_json::from_str(&self.before).unwrap();
        described["subscriptions"]["passing"]["target"].clone()
    }

    async fn deliver_to(&self, kind: &str, arn: &str) {
        let mut described: Value = serde_json::from_str(&self.before).unwrap();
        let target = &mut described["subscriptions"]["passing"]["target"];
        target["kind"] = kind.into();
        target["arn"] = arn.into();
        self.put(&described.to_string()).await;
    }

    async fn put(&self, description: &str) {
        self.dynamodb
            .put_item()
            .table_name(self.stack.table("endpoints").unwrap())
            .item("name", AttributeValue::S(ITEM.to_owned()))
            .item("stack", AttributeValue::S(description.to_owned()))
            .send()
            .await
            .unwrap();
    }
}

/// What `subscriptions ls`, `subscriptions status` and `doctor` print about a subscription.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    state: String,
    exists: Option<bool>,
    status: String,
    verdict: String,
    exit: Option<i32>,
}

async fn said(stack: &Stack, name: &str) -> Said {
    let ls = stack.operate(&["subscriptions", "ls", "--json"]).await;
    let rows: Vec<Value> = ls.unwrap().lines().unwrap();
    let row = rows.iter().find(|row| row["name"] == name).unwrap();
    let status = ["subscriptions", "status", name, "--json"];
    let status: Value = operate(stack, &status).await.json().unwrap();
    let doctor = run(stack, &["doctor", "--json"]).await;
    let findings: Vec<Value> = doctor.lines().unwrap();
    let about = findings
        .iter()
        .find(|one| one["check"] == "targets" && one["subject"] == name);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Said {
        state: text(&row["state"]),
        exists: row["target"]["exists"].as_bool(),
        status: text(&status["state"]),
        verdict: text(&about.unwrap()["verdict"]),
        exit: doctor.exit,
    }
}

fn missing() -> Said {
    Said {
        state: "TARGET_MISSING".to_owned(),
        exists: Some(false),
        status: "TARGET_MISSING".to_owned(),
        verdict: "bad".to_owned(),
        exit: Some(1),
    }
}

#[tokio::test]
async fn a_missing_target_of_each_kind_is_reported() {
    let stack = alone().await;
    let described = Described::of(&stack).await;
    let arn = described.target()["arn"].as_str().unwrap().to_owned();
    // arn:aws:lambda:REGION:ACCOUNT:function:NAME
    let parts: Vec<&str> = arn.split(':').collect();
    let at = format!("{}:{}", parts[3], parts[4]);
    let name = fresh("coatcheck-nowhere");
    let queue = format!("arn:{}:sqs:{at}:{name}", parts[1]);
    let mut wrong = Vec::new();
    for (kind, arn) in [
        (
            "lambda",
            format!("arn:{}:lambda:{at}:function:{name}", parts[1]),
        ),
        (
            "express",
            format!("arn:{}:states:{at}:stateMachine:{name}", parts[1]),
        ),
        ("queue", queue.clone()),
    ] {
        described.deliver_to(kind, &arn).await;
        let output = said(&stack, "passing").await;
        if output != missing() {
            wrong.push(format!("{arn}: {output:?}"));
        }
    }
    let people = stack.operate(&["subscriptions", "status", "passing"]).await;

    let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
    let made = sqs.create_queue().queue_name(&name).send().await.unwrap();
    let there = said(&stack, "passing").await;
    let url = made.queue_url.unwrap();
    sqs.delete_queue().queue_url(url).send().await.unwrap();

    described.put(&described.before).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let people = people.unwrap().out;
    assert!(
        people.contains("does not exist") && people.contains("coatcheck dlq redrive passing"),
        "{people}"
    );
    assert_eq!(
        (there.state.as_str(), there.exists, there.verdict.as_str()),
        ("RUNNING", Some(true), "ok"),
        "{there:?}"
    );
    // The targets that Terraform made exist too, of each kind.
    for name in ["passing", "audit", "audit-workflow"] {
        assert_eq!(said(&stack, name).await.exists, Some(true), "{name}");
    }
}
