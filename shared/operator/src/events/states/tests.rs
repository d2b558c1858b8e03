use std::sync::Mutex;

use super::*;
use crate::{
    events::listed,
    stack::{delivered, sample},
};

/// A table that leaves out the last of each request, some times.
struct Table {
    records: Vec<(&'static str, &'static str, &'static str)>,
    leaves_out: Mutex<u32>,
    asked: Mutex<u32>,
}

impl Table {
    fn with(records: &[(&'static str, &'static str, &'static str)], leaves_out: u32) -> Self {
        Self {
            records: records.to_vec(),
            leaves_out: Mutex::new(leaves_out),
            asked: Mutex::new(0),
        }
    }
}

impl Batches for Table {
    async fn batch(
        &self,
        pairs: &[Pair],
    ) -> Result<(Vec<(String, Record)>, Vec<Pair>), StoreError> {
        assert!((1..=BATCH).contains(&pairs.len()));
        *self.asked.lock().unwrap() += 1;
        let mut leaves_out = self.leaves_out.lock().unwrap();
        let (pairs, left) = if *leaves_out > 0 {
            *leaves_out -= 1;
            pairs.split_at(pairs.len() - 1)
        } else {
            (pairs, &[][..])
        };
        let found = self.records.iter().filter(|(reference, processor, _)| {
            pairs.contains(&((*reference).to_owned(), (*processor).to_owned()))
        });
        let found = found.map(|(reference, processor, state)| {
            let record = Record {
                processor: (*processor).to_owned(),
                state: (*state).to_owned(),
                ..Record::default()
            };
            ((*reference).to_owned(), record)
        });
        Ok((found.collect(), left.to_vec()))
    }
}

fn event(reference: &str, kind: &str) -> ListedEvent {
    let mut row = listed(reference, "2026-11-22T10:00:00Z");
    row.kind = kind.to_owned();
    row.into()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// In the sample, `invoices` takes `invoice.*` of stripe and keeps records; `ledger` takes all
/// and is of another account.
async fn states(
    events: &[ListedEvent],
    records: &[(&'static str, &'static str, &'static str)],
    now: &str,
) -> Vec<EventState> {
    let mut description = sample();
    let table = Table::with(records, 0);
    let found = read(&table, pairs(&description, events), &Budget::new(9))
        .await
        .unwrap();
    let now = now.parse().unwrap();
    let with_ledger: Vec<EventState> = events
        .iter()
        .map(|event| judge(&description, event, &found, now))
        .collect();
    description.subscriptions.remove("ledger");
    let without = events
        .iter()
        .map(|event| judge(&description, event, &found, now));
    with_ledger.into_iter().chain(without).collect()
}

#[tokio::test(start_paused = true)]
async fn a_state_is_what_the_records_of_all_that_get_the_event_say() {
    let events = [event("stripe/1", "invoice.paid"), event("stripe/2", "push")];
    let ledger = || EventState::Unknown {
        no_records: names(&["ledger"]),
    };
    let of = async |state| {
        states(
            &events,
            &[("stripe/1", "invoices", state)],
            "2026-11-22T11:00:00Z",
        )
        .await
    };
    assert_eq!(
        of("completed").await,
        [
            ledger(),
            ledger(),
            EventState::Done,
            EventState::NoSubscription
        ]
    );
    let failed = EventState::Failed {
        by: names(&["invoices"]),
    };
    assert_eq!(
        of("failed").await,
        [failed.clone(), ledger(), failed, EventState::NoSubscription]
    );
    let waiting = EventState::Waiting {
        at: names(&["invoices"]),
    };
    assert_eq!(of("in_progress").await[0], waiting);
    assert_eq!(
        states(&events, &[], "2026-11-22T11:00:00Z").await[0],
        waiting
    );
    // Its records have expired: 90 days.
    let old = states(&events, &[], "2027-03-22T11:00:00Z").await;
    assert_eq!(
        old[0],
        EventState::Unknown {
            no_records: names(&["invoices", "ledger"])
        }
    );
}

#[tokio::test(start_paused = true)]
async fn what_deliver_has_sent_is_done_unless_a_processor_of_the_stack_gets_it() {
    let mut description = delivered();
    description.subscriptions.remove("ledger");
    let events = [event("stripe/1", "invoice.paid")];
    let now = "2026-11-22T11:00:00Z".parse().unwrap();
    let of = async |records: &[(&'static str, &'static str)]| {
        let records: Vec<_> = records
            .iter()
            .map(|(processor, state)| ("stripe/1", *processor, *state))
            .collect();
        let table = Table::with(&records, 0);
        let budget = Budget::new(9);
        let found = read(&table, pairs(&description, &events), &budget).await;
        judge(&description, &events[0], &found.unwrap(), now)
    };
    let (crm, paced) = ("deliver-crm", "deliver-paced");
    let waiting = |at: &[&str]| EventState::Waiting { at: names(at) };
    assert_eq!(
        of(&[(crm, "completed"), (paced, "completed")]).await,
        waiting(&["invoices", "paced"])
    );
    assert_eq!(
        of(&[(paced, "completed"), ("invoices", "completed")]).await,
        waiting(&["crm"])
    );
    assert_eq!(
        of(&[(crm, "completed"), ("invoices", "completed")]).await,
        EventState::Done
    );
    let failed = EventState::Failed {
        by: names(&["paced"]),
    };
    assert_eq!(of(&[(crm, "completed"), (paced, "failed")]).await, failed);
}

#[tokio::test(start_paused = true)]
async fn what_a_request_leaves_out_is_asked_for_again_and_each_uses_the_budget() {
    let refs: Vec<String> = (0..150).map(|n| format!("stripe/{n}")).collect();
    let events: Vec<ListedEvent> = refs.iter().map(|one| event(one, "invoice.paid")).collect();
    let table = Table::with(&[("stripe/99", "invoices", "completed")], 2);
    let budget = Budget::new(9);
    let found = read(&table, pairs(&sample(), &events), &budget)
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((*table.asked.lock().unwrap(), budget.left()), (4, 5));
    let never = Table::with(&[], 1_000);
    let problem = read(&never, pairs(&sample(), &events), &budget)
        .await
        .unwrap_err();
    assert!(problem.to_string().contains("busy"), "{problem}");
}

#[test]
fn a_state_has_a_name_in_addresses() {
    for one in StateFilter::ALL {
        assert_eq!(one.word().parse::<StateFilter>().unwrap(), one);
    }
    assert!("any".parse::<StateFilter>().is_err());
    assert!(
        EventState::Done.is(StateFilter::Done) && !EventState::NoSubscription.is(StateFilter::Done)
    );
}
