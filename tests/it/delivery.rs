//! Concurrency, poison, and pipes that are stopped.

use std::time::Duration;

use aws_sdk_pipes::types::{
    CloudwatchLogsLogDestinationParameters, PipeLogConfigurationParameters, PipeState,
};
use e2e::{Sender, Stack, wait_for};
use serde_json::json;

use crate::support::{
    JSON, accepted, alone, billing, fresh, pipe_until, processed, send_all, shared, stored,
    switch_pipe, take_message,
};

#[tokio::test]
async fn twenty_at_once_are_one_pointer_and_one_object() {
    let stack = shared().await;
    let (reference, delivery) = billing(&stack, "order.paid", 20_000).await;
    let answers = futures(&stack, &delivery, 20).await;
    let accepted = answers
        .iter()
        .filter(|status| *status == "accepted")
        .count();
    let duplicate = answers
        .iter()
        .filter(|status| *status == "duplicate")
        .count();
    assert_eq!((accepted, duplicate), (1, 19), "{answers:?}");
    assert_eq!(stack.pointers_of(&reference).await.unwrap().len(), 1);
    assert_eq!(stored(&stack, "billing", &delivery.body).await, 1);
    let receipts = processed(&stack, &reference, &["audit"]).await;
    assert_eq!(receipts["audit"].attempts, 1);
}

/// Sends the same delivery this many times at once; returns the statuses.
async fn futures(stack: &Stack, delivery: &e2e::Delivery, times: usize) -> Vec<String> {
    let mut all = Vec::new();
    std::thread::scope(|threads| {
        let handles: Vec<_> = (0..times)
            .map(|_| {
                threads.spawn(|| {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .unwrap();
                    runtime.block_on(delivery.send(stack)).unwrap().body.status
                })
            })
            .collect();
        all.extend(handles.into_iter().map(|handle| handle.join().unwrap()));
    });
    all
}

#[tokio::test]
async fn a_poison_event_ends_whole_in_its_own_dlq_and_delays_no_other() {
    let stack = shared().await;
    let stripe = Sender::of(&stack, "stripe").await.unwrap();
    let event = |id: &str, object: serde_json::Value| {
        json!({"id": id, "type": "invoice.paid", "created": 1, "data": {"object": object}})
            .to_string()
    };
    // An invoice without an amount: no processor can process it.
    let poison = fresh("evt");
    let delivery = stripe
        .sign(
            &[JSON],
            event(&poison, json!({"id": "in_0", "customer": "cus_1"})),
        )
        .unwrap();
    assert_eq!(delivery.send(&stack).await.unwrap().status, 200);
    let good = json!({"id": "in_1", "customer": "cus_1", "amount_paid": 4900, "currency": "usd"});
    let mut others = Vec::new();
    for _ in 0..5 {
        let id = fresh("evt");
        let delivery = stripe.sign(&[JSON], event(&id, good.clone())).unwrap();
        assert_eq!(delivery.send(&stack).await.unwrap().status, 200);
        others.push(id);
    }
    for id in &others {
        processed(&stack, &format!("stripe/{id}"), &["audit", "invoices"]).await;
    }
    // The other subscription also got the invalid event, and had no problem with it.
    let reference = format!("stripe/{poison}");
    processed(&stack, &reference, &["audit"]).await;
    let message = take_message(
        &stack,
        &stack.subscription("invoices").unwrap().dlq_url,
        &reference,
    )
    .await;
    assert_eq!(message["id"], poison, "{message}");
    assert_eq!(
        (&message["type"], &message["source"]),
        (&json!("invoice.paid"), &json!("/endpoints/stripe"))
    );
    assert_eq!(message["datasha256"], e2e::digest(&delivery.body));
    let key = message["dataref"]
        .as_str()
        .unwrap()
        .splitn(4, '/')
        .nth(3)
        .unwrap();
    assert_eq!(stack.payload(key).await.unwrap(), delivery.body);
    assert!(
        !stack
            .receipts(&reference)
            .await
            .unwrap()
            .contains_key("invoices")
    );
}

#[tokio::test]
async fn what_comes_while_a_subscription_is_stopped_is_there_when_it_starts() {
    let stack = shared().await;
    let pipe = &stack.subscription("audit-lambda").unwrap().pipe;
    switch_pipe(&stack, pipe, PipeState::Stopped).await;

    let mut references = Vec::new();
    for _ in 0..5 {
        let (reference, _) = accepted(&stack, "order.paid", 2_000).await;
        references.push(reference);
    }
    for reference in &references {
        let receipts = processed(&stack, reference, &["audit"]).await;
        assert!(
            !receipts.contains_key("audit-lambda"),
            "a stopped pipe delivered"
        );
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(
        !stack
            .receipts(&references[0])
            .await
            .unwrap()
            .contains_key("audit-lambda")
    );

    switch_pipe(&stack, pipe, PipeState::Running).await;
    for reference in &references {
        processed(&stack, reference, &["audit", "audit-lambda"]).await;
    }
}

#[tokio::test]
async fn what_comes_while_a_subscriptions_pipe_is_gone_is_there_when_it_is_made_again() {
    let stack = alone().await;
    let name = &stack.subscription("audit-lambda").unwrap().pipe;
    let pipes = aws_sdk_pipes::Client::new(&stack.sdk);
    let was = pipes.describe_pipe().name(name).send().await.unwrap();
    pipes.delete_pipe().name(name).send().await.unwrap();
    wait_for(
        "the pipe to be gone",
        Duration::from_secs(300),
        async || {
            let gone = pipes.describe_pipe().name(name).send().await;
            Ok(gone
                .is_err_and(|error| error.into_service_error().is_not_found_exception())
                .then_some(()))
        },
    )
    .await
    .unwrap();

    let references = send_all(&stack, &["order.paid"; 5]).await;
    for reference in &references {
        let receipts = processed(&stack, reference, &["audit"]).await;
        assert!(
            !receipts.contains_key("audit-lambda"),
            "a pipe that is gone delivered"
        );
    }

    pipes
        .create_pipe()
        .name(name)
        .set_description(was.description)
        .set_role_arn(was.role_arn)
        .set_source(was.source)
        .set_source_parameters(was.source_parameters)
        .set_target(was.target)
        .set_target_parameters(was.target_parameters)
        .set_tags(was.tags)
        .set_log_configuration(was.log_configuration.map(|log| {
            let destination = log.cloudwatch_logs_log_destination.map(|destination| {
                CloudwatchLogsLogDestinationParameters::builder()
                    .set_log_group_arn(destination.log_group_arn)
                    .build()
                    .unwrap()
            });
            PipeLogConfigurationParameters::builder()
                .set_level(log.level)
                .set_cloudwatch_logs_log_destination(destination)
                .build()
                .unwrap()
        }))
        .send()
        .await
        .unwrap();
    pipe_until(&pipes, name, &PipeState::Running).await;
    for reference in &references {
        processed(&stack, reference, &["audit", "audit-lambda"]).await;
    }
}
