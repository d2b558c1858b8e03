use aws::operator::Tables;
use domain::{SignedDuration, Timestamp};

use super::super::finding::Finding;
use crate::{Stack, time::said};

const CHECK: &str = "clock";
const SUBJECT: &str = "this machine";

/// Providers' signatures are good for minutes; AWS takes five for its own.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// Whether this machine and AWS agree on the time.
pub(in super::super) async fn clock(stack: &Stack) -> Vec<Finding> {
    let tables = Tables::new(&stack.sdk);
    let answer = tables.describe(&stack.description.tables.endpoints).await;
    vec![match answer {
        Ok(facts) => judge(facts.answered_at, (stack.now)()),
        Err(error) => Finding::unseen(CHECK, SUBJECT, &error),
    }]
}

fn judge(theirs: Option<Timestamp>, ours: Timestamp) -> Finding {
    let Some(theirs) = theirs else {
        return Finding::ok(CHECK, SUBJECT, "not compared: the answer has no date");
    };
    let ahead = theirs.duration_until(ours);
    if ahead.abs() <= TOLERANCE {
        return Finding::ok(CHECK, SUBJECT, "agrees with AWS's clock");
    }
    let way = if ahead.is_positive() {
        "ahead of"
    } else {
        "behind"
    };
    Finding::warn(
        CHECK,
        SUBJECT,
        format!("is {} {way} AWS's clock", said(ahead.abs())),
        "set the clock: what `coatcheck send` signs here is judged by AWS's clock",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;

    #[test]
    fn a_minute_of_difference_is_fine() {
        let ours: Timestamp = "2026-11-22T05:00:00Z".parse().unwrap();
        for (theirs, verdict, says) in [
            (None, Verdict::Ok, "not compared"),
            (Some("2026-11-22T05:01:00Z"), Verdict::Ok, "agrees"),
            (Some("2026-11-22T04:58:59Z"), Verdict::Warn, "61 s ahead of"),
            (Some("2026-11-22T05:03:00Z"), Verdict::Warn, "3 min behind"),
        ] {
            let theirs = theirs.map(|text| text.parse().unwrap());
            let found = judge(theirs, ours);
            assert_eq!(found.verdict, verdict, "{theirs:?}");
            assert!(found.finding.contains(says), "{found:?}");
        }
    }
}
