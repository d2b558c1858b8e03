use aws::Heartbeats;
use domain::{Heartbeat, SignedDuration, Timestamp};

use super::super::finding::Finding;
use crate::{Stack, time::said};

const CHECK: &str = "lag";
const SUBJECT: &str = "router";

/// A heartbeat is written once a minute, and looked for once a minute.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// Whether events are routed: how long the oldest heartbeat waits that nobody has routed.
pub(in super::super) async fn lag(stack: &Stack) -> Vec<Finding> {
    let heartbeats = Heartbeats::new(&stack.sdk, stack.description.tables.events.clone());
    let now = (stack.now)();
    vec![match heartbeats.outstanding(now).await {
        Ok(outstanding) => judge(outstanding.first().copied(), now),
        Err(error) => Finding::unseen(CHECK, SUBJECT, &error),
    }]
}

fn judge(oldest: Option<Heartbeat>, now: Timestamp) -> Finding {
    let waits = oldest.map(|oldest| oldest.written_at().duration_until(now));
    match waits.filter(|waits| *waits > PATIENCE) {
        None => Finding::ok(CHECK, SUBJECT, "no heartbeat waits for it"),
        Some(waits) => Finding::warn(
            CHECK,
            SUBJECT,
            format!(
                "a heartbeat of {} ago is not routed, so events wait, too",
                said(waits)
            ),
            "see whether the router runs (coatcheck subscriptions status router) and what the function watch logs; \
             the stream forgets an event after 24 h",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;

    #[test]
    fn a_heartbeat_may_wait_two_minutes() {
        let now: Timestamp = "2026-11-22T05:10:00Z".parse().unwrap();
        for (written, verdict) in [
            (None, Verdict::Ok),
            (Some("2026-11-22T05:08:00.000Z"), Verdict::Ok),
            (Some("2026-11-22T05:07:59.000Z"), Verdict::Warn),
            // Another clock's.
            (Some("2026-11-22T05:11:00.000Z"), Verdict::Ok),
        ] {
            let oldest = written.map(|id| Heartbeat::from_id(id).unwrap());
            assert_eq!(judge(oldest, now).verdict, verdict, "{written:?}");
        }
    }
}
