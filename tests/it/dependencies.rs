//! What the provider gets while a part of ours is down, and what its retry finds.
//! The part is taken away by pointing `ingest` at an address where nothing
//! listens: the same on the local cloud and on AWS.

use std::{collections::HashMap, time::Duration};

use aws_sdk_lambda::types::{Environment, LastUpdateStatus};
use e2e::{Sender, Stack, wait_for};

use crate::support::{JSON, acceptance, alone, billing, fresh, refusal, shared, stored};

const NOTHING_LISTENS: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn with_a_store_down_the_answer_is_503_and_the_retry_leaves_one_pointer() {
    let stack = alone().await;
    let ingest = Ingest::of(&stack).await;
    for service in ["S3", "DYNAMODB"] {
        let (reference, delivery) = billing(&stack, "order.paid", 2_000).await;
        ingest
            .set(&format!("AWS_ENDPOINT_URL_{service}"), NOTHING_LISTENS)
            .await;
        let down = delivery.send(&stack).await;
        ingest.restore().await;
        let down = down.unwrap();
        assert_eq!(refusal(&down), (503, "unavailable"), "{service}: {down:?}");
        assert!(down.retry_after.is_some(), "{service}");
        assert!(
            stack.pointers_of(&reference).await.unwrap().is_empty(),
            "{service}"
        );
        let retry = delivery.send(&stack).await.unwrap();
        assert_eq!(
            acceptance(&retry),
            (200, "accepted"),
            "{service}: {retry:?}"
        );
        assert_eq!(
            stack.pointers_of(&reference).await.unwrap().len(),
            1,
            "{service}"
        );
        assert_eq!(
            stored(&stack, "billing", &delivery.body).await,
            1,
            "{service}"
        );
    }
}

#[tokio::test]
async fn with_the_keys_out_of_reach_the_answer_is_503() {
    let stack = alone().await;
    let ingest = Ingest::of(&stack).await;
    let (_, delivery) = billing(&stack, "order.paid", 2_000).await;
    ingest
        .set("AWS_ENDPOINT_URL_SECRETS_MANAGER", NOTHING_LISTENS)
        .await;
    let down = delivery.send(&stack).await;
    ingest.restore().await;
    let down = down.unwrap();
    assert_eq!(refusal(&down), (503, "unavailable"), "{down:?}");
    assert_eq!(delivery.send(&stack).await.unwrap().status, 200);
}

#[tokio::test]
async fn an_endpoint_without_a_key_is_a_500_of_ours() {
    let stack = shared().await;
    let name = fresh("keyless").replace('_', "-");
    let config = serde_json::json!({"name": name, "scheme": "github"});
    stack.put_endpoint(&name, &config).await.unwrap();
    let provider = Sender::configured(&config, "guessed").unwrap();
    let delivery = provider
        .sign(
            &[JSON, ("x-github-event", "ping"), ("x-github-delivery", "1")],
            "{}",
        )
        .unwrap();
    let answer = delivery.send(&stack).await.unwrap();
    assert_eq!(refusal(&answer), (500, "misconfigured"), "{answer:?}");
}

/// The `ingest` function and its environment as Terraform left it.
struct Ingest {
    lambda: aws_sdk_lambda::Client,
    name: String,
    environment: HashMap<String, String>,
}

impl Ingest {
    async fn of(stack: &Stack) -> Self {
        let lambda = aws_sdk_lambda::Client::new(&stack.sdk);
        let name = stack.outputs.functions["ingest"].name.clone();
        let now = lambda
            .get_function_configuration()
            .function_name(&name)
            .send()
            .await
            .unwrap();
        let environment = now
            .environment
            .and_then(|environment| environment.variables)
            .unwrap_or_default();
        Self {
            lambda,
            name,
            environment,
        }
    }

    async fn set(&self, variable: &str, value: &str) {
        let mut environment = self.environment.clone();
        environment.insert(variable.to_owned(), value.to_owned());
        self.write(environment).await;
    }

    async fn restore(&self) {
        self.write(self.environment.clone()).await;
    }

    async fn write(&self, environment: HashMap<String, String>) {
        let environment = Environment::builder()
            .set_variables(Some(environment))
            .build();
        self.lambda
            .update_function_configuration()
            .function_name(&self.name)
            .environment(environment)
            .send()
            .await
            .unwrap();
        wait_for(
            "the function's update",
            Duration::from_secs(60),
            async || {
                let now = self
                    .lambda
                    .get_function_configuration()
                    .function_name(&self.name)
                    .send()
                    .await?;
                Ok((now.last_update_status != Some(LastUpdateStatus::InProgress)).then_some(()))
            },
        )
        .await
        .unwrap();
    }
}
