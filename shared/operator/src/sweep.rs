//! Payloads that a crash left without their pointers: what the scheduled function does, as
//! far back as is wanted.

use std::sync::Mutex;

use ::sweep::{Finding, Options, Stores, SweepError};
pub use ::sweep::{Span, Tally};
use domain::{Pointer, SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Problem, Progress, Result, Stack, problem::Because as _};

/// How many objects of the direct lane one run announces to `admit`.
pub const ANNOUNCE_AT_MOST: u64 = Options::ANNOUNCE_AT_MOST;

/// What was found at one object or in one hour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What it is, in a word.
    pub finding: &'static str,
    /// The event.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The shard of an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the event came.
    #[serde(skip)]
    pub received_at: Option<Timestamp>,
}

/// What a sweep has done.
#[derive(Debug)]
pub struct Swept {
    /// In the order in which it was found.
    pub findings: Vec<Found>,
    /// How much of what.
    pub tally: Tally,
    /// Why not everything was swept.
    pub problem: Option<Problem>,
}

/// Looks through the payloads of a span, but for those younger than `older_than`, and gives
/// those their pointers that have none; dry, it only says so.
pub async fn sweep(
    stack: &Stack,
    span: Span,
    older_than: SignedDuration,
    dry_run: bool,
    progress: &(impl Progress + Sync),
) -> Swept {
    let description = &stack.description;
    let options = Options {
        dry_run,
        older_than,
        pointer_ttl: SignedDuration::from_hours(24 * i64::from(description.days.pointers)),
        stop_at: None,
        announce_at_most: ANNOUNCE_AT_MOST,
    };
    let stores = Stores::of(
        &stack.sdk,
        description.bucket.clone(),
        description.tables.events.clone(),
        description.admit.queue_url.clone(),
    );
    // Kept until the end: one who listens no more must not stop the sweep.
    let findings = Mutex::new(Vec::new());
    let outcome = ::sweep::sweep(
        &stores,
        span,
        &options,
        &stack.now,
        &|so_far| progress.done(u64::try_from(so_far.done).unwrap_or(u64::MAX)),
        &|finding| {
            if let Ok(mut findings) = findings.lock() {
                findings.push(Found::of(finding));
            }
        },
    )
    .await;
    let (tally, problem) = match outcome {
        Ok(tally) => (tally, None),
        Err(error) => (*error.tally, Some(failed(error))),
    };
    Swept {
        findings: findings.into_inner().unwrap_or_default(),
        tally,
        problem,
    }
}

fn failed(error: SweepError) -> Problem {
    let whole = error.to_string();
    match error.source {
        Some(cause) => {
            let failed: Result<()> = Err(Problem::from(*cause)).because(&whole);
            failed.err().unwrap_or(Problem::Refused(whole))
        }
        None => Problem::Refused(whole),
    }
}

/// How much of what, as programs see it.
pub fn as_json(tally: &Tally, dry_run: bool) -> Value {
    json!({
        "payloads": tally.payloads,
        "rescued": tally.rescued,
        "announced": tally.announced,
        "waiting": tally.waiting,
        "left": tally.left,
        "superseded": tally.superseded,
        "dangling": tally.dangling,
        "unreadable": tally.unreadable,
        "young": tally.young,
        "expired": tally.expired,
        "dry_run": dry_run,
    })
}

impl Found {
    fn of(finding: &Finding<'_>) -> Self {
        let word = |finding| Self {
            finding,
            ..Self::default()
        };
        let event = |finding, pointer: &Pointer| Self {
            reference: Some(pointer.reference().to_string()),
            key: Some(pointer.key.to_string()),
            received_at: Some(pointer.received_at),
            ..word(finding)
        };
        match finding {
            Finding::Rescued(pointer) => event("rescued", pointer),
            Finding::Superseded(pointer) => event("superseded", pointer),
            Finding::Expired(pointer) => event("expired", pointer),
            Finding::Dangling { reference, key } => Self {
                reference: Some(reference.to_string()),
                key: Some(key.to_string()),
                ..word("dangling")
            },
            Finding::Announced { key } => Self {
                key: Some(key.to_string()),
                ..word("announced")
            },
            Finding::Unreadable { key, problem } => Self {
                key: Some(key.to_string()),
                message: Some(problem.to_string()),
                ..word("unreadable")
            },
            Finding::Failed { bucket, error, .. } => Self {
                bucket: bucket.map(ToString::to_string),
                message: Some(error.to_string()),
                ..word("failed")
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{ObjectKey, StoreError};

    use super::*;

    #[test]
    fn programs_see_of_each_finding_what_it_has() {
        let key = ObjectKey::from_stored("incoming/a".to_owned());
        let reference = "stripe/evt_1".parse().unwrap();
        let said = |finding: &Finding<'_>| serde_json::to_string(&Found::of(finding)).unwrap();
        assert_eq!(
            said(&Finding::Announced { key: &key }),
            r#"{"finding":"announced","key":"incoming/a"}"#
        );
        let dangling = Finding::Dangling {
            reference: &reference,
            key: &key,
        };
        assert_eq!(
            said(&dangling),
            r#"{"finding":"dangling","ref":"stripe/evt_1","key":"incoming/a"}"#
        );
    }

    #[test]
    fn a_sweep_that_failed_says_what_and_why() {
        let failed = failed(SweepError {
            tally: Box::default(),
            failed: 2,
            unannounced: false,
            unswept: None,
            source: Some(Box::new(StoreError::Permanent {
                operation: "s3:ListObjectsV2",
                source: "no".into(),
            })),
        });
        let told = failed.whole();
        assert!(
            told.contains('2') && told.contains("s3:ListObjectsV2"),
            "{told}"
        );
    }
}
