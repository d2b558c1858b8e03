//! Deliveries that an operator requested.

use super::*;

fn replayed(id: &str, force: &str) -> Arc<Event> {
    let mut value = cloud_event("evt_1", b"a payload");
    value["replayid"] = id.into();
    value["replayforce"] = force.into();
    Arc::new(event_over(&value, Shelf::new()))
}

#[tokio::test]
async fn a_replay_of_what_is_done_is_skipped() {
    let work = Arc::new(work(Counting::done()));
    let outcome = work.one(&replayed("r0", "false"), time()).await;
    assert!(matches!(outcome, Ok(Done::Processed { .. })), "{outcome:?}");
    for event in [replayed("r1", "false"), replayed("", "true")] {
        let outcome = work.one(&event, time()).await;
        assert!(matches!(outcome, Ok(Done::Before(_))), "{outcome:?}");
    }
    assert_eq!((calls(&work), record(&work).replay), (1, None));
}

#[tokio::test]
async fn a_forced_replay_is_handled_once_however_often_it_comes() {
    let work = Arc::new(work(Counting::done()));
    work.one(&event(), time()).await.unwrap();
    for (id, count) in [("r1", 2), ("r2", 3)] {
        let event = replayed(id, "true");
        let outcome = work.one(&event, time()).await;
        assert!(matches!(outcome, Ok(Done::Processed { .. })), "{outcome:?}");
        assert_eq!(event.attempt(), Some(count));
        // The replay again, and the provider's delivery again: neither is handled.
        for again in [replayed(id, "true"), super::event()] {
            let outcome = work.one(&again, time()).await;
            assert!(matches!(outcome, Ok(Done::Before(_))), "{outcome:?}");
        }
        assert_eq!(calls(&work), usize::try_from(count).unwrap());
        assert_eq!(record(&work).replay.as_deref(), Some(id));
    }
}

#[tokio::test]
async fn a_forced_replay_that_fails_is_taken_again() {
    let failing = Arc::new(work(Counting::new(Err(Failure::retry("busy")))));
    let mut done = work(Counting::done());
    done.idempotency.as_mut().unwrap().store = book(&failing).clone();
    let done = Arc::new(done);
    done.one(&event(), time()).await.unwrap();
    for _ in 0..2 {
        assert!(failing.one(&replayed("r1", "true"), time()).await.is_err());
    }
    assert_eq!(calls(&failing), 2);
    done.one(&replayed("r1", "true"), time()).await.unwrap();
    assert_eq!(calls(&done), 2);
    assert_eq!(record(&done).attempts, 4);
}

#[tokio::test(start_paused = true)]
async fn a_forced_replay_waits_for_a_lease_in_force() {
    let work = Arc::new(work(Counting::done()));
    killed(&work, "2026-11-21T21:01:00Z");
    let outcome = work.one(&replayed("r1", "true"), time()).await;
    assert!(is_retry(&outcome, "in work"), "{outcome:?}");
    assert_eq!(calls(&work), 0);
}
