use std::{collections::HashMap, error::Error};

use aws::{Reading, StreamRecord};
use domain::StoreError;
use tracing::{error, field::display, info, warn};

use crate::{
    event::event,
    letter::{Answer, Batch, Failed, Letter, Message},
    ports::{DeadLetters, Records},
};

/// Reads the records that dead letters name, and sends their events to their dead-letter queues.
pub(crate) struct Rehydrate<R, D> {
    pub(crate) stream: R,
    /// The dead-letter queue of each letters queue, by the latter's ARN.
    pub(crate) destinations: HashMap<String, D>,
}

/// The dead letter stays in its queue, which gives it to the dead-letter queue
/// itself after some tries.
#[derive(Debug, thiserror::Error)]
enum Undone {
    #[error("no dead-letter queue is known for this queue")]
    NoDestination,
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A bug: an event made of text is always valid JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl<R: Records, D: DeadLetters> Rehydrate<R, D> {
    /// Handles each dead letter separately. One that fails is handled again as a
    /// whole: its events may be in the dead-letter queue more than once, but are
    /// never missing.
    pub(crate) async fn take(&self, batch: Batch) -> Answer {
        let mut answer = Answer::default();
        for message in batch.messages {
            if let Err(problem) = self.take_one(&message).await {
                let cause = problem.source().map(display);
                error!(%problem, cause, message_id = message.message_id, queue = message.queue_arn, "the letter could not be taken; it will be tried again");
                answer.failures.push(Failed {
                    message_id: message.message_id,
                });
            }
        }
        answer
    }

    async fn take_one(&self, message: &Message) -> Result<(), Undone> {
        let dead_letters = self
            .destinations
            .get(&message.queue_arn)
            .ok_or(Undone::NoDestination)?;
        let lacks = match Letter::parse(&message.body) {
            Err(_) if Letter::is_no_letter(&message.body) => {
                warn!(
                    bytes = message.body.len(),
                    message_id = message.message_id,
                    queue = message.queue_arn,
                    "no letter of a pipe, but a message that someone sent to try the queue: dropped"
                );
                return Ok(());
            }
            Err(problem) => Some(problem),
            Ok(letter) => match self.stream.read(letter.range()).await? {
                Reading::Gone { reason } => Some(reason),
                Reading::Records(records) => send(&letter, &records, dead_letters).await?,
            },
        };
        if let Some(reason) = lacks {
            error!(
                reason,
                message_id = message.message_id,
                queue = message.queue_arn,
                "events could not be read again: the letter goes on as it is, and names their place"
            );
            dead_letters.send(&message.body).await?;
        }
        Ok(())
    }
}

/// Sends each event separately; returns what the dead letter names and the records lack.
async fn send(
    letter: &Letter,
    records: &[StreamRecord],
    dead_letters: &impl DeadLetters,
) -> Result<Option<String>, Undone> {
    let mut lacks = None;
    let mut sent = 0;
    for record in records {
        let reference = record.image.get("ref");
        match event(record) {
            Ok(Some(event)) => {
                dead_letters.send(&serde_json::to_string(&event)?).await?;
                sent += 1;
                info!(
                    "ref" = event.reference,
                    condition = letter.condition(),
                    "given up by its pipe: sent to the dead-letter queue"
                );
            }
            Ok(None) => {
                info!(
                    "ref" = reference,
                    change = record.event_name,
                    sequence = record.sequence_number,
                    "no event: left out"
                );
            }
            Err(name) => {
                error!(
                    "ref" = reference,
                    sequence = record.sequence_number,
                    attribute = name,
                    "a new item is no pointer"
                );
                lacks = Some(format!("an item has no {name}"));
            }
        }
    }
    let (named, found) = (letter.batch_size(), records.len());
    if found < named {
        lacks = Some(format!("{found} of {named} records are there"));
    }
    if sent > named {
        // The pipe's filter dropped some. The dead letter does not say which:
        // better too many than too few.
        warn!(
            named,
            sent,
            "the letter names fewer events than lie in its range: some may not be its subscription's"
        );
    }
    Ok(lacks)
}
