use aws::operator::{TableFacts, Tables};

use super::{super::finding::Finding, each};
use crate::Stack;

/// The attribute by which items expire.
const EXPIRY: &str = "expires_at";

/// Whether the tables have the stream and the expiry that the stack needs.
pub(in super::super) async fn tables(stack: &Stack) -> Vec<Finding> {
    let tables = &Tables::new(&stack.sdk);
    let names = &stack.description.tables;
    let all = [
        (names.events.as_str(), true, true),
        (names.processed.as_str(), false, true),
        (names.endpoints.as_str(), false, false),
    ];
    each(
        all,
        move |(name, streams, expires): (&str, bool, bool)| async move {
            let mut findings = vec![match tables.describe(name).await {
                Ok(facts) => judge(name, &facts, streams),
                Err(error) => Finding::unchecked(name, &error),
            }];
            if expires {
                findings.push(match tables.expiry(name).await {
                    Ok(attribute) => judge_expiry(name, attribute.as_deref()),
                    Err(error) => Finding::unchecked(name, &error),
                });
            }
            findings
        },
    )
    .await
}

fn judge(name: &str, facts: &TableFacts, streams: bool) -> Finding {
    if facts.status != "ACTIVE" {
        return Finding::bad(
            name,
            format!("is {}", facts.status),
            "if someone is changing it, wait; an ARCHIVED or INACCESSIBLE table needs its key back",
        );
    }
    match (streams, facts.stream.as_deref()) {
        (false, _) => Finding::ok(name, "exists"),
        (true, Some("NEW_IMAGE")) => Finding::ok(name, "exists, and its stream has new images"),
        (true, other) => Finding::bad(
            name,
            match other {
                Some(view) => format!("its stream shows {view}, not NEW_IMAGE: pipes cannot make events from it"),
                None => "it has no stream: nothing is routed".to_owned(),
            },
            "run terraform apply, which creates a new stream and new pipes; then coatcheck replay the events of the gap",
        )
        .with_loss(),
    }
}

fn judge_expiry(name: &str, attribute: Option<&str>) -> Finding {
    if attribute == Some(EXPIRY) {
        Finding::ok(name, format!("items expire by {EXPIRY}"))
    } else {
        Finding::warn(
            name,
            "nothing in it expires: it grows forever",
            "terraform apply",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Severity;

    fn facts(status: &str, stream: Option<&str>) -> TableFacts {
        TableFacts {
            status: status.to_owned(),
            stream: stream.map(str::to_owned),
            answered_at: None,
        }
    }

    #[test]
    fn only_the_events_need_a_stream_and_a_whole_one() {
        for (facts, streams, verdict) in [
            (facts("ACTIVE", Some("NEW_IMAGE")), true, Severity::Ok),
            (facts("ACTIVE", Some("KEYS_ONLY")), true, Severity::Bad),
            (facts("ACTIVE", None), true, Severity::Bad),
            (facts("ACTIVE", None), false, Severity::Ok),
            (
                facts("INACCESSIBLE_ENCRYPTION_CREDENTIALS", None),
                false,
                Severity::Bad,
            ),
        ] {
            assert_eq!(
                judge("events", &facts, streams).verdict,
                verdict,
                "{facts:?}"
            );
        }
    }

    #[test]
    fn items_expire_by_their_own_attribute() {
        for (attribute, verdict) in [
            (Some("expires_at"), Severity::Ok),
            (Some("ttl"), Severity::Warn),
            (None, Severity::Warn),
        ] {
            assert_eq!(judge_expiry("events", attribute).verdict, verdict);
        }
    }
}
