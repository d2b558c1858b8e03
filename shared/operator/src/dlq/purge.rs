use std::fmt;

use aws::{Queue, operator::Held};
use serde::Serialize;

use super::{
    Dlq, Selection,
    one_by_one::{Fate, Mover, Task, Work},
};
use crate::{
    Progress, Result, Stack, Stop, in_queue, plural, problem::refuse, rate_limit::RateLimit,
};

/// The result of a purge.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct PurgeOutcome {
    name: String,
    /// How many messages are deleted: about, if it is all of them.
    pub purged: u64,
    #[serde(skip)]
    is_all: bool,
    /// Whether you stopped it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

impl fmt::Display for PurgeOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = format!(
            "{} from the DLQ of {}",
            plural(self.purged, "message"),
            self.name
        );
        if self.is_all {
            return write!(f, "deleting about {what}: this takes up to a minute");
        }
        write!(f, "deleted {what}")?;
        if self.interrupted {
            write!(f, "; interrupted")?;
        }
        Ok(())
    }
}

/// Deletes messages of a DLQ for good. Their events keep their pointers and payloads.
///
/// Messages that are named are received, compared with their names and deleted one by one. All
/// are deleted by SQS, which also deletes what arrives within the next minute.
pub async fn purge(
    stack: &Stack,
    dlq: &Dlq<'_>,
    selection: &Selection,
    progress: &impl Progress,
    stop: &Stop,
) -> Result<PurgeOutcome> {
    let queue = stack.queue(dlq.url);
    if selection.is_all() {
        return all(&queue, dlq, selection).await;
    }
    let mover = Mover {
        queue: &queue,
        selection,
        task: Task::Purge,
        began: (stack.now)(),
        pace: RateLimit::new(None),
        stop,
        progress,
    };
    let outcome = mover.empty(dlq, &Discard).await?;
    Ok(PurgeOutcome {
        name: dlq.name.clone(),
        purged: outcome.moved,
        is_all: false,
        interrupted: outcome.interrupted,
    })
}

/// Leaves it to the mover, which deletes what is done with.
struct Discard;

impl Work for Discard {
    async fn handle(&self, _: &Held) -> Result<Fate> {
        Ok(Fate::Moved)
    }
}

async fn all(queue: &Queue, dlq: &Dlq<'_>, selection: &Selection) -> Result<PurgeOutcome> {
    let there = in_queue(&queue.depth().await?);
    selection.check(there, dlq)?;
    if !queue.purge().await? {
        refuse!(
            "SQS accepts one purge a minute, and {} was purged less than a minute ago: try again in a minute",
            dlq.name
        );
    }
    Ok(PurgeOutcome {
        name: dlq.name.clone(),
        purged: there,
        is_all: true,
        interrupted: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_of_a_dlq_is_counted_approximately() {
        let outcome = PurgeOutcome {
            name: "invoices".to_owned(),
            purged: 2,
            is_all: false,
            interrupted: false,
        };
        assert_eq!(
            outcome.to_string(),
            "deleted 2 messages from the DLQ of invoices"
        );
        assert_eq!(
            serde_json::to_string(&outcome).unwrap(),
            r#"{"name":"invoices","purged":2}"#
        );
        let all = PurgeOutcome {
            is_all: true,
            ..outcome
        };
        assert!(all.to_string().starts_with("deleting about 2 messages"));
    }
}
