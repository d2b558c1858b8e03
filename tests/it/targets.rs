//! Targets outside the stack that pipes call by themselves: `scripts/outside.py` makes them in the local cloud, one of
//! each kind. Each must get an event that redeems to the exact payload.

use aws_sdk_sqs::types::MessageSystemAttributeName;
use e2e::{Delivery, Stack, digest, wait_for};
use emulator::{Address, Clock, ControlPlane};
use serde_json::{Value, json};

use crate::support::{PATIENCE, accepted, shared, take_message};

const OUTSIDE: &str = "outside";

/// Services for which the suite has no client of the SDK.
struct Outside<'a> {
    stack: &'a Stack,
    calls: ControlPlane,
}

impl<'a> Outside<'a> {
    fn of(stack: &'a Stack) -> Self {
        Self {
            stack,
            calls: ControlPlane::new(&stack.sdk, Clock::system()),
        }
    }

    /// A call to a service whose actions are named in a header.
    async fn call(
        &self,
        call: &'static str,
        action: &'static str,
        body: Value,
    ) -> anyhow::Result<Value> {
        let answer = self.calls.json(call, Address::Action(action), &body).await;
        answer.map_err(|failure| anyhow::anyhow!("{failure:?}"))
    }

    async fn queue_url(&self, name: &str) -> String {
        let client = aws_sdk_sqs::Client::new(&self.stack.sdk);
        let answer = client.get_queue_url().queue_name(name).send().await;
        answer.unwrap().queue_url.unwrap()
    }

    /// The events in all records of the stream, each with its partition key.
    async fn records(&self) -> anyhow::Result<Vec<(String, Value)>> {
        let shards = self.call(
            "kinesis:ListShards",
            "Kinesis_20131202.ListShards",
            json!({"StreamName": OUTSIDE}),
        );
        let shard = shards.await?["Shards"][0]["ShardId"].clone();
        let iterator = self.call(
            "kinesis:GetShardIterator",
            "Kinesis_20131202.GetShardIterator",
            json!({"StreamName": OUTSIDE, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}),
        );
        let iterator = iterator.await?["ShardIterator"].clone();
        let records = self.call(
            "kinesis:GetRecords",
            "Kinesis_20131202.GetRecords",
            json!({"ShardIterator": iterator}),
        );
        let records = records.await?["Records"].take();
        emulator::list(&records)
            .iter()
            .map(|record| {
                let data = record["Data"].as_str().unwrap_or_default();
                let data = base64_simd::STANDARD.decode_to_vec(data)?;
                let key = record["PartitionKey"].as_str().unwrap_or_default();
                Ok((key.to_owned(), serde_json::from_slice(&data)?))
            })
            .collect()
    }

    /// The bodies of all objects that Firehose wrote.
    async fn objects(&self) -> anyhow::Result<Vec<String>> {
        let config = aws_sdk_s3::config::Builder::from(&self.stack.sdk).force_path_style(true);
        let client = aws_sdk_s3::Client::from_conf(config.build());
        let listed = client.list_objects_v2().bucket(OUTSIDE).prefix("events/");
        let mut bodies = Vec::new();
        for object in listed.send().await?.contents() {
            let key = object.key().unwrap_or_default();
            let got = client.get_object().bucket(OUTSIDE).key(key).send().await?;
            bodies.push(String::from_utf8(got.body.collect().await?.to_vec())?);
        }
        Ok(bodies)
    }
}

/// It is the event of this ref, and what it names is what was delivered.
async fn redeems(stack: &Stack, event: &Value, reference: &str, delivery: &Delivery) {
    assert_eq!(event["ref"], *reference, "{event}");
    assert_eq!(event["datasha256"], digest(&delivery.body));
    let dataref = event["dataref"].as_str().unwrap();
    let prefix = format!("s3://{}/", stack.outputs.bucket);
    let key = dataref.strip_prefix(&prefix).unwrap();
    assert_eq!(
        stack.payload(key).await.unwrap(),
        delivery.body,
        "{dataref}"
    );
}

fn holds(event: &Value, reference: &str) -> bool {
    event["ref"] == *reference
}

#[tokio::test]
async fn a_rule_on_a_bus_finds_an_event_by_its_type_and_endpoint() {
    let stack = shared().await;
    let outside = Outside::of(&stack);
    let (reference, delivery) = accepted(&stack, "target.made", 700).await;
    let url = outside.queue_url("outside-bus").await;
    let entry = take_message(&stack, &url, &reference).await;
    assert_eq!(entry["source"], "coatcheck.coatcheck");
    assert_eq!(entry["detail-type"], "target.made");
    let bucket = format!("arn:aws:s3:::{}", stack.outputs.bucket);
    assert_eq!(entry["resources"], json!([bucket]));
    assert_eq!(entry["detail"]["subscription"], "target-bus");
    redeems(&stack, &entry["detail"], &reference, &delivery).await;
}

