//! Sends one test event through one subscription, and waits for its outcome.

mod event;
mod outcome;

use std::time::Duration;

use aws::{
    Payloads, Queue,
    operator::{Record, Records},
};
use domain::{Digest, EndpointName, InOrder, Metadata, ObjectKey, PayloadStore, Ref, Retention};
use provider::Nonces;
use tokio::time::{Instant, sleep};

use self::event::TestEvent;
pub use self::outcome::{TestEnd, TestOutcome};
use super::{Pipe, status};
use crate::{
    Progress, Result, Stack, Tone,
    dlq::{self, Content, Dlq},
    endpoints, in_queue,
    problem::{WithContext as _, refuse},
    stack::{Subscription, decisive},
};

/// How often to look for the outcome.
const LOOK: Duration = Duration::from_secs(1);

/// How many looks in a row must find the queue empty until the event counts as handed over: SQS
/// counts only approximately.
const EMPTY_LOOKS: u32 = 4;

/// How many messages of the DLQ are looked at.
const DEAD_LETTERS: usize = 100;

/// Sends an event of the type of tests to this subscription alone, whatever its types are, and
/// waits up to `patience` for its outcome. The event has a payload that can be redeemed, below the
/// endpoint's own payloads or, without one, below those of the first that the subscription takes.
/// It has no pointer: no list shows it, and it cannot be replayed.
pub async fn test(
    stack: &Stack,
    name: &str,
    endpoint: Option<&str>,
    patience: Duration,
    progress: &impl Progress,
) -> Result<TestOutcome> {
    let one = stack.subscription(name)?;
    check_that_it_passes(name, one)?;
    check_that_it_runs(stack, name).await?;
    let endpoint = endpoint_for(stack, name, one, endpoint).await?;
    let bucket = &stack.description.bucket;
    let nonce = Nonces::new().context(name)?.of(0);
    let event = TestEvent::new(name, &endpoint, bucket, nonce, (stack.now)())?;
    put_payload(stack, &event).await?;
    let queue = stack.queue(&one.queue_url);
    let body = event.message(&stack.description.attributes)?;
    send(&queue, &body, &event).await?;
    progress.doing("waiting for the outcome");
    let started = Instant::now();
    let look = Look {
        stack,
        name,
        one,
        keepers: stack.description.record_keepers(one),
        queue: &queue,
        records: &stack.records(),
        reference: &event.reference,
    };
    let end = look.until(started + patience).await?;
    let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(TestOutcome::new(name, &event, end, took_ms))
}

/// A filter that lets no test through would delete it, and that would look like a success.
fn check_that_it_passes(name: &str, one: &Subscription) -> Result<()> {
    if !one.testable {
        refuse!(
            "nothing was sent: the types or the filter of {name} fill all the patterns that its reader may have, so there is \
             no room for one that lets a test through. Use prefixes (invoice.*), name fewer values, or divide the subscription"
        );
    }
    Ok(())
}

/// A message in the queue of a stopped reader would surprise you when it starts.
async fn check_that_it_runs(stack: &Stack, name: &str) -> Result<()> {
    let pipe = Pipe::named(&stack.description, name)?;
    for row in status(stack, vec![pipe]).await? {
        let meaning = row.meaning();
        if !matches!(meaning.tone, Tone::Good | Tone::Quiet) {
            refuse!("nothing was sent: {name} {}", meaning.in_full());
        }
    }
    Ok(())
}

/// A processor may redeem only the payloads of endpoints that it subscribes to.
async fn endpoint_for(
    stack: &Stack,
    name: &str,
    one: &Subscription,
    wanted: Option<&str>,
) -> Result<EndpointName> {
    let of_stack = endpoints::names(stack).await?;
    let taken = of_stack.into_iter().filter(|endpoint| {
        let all = one.endpoints.as_ref();
        all.is_none_or(|all| all.iter().any(|one| one == endpoint.as_str()))
    });
    let taken: Vec<EndpointName> = taken.collect();
    let found = match wanted {
        None => taken.first(),
        Some(wanted) => taken.iter().find(|endpoint| endpoint.as_str() == wanted),
    };
    match (found, wanted) {
        (Some(found), _) => Ok(found.clone()),
        (None, Some(wanted)) => refuse!("{name} takes no events of an endpoint {wanted:?}"),
        (None, None) => refuse!("{name} takes events of no endpoint that the stack has"),
    }
}

