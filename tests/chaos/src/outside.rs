//! Subscribers outside the stack, made by `scripts/outside.py`: what has come to each.

use anyhow::Result;
use e2e::{Destination, Request, Stack, digest};
use emulator::{Address, Clock, ControlPlane};
use serde_json::{Value, json};

use crate::audit::Arrival;

/// The name that all of them begin with.
const OUTSIDE: &str = "outside";
/// At most so many messages in one answer.
const BATCH: usize = 10;
/// Longer than it takes to delete what was received.
const TAKEN_S: u32 = 60;

/// Queues outside the stack, each with its subscription.
fn queues() -> Vec<(String, String)> {
    let named = |queue: &str, subscription: &str| (queue.to_owned(), subscription.to_owned());
    let ordered = (0..10).map(|number| {
        let queue = format!("{OUTSIDE}-ordered-{number}.fifo");
        (queue, format!("ordered-{number}"))
    });
    let others = [
        named("outside-bus", "target-bus"),
        named("outside.fifo", "target-fifo"),
        named("outside-fair", "target-fair"),
        named("outside-enriched", "target-enriched"),
    ];
    others.into_iter().chain(ordered).collect()
}

/// The items of a list; none where there is no list, which is how services say that it is empty.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Calls of services for which there is no crate of the SDK here.
pub(crate) struct Outside<'a> {
    stack: &'a Stack,
    calls: ControlPlane,
    /// How many messages were read so far: their order.
    read: usize,
}

impl<'a> Outside<'a> {
    /// In the cloud of a stack.
    #[must_use]
    pub(crate) fn of(stack: &'a Stack) -> Self {
        Self {
            stack,
            calls: ControlPlane::new(&stack.sdk, Clock::system()),
            read: 0,
        }
    }

    /// Calls a service whose actions are named in a header.
    ///
    /// # Errors
    /// If it refuses.
    pub(crate) async fn call(
        &self,
        call: &'static str,
        action: &'static str,
        body: Value,
    ) -> Result<Value> {
        Ok(self
            .calls
            .json(call, Address::Action(action), &body)
            .await?)
    }

