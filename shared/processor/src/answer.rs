use lambda_runtime::Diagnostic;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Failure, batch::Report, input::InputProblem};

/// Which events must be delivered again; the others are done. Pipes, and Lambda for queues, read
/// the same shape.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html>
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct BatchAnswer {
    #[serde(rename = "batchItemFailures")]
    failures: Vec<ItemFailure>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct ItemFailure {
    #[serde(rename = "itemIdentifier")]
    identifier: String,
}

/// The invocation fails: the caller tries all of it again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvocationFailure {
    /// The input as a whole has no known form.
    #[error("the input cannot be read: {0}")]
    Input(#[from] InputProblem),
    /// An event failed and has no `deliveryid` to name it by. Leaving it out
    /// would lose it.
    #[error("{0} failed events have no deliveryid: mend the pipe's template")]
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

impl BatchAnswer {
    pub(crate) fn of(reports: Vec<Report>) -> Result<Self, InvocationFailure> {
        let failed: Vec<Report> = reports
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
        Ok(Self {
            failures: failed
                .into_iter()
                .filter_map(|report| report.identifier)
                .map(|identifier| ItemFailure { identifier })
                .collect(),
        })
    }
}

/// A task's answer: the result for each event. Fails if one of them failed, as a
/// task can do nothing else; `Retry` if one of them must be retried.
pub(crate) fn task(reports: &[Report]) -> Result<Vec<Value>, InvocationFailure> {
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

fn summary(report: &Report) -> Option<Value> {
    let done = report.outcome.as_ref().ok()?;
    Some(json!({ "ref": name(report), "summary": done.summary() }))
}

fn name(report: &Report) -> String {
    match (&report.event, &report.identifier) {
        (Some(event), _) => event.reference().to_string(),
        (None, Some(identifier)) => identifier.clone(),
        (None, None) => "one without a name".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        Outcome,
        fakes::{Shelf, cloud_event, event_over},
        work::Done,
    };

    fn report(id: &str, outcome: Result<Outcome, Failure>) -> Report {
        let event = event_over(&cloud_event(id, b""), Shelf::new());
        Report {
            identifier: Some(format!("delivery-of-{id}")),
            event: Some(Arc::new(event)),
            outcome: outcome.map(|outcome| Done::Processed { outcome, age_ms: 1 }),
            letter: None,
            given_up: false,
        }
    }

    #[test]
    fn a_batch_answers_with_those_that_failed() {
        let answer = BatchAnswer::of(vec![
            report("a", Ok(Outcome::done("fine"))),
            report("b", Err(Failure::retry("busy"))),
            report("c", Err(Failure::reject("never"))),
        ]);
        assert_eq!(
            serde_json::to_value(answer.unwrap()).unwrap(),
            json!({"batchItemFailures": [
                {"itemIdentifier": "delivery-of-b"},
                {"itemIdentifier": "delivery-of-c"}
            ]})
        );
        let answer = BatchAnswer::of(vec![report("a", Ok(Outcome::done("fine")))]).unwrap();
        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            json!({"batchItemFailures": []})
        );
    }

    #[test]
    fn what_is_in_the_dead_letter_queue_need_not_come_again() {
        let mut given_up = report("a", Err(Failure::reject("never")));
        given_up.given_up = true;
        // It needs no `deliveryid` either.
        given_up.identifier = None;
        let answer = BatchAnswer::of(vec![given_up]).unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        assert_eq!(answer, json!({"batchItemFailures": []}));
    }

    #[test]
    fn a_failed_event_without_a_name_fails_the_invocation() {
        let mut nameless = report("a", Err(Failure::reject("broken")));
        nameless.identifier = None;
        nameless.event = None;
        let failure =
            BatchAnswer::of(vec![nameless, report("b", Ok(Outcome::done("")))]).unwrap_err();
        let diagnostic = Diagnostic::from(failure);
        assert_eq!(diagnostic.error_type, "Nameless");
    }

    #[test]
    fn a_task_answers_with_what_was_made_of_each() {
        let mut before = report("b", Ok(Outcome::done("")));
        before.outcome = Ok(Done::Before(Outcome::done("long ago")));
        let answer = task(&[report("a", Ok(Outcome::done("fine"))), before]).unwrap();
        assert_eq!(
            answer,
            [
                json!({"ref": "stripe/a", "summary": "fine"}),
                json!({"ref": "stripe/b", "summary": "long ago"}),
            ]
        );
    }

    #[test]
    fn a_task_fails_with_the_word_that_a_workflow_matches() {
        let reject = || report("a", Err(Failure::reject("never")));
        let diagnostic = Diagnostic::from(task(&[reject()]).unwrap_err());
        assert_eq!(diagnostic.error_type, "Reject");
        assert!(
            diagnostic.error_message.contains("stripe/a"),
            "{diagnostic:?}"
        );
        // If one may still succeed, all must come again.
        let both = [reject(), report("b", Err(Failure::retry("busy")))];
        let diagnostic = Diagnostic::from(task(&both).unwrap_err());
        assert_eq!(diagnostic.error_type, "Retry");
        assert!(
            diagnostic.error_message.contains("2 of 2"),
            "{diagnostic:?}"
        );
    }
}
