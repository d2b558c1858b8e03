use lambda_runtime::Diagnostic;
use runtime::BatchResponse;
use serde_json::{Value, json};

use crate::{Failure, batch::EventReport, input::InputProblem};

/// The invocation fails: the caller tries all of it again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvocationFailure {
    /// The input as a whole has no known form.
    #[error("the input cannot be read: {0}")]
    Input(#[from] InputProblem),
    /// An event failed and has no `deliveryid` to name it by. Leaving it out
    /// would lose it.
    #[error("{0} failed events have no deliveryid: fix the pipe's template")]
    Nameless(usize),
    /// A task's event failed.
    #[error("{failed} of {of} events failed, the first being {first}: {failure}")]
    Task {
        failed: usize,
        of: usize,
        first: String,
        failure: Failure,
    },
}

impl From<InvocationFailure> for Diagnostic {
    /// The type is what a workflow's `Retry` and `Catch` match.
    fn from(failure: InvocationFailure) -> Self {
        let word = match &failure {
            InvocationFailure::Input(_) => "Input",
            InvocationFailure::Nameless(_) => "Nameless",
            InvocationFailure::Task { failure, .. } => failure.word(),
        };
        Self {
            error_type: word.to_owned(),
            error_message: failure.to_string(),
        }
    }
}

/// Names the events that must be delivered again; the others are done. Pipes, and Lambda for queues, read the same shape:
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html>
pub(crate) fn batch(reports: Vec<EventReport>) -> Result<BatchResponse, InvocationFailure> {
    let failed: Vec<EventReport> = reports
        .into_iter()
        .filter(|report| report.outcome.is_err() && !report.given_up)
        .collect();
    let nameless = failed
        .iter()
        .filter(|report| report.identifier.is_none())
        .count();
    if nameless > 0 {
        return Err(InvocationFailure::Nameless(nameless));
    }
    let again = failed.into_iter().filter_map(|report| report.identifier);
    Ok(again.collect())
}

/// A task's answer: the result for each event. Fails if one of them failed, as a
/// task can do nothing else; `Retry` if one of them must be retried.
pub(crate) fn task(reports: &[EventReport]) -> Result<Vec<Value>, InvocationFailure> {
    let failures = || {
        reports.iter().filter_map(|report| {
            let failure = report.outcome.as_ref().err()?;
            Some((report, failure))
        })
    };
    let worst = failures()
        .find(|(_, failure)| matches!(failure, Failure::Retry(_)))
        .or_else(|| failures().next());
    match worst {
        None => Ok(reports.iter().filter_map(summary).collect()),
        Some((report, failure)) => Err(InvocationFailure::Task {
            failed: failures().count(),
            of: reports.len(),
            first: name(report),
            failure: failure.clone(),
        }),
    }
}

fn summary(report: &EventReport) -> Option<Value> {
    let done = report.outcome.as_ref().ok()?;
    Some(json!({ "ref": name(report), "summary": done.summary() }))
}

fn name(report: &EventReport) -> String {
    match (&report.event, &report.identifier) {
        (Some(event), _) => event.reference().to_string(),
        (None, Some(identifier)) => identifier.clone(),
        (None, None) => "one without a name".to_owned(),
    }
}
