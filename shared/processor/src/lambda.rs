use std::{process::ExitCode, sync::Arc, time::Duration};

use domain::{Timestamp, with_causes};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use runtime::Settings;
use serde::Serialize;
use serde_json::Value;
use tracing::error;
use wire::{Environment, Processed, Redemption};

use crate::{
    Handler,
    answer::{self, InvocationFailure},
    batch::{EventReport, process},
    config::Config,
    dead_letters::{Queues, StackQueues, give_up},
    input::{Input, InputProblem},
    metrics, panics,
    ports::{ClaimStore, IdempotencyStore},
    time::Time,
    work::{Idempotency, Work},
};

/// Runs a processor that a pipe calls, or that reads its own queue: answers which events must be
/// delivered again. What its handler rejects goes into the dead-letter queue at once, if the
/// function knows the queue and may send to it. Returns only if it cannot start, or cannot
/// continue.
pub fn run<H: Handler>(handler: H) -> ExitCode {
    serve(handler, true, |reports, _| answer::batch(reports))
}

/// Runs a processor that is a task of a workflow: answers `{"ref", "summary"}` for
/// one event, a list of them for a list, and fails with the error `Retry` or
/// `Reject` if an event fails. Returns only if it cannot start, or cannot
/// continue.
pub fn run_task<H: Handler>(handler: H) -> ExitCode {
    serve(handler, false, |reports, alone| {
        answer_task(&reports, alone)
    })
}

/// The runtime has a thread for each event in progress and one more, so that
/// handlers that never yield cannot stop the clock from ending their time.
fn serve<H, Response>(
    handler: H,
    gives_up: bool,
    answer: fn(Vec<EventReport>, bool) -> Result<Response, InvocationFailure>,
) -> ExitCode
where
    H: Handler,
    Response: Serialize + Send + 'static,
{
    // Lines of the handler's own crate are ours too.
    if let Err(problem) = runtime::telemetry(std::any::type_name::<H>()) {
        eprintln!("cannot start: {problem}");
        return ExitCode::FAILURE;
    }
    panics::log_place_only();
    let mut settings = Settings::of_process();
    let config = Config::of(&mut settings);
    let environment = Environment::of(&mut settings, runtime::now);
    if let Err(problem) = settings.done() {
        error!(%problem, "cannot start");
        return ExitCode::FAILURE;
    }
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.at_once + 1)
        .enable_all()
        .build();
    let ended = match threads {
        Ok(threads) => {
            threads.block_on(serve_with(config, &environment, handler, gives_up, answer))
        }
        Err(problem) => Err(problem.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            error!(problem = with_causes(&*problem), "cannot go on");
            ExitCode::FAILURE
        }
    }
}

async fn serve_with<H, Response>(
    config: Config,
    environment: &Environment,
    handler: H,
    gives_up: bool,
    answer: fn(Vec<EventReport>, bool) -> Result<Response, InvocationFailure>,
) -> Result<(), lambda_runtime::Error>
where
    H: Handler,
    Response: Serialize + Send + 'static,
{
    let claims: Arc<dyn ClaimStore> = Arc::new(Redemption::new(environment));
    let (stack, processor) = (config.stack, config.processor);
    let queues = wire::Queues::new(environment);
    let queues = StackQueues::new(queues, stack.clone(), processor.clone());
    let idempotency = config.processed.map(|processed| Idempotency {
        store: Processed::new(environment, processed.table, processor.clone()),
        ttl: processed.ttl,
        claims: processed.claims,
    });
    if let Some(Idempotency { store, .. }) = &idempotency {
        store.warm().await;
    }
    let work = Arc::new(Work {
        handler,
        idempotency,
        at_once: config.at_once,
        event_timeout: config.event_timeout,
        keeps_order: config.keeps_order,
        now: runtime::now,
    });
    let service = service_fn(async |call: LambdaEvent<Value>| {
        let ends_at = ends_at(call.context.deadline, runtime::now());
        let queues = gives_up.then_some(&queues);
        let done = invoke(&work, &call.payload, &claims, queues, ends_at).await;
        let (reports, alone) = done.map_err(InvocationFailure::from)?;
        for line in metrics::lines(&stack, &processor, &reports) {
            line.write(runtime::now());
        }
        answer(reports, alone).map_err(Diagnostic::from)
    });
    lambda_runtime::run(service).await
}

/// Lambda gives it in milliseconds of the epoch.
fn ends_at(deadline: u64, now: Timestamp) -> Timestamp {
    i64::try_from(deadline)
        .ok()
        .and_then(|deadline| Timestamp::from_millisecond(deadline).ok())
        .unwrap_or(now)
}

/// The result for each event, and whether the input was a single event. What is rejected is in
/// one of these queues, if there are any.
pub(crate) async fn invoke<H, Store, Port>(
    work: &Arc<Work<H, Store>>,
    input: &Value,
    claims: &Arc<dyn ClaimStore>,
    queues: Option<&StackQueues<Port>>,
    ends_at: Timestamp,
) -> Result<(Vec<EventReport>, bool), InputProblem>
where
    H: Handler,
    Store: IdempotencyStore + 'static,
    Port: Queues,
{
    let input = Input::decode(input, claims)?;
    let alone = matches!(input, Input::One(_));
    let time = Time::new((work.now)(), ends_at);
    let mut reports = process(work, input.into_all(), time).await;
    if let Some(queues) = queues {
        let left = Duration::try_from(ends_at.duration_since((work.now)()));
        let left = left.unwrap_or_default();
        give_up(queues, &mut reports, left).await;
    }
    Ok((reports, alone))
}

pub(crate) fn answer_task(
    reports: &[EventReport],
    alone: bool,
) -> Result<Value, InvocationFailure> {
    let mut summaries = answer::task(reports)?;
    Ok(match summaries.pop() {
        Some(summary) if alone => summary,
        last => {
            summaries.extend(last);
            Value::Array(summaries)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::at;

    #[test]
    fn the_end_is_what_lambda_says() {
        let now = at("2026-11-21T21:00:00Z");
        assert_eq!(ends_at(1_795_294_830_000, now), at("2026-11-21T21:00:30Z"));
        assert_eq!(ends_at(u64::MAX, now), now);
    }
}
