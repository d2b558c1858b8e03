use domain::SignedDuration;
use proptest::prelude::*;

use super::*;

const CONFIG: BreakerConfig = BreakerConfig {
    failures_in_a_row: 5,
    failure_rate: 0.5,
    pause_s: 30,
    longest_pause_s: 100,
};

fn at(seconds: i64) -> Timestamp {
    let base: Timestamp = "2026-11-27T01:00:00Z".parse().unwrap();
    base + SignedDuration::from_secs(seconds)
}

fn failed() -> Sign {
    Sign::Failed {
        reason: Reason("timeout"),
        status: None,
    }
}

/// After these attempts, one a second.
fn after(signs: &[Sign]) -> BreakerRecord {
    let mut record = BreakerRecord::default();
    for (second, sign) in (0..).zip(signs) {
        let next = after_attempt(&record, 0, *sign, at(second), &CONFIG);
        record = next.unwrap_or(record);
    }
    record
}

#[test]
fn failures_in_a_row_open_it() {
    assert_eq!(after(&[failed(); 4]).state, BreakerState::Closed);
    let open = after(&[failed(); 5]);
    assert_eq!(open.state, BreakerState::Open);
    assert_eq!((open.opened_at, open.probe_at), (Some(at(4)), Some(at(34))));
    assert_eq!(open.reason.as_deref(), Some("timeout"));
    let mut signs = [failed(); 8];
    signs[4] = Sign::Well;
    assert_eq!(after(&signs).state, BreakerState::Closed);
}

#[test]
fn a_rate_of_failures_opens_it_if_there_are_enough() {
    let half: Vec<Sign> = [failed(), Sign::Well].into_iter().cycle().take(9).collect();
    assert_eq!(after(&half).state, BreakerState::Closed);
    let more = [half, vec![Sign::Well, failed()]].concat();
    assert_eq!(after(&more).state, BreakerState::Open);
    // A third of them does not.
    let third: Vec<Sign> = [failed(), Sign::Well, Sign::Well]
        .into_iter()
        .cycle()
        .take(60)
        .collect();
    assert_eq!(after(&third).state, BreakerState::Closed);
}

#[test]
fn old_failures_do_not_count() {
    let record = after(&[failed(), failed(), failed(), failed(), Sign::Well]);
    let next = after_attempt(&record, 0, failed(), at(100), &CONFIG).unwrap();
    let window = next.window.unwrap();
    assert_eq!(
        (window.since, window.attempts, window.failures),
        (at(100), 1, 1)
    );
}

#[test]
fn the_pause_doubles_up_to_the_longest() {
    let mut record = after(&[failed(); 5]);
    for expected in [60, 100, 100] {
        let probing = probing(&record, at(99));
        record = after_probe(&probing, failed(), at(100), &CONFIG);
        assert_eq!(record.pause_s, expected);
        assert_eq!(record.probe_at, Some(at(100 + i64::from(expected))));
    }
    assert_eq!(record.opened_at, Some(at(4)));
    let well = after_probe(&probing(&record, at(300)), Sign::Well, at(290), &CONFIG);
    assert_eq!(well, BreakerRecord::default());
}

#[test]
fn gone_pauses_it_in_every_state_and_only_a_person_ends_that() {
    for record in [BreakerRecord::default(), after(&[failed(); 5])] {
        let paused = after_attempt(&record, 0, Sign::Gone, at(9), &CONFIG).unwrap();
        assert_eq!(
            (paused.state, paused.status),
            (BreakerState::Paused, Some(410))
        );
        assert_eq!(verdict(&paused, at(1_000_000)), Verdict::Paused);
        for sign in [Sign::Well, failed(), Sign::Gone] {
            assert_eq!(after_attempt(&paused, 1, sign, at(10), &CONFIG), None);
        }
    }
}

#[test]
fn an_answer_is_a_sign_of_life_and_our_own_troubles_are_none() {
    let retry = |status, strikes| Outcome::Retry {
        reason: Reason("r"),
        status,
        after: None,
        strikes,
    };
    let reject = |status| Outcome::Reject {
        reason: Reason("r"),
        status,
        answer: Vec::new(),
    };
    for (outcome, expected) in [
        (Outcome::Delivered { status: None }, "Well"),
        (retry(Some(429), false), "Well"),
        (reject(Some(404)), "Well"),
        (retry(Some(503), true), "Failed"),
        (retry(None, true), "Failed"),
        (retry(None, false), "Nothing"),
        (reject(None), "Nothing"),
        (
            Outcome::Held {
                after: Duration::ZERO,
            },
            "Nothing",
        ),
        (Outcome::Gone { answer: Vec::new() }, "Gone"),
    ] {
        let sign = format!("{:?}", Sign::from(&outcome));
        assert!(sign.starts_with(expected), "{outcome:?}: {sign}");
    }
}

proptest! {
    /// Whatever comes back in whatever order: it is never open without a time for its next probe,
    /// and never lets events through before then.
    #[test]
    fn it_always_has_a_way_on(steps in proptest::collection::vec((0..5_u8, 0..40_i64), 1..200)) {
        let mut record = BreakerRecord::default();
        let mut now = 0;
        for (step, pass) in steps {
            now += pass;
            let sign = match step {
                0 => Sign::Well,
                1 => Sign::Nothing,
                _ => failed(),
            };
            match verdict(&record, at(now)) {
                Verdict::Probe => {
                    let probing = probing(&record, at(now + 60));
                    prop_assert_eq!(verdict(&probing, at(now + 59)), Verdict::Hold(at(now + 60)));
                    record = after_probe(&probing, sign, at(now), &CONFIG);
                }
                Verdict::Pass | Verdict::Hold(_) => {
                    let next = after_attempt(&record, 0, sign, at(now), &CONFIG);
                    record = next.unwrap_or(record);
                }
                Verdict::Paused => prop_assert!(false, "no one said gone"),
            }
            if record.state == BreakerState::Closed {
                prop_assert_eq!(record.probe_at, None);
            } else {
                let until = record.probe_at.expect("a next probe");
                prop_assert_eq!(verdict(&record, until), Verdict::Probe);
                prop_assert!(until <= at(now + 100));
            }
        }
    }
}
