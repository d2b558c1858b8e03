use std::cell::RefCell;

use super::*;
use crate::{Problem, dlq::content::held, stack::sample};

/// A DLQ in memory that gives three at a time.
#[derive(Default)]
struct Box3 {
    waiting: RefCell<Vec<Held>>,
    out: RefCell<Vec<Held>>,
    deleted: RefCell<Vec<String>>,
    /// Whether a message that is out keeps the others of its group in.
    is_fifo: bool,
    /// What another reader holds, and for how many receives that bring nothing.
    elsewhere: RefCell<(usize, Vec<Held>)>,
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

impl DeadLetterQueue for Box3 {
    async fn hold(&self) -> Result<Vec<Held>, StoreError> {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.is_empty() {
            let (receives, hidden) = &mut *self.elsewhere.borrow_mut();
            *receives = receives.saturating_sub(1);
            if *receives == 0 {
                waiting.append(hidden);
                return Ok(Vec::new());
            }
        }
        let out = self.out.borrow();
        let is_free = |one: &Held| !self.is_fifo || out.iter().all(|out| out.group != one.group);
        let (mut some, mut rest): (Vec<Held>, Vec<Held>) = waiting.drain(..).partition(is_free);
        drop(out);
        let over = some.split_off(some.len().min(3));
        rest.splice(0..0, over);
        *waiting = rest;
        self.out.borrow_mut().extend(some.clone());
        Ok(some)
    }

    async fn delete(&self, receipt: &str) -> Result<(), StoreError> {
        self.out.borrow_mut().retain(|one| one.receipt != receipt);
        self.deleted.borrow_mut().push(receipt.to_owned());
        Ok(())
    }