async fn put_payload(stack: &Stack, event: &TestEvent) -> Result<()> {
    let payloads = Payloads::new(&stack.sdk, stack.description.bucket.clone());
    let key = ObjectKey::from_stored(event.key.clone());
    let (body, digest) = (event.payload.clone(), Digest::of(&event.payload));
    let nothing_more = Metadata::default();
    payloads
        .put(
            &key,
            body,
            digest,
            event::CONTENT_TYPE,
            &nothing_more,
            Retention::default(),
        )
        .await?;
    Ok(())
}

async fn send(queue: &Queue, body: &str, event: &TestEvent) -> Result<()> {
    if queue.is_fifo() {
        // A key of its own: it waits for no other event, and no other waits for it.
        let order = InOrder {
            group: event.group(),
            deduplication_id: event.replay_id.clone(),
        };
        queue.send_in_order(body, &order).await?;
    } else {
        queue.send(body).await?;
    }
    Ok(())
}

/// Where the outcome can be seen.
struct Look<'a> {
    stack: &'a Stack,
    name: &'a str,
    one: &'a Subscription,
    /// Who records its end.
    keepers: Vec<&'a str>,
    queue: &'a Queue,
    records: &'a Records,
    reference: &'a Ref,
}

impl Look<'_> {
    async fn until(&self, end: Instant) -> Result<TestEnd> {
        let mut empty = 0;
        loop {
            let record = self.record().await?;
            let to = self.deliverer_of(record.as_ref());
            if let Some(end) = record.as_ref().and_then(|one| TestEnd::of_record(one, to)) {
                return Ok(end);
            }
            let queued = if self.keepers.is_empty() {
                Some(in_queue(&self.queue.depth().await?))
            } else {
                None
            };
            empty = if queued == Some(0) { empty + 1 } else { 0 };
            if empty == EMPTY_LOOKS {
                return Ok(match self.dead_letter().await? {
                    Some(given_up) => given_up,
                    None => TestEnd::HandedOver {
                        to: self.one.target.place().to_owned(),
                    },
                });
            }
            if Instant::now() + LOOK >= end {
                return self.at_last(record).await;
            }
            sleep(LOOK).await;
        }
    }

    /// Where the record says that `deliver` sent it; none if the record is a processor's.
    fn deliverer_of(&self, record: Option<&Record>) -> Option<&str> {
        let deliverer = self.stack.description.deliverer(self.one)?;
        let is_its = record.is_some_and(|record| record.processor == deliverer);
        is_its.then(|| self.one.target.place())
    }

    /// The record that says what became of it. No other subscription has the event.
    async fn record(&self) -> Result<Option<Record>> {
        let all = self.records.of(self.reference).await?;
        let of = |name: &str| all.iter().find(|record| record.processor == name);
        Ok(decisive(&self.keepers, of).cloned())
    }

    async fn at_last(&self, record: Option<Record>) -> Result<TestEnd> {
        if let Some(given_up) = self.dead_letter().await? {
            return Ok(given_up);
        }
        let queued = in_queue(&self.queue.depth().await?);
        Ok(TestEnd::unfinished(record, queued))
    }

    /// If it is among the first messages of the DLQ.
    async fn dead_letter(&self) -> Result<Option<TestEnd>> {
        let dlq = Dlq::named(&self.stack.description, self.name)?;
        let all = dlq::show(self.stack, &dlq, DEAD_LETTERS).await?;
        let ours = all.into_iter().find(|one| match &one.content {
            Content::Event(event) => event.reference == *self.reference,
            Content::Other(_) => false,
        });
        Ok(ours.map(|ours| TestEnd::GivenUp {
            reason: ours.reason(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn a_subscription_whose_filter_has_no_room_for_tests_is_refused() {
        let mut one = sample().subscriptions.remove("invoices").unwrap();
        // A stack from before Terraform said it.
        assert!(check_that_it_passes("invoices", &one).is_ok());
        one.testable = false;
        let refused = check_that_it_passes("invoices", &one)
            .unwrap_err()
            .to_string();
        assert!(
            refused.starts_with("nothing was sent") && refused.contains("no room"),
            "{refused}"
        );
    }
}