    /// A queue's URL.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) async fn queue(&self, name: &str) -> Result<String> {
        let body = json!({"QueueName": name});
        let found = self.call("sqs:GetQueueUrl", "AmazonSQS.GetQueueUrl", body);
        Ok(text(&found.await?, "QueueUrl").to_owned())
    }

    /// The names and URLs of the stack's queues for dead letters, and of what `rehydrate` has not handed on yet.
    ///
    /// # Errors
    /// If SQS refuses.
    pub(crate) async fn dead_letter_queues(&self) -> Result<Vec<(String, String)>> {
        let prefix = format!("{}-", self.stack.outputs.stack.stack);
        let body = json!({"QueueNamePrefix": prefix, "MaxResults": 1000});
        let found = self
            .call("sqs:ListQueues", "AmazonSQS.ListQueues", body)
            .await?;
        let urls = list(at(&found, "/QueueUrls"))
            .iter()
            .filter_map(Value::as_str);
        Ok(urls
            .filter_map(|url| {
                let name = url.rsplit('/').next()?.strip_prefix(&prefix)?;
                Some((place(name)?.to_owned(), url.to_owned()))
            })
            .collect())
    }

    /// The messages that are in a queue now. They stay, and are hidden for so many seconds.
    ///
    /// # Errors
    /// If SQS refuses.
    pub(crate) async fn look(&self, url: &str, hide_s: u32) -> Result<Vec<String>> {
        let mut all = Vec::new();
        loop {
            let messages = self.receive(url, hide_s).await?;
            if messages.is_empty() {
                return Ok(all);
            }
            all.extend(messages.into_iter().map(|(body, _)| body));
        }
    }

    /// Takes all events out of the queues, by subscription.
    ///
    /// # Errors
    /// If SQS refuses.
    pub(crate) async fn take(&mut self) -> Result<Vec<(String, Arrival)>> {
        let mut arrivals = Vec::new();
        for (queue, subscription) in queues() {
            let url = self.queue(&queue).await?;
            loop {
                // A FIFO queue gives the next messages of a group when those before are deleted.
                let messages = self.receive(&url, TAKEN_S).await?;
                if messages.is_empty() {
                    break;
                }
                for (body, handle) in messages {
                    self.read += 1;
                    // What is no event is no arrival: its event is then missing.
                    match serde_json::from_str::<Value>(&body) {
                        Ok(event) => {
                            let detail = at(&event, "/detail");
                            let event = if detail.is_object() { detail } else { &event };
                            arrivals.push((subscription.clone(), arrival(self.read, event)));
                        }
                        Err(error) => {
                            println!("    {queue} has what is no event: {body:?} ({error})");
                        }
                    }
                    let body = json!({"QueueUrl": url, "ReceiptHandle": handle});
                    self.call("sqs:DeleteMessage", "AmazonSQS.DeleteMessage", body)
                        .await?;
                }
            }
        }
        Ok(arrivals)
    }

    /// The texts of some messages, each with what deletes it.
    async fn receive(&self, url: &str, hide_s: u32) -> Result<Vec<(String, Value)>> {
        let body = json!({
            "QueueUrl": url, "MaxNumberOfMessages": BATCH, "VisibilityTimeout": hide_s, "WaitTimeSeconds": 0,
        });
        let got = self.call("sqs:ReceiveMessage", "AmazonSQS.ReceiveMessage", body);
        let got = got.await?;
        let messages = list(at(&got, "/Messages")).iter();
        let parts = |message: &Value| {
            (
                text(message, "Body").to_owned(),
                at(message, "/ReceiptHandle").clone(),
            )
        };
        Ok(messages.map(parts).collect())
    }

    /// All records of the stream.
    ///
    /// # Errors
    /// If Kinesis refuses.
    pub(crate) async fn records(&self) -> Result<Vec<Arrival>> {
        let body = json!({"StreamName": OUTSIDE});
        let shards = self.call("kinesis:ListShards", "Kinesis_20131202.ListShards", body);
        let shard = at(&shards.await?, "/Shards/0/ShardId").clone();
        let body =
            json!({"StreamName": OUTSIDE, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"});
        let iterator = self.call(
            "kinesis:GetShardIterator",
            "Kinesis_20131202.GetShardIterator",
            body,
        );
        let mut iterator = at(&iterator.await?, "/ShardIterator").clone();
        let mut arrivals = Vec::new();
        loop {
            let body = json!({"ShardIterator": iterator});
            let got = self.call("kinesis:GetRecords", "Kinesis_20131202.GetRecords", body);
            let got = got.await?;
            let records = list(at(&got, "/Records"));
            for record in records {
                let data = base64_simd::STANDARD.decode_to_vec(text(record, "Data"))?;
                let event = serde_json::from_slice(&data)?;
                arrivals.push(arrival(arrivals.len(), &event));
            }
            let is_end = records.is_empty();
            iterator = at(&got, "/NextShardIterator").clone();
            if is_end || iterator.is_null() {
                return Ok(arrivals);
            }
        }
    }

    /// What Firehose wrote: one object for each record in the local cloud.
    ///
    /// # Errors
    /// If S3 refuses.
    pub(crate) async fn objects(&self) -> Result<Vec<Arrival>> {
        let texts = self.stack.texts(OUTSIDE, "events/").await?;
        let lines = texts.iter().flat_map(|text| text.lines()).enumerate();
        lines
            .map(|(number, line)| Ok(arrival(number, &serde_json::from_str(line)?)))
            .collect()
    }

    /// The events of all tasks, in their environments.
    ///
    /// # Errors
    /// If ECS refuses.
    pub(crate) async fn tasks(&self) -> Result<Vec<Arrival>> {
        let mut arrivals = Vec::new();
        for status in ["RUNNING", "STOPPED"] {
            let body = json!({"cluster": OUTSIDE, "desiredStatus": status});
            let arns = self
                .call(
                    "ecs:ListTasks",
                    "AmazonEC2ContainerServiceV20141113.ListTasks",
                    body,
                )
                .await?;
            for some in list(at(&arns, "/taskArns")).chunks(100) {
                let body = json!({"cluster": OUTSIDE, "tasks": some});
                let tasks = self
                    .call(
                        "ecs:DescribeTasks",
                        "AmazonEC2ContainerServiceV20141113.DescribeTasks",
                        body,
                    )
                    .await?;
                for task in list(at(&tasks, "/tasks")) {
                    const VARIABLES: &str = "/overrides/containerOverrides/0/environment";
                    let mut variables = list(at(task, VARIABLES)).iter();
                    let event = variables.find(|variable| text(variable, "name") == "EVENT");
                    let event = event.map_or("null", |variable| text(variable, "value"));
                    arrivals.push(arrival(arrivals.len(), &serde_json::from_str(event)?));
                }
            }
        }
        Ok(arrivals)
    }
}

/// What came to the destination for these subscriptions; the path of each is its name.
#[must_use]
pub(crate) fn requests(destination: &Destination, subscription: &str) -> Vec<Arrival> {
    let requests = destination.requests(&format!("/{subscription}"));
    let whole = requests
        .iter()
        .filter(|request| request.complete)
        .enumerate();
    whole
        .map(|(number, request)| of_request(number, request))
        .collect()
}

/// A request carries the payload itself, or the event.
fn of_request(number: usize, request: &Request) -> Arrival {
    if request.reference().is_empty() {
        let event = serde_json::from_slice(&request.body).unwrap_or_default();
        return arrival(number, &event);
    }
    Arrival {
        at: place_in_order(number),
        reference: request.reference().to_owned(),
        digest: digest(&request.body),
    }
}

fn arrival(number: usize, event: &Value) -> Arrival {
    Arrival {
        at: place_in_order(number),
        reference: text(event, "ref").to_owned(),
        digest: text(event, "datasha256").to_owned(),
    }
}

fn place_in_order(number: usize) -> String {
    format!("{number:09}")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What is at a JSON pointer; null if nothing is.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

/// Whose dead letters a queue has: `audit-inbox-dlq` has those of `audit`.
fn place(queue: &str) -> Option<&str> {
    let name = queue.strip_suffix(".fifo").unwrap_or(queue);
    let name = ["-dlq", "-letters"]
        .iter()
        .find_map(|end| name.strip_suffix(end))?;
    Some(name.strip_suffix("-inbox").unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_answer_has_no_messages() {
        let answer = json!({});
        assert!(list(at(&answer, "/Messages")).is_empty());
        let answer = json!({"Messages": [{"Body": "{}"}]});
        assert_eq!(list(at(&answer, "/Messages")).len(), 1);
    }

    #[test]
    fn a_queue_for_dead_letters_names_whose_they_are() {
        for (queue, whose) in [
            ("audit-dlq", Some("audit")),
            ("audit-inbox-dlq", Some("audit")),
            ("trial-ordered-dlq.fifo", Some("trial-ordered")),
            ("router-letters", Some("router")),
            ("audit", None),
        ] {
            assert_eq!(place(queue), whose);
        }
    }

    #[test]
    fn later_arrivals_have_later_texts() {
        let event = json!({"ref": "a/1", "datasha256": "d"});
        assert!(arrival(9, &event).at < arrival(10, &event).at);
        assert_eq!(arrival(9, &event).reference, "a/1");
    }
}