    async fn release(&self, receipts: &[String]) -> Result<(), StoreError> {
        let (back, out): (Vec<Held>, Vec<Held>) = self
            .out
            .take()
            .into_iter()
            .partition(|one| receipts.contains(&one.receipt));
        self.waiting.borrow_mut().extend(back);
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
    queue: &Box3,
    stopped: bool,
    handle: impl AsyncFn(&Held) -> Result<Fate>,
) -> Result<RedriveOutcome> {
    let all = Selection::All { at_most: None };
    some(queue, all, stopped, handle).await
}

/// Work that a closure does.
struct Doing<F>(F);

impl<F: AsyncFn(&Held) -> Result<Fate>> Work for Doing<F> {
    async fn handle(&self, held: &Held) -> Result<Fate> {
        self.0(held).await
    }
}

async fn some(
    queue: &Box3,
    selection: Selection,
    stopped: bool,
    handle: impl AsyncFn(&Held) -> Result<Fate>,
) -> Result<RedriveOutcome> {
    let description = sample();
    let mover = Mover {
        queue,
        selection: &selection,
        task: Task::Redrive,
        began: "2026-11-22T06:00:00Z".parse().unwrap(),
        pace: RateLimit::new(None),
        stop: &Stop::fixed(stopped),
        progress: &(),
    };
    mover
        .empty(&Dlq::named(&description, "router").unwrap(), &Doing(handle))
        .await
}

fn these(ids: &[&str]) -> Selection {
    Selection::these(ids.iter().map(|id| (*id).to_owned())).unwrap()
}

#[tokio::test]
async fn each_is_moved_once_in_the_order_in_which_the_events_came() {
    let queue = Box3::of([
        event("d", "04"),
        event("a", "01"),
        event("c", "03"),
        event("b", "02"),
    ]);
    let taken = RefCell::new(Vec::new());
    let outcome = empty(&queue, false, async |held| {
        taken.borrow_mut().push(held.id.clone());
        Ok(Fate::Moved)
    });
    let outcome = outcome.await.unwrap();
    assert_eq!(*taken.borrow(), ["a", "b", "c", "d"]);
    assert_eq!((outcome.moved, outcome.stayed.len()), (4, 0));
    assert_eq!(queue.deleted.borrow().len(), 4);
    assert!(queue.out.borrow().is_empty() && queue.left().is_empty());
}

#[tokio::test]
async fn what_stays_is_told_and_back() {
    let queue = Box3::of([event("a", "01"), held("m2", "hello"), event("c", "03")]);
    let outcome = empty(&queue, false, async |held| {
        Ok(if held.id == "a" {
            Fate::Moved
        } else {
            Fate::Stays("it has no pointer".to_owned())
        })
    });
    let outcome = outcome.await.unwrap();
    assert_eq!((outcome.moved, outcome.stayed.len()), (1, 2));
    let mut left = queue.left();
    left.sort();
    assert_eq!(left, ["c", "m2"]);
    let text = outcome.to_string();
    assert!(
        text.contains("stays: stripe/c: it has no pointer"),
        "{text}"
    );
    assert!(
        text.contains("stays: message m2: it has no pointer"),
        "{text}"
    );
}

#[tokio::test]
async fn after_a_failure_all_others_are_back() {
    let queue = Box3::of([event("a", "01"), event("b", "02"), event("c", "03")]);
    let outcome = empty(&queue, false, async |held| match held.id.as_str() {
        "a" => Ok(Fate::Moved),
        _ => Err(Problem::Refused("no right".to_owned())),
    });
    let problem = outcome.await.unwrap_err().with_causes();
    assert!(
        problem.contains("1 moved, then") && problem.contains("no right"),
        "{problem}"
    );
    assert_eq!(queue.left(), ["b", "c"]);
    assert!(queue.out.borrow().is_empty());
}

#[tokio::test]
async fn ctrl_c_stops_between_two() {
    let queue = Box3::of([event("a", "01"), event("b", "02")]);
    let outcome = empty(&queue, true, async |_| Ok(Fate::Moved))
        .await
        .unwrap();
    assert_eq!((outcome.moved, outcome.interrupted), (0, true));
    assert_eq!(queue.left().len(), 2);
}

#[tokio::test]
async fn what_fails_again_at_once_is_not_moved_for_ever() {
    let queue = Box3::of([event("a", "01"), event("b", "02")]);
    let failing = async |held: &Held| {
        let again = Held {
            id: format!("{} again", held.id),
            sent_at: "2026-11-22T06:00:01Z".parse().ok(),
            ..held.clone()
        };
        queue.waiting.borrow_mut().push(again);
        Ok(Fate::Moved)
    };
    let outcome = empty(&queue, false, failing).await.unwrap();
    assert_eq!((outcome.moved, outcome.arrived), (2, 2));
    assert_eq!(queue.left(), ["a again", "b again"]);
    assert!(outcome.to_string().contains("2 arrived"), "{outcome}");
}

#[tokio::test]
async fn only_those_that_are_named_are_touched_however_far_behind_they_are() {
    let queue = Box3::of(["a", "b", "c", "d", "e", "f", "g"].map(|id| event(id, "01")));
    let taken = RefCell::new(Vec::new());
    let outcome = some(&queue, these(&["b", "g"]), false, async |held| {
        taken.borrow_mut().push(held.id.clone());
        Ok(Fate::Moved)
    });
    let outcome = outcome.await.unwrap();
    assert_eq!(*taken.borrow(), ["b", "g"]);
    assert_eq!((outcome.moved, outcome.arrived), (2, 0));
    assert_eq!(*queue.deleted.borrow(), ["receipt of b", "receipt of g"]);
    let mut left = queue.left();
    left.sort();
    assert_eq!(left, ["a", "c", "d", "e", "f"]);
    assert!(queue.out.borrow().is_empty());
}

#[tokio::test]
async fn one_that_is_named_may_have_arrived_after_the_start() {
    let late = Held {
        sent_at: "2026-11-22T06:00:01Z".parse().ok(),
        ..event("a", "01")
    };
    let queue = Box3::of([late]);
    let outcome = some(&queue, these(&["a"]), false, async |_| Ok(Fate::Moved));
    assert_eq!(outcome.await.unwrap().moved, 1);
}

#[tokio::test]
async fn if_one_is_gone_none_is_touched() {
    let queue = Box3::of([event("a", "01"), event("b", "02")]);
    let outcome = some(&queue, these(&["a", "gone"]), false, async |_| {
        panic!("nothing is handled")
    });
    let problem = outcome.await.unwrap_err().to_string();
    assert!(
        problem.starts_with("nothing was done: 1 of the 2"),
        "{problem}"
    );
    assert_eq!(queue.left().len(), 2);
    assert!(queue.out.borrow().is_empty() && queue.deleted.borrow().is_empty());
}

#[tokio::test]
async fn a_search_that_is_stopped_ends_without_a_refusal() {
    let queue = Box3::of(["a", "b", "c", "d"].map(|id| event(id, "01")));
    let outcome = some(&queue, these(&["d"]), true, async |_| Ok(Fate::Moved));
    let outcome = outcome.await.unwrap();
    assert_eq!((outcome.moved, outcome.interrupted), (0, true));
    assert_eq!(queue.left().len(), 4);
}

#[tokio::test]
async fn the_search_goes_only_so_deep() {
    let many = (0..OTHERS + 10).map(|id| event(&id.to_string(), "01"));
    let queue = Box3::of(many.chain([event("last", "02")]));
    let outcome = some(&queue, these(&["last"]), false, async |_| Ok(Fate::Moved));
    let problem = outcome.await.unwrap_err().to_string();
    assert!(problem.contains("more than 5000 others"), "{problem}");
    assert_eq!(queue.left().len(), OTHERS + 11);
}

#[tokio::test]
async fn a_message_that_another_reader_only_looks_at_is_waited_for() {
    for (receives, is_moved) in [(PATIENCE - 1, true), (PATIENCE, false)] {
        let queue = Box3::of([event("a", "01")]);
        *queue.elsewhere.borrow_mut() = (receives, vec![event("b", "02")]);
        let outcome = some(&queue, these(&["b"]), false, async |_| Ok(Fate::Moved)).await;
        assert_eq!(outcome.is_ok(), is_moved, "{receives}: {outcome:?}");
        assert_eq!(queue.deleted.borrow().len(), usize::from(is_moved));
    }
}

fn in_group(id: &str, group: &str) -> Held {
    Held {
        group: Some(group.to_owned()),
        ..event(id, "01")
    }
}

/// Seven of one key, of which a receive gives three and the next ones none until these are gone.
fn fifo() -> Box3 {
    Box3 {
        is_fifo: true,
        ..Box3::of(["a", "b", "c", "d", "e", "f", "g"].map(|id| in_group(id, "ac42")))
    }
}

#[tokio::test]
async fn a_fifo_queue_is_emptied_group_by_group_in_its_order() {
    let queue = fifo();
    let taken = RefCell::new(Vec::new());
    let outcome = empty(&queue, false, async |held| {
        taken.borrow_mut().push(held.id.clone());
        Ok(Fate::Moved)
    });
    assert_eq!(outcome.await.unwrap().moved, 7);
    assert_eq!(*taken.borrow(), ["a", "b", "c", "d", "e", "f", "g"]);
}

#[tokio::test]
async fn of_a_fifo_queue_only_the_first_of_a_key_can_be_named() {
    let queue = fifo();
    let outcome = some(&queue, these(&["b"]), false, async |_| Ok(Fate::Moved));
    assert_eq!(outcome.await.unwrap().moved, 1);
    let queue = fifo();
    let outcome = some(&queue, these(&["g"]), false, async |_| {
        panic!("nothing is handled")
    });
    let problem = outcome.await.unwrap_err().to_string();
    assert!(
        problem.starts_with("nothing was done: 1 of the 1"),
        "{problem}"
    );
    assert_eq!((queue.left().len(), queue.deleted.borrow().len()), (7, 0));
}
