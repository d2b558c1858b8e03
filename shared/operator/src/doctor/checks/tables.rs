use aws::operator::{TableFacts, Tables};

use super::{super::finding::Finding, each};
use crate::Stack;

const CHECK: &str = "tables";

/// The attribute by which items expire.
const EXPIRY: &str = "expires_at";

/// Whether the tables are as the pipes and the retention need them.
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
                Err(error) => Finding::unseen(CHECK, name, &error),
            }];
            if expires {
                findings.push(match tables.expiry(name).await {
                    Ok(attribute) => judge_expiry(name, attribute.as_deref()),
                    Err(error) => Finding::unseen(CHECK, name, &error),
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
            CHECK,
            name,
            format!("is {}", facts.status),
            "wait if somebody changes it; an ARCHIVED or INACCESSIBLE table needs its key back",
        );
    }
    match (streams, facts.stream.as_deref()) {
        (false, _) => Finding::ok(CHECK, name, "is there"),
        (true, Some("NEW_IMAGE")) => Finding::ok(CHECK, name, "is there, and its stream shows new items"),
        (true, other) => Finding::bad(
            CHECK,
            name,
            match other {
                Some(view) => format!("its stream shows {view}, not NEW_IMAGE: pipes cannot make events of it"),
                None => "it has no stream: nothing is routed".to_owned(),
            },
            "terraform apply, which makes a new stream and new pipes; then coatcheck replay what came meanwhile",
        )
        .with_loss(),
    }
}

fn judge_expiry(name: &str, attribute: Option<&str>) -> Finding {
    if attribute == Some(EXPIRY) {
        Finding::ok(CHECK, name, format!("items expire by {EXPIRY}"))
    } else {
        Finding::warn(
            CHECK,
            name,
            "nothing in it expires: it grows for ever",
            "terraform apply",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;

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
            (facts("ACTIVE", Some("NEW_IMAGE")), true, Verdict::Ok),
            (facts("ACTIVE", Some("KEYS_ONLY")), true, Verdict::Bad),
            (facts("ACTIVE", None), true, Verdict::Bad),
            (facts("ACTIVE", None), false, Verdict::Ok),
            (
                facts("INACCESSIBLE_ENCRYPTION_CREDENTIALS", None),
                false,
                Verdict::Bad,
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
            (Some("expires_at"), Verdict::Ok),
            (Some("ttl"), Verdict::Warn),
            (None, Verdict::Warn),
        ] {
            assert_eq!(judge_expiry("events", attribute).verdict, verdict);
        }
    }
}
