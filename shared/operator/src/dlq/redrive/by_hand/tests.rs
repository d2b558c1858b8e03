use std::cell::RefCell;

use super::*;
use crate::{Problem, dlq::letter::held, stack::sample};

/// A DLQ in memory that gives three at a time.
#[derive(Default)]
struct Box3 {
    waiting: RefCell<Vec<Held>>,
    out: RefCell<Vec<Held>>,
    deleted: RefCell<Vec<String>>,
}

impl Box3 {
    fn of(messages: impl IntoIterator<Item = Held>) -> Self {
        let these = Self::default();
        these.waiting.borrow_mut().extend(messages);
        these
    }

    fn left(&self) -> Vec<String> {
        self.waiting
            .borrow()
            .iter()
            .map(|one| one.id.clone())
            .collect()
    }
}

impl Letters for Box3 {
    async fn hold(&self) -> Result<Vec<Held>, StoreError> {
        let mut waiting = self.waiting.borrow_mut();
        let some = waiting.len().min(3);
        let some: Vec<Held> = waiting.drain(..some).collect();
        self.out.borrow_mut().extend(some.clone());
        Ok(some)
    }

    async fn delete(&self, receipt: &str) -> Result<(), StoreError> {
        self.out.borrow_mut().retain(|one| one.receipt != receipt);
        self.deleted.borrow_mut().push(receipt.to_owned());
        Ok(())
    }

    async fn release(&self, receipts: &[String]) -> Result<(), StoreError> {
        let (back, out) = self
            .out
            .take()
            .into_iter()
            .partition(|one| receipts.contains(&one.receipt));
        *self.waiting.borrow_mut() = back;
        *self.out.borrow_mut() = out;
        Ok(())
    }
}

fn event(id: &str, received_at: &str) -> Held {
    let body = format!(
        r#"{{"type":"a","ref":"stripe/{id}","receivedat":"2026-11-22T05:00:{received_at}.000Z"}}"#
    );
    held(id, &body)
}

async fn empty(
    letters: &Box3,
    came: bool,
    take: impl AsyncFn(&Held) -> Result<Fate>,
) -> Result<Outcome> {
    let description = sample();
    let hands = Hands {
        letters,
        began: "2026-11-22T06:00:00Z".parse().unwrap(),
        pace: Pace::of(None),
        stop: &Stop::fixed(came),
        progress: &(),
    };
    hands
        .empty(&Dlq::named(&description, "ledger").unwrap(), take)
        .await
}

#[tokio::test]
async fn each_is_moved_once_in_the_order_in_which_the_events_came() {
    let letters = Box3::of([
        event("d", "04"),
        event("a", "01"),
        event("c", "03"),
        event("b", "02"),
    ]);
    let taken = RefCell::new(Vec::new());
    let outcome = empty(&letters, false, async |held| {
        taken.borrow_mut().push(held.id.clone());
        Ok(Fate::Moved)
    });
    let outcome = outcome.await.unwrap();
    assert_eq!(*taken.borrow(), ["a", "b", "c", "d"]);
    assert_eq!((outcome.moved, outcome.stayed.len()), (4, 0));
    assert_eq!(letters.deleted.borrow().len(), 4);
    assert!(letters.out.borrow().is_empty() && letters.left().is_empty());
}

#[tokio::test]
async fn what_stays_is_told_and_back() {
    let letters = Box3::of([event("a", "01"), held("m2", "hello"), event("c", "03")]);
    let outcome = empty(&letters, false, async |held| {
        Ok(if held.id == "a" {
            Fate::Moved
        } else {
            Fate::Stays("it has no pointer".to_owned())
        })
    });
    let outcome = outcome.await.unwrap();
    assert_eq!((outcome.moved, outcome.stayed.len()), (1, 2));
    let mut left = letters.left();
    left.sort();
    assert_eq!(left, ["c", "m2"]);
    let told = outcome.to_string();
    assert!(
        told.contains("stays: stripe/c: it has no pointer"),
        "{told}"
    );
    assert!(
        told.contains("stays: message m2: it has no pointer"),
        "{told}"
    );
}

#[tokio::test]
async fn after_a_failure_all_others_are_back() {
    let letters = Box3::of([event("a", "01"), event("b", "02"), event("c", "03")]);
    let outcome = empty(&letters, false, async |held| match held.id.as_str() {
        "a" => Ok(Fate::Moved),
        _ => Err(Problem::Refused("no right".to_owned())),
    });
    let problem = outcome.await.unwrap_err().whole();
    assert!(
        problem.contains("1 are moved") && problem.contains("no right"),
        "{problem}"
    );
    assert_eq!(letters.left(), ["b", "c"]);
    assert!(letters.out.borrow().is_empty());
}

#[tokio::test]
async fn ctrl_c_stops_between_two() {
    let letters = Box3::of([event("a", "01"), event("b", "02")]);
    let outcome = empty(&letters, true, async |_| Ok(Fate::Moved))
        .await
        .unwrap();
    assert_eq!((outcome.moved, outcome.interrupted), (0, true));
    assert_eq!(letters.left().len(), 2);
}

#[tokio::test]
async fn what_fails_again_at_once_is_not_moved_for_ever() {
    let letters = Box3::of([event("a", "01"), event("b", "02")]);
    let failing = async |held: &Held| {
        let again = Held {
            id: format!("{} again", held.id),
            sent_at: "2026-11-22T06:00:01Z".parse().ok(),
            ..held.clone()
        };
        letters.waiting.borrow_mut().push(again);
        Ok(Fate::Moved)
    };
    let outcome = empty(&letters, false, failing).await.unwrap();
    assert_eq!((outcome.moved, outcome.arrived), (2, 2));
    assert_eq!(letters.left(), ["a again", "b again"]);
    assert!(outcome.to_string().contains("2 arrived"), "{outcome}");
}
