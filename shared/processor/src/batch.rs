use std::collections::HashMap;

use domain::{Ref, Timestamp};
use futures_util::{StreamExt, stream};
use tracing::error;

use crate::{ClaimStore, Failure, Handler, Outcome, ReceiptBook, input::Delivered, work::Work};

/// Events in work at the same time. Bounds the memory too: so many payloads.
const AT_ONCE: usize = 8;

/// What became of one event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Report {
    /// What an answer must name to have it again.
    pub(crate) identifier: Option<String>,
    /// `None`: it could not be decoded.
    pub(crate) reference: Option<Ref>,
    pub(crate) outcome: Result<Outcome, Failure>,
}

/// An event and its place in the batch.
type Placed = (usize, Delivered);

/// Does all events of a batch, each alone. Those with the same ordering key go
/// one after the other, as they stand in the batch. The reports stand in the
/// order of the batch.
pub(crate) async fn process<H, Claims, Receipts, Now>(
    work: &Work<H, Claims, Receipts, Now>,
    delivered: Vec<Delivered>,
) -> Vec<Report>
where
    H: Handler,
    Claims: ClaimStore,
    Receipts: ReceiptBook,
    Now: Fn() -> Timestamp,
{
    let mut reports: Vec<(usize, Report)> = stream::iter(rows(delivered))
        .map(|row| process_row(work, row))
        .buffer_unordered(AT_ONCE)
        .flat_map(stream::iter)
        .collect()
        .await;
    reports.sort_unstable_by_key(|(place, _)| *place);
    reports.into_iter().map(|(_, report)| report).collect()
}

/// Events that must not overtake each other share a row.
fn rows(delivered: Vec<Delivered>) -> Vec<Vec<Placed>> {
    let mut rows: Vec<Vec<Placed>> = Vec::new();
    let mut row_of: HashMap<(String, String), usize> = HashMap::new();
    for (place, one) in delivered.into_iter().enumerate() {
        let next = rows.len();
        let row = match &one.event {
            Ok(event) => {
                let (endpoint, key) = event.order();
                *row_of
                    .entry((endpoint.to_owned(), key.to_owned()))
                    .or_insert(next)
            }
            Err(_) => next,
        };
        match rows.get_mut(row) {
            Some(row) => row.push((place, one)),
            None => rows.push(vec![(place, one)]),
        }
    }
    rows
}

