//! The functions have the rights that Terraform gave them and no others: the
//! cloud under the suite enforces them, or the rest of it would prove nothing.

use std::time::Duration;

use e2e::wait_for;
use serde_json::json;

use crate::support::{alone, billing};

/// AWS takes a while to make a change of rights known everywhere.
const PROPAGATION: Duration = Duration::from_secs(60);

#[tokio::test]
async fn without_the_right_to_store_the_answer_is_500_and_nothing_is_pointed_at() {
    let stack = alone().await;
    let lambda = aws_sdk_lambda::Client::new(&stack.sdk);
    let ingest = &stack.outputs.functions["ingest"].name;
    let configuration = lambda
        .get_function_configuration()
        .function_name(ingest)
        .send()
        .await
        .unwrap();
    let role = configuration
        .role
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let iam = aws_sdk_iam::Client::new(&stack.sdk);
    let statement = json!({"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    iam.put_role_policy()
        .role_name(&role)
        .policy_name("taken-away")
        .policy_document(policy)
        .send()
        .await
        .unwrap();

    let refused = wait_for("a refusal", PROPAGATION, async || {
        let (id, delivery) = billing(&stack, "order.paid", 500).await;
        let answer = delivery.send(&stack).await?;
        Ok((answer.status != 200).then_some((id, answer)))
    })
    .await;
    iam.delete_role_policy()
        .role_name(&role)
        .policy_name("taken-away")
        .send()
        .await
        .unwrap();
    let (id, answer) = refused.unwrap();
    assert_eq!(
        (answer.status, answer.body.error.as_str()),
        (500, "misconfigured"),
        "{answer:?}"
    );
    assert!(
        !answer.body.message.contains("s3"),
        "a stranger learns nothing of our rights: {answer:?}"
    );
    assert!(
        stack
            .pointers(&format!("billing#{id}"))
            .await
            .unwrap()
            .is_empty()
    );

    wait_for("a 200 with the right given back", PROPAGATION, async || {
        let (_, delivery) = billing(&stack, "order.paid", 500).await;
        Ok((delivery.send(&stack).await?.status == 200).then_some(()))
    })
    .await
    .unwrap();
}
