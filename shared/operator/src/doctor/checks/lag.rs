use aws::Heartbeats;
use domain::{Heartbeat, SignedDuration, Timestamp};

use super::super::finding::{About, Finding};
use crate::{Stack, format::format_duration, stack::ROUTER};

/// `watch` writes a heartbeat once a minute, and looks for it once a minute.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// Whether events are routed: how long the oldest heartbeat has waited.
pub(in super::super) async fn lag(stack: &Stack) -> Vec<Finding> {
    let heartbeats = Heartbeats::new(&stack.sdk, stack.description.tables.events.clone());
    let now = (stack.now)();
    let finding = match heartbeats.outstanding(now).await {
        Ok(outstanding) => judge(outstanding.first().copied(), now),
        Err(error) => Finding::unchecked(ROUTER, &error),
    };
    vec![finding.about(About::Subscription(ROUTER.to_owned()))]
}

fn judge(oldest: Option<Heartbeat>, now: Timestamp) -> Finding {
    let waits = oldest.map(|oldest| oldest.written_at().duration_until(now));
    match waits.filter(|waits| *waits > PATIENCE) {
        None => Finding::ok(ROUTER, "no heartbeat is waiting"),
        Some(waits) => Finding::warn(
            ROUTER,
            format!(
                "a heartbeat written {} ago is not routed yet, so events wait too",
                format_duration(waits)
            ),
            "check that the router runs (coatcheck subscriptions status router), and the log of watch; \
             the stream keeps an event for 24 h only",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Severity;

    #[test]
    fn a_heartbeat_may_wait_two_minutes() {
        let now: Timestamp = "2026-11-22T05:10:00Z".parse().unwrap();
        for (written, verdict) in [
            (None, Severity::Ok),
            (Some("2026-11-22T05:08:00.000Z"), Severity::Ok),
            (Some("2026-11-22T05:07:59.000Z"), Severity::Warn),
            // Another clock's.
            (Some("2026-11-22T05:11:00.000Z"), Severity::Ok),
        ] {
            let oldest = written.map(|id| Heartbeat::from_id(id).unwrap());
            assert_eq!(judge(oldest, now).verdict, verdict, "{written:?}");
        }
    }
}
