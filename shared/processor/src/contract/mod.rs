//! The cases that processors in all languages agree on: `sdk/contract`.

mod case;
mod table;
mod world;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use case::{Case, Expanded};
use domain::SignedDuration;
use lambda_runtime::Diagnostic;
use serde_json::Value;
use table::Table;
use tokio::runtime::{Builder, Runtime};
use world::{Dlqs, Payloads, Scripted};

use crate::{
    answer::{self, InvocationFailure},
    batch::EventReport,
    dead_letters::StackQueues,
    fakes::{NOW, at},
    lambda::{answer_task, invoke},
    metrics,
    ports::ClaimStore,
    work::{Idempotency, Work},
};

#[test]
fn every_case_of_the_contract_holds() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../sdk/contract");
    let base = fs::read_to_string(folder.join("event.json")).unwrap();
    let mut failed = Vec::new();
    let mut count = 0;
    for file in fs::read_dir(folder.join("cases")).unwrap() {
        let file = file.unwrap().path();
        let cases: Vec<Case> = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        for case in cases {
            count += 1;
            let name = format!("{}: {}", file.display(), case.name);
            let runtime = runtime_for(&case);
            let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(run(&case, &base))));
            runtime.shutdown_background();
            if ended.is_err() {
                failed.push(name);
            }
        }
    }
    assert!(count > 50, "{count}");
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The clock of durations stands still while nothing happens, except for a handler that blocks
/// its thread.
fn runtime_for(case: &Case) -> Runtime {
    let blocks = case.handler.values().any(|does| does.does == "block");
    let runtime = if blocks {
        Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
    } else {
        Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
    };
    runtime.unwrap()
}

async fn run(case: &Case, base: &str) {
    let input = Expanded(base).value(&case.input);
    let settings = &case.settings;
    let work = Arc::new(Work {
        handler: Scripted::new(case),
        idempotency: settings.idempotency.then(|| Idempotency {
            store: Table::new(case),
            ttl: Duration::from_hours(24),
            claims: settings.record == "claim",
        }),
        at_once: settings.events_at_once,
        event_timeout: settings.event_timeout_ms.map(Duration::from_millis),
        keeps_order: settings.keep_order,
        now: || at(NOW),
    });
    let claims: Arc<dyn ClaimStore> = Arc::new(Payloads(case.payloads.clone()));
    let sent = Dlqs::new(case);
    let queues = StackQueues::new(&sent, "coatcheck".to_owned(), "notes".to_owned());
    let ends_at = at(NOW) + SignedDuration::from_millis(case.left_ms);
    let to = (!settings.task).then_some(&queues);
    let done = invoke(&work, &input, &claims, to, ends_at).await;
    let mut named = Vec::new();
    let answered = done
        .map_err(InvocationFailure::from)
        .and_then(|(reports, alone)| {
            named = reports.iter().map(outcome).collect();
            if let Some(expected) = &case.metrics {
                assert_eq!(metrics_of(&reports), *expected);
            }
            if settings.task {
                return answer_task(&reports, alone);
            }
            answer::batch(reports).map(|answer| serde_json::to_value(answer).unwrap())
        });
    match answered {
        Ok(answer) => assert_eq!(Some(answer), case.answer),
        Err(failure) => {
            let failure = Diagnostic::from(failure);
            let expected = case.error.as_ref().unwrap();
            assert_eq!(failure.error_type, expected.kind);
            assert!(
                failure.error_message.contains(&expected.says),
                "{failure:?}"
            );
        }
    }
    work.handler.check(case);
    sent.check(case, &input);
    if let Some(Idempotency { store, .. }) = &work.idempotency {
        store.check(case);
    }
    for (word, expected) in [("Reject", &case.rejected), ("Retry", &case.retried)] {
        for (name, reason) in expected {
            let (_, have, text) = named.iter().find(|one| one.0 == *name).unwrap();
            assert_eq!(have, word, "{name}");
            assert!(text.contains(reason), "{name}: {text}");
        }
    }
}

fn metrics_of(reports: &[EventReport]) -> Vec<Value> {
    let lines = metrics::lines("coatcheck", "notes", reports).into_iter();
    lines
        .map(|line| serde_json::from_str(&line.line(at(NOW))).unwrap())
        .collect()
}

/// The event's id, the word of its failure, and why.
fn outcome(report: &EventReport) -> (String, String, String) {
    let identifier = report.identifier.as_deref().unwrap_or_default();
    let name = match &report.event {
        Some(event) => event.id(),
        None => identifier.trim_start_matches("delivery-of-"),
    };
    let (word, reason) = match &report.outcome {
        Ok(_) => ("", ""),
        Err(failure) => (failure.word(), failure.reason()),
    };
    (name.to_owned(), word.to_owned(), reason.to_owned())
}
