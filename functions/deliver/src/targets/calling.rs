//! What all calls of targets have in common.

use domain::{StoreError, with_causes};
use serde::Deserialize;
use serde_json::Value;
use tracing::warn;

use crate::destination::{Outcome, Outgoing, Reason};

/// The input of a target: a list of one event, as a pipe with batches of one would give it.
/// `subscription`: whose DLQ an event goes to that the target rejects.
pub(super) fn input(outgoing: &Outgoing<'_>, subscription: &str) -> String {
    let mut event = outgoing.event.for_target(outgoing.message_id);
    event.insert("subscription".to_owned(), subscription.into());
    Value::from(vec![Value::from(event)]).to_string()
}

/// AWS did not do what it was asked. Someone may have to act first, and the event must still be
/// there then: it is tried again even if it was refused.
pub(super) fn refused(problem: &StoreError) -> Outcome {
    warn!(
        cause = with_causes(problem),
        "the target could not be called"
    );
    retry(match problem {
        StoreError::Transient { .. } => "unreachable",
        StoreError::Permanent { .. } => "refused",
    })
}

pub(super) fn retry(reason: &'static str) -> Outcome {
    Outcome::Retry {
        reason: Reason(reason),
        status: None,
        after: None,
        strikes: true,
    }
}

/// How a function or workflow names events that failed: the form that pipes read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    batch_item_failures: Option<Vec<serde::de::IgnoredAny>>,
}

/// An answer that names the one event says that it failed. As a pipe reads it: without the field,
/// or if it is no JSON object, it may say anything; a field of another form is a failure.
pub(super) fn read(answer: &[u8]) -> Outcome {
    let is_object = answer.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let failed = match serde_json::from_slice::<Answer>(answer) {
        Ok(Answer {
            batch_item_failures: failures,
        }) => failures.is_some_and(|failures| !failures.is_empty()),
        Err(problem) => is_object && problem.is_data(),
    };
    if failed {
        retry("named_as_failed")
    } else {
        Outcome::Delivered { status: None }
    }
}
