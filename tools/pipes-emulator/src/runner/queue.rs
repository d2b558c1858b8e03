//! An SQS queue as a source: receive, filter, deliver, delete what is done. A failed message stays:
//! it comes back after the queue's visibility timeout, and the queue's redrive policy decides when
//! it came back too often.
//!
//! A FIFO queue keeps the order by itself, so it is read like any other: while a message of a group
//! is received and not deleted, SQS gives out no later one of that group, and several batches under
//! way are always of different groups. What a target does not name as failed is deleted, even if it
//! is behind a failed message of the same group. AWS tells functions to stop at the first failure of
//! a group, and to name what they did not try, too:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, MessageSystemAttributeName};
use emulator::Failure;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::{debug, warn};

use super::plan::backoff;
use super::record::of_queue;
use super::{Running, Stop};
use crate::arn::Arn;
use crate::event::SourceEvent;
use crate::targets::BatchOutcome;

/// How long a receive waits for a message; a stop waits as long.
const LONG_POLL: Duration = Duration::from_secs(5);
/// Batches under way at once. AWS begins with five pollers and goes far beyond.
const CONCURRENT: usize = 5;
/// The most that one call of SQS sends or receives.
const CALL_LIMIT: usize = 10;

/// The queue and how to call it.
struct Source {
    url: String,
    /// Under the pipe's role.
    role: aws_sdk_sqs::Client,
    /// With the emulator's credentials: for batch calls, which the local cloud checks against its
    /// own actions.
    own: aws_sdk_sqs::Client,
}

