use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::fakes::{Book, Record, Shelf, State, at, cloud_event, event_over, handler, time, work};

mod replays;

const REF: &str = "stripe/evt_1";

fn event() -> Arc<Event> {
    let mut shelf = Shelf::new();
    shelf.put("evt_1", b"a payload");
    Arc::new(event_over(&cloud_event("evt_1", b"a payload"), shelf))
}

/// Counts how often it is called, and answers with this.
struct Counting {
    calls: AtomicUsize,
    answer: Result<Outcome, Failure>,
}

impl Counting {
    fn new(answer: Result<Outcome, Failure>) -> Self {
        Self {
            calls: AtomicUsize::new(0),
            answer,
        }
    }

    fn done() -> Self {
        Self::new(Ok(Outcome::done("fine")))
    }
}

impl Handler for Counting {
    async fn handle(&self, _: &Event) -> Result<Outcome, Failure> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.answer.clone()
    }
}

fn calls(work: &Work<Counting, Book>) -> usize {
    work.handler.calls.load(Ordering::SeqCst)
}

fn book<H>(work: &Work<H, Book>) -> &Book {
    &work.idempotency.as_ref().unwrap().store
}

fn record<H>(work: &Work<H, Book>) -> Record {
    book(work).record(REF).unwrap()
}

fn is_retry(outcome: &Result<Done, Failure>, word: &str) -> bool {
    matches!(outcome, Err(Failure::Retry(reason)) if reason.contains(word))
}

#[tokio::test]
async fn an_event_that_is_done_leaves_one_mark_and_is_not_handled_again() {
    let work = Arc::new(work(Counting::done()));
    let outcome = Outcome::done("fine");
    assert_eq!(
        work.one(&event(), time()).await,
        Ok(Done::Processed {
            outcome: outcome.clone(),
            age_ms: 2_586,
        })
    );
    assert_eq!(work.one(&event(), time()).await, Ok(Done::Before(outcome)));
    assert_eq!(calls(&work), 1);

    let record = record(&work);
    assert_eq!(record.attempts, 1);
    assert_eq!(record.last.kind, "invoice.paid");
    assert_eq!(record.last.lease_until, at("2026-11-21T21:00:30Z"));
    assert_eq!(record.last.expires_at, at("2026-11-22T21:00:00Z"));
    assert_eq!(
        record.state,
        State::Completed(Receipt {
            sha256: event().claim().sha256,
            size: 9,
            summary: "fine".to_owned(),
            at: at("2026-11-21T21:00:00Z"),
            age_ms: 2_586,
        })
    );
}

#[tokio::test]
async fn without_idempotency_every_delivery_is_handled() {
    let mut work = work(Counting::done());
    work.idempotency = None;
    let work = Arc::new(work);
    for _ in 0..2 {
        let outcome = work.one(&event(), time()).await;
        assert!(matches!(outcome, Ok(Done::Processed { .. })), "{outcome:?}");
    }
    assert_eq!(calls(&work), 2);
}

#[tokio::test]
async fn what_the_handler_refuses_is_on_record_and_may_be_tried_at_once() {
    for failure in [Failure::retry("busy"), Failure::reject("never")] {
        let work = Arc::new(work(Counting::new(Err(failure.clone()))));
        for attempts in 1..=2 {
            let event = event();
            assert_eq!(work.one(&event, time()).await, Err(failure.clone()));
            assert_eq!(event.attempt(), Some(attempts));
            let record = record(&work);
            assert_eq!(record.attempts, attempts);
            assert_eq!(record.state, State::Failed(failure.clone()));
        }
    }
}

