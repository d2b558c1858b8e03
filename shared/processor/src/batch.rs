use std::{collections::HashMap, sync::Arc};

use futures_util::{StreamExt, stream};
use tracing::error;

use crate::{
    Event, Failure, Handler,
    input::{DeadLetter, Delivered},
    ports::IdempotencyStore,
    time::Time,
    work::{Done, Work},
};

/// The result for one event.
#[derive(Debug)]
pub(crate) struct EventReport {
    /// What an answer must name to get it again.
    pub(crate) identifier: Option<String>,
    /// `None`: it could not be decoded.
    pub(crate) event: Option<Arc<Event>>,
    pub(crate) outcome: Result<Done, Failure>,
    /// What goes into the dead-letter queue if it is rejected.
    pub(crate) dead_letter: Option<DeadLetter>,
    /// It is in the dead-letter queue: it need not come again.
    pub(crate) given_up: bool,
}

/// An event and its position in the batch.
type Placed = (usize, Delivered);

/// Handles all events of a batch, each alone. Those with the same ordering key
/// are handled one after the other, in the order of the batch. The reports have
/// the order of the batch.
pub(crate) async fn process<H, Store>(
    work: &Arc<Work<H, Store>>,
    delivered: Vec<Delivered>,
    time: Time,
) -> Vec<EventReport>
where
    H: Handler,
    Store: IdempotencyStore + 'static,
{
    let mut reports: Vec<(usize, EventReport)> = stream::iter(rows(delivered))
        .map(|row| process_row(work, row, time))
        .buffer_unordered(work.at_once)
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
            // In the row of its group, so that it neither overtakes nor is overtaken.
            Err(_) => match &one.group {
                Some(group) => *row_of.entry((String::new(), group.clone())).or_insert(next),
                None => next,
            },
        };
        match rows.get_mut(row) {
            Some(row) => row.push((place, one)),
            None => rows.push(vec![(place, one)]),
        }
    }
    rows
}

async fn process_row<H, Store>(
    work: &Arc<Work<H, Store>>,
    row: Vec<Placed>,
    time: Time,
) -> Vec<(usize, EventReport)>
where
    H: Handler,
    Store: IdempotencyStore + 'static,
{
    let mut reports = Vec::with_capacity(row.len());
    let mut failed = false;
    for (place, delivered) in row {
        let Delivered {
            identifier,
            event,
            dead_letter,
            group: _,
        } = delivered;
        let (event, outcome) = match event {
            event if failed && work.keeps_order => (
                event.ok().map(Arc::new),
                Err(Failure::retry(
                    "held back: an earlier event with its ordering key failed",
                )),
            ),
            Ok(event) => {
                let event = Arc::new(event);
                let outcome = work.one(&event, time).await;
                (Some(event), outcome)
            }
            Err(problem) => {
                error!(
                    delivery = identifier.as_deref(),
                    reason = %problem,
                    "rejected"
                );
                (None, Err(Failure::reject(problem.to_string())))
            }
        };
        failed |= outcome.is_err();
        let report = EventReport {
            identifier,
            event,
            outcome,
            dead_letter,
            given_up: false,
        };
        reports.push((place, report));
    }
    reports
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Outcome,
        fakes::{Book, Shelf, cloud_event, decode_all, handler, time, work},
    };

    async fn process_events<H: Handler>(
        work: Work<H, Book>,
        events: &[Value],
    ) -> (Vec<EventReport>, Arc<Work<H, Book>>) {
        let mut claims = Shelf::new();
        for event in events {
            claims.put(event["id"].as_str().unwrap(), b"a payload");
        }
        let work = Arc::new(work);
        let reports = process(
            &work,
            decode_all(&Value::from(events.to_vec()), claims),
            time(),
        )
        .await;
        (reports, work)
    }

    fn failed(reports: &[EventReport]) -> Vec<usize> {
        (0..reports.len())
            .filter(|&i| reports[i].outcome.is_err())
            .collect()
    }

    fn plain(count: usize) -> Vec<Value> {
        (0..count)
            .map(|i| cloud_event(&format!("evt_{i}"), b"a payload"))
            .collect()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn bad_ones_fail_alone() {
        let mut events = plain(20);
        events[3]["datasha256"] = json!("0".repeat(64));
        events[4].as_object_mut().unwrap().remove("dataref");
        let mut work = work(handler(|event| {
            Box::pin(async move {
                match event.id() {
                    "evt_7" => panic!("on purpose"),
                    "evt_11" => return Err(Failure::retry("busy")),
                    // One waits for ever, one never gives way.
                    "evt_13" => std::future::pending().await,
                    "evt_17" => std::thread::sleep(Duration::from_secs(3)),
                    _ => {}
                }
                event.payload().await?;
                Ok(Outcome::done(""))
            })
        }));
        work.event_timeout = Some(Duration::from_millis(300));
        let (reports, _) = process_events(work, &events).await;
        assert_eq!(failed(&reports), [3, 4, 7, 11, 13, 17]);
        for (i, report) in reports.iter().enumerate() {
            assert_eq!(
                report.identifier.as_deref(),
                Some(format!("delivery-of-evt_{i}").as_str())
            );
        }
    }
}
