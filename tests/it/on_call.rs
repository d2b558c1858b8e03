//! Someone who gets the alerts of `watch`.

use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_sqs::types::QueueAttributeName;
use e2e::{Stack, wait_for};
use serde_json::{Value, json};

use crate::support::{PATIENCE, fresh};

/// Runs the function that a rule runs once a minute; returns what it found.
pub(crate) async fn watch(stack: &Stack) -> Value {
    let lambda = aws_sdk_lambda::Client::new(&stack.sdk);
    let name = &stack.outputs.functions["watch"].name;
    let run = lambda.invoke().function_name(name).send().await.unwrap();
    assert!(run.function_error().is_none(), "watch failed: {run:?}");
    let found = run.payload.unwrap_or_else(|| Blob::new("null"));
    serde_json::from_slice(found.as_ref()).unwrap()
}

/// Someone who listens to the alarm topic, by a queue.
pub(crate) struct Person {
    /// What they want to know about.
    troubles: Vec<String>,
    topic: String,
    queue_url: String,
    subscription: String,
    sns: aws_sdk_sns::Client,
    sqs: aws_sdk_sqs::Client,
}

impl Person {
    pub(crate) async fn on_call(stack: &Stack, troubles: &[&str]) -> Self {
        let lambda = aws_sdk_lambda::Client::new(&stack.sdk);
        let name = &stack.outputs.functions["watch"].name;
        let look = lambda.get_function_configuration().function_name(name);
        let watch = look.send().await.unwrap();
        let environment = watch.environment.unwrap().variables.unwrap();
        let topics = environment.get("ALERT_TOPICS");
        let topics = topics.expect("set alarm_topic_arns to a topic of the tests");
        let topic = topics.split(',').next().unwrap().to_owned();

        let sqs = aws_sdk_sqs::Client::new(&stack.sdk);
        let name = fresh("coatcheck-e2e-on-call").replace('_', "-");
        let queue = sqs.create_queue().queue_name(name).send().await.unwrap();
        let queue_url = queue.queue_url.unwrap();
        let arn = QueueAttributeName::QueueArn;
        let look = sqs.get_queue_attributes().queue_url(&queue_url);
        let look = look.attribute_names(arn.clone()).send().await.unwrap();
        let arn = look.attributes.unwrap()[&arn].clone();
        let policy = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": &arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": &topic}},
        }]});
        sqs.set_queue_attributes()
            .queue_url(&queue_url)
            .attributes(QueueAttributeName::Policy, policy.to_string())
            .send()
            .await
            .unwrap();
        let sns = aws_sdk_sns::Client::new(&stack.sdk);
        let subscribe = sns.subscribe().topic_arn(&topic).protocol("sqs");
        let subscribe = subscribe.endpoint(arn).return_subscription_arn(true);
        let subscribed = subscribe.attributes("RawMessageDelivery", "true");
        let subscription = subscribed.send().await.unwrap().subscription_arn.unwrap();
        Self {
            troubles: troubles.iter().map(|&one| one.to_owned()).collect(),
            topic,
            queue_url,
            subscription,
            sns,
            sqs,
        }
    }

    /// Another test may have had the same trouble within the last quarter of an hour.
    pub(crate) async fn forget_what_was_said(&self, stack: &Stack) {
        let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
        for trouble in &self.troubles {
            aws_sdk_dynamodb::Client::new(&stack.sdk)
                .delete_item()
                .table_name(stack.table("processed").unwrap())
                .key("ref", text("-/alerts".to_owned()))
                .key("processor", text(format!("{} {trouble}", self.topic)))
                .send()
                .await
                .unwrap();
        }
    }

    /// What was said about these troubles since the last time.
    pub(crate) async fn told(&self) -> Vec<Value> {
        let receive = self.sqs.receive_message().queue_url(&self.queue_url);
        let receive = receive.max_number_of_messages(10).wait_time_seconds(1);
        let mut told = Vec::new();
        for message in receive.send().await.unwrap().messages.unwrap_or_default() {
            let delete = self.sqs.delete_message().queue_url(&self.queue_url);
            let delete = delete.set_receipt_handle(message.receipt_handle);
            delete.send().await.unwrap();
            let text: Value = serde_json::from_str(&message.body.unwrap()).unwrap();
            let trouble = &text["metadata"]["additionalContext"]["trouble"];
            if self.troubles.iter().any(|one| trouble == one.as_str()) {
                told.push(text);
            }
        }
        told
    }

    /// Runs `watch` until this is said.
    pub(crate) async fn until_told(&self, stack: &Stack, news: &str) -> Value {
        let what = format!("an alert that says {news}");
        wait_for(&what, PATIENCE, async || {
            watch(stack).await;
            let mut told = self.told().await;
            // What another test left there may be said to be over.
            told.retain(|one| one["metadata"]["additionalContext"]["news"] == news);
            if told.is_empty() {
                tokio::time::sleep(Duration::from_secs(1)).await;
                return Ok(None);
            }
            assert_eq!(told.len(), 1, "one message: {told:?}");
            Ok(told.pop())
        })
        .await
        .unwrap()
    }

    pub(crate) async fn leave(self) {
        let leave = self.sns.unsubscribe().subscription_arn(self.subscription);
        leave.send().await.unwrap();
        let delete = self.sqs.delete_queue().queue_url(self.queue_url);
        delete.send().await.unwrap();
    }
}
