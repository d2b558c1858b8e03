use aws::operator::Depth;

use super::{
    super::finding::{About, Finding},
    each,
};
use crate::{Stack, dlq::Dlq, format::format_seconds, plural};

/// A queue with more messages fills faster than it is emptied.
const MANY: u64 = 10_000;

/// SQS delivers no more messages of a standard queue beyond this.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
const IN_FLIGHT_LIMIT: u64 = 120_000;

/// Whether the queues of the subscriptions and the processors are being emptied.
pub(in super::super) async fn queues(stack: &Stack) -> Vec<Finding> {
    let description = &stack.description;
    let subscriptions = description
        .subscriptions
        .iter()
        .map(|(name, one)| (name.clone(), one.queue_url.as_str()));
    let inboxes = description
        .processors
        .iter()
        .filter_map(|(name, one)| Some((format!("processor:{name}"), one.inbox_url.as_deref()?)));
    let admit = ("admit".to_owned(), description.admit.queue_url.as_str());
    each(
        subscriptions.chain(inboxes).chain([admit]),
        move |(name, url): (String, &str)| async move {
            let queue = stack.queue(url);
            let finding = match queue.depth().await {
                Ok(depth) => judge_queue(&name, &depth, remedy(stack, &name)),
                Err(error) => Finding::unchecked(&name, &error),
            };
            let is_subscription = stack.description.subscriptions.contains_key(&name);
            let about = if is_subscription {
                About::Subscription(name)
            } else {
                About::Stack
            };
            vec![finding.about(about)]
        },
    )
    .await
}

/// What to do if a queue is deep.
fn remedy(stack: &Stack, name: &str) -> &'static str {
    let one = stack.description.subscriptions.get(name);
    match one.and_then(|one| one.deliver.as_ref()) {
        Some(_) => {
            "check that its destination keeps up, and that deliveries to it have not stopped: raise rate_per_s or concurrency"
        }
        None => {
            "check that its reader runs and that its processor keeps up: raise batch_size, events_at_once or memory_mb"
        }
    }
}

fn judge_queue(name: &str, depth: &Depth, remedy: &str) -> Finding {
    let Depth {
        visible, in_flight, ..
    } = depth;
    let finding = format!("{visible} waiting, {in_flight} in flight");
    if *in_flight >= IN_FLIGHT_LIMIT {
        Finding::warn(
            name,
            format!("{finding}: SQS delivers no more until some of them are done"),
            "its target takes too long, or fails and lets them time out: see the log of its function",
        )
    } else if *visible > MANY {
        Finding::warn(
            name,
            format!("{finding}: it fills faster than it is emptied"),
            remedy,
        )
    } else {
        Finding::ok(name, finding)
    }
}

/// Whether events were given up.
pub(in super::super) async fn dlqs(stack: &Stack) -> Vec<Finding> {
    each(
        Dlq::all(&stack.description),
        move |dlq: Dlq<'_>| async move {
            let queue = stack.queue(dlq.url);
            let finding = match queue.depth().await {
                Ok(depth) => judge_dlq(&dlq.name, &depth),
                Err(error) => Finding::unchecked(&dlq.name, &error),
            };
            vec![finding.about(About::Dlq(dlq.name))]
        },
    )
    .await
}

fn judge_dlq(name: &str, depth: &Depth) -> Finding {
    let count = depth.visible.saturating_add(depth.in_flight);
    if count == 0 {
        return Finding::ok(name, "none");
    }
    Finding::warn(
        name,
        format!(
            "{} given up; kept for {}",
            plural(count, "event"),
            format_seconds(depth.kept_s)
        ),
        format!("coatcheck dlq show {name}; fix the cause; coatcheck dlq redrive {name}"),
    )
    .with_loss()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Severity;

    fn depth(visible: u64, in_flight: u64) -> Depth {
        Depth {
            visible,
            in_flight,
            delayed: 0,
            kept_s: 1_209_600,
        }
    }

    #[test]
    fn a_queue_may_be_deep_but_not_stuck() {
        for (depth, verdict) in [
            (depth(0, 0), Severity::Ok),
            (depth(10_000, 119_999), Severity::Ok),
            (depth(10_001, 0), Severity::Warn),
            (depth(0, 120_000), Severity::Warn),
        ] {
            let found = judge_queue("invoices", &depth, "raise it");
            assert_eq!((found.verdict, found.loss), (verdict, false), "{depth:?}");
        }
    }

    #[test]
    fn an_event_that_was_given_up_is_lost_in_the_end() {
        assert_eq!(judge_dlq("invoices", &depth(0, 0)).verdict, Severity::Ok);
        for depth in [depth(1, 0), depth(0, 1)] {
            let found = judge_dlq("invoices", &depth);
            assert!(found.loss && found.finding.contains("14 d"), "{found:?}");
            assert!(found.remedy.unwrap().contains("dlq redrive invoices"));
        }
    }
}