impl Running {
    pub(super) async fn queue(self, mut stop: Stop) {
        let running = Arc::new(self);
        let permits = Arc::new(Semaphore::new(CONCURRENT));
        let mut under_way: JoinSet<()> = JoinSet::new();
        let mut source: Option<Arc<Source>> = None;
        let mut failures = 0;
        while !stop.is_set() {
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
                break;
            };
            // Waiting for a batch to end may have taken long.
            if stop.is_set() {
                break;
            }
            match running.next(&mut source, &stop).await {
                Ok((_, events)) if events.is_empty() => failures = 0,
                Ok((source, events)) => {
                    failures = 0;
                    let running = Arc::clone(&running);
                    under_way.spawn(async move {
                        running.message_batch(&source, events).await;
                        drop(permit);
                    });
                }
                Err(failure) => {
                    failures += 1;
                    warn!(pipe = running.name(), %failure, "the queue cannot be read");
                    stop.sleep(backoff(failures)).await;
                }
            }
            while under_way.try_join_next().is_some() {}
        }
        // Work under way ends before the pipe is stopped.
        while under_way.join_next().await.is_some() {}
    }

    /// The next batch, from a queue that is looked up the first time.
    async fn next(
        &self,
        known: &mut Option<Arc<Source>>,
        stop: &Stop,
    ) -> Result<(Arc<Source>, Vec<SourceEvent>), Failure> {
        let source = match known {
            Some(source) => Arc::clone(source),
            None => {
                let url = self
                    .run
                    .cloud
                    .queue_url(&self.run.definition.source)
                    .await?;
                let role = aws_sdk_sqs::Client::new(self.connection.role.config());
                let own = aws_sdk_sqs::Client::new(self.run.cloud.config());
                Arc::clone(known.insert(Arc::new(Source { url, role, own })))
            }
        };
        let events = self.gather(&source, stop).await?;
        Ok((source, events))
    }

    /// Receives until the batch is full or its window is over. Without a window one receive is a batch.
    async fn gather(&self, source: &Source, stop: &Stop) -> Result<Vec<SourceEvent>, Failure> {
        let blueprint = &self.run.blueprint;
        let mut events = self
            .receive(source, blueprint.batch_size, LONG_POLL)
            .await?;
        let until = Instant::now() + blueprint.window;
        while !events.is_empty() && events.len() < blueprint.batch_size && !stop.is_set() {
            let left = until.saturating_duration_since(Instant::now());
            if left < Duration::from_secs(1) {
                break;
            }
            let room = blueprint.batch_size - events.len();
            match self.receive(source, room, left.min(LONG_POLL)).await {
                Ok(more) => events.extend(more),
                // Received messages continue; the next receive reports the fault again.
                Err(_) => break,
            }
        }
        Ok(events)
    }

    async fn receive(
        &self,
        source: &Source,
        room: usize,
        wait: Duration,
    ) -> Result<Vec<SourceEvent>, Failure> {
        const CALL: &str = "sqs:ReceiveMessage";
        let arn = &self.run.definition.source;
        self.connection.role.confirm(CALL, arn).await?;
        let request = source
            .role
            .receive_message()
            .queue_url(&source.url)
            .max_number_of_messages(i32::try_from(room.clamp(1, CALL_LIMIT)).unwrap_or(1))
            .wait_time_seconds(i32::try_from(wait.as_secs()).unwrap_or(1))
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All");
        let answer = request
            .send()
            .await
            .map_err(|error| Failure::of(CALL, &error))?;
        let region = Arn::parse(arn).map(|arn| arn.region).unwrap_or_default();
        let messages = answer.messages.unwrap_or_default();
        Ok(messages
            .into_iter()
            .map(|message| of_queue(message, arn, region))
            .collect())
    }

    async fn message_batch(&self, source: &Source, events: Vec<SourceEvent>) {
        let (wanted, unwanted): (Vec<SourceEvent>, Vec<SourceEvent>) =
            events.into_iter().partition(|event| self.passes(event));
        if !unwanted.is_empty() {
            debug!(pipe = self.name(), records = unwanted.len(), "filtered out");
            self.delete(source, &unwanted.iter().collect::<Vec<_>>())
                .await;
        }
        if wanted.is_empty() {
            return;
        }
        let outcome = self.deliver(&wanted).await;
        let done: Vec<&SourceEvent> = wanted
            .iter()
            .zip(done(&outcome, wanted.len()))
            .filter_map(|(event, done)| done.then_some(event))
            .collect();
        self.delete(source, &done).await;
    }

    async fn delete(&self, source: &Source, events: &[&SourceEvent]) {
        for chunk in events.chunks(CALL_LIMIT) {
            if let Err(failure) = self.delete_chunk(source, chunk).await {
                // They come back and are delivered again: at least once.
                warn!(pipe = self.name(), records = chunk.len(), %failure, "delivered and not deleted");
            }
        }
    }

    async fn delete_chunk(&self, source: &Source, events: &[&SourceEvent]) -> Result<(), Failure> {
        const CALL: &str = "sqs:DeleteMessageBatch";
        self.connection
            .role
            .rights()
            .confirm("sqs:DeleteMessage", &self.run.definition.source)
            .await?;
        let mut request = source.own.delete_message_batch().queue_url(&source.url);
        for (index, event) in events.iter().enumerate() {
            let entry = DeleteMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(&event.handle);
            request = request.entries(
                entry
                    .build()
                    .map_err(|_| Failure::new(CALL, "the entry is invalid"))?,
            );
        }
        let answer = request
            .send()
            .await
            .map_err(|error| Failure::of(CALL, &error))?;
        match answer.failed.len() {
            0 => Ok(()),
            count => Err(Failure::new(CALL, format!("{count} entries failed"))),
        }
    }
}

/// Which messages of a batch are done.
fn done(outcome: &BatchOutcome, count: usize) -> Vec<bool> {
    let is_done = |index| match outcome {
        BatchOutcome::Delivered => true,
        BatchOutcome::NotDelivered => false,
        BatchOutcome::FailedFrom(first) => index < *first,
        BatchOutcome::Failed(failed) => !failed.contains(&index),
    };
    (0..count).map(is_done).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_messages_are_left_in_the_queue() {
        assert_eq!(done(&BatchOutcome::Delivered, 2), [true, true]);
        assert_eq!(done(&BatchOutcome::NotDelivered, 2), [false, false]);
        assert_eq!(done(&BatchOutcome::Failed(vec![1]), 3), [true, false, true]);
    }
}
