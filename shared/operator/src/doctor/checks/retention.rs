use std::collections::BTreeMap;

use aws::operator::Lifecycle;

use super::super::finding::Finding;
use crate::{
    Stack,
    stack::{Days, StackDescription},
};

/// Where payloads are in the bucket.
const PREFIXES: [&str; 2] = ["payloads/", "incoming/"];

/// Whether each thing is kept as long as the things that point to it.
pub(in super::super) async fn retention(stack: &Stack) -> Vec<Finding> {
    let bucket = &stack.description.bucket;
    let days = &stack.description.days;
    let lifecycle = Lifecycle::new(&stack.sdk, bucket.clone());
    let mut findings = vec![judge_days(days)];
    for prefix in PREFIXES {
        let place = format!("{bucket}/{prefix}");
        findings.push(match lifecycle.days(prefix).await {
            Ok(kept) => judge_bucket(&place, kept, days.payloads),
            Err(error) => Finding::unchecked(place, &error),
        });
    }
    for (tag, meant) in own_days(&stack.description) {
        let place = format!("{bucket} {tag}");
        findings.push(match lifecycle.days_of_tag(&tag).await {
            // Without a rule of their own, that for all payloads removes them.
            Ok(kept) => judge_bucket(&place, kept.or(Some(days.payloads)), meant),
            Err(error) => Finding::unchecked(place, &error),
        });
    }
    findings
}

/// The tags of objects of endpoints that have days of their own, and these days.
fn own_days(description: &StackDescription) -> BTreeMap<String, u32> {
    let own = description.retention.values();
    own.filter_map(|own| Some((own.tagging()?, own.own_days()?)))
        .collect()
}

fn judge_days(days: &Days) -> Finding {
    let Days {
        payloads,
        pointers,
        processed,
        queues,
    } = days;
    let finding = format!(
        "pointers are kept {pointers} days, payloads {payloads}, messages in queues {queues}, \
         records of processed events {processed}"
    );
    if pointers < payloads || payloads <= queues {
        Finding::bad(
            "days",
            format!("{finding}: a queue or a payload outlives what it needs"),
            "set pointers >= payloads > queues in Terraform's variables, and apply",
        )
        .with_loss()
    } else if processed < payloads {
        Finding::warn(
            "days",
            format!("{finding}: an event that is redriven late looks unprocessed"),
            "set processed_ttl_days to at least payload_retention_days, and apply",
        )
    } else {
        Finding::ok("days", finding)
    }
}

fn judge_bucket(bucket: &str, kept: Option<u32>, meant: u32) -> Finding {
    match kept {
        Some(kept) if kept == meant => {
            Finding::ok(bucket, format!("removes payloads after {kept} days"))
        }
        Some(kept) if kept < meant => Finding::bad(
            bucket,
            format!("removes payloads after {kept} days, not {meant}: pointers name payloads that are gone"),
            "terraform apply",
        )
        .with_loss(),
        Some(kept) => Finding::warn(
            bucket,
            format!("keeps payloads {kept} days, not {meant}"),
            "terraform apply",
        ),
        None => Finding::warn(
            bucket,
            "keeps payloads forever: no rule removes them",
            "terraform apply",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Severity;

    fn days(payloads: u32, pointers: u32, queues: u32) -> Days {
        Days {
            payloads,
            pointers,
            queues,
            processed: 30,
        }
    }

    #[test]
    fn what_names_a_thing_may_not_outlive_it() {
        for (days, verdict) in [
            (days(30, 90, 14), Severity::Ok),
            (days(30, 30, 14), Severity::Ok),
            (days(30, 29, 14), Severity::Bad),
            (days(14, 90, 14), Severity::Bad),
            (days(31, 90, 14), Severity::Warn),
        ] {
            assert_eq!(judge_days(&days).verdict, verdict, "{days:?}");
        }
    }

    #[test]
    fn the_bucket_keeps_payloads_as_long_as_it_is_meant_to() {
        for (kept, verdict, loss) in [
            (Some(30), Severity::Ok, false),
            (Some(29), Severity::Bad, true),
            (Some(31), Severity::Warn, false),
            (None, Severity::Warn, false),
        ] {
            let found = judge_bucket("bucket", kept, 30);
            assert_eq!((found.verdict, found.loss), (verdict, loss), "{kept:?}");
        }
    }
}
