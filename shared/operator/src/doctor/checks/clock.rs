use aws::operator::Tables;
use domain::{SignedDuration, Timestamp};

use super::super::finding::Finding;
use crate::{Stack, format::format_duration};

const SUBJECT: &str = "this machine";

/// Providers' signatures are good for minutes; AWS takes five for its own.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// Whether this machine and AWS agree on the time.
pub(in super::super) async fn clock(stack: &Stack) -> Vec<Finding> {
    let tables = Tables::new(&stack.sdk);
    let answer = tables.describe(&stack.description.tables.endpoints).await;
    vec![match answer {
        Ok(facts) => judge(facts.answered_at, (stack.now)()),
        Err(error) => Finding::unchecked(SUBJECT, &error),
    }]
}

fn judge(theirs: Option<Timestamp>, ours: Timestamp) -> Finding {
    let Some(theirs) = theirs else {
        return Finding::ok(SUBJECT, "not compared: the response has no date");
    };
    let ahead = theirs.duration_until(ours);
    if ahead.abs() <= TOLERANCE {
        return Finding::ok(SUBJECT, "agrees with AWS's clock");
    }
    let way = if ahead.is_positive() {
        "ahead of"
    } else {
        "behind"
    };
    Finding::warn(
        SUBJECT,
        format!("is {} {way} AWS's clock", format_duration(ahead.abs())),
        "set this machine's clock: `coatcheck send` signs its time, and AWS checks it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Severity;

    #[test]
    fn a_minute_of_difference_is_fine() {
        let ours: Timestamp = "2026-11-22T05:00:00Z".parse().unwrap();
        for (theirs, verdict, says) in [
            (None, Severity::Ok, "not compared"),
            (Some("2026-11-22T05:01:00Z"), Severity::Ok, "agrees"),
            (
                Some("2026-11-22T04:58:59Z"),
                Severity::Warn,
                "61 s ahead of",
            ),
            (Some("2026-11-22T05:03:00Z"), Severity::Warn, "3 min behind"),
        ] {
            let theirs = theirs.map(|text| text.parse().unwrap());
            let found = judge(theirs, ours);
            assert_eq!(found.verdict, verdict, "{theirs:?}");
            assert!(found.finding.contains(says), "{found:?}");
        }
    }
}
