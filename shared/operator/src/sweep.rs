//! Finds payloads that a crash left without a pointer, as the scheduled function does, for any
//! span of time.

use std::sync::Mutex;

use ::sweep::{Finding, Options, Stores, SweepError};
pub use ::sweep::{Span, Tally};
use domain::{Pointer, SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::json;

use crate::{Problem, Progress, Stack};

/// How many objects of the direct lane one run announces to `admit`, at most.
pub const ANNOUNCE_AT_MOST: u64 = Options::ANNOUNCE_AT_MOST;

/// What a sweep found about one object or one hour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SweepFinding {
    /// What it is, in a word.
    pub finding: &'static str,
    /// The event's ref.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The object's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The shard of an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the event was received.
    #[serde(skip)]
    pub received_at: Option<Timestamp>,
}

/// The result of a sweep.
#[derive(Debug)]
pub struct SweepResult {
    /// The findings, in order.
    pub findings: Vec<SweepFinding>,
    /// How many of what.
    pub counts: SweepCounts,
    /// Why the sweep did not finish.
    pub problem: Option<Problem>,
}

/// Writes the missing pointers of the payloads of a span that are older than `older_than`; in a
/// dry run it only reports them.
pub async fn sweep(
    stack: &Stack,
    span: Span,
    older_than: SignedDuration,
    dry_run: bool,
    progress: &(impl Progress + Sync),
) -> SweepResult {
    let description = &stack.description;
    let options = Options {
        dry_run,
        // The policy `operate` deletes no payload: `coatcheck erase` does.
        deletes_erased: false,
        older_than,
        pointer_days: description.days.pointers,
        stop_at: None,
        announce_at_most: ANNOUNCE_AT_MOST,
    };
    let stores = Stores::of(
        &stack.sdk,
        description.bucket.clone(),
        description.tables.events.clone(),
        description.tables.endpoints.clone(),
        description.admit.queue_url.clone(),
    );
    // Collected until the end: a reader that stops listening must not stop the sweep.
    let findings = Mutex::new(Vec::new());
    let outcome = ::sweep::sweep(
        &stores,
        span,
        &options,
        &stack.now,
        &|so_far| progress.done(u64::try_from(so_far.done).unwrap_or(u64::MAX)),
        &|finding| {
            if let Ok(mut findings) = findings.lock() {
                findings.push(SweepFinding::of(finding));
            }
        },
    )
    .await;
    let (tally, problem) = match outcome {
        Ok(tally) => (tally, None),
        Err(error) => (*error.tally, Some(failed(error))),
    };
    SweepResult {
        findings: findings.into_inner().unwrap_or_default(),
        counts: SweepCounts { tally, dry_run },
        problem,
    }
}

fn failed(error: SweepError) -> Problem {
    let what = error.to_string();
    match error.source {
        None => Problem::Refused(what),
        Some(cause) => Problem::Context {
            what,
            source: Problem::from(*cause).into(),
        },
    }
}

/// How many payloads a sweep found in each state.
#[derive(Debug)]
pub struct SweepCounts {
    /// The counts.
    pub tally: Tally,
    /// Whether the sweep only reported.
    pub dry_run: bool,
}

impl Serialize for SweepCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { tally, dry_run } = self;
        json!({
            "payloads": tally.payloads,
            "rescued": tally.rescued,
            "announced": tally.announced,
            "waiting": tally.waiting,
            "left": tally.left,
            "superseded": tally.superseded,
            "erased": tally.erased,
            "dangling": tally.dangling,
            "unreadable": tally.unreadable,
            "young": tally.young,
            "expired": tally.expired,
            "dry_run": dry_run,
        })
        .serialize(serializer)
    }
}

impl SweepFinding {
    fn of(finding: &Finding<'_>) -> Self {
        let word = |finding| Self {
            finding,
            ..Self::default()
        };
        let event = |finding, pointer: &Pointer| Self {
            reference: Some(pointer.reference().to_string()),
            key: pointer.object().map(ToString::to_string),
            received_at: Some(pointer.received_at),
            ..word(finding)
        };
        match finding {
            Finding::Rescued(pointer) => event("rescued", pointer),
            Finding::Superseded(pointer) => event("superseded", pointer),
            Finding::Erased(pointer) => event("erased", pointer),
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
        let json =
            |finding: &Finding<'_>| serde_json::to_string(&SweepFinding::of(finding)).unwrap();
        assert_eq!(
            json(&Finding::Announced { key: &key }),
            r#"{"finding":"announced","key":"incoming/a"}"#
        );
        let dangling = Finding::Dangling {
            reference: &reference,
            key: &key,
        };
        assert_eq!(
            json(&dangling),
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
        let text = failed.with_causes();
        assert!(
            text.contains('2') && text.contains("s3:ListObjectsV2"),
            "{text}"
        );
    }
}
