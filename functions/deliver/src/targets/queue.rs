use aws::{Queue, Sdk, Sending};
use domain::PartitionKey;
use serde_json::Value;

use super::calling::{refused, retry};
use crate::{
    config::FairBy,
    destination::{Destination, Outcome, Outgoing},
};

/// A queue of the platform team's own.
pub(crate) struct OtherQueue {
    queue: Queue,
    fair_by: Option<FairBy>,
}

impl OtherQueue {
    pub(crate) fn new(sdk: &Sdk, url: String, fair_by: Option<FairBy>) -> Self {
        Self {
            queue: Queue::new(sdk, url),
            fair_by,
        }
    }
}

impl Destination for OtherQueue {
    async fn deliver(&self, outgoing: Outgoing<'_>) -> Outcome {
        let sending = sending(&outgoing, self.queue.is_fifo(), self.fair_by);
        if let Err(held) = outgoing.turn().await {
            return held;
        }
        let sent = self.queue.send_with(sending);
        match tokio::time::timeout_at(outgoing.deadline, sent).await {
            Err(_) => retry("timeout"),
            Ok(Err(problem)) => refused(&problem),
            Ok(Ok(())) => Outcome::Delivered { status: None },
        }
    }
}

/// A FIFO queue keeps the order of each ordering key. In a standard queue a group is only fair.
pub(super) fn sending(outgoing: &Outgoing<'_>, fifo: bool, fair_by: Option<FairBy>) -> Sending {
    let event = outgoing.event;
    let of_key = || match event.partition_key.as_str() {
        "" => PartitionKey::group(&event.reference.to_string()),
        key => key.to_owned(),
    };
    let group = match (fifo, fair_by) {
        (true, _) | (false, Some(FairBy::OrderingKey)) => Some(of_key()),
        (false, Some(FairBy::Endpoint)) => Some(event.source.clone()),
        (false, None) => None,
    };
    Sending {
        body: Value::from(event.for_target(outgoing.message_id)).to_string(),
        group,
        // The same at every attempt: a repeat within five minutes is dropped.
        deduplication: fifo.then(|| outgoing.message_id.to_owned()),
        attributes: Vec::new(),
    }
}
