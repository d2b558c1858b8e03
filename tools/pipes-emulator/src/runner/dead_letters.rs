//! The dead-letter queue of a stream: it gets the records' positions, never the records.
//!
//! The shape is that of two published messages of real pipes; `RecordAgeExceeded` as the condition
//! for age is inferred.

use emulator::Failure;
use jiff::Timestamp;
use serde_json::{Value, json};
use tracing::{error, warn};

use super::plan::backoff;
use super::{Running, Stop};
use crate::event::SourceEvent;

/// Tries to write to the dead-letter queue before the records are lost, as with event source mappings.
const TRIES: u32 = 5;

impl Running {
    /// Writes to the dead-letter queue, if there is one, and always to the log.
    pub(super) async fn give_up(
        &self,
        shard: &str,
        condition: &str,
        events: &[SourceEvent],
        stop: &mut Stop,
    ) {
        warn!(
            pipe = self.name(),
            shard,
            records = events.len(),
            condition,
            "given up"
        );
        let Some(arn) = &self.run.blueprint.dead_letters else {
            return;
        };
        let dead_letter = dead_letter(
            &self.run.definition.arn,
            &self.run.definition.source,
            shard,
            condition,
            events,
            self.run.clock.now(),
        );
        let text = dead_letter.to_string();
        for tried in 1..=TRIES {
            match self.send_dead_letter(arn, &text).await {
                Ok(()) => return,
                Err(failure) => {
                    warn!(pipe = self.name(), shard, %failure, "the dead-letter queue refused the message");
                    if tried < TRIES {
                        stop.sleep(backoff(tried)).await;
                    }
                }
            }
        }
        error!(
            pipe = self.name(),
            shard,
            records = events.len(),
            "lost: the dead-letter queue refuses every message"
        );
    }

    async fn send_dead_letter(&self, arn: &str, text: &str) -> Result<(), Failure> {
        const CALL: &str = "sqs:SendMessage";
        self.connection.role.confirm(CALL, arn).await?;
        let url = self.run.cloud.queue_url(arn).await?;
        let client = aws_sdk_sqs::Client::new(self.connection.role.config());
        let request = client.send_message().queue_url(url).message_body(text);
        let sent = request.send().await;
        sent.map(drop).map_err(|error| Failure::of(CALL, &error))
    }
}

fn dead_letter(
    pipe: &str,
    stream: &str,
    shard: &str,
    condition: &str,
    events: &[SourceEvent],
    now: Timestamp,
) -> Value {
    let sequence = |event: Option<&SourceEvent>| event.map(|event| event.handle.clone());
    let arrival = |event: Option<&SourceEvent>| {
        event
            .and_then(|event| event.arrived)
            .map(|at| format!("{at:.3}"))
    };
    json!({
        "context": {"partnerResourceArn": pipe, "condition": condition},
        "version": "1.0",
        "timestamp": format!("{now:.3}"),
        "DDBStreamBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": sequence(events.first()),
            "endSequenceNumber": sequence(events.last()),
            "approximateArrivalOfFirstRecord": arrival(events.first()),
            "approximateArrivalOfLastRecord": arrival(events.last()),
            "batchSize": events.len(),
            "streamArn": stream,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_letter_has_the_position_and_nothing_of_the_record() {
        let event = |sequence: &str, at: &str| {
            let record =
                json!({"eventID": "e", "dynamodb": {"NewImage": {"secret": {"S": "canary"}}}});
            SourceEvent::from_stream(record, sequence.to_owned(), Some(at.parse().unwrap()))
        };
        let events = [
            event("1", "2026-11-21T20:00:00Z"),
            event("3", "2026-11-21T20:00:01.5Z"),
        ];
        let now = "2026-11-21T20:01:00Z".parse().unwrap();
        let dead_letter = dead_letter(
            "pipe",
            "stream",
            "shard",
            "RetryAttemptsExhausted",
            &events,
            now,
        );
        assert!(!dead_letter.to_string().contains("canary"));
        assert_eq!(
            dead_letter,
            json!({
                "context": {"partnerResourceArn": "pipe", "condition": "RetryAttemptsExhausted"},
                "version": "1.0", "timestamp": "2026-11-21T20:01:00.000Z",
                "DDBStreamBatchInfo": {"shardId": "shard", "startSequenceNumber": "1", "endSequenceNumber": "3",
                    "approximateArrivalOfFirstRecord": "2026-11-21T20:00:00.000Z",
                    "approximateArrivalOfLastRecord": "2026-11-21T20:00:01.500Z",
                    "batchSize": 2, "streamArn": "stream"}
            })
        );
    }
}
