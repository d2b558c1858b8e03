//! A DynamoDB stream as a source: finding its shards and giving each a reader.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodbstreams::types::Shard;
use emulator::Failure;
use tokio::task::JoinSet;
use tracing::warn;

use super::{Running, Stop};
use crate::api::shapes::StartingPosition;
use crate::runner::plan::backoff;

/// How often new shards are looked for.
const LOOK: Duration = Duration::from_secs(10);

impl Running {
    /// Reads all shards, each on its own: one that is blocked by retries delays no other. A child shard waits until
    /// its parent was read to the end, so that the order of an item's changes is kept.
    pub(super) async fn stream(self, mut stop: Stop) {
        let running = Arc::new(self);
        let fresh = running.checkpoints.is_empty();
        let mut readers: JoinSet<()> = JoinSet::new();
        let mut taken: HashSet<String> = HashSet::new();
        let mut first = true;
        let mut failures = 0;
        while !stop.is_set() {
            match running.shards().await {
                Ok(shards) => {
                    failures = 0;
                    for shard in ready(&shards, |id| running.checkpoints.is_finished(id)) {
                        if !taken.insert(shard.clone()) {
                            continue;
                        }
                        // Only shards that existed when the pipe first ran can begin at their end.
                        let position = match fresh && first {
                            true => running.run.blueprint.starting_position,
                            false => StartingPosition::TrimHorizon,
                        };
                        let (reader, stop) = (Arc::clone(&running), stop.clone());
                        readers.spawn(async move { reader.shard(&shard, position, stop).await });
                    }
                    first = false;
                    tokio::select! {
                        () = stop.sleep(LOOK) => {}
                        // A closed shard has ended: its children may begin.
                        Some(_) = readers.join_next() => {}
                    }
                }
                Err(failure) => {
                    failures += 1;
                    warn!(pipe = running.name(), %failure, "the stream cannot be read");
                    stop.sleep(backoff(failures)).await;
                }
            }
        }
        // Each reader finishes the call it is in.
        while readers.join_next().await.is_some() {}
    }

    async fn shards(&self) -> Result<Vec<Shard>, Failure> {
        const CALL: &str = "dynamodb:DescribeStream";
        let arn = &self.run.definition.source;
        self.connection.role.rights().confirm(CALL, arn).await?;
        let mut shards = Vec::new();
        let mut from = None;
        loop {
            let request = self.run.cloud.streams.describe_stream().stream_arn(arn);
            let answer = request.set_exclusive_start_shard_id(from).send().await;
            let answer = answer.map_err(|error| Failure::of(CALL, &error))?;
            let Some(description) = answer.stream_description else {
                break;
            };
            shards.extend(description.shards.unwrap_or_default());
            from = description.last_evaluated_shard_id;
            if from.is_none() {
                break;
            }
        }
        Ok(shards)
    }
}

/// The shards to read now: not finished, and without an unfinished parent.
fn ready(shards: &[Shard], finished: impl Fn(&str) -> bool) -> Vec<String> {
    let listed: HashSet<&str> = shards.iter().filter_map(Shard::shard_id).collect();
    let waits = |shard: &Shard| {
        shard
            .parent_shard_id()
            .is_some_and(|parent| listed.contains(parent) && !finished(parent))
    };
    shards
        .iter()
        .filter(|shard| !waits(shard))
        .filter_map(Shard::shard_id)
        .filter(|id| !finished(id))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_waits_for_its_parent() {
        let shard = |id: &str, parent: Option<&str>| {
            Shard::builder()
                .shard_id(id)
                .set_parent_shard_id(parent.map(str::to_owned))
                .build()
        };
        let shards = [
            shard("a", Some("trimmed")),
            shard("b", Some("a")),
            shard("c", None),
        ];
        assert_eq!(ready(&shards, |_| false), ["a", "c"]);
        assert_eq!(ready(&shards, |id| id == "a"), ["b", "c"]);
    }
}