#[tokio::test]
async fn a_panic_is_a_retry_and_tells_nothing() {
    let work = Arc::new(work(handler(|event| {
        Box::pin(async move { panic!("{:?}", event.payload().await) })
    })));
    let failure = Failure::retry("the handler panicked");
    assert_eq!(work.one(&event(), time()).await, Err(failure.clone()));
    assert_eq!(record(&work).state, State::Failed(failure));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_waits_for_ever_fails_when_its_time_is_over() {
    let mut work = work(handler(|_| Box::pin(std::future::pending())));
    work.event_timeout = Some(Duration::from_secs(5));
    let work = Arc::new(work);
    let begin = Instant::now();
    let outcome = work.one(&event(), time()).await;
    assert!(is_retry(&outcome, "longer"), "{outcome:?}");
    assert_eq!(begin.elapsed().as_secs(), 5);
    // It was stopped, so the next delivery does not wait.
    assert!(matches!(record(&work).state, State::Failed(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_never_gives_way_keeps_its_lease() {
    let mut work = work(handler(|_| {
        Box::pin(async {
            std::thread::sleep(Duration::from_secs(1));
            Ok(Outcome::done(""))
        })
    }));
    work.event_timeout = Some(Duration::from_millis(50));
    let work = Arc::new(work);
    let outcome = work.one(&event(), time()).await;
    assert!(is_retry(&outcome, "does not stop"), "{outcome:?}");
    assert!(matches!(record(&work).state, State::InProgress { .. }));
}

#[tokio::test(start_paused = true)]
async fn what_the_invocation_has_no_time_for_is_not_begun() {
    let work = Arc::new(work(Counting::done()));
    let time = time();
    tokio::time::advance(Duration::from_secs(29)).await;
    let outcome = work.one(&event(), time).await;
    assert!(is_retry(&outcome, "no time"), "{outcome:?}");
    assert_eq!(calls(&work), 0);
    assert!(book(&work).record(REF).is_none());
}

/// Killed between the effect and the mark: the lease ends, the next delivery is
/// handled, and there is one mark.
#[tokio::test]
async fn a_lease_that_has_run_out_is_taken() {
    let work = Arc::new(work(Counting::done()));
    killed(&work, "2026-11-21T20:59:59.999Z");
    let outcome = work.one(&event(), time()).await;
    assert!(matches!(outcome, Ok(Done::Processed { .. })), "{outcome:?}");
    assert_eq!(calls(&work), 1);
    let record = record(&work);
    assert_eq!(record.attempts, 2);
    assert!(matches!(record.state, State::Completed(_)));
}

#[tokio::test(start_paused = true)]
async fn a_lease_in_force_is_waited_for_as_long_as_there_is_time() {
    let mut work = work(Counting::done());
    // It does not count while another attempt runs.
    work.event_timeout = Some(Duration::from_secs(1));
    let work = Arc::new(work);
    killed(&work, "2026-11-21T21:01:00Z");
    let begin = Instant::now();
    let outcome = work.one(&event(), time()).await;
    assert!(is_retry(&outcome, "in work"), "{outcome:?}");
    assert!(begin.elapsed().as_secs() >= 27, "{:?}", begin.elapsed());
    assert_eq!(calls(&work), 0);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_lease_learns_that_the_event_is_done() {
    let work = Arc::new(work(Counting::done()));
    killed(&work, "2026-11-21T21:01:00Z");
    let waiting = tokio::spawn({
        let work = Arc::clone(&work);
        async move { work.one(&event(), time()).await }
    });
    sleep(Duration::from_secs(3)).await;
    let mut done = record(&work);
    done.state = State::Completed(Receipt {
        sha256: event().claim().sha256,
        size: 9,
        summary: "by another".to_owned(),
        at: at("2026-11-21T21:00:03Z"),
        age_ms: 1,
    });
    book(&work).put(REF, done);
    assert_eq!(
        waiting.await.unwrap(),
        Ok(Done::Before(Outcome::done("by another")))
    );
    assert_eq!(calls(&work), 0);
}

/// An attempt that left no trace.
fn killed(work: &Work<Counting, Book>, lease_until: &str) {
    let last = Attempt {
        reference: event().reference().clone(),
        kind: "invoice.paid".to_owned(),
        owner: "killed".to_owned(),
        at: at("2026-11-21T20:59:00Z"),
        lease_until: at(lease_until),
        expires_at: at("2026-11-22T20:59:00Z"),
        forced_replay: None,
    };
    let record = Record {
        state: State::InProgress {
            lease_until: last.lease_until,
        },
        attempts: 1,
        last,
        replay: None,
    };
    book(work).put(REF, record);
}

#[tokio::test]
async fn without_a_claim_the_handler_is_not_called() {
    for store in [Book::busy(), Book::forbidden()] {
        let mut work = work(Counting::done());
        work.idempotency.as_mut().unwrap().store = store;
        let work = Arc::new(work);
        let outcome = work.one(&event(), time()).await;
        assert!(is_retry(&outcome, "dynamodb:UpdateItem"), "{outcome:?}");
        assert_eq!(calls(&work), 0);
    }
}

#[tokio::test]
async fn without_its_mark_an_event_is_not_done() {
    let store = Book::default();
    let theirs = store.clone();
    let mut work = work(handler(move |_| {
        theirs.get_busy();
        Box::pin(async { Ok(Outcome::done("x")) })
    }));
    work.idempotency.as_mut().unwrap().store = store.clone();
    let work = Arc::new(work);
    let outcome = work.one(&event(), time()).await;
    assert!(is_retry(&outcome, "dynamodb:UpdateItem"), "{outcome:?}");
    store.get_well();
    assert!(matches!(
        store.record(REF).unwrap().state,
        State::InProgress { .. }
    ));
}

#[tokio::test]
async fn a_handler_cannot_succeed_past_a_payload_that_is_not_the_stored_one() {
    let work = Arc::new(work(handler(|event| {
        Box::pin(async move {
            let _ignored = event.payload().await;
            Ok(Outcome::done("as if"))
        })
    })));
    let mut other = Shelf::new();
    other.put("evt_1", b"b payload");
    for (shelf, word) in [(other, "payload_digest"), (Shelf::new(), "payload_missing")] {
        let event = event_over(&cloud_event("evt_1", b"a payload"), shelf);
        let outcome = work.one(&Arc::new(event), time()).await;
        assert!(
            matches!(&outcome, Err(Failure::Reject(reason)) if reason.starts_with(word)),
            "{outcome:?}"
        );
    }
}
