use std::collections::HashMap;

use aws::{Reading, StreamRecord};
use domain::{AttributeName, StoreError, causes};
use runtime::{BatchResponse, SqsBatch, SqsRecord};
use tracing::{error, info, warn};

use crate::{
    dead_letter::PipeDeadLetter,
    event::event,
    ports::{DlqSender, StreamRecords},
};

/// Reads the records that dead letters name, and sends their events to their DLQs.
pub(crate) struct Rehydrate<R, D> {
    pub(crate) stream: R,
    /// The DLQ for each queue of a pipe's dead letters, by the ARN of that queue.
    pub(crate) destinations: HashMap<String, D>,
    /// What the stack's endpoints declare: every event has them.
    pub(crate) attributes: Vec<AttributeName>,
}

/// The dead letter stays in its queue, which moves it to the DLQ itself after some tries.
#[derive(Debug, thiserror::Error)]
enum Unhandled {
    #[error("no DLQ is configured for this queue")]
    NoDestination,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A bug: an event made of text is always valid JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl<R: StreamRecords, D: DlqSender> Rehydrate<R, D> {
    /// Handles each dead letter separately. One that fails is handled again as a
    /// whole: its events may be in the DLQ more than once, but are never missing.
    pub(crate) async fn handle(&self, batch: SqsBatch) -> BatchResponse {
        let mut response = BatchResponse::default();
        for record in batch.records {
            if let Err(problem) = self.handle_one(&record).await {
                error!(%problem, cause = causes(&problem), message_id = record.message_id, queue = record.queue_arn, "the dead letter could not be handled; it will be tried again");
                response.fail(record.message_id);
            }
        }
        response
    }

    async fn handle_one(&self, record: &SqsRecord) -> Result<(), Unhandled> {
        let dlq = self
            .destinations
            .get(&record.queue_arn)
            .ok_or(Unhandled::NoDestination)?;
        let lacks = match PipeDeadLetter::parse(&record.body) {
            Err(_) if PipeDeadLetter::cannot_be(&record.body) => {
                warn!(
                    bytes = record.body.len(),
                    message_id = record.message_id,
                    queue = record.queue_arn,
                    "dropped: a test message, not a dead letter of a pipe"
                );
                return Ok(());
            }
            Err(problem) => Some(problem),
            Ok(dead_letter) => match self.stream.read(dead_letter.range()).await? {
                Reading::Gone { reason } => Some(reason),
                Reading::Records(records) => {
                    send(&dead_letter, &records, &self.attributes, dlq).await?
                }
            },
        };
        if let Some(reason) = lacks {
            error!(
                reason,
                message_id = record.message_id,
                queue = record.queue_arn,
                "events could not be read again: the DLQ gets the dead letter, which names their place in the stream"
            );
            dlq.send(&record.body).await?;
        }
        Ok(())
    }
}

/// Sends each event separately; returns what the dead letter names and the records lack.
async fn send(
    dead_letter: &PipeDeadLetter,
    records: &[StreamRecord],
    attributes: &[AttributeName],
    dlq: &impl DlqSender,
) -> Result<Option<String>, Unhandled> {
    let mut lacks = None;
    let mut sent = 0;
    for record in records {
        let reference = record.image.get("ref");
        match event(record, attributes) {
            Ok(Some(event)) => {
                dlq.send(&serde_json::to_string(&event)?).await?;
                sent += 1;
                info!(
                    "ref" = event.reference,
                    condition = dead_letter.condition(),
                    "sent to the DLQ: its pipe gave it up"
                );
            }
            Ok(None) => {
                info!(
                    "ref" = reference,
                    change = record.event_name,
                    sequence = record.sequence_number,
                    "left out: this change is not an event"
                );
            }
            Err(name) => {
                error!(
                    "ref" = reference,
                    sequence = record.sequence_number,
                    attribute = name,
                    "a new item is not a pointer: it lacks an attribute"
                );
                lacks = Some(format!("an item has no {name}"));
            }
        }
    }
    let (named, found) = (dead_letter.batch_size(), records.len());
    if found < named {
        lacks = Some(format!("the stream has {found} of {named} records"));
    }
    if sent > named {
        // The pipe's filter dropped some. The dead letter does not say which:
        // better too many than too few.
        warn!(
            named,
            sent,
            "the dead letter names fewer events than its range holds: some may belong to other subscriptions"
        );
    }
    Ok(lacks)
}
