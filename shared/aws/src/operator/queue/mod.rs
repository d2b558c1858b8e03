use domain::StoreError;

use crate::{
    Queue,
    failure::{classify, code},
};

const PURGE: &str = "sqs:PurgeQueue";

/// What an operator does with a queue.
impl Queue {
    /// Deletes everything that is in it now, within a minute. `false`: SQS is still
    /// working on the last purge, and accepts one per minute.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn purge(&self) -> Result<bool, StoreError> {
        match self.client.purge_queue().queue_url(&self.url).send().await {
            Ok(_) => Ok(true),
            Err(error) if code(&error) == Some("PurgeQueueInProgress") => Ok(false),
            Err(error) => Err(classify(PURGE, &error)),
        }
    }
}

#[cfg(test)]
mod tests;