#[tokio::test]
async fn a_stream_gets_the_event_under_its_partition_key() {
    let stack = shared().await;
    let outside = Outside::of(&stack);
    let (reference, delivery) = accepted(&stack, "target.made", 100_000).await;
    let (key, event) = wait_for("a record of Kinesis", PATIENCE, async || {
        let records = outside.records().await?;
        Ok(records
            .into_iter()
            .find(|(_, event)| holds(event, &reference)))
    })
    .await
    .unwrap();
    assert_eq!(event["partitionkey"], *key);
    assert_eq!(key.len(), 32);
    redeems(&stack, &event, &reference, &delivery).await;
}

/// The local cloud writes one object for each record, and no delimiter.
#[tokio::test]
async fn firehose_writes_the_event_into_its_bucket() {
    let stack = shared().await;
    let outside = Outside::of(&stack);
    let (reference, delivery) = accepted(&stack, "target.made", 700).await;
    let event: Value = wait_for("an object of Firehose", PATIENCE, async || {
        let bodies = outside.objects().await?;
        let mut lines = bodies.iter().flat_map(|body| body.lines());
        let line = lines.find(|line| line.contains(&reference));
        Ok(line.map(serde_json::from_str).transpose()?)
    })
    .await
    .unwrap();
    redeems(&stack, &event, &reference, &delivery).await;
}

#[tokio::test]
async fn queues_get_message_groups() {
    let stack = shared().await;
    let outside = Outside::of(&stack);
    let (reference, delivery) = accepted(&stack, "target.made", 700).await;
    let client = aws_sdk_sqs::Client::new(&stack.sdk);
    for (name, by) in [("outside.fifo", "partitionkey"), ("outside-fair", "source")] {
        let url = outside.queue_url(name).await;
        let (group, event) = wait_for(name, PATIENCE, async || {
            let answer = client
                .receive_message()
                .queue_url(&url)
                .max_number_of_messages(10)
                .visibility_timeout(1)
                .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
                .send()
                .await?;
            for message in answer.messages() {
                let event: Value = serde_json::from_str(message.body().unwrap_or_default())?;
                let group = message
                    .attributes()
                    .and_then(|all| all.get(&MessageSystemAttributeName::MessageGroupId));
                let handle = message.receipt_handle().unwrap_or_default();
                let delete = client.delete_message().queue_url(&url);
                delete.receipt_handle(handle).send().await?;
                if holds(&event, &reference) {
                    return Ok(Some((group.cloned(), event)));
                }
            }
            Ok(None)
        })
        .await
        .unwrap();
        assert_eq!(group.as_deref(), event[by].as_str(), "{name}");
        redeems(&stack, &event, &reference, &delivery).await;
    }
}

#[tokio::test]
async fn a_task_gets_its_event_and_a_job_is_submitted() {
    let stack = shared().await;
    let outside = Outside::of(&stack);
    let (reference, delivery) = accepted(&stack, "target.made", 700).await;
    let (event, subscription) = wait_for("a task", PATIENCE, async || {
        for status in ["RUNNING", "STOPPED"] {
            let tasks = outside
                .call(
                    "ecs:ListTasks",
                    "AmazonEC2ContainerServiceV20141113.ListTasks",
                    json!({"cluster": OUTSIDE, "desiredStatus": status}),
                )
                .await?;
            if emulator::list(&tasks["taskArns"]).is_empty() {
                continue;
            }
            let tasks = outside
                .call(
                    "ecs:DescribeTasks",
                    "AmazonEC2ContainerServiceV20141113.DescribeTasks",
                    json!({"cluster": OUTSIDE, "tasks": tasks["taskArns"]}),
                )
                .await?;
            for task in emulator::list(&tasks["tasks"]) {
                let container = &task["overrides"]["containerOverrides"][0];
                assert_eq!(container["name"], "job");
                let variable = |name: &str| {
                    let all = emulator::list(&container["environment"]);
                    let found = all.iter().find(|variable| variable["name"] == *name);
                    found.and_then(|variable| variable["value"].as_str())
                };
                let event: Value = serde_json::from_str(variable("EVENT").unwrap_or("null"))?;
                if holds(&event, &reference) {
                    return Ok(Some((event, variable("SUBSCRIPTION").map(str::to_owned))));
                }
            }
        }
        Ok(None)
    })
    .await
    .unwrap();
    assert_eq!(subscription.as_deref(), Some("target-task"));
    redeems(&stack, &event, &reference, &delivery).await;

    // The local cloud keeps no overrides of a job; `scripts/models-check` reads the request.
    wait_for("a job", PATIENCE, async || {
        let body = json!({"jobQueue": OUTSIDE, "jobStatus": "SUCCEEDED"});
        let jobs = outside
            .calls
            .json("batch:ListJobs", Address::Path("/v1/listjobs"), &body)
            .await
            .map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
        let mut jobs = emulator::list(&jobs["jobSummaryList"]).iter();
        Ok(jobs
            .find(|job| job["jobName"] == "coatcheck-target-job")
            .map(drop))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_target_gets_what_the_enrichment_answers() {
    let stack = shared().await;
    let outside = Outside::of(&stack);
    let (reference, delivery) = accepted(&stack, "target.made", 700).await;
    let url = outside.queue_url("outside-enriched").await;
    let event = take_message(&stack, &url, &reference).await;
    assert_eq!(event["team"], "billing");
    redeems(&stack, &event, &reference, &delivery).await;
}
