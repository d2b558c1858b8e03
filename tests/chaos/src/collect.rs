//! Reads from the stack what is judged.

use std::collections::BTreeSet;

use anyhow::Result;
use domain::DataRef;
use e2e::{Destination, Item, Stack, digest};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    audit::{Arrival, Found, Stored},
    flows::FLOWS,
    ledger::Book,
    outside::{Outside, requests},
};

/// Reads at once.
const AT_ONCE: usize = 6;
/// A dead letter is hidden for so long after a look, and stays.
const HIDE_S: u32 = 60;
/// Subscriptions of HTTP destinations.
const HTTP: [&str; 3] = ["http-answers", "http-event", "http-ordered"];

/// Reads again and again, and keeps what it has found.
pub(crate) struct Collector<'a> {
    stack: &'a Stack,
    destination: &'a Destination,
    outside: Outside<'a>,
    /// All so far.
    pub found: Found,
    /// What processors have marked as done: each once, by subscription and ref.
    receipts: BTreeSet<(String, String)>,
}

impl<'a> Collector<'a> {
    /// Of a stack, and of the destination that its HTTP subscriptions send to.
    #[must_use]
    pub(crate) fn new(stack: &'a Stack, destination: &'a Destination) -> Self {
        Self {
            stack,
            destination,
            outside: Outside::of(stack),
            found: Found::default(),
            receipts: BTreeSet::new(),
        }
    }

    /// Reads subscribers outside and dead letters, and of these events the pointers and processors' records.
    ///
    /// # Errors
    /// If a service refuses.
    pub(crate) async fn read(&mut self, book: &Book, references: &BTreeSet<String>) -> Result<()> {
        for (subscription, arrival) in self.outside.take().await? {
            self.arrivals(&subscription).push(arrival);
        }
        let (records, objects, tasks) = (
            self.outside.records().await?,
            self.outside.objects().await?,
            self.outside.tasks().await?,
        );
        for (subscription, all) in [
            ("target-kinesis", records),
            ("target-firehose", objects),
            ("target-task", tasks),
        ] {
            *self.arrivals(subscription) = all;
        }
        for subscription in HTTP {
            *self.arrivals(subscription) = requests(self.destination, subscription);
        }
        self.read_dead_letters(book).await?;
        self.read_pointers(references).await?;
        self.read_receipts(references).await
    }

    /// Reads the pointers of these events, whatever was found before.
    ///
    /// # Errors
    /// If a service refuses.
    pub(crate) async fn read_pointers(&mut self, references: &BTreeSet<String>) -> Result<()> {
        let stack = self.stack;
        let reads = stream::iter(references.clone()).map(async |reference| {
            let mut stored = Vec::new();
            for pointer in stack.pointers_of(&reference).await? {
                stored.push(redeem(stack, &pointer).await);
            }
            anyhow::Ok((reference, stored))
        });
        let read: Vec<_> = reads.buffer_unordered(AT_ONCE).try_collect().await?;
        for (reference, stored) in read {
            if stored.is_empty() {
                self.found.stored.remove(&reference);
            } else {
                self.found.stored.insert(reference, stored);
            }
        }
        Ok(())
    }

    /// Reads the names of all objects outside the direct lane.
    ///
    /// # Errors
    /// If S3 refuses.
    pub(crate) async fn read_objects(&mut self) -> Result<()> {
        let endpoints: BTreeSet<_> = FLOWS.iter().map(|flow| flow.endpoint).collect();
        for endpoint in endpoints {
            for key in self.stack.objects(endpoint, "payloads/").await? {
                // payloads/{shard}/{hour}/{endpoint}/{hash of the event's key}-{sha256}
                let digest = key.rsplit('-').next().unwrap_or_default();
                self.found.objects.insert(digest.to_owned());
            }
        }
        Ok(())
    }

    async fn read_receipts(&mut self, references: &BTreeSet<String>) -> Result<()> {
        let stack = self.stack;
        let reads = stream::iter(references.clone()).map(async |reference| {
            let receipts = stack.receipts(&reference).await?;
            anyhow::Ok((reference, receipts))
        });
        let read: Vec<_> = reads.buffer_unordered(AT_ONCE).try_collect().await?;
        for (reference, receipts) in read {
            for (processor, receipt) in receipts {
                if self.receipts.insert((processor.clone(), reference.clone())) {
                    let arrival = Arrival {
                        at: receipt.at,
                        reference: reference.clone(),
                        digest: receipt.sha256,
                    };
                    self.arrivals(&processor).push(arrival);
                }
            }
        }
        Ok(())
    }

    async fn read_dead_letters(&mut self, book: &Book) -> Result<()> {
        for (place, url) in self.outside.dead_letter_queues().await? {
            for message in self.outside.look(&url, HIDE_S).await? {
                for reference in named(&message, book) {
                    let places = self.found.dead.entry(reference.to_owned());
                    places.or_default().insert(place.clone());
                }
            }
        }
        Ok(())
    }

    fn arrivals(&mut self, subscription: &str) -> &mut Vec<Arrival> {
        let arrivals = self.found.arrivals.entry(subscription.to_owned());
        arrivals.or_default()
    }
}

/// What a pointer says, and what it leads to.
async fn redeem(stack: &Stack, pointer: &Item) -> Stored {
    let text = |name: &str| pointer.get(name)?.as_s().ok().cloned();
    let dataref = text("dataref").and_then(|text| DataRef::parse(&text));
    let is_object = dataref
        .as_ref()
        .is_some_and(|dataref| dataref.object().is_some());
    let holds = match dataref {
        Some(DataRef::Inline(bytes)) => Some(digest(&bytes)),
        Some(DataRef::Object { .. }) => match Stack::object_of(pointer) {
            Ok(key) => stack.payload(key).await.ok().map(|bytes| digest(&bytes)),
            Err(_) => None,
        },
        None => None,
    };
    Stored {
        digest: text("sha256").unwrap_or_default(),
        holds,
        is_object,
    }
}

/// The events that a message tells of.
fn named<'a>(message: &str, book: &'a Book) -> BTreeSet<&'a str> {
    let is_of_a_token = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let words = message.split(|c: char| !is_of_a_token(c));
    let found = words.filter_map(|word| book.tokens.get(word));
    found.map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_letter_names_its_event_by_id_or_by_request() {
        let mut book = Book::default();
        for (token, reference) in [
            ("chaos_a_1_1", "billing/chaos_a_1_1"),
            ("chaos_a_1_11", "billing/chaos_a_1_11"),
            ("0f3e-77", "direct/chaos_a_1_2"),
        ] {
            book.tokens.insert(token.to_owned(), reference.to_owned());
        }
        let of = |message| Vec::from_iter(named(message, &book));
        assert_eq!(
            of(r#"{"ref":"billing/chaos_a_1_11"}"#),
            ["billing/chaos_a_1_11"]
        );
        assert_eq!(
            of(r#"{"key":"incoming/3/2026/direct/0f3e-77"}"#),
            ["direct/chaos_a_1_2"]
        );
        assert!(of("chaos_a_1_111").is_empty());
    }
}