async fn process_row<H, Claims, Receipts, Now>(
    work: &Work<H, Claims, Receipts, Now>,
    row: Vec<Placed>,
) -> Vec<(usize, Report)>
where
    H: Handler,
    Claims: ClaimStore,
    Receipts: ReceiptBook,
    Now: Fn() -> Timestamp,
{
    let mut reports = Vec::with_capacity(row.len());
    let mut failed = false;
    for (place, Delivered { identifier, event }) in row {
        let outcome = match &event {
            Ok(_) if failed && H::KEEPS_ORDER => Err(Failure::retry(
                "held back: an earlier event with its ordering key failed",
            )),
            Ok(event) => work.one(event).await,
            Err(problem) => {
                error!(
                    delivery = identifier.as_deref(),
                    reason = %problem,
                    "rejected"
                );
                Err(Failure::reject(problem.to_string()))
            }
        };
        failed |= outcome.is_err();
        let reference = event.ok().map(|event| event.reference().clone());
        reports.push((
            place,
            Report {
                identifier,
                reference,
                outcome,
            },
        ));
    }
    reports
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Mutex,
            atomic::{AtomicUsize, Ordering},
        },
        time::Duration,
    };

    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Event,
        fakes::{Book, Shelf, at, cloud_event, handler, ordered_event},
        input::Input,
    };

    async fn process_events<H: Handler>(handler: H, events: &[Value]) -> (Vec<Report>, H) {
        let mut claims = Shelf::new();
        for event in events {
            claims.put(event["id"].as_str().unwrap(), b"a payload");
        }
        let work = Work {
            handler,
            claims,
            receipts: Book::default(),
            receipt_ttl: Duration::from_hours(24),
            now: || at("2026-11-21T21:00:00Z"),
        };
        let input = Input::decode(&Value::from(events.to_vec())).unwrap();
        let reports = process(&work, input.into_all()).await;
        (reports, work.handler)
    }

    fn failed(reports: &[Report]) -> Vec<usize> {
        (0..reports.len())
            .filter(|&i| reports[i].outcome.is_err())
            .collect()
    }

    fn plain(count: usize) -> Vec<Value> {
        (0..count)
            .map(|i| cloud_event(&format!("evt_{i}"), b"a payload"))
            .collect()
    }

    #[tokio::test]
    async fn bad_ones_fail_alone() {
        let mut events = plain(20);
        events[3]["datasha256"] = json!("0".repeat(64));
        events[4].as_object_mut().unwrap().remove("dataref");
        let (reports, _) = process_events(
            handler(|event, _| match event.id() {
                "evt_7" => panic!("on purpose"),
                "evt_11" => Err(Failure::retry("busy")),
                _ => Ok(Outcome::done("")),
            }),
            &events,
        )
        .await;
        assert_eq!(failed(&reports), [3, 4, 7, 11]);
        for (i, report) in reports.iter().enumerate() {
            assert_eq!(
                report.identifier.as_deref(),
                Some(format!("delivery-of-evt_{i}").as_str())
            );
        }
    }

    #[derive(Default)]
    struct Counting {
        now: AtomicUsize,
        most: AtomicUsize,
    }

    impl Handler for Counting {
        async fn handle(&self, _: &Event, _: Bytes) -> Result<Outcome, Failure> {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::task::yield_now().await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            Ok(Outcome::done(""))
        }
    }

    #[tokio::test]
    async fn several_are_in_work_at_once_but_not_all() {
        let (_, handler) = process_events(Counting::default(), &plain(50)).await;
        assert_eq!(handler.most.into_inner(), AT_ONCE);
    }

    /// Fails the first event of `cus_a`, and takes longer over earlier events.
    #[derive(Default)]
    struct Sequence<const KEEPS_ORDER: bool>(Mutex<Vec<String>>);

    impl<const KEEPS_ORDER: bool> Handler for Sequence<KEEPS_ORDER> {
        const KEEPS_ORDER: bool = KEEPS_ORDER;

        async fn handle(&self, event: &Event, _: Bytes) -> Result<Outcome, Failure> {
            if event.id().ends_with('1') {
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                }
            }
            self.0.lock().unwrap().push(event.id().to_owned());
            if event.id() == "a1" {
                return Err(Failure::retry("busy"));
            }
            Ok(Outcome::done(""))
        }
    }

    fn two_keys() -> [Value; 5] {
        [
            ordered_event("a1", "cus_a"),
            ordered_event("b1", "cus_b"),
            ordered_event("a2", "cus_a"),
            ordered_event("b2", "cus_b"),
            ordered_event("c2", "cus_c"),
        ]
    }

    #[tokio::test]
    async fn events_of_one_ordering_key_do_not_overtake_each_other() {
        let (reports, handler) = process_events(Sequence::<false>::default(), &two_keys()).await;
        assert_eq!(failed(&reports), [0]);
        let seen = handler.0.into_inner().unwrap();
        let place = |id: &str| seen.iter().position(|have| have == id).unwrap();
        assert!(place("a1") < place("a2"), "{seen:?}");
        assert!(place("b1") < place("b2"), "{seen:?}");
        assert_eq!(place("c2"), 0, "another key need not wait: {seen:?}");
    }

    #[tokio::test]
    async fn a_handler_that_keeps_order_has_later_events_of_the_key_held_back() {
        let (reports, handler) = process_events(Sequence::<true>::default(), &two_keys()).await;
        assert_eq!(failed(&reports), [0, 2]);
        assert!(!handler.0.into_inner().unwrap().contains(&"a2".to_owned()));
    }
}
